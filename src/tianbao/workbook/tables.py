"""Draw a laid-out table on a sheet: labels, heads and cells, as the official form prints them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tianbao.workbook.layout import KEY_COLUMN, ROW_HEIGHT, Answer, Block, Box, Role, TableSheet
from tianbao.workbook.styles import Styles

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Paper size number of A4.
_A4 = 9


class Content(NamedTuple):
    """What a cell is to show: a value, or a formula with its result."""

    style: Format
    value: str | float | None = None
    formula: str | None = None


def draw_block(
    sheet: Worksheet,
    styles: Styles,
    block: Block,
    content: Callable[[Answer], Content],
    *,
    keys: bool = True,
    prior: bool = True,
) -> None:
    """Draw one table.

    Args:
        sheet: to draw on.
        styles: of its workbook.
        block: the table's place and labels.
        content: gives what each cell shows.
        keys: write the hidden keys by which the cells are found again.
        prior: draw the labels of last year's figures.
    """
    for box in block.boxes:
        if prior or box.role is not Role.PRIOR_LABEL:
            draw_box(sheet, box, styles[_style(box)])
    for answer in block.answers:
        draw_answer(sheet, answer, content(answer))
    if keys:
        hidden = styles["hidden"]
        put(sheet, block.key_row, KEY_COLUMN, f"#{block.table.key}", hidden)
        for column, key in block.column_keys.items():
            put(sheet, block.key_row, column, key, hidden)
        for row, key in block.row_keys.items():
            put(sheet, row, KEY_COLUMN, key, hidden)
    sheet.set_row(block.key_row - 1, None, None, {"hidden": True})


def _style(box: Box) -> str:
    if box.role is Role.ROW_LABEL and box.last_row > box.row:
        return "row label tall"
    return box.role.value


def draw_box(sheet: Worksheet, box: Box, style: Format) -> None:
    """Write a label into the cells it spans."""
    if (box.row, box.column) == (box.last_row, box.last_column):
        sheet.write_string(box.row - 1, box.column - 1, box.text, style)
    else:
        sheet.merge_range(box.row - 1, box.column - 1, box.last_row - 1, box.last_column - 1, box.text, style)


def draw_answer(sheet: Worksheet, answer: Answer, content: Content) -> None:
    """Write a cell's value or formula."""
    join(sheet, answer, content.style)
    fill(sheet, answer.place.row - 1, answer.place.column - 1, content)


def join(sheet: Worksheet, answer: Answer, style: Format) -> None:
    """Merge the cells over which an answer stands."""
    row, column = answer.place.row - 1, answer.place.column - 1
    if answer.last_column > answer.place.column:
        sheet.merge_range(row, column, row, answer.last_column - 1, "", style)


def fill(sheet: Worksheet, row: int, column: int, content: Content) -> None:
    """Write content at a place counted from 0."""
    if content.formula is not None:
        sheet.write_formula(
            row, column, f"={content.formula}", content.style, "" if content.value is None else content.value
        )
    elif content.value is None:
        sheet.write_blank(row, column, None, content.style)
    elif isinstance(content.value, str):
        sheet.write_string(row, column, content.value, content.style)
    else:
        sheet.write_number(row, column, content.value, content.style)


def put(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Write a text at a place counted from 1."""
    sheet.write_string(row - 1, column - 1, text, style)


def set_up_table_page(sheet: Worksheet, plan: TableSheet, first_row: int, last_row: int) -> None:
    """Set widths and heights, and the page: A4, as wide as the paper, heads repeated, page numbers."""
    sheet.set_column(0, 0, None, None, {"hidden": True})
    for column, width in plan.widths.items():
        sheet.set_column(column - 1, column - 1, width)
    sheet.set_default_row(ROW_HEIGHT)
    for row, height in plan.heights.items():
        if height != ROW_HEIGHT:
            sheet.set_row(row - 1, height)
    if plan.repeated:
        sheet.repeat_rows(plan.repeated[0] - 1, plan.repeated[1] - 1)
    set_up_page(sheet, landscape=plan.section.landscape)
    sheet.print_area(first_row - 1, 1, last_row - 1, plan.last_column - 1)


def set_up_page(sheet: Worksheet, *, landscape: bool = False) -> None:
    """Set the page up: A4, as wide as the paper, page numbers."""
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页 共 &N 页")
    sheet.hide_gridlines(2)
