"""Living traffic for the demo: payments, slips and orders, each sent as a member would send it.

Three loops, one a venue, at a pace that `speed` scales. Some commands are meant to be refused (dollars over the second line, a company
not on the list, an odd lot), because a market without refusals would be a lie.
"""

import asyncio
import datetime
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence

from huangpu.core.calendar import date_of
from huangpu.core.message import Command, Rejected
from huangpu.core.values import PERCENT
from huangpu.demo import cast as casting
from huangpu.demo.cast import BANKS, COMPANIES, OVERSEAS_BANKS, SUPPLIERS
from huangpu.demo.seed import YUAN, bank_of, fte_of, investors
from huangpu.engine import Engine, EngineStopped, Gate, Overloaded
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.growth import market_data
from huangpu.venues.growth.day import OrderSide, Phase
from huangpu.venues.growth.orders import CancelOrder, PlaceOrder
from huangpu.venues.offshore.fx.deals import AcceptQuote
from huangpu.venues.offshore.fx.positions import SquarePosition
from huangpu.venues.offshore.fx.quotes import QuoteRate
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.payments.words import InstructPayment, ReceiveCreditTransfer
from huangpu.venues.offshore.state import PaymentOrder
from huangpu.venues.reinsurance.desks import Capacity, LightDesk
from huangpu.venues.reinsurance.placement.binding import BindSlip
from huangpu.venues.reinsurance.placement.lines import WriteLine
from huangpu.venues.reinsurance.placement.quoting import IssueFirmOrder, QuoteSlip
from huangpu.venues.reinsurance.placement.sections import (
    FiscalAndRegulatory,
    RiskDetails,
    Sections,
)
from huangpu.venues.reinsurance.placement.signing import SignDown
from huangpu.venues.reinsurance.placement.slip import ContractType, Method, PlaceSlip

PAYMENT_PAUSE_S = 1.0
SLIP_STEP_PAUSE_S = 1.2
ORDER_PAUSE_S = 0.3
EXCHANGE_SHARE = 0.04
CNH_MID = 7_0950
TRADE_TYPES = ("RESALE", "RESALE", "RESALE", "GLOBAL_PROC", "CONTRACT_MFG", "PROJECT_BUY")
CLASSES = ("PROPERTY", "ENGINEERING", "MARINE_CARGO", "MOTOR", "LIABILITY", "AGRICULTURE", "CYBER")


class Author:
    """Draws commands under ids that no earlier run of the demo used."""

    def __init__(self, engine_of: Callable[[], Engine], seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - traffic, not secrets
        self._engine_of = engine_of
        self._prefix = f"demo-{self.engine.next_seq}-{seed}"
        self._count = 0
        self._slip = self.engine.next_seq

    @property
    def engine(self) -> Engine:
        """Return the engine as it is now; a reopened gate has a new one."""
        return self._engine_of()

    def next_slip_id(self) -> str:
        """Return a fresh unique market reference; slips are fewer than entries, so a later run starts behind."""
        self._slip += 1
        return f"B0999SIM{self._slip:07d}"

    def next_id(self) -> str:
        """Return a fresh id, also good as a message or client order id."""
        self._count += 1
        return f"{self._prefix}-{self._count}"


def companions(gate: Gate, speed: float) -> Sequence[Callable[[], Awaitable[None]]]:
    """Return the three loops for the composition root to run; none when the speed is 0."""
    if speed <= 0:
        return ()
    seed = gate.engine.next_seq
    authors = [Author(lambda: gate.engine, seed + n) for n in range(3)]
    return (
        lambda: _payments(gate, authors[0], PAYMENT_PAUSE_S / speed),
        lambda: _placements(gate, authors[1], SLIP_STEP_PAUSE_S / speed),
        lambda: _orders(gate, authors[2], ORDER_PAUSE_S / speed),
    )


async def _send(gate: Gate, author: Author, by: str, command: Command) -> bool:
    """Submit a command; tell whether it was accepted."""
    try:
        answer = await gate.submit(by, author.next_id(), command)
    except (EngineStopped, Overloaded):
        return False
    return not isinstance(answer, Rejected) and not isinstance(answer.outcome, Rejected)


async def _payments(gate: Gate, author: Author, pause_s: float) -> None:
    while True:
        number = author.chance.randrange(len(COMPANIES))
        steps = [payment(author, number)]
        if author.chance.random() < EXCHANGE_SHARE:
            steps = exchange(author, number)
        for by, command in steps:
            await _send(gate, author, by, command)
        await asyncio.sleep(pause_s * author.chance.uniform(0.5, 1.5))


def payment(author: Author, number: int) -> tuple[str, Command]:
    """Draw a payment in or out for the nth company, now and then one that must be refused."""
    chance, company = author.chance, COMPANIES[number]
    message_id = author.next_id()
    amount = min(int(chance.lognormvariate(14.9, 1.2)) * YUAN, 400_000_000 * YUAN)
    currency = chance.choices(casting.CURRENCIES, (35, 65))[0]
    if chance.random() < 0.45:
        return receipt(author, number, currency, amount)
    return f"{company.lower()}-treasurer", _outward(author, message_id, number, currency, amount)


def receipt(author: Author, number: int, currency: str, amount: int) -> tuple[str, Command]:
    """Draw a payment from a buyer overseas to the nth company. Units: amount in minor units."""
    chance = author.chance
    overseas, home = chance.choice(list(OVERSEAS_BANKS.items()))
    bics = _bics(author.engine)
    order = _order(
        chance,
        debtor_account=f"{home}-BUYER-{chance.randrange(40):02d}",
        debtor=(bics[overseas], f"Simulated Buyer {home}", home),
        creditor_account=fte_of(COMPANIES[number]),
        currency=currency,
        amount=amount,
    )
    received = ReceiveCreditTransfer(
        message_id=author.next_id(),
        instructing_agent=bics[overseas],
        instructed_agent=bics[bank_of(number)],
        order=order,
    )
    return f"{overseas.lower()}-correspondent", received


def outward(author: Author, number: int, currency: str, amount: int) -> tuple[str, Command]:
    """Draw a payment of the nth company to a supplier overseas. Units: amount in minor units."""
    chance, company = author.chance, COMPANIES[number]
    overseas, home = chance.choice(list(OVERSEAS_BANKS.items()))
    order = _order(
        chance,
        debtor_account=fte_of(company),
        creditor_account=f"{home}-SUPPLIER-{chance.randrange(60):02d}",
        creditor=(_bics(author.engine)[overseas], f"Simulated Supplier {home}", home),
        currency=currency,
        amount=amount,
        trade_type="RESALE",
    )
    instructed = InstructPayment(message_id=author.next_id(), bank=bank_of(number), order=order)
    return f"{company.lower()}-treasurer", instructed


def exchange(author: Author, number: int) -> list[tuple[str, Command]]:
    """Draw a quote of the nth company's bank, its acceptance, and now and then what squares the bank's position.

    Units: the rate in ten-thousandths of a yuan a dollar.
    """
    chance, bank, quote_id = author.chance, bank_of(number), author.next_id()
    side = chance.choice(list(FxSide))
    mid = CNH_MID + chance.randrange(-200, 201)
    spread = chance.randrange(10, 60)
    quote = QuoteRate(
        quote_id=quote_id,
        account=fte_of(COMPANIES[number]),
        pair="USD/CNY",
        side=side,
        currency="USD",
        amount=chance.randrange(1, 300) * 10_000 * YUAN,
        mid=mid,
        rate=mid + (spread if side is FxSide.BUY else -spread),
        valid_s=60,
    )
    maker = f"{bank.lower()}-maker"
    steps: list[tuple[str, Command]] = [
        (maker, quote),
        (
            f"{COMPANIES[number].lower()}-treasurer",
            AcceptQuote(bank=bank, quote_id=quote_id),
        ),
    ]
    position = author.engine.centre.offshore.books.fx.positions.get(f"{bank}-SAU|USD/CNY")
    if position is not None and position.base and chance.random() < 0.3:
        base = abs(position.base)
        overseas = chance.choice(list(OVERSEAS_BANKS))
        square = SquarePosition(
            pair="USD/CNY", base=base, counter=base * mid // 10_000, counterparty=overseas
        )
        steps.insert(0, (maker, square))
    return steps


def _outward(author: Author, message_id: str, number: int, currency: str, amount: int) -> Command:
    chance, company = author.chance, COMPANIES[number]
    bank, trade_type = bank_of(number), chance.choice(TRADE_TYPES)
    creditor, agent, name, country = "", "", "", ""
    draw = chance.random()
    if draw < 0.6:
        overseas, country = chance.choice(list(OVERSEAS_BANKS.items()))
        agent = _bics(author.engine)[overseas]
        creditor = f"{country}-SUPPLIER-{chance.randrange(60):02d}"
        name = f"Simulated Supplier {country}"
    elif draw < 0.85:
        supplier = chance.choice(list(SUPPLIERS))
        creditor = fte_of(supplier) if chance.random() < 0.6 else f"NRA-{supplier}"
    elif draw < 0.91:
        creditor, currency = f"DOM-{chance.choice(COMPANIES)}", "USD"
    elif draw < 0.95:
        creditor, trade_type = fte_of(chance.choice(list(SUPPLIERS))), ""
    elif draw < 0.98:
        creditor, bank = fte_of(chance.choice(list(SUPPLIERS))), chance.choice(BANKS)
    else:
        creditor = "FT-CLOSED-LONG-AGO"
    order = _order(
        chance,
        debtor_account=fte_of(company),
        creditor_account=creditor,
        creditor=(agent, name, country),
        currency=currency,
        amount=amount,
        trade_type=trade_type,
    )
    return InstructPayment(message_id=message_id, bank=bank, order=order)


def _order(
    chance: random.Random,
    *,
    debtor_account: str,
    creditor_account: str,
    currency: str,
    amount: int,
    trade_type: str = "",
    creditor: tuple[str, str, str] = ("", "", ""),
    debtor: tuple[str, str, str] = ("", "", ""),
) -> PaymentOrder:
    """Return an order with drawn references; parties overseas are (agent BIC, name, country)."""
    uetr = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return PaymentOrder(
        uetr=uetr,
        end_to_end_id=f"E2E-{uetr[:13]}",
        instruction_id=f"I-{uetr[:13]}",
        debtor_account=debtor_account,
        creditor_account=creditor_account,
        currency=currency,
        amount=amount,
        trade_type=trade_type,
        creditor_agent=creditor[0],
        creditor_name=creditor[1],
        creditor_country=creditor[2],
        debtor_agent=debtor[0],
        debtor_name=debtor[1],
        debtor_country=debtor[2],
    )


def _bics(engine: Engine) -> dict[str, str]:
    return {
        found.id: found.bic for found in engine.centre.registry.institutions.values() if found.bic
    }


async def _placements(gate: Gate, author: Author, pause_s: float) -> None:
    while True:
        for by, command in next_placement(author):
            await _send(gate, author, by, command)
            await asyncio.sleep(pause_s * author.chance.uniform(0.4, 1.6))


def next_placement(author: Author) -> list[tuple[str, Command]]:
    """Draw broker, cedent and panel, and the whole life of their slip."""
    members = [member.institution for member in casting.reinsurance_members()]
    cedents = [found.id for found in members if found.kind is InstitutionKind.INSURER]
    brokers = [found.id for found in members if found.kind is InstitutionKind.BROKER]
    markets = [found.id for found in members if found.kind is InstitutionKind.REINSURER]
    panel = author.chance.sample(markets, author.chance.randint(3, 7))
    return placement(author, author.chance.choice(brokers), author.chance.choice(cedents), panel)


def placement(
    author: Author, broker: str, cedent: str, panel: list[str]
) -> list[tuple[str, Command]]:
    """Draw the whole life of one slip, from the broker's submission to binding."""
    chance, date = author.chance, date_of(author.engine.last_at_us)
    slip_id, commission = author.next_slip_id(), chance.randrange(20, 33) * PERCENT
    placing, leader = f"{broker.lower()}-broker", panel[0]
    slip = PlaceSlip(
        slip_id=slip_id,
        cedent=cedent,
        contract_type=ContractType.QUOTA_SHARE,
        method=Method.TREATY,
        class_of_business=chance.choice(CLASSES),
        period_from=datetime.date(date.year + 1, 1, 1),
        period_to=datetime.date(date.year + 1, 12, 31),
        currency=chance.choices(casting.CURRENCIES, (70, 30))[0],
        estimated_premium_minor=chance.randrange(4, 400) * 1_000_000 * YUAN,
        cession_micro_percent=chance.randrange(10, 61, 5) * PERCENT,
        commission_micro_percent=commission,
        brokerage_micro_percent=chance.choice((1, 2, 3)) * PERCENT,
        sections=_SECTIONS,
    )
    valid = date + datetime.timedelta(days=30)
    steps: list[tuple[str, Command]] = [(placing, slip)]
    for market in panel[: chance.randint(1, 3)]:
        quote = QuoteSlip(
            slip_id=slip_id,
            commission_micro_percent=commission - chance.randrange(3) * PERCENT,
            share_micro_percent=chance.randrange(15, 41, 5) * PERCENT,
            valid_until=valid,
        )
        steps.append((f"{market.lower()}-underwriter", quote))
    steps.append(
        (
            f"{cedent.lower()}-cedent",
            IssueFirmOrder(slip_id=slip_id, leader=leader, short_placement_agreed=True),
        )
    )
    for n, market in enumerate(panel):
        line = WriteLine(
            slip_id=slip_id,
            written_micro_percent=chance.randrange(10, 41, 5) * PERCENT,
            to_stand=n > 0 and chance.random() < 0.1,
        )
        steps.append((f"{market.lower()}-underwriter", line))
    steps += [(placing, SignDown(slip_id=slip_id)), (placing, BindSlip(slip_id=slip_id))]
    if chance.random() < 0.5:
        steps.insert(0, (f"{panel[-1].lower()}-underwriter", _desk(author)))
    return steps


def _desk(author: Author) -> LightDesk:
    return LightDesk(
        class_of_business=author.chance.choice(CLASSES),
        side=Capacity.OFFERED,
        currency="CNY",
        capacity_minor=author.chance.randrange(10, 200) * 1_000_000 * YUAN,
        expires_at_us=author.engine.last_at_us + 3 * 3600 * 1_000_000,
    )


_SECTIONS = Sections(
    risk_details=RiskDetails(
        interest="Simulated portfolio of the class of business named",
        territorial_limits="China and, for marine, worldwide",
        law_and_jurisdiction="Law of the People's Republic of China",
    ),
    information="Simulated: no real submission lies behind this slip",
    fiscal=FiscalAndRegulatory(country_of_origin="CN"),
)


async def _orders(gate: Gate, author: Author, pause_s: float) -> None:
    people = investors()
    resting: list[tuple[str, str]] = []
    while True:
        room = author.engine.centre.growth
        day = room.books.day
        if day is None or day.phase is not Phase.CONTINUOUS:
            resting.clear()
            await asyncio.sleep(1)
            continue
        if resting and author.chance.random() < 0.2:
            by, order_id = resting.pop(author.chance.randrange(len(resting)))
            await _send(gate, author, by, CancelOrder(client_order_id=order_id))
        else:
            investor, firm, _ = author.chance.choice(people)
            order = limit_order(author, investor)
            by = f"{firm.lower()}-trader"
            if await _send(gate, author, by, order):
                resting.append((by, order.client_order_id))
            del resting[:-400]
        await asyncio.sleep(pause_s * author.chance.uniform(0.3, 1.7))


def limit_order(author: Author, investor: str) -> PlaceOrder:
    """Draw a limit order around the last price, now and then an odd lot."""
    chance, room = author.chance, author.engine.centre.growth
    codes = sorted(room.books.instruments)
    code = codes[min(int(chance.expovariate(0.12)), len(codes) - 1)]
    row = market_data.board_row(room, code)
    assert row is not None
    side = chance.choice((OrderSide.BUY, OrderSide.SELL))
    last_fen = row.last_fen or row.previous_close_fen
    away = int(chance.gauss(0, 1) * max(last_fen // 400, 2))
    price_fen = last_fen + (-abs(away) if side is OrderSide.BUY else abs(away))
    if chance.random() < 0.35:
        price_fen = last_fen + (abs(away) if side is OrderSide.BUY else -abs(away))
    quantity = 150 if chance.random() < 0.02 else chance.randrange(2, 30) * 100
    return PlaceOrder(
        client_order_id=author.next_id(),
        investor_id=investor,
        code=code,
        side=side,
        price_fen=max(price_fen, 1),
        quantity=quantity,
    )
