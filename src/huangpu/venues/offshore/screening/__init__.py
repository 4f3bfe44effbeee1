"""Screening of parties against adopted lists: names, matching, lists in force, decisions kept per party, cases worked by officers."""
