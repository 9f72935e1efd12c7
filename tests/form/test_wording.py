"""A wording finds what it is written for, says without which words it cannot be found, and what is wrong with it."""

from __future__ import annotations

import pytest

from tianbao.form.numerals import squeeze
from tianbao.form.wording import Wording, WordingError, make_wording

WORDS = {"申请": ["政府信息公开申请", "申请"], "未": ["未", "没有"], "收到": ["收到", "收到并受理"]}


def wording(text: str) -> Wording:
    return make_wording(text, WORDS, before=["共", "为", ":"], measures=["件", "份"])


def found(text: str, said: str) -> str | None:
    """Return the figure that a wording finds, `-` where it finds its words and has no figure."""
    one = wording(text)
    match = one.pattern.search(squeeze(said).text)
    return None if match is None else match[one.slot] if one.slot else "-"


@pytest.mark.parametrize(
    ("text", "said", "figure"),
    [
        ("收到{申请}{n}", "全年收到政府信息公开申请 16 件", "16"),
        ("收到{申请}{n}", "全年收到申请：共16份", "16"),
        ("收到{申请}{n}", "全年收到申请十六件", "十六"),
        ("收到{申请}{n}", "全年收到来信16件", None),
        ("收到{申请}{n}", "全年收到申请16人", None),
        ("收到{申请}{n}", "收到申请16件以上", None),
        ("收到{申请}{n}", "收到申请16余件", None),
        ("收到{申请}{n}", "收到申请3—5件", None),
        ("收到{申请}{n}", "收到申请第5件", None),
        ("收到[各类]{申请}{n}", "收到各类申请5件", "5"),
        ("收到[各类]{申请}{n}", "收到申请5件", "5"),
        ("^办结{n}", "收到5件，办结4件", "4"),
        ("^办结{n}", "制发2件、办结4件", "4"),
        ("^办结{n}", "来信办结4件", None),
        ("{未}收到{申请}$", "没有收到申请，渠道畅通", "-"),
        ("{未}收到{申请}$", "没有收到申请", "-"),
        ("{未}收到{申请}$", "没有收到申请人的投诉", None),
        ("{未}收到{申请}$", "没有收到申请、投诉", None),
        ("自{any_day}起至{day}止", "自2025年1月1日起至12月31日止", "12月31日"),
        ("自{any_day}起至{day}止", "自2025年1月1日起至2026年1月31日止", "2026年1月31日"),
        ("{year}年报告", "2025年报告", "2025"),
        ("{year}年报告", "12025年报告", None),
        ("{last_year}年结转{n}", "2024年结转3件", "3"),
    ],
)
def test_a_wording_finds_its_figure(text: str, said: str, figure: str | None) -> None:
    assert found(text, said) == figure


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("收到{申请}{n}", ("收到",)),
        ("[收到]{申请}{n}", ("申请",)),
        ("{收到}{n}", ("收到",)),
        ("[已]办理完毕{n}", ("办理完毕",)),
    ],
)
def test_a_wording_knows_without_which_words_it_cannot_be_found(text: str, keys: tuple[str, ...]) -> None:
    assert wording(text).keys == keys


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("收到{来信}{n}", "D-WORDS"),
        ("收到{}{n}", "D-WORDS"),
        ("[收到{n}", "D-WORDING"),
        ("收到]{n}", "D-WORDING"),
        ("收到[了[各类]]{n}", "D-WORDING"),
        ("收到{n", "D-WORDING"),
        ("{n}和{n}件", "D-WORDING"),
        ("[收到]{n}", "D-WORDING"),
    ],
)
def test_a_wording_that_cannot_be_read_is_told(text: str, code: str) -> None:
    with pytest.raises(WordingError) as raised:
        wording(text)

    assert (raised.value.code, raised.value.params["wording"]) == (code, text)
