"""A merge as four plain tables, each number an int or a Decimal with the form's digits.

    long     a line an answer of every unit, with its state and where it stood
    wide     a line a unit, a column a cell
    totals   a line a total: what the units' figures add up to, what the office booked, and both together
    columns  a line a column of wide: what it is called, of what type it is, in what it is measured

In:   a Merged.
Out:  tables as columns of values; a blank is None.
Knows nothing of files. No number is rounded here, and none becomes a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from enum import Enum
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.form.model import Amount, Cell, CellType
from tianbao.records.model import PATH

if TYPE_CHECKING:
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Submission, Unit, Value

Datum = bool | int | Decimal | str | date | None

#: A difference that would have to be rounded raises.
_EXACT = Context(prec=400, traps=[Inexact])


class Holds(Enum):
    """What a column holds: whole numbers, numbers with digits, words, days, yes or no; or of each what the cell asks."""

    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    TRUTH = "truth"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: English and stable; of a cell, its key.
        label: what it is called in Chinese, whatever the language in use: the same merge gives the same bytes.
        digits: decimals that the form asks for.
    """

    name: str
    holds: Holds
    values: Sequence[Datum]
    label: str
    measure: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table, by columns of one length."""

    name: str
    columns: tuple[Column, ...]

    def rows(self) -> Iterator[tuple[Datum, ...]]:
        """Yield line after line."""
        return zip(*(column.values for column in self.columns), strict=True)


def make_tables(merged: Merged) -> tuple[DataTable, ...]:
    """Make the tables of a merge: long, wide, totals, columns."""
    wide = _wide(merged)
    return _long(merged), wide, _totals(merged), _code_book(merged, wide)


def figure(value: Amount, digits: int) -> int | Decimal:
    """Give a number the form's digits where it has fewer; it stays the number that it is.

    >>> figure(Decimal("12.5"), 2), figure(3, 2), figure(Decimal("1.234"), 2), figure(Decimal("1E+3"), 0)
    (Decimal('12.50'), Decimal('3.00'), Decimal('1.234'), 1000)
    """
    if not digits and (isinstance(value, int) or value == int(value)):
        return int(value)
    amount = Decimal(value)
    sign, written, exponent = amount.as_tuple()
    assert isinstance(exponent, int)
    lacking = max(0, exponent + digits)
    return Decimal((sign if amount else 0, written + (0,) * lacking, exponent - lacking))


def _long(merged: Merged) -> DataTable:
    lines = [
        (
            *_who(merged, unit),
            key,
            PATH.join(cell.label),
            cell.type.value,
            cell.measure or None,
            _datum(answer.value, cell),
            answer.state.value,
            key not in submission.incomplete,
            answer.raw or None,
            _printable(submission.file),
            submission.sha256,
            answer.sheet or None,
            answer.cell or None,
        )
        for unit, submission in _counted(merged)
        for key, answer in submission.answers.items()
        for cell in (merged.form.by_key[key],)
    ]
    kinds = {"year": Holds.WHOLE, "value": Holds.ANY, "complete": Holds.TRUTH}
    names = (
        *("unit_code", "unit_name", "form", "year", "key", "label", "type", "measure"),
        *("value", "state", "complete", "raw", "file", "sha256", "sheet", "cell"),
    )
    return _table("long", {name: kinds.get(name, Holds.TEXT) for name in names}, lines, _most_digits(merged))


def _wide(merged: Merged) -> DataTable:
    lines = [(*_who(merged, unit), _printable(submission.file)) for unit, submission in _counted(merged)]
    kinds = {"unit_code": Holds.TEXT, "unit_name": Holds.TEXT, "form": Holds.TEXT, "year": Holds.WHOLE}
    heads = _table("wide", {**kinds, "file": Holds.TEXT}, lines)
    cells = (
        Column(
            cell.key,
            _HELD[cell.type],
            [
                _datum(answer.value, cell) if (answer := submission.answers.get(cell.key)) else None
                for submission in merged.submissions
            ],
            PATH.join(cell.label),
            cell.measure,
            cell.digits,
        )
        for cell in merged.form.by_key.values()
    )
    return DataTable("wide", (*heads.columns, *cells))


_HELD = {
    CellType.COUNT: Holds.WHOLE,
    CellType.DECIMAL: Holds.NUMBER,
    CellType.TEXT: Holds.TEXT,
    CellType.CODE: Holds.TEXT,
    CellType.DATE: Holds.DAY,
}


def _totals(merged: Merged) -> DataTable:
    """Write the totals; one of them is complete where every unit expected has given its part."""
    lines = [
        (
            key,
            PATH.join(cell.label),
            cell.measure or None,
            _total(merged.sums[key], cell),
            _total(_booked(merged.sums[key], total), cell),
            _total(total, cell),
            len(merged.sources(key)),
            len(merged.units) + len(merged.missing),
            key not in merged.incomplete and merged.is_whole,
        )
        for key, total in merged.totals.items()
        for cell in (merged.form.by_key[key],)
    ]
    numbers = dict.fromkeys(("sum", "adjusted", "total"), Holds.NUMBER)
    kinds = {**dict.fromkeys(("key", "label", "measure"), Holds.TEXT), **numbers}
    kinds |= {"units": Holds.WHOLE, "expected": Holds.WHOLE, "complete": Holds.TRUTH}
    return _table("totals", kinds, lines, _most_digits(merged))


def _most_digits(merged: Merged) -> int:
    """Return the digits that hold whatever the form asks for, so that a column of all cells has one type."""
    return max((cell.digits for cell in merged.form.by_key.values()), default=0)


def _booked(units: Amount | None, total: Amount | None) -> Amount | None:
    """Return by how much a total differs from what the units' figures add up to; nothing, where there is no total."""
    if total is None:
        return None
    return _EXACT.subtract(Decimal(total or 0), Decimal(units or 0))


def _code_book(merged: Merged, wide: DataTable) -> DataTable:
    cells = merged.form.by_key
    types = {Holds.WHOLE: "count", Holds.TEXT: "text"}
    lines = [
        (
            column.name,
            column.label,
            cell.type.value if cell else types[column.holds],
            column.measure or None,
            column.digits,
            cell.kind.value if cell else None,
            cell.merge.value if cell and cell.key in merged.totals else None,
        )
        for column in wide.columns
        for cell in (cells.get(column.name),)
    ]
    texts = dict.fromkeys(("key", "label", "type", "measure"), Holds.TEXT)
    return _table("columns", {**texts, "digits": Holds.WHOLE, "kind": Holds.TEXT, "merge": Holds.TEXT}, lines)


def _table(name: str, kinds: dict[str, Holds], lines: Sequence[tuple[Datum, ...]], digits: int = 0) -> DataTable:
    """Turn lines into columns; what they are called in Chinese stands in the catalogue.

    Args:
        name: of the table.
        kinds: what each column holds.
        lines: its lines.
        digits: of the numbers in it that can have any.
    """
    can_have = (Holds.NUMBER, Holds.ANY)
    values: Iterable[Sequence[Datum]] = zip(*lines, strict=True) if lines else ((),) * len(kinds)
    return DataTable(
        name,
        tuple(
            Column(
                column,
                holds,
                column_values,
                messages.say(f"data.{column}", "zh"),
                digits=digits if holds in can_have else 0,
            )
            for (column, holds), column_values in zip(kinds.items(), values, strict=True)
        ),
    )


def _counted(merged: Merged) -> Iterator[tuple[Unit, Submission]]:
    return zip(merged.units, merged.submissions, strict=True)


def _who(merged: Merged, unit: Unit) -> tuple[str, str, str, int | None]:
    return unit.code, unit.name, merged.form.id, merged.year


def _datum(value: Value, cell: Cell) -> Datum:
    return figure(value, cell.digits) if isinstance(value, int | Decimal) else value


def _total(value: Amount | None, cell: Cell) -> Datum:
    return None if value is None else figure(value, cell.digits)


def _printable(name: str) -> str:
    """Write what is no Unicode in the name of a file (old archives, old disks) as what it is."""
    return name.encode("utf-8", "backslashreplace").decode()
