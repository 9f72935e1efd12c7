"""The page of a form's rules is complete, lies beside the definition, and names what no rule would notice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.form.definitions import built
from tests.renew_manual import rules_page
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Mention, Statement
from tianbao.reports.manual import plain
from tianbao.reports.rules import in_totals_only, untouched, write_rules

every_form = pytest.mark.parametrize("name", bundled_forms())


@every_form
def test_the_page_beside_the_definition_is_up_to_date(name: str) -> None:
    assert rules_page(name).read_text(encoding="utf-8") == write_rules(load_form(name)), "make snapshots"


@every_form
def test_every_rule_has_its_heading_with_all_that_is_known_of_it(name: str) -> None:
    form = load_form(name)
    sections = {
        head: body for head, _, body in (part.partition("\n") for part in write_rules(form).split("\n### ")[1:])
    }

    codes = [*(instance.check.code for instance in form.instances), *(check.code for check in form.narrative.checks)]
    assert list(sections) == list(dict.fromkeys(codes))
    spoken: tuple[Mention | Statement, ...] = (*form.narrative.mentions, *form.narrative.statements)
    assert all(f"写“{one.example}”" in sections[one.check.code] for one in spoken)
    for check in (instance.check for instance in form.instances):
        body = sections[check.code]
        assert all(plain(words) in body for words in (check.say.zh, check.say.en, check.fix.zh, check.fix.en))
        assert f"`{check.rule}`\n" in body
        assert f"依据：{check.source}\n" in body
        assert (f"`{check.when}`\n" in body) == bool(check.when)


@every_form
def test_every_rule_is_a_line_of_the_table_that_leads_to_it(name: str) -> None:
    page = write_rules(load_form(name))

    links = re.findall(r"^\| \[([A-Z0-9-]+)\]\(#([a-z0-9-]+)\) \|", page, re.MULTILINE)

    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert [code for code, _ in links] == headings
    assert all(goal == code.lower() for code, goal in links)


def test_a_rule_says_where_it_stands_in_both_languages() -> None:
    page = write_rules(load_form("zfxxgk-2021"))

    assert "| [N-04](#n-04) | △ 请核实 | 各段文字 | 文字里办结（办理、答复）的件数，等于表三“（七）总计” |" in page
    assert "**△ please confirm** 文字部分 (texts) “开头语”: " in page
    assert (
        "| [T3-01](#t3-01) | × 必须改正 | 表三的每一列（7 列） | 第一项加第二项之和，等于第三项加第四项之和 |" in page
    )
    assert "**× 必须改正** 表四的每一项（3 项）：维持、纠正、其他、尚未审结之和等于总计" in page
    assert "**△ please confirm** every row of 表二（五）项 (1), every row of 表二（六）项 (2): decisions" in page
    assert "**× must be mended** 封面 (cover) “统计期限起”: the statistical period begins" in page


def test_a_rule_that_needs_last_years_report_says_so() -> None:
    sections = write_rules(load_form("zfxxgk-2021")).split("\n### ")

    needing = [section.partition("\n")[0] for section in sections if "有上年报告里的数，才审核这一条。" in section]

    assert needing == ["Y-01", "Y-02", "Y-05", "Y-06", "Y-07", "Y-08", "Y-09", "Y-10", "Y-11"]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("zfxxgk-2021", []),
        ("zfxxgk-2019", ["art20_8.admin_fees.delta"]),
        ("fire-safety", [f"inspections.{row}.fines" for row in ("public", "rented", "factory", "farmhouse")]),
    ],
)
def test_the_figures_that_no_rule_looks_at_are_named(name: str, keys: list[str]) -> None:
    form = load_form(name)

    assert [cell.key for cell in untouched(form)] == keys
    assert ("没有这样的格：每一格的数，至少有一条规则看。" in write_rules(form)) == (not keys)


def test_the_figures_that_only_a_total_looks_at_are_named() -> None:
    form = load_form("zfxxgk-2021")

    found = [cell.key for cell in in_totals_only(form)]

    results = ("upheld", "corrected", "other", "pending")
    assert found == [f"remedies.{row}.{result}" for row in ("review", "direct", "post_review") for result in results]
    assert "- 表四（12 格）：“行政复议”（结果维持）、" in write_rules(form)


def test_an_entry_of_a_definition_of_ones_own_has_a_page_too(tmp_path: Path) -> None:
    form = built(tmp_path)

    page = write_rules(form)

    assert page.startswith(f"# {form.title}（{form.id}）：审核规则\n")
    assert "\n### T1-01\n" in page
