"""What the shape of a definition must be: each fault with its place and its way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.form.definitions import define, faults
from tianbao.form.load import examine


def test_something_missing(tmp_path: Path) -> None:
    assert faults(tmp_path, ('title = "植树统计表"\n', "")) == [("D-MISSING", "title", "缺少“title”。 补上这一项。")]


def test_something_unknown(tmp_path: Path) -> None:
    assert faults(tmp_path, ("signs = true", 'signs = true\ncolour = "green"')) == [
        ("D-FIELD", "cover.preparer.colour", "不认识“colour”。 删去，或者改成表样定义里有的名称。")
    ]


def test_a_value_of_another_type(tmp_path: Path) -> None:
    assert faults(tmp_path, ("lines = 3", 'lines = "three"')) == [
        ("D-TYPE", "tables.people.lines", "“lines”写成了 three，应为 int。 改成这种类型的值。")
    ]


@pytest.mark.parametrize(
    ("change", "place", "value", "pattern"),
    [
        (('code = "T1-02"', 'code = "T1"'), "checks.T1.code", "T1", "^[A-Z][A-Z0-9]*-[0-9]{2}$"),
        (('key = "pine"', 'key = "Pine"'), "tables.trees.rows.Pine.key", "Pine", "^[a-z][a-z0-9_]*$"),
        (('id = "trees"', 'id = "Trees"'), "id", "Trees", "^[a-z][a-z0-9-]*$"),
    ],
)
def test_a_key_or_code_that_is_not_written_plainly(
    tmp_path: Path, change: tuple[str, str], place: str, value: str, pattern: str
) -> None:
    field = place.rpartition(".")[2]

    sentence = f"“{field}”写成了 {value}，不合写法 {pattern}。"
    hint = "代号用小写英文字母开头，后接字母、数字、下划线；审核代码如 T3-01。"
    assert faults(tmp_path, change) == [("D-PATTERN", place, f"{sentence} {hint}")]


def test_a_word_that_is_not_among_those_allowed(tmp_path: Path) -> None:
    change = ('label = ["姓名"], type = "text"', 'label = ["姓名"], type = "name"')

    (fault, *_) = faults(tmp_path, change)

    assert fault == (
        "D-CHOICE",
        "tables.people.columns.name.type",
        "“type”写成了 name。 只能是 'count', 'decimal', 'text', 'code' or 'date' 之一。",
    )


def test_something_empty(tmp_path: Path) -> None:
    assert faults(tmp_path, ('say = "不少于上年"', 'say = ""'))[0] == (
        "D-EMPTY",
        "checks.Y-01.say",
        "“say”是空的。 至少写一项。",
    )


def test_a_number_out_of_range(tmp_path: Path) -> None:
    assert faults(tmp_path, ("lines = 3", "lines = 501")) == [
        ("D-RANGE", "tables.people.lines", "“lines”写成了 501，超出范围（界限 500）。 改到范围以内。")
    ]


def test_every_fault_speaks_english_too(tmp_path: Path) -> None:
    _, found = examine(define(tmp_path, ("lines = 3", 'lines = "three"'), ("signs = true", "signs = true\ncolour = 1")))

    assert [fault.message("en") for fault in found] == [
        "“colour” is not known here. Remove it, or use a name that definitions have.",
        "“lines” is three; it must be of type int. Give a value of that type.",
    ]
