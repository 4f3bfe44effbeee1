"""The log of ended payments: append-only, packed, and found again by every id that a payment used up.

The newest payments are Structs; each full thousand of them is packed into one block of bytes, from which a single payment is
decoded in microseconds when somebody asks. Ids (UETR, message, end-to-end, instruction) live in a `KeyTable`, hot and cold alike: a hit
names a payment, whose own ids are then compared. So a snapshot loads without decoding payments, and memory grows by some hundred
bytes a payment. Who took part in what is read off the blocks when a reader first asks. Leaves out: changing a payment, which is final.
"""

import datetime
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

import msgspec

from huangpu.core.calendar import date_of
from huangpu.core.keys import KeyTable
from huangpu.venues.offshore.orders import (
    SETTLED,
    Payment,
    PaymentOrder,
    keys_of,
    parties_among,
    uetr_key,
)

BLOCK_PAYMENTS = 1_024

_PARTIES = ("status", "sender", "bank", "debtor", "creditor", "creditor_bank", "correspondent")
_ACCOUNTS = ("debtor_account", "creditor_account")
_REST = tuple(f.name for f in msgspec.structs.fields(Payment) if f.name not in (*_PARTIES, "order"))
_ORDER = tuple(f.name for f in msgspec.structs.fields(PaymentOrder) if f.name not in _ACCOUNTS)
_OF_PAYMENT = (*_PARTIES, *_REST)
_OF_ORDER = (*_ACCOUNTS, *_ORDER)
_LAYOUT = (*_PARTIES, *_ACCOUNTS, *_REST, *_ORDER)
"""The order of the packed fields: who took part comes first, so that an index can read that alone."""

_values = attrgetter(
    *_PARTIES,
    *(f"order.{name}" for name in _ACCOUNTS),
    *_REST,
    *(f"order.{name}" for name in _ORDER),
)
_PAYMENT_TYPES = {field.name: field.type for field in msgspec.structs.fields(Payment)}
_ORDER_TYPES = {field.name: field.type for field in msgspec.structs.fields(PaymentOrder)}
_Packed = msgspec.defstruct(
    "_Packed",
    [
        *((name, _PAYMENT_TYPES[name]) for name in _PARTIES),
        *((name, _ORDER_TYPES[name]) for name in _ACCOUNTS),
        *((name, _PAYMENT_TYPES[name]) for name in _REST),
        *((f"order_{name}", _ORDER_TYPES[name]) for name in _ORDER),
    ],
    array_like=True,
    gc=False,
)
_payment_of = attrgetter(*_OF_PAYMENT)
_order_of = attrgetter(*_ACCOUNTS, *(f"order_{name}" for name in _ORDER))


class _Parties(msgspec.Struct, array_like=True, gc=False):
    """The beginning of a packed payment: how it ended, who took part, over which accounts."""

    status: str
    sender: str
    bank: str
    debtor: str
    creditor: str
    creditor_bank: str
    correspondent: str
    debtor_account: str
    creditor_account: str


class _Block(msgspec.Struct, frozen=True, array_like=True):
    """A thousand packed payments in one piece, and where each begins (little-endian 32-bit, one more at the end)."""

    packed: bytes | memoryview
    starts: bytes | memoryview


class _Dump(msgspec.Struct, frozen=True, array_like=True):
    """What `dump` writes. Another layout of the fields is another version's, and refused."""

    layout: tuple[str, ...]
    blocks: list[tuple[memoryview, memoryview]]
    tail: list[memoryview]
    keys: memoryview


_encode = msgspec.msgpack.Encoder().encode
_decode_whole = msgspec.msgpack.Decoder(_Packed).decode
_decode_parties = msgspec.msgpack.Decoder(_Parties).decode


class PaymentLog:
    """Every payment that has ended, numbered from 0 in the order in which it ended."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._tail: list[Payment] = []
        self._keys = KeyTable()
        self._by_institution: dict[str, array[int]] = {}
        self._by_account: dict[str, array[int]] = {}
        self._sorted = 0

    def __len__(self) -> int:
        return len(self._blocks) * BLOCK_PAYMENTS + len(self._tail)

    def __iter__(self) -> Iterator[Payment]:
        return (self.at(number) for number in range(len(self)))

    def append(self, payment: Payment, date: datetime.date) -> None:
        """Add a payment and use up its ids; `date` is the business date on which it was received."""
        tail = self._tail
        number = len(self._blocks) * BLOCK_PAYMENTS + len(tail)
        assert payment.number == number
        add = self._keys.add
        for key in keys_of(payment, date):
            add(key, number)
        tail.append(payment)
        if len(tail) == BLOCK_PAYMENTS:
            self._blocks.append(_block_of(tail))
            self._tail = []

    def at(self, number: int) -> Payment:
        """Return a payment by its number."""
        place, rest = divmod(number, BLOCK_PAYMENTS)
        if place == len(self._blocks):
            return self._tail[rest]
        return _unpacked(_piece(self._blocks[place], rest))

    def get(self, uetr: str) -> Payment | None:
        """Return the payment of a UETR."""
        for number in self._keys.find(uetr_key(uetr)):
            found = self.at(number)
            if found.order.uetr == uetr:
                return found
        return None

    def uses_any(self, keys: Sequence[str]) -> bool:
        """Tell whether one of these ids, in the form of `keys_of`, is used up by a payment of the log."""
        find = self._keys.find
        for key in keys:
            for number in find(key):
                found = self.at(number)
                if key in keys_of(found, date_of(found.received_us or found.at_us)):
                    return True
        return False

    def newest_first(self, after: str = "") -> Iterator[Payment]:
        """Iterate from the newest payment, or from the one before number `after`, to the oldest."""
        return self._descending(range(len(self)), after)

    def of_institution(self, institution: str, after: str = "") -> Iterator[Payment]:
        """Iterate over the payments that concern an institution, newest first."""
        self._catch_up()
        return self._descending(self._by_institution.get(institution, ()), after)

    def of_account(self, account_id: str, after: str = "") -> Iterator[Payment]:
        """Iterate over the payments that moved money on an account kept here, newest first."""
        self._catch_up()
        return self._descending(self._by_account.get(account_id, ()), after)

    def dump(self) -> bytes:
        """Write the log as msgpack; the same payments in the same order give the same bytes."""
        return _encode(
            (
                _LAYOUT,
                [(block.packed, block.starts) for block in self._blocks],
                [_encode(_values(payment)) for payment in self._tail],
                self._keys.dump(),
            )
        )

    @classmethod
    def load(cls, body: bytes | memoryview) -> "PaymentLog":
        """Rebuild a log from `dump`; the blocks stay where they lie in `body`.

        Raises: msgspec.DecodeError where another version wrote it.
        """
        dump = msgspec.msgpack.decode(body, type=_Dump)
        if dump.layout != _LAYOUT:
            raise msgspec.DecodeError(f"payments of {len(dump.layout)} fields, here {len(_LAYOUT)}")
        log = cls()
        log._blocks = [_Block(packed, starts) for packed, starts in dump.blocks]
        log._tail = [_unpacked(packed) for packed in dump.tail]
        log._keys = KeyTable.load(dump.keys)
        return log

    def _descending(self, numbers: Sequence[int], after: str) -> Iterator[Payment]:
        end = len(numbers)
        if after:
            end = bisect_left(numbers, int(after)) if after.isdecimal() else 0
        return (self.at(numbers[position]) for position in range(end - 1, -1, -1))

    def _catch_up(self) -> None:
        """Sort the payments since the last look under accounts and parties; only readers need it, so it is theirs to pay for."""
        total = len(self)
        for number in range(self._sorted, total):
            place, rest = divmod(number, BLOCK_PAYMENTS)
            if place == len(self._blocks):
                found: _Parties | Payment = self._tail[rest]
                debtor_account = self._tail[rest].order.debtor_account
                creditor_account = self._tail[rest].order.creditor_account
            else:
                found = _decode_parties(_piece(self._blocks[place], rest))
                debtor_account, creditor_account = found.debtor_account, found.creditor_account
            moved = found.status in SETTLED
            if moved and found.debtor:
                self._by_account.setdefault(debtor_account, array("q")).append(number)
            if moved and found.creditor:
                self._by_account.setdefault(creditor_account, array("q")).append(number)
            paid = (found.creditor, found.creditor_bank, found.correspondent) if moved else ()
            for party in parties_among(found.sender, found.bank, found.debtor, *paid):
                self._by_institution.setdefault(party, array("q")).append(number)
        self._sorted = total


def _block_of(payments: list[Payment]) -> _Block:
    pieces = [_encode(_values(payment)) for payment in payments]
    starts = array("I", [0])
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return _Block(b"".join(pieces), starts.tobytes())


def _piece(block: _Block, place: int) -> memoryview:
    starts = memoryview(block.starts).cast("I")
    return memoryview(block.packed)[starts[place] : starts[place + 1]]


def _unpacked(packed: bytes | memoryview) -> Payment:
    found = _decode_whole(packed)
    order = PaymentOrder(**dict(zip(_OF_ORDER, _order_of(found), strict=True)))
    return Payment(order=order, **dict(zip(_OF_PAYMENT, _payment_of(found), strict=True)))
