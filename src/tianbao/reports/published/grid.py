"""A table of the form as a table of Word: the merges of the official form, in the width that the page has.

In:   a printed table, its answers as they are printed, and the room on the page.
Out:  an element.
Knows nothing of documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tianbao.form.printed import PrintedCell, PrintedTable
from tianbao.reports.published.fit import Room, fitted, is_list, row_height
from tianbao.reports.published.markup import Element, run, w
from tianbao.reports.published.printing import is_left
from tianbao.reports.published.styles import CELL, GRID_NAME, Styles


def make_table(
    table: PrintedTable, answers: Mapping[str, str], words: frozenset[str], styles: Styles, room: Room
) -> Element:
    """Make a table of Word.

    Args:
        table: as printed.
        answers: as printed, by cell key.
        words: the keys of those that are read from the left.
        styles: ids of the styles.
        room: on the page.
    """
    fit = fitted(table, answers, words, room)
    size = fit.size if fit.size != room.size else None
    is_whole = fit.height <= room.height and not is_list(table)
    make = _Maker(table, answers, words, styles[CELL.name], fit.widths, size, is_whole)
    properties = w(
        "tblPr",
        w("tblStyle", val=styles[GRID_NAME]),
        w("tblW", w=sum(map(_twips, fit.widths)), type="dxa"),
        w("jc", val="center"),
        w("tblLayout", type="fixed"),
        w("tblLook", val="0000"),
    )
    return w("tbl", properties, w("tblGrid", *(w("gridCol", w=_twips(each)) for each in fit.widths)), *make.rows())


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the rows of a table; those of one that fits a page are held together."""

    table: PrintedTable
    answers: Mapping[str, str]
    words: frozenset[str]
    style: str
    widths: Sequence[float]
    size: float | None
    is_whole: bool

    def rows(self) -> Iterator[Element]:
        standing: list[PrintedCell] = []
        height = row_height(self.table)
        for n, begun in enumerate(self.table.by_row()):
            standing = sorted(
                (cell for cell in (*standing, *begun) if cell.row + cell.rows > n), key=lambda cell: cell.column
            )
            is_held = n < (self.table.rows - 1 if self.is_whole else self.table.heads)
            properties = w("trPr", w("cantSplit"), w("trHeight", val=_twips(height), hRule="atLeast"))
            if n < self.table.heads:
                properties.append(w("tblHeader"))
            yield w("tr", properties, *(self._cell(cell, is_held=is_held, is_first=cell.row == n) for cell in standing))

    def _cell(self, cell: PrintedCell, *, is_held: bool, is_first: bool) -> Element:
        width = sum(map(_twips, self.widths[cell.column : cell.column + cell.columns]))
        properties = w("tcPr", w("tcW", w=width, type="dxa"))
        if cell.columns > 1:
            properties.append(w("gridSpan", val=cell.columns))
        if cell.rows > 1:
            properties.append(w("vMerge", val="restart") if is_first else w("vMerge"))
        properties.append(w("vAlign", val="center"))
        text = (self.answers[cell.key] if cell.key else cell.text) if is_first else ""
        return w("tc", properties, self._paragraph(text, at_left=is_left(cell, self.words), is_held=is_held))

    def _paragraph(self, text: str, *, at_left: bool, is_held: bool) -> Element:
        about = w("pPr", w("pStyle", val=self.style))
        if is_held:
            about.append(w("keepNext"))
        if at_left:
            about.extend([w("ind", left=30, right=30), w("jc", val="left")])
        small = w("rPr", w("sz", val=round(self.size * 2)), w("szCs", val=round(self.size * 2))) if self.size else None
        return w("p", about, *([run(text, small)] if text else []))


def _twips(points: float) -> int:
    return round(points * 20)
