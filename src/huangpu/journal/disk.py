"""What the journal asks of the system: one process a folder, names that survive power loss.

The lock is a POSIX record lock: the kernel drops it when its process dies, however it dies, and a
forked worker does not inherit it. Such a lock does not hold within one process, so a set of held
folders does that part.
Left out: network file systems, whose locks and fsync cannot be trusted for a journal.
"""

import fcntl
import os
from pathlib import Path

from huangpu.journal.store import Locked

_held: set[tuple[int, int]] = set()


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable (after a create, a rename or a removal)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of `path` durable."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FolderLock:
    """The right to work on one data folder, held from construction to `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises: Locked, naming the folder and the process that has it.
        """
        status = folder.stat()
        self._identity = (status.st_dev, status.st_ino)
        # Before the file is opened: closing a second descriptor would drop the first one's lock.
        if self._identity in _held:
            raise Locked(str(folder), os.getpid())
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as refusal:
            pid = _pid_in(self._descriptor)
            os.close(self._descriptor)
            raise Locked(str(folder), pid) from refusal
        except OSError:
            os.close(self._descriptor)
            raise
        _held.add(self._identity)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the folder free; may be called twice."""
        if self._descriptor < 0:
            return
        os.close(self._descriptor)
        self._descriptor = -1
        _held.discard(self._identity)


def _pid_in(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None
