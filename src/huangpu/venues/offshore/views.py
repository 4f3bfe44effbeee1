"""What people and programs read of the offshore venue: payments, accounts, the white list, the matrix, the figures of the day.

Every function reads and returns Structs; lists come newest first, `limit` at a time, and `next_after` is the cursor of the next page. `institution`
is who reads: None sees all, everybody else what they are a party to. The time from receipt to finality is not here: the centre
stamps an entry once, so the gateway that received the message measures it.
"""

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator

from huangpu.core.calendar import date_of
from huangpu.core.rulebook import RuleBook
from huangpu.ledger.accounts import Side
from huangpu.registry.cash_accounts import AccountClass, CashAccount, ledger_code
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.matrix import cell_name, line_of
from huangpu.venues.offshore.orders import Payment, Pending, Wait, parties_of
from huangpu.venues.offshore.pages import (
    AccountEntry,
    AccountPage,
    AccountStatement,
    AccountView,
    Balance,
    CurrencyTotal,
    ListingView,
    MatrixCell,
    NostroView,
    Overview,
    Party,
    PayableCompany,
    PaymentDetail,
    PaymentPage,
    PaymentView,
    TimeLineStep,
    page_size,
)
from huangpu.venues.offshore.payments.statuses import WAIT_CITES, life_of, status_of
from huangpu.venues.offshore.state import Listing, ListingState, Offshore
from huangpu.venues.offshore.white_list import banks_at, state_at

UPGRADED_RULES = ("R-07", "R-15")
"""Rules that only an upgraded account's cell cites."""
LOOKED_AT_MAX = 5_000
"""Payments that one page of a filtered list looks at; the next page goes on from there."""
WHITE_LIST_READERS = frozenset(
    {
        InstitutionKind.OPERATOR,
        InstitutionKind.ADMINISTRATION,
        InstitutionKind.SUPERVISOR,
        InstitutionKind.BANK,
    }
)

STATUS_TEXTS = {
    "RCVD": ("received and stored", "已接收并存储"),
    "ACTC": ("form and signature accepted", "格式与签名通过"),
    "ACCP": ("accounts, white list and matrix accepted", "账户、白名单与划转规则通过"),
    "ACFC": ("funds available", "资金充足"),
    "ACSP": ("released to settlement", "进入结算"),
    "ACSC": ("debited, final", "已扣账，最终结算"),
    "ACCC": ("creditor credited", "已贷记收款人"),
    "PATC": ("a second signature is missing", "尚缺第二签名"),
    "PDNG": ("waiting", "等待中"),
    "RJCT": ("refused, nothing moved", "已拒绝，未发生资金划转"),
    "CANC": ("cancelled, nothing moved", "已撤销，未发生资金划转"),
}


def payments(
    room: Offshore,
    *,
    institution: str | None,
    party: str | None = None,
    status: str | None = None,
    limit: int = 50,
    after: str = "",
    fits: Callable[[Payment | Pending], bool] | None = None,
    span_us: tuple[int, int] | None = None,
) -> PaymentPage:
    """List payments, of all, of one institution, or of one party as far as the reader shares them: those that wait, then those that ended.

    Reading: `fits` is a filter of the caller's, `span_us` first and end of an interval: received in it where they wait, ended in it where
    they have. A page looks at a bounded number of payments; an empty one with a cursor goes on.
    """
    views: list[PaymentView] = []
    cursor = ""
    for looked_at, payment in enumerate(_records(room, party or institution, after, span_us)):
        if looked_at == LOOKED_AT_MAX:
            return PaymentPage(views, cursor)
        if span_us is not None and not span_us[0] <= payment.at_us < span_us[1]:
            if isinstance(payment, Payment):
                break
            continue
        shown = status is None or status_of(payment) == status
        if shown and (fits is None or fits(payment)) and _may_see(payment, institution):
            if len(views) == page_size(limit):
                return PaymentPage(views, cursor)
            views.append(_payment_view(room, payment, institution))
        cursor = f"w{payment.seq}" if isinstance(payment, Pending) else str(payment.number)
    return PaymentPage(views, "")


def _records(
    room: Offshore, party: str | None, after: str, span_us: tuple[int, int] | None
) -> Iterator[Payment | Pending]:
    """Iterate over the waiting payments and then over the log, newest first; a cursor `w…` stands among the waiting."""
    log = room.payments
    if not after or after.startswith("w"):
        before = int(after[1:]) if after[1:].isdecimal() else None
        waiting = sorted(room.books.pending.values(), key=lambda found: -found.seq)
        for pending in waiting:
            if before is not None and pending.seq >= before:
                continue
            if party is None or party in parties_of(pending):
                yield pending
        after = ""
        if span_us is not None:
            after = str(bisect_left(range(len(log)), span_us[1], key=lambda n: log.at(n).at_us))
    yield from log.newest_first(after) if party is None else log.of_institution(party, after)


def payment(
    room: Offshore, rules: RuleBook, uetr: str, institution: str | None
) -> PaymentDetail | None:
    """Show one payment; None when there is none or the reader is no party to it."""
    found = room.record_of(uetr)
    if found is None or not _may_see(found, institution):
        return None
    steps = _time_line(found, told=institution in (None, found.bank))
    same_name = found.debtor == found.creditor
    pair = (AccountClass(found.debtor_class), AccountClass(found.creditor_class))
    name = cell_name(
        *pair,
        cny=found.order.currency == "CNY",
        same_name=same_name,
        upgraded=found.rule in UPGRADED_RULES,
    )
    cite = rules[name].at(date_of(found.at_us)).cite
    view = _payment_view(room, found, institution)
    draw = found.draw if view.sample and isinstance(found, Payment) else 0
    return PaymentDetail(view, steps, found.seq, name, cite, draw)


def accounts(
    room: Offshore, *, institution: str | None, limit: int = 50, after: str = ""
) -> AccountPage:
    """List cash accounts with their balances, for their holder and their bank."""
    views: list[AccountView] = []
    skipping = bool(after)
    for account in reversed(room.registry.cash_accounts.values()):
        if skipping:
            skipping = account.id != after
            continue
        if institution not in (None, account.holder, account.bank):
            continue
        if len(views) == page_size(limit):
            return AccountPage(views, views[-1].account_id)
        views.append(_account_view(room, account))
    return AccountPage(views, "")


def account(room: Offshore, account_id: str, institution: str | None) -> AccountView | None:
    """Show one cash account to its holder or its bank."""
    found = room.registry.cash_accounts.get(account_id)
    if found is None or institution not in (None, found.holder, found.bank):
        return None
    return _account_view(room, found)


def account_statement(
    room: Offshore,
    account_id: str,
    currency: str,
    *,
    institution: str | None,
    limit: int = 50,
    after: str = "",
) -> AccountStatement | None:
    """List the payments of one account in one currency.

    Reading: payments only; opening balances and legs of other venues are entries of the ledger's own statement.
    """
    view = account(room, account_id, institution)
    if view is None:
        return None
    balance = next((found for found in view.balances if found.currency == currency), None)
    if balance is None:
        return None
    entries: list[AccountEntry] = []
    for found in room.payments.of_account(account_id, after):
        if found.order.currency != currency:
            continue
        if len(entries) == page_size(limit):
            return AccountStatement(view, currency, balance, entries, str(entries[-1].number))
        entries.append(_entry(room, found, account_id))
    return AccountStatement(view, currency, balance, entries, "")


def nostros(room: Offshore, institution: str | None) -> list[NostroView]:
    """List the mirrors of banks' money at correspondents, for both sides."""
    views: list[NostroView] = []
    for code, nostro in room.books.nostros.items():
        if institution in (None, nostro.bank, nostro.correspondent):
            number = room.ledger.number(code)
            assert number is not None
            shown = room.ledger.balance(number)
            views.append(
                NostroView(code, nostro.bank, nostro.correspondent, nostro.currency, shown)
            )
    return views


def white_list(
    room: Offshore, institution: str | None, at_us: int | None = None
) -> list[ListingView]:
    """List the companies with their whole history: all of them for banks and authorities, else the reader's own.

    Reading: the state is that of `at_us`, or of the newest tick or step where none is given.
    """
    return [
        _listing_view(room, listing, institution, at_us)
        for listing in reversed(room.books.listings.values())
        if _may_see_listing(room, listing, institution)
    ]


def payable_at(room: Offshore, at_us: int, institution: str | None) -> list[PayableCompany]:
    """List who could pay at an instant, now or past."""
    return [
        PayableCompany(listing.company, banks_at(listing, at_us))
        for listing in room.books.listings.values()
        if state_at(listing, at_us) is ListingState.ACTIVE
        and _may_see_listing(room, listing, institution)
    ]


def overview(room: Offshore, date: datetime.date) -> Overview:
    """Count and add up what has been settled on a business date and in all."""
    today: dict[str, tuple[int, int]] = {}
    total: dict[str, tuple[int, int]] = {}
    sampled_today = sampled_total = 0
    for name, found in room.books.totals.items():
        day, _, currency = name.partition("/")
        before = total.get(currency, (0, 0))
        total[currency] = (before[0] + found.payments, before[1] + found.value)
        sampled_total += found.sampled
        if day == date.isoformat():
            today[currency] = (found.payments, found.value)
            sampled_today += found.sampled
    return Overview(
        date=date,
        payments_today=sum(count for count, _ in today.values()),
        payments_total=sum(count for count, _ in total.values()),
        sampled_today=sampled_today,
        sampled_total=sampled_total,
        today=[CurrencyTotal(currency, *today[currency]) for currency in sorted(today)],
        total=[CurrencyTotal(currency, *total[currency]) for currency in sorted(total)],
        companies=_counted([_standing(room, one, None) for one in room.books.listings.values()]),
        accounts=_counted([a.account_class for a in room.registry.cash_accounts.values()]),
    )


def matrix(rules: RuleBook, date: datetime.date) -> list[MatrixCell]:
    """Write out the transfer matrix in force on a date, cell by cell."""
    cells: list[MatrixCell] = []
    for debtor in AccountClass:
        for creditor in AccountClass:
            for currency in ("CNY", "FOREIGN"):
                names = [
                    cell_name(debtor, creditor, currency == "CNY", same, upgraded)
                    for same in (True, False)
                    for upgraded in (False, True)
                ]
                for name in dict.fromkeys(names):
                    cells.append(_matrix_cell(rules, date, name))
    return cells


def _matrix_cell(rules: RuleBook, date: datetime.date, name: str) -> MatrixCell:
    row = rules[name].at(date)
    _, debtor, creditor, currency, *names = name.split(".")
    pair = (AccountClass(debtor), AccountClass(creditor))
    return MatrixCell(
        debtor_class=pair[0],
        creditor_class=pair[1],
        currency=currency,
        names=names[0] if names else "",
        line=line_of(*pair),
        permission=row.text,
        rule=row.rule,
        from_date=row.from_date,
        cite=row.cite,
        note=row.note,
    )


def _time_line(found: Payment | Pending, *, told: bool) -> list[TimeLineStep]:
    """Write a payment's life out, from receipt to its end; a reader who is not told sees reviews without their kind."""
    steps: list[TimeLineStep] = []
    for step in life_of(found):
        texts = STATUS_TEXTS[step.status]
        if not step.wait:
            steps.append(TimeLineStep(step.status, step.at_us, *texts))
            continue
        wait = Wait(step.wait)
        shown = _shown(wait, told=told)
        cite = WAIT_CITES[wait] if shown == wait else ""
        person = step.person if told else ""
        steps.append(TimeLineStep(step.status, step.at_us, *texts, shown, cite, person, step.seq))
    return steps


def _shown(wait: Wait, *, told: bool) -> str:
    """Return the word for a wait: only the bank and who sees all are told of a review's kind (D1)."""
    return "REVIEW" if not told and wait in (Wait.SCREENING, Wait.RELEASE) else wait


def _may_see(found: Payment | Pending, institution: str | None) -> bool:
    return institution is None or institution in parties_of(found)


def reads_for(room: Offshore, institution: str, kind: InstitutionKind) -> bool:
    """Tell whether the reader is an institution of a kind."""
    reader = room.registry.institutions.get(institution)
    return reader is not None and reader.kind is kind


def _may_see_listing(room: Offshore, listing: Listing, institution: str | None) -> bool:
    if institution is None or institution == listing.company:
        return True
    reader = room.registry.institutions.get(institution)
    return reader is not None and reader.kind in WHITE_LIST_READERS


def _payment_view(room: Offshore, found: Payment | Pending, institution: str | None) -> PaymentView:
    """Show a payment; whether it is sampled is told to its bank and to who sees all, not to the parties."""
    order = found.order
    debtor = Party(
        order.debtor_account,
        found.debtor_class,
        found.debtor,
        *_names(room, found.debtor, order.debtor_name, order.debtor_country),
        order.debtor_agent,
    )
    creditor = Party(
        order.creditor_account,
        found.creditor_class,
        found.creditor,
        *_names(room, found.creditor, order.creditor_name, order.creditor_country),
        order.creditor_agent,
    )
    told = institution in (None, found.bank)
    ended = found if isinstance(found, Payment) else None
    waits = found.waits if isinstance(found, Pending) else []
    return PaymentView(
        number=-1 if ended is None else ended.number,
        uetr=order.uetr,
        at_us=found.at_us,
        direction=found.direction,
        status=status_of(found),
        line=found.line,
        rule=found.rule,
        currency=order.currency,
        amount=order.amount,
        bank=found.bank,
        debtor=debtor,
        creditor=creditor,
        trade_type=order.trade_type,
        purpose=order.purpose,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        message_id=found.message_id,
        remittance=order.remittance,
        correspondent=found.correspondent,
        sample=ended.sample if told and ended is not None else "",
        received_us=(ended.received_us if ended is not None else 0) or found.at_us,
        waits=[_shown(wait, told=told) for wait in waits],
        expires_us=found.expires_us if isinstance(found, Pending) else 0,
        priority=order.priority,
        trade_reference=order.trade_reference,
        reason="" if ended is None else ended.reason,
        detail="" if ended is None else ended.detail,
        cite="" if ended is None else ended.cite,
        charge=0 if ended is None else ended.charge,
    )


def _names(room: Offshore, institution: str, name: str, country: str) -> tuple[str, str, str]:
    """Return name, Chinese name and country of a member, or of a party overseas as the order wrote them."""
    found = room.registry.institutions.get(institution)
    if found is None:
        return name, name, country
    return found.name, found.name_zh, found.domicile


def _account_view(room: Offshore, found: CashAccount) -> AccountView:
    holder = room.registry.institutions[found.holder]
    return AccountView(
        account_id=found.id,
        account_class=found.account_class,
        holder=holder.id,
        holder_name=holder.name,
        holder_name_zh=holder.name_zh,
        bank=found.bank,
        unit=found.unit,
        status=found.status,
        balances=[_balance(room, found.id, currency) for currency in found.currencies],
    )


def _balance(room: Offshore, account_id: str, currency: str) -> Balance:
    number = room.ledger.number(ledger_code(account_id, currency))
    assert number is not None
    ledger = room.ledger
    return Balance(currency, ledger.booked(number), ledger.held(number), ledger.available(number))


def _entry(room: Offshore, found: Payment, account_id: str) -> AccountEntry:
    order = found.order
    debit = order.debtor_account == account_id and found.debtor != ""
    view = _payment_view(room, found, None)
    counter = view.creditor if debit else view.debtor
    return AccountEntry(
        found.number,
        order.uetr,
        order.end_to_end_id,
        found.at_us,
        Side.DEBIT if debit else Side.CREDIT,
        order.amount,
        found.debtor_booked_after if debit else found.creditor_booked_after,
        counter.account,
        counter.name,
        found.rule,
    )


def _standing(room: Offshore, listing: Listing, at_us: int | None) -> ListingState:
    """Return the state of a listing at an instant, or at the newest tick or step; that of its first step before it."""
    if at_us is None:
        last = listing.steps[-1]
        at_us = max(room.registry.charter.last_tick_us, last.entered_us or last.at_us)
    return state_at(listing, at_us) or listing.steps[0].state


def _listing_view(
    room: Offshore, listing: Listing, institution: str | None, at_us: int | None
) -> ListingView:
    """Show a listing; what is only proposed is told to the authorities alone."""
    told = institution is None or reads_for(room, institution, InstitutionKind.ADMINISTRATION)
    company = room.registry.institutions[listing.company]
    return ListingView(
        company=company.id,
        name=company.name,
        name_zh=company.name_zh,
        state=_standing(room, listing, at_us),
        banks=listing.banks,
        steps=list(reversed(listing.steps)),
        bindings=list(reversed(listing.bindings)),
        proposal=listing.proposal if told else None,
    )


def _counted(words: list[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(word) for word in words).items()))
