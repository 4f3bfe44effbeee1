"""The white list: the zone administration recommends a company, a second person lists it, and its history is kept for ever.

A company is payable at an instant when its state there is ACTIVE. Servicing banks are bound beside it. Leaves out: entry thresholds
(the guideline is not public), which the administration examines itself.
"""

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.state import Binding, Listing, ListingState, ListingStep, Offshore

LIFE_CYCLE = "huangpu policy 25, life on the white list"
BINDING = "huangpu policy 26, binding a servicing bank"


class RecommendCompany(Command, frozen=True):
    """The administration has examined a company and recommends it."""

    company: str


class ListCompany(Command, frozen=True):
    """A second person of the administration puts a recommended company on the list."""

    company: str


class SuspendCompany(Command, frozen=True):
    """Stop a listed company's outward payments; its inward payments go on."""

    company: str
    cause: str


class ReinstateCompany(Command, frozen=True):
    """Let a suspended company pay again; by another person than the one who suspended it."""

    company: str


class RemoveCompany(Command, frozen=True):
    """Take a company off the list."""

    company: str
    cause: str


class BindServicingBank(Command, frozen=True):
    """Name the bank that serves a company of the list."""

    company: str
    bank: str


class UnbindServicingBank(Command, frozen=True):
    """End a bank's service, so that another can be bound."""

    company: str
    bank: str


class ListingChanged(Event, frozen=True):
    """The company is in this state from the entry's instant on."""

    company: str
    state: ListingState
    cause: str = ""


class ServicingBankBound(Event, frozen=True):
    """The bank serves the company from the entry's instant on."""

    company: str
    bank: str


class ServicingBankUnbound(Event, frozen=True):
    """The bank serves the company no more."""

    company: str
    bank: str


def recommend_company(
    room: Offshore, rules: RuleBook, command: RecommendCompany, stamp: Stamp
) -> Decision:
    """Recommend a mainland company that is not on the list.

    Rule: P-01 (a company of its own), P-02 (the administration examines and recommends).
    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG, LISTING_STATE_WRONG.
    """
    refused = _not_administration(room, stamp)
    if refused is not None:
        return refused
    company = room.registry.institutions.get(command.company)
    if company is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.company, LIFE_CYCLE)
    if company.kind is not InstitutionKind.COMPANY or not company.domestic:
        detail = f"{company.id} is a {company.kind} of {company.domicile}, needed a COMPANY of CN"
        return Rejected(
            Reason.INSTITUTION_KIND_WRONG, detail, "P-01, dedicated subsidiary in the zone"
        )
    listing = room.books.listings.get(company.id)
    if listing is not None and listing.state is not ListingState.REMOVED:
        return _state_wrong(listing, "absent or REMOVED")
    return [ListingChanged(company=company.id, state=ListingState.RECOMMENDED)]


def list_company(room: Offshore, rules: RuleBook, command: ListCompany, stamp: Stamp) -> Decision:
    """Put a recommended company on the list, by another person than the one who recommended it.

    Rule: P-02.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    if listing.state is not ListingState.RECOMMENDED:
        return _state_wrong(listing, ListingState.RECOMMENDED)
    if listing.steps[-1].person == stamp.person:
        detail = f"{stamp.person} recommended {listing.company}; a second person lists it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, LIFE_CYCLE)
    return [ListingChanged(company=listing.company, state=ListingState.ACTIVE)]


def suspend_company(
    room: Offshore, rules: RuleBook, command: SuspendCompany, stamp: Stamp
) -> Decision:
    """Suspend an active company at once, by one person.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    if listing.state is not ListingState.ACTIVE:
        return _state_wrong(listing, ListingState.ACTIVE)
    return [
        ListingChanged(company=listing.company, state=ListingState.SUSPENDED, cause=command.cause)
    ]


def reinstate_company(
    room: Offshore, rules: RuleBook, command: ReinstateCompany, stamp: Stamp
) -> Decision:
    """Let a suspended company pay again.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    if listing.state is not ListingState.SUSPENDED:
        return _state_wrong(listing, ListingState.SUSPENDED)
    if listing.steps[-1].person == stamp.person:
        detail = f"{stamp.person} suspended {listing.company}; a second person reinstates it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, LIFE_CYCLE)
    return [ListingChanged(company=listing.company, state=ListingState.ACTIVE)]


def remove_company(
    room: Offshore, rules: RuleBook, command: RemoveCompany, stamp: Stamp
) -> Decision:
    """Take a company off the list, whatever its state.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    if listing.state is ListingState.REMOVED:
        return _state_wrong(listing, "RECOMMENDED, ACTIVE or SUSPENDED")
    return [
        ListingChanged(company=listing.company, state=ListingState.REMOVED, cause=command.cause)
    ]


def bind_servicing_bank(
    room: Offshore, rules: RuleBook, command: BindServicingBank, stamp: Stamp
) -> Decision:
    """Bind a bank to a company that is recommended or listed.

    Rule: P-07, one company is served by one designated bank.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG,
    SERVICING_BANKS_EXCEEDED.
    """
    if stamp.institution not in (command.company, command.bank):
        return _not_yours(stamp, f"{command.company} or {command.bank}", BINDING)
    listing = room.books.listings.get(command.company)
    if listing is None:
        return _not_recommended(command.company)
    if listing.state is ListingState.REMOVED:
        return _state_wrong(listing, "RECOMMENDED, ACTIVE or SUSPENDED")
    bank = room.registry.institutions.get(command.bank)
    if bank is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.bank, BINDING)
    if bank.kind is not InstitutionKind.BANK:
        return Rejected(
            Reason.INSTITUTION_KIND_WRONG, f"{bank.id} is a {bank.kind}, needed a BANK", BINDING
        )
    maximum = rules["offshore.servicing_banks_max"].at(stamp.date)
    if bank.id in listing.banks or len(listing.banks) >= maximum.integer:
        bound = ", ".join(listing.banks)
        detail = f"{listing.company} is served by {bound}; at most {maximum.value} {maximum.unit}, each once"
        return Rejected(Reason.SERVICING_BANKS_EXCEEDED, detail, maximum.cite, maximum.rule)
    return [ServicingBankBound(company=listing.company, bank=bank.id)]


def unbind_servicing_bank(
    room: Offshore, rules: RuleBook, command: UnbindServicingBank, stamp: Stamp
) -> Decision:
    """End a bank's service.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, SERVICING_BANK_WRONG.
    """
    if stamp.institution not in (command.company, command.bank):
        return _not_yours(stamp, f"{command.company} or {command.bank}", BINDING)
    listing = room.books.listings.get(command.company)
    if listing is None:
        return _not_recommended(command.company)
    if command.bank not in listing.banks:
        detail = f"{command.bank} does not serve {listing.company}"
        return Rejected(Reason.SERVICING_BANK_WRONG, detail, BINDING)
    return [ServicingBankUnbound(company=listing.company, bank=command.bank)]


def state_at(listing: Listing, at_us: int) -> ListingState | None:
    """Return the state a company was in at an instant; None before it was recommended."""
    states = [step.state for step in listing.steps if step.at_us <= at_us]
    return states[-1] if states else None


def banks_at(listing: Listing, at_us: int) -> list[str]:
    """Return the banks that served a company at an instant."""
    return [
        binding.bank
        for binding in listing.bindings
        if binding.from_us <= at_us and (binding.to_us is None or at_us < binding.to_us)
    ]


def apply_listing_changed(room: Offshore, event: ListingChanged, stamp: Stamp) -> None:
    """Add the step and take its state."""
    step = ListingStep(stamp.at_us, event.state, stamp.person, event.cause)
    listing = room.books.listings.get(event.company)
    if listing is None:
        listing = Listing(company=event.company, state=event.state, banks=[], steps=[], bindings=[])
    room.books.listings[event.company] = msgspec.structs.replace(
        listing, state=event.state, steps=[*listing.steps, step]
    )


def apply_bound(room: Offshore, event: ServicingBankBound, stamp: Stamp) -> None:
    """Start the bank's period of service."""
    listing = room.books.listings[event.company]
    assert event.bank not in listing.banks
    room.books.listings[event.company] = msgspec.structs.replace(
        listing,
        banks=[*listing.banks, event.bank],
        bindings=[*listing.bindings, Binding(event.bank, stamp.at_us)],
    )


def apply_unbound(room: Offshore, event: ServicingBankUnbound, stamp: Stamp) -> None:
    """End the bank's period of service."""
    listing = room.books.listings[event.company]
    ended = [
        msgspec.structs.replace(binding, to_us=stamp.at_us)
        if binding.bank == event.bank and binding.to_us is None
        else binding
        for binding in listing.bindings
    ]
    room.books.listings[event.company] = msgspec.structs.replace(
        listing, banks=[bank for bank in listing.banks if bank != event.bank], bindings=ended
    )


def _listing_of(room: Offshore, stamp: Stamp, company: str) -> Listing | Rejected:
    """Find the company's place on the list for an act of the administration."""
    refused = _not_administration(room, stamp)
    if refused is not None:
        return refused
    listing = room.books.listings.get(company)
    return _not_recommended(company) if listing is None else listing


def _not_administration(room: Offshore, stamp: Stamp) -> Rejected | None:
    institution = room.registry.institutions[stamp.institution]
    if institution.kind is InstitutionKind.ADMINISTRATION:
        return None
    return _not_yours(stamp, "an ADMINISTRATION", LIFE_CYCLE)


def _not_yours(stamp: Stamp, needed: str, cite: str) -> Rejected:
    detail = f"{stamp.person} acts for {stamp.institution}; needed {needed}"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, cite)


def _not_recommended(company: str) -> Rejected:
    return Rejected(
        Reason.COMPANY_NOT_RECOMMENDED, company, "P-02, recommended by the administration"
    )


def _state_wrong(listing: Listing, needed: str) -> Rejected:
    detail = f"{listing.company} is {listing.state}, needed {needed}"
    return Rejected(Reason.LISTING_STATE_WRONG, detail, LIFE_CYCLE)
