"""A served centre is killed in the middle of load: what was acknowledged is there after a restart, and its answer is the same."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.support.shared import ROOT

from huangpu.config import SANDBOX_PASSWORD
from huangpu.core.identifiers import lei_of

START_S = 30
LOAD_S = 2.0
CLIENTS = 16


class Centre:
    """One `huangpu serve` process on a data folder."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "huangpu", "serve", "--sandbox"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            [*command, "--data", str(data), "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._until_ready()

    def _until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                _, errors = self.process.communicate()
                raise AssertionError(errors.decode())
            try:
                if httpx.get(f"{self.address}/readyz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"not ready after {START_S} s")

    def token(self) -> str:
        """Sign the operator in."""
        body = {"person": "operator", "password": SANDBOX_PASSWORD}
        token: str = httpx.post(f"{self.address}/v1/tokens", json=body, timeout=10).json()["token"]
        return token

    def kill(self) -> None:
        """Kill without a chance to finish."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=5)

    def stop(self) -> None:
        """Stop in order."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=15)


def body_of(number: int) -> dict[str, object]:
    institution = {
        "id": f"CO{number}",
        "name": "Simulated Company",
        "name_zh": "模拟公司",
        "kind": "COMPANY",
        "lei": lei_of(f"98450000KILL{number:06d}"),
        "domicile": "SG",
    }
    return {"type": "RegisterInstitution", "institution": institution}


async def load(address: str, token: str, answered: dict[int, bytes], centre: Centre) -> None:
    """Send commands from many clients until the centre is killed under them."""

    async def client(first: int) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as http:
            for number in range(first, 1_000_000, CLIENTS):
                key = {"Idempotency-Key": f"k{number}"}
                try:
                    answer = await http.post("/v1/commands", json=body_of(number), headers=key)
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                answered[number] = answer.content

    async def killer() -> None:
        await asyncio.sleep(LOAD_S)
        centre.kill()

    await asyncio.gather(killer(), *(client(first) for first in range(CLIENTS)))


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    token = centre.token()
    answered: dict[int, bytes] = {}
    asyncio.run(load(centre.address, token, answered, centre))
    assert len(answered) > 50
    centre = Centre(tmp_path)
    try:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=centre.address, headers=headers, timeout=10) as http:
            for number, answer in list(answered.items())[-200:]:
                key = {"Idempotency-Key": f"k{number}"}
                again = http.post("/v1/commands", json=body_of(number), headers=key)
                assert again.content == answer
                assert again.headers["idempotent-replayed"] == "true"
            known = set()
            after = ""
            while True:
                page = http.get("/v1/institutions", params={"limit": 500, "after": after}).json()
                known |= {item["id"] for item in page["items"]}
                after = page["next"]
                if not after:
                    break
        assert {f"CO{number}" for number in answered} <= known
    finally:
        centre.stop()
