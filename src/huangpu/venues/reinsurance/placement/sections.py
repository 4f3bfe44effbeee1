"""The six sections of a slip in the order of the Market Reform Contract, as structured fields.

Numbers that are computed with (premium, cession, order, commission) are fields of the slip itself, never text here.
"""

import re
from collections.abc import Iterator

import msgspec


class RiskDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is reinsured, within which limits, under which law."""

    interest: str = ""
    limits: str = ""
    retention: str = ""
    territorial_limits: str = ""
    conditions: str = ""
    subjectivities: str = ""
    law_and_jurisdiction: str = ""
    premium_payment_terms: str = ""


class SecurityDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the reinsurers are bound: severally, on which signing provisions."""

    liability: str = "several, not joint"
    signing_provisions: str = "to stand, then pro rata"


class SubscriptionAgreement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who agrees changes and claims, and when money is due."""

    basis_of_contract_changes: str = "slip leader"
    basis_of_claims_agreement: str = "slip leader"
    settlement_due: str = "on binding"


class FiscalAndRegulatory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Taxes and the place of the risk."""

    tax_payable: str = "none"
    country_of_origin: str = ""
    regulatory_risk_location: str = ""


class BrokerRemuneration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the broker takes beside the brokerage of the slip."""

    fee_by_client: str = "none"
    other_deductions: str = "none"


class Sections(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Risk Details; Information; Security; Subscription; Fiscal and Regulatory; Broker Remuneration."""

    risk_details: RiskDetails = RiskDetails()
    information: str = ""
    security: SecurityDetails = SecurityDetails()
    subscription: SubscriptionAgreement = SubscriptionAgreement()
    fiscal: FiscalAndRegulatory = FiscalAndRegulatory()
    broker: BrokerRemuneration = BrokerRemuneration()


def headings(sections: Sections) -> Iterator[tuple[str, str]]:
    """Give every heading with its text, as `risk_details.interest`, in the order of the slip."""
    for name in sections.__struct_fields__:
        section = getattr(sections, name)
        if isinstance(section, str):
            yield name, section
            continue
        for heading in section.__struct_fields__:
            yield f"{name}.{heading}", getattr(section, heading)


def first_empty(sections: Sections, required: list[str]) -> str:
    """Name the first required heading without text, or give an empty text."""
    texts = dict(headings(sections))
    return next((name for name in required if not texts.get(name, "").strip()), "")


def first_forbidden(sections: Sections, words: list[str]) -> tuple[str, str] | None:
    """Give the first heading that leaves something to be agreed, with the word that says so."""
    for name, text in headings(sections):
        for word in words:
            if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                return name, word
    return None
