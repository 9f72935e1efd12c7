"""舍位: the totals in a larger measure, rounded so that they still add up, with every digit that was nudged for it.

In:   the draft.
Out:  the sheet: the totals first, then the units' figures that were nudged.
"""

from __future__ import annotations

from tianbao import messages
from tianbao.merge.rounding import Rounded, RoundedLine
from tianbao.reports.county.draft import HEADS, TOTAL, Draft
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import text_height

#: Unit, table and item, the exact figure, rounded alone, balanced, by how many last digits, why.
_WIDTHS = (20, 46, 22, 14, 14, 10, 34)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_UNIT, _ITEM, _EXACT, _ROUNDED, _BALANCED, _NUDGE, _WHY = range(7)


def draw_rounding(draft: Draft, sheet: LinkedSheet, rounded: Rounded) -> None:
    """Draw the rounding."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    facts = {"title": draft.title, "measure": rounded.measure, "digits": rounded.digits}
    draft.head(sheet, messages.say("county.rounding.title", "zh", **facts), _LAST, room=_ROOM)
    row = draft.heading(sheet, HEADS, messages.say("county.rounding.totals", "zh", **facts), _LAST)
    row = _lines(draft, sheet, row, rounded, rounded.totals)
    nudged = rounded.nudged_units
    if nudged:
        row = draft.heading(sheet, row + 1, messages.say("county.rounding.units", "zh", count=len(nudged)), _LAST)
        row = _lines(draft, sheet, row, rounded, nudged)
    for name in rounded.broken:
        text = messages.say("cli.balanced.broken", "zh", name=name)
        sheet.merge_range(row, 0, row, _LAST, text, draft.styles["listed note ×"])
        row += 1
    sheet.freeze_panes(HEADS, 0)
    sheet.print_area(0, 0, row - 1, _LAST)


def _lines(
    draft: Draft, sheet: LinkedSheet, row: int, rounded: Rounded, lines: tuple[RoundedLine, ...]
) -> int:  # fmt: skip
    styles = draft.styles
    for column, head in enumerate(messages.say("county.rounding_heads", "zh").split("|")):
        sheet.write_string(row, column, head, styles["audit head"])
    look = styles.number("plain", rounded.digits)
    for line in lines:
        row += 1
        label = draft.form.name_of(line.key)
        sheet.write_string(row, _UNIT, _whose(line), styles["audit"])
        sheet.write_string(row, _ITEM, label, styles["audit"])
        sheet.lead(row, _ITEM, Goal("", draft.line_address(line.key, TOTAL)))
        sheet.write_string(row, _EXACT, f"{line.exact.normalize():f}", styles["listed text"])
        sheet.write_number(row, _ROUNDED, float(line.rounded), look)
        sheet.write_number(row, _BALANCED, float(line.balanced), look)
        sheet.write_number(row, _NUDGE, line.nudge, styles["change whole"])
        why = messages.say(f"county.rounding.{line.why.value}", "zh") if line.why.value else ""
        sheet.write_string(row, _WHY, why, styles["audit"])
        sheet.set_row(row, max(18.0, text_height(label, _WIDTHS[_ITEM])))
    return row + 1


def _whose(line: RoundedLine) -> str:
    if line.is_booking:
        return messages.say("cli.balanced.booking", "zh")
    return line.unit.name if line.unit else messages.say("county.rounding.county", "zh")
