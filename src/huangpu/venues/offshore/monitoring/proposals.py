"""Four eyes for what the monitors change: one person proposes, another of the deciding institution approves or declines.

A proposal carries the change itself (`books.Change`); `approvals.py` knows what each change does once it is approved.
"""

from huangpu.core.message import Command, Event, Stamp
from huangpu.venues.offshore.monitoring.books import Change, Proposal, ProposalState
from huangpu.venues.offshore.state import Offshore

FOUR_EYES = "huangpu policy 38, proposed by one person and approved by another"


class ApproveProposal(Command, frozen=True):
    """Let a proposed change happen; by another person than the one who proposed it."""

    number: int


class DeclineProposal(Command, frozen=True):
    """End a proposal without its change; its proposer may do so too."""

    number: int


class ProposalMade(Event, frozen=True):
    """The change waits for a second person."""

    proposal: Proposal


class ProposalDecided(Event, frozen=True):
    """The proposal has ended."""

    number: int
    state: ProposalState


def made(
    room: Offshore, stamp: Stamp, institution: str, change: Change, *, ahead: int = 0
) -> list[Event]:
    """Propose a change that a second person of `institution` decides; `ahead` proposals stand before it in the same entry."""
    proposal = Proposal(
        number=len(room.books.monitor.proposals) + ahead,
        institution=institution,
        change=change,
        proposer=stamp.person,
        at_us=stamp.at_us,
    )
    return [ProposalMade(proposal=proposal)]
