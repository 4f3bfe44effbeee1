"""What is asked of a payment's purpose at the border, after the matrix and the pilot have allowed the pair.

Second line: each rule of the matrix has its own question (R-08 four purposes, R-09 and R-10 a real transaction, R-10b and R-16 trade
only, R-12 a bank-level limit, R-15 the quota of an upgraded account). First line: nothing but the bank's own switch for FTN and NRA of one
name (R-05), and capital items, which only an upgraded account pays on the instruction (B4).
"""

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.core.values import money_text
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore import upgraded
from huangpu.venues.offshore.boundary import Claim
from huangpu.venues.offshore.matrix import Cell, Line
from huangpu.venues.offshore.orders import PaymentOrder
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.second_line import loans
from huangpu.venues.offshore.second_line.claims import (
    LOAN,
    head_office_key,
    quota_key,
    room_left,
)

_FTN_NRA = frozenset({AccountClass.FTN, AccountClass.NRA})


def refusal(
    draft: Draft,
    order: PaymentOrder,
    debtor: CashAccount,
    creditor: CashAccount | None,
    cell: Cell,
    same_name: bool,
) -> Rejected | None:
    """Refuse a payment whose purpose does not open the border for it, or that exceeds a quota.

    Rule: R-05 (bank's switch), R-08 to R-12, R-15, R-16; domain note B3, B4.
    Rejects: TRANSFER_FORBIDDEN, PURPOSE_MISSING, PURPOSE_NOT_PERMITTED, TRADE_TYPE_MISSING, LOAN_NOT_REPAYABLE, QUOTA_EXCEEDED.
    """
    if cell.line is not Line.SECOND or creditor is None:
        return _first_line(draft, order, debtor, creditor, same_name)
    rule = cell.rule_id
    if rule == "R-12":
        return _head_office(draft, order, debtor, creditor)
    if not order.purpose:
        detail = f"no purpose of a transfer across the second line ({rule})"
        return Rejected(Reason.PURPOSE_MISSING, detail, cell.row.cite, cell.row.rule)
    if rule == "R-15":
        return _upgraded(draft, order, debtor, creditor)
    negative = _row(draft, "offshore.second_line.negative_purposes")
    if order.purpose in negative.texts:
        return _not_permitted(f"{order.purpose} is on the negative list", negative)
    if rule in ("R-10b", "R-16"):
        return _trade_only(draft, order, rule)
    refused = _four_purposes(draft, order)
    if refused is not None:
        return refused
    if rule != "R-08":
        return _real_transaction(draft, order, rule)
    refused = _financial(draft, debtor)
    if refused is None and order.purpose == LOAN:
        refused = loans.refusal(draft, order, debtor, creditor)
    return refused


def _first_line(
    draft: Draft,
    order: PaymentOrder,
    debtor: CashAccount,
    creditor: CashAccount | None,
    same_name: bool,
) -> Rejected | None:
    """Ask the bank's own switch, and who may pay capital items on the instruction.

    Rule: R-05; B4 and B6, first line of plain and of upgraded accounts.
    Rejects: TRANSFER_FORBIDDEN, PURPOSE_NOT_PERMITTED.
    """
    if same_name and creditor is not None:
        pair = {debtor.account_class, creditor.account_class}
        row = _row(draft, "offshore.policy.ftn_nra_same_name_refused_by")
        if pair == _FTN_NRA and not {debtor.bank, creditor.bank}.isdisjoint(row.texts):
            detail = f"R-05: {draft.bank} refuses FTN and NRA of one name as its own policy"
            return Rejected(Reason.TRANSFER_FORBIDDEN, detail, row.cite, row.rule)
    if not order.purpose or debtor.account_class is not AccountClass.FTE:
        return None
    securities = _row(draft, "offshore.first_line.securities_purposes")
    if order.purpose in securities.texts:
        return _not_permitted(f"{order.purpose} is securities investment", securities)
    capital = _row(draft, "offshore.first_line.capital_purposes")
    if order.purpose in capital.texts and not upgraded.is_upgraded(draft.room, debtor):
        return _not_permitted(f"{order.purpose} is a capital item; {debtor.id} is plain", capital)
    return None


def _four_purposes(draft: Draft, order: PaymentOrder) -> Rejected | None:
    """Ask for one of the four purposes; the fourth is a list of codes that the PBoC Shanghai Head Office permits.

    Rule: R-08, B3.
    Rejects: PURPOSE_NOT_PERMITTED.
    """
    purposes = _row(draft, "offshore.second_line.purposes")
    others = _row(draft, "offshore.second_line.other_purposes")
    if order.purpose in purposes.texts or order.purpose in others.texts:
        return None
    known = " ".join([*purposes.texts, *others.texts])
    return _not_permitted(f"purpose {order.purpose!r}, one of {known}", purposes)


def _real_transaction(draft: Draft, order: PaymentOrder, rule: str) -> Rejected | None:
    """Ask for the trade behind a transfer to or from another holder, which counts as cross-border.

    Rule: R-09, R-10. Reading: loans are repaid to a same-name account only.
    Rejects: PURPOSE_NOT_PERMITTED, TRADE_TYPE_MISSING.
    """
    purposes = _row(draft, "offshore.second_line.purposes")
    if order.purpose == LOAN:
        return _not_permitted(f"{LOAN} is for same-name accounts (R-08), not {rule}", purposes)
    types = _row(draft, "offshore.trade_types")
    if order.purpose != "CURR" or order.trade_type in types.texts:
        return None
    detail = f"{rule}: a real transaction; trade type {order.trade_type!r}, one of {' '.join(types.texts)}"
    return Rejected(Reason.TRADE_TYPE_MISSING, detail, types.cite, types.rule)


def _trade_only(draft: Draft, order: PaymentOrder, rule: str) -> Rejected | None:
    """Let only the settlement of trade through.

    Rule: R-10b (goods and services), R-16.
    Rejects: PURPOSE_NOT_PERMITTED.
    """
    trade = _row(draft, "offshore.second_line.trade_purposes")
    if order.purpose in trade.texts:
        return None
    return _not_permitted(f"{rule}: {order.purpose!r}, one of {' '.join(trade.texts)}", trade)


def _financial(draft: Draft, debtor: CashAccount) -> Rejected | None:
    """Keep financial institutions out of R-08, which is for non-financial entities.

    Rejects: TRANSFER_FORBIDDEN.
    """
    kinds = _row(draft, "offshore.second_line.financial_kinds")
    holder = draft.room.registry.institutions[debtor.holder]
    if holder.kind not in kinds.texts:
        return None
    detail = f"{holder.id} is a {holder.kind}; R-08 is for non-financial entities"
    return Rejected(Reason.TRANSFER_FORBIDDEN, detail, kinds.cite, kinds.rule)


def _head_office(
    draft: Draft,
    order: PaymentOrder,
    debtor: CashAccount,
    creditor: CashAccount,
) -> Rejected | None:
    """Hold a bank's unit and its own head office to the bank-level limit on their net movement, both ways.

    Rule: R-12.
    Rejects: TRANSFER_FORBIDDEN, QUOTA_EXCEEDED.
    """
    limit = _row(draft, "offshore.second_line.head_office_limit")
    if debtor.holder != creditor.holder:
        detail = f"R-12: {debtor.holder} to {creditor.holder}, needed the bank's own head office"
        return Rejected(Reason.TRANSFER_FORBIDDEN, detail, limit.cite, limit.rule)
    claim = _claim(head_office_key(debtor.holder), order, creditor)
    return _exceeded(draft, order, claim, limit.integer, limit)


def _upgraded(
    draft: Draft,
    order: PaymentOrder,
    debtor: CashAccount,
    creditor: CashAccount,
) -> Rejected | None:
    """Hold an upgraded account to its forbidden uses and to the quota that follows from its equity.

    Rule: R-15, B4: net inflow and net outflow each within last audited equity x parameter x ratio.
    Rejects: PURPOSE_NOT_PERMITTED, QUOTA_EXCEEDED.
    """
    forbidden = _row(draft, "offshore.upgraded.forbidden_purposes")
    if order.purpose in forbidden.texts:
        return _not_permitted(f"{order.purpose} is a forbidden use", forbidden)
    claim = _claim(quota_key(debtor.holder), order, creditor)
    into = claim.amount > 0
    cap, row = upgraded.cap(draft.room, draft.rules, debtor.holder, draft.stamp.date, into=into)
    return _exceeded(draft, order, claim, cap, row)


def _exceeded(
    draft: Draft, order: PaymentOrder, claim: Claim, cap: int, row: Row
) -> Rejected | None:
    left = room_left(draft.room, draft.moves.counts, claim, cap, order.uetr)
    if order.amount <= left:
        return None
    way = "net inflow" if claim.amount > 0 else "net outflow"
    detail = f"{way}: {money_text(left, 'CNY')} left, ordered {money_text(order.amount, 'CNY')}"
    return Rejected(Reason.QUOTA_EXCEEDED, detail, row.cite, row.rule)


def _claim(key: str, order: PaymentOrder, creditor: CashAccount) -> Claim:
    into = creditor.account_class is AccountClass.DOM
    return Claim(key, order.amount if into else -order.amount)


def _not_permitted(detail: str, row: Row) -> Rejected:
    return Rejected(Reason.PURPOSE_NOT_PERMITTED, detail, row.cite, row.rule)


def _row(draft: Draft, name: str) -> Row:
    return draft.rows[name]
