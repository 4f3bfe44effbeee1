"""Across the second line: purposes, the loan register, quotas both ways, release by a second officer, balance-of-payments records."""
