"""The texts of a sheet by row and column: what keys and labels are looked for in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from tianbao.workbook.layout import a1
from tianbao.workbook.package import Sheet, column_number

_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


def row_and_column(ref: str) -> tuple[int, int]:
    """Take a reference apart.

    >>> row_and_column("AB12")
    (12, 28)
    """
    match = _REFERENCE.fullmatch(ref)
    assert match
    return int(match[2]), column_number(match[1])


class Grid:
    """A sheet and its texts."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.by_row: dict[int, dict[int, str]] = defaultdict(dict)
        self.by_column: dict[int, dict[int, str]] = defaultdict(dict)
        for ref, cell in sheet.cells.items():
            if cell.type == "s" and cell.text:
                row, column = row_and_column(ref)
                self.by_row[row][column] = self.by_column[column][row] = cell.text

    @cached_property
    def written(self) -> Mapping[int, list[int]]:
        """The rows of each column in which there is a cell, filled or not."""
        found: dict[int, list[int]] = defaultdict(list)
        for row, column in map(row_and_column, self.sheet.cells):
            found[column].append(row)
        return found

    def at(self, row: int, column: int) -> str:
        """Name a cell as people do."""
        return f"{self.sheet.name}!{a1(row, column)}"

    def held(self, row: int, column: int) -> str:
        """Return what a cell holds, text or number."""
        cell = self.sheet.cells.get(a1(row, column))
        return cell.text if cell else ""

    def is_number(self, row: int, column: int) -> bool:
        """Whether a cell holds a number or a formula."""
        cell = self.sheet.cells.get(a1(row, column))
        return cell is not None and (cell.formula is not None or (cell.type == "n" and bool(cell.text)))


#: A sheet, a row and a column.
Place = tuple[Grid, int, int]
