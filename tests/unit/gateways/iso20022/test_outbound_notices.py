"""Notices of returns, transfers between banks and exchanges: to the holders of accounts kept here, with the entry of their statement."""

from tests.support.centre import accepted, send
from tests.support.fx import accept, fx_engine, quoted
from tests.support.offshore import OVB_BIC
from tests.support.recalls import (
    announce,
    bank_order,
    bank_pays,
    bank_receives,
    give_back,
    paid,
    recall,
    take_back,
)

from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022 import parse, read_camt054
from huangpu.gateways.iso20022.model import EntryNotification
from huangpu.gateways.iso20022.outbound import OutboundMessage
from huangpu.gateways.iso20022.outbound_notices import deal_messages
from huangpu.gateways.iso20022.outbound_recalls import messages_about
from huangpu.gateways.iso20022.outbound_transfers import transfer_messages
from huangpu.gateways.iso20022.reader import Document
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.accounts import OpenCashAccount


def kinds(found: list[OutboundMessage] | None) -> list[tuple[str, str, str]]:
    assert found is not None
    return [(one.definition[:8], one.sender, one.receiver) for one in found]


def notice(message: OutboundMessage) -> EntryNotification:
    document = parse(message.xml.encode())
    assert isinstance(document, Document)
    found = read_camt054(document)
    assert isinstance(found, EntryNotification)
    return found


def about(engine: Engine, name: str, reader: str | None = None) -> list[OutboundMessage]:
    record = engine.centre.offshore.record_of(name)
    assert record is not None
    return messages_about(engine.centre, record, reader)


def test_a_return_inside_the_zone_is_told_to_both_holders() -> None:
    engine = fx_engine()
    name = paid(engine, "BOOK", 700_00)
    accepted(send(engine, "bk1-checker", recall(name)))
    accepted(send(engine, "bk1-checker", give_back(name)))
    found = about(engine, name)
    assert kinds(found) == [
        ("camt.056", "BK1", "BK1"),
        ("camt.029", "BK1", "BK1"),
        ("pacs.004", "BK1", "OTC1"),
        ("camt.054", "BK1", "SUP1"),
        ("camt.054", "BK1", "OTC1"),
    ]
    debit, credit = (notice(message).entries[0] for message in found[-2:])
    assert (debit.side, debit.family, debit.sub_family) == ("DBIT", "RCDT", "RRTN")
    assert (credit.side, credit.family, credit.sub_family) == ("CRDT", "ICDT", "RRTN")
    for entry in (debit, credit):
        (detail,) = entry.details
        assert (detail.uetr, detail.transaction_id, detail.return_reason) == (
            name,
            "RT000000000000",
            "AC04",
        )
    assert [one.message_id for one in found[-2:]] == ["NR000000000000D", "NR000000000000C"]
    assert kinds(about(engine, name, "OTC1"))[-1] == ("camt.054", "BK1", "OTC1")
    assert ("camt.054", "BK1", "SUP1") not in kinds(about(engine, name, "OTC1"))


def test_a_return_across_the_border_is_told_to_the_holder_here() -> None:
    engine = fx_engine()
    out, inward = paid(engine, "OUTWARD", 900_00), paid(engine, "INWARD", 800_00)
    accepted(send(engine, "ovb-desk", take_back(out, 900_00)))
    accepted(send(engine, "bk1-checker", give_back(inward)))
    assert kinds(about(engine, out)) == [("camt.054", "BK1", "OTC1")]
    assert kinds(about(engine, inward)) == [
        ("pacs.004", "BK1", "OVB"),
        ("camt.054", "BK1", "OTC1"),
    ]


def test_a_transfer_between_banks_is_told_to_the_holders_of_kept_accounts() -> None:
    engine = fx_engine()
    opened = OpenCashAccount(
        account_id="FTU-OVB",
        account_class=AccountClass.FTU,
        holder="OVB",
        bank="BK1",
        currencies=["USD"],
    )
    accepted(send(engine, "bk1-maker", opened))
    into = bank_order(4_000_00, debtor_account="", creditor_account="FTU-OVB", creditor_bic="")
    accepted(send(engine, "ovb-desk", bank_receives(into)))
    own = bank_order(1_000_00)
    accepted(send(engine, "bk1-maker", bank_pays(own)))
    back = bank_order(500_00, debtor_account="FTU-OVB", creditor_bic=OVB_BIC)
    accepted(send(engine, "ovb-desk", bank_pays(back)))
    centre = engine.centre
    found = transfer_messages(centre, into.uetr, None)
    assert kinds(found) == [("pacs.002", "BK1", "OVB"), ("camt.054", "BK1", "OVB")]
    assert found is not None
    assert notice(found[1]).entries[0].details[0].uetr == into.uetr
    assert kinds(transfer_messages(centre, own.uetr, None)) == [("pacs.009", "BK1", "OVB")]
    assert kinds(transfer_messages(centre, back.uetr, None)) == [
        ("pacs.009", "BK1", "OVB"),
        ("camt.054", "BK1", "OVB"),
    ]


def test_both_sides_of_an_exchange_are_told_to_the_customer_and_nobody_else() -> None:
    engine = fx_engine()
    quoted(engine)
    accepted(accept(engine))
    for reader in (None, "OTC1", "BK1"):
        found = deal_messages(engine.centre, 0, reader)
        assert kinds(found) == [("camt.054", "BK1", "OTC1")] * 2
        assert found is not None
        paid_out, got = (notice(message) for message in found)
        assert (paid_out.account.currency, got.account.currency) == ("CNY", "USD")
        assert (paid_out.entries[0].side, got.entries[0].side) == ("DBIT", "CRDT")
        exchange = got.entries[0].details[0].exchange
        assert exchange is not None
        assert (exchange.rate, exchange.contract) == ("7.1000", "FX000000000000")
        assert [one.message_id for one in found] == ["NX000000000000D", "NX000000000000C"]
    for reader in ("OTC2", "BK2", "OVB"):
        assert deal_messages(engine.centre, 0, reader) is None
    for number in (-1, 1):
        assert deal_messages(engine.centre, number, None) is None


def test_the_cover_of_a_payment_is_told_with_it() -> None:
    engine = fx_engine()
    order = bank_order(600_00, debtor_account="", creditor_bic="")
    accepted(send(engine, "ovb-desk", bank_receives(order, cover=True)))
    accepted(send(engine, "ovb-desk", announce(600_00, order.uetr)))
    assert kinds(transfer_messages(engine.centre, order.uetr, None)) == [("pacs.002", "BK1", "OVB")]
