"""pacs.009 CORE: a bank pays a bank, out of its FTU account, its own money or its nostro; and what comes in from overseas for a bank.

Decided and final in one entry, or refused: a bank's transfer joins no queue and no warehouse. From nostro to nostro it moves a bank's money
between its correspondents, or settles what two units of the centre owe each other. The ids are those of payments: one UETR for both worlds.
"""

from typing import NamedTuple

from huangpu.core.calendar import clock_text, is_business_day
from huangpu.core.identifiers import is_bic
from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import money_text
from huangpu.ledger.events import LegsPosted
from huangpu.ledger.transfers import LedgerCode, Leg
from huangpu.registry.cash_accounts import AccountClass
from huangpu.venues.offshore.bank_transfers.books import (
    BankTransfer,
    BankTransferOrder,
    TransferKind,
)
from huangpu.venues.offshore.bank_transfers.places import TRANSFERS, Place, PlaceKind, place
from huangpu.venues.offshore.bank_transfers.words import (
    BankTransferRecorded,
    ReceiveBankTransfer,
    TransferBetweenBanks,
)
from huangpu.venues.offshore.liquidity import queue
from huangpu.venues.offshore.matrix import Line, Permission, cell
from huangpu.venues.offshore.orders import Direction, PaymentOrder, parties_among
from huangpu.venues.offshore.payments import checks
from huangpu.venues.offshore.payments.draft import Draft
from huangpu.venues.offshore.payments.final import FUNDS
from huangpu.venues.offshore.payments.plan import MIRRORS, overseas_and_bank
from huangpu.venues.offshore.state import Offshore, nostro_code

LIQUIDITY = "FXLIQ"
"""The own account on which a bank's money arrives where the message names no account."""


class Route(NamedTuple):
    """Where a transfer goes: its legs, its way, the rule that allows it, and who is on either side."""

    legs: list[Leg]
    direction: Direction
    line: str
    rule: str
    bank: str
    correspondent: str
    debtor: str
    creditor: str


def transfer_between_banks(
    room: Offshore, rules: RuleBook, command: TransferBetweenBanks, stamp: Stamp
) -> Decision:
    """Pay from an account that the acting bank holds here to another bank, here or overseas.

    Rule: domain note C1 (pacs.009 CORE), R-03, R-04; huangpu policy 34.
    Rejects: FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, those of form and duplicates, DEBTOR_ACCOUNT_UNKNOWN, NOT_YOUR_INSTITUTION, SAME_ACCOUNT,
    TRANSFER_FORBIDDEN, AGENT_UNKNOWN, IDENTIFIER_MALFORMED, CUT_OFF_PASSED, FUNDS_INSUFFICIENT, BALANCE_LIMIT_EXCEEDED.
    """
    order = command.order
    draft = Draft(room, rules, stamp, sender=stamp.institution, message_id=command.message_id)
    refused = checks.message_refusal(draft) or form_refusal(draft, order)
    if refused is not None:
        return refused
    debtor = place(draft, order.debtor_account, order.currency)
    if debtor is None:
        return Rejected(Reason.DEBTOR_ACCOUNT_UNKNOWN, order.debtor_account, TRANSFERS)
    if isinstance(debtor, Rejected):
        return debtor
    if debtor.holder != stamp.institution:
        detail = f"{stamp.person} acts for {stamp.institution}; {order.debtor_account} is another's"
        return Rejected(Reason.NOT_YOUR_INSTITUTION, detail, checks.PARTIES)
    route = _route_out(draft, order, debtor)
    return route if isinstance(route, Rejected) else _posted(draft, order, route)


def receive_core(
    room: Offshore, rules: RuleBook, command: ReceiveBankTransfer, stamp: Stamp
) -> Decision:
    """Credit a bank's account with what a bank overseas sends over the nostro.

    Rule: domain note C1 (pacs.009 CORE), R-04; huangpu policy 34.
    Rejects: AGENT_UNKNOWN, NOT_YOUR_INSTITUTION, FIELD_OUT_OF_RANGE, MESSAGE_ID_REUSED, those of form and duplicates,
    CREDITOR_ACCOUNT_UNKNOWN, TRANSFER_FORBIDDEN, BALANCE_LIMIT_EXCEEDED.
    """
    order = command.order
    agents = overseas_and_bank(room, command.instructing_agent, command.instructed_agent, stamp)
    if isinstance(agents, Rejected):
        return agents
    sender, bank = agents
    draft = Draft(room, rules, stamp, sender=sender, bank=bank, message_id=command.message_id)
    refused = checks.message_refusal(draft) or form_refusal(draft, order)
    if refused is not None:
        return refused
    name = order.creditor_account or f"{LIQUIDITY}-{bank}"
    creditor = place(draft, name, order.currency)
    if creditor is None or (isinstance(creditor, Place) and creditor.bank != bank):
        return Rejected(Reason.CREDITOR_ACCOUNT_UNKNOWN, f"{name} at {bank}", TRANSFERS)
    if isinstance(creditor, Rejected):
        return creditor
    if creditor.kind is PlaceKind.NOSTRO:
        detail = f"{name} mirrors money at {creditor.correspondent}, credited from a nostro only"
        return Rejected(Reason.TRANSFER_FORBIDDEN, detail, TRANSFERS)
    allowed = _allowed(draft, order, (AccountClass.OVS, AccountClass.FTU), same_name=False)
    if isinstance(allowed, Rejected):
        return allowed
    nostro = nostro_at(draft, bank, sender, order.currency)
    if isinstance(nostro, Rejected):
        return nostro
    legs = room.ledger.route(nostro, creditor.number, order.amount)
    route = Route(legs, Direction.INWARD, *allowed, bank, sender, "", creditor.holder)
    return _posted(draft, order, route)


def form_refusal(
    draft: Draft, order: BankTransferOrder, *, uetr_shared: bool = False
) -> Rejected | None:
    """Refuse what no payment may look like either, and ids used up; a cover shares its payment's UETR.

    Rejects: AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, CURRENCY_UNKNOWN, IDENTIFIER_MALFORMED, FIELD_OUT_OF_RANGE, UETR_REUSED,
    INSTRUCTION_ID_REUSED.
    """
    form = PaymentOrder(
        uetr=order.uetr,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        debtor_account=order.debtor_account,
        creditor_account=order.creditor_account,
        currency=order.currency,
        amount=order.amount,
        remittance=order.remittance,
    )
    refused = checks.form_refusal(draft, form)
    if refused is not None:
        return refused
    # An end-to-end id between banks names what the transfer is for, and may come again.
    form = PaymentOrder(
        uetr=order.uetr,
        instruction_id=order.instruction_id,
        debtor_account="",
        creditor_account="",
        currency=order.currency,
        amount=order.amount,
    )
    return checks.reuse_refusal(draft, form, own_debtor=False, covered=uetr_shared)


def nostro_at(draft: Draft, bank: str, correspondent: str, currency: str) -> int | Rejected:
    """Find the mirror of a bank's money at a correspondent.

    Rejects: AGENT_UNKNOWN.
    """
    code = nostro_code(bank, correspondent, currency)
    if code not in draft.room.books.nostros:
        detail = f"{bank} has no account in {currency} at {correspondent}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    number = draft.room.ledger.number(code)
    assert number is not None
    return number


def apply_recorded(room: Offshore, event: BankTransferRecorded, stamp: Stamp) -> None:
    """Keep the transfer; its ids are used up."""
    transfers = room.books.bank_transfers.transfers
    assert event.transfer.number == len(transfers)
    transfers.append(event.transfer)
    room.transfers.note(event.transfer)


def _route_out(draft: Draft, order: BankTransferOrder, debtor: Place) -> Route | Rejected:
    found = place(draft, order.creditor_account, order.currency)
    if isinstance(found, Rejected):
        return found
    if found is None:
        return _route_overseas(draft, order, debtor)
    if found.number == debtor.number:
        return Rejected(Reason.SAME_ACCOUNT, order.creditor_account, TRANSFERS)
    mirrors = (debtor.kind is PlaceKind.NOSTRO, found.kind is PlaceKind.NOSTRO)
    ledger = draft.room.ledger
    if all(mirrors):
        # A mirror rises by a debit: the bank has less at the one correspondent and the receiver more at the other.
        refused = _time_refusal(draft, order.currency)
        if refused is not None:
            return refused
        legs = ledger.route(found.number, debtor.number, order.amount)
        ends = (debtor.bank, debtor.correspondent, debtor.holder, found.holder)
        return Route(legs, Direction.OUTWARD, Line.NONE, TRANSFERS.partition(",")[0], *ends)
    if any(mirrors):
        detail = f"{order.debtor_account} to {order.creditor_account}: a nostro pays and is paid by a nostro"
        return Rejected(Reason.TRANSFER_FORBIDDEN, detail, TRANSFERS)
    pair = (AccountClass.FTU, AccountClass.FTU)
    allowed = _allowed(draft, order, pair, same_name=found.holder == debtor.holder)
    if isinstance(allowed, Rejected):
        return allowed
    legs = ledger.route(debtor.number, found.number, order.amount)
    return Route(legs, Direction.BOOK, *allowed, debtor.bank, "", debtor.holder, found.holder)


def _route_overseas(draft: Draft, order: BankTransferOrder, debtor: Place) -> Route | Rejected:
    """Route a transfer to a bank overseas, over the nostro at its agent or the bank's default way out."""
    room = draft.room
    if not is_bic(order.creditor_bic):
        detail = f"{order.creditor_account!r}: no account of a bank here, and creditor {order.creditor_bic!r} is no BIC"
        return Rejected(Reason.CREDITOR_ACCOUNT_UNKNOWN, detail, TRANSFERS)
    if debtor.kind is PlaceKind.NOSTRO:
        detail = f"{order.debtor_account} to overseas: a nostro pays a nostro"
        return Rejected(Reason.TRANSFER_FORBIDDEN, detail, TRANSFERS)
    pair = (AccountClass.FTU, AccountClass.OVS)
    allowed = _allowed(draft, order, pair, same_name=False)
    if isinstance(allowed, Rejected):
        return allowed
    agent = room.by_bic(order.creditor_agent or order.creditor_bic)
    way = room.nostro_default.get(f"{debtor.bank}/{order.currency}")
    direct = agent is not None and (
        nostro_code(debtor.bank, agent.id, order.currency) in room.books.nostros
    )
    if direct:
        assert agent is not None
        correspondent = agent.id
    elif way is not None:
        correspondent = way.correspondent
    else:
        detail = f"{debtor.bank} has no correspondent in {order.currency}"
        return Rejected(Reason.AGENT_UNKNOWN, detail, MIRRORS)
    if room.registry.institutions[correspondent].suspended:
        return Rejected(Reason.INSTITUTION_SUSPENDED, correspondent, MIRRORS)
    nostro = nostro_at(draft, debtor.bank, correspondent, order.currency)
    if isinstance(nostro, Rejected):
        return nostro
    refused = _time_refusal(draft, order.currency)
    if refused is not None:
        return refused
    creditor = room.by_bic(order.creditor_bic)
    legs = room.ledger.route(debtor.number, nostro, order.amount)
    named = "" if creditor is None else creditor.id
    return Route(
        legs, Direction.OUTWARD, *allowed, debtor.bank, correspondent, debtor.holder, named
    )


def _allowed(
    draft: Draft,
    order: BankTransferOrder,
    pair: tuple[AccountClass, AccountClass],
    *,
    same_name: bool,
) -> tuple[str, str] | Rejected:
    """Ask the matrix, and return the line and the rule.

    Rejects: TRANSFER_FORBIDDEN.
    """
    found = cell(draft.rules, draft.stamp.date, pair, order.currency, same_name)
    if found.row.value == Permission.ALLOW:
        return found.line, found.rule_id
    detail = f"{found.rule_id}: {found.row.rule.removeprefix('transfer.')} in {order.currency}"
    return Rejected(Reason.TRANSFER_FORBIDDEN, detail, found.row.cite, found.row.rule)


def _time_refusal(draft: Draft, currency: str) -> Rejected | None:
    """Refuse a transfer overseas after the cut-off of its currency: a bank's transfer waits for no next day.

    Rejects: CUT_OFF_PASSED.
    """
    rules, stamp = draft.rules, draft.stamp
    row = rules[f"offshore.cut_off.{'CNY' if currency == 'CNY' else 'FOREIGN'}"].at(stamp.date)
    days = rules["offshore.cut_off.business_days"].at(stamp.date)
    if days.flag and not is_business_day(rules, stamp.date):
        detail = f"{stamp.date} is no business day"
        return Rejected(Reason.CUT_OFF_PASSED, detail, days.cite, days.rule)
    if clock_text(stamp.at_us)[:5] < row.text:
        return None
    detail = f"{currency}: received after {row.value} ({row.unit})"
    return Rejected(Reason.CUT_OFF_PASSED, detail, row.cite, row.rule)


def _posted(draft: Draft, order: BankTransferOrder, route: Route) -> list[Event] | Rejected:
    shortfall = draft.shortfall(route.legs)
    if shortfall is not None:
        code = draft.room.ledger.account(shortfall.account).code
        ordered = money_text(order.amount, order.currency)
        if shortfall.code is LedgerCode.INSUFFICIENT_FUNDS:
            available = money_text(shortfall.found, order.currency)
            detail = f"{code}: available {available}, ordered {ordered}"
            return Rejected(Reason.FUNDS_INSUFFICIENT, detail, FUNDS)
        detail = f"{code}: {shortfall.code.name}, ordered {ordered}"
        return Rejected(Reason.BALANCE_LIMIT_EXCEEDED, detail, MIRRORS)
    draft.move(route.legs)
    recorded = BankTransferRecorded(transfer=_transfer(draft, order, route))
    return [LegsPosted(legs=route.legs), recorded, *queue.released(draft)]


def _transfer(draft: Draft, order: BankTransferOrder, route: Route) -> BankTransfer:
    first, last = route.legs[0], route.legs[-1]
    mirrored = route.line == Line.NONE
    kept_debtor = route.direction is not Direction.INWARD and not mirrored
    kept_creditor = route.direction is not Direction.OUTWARD
    return BankTransfer(
        number=len(draft.room.books.bank_transfers.transfers),
        kind=TransferKind.CORE,
        status="ACSC" if route.direction is Direction.OUTWARD else "ACCC",
        direction=route.direction,
        line=route.line,
        rule=route.rule,
        message_id=draft.message_id,
        sender=draft.sender,
        bank=route.bank,
        correspondent=route.correspondent,
        debtor=route.debtor,
        debtor_booked_after=draft.booked(first.debit) if kept_debtor else 0,
        creditor=route.creditor,
        creditor_booked_after=draft.booked(last.credit) if kept_creditor else 0,
        parties=parties_among(
            draft.sender, route.bank, route.correspondent, route.debtor, route.creditor
        ),
        order=order,
        seq=draft.stamp.seq,
        at_us=draft.stamp.at_us,
    )
