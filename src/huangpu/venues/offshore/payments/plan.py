"""The plan of a payment: who takes part, over which ledger accounts, and the cell of the matrix that allows it; money is asked later.

The same steps serve a fresh order and one that waited and is looked at again at the moment of settlement: only what the message said of
itself (form, ids, who asked) is not asked twice.
"""

import msgspec

from huangpu.core.message import Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.ledger.transfers import Leg, LegKind
from huangpu.registry.cash_accounts import AccountClass, CashAccount, ledger_code
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.venues.offshore.matrix import Cell, cell
from huangpu.venues.offshore.monitoring import limits
from huangpu.venues.offshore.orders import Direction, PaymentOrder, Pending
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.second_line import purposes
from huangpu.venues.offshore.state import Offshore, nostro_code
from huangpu.venues.offshore.upgraded import in_pair

MIRRORS = "huangpu policy 24, units, mirrors and correspondents"
CHARGES = "huangpu policy 22, charges"
FEES = "FEES"
"""Kind and prefix of the account on which a bank's charges gather: `FEES-BK1/USD`."""


class Plan(msgspec.Struct):
    """One payment that nothing but money, time or review can stop. Units: charge in minor units.

    Screening fills the last three: `screened` and `score_bp` as in `Payment`, `news` what it found when the payment was looked at again,
    to be told when it settles.
    """

    order: PaymentOrder
    direction: Direction
    cell: Cell
    debtor: CashAccount | None
    creditor: CashAccount | None
    correspondent: str
    legs: list[Leg]
    charge: int
    news: tuple[Event, ...] = ()
    screened: str = ""
    score_bp: int = 0


def planned(draft: Draft, order: PaymentOrder) -> Plan | Rejected:
    """Plan a fresh order of an account kept here: the first failing step refuses it.

    Rejects: those of form and duplicates, NOT_YOUR_INSTITUTION, then as `planned_again`, then those of `limits.refusal`.
    """
    refused = checks.form_refusal(draft, order)
    if refused is None:
        refused = checks.reuse_refusal(draft, order, own_debtor=True)
    if refused is not None:
        return refused
    debtor = checks.debtor_account(draft, order)
    if isinstance(debtor, Rejected):
        return debtor
    refused = checks.orderer_refusal(draft, debtor)
    if refused is not None:
        return refused
    plan = _own(draft, order, debtor, correspondent="")
    if isinstance(plan, Rejected):
        return plan
    return limits.refusal(draft, order, debtor) or plan


def planned_inward(
    draft: Draft, order: PaymentOrder, sender: Institution, *, covered: bool = False
) -> Plan | Rejected:
    """Plan a fresh order of an overseas bank; one whose cover is there shares its UETR.

    Rejects: those of form and duplicates, IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE, then as `planned_again`.
    """
    refused = checks.form_refusal(draft, order)
    if refused is None:
        refused = checks.reuse_refusal(draft, order, own_debtor=False, covered=covered)
    if refused is None:
        refused = checks.far_debtor_refusal(order)
    return refused or _inward(draft, order, sender)


def planned_again(draft: Draft, pending: Pending) -> Plan | Rejected:
    """Plan a payment that waited, as the accounts, the white list and the matrix stand now.

    Rejects: DEBTOR_ACCOUNT_UNKNOWN, CREDITOR_ACCOUNT_UNKNOWN, SAME_ACCOUNT, ACCOUNT_CLOSED, ACCOUNT_BLOCKED, ACCOUNT_CURRENCY_WRONG,
    SERVICING_BANK_WRONG, INSTITUTION_SUSPENDED, SECOND_LINE_CURRENCY, TRANSFER_FORBIDDEN, WHITE_LIST_STATUS, TRADE_TYPE_MISSING,
    PURPOSE_MISSING, PURPOSE_NOT_PERMITTED, LOAN_NOT_REPAYABLE, QUOTA_EXCEEDED, AGENT_UNKNOWN.
    """
    order = pending.order
    if pending.direction is Direction.INWARD:
        return _inward(draft, order, draft.room.registry.institutions[pending.correspondent])
    debtor = checks.debtor_account(draft, order)
    if isinstance(debtor, Rejected):
        return debtor
    return _own(draft, order, debtor, correspondent=pending.correspondent)


def _own(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, *, correspondent: str
) -> Plan | Rejected:
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
        return _outward(draft, order, debtor, found, correspondent)
    legs = _routed(
        draft,
        ledger_code(debtor.id, order.currency),
        ledger_code(creditor.id, order.currency),
        order.amount,
    )
    return Plan(order, Direction.BOOK, found, debtor, creditor, "", legs, 0)


def _permitted(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, creditor: CashAccount | None
) -> Cell | Rejected:
    """Ask the matrix, the pilot and the purpose, in this order."""
    far = AccountClass.OVS if creditor is None else creditor.account_class
    same_name = creditor is not None and creditor.holder == debtor.holder
    pair = (debtor.account_class, far)
    upgraded = in_pair(draft.room, debtor, creditor)
    found = cell(draft.rules, draft.stamp.date, pair, order.currency, same_name, upgraded)
    refused = checks.matrix_refusal(
        draft, order, found, fte=AccountClass.FTE in pair, same_name=same_name
    )
    if refused is None:
        refused = checks.pilot_refusal(draft, order, debtor, found.line)
    if refused is None:
        refused = purposes.refusal(draft, order, debtor, creditor, found, same_name)
    return found if refused is None else refused


def _outward(
    draft: Draft, order: PaymentOrder, debtor: CashAccount, found: Cell, correspondent: str
) -> Plan | Rejected:
    """Plan against the nostro of the creditor's bank, or else the bank's default correspondent.

    Rejects: AGENT_UNKNOWN, INSTITUTION_SUSPENDED, CHARGE_NOT_COVERED, ACCOUNT_UNKNOWN.
    """
    correspondent = correspondent or _way_out(draft, order)
    if not correspondent:
        detail = f"{draft.bank} has no correspondent in {order.currency}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if draft.room.registry.institutions[correspondent].suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, correspondent, MIRRORS)
    row = draft.rows[f"offshore.charge.{order.currency}"]
    charge = row.integer
    amount = order.amount - (charge if order.charge_bearer == "CRED" else 0)
    if amount <= 0:
        detail = f"{order.amount} minor units do not cover the charge of {charge} {row.unit}"
        return Rejected(Reason.CHARGE_NOT_COVERED, detail, row.cite, row.rule)
    payer = ledger_code(debtor.id, order.currency)
    nostro = nostro_code(draft.bank, correspondent, order.currency)
    legs = _routed(draft, payer, nostro, amount)
    if charge:
        fees = f"{FEES}-{draft.bank}/{order.currency}"
        if draft.room.ledger.number(fees) is None:
            return Rejected(Reason.ACCOUNT_UNKNOWN, f"{fees} for the charge", CHARGES)
        legs += _routed(draft, payer, fees, charge)
    return Plan(order, Direction.OUTWARD, found, debtor, None, correspondent, legs, charge)


def _inward(draft: Draft, order: PaymentOrder, sender: Institution) -> Plan | Rejected:
    """Plan the credit of an account kept by the instructed bank against its nostro at the sender."""
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
    if refused is not None:
        return refused
    nostro = nostro_code(draft.bank, sender.id, order.currency)
    if nostro not in draft.room.books.nostros:
        detail = f"{draft.bank} has no account in {order.currency} at {sender.id}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    legs = _routed(draft, nostro, ledger_code(creditor.id, order.currency), order.amount)
    return Plan(order, Direction.INWARD, found, None, creditor, sender.id, legs, 0)


def _way_out(draft: Draft, order: PaymentOrder) -> str:
    agent = draft.room.by_bic(order.creditor_agent)
    if agent is not None:
        code = nostro_code(draft.bank, agent.id, order.currency)
        if code in draft.room.books.nostros:
            return agent.id
    nostro = draft.room.nostro_default.get(f"{draft.bank}/{order.currency}")
    return nostro.correspondent if nostro else ""


def _routed(draft: Draft, debit: str, credit: str, amount: int) -> list[Leg]:
    ledger = draft.room.ledger
    payer, receiver = ledger.number(debit), ledger.number(credit)
    assert payer is not None, debit
    assert receiver is not None, credit
    return ledger.route(payer, receiver, amount)


def overseas_and_bank(
    room: Offshore, instructing_agent: str, instructed_agent: str, stamp: Stamp
) -> tuple[str, str] | Rejected:
    """Read the agents of a message from overseas, entered by either of them: the ids of the overseas bank and of the bank here.

    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION.
    """
    sender, bank = room.by_bic(instructing_agent), room.by_bic(instructed_agent)
    if sender is None or sender.kind is not InstitutionKind.OVERSEAS_BANK:
        detail = f"instructing agent {instructing_agent!r} is no overseas bank of the centre"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if bank is None or bank.kind is not InstitutionKind.BANK:
        detail = f"instructed agent {instructed_agent!r} is no bank of the centre"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if stamp.institution not in (sender.id, bank.id):
        return not_yours(stamp, f"{sender.id} or {bank.id}", checks.PARTIES)
    return sender.id, bank.id


def holds_of(plan: Plan) -> list[Leg]:
    """List the holds that keep a payment's money: one for each leg that debits the payer."""
    payer = plan.legs[0].debit
    return [
        Leg(LegKind.HOLD, leg.debit, leg.credit, leg.amount)
        for leg in plan.legs
        if leg.debit == payer
    ]


def spent(plan: Plan, holds: list[int]) -> list[Leg]:
    """List the plan's legs with those of the payer spending their holds."""
    payer, left = plan.legs[0].debit, iter(holds)
    return [
        Leg(LegKind.POST, leg.debit, leg.credit, leg.amount, next(left))
        if leg.debit == payer
        else leg
        for leg in plan.legs
    ]
