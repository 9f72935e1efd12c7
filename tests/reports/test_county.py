"""The county's workbook, as somebody who opens it sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import unquote
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter as column_of
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

import tianbao as tb
from tests.benchmarks.workload import right_report
from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, refused, submission
from tianbao.merge.adjustment import Adjustment
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Value
from tianbao.reports.county import Beside, find_sources, write_county
from tianbao.reports.county.draft import FIRST_LINE, FIRST_UNIT, HEADS, UNIT_HEADS
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


def test_the_sheet_of_the_absent_says_who_is_missing_and_which_files_are_left_out_and_why() -> None:
    absent = lines(county(returned())["缺报与免报"])

    assert absent == [
        ["2025年乡镇消防安全检查季报缺报与免报"],
        ["应报 3 家，已报 2 家，通过 0 家。合计不全，缺 1 家：台怀镇。"],
        ["缺报 1 家"],
        ["序号", "单位代码", "单位", "是否计入", "文件", "情况"],
        ["1", "140922001", "台怀镇", "未计入", "—", "没有收到报表"],
        ["没有计入的文件 1 个"],
        ["序号", "单位代码", "单位", "代码", "文件", "原因"],
        [
            *("1", "—", "—", "F-PDF", "说明.pdf"),
            "收到的是 PDF（“说明.pdf”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。",
        ],
        ["不完整的合计 6 个：下列单位的这一格空着或者读不出来，没有当作 0"],
        ["序号", "键", "格子", "表", "位置", "缺这一格的单位"],
        *(
            [str(n), key, label, "表一", f"'一、检查情况'!{at}", units]
            for n, (key, label, at, units) in enumerate(
                [
                    ("inspections.rented.places", "出租房屋 → 场所总数", "D10", "豆村镇（读不出：/）"),
                    ("inspections.rented.rate", "出租房屋 → 检查率（%）", "H10", "豆村镇"),
                    ("inspections.factory.places", "厂房、仓库 → 场所总数", "D11", "豆村镇（空白）"),
                    ("inspections.factory.rate", "厂房、仓库 → 检查率（%）", "H11", "豆村镇"),
                    ("inspections.total.places", "合计 → 场所总数", "D13", "豆村镇"),
                    ("inspections.total.rate", "合计 → 检查率（%）", "H13", "豆村镇"),
                ],
                start=1,
            )
        ),
        ["已计入 2 家"],
        ["序号", "单位代码", "单位", "版本", "文件", "情况"],
        ["1", "140922018", "白家庄镇", "已计入", "140922018.xlsx", "× 2 处必须改正，△ 2 处待核实"],
        ["2", "140922003", "豆村镇", "已计入", "140922003.xlsx", "× 1 处必须改正"],
    ]


def test_the_first_page_says_what_is_to_be_known_before_signing() -> None:
    front = lines(county(returned(), results=True)["汇总表"])

    start = front.index(["签字前请看"])
    told = front[start + 1 : front.index(["本表各页"])]
    assert front[1] == ["应报 3 家，已报 2 家，通过 0 家。合计不全，缺 1 家：台怀镇。"]
    assert front[3] == ["场所总数", 5, "—", "—", "处", "→ 打开"]
    assert told == [
        ["√ 45 个合计：公式算得的与程序核算的一致", "→ 打开"],
        ["× 还缺 1 家，合计不全", "→ 打开"],
        ["× 6 个合计缺数：有的单位这一格空着或者读不出，没有当作 0", "→ 打开"],
        ["× 2 家的报表还有 3 处必须改正", "→ 打开"],
        ["△ 1 家的报表还有 2 处待核实", "→ 打开"],
    ]


def test_a_total_that_lacks_a_units_figure_is_marked() -> None:
    book = county(returned())

    place = make_layout(tb.load_form("fire-safety")).places["inspections.rented.places"]

    assert book[place.sheet].cell(place.row, place.column).number_format == '"△ "#,##0.######'


def test_every_total_is_a_formula_over_the_units_line_and_brings_its_result() -> None:
    formulas, results = county(returned()), county(returned(), results=True)

    assert at(formulas, "inspections.public.places") == "=SUM('单位明细'!G6:H6)"
    assert at(results, "inspections.public.places") == 5
    assert at(results, "inspections.public.fines") == pytest.approx(1.35)
    assert at(results, "inspections.total.places") == 5
    assert at(results, "inspections.public.rate") == 80


def test_what_the_form_computes_is_computed_on_the_sums() -> None:
    formulas = county(returned())

    rate = str(at(formulas, "inspections.public.rate"))

    assert "ROUND(" in rate
    assert "单位明细" not in rate


def test_a_blank_stays_blank_and_what_could_not_be_read_is_a_question_mark() -> None:
    sheet = county(returned())["单位明细"]

    figures = {
        row[0].value: [cell.value for cell in row[FIRST_UNIT - 1 : FIRST_UNIT + 1]]
        for row in sheet.iter_rows(min_row=FIRST_LINE)
    }

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

    sheet = county([free, declared])["单位明细"]

    looks = {
        row[0].value: [(cell.value, cell.number_format) for cell in row[FIRST_UNIT - 1 : FIRST_UNIT + 1]]
        for row in sheet.iter_rows(min_row=FIRST_LINE)
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

    assert lines(county([one])["二、重大隐患"])[-1] == ["白家庄镇", 1, "粮站", "？"]


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
    assert formula == "=IF(COUNT('单位明细'!G27:H27)=0,\"\",SUM('单位明细'!G27:H27))"


def test_each_units_column_names_the_file_its_figures_came_in() -> None:
    sheet = county(returned())["单位明细"]

    heads = [
        [cell.value for cell in column]
        for column in sheet.iter_cols(FIRST_UNIT, FIRST_UNIT + 1, HEADS + 1, HEADS + UNIT_HEADS)
    ]

    assert heads == [["白家庄镇", "140922018", "140922018.xlsx"], ["豆村镇", "140922003", "140922003.xlsx"]]


def test_the_lines_of_a_detail_list_stand_under_each_other_with_their_unit() -> None:
    sheet = county(returned())["二、重大隐患"]

    assert lines(sheet)[2:] == [
        ["单位", "No.", "场所名称", "隐患类别", "发现日期", "是否整改", "整改投入（万元）"],
        ["白家庄镇", 1, "粮站", "其他", datetime(2025, 3, 1), "否", 0.5],  # noqa: DTZ001  a cell knows no time zone
    ]
    assert sheet.auto_filter.ref == "A3:G4"


def test_every_finding_is_listed_with_both_sides_and_what_the_unit_wrote() -> None:
    sheet = county(returned())["审核情况"]

    heads, *findings = [list(row) for row in sheet.iter_rows(min_row=HEADS + 1, values_only=True)]

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
    assert sheet.auto_filter.ref == "A3:M8"


def short(row: Sequence[object]) -> list[object]:
    return [*row[:3], *row[5:8], row[8] or None, *([row[9]] if row[9] else [])]


def test_a_copied_neighbour_stands_among_the_findings_of_both() -> None:
    numbers = dict(zip(("places", "inspected", "visits", "found"), (9, 8, 12, 2), strict=True))
    copied: dict[str, Value] = {f"inspections.public.{name}": number for name, number in numbers.items()}

    book = county([submission("fire-safety", copied, unit=unit) for unit in (BAIJIA, DOUCUN)])

    findings = [list(row) for row in book["审核情况"].iter_rows(min_row=HEADS + 2, values_only=True)]
    assert [row[:3] for row in findings] == [["白家庄镇", "A-01", "核实"], ["豆村镇", "A-01", "核实"]]
    assert str(findings[0][4]).startswith("各表填的与“豆村镇”每一格都相同：共 28 格，其中不是 0 的 4 格（")
    assert states(book) == ["△ 1 处待核实", "△ 1 处待核实"]


def test_a_note_is_neither_something_to_mend_nor_to_explain() -> None:
    again = replace(submission("fire-safety", unit=BAIJIA), file="二.xlsx")

    book = county([submission("fire-safety", unit=BAIJIA, file="一.xlsx"), again])

    assert states(book) == ["√ 审核通过"]


def test_a_query_that_the_unit_has_explained_waits_for_nobody() -> None:
    costly: dict[str, Value] = {"hazards.1.place": "粮站", "hazards.1.fixed": "是", "hazards.1.cost": Decimal(600)}
    told = []
    for words in ("核实无误", "整栋厂房加装喷淋，合同价 600 万元"):
        one = submission("fire-safety", costly, unit=BAIJIA, explanations={"X2-03": words})
        told += states(county([one]))

    assert told == ["△ 1 处待核实", "√ 审核通过，已写明情况 1 处"]


def test_what_the_office_decided_stands_on_a_sheet_of_its_own_and_beside_its_finding() -> None:
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
    assert states(book) == ["√ 审核通过，接受说明 1 处，免于审核 2 处（其中必须改正的 2 处）"]
    office = lines(book["调整"])
    start = office.index(["办公室的处理：接受的说明和免于审核的，数照单位填的汇总"])
    assert [[row[1], str(row[2])[:4], row[3]] for row in office[start + 2 :]] == [
        ["X1-01", "白家庄镇", "免于审核"],
        ["X1-01", "白家庄镇", "免于审核"],
        ["X2-03", "白家庄镇", "接受说明"],
    ]
    assert str(office[start + 2][4]).endswith("次数填在“检查次数”。 理由：县里统一补查")
    assert office[start + 2][5] == "李某"
    assert "△ 免于审核的错误 2 处，数照单位填的计入" in [row[0] for row in lines(book["汇总表"])]
    assert [[cell.value for cell in row[9:12]] for row in book["审核情况"].iter_rows(min_row=HEADS + 2)] == [
        ["免于审核", "县里统一补查", "李某"],
        ["免于审核", "县里统一补查", "李某"],
        ["接受说明", "已看合同", "王某"],
    ]
    assert at(book, "inspections.public.inspected") == "=SUM('单位明细'!G8:G8)"


def test_every_sheet_is_locked_and_the_lists_can_be_filtered_and_sorted() -> None:
    book = county(returned())

    assert [sheet.title for sheet in book.worksheets if not sheet.protection.sheet] == []
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == []
    assert book.security.lockStructure
    for name in ("数据", "审核情况", "二、重大隐患"):
        sheet = book[name]
        #: What openpyxl calls so is forbidden where it is true.
        assert (sheet.protection.autoFilter, sheet.protection.sort) == (False, False)
        listed = sheet[str(sheet.auto_filter.ref)][1:]
        assert {cell.protection.locked for row in listed for cell in row} == {False}
    assert {cell.protection.locked for row in book["单位明细"].iter_rows() for cell in row} == {True}


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

    assert lines(openpyxl.load_workbook(target)["汇总表"])[1] == [
        "应报 3 家，已报 0 家，通过 0 家。合计不全，缺 3 家：白家庄镇、豆村镇、台怀镇。"
    ]


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
    absent, units, hazards, findings = (
        lines(book[sheet]) for sheet in ("缺报与免报", "单位明细", "二、重大隐患", "审核情况")
    )
    assert absent[-1][:5] == ["1", name, name, "已计入", f"{name}.xlsx"]
    assert [row[4] for row in absent if row[3:4] == ["F-PDF"]] == [f"{name}.pdf"]
    assert name in units[2]
    assert [units[3], units[4]] == [[name], [f"{name}.xlsx"]]
    assert hazards[-1][:3] == [name, 1, name]
    assert {row[0] for row in findings[3:]} == {name}
    assert {row[-1] for row in findings[3:]} == {f"{name}.xlsx"}
    assert name in [cell for row in findings[3:] for cell in row[7:-1]]
    assert {row[1] for row in lines(book["数据"])[3:]} == {name}
    assert formulas(book) == formulas(county(returned()[:1]))


def states(book: openpyxl.Workbook) -> list[object]:
    """Return what is said of every unit that is counted."""
    absent = lines(book["缺报与免报"])
    start = next(n for n, row in enumerate(absent) if str(row[0]).startswith("已计入"))
    return [row[-1] for row in absent[start + 2 :]]


def formulas(book: openpyxl.Workbook) -> set[tuple[str, str]]:
    """Return where formulas stand, but in the units' own columns."""
    return {(sheet.title, cell.coordinate) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
            if cell.data_type == "f"}  # fmt: skip


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_shows_it() -> None:
    one = submission("fire-safety", {"hazards.1.place": "粮" * 40_000}, unit=BAIJIA)
    target = BytesIO()

    write_county(merge_submissions([one]), (), target)

    assert lines(openpyxl.load_workbook(target)["二、重大隐患"])[-1][2] == "粮" * 32_766 + "…"


# ── what a total opens to ───────────────────────────────────────────────────────────────────────────────────────────


def test_three_totals_open_down_to_the_cells_in_which_the_units_wrote_them(tmp_path: Path) -> None:
    """Total → its line in 单位明细 → file, sheet and cell: as whoever clicks goes."""
    form, chance = tb.load_form("zfxxgk-2021"), Random(7)  # noqa: S311  numbers for a test, no secrets
    (tmp_path / "来件 1").mkdir()
    units = [tb.Unit(f"{n:03}", f"第{n}镇#%") for n in range(1, 6)]
    paths = {unit.code: tmp_path / "来件 1" / f"{unit.name}.xlsx" for unit in units}
    for unit in units:
        tb.write_workbook(form, paths[unit.code], unit=unit, year=2025, values=right_report(chance))
    merged = merge_submissions(tb.read_many(paths.values()))
    sources = find_sources(merged, paths, tmp_path, copies="来源")
    write_county(merged, (), tmp_path / "县.xlsx", beside=Beside(files=sources.files))
    book = openpyxl.load_workbook(tmp_path / "县.xlsx")

    for key in chance.sample([key for key, total in merged.totals.items() if total], 3):
        place = make_layout(form).places[key]
        line = follow(book, link_of(book[place.sheet].cell(place.row, place.column)))
        found = []
        for n in range(len(units)):
            figure = book["单位明细"].cell(line.row, FIRST_UNIT + n)
            file = tmp_path / unquote(str(link_of(figure).target))
            source = follow(openpyxl.load_workbook(file, data_only=True), link_of(figure))
            assert source.value == figure.value
            found.append(Decimal(str(source.value)))
        assert line.parent is book["单位明细"]
        assert sum(found) == merged.totals[key]


def link_of(cell: Cell | MergedCell) -> Hyperlink:
    assert isinstance(cell.hyperlink, Hyperlink)
    return cell.hyperlink


def follow(book: openpyxl.Workbook, link: Hyperlink) -> Cell:
    """Return the cell to which a link leads."""
    sheet, _, at = str(link.location).rpartition("!")
    found = book[sheet.strip("'")][at]
    assert isinstance(found, Cell)
    return found


def test_what_came_in_a_zip_is_copied_out_so_that_its_cells_can_be_opened(tmp_path: Path) -> None:
    form = tb.load_form("fire-safety")
    tb.write_workbook(form, tmp_path / "一.xlsx", unit=BAIJIA, year=2025)
    data = (tmp_path / "一.xlsx").read_bytes()
    with ZipFile(tmp_path / "全部.zip", "w") as archive:
        archive.writestr("白家庄.xlsx", data)
    merged = merge_submissions(tb.read_many([tmp_path / "全部.zip"]))

    sources = find_sources(merged, {BAIJIA.code: tmp_path / "全部.zip"}, tmp_path, copies="来源")

    assert sources.files == {BAIJIA.code: "来源/140922018_白家庄镇.xlsx"}
    assert sources.copies == {"来源/140922018_白家庄镇.xlsx": data}
    assert sources.closed == frozenset()


def test_where_a_sheet_would_have_more_links_than_excel_takes_the_totals_keep_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tianbao.workbook.book.MOST_LINKS", 300)
    merged = merge_submissions(submission("zfxxgk-2021", unit=unit) for unit in ROSTER)
    target = BytesIO()

    write_county(merged, (), target, beside=Beside(files={unit.code: "一.xlsx" for unit in ROSTER}))

    sheet = openpyxl.load_workbook(target)["单位明细"]
    linked = [cell.coordinate[0] for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert (len(linked), linked.count("E")) == (300, 200)


# ── what changes what ───────────────────────────────────────────────────────────────────────────────────────────────


def everything(merged: tb.Merged, beside: Beside | None = None) -> dict[tuple[str, str], object]:
    """Return what every cell of the county's workbook shows."""
    target = BytesIO()
    write_county(merged, (), target, beside=beside)
    book = openpyxl.load_workbook(target, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_a_booking_changes_its_total_what_follows_from_it_and_what_tells_of_it() -> None:
    form = tb.load_form("zfxxgk-2021")
    chance = Random(5)  # noqa: S311  numbers for a test, no secrets
    several = [submission("zfxxgk-2021", right_report(chance), unit=unit) for unit in ROSTER]
    booking = Adjustment("remedies.review.upheld", -2, "两家都计了", by="李某", at="2026-01-20")

    before = everything(merge_submissions(several))
    after = everything(merge_submissions(several, adjustments=[booking]))

    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    places = make_layout(form).places
    printed = {(places[key].sheet, f"{column_of(places[key].column)}{places[key].row}") for key in
               ("remedies.review.upheld", "remedies.review.total")}  # fmt: skip
    assert {place for place in changed if place[0] == "四、复议诉讼"} == printed
    assert {sheet for sheet, _ in changed} == {"四、复议诉讼", "单位明细", "调整", "汇总表", "图表"}
    units = {at for sheet, at in changed if sheet == "单位明细"}
    #: The totals, what is booked, and our own sums: no unit's figure.
    assert {at.rstrip("0123456789") for at in units} == {"E", "F", "J"}
    assert not {place for place in changed if place[0] == "数据"}


def test_a_unit_that_is_taken_out_takes_its_own_contribution_with_it_and_every_head_says_so() -> None:
    chance = Random(6)  # noqa: S311  numbers for a test, no secrets
    several = [submission("zfxxgk-2021", right_report(chance), unit=unit) for unit in ROSTER]

    whole, partial = (merge_submissions(some, roster=ROSTER) for some in (several, several[1:]))

    gone = several[0]
    for key, total in partial.totals.items():
        assert total == (whole.totals[key] or 0) - gone[key], key  # type: ignore[operator]
    target = BytesIO()
    write_county(partial, (), target)
    book = openpyxl.load_workbook(target)
    heads = {sheet.title: lines(sheet)[0:2] for sheet in book.worksheets}
    told = "应报 3 家，已报 2 家，通过 2 家。合计不全，缺 1 家：白家庄镇。"
    assert [name for name, rows in heads.items() if [told] not in rows] == []


def test_totals_that_a_booking_has_put_out_of_balance_are_told_on_the_first_page() -> None:
    chance = Random(8)  # noqa: S311  numbers for a test, no secrets
    several = [submission("zfxxgk-2021", right_report(chance), unit=unit) for unit in ROSTER]
    target = BytesIO()

    write_county(merge_submissions(several, adjustments=[Adjustment("requests.new.natural", -1, "转办的")]), (), target)

    told = [str(row[0]) for row in lines(openpyxl.load_workbook(target)["汇总表"])]
    broken = [line for line in told if line.startswith("× 合计本身不平，T3-01：表三“自然人”列")]
    assert len(broken) == 1
    assert "差 1" in broken[0]


def test_the_units_that_are_exempt_late_or_not_for_the_total_are_named() -> None:
    merged, target = merge_submissions([submission("fire-safety", unit=BAIJIA)], roster=[BAIJIA]), BytesIO()
    beside = Beside(
        exempt=[(DOUCUN, "撤并")], aside=[TAIHUAI], late={BAIJIA.code: "2026-01-20 收到"}, versions={BAIJIA.code: 3}
    )

    write_county(merged, (), target, beside=beside)

    absent = lines(openpyxl.load_workbook(target)["缺报与免报"])
    assert [row[1:] for row in absent if row[0] in {"1", "2"}] == [
        ["140922003", "豆村镇", "免报", "—", "撤并"],
        ["140922001", "台怀镇", "不计入合计", "—", "名录里“计入全县”为“否”"],
        ["140922018", "白家庄镇", "迟报", "140922018.xlsx", "2026-01-20 收到"],
        ["140922018", "白家庄镇", "第 3 版", "140922018.xlsx", "√ 审核通过"],
    ]


def test_last_years_totals_are_those_of_the_units_that_are_counted_now() -> None:
    key = "requests.new.natural"
    now = [submission("zfxxgk-2021", {key: n}, unit=unit) for n, unit in ((5, BAIJIA), (7, DOUCUN))]
    last = [submission("zfxxgk-2021", {key: n}, unit=unit, year=2024) for n, unit in ((4, BAIJIA), (100, TAIHUAI))]
    target = BytesIO()

    write_county(merge_submissions(now), (), target, beside=Beside(prior=last))

    years = lines(openpyxl.load_workbook(target, data_only=True)["上年对比"])
    assert years[2] == ["上年数是其中 1 家的合计；没有上年数的：豆村镇。上年没有的格写“—”。"]
    assert [row[3:] for row in years if "本年新收政府信息公开申请数量 → 自然人" in str(row[1:2])] == [[12, 4, 8, 2]]


def test_a_chart_is_drawn_only_where_there_is_something_to_see() -> None:
    def charts(values: Sequence[dict[str, Value]]) -> list[str]:
        several = [submission("zfxxgk-2021", one, unit=unit) for one, unit in zip(values, ROSTER, strict=True)]
        target = BytesIO()
        write_county(merge_submissions(several), (), target)
        book = openpyxl.load_workbook(target, data_only=True)
        return [str(row[0]) for row in lines(book["图表"])[2:]] if "图表" in book.sheetnames else []

    none: dict[str, Value] = {}
    one: dict[str, Value] = {"requests.new.natural": 9}
    two: dict[str, Value] = {"requests.new.natural": 3, "requests.granted.natural": 2, "requests.partial.natural": 1}

    assert charts([none, none, none]) == []
    assert charts([one, none, none]) == []
    assert charts([one, two, none]) == [
        *("依申请公开办理结果", "予以公开", "部分公开"),
        *("各单位本年新收申请", "白家庄镇", "豆村镇", "另有 1 家为 0。"),
    ]


def test_a_total_with_more_digits_than_a_spreadsheet_keeps_is_written_out_beside() -> None:
    key = "art20_8.admin_fees.amount"
    amount = Decimal("999999999999.123457")
    merged, target = merge_submissions([submission("zfxxgk-2021", {key: amount}, unit=BAIJIA)]), BytesIO()

    write_county(merged, (), target)

    units = openpyxl.load_workbook(target, data_only=True)["单位明细"]
    line = next(row for row in units.iter_rows(min_row=FIRST_LINE, values_only=True) if row[0] == key)
    assert line[FIRST_UNIT : FIRST_UNIT + 2] == ("999,999,999,999.123457", "√")


def test_a_late_replacement_changes_the_units_own_figures_their_totals_and_nothing_of_another_unit() -> None:
    chance = Random(9)  # noqa: S311  numbers for a test, no secrets
    reports = [right_report(chance) for _ in ROSTER]
    replaced = [{**reports[0], "remedies.review.upheld": 30}, *reports[1:]]

    before, after = (
        everything(
            merge_submissions(
                [submission("zfxxgk-2021", one, unit=unit) for one, unit in zip(several, ROSTER, strict=True)],
                roster=ROSTER,
            )
        )
        for several in (reports, replaced)
    )

    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    assert {sheet for sheet, _ in changed} == {"四、复议诉讼", "单位明细", "数据", "汇总表", "图表"}
    assert {at.rstrip("0123456789") for sheet, at in changed if sheet == "单位明细"} == {"E", "G", "J"}
    lines_of_it = {at for sheet, at in changed if sheet == "数据"}
    assert {after["数据", f"B{at[1:]}"] for at in lines_of_it} == {"白家庄镇"}
    assert {after["数据", f"E{at[1:]}"] for at in lines_of_it} == {"remedies.review.upheld", "remedies.review.total"}


def test_an_exemption_changes_the_heads_and_the_lists_of_the_absent_and_no_figure() -> None:
    chance = Random(10)  # noqa: S311  numbers for a test, no secrets
    several = [submission("zfxxgk-2021", right_report(chance), unit=unit) for unit in ROSTER[:2]]

    before = everything(merge_submissions(several, roster=ROSTER))
    after = everything(merge_submissions(several, roster=ROSTER[:2]), Beside(exempt=[(TAIHUAI, "撤并")]))

    changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
    elsewhere = {(sheet, at) for sheet, at in changed if sheet not in {"缺报与免报", "汇总表"}}
    assert {at for _, at in elsewhere} == {"A2", "B2"}
    assert {after[place] for place in elsewhere} == {"应报 2 家，已报 2 家，通过 2 家。"}
    assert {at[0] for sheet, at in changed if sheet == "汇总表"} == {"A", "B", "F"}


def test_totals_in_a_larger_measure_have_a_sheet_that_says_what_was_nudged() -> None:
    """0.4 + 0.4 + 0.4 = 1.2 万元, in whole 万元: one of the three gives way."""
    key = "art20_8.admin_fees.amount"
    several = [submission("zfxxgk-2021", {key: Decimal("0.4")}, unit=unit) for unit in ROSTER]
    merged, target = merge_submissions(several, roster=ROSTER), BytesIO()

    write_county(merged, (), target, beside=Beside(rounded=tb.round_balanced(merged, measure="万元", digits=0)))

    told = lines(openpyxl.load_workbook(target)["舍位"])
    name = "表二（八）项 行政事业性收费 → 本年收费金额（单位：万元）"
    assert told[4] == ["全县", name, "1.2", 1, 1, 0]
    assert told[5:] == [
        ["末位作了调整的单位数 1 个"],
        ["单位", "项目", "精确数", "四舍五入", "平衡后", "末位调整", "原因"],
        ["白家庄镇", name, "0.4", 0, 1, 1, "使各单位之和等于合计"],
    ]


def test_without_a_roster_a_file_that_is_not_counted_makes_the_totals_less_than_whole() -> None:
    """Two reports of one unit with different figures: neither is counted, and nobody said that it was expected."""
    twice = [submission("fire-safety", {"inspections.public.places": n}, unit=DOUCUN, file=f"{n}.xlsx") for n in (1, 2)]
    several = [submission("fire-safety", unit=BAIJIA), *twice]
    target = BytesIO()

    write_county(merge_submissions(several), (), target)

    front = lines(openpyxl.load_workbook(target)["汇总表"])
    assert front[1] == ["应报 1 家，已报 1 家，通过 1 家。另有 2 个文件没有计入，没有名录，不知道缺谁。"]
    assert merge_submissions(several).is_whole is False
    assert merge_submissions(several, roster=[BAIJIA]).is_whole is True
