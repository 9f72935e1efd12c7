from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.expr.desk import bound
from tianbao.expr import Compare, DateSerial, Number, evaluate
from tianbao.expr.nodes import Relation
from tianbao.expr.semantics import OPPOSITE, digits, serial, tolerance

RELATIONS: tuple[Relation, ...] = ("==", "!=", "<", "<=", ">", ">=")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", 0),
        ("a + p", 2),
        ("w == 0.125", 3),
        ("sum(amounts)", 2),
        ("round(p, 1)", 1),
        ("p * q", 2),
        ("count(amounts) + countif(amounts, 0.25)", 0),
        ("a if p > 0.125 else w", 1),
    ],
)
def test_an_expression_has_the_most_digits_of_what_is_added_up_in_it(text: str, expected: int) -> None:
    assert digits(bound(text)) == expected


@given(st.decimals(-3, 3, places=4), st.decimals(-3, 3, places=4))
def test_no_two_relations_contradict_each_other(left: Decimal, right: Decimal) -> None:
    holds = {op: evaluate(Compare(op, Number(left), Number(right)), lambda _: None) for op in RELATIONS}

    assert [holds["<"], holds["=="], holds[">"]].count(True) == 1
    assert holds["<="] == (holds["<"] or holds["=="])
    assert all(holds[op] is not holds[OPPOSITE[op]] for op in RELATIONS)


@given(st.integers(0, 4), st.data())
def test_no_difference_of_typed_amounts_falls_on_the_tolerance(places: int, data: st.DataObject) -> None:
    amount = data.draw(st.decimals(-2, 2, places=places + 4))

    assert abs(amount) != tolerance(places)


def test_a_day_has_the_number_that_excel_gives_it() -> None:
    assert serial(DateSerial(Number(1900), Number(3), Number(1))) == 61
    assert serial(DateSerial(Number(2024), Number(2), Number(29))) == 45351
