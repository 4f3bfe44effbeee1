"""The command log: one order, durable before answered; everything else can be rebuilt from it."""
