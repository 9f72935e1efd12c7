"""Workbooks as they come back: written by us, changed by somebody with openpyxl, read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.worksheet.worksheet import Worksheet

from tianbao.form.load import load_form
from tianbao.form.model import Form, Kind
from tianbao.records.model import Note, Submission, Unit, Value
from tianbao.workbook.identify import Identity
from tianbao.workbook.layout import KEY_COLUMN, TITLE_ROW, Block, TableSheet, a1, make_layout
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook

FORM = load_form("zfxxgk-2021")
BAIJIA = Unit("140922018", "白家庄镇", "township")
DOUCUN = Unit("140922019", "豆村镇", "township")
#: What an office may have signed of a workbook.
ISSUANCE = "Zk3f9a2Q.b0TjWm1lX7s4Ue8Kp2rNcV"

#: A few answers that agree with each other, by key.
FILLED: dict[str, Value] = {
    "requests.new.natural": 3,
    "requests.new.business": 2,
    "requests.carried_in.natural": 1,
    "requests.granted.natural": 4,
    "requests.granted.business": 2,
    "art20_1.rules.issued": 7,
    "remedies.review.upheld": 1,
    "cover.leader": "张三",
    "text.overview.1": "第一段。",
    "text.overview.2": "第二段。",
}


@cache
def issued(
    form: Form = FORM, *, unit: Unit = BAIJIA, year: int = 2025, filled: bool = True, issuance: str = ""
) -> bytes:
    """Write a workbook, with the answers above if it is that form's."""
    target = BytesIO()
    values = FILLED if filled and form is FORM else None
    write_workbook(form, target, unit=unit, year=year, values=values, issuance=issuance)
    return target.getvalue()


def changed(change: Callable[[Workbook], object], data: bytes | None = None) -> bytes:
    """Let somebody change a workbook and save it."""
    book = load_workbook(BytesIO(data or issued()))
    change(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def typed(values: Mapping[str, Value], form: Form = FORM, data: bytes | None = None) -> bytes:
    """Type values into the cells of some keys."""

    def fill(book: Workbook) -> None:
        for key, value in values.items():
            sheet, ref = where(key, form)
            book[sheet][ref] = value

    return changed(fill, data or issued(form))


def read(data: bytes) -> Submission:
    """Read a file's bytes."""
    return read_workbook(BytesIO(data))


def where(key: str, form: Form = FORM) -> tuple[str, str]:
    """Say where the layout puts a key."""
    place = make_layout(form).places[key]
    return place.sheet, a1(place.row, place.column)


def codes(submission: Submission) -> list[str]:
    """Name what is told of a submission."""
    return [note.code for note in submission.notes]


def the_note(submission: Submission, code: str) -> Note:
    """Return the one note of a code."""
    (note,) = [note for note in submission.notes if note.code == code]
    return note


def unmerged(sheet: Worksheet) -> Worksheet:
    """Take merged cells apart, as openpyxl needs it before it moves rows."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    return sheet


# ── what people do to a workbook; each is given the workbook and its form ────────────────────────────────────────────


def numbers(form: Form) -> dict[str, Value]:
    """Give every number cell of the tables and the control totals a number of its own."""
    cells = [cell for cell in (*form.cells(), *form.controls) if cell.is_number and cell.kind is Kind.INPUT]
    return {cell.key: number for number, cell in enumerate(cells, start=101)}


@cache
def numbered(form: Form) -> bytes:
    """Write a workbook in which no two numbers are the same."""
    target = BytesIO()
    values = {**numbers(form), "cover.leader": "张三", f"text.{form.texts[0].key}.1": "第一段。"}
    write_workbook(form, target, unit=BAIJIA, year=2025, values=values)
    return target.getvalue()


def largest(form: Form) -> tuple[TableSheet, Block]:
    """Return the largest table with labelled rows, and its sheet."""
    blocks = [(sheet, block) for sheet in make_layout(form).sheets for block in sheet.blocks if len(block.row_keys) > 1]
    return max(blocks, key=lambda pair: len(pair[1].answers) if pair[1].table.corner != "序号" else 0)


def in_row(form: Form, number: int) -> set[str]:
    """Return the keys of a row of the largest table."""
    _, block = largest(form)
    row = list(block.row_keys)[number]
    return {answer.key for answer in block.answers if answer.place.row == row}


def in_column(form: Form, number: int) -> set[str]:
    """Return the keys of a column of the largest table."""
    _, block = largest(form)
    column = list(block.column_keys)[number]
    return {answer.key for answer in block.answers if answer.place.column == column}


def rows_inserted(book: Workbook, form: Form) -> None:
    """Insert two rows into the largest table."""
    sheet, block = largest(form)
    unmerged(book[sheet.name]).insert_rows(list(block.row_keys)[1], 2)


def columns_inserted(book: Workbook, form: Form) -> None:
    """Insert a column into the largest table."""
    sheet, block = largest(form)
    unmerged(book[sheet.name]).insert_cols(list(block.column_keys)[1])


def row_deleted(book: Workbook, form: Form) -> None:
    """Delete the second row of the largest table."""
    sheet, block = largest(form)
    unmerged(book[sheet.name]).delete_rows(list(block.row_keys)[1])


def column_deleted(book: Workbook, form: Form) -> None:
    """Delete the second column of the largest table."""
    sheet, block = largest(form)
    unmerged(book[sheet.name]).delete_cols(list(block.column_keys)[1])


def rows_sorted(book: Workbook, form: Form) -> None:
    """Let the first two rows of the largest table change places, labels and all, but not the hidden keys."""
    sheet, block = largest(form)
    this, that = list(block.row_keys)[:2]
    cells = unmerged(book[sheet.name])
    for column in range(KEY_COLUMN + 1, max(block.column_keys) + 1):
        one, other = cells.cell(this, column), cells.cell(that, column)
        one.value, other.value = other.value, one.value


def sheet_renamed(book: Workbook, form: Form) -> None:
    """Give the largest table's sheet another name."""
    book[largest(form)[0].name].title = "表格 "


def sheets_reordered(book: Workbook, form: Form) -> None:
    """Move the largest table's sheet to the front."""
    book.move_sheet(largest(form)[0].name, -len(book.sheetnames))


def sheet_duplicated(book: Workbook, form: Form) -> None:
    """Copy the largest table's sheet within the workbook."""
    book.copy_worksheet(book[largest(form)[0].name])


def key_column_deleted(book: Workbook, form: Form) -> None:
    """Delete the hidden column of the largest table's sheet."""
    unmerged(book[largest(form)[0].name]).delete_cols(KEY_COLUMN)


def key_row_deleted(book: Workbook, form: Form) -> None:
    """Delete the hidden row above the largest table."""
    sheet, block = largest(form)
    unmerged(book[sheet.name]).delete_rows(block.key_row)


def sheets_copied(book: Workbook, form: Form) -> None:
    """Copy the sheets that people see into a new workbook."""
    del form
    without_sheet(book)
    without_properties(book)


def block_pasted(book: Workbook, form: Form) -> None:
    """Paste only what is visible of the cover, the tables and the texts below each other on a new sheet."""
    _pasted(book, form, TITLE_ROW)


def tables_pasted(book: Workbook, form: Form) -> None:
    """Paste only the tables, without title and unit, on a new sheet."""
    _pasted(book, form, TITLE_ROW + 2)


def text_rebuilt(book: Workbook, form: Form) -> None:
    """Paste only what is visible, every number as text."""
    block_pasted(book, form)
    for row in book["Sheet1"].iter_rows():
        for cell in row:
            if cell.value is not None:
                cell.value = str(cell.value)


def _pasted(book: Workbook, form: Form, first_row: int) -> None:
    target, at = book.create_sheet("Sheet1"), 3
    layout = make_layout(form)
    for name in ("封面", *(sheet.name for sheet in layout.sheets), "文字部分"):
        source = unmerged(book[name])
        flags = {sheet.name: sheet.last_column for sheet in layout.sheets}.get(name, 4)
        rows = source.iter_rows(min_row=first_row, min_col=KEY_COLUMN + 1, max_col=flags)
        for number, row in enumerate(rows, start=first_row):
            hidden = source.row_dimensions[number].hidden
            for cell in row if not hidden else ():
                if cell.value is not None and not str(cell.value).startswith("="):
                    target.cell(at, cell.column + 3, cell.value)
            at += not hidden
    for name in book.sheetnames:
        if name != "Sheet1":
            del book[name]
    without_properties(book)


def cell_cut(book: Workbook, form: Form) -> None:
    """Cut the first number of the largest table and paste it over the one below."""
    sheet, block = largest(form)
    column, (this, that) = min(block.column_keys), list(block.row_keys)[:2]
    cells = book[sheet.name]
    cells.cell(that, column).value = cells.cell(this, column).value
    cells.cell(this, column).value = None


def hidden_sheet_deleted(book: Workbook, form: Form) -> None:
    """Delete the hidden sheet."""
    del form
    without_sheet(book)


def properties_stripped(book: Workbook, form: Form) -> None:
    """Remove the document's properties."""
    del form
    without_properties(book)


def all_marks_lost(book: Workbook, form: Form) -> None:
    """Remove the hidden sheet, the properties and the hidden first cells."""
    del form
    without_sheet(book)
    without_properties(book)
    without_markers(book)


def remark(book: Workbook, identity: Identity) -> None:
    """Make all marks say that the workbook is another's."""
    for row, fact in enumerate(identity.facts().values(), start=2):
        book["_tianbao"].cell(row, 2, fact)
    for name, fact in identity.properties().items():
        properties(book)[name].value = fact
    for sheet in book.worksheets:
        if str(sheet["A1"].value).startswith("#tianbao"):
            sheet["A1"] = identity.marker(sheet.title)


def without_sheet(book: Workbook) -> None:
    """Take the hidden sheet away."""
    del book["_tianbao"]


def without_properties(book: Workbook) -> None:
    """Take the marks among the document's properties away."""
    found = properties(book)
    for name in found.names:
        del found[name]


def without_markers(book: Workbook) -> None:
    """Take the hidden first cell of every sheet away."""
    for sheet in book.worksheets:
        if sheet.title != "_tianbao":
            sheet["A1"] = None


def nameless(book: Workbook) -> None:
    """Take everything away that says whose the workbook is."""
    all_marks_lost(book, FORM)
    for sheet in book.worksheets:
        for row in unmerged(sheet).iter_rows():
            for cell in row:
                if "填报单位：" in str(cell.value):
                    cell.value = None


def properties(book: Workbook) -> CustomPropertyList[Any]:
    """Return the document's custom properties."""
    found: CustomPropertyList[Any] = book.custom_doc_props  # type: ignore[attr-defined]
    return found
