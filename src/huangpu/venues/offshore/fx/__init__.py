"""Foreign exchange inside the free trade accounts: quotes with a life, both legs or none, open positions that are squared in time."""
