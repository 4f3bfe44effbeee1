"""Binding: a signed slip becomes a contract with a trade code, its premium account is derived and, by the rule row, settled at once.

One decision, one entry: contract, account, chain of ledger legs and payments stand or fall together. Reinsurers are bound severally, not
jointly: each for its own signed share. Leaves out: endorsements, run-off, commutation.
"""

import datetime
import enum
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Command, Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.core.values import WHOLE, percent_text
from huangpu.registry import Registry
from huangpu.venues.reinsurance import accounting, clauses, security, settlement
from huangpu.venues.reinsurance.membership import Act, act_refusal
from huangpu.venues.reinsurance.placement.slip import (
    ContractType,
    Method,
    SignedLine,
    Slip,
    SlipState,
    Warned,
    own_refusal,
    state_refusal,
)
from huangpu.venues.reinsurance.terms.quota_share import QuotaShare

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class Direction(enum.StrEnum):
    """Which way a share's premium counts (domain note A6)."""

    OUTWARD = "OUTWARD"
    INWARD = "INWARD"
    OFFSHORE = "OFFSHORE"


class ContractStatus(enum.StrEnum):
    """Where a contract stands in its life."""

    BOUND = "BOUND"
    ON_RISK = "ON_RISK"
    EXPIRED = "EXPIRED"


class BindSlip(Command, frozen=True):
    """Bind a signed slip."""

    slip_id: str


class ContractShare(msgspec.Struct, frozen=True, kw_only=True):
    """One reinsurer's several share.

    Units: micro-percent.
    """

    reinsurer: str
    signed_of_order: int
    signed_of_whole: int
    direction: Direction


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One bound contract under its trade code (交易编码)."""

    trade_code: str
    slip_id: str
    broker: str
    cedent: str
    leader: str
    contract_type: ContractType
    method: Method
    class_of_business: str
    currency: str
    period_from: datetime.date
    period_to: datetime.date
    terms: QuotaShare
    order_micro_percent: int
    shares: list[ContractShare]
    signed_of_order: int
    liability: str
    warnings: list[Warned]
    retroceded_contract: str
    inward_counted: bool
    bound_at_us: int
    bound_on: datetime.date
    status: ContractStatus = ContractStatus.BOUND


class ContractBound(Event, frozen=True):
    """The contract is bound; `number` is the last trade number of its year."""

    contract: Contract
    number: int


class ContractStatusChanged(Event, frozen=True):
    """The contract came on risk, or expired."""

    trade_code: str
    status: ContractStatus


def bind_slip(room: "Reinsurance", rules: RuleBook, command: BindSlip, stamp: Stamp) -> Decision:
    """Bind a completed order, or a short one that the cedent agreed to.

    Rule: domain note B2 and B3; huangpu policies 49 to 52.
    Rejects: SLIP_UNKNOWN, NOT_YOUR_INSTITUTION, MEMBERSHIP_MISSING, SLIP_STATE_WRONG, PERIOD_WRONG, ORDER_NOT_COMPLETED,
    CESSION_LIMIT_EXCEEDED, CONTRACT_KNOWN, PREMIUM_NOT_POSITIVE, then whatever `settlement.settle` names.
    """
    slip = room.books.slips.get(command.slip_id)
    refused = own_refusal(slip, command.slip_id, stamp.institution, Act.PLACE) or act_refusal(
        room, rules, stamp.institution, Act.PLACE, stamp.date
    )
    if refused is not None:
        return refused
    assert slip is not None
    if slip.state is not SlipState.SIGNED:
        return state_refusal(slip, "SIGNED")
    refused = _bindable_refusal(room, rules, slip, stamp)
    if refused is not None:
        return refused
    number = room.books.trade_numbers.get(str(stamp.date.year), 0) + 1
    contract = _contract(room, rules, slip, number, stamp)
    if contract.trade_code in room.books.contracts:
        row = rules["reinsurance.trade_code_format"].at(stamp.date)
        return clauses.by_row(Reason.CONTRACT_KNOWN, contract.trade_code, row)
    basis = accounting.Basis(
        trade_code=contract.trade_code,
        cedent=contract.cedent,
        broker=contract.broker,
        currency=contract.currency,
        estimated_premium_minor=slip.offer.estimated_premium_minor,
        terms=contract.terms,
    )
    account = accounting.derived(basis, [line for line in slip.signed if line.signed_of_whole])
    if isinstance(account, Rejected):
        return account
    events: list[Event] = [
        ContractBound(contract=contract, number=number),
        accounting.PremiumAccountDerived(account=account),
    ]
    if not rules["reinsurance.settle_at_bind"].at(stamp.date).flag:
        return events
    settled = settlement.settle(room, rules, account, stamp)
    return settled if isinstance(settled, Rejected) else [*events, *settled]


def _bindable_refusal(
    room: "Reinsurance", rules: RuleBook, slip: Slip, stamp: Stamp
) -> Rejected | None:
    assert slip.firm_order is not None
    if slip.offer.period_to < stamp.date:
        detail = f"period ended {slip.offer.period_to}, today is {stamp.date}"
        return Rejected(Reason.PERIOD_WRONG, detail, clauses.BINDING)
    allowed = rules["reinsurance.short_placement_allowed"].at(stamp.date)
    short_agreed = allowed.flag and slip.firm_order.short_placement_agreed
    if slip.signed_of_order < WHOLE and not short_agreed:
        detail = (
            f"signed {percent_text(slip.signed_of_order)} of the order, "
            f"needed {percent_text(WHOLE)} or the cedent's agreement to a short placement"
        )
        return clauses.by_row(Reason.ORDER_NOT_COMPLETED, detail, allowed)
    found = security.passed_limits(room.registry, rules, slip, slip.signed, stamp.date)
    return security.limit_refusal(rules, found, stamp.date)


def _contract(
    room: "Reinsurance", rules: RuleBook, slip: Slip, number: int, stamp: Stamp
) -> Contract:
    offer, order = slip.offer, slip.firm_order
    assert order is not None
    shares = [
        ContractShare(
            reinsurer=line.reinsurer,
            signed_of_order=line.signed_of_order,
            signed_of_whole=line.signed_of_whole,
            direction=direction_of(room.registry, offer.cedent, line),
        )
        for line in slip.signed
        if line.signed_of_whole
    ]
    retroceded = room.books.contracts.get(offer.retroceded_contract)
    counted = retroceded is not None and any(
        share.direction is Direction.INWARD for share in retroceded.shares
    )
    return Contract(
        trade_code=trade_code(rules, offer.contract_type, number, stamp.date),
        slip_id=slip.id,
        broker=slip.broker,
        cedent=offer.cedent,
        leader=order.leader,
        contract_type=offer.contract_type,
        method=offer.method,
        class_of_business=offer.class_of_business,
        currency=offer.currency,
        period_from=offer.period_from,
        period_to=offer.period_to,
        terms=QuotaShare(
            cession_micro_percent=offer.cession_micro_percent,
            commission_micro_percent=order.commission_micro_percent,
            brokerage_micro_percent=offer.brokerage_micro_percent,
            max_cession_minor=offer.max_cession_minor,
            event_limit_minor=offer.event_limit_minor,
        ),
        order_micro_percent=offer.order_micro_percent,
        shares=shares,
        signed_of_order=slip.signed_of_order,
        liability=offer.sections.security.liability,
        warnings=slip.warnings,
        retroceded_contract=offer.retroceded_contract,
        inward_counted=not counted,
        bound_at_us=stamp.at_us,
        bound_on=stamp.date,
    )


def direction_of(registry: Registry, cedent: str, line: SignedLine) -> Direction:
    """Say which way a share counts: out of a mainland cedent, into the mainland, or neither.

    Rule: domain note A6; huangpu policy 53.
    """
    institutions = registry.institutions
    if institutions[cedent].domestic:
        return Direction.OUTWARD
    return Direction.INWARD if institutions[line.reinsurer].domestic else Direction.OFFSHORE


def trade_code(
    rules: RuleBook, contract_type: ContractType, number: int, date: datetime.date
) -> str:
    """Write the trade code of a number in the year of a date, as the format row says."""
    code = rules["reinsurance.trade_code_format"].at(date).text
    kind = rules[f"reinsurance.type_code.{contract_type}"].at(date).text
    for name, text in (("year", str(date.year)), ("number", f"{number:06d}"), ("type", kind)):
        code = code.replace(f"{{{name}}}", text)
    return code


def status_on(contract: Contract, date: datetime.date) -> ContractStatus:
    """Say where a contract stands on a date."""
    if date > contract.period_to:
        return ContractStatus.EXPIRED
    return ContractStatus.ON_RISK if date >= contract.period_from else ContractStatus.BOUND


def next_change(contract: Contract) -> datetime.date | None:
    """Return the date of the contract's next change of status, if there is one."""
    if contract.status is ContractStatus.BOUND:
        return contract.period_from
    if contract.status is ContractStatus.ON_RISK:
        return contract.period_to + datetime.timedelta(days=1)
    return None


def status_changes(room: "Reinsurance", stamp: Stamp) -> list[Event]:
    """List the contracts that came on risk or expired; asked at every tick."""
    events: list[Event] = []
    for date in sorted(day for day in room.changing if day <= stamp.date):
        # By code, not by when each came to be due: a room rebuilt from a snapshot must list them alike.
        for code in sorted(room.changing[date]):
            status = status_on(room.books.contracts[code], stamp.date)
            events.append(ContractStatusChanged(trade_code=code, status=status))
    return events


def apply_bound(room: "Reinsurance", event: ContractBound, stamp: Stamp) -> None:
    """Keep the contract and end the slip."""
    contract = event.contract
    assert contract.trade_code not in room.books.contracts
    room.books.trade_numbers[str(contract.bound_on.year)] = event.number
    room.keep_contract(contract)
    room.move(contract.slip_id, SlipState.BOUND, trade_code=contract.trade_code)
    room.note(contract.slip_id, stamp, "BOUND", contract.trade_code)


def apply_status(room: "Reinsurance", event: ContractStatusChanged, stamp: Stamp) -> None:
    """Set the status."""
    found = room.books.contracts[event.trade_code]
    room.keep_contract(msgspec.structs.replace(found, status=event.status))
    room.note(found.slip_id, stamp, event.status, event.trade_code)
