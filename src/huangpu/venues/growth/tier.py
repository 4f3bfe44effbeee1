"""Membership of the growth tier and the marks that show it: existing or new, label beside the name, suffix of the short name.

A company that listed before the dated row of the tier's start is an existing member (成1), a later one a new member (成). Every
member's short name carries U; weighted voting rights add W. Left out: leaving the tier (GT-6 to GT-11).
"""

import datetime
import enum

from huangpu.core.rulebook import RuleBook


class Membership(enum.StrEnum):
    """How a company came into the tier."""

    EXISTING = "EXISTING"
    NEW = "NEW"


def membership_of(rules: RuleBook, listing_date: datetime.date, date: datetime.date) -> Membership:
    """Tell existing from new members by the listing date.

    Rule: GT-5 (SSE notice to vendors, 2025-07): listed before the date of the row is existing, on or after it is new.
    """
    start = rules["tier.new_from"].at(date).text
    return Membership.EXISTING if listing_date.isoformat() < start else Membership.NEW


def label_of(rules: RuleBook, membership: Membership, date: datetime.date) -> str:
    """Return the label shown beside the name.

    Rule: MK-2 (SSE notice to vendors, 2025-07).
    """
    return rules[f"tier.label.{membership}"].at(date).text


def suffix_of(rules: RuleBook, weighted_votes: bool, date: datetime.date) -> str:
    """Return the suffix of the short name: U for every member, UW with weighted voting rights.

    Rule: MK-1, MK-3.
    """
    suffix = rules["tier.suffix.member"].at(date).text
    if not weighted_votes:
        return suffix
    return suffix + rules["tier.suffix.weighted_votes"].at(date).text
