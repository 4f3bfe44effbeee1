"""Payments: their words, the steps of their decision, and settlement."""
