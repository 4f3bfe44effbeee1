"""The decision of a recorded payment, step by step: each check with its clause, its dated rule, and the question to ask it again.

Asking again reads the books as they stand now and changes nothing; so an operator sees both what the record proves and whether the same order
would pass today. What counts the payment itself (its ids, limits, quota, money already moved) is not asked again: it would be counted twice.
Leaves out: measuring, which is the reader's.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from huangpu.core.message import Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.matrix import Cell, Line, Permission, cell
from huangpu.venues.offshore.orders import Direction, Payment, PaymentOrder, Pending, Wait
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.final import FUNDS, short_of
from huangpu.venues.offshore.payments.plan import Plan, planned_again
from huangpu.venues.offshore.payments.statuses import WAIT_CITES
from huangpu.venues.offshore.screening.verdicts import verdict
from huangpu.venues.offshore.second_line import purposes
from huangpu.venues.offshore.state import Offshore
from huangpu.venues.offshore.upgraded import in_pair

ACCOUNT_REASONS = (
    Reason.DEBTOR_ACCOUNT_UNKNOWN,
    Reason.CREDITOR_ACCOUNT_UNKNOWN,
    Reason.SAME_ACCOUNT,
    Reason.ACCOUNT_CLOSED,
    Reason.ACCOUNT_BLOCKED,
    Reason.ACCOUNT_CURRENCY_WRONG,
    Reason.INSTITUTION_SUSPENDED,
)
REASONS: dict[str, tuple[Reason, ...]] = {
    "ACCOUNTS": ACCOUNT_REASONS,
    "SERVICING": (Reason.SERVICING_BANK_WRONG,),
    "MATRIX": (Reason.SECOND_LINE_CURRENCY, Reason.TRANSFER_FORBIDDEN),
    "PILOT": (Reason.WHITE_LIST_STATUS, Reason.TRADE_TYPE_MISSING),
    "PURPOSE": (
        Reason.PURPOSE_MISSING,
        Reason.PURPOSE_NOT_PERMITTED,
        Reason.LOAN_NOT_REPAYABLE,
        Reason.QUOTA_EXCEEDED,
    ),
    "LIMITS": (
        Reason.VENUE_LIMIT_EXCEEDED,
        Reason.AGREED_LIMIT_EXCEEDED,
        Reason.BANK_LIMIT_EXCEEDED,
    ),
    "SCREENING": (Reason.REGULATORY_REASON,),
    "RELEASE": (Reason.RELEASE_REFUSED,),
    "CUT_OFF": (Reason.CUT_OFF_PASSED,),
    "FUNDS": (Reason.FUNDS_INSUFFICIENT, Reason.BALANCE_LIMIT_EXCEEDED, Reason.CHARGE_NOT_COVERED),
}
"""Which check a reason belongs to, where a payment that waited ended by it."""
WAITS = {
    "SCREENING": Wait.SCREENING,
    "RELEASE": Wait.RELEASE,
    "CUT_OFF": Wait.WAREHOUSE,
    "FUNDS": Wait.QUEUE,
}
"""Which wait a check makes a payment wait for."""


class Finding(NamedTuple):
    """What a check says now: a refusal or none; of screening its band, the list version and the score."""

    refusal: Rejected | None = None
    band: str = ""
    list_version: str = ""
    score_bp: int = 0


class Check(NamedTuple):
    """One step of the decision; `ask` is None where it cannot be asked again."""

    name: str
    cite: str
    rule: str
    ask: Callable[[], Finding] | None


class _Order(NamedTuple):
    """A recorded order as it would be decided now."""

    draft: Draft
    record: Payment | Pending
    order: PaymentOrder
    debtor: CashAccount | None
    creditor: CashAccount | None


def checks_of(
    room: Offshore, rules: RuleBook, stamp: Stamp, record: Payment | Pending
) -> list[Check]:
    """List the checks of a recorded payment in the order of the decision.

    Rule: domain note B2, decision order.
    Shape: stamp is of now, by the institution that sent the order.
    """
    draft = Draft(
        room, rules, stamp, sender=record.sender, bank=record.bank, message_id=record.message_id
    )
    accounts, order = room.registry.cash_accounts, record.order
    here = _Order(
        draft,
        record,
        order,
        accounts.get(order.debtor_account) if record.debtor else None,
        accounts.get(order.creditor_account) if record.creditor else None,
    )
    return list(_checks(here))


def _checks(here: _Order) -> Iterator[Check]:
    draft, order, record = here.draft, here.order, here.record
    rules, date = draft.rules, draft.stamp.date
    inward = record.direction is Direction.INWARD
    found = _cell(here)
    yield Check("FORM", checks.FORM, "", lambda: Finding(checks.form_refusal(draft, order)))
    yield Check("DUPLICATES", checks.DUPLICATES, "", None)
    yield Check("ACCOUNTS", checks.PARTIES, "", lambda: Finding(_accounts_refusal(here)))
    debtor = here.debtor
    if debtor is not None:
        yield Check(
            "SERVICING",
            checks.SERVICING,
            "offshore.servicing_banks_max",
            lambda: Finding(checks.servicing_refusal(draft, debtor)),
        )
    yield Check(
        "MATRIX", found.row.cite, found.row.rule, lambda: Finding(_matrix_refusal(here, found))
    )
    if debtor is not None and debtor.account_class is AccountClass.FTE:
        yield Check(
            "PILOT",
            "R-17, ACTIVE on the white list at settlement",
            "offshore.trade_types",
            lambda: Finding(checks.pilot_refusal(draft, order, debtor, found.line)),
        )
    yield _purpose(here, found)
    if not inward:
        limit = rules["offshore.limit.customer.payment"].at(date)
        yield Check("LIMITS", limit.cite, limit.rule, None)
    yield Check(
        "SCREENING",
        WAIT_CITES[Wait.SCREENING],
        "offshore.screening.hold",
        lambda: _screened(here),
    )
    if found.row.value == Permission.RELEASE:
        yield Check("RELEASE", WAIT_CITES[Wait.RELEASE], found.row.rule, None)
    if not inward:
        cut_off = rules[f"offshore.cut_off.{_channel(record)}"].at(date)
        yield Check("CUT_OFF", cut_off.cite, cut_off.rule, None)
    waits = isinstance(record, Pending) and not record.holds
    yield Check("FUNDS", FUNDS, "", (lambda: Finding(_funds_refusal(here))) if waits else None)
    if not inward:
        rate = rules["offshore.sampling.rate"].at(date)
        yield Check("SAMPLING", rate.cite, rate.rule, None)


def _channel(record: Payment | Pending) -> str:
    if record.direction is Direction.BOOK:
        return "BOOK"
    return "CNY" if record.order.currency == "CNY" else "FOREIGN"


def _cell(here: _Order) -> Cell:
    record, debtor, creditor = here.record, here.debtor, here.creditor
    pair = (AccountClass(record.debtor_class), AccountClass(record.creditor_class))
    upgraded = debtor is not None and in_pair(here.draft.room, debtor, creditor)
    date = here.draft.stamp.date
    return cell(here.draft.rules, date, pair, here.order.currency, _same_name(record), upgraded)


def _same_name(record: Payment | Pending) -> bool:
    return bool(record.debtor) and record.debtor == record.creditor


def _accounts_refusal(here: _Order) -> Rejected | None:
    draft, order = here.draft, here.order
    if here.record.direction is not Direction.INWARD:
        debtor = checks.debtor_account(draft, order)
        if isinstance(debtor, Rejected):
            return debtor
        creditor = checks.creditor_account(draft, order)
        if isinstance(creditor, Rejected):
            return creditor
    for account in (here.debtor, here.creditor):
        refused = None
        if account is not None:
            refused = checks.account_refusal(draft, account, order.currency)
        if refused is not None:
            return refused
    return None


def _matrix_refusal(here: _Order, found: Cell) -> Rejected | None:
    own = here.debtor is not None
    fte = own and AccountClass.FTE in (here.record.debtor_class, here.record.creditor_class)
    return checks.matrix_refusal(
        here.draft, here.order, found, fte=fte, same_name=_same_name(here.record)
    )


def _purpose(here: _Order, found: Cell) -> Check:
    """Ask the purpose again, but not where a quota holds the payment's own amount already."""
    draft, order, debtor = here.draft, here.order, here.debtor
    name = "offshore.second_line.purposes"
    row = draft.rows[name]
    if debtor is None or found.line is Line.SECOND:
        return Check("PURPOSE", row.cite, name, None)
    same, creditor = _same_name(here.record), here.creditor
    first = draft.rows["offshore.first_line.capital_purposes"]
    return Check(
        "PURPOSE",
        first.cite,
        first.rule,
        lambda: Finding(purposes.refusal(draft, order, debtor, creditor, found, same)),
    )


def _screened(here: _Order) -> Finding:
    """Hold both names against the lists in force now; what is found is told, not recorded."""
    draft, record = here.draft, here.record
    parties = (record.debtor, record.creditor)
    found = verdict(draft.room, draft.rules, draft.stamp, here.order, parties, record.bank)
    return Finding(None, str(found.band), found.list_version, found.score_bp)


def _funds_refusal(here: _Order) -> Rejected | None:
    record = here.record
    assert isinstance(record, Pending)
    plan: Plan | Rejected = planned_again(here.draft, record)
    if isinstance(plan, Rejected):
        return plan
    short = here.draft.shortfall(plan.legs)
    return None if short is None else short_of(here.draft, plan, short)
