"""What openpyxl sees in the same bytes, asked where our own reader found a package odd.

    bytes + Package ──compare──▶ the cells in which the two readers differ

In:   the bytes that were read, and what we read of them.
Out:  every disagreement; a file that openpyxl cannot read is one too. Nothing here decides who is right.
Knows nothing of forms. The only room that openpyxl enters.
"""

from __future__ import annotations

import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import NamedTuple

from tianbao.workbook.grid import row_and_column
from tianbao.workbook.package import Package, RawCell, unescape

#: It reads what a workbook holds into objects, rows that are not there too; what is larger takes it minutes.
_LARGEST = 5_000_000
_MOST_CELLS = 500_000


class Disagreement(NamedTuple):
    """One cell that is read differently; without a sheet where openpyxl cannot read the file at all."""

    sheet: str
    ref: str
    ours: str
    theirs: str


def can_compare(package: Package, size: int) -> bool:
    """Tell a workbook that openpyxl reads in a moment: it fills up every row and every gap between rows.

    Args:
        package: the workbook, as we have read it.
        size: of all its parts, unpacked.
    """
    if size > _LARGEST:
        return False
    cells = 0
    for sheet in package.sheets:
        widths: dict[int, int] = {}
        for row, column in map(row_and_column, sheet.cells):
            widths[row] = max(column, widths.get(row, 0))
        cells += max(widths, default=0) + sum(widths.values())
    return cells <= _MOST_CELLS


def compare(data: bytes, package: Package) -> tuple[Disagreement, ...]:
    """Read the file with openpyxl and name every cell whose value is not ours."""
    try:
        theirs = _read(data)
    except Exception as fault:  # noqa: BLE001 (whatever it raises means that it cannot read the file)
        return (Disagreement("", "", "", type(fault).__name__),)
    found = []
    for sheet in package.sheets:
        seen = theirs.get(sheet.name, {})
        ours = {ref: _canonical(cell) for ref, cell in sheet.cells.items()}
        for ref in dict.fromkeys((*ours, *seen)):
            if ours.get(ref, "") != seen.get(ref, ""):
                found.append(Disagreement(sheet.name, ref, ours.get(ref, ""), seen.get(ref, "")))  # noqa: PERF401
    return tuple(found)


def _read(data: bytes) -> dict[str, dict[str, str]]:
    """Return sheet → reference → value in canonical text; read as a stream, which no merged range can hold up."""
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import to_excel

    def canonical(value: object) -> str:
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, datetime | date | time | timedelta):
            return _number(str(to_excel(value, book.epoch)))  # type: ignore[no-untyped-call]
        if isinstance(value, int | float):
            return _number(repr(value))
        return "" if value is None else _text(str(value))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        seen: dict[str, dict[str, str]] = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            seen[sheet.title] = {
                cell.coordinate: text for row in sheet.iter_rows() for cell in row if (text := canonical(cell.value))
            }
        book.close()
    return seen


def _canonical(cell: RawCell) -> str:
    return _number(cell.text) if cell.type == "n" else _text(cell.text)


def _text(text: str) -> str:
    """Decode `_x000D_` to the last: openpyxl does it for some strings and not for others."""
    while (decoded := unescape(text)) != text:
        text = decoded
    return text.replace("\r\n", "\n")


def _number(text: str) -> str:
    """Write a number with the 15 digits that Excel shows, in one way."""
    try:
        return f"{Decimal(f'{Decimal(text):.15g}').normalize():f}" if text else ""
    except InvalidOperation:
        return text
