"""ISO 20022 over HTTP, beyond the plain payment: status requests, signed messages, whole batches, statements."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree
from tests.support.centre import MONDAY_0930_US, accepted, send
from tests.support.iso20022 import DATE, FAR_PARTY, TRADER, pacs008, pain001, post, read, transfer
from tests.support.offshore import BK1_BIC, OVB_BIC, balance, offshore_engine, uetr
from tests.support.rest import Api, give_token
from tests.support.shared import shared_path
from tests.support.signing import KEY, OTHER_KEY, private_pem, public_pem, signed

from huangpu.app import load_rules
from huangpu.config import Settings
from huangpu.core.rulebook import Row
from huangpu.engine import Engine
from huangpu.gateways.iso20022 import (
    AccountStatement,
    BusinessHeader,
    CustomerStatusReport,
    InterbankStatusReport,
    Money,
    OriginalPayment,
    StatusRequest,
    receive,
    write_pacs028,
    write_pain001,
)
from huangpu.registry.people import Person, RegisterPerson
from huangpu.registry.signing_keys import ApproveSigningKey, RegisterSigningKey, RevokeSigningKey

PEOPLE = ("otc1-treasurer", "ovb-desk", "bk1-maker", "bk2-maker")
CREATED = "2026-11-23T09:40:00+08:00"


@pytest.fixture
def engine() -> Engine:
    engine = offshore_engine()
    for person in PEOPLE:
        give_token(engine, person)
    return engine


@pytest.fixture
def api(engine: Engine) -> Iterator[Api]:
    api = Api(engine)
    yield api
    api.close()


def request(uetr_text: str, message_id: str = "M1", number: int = 1) -> bytes:
    return write_pacs028(
        StatusRequest(
            message_id=f"RQ-{number}",
            created_at=CREATED,
            original=OriginalPayment(
                uetr=uetr_text, message_id=message_id, definition="pacs.008.001.08"
            ),
            instructing_bic=OVB_BIC,
            instructed_bic=BK1_BIC,
        )
    )


def asked(api: Api, by: str, data: bytes) -> InterbankStatusReport:
    report = read(post(api, by, data))
    assert isinstance(report, InterbankStatusReport)
    return report


def test_a_settled_payment_is_reported_final_every_time(api: Api, engine: Engine) -> None:
    assert post(api, "ovb-desk", pacs008("M1", "FTE-OTC1", "USD", 100, uetr(10))).status_code == 200
    before = engine.next_seq
    first = post(api, "ovb-desk", request(uetr(10)))
    report = read(first)
    assert isinstance(report, InterbankStatusReport)
    assert (report.status, report.original_uetr) == ("ACCC", uetr(10))
    assert (report.original_message_id, report.effective_date) == ("M1", DATE)
    assert post(api, "ovb-desk", request(uetr(10))).content == first.content
    assert engine.next_seq == before, "a status request changes nothing"


def test_a_payment_never_received_gets_an_answer_too(api: Api) -> None:
    report = asked(api, "ovb-desk", request(uetr(11)))
    assert (report.status, report.reasons[0].code) == ("RJCT", "AG09")


def test_a_payment_of_others_is_not_told(api: Api) -> None:
    post(api, "ovb-desk", pacs008("M1", "FTE-OTC1", "USD", 100, uetr(12)))
    report = asked(api, "bk2-maker", request(uetr(12)))
    assert (report.status, report.reasons[0].code) == ("RJCT", "AG09")


def test_a_payment_refused_at_once_is_reported_with_its_reason(api: Api) -> None:
    post(api, "ovb-desk", pacs008("M1", "NO-SUCH", "USD", 100, uetr(13)))
    report = asked(api, "ovb-desk", request(uetr(13)))
    assert (report.status, report.reasons[0].code) == ("RJCT", "AC03")
    other = asked(api, "ovb-desk", request(uetr(14), number=2))
    assert other.reasons[0].code == "AG09", "the same message id, another payment"


def test_one_refused_in_a_batch_is_reported_with_its_reason(api: Api) -> None:
    good = transfer("FTN-SUP1", "USD", 100, uetr(15))
    bad = transfer("NO-SUCH", "USD", 100, uetr(16))
    post(api, "otc1-treasurer", pain001("M1", "BK1", "FTE-OTC1", good, bad))
    report = asked(api, "otc1-treasurer", request(uetr(16)))
    assert (report.status, report.reasons[0].code) == ("RJCT", "AC03")
    assert asked(api, "otc1-treasurer", request(uetr(15), number=2)).status == "ACCC"


def batch(message_id: str, *atomic: bool) -> bytes:
    """Write an order of one payment for each mark; its last transfer goes to an account that is not there."""
    groups = []
    for number, mark in enumerate(atomic):
        last = number == len(atomic) - 1
        accounts = ("FTN-SUP1", "NO-SUCH") if last else ("FTN-SUP1",)
        transfers = (
            transfer(account, "USD", 100, uetr(220 + 10 * number + place))
            for place, account in enumerate(accounts)
        )
        message: Any = receive(pain001(message_id, "BK1", "FTE-OTC1", *transfers))
        levels = ("ATOMIC",) if mark else ()
        group = msgspec.structs.replace(
            message.payments[0], payment_id=f"{message_id}-{number}", service_levels=levels
        )
        groups.append(group)
    whole = msgspec.structs.replace(
        message, payments=tuple(groups), transfer_count=sum(len(g.transfers) for g in groups)
    )
    return write_pain001(whole)


def test_a_batch_is_accepted_in_part(api: Api, engine: Engine) -> None:
    before = balance(engine, "FTE-OTC1/USD")
    report = read(post(api, "otc1-treasurer", batch("B1", False, False)))
    assert isinstance(report, CustomerStatusReport)
    assert report.group_status == "PART"
    statuses = [each.status for payment in report.payments for each in payment.transfers]
    assert statuses == ["ACCC", "ACCC", "RJCT"]
    assert balance(engine, "FTE-OTC1/USD") == before - 200


def test_a_batch_that_is_all_or_nothing_leaves_nothing(api: Api, engine: Engine) -> None:
    before = balance(engine, "FTE-OTC1/USD")
    report = read(post(api, "otc1-treasurer", batch("B2", True, True)))
    assert isinstance(report, CustomerStatusReport)
    assert report.group_status == "RJCT"
    statuses = {each.status for payment in report.payments for each in payment.transfers}
    assert statuses == {"RJCT"}
    assert balance(engine, "FTE-OTC1/USD") == before


def test_a_batch_that_is_whole_in_some_payments_only_is_refused(api: Api, engine: Engine) -> None:
    before = engine.next_seq
    report = read(post(api, "otc1-treasurer", batch("B3", True, False)))
    assert isinstance(report, CustomerStatusReport)
    assert (report.group_status, report.reasons[0].code) == ("RJCT", "FF01")
    assert engine.next_seq == before


def register_key(engine: Engine, by: tuple[str, str], pem: str, key_id: str = "K1") -> None:
    proposal = RegisterSigningKey(
        key_id=key_id, pem=pem, valid_from=DATE, valid_to=DATE + datetime.timedelta(days=30)
    )
    accepted(send(engine, by[0], proposal))
    accepted(send(engine, by[1], ApproveSigningKey(key_id=key_id)))


def second_person(engine: Engine, institution: str, role: str) -> str:
    person = Person(id=f"{institution.lower()}-second", institution=institution, roles=[role])
    accepted(send(engine, "operator", RegisterPerson(person=person)))
    return person.id


def engine_where_must_sign(*institutions: str) -> Engine:
    row = Row(
        rule="signature_required_of",
        from_date=datetime.date(2014, 5, 22),
        value=list(institutions),
        unit="institutions",
        cite="test",
    )
    engine = offshore_engine(load_rules().with_rows([row]))
    for person in PEOPLE:
        give_token(engine, person)
    return engine


def header(definition: str = "pacs.008.001.08", message_id: str = "S1") -> BusinessHeader:
    return BusinessHeader(OVB_BIC, BK1_BIC, message_id, definition, CREATED)


@pytest.mark.parametrize("bound", ["OVB", "ALL"])
def test_who_must_sign_is_refused_unsigned_and_paid_signed(bound: str) -> None:
    engine = engine_where_must_sign(bound)
    api = Api(engine)
    other = second_person(engine, "OVB", "CORRESPONDENT")
    register_key(engine, ("ovb-desk", other), public_pem(KEY))
    plain = pacs008("S1", "FTE-OTC1", "USD", 100, uetr(40))
    before = engine.next_seq
    unsigned = post(api, "ovb-desk", plain)
    assert (unsigned.status_code, b"DS0A" in unsigned.content) == (403, True)
    forged = post(api, "ovb-desk", signed(plain, header(), "OVB/K1", OTHER_KEY))
    assert (forged.status_code, b"DS0B" in forged.content) == (403, True)
    foreign = post(api, "bk2-maker", signed(plain, header(), "OVB/K1"))
    assert (foreign.status_code, b"DS0H" in foreign.content) == (403, True)
    assert engine.next_seq == before, "nothing unsigned is journaled"
    report = read(post(api, "ovb-desk", signed(plain, header(), "OVB/K1")))
    assert isinstance(report, InterbankStatusReport)
    assert report.status == "ACCC"
    accepted(send(engine, "ovb-desk", RevokeSigningKey(key_id="K1", cause="lost")))
    revoked = post(api, "ovb-desk", signed(plain, header(), "OVB/K1"))
    assert b"DS0C" in revoked.content
    api.close()


def test_the_centre_signs_its_answers_the_same_way_every_time(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem(KEY))
    api = Api(engine, Settings(sandbox=True, snapshot_entries=0, signing_key=str(path)))
    data = pacs008("M1", "FTE-OTC1", "USD", 100, uetr(50))
    unsigned = post(api, "ovb-desk", data)
    assert b"SignatureValue" not in unsigned.content, "the key is not registered yet"
    other = second_person(engine, "HUANGPU", "OPERATOR")
    register_key(engine, ("operator", other), public_pem(KEY))
    first = post(api, "ovb-desk", data)
    assert b"SignatureValue" in first.content
    assert post(api, "ovb-desk", data).content == first.content
    report = read(first)
    assert isinstance(report, InterbankStatusReport)
    assert report.status == "ACCC"
    header_element, document = etree.fromstring(first.content)
    for element, name in ((header_element, "head.001.001.02"), (document, "pacs.002.001.10")):
        file = shared_path("samples", "iso20022", "xsd", f"{name}.xsd")
        etree.XMLSchema(etree.parse(file)).assertValid(element)
    unreadable = post(api, "ovb-desk", b"<a/>")
    assert b"SignatureValue" in unreadable.content
    shown = api.call("GET", f"/v1/offshore/payments/{uetr(50)}/messages", by="bk1-maker").json()
    assert len(shown["items"]) >= 2
    assert all("SignatureValue" in each["xml"] for each in shown["items"])
    day = "/v1/offshore/accounts/FTE-OTC1/USD/statement.xml?date=2026-11-23"
    assert b"SignatureValue" in api.call("GET", day, by="bk1-maker").content
    api.close()


def test_a_day_of_an_account_is_a_message(api: Api, engine: Engine) -> None:
    post(api, "ovb-desk", pacs008("M1", "FTE-OTC1", "USD", 12_345, uetr(60)))
    path = "/v1/offshore/accounts/FTE-OTC1/USD/statement.xml?date=2026-11-23"
    answer = api.call("GET", path, by="otc1-treasurer")
    report = receive(answer.content)
    assert isinstance(report, AccountStatement)
    assert b"camt.052.001.08" in answer.content
    kinds = {each.kind: each.amount for each in report.balances}
    assert kinds["ITBD"] == Money(balance(engine, "FTE-OTC1/USD"), "USD")
    entry = report.entries[-1]
    assert (entry.amount, entry.side) == (Money(12_345, "USD"), "CRDT")
    assert (entry.details[0].uetr, entry.details[0].end_to_end_id) == (uetr(60), "E2E-M1")
    assert api.call("GET", path, by="bk2-maker").status_code == 404
    for wrong in ("date=2026-11-24", "date=2014-01-01", "date=now", "date=2026-11-23x"):
        bad = f"/v1/offshore/accounts/FTE-OTC1/USD/statement.xml?{wrong}"
        assert api.call("GET", bad, by="otc1-treasurer").status_code == 404


def test_a_day_that_is_over_is_a_statement_that_adds_up(api: Api, engine: Engine) -> None:
    post(api, "ovb-desk", pacs008("M1", "FTE-OTC1", "USD", 12_345, uetr(61)))
    key = RegisterSigningKey(key_id="X", pem="", valid_from=DATE, valid_to=DATE)
    send(engine, "bk1-maker", key, at_us=MONDAY_0930_US + 86_400_000_000)
    path = "/v1/offshore/accounts/FTE-OTC1/USD/statement.xml?date=2026-11-23"
    first = api.call("GET", path, by="bk1-maker")
    statement = receive(first.content)
    assert isinstance(statement, AccountStatement)
    assert b"camt.053.001.08" in first.content
    assert {each.kind for each in statement.balances} == {"OPBD", "CLBD"}
    assert api.call("GET", path, by="bk1-maker").content == first.content
    document = etree.fromstring(first.content)
    file = shared_path("samples", "iso20022", "xsd", "camt.053.001.08.xsd")
    etree.XMLSchema(etree.parse(file)).assertValid(document)


def test_charge_and_trade_data_reach_the_next_bank(api: Api) -> None:
    message: Any = receive(
        pain001("C1", "BK1", "FTE-OTC1", transfer("HK-SUPPLIER", "USD", 5_000_00, uetr(70)))
    )
    one = msgspec.structs.replace(
        message.payments[0].transfers[0],
        charge_bearer="CRED",
        trade_reference="T-7",
        goods="COPPER",
        creditor=FAR_PARTY,
    )
    group = msgspec.structs.replace(message.payments[0], transfers=(one,), debtor=TRADER)
    answer = post(
        api, "otc1-treasurer", write_pain001(msgspec.structs.replace(message, payments=(group,)))
    )
    assert answer.status_code == 200, answer.text
    shown = api.call("GET", f"/v1/offshore/payments/{uetr(70)}/messages", by="bk1-maker").json()
    sent: Any = receive(
        next(m["xml"] for m in shown["items"] if "pacs.008" in m["definition"]).encode()
    )
    assert (sent.uetr, sent.trade_reference, sent.goods) == (uetr(70), "T-7", "COPPER")
    assert sent.charge_bearer == "CRED"
    assert len(sent.charges) == 1
    assert sent.settlement_amount.amount_minor + sent.charges[0].amount.amount_minor == 5_000_00


def test_an_account_without_the_currency_is_coded_by_its_side(api: Api) -> None:
    def told(account: str, debtor: str, currency: str, number: int) -> str:
        data = pain001(
            f"SD-{number}", "BK1", debtor, transfer(account, currency, 100, uetr(400 + number))
        )
        report = read(post(api, "otc1-treasurer", data))
        assert isinstance(report, CustomerStatusReport)
        return report.payments[0].transfers[0].reasons[0].code

    assert told("FTN-SUP1", "FTE-OTC1", "EUR", 1) == "AC10"
    assert told("FTN-SUP1", "FTE-OTC1", "CNY", 2) == "AC11"
