"""huangpu: open market infrastructure of an international financial centre.

Three venues (a reinsurance exchange, real-time settlement for offshore trade, a growth tier for sci-tech companies)
on one journal, one ledger and one rule book. This package file holds the version only; import from the rooms.
"""

__version__ = "0.2.1"
