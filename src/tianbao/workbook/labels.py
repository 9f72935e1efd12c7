"""Which cell is which, by what is printed alone? For workbooks whose hidden keys are gone.

    sheets + printed labels ──find_by_labels──▶ group → key → every place whose labels say that it is there

In:   the texts of all sheets, and what the layout prints around each answer.
Out:  places. An answer of a table stands where its row's label meets its column's; two such places are both returned.
Knows nothing of keys and of values: who is believed is decided elsewhere.

Labels are compared without blanks, brackets, punctuation and the width of letters. A label that the table prints more
than once (`其他`, `总计`) is told apart by the labels above it or to its left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from tianbao import messages
from tianbao.form.model import Cell, Shape, Text
from tianbao.form.printed import printed_columns
from tianbao.workbook.grid import Grid, Place
from tianbao.workbook.layout import Block, Layout

#: So many rows or columns may have been put between things that stand beside each other.
_MARGIN = 3
#: A sheet of more texts than these is no form, and a text that stands in more places tells none of them.
_MOST_TEXTS, _MOST_PLACES = 10_000, 100
#: A row's labels stand in one of so many columns with any text, to its left.
_MOST_COLUMNS = 50
_ASCII_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}

_Spot = tuple[int, int]


def plain(text: str) -> str:
    """Return what is left of a label for comparing: letters and digits of one width.

    >>> plain("１．属于 国家秘密"), plain("（七）总计"), plain("本年增/减")
    ('1属于国家秘密', '七总计', '本年增减')
    """
    return "".join(letter for letter in text.translate(_ASCII_WIDTH).casefold() if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Line:
    """A printed row or column: its key, and the labels that lead to it, outermost first, for comparing."""

    key: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A narrative section as printed: heading, guidance, then one paragraph a row."""

    heading: str
    guidance: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed around the answers of one group.

    Attributes:
        find: looks for this group on one sheet: yields key, row and column.
        apart: texts that belong to no answer: guidance beside fields, titles between tables.
    """

    name: str
    find: Callable[[_Page, Printed], Iterator[tuple[str, int, int]]]
    rows: tuple[Line, ...] = ()
    columns: tuple[Line, ...] = ()
    passages: tuple[Passage, ...] = ()
    apart: frozenset[str] = frozenset()


def find_by_labels(grids: Iterable[Grid], groups: Iterable[Printed]) -> dict[str, dict[str, list[Place]]]:
    """Find the answers of some groups on all sheets."""
    pages = [_Page(grid) for grid in grids if sum(map(len, grid.by_row.values())) <= _MOST_TEXTS]
    found: dict[str, dict[str, list[Place]]] = {}
    for group in groups:
        places = found[group.name] = defaultdict(list)
        for page in pages:
            for key, row, column in group.find(page, group):
                places[key].append((page.grid, row, column))
    return found


# ── what is printed ──────────────────────────────────────────────────────────────────────────────────────────────────


def printed(layout: Layout) -> Iterator[Printed]:
    """Yield what is printed around the answers of each group of a form."""
    blocks = [block for sheet in layout.sheets for block in sheet.blocks]
    titles = frozenset(plain(block.table.title) for block in blocks if block.table.title)
    yield from (_table(block, titles) for block in blocks)
    for name, answers in (("cover", layout.cover), ("control", layout.controls)):
        cells = [answer.cell for answer in answers]
        yield Printed(name, _fields, rows=tuple(_field(cells)), apart=frozenset(_asides(cells)))
    yield Printed("text", _texts, passages=tuple(_passage(text) for text, _, _ in layout.texts))
    yield Printed("explain", _explanations, rows=tuple(_explained(layout)))


def _table(block: Block, titles: frozenset[str]) -> Printed:
    table = block.table
    find = {Shape.MATRIX: _matrix, Shape.ACROSS: _across, Shape.LIST: _list}[table.shape]
    columns = (Line(key, tuple(map(plain, label))) for key, label in printed_columns(table))
    rows = (Line(f"{table.key}.{row.key}", tuple(map(plain, row.label))) for row in table.rows)
    return Printed(table.key, find, rows=tuple(rows), columns=tuple(columns), apart=titles)


def _field(cells: Iterable[Cell]) -> Iterator[Line]:
    """Yield the labels of fields, each with its measure behind it and without."""
    for cell in cells:
        yield from (Line(cell.key, (text,)) for text in {plain(cell.label[-1]), plain(cell.label[-1] + cell.measure)})


def _asides(cells: Iterable[Cell]) -> Iterator[str]:
    yield plain(messages.say("cover.control", "zh"))
    yield from (plain(cell.guidance) for cell in cells if cell.guidance)


def _passage(text: Text) -> Passage:
    return Passage(plain(text.heading), plain(text.guidance), tuple(cell.key for cell in text.cells))


def _explained(layout: Layout) -> Iterator[Line]:
    """Yield what is printed of each check that may be explained: its code, and the row, column or sheet it looks at."""
    for line in layout.audit:
        if line.explained and line.instance:
            where = line.instance.label or line.goal.sheet
            yield Line(f"explain.{line.id}", (plain(where), plain(line.instance.check.code)))


# ── what is found on a sheet ─────────────────────────────────────────────────────────────────────────────────────────


class _Page:
    """The texts of a sheet, for comparing."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.by_row = {row: {at: plain(text) for at, text in texts.items()} for row, texts in grid.by_row.items()}
        self.by_text: dict[str, list[_Spot]] = defaultdict(list)
        for row, texts in self.by_row.items():
            for column, text in texts.items():
                self.by_text[text].append((row, column))

    def labelled(self, lines: Iterable[Line]) -> dict[_Spot, list[Line]]:
        """Return where the innermost labels of these lines stand, and which lines each may be."""
        found: dict[_Spot, list[Line]] = defaultdict(list)
        for line in lines:
            for spot in self.places(line.path[-1]):
                found[spot].append(line)
        return found

    def places(self, text: str) -> Sequence[_Spot]:
        """Return where a text stands."""
        found = self.by_text.get(text, ())
        return found if len(found) <= _MOST_PLACES else ()

    @cached_property
    def columns(self) -> Mapping[int, list[int]]:
        """The rows of the texts in each column, the rightmost column first."""
        found: dict[int, list[int]] = defaultdict(list)
        for row, texts in self.by_row.items():
            for column in texts:
                found[column].append(row)
        return dict(sorted(found.items(), reverse=True))

    def above(self, row: int, column: int) -> Iterator[str]:
        """Yield the labels that may span a column, from this row upwards: in each row the last one that begins by there."""
        for at in range(row - 1, max(row - 2 * _MARGIN, 0), -1):
            begun = [across for across in self.by_row.get(at, ()) if across <= column]
            if begun:
                yield self.by_row[at][max(begun)]

    def before(self, row: int, column: int, first_row: int) -> Iterator[str]:
        """Yield the labels that may span a row, from this column leftwards: in each the last one that begins by there."""
        for at in islice((at for at in self.columns if at < column), _MOST_COLUMNS):
            begun = [down for down in self.columns[at] if first_row < down <= row]
            if begun:
                yield self.by_row[max(begun)][at]


def _chosen(lines: Sequence[Line], outer: Iterable[str]) -> Line | None:
    """Tell lines of one label apart by the labels around it, the nearest first."""
    left = list(lines)
    for text in outer:
        if len(left) == 1:
            break
        left = [line for line in left if text in line.path[:-1]] or left
    return left[0] if len(left) == 1 else None


@dataclass(slots=True)
class _Band:
    """The heads of a table as found: their rows, and the key of each column."""

    first_row: int
    last_row: int
    columns: dict[int, str] = field(default_factory=dict)


def _bands(page: _Page, group: Printed, labels: Mapping[_Spot, Sequence[Line]]) -> list[_Band]:
    """Find the heads of a table, from the top: new ones begin where a column has a second head, or rows lie between."""
    bands: list[_Band] = []
    label_rows = sorted({row for row, _ in labels})
    heads = page.labelled(group.columns)
    for row, column in sorted(heads):
        band = bands[-1] if bands else None
        if band and (row, column) in labels and column < min(band.columns):
            continue
        if band is None or column in band.columns or any(band.first_row < at < row for at in label_rows):
            bands.append(band := _Band(row, row))
        line = _chosen(heads[row, column], page.above(row, column))
        if line:
            band.last_row = row
            band.columns[column] = line.key
    return [band for band in bands if band.columns]


def _matrix(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find a table with labelled rows: each belongs to the nearest heads above it."""
    labels = page.labelled(group.rows)
    bands = _bands(page, group, labels)
    for (row, column), lines in labels.items():
        band = next((band for band in reversed(bands) if band.last_row < row), None)
        columns = {at: key for at, key in band.columns.items() if at > column} if band else {}
        if band is None or not columns or any(column < at < min(columns) for at in page.by_row[row]):
            continue
        if any(band.last_row < at < row for title in group.apart for at, _ in page.places(title)):
            continue
        line = _chosen(lines, page.before(row, column, band.first_row))
        if line:
            yield from ((f"{line.key}.{key}", row, at) for at, key in columns.items())


def _across(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find a table that is printed as one row: it is the first below the heads in which a number or a formula stands."""
    for band in _bands(page, group, {}):
        below = range(band.last_row + 1, band.last_row + 1 + _MARGIN)
        row = next((row for row in below if any(page.grid.is_number(row, at) for at in band.columns)), below[0])
        yield from ((f"{group.name}.{key}", row, at) for at, key in band.columns.items())


def _list(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find a list: its lines are numbered, left of the answers."""
    lines = {line.path[-1]: line.key for line in group.rows}
    bands = _bands(page, group, {})
    for band, after in zip(bands, [*bands[1:], None], strict=False):
        number = min(band.columns) - 1
        for row in page.grid.written[number]:
            line = lines.get(plain(page.grid.held(row, number)))
            if line and band.last_row < row and (after is None or row < after.first_row):
                yield from ((f"{line}.{key}", row, at) for at, key in band.columns.items())


def _fields(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find fields whose labels stand below each other: the answers are to the right, in one column."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), lines in page.labelled(group.rows).items():
        found[column][row] = lines[0].key
    wanted = len({line.key for line in group.rows})
    for column, rows in found.items():
        if 2 * len(set(rows.values())) >= wanted:
            at = _answers_of(page, group, column, rows)
            yield from ((key, row, at) for row, key in rows.items())


def _answers_of(page: _Page, group: Printed, column: int, rows: Iterable[int]) -> int:
    """Choose the column of the answers: the next in which anything is written; by default the next."""
    written = (
        at
        for at in range(column + 1, column + 1 + _MARGIN)
        if any(text and plain(text) not in group.apart for text in (page.grid.held(row, at) for row in rows))
    )
    return next(written, column + 1)


def _texts(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find narrative sections: below the heading stands the guidance, below that the paragraphs."""
    headings = {passage.heading for passage in group.passages}
    for passage in group.passages:
        for row, column in page.places(passage.heading):
            below = sorted(at for at, texts in page.by_row.items() if at > row and column in texts)
            if not below or not page.by_row[below[0]][column].startswith(passage.guidance):
                continue
            end = next((at for at in below if page.by_row[at][column] in headings), None)
            paragraphs = _paragraphs(below, end, len(passage.keys))
            yield from ((key, at, column) for key, at in zip(passage.keys, paragraphs, strict=False))


def _explanations(page: _Page, group: Printed) -> Iterator[tuple[str, int, int]]:
    """Find what was written beside the checks: in the row of a check's code and place, below the head of the column."""
    code, _, where, *_, head = (plain(text) for text in messages.say("audit.heads", "zh").split("|"))
    keys = {line.path: line.key for line in group.rows}
    for row, column in page.by_text.get(head, ()):
        columns = {text: at for at, text in page.by_row[row].items()}
        if code in columns and where in columns:
            for below, texts in page.by_row.items():
                key = keys.get((texts.get(columns[where], ""), texts.get(columns[code], "")))
                if key and below > row:
                    yield key, below, column


def _paragraphs(written: Sequence[int], end: int | None, count: int) -> Sequence[int]:
    """Choose the rows of paragraphs below the guidance: the next ones, or where rows were put between, the written ones."""
    first = written[0] + 1
    own = [row for row in written if first <= row and (end is None or row < end)]
    if not own or own[-1] < first + count:
        return range(first, first + count if end is None else min(first + count, end))
    return own if len(own) <= count else ()
