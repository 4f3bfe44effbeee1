"""Parts that several messages share: header, party, account, codes, remittance, regulatory data.

The kind of offshore trade travels in the regulatory reporting block of pain.001 and pacs.008, as
one `RgltryRptg/Dtls/Inf` of the form TRADETYPE/RESALE. It is regulatory data, that block reaches
the last bank unchanged, and 35 characters suffice. On the wire the underscore is written as a
hyphen, since the underscore is outside the character set of that element; both are read. The
balance-of-payments code stands in `RgltryRptg/Dtls/Cd`. In lines of the same form stand the reference
that joins the legs of one trade, TRADEREF/…, and the goods, GOODS/….
"""

from typing import NamedTuple

from huangpu.gateways.iso20022.identifiers import is_iban
from huangpu.gateways.iso20022.model import (
    NO_CODE,
    TRADE_TYPES,
    Account,
    Address,
    BusinessHeader,
    Code,
    Party,
)
from huangpu.gateways.iso20022.reader import Tree
from huangpu.gateways.iso20022.refusal import Fault, shown

REGULATORY_WORDS = {
    "TRADETYPE": "trade type",
    "TRADEREF": "trade reference",
    "GOODS": "goods",
}
INTERMEDIARIES = ("IntrmyAgt1", "IntrmyAgt2", "IntrmyAgt3")

ADDRESS_FIELDS = {
    "Dept": "department",
    "SubDept": "sub_department",
    "StrtNm": "street_name",
    "BldgNb": "building_number",
    "BldgNm": "building_name",
    "Flr": "floor",
    "PstBx": "post_box",
    "Room": "room",
    "PstCd": "post_code",
    "TwnNm": "town_name",
    "TwnLctnNm": "town_location",
    "DstrctNm": "district",
    "CtrySubDvsn": "country_subdivision",
    "Ctry": "country",
}


def filled(**elements: object) -> Tree:
    """Build a component of the elements that have a value; the order is the profile's affair."""
    return {tag: value for tag, value in elements.items() if value not in (None, "", {}, [])}


def read_address(tree: Tree) -> Address:
    """Read a postal address."""
    fields = {ADDRESS_FIELDS[tag]: text for tag, text in tree.items() if tag in ADDRESS_FIELDS}
    lines = tree.get("AdrLine")
    return Address(**fields, lines=tuple(lines)) if lines else Address(**fields)


def address_tree(address: Address) -> Tree:
    """Write a postal address."""
    named = {tag: getattr(address, field) for tag, field in ADDRESS_FIELDS.items()}
    return filled(**named, AdrLine=list(address.lines))


def read_party(tree: Tree) -> Party:
    """Read a party; identifications other than BIC and LEI stay in the document."""
    address = tree.get("PstlAdr")
    organisation = tree["Id"].get("OrgId", {}) if "Id" in tree else {}
    return Party(
        name=tree.get("Nm", ""),
        address=None if address is None else read_address(address),
        any_bic=organisation.get("AnyBIC", ""),
        lei=organisation.get("LEI", ""),
        country_of_residence=tree.get("CtryOfRes", ""),
    )


def read_optional_party(tree: Tree | None) -> Party | None:
    """Read a party that may be absent."""
    return None if tree is None else read_party(tree)


def party_tree(party: Party) -> Tree:
    """Write a party."""
    organisation = filled(AnyBIC=party.any_bic, LEI=party.lei)
    return filled(
        Nm=party.name,
        PstlAdr=None if party.address is None else address_tree(party.address),
        Id={"OrgId": organisation} if organisation else None,
        CtryOfRes=party.country_of_residence,
    )


def read_account(tree: Tree, path: str) -> Account:
    """Read an account and check an IBAN's digits.

    Raises: Fault AC01 (AC02 or AC03 by the side) at the IBAN.
    """
    identification = tree["Id"]
    iban = identification.get("IBAN", "")
    if iban and not is_iban(iban):
        raise Fault("AC01", f"{shown(iban)}: check digits do not fit", path, "Id", "IBAN")
    return Account(
        iban=iban,
        other_id="" if iban else identification["Othr"]["Id"],
        currency=tree.get("Ccy", ""),
        name=tree.get("Nm", ""),
    )


def read_optional_account(tree: Tree, tag: str) -> Account | None:
    """Read an account that may be absent."""
    account = tree.get(tag)
    return None if account is None else read_account(account, tag)


def account_tree(account: Account) -> Tree:
    """Write an account."""
    other = {"Othr": {"Id": account.other_id}}
    identification = {"IBAN": account.iban} if account.iban else other
    return filled(Id=identification, Ccy=account.currency, Nm=account.name)


def read_agent_bic(tree: Tree, tag: str) -> str:
    """Read the BIC of an agent; empty when the agent is absent or named otherwise."""
    agent = tree.get(tag)
    return "" if agent is None else str(agent["FinInstnId"].get("BICFI", ""))


def agent_tree(bic: str) -> Tree | None:
    """Write an agent by its BIC."""
    return {"FinInstnId": {"BICFI": bic}} if bic else None


def read_intermediaries(tree: Tree) -> tuple[str, ...]:
    """Read the BICs of the intermediary agents in order."""
    return tuple(read_agent_bic(tree, tag) for tag in INTERMEDIARIES if tag in tree)


def intermediary_trees(bics: tuple[str, ...]) -> Tree:
    """Write the intermediary agents."""
    if len(bics) > len(INTERMEDIARIES):
        raise Fault("FF01", f"{len(bics)} intermediary agents, limit {len(INTERMEDIARIES)}")
    return {tag: agent_tree(bic) for tag, bic in zip(INTERMEDIARIES, bics, strict=False)}


def read_code(tree: Tree | None) -> Code:
    """Read a choice of code and proprietary text."""
    if tree is None:
        return NO_CODE
    return Code(tree.get("Cd", ""), tree.get("Prtry", ""))


def code_tree(code: Code) -> Tree:
    """Write a choice of code and proprietary text; empty when there is neither."""
    return filled(Cd=code.code, Prtry=code.proprietary)


def read_remittance(tree: Tree) -> tuple[str, ...]:
    """Read the unstructured remittance lines."""
    remittance = tree.get("RmtInf")
    return () if remittance is None else tuple(remittance.get("Ustrd", ()))


def remittance_tree(lines: tuple[str, ...]) -> Tree:
    """Write the unstructured remittance lines."""
    return filled(Ustrd=list(lines))


class Regulatory(NamedTuple):
    """What the regulatory block says: reporting codes, kind of trade, reference of the trade, goods."""

    codes: tuple[str, ...] = ()
    trade_type: str = ""
    trade_reference: str = ""
    goods: str = ""


NO_REGULATORY = Regulatory()


def read_regulatory(tree: Tree) -> Regulatory:
    """Read the regulatory block.

    Raises: Fault RR05 for a trade type that is unknown, and for a line of ours that is given twice.
    """
    reports = tree.get("RgltryRptg")
    if reports is None:
        return NO_REGULATORY
    codes: list[str] = []
    found: dict[str, str] = {}
    for number, report in enumerate(reports, 1):
        for index, details in enumerate(report.get("Dtls", ()), 1):
            if "Cd" in details:
                codes.append(details["Cd"])
            for line in details.get("Inf", ()):
                word, _, text = line.partition("/")
                if word not in REGULATORY_WORDS:
                    continue
                path = (f"RgltryRptg[{number}]", f"Dtls[{index}]", "Inf")
                if word in found:
                    raise Fault("RR05", f"second {REGULATORY_WORDS[word]} {shown(line)}", *path)
                found[word] = _trade_type(text, path) if word == "TRADETYPE" else text
    return Regulatory(tuple(codes), *(found.get(word, "") for word in REGULATORY_WORDS))


def regulatory_tree(regulatory: Regulatory) -> list[Tree]:
    """Write the regulatory block."""
    details: list[Tree] = [{"Cd": code} for code in regulatory.codes]
    if regulatory.trade_type and regulatory.trade_type not in TRADE_TYPES:
        detail = f"trade type {shown(regulatory.trade_type)}, known: {', '.join(TRADE_TYPES)}"
        raise Fault("RR05", detail)
    texts = (regulatory.trade_type.replace("_", "-"), *regulatory[2:])
    lines = [f"{word}/{text}" for word, text in zip(REGULATORY_WORDS, texts, strict=True) if text]
    if lines:
        details.append({"Inf": lines})
    return [{"Dtls": details}] if details else []


def read_header(tree: Tree | None) -> BusinessHeader | None:
    """Read the business header."""
    if tree is None:
        return None
    duplicate = tree.get("PssblDplct")
    return BusinessHeader(
        from_bic=header_bic(tree, "Fr"),
        to_bic=header_bic(tree, "To"),
        business_message_id=tree["BizMsgIdr"],
        definition=tree["MsgDefIdr"],
        created_at=tree["CreDt"],
        business_service=tree.get("BizSvc", ""),
        copy=tree.get("CpyDplct", ""),
        possible_duplicate=None if duplicate is None else duplicate in {"true", "1"},
        priority=tree.get("Prty", ""),
    )


def header_tree(header: BusinessHeader | None) -> Tree | None:
    """Write the business header."""
    if header is None:
        return None
    duplicate = header.possible_duplicate
    return filled(
        Fr={"FIId": agent_tree(header.from_bic) or {"FinInstnId": {}}},
        To={"FIId": agent_tree(header.to_bic) or {"FinInstnId": {}}},
        BizMsgIdr=header.business_message_id,
        MsgDefIdr=header.definition,
        BizSvc=header.business_service,
        CreDt=header.created_at,
        CpyDplct=header.copy,
        PssblDplct=None if duplicate is None else str(duplicate).lower(),
        Prty=header.priority,
    )


def header_bic(tree: Tree, tag: str) -> str:
    """Read the sender's or receiver's BIC; empty when it is no institution or has no BIC."""
    institution = tree[tag].get("FIId")
    return "" if institution is None else read_agent_bic({tag: institution}, tag)


def _trade_type(text: str, path: tuple[str, str, str]) -> str:
    trade_type = text.replace("-", "_")
    if trade_type not in TRADE_TYPES:
        detail = f"trade type {shown(trade_type)}, known: {', '.join(TRADE_TYPES)}"
        raise Fault("RR05", detail, *path)
    return trade_type
