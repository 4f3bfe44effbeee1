"""Keys with which institutions sign their messages: proposed by one officer, approved by another, revoked by any.

Only public keys are kept. A message names its key as INSTITUTION/KEY; the gateway for messages reads here whether that key may sign on a
date. An id or a key once used is used up, also after it was revoked: a signature must mean one signer for ever.
"""

import datetime
import enum

import msgspec

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook
from huangpu.registry.key_forms import PublicKey, read_public_key

POLICY = "huangpu policy 73"
DAYS_MAX = "signing_key_days_max"


class SigningKeyStatus(enum.StrEnum):
    """Where a key stands; only an active one signs."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """One public key of an institution; both dates belong to its validity."""

    institution: str
    id: str
    pem: str
    curve: str
    valid_from: datetime.date
    valid_to: datetime.date
    proposed_by: str
    approved_by: str = ""
    status: SigningKeyStatus = SigningKeyStatus.PROPOSED

    @property
    def name(self) -> str:
        """Return the name by which a message names the key."""
        return key_name(self.institution, self.id)


class SigningKeys(msgspec.Struct):
    """All keys by name, and the name under which each public key is known, by its DER in hexadecimal."""

    by_name: dict[str, SigningKey] = {}
    names: dict[str, str] = {}


class RegisterSigningKey(Command, frozen=True):
    """Propose a public key (PEM of a key or certificate) with which the own institution will sign."""

    key_id: str
    pem: str
    valid_from: datetime.date
    valid_to: datetime.date


class ApproveSigningKey(Command, frozen=True):
    """Let a proposed key of the own institution sign, as a second person."""

    key_id: str


class RevokeSigningKey(Command, frozen=True):
    """Stop a key of the own institution at once; one person suffices."""

    key_id: str
    cause: str


class SigningKeyProposed(Event, frozen=True):
    """The key waits for a second person."""

    key: SigningKey


class SigningKeyApproved(Event, frozen=True):
    """The key signs from its first valid date on."""

    name: str
    approved_by: str


class SigningKeyRevoked(Event, frozen=True):
    """The key does not sign any more."""

    name: str
    cause: str


def key_name(institution: str, key_id: str) -> str:
    """Return the name of an institution's key."""
    return f"{institution}/{key_id}"


def usable(key: SigningKey, date: datetime.date) -> bool:
    """Tell whether a key may sign on a date."""
    return key.status is SigningKeyStatus.ACTIVE and key.valid_from <= date <= key.valid_to


def register_key(
    keys: SigningKeys, rules: RuleBook, command: RegisterSigningKey, stamp: Stamp
) -> Decision:
    """Propose a key that nobody has used.

    Rule: signing_key_days_max; a certificate's own validity bounds that of its key.
    Rejects: IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE, SIGNING_KEY_KNOWN.
    """
    if not identifiers.is_code(command.key_id):
        return Rejected(Reason.IDENTIFIER_MALFORMED, f"key id {command.key_id!r}", POLICY)
    found = read_public_key(command.pem)
    if isinstance(found, str):
        return Rejected(Reason.IDENTIFIER_MALFORMED, found, POLICY)
    refused = _dates_refused(rules, command, found, stamp.date)
    if refused is not None:
        return refused
    name = key_name(stamp.institution, command.key_id)
    if name in keys.by_name or found.der.hex() in keys.names:
        known = name if name in keys.by_name else keys.names[found.der.hex()]
        # Whose key it is is nobody else's affair.
        shown = known if known.startswith(f"{stamp.institution}/") else "this key"
        return Rejected(Reason.SIGNING_KEY_KNOWN, f"{shown} is registered already", POLICY)
    key = SigningKey(
        institution=stamp.institution,
        id=command.key_id,
        pem=command.pem,
        curve=found.curve,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        proposed_by=stamp.person,
    )
    return [SigningKeyProposed(key=key)]


def approve_key(
    keys: SigningKeys, rules: RuleBook, command: ApproveSigningKey, stamp: Stamp
) -> Decision:
    """Approve a key that another person proposed.

    Rejects: SIGNING_KEY_UNKNOWN, SIGNING_KEY_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    name = key_name(stamp.institution, command.key_id)
    key = keys.by_name.get(name)
    if key is None:
        return Rejected(Reason.SIGNING_KEY_UNKNOWN, name, POLICY)
    if key.status is not SigningKeyStatus.PROPOSED:
        return Rejected(Reason.SIGNING_KEY_STATE_WRONG, f"{name} is {key.status}", POLICY)
    if key.proposed_by == stamp.person:
        detail = f"{name} was proposed by {stamp.person}"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, POLICY)
    return [SigningKeyApproved(name=name, approved_by=stamp.person)]


def revoke_key(
    keys: SigningKeys, rules: RuleBook, command: RevokeSigningKey, stamp: Stamp
) -> Decision:
    """Revoke a proposed or active key.

    Rejects: SIGNING_KEY_UNKNOWN, SIGNING_KEY_STATE_WRONG.
    """
    name = key_name(stamp.institution, command.key_id)
    key = keys.by_name.get(name)
    if key is None:
        return Rejected(Reason.SIGNING_KEY_UNKNOWN, name, POLICY)
    if key.status is SigningKeyStatus.REVOKED:
        return Rejected(Reason.SIGNING_KEY_STATE_WRONG, f"{name} is {key.status}", POLICY)
    return [SigningKeyRevoked(name=name, cause=command.cause)]


def _dates_refused(
    rules: RuleBook, command: RegisterSigningKey, found: PublicKey, date: datetime.date
) -> Rejected | None:
    days_max = rules[DAYS_MAX].at(date)
    start, end = command.valid_from, command.valid_to
    days = (end - start).days + 1
    if days < 1 or days > days_max.integer or end < date:
        detail = f"valid {start} to {end}: 1 to {days_max.integer} days, ending not before {date}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, days_max.cite, DAYS_MAX)
    if found.not_before is None or found.not_after is None:
        return None
    if start < found.not_before or end > found.not_after:
        detail = f"{start} to {end}, the certificate {found.not_before} to {found.not_after}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, POLICY)
    return None


def apply_proposed(keys: SigningKeys, event: SigningKeyProposed, stamp: Stamp) -> None:
    """Enter the key."""
    key = event.key
    found = read_public_key(key.pem)
    assert isinstance(found, PublicKey)
    assert key.name not in keys.by_name
    keys.by_name[key.name] = key
    keys.names[found.der.hex()] = key.name


def apply_approved(keys: SigningKeys, event: SigningKeyApproved, stamp: Stamp) -> None:
    """Let the key sign."""
    keys.by_name[event.name] = msgspec.structs.replace(
        keys.by_name[event.name], status=SigningKeyStatus.ACTIVE, approved_by=event.approved_by
    )


def apply_revoked(keys: SigningKeys, event: SigningKeyRevoked, stamp: Stamp) -> None:
    """Stop the key."""
    keys.by_name[event.name] = msgspec.structs.replace(
        keys.by_name[event.name], status=SigningKeyStatus.REVOKED
    )


TABLE = Table(
    name="signing_keys",
    handlers=(
        Handler(RegisterSigningKey, "signing.key", register_key),
        Handler(ApproveSigningKey, "signing.key", approve_key),
        Handler(RevokeSigningKey, "signing.key", revoke_key),
    ),
    appliers={
        SigningKeyProposed: apply_proposed,
        SigningKeyApproved: apply_approved,
        SigningKeyRevoked: apply_revoked,
    },
)
