"""The transfer between banks, pacs.009.001.08, both ways: CORE, or COV when it covers a customer payment."""

import datetime

import msgspec

from huangpu.gateways.iso20022 import parts
from huangpu.gateways.iso20022.model import NO_CODE, Account, BusinessHeader, Code, Party
from huangpu.gateways.iso20022.money import Money, amount_text, read_money
from huangpu.gateways.iso20022.parts import filled
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, at
from huangpu.gateways.iso20022.rules import check_rules, refusal_for
from huangpu.gateways.iso20022.writing import checked_bytes, inside

PACS_009 = "pacs.009.001.08"
ROOT = ("Document", "FICdtTrf", "CdtTrfTxInf")


class CoveredPayment(msgspec.Struct, frozen=True):
    """The customer payment that a cover pays for."""

    debtor: Party
    creditor: Party
    debtor_account: Account | None = None
    debtor_agent_bic: str = ""
    creditor_agent_bic: str = ""
    creditor_account: Account | None = None
    instructed_amount: Money | None = None
    remittance_text: tuple[str, ...] = ()


class BankTransfer(msgspec.Struct, frozen=True):
    """A bank pays a bank (pacs.009); `covered` is set in a cover (COV) and absent otherwise (CORE)."""

    message_id: str
    created_at: str
    settlement_method: str
    instruction_id: str
    end_to_end_id: str
    uetr: str
    settlement_amount: Money
    settlement_date: datetime.date
    instructing_bic: str
    instructed_bic: str
    debtor_bic: str = ""
    creditor_bic: str = ""
    interbank_id: str = ""
    priority: str = ""
    category_purpose: Code = NO_CODE
    purpose: Code = NO_CODE
    intermediary_bics: tuple[str, ...] = ()
    debtor_account: Account | None = None
    debtor_agent_bic: str = ""
    creditor_agent_bic: str = ""
    creditor_account: Account | None = None
    remittance_text: tuple[str, ...] = ()
    covered: CoveredPayment | None = None
    header: BusinessHeader | None = None


def read_pacs009(document: Document) -> BankTransfer | Refusal:
    """Extract a transfer between banks.

    Rejects: every rule across fields, then amounts and account digits.
    """
    assert document.definition == PACS_009
    try:
        check_rules(document)
        with at(*ROOT):
            return _read(document, document.body["CdtTrfTxInf"][0])
    except Fault as fault:
        return refusal_for(document, fault)


def write_pacs009(transfer: BankTransfer, *, header: BusinessHeader | None = None) -> bytes:
    """Write a transfer between banks, with a business header when one is given.

    Raises: WriteError when the content breaks the profile or a rule.
    """
    with inside(PACS_009, *ROOT):
        body = {
            "GrpHdr": filled(
                MsgId=transfer.message_id,
                CreDtTm=transfer.created_at,
                NbOfTxs="1",
                SttlmInf=filled(SttlmMtd=transfer.settlement_method),
            ),
            "CdtTrfTxInf": [_tree(transfer)],
        }
    return checked_bytes(PACS_009, body, header or transfer.header)


def _read(document: Document, tree: Tree) -> BankTransfer:
    group = document.body["GrpHdr"]
    identification = tree["PmtId"]
    kind = tree.get("PmtTpInf", {})
    covered = tree.get("UndrlygCstmrCdtTrf")
    return BankTransfer(
        message_id=group["MsgId"],
        created_at=group["CreDtTm"],
        settlement_method=group["SttlmInf"]["SttlmMtd"],
        instruction_id=identification["InstrId"],
        end_to_end_id=identification["EndToEndId"],
        interbank_id=identification.get("TxId", ""),
        uetr=identification["UETR"],
        priority=kind.get("InstrPrty", ""),
        category_purpose=parts.read_code(kind.get("CtgyPurp")),
        settlement_amount=read_money(tree["IntrBkSttlmAmt"], "IntrBkSttlmAmt"),
        settlement_date=datetime.date.fromisoformat(tree["IntrBkSttlmDt"]),
        instructing_bic=parts.read_agent_bic(tree, "InstgAgt"),
        instructed_bic=parts.read_agent_bic(tree, "InstdAgt"),
        intermediary_bics=parts.read_intermediaries(tree),
        debtor_bic=parts.read_agent_bic(tree, "Dbtr"),
        debtor_account=parts.read_optional_account(tree, "DbtrAcct"),
        debtor_agent_bic=parts.read_agent_bic(tree, "DbtrAgt"),
        creditor_agent_bic=parts.read_agent_bic(tree, "CdtrAgt"),
        creditor_bic=parts.read_agent_bic(tree, "Cdtr"),
        creditor_account=parts.read_optional_account(tree, "CdtrAcct"),
        purpose=parts.read_code(tree.get("Purp")),
        remittance_text=parts.read_remittance(tree),
        covered=None if covered is None else _read_covered(covered),
        header=parts.read_header(document.header),
    )


def _read_covered(tree: Tree) -> CoveredPayment:
    with at("UndrlygCstmrCdtTrf"):
        amount = tree.get("InstdAmt")
        return CoveredPayment(
            debtor=parts.read_party(tree["Dbtr"]),
            debtor_account=parts.read_optional_account(tree, "DbtrAcct"),
            debtor_agent_bic=parts.read_agent_bic(tree, "DbtrAgt"),
            creditor_agent_bic=parts.read_agent_bic(tree, "CdtrAgt"),
            creditor=parts.read_party(tree["Cdtr"]),
            creditor_account=parts.read_optional_account(tree, "CdtrAcct"),
            instructed_amount=None if amount is None else read_money(amount, "InstdAmt"),
            remittance_text=parts.read_remittance(tree),
        )


def _tree(transfer: BankTransfer) -> Tree:
    return filled(
        PmtId=filled(
            InstrId=transfer.instruction_id,
            EndToEndId=transfer.end_to_end_id,
            TxId=transfer.interbank_id,
            UETR=transfer.uetr,
        ),
        PmtTpInf=filled(
            InstrPrty=transfer.priority, CtgyPurp=parts.code_tree(transfer.category_purpose)
        ),
        IntrBkSttlmAmt=amount_text(transfer.settlement_amount),
        IntrBkSttlmDt=transfer.settlement_date.isoformat(),
        InstgAgt=parts.agent_tree(transfer.instructing_bic),
        InstdAgt=parts.agent_tree(transfer.instructed_bic),
        DbtrAcct=transfer.debtor_account and parts.account_tree(transfer.debtor_account),
        DbtrAgt=parts.agent_tree(transfer.debtor_agent_bic),
        CdtrAgt=parts.agent_tree(transfer.creditor_agent_bic),
        CdtrAcct=transfer.creditor_account and parts.account_tree(transfer.creditor_account),
        Purp=parts.code_tree(transfer.purpose),
        RmtInf=parts.remittance_tree(transfer.remittance_text),
        UndrlygCstmrCdtTrf=transfer.covered and _covered_tree(transfer.covered),
        **parts.intermediary_trees(transfer.intermediary_bics),
    ) | {
        "Dbtr": parts.agent_tree(transfer.debtor_bic) or {"FinInstnId": {}},
        "Cdtr": parts.agent_tree(transfer.creditor_bic) or {"FinInstnId": {}},
    }


def _covered_tree(covered: CoveredPayment) -> Tree:
    return filled(
        DbtrAcct=covered.debtor_account and parts.account_tree(covered.debtor_account),
        DbtrAgt=parts.agent_tree(covered.debtor_agent_bic) or {"FinInstnId": {}},
        CdtrAgt=parts.agent_tree(covered.creditor_agent_bic) or {"FinInstnId": {}},
        CdtrAcct=covered.creditor_account and parts.account_tree(covered.creditor_account),
        RmtInf=parts.remittance_tree(covered.remittance_text),
        InstdAmt=covered.instructed_amount and amount_text(covered.instructed_amount),
    ) | {"Dbtr": parts.party_tree(covered.debtor), "Cdtr": parts.party_tree(covered.creditor)}
