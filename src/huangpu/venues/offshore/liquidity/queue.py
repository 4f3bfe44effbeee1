"""The queue at work: waiting payments settle after a credit, at ticks, and at the end of the day, or their life ends.

A credit lets the lines of the credited accounts be tried one by one in the same entry. A tick ends the lives that are over, tries all lines, and then
the methods of netting in rising power. A payment whose turn has come is decided as if it were new: what would refuse it then ends it.
What settles by netting is one simultaneous chain in the ledger, each payment with its own legs and its own record.

A payment that this entry has already decided (its UETR is among the ids of the draft) and one whose life is over take part in nothing:
so nobody is paid out of a payment that has timed out, and none times out that others settled against.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from huangpu.core.calendar import clock_text
from huangpu.core.message import Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.kernel import BOOKED_LIMIT
from huangpu.ledger.transfers import Leg
from huangpu.venues.offshore.liquidity import solver
from huangpu.venues.offshore.liquidity.lines import (
    RESOLUTIONS_KEPT,
    NetPosition,
    Resolution,
)
from huangpu.venues.offshore.liquidity.solver import Money, Queued, Queues, net_positions
from huangpu.venues.offshore.liquidity.turn import BYPASS, firm_ranks
from huangpu.venues.offshore.monitoring.books import SUM_MAX
from huangpu.venues.offshore.orders import Wait, uetr_key
from huangpu.venues.offshore.payments import waiting
from huangpu.venues.offshore.payments.draft import Draft, Moves
from huangpu.venues.offshore.payments.final import recorded
from huangpu.venues.offshore.payments.plan import Plan
from huangpu.venues.offshore.payments.words import PaymentSettled
from huangpu.venues.offshore.state import Offshore

CREDIT, TICK, END_OF_DAY = "CREDIT", "TICK", "END_OF_DAY"
END_CITE = "C8, AM04 at the end of the queue's life"
MICROSECONDS = 1_000


class QueueReleased(Event, frozen=True):
    """Waiting payments settled one after the other, because money came or their turn did."""

    resolution: Resolution


class GridlockResolved(Event, frozen=True):
    """Waiting payments that could not settle one by one settled in one step, against each other."""

    resolution: Resolution


def released(draft: Draft, also: Sequence[int] = ()) -> list[Event]:
    """Settle what waits for the money that this entry has credited or set free, and what that lets settle in turn.

    Rule: domain note C8, on every credit. Call it once, after everything else that an entry decides.
    Shape: also are accounts whose line moved up without a credit.
    """
    by_account = draft.room.lines.by_account
    if not by_account:
        return []
    booked, held = draft.moves.booked, draft.moves.held
    woken = [number for number in booked if number in by_account and booked[number] > 0]
    if held:
        woken += [number for number in held if number in by_account and held[number] < 0]
    if also:
        woken += [number for number in also if number in by_account]
    if not woken:
        return []
    found = _Round(draft, CREDIT)
    found.one_by_one(dict.fromkeys(woken))
    return found.events


def with_released(draft: Draft, found: list[Event] | Rejected) -> list[Event] | Rejected:
    """Add to the events of a decision what its credits let settle out of the queue; hand a refusal on."""
    return found if isinstance(found, Rejected) else found + released(draft)


def tick(draft: Draft) -> list[Event]:
    """End the lives that are over; in each slot of time, and towards the end of a life, try all lines and the methods of netting.

    Rule: domain note C8, timer and end of day; AM04 at the end of the queue's life.
    """
    lines = draft.room.lines
    if not len(lines):
        return []
    rules, date = draft.rules, draft.stamp.date
    due = lines.due(draft.stamp.at_us)
    endings_max = rules["offshore.queue.endings_max"].at(date).integer
    events: list[Event] = []
    for uetr in due[:endings_max]:
        events += _outlived(draft, uetr)
    trigger = _trigger(draft)
    if not trigger and not due:
        return released(draft)
    found = _Round(draft, trigger or TICK)
    found.one_by_one(lines.by_account)
    found.netted()
    return events + found.events


def _trigger(draft: Draft) -> str:
    """Say why a resolution is due at this tick, or nothing."""
    rules, stamp = draft.rules, draft.stamp
    end_us = draft.room.lines.next_end_us()
    window = rules["offshore.gridlock.end_of_day"].at(stamp.date).integer * MICROSECONDS
    if end_us is not None and stamp.at_us < end_us <= stamp.at_us + window:
        return END_OF_DAY
    slot = rules["offshore.gridlock.interval"].at(stamp.date).integer * MICROSECONDS
    last_us = draft.room.registry.charter.last_tick_us
    return TICK if not slot or stamp.at_us // slot > last_us // slot else ""


def _outlived(draft: Draft, uetr: str) -> list[Event]:
    """End a payment whose life in the queue is over, unless this entry has already decided it."""
    if uetr_key(uetr) in draft.moves.keys:
        return []
    pending = draft.room.books.pending[uetr]
    queued = draft.room.lines.get(uetr)
    assert queued is not None
    currency = pending.order.currency
    code = draft.room.ledger.account(queued.payer).code
    available = money_text(draft.available(queued.payer), currency)
    detail = (
        f"{code}: available {available}, ordered {money_text(queued.amount, currency)},"
        f" waited until {clock_text(pending.expires_us)}"
    )
    cause = Rejected(Reason.FUNDS_INSUFFICIENT, detail, END_CITE, "offshore.queue.until")
    return waiting.end(draft, pending, "RJCT", cause)


class _Open(Mapping[int, Sequence[Queued]]):
    """The lines as far as they may settle in this entry: not decided by it, not outlived, not behind one that is put aside.

    After a credit only the beginning of a line is looked at (`offshore.queue.depth_max`); a tick looks at the whole of it. A payment that is put
    aside in this round stands in the way of those behind it, unless it may be overtaken (`firm` as in `firm_ranks`).
    """

    def __init__(
        self, draft: Draft, barred: set[str], *, whole: bool, firm: frozenset[int] | None
    ) -> None:
        self._lines = draft.room.lines
        self._moves = draft.moves
        self._barred = barred
        self._firm = firm
        self._now_us = draft.stamp.at_us
        row = draft.rows["offshore.queue.depth_max"]
        self._depth = None if whole else row.integer

    def __getitem__(self, account: int) -> Sequence[Queued]:
        found: list[Queued] = []
        for payment in self._lines.by_account[account][: self._depth]:
            if not self._may(payment.key):
                continue
            if payment.key not in self._barred:
                found.append(payment)
            elif self._firm is None or payment.rank in self._firm:
                break
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._lines.by_account)

    def __len__(self) -> int:
        return len(self._lines.by_account)

    def _may(self, uetr: str) -> bool:
        end_us = self._lines.end_us(uetr)
        alive = not end_us or self._now_us < end_us
        return alive and uetr_key(uetr) not in self._moves.keys


class _Settled(NamedTuple):
    """What one method settled in this round, and how many waited when it began."""

    payments: list[Queued]
    before: int


class _Round:
    """One try of the lines within an entry; its events follow those that the entry has decided before."""

    def __init__(self, draft: Draft, trigger: str) -> None:
        self.draft = draft
        self.trigger = trigger
        self.events: list[Event] = []
        self._barred: set[str] = set()

    def one_by_one(self, woken: Iterable[int]) -> None:
        """Settle what is covered, payment by payment, from the woken accounts on.

        Reading: a plan is made on balances alone; where a payment of it does not settle after all, a new plan is made without it.
        """
        rules, date = self.draft.rules, self.draft.stamp.date
        limit = rules["offshore.queue.releases_max"].at(date).integer
        firm = firm_ranks(rules, date)
        waking = dict.fromkeys(sorted(woken, key=self._head_place))
        settled: list[Queued] = []
        before = len(self.draft.room.lines)
        while len(settled) < limit:
            whole = self.trigger != CREDIT
            lines = _Open(self.draft, self._barred, whole=whole, firm=firm)
            left = limit - len(settled)
            plan = solver.bypass_fifo(lines, self._money(), waking, left, firm=firm)
            done = self._settled_of(plan)
            settled += done
            waking |= dict.fromkeys(payment.payee for payment in done)
            if len(done) == len(plan):
                break
        method = BYPASS if rules["offshore.queue.method"].at(date).text == BYPASS else "FIFO"
        for currency, payments in self._by_currency(settled).items():
            found = self._resolution(method, currency, _Settled(payments, before))
            self.events.append(QueueReleased(resolution=found))

    def netted(self) -> None:
        """Try the methods of netting in their order, currency by currency, on what the lines still hold."""
        rules, date = self.draft.rules, self.draft.stamp.date
        most = rules["offshore.gridlock.payments_max"].at(date).integer
        currencies = self._by_currency(self._all_waiting())
        for currency, payments in currencies.items():
            considered = {payment.key for payment in payments[:most]}
            for method in rules["offshore.gridlock.methods"].at(date).texts:
                solve = METHODS.get(method)
                if solve is not None:
                    self._net(method, currency, considered, solve)

    def _net(self, method: str, currency: str, considered: set[str], solve: "_Solve") -> None:
        """Settle what one method finds; where a payment of a group does not settle after all, ask the method again without it."""
        again = True
        while again:
            again = False
            queues: dict[int, list[Queued]] = {}
            for payment in self._all_waiting():
                if payment.key in considered:
                    queues.setdefault(payment.payer, []).append(payment)
            before = sum(len(line) for line in queues.values())
            for group in solve(queues, self._money()):
                if not self._together(group, method, currency, before):
                    again = True
                    break
                before -= len(group)

    def _together(self, group: list[Queued], method: str, currency: str, before: int) -> bool:
        """Settle a group in one step, or end or put aside what stands in its way and return False."""
        draft, room = self.draft, self.draft.room
        trial = Draft(room, draft.rules, draft.stamp, moves=_copy_of(draft.moves))
        records: list[PaymentSettled] = []
        legs: list[Leg] = []
        news: list[Event] = []
        faulty: list[Queued] = []
        for payment in group:
            pending = room.books.pending[payment.key]
            own = trial.of(pending)
            plan = waiting.ready(own, pending, Wait.QUEUE)
            if not isinstance(plan, Plan):
                faulty.append(payment)
                continue
            records.append(recorded(own, plan, pending))
            legs += plan.legs
            news += plan.news
        if faulty:
            # The trial is dropped. Outside it they end or wait for something else, or only the group stood in their way.
            for payment in faulty:
                pending = room.books.pending[payment.key]
                found = waiting.ready(draft.of(pending), pending, Wait.QUEUE)
                if isinstance(found, Plan):
                    self._barred.add(payment.key)
                else:
                    self.events += found
            return False
        short = _uncovered(trial, legs)
        if short is not None:
            touching = [p for p in group if short in (p.payer, p.payee)] or group
            self._barred.add(touching[-1].key)
            return False
        trial.move(legs)
        _adopt(draft.moves, trial.moves)
        self.events += [*news, LegsPosted(legs=legs, simultaneous=True)]
        self.events += [_with_balances_after(draft, record) for record in records]
        found_resolution = self._resolution(method, currency, _Settled(group, before))
        self.events.append(GridlockResolved(resolution=found_resolution))
        return True

    def _settled_of(self, plan: list[Queued]) -> list[Queued]:
        """Settle a plan in its order up to the first payment that does not settle after all; return those that did."""
        done: list[Queued] = []
        for payment in plan:
            pending = self.draft.room.books.pending[payment.key]
            found = waiting.resolve(self.draft, pending, Wait.QUEUE)
            assert not isinstance(found, Rejected), found
            self.events += found
            if not found:
                self._barred.add(payment.key)
            if not found or not isinstance(found[-1], PaymentSettled):
                return done
            done.append(payment)
        return done

    def _money(self) -> Money:
        draft = self.draft
        ledger = draft.room.ledger

        def headroom(account: int) -> int | None:
            if account < 0:
                return 0
            ceiling = ledger.account(account).booked_max
            return None if ceiling is None else ceiling - draft.booked(account)

        return Money(draft.available, headroom)

    def _all_waiting(self) -> list[Queued]:
        """List what may settle, by priority and time of entry."""
        lines = _Open(self.draft, self._barred, whole=True, firm=None)
        return sorted((p for line in lines.values() for p in line), key=_order)

    def _by_currency(self, payments: Iterable[Queued]) -> dict[str, list[Queued]]:
        ledger = self.draft.room.ledger
        found: dict[str, list[Queued]] = {}
        for payment in payments:
            found.setdefault(ledger.account(payment.payer).asset, []).append(payment)
        return found

    def _head_place(self, account: int) -> tuple[int, int]:
        line = self.draft.room.lines.line(account)
        return _order(line[0]) if line else (0, 0)

    def _resolution(self, method: str, currency: str, found: _Settled) -> Resolution:
        ledger, stamp = self.draft.room.ledger, self.draft.stamp
        positions = [
            NetPosition(ledger.account(account).code, net)
            for account, net in net_positions(found.payments).items()
        ]
        return Resolution(
            cycle=f"R{stamp.seq}",
            at_us=stamp.at_us,
            trigger=self.trigger,
            method=method,
            currency=currency,
            uetrs=[payment.key for payment in found.payments],
            value=min(sum(payment.amount for payment in found.payments), SUM_MAX),
            waiting_before=found.before,
            positions=positions,
        )


_Solve = Callable[[Queues, Money], list[list[Queued]]]


def _whole(solve: Callable[[Queues, Money], list[Queued]]) -> _Solve:
    """Return a method that finds one group as one that lists its groups."""

    def groups(queues: Queues, money: Money) -> list[list[Queued]]:
        group = solve(queues, money)
        return [group] if group else []

    return groups


METHODS: dict[str, _Solve] = {
    "BILATERAL": solver.bilateral_offset,
    "FULL": _whole(solver.full_netting),
    "PARTIAL": _whole(solver.partial_netting),
}


def _uncovered(draft: Draft, legs: Sequence[Leg]) -> int | None:
    """Return an account that the legs in one step would leave short, above its ceiling, or beyond the range of the ledger.

    Reading: the rules of a simultaneous chain (decision 13), after the entry so far.
    """
    ledger = draft.room.ledger
    net: dict[int, int] = {}
    for leg in legs:
        for account, change in ((leg.debit, -leg.amount), (leg.credit, leg.amount)):
            net[account] = net.get(account, 0) + change
            if abs(draft.booked(account) + net[account]) >= BOOKED_LIMIT:
                return account
    for account, change in net.items():
        described = ledger.account(account)
        if (
            described.booked_min is not None
            and change < 0
            and draft.available(account) + change < 0
        ):
            return account
        ceiling = described.booked_max
        if ceiling is not None and draft.booked(account) + change > ceiling:
            return account
    return None


def _with_balances_after(draft: Draft, record: PaymentSettled) -> PaymentSettled:
    """Give a record the balances at the end of its chain: those between its legs are no balances."""
    payment = record.payment
    order, ledger = payment.order, draft.room.ledger
    debtor = ledger.number(f"{order.debtor_account}/{order.currency}")
    creditor = ledger.number(f"{order.creditor_account}/{order.currency}")
    changed = msgspec.structs.replace(
        payment,
        debtor_booked_after=draft.booked(debtor) if payment.debtor and debtor is not None else 0,
        creditor_booked_after=(
            draft.booked(creditor) if payment.creditor and creditor is not None else 0
        ),
    )
    return PaymentSettled(payment=changed, outbound=record.outbound)


def _copy_of(moves: Moves) -> Moves:
    copied = Moves()
    for name in Moves.__slots__:
        value = getattr(moves, name)
        setattr(copied, name, value.copy() if hasattr(value, "copy") else value)
    return copied


def _adopt(moves: Moves, changed: Moves) -> None:
    for name in Moves.__slots__:
        setattr(moves, name, getattr(changed, name))


def _order(payment: Queued) -> tuple[int, int]:
    return payment.rank, payment.place


def apply_released(room: Offshore, event: QueueReleased, stamp: Stamp) -> None:
    """Keep the resolution for the views."""
    _keep(room, event.resolution)


def apply_resolved(room: Offshore, event: GridlockResolved, stamp: Stamp) -> None:
    """Keep the resolution for the views."""
    _keep(room, event.resolution)


def _keep(room: Offshore, resolution: Resolution) -> None:
    kept = room.books.liquidity.resolutions
    kept.append(resolution)
    del kept[:-RESOLUTIONS_KEPT]
