"""Settling: one order is routed, funded, sampled and made final, alone or in a batch; an overseas bank's order is credited.

Money of a free trade account moves inside its bank's separate accounting unit, between units through their mirrors, and overseas against the
bank's nostro. Nothing waits in this version: an order that cannot be settled now is refused.
"""

import hashlib
from typing import NamedTuple

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg
from huangpu.registry.cash_accounts import AccountClass, CashAccount, ledger_code
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.matrix import Cell, Line, cell
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.words import (
    BatchProcessed,
    InstructPayment,
    InstructPaymentBatch,
    OutboundCreditTransfer,
    PaymentRefused,
    PaymentSettled,
    ReceiveCreditTransfer,
)
from huangpu.venues.offshore.state import (
    Batch,
    Direction,
    Nostro,
    Offshore,
    Payment,
    PaymentOrder,
    counterparty_key,
    nostro_code,
)

FUNDS = "C6, available = booked - held, never below zero"
MIRRORS = "huangpu policy 24, units, mirrors and correspondents"
BASIS_POINTS = 10_000


class Settlement(NamedTuple):
    """What an accepted order does: the legs that move money and the fact that is told."""

    legs: list[Leg]
    settled: PaymentSettled


def instruct_payment(
    room: Offshore, rules: RuleBook, command: InstructPayment, stamp: Stamp
) -> Decision:
    """Settle one order now, on the instruction alone, or refuse it.

    Rule: P-03; domain note B2, decision order; C3, C5, C6.
    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, then as `settlement`.
    """
    draft = Draft(
        room,
        rules,
        stamp,
        sender=stamp.institution,
        bank=command.bank,
        message_id=command.message_id,
    )
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    found = settlement(draft, command.order)
    if isinstance(found, Rejected):
        return found
    return [LegsPosted(legs=found.legs), found.settled]


def instruct_payment_batch(
    room: Offshore, rules: RuleBook, command: InstructPaymentBatch, stamp: Stamp
) -> Decision:
    """Decide every order of a message in its sequence; each stands alone and sees what the ones before it left.

    Rule: domain note C1 (pain.001 with many transactions), C5.
    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED; refused orders are `PaymentRefused` events.
    """
    maximum = rules["offshore.batch.transactions_max"].at(stamp.date)
    if not 0 < len(command.orders) <= maximum.integer:
        detail = f"{len(command.orders)} {maximum.unit}, 1 to {maximum.value}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, maximum.cite, maximum.rule)
    draft = Draft(
        room,
        rules,
        stamp,
        sender=stamp.institution,
        bank=command.bank,
        message_id=command.message_id,
    )
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    events: list[Event] = []
    for position, order in enumerate(command.orders):
        found = settlement(draft, order)
        if isinstance(found, Rejected):
            ids = (order.uetr, order.end_to_end_id, order.instruction_id)
            events.append(_refused(position, ids, found))
            continue
        draft.take(found.settled.payment, found.legs)
        events.append(LegsPosted(legs=found.legs))
        events.append(found.settled)
    settled, refusals = draft.settled, len(command.orders) - draft.settled
    status = "RJCT" if settled == 0 else "PART" if refusals else "ACSC"
    batch = Batch(
        draft.sender,
        draft.message_id,
        draft.bank,
        stamp.seq,
        stamp.at_us,
        status,
        settled,
        refusals,
    )
    return [*events, BatchProcessed(batch=batch)]


def receive_credit_transfer(
    room: Offshore, rules: RuleBook, command: ReceiveCreditTransfer, stamp: Stamp
) -> Decision:
    """Credit an account by order of an overseas bank and raise the nostro mirror; the white list is not asked.

    Rule: R-04; R-17 (inward credits stay open so that money can come home).
    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, those of form, duplicates and accounts,
    SECOND_LINE_CURRENCY, TRANSFER_FORBIDDEN, SECOND_LINE_NOT_OPEN, BALANCE_LIMIT_EXCEEDED.
    """
    sender = room.by_bic(command.instructing_agent)
    bank = room.by_bic(command.instructed_agent)
    if sender is None or sender.kind is not InstitutionKind.OVERSEAS_BANK:
        detail = (
            f"instructing agent {command.instructing_agent!r} is no overseas bank of the centre"
        )
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if bank is None or bank.kind is not InstitutionKind.BANK:
        detail = f"instructed agent {command.instructed_agent!r} is no bank of the centre"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if stamp.institution not in (sender.id, bank.id):
        detail = f"{stamp.person} acts for {stamp.institution}; needed {sender.id} or {bank.id}"
        return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, checks.PARTIES)
    draft = Draft(room, rules, stamp, sender=sender.id, bank=bank.id, message_id=command.message_id)
    refused = checks.message_refusal(draft)
    if refused is not None:
        return refused
    found = _inward(draft, command.order, sender)
    if isinstance(found, Rejected):
        return found
    return [LegsPosted(legs=found.legs), found.settled]


def settlement(draft: Draft, order: PaymentOrder) -> Settlement | Rejected:
    """Decide one order: the first failing step refuses it.

    Rejects: those of form and duplicates, DEBTOR_ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, CREDITOR_ACCOUNT_UNKNOWN, SAME_ACCOUNT,
    ACCOUNT_CLOSED, ACCOUNT_BLOCKED, ACCOUNT_CURRENCY_WRONG, SERVICING_BANK_WRONG, INSTITUTION_SUSPENDED, SECOND_LINE_CURRENCY,
    TRANSFER_FORBIDDEN, WHITE_LIST_STATUS, TRADE_TYPE_MISSING, PURPOSE_MISSING, PURPOSE_NOT_PERMITTED, SECOND_LINE_NOT_OPEN,
    AGENT_UNKNOWN, FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    refused = checks.form_refusal(order, draft.stamp.date)
    if refused is None:
        refused = checks.reuse_refusal(draft, order, own_debtor=True)
    if refused is not None:
        return refused
    debtor = checks.debtor_account(draft, order)
    if isinstance(debtor, Rejected):
        return debtor
    creditor = checks.creditor_account(draft, order)
    if isinstance(creditor, Rejected):
        return creditor
    refused = checks.account_refusal(draft, debtor, order.currency)
    if refused is None and creditor is not None:
        refused = checks.account_refusal(draft, creditor, order.currency)
    if refused is None:
        refused = checks.servicing_refusal(draft, debtor)
    if refused is not None:
        return refused
    found = _permitted(draft, order, debtor, creditor)
    if isinstance(found, Rejected):
        return found
    if creditor is None:
        return _outward(draft, order, debtor, found)
    return _book(draft, order, debtor, creditor, found)


def _permitted(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, creditor: CashAccount | None
) -> Cell | Rejected:
    """Ask the matrix, the pilot and the second line, in this order."""
    far = AccountClass.OVS if creditor is None else creditor.account_class
    same_name = creditor is not None and creditor.holder == debtor.holder
    pair = (debtor.account_class, far)
    found = cell(draft.rules, draft.stamp.date, pair, order.currency, same_name)
    refused = checks.matrix_refusal(
        draft, order, found, fte=AccountClass.FTE in pair, same_name=same_name
    )
    if refused is None:
        refused = checks.pilot_refusal(draft, order, debtor, found.line)
    if refused is None:
        refused = checks.second_line_refusal(draft, order, found)
    return found if refused is None else refused


def _outward(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, found: Cell
) -> Settlement | Rejected:
    """Pay overseas against the nostro of the creditor's bank, or else the bank's default correspondent."""
    nostro = _way_out(draft, order)
    if nostro is None:
        detail = f"{draft.bank} has no correspondent in {order.currency}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    institutions = draft.room.registry.institutions
    correspondent = institutions[nostro.correspondent]
    if correspondent.suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, correspondent.id, MIRRORS)
    legs = _funded(draft, order, ledger_code(debtor.id, order.currency), nostro.code)
    if isinstance(legs, Rejected):
        return legs
    sample, draw = _sample(draft, order, debtor, found.line)
    number = len(draft.room.indexes.by_number) + draft.settled
    payment = Payment(
        number=number,
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
        message_id=draft.message_id,
        sender=draft.sender,
        order=order,
        direction=Direction.OUTWARD,
        status="ACSC",
        line=found.line,
        rule=found.rule_id,
        bank=draft.bank,
        debtor=debtor.holder,
        debtor_class=debtor.account_class,
        debtor_booked_after=draft.booked(legs[0].debit) - order.amount,
        creditor_class=AccountClass.OVS,
        correspondent=correspondent.id,
        sample=sample,
        draw=draw,
    )
    outbound = OutboundCreditTransfer(
        f"HP{number:012d}", institutions[draft.bank].bic, correspondent.bic, draft.stamp.date
    )
    return Settlement(legs, PaymentSettled(payment=payment, outbound=outbound))


def _book(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, creditor: CashAccount, found: Cell
) -> Settlement | Rejected:
    """Pay between two accounts kept here, through the mirrors where their units differ."""
    currency = order.currency
    legs = _funded(
        draft, order, ledger_code(debtor.id, currency), ledger_code(creditor.id, currency)
    )
    if isinstance(legs, Rejected):
        return legs
    sample, draw = _sample(draft, order, debtor, found.line)
    payment = Payment(
        number=len(draft.room.indexes.by_number) + draft.settled,
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
        message_id=draft.message_id,
        sender=draft.sender,
        order=order,
        direction=Direction.BOOK,
        status="ACCC",
        line=found.line,
        rule=found.rule_id,
        bank=draft.bank,
        debtor=debtor.holder,
        debtor_class=debtor.account_class,
        debtor_booked_after=draft.booked(legs[0].debit) - order.amount,
        creditor=creditor.holder,
        creditor_class=creditor.account_class,
        creditor_bank=creditor.bank,
        creditor_booked_after=draft.booked(legs[-1].credit) + order.amount,
        sample=sample,
        draw=draw,
    )
    return Settlement(legs, PaymentSettled(payment=payment))


def _inward(draft: Draft, order: PaymentOrder, sender: Institution) -> Settlement | Rejected:
    """Credit an account kept by the instructed bank against its nostro at the sender."""
    refused = checks.form_refusal(order, draft.stamp.date)
    if refused is None:
        refused = checks.reuse_refusal(draft, order, own_debtor=False)
    if refused is None:
        refused = checks.far_debtor_refusal(order)
    if refused is not None:
        return refused
    creditor = draft.room.registry.cash_accounts.get(order.creditor_account)
    if creditor is None or creditor.bank != draft.bank:
        detail = f"{order.creditor_account} at {draft.bank}"
        return Rejected(Reason.CREDITOR_ACCOUNT_UNKNOWN, detail, checks.PARTIES)
    refused = checks.account_refusal(draft, creditor, order.currency)
    if refused is not None:
        return refused
    pair = (AccountClass.OVS, creditor.account_class)
    found = cell(draft.rules, draft.stamp.date, pair, order.currency, False)
    refused = checks.matrix_refusal(draft, order, found, fte=False, same_name=False)
    if refused is None:
        refused = checks.second_line_refusal(draft, order, found)
    if refused is not None:
        return refused
    nostro = nostro_code(draft.bank, sender.id, order.currency)
    if nostro not in draft.room.books.nostros:
        detail = f"{draft.bank} has no account in {order.currency} at {sender.id}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    legs = _funded(draft, order, nostro, ledger_code(creditor.id, order.currency))
    if isinstance(legs, Rejected):
        return legs
    payment = Payment(
        number=len(draft.room.indexes.by_number),
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
        message_id=draft.message_id,
        sender=draft.sender,
        order=order,
        direction=Direction.INWARD,
        status="ACCC",
        line=found.line,
        rule=found.rule_id,
        bank=draft.bank,
        debtor_class=AccountClass.OVS,
        creditor=creditor.holder,
        creditor_class=creditor.account_class,
        creditor_bank=creditor.bank,
        creditor_booked_after=draft.booked(legs[-1].credit) + order.amount,
        correspondent=sender.id,
    )
    return Settlement(legs, PaymentSettled(payment=payment))


def _way_out(draft: Draft, order: PaymentOrder) -> Nostro | None:
    agent = draft.room.by_bic(order.creditor_agent)
    if agent is not None:
        nostro = draft.room.books.nostros.get(nostro_code(draft.bank, agent.id, order.currency))
        if nostro is not None:
            return nostro
    return draft.room.indexes.nostro_default.get(f"{draft.bank}/{order.currency}")


def _funded(draft: Draft, order: PaymentOrder, debit: str, credit: str) -> list[Leg] | Rejected:
    """Route the amount and ask whether every leg passes.

    Rejects: FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    ledger = draft.room.ledger
    payer, receiver = ledger.number(debit), ledger.number(credit)
    assert payer is not None, debit
    assert receiver is not None, credit
    legs = ledger.route(payer, receiver, order.amount)
    shortfall = draft.shortfall(legs)
    if shortfall is None:
        return legs
    code = ledger.account(shortfall.account).code
    if shortfall.code is LedgerCode.INSUFFICIENT_FUNDS:
        available = money_text(shortfall.found, order.currency)
        detail = (
            f"{code}: available {available}, ordered {money_text(order.amount, order.currency)}"
        )
        return Rejected(Reason.FUNDS_INSUFFICIENT, detail, FUNDS)
    # The balance found is not the sender's to know: it is the creditor's, or the bank's at its correspondent.
    detail = f"{code}: {shortfall.code.name}, ordered {money_text(order.amount, order.currency)}"
    return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, detail, MIRRORS)


def _sample(draft: Draft, order: PaymentOrder, debtor: CashAccount, line: Line) -> tuple[str, int]:
    """Decide whether a payment made on the instruction alone is checked afterwards.

    Rule: huangpu policy 27. The draw hashes the UETR with the entry's number, which the sender cannot choose.
    Units: the draw in basis points, 0 to 9,999.
    """
    if debtor.account_class is not AccountClass.FTE or line is not Line.FIRST:
        return "", 0
    text = f"{order.uetr}|{draft.stamp.seq}"
    draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % BASIS_POINTS
    rules, date = draft.rules, draft.stamp.date
    key = counterparty_key(debtor.holder, order)
    known = key in draft.room.indexes.counterparties or key in draft.used.counterparties
    if not known and rules["offshore.sampling.first_payment"].at(date).flag:
        return "FIRST_PAYMENT", draw
    if draw < rules["offshore.sampling.rate"].at(date).integer:
        return "RATE", draw
    return "PASSED", draw


def _refused(position: int, ids: tuple[str, str, str], refusal: Rejected) -> PaymentRefused:
    uetr, end_to_end_id, instruction_id = ids
    return PaymentRefused(
        position=position,
        uetr=uetr,
        end_to_end_id=end_to_end_id,
        instruction_id=instruction_id,
        refusal=refusal,
    )


def apply_settled(room: Offshore, event: PaymentSettled, stamp: Stamp) -> None:
    """Store the payment once and index it."""
    payment = event.payment
    assert payment.order.uetr not in room.books.payments
    assert payment.number == len(room.books.payments)
    room.books.payments[payment.order.uetr] = payment
    room.indexes.add_payment(payment, stamp.date)


def apply_refused(room: Offshore, event: PaymentRefused, stamp: Stamp) -> None:
    """Nothing: a refused order leaves nothing behind."""


def apply_batch(room: Offshore, event: BatchProcessed, stamp: Stamp) -> None:
    """Keep the batch and use up its message id."""
    batch = event.batch
    room.books.batches[f"{batch.sender}|{batch.message_id}"] = batch
    room.indexes.add_batch(batch)
