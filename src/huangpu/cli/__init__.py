"""The command `huangpu`: serve, demo, run, journal, lists, whatif, report.

Tables for people, `--json` for programs, progress on stderr. Heavy imports happen inside the verbs, so that `--help` is quick.
Exit codes: 0 done; 1 the answer is no (a broken journal, a difference); 2 the call cannot be taken.
"""

import datetime
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from huangpu import __version__

app = App(
    name="huangpu",
    help="Open market infrastructure of an international financial centre.",
    help_format="plaintext",  # Markdown would load a parser at every call.
    version=f"huangpu {__version__}",
)
journal = App(
    name="journal", help="Verify, replay, audit or snapshot the journal of a data folder."
)
app.command(journal)
lists = App(name="lists", help="Read published sanctions lists.")
app.command(lists)

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for programs.")]
Data = Annotated[Path, Parameter(help="The data folder.")]
DEFAULT_DATA = Path("huangpu-data")


def main() -> None:
    """Run the command line; a fault of the user's is one line on stderr and exit code 2."""
    from huangpu.cli.faults import reported

    with reported():
        app()


@app.command
def serve(
    *,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    sandbox: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Start the centre on its journal: REST, stream and console.

    Parameters
    ----------
    data
        The data folder; created and founded when empty.
    host
        The address to listen on.
    port
        The port to listen on.
    sandbox
        Found or open a sandbox with known logins; without it, default secrets are refused.
    """
    from huangpu.cli import serving

    serving.serve(data=data, host=host, port=port, sandbox=sandbox or None)


@app.command
def demo(
    *,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    speed: float = 1.0,
    quiet: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Start a sandbox with simulated institutions and living traffic in all three venues.

    Parameters
    ----------
    data
        The data folder; by default `huangpu-demo`, seeded when empty.
    host
        The address to listen on.
    port
        The port to listen on.
    speed
        How much traffic: 1 is about a dozen commands a second, 0 seeds the demo and sends none.
    quiet
        Do not print the logins.
    """
    from huangpu.cli import serving

    serving.demo(data=data, host=host, port=port, speed=speed, quiet=quiet)


@app.command
def run(file: Path, *, json: Json = False) -> None:
    """Play a scenario file through an embedded centre and print every outcome.

    Parameters
    ----------
    file
        JSON Lines, one command a line: `{"at": …, "by": …, "id": …, "do": {"type": …, …}}`.
    """
    from huangpu.cli import running

    running.run(file, as_json=json or not sys.stdout.isatty())


@app.command
def whatif(rows: Path, *, data: Data = DEFAULT_DATA, json: Json = False, limit: int = 20) -> None:
    """Decide a recorded journal again with changed rule rows and report what would have ended differently.

    Parameters
    ----------
    rows
        A TOML file of rule rows, laid over the rule book; a row of equal name and date replaces.
    limit
        How many single differences to list; the totals are always complete.
    """
    from huangpu.cli import reading

    reading.whatif(rows, data, as_json=json, limit=limit)


@app.command
def report(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Print the headline figures of the three venues from the journal."""
    from huangpu.cli import reading

    reading.report(data, as_json=json)


@lists.command
def read(
    form: str,
    files: list[Path],
    *,
    json: Json = False,
    list_id: str = "",
    version: str = "",
    published: datetime.date | None = None,
    command: Path | None = None,
) -> None:
    """Read the files of a published list, say what is in them, and write the command that proposes it.

    Parameters
    ----------
    form
        `un` (one XML file), `ofac` (SDN, ALT and ADD in CSV), or `ftm` (FollowTheMoney entities as JSON lines).
    files
        The files of the list.
    list_id
        How the list is called in the centre; by default the format in capitals.
    version
        The name of this version; by default its date.
    published
        When it was published, where the file does not say so.
    command
        Write the command `ProposeScreeningList` to this file, as JSON.
    """
    from huangpu.cli import listing

    listing.read(
        form,
        files,
        as_json=json,
        list_id=list_id,
        version=version,
        published=published,
        command=command,
    )


@journal.command
def verify(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Check every row of the journal against its chained digest; exit 1 and name the first bad row."""
    from huangpu.cli import reading

    reading.verify(data, as_json=json)


@journal.command
def replay(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Rebuild the state from the stored events and print its hash."""
    from huangpu.cli import reading

    reading.replay(data, as_json=json)


@journal.command
def audit(*, data: Data = DEFAULT_DATA, json: Json = False) -> None:
    """Decide every command again and compare with the journal; exit 1 when an entry differs."""
    from huangpu.cli import reading

    reading.audit(data, as_json=json)


@journal.command
def snapshot(*, data: Data = DEFAULT_DATA) -> None:
    """Write a snapshot of the newest state, so that the next start is quick."""
    from huangpu.cli import reading

    reading.snapshot(data)
