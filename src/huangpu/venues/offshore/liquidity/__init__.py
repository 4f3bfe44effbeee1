"""Liquidity: payments that wait for money, and the ways in which they settle one by one or all at once."""
