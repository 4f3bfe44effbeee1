"""Which payments are checked afterwards: every first payment to a counterparty, a share drawn by lot, and more of the risky ones.

The lot is SHA-256 over the UETR and the number of the entry: the sender chooses the one but not the other, and anybody can repeat the
draw. The company's grade sets the share; every mark of risk widens it by the basis points of its rule row. The grade's own weight
and the marks' are rows, so a mark of 10,000 basis points makes a check certain.
"""

import datetime
import hashlib
from typing import NamedTuple

from huangpu.core.message import Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import CURRENCY_DIGITS
from huangpu.registry.cash_accounts import AccountClass, CashAccount
from huangpu.venues.offshore.matrix import Line
from huangpu.venues.offshore.monitoring.books import Grade
from huangpu.venues.offshore.monitoring.grades import grade_of
from huangpu.venues.offshore.monitoring.limits import country_of, creditor_here
from huangpu.venues.offshore.monitoring.rates import fen_of
from huangpu.venues.offshore.orders import PaymentOrder, counterparty_key
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.state import Offshore

BASIS_POINTS = 10_000
WEIGHT = "offshore.sampling.weight"
MARKS = ("amount", "country", "new_trade_type", "grade", "round_amount")


def decision(draft: Draft, order: PaymentOrder, debtor: CashAccount, line: Line) -> tuple[str, int]:
    """Decide whether a payment made on the instruction alone is checked afterwards: the cause, and the draw.

    Rule: huangpu policy 27 (the draw), 39 (grade and risk). The cause is FIRST_PAYMENT, RATE, RISK or PASSED; none where nothing is due.
    Units: the draw in basis points, 0 to 9,999.
    """
    if debtor.account_class is not AccountClass.FTE or line is not Line.FIRST:
        return "", 0
    drawn = draw(order.uetr, draft.stamp)
    room, rules, date = draft.room, draft.rules, draft.stamp.date
    terms = _terms(rules, date)
    if terms.first_payment and not draft.knows(counterparty_key(debtor.holder, order)):
        return "FIRST_PAYMENT", drawn
    rate = terms.rates[grade_of(room, rules, date, debtor.holder)]
    if drawn < rate:
        return "RATE", drawn
    # The marks that cost least are looked at first; mostly they rule the others out.
    above = drawn - rate
    if above >= terms.widest or above >= _cheap_score(room, terms, order, debtor) + terms.dear:
        return "PASSED", drawn
    return ("RISK" if above < score(room, rules, date, order, debtor) else "PASSED"), drawn


class _Terms(NamedTuple):
    """What the rows of a date say, looked up once. Units: basis points; `dear` is the weight of the marks that need a conversion."""

    first_payment: bool
    rates: dict[Grade, int]
    countries: frozenset[str]
    country: int
    new_trade_type: int
    grade: int
    dear: int
    widest: int


def _terms(rules: RuleBook, date: datetime.date) -> _Terms:
    rows = rules.on(date)
    kept: _Terms | None = rows.kept.get(_Terms)
    if kept is not None:
        return kept
    weights = {mark: rows[f"{WEIGHT}.{mark}"].integer for mark in MARKS}
    found = rows.kept[_Terms] = _Terms(
        rows["offshore.sampling.first_payment"].flag,
        {grade: _rate(rules, date, grade) for grade in Grade},
        frozenset(rows["offshore.sampling.countries"].texts),
        weights["country"],
        weights["new_trade_type"],
        weights["grade"],
        weights["amount"] + weights["round_amount"],
        sum(weights.values()),
    )
    return found


def _cheap_score(room: Offshore, terms: _Terms, order: PaymentOrder, debtor: CashAccount) -> int:
    """Add up the weights of the marks that need no conversion; the grade counts as if it were one of those marked."""
    found = terms.grade
    if country_of(room, order, creditor_here(room, order)) in terms.countries:
        found += terms.country
    if f"{debtor.holder}|{order.trade_type}" not in room.books.monitor.trade_types:
        found += terms.new_trade_type
    return found


def draw(uetr: str, stamp: Stamp) -> int:
    """Draw a number from a payment and its entry. Units: basis points, 0 to 9,999."""
    text = f"{uetr}|{stamp.seq}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % BASIS_POINTS


def rate_of_grade(room: Offshore, rules: RuleBook, date: datetime.date, company: str) -> int:
    """Return the share of a company's payments that is checked: the venue's rate times its grade's factor. Units: basis points."""
    return _rate(rules, date, grade_of(room, rules, date, company))


def _rate(rules: RuleBook, date: datetime.date, grade: Grade) -> int:
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
