"""The ledger: one SQLite file that holds what happened, which files came in, every answer in them, what was found.

    Ledger.transaction ─┬─ add_events · add_original · add_submission · keep_findings
                        └─ committed as a whole, or as if it had never been begun

In:   events, submissions and findings.
Out:  the same, again.
The only SQL of the house. No write-ahead log, for the folder may lie on a network drive; no path that begins anywhere but
in the campaign's own folder.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from tianbao.campaign.events import Event, EventKind
from tianbao.campaign.migrations import MIGRATIONS, VERSION
from tianbao.errors import TianbaoError
from tianbao.form.model import Form, Severity
from tianbao.records.model import Answer, Note, Reason, State, Submission, Unit, Value, Verdict
from tianbao.workbook.sources import from_text, to_text

#: Seconds for which another process may be at a commit.
_PATIENCE = 5.0
#: Before the key of what the unit wrote beside a finding.
_EXPLAIN = "explain."
#: SQLite takes so many values in one question everywhere.
_AT_ONCE = 500
#: What a damaged file makes SQLite say; a name in it that is no text any more cannot even be said.
_DAMAGED = (sqlite3.DatabaseError, UnicodeDecodeError)


class LedgerDamagedError(TianbaoError):
    """The ledger cannot be read."""

    code: ClassVar[str] = "U-LEDGER-DAMAGED"


class LedgerNewerError(TianbaoError):
    """The ledger was written by a newer program."""

    code: ClassVar[str] = "U-LEDGER-NEWER"


class LedgerWriteError(TianbaoError):
    """The ledger cannot be written: the disk is full, or nothing may be written there."""

    code: ClassVar[str] = "U-LEDGER-WRITE"


@dataclass(frozen=True, slots=True)
class Original:
    """A file that came in, as it is kept.

    Attributes:
        number: in the order of receipt, from 1.
        path: below the campaign's folder, with `/`.
        name: as it came.
    """

    sha256: str
    number: int
    path: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook in a file that came in: all of it but its answers.

    Attributes:
        id: its number in the ledger.
        original: the SHA-256 of the file that it came in.
        place: which of the workbooks in that file it is, from 0.
        file: its name, with the archives that it lay in.
        answers: digests what the unit wrote, whatever file it stands in; empty where nothing was read.
        filled: how many cells are filled.
    """

    id: int
    original: str
    place: int
    file: str
    sha256: str
    reason: Reason | None
    form: str | None
    year: int | None
    unit: Unit | None
    issuance: str
    answers: str
    filled: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks found in a submission, as it was kept.

    Attributes:
        basis: digests everything that the findings hang on.
        summary: what the status shows of them.
    """

    submission: int
    basis: str
    summary: Mapping[str, Any]


class Ledger:
    """An open ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def create(cls, path: Path) -> Ledger:
        """Make a new ledger; what stood there before must be gone."""
        with _told(path):
            ledger = cls(_connect(path, "rwc"))
            ledger._migrate(lambda _: None)
            return ledger

    @classmethod
    def open(cls, path: Path, *, before_migration: Callable[[int], None], writable: bool = True) -> Ledger:
        """Open a ledger; an older one is brought up to date first.

        Args:
            path: of the file.
            before_migration: keeps a copy; is told the version that there is.
            writable: whether it may be written; one that may not be cannot be brought up to date either.

        Raises:
            LedgerDamagedError: it is no ledger, or a damaged one.
            LedgerNewerError: a newer program wrote it.
            LedgerWriteError: it would have to be brought up to date, and cannot be written.
        """
        with _told(path):
            ledger = cls(_connect(path, "rw" if writable else "ro"))
            version = ledger.version
            if version > VERSION:
                ledger.close()
                raise LedgerNewerError(path=path.name, theirs=version, ours=VERSION)
            if version == 0:
                ledger.close()
                raise LedgerDamagedError(path=path.name, problem="user_version = 0")
            if version < VERSION:
                ledger._migrate(before_migration)
            return ledger

    @property
    def version(self) -> int:
        """The version of its tables."""
        number: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        return number

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _migrate(self, before: Callable[[int], None]) -> None:
        """Bring it up to date; another process may have done so while this one waited for its turn."""
        with self.transaction():
            version = self.version
            if version < VERSION:
                before(version)
                for step in MIGRATIONS[version:]:
                    step(self._connection)
                self._connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all that is written within, or nothing of it.

        Raises:
            LedgerWriteError: nothing was written.
        """
        with _told(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self._connection.execute("PRAGMA database_list").fetchone()[2])

    def problems(self) -> list[str]:
        """Have SQLite look through the whole file, and return what it complains of."""
        try:
            found = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(20)")]
            found += [f"{row[0]} {row[1]} → {row[2]}" for row in self._connection.execute("PRAGMA foreign_key_check")]
        except _DAMAGED as error:
            return [str(error)]
        return [problem for problem in found if problem != "ok"]

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────

    def events(self, after: int = 0) -> tuple[Event, ...]:
        """Return all events behind a number, in order."""
        rows = self._asked(
            "SELECT number, batch, at, by, kind, facts, digest FROM event WHERE number > ? ORDER BY number", (after,)
        )
        with self._understood():
            return tuple(
                Event(row[0], row[1], row[2], row[3], EventKind(row[4]), json.loads(row[5]), row[6]) for row in rows
            )

    def add_events(self, events: Iterable[Event]) -> None:
        """Add events, in order."""
        self._connection.executemany(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (e.number, e.batch, e.at, e.by, e.kind.value, json.dumps(e.facts, ensure_ascii=False), e.digest)
                for e in events
            ),
        )

    # ── what came in ────────────────────────────────────────────────────────────────────────────────────────────

    def originals(self) -> dict[str, Original]:
        """Return every file that came in, by its SHA-256, in the order of receipt."""
        rows = self._asked("SELECT sha256, number, path, name, size FROM original ORDER BY number")
        return {row[0]: Original(*row) for row in rows}

    def add_original(self, original: Original) -> None:
        """Add a file that came in."""
        self._connection.execute(
            "INSERT INTO original VALUES (?, ?, ?, ?, ?)",
            (original.sha256, original.number, original.path, original.name, original.size),
        )

    def returned(self) -> tuple[Returned, ...]:
        """Return every workbook that came in, without its answers."""
        rows = self._asked(
            "SELECT id, original, place, file, sha256, reason, form, year, unit_code, unit_name, unit_kind, issuance,"
            " answers, filled FROM submission ORDER BY id"
        )
        with self._understood():
            return tuple(
                Returned(
                    id=row[0],
                    original=row[1],
                    place=row[2],
                    file=row[3],
                    sha256=row[4],
                    reason=_reason(row[5]),
                    form=row[6],
                    year=row[7],
                    unit=_unit(row[8:11]),
                    issuance=row[11],
                    answers=row[12],
                    filled=row[13],
                )
                for row in rows
            )

    def add_submission(
        self, original: str, place: int, submission: Submission, *, answers: str, filled: int
    ) -> None:  # fmt: skip
        """Add a workbook that was read in a file, with every answer in it."""
        unit = submission.unit
        added = self._connection.execute(
            "INSERT INTO submission VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                original,
                place,
                submission.file,
                submission.sha256,
                submission.verdict.value,
                _json({"code": r.code, "params": dict(r.params)}) if (r := submission.reason) else None,
                submission.form.id if submission.form else None,
                submission.year,
                *((unit.code, unit.name, unit.kind) if unit else (None, None, None)),
                submission.issuance,
                answers,
                filled,
                _json([_note(note) for note in submission.notes]),
            ),
        )
        if submission.provenance is not None and submission.form is not None:
            self._connection.execute(
                "INSERT INTO provenance VALUES (?, ?)",
                (added.lastrowid, to_text(submission.provenance, submission.form)),
            )
        said = {**submission.answers, **{f"{_EXPLAIN}{name}": a for name, a in submission.explanations.items()}}
        self._connection.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    added.lastrowid,
                    position,
                    key,
                    *typed(answer.value),
                    answer.state.value,
                    answer.raw,
                    answer.sheet,
                    answer.cell,
                    *typed(answer.stated),
                )
                for position, (key, answer) in enumerate(said.items())
            ),
        )

    def submissions(self, ids: Sequence[int], form: Form) -> dict[int, Submission]:
        """Return submissions by their number, whole.

        Args:
            ids: their numbers.
            form: the form that those answer which were read.
        """
        found: dict[int, Submission] = {}
        with self._understood():
            for start in range(0, len(ids), _AT_ONCE):
                found |= self._submissions(ids[start : start + _AT_ONCE], form)
        return found

    def _submissions(self, ids: Sequence[int], form: Form) -> dict[int, Submission]:
        asked = f"IN ({','.join('?' * len(ids))})"
        answers: dict[int, dict[str, Answer]] = {number: {} for number in ids}
        for submission, key, kind, value, state, raw, sheet, cell, stated_kind, stated in self._asked(
            "SELECT submission, key, type, value, state, raw, sheet, cell, stated_type, stated"  # noqa: S608  only question marks
            f" FROM record WHERE submission {asked} ORDER BY submission, position",
            ids,
        ):
            answers[submission][key] = Answer(
                untyped(kind, value), _STATES[state], raw, sheet, cell, untyped(stated_kind, stated)
            )
        rows = self._asked(
            "SELECT id, file, sha256, verdict, reason, form, year, unit_code, unit_name, unit_kind, issuance, notes"  # noqa: S608  only question marks
            f" FROM submission WHERE id {asked} ORDER BY id",
            ids,
        )
        sources = dict(self._asked(f"SELECT submission, text FROM provenance WHERE submission {asked}", ids))  # noqa: S608  only question marks
        return {
            row[0]: Submission(
                file=row[1],
                sha256=row[2],
                verdict=Verdict(row[3]),
                reason=_reason(row[4]),
                form=form if row[5] is not None else None,
                year=row[6],
                unit=_unit(row[7:10]),
                issuance=row[10],
                answers={key: a for key, a in answers[row[0]].items() if not key.startswith(_EXPLAIN)},
                explanations={
                    key.removeprefix(_EXPLAIN): a for key, a in answers[row[0]].items() if key.startswith(_EXPLAIN)
                },
                notes=tuple(_read_note(note) for note in json.loads(row[11], object_hook=_exact)),
                provenance=from_text(sources[row[0]], form) if row[0] in sources else None,
            )
            for row in rows
        }

    # ── what was found ──────────────────────────────────────────────────────────────────────────────────────────

    def judged(self) -> dict[int, Judged]:
        """Return what was found in each submission that was checked."""
        rows = self._asked("SELECT submission, basis, summary FROM judged")
        with self._understood():
            return {row[0]: Judged(row[0], row[1], json.loads(row[2])) for row in rows}

    def keep_findings(self, judged: Iterable[tuple[Judged, Sequence[Mapping[str, Any]]]]) -> None:
        """Keep what was found, in the place of all that was found before.

        Args:
            judged: a summary each, and the findings one by one as JSON.
        """
        self._connection.execute("DELETE FROM finding")
        self._connection.execute("DELETE FROM judged")
        for one, findings in judged:
            self._connection.execute(
                "INSERT INTO judged VALUES (?, ?, ?)", (one.submission, one.basis, _json(one.summary))
            )
            self._connection.executemany(
                "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (one.submission, n, f["code"], f["severity"], f["instance"], int(f["is_open"]), _json(f))
                    for n, f in enumerate(findings)
                ),
            )

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Say in our own words that something stands in the ledger that was never written there."""
        try:
            yield
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            raise LedgerDamagedError(path=self.path.name, problem=f"{type(error).__name__}: {error}") from error

    def _asked(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(question, values).fetchall()
        except _DAMAGED as error:
            raise LedgerDamagedError(path=self.path.name, problem=str(error)) from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(path.as_posix())}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
    )
    if mode != "ro":
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")
        #: What is not committed stays in memory, so that whoever only looks never waits longer than a commit takes.
        connection.execute("PRAGMA cache_spill = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what SQLite complains of in our own words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise LedgerWriteError(path=path.name, problem=str(error)) from error
    except _DAMAGED as error:
        raise LedgerDamagedError(path=path.name, problem=str(error)) from error


# ── values as texts ──────────────────────────────────────────────────────────────────────────────────────────────────

_STATES = {state.value: state for state in State}


def typed(value: Value) -> tuple[str, str | None]:
    """Write a value with its type, exactly.

    >>> typed(5), typed(Decimal("12.50")), typed(date(2025, 12, 31)), typed("无"), typed(None)
    (('i', '5'), ('d', '12.50'), ('t', '2025-12-31'), ('s', '无'), ('', None))
    """
    match value:
        case None:
            return "", None
        case int():
            return "i", str(value)
        case Decimal():
            return "d", str(value)
        case date():
            return "t", value.isoformat()
        case str():
            return "s", value


def untyped(kind: str, text: str | None) -> Value:
    """Read a value that was written with its type."""
    if text is None:
        return None
    return _READ[kind](text)


_READ: Mapping[str, Callable[[str], Value]] = {"i": int, "d": Decimal, "t": date.fromisoformat, "s": str}


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, default=_inexact)


def _inexact(value: object) -> dict[str, str]:
    """Write for JSON what it has no words for."""
    match value:
        case Decimal():
            return {"$d": str(value)}
        case date():
            return {"$t": value.isoformat()}
        case _:
            raise TypeError(type(value).__name__)


def _exact(document: dict[str, Any]) -> Any:
    match document:
        case {"$d": str(text)}:
            return Decimal(text)
        case {"$t": str(text)}:
            return date.fromisoformat(text)
        case _:
            return document


def _note(note: Note) -> dict[str, Any]:
    return {
        "code": note.code,
        "severity": note.severity.value,
        "at": note.at,
        "key": note.key,
        "raw": note.raw,
        "params": dict(note.params),
    }


def _read_note(document: Mapping[str, Any]) -> Note:
    return Note(**{**document, "severity": Severity(document["severity"])})


def _reason(text: str | None) -> Reason | None:
    return None if text is None else Reason(**json.loads(text, object_hook=_exact))


def _unit(columns: tuple[Any, ...]) -> Unit | None:
    return None if columns[0] is None else Unit(*columns)
