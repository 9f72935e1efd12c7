"""The county's workbook while it is being written: what every sheet of it needs.

    merge, findings, beside ──▶ names of sheets, places of totals, the sentence that every head says

In:   a merge, what was found, what the office knows beside.
Out:  places, styles and sentences; the small tables that several sheets have.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from tianbao import expr, messages
from tianbao.checks.finding import Finding
from tianbao.expr import Place, evaluate, excel
from tianbao.form.model import Cell, Figure, Severity, Shape
from tianbao.merge.merge import Merged
from tianbao.records.model import Submission, Value
from tianbao.reports.county.beside import Beside
from tianbao.reports.county.whole import check_totals
from tianbao.reports.last_year import merge_last_year
from tianbao.workbook.book import LinkedSheet, LockedBook
from tianbao.workbook.layout import a1, make_layout, sheet_title, text_height
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import set_up_page

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FRONT_SHEET = "汇总表"
UNITS_SHEET = "单位明细"
ABSENT_SHEET = "缺报与免报"
FINDINGS_SHEET = "审核情况"
OFFICE_SHEET = "调整"
YEARS_SHEET = "上年对比"
CHARTS_SHEET = "图表"
ROUNDING_SHEET = "舍位"
DATA_SHEET = "数据"
BELOW_SHEET = "下级来源"
#: In the order in which they stand behind the form's own tables.
OWN_SHEETS = (
    UNITS_SHEET,
    ABSENT_SHEET,
    FINDINGS_SHEET,
    OFFICE_SHEET,
    YEARS_SHEET,
    ROUNDING_SHEET,
    CHARTS_SHEET,
    DATA_SHEET,
    BELOW_SHEET,
)

#: Of a sheet: its title, what it covers, then its heads (counted from 0).
TITLE, COVERAGE, HEADS = range(3)
#: 单位明细: the key, the table, the printed label, the measure, the total, what is booked, then a column a unit.
KEY, TABLE, LABEL, MEASURE, TOTAL, BOOKED, FIRST_UNIT = range(1, 8)
#: In 单位明细 the head of a unit has three rows: its name, its code, its file.
UNIT_HEADS = 3
FIRST_LINE = HEADS + UNIT_HEADS + 1

#: So many units are named where not all need be.
_NAMED = 6
_TITLE_HEIGHT, _LINE_HEIGHT = 32, 20.0


class Draft:
    """One county workbook being written.

    Attributes:
        lines: the row of each total in 单位明细, by key, counted from 1.
        places: of the totals and of everything else on the form's own sheets.
    """

    def __init__(self, merged: Merged, findings: Sequence[Finding], beside: Beside) -> None:
        self.merged = merged
        self.findings = findings
        self.beside = beside
        self.form = merged.form
        self.layout = make_layout(merged.form)
        self.buffer = io.BytesIO()
        self.book = LockedBook(self.buffer, "", LinkedSheet)
        self.styles = Styles(self.book)
        taken = {FRONT_SHEET, *OWN_SHEETS}
        self._names = {name: f"{name}（表）" if name in taken else name for name in self.layout.sheet_names}
        self.places: Mapping[str, Place] = {
            key: place._replace(sheet=self._names[place.sheet]) for key, place in self.layout.places.items()
        }
        self.lines: Mapping[str, int] = {
            cell.key: row for row, cell in enumerate(self.numbers(), start=FIRST_LINE)
        }  # fmt: skip

    # ── what is in it ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def title(self) -> str:
        """The title of the form, of this year."""
        return sheet_title(self.form, self.merged.year or 0)

    def numbers(self) -> Iterable[Cell]:
        """Yield the cells that have a total, or could have one."""
        return (
            cell
            for table in self.form.tables
            if table.shape is not Shape.LIST
            for cell in table.cells
            if cell.is_number
        )

    def sheet_name(self, name: str) -> str:
        """Return what a sheet of the form is called here, where another has its name."""
        return self._names[name]

    @cached_property
    def passed(self) -> int:
        """How many units have nothing left to mend or to explain."""
        waiting = {
            finding.unit.code
            for finding in self.findings
            if finding.unit and finding.is_open and finding.severity is not Severity.NOTE
        }
        return sum(unit.code not in waiting for unit in self.merged.units)

    @property
    def expected(self) -> int:
        """How many units owe a report."""
        return len(self.merged.units) + len(self.merged.missing)

    @property
    def is_whole(self) -> bool:
        """Whether every unit that owes a report is in the totals."""
        return self.merged.is_whole

    @cached_property
    def coverage(self) -> str:
        """Say how many of the units expected the totals cover, and who is missing."""
        facts = {"expected": self.expected, "counted": len(self.merged.units), "passed": self.passed}
        text = messages.say("county.coverage", "zh", **facts)
        missing = [unit.name for unit in self.merged.missing]
        if missing:
            names = "、".join(missing[:_NAMED])
            code = "county.missing_some" if len(missing) > _NAMED else "county.missing"
            text += messages.say(code, "zh", units=names, count=len(missing))
        if self.merged.lost:
            text += messages.say("county.lost", "zh", count=len(self.merged.lost))
        return text

    @cached_property
    def broken(self) -> tuple[Finding, ...]:
        """The identities that the totals themselves break."""
        return check_totals(self.merged)

    @cached_property
    def last_year(self) -> Merged | None:
        """Last year's figures of the units that are in the totals; None where there are none."""
        return merge_last_year(self.merged, self.beside.prior)

    # ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, key: str) -> str:
        """Return where a total stands, as a formula and a link say it."""
        place = self.places[key]
        return f"'{place.sheet}'!{a1(place.row, place.column)}"

    def line_address(self, key: str, column: int) -> str:
        """Return where a figure stands in 单位明细."""
        return f"'{UNITS_SHEET}'!{a1(self.lines[key], column)}"

    def total_of(self, figure: Figure, of: Merged | Submission) -> int | Decimal | None:
        """Compute a figure from totals, or from what one unit says; None where it lacks something."""
        answers = of.totals.get if isinstance(of, Merged) else (lambda key: _amount(of[key]))
        if isinstance(of, Merged) and any(of.totals.get(cell.key) is None for cell in expr.cells(figure.value)):
            return None
        result = evaluate(figure.value, answers)
        return result if isinstance(result, int | Decimal) else None

    def formula(self, expression: expr.Expr, sheet: str, column: int = 0) -> str:
        """Write an expression over the totals as a formula for a sheet."""
        return excel.formula(expression, self.places.__getitem__, sheet=sheet, column=column)

    def unit_formula(self, expression: expr.Expr, column: int, sheet: str) -> str:
        """Write an expression over one unit's column of 单位明细 as a formula for a sheet."""
        return excel.formula(expression, lambda key: Place(UNITS_SHEET, self.lines[key], column), sheet=sheet)

    # ── sheets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def head(self, sheet: Worksheet, title: str, last: int, *, room: float, landscape: bool = True) -> None:
        """Write what stands above every sheet: its title, and whether it is whole.

        Args:
            sheet: to write on.
            title: of the sheet.
            last: the last column, counted from 0.
            room: how wide all columns are.
            landscape: how it is printed.
        """
        styles = self.styles
        set_up_page(sheet, landscape=landscape)
        sheet.merge_range(TITLE, 0, TITLE, last, title, styles["title"])
        sheet.set_row(TITLE, _TITLE_HEIGHT)
        sheet.merge_range(COVERAGE, 0, COVERAGE, last, self.coverage, self.coverage_style)
        sheet.set_row(COVERAGE, max(22.0, text_height(self.coverage, room * 0.8)))

    @property
    def coverage_style(self) -> Format:
        """How the sentence looks that says what is covered: one that is not whole is red."""
        return self.styles["coverage" if self.is_whole else "coverage partial"]

    def heading(self, sheet: Worksheet, row: int, text: str, last: int) -> int:
        """Write a heading over columns; return the row below it."""
        sheet.merge_range(row, 0, row, last, text, self.styles["heading"])
        sheet.set_row(row, 24)
        return row + 1

    def list(
        self, sheet: Worksheet, row: int, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]
    ) -> int:
        """Write a small table of texts, numbered; return the row below it (from 0)."""
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.styles["audit head"])
        for number, entries in enumerate(rows, start=1):
            row += 1
            for column, entry in enumerate((str(number), *entries)):
                sheet.write_string(row, column, entry, self.styles["audit centre" if column == 0 else "audit"])
            heights = (text_height(entry, width) for entry, width in zip(entries, widths[1:], strict=True))
            sheet.set_row(row, max(_LINE_HEIGHT, *heights))
        return row + 1

    def protect(self, sheet: Worksheet) -> None:
        """Lock a sheet against slips; widths, filters and the order of lines stay free."""
        free: dict[str, Any] = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}
        sheet.protect("", free)


def line_height(widths: Sequence[float], columns: Iterable[int]) -> Callable[[Sequence[object]], float]:
    """Return what says how high a line must be to show what stands in these columns, of which there is little different."""
    measured, several = cache(text_height), tuple(columns)
    return lambda line: max(measured(str(line[column]), widths[column]) for column in several)


def number(value: Value) -> float | int | None:
    """Return a number as a spreadsheet keeps it."""
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, int) else None


def is_exact(value: int | Decimal, digits: int) -> bool:
    """Whether a spreadsheet shows a number to its last digit: it keeps no more than fifteen."""
    return round(Decimal(float(value)), digits) == value


def _amount(value: Value) -> int | Decimal | None:
    return value if isinstance(value, int | Decimal) else None
