"""Struct to bytes to struct is the identity, and no bytes make the reader raise."""

import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gateways.iso20022 import messages as m

from huangpu.gateways.iso20022 import (
    TRADE_TYPES,
    Account,
    Address,
    Charge,
    Code,
    CustomerCreditTransfer,
    Document,
    Money,
    Party,
    PaymentInitiation,
    PaymentOrder,
    Refusal,
    StatusReason,
    TransferOrder,
    TransferStatus,
    parse,
    receive,
    write_document,
    write_pacs008,
    write_pain001,
    write_pain002,
)
from huangpu.gateways.iso20022.model import CustomerStatusReport, PaymentOrderStatus
from huangpu.gateways.iso20022.money import DECIMALS, amount_text, minor_units

# What XML can carry and the tables allow; a carriage return is written as a reference.
CHARACTERS = st.characters(
    codec="utf-8",
    exclude_categories=("Cs", "Cc"),
    exclude_characters="\ufffe\uffff",
    include_characters="\t\n\r",
).filter(lambda c: ord(c) & 0xFFFF < 0xFFFE)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=4)
BICS = st.from_regex(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", fullmatch=True)
UETRS = st.uuids(version=4).map(str)
DATES = st.dates(datetime.date(1, 1, 1))
DECIMAL_CURRENCIES = st.sampled_from(sorted(DECIMALS))


def texts(size: int) -> st.SearchStrategy[str]:
    return st.text(CHARACTERS, min_size=1, max_size=size)


def maybe(strategy: st.SearchStrategy[Any], absent: object = "") -> st.SearchStrategy[Any]:
    return st.one_of(st.just(absent), strategy)


MONEY = st.builds(Money, st.integers(1, 10**14), DECIMAL_CURRENCIES)
ADDRESSES = st.builds(
    Address,
    town_name=texts(35),
    country=st.from_regex("[A-Z]{2}", fullmatch=True),
    street_name=maybe(texts(70)),
    post_code=maybe(texts(16)),
    room=maybe(texts(70)),
    lines=st.lists(texts(70), max_size=2).map(tuple),
)
PARTIES = st.builds(
    Party,
    name=texts(140),
    address=maybe(ADDRESSES, None),
    lei=maybe(st.just("549300FGHIJKLMNO9A80")),
    country_of_residence=maybe(st.just("SG")),
)
ACCOUNTS = st.one_of(
    st.builds(
        Account, other_id=texts(34), currency=maybe(DECIMAL_CURRENCIES), name=maybe(texts(70))
    ),
    st.builds(Account, iban=st.just("GB29NWBK60161331926819")),
)
REASON_CODES = st.one_of(
    st.just(Code()), st.builds(Code, CODES), st.builds(Code, st.just(""), texts(35))
)
SHARED_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "end_to_end_id": texts(35),
    "uetr": UETRS,
    "creditor": PARTIES,
    "charge_bearer": st.sampled_from(["DEBT", "SHAR", "SLEV"]),
    "creditor_agent_bic": maybe(BICS),
    "creditor_account": maybe(ACCOUNTS, None),
    "ultimate_debtor": maybe(PARTIES, None),
    "ultimate_creditor": maybe(PARTIES, None),
    "intermediary_bics": st.lists(BICS, max_size=3).map(tuple),
    "category_purpose": REASON_CODES,
    "purpose": REASON_CODES,
    "regulatory_codes": st.lists(texts(10), max_size=3).map(tuple),
    "trade_type": maybe(st.sampled_from(TRADE_TYPES)),
    "remittance_text": st.lists(texts(140), max_size=2).map(tuple),
}
TRANSFERS = st.builds(
    TransferOrder,
    amount=MONEY,
    instruction_id=maybe(texts(35)),
    equivalent_currency=maybe(DECIMAL_CURRENCIES),
    **SHARED_FIELDS,
)
PAYMENTS = st.builds(
    PaymentOrder,
    payment_id=texts(35),
    requested_date=DATES,
    debtor=PARTIES,
    debtor_account=ACCOUNTS,
    debtor_agent_bic=maybe(BICS),
    transfers=st.lists(TRANSFERS, min_size=1, max_size=3).map(tuple),
    method=st.sampled_from(["TRF", "TRA", "CHK"]),
    batch_booking=st.sampled_from([None, True, False]),
    category_purpose=REASON_CODES,
    charge_bearer=maybe(st.just("SHAR")),
    ultimate_debtor=maybe(PARTIES, None),
)
SLASH_FREE = texts(35).map(lambda text: text.replace("/", "-"))
CREDIT_TRANSFERS = st.builds(
    CustomerCreditTransfer,
    message_id=texts(35),
    created_at=st.just(m.AT),
    settlement_method=st.sampled_from(["INDA", "INGA", "COVE"]),
    instruction_id=SLASH_FREE,
    settlement_amount=MONEY,
    settlement_date=DATES,
    instructing_bic=BICS,
    instructed_bic=BICS,
    debtor=PARTIES,
    interbank_id=maybe(texts(35)),
    instructed_amount=maybe(MONEY, None),
    exchange_rate=maybe(st.just("7.1000")),
    charges=st.lists(st.builds(Charge, MONEY, maybe(BICS)), max_size=1).map(tuple),
    priority=maybe(st.sampled_from(["HIGH", "NORM"])),
    debtor_account=maybe(ACCOUNTS, None),
    debtor_agent_bic=maybe(BICS),
    **SHARED_FIELDS,
)
REASONS = st.builds(
    StatusReason, code=CODES, information=st.lists(texts(105), max_size=2).map(tuple)
)
STATUSES = st.builds(
    TransferStatus,
    original_end_to_end_id=texts(35),
    status=st.sampled_from(["ACTC", "ACSC", "PDNG", "RJCT"]),
    original_uetr=maybe(UETRS),
    reasons=st.lists(REASONS, min_size=1, max_size=2).map(tuple),
)


@given(payments=st.lists(PAYMENTS, min_size=1, max_size=2), party=PARTIES, message_id=texts(35))
def test_an_order_is_read_back_as_it_was_written(
    payments: list[PaymentOrder], party: Party, message_id: str
) -> None:
    count = sum(len(payment.transfers) for payment in payments)
    order = PaymentInitiation(message_id, m.AT, count, party, tuple(payments))
    assert receive(write_pain001(order)) == order


@given(transfer=CREDIT_TRANSFERS)
def test_a_payment_is_read_back_as_it_was_written(transfer: CustomerCreditTransfer) -> None:
    assert receive(write_pacs008(transfer)) == transfer


@given(statuses=st.lists(STATUSES, max_size=3), message_id=texts(35), reasons=st.lists(REASONS))
def test_a_status_report_is_read_back_as_it_was_written(
    statuses: list[TransferStatus], message_id: str, reasons: list[StatusReason]
) -> None:
    payment = PaymentOrderStatus("P-1", transfers=tuple(statuses))
    report = CustomerStatusReport(
        message_id, m.AT, "PAIN-1", reasons=tuple(reasons), payments=(payment,)
    )
    assert receive(write_pain002(report)) == report


@given(amount_minor=st.integers(1, 2**63 - 1), currency=DECIMAL_CURRENCIES)
def test_an_amount_survives_its_text(amount_minor: int, currency: str) -> None:
    text, written = amount_text(Money(amount_minor, currency))
    assert written == currency
    assert minor_units(text, currency) == amount_minor


@given(data=st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(receive(data), Refusal)


@given(data=st.data())
def test_no_change_to_a_message_makes_the_reader_raise(data: st.DataObject) -> None:
    original = write_pacs008(m.PAYMENT, header=m.HEADER)
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 40)))
    pieces = st.sampled_from(
        [b"", b"<", b"&", b"/>", b"</", b"<x>", b"]]>", b"\xff", b"\x00", b"9"]
    )
    patch = data.draw(st.one_of(pieces, st.binary(max_size=6), st.just(original[start:end] * 2)))
    changed = original[:start] + patch + original[end:]
    result = receive(changed)
    if isinstance(result, Refusal):
        assert result.code
        assert result.path.startswith("/")
        assert result.detail
        return
    document = parse(changed)
    assert isinstance(document, Document)
    assert parse(write_document(document)) == document


@given(moved=st.permutations(range(8)))
def test_elements_out_of_order_are_refused(moved: list[int]) -> None:
    text = write_pacs008(m.PAYMENT).decode()
    tags = ("PmtId", "PmtTpInf", "IntrBkSttlmDt", "ChrgBr", "InstgAgt", "Dbtr", "Cdtr", "RmtInf")
    blocks = [text[text.index(f"<{tag}>") : text.index(f"</{tag}>") + len(tag) + 3] for tag in tags]
    pattern = text
    for index, block in enumerate(blocks):
        pattern = pattern.replace(block, f"\x00{index}\x00", 1)
    for index in range(len(blocks)):
        pattern = pattern.replace(f"\x00{index}\x00", blocks[moved[index]], 1)
    result = receive(pattern.encode())
    if moved == sorted(moved):
        assert result == m.PAYMENT
        return
    assert isinstance(result, Refusal)
    assert result.code in {"FF01", "CH21"}
