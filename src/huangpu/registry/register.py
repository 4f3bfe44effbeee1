"""The state of the registry, and the one question every command is asked first: may this person do this?"""

import datetime

import msgspec

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.cash_accounts import CashAccounts
from huangpu.registry.charter import Charter
from huangpu.registry.institutions import Institutions
from huangpu.registry.people import People
from huangpu.registry.signing_keys import SigningKeys


class Registry(msgspec.Struct):
    """Everything the three venues share beside money: the charter, institutions, people, cash accounts, signing keys."""

    charter: Charter = msgspec.field(default_factory=Charter)
    institutions: Institutions = {}
    people: People = msgspec.field(default_factory=People)
    cash_accounts: CashAccounts = {}
    signing_keys: SigningKeys = msgspec.field(default_factory=SigningKeys)


def holds_permission(
    registry: Registry, rules: RuleBook, person_id: str, permission: str, date: datetime.date
) -> bool:
    """Tell whether one of the person's roles carries the permission on a date."""
    person = registry.people.persons.get(person_id)
    if person is None:
        return False
    return any(permission in rules[f"role.{role}"].at(date).texts for role in person.roles)


def refusal(
    registry: Registry, rules: RuleBook, person_id: str, permission: str, date: datetime.date
) -> Rejected | None:
    """Refuse an actor who is unknown, whose institution is suspended, or who lacks the permission.

    Rule: huangpu policy 1: every command has an actor who may or may not do it; the engine decides, not the gateway.
    Rejects: ACTOR_UNKNOWN, INSTITUTION_SUSPENDED, PERMISSION_MISSING, in this order.
    """
    person = registry.people.persons.get(person_id)
    if person is None:
        return Rejected(Reason.ACTOR_UNKNOWN, person_id, "huangpu policy 1")
    if registry.institutions[person.institution].suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, person.institution, "huangpu policy 1")
    if not permission:
        return None
    for role in person.roles:
        if permission in rules[f"role.{role}"].at(date).texts:
            return None
    roles = ", ".join(person.roles) or "none"
    detail = f"{person_id} holds {roles}; {permission} is needed"
    rule = f"role.{person.roles[0]}" if person.roles else ""
    return Rejected(Reason.PERMISSION_MISSING, detail, "huangpu policy 1", rule=rule)
