"""What the texts say otherwise than the tables is told, with both figures; what is about something else never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.checks.sentences import FIGURES, RIGHT, RIGHT_OF_THE_QUIET, WRONG, WRONG_OF_THE_QUIET
from tests.form.test_narrative import define
from tests.records.samples import submission
from tianbao.checks.case import make_case
from tianbao.checks.finding import Finding
from tianbao.checks.prose import read_prose, spoken_of
from tianbao.checks.run import check_each, run_checks
from tianbao.form.load import load_form
from tianbao.form.model import Mention, Severity, Statement
from tianbao.records.model import Unit, Value

NEW = "zfxxgk-2021"
#: Of so many wrong sentences a hundred, that many are found at least.
ENOUGH = 0.9


def told(
    said: Mapping[str, str] | str, figures: Mapping[str, Value] = FIGURES, *, form: str = NEW, year: int = 2025
) -> list[Finding]:
    """Return what is told of the texts of a report."""
    texts = {"overview.2": said} if isinstance(said, str) else said
    values = {**figures, **{f"text.{key}": text for key, text in texts.items()}}
    return [f for f in run_checks(submission(form, values, year=year)) if f.code.startswith("N-")]


def codes(said: Mapping[str, str] | str, figures: Mapping[str, Value] = FIGURES) -> list[str]:
    return [finding.code for finding in told(said, figures)]


def of_each(sentences: Sequence[str], figures: Mapping[str, Value]) -> list[tuple[str, set[str]]]:
    """Return each sentence with the codes that are told of a report in which it stands."""
    reports = [
        submission(NEW, {**figures, "text.overview.1": said}, unit=Unit(f"9999{n:05}", "柳溪镇"), file=f"{n}.xlsx")
        for n, said in enumerate(sentences)
    ]
    codes = ({finding.code for finding in own if finding.code.startswith("N-")} for own in check_each(reports))
    return list(zip(sentences, codes, strict=True))


# ── precision before recall ──────────────────────────────────────────────────────────────────────────────────────────


def test_of_right_sentences_nothing_is_told_and_of_wrong_ones_nine_in_ten() -> None:
    right = of_each(RIGHT, FIGURES) + of_each(RIGHT_OF_THE_QUIET, {})
    wrong = of_each([said for said, _ in WRONG], FIGURES) + of_each([said for said, _ in WRONG_OF_THE_QUIET], {})
    wanted = [set(named.split()) for _, named in (*WRONG, *WRONG_OF_THE_QUIET)]

    false = [(said, found) for said, found in right if found]
    missed = [said for (said, found), codes in zip(wrong, wanted, strict=True) if found != codes]
    other = [(said, found - codes) for (said, found), codes in zip(wrong, wanted, strict=True) if found - codes]

    found = len(wrong) - len(missed)
    figures = (
        f"{len(right)} right sentences, {len(false)} false alarms {false}; {len(wrong)} wrong sentences, {found} found "
        f"({found / len(wrong):.1%}), missed {missed}, told of something else {other}"
    )
    assert len(right) + len(wrong) >= 60, figures
    assert not false, figures
    assert not other, figures
    assert found >= ENOUGH * len(wrong), figures


def test_the_title_of_a_document_is_not_what_the_report_says() -> None:
    assert codes("印发《全年收到政府信息公开申请15件办理情况》。") == []


def test_a_heading_says_what_its_paragraph_is_about_and_another_sentence_does_not() -> None:
    assert codes("依申请公开：渠道畅通。办结18件。") == ["N-04"]
    assert codes("完善依申请公开工作机制。办结18件。") == []


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_finding_quotes_the_text_and_shows_what_the_table_says_and_both_cells() -> None:
    (finding,) = told("依申请公开：全年新收 政府信息公开申请 １８ 件，均按期答复。")

    assert (finding.code, finding.instance, finding.severity) == ("N-02", "N-02.overview.2", Severity.QUERY)
    assert [(cell.key, cell.at) for cell in finding.cells] == [
        ("text.overview.2", "文字部分!B16"),
        ("requests.new.total", "三、依申请公开!K10"),
    ]
    assert (finding.left, finding.right, finding.imbalance) == (18, 16, 2)
    assert finding.rule == "新收[到][{人}][{申请}]{n} == requests.new.total"
    assert finding.message("zh") == (
        "文字部分“一、总体情况”（文字部分!B16）写的是“全年新收 政府信息公开申请 １８ 件”："
        "文字里新收申请的件数，等于表三“本年新收”；文字里是 18，表里是 16（三、依申请公开!K10），差 2。"
        "对照登记台账：文字写错的改文字，表填错的改表。"
    )
    assert finding.message("en") == (
        "文字部分 (texts) “一、总体情况” (文字部分!B16) says “全年新收 政府信息公开申请 １８ 件”: "
        "new requests in the text are those of table 3; the text has 18, the table 16 (三、依申请公开!K10), off by 2. "
        "Compare with the ledger, and mend the text or the table, whichever is wrong."
    )


def test_received_may_be_the_new_ones_or_those_carried_in_as_well() -> None:
    assert codes("收到政府信息公开申请16件。") == codes("收到政府信息公开申请18件。") == []

    (finding,) = told("收到政府信息公开申请17件。")

    assert (
        "文字里是 17，表里是 16（三、依申请公开!K10），或者 16 + 2 = 18（三、依申请公开!K10:K11），都不一致。"
        in finding.message("zh")
    )


def test_of_several_readings_with_one_result_only_one_is_shown() -> None:
    (finding,) = told("收到政府信息公开申请1件。", {})

    assert "文字里是 1，表里是 0（三、依申请公开!K10），差 1。" in finding.message("zh")


def test_that_there_were_none_is_a_figure_too() -> None:
    (finding,) = told("全年未收到政府信息公开申请。")

    assert (finding.code, finding.left, finding.right) == ("N-01", 0, 16)
    assert "写的是“全年未收到政府信息公开申请”" in finding.message("zh")


def test_of_a_long_sum_the_result_is_shown() -> None:
    (finding,) = told("政府信息公开申请中，不予公开4件。")

    assert "文字里是 4，表里是 3（三、依申请公开!K14:K21），差 1。" in finding.message("zh")


def test_each_wrong_figure_of_a_paragraph_is_told_once() -> None:
    found = told("收到政府信息公开申请15件。收到政府信息公开申请15件。收到政府信息公开申请14件。")

    assert [(f.instance, f.left) for f in found] == [("N-01.overview.2", 15), ("N-01.overview.2.2", 14)]


def test_a_line_within_a_cell_is_a_paragraph_of_its_own() -> None:
    assert codes("2024年的情况：收到政府信息公开申请12件。\n收到政府信息公开申请13件。") == ["N-01"]


def test_the_clause_is_quoted_and_of_a_long_one_its_end() -> None:
    (finding,) = told("一" * 60 + "收到政府信息公开申请15件。")

    assert "写的是“…" + "一" * 27 + "收到政府信息公开申请15件”" in finding.message("zh")


def test_a_figure_of_a_table_that_is_not_filled_is_not_compared() -> None:
    blank = submission(NEW, {"text.overview.1": "收到政府信息公开申请15件。"}, blank=["requests.new.legal"])

    assert [finding.code for finding in run_checks(blank)] == ["C-01"]


def test_what_was_declared_to_be_zero_is_zero() -> None:
    declared: dict[str, Value] = {"cover.zero_report": "是"}

    assert codes("全年没有收到政府信息公开申请，没有制发行政规范性文件，结转下年度0件。", declared) == []
    assert codes("全年收到政府信息公开申请3件。", declared) == ["N-01"]


def test_a_table_that_was_typed_over_is_compared_as_it_stands() -> None:
    values = {**FIGURES, "text.overview.1": "办结政府信息公开申请20件。"}
    over = submission(NEW, values, typed_over={"requests.total.total": 20})

    assert [f.code for f in run_checks(over) if f.code.startswith("N-")] == []


@pytest.mark.parametrize(("said", "count"), [("1.7万", []), ("1.6万", ["N-04"]), ("1.66万", ["N-04"]), ("1.65万", [])])
def test_a_number_said_in_ten_thousands_is_as_precise_as_it_was_said(said: str, count: list[str]) -> None:
    many: dict[str, Value] = {"requests.new.natural": 16_512, "requests.granted.natural": 16_512}

    assert codes(f"办结政府信息公开申请{said}件。", many) == count


# ── years, periods, and what must be said ────────────────────────────────────────────────────────────────────────────


def test_the_report_of_another_year_is_told_in_the_opening_paragraph_only() -> None:
    last = "根据规定，编制2024年政府信息公开工作年度报告。"

    (finding,) = told({"lead.1": last})

    assert (finding.code, finding.left, finding.right, finding.imbalance) == ("N-10", 2024, 2025, None)
    assert "；文字里是 2024，应为 2025。" in finding.message("zh")
    assert told({"overview.1": last}) == told({"lead.1": last.replace("2024", "2025")}) == []
    assert told({"lead.1": "依据《关于做好2024年政府信息公开工作年度报告编制工作的通知》编制。"}) == []


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("统计期限自2025年1月1日起至12月31日止", []),
        ("统计期限为2025年1月1日至2025年12月31日", []),
        ("统计期限自2025年1月1日起，至2025年12月31日止", []),
        ("统计期限自2025年1月1日起至12月26日止", ["2025-12-26 2025-12-31"]),
        ("统计期限自2024年1月1日起至2024年12月31日止", ["2024-01-01 2025-01-01", "2024-12-31 2025-12-31"]),
        ("统计期限自2025年2月30日起至12月31日止", []),
    ],
)
def test_the_period_in_the_text_is_the_report_year(said: str, days: list[str]) -> None:
    found = told({"lead.1": f"本报告所列数据的{said}。"})

    assert [f"{finding.left} {finding.right}" for finding in found] == days
    assert all(finding.code == "N-11" and finding.imbalance is not None for finding in found)


def test_section_six_says_what_fees_were_charged() -> None:
    (finding,) = told({"other_matters.1": "无其他需要报告的事项。", "other_matters.3": "特此报告。"})

    assert (finding.code, finding.instance) == ("N-12", "N-12.other_matters")
    assert [cell.key for cell in finding.cells] == ["text.other_matters.1", "text.other_matters.3"]
    assert finding.message("zh").startswith(
        "文字部分“六、其他需要报告的事项”（文字部分!B55、B57）：第六部分要写明收取信息处理费的情况；现在没有写到。"
    )
    assert told({"other_matters.1": "本年没有收取信息处理费。"}) == []


def test_of_the_years_before_the_fees_none_are_asked_for() -> None:
    said = {"other_matters.1": "无其他需要报告的事项。"}

    assert [f.code for f in told(said, {}, form="zfxxgk-2019", year=2020)] == []
    assert [f.code for f in told(said, {}, form="zfxxgk-2019", year=2023)] == ["N-12"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("无", True),
        ("无。", True),
        (" 暂 无 ", True),
        ("没有问题。", True),
        ("无专职人员，更新不及时。", False),
        ("没有专人。", False),
    ],
)
def test_section_five_is_more_than_none(said: str, found: bool) -> None:  # noqa: FBT001  (a column of the table)
    assert [f.code for f in told({"problems.1": said})] == (["N-13"] if found else [])


def test_section_five_that_is_more_than_one_line_says_something() -> None:
    assert told({"problems.1": "存在问题：", "problems.2": "无"}) == []


@pytest.mark.parametrize(
    "said", ["（国办公开办函〔2019〕60号）", "国办公开办函[2019]60 号", "《年度报告格式（试行）》"]
)
def test_a_basis_that_is_no_longer_in_force_is_told(said: str) -> None:
    (finding,) = told({"lead.1": f"根据{said}编制。"})

    assert finding.code == "N-14"
    assert told({"lead.1": "根据国办公开办函〔2021〕30号编制。"}) == []


def test_a_blank_text_is_told_of_by_completeness_alone() -> None:
    blank = submission(NEW, {}, blank=["text.problems.1", "text.other_matters.1"])

    assert {finding.code for finding in run_checks(blank)} == {"C-03"}


# ── another form ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_of_another_kind_has_wordings_of_its_own(tmp_path: Path) -> None:
    form = load_form(define(tmp_path))
    values: dict[str, Value] = {"trees.pine.spring": 5, "trees.pine.hours": Decimal(1), "control.planted": 5}

    def said(text: str) -> list[str]:
        findings = run_checks(submission(form, {**values, "text.remarks.1": text}))
        return [f"{finding.code} {finding.left}" for finding in findings if finding.code.startswith("N-")]

    assert said("全村栽树五棵，浇水由组长负责。") == []
    assert said("全村栽树7株，浇水由组长负责。") == ["N-01 7"]
    assert said("今年没有栽树，浇水由组长负责。") == ["N-01 0"]
    assert said("明年计划栽树7株，浇水由组长负责。") == []
    assert said("上年栽树7株，浇水由组长负责。") == []
    assert said("全村栽树5株。") == ["N-02 None"]


def test_a_form_that_says_nothing_of_its_texts_is_asked_nothing() -> None:
    said: dict[str, Value] = {"text.remarks.1": "收到政府信息公开申请15件。"}

    assert [f for f in run_checks(submission("fire-safety", said)) if f.code.startswith("N-")] == []


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def spoken(said: str) -> dict[str, object]:
    form = load_form(NEW)
    returned = submission(form, {**FIGURES, "text.overview.1": said})
    return dict(spoken_of(read_prose(make_case(returned, form, None))))


def test_figures_that_can_mean_one_cell_only_are_evidence() -> None:
    assert spoken("新收政府信息公开申请16件，上年结转3件，办结17件。上年收到政府信息公开申请20件，办结19件。") == {
        "requests.new.total": 16,
        "requests.carried_in.total": 3,
        "requests.total.total": 17,
    }


def test_texts_that_contradict_each_other_are_no_evidence() -> None:
    assert spoken("新收政府信息公开申请16件。新收政府信息公开申请17件。") == {}


def test_what_the_text_says_helps_to_find_the_wrong_cell() -> None:
    wrong: dict[str, Value] = {**FIGURES, "requests.carried_out.business": 0}

    def because(said: str) -> str:
        findings = run_checks(submission(NEW, {**wrong, "text.overview.1": said}))
        return next(f for f in findings if f.code == "T3-01").suspects[0].because("zh")

    assert "改后与文字部分写的相符" in because("政府信息公开申请结转下年度继续办理1件。")
    assert "文字部分" not in because("政府信息公开申请的情况见表三。")


@pytest.mark.parametrize("form", ["zfxxgk-2019", "zfxxgk-2021"])
def test_every_check_of_the_texts_tells_place_numbers_and_sentence(form: str, snapshot: SnapshotAssertion) -> None:
    """Each with the example of its definition, in a report in which all is 0."""
    narrative = load_form(form).narrative
    spoken: tuple[Mention | Statement, ...] = (*narrative.mentions, *narrative.statements)
    lines = []
    for one in spoken:
        own = [f for f in told({f"{one.texts[-1]}.1": one.example}, {}, form=form) if f.code == one.check.code]
        assert own, one.check.code
        for finding in own:
            places = "、".join(cell.at for cell in finding.cells)
            lines += [f"{finding.instance}  {places}  {finding.left} / {finding.right} / {finding.imbalance}"]
            lines += [f"    {finding.message('zh')}", f"    {finding.message('en')}"]

    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize("form", ["zfxxgk-2019", "zfxxgk-2021"])
def test_of_a_right_report_the_texts_are_not_asked_about(form: str) -> None:
    said = {
        "lead.1": "本报告所列数据的统计期限自2025年1月1日起至12月31日止。",
        "overview.1": "2025年没有收到政府信息公开申请，上年结转0件，办结0件，结转下年度0件。",
        "overview.2": "没有因政府信息公开被申请行政复议、提起行政诉讼。制发规范性文件0件。",
        "problems.1": "公开不够及时，已指定专人每周更新。",
        "other_matters.1": "本年度没有收取信息处理费。",
    }

    assert told(said, {}, form=form, year=2025) == []
