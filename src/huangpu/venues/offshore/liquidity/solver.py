"""Which of the waiting payments can settle now: five methods of rising power, as plain functions over plain data.

A queue belongs to the account that pays and has an order; `Money` says what each account has available and how much an account with a
ceiling may still receive. First in first out and its bypass settle payments one by one; offsetting and netting settle sets of payments in one
step. A payment overseas has no counter-flow: its payee is a nostro, which queues nothing. Accounts are numbers, so the same functions
serve a currency of one unit, of many units, or a test.

Partial netting is the algorithm of Bech and Soramäki (Bank of Finland DP 9/2001): start from all that wait and take the last payment of
an account that is not covered, until every account is. Every payment it takes is in no feasible set that respects the queues' order,
so what remains is the largest such set, and the only largest one. Leaves out: choosing among orders (NP-hard), splitting payments.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple


class Queued(NamedTuple):
    """One payment that waits. Units: amount in minor units; `rank` 0 is the highest priority, `place` the order of entry."""

    key: str
    payer: int
    payee: int
    amount: int
    rank: int = 0
    place: int = 0


Queues = Mapping[int, Sequence[Queued]]
"""The waiting payments of each account, in the order in which they are to settle."""


class Money:
    """What the accounts have, as the payments settled so far would leave them; the source itself is not touched."""

    __slots__ = ("_available", "_headroom", "moved")

    def __init__(
        self,
        available: Callable[[int], int],
        headroom: Callable[[int], int | None],
        moved: Mapping[int, int] | None = None,
    ) -> None:
        """Read through two functions: what an account can pay, and what it may still receive (None: no ceiling).

        Shape: moved are the net credits that are decided and not yet in the source.
        """
        self._available = available
        self._headroom = headroom
        self.moved: dict[int, int] = dict(moved or {})

    def available(self, account: int) -> int:
        """Return what the account can pay now."""
        return self._available(account) + self.moved.get(account, 0)

    def fits(self, payment: Queued) -> bool:
        """Tell whether the payment can settle now, by itself."""
        return payment.amount <= self.available(payment.payer) and self.takes(
            payment.payee, payment.amount
        )

    def takes(self, account: int, amount: int) -> bool:
        """Tell whether the account may receive the amount."""
        headroom = self._headroom(account)
        return headroom is None or amount <= headroom - self.moved.get(account, 0)

    def move(self, payment: Queued) -> None:
        """Count a payment as settled."""
        moved = self.moved
        moved[payment.payer] = moved.get(payment.payer, 0) - payment.amount
        moved[payment.payee] = moved.get(payment.payee, 0) + payment.amount


def fifo(queues: Queues, money: Money, woken: Iterable[int], limit: int) -> list[Queued]:
    """Settle the head of each woken account while it is covered; what is credited by that is woken in turn.

    Shape: the payments in an order in which each is covered, at most `limit`.
    """
    return bypass_fifo(queues, money, woken, limit, firm=None)


def bypass_fifo(
    queues: Queues,
    money: Money,
    woken: Iterable[int],
    limit: int,
    *,
    firm: Collection[int] | None = (),
) -> list[Queued]:
    """As `fifo`, but where a payment is not covered the next one is tried, unless its rank is `firm` (None: every rank).

    Shape: the payments in an order in which each is covered, at most `limit`.
    """
    waking = deque(dict.fromkeys(woken))
    left: dict[int, list[Queued]] = {}
    settled: list[Queued] = []
    while waking and len(settled) < limit:
        account = waking.popleft()
        if account not in left:
            left[account] = list(queues.get(account, ()))
        found = left[account]
        kept = _settle_one_account(found, money, settled, waking, (limit, firm))
        left[account] = kept
    return settled


def _settle_one_account(
    found: list[Queued],
    money: Money,
    settled: list[Queued],
    waking: deque[int],
    terms: tuple[int, Collection[int] | None],
) -> list[Queued]:
    """Walk through one queue once; return what still waits."""
    limit, firm = terms
    kept: list[Queued] = []
    for position, payment in enumerate(found):
        if len(settled) == limit or money.available(payment.payer) <= 0:
            return kept + found[position:]
        if money.fits(payment):
            money.move(payment)
            settled.append(payment)
            waking.append(payment.payee)
        elif firm is None or payment.rank in firm:
            return kept + found[position:]
        else:
            kept.append(payment)
    return kept


def bilateral_offset(queues: Queues, money: Money) -> list[list[Queued]]:
    """Settle, two accounts at a time, what stands at the head of both queues and goes to the other account.

    Rule: domain note C8, method 3; pairs in the order of their oldest payment, again until no pair offsets.
    Shape: groups of payments, each settled in one step.
    """
    left = {account: list(waiting) for account, waiting in queues.items() if waiting}
    groups: list[list[Queued]] = []
    progress = True
    while progress:
        progress = False
        for first, second in _facing_pairs(left):
            facing = {
                first: _run_towards(left[first], second),
                second: _run_towards(left[second], first),
            }
            group = partial_netting(facing, money)
            if not group:
                continue
            for payment in group:
                money.move(payment)
            for account in (first, second):
                taken = sum(payment.payer == account for payment in group)
                left[account] = left[account][taken:]
            groups.append(group)
            progress = True
    return groups


def _facing_pairs(left: Mapping[int, Sequence[Queued]]) -> list[tuple[int, int]]:
    """List the pairs of accounts whose heads pay each other."""
    heads = sorted((waiting[0] for waiting in left.values() if waiting), key=_order)
    pairs: dict[tuple[int, int], None] = {}
    for head in heads:
        facing = left.get(head.payee)
        if facing and facing[0].payee == head.payer and (head.payee, head.payer) not in pairs:
            pairs[head.payer, head.payee] = None
    return list(pairs)


def _run_towards(waiting: Sequence[Queued], payee: int) -> list[Queued]:
    """Return the payments from the head on that go to the payee, up to the first that does not."""
    run: list[Queued] = []
    for payment in waiting:
        if payment.payee != payee:
            break
        run.append(payment)
    return run


def full_netting(queues: Queues, money: Money) -> list[Queued]:
    """Settle everything in one step, or nothing.

    Rule: domain note C8, method 4; linear in the number of payments.
    """
    payments = _in_order(queues)
    net = net_positions(payments)
    for account, change in net.items():
        if change < 0 and money.available(account) + change < 0:
            return []
        if change > 0 and not money.takes(account, change):
            return []
    return payments


def partial_netting(queues: Queues, money: Money) -> list[Queued]:
    """Settle the largest set that respects every queue's order and leaves every account covered.

    Rule: domain note C8, method 5 (Bech and Soramäki); linear in the number of payments.
    Reading: where payees have ceilings the queues are first cut, in the order of all payments, at the first that no longer fits.
    """
    kept = {account: list(waiting) for account, waiting in _below_ceilings(queues, money).items()}
    net = net_positions([payment for waiting in kept.values() for payment in waiting])
    uncovered = deque(account for account in kept if _lacks(account, net, money))
    while uncovered:
        account = uncovered.popleft()
        waiting = kept[account]
        while waiting and _lacks(account, net, money):
            dropped = waiting.pop()
            net[account] += dropped.amount
            net[dropped.payee] -= dropped.amount
            if dropped.payee in kept and _lacks(dropped.payee, net, money):
                uncovered.append(dropped.payee)
    return _in_order(kept)


def net_positions(payments: Iterable[Queued]) -> dict[int, int]:
    """Add up what each account receives less what it pays."""
    net: dict[int, int] = {}
    for payment in payments:
        net[payment.payer] = net.get(payment.payer, 0) - payment.amount
        net[payment.payee] = net.get(payment.payee, 0) + payment.amount
    return net


def _lacks(account: int, net: Mapping[int, int], money: Money) -> bool:
    change = net.get(account, 0)
    return change < 0 and money.available(account) + change < 0


def _below_ceilings(queues: Queues, money: Money) -> dict[int, list[Queued]]:
    """Cut each queue at the first payment that a payee with a ceiling could not take after the ones before it."""
    kept: dict[int, list[Queued]] = {account: [] for account, found in queues.items() if found}
    cut: set[int] = set()
    received: dict[int, int] = {}
    for payment in _in_order(queues):
        if payment.payer in cut:
            continue
        total = received.get(payment.payee, 0) + payment.amount
        # An account that queues payments of its own has no ceiling: only mirrors of money elsewhere have one.
        if payment.payee not in kept and not money.takes(payment.payee, total):
            cut.add(payment.payer)
            continue
        received[payment.payee] = total
        kept[payment.payer].append(payment)
    return kept


def _in_order(queues: Queues) -> list[Queued]:
    """List all payments by rank and entry; the payments of one account keep their order among themselves."""
    return sorted((payment for waiting in queues.values() for payment in waiting), key=_order)


def _order(payment: Queued) -> tuple[int, int]:
    return payment.rank, payment.place
