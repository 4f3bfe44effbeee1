"""Settlement for offshore trade: the stream of payments, one payment on its time line, accounts, the white list, the matrix, an instruction."""

import uuid
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from huangpu.console import acts
from huangpu.console.entries import RECENT_KEPT
from huangpu.console.growth_pages import done_of
from huangpu.console.live import State, Subject
from huangpu.console.overview import (
    PAYMENT_COMMANDS,
    amounts,
    figures_of,
    latencies,
    payments_by_minute,
)
from huangpu.console.pages import NotFound, Visitor, page, refusal_context
from huangpu.console.wording import words_of
from huangpu.core.calendar import date_of
from huangpu.core.message import Rejected
from huangpu.engine import Gate
from huangpu.ledger.accounts import Account
from huangpu.ledger.events import LegsPosted
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore import views
from huangpu.venues.offshore.payments.words import InstructPayment, PaymentSettled
from huangpu.venues.offshore.state import PaymentOrder

ROWS = 30
INSTRUCT = "offshore.instruct"


def look(gate: Gate, _rest: str, subject: Subject) -> State:
    """Read the venue's figures and the number of the newest payment that the reader may see."""
    room, words = gate.engine.centre.offshore, words_of(subject.language)
    state: State = {k: v for k, v in figures_of(gate, words).items() if k.startswith("o.")}
    today = views.overview(room, date_of(gate.engine.last_at_us))
    state["o.sampled"] = words.number(today.sampled_today)
    found = views.payments(room, institution=subject.scope, limit=1).payments
    state["payments"] = found[0].number if found else -1
    return state


@get("/offshore")
async def show(
    visitor: Visitor, after: str = "", status: str = "", part: str = "", done: str = ""
) -> Response[str]:
    """Show the stream of payments and, to those who may, the form of an instruction."""
    extra = {"done": done_of(done)}
    return await _payments(visitor, extra, after=after, state=status, part=part)


async def _payments(
    visitor: Visitor,
    extra: Mapping[str, Any],
    *,
    after: str = "",
    state: str = "",
    part: str = "",
    status: int = 200,
) -> Response[str]:
    _ = visitor.signed_in
    await visitor.gate.readable()
    room, words = visitor.centre.offshore, visitor.words
    found = views.payments(
        room, institution=visitor.scope, status=state or None, limit=ROWS, after=after
    )
    data: dict[str, Any] = {
        "topic": "offshore",
        "tab": "payments",
        "payments": found.payments,
        "next_after": found.next_after,
        "after": after,
        "chosen_status": state,
    }
    if part == "payments":
        return await page(visitor, "_payments.html", data)
    overview = views.overview(room, visitor.date)
    data |= {
        "figures": figures_of(visitor.gate, words),
        "overview": overview,
        "total_value": amounts([(t.currency, t.value) for t in overview.total], words),
        "bars": payments_by_minute(visitor.gate),
        "latencies": [
            x for x in latencies(visitor.gate) if "Payment" in x.name or "Credit" in x.name
        ],
        "refusals": refusals(visitor),
        "may_instruct": visitor.may(INSTRUCT),
        "form": _instruction_choices(visitor) if visitor.may(INSTRUCT) else {},
    }
    return await page(visitor, "offshore.html", {**data, **extra}, status=status)


def refusals(visitor: Visitor) -> list[tuple[str, int, str]]:
    """Count the refused payments among the newest entries by reason, with the rule row that refused the last of each."""
    counts: dict[str, tuple[int, str]] = {}
    for entry in visitor.console.recent.visible(visitor.scope, RECENT_KEPT, ticks=False):
        refused = entry.rejected
        if refused is not None and isinstance(entry.command, PAYMENT_COMMANDS):
            count, rule = counts.get(refused.reason, (0, refused.rule))
            counts[refused.reason] = (count + 1, rule or refused.rule)
    return sorted(((r, n, rule) for r, (n, rule) in counts.items()), key=lambda item: -item[1])


def _instruction_choices(visitor: Visitor) -> dict[str, Any]:
    centre, own = visitor.centre, visitor.signed_in.institution
    accounts = [
        (
            a.id,
            f"{a.id} · {a.account_class} · {visitor.name_of(a.holder)} · {' '.join(a.currencies)}",
        )
        for a in centre.registry.cash_accounts.values()
        if own in (a.holder, a.bank)
    ]
    banks = sorted(
        {a.bank for a in centre.registry.cash_accounts.values() if own in (a.holder, a.bank)}
    )
    rules, date, words = centre.rules, visitor.date, visitor.words
    return {
        "accounts": accounts,
        "banks": [(bank, visitor.name_of(bank)) for bank in banks],
        "currencies": [
            (c, f"{c} · {words.currency(c)}") for c in rules["offshore.currencies"].at(date).texts
        ],
        "trade_types": [("", "–")]
        + [(t, words.code("trade_type", t)) for t in rules["offshore.trade_types"].at(date).texts],
        "purposes": [("", "–")]
        + [(p, words.code("purpose", p)) for p in ("CURR", "LOAN", "INVT", "OTHR")],
        "bearers": [(b, words.code("bearer", b)) for b in ("SHAR", "DEBT", "CRED", "SLEV")],
    }


@post("/offshore/payments")
async def instruct(visitor: Visitor) -> Response[str] | Redirect:
    """Instruct a payment; ids that the form leaves empty are made from its own id."""
    form = await acts.form_of(visitor)
    own_id = f"c{acts.text(form, 'command_id')}"[:35]
    currency = acts.text(form, "currency")
    try:
        order = PaymentOrder(
            uetr=str(uuid.uuid4()),
            end_to_end_id=acts.text(form, "end_to_end_id") or own_id,
            debtor_account=acts.text(form, "debtor_account"),
            creditor_account=acts.text(form, "creditor_account"),
            currency=currency,
            amount=acts.money(form, "amount", currency),
            trade_type=acts.text(form, "trade_type"),
            purpose=acts.text(form, "purpose"),
            charge_bearer=acts.text(form, "charge_bearer") or "SHAR",
            remittance=acts.text(form, "remittance"),
            creditor_agent=acts.text(form, "creditor_agent"),
            creditor_name=acts.text(form, "creditor_name"),
            creditor_country=acts.text(form, "creditor_country"),
        )
        command = InstructPayment(message_id=own_id, bank=acts.text(form, "bank"), order=order)
        answer = await acts.send(visitor, form, command)
    except acts.Unreadable as error:
        answer = error.refusal
    if isinstance(answer, Rejected):
        extra = refusal_context(answer, form, "instruct")
        return await _payments(visitor, extra, status=422)
    return Redirect(f"/offshore?done=instruct.{answer}", status_code=303)


@get("/offshore/payments/{uetr:str}")
async def show_payment(visitor: Visitor, uetr: str) -> Response[str]:
    """Show one payment on its time line, with the rule that allowed it."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    centre = visitor.centre
    found = views.payment(centre.offshore, centre.rules, uetr, visitor.scope)
    record = centre.offshore.record_of(uetr)
    if found is None or record is None:
        raise NotFound
    data = {
        "topic": "",
        "tab": "payments",
        "found": found,
        "p": found.payment,
        "order": record.order,
        "legs": _legs(visitor, found.entry, uetr),
        "row": centre.rules[found.rule_name].at(date_of(found.payment.at_us)),
    }
    return await page(visitor, "payment.html", data)


def _legs(visitor: Visitor, seq: int, uetr: str) -> list[tuple[Account, Account, int]]:
    """List the ledger legs of a payment: the account debited, the account credited, the amount."""
    entry = visitor.gate.engine.entry(seq)
    assert entry is not None
    assert not isinstance(entry.outcome, Rejected)
    ledger = visitor.centre.ledger
    legs: list[tuple[Account, Account, int]] = []
    for event, after in pairwise(entry.outcome):
        if not isinstance(event, LegsPosted) or not isinstance(after, PaymentSettled):
            continue
        if after.payment.order.uetr == uetr:
            for leg in event.legs:
                legs.append((ledger.account(leg.debit), ledger.account(leg.credit), leg.amount))
    return legs


@get("/offshore/accounts")
async def show_accounts(visitor: Visitor, after: str = "") -> Response[str]:
    """List accounts with their balances, and the mirrors at correspondents."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    found = views.accounts(room, institution=visitor.scope, limit=100, after=after)
    data = {
        "topic": "offshore",
        "tab": "accounts",
        "accounts": found.accounts,
        "next_after": found.next_after,
        "nostros": views.nostros(room, visitor.scope),
    }
    return await page(visitor, "accounts.html", data)


@get("/offshore/accounts/{account_id:str}")
async def show_account(
    visitor: Visitor, account_id: str, currency: str = "", after: str = ""
) -> Response[str]:
    """Show one account's payments in one currency."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    account = views.account(room, account_id, visitor.scope)
    if account is None:
        raise NotFound
    held = [balance.currency for balance in account.balances]
    shown = currency if currency in held else held[0]
    statement = views.account_statement(
        room, account_id, shown, institution=visitor.scope, limit=ROWS, after=after
    )
    if statement is None:
        raise NotFound
    data = {"topic": "offshore", "tab": "accounts", "account": account, "statement": statement}
    return await page(visitor, "account.html", data)


@get("/offshore/white-list")
async def show_white_list(visitor: Visitor) -> Response[str]:
    """Show the white list with its history."""
    _ = visitor.signed_in
    await visitor.gate.readable()
    room = visitor.centre.offshore
    data = {
        "topic": "offshore",
        "tab": "white-list",
        "listings": views.white_list(room, visitor.scope),
        "overview": views.overview(room, visitor.date),
    }
    return await page(visitor, "white_list.html", data)


@get("/offshore/matrix")
async def show_matrix(visitor: Visitor) -> Response[str]:
    """Draw the transfer matrix in force; each cell leads to its rule."""
    _ = visitor.signed_in
    cells: dict[tuple[str, str, str], list[Any]] = {}
    for cell in views.matrix(visitor.centre.rules, visitor.date):
        place = (cell.currency, cell.debtor_class, cell.creditor_class)
        cells.setdefault(place, []).append(cell)
    data = {
        "topic": "",
        "tab": "matrix",
        "classes": list(AccountClass),
        "cells": cells,
        "currencies": ("CNY", "FOREIGN"),
    }
    return await page(visitor, "matrix.html", data)


HANDLERS = (
    show,
    instruct,
    show_payment,
    show_accounts,
    show_account,
    show_white_list,
    show_matrix,
)
