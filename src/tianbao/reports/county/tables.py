"""The form's own tables, as the form prints them; each number is a formula over 单位明细, and leads there.

In:   the draft, and the plan of a sheet of the form.
Out:  the sheet.
"""

from __future__ import annotations

from tianbao import expr, messages
from tianbao.form.model import Merge, Shape
from tianbao.reports.county.draft import BOOKED, FIRST_UNIT, TOTAL, UNITS_SHEET, Draft, number
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import STRIP_ROW, TITLE_ROW, UNIT_ROW, Answer, TableSheet, a1, text_height
from tianbao.workbook.tables import Content, draw_block, set_up_table_page


def draw_tables(draft: Draft, sheet: LinkedSheet, plan: TableSheet) -> None:
    """Draw the statutory tables of one sheet."""
    styles = draft.styles
    last = plan.last_column - 1
    set_up_table_page(sheet, plan, STRIP_ROW, plan.signature_row)
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, last, draft.coverage, draft.coverage_style)
    sheet.set_row(STRIP_ROW - 1, max(22.0, text_height(draft.coverage, 0.75 * sum(plan.widths.values()))))
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.merge_range(TITLE_ROW - 1, 1, TITLE_ROW - 1, last, plan.section.title, styles["title"])
    sheet.set_row(TITLE_ROW - 1, 30)
    line = messages.say("county.line", "zh", year=draft.merged.year)
    sheet.merge_range(UNIT_ROW - 1, 1, UNIT_ROW - 1, last, line, styles["unit line"])
    for block in plan.blocks:
        if block.table.shape is not Shape.LIST:
            draw_block(sheet, styles, block, lambda answer: _content(draft, answer), keys=False, prior=False)
            for answer in block.answers:
                #: Some programs write the goal of a link into a cell that shows nothing.
                if draft.merged.totals.get(answer.key) is not None:
                    goal = Goal("", draft.line_address(answer.key, TOTAL), messages.say("county.tip.line", "zh"))
                    sheet.lead(answer.place.row - 1, answer.place.column - 1, goal)
            for row in block.prior_rows:
                sheet.set_row(row - 1, None, None, {"hidden": True})
    sheet.freeze_panes(plan.frozen_row, 0)


def _content(draft: Draft, answer: Answer) -> Content:
    """Return a total: the sum of the units' line, or the form's formula over the sums."""
    cell = answer.cell
    if cell.merge is Merge.NONE or cell.key not in draft.lines:
        return Content(draft.styles["head"], "—")
    style = draft.styles.number("computed", cell.digits)
    if cell.key in draft.merged.incomplete:
        style = draft.styles["incomplete total"]
    return Content(style, number(draft.merged.totals.get(cell.key)), _formula(draft, answer))


def _formula(draft: Draft, answer: Answer) -> str:
    cell, merged = answer.cell, draft.merged
    if cell.formula is not None and all(part.key in draft.lines for part in expr.cells(cell.formula)):
        return draft.formula(cell.formula, answer.place.sheet, answer.place.column)
    if cell.formula is not None:
        #: It looks into a detail list, which has its own sheet here: the total is written as computed.
        return str(merged.totals.get(cell.key) or 0)
    row = draft.lines[cell.key]
    last = FIRST_UNIT + max(len(merged.units), 1) - 1
    line = f"'{UNITS_SHEET}'!{a1(row, FIRST_UNIT)}:{a1(row, last)}"
    if any(booking.key == cell.key for booking in merged.adjustments):
        return f"SUM({line})+{draft.line_address(cell.key, BOOKED)}"
    #: What no unit has answered is blank, not 0.
    return f'IF(COUNT({line})=0,"",SUM({line}))' if merged.totals[cell.key] is None else f"SUM({line})"
