"""What a form of the venue's desks sends, by the name of its act: the same commands as over REST.

Nothing is decided here. Each maker reads its own fields; one that cannot be read is refused before anything is sent.
"""

import datetime
from collections.abc import Callable, Mapping

from huangpu.console import acts
from huangpu.console.acts import Form, Unreadable, text
from huangpu.core.calendar import DAY_US, instant_us
from huangpu.core.message import Command
from huangpu.venues.offshore import white_list
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.monitoring.books import Grade, LimitKind
from huangpu.venues.offshore.monitoring.cases import AcceptDocuments, RejectDocuments
from huangpu.venues.offshore.monitoring.findings import ExplainFinding
from huangpu.venues.offshore.monitoring.grades import SetGrade
from huangpu.venues.offshore.monitoring.limits import SetLimit
from huangpu.venues.offshore.monitoring.proposals import ApproveProposal, DeclineProposal
from huangpu.venues.offshore.reports.breaks import AssignBreak, CloseBreak, DecideBreakClosure
from huangpu.venues.offshore.reports.corrections import (
    CorrectReportRecord,
    DecideReportCorrection,
)
from huangpu.venues.offshore.reports.large_value import FileLargeValueReport
from huangpu.venues.offshore.screening.cases import (
    ClearScreeningCase,
    ConfirmScreeningCase,
    NoteScreeningCase,
)
from huangpu.venues.offshore.screening.lists import AdoptScreeningList
from huangpu.venues.offshore.second_line.bop import ApproveBopCorrection, CorrectBopRecord
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine
from huangpu.venues.offshore.state import ListingState
from huangpu.venues.offshore.upgraded import ApproveUpgrade, RefuseUpgrade

Make = Callable[[Form], Command]
SECOND_US = 1_000_000


def instant(form: Mapping[str, str], name: str) -> int | None:
    """Read a date and a time of day in Shanghai as microseconds since the epoch; None where the field is empty.

    Raises: Unreadable.
    """
    written = form.get(name, "")
    if not written:
        return None
    try:
        found = datetime.datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not 2000 <= found.year <= 9998:
        raise Unreadable(f"{name} {written!r}: date and time as 2027-01-31T09:30")
    midnight = datetime.datetime.combine(found.date(), datetime.time())
    since_us = (found - midnight) // datetime.timedelta(microseconds=1)
    assert 0 <= since_us < DAY_US
    return instant_us(found.date(), 0) + since_us


def _yes(form: Form, name: str) -> bool:
    return acts.one_of(form, name, ["yes", "no"]) == "yes"


def _limit(form: Form) -> Command:
    kind = LimitKind(acts.one_of(form, "kind", [str(kind) for kind in LimitKind]))
    value = (
        acts.whole(form, "value") if kind is LimitKind.MINUTE else acts.money(form, "value", "CNY")
    )
    return SetLimit(
        kind=kind, value=value, customer=text(form, "customer"), target=text(form, "target")
    )


def _grade(form: Form) -> Command:
    grade = Grade(acts.one_of(form, "grade", [str(grade) for grade in Grade]))
    return SetGrade(company=text(form, "company"), grade=grade, cause=text(form, "cause"))


def _confirm_listing(form: Form) -> Command:
    state = acts.one_of(form, "state", [str(state) for state in ListingState])
    return white_list.ConfirmListingChange(company=text(form, "company"), state=ListingState(state))


def _corrected_record(form: Form) -> Command:
    return CorrectReportRecord(
        unit=text(form, "unit"),
        date=acts.date(form, "date"),
        sequence=acts.whole(form, "sequence"),
        changes={text(form, "field"): text(form, "value")},
        cause=text(form, "cause"),
    )


def _move(form: Form) -> Command:
    spot = Spot(acts.one_of(form, "to", [str(spot) for spot in Spot]))
    return MoveInQueue(uetr=text(form, "uetr"), to=spot)


ACTS: dict[str, Make] = {
    "release": lambda f: ReleaseSecondLine(uetr=text(f, "uetr")),
    "refuse-release": lambda f: RefuseSecondLine(uetr=text(f, "uetr"), cause=text(f, "cause")),
    "case-note": lambda f: NoteScreeningCase(case_id=text(f, "case_id"), text=text(f, "text")),
    "case-clear": lambda f: ClearScreeningCase(case_id=text(f, "case_id"), text=text(f, "text")),
    "case-confirm": lambda f: ConfirmScreeningCase(
        case_id=text(f, "case_id"), text=text(f, "text")
    ),
    "adopt-list": lambda f: AdoptScreeningList(
        list_id=text(f, "list_id"), version=text(f, "version")
    ),
    "accept-documents": lambda f: AcceptDocuments(uetr=text(f, "uetr")),
    "reject-documents": lambda f: RejectDocuments(uetr=text(f, "uetr"), cause=text(f, "cause")),
    "approve-proposal": lambda f: ApproveProposal(number=acts.whole(f, "number")),
    "decline-proposal": lambda f: DeclineProposal(number=acts.whole(f, "number")),
    "set-limit": _limit,
    "set-grade": _grade,
    "explain-finding": lambda f: ExplainFinding(
        finding=acts.whole(f, "finding"), text=text(f, "text")
    ),
    "correct-bop": lambda f: CorrectBopRecord(
        uetr=text(f, "uetr"), code=text(f, "code"), cause=text(f, "cause")
    ),
    "approve-bop": lambda f: ApproveBopCorrection(uetr=text(f, "uetr")),
    "correct-record": _corrected_record,
    "decide-correction": lambda f: DecideReportCorrection(
        correction=acts.whole(f, "correction"), approve=_yes(f, "approve")
    ),
    "file-large-value": lambda f: FileLargeValueReport(
        report=acts.whole(f, "report"), reference=text(f, "reference")
    ),
    "assign-break": lambda f: AssignBreak(
        break_id=acts.whole(f, "break_id"), owner=text(f, "owner")
    ),
    "close-break": lambda f: CloseBreak(break_id=acts.whole(f, "break_id"), cause=text(f, "cause")),
    "decide-break": lambda f: DecideBreakClosure(
        break_id=acts.whole(f, "break_id"), approve=_yes(f, "approve")
    ),
    "cancel": lambda f: CancelPayment(uetr=text(f, "uetr"), cause=text(f, "cause")),
    "priority": lambda f: ChangePriority(uetr=text(f, "uetr"), priority=text(f, "priority")),
    "move": _move,
    "recommend": lambda f: white_list.RecommendCompany(
        company=text(f, "company"), effective_from_us=instant(f, "from")
    ),
    "decline-application": lambda f: white_list.DeclineApplication(
        company=text(f, "company"), cause=text(f, "cause")
    ),
    "list": lambda f: white_list.ListCompany(
        company=text(f, "company"), effective_from_us=instant(f, "from")
    ),
    "suspend": lambda f: white_list.SuspendCompany(
        company=text(f, "company"), cause=text(f, "cause"), effective_from_us=instant(f, "from")
    ),
    "reinstate": lambda f: white_list.ReinstateCompany(
        company=text(f, "company"), effective_from_us=instant(f, "from")
    ),
    "remove": lambda f: white_list.RemoveCompany(
        company=text(f, "company"), cause=text(f, "cause"), effective_from_us=instant(f, "from")
    ),
    "confirm-listing": _confirm_listing,
    "withdraw-listing": lambda f: white_list.WithdrawListingChange(
        company=text(f, "company"), cause=text(f, "cause")
    ),
    "bind": lambda f: white_list.BindServicingBank(
        company=text(f, "company"), bank=text(f, "bank")
    ),
    "unbind": lambda f: white_list.UnbindServicingBank(
        company=text(f, "company"), bank=text(f, "bank")
    ),
    "approve-upgrade": lambda f: ApproveUpgrade(
        company=text(f, "company"), record=text(f, "record")
    ),
    "refuse-upgrade": lambda f: RefuseUpgrade(company=text(f, "company"), cause=text(f, "cause")),
}
"""Every act of the desks that one form with text fields can send."""
