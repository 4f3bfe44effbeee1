"""Returns: the money of a final payment goes back, once, by a posting of its own; the payment itself is never rewritten.

The creditor's bank returns what it cannot keep, a bank overseas returns an outward payment, or a recall is agreed: all three post here. The matrix,
the white list and the purpose are not asked, for a return undoes what they allowed; the money must be there, and the account that gets it open.
"""

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.identifiers import is_code
from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg, Shortfall
from huangpu.registry.cash_accounts import AccountStatus, ledger_code
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.orders import SETTLED, Direction, Payment, Pending, parties_of
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.counting import note_returned
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.final import FUNDS
from huangpu.venues.offshore.payments.plan import MIRRORS, overseas_and_bank
from huangpu.venues.offshore.recalls.books import Recall, RecallStatus, Return, return_key
from huangpu.venues.offshore.recalls.words import (
    PaymentReturned,
    RecallAnswered,
    ReceiveReturn,
    ReturnPayment,
)
from huangpu.venues.offshore.recalls.working_days import last_us
from huangpu.venues.offshore.state import Offshore, nostro_code

RETURNS = "huangpu policy 34, recalls and returns"
ONCE = "C6, a returned return is refused"
AGREED = "FOCR"
CODE_LENGTH = 4


def return_payment(
    room: Offshore, rules: RuleBook, command: ReturnPayment, stamp: Stamp
) -> Decision:
    """Give back what an account kept at the acting bank was credited with.

    Rule: domain note C1, C4 (pacs.004), C6; huangpu policy 34.
    Rejects: PAYMENT_UNKNOWN, RETURN_OF_RETURN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, RETURN_REASON_WRONG,
    RETURN_TOO_LATE, then as `posted`.
    """
    payment = settled_payment(room, command.uetr, stamp.institution)
    if isinstance(payment, Rejected):
        return payment
    draft = Draft(
        room, rules, stamp, sender=stamp.institution, bank="", message_id=command.message_id
    )
    if stamp.institution != payment.creditor_bank:
        return _not_the_receiver(room, payment, stamp)
    refused = checks.message_refusal(draft) or information_refusal(command.information)
    if refused is not None:
        return refused
    row = rules["offshore.return.reasons"].at(stamp.date)
    if command.reason not in row.texts:
        detail = f"reason {command.reason!r}, one of {' '.join(row.texts)}"
        return Rejected(Reason.RETURN_REASON_WRONG, detail, row.cite, row.rule)
    days = rules["offshore.return.days_max"].at(stamp.date)
    if stamp.at_us >= last_us(rules, date_of(payment.at_us), days.integer):
        detail = f"settled on {date_of(payment.at_us)}, returned within {days.value} {days.unit}"
        return Rejected(Reason.RETURN_TOO_LATE, detail, days.cite, days.rule)
    amount = command.amount or full_amount(payment)
    return _ended(draft, payment, amount, command.reason, command.information, "")


def receive_return(
    room: Offshore, rules: RuleBook, command: ReceiveReturn, stamp: Stamp
) -> Decision:
    """Credit the debtor of an outward payment with what the correspondent returns of it; the white list is not asked.

    Rule: domain note C1, C4 (pacs.004), C6; huangpu policy 34. A recall that is open is answered by it.
    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, PAYMENT_UNKNOWN, RETURN_OF_RETURN, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED,
    IDENTIFIER_MALFORMED, RETURN_REASON_WRONG, ACCOUNT_CURRENCY_WRONG, then as `posted`.
    """
    agents = overseas_and_bank(room, command.instructing_agent, command.instructed_agent, stamp)
    if isinstance(agents, Rejected):
        return agents
    sender, bank = agents
    payment = settled_payment(room, command.uetr, sender)
    if isinstance(payment, Rejected):
        return payment
    draft = Draft(room, rules, stamp, sender=sender, bank=bank, message_id=command.message_id)
    if payment.direction is not Direction.OUTWARD or payment.bank != bank:
        return _not_the_receiver(room, payment, stamp)
    refused = checks.message_refusal(draft) or information_refusal(command.information)
    if refused is not None:
        return refused
    refused = _return_id_refusal(draft, command.return_id)
    if refused is not None:
        return refused
    if not (len(command.reason) == CODE_LENGTH and command.reason.isalnum()):
        detail = f"reason {command.reason!r}: an ISO code of {CODE_LENGTH} characters"
        return Rejected(Reason.RETURN_REASON_WRONG, detail, RETURNS)
    if command.currency != payment.order.currency:
        detail = f"{command.currency!r}, paid in {payment.order.currency}"
        return Rejected(Reason.ACCOUNT_CURRENCY_WRONG, detail, RETURNS)
    return _ended(
        draft, payment, command.amount, command.reason, command.information, command.return_id
    )


def settled_payment(room: Offshore, uetr: str, institution: str) -> Payment | Rejected:
    """Find a payment that moved money, for a party to it; others learn nothing of it.

    Rejects: PAYMENT_UNKNOWN, PAYMENT_NOT_PAID.
    """
    found = room.record_of(uetr)
    if found is None or institution not in parties_of(found):
        return Rejected(Reason.PAYMENT_UNKNOWN, f"{uetr[:80]!r}", RETURNS)
    if isinstance(found, Pending) or found.status not in SETTLED:
        status = "PDNG" if isinstance(found, Pending) else found.status
        return Rejected(Reason.PAYMENT_NOT_PAID, f"{uetr} is {status}, nothing moved", RETURNS)
    return found


def information_refusal(text: str) -> Rejected | None:
    """Refuse information that no message carries.

    Rejects: FIELD_OUT_OF_RANGE.
    """
    if len(text) <= checks.TEXT_LENGTH_MAX:
        return None
    detail = f"information of {len(text)} characters, at most {checks.TEXT_LENGTH_MAX}"
    return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, RETURNS)


def full_amount(payment: Payment) -> int:
    """Return what was settled with the other side: less the charge where the creditor bore it. Units: minor units."""
    charged = payment.order.charge_bearer == "CRED"
    return payment.order.amount - (payment.charge if charged else 0)


def posted(
    draft: Draft, payment: Payment, amount: int, reason: str, recall: Recall | None = None
) -> list[Event] | Rejected:
    """Move the money back in this entry, or say what stands in the way.

    Reading: one return a payment for ever, whoever asks and for whatever reason: without that there are double refunds (Blnk PR 315).
    Rejects: PAYMENT_RETURNED, RETURN_AMOUNT_WRONG, ACCOUNT_CLOSED, ACCOUNT_BLOCKED, INSTITUTION_SUSPENDED, FUNDS_INSUFFICIENT,
    BALANCE_LIMIT_EXCEEDED.
    """
    refused = (
        _returned_refusal(draft.room, payment)
        or _amount_refusal(draft, payment, amount)
        or _way_back_refusal(draft, payment)
    )
    if refused is not None:
        return refused
    legs = _legs_back(draft, payment, amount)
    shortfall = draft.shortfall(legs)
    if shortfall is not None:
        return _short_of(draft, payment, amount, shortfall)
    draft.move(legs)
    back = _record(draft, payment, amount, reason, legs)
    if recall is not None:
        back = msgspec.structs.replace(back, recall=recall.number)
    return [LegsPosted(legs=legs), PaymentReturned(posted=back)]


def apply_returned(room: Offshore, event: PaymentReturned, stamp: Stamp) -> None:
    """Keep the return; what the payment took of quotas and counted in the figures is given back."""
    back, books = event.posted, room.books.recalls
    assert back.number == len(books.returns)
    books.returns.append(back)
    room.recalls.note_return(back)
    note_returned(room, back, stamp)


def _ended(
    draft: Draft, payment: Payment, amount: int, reason: str, information: str, return_id: str
) -> list[Event] | Rejected:
    """Post a return that no recall asked for here, answer a recall that is open, and let the money release what waits for it."""
    number = draft.room.recalls.open.get(payment.order.uetr)
    recall = None if number is None else draft.room.books.recalls.recalls[number]
    found = posted(draft, payment, amount, reason, recall)
    if isinstance(found, Rejected):
        return found
    event = found[-1]
    assert isinstance(event, PaymentReturned)
    back = event.posted
    given = return_id or back.return_id
    back = msgspec.structs.replace(back, information=information, return_id=given)
    events: list[Event] = [*found[:-1], PaymentReturned(posted=back)]
    if recall is not None:
        agreed = reason == AGREED
        answered = msgspec.structs.replace(
            recall,
            status=RecallStatus.CNCL if agreed else RecallStatus.RJCR,
            answered_us=draft.stamp.at_us,
            answered_by=draft.sender,
            person=draft.stamp.person,
            answer_reason="" if agreed else "ARDT",
            return_id=back.return_id,
        )
        events.append(RecallAnswered(recall=answered))
    return [*events, *queue.released(draft)]


def _not_the_receiver(room: Offshore, payment: Payment, stamp: Stamp) -> Rejected:
    """Refuse who did not get the payment: what came back cannot be sent again, what was never got cannot be returned."""
    uetr = payment.order.uetr
    if uetr in room.recalls.returned:
        detail = f"{uetr} was returned; a returned return is refused"
        return Rejected(Reason.RETURN_OF_RETURN, detail, ONCE)
    detail = f"{stamp.person} acts for {stamp.institution}; the receiving bank returns"
    return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, RETURNS)


def _return_id_refusal(draft: Draft, return_id: str) -> Rejected | None:
    if not is_code(return_id) or len(return_id) > checks.ID_LENGTH_MAX:
        detail = f"return id {return_id!r}: 1 to {checks.ID_LENGTH_MAX} characters"
        return Rejected(Reason.IDENTIFIER_MALFORMED, detail, RETURNS)
    if draft.uses(return_key(draft.sender, return_id)):
        detail = f"return id {return_id} of {draft.sender} is used, each once"
        return Rejected(Reason.MESSAGE_ID_REUSED, detail, checks.DUPLICATES)
    return None


def _returned_refusal(room: Offshore, payment: Payment) -> Rejected | None:
    number = room.recalls.returned.get(payment.order.uetr)
    if number is None:
        return None
    back = room.books.recalls.returns[number]
    detail = f"{payment.order.uetr} was returned on {date_of(back.at_us)}: {back.return_id}"
    return Rejected(Reason.PAYMENT_RETURNED, detail, RETURNS)


def _amount_refusal(draft: Draft, payment: Payment, amount: int) -> Rejected | None:
    full = full_amount(payment)
    if amount == full:
        return None
    row = draft.rows["offshore.return.partial"]
    if row.flag and 0 < amount < full:
        return None
    currency = payment.order.currency
    detail = f"{money_text(amount, currency)} of {money_text(full, currency)}"
    return Rejected(Reason.RETURN_AMOUNT_WRONG, detail, row.cite, row.rule)


def _way_back_refusal(draft: Draft, payment: Payment) -> Rejected | None:
    """Refuse where the money would reach nobody: the account closed or blocked, the correspondent suspended."""
    if payment.direction is Direction.INWARD:
        if draft.room.registry.institutions[payment.correspondent].suspended:
            return Rejected(Reason.INSTITUTION_SUSPENDED, payment.correspondent, MIRRORS)
        return None
    payee = draft.room.registry.cash_accounts[payment.order.debtor_account]
    if payee.status is AccountStatus.OPEN:
        return None
    closed = payee.status is AccountStatus.CLOSED
    reason = Reason.ACCOUNT_CLOSED if closed else Reason.ACCOUNT_BLOCKED
    return Rejected(reason, f"{payee.id} is {payee.status}, needed OPEN", checks.PARTIES)


def _legs_back(draft: Draft, payment: Payment, amount: int) -> list[Leg]:
    order, ledger = payment.order, draft.room.ledger
    nostro = nostro_code(payment.bank, payment.correspondent, order.currency)
    inward = payment.direction is Direction.INWARD
    outward = payment.direction is Direction.OUTWARD
    payer = ledger.number(
        nostro if outward else ledger_code(order.creditor_account, order.currency)
    )
    payee = ledger.number(nostro if inward else ledger_code(order.debtor_account, order.currency))
    assert payer is not None
    assert payee is not None
    return ledger.route(payer, payee, amount)


def _short_of(draft: Draft, payment: Payment, amount: int, shortfall: Shortfall) -> Rejected:
    currency = payment.order.currency
    code = draft.room.ledger.account(shortfall.account).code
    asked = money_text(amount, currency)
    if shortfall.code is LedgerCode.INSUFFICIENT_FUNDS:
        available = money_text(shortfall.found, currency)
        detail = f"{code}: available {available}, to return {asked}"
        return Rejected(Reason.FUNDS_INSUFFICIENT, detail, FUNDS)
    detail = f"{code}: {shortfall.code.name}, to return {asked}"
    return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, detail, MIRRORS)


WAYS_BACK = {
    Direction.OUTWARD: Direction.INWARD,
    Direction.INWARD: Direction.OUTWARD,
    Direction.BOOK: Direction.BOOK,
}


def _record(draft: Draft, payment: Payment, amount: int, reason: str, legs: list[Leg]) -> Return:
    order, stamp = payment.order, draft.stamp
    number = len(draft.room.books.recalls.returns)
    payer, payee = payment.creditor, payment.debtor
    return Return(
        number=number,
        return_id=f"RT{number:012d}",
        message_id=draft.message_id,
        sender=draft.sender,
        uetr=order.uetr,
        payment=payment.number,
        direction=WAYS_BACK[payment.direction],
        bank=payment.creditor_bank or payment.bank,
        correspondent=payment.correspondent,
        payer=payer,
        payer_account=order.creditor_account,
        payer_booked_after=draft.booked(legs[0].debit) if payer else 0,
        payee=payee,
        payee_account=order.debtor_account,
        payee_booked_after=draft.booked(legs[-1].credit) if payee else 0,
        currency=order.currency,
        amount=amount,
        reason=reason,
        parties=parties_of(payment),
        seq=stamp.seq,
        at_us=stamp.at_us,
    )
