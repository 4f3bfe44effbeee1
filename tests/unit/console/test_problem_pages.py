"""The page that the type of every problem points to knows every code that a gateway answers with."""

import re
from pathlib import Path

from huangpu.console.problem_pages import FAULTS
from huangpu.core.reasons import Reason

GATEWAYS = Path(__file__).parents[3] / "src" / "huangpu" / "gateways"


def test_every_code_of_a_problem_has_its_anchor() -> None:
    text = "".join(path.read_text() for path in GATEWAYS.rglob("*.py"))
    answered = set(re.findall(r'problem\(\s*\d+, "([A-Z_]+)"', text))
    assert len(answered) > 8
    assert answered <= set(FAULTS) | set(Reason)
