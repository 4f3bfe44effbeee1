"""Entries on an account, as the notice camt.054, the report camt.052 and the statement camt.053 share them."""

import datetime

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import Entry, EntryDetail, Exchange
from huangpu.gateways.iso20022.money import amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Tree
from huangpu.gateways.iso20022.refusal import Fault, at


def read_entry(tree: Tree, number: int) -> Entry:
    """Read one entry, the number-th of its list.

    Raises: Fault CH21 without a bank transaction code by domain; amounts as everywhere.
    """
    with at(f"Ntry[{number}]"):
        domain = _domain(tree["BkTxCd"])
        lists = tree.get("NtryDtls", ())
        details = [detail for each in lists for detail in each.get("TxDtls", ())]
        return Entry(
            reference=tree.get("NtryRef", ""),
            amount=read_money(tree["Amt"], allow_zero=True),
            side=tree["CdtDbtInd"],
            status=tree["Sts"].get("Cd", ""),
            booking_date=read_date(tree.get("BookgDt")),
            value_date=read_date(tree.get("ValDt")),
            servicer_reference=tree.get("AcctSvcrRef", ""),
            domain=domain["Cd"],
            family=domain["Fmly"]["Cd"],
            sub_family=domain["Fmly"]["SubFmlyCd"],
            details=tuple(_read_detail(detail, tree) for detail in details),
        )


def _domain(tree: Tree) -> Tree:
    domain: Tree | None = tree.get("Domn")
    if domain is None:
        raise Fault("CH21", "the code by domain is mandatory here", "BkTxCd", "Domn")
    return domain


def _read_detail(tree: Tree, entry: Tree) -> EntryDetail:
    """Read one detail; without an amount of its own it is the whole entry."""
    references = tree.get("Refs", {})
    related = tree.get("RltdPties", {})
    settled = tree.get("RltdDts", {}).get("IntrBkSttlmDt", "")
    return EntryDetail(
        amount=read_money(tree["Amt"] if "Amt" in tree else entry["Amt"], allow_zero=True),
        end_to_end_id=references.get("EndToEndId", ""),
        instruction_id=references.get("InstrId", ""),
        uetr=references.get("UETR", ""),
        debtor_name=related.get("Dbtr", {}).get("Pty", {}).get("Nm", ""),
        creditor_name=related.get("Cdtr", {}).get("Pty", {}).get("Nm", ""),
        settlement_date=datetime.date.fromisoformat(settled) if settled else None,
        remittance_text=parts.read_remittance(tree),
        transaction_id=references.get("TxId", ""),
        return_reason=tree.get("RtrInf", {}).get("Rsn", {}).get("Cd", ""),
        exchange=_read_exchange(tree),
    )


def _read_exchange(tree: Tree) -> Exchange | None:
    """Read the other side of an exchange; nothing where no rate is told."""
    value = tree.get("AmtDtls", {}).get("CntrValAmt", {})
    told = value.get("CcyXchg")
    if told is None:
        return None
    return Exchange(
        counter_value=read_money(value["Amt"], allow_zero=True),
        source=told["SrcCcy"],
        target=told.get("TrgtCcy", ""),
        unit=told.get("UnitCcy", ""),
        rate=told["XchgRate"],
        contract=told.get("CtrctId", ""),
    )


def read_date(tree: Tree | None) -> datetime.date | None:
    """Read a choice of date and moment; the moment gives its date."""
    if tree is None:
        return None
    return datetime.date.fromisoformat(tree.get("Dt") or tree["DtTm"][:10])


def entry_tree(entry: Entry) -> Tree:
    """Write one entry."""
    family = filled(Cd=entry.family, SubFmlyCd=entry.sub_family)
    details = [_detail_tree(detail, entry.side) for detail in entry.details]
    return filled(
        NtryRef=entry.reference,
        Amt=amount_text(entry.amount),
        CdtDbtInd=entry.side,
        Sts=filled(Cd=entry.status),
        BookgDt=date_tree(entry.booking_date),
        ValDt=date_tree(entry.value_date),
        AcctSvcrRef=entry.servicer_reference,
        BkTxCd={"Domn": filled(Cd=entry.domain, Fmly=family)},
        NtryDtls=[{"TxDtls": details}] if details else None,
    )


def _detail_tree(detail: EntryDetail, side: str) -> Tree:
    settled = detail.settlement_date
    return filled(
        Refs=filled(
            InstrId=detail.instruction_id,
            EndToEndId=detail.end_to_end_id,
            UETR=detail.uetr,
            TxId=detail.transaction_id,
        ),
        Amt=amount_text(detail.amount),
        CdtDbtInd=side,
        AmtDtls=_exchange_tree(detail.exchange),
        RltdPties=filled(Dbtr=_named(detail.debtor_name), Cdtr=_named(detail.creditor_name)),
        RmtInf=parts.remittance_tree(detail.remittance_text),
        RltdDts=None if settled is None else {"IntrBkSttlmDt": settled.isoformat()},
        RtrInf={"Rsn": {"Cd": detail.return_reason}} if detail.return_reason else None,
    )


def _exchange_tree(exchange: Exchange | None) -> Tree | None:
    if exchange is None:
        return None
    told = filled(
        SrcCcy=exchange.source,
        TrgtCcy=exchange.target,
        UnitCcy=exchange.unit,
        XchgRate=exchange.rate,
        CtrctId=exchange.contract,
    )
    return {"CntrValAmt": {"Amt": amount_text(exchange.counter_value), "CcyXchg": told}}


def _named(name: str) -> Tree | None:
    return {"Pty": {"Nm": name}} if name else None


def date_tree(date: datetime.date | None) -> Tree | None:
    """Write a date."""
    return None if date is None else {"Dt": date.isoformat()}
