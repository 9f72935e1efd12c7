"""The roster: which units must answer, read from the office's own list.

In:   an .xlsx or a CSV with Chinese headings, in any order, with whatever other columns the office keeps.
Out:  one entry a unit, in the office's order; or every fault of the list at once, each with its cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.messages import Language
from tianbao.records.model import Unit
from tianbao.workbook.layout import a1

ORDER, CODE, NAME, KIND, PARENT, COUNTS, EXEMPT = "序号", "代码", "名称", "类别", "上级", "计入全县", "免报"
_HEADINGS = (ORDER, CODE, NAME, KIND, PARENT, COUNTS, EXEMPT)
_NEEDED = (CODE, NAME)

#: A title may stand above the headings.
_HEADING_WITHIN = 10
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


@dataclass(frozen=True, slots=True)
class RosterFault:
    """One fault of the list, with its cell."""

    code: str
    at: str
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and the way out."""
        facts = {"at": self.at, **self.params}
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}"


class RosterFileError(TianbaoError):
    """The file is not there, or neither a workbook nor a text."""

    code: ClassVar[str] = "U-ROSTER-FILE"


class RosterError(TianbaoError):
    """A roster cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-ROSTER"

    def __init__(self, path: str, faults: Sequence[RosterFault]) -> None:
        super().__init__(path=path, count=len(faults))
        self.faults = tuple(faults)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [f"  × {fault.code}  {fault.message(lang)}" for fault in self.faults]
        return "\n".join([super().message(lang), *lines])


def read_roster(path: str | Path) -> tuple[RosterEntry, ...]:
    """Read a roster.

    Raises:
        RosterFileError: no such file, or not one that can be read.
        RosterError: the list has faults; the error holds all of them.
    """
    source = Path(path)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise RosterFileError(path=str(path)) from error
    lines = _sheet_lines(data, str(path)) if data.startswith(b"PK") else _text_lines(data, str(path))
    reader = _Reader(lines)
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


def _sheet_lines(data: bytes, path: str) -> list[list[str]]:
    """Return the first sheet as text."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    except Exception as error:  # openpyxl raises whatever a damaged file leads it to
        raise RosterFileError(path=path) from error
    return [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    """Write a cell as it looks: a code that the program took for a number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _text_lines(data: bytes, path: str) -> list[list[str]]:
    """Return a CSV: as UTF-8, or as the code page of a Chinese Windows."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return [[field.strip() for field in line] for line in csv.reader(io.StringIO(text, newline=""))]
    raise RosterFileError(path=path)


class _Reader:
    """A list being read: its entries, and what is wrong with them."""

    def __init__(self, lines: Sequence[Sequence[str]]) -> None:
        self.lines = lines
        self.faults: list[RosterFault] = []

    def entries(self) -> Iterator[RosterEntry]:
        found = next((n for n, line in enumerate(self.lines[:_HEADING_WITHIN]) if CODE in line or NAME in line), None)
        headings = self.lines[found] if found is not None else ()
        missing = [heading for heading in _NEEDED if heading not in headings]
        if found is None or missing:
            self.faults.append(RosterFault("U-ROSTER-HEADING", "", {"headings": "、".join(missing)}))
            return
        columns = {heading: headings.index(heading) for heading in _HEADINGS if heading in headings}
        used: dict[str, str] = {}
        for n, line in enumerate(self.lines[found + 1 :], start=found + 2):
            fields = {heading: line[column] if column < len(line) else "" for heading, column in columns.items()}
            if any(fields.values()):
                ats = {heading: a1(n, column + 1) for heading, column in columns.items()}
                yield self.entry(fields, ats, used, n)

    def entry(self, fields: Mapping[str, str], ats: Mapping[str, str], used: dict[str, str], line: int) -> RosterEntry:
        for heading in _NEEDED:
            if not fields[heading]:
                self.fault("U-ROSTER-BLANK", ats[heading], heading=heading)
        code = fields[CODE]
        if code and code in used:
            self.fault("U-ROSTER-TWICE", ats[CODE], unit_code=code, first=used[code])
        used.setdefault(code, ats[CODE])
        order = fields.get(ORDER, "")
        if order and not (order.isascii() and order.isdigit()):
            self.fault("U-ROSTER-ORDER", ats[ORDER], value=order)
            order = ""
        return RosterEntry(
            order=int(order) if order else line,
            unit=Unit(code, fields[NAME], fields.get(KIND, "")),
            parent=fields.get(PARENT, ""),
            counts=self.choice(fields, ats, COUNTS, default=True),
            exempt=self.choice(fields, ats, EXEMPT, default=False),
        )

    def choice(self, fields: Mapping[str, str], ats: Mapping[str, str], heading: str, *, default: bool) -> bool:
        said = fields.get(heading, "")
        if said and said not in _YES | _NO:
            self.fault("U-ROSTER-CHOICE", ats[heading], heading=heading, value=said)
        return said in _YES if said else default

    def fault(self, code: str, at: str, **params: object) -> None:
        self.faults.append(RosterFault(code, at, params))
