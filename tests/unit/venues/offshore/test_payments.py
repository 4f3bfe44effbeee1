"""What one accepted entry holds for the gateways, what a batch leaves, and what is sampled."""

import datetime

import msgspec
import pytest
from tests.support.centre import accepted, founded_engine, load_rules, refused, register, send
from tests.support.offshore import (
    BK1_BIC,
    OVB_BIC,
    balance,
    book_order,
    instruct,
    inward_order,
    offshore_engine,
    overseas_order,
    receive,
    uetr,
)

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Row
from huangpu.engine.writer import CODEC, Engine
from huangpu.journal.entry import Entry
from huangpu.ledger.accounts import Side
from huangpu.ledger.events import LegsPosted, PostOpeningBalance
from huangpu.ledger.transfers import LegKind
from huangpu.registry.institutions import InstitutionKind, SuspendInstitution
from huangpu.venues.offshore.accounts import OpenNostro
from huangpu.venues.offshore.orders import Wait
from huangpu.venues.offshore.payments.settle import (
    instruct_payment,
    instruct_payment_batch,
    receive_credit_transfer,
)
from huangpu.venues.offshore.payments.statuses import statuses_of
from huangpu.venues.offshore.payments.words import (
    BatchProcessed,
    InstructPayment,
    InstructPaymentBatch,
    PaymentRefused,
    PaymentSettled,
    PaymentWaiting,
    advices_of,
)
from huangpu.venues.offshore.state import PaymentOrder

MONDAY = datetime.date(2026, 11, 23)


def settled(answer: Entry | Rejected) -> PaymentSettled:
    outcome = accepted(answer).outcome
    assert not isinstance(outcome, Rejected)
    found = [event for event in outcome if isinstance(event, PaymentSettled)]
    assert len(found) == 1
    assert len([event for event in outcome if isinstance(event, LegsPosted)]) == 1
    return found[0]


def test_outward_payment_owes_a_message_to_the_correspondent() -> None:
    engine = offshore_engine()
    order = overseas_order(900_000_00, end_to_end_id="E2E-7", remittance="invoice 7")
    event = settled(send(engine, "otc1-treasurer", instruct(order, "MSG-7")))
    assert event.outbound is not None
    assert event.outbound.instructing_agent == BK1_BIC
    assert event.outbound.instructed_agent == OVB_BIC
    assert event.outbound.settlement_date == MONDAY
    assert event.payment.order == order
    assert event.payment.line == "FIRST"
    assert statuses_of(event.payment)[-1] == "ACSC"
    (advice,) = advices_of(event.payment)
    assert (advice.account, advice.side, advice.amount) == ("FTE-OTC1", Side.DEBIT, 900_000_00)
    assert (advice.holder, advice.bank, advice.booked_after) == ("OTC1", "BK1", 100_000_00)


def test_inward_payment_ends_with_the_creditor_credited() -> None:
    engine = offshore_engine()
    event = settled(send(engine, "ovb-desk", receive(inward_order(1_250_000_00))))
    assert event.outbound is None
    assert statuses_of(event.payment)[-2:] == ["ACSC", "ACCC"]
    (advice,) = advices_of(event.payment)
    assert (advice.account, advice.side) == ("FTE-OTC1", Side.CREDIT)
    assert advice.booked_after == 2_250_000_00
    assert event.payment.sample == ""


def test_book_payment_advises_both_sides_through_the_mirrors() -> None:
    engine = offshore_engine()
    event = settled(send(engine, "otc1-treasurer", instruct(book_order("NRA-BUY2", 100_000_00))))
    assert [(a.account, a.side, a.booked_after) for a in advices_of(event.payment)] == [
        ("FTE-OTC1", Side.DEBIT, 900_000_00),
        ("NRA-BUY2", Side.CREDIT, 150_000_00),
    ]
    assert balance(engine, "INTERUNIT-BK1-SAU/USD") == -100_000_00
    assert balance(engine, "INTERUNIT-BK1-DOM/USD") == 100_000_00


def test_answers_are_the_same_after_the_journal_wrote_and_read_them() -> None:
    engine = offshore_engine()
    entry = accepted(send(engine, "otc1-treasurer", instruct(overseas_order(1_00))))
    assert CODEC.decode(CODEC.encode([entry])) == [entry]


def test_first_payment_to_a_counterparty_is_sampled_and_the_next_by_draw() -> None:
    engine = offshore_engine()
    causes = [
        settled(send(engine, "otc1-treasurer", instruct(overseas_order(1_00)))).payment.sample
        for _ in range(200)
    ]
    assert causes[0] == "FIRST_PAYMENT"
    assert "FIRST_PAYMENT" not in causes[1:]
    # 199 draws of 5 %: between 1 and 25 but for one run in a million.
    assert 1 <= causes.count("RATE") <= 25
    other = overseas_order(1_00, creditor_account="HK-SUPPLIER-2")
    event = settled(send(engine, "otc1-treasurer", instruct(other)))
    assert event.payment.sample == "FIRST_PAYMENT"


def test_unknown_agent_goes_by_the_default_correspondent() -> None:
    engine = offshore_engine()
    order = overseas_order(1_00, creditor_agent="TSTDSGSGXXX", creditor_country="SG")
    event = settled(send(engine, "otc1-treasurer", instruct(order)))
    assert event.payment.correspondent == "OVB"
    assert event.payment.order.creditor_agent == "TSTDSGSGXXX"


def test_nobody_pays_through_a_suspended_bank_or_correspondent() -> None:
    for suspended in ("BK1", "OVB"):
        engine = offshore_engine()
        stop = SuspendInstitution(institution_id=suspended, cause="licence withdrawn")
        accepted(send(engine, "operator", stop))
        answer = send(engine, "otc1-treasurer", instruct(overseas_order(1_00)))
        assert refused(answer).reason is Reason.INSTITUTION_SUSPENDED


def test_form_faults_are_refused_one_by_one() -> None:
    engine = offshore_engine()
    faults = {
        "uetr": ("00000000-0000-1000-8000-000000000001", Reason.IDENTIFIER_MALFORMED),
        "amount": (2**62, Reason.AMOUNT_TOO_LARGE),
        "end_to_end_id": ("E" * 36, Reason.FIELD_OUT_OF_RANGE),
        "instruction_id": ("I" * 36, Reason.FIELD_OUT_OF_RANGE),
        "remittance": ("r" * 141, Reason.FIELD_OUT_OF_RANGE),
        "charge_bearer": ("NONE", Reason.FIELD_OUT_OF_RANGE),
        "creditor_agent": ("NOBIC", Reason.IDENTIFIER_MALFORMED),
        "creditor_name": ("", Reason.FIELD_OUT_OF_RANGE),
        "creditor_country": ("Hong Kong", Reason.IDENTIFIER_MALFORMED),
        "creditor_account": ("no|bars", Reason.IDENTIFIER_MALFORMED),
    }
    for field, (value, reason) in faults.items():
        order = msgspec.structs.replace(overseas_order(1_00), **{field: value})
        answer = send(engine, "otc1-treasurer", instruct(order, f"M-{field}"))
        assert refused(answer).reason is reason, field
    assert refused(
        send(engine, "otc1-treasurer", instruct(overseas_order(1_00), "M" * 36))
    ).reason is (Reason.FIELD_OUT_OF_RANGE)


def test_amounts_that_no_journal_can_write_are_malformed() -> None:
    command = instruct(overseas_order(1))
    text = msgspec.json.encode(command).replace(b'"amount":1', b'"amount":' + b"9" * 30)
    with pytest.raises(msgspec.ValidationError, match="amount"):
        CODEC.command_from_json(text)


def batch_of(orders: list[PaymentOrder], message_id: str = "B1") -> InstructPaymentBatch:
    return InstructPaymentBatch(message_id=message_id, bank="BK1", orders=orders)


def processed(engine: Engine, batch: InstructPaymentBatch) -> tuple[list[Reason], str]:
    outcome = accepted(send(engine, "otc1-treasurer", batch)).outcome
    assert not isinstance(outcome, Rejected)
    reasons = [event.refusal.reason for event in outcome if isinstance(event, PaymentRefused)]
    last = outcome[-1]
    assert isinstance(last, BatchProcessed)
    ended = last.batch.settled + last.batch.refused
    assert ended + last.batch.waiting == len(batch.orders)
    return reasons, last.batch.status


def test_batch_refuses_its_own_duplicates_and_lets_the_rest_stand() -> None:
    engine = offshore_engine()
    orders = [
        overseas_order(1_00, uetr=uetr(1), end_to_end_id="E1", instruction_id="I1"),
        overseas_order(1_00, uetr=uetr(1)),
        overseas_order(1_00, end_to_end_id="E1"),
        overseas_order(1_00, instruction_id="I1"),
        overseas_order(1_00),
    ]
    reasons, status = processed(engine, batch_of(orders))
    assert reasons == [
        Reason.UETR_REUSED,
        Reason.END_TO_END_ID_REUSED,
        Reason.INSTRUCTION_ID_REUSED,
    ]
    assert status == "PART"
    assert balance(engine, "FTE-OTC1/USD") == 999_998_00
    samples = [payment.sample for payment in engine.centre.offshore.payments]
    assert samples.count("FIRST_PAYMENT") == 1


def test_batch_of_refused_orders_uses_up_its_message_id_only() -> None:
    engine = offshore_engine()
    orders = [overseas_order(amount, trade_type="") for amount in (2_00, 3_00)]
    reasons, status = processed(engine, batch_of(orders))
    assert reasons == [Reason.TRADE_TYPE_MISSING] * 2
    assert status == "RJCT"
    again = send(engine, "otc1-treasurer", batch_of([overseas_order(1_00)]))
    assert refused(again).reason is Reason.MESSAGE_ID_REUSED
    cheaper = msgspec.structs.replace(orders[0], trade_type="RESALE")
    assert processed(engine, batch_of([cheaper], "B2")) == ([], "ACSC")


def test_batch_can_fill_no_account_beyond_the_ledger() -> None:
    """Each of two amounts fits the creditor alone; together they leave the range of the ledger."""
    engine = offshore_engine()
    half = 2**61
    opened = PostOpeningBalance(
        debit="OPENING-BK1-SAU/USD", credit="FTE-OTC1/USD", amount=2**62 - 1 - 1_000_000_00
    )
    accepted(send(engine, "operator", opened))
    brought = PostOpeningBalance(
        debit="OPENING-BK1-DOM/USD", credit="NRA-BUY2/USD", amount=half - 1
    )
    accepted(send(engine, "operator", brought))
    orders = [book_order("NRA-BUY2", half // 2), book_order("NRA-BUY2", half - 1)]
    reasons, status = processed(engine, batch_of(orders))
    assert reasons == [Reason.BALANCE_LIMIT_EXCEEDED]
    assert status == "PART"


def test_batch_is_bounded_by_its_row() -> None:
    engine = offshore_engine()
    answer = refused(send(engine, "otc1-treasurer", batch_of([])))
    assert (answer.reason, answer.rule) == (
        Reason.FIELD_OUT_OF_RANGE,
        "offshore.batch.transactions_max",
    )
    row = Row(
        "offshore.batch.transactions_max", datetime.date(2026, 1, 1), 2, "transactions", "test"
    )
    small = founded_engine(load_rules().with_rows([row]))
    stamp = small.centre.stamp(9, 1_795_397_400_000_000, "operator")
    centre = small.centre
    too_many = batch_of([overseas_order(1) for _ in range(3)])
    decided = instruct_payment_batch(centre.offshore, centre.rules, too_many, stamp)
    assert isinstance(decided, Rejected)
    assert decided.cite == "test"


def test_a_repeated_command_id_with_other_content_is_refused() -> None:
    engine = offshore_engine()
    first = instruct(overseas_order(1_00))
    accepted(send(engine, "otc1-treasurer", first, "C-1"))
    other = InstructPayment(message_id="M-X", bank="BK1", order=overseas_order(2_00))
    assert refused(send(engine, "otc1-treasurer", other, "C-1")).reason is Reason.COMMAND_ID_REUSED


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("allow", "ACCC"),
        ("release", "PDNG"),
        ("ALLOW", Reason.TRANSFER_FORBIDDEN),
    ],
)
def test_a_later_row_of_the_matrix_decides_and_an_unknown_word_forbids(
    value: str, ends: str
) -> None:
    engine = offshore_engine()
    name = "transfer.FTE.DOM.CNY.SAME_NAME"
    row = Row(name, MONDAY, value, "permission", "R-08, test")
    rules = load_rules().with_rows([row])
    order = book_order("DOM-OTC1", 500_000_00, currency="CNY", purpose="CURR")
    centre = engine.centre
    stamp = centre.stamp(engine.next_seq, engine.last_at_us, "otc1-treasurer")
    decided = instruct_payment(centre.offshore, rules, instruct(order), stamp)
    if isinstance(decided, Rejected):
        assert decided.reason == ends
        assert decided.cite == "R-08, test"
        return
    centre.apply(decided, stamp)
    if ends == "PDNG":
        assert centre.offshore.books.pending[order.uetr].waits == [Wait.RELEASE]
        assert balance(engine, "FTE-OTC1/CNY") == 5_000_000_00
        return
    assert balance(engine, "FTE-OTC1/CNY") == 4_500_000_00
    assert balance(engine, "DOM-OTC1/CNY") == 2_500_000_00
    assert isinstance(decided[1], PaymentSettled)
    assert (decided[1].payment.status, decided[1].payment.line) == (ends, "SECOND")


def test_a_refusal_does_not_tell_the_balance_of_others() -> None:
    engine = offshore_engine()
    order = overseas_order(1_00, currency="CNY")
    detail = refused(send(engine, "otc1-treasurer", instruct(order))).detail
    assert detail == "NOSTRO-BK1@OVB/CNY: LIMIT_EXCEEDED, ordered 1.00 CNY"


def test_batch_spends_to_the_last_cent_and_no_further() -> None:
    engine = offshore_engine()
    amounts = (999_999_00, 1_01, 1_00, 1)
    reasons, status = processed(engine, batch_of([overseas_order(amount) for amount in amounts]))
    assert (reasons, status) == ([], "PART")
    waiting = engine.centre.offshore.books.pending.values()
    assert [one.order.amount for one in waiting] == [1_01, 1]
    assert balance(engine, "FTE-OTC1/USD") == 0


def test_batch_overdraws_no_correspondent() -> None:
    engine = offshore_engine()
    orders = [book_order("FTN-SUP1", 1_00), overseas_order(1_00, currency="CNY")]
    assert processed(engine, batch_of(orders)) == ([Reason.BALANCE_LIMIT_EXCEEDED], "PART")


def test_a_payment_goes_by_the_creditors_own_bank_where_there_is_a_nostro() -> None:
    engine = offshore_engine()
    desk = {"ov2-desk": ["CORRESPONDENT"]}
    kind = InstitutionKind.OVERSEAS_BANK
    register(engine, "OV2", kind, desk, domicile="SG", bic="TSTDSGSGXXX")
    second = OpenNostro(bank="BK1", correspondent="OV2", currency="USD")
    accepted(send(engine, "bk1-maker", second))
    order = inward_order(10_00, debtor_agent="TSTDSGSGXXX")
    from_ov2 = msgspec.structs.replace(receive(order), instructing_agent="TSTDSGSG")
    accepted(send(engine, "ov2-desk", from_ov2))
    there = overseas_order(4_00, creditor_agent="TSTDSGSG", creditor_country="SG")
    assert settled(send(engine, "otc1-treasurer", instruct(there))).payment.correspondent == "OV2"
    assert balance(engine, "NOSTRO-BK1@OV2/USD") == 6_00


def test_an_inward_cell_that_says_release_is_not_passed_over() -> None:
    engine = offshore_engine()
    row = Row("transfer.OVS.FTE.FOREIGN", MONDAY, "release", "permission", "R-04, test")
    centre = engine.centre
    stamp = centre.stamp(engine.next_seq, engine.last_at_us, "ovb-desk")
    rules = load_rules().with_rows([row])
    decided = receive_credit_transfer(centre.offshore, rules, receive(inward_order(1_00)), stamp)
    assert not isinstance(decided, Rejected)
    (held, waiting) = decided
    assert isinstance(held, LegsPosted)
    assert [leg.kind for leg in held.legs] == [LegKind.HOLD]
    assert isinstance(waiting, PaymentWaiting)
    assert waiting.pending.waits == [Wait.RELEASE]
