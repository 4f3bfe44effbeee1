"""What must hold after every run, read from the journal alone: a ledger of its own, the answers, and the centre's own audit.

Every entry is read once. Its legs are posted to plain Python integers, which share no code with the centre's ledger: no leg crosses a
unit or an asset, no hold is spent twice, and after every chain nothing that was touched is below its floor or above its ceiling. Beside that
runs the audit, which decides every command again. An id that was answered is in the journal, with that answer, and no other id is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from huangpu.app import load_rules
from huangpu.core.message import Rejected
from huangpu.engine import CODEC, Entry, replay
from huangpu.journal.sqlite import SqliteReader
from huangpu.ledger.accounts import Account
from huangpu.ledger.events import AccountOpened, LegsPosted, PostOpeningBalance
from huangpu.ledger.transfers import Leg, LegKind
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.fx.deals import FxDealSettled
from huangpu.venues.offshore.fx.liquidity import FXLIQ, liquidity_id
from huangpu.venues.offshore.fx.state import FxSide
from huangpu.venues.offshore.payments.words import PaymentEnded, PaymentSettled, PaymentWaiting
from huangpu.venues.offshore.recalls.words import PaymentReturned

CUSTOMERS: Final = frozenset({*AccountClass, FXLIQ})
OURS: Final = "w-"
"""How the ids of the workload begin."""


class Found(msgspec.Struct):
    """What a journal holds: entries, answers to the workload's commands, payments settled, waits begun, chains of legs."""

    entries: int = 0
    accepted: int = 0
    refused: int = 0
    settled: int = 0
    waiting: int = 0
    chains: int = 0


class PlainLedger:
    """Balances in dicts: booked and held of each account, the open holds."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.booked: list[int] = []
        self.held: list[int] = []
        self.holds: dict[int, Leg] = {}
        self.next_hold = 0

    def open(self, account: Account) -> None:
        """Open an account; numbers follow the order."""
        self.accounts.append(account)
        self.booked.append(0)
        self.held.append(0)

    def post(self, legs: Iterable[Leg]) -> None:
        """Post a chain, then look at all that it touched."""
        touched: set[int] = set()
        for leg in legs:
            debit, credit = self.accounts[leg.debit], self.accounts[leg.credit]
            assert (debit.asset, debit.unit) == (credit.asset, credit.unit), leg
            assert leg.amount > 0, leg
            touched |= {leg.debit, leg.credit}
            if leg.kind == LegKind.HOLD:
                self.holds[self.next_hold] = leg
                self.next_hold += 1
                self.held[leg.debit] += leg.amount
                continue
            if leg.kind in (LegKind.POST, LegKind.VOID):
                hold = self.holds.pop(leg.hold)
                assert (hold.debit, hold.credit, hold.amount) == (leg.debit, leg.credit, leg.amount)
                self.held[leg.debit] -= leg.amount
            if leg.kind != LegKind.VOID:
                self.booked[leg.debit] -= leg.amount
                self.booked[leg.credit] += leg.amount
        for number in touched:
            self._look(number)

    def _look(self, number: int) -> None:
        account, booked = self.accounts[number], self.booked[number]
        if account.booked_min is not None:
            available = booked - self.held[number] - account.booked_min
            assert available >= 0, f"{account.code}: available {available}"
        if account.booked_max is not None:
            assert booked <= account.booked_max, f"{account.code}: booked {booked}"

    def totals(self) -> dict[str, int]:
        """Sum booked of each unit and asset."""
        sums: Counter[str] = Counter()
        for account, booked in zip(self.accounts, self.booked, strict=True):
            sums[f"{account.unit}/{account.asset}"] += booked
        return dict(sums)

    def unlike(self, recorded: Mapping[str, int]) -> list[tuple[str, int, int]]:
        """List the accounts of customers and of FX liquidity whose balance is not what the records add up to."""
        return [
            (account.code, booked, recorded.get(account.code, 0))
            for account, booked in zip(self.accounts, self.booked, strict=True)
            if account.kind in CUSTOMERS and booked != recorded.get(account.code, 0)
        ]


def stored(folder: Path) -> Iterator[Entry]:
    """Read every entry of a data folder."""
    reader = SqliteReader(folder)
    try:
        for block in reader.read(1):
            yield from CODEC.decode(block.body)
    finally:
        reader.close()


def checked(folder: Path, answers: Mapping[str, int]) -> Found:
    """Hold a journal to the invariants; `answers` are the statuses that the clients were given, by command id.

    Raises: AssertionError naming what does not hold.
    """
    found, ledger = Found(), PlainLedger()
    posted: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    seen: dict[str, int] = {}

    def watched() -> Iterator[Entry]:
        for entry in stored(folder):
            assert entry.seq == found.entries + 1, f"entry {entry.seq} after {found.entries}"
            found.entries += 1
            if entry.id.startswith(OURS):
                assert entry.id not in seen, f"{entry.id} is journaled twice"
                seen[entry.id] = 422 if isinstance(entry.outcome, Rejected) else 200
            if not isinstance(entry.outcome, Rejected):
                _take(entry, found, ledger, posted)
                _record(entry, recorded)
            yield entry

    report = replay.audit(load_rules(), watched())
    assert not report.differences, report.differences[:3]
    assert not any(ledger.totals().values()), ledger.totals()
    unexplained = ledger.unlike(recorded)
    assert not unexplained, f"balances that the records do not explain: {unexplained[:3]}"
    more = [uetr for uetr, count in posted.items() if count > 1]
    assert not more, f"settled more than once: {more[:3]}"
    # What was refused as malformed never came to the journal.
    told = {key: status for key, status in answers.items() if status != 400}
    assert told.keys() == seen.keys(), (
        f"answered, not journaled: {sorted(told.keys() - seen.keys())[:3]}; "
        f"journaled, not answered: {sorted(seen.keys() - told.keys())[:3]}"
    )
    unlike = [key for key, status in told.items() if status != seen[key]]
    assert not unlike, f"answered otherwise than journaled: {unlike[:3]}"
    found.accepted = sum(status == 200 for status in seen.values())
    found.refused = len(seen) - found.accepted
    return found


def _take(entry: Entry, found: Found, ledger: PlainLedger, posted: Counter[str]) -> None:
    """Post what an entry moved; a payment that is recorded as settled moved money in this entry."""
    assert not isinstance(entry.outcome, Rejected)
    moved = False
    for event in entry.outcome:
        if isinstance(event, LegsPosted):
            ledger.post(event.legs)
            found.chains += 1
            moved = True
        elif isinstance(event, AccountOpened):
            ledger.open(event.account)
        elif isinstance(event, PaymentSettled):
            assert moved, f"entry {entry.seq}: settled without a posting"
            posted[event.payment.order.uetr] += 1
            found.settled += 1
        elif isinstance(event, PaymentWaiting):
            found.waiting += 1
        elif isinstance(event, PaymentEnded):
            assert event.payment.order.uetr not in posted, event


def _record(entry: Entry, recorded: Counter[str]) -> None:
    """Add up what the records say of customers' money, without a look at the legs."""
    command = entry.command
    if isinstance(command, PostOpeningBalance):
        recorded[command.debit] -= command.amount
        recorded[command.credit] += command.amount
    assert not isinstance(entry.outcome, Rejected)
    for event in entry.outcome:
        if isinstance(event, PaymentSettled):
            order = event.payment.order
            extra = 0 if order.charge_bearer == "CRED" else event.payment.charge
            if event.payment.debtor:
                recorded[f"{order.debtor_account}/{order.currency}"] -= order.amount + extra
            if event.payment.creditor:
                recorded[f"{order.creditor_account}/{order.currency}"] += order.amount
        elif isinstance(event, PaymentReturned):
            back = event.posted
            if back.payer:
                recorded[f"{back.payer_account}/{back.currency}"] -= back.amount
            if back.payee:
                recorded[f"{back.payee_account}/{back.currency}"] += back.amount
        elif isinstance(event, FxDealSettled):
            deal = event.deal
            base, counter = deal.pair.split("/")
            sign = 1 if deal.side is FxSide.BUY else -1
            for account, way in ((deal.account, sign), (liquidity_id(deal.bank), -sign)):
                recorded[f"{account}/{base}"] += way * deal.base
                recorded[f"{account}/{counter}"] -= way * deal.counter
