"""`explain`: every code that a person can meet is explained, in both languages."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Call
from tianbao import messages
from tianbao.cli.explain import _A_CODE
from tianbao.form.load import bundled_forms, load_form


def test_a_check_is_explained_with_rule_source_and_example(call: Call) -> None:
    told = call("explain", "X1-01")

    assert told == (
        0,
        (
            "X1-01  已检查场所不多于场所总数\n"
            "  表样          fire-safety\n"
            "  级别          × 必须改正\n"
            "  关系          inspected <= places\n"
            "  逐一          inspections.rows\n"
            "  不成立的例子  1 > 0\n"
            "  依据          填报说明\n"
            "  怎么办        同一场所检查多次只计一处，次数填在“检查次数”。\n"
        ),
        "",
    )


def test_a_message_is_explained_with_what_to_do(call: Call) -> None:
    told = call("explain", "U-EXISTS", "--lang", "en")

    assert told == (
        0,
        (
            "U-EXISTS  The file is there and has other content: ….\n"
            "  what to do  Choose another name, or add --force to overwrite it.\n"
        ),
        "",
    )


def test_what_holds_between_files_is_explained_with_what_to_do(call: Call) -> None:
    told = call("explain", "A-01")

    assert told == (
        0,
        (
            "A-01  各单位填的数是自己的，不会与别的单位每一格都相同\n"
            "  怎么办  请两家分别核对台账：照抄了的、误用了对方表格的，按本单位的数重填；确实相同的请说明。\n"
        ),
        "",
    )


@pytest.mark.parametrize("typed", ["t3-01", "T3-01", "T3-01.natural"])
def test_a_code_is_found_however_it_was_copied(call: Call, typed: str) -> None:
    told = call("explain", typed)

    assert told.out.splitlines()[0] == "T3-01  第一项加第二项之和，等于第三项加第四项之和"


def test_an_unknown_code_is_told_with_the_nearest_one(call: Call) -> None:
    told = call("explain", "T3-0l")

    assert told == (2, "", "[U-CODE] 没有“T3-0l”这个代码。\n→ 最接近的是 T3-01；全部代码见 tianbao explain。\n")


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_check_and_every_message_is_listed(call: Call, lang: str) -> None:
    told = call("explain", "--lang", lang)

    listed = {line.split("  ")[0] for line in told.out.splitlines()}
    checks = {check.code for name in bundled_forms() for check in load_form(name).checks}
    assert told.status == 0
    assert listed == checks | {code for code in messages.catalogue("zh") if _A_CODE.fullmatch(code)}


def test_a_code_is_explained_for_programs(call: Call) -> None:
    told = call("explain", "K-03", "--json")

    document = json.loads(told.out)
    assert document["schema"] == "tianbao.explain/1"
    assert [entry["forms"] for entry in document["codes"]] == [["zfxxgk-2019", "zfxxgk-2021"]]
    assert document["codes"][0]["rule"] == "control.closed == requests.total.total"
    assert document["codes"][0]["when"] == "not blank(control.closed)"
    assert document["codes"][0]["example"] == "1 ≠ 0"


def test_every_check_has_an_example(call: Call) -> None:
    told = call("explain", "--json")

    without = {e["code"] for e in json.loads(told.out)["codes"] if e["kind"] == "check" and "example" not in e}
    assert without == set()
