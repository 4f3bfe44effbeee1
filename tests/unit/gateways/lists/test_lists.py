"""Published lists in their three forms, written here with simulated names: what is read, and what is refused with its place."""

import datetime
import json
from pathlib import Path

import msgspec
import pytest

from huangpu.cli import app
from huangpu.gateways.lists import ListFault, read_list
from huangpu.gateways.lists.reading import country_code, date_text
from huangpu.venues.offshore.screening.books import EntryKind
from huangpu.venues.offshore.screening.lists import ProposeScreeningList

UN = """<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-11-20T10:00:00.000Z">
  <INDIVIDUALS><INDIVIDUAL>
    <DATAID>900001</DATAID><FIRST_NAME>SIMULATED</FIRST_NAME><SECOND_NAME>LISTED</SECOND_NAME><THIRD_NAME>PERSON</THIRD_NAME>
    <UN_LIST_TYPE>SIM</UN_LIST_TYPE><REFERENCE_NUMBER>SIM.001</REFERENCE_NUMBER>
    <NAME_ORIGINAL_SCRIPT>模拟名单人</NAME_ORIGINAL_SCRIPT>
    <NATIONALITY><VALUE>Russian Federation</VALUE></NATIONALITY>
    <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Moni Mingdan</ALIAS_NAME></INDIVIDUAL_ALIAS>
    <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    <INDIVIDUAL_ADDRESS><COUNTRY>Hong Kong</COUNTRY></INDIVIDUAL_ADDRESS>
    <INDIVIDUAL_DATE_OF_BIRTH><DATE>1970-02-01</DATE></INDIVIDUAL_DATE_OF_BIRTH>
    <INDIVIDUAL_DATE_OF_BIRTH><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  </INDIVIDUAL></INDIVIDUALS>
  <ENTITIES><ENTITY>
    <DATAID>900002</DATAID><FIRST_NAME>SIMULATED LISTED SHIPYARD</FIRST_NAME><UN_LIST_TYPE>SIM</UN_LIST_TYPE>
    <ENTITY_ALIAS><ALIAS_NAME>Simulated Yard Co., Ltd</ALIAS_NAME></ENTITY_ALIAS>
    <ENTITY_ADDRESS><COUNTRY>Singapore</COUNTRY></ENTITY_ADDRESS>
  </ENTITY></ENTITIES>
</CONSOLIDATED_LIST>
"""
SDN = """101,"SIMLISTED, Adam","individual","SIM",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 12 Jan 1960; POB Nowhere."
102,"SIMULATED, LISTED AND PARTNERS LTD","-0-","SIM",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0-
103,"SIMULATED STAR","vessel","SIM",-0- ,"SIM1","Tanker",-0- ,-0- ,"Panama",-0- ,-0-
\x1a"""
ALT = '101,9001,"aka","SIMLISTED, Ad",-0-\n102,9002,"fka","SIMULATED OLD NAME",-0-\n'
ADD = '101,8001,"1 Simulated Road","Dubai","United Arab Emirates",-0-\n'
FTM = "\n".join(
    json.dumps(row)
    for row in (
        {
            "id": "sim-1",
            "schema": "Person",
            "caption": "x",
            "properties": {
                "name": ["Simulated Listed Trader"],
                "alias": ["模拟贸易人"],
                "nationality": ["cn"],
                "birthDate": ["1966-05"],
                "programId": ["SIM-P"],
            },
        },
        {"id": "sim-2", "schema": "Address", "properties": {"full": ["1 Simulated Road"]}},
        {
            "id": "sim-3",
            "schema": "Company",
            "properties": {"name": ["Simulated Listed Metals GmbH"], "jurisdiction": ["de"]},
        },
    )
)


def written(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        path = folder / name.replace("_", ".")
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def test_un_list_is_read_with_aliases_countries_and_dates(tmp_path: Path) -> None:
    found = read_list("un", written(tmp_path, un_xml=UN))
    assert found.published == datetime.date(2026, 11, 20)
    person, firm = found.entries
    assert person.id == "900001"
    assert person.kind is EntryKind.PERSON
    assert person.names == ["SIMULATED LISTED PERSON", "模拟名单人", "Moni Mingdan"]
    assert person.countries == ["RU", "HK"]
    assert person.dates == ["1970-02-01", "1971"]
    assert person.programme == "SIM SIM.001"
    assert firm.kind is EntryKind.ENTITY
    assert firm.names == ["SIMULATED LISTED SHIPYARD", "Simulated Yard Co., Ltd"]
    assert firm.countries == ["SG"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<x/>", "root element 'x'"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><CONSOLIDATED_LIST/>', "document type"),
        ("<CONSOLIDATED_LIST>", "line 1: not well-formed XML"),
        ("<CONSOLIDATED_LIST/>", "no INDIVIDUAL and no ENTITY"),
        (UN.replace("<DATAID>900002</DATAID>", ""), "ENTITIES/ENTITY[1]: no DATAID"),
        (
            UN.replace("SIMULATED LISTED SHIPYARD", "").replace("Simulated Yard Co., Ltd", ""),
            "no name",
        ),
        (UN.replace("2026-11-20T", "2026-13-20T"), "@dateGenerated"),
    ],
)
def test_un_fault_names_its_place(tmp_path: Path, text: str, says: str) -> None:
    files = written(tmp_path, un_xml=text)
    with pytest.raises(ListFault) as fault:
        read_list("un", files)
    assert says in str(fault.value)
    assert "un.xml" in str(fault.value)


def test_ofac_files_are_joined_in_any_order(tmp_path: Path) -> None:
    found = read_list("ofac", written(tmp_path, add_csv=ADD, sdn_csv=SDN, alt_csv=ALT))
    person, firm, vessel = found.entries
    assert person.names == ["Adam SIMLISTED", "Ad SIMLISTED"]
    assert person.countries == ["AE"]
    assert person.dates == ["1960-01-12"]
    assert firm.names == ["SIMULATED, LISTED AND PARTNERS LTD", "SIMULATED OLD NAME"]
    assert firm.kind is EntryKind.ENTITY
    assert vessel.kind is EntryKind.VESSEL
    assert vessel.countries == ["PA"]


@pytest.mark.parametrize(
    ("sdn", "alt", "says"),
    [
        (SDN.replace("102,", "101,"), ALT, "line 2: entity number '101' is there twice"),
        (SDN.replace("102,", "x,"), ALT, "line 2: entity number 'x' is no number"),
        (SDN.replace('"vessel"', '"boat"'), ALT, "line 3: type 'boat'"),
        (SDN, ALT.replace("102,", "999,"), "line 2: entity number '999' is not in SDN"),
        (SDN, ALT.replace(',"fka"', ""), "line 2: 4 columns, expected 5"),
        (SDN, SDN, "a second SDN file"),
        (ADD, ALT, "no SDN file"),
        ("1,2\n", ALT, "2 columns, expected 12 (SDN), 5 (ALT), 6 (ADD)"),
        ("", ALT, "no rows"),
    ],
)
def test_ofac_fault_names_its_place(tmp_path: Path, sdn: str, alt: str, says: str) -> None:
    files = written(tmp_path, sdn_csv=sdn, alt_csv=alt)
    with pytest.raises(ListFault) as fault:
        read_list("ofac", files)
    assert says in str(fault.value)


def test_ftm_entities_are_read_and_other_records_counted(tmp_path: Path) -> None:
    found = read_list("ftm", written(tmp_path, list_json=FTM + "\n\n"))
    person, firm = found.entries
    assert person.names == ["Simulated Listed Trader", "模拟贸易人"]
    assert (person.countries, person.dates, person.programme) == (["CN"], ["1966-05"], "SIM-P")
    assert firm.countries == ["DE"]
    assert found.passed_over == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1"),
        (
            FTM + '\n{"id": "sim-4", "schema": "Person"}',
            "line 4: Object missing required field `properties`",
        ),
        (FTM + "\n" + FTM.splitlines()[0], "line 4: id 'sim-1' is there twice"),
        (FTM.splitlines()[1], "no parties among 1 records"),
        (
            '{"id":"a","schema":"Person","properties":{"name":["' + "x" * 400 + '"]}}',
            "400 characters",
        ),
    ],
)
def test_ftm_fault_names_its_place(tmp_path: Path, text: str, says: str) -> None:
    files = written(tmp_path, list_json=text)
    with pytest.raises(ListFault) as fault:
        read_list("ftm", files)
    assert says in str(fault.value)


def test_unknown_format_is_named() -> None:
    with pytest.raises(ListFault, match="one of un ofac ftm"):
        read_list("pdf", [])


def test_dates_and_countries_are_written_one_way() -> None:
    assert [date_text(text) for text in ("12 Jan 1960", "Jan 1960", "1960", "circa 1960", "1960-05", "soon")] == [
        "1960-01-12", "1960-01", "1960", "1960", "1960-05", "",
    ]  # fmt: skip
    assert [country_code(text) for text in ("de", "Germany", "Nowhere")] == ["DE", "DE", "Nowhere"]


def test_command_line_writes_the_proposal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = written(tmp_path, un_xml=UN)
    out = tmp_path / "propose.json"
    app(
        ["lists", "read", "un", str(file), "--json", "--command", str(out)],
        result_action="return_value",
    )
    printed = json.loads(capsys.readouterr().out)
    assert printed["entries"] == 2
    assert printed["names"] == 5
    proposal = msgspec.json.decode(out.read_bytes(), type=ProposeScreeningList)
    assert (proposal.list_id, proposal.version) == ("UN", "2026-11-20")
    assert proposal.entries == read_list("un", [file]).entries
