"""The life of a listing: applied, recommended, active, suspended, removed; every change by two persons, every step from its date on."""

import re

import msgspec

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import (
    Listing,
    ListingApplication,
    ListingProposal,
    ListingState,
    ListingStep,
    Offshore,
)
from huangpu.venues.offshore.white_list.standing import lapsed, state_at, step_at, unconfirmed
from huangpu.venues.offshore.white_list.words import (
    ApplyForListing,
    ConfirmListingChange,
    DeclineApplication,
    ListCompany,
    ListingApplied,
    ListingChanged,
    ListingChangeProposed,
    ListingProposalWithdrawn,
    RecommendCompany,
    ReinstateCompany,
    RemoveCompany,
    SuspendCompany,
    SuspensionConfirmed,
    WithdrawListingChange,
)

LIFE_CYCLE = "huangpu policy 25, life on the white list"
DATES = "huangpu policy 68, dates and second persons on the white list"
RECOMMENDED = "P-02, recommended by the administration"
HOUR_US = 3_600_000_000
INSTANT_MAX_US = 2**62
"""Later than any date; an instant stays within it, whatever a row says."""
TEXT_LENGTH_MAX = 500
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OPEN_FOR_APPLICATION = (None, ListingState.DECLINED, ListingState.REMOVED)


def take_application(
    room: Offshore, rules: RuleBook, command: ApplyForListing, stamp: Stamp
) -> Decision:
    """Take a company's own application, once it is complete; after a removal or a refusal it may apply again.

    Rule: P-01 (a dedicated subsidiary in the zone), P-02.
    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_KIND_WRONG, LISTING_STATE_WRONG, APPLICATION_INCOMPLETE.
    """
    if stamp.institution != command.company:
        return not_yours(stamp, command.company, LIFE_CYCLE)
    company = _company(room, command.company)
    if isinstance(company, Rejected):
        return company
    listing = room.books.listings.get(company.id)
    state = None if listing is None else state_at(listing, stamp.at_us)
    if state not in _OPEN_FOR_APPLICATION:
        return _state_wrong(company.id, state, "absent, DECLINED or REMOVED")
    incomplete = _incomplete(room, rules, command.application, stamp)
    if incomplete is not None:
        return incomplete
    return [ListingApplied(company=company.id, application=command.application)]


def decline_application(
    room: Offshore, rules: RuleBook, command: DeclineApplication, stamp: Stamp
) -> Decision:
    """Turn an application down, or a recommendation that is not listed yet.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, FIELD_OUT_OF_RANGE, LISTING_STATE_WRONG.
    """
    listing = _listing_for_cause(room, stamp, command.company, command.cause)
    if isinstance(listing, Rejected):
        return listing
    state = state_at(listing, stamp.at_us)
    if state not in (ListingState.APPLIED, ListingState.RECOMMENDED):
        return _state_wrong(listing.company, state, "APPLIED or RECOMMENDED")
    declined = ListingState.DECLINED
    return [ListingChanged(company=listing.company, state=declined, cause=command.cause)]


def recommend_company(
    room: Offshore, rules: RuleBook, command: RecommendCompany, stamp: Stamp
) -> Decision:
    """Recommend a mainland company that has applied, or, unless the row asks for an application, any that is not on the list.

    Rule: P-01 (a company of its own), P-02 (the administration examines and recommends).
    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG, LISTING_STATE_WRONG, EFFECTIVE_DATE_WRONG.
    """
    refused = _not_administration(room, stamp)
    if refused is not None:
        return refused
    company = _company(room, command.company)
    if isinstance(company, Rejected):
        return company
    listing = room.books.listings.get(company.id)
    state = None if listing is None else state_at(listing, stamp.at_us)
    asked = rules["offshore.white_list.application_required"].at(stamp.date)
    if asked.flag and state is not ListingState.APPLIED:
        return Rejected(
            Reason.LISTING_STATE_WRONG,
            f"{company.id} is {state or 'not on the list'}, needed APPLIED",
            asked.cite,
            asked.rule,
        )
    if state not in (*_OPEN_FOR_APPLICATION, ListingState.APPLIED):
        return _state_wrong(company.id, state, "absent, APPLIED, DECLINED or REMOVED")
    return _dated(stamp, company.id, ListingState.RECOMMENDED, command.effective_from_us)


def list_company(room: Offshore, rules: RuleBook, command: ListCompany, stamp: Stamp) -> Decision:
    """Put a recommended company on the list, by another person than the one who recommended it.

    Rule: P-02.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE, EFFECTIVE_DATE_WRONG.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    step = step_at(listing, stamp.at_us)
    if step is None or step.state is not ListingState.RECOMMENDED:
        state = None if step is None else step.state
        return _state_wrong(listing.company, state, ListingState.RECOMMENDED)
    if step.person == stamp.person:
        detail = f"{stamp.person} recommended {listing.company}; a second person lists it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, LIFE_CYCLE)
    return _dated(stamp, listing.company, ListingState.ACTIVE, command.effective_from_us)


def suspend_company(
    room: Offshore, rules: RuleBook, command: SuspendCompany, stamp: Stamp
) -> Decision:
    """Suspend an active company by one person; it lapses after the hours of the row unless a second person confirms it.

    Reading: who let a suspension lapse does not suspend the same company again, or one person could stop it for ever.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, FIELD_OUT_OF_RANGE, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE,
    EFFECTIVE_DATE_WRONG.
    """
    listing = _listing_for_cause(room, stamp, command.company, command.cause)
    if isinstance(listing, Rejected):
        return listing
    state = state_at(listing, stamp.at_us)
    if state is not ListingState.ACTIVE:
        return _state_wrong(listing.company, state, ListingState.ACTIVE)
    last = listing.steps[-1]
    if lapsed(last, stamp.at_us) and last.person == stamp.person:
        detail = f"{stamp.person}'s suspension of {listing.company} lapsed unconfirmed; another person may suspend it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, DATES)
    hours = rules["offshore.white_list.suspension_confirm_hours"].at(stamp.date).integer
    from_us = command.effective_from_us
    lapses_us = min(max(from_us or 0, stamp.at_us) + hours * HOUR_US, INSTANT_MAX_US)
    suspended = ListingChanged(
        company=listing.company,
        state=ListingState.SUSPENDED,
        cause=command.cause,
        effective_from_us=from_us or 0,
        lapses_us=lapses_us,
    )
    return _past(stamp, from_us) or [suspended]


def reinstate_company(
    room: Offshore, rules: RuleBook, command: ReinstateCompany, stamp: Stamp
) -> Decision:
    """Let a suspended company pay again: at once where nobody confirmed the suspension, else as a proposal.

    Reading: lifting what one person did needs a second; lifting what two did needs two.
    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE, EFFECTIVE_DATE_WRONG.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    step = step_at(listing, stamp.at_us)
    if step is None or step.state is not ListingState.SUSPENDED:
        state = None if step is None else step.state
        return _state_wrong(listing.company, state, ListingState.SUSPENDED)
    if step.confirmed_by:
        return _proposed(stamp, listing, ListingState.ACTIVE, "", command.effective_from_us)
    if step.person == stamp.person:
        detail = f"{stamp.person} suspended {listing.company}; a second person reinstates it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, LIFE_CYCLE)
    return _dated(stamp, listing.company, ListingState.ACTIVE, command.effective_from_us)


def remove_company(
    room: Offshore, rules: RuleBook, command: RemoveCompany, stamp: Stamp
) -> Decision:
    """Propose to take a company off the list, whatever its state there.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, FIELD_OUT_OF_RANGE, LISTING_STATE_WRONG, EFFECTIVE_DATE_WRONG.
    """
    listing = _listing_for_cause(room, stamp, command.company, command.cause)
    if isinstance(listing, Rejected):
        return listing
    state = state_at(listing, stamp.at_us)
    if state in _OPEN_FOR_APPLICATION or state is ListingState.APPLIED:
        return _state_wrong(listing.company, state, "RECOMMENDED, ACTIVE or SUSPENDED")
    removed = ListingState.REMOVED
    return _proposed(stamp, listing, removed, command.cause, command.effective_from_us)


def confirm_listing_change(
    room: Offshore, rules: RuleBook, command: ConfirmListingChange, stamp: Stamp
) -> Decision:
    """Confirm as a second person what the first has done or proposed.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, LISTING_STATE_WRONG, OWN_ACT_NOT_APPROVABLE.
    """
    listing = _listing_of(room, stamp, command.company)
    if isinstance(listing, Rejected):
        return listing
    if command.state is ListingState.SUSPENDED:
        step = unconfirmed(listing, stamp.at_us)
        if step is None:
            detail = f"{listing.company} has no suspension that waits for a second person"
            return Rejected(Reason.LISTING_STATE_WRONG, detail, DATES)
        return _own(stamp, step.person, listing) or [SuspensionConfirmed(company=listing.company)]
    proposal = listing.proposal
    if proposal is None or proposal.state is not command.state:
        detail = f"{listing.company} has no proposed change to {command.state}"
        return Rejected(Reason.LISTING_STATE_WRONG, detail, DATES)
    state = state_at(listing, stamp.at_us)
    if proposal.state is ListingState.ACTIVE and state is not ListingState.SUSPENDED:
        return _state_wrong(listing.company, state, ListingState.SUSPENDED)
    changed = ListingChanged(
        company=listing.company,
        state=proposal.state,
        cause=proposal.cause,
        effective_from_us=max(proposal.effective_from_us, stamp.at_us),
        proposed_by=proposal.person,
    )
    return _own(stamp, proposal.person, listing) or [changed]


def withdraw_listing_change(
    room: Offshore, rules: RuleBook, command: WithdrawListingChange, stamp: Stamp
) -> Decision:
    """Take a proposed change back.

    Rejects: NOT_YOUR_INSTITUTION, COMPANY_NOT_RECOMMENDED, FIELD_OUT_OF_RANGE, LISTING_STATE_WRONG.
    """
    listing = _listing_for_cause(room, stamp, command.company, command.cause)
    if isinstance(listing, Rejected):
        return listing
    if listing.proposal is None:
        detail = f"{listing.company} has no proposed change"
        return Rejected(Reason.LISTING_STATE_WRONG, detail, DATES)
    return [ListingProposalWithdrawn(company=listing.company, cause=command.cause)]


def apply_application(room: Offshore, event: ListingApplied, stamp: Stamp) -> None:
    """Keep the facts and take the step."""
    step = ListingStep(stamp.at_us, ListingState.APPLIED, stamp.person)
    room.books.listings[event.company] = msgspec.structs.replace(
        _with_step(room, event.company, step), application=event.application
    )


def apply_listing_changed(room: Offshore, event: ListingChanged, stamp: Stamp) -> None:
    """Add the step and take its state; what was proposed is done or overtaken."""
    step = ListingStep(
        at_us=event.effective_from_us or stamp.at_us,
        state=event.state,
        person=event.proposed_by or stamp.person,
        cause=event.cause,
        entered_us=stamp.at_us if event.effective_from_us else 0,
        lapses_us=event.lapses_us,
        confirmed_by=stamp.person if event.proposed_by else "",
        confirmed_us=stamp.at_us if event.proposed_by else 0,
    )
    room.books.listings[event.company] = msgspec.structs.replace(
        _with_step(room, event.company, step), proposal=None
    )


def apply_proposed(room: Offshore, event: ListingChangeProposed, stamp: Stamp) -> None:
    """Keep the proposal."""
    listing = room.books.listings[event.company]
    room.books.listings[event.company] = msgspec.structs.replace(listing, proposal=event.proposal)


def apply_withdrawn(room: Offshore, event: ListingProposalWithdrawn, stamp: Stamp) -> None:
    """Drop the proposal."""
    listing = room.books.listings[event.company]
    room.books.listings[event.company] = msgspec.structs.replace(listing, proposal=None)


def apply_suspension_confirmed(room: Offshore, event: SuspensionConfirmed, stamp: Stamp) -> None:
    """Name the second person beside the first."""
    listing = room.books.listings[event.company]
    step = unconfirmed(listing, stamp.at_us)
    assert step is not None
    confirmed = msgspec.structs.replace(step, confirmed_by=stamp.person, confirmed_us=stamp.at_us)
    steps = [confirmed if one is step else one for one in listing.steps]
    room.books.listings[event.company] = msgspec.structs.replace(listing, steps=steps)


def _with_step(room: Offshore, company: str, step: ListingStep) -> Listing:
    listing = room.books.listings.get(company)
    if listing is None:
        return Listing(company=company, state=step.state, banks=[], steps=[step], bindings=[])
    return msgspec.structs.replace(listing, state=step.state, steps=[*listing.steps, step])


def _dated(
    stamp: Stamp, company: str, state: ListingState, effective_from_us: int | None
) -> Decision:
    """Change the state from the instant asked for."""
    refused = _past(stamp, effective_from_us)
    if refused is not None:
        return refused
    return [ListingChanged(company=company, state=state, effective_from_us=effective_from_us or 0)]


def _proposed(
    stamp: Stamp, listing: Listing, state: ListingState, cause: str, effective_from_us: int | None
) -> Decision:
    """Propose a change, one at a time."""
    refused = _past(stamp, effective_from_us)
    if refused is not None:
        return refused
    if listing.proposal is not None:
        detail = f"{listing.company}: a change to {listing.proposal.state} is proposed; confirm or withdraw it first"
        return Rejected(Reason.LISTING_STATE_WRONG, detail, DATES)
    proposal = ListingProposal(state, stamp.person, stamp.at_us, effective_from_us or 0, cause)
    events: list[Event] = [ListingChangeProposed(company=listing.company, proposal=proposal)]
    return events


def _past(stamp: Stamp, effective_from_us: int | None) -> Rejected | None:
    if effective_from_us is None or effective_from_us >= stamp.at_us:
        return None
    detail = f"in force from {effective_from_us} us, at the earliest the entry's {stamp.at_us} us"
    return Rejected(Reason.EFFECTIVE_DATE_WRONG, detail, DATES)


def _own(stamp: Stamp, first: str, listing: Listing) -> Rejected | None:
    if stamp.person != first:
        return None
    detail = f"{stamp.person} did or proposed it for {listing.company}; a second person confirms it"
    return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, DATES)


def _incomplete(
    room: Offshore, rules: RuleBook, facts: ListingApplication, stamp: Stamp
) -> Rejected | None:
    """Say what is missing from an application; its truth is the administration's to examine.

    Rejects: APPLICATION_INCOMPLETE.
    """
    zones = rules["offshore.white_list.zones"].at(stamp.date)
    kinds = rules["offshore.trade_types"].at(stamp.date)
    bank = room.registry.institutions.get(facts.bank)
    checks = (
        (facts.dedicated, "no dedicated subsidiary for offshore trade", "P-01", ""),
        (
            facts.zone in zones.texts,
            f"registered in {facts.zone!r}, one of {' '.join(zones.texts)}",
            zones.cite,
            zones.rule,
        ),
        (
            facts.registered_on <= stamp.date,
            f"registered on {facts.registered_on}, at the latest {stamp.date}",
            "P-01",
            "",
        ),
        (
            0 < len(facts.parent) <= TEXT_LENGTH_MAX,
            "the founding company is not named",
            "P-01",
            "",
        ),
        (
            bool(facts.trade_types) and set(facts.trade_types) <= set(kinds.texts),
            f"kinds of trade {' '.join(facts.trade_types)[:100]!r}, of {' '.join(kinds.texts)}",
            kinds.cite,
            kinds.rule,
        ),
        (
            not facts.bank or (bank is not None and bank.kind is InstitutionKind.BANK),
            f"{facts.bank!r} is no bank of the centre",
            "P-07, designated bank",
            "",
        ),
        (
            not facts.documents_sha256 or _SHA256.fullmatch(facts.documents_sha256) is not None,
            "the digest of the documents: a SHA-256 in lower-case hexadecimal",
            DATES,
            "",
        ),
    )
    for good, detail, cite, rule in checks:
        if not good:
            return Rejected(Reason.APPLICATION_INCOMPLETE, detail, cite, rule)
    return None


def _company(room: Offshore, company_id: str) -> Institution | Rejected:
    """Find a mainland company.

    Rejects: INSTITUTION_UNKNOWN, INSTITUTION_KIND_WRONG.
    """
    company = room.registry.institutions.get(company_id)
    if company is None:
        return Rejected(Reason.INSTITUTION_UNKNOWN, company_id, LIFE_CYCLE)
    if company.kind is InstitutionKind.COMPANY and company.domestic:
        return company
    detail = f"{company.id} is a {company.kind} of {company.domicile}, needed a COMPANY of CN"
    return Rejected(Reason.INSTITUTION_KIND_WRONG, detail, "P-01, dedicated subsidiary in the zone")


def _listing_of(room: Offshore, stamp: Stamp, company: str) -> Listing | Rejected:
    """Find the company's place on the list for an act of the administration."""
    refused = _not_administration(room, stamp)
    if refused is not None:
        return refused
    listing = room.books.listings.get(company)
    if listing is None:
        return Rejected(Reason.COMPANY_NOT_RECOMMENDED, company, RECOMMENDED)
    return listing


def _listing_for_cause(
    room: Offshore, stamp: Stamp, company: str, cause: str
) -> Listing | Rejected:
    """Find the company's place on the list for an act of the administration that says why."""
    listing = _listing_of(room, stamp, company)
    if isinstance(listing, Rejected) or 0 < len(cause) <= TEXT_LENGTH_MAX:
        return listing
    detail = f"a cause of {len(cause)} characters, 1 to {TEXT_LENGTH_MAX}"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, DATES)


def _not_administration(room: Offshore, stamp: Stamp) -> Rejected | None:
    institution = room.registry.institutions[stamp.institution]
    if institution.kind is InstitutionKind.ADMINISTRATION:
        return None
    return not_yours(stamp, "an ADMINISTRATION", LIFE_CYCLE)


def _state_wrong(company: str, state: ListingState | None, needed: str) -> Rejected:
    detail = f"{company} is {state or 'not on the list'}, needed {needed}"
    return Rejected(Reason.LISTING_STATE_WRONG, detail, LIFE_CYCLE)
