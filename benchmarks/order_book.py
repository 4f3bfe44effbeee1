"""Order book: commands a second of the compiled book, its plain twin and public Python peers, in one run.

How: every engine gets the same deterministic flow (`flow.py`), cut to its first K commands where it is slow, and must give the same
trades (taker, maker, price, quantity) on them; a row says so. The machine may be noisy, so the kernel's runs are interleaved and given as
best, median and least. Measured is matching alone: no risk checks, no journal, no network. Peers that are not installed get a row that says so.
`python -m benchmarks order_book` prints the rows.
"""

# The peers are optional and carry no types.
# mypy: disable-error-code="import-not-found, import-untyped"

import gc
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.flow import flow, ladders
from benchmarks.rows import Row, row, spread
from huangpu.venues.growth.order_book import Books, EventKind, Op, PlainBooks, SideCode, Tif

Records = npt.NDArray[np.void]
Fills = list[tuple[int, int, int, int]]

GROUP: Final = "order_book"
UNIT: Final = "commands/s"
COMMANDS: Final = 2_000_000
COMMANDS_QUICK: Final = 500_000
RUNS: Final = 5
RUNS_QUICK: Final = 3
K_PLAIN: Final = 200_000
K_SINGLE: Final = 100_000
K_LIGHT: Final = 50_000
K_ORDER_MATCHING: Final = 1_000
INSTRUMENTS: Final = 600

TRADE, NEW, BUY, IOC = int(EventKind.TRADE), int(Op.NEW), int(SideCode.BUY), int(Tif.IOC)


def run(*, quick: bool = False) -> list[Row]:
    """Measure everything; the plain book is the baseline of the ratios."""
    count, runs = (COMMANDS_QUICK, RUNS_QUICK) if quick else (COMMANDS, RUNS)
    one = flow(count)
    many = flow(count, instruments=INSTRUMENTS)
    plain, fills = _plain(one[:K_PLAIN])
    rows = [_row("plain CPython book, one instrument", plain, plain, f"first {K_PLAIN:,} commands")]
    rows += _kernel_rows("one instrument", one, 1, runs, (plain, fills))
    rows += _single_rows(one[:K_SINGLE], plain)
    plain_many, fills_many = _plain(many[:K_PLAIN], INSTRUMENTS)
    name = f"{INSTRUMENTS} instruments"
    rows.append(
        _row(f"plain CPython book, {name}", plain_many, plain_many, "the same, interleaved")
    )
    rows += _kernel_rows(name, many, INSTRUMENTS, runs, (plain_many, fills_many))
    rows.append(_peer("lightmatchingengine", _light, one[:K_LIGHT], plain))
    rows.append(_peer("order-matching", _order_matching, one[:K_ORDER_MATCHING], plain))
    return rows


def _row(name: str, value: float | None, baseline: float, note: str) -> Row:
    return row(GROUP, name, value, UNIT, baseline, note)


def _clocked(work: Callable[[], Any]) -> float:
    """Give the seconds of one call, without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def _fills(events: Records) -> Fills:
    trades = events[events["kind"] == TRADE]
    return trades[["order", "maker_order", "price_tick", "quantity"]].tolist()  # type: ignore[no-any-return]


# ── our own books ────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(commands: Records, instruments: int = 1) -> tuple[float, Fills]:
    """Run the plain book, tuples in and tuples out."""
    rows = commands.tolist()
    book = PlainBooks(ladders(instruments))
    events: list[Any] = []
    seconds = _clocked(lambda: events.extend(book.run(rows)))
    fills = [(event[6], event[7], event[5], event[8]) for event in events if event[0] == TRADE]
    return len(rows) / seconds, fills


def _through(
    commands: Records, instruments: int, batch: int, *, copy: bool, keep: bool = False
) -> tuple[float, Books, list[Records]]:
    """Send a flow through fresh books; give commands a second, and the events when they are to be kept."""
    books = Books(ladders(instruments), len(commands))
    batches = [commands[at : at + batch] for at in range(0, len(commands), batch)]
    kept: list[Records] = []

    def work() -> None:
        for part in batches:
            events = books.process(part, copy=copy)
            if keep:
                kept.append(events)

    return len(commands) / _clocked(work), books, kept


def _kernel_rows(
    name: str, commands: Records, instruments: int, runs: int, twin: tuple[float, Fills]
) -> list[Row]:
    """Measure the compiled book at several batch sizes, the runs interleaved, beside the plain book's rate and trades."""
    plain, fills = twin
    _, books, events = _through(commands[:K_PLAIN], instruments, 4_096, copy=True, keep=True)
    same = _fills(np.concatenate(events)) == fills
    assert same, "the compiled book and the plain book made different trades"
    note = f"the same {len(fills):,} trades as the plain book on its {K_PLAIN:,} commands"
    cases = [(65_536, False), (65_536, True), (1_024, False)]
    speeds: dict[tuple[int, bool], list[float]] = {case: [] for case in cases}
    resting = 0
    for _ in range(runs):
        for batch, copy in cases:
            speed, books, _ = _through(commands, instruments, batch, copy=copy)
            speeds[batch, copy].append(speed)
            resting = books.orders_open()
    rows = []
    for (batch, copy), measured in speeds.items():
        title = f"kernel, {name}, batch {batch:,}{', events copied' if copy else ''}"
        at_end = f"{len(commands):,} commands, {resting:,} orders rest at the end"
        rows.append(_row(title, max(measured), plain, f"{spread(measured)}; {note}; {at_end}"))
    return rows


def _single_rows(commands: Records, plain: float) -> list[Row]:
    """Measure one command a call: through `process`, and through `new` and `cancel`."""
    packed = max(_through(commands, 1, 1, copy=False)[0] for _ in range(3))
    rows = commands.tolist()

    def by_method() -> None:
        books = Books(ladders(1), len(rows))
        for op, side, tif, _, instrument, order, price_tick, _, quantity in rows:
            if op == NEW:
                books.new(
                    instrument,
                    order,
                    side=side,
                    price_tick=price_tick,
                    quantity=quantity,
                    tif=tif,
                )
            else:
                books.cancel(instrument, order)

    methods = len(rows) / min(_clocked(by_method) for _ in range(3))
    return [
        _row("kernel, one instrument, batch 1", packed, plain, f"{1e6 / packed:.2f} us a command"),
        _row(
            "kernel, one instrument, new() and cancel()",
            methods,
            plain,
            f"{1e6 / methods:.2f} us a command, events as tuples",
        ),
    ]


# ── peers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _peer(
    name: str, engine: Callable[[list[Any]], tuple[float, Fills]], commands: Records, plain: float
) -> Row:
    """Run a peer on the first K commands and compare its trades."""
    try:
        speed, fills = engine(commands.tolist())
    except ImportError as error:
        return _row(name, None, plain, f"not installed ({error})")
    _, expected = _plain(commands)
    verdict = "the same trades" if fills == expected else "DIFFERENT trades"
    return _row(name, speed, plain, f"first {len(commands):,} commands; {verdict}, {len(fills):,}")


def _light(rows: list[Any]) -> tuple[float, Fills]:
    """Run lightmatchingengine; it counts orders from 1 and must not be asked to cancel a filled one."""
    from lightmatchingengine.lightmatchingengine import LightMatchingEngine, Side

    engine = LightMatchingEngine()
    orders: dict[int, Any] = {}
    fills: Fills = []

    def work() -> None:
        for op, side, tif, _, instrument, order, price_tick, _, quantity in rows:
            if op != NEW:
                if orders[order].leaves_qty:
                    engine.cancel_order(order + 1, instrument)
                continue
            code = Side.BUY if side == BUY else Side.SELL
            entered, trades = engine.add_order(instrument, price_tick, quantity, code)
            orders[order] = entered
            for trade in trades:
                if trade.order_id != order + 1:
                    maker_order = trade.order_id - 1
                    fills.append((order, maker_order, trade.trade_price, trade.trade_qty))
            if tif == IOC and entered.leaves_qty:
                engine.cancel_order(order + 1, instrument)

    return len(rows) / _clocked(work), fills


def _order_matching(rows: list[Any]) -> tuple[float, Fills]:
    """Run order-matching, one order a call, with its log off."""
    from loguru import logger
    from order_matching.enums import Side
    from order_matching.matching_engine import MatchingEngine
    from order_matching.order import LimitOrder
    from order_matching.orders import Orders

    logger.disable("order_matching")
    engine = MatchingEngine(seed=1)
    start = datetime(2026, 1, 5)  # noqa: DTZ001 -- the peer knows no zones
    fills: Fills = []

    def cancel(order: int) -> None:
        if engine.unprocessed_orders.find_order_by_id(str(order)) is not None:
            engine.cancel_order(str(order))

    def work() -> None:
        for number, command in enumerate(rows):
            op, side, tif, _, _, order, price_tick, _, quantity = command
            if op != NEW:
                cancel(order)
                continue
            at = start + timedelta(milliseconds=number)
            entered = LimitOrder(
                side=Side.BUY if side == BUY else Side.SELL,
                price=price_tick,
                size=quantity,
                timestamp=at,
                order_id=str(order),
                trader_id="1",
            )
            engine.place(Orders([entered]))
            for trade in engine.match(timestamp=at).trades:
                maker_order = int(trade.book_order_id)
                fills.append((order, maker_order, int(trade.price), int(trade.size)))
            if tif == IOC:
                cancel(order)

    return len(rows) / _clocked(work), fills
