"""An act of the administration says why, in a cause of a bounded length; journals keep what is told where it does not."""

from typing import Any

import pytest
from tests.support.centre import refused, send
from tests.support.offshore import offshore_engine

from huangpu.core.message import Rejected
from huangpu.core.reasons import Reason
from huangpu.venues.offshore.white_list import (
    DeclineApplication,
    RemoveCompany,
    SuspendCompany,
    WithdrawListingChange,
)
from huangpu.venues.offshore.white_list.life import DATES


@pytest.mark.parametrize("cause", ["", "x" * 501])
@pytest.mark.parametrize(
    "act", [DeclineApplication, SuspendCompany, RemoveCompany, WithdrawListingChange]
)
def test_an_act_without_a_cause_of_the_length_is_refused_before_the_state_is_looked_at(
    act: type[Any], cause: str
) -> None:
    answer = send(offshore_engine(), "zone-1", act(company="OTC1", cause=cause))
    detail = f"a cause of {len(cause)} characters, 1 to 500"
    assert refused(answer) == Rejected(Reason.FIELD_OUT_OF_RANGE, detail, DATES)
