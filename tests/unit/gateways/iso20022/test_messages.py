"""What is written is read back the same, and what breaks a rule is refused with code and path."""

import datetime
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.unit.gateways.iso20022 import messages as m

from huangpu.gateways.iso20022 import (
    Address,
    Code,
    Money,
    Party,
    Refusal,
    StatusReason,
    WriteError,
    information_lines,
    reason_of,
    receive,
    reject_of,
    write_admi002,
    write_camt054,
    write_pacs002,
    write_pacs008,
    write_pain001,
    write_pain002,
)

WRITERS: list[tuple[Any, Callable[..., bytes]]] = [
    (m.ORDER, write_pain001),
    (m.PAYMENT, write_pacs008),
    (m.CUSTOMER_STATUS, write_pain002),
    (m.INTERBANK_STATUS, write_pacs002),
    (m.NOTICE, write_camt054),
    (m.REJECT, write_admi002),
]
PAIN = "/Document/CstmrCdtTrfInitn"
PACS = "/Document/FIToFICstmrCdtTrf"
STATUS = "/Document/FIToFIPmtStsRpt/TxInfAndSts"


@pytest.mark.parametrize(("message", "write"), WRITERS)
def test_a_message_is_read_back_as_it_was_written(
    message: Any, write: Callable[..., bytes]
) -> None:
    data = write(message)
    assert receive(data) == message
    assert write(message) == data


def test_a_header_is_read_back_as_it_was_written() -> None:
    received = receive(write_pacs008(m.PAYMENT, header=m.HEADER))
    assert received == msgspec.structs.replace(m.PAYMENT, header=m.HEADER)


def test_the_trade_type_travels_in_the_regulatory_block() -> None:
    data = write_pain001(m.ORDER).decode()
    assert "<RgltryRptg><Dtls><Cd>122010</Cd></Dtls>" in data
    assert "<Dtls><Inf>TRADETYPE/CONTRACT-MFG</Inf></Dtls></RgltryRptg>" in data


def test_an_underscore_in_the_trade_type_is_read_too() -> None:
    data = write_pain001(m.ORDER).replace(b"CONTRACT-MFG", b"CONTRACT_MFG")
    assert receive(data) == m.ORDER


def test_an_equivalent_amount_is_read() -> None:
    transfer = msgspec.structs.replace(m.TRANSFER, equivalent_currency="EUR")
    payment = msgspec.structs.replace(m.ORDER.payments[0], transfers=(transfer,))
    order = msgspec.structs.replace(m.ORDER, payments=(payment,))
    assert b'<EqvtAmt><Amt Ccy="USD">900000.00</Amt><CcyOfTrf>EUR</CcyOfTrf>' in write_pain001(
        order
    )
    assert receive(write_pain001(order)) == order


def test_a_moment_of_execution_is_read_with_its_date() -> None:
    payment = msgspec.structs.replace(m.ORDER.payments[0], requested_at=m.AT)
    order = msgspec.structs.replace(m.ORDER, payments=(payment,))
    assert receive(write_pain001(order)) == order


ORDER_FAULTS = [
    (b"<NbOfTxs>1<", b"<NbOfTxs>2<", "AM19", "/GrpHdr/NbOfTxs", "2 announced, 1 found"),
    (b"<CtrlSum>900000<", b"<CtrlSum>900000.01<", "AM16", "/GrpHdr/CtrlSum", "the sum is 900000"),
    (b"<CtrlSum>900000<", b"<CtrlSum>-1<", "AM16", "/GrpHdr/CtrlSum", "-1 announced"),
    (b"<BtchBookg>", b"<BtchBookg>maybe", "FF01", "/PmtInf[1]/BtchBookg", "'maybefalse'"),
    (
        b"</BtchBookg>",
        b"</BtchBookg><NbOfTxs>3</NbOfTxs>",
        "AM20",
        "/PmtInf[1]/NbOfTxs",
        "3 announced",
    ),
    (
        b"</BtchBookg>",
        b"</BtchBookg><CtrlSum>3</CtrlSum>",
        "AM17",
        "/PmtInf[1]/CtrlSum",
        "3 announced",
    ),
    (b'="USD">900000.00', b'="USD">900000.000', "CH20", "/Amt/InstdAmt", "3 decimals, USD has 2"),
    (b'="USD">900000.00', b'="JPY">900000.0', "CH20", "/Amt/InstdAmt", "1 decimals, JPY has 0"),
    (b'="USD">900000.00', b'="USD">-900000.00', "FF01", "/Amt/InstdAmt", "'-900000.00'"),
    (b'="USD">900000.00', b'="XAU">900000.00', "AM03", "/Amt/InstdAmt/@Ccy", "commodity"),
    (b'Ccy="USD">900000.00', b">900000.00", "CH21", "/Amt/InstdAmt/@Ccy", "missing attribute"),
    (b'="USD">900000.00', b'="usd">900000.00', "FF01", "/Amt/InstdAmt/@Ccy", "'usd'"),
    (b"<EndToEndId>E2E-1</EndToEndId>", b"", "CH21", "/PmtId/EndToEndId", "mandatory element"),
    (b"E2E-1<", b"E" * 36 + b"<", "FF01", "/PmtId/EndToEndId", "36 characters, limits 1..35"),
    (b"e5f6a7b8", b"E5F6A7B8", "FF01", "/PmtId/UETR", "'E5F6A7B8-"),
    (b"TSTCHKHHXXX", b"TSTCHKHHX", "RC01", "/CdtrAgt/FinInstnId/BICFI", "'TSTCHKHHX'"),
    (b"819</IBAN>", b"818</IBAN>", "AC03", "/CdtrAcct/Id/IBAN", "check digits"),
    (b"<ChrgBr>SHAR", b"<ChrgBr>BOTH", "FF01", "/ChrgBr", "none of DEBT CRED SHAR SLEV"),
    (b"CONTRACT-MFG", b"BARTER", "RR05", "/RgltryRptg[1]/Dtls[2]/Inf", "'BARTER', known: RESALE"),
    (
        b"<Inf>TRADE",
        b"<Inf>TRADETYPE/RESALE</Inf><Inf>TRADE",
        "RR05",
        "/RgltryRptg[1]/Dtls[2]/Inf",
        "second trade type",
    ),
    (b"</Ustrd>", b"</Ustrd><Strd/>", "RR07", "/RmtInf", "both Ustrd and Strd"),
    (b"<TwnNm>Singapore</TwnNm>", b"", "BE04", "/Cdtr/PstlAdr/TwnNm", "mandatory"),
    (b"<Ctry>SG</Ctry>", b"", "BE04", "/Cdtr/PstlAdr/Ctry", "mandatory"),
    (b"<Ctry>SG<", b"<Ctry>Sg<", "BE11", "/Cdtr/PstlAdr/Ctry", "'Sg'"),
    (
        b"<AdrLine>#09-01</AdrLine>",
        b"<AdrLine>a</AdrLine>" * 3,
        "BE04",
        "/Cdtr/PstlAdr/AdrLine[3]",
        "3 occurrences, limit 2",
    ),
    (
        b"<Nm>Harbour Supplies &amp; Co &lt;SG&gt;</Nm>",
        b"",
        "BE22",
        "/Cdtr/Nm",
        "name of the creditor is missing",
    ),
    (b"<LEI>549300", b"<LEI>5493-0", "BE17", "/Cdtr/Id/OrgId/LEI", "'5493-0"),
]


@pytest.mark.parametrize(("old", "new", "code", "path", "detail"), ORDER_FAULTS)
def test_a_fault_in_an_order_is_refused_at_its_place(
    old: bytes, new: bytes, code: str, path: str, detail: str
) -> None:
    data = write_pain001(m.ORDER)
    assert data.count(old) >= 1
    refusal = receive(data.replace(old, new, 1))
    assert isinstance(refusal, Refusal)
    deep = "" if path.startswith(("/GrpHdr", "/PmtInf")) else "/PmtInf[1]/CdtTrfTxInf[1]"
    assert (refusal.code, refusal.path) == (code, PAIN + deep + path)
    assert detail in refusal.detail
    assert (refusal.message_id, refusal.definition) == ("PAIN-1", "pain.001.001.09")


def test_the_debtors_side_has_its_own_codes() -> None:
    data = write_pain001(m.ORDER)
    town = receive(data.replace(b"<TwnNm>Shanghai</TwnNm>", b""))
    assert isinstance(town, Refusal)
    assert (town.code, town.path) == ("BE07", PAIN + "/PmtInf[1]/Dbtr/PstlAdr/TwnNm")
    account = b"<DbtrAcct><Id><IBAN>GB29NWBK60161331926818</IBAN></Id>"
    iban = receive(data.replace(b"<DbtrAcct><Id><Othr><Id>FTE-OTC1</Id></Othr></Id>", account))
    assert isinstance(iban, Refusal)
    assert (iban.code, iban.path) == ("AC02", PAIN + "/PmtInf[1]/DbtrAcct/Id/IBAN")
    name = receive(data.replace("<Nm>OTC1 离岸贸易</Nm>".encode(), b""))
    assert isinstance(name, Refusal)
    assert (name.code, name.path) == ("BE08", PAIN + "/PmtInf[1]/Dbtr/Nm")


def test_the_place_counts_payments_and_transfers() -> None:
    second = msgspec.structs.replace(
        m.TRANSFER, end_to_end_id="E2E-2", remittance_text=("x" * 140,)
    )
    payment = msgspec.structs.replace(m.ORDER.payments[0], transfers=(m.TRANSFER, second))
    order = msgspec.structs.replace(
        m.ORDER, payments=(m.ORDER.payments[0], payment), transfer_count=3, control_sum=""
    )
    data = write_pain001(order)
    refusal = receive(data.replace(b"x" * 140, b"x" * 141))
    assert isinstance(refusal, Refusal)
    assert refusal.path == PAIN + "/PmtInf[2]/CdtTrfTxInf[2]/RmtInf/Ustrd[1]"
    assert "141 characters, limits 1..140" in refusal.detail


PAYMENT_FAULTS = [
    (b"<NbOfTxs>1<", b"<NbOfTxs>2<", "AM18", PACS + "/GrpHdr/NbOfTxs", ""),
    (
        b"<SttlmInf>",
        b'<TtlIntrBkSttlmAmt Ccy="USD">1</TtlIntrBkSttlmAmt><SttlmInf>',
        "AM10",
        PACS + "/GrpHdr/TtlIntrBkSttlmAmt",
        "",
    ),
    (b"<SttlmMtd>INDA", b"<SttlmMtd>CLRG", "FF01", PACS + "/GrpHdr/SttlmInf/SttlmMtd", "C2"),
    (b"BizMsgIdr>PACS-1", b"BizMsgIdr>PACS-2", "FF01", "/AppHdr/BizMsgIdr", "R1"),
    (b"Idr>pacs.008.001.08", b"Idr>pacs.009.001.08", "FF01", "/AppHdr/MsgDefIdr", "R8"),
    (b"BICFI>TSTCHKHHXXX", b"BICFI>TSTBCNSHXXX", "FF01", "/AppHdr/Fr/FIId/FinInstnId/BICFI", "R5"),
    (b"BICFI>TSTACNSH<", b"BICFI>TSTBCNSH<", "FF01", "/AppHdr/To/FIId/FinInstnId/BICFI", "R2"),
    (b"<Prty>NORM", b"<Prty>HIGH", "FF01", "/AppHdr/Prty", "R4"),
    (b"<InstrId>IN-1<", b"<InstrId>/IN-1<", "FF01", PACS + "/CdtTrfTxInf/PmtId/InstrId", "R28"),
    (b"<InstrId>IN-1<", b"<InstrId>IN//1<", "FF01", PACS + "/CdtTrfTxInf/PmtId/InstrId", "R28"),
    (b"<InstrId>IN-1</InstrId>", b"", "CH21", PACS + "/CdtTrfTxInf/PmtId/InstrId", "C2"),
    (
        b"<IntrBkSttlmDt>2026-11-23",
        b"<IntrBkSttlmDt>2026-02-30",
        "DT01",
        PACS + "/CdtTrfTxInf[1]/IntrBkSttlmDt",
        "",
    ),
    (
        b'Ccy="USD">1250000.00',
        b'Ccy="XPT">1250000.00',
        "AM03",
        PACS + "/CdtTrfTxInf/IntrBkSttlmAmt/@Ccy",
        "R31",
    ),
    (b'Ccy="USD">1250000.00', b'Ccy="USD">0', "AM01", PACS + "/CdtTrfTxInf/IntrBkSttlmAmt", ""),
    (b"</Ustrd>", b"</Ustrd><Strd/>", "RR07", PACS + "/CdtTrfTxInf/RmtInf", "R24"),
    (b"<RmtInf>", b"<RltdRmtInf/><RmtInf>", "RR07", PACS + "/CdtTrfTxInf/RmtInf", "R27"),
    (
        b"<DbtrAgt><FinInstnId>",
        b"<DbtrAgt><FinInstnId><Nm>Bank</Nm>",
        "FF01",
        PACS + "/CdtTrfTxInf[1]/DbtrAgt/FinInstnId/BICFI",
        "",
    ),
    (
        b"<DbtrAgt><FinInstnId><BICFI>TSTCHKHHXXX</BICFI>",
        b"<DbtrAgt><FinInstnId><Nm>Bank</Nm>",
        "FF01",
        PACS + "/CdtTrfTxInf/DbtrAgt/FinInstnId",
        "R52",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "path", "rule"), PAYMENT_FAULTS)
def test_a_fault_in_a_payment_is_refused_at_its_place(
    old: bytes, new: bytes, code: str, path: str, rule: str
) -> None:
    data = write_pacs008(m.PAYMENT, header=m.HEADER)
    assert old in data
    received = receive(data.replace(old, new, 1))
    assert isinstance(received, Refusal)
    assert (received.code, received.path, received.rule) == (code, path, rule)


def test_a_payment_of_two_transfers_is_refused() -> None:
    data = write_pacs008(m.PAYMENT).decode()
    start = data.index("<CdtTrfTxInf>")
    end = data.index("</FIToFICstmrCdtTrf>")
    refusal = receive((data[:end] + data[start:]).encode())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == ("AM18", PACS + "/CdtTrfTxInf[2]")


def test_charges_of_the_creditor_need_charge_data() -> None:
    with pytest.raises(WriteError) as raised:
        write_pacs008(msgspec.structs.replace(m.PAYMENT, charges=()))
    assert (raised.value.refusal.code, raised.value.refusal.rule) == ("CH21", "R26")


def test_charges_of_the_debtor_come_once() -> None:
    payment = msgspec.structs.replace(
        m.PAYMENT, charge_bearer="DEBT", charges=m.PAYMENT.charges * 2
    )
    with pytest.raises(WriteError) as raised:
        write_pacs008(payment)
    assert raised.value.refusal.rule == "R23"


@pytest.mark.parametrize(
    ("party", "code", "rule"),
    [
        (Party(), "BE08", "R50"),
        (Party(lei="549300FGHIJKLMNO9A80"), "BE08", "R50"),
        (Party(name="A", any_bic="TSTCHKHH", address=Address("X", "SG")), "FF01", "R47"),
        (Party(any_bic="TSTCHKHH"), "", ""),
    ],
)
def test_a_debtor_is_named_or_has_a_bic(party: Party, code: str, rule: str) -> None:
    payment = msgspec.structs.replace(m.PAYMENT, debtor=party)
    if not code:
        assert receive(write_pacs008(payment)) == payment
        return
    with pytest.raises(WriteError) as raised:
        write_pacs008(payment)
    assert (raised.value.refusal.code, raised.value.refusal.rule) == (code, rule)


def test_a_copy_may_go_to_another_bank() -> None:
    header = msgspec.structs.replace(m.HEADER, to_bic="TSTBCNSH", copy="CODU")
    assert not isinstance(receive(write_pacs008(m.PAYMENT, header=header)), Refusal)


STATUS_CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"status": "RJCT", "effective_date": None}, "CH21", "R9"),
    ({"status": "RJCT", "reasons": (StatusReason("AM04"),)}, "FF01", "R10"),
    ({"original_instruction_id": "IN-1/"}, "FF01", "R14"),
    ({"original_uetr": ""}, "CH21", "R17"),
    ({"original_definition": "pain.001.001.09"}, "FF01", "C2"),
    ({"original_uetr": m.UETR.upper()}, "FF01", ""),
    ({"instructing_bic": ""}, "CH21", "C2"),
    ({"status": "RJCT", "reasons": (StatusReason("AM04"),), "effective_date": None}, "", ""),
]


@pytest.mark.parametrize(("change", "code", "rule"), STATUS_CHANGES)
def test_an_interbank_status_keeps_its_rules(change: dict[str, Any], code: str, rule: str) -> None:
    status = msgspec.structs.replace(m.INTERBANK_STATUS, **change)
    if not code:
        assert receive(write_pacs002(status)) == status
        return
    with pytest.raises(WriteError) as raised:
        write_pacs002(status)
    assert (raised.value.refusal.code, raised.value.refusal.rule) == (code, rule)
    assert raised.value.refusal.path.startswith(STATUS)


def test_a_rejected_transfer_has_a_reason() -> None:
    bare = msgspec.structs.replace(m.CUSTOMER_STATUS.payments[0].transfers[0], reasons=())
    payment = msgspec.structs.replace(m.CUSTOMER_STATUS.payments[0], transfers=(bare,))
    with pytest.raises(WriteError) as raised:
        write_pain002(msgspec.structs.replace(m.CUSTOMER_STATUS, payments=(payment,)))
    assert raised.value.refusal.path.endswith("/TxInfAndSts[1]/StsRsnInf")


def test_the_relay_service_wants_one_identification() -> None:
    payment = msgspec.structs.replace(m.ORDER.payments[0], payment_id="OTHER")
    order = msgspec.structs.replace(m.ORDER, payments=(payment,))
    header = msgspec.structs.replace(
        m.HEADER, definition="pain.001.001.09", business_message_id="PAIN-1"
    )
    assert not isinstance(receive(write_pain001(order)), Refusal)
    with pytest.raises(WriteError) as raised:
        write_pain001(order, header=header)
    assert raised.value.refusal.rule == "R8"
    assert raised.value.refusal.path == PAIN + "/PmtInf[1]/PmtInfId"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"creditor": Party(name="x" * 141)}, "FF01"),
        ({"creditor": Party(name="tab\x07")}, "RR10"),
        ({"creditor": Party(name="\ud800")}, "RR10"),
        ({"amount": Money(-1, "USD")}, "FF01"),
        ({"amount": Money(1, "XAU")}, "AM03"),
        ({"trade_type": "BARTER"}, "RR05"),
        ({"intermediary_bics": ("CVNBSGSX",) * 4}, "FF01"),
        ({"purpose": Code("GDDS", "also")}, "FF01"),
    ],
)
def test_a_writer_refuses_what_the_profile_forbids(change: dict[str, Any], code: str) -> None:
    transfer = msgspec.structs.replace(m.TRANSFER, **change)
    payment = msgspec.structs.replace(m.ORDER.payments[0], transfers=(transfer,))
    with pytest.raises(WriteError) as raised:
        write_pain001(msgspec.structs.replace(m.ORDER, payments=(payment,)))
    assert raised.value.refusal.code == code


def test_a_refusal_becomes_a_status_reason_and_a_reject() -> None:
    refusal = Refusal(code="CH20", path="/Document/" + "x" * 120, detail="3 decimals", rule="R31")
    reason = reason_of(refusal)
    assert reason.code == "CH20"
    assert max(map(len, reason.information)) == 105
    assert "".join(reason.information) == refusal.path + "3 decimals (R31)"
    reject = reject_of(refusal, related_reference="MSG-1", rejected_at=m.AT)
    assert receive(write_admi002(reject)) == reject


def test_information_is_cut_into_lines_of_105() -> None:
    assert information_lines("a" * 106) == ("a" * 105, "a")
    assert information_lines("") == ()


def test_the_date_of_an_entry_may_come_as_a_moment() -> None:
    data = write_camt054(m.NOTICE).replace(
        b"<ValDt><Dt>2026-11-23</Dt>", b"<ValDt><DtTm>2026-11-24T01:02:03Z</DtTm>"
    )
    notice = receive(data)
    assert not isinstance(notice, Refusal)
    assert notice.entries[0].value_date == datetime.date(2026, 11, 24)  # type: ignore[union-attr]
