"""Make the workbook of every unit that owes a report: with its identity, signed, and last year's figures.

In:   a campaign.
Out:  workbooks in 1-下发; what was made, what was there already, what somebody has changed.
The same campaign makes the same bytes: whoever is interrupted runs it again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.file_names import file_name
from tianbao.campaign.folder import ISSUED, ChangedOutputError
from tianbao.campaign.issuance import sign

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
    """A unit's workbook as it would be issued now."""

    unit: str
    file: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def issue(books: Books, units: Sequence[str], *, again: bool, progress: Progress | None) -> Issued:
    """Make the workbooks of some units; of all where none are named."""
    asked = [entry for entry in books.state.roster if not units or entry.unit.code in units]
    owing = [entry for entry in asked if not books.state.owes_nothing(entry)]
    made: list[str] = []
    outdated: list[str] = []
    changed: list[str] = []
    batch, there = books.next_number, 0
    pending: list[_Workbook] = []
    for done, workbook in enumerate(_workbooks(books, owing), start=1):
        before = books.state.made.get(workbook.unit, ())
        known = next((one.sha256 for one in reversed(before) if one.turn == 0 and not one.is_receipt), "")
        if known not in ("", workbook.sha256) and not again:
            outdated.append(books.entries[workbook.unit].unit.name)
            there += 1
        else:
            try:
                was_there = (books.folder / workbook.file).is_file()
                books.folder.write(workbook.file, workbook.data, known=known)
            except ChangedOutputError:
                changed.append(workbook.file)
            else:
                if known != workbook.sha256:
                    pending.append(workbook)
                if known == workbook.sha256 and was_there:
                    there += 1
                else:
                    made.append(workbook.file)
        if len(pending) == _AT_ONCE or done == len(owing):
            _write_down(books, pending, batch)
            pending = []
        if progress:
            progress(done, len(owing), workbook.file.rpartition("/")[2])
    return Issued(tuple(made), there, tuple(outdated), tuple(changed), len(asked) - len(owing))


def _workbooks(books: Books, entries: Sequence[RosterEntry]) -> Iterator[_Workbook]:
    from tianbao.workbook.stamp import Stamp

    settings = books.settings
    stamp = Stamp(books.form, year=settings.year, issuer=settings.issuer)
    for entry in entries:
        code = entry.unit.code
        signed = sign(books.state.secret, form=settings.form, year=settings.year, unit=code, turn=0)
        data = stamp.workbook(entry.unit, prior=books.prior.get(code), issuance=signed)
        yield _Workbook(code, workbook_name(books, entry), data)


def workbook_name(books: Books, entry: RosterEntry, mark: str = "", suffix: str = ".xlsx", folder: str = ISSUED) -> str:
    """Return where a unit's workbook lies: `1-下发/140922018_白家庄镇_2025年报表.xlsx`."""
    name = file_name(f"{entry.unit.code}_{entry.unit.name}_{books.settings.year}年报表", "")
    return f"{folder}/{name}{mark}{suffix}"


def is_issued(books: Books, entry: RosterEntry) -> bool:
    """Whether a unit's workbook was made and lies where it was put."""
    made = books.state.made.get(entry.unit.code, ())
    return any(one.turn == 0 and (books.folder / one.file).is_file() for one in made)


def _write_down(books: Books, workbooks: Sequence[_Workbook], batch: int) -> None:
    if workbooks:
        with books.recording(batch=batch) as record:
            lines = [{"unit": one.unit, "turn": 0, "file": one.file, "sha256": one.sha256} for one in workbooks]
            record(EventKind.ISSUED, {"workbooks": lines})


def roster_file(entries: Sequence[RosterEntry], settings: Settings) -> bytes:
    """Write the list of units as a workbook for the office."""
    from tianbao.campaign.roster import write_roster

    data = io.BytesIO()
    write_roster(data, entries, county=settings.county)
    return data.getvalue()
