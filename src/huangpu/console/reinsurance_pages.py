"""The reinsurance exchange: slips, one slip with its quotes, lines, contract and bill, members and desks; and the acts of a placement."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.growth_pages import done_of
from huangpu.console.live import State, Subject
from huangpu.console.overview import ROAD, figures_of
from huangpu.console.pages import NotFound, Visitor, page, refusal_context
from huangpu.console.wording import words_of
from huangpu.core.message import Command, Rejected
from huangpu.engine import Gate
from huangpu.venues.reinsurance import bills, views
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import LineBasis, WithdrawLine, WriteLine
from huangpu.venues.reinsurance.placement.quoting import DeclineSlip, IssueFirmOrder, QuoteSlip
from huangpu.venues.reinsurance.placement.sections import (
    FiscalAndRegulatory,
    RiskDetails,
    Sections,
    SecurityDetails,
    SubscriptionAgreement,
    headings,
)
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import (
    PLACEABLE,
    CloseSlip,
    ContractType,
    Method,
    PlaceSlip,
    SlipState,
)
from huangpu.venues.reinsurance.settlement import SettleAccount

ROWS = 30


def look(gate: Gate, _rest: str, subject: Subject) -> State:
    """Read the exchange's figures, and how far its slips have come."""
    words = words_of(subject.language)
    state: State = {k: v for k, v in figures_of(gate, words).items() if k.startswith("r.")}
    room = gate.engine.centre.reinsurance
    histories = room.books.histories
    newest = islice(reversed(histories.values()), 4 * ROWS)
    state["slips"] = f"{len(histories)}.{sum(len(steps) for steps in newest)}"
    return state


def look_at_slip(gate: Gate, slip_id: str, subject: Subject) -> State:
    """Say how many steps of a slip the reader may see."""
    found = views.slip(gate.engine.centre.reinsurance, subject.scope, slip_id)
    return {"steps": len(found.history) if found else 0}


@get("/reinsurance")
async def show(visitor: Visitor, status: str = "", part: str = "") -> Response[str]:
    """List slips and show the exchange."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, now_us = visitor.centre.reinsurance, visitor.now_us
    state = SlipState(status) if status in list(SlipState) else None
    data: dict[str, Any] = {
        "topic": "reinsurance",
        "tab": "slips",
        "slips": views.slips(room, visitor.scope, state=state, limit=ROWS),
        "road": ROAD,
        "states": list(SlipState),
        "chosen": status,
    }
    if part == "slips":
        return await page(visitor, "_slips.html", data)
    data |= {
        "figures": figures_of(visitor.gate, visitor.words),
        "exchange": bills.overview(room, now_us),
        "desks": views.desks(room, now_us),
        "contracts": views.contracts(room, visitor.scope, limit=12),
        "may_place": visitor.may("reinsurance.place"),
    }
    return await page(visitor, "reinsurance.html", data)


@get("/reinsurance/members")
async def show_members(visitor: Visitor) -> Response[str]:
    """List who has access, with seats and settlement currencies."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, now_us = visitor.centre.reinsurance, visitor.now_us
    data = {
        "topic": "reinsurance",
        "tab": "members",
        "members": views.members(room, now_us, limit=200),
        "exchange": bills.overview(room, now_us),
        "desks": views.desks(room, now_us),
    }
    return await page(visitor, "members.html", data)


# One slip.


@get("/reinsurance/slips/{slip_id:path}")
async def show_slip(
    visitor: Visitor, slip_id: str, part: str = "", done: str = ""
) -> Response[str]:
    """Show one slip as far as the reader is a party to it."""
    return await _slip(visitor, slip_id.strip("/"), {"done": done_of(done)}, part=part)


async def _slip(
    visitor: Visitor, slip_id: str, extra: Mapping[str, Any], *, part: str = "", status: int = 200
) -> Response[str]:
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, scope = visitor.centre.reinsurance, visitor.scope
    found = views.slip(room, scope, slip_id)
    if found is None:
        raise NotFound
    code = found.row.trade_code
    contract = views.contract(room, scope, code) if code else None
    data: dict[str, Any] = {
        "topic": f"slip:{slip_id}",
        "tab": "slips",
        "view": found,
        "slip": found.slip,
        "offer": found.slip.offer,
        "row": found.row,
        "headings": [(name, text) for name, text in headings(found.slip.offer.sections) if text],
        "road": ROAD,
        "shares": _shares(found),
        "contract": contract,
        "bill": bills.bill(room, scope, contract.account_id) if contract else None,
        "acts": _acts(visitor, found),
    }
    template = "_slip.html" if part == "slip" else "slip.html"
    return await page(visitor, template, {**data, **extra}, status=status)


def _shares(found: views.SlipView) -> list[dict[str, Any]]:
    """Put every reinsurer's written and signed line on one row; a share signed is shown also where lines are hidden."""
    signed = {line.reinsurer: line for line in found.signed}
    rows: list[dict[str, Any]] = [
        {
            "reinsurer": line.reinsurer,
            "written": line.written_of_order,
            "signed": signed[line.reinsurer].signed_of_order if line.reinsurer in signed else None,
            "whole": signed[line.reinsurer].signed_of_whole if line.reinsurer in signed else None,
            "line": line,
        }
        for line in found.lines
    ]
    shown = {row["reinsurer"] for row in rows}
    for line in found.signed:
        if line.reinsurer not in shown:
            row = {"reinsurer": line.reinsurer, "written": line.written_of_order, "line": None}
            rows.append(row | {"signed": line.signed_of_order, "whole": line.signed_of_whole})
    return rows


def _acts(visitor: Visitor, found: views.SlipView) -> set[str]:
    """Name the forms to show: those whose permission the person holds and whose turn it is; the engine decides."""
    own, state, slip = visitor.signed_in.institution, found.slip.state, found.slip
    places, cedes = own == slip.broker, own == slip.offer.cedent
    market = not places and not cedes
    quoted = any(quote.reinsurer == own for quote in found.quotes)
    written = any(line.reinsurer == own for line in found.lines)
    early = state in (SlipState.SUBMITTED, SlipState.QUOTED)
    writing = state in (SlipState.FIRM_ORDER, SlipState.LINES_WRITTEN)
    due = found.row.trade_code != "" and _is_due(visitor, found.row.trade_code)
    turn = {
        "quote": market and early and not quoted and visitor.may("reinsurance.quote"),
        "decline": market
        and (early or writing)
        and not written
        and visitor.may("reinsurance.quote"),
        "order": cedes and state is SlipState.QUOTED and visitor.may("reinsurance.order"),
        "write": market and writing and not written and visitor.may("reinsurance.line"),
        "withdraw": written
        and state is SlipState.LINES_WRITTEN
        and visitor.may("reinsurance.line"),
        "sign": places and state is SlipState.LINES_WRITTEN and visitor.may("reinsurance.bind"),
        "bind": places and state is SlipState.SIGNED and visitor.may("reinsurance.bind"),
        "close": places and (early or writing) and visitor.may("reinsurance.place"),
        "settle": cedes and due and visitor.may("reinsurance.order"),
    }
    return {name for name, is_shown in turn.items() if is_shown}


def _is_due(visitor: Visitor, trade_code: str) -> bool:
    account = visitor.centre.reinsurance.books.accounts.get(f"{trade_code}/A1")
    return account is not None and account.status == "DUE"


# Acts on a slip.


def _quote(form: acts.Form) -> Command:
    return QuoteSlip(
        slip_id=acts.text(form, "slip_id"),
        commission_micro_percent=acts.percent(form, "commission"),
        share_micro_percent=acts.percent(form, "share"),
        valid_until=acts.date(form, "valid_until"),
        subjectivities=[
            s.strip() for s in acts.text(form, "subjectivities").split(";") if s.strip()
        ],
    )


def _order(form: acts.Form) -> Command:
    return IssueFirmOrder(
        slip_id=acts.text(form, "slip_id"),
        leader=acts.text(form, "leader"),
        short_placement_agreed=acts.text(form, "short") == "yes",
        unequal_signing_authorised=acts.text(form, "unequal") == "yes",
    )


def _write(form: acts.Form) -> Command:
    return WriteLine(
        slip_id=acts.text(form, "slip_id"),
        written_micro_percent=acts.percent(form, "written"),
        basis=LineBasis(acts.one_of(form, "basis", [str(basis) for basis in LineBasis])),
        to_stand=acts.text(form, "to_stand") == "yes",
        conditions=[s.strip() for s in acts.text(form, "conditions").split(";") if s.strip()],
    )


ACTS: dict[str, Callable[[acts.Form], Command]] = {
    "quote": _quote,
    "order": _order,
    "write": _write,
    "decline": lambda form: DeclineSlip(
        slip_id=acts.text(form, "slip_id"), cause=acts.text(form, "cause")
    ),
    "withdraw": lambda form: WithdrawLine(slip_id=acts.text(form, "slip_id")),
    "sign": lambda form: SignDown(slip_id=acts.text(form, "slip_id")),
    "bind": lambda form: BindSlip(slip_id=acts.text(form, "slip_id")),
    "close": lambda form: CloseSlip(
        slip_id=acts.text(form, "slip_id"), cause=acts.text(form, "cause")
    ),
    "settle": lambda form: SettleAccount(account_id=acts.text(form, "account_id")),
}
"""What a form on a slip's page sends, by the name of its act."""


@post("/reinsurance/acts/{act:str}")
async def do(visitor: Visitor, act: str) -> Response[str] | Redirect:
    """Do one act on a slip."""
    form = await acts.form_of(visitor)
    if act not in ACTS:
        raise NotFound
    try:
        answer = await acts.send(visitor, form, ACTS[act](form))
    except acts.Unreadable as error:
        answer = error.refusal
    slip_id = acts.text(form, "slip_id")
    if isinstance(answer, Rejected):
        extra = refusal_context(answer, form, act)
        return await _slip(visitor, slip_id, extra, status=422)
    return Redirect(f"/reinsurance/slips/{slip_id}?done={act}.{answer}", status_code=303)


# Placing a slip.


@get("/reinsurance/place")
async def show_place(visitor: Visitor) -> Response[str]:
    """Show the form of a slip."""
    return await _place(visitor, {})


async def _place(visitor: Visitor, extra: Mapping[str, Any], *, status: int = 200) -> Response[str]:
    _ = visitor.signed_in
    if not visitor.may("reinsurance.place"):
        raise NotFound
    await visitor.gate.readable()
    room, words, rules = visitor.centre.reinsurance, visitor.words, visitor.centre.rules
    members = views.members(room, visitor.now_us, limit=500)
    kinds = ("INSURER", "REINSURER")
    classes = rules["reinsurance.classes"].at(visitor.date)
    currencies = rules["offshore.currencies"].at(visitor.date)
    data = {
        "topic": "reinsurance",
        "tab": "place",
        "cedents": [
            (m.institution.id, visitor.name_of(m.institution.id))
            for m in members
            if m.kind in kinds
        ],
        "types": [(t.value, words.code("contract_type", t)) for t in sorted(PLACEABLE)],
        "methods": [(m.value, words.code("method", m)) for m in Method],
        "classes": [(c, words.code("business", c)) for c in classes.texts],
        "currencies": [(c, f"{c} · {words.currency(c)}") for c in currencies.texts],
        "required": rules["reinsurance.slip.required_headings"].at(visitor.date),
        "year": visitor.date.year + 1,
        "slip_default": f"SLIP-{visitor.date:%Y%m%d}-{len(room.books.slips) + 1:04d}",
    }
    return await page(visitor, "place.html", {**data, **extra}, status=status)


@post("/reinsurance/place")
async def place(visitor: Visitor) -> Response[str] | Redirect:
    """Place a slip."""
    form = await acts.form_of(visitor)
    try:
        command = _slip_command(form)
        answer = await acts.send(visitor, form, command)
    except acts.Unreadable as error:
        answer = error.refusal
    if isinstance(answer, Rejected):
        return await _place(visitor, refusal_context(answer, form, "place"), status=422)
    return Redirect(f"/reinsurance/slips/{command.slip_id}?done=place.{answer}", status_code=303)


def _slip_command(form: acts.Form) -> PlaceSlip:
    currency = acts.text(form, "currency")
    return PlaceSlip(
        slip_id=acts.text(form, "slip_id"),
        cedent=acts.text(form, "cedent"),
        contract_type=ContractType(
            acts.one_of(form, "contract_type", [str(t) for t in ContractType])
        ),
        method=Method(acts.one_of(form, "method", [str(m) for m in Method])),
        class_of_business=acts.text(form, "class_of_business"),
        period_from=acts.date(form, "period_from"),
        period_to=acts.date(form, "period_to"),
        currency=currency,
        estimated_premium_minor=acts.money(form, "premium", currency),
        cession_micro_percent=acts.percent(form, "cession"),
        commission_micro_percent=acts.percent(form, "commission"),
        brokerage_micro_percent=acts.percent(form, "brokerage"),
        order_micro_percent=acts.percent(form, "order"),
        sections=Sections(
            risk_details=RiskDetails(
                interest=acts.text(form, "interest"),
                limits=acts.text(form, "limits"),
                territorial_limits=acts.text(form, "territory"),
                law_and_jurisdiction=acts.text(form, "law"),
            ),
            information=acts.text(form, "information"),
            security=SecurityDetails(),
            subscription=SubscriptionAgreement(),
            fiscal=FiscalAndRegulatory(country_of_origin=acts.text(form, "origin")),
        ),
    )


HANDLERS = (show, show_members, show_slip, do, show_place, place)
