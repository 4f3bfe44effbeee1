"""Words shared by every room: values, identifiers, messages, reasons, calendar, rule book.

Imports nothing of ours, reads no clock, file, network or environment.
"""
