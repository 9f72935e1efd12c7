"""Which row of a form each row of a document is: by its labels and by the order in which they are printed.

In:   a form; the rows of all tables of a document.
Out:  pairs of the two, and the cells behind the label.
Knows nothing of what the cells hold.

Forms print their rows in one order, so rows are paired as a whole: one that is missing, one that a province has added
and one whose label is mistyped are found by what stands around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tianbao.documents.alike import UNNUMBERED, aligned, likeness
from tianbao.documents.blocks import Box, Line
from tianbao.form.model import Cell, Form, Shape, Table
from tianbao.form.printed import PrintedTable, Role, make_parts
from tianbao.workbook.labels import plain

#: Digits, perhaps with a measure or a remark behind them; or a word that stands for none.
_FIGURE = re.compile(
    r"[+\-−－]?[0-9０-９][0-9０-９,，.．\s]*(?:[件项个元万亿笔次份]{1,2})?(?:[（(].*[)）])?|[/\\—–\-－_＿]+|[无零〇]|不适用|不涉及|没有"
)
#: How much the right number of cells speaks for a row, and how little a row without labels.
_COUNTED, _BARE = 0.3, 0.8


@dataclass(frozen=True)
class FormLine:
    """A printed row of a form.

    Attributes:
        label: the innermost, or all heads of the row; empty for a table that is printed as one row.
        cells: its answers in their order; none for a title and for heads.
        reach: so many columns its label takes.
    """

    table: Table
    label: str
    cells: tuple[Cell, ...]
    is_title: bool = False
    reach: int = 1

    @property
    def is_answered(self) -> bool:
        """Whether answers stand in it."""
        return bool(self.cells)


@dataclass(frozen=True)
class DocumentLine:
    """A row of a document's table.

    Attributes:
        line: as it stands there.
        table: the number of its table.
        is_run_on: its label and its digits stood in one cell, or in a line of the text.
    """

    line: Line
    table: int
    is_run_on: bool = False

    @cached_property
    def labels(self) -> tuple[int, ...]:
        """The cells that may hold its label: those with words, before the first figure."""
        found = []
        for n, box in enumerate(self.line.boxes):
            if is_figure(box.text):
                break
            if box.text:
                found.append(n)
        return tuple(found)

    @cached_property
    def has_figures(self) -> bool:
        """Whether a figure stands in it."""
        return any(is_figure(box.text) for box in self.line.boxes)

    @cached_property
    def joined(self) -> str:
        """All that stands in it."""
        return "".join(box.text for box in self.line.boxes)

    def behind(self, label: int) -> tuple[Box, ...]:
        """Return the cells behind one of its labels; behind none, all."""
        return self.line.boxes[label + 1 :]


@dataclass(frozen=True)
class Pair:
    """A row of the form, and what stands in it.

    Attributes:
        likeness: of the labels.
        boxes: the cells behind the label.
    """

    form: FormLine
    document: DocumentLine
    likeness: float
    boxes: tuple[Box, ...]


def is_figure(text: str) -> bool:
    """Tell what stands for a number from words.

    >>> [is_figure(text) for text in ("０", "22（其中修订 16 件）", "/", "1.属于国家秘密", "规章", "")]
    [True, True, True, False, False, False]
    """
    return _FIGURE.fullmatch(text.strip()) is not None


@lru_cache(maxsize=16)
def form_lines(form: Form) -> tuple[FormLine, ...]:
    """Return the printed rows of all tables of a form, in order."""
    return tuple(line for part in make_parts(form) for table in part.tables for line in _lines(form, table))


def _lines(form: Form, printed: PrintedTable) -> Iterator[FormLine]:
    tables = iter(printed.tables)
    table = next(tables)
    begun = False
    for cells in printed.by_row():
        answers = tuple(form.cell(cell.key) for cell in cells if cell.key)
        if answers and (found := form.table_of(answers[0].key)) is not None:
            table = found
            labels = [cell for cell in cells if cell.role is Role.LABEL]
            label, reach = (labels[-1].text, labels[-1].columns) if labels else ("", 1)
            yield FormLine(table, label, answers, reach=reach)
            begun = True
        elif cells:
            is_title = cells[0].role is Role.TITLE
            if begun and (is_title or cells[0].role is Role.CORNER):
                table, begun = next(tables, table), False
            yield FormLine(table, "".join(cell.text for cell in cells), (), is_title)


def pair_up(form: Form, rows: Sequence[DocumentLine]) -> list[Pair]:
    """Pair the rows of a form with those of a document."""
    wanted = form_lines(form)
    pairs = aligned(wanted, rows, _score)
    return [_pair(wanted[i], rows[j]) for i, j in pairs]


def fitness(form: Form, pairs: Sequence[Pair]) -> float:
    """Say how well a document's rows are those of a form: 1 where every row is printed as it should be, and no other.

    Heads count as rows do: two layouts may differ in nothing else. Of a list as many lines are printed as were filled.
    """
    there = {pair.form.table.key for pair in pairs}
    exact = sum(pair.likeness >= UNNUMBERED and _counts(pair.form) for pair in pairs)
    wanted = sum(_counts(line) and (line.table.key in there or not line.table.optional) for line in form_lines(form))
    return exact / max(wanted, 1)


def _counts(line: FormLine) -> bool:
    return not (line.is_answered and line.table.shape is Shape.LIST)


def _score(wanted: FormLine, found: DocumentLine) -> float:
    if not wanted.is_answered:
        return 0.0 if found.has_figures else likeness(wanted.label, found.joined)
    if not wanted.label:
        return _score_bare(wanted, found)
    best, label = _best_label(wanted, found)
    if not best:
        return 0.0
    behind = len(found.behind(label))
    #: A title has nothing behind it, and what has figures is no title.
    if not behind:
        return 0.0
    return best + _COUNTED * (behind == len(wanted.cells))


def _score_bare(wanted: FormLine, found: DocumentLine) -> float:
    """Score a row without labels: all its cells are figures, or blank."""
    boxes = found.line.boxes
    if found.labels or not boxes:
        return 0.0
    if len(boxes) == len(wanted.cells):
        return 1.0 + _COUNTED
    return _BARE if found.has_figures and len(boxes) < len(wanted.cells) else 0.0


def _best_label(wanted: FormLine, found: DocumentLine) -> tuple[float, int]:
    """Return the likeness of the label that is most like the one wanted, and which it is; the innermost of several."""
    if wanted.table.shape is Shape.LIST:
        boxes = found.line.boxes
        return (1.0, 0) if boxes and plain(boxes[0].text) == plain(wanted.label) else (0.0, 0)
    scored = [(likeness(wanted.label, found.line.boxes[n].text), n) for n in found.labels]
    return max(scored, default=(0.0, 0))


def _pair(wanted: FormLine, found: DocumentLine) -> Pair:
    if not wanted.is_answered:
        return Pair(wanted, found, likeness(wanted.label, found.joined), ())
    if not wanted.label:
        return Pair(wanted, found, 1.0, found.line.boxes)
    best, label = _best_label(wanted, found)
    return Pair(wanted, found, best, found.behind(label))
