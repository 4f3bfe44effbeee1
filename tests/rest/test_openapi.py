"""The committed OpenAPI document is the one that the code makes."""

import os
from pathlib import Path

from huangpu.gateways.rest.openapi import document

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def test_the_committed_document_is_current() -> None:
    made = document()
    if os.environ.get("HUANGPU_WRITE_OPENAPI"):
        FILE.write_bytes(made)
    stale = "docs/openapi.json is stale; HUANGPU_WRITE_OPENAPI=1 with this test writes it anew"
    assert FILE.read_bytes() == made, stale
