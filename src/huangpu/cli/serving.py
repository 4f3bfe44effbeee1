"""`huangpu serve` and `huangpu demo`: one process with the engine, REST, the stream and the console."""

import gc
import sys
from pathlib import Path

import uvicorn
from rich.console import Console

from huangpu.app import load_rules, open_centre
from huangpu.app.web import Centred, build_app
from huangpu.clock import DemoClock, demo_start_us, wall_us
from huangpu.config import SANDBOX_PASSWORD, Settings, refuse_default_secrets, settings_from
from huangpu.core.calendar import date_of
from huangpu.engine import Gate
from huangpu.gateways.rest.protocol import OneWrite

DEMO_DATA = Path("huangpu-demo")
_err = Console(stderr=True)


def _progress(what: str, done: int, total: int) -> None:
    """Show progress in place on a terminal, and only the end of it in a log."""
    ended = done >= total
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what}: {done:,} of {total:,}")
    elif ended:
        sys.stderr.write(f"{what}: {done:,} of {total:,}")
    if ended:
        sys.stderr.write("\n")
    sys.stderr.flush()


def serve(*, data: Path | None, host: str | None, port: int | None, sandbox: bool | None) -> None:
    """Open or found the centre of a data folder and serve it until stopped."""
    settings = settings_from(data=data, host=host, port=port, sandbox=sandbox)
    refuse_default_secrets(settings)
    gate = Gate(lambda: open_centre(settings, wall_us, _progress))
    if settings.sandbox:
        _err.print(
            f"Sandbox: sign in as [bold]operator[/bold] with [bold]{SANDBOX_PASSWORD}[/bold]."
        )
    _run(settings, Centred(gate=gate, settings=settings))


def demo(
    *, data: Path | None, host: str | None, port: int | None, speed: float, quiet: bool
) -> None:
    """Seed a sandbox if its folder is empty, print the logins, and keep traffic going."""
    from huangpu.demo import morning, past, seed, traffic

    settings = settings_from(data=data or DEMO_DATA, host=host, port=port, sandbox=True)
    rules = load_rules()
    start_us = demo_start_us(rules)
    clock = DemoClock(rules, past.begin_us(rules, start_us))
    gate = Gate(lambda: open_centre(settings, clock.now_us, _progress))
    if seed.seed(gate.engine, _progress):
        past.play(gate.engine, date_of(start_us), _progress)
        morning.play(gate.engine, start_us, _progress)
    clock.not_before(max(start_us, gate.engine.last_at_us))
    if not quiet:
        for line in seed.logins(settings):
            _err.print(line)
    centred = Centred(gate=gate, settings=settings, companions=traffic.companions(gate, speed))
    _run(settings, centred)


def _run(settings: Settings, centred: Centred) -> None:
    # What the journal has built lives as long as the process: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 20, 1_000)
    config = uvicorn.Config(
        build_app(centred),
        host=settings.host,
        port=settings.port,
        http=OneWrite,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    _err.print(
        f"huangpu is at [bold]http://{settings.host}:{settings.port}/[/bold]  (Ctrl-C stops it)"
    )
    uvicorn.Server(config).run()
