"""A finding, taken apart."""

from __future__ import annotations

from tests.records.samples import submission
from tianbao.checks.finding import of_note
from tianbao.checks.parts import Parts, parts_of
from tianbao.checks.run import run_checks
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission


def parts(returned: Submission, code: str, *, english: bool = False) -> Parts:
    finding = next(finding for finding in run_checks(returned) if finding.code == code)
    return parts_of(finding, returned.form, "en" if english else "zh")


def test_an_identity_says_both_sides_and_the_difference() -> None:
    returned = submission("zfxxgk-2021", {"requests.new.natural": 3})

    assert parts(returned, "T3-01") == Parts(
        where="表三“自然人”列",
        wrote="3 + 0 ≠ 0 + 0",
        must="第一项加第二项之和，等于第三项加第四项之和",
        size="3",
        fix="先核对“四、结转下年度继续办理”，再核对“（七）总计”各行和新收、上年结转。",
    )


def test_a_difference_of_days_is_told_in_days() -> None:
    from datetime import date

    returned = submission("zfxxgk-2021", {"cover.period_end": date(2025, 12, 29)})

    assert parts(returned, "P-03").size == "2 天"
    assert parts(returned, "P-03", english=True).size == "2 days"


def test_completeness_says_how_many_cells_are_blank() -> None:
    returned = submission("zfxxgk-2021", blank=["requests.new.natural", "requests.new.business"])

    assert parts(returned, "C-01").wrote == "还有 2 格没填"


def test_a_leap_from_last_year_shows_both_figures() -> None:
    returned = submission("zfxxgk-2021", {"art20_5.licence.decisions": 1310})
    before = submission("zfxxgk-2021", {"art20_5.licence.decisions": 128}, year=2024)
    (finding,) = [finding for finding in run_checks(returned, prior=before) if finding.code == "Y-07"]

    assert parts_of(finding, returned.form, "zh").wrote == "本年 1310，上年 128"


def test_a_text_that_says_otherwise_is_quoted_beside_what_the_tables_have() -> None:
    returned = submission("zfxxgk-2021", {"text.overview.1": "全年新收政府信息公开申请3件。"})

    assert parts(returned, "N-02") == Parts(
        where="文字部分“一、总体情况”",
        wrote="“全年新收政府信息公开申请3件”",
        must="文字里新收申请的件数，等于表三“本年新收”；表里是 0（三、依申请公开!K10）",
        size="3",
        fix="对照登记台账：文字写错的改文字，表填错的改表。",
    )


def test_a_text_that_lacks_something_says_what_it_must_say() -> None:
    returned = submission("zfxxgk-2021", {"text.other_matters.1": "没有。"})

    told = parts(returned, "N-12")

    assert (told.where, told.size) == ("文字部分“六、其他需要报告的事项”", "")
    assert told.must == "第六部分要写明收取信息处理费的情况"


def test_a_value_that_was_not_read_says_its_cell_in_words_and_what_was_typed() -> None:
    returned = submission("zfxxgk-2021")
    note = Note("V-PLACEHOLDER", Severity.ERROR, "三、依申请公开!E10", "requests.new.natural", "/")

    told = parts_of(of_note(returned, note), returned.form, "zh")

    assert told.where == "表三 “一、本年新收政府信息公开申请数量”（自然人）"
    assert told.wrote == "/"
    assert told.must == "三、依申请公开!E10：填的是“/”，看不出是不是 0，没有采用。"
    assert told.fix == "没有发生的请填 0，有数的请填数字。"
