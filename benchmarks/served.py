"""A server to measure: a process of its own on a free port, from its start to its end, orderly or not."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

START_S_MAX: Final = 90.0
STOP_S_MAX: Final = 60.0
DEMO: Final = ("-m", "huangpu", "demo", "--speed", "0", "--quiet")
READY: Final = "/readyz"


class Server(msgspec.Struct, frozen=True):
    """A running server: its port, its process, and the seconds until its first answer."""

    port: int
    process_id: int
    start_s: float

    def processor_s(self) -> float:
        """Return the processor time it has used."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """Return the memory that it occupies now."""
        pages = int(Path(f"/proc/{self.process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def serving(arguments: tuple[str, ...], folder: Path, path: str) -> Iterator[Server]:
    """Start a server and wait until it answers; stop it as Ctrl-C would."""
    process, server = start(arguments, folder, path)
    try:
        yield server
    finally:
        stop(process)


def start(
    arguments: tuple[str, ...], folder: Path, path: str = READY
) -> tuple["subprocess.Popen[bytes]", Server]:
    """Start a server on a data folder and wait until it answers."""
    port = _free_port()
    command = [sys.executable, *arguments, "--port", str(port), "--data", str(folder)]
    log = folder.with_suffix(".log")
    begun = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait_until_ready(process, port, path, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process, Server(port, process.pid, time.perf_counter() - begun)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop a server as Ctrl-C would; a stubborn one is killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_S_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a server by SIGKILL: it cannot finish, flush or say anything."""
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, path: str, log: Path) -> None:
    until = time.perf_counter() + START_S_MAX
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    while time.perf_counter() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as door:
            door.sendall(request)
            if door.recv(12).endswith(b"200"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2_000:]}")
