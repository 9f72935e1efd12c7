"""The county's workbook, as somebody who opens it sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import tianbao as tb
from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, refused, submission
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Value
from tianbao.reports.county import write_county
from tianbao.workbook.layout import make_layout
from tianbao.workbook.package import unescape

ROSTER = (BAIJIA, DOUCUN, TAIHUAI)


def returned() -> list[tb.Submission]:
    """Baijia with a hazard and a mistake, Doucun with a gap and an unreadable cell, and a file that is no workbook."""
    baijia: dict[str, Value] = {
        "inspections.public.places": 3,
        "inspections.public.inspected": 4,
        "inspections.public.visits": 3,
        "inspections.public.found": 2,
        "inspections.public.fines": Decimal("1.25"),
        "hazards.1.place": "粮站",
        "hazards.1.kind": "其他",
        "hazards.1.found_on": date(2025, 3, 1),
        "hazards.1.fixed": "否",
        "hazards.1.cost": Decimal("0.50"),
    }
    doucun: dict[str, Value] = {"inspections.public.places": 2, "inspections.public.fines": Decimal("0.10")}
    return [
        submission("fire-safety", baijia, unit=BAIJIA, explanations={"X1-03.public": "只计了一次。"}),
        submission(
            "fire-safety",
            doucun,
            unit=DOUCUN,
            blank=["inspections.factory.places"],
            unreadable=["inspections.rented.places"],
        ),
        refused("说明.pdf"),
    ]


def county(submissions: Iterable[tb.Submission], *, results: bool = False) -> openpyxl.Workbook:
    several, target = list(submissions), BytesIO()
    write_county(merge_submissions(several, roster=ROSTER), tb.run_checks(several), target)
    return openpyxl.load_workbook(target, data_only=results)


def lines(sheet: Worksheet) -> list[list[object]]:
    """Return what is written, blanks left out."""
    rows: Iterable[Iterable[object]] = sheet.iter_rows(values_only=True)
    values = [[unescape(value) if isinstance(value, str) else value for value in row] for row in rows]
    return [written for row in values if (written := [value for value in row if value not in (None, "")])]


def at(book: openpyxl.Workbook, key: str) -> object:
    place = make_layout(tb.load_form("fire-safety")).places[key]
    return book[place.sheet].cell(place.row, place.column).value


def test_the_first_sheet_says_who_is_in_the_totals_who_is_not_and_why() -> None:
    summary = lines(county(returned())["汇总说明"])

    assert summary[:6] == [
        ["2025年乡镇消防安全检查季报（汇总）"],
        ["应报 3 家，已计入 2 家。未计入：台怀镇。"],
        ["序号", "单位代码", "单位", "是否计入", "文件", "情况"],
        ["1", "140922018", "白家庄镇", "已计入", "140922018.xlsx", "× 2 处必须改正，△ 2 处待核实"],
        ["2", "140922003", "豆村镇", "已计入", "140922003.xlsx", "× 1 处必须改正"],
        ["3", "140922001", "台怀镇", "未计入", "—", "没有收到报表"],
    ]
    assert summary[6:9] == [
        ["没有计入的文件"],
        ["序号", "代码", "单位", "文件", "原因"],
        [
            "1",
            "F-PDF",
            "—",
            "说明.pdf",
            "收到的是 PDF（“说明.pdf”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。",
        ],
    ]


def test_a_total_that_lacks_a_units_figure_is_named_and_marked() -> None:
    book = county(returned())

    summary = lines(book["汇总说明"])
    start = summary.index(["不完整的合计：下列单位的这一格空着或者读不出来，没有当作 0"])

    assert [row[-2:] for row in summary[start + 2 :]] == [
        ["inspections.rented.places", "豆村镇（读不出：/）"],
        ["inspections.rented.rate", "豆村镇"],
        ["inspections.factory.places", "豆村镇（空白）"],
        ["inspections.factory.rate", "豆村镇"],
        ["inspections.total.places", "豆村镇"],
        ["inspections.total.rate", "豆村镇"],
    ]
    place = make_layout(tb.load_form("fire-safety")).places["inspections.rented.places"]
    assert book[place.sheet].cell(place.row, place.column).number_format == '"△ "#,##0.######'


def test_every_total_is_a_formula_over_the_units_line_and_brings_its_result() -> None:
    formulas, results = county(returned()), county(returned(), results=True)

    assert at(formulas, "inspections.public.places") == "=SUM('各单位数据'!F4:G4)"
    assert at(results, "inspections.public.places") == 5
    assert at(results, "inspections.public.fines") == pytest.approx(1.35)
    assert at(results, "inspections.total.places") == 5
    assert at(results, "inspections.public.rate") == 80


def test_what_the_form_computes_is_computed_on_the_sums() -> None:
    formulas = county(returned())

    rate = str(at(formulas, "inspections.public.rate"))

    assert "ROUND(" in rate
    assert "各单位数据" not in rate


def test_a_blank_stays_blank_and_what_could_not_be_read_is_a_question_mark() -> None:
    sheet = county(returned())["各单位数据"]

    figures = {row[0].value: [cell.value for cell in row[5:7]] for row in sheet.iter_rows(min_row=4)}

    assert figures["inspections.public.places"] == [3, 2]
    assert figures["inspections.rented.places"] == [0, "？"]
    assert figures["inspections.factory.places"] == [0, None]


def test_every_state_of_an_answer_looks_different_and_a_legend_says_how() -> None:
    places = {row: f"inspections.{row}.places" for row in ("public", "rented", "factory")}
    free = submission(
        "fire-safety",
        unit=BAIJIA,
        blank=[places["public"]],
        unreadable=[places["rented"]],
        not_applicable=[places["factory"]],
    )
    declared = submission("fire-safety", {"cover.zero_report": "是", places["public"]: 2}, unit=DOUCUN)

    sheet = county([free, declared])["各单位数据"]

    looks = {
        row[0].value: [(cell.value, cell.number_format) for cell in row[5:7]] for row in sheet.iter_rows(min_row=4)
    }
    typed = "#,##0;-#,##0;0"
    assert [value for value, _ in looks[places["public"]]] == [None, 2]
    assert looks[places["public"]][1] == (2, typed)
    assert looks[places["rented"]] == [("？", "General"), (0, '"零报告 "0')]
    assert looks[places["factory"]] == [("不适用", "General"), (0, '"零报告 "0')]
    assert looks["inspections.total.places"] == [(0, '"△ "#,##0.######'), (2, typed)]
    assert lines(sheet)[-1] == [
        "空着的格：没有填。？：填的读不出。△：由空着或读不出的格算出，不完整。零报告 0：单位申报的零。不适用：单位写明不适用。"
    ]


def test_what_cannot_be_read_in_a_detail_list_is_a_question_mark() -> None:
    one = submission("fire-safety", {"hazards.1.place": "粮站"}, unit=BAIJIA, unreadable=["hazards.1.cost"])

    assert lines(county([one])["二、重大隐患"])[1] == ["白家庄镇", 1, "粮站", "？"]


def test_a_total_to_which_no_unit_gave_a_figure_is_blank() -> None:
    left_out = [submission("zfxxgk-2019", unit=unit, year=2020) for unit in (BAIJIA, DOUCUN)]
    target = BytesIO()
    write_county(merge_submissions(left_out), (), target)
    place = make_layout(tb.load_form("zfxxgk-2019")).places["art20_9.procurement.amount"]

    formula, result = (
        openpyxl.load_workbook(target, data_only=results)[place.sheet].cell(place.row, place.column).value
        for results in (False, True)
    )

    assert result is None
    assert formula == "=IF(COUNT('各单位数据'!F25:G25)=0,\"\",SUM('各单位数据'!F25:G25))"


def test_each_units_column_names_the_file_its_figures_came_in() -> None:
    sheet = county(returned())["各单位数据"]

    heads = [[cell.value for cell in column] for column in sheet.iter_cols(6, 7, 1, 3)]

    assert heads == [["白家庄镇", "140922018", "140922018.xlsx"], ["豆村镇", "140922003", "140922003.xlsx"]]


def test_the_lines_of_a_detail_list_stand_under_each_other_with_their_unit() -> None:
    sheet = county(returned())["二、重大隐患"]

    assert lines(sheet) == [
        ["单位", "No.", "场所名称", "隐患类别", "发现日期", "是否整改", "整改投入（万元）"],
        ["白家庄镇", 1, "粮站", "其他", datetime(2025, 3, 1), "否", 0.5],  # noqa: DTZ001  a cell knows no time zone
    ]
    assert sheet.auto_filter.ref == "A1:G2"


def test_every_finding_is_listed_with_both_sides_and_what_the_unit_wrote() -> None:
    sheet = county(returned())["审核情况"]

    heads, *findings = [list(row) for row in sheet.iter_rows(values_only=True)]

    assert heads == [
        "单位",
        "代码",
        "级别",
        "位置",
        "意见",
        "左边",
        "右边",
        "差额",
        "单位说明",
        "处理",
        "理由",
        "经办人",
        "文件",
    ]
    assert [short(row) for row in findings] == [
        ["白家庄镇", "X1-01", "错误", 4, 3, 1, None],
        ["白家庄镇", "X1-01", "错误", 4, 3, 1, None],
        ["白家庄镇", "X1-03", "核实", 3, 4, -1, "只计了一次。", "说明太简单"],
        ["白家庄镇", "X1-03", "核实", 3, 4, -1, None],
        ["豆村镇", "C-01", "错误", 26, 28, -2, None],
    ]
    assert str(findings[0][4]).endswith(
        "已检查场所不多于场所总数；现在 4 > 3，差 1。同一场所检查多次只计一处，次数填在“检查次数”。"
    )
    assert sheet.auto_filter.ref == "A1:M6"


def short(row: Sequence[object]) -> list[object]:
    return [*row[:3], *row[5:8], row[8] or None, *([row[9]] if row[9] else [])]


def test_a_copied_neighbour_stands_among_the_findings_of_both() -> None:
    numbers = dict(zip(("places", "inspected", "visits", "found"), (9, 8, 12, 2), strict=True))
    copied: dict[str, Value] = {f"inspections.public.{name}": number for name, number in numbers.items()}

    book = county([submission("fire-safety", copied, unit=unit) for unit in (BAIJIA, DOUCUN)])

    findings = [list(row) for row in book["审核情况"].iter_rows(min_row=2, values_only=True)]
    assert [row[:3] for row in findings] == [["白家庄镇", "A-01", "核实"], ["豆村镇", "A-01", "核实"]]
    assert str(findings[0][4]).startswith("各表填的与“豆村镇”每一格都相同：共 28 格，其中不是 0 的 4 格（")
    assert lines(book["汇总说明"])[3][-1] == "△ 1 处待核实"


def test_a_note_is_neither_something_to_mend_nor_to_explain() -> None:
    again = replace(submission("fire-safety", unit=BAIJIA), file="二.xlsx")

    summary = lines(county([submission("fire-safety", unit=BAIJIA, file="一.xlsx"), again])["汇总说明"])

    assert summary[3] == ["1", "140922018", "白家庄镇", "已计入", "一.xlsx", "√ 审核通过"]


def test_a_query_that_the_unit_has_explained_waits_for_nobody() -> None:
    costly: dict[str, Value] = {"hazards.1.place": "粮站", "hazards.1.fixed": "是", "hazards.1.cost": Decimal(600)}
    states = []
    for words in ("核实无误", "整栋厂房加装喷淋，合同价 600 万元"):
        one = submission("fire-safety", costly, unit=BAIJIA, explanations={"X2-03": words})
        states.append(lines(county([one])["汇总说明"])[3][-1])

    assert states == ["△ 1 处待核实", "√ 审核通过，已写明情况 1 处"]


def test_what_the_office_decided_stands_on_the_first_sheet_and_beside_its_finding() -> None:
    """Also of an error: its figure is in the total as it was written."""
    wrong: dict[str, Value] = {
        "inspections.public.places": 3,
        "inspections.public.inspected": 4,
        "inspections.public.visits": 4,
        "hazards.1.place": "粮站",
        "hazards.1.fixed": "是",
        "hazards.1.cost": Decimal(600),
    }
    waived = tb.Decision(BAIJIA.code, "X1-01", "", tb.DecisionKind.WAIVED, "县里统一补查", "李某")
    accepted = tb.Decision(BAIJIA.code, "X2-03", "", tb.DecisionKind.ACCEPTED, "已看合同", "王某")
    several = [submission("fire-safety", wrong, unit=BAIJIA)]

    target = BytesIO()
    findings = tb.run_checks(several, decisions=[waived, accepted])
    write_county(merge_submissions(several), findings, target)

    book = openpyxl.load_workbook(target)
    summary = lines(book["汇总说明"])
    assert summary[3][-1] == "√ 审核通过，接受说明 1 处，免于审核 2 处（其中必须改正的 2 处）"
    start = summary.index(["办公室的处理：接受的说明和免于审核的，数照单位填的汇总"])
    assert [row[1:4] for row in summary[start + 2 :]] == [
        ["X1-01", "白家庄镇", "免于审核"],
        ["X1-01", "白家庄镇", "免于审核"],
        ["X2-03", "白家庄镇", "接受说明"],
    ]
    assert str(summary[start + 2][-1]).endswith("次数填在“检查次数”。 理由：县里统一补查（李某）")
    assert [[cell.value for cell in row[9:12]] for row in book["审核情况"].iter_rows(min_row=2)] == [
        ["免于审核", "县里统一补查", "李某"],
        ["免于审核", "县里统一补查", "李某"],
        ["接受说明", "已看合同", "王某"],
    ]
    assert at(book, "inspections.public.inspected") == "=SUM('各单位数据'!F6:F6)"


def test_nothing_is_locked() -> None:
    book = county(returned())

    assert [sheet.title for sheet in book.worksheets if sheet.protection.sheet] == []
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == []


def test_the_same_submissions_give_the_same_bytes() -> None:
    first, second = BytesIO(), BytesIO()
    for target in (first, second):
        several = returned()
        write_county(merge_submissions(several, roster=ROSTER), tb.run_checks(several), target)

    assert first.getvalue() == second.getvalue()


def test_nobody_need_have_answered() -> None:
    target = BytesIO()

    write_county(
        merge_submissions([refused("说明.pdf")], roster=ROSTER, form=tb.load_form("fire-safety"), year=2025), (), target
    )

    summary = lines(openpyxl.load_workbook(target)["汇总说明"])
    assert summary[1] == ["应报 3 家，已计入 0 家。未计入：白家庄镇、豆村镇、台怀镇。"]


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "{=1+1}", "<script>", "<r>&</r>", "a\"'b", "\u202e镇", "\x1b[31m镇", "镇" * 300],
)
def test_names_and_what_units_wrote_are_texts(name: str) -> None:
    """C: a unit that calls itself so, its file, what it wrote in a list and beside a query."""
    unit = tb.Unit(name, name)
    values: dict[str, Value] = {
        "inspections.public.inspected": 1,
        "inspections.public.visits": 0,
        "hazards.1.place": name,
        "hazards.1.kind": "其他",
        "hazards.1.found_on": date(2025, 3, 1),
        "hazards.1.fixed": "否",
    }
    one = submission("fire-safety", values, unit=unit, file=f"{name}.xlsx", explanations={"X1-03.public": name})
    left_out = refused(f"{name}.pdf")

    target = BytesIO()
    write_county(merge_submissions([one, left_out], roster=[unit]), tb.run_checks([one, left_out]), target)

    book = openpyxl.load_workbook(target)
    summary, units, hazards, findings = (
        lines(book[sheet]) for sheet in ("汇总说明", "各单位数据", "二、重大隐患", "审核情况")
    )
    assert summary[3][:5] == ["1", name, name, "已计入", f"{name}.xlsx"]
    assert [row[3] for row in summary if row[1:2] == ["F-PDF"]] == [f"{name}.pdf"]
    assert [row[-1] for row in units[:3]] == [name, name, f"{name}.xlsx"]
    assert hazards[1][:3] == [name, 1, name]
    assert {row[0] for row in findings[1:]} == {name}
    assert {row[-1] for row in findings[1:]} == {f"{name}.xlsx"}
    assert name in [cell for row in findings[1:] for cell in row[7:-1]]
    assert formulas(book) == formulas(county(returned()[:1]))


def formulas(book: openpyxl.Workbook) -> set[tuple[str, str]]:
    """Return where formulas stand, but in the units' own columns."""
    return {(sheet.title, cell.coordinate) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
            if cell.data_type == "f"}  # fmt: skip


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_shows_it() -> None:
    one = submission("fire-safety", {"hazards.1.place": "粮" * 40_000}, unit=BAIJIA)
    target = BytesIO()

    write_county(merge_submissions([one]), (), target)

    assert lines(openpyxl.load_workbook(target)["二、重大隐患"])[1][2] == "粮" * 32_766 + "…"
