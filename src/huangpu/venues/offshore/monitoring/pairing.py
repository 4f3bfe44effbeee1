"""Pairing: does what a company pays belong to what it sells? Legs are joined by trade reference and looked at after they settled.

A receipt across the first line is a sell leg, a payment a buy leg. Every leg is looked at once for circles of money, goods that come
twice and affiliates; a trade when it has been quiet for some days (margin) or has stayed one-sided for many (unmatched). What is seen
becomes a finding (`findings.py`). Legs without a reference are not paired, only watched. Leaves out: circles of more than three.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Self

from huangpu.core.message import Event, Stamp
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import Rounding, divided, money_text
from huangpu.venues.offshore.monitoring.books import (
    SUM_MAX,
    FindingKind,
    Leg,
    MonitorBooks,
    Trade,
)
from huangpu.venues.offshore.monitoring.findings import Notice, raised
from huangpu.venues.offshore.monitoring.rates import MILLION, fen_of, rate_of
from huangpu.venues.offshore.monitoring.returned import left_of
from huangpu.venues.offshore.state import Offshore

BASIS_POINTS = 10_000
LEGS_OF_A_RUN_MAX = 200
"""Few enough that a look delays nobody: what is left is the next tick's."""
NEIGHBOURS_MAX = 200
"""How many partners of one party are looked through for a circle of three."""


def noticed(
    room: Offshore, rules: RuleBook, stamp: Stamp, *, examined: int, new_day: bool
) -> list[Event]:
    """Look at the first `examined` new legs, at documents used twice and, on a new day, at the trades that are due."""
    books = room.books.monitor
    notices: list[Notice] = []
    look = _Look.of(room, rules, stamp.date)
    for leg in books.legs[:examined]:
        if left_of(room, leg):
            notices.extend(_of_leg(look, leg))
    notices.extend(_document(room, *reuse) for reuse in books.document_reuses)
    if new_day:
        notices.extend(_of_trades(room, rules, stamp.date))
    return raised(room, rules, stamp, notices)


def note_leg(room: Offshore, leg: Leg) -> None:
    """Enter a leg where looks will need it: the newest between two parties, the first of its goods, the trades of its reference."""
    books = room.books.monitor
    books.legs.append(leg)
    partners = books.edges.get(leg.payer)
    if partners is None:
        partners = books.edges[leg.payer] = {}
    partners[leg.payee] = leg
    if leg.goods:
        for key in _goods_keys(leg):
            first = books.goods.get(key)
            if first is None or not left_of(room, first):
                books.goods[key] = leg
    if leg.reference:
        if leg.payee_listed:
            _note_trade(books, leg, leg.payee, leg.payee_bank, sold=True)
        if leg.payer_listed:
            _note_trade(books, leg, leg.payer, leg.payer_bank, sold=False)


def forget(
    books: MonitorBooks, *, legs_from: int, quiet_to: int, matched_to: int, today: int
) -> None:
    """Drop what is too old to matter: legs before a day, and trades that have been looked at. Units: ordinals of days.

    Reading: a trade that is old but still moves begins its time again.
    """
    for payer in list(books.edges):
        kept = {payee: leg for payee, leg in books.edges[payer].items() if leg.day >= legs_from}
        if kept:
            books.edges[payer] = kept
        else:
            del books.edges[payer]
    books.goods = {key: leg for key, leg in books.goods.items() if leg.day >= legs_from}
    for day in [day for day in books.trades_last if day <= quiet_to]:
        del books.trades_last[day]
    for day in [day for day in books.trades_first if day <= matched_to]:
        for key in books.trades_first.pop(day):
            if books.trades[key].last_day <= quiet_to:
                del books.trades[key]
            else:
                books.trades_first.setdefault(today, []).append(key)


def _note_trade(books: MonitorBooks, leg: Leg, company: str, bank: str, *, sold: bool) -> None:
    key = f"{company}|{leg.reference}"
    trade = books.trades.get(key)
    if trade is None:
        trade = books.trades[key] = Trade(company, bank, leg.reference, leg.day, leg.day)
        books.trades_first.setdefault(leg.day, []).append(key)
        books.trades_last.setdefault(leg.day, []).append(key)
    elif trade.last_day != leg.day:
        trade.last_day = leg.day
        books.trades_last.setdefault(leg.day, []).append(key)
    sums = trade.sold if sold else trade.bought
    sums[leg.currency] = min(sums.get(leg.currency, 0) + leg.amount, SUM_MAX)
    trade.uetrs.append(leg.uetr)


class _Look(NamedTuple):
    """What one look at many legs needs, looked up once. Units: share in basis points; rates as of `rates.rate_of`, 0 where there is none."""

    room: Offshore
    rules: RuleBook
    date: datetime.date
    days: int
    share: int
    rates: dict[str, int]

    @classmethod
    def of(cls, room: Offshore, rules: RuleBook, date: datetime.date) -> Self:
        """Look the rows up."""
        days = rules["offshore.pairing.round_trip_days"].at(date).integer
        share = rules["offshore.pairing.round_trip_share"].at(date).integer
        return cls(room, rules, date, days, share, {})

    def fen(self, currency: str, amount: int) -> int:
        """Return what an amount is worth, as `rates.fen_of`."""
        rate = self.rates.get(currency)
        if rate is None:
            rate = rate_of(self.room, self.rules, self.date, currency) or 0
            self.rates[currency] = rate
        return min(amount * rate // MILLION, SUM_MAX)

    def left_fen(self, leg: Leg) -> int:
        """Return what is left of a leg after its return, in fen; -1 where all went back."""
        left = left_of(self.room, leg)
        return self.fen(leg.currency, left) if left else -1

    def alike(self, fen: int, currency: str) -> tuple[int, int]:
        """Return between which amounts a leg in a currency may be alike to one of so many fen; never too narrow.

        Units: minor units.
        """
        self.fen(currency, 0)
        rate = self.rates[currency]
        if not rate or not self.share:
            return 0, SUM_MAX
        least = fen * self.share // BASIS_POINTS * MILLION // rate
        most = (fen + 1) * BASIS_POINTS // self.share + 1
        # What is worth more than a sum can hold counts as that.
        return least, SUM_MAX if most >= SUM_MAX else (most + 1) * MILLION // rate + 1

    def is_round(self, circle: Sequence[Leg], first_fen: int) -> bool:
        """Tell whether money went round: amounts alike, within the days, and nothing of it returned in full.

        Shape: first_fen is `left_fen` of the circle's first leg, which many circles share.
        """
        least = most = first_fen
        for leg in circle[1:]:
            fen = self.left_fen(leg)
            least, most = min(least, fen), max(most, fen)
            if least < 0 or least * BASIS_POINTS < most * self.share:
                return False
        days = [each.day for each in circle]
        return max(days) - min(days) <= self.days


def _of_leg(look: _Look, leg: Leg) -> Iterator[Notice]:
    """Look at one leg: affiliates, goods that came before, circles of two and of three."""
    room = look.room
    books = room.books.monitor
    company, bank = _company_of(leg)
    month = datetime.date.fromordinal(leg.day).isoformat()[:7]
    group = _common_group(room, leg)
    if group:
        pair = "|".join(sorted((leg.payer, leg.payee)))
        yield Notice(
            key=f"AFFILIATE|{pair}|{month}",
            kind=FindingKind.AFFILIATE,
            company=company,
            bank=bank,
            uetrs=[leg.uetr],
            detail=f"{leg.payer} and {leg.payee} are both of {group}",
        )
    for key in _goods_keys(leg) if leg.goods else ():
        first = books.goods.get(key, leg)
        if not left_of(room, first):
            continue
        if first.uetr != leg.uetr and not (leg.reference and first.reference == leg.reference):
            money = money_text(leg.amount, leg.currency)
            yield Notice(
                key=f"SAME_GOODS_TWICE|{first.uetr}|{leg.uetr}",
                kind=FindingKind.SAME_GOODS_TWICE,
                company=company,
                bank=bank,
                uetrs=[first.uetr, leg.uetr],
                detail=f"{leg.goods} for {money} under {first.reference or 'no reference'} and {leg.reference or 'no reference'}",
            )
    first_fen = look.left_fen(leg)
    for circle in _circles(look, leg, first_fen):
        if not look.is_round(circle, first_fen):
            continue
        parties = sorted({each.payer for each in circle})
        span = max(each.day for each in circle) - min(each.day for each in circle)
        yield Notice(
            key=f"ROUND_TRIP|{'|'.join(parties)}|{month}",
            kind=FindingKind.ROUND_TRIP,
            company=company,
            bank=bank,
            uetrs=[each.uetr for each in circle],
            detail=f"money came back to {leg.payer} by {' and '.join(parties)} within {span} days",
        )


def _circles(look: _Look, leg: Leg, first_fen: int) -> Iterator[tuple[Leg, ...]]:
    """Find the legs by which money of this one comes back to its payer: directly, or by one more party.

    Reading: a second leg that is not alike to the first is passed over at once, unless something of it was returned.
    """
    edges, payer, returned = look.room.books.monitor.edges, leg.payer, look.room.recalls.returned
    back = edges.get(leg.payee)
    if back is None:
        return
    if payer in back:
        yield leg, back[payer]
    bounds: dict[str, tuple[int, int]] = {}
    for partner, second in islice(back.items(), NEIGHBOURS_MAX):
        bound = bounds.get(second.currency)
        if bound is None:
            bound = bounds[second.currency] = look.alike(first_fen, second.currency)
        if not bound[0] <= second.amount <= bound[1] and second.uetr not in returned:
            continue
        onward = edges.get(partner)
        if onward is not None and payer in onward and partner != payer:
            yield leg, second, onward[payer]


def _of_trades(room: Offshore, rules: RuleBook, date: datetime.date) -> Iterator[Notice]:
    """Look at the trades that have become quiet, and at those that had their time to find their other side."""
    books, today = room.books.monitor, date.toordinal()
    quiet_to = today - rules["offshore.pairing.quiet_days"].at(date).integer
    matched_to = today - rules["offshore.pairing.unmatched_days"].at(date).integer
    for trade in _due(books, books.trades_last, quiet_to):
        if trade.last_day <= quiet_to and trade.sold and trade.bought:
            yield from _margin(room, rules, date, trade)
    for trade in _due(books, books.trades_first, matched_to):
        if bool(trade.sold) != bool(trade.bought):
            side = "sold" if trade.sold else "bought"
            yield Notice(
                key=f"LEG_UNMATCHED|{trade.company}|{trade.reference}|{trade.first_day}",
                kind=FindingKind.LEG_UNMATCHED,
                company=trade.company,
                bank=trade.bank,
                uetrs=trade.uetrs[:],
                detail=f"{trade.reference}: only {side}, since {datetime.date.fromordinal(trade.first_day)}",
            )


def _due(books: MonitorBooks, buckets: dict[int, list[str]], last: int) -> Iterable[Trade]:
    keys = dict.fromkeys(key for day, found in buckets.items() if day <= last for key in found)
    return [books.trades[key] for key in keys if key in books.trades]


def _margin(room: Offshore, rules: RuleBook, date: datetime.date, trade: Trade) -> Iterator[Notice]:
    """Compare what was sold and bought under one reference with the band of margins.

    Units: basis points of what was sold; in one currency exactly, else in CNY.
    """
    sold, bought = _comparable(room, rules, date, trade)
    if sold == 0:
        return
    margin = divided((sold - bought) * BASIS_POINTS, sold, Rounding.HALF_UP)
    highest = rules["offshore.pairing.margin_max"].at(date).integer
    loss = rules["offshore.pairing.loss_max"].at(date).integer
    if -loss <= margin <= highest:
        return
    yield Notice(
        key=f"MARGIN_OUT_OF_BAND|{trade.company}|{trade.reference}|{trade.last_day}",
        kind=FindingKind.MARGIN_OUT_OF_BAND,
        company=trade.company,
        bank=trade.bank,
        uetrs=trade.uetrs[:],
        detail=f"{trade.reference}: margin {margin} basis points, band -{loss} to {highest}",
    )


def _comparable(
    room: Offshore, rules: RuleBook, date: datetime.date, trade: Trade
) -> tuple[int, int]:
    if len(trade.sold) == 1 and trade.sold.keys() == trade.bought.keys():
        return next(iter(trade.sold.values())), next(iter(trade.bought.values()))
    return fen_of(room, rules, date, trade.sold), fen_of(room, rules, date, trade.bought)


def _document(room: Offshore, sha256: str, first: str, second: str) -> Notice:
    """Tell of a document that stands for two payments; it concerns the bank of the later one."""
    payment = room.books.monitor.cases[second].payment
    return Notice(
        key=f"SAME_DOCUMENT|{sha256}|{first}|{second}",
        kind=FindingKind.SAME_DOCUMENT,
        company=payment.company,
        bank=payment.bank,
        uetrs=[first, second],
        detail=f"SHA-256 {sha256} answers for two payments",
    )


def _company_of(leg: Leg) -> tuple[str, str]:
    """Return the company of the white list that a leg is looked at for, and its bank; the payer where both are."""
    if leg.payer_listed:
        return leg.payer, leg.payer_bank
    return leg.payee, leg.payee_bank


def _common_group(room: Offshore, leg: Leg) -> str:
    institutions = room.registry.institutions
    payer, payee = institutions.get(leg.payer), institutions.get(leg.payee)
    if payer is None or payee is None or payer.group != payee.group:
        return ""
    return payer.group


def _goods_keys(leg: Leg) -> list[str]:
    """Return the keys of a leg's goods: what was sold or bought for how much, whoever did it."""
    goods = " ".join(leg.goods.casefold().split())
    sides = [("BUY", leg.payer_listed), ("SELL", leg.payee_listed)]
    return [f"{side}|{goods}|{leg.currency}|{leg.amount}" for side, listed in sides if listed]
