from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl

from tianbao.workbook.book import LockedBook


def made(password: str = "") -> BytesIO:
    target = BytesIO()
    book = LockedBook(target, password)
    sheet = book.add_worksheet("表")
    sheet.write_formula(0, 0, '=IF(B1="","",SUM(B1:B3))', None, "")
    sheet.write_string(1, 0, "=1+1")
    sheet.write_string(2, 0, "https://example.org")
    sheet.write_url(3, 0, "internal:'表'!B1", None, "→ 表")
    book.close()
    return target


def workbook_xml(target: BytesIO) -> str:
    with zipfile.ZipFile(target) as package:
        return package.read("xl/workbook.xml").decode()


def test_no_sheet_can_be_added_deleted_moved_or_renamed() -> None:
    security = openpyxl.load_workbook(made()).security

    assert security is not None
    assert security.lockStructure is True


def test_the_lock_stands_where_the_format_wants_it() -> None:
    xml = workbook_xml(made())

    assert '<workbookPr defaultThemeVersion="124226"/><workbookProtection lockStructure="1"/>' in xml
    assert xml.index("<workbookProtection") < xml.index("<bookViews>") < xml.index("<sheets>")


def test_a_password_is_kept_as_the_hash_that_excel_knows() -> None:
    assert 'workbookPassword="83AF"' in workbook_xml(made("password"))


def test_a_formula_is_written_as_it_is_and_a_text_stays_a_text() -> None:
    sheet = openpyxl.load_workbook(made())["表"]

    assert (sheet["A1"].value, sheet["A1"].data_type) == ('=IF(B1="","",SUM(B1:B3))', "f")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["A3"].hyperlink is None


def test_a_link_leads_inside_the_workbook() -> None:
    cell = openpyxl.load_workbook(made())["表"]["A4"]

    assert cell.value == "→ 表"
    assert cell.hyperlink is not None
    assert cell.hyperlink.location == "'表'!B1"
