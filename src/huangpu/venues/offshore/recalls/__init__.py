"""Recalls and returns: taking a payment back before it is final, asking for it afterwards, and the money's way back."""
