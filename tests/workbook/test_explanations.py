"""Where the explanations beside a list of findings stand."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook

from tianbao.workbook.explanations import find_explanations
from tianbao.workbook.package import read_package


def listed(rows: list[list[str | None]], name: str = "逐条清单") -> dict[str, tuple[str, str]]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    return dict(find_explanations(read_package(target.getvalue()), frozenset({"封面"})))


ROWS: list[list[str | None]] = [
    ["标题"],
    ["#findings", None, "="],
    ["explain.T2-01", "1", None],
    [None, "2"],
    ["explain.P-04"],
]


def test_each_key_has_its_place_below_the_sign() -> None:
    assert listed(ROWS) == {"T2-01": ("逐条清单", "C3"), "P-04": ("逐条清单", "C5")}


def test_the_list_is_found_wherever_it_was_moved_and_whatever_it_is_called() -> None:
    moved: list[list[str | None]] = [["x"], ["y"], *([None, *row] for row in ROWS)]

    assert listed(moved, "问题") == {"T2-01": ("问题", "D5"), "P-04": ("问题", "D7")}


def test_without_the_sign_or_on_a_sheet_of_the_form_there_is_none() -> None:
    assert listed([["#findings"], ["explain.T2-01"]]) == {}
    assert listed(ROWS, "封面") == {}
