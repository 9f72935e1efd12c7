"""`form list`, `form show`, `form check`, `form cells`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.renew_manual import rules_page
from tianbao.form.load import bundled_forms, load_form

TEN_FAULTS = """\
schema = "tianbao.form/1"
id = "ten-faults"
version = "1.0.0"
title = "十处错误"
issued_by = "示例"
source = "示例"
colour = "red"

[[cover]]
key = "leader"
label = "单位负责人"
type = "text"

[[sections]]
key = "one"
title = "一、情况"
sheet = "一、[情况]"

[[tables]]
key = "visits"
section = "two"
short = "表一"
measure = "次"
columns = [
    { key = "made", label = ["检查"] },
    { key = "made", label = ["检查次数"] },
    { key = "fees", label = ["费用"], type = "decimal" },
    { key = "kind", label = ["类别"], type = "code", codelist = "kinds" },
    { key = "rate", label = ["比例"], formula = "made / plannd" },
]
rows = [{ key = "all", label = ["全部"] }]
prior = [{ column = "maid", label = "上年" }]

[[checks]]
code = "X1-01"
severity = "error"
rule = "visits.all.made == 1"
say = "一"
say_en = "one"
fix = "一"
fix_en = "one"
source = "示例"

[[checks]]
code = "X1-02"
severity = "error"
rule = "visits.all.made = 1"
say = "二"
say_en = "two"
fix = "二"
fix_en = "two"
source = "示例"

[[checks]]
code = "X1-03"
severity = "error"
each = "visit.rows"
rule = "made == 1"
say = "三"
say_en = "three"
fix = "三"
fix_en = "three"
source = "示例"
"""


TOLD = [
    ("× D-FIELD", "colour"),
    ("× D-DIGITS", "tables.visits.columns.fees"),
    ("× D-CODELIST", "tables.visits.columns.kind"),
    ("× D-RULE", "tables.visits.columns.rate.formula"),
    ("× D-RULE", "checks.X1-02.rule"),
    ("× D-EACH", "checks.X1-03.each"),
    ("× D-DUPLICATE", "tables.visits.columns"),
    ("× D-SHEET", "sections.one.sheet"),
    ("× D-SECTION", "tables.visits.section"),
    ("× D-PRIOR", "tables.visits.prior"),
]


def test_the_forms_are_listed(call: Call) -> None:
    told = call("form", "list")

    assert told == (
        0,
        (
            "fire-safety  乡镇消防安全检查季报（不限年度，145 格）\n"
            "zfxxgk-2019  政府信息公开工作年度报告（2019至2020年，198 格）\n"
            "zfxxgk-2021  政府信息公开工作年度报告（2021年起，200 格）\n"
        ),
        "",
    )


def test_the_forms_are_listed_for_programs(call: Call) -> None:
    told = call("form", "list", "--json")

    document = json.loads(told.out)
    assert document["schema"] == "tianbao.forms/1"
    assert document["forms"][2] == {
        "form": "zfxxgk-2021",
        "version": load_form("zfxxgk-2021").version,
        "title": "政府信息公开工作年度报告",
        "first_year": 2021,
        "last_year": None,
        "cells": 200,
    }


@pytest.mark.parametrize("name", bundled_forms())
def test_a_form_is_shown_with_all_its_parts(call: Call, name: str) -> None:
    form = load_form(name)

    told = call("form", "show", name)

    assert told.status == 0
    parts = [table.short for table in form.tables] + [text.heading for text in form.texts]
    parts += [cell.label[-1] for cell in (*form.cover, *form.controls)] + [str(check.say) for check in form.checks]
    assert [part for part in parts if part not in told.out] == []


def test_a_form_is_shown_with_what_a_person_fills_and_what_is_computed(call: Call) -> None:
    told = call("form", "show", "fire-safety")

    lines = told.out.splitlines()
    assert "      □ public     人员密集场所 / 商场、宾馆、学校" in lines
    assert "      ■ rate       检查 / 检查率（%）" in lines
    assert "    明细，一条一行：n1 至 n20" in lines or "    明细，一条一行：1 至 20" in lines
    assert "  □ cover.quarter      季度  （一季度 / 二季度 / 三季度 / 四季度）" in lines
    assert "  × X1-01   已检查场所不多于场所总数" in lines


def test_a_form_is_shown_for_programs(call: Call) -> None:
    told = call("form", "show", "zfxxgk-2021", "--json", "--lang", "en")

    document = json.loads(told.out)
    assert (document["schema"], document["form"], len(document["tables"])) == ("tianbao.form/1", "zfxxgk-2021", 6)
    check = next(check for check in document["checks"] if check["code"] == "T3-01")
    assert check["rule"] == "new + carried_in == total + carried_out"
    assert check["severity"] == "error"


def test_an_unknown_form_is_told_with_the_nearest_one(call: Call) -> None:
    told = call("form", "show", "zfxxgk-2012")

    assert told == (
        3,
        "",
        (
            "[U-FORM] 没有名为“zfxxgk-2012”的表样。\n"
            "→ 可用的表样：fire-safety、zfxxgk-2019、zfxxgk-2021；最接近的是 zfxxgk-2021。也可以给出表样定义文件的路径。\n"
        ),
    )


@pytest.mark.parametrize("name", bundled_forms())
def test_a_bundled_form_is_sound(call: Call, name: str) -> None:
    told = call("form", "check", name)

    assert told.status == 0
    assert told.err.startswith(f"√ {name}：没有错误，提示 ")


def test_the_faults_of_a_definition_are_told_all_at_once(call: Call, tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text(TEN_FAULTS, encoding="utf-8")

    told = call("form", "check", "form.toml")

    assert told.status == 3
    assert [tuple(line.split("  ")[:2]) for line in told.out.splitlines()] == TOLD
    assert told.err == "× form.toml：10 处错误，提示 0 条。\n"


def test_a_definition_with_faults_cannot_be_used(call: Call, tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text(TEN_FAULTS, encoding="utf-8")

    told = call("template", "form.toml", "--unit", "1", "--name", "甲", "--year", "2025", "-o", "1.xlsx")

    assert (told.status, told.out) == (3, "")
    assert told.err.startswith(
        f"[D-FORM] 表样定义不能使用：{tmp_path / 'form.toml'}，共 10 处错误。\n  × D-FIELD  colour  "
    )
    assert told.err.endswith("\n→ 逐处改正后用 tianbao form check 再查一遍。\n")


def test_the_faults_of_a_definition_are_told_to_programs(call: Call, tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text("id = ", encoding="utf-8")

    told = call("form", "check", "form.toml", "--json")

    document = json.loads(told.out)
    assert told.status == 3
    assert (document["schema"], document["file"], document["sound"]) == ("tianbao.faults/1", "form.toml", False)
    assert [(fault["code"], fault["severity"]) for fault in document["faults"]] == [("D-TOML", "error")]


def test_the_cells_are_listed_with_their_places(call: Call) -> None:
    told = call("form", "cells", "zfxxgk-2021")

    lines = told.out.splitlines()
    assert (told.status, len(lines)) == (0, 200)
    assert lines[0].startswith("art20_1.rules.issued ")
    assert " 填写 " in lines[0]
    assert "二、主动公开!" in lines[0]


def test_the_cells_are_listed_for_programs(call: Call) -> None:
    told = call("form", "cells", "zfxxgk-2021", "--json")

    cells = json.loads(told.out)
    assert [cell["key"] for cell in cells] == [cell.key for cell in load_form("zfxxgk-2021").cells()]
    total = next(cell for cell in cells if cell["key"] == "requests.new.total")
    assert total["kind"] == "computed"
    assert (total["sheet"], total["measure"]) == ("三、依申请公开", "件")
    assert total["label"].split(" / ")[1:] == ["一、本年新收政府信息公开申请数量", "申请人情况", "总计"]


@pytest.mark.parametrize("name", bundled_forms())
def test_the_rules_of_a_form_are_printed_as_they_lie_beside_it(call: Call, name: str) -> None:
    told = call("form", "show", name, "--markdown", "--lang", "en")

    assert (told.status, told.err) == (0, "")
    assert told.out == rules_page(name).read_text(encoding="utf-8")
