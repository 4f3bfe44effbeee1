"""Public CBPR+ samples: the valid ones are read and written back, the invalid ones are refused."""

from pathlib import Path

import pytest
from lxml import etree
from tests.support.shared import shared_folder, shared_path

from huangpu.gateways.iso20022 import Document, Refusal, parse, receive, write_document

FOLDER = ("samples", "iso20022")
# Files of the collection in versions that are not read here; each is refused by its namespace.
OTHER_VERSIONS = frozenset(
    {
        "camt.052/moov_FI_camt_052_sample.xml",
        "camt.052/pyiso_camt052_001_02.xml",
        "camt.053/moov_FI_camt_053_sample.xml",
        "camt.053/pyiso_camt053_001_02.xml",
        "camt.054/moov_FI_camt_054_sample.xml",
        "camt.054/moov_camt054_returns.xml",
        "pacs.002/moov_valid_pacs.002.001.11.xml",
        "pacs.002/pkg_pacs.002.001.12.xml",
        "pacs.008/pkg_pacs.008.001.13.xml",
        "pacs.028/pkg_pacs.028.001.05.xml",
        "pain.001/moov_musterfile_pain.001_Nov2020.xml",
        "pain.001/pyiso_pain001_001_08.xml",
        "pain.002/moov_pain002_epo_2018031510491259.xml",
        "pain.002/moov_pain002_epo_2018032612092784.xml",
    }
)
# What the samples with the fewest elements leave out although the venue needs it.
BARE = {
    "cbpr_sr2026_pain.001.min.xml": ("BE22", "Cdtr/Nm"),
    "cbpr_sr2026_camt.054.min.xml": ("CH21", "BkTxCd/Domn"),
    "cbpr_2025_camt054_credit_notification_sample.xml": ("CH21", "Ntry[1]/BookgDt"),
    "cbpr_2026_camt054_credit_notification_sample.xml": ("CH21", "Ntry[1]/BookgDt"),
}
INVALID = {
    "camt052_account_report_sample__violates_camt.052-R5_msgdefidr_mismatch.xml": (
        "FF01",
        "/AppHdr/MsgDefIdr",
        "R5",
    ),
    "pacs009_fi_transfer_sample__violates_pacs.009-R16_commodity_currency_XAU.xml": (
        "AM03",
        "/Document/FICdtTrf/CdtTrfTxInf/IntrBkSttlmAmt/@Ccy",
        "R16",
    ),
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


def all_names() -> list[str]:
    """Name every message of the collection; the invalid ones have their own table."""
    folder = shared_folder().joinpath(*FOLDER)
    return sorted(
        str(path.relative_to(folder))
        for path in folder.glob("*/*.xml")
        if path.parent.name != "invalid"
    )


def sample_names() -> list[str]:
    return [name for name in all_names() if name not in OTHER_VERSIONS]


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
    """37 files in versions read here, 14 in others, 11 invalid: nothing is left aside unseen."""
    shared_path(*FOLDER)
    folder = shared_folder().joinpath(*FOLDER)
    assert len(sample_names()) >= 37
    assert set(all_names()) >= OTHER_VERSIONS
    assert {path.name for path in folder.glob("invalid/*.xml")} == set(INVALID)


@pytest.mark.parametrize("name", sorted(OTHER_VERSIONS))
def test_a_sample_in_another_version_is_refused_by_its_namespace(name: str) -> None:
    refusal = parse(shared_path(*FOLDER, *Path(name).parts).read_bytes())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.path) == ("FF01", "/Document")
    assert refusal.detail.startswith("namespace ")


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
