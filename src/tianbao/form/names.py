"""Which cells a name in a formula or a check means.

A rule is written as people say it, so a bare name takes its meaning from where the rule stands: with
`each = "requests.columns"`, `new` is the row `new` in whichever column is being looked at, and `outcome` is the
group of rows of that name. Whole keys (`art20_1.rules.issued`, `cover.period_end`, `control.received`) mean the same
everywhere; `prior.` before any of them means last year's report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tianbao import expr
from tianbao.form.model import Cell, CellType, Shape, Table

Axis = Literal["rows", "columns"]

PRIOR = "prior."

#: What is known without being asked: the report year, its first and its last day.
GIVEN: Mapping[str, expr.Cell] = {
    "year": expr.Cell("year"),
    "year_start": expr.Cell("year_start", expr.Kind.DATE),
    "year_end": expr.Cell("year_end", expr.Kind.DATE),
}

#: Excel counts days from here; the check language compares days by their number.
_DAY_ZERO = date(1899, 12, 30)


def serial(day: date) -> int:
    """Return the number by which spreadsheets and the check language count a day.

    >>> serial(date(2025, 12, 31))
    46022
    """
    return (day - _DAY_ZERO).days


def given(year: int) -> dict[str, int]:
    """Return the values of the names that are known without being asked."""
    return {"year": year, "year_start": serial(date(year, 1, 1)), "year_end": serial(date(year, 12, 31))}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a rule stands: on one row or one column of a table."""

    table: Table
    axis: Axis
    key: str


class Names:
    """Every name that a definition's rules may use."""

    def __init__(
        self, tables: Mapping[str, Table], fields: Mapping[str, Cell], texts: Mapping[str, tuple[Cell, ...]]
    ) -> None:
        self._tables = tables
        self._fields = fields
        self._texts = texts

    def finder(self, stand: Stand | None) -> Callable[[tuple[str, ...]], expr.Expr]:
        """Return the look-up for rules that stand there."""
        return lambda path: self._find(path, stand)

    def _find(self, path: tuple[str, ...], stand: Stand | None) -> expr.Expr:
        if len(path) == 1 and path[0] in GIVEN:
            return GIVEN[path[0]]
        if path[0] == "prior":
            return _last_years(self._find(path[1:], stand)) if len(path) > 1 else _unknown(path)
        name = ".".join(path)
        if name in self._fields:
            return _one(self._fields[name])
        if path[0] == "text" and len(path) == 2 and path[1] in self._texts:  # noqa: PLR2004
            return _several(name, self._texts[path[1]])
        if len(path) == 1 and stand is not None:
            return self._beside(path[0], stand)
        table = self._tables.get(path[0])
        if table is not None and len(path) == 2:  # noqa: PLR2004
            return self._line(table, path[1], stand)
        if table is not None and len(path) == 3:  # noqa: PLR2004
            return self._meeting(table, path[1], path[2])
        return _unknown(path)

    def _beside(self, name: str, stand: Stand) -> expr.Expr:
        """Find a row of the column we stand in, or a column of the row."""
        return self._in_line(stand.table, "columns" if stand.axis == "rows" else "rows", name, stand.key)

    def _line(self, table: Table, name: str, stand: Stand | None) -> expr.Expr:
        """Find a detail list's column, or another table's row that is continued in the column we stand in."""
        if table.shape is Shape.LIST:
            column = next((column for column in table.columns if column.key == name), None)
            if column is None:
                return _unknown((table.key, name))
            return _several(f"{table.key}.{name}", tuple(table.cell(row, column) for row in table.rows))
        if stand is not None:
            return self._in_line(table, "columns" if stand.axis == "rows" else "rows", name, stand.key)
        return _unknown((table.key, name))

    def _meeting(self, table: Table, row: str, column: str) -> expr.Expr:
        """Find one cell, or the cells of a group of rows or of columns."""
        rows = [r for r in table.rows if r.key == row] or [r for r in table.rows if row in r.groups]
        columns = [c for c in table.columns if c.key == column] or [c for c in table.columns if column in c.groups]
        found = tuple(table.cell(r, c) for r in rows for c in columns)
        if not found:
            return _unknown((table.key, row, column))
        exact = any(r.key == row for r in rows) and any(c.key == column for c in columns)
        return _one(found[0]) if exact else _several(f"{table.key}.{row}.{column}", found)

    def _in_line(self, table: Table, across: Axis, name: str, at: str) -> expr.Expr:
        lines = table.columns if across == "columns" else table.rows
        if not any(name == line.key or name in line.groups for line in lines):
            return _unknown((name,))
        return self._meeting(table, at, name) if across == "columns" else self._meeting(table, name, at)


def _one(cell: Cell) -> expr.Cell:
    return expr.Cell(cell.key, _kind(cell), cell.digits)


def _several(name: str, cells: tuple[Cell, ...]) -> expr.Cells:
    return expr.Cells(name, tuple(cell.key for cell in cells), _kind(cells[0]), max(cell.digits for cell in cells))


def _kind(cell: Cell) -> expr.Kind:
    match cell.type:
        case CellType.COUNT | CellType.DECIMAL:
            return expr.Kind.NUMBER
        case CellType.DATE:
            return expr.Kind.DATE
        case CellType.TEXT | CellType.CODE:
            return expr.Kind.TEXT


def _last_years(found: expr.Expr) -> expr.Expr:
    match found:
        case expr.Cell(key, kind, digits):
            return expr.Cell(PRIOR + key, kind, digits)
        case expr.Cells(name, keys, kind, digits):
            return expr.Cells(PRIOR + name, tuple(PRIOR + key for key in keys), kind, digits)
        case _:
            return found


def _unknown(path: tuple[str, ...]) -> expr.Expr:
    raise LookupError(".".join(path))
