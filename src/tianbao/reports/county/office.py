"""调整: what the office did itself: bookings to totals, explanations accepted, checks waived.

In:   the draft.
Out:  the sheet. No unit's figure is changed by anything on it; bookings stand in a column of their own in 单位明细.
"""

from __future__ import annotations

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.reports.county.draft import HEADS, OFFICE_SHEET, TOTAL, Draft, number
from tianbao.reports.county.findings import place_of, treatment
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import a1, text_height
from tianbao.workbook.tables import Content, fill

#: Number, key, what it is, amount (or what was decided), why, who, when.
_WIDTHS = (6, 30, 34, 14, 44, 10, 14)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_KEY, _WHAT, _AMOUNT, _REST = 1, 2, 3, 4
#: So many units are named.
_NAMED = 5
#: The first booking stands below a heading and the heads.
_FIRST = HEADS + 2


def booked_range(draft: Draft) -> tuple[str, str]:
    """Return where the keys and the amounts of all bookings stand, as a formula says it."""
    first, last = _FIRST + 1, _FIRST + len(draft.merged.adjustments)
    keys, amounts = (
        f"'{OFFICE_SHEET}'!{a1(first, column + 1)}:{a1(last, column + 1)}" for column in (_KEY, _AMOUNT)
    )  # fmt: skip
    return keys, amounts


def draw_office(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw what the office did."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.office.title", "zh", title=draft.title), _LAST, room=_ROOM)
    row = _bookings(draft, sheet, HEADS) + 1
    decided = [_decided(finding) for finding in draft.findings if finding.decision and finding.stands_alone]
    if decided:
        row = draft.heading(sheet, row, messages.say("county.decided", "zh"), _LAST)
        row = draft.list(sheet, row, messages.say("county.decided_heads", "zh").split("|"), decided, _WIDTHS) + 1
    if draft.beside.doubles:
        row = _doubles(draft, sheet, row) + 1
    sheet.freeze_panes(HEADS, 0)
    sheet.print_area(0, 0, row - 1, _LAST)


def _bookings(draft: Draft, sheet: LinkedSheet, row: int) -> int:
    """List the bookings, or say that there is none; return the row below."""
    styles, bookings = draft.styles, draft.merged.adjustments
    if not bookings:
        return draft.heading(sheet, row, messages.say("county.booked.none", "zh"), _LAST)
    row = draft.heading(sheet, row, messages.say("county.booked", "zh", count=len(bookings)), _LAST)
    for column, head in enumerate(messages.say("county.booked_heads", "zh").split("|")):
        sheet.write_string(row, column, head, styles["audit head"])
    for n, booking in enumerate(bookings, start=1):
        row += 1
        label = draft.form.name_of(booking.key)
        for column, word in enumerate((str(n), booking.key, label, "", booking.note, booking.by, booking.at)):
            sheet.write_string(row, column, word, styles["audit centre" if column == 0 else "audit"])
        fill(sheet, row, _AMOUNT, Content(styles["change"], number(booking.amount)))
        sheet.lead(row, _WHAT, Goal("", draft.line_address(booking.key, TOTAL)))
        sheet.set_row(row, max(20.0, text_height(booking.note, _WIDTHS[4]), text_height(label, _WIDTHS[_WHAT])))
    return row + 1


def _doubles(draft: Draft, sheet: LinkedSheet, row: int) -> int:
    """List what may be counted twice, with what to do; return the row below."""
    styles, doubles = draft.styles, draft.beside.doubles
    row = draft.heading(sheet, row, messages.say("county.doubles", "zh", count=len(doubles)), _LAST)
    for column, head in enumerate(messages.say("county.doubles_heads", "zh").split("|")):
        sheet.write_string(row, column, head, styles["audit head"])
    sheet.merge_range(row, _REST, row, _LAST, messages.say("county.doubles_what", "zh"), styles["audit head"])
    for n, double in enumerate(doubles, start=1):
        row += 1
        units = "、".join(unit.name for unit, _ in double.parts[:_NAMED]) + ("……" if len(double.parts) > _NAMED else "")
        for column, word in enumerate((str(n), double.key or "—", units, double.code)):
            sheet.write_string(row, column, word, styles["audit centre" if column == 0 else "audit"])
        text = f"{double.message('zh')} {double.hint('zh')}"
        sheet.merge_range(row, _REST, row, _LAST, text, styles["audit"])
        sheet.set_row(row, max(text_height(units, _WIDTHS[_WHAT]), text_height(text, sum(_WIDTHS[_REST:]))))
    return row + 1


def _decided(finding: Finding) -> tuple[str, ...]:
    """Write a line of the list of decisions."""
    what, note, by = treatment(finding)
    unit = finding.unit.name if finding.unit else "—"
    place = f"{unit} {place_of(finding)}"
    words = messages.say("county.decided.words", "zh", message=finding.message("zh"), note=note)
    return finding.code, place, what, words, by, finding.decision.at if finding.decision else ""
