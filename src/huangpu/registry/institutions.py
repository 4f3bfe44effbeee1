"""Institutions of the centre: who exists, of which kind, with which checked identifiers, admitted or suspended.

One register for all three venues; what an institution may do in a venue is that venue's own grant.
"""

import enum

import msgspec

from huangpu.core import identifiers
from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.room import Handler, Table
from huangpu.core.rulebook import RuleBook


class InstitutionKind(enum.StrEnum):
    """What an institution is; venues admit by kind."""

    OPERATOR = "OPERATOR"
    ADMINISTRATION = "ADMINISTRATION"
    SUPERVISOR = "SUPERVISOR"
    BANK = "BANK"
    OVERSEAS_BANK = "OVERSEAS_BANK"
    COMPANY = "COMPANY"
    INSURER = "INSURER"
    REINSURER = "REINSURER"
    BROKER = "BROKER"
    SECURITIES_FIRM = "SECURITIES_FIRM"


class Institution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One institution: short id, names, kind, identifiers, domicile (ISO 3166) and group."""

    id: str
    name: str
    name_zh: str
    kind: InstitutionKind
    lei: str
    domicile: str
    bic: str = ""
    uscc: str = ""
    group: str = ""
    suspended: bool = False

    @property
    def domestic(self) -> bool:
        """Tell whether the institution is domiciled in mainland China."""
        return self.domicile == "CN"


class RegisterInstitution(Command, frozen=True):
    """Enter an institution in the register of the centre."""

    institution: Institution


class SuspendInstitution(Command, frozen=True):
    """Stop an institution from acting; its money and contracts stay as they are."""

    institution_id: str
    cause: str


class ReinstateInstitution(Command, frozen=True):
    """Let a suspended institution act again."""

    institution_id: str


class InstitutionRegistered(Event, frozen=True):
    """The institution is in the register."""

    institution: Institution


class InstitutionSuspended(Event, frozen=True):
    """The institution may not act."""

    institution_id: str
    cause: str


class InstitutionReinstated(Event, frozen=True):
    """The institution may act again."""

    institution_id: str


Institutions = dict[str, Institution]


def register_institution(
    institutions: Institutions, rules: RuleBook, command: RegisterInstitution, stamp: Stamp
) -> Decision:
    """Admit an institution whose identifiers carry right check digits and are not taken.

    Rule: ISO 17442 (LEI), ISO 9362 (BIC, banks need one), GB 32100 (unified social credit code, mainland companies need one).
    Rejects: IDENTIFIER_MALFORMED, INSTITUTION_KNOWN.
    """
    found = command.institution
    malformed = malformed_in(found)
    if malformed:
        return Rejected(Reason.IDENTIFIER_MALFORMED, malformed, "huangpu policy 5")
    for other in institutions.values():
        for field in ("id", "lei", "bic", "uscc"):
            value, taken = getattr(found, field), getattr(other, field)
            if field == "bic":
                # Eight characters and the same with the branch XXX name one head office (ISO 9362).
                same = value[:8] == taken[:8] and (value[8:] or "XXX") == (taken[8:] or "XXX")
            else:
                same = value == taken
            if value and same:
                return Rejected(
                    Reason.INSTITUTION_KNOWN, f"{field} {value} is {other.id}", "huangpu policy 5"
                )
    return [InstitutionRegistered(institution=msgspec.structs.replace(found, suspended=False))]


def malformed_in(found: Institution) -> str:
    """Say what is wrong with an institution's id, names and identifiers, or nothing."""
    bank = found.kind in (InstitutionKind.BANK, InstitutionKind.OVERSEAS_BANK)
    checks = (
        (identifiers.is_code(found.id), f"id {found.id!r}: 1 to 64 letters, digits and ._:/-"),
        (bool(found.name), "name is empty"),
        (identifiers.is_country(found.domicile), f"domicile {found.domicile!r}: ISO 3166 alpha-2"),
        (
            identifiers.is_lei(found.lei),
            f"LEI {found.lei!r}: 20 characters, check digits mod 97-10",
        ),
        (not bank or bool(found.bic), "BIC is empty, a bank has one"),
        (
            not found.bic or identifiers.is_bic(found.bic),
            f"BIC {found.bic!r}: 8 or 11 characters, ISO 9362",
        ),
        (
            not found.uscc or identifiers.is_uscc(found.uscc),
            f"unified social credit code {found.uscc!r}: 18 characters, check character GB 32100",
        ),
    )
    return next((text for good, text in checks if not good), "")


def suspend_institution(
    institutions: Institutions, rules: RuleBook, command: SuspendInstitution, stamp: Stamp
) -> Decision:
    """Suspend an institution that acts.

    Rejects: INSTITUTION_UNKNOWN, INSTITUTION_SUSPENDED.
    """
    found = institutions.get(command.institution_id)
    if found is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.institution_id, "huangpu policy 5")
    if found.suspended or found.id == stamp.institution:
        return Rejected(
            Reason.INSTITUTION_SUSPENDED, f"{found.id} cannot be suspended", "huangpu policy 5"
        )
    return [InstitutionSuspended(institution_id=found.id, cause=command.cause)]


def reinstate_institution(
    institutions: Institutions, rules: RuleBook, command: ReinstateInstitution, stamp: Stamp
) -> Decision:
    """Reinstate a suspended institution.

    Rejects: INSTITUTION_UNKNOWN.
    """
    found = institutions.get(command.institution_id)
    if found is None or not found.suspended:
        return Rejected(
            Reason.INSTITUTION_UNKNOWN,
            f"{command.institution_id} is not suspended",
            "huangpu policy 5",
        )
    return [InstitutionReinstated(institution_id=found.id)]


def apply_registered(
    institutions: Institutions, event: InstitutionRegistered, stamp: Stamp
) -> None:
    """Enter the institution."""
    assert event.institution.id not in institutions
    institutions[event.institution.id] = event.institution


def apply_suspended(institutions: Institutions, event: InstitutionSuspended, stamp: Stamp) -> None:
    """Mark the institution."""
    found = institutions[event.institution_id]
    institutions[found.id] = msgspec.structs.replace(found, suspended=True)


def apply_reinstated(
    institutions: Institutions, event: InstitutionReinstated, stamp: Stamp
) -> None:
    """Clear the mark."""
    found = institutions[event.institution_id]
    institutions[found.id] = msgspec.structs.replace(found, suspended=False)


TABLE = Table(
    name="institutions",
    handlers=(
        Handler(RegisterInstitution, "registry.institution", register_institution),
        Handler(SuspendInstitution, "registry.institution", suspend_institution),
        Handler(ReinstateInstitution, "registry.institution", reinstate_institution),
    ),
    appliers={
        InstitutionRegistered: apply_registered,
        InstitutionSuspended: apply_suspended,
        InstitutionReinstated: apply_reinstated,
    },
)
