"""Which payments are checked afterwards: every first payment to a counterparty, a share drawn by lot, and more of the risky ones.

The lot is SHA-256 over the UETR and the number of the entry: the sender chooses the one but not the other, and anybody can repeat the
draw. The company's grade sets the share; every mark of risk widens it by the basis points of its rule row. The grade's own weight
and the marks' are rows, so a mark of 10,000 basis points makes a check certain.
"""

import datetime
import hashlib

from huangpu.core.message import Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.monitoring.grades import grade_of
from huangpu.venues.offshore.monitoring.limits import country_of, creditor_here
from huangpu.venues.offshore.monitoring.rates import fen_of
from huangpu.venues.offshore.orders import PaymentOrder, counterparty_key
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.state import Offshore

BASIS_POINTS = 10_000
WEIGHT = "offshore.sampling.weight"
MARKS = ("amount", "country", "new_trade_type", "grade", "round_amount")
WEIGHTS = tuple(f"{WEIGHT}.{mark}" for mark in MARKS)


def decision(draft: Draft, order: PaymentOrder, debtor: CashAccount, line: Line) -> tuple[str, int]:
    """Decide whether a payment made on the instruction alone is checked afterwards: the cause, and the draw.

    Rule: huangpu policy 27 (the draw), 39 (grade and risk). The cause is FIRST_PAYMENT, RATE, RISK or PASSED; none where nothing is due.
    Units: the draw in basis points, 0 to 9,999.
    """
    if debtor.account_class is not AccountClass.FTE or line is not Line.FIRST:
        return "", 0
    drawn = draw(order.uetr, draft.stamp)
    room, rules, date = draft.room, draft.rules, draft.stamp.date
    known = draft.knows(counterparty_key(debtor.holder, order))
    if not known and rules["offshore.sampling.first_payment"].at(date).flag:
        return "FIRST_PAYMENT", drawn
    rate = rate_of_grade(room, rules, date, debtor.holder)
    if drawn < rate:
        return "RATE", drawn
    widest = rate + sum(rules[name].at(date).integer for name in WEIGHTS)
    # Most draws lie above what all marks together could add, and so need no look at the order.
    if drawn < widest and drawn < rate + score(room, rules, date, order, debtor):
        return "RISK", drawn
    return "PASSED", drawn


def draw(uetr: str, stamp: Stamp) -> int:
    """Draw a number from a payment and its entry. Units: basis points, 0 to 9,999."""
    text = f"{uetr}|{stamp.seq}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % BASIS_POINTS


def rate_of_grade(room: Offshore, rules: RuleBook, date: datetime.date, company: str) -> int:
    """Return the share of a company's payments that is checked: the venue's rate times its grade's factor. Units: basis points."""
    grade = grade_of(room, rules, date, company)
    factor = rules[f"offshore.sampling.grade_percent.{grade}"].at(date).integer
    return min(rules["offshore.sampling.rate"].at(date).integer * factor // 100, BASIS_POINTS)


def score(
    room: Offshore, rules: RuleBook, date: datetime.date, order: PaymentOrder, debtor: CashAccount
) -> int:
    """Add up the weights of what makes a payment risky. Units: basis points."""
    return sum(
        rules[f"{WEIGHT}.{mark}"].at(date).integer
        for mark in marks(room, rules, date, order, debtor)
    )


def marks(
    room: Offshore, rules: RuleBook, date: datetime.date, order: PaymentOrder, debtor: CashAccount
) -> list[str]:
    """Name what makes a payment risky: amount, country, new trade type, grade, round amount."""
    found: list[str] = []
    fen = fen_of(room, rules, date, {order.currency: order.amount})
    if fen >= rules["offshore.sampling.large_amount"].at(date).integer:
        found.append("amount")
    country = country_of(room, order, creditor_here(room, order))
    if country in rules["offshore.sampling.countries"].at(date).texts:
        found.append("country")
    if f"{debtor.holder}|{order.trade_type}" not in room.books.monitor.trade_types:
        found.append("new_trade_type")
    grade = grade_of(room, rules, date, debtor.holder)
    if grade in rules["offshore.sampling.grades"].at(date).texts:
        found.append("grade")
    if (
        fen >= rules["offshore.sampling.round_from"].at(date).integer
        and order.amount % (1_000 * 10 ** CURRENCY_DIGITS[order.currency]) == 0
    ):
        found.append("round_amount")
    return found
