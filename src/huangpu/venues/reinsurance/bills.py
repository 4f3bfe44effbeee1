"""What people read of money and of the exchange as a whole: bills with every step, payments, statistics with their window.

A reinsurer sees the totals of a bill and its own part; broker and cedent see all. A published figure carries its measure, its window and its
as-of instant, and stays in its own currency: figures of different measures are never added.
"""

import datetime
from collections import Counter
from collections.abc import Mapping

import msgspec

from huangpu.core.calendar import date_of
from huangpu.venues.reinsurance.accounting import PremiumAccount, Step, steps
from huangpu.venues.reinsurance.books import Reinsurance
from huangpu.venues.reinsurance.placement.binding import ContractStatus, Direction
from huangpu.venues.reinsurance.settlement import Payment
from huangpu.venues.reinsurance.views import LIMIT, Party, is_party, newest_first, party


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """One premium account as the reader may see it, with the steps that derive it and the payments that settled it."""

    account: PremiumAccount
    cedent: Party
    broker: Party
    steps: list[Step]
    payments: list[Payment]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One published figure.

    Rule: domain note A6 (5): measure, window, as-of time and exchange-rate table go with every figure.
    Units: amount_minor in minor units of `currency`.
    """

    measure: str
    currency: str
    amount_minor: int
    window_from: datetime.date | None
    window_to: datetime.date
    as_of_us: int
    rates: str = "none: by currency"


class CountryRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many institutions of one domicile have access."""

    domicile: str
    institutions: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The exchange at an instant."""

    as_of_us: int
    institutions: int
    domestic: int
    foreign: int
    countries: list[CountryRow]
    by_kind: dict[str, int]
    seats_valid: int
    desks_lit: int
    slips_open: int
    slips_by_state: dict[str, int]
    contracts_bound: int
    contracts_on_risk: int
    figures: list[Figure]


def bills(
    room: Reinsurance, institution: str | None, *, limit: int = LIMIT, after: str | None = None
) -> list[Bill]:
    """List the bills the reader is on, newest first."""
    found: list[Bill] = []
    for account in newest_first(room.books.accounts, after):
        if len(found) == limit:
            break
        shown = _shown(room, institution, account)
        if shown is not None:
            found.append(shown)
    return found


def bill(room: Reinsurance, institution: str | None, account_id: str) -> Bill | None:
    """Show one bill, or None where it is not there or not for the reader."""
    account = room.books.accounts.get(account_id)
    return None if account is None else _shown(room, institution, account)


def _shown(room: Reinsurance, institution: str | None, account: PremiumAccount) -> Bill | None:
    if not is_party(room.books.contracts[account.trade_code], institution):
        return None
    whole = institution is None or institution in (account.cedent, account.broker)
    payments = [room.books.payments[key] for key in account.payments]
    derivation = steps(account)
    if not whole:
        derivation = [step for step in derivation if step.reinsurer in ("", institution)]
        payments = [payment for payment in payments if payment.share == institution]
        own = [share for share in account.shares if share.reinsurer == institution]
        ids = [payment.id for payment in payments]
        account = msgspec.structs.replace(account, shares=own, payments=ids)
    return Bill(
        account=account,
        cedent=party(room.registry, account.cedent),
        broker=party(room.registry, account.broker),
        steps=derivation,
        payments=payments,
    )


def payments(
    room: Reinsurance, institution: str | None, *, limit: int = LIMIT, after: str | None = None
) -> list[Payment]:
    """List the payments the reader paid, received or is the share of, newest first."""
    found: list[Payment] = []
    for payment in newest_first(room.books.payments, after):
        if len(found) == limit:
            break
        if institution is None or institution in (payment.payer, payment.payee, payment.share):
            found.append(payment)
    return found


def overview(room: Reinsurance, at_us: int) -> Overview:
    """Show the exchange as a whole: public counts and figures, nothing of any one slip."""
    date = date_of(at_us)
    found = [room.registry.institutions[key] for key in room.books.members]
    domestic = sum(1 for institution in found if institution.domestic)
    countries = Counter(institution.domicile for institution in found)
    states = Counter(room.books.slips[key].state for day in room.lapsing.values() for key in day)
    on_risk = sum(
        1 for item in room.books.contracts.values() if item.status is ContractStatus.ON_RISK
    )
    signals = room.books.desks.values()
    return Overview(
        as_of_us=at_us,
        institutions=len(found),
        domestic=domestic,
        foreign=len(found) - domestic,
        countries=[
            CountryRow(domicile=key, institutions=count)
            for key, count in sorted(countries.items(), key=lambda item: (-item[1], item[0]))
        ],
        by_kind=dict(sorted(Counter(str(institution.kind) for institution in found).items())),
        seats_valid=sum(1 for seat in room.books.seats.values() if seat.valid_on(date)),
        desks_lit=sum(1 for s in signals if s.lit_at_us <= at_us < s.expires_at_us),
        slips_open=sum(states.values()),
        slips_by_state={str(state): states[state] for state in sorted(states)},
        contracts_bound=room.totals.contracts,
        contracts_on_risk=on_risk,
        figures=figures(room, at_us),
    )


def figures(room: Reinsurance, at_us: int) -> list[Figure]:
    """List premium traded in all, traded today, and by direction; traded is never added to a direction."""
    date = date_of(at_us)
    totals = room.totals
    start = min(totals.traded_on, default=None)
    return [
        *_figures("traded", totals.traded, start, at_us),
        *_figures("traded_today", totals.today(date), date, at_us),
        *_figures("outward", totals.directed[Direction.OUTWARD], start, at_us),
        *_figures("inward", totals.directed[Direction.INWARD], start, at_us),
    ]


def _figures(
    measure: str, amounts: Mapping[str, int], start: datetime.date | None, at_us: int
) -> list[Figure]:
    return [
        Figure(
            measure=measure,
            currency=currency,
            amount_minor=amounts[currency],
            window_from=start,
            window_to=date_of(at_us),
            as_of_us=at_us,
        )
        for currency in sorted(amounts)
    ]
