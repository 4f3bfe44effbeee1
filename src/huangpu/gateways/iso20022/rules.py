"""Rules across fields: what a table of rows cannot say. One function for one rule or one group.

Rule numbers are those of the CBPR+ usage guideline (SR2026) of the message named; a Fault carries
the number. Rules within one element (length, code, occurrence) are in the tables instead.
"""

from collections.abc import Callable

from huangpu.gateways.iso20022.identifiers import same_bic
from huangpu.gateways.iso20022.money import decimal_sum, same_decimal
from huangpu.gateways.iso20022.parts import codes_of, header_bic
from huangpu.gateways.iso20022.reader import AmountText, Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal, shown

AGENTS = (
    *("PrvsInstgAgt1", "PrvsInstgAgt2", "PrvsInstgAgt3"),
    *("IntrmyAgt1", "IntrmyAgt2", "IntrmyAgt3", "DbtrAgt", "CdtrAgt"),
)
RELAY_SERVICE = "swift.cbprplus.03"
STANDING_CODES_APART = (("CHQB", "HOLD"), ("PHOB", "TELB"))


def check_document(document: Document) -> Refusal | None:
    """Check the rules across fields; None when all hold.

    Rejects: the first rule that is broken, with its number.
    """
    try:
        check_rules(document)
    except Fault as fault:
        return refusal_for(document, fault)
    return None


def refusal_for(document: Document, fault: Fault) -> Refusal:
    """Turn a fault met in a read document into a refusal that names the document."""
    message_id = document.body.get("GrpHdr", {}).get("MsgId", "")
    return fault.refusal(message_id=message_id, definition=document.definition)


def check_rules(document: Document) -> None:
    """Check the rules across fields.

    Raises: Fault with the code, the rule's number and the path.
    """
    if document.header is not None:
        _header_names_the_message(document, document.header)
    body_rules = _BODY_RULES.get(document.definition)
    if body_rules is not None:
        root, rules = body_rules
        try:
            rules(document)
        except Fault as fault:
            raise (
                fault.inside(root).inside("Document") if not _is_header(fault) else fault
            ) from None


def _is_header(fault: Fault) -> bool:
    return bool(fault.segments) and fault.segments[-1] == "AppHdr"


def _header_names_the_message(document: Document, header: Tree) -> None:
    """MsgDefIdr names the message and BizMsgIdr carries its MsgId (R1, R8; pain.001 R1, R4)."""
    definition = header["MsgDefIdr"]
    if definition != document.definition:
        detail = f"{shown(definition)}, the document is {document.definition}"
        raise Fault("FF01", detail, "AppHdr", "MsgDefIdr", rule="R8")
    message_id = document.body.get("GrpHdr", {}).get("MsgId")
    identifier = header["BizMsgIdr"]
    if message_id is not None and identifier != message_id:
        detail = f"{shown(identifier)}, MsgId is {shown(message_id)}"
        raise Fault("FF01", detail, "AppHdr", "BizMsgIdr", rule="R1")


def _header_names_the_agents(header: Tree | None, tree: Tree, rules: tuple[str, str]) -> None:
    """From is the instructing agent; To the instructed agent unless the message is a copy."""
    if header is None:
        return
    pairs = [("Fr", "InstgAgt", rules[0])]
    if header.get("CpyDplct") not in {"COPY", "CODU"}:
        pairs.append(("To", "InstdAgt", rules[1]))
    for side, agent, rule in pairs:
        sender = header_bic(header, side)
        bic = tree[agent]["FinInstnId"]["BICFI"]
        if sender and not same_bic(sender, bic):
            path = ("AppHdr", side, "FIId", "FinInstnId", "BICFI")
            raise Fault("FF01", f"{shown(sender)}, {agent} is {shown(bic)}", *path, rule=rule)


def _pain_001(document: Document) -> None:
    body = document.body
    _counts_and_sums(body)
    _name_with_address(body["GrpHdr"], "InitgPty", "RR02", "R10", "GrpHdr")
    service = document.header.get("BizSvc") if document.header is not None else None
    for number, payment in enumerate(body["PmtInf"], 1):
        try:
            if service == RELAY_SERVICE:
                _payment_id_is_message_id(body, payment)
            _name_with_address(payment, "Dbtr", "BE22", "R13")
            _name_with_address(payment, "UltmtDbtr", "BE22", "R18")
            _agents(payment, "R15")
            _each_transfer(payment)
        except Fault as fault:
            raise fault.inside(f"PmtInf[{number}]") from None


def _each_transfer(payment: Tree) -> None:
    for index, transfer in enumerate(payment["CdtTrfTxInf"], 1):
        try:
            _creditor_named(transfer, "R28")
            _name_with_address(transfer, "UltmtDbtr", "BE22", "R22")
            _name_with_address(transfer, "UltmtCdtr", "BE22", "R30")
            _agents(transfer, "R27")
            if "RmtInf" in transfer:
                _one_kind_of_remittance(transfer["RmtInf"], "R12")
            if "InstrForCdtrAgt" in transfer:
                _creditor_agent_codes(transfer, ("R6", "R7", "R20"))
        except Fault as fault:
            raise fault.inside(f"CdtTrfTxInf[{index}]") from None


def _payment_id_is_message_id(body: Tree, payment: Tree) -> None:
    """In the relay service PmtInfId equals MsgId (pain.001 R8); a bank's own customers are free."""
    message_id = body["GrpHdr"]["MsgId"]
    if payment["PmtInfId"] != message_id:
        detail = f"{shown(payment['PmtInfId'])}, MsgId is {shown(message_id)}"
        raise Fault("FF01", detail, "PmtInfId", rule="R8")


def _counts_and_sums(body: Tree) -> None:
    """Counts and control sums agree with the transfers, at both levels."""
    group_texts: list[str] = []
    for number, payment in enumerate(body["PmtInf"], 1):
        texts = [_ordered_amount(transfer).text for transfer in payment["CdtTrfTxInf"]]
        group_texts += texts
        try:
            _count_and_sum(payment, texts, "AM20", "AM17")
        except Fault as fault:
            raise fault.inside(f"PmtInf[{number}]") from None
    try:
        _count_and_sum(body["GrpHdr"], group_texts, "AM19", "AM16")
    except Fault as fault:
        raise fault.inside("GrpHdr") from None


def _count_and_sum(tree: Tree, texts: list[str], count_code: str, sum_code: str) -> None:
    count = tree.get("NbOfTxs")
    if count is not None and int(count) != len(texts):
        raise Fault(count_code, f"{count} announced, {len(texts)} found", "NbOfTxs")
    control = tree.get("CtrlSum")
    if control is None:
        return
    total = decimal_sum(texts)
    if control.startswith("-") or not same_decimal(control, total):
        raise Fault(sum_code, f"{control} announced, the sum is {total}", "CtrlSum")


def _ordered_amount(transfer: Tree) -> AmountText:
    amount = transfer["Amt"]
    found = amount["InstdAmt"] if "InstdAmt" in amount else amount["EqvtAmt"]["Amt"]
    assert isinstance(found, AmountText)
    return found


def _pacs_008(document: Document) -> None:
    group = document.body["GrpHdr"]
    transfer = document.body["CdtTrfTxInf"][0]
    texts = [transfer["IntrBkSttlmAmt"].text]
    try:
        _count_and_sum(group, texts, "AM18", "AM10")
        _total(group, texts)
    except Fault as fault:
        raise fault.inside("GrpHdr") from None
    _header_names_the_agents(document.header, transfer, ("R5", "R2"))
    try:
        _header_priority(document.header, transfer)
        _no_slashes(transfer["PmtId"]["InstrId"], ("PmtId", "InstrId"), "R28")
        _charges(transfer)
        _remittance(transfer)
        _parties(transfer)
        _agents(transfer, "R52")
        _creditor_agent_codes(transfer, ("R11", "R10", "R25"))
    except Fault as fault:
        raise (fault.inside("CdtTrfTxInf") if not _is_header(fault) else fault) from None


def _total(group: Tree, texts: list[str]) -> None:
    """The total interbank amount is the amount of the only transfer."""
    total = group.get("TtlIntrBkSttlmAmt")
    if total is not None and not same_decimal(total.text, decimal_sum(texts)):
        detail = f"{total.text} announced, the sum is {decimal_sum(texts)}"
        raise Fault("AM10", detail, "TtlIntrBkSttlmAmt")


def _header_priority(header: Tree | None, transfer: Tree) -> None:
    """The header's priority equals the instruction's (R4)."""
    if header is None:
        return
    wanted = transfer.get("PmtTpInf", {}).get("InstrPrty")
    found = header.get("Prty")
    if wanted and found and wanted != found:
        raise Fault("FF01", f"{found}, InstrPrty is {wanted}", "AppHdr", "Prty", rule="R4")


def _no_slashes(text: str, path: tuple[str, ...], rule: str) -> None:
    """No slash at either end and no two in a row (R28; pacs.002 R14)."""
    if text.startswith("/") or text.endswith("/") or "//" in text:
        detail = f"{shown(text)}: no slash at an end, no two in a row"
        raise Fault("FF01", detail, *path, rule=rule)


def _charges(transfer: Tree) -> None:
    """CRED needs charge data, zero if none were taken (R26); DEBT allows one at most (R23)."""
    bearer = transfer["ChrgBr"]
    charges = transfer.get("ChrgsInf", [])
    if bearer == "CRED" and not charges:
        raise Fault("CH21", "mandatory when ChrgBr is CRED", "ChrgsInf", rule="R26")
    if bearer == "DEBT" and len(charges) > 1:
        detail = f"{len(charges)} occurrences, limit 1 when ChrgBr is DEBT"
        raise Fault("FF01", detail, "ChrgsInf[2]", rule="R23")
    for number, charge in enumerate(charges, 1):
        _agent(charge, "Agt", "R12", f"ChrgsInf[{number}]")


def _remittance(transfer: Tree) -> None:
    """Structured or unstructured (R24), here or elsewhere (R27), never both."""
    remittance = transfer.get("RmtInf")
    if remittance is None:
        return
    if "RltdRmtInf" in transfer:
        raise Fault("RR07", "excluded when RltdRmtInf is given", "RmtInf", rule="R27")
    _one_kind_of_remittance(remittance, "R24")


def _one_kind_of_remittance(remittance: Tree, rule: str) -> None:
    if "Ustrd" in remittance and "Strd" in remittance:
        raise Fault("RR07", "both Ustrd and Strd are given", "RmtInf", rule=rule)


def _parties(transfer: Tree) -> None:
    """Debtor and creditor are named or have a BIC; an address needs a name (R44 to R60)."""
    _party_named(transfer["Dbtr"], "Dbtr", ("R50", "R47"))
    _party_named(transfer["Cdtr"], "Cdtr", ("R55", "R54"))
    _name_with_address(transfer, "UltmtDbtr", "BE22", "R44")
    _name_with_address(transfer, "UltmtCdtr", "BE22", "R60")
    _name_with_address(transfer, "InitgPty", "RR02", "R45")


def _party_named(party: Tree, tag: str, rules: tuple[str, str]) -> None:
    has_bic = "AnyBIC" in party.get("Id", {}).get("OrgId", {})
    if not has_bic and "Nm" not in party:
        raise Fault("BE22", "name is mandatory without AnyBIC", tag, "Nm", rule=rules[0])
    if has_bic and "Nm" in party and "PstlAdr" in party:
        raise Fault("FF01", "name and address are excluded by AnyBIC", tag, rule=rules[1])


def _creditor_named(transfer: Tree, rule: str) -> None:
    """A transfer says who is to be paid: by name or by BIC."""
    creditor = transfer.get("Cdtr", {})
    if "Nm" not in creditor and "AnyBIC" not in creditor.get("Id", {}).get("OrgId", {}):
        raise Fault("BE22", "name of the creditor is missing", "Cdtr", "Nm", rule=rule)


def _name_with_address(tree: Tree, tag: str, code: str, rule: str, *above: str) -> None:
    party = tree.get(tag)
    if party is not None and "PstlAdr" in party and "Nm" not in party:
        detail = "name is mandatory when an address is given"
        raise Fault(code, detail, *above, tag, "Nm", rule=rule)


def _agents(tree: Tree, rule: str) -> None:
    for tag in AGENTS:
        if tag in tree:
            _agent(tree, tag, rule)


def _agent(tree: Tree, tag: str, rule: str, *above: str) -> None:
    """An agent's name and address come together (R12, R35 to R53)."""
    institution = tree[tag]["FinInstnId"]
    if ("Nm" in institution) != ("PstlAdr" in institution):
        detail = "name and address of an agent come together"
        raise Fault("FF01", detail, *above, tag, "FinInstnId", rule=rule)


def _creditor_agent_codes(transfer: Tree, rules: tuple[str, str, str]) -> None:
    """HOLD excludes CHQB, TELB excludes PHOB, and no code comes twice."""
    codes = codes_of(transfer.get("InstrForCdtrAgt", ()), "Cd")
    for (first, second), rule in zip(STANDING_CODES_APART, rules, strict=False):
        if first in codes and second in codes:
            raise Fault("FF01", f"{second} excluded by {first}", "InstrForCdtrAgt", rule=rule)
    if len(codes) != len(set(codes)):
        detail = f"a code comes twice in {' '.join(codes)}"
        raise Fault("FF01", detail, "InstrForCdtrAgt", rule=rules[2])


def _pacs_002(document: Document) -> None:
    status = document.body["TxInfAndSts"][0]
    _header_names_the_agents(document.header, status, ("R4", "R1"))
    try:
        if status["TxSts"] == "RJCT":
            _rejection(status)
        if "OrgnlInstrId" in status:
            _no_slashes(status["OrgnlInstrId"], ("OrgnlInstrId",), "R14")
        _originators(status)
    except Fault as fault:
        raise fault.inside("TxInfAndSts") from None


def _rejection(status: Tree) -> None:
    """A rejection has a reason (R9) and no effective settlement date (R10)."""
    if not any("Rsn" in reason for reason in status.get("StsRsnInf", ())):
        raise Fault("CH21", "mandatory when TxSts is RJCT", "StsRsnInf", "Rsn", rule="R9")
    if "FctvIntrBkSttlmDt" in status:
        raise Fault("FF01", "excluded when TxSts is RJCT", "FctvIntrBkSttlmDt", rule="R10")


def _originators(status: Tree) -> None:
    for number, reason in enumerate(status.get("StsRsnInf", ()), 1):
        _name_with_address(reason, "Orgtr", "RR02", "R19", f"StsRsnInf[{number}]")


def _pain_002(document: Document) -> None:
    """A rejected transfer has a reason, its own or its order's or the group's."""
    group = "StsRsnInf" in document.body["OrgnlGrpInfAndSts"]
    for number, payment in enumerate(document.body.get("OrgnlPmtInfAndSts", ()), 1):
        reason_above = group or "StsRsnInf" in payment
        for index, transfer in enumerate(payment.get("TxInfAndSts", ()), 1):
            if transfer.get("TxSts") == "RJCT" and not (reason_above or "StsRsnInf" in transfer):
                path = (f"OrgnlPmtInfAndSts[{number}]", f"TxInfAndSts[{index}]", "StsRsnInf")
                raise Fault("CH21", "mandatory when TxSts is RJCT", *path)


_BODY_RULES: dict[str, tuple[str, Callable[[Document], None]]] = {
    "pain.001.001.09": ("CstmrCdtTrfInitn", _pain_001),
    "pain.002.001.10": ("CstmrPmtStsRpt", _pain_002),
    "pacs.008.001.08": ("FIToFICstmrCdtTrf", _pacs_008),
    "pacs.002.001.10": ("FIToFIPmtStsRpt", _pacs_002),
}
