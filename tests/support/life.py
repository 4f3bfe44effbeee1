"""What the machine of the offshore venue draws from, and the fixture it plays on: the border, compliance officers, charges, a loan."""

import datetime
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from huangpu.core.calendar import date_of
from huangpu.engine.writer import Engine
from huangpu.ledger.accounts import Account, Side
from huangpu.ledger.events import OpenLedgerAccount
from huangpu.registry.people import Person, RegisterPerson
from huangpu.venues.offshore.orders import Payment, Pending
from huangpu.venues.offshore.payments.statuses import MOVES, status_of, statuses_of
from huangpu.venues.offshore.state import PaymentOrder
from tests.support.boundary import boundary_engine, do, lend
from tests.support.centre import MONDAY_0930_US
from tests.support.offshore import (
    ACCOUNTS,
    book_order,
    overseas_order,
    uetr,
)
from tests.support.screening import LISTED

MINUTE_US = 60_000_000
FIRST_DATE = date_of(MONDAY_0930_US)
OUR_ACCOUNTS = [row[0] for row in ACCOUNTS]
FURTHER = ["FTE-HOLD1", "DOM-HOLD1-B", "DOM-OTC1-L"]
DEBTORS = st.sampled_from([*OUR_ACCOUNTS, "FTE-OTC1", "FTE-OTC1", "FTE-HOLD1", "DOM-HOLD1-B"])
CREDITORS = st.sampled_from([*OUR_ACCOUNTS, *FURTHER, "OVERSEAS", "OVERSEAS", "NOBODY"])
CURRENCIES = st.sampled_from(["USD", "USD", "USD", "CNY", "CNY", "EUR"])
AMOUNTS = st.one_of(
    st.integers(1, 600_000_00),
    st.sampled_from([0, -1, 200_000_00, 1_000_000_00, 2**62 - 1, 2**62, 2**63 - 1]),
)
NAMES = st.sampled_from(
    ["Simulated Supplier Limited", "Simulated Supplier Limited", LISTED, "汉" * 140]
)
DATES = st.sampled_from(
    [None, None, None, *(FIRST_DATE + datetime.timedelta(d) for d in (1, 2, 39))]
)
NUMBERS = st.one_of(st.integers(1, 30), st.integers(31, 1_000), st.integers(1_001, 9_000_000))
UETRS = NUMBERS.map(uetr)
ORDERS = st.fixed_dictionaries(
    {
        "debtor_account": DEBTORS,
        "creditor": CREDITORS,
        "currency": CURRENCIES,
        "amount": AMOUNTS,
        "uetr": UETRS,
        "end_to_end_id": st.sampled_from(["NOTPROVIDED", "NOTPROVIDED", "E1", "E2", "E3", ""]),
        "instruction_id": st.sampled_from(["", "", "I1", "I2"]),
        "purpose": st.sampled_from(["", "", "CURR", "LOAN", "CAPI", "SECU"]),
        "trade_type": st.sampled_from(["RESALE", "RESALE", "RESALE", ""]),
        "name": NAMES,
        "requested_date": DATES,
        "priority": st.sampled_from(["", "", "URGENT", "HIGH"]),
        "after_cut_off": st.sampled_from(["", "", "REJECT"]),
        "charge_bearer": st.sampled_from(["SHAR", "CRED"]),
    }
)
PERSONS = st.sampled_from(
    ["bk1-maker", "bk1-maker", "bk1-both", "otc1-treasurer", "bk2-maker", "hold1-treasurer"]
)
OFFICERS = st.sampled_from(["bk1-checker"] * 3 + ["bk1-both", "bk1-maker", "bk2-checker"])
BANKS = st.sampled_from(["BK1", "BK1", "BK1", "BK2"])
PLACES = st.integers(0, 30)


def order_from(drawn: dict[str, Any]) -> PaymentOrder:
    fields = dict(drawn)
    creditor, amount, name = fields.pop("creditor"), fields.pop("amount"), fields.pop("name")
    if creditor == "OVERSEAS":
        return overseas_order(amount, creditor_name=name, **fields)
    return book_order(creditor, amount, **fields)


def full_engine() -> Engine:
    """Return the fixture of section G with the border, compliance officers, accounts for charges and a loan."""
    engine = boundary_engine()
    for person in ("comp-1", "comp-2"):
        registered = Person(id=person, institution="HUANGPU", roles=["COMPLIANCE"])
        do(engine, "operator", RegisterPerson(person=registered))
    for bank in ("BK1", "BK2"):
        for currency in ("USD", "CNY"):
            code = f"FEES-{bank}/{currency}"
            fees = Account(code, bank, currency, f"{bank}-SAU", "FEES", Side.CREDIT)
            do(engine, "operator", OpenLedgerAccount(account=fees))
    lend(engine, "L-1", 300_000_00, datetime.date(2026, 1, 1))
    return engine


def moved_on(found: Payment | Pending | None, before: list[str]) -> list[str]:
    """Return the statuses that a payment has passed: each after the other by the table, none of those before taken back."""
    assert found is not None
    passed = statuses_of(found)
    assert all(after in MOVES[status] for status, after in pairwise(passed)), passed
    assert passed[: len(before)] == before
    assert passed[-1] == status_of(found)
    return passed
