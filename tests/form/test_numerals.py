"""A number written in words is the number meant, or none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tianbao.form.numerals import _in_chinese, chinese_number


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_are_read_as_they_are_written(value: int) -> None:
    written = _in_chinese(value)

    assert chinese_number(written) == value
    assert chinese_number(written.replace("二", "两")) == value
