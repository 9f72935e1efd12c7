"""Whatever expression over whatever answers: the back ends agree, with LibreOffice as one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.expr.desk import CELLS, GROUPS, OTHER, OWN, Typed, answers, place
from tests.expr.test_agreement import same
from tests.office.office import Content, Office, Workbook
from tianbao.expr import (
    Absolute,
    And,
    Arithmetic,
    Blank,
    Compare,
    Count,
    CountIf,
    Expr,
    If,
    IsBlank,
    Kind,
    Negate,
    Not,
    Number,
    Or,
    Round,
    Sum,
    Text,
    excel,
    frame,
)
from tianbao.expr.value import evaluate

NUMBERS = [cell for cell in CELLS.values() if cell.kind is Kind.NUMBER]
TEXTS = [cell for cell in CELLS.values() if cell.kind is Kind.TEXT]

words = st.sampled_from(["是", "否", "Yes", "yes", "NO", "abc"])
relations = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
#: From a small choice now and then, so that equality, halves and binary dust are met and not only passed by.
counts = st.integers(-3, 3) | st.integers(-50, 10_000)
amounts = st.sampled_from([Decimal(text) for text in ("0.1", "0.2", "0.3", "0.5", "2.675", "-1.005")]) | st.decimals(
    -50, 10_000, places=2
)

number_cells = st.sampled_from(NUMBERS)
number_groups = st.sampled_from([group for group in GROUPS.values() if group.kind is Kind.NUMBER])
leaves = st.one_of(
    number_cells,
    counts.map(Number),
    amounts.map(Number),
    st.builds(Count, number_groups | number_cells | st.just(GROUPS["ts"])),
    st.builds(CountIf, number_groups, st.integers(-2, 2).map(Number)),
    st.builds(CountIf, st.just(GROUPS["ts"]), words.map(Text)),
    number_groups.map(lambda group: Sum((group,))),
)
text_values = st.one_of(st.sampled_from(TEXTS), words.map(Text), st.just(Blank()))


def conditions(numbers: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Draw a condition over these numbers."""
    simple: st.SearchStrategy[Expr] = st.one_of(
        st.builds(Compare, relations, numbers, numbers),
        st.builds(Compare, st.sampled_from(["==", "!="]), text_values, text_values),
        st.builds(IsBlank, number_cells | number_groups | st.sampled_from(TEXTS)),
    )
    several = st.lists(simple, min_size=2, max_size=3).map(tuple)
    return st.one_of(simple, st.builds(And, several), st.builds(Or, several), st.builds(Not, simple))


def larger(numbers: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Draw an expression that holds others; products and quotients stay small enough for a double to tell them apart."""
    chosen = st.builds(If, conditions(numbers), numbers, numbers | st.just(Blank()))
    return st.one_of(
        st.builds(Arithmetic, st.sampled_from("+-"), numbers, numbers),
        st.builds(Arithmetic, st.sampled_from("*/"), leaves, leaves),
        st.lists(numbers | number_groups, min_size=1, max_size=4).map(lambda operands: Sum(tuple(operands))),
        st.builds(Negate, numbers),
        st.builds(Absolute, numbers),
        st.builds(Round, numbers, st.integers(0, 3)),
        chosen,
    )


number_values = st.recursive(leaves, larger, max_leaves=6)
expressions: st.SearchStrategy[Expr] = st.one_of(
    number_values,
    conditions(number_values),
    st.builds(If, conditions(leaves), text_values, text_values),
)

typed_numbers = st.none() | counts | amounts | st.sampled_from(["无", "5"])
typed_texts = st.none() | words | st.just("")
sheets = st.fixed_dictionaries({key: typed_texts if cell in TEXTS else typed_numbers for key, cell in CELLS.items()})


@settings(max_examples=200)
@given(expressions, st.lists(sheets, min_size=1, max_size=3))
def test_the_frame_agrees_with_the_exact_values(expr: Expr, rows: list[Mapping[str, Typed]]) -> None:
    columns = {key: np.array([answers(row)[key] for row in rows], dtype=object) for key in CELLS}

    results = frame.evaluate(expr, columns)

    exact = [evaluate(expr, answers(row).__getitem__) for row in rows]
    assert all(same(result, one, slack=1e-6) for result, one in zip(results, exact, strict=True))


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Workbook]:
    """Open one empty workbook for all examples."""
    with office.new(OWN, OTHER) as workbook:
        yield workbook


@pytest.mark.office
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expr=expressions, row=sheets)
def test_the_sheet_agrees_with_the_exact_values(desk: Workbook, expr: Expr, row: Mapping[str, Typed]) -> None:
    formula = excel.formula(expr, place, sheet=OWN)

    typed = [(place(key).sheet, _address(key), _content(value)) for key, value in row.items()]
    desk.fill([*typed, (OWN, "A1", {"formula": f"={formula}"})])
    desk.calculate()

    assert same(desk.read([(OWN, "A1")])[0], evaluate(expr, answers(row).__getitem__), slack=1e-6)


def _address(key: str) -> str:
    at = place(key)
    return {2: "B", 3: "C", 4: "D", 5: "E", 6: "F", 7: "G", 56: "BD"}[at.column] + str(at.row)


def _content(value: Typed) -> Content:
    return float(value) if isinstance(value, Decimal) else value
