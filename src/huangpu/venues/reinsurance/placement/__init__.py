"""Placement: slip, quotes, firm order, written and signed lines, binding; one module a step."""
