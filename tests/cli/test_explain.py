"""`explain`: every code that a person can meet is explained, in both languages."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Call
from tianbao import messages
from tianbao.form.load import bundled_forms, load_form
from tianbao.messages.explained import is_code
from tianbao.reports.manual import write_manual


def test_a_check_is_explained_with_rule_source_and_example(call: Call) -> None:
    told = call("explain", "X1-01")

    assert told == (
        0,
        (
            "X1-01  已检查场所不多于场所总数\n"
            "  表样    fire-safety\n"
            "  级别    × 必须改正\n"
            "  关系    inspected <= places\n"
            "  逐一    inspections.rows\n"
            "  依据    填报说明\n"
            "  例子    表一“商场、宾馆、学校”行（一、检查情况!D9、F9）：已检查场所不多于场所总数；现在 1 > 0，差 1。\n"
            "  怎么办  同一场所检查多次只计一处，次数填在“检查次数”。\n"
        ),
        "",
    )


def test_a_message_is_explained_with_when_it_comes_an_example_and_what_to_do(call: Call) -> None:
    told = call("explain", "U-EXISTS", "--lang", "en")

    assert told == (
        0,
        (
            "U-EXISTS  The file is there and has other content: ….\n"
            "  severity    × not done\n"
            "  comes when  The file to be written is there, with other content.\n"
            "  example     The file is there and has other content: 汇总.xlsx.\n"
            "  what to do  Choose another name, or add --force to overwrite it.\n"
        ),
        "",
    )


def test_a_message_that_may_be_a_query_or_a_note_has_an_example_of_each(call: Call) -> None:
    told = call("explain", "R-OVERWRITTEN")

    assert told.out == (
        "R-OVERWRITTEN  …：自动计算的格被改成了手填的 …，按各项重新计算是 …，差 …。\n"
        "  级别      △ 请核实、○ 说明\n"
        "  什么时候  在自动计算的格里填了数；两个数一样的，不要紧。\n"
        "  例子      △ 三、依申请公开!E33：自动计算的格被改成了手填的 15，按各项重新计算是 14，差 1。\n"
        "  怎么办    汇总采用重新计算的数；请查明是哪一项填错了，改好后重新回传。\n"
        "  例子      ○ 三、依申请公开!E33：自动计算的格被改成了手填的 14，按各项重新计算是 14，差 0。\n"
        "  怎么办    不用处理：两个数一样，汇总采用重新计算的数。\n"
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

    listed = [line.split()[1] for line in told.out.splitlines() if line[2:3] in set("×△○")]
    forms = [load_form(name) for name in bundled_forms()]
    checks = {
        check.code
        for form in forms
        for check in (*form.checks, *form.narrative.checks, *(one.check for one in form.county.once))
    }
    assert told.status == 0
    assert set(listed) == checks | {code for code in messages.catalogue("zh") if is_code(code)}


def test_the_list_says_of_each_group_what_it_is_and_of_each_code_what_to_do(call: Call) -> None:
    told = call("explain")

    lines = told.out.splitlines()
    assert [line for line in lines if line[:1].strip()] == [
        "为什么没有读", "读的时候发现了什么", "填的数怎么读", "审核", "哪一份算数", "汇总",
        "文件夹是否完好", "命令", "自己的表样",
    ]  # fmt: skip
    assert lines[1:5] == [
        "  文件没有用上，里面的数一个也没有计入；原件还在，没有动过。把话原样转给交表的单位，重新交来就行。",
        "",
        "  ×   F-ARCHIVE                   “…”是压缩包，不是一个表格。",
        "                                  → 请解压后读取里面的表格；要一次读完，用 tianbao read。",
    ]
    at = lines.index("  △○  R-NO-HOME                   …：“…”填的是 …，表样 … 没有相同的格…，没有采用。")
    assert lines[at + 1 : at + 3] == [
        "                                  → 请在现在的表样里按新的分项填写。",
        "                                  ○ → 不用处理：填的是 0，没有丢掉数。",
    ]


def test_a_code_is_explained_for_programs(call: Call) -> None:
    told = call("explain", "K-03", "--json")

    document = json.loads(told.out)
    assert document["schema"] == "tianbao.explain/1"
    assert [entry["forms"] for entry in document["codes"]] == [["zfxxgk-2019", "zfxxgk-2021"]]
    assert document["codes"][0]["rule"] == "control.closed == requests.total.total"
    assert document["codes"][0]["when"] == "not blank(control.closed)"
    (example,) = document["codes"][0]["examples"]
    assert example["say"].endswith("核对数“办结合计”等于表三“总计”列的办结数；现在 1 ≠ 0，差 1。")


def test_a_message_is_explained_for_programs(call: Call) -> None:
    told = call("explain", "R-NO-HOME", "--json", "--lang", "en")

    assert json.loads(told.out)["codes"] == [
        {
            "code": "R-NO-HOME",
            "kind": "message",
            "group": "reading",
            "severities": ["query", "note"],
            "cause": "Taken over with --as, this cell has none like it in the current form; a note where it is 0.",
            "say": '…: "…" is …; the form … has no such cell…, and it was not taken.',
            "fix": "Fill it in by the parts that the current form asks for.",
            "fix_note": "Nothing to do: it is 0, and no figure is lost.",
            "examples": [
                {
                    "severities": ["query"],
                    "say": (
                        '三、依申请公开!E30: "三、本年度办理结果 → （六）其他处理 → 自然人" is 3; '
                        "the form zfxxgk-2021 has no such cell, and it was not taken."
                    ),
                    "fix": "Fill it in by the parts that the current form asks for.",
                },
                {
                    "severities": ["note"],
                    "say": (
                        '三、依申请公开!F30: "三、本年度办理结果 → （六）其他处理 → 商业企业" is 0; '
                        "the form zfxxgk-2021 has no such cell, and it was not taken."
                    ),
                    "fix": "Nothing to do: it is 0, and no figure is lost.",
                },
            ],
            "forms": [],
        }
    ]


def test_every_code_has_an_example_for_programs(call: Call) -> None:
    told = call("explain", "--json")

    assert [entry["code"] for entry in json.loads(told.out)["codes"] if not entry["examples"]] == []


def test_the_manual_is_printed(call: Call) -> None:
    told = call("explain", "--markdown", "--lang", "en")

    assert told == (0, write_manual(), "")
