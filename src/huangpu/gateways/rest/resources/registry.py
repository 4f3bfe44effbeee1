"""Institutions, people and rules: resources of the registry and the rule book."""

import datetime

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.rulebook import Row, Rule
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import After, Asked, Limit, Page, View, Window, page_after
from huangpu.registry.charter import AdoptRules
from huangpu.registry.institutions import (
    Institution,
    InstitutionKind,
    RegisterInstitution,
    ReinstateInstitution,
    SuspendInstitution,
)
from huangpu.registry.people import IssueCredential, Person, RegisterPerson, RevokeCredentials
from huangpu.registry.signing_keys import (
    ApproveSigningKey,
    RegisterSigningKey,
    RevokeSigningKey,
    SigningKey,
)


class InstitutionsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which institutions to list."""

    limit: Limit = 50
    after: After = ""
    kind: InstitutionKind | None = None


class RulesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rules to list: whose name starts with `prefix` or whose text contains `text`; as of `date`."""

    limit: Limit = 100
    after: After = ""
    prefix: str = ""
    text: str = ""
    date: datetime.date | None = None


class RuleQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The date whose row is marked as in force; today by default."""

    date: datetime.date | None = None


class Me(msgspec.Struct, frozen=True):
    """The person who asks, their institution, and what their roles permit today."""

    person: Person
    institution: Institution
    permissions: list[str]


class RuleView(msgspec.Struct, frozen=True):
    """A rule: its row in force on `date` (none yet when absent) and every row in date order."""

    name: str
    date: datetime.date
    in_force: Row | None
    rows: list[Row]


class RuleSummary(msgspec.Struct, frozen=True):
    """A rule and the row of it in force on the date asked for."""

    name: str
    in_force: Row | None


class Versions(msgspec.Struct, frozen=True):
    """The rule book in force: its digest, how many rules and rows."""

    sha256: str
    rules: int
    rows: int
    adopted: int


def _institutions(asked: Asked) -> Page[Institution]:
    query: InstitutionsQuery = asked.query
    known = asked.centre.registry.institutions.values()
    found = [one for one in known if query.kind in (None, one.kind)]
    return page_after(found, Window(query.limit, query.after), lambda one: one.id)


def _institution(asked: Asked) -> Institution | None:
    return asked.centre.registry.institutions.get(asked.path["institution_id"])


def _me(asked: Asked) -> Me:
    centre, person = asked.centre, asked.person
    permissions: set[str] = set()
    for role in person.roles:
        permissions.update(centre.rules[f"role.{role}"].at(_today(asked)).texts)
    return Me(person, centre.registry.institutions[person.institution], sorted(permissions))


def _rules(asked: Asked) -> Page[RuleSummary]:
    query: RulesQuery = asked.query
    date = query.date or _today(asked)
    found = [
        RuleSummary(rule.name, _in_force(rule, date))
        for rule in asked.centre.rules
        if _matches(rule, query)
    ]
    return page_after(found, Window(query.limit, query.after), lambda one: one.name)


def _rule(asked: Asked) -> RuleView | None:
    rule = asked.centre.rules.find(asked.path["name"])
    if rule is None:
        return None
    date = asked.query.date or _today(asked)
    return RuleView(rule.name, date, _in_force(rule, date), rule.rows)


def _rule_book(asked: Asked) -> Versions:
    rules, charter = asked.centre.rules, asked.centre.registry.charter
    return Versions(rules.digest(), len(rules), len(rules.rows()), len(charter.adopted))


def _signing_keys(asked: Asked) -> Page[SigningKey]:
    keys = asked.centre.registry.signing_keys.by_name.values()
    found = [key for key in keys if asked.institution in (None, key.institution)]
    return page_after(found, asked.query, lambda one: one.name)


def _matches(rule: Rule, query: RulesQuery) -> bool:
    if not rule.name.startswith(query.prefix):
        return False
    wanted = query.text.casefold()
    texts = [rule.name, *(f"{row.value} {row.cite} {row.note}" for row in rule.rows)]
    return not wanted or any(wanted in text.casefold() for text in texts)


def _in_force(rule: Rule, date: datetime.date) -> Row | None:
    past = [row for row in rule.rows if row.from_date <= date]
    return past[-1] if past else None


def _today(asked: Asked) -> datetime.date:
    return date_of(asked.gate.engine.last_at_us)


ACTS: tuple[Act, ...] = (
    Act("/v1/institutions", RegisterInstitution),
    Act("/v1/institutions/{institution_id}/suspend", SuspendInstitution),
    Act("/v1/institutions/{institution_id}/reinstate", ReinstateInstitution),
    Act("/v1/people", RegisterPerson),
    Act("/v1/people/{person_id}/credentials", IssueCredential),
    Act("/v1/people/{person_id}/credentials/revoke", RevokeCredentials),
    Act("/v1/rules", AdoptRules),
    Act("/v1/signing-keys", RegisterSigningKey),
    Act("/v1/signing-keys/{key_id}/approve", ApproveSigningKey),
    Act("/v1/signing-keys/{key_id}/revoke", RevokeSigningKey),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/institutions",
        _institutions,
        Page[Institution],
        "List the institutions of the centre",
        InstitutionsQuery,
    ),
    View("/v1/institutions/{institution_id}", _institution, Institution, "Show one institution"),
    View("/v1/people/me", _me, Me, "Show who asks and what they may do"),
    View("/v1/rules", _rules, Page[RuleSummary], "List the rules in force on a date", RulesQuery),
    View("/v1/rules/{name}", _rule, RuleView, "Show one rule with all its rows", RuleQuery),
    View(
        "/v1/signing-keys",
        _signing_keys,
        Page[SigningKey],
        "List the keys with which the own institution signs its messages",
        Window,
    ),
    View("/v1/rule-book", _rule_book, Versions, "Show the digest of the rule book in force"),
)
