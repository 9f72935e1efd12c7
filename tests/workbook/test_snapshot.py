"""Each bundled form's workbook as readable text: what a change does to it is read as a diff (`make snapshots`)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

import tianbao as tb
from tests.records.samples import BAIJIA, submission
from tianbao.form.load import bundled_forms
from tianbao.workbook.styles import COMPUTED, INPUT, PRIOR

FILLS = {f"FF{INPUT[1:]}": "input", f"FF{COMPUTED[1:]}": "computed", f"FF{PRIOR[1:]}": "prior"}


class TextFile(SingleFileSnapshotExtension):
    """One text file a workbook."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.mark.parametrize("name", bundled_forms())
def test_a_workbook_is_as_it_was(name: str, snapshot: SnapshotAssertion) -> None:
    form, target = tb.load_form(name), BytesIO()
    last_year = submission(form, {cell.key: 1 for cell in form.cells() if cell.is_number}, year=2024)
    tb.write_workbook(form, target, unit=BAIJIA, year=2025, prior=last_year, issuer="县政府办公室")

    assert "\n".join(readable(target)) + "\n" == snapshot(extension_class=TextFile)


def readable(target: BytesIO) -> Iterator[str]:
    """Yield a line a cell: address, formula and result or value, and what kind of cell it is."""
    book, results = openpyxl.load_workbook(target), openpyxl.load_workbook(target, data_only=True)
    for sheet in book.worksheets:
        yield f"■ {sheet.title}  {sheet.sheet_state}  merged {' '.join(sorted(map(str, sheet.merged_cells.ranges)))}"
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and (cell.value is not None or not cell.protection.locked):
                    yield f"  {line(cell, results[sheet.title])}"


def line(cell: Cell | MergedCell, results: Worksheet) -> str:
    """Describe a cell."""
    kind = FILLS.get(str(cell.fill.start_color.rgb), "")
    opened = "" if cell.protection.locked else "open"
    result = f"  → {results[cell.coordinate].value!r}" if cell.data_type == "f" else ""
    return "  ".join(
        filter(None, [cell.coordinate, kind, opened, f"{cell.value!r}{result}" if cell.value is not None else ""])
    )
