"""Gateways: translate between the wire and the engine's commands, and nothing else."""
