"""The county's draft: what was counted, beside last year's, and not one word that judges."""

from __future__ import annotations

from decimal import Decimal

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.reports.published.facts import draft_facts, draft_lead

FORM = load_form("zfxxgk-2021")
NOW = submission(
    FORM, {"requests.new.natural": 12, "requests.granted.natural": 12, "art20_8.admin_fees.amount": Decimal("3.50")}
)
BEFORE = submission(FORM, {"requests.new.natural": 9, "requests.granted.natural": 9})


def test_every_main_figure_stands_beside_last_years() -> None:
    assert draft_facts(FORM, 2025, NOW.values, BEFORE.values, units=50, issuer="示例县") == (
        "2025年，示例县纳入统计的 50 家单位：本年新收申请 12 件（上年 9 件）；上年结转申请 0 件（上年 0 件）；"
        "本年办结申请 12 件（上年 9 件）；结转下年度 0 件（上年 0 件）；行政复议 0 件（上年 0 件）；行政诉讼 0 件（上年 0 件）；"
        "规范性文件现行有效 0 件（上年 0 件）；行政许可 0 件（上年 0 件）；行政处罚 0 件（上年 0 件）；"
        "行政事业性收费 3.50 万元（上年 0 万元）。"
    )


def test_without_last_year_that_is_said_once() -> None:
    said = draft_facts(FORM, 2025, NOW.values, None, units=None, issuer="示例县")

    assert said.startswith("2025年，示例县：本年新收申请 12 件；")
    assert said.endswith("行政事业性收费 3.50 万元。上年的数没有收集，未作比较。")
    assert said.count("上年的数") == 1


def test_a_figure_that_is_not_known_is_not_told_as_nothing() -> None:
    said = draft_facts(FORM, 2025, {**NOW.values, "requests.new.total": None}, None, units=2, issuer="示例县")

    assert "本年新收申请" not in said


def test_the_opening_names_the_statistical_period_where_the_form_has_one() -> None:
    assert draft_lead(FORM, 2025, "示例县") == (
        "根据有关规定和要求，编制示例县2025年政府信息公开工作年度报告。"
        "本报告所列数据的统计期限自2025年1月1日起，至2025年12月31日止。"
    )
    assert (
        draft_lead(load_form("fire-safety"), 2025, "示例县")
        == "根据有关规定和要求，编制示例县2025年乡镇消防安全检查季报。"
    )
