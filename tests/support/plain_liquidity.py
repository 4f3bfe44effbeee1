"""The liquidity methods once more, by trying everything: slow, obvious, and the judge of the fast ones."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from huangpu.venues.offshore.liquidity.solver import Queued, Queues


def covered(payments: Sequence[Queued], available: Mapping[int, int]) -> bool:
    """Tell whether all the payments can settle in one step: nobody who pays ends below zero."""
    left = dict(available)
    for payment in payments:
        left[payment.payer] = left.get(payment.payer, 0) - payment.amount
        left[payment.payee] = left.get(payment.payee, 0) + payment.amount
    return all(left[payment.payer] >= 0 for payment in payments)


def feasible_sets(queues: Queues, available: Mapping[int, int]) -> Iterator[frozenset[Queued]]:
    """Try every way of taking the first so many payments of each account."""
    prefixes = [
        [tuple(waiting[:count]) for count in range(len(waiting) + 1)] for waiting in queues.values()
    ]
    for chosen in itertools.product(*prefixes):
        payments = [payment for prefix in chosen for payment in prefix]
        if covered(payments, available):
            yield frozenset(payments)


def one_by_one(queues: Queues, available: Mapping[int, int]) -> set[Queued]:
    """Settle any head that is covered until none is: first in first out, by scanning everything each time."""
    left = dict(available)
    heads = dict.fromkeys(queues, 0)
    settled: set[Queued] = set()
    while True:
        ready = [
            queues[account][head]
            for account, head in heads.items()
            if head < len(queues[account]) and queues[account][head].amount <= left.get(account, 0)
        ]
        if not ready:
            return settled
        payment = ready[-1]
        heads[payment.payer] += 1
        left[payment.payer] -= payment.amount
        left[payment.payee] = left.get(payment.payee, 0) + payment.amount
        settled.add(payment)


def partial_netting_rescanned(queues: Queues, available: Mapping[int, int]) -> set[Queued]:
    """Take last payments of uncovered accounts, adding everything up again after each: the benchmark's slow version."""
    kept = {account: list(waiting) for account, waiting in queues.items()}
    while True:
        left = dict(available)
        for waiting in kept.values():
            for payment in waiting:
                left[payment.payer] = left.get(payment.payer, 0) - payment.amount
                left[payment.payee] = left.get(payment.payee, 0) + payment.amount
        uncovered = next((account for account in kept if kept[account] and left[account] < 0), None)
        if uncovered is None:
            return {payment for waiting in kept.values() for payment in waiting}
        kept[uncovered].pop()
