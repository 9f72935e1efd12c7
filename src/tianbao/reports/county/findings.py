"""审核情况: every finding in the units' reports, how it was explained, what the office decided; to be filtered.

In:   the draft.
Out:  the sheet.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.form.model import Severity
from tianbao.records.model import Value
from tianbao.reports.county.draft import HEADS, Draft
from tianbao.workbook.book import Goal, LinkedSheet
from tianbao.workbook.layout import text_height

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Unit, code, severity, place, what must hold, both sides and the difference, explanation, decision, why, who, file.
_WIDTHS = (18, 9, 6, 20, 62, 9, 9, 9, 26, 10, 22, 9, 24)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_PLACE = 3


def draw_findings(draft: Draft, sheet: LinkedSheet) -> None:
    """List every finding: whose, how grave, where, what, by how much, how it was explained, what was decided."""
    styles = draft.styles
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.findings.title", "zh", title=draft.title), _LAST, room=_ROOM)
    heads = messages.say("county.finding_heads", "zh").split("|")
    for column, head in enumerate(heads):
        sheet.write_string(HEADS, column, head, styles["audit head"])
    for row, finding in enumerate(draft.findings, start=HEADS + 1):
        words = (
            finding.unit.name if finding.unit else "—",
            finding.code,
            messages.say(f"severity.{finding.severity.value}", "zh"),
            place_of(finding),
            finding.message("zh"),
        )
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, styles["data"])
        _lead(draft, sheet, row, finding)
        after = (finding.explanation, *treatment(finding), finding.file)
        written = dict(enumerate(words)) | dict(enumerate(after, start=len(words) + 3))
        sheet.set_row(row, max(text_height(word, _WIDTHS[n]) for n, word in written.items()))
        for column, side in enumerate((finding.left, finding.right, finding.imbalance), start=len(words)):
            write_value(draft, sheet, row, column, side)
        for column, word in enumerate(after, start=len(words) + 3):
            sheet.write_string(row, column, word, styles["data"])
    sheet.freeze_panes(HEADS + 1, 1)
    sheet.autofilter(HEADS, 0, HEADS + max(len(draft.findings), 1), _LAST)
    sheet.repeat_rows(HEADS)


def _lead(draft: Draft, sheet: LinkedSheet, row: int, finding: Finding) -> None:
    """Link the place of a finding to the first of its cells."""
    file = draft.beside.files.get(finding.unit.code) if finding.unit else None
    if file and finding.cells and "!" in finding.cells[0].at:
        name, _, cell = finding.cells[0].at.rpartition("!")
        sheet.write_string(row, _PLACE, place_of(finding), draft.styles["data link"])
        sheet.lead(row, _PLACE, Goal(file, f"'{name}'!{cell}", finding.file))


def write_value(draft: Draft, sheet: Worksheet, row: int, column: int, value: Value) -> None:
    """Write a value of whatever kind, in a cell that can be sorted while the sheet is locked."""
    styles = draft.styles
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), styles["data date"])
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, float(value), styles["data number"])
    else:
        sheet.write_string(row, column, value or "", styles["data"])


def place_of(finding: Finding) -> str:
    """Name the first cell of a finding, and how many there are: some programs show no second line of a link."""
    if len(finding.cells) <= 1:
        return "".join(cell.at for cell in finding.cells)
    return messages.say("county.place", "zh", first=finding.cells[0].at, count=len(finding.cells))


def treatment(finding: Finding) -> tuple[str, str, str]:
    """Say what became of a finding, why, and who decided: nothing where it is as it was found."""
    decision = finding.decision
    if decision is not None:
        return messages.say(f"county.treated.{decision.kind.value}", "zh"), decision.note, decision.by
    if finding.is_explained:
        return messages.say("county.treated.explained", "zh"), "", ""
    if finding.explanation and finding.severity is Severity.QUERY:
        return messages.say("county.treated.brief", "zh"), "", ""
    return "", "", ""
