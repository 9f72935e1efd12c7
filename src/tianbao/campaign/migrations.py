"""The tables of a ledger, as they came to be: one named step a version, and none is ever changed.

In:   a connection to a ledger of some version (`PRAGMA user_version`; 0 is an empty file).
Out:  the same ledger in the version of this program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Connection(Protocol):
    """What a step asks of a connection."""

    def execute(self, statement: str, /) -> object:
        """Run a statement."""


def keep_events_originals_and_records(ledger: Connection) -> None:
    """Version 1: what happened, the files that came in, and every answer read in them."""
    for statement in (
        """CREATE TABLE event (
            number INTEGER PRIMARY KEY,
            batch INTEGER NOT NULL,
            at TEXT NOT NULL,
            by TEXT NOT NULL,
            kind TEXT NOT NULL,
            facts TEXT NOT NULL,
            digest TEXT NOT NULL
        ) STRICT""",
        """CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END""",
        """CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
            BEGIN SELECT RAISE(ABORT, 'events are only added'); END""",
        """CREATE TABLE original (
            sha256 TEXT PRIMARY KEY,
            number INTEGER NOT NULL UNIQUE,
            path TEXT NOT NULL,
            name TEXT NOT NULL,
            size INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE submission (
            id INTEGER PRIMARY KEY,
            original TEXT NOT NULL REFERENCES original (sha256),
            place INTEGER NOT NULL,
            file TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            verdict TEXT NOT NULL,
            reason TEXT,
            form TEXT,
            year INTEGER,
            unit_code TEXT,
            unit_name TEXT,
            unit_kind TEXT,
            issuance TEXT NOT NULL,
            answers TEXT NOT NULL,
            filled INTEGER NOT NULL,
            notes TEXT NOT NULL,
            UNIQUE (original, place)
        ) STRICT""",
        """CREATE TABLE record (
            submission INTEGER NOT NULL REFERENCES submission (id),
            position INTEGER NOT NULL,
            key TEXT NOT NULL,
            type TEXT NOT NULL,
            value TEXT,
            state TEXT NOT NULL,
            raw TEXT NOT NULL,
            sheet TEXT NOT NULL,
            cell TEXT NOT NULL,
            stated_type TEXT NOT NULL,
            stated TEXT,
            PRIMARY KEY (submission, position)
        ) STRICT, WITHOUT ROWID""",
    ):
        ledger.execute(statement)


def keep_what_was_found(ledger: Connection) -> None:
    """Version 2: what the checks found in the version of each unit that counts, so that asking again is quick."""
    for statement in (
        """CREATE TABLE judged (
            submission INTEGER PRIMARY KEY REFERENCES submission (id),
            basis TEXT NOT NULL,
            summary TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE finding (
            submission INTEGER NOT NULL REFERENCES judged (submission),
            position INTEGER NOT NULL,
            code TEXT NOT NULL,
            severity TEXT NOT NULL,
            instance TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (submission, position)
        ) STRICT, WITHOUT ROWID""",
    ):
        ledger.execute(statement)


def keep_what_reports_were_made_of(ledger: Connection) -> None:
    """Version 3: what a report was made of that is itself a merge, as JSON."""
    ledger.execute(
        """CREATE TABLE provenance (
            submission INTEGER PRIMARY KEY REFERENCES submission (id),
            text TEXT NOT NULL
        ) STRICT"""
    )


#: Step n makes version n of version n - 1.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    keep_events_originals_and_records,
    keep_what_was_found,
    keep_what_reports_were_made_of,
)
VERSION = len(MIGRATIONS)
