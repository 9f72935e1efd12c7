"""All that is in a campaign's folder and does not hang on the clock, so that two of them can be held against each other."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tianbao.campaign.campaign import Campaign
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import JOURNAL, LEDGER, OWN
from tianbao.campaign.journal import read_journal

#: Some day on which nobody is late.
_TODAY = date(2026, 1, 5)
_TABLES = ("original", "submission", "record", "judged", "finding")
#: The lock, and who held it last, may stay behind; the two histories are compared line by line.
_NOT_COMPARED = frozenset((LEDGER, JOURNAL, f"{OWN}/lock", f"{OWN}/holder.json"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A campaign, line by line.

    Attributes:
        events: kind and facts of each.
        journal: the same, of the journal.
        rows: of the ledger, each with the name of its table before it.
        files: names and digests.
        status: how each unit and each workbook that came in stands.
    """

    events: tuple[str, ...]
    journal: tuple[str, ...]
    rows: tuple[str, ...]
    files: tuple[str, ...]
    status: tuple[str, ...]

    def differences(self, other: Picture) -> list[str]:
        """Return what only one of the two has."""
        found = []
        for part in ("events", "journal", "rows", "files", "status"):
            ours, theirs = getattr(self, part), getattr(other, part)
            if ours != theirs:
                lacking = [line for line in ours if line not in set(theirs)]
                beside = [line for line in theirs if line not in set(ours)]
                found += [f"{part} lacks: {line[:300]}" for line in lacking[:3]]
                found += [f"{part} has besides: {line[:300]}" for line in beside[:3]]
                if not lacking and not beside:
                    found.append(f"{part}: in another order, or some of them twice")
        return found

    def is_begun(self, whole: Picture) -> list[str]:
        """Return what is there and is not in the whole: of a round that was ended in the middle there may be nothing."""
        found = []
        if self.events != whole.events[: len(self.events)]:
            found.append(f"events are no beginning: {self.events[-1][:300]}")
        came = {json.loads(line)[1]["original"] for line in self.events if line.startswith(_RECEIVED)}
        for table in ("original", "submission", "record"):
            found += _of_what_came(table, self, whole, came)
        return found


_RECEIVED = f'["{EventKind.RECEIVED.value}"'


def _of_what_came(table: str, ours: Picture, whole: Picture, came: set[str]) -> Iterator[str]:
    """Hold the rows of a table against those that it should have after these files came in."""
    numbers = {
        str(row[1]) for row in map(json.loads, whole.rows) if row[0] == "submission" and row[2] in came
    }  # fmt: skip
    wanted = []
    for line in whole.rows:
        row = json.loads(line)
        of = {"original": row[1] in came, "submission": str(row[1]) in numbers, "record": str(row[1]) in numbers}
        if row[0] == table and of[table]:
            wanted.append(line)
    there = [line for line in ours.rows if line.startswith(f'["{table}"')]
    if there != wanted:
        yield f"{table} has {len(there)} rows, and not the {len(wanted)} of what came in"


def look_at(folder: Path) -> Picture:
    """Take a picture of a campaign."""
    with Campaign(folder) as campaign:
        status = tuple(_status(campaign))
        events = tuple(_line((event.kind.value, event.facts)) for event in campaign.events)
        journal = tuple(_line((e.kind.value, e.facts)) for e in read_journal(campaign.folder).events)
    return Picture(events, journal, tuple(_rows(folder)), tuple(_files(folder)), status)


def _rows(folder: Path) -> Iterator[str]:
    connection = sqlite3.connect(folder / LEDGER)
    try:
        for table in _TABLES:
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):  # noqa: S608  names that stand above
                yield _line((table, *row))
    finally:
        connection.close()


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in _NOT_COMPARED:
            yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else f"{name}/"


def _status(campaign: Campaign) -> Iterator[str]:
    status = campaign.status(today=_TODAY)
    for unit in status.units:
        parts = {key: (part.errors, part.queries) for key, part in unit.parts.items()}
        sent = [(made.turn, made.file, made.of) for made in unit.sent_back]
        yield _line((unit.entry.unit.code, unit.state.value, unit.is_late, unit.versions, parts, sent))
    for one in campaign.versions.every():
        yield _line((one.returned.file, one.unit, one.number, one.standing.value, one.because("zh"), one.asks))
    for waiting in status.waiting:
        yield _line(("waiting", waiting.version.returned.file, waiting.guess and waiting.guess.entry.unit.code))


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
