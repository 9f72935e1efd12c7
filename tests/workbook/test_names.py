"""A name is a text in every workbook that we make, whatever it looks like (faults C, E7)."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.workbook.returned import read
from tianbao.form.load import load_form
from tianbao.records.model import Unit, Verdict
from tianbao.workbook.identify import printable
from tianbao.workbook.package import read_package
from tianbao.workbook.write import write_workbook

FORM = load_form("fire-safety")

#: What somebody calls a unit, and what stands in its workbook.
NAMES = {
    "=1+1": "=1+1",
    "+1": "+1",
    "-1": "-1",
    "@SUM(A1)": "@SUM(A1)",
    "{=1+1}": "{=1+1}",
    "=cmd|'/c calc'!A0": "=cmd|'/c calc'!A0",
    "http://example.org": "http://example.org",
    "internal:'封面'!A1": "internal:'封面'!A1",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "<r>&</r>": "<r>&</r>",
    "<r><t>五</t></r>": "<r><t>五</t></r>",
    "\"'&amp;": "\"'&amp;",
    "_x000D_": "_x000D_",
    "a|b": "a|b",
    "\t白家庄\n镇": "\t白家庄\n镇",
    "白家庄\r\n镇": "白家庄\r\n镇",
    "\x1b[31m白家庄\x00镇": "\x1b[31m白家庄\x00镇",
    "\u202e镇庄家白\u202c": "镇庄家白",
    "白家庄\ud800镇\uffff": "白家庄？镇\uffff",
    "\u200e白家庄\U0001f600": "\u200e白家庄\U0001f600",
    "镇" * 300: "镇" * 300,
}


#: So many characters of a name fit into a mark.
_MARK = 255


def issued(name: str) -> bytes:
    target = BytesIO()
    write_workbook(FORM, target, unit=Unit("1", name), year=2025, issuer=name)
    return target.getvalue()


def formulas(book: Workbook) -> set[tuple[str, str, str]]:
    return {
        (sheet.title, cell.coordinate, str(cell.value))
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def texts(data: bytes) -> list[str]:
    return [cell.text for sheet in read_package(data).sheets for cell in sheet.cells.values() if cell.formula is None]


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_a_text_in_the_workbook_that_is_issued(name: str, shown: str) -> None:
    data = issued(name)

    submission = read(data)
    assert formulas(load_workbook(BytesIO(data))) == formulas(load_workbook(BytesIO(issued("白家庄镇"))))
    #: Unit and issuer, on the cover and on the sheet that nobody sees, where a mark is cut.
    assert texts(data).count(shown) == (4 if len(shown) <= _MARK else 3)
    assert any(
        text.startswith(f"填报单位：{shown}    单位代码：1    年度：2025    编号：1-2025-") for text in texts(data)
    )
    assert (submission.verdict, submission.notes) == (Verdict.READ, ())
    assert submission.unit == Unit("1", shown[:_MARK])


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_in_printable_stays_as_it_is(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert printable(shown) == shown


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_shows_it() -> None:
    """XlsxWriter would leave the cell empty."""
    assert "镇" * 32_766 + "…" in texts(issued("镇" * 40_000))
