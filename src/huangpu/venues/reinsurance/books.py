"""The state of the reinsurance exchange: the books that are snapshotted, and the indexes rebuilt from them."""

import datetime
from typing import Any

import msgspec

from huangpu.core.message import Stamp
from huangpu.ledger.book import Book
from huangpu.registry import Registry
from huangpu.venues.reinsurance.accounting import PremiumAccount
from huangpu.venues.reinsurance.desks import DeskSignal
from huangpu.venues.reinsurance.membership import Member, Seat
from huangpu.venues.reinsurance.placement.binding import Contract, next_change
from huangpu.venues.reinsurance.placement.lines import Line
from huangpu.venues.reinsurance.placement.quoting import Quote
from huangpu.venues.reinsurance.placement.slip import ENDED, Slip, SlipState, Transition
from huangpu.venues.reinsurance.settlement import Payment
from huangpu.venues.reinsurance.statistics import Totals


class ReinsuranceBooks(msgspec.Struct):
    """Everything the exchange remembers, by id; inner dicts are by slip, then by reinsurer."""

    members: dict[str, Member] = {}
    seats: dict[str, Seat] = {}
    settlement_accounts: dict[str, str] = {}
    desks: dict[str, DeskSignal] = {}
    slips: dict[str, Slip] = {}
    quotes: dict[str, dict[str, Quote]] = {}
    declines: dict[str, dict[str, str]] = {}
    lines: dict[str, dict[str, Line]] = {}
    histories: dict[str, list[Transition]] = {}
    contracts: dict[str, Contract] = {}
    trade_numbers: dict[str, int] = {}
    accounts: dict[str, PremiumAccount] = {}
    payments: dict[str, Payment] = {}


class Reinsurance:
    """The exchange's books with the registry and the ledger it works on.

    `lapsing` holds open slips by their last day, `changing` contracts by the date of their next change: a tick looks at due days only.
    """

    def __init__(self, registry: Registry, ledger: Book) -> None:
        self.registry = registry
        self.ledger = ledger
        self.books = ReinsuranceBooks()
        self.lapsing: dict[datetime.date, dict[str, None]] = {}
        self.changing: dict[datetime.date, dict[str, None]] = {}
        self.totals = Totals()

    def dump(self) -> bytes:
        """Return the books as bytes."""
        return msgspec.msgpack.encode(self.books)

    @classmethod
    def load(cls, body: bytes, registry: Registry, ledger: Book) -> "Reinsurance":
        """Rebuild the room and its indexes from `dump`."""
        room = cls(registry, ledger)
        room.books = msgspec.msgpack.decode(body, type=ReinsuranceBooks)
        for slip in room.books.slips.values():
            if slip.state not in ENDED:
                room.lapsing.setdefault(slip.lapses_on, {})[slip.id] = None
        for contract in list(room.books.contracts.values()):
            room.keep_contract(contract)
        for account in room.books.accounts.values():
            room.count_premium(account)
        return room

    def move(self, slip_id: str, state: SlipState, **changes: Any) -> None:
        """Set a slip's state and further fields; an ended slip cannot lapse any more."""
        slip = self.books.slips[slip_id]
        assert slip.state not in ENDED, slip
        self.books.slips[slip_id] = msgspec.structs.replace(slip, state=state, **changes)
        if state in ENDED:
            due = self.lapsing[slip.lapses_on]
            del due[slip_id]
            if not due:
                del self.lapsing[slip.lapses_on]

    def note(self, slip_id: str, stamp: Stamp, what: str, detail: str, party: str = "") -> None:
        """Add a step to a slip's history."""
        step = Transition(
            at_us=stamp.at_us,
            seq=stamp.seq,
            person=stamp.person,
            institution=stamp.institution,
            what=what,
            detail=detail,
            party=party,
        )
        self.books.histories.setdefault(slip_id, []).append(step)

    def keep_contract(self, contract: Contract) -> None:
        """Enter a contract or its new status, and the date of its next change."""
        before = self.books.contracts.get(contract.trade_code)
        if before is not None and (day := next_change(before)) in self.changing:
            due = self.changing[day]
            due.pop(contract.trade_code, None)
            if not due:
                del self.changing[day]
        self.books.contracts[contract.trade_code] = contract
        day = next_change(contract)
        if day is not None:
            self.changing.setdefault(day, {})[contract.trade_code] = None

    def count_premium(self, account: PremiumAccount) -> None:
        """Add an account to the running totals."""
        self.totals.count(self.books.contracts[account.trade_code], account)
