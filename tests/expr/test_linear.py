from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.expr.desk import bound
from tianbao.expr import evaluate
from tianbao.expr.linear import identity, linear


def test_an_identity_has_the_coefficients_of_left_minus_right() -> None:
    form = identity(bound("a + b == c + d"))

    assert form is not None
    assert form.coefficients == {"a": 1, "b": 1, "c": -1, "d": -1}
    assert form.constant == 0


def test_groups_products_and_quotients_with_constants_are_linear() -> None:
    form = linear(bound("2 * (sum(gaps) - a) / 4 + date(2025, 1, 1) - -b * (1 + 1) - 45658 + a * 0 + c / 0"))

    assert form is not None
    assert form.coefficients == {"c": Decimal("0.5"), "e": Decimal("0.5"), "b": 2}
    assert form.constant == 0


@pytest.mark.parametrize(
    "text", ["a * b", "1 / a", "abs(a)", "round(a)", "a if b > 0 else c", "count(col)", "t", "a > 1"]
)
def test_what_is_no_sum_of_cells_is_not_linear(text: str) -> None:
    assert linear(bound(text)) is None


@pytest.mark.parametrize("text", ["a <= b", "t == '是'", "a == b and c == d", "a * b == c"])
def test_what_is_no_equation_of_sums_is_no_identity(text: str) -> None:
    assert identity(bound(text)) is None


@given(st.fixed_dictionaries(dict.fromkeys("abcdef", st.none() | st.integers(-99, 99))))
def test_the_coefficients_give_the_exact_value(row: dict[str, int | None]) -> None:
    expr = bound("3 * a - (b - 2 * sum(col)) - 7 + sum(c, -d)")
    form = linear(expr)
    assert form is not None

    value = form.constant + sum(times * (row[key] or 0) for key, times in form.coefficients.items())

    assert value == evaluate(expr, row.get)
