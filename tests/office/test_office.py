from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.office.office import Content, Office, OfficeError
from tests.office.render import render


def test_computes_a_formula_in_the_notation_of_excel_from_what_was_typed(office: Office) -> None:
    with office.new("一", "二 表") as workbook:
        workbook.fill(
            [
                ("二 表", "B2", 7),
                ("二 表", "B3", "五"),
                ("二 表", "B4", 0.5),
                ("一", "A1", {"formula": "=SUM('二 表'!B2:B4,1)"}),
                ("一", "A2", {"formula": '=IF(B9="","",1)'}),
                ("一", "A3", {"formula": "=1/0"}),
            ]
        )
        workbook.calculate()

        assert workbook.read([("一", "A1"), ("二 表", "B3"), ("一", "A2"), ("一", "A3")]) == [
            8.5,
            "五",
            None,
            {"error": 532},
        ]
        assert workbook.read_area("二 表", "A2:B4") == [[None, 7], [None, "五"], [None, 0.5]]


def test_trusts_no_result_that_a_file_brings(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "stale.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"] = 20, "=A1+1"
    book.save(path)

    with office.open(path) as workbook:
        assert workbook.read([(sheet.title, "A2")]) == [21]


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_saves_what_was_typed_in_every_format(office: Office, tmp_path: Path, suffix: str) -> None:
    with office.new("表") as workbook:
        workbook.fill([("表", "C3", 12.5), ("表", "C4", "词")])
        path = workbook.save(tmp_path / f"saved.{suffix}")

    with office.open(path) as again:
        assert again.read([("表", "C3"), ("表", "C4"), ("表", "C5")]) == [12.5, "词", None]


def test_tells_what_went_wrong_and_goes_on(office: Office, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match="Unsupported URL"):
        office.open(tmp_path / "no such file.xlsx")

    with office.new("表") as workbook:
        assert workbook.read([("表", "A1")]) == [None]


def test_draws_every_page(office: Office, tmp_path: Path) -> None:
    with office.new("表") as workbook:
        workbook.fill([("表", "A1", 1)])
        path = workbook.save(tmp_path / "page.xlsx")

    pages = render(path, tmp_path / "pages", office=office)

    assert [page.name for page in pages] == ["page-1.png"]
    assert pages[0].read_bytes().startswith(b"\x89PNG")


def test_types_only_where_a_person_could(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write_number("A1", 1, book.add_format({"locked": False}))
        sheet.write_number("A2", 2)
        sheet.protect()

    with office.open(path) as workbook:
        workbook.fill([("表", "A1", 7)])

        with pytest.raises(OfficeError, match=r"\$A\$2.* holds a locked cell"):
            workbook.fill([("表", "A2", 7)])
        assert workbook.read([("表", "A1"), ("表", "A2")]) == [7, 2]


def test_fills_scattered_cells_and_no_others(office: Office) -> None:
    scattered: list[tuple[str, Content]] = [
        ("B2", 1),
        ("C2", 2),
        ("B3", 3),
        ("C3", 4),
        ("D3", 5),
        ("AA30", "五"),
        ("C4", "5"),
        ("B4", None),
    ]
    with office.new("表") as workbook:
        workbook.fill([("表", "B4", 9), ("表", "D2", 8)])

        workbook.fill([("表", address, value) for address, value in scattered])

        assert workbook.read_area("表", "A2:D4") == [[None, 1, 2, 8], [None, 3, 4, 5], [None, None, "5", None]]
        assert workbook.read([("表", "AA30")]) == ["五"]
