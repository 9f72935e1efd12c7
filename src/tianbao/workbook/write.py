"""Write a form as a locked workbook for one unit.

    form ──layout──▶ places ──┐
    unit, year, prior, values ┴──▶ 填表说明 · 封面 · tables · 文字部分 · 审核 · _tianbao

Every total is a formula that carries its right result, so that a preview which does not calculate shows the truth.
The same checks run in the sheet (审核) and at the office, from the same definition. Same inputs, same bytes.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tianbao import expr, messages
from tianbao.expr import excel
from tianbao.expr.semantics import compares_texts
from tianbao.expr.semantics import digits as digits_of
from tianbao.expr.value import Amount
from tianbao.expr.value import Answer as Lookup
from tianbao.expr.value import Value as Result
from tianbao.form.model import CellType, Form, Instance, Kind, Section, Severity, Text
from tianbao.form.names import given
from tianbao.records.model import Submission, Unit, Value
from tianbao.workbook.identify import WORKBOOK_SCHEMA, Identity
from tianbao.workbook.layout import (
    ANSWER_COLUMN,
    AUDIT_COLUMNS,
    AUDIT_SHEET,
    COVER_SHEET,
    EXPLANATION_COLUMN,
    GUIDANCE_COLUMN,
    GUIDE_SHEET,
    KEY_COLUMN,
    LABEL_COLUMN,
    LEGEND_ROW,
    MACHINE_SHEET,
    ROW_HEIGHT,
    STRIP_ROW,
    TEXT_COLUMN,
    TEXT_SHEET,
    TITLE_ROW,
    UNIT_ROW,
    WHOLE_KEY,
    Answer,
    AuditLine,
    Block,
    Layout,
    TableSheet,
    a1,
    is_input,
    make_layout,
    rectangles,
    sheet_title,
    text_height,
)
from tianbao.workbook.prefill import Prefill, prefill
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import Content, draw_answer, draw_block, put, set_up_page, set_up_table_page

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

#: Every file we make says it was made then: the same inputs must give the same bytes.
CREATED = datetime.combine(date(2020, 1, 1), time())

#: Excel's own limits for the prompt of a cell.
_TITLE, _PROMPT = 32, 255
_LIST_LENGTH = 255

_CODE, _TABLE, _WHERE, _MUST, _LEFT, _RIGHT, _DIFFERENCE, _VERDICT, _ = AUDIT_COLUMNS
#: Hidden beside a line of the audit sheet: whether its check is asked at all.
_ASKED = EXPLANATION_COLUMN + 1

_TEXT_WIDTH = 96.0
_BROKEN = {Severity.ERROR: "×", Severity.QUERY: "△", Severity.NOTE: "△"}


def write_workbook(
    form: Form,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    unit: Unit,
    year: int,
    prior: Submission | Mapping[str, Value] | None = None,
    values: Mapping[str, Value] | None = None,
    issuer: str = "",
    password: str | None = None,
) -> None:
    """Write the locked workbook of a unit.

    Args:
        form: what is asked.
        target: a path, written whole or not at all; or an open binary file.
        unit: whose workbook it is; stands in it, locked.
        year: the report year.
        prior: last year's report, or its values by key; shown beside the cells that must agree with it.
        values: answers to fill in beforehand, by cell key; a text by its key (`overview`), paragraphs apart by line feeds.
        issuer: the office that collects.
        password: of the sheets' protection; without one, anybody can lift it, and accidents are still prevented.

    Raises:
        PrefillError: a value is for no cell of the form, or is not what the cell holds.
    """
    data = _Writer(form, unit, year, issuer, password or "", prefill(form, year, prior, values or {})).write()
    if isinstance(target, str | os.PathLike):
        write_whole(Path(target), data)
    else:
        target.write(data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


class _Writer:
    """One workbook being written."""

    def __init__(self, form: Form, unit: Unit, year: int, issuer: str, password: str, filled: Prefill) -> None:
        from tianbao.workbook.book import LockedBook

        self.form = form
        self.unit = unit
        self.year = year
        self.issuer = issuer
        self.password = password
        self.filled = filled
        self.layout: Layout = make_layout(form)
        self.identity = Identity.of(form, year, unit)
        self.buffer = io.BytesIO()
        self.book = LockedBook(self.buffer, password)
        self.styles = Styles(self.book)
        self.given = given(year)
        self.shared = _shared_texts(form, year)
        self.verdicts: dict[str, str] = {}

    def write(self) -> bytes:
        self.book.set_properties(
            {"title": sheet_title(self.form, self.year), "author": "", "company": "", "created": CREATED}
        )
        for name, value in self.identity.properties().items():
            self.book.set_custom_property(name, value, "text")
        sheets = {name: self.book.add_worksheet(name) for name in self.layout.sheet_names}
        self.verdicts = {line.id: self.judge(line) for line in self.layout.audit}
        self.guide(sheets[GUIDE_SHEET])
        self.cover(sheets[COVER_SHEET])
        for plan in self.layout.sheets:
            self.tables(sheets[plan.name], plan)
        self.texts(sheets[TEXT_SHEET])
        self.audit(sheets[AUDIT_SHEET])
        self.machine(sheets[MACHINE_SHEET])
        for sheet in sheets.values():
            sheet.protect(self.password, {"format_columns": True, "format_rows": True})
        sheets[GUIDE_SHEET].activate()
        self.book.close()
        return self.buffer.getvalue()

    # ── formulas and their results ──────────────────────────────────────────────────────────────────────────────

    def formula(self, name: str, expression: expr.Expr, sheet: str) -> str:
        """Write an expression for a sheet; the report year is a constant in it.

        Formulas are the same for every unit, so each is written once for a form and year; `name` tells them apart.
        """
        return self.once(
            name, lambda: excel.formula(_for_year(expression, self.year), self.layout.places.__getitem__, sheet=sheet)
        )

    def once(self, name: str, write: Callable[[], str]) -> str:
        """Return a text that is the same in every workbook of this form and year."""
        text = self.shared.get(name)
        if text is None:
            text = self.shared[name] = write()
        return text

    def answer(self, key: str) -> Result:
        return self.given[key] if key in self.given else self.filled.answer(key)

    def sides_of(self, line: AuditLine) -> tuple[Amount, Amount]:
        """Return both sides of a line that compares two numbers; (0, 0) of one that does not."""
        compute = _computations(self.form)[line.id]
        if compute.left is None or compute.right is None:
            return 0, 0
        left, right = compute.left(self.answer), compute.right(self.answer)
        assert isinstance(left, int | Decimal)
        assert isinstance(right, int | Decimal)
        return left, right

    # ── sheets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def guide(self, sheet: Worksheet) -> None:
        """The first sheet: what to do, what the colours mean, where to go."""
        styles = self.styles
        set_up_page(sheet)
        sheet.set_column(0, 0, 2)
        sheet.set_column(1, 1, 6)
        sheet.set_column(2, 2, 30)
        sheet.set_column(3, 3, 58)
        put(sheet, 2, 2, "", styles["plain"])
        sheet.merge_range(1, 1, 1, 3, sheet_title(self.form, self.year), styles["title"])
        sheet.set_row(1, 34)
        sheet.merge_range(2, 1, 2, 3, self.unit_line(), styles["unit line"])
        row = 4
        for n, line in enumerate(self.form.instructions, start=1):
            put(sheet, row, 2, f"{n}.", styles["plain"])
            sheet.merge_range(row - 1, 2, row - 1, 3, line, styles["plain"])
            sheet.set_row(row - 1, text_height(line, 88.0))
            row += 1
        row += 1
        for style, sign, words in (
            ("legend input", "填写", "legend.input"),
            ("legend computed", "自动", "legend.computed"),
            ("legend prior", "上年", "legend.prior"),
            ("broken error", "× 7", "legend.error"),
            ("broken query", "△ 7", "legend.query"),
        ):
            put(sheet, row, 2, sign, styles[style])
            sheet.merge_range(row - 1, 2, row - 1, 3, messages.say(words, "zh"), styles["plain"])
            row += 1
        row += 1
        put(sheet, row, 3, messages.say("guide.sheet", "zh"), styles["audit head"])
        put(sheet, row, 4, messages.say("guide.state", "zh"), styles["audit head"])
        row += 1
        for name in self.layout.sheet_names[1:-1]:
            sheet.write_url(row - 1, 2, f"internal:'{name}'!A1", styles["link box"], f"→ {name}")
            text, formula = self.sheet_state(name)
            sheet.write_formula(row - 1, 3, f"={formula}", styles["audit"], text)
            row += 1
        source = f"{self.form.title}　{self.form.source}　{self.form.id} {self.form.version}"
        sheet.merge_range(row, 1, row, 3, source, styles["small"])
        sheet.print_area(1, 1, row, 3)

    def sheet_state(self, name: str) -> tuple[str, str]:
        """Return what is still to be done on a sheet: as it is now, and as a formula."""
        if name == AUDIT_SHEET:
            return self.audit_summary()
        ids = self.lines_of(name)
        if not ids:
            return "", '""'
        return self.strip(ids)

    def lines_of(self, name: str) -> list[AuditLine]:
        """Return the audit lines that a sheet's strip sums up."""
        plan = next((plan for plan in self.layout.sheets if plan.name == name), None)
        if plan is not None:
            tables = {block.table.key for block in plan.blocks}
            own = {f"V-00.{plan.section.key}", *(f"C-01.{key}" for key in tables), *plan.flags}
            return [line for line in self.layout.audit if line.id in own]
        code = {COVER_SHEET: ("C-02", "C-04", "K-", "P-"), TEXT_SHEET: ("C-03",)}[name]
        return [line for line in self.layout.audit if line.id.startswith(code)]

    def strip(self, lines: list[AuditLine]) -> tuple[str, str]:
        """Sum up some lines of the audit sheet: `还有 3 格未填 ｜ × 2 △ 1`."""
        filled = [line for line in lines if line.id.startswith(("C-01", "C-04"))]
        others = [line for line in lines if line not in filled]
        blanks = sum(self.missing(line) for line in filled)
        errors = sum(self.verdicts[line.id] == "×" for line in others)
        queries = sum(self.verdicts[line.id] == "△" for line in others)
        missing = "-SUM(" + ",".join(_areas([line.row for line in filled], _DIFFERENCE)) + ")" if filled else "0"
        verdicts = _areas([line.row for line in others], _VERDICT)
        text = f"还有 {blanks} 格未填 ｜ × {errors} 处 △ {queries} 处"
        formula = f'"还有 "&({missing})&" 格未填 ｜ × "&{_count(verdicts, "×")}&" 处 △ "&{_count(verdicts, "△")}&" 处"'
        return text, formula

    def missing(self, line: AuditLine) -> int:
        """Return how many cells a line of completeness still wants."""
        left, right = self.sides_of(line)
        return int(right) - int(left) if self.verdicts[line.id] == "×" else 0

    def unit_line(self) -> str:
        return messages.say(
            "sheet.unit_line",
            "zh",
            name=self.unit.name,
            code=self.unit.code,
            year=self.year,
            mark=self.identity.printed_code(),
        )

    def top(self, sheet: Worksheet, name: str, last_column: int, title: str) -> None:
        """The head of every sheet that is filled: hidden marker, strip, legend, title, unit."""
        styles = self.styles
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.identity.marker(name), styles["hidden"])
        text, formula = self.sheet_state(name)
        link = messages.say("sheet.see_audit", "zh")
        sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, last_column - 1, "", styles["strip"])
        sheet.write_formula(
            STRIP_ROW - 1, 1, f'=HYPERLINK("#\'{AUDIT_SHEET}\'!B2",{formula}&"{link}")', styles["strip"], text + link
        )
        sheet.set_row(STRIP_ROW - 1, 20)
        sheet.merge_range(LEGEND_ROW - 1, 1, LEGEND_ROW - 1, last_column - 1, "", styles["legend"])
        sheet.write_rich_string(
            LEGEND_ROW - 1,
            1,
            styles["legend"],
            messages.say("sheet.legend", "zh") + " ",
            styles["sign ×"],
            "× ",
            styles["legend"],
            messages.say("legend.error", "zh") + "  ",
            styles["sign △"],
            "△ ",
            styles["legend"],
            messages.say("legend.query", "zh"),
            styles["legend"],
        )
        sheet.set_row(LEGEND_ROW - 1, 18)
        sheet.merge_range(TITLE_ROW - 1, 1, TITLE_ROW - 1, last_column - 1, title, styles["title"])
        sheet.set_row(TITLE_ROW - 1, 30)
        sheet.merge_range(UNIT_ROW - 1, 1, UNIT_ROW - 1, last_column - 1, self.unit_line(), styles["unit line"])
        sheet.set_row(UNIT_ROW - 1, 20)

    def cover(self, sheet: Worksheet) -> None:
        """Identity (locked), the cover fields, and the control totals from the paper ledger."""
        styles, layout = self.styles, self.layout
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 34)
        sheet.set_column(3, 3, 46)
        set_up_page(sheet)
        self.top(sheet, COVER_SHEET, GUIDANCE_COLUMN, sheet_title(self.form, self.year))
        row = UNIT_ROW + 1
        for label, value in (
            ("cover.unit", self.unit.name),
            ("cover.code", self.unit.code),
            ("cover.year", str(self.year)),
            ("cover.issuer", self.issuer or self.form.issued_by),
        ):
            put(sheet, row, LABEL_COLUMN, messages.say(label, "zh"), styles["label"])
            put(sheet, row, ANSWER_COLUMN, value, styles["fixed"])
            put(sheet, row, GUIDANCE_COLUMN, messages.say("cover.fixed", "zh"), styles["note"])
            sheet.set_row(row - 1, 22)
            row += 1
        self.key_row(sheet, layout.cover[0].place.row - 1 if layout.cover else row, "cover", ANSWER_COLUMN)
        for answer in layout.cover:
            self.field(sheet, answer)
        if layout.controls:
            head = layout.control_row
            self.key_row(sheet, head - 1, "control", ANSWER_COLUMN)
            sheet.merge_range(head - 1, 1, head - 1, 3, messages.say("cover.controls", "zh"), styles["corner"])
            for answer in layout.controls:
                self.field(sheet, answer)
        last = (layout.controls or layout.cover)[-1].place.row if layout.controls or layout.cover else row
        sheet.freeze_panes(LEGEND_ROW, 0)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, GUIDANCE_COLUMN - 1)

    def key_row(self, sheet: Worksheet, row: int, block: str, column: int) -> None:
        """A hidden row that says: the answers stand below, under the whole keys of column A."""
        put(sheet, row, KEY_COLUMN, f"#{block}", self.styles["hidden"])
        put(sheet, row, column, WHOLE_KEY, self.styles["hidden"])
        sheet.set_row(row - 1, None, None, {"hidden": True})

    def field(self, sheet: Worksheet, answer: Answer) -> None:
        """One line of the cover: key, label, answer, guidance."""
        styles, cell, row = self.styles, answer.cell, answer.place.row
        put(sheet, row, KEY_COLUMN, cell.key, styles["hidden"])
        label = cell.label[-1] + (f"（{cell.measure}）" if cell.measure else "")
        put(sheet, row, LABEL_COLUMN, label, styles["label"])
        draw_answer(sheet, answer, self.content(answer))
        guidance = cell.guidance or (messages.say("cover.control", "zh") if cell.key.startswith("control.") else "")
        put(sheet, row, GUIDANCE_COLUMN, guidance, styles["note"])
        sheet.set_row(row - 1, max(22.0, text_height(guidance, 46.0)))
        self.validate(sheet, answer)

    def content(self, answer: Answer) -> Content:
        """What a cell shows: the formula with its result, or the value filled in beforehand."""
        cell = answer.cell
        if cell.formula is not None:
            result = self.filled.answer(cell.key)
            style = self.styles.number("computed", cell.digits)
            return Content(style, _cached(result), self.formula(cell.key, cell.formula, answer.place.sheet))
        match cell.type:
            case CellType.COUNT | CellType.DECIMAL:
                style = self.styles.number("input", cell.digits)
            case CellType.DATE:
                style = self.styles["date cell"]
            case CellType.TEXT | CellType.CODE:
                style = self.styles["text cell"]
        return Content(style, _cached(self.filled.answer(cell.key)))

    def tables(self, sheet: Worksheet, plan: TableSheet) -> None:
        """A sheet of statutory tables, with last year's figures beside them and the signatures below."""
        styles = self.styles
        self.top(sheet, plan.name, plan.last_column, plan.section.title)
        set_up_table_page(sheet, plan, TITLE_ROW, plan.signature_row)
        for block in plan.blocks:
            shows_prior = any(self.filled.answer(key) is not None for key in block.prior)
            draw_block(sheet, styles, block, self.content, prior=shows_prior)
            for answer in block.answers:
                if answer.cell.kind is Kind.INPUT:
                    self.validate(sheet, answer)
            self.prior(sheet, block, shown=shows_prior)
        self.signatures(sheet, plan)
        self.flags(sheet, plan)
        sheet.freeze_panes(plan.frozen_row, 0)
        everything = f"A1:{a1(plan.signature_row, plan.flag_column)}"
        sheet.ignore_errors(
            {"formula_range": everything, "formula_differs": everything, "empty_cell_reference": everything}
        )

    def prior(self, sheet: Worksheet, block: Block, *, shown: bool) -> None:
        """Last year's figures, locked; their rows are hidden where there are none."""
        by_key = {answer.key: answer.cell for answer in block.answers}
        for key, place in block.prior.items():
            value = self.filled.answer(key)
            digits = by_key[key.removeprefix("prior.")].digits
            if shown:
                last = next(
                    a.last_column for a in block.answers if a.place.column >= place.column or a is block.answers[-1]
                )
                answer = Answer(
                    key,
                    by_key[key.removeprefix("prior.")],
                    place,
                    max(place.column, last) if place.row in block.prior_rows else place.column,
                )
                draw_answer(sheet, answer, Content(self.styles.number("prior", digits), _cached(value)))
        if not shown:
            for row in block.prior_rows:
                sheet.set_row(row - 1, None, None, {"hidden": True})

    def signatures(self, sheet: Worksheet, plan: TableSheet) -> None:
        """The block for names and date below the tables, filled from the cover."""
        parts, texts = [], []
        for cell in self.form.signature:
            label, value = cell.label[-1], self.filled.answer(cell.key)
            day = cell.type is CellType.DATE
            #: A date is shown by TEXT; a blank leaves room to write by hand.
            asked = expr.Cell(cell.key, expr.Kind.NUMBER if day else expr.Kind.TEXT)
            reference = self.formula(f"signature {cell.key}", asked, plan.name)
            shown = f'TEXT({reference},"yyyy-mm-dd")' if day else reference
            empty = f"{reference}=0" if day else f'{reference}=""'
            parts.append(f'"{label}："&IF({empty},"　　　　　",{shown})')
            written = _day(value) if day and isinstance(value, int) else value
            texts.append(f"{label}：{written if written is not None else '　　　　　'}")
        if not parts:
            return
        row = plan.signature_row - 1
        sheet.merge_range(row, 1, row, plan.last_column - 1, "", self.styles["signature"])
        sheet.write_formula(row, 1, "=" + '&"    "&'.join(parts), self.styles["signature"], "    ".join(texts))
        sheet.set_row(row, 30)

    def flags(self, sheet: Worksheet, plan: TableSheet) -> None:
        """Colour the cells of every check that does not hold; what tells so stands hidden on the same sheet.

        A rule of Excel 2007 cannot look at another sheet, so each check has a hidden cell here that copies its verdict.
        """
        lines = {line.id: line for line in self.layout.audit}
        own = {answer.key: answer for block in plan.blocks for answer in block.answers}
        sheet.set_column(plan.flag_column - 1, plan.flag_column - 1, None, None, {"hidden": True})
        for name, place in plan.flags.items():
            line = lines[name]
            assert line.instance is not None
            severity = line.instance.check.severity
            sign = _BROKEN[severity]
            broken = self.verdicts[name] == sign
            verdict = f"'{AUDIT_SHEET}'!{a1(line.row, _VERDICT)}"
            sheet.write_formula(
                place.row - 1, place.column - 1, f'=IF({verdict}="{sign}",1,0)', self.styles["hidden"], int(broken)
            )
            touched = [own[key] for key in line.instance.cells if key in own]
            ranges = self.once(f"{name} on {plan.name}", partial(_ranges, touched))
            sheet.conditional_format(
                ranges.partition(":")[0],
                {
                    "type": "formula",
                    "criteria": f"=${a1(1, place.column)[:-1]}${place.row}=1",
                    "format": self.styles["broken error" if severity is Severity.ERROR else "broken query"],
                    "multi_range": ranges,
                },
            )

    def validate(self, sheet: Worksheet, answer: Answer) -> None:
        """Say what belongs into a cell when it is entered, and refuse what does not when it is typed."""
        cell, row, column = answer.cell, answer.place.row - 1, answer.place.column - 1
        rule: dict[str, object] = {"ignore_blank": True, "error_title": messages.say("validation.title", "zh")}
        match cell.type:
            case CellType.COUNT:
                low = -cell.maximum if cell.negative else 0
                rule |= {"validate": "integer", "criteria": "between", "minimum": low, "maximum": cell.maximum}
                must = messages.say(
                    "validation.count_negative" if cell.negative else "validation.count", "zh", maximum=cell.maximum
                )
            case CellType.DECIMAL:
                low = -cell.maximum if cell.negative else 0
                rule |= {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": cell.maximum}
                must = messages.say("validation.decimal", "zh", measure=cell.measure, digits=cell.digits)
            case CellType.CODE:
                rule |= {"validate": "list", "source": list(cell.codes)}
                must = messages.say("validation.code", "zh", codes="、".join(cell.codes))
            case CellType.DATE:
                rule |= {
                    "validate": "date",
                    "criteria": "between",
                    "minimum": date(2000, 1, 1),
                    "maximum": date(2100, 12, 31),
                }
                must = messages.say("validation.date", "zh")
            case CellType.TEXT:
                rule |= {"validate": "length", "criteria": "<=", "value": 1000}
                must = messages.say("validation.text", "zh")
        prompt = self.once(
            f"prompt {cell.key}", lambda: _cut(f"{' → '.join(cell.label[-4:])}\n{must}{cell.guidance}", _PROMPT)
        )
        rule |= {"input_title": messages.say("validation.prompt", "zh"), "input_message": prompt, "error_message": must}
        sheet.data_validation(row, column, row, column, rule)

    def texts(self, sheet: Worksheet) -> None:
        """The narrative sections: guidance, then rows to type or paste paragraphs into."""
        styles = self.styles
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, _TEXT_WIDTH)
        set_up_page(sheet)
        self.top_narrow(sheet)
        last = UNIT_ROW
        for text, row, answers in self.layout.texts:
            put(sheet, row, TEXT_COLUMN, text.heading, styles["heading"])
            sheet.set_row(row - 1, 24)
            guidance = _guidance(text)
            put(sheet, row + 1, TEXT_COLUMN, guidance, styles["small"])
            sheet.set_row(row, text_height(guidance, _TEXT_WIDTH * 1.1))
            for answer in answers:
                put(sheet, answer.place.row, KEY_COLUMN, answer.key, styles["hidden"])
                value = self.filled.answer(answer.key)
                draw_answer(sheet, answer, Content(styles["paragraph"], _cached(value)))
                if value is not None:
                    sheet.set_row(answer.place.row - 1, text_height(str(value), _TEXT_WIDTH))
                last = answer.place.row
        if self.layout.texts:
            self.key_row(sheet, UNIT_ROW + 1, "text", TEXT_COLUMN)
        sheet.freeze_panes(LEGEND_ROW, 0)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, 1)

    def top_narrow(self, sheet: Worksheet) -> None:
        """The head of the one-column sheet of texts, where nothing can be merged."""
        styles = self.styles
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.identity.marker(TEXT_SHEET), styles["hidden"])
        text, formula = self.sheet_state(TEXT_SHEET)
        link = messages.say("sheet.see_audit", "zh")
        sheet.write_formula(
            STRIP_ROW - 1, 1, f'=HYPERLINK("#\'{AUDIT_SHEET}\'!B2",{formula}&"{link}")', styles["strip"], text + link
        )
        put(sheet, LEGEND_ROW, TEXT_COLUMN, messages.say("sheet.text_legend", "zh"), styles["legend"])
        put(sheet, TITLE_ROW, TEXT_COLUMN, messages.say("sheet.texts", "zh"), styles["title"])
        sheet.set_row(TITLE_ROW - 1, 30)
        put(sheet, UNIT_ROW, TEXT_COLUMN, self.unit_line(), styles["unit line"])

    # ── 审核 ────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge(self, line: AuditLine) -> str:
        """Return the sign that a line of the audit sheet shows now."""
        if line.instance is None:
            return "√"
        compute = _computations(self.form)[line.id]
        if compute.asked is not None and not compute.asked(self.answer):
            return "—"
        return "√" if compute.rule(self.answer) else _BROKEN[line.instance.check.severity]

    def audit_summary(self) -> tuple[str, str]:
        rows = [line.row for line in self.layout.audit]
        verdicts = _areas(rows, _VERDICT)
        errors = sum(sign == "×" for sign in self.verdicts.values())
        queries = sum(sign == "△" for sign in self.verdicts.values())
        text = f"必须改正 {errors} 处 ｜ 请核实 {queries} 处"
        return text, f'"必须改正 "&{_count(verdicts, "×")}&" 处 ｜ 请核实 "&{_count(verdicts, "△")}&" 处"'

    def audit(self, sheet: Worksheet) -> None:
        """One line a check: what must hold, both sides, the difference, √ or ×, and room to explain a query."""
        styles = self.styles
        sheet.set_column(0, 0, None, None, {"hidden": True})
        for column, width in zip(AUDIT_COLUMNS, (8, 13, 26, 50, 11, 11, 9, 7, 34), strict=True):
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_column(_ASKED - 1, _ASKED - 1, None, None, {"hidden": True})
        sheet.set_default_row(ROW_HEIGHT)
        set_up_page(sheet, landscape=True)
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.identity.marker(AUDIT_SHEET), styles["hidden"])
        text, formula = self.audit_summary()
        sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, EXPLANATION_COLUMN - 1, "", styles["strip plain"])
        sheet.write_formula(STRIP_ROW - 1, 1, f"={formula}", styles["strip plain"], text)
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
        sheet.merge_range(UNIT_ROW - 1, 1, UNIT_ROW - 1, EXPLANATION_COLUMN - 1, self.unit_line(), styles["unit line"])
        first = self.layout.audit[0].row
        self.key_row(sheet, first - 2, "explain", EXPLANATION_COLUMN)
        for column, head in zip(AUDIT_COLUMNS, messages.say("audit.heads", "zh").split("|"), strict=True):
            put(sheet, first - 1, column, head, styles["audit head"])
        for line in self.layout.audit:
            self.audit_line(sheet, line)
        last = self.layout.audit[-1].row
        for sign, style in (("×", "broken error"), ("△", "broken query"), ("√", "done")):
            sheet.conditional_format(
                first - 1,
                _VERDICT - 1,
                last - 1,
                _VERDICT - 1,
                {"type": "cell", "criteria": "==", "value": f'"{sign}"', "format": styles[style]},
            )
        sheet.freeze_panes(first - 1, 0)
        sheet.repeat_rows(first - 2)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, EXPLANATION_COLUMN - 1)

    def audit_line(self, sheet: Worksheet, line: AuditLine) -> None:
        styles, row, instance = self.styles, line.row - 1, line.instance
        table, where = self.where(line)
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
            self.wrong_kinds(sheet, row, line.section)
        else:
            self.sides(sheet, row, line, instance)
        if line.explained:
            put(sheet, line.row, KEY_COLUMN, f"explain.{line.id}", styles["hidden"])
            sheet.write_blank(row, EXPLANATION_COLUMN - 1, None, styles["text cell"])

    def where(self, line: AuditLine) -> tuple[str, str]:
        """Name the place of a check in words: the table, and the row or column or what else it looks at."""
        if line.instance is None:
            return "", line.goal.sheet
        tables = [table for key in line.instance.cells if (table := self.form.table_of(key)) is not None]
        short = tables[0].short if tables and tables[0] is tables[-1] else ""
        return short, line.instance.label or line.goal.sheet

    def sides(self, sheet: Worksheet, row: int, line: AuditLine, instance: Instance) -> None:
        """Write left, right, difference and verdict as formulas over the form's cells."""
        styles, verdict = self.styles, self.verdicts[line.id]
        asked = instance.asked
        is_asked = verdict != "—"
        flag = a1(line.row, _ASKED)
        if asked is not None:
            sheet.write_formula(
                row, _ASKED - 1, "=" + self.formula(f"{line.id} asked", asked, AUDIT_SHEET), styles["hidden"], is_asked
            )
        guard: Callable[[str, str], str] = (
            (lambda f, other: f"IF({flag},{f},{other})") if asked is not None else (lambda f, _: f)
        )
        rule = instance.rule
        numbers = _numeric_sides(rule)
        if numbers is None:
            holds = self.formula(f"{line.id} rule", rule, AUDIT_SHEET)
        else:
            left, right = numbers.left, numbers.right
            shown = self.sides_of(line)
            style = styles["audit date"] if _are_days(left, right) else styles["audit number"]
            for column, side, value in ((_LEFT, left, shown[0]), (_RIGHT, right, shown[1])):
                formula = guard(self.formula(f"{line.id} {column}", side, AUDIT_SHEET), '""')
                sheet.write_formula(row, column - 1, f"={formula}", style, _cached(value) if is_asked else "")
            difference = guard(f"{a1(line.row, _LEFT)}-{a1(line.row, _RIGHT)}", '""')
            sheet.write_formula(
                row,
                _DIFFERENCE - 1,
                f"={difference}",
                styles["audit number"],
                _cached(shown[0] - shown[1]) if is_asked else "",
            )
            holds = self.once(f"{line.id} holds", lambda: _holds(numbers, a1(line.row, _LEFT), a1(line.row, _RIGHT)))
        sign = _BROKEN[instance.check.severity]
        written = guard(f'IF({holds},"√","{sign}")', '"—"')
        sheet.write_formula(row, _VERDICT - 1, f"={written}", styles["audit verdict"], verdict)

    def wrong_kinds(self, sheet: Worksheet, row: int, section: Section) -> None:
        """Count the answers that are no number, negative, or not whole: pasting goes past the validation."""
        styles = self.styles
        wrong = self.once(f"V-00.{section.key}", lambda: self.count_wrong_kinds(section))
        sheet.write_formula(row, _LEFT - 1, f"={wrong}", styles["audit number"], 0)
        sheet.write_number(row, _RIGHT - 1, 0, styles["audit number"])
        left = a1(row + 1, _LEFT)
        sheet.write_formula(row, _DIFFERENCE - 1, f"={left}-{a1(row + 1, _RIGHT)}", styles["audit number"], 0)
        sheet.write_formula(row, _VERDICT - 1, f'=IF({left}=0,"√","×")', styles["audit verdict"], "√")

    def count_wrong_kinds(self, section: Section) -> str:
        """Write the formula that counts them: what is filled in, less what is a sound number."""
        plan = next(plan for plan in self.layout.sheets if plan.section is section)
        inputs = [answer for block in plan.blocks for answer in block.answers if is_input(answer)]
        parts = []
        for kind, signed in product((CellType.COUNT, CellType.DECIMAL), (False, True)):
            chosen = [answer for answer in inputs if answer.cell.type is kind and answer.cell.negative is signed]
            for area in rectangles(chosen):
                at = "'" + plan.name.replace("'", "''") + "'!" + _range(area)
                sound = [f"ISNUMBER({at})"]
                if not signed:
                    sound.append(f"({at}>=0)")
                if kind is CellType.COUNT:
                    sound.append(f'(TEXT({at},"0.000000")=TEXT({at},"0")&".000000")')
                cells = (area[2] - area[0] + 1) * (area[3] - area[1] + 1)
                parts.append(f"{cells}-COUNTBLANK({at})-SUMPRODUCT({'*'.join([*sound, '1'])})")
        return "+".join(parts)

    def machine(self, sheet: Worksheet) -> None:
        """The hidden sheet: identity, and last year's figures that no table shows."""
        hidden = self.styles["hidden"]
        facts = {
            "schema": WORKBOOK_SCHEMA,
            **self.identity.facts(),
            "issuer": self.issuer,
            "mark": self.identity.printed_code(),
        }
        for row, (name, value) in enumerate(facts.items(), start=1):
            put(sheet, row, 1, name, hidden)
            put(sheet, row, 2, value, hidden)
        for key, place in self.layout.machine_prior.items():
            put(sheet, place.row, 1, key, hidden)
            figure = self.filled.answer(key)
            if figure is not None:
                sheet.write_number(place.row - 1, place.column - 1, float(figure), hidden)
        sheet.very_hidden()


def _for_year(expression: expr.Expr, year: int) -> expr.Expr:
    known = given(year)
    if not any(cell.key in known for cell in expr.cells(expression)):
        return expression
    return expr.substitute(
        expression,
        lambda node: expr.Number(known[node.key]) if isinstance(node, expr.Cell) and node.key in known else node,
    )


class _Line(NamedTuple):
    """The functions that compute one line of the audit sheet; `left` and `right` only where two numbers are compared."""

    asked: Callable[[Lookup], Result | bool] | None
    rule: Callable[[Lookup], Result | bool]
    left: Callable[[Lookup], Result | bool] | None
    right: Callable[[Lookup], Result | bool] | None


@lru_cache(maxsize=32)
def _shared_texts(_form: Form, _year: int) -> dict[str, str]:
    """Keep the formulas that every workbook of one form and year shares."""
    return {}


@lru_cache(maxsize=16)
def _computations(form: Form) -> Mapping[str, _Line]:
    """Compile the checks of a form once, however many workbooks are made of it."""
    compiled = {}
    for instance in form.instances:
        sides = _numeric_sides(instance.rule)
        compiled[instance.id] = _Line(
            expr.compile_expression(instance.asked) if instance.asked is not None else None,
            expr.compile_expression(instance.rule),
            expr.compile_expression(sides.left) if sides else None,
            expr.compile_expression(sides.right) if sides else None,
        )
    return compiled


def _numeric_sides(rule: expr.Expr) -> expr.Compare | None:
    """Return the rule if it compares two numbers, so that both can be shown."""
    return rule if isinstance(rule, expr.Compare) and not compares_texts(rule) else None


def _holds(rule: expr.Compare, left: str, right: str) -> str:
    """Write the comparison of two cells of the audit sheet with the bound of the rule they come from."""
    digits = digits_of(rule)
    places = {"left": left, "right": right}
    standing = expr.Compare(rule.op, expr.Cell("left", digits=digits), expr.Cell("right", digits=digits))
    written = excel.formula(
        standing, lambda key: expr.Place(AUDIT_SHEET, 1, 1 if key == "left" else 2), sheet=AUDIT_SHEET
    )
    return written.replace("SUM(INDEX($A:$AZ,1,1))", places["left"]).replace("SUM(INDEX($A:$AZ,1,2))", places["right"])


def _are_days(*sides: expr.Expr) -> bool:
    return any(isinstance(side, expr.Cell) and side.kind is expr.Kind.DATE for side in sides)


def _cached(value: Result) -> str | float | None:
    """Return a result as a spreadsheet keeps it; nothing for a blank."""
    return float(value) if isinstance(value, Decimal) else value


def _day(number: int) -> str:
    return date.fromordinal(date(1899, 12, 30).toordinal() + number).isoformat()


def _guidance(text: Text) -> str:
    limit = messages.say("text.limit", "zh", count=text.max_length) if text.max_length else ""
    return text.guidance + limit


def _cut(text: str, length: int) -> str:
    """Shorten a text to what Excel takes; it counts UTF-16 units, and so do we."""
    while len(text.encode("utf-16-le")) // 2 > length:
        text = text[:-2] + "…"
    return text


def _range(area: tuple[int, int, int, int]) -> str:
    return f"{a1(area[0], area[1])}:{a1(area[2], area[3])}"


def _ranges(answers: Iterable[Answer]) -> str:
    return " ".join(_range(area) for area in rectangles(answers))


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
