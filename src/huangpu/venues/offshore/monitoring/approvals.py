"""The second pair of eyes: a proposal is approved, and its change happens in the same entry, or declined.

A change is looked at again when it is approved: what was true when it was proposed may not be true any more.
"""

import msgspec

from huangpu.core.message import Decision, Event, Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.core.rulebook import RuleBook
from huangpu.registry.institutions import InstitutionKind
from huangpu.venues.offshore.monitoring.books import (
    Explanation,
    GradeChange,
    LimitChange,
    Proposal,
    ProposalState,
)
from huangpu.venues.offshore.monitoring.findings import FindingExplained, open_finding
from huangpu.venues.offshore.monitoring.grades import GradeChanged
from huangpu.venues.offshore.monitoring.limits import LimitSet
from huangpu.venues.offshore.monitoring.proposals import (
    FOUR_EYES,
    ApproveProposal,
    DeclineProposal,
    ProposalDecided,
    ProposalMade,
)
from huangpu.venues.offshore.refusals import not_yours
from huangpu.venues.offshore.state import ListingState, Offshore
from huangpu.venues.offshore.white_list import ListingChanged, state_at


def approve_proposal(
    room: Offshore, rules: RuleBook, command: ApproveProposal, stamp: Stamp
) -> Decision:
    """Approve another person's proposal and do what it says.

    Rule: domain note D2, maker and checker, no self-approval.
    Rejects: PROPOSAL_UNKNOWN, NOT_YOUR_INSTITUTION, PROPOSAL_STATE_WRONG, OWN_ACT_NOT_APPROVABLE, FINDING_STATE_WRONG,
    LISTING_STATE_WRONG.
    """
    proposal = _open_proposal(room, stamp, command.number)
    if isinstance(proposal, Rejected):
        return proposal
    if proposal.proposer == stamp.person:
        detail = f"{stamp.person} made proposal {proposal.number}; a second person approves it"
        return Rejected(Reason.OWN_ACT_NOT_APPROVABLE, detail, FOUR_EYES)
    done = _done(room, stamp, proposal)
    if isinstance(done, Rejected):
        return done
    return [ProposalDecided(number=proposal.number, state=ProposalState.APPROVED), done]


def decline_proposal(
    room: Offshore, rules: RuleBook, command: DeclineProposal, stamp: Stamp
) -> Decision:
    """Decline a proposal, or take one's own back.

    Rejects: PROPOSAL_UNKNOWN, NOT_YOUR_INSTITUTION, PROPOSAL_STATE_WRONG.
    """
    proposal = _open_proposal(room, stamp, command.number)
    if isinstance(proposal, Rejected):
        return proposal
    return [ProposalDecided(number=proposal.number, state=ProposalState.DECLINED)]


def may_decide(room: Offshore, proposal: Proposal, institution: str) -> bool:
    """Tell whether an institution decides a proposal: the one that it names, else any administration."""
    if proposal.institution:
        return proposal.institution == institution
    return room.registry.institutions[institution].kind is InstitutionKind.ADMINISTRATION


def apply_made(room: Offshore, event: ProposalMade, stamp: Stamp) -> None:
    """Keep the proposal."""
    assert event.proposal.number == len(room.books.monitor.proposals)
    room.books.monitor.proposals.append(event.proposal)


def apply_decided(room: Offshore, event: ProposalDecided, stamp: Stamp) -> None:
    """End the proposal."""
    proposals = room.books.monitor.proposals
    proposals[event.number] = msgspec.structs.replace(
        proposals[event.number], state=event.state, decider=stamp.person, decided_us=stamp.at_us
    )


def _open_proposal(room: Offshore, stamp: Stamp, number: int) -> Proposal | Rejected:
    proposals = room.books.monitor.proposals
    if not 0 <= number < len(proposals):
        return Rejected(Reason.PROPOSAL_UNKNOWN, f"proposal {number}", FOUR_EYES)
    proposal = proposals[number]
    if not may_decide(room, proposal, stamp.institution):
        needed = proposal.institution or "an ADMINISTRATION"
        return not_yours(stamp, needed, FOUR_EYES)
    if proposal.state is not ProposalState.PROPOSED:
        detail = f"proposal {number} is {proposal.state}, needed PROPOSED"
        return Rejected(Reason.PROPOSAL_STATE_WRONG, detail, FOUR_EYES)
    return proposal


def _done(room: Offshore, stamp: Stamp, proposal: Proposal) -> Event | Rejected:
    change = proposal.change
    if isinstance(change, LimitChange):
        return LimitSet(change=change)
    if isinstance(change, GradeChange):
        return GradeChanged(company=change.company, grade=change.grade, cause=change.cause)
    if isinstance(change, Explanation):
        found = open_finding(room, change.finding)
        if isinstance(found, Rejected):
            return found
        return FindingExplained(
            finding=change.finding, text=change.text, proposer=proposal.proposer
        )
    state = state_at(room.books.listings[change.company], stamp.at_us)
    if state is not ListingState.ACTIVE:
        detail = f"{change.company} is {state}, needed {ListingState.ACTIVE}"
        return Rejected(Reason.LISTING_STATE_WRONG, detail, FOUR_EYES)
    return ListingChanged(company=change.company, state=ListingState.SUSPENDED, cause=change.cause)
