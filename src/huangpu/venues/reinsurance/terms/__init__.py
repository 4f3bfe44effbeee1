"""Executable terms: what each type of cover cedes and recovers, as pure functions on integers."""
