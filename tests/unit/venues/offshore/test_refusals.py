"""The refusal of who acts for another institution: journals keep its text, so the text stays."""

import datetime

from huangpu.core.message import Rejected, Stamp
from huangpu.core.reasons import Reason
from huangpu.venues.offshore.refusals import not_yours


def test_refusal_names_who_acted_for_whom_and_who_was_needed() -> None:
    stamp = Stamp(
        seq=1, at_us=0, date=datetime.date(2026, 11, 2), person="bk1-maker", institution="BK1"
    )
    assert not_yours(stamp, "CO1 or BK2", "huangpu policy 37") == Rejected(
        Reason.NOT_YOUR_INSTITUTION,
        "bk1-maker acts for BK1; needed CO1 or BK2",
        "huangpu policy 37",
    )
