"""Is the county's merge, and its workbook, as fast as it should be?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_cell_to_rowcol

from tests.benchmarks.measure import Line, medians
from tests.benchmarks.workload import FORM, submissions
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.records.model import Submission
from tianbao.reports.county import Beside, write_county

pytestmark = pytest.mark.bench

_CELLS_A_SECOND = 50_000
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def returned() -> Sequence[Submission]:
    return list(submissions(3000))


def test_merging_is_linear_in_the_number_of_submissions(lines: list[Line], returned: Sequence[Submission]) -> None:
    cells = sum(cell.is_number for cell in FORM.cells())

    took = medians({f"{count}": partial(merge_submissions, returned[:count]) for count in (50, 300, 3000)}, rounds=5)

    add = partial(Line, what="merge 3,000 submissions", took=took["3000"])
    lines.append(add(against="300 of them", other=took["300"], at_most=12))
    lines.append(add(against="50,000 cells a second", other=3000 * cells / _CELLS_A_SECOND, at_most=1))
    lines.append(
        Line(
            what="merge 50 submissions",
            took=took["50"],
            against="50,000 cells a second",
            other=50 * cells / _CELLS_A_SECOND,
            at_most=1,
        )
    )


@pytest.mark.parametrize(("count", "rounds"), [(50, 5), (3000, 1)])
def test_writing_the_countys_workbook(
    lines: list[Line], returned: Sequence[Submission], count: int, rounds: int
) -> None:
    merged = merge_submissions(returned[:count])
    beside = Beside(files={unit.code: f"来件/{unit.code}.xlsx" for unit in merged.units})
    cells = _cells(merged, beside)

    took = medians(
        {"ours": lambda: write_county(merged, (), BytesIO(), beside=beside), "bare": lambda: _bare(cells)},
        rounds=rounds,
    )

    what = f"write the county's workbook, {count:,} units"
    against = "the bare XlsxWriter calls for its cells"
    lines.append(Line(what=what, took=took["ours"], against=against, other=took["bare"], at_most=2))


#: Of each sheet its rows, in each the columns and what stands there; a formula with its result.
_Cells = list[list[tuple[int, list[tuple[int, object]]]]]


def _cells(merged: Merged, beside: Beside) -> _Cells:
    """Return every cell of the county's workbook."""
    target = BytesIO()
    write_county(merged, (), target, beside=beside)
    with ZipFile(target) as package:
        texts = [text_of(item) for item in _parts(package.read("xl/sharedStrings.xml"), "si")]
        sheets = sorted(name for name in package.namelist() if name.startswith("xl/worksheets/sheet"))
        return [[_row(row, texts) for row in _parts(package.read(name), "row")] for name in sheets]


def _parts(xml: bytes, tag: str) -> Iterator[ET.Element]:
    for _, element in ET.iterparse(BytesIO(xml)):  # noqa: S314  we wrote it
        if element.tag == _NAMESPACE + tag:
            yield element
            element.clear()


def text_of(item: ET.Element) -> str:
    return "".join(part.text or "" for part in item.iter(f"{_NAMESPACE}t"))


def _row(row: ET.Element, texts: Sequence[str]) -> tuple[int, list[tuple[int, object]]]:
    written: list[tuple[int, object]] = []
    for cell in row.iter(f"{_NAMESPACE}c"):
        formula, value = cell.find(f"{_NAMESPACE}f"), cell.findtext(f"{_NAMESPACE}v")
        content: object = value
        if formula is not None:
            content = (f"={formula.text}", value or "")
        elif value is not None:
            content = texts[int(value)] if cell.get("t") == "s" else float(value)
        written.append((xl_cell_to_rowcol(cell.attrib["r"])[1], content))
    return int(row.attrib["r"]) - 1, written


def _bare(sheets: _Cells) -> bytes:
    """Write the cells with XlsxWriter's own calls, one a cell."""
    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    look = book.add_format({"border": 1})
    for rows in sheets:
        sheet = book.add_worksheet()
        for row, cells in rows:
            for column, content in cells:
                if isinstance(content, str):
                    sheet.write_string(row, column, content, look)
                elif isinstance(content, float):
                    sheet.write_number(row, column, content, look)
                elif isinstance(content, tuple):
                    sheet.write_formula(row, column, content[0], look, content[1])
                else:
                    sheet.write_blank(row, column, None, look)
    book.close()
    return target.getvalue()
