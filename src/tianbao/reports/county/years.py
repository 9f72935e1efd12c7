"""上年对比: every total beside last year's of the same units; what has no counterpart is left blank.

In:   the draft.
Out:  the sheet.
"""

from __future__ import annotations

from tianbao import messages
from tianbao.form.model import Cell, Merge
from tianbao.reports.county.draft import HEADS, TOTAL, Draft, number
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import a1, text_height
from tianbao.workbook.tables import Content, fill

_WIDTHS = (9, 46, 7, 14, 14, 14, 11)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_TABLE, _LABEL, _MEASURE, _NOW, _BEFORE, _CHANGE, _SHARE = range(7)


def draw_years(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw the comparison."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    title = messages.say("county.years.title", "zh", title=draft.title)
    draft.head(sheet, title, _LAST, room=_ROOM, landscape=False)
    last = draft.last_year
    if last is None:
        draft.heading(sheet, HEADS, messages.say("county.years.none", "zh"), _LAST)
        return
    known = {unit.code for unit in last.units}
    without = [unit.name for unit in draft.merged.units if unit.code not in known]
    facts = {"known": len(known), "units": "、".join(without)}
    told = messages.say("county.years.some" if without else "county.years.all", "zh", **facts)
    sheet.merge_range(HEADS, 0, HEADS, _LAST, told, draft.styles["plain"])
    sheet.set_row(HEADS, max(20.0, text_height(told, _ROOM)))
    head = HEADS + 1
    for column, name in enumerate(messages.say("county.years_heads", "zh").split("|")):
        sheet.write_string(head, column, name, draft.styles["audit head"])
    for row, cell in enumerate(draft.numbers(), start=head + 1):
        _line(draft, sheet, row, cell)
    sheet.freeze_panes(head + 1, _MEASURE)
    sheet.repeat_rows(head)


def _line(draft: Draft, sheet: LinkedSheet, row: int, cell: Cell) -> None:
    styles, table, last = draft.styles, draft.form.table_of(cell.key), draft.last_year
    assert last is not None
    sheet.write_string(row, _TABLE, table.short if table else "", styles["audit"])
    sheet.write_string(row, _LABEL, draft.form.short_label(cell.key), styles["audit"])
    sheet.write_string(row, _MEASURE, cell.measure, styles["audit centre"])
    sheet.set_row(row, text_height(draft.form.short_label(cell.key), _WIDTHS[_LABEL]))
    now, before = draft.merged.totals.get(cell.key), last.totals.get(cell.key)
    look = "" if cell.digits else " whole"
    if cell.merge is Merge.NONE:
        sheet.write_string(row, _NOW, "—", styles["audit centre"])
    else:
        formula = draft.line_address(cell.key, TOTAL)
        fill(sheet, row, _NOW, Content(styles.number("computed", cell.digits), number(now), formula))
        sheet.lead(row, _NOW, Goal("", formula))
    fill(sheet, row, _BEFORE, Content(styles.number("prior", cell.digits), "—" if before is None else number(before)))
    if now is None or before is None:
        sheet.write_string(row, _CHANGE, "", styles["audit centre"])
        sheet.write_string(row, _SHARE, "", styles["audit centre"])
        return
    given, then = a1(row + 1, _NOW + 1), a1(row + 1, _BEFORE + 1)
    fill(sheet, row, _CHANGE, Content(styles[f"change{look}"], number(now - before), f"{given}-{then}"))
    share = float((now - before) / before) if before else ""
    formula = f'IF({then}=0,"",({given}-{then})/{then})'
    fill(sheet, row, _SHARE, Content(styles["change share"], share, formula))
