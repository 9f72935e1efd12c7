"""What a published report is made of, whatever it was written with: paragraphs and tables, each with its place.

In:   nothing: values only.
Out:  `Paragraph` and `Grid`, as `word`, `page` and `plain` give them.
Knows nothing of forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from tianbao import messages

#: A table of more cells than these is no form.
MOST_CELLS = 20_000
#: Nor has a report more paragraphs or rows: what stands around one on the page of a portal is less.
MOST_LINES = 5_000
#: Browsers take no cell for wider than this.
MOST_COLUMNS = 1_000


class Place(NamedTuple):
    """Where something stands: the table or the running text, and the cell, paragraph or line in it."""

    part: str
    spot: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside of tables.

    Attributes:
        text: without blanks around it.
        is_heading: it is styled as a heading.
    """

    text: str
    place: Place
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of a table.

    Attributes:
        column: of its left edge in the grid, from 0; in a text, its number in its row.
    """

    text: str
    column: int
    place: Place


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the cells that begin in it; one that is spanned from above is empty."""

    boxes: tuple[Box, ...]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.boxes[0].place if self.boxes else Place("", "")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    lines: tuple[Line, ...]


Block: TypeAlias = "Paragraph | Grid"


class TooLargeError(Exception):
    """A document has more cells or paragraphs than any report."""


class Counter:
    """Names paragraphs and tables by their numbers, and stops where there are too many cells."""

    def __init__(self) -> None:
        self._tables = self._paragraphs = self._rows = self._cells = 0

    def paragraph(self, text: str, *, is_heading: bool = False) -> Paragraph:
        """Make the next paragraph.

        Raises:
            TooLargeError: there are too many.
        """
        self._paragraphs += 1
        if self._paragraphs > MOST_LINES:
            raise TooLargeError
        place = Place(messages.say("document.text", "zh"), messages.say("document.nth", "zh", n=self._paragraphs))
        return Paragraph(text.strip(), place, is_heading)

    def grid(self, rows: Iterable[Iterable[Spanning]]) -> Grid:
        """Make the next table.

        Args:
            rows: the cells that begin in each row, from the left.

        Raises:
            TooLargeError: it has too many cells.
        """
        self._tables += 1
        part = messages.say("document.table", "zh", n=self._tables)
        lines = [
            Line(tuple(Box(text, column, _cell(part, row, at)) for at, (column, text) in enumerate(boxes, start=1)))
            for row, boxes in enumerate(self._spread(rows), start=1)
        ]
        return Grid(tuple(lines))

    def _spread(self, rows: Iterable[Iterable[Spanning]]) -> Iterator[list[tuple[int, str]]]:
        """Put each cell into its column; what is spanned from above is empty."""
        hanging: dict[int, tuple[int, int]] = {}
        for row in rows:
            self._rows += 1
            if self._rows > MOST_LINES:
                raise TooLargeError
            found: list[tuple[int, str]] = []
            column, pending = 0, iter(row)
            cell = next(pending, None)
            while cell is not None or any(at >= column for at in hanging):
                self._cells += 1
                if self._cells > MOST_CELLS:
                    raise TooLargeError
                if column in hanging:
                    left, width = hanging.pop(column)
                    found.append((column, ""))
                    if left > 1:
                        hanging[column] = (left - 1, -width)
                    column += width
                elif cell is None:
                    column = min(at for at in hanging if at >= column)
                else:
                    width = min(max(cell.columns, 1), MOST_COLUMNS)
                    found.append((column, cell.text))
                    if cell.rows > 1:
                        hanging[column] = (cell.rows - 1, -width)
                    column += width
                    cell = next(pending, None)
            hanging = {at: (left, abs(width)) for at, (left, width) in hanging.items()}
            yield found


class Spanning(NamedTuple):
    """A cell as it was written: its text, and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


def _cell(part: str, row: int, at: int) -> Place:
    return Place(part, messages.say("document.cell", "zh", row=row, cell=at))
