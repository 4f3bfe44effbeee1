"""The premium account of a contract (账单): derived from its terms, never typed in.

`derive` computes premium, commission, brokerage and net for the placed share, then splits each over the signed lines by largest remainder, so
that the shares add back. `steps` writes down every computation with its operands, so that each figure can be done again by hand.
Leaves out: portfolios, reserves, losses and adjustments (later accounts of the same contract).
"""

import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from huangpu.core.message import Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.values import WHOLE, Rounding, allocated, money_text, percent_text, scaled
from huangpu.venues.reinsurance import clauses
from huangpu.venues.reinsurance.placement.slip import SignedLine
from huangpu.venues.reinsurance.terms.quota_share import QuotaShare, ceded_premium

if TYPE_CHECKING:
    from huangpu.venues.reinsurance.books import Reinsurance


class AccountStatus(enum.StrEnum):
    """Whether the account has been paid."""

    DUE = "DUE"
    SETTLED = "SETTLED"


class AccountShare(msgspec.Struct, frozen=True, kw_only=True):
    """One reinsurer's part of the account.

    Units: signed_of_whole in micro-percent; amounts in minor units; net = premium - commission - brokerage.
    """

    reinsurer: str
    signed_of_whole: int
    premium_minor: int
    commission_minor: int
    brokerage_minor: int
    net_minor: int


class PremiumAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The bill of one contract: totals for the placed share, and each signed line's part.

    Units: amounts in minor units of `currency`; shares and rates in micro-percent.
    """

    id: str
    trade_code: str
    cedent: str
    broker: str
    currency: str
    estimated_premium_minor: int
    cession_micro_percent: int
    commission_micro_percent: int
    brokerage_micro_percent: int
    placed_of_whole: int
    premium_minor: int
    commission_minor: int
    brokerage_minor: int
    net_minor: int
    shares: list[AccountShare]
    status: AccountStatus = AccountStatus.DUE
    payments: list[str] = []


class PremiumAccountDerived(Event, frozen=True):
    """The account is due from the cedent."""

    account: PremiumAccount


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One computation of the account: what, from which operands, with which rounding, to which value."""

    name: str
    formula: str
    value_minor: int
    reinsurer: str = ""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """Whose account it is and what it is derived from."""

    trade_code: str
    cedent: str
    broker: str
    currency: str
    estimated_premium_minor: int
    terms: QuotaShare


def derive(basis: Basis, signed: Sequence[SignedLine]) -> PremiumAccount:
    """Derive the account: premium, commission and brokerage of the placed share, and each line's part.

    Rule: domain note B5: ceded premium = c P; commission = k Pc; brokerage = b Pc; half-even at the last step; signed shares by largest
    remainder and adding back (technical account).
    Raises: AssertionError when a part does not add back.
    """
    terms = basis.terms
    placed = sum(line.signed_of_whole for line in signed)
    premium = ceded_premium(terms, basis.estimated_premium_minor, placed)
    commission = scaled(premium, terms.commission_micro_percent, WHOLE, Rounding.HALF_EVEN)
    brokerage = scaled(premium, terms.brokerage_micro_percent, WHOLE, Rounding.HALF_EVEN)
    shares = _shares(signed, premium, commission, brokerage)
    account = PremiumAccount(
        id=f"{basis.trade_code}/A1",
        trade_code=basis.trade_code,
        cedent=basis.cedent,
        broker=basis.broker,
        currency=basis.currency,
        estimated_premium_minor=basis.estimated_premium_minor,
        cession_micro_percent=terms.cession_micro_percent,
        commission_micro_percent=terms.commission_micro_percent,
        brokerage_micro_percent=terms.brokerage_micro_percent,
        placed_of_whole=placed,
        premium_minor=premium,
        commission_minor=commission,
        brokerage_minor=brokerage,
        net_minor=premium - commission - brokerage,
        shares=shares,
    )
    check_identities(account)
    return account


def derived(basis: Basis, signed: Sequence[SignedLine]) -> PremiumAccount | Rejected:
    """Derive the account, or refuse one that would bill nothing or a negative net.

    Rejects: PREMIUM_NOT_POSITIVE.
    """
    if not signed:
        detail = f"{basis.trade_code}: every signed share rounds to 0 micro-percent of the whole"
        return Rejected(Reason.PREMIUM_NOT_POSITIVE, detail, clauses.ACCOUNT)
    account = derive(basis, signed)
    return premium_refusal(account) or account


def _shares(
    signed: Sequence[SignedLine], premium: int, commission: int, brokerage: int
) -> list[AccountShare]:
    weights = [line.signed_of_whole for line in signed]
    columns = [allocated(total, weights) for total in (premium, commission, brokerage)]
    return [
        AccountShare(
            reinsurer=line.reinsurer,
            signed_of_whole=line.signed_of_whole,
            premium_minor=p,
            commission_minor=k,
            brokerage_minor=b,
            net_minor=p - k - b,
        )
        for line, p, k, b in zip(signed, *columns, strict=True)
    ]


def check_identities(account: PremiumAccount) -> None:
    """Assert that the shares add back to every total, and net to premium less deductions."""
    assert sum(share.signed_of_whole for share in account.shares) == account.placed_of_whole
    for name in ("premium_minor", "commission_minor", "brokerage_minor", "net_minor"):
        assert sum(getattr(share, name) for share in account.shares) == getattr(account, name)
    deductions = account.commission_minor + account.brokerage_minor
    assert account.net_minor == account.premium_minor - deductions


def premium_refusal(account: PremiumAccount) -> Rejected | None:
    """Refuse an account that would bill nothing, or a negative net to a reinsurer.

    Rejects: PREMIUM_NOT_POSITIVE.
    """
    text = money_text(account.premium_minor, account.currency)
    if account.premium_minor < 1:
        detail = f"ceded premium {text}, at least one minor unit"
        return Rejected(Reason.PREMIUM_NOT_POSITIVE, detail, clauses.ACCOUNT)
    for share in account.shares:
        if share.net_minor < 0:
            net = money_text(share.net_minor, account.currency)
            detail = f"net premium of {share.reinsurer} is {net}, at least 0"
            return Rejected(Reason.PREMIUM_NOT_POSITIVE, detail, clauses.ACCOUNT)
    return None


def steps(account: PremiumAccount) -> list[Step]:
    """Write down how every figure of the account is computed, in order."""
    currency = account.currency

    def rated(base: int, rate: int) -> str:
        return f"{money_text(base, currency)} x {percent_text(rate)}, half-even"

    original = money_text(account.estimated_premium_minor, currency)
    premium = (
        f"{original} x {percent_text(account.cession_micro_percent)} "
        f"x {percent_text(account.placed_of_whole)}, half-even"
    )
    commission = rated(account.premium_minor, account.commission_micro_percent)
    brokerage = rated(account.premium_minor, account.brokerage_micro_percent)
    net = "premium - commission - brokerage"
    found = [
        Step(name="premium", formula=premium, value_minor=account.premium_minor),
        Step(name="commission", formula=commission, value_minor=account.commission_minor),
        Step(name="brokerage", formula=brokerage, value_minor=account.brokerage_minor),
        Step(name="net", formula=net, value_minor=account.net_minor),
    ]
    placed = percent_text(account.placed_of_whole)
    for share in account.shares:
        part = f"x {percent_text(share.signed_of_whole)} of {placed}, largest remainder"
        for name in ("premium", "commission", "brokerage"):
            total = money_text(getattr(account, f"{name}_minor"), currency)
            value = getattr(share, f"{name}_minor")
            formula = f"{total} {part}"
            found.append(
                Step(name=name, formula=formula, value_minor=value, reinsurer=share.reinsurer)
            )
        found.append(
            Step(name="net", formula=net, value_minor=share.net_minor, reinsurer=share.reinsurer)
        )
    return found


def apply_derived(room: "Reinsurance", event: PremiumAccountDerived, stamp: Stamp) -> None:
    """Keep the account; the contract names it by its trade code, and the premium counts as traded."""
    account = event.account
    assert account.id not in room.books.accounts
    assert account.trade_code in room.books.contracts
    room.books.accounts[account.id] = account
    room.count_premium(account)
