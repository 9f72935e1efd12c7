"""Write a form as a locked workbook for one unit.

    form ──layout──▶ places ──┐
    unit, year, prior, values ┴──▶ 填表说明 · 封面 · tables · 文字部分 · 审核 · _tianbao

Every total is a formula that carries its right result, so that a preview which does not calculate shows the truth.
The same checks run in the sheet (审核) and at the office, from the same definition. Same inputs, same bytes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tianbao import expr, messages
from tianbao.form.model import NOT_APPLICABLE, CellType, Form, Kind, Severity, Text
from tianbao.records.model import Submission, Unit, Value
from tianbao.workbook.audit import BROKEN, VERDICT_COLUMN, Audit
from tianbao.workbook.draft import Draft, cached
from tianbao.workbook.identify import WORKBOOK_SCHEMA, printable, printable_unit
from tianbao.workbook.layout import (
    ANSWER_COLUMN,
    AUDIT_SHEET,
    COVER_SHEET,
    GUIDANCE_COLUMN,
    GUIDE_SHEET,
    KEY_COLUMN,
    LABEL_COLUMN,
    LEGEND_ROW,
    MACHINE_SHEET,
    STRIP_ROW,
    TEXT_COLUMN,
    TEXT_SHEET,
    TITLE_ROW,
    UNIT_ROW,
    Answer,
    AuditLine,
    Block,
    TableSheet,
    a1,
    rectangles,
    sheet_title,
    span,
    text_height,
)
from tianbao.workbook.prefill import Prefill, prefill
from tianbao.workbook.sent_back import SentBack
from tianbao.workbook.tables import Content, draw_answer, draw_block, join, put, set_up_page, set_up_table_page

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: Every file we make says it was made then: the same inputs must give the same bytes.
CREATED = datetime.combine(date(2020, 1, 1), time())
#: How the name of a file begins that is not whole yet.
DRAFT = ".tianbao-draft-"

#: Excel's own limit for the prompt of a cell.
_PROMPT = 255

_TEXT_WIDTH = 96.0

#: Of the comment at a marked cell: pixels of its width and of a line, and how many ideographs a line holds.
_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS = 260, 18, 18
#: Excel takes no longer text into a formula.
_LONGEST_CONSTANT = 200


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
    sent_back: SentBack | None = None,
    issuance: str = "",
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
        sent_back: what it carries beside the form when it goes back to be mended.
        issuance: what the issuer signs of it, in at most 60 characters of ASCII; stands in its hidden marks.

    Raises:
        PrefillError: a value is for no cell of the form, or is not what the cell holds.
    """
    filled = prefill(form, year, prior, values or {})
    named = printable_unit(unit)
    data = draw(Draft(form, named, year, printable(issuer), password or "", filled, sent_back, issuance)).data
    if isinstance(target, str | os.PathLike):
        write_whole(Path(target), data)
    else:
        target.write(data)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=DRAFT, delete=False) as file:
        draft = Path(file.name)
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class Drawn(NamedTuple):
    """A workbook that was written, and what of it can be said anew."""

    data: bytes
    draft: Draft
    audit: Audit

    def ask_again(self, filled: Prefill) -> None:
        """Take other figures of last year, which the same tables must have: `draft.shown` shows what they say."""
        self.draft.filled = filled
        self.audit.judge_years()


def draw(draft: Draft) -> Drawn:
    """Write a workbook."""
    writer = _Writer(draft)
    return Drawn(writer.write(), draft, writer.audit)


class _Writer:
    """One workbook being written."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.audit = Audit(draft)
        self.form = draft.form
        self.layout = draft.layout
        self.styles = draft.styles

    def write(self) -> bytes:
        self.draft.book.set_properties(
            {"title": sheet_title(self.form, self.draft.year), "author": "", "company": "", "created": CREATED}
        )
        for name, value in self.draft.identity.properties().items():
            self.draft.book.set_custom_property(name, value, "text")
        sent_back, own = self.draft.sent_back, self.layout.sheet_names
        front, behind = [page.name for page in sent_back.pages], [page.name for page in sent_back.behind]
        sheets = {name: self.draft.book.add_worksheet(name) for name in (*front, *own[:-1], *behind, own[-1])}
        for page in (*sent_back.pages, *sent_back.behind):
            page.draw(sheets[page.name], self.draft)
        self.guide(sheets[GUIDE_SHEET])
        self.cover(sheets[COVER_SHEET])
        for plan in self.layout.sheets:
            self.tables(sheets[plan.name], plan)
        self.texts(sheets[TEXT_SHEET])
        self.audit.draw(sheets[AUDIT_SHEET])
        self.machine(sheets[MACHINE_SHEET])
        for sheet in sheets.values():
            sheet.protect(self.draft.password, {"format_columns": True, "format_rows": True})
        next(iter(sheets.values())).activate()
        self.draft.book.close()
        return self.draft.buffer.getvalue()

    # ── formulas and their results ──────────────────────────────────────────────────────────────────────────────

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
        sheet.merge_range(1, 1, 1, 3, sheet_title(self.form, self.draft.year), styles["title"])
        sheet.set_row(1, 34)
        sheet.merge_range(2, 1, 2, 3, self.draft.unit_line(), styles["unit line"])
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
            self.draft.show(sheet, row - 1, 3, self.state(name, styles["audit"]))
            row += 1
        source = f"{self.form.title}　{self.form.source}　{self.form.id} {self.form.version}"
        sheet.merge_range(row, 1, row, 3, source, styles["small"])
        sheet.print_area(1, 1, row, 3)

    def top(self, sheet: Worksheet, name: str, last_column: int, title: str) -> None:
        """The head of every sheet that is filled: hidden marker, strip, legend, title, unit."""
        styles = self.styles
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.draft.identity.marker(name), styles["hidden"])
        sheet.merge_range(STRIP_ROW - 1, 1, STRIP_ROW - 1, last_column - 1, "", styles["strip"])
        self.draft.show(sheet, STRIP_ROW - 1, 1, self.strip(name))
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
        sheet.merge_range(UNIT_ROW - 1, 1, UNIT_ROW - 1, last_column - 1, self.draft.unit_line(), styles["unit line"])
        sheet.set_row(UNIT_ROW - 1, 20)

    def state(self, name: str, style: Format) -> Callable[[], Content]:
        """Return what says how much is still to be done on a sheet."""
        formula = self.audit.state_formula(name)
        return lambda: Content(style, self.audit.state_of(name), formula)

    def strip(self, name: str) -> Callable[[], Content]:
        """Return what says so on top of that sheet, with the way to the audit sheet."""
        style, link = self.styles["strip"], messages.say("sheet.see_audit", "zh")
        formula = f'HYPERLINK("#\'{AUDIT_SHEET}\'!B2",{self.audit.state_formula(name)}&"{link}")'
        return lambda: Content(style, self.audit.state_of(name) + link, formula)

    def cover(self, sheet: Worksheet) -> None:
        """Identity (locked), the cover fields, and the control totals from the paper ledger."""
        styles, layout = self.styles, self.layout
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, 2, 34)
        sheet.set_column(3, 3, 46)
        set_up_page(sheet)
        self.top(sheet, COVER_SHEET, GUIDANCE_COLUMN, sheet_title(self.form, self.draft.year))
        row = UNIT_ROW + 1
        for label, value in (
            ("cover.unit", self.draft.unit.name),
            ("cover.code", self.draft.unit.code),
            ("cover.year", str(self.draft.year)),
            ("cover.issuer", self.draft.issuer or self.form.issued_by),
        ):
            put(sheet, row, LABEL_COLUMN, messages.say(label, "zh"), styles["label"])
            put(sheet, row, ANSWER_COLUMN, value, styles["fixed"])
            put(sheet, row, GUIDANCE_COLUMN, messages.say("cover.fixed", "zh"), styles["note"])
            sheet.set_row(row - 1, 22)
            row += 1
        self.draft.key_row(sheet, layout.cover[0].place.row - 1 if layout.cover else row, "cover", ANSWER_COLUMN)
        self.mark(sheet, (*layout.cover, *layout.controls))
        for answer in layout.cover:
            self.field(sheet, answer)
        if layout.controls:
            head = layout.control_row
            self.draft.key_row(sheet, head - 1, "control", ANSWER_COLUMN)
            sheet.merge_range(head - 1, 1, head - 1, 3, messages.say("cover.controls", "zh"), styles["corner"])
            for answer in layout.controls:
                self.field(sheet, answer)
        last = (layout.controls or layout.cover)[-1].place.row if layout.controls or layout.cover else row
        sheet.freeze_panes(LEGEND_ROW, 0)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, GUIDANCE_COLUMN - 1)

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
            result = self.draft.filled.answer(cell.key)
            style = self.styles.number("computed", cell.digits)
            return Content(
                style,
                cached(result),
                self.draft.formula(cell.key, cell.formula, answer.place.sheet, answer.place.column),
            )
        match cell.type:
            case CellType.COUNT | CellType.DECIMAL:
                style = self.styles.number("input", cell.digits)
            case CellType.DATE:
                style = self.styles["date cell"]
            case CellType.TEXT | CellType.CODE:
                style = self.styles["text cell"]
        return Content(style, self.draft.sent_back.raw.get(cell.key) or cached(self.draft.filled.answer(cell.key)))

    def mark(self, sheet: Worksheet, answers: Iterable[Answer]) -> None:
        """Mark cells of a workbook that is sent back: by a note, and by a colour that goes when the content is changed."""
        marks = self.draft.sent_back.marks
        for answer in (answer for answer in answers if answer.key in marks):
            mark, row, column = marks[answer.key], answer.place.row - 1, answer.place.column - 1
            height = _NOTE_LINE * (2 + len(mark.note) // _NOTE_CHARACTERS + mark.note.count("\n"))
            look = {"author": "", "width": _NOTE_WIDTH, "height": height, "font_size": 9}
            sheet.write_comment(row, column, mark.note, look)
            is_as_sent = {
                "type": "formula",
                "criteria": f"={self.unchanged(answer)}",
                "format": self.styles[f"marked {mark.look}"],
            }
            sheet.conditional_format(row, column, row, answer.last_column - 1, is_as_sent)

    def unchanged(self, answer: Answer) -> str:
        """Write the formula that is true while a cell holds what was sent."""
        at = f"${a1(1, answer.place.column)[:-1]}${answer.place.row}"
        if answer.cell.formula is not None:
            return "TRUE"
        value = self.content(answer).value
        if isinstance(value, str):
            written = '"' + value.replace('"', '""') + '"'
            return f"{at}={written}" if len(value) < _LONGEST_CONSTANT else f"LEN({at})={len(value)}"
        return f'{at}=""' if value is None else f'AND({at}<>"",{at}={value})'

    def tables(self, sheet: Worksheet, plan: TableSheet) -> None:
        """A sheet of statutory tables, with last year's figures beside them and the signatures below."""
        styles = self.styles
        self.top(sheet, plan.name, plan.last_column, plan.section.title)
        set_up_table_page(sheet, plan, TITLE_ROW, plan.signature_row)
        for block in plan.blocks:
            shows_prior = any(self.draft.filled.answer(key) is not None for key in block.prior)
            draw_block(sheet, styles, block, self.content, prior=shows_prior)
            for answer in block.answers:
                if answer.cell.kind is Kind.INPUT:
                    self.validate(sheet, answer)
            self.prior(sheet, block, shown=shows_prior)
            self.mark(sheet, block.answers)
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
            cell = by_key[key.removeprefix("prior.")]
            if shown:
                last = next(
                    a.last_column for a in block.answers if a.place.column >= place.column or a is block.answers[-1]
                )
                last = max(place.column, last) if place.row in block.prior_rows else place.column
                style = self.styles.number("prior", cell.digits)
                join(sheet, Answer(key, cell, place, last), style)
                self.draft.show(sheet, place.row - 1, place.column - 1, partial(self.figure, key, style))
        if not shown:
            for row in block.prior_rows:
                sheet.set_row(row - 1, None, None, {"hidden": True})

    def figure(self, key: str, style: Format) -> Content:
        """Show a figure of last year."""
        return Content(style, cached(self.draft.filled.answer(key)))

    def signatures(self, sheet: Worksheet, plan: TableSheet) -> None:
        """The block for names and date below the tables, filled from the cover."""
        parts, texts = [], []
        for cell in self.form.signature:
            label, value = cell.label[-1], self.draft.filled.answer(cell.key)
            day = cell.type is CellType.DATE
            #: A date is shown by TEXT; a blank leaves room to write by hand.
            asked = expr.Cell(cell.key, expr.Kind.NUMBER if day else expr.Kind.TEXT)
            reference = self.draft.formula(f"signature {cell.key}", asked, plan.name)
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
            self.draft.show(sheet, place.row - 1, place.column - 1, self.flag(line, BROKEN[severity]))
            touched = [own[key] for key in line.instance.cells if key in own]
            ranges = self.draft.once(f"{name} on {plan.name}", partial(_ranges, touched))
            sheet.conditional_format(
                ranges.partition(":")[0],
                {
                    "type": "formula",
                    "criteria": f"=${a1(1, place.column)[:-1]}${place.row}=1",
                    "format": self.styles["broken error" if severity is Severity.ERROR else "broken query"],
                    "multi_range": ranges,
                },
            )

    def flag(self, line: AuditLine, sign: str) -> Callable[[], Content]:
        """Return what copies the verdict of a check: 1 where it does not hold."""
        style, verdicts = self.styles["hidden"], self.audit.verdicts
        formula = f"IF('{AUDIT_SHEET}'!{a1(line.row, VERDICT_COLUMN)}=\"{sign}\",1,0)"
        return lambda: Content(style, int(verdicts[line.id] == sign), formula)

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
        if cell.not_applicable and cell.is_number:
            at = a1(row + 1, column + 1)
            whole = f",INT({at})={at}" if cell.type is CellType.COUNT else ""
            sound = f"AND(ISNUMBER({at}),{at}>={rule['minimum']},{at}<={rule['maximum']}{whole})"
            rule = {key: rule[key] for key in ("ignore_blank", "error_title")}
            rule |= {"validate": "custom", "value": f'=OR({at}="{NOT_APPLICABLE}",{sound})'}
            must += messages.say("validation.not_applicable", "zh", word=NOT_APPLICABLE)
        prompt = self.draft.once(
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
            self.mark(sheet, answers)
            put(sheet, row, TEXT_COLUMN, text.heading, styles["heading"])
            sheet.set_row(row - 1, 24)
            guidance = _guidance(text)
            put(sheet, row + 1, TEXT_COLUMN, guidance, styles["small"])
            sheet.set_row(row, text_height(guidance, _TEXT_WIDTH * 1.1))
            for answer in answers:
                put(sheet, answer.place.row, KEY_COLUMN, answer.key, styles["hidden"])
                value = self.draft.filled.answer(answer.key)
                draw_answer(sheet, answer, Content(styles["paragraph"], cached(value)))
                if value is not None:
                    sheet.set_row(answer.place.row - 1, text_height(str(value), _TEXT_WIDTH))
                last = answer.place.row
        if self.layout.texts:
            self.draft.key_row(sheet, UNIT_ROW + 1, "text", TEXT_COLUMN)
        sheet.freeze_panes(LEGEND_ROW, 0)
        sheet.print_area(TITLE_ROW - 1, 1, last - 1, 1)

    def top_narrow(self, sheet: Worksheet) -> None:
        """The head of the one-column sheet of texts, where nothing can be merged."""
        styles = self.styles
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self.draft.identity.marker(TEXT_SHEET), styles["hidden"])
        self.draft.show(sheet, STRIP_ROW - 1, 1, self.strip(TEXT_SHEET))
        put(sheet, LEGEND_ROW, TEXT_COLUMN, messages.say("sheet.text_legend", "zh"), styles["legend"])
        put(sheet, TITLE_ROW, TEXT_COLUMN, messages.say("sheet.texts", "zh"), styles["title"])
        sheet.set_row(TITLE_ROW - 1, 30)
        put(sheet, UNIT_ROW, TEXT_COLUMN, self.draft.unit_line(), styles["unit line"])

    # ── 审核 ────────────────────────────────────────────────────────────────────────────────────────────────────

    def machine(self, sheet: Worksheet) -> None:
        """The hidden sheet: identity, and last year's figures that no table shows."""
        hidden = self.styles["hidden"]
        facts = {
            "schema": WORKBOOK_SCHEMA,
            **self.draft.identity.facts(),
            "issuer": self.draft.issuer,
            "mark": self.draft.identity.printed_code(),
        }
        for row, (name, value) in enumerate(facts.items(), start=1):
            put(sheet, row, 1, name, hidden)
            put(sheet, row, 2, value, hidden)
        for key, place in self.layout.machine_prior.items():
            put(sheet, place.row, 1, key, hidden)
            if self.draft.filled.answer(key) is not None:
                self.draft.show(sheet, place.row - 1, place.column - 1, partial(self.figure, key, hidden))
        sheet.very_hidden()


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


def _ranges(answers: Iterable[Answer]) -> str:
    return " ".join(span(area) for area in rectangles(answers))
