"""Institutions, people, roles, permissions and cash accounts: who may do what where, for all three venues."""

from huangpu.registry.register import Registry, holds_permission, refusal

__all__ = ["Registry", "holds_permission", "refusal"]
