"""The roster: which units must answer, read from the office's own list.

In:   an .xlsx or a CSV with Chinese headings, in any order, with whatever other columns the office keeps.
Out:  one entry a unit, in the office's order; or every fault of the list at once, each with its cell.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tianbao.campaign.lists import ListError, ListFault, ListLine, OfficeList, read_list
from tianbao.errors import TianbaoError
from tianbao.records.model import Unit

ORDER, CODE, NAME, KIND, PARENT, COUNTS, EXEMPT = "序号", "代码", "名称", "类别", "上级", "计入全县", "免报"
_HEADINGS = (ORDER, CODE, NAME, KIND, PARENT, COUNTS, EXEMPT)
_NEEDED = (CODE, NAME)

_YES, _NO = frozenset(("是", "√", "1")), frozenset(("否", "×", "0"))


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One unit of the roster.

    Attributes:
        order: its place in every list that is made.
        parent: the code or name of the unit above it, as written.
        counts: whether it goes into the county's totals.
        exempt: whether it need not answer.
    """

    order: int
    unit: Unit
    parent: str
    counts: bool
    exempt: bool


class RosterFileError(TianbaoError):
    """The file is not there, or neither a workbook nor a text."""

    code: ClassVar[str] = "U-ROSTER-FILE"


class RosterError(ListError):
    """A roster cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-ROSTER"


def read_roster(path: str | Path) -> tuple[RosterEntry, ...]:
    """Read a roster.

    Raises:
        RosterFileError: no such file, or not one that can be read.
        RosterError: the list has faults; the error holds all of them.
    """
    reader = _Reader(read_list(path, _HEADINGS, _NEEDED, unusable=RosterFileError))
    entries = tuple(reader.entries())
    if reader.faults:
        raise RosterError(str(path), reader.faults)
    return tuple(sorted(entries, key=lambda entry: entry.order))


def expected(entries: Sequence[RosterEntry], *, reported: Container[str] = ()) -> tuple[Unit, ...]:
    """Return the units that go into the county's totals: who must answer, and who is exempt and did all the same.

    Args:
        entries: the roster.
        reported: the codes of the units that answered.
    """
    counted = (entry for entry in entries if entry.counts)
    return tuple(entry.unit for entry in counted if not entry.exempt or entry.unit.code in reported)


class _Reader:
    """A roster being read: its entries, and what is wrong with them."""

    def __init__(self, roster: OfficeList) -> None:
        self.roster = roster
        self.faults: list[ListFault] = []

    def entries(self) -> Iterator[RosterEntry]:
        if self.roster.missing:
            self.fault("U-ROSTER-HEADING", "", headings="、".join(self.roster.missing))
        used: dict[str, str] = {}
        for line in self.roster.lines:
            yield self.entry(line, used)

    def entry(self, line: ListLine, used: dict[str, str]) -> RosterEntry:
        for heading in _NEEDED:
            if not line[heading]:
                self.fault("U-ROSTER-BLANK", line.ats[heading], heading=heading)
        code = line[CODE]
        if code and code in used:
            self.fault("U-ROSTER-TWICE", line.ats[CODE], unit_code=code, first=used[code])
        used.setdefault(code, line.ats[CODE])
        order = line[ORDER]
        if order and not (order.isascii() and order.isdigit()):
            self.fault("U-ROSTER-ORDER", line.ats[ORDER], value=order)
            order = ""
        return RosterEntry(
            order=int(order) if order else line.number,
            unit=Unit(code, line[NAME], line[KIND]),
            parent=line[PARENT],
            counts=self.choice(line, COUNTS, default=True),
            exempt=self.choice(line, EXEMPT, default=False),
        )

    def choice(self, line: ListLine, heading: str, *, default: bool) -> bool:
        said = line[heading]
        if said and said not in _YES | _NO:
            self.fault("U-ROSTER-CHOICE", line.ats[heading], heading=heading, value=said)
        return said in _YES if said else default

    def fault(self, code: str, at: str, **params: object) -> None:
        self.faults.append(ListFault(code, at, params))
