"""The designated bank of a company on the white list: bound one-to-one by the company or the bank, with its periods of service."""

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Binding, ListingState, Offshore
from huangpu.venues.offshore.white_list.standing import state_at

BINDING = "huangpu policy 26, binding a servicing bank"
RECOMMENDED = "P-02, recommended by the administration"
BINDABLE = (ListingState.RECOMMENDED, ListingState.ACTIVE, ListingState.SUSPENDED)


class BindServicingBank(Command, frozen=True):
    """Name the bank that serves a company of the list."""

    company: str
    bank: str


class UnbindServicingBank(Command, frozen=True):
    """End a bank's service, so that another can be bound."""

    company: str
    bank: str


class ServicingBankBound(Event, frozen=True):
    """The bank serves the company from the entry's instant on."""

    company: str
    bank: str


class ServicingBankUnbound(Event, frozen=True):
    """The bank serves the company no more."""

    company: str
    bank: str


def bind_servicing_bank(
    room: Offshore, rules: RuleBook, command: BindServicingBank, stamp: Stamp
) -> Decision:
    """Bind a bank to a company that is recommended or listed.

    Rule: P-07, one company is served by one designated bank.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG,
    SERVICING_BANKS_EXCEEDED.
    """
    if stamp.institution not in (command.company, command.bank):
        return not_yours(stamp, f"{command.company} or {command.bank}", BINDING)
    listing = room.books.listings.get(command.company)
    if listing is None:
        return Rejected(Reason.COMPANY_NOT_RECOMMENDED, command.company, RECOMMENDED)
    state = state_at(listing, stamp.at_us)
    if state not in BINDABLE:
        detail = f"{listing.company} is {state}, needed {', '.join(BINDABLE)}"
        return Rejected(Reason.LISTING_STATE_WRONG, detail, BINDING)
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
        return not_yours(stamp, f"{command.company} or {command.bank}", BINDING)
    listing = room.books.listings.get(command.company)
    if listing is None:
        return Rejected(Reason.COMPANY_NOT_RECOMMENDED, command.company, RECOMMENDED)
    if command.bank not in listing.banks:
        detail = f"{command.bank} does not serve {listing.company}"
        return Rejected(Reason.SERVICING_BANK_WRONG, detail, BINDING)
    return [ServicingBankUnbound(company=listing.company, bank=command.bank)]


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
