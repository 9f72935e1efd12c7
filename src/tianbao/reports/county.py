"""The county's workbook: the merged form, whose every total opens down to the units.

    汇总说明 │ the form's own tables, each total a formula over … │ 各单位数据 │ detail lists │ 审核情况

A number in the merged table is the sum of one line of 各单位数据, where each unit has a column; what the form computes
is computed on the sums by the form's own formulas. Outputs are to be worked with: nothing is locked, lists filter.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tianbao import expr, messages
from tianbao.checks.finding import Finding
from tianbao.expr import excel
from tianbao.form.model import NOT_APPLICABLE, Cell, Kind, Merge, Severity, Shape, Table
from tianbao.merge.merge import Merged
from tianbao.records.model import State, Unit, Value
from tianbao.workbook.book import TextSheet
from tianbao.workbook.layout import (
    STRIP_ROW,
    TITLE_ROW,
    UNIT_ROW,
    Answer,
    TableSheet,
    a1,
    make_layout,
    sheet_title,
    text_height,
)
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import Content, draw_block, fill, put, set_up_page, set_up_table_page
from tianbao.workbook.write import CREATED, write_whole

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_SUMMARY_WIDTHS = (6, 16, 24, 14, 40, 60)
_FINDING_WIDTHS = (18, 10, 8, 24, 80, 10, 10, 10, 30, 12, 30, 10, 30)
#: So many cells of a finding are named in the lists.
_CELLS = 4

SUMMARY_SHEET = "汇总说明"
UNITS_SHEET = "各单位数据"
FINDINGS_SHEET = "审核情况"

#: 各单位数据: the key, the table, the printed label, the measure, the total, then a column a unit.
_KEY, _TABLE, _LABEL, _MEASURE, _TOTAL, _FIRST_UNIT = range(1, 7)
#: Below its name, a unit's code and the file its figures came in.
_HEAD_ROWS = 3
#: What stands for an answer that is none; a blank stays blank.
_UNREADABLE = "？"
_MARKS = {State.UNREADABLE: _UNREADABLE, State.NOT_APPLICABLE: NOT_APPLICABLE}
#: So many characters of what could not be read are shown.
_SHOWN = 20
#: Paper number of A3, and how many units' columns are still readable on it.
_A3, _UNITS_ON_A_PAGE = 8, 25
_FIRST_LINE = _HEAD_ROWS + 1


def write_county(merged: Merged, findings: Sequence[Finding], target: str | os.PathLike[str] | BinaryIO) -> None:
    """Write the merged workbook.

    Args:
        merged: the totals and the submissions they were made of.
        findings: of all submissions; listed on a sheet of their own.
        target: a path, written whole or not at all; or an open binary file.
    """
    data = _County(merged, findings).write()
    if isinstance(target, str | os.PathLike):
        write_whole(Path(target), data)
    else:
        target.write(data)


class _County:
    """One county workbook being written."""

    def __init__(self, merged: Merged, findings: Sequence[Finding]) -> None:
        from xlsxwriter import Workbook

        self.merged = merged
        self.findings = findings
        self.layout = make_layout(merged.form)
        self.buffer = io.BytesIO()
        self.book = Workbook(
            self.buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.book.worksheet_class = TextSheet
        self.styles = Styles(self.book)
        tables = [table for table in merged.form.tables if table.shape is not Shape.LIST]
        self.lines: Mapping[str, int] = {
            cell.key: row
            for row, cell in enumerate((c for t in tables for c in t.cells if c.is_number), start=_FIRST_LINE)
        }

    def write(self) -> bytes:
        title = sheet_title(self.merged.form, self.merged.year or 0)
        self.book.set_properties({"title": title, "author": "", "company": "", "created": CREATED})
        self.summary(self.book.add_worksheet(SUMMARY_SHEET), title)
        for plan in self.layout.sheets:
            if any(block.table.shape is not Shape.LIST for block in plan.blocks):
                self.tables(self.book.add_worksheet(plan.name), plan)
        self.units(self.book.add_worksheet(UNITS_SHEET))
        for table in self.merged.form.tables:
            if table.shape is Shape.LIST:
                self.details(self.book.add_worksheet(self.merged.form.section(table.section).sheet), table)
        self.list_findings(self.book.add_worksheet(FINDINGS_SHEET))
        self.book.close()
        return self.buffer.getvalue()

    def coverage(self) -> str:
        """Say how many of the expected units the totals cover."""
        merged = self.merged
        expected = len(merged.units) + len(merged.missing)
        text = messages.say("county.coverage", "zh", counted=len(merged.units), expected=expected)
        if merged.missing:
            text += messages.say("county.missing", "zh", units="、".join(unit.name for unit in merged.missing))
        return text

    # ── 汇总说明 ────────────────────────────────────────────────────────────────────────────────────────────────

    def summary(self, sheet: Worksheet, title: str) -> None:
        """Who is in the totals, who is not and why, and which totals are not whole, what the office decided."""
        styles = self.styles
        for column, width in enumerate(_SUMMARY_WIDTHS):
            sheet.set_column(column, column, width)
        set_up_page(sheet, landscape=True)
        sheet.merge_range(0, 0, 0, 5, f"{title}（{messages.say('county.title', 'zh')}）", styles["title"])
        sheet.set_row(0, 32)
        sheet.merge_range(1, 0, 1, 5, self.coverage(), styles["heading"])
        heads = messages.say("county.unit_heads", "zh").split("|")
        row = self.list(sheet, 3, heads, ((str(n), *line) for n, line in enumerate(self.states(), start=1)))
        for name, lines in (
            ("left_out", self.left_out()),
            ("incomplete", self.incomplete()),
            ("decided", map(_decided, (f for f in self.findings if f.decision and f.stands_alone))),
        ):
            numbered = [(str(n), *line) for n, line in enumerate(lines, start=1)]
            if numbered:
                row = self.heading(sheet, row + 1, f"county.{name}")
                row = self.list(sheet, row, messages.say(f"county.{name}_heads", "zh").split("|"), numbered)
        sheet.print_area(0, 0, row - 1, 5)
        sheet.activate()

    def states(self) -> Iterator[tuple[str, ...]]:
        """Yield of every unit that is expected whether it is counted, its file, and what is open or why it is not."""
        merged = self.merged
        for unit, submission in zip(merged.units, merged.submissions, strict=True):
            yield unit.code, unit.name, messages.say("county.counted", "zh"), submission.file, self.state(unit)
        absent = {left.unit.code: left for left in merged.left_out if left.unit is not None}
        for unit in merged.missing:
            left = absent.get(unit.code)
            file, why = (left.file, left.message("zh")) if left else ("—", messages.say("county.no_file", "zh"))
            yield unit.code, unit.name, messages.say("county.not_counted", "zh"), file, why

    def left_out(self) -> Iterator[tuple[str, ...]]:
        """Yield the files that are not counted, with the reason."""
        for left in self.merged.left_out:
            yield left.code, left.unit.name if left.unit else "—", "", left.file, left.message("zh")

    def incomplete(self) -> Iterator[tuple[str, ...]]:
        """Yield the totals that are not whole, with the units whose figure is lacking."""
        form = self.merged.form
        for key in self.merged.incomplete:
            yield "", _short_label(form.cell(key), form.table_of(key)), "", key, "、".join(self.lacking(key))

    def state(self, unit: Unit) -> str:
        """Say in one line what of a unit is still open, and what is settled how."""
        own = [finding for finding in self.findings if finding.unit is not None and finding.unit.code == unit.code]
        still = _still_open([finding.severity for finding in own if finding.is_open and finding.follows is None])
        return _and_settled(still, [finding for finding in own if finding.stands_alone])

    def lacking(self, key: str) -> list[str]:
        """Name the units whose figure is not known in full, with why: it is blank, or what stands there instead."""
        merged = self.merged
        without = {unit.code for unit in merged.incomplete[key]}
        is_typed = merged.form.cell(key).kind is Kind.INPUT
        named = []
        for unit, submission in zip(merged.units, merged.submissions, strict=True):
            if unit.code in without:
                answer = submission.answers[key]
                raw = answer.raw if len(answer.raw) <= _SHOWN else answer.raw[:_SHOWN] + "……"
                why = messages.say(f"county.{answer.state.value}", "zh", raw=raw) if is_typed else ""
                named.append(unit.name + why)
        return named

    def heading(self, sheet: Worksheet, row: int, code: str) -> int:
        sheet.merge_range(row, 0, row, 5, messages.say(code, "zh"), self.styles["heading"])
        return row + 1

    def list(self, sheet: Worksheet, row: int, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
        """Write a small table of texts; return the row below it (from 0)."""
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.styles["audit head"])
        for entries in rows:
            row += 1
            for column, entry in enumerate(entries):
                sheet.write_string(row, column, entry, self.styles["audit"])
            sheet.set_row(
                row, max(text_height(entry, width) for entry, width in zip(entries, _SUMMARY_WIDTHS, strict=True))
            )
        return row + 1

    # ── the form's own tables ───────────────────────────────────────────────────────────────────────────────────

    def tables(self, sheet: Worksheet, plan: TableSheet) -> None:
        """Draw the statutory tables as the form prints them; each number is a formula."""
        styles = self.styles
        last = plan.last_column - 1
        set_up_table_page(sheet, plan, STRIP_ROW, plan.signature_row)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, last, self.coverage(), styles["strip plain"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.merge_range(TITLE_ROW - 1, 1, TITLE_ROW - 1, last, plan.section.title, styles["title"])
        sheet.set_row(TITLE_ROW - 1, 30)
        line = messages.say("county.line", "zh", year=self.merged.year)
        sheet.merge_range(UNIT_ROW - 1, 1, UNIT_ROW - 1, last, line, styles["unit line"])
        for block in plan.blocks:
            if block.table.shape is not Shape.LIST:
                draw_block(sheet, styles, block, self.content, keys=False, prior=False)
                for row in block.prior_rows:
                    sheet.set_row(row - 1, None, None, {"hidden": True})
        sheet.freeze_panes(plan.frozen_row, 0)

    def content(self, answer: Answer) -> Content:
        """A total: the sum of the units' line, or the form's formula over the sums."""
        cell = answer.cell
        total = self.merged.totals.get(cell.key)
        if cell.merge is Merge.NONE or cell.key not in self.lines:
            return Content(self.styles["head"], "—")
        style = self.styles.number("computed", cell.digits)
        if cell.key in self.merged.incomplete:
            style = self.styles["incomplete total"]
        return Content(style, _number(total), self.formula(answer))

    def formula(self, answer: Answer) -> str:
        cell = answer.cell
        if cell.formula is not None and all(part.key in self.lines for part in expr.cells(cell.formula)):
            place = answer.place
            return excel.formula(cell.formula, self.layout.places.__getitem__, sheet=place.sheet, column=place.column)
        if cell.formula is not None:
            #: It looks into a detail list, which has its own sheet here: the total is written as computed.
            return str(self.merged.totals.get(cell.key) or 0)
        row = self.lines[cell.key]
        last = _FIRST_UNIT + max(len(self.merged.units), 1) - 1
        line = f"'{UNITS_SHEET}'!{a1(row, _FIRST_UNIT)}:{a1(row, last)}"
        #: What no unit has answered is blank, not 0.
        return f'IF(COUNT({line})=0,"",SUM({line}))' if self.merged.totals[cell.key] is None else f"SUM({line})"

    # ── 各单位数据 ──────────────────────────────────────────────────────────────────────────────────────────────

    def units(self, sheet: Worksheet) -> None:
        """One line a cell, one column a unit: the figures that the totals are made of, and the file each came in."""
        styles, merged = self.styles, self.merged
        for column, width in ((_KEY, 12), (_TABLE, 14), (_LABEL, 48), (_MEASURE, 7), (_TOTAL, 12)):
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_column(_FIRST_UNIT - 1, _FIRST_UNIT + len(merged.units), 11)
        sheet.set_column(0, 0, None, None, {"hidden": True})
        for column, head in enumerate(messages.say("county.data_heads", "zh").split("|"), start=_TABLE):
            sheet.merge_range(0, column - 1, _HEAD_ROWS - 1, column - 1, head, styles["audit head"])
        for column, (unit, submission) in enumerate(
            zip(merged.units, merged.submissions, strict=True), start=_FIRST_UNIT
        ):
            put(sheet, 1, column, unit.name, styles["audit head"])
            put(sheet, 2, column, unit.code, styles["note"])
            put(sheet, 3, column, submission.file, styles["note"])
        sheet.set_row(2, 40)
        for key, row in self.lines.items():
            self.line(sheet, row, merged.form.cell(key))
        legend = messages.say("county.legend", "zh", unreadable=_UNREADABLE, not_applicable=NOT_APPLICABLE)
        put(sheet, _FIRST_LINE + len(self.lines) + 1, _TABLE, legend, styles["legend"])
        sheet.freeze_panes(_HEAD_ROWS, _FIRST_UNIT - 1)
        sheet.repeat_rows(0, _HEAD_ROWS - 1)
        sheet.repeat_columns(_TABLE - 1, _TOTAL - 1)
        set_up_page(sheet, landscape=True)
        sheet.set_paper(_A3)
        sheet.fit_to_pages(max(1, math.ceil(len(merged.units) / _UNITS_ON_A_PAGE)), 0)

    def line(self, sheet: Worksheet, row: int, cell: Cell) -> None:
        """Write one cell's line, in which every state of an answer looks different; none but a 0 is one."""
        styles, merged = self.styles, self.merged
        table = merged.form.table_of(cell.key)
        put(sheet, row, _KEY, cell.key, styles["hidden"])
        put(sheet, row, _TABLE, table.short if table else "", styles["audit"])
        put(sheet, row, _LABEL, _short_label(cell, table), styles["audit"])
        put(sheet, row, _MEASURE, cell.measure, styles["audit centre"])
        computed = cell.merge is Merge.RECOMPUTE
        number = styles.number("computed" if computed else "plain", cell.digits)
        place = self.layout.places[cell.key]
        total = f"'{place.sheet}'!{a1(place.row, place.column)}"
        if cell.merge is not Merge.NONE:
            fill(
                sheet,
                row - 1,
                _TOTAL - 1,
                Content(styles.number("computed", cell.digits), _number(merged.totals.get(cell.key)), total),
            )
        for column, submission in enumerate(merged.submissions, start=_FIRST_UNIT - 1):
            answer = submission.answers[cell.key]
            match answer.state:
                case State.UNREADABLE:
                    sheet.write_string(row - 1, column, _UNREADABLE, styles["unknown"])
                case State.NOT_APPLICABLE:
                    sheet.write_string(row - 1, column, NOT_APPLICABLE, styles["audit centre"])
                case State.DECLARED_ZERO:
                    fill(sheet, row - 1, column, Content(styles["declared zero"], _number(answer.value)))
                case State.BLANK | State.FILLED if answer.value is None:
                    sheet.write_blank(row - 1, column, None, styles["unknown"])
                case State.BLANK | State.FILLED:
                    style = styles["incomplete total"] if cell.key in submission.incomplete else number
                    fill(sheet, row - 1, column, Content(style, _number(answer.value)))

    # ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────

    def details(self, sheet: Worksheet, table: Table) -> None:
        """Write all units' lines of a detail list under each other."""
        styles = self.styles
        heads = [messages.say("county.unit", "zh"), "No.", *(column.label[-1] for column in table.columns)]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, styles["audit head"])
            sheet.set_column(
                column, column, 6 if column == 1 else max(14, table.columns[column - 2].width if column > 1 else 18)
            )
        lines = self.merged.details[table.key]
        for row, line in enumerate(lines, start=1):
            sheet.write_string(row, 0, line.unit.name, styles["audit"])
            sheet.write_number(row, 1, line.number, styles["audit centre"])
            for column, (key, value) in enumerate(line.answers.items(), start=2):
                self.value(sheet, row, column, _MARKS.get(line.states[key], value))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(lines), 1), len(heads) - 1)
        set_up_page(sheet, landscape=True)

    def value(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        styles = self.styles
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime.combine(value, time()), styles["audit date"])
        elif isinstance(value, int | Decimal):
            sheet.write_number(row, column, float(value), styles["audit number"])
        else:
            sheet.write_string(row, column, value or "", styles["audit"])

    def list_findings(self, sheet: Worksheet) -> None:
        """Write every finding: whose, how grave, where, what, by how much, how it was explained, what was decided."""
        styles = self.styles
        heads = messages.say("county.finding_heads", "zh").split("|")
        for column, (head, width) in enumerate(zip(heads, _FINDING_WIDTHS, strict=True)):
            sheet.write_string(0, column, head, styles["audit head"])
            sheet.set_column(column, column, width)
        for row, finding in enumerate(self.findings, start=1):
            words = (
                finding.unit.name if finding.unit else "—",
                finding.code,
                messages.say(f"severity.{finding.severity.value}", "zh"),
                _place(finding),
                finding.message("zh"),
            )
            for column, word in enumerate(words):
                sheet.write_string(row, column, word, styles["audit"])
            after = (finding.explanation, *_treatment(finding), finding.file)
            written = dict(enumerate(words)) | dict(enumerate(after, start=len(words) + 3))
            sheet.set_row(row, max(text_height(word, _FINDING_WIDTHS[n]) for n, word in written.items()))
            for column, side in enumerate((finding.left, finding.right, finding.imbalance), start=len(words)):
                self.value(sheet, row, column, side)
            for column, word in enumerate(after, start=len(words) + 3):
                sheet.write_string(row, column, word, styles["audit"])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(self.findings), 1), len(heads) - 1)
        sheet.repeat_rows(0)
        set_up_page(sheet, landscape=True)


def _short_label(cell: Cell, table: Table | None) -> str:
    """Name a cell by its row and column, without what stands above them."""
    if table is None:
        return cell.label[-1]
    n = table.cells.index(cell)
    row, column = table.rows[n // len(table.columns)], table.columns[n % len(table.columns)]
    return f"{row.label[-1]} → {column.label[-1]}"


def _number(value: Value) -> float | int | None:
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, int) else None


def _place(finding: Finding) -> str:
    named = "、".join(cell.at for cell in finding.cells[:_CELLS])
    return named + ("……" if len(finding.cells) > _CELLS else "")


def _treatment(finding: Finding) -> tuple[str, str, str]:
    """Say what became of a finding, why, and who decided: nothing where it is as it was found."""
    decision = finding.decision
    if decision is not None:
        return messages.say(f"county.treated.{decision.kind.value}", "zh"), decision.note, decision.by
    if finding.is_explained:
        return messages.say("county.treated.explained", "zh"), "", ""
    if finding.explanation and finding.severity is Severity.QUERY:
        return messages.say("county.treated.brief", "zh"), "", ""
    return "", "", ""


def _decided(finding: Finding) -> tuple[str, ...]:
    """Write a line of the list of decisions."""
    what, note, by = _treatment(finding)
    who = messages.say("county.decided.by", "zh", by=by) if by else ""
    words = messages.say("county.decided.words", "zh", message=finding.message("zh"), note=note, by=who)
    return finding.code, finding.unit.name if finding.unit else "—", what, _place(finding), words


def _still_open(severities: Sequence[Severity]) -> str:
    """Say what is still open; a unit with nothing to mend carries no ×."""
    match severities.count(Severity.ERROR), severities.count(Severity.QUERY):
        case (0, 0):
            return messages.say("county.passed", "zh")
        case (errors, 0):
            return messages.say("county.to_mend", "zh", errors=errors)
        case (0, queries):
            return messages.say("county.to_explain", "zh", queries=queries)
        case (errors, queries):
            return messages.say("county.to_mend_and_explain", "zh", errors=errors, queries=queries)


def _and_settled(state: str, findings: Sequence[Finding]) -> str:
    """Add to what is open what is settled: explained, accepted, waived, and how many of these had to be mended."""
    waived = [finding for finding in findings if finding.is_waived]
    counts = {
        "explained": sum(finding.is_explained and finding.decision is None for finding in findings),
        "accepted": sum(finding.decision is not None and not finding.is_waived for finding in findings),
        "waived": len(waived),
    }
    errors = sum(finding.severity is Severity.ERROR for finding in waived)
    for name, count in counts.items():
        code = f"county.settled.{name}.errors" if name == "waived" and errors else f"county.settled.{name}"
        state = messages.say(code, "zh", state=state, count=count, errors=errors) if count else state
    return state
