"""The venues: reinsurance exchange, offshore settlement, growth tier."""
