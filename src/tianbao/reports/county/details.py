"""The detail lists of the form: all units' lines under each other.

In:   the draft, and a table that is a list.
Out:  its sheet.
"""

from __future__ import annotations

from tianbao import messages
from tianbao.form.model import Table
from tianbao.reports.county.draft import HEADS, Draft
from tianbao.reports.county.findings import write_value
from tianbao.reports.county.units import MARKS
from tianbao.workbook.book import LinkedSheet


def draw_details(draft: Draft, sheet: LinkedSheet, table: Table) -> None:
    """Write all units' lines of a detail list under each other."""
    styles = draft.styles
    heads = [messages.say("county.unit", "zh"), "No.", *(column.label[-1] for column in table.columns)]
    widths = [18.0, 6.0, *(max(14.0, column.width) for column in table.columns)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    draft.head(sheet, draft.form.section(table.section).title, len(heads) - 1, room=sum(widths))
    for column, head in enumerate(heads):
        sheet.write_string(HEADS, column, head, styles["audit head"])
    lines = draft.merged.details[table.key]
    for row, line in enumerate(lines, start=HEADS + 1):
        sheet.write_string(row, 0, line.unit.name, styles["data"])
        sheet.write_number(row, 1, line.number, styles["data centre"])
        for column, (key, value) in enumerate(line.answers.items(), start=2):
            write_value(draft, sheet, row, column, MARKS.get(line.states[key], value))
    sheet.freeze_panes(HEADS + 1, 0)
    sheet.autofilter(HEADS, 0, HEADS + max(len(lines), 1), len(heads) - 1)
