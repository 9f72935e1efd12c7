from __future__ import annotations

from dataclasses import replace

import pytest

from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, refused, submission
from tianbao.form.load import load_form
from tianbao.form.model import Severity
from tianbao.merge.choose import NothingToMergeError
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Unit


def test_a_refused_file_is_left_out_with_its_own_reason() -> None:
    merged = merge_submissions([submission("zfxxgk-2021"), refused("说明.pdf", "F-PDF")])

    (left_out,) = merged.left_out

    assert (left_out.file, left_out.unit, left_out.code, left_out.severity) == (
        "说明.pdf",
        None,
        "F-PDF",
        Severity.ERROR,
    )
    assert (
        left_out.message("zh")
        == "收到的是 PDF（“说明.pdf”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。"
    )


def test_the_form_of_most_files_is_merged_and_the_others_are_told() -> None:
    old = submission("zfxxgk-2019", unit=TAIHUAI)

    merged = merge_submissions([old, submission("zfxxgk-2021"), submission("zfxxgk-2021", unit=DOUCUN)])

    assert (merged.form.id, merged.units) == ("zfxxgk-2021", (DOUCUN, BAIJIA))
    assert [(left.code, left.unit) for left in merged.left_out] == [("M-FORM", TAIHUAI)]
    assert merged.left_out[0].message("zh") == (
        "“台怀镇”填的是表样 zfxxgk-2019，本次汇总的是 zfxxgk-2021，没有计入。 "
        "不同表样的数不能相加：请该单位改用 zfxxgk-2021 的表格重新填报，或者用 --as zfxxgk-2021 先转过来。"
    )


def test_the_form_asked_for_is_merged_even_where_it_is_the_rarer_one() -> None:
    several = [
        submission("zfxxgk-2019", unit=TAIHUAI),
        submission("zfxxgk-2021"),
        submission("zfxxgk-2021", unit=DOUCUN),
    ]

    merged = merge_submissions(several, form=load_form("zfxxgk-2019"))

    assert (merged.form.id, merged.units) == ("zfxxgk-2019", (TAIHUAI,))


def test_another_year_is_left_out() -> None:
    several = [submission("zfxxgk-2021", year=2024), submission("zfxxgk-2021", unit=DOUCUN)]

    merged = merge_submissions(several)

    assert (merged.year, merged.units) == (2025, (DOUCUN,))
    assert [left.message("zh") for left in merged.left_out] == [
        "“白家庄镇”填的是 2024 年的表，本次汇总的是 2025 年，没有计入。 请该单位报送 2025 年的表格。"
    ]
    assert merge_submissions(several, year=2024).units == (BAIJIA,)


def test_a_file_of_nobody_is_left_out() -> None:
    merged = merge_submissions([submission("zfxxgk-2021", unit=None, file="年报.xlsx")])

    assert merged.units == ()
    assert [left.message("zh") for left in merged.left_out] == [
        "“年报.xlsx”看不出是哪个单位的，没有计入。 请查明是谁报来的，让该单位在下发的表格里填写后重新回传，再汇总一次。"
    ]


def test_who_is_not_on_the_roster_is_not_counted() -> None:
    merged = merge_submissions(
        [submission("zfxxgk-2021"), submission("zfxxgk-2021", unit=DOUCUN)], roster=[DOUCUN, TAIHUAI]
    )

    assert (merged.units, merged.missing) == ((DOUCUN,), (TAIHUAI,))
    assert [left.message("zh") for left in merged.left_out] == [
        "“白家庄镇”（140922018）不在名录里，不计入。 应当计入的，请先把该单位加进名录，再汇总一次；不应当计入的，不用处理。"
    ]


def test_units_stand_in_the_order_of_the_roster_else_of_their_codes() -> None:
    several = [submission("zfxxgk-2021", unit=unit) for unit in (BAIJIA, DOUCUN, TAIHUAI)]

    assert merge_submissions(several, roster=[DOUCUN, BAIJIA, TAIHUAI]).units == (DOUCUN, BAIJIA, TAIHUAI)
    assert merge_submissions(several).units == (TAIHUAI, DOUCUN, BAIJIA)


def test_a_unit_with_two_different_reports_is_not_counted_at_all() -> None:
    first = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="一.xlsx")
    second = submission("zfxxgk-2021", {"requests.new.natural": 2}, file="二.xlsx")

    merged = merge_submissions([second, first], roster=[BAIJIA])

    assert (merged.units, merged.missing) == ((), (BAIJIA,))
    assert [(left.file, left.code, left.severity) for left in merged.left_out] == [
        ("一.xlsx", "M-TWICE", Severity.ERROR),
        ("二.xlsx", "M-TWICE", Severity.ERROR),
    ]
    assert merged.left_out[0].message("zh") == (
        "“白家庄镇”报来的几份数不一样（一.xlsx、二.xlsx），都不计入；不同的有 1 格：三、依申请公开!E10“1”“2”。"
        " 请与该单位核对，只留下正确的一份。"
    )


def test_the_same_report_twice_is_counted_once() -> None:
    first = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="一.xlsx")
    second = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="二.xlsx")

    merged = merge_submissions([second, first])

    assert (merged.totals["requests.new.natural"], [one.file for one in merged.submissions]) == (1, ["一.xlsx"])
    assert [(left.file, left.code, left.severity) for left in merged.left_out] == [
        ("二.xlsx", "M-AGAIN", Severity.NOTE)
    ]
    assert merged.left_out[0].message("zh") == (
        "“白家庄镇”的这一份与 一.xlsx 完全一样，只计一次。 不用处理：没有重复计算。"
    )


def test_the_same_file_twice_is_counted_once() -> None:
    first = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="一.xlsx")

    merged = merge_submissions([replace(first, file="收件.zip/一.xlsx"), first])

    assert (merged.totals["requests.new.natural"], [one.file for one in merged.submissions]) == (1, ["一.xlsx"])
    assert [(left.file, left.code, left.severity) for left in merged.left_out] == [
        ("收件.zip/一.xlsx", "M-SAME", Severity.NOTE)
    ]


def test_the_same_figures_with_other_words_are_counted_once_and_queried() -> None:
    first = submission("zfxxgk-2021", {"requests.new.natural": 1}, file="一.xlsx")
    second = submission("zfxxgk-2021", {"requests.new.natural": 1, "cover.leader": "李四"}, file="二.xlsx")

    merged = merge_submissions([second, first])

    assert (merged.totals["requests.new.natural"], [one.file for one in merged.submissions]) == (1, ["一.xlsx"])
    assert [(left.file, left.code, left.severity) for left in merged.left_out] == [
        ("二.xlsx", "M-WORDS", Severity.QUERY)
    ]


def test_what_one_file_lacks_and_the_other_has_unreadable_is_not_the_same_report() -> None:
    key = "requests.new.natural"
    first = submission("zfxxgk-2021", blank=[key], file="一.xlsx")
    second = submission("zfxxgk-2021", unreadable=[key], file="二.xlsx")

    merged = merge_submissions([second, first])

    assert (merged.units, [left.code for left in merged.left_out]) == ((), ["M-TWICE", "M-TWICE"])


def test_two_units_under_one_code_are_both_left_out_even_where_all_is_zero() -> None:
    first = submission("zfxxgk-2021", file="一.xlsx")
    second = submission("zfxxgk-2021", file="二.xlsx", unit=Unit(BAIJIA.code, "豆村镇"))

    merged = merge_submissions([second, first])

    assert (merged.units, [left.code for left in merged.left_out]) == ((), ["M-CODE", "M-CODE"])


def test_nothing_to_merge_is_said() -> None:
    with pytest.raises(NothingToMergeError) as raised:
        merge_submissions([refused("说明.pdf")])

    assert raised.value.message("zh") == "没有一份可以汇总的表格。"
    assert raised.value.way_out("zh") == "请检查给出的文件；也可以指明要汇总的表样。"


def test_a_form_that_nobody_sent_has_everyone_missing() -> None:
    merged = merge_submissions([], form=load_form("zfxxgk-2021"), year=2025, roster=[BAIJIA])

    assert (merged.units, merged.missing, merged.totals["requests.new.natural"]) == ((), (BAIJIA,), None)
