from __future__ import annotations

from fractions import Fraction
from itertools import combinations as subsets

from hypothesis import given
from hypothesis import strategies as st

from tianbao.checks.smallest import Column, Exact, combinations, divide, independent

ROWS = "pqrs"
COEFFICIENTS = st.integers(-2, 2)


def column(coefficients: tuple[int, ...]) -> Column:
    return {row: times for row, times in zip(ROWS, coefficients, strict=True) if times}


def test_a_single_column_is_found_with_its_factor() -> None:
    columns = {"new": {"flow": 1, "ledger": 1}, "granted": {"flow": -1}, "carried_out": {"flow": -2}}

    assert list(combinations(columns, {"flow": 3}, 1)) == [{"granted": -3}, {"carried_out": Fraction(-3, 2)}]


def test_a_row_that_holds_is_left_holding() -> None:
    columns = {"new": {"flow": 1, "ledger": 1}, "carried_in": {"flow": 1, "last year": 1}}

    assert list(combinations(columns, {"flow": 1}, 1)) == []


def test_nothing_is_changed_where_nothing_is_wrong() -> None:
    assert list(combinations({"new": {"flow": 1}}, {}, 2)) == [{}]


@given(st.lists(st.tuples(*[COEFFICIENTS] * 4).filter(any), min_size=1, max_size=6), st.tuples(*[COEFFICIENTS] * 4))
def test_two_columns_are_found_whenever_trying_all_of_them_finds_them(
    several: list[tuple[int, ...]], wanted: tuple[int, ...]
) -> None:
    unlike = [one for n, one in enumerate(several) if not any(_parallel(one, other) for other in several[:n])]
    columns = {n: column(one) for n, one in enumerate(unlike)}

    found = {frozenset(way) for way in combinations(columns, column(wanted), 2)}

    tried = {frozenset(s) for k in range(3) for s in subsets(columns, k) if _solves([unlike[n] for n in s], wanted)}
    assert found == tried


@given(st.lists(st.tuples(*[COEFFICIENTS] * 4).filter(any), min_size=1, max_size=6), st.tuples(*[COEFFICIENTS] * 4))
def test_what_is_found_adds_up(several: list[tuple[int, ...]], wanted: tuple[int, ...]) -> None:
    unlike = [one for n, one in enumerate(several) if not any(_parallel(one, other) for other in several[:n])]
    columns = {n: column(one) for n, one in enumerate(unlike)}

    for way in combinations(columns, column(wanted), 3):
        assert all(way.values())
        assert [sum(columns[n].get(row, 0) * times for n, times in way.items()) for row in ROWS] == list(wanted)


def test_a_row_that_others_imply_is_no_equation_of_its_own() -> None:
    rows: dict[str, dict[str, Exact]] = {"total": {"a": 1, "b": 1, "c": 1}, "a": {"a": 1}, "rest": {"b": 2, "c": 2}}

    assert independent(rows) == ["a", "rest"]


def test_division_is_exact() -> None:
    assert [divide(6, 3), divide(1, 3), divide(5, -1)] == [2, Fraction(1, 3), -5]


def _parallel(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(one[n] * other[m] == one[m] * other[n] for n in range(4) for m in range(4))


def _solves(chosen: list[tuple[int, ...]], wanted: tuple[int, ...]) -> bool:
    """By determinants: the wanted column is a sum of the chosen, each of which is needed."""
    if not chosen:
        return not any(wanted)
    if len(chosen) == 1:
        return any(wanted) and _parallel(chosen[0], wanted)
    (a, b), rows = chosen, range(4)
    if _parallel(a, wanted) or _parallel(b, wanted):
        return False
    n, m = next((n, m) for n in rows for m in rows if a[n] * b[m] != a[m] * b[n])
    area = a[n] * b[m] - a[m] * b[n]
    x, y = wanted[n] * b[m] - wanted[m] * b[n], a[n] * wanted[m] - a[m] * wanted[n]
    return all(x * a[k] + y * b[k] == area * wanted[k] for k in rows)
