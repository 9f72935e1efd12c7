from __future__ import annotations

import pytest

from tests.expr.desk import bound
from tianbao.expr import Cell, Compare, Expr, Number, cells, names, parse, sides, substitute


def test_names_stand_in_the_order_in_which_they_are_written() -> None:
    expr = parse("then_this if first_asked > 0 else countif(last, 1)")

    assert [name.path for name in names(expr)] == [("then_this",), ("first_asked",), ("last",)]


def test_cells_stand_once_each_with_groups_taken_apart() -> None:
    expr = bound("b + sum(gaps) == b + p and blank(t)")

    assert [cell.key for cell in cells(expr)] == ["b", "a", "c", "e", "p", "t"]
    assert cells(expr)[4].digits == 2


def test_a_cell_is_replaced_wherever_it_stands() -> None:
    expr = bound("a + abs(a) == 2 * (a if not a > 1 else b) - round(a) and sum(a, b) > -a and date(2025, 1, 1) > a")

    def add_prior(node: Expr) -> Expr:
        return Cell("prior.a") if node == Cell("a") else node

    assert [cell.key for cell in cells(substitute(expr, add_prior))] == ["prior.a", "b"]


def test_what_is_asked_about_itself_stays_a_reference() -> None:
    assert cells(substitute(bound("count(col)"), lambda _: Cell("z"))) == (Cell("z"),)

    with pytest.raises(TypeError, match="stands where a reference is needed"):
        substitute(bound("blank(a)"), lambda _: Number(1))


def test_a_comparison_has_sides_and_a_difference() -> None:
    expr = bound("a + b == c")
    assert isinstance(expr, Compare)

    assert sides(expr) == (expr.left, expr.right, bound("(a + b) - c"))
    assert sides(bound("a > 0 and b > 0")) is None
