"""What a rule across fields may ask: each check of `tables/rules.tbl` as a function that makes it.

A maker takes the arguments of a row and gives a function that reads one component and raises a Fault without a code; the row's code
and number are added by the caller. Checks see the tree alone; the few that need the header are in HEADER.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from huangpu.gateways.iso20022.identifiers import same_bic
from huangpu.gateways.iso20022.money import COMMODITIES, decimal_sum, same_decimal
from huangpu.gateways.iso20022.reader import AmountText, Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, shown

Check = Callable[[Tree], None]
HeaderCheck = Callable[[Document, Tree], None]
Condition = Callable[[Tree], bool]

RELAY_SERVICE = "swift.cbprplus.03"
COPIES = frozenset({"COPY", "CODU"})
SLASH_CHARACTERS = 16
_ANY_BIC = ("Id", "OrgId", "AnyBIC")


def find(tree: Tree, path: tuple[str, ...]) -> Any:
    """Return the first value at a path, None when there is none; a list is searched in order."""
    found: Any = tree
    for position, tag in enumerate(path):
        if isinstance(found, list):
            inner = (find(item, path[position:]) for item in found)
            return next((value for value in inner if value is not None), None)
        found = found.get(tag)
        if found is None:
            return None
    return found


def steps(path: str) -> tuple[str, ...]:
    """Split a path of the table."""
    return tuple(path.split("/"))


def condition(words: list[str]) -> Condition:
    """Make the condition that closes a row."""
    word, text = words
    path, _, values = text.partition("=")
    place = steps(path)
    if word == "unless":
        return lambda tree: find(tree, place) is None
    assert word == "when", words
    if not values:
        return lambda tree: find(tree, place) is not None
    wanted = frozenset(values.split(","))
    return lambda tree: find(tree, place) in wanted


def _needs(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        if find(tree, place) is None:
            raise Fault("", f"mandatory element {place[-1]} is missing", *place)

    return check


def _needs_one(*paths: str) -> Check:
    places = [steps(path) for path in paths]

    def check(tree: Tree) -> None:
        if all(find(tree, place) is None for place in places):
            raise Fault("", f"one of {', '.join(paths)} is expected", paths[0])

    return check


def _without(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        if find(tree, place) is not None:
            raise Fault("", "excluded here", *place)

    return check


def _not_both(path: str, first: str, second: str) -> Check:
    def check(tree: Tree) -> None:
        component = tree.get(path)
        if component is not None and first in component and second in component:
            raise Fault("", f"both {first} and {second} are given", path)

    return check


def _at_most(limit: str, tag: str) -> Check:
    high = int(limit)

    def check(tree: Tree) -> None:
        count = len(tree.get(tag, ()))
        if count > high:
            raise Fault("", f"{count} occurrences, limit {high} here", f"{tag}[{high + 1}]")

    return check


def _value(path: str, *allowed: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        found = find(tree, place)
        if found is not None and found not in allowed:
            raise Fault("", f"{shown(found)} is none of {' '.join(allowed)}", *place)

    return check


def _matches(path: str, pattern: str) -> Check:
    place, match = steps(path), re.compile(pattern).fullmatch

    def check(tree: Tree) -> None:
        found = find(tree, place)
        if found is not None and match(found) is None:
            raise Fault("", f"{shown(found)} does not match {pattern}", *place)

    return check


def _no_slashes(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        text = find(tree, place)
        if text is not None and (text.startswith("/") or text.endswith("/") or "//" in text):
            raise Fault("", f"{shown(text)}: no slash at an end, no two in a row", *place)

    return check


def _no_slashes_in_16(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        text = (find(tree, place) or "")[:SLASH_CHARACTERS]
        last = text[SLASH_CHARACTERS - 1 :]
        if text.startswith("/") or last == "/" or "//" in text:
            detail = f"{shown(text)}: no slash first or sixteenth, no two in a row"
            raise Fault("", detail, *place)

    return check


def _above_zero(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        text = find(tree, place)
        if text is not None and not text.strip("0"):
            raise Fault("", f"{shown(text)}, at least 1", *place)

    return check


def _no_commodity(path: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        amount = find(tree, place)
        if amount is not None and amount.currency in COMMODITIES:
            raise Fault("", f"{shown(amount.currency)} is a commodity", *place, "@Ccy")

    return check


def _agents_complete(*tags: str) -> Check:
    def check(tree: Tree) -> None:
        for tag in tags:
            if tag not in tree:
                continue
            institution = tree[tag]["FinInstnId"]
            if ("Nm" in institution) != ("PstlAdr" in institution):
                raise Fault("", "name and address of an agent come together", tag, "FinInstnId")

    return check


def _name_with_address(*tags: str) -> Check:
    def check(tree: Tree) -> None:
        for tag in tags:
            party = tree.get(tag)
            if party is not None and "PstlAdr" in party and "Nm" not in party:
                raise Fault("", "name is mandatory when an address is given", tag, "Nm")

    return check


def _name_or_bic(tag: str) -> Check:
    def check(tree: Tree) -> None:
        party = tree.get(tag)
        if party is not None and "Nm" not in party and find(party, _ANY_BIC) is None:
            raise Fault("", "name is mandatory without AnyBIC", tag, "Nm")

    return check


def _bic_alone(tag: str) -> Check:
    def check(tree: Tree) -> None:
        party = tree.get(tag)
        if party is None or "Nm" not in party or "PstlAdr" not in party:
            return
        if find(party, _ANY_BIC) is not None:
            raise Fault("", "name and address are excluded by AnyBIC", tag)

    return check


def _creditor_named() -> Check:
    def check(tree: Tree) -> None:
        creditor = tree.get("Cdtr", {})
        if "Nm" not in creditor and find(creditor, _ANY_BIC) is None:
            raise Fault("", "name of the creditor is missing", "Cdtr", "Nm")

    return check


def _codes_apart(tag: str, first: str, second: str) -> Check:
    def check(tree: Tree) -> None:
        if tag in tree:
            codes = codes_of(tree[tag])
            if first in codes and second in codes:
                raise Fault("", f"{second} excluded by {first}", tag)

    return check


def _codes_once(tag: str) -> Check:
    def check(tree: Tree) -> None:
        if tag in tree:
            codes = codes_of(tree[tag])
            if len(codes) != len(set(codes)):
                raise Fault("", f"a code comes twice in {' '.join(codes)}", tag)

    return check


def _codes_not(path: str, *refused: str) -> Check:
    place = steps(path)

    def check(tree: Tree) -> None:
        found = find(tree, place[:-1]) or []
        for code in codes_of(found if isinstance(found, list) else [found]):
            if code in refused:
                raise Fault("", f"{code} is not allowed here", *place)

    return check


def codes_of(trees: Iterable[Tree]) -> list[str]:
    """Collect the codes of several components, where present."""
    return [tree["Cd"] for tree in trees if "Cd" in tree]


def _count(announced: str, counted: str) -> Check:
    place, items = steps(announced), steps(counted)

    def check(tree: Tree) -> None:
        count = find(tree, place)
        if count is None:
            return
        found = sum(1 for _ in _each(tree, items))
        if int(count) != found:
            raise Fault("", f"{count} announced, {found} found", *place)

    return check


def _sum(announced: str, summed: str, *amounts: str) -> Check:
    place, items = steps(announced), steps(summed)
    amount_places = [steps(amount) for amount in amounts]

    def check(tree: Tree) -> None:
        control = find(tree, place)
        if control is None:
            return
        text = control.text if isinstance(control, AmountText) else control
        total = decimal_sum([_amount(item, amount_places) for item in _each(tree, items)])
        if text.startswith("-") or not same_decimal(text, total):
            raise Fault("", f"{text} announced, the sum is {total}", *place)

    return check


def _amount(tree: Tree, places: list[tuple[str, ...]]) -> str:
    found = (find(tree, place) for place in places)
    amount = next(value for value in found if value is not None)
    assert isinstance(amount, AmountText)
    return amount.text


def _each(tree: Tree, path: tuple[str, ...]) -> Iterator[Tree]:
    found = tree.get(path[0])
    items = found if isinstance(found, list) else [] if found is None else [found]
    if len(path) == 1:
        yield from items
        return
    for item in items:
        yield from _each(item, path[1:])


def _rejected_has_reason() -> Check:
    def check(tree: Tree) -> None:
        group = "StsRsnInf" in tree["OrgnlGrpInfAndSts"]
        for number, payment in enumerate(tree.get("OrgnlPmtInfAndSts", ()), 1):
            reason_above = group or "StsRsnInf" in payment
            for index, transfer in enumerate(payment.get("TxInfAndSts", ()), 1):
                given = reason_above or "StsRsnInf" in transfer
                if transfer.get("TxSts") == "RJCT" and not given:
                    path = (f"OrgnlPmtInfAndSts[{number}]", f"TxInfAndSts[{index}]", "StsRsnInf")
                    raise Fault("", "mandatory when TxSts is RJCT", *path)

    return check


def _balances_add_up() -> Check:
    """Compare the booked balances with the entries when opening and closing are both given."""

    def check(tree: Tree) -> None:
        opening = _balance(tree, ("OPBD", "PRCD"))
        closing = _balance(tree, ("CLBD",))
        if opening is None or closing is None:
            return
        sides: dict[str, list[str]] = {"CRDT": [], "DBIT": []}
        for item in (opening, *_booked(tree)):
            sides[item["CdtDbtInd"]].append(item["Amt"].text)
        sides["DBIT" if closing["CdtDbtInd"] == "CRDT" else "CRDT"].append(closing["Amt"].text)
        plus, minus = decimal_sum(sides["CRDT"]), decimal_sum(sides["DBIT"])
        if plus != minus:
            detail = f"opening and credits {plus}, closing and debits {minus}"
            raise Fault("", detail, "Bal")

    return check


def _balance(tree: Tree, codes: tuple[str, ...]) -> Tree | None:
    balances: list[Tree] = tree.get("Bal", [])
    return next((b for b in balances if b["Tp"]["CdOrPrtry"].get("Cd") in codes), None)


def _booked(tree: Tree) -> Iterator[Tree]:
    return (entry for entry in tree.get("Ntry", ()) if entry["Sts"].get("Cd") == "BOOK")


def _names_definition() -> HeaderCheck:
    def check(document: Document, header: Tree) -> None:
        found = header["MsgDefIdr"]
        if found != document.definition:
            raise Fault("", f"{shown(found)}, the document is {document.definition}", "MsgDefIdr")

    return check


def _equals(tag: str, path: str) -> HeaderCheck:
    place = steps(path)

    def check(document: Document, header: Tree) -> None:
        found, wanted = header.get(tag), find(document.body, place)
        if found and wanted and found != wanted:
            raise Fault("", f"{shown(found)}, {place[-1]} is {shown(wanted)}", tag)

    return check


def _header_agent(side: str, path: str) -> HeaderCheck:
    place = steps(path)

    def check(document: Document, header: Tree) -> None:
        if side == "To" and header.get("CpyDplct") in COPIES:
            return
        found = find(header, (side, "FIId", "FinInstnId", "BICFI"))
        wanted = find(document.body, (*place, "FinInstnId", "BICFI"))
        if found and wanted and not same_bic(found, wanted):
            detail = f"{shown(found)}, {place[-1]} is {shown(wanted)}"
            raise Fault("", detail, side, "FIId", "FinInstnId", "BICFI")

    return check


def relay_payment_id(document: Document) -> Check | None:
    """Make the check that PmtInfId is MsgId, in the relay service only; a bank's own customers are free."""
    if document.header is None or document.header.get("BizSvc") != RELAY_SERVICE:
        return None
    message_id = document.body["GrpHdr"]["MsgId"]

    def check(tree: Tree) -> None:
        if tree["PmtInfId"] != message_id:
            detail = f"{shown(tree['PmtInfId'])}, MsgId is {shown(message_id)}"
            raise Fault("", detail, "PmtInfId")

    return check


BODY: Final[dict[str, Callable[..., Check]]] = {
    "above_zero": _above_zero,
    "agents_complete": _agents_complete,
    "at_most": _at_most,
    "balances_add_up": _balances_add_up,
    "bic_alone": _bic_alone,
    "codes_apart": _codes_apart,
    "codes_not": _codes_not,
    "codes_once": _codes_once,
    "count": _count,
    "creditor_named": _creditor_named,
    "matches": _matches,
    "name_or_bic": _name_or_bic,
    "name_with_address": _name_with_address,
    "needs": _needs,
    "needs_one": _needs_one,
    "no_commodity": _no_commodity,
    "no_slashes": _no_slashes,
    "no_slashes_in_16": _no_slashes_in_16,
    "not_both": _not_both,
    "rejected_has_reason": _rejected_has_reason,
    "sum": _sum,
    "value": _value,
    "without": _without,
}
HEADER: Final[dict[str, Callable[..., HeaderCheck]]] = {
    "agent": _header_agent,
    "equals": _equals,
    "names_definition": _names_definition,
}
