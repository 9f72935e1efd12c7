"""The same cells written by openpyxl: values, formulas, styles, validations and merges; no cached results, no page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import NamedStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

_STYLE = ("font", "fill", "border", "alignment", "number_format", "protection")
_VALIDATION = (
    "type",
    "operator",
    "formula1",
    "formula2",
    "allow_blank",
    "showErrorMessage",
    "showInputMessage",
    "errorTitle",
    "error",
    "promptTitle",
    "prompt",
)


class _Sheet(NamedTuple):
    """What stands on a sheet: row, column, value and style of each cell, the places of merges and validations."""

    name: str
    cells: list[tuple[int, int, Any, str]]
    merged: list[str]
    validations: list[tuple[str, dict[str, Any]]]


def openpyxl_calls(data: bytes) -> Callable[[BinaryIO], None]:
    """Return a function that writes the cells of a workbook again, by openpyxl's public calls."""
    styles: dict[str, dict[str, Any]] = {}
    sheets = [_taken_down(sheet, styles) for sheet in load_workbook(BytesIO(data)).worksheets]

    def write_again(target: BinaryIO) -> None:
        made = Workbook()
        made.remove(made.worksheets[0])
        for name, parts in styles.items():
            made.add_named_style(NamedStyle(name, **parts))
        for sheet in sheets:
            _write(made.create_sheet(sheet.name), sheet)
        made.save(target)

    return write_again


def _taken_down(sheet: Worksheet, styles: dict[str, dict[str, Any]]) -> _Sheet:
    cells = []
    for cell in _own_cells(sheet):
        name = f"style {cell.style_id}"
        if name not in styles:
            styles[name] = {part: copy(getattr(cell, part)) for part in _STYLE}
        cells.append((cell.row, cell.column, cell.value, name))
    validations = [
        (str(rule.sqref), {part: getattr(rule, part) for part in _VALIDATION})
        for rule in sheet.data_validations.dataValidation
    ]
    return _Sheet(sheet.title, cells, [str(merged) for merged in sheet.merged_cells.ranges], validations)


def _write(sheet: Worksheet, wanted: _Sheet) -> None:
    for row, column, value, style in wanted.cells:
        sheet.cell(row, column, value).style = style
    for merged in wanted.merged:
        sheet.merge_cells(merged)
    for place, parts in wanted.validations:
        rule = DataValidation(**parts)
        rule.add(place)
        sheet.add_data_validation(rule)


def _own_cells(sheet: Worksheet) -> Iterator[Cell]:
    """Yield the cells that a merge has not swallowed."""
    for row in sheet.iter_rows():
        yield from (
            cell for cell in row if not isinstance(cell, MergedCell) and (cell.has_style or cell.value is not None)
        )


def content(data: bytes) -> dict[str, Any]:
    """Return what stands in a workbook, to be compared: value and looks of every cell, merges, validated places."""
    found: dict[str, Any] = {}
    for sheet in load_workbook(BytesIO(data)).worksheets:
        for cell in _own_cells(sheet):
            looks = (cell.number_format, cell.fill.fgColor.rgb, cell.font.name, cell.font.b, cell.protection.locked)
            found[f"{sheet.title}!{cell.coordinate}"] = ("" if cell.value is None else cell.value, *looks)
        found[f"{sheet.title} merged"] = sorted(map(str, sheet.merged_cells.ranges))
        found[f"{sheet.title} validated"] = sorted(str(rule.sqref) for rule in sheet.data_validations.dataValidation)
    return found
