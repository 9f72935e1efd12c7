"""A merge that is handed on is a unit's report like any other, and can be opened down to what it was made of."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import tianbao as tb
from tests.office.office import Office
from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, submission
from tianbao.form.model import Kind
from tianbao.merge.adjustment import Adjustment
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.merge.parts import provenance_of, summed
from tianbao.records.model import State, Unit, Value
from tianbao.reports.as_unit import AsUnit, write_as_unit
from tianbao.reports.correction import as_laid_out, write_correction

FORM = tb.load_form("fire-safety")
COUNTY, CITY = Unit("140922", "示例县"), Unit("1409", "示例市")
PLACES, FINES, TOTAL = "inspections.public.places", "inspections.public.fines", "inspections.total.places"


def county(
    reports: Sequence[tb.Submission] = (),
    *,
    roster: Sequence[Unit] = (),
    adjustments: Sequence[Adjustment] = (),
) -> Merged:
    reports = reports or (
        submission(FORM, {PLACES: 3, FINES: Decimal("1.25")}, unit=BAIJIA),
        submission(FORM, {PLACES: 4, FINES: Decimal("0.10")}, unit=DOUCUN),
    )
    return merge_submissions(reports, roster=roster, adjustments=adjustments)


def handed_on(merged: Merged, unit: Unit = COUNTY) -> tuple[tb.Submission, AsUnit]:
    target = io.BytesIO()
    told = write_as_unit(merged, target, unit=unit)
    return read(target.getvalue(), f"{unit.name}.xlsx"), told


def read(data: bytes, name: str = "示例县.xlsx") -> tb.Submission:
    file = io.BytesIO(data)
    file.name = name
    return tb.read_workbook(file)


def found(report: tb.Submission) -> dict[str, str]:
    return {f.code: f.message("zh") for f in tb.run_checks(report) if f.code.startswith("M-PARTS")}


def test_the_report_of_the_county_says_every_total_and_is_read_without_a_word() -> None:
    merged = county(adjustments=[Adjustment(PLACES, -2, "两镇重复统计", by="王五", at="2026-01-09")])

    report, told = handed_on(merged)

    assert (report.unit, report.year, report.notes) == (COUNTY, 2025, ())
    assert {key: report[key] for key in merged.totals} == dict(merged.totals)
    assert (report[PLACES], report[TOTAL], report[FINES]) == (5, 5, Decimal("1.35"))
    assert (told.blank, told.inexact) == ((), ())


def test_what_it_was_made_of_comes_back_as_it_went() -> None:
    merged = county(roster=(DOUCUN, BAIJIA, TAIHUAI), adjustments=[Adjustment(PLACES, -2, "两镇重复统计", by="王五")])

    report, told = handed_on(merged)

    assert report.provenance == told.provenance == provenance_of(merged)
    assert report.provenance is not None
    assert [part.unit for part in report.provenance.parts] == [DOUCUN, BAIJIA]
    assert report.provenance.parts[1].figures[FINES] == (Decimal("1.25"), State.FILLED, "一、检查情况", "L9")
    assert report.provenance.missing == (TAIHUAI,)
    assert [booking.amount for booking in report.provenance.bookings] == [-2]


def test_the_same_merge_gives_the_same_bytes() -> None:
    several = [io.BytesIO(), io.BytesIO()]

    for target in several:
        write_as_unit(county(), target, unit=COUNTY)

    assert several[0].getvalue() == several[1].getvalue()


def test_the_cover_says_what_all_say_alike_and_leaves_open_who_signs() -> None:
    report, _ = handed_on(county())

    assert report["cover.quarter"] == "一季度"
    assert [report[f"cover.{key}"] for key in ("leader", "preparer", "telephone", "filled_on")] == [None] * 4
    assert report["control.visited"] is None


def test_a_total_that_lacks_a_figure_is_filled_in_marked_and_told() -> None:
    reports = [submission(FORM, {PLACES: 3}, unit=BAIJIA), submission(FORM, {}, unit=DOUCUN, blank=[PLACES])]
    target = io.BytesIO()

    write_as_unit(county(reports), target, unit=COUNTY)

    cell = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["一、检查情况"]["D9"]
    report = read(target.getvalue())
    assert (cell.value, cell.comment and cell.comment.text.strip()) == (3, "这个合计不完整，缺：豆村镇。")
    assert report.incomplete == {PLACES, TOTAL, "inspections.public.rate", "inspections.total.rate"}
    assert found(report)["M-PARTS-BLANK"].startswith(
        "这一份有 1 格的合计不完整，有下级单位没有填或者填得读不出：豆村镇。"
    )


def test_what_nobody_filled_in_stays_blank_and_what_nobody_is_asked_is_not_asked() -> None:
    change = "inspections.public.change"
    reports = [submission(FORM, {}, unit=unit, blank=[PLACES], not_applicable=[change]) for unit in (BAIJIA, DOUCUN)]

    report, told = handed_on(county(reports))

    assert told.blank[0] == PLACES
    assert change not in told.blank
    assert report.answers[PLACES].state is State.BLANK
    assert report.answers[change].state is State.NOT_APPLICABLE


def test_the_lines_of_all_units_stand_behind_one_another_and_those_without_room_are_counted() -> None:
    def lines(unit: Unit, count: int) -> tb.Submission:
        values: dict[str, Value] = {f"hazards.{n}.place": f"{unit.name}{n}" for n in range(1, count + 1)}
        return submission(FORM, values, unit=unit)

    few, _ = handed_on(county([lines(BAIJIA, 2), lines(DOUCUN, 1)]))
    many, told = handed_on(county([lines(BAIJIA, 20), lines(DOUCUN, 3)]))

    assert [few[f"hazards.{n}.place"] for n in range(1, 5)] == ["豆村镇1", "白家庄镇1", "白家庄镇2", None]
    assert told.provenance.lines_left == {"hazards": 3}
    assert found(many)["M-PARTS-LINES"].startswith("这一份的表二容不下各单位的全部明细，少列了 3 行。")


def test_a_total_that_excel_cannot_hold_is_told_when_it_is_written_and_when_it_is_read() -> None:
    reports = [
        submission(FORM, {FINES: Decimal("9999999.99")}, unit=BAIJIA),
        submission(FORM, {FINES: Decimal("0.0000000012")}, unit=DOUCUN),
    ]

    report, told = handed_on(county(reports))

    assert told.inexact == (FINES,)
    assert report[FINES] == Decimal("9999999.99")
    assert found(report)["M-PARTS"].startswith(
        "一、检查情况!L9：表里是 9999999.99，它所汇总的 2 个单位（连同调整）合计是 9999999.9900000012，差 0.0000000012。"
    )


def test_a_total_larger_than_one_unit_s_may_be_is_read_as_what_it_is() -> None:
    reports = [submission(FORM, {PLACES: 9_999_999}, unit=unit) for unit in (BAIJIA, DOUCUN)]

    report, _ = handed_on(county(reports))

    assert report[PLACES] == 19_999_998


def test_a_total_that_was_changed_after_the_merge_is_told_with_both_numbers() -> None:
    report, _ = handed_on(county(adjustments=[Adjustment(PLACES, -2, "两镇重复统计")]))
    changed = replace(report, answers={**report.answers, PLACES: report.answers[PLACES]._replace(value=9, raw="9")})

    assert found(report) == {}
    assert found(changed)["M-PARTS"].startswith(
        "一、检查情况!D9：表里是 9，它所汇总的 2 个单位（连同调整）合计是 5，差 4。"
    )


def test_a_total_that_cannot_be_read_any_more_is_told_once() -> None:
    report, _ = handed_on(county())
    unread = report.answers[PLACES]._replace(value=None, raw="/", state=State.UNREADABLE)

    assert found(replace(report, answers={**report.answers, PLACES: unread})) == {}


def test_a_merge_that_was_not_whole_is_told_with_the_names() -> None:
    report, _ = handed_on(county(roster=(BAIJIA, DOUCUN, TAIHUAI)))

    assert found(report)["M-PARTS-MISSING"].startswith("这一份是 2 个单位汇总来的，还缺 1 个：台怀镇。")


def test_on_the_next_level_every_total_opens_down_to_the_townships_and_what_they_booked() -> None:
    merged = county(roster=(BAIJIA, DOUCUN, TAIHUAI), adjustments=[Adjustment(PLACES, -2, "两镇重复统计", by="王五")])
    report, _ = handed_on(merged)
    other = submission(FORM, {PLACES: 10}, unit=Unit("140923", "邻县"))

    city = merge_submissions([report, other])
    again, _ = handed_on(city, CITY)

    opened = city.deep_sources(PLACES)
    assert [("/".join(u.name for u in one.path), one.value, one.origin.file, str(one.origin)) for one in opened] == [
        ("示例县/白家庄镇", 3, "140922018.xlsx", "一、检查情况!D9"),
        ("示例县/豆村镇", 4, "140922003.xlsx", "一、检查情况!D9"),
        ("示例县", -2, "示例县.xlsx", ""),
        ("邻县", 10, "140923.xlsx", "一、检查情况!D9"),
    ]
    assert [one.booking and one.booking.note for one in opened] == [None, None, "两镇重复统计", None]
    assert again.provenance is not None
    assert again.provenance.levels == 2
    assert found(again)["M-PARTS-MISSING"].startswith("这一份是 2 个单位汇总来的，还缺 1 个：示例县 → 台怀镇。")


def test_a_total_below_that_is_not_what_its_parts_add_up_to_is_told_and_ends_the_way_down() -> None:
    report, _ = handed_on(county())
    changed = replace(report, answers={**report.answers, PLACES: report.answers[PLACES]._replace(value=9, raw="9")})

    city = merge_submissions([changed])
    again, _ = handed_on(city, CITY)

    assert [(one.path, one.value) for one in city.deep_sources(PLACES)] == [((COUNTY,), 9)]
    assert found(again) == {
        "M-PARTS-BELOW": (
            "示例县：有 1 格与它所汇总的单位合计不一致，第一处是“一、检查情况 → 人员密集场所 → 商场、宾馆、学校 → 场所总数”：表里 9，合计 7，差 2。"
            " 请该单位说明，或者重新汇总后逐级再报。"
        )
    }


def test_a_unit_that_two_counties_hand_on_or_that_reports_by_itself_too_is_told() -> None:
    first, _ = handed_on(county())
    second, _ = handed_on(county([submission(FORM, {PLACES: 4}, unit=DOUCUN)]), Unit("140923", "邻县"))
    alone = submission(FORM, {PLACES: 3}, unit=BAIJIA)

    each = tb.run_checks([first, second, alone])

    told = [(f.file, f.severity.value, f.message("zh").partition("。")[0]) for f in each if f.code == "M-PARTS-TWICE"]
    assert told == [
        ("邻县.xlsx", "error", "有 1 个单位在“示例县”里已经计入，这一份又计了一次：豆村镇"),
        ("140922018.xlsx", "error", "有 1 个单位在“示例县”里已经计入，这一份又计了一次：白家庄镇"),
    ]


def test_a_unit_that_two_counties_of_one_city_have_handed_on_is_told_where_the_city_is_merged() -> None:
    counties = [
        handed_on(county([submission(FORM, {PLACES: 4}, unit=DOUCUN)]), unit)[0]
        for unit in (COUNTY, Unit("140923", "邻县"))
    ]

    report, _ = handed_on(county(counties), CITY)

    assert found(report) == {
        "M-PARTS-TWICE": (
            "有 1 个单位在“示例市 → 示例县”里已经计入，这一份又计了一次：豆村镇。"
            " 请查明它们归哪一级上报，只留一处，再汇总一次：两处都留，合计就重复了。"
        )
    }


def test_an_office_that_reports_to_itself_under_its_own_code_counts_nobody_twice() -> None:
    report, _ = handed_on(county([submission(FORM, {PLACES: 4}, unit=unit) for unit in (COUNTY, DOUCUN)]))

    assert found(report) == {}


def test_a_county_that_hands_on_again_what_it_has_mended_counts_nobody_twice() -> None:
    first, _ = handed_on(county())
    again, _ = handed_on(county([submission(FORM, {PLACES: 5}, unit=unit) for unit in (BAIJIA, DOUCUN)]))

    assert "M-PARTS-TWICE" not in {finding.code for finding in tb.run_checks([first, again])}


def test_the_sheet_says_who_is_in_it_who_is_not_and_what_was_adjusted() -> None:
    adjustments = [Adjustment(PLACES, -2, "两镇重复统计", by="王五", at="2026-01-09")]
    target = io.BytesIO()
    write_as_unit(county(roster=(BAIJIA, DOUCUN, TAIHUAI), adjustments=adjustments), target, unit=COUNTY)

    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["汇总来源"]

    rows = [[cell.value for cell in row[1:] if cell.value not in (None, "")] for row in sheet.iter_rows()]
    assert (sheet.sheet_state, sheet.protection.sheet, sheet.column_dimensions["A"].hidden) == ("visible", True, True)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert [row for row in rows if row][2:] == [
        ["本表由 2 个单位的报表汇总而成。缺报 1 个单位，见下。"],
        ["序号", "单位代码", "单位", "文件", "SHA-256 前12位", "情况"],
        ["1", "140922018", "白家庄镇", "140922018.xlsx", county().submissions[1].sha256[:12]],
        ["2", "140922003", "豆村镇", "140922003.xlsx", county().submissions[0].sha256[:12]],
        ["缺报的单位（1 个）：合计里没有它们的数"],
        ["序号", "单位代码", "单位", "哪一级"],
        ["1", "140922001", "台怀镇", "本级"],
        ["汇总时的调整（1 笔）：已在合计里，各单位的数没有改动"],
        ["序号", "哪一级", "格", "理由", "调整数", "经办"],
        [
            "1",
            "本级",
            "一、检查情况 → 人员密集场所 → 商场、宾馆、学校 → 场所总数",
            "两镇重复统计",
            "-2",
            "王五　2026-01-09",
        ],
    ]


def test_a_correction_carries_what_the_report_was_made_of() -> None:
    report, _ = handed_on(county(roster=(BAIJIA, DOUCUN, TAIHUAI)))
    target = io.BytesIO()

    write_correction(as_laid_out(report), tb.run_checks(report), target)

    assert read(target.getvalue()).provenance == report.provenance


def test_a_sheet_of_sources_takes_no_cell_of_the_form() -> None:
    inputs = {key for key in summed(FORM) if FORM.by_key[key].kind is Kind.INPUT}

    assert inputs == {cell.key for table in FORM.tables[:1] for cell in table.inputs()}


@pytest.mark.office
def test_it_survives_libreoffice_in_every_format(office: Office, tmp_path: Path) -> None:
    merged = county(roster=(BAIJIA, DOUCUN, TAIHUAI))
    write_as_unit(merged, tmp_path / "示例县.xlsx", unit=COUNTY)

    with office.open(tmp_path / "示例县.xlsx") as book:
        saved = [tb.read_workbook(book.save(tmp_path / f"saved.{suffix}")) for suffix in ("xlsx", "xls", "ods")]

    assert [report.provenance for report in saved] == [provenance_of(merged)] * 3
    assert [report[FINES] for report in saved] == [Decimal("1.35")] * 3
