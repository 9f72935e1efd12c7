"""单位明细: a line a cell, a column a unit: the figures that the totals are made of, each leading to where it was written.

In:   the draft.
Out:  the sheet; its last two columns hold our own sums, and whether the formulas come to the same.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.form.model import NOT_APPLICABLE, Amount, Cell, Merge
from tianbao.records.model import State, Submission, Unit
from tianbao.reports.county.draft import (
    BOOKED,
    FIRST_LINE,
    FIRST_UNIT,
    HEADS,
    KEY,
    LABEL,
    MEASURE,
    OFFICE_SHEET,
    TABLE,
    TOTAL,
    UNIT_HEADS,
    Draft,
    is_exact,
    number,
)
from tianbao.reports.county.office import booked_range
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import a1, text_height
from tianbao.workbook.tables import Content, fill, put

if TYPE_CHECKING:
    from xlsxwriter.format import Format

#: What stands for an answer that is none; a blank stays blank.
UNREADABLE = "？"
MARKS = {State.UNREADABLE: UNREADABLE, State.NOT_APPLICABLE: NOT_APPLICABLE}
#: Paper number of A3, and how many units' columns are still readable on it.
_A3, _UNITS_ON_A_PAGE = 8, 22
_UNIT_WIDTH = 11
_LABEL_WIDTH = 44
_WIDTHS = ((TABLE, 9), (LABEL, _LABEL_WIDTH), (MEASURE, 6), (TOTAL, 13), (BOOKED, 9))
#: What a spreadsheet may lose of a sum, for it keeps fifteen digits of each step.
_LOST = Decimal("1e-13")


def own_sum_column(draft: Draft) -> int:
    """Return the column of our own sums, counted from 1."""
    return FIRST_UNIT + max(len(draft.merged.units), 1)


def proof_column(draft: Draft) -> int:
    """Return the column that says whether the formulas come to the same, counted from 1."""
    return own_sum_column(draft) + 1


def draw_units(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw the units' figures."""
    styles, merged = draft.styles, draft.merged
    last = proof_column(draft)
    for column, width in _WIDTHS:
        sheet.set_column(column - 1, column - 1, width)
    sheet.set_column(FIRST_UNIT - 1, last - 3, _UNIT_WIDTH)
    sheet.set_column(last - 2, last - 2, 13)
    sheet.set_column(last - 1, last - 1, 6)
    draft.head(sheet, messages.say("county.units.title", "zh", title=draft.title), LABEL + 12, room=110.0)
    sheet.set_column(0, 0, None, None, {"hidden": True})
    heads = messages.say("county.data_heads", "zh").split("|")
    for column, head in zip((TABLE, LABEL, MEASURE, TOTAL, BOOKED, last - 1, last), heads, strict=True):
        sheet.merge_range(HEADS, column - 1, HEADS + UNIT_HEADS - 1, column - 1, head, styles["audit head"])
    for column, (unit, submission) in enumerate(zip(merged.units, merged.submissions, strict=True), start=FIRST_UNIT):
        put(sheet, HEADS + 1, column, unit.name, styles["audit head"])
        put(sheet, HEADS + 2, column, unit.code, styles["note"])
        put(sheet, HEADS + 3, column, submission.file, styles["note"])
        file = draft.beside.files.get(unit.code)
        if file:
            sheet.lead(HEADS + 2, column - 1, Goal(file, "", submission.file))
    sheet.set_row(HEADS, 30)
    sheet.set_row(HEADS + 2, 40)
    for key, row in draft.lines.items():
        _line(draft, sheet, row, draft.form.cell(key))
    #: After the totals, so that these lead there even where there are too many figures to link all.
    for column, (unit, submission) in enumerate(zip(merged.units, merged.submissions, strict=True), start=FIRST_UNIT):
        _lead_to_sources(draft, sheet, column, unit, submission)
    legend = messages.say("county.legend", "zh", unreadable=UNREADABLE, not_applicable=NOT_APPLICABLE)
    put(sheet, FIRST_LINE + len(draft.lines) + 1, TABLE, legend, styles["legend"])
    sheet.freeze_panes(FIRST_LINE - 1, TOTAL)
    sheet.repeat_rows(HEADS, FIRST_LINE - 2)
    sheet.repeat_columns(TABLE - 1, TOTAL - 1)
    sheet.set_paper(_A3)
    sheet.fit_to_pages(max(1, math.ceil(len(merged.units) / _UNITS_ON_A_PAGE)), 0)


def _line(draft: Draft, sheet: LinkedSheet, row: int, cell: Cell) -> None:
    """Write one cell's line, in which every state of an answer looks different; none but a 0 is one."""
    styles, merged = draft.styles, draft.merged
    table = merged.form.table_of(cell.key)
    put(sheet, row, KEY, cell.key, styles["hidden"])
    put(sheet, row, TABLE, table.short if table else "", styles["audit"])
    put(sheet, row, LABEL, draft.form.short_label(cell.key), styles["audit"])
    put(sheet, row, MEASURE, cell.measure, styles["audit centre"])
    sheet.set_row(row - 1, text_height(draft.form.short_label(cell.key), _LABEL_WIDTH))
    if cell.merge is Merge.NONE:
        for column in (TOTAL, BOOKED, own_sum_column(draft), proof_column(draft)):
            put(sheet, row, column, "—", styles["audit centre"])
    else:
        _total(draft, sheet, row, cell)
    style = styles.number("computed" if cell.merge is Merge.RECOMPUTE else "plain", cell.digits)
    for column, submission in enumerate(merged.submissions, start=FIRST_UNIT - 1):
        _figure(draft, sheet, (row - 1, column), cell, submission, style)


def _total(draft: Draft, sheet: LinkedSheet, row: int, cell: Cell) -> None:
    """Write the total, what is booked to it, our own sum, and whether both are the same."""
    styles, merged = draft.styles, draft.merged
    total = merged.totals.get(cell.key)
    style = styles.number("computed", cell.digits)
    fill(sheet, row - 1, TOTAL - 1, Content(style, number(total), draft.address(cell.key)))
    if total is not None:
        sheet.lead(row - 1, TOTAL - 1, Goal("", draft.address(cell.key), messages.say("county.tip.table", "zh")))
    booked = [one.amount for one in merged.adjustments if one.key == cell.key]
    if booked:
        keys, amounts = booked_range(draft)
        formula = f'SUMIF({keys},"{cell.key}",{amounts})'
        fill(sheet, row - 1, BOOKED - 1, Content(style, number(sum(booked)), formula))
        sheet.lead(row - 1, BOOKED - 1, Goal("", f"'{OFFICE_SHEET}'!A1"))
    else:
        sheet.write_blank(row - 1, BOOKED - 1, None, style)
    ours, proof = own_sum_column(draft), proof_column(draft)
    if total is None:
        sheet.write_blank(row - 1, ours - 1, None, styles.number("plain", cell.digits))
    elif is_exact(total, cell.digits):
        fill(sheet, row - 1, ours - 1, Content(styles.number("plain", cell.digits), number(total)))
    else:
        put(sheet, row, ours, format(total, ",f"), styles["audit"])
    given, own = a1(row, TOTAL), a1(row, ours)
    same = f'{given}=""' if total is None else f"ABS({given}-VALUE({own}))<={_near(total, cell.digits)}"
    fill(sheet, row - 1, proof - 1, Content(styles["proof"], "√", f'IF({same},"√","×")'))


def _near(total: Amount, digits: int) -> str:
    """Return how far apart two results of the same sum may be: half of the last digit, or what a spreadsheet loses."""
    return "0" if not digits else f"{max(Decimal(5).scaleb(-digits - 1), abs(Decimal(total)) * _LOST):f}"


def _figure(
    draft: Draft, sheet: LinkedSheet, at: tuple[int, int], cell: Cell, submission: Submission, style: Format
) -> None:
    answer, styles = submission.answers[cell.key], draft.styles
    row, column = at
    match answer.state:
        case State.UNREADABLE:
            sheet.write_string(row, column, UNREADABLE, styles["unknown"])
        case State.NOT_APPLICABLE:
            sheet.write_string(row, column, NOT_APPLICABLE, styles["audit centre"])
        case State.DECLARED_ZERO:
            fill(sheet, row, column, Content(styles["declared zero"], number(answer.value)))
        case State.BLANK | State.FILLED if answer.value is None:
            sheet.write_blank(row, column, None, styles["unknown"])
        case State.BLANK | State.FILLED:
            look = styles["incomplete total"] if cell.key in submission.incomplete else style
            fill(sheet, row, column, Content(look, number(answer.value)))


def _lead_to_sources(draft: Draft, sheet: LinkedSheet, column: int, unit: Unit, submission: Submission) -> None:
    """Link each figure of a unit to the cell in which it was written."""
    file, is_closed = draft.beside.files.get(unit.code), unit.code in draft.beside.closed
    for key, row in draft.lines.items():
        answer = submission.answers[key]
        shows = answer.value is not None or answer.state in MARKS
        if file and answer.sheet and answer.cell and shows:
            tip = messages.say("county.tip.source", "zh", file=submission.file, at=f"{answer.sheet}!{answer.cell}")
            sheet.lead(row - 1, column - 1, Goal(file, "" if is_closed else f"'{answer.sheet}'!{answer.cell}", tip))
