"""The sheet 审核: the form's checks as live formulas, one line each, and what the other sheets say of them.

A line shows what must hold, both sides, the difference and √, × or △ with links to the cells, and gives a query room for
the unit's explanation. The same checks run at the office from the same definition; a test holds both to the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from tianbao import expr, messages
from tianbao.expr import excel
from tianbao.expr.semantics import compares_texts
from tianbao.expr.semantics import digits as digits_of
from tianbao.expr.value import Amount
from tianbao.expr.value import Answer as Lookup
from tianbao.expr.value import Value as Result
from tianbao.form.model import NOT_APPLICABLE, CellType, Form, Instance, Section, Severity
from tianbao.workbook.draft import Draft, cached
from tianbao.workbook.layout import (
    AUDIT_COLUMNS,
    AUDIT_SHEET,
    COVER_SHEET,
    EXPLANATION_COLUMN,
    KEY_COLUMN,
    LEGEND_ROW,
    ROW_HEIGHT,
    STRIP_ROW,
    TEXT_SHEET,
    TITLE_ROW,
    UNIT_ROW,
    AuditLine,
    a1,
    is_input,
    rectangles,
    span,
    text_height,
)
from tianbao.workbook.tables import Content, fill, put, set_up_page

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_CODE, _TABLE, _WHERE, _MUST, _LEFT, _RIGHT, _DIFFERENCE, VERDICT_COLUMN, _ = AUDIT_COLUMNS
#: Hidden beside a line: whether its check is asked at all.
_ASKED = EXPLANATION_COLUMN + 1

#: What a line shows where its check does not hold.
BROKEN = {Severity.ERROR: "×", Severity.QUERY: "△", Severity.NOTE: "△"}


class Audit:
    """The audit sheet of one workbook.

    Attributes:
        verdicts: by line, the sign it shows now.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.verdicts: dict[str, str] = {}
        self._sides_of: dict[str, tuple[Amount, Amount]] = {}
        self._summed_up: dict[str, _Sum] = {}
        self._judge(draft.layout.audit)

    def judge_years(self) -> None:
        """Judge anew what asks about last year, whose figures are others now."""
        self._judge([line for line in self.draft.layout.audit if line.instance and line.instance.prior])

    def _judge(self, lines: Iterable[AuditLine]) -> None:
        for line in lines:
            self.verdicts[line.id] = self._verdict(line)
            self._sides_of[line.id] = self._compute_sides(line)

    def _verdict(self, line: AuditLine) -> str:
        """Return the sign that a line of the audit sheet shows now."""
        if line.instance is None:
            return "√"
        compute = _computations(self.draft.form)[line.id]
        if compute.asked is not None and not compute.asked(self.draft.answer):
            return "—"
        return "√" if compute.rule(self.draft.answer) else BROKEN[line.instance.check.severity]

    def _compute_sides(self, line: AuditLine) -> tuple[Amount, Amount]:
        """Return both sides of a line that shows two numbers; (0, 0) of one that does not."""
        compute = _computations(self.draft.form)[line.id] if line.instance else None
        if compute is None or compute.left is None or compute.right is None:
            return 0, 0
        left, right = compute.left(self.draft.answer), compute.right(self.draft.answer)
        assert isinstance(left, int | Decimal)
        assert isinstance(right, int | Decimal)
        return left, right

    def state_of(self, name: str) -> str:
        """Say what is still to be done on a sheet, as it is now: `还有 3 格未填 ｜ × 2 处 △ 1 处`."""
        if name == AUDIT_SHEET:
            signs = list(self.verdicts.values())
            return f"必须改正 {signs.count('×')} 处 ｜ 请核实 {signs.count('△')} 处"
        filled, others = self._sum_of(name)
        if not filled and not others:
            return ""
        blanks = sum(self._missing(line) for line in filled)
        signs = [self.verdicts[line.id] for line in others]
        return f"还有 {blanks} 格未填 ｜ × {signs.count('×')} 处 △ {signs.count('△')} 处"

    def state_formula(self, name: str) -> str:
        """Write the formula that says the same."""
        if name == AUDIT_SHEET:
            verdicts = _areas([line.row for line in self.draft.layout.audit], VERDICT_COLUMN)
            return f'"必须改正 "&{_count(verdicts, "×")}&" 处 ｜ 请核实 "&{_count(verdicts, "△")}&" 处"'
        filled, others = self._sum_of(name)
        if not filled and not others:
            return '""'
        missing = "-SUM(" + ",".join(_areas([line.row for line in filled], _DIFFERENCE)) + ")" if filled else "0"
        verdicts = _areas([line.row for line in others], VERDICT_COLUMN)
        return f'"还有 "&({missing})&" 格未填 ｜ × "&{_count(verdicts, "×")}&" 处 △ "&{_count(verdicts, "△")}&" 处"'

    def _sum_of(self, name: str) -> _Sum:
        """Return the audit lines that a sheet's strip sums up."""
        if name not in self._summed_up:
            lines = self._lines_of(name)
            filled = [
                line
                for line in lines
                if line.id.startswith(("C-01", "C-04")) and line.instance and _numeric_sides(line.instance.rule)
            ]
            self._summed_up[name] = _Sum(filled, [line for line in lines if line not in filled])
        return self._summed_up[name]

    def _lines_of(self, name: str) -> list[AuditLine]:
        """Return the audit lines that are about a sheet."""
        plan = next((plan for plan in self.draft.layout.sheets if plan.name == name), None)
        if plan is not None:
            tables = {block.table.key for block in plan.blocks}
            own = {f"V-00.{plan.section.key}", *(f"C-01.{key}" for key in tables), *plan.flags}
            return [line for line in self.draft.layout.audit if line.id in own]
        code = {COVER_SHEET: ("C-02", "C-04", "K-", "P-"), TEXT_SHEET: ("C-03",)}[name]
        return [line for line in self.draft.layout.audit if line.id.startswith(code)]

    def _missing(self, line: AuditLine) -> int:
        """Return how many cells a line of completeness still wants."""
        left, right = self._sides_of[line.id]
        return int(right) - int(left) if self.verdicts[line.id] == "×" else 0

    def draw(self, sheet: Worksheet) -> None:
        """One line a check: what must hold, both sides, the difference, √ or ×, and room to explain a query."""
        styles = self.draft.styles
        sheet.set_column(0, 0, None, None, {"hidden": True})
        for column, width in zip(AUDIT_COLUMNS, (8, 13, 26, 50, 11, 11, 9, 7, 34), strict=True):
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_column(_ASKED - 1, _ASKED - 1, None, None, {"hidden": True})
        sheet.set_default_row(ROW_HEIGHT)
        set_up_page(sheet, landscape=True)
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.draft.identity.marker(AUDIT_SHEET), styles["hidden"])
        sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, EXPLANATION_COLUMN - 1, "", styles["strip plain"])
        formula = self.state_formula(AUDIT_SHEET)
        self.draft.show(
            sheet, STRIP_ROW - 1, 1, lambda: Content(styles["strip plain"], self.state_of(AUDIT_SHEET), formula)
        )
        sheet.merge_range(
            LEGEND_ROW - 1,
            1,
            LEGEND_ROW - 1,
            EXPLANATION_COLUMN - 1,
            messages.say("audit.legend", "zh"),
            styles["legend"],
        )
        sheet.merge_range(
            TITLE_ROW - 1, 1, TITLE_ROW - 1, EXPLANATION_COLUMN - 1, messages.say("audit.title", "zh"), styles["title"]
        )
        sheet.set_row(TITLE_ROW - 1, 30)
        sheet.merge_range(
            UNIT_ROW - 1, 1, UNIT_ROW - 1, EXPLANATION_COLUMN - 1, self.draft.unit_line(), styles["unit line"]
        )
        first = self.draft.layout.audit[0].row
        self.draft.key_row(sheet, first - 2, "explain", EXPLANATION_COLUMN)
        for column, head in zip(AUDIT_COLUMNS, messages.say("audit.heads", "zh").split("|"), strict=True):
            put(sheet, first - 1, column, head, styles["audit head"])
        for line in self.draft.layout.audit:
            self._line(sheet, line)
        last = self.draft.layout.audit[-1].row
        for sign, style in (("×", "broken error"), ("△", "broken query"), ("√", "done")):
            sheet.conditional_format(
                first - 1,
                VERDICT_COLUMN - 1,
                last - 1,
                VERDICT_COLUMN - 1,
                {"type": "cell", "criteria": "==", "value": f'"{sign}"', "format": styles[style]},
            )
        sheet.freeze_panes(first - 1, 0)
        sheet.repeat_rows(first - 2)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, EXPLANATION_COLUMN - 1)

    def _line(self, sheet: Worksheet, line: AuditLine) -> None:
        styles, row, instance = self.draft.styles, line.row - 1, line.instance
        table, where = self._where(line)
        sheet.write_string(row, _CODE - 1, line.id.split(".")[0], styles["audit centre"])
        sheet.write_string(row, _TABLE - 1, table, styles["audit centre"])
        goal = f"internal:'{line.goal.sheet}'!{a1(line.goal.row, line.goal.column)}"
        sheet.write_url(row, _WHERE - 1, goal, styles["link box"], where)
        must = instance.check.say.zh if instance else messages.say("V-00", "zh")
        sheet.write_string(row, _MUST - 1, must, styles["audit"])
        height = max(text_height(must, 50.0), text_height(where, 26.0))
        if height != ROW_HEIGHT:
            sheet.set_row(row, height)
        if instance is None:
            assert line.section is not None
            self._wrong_kinds(sheet, row, line.section)
        else:
            self._sides(sheet, row, line, instance)
        if line.explained:
            put(sheet, line.row, KEY_COLUMN, f"explain.{line.id}", styles["hidden"])
            fill(sheet, row, EXPLANATION_COLUMN - 1, Content(styles["text cell"], self._explained(line)))

    def _explained(self, line: AuditLine) -> str | None:
        return self.draft.sent_back.explanations.get(line.id)

    def _where(self, line: AuditLine) -> tuple[str, str]:
        """Name the place of a check in words: the table, and the row or column or what else it looks at."""
        if line.instance is None:
            return "", line.goal.sheet
        tables = [table for key in line.instance.cells if (table := self.draft.form.table_of(key)) is not None]
        short = tables[0].short if tables and tables[0] is tables[-1] else ""
        return short, line.instance.label or line.goal.sheet

    def _sides(self, sheet: Worksheet, row: int, line: AuditLine, instance: Instance) -> None:
        """Write left, right, difference and verdict as formulas over the form's cells."""
        styles, asked = self.draft.styles, instance.asked
        flag = a1(line.row, _ASKED)

        def write(column: int, style: Format, formula: str, result: Callable[[], str | float | None]) -> None:
            if instance.prior:
                self.draft.show(sheet, row, column - 1, lambda: Content(style, result(), formula))
            else:
                fill(sheet, row, column - 1, Content(style, result(), formula))

        if asked is not None:
            formula = self.draft.formula(f"{line.id} asked", asked, AUDIT_SHEET)
            write(_ASKED, styles["hidden"], formula, lambda: self._is_asked(line))
        guard: Callable[[str, str], str] = (
            (lambda f, other: f"IF({flag},{f},{other})") if asked is not None else (lambda f, _: f)
        )
        numbers = _numeric_sides(instance.rule)
        sides = _shown_sides(instance)
        if sides is not None:
            left, right = sides
            style = styles["audit date"] if _are_days(left, right) else styles["audit number"]
            for n, (column, side) in enumerate(((_LEFT, left), (_RIGHT, right))):
                formula = guard(self.draft.formula(f"{line.id} {column}", side, AUDIT_SHEET), '""')
                write(column, style, formula, partial(self._side, line, n))
            difference = guard(f"{a1(line.row, _LEFT)}-{a1(line.row, _RIGHT)}", '""')
            write(_DIFFERENCE, styles["audit number"], difference, lambda: self._difference(line))
        if numbers is not None:
            holds = excel.relation(numbers.op, a1(line.row, _DIFFERENCE), digits_of(numbers))
        else:
            holds = self.draft.formula(f"{line.id} rule", instance.rule, AUDIT_SHEET)
        sign = BROKEN[instance.check.severity]
        written = guard(f'IF({holds},"√","{sign}")', '"—"')
        write(VERDICT_COLUMN, styles["audit verdict"], written, lambda: self.verdicts[line.id])

    def _is_asked(self, line: AuditLine) -> bool:
        return self.verdicts[line.id] != "—"

    def _side(self, line: AuditLine, n: int) -> str | float | None:
        return cached(self._sides_of[line.id][n]) if self._is_asked(line) else ""

    def _difference(self, line: AuditLine) -> str | float | None:
        left, right = self._sides_of[line.id]
        return cached(left - right) if self._is_asked(line) else ""

    def _wrong_kinds(self, sheet: Worksheet, row: int, section: Section) -> None:
        """Count the answers that are no number, negative, or not whole: pasting goes past the validation."""
        styles = self.draft.styles
        wrong = self.draft.once(f"V-00.{section.key}", lambda: self._count_wrong_kinds(section))
        sheet.write_formula(row, _LEFT - 1, f"={wrong}", styles["audit number"], 0)
        sheet.write_number(row, _RIGHT - 1, 0, styles["audit number"])
        left = a1(row + 1, _LEFT)
        sheet.write_formula(row, _DIFFERENCE - 1, f"={left}-{a1(row + 1, _RIGHT)}", styles["audit number"], 0)
        sheet.write_formula(row, VERDICT_COLUMN - 1, f'=IF({left}=0,"√","×")', styles["audit verdict"], "√")

    def _count_wrong_kinds(self, section: Section) -> str:
        """Write the formula that counts them: what is filled in, less what is a sound number."""
        plan = next(plan for plan in self.draft.layout.sheets if plan.section is section)
        inputs = [answer for block in plan.blocks for answer in block.answers if is_input(answer)]
        parts = []
        for kind, signed, optional in product((CellType.COUNT, CellType.DECIMAL), (False, True), (False, True)):
            asked = (kind, signed, optional)
            chosen = [a for a in inputs if (a.cell.type, a.cell.negative, a.cell.not_applicable) == asked]
            for area in rectangles(chosen):
                at = "'" + plan.name.replace("'", "''") + "'!" + span(area)
                sound = [f"ISNUMBER({at})"]
                if not signed:
                    sound.append(f"({at}>=0)")
                if kind is CellType.COUNT:
                    sound.append(f'(TEXT({at},"0.000000")=TEXT({at},"0")&".000000")')
                cells = (area[2] - area[0] + 1) * (area[3] - area[1] + 1)
                counted = f"{cells}-COUNTBLANK({at})-SUMPRODUCT({'*'.join([*sound, '1'])})"
                parts.append(counted + (f'-COUNTIF({at},"{NOT_APPLICABLE}")' if optional else ""))
        return "+".join(parts)


class _Sum(NamedTuple):
    """What a strip sums up: lines that count what is filled in, and the others."""

    filled: list[AuditLine]
    others: list[AuditLine]


class _Line(NamedTuple):
    """The functions that compute one line of the audit sheet; `left` and `right` only where two numbers are shown."""

    asked: Callable[[Lookup], Result | bool] | None
    rule: Callable[[Lookup], Result | bool]
    left: Callable[[Lookup], Result | bool] | None
    right: Callable[[Lookup], Result | bool] | None


@lru_cache(maxsize=16)
def _computations(form: Form) -> Mapping[str, _Line]:
    """Compile the checks of a form once, however many workbooks are made of it."""
    compiled = {}
    for instance in form.instances:
        left, right = _shown_sides(instance) or (None, None)
        compiled[instance.id] = _Line(
            expr.compile_expression(instance.asked) if instance.asked is not None else None,
            expr.compile_expression(instance.rule),
            expr.compile_expression(left) if left is not None else None,
            expr.compile_expression(right) if right is not None else None,
        )
    return compiled


def _numeric_sides(rule: expr.Expr) -> expr.Compare | None:
    """Return the rule if it compares two numbers, so that both can be shown."""
    return rule if isinstance(rule, expr.Compare) and not compares_texts(rule) else None


def _shown_sides(instance: Instance) -> tuple[expr.Expr, expr.Expr] | None:
    """Return what a line shows on its left and on its right: both sides of the rule, or the figures of both years."""
    numbers = _numeric_sides(instance.rule)
    return (numbers.left, numbers.right) if numbers is not None else instance.years


def _are_days(*sides: expr.Expr) -> bool:
    return any(isinstance(side, expr.Cell) and side.kind is expr.Kind.DATE for side in sides)


def _areas(rows: Sequence[int], column: int) -> list[str]:
    """Return the ranges of one column of the audit sheet that hold these rows."""
    ranges: list[list[int]] = []
    for row in sorted(rows):
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return [f"'{AUDIT_SHEET}'!{a1(first, column)}:{a1(last, column)}" for first, last in ranges]


def _count(areas: Sequence[str], sign: str) -> str:
    return "(" + "+".join(f'COUNTIF({area},"{sign}")' for area in areas) + ")" if areas else "0"
