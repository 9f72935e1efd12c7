"""A text file as paragraphs and tables, as people get it when they save a report as text.

    ⇥cell                one cell a line, begun with a tab; an empty line ends the row,
    ⇥cell                and a line without a tab behind it goes on with the cell that was broken
    a ⇥ b ⇥ c   a | b    or a row a line, its cells parted by tabs or strokes

In:   the bytes of a text, in whatever encoding.
Out:  blocks in their order, with the number of the line as their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tianbao import messages
from tianbao.documents.blocks import MOST_CELLS, MOST_LINES, Block, Box, Grid, Line, Paragraph, Place, TooLargeError
from tianbao.documents.page import decoded

#: What is left of a cell that was broken over lines is short, and no heading.
_LONGEST_REST = 10
_HEADING = re.compile("^[一二三四五六七八九十]+、")
_RULE = re.compile(r"[\s|:+-]+")
#: Of so many cells is a row that stands in one line.
_FEWEST = 2


def blocks_of_text(data: bytes) -> list[Block]:
    """Read a text.

    Raises:
        TooLargeError: it has more cells than any report.
    """
    return _Reading(decoded(data).splitlines()).blocks()


class _Reading:
    """A text while it is read, line by line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._found: list[Block] = []
        self._table: list[Line] = []
        self._row: list[Box] = []
        self._cells = 0

    def blocks(self) -> list[Block]:
        """Read all lines."""
        if sum(1 for line in self._lines if line.strip()) > MOST_CELLS:
            raise TooLargeError
        for at, line in enumerate(self._lines):
            cells = _cells(line)
            if not line.strip() and not line.startswith("\t"):
                self._end_row()
            elif cells is not None:
                self._end_row()
                self._row = [self._box(cell, n, at) for n, cell in enumerate(cells)]
                self._end_row()
            elif line.startswith("\t"):
                self._row.append(self._box(line.strip(), len(self._row), at))
            elif self._goes_on(at):
                self._go_on(line.strip())
            else:
                self._end_table()
                self._found.append(Paragraph(line.strip(), _place(at)))
        self._end_table()
        if (
            len(self._found) > MOST_LINES
            or sum(len(one.lines) for one in self._found if isinstance(one, Grid)) > MOST_LINES
        ):
            raise TooLargeError
        return self._found

    def _box(self, text: str, column: int, at: int) -> Box:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise TooLargeError
        return Box(text, column, _place(at))

    def _goes_on(self, at: int) -> bool:
        """Whether a line is what is left of a cell: short, no heading, behind one, and before the next one of the row."""
        line = self._lines[at].strip()
        follows = self._lines[at + 1] if at + 1 < len(self._lines) else ""
        gap = self._lines[max(at - 2, 0) : at]
        is_near = bool(gap) and any(before.startswith("\t") and before.strip() for before in gap)
        return is_near and len(line) <= _LONGEST_REST and not _HEADING.match(line) and follows.startswith("\t")

    def _go_on(self, text: str) -> None:
        if not self._row and self._table:
            self._row = list(self._table.pop().boxes)
        if self._row:
            last = self._row.pop()
            #: What was broken is a label; of two figures below each other nobody knows whether they are one.
            between = "\n" if last.text[-1:].isdigit() and text[:1].isdigit() else ""
            self._row.append(Box(last.text + between + text, last.column, last.place))

    def _end_row(self) -> None:
        if self._row:
            self._table.append(Line(tuple(self._row)))
            self._row = []

    def _end_table(self) -> None:
        self._end_row()
        if self._table:
            self._found.append(Grid(tuple(self._table)))
            self._table = []


def _cells(line: str) -> list[str] | None:
    """Return the cells of a row that stands in one line; None where it does not."""
    if "|" in line:
        if _RULE.fullmatch(line):
            return []
        cells = line.strip().strip("|").split("|")
    else:
        cells = line.rstrip("\n").split("\t")
        cells = cells[1:] if line.startswith("\t") else cells
    return [cell.strip() for cell in cells] if len(cells) >= _FEWEST else None


def _place(at: int) -> Place:
    return Place(messages.say("document.text", "zh"), messages.say("document.line", "zh", n=at + 1))
