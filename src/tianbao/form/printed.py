"""A form as it is printed: the parts of the report in order, and each table as a grid of cells that span others.

    sections, texts, tables ──make_parts──▶ heading + text, or heading + tables ──▶ Word, HTML, and their reading

In:   a form.
Out:  what an official form prints, with the key of the answer in every cell that holds one.
Knows nothing of styles, files and answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby

from tianbao.form.model import Form, Section, Shape, Table, Text


class Role(Enum):
    """What a printed cell is."""

    TITLE = "title"
    CORNER = "corner"
    HEAD = "head"
    LABEL = "label"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of a printed table.

    Attributes:
        text: as printed; empty where an answer stands.
        key: of the answer; empty where there is none.
        row: of its upper left corner, from 0.
        column: likewise.
        rows: how many it spans.
        columns: likewise.
    """

    role: Role
    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as printed: the tables of the form that are ruled together.

    Attributes:
        cells: row by row; together they cover the grid, and none covers another.
        rows: of the grid.
        columns: likewise.
        labels: so many columns at the left hold labels.
        heads: so many rows at the top are repeated on each page; 0 where a table of the form begins further down.
    """

    tables: tuple[Table, ...]
    cells: tuple[PrintedCell, ...]
    rows: int
    columns: int
    labels: int
    heads: int

    def by_row(self) -> Iterator[tuple[PrintedCell, ...]]:
        """Yield the cells that begin in each row, from the left; none where all of it is spanned from above."""
        for row in range(self.rows):
            yield tuple(cell for cell in self.cells if cell.row == row)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: a text, or tables.

    Attributes:
        heading: printed above it; empty where it is not announced.
        section: None for what stands before the first one.
    """

    heading: str
    section: Section | None
    text: Text | None
    tables: tuple[PrintedTable, ...]

    @property
    def name(self) -> str:
        """What people call it: its heading, or that of its text on the sheet."""
        return self.heading or (self.text.heading if self.text else "")


@lru_cache(maxsize=32)
def make_parts(form: Form, *, without: frozenset[str] = frozenset()) -> tuple[Part, ...]:
    """Return the parts of the report in order; what belongs to no section stands before all of them, unannounced.

    Args:
        form: the form.
        without: the keys of tables that are left out.
    """
    sections = {section.key for section in form.sections}
    texts = {text.key: text for text in form.texts}
    opening = (Part("", None, text, ()) for text in form.texts if text.key not in sections)
    return (*opening, *(_part(form, section, texts.get(section.key), without) for section in form.sections))


def _part(form: Form, section: Section, text: Text | None, without: frozenset[str]) -> Part:
    tables = [table for table in form.tables if table.section == section.key and table.key not in without]
    return Part(section.title, section, text, tuple(_printed(tables)))


def _printed(tables: Sequence[Table]) -> Iterator[PrintedTable]:
    """Rule tables with titles together, as the official form does; each other one stands by itself."""
    for is_titled, run in groupby(tables, key=lambda table: bool(table.title)):
        if is_titled:
            yield _ruled(tuple(run))
        else:
            yield from (_ruled((table,)) for table in run)


def printed_columns(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    """Return the key and the head labels of each printed column."""
    if table.shape is Shape.ACROSS:
        return [(f"{row.key}.{column.key}", row.label + column.label) for row in table.rows for column in table.columns]
    return [(column.key, column.label) for column in table.columns]


def label_depth(table: Table) -> int:
    """Return how many columns of row labels a table has."""
    match table.shape:
        case Shape.ACROSS:
            return 0
        case Shape.LIST:
            return 1
        case Shape.MATRIX:
            return max(len(row.label) for row in table.rows)


def _ruled(tables: tuple[Table, ...]) -> PrintedTable:
    labels = max(map(label_depth, tables))
    columns = labels + max(len(printed_columns(table)) for table in tables)
    cells: list[PrintedCell] = []
    row = heads = 0
    for table in tables:
        if table.title:
            cells.append(PrintedCell(Role.TITLE, table.title, row, 0, columns=columns))
            row += 1
        heads = row + max(len(label) for _, label in printed_columns(table))
        cells += _heads(table, row, labels, columns)
        cells += _lines(table, heads, labels, columns)
        row = heads + (1 if table.shape is Shape.ACROSS else len(table.rows))
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return PrintedTable(tables, tuple(cells), row, columns, labels, heads if len(tables) == 1 else 0)


def _heads(table: Table, row: int, labels: int, columns: int) -> Iterator[PrintedCell]:
    paths = [label for _, label in printed_columns(table)]
    depth = max(map(len, paths))
    if labels:
        yield PrintedCell(Role.CORNER, table.corner, row, 0, depth, labels)
    extents = list(_extents(len(paths), columns - labels))
    for level, first, last, text, rows in _nested(paths, depth):
        column, end = extents[first][0], sum(extents[last])
        yield PrintedCell(Role.HEAD, text, row + level, labels + column, rows, end - column)


def _lines(table: Table, row: int, labels: int, columns: int) -> Iterator[PrintedCell]:
    if labels and table.shape is not Shape.ACROSS:
        for level, first, last, text, reach in _nested([line.label for line in table.rows], labels):
            yield PrintedCell(Role.LABEL, text, row + first, level, last - first + 1, reach)
    width = len(printed_columns(table))
    extents = list(_extents(width, columns - labels))
    for n, cell in enumerate(table.cells):
        column, reach = extents[n % width]
        yield PrintedCell(Role.ANSWER, "", row + n // width, labels + column, 1, reach, cell.key)


def _extents(count: int, columns: int) -> Iterator[tuple[int, int]]:
    """Yield where each of some columns begins and how many of the grid it takes: the last takes what is left."""
    yield from ((n, 1 if n < count - 1 else columns - n) for n in range(count))


def _nested(paths: Sequence[tuple[str, ...]], depth: int) -> Iterator[tuple[int, int, int, str, int]]:
    """Yield each printed label of some paths: its level, the first and last path below it, its text and its levels.

    One that several share spans them; a short path reaches to the last level.
    """
    for level in range(depth):
        for prefix, run in groupby(enumerate(paths), key=lambda path: path[1][: level + 1]):
            first, last = _ends(n for n, _ in run)
            if len(prefix) == level + 1:
                yield level, first, last, prefix[-1], depth - level if len(paths[first]) == level + 1 else 1


def _ends(numbers: Iterable[int]) -> tuple[int, int]:
    first, *rest = numbers
    return first, rest[-1] if rest else first
