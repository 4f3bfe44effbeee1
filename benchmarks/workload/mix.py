"""The mix: what the companies of the world send, drawn from a seed, the same for the same seed and number.

A work is a short conversation on one connection: an order; or an order and what follows from it (the officer's release, the recall, the
return, the same bytes once more, a look at the status). Shares, amounts, currencies and the Zipf law are those of section F of the
domain note; the variants (`FLAT`: amounts of T2's shape over companies of equal rank; one debtor account; a status storm) change one thing each.
"""

import enum
import functools
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec
import numpy

from benchmarks.workload import world as worlds
from benchmarks.workload.world import CURRENCIES, Counterparty, World
from huangpu.core.message import Command
from huangpu.demo.cast import BANKS
from huangpu.demo.seed import token_of
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.quotes import QuoteRate
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.payments.words import InstructPayment, ReceiveCreditTransfer
from huangpu.venues.offshore.recalls.words import ReceiveReturn, RequestCancellation
from huangpu.venues.offshore.second_line.release import ReleaseSecondLine
from huangpu.venues.offshore.state import PaymentOrder

Floats = numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]
Integers = numpy.ndarray[tuple[int], numpy.dtype[numpy.int64]]

SEED: Final = 20_261_123
HOT_SHARE: Final = 0.25
"""What the parent trader has of all payments."""
ROUND_SHARE: Final = 0.3
STATUS_SHARE: Final = 0.05
STATUS_STORM: Final = 3
SIGMA: Final = 1.6
MEDIAN_FEN: Final = 300_000_000
LEAST_FEN: Final = 100_000
MOST_FEN: Final = 200_000_000_000
FLAT_SIGMA: Final = 3.95
FLAT_MEDIAN_FEN: Final = 4_100_000
"""T2: 72 % below EUR 50,000 and 9 % above EUR 1 m; the two give median and sigma."""
FLAT_LEAST_FEN: Final = 100
CURRENCY_SHARES: Final = (0.60, 0.25, 0.08, 0.05, 0.02)
FEN_A_MILLION: Final = {
    "USD": 7_100_000,
    "CNY": 1_000_000,
    "EUR": 8_200_000,
    "HKD": 910_000,
    "SGD": 5_500_000,
}
"""What 10^6 minor units are worth, near enough for a size."""
FX_MID: Final = 7_0950
FX_SPREAD: Final = 30
QUOTE_S: Final = 300
LISTED: Final = (
    ("Simulated Listed Lighthouse Co., Ltd", "HK"),
    ("Simulated Blacklisted Metals GmbH", "DE"),
)
TRADE_TYPES: Final = ("RESALE", "RESALE", "RESALE", "GLOBAL_PROC", "CONTRACT_MFG", "PROJECT_BUY")
ACCEPTED: Final = (200,)
REFUSED: Final = (422,)
MALFORMED: Final = (400,)


class Kind(enum.StrEnum):
    """What a work is; the first letter of its value marks its command ids."""

    OUTWARD = "outward"
    INWARD = "inward"
    BOOK = "book"
    EXCHANGE = "exchange"
    SECOND_LINE = "second line"
    RECALL = "recall or return"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"
    SCREENED = "listed name"
    SHORT = "short of funds"


SHARES: Final = {
    Kind.OUTWARD: 4_500,
    Kind.INWARD: 3_500,
    Kind.BOOK: 900,
    Kind.EXCHANGE: 400,
    Kind.SECOND_LINE: 300,
    Kind.RECALL: 100,
    Kind.DUPLICATE: 100,
    Kind.MALFORMED: 100,
    Kind.SCREENED: 50,
    Kind.SHORT: 50,
}
"""Works of each kind in ten thousand."""
KINDS: Final = tuple(SHARES)


class Variant(enum.StrEnum):
    """The mix of section F, or one change to it."""

    FULL = "full"
    FLAT = "flat"
    STORM = "storm"
    ONE_DEBTOR = "one-debtor"


class Step(NamedTuple):
    """One request: who sends it under which id, its body (none: a look at `path`), what it must be answered with.

    `final` marks the answer by which the money of the work is final; `same` one that must equal the answer before it, byte for byte.
    """

    person: str
    id: str
    body: bytes
    statuses: tuple[int, ...] = ACCEPTED
    final: bool = False
    same: bool = False
    path: str = "/v1/commands"

    def encoded(self) -> bytes:
        """Write the whole HTTP request."""
        head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token_of(self.person)}\r\n"
        if not self.body:
            return f"GET {self.path} HTTP/1.1\r\n{head}\r\n".encode()
        head += (
            f"Idempotency-Key: {self.id}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return f"POST {self.path} HTTP/1.1\r\n{head}".encode() + self.body


class Work(NamedTuple):
    """One conversation."""

    number: int
    kind: Kind
    steps: tuple[Step, ...]


def works(
    world: World, first: int, count: int, *, variant: Variant = Variant.FULL, seed: int = SEED
) -> Iterator[Work]:
    """Write `count` works from number `first` on; numbers are used once in the life of a centre."""
    author = _Author(world, first, count, variant, seed)
    return (author.work(place) for place in range(count))


@functools.cache
def _ranks(count: int, hot_share: float, exponent: float) -> Floats:
    """Return the shares of ranks by Zipf's law, the first raised to `hot_share` where that is more."""
    weights: Floats = numpy.arange(1, count + 1, dtype=numpy.float64) ** -exponent
    if hot_share:
        weights[0] = weights[1:].sum() * hot_share / (1 - hot_share)
    shares: Floats = weights / weights.sum()
    return shares


class _Author:
    """Draws everything that one stretch of works needs, in columns, then writes works out of them."""

    def __init__(self, world: World, first: int, count: int, variant: Variant, seed: int) -> None:
        chance = numpy.random.default_rng([seed, first])
        self.first, self.variant, self.world = first, variant, world
        shares = numpy.array(list(SHARES.values())) / sum(SHARES.values())
        self.kinds: Integers = chance.choice(len(KINDS), size=count, p=shares)
        self.currencies: Integers = chance.choice(len(CURRENCIES), size=count, p=CURRENCY_SHARES)
        flat = variant is Variant.FLAT
        hot, exponent = (0.0, 0.0) if flat else (HOT_SHARE, 1.0)
        ranks = _ranks(world.companies, hot, exponent)
        self.payers = self._holders(chance, ranks, count)
        self.receivers = self._holders(chance, ranks, count)
        far = _ranks(world.counterparties, 0.0, exponent)
        self.far: Integers = chance.choice(world.counterparties, size=count, p=far)
        self.fen = _amounts(chance, count, flat=flat)
        self.round: Floats = chance.random(count)
        self.coins: Floats = chance.random(count)
        self.looks: Floats = chance.random(count)

    def _holders(self, chance: numpy.random.Generator, ranks: Floats, count: int) -> Integers:
        """Draw a company for each work among those that hold its currency."""
        found: Integers = numpy.zeros(count, dtype=numpy.int64)
        for number, currency in enumerate(CURRENCIES):
            able = [currency in worlds.currencies_of(n) for n in range(len(ranks))]
            weights = numpy.where(able, ranks, 0.0)
            places = numpy.flatnonzero(self.currencies == number)
            found[places] = chance.choice(len(ranks), size=len(places), p=weights / weights.sum())
        return found

    def work(self, place: int) -> Work:
        """Write one work."""
        number, kind = self.first + place, KINDS[self.kinds[place]]
        if self.variant is Variant.ONE_DEBTOR:
            kind = Kind.OUTWARD
        steps = _WRITERS[kind](self, place, number)
        if kind is Kind.MALFORMED:
            return Work(number, kind, tuple(steps))
        looks = STATUS_STORM if self.variant is Variant.STORM else self.looks[place] < STATUS_SHARE
        path = f"/v1/offshore/payments/{uetr_of(number)}"
        if kind is not Kind.EXCHANGE:
            steps += [Step(steps[0].person, "", b"", path=path)] * int(looks)
        return Work(number, kind, tuple(steps))

    def far_party(self, place: int) -> Counterparty:
        """Return the counterparty of a work."""
        return worlds.counterparties(self.world.counterparties)[int(self.far[place])]

    def amount(self, place: int, currency: str) -> int:
        """Return the amount of a work in minor units; three in ten are whole thousands."""
        minor = max(int(self.fen[place]) * 1_000_000 // FEN_A_MILLION[currency], 1)
        if self.round[place] >= ROUND_SHARE or minor < 100_000:
            return minor
        return minor // 100_000 * 100_000

    def payer(self, place: int) -> int:
        """Return the company that pays, the one debtor where there is but one."""
        return 0 if self.variant is Variant.ONE_DEBTOR else int(self.payers[place])

    def order(self, place: int, number: int, **parts: str) -> PaymentOrder:
        """Return the order of a work; `parts` are the parties, and the currency where it is not the one drawn."""
        currency = parts.pop("currency", CURRENCIES[self.currencies[place]])
        return PaymentOrder(
            uetr=uetr_of(number),
            end_to_end_id=f"E-{number}",
            instruction_id=f"I-{number}",
            currency=currency,
            amount=self.amount(place, currency),
            remittance=f"Simulated invoice {number}",
            **parts,  # type: ignore[arg-type]
        )

    def outward(self, place: int, number: int, company: int, **parts: str) -> InstructPayment:
        """Return the payment of a company to a counterparty overseas."""
        far = self.far_party(place)
        given = {
            "creditor_account": far.account,
            "creditor_agent": far.agent,
            "creditor_name": far.name,
            "creditor_country": far.country,
            "trade_type": TRADE_TYPES[number % len(TRADE_TYPES)],
            "debtor_account": worlds.account_of(company),
        }
        order = self.order(place, number, **(given | parts))
        return InstructPayment(message_id=f"W-{number}", bank=worlds.bank_of(company), order=order)


def uetr_of(number: int) -> str:
    """Return the UETR of a work."""
    return f"{number >> 48 & 0xFFFFFFFF:08x}-0000-4000-8000-{number & 0xFFFFFFFFFFFF:012x}"


def _amounts(chance: numpy.random.Generator, count: int, *, flat: bool) -> Integers:
    """Draw amounts in fen, log-normal and cut at both ends."""
    median, sigma = (FLAT_MEDIAN_FEN, FLAT_SIGMA) if flat else (MEDIAN_FEN, SIGMA)
    least = FLAT_LEAST_FEN if flat else LEAST_FEN
    drawn = chance.lognormal(numpy.log(median), sigma, count)
    cut: Integers = numpy.clip(drawn, least, MOST_FEN).astype(numpy.int64)
    return cut


def _person(company: int) -> str:
    return f"{worlds.company_of(company).lower()}-treasurer"


def _step(person: str, number: int, letter: str, command: Command, **how: object) -> Step:
    body = msgspec.json.encode(command)
    return Step(person, f"w-{number}-{letter}", body, **how)  # type: ignore[arg-type]


# ── Kinds ────────────────────────────────────────────────────────────────────────────────────────────────


def _outward(author: _Author, place: int, number: int) -> list[Step]:
    company = author.payer(place)
    command = author.outward(place, number, company)
    return [_step(_person(company), number, "o", command, final=True)]


def _inward(author: _Author, place: int, number: int) -> list[Step]:
    company, far = int(author.receivers[place]), author.far_party(place)
    order = author.order(
        place,
        number,
        debtor_account=far.account,
        debtor_agent=far.agent,
        debtor_name=far.name,
        debtor_country=far.country,
        creditor_account=worlds.account_of(company),
    )
    command = ReceiveCreditTransfer(
        message_id=f"W-{number}",
        instructing_agent=far.agent,
        instructed_agent=worlds.bic_of(company % len(BANKS)),
        order=order,
    )
    return [_step(f"ovb-{far.country.lower()}-correspondent", number, "i", command, final=True)]


def _book(author: _Author, place: int, number: int) -> list[Step]:
    """Pay to another company, or, one time in three, to an overseas company that banks in the zone."""
    company, other = author.payer(place), int(author.receivers[place])
    creditor = worlds.account_of(other)
    if author.coins[place] < 1 / 3 or other == company:
        creditor = worlds.supplier_account(number % worlds.SUPPLIERS)
    order = author.order(
        place,
        number,
        debtor_account=worlds.account_of(company),
        creditor_account=creditor,
        trade_type="RESALE",
    )
    command = InstructPayment(message_id=f"W-{number}", bank=worlds.bank_of(company), order=order)
    return [_step(_person(company), number, "b", command, final=True)]


def _exchange(author: _Author, place: int, number: int) -> list[Step]:
    """Quote and deal USD against CNY; sides and sizes are such that no bank's open position runs away."""
    company = author.payer(place)
    bank = worlds.bank_of(company)
    side = (FxSide.BUY, FxSide.SELL)[int(author.coins[place] * 2)]
    quote = QuoteRate(
        quote_id=f"Q-{number}",
        account=worlds.account_of(company),
        pair="USD/CNY",
        side=side,
        currency="USD",
        amount=100_000 + number % 50 * 10_000,
        mid=FX_MID,
        rate=FX_MID + (FX_SPREAD if side is FxSide.BUY else -FX_SPREAD),
        valid_s=QUOTE_S,
    )
    accept = AcceptQuote(bank=bank, quote_id=f"Q-{number}")
    return [
        _step(f"{bank.lower()}-maker", number, "q", quote),
        _step(_person(company), number, "x", accept, final=True),
    ]


def _second_line(author: _Author, place: int, number: int) -> list[Step]:
    """Pay to the company's own account onshore; the bank's officer releases at once."""
    company = author.payer(place)
    bank = worlds.bank_of(company)
    order = author.order(
        place,
        number,
        currency="CNY",
        debtor_account=worlds.account_of(company),
        creditor_account=worlds.domestic_of(company),
        purpose="CURR",
        trade_type="RESALE",
    )
    command = InstructPayment(message_id=f"W-{number}", bank=bank, order=order)
    release = ReleaseSecondLine(uetr=order.uetr)
    return [
        _step(_person(company), number, "s", command),
        _step(f"{bank.lower()}-officer", number, "t", release, final=True),
    ]


def _recall(author: _Author, place: int, number: int) -> list[Step]:
    """Pay, then ask for the money back, or see the bank overseas return it."""
    company, steps = author.payer(place), _outward(author, place, number)
    if author.coins[place] < 1 / 2:
        recall = RequestCancellation(message_id=f"R-{number}", uetr=uetr_of(number), reason="CUST")
        return [*steps, _step(_person(company), number, "r", recall)]
    far, currency = author.far_party(place), CURRENCIES[author.currencies[place]]
    back = ReceiveReturn(
        message_id=f"R-{number}",
        instructing_agent=far.agent,
        instructed_agent=worlds.bic_of(company % len(BANKS)),
        return_id=f"RET-{number}",
        uetr=uetr_of(number),
        currency=currency,
        amount=author.amount(place, currency),
        reason="AC04",
    )
    return [*steps, _step(f"ovb-{far.country.lower()}-correspondent", number, "r", back)]


def _duplicate(author: _Author, place: int, number: int) -> list[Step]:
    """Send the same bytes twice under one id."""
    first = _outward(author, place, number)[0]
    return [first, first._replace(final=False, same=True)]


def _malformed(author: _Author, place: int, number: int) -> list[Step]:
    """Cut off, an unknown field, a text for a number: never journaled; or a UETR that is none: refused."""
    step = _outward(author, place, number)[0]
    body = {
        0: step.body[: len(step.body) // 2],
        1: step.body[:-1] + b',"colour":"red"}',
        2: step.body.replace(b'"amount":', b'"amount":"much","amount_":', 1),
        3: step.body.replace(b"-4000-8000-", b"-1000-8000-", 1),
    }[number % 4]
    statuses = REFUSED if number % 4 == 3 else MALFORMED
    return [step._replace(id=f"w-{number}-m", body=body, statuses=statuses, final=False)]


def _screened(author: _Author, place: int, number: int) -> list[Step]:
    """Pay to a listed name: the payment waits for an officer, who does not come."""
    company, (name, country) = author.payer(place), LISTED[number % len(LISTED)]
    command = author.outward(place, number, company, creditor_name=name, creditor_country=country)
    return [_step(_person(company), number, "l", command)]


def _short(author: _Author, place: int, number: int) -> list[Step]:
    """Pay out of an empty account: the payment waits in the queue for money that does not come."""
    company = author.world.companies + number % worlds.SHORT_COMPANIES
    currency = "USD" if author.coins[place] < 2 / 3 else "CNY"
    command = author.outward(place, number, company, currency=currency)
    return [_step(_person(company), number, "f", command)]


_WRITERS: Final = {
    Kind.OUTWARD: _outward,
    Kind.INWARD: _inward,
    Kind.BOOK: _book,
    Kind.EXCHANGE: _exchange,
    Kind.SECOND_LINE: _second_line,
    Kind.RECALL: _recall,
    Kind.DUPLICATE: _duplicate,
    Kind.MALFORMED: _malformed,
    Kind.SCREENED: _screened,
    Kind.SHORT: _short,
}
