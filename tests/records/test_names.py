"""A unit's name, as it is compared and as people write it."""

from __future__ import annotations

import pytest

from tianbao.records.names import plain, spellings


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("白家庄镇", ["白家庄镇"]),
        ("清河镇（示例）", ["清河镇(示例)", "清河镇"]),
        ("五台县财政局", ["五台县财政局", "财政局"]),
        ("县档案馆", ["县档案馆", "档案馆"]),
        ("城关镇人民政府", ["城关镇人民政府", "城关镇"]),
        ("新县城关镇", ["新县城关镇", "城关镇"]),
        ("城北街道办事处", ["城北街道办事处", "城北街道"]),
    ],
)
def test_people_leave_out_the_county_the_office_and_what_is_in_brackets(name: str, written: list[str]) -> None:
    assert list(spellings(name)) == written


@pytest.mark.parametrize("name", ["旧县镇", "旧县街道", "红旗镇", "县委办公室", "城市管理局", "县林场"])
def test_what_would_be_left_over_is_no_name(name: str) -> None:
    assert spellings(name) == (name,)


def test_a_name_without_letters_has_no_spelling() -> None:
    assert spellings(" \u3000") == ()


def test_width_and_blanks_make_no_difference() -> None:
    assert plain("清河镇 （示例）１") == plain("清河镇(示例)1")
