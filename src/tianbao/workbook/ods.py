"""The raw cells of an .ods: OpenDocument's XML, read like an xlsx, into the same package.

    zip ──expat──▶ styles.xml, content.xml, meta.xml ──▶ Package

In:   a zip that the guard has let pass.
Out:  types as in an xlsx: a day is its number with the style of a day, a share has the style of a percentage, an error is
      an error; formulas in the notation of Excel.
Knows nothing of forms. No library shows all of this: the fast one makes a blank of `#REF!` and a number of TRUE.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from zipfile import ZipFile

from tianbao.workbook.guard import LIMITS, Limits, unpack
from tianbao.workbook.package import (
    LONGEST_TEXT,
    Allowance,
    Elements,
    Package,
    PackageError,
    PartReader,
    RawCell,
    Sheet,
    StyleFacts,
    Visibility,
    column_letters,
    local,
    telling,
)

#: Every style there is, as far as it matters; a cell names one by `_style`.
_STYLES = tuple(StyleFacts(*facts) for facts in product((False, True), repeat=3))

#: Empty cells alike, if they are more than this, are the rest of the sheet.
_LONG = 1_000


def read_ods(archive: ZipFile, *, limits: Limits = LIMITS) -> Package:
    """Read an opened .ods.

    Raises:
        PackageError: it is damaged or exceeds a limit.
    """
    members = set(archive.namelist())
    allowance = Allowance(limits)
    styles = _Styles()
    with telling("styles.xml"):
        if "styles.xml" in members:
            part = Elements("document-styles", "styles.xml", allowance)
            part.parse(_part(archive, "styles.xml", limits))
            for tag, of, _ in part.elements:
                styles.start(tag, _local_names(of))
    with telling("content.xml"):
        content = _Content(styles, allowance)
        content.parse(_part(archive, "content.xml", limits))
    if not content.sheets:
        raise PackageError("F-NO-SHEETS")
    with telling("meta.xml"):
        properties = dict(_properties(archive, allowance)) if "meta.xml" in members else {}
    active = {
        "F-MACROS": any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in members),
        "F-EXTERNAL-LINKS": content.is_linked,
        "F-CONNECTIONS": content.is_connected,
        "F-EMBEDDED": any(name.startswith("Object ") for name in members),
        "F-REMOTE": content.is_remote,
    }
    return Package(
        content.sheets.values(),
        properties=properties,
        names=content.names,
        styles=_STYLES,
        active=[code for code, is_there in active.items() if is_there],
    )


def _part(archive: ZipFile, name: str, limits: Limits) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > limits.unpacked // 4:
        raise PackageError("F-TOO-COMPLEX", part=name)
    return unpack(archive, info)


def _properties(archive: ZipFile, allowance: Allowance) -> Iterator[tuple[str, str]]:
    meta = Elements("document-meta", "meta.xml", allowance)
    meta.parse(_part(archive, "meta.xml", allowance.limits))
    for tag, of, text in meta.elements:
        if tag == "user-defined":
            yield _local_names(of).get("name", ""), "".join(text)


def _local_names(of: dict[str, str]) -> dict[str, str]:
    """Drop the prefixes of attributes, but for LibreOffice's own: it says `value-type` in two ways."""
    return {name if name.startswith("calcext:") else local(name): value for name, value in of.items()}


class _Styles:
    """The styles of cells and sheets and the validations, as they are declared one after the other."""

    def __init__(self) -> None:
        self.unlocked: dict[str, bool] = {}
        self.hidden: set[str] = set()
        #: The validations that let only certain answers pass; others show a prompt.
        self.strict: set[str] = set()
        self._family = self._name = ""

    def start(self, tag: str, of: dict[str, str]) -> None:
        """Take an element; one inherits from a style that stands before it."""
        if tag == "style":
            self._family, self._name = of.get("family", ""), of.get("name", "")
            if self._family == "table-cell":
                self.unlocked[self._name] = self.unlocked.get(of.get("parent-style-name", ""), False)
        elif tag == "table-cell-properties" and self._family == "table-cell" and "cell-protect" in of:
            self.unlocked[self._name] = of["cell-protect"] in ("none", "formula-hidden")
        elif tag == "table-properties" and self._family == "table" and of.get("display") == "false":
            self.hidden.add(self._name)
        elif tag == "content-validation" and of.get("condition"):
            self.strict.add(of.get("name", ""))


# ── content ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_CELLS = {"table-cell", "covered-table-cell"}
#: What lies beside the cells, or in them, and is none of their text.
_ASIDE = {"annotation", "dde-links", "note", "ruby-text", "shapes", "tracked-changes"}
_ERROR = re.compile(r"#(?:REF!|VALUE!|N/A|DIV/0!|NAME\?|NUM!|NULL!)|Err:[0-9]+")
_FAR = "'file:"
#: An address that leads out of the file.
_FAR_AWAY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]|\.\./")


class _Content(PartReader):
    """The sheets of content.xml."""

    def __init__(self, styles: _Styles, allowance: Allowance) -> None:
        super().__init__("document-content", "content.xml", allowance)
        self.sheets: dict[str, Sheet] = {}
        self.names: dict[str, str] = {}
        self.is_linked = self.is_connected = self.is_remote = False
        self._styles = styles
        # Where the parser is.
        self._aside = 0
        self._sheet: _Table | None = None
        self._cell: dict[str, str] | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._in_paragraph = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if self._aside or name in _ASIDE or tag.startswith("draw:"):
            self._aside += 1
            self.is_remote |= name == "image" and _FAR_AWAY.match(attributes.get("xlink:href", "")) is not None
            return
        of = _local_names(attributes)
        self.is_connected |= name.startswith("database-source")
        self.is_linked |= name in ("cell-range-source", "table-source")
        if self._sheet is None:
            self._start_outside(name, of)
        elif self._cell is not None:
            self._start_in_cell(name, of)
        elif name == "table-column":
            self._sheet.column(of)
        elif name == "table-row":
            self._sheet.start_row(of)
        elif name in _CELLS:
            self._cell, self._pieces, self._length = of, [], 0

    def _start_outside(self, name: str, of: dict[str, str]) -> None:
        if name == "table":
            self._start_table(of)
        elif name == "named-range":
            self.names[of.get("name", "")] = _reference(of.get("cell-range-address", ""))
        else:
            self._styles.start(name, of)

    def _start_table(self, of: dict[str, str]) -> None:
        name = of.get("name", "")
        if name.startswith(_FAR):  # what a link has brought here from another file
            self.is_linked = True
            self._aside += 1
            return
        if name.casefold() in self.sheets:
            raise PackageError("F-DUPLICATE-SHEET", sheet=name)
        self._sheet = _Table(of, self._styles, self._allowance)

    def _start_in_cell(self, name: str, of: dict[str, str]) -> None:
        if name == "p":
            if self._pieces:
                self._take("\n")
            self._in_paragraph = True
        elif self._in_paragraph and name == "s":
            self._take(" " * min(int(of.get("c", "1")), _LONG))
        elif self._in_paragraph and name in ("tab", "line-break"):
            self._take("\t" if name == "tab" else "\n")

    def text(self, data: str) -> None:
        if self._in_paragraph and not self._aside:
            self._take(data)

    def _take(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise PackageError("F-TOO-COMPLEX", part="content.xml")

    def end(self, tag: str) -> None:
        name = local(tag)
        if self._aside:
            self._aside -= 1
        elif name == "p":
            self._in_paragraph = False
        elif self._sheet is None:
            return
        elif name in _CELLS and self._cell is not None:
            self._sheet.cell(self._cell, "".join(self._pieces))
            self.is_linked |= _FAR in self._cell.get("formula", "")
            self._cell = None
        elif name == "table-row":
            self._sheet.end_row()
        elif name == "table":
            self.sheets[self._sheet.name.casefold()] = self._sheet.sheet()
            self._sheet = None


class _Table:
    """One sheet, while it is read."""

    def __init__(self, of: dict[str, str], styles: _Styles, allowance: Allowance) -> None:
        self.name = of.get("name", "")
        self._is_hidden = of.get("style-name") in styles.hidden
        self._is_protected = of.get("protected") == "true"
        self._unlocked = styles.unlocked
        self._strict = styles.strict
        self._allowance = allowance
        self._limit = allowance.limits.cells
        self._blanks = allowance.limits.blanks
        self._cells: dict[str, RawCell] = {}
        self._filled = 0
        self._merged: list[str] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[range] = []
        #: The column after each stretch of columns alike, and their style.
        self._ends: list[int] = []
        self._column_styles: list[str] = []
        self._row = self._repeated = 0
        self._row_style = ""
        #: The row that is read: first column, how many times it is repeated, the cell.
        self._line: list[tuple[int, int, RawCell]] = []
        self._column = 0
        self._validated: list[str] = []

    def column(self, of: dict[str, str]) -> None:
        """Take a column, or several alike."""
        first = self._ends[-1] if self._ends else 1
        columns = range(first, first + _repeats(of, "columns"))
        self._ends.append(columns.stop)
        self._column_styles.append(of.get("default-cell-style-name", ""))
        if _is_hidden(of):
            self._hidden_columns.append(columns)

    def start_row(self, of: dict[str, str]) -> None:
        """Begin a row, or several alike."""
        self._row += self._repeated
        self._row = self._row or 1
        self._repeated = _repeats(of, "rows")
        self._row_style = of.get("default-cell-style-name", "")
        self._line = []
        self._column = 1
        if _is_hidden(of) and len(self._hidden_rows) < self._limit:
            self._hidden_rows.update(range(self._row, self._row + min(self._repeated, self._limit)))

    def cell(self, of: dict[str, str], text: str) -> None:
        """Take a cell, or several alike."""
        repeated = _repeats(of, "columns")
        formula = _formula(of["formula"]) if "formula" in of else None
        type_, value, is_date, is_percent = _value(of, text, has_formula=formula is not None)
        style = of.get("style-name") or self._row_style or self._column_style()
        number = _STYLES.index(StyleFacts(is_date, is_percent, not self._unlocked.get(style, False)))
        self._line.append((self._column, repeated, RawCell(type_ if value else "n", value, formula, number)))
        if of.get("content-validation-name") in self._strict:
            self._validated.append(_area(self._column, self._row, repeated, self._repeated))
        down, right = _repeats(of, "rows", "spanned"), _repeats(of, "columns", "spanned")
        if down > 1 or right > 1:
            self._merged.append(_area(self._column, self._row, right, down))
        self._column += repeated

    def end_row(self) -> None:
        """Keep the cells of the row, as often as it is repeated."""
        for column, repeated, cell in self._line:
            is_filled = bool(cell.text) or cell.formula is not None
            if is_filled:
                self._filled += repeated * self._repeated
                if self._filled > self._limit:
                    raise PackageError("F-TOO-MANY-CELLS", part=self.name, limit=self._limit)
                self._allowance.hold(len(cell.text) * repeated * self._repeated, self.name)
            elif repeated * self._repeated > _LONG or len(self._cells) > self._blanks:
                continue
            for row in range(self._row, self._row + self._repeated):
                for at in range(column, column + repeated):
                    self._cells[f"{column_letters(at)}{row}"] = cell

    def sheet(self) -> Sheet:
        """Return the sheet as it is known now."""
        return Sheet(
            self.name,
            Visibility.HIDDEN if self._is_hidden else Visibility.VISIBLE,
            self._cells,
            frozenset(self._hidden_rows),
            tuple(self._hidden_columns),
            tuple(self._merged),
            self._is_protected,
            tuple(self._validated),
        )

    def _column_style(self) -> str:
        at = bisect_right(self._ends, self._column)
        return self._column_styles[at] if at < len(self._ends) else ""


def _area(column: int, row: int, columns: int, rows: int) -> str:
    first = f"{column_letters(column)}{row}"
    last = f"{column_letters(column + columns - 1)}{row + rows - 1}"
    return first if first == last else f"{first}:{last}"


def _repeats(of: dict[str, str], what: str, how: str = "repeated") -> int:
    return max(1, int(of.get(f"number-{what}-{how}", "1")))


def _is_hidden(of: dict[str, str]) -> bool:
    return of.get("visibility", "visible") != "visible"


# ── values and formulas ──────────────────────────────────────────────────────────────────────────────────────────────

#: From here, days are counted; the calendar of Excel agrees with it from March 1900.
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (a day has no time zone)
_DAY = timedelta(days=1)
_DURATION = re.compile(r"PT([0-9]+)H([0-9]+)M([0-9]+(?:\.[0-9]+)?)S")


def _value(of: dict[str, str], text: str, *, has_formula: bool) -> tuple[str, str, bool, bool]:
    """Return type and text as an xlsx has them, and whether it is a date and whether a percentage."""
    kind = of.get("value-type", "")
    if of.get("calcext:value-type") == "error" or (has_formula and _ERROR.fullmatch(text)):
        return "e", text, False, False
    if kind in ("float", "currency", "percentage"):
        return "n", of.get("value", ""), False, kind == "percentage"
    if kind == "boolean":
        return "b", "1" if of.get("boolean-value") == "true" else "0", False, False
    if kind == "date":
        return *_day(of.get("date-value", "")), True, False
    if kind == "time":
        return *_time(of.get("time-value", "")), True, False
    return "s", of.get("string-value", text), False, False


def _day(text: str) -> tuple[str, str]:
    """Return the number of a day; one that has none is told as it stands."""
    with suppress(ValueError):
        number = (datetime.fromisoformat(text).replace(tzinfo=None) - _DAY_ZERO) / _DAY
        return "n", repr(number).removesuffix(".0")
    return "d", text


def _time(text: str) -> tuple[str, str]:
    found = _DURATION.fullmatch(text)
    if not found:
        return "d", text
    hours, minutes, seconds = map(float, found.groups())
    return "n", repr((hours * 3600 + minutes * 60 + seconds) / 86_400).removesuffix(".0")


#: Each begins where no other can, so that a formula without end is looked through once.
_PIECE = re.compile(r"""("(?:[^"]|"")*+")|\[((?:'(?:[^']|'')*+'|[^'\[\]])*+)\]|;""")
_SHEET = re.compile(r"(?:(?<![^'.:$])\$?('(?:[^']|'')*+'|[^'.:$]++))?\.(?=[$A-Z#])")
_OTHER_FILE = re.compile(r"'(file:(?:[^']|'')*)'#\$?")


def _formula(text: str) -> str:
    """Write a formula in the notation of Excel.

    >>> _formula("of:=SUM([.A1:.B2];[$'表 一'.C3])")
    "SUM(A1:B2,'表 一'!C3)"
    """
    language, mark, formula = text.partition(":=")
    if not mark:
        return text.removeprefix("=")
    if language == "msoxl":
        return formula

    def one(piece: re.Match[str]) -> str:
        if piece[1] is not None:
            return piece[1]
        return "," if piece[2] is None else _reference(piece[2])

    return _PIECE.sub(one, formula)


def _reference(text: str) -> str:
    return _SHEET.sub(lambda sheet: f"{sheet[1]}!" if sheet[1] else "", _OTHER_FILE.sub(r"[\1]", text))
