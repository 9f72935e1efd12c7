"""Make the workbook of every unit that owes a report: with its identity, signed, and last year's figures.

In:   a campaign.
Out:  workbooks in 1-下发; what was made, what was there already, what somebody has changed.
The same campaign makes the same bytes: whoever is interrupted runs it again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING

from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import ISSUED, WRITERS, ChangedOutputError, Folder
from tianbao.campaign.issuance import sign
from tianbao.records.file_names import file_name

if TYPE_CHECKING:
    from tianbao.campaign.roster import RosterEntry
    from tianbao.campaign.settings import Settings
    from tianbao.workbook.read import Progress

#: So many workbooks are written down at once.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued.

    Attributes:
        made: the files that were written, below the campaign's folder.
        there: how many were there already.
        outdated: units whose workbook would be another one now: their name or last year's figures have changed.
        changed: files that somebody has changed, and that were left as they are.
        exempt: how many units owe nothing.
    """

    made: tuple[str, ...]
    there: int
    outdated: tuple[str, ...]
    changed: tuple[str, ...]
    exempt: int


@dataclass(frozen=True, slots=True)
class _Workbook:
    """A unit's workbook as it would be issued now.

    Attributes:
        known: the SHA-256 of the one that was issued to it before; empty where none was.
    """

    unit: str
    file: str
    data: bytes
    sha256: str
    known: str


class _Outcome(Enum):
    """What became of a workbook: written, there already, another one than was issued, or changed by somebody."""

    MADE = auto()
    THERE = auto()
    OUTDATED = auto()
    CHANGED = auto()


def issue(books: Books, units: Sequence[str], *, again: bool, progress: Progress | None) -> Issued:
    """Make the workbooks of some units; of all where none are named."""
    asked = [entry for entry in books.state.roster if not units or entry.unit.code in units]
    owing = [entry for entry in asked if not books.state.owes_nothing(entry)]
    outcomes: list[tuple[_Workbook, _Outcome]] = []
    batch, workbooks = books.next_number, _workbooks(books, owing)
    with ThreadPoolExecutor(WRITERS) as writers:
        while several := [
            (one, writers.submit(_put, books.folder, one, again=again)) for one in islice(workbooks, _AT_ONCE)
        ]:
            for workbook, writing in several:
                outcomes.append((workbook, writing.result()))
                if progress:
                    progress(len(outcomes), len(owing), workbook.file.rpartition("/")[2])
            _write_down(books, outcomes[-len(several) :], batch)
    became = {outcome: [one for one, own in outcomes if own is outcome] for outcome in _Outcome}
    return Issued(
        made=tuple(one.file for one in became[_Outcome.MADE]),
        there=len(became[_Outcome.THERE]) + len(became[_Outcome.OUTDATED]),
        outdated=tuple(books.entries[one.unit].unit.name for one in became[_Outcome.OUTDATED]),
        changed=tuple(one.file for one in became[_Outcome.CHANGED]),
        exempt=len(asked) - len(owing),
    )


def _put(folder: Folder, workbook: _Workbook, *, again: bool) -> _Outcome:
    """Write a workbook, unless it is there, or another one was issued, or somebody has changed it."""
    if workbook.known not in ("", workbook.sha256) and not again:
        return _Outcome.OUTDATED
    was_there = (folder / workbook.file).is_file()
    try:
        folder.write(workbook.file, workbook.data, known=workbook.known)
    except ChangedOutputError:
        return _Outcome.CHANGED
    return _Outcome.THERE if was_there and workbook.known == workbook.sha256 else _Outcome.MADE


def _workbooks(books: Books, entries: Sequence[RosterEntry]) -> Iterator[_Workbook]:
    from tianbao.workbook.stamp import Stamp

    settings = books.settings
    stamp = Stamp(books.form, year=settings.year, issuer=settings.issuer)
    for entry in entries:
        code = entry.unit.code
        signed = sign(books.state.secret, form=settings.form, year=settings.year, unit=code, turn=0)
        data = stamp.workbook(entry.unit, prior=books.prior.get(code), issuance=signed)
        before = books.state.made.get(code, ())
        known = next((one.sha256 for one in reversed(before) if one.turn == 0 and not one.is_receipt), "")
        yield _Workbook(code, workbook_name(books, entry), data, hashlib.sha256(data).hexdigest(), known)


def workbook_name(books: Books, entry: RosterEntry, mark: str = "", suffix: str = ".xlsx", folder: str = ISSUED) -> str:
    """Return where a unit's workbook lies: `1-下发/140922018_白家庄镇_2025年报表.xlsx`."""
    name = file_name(f"{entry.unit.code}_{entry.unit.name}_{books.settings.year}年报表", "")
    return f"{folder}/{name}{mark}{suffix}"


def is_issued(books: Books, entry: RosterEntry) -> bool:
    """Whether a unit's workbook was made and lies where it was put."""
    made = books.state.made.get(entry.unit.code, ())
    return any(one.turn == 0 and (books.folder / one.file).is_file() for one in made)


def _write_down(books: Books, outcomes: Sequence[tuple[_Workbook, _Outcome]], batch: int) -> None:
    made = [one for one, outcome in outcomes if outcome is _Outcome.MADE and one.known != one.sha256]
    if made:
        with books.recording(batch=batch) as record:
            lines = [{"unit": one.unit, "turn": 0, "file": one.file, "sha256": one.sha256} for one in made]
            record(EventKind.ISSUED, {"workbooks": lines})


def roster_file(entries: Sequence[RosterEntry], settings: Settings) -> bytes:
    """Write the list of units as a workbook for the office."""
    from tianbao.campaign.roster import write_roster

    data = io.BytesIO()
    write_roster(data, entries, county=settings.county)
    return data.getvalue()
