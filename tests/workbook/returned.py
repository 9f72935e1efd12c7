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
from tianbao.form.model import Form
from tianbao.records.model import Note, Submission, Unit, Value
from tianbao.workbook.identify import Identity
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook

FORM = load_form("zfxxgk-2021")
BAIJIA = Unit("140922018", "白家庄镇", "township")
DOUCUN = Unit("140922019", "豆村镇", "township")

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
def issued(form: Form = FORM, *, unit: Unit = BAIJIA, year: int = 2025, filled: bool = True) -> bytes:
    """Write a workbook, with the answers above if it is that form's."""
    target = BytesIO()
    write_workbook(form, target, unit=unit, year=year, values=FILLED if filled and form is FORM else None)
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


def properties(book: Workbook) -> CustomPropertyList[Any]:
    """Return the document's custom properties."""
    found: CustomPropertyList[Any] = book.custom_doc_props  # type: ignore[attr-defined]
    return found
