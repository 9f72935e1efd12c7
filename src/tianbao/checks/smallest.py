"""The smallest sets of columns by which a residual can be mended: Fellegi and Holt's principle, over exact numbers.

I. P. Fellegi and D. Holt, A systematic approach to automatic edit and imputation, JASA 71 (1976): the values of a record
are to be made to satisfy all edits by changing the fewest of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

Exact = int | Fraction
#: A column of a system of equations: its coefficients (never 0) by the name of the row.
Column = Mapping[str, Exact]
Name = TypeVar("Name")


def combinations(columns: Mapping[Name, Column], residual: Column, most: int) -> Iterator[Mapping[Name, Exact]]:
    """Yield all ways to write a residual as a sum of at most so many columns, each times a number that is not 0.

    Every way needs a column in every row of the residual: the row with the fewest columns is looked at first, each
    of them is tried, and what it would leave behind is the same question with a row less.

    Args:
        columns: no two of them the same up to a factor.
        residual: by row; rows without any are left out.
        most: columns in one way.

    >>> rows = {"new": {"flow": 1, "ledger": 1}, "granted": {"flow": -1}, "carried_out": {"flow": -1, "ledger": 2}}
    >>> [dict(way) for way in combinations(rows, {"flow": 1, "ledger": 1}, most=1)]
    [{'new': 1}]
    >>> [dict(way) for way in combinations(rows, {"flow": 1}, most=1)]
    [{'granted': -1}]
    """
    known: set[frozenset[Name]] = set()
    for way in _ways(columns, residual, most):
        names = frozenset(way)
        if names not in known:
            known.add(names)
            yield way


def _ways(columns: Mapping[Name, Column], residual: Column, most: int) -> Iterator[Mapping[Name, Exact]]:
    if not residual:
        yield {}
        return
    if most == 0:
        return
    _, row = min((sum(row in column for column in columns.values()), row) for row in residual)
    for name, column in columns.items():
        if row not in column:
            continue
        if most == 1:
            times = divide(residual[row], column[row])
            if column.keys() == residual.keys() and all(residual[r] == times * c for r, c in column.items()):
                yield {name: times}
            continue
        others = {n: left for n, c in columns.items() if n != name and (left := _without(c, column, row))}
        for way in _ways(others, _without(residual, column, row), most - 1):
            rest = residual[row] - sum(columns[n].get(row, 0) * times for n, times in way.items())
            if rest:
                yield {**way, name: divide(rest, column[row])}


def independent(rows: Mapping[str, Mapping[str, Exact]]) -> list[str]:
    """Name rows of which no one is a sum of the others, the short ones first.

    >>> independent({"total": {"a": 1, "b": 1}, "first": {"a": 1}, "second": {"b": 2}})
    ['first', 'second']
    """
    kept: list[str] = []
    pivots: list[tuple[str, Mapping[str, Exact]]] = []
    for name, row in sorted(rows.items(), key=lambda item: len(item[1])):
        left = row
        for key, pivot in pivots:
            left = _without(left, pivot, key)
        if left:
            kept.append(name)
            pivots.append((min(left), left))
    return kept


def divide(dividend: Exact, divisor: Exact) -> Exact:
    """Divide exactly; what is whole stays so."""
    if divisor in (1, -1):
        return dividend * divisor
    ratio = Fraction(dividend) / Fraction(divisor)
    return ratio.numerator if ratio.denominator == 1 else ratio


def _without(column: Column, pivot: Column, row: str) -> Column:
    """Subtract the pivot as often as leaves nothing of a column in a row."""
    if row not in column:
        return column
    times = divide(column[row], pivot[row])
    left = dict(column)
    for r, c in pivot.items():
        value = left.get(r, 0) - times * c
        if value:
            left[r] = value
        else:
            left.pop(r, None)
    return left
