"""A18, A21: another unit's, another year's, an older version's workbook; unfilled, half filled, a zero report."""

from __future__ import annotations

from tests.mutations.book import MAIN, Book, number
from tests.mutations.table import mutation
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import CellType
from tianbao.workbook.identify import MARKER


def _everywhere(book: Book, old: str, new: str) -> None:
    """Replace a word wherever it stands: marks, properties, printed lines."""
    for item in book.part("xl/sharedStrings.xml").iter(f"{{{MAIN}}}t"):
        item.text = (item.text or "").replace(old, new)
    book.finish.append(
        lambda parts: (
            parts.__setitem__("docProps/custom.xml", parts["docProps/custom.xml"].replace(old.encode(), new.encode()))
            if "docProps/custom.xml" in parts
            else None
        )
    )


@mutation("A18", "R-IDENTITY")
def the_marks_of_another_unit_on_the_hidden_sheet_only(book: Book) -> None:
    for cell in book.sheet("_tianbao").iter(f"{{{MAIN}}}c"):
        if book.text(cell) == "140922018":
            book.put(cell, "140922019")


@mutation("A18", "R-IDENTITY")
def the_issuance_of_another_workbook_on_the_hidden_sheet_only(book: Book) -> None:
    """The neighbour's, or that of the workbook before the correction: the unit is the same, what was signed is not."""
    sheet = book.sheet("_tianbao")
    rows = [number(cell)[0] for cell in sheet.iter(f"{{{MAIN}}}c") if book.text(cell) == "issuance"]
    row = rows[0] if rows else 20
    book.put(book.cell_at(sheet, row, 1), "issuance")
    book.put(book.cell_at(sheet, row, 2), "another.signature")


@mutation("A18", "R-IDENTITY")
def a_broken_issuance_in_every_first_cell(book: Book) -> None:
    for item in book.part("xl/sharedStrings.xml").iter(f"{{{MAIN}}}t"):
        if (item.text or "").startswith(MARKER):
            item.text = f"{item.text}|\N{REPLACEMENT CHARACTER}|"


@mutation("A18", "R-VERSION")
def an_older_version_of_the_definition(book: Book) -> None:
    _everywhere(book, f"|{book.form.version}|", "|0.9.0|")
    for cell in book.sheet("_tianbao").iter(f"{{{MAIN}}}c"):
        if book.text(cell) == book.form.version:
            book.put(cell, "0.9.0")
    written = f">{book.form.version}<".encode()
    book.finish.append(
        lambda parts: (
            parts.__setitem__("docProps/custom.xml", parts["docProps/custom.xml"].replace(written, b">0.9.0<"))
            if "docProps/custom.xml" in parts
            else None
        )
    )


@mutation("A18", reason="F-UNKNOWN-FORM")
def a_form_that_is_not_known(book: Book) -> None:
    _everywhere(book, book.form.id, "zfxxgk-2035")


@mutation("A18", "R-UNIT")
def the_printed_unit_line_of_another(book: Book) -> None:
    """The marks say one unit and every page prints another: what is printed is told."""
    for item in book.part("xl/sharedStrings.xml").iter(f"{{{MAIN}}}t"):
        if not (item.text or "").startswith(MARKER):
            item.text = (item.text or "").replace("填报单位：白家庄镇", "填报单位：豆村镇")


# ── A21 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _erase(book: Book, keys: list[str]) -> None:
    for key in keys:
        book.clear(book.cells[key])
        book.truth[key] = None
        book.touched.add(key)


@mutation("A21")
def nothing_filled_in(book: Book) -> None:
    _declare(book, "否")
    _erase(book, [key for key in book.inputs() if key != ZERO_REPORT])


@mutation("A21")
def half_filled_in(book: Book) -> None:
    _declare(book, "否")
    _erase(book, [key for key in book.inputs(CellType.COUNT, CellType.DECIMAL) if book.rng.random() < 0.5])


@mutation("A21", "R-ZERO-REPORT")
def a_declared_zero_report_of_blanks(book: Book) -> None:
    _erase(book, [key for key in book.inputs(CellType.COUNT, CellType.DECIMAL) if key.count(".") > 1])
    _declare(book, DECLARED)


@mutation("A21")
def a_declared_zero_report_of_zeros(book: Book) -> None:
    for key in book.inputs(CellType.COUNT, CellType.DECIMAL):
        book.put(book.cells[key], "0", type_="n")
        book.truth[key] = 0
        book.touched.add(key)
    _declare(book, DECLARED)


@mutation("A21")
def only_the_cover_filled_in(book: Book) -> None:
    _declare(book, "否")
    _erase(book, [key for key in book.inputs() if not key.startswith("cover.")])


def _declare(book: Book, answer: str) -> None:
    if ZERO_REPORT in book.cells:
        book.put(book.cells[ZERO_REPORT], answer)
        book.truth[ZERO_REPORT] = answer
        book.touched.add(ZERO_REPORT)
