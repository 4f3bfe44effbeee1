"""Replay, audit and what-if: three readings of one journal.

Replay applies the stored events. Audit decides every command again against the replayed state and compares with what is stored.
What-if decides every command again under changed rule rows, on a state that follows the new outcomes, and reports every
difference. All three are exact: same journal, same bytes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from huangpu.core.message import Rejected
from huangpu.core.rulebook import Row, RuleBook
from huangpu.engine.centre import Centre
from huangpu.journal.entry import Entry, Outcome
from huangpu.registry.charter import AdoptRules

Progress = Callable[[int], None]


class Difference(msgspec.Struct, frozen=True):
    """One entry that ended differently: what the journal holds and what was decided now."""

    seq: int
    id: str
    by: str
    command: str
    venue: str
    was: str
    now: str
    was_cite: str
    now_cite: str
    now_rule: str


class AuditReport(msgspec.Struct, frozen=True):
    """How many entries were decided again, which differ, and the state hash at the end."""

    entries: int
    differences: list[Difference]
    state_sha256: str


class WhatIfTotal(msgspec.Struct, frozen=True):
    """How many entries of one venue changed from one outcome to another, under which clause."""

    venue: str
    was: str
    now: str
    cite: str
    rule: str
    entries: int


class WhatIfReport(msgspec.Struct, frozen=True):
    """The counterfactual of a journal: totals by venue, outcome and clause, and each command that would have ended differently.

    `changed` counts accepted for refused, refused for accepted, and another reason; `other_figures` counts, by venue, the entries
    that keep their outcome with other balances, numbers or clauses in it.
    """

    entries: int
    rows: list[Row]
    changed: int
    totals: list[WhatIfTotal]
    differences: list[Difference]
    other_figures: dict[str, int]


class ReplayMismatch(Exception):
    """A block of the second lane gave another outcome than the journal holds; names the entry."""


def apply_entry(centre: Centre, entry: Entry) -> None:
    """Apply one stored entry; a block is run again and its outcome compared.

    Raises: ReplayMismatch when the kernel's outcome differs from the stored one.
    """
    outcome = entry.outcome
    if isinstance(outcome, Rejected):
        return
    stamp = centre.stamp(entry.seq, entry.at_us, entry.by)
    if centre.runs_block(entry.command):
        again = centre.rerun_block(entry.command, stamp)
        if again != outcome:
            raise ReplayMismatch(
                f"entry {entry.seq}: block gave {again!r}, the journal holds {outcome!r}"
            )
    centre.apply(outcome, stamp)


def replayed(
    centre: Centre, entries: Iterable[Entry], progress: Progress | None = None
) -> Iterator[Entry]:
    """Apply entries one by one and hand each on, so that a caller can rebuild its indexes."""
    for count, entry in enumerate(entries, 1):
        apply_entry(centre, entry)
        if progress is not None and count % 1_000 == 0:
            progress(count)
        yield entry


def audit(
    rules: RuleBook, entries: Iterable[Entry], progress: Progress | None = None
) -> AuditReport:
    """Decide every command again and compare it with the journal."""
    centre = Centre(rules)
    differences: list[Difference] = []
    count = 0
    for count, entry in enumerate(entries, 1):
        stamp = centre.stamp(entry.seq, entry.at_us, entry.by)
        again = centre.decide(entry.command, stamp)
        if again != entry.outcome:
            differences.append(_difference(entry, again))
        if not isinstance(entry.outcome, Rejected):
            if isinstance(again, Rejected) and centre.runs_block(entry.command):
                # Today it would be refused; what it did stays done.
                centre.rerun_block(entry.command, stamp)
            centre.apply(entry.outcome, stamp)
        if progress is not None and count % 1_000 == 0:
            progress(count)
    return AuditReport(count, differences, centre.digest())


def what_if(
    rules: RuleBook, rows: list[Row], entries: Iterable[Entry], progress: Progress | None = None
) -> WhatIfReport:
    """Decide a recorded journal again under changed rule rows.

    Reading: the state follows the new outcomes, so a difference may have a consequence further on; both are counted, each under
    the reason and clause it ended with.
    """
    centre = Centre(rules, overlay=rows)
    differences: list[Difference] = []
    other_figures: Counter[str] = Counter()
    count = 0
    for count, entry in enumerate(entries, 1):
        stamp = centre.stamp(entry.seq, entry.at_us, entry.by)
        # Adopted rows stay adopted: the overlay lies over them and is no reason to refuse them.
        now = (
            entry.outcome
            if isinstance(entry.command, AdoptRules)
            else centre.decide(entry.command, stamp)
        )
        if not isinstance(now, Rejected):
            centre.apply(now, stamp)
        if _word(now) != _word(entry.outcome):
            differences.append(_difference(entry, now))
        elif now != entry.outcome:
            other_figures[venue_of(type(entry.command))] += 1
        if progress is not None and count % 1_000 == 0:
            progress(count)
    totals = _totals(differences)
    return WhatIfReport(count, rows, len(differences), totals, differences, dict(other_figures))


def _totals(differences: Iterable[Difference]) -> list[WhatIfTotal]:
    counts = Counter(
        (one.venue, one.was, one.now, one.now_cite or one.was_cite, one.now_rule)
        for one in differences
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [WhatIfTotal(*key, entries=number) for key, number in ordered]


def _difference(entry: Entry, now: Outcome) -> Difference:
    was = entry.outcome
    return Difference(
        seq=entry.seq,
        id=entry.id,
        by=entry.by,
        command=type(entry.command).__name__,
        venue=venue_of(type(entry.command)),
        was=_word(was),
        now=_word(now),
        was_cite=was.cite if isinstance(was, Rejected) else "",
        now_cite=now.cite if isinstance(now, Rejected) else "",
        now_rule=now.rule if isinstance(now, Rejected) else "",
    )


def _word(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Rejected) else "accepted"


def venue_of(kind: type) -> str:
    """Return the room a command or event belongs to, by the module it is written in."""
    parts = kind.__module__.split(".")
    return parts[2] if parts[1] == "venues" else parts[1]
