"""What a customer is told who cancels or recalls a payment in review: the same whether a name is looked at or a release is awaited."""

from collections.abc import Callable

import msgspec
import pytest
from tests.support.centre import accepted, refused, send
from tests.support.offshore import book_order, instruct, overseas_order
from tests.support.recalls import recall
from tests.support.screening import LISTED, events_of, screening_engine

from huangpu.core.message import Command
from huangpu.engine.writer import Engine
from huangpu.gateways.iso20022.outbound import messages_unsettled
from huangpu.gateways.iso20022.outbound_recalls import messages_about
from huangpu.venues.offshore.liquidity.commands import CancelPayment, ChangePriority, MoveInQueue
from huangpu.venues.offshore.liquidity.lines import Spot
from huangpu.venues.offshore.orders import Payment
from huangpu.venues.offshore.screening.books import CaseState
from huangpu.venues.offshore.screening.cases import ClearScreeningCase, ConfirmScreeningCase
from huangpu.venues.offshore.telling import told

HINTS = ("SCREEN", "RELEASE", "score", "list", "hit", "sanction", "compliance", "SIM", "case-")
ENDINGS: dict[str, Callable[[str], Command]] = {
    "cancel": lambda name: CancelPayment(uetr=name, cause="wrong supplier"),
    "recall": lambda name: recall(name, "DUPL"),
}


def in_review(engine: Engine, why: str) -> str:
    """Let a payment of OTC1 wait for a look at its creditor's name, or for its bank's release."""
    order = overseas_order(20_000_00, creditor_name=LISTED)
    if why == "release":
        order = book_order("DOM-OTC1", 100, currency="CNY", purpose="CURR")
    accepted(send(engine, "otc1-treasurer", instruct(order)))
    assert order.uetr in engine.centre.offshore.books.pending
    return order.uetr


@pytest.mark.parametrize("ending", list(ENDINGS))
def test_the_end_of_a_payment_in_review_says_nothing_of_the_review(ending: str) -> None:
    shapes = []
    for why in ("screening", "release"):
        engine = screening_engine()
        name = in_review(engine, why)
        answer = accepted(send(engine, "otc1-treasurer", ENDINGS[ending](name)))
        trees = [msgspec.to_builtins(told(event)) for event in events_of(answer)]
        ended = next(tree for tree in trees if tree is not None and "payment" in tree)["payment"]
        assert (ended["status"], ended["reason"]) == ("CANC", "CANCELLED")
        words = msgspec.json.encode([ended["steps"], ended["detail"], ended["cite"]]).decode()
        assert [hint for hint in HINTS if hint in words] == []
        assert {"screened", "score_bp"}.isdisjoint(ended)
        shapes.append((set(ended), [step[2:] for step in ended["steps"]]))
        record = engine.centre.offshore.record_of(name)
        assert isinstance(record, Payment)
        sent = messages_unsettled(engine.centre, record, "OTC1")
        sent += messages_about(engine.centre, record, "OTC1")
        assert [hint for hint in HINTS for one in sent if hint in one.xml] == []
    assert shapes[0][0] ^ shapes[1][0] <= {"creditor", "creditor_bank", "correspondent"}
    assert shapes[0][1] == shapes[1][1]


@pytest.mark.parametrize(
    "command",
    [
        lambda name: ChangePriority(uetr=name, priority="URGENT"),
        lambda name: MoveInQueue(uetr=name, to=Spot.FIRST),
    ],
)
def test_what_is_refused_in_review_is_refused_alike(command: Callable[[str], Command]) -> None:
    details = []
    for why in ("screening", "release"):
        engine = screening_engine()
        name = in_review(engine, why)
        found = refused(send(engine, "otc1-treasurer", command(name)))
        details.append((found.reason, found.detail.replace(name, "")))
    assert details[0] == details[1]
    assert "SCREENING" not in details[0][1]


@pytest.mark.parametrize("decide", [ClearScreeningCase, ConfirmScreeningCase])
def test_the_case_of_a_cancelled_payment_stays_and_is_decided_without_it(
    decide: type[ClearScreeningCase] | type[ConfirmScreeningCase],
) -> None:
    engine = screening_engine()
    name = in_review(engine, "screening")
    accepted(send(engine, "otc1-treasurer", CancelPayment(uetr=name)))
    books = engine.centre.offshore.books.screening
    (case,) = [one for one in books.cases.values() if one.uetr == name]
    assert case.state is CaseState.OPEN
    answer = accepted(send(engine, "bk1-checker", decide(case_id=case.id, text="looked at")))
    assert [type(event).__name__ for event in events_of(answer)] == ["ScreeningCaseDecided"]
    record = engine.centre.offshore.record_of(name)
    assert isinstance(record, Payment)
    assert record.status == "CANC"
