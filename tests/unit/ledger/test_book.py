"""The book: what a chain may do, what it is refused for, and that a refusal changes nothing."""

import msgspec
import numpy as np
import pytest

from huangpu.ledger import (
    TRANSFER_RECORD,
    Account,
    Book,
    LedgerCode,
    Leg,
    LegKind,
    Shortfall,
    Side,
    interunit_code,
    pack,
)
from huangpu.ledger.events import LegsPosted

TRANSFER, HOLD, POST, VOID = LegKind
OPENING, ALICE, BOB, SHARES = 0, 1, 2, 3


def account(code: str, *, asset: str = "USD", unit: str = "BANK", floor: int | None = 0) -> Account:
    return Account(code, "HOLDER", asset, unit, "FTE", Side.CREDIT, floor)


@pytest.fixture
def book() -> Book:
    """An opening position, two customers, the first with 5,000, and a share account."""
    made = Book()
    made.open_account(Account("OPENING/USD", "CENTRE", "USD", "BANK", "OPENING", Side.DEBIT, None))
    made.open_account(account("ALICE/USD"))
    made.open_account(account("BOB/USD"))
    made.open_account(account("BOB/688256", asset="688256"))
    made.post([Leg(TRANSFER, OPENING, ALICE, 5_000)])
    return made


def refused(book: Book, legs: list[Leg]) -> Shortfall:
    """Check a chain that must fail: it changes nothing, and posting it would be a crash."""
    before = book.digest()
    shortfall = book.check(legs)
    assert shortfall is not None
    with pytest.raises(AssertionError, match=shortfall.code.name):
        book.post(legs)
    codes = book.post_block(pack([legs])).tolist()
    expected = [LedgerCode.CHAIN_BROKEN] * len(legs)
    expected[shortfall.leg] = shortfall.code
    assert codes == expected
    assert book.digest() == before
    return shortfall


def test_a_debit_lowers_and_a_credit_raises(book: Book) -> None:
    book.post([Leg(TRANSFER, ALICE, BOB, 1_200)])
    assert (book.booked(ALICE), book.booked(BOB)) == (3_800, 1_200)
    assert book.booked(OPENING) == -5_000
    assert book.balance(OPENING) == 5_000  # a mirror reads positive
    assert book.totals() == {("BANK", "USD"): 0, ("BANK", "688256"): 0}


def test_numbers_are_found_by_code(book: Book) -> None:
    assert book.number("BOB/USD") == BOB
    assert book.number("NOBODY") is None
    assert book.account(BOB).code == "BOB/USD"
    assert book.account_count() == 4


def test_a_code_is_opened_once(book: Book) -> None:
    with pytest.raises(AssertionError, match="BOB/USD"):
        book.open_account(account("BOB/USD"))


def test_numbers_outside_the_book_are_not_read_from_its_end(book: Book) -> None:
    for read in (book.booked, book.held, book.available, book.balance, book.account):
        for number in (-1, 4):
            with pytest.raises(AssertionError):
                read(number)


def test_six_holds_of_1000_against_5000_the_sixth_fails(book: Book) -> None:
    hold = [Leg(HOLD, ALICE, BOB, 1_000)]
    for number in range(5):
        assert book.check(hold) is None
        book.post(hold)
        assert book.next_hold() == number + 1
    assert (book.booked(ALICE), book.held(ALICE), book.available(ALICE)) == (5_000, 5_000, 0)
    found = refused(book, hold)
    assert found == Shortfall(0, LedgerCode.INSUFFICIENT_FUNDS, ALICE, 0, 1_000)


def test_six_holds_of_1000_against_5000_in_one_block_the_sixth_fails(book: Book) -> None:
    codes = book.post_block(pack([[Leg(HOLD, ALICE, BOB, 1_000)]] * 6))
    assert codes.tolist() == [LedgerCode.OK] * 5 + [LedgerCode.INSUFFICIENT_FUNDS]
    assert book.held(ALICE) == 5_000


def test_six_holds_of_1000_against_5000_in_one_chain_none_stays(book: Book) -> None:
    assert refused(book, [Leg(HOLD, ALICE, BOB, 1_000)] * 6).leg == 5
    assert (book.held(ALICE), book.next_hold()) == (0, 0)


def test_held_money_cannot_be_transferred(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 4_999)])
    assert refused(book, [Leg(TRANSFER, ALICE, BOB, 2)]).found == 1
    assert book.check([Leg(TRANSFER, ALICE, BOB, 1)]) is None


def test_a_posted_hold_moves_the_money_and_a_voided_one_frees_it(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 3_000), Leg(HOLD, ALICE, BOB, 2_000)])
    assert book.open_hold(0) == Leg(HOLD, ALICE, BOB, 3_000, 0)
    book.post([Leg(POST, ALICE, BOB, 3_000, 0), Leg(VOID, ALICE, BOB, 2_000, 1)])
    assert (book.booked(ALICE), book.held(ALICE), book.booked(BOB)) == (2_000, 0, 3_000)
    assert book.open_hold(0) is None
    assert book.open_hold(99) is None


def test_a_hold_is_closed_once_in_full_and_only_if_it_exists(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 3_000)])
    assert refused(book, [Leg(POST, ALICE, BOB, 2_999, 0)]) == Shortfall(
        0, LedgerCode.HOLD_DIFFERS, ALICE, 2_999, 3_000
    )
    assert refused(book, [Leg(VOID, BOB, ALICE, 3_000, 0)]).code == LedgerCode.HOLD_DIFFERS
    for number in (-1, 1, 10**12):
        leg = Leg(VOID, ALICE, BOB, 3_000, number)
        assert refused(book, [leg]).code == LedgerCode.UNKNOWN_HOLD
    twice = [Leg(POST, ALICE, BOB, 3_000, 0), Leg(VOID, ALICE, BOB, 3_000, 0)]
    assert refused(book, twice).code == LedgerCode.HOLD_NOT_OPEN
    book.post(twice[:1])
    assert refused(book, twice[:1]).code == LedgerCode.HOLD_NOT_OPEN


def test_a_hold_made_in_a_chain_can_be_posted_in_it(book: Book) -> None:
    chain = [Leg(HOLD, ALICE, BOB, 700), Leg(POST, ALICE, BOB, 700, 0)]
    assert book.check(chain) is None
    book.post(chain)
    assert (book.booked(BOB), book.held(ALICE), book.next_hold()) == (700, 0, 1)
    again = [Leg(HOLD, ALICE, BOB, 700), Leg(POST, ALICE, BOB, 700, 1)]
    assert not book.post_block(pack([again])).any()
    assert (book.booked(BOB), book.held(ALICE), book.next_hold()) == (1_400, 0, 2)


def test_earlier_legs_of_a_chain_count(book: Book) -> None:
    onward = [Leg(TRANSFER, ALICE, BOB, 5_000), Leg(TRANSFER, BOB, ALICE, 5_000)]
    assert book.check(onward) is None
    twice = [Leg(TRANSFER, ALICE, BOB, 3_000), Leg(TRANSFER, ALICE, BOB, 3_000)]
    assert refused(book, twice) == Shortfall(1, LedgerCode.INSUFFICIENT_FUNDS, ALICE, 2_000, 3_000)


def test_a_chain_that_was_checked_before_another_was_posted_sees_the_other(book: Book) -> None:
    first, other = [Leg(TRANSFER, ALICE, BOB, 1_000)], [Leg(TRANSFER, ALICE, BOB, 200)]
    assert book.check(first) is None
    book.post(other)
    book.post(first)
    book.post(first)
    assert (book.booked(ALICE), book.booked(BOB)) == (2_800, 2_200)
    assert book.check(first) is None
    book.post_block(pack([other]))
    book.post(first)
    assert (book.booked(ALICE), book.booked(BOB)) == (1_600, 3_400)


def test_a_chain_that_grew_after_its_check_is_tried_again(book: Book) -> None:
    legs = [Leg(TRANSFER, ALICE, BOB, 1_000)]
    assert book.check(legs) is None
    legs.append(Leg(TRANSFER, BOB, ALICE, 400))
    book.post(legs)
    assert (book.booked(ALICE), book.booked(BOB)) == (4_400, 600)


def test_a_chain_that_fails_in_the_middle_leaves_nothing(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 100)])
    chain = [
        Leg(TRANSFER, ALICE, BOB, 900),
        Leg(HOLD, ALICE, BOB, 50),
        Leg(POST, ALICE, BOB, 100, 0),
        Leg(TRANSFER, BOB, ALICE, 1_001),
        Leg(TRANSFER, ALICE, BOB, 1),
    ]
    assert refused(book, chain) == Shortfall(3, LedgerCode.INSUFFICIENT_FUNDS, BOB, 1_000, 1_001)


@pytest.mark.parametrize(
    ("leg", "code"),
    [
        (Leg(TRANSFER, ALICE, 4, 1), LedgerCode.UNKNOWN_ACCOUNT),
        (Leg(TRANSFER, -1, BOB, 1), LedgerCode.UNKNOWN_ACCOUNT),
        (Leg(TRANSFER, ALICE, ALICE, 1), LedgerCode.SAME_ACCOUNT),
        (Leg(TRANSFER, ALICE, BOB, 0), LedgerCode.AMOUNT_NOT_POSITIVE),
        (Leg(HOLD, ALICE, BOB, -5), LedgerCode.AMOUNT_NOT_POSITIVE),
        (Leg(TRANSFER, ALICE, SHARES, 1), LedgerCode.ASSET_MISMATCH),
        (Leg(4, ALICE, BOB, 1), LedgerCode.RECORD_MALFORMED),
        (Leg(TRANSFER, ALICE, BOB, 1 << 62), LedgerCode.OVERFLOW),
    ],
)
def test_a_leg_is_refused_by_form(book: Book, leg: Leg, code: LedgerCode) -> None:
    assert refused(book, [leg]).code == code


def test_a_number_beyond_any_record_is_refused_and_not_a_crash(book: Book) -> None:
    huge = 1 << 80
    for leg in (Leg(TRANSFER, huge, BOB, 1), Leg(TRANSFER, ALICE, BOB, huge)):
        assert book.check([leg]) is not None


def test_two_units_never_share_a_leg(book: Book) -> None:
    other = book.open_account(account("CAROL/USD", unit="OTHER"))
    assert refused(book, [Leg(TRANSFER, ALICE, other, 1)]).code == LedgerCode.UNIT_MISMATCH


def test_a_floor_below_zero_is_an_overdraft_and_one_above_a_minimum(book: Book) -> None:
    overdraft = book.open_account(account("OVERDRAFT", floor=-300))
    assert book.available(overdraft) == 300
    assert refused(book, [Leg(TRANSFER, overdraft, BOB, 301)]).found == 300
    book.post([Leg(TRANSFER, overdraft, BOB, 300)])
    assert (book.booked(overdraft), book.available(overdraft)) == (-300, 0)
    minimum = book.open_account(account("MINIMUM", floor=100))
    book.post([Leg(TRANSFER, OPENING, minimum, 150)])
    assert book.available(minimum) == 50
    assert refused(book, [Leg(TRANSFER, minimum, BOB, 51)]).limit == 51


def test_a_ceiling_stops_credits_and_the_posting_of_holds(book: Book) -> None:
    capped = book.open_account(
        Account("CAPPED", "HOLDER", "USD", "BANK", "FTE", Side.CREDIT, 0, 1_000)
    )
    assert refused(book, [Leg(TRANSFER, ALICE, capped, 1_001)]) == Shortfall(
        0, LedgerCode.LIMIT_EXCEEDED, capped, 1_001, 1_000
    )
    book.post([Leg(TRANSFER, ALICE, capped, 400), Leg(HOLD, ALICE, capped, 700)])
    posting = [Leg(POST, ALICE, capped, 700, 0)]
    assert refused(book, posting).code == LedgerCode.LIMIT_EXCEEDED
    book.post([Leg(TRANSFER, capped, BOB, 100), *posting])
    assert book.booked(capped) == 1_000


def test_a_block_may_fill_an_account_exactly_to_its_ceiling(book: Book) -> None:
    capped = book.open_account(
        Account("CAPPED", "HOLDER", "USD", "BANK", "FTE", Side.CREDIT, 0, 1_000)
    )
    fill = [[Leg(TRANSFER, ALICE, capped, 999)], [Leg(TRANSFER, ALICE, capped, 1)]]
    assert not book.post_block(pack(fill)).any()
    assert refused(book, fill[1]).code == LedgerCode.LIMIT_EXCEEDED


@pytest.mark.parametrize("bounds", [(1 << 62, None), (-(1 << 62), None), (0, -1), (0, 1 << 62)])
def test_bounds_outside_the_range_are_not_opened(bounds: tuple[int, int | None]) -> None:
    with pytest.raises(AssertionError):
        Book().open_account(Account("A", "H", "USD", "U", "FTE", Side.CREDIT, *bounds))


def test_balances_stop_short_of_two_to_the_62nd(book: Book) -> None:
    top = (1 << 62) - 1
    vault = book.open_account(account("VAULT", floor=None))
    book.post([Leg(TRANSFER, OPENING, vault, top - 5_000)])
    assert book.booked(OPENING) == -top
    below = refused(book, [Leg(TRANSFER, OPENING, vault, 1)])
    assert below == Shortfall(0, LedgerCode.OVERFLOW, OPENING, -(1 << 62), 1 << 62)
    book.post([Leg(TRANSFER, ALICE, vault, 5_000)])
    assert book.booked(vault) == top
    above = refused(book, [Leg(TRANSFER, BOB + 2, ALICE, 1), Leg(TRANSFER, ALICE, BOB + 2, 2)])
    assert above.code == LedgerCode.INSUFFICIENT_FUNDS
    other = book.open_account(account("OTHER", floor=None))
    assert refused(book, [Leg(TRANSFER, other, vault, 1)]) == Shortfall(
        0, LedgerCode.OVERFLOW, vault, 1 << 62, 1 << 62
    )
    book.post([Leg(HOLD, other, BOB, top)])
    assert refused(book, [Leg(HOLD, other, BOB, 1)]).code == LedgerCode.OVERFLOW
    # The widest sums the kernel forms: the lowest booked less the highest held, against the lowest floor.
    lowest = book.open_account(account("LOWEST", floor=-top))
    book.post([Leg(TRANSFER, vault, lowest, top), Leg(HOLD, lowest, other, top)])
    assert refused(book, [Leg(HOLD, lowest, other, top), Leg(HOLD, lowest, other, top)]).leg == 0
    assert book.available(lowest) == top


def test_arrays_grow_as_accounts_and_holds_come() -> None:
    book = Book()
    book.open_account(account("SOURCE", floor=None))
    for number in range(1, 500):
        assert book.open_account(account(f"A{number}")) == number
        book.post([Leg(TRANSFER, 0, number, number)])
    for number in range(1, 500):
        book.post([Leg(HOLD, number, 0, number)])
    assert [book.booked(number) for number in range(1, 500)] == list(range(1, 500))
    assert [book.held(number) for number in range(1, 500)] == list(range(1, 500))
    assert book.next_hold() == 499
    block = pack([[Leg(HOLD, 0, 1, 1)]] * 3_000)
    assert not book.post_block(block).any()
    assert (book.next_hold(), book.held(0)) == (3_499, 3_000)
    assert Book.load(book.dump()).digest() == book.digest()


def test_closed_holds_give_their_rows_back_and_keep_their_numbers(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 1)])
    book.post([Leg(VOID, ALICE, BOB, 1, 0)])
    for number in range(1, 2_000):
        book.post([Leg(HOLD, ALICE, BOB, 2)])
        book.post([Leg(VOID, ALICE, BOB, 2, number)])
    assert len(book._holds) < 100
    assert refused(book, [Leg(VOID, ALICE, BOB, 1, 0)]).code == LedgerCode.HOLD_NOT_OPEN
    book.post([Leg(HOLD, ALICE, BOB, 3)])
    assert book.open_hold(2_000) == Leg(HOLD, ALICE, BOB, 3, 2_000)


def test_a_route_between_units_passes_both_mirrors(book: Book) -> None:
    for unit in ("BANK", "OTHER"):
        book.open_account(account(interunit_code(unit, "USD"), unit=unit, floor=None))
    carol = book.open_account(account("CAROL/USD", unit="OTHER"))
    assert book.route(ALICE, BOB, 7) == [Leg(TRANSFER, ALICE, BOB, 7)]
    legs = book.route(ALICE, carol, 70)
    assert len(legs) == 2
    book.post(legs)
    assert (book.booked(ALICE), book.booked(carol)) == (4_930, 70)
    assert book.booked(4) == 70  # the payer's unit owes it
    assert book.booked(5) == -70  # the receiver's unit is owed it
    assert not any(book.totals().values())


def test_a_route_without_a_mirror_is_a_crash_and_one_across_assets_is_refused(book: Book) -> None:
    carol = book.open_account(account("CAROL/USD", unit="OTHER"))
    with pytest.raises(AssertionError, match="INTERUNIT-BANK/USD"):
        book.route(ALICE, carol, 1)
    shortfall = book.check(book.route(ALICE, SHARES, 1))
    assert shortfall is not None
    assert shortfall.code == LedgerCode.ASSET_MISMATCH


def test_a_block_skips_broken_chains_and_posts_the_rest(book: Book) -> None:
    chains = [
        [Leg(TRANSFER, ALICE, BOB, 1_000)],
        [Leg(TRANSFER, ALICE, BOB, 1_000), Leg(TRANSFER, BOB, ALICE, 9_000)],
        [Leg(TRANSFER, BOB, ALICE, 400), Leg(TRANSFER, BOB, ALICE, 600)],
    ]
    codes = book.post_block(pack(chains))
    assert codes.tolist() == [
        LedgerCode.OK,
        LedgerCode.CHAIN_BROKEN,
        LedgerCode.INSUFFICIENT_FUNDS,
        LedgerCode.OK,
        LedgerCode.OK,
    ]
    assert (book.booked(ALICE), book.booked(BOB)) == (5_000, 0)


def test_a_chain_still_open_at_the_end_of_a_block_is_refused(book: Book) -> None:
    records = pack([[Leg(TRANSFER, ALICE, BOB, 1)], [Leg(TRANSFER, ALICE, BOB, 1)] * 2])
    records["flags"][2] = 1
    codes = book.post_block(records)
    assert codes.tolist() == [LedgerCode.OK, LedgerCode.CHAIN_BROKEN, LedgerCode.CHAIN_OPEN]
    assert book.booked(BOB) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", 4), ("kind", 255), ("flags", 2), ("spare_16", 1), ("spare_32", 1), ("spare_64", 1)],
)
def test_a_record_with_an_unknown_bit_is_refused(book: Book, field: str, value: int) -> None:
    records = pack([[Leg(TRANSFER, ALICE, BOB, 1)]])
    records[field] = value
    assert book.post_block(records).tolist() == [LedgerCode.RECORD_MALFORMED]


def test_ids_and_references_do_not_matter_to_the_ledger(book: Book) -> None:
    records = pack([[Leg(TRANSFER, ALICE, BOB, 1)]] * 2)
    for field in ("id_low", "id_high", "reference"):
        records[field] = (1 << 64) - 1
    assert not book.post_block(records).any()


def test_a_block_is_read_from_wire_bytes_and_from_a_slice(book: Book) -> None:
    records = pack([[Leg(TRANSFER, ALICE, BOB, 10)], [Leg(TRANSFER, ALICE, BOB, 5)]])
    wire = np.frombuffer(records.tobytes(), dtype=TRANSFER_RECORD)
    assert not wire.flags.writeable
    assert not book.post_block(wire).any()
    assert not book.post_block(np.repeat(records, 2)[::2]).any()
    assert book.booked(BOB) == 30
    assert len(book.post_block(records[:0])) == 0


def test_a_block_of_another_shape_is_a_crash(book: Book) -> None:
    with pytest.raises(AssertionError):
        book.post_block(np.zeros(3, dtype=np.int64))
    with pytest.raises(AssertionError):
        book.post_block(np.zeros((2, 2), dtype=TRANSFER_RECORD))


def test_the_digest_sees_descriptions_balances_and_holds(book: Book) -> None:
    seen = {book.digest()}
    book.post([Leg(TRANSFER, ALICE, BOB, 1)])
    seen.add(book.digest())
    book.post([Leg(HOLD, ALICE, BOB, 1)])
    seen.add(book.digest())
    book.post([Leg(VOID, ALICE, BOB, 1, 0)])
    seen.add(book.digest())  # balances as before the hold, but the next hold has another number
    book.open_account(account("NEW"))
    seen.add(book.digest())
    assert len(seen) == 5


def test_an_empty_book_and_an_empty_chain_are_fine() -> None:
    book = Book()
    assert book.check([]) is None
    book.post([])
    assert Book.load(book.dump()).digest() == book.digest()


def test_a_loaded_book_goes_on_where_the_first_stood(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 10), Leg(HOLD, ALICE, BOB, 20), Leg(HOLD, ALICE, BOB, 30)])
    book.post([Leg(VOID, ALICE, BOB, 10, 0), Leg(VOID, ALICE, BOB, 30, 2)])
    loaded = Book.load(book.dump())
    for made in (book, loaded):
        made.post([Leg(HOLD, ALICE, BOB, 40), Leg(POST, ALICE, BOB, 20, 1)])
        assert made.number("BOB/USD") == BOB
        assert made.next_hold() == 4
    assert loaded.digest() == book.digest()
    assert loaded.dump() == book.dump()


def test_a_dump_out_of_balance_is_not_loaded(book: Book) -> None:
    body = book.dump()
    amount = (5_000).to_bytes(8, "little")
    assert body.count(amount) == 1
    with pytest.raises(AssertionError):
        Book.load(body.replace(amount, (5_001).to_bytes(8, "little")))


def test_a_ring_on_empty_accounts_settles_only_in_one_step(book: Book) -> None:
    ring = [book.open_account(account(f"RING-{letter}")) for letter in "ABC"]
    first, second, third = ring
    legs = [
        Leg(TRANSFER, first, second, 100),
        Leg(TRANSFER, second, third, 100),
        Leg(TRANSFER, third, first, 100),
    ]
    assert refused(book, legs) == Shortfall(0, LedgerCode.INSUFFICIENT_FUNDS, first, 0, 100)
    assert book.check(legs, simultaneous=True) is None
    book.post(legs, simultaneous=True)
    assert [book.booked(number) for number in ring] == [0, 0, 0]


def test_one_step_leaves_no_account_below_its_floor_and_holds_count(book: Book) -> None:
    book.post([Leg(HOLD, ALICE, BOB, 4_000)])
    legs = [Leg(TRANSFER, BOB, ALICE, 200), Leg(TRANSFER, ALICE, BOB, 1_201)]
    before = book.digest()
    short = Shortfall(1, LedgerCode.INSUFFICIENT_FUNDS, ALICE, -1, 0)
    assert book.check(legs, simultaneous=True) == short
    with pytest.raises(AssertionError, match="INSUFFICIENT_FUNDS"):
        book.post(legs, simultaneous=True)
    assert book.digest() == before
    legs[1] = Leg(TRANSFER, ALICE, BOB, 1_200)
    book.post(legs, simultaneous=True)
    assert (book.available(ALICE), book.booked(BOB)) == (0, 1_000)


def test_one_step_asks_ceilings_at_the_end_and_the_range_at_each_leg(book: Book) -> None:
    capped = book.open_account(
        Account("CAPPED", "HOLDER", "USD", "BANK", "FTE", Side.CREDIT, 0, 1_000)
    )
    through = [Leg(TRANSFER, ALICE, capped, 1_500), Leg(TRANSFER, capped, BOB, 500)]
    assert book.check(through) is not None
    assert book.check(through, simultaneous=True) is None
    through[1] = Leg(TRANSFER, capped, BOB, 499)
    assert book.check(through, simultaneous=True) == Shortfall(
        0, LedgerCode.LIMIT_EXCEEDED, capped, 1_001, 1_000
    )
    top = (1 << 62) - 1
    wide = [Leg(TRANSFER, ALICE, BOB, top), Leg(TRANSFER, ALICE, BOB, top)]
    found = book.check(wide, simultaneous=True)
    assert found is not None
    assert (found.leg, found.code) == (1, LedgerCode.OVERFLOW)


def test_the_mode_is_in_the_bytes_only_where_it_is_on() -> None:
    legs = [Leg(TRANSFER, ALICE, BOB, 1)]
    plain = msgspec.json.encode(LegsPosted(legs=legs))
    assert b"simultaneous" not in plain
    assert not msgspec.json.decode(plain, type=LegsPosted).simultaneous
    both = LegsPosted(legs=legs, simultaneous=True)
    assert msgspec.json.decode(msgspec.json.encode(both), type=LegsPosted) == both
