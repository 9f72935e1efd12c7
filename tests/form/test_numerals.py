"""A number in words is the number meant, or none; and what was written is found again in a text without blanks."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tianbao.form.numerals import NUMBER, _in_chinese, chinese_number, number_of, squeeze


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_are_read_as_they_are_written(value: int) -> None:
    written = _in_chinese(value)

    assert chinese_number(written) == value
    assert chinese_number(written.replace("二", "两")) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("收到16件", 16),
        ("收到１，２３４件", 1234),
        ("收到 1 6 件", 16),
        ("收到十六件", 16),
        ("收到两件", 2),
        ("收到零件", 0),
        ("收到一百二十件", 120),
        ("收到1.2万件", 12000),
        ("收到312.48万元", 3124800),
        ("收到0.5件", Decimal("0.5")),
        ("收到一百二件", None),
    ],
)
def test_a_number_in_a_running_text_is_read_whatever_it_is_written_with(
    text: str, number: int | Decimal | None
) -> None:
    found = re.search(NUMBER, squeeze(text).text)

    assert found is not None
    assert number_of(found.group()) == number


@pytest.mark.parametrize("text", ["第3件", "近20件", "约5件", "超100件"])
def test_what_is_no_exact_number_is_not_found(text: str) -> None:
    assert re.search(f"(?<![0-9]){NUMBER}", squeeze(text).text) is None


def test_what_was_written_is_found_again_behind_blanks_and_widths() -> None:
    said = squeeze(" 收到 １６ 件（上年\u30002件）")

    assert said.text == "收到16件(上年2件)"
    assert said.written(0, 5) == "收到 １６ 件"
    assert said.written(5, 11) == "（上年\u30002件）"
    assert said.written(3, 3) == ""
