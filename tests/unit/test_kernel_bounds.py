"""The kernels never read or write past an array: their own tests once more, with Numba's bounds check on.

Numba does not check bounds by default, and its disk cache does not notice the flag: this run has a cache of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUITES = (
    "tests/unit/ledger/test_book.py",
    "tests/unit/venues/growth/order_book",
    "tests/property/test_ledger.py",
)


def test_the_kernels_hold_with_the_bounds_check_on(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": str(tmp_path / "numba"),
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--basetemp",
        str(tmp_path / "pytest"),
        *SUITES,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    assert " passed" in done.stdout
