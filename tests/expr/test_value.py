from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from tests.expr.desk import Typed, bound
from tianbao.expr import compile_expression, evaluate, parse


def value(text: str, **typed: Typed) -> Typed | bool:
    return evaluate(bound(text), typed.get)


@pytest.mark.parametrize(
    "text", ["a + b", "a * b", "a - b", "a / b", "round(a / b)", "abs(-a)", "sum(a, b)", "count(col)"]
)
def test_whole_numbers_stay_whole(text: str) -> None:
    assert type(value(text, a=12, b=4)) is int


def test_amounts_keep_the_decimals_they_were_typed_with() -> None:
    assert str(value("p + q", p=Decimal("12.50"), q=Decimal("0.50"))) == "13.00"
    assert str(value("p * 2", p=Decimal("12.50"))) == "25.00"


def test_amounts_longer_than_a_double_are_exact() -> None:
    result = value("p * q", p=Decimal("123456789012345.67"), q=Decimal("98765432109876.54"))

    assert result == Decimal("12193263113702178247065999503.5818")


def test_an_empty_text_is_blank() -> None:
    assert value("count(ts)", x1="", x2="是") == 1
    assert value("blank(t) and t == blank", t="") is True
    assert value("t", t="") is None


def test_the_context_of_the_caller_neither_matters_nor_changes() -> None:
    with localcontext(prec=3) as context:
        result = value("p + q", p=Decimal("1000.25"), q=Decimal("0.5"))

        assert result == Decimal("1000.75")
        assert context.prec == 3


def test_a_compiled_expression_serves_many_submissions() -> None:
    total = compile_expression(bound("a + b"))

    assert [total({"a": n, "b": 1}.get) for n in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["a + 1", "a", "sum(a)", "a == 1", "blank(a)"])
def test_refuses_names_that_are_not_bound(text: str) -> None:
    with pytest.raises(TypeError):
        compile_expression(parse(text))
