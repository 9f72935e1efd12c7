from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.expr.desk import bound
from tianbao.expr import frame


def test_computes_every_row_of_a_data_frame_of_exact_types() -> None:
    submissions = pd.DataFrame(
        {
            "a": pd.array([7, None, 2], dtype="Int64"),
            "b": [1, 2, 3],
            "p": [Decimal("0.1"), None, Decimal("2.50")],
            "t": ["是", None, "否"],
        }
    )

    assert frame.evaluate(bound("a + b"), submissions).tolist() == [8, 2, 5]
    assert frame.evaluate(bound("p * 2"), submissions).tolist() == [0.2, 0, 5]
    assert frame.evaluate(bound("a == 7 and t == '是'"), submissions).tolist() == [True, False, False]
    assert frame.evaluate(bound("t if a > 2 else blank"), submissions).tolist() == ["是", None, None]


def test_gives_numbers_truths_and_texts_their_own_types() -> None:
    submissions = pd.DataFrame({"a": [1], "t": ["是"]})

    assert frame.evaluate(bound("a"), submissions).dtype == np.float64
    assert frame.evaluate(bound("blank"), submissions).dtype == np.float64
    assert frame.evaluate(bound("1 == 1"), submissions).dtype == np.bool_
    assert frame.evaluate(bound("t"), submissions).dtype == object


def test_a_constant_stands_in_every_row() -> None:
    assert frame.evaluate(bound("1 + 1"), pd.DataFrame({"a": [0, 0, 0]})).tolist() == [2, 2, 2]
    assert frame.evaluate(bound("'x'"), {"a": np.array([0, 0])}).tolist() == ["x", "x"]


def test_a_truth_or_a_text_among_numbers_is_blank() -> None:
    columns = {"a": np.array([True, "5", np.nan, pd.NA, np.int64(4)], dtype=object)}

    assert frame.evaluate(bound("blank(a)"), columns).tolist() == [True, True, True, True, False]


def test_the_answers_are_left_as_they_were() -> None:
    submissions = pd.DataFrame({"a": [1.0, np.nan]})

    result = frame.evaluate(bound("a"), submissions)
    result[:] = 9

    assert submissions["a"].fillna(-1).tolist() == [1, -1]


def test_a_column_that_is_missing_is_not_taken_for_blank() -> None:
    with pytest.raises(KeyError, match="b"):
        frame.evaluate(bound("a + b"), {"a": np.array([1])})


def test_a_column_is_converted_once_for_all_expressions() -> None:
    columns = frame.Columns({"a": np.array([Decimal(1), None], dtype=object), "t": np.array(["A", None], dtype=object)})

    assert frame.evaluate(bound("a + a"), columns).tolist() == [2, 0]
    assert columns.amounts("a") is columns.amounts("a")
    assert columns.numbers("a") is columns.numbers("a")
    assert columns.lowered("t") is columns.lowered("t")
