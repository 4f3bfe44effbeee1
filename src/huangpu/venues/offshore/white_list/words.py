"""The words of the white list: what a company and the administration ask for, and what became of it.

A step may carry `effective_from_us`, the instant from which it is in force: now or later, never in the past.
"""

from typing import Annotated

import msgspec

from huangpu.core.message import Command, Event
from huangpu.venues.offshore.state import ListingApplication, ListingProposal, ListingState

Instant = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""Microseconds since the epoch."""


class ApplyForListing(Command, frozen=True):
    """Ask to be listed, with the facts that the administration examines; by the company itself."""

    company: str
    application: ListingApplication


class DeclineApplication(Command, frozen=True):
    """Turn an application or a recommendation down; the company may apply again."""

    company: str
    cause: str


class RecommendCompany(Command, frozen=True):
    """The administration has examined a company and recommends it."""

    company: str
    effective_from_us: Instant | None = None


class ListCompany(Command, frozen=True):
    """A second person of the administration puts a recommended company on the list."""

    company: str
    effective_from_us: Instant | None = None


class SuspendCompany(Command, frozen=True):
    """Stop a listed company's outward payments; its inward payments go on. It lapses unless a second person confirms it in time."""

    company: str
    cause: str
    effective_from_us: Instant | None = None


class ReinstateCompany(Command, frozen=True):
    """Let a suspended company pay again; by another person than the one who suspended it."""

    company: str
    effective_from_us: Instant | None = None


class RemoveCompany(Command, frozen=True):
    """Propose to take a company off the list; a second person confirms it."""

    company: str
    cause: str
    effective_from_us: Instant | None = None


class ConfirmListingChange(Command, frozen=True):
    """Confirm, as a second person, a suspension, a proposed removal (`REMOVED`) or a proposed reinstatement (`ACTIVE`)."""

    company: str
    state: ListingState


class WithdrawListingChange(Command, frozen=True):
    """Take a proposed change back before it is confirmed."""

    company: str
    cause: str


class ListingApplied(Event, frozen=True):
    """The company asks to be listed, with these facts."""

    company: str
    application: ListingApplication


class ListingChanged(Event, frozen=True):
    """The company is in this state from `effective_from_us` on (0: the entry's instant).

    A state with `lapses_us` is void from then on unless confirmed before; `proposed_by` is who proposed what the actor confirmed.
    """

    company: str
    state: ListingState
    cause: str = ""
    effective_from_us: int = 0
    lapses_us: int = 0
    proposed_by: str = ""


class ListingChangeProposed(Event, frozen=True):
    """One person proposed a change; nothing is in force until a second confirms it."""

    company: str
    proposal: ListingProposal


class SuspensionConfirmed(Event, frozen=True):
    """A second person confirmed the suspension in force, which cannot lapse any more."""

    company: str


class ListingProposalWithdrawn(Event, frozen=True):
    """The proposed change will not take place."""

    company: str
    cause: str
