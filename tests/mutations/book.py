"""A filled workbook that can be altered cell by cell, and what a person would say stands in each of its cells.

    form + seed ──Book──▶ alterations (any number, in any order) ──data()──▶ bytes of an .xlsx

The parts of the file are edited as a spreadsheet program would edit them: shared strings stay shared, rows and columns
are renumbered, and what an alteration does not touch stays as it was. Whoever alters a cell says so in `truth`: what a
person who opens the workbook would call the answer of a key. `NOBODY_KNOWS` stands where a person could not say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from random import Random
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile

from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.load import load_form
from tianbao.form.model import Cell, CellType, Form, Kind, Shape
from tianbao.records.model import Unit, Value
from tianbao.workbook.layout import MACHINE_SHEET, Block, TableSheet, a1, make_layout
from tianbao.workbook.package import column_letters, column_number
from tianbao.workbook.write import write_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

UNIT = Unit("140922018", "白家庄镇", "township")
YEAR = 2025
#: What the office signed of every second filling.
ISSUANCE = "Zk3f9a2Q.b0TjWm1lX7s4Ue8Kp2rNcV"

#: A person who opens the workbook could not say what the answer is; no value may be read without a word.
NOBODY_KNOWS = object()

_REF = re.compile(r"([A-Z]+)([0-9]+)")


class NotPossibleError(Exception):
    """What an alteration needs is no longer there."""


# ── what was filled in ───────────────────────────────────────────────────────────────────────────────────────────────

#: Of the cells that may be blank, so many are; one filling of each kind, and from the second on with last year's figures.
_BLANKS = (0.0, 0.1, 0.35, 0.7, 0.2)


@cache
def filling(form: str, seed: int) -> Mapping[str, Value]:
    """Make up answers, no two numbers of them the same, so that a number read for another cell's is seen.

    The fifth is a declared zero report, whose blanks are zeros.
    """
    definition = load_form(form)
    rng = Random(f"{form} {seed}")  # noqa: S311  the same answers every time
    numbers = iter(rng.sample(range(101, 9_999), 600))
    values: dict[str, Value] = {}
    for cell in definition.by_key.values():
        if cell.kind is Kind.INPUT:
            answer = _answer(cell, numbers)
            may_be_blank = cell.is_number or cell.key.startswith("text.")
            values[cell.key] = None if may_be_blank and rng.random() < _BLANKS[seed % len(_BLANKS)] else answer
    values[ZERO_REPORT] = DECLARED if seed % len(_BLANKS) == len(_BLANKS) - 1 else "否"
    for table in definition.tables:
        if table.shape is Shape.LIST:
            for n, row in enumerate(table.rows):
                if n > len(table.rows) // 2:
                    values |= dict.fromkeys((table.cell(row, column).key for column in table.columns), None)
    return values


def _answer(cell: Cell, numbers: Iterator[int]) -> Value:
    match cell.type:
        case CellType.COUNT:
            number = next(numbers)
            return -number if cell.negative and number % 3 == 0 else number
        case CellType.DECIMAL:
            return Decimal(next(numbers) * 10 + 1).scaleb(-cell.digits)
        case CellType.DATE:
            return date(YEAR + 1, 1, 1 + next(numbers) % 28)
        case CellType.CODE:
            return cell.codes[next(numbers) % len(cell.codes)]
        case CellType.TEXT:
            return f"{cell.label[-1]}所填{next(numbers)}"


@cache
def issued(form: str, seed: int) -> bytes:
    """Write the workbook with those answers in it."""
    definition = load_form(form)
    prior = {key: value for key, value in filling(form, seed + 1).items() if definition.by_key[key].is_number}
    made = BytesIO()
    values = {key: value for key, value in filling(form, seed).items() if value is not None}
    issuance = ISSUANCE if seed % 2 == 0 else ""
    write_workbook(
        definition, made, unit=UNIT, year=YEAR, values=values, prior=prior if seed else None, issuance=issuance
    )
    return made.getvalue()


# ── the workbook ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Book:
    """A workbook somebody has open.

    Attributes:
        truth: what a person would call the answer of each input's key.
        outside: what was written beside the form, as `sheet!cell`; somebody must be told of it.
        exchanged: what answers were before the labels of their rows changed places.
        gone: keys whose cells were deleted.
        explained: what was written beside the checks, by key.
    """

    def __init__(self, form: str, seed: int = 0) -> None:
        self.form: Form = load_form(form)
        self.layout = make_layout(self.form)
        self.rng = Random(f"{form} {seed} change")  # noqa: S311  the same alterations every time
        self.truth: dict[str, object] = dict(filling(form, seed))
        self.outside: list[tuple[ET.Element, ET.Element]] = []
        self.exchanged: dict[str, object] = {}
        self.gone: set[str] = set()
        self.touched: set[str] = set()
        with ZipFile(BytesIO(issued(form, seed))) as archive:
            self.parts: dict[str, bytes] = {info.filename: archive.read(info) for info in archive.infolist()}
        self._trees: dict[str, ET.Element] = {}
        self._strings: ET.Element | None = None
        self.finish: list[Callable[[dict[str, bytes]], object]] = []
        self.cells = dict(self._find_cells())
        self.explained = self._explain()

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def part(self, name: str) -> ET.Element:
        """Return a part, parsed; what is changed in it is written."""
        if name not in self._trees:
            self._trees[name] = ET.fromstring(self.parts[name])  # noqa: S314  we wrote it
        return self._trees[name]

    def add_part(self, name: str, content: str | bytes) -> None:
        """Add a part, or put another in its place."""
        self._trees.pop(name, None)
        self.parts[name] = content.encode() if isinstance(content, str) else content

    def data(self) -> bytes:
        """Save the workbook."""
        parts = {**self.parts, **{name: _written(tree) for name, tree in self._trees.items() if name in self.parts}}
        for change in self.finish:
            change(parts)
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return packed.getvalue()

    # ── sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def listed(self) -> list[ET.Element]:
        """Return the entries of the sheets in the workbook, in order."""
        return list(self.part("xl/workbook.xml").iter(f"{{{MAIN}}}sheet"))

    def entry(self, name: str) -> ET.Element:
        """Return the entry of a sheet by the name that it has now."""
        for entry in self.listed():
            if entry.get("name") == name:
                return entry
        raise NotPossibleError

    def place(self, entry: ET.Element) -> str:
        """Return the part that an entry points to."""
        links = self.part("xl/_rels/workbook.xml.rels")
        wanted = entry.get(f"{{{OFFICE}}}id")
        target = next(link.get("Target", "") for link in links if link.get("Id") == wanted)
        return f"xl/{target}" if not target.startswith("/") else target[1:]

    def sheet(self, name: str) -> ET.Element:
        """Return a sheet by the name that it has now."""
        return self.part(self.place(self.entry(name)))

    def name_of(self, sheet: ET.Element) -> str:
        """Return the name that a sheet has now."""
        for entry in self.listed():
            if self.part(self.place(entry)) is sheet:
                return entry.get("name", "")
        raise NotPossibleError

    def add_sheet(self, name: str, root: ET.Element, *, at: int | None = None) -> None:
        """Add a sheet."""
        number = 1 + max(int(entry.get("sheetId", "0")) for entry in self.listed())
        place = f"xl/worksheets/added{number}.xml"
        self.parts[place] = b""
        self._trees[place] = root
        ET.SubElement(
            self.part("xl/_rels/workbook.xml.rels"),
            f"{{{PACKAGE}}}Relationship",
            {"Id": f"added{number}", "Type": f"{OFFICE}/worksheet", "Target": f"worksheets/added{number}.xml"},
        )
        types = self.part("[Content_Types].xml")
        content = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        ET.SubElement(types, f"{types.tag.rpartition('}')[0]}}}Override", PartName=f"/{place}", ContentType=content)
        entry = ET.Element(
            f"{{{MAIN}}}sheet", {"name": name, "sheetId": str(number), f"{{{OFFICE}}}id": f"added{number}"}
        )
        sheets = self.part("xl/workbook.xml").find(f"{{{MAIN}}}sheets")
        assert sheets is not None
        sheets.insert(len(sheets) if at is None else at, entry)

    def drop_sheet(self, name: str) -> None:
        """Delete a sheet with all that stands on it."""
        entry = self.entry(name)
        sheet = self.sheet(name)
        sheets = self.part("xl/workbook.xml").find(f"{{{MAIN}}}sheets")
        assert sheets is not None
        if len(sheets) == 1:
            raise NotPossibleError
        sheets.remove(entry)
        self.lose(key for key, cell in self.cells.items() if cell in set(_cells(sheet)))

    def table_sheets(self) -> list[tuple[TableSheet, ET.Element]]:
        """Return the sheets of tables that are there, as laid out and as they are."""
        found = []
        for plan in self.layout.sheets:
            keys = [answer.key for block in plan.blocks for answer in block.answers if answer.key in self.cells]
            sheet = self.sheet_of(keys[0]) if keys else None
            if sheet is not None:
                found.append((plan, sheet))
        return found

    def largest(self) -> tuple[ET.Element, Block]:
        """Return the sheet of the largest table with printed row labels, and the table as laid out."""
        shaped = [
            (sheet, block)
            for plan, sheet in self.table_sheets()
            for block in plan.blocks
            if block.table.shape is Shape.MATRIX and all(answer.key in self.cells for answer in block.answers)
        ]
        if not shaped:
            raise NotPossibleError
        return max(shaped, key=lambda pair: len(pair[1].answers))

    # ── cells ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _find_cells(self) -> Iterator[tuple[str, ET.Element]]:
        """Find the cell of every key; an element stays the same wherever its row is moved to."""
        places = {
            key: (place.sheet, a1(place.row, place.column))
            for key, place in self.layout.places.items()
            if not key.startswith("prior.")
        }
        sheets = {
            name: {cell.get("r"): cell for cell in _cells(self.sheet(name))}
            for name in self.layout.sheet_names
            if name != MACHINE_SHEET
        }
        for key, (sheet, ref) in places.items():
            if ref in sheets.get(sheet, {}):
                yield key, sheets[sheet][ref]

    def _explain(self) -> dict[str, str]:
        """Explain two of the queries on the sheet of checks."""
        keys = sorted(key for key in self.cells if key.startswith("explain."))
        texts = {key: f"经核实，{key}确属实情" for key in self.rng.sample(keys, min(2, len(keys)))}
        for key, text in texts.items():
            self.put(self.cells[key], text)
        return texts

    def sheet_of(self, key: str) -> ET.Element | None:
        """Return the sheet on which the cell of a key stands; None where it is gone."""
        cell = self.cells.get(key)
        for entry in self.listed():
            sheet = self.part(self.place(entry))
            if cell is not None and any(cell is other for other in _cells(sheet)):
                return sheet
        return None

    def at(self, key: str) -> str:
        """Say where the cell of a key stands now: `sheet!cell`."""
        sheet = self.sheet_of(key)
        if sheet is None:
            raise NotPossibleError
        return f"{self.name_of(sheet)}!{self.cells[key].get('r')}"

    def inputs(self, *types: CellType, filled: bool | None = None) -> list[str]:
        """Return the keys of inputs that are there and that no alteration has touched yet."""
        return [
            key
            for key, cell in self.form.by_key.items()
            if cell.kind is Kind.INPUT
            and (not types or cell.type in types)
            and key in self.cells
            and key not in self.touched
            and (filled is None or (self.truth[key] is not None) is filled)
        ]

    def pick(self, *types: CellType, filled: bool | None = None, where: Callable[[Cell], bool] | None = None) -> str:
        """Choose an input at random, and mark it as touched."""
        keys = [key for key in self.inputs(*types, filled=filled) if where is None or where(self.form.by_key[key])]
        if not keys:
            raise NotPossibleError
        key = self.rng.choice(keys)
        self.touched.add(key)
        return key

    def pick_total(self) -> str:
        """Choose a computed cell at random that still has its formula."""
        keys = [
            cell.key
            for cell in self.form.computed
            if cell.key in self.cells
            and cell.key not in self.touched
            and self.cells[cell.key].find(f"{{{MAIN}}}f") is not None
        ]
        if not keys:
            raise NotPossibleError
        key = self.rng.choice(keys)
        self.touched.add(key)
        return key

    def lose(self, keys: Iterable[str]) -> None:
        """Note that the cells of some keys are gone."""
        for key in list(keys):
            self.cells.pop(key, None)
            self.gone.add(key)
            if key in self.truth:
                self.truth[key] = NOBODY_KNOWS

    def put(self, cell: ET.Element, text: str, *, type_: str = "s", formula: str | None = None) -> None:
        """Write into a cell: type and text as a file has them, of a shared string its text."""
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if formula is not None:
            ET.SubElement(cell, f"{{{MAIN}}}f").text = formula
            type_ = "str" if type_ == "s" else type_
        if type_ == "s" and formula is None:
            text = str(self.string(text))
        if type_ != "n":
            cell.set("t", type_)
        if text:
            ET.SubElement(cell, f"{{{MAIN}}}v").text = text

    def clear(self, cell: ET.Element) -> None:
        """Empty a cell."""
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)

    def string(self, text: str) -> int:
        """Add a shared string and return its index."""
        table = self.part("xl/sharedStrings.xml")
        item = ET.SubElement(ET.SubElement(table, f"{{{MAIN}}}si"), f"{{{MAIN}}}t")
        item.text = text
        if text != text.strip():
            item.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return len(table) - 1

    def text(self, cell: ET.Element) -> str:
        """Return what a cell shows."""
        value = cell.find(f"{{{MAIN}}}v")
        shown = "" if value is None else value.text or ""
        if cell.get("t") == "s" and shown:
            return "".join(self.part("xl/sharedStrings.xml")[int(shown)].itertext())
        return shown

    def cell_at(self, sheet: ET.Element, row: int, column: int) -> ET.Element:
        """Return a cell by its place, made where there is none."""
        wanted = f"{column_letters(column)}{row}"
        line = self.row(sheet, row)
        for at, cell in enumerate(line):
            if cell.get("r") == wanted:
                return cell
            if number(cell)[1] > column:
                new = ET.Element(f"{{{MAIN}}}c", r=wanted)
                line.insert(at, new)
                return new
        return ET.SubElement(line, f"{{{MAIN}}}c", r=wanted)

    def row(self, sheet: ET.Element, row: int) -> ET.Element:
        """Return a row, made where there is none."""
        data = rows(sheet)
        for at, line in enumerate(data):
            if int(line.get("r", "0")) == row:
                return line
            if int(line.get("r", "0")) > row:
                new = ET.Element(f"{{{MAIN}}}row", r=str(row))
                data.insert(at, new)
                return new
        return ET.SubElement(data, f"{{{MAIN}}}row", r=str(row))

    def write_beside(self, sheet: ET.Element, row: int, column: int, text: str, *, type_: str = "n") -> None:
        """Write something where the form has no answer."""
        cell = self.cell_at(sheet, row, column)
        self.put(cell, text, type_=type_)
        self.outside.append((sheet, cell))

    # ── rows and columns ─────────────────────────────────────────────────────────────────────────────────────────────

    def insert_rows(self, sheet: ET.Element, at: int, count: int = 1) -> None:
        """Insert rows before a row."""
        self._renumber(sheet, lambda row, column: (row + count if row >= at else row, column))

    def insert_columns(self, sheet: ET.Element, at: int, count: int = 1) -> None:
        """Insert columns before a column."""
        self._renumber(sheet, lambda row, column: (row, column + count if column >= at else column))

    def delete_rows(self, sheet: ET.Element, first: int, count: int = 1) -> None:
        """Delete rows with all that stands in them."""
        data = rows(sheet)
        doomed = range(first, first + count)
        for line in list(data):
            if int(line.get("r", "0")) in doomed:
                self._forget(line)
                data.remove(line)
        self._renumber(
            sheet, lambda row, column: (row - count if row >= doomed.stop else row, column), rows_gone=doomed
        )

    def delete_columns(self, sheet: ET.Element, first: int, count: int = 1) -> None:
        """Delete columns with all that stands in them."""
        doomed = range(first, first + count)
        for line in rows(sheet):
            for cell in list(line):
                if number(cell)[1] in doomed:
                    self._forget([cell])
                    line.remove(cell)
        self._renumber(
            sheet, lambda row, column: (row, column - count if column >= doomed.stop else column), columns_gone=doomed
        )

    def _forget(self, cells: Iterable[ET.Element]) -> None:
        doomed = set(cells)
        self.lose(key for key, cell in self.cells.items() if cell in doomed)

    def _renumber(
        self,
        sheet: ET.Element,
        move: Callable[[int, int], tuple[int, int]],
        *,
        rows_gone: range = range(0),
        columns_gone: range = range(0),
    ) -> None:
        """Give every cell, merged area and hidden line of a sheet its new place."""
        for line in rows(sheet):
            row = int(line.get("r", "0"))
            line.set("r", str(move(row, 1)[0]))
            line.attrib.pop("spans", None)
            for cell in line:
                new_row, new_column = move(row, number(cell)[1])
                cell.set("r", f"{column_letters(new_column)}{new_row}")
        areas = sheet.find(f"{{{MAIN}}}mergeCells")
        for area in list(areas) if areas is not None else ():
            (top, left), (low, right) = (split(ref) for ref in area.get("ref", "").split(":"))
            row_numbers = [n for n in range(top, low + 1) if n not in rows_gone]
            column_numbers = [n for n in range(left, right + 1) if n not in columns_gone]
            if len(row_numbers) * len(column_numbers) < 2:
                assert areas is not None
                areas.remove(area)
                continue
            first = move(row_numbers[0], column_numbers[0])
            last = move(row_numbers[-1], column_numbers[-1])
            area.set("ref", f"{a1(*first)}:{a1(*last)}")
        if areas is not None and not len(areas):
            sheet.remove(areas)
        columns = sheet.find(f"{{{MAIN}}}cols")
        for column in list(columns) if columns is not None else ():
            left, right = int(column.get("min", "1")), int(column.get("max", "1"))
            kept = [n for n in range(left, right + 1) if n not in columns_gone]
            if not kept:
                assert columns is not None
                columns.remove(column)
                continue
            column.set("min", str(move(1, kept[0])[1]))
            column.set("max", str(move(1, kept[-1])[1]))


def rows(sheet: ET.Element) -> ET.Element:
    """Return the rows of a sheet."""
    found = sheet.find(f"{{{MAIN}}}sheetData")
    assert found is not None
    return found


def _cells(sheet: ET.Element) -> Iterator[ET.Element]:
    return (cell for line in rows(sheet) for cell in line)


def number(cell: ET.Element) -> tuple[int, int]:
    """Return the row and the column of a cell."""
    return split(cell.get("r", ""))


def split(ref: str) -> tuple[int, int]:
    """Return the row and the column of a reference."""
    match = _REF.fullmatch(ref)
    assert match
    return int(match[2]), column_number(match[1])


def _written(tree: ET.Element) -> bytes:
    """Write a part as spreadsheet programs do: its own namespace without a prefix, whatever others have registered."""
    known: dict[str, str] = ET._namespace_map  # type: ignore[attr-defined]
    before = dict(known)
    try:
        known |= {tree.tag.partition("}")[0][1:]: "", OFFICE: "r"}
        text = ET.tostring(tree, encoding="unicode")
    finally:
        known.clear()
        known.update(before)
    text = text.replace("xmlns:=", "xmlns=").replace("<:", "<").replace("</:", "</")
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text.replace(" />", "/>").encode()
