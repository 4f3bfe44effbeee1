"""The form of one payment: what it offers to choose from, and the command that is made of it."""

import uuid
from typing import Any

from huangpu.console import acts
from huangpu.console.acts import Form
from huangpu.console.pages import Visitor
from huangpu.venues.offshore.payments.checks import CHARGE_BEARERS
from huangpu.venues.offshore.payments.words import InstructPayment
from huangpu.venues.offshore.state import PaymentOrder

PURPOSES = ("CURR", "LOAN", "INVT", "OTHR")


def choices_of(visitor: Visitor) -> dict[str, Any]:
    """List the accounts, banks and codes that the form offers its visitor."""
    centre, own = visitor.centre, visitor.signed_in.institution
    accounts = [a for a in centre.registry.cash_accounts.values() if own in (a.holder, a.bank)]
    rules, date, words = centre.rules, visitor.date, visitor.words
    types = rules["offshore.trade_types"].at(date).texts
    priorities = rules["offshore.queue.priorities"].at(date).texts
    return {
        "accounts": [
            (
                a.id,
                f"{a.id} · {a.account_class} · {visitor.name_of(a.holder)} · {' '.join(a.currencies)}",
            )
            for a in accounts
        ],
        "banks": [(b, visitor.name_of(b)) for b in sorted({a.bank for a in accounts})],
        "currencies": [
            (c, f"{c} · {words.currency(c)}") for c in rules["offshore.currencies"].at(date).texts
        ],
        "trade_types": [("", "–")] + [(t, words.code("trade_type", t)) for t in types],
        "purposes": [("", "–")] + [(p, words.code("purpose", p)) for p in PURPOSES],
        "bearers": [(b, words.code("bearer", b)) for b in CHARGE_BEARERS],
        "priorities": [("", words.text("as usual"))]
        + [(p, words.code("priority", p)) for p in priorities],
        "after": [("", words.text("as the rules say"))]
        + [(a, words.code("after_cut_off", a)) for a in ("WAREHOUSE", "REJECT")],
    }


def instruction_of(form: Form) -> InstructPayment:
    """Make the command of a form; ids that it leaves empty are made from its own id.

    Raises: Unreadable.
    """
    own_id = f"c{acts.text(form, 'command_id')}"[:35]
    currency = acts.text(form, "currency")
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
        requested_date=acts.date(form, "requested_date") if form.get("requested_date") else None,
        remittance=acts.text(form, "remittance"),
        creditor_agent=acts.text(form, "creditor_agent"),
        creditor_name=acts.text(form, "creditor_name"),
        creditor_country=acts.text(form, "creditor_country").upper(),
        trade_reference=acts.text(form, "trade_reference"),
        goods=acts.text(form, "goods"),
        priority=acts.text(form, "priority"),
        after_cut_off=acts.text(form, "after_cut_off"),
    )
    return InstructPayment(message_id=own_id, bank=acts.text(form, "bank"), order=order)
