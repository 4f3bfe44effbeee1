"""Everything that waits for a second person, in one list: whatever one person proposed and another has to decide.

Each item says who proposed it, how old it is, and why the reader may or may not decide it. The queues of releases, screening cases and sampled
documents have pages of their own; the list names how many wait there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Response, get

from huangpu.console.growth_pages import done_of
from huangpu.console.offshore.changes import change_lines, change_title
from huangpu.console.offshore.releases import RELEASE
from huangpu.console.offshore.tabs import has_second_person, reach_of, venue_page
from huangpu.console.pages import NotFound, Visitor
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore import boundary_views, views
from huangpu.venues.offshore.boundary_views import UpgradeView
from huangpu.venues.offshore.monitoring import views as monitoring
from huangpu.venues.offshore.monitoring.books import CaseState, ProposalState
from huangpu.venues.offshore.pages import LIMIT_MAX, ListingView
from huangpu.venues.offshore.reports import views as reports
from huangpu.venues.offshore.reports.books import BreakState, CorrectionState, bank_of
from huangpu.venues.offshore.reports.record import FIELDS
from huangpu.venues.offshore.screening import views as screening
from huangpu.venues.offshore.second_line.bop import record_of
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.white_list import unconfirmed

KINDS = ("LISTING", "CORRECTION", "BREAK", "BOP", "UPGRADE", "SCREENING_LIST")
"""Kinds of items beside the changes that the monitors propose."""
LIST, APPROVE, REPORT, LISTS = (
    "offshore.list",
    "offshore.approve",
    "offshore.report",
    "offshore.lists",
)


class Button(msgspec.Struct, frozen=True):
    """An act that decides an item: its fields, and the field that the person has to fill in, if any."""

    act: str
    fields: dict[str, str]
    asks: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that waits. `why_not` is MAKER, ROLE or NOT_YOURS where the reader has no button, else empty.

    `lines` are pairs of a label and a text, both in the language of the page.
    """

    kind: str
    title: str
    lines: list[tuple[str, str]]
    link: str
    maker: str
    at_us: int
    why_not: str
    yes: Button
    no: Button | None = None


@get("/offshore/inbox")
async def show_inbox(visitor: Visitor, done: str = "") -> Response[str]:
    """Show what waits for a second person."""
    return await inbox_page(visitor, {}, {"done": done_of(done)})


async def inbox_page(
    visitor: Visitor, _form: Mapping[str, str], extra: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """Write the list, the oldest first."""
    _ = visitor.signed_in
    if not has_second_person(visitor):
        raise NotFound
    await visitor.gate.readable()
    items = sorted(items_of(visitor), key=lambda item: item.at_us)
    data = {
        "items": items,
        "mine": sum(item.why_not == "MAKER" for item in items),
        "decidable": sum(not item.why_not for item in items),
        "elsewhere": list(_elsewhere(visitor)),
    }
    framed = {**data, **extra}
    return await venue_page(visitor, "offshore/inbox.html", "inbox", framed, status=status)


def items_of(visitor: Visitor) -> Iterator[Item]:
    """Give everything that waits and that the visitor may see."""
    yield from _listings(visitor)
    yield from _proposals(visitor)
    yield from _corrections(visitor)
    yield from _closures(visitor)
    yield from _bop_corrections(visitor)
    yield from _upgrades(visitor)
    yield from _lists(visitor)


def _why_not(visitor: Visitor, institution: str, maker: str, permission: str) -> str:
    if visitor.signed_in.institution != institution:
        return "NOT_YOURS"
    if maker == visitor.signed_in.id:
        return "MAKER"
    return "" if visitor.may(permission) else "ROLE"


def _listings(visitor: Visitor) -> Iterator[Item]:
    room = visitor.centre.offshore
    if visitor.scope is not None and visitor.institution.kind is not InstitutionKind.ADMINISTRATION:
        return
    for found in views.white_list(room, visitor.scope, visitor.now_us):
        listing = room.books.listings[found.company]
        if found.proposal is not None:
            proposed = found.proposal
            lines = [(visitor.words.text("Cause"), proposed.cause)] if proposed.cause else []
            yield _listing_item(
                visitor, found, proposed.state, proposed.person, proposed.at_us, lines
            )
        step = unconfirmed(listing, visitor.now_us)
        if step is not None:
            lines = [
                (visitor.words.text("Cause"), step.cause),
                (
                    visitor.words.text("Void unless confirmed by"),
                    visitor.words.moment(step.lapses_us),
                ),
            ]
            entered = step.entered_us or step.at_us
            yield _listing_item(visitor, found, ListingState.SUSPENDED, step.person, entered, lines)
        if found.state is ListingState.RECOMMENDED:
            yield _recommended(visitor, found)


def _listing_item(
    visitor: Visitor,
    found: ListingView,
    state: ListingState,
    maker: str,
    at_us: int,
    lines: list[tuple[str, str]],
) -> Item:
    words, company = visitor.words, found.company
    no = None
    if found.proposal is not None and found.proposal.state is state:
        no = Button("withdraw-listing", {"company": company}, "cause")
    return Item(
        kind="LISTING",
        title=f"{visitor.name_of(company)}: {words.code('listing_state', state)}",
        lines=[line for line in lines if line[1]],
        link="/offshore/white-list",
        maker=maker,
        at_us=at_us,
        why_not=_administers(visitor, maker),
        yes=Button("confirm-listing", {"company": company, "state": str(state)}),
        no=no,
    )


def _recommended(visitor: Visitor, found: ListingView) -> Item:
    step = found.steps[0]
    return Item(
        kind="LISTING",
        title=f"{visitor.name_of(found.company)}: {visitor.words.code('listing_state', found.state)}",
        lines=[(visitor.words.text("Served by"), ", ".join(map(visitor.name_of, found.banks)))]
        if found.banks
        else [],
        link="/offshore/white-list",
        maker=step.person,
        at_us=step.at_us,
        why_not=_administers(visitor, step.person),
        yes=Button("list", {"company": found.company}),
        no=Button("decline-application", {"company": found.company}, "cause"),
    )


def _administers(visitor: Visitor, maker: str) -> str:
    if visitor.institution.kind is not InstitutionKind.ADMINISTRATION:
        return "NOT_YOURS"
    return _why_not(visitor, visitor.signed_in.institution, maker, LIST)


def _proposals(visitor: Visitor) -> Iterator[Item]:
    room = visitor.centre.offshore
    for view in monitoring.proposals(room, visitor.now_us, visitor.scope):
        found = view.proposal
        if found.state is not ProposalState.PROPOSED:
            continue
        institution = found.institution or (
            visitor.signed_in.institution
            if visitor.institution.kind is InstitutionKind.ADMINISTRATION
            else ""
        )
        fields = {"number": str(found.number)}
        yield Item(
            kind=type(found.change).__name__,
            title=change_title(visitor, found.change),
            lines=change_lines(visitor, found.change),
            link="/offshore/monitors",
            maker=found.proposer,
            at_us=found.at_us,
            why_not=_why_not(visitor, institution, found.proposer, APPROVE),
            yes=Button("approve-proposal", fields),
            no=Button("decline-proposal", fields),
        )


def _corrections(visitor: Visitor) -> Iterator[Item]:
    words = visitor.words
    for found in reports.corrections(visitor.centre.offshore, visitor.scope):
        if found.state is not CorrectionState.PROPOSED:
            continue
        number = str(found.number)
        changes = [
            (
                words.code("record_field", name),
                f"{found.record[FIELDS.index(name)] or '–'} → {text or '–'}",
            )
            for name, text in found.changes.items()
        ]
        yield Item(
            kind="CORRECTION",
            title=f"{found.unit} · {words.date(found.date)} · {found.sequence}",
            lines=[*changes, (words.text("Cause"), found.cause)],
            link="/offshore/reports",
            maker=found.proposer,
            at_us=found.at_us,
            why_not=_why_not(visitor, bank_of(found.unit), found.proposer, RELEASE),
            yes=Button("decide-correction", {"correction": number, "approve": "yes"}),
            no=Button("decide-correction", {"correction": number, "approve": "no"}),
        )


def _closures(visitor: Visitor) -> Iterator[Item]:
    room, words = visitor.centre.offshore, visitor.words
    waiting = reports.breaks(
        room, institution=visitor.scope, now_us=visitor.now_us, state=BreakState.PROPOSED
    )
    operator = visitor.institution.kind is InstitutionKind.OPERATOR
    for view in waiting:
        found, number = view.found, str(view.found.number)
        bank = found.bank or (visitor.signed_in.institution if operator else "")
        yield Item(
            kind="BREAK",
            title=f"{words.code('break_kind', found.kind)} · {found.place}",
            lines=[(words.text("Subject"), found.subject), (words.text("Cause"), found.cause)],
            link="/offshore/reports",
            maker=found.proposer,
            at_us=found.opened_us,
            why_not=_why_not(visitor, bank, found.proposer, REPORT),
            yes=Button("decide-break", {"break_id": number, "approve": "yes"}),
            no=Button("decide-break", {"break_id": number, "approve": "no"}),
        )


def _bop_corrections(visitor: Visitor) -> Iterator[Item]:
    room, words = visitor.centre.offshore, visitor.words
    for uetr, corrections in room.books.boundary.corrections.items():
        last, payment = corrections[-1], room.payments.get(uetr)
        if last.checker or payment is None:
            continue
        record = record_of(room, visitor.centre.rules, payment)
        if visitor.scope not in (None, record.bank):
            continue
        yield Item(
            kind="BOP",
            title=f"{visitor.name_of(record.institution)} · {record.code or '–'} → {last.code}",
            lines=[
                (
                    words.text("Amount"),
                    f"{words.money(record.amount, record.currency)} {record.currency}",
                ),
                (words.text("Cause"), last.cause),
            ],
            link=f"/offshore/payments/{uetr}",
            maker=last.maker,
            at_us=last.at_us,
            why_not=_why_not(visitor, record.bank, last.maker, RELEASE),
            yes=Button("approve-bop", {"uetr": uetr}),
        )


def _upgrades(visitor: Visitor) -> Iterator[Item]:
    room, words = visitor.centre.offshore, visitor.words
    found: UpgradeView
    for found in boundary_views.upgrades(room, visitor.centre.rules, visitor.date, visitor.scope):
        upgrade = room.books.boundary.upgrades[found.company]
        if found.asked is None:
            continue
        yield Item(
            kind="UPGRADE",
            title=f"{visitor.name_of(found.company)} · {found.asked.year}",
            lines=[
                (words.text("Owners' equity"), f"{words.brief(found.asked.equity, 'CNY')} CNY"),
                (words.text("Revenue"), f"{words.brief(found.asked.revenue, 'CNY')} CNY"),
            ],
            link="/offshore/white-list",
            maker=found.maker,
            at_us=upgrade.steps[-1].at_us if upgrade.steps else 0,
            why_not=_why_not(visitor, upgrade.asked_bank, found.maker, RELEASE),
            yes=Button("approve-upgrade", {"company": found.company}, "record"),
            no=Button("refuse-upgrade", {"company": found.company}, "cause"),
        )


def _lists(visitor: Visitor) -> Iterator[Item]:
    words = visitor.words
    operator = visitor.institution.kind is InstitutionKind.OPERATOR
    whose = reach_of(visitor)
    for found in screening.lists(visitor.centre.offshore, whose):
        if found.in_force:
            continue
        own = visitor.signed_in.institution if operator else ""
        yield Item(
            kind="SCREENING_LIST",
            title=f"{found.list_id} · {found.version}",
            lines=[
                (words.text("Entries"), words.number(found.entries)),
                (words.text("New or changed"), words.number(found.changed)),
                (words.text("Removed"), words.number(found.removed)),
            ],
            link="/offshore/screening",
            maker=found.proposed_by,
            at_us=found.at_us,
            why_not=_why_not(visitor, own, found.proposed_by, LISTS),
            yes=Button("adopt-list", {"list_id": found.list_id, "version": found.version}),
        )


def _elsewhere(visitor: Visitor) -> Iterator[tuple[str, str, int]]:
    """Give the queues that have pages of their own: page, name, how many wait."""
    room, words, scope = visitor.centre.offshore, visitor.words, visitor.scope
    if scope is None or visitor.institution.kind is InstitutionKind.BANK:
        queue = boundary_views.release_queue(room, scope)
        yield "/offshore/releases", words.text("Releases across the second line"), len(queue)
    whose = reach_of(visitor)
    if whose:
        number = screening.cases(room, whose, limit=1).open
        yield "/offshore/screening", words.text("Screening cases"), number
    uploaded = monitoring.cases(
        room,
        visitor.now_us,
        institution=scope,
        state=CaseState.UPLOADED,
        limit=LIMIT_MAX,
    )
    yield (
        "/offshore/samples?status=UPLOADED",
        words.text("Documents to judge"),
        len(uploaded.cases),
    )
