"""The roster to be filled in, as an independent reader sees it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from tianbao import messages
from tianbao.messages import LANGUAGES
from tianbao.reports.roster import CODE, COUNTS, EXEMPT, HEADINGS, KIND, MERGED_INTO, NAME, ORDER, write_roster_book

LINE = {ORDER: "3", CODE: "018", NAME: "白家庄镇", KIND: "乡镇", COUNTS: "是", EXEMPT: "否"}
#: The row of the headings; the lines begin below it.
HEAD = 3


def opened(*lines: dict[str, str], county: str = "示例县") -> openpyxl.Workbook:
    target = BytesIO()
    write_roster_book(lines, target, county=county)
    return openpyxl.load_workbook(target)


def asked(sheet: Worksheet, heading: str) -> DataValidation:
    """Return what is asked at the first line of a column."""
    letter = "ABCDEFGHIJKL"[HEADINGS.index(heading)]
    every: list[DataValidation] = sheet.data_validations.dataValidation
    (found,) = (one for one in every if f"{letter}{HEAD + 1}" in one.sqref)
    return found


def test_the_list_is_the_first_sheet_with_a_title_the_headings_and_its_lines() -> None:
    book = opened(LINE)
    sheet = book.worksheets[0]

    assert book.sheetnames == ["名录", "填写说明"]
    assert sheet["A1"].value == "示例县填报单位名录"
    assert tuple(cell.value for cell in sheet[HEAD]) == HEADINGS
    assert [cell.value for cell in sheet[HEAD + 1]] == [
        3, "018", "白家庄镇", "乡镇", None, None, None, None, "是", "否", None, None,
    ]  # fmt: skip


def test_codes_and_telephones_are_texts_in_two_hundred_lines_so_that_a_leading_zero_stays() -> None:
    sheet = opened(LINE).worksheets[0]

    rows = range(HEAD + 1, HEAD + 201)
    assert {sheet[f"{column}{row}"].number_format for row in rows for column in "BEGK"} == {"@"}
    assert all(sheet[f"A{row}"].border.left.style == "thin" for row in rows)


def test_below_many_units_there_is_still_room() -> None:
    sheet = opened(*({ORDER: str(n), CODE: str(n), NAME: f"镇{n}"} for n in range(1, 301))).worksheets[0]

    assert sheet.max_row == HEAD + 350
    assert str(asked(sheet, COUNTS).sqref) == f"I{HEAD + 1}:I{HEAD + 350}"


def test_each_column_says_what_goes_into_it() -> None:
    sheet = opened().worksheets[0]

    prompts = {heading: asked(sheet, heading).prompt or "" for heading in HEADINGS}

    assert all(prompts.values())
    assert prompts[COUNTS] == ("这个单位的数是否加进全县合计。不写就是“是”；数已由上级单位一并报送的，写“否”。")
    assert prompts[MERGED_INTO] == (
        "已经并入别的单位的，写现在替它报数的单位的代码。写了就不再向它要表，也不单独计数。"
    )


def test_numbers_kinds_and_choices_are_looked_at_while_they_are_typed() -> None:
    sheet = opened().worksheets[0]

    order, kind, counts = asked(sheet, ORDER), asked(sheet, KIND), asked(sheet, COUNTS)

    assert (order.type, order.formula1, order.errorStyle) == ("whole", "1", None)
    assert (kind.type, kind.formula1, kind.errorStyle) == ("list", '"乡镇,街道,部门,其他"', "warning")
    assert (counts.type, counts.formula1, counts.errorStyle) == ("list", '"是,否"', None)
    assert asked(sheet, EXEMPT).formula1 == '"是,否"'


def test_the_head_stays_in_view_and_on_every_page() -> None:
    sheet = opened().worksheets[0]

    assert sheet.freeze_panes == "D4"
    assert sheet.auto_filter.ref == f"A{HEAD}:L{HEAD + 200}"
    assert sheet.print_title_rows == "$1:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_area == ""


def test_every_column_is_explained_and_four_lines_show_how_it_looks() -> None:
    sheet = opened().worksheets[1]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    explained = {row[0]: row[2] for row in rows[1 : len(HEADINGS) + 1]}
    head = rows.index(list(HEADINGS))

    assert tuple(explained) == HEADINGS
    assert str(explained[CODE]).startswith("必填。")
    assert [row[2] for row in rows[head + 1 :]] == [
        "清河镇（示例）",
        "县教育局（示例）",
        "县教师进修学校（示例）",
        "望山乡（示例）",
    ]


def test_a_long_remark_is_seen_whole() -> None:
    sheet = opened(LINE, {**LINE, "备注": "数由县教育局一并报送，" * 8}).worksheets[0]

    assert [sheet.row_dimensions[HEAD + n].height for n in (1, 2)] == [21, 138.75]


def test_a_file_is_written_whole_and_the_same_each_time(tmp_path: Path) -> None:
    write_roster_book([LINE], tmp_path / "一.xlsx")
    write_roster_book([LINE], tmp_path / "二.xlsx")

    assert (tmp_path / "一.xlsx").read_bytes() == (tmp_path / "二.xlsx").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["一.xlsx", "二.xlsx"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_prompt_is_no_longer_than_a_spreadsheet_shows(lang: messages.Language) -> None:
    prompts = [code for code in messages.catalogue(lang) if code.startswith("roster.prompt.")]

    assert len(prompts) == len(HEADINGS)
    assert all(len(messages.say(code, lang)) <= 255 for code in prompts)
