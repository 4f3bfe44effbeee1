"""People who act: each belongs to one institution, holds roles, and proves who they are by a credential hashed at rest.

A role's permissions are dated rows (`role.<ROLE>`). A password arrives here as an argon2 hash, a bearer token as its SHA-256; the
clear text never reaches the engine.
"""

import re

import msgspec

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import Institutions


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone who may act for one institution."""

    id: str
    institution: str
    roles: list[str]
    title: str = ""


class RegisterPerson(Command, frozen=True):
    """Enter a person with roles at an institution."""

    person: Person


class IssueCredential(Command, frozen=True):
    """Give a person a password (argon2 hash) or a bearer token (SHA-256 in hexadecimal)."""

    person_id: str
    scheme: str
    hashed: str


class IssueOwnToken(Command, frozen=True):
    """Bind a bearer token (SHA-256 in hexadecimal) to the person who asks, who has just signed in."""

    hashed: str


class RevokeOwnToken(Command, frozen=True):
    """Make one of the asking person's own tokens void: sign out."""

    hashed: str


class RevokeCredentials(Command, frozen=True):
    """Take all credentials of a person away."""

    person_id: str


class PersonRegistered(Event, frozen=True):
    """The person may act within their roles."""

    person: Person


class CredentialIssued(Event, frozen=True):
    """The person can prove who they are by this credential."""

    person_id: str
    scheme: str
    hashed: str


class TokenRevoked(Event, frozen=True):
    """This token is not good any more."""

    hashed: str


class CredentialsRevoked(Event, frozen=True):
    """None of the person's credentials is good any more."""

    person_id: str


class People(msgspec.Struct):
    """People and their credentials by hash."""

    persons: dict[str, Person] = {}
    tokens: dict[str, str] = {}
    passwords: dict[str, str] = {}


class PeopleRoom(msgspec.Struct, frozen=True):
    """What the decisions on people read: the people and the institutions they belong to."""

    people: People
    institutions: Institutions


_SHA256 = re.compile(r"[0-9a-f]{64}")


def register_person(
    room: PeopleRoom, rules: RuleBook, command: RegisterPerson, stamp: Stamp
) -> Decision:
    """Register a person with known roles at a known institution.

    Rejects: IDENTIFIER_MALFORMED, PERSON_KNOWN, INSTITUTION_UNKNOWN, ROLE_UNKNOWN.
    """
    person = command.person
    if not identifiers.is_code(person.id):
        return Rejected(Reason.IDENTIFIER_MALFORMED, f"person id {person.id!r}", "huangpu policy 5")
    if person.id in room.people.persons:
        return Rejected(Reason.PERSON_KNOWN, person.id, "huangpu policy 5")
    if person.institution not in room.institutions:
        return Rejected(Reason.INSTITUTION_UNKNOWN, person.institution, "huangpu policy 5")
    for role in person.roles:
        if f"role.{role}" not in rules:
            return Rejected(Reason.ROLE_UNKNOWN, role, "huangpu policy 1", rule="role")
    return [PersonRegistered(person=person)]


def issue_credential(
    room: PeopleRoom, rules: RuleBook, command: IssueCredential, stamp: Stamp
) -> Decision:
    """Bind a hashed credential to a person.

    Rejects: PERSON_UNKNOWN, IDENTIFIER_MALFORMED.
    """
    if command.person_id not in room.people.persons:
        return Rejected(Reason.PERSON_UNKNOWN, command.person_id, "huangpu policy 5")
    owner = room.people.tokens.get(command.hashed, command.person_id)
    if command.scheme == "token" and owner != command.person_id:
        detail = "a fresh token's SHA-256: this one is another person's"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, "huangpu policy 5")
    token = command.scheme == "token" and _SHA256.fullmatch(command.hashed)
    password = command.scheme == "password" and command.hashed.startswith("$argon2id$")
    if not (token or password):
        detail = f"scheme {command.scheme!r}: a token's SHA-256 or an argon2id hash"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, "huangpu policy 5")
    return [
        CredentialIssued(person_id=command.person_id, scheme=command.scheme, hashed=command.hashed)
    ]


def issue_own_token(
    room: PeopleRoom, rules: RuleBook, command: IssueOwnToken, stamp: Stamp
) -> Decision:
    """Bind a token to the acting person; whoever signs in by password may do so.

    Rejects: IDENTIFIER_MALFORMED, when the hash is none or is taken.
    """
    if not _SHA256.fullmatch(command.hashed) or command.hashed in room.people.tokens:
        detail = "a fresh token's SHA-256 in 64 lower-case hexadecimal characters"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, "huangpu policy 5")
    return [CredentialIssued(person_id=stamp.person, scheme="token", hashed=command.hashed)]


def revoke_own_token(
    room: PeopleRoom, rules: RuleBook, command: RevokeOwnToken, stamp: Stamp
) -> Decision:
    """Make one token of the acting person void.

    Rejects: PERSON_UNKNOWN, when the token is not this person's.
    """
    if room.people.tokens.get(command.hashed) != stamp.person:
        return Rejected(Reason.PERSON_UNKNOWN, "no such token of this person", "huangpu policy 5")
    return [TokenRevoked(hashed=command.hashed)]


def revoke_credentials(
    room: PeopleRoom, rules: RuleBook, command: RevokeCredentials, stamp: Stamp
) -> Decision:
    """Make a person's credentials void.

    Rejects: PERSON_UNKNOWN.
    """
    if command.person_id not in room.people.persons:
        return Rejected(Reason.PERSON_UNKNOWN, command.person_id, "huangpu policy 5")
    return [CredentialsRevoked(person_id=command.person_id)]


def apply_registered(room: PeopleRoom, event: PersonRegistered, stamp: Stamp) -> None:
    """Enter the person."""
    assert event.person.id not in room.people.persons
    room.people.persons[event.person.id] = event.person


def apply_issued(room: PeopleRoom, event: CredentialIssued, stamp: Stamp) -> None:
    """Keep the hash."""
    if event.scheme == "token":
        room.people.tokens[event.hashed] = event.person_id
    else:
        room.people.passwords[event.person_id] = event.hashed


def apply_token_revoked(room: PeopleRoom, event: TokenRevoked, stamp: Stamp) -> None:
    """Forget the hash."""
    del room.people.tokens[event.hashed]


def apply_revoked(room: PeopleRoom, event: CredentialsRevoked, stamp: Stamp) -> None:
    """Forget the hashes."""
    people = room.people
    people.passwords.pop(event.person_id, None)
    people.tokens = {key: value for key, value in people.tokens.items() if value != event.person_id}


TABLE = Table(
    name="people",
    handlers=(
        Handler(RegisterPerson, "registry.person", register_person),
        Handler(IssueCredential, "registry.person", issue_credential),
        Handler(IssueOwnToken, "", issue_own_token),
        Handler(RevokeOwnToken, "", revoke_own_token),
        Handler(RevokeCredentials, "registry.person", revoke_credentials),
    ),
    appliers={
        PersonRegistered: apply_registered,
        CredentialIssued: apply_issued,
        TokenRevoked: apply_token_revoked,
        CredentialsRevoked: apply_revoked,
    },
)
