"""Rules across fields, read from `tables/rules.tbl` and compiled once for each message.

Neighbouring rows of one place are checked in one walk over that place. A refusal carries the row's code, its number and the path of the
element; rules within one element (length, code, occurrence) are in the other tables instead.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from huangpu.gateways.iso20022 import rule_checks
from huangpu.gateways.iso20022.profile import TABLES, Component, profile_of
from huangpu.gateways.iso20022.reader import Document, Tree
from huangpu.gateways.iso20022.refusal import Fault, Refusal
from huangpu.gateways.iso20022.rule_checks import Check, HeaderCheck

HEADER_PLACE = "header"
RELAY_CHECK = "relay_payment_id"


class RuleRow(msgspec.Struct, frozen=True):
    """One row of the table for one message: what is checked where, and what a break is called."""

    definition: str
    number: str
    code: str
    place: str
    check: str
    arguments: tuple[str, ...]
    condition: tuple[str, ...]
    text: str

    @property
    def rule(self) -> str:
        """Return the rule's number as a refusal shows it; control sums have none."""
        return "" if self.number == "-" else self.number


class _Step(NamedTuple):
    """One step to a place: the element, whether it is a list, and whether its number is shown."""

    tag: str
    is_list: bool
    numbered: bool


class _Ready(NamedTuple):
    """A row with its check made; `check` is None where it depends on the document's header."""

    row: RuleRow
    check: Check | None
    applies: Callable[[Tree], bool] | None


class _Group(NamedTuple):
    """Neighbouring rows of one place; `header` holds the header's check instead when it is one."""

    place: tuple[_Step, ...]
    rows: tuple[_Ready, ...]
    header: tuple[RuleRow, HeaderCheck] | None


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
    body = document.body
    message_id = body.get("GrpHdr", {}).get("MsgId", "") or body.get("Assgnmt", {}).get("Id", "")
    return fault.refusal(message_id=message_id, definition=document.definition)


def check_rules(document: Document) -> None:
    """Check the rules across fields.

    Raises: Fault with the code, the rule's number and the path.
    """
    root, groups = _compiled(document.definition)
    for group in groups:
        if group.header is not None:
            if document.header is not None:
                _check_header(group.header, document, document.header)
            continue
        rows = [_made(ready, document) for ready in group.rows]
        try:
            _walk(document.body, group.place, 0, rows)
        except Fault as fault:
            raise fault.inside(root).inside("Document") from None


@functools.cache
def rule_rows() -> tuple[RuleRow, ...]:
    """Return the table, one row for each message that a line concerns, in order."""
    rows: list[RuleRow] = []
    definitions: list[str] = []
    for line in (TABLES / "rules.tbl").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("message "):
            definitions = line.split()[1:]
            continue
        rule, _, text = line.partition(" -- ")
        number, code, place, check, *words = rule.split()
        closes = len(words) > 1 and words[-2] in {"when", "unless"}
        arguments = tuple(words[:-2] if closes else words)
        conditions = tuple(words[-2:] if closes else ())
        rows += [
            RuleRow(each, number, code, place, check, arguments, conditions, text.strip())
            for each in definitions
        ]
    return tuple(rows)


def _check_header(header: tuple[RuleRow, HeaderCheck], document: Document, tree: Tree) -> None:
    row, check = header
    try:
        check(document, tree)
    except Fault as fault:
        raise _named(fault, row).inside("AppHdr") from None


def _made(ready: _Ready, document: Document) -> _Ready:
    if ready.row.check != RELAY_CHECK:
        return ready
    return ready._replace(check=rule_checks.relay_payment_id(document))


def _walk(tree: Tree, place: tuple[_Step, ...], depth: int, rows: list[_Ready]) -> None:
    if depth == len(place):
        for ready in rows:
            if ready.check is None or (ready.applies is not None and not ready.applies(tree)):
                continue
            try:
                ready.check(tree)
            except Fault as fault:
                raise _named(fault, ready.row) from None
        return
    tag, is_list, numbered = place[depth]
    found = tree.get(tag)
    if found is None:
        return
    for number, item in enumerate(found if is_list else [found], 1):
        try:
            _walk(item, place, depth + 1, rows)
        except Fault as fault:
            raise fault.inside(f"{tag}[{number}]" if numbered else tag) from None


def _named(fault: Fault, row: RuleRow) -> Fault:
    fault.code, fault.rule = row.code, row.rule
    return fault


@functools.cache
def _compiled(definition: str) -> tuple[str, tuple[_Group, ...]]:
    profile = profile_of(definition)
    groups: list[_Group] = []
    last = ""
    for row in rule_rows():
        if row.definition != definition:
            continue
        if row.place == HEADER_PLACE:
            made = rule_checks.HEADER[row.check](*row.arguments)
            groups.append(_Group((), (), (row, made)))
        elif row.place == last:
            groups[-1] = groups[-1]._replace(rows=(*groups[-1].rows, _ready(row)))
        else:
            place = _place(profile.component, row.place)
            groups.append(_Group(place, (_ready(row),), None))
        last = row.place
    return profile.root, tuple(groups)


def _ready(row: RuleRow) -> _Ready:
    applies = rule_checks.condition(list(row.condition)) if row.condition else None
    if row.check == RELAY_CHECK:
        return _Ready(row, None, applies)
    return _Ready(row, rule_checks.BODY[row.check](*row.arguments), applies)


def _place(component: Component, path: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for tag in () if path == "." else path.split("/"):
        row = next(row for row in component.rows if row.tag == tag)
        steps.append(_Step(tag, row.is_list, row.is_list and row.high > 1))
        assert row.component is not None
        component = row.component
    return tuple(steps)
