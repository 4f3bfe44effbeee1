"""Everything people read is there in both languages: sentences, codes, rule names, units."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir

import huangpu.console
from huangpu.app import load_rules
from huangpu.console.offshore.inbox import KINDS as INBOX_KINDS
from huangpu.console.offshore.reporting import FLOWS
from huangpu.console.offshore.white_list import ACTS_OF
from huangpu.console.wording import VALUE_KINDS, Words, catalogue, words_of
from huangpu.core.reasons import Reason
from huangpu.engine import COMMANDS, EVENTS, PERMISSIONS
from huangpu.registry.cash_accounts import AccountClass, AccountStatus
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.growth.day import OrderSide, OrderStatus, Phase
from huangpu.venues.growth.suitability import InvestorClass
from huangpu.venues.growth.tier import Membership
from huangpu.venues.offshore.boundary import UpgradeState
from huangpu.venues.offshore.fx.state import QuoteState
from huangpu.venues.offshore.matrix import Line, Permission
from huangpu.venues.offshore.monitoring.books import CaseState as SampleState
from huangpu.venues.offshore.monitoring.books import (
    Change,
    DocumentKind,
    FindingKind,
    FindingState,
    Grade,
    Level,
    LimitKind,
)
from huangpu.venues.offshore.payments.checks import CHARGE_BEARERS
from huangpu.venues.offshore.payments.statuses import MOVES
from huangpu.venues.offshore.reports.books import (
    BreakKind,
    BreakState,
    CorrectionState,
    FileKind,
    LargeValueState,
)
from huangpu.venues.offshore.reports.record import CORRECTABLE
from huangpu.venues.offshore.screening.books import Band, EntryKind
from huangpu.venues.offshore.screening.books import CaseState as ScreeningState
from huangpu.venues.offshore.state import Direction, ListingState
from huangpu.venues.reinsurance.accounting import AccountStatus as BillStatus
from huangpu.venues.reinsurance.desks import Capacity
from huangpu.venues.reinsurance.membership import Act
from huangpu.venues.reinsurance.placement.binding import ContractStatus
from huangpu.venues.reinsurance.placement.binding import Direction as PremiumDirection
from huangpu.venues.reinsurance.placement.lines import LineBasis
from huangpu.venues.reinsurance.placement.sections import Sections, headings
from huangpu.venues.reinsurance.placement.slip import ContractType, Method, SlipState
from huangpu.venues.reinsurance.settlement import PaymentKind

CONSOLE = Path(huangpu.console.__file__).parent
KINDS: dict[str, object] = {
    "reason": Reason,
    "command": [command.__name__ for command in COMMANDS],
    "event": [event.__name__ for event in EVENTS],
    "permission": filter(None, PERMISSIONS.values()),
    "class": AccountClass,
    "account_status": AccountStatus,
    "kind": InstitutionKind,
    "side": OrderSide,
    "order_status": OrderStatus,
    "phase": Phase,
    "investor_class": InvestorClass,
    "membership": Membership,
    "line": Line,
    "value": Permission,
    "bearer": CHARGE_BEARERS,
    "quote_state": QuoteState,
    "status": [*MOVES, "PART"],
    "direction": Direction,
    "listing_state": ListingState,
    "break_kind": BreakKind,
    "break_state": BreakState,
    "file_kind": FileKind,
    "large_value_state": LargeValueState,
    "correction_state": CorrectionState,
    "band": Band,
    "case_state": ScreeningState,
    "entry_kind": EntryKind,
    "sample_state": SampleState,
    "document_kind": DocumentKind,
    "finding_kind": FindingKind,
    "finding_state": FindingState,
    "level": Level,
    "limit_kind": LimitKind,
    "grade": Grade,
    "upgrade_state": UpgradeState,
    "inbox": [*(change.__name__ for change in get_args(Change)), *INBOX_KINDS],
    "flow_kind": FLOWS.values(),
    "listing_act": {act for acts in ACTS_OF.values() for act in acts},
    "record_field": CORRECTABLE,
    "quota": ["INFLOW", "OUTFLOW"],
    "severity": ["HIGH", "MEDIUM", "LOW"],
    "bill_status": BillStatus,
    "capacity": Capacity,
    "act": Act,
    "contract_status": ContractStatus,
    "premium_direction": PremiumDirection,
    "basis": LineBasis,
    "contract_type": ContractType,
    "method": Method,
    "slip_state": SlipState,
    "premium_payment": PaymentKind,
    "heading": [name for name, _ in headings(Sections())],
}


def sentences() -> Iterator[str]:
    """Give every sentence that templates and pages show."""
    methods = [("templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
    keywords = {"_": None, "N_": None, "text": None}
    for _, _, message, _, _ in extract_from_dir(str(CONSOLE), methods, keywords=keywords):
        assert isinstance(message, str)
        yield message


def test_every_sentence_has_its_chinese() -> None:
    found = set(sentences())
    chinese = catalogue("zh_Hans", "console")
    assert len(found) > 300
    assert sorted(found - set(chinese)) == []
    assert sorted(set(chinese) - found - {"Permissions"}) == [], "no page shows these any more"


def test_a_sentence_keeps_its_parts() -> None:
    parts = re.compile(r"%\(\w+\)s")
    for english, chinese in catalogue("zh_Hans", "console").items():
        assert sorted(parts.findall(english)) == sorted(parts.findall(chinese)), english


def test_both_languages_label_the_same_codes() -> None:
    assert catalogue("en", "codes").keys() == catalogue("zh_Hans", "codes").keys()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_code_has_a_label(kind: str, language: str) -> None:
    words = words_of(language)
    values = list(KINDS[kind])  # type: ignore[call-overload]
    assert [value for value in values if not words.knows(kind, value)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_has_a_name_and_a_unit(language: str) -> None:
    words = words_of(language)
    composed = ("transfer.", "role.", "calendar.closed.")
    missing = []
    for rule in load_rules():
        named = rule.name.startswith(composed) or re.fullmatch(
            r"offshore\.account\.\w+\.holders", rule.name
        )
        if not named and not words.knows("rule", rule.name):
            missing.append(rule.name)
        missing += [row.unit for row in rule.rows if not words.knows("unit", row.unit)]
        if rule.name.startswith("role.") and not words.knows("role", rule.name[5:]):
            missing.append(rule.name)
    assert missing == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_listed_value_of_a_rule_has_a_label(language: str) -> None:
    words = words_of(language)
    missing = [
        (rule.name, value)
        for rule in load_rules()
        for row in rule.rows
        if isinstance(row.value, list) and row.unit in VALUE_KINDS
        for value in row.value
        if not words.knows(VALUE_KINDS[row.unit], value)
    ]
    assert missing == []


def test_amounts_are_exact_and_grouped() -> None:
    words = words_of("en")
    assert words.money(123_456_789_01, "CNY") == "123,456,789.01"
    assert words.money(-5, "USD") == "−0.05"
    assert words.money(1_500, "JPY") == "1,500"
    assert words.money(1_234_567, "KWD") == "1,234.567"
    assert words.percent(37_500_000) == "37.5%"
    assert words.price(0) == "–"


def test_large_amounts_are_short_in_each_language() -> None:
    assert words_of("en").brief(12_345_678_900, "CNY") == "123.46M"
    assert words_of("zh").brief(12_345_678_900, "CNY") == "1.23亿"


def test_a_change_has_sign_and_two_decimals() -> None:
    words = words_of("zh")
    assert words.change(1_020, 1_000) == "+2.00%"
    assert words.change(999, 1_000) == "−0.10%"
    assert words.change(0, 1_000) == "–"


def test_an_unknown_code_is_readable() -> None:
    words: Words = words_of("en")
    assert words.code("reason", "SOMETHING_NEW") == "something new"
    assert words.country("CH") == "Switzerland"
    assert words_of("zh").country("CH") == "瑞士"
