"""Public CBPR+ samples: the valid ones are read and written back, the invalid ones are refused."""

from pathlib import Path

import pytest
from lxml import etree
from tests.support.shared import shared_folder, shared_path

from huangpu.gateways.iso20022 import Document, Refusal, parse, receive, write_document

FOLDER = ("samples", "iso20022")
DEFINITIONS = ("pain.001", "pacs.008", "pacs.002", "camt.054")
# What the samples with the fewest elements leave out although the venue needs it.
BARE = {
    "cbpr_sr2026_pain.001.min.xml": ("BE22", "Cdtr/Nm"),
    "cbpr_sr2026_camt.054.min.xml": ("CH21", "BkTxCd/Domn"),
}
INVALID = {
    "cbprplus_pacs008_2026__violates_pacs.008-R31_commodity_currency_XAU.xml": (
        "AM03",
        "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf/IntrBkSttlmAmt/@Ccy",
        "R31",
    ),
    "pacs008_credit_transfer_sample__violates_pacs.008-R31_commodity_currency_XAU.xml": (
        "AM03",
        "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf/IntrBkSttlmAmt/@Ccy",
        "R31",
    ),
    "cbprplus_pacs008_sample_bic_mismatch.xml": (
        "FF01",
        "/AppHdr/Fr/FIId/FinInstnId/BICFI",
        "R5",
    ),
    "cbprplus_pacs008_sample_dodgy_IBAN_and_bic_mismatch.xml": (
        "FF01",
        "/AppHdr/Fr/FIId/FinInstnId/BICFI",
        "R5",
    ),
    "cbprplus_pacs008_sample_xsd_issue.xml": (
        "FF01",
        "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/CdtrAgt[2]",
        "",
    ),
    "moov_invalid_pain_v11.xml": ("FF01", "/Document", ""),
    "pain001_credit_initiation_sample__violates_pain.001-R8_existing.xml": (
        "FF01",
        "/Document/CstmrCdtTrfInitn/PmtInf[1]/PmtInfId",
        "R8",
    ),
    "pkg_pacs.004.001.11.xml": ("FF01", "/Document", ""),
    "pkg_pacs.009.001.10.xml": ("FF01", "/Document", ""),
}


def sample_names() -> list[str]:
    folder = shared_folder().joinpath(*FOLDER)
    found = [path for each in DEFINITIONS for path in folder.glob(f"{each}/cbpr_*.xml")]
    own = [folder / "own_synthetic" / f"{name}.xml" for name in ("admi002", "pain002")]
    extra = list(folder.glob("pain.001/pkg_pain.001.001.09_*.xml"))
    return sorted(str(path.relative_to(folder)) for path in found + own + extra)


def content(data: bytes) -> list[str]:
    """Give the canonical form of header and document, prefixes and white space aside."""
    root = etree.fromstring(data)
    parts = [root] if root.tag.endswith("}Document") else list(root)
    return [
        etree.canonicalize(
            etree.tostring(part, encoding="unicode", with_tail=False),
            rewrite_prefixes=True,
            strip_text=True,
        )
        for part in parts
    ]


def test_the_samples_are_there() -> None:
    shared_path(*FOLDER)
    assert len(sample_names()) >= 18


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_is_read_and_written_back(name: str) -> None:
    data = shared_path(*FOLDER, *Path(name).parts).read_bytes()
    document = parse(data)
    assert isinstance(document, Document), document
    written = write_document(document)
    assert content(written) == content(data)
    assert parse(written) == document


@pytest.mark.parametrize("name", [name for name in sample_names() if "cbpr_" in name])
def test_a_cbpr_sample_gives_its_business_content(name: str) -> None:
    path = shared_path(*FOLDER, *Path(name).parts)
    message = receive(path.read_bytes())
    if path.name in BARE:
        assert isinstance(message, Refusal)
        code, place = BARE[path.name]
        assert message.code == code
        assert message.path.endswith(place)
        return
    assert not isinstance(message, Refusal), message


@pytest.mark.parametrize("name", sorted(INVALID))
def test_an_invalid_sample_is_refused_at_its_place(name: str) -> None:
    refusal = receive(shared_path(*FOLDER, "invalid", name).read_bytes())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path, refusal.rule) == INVALID[name]
    assert refusal.message_id


def test_the_wrong_iban_is_refused_once_the_header_is_right() -> None:
    name = "cbprplus_pacs008_sample_dodgy_IBAN_and_bic_mismatch.xml"
    data = shared_path(*FOLDER, "invalid", name).read_bytes()
    right = data.replace(b"ABCDGB2LXXX", b"GGGGGB2LXXX").replace(b"EFGHDEFFXXX", b"FFFFDEFFXXX")
    refusal = receive(right)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "AC02"
    assert refusal.path == "/Document/FIToFICstmrCdtTrf/CdtTrfTxInf/DbtrAcct/Id/IBAN"
    assert "GB29NWBK60161331926818" in refusal.detail


def test_a_message_of_another_version_is_refused() -> None:
    refusal = receive(shared_path(*FOLDER, "pacs.008", "pkg_pacs.008.001.13.xml").read_bytes())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == ("FF01", "/Document")
    assert "pacs.008.001.13" in refusal.detail
