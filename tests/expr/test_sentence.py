from __future__ import annotations

from decimal import Decimal

import pytest

from tests.expr.desk import Typed, bound
from tianbao.expr import Cell, Cells, Compare, Kind, Number, Sum, in_words, with_numbers

LABELS = {
    "a": "一、本年新收",
    "b": "二、上年结转",
    "c": "（七）总计",
    "d": "四、结转下年度",
    "t": "已整改",
    "col": "各行",
    "ts": "整改情况",
}


def numbers(text: str, **typed: Typed) -> str:
    return with_numbers(bound(text), typed.get, lang="zh")


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("a + b == c + d", {"a": 7, "b": 0, "c": 6, "d": 0}, "7 + 0 ≠ 6 + 0"),
        ("a + b == c + d", {"a": 7, "b": 0, "c": 6, "d": 1}, "7 + 0 = 6 + 1"),
        ("a <= b", {"a": 3, "b": 2}, "3 > 2"),
        ("a < b", {"a": 3, "b": 2}, "3 ≥ 2"),
        ("a >= b", {"a": 1, "b": 2}, "1 < 2"),
        ("a > b", {"a": 1, "b": 2}, "1 ≤ 2"),
        ("a != b", {"a": 1, "b": 1}, "1 = 1"),
        ("a + b == c", {"a": 7}, "7 + 空 ≠ 空"),
        ("a - b == -c", {"a": -7, "b": -2, "c": 3}, "-7 - (-2) ≠ -3"),
        ("a - b * c > (d if a > 0 else b) + 1", {"a": 1, "b": 2, "c": 3, "d": 4}, "1 - 2 × 3 ≤ 4 + 1"),
        ("p == q * 2", {"p": Decimal("12.50"), "q": Decimal("1.00")}, "12.50 ≠ 1.00 × 2"),
        ("a / b > 0.50", {"a": 1, "b": 3}, "1 ÷ 3 ≤ 0.50"),
        ("(a + b) * c == abs(d)", {"a": 1, "b": 2, "c": 3, "d": -4}, "(1 + 2) × 3 ≠ |-4|"),
        ("round(p, 1) == 1", {"p": Decimal("2.55")}, "2.55 四舍五入到 1 位小数 ≠ 1"),
        ("t == '是'", {"t": "否"}, "“否” ≠ “是”"),
        ("t == u", {"t": "否"}, "“否” ≠ 空"),
        ("not (a > 0 and b > 0)", {"a": 1, "b": 2}, "1 > 0 且 2 > 0"),
        ("a > 0 and b > 0", {"a": 1, "b": 0}, "0 ≤ 0"),
        ("a > 0 or b > 0", {"a": 0, "b": 0}, "0 ≤ 0 且 0 ≤ 0"),
        ("a > 0 or b > 0", {"a": 0, "b": 1}, "1 > 0"),
        ("a == b if c > 0 else a == d", {"a": 1, "b": 2, "c": 1, "d": 1}, "1 > 0 时 1 ≠ 2"),
        ("(a if c > 0 else b) == d", {"a": 1, "b": 2, "c": 1, "d": 3}, "1 ≠ 3"),
        ("not blank(a)", {}, "空"),
        ("blank(col)", {"a": 1}, "6 项中已填 1 项"),
        ("count(col) == countif(ts, '是')", {"a": 1, "x1": "是", "x2": "是"}, "1 ≠ 2"),
        ("a == date(2025, 12, 31)", {"a": 46021}, "46021 ≠ 2025-12-31"),
    ],
)
def test_shows_the_numbers_in_the_relation_that_holds(text: str, typed: dict[str, Typed], expected: str) -> None:
    assert numbers(text, **typed) == expected


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        ({"r2": 5, "r9": 1}, "5 + 1（其余 19 项为 0） ≠ 7", "5 + 1 (the other 19 are 0) ≠ 7"),
        ({}, "0（21 项均为 0） ≠ 7", "0 (all 21 are 0) ≠ 7"),
        (
            {f"r{n}": n for n in range(21)},
            "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + …（20 项不为 0，合计 210） ≠ 7",
            "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + … (20 are not 0, 210 in all) ≠ 7",
        ),
    ],
)
def test_folds_a_long_sum(rows: dict[str, int], zh: str, en: str) -> None:
    check = Compare("==", Sum((Cells("outcome", tuple(f"r{n}" for n in range(21))),)), Number(7))

    assert with_numbers(check, rows.get, lang="zh") == zh
    assert with_numbers(check, rows.get, lang="en") == en


def test_a_day_is_shown_as_a_day() -> None:
    check = Compare("<=", Cell("from", Kind.DATE), Cell("to", Kind.DATE))

    assert with_numbers(check, {"from": 46022, "to": 45658}.get, lang="zh") == "2025-12-31 > 2025-01-01"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "a + b == c + d",
            "一、本年新收 ＋ 二、上年结转 ＝ （七）总计 ＋ 四、结转下年度",
            "一、本年新收 + 二、上年结转 = （七）总计 + 四、结转下年度",
        ),
        ("-a - b < 3.50", "－一、本年新收 － 二、上年结转 ＜ 3.50", "-一、本年新收 - 二、上年结转 < 3.50"),
        ("sum(col) * 2 != a", "各行之和 × 2 ≠ 一、本年新收", "(the sum of 各行) × 2 ≠ 一、本年新收"),
        ("t == '是' or t == blank", "已整改 ＝ “是” 或 已整改 ＝ 空", '已整改 = "是" or 已整改 = blank'),
        (
            "not (a > 0 and b > 0)",
            "并非（一、本年新收 ＞ 0 且 二、上年结转 ＞ 0）",
            "not (一、本年新收 > 0 and 二、上年结转 > 0)",
        ),
        ("blank(col)", "各行为空", "各行 is blank"),
        ("not blank(a)", "一、本年新收已填", "一、本年新收 is filled"),
        (
            "count(ts) >= countif(ts, '是')",
            "整改情况已填的项数 ≥ 整改情况中等于 “是” 的项数",
            'the number of answers in 整改情况 ≥ the number of answers in 整改情况 that are "是"',
        ),
        (
            "a == b if c > 0 else a == d",
            "（七）总计 ＞ 0 时为 一、本年新收 ＝ 二、上年结转，否则为 一、本年新收 ＝ 四、结转下年度",
            "一、本年新收 = 二、上年结转 if （七）总计 > 0, else 一、本年新收 = 四、结转下年度",
        ),
        ("a <= date(2025, 12, 31)", "一、本年新收 ≤ 2025-12-31", "一、本年新收 ≤ 2025-12-31"),
    ],
)
def test_says_what_must_hold_in_the_words_of_the_form(text: str, zh: str, en: str) -> None:
    assert in_words(bound(text), LABELS.__getitem__, "zh") == zh
    assert in_words(bound(text), LABELS.__getitem__, "en") == en


def test_every_sign_can_be_printed_by_a_chinese_console() -> None:
    said = in_words(bound("a - b * c / d == abs(a) and a <= b and a >= c and a != d"), LABELS.__getitem__, "zh")

    assert said.encode("gbk").decode("gbk") == said
