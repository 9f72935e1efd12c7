"""A table drawn on a sheet looks as the official form prints it."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

import tianbao as tb
from tianbao.workbook.layout import Block, make_layout
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import Content, draw_block, fill, set_up_page

FORM = tb.load_form("zfxxgk-2021")


def block(table: str) -> Block:
    return next(block for sheet in make_layout(FORM).sheets for block in sheet.blocks if block.table.key == table)


@cache
def drawn(table: str, *, keys: bool = True, prior: bool = True) -> Worksheet:
    """Draw one table, a 1 in every cell."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    styles = Styles(book)
    sheet = book.add_worksheet("表")
    draw_block(sheet, styles, block(table), lambda _: Content(styles.number("input", 0), 1), keys=keys, prior=prior)
    book.close()
    return openpyxl.load_workbook(target)["表"]


def spans(sheet: Worksheet) -> dict[str, object]:
    """Return what each merged range says."""
    return {str(area): sheet[str(area).partition(":")[0]].value for area in sheet.merged_cells.ranges}


def test_the_heads_of_table_3_are_nested_as_in_the_official_form() -> None:
    printed = spans(drawn("requests"))

    assert printed["B7:D9"] == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    assert printed["E7:K7"] == "申请人情况"
    assert printed["F8:J8"] == "法人或其他组织"
    assert (printed["E8:E9"], printed["K8:K9"]) == ("自然人", "总计")
    assert [drawn("requests")[f"{column}9"].value for column in "FGHIJ"] == [
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
    ]


def test_the_rows_of_table_3_have_three_levels_of_labels() -> None:
    printed = spans(drawn("requests"))

    assert printed["B10:D10"] == "一、本年新收政府信息公开申请数量"
    assert printed["B12:B33"] == "三、本年度办理结果"
    assert printed["C14:C21"] == "（三）不予公开"
    assert drawn("requests")["D14"].value == "1.属于国家秘密"
    assert printed["C33:D33"] == "（七）总计"
    assert printed["B34:D34"] == "四、结转下年度继续办理"


def test_table_4_is_one_printed_row_below_three_levels_of_heads() -> None:
    sheet = drawn("remedies")

    printed = spans(sheet)

    assert printed["B7:F7"] == "行政复议"
    assert [printed[f"{column}8:{column}9"] for column in "BCDEF"] == [
        "结果维持",
        "结果纠正",
        "其他结果",
        "尚未审结",
        "总计",
    ]
    assert printed["G7:P7"] == "行政诉讼"
    assert (printed["G8:K8"], printed["L8:P8"]) == ("未经复议直接起诉", "复议后起诉")
    assert [sheet.cell(9, column).value for column in range(7, 12)] == [
        "结果维持",
        "结果纠正",
        "其他结果",
        "尚未审结",
        "总计",
    ]
    assert [sheet.cell(10, column).value for column in range(2, 17)] == [1] * 15


def test_tables_of_one_and_of_three_columns_are_equally_wide() -> None:
    assert spans(drawn("art20_5"))["B13:E13"] == "第二十条第（五）项"
    assert spans(drawn("art20_5"))["C14:E14"] == "本年处理决定数量"
    assert spans(drawn("art20_5"))["C15:E15"] == 1


def test_the_keys_by_which_cells_are_found_again_are_hidden() -> None:
    sheet = drawn("art20_1")

    assert [sheet.cell(6, column).value for column in (1, 3, 4, 5)] == ["#art20_1", "issued", "repealed", "in_force"]
    assert [sheet.cell(row, 1).value for row in (9, 10)] == ["art20_1.rules", "art20_1.norm_docs"]
    assert sheet.row_dimensions[6].hidden


def test_a_report_has_no_keys_and_nothing_of_last_year() -> None:
    sheet = drawn("requests", keys=False, prior=False)

    assert [cell.value for cell in sheet["A"] if cell.value] == []
    assert "上年报告“四、结转下年度继续办理”" not in spans(sheet).values()
    assert "上年报告“四、结转下年度继续办理”" in spans(drawn("requests")).values()


def test_content_is_a_value_a_blank_or_a_formula_with_its_result() -> None:
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    sheet, style = book.add_worksheet("表"), Styles(book)["plain"]
    for row, content in enumerate(
        [
            Content(style, "文字"),
            Content(style, 2.5),
            Content(style),
            Content(style, 5, "2+3"),
            Content(style, None, '""'),
        ]
    ):
        fill(sheet, row, 0, content)
    book.close()

    formulas = openpyxl.load_workbook(target)["表"]
    results = openpyxl.load_workbook(target, data_only=True)["表"]

    assert [formulas.cell(row, 1).value for row in range(1, 6)] == ["文字", 2.5, None, "=2+3", '=""']
    assert [results.cell(row, 1).value for row in range(1, 6)] == ["文字", 2.5, None, 5, None]
    assert formulas["A3"].has_style


def test_a_page_is_a4_as_wide_as_the_paper_and_numbered() -> None:
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    set_up_page(book.add_worksheet("表"), landscape=True)
    book.close()

    sheet = openpyxl.load_workbook(target)["表"]

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
