"""The command line as a user meets it: outcomes, exit codes, and one clear line for a fault."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.replay.test_recorded_journals import EXPECTED, FOLDER

from huangpu.journal.sqlite import SqliteStore

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


def huangpu(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"}
    environment = {
        key: value for key, value in environment.items() if not key.startswith("HUANGPU_")
    }
    command = [sys.executable, "-m", "huangpu", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=60, check=False
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the newest recorded journal."""
    shutil.copytree(FOLDER / max(EXPECTED), tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["offshore", "reinsurance", "growth"])
def test_run_prints_one_json_line_an_entry(name: str) -> None:
    done = huangpu("run", str(EXAMPLES / f"{name}.jsonl"))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    refused = [line for line in lines if line["outcome"] == "rejected"]
    assert len(refused) >= 3
    assert all(line["reason"] and line["detail"] and line["cite"] for line in refused)


def test_verify_replay_and_audit_agree(data: Path) -> None:
    expected = EXPECTED[max(EXPECTED)]
    verified = json.loads(huangpu("journal", "verify", "--data", str(data), "--json").stdout)
    replayed = json.loads(huangpu("journal", "replay", "--data", str(data), "--json").stdout)
    audited = json.loads(huangpu("journal", "audit", "--data", str(data), "--json").stdout)
    assert verified["head"] == expected["head"]
    assert replayed["state_sha256"] == audited["state_sha256"] == expected["state_sha256"]
    assert audited["differences"] == []


def test_whatif_and_report_print_for_people_and_programs(data: Path) -> None:
    rows = EXAMPLES / "whatif-order-minimum.toml"
    found = json.loads(huangpu("whatif", str(rows), "--data", str(data), "--json").stdout)
    assert found["changed"] == sum(total["entries"] for total in found["totals"]) > 0
    table = huangpu("whatif", str(rows), "--data", str(data))
    assert "QUANTITY_BELOW_MINIMUM" in table.stdout
    report = huangpu("report", "--data", str(data))
    assert report.returncode == 0
    assert "premium" in report.stdout or "figures" in report.stdout


def test_a_corrupted_row_is_named_and_the_centre_does_not_start(data: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(data / "journal.sqlite")
    row = connection.execute(
        "SELECT first_seq, body FROM journal ORDER BY first_seq LIMIT 1 OFFSET 3"
    ).fetchone()
    body = bytearray(row[1])
    body[len(body) >> 1] ^= 1
    connection.execute("UPDATE journal SET body = ? WHERE first_seq = ?", (bytes(body), row[0]))
    connection.commit()
    connection.close()
    verified = huangpu("journal", "verify", "--data", str(data))
    assert verified.returncode == 1
    assert f"sequence {row[0]}" in verified.stdout
    served = huangpu("serve", "--sandbox", "--data", str(data), "--port", "0")
    assert served.returncode == 2
    assert served.stderr.count(f"journal row at sequence {row[0]}") == 1


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    served = huangpu("serve", "--sandbox", "--data", str(tmp_path), "--port", "0")
    store.close()
    assert served.returncode == 2
    assert "is in use by process" in served.stderr


def test_a_real_centre_refuses_the_sandbox(data: Path, tmp_path: Path) -> None:
    opened = huangpu("serve", "--data", str(data), "--port", "0")
    assert opened.returncode == 2
    assert "holds a sandbox" in opened.stderr
    founded = huangpu("serve", "--data", str(tmp_path / "new"), "--port", "0")
    assert founded.returncode == 2
    assert "HUANGPU_OPERATOR_PASSWORD" in founded.stderr


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"at":"2026-11-23T01:00:00Z","by":"x","id":"1","do":{"type":"Tick","x"', "line 1"),
        ('{"at":"2026-11-23T01:00:00Z","by":"x","id":"1","do":{"type":"Nothing"}}', "Nothing"),
        ('{"at":"2026-11-23T01:00:00","by":"x","id":"1","do":{"type":"Tick"}}', "zone"),
        ('{"at":"2026-11-23T01:00:00Z","by":"x","do":{"type":"Tick"}}', "id"),
        (
            '{"at":"2026-11-23T01:00:00Z","by":"x","id":"1","do":{"type":"CancelOrder","client_order_id":7}}',
            "client_order_id",
        ),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_path(line: str, found: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(line + "\n")
    done = huangpu("run", str(file))
    assert done.returncode == 2
    assert "bad.jsonl, line 1" in done.stderr
    assert found in done.stderr


def test_a_rule_file_with_a_fault_and_a_missing_folder_are_named(
    data: Path, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.toml"
    rows.write_text(
        "[[order.quantity_shares_min]]\nfrom = 2019-06-15\nvalue = 500\nunit = 'shares'\n"
    )
    done = huangpu("whatif", str(rows), "--data", str(data))
    assert (done.returncode, "missing keys ['cite']" in done.stderr) == (2, True)
    missing = huangpu("journal", "verify", "--data", str(tmp_path / "nothing"))
    assert missing.returncode == 2
    assert "no such file" in missing.stderr


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("order.quantity_shares_minimum", "500", "no rule of that name"),
        ("order.quantity_shares_min", '"500"', "value '500'"),
        ("order.quantity_shares_min", "-1", "at least 0"),
    ],
)
def test_a_row_that_no_rule_would_ask_for_is_named(
    name: str, value: str, found: str, data: Path, tmp_path: Path
) -> None:
    """A report of no change about a misspelt rule would be believed."""
    rows = tmp_path / "rows.toml"
    rows.write_text(
        f"[[{name}]]\nfrom = 2019-06-15\nvalue = {value}\nunit = 'shares'\ncite = 'x'\n"
    )
    done = huangpu("whatif", str(rows), "--data", str(data))
    assert done.returncode == 2, done.stdout
    assert f"{rows}: {name}" in done.stderr
    assert found in done.stderr


def test_a_file_that_is_no_text_and_an_instant_beyond_the_calendar_are_named(
    data: Path, tmp_path: Path
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\n\n\xf5\xff")
    late = tmp_path / "late.jsonl"
    late.write_text('{"at":"9999-12-31T20:00:00Z","by":"x","id":"1","do":{"type":"Tick"}}\n')
    for arguments in (
        ("run", str(binary)),
        ("run", str(late)),
        ("whatif", str(binary), "--data", str(data)),
    ):
        done = huangpu(*arguments)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith(f"huangpu: {arguments[1]}")
        assert "Traceback" not in done.stderr
