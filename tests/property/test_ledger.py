"""The book and the plain ledger do the same, whatever they are asked, in both lanes."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.plain_ledger import TOP, PlainLedger

from huangpu.ledger import Account, Book, LedgerCode, Leg, LegKind, Side, pack, unpack

FLOORS = st.sampled_from([0, 0, 0, -50, None, None, 1 - TOP])
CEILINGS = st.sampled_from([None, None, None, 0, 120, TOP - 1])
AMOUNTS = st.one_of(
    st.integers(1, 60),
    st.sampled_from([0, -1, TOP - 1, TOP - 30, TOP // 2, TOP, TOP + 1, 2**63 - 1]),
)
KINDS = st.sampled_from([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4])


class LedgerMachine(RuleBasedStateMachine):
    """Draw accounts, chains, blocks and reloads; compare the two ledgers after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.plain = PlainLedger()

    @initialize()
    def open_the_usual_accounts(self) -> None:
        """Start with a source of money and two customers, so that short runs move something."""
        for floor in (None, 0, 0):
            self.open_account("USD", "U1", floor, None)

    @rule(
        asset=st.sampled_from(["USD", "USD", "688256"]),
        unit=st.sampled_from(["U1", "U1", "U2"]),
        floor=FLOORS,
        ceiling=CEILINGS,
    )
    def open_account(self, asset: str, unit: str, floor: int | None, ceiling: int | None) -> None:
        """Both number the account alike."""
        code = f"A{len(self.plain.accounts)}"
        account = Account(code, "HOLDER", asset, unit, "FTE", Side.CREDIT, floor, ceiling)
        assert self.book.open_account(account) == self.plain.open_account(account)

    @rule(data=st.data())
    def chain(self, data: st.DataObject) -> None:
        """A chain passes in both or fails in both, at the same leg, and then changes nothing."""
        legs = self.draw_chain(data)
        before = self.book.digest()
        shortfall = self.book.check(legs)
        assert self.book.digest() == before
        expected = self.plain.post(legs)
        assert expected == (None if shortfall is None else (shortfall.leg, shortfall.code))
        if shortfall is None:
            self.book.post(legs)

    @rule(data=st.data())
    def simultaneous_chain(self, data: st.DataObject) -> None:
        """A simultaneous chain passes in both or fails in both, and wherever the order is feasible it does what the order does."""
        legs = self.draw_chain(data)
        before = self.book.digest()
        shortfall = self.book.check(legs, simultaneous=True)
        in_order = self.book.check(legs)
        assert self.book.digest() == before
        expected = self.plain.post_simultaneous(legs)
        assert expected == (None if shortfall is None else (shortfall.leg, shortfall.code))
        assert in_order is not None or shortfall is None
        if shortfall is None:
            ordered = Book.load(self.book.dump())
            self.book.post(legs, simultaneous=True)
            if in_order is None:
                ordered.post(legs)
                assert ordered.digest() == self.book.digest()

    @rule(data=st.data())
    def block(self, data: st.DataObject) -> None:
        """The kernel gives every record of a block the code that the plain ledger gives."""
        # The numbers of holds to come are known when the block is drawn only as far as the block is sure to pass.
        chains = [self.draw_chain(data) for _ in range(data.draw(st.integers(1, 4)))]
        before = self.book.digest()
        codes = self.book.post_block(pack(chains))
        expected = [code for legs in chains for code in self.plain_codes(legs)]
        assert codes.tolist() == expected
        if not any(code == LedgerCode.OK for code in expected):
            assert self.book.digest() == before
        assert len(unpack(pack(chains), codes)) == expected.count(LedgerCode.OK)

    @rule()
    def reload(self) -> None:
        """A book read back from its dump has the same digest, and goes on in its place."""
        loaded = Book.load(self.book.dump())
        assert loaded.digest() == self.book.digest()
        self.book = loaded

    @precondition(lambda self: self.plain.open_holds)
    @rule(data=st.data(), kind=st.sampled_from([LegKind.POST, LegKind.VOID]))
    def close_a_hold(self, data: st.DataObject, kind: LegKind) -> None:
        """A hold that is open in one is open in the other, and is closed with its own figures."""
        number = data.draw(st.sampled_from(sorted(self.plain.open_holds)))
        hold = self.book.open_hold(number)
        assert hold is not None
        legs = [Leg(kind, hold.debit, hold.credit, hold.amount, number)]
        shortfall = self.book.check(legs)
        expected = self.plain.post(legs)
        assert expected == (None if shortfall is None else (shortfall.leg, shortfall.code))
        if shortfall is None:
            self.book.post(legs)
            assert self.book.open_hold(number) is None

    def draw_chain(self, data: st.DataObject) -> list[Leg]:
        """Draw one to five legs, often sensible, sometimes not."""
        legs: list[Leg] = []
        holds = dict(self.plain.open_holds)
        for _ in range(data.draw(st.integers(1, 5))):
            kind = data.draw(KINDS)
            if kind in (LegKind.POST, LegKind.VOID) and holds and data.draw(st.booleans()):
                number = data.draw(st.sampled_from(sorted(holds)))
                legs.append(Leg(kind, *holds[number], number))
                continue
            legs.append(self.draw_leg(data, kind))
            if kind == LegKind.HOLD:
                made = len([leg for leg in legs if leg.kind == LegKind.HOLD])
                leg = legs[-1]
                holds[self.plain.next_hold + made - 1] = (leg.debit, leg.credit, leg.amount)
        return legs

    def draw_leg(self, data: st.DataObject, kind: int) -> Leg:
        """Draw a leg over the known accounts and one beyond each end."""
        count = len(self.plain.accounts)
        numbers = st.one_of(st.integers(0, min(2, count - 1)), st.integers(-1, count))
        hold = data.draw(st.integers(-1, self.plain.next_hold + 1))
        return Leg(kind, data.draw(numbers), data.draw(numbers), data.draw(AMOUNTS), hold)

    def plain_codes(self, legs: list[Leg]) -> list[LedgerCode]:
        """Post a chain to the plain ledger and spread its outcome over the records of the chain."""
        failed = self.plain.post(legs)
        if failed is None:
            return [LedgerCode.OK] * len(legs)
        codes = [LedgerCode.CHAIN_BROKEN] * len(legs)
        codes[failed[0]] = failed[1]
        return codes

    @invariant()
    def balances_agree(self) -> None:
        """Booked and held are equal, and where there is a floor nothing went below it."""
        for number, account in enumerate(self.plain.accounts):
            assert self.book.booked(number) == self.plain.booked[number]
            assert self.book.held(number) == self.plain.held(number)
            assert abs(self.book.booked(number)) < TOP
            if account.booked_min is not None:
                assert self.book.available(number) >= 0
            if account.booked_max is not None:
                assert self.book.booked(number) <= account.booked_max

    @invariant()
    def holds_agree(self) -> None:
        """The same holds are open, with the same figures, and the next gets the same number."""
        assert self.book.next_hold() == self.plain.next_hold
        for number in range(self.plain.next_hold):
            leg = self.book.open_hold(number)
            found = None if leg is None else (leg.debit, leg.credit, leg.amount)
            assert found == self.plain.open_holds.get(number)

    @invariant()
    def totals_are_zero(self) -> None:
        """Money is conserved in every unit and asset."""
        assert set(self.book.totals().values()) <= {0}


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_chains_and_blocks_of_the_same_legs_leave_the_same_digest() -> None:
    lanes = (Book(), Book())
    for book in lanes:
        for number in range(40):
            floor = None if number % 4 else -200
            account = Account(f"A{number}", "H", "USD", "U", "FTE", Side.CREDIT, floor)
            book.open_account(account)
    source = np.random.default_rng(20261122)
    for _ in range(30):
        chains = []
        for _ in range(50):
            numbers = source.integers(0, 40, 5).tolist()
            kinds = source.integers(0, 2, 4).tolist()
            amounts = source.integers(1, 100, 4).tolist()
            chains.append(
                [Leg(*parts) for parts in zip(kinds, numbers, numbers[1:], amounts, strict=False)]
            )
        codes = lanes[0].post_block(pack(chains)).tolist()
        for place, legs in enumerate(chains):
            shortfall = lanes[1].check(legs)
            if shortfall is None:
                lanes[1].post(legs)
                assert codes[4 * place : 4 * place + 4] == [LedgerCode.OK] * 4
            else:
                assert codes[4 * place + shortfall.leg] == shortfall.code
        assert lanes[0].digest() == lanes[1].digest()
    assert lanes[0].next_hold() > 1_000
