"""Transfers between banks (pacs.009): CORE out and in, and cover (COV) for payments that were announced."""
