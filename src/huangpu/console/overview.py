"""The first page: the river of entries, the three venues' figures, how long commands take, and the newest entries."""

import time
from collections.abc import Sequence
from typing import Any

from litestar import Response, get

from huangpu.console.day_trades import DAY_TRADES
from huangpu.console.drawing import MINUTE_US, Latency, bars, latency_of
from huangpu.console.entries import LANES, Recent, head_of, lane_of, type_of
from huangpu.console.live import State, Subject
from huangpu.console.pages import Visitor, page
from huangpu.console.wording import Words, words_of
from huangpu.core.calendar import date_of
from huangpu.engine import Entry, Gate
from huangpu.venues.growth import views as growth
from huangpu.venues.offshore import views as offshore
from huangpu.venues.offshore.orders import SETTLED
from huangpu.venues.offshore.payments.words import (
    InstructPayment,
    InstructPaymentBatch,
    ReceiveCreditTransfer,
)
from huangpu.venues.reinsurance import bills
from huangpu.venues.reinsurance.placement.slip import SlipState

PAYMENT_COMMANDS = (InstructPayment, InstructPaymentBatch, ReceiveCreditTransfer)
RIVER_DOTS = 420
RIVER_NEW = 24
ENTRIES_SHOWN = 12
MINUTES_DRAWN = 40
SUMMARY_LIFE_S = 1.0
ROAD = (
    SlipState.SUBMITTED,
    SlipState.QUOTED,
    SlipState.FIRM_ORDER,
    SlipState.LINES_WRITTEN,
    SlipState.SIGNED,
    SlipState.BOUND,
)


def look_at_frame(gate: Gate, _rest: str, subject: Subject) -> State:
    """Say what every page's frame shows: the centre's time and the head of its journal."""
    head = head_of(gate)
    words = words_of(subject.language)
    return {"clock": words.clock(gate.engine.last_at_us), "head": f"{head[:12]}…{head[-6:]}"}


@get("/")
async def show(visitor: Visitor, part: str = "") -> Response[str]:
    """Show the centre."""
    _ = visitor.signed_in
    gate, words, scope = visitor.gate, visitor.words, visitor.scope
    await gate.readable()
    centre, now_us = visitor.centre, visitor.now_us
    recent = visitor.console.recent
    data: dict[str, Any] = {
        "topic": "overview",
        "entries": recent.visible(scope, ENTRIES_SHOWN, ticks=False),
        "lane_of": lane_of,
        "type_of": type_of,
        "latencies": latencies(gate),
    }
    if part == "entries":
        return await page(visitor, "_entries.html", data)
    if part == "latencies":
        return await page(visitor, "_latencies.html", data)
    data |= {
        "lanes": LANES,
        "dots": river_of(recent.visible(scope, RIVER_DOTS, ticks=True), words),
        "figures": figures_of(gate, words),
        "reinsurance": bills.overview(centre.reinsurance, now_us),
        "offshore": offshore.overview(centre.offshore, visitor.date),
        "growth": growth.overview(centre.growth),
        "payment_bars": payments_by_minute(gate),
        "turnover_bars": DAY_TRADES.turnover_bars(centre.growth, MINUTES_DRAWN * 2),
        "funnel": funnel(gate),
        "board": sorted(growth.board(centre.growth), key=lambda row: -row.turnover_fen)[:8],
    }
    if part == "drawings":
        return await page(visitor, "_venues.html", data)
    return await page(visitor, "overview.html", data)


class Overview:
    """The live part of the page, on the entries that are kept in memory."""

    def __init__(self, recent: Recent) -> None:
        self._recent = recent

    def look(self, gate: Gate, _rest: str, subject: Subject) -> State:
        """Read the figures and the newest dots of the river."""
        words = words_of(subject.language)
        newest = self._recent.visible(subject.scope, RIVER_NEW, ticks=True)
        state: State = dict(figures_of(gate, words))
        state["river"] = river_of(newest, words)
        state["entries"] = newest[0].seq if newest else 0
        return state


def river_of(entries: Sequence[Entry], words: Words) -> list[list[object]]:
    """Write entries, oldest first, as number, instant in ms, lane, whether refused, and what it was."""
    return [
        [
            entry.seq,
            entry.at_us // 1_000,
            LANES.index(lane_of(entry.command)),
            int(entry.rejected is not None),
            words.code("command", type_of(entry.command)),
        ]
        for entry in reversed(entries)
    ]


def figures_of(gate: Gate, words: Words) -> dict[str, str]:
    """Write the figures of the three venues and of the journal."""
    centre, now_us = gate.engine.centre, gate.engine.last_at_us
    exchange = bills.overview(centre.reinsurance, now_us)
    settled = offshore.overview(centre.offshore, date_of(now_us))
    tier = growth.overview(centre.growth)
    payment_times = _times_of_payments(gate)
    traded = [f for f in exchange.figures if f.measure == "traded"]
    today = [f for f in exchange.figures if f.measure == "traded_today"]
    number = words.number
    return {
        "entry_count": number(gate.engine.next_seq - 1),
        "r.institutions": number(exchange.institutions),
        "r.foreign": number(exchange.foreign),
        "r.slips": number(exchange.slips_open),
        "r.contracts": number(exchange.contracts_bound),
        "r.traded": amounts([(f.currency, f.amount_minor) for f in traded], words),
        "r.today": amounts([(f.currency, f.amount_minor) for f in today], words),
        "o.today": number(settled.payments_today),
        "o.total": number(settled.payments_total),
        "o.value": amounts([(t.currency, t.value) for t in settled.today], words),
        "o.p50": words.duration(payment_times.p50_s) if payment_times else "–",
        "o.p99": words.duration(payment_times.p99_s) if payment_times else "–",
        "o.companies": number(settled.companies.get("ACTIVE", 0)),
        "g.companies": number(tier.companies),
        "g.value": words.brief(tier.market_value_fen, "CNY"),
        "g.turnover": words.brief(tier.turnover_today_fen, "CNY"),
        "g.trades": number(tier.trades_today),
        "g.orders": number(tier.orders_resting),
        "g.rising": number(tier.rising),
        "g.falling": number(tier.falling),
        "g.phase": words.code("phase", tier.phase),
    }


def amounts(found: list[tuple[str, int]], words: Words) -> str:
    """Write amounts of several currencies beside each other, the largest first; currencies are never added."""
    ordered = sorted(found, key=lambda item: -item[1])
    return (
        " · ".join(f"{words.brief(minor, currency)} {currency}" for currency, minor in ordered)
        or "–"
    )


_summaries: dict[int, tuple[float, Latency | None]] = {}


def _times_of_payments(gate: Gate) -> Latency | None:
    now_s = time.monotonic()
    kept = _summaries.get(id(gate))
    if kept is not None and now_s - kept[0] < SUMMARY_LIFE_S:
        return kept[1]
    seconds = [s for command in PAYMENT_COMMANDS for s in gate.latencies_s.get(command, ())]
    found = latency_of("payments", seconds) if seconds else None
    _summaries[id(gate)] = (now_s, found)
    return found


def latencies(gate: Gate) -> list[Latency]:
    """Summarise the measured time of every kind of command, the most frequent first."""
    found = [
        latency_of(command.__name__, seconds)
        for command, seconds in list(gate.latencies_s.items())
        if seconds
    ]
    return sorted(found, key=lambda latency: (-latency.count, latency.name))


def payments_by_minute(gate: Gate) -> list[Any]:
    """Count the settled payments of the last minutes, by minute."""
    now_us = gate.engine.last_at_us
    start_us = (now_us // MINUTE_US - MINUTES_DRAWN + 1) * MINUTE_US
    counts = [0] * MINUTES_DRAWN
    for payment in gate.engine.centre.offshore.payments.newest_first():
        if payment.at_us < start_us:
            break
        if payment.status not in SETTLED:
            continue
        counts[(payment.at_us - start_us) // MINUTE_US] += 1
    return list(bars(counts, start_us, MINUTE_US, 400, 64))


def funnel(gate: Gate) -> list[tuple[str, int]]:
    """Count slips by state along the road from submitted to bound."""
    room = gate.engine.centre.reinsurance
    counts = dict.fromkeys(ROAD, 0)
    for slip in room.books.slips.values():
        if slip.state in counts:
            counts[slip.state] += 1
    return [(str(state), count) for state, count in counts.items()]
