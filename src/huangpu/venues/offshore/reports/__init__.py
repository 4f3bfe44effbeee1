"""What the supervisor and the banks get afterwards: records, daily files, corrections, large values, statements, reconciliation."""
