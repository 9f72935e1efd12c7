"""Two years beside one another: what carries a sum, what cannot be compared, and why."""

from __future__ import annotations

from decimal import Decimal

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.records.migrate import migrate
from tianbao.reports.last_year import known_values
from tianbao.reports.published.comparison import compare
from tianbao.reports.published.report import Compared

FORM, OLD = load_form("zfxxgk-2021"), load_form("zfxxgk-2019")
NEW, GRANTED, OTHER = "requests.new.natural", "requests.granted.natural", "requests.other_misc.natural"


def test_of_table_three_only_the_totals_are_lines_and_what_is_zero_in_both_years_is_counted() -> None:
    now = submission(FORM, {NEW: 5, GRANTED: 5, "art20_8.admin_fees.amount": Decimal("1.50")})
    last = submission(FORM, {NEW: 2, GRANTED: 2})

    compared = compare(FORM, now.values, known_values(last), units=(49, 50))

    assert compared.lines == (
        Compared("表二（八）项", "行政事业性收费 → 本年收费金额（单位：万元）", "万元", Decimal("1.50"), 0),
        Compared("表三", "一、本年新收政府信息公开申请数量", "件", 5, 2),
        Compared("表三", "（一）予以公开", "件", 5, 2),
        Compared("表三", "（七）总计", "件", 5, 2),
    )
    assert compared.lines[0].change == Decimal("1.50")
    assert compared.told == (
        "本年计入 50 家单位，其中 49 家的上年数已知；上年一栏只有这 49 家的数，相差里含有单位多少的影响。",
        "另有 34 项两年均为 0，没有列出。",
    )


def test_what_an_earlier_layout_does_not_ask_is_left_out_with_the_reason_of_the_definition() -> None:
    last = migrate(submission(OLD, {"requests.other.natural": 4, NEW: 4}, year=2020), FORM)

    compared = compare(FORM, submission(FORM, {NEW: 1, OTHER: 1}).values, known_values(last))

    assert [line.label for line in compared.lines] == ["一、本年新收政府信息公开申请数量", "（七）总计"]
    assert compared.lines[1].before == 4
    assert compared.told == (
        "另有 26 项两年均为 0，没有列出。",
        (
            "没有相比的：表二（一）项 规章 → 本年制发件数、表二（一）项 规章 → 本年废止件数、表二（一）项 规章 → 现行有效件数、"
            "表二（一）项 行政规范性文件 → 本年制发件数、表二（一）项 行政规范性文件 → 本年废止件数、"
            "表二（一）项 行政规范性文件 → 现行有效件数（2019年表样问的是制作、公开、对外公开总数，2021年起问的是制发、废止、现行有效）。"
        ),
        "没有相比的：表二（八）项 行政事业性收费 → 本年收费金额（单位：万元）（2019年表样问的是收费项目的项数，2021年起问的是收费金额）。",
        (
            "没有相比的：表三 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请 → 总计、"
            "表三 2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请 → 总计、表三 3.其他 → 总计"
            "（上年的表样里是一项，今年分成几项，分不开）。"
        ),
    )


def test_what_several_cells_are_together_is_compared_as_the_one_that_it_was() -> None:
    old = submission(OLD, {"requests.other.natural": 4, NEW: 4}, year=2020)
    last = migrate(old, FORM)

    compared = compare(FORM, submission(FORM, {NEW: 1, OTHER: 1}).values, known_values(last), earlier=old.values)

    assert compared.lines[-1] == Compared("表三", "（六）其他处理", "件", 1, 4)
