"""openpyxl reads the same bytes, and what it reads differently is named cell by cell."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from tests.workbook.crafted import book
from tianbao.workbook.package import read_package
from tianbao.workbook.second_opinion import Disagreement, compare


def test_two_readers_agree_on_an_honest_workbook() -> None:
    packed = BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("表")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row("A1", ["单位", 3, 2.5, 0.1 + 0.2, True, " 空格 ", "a\nb", "x_x000D_y"])
        sheet.write_number("A2", 45291, day)
        sheet.write_number("B2", 0.75, day)
        sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B3", "=SUM(B1:C1)", None, 5.5)
        sheet.write_blank("C3", None, day)

    data = packed.getvalue()

    assert compare(data, read_package(data)) == ()


def test_each_cell_that_is_read_differently_is_named() -> None:
    ours, theirs = written([5, 1]), written([7, 1, 2])

    assert compare(theirs, read_package(ours)) == (
        Disagreement("表", "A1", "5", "7"),
        Disagreement("表", "C1", "", "2"),
    )


def written(row: list[int]) -> bytes:
    packed = BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as workbook:
        workbook.add_worksheet("表").write_row("A1", row)
    return packed.getvalue()


def test_a_file_that_openpyxl_cannot_read_is_an_answer() -> None:
    data = book('<row r="1"><c r="A1"><v>1_0x</v></c></row>')

    (answer,) = compare(data, read_package(data))

    assert answer == Disagreement("", "", "", "KeyError")
