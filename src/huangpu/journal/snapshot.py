"""Snapshots of the state: speed only, the journal stays the truth.

A snapshot is one file: a header of fixed size with its own digest, then the body packed with zstd.
It is written under a temporary name, synced, renamed, and the folder synced, so that a name stands
for a whole file. The three newest stay. A damaged one is passed over: the one before it and a
longer tail give the same state.
Left out: what is in the body, and when to write one.
"""

import contextlib
import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import zstandard

from huangpu.journal.disk import sync_folder
from huangpu.journal.store import DIGEST_BYTES, INTEGER_MAX

VERSION = 1
KEPT = 3
SUFFIX = ".snapshot"

_MAGIC = b"HUANGPU\x1a"
# Magic, version, sequence, state digest, journal head, length of the body, SHA-256 of the body.
_HEADER = struct.Struct("<8sIQ32s32sQ32s")
_LEVEL = 1


class Snapshot(msgspec.Struct, frozen=True):
    """The state after entry `seq` as written, and the newer files passed over, each with why."""

    seq: int
    state_digest: bytes
    head: bytes
    body: bytes
    path: Path
    skipped: tuple[tuple[Path, str], ...] = ()


class Damaged(Exception):
    """A snapshot file is not what was written."""


def write(folder: Path, seq: int, state_digest: bytes, head: bytes, body: bytes) -> Path:
    """Write the snapshot of the state after entry `seq` durably; keep the three newest.

    Units: `head` is the digest of the journal row that ends with entry `seq`.
    """
    assert 0 <= seq <= INTEGER_MAX, f"sequence {seq}"
    assert len(state_digest) == len(head) == DIGEST_BYTES, "digests of 32 bytes"
    folder.mkdir(parents=True, exist_ok=True)
    body_digest = hashlib.sha256(body).digest()
    header = _HEADER.pack(_MAGIC, VERSION, seq, state_digest, head, len(body), body_digest)
    path = folder / f"{seq:020d}-{state_digest[:8].hex()}{SUFFIX}"
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with draft.open("wb") as file:
            file.write(header + hashlib.sha256(header).digest())
            file.write(zstandard.ZstdCompressor(level=_LEVEL).compress(body))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(folder)
    for old in _newest_first(folder)[KEPT:]:
        if old != path:
            old.unlink(missing_ok=True)
    return path


def load(path: Path) -> Snapshot:
    """Read one snapshot and check all of it.

    Raises: Damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as trouble:
        raise Damaged(f"cannot be read: {trouble}") from trouble
    start = _HEADER.size + DIGEST_BYTES
    header = content[: _HEADER.size]
    if len(content) < start:
        raise Damaged(f"{len(content)} bytes, a header has {start}")
    magic, version, seq, state_digest, head, length, body_digest = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise Damaged(f"begins with {magic!r}, a snapshot with {_MAGIC!r}")
    if hashlib.sha256(header).digest() != content[_HEADER.size : start]:
        raise Damaged("the header does not match its digest")
    if version != VERSION:
        raise Damaged(f"version {version}, expected {VERSION}")
    packed = content[start:]
    try:
        # Compared before unpacking: a flipped bit here would ask for memory without end.
        if zstandard.frame_content_size(packed) != length:
            raise Damaged("the packed body names another length than the header")
        body = zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False)
    except zstandard.ZstdError as trouble:
        raise Damaged(f"the body cannot be unpacked: {trouble}") from trouble
    if len(body) != length or hashlib.sha256(body).digest() != body_digest:
        raise Damaged("the body does not match its digest")
    return Snapshot(seq=seq, state_digest=state_digest, head=head, body=body, path=path)


def newest_valid(
    folder: Path,
    *,
    at_most_seq: int | None = None,
    on_skip: Callable[[Path, str], None] | None = None,
) -> Snapshot | None:
    """Return the newest whole snapshot, not after `at_most_seq`; None where there is none.

    Damaged files are never raised: each is told to `on_skip` with the reason, and listed in the
    answer.
    """
    skipped: list[tuple[Path, str]] = []
    for path in _newest_first(folder):
        try:
            snapshot = load(path)
        except Damaged as damage:
            skipped.append((path, str(damage)))
            if on_skip is not None:
                on_skip(path, str(damage))
            continue
        if at_most_seq is None or snapshot.seq <= at_most_seq:
            return msgspec.structs.replace(snapshot, skipped=tuple(skipped))
    return None


def _newest_first(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.name, reverse=True)
    return []
