"""Limits on what is paid: by payment, day, counterparty, country and minute, of the venue, of a customer and of a bank.

The venue's own are rule rows (off by default), the others are agreed by four eyes (`proposals.py`). A limit is compared with
running counters of the business date in O(1); payments that wait are counted when they are accepted, so that no two waiting
ones pass under a limit that holds one. Amounts are compared in CNY at the reference rates of the moment.
"""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import Rows, RuleBook
from huangpu.core.values import AMOUNT_MAX, CURRENCY_DIGITS
from huangpu.registry.cash_accounts import CashAccount
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring.books import SUM_MAX, LimitChange, LimitKind, Use
from huangpu.venues.offshore.monitoring.proposals import made
from huangpu.venues.offshore.monitoring.rates import MILLION, rate_of, weighed
from huangpu.venues.offshore.orders import AMOUNT_ON_THE_WIRE, Payment, PaymentOrder, Pending
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import Offshore, bic_11

LIMITS = "huangpu policy 38, limits and the rates they are measured at"
SECOND_US = 1_000_000
WINDOW_SECONDS = 60
TARGETED = (LimitKind.COUNTERPARTY, LimitKind.COUNTRY)
TARGET_LENGTH_MAX = 80


class SetLimit(Command, frozen=True):
    """Propose a limit of the acting bank: for a customer, or for all its payments together where `customer` is empty; 0 lifts it.

    `target` narrows COUNTERPARTY (`account`, or `BIC|account` overseas) and COUNTRY to one; empty means each.
    Units: fen of CNY; for MINUTE, payments in sixty seconds.
    """

    kind: LimitKind
    value: Annotated[int, AMOUNT_ON_THE_WIRE]
    customer: str = ""
    target: str = ""


class LimitSet(Event, frozen=True):
    """The limit holds from the entry on; 0: there is none."""

    change: LimitChange


class _Scope(NamedTuple):
    """Whose limits, what the books count under them today, and how a refusal is told."""

    limits: Mapping[str, int]
    subject: str
    use: Use | None
    reason: Reason
    rule: str = ""


def customer_key(bank: str, customer: str) -> str:
    """Return the subject of the limits that a bank has agreed with a customer."""
    return f"{bank}|{customer}"


def limit_key(kind: LimitKind, target: str) -> str:
    """Return the key of a limit under its subject."""
    return f"{kind}|{target}" if target else str(kind)


def counterparty_of(order: PaymentOrder, here: bool) -> str:
    """Name the creditor account: as such where it is kept here, else with its agent's full BIC, however the order wrote it."""
    return (
        order.creditor_account
        if here
        else f"{bic_11(order.creditor_agent)}|{order.creditor_account}"
    )


def country_of(room: Offshore, order: PaymentOrder, creditor: str) -> str:
    """Return the creditor's country: of the register where the creditor is known here, else as the order says."""
    return room.registry.institutions[creditor].domicile if creditor else order.creditor_country


def creditor_here(room: Offshore, order: PaymentOrder) -> str:
    """Return the holder of the creditor account where it is kept here, else nothing; as the payment's decision reads the agent."""
    if order.creditor_agent:
        agent = room.by_bic(order.creditor_agent)
        if agent is None or agent.kind is not InstitutionKind.BANK:
            return ""
    account = room.registry.cash_accounts.get(order.creditor_account)
    return "" if account is None else account.holder


def set_limit(room: Offshore, rules: RuleBook, command: SetLimit, stamp: Stamp) -> Decision:
    """Propose a limit; another person of the bank approves it.

    Rejects: NOT_YOUR_INSTITUTION, INSTITUTION_UNKNOWN, FIELD_OUT_OF_RANGE.
    """
    bank = room.registry.institutions[stamp.institution]
    if bank.kind is not InstitutionKind.BANK:
        return not_yours(stamp, "a BANK", LIMITS)
    if command.customer and command.customer not in room.registry.institutions:
        return Rejected(Reason.INSTITUTION_UNKNOWN, command.customer, LIMITS)
    if not 0 <= command.value <= AMOUNT_MAX:
        detail = f"{command.value}, 0 to {AMOUNT_MAX}"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, LIMITS)
    target = command.target
    if (target and command.kind not in TARGETED) or len(target) > TARGET_LENGTH_MAX:
        detail = f"target {target!r} of a {command.kind} limit: only {' and '.join(TARGETED)} have one, at most {TARGET_LENGTH_MAX} characters"
        return Rejected(Reason.FIELD_OUT_OF_RANGE, detail, LIMITS)
    change = LimitChange(
        bank=bank.id,
        customer=command.customer,
        kind=command.kind,
        target=target,
        value=command.value,
    )
    return made(room, stamp, bank.id, change)


def apply_limit_set(room: Offshore, event: LimitSet, stamp: Stamp) -> None:
    """Hold the limit, or forget it."""
    change, books = event.change, room.books.monitor
    subject = customer_key(change.bank, change.customer) if change.customer else change.bank
    limits = books.limits.setdefault(subject, {})
    if change.value:
        limits[limit_key(change.kind, change.target)] = change.value
    else:
        limits.pop(limit_key(change.kind, change.target), None)
    if not limits:
        del books.limits[subject]


def venue_limits(rows: Rows) -> tuple[dict[str, int], dict[str, int]] | None:
    """Return the venue's own limits for a customer and for a bank by the rows of a date, or None while all are off."""
    if venue_limits not in rows.kept:
        customer, bank = (
            {
                str(kind): row.integer
                for kind in LimitKind
                if (row := rows[f"offshore.limit.{subject}.{kind.lower()}"]).integer
            }
            for subject in ("customer", "bank")
        )
        rows.kept[venue_limits] = (customer, bank) if customer or bank else None
    found: tuple[dict[str, int], dict[str, int]] | None = rows.kept[venue_limits]
    return found


def refusal(draft: Draft, order: PaymentOrder, debtor: CashAccount) -> Rejected | None:
    """Refuse an order that would pass a limit, together with all that is paid, waits, or stands before it in its batch.

    Rule: domain note D2; C4 (AM13 of the venue, AM14 agreed with the customer, AM23 of the bank).
    Reading: the venue's limits are asked first, then the customer's, then the bank's; the refusal names the first that is passed.
    Rejects: VENUE_LIMIT_EXCEEDED, AGREED_LIMIT_EXCEEDED, BANK_LIMIT_EXCEEDED, REFERENCE_RATE_MISSING.
    """
    room = draft.room
    agreed = room.books.monitor.limits
    venue = venue_limits(draft.rows)
    if venue is None and not agreed:
        return None
    customer, bank = customer_key(draft.bank, debtor.holder), draft.bank
    scopes: list[_Scope] = []
    if venue is not None:
        for limits, subject, name in zip(
            venue, (customer, bank), ("customer", "bank"), strict=True
        ):
            if limits:
                rule = f"offshore.limit.{name}."
                scopes.append(_scope(draft, limits, subject, Reason.VENUE_LIMIT_EXCEEDED, rule))
    if customer in agreed:
        scopes.append(_scope(draft, agreed[customer], customer, Reason.AGREED_LIMIT_EXCEEDED))
    if bank in agreed:
        scopes.append(_scope(draft, agreed[bank], bank, Reason.BANK_LIMIT_EXCEEDED))
    for scope in scopes:
        refused = _passed(draft, order, scope)
        if refused is not None:
            return refused
    return None


def take(draft: Draft, record: Payment | Pending) -> None:
    """Count an accepted order in, for the orders after it in the same entry; one that waited was counted when it was accepted."""
    room, order = draft.room, record.order
    if not record.debtor or (not room.books.monitor.limits and venue_limits(draft.rows) is None):
        return
    counts, once = draft.moves.counts, f"limit|{order.uetr}"
    if once in counts or order.uetr in room.books.monitor.committed:
        return
    counts[once] = 1
    for subject in (customer_key(record.bank, record.debtor), record.bank):
        for kind, target in (
            (LimitKind.DAY, ""),
            (LimitKind.COUNTERPARTY, counterparty_of(order, record.creditor != "")),
            (LimitKind.COUNTRY, country_of(room, order, record.creditor)),
        ):
            key = _draft_key(subject, kind, target, order.currency)
            counts[key] = counts.get(key, 0) + order.amount
        key = _draft_key(subject, LimitKind.MINUTE, "", "")
        counts[key] = counts.get(key, 0) + 1


def note(room: Offshore, payment: Payment | Pending, stamp: Stamp) -> None:
    """Count a payment that is accepted today; the counters of the day before are dropped."""
    books = room.books.monitor
    if books.uses_date != stamp.date:
        books.uses_date = stamp.date
        books.uses = {}
    count(room, books.uses, payment, stamp.at_us)


def note_waiting(room: Offshore, payment: Payment | Pending, stamp: Stamp) -> None:
    """Count a payment that waits, once: it uses its limits from the day on which it was accepted."""
    committed, uetr = room.books.monitor.committed, payment.order.uetr
    if payment.debtor and uetr not in committed:
        note(room, payment, stamp)
        committed[uetr] = stamp.date


def note_ended(room: Offshore, payment: Payment | Pending, stamp: Stamp) -> None:
    """Give back what a payment used that waited and ended without money, while its day lasts.

    Reading: the count of its minute is not given back; velocity is about orders, not about money.
    """
    books, order = room.books.monitor, payment.order
    if books.committed.pop(order.uetr, None) != books.uses_date:
        return
    counterparty = f"{counterparty_of(order, bool(payment.creditor))}|{order.currency}"
    country = f"{country_of(room, order, payment.creditor)}|{order.currency}"
    for subject in (customer_key(payment.bank, payment.debtor), payment.bank):
        use = books.uses[subject]
        use.payments -= 1
        add(use.sums, order.currency, -order.amount)
        add(use.counterparties, counterparty, -order.amount)
        add(use.countries, country, -order.amount)


def count(room: Offshore, uses: dict[str, Use], payment: Payment | Pending, at_us: int) -> None:
    """Add a payment to the counters of its customer and its bank.

    Reading: a day's sum that would pass what a journal can write stands still for the day; it is above every limit by then.
    """
    order, creditor = payment.order, payment.creditor
    currency, amount, second = order.currency, order.amount, at_us // SECOND_US
    counterparty = f"{counterparty_of(order, bool(creditor))}|{currency}"
    country = f"{country_of(room, order, creditor)}|{currency}"
    for subject in (f"{payment.bank}|{payment.debtor}", payment.bank):
        use = uses.get(subject)
        if use is None:
            use = uses[subject] = Use()
        use.payments += 1
        for sums, key in (
            (use.sums, currency),
            (use.counterparties, counterparty),
            (use.countries, country),
        ):
            add(sums, key, amount)
        seconds = use.seconds
        if second in seconds:
            seconds[second] += 1
        else:
            _forget_before(seconds, second - WINDOW_SECONDS + 1)
            seconds[second] = 1


def in_window(use: Use, at_us: int) -> int:
    """Count the payments of the sixty seconds that end now."""
    first = at_us // SECOND_US - WINDOW_SECONDS + 1
    return sum(number for second, number in use.seconds.items() if second >= first)


def add(sums: dict[str, int], key: str, amount: int) -> None:
    """Add to a sum of the day, or take away; one that has reached its end stays there. Units: minor units."""
    before = sums.get(key, 0)
    if before < SUM_MAX:
        sums[key] = min(before + amount, SUM_MAX)


def _forget_before(seconds: dict[int, int], first: int) -> None:
    for second in list(seconds):
        if second >= first:
            break
        del seconds[second]


def _scope(
    draft: Draft, limits: Mapping[str, int], subject: str, reason: Reason, rule: str = ""
) -> _Scope:
    books = draft.room.books.monitor
    use = books.uses.get(subject) if books.uses_date == draft.stamp.date else None
    return _Scope(limits, subject, use, reason, rule)


def _passed(draft: Draft, order: PaymentOrder, scope: _Scope) -> Rejected | None:
    """Say which limit of a scope the order passes: payment, day, counterparty, country, minute, in this order."""
    limits = scope.limits
    bound = _of_money(draft, order, limits)
    if bound:
        rate = rate_of(draft.room, draft.rules, draft.stamp.date, order.currency)
        if rate is None:
            return _no_rate(order.currency)
        for kind, target, limit in bound:
            used = _used(draft, scope, kind, target)
            if isinstance(used, str):
                return _no_rate(used)
            found = used + order.amount * rate
            if found > limit * MILLION:
                return _exceeded(scope, kind, -(-found // MILLION), limit)
    minute = limits.get(LimitKind.MINUTE)
    if minute is not None:
        counted = draft.moves.counts.get(_draft_key(scope.subject, LimitKind.MINUTE, "", ""), 0)
        found = counted + 1
        if scope.use is not None:
            found += in_window(scope.use, draft.stamp.at_us)
        if found > minute:
            return _exceeded(scope, LimitKind.MINUTE, found, minute)
    return None


def _of_money(
    draft: Draft, order: PaymentOrder, limits: Mapping[str, int]
) -> list[tuple[LimitKind, str, int]]:
    """List the limits of money that bind this order: kind, target, limit. A limit on one target stands in place of that on each."""
    found: list[tuple[LimitKind, str, int]] = []
    for kind in (LimitKind.PAYMENT, LimitKind.DAY):
        if kind in limits:
            found.append((kind, "", limits[kind]))
    if any(name.startswith(TARGETED) for name in limits):
        creditor = creditor_here(draft.room, order)
        targets = (
            (LimitKind.COUNTERPARTY, counterparty_of(order, creditor != "")),
            (LimitKind.COUNTRY, country_of(draft.room, order, creditor)),
        )
        for kind, target in targets:
            limit = limits.get(limit_key(kind, target), limits.get(kind))
            if limit is not None:
                found.append((kind, target, limit))
    return found


def _used(draft: Draft, scope: _Scope, kind: LimitKind, target: str) -> int | str:
    """Return what the day and the entry so far use under a limit, in millionths of a fen; or the currency that has no rate."""
    if kind is LimitKind.PAYMENT:
        return 0
    sums: dict[str, int] = {}
    if scope.use is not None:
        sums = _sums_of(scope.use, kind, target)
    counts = draft.moves.counts
    if counts:
        for currency in CURRENCY_DIGITS:
            amount = counts.get(_draft_key(scope.subject, kind, target, currency), 0)
            if amount:
                sums[currency] = sums.get(currency, 0) + amount
    return weighed(draft.room, draft.rules, draft.stamp.date, sums)


def _sums_of(use: Use, kind: LimitKind, target: str) -> dict[str, int]:
    """Return what the books count today under one kind of limit and target, by currency."""
    if kind is LimitKind.DAY:
        return dict(use.sums)
    kept = use.counterparties if kind is LimitKind.COUNTERPARTY else use.countries
    return {cur: kept[key] for cur in use.sums if (key := f"{target}|{cur}") in kept}


def _draft_key(subject: str, kind: LimitKind, target: str, currency: str) -> str:
    return f"limit|{subject}|{kind}|{target}|{currency}"


def _no_rate(currency: str) -> Rejected:
    detail = f"no reference rate for {currency}, by which its limit could be measured"
    return Rejected(Reason.REFERENCE_RATE_MISSING, detail, LIMITS)


def _exceeded(scope: _Scope, kind: LimitKind, found: int, limit: int) -> Rejected:
    unit = "payments in 60 seconds" if kind is LimitKind.MINUTE else "fen of CNY"
    # What a bank's other customers paid is not this customer's to know.
    told = f"{found} {unit} with this order, at most {limit}"
    if "|" not in scope.subject and kind is not LimitKind.PAYMENT:
        told = f"at most {limit} {unit} of all its customers"
    detail = f"{kind} of {scope.subject.partition('|')[2] or scope.subject}: {told}"
    rule = f"{scope.rule}{kind.lower()}" if scope.rule else ""
    return Rejected(scope.reason, detail, LIMITS, rule)
