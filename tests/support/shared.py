"""Reference data that is read when present and never copied into the repository.

The folder is the one HUANGPU_SHARED names, or else `shared` beside the repository. A test whose data is absent is skipped
with the path it looked for.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared_folder() -> Path:
    """Return the folder of reference data, whether or not it exists."""
    return Path(os.environ.get("HUANGPU_SHARED") or ROOT.parent / "shared")


def shared_path(*parts: str) -> Path:
    """Return a path of the reference data; skip the calling test, or its module, when it is absent."""
    path = shared_folder().joinpath(*parts)
    if not path.exists():
        reason = f"no reference data at {path}: set HUANGPU_SHARED to the folder that holds it"
        pytest.skip(reason, allow_module_level=True)
    return path
