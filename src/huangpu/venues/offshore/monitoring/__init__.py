"""Pay first, check after: sampled payments and their documents, limits, the deviation of receipts and payments, paired legs."""
