"""Snapshots: whole or passed over."""

import random
from pathlib import Path

import pytest

from huangpu.journal import snapshot

STATE, HEAD = b"s" * 32, b"h" * 32


def body_of(seq: int) -> bytes:
    return random.Random(seq).randbytes(2_000) + bytes(2_000)


def write(folder: Path, seq: int) -> Path:
    return snapshot.write(folder, seq, STATE, HEAD, body_of(seq))


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    path = write(tmp_path / "snapshots", 17)
    found = snapshot.newest_valid(tmp_path / "snapshots")
    assert found == snapshot.Snapshot(
        seq=17, state_digest=STATE, head=HEAD, body=body_of(17), path=path
    )
    assert path.stat().st_size < 3_000, "half of the body packs well"


def test_an_empty_body_is_a_body(tmp_path: Path) -> None:
    snapshot.write(tmp_path, 0, STATE, HEAD, b"")
    found = snapshot.newest_valid(tmp_path)
    assert found is not None
    assert (found.seq, found.body) == (0, b"")


def test_no_folder_and_an_empty_folder_have_none(tmp_path: Path) -> None:
    assert snapshot.newest_valid(tmp_path / "absent") is None
    assert snapshot.newest_valid(tmp_path) is None


def test_the_three_newest_stay_in_order_of_sequence(tmp_path: Path) -> None:
    for seq in (5, 90, 100, 1_000, 20_000):
        write(tmp_path, seq)
    assert [path.name[:20].lstrip("0") for path in sorted(tmp_path.iterdir())] == [
        "100",
        "1000",
        "20000",
    ]
    path = write(tmp_path, 7)
    assert path.exists(), "what was just written is never dropped, though it is older"


def test_at_most_seq_passes_over_later_ones(tmp_path: Path) -> None:
    for seq in (10, 20, 30):
        write(tmp_path, seq)
    found = {limit: snapshot.newest_valid(tmp_path, at_most_seq=limit) for limit in (9, 10, 29, 30)}
    assert {limit: one and one.seq for limit, one in found.items()} == {
        9: None,
        10: 10,
        29: 20,
        30: 30,
    }


def test_a_damaged_newest_is_passed_over_and_named(tmp_path: Path) -> None:
    write(tmp_path, 10)
    newest = write(tmp_path, 20)
    content = bytearray(newest.read_bytes())
    content[-100] ^= 4
    newest.write_bytes(content)
    told: list[Path] = []
    found = snapshot.newest_valid(tmp_path, on_skip=lambda path, why: told.append(path))
    assert found is not None
    assert (found.seq, found.body) == (10, body_of(10))
    assert [path for path, _ in found.skipped] == [newest] == told


def test_all_damaged_gives_none_and_tells_each(tmp_path: Path) -> None:
    for seq in (10, 20):
        write(tmp_path, seq).write_bytes(b"")
    told: list[str] = []
    assert snapshot.newest_valid(tmp_path, on_skip=lambda path, why: told.append(why)) is None
    assert told == ["0 bytes, a header has 156"] * 2


def test_a_flip_of_any_bit_and_a_cut_at_any_byte_are_found_or_harmless(tmp_path: Path) -> None:
    path = snapshot.write(tmp_path, 3, STATE, HEAD, b"a small body " * 20)
    whole = path.read_bytes()
    harmless = 0
    for offset in range(len(whole)):
        path.write_bytes(whole[:offset])
        with pytest.raises(snapshot.Damaged):
            snapshot.load(path)
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[offset] ^= 1 << bit
            path.write_bytes(damaged)
            try:
                found = snapshot.load(path)
            except snapshot.Damaged:
                continue
            # zstd leaves a few bits of its frame without meaning; the body is then the one written.
            assert (found.seq, found.head, found.body) == (3, HEAD, b"a small body " * 20)
            harmless += 1
    assert harmless < 8
    path.write_bytes(whole + b"x")
    with pytest.raises(snapshot.Damaged):
        snapshot.load(path)


def test_another_version_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, 1)
    monkeypatch.setattr(snapshot, "VERSION", 2)
    with pytest.raises(snapshot.Damaged, match="version 1, expected 2"):
        snapshot.load(path)


def test_a_failed_write_leaves_the_older_one_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = write(tmp_path, 1)

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        write(tmp_path, 2)
    assert list(tmp_path.iterdir()) == [kept]
