"""A6, A8, A10, A13: sheets renamed, moved, copied, deleted; marks lost; labels changed; only values left."""

from __future__ import annotations

from copy import deepcopy
from xml.etree import ElementTree as ET

from tests.mutations.book import MAIN, Book, NotPossibleError, number, rows
from tests.mutations.table import NOTES, mutation
from tianbao.form.model import CellType
from tianbao.workbook.identify import MARKER
from tianbao.workbook.layout import (
    AUDIT_SHEET,
    COVER_SHEET,
    GUIDE_SHEET,
    KEY_COLUMN,
    MACHINE_SHEET,
    TEXT_SHEET,
    Block,
    Role,
)

F = f"{{{MAIN}}}f"


def _largest_name(book: Book) -> str:
    return book.name_of(book.largest()[0])


# ── A6: sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A6", "R-SHEET-RENAMED")
def a_sheet_renamed(book: Book) -> None:
    book.entry(_largest_name(book)).set("name", "表格")


@mutation("A6", "R-SHEET-RENAMED")
def a_sheet_renamed_with_a_blank_at_its_end(book: Book) -> None:
    name = _largest_name(book)
    book.entry(name).set("name", f"{name} ")


@mutation("A6", "R-SHEET-RENAMED", "R-SHEET-EXTRA", "R-SHEET-GONE")
def every_sheet_renamed(book: Book) -> None:
    for n, entry in enumerate(book.listed()[:-1], start=1):
        entry.set("name", f"Sheet{n}")


@mutation("A6", "R-SHEET-RENAMED")
def the_names_of_two_sheets_exchanged(book: Book) -> None:
    one, other = book.entry(_largest_name(book)), book.entry(COVER_SHEET)
    mine, theirs = one.get("name", ""), other.get("name", "")
    one.set("name", theirs)
    other.set("name", mine)


@mutation("A6")
def the_sheets_in_reverse_order(book: Book) -> None:
    sheets = book.part("xl/workbook.xml").find(f"{{{MAIN}}}sheets")
    assert sheets is not None
    sheets[:] = list(sheets)[::-1]
    names = book.part("xl/workbook.xml").find(f"{{{MAIN}}}definedNames")
    if names is not None:
        names.clear()


@mutation("A6", "R-SHEET-EXTRA")
def a_sheet_of_words_added(book: Book) -> None:
    book.add_sheet("说明", _page(book, "本表已核对。", "s"))


@mutation("A6", "R-SHEET-EXTRA")
def a_sheet_of_numbers_added(book: Book) -> None:
    book.add_sheet("台账", _page(book, "123", "n"), at=0)


@mutation("A6")
def an_empty_sheet_added(book: Book) -> None:
    book.add_sheet("Sheet1", _page(book, "", "n"))


@mutation("A6", "R-SHEET-EXTRA-HIDDEN")
def a_hidden_sheet_added(book: Book) -> None:
    book.add_sheet("数据", _page(book, "123", "n"))
    book.entry("数据").set("state", "hidden")


def _page(book: Book, text: str, type_: str) -> ET.Element:
    sheet = ET.fromstring(f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')  # noqa: S314  written here
    if text:
        book.put(book.cell_at(sheet, 3, 3), text, type_=type_)
    return sheet


@mutation("A6", "R-COPY")
def a_sheet_duplicated(book: Book) -> None:
    name = _largest_name(book)
    book.add_sheet(f"{name} (2)", deepcopy(book.sheet(name)))


@mutation("A6", "R-COPY")
def a_sheet_duplicated_before_the_original(book: Book) -> None:
    name = _largest_name(book)
    book.add_sheet(f"{name} (2)", deepcopy(book.sheet(name)), at=0)


@mutation("A6", "R-TWICE", also=["R-COPY"])
def a_sheet_duplicated_and_the_copy_filled_in(book: Book) -> None:
    name = _largest_name(book)
    key = next(answer.key for answer in book.largest()[1].answers if answer.key in book.truth)
    ref = book.cells[key].get("r")
    book.add_sheet(f"{name} (2)", deepcopy(book.sheet(name)))
    copy = book.sheet(f"{name} (2)")
    twin = next(cell for line in rows(copy) for cell in line if cell.get("r") == ref)
    book.put(twin, "4321", type_="n")
    book.truth[key] = ("one of", (book.truth[key], 4321))
    book.touched.add(key)


@mutation("A6", "R-SHEET-RENAMED")
def a_sheet_replaced_by_its_copy(book: Book) -> None:
    """The copy is kept, and the original is deleted."""
    name = _largest_name(book)
    book.entry(name).set("name", f"{name} (2)")


@mutation("A6", "R-MISSING-TABLE", also=["R-SHEET-GONE"])
def a_sheet_of_tables_deleted(book: Book) -> None:
    book.drop_sheet(_largest_name(book))


@mutation("A6", "R-MISSING-TABLE")
def the_cover_deleted(book: Book) -> None:
    book.drop_sheet(COVER_SHEET)


@mutation("A6", "R-MISSING-TABLE")
def the_texts_deleted(book: Book) -> None:
    book.drop_sheet(TEXT_SHEET)


@mutation("A6", "R-SHEET-GONE")
def the_guide_deleted(book: Book) -> None:
    book.drop_sheet(GUIDE_SHEET)


@mutation("A6", "R-MISSING-TABLE", also=["R-SHEET-GONE"])
def the_audit_deleted(book: Book) -> None:
    book.drop_sheet(AUDIT_SHEET)


@mutation("A14", "R-HIDDEN-SHEET")
def a_sheet_hidden(book: Book) -> None:
    book.entry(_largest_name(book)).set("state", "hidden")


@mutation("A14", "R-HIDDEN-SHEET")
def a_sheet_hidden_for_good(book: Book) -> None:
    book.entry(_largest_name(book)).set("state", "veryHidden")


# ── A8: marks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A8", "R-MARK-SHEET")
def the_hidden_sheet_deleted(book: Book) -> None:
    book.drop_sheet(MACHINE_SHEET)


@mutation("A8", "R-MARK-PROPERTY")
def the_properties_stripped(book: Book) -> None:
    _strip(book)


def _strip(book: Book) -> None:
    book.parts.pop("docProps/custom.xml", None)
    links = book.part("_rels/.rels")
    for link in list(links):
        if link.get("Type", "").endswith("custom-properties"):
            links.remove(link)
    types = book.part("[Content_Types].xml")
    for entry in list(types):
        if entry.get("PartName") == "/docProps/custom.xml":
            types.remove(entry)


@mutation("A8", "R-MARK-CELL")
def the_marks_of_the_sheets_erased(book: Book) -> None:
    _unmark(book)


def _unmark(book: Book) -> None:
    for entry in book.listed():
        if entry.get("name") != MACHINE_SHEET:
            for cell in book.part(book.place(entry)).iter(f"{{{MAIN}}}c"):
                if book.text(cell).startswith(MARKER):
                    book.clear(cell)


@mutation("A8", "R-MARK-SHEET", "R-MARK-PROPERTY")
def hidden_sheet_and_properties_gone(book: Book) -> None:
    book.drop_sheet(MACHINE_SHEET)
    _strip(book)


@mutation("A8", "R-MARK-PROPERTY", "R-MARK-CELL")
def only_the_hidden_sheet_left(book: Book) -> None:
    _strip(book)
    _unmark(book)


@mutation("A8", "R-MARK-SHEET", "R-MARK-CELL")
def only_the_properties_left(book: Book) -> None:
    book.drop_sheet(MACHINE_SHEET)
    _unmark(book)


@mutation("A8", "R-FORM-BY-LABELS", "R-PRINTED")
def every_hidden_mark_gone(book: Book) -> None:
    book.drop_sheet(MACHINE_SHEET)
    _strip(book)
    _unmark(book)


@mutation("A8", "R-FORM-BY-LABELS", "R-NO-IDENTITY", nobodys=True)
def every_mark_gone_and_the_printed_line_too(book: Book) -> None:
    every_hidden_mark_gone(book)
    for entry in book.listed():
        for cell in book.part(book.place(entry)).iter(f"{{{MAIN}}}c"):
            if "填报单位：" in book.text(cell):
                book.clear(cell)


@mutation("A8")
def the_defined_names_deleted(book: Book) -> None:
    root = book.part("xl/workbook.xml")
    names = root.find(f"{{{MAIN}}}definedNames")
    if names is None:
        raise NotPossibleError
    root.remove(names)


@mutation("A8", also=["R-IDENTITY"], verdict=NOTES)
def one_sheet_of_another_unit_among_them(book: Book) -> None:
    """The neighbour's sheet was copied in: which unit it is, most marks say; that one differs is told."""
    for cell in book.largest()[0].iter(f"{{{MAIN}}}c"):
        if book.text(cell).startswith(MARKER):
            book.put(cell, book.text(cell).replace("140922018", "140922019").replace("白家庄镇", "豆村镇"))


# ── A13: labels ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _labels(book: Book, role: Role) -> tuple[ET.Element, Block, list[ET.Element]]:
    """Return the cells of the innermost labels of the largest table: beside its rows, or above its columns."""
    sheet, block = book.largest()
    row, column = number(book.cells[block.answers[0].key])
    down, right = row - block.answers[0].place.row, column - block.answers[0].place.column
    innermost = [
        box
        for box in block.boxes
        if box.role is role
        and (box.last_row == block.head[1] if role is Role.HEAD else box.last_column == min(block.column_keys) - 1)
    ]
    cells = [book.cell_at(sheet, box.row + down, box.column + right) for box in innermost]
    return sheet, block, [cell for cell in cells if book.text(cell)]


def _label(book: Book, role: Role) -> ET.Element:
    cells = _labels(book, role)[2]
    if not cells:
        raise NotPossibleError
    return book.rng.choice(cells)


@mutation("A13", "R-LABEL")
def a_row_label_rewritten(book: Book) -> None:
    book.put(_label(book, Role.ROW_LABEL), "（改）别的说法")


@mutation("A13", "R-LABEL")
def a_column_label_rewritten(book: Book) -> None:
    book.put(_label(book, Role.HEAD), "别的说法")


@mutation("A13", also=["R-LABEL", "R-LOCKED"])
def blanks_put_into_a_label(book: Book) -> None:
    cell = _label(book, Role.ROW_LABEL)
    book.put(cell, " ".join(book.text(cell)))


@mutation("A13", "R-LABEL")
def a_row_label_erased(book: Book) -> None:
    book.clear(_label(book, Role.ROW_LABEL))


@mutation("A13", "R-LABEL")
def a_remark_written_behind_a_label(book: Book) -> None:
    cell = _label(book, Role.ROW_LABEL)
    book.put(cell, f"{book.text(cell)}，含街道")


@mutation("A13", "R-LABEL", also=["R-DISAGREE"])
def all_row_labels_erased(book: Book) -> None:
    for cell in _labels(book, Role.ROW_LABEL)[2]:
        book.clear(cell)
    book.truth |= book.exchanged  # labels that are gone contradict nobody


@mutation("A13", "R-LOCKED")
def the_title_rewritten(book: Book) -> None:
    sheet, _ = book.largest()
    book.put(book.cell_at(sheet, 4, 2), "政府信息公开年报（2025）")


@mutation("A13", "R-DISAGREE", also=["R-LOCKED"])
def two_column_labels_exchanged(book: Book) -> None:
    cells = _labels(book, Role.HEAD)[2][:2]
    if len(cells) < 2:
        raise NotPossibleError
    (one, mine), (other, theirs) = ((cell, book.text(cell)) for cell in cells)
    if mine == theirs:
        raise NotPossibleError
    book.put(one, theirs)
    book.put(other, mine)
    keys = [key for key in book.truth if key in book.cells and _is_in(book, key, {number(c)[1] for c in cells})]
    for key in keys:
        book.truth[key] = ("one of", (book.truth[key],))
        book.touched.add(key)


def _is_in(book: Book, key: str, columns: set[int]) -> bool:
    sheet, block = book.largest()
    del sheet
    return key in {answer.key for answer in block.answers} and number(book.cells[key])[1] in columns


def _key_cell(book: Book, sheet: ET.Element, key: str) -> ET.Element:
    for line in rows(sheet):
        for cell in line:
            if book.text(cell) == key:
                return cell
    raise NotPossibleError


@mutation("A13", also=["R-LOCKED", "R-MOVED", "R-BY-LABELS", "R-LABEL"])
def the_key_of_a_row_erased(book: Book) -> None:
    sheet, block = book.largest()
    book.clear(_key_cell(book, sheet, next(iter(block.row_keys.values()))))


@mutation("A13", also=["R-LOCKED", "R-BY-LABELS", "R-MISSING"])
def a_key_typed_over(book: Book) -> None:
    sheet, block = book.largest()
    book.put(_key_cell(book, sheet, next(iter(block.row_keys.values()))), "1")


@mutation("A13", "R-TWICE", also=["R-LOCKED", "R-BY-LABELS", "R-MISSING", "R-DISAGREE", "R-COPY"])
def the_key_of_a_row_typed_over_with_its_neighbours(book: Book) -> None:
    """One key is there twice; whose the second row is, only its label says."""
    sheet, block = book.largest()
    this, that = list(block.row_keys.values())[:2]
    book.put(_key_cell(book, sheet, that), this)


# ── A10: only values ─────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A10", also=["R-UNPROTECTED"], verdict=NOTES)
def the_protection_lifted(book: Book) -> None:
    for _, sheet in book.table_sheets():
        _drop(sheet, "sheetProtection")


@mutation("A10", "R-VALIDATION")
def the_validation_lost(book: Book) -> None:
    for _, sheet in book.table_sheets():
        _drop(sheet, "dataValidations")


@mutation("A10")
def the_colouring_lost(book: Book) -> None:
    for _, sheet in book.table_sheets():
        _drop(sheet, "conditionalFormatting")


def _drop(sheet: ET.Element, *tags: str) -> None:
    for child in list(sheet):
        if child.tag.rpartition("}")[2] in tags:
            sheet.remove(child)


@mutation(
    "A10",
    *("R-LOCKS", "R-VALIDATION", "R-OVERWRITTEN", "R-CHECK-FORMULA", "R-ALTERED"),
    also=["R-OVERWRITTEN-TEXT", "R-ERASED", "V-SERIAL-DATE"],
)
def values_pasted_over_everything(book: Book) -> None:
    """Formats, formulas and validation are gone; what was computed is a number now."""
    for _, sheet in book.table_sheets():
        _drop(sheet, "dataValidations", "conditionalFormatting")
        for cell in sheet.iter(f"{{{MAIN}}}c"):
            cell.attrib.pop("s", None)
            formula = cell.find(F)
            if formula is not None:
                cell.remove(formula)


@mutation("A10", "V-TEXT-NUMBER", also=["R-OVERWRITTEN", "R-ERASED"])
def every_number_of_a_table_as_text(book: Book) -> None:
    _, block = book.largest()
    for answer in block.answers:
        cell = book.cells[answer.key]
        if answer.key in book.truth and book.text(cell):
            book.put(cell, str(book.truth[answer.key]))
            book.touched.add(answer.key)


@mutation("A10", "R-LOCKS")
def a_paste_that_locks_the_cells(book: Book) -> None:
    """Excel's Normal style is locked; the numbers are in their places."""
    for key in book.inputs(CellType.COUNT):
        book.cells[key].attrib.pop("s", None)


@mutation("A10", "R-LOCKS")
def locked_cells_unlocked(book: Book) -> None:
    styles = {book.cells[key].get("s") for key in book.inputs(CellType.COUNT)}
    for cell in book.form.computed:
        if cell.key in book.cells:
            book.cells[cell.key].set("s", str(next(iter(styles))))


@mutation("A13", "R-MISSING-TABLE", also=["R-BY-LABELS", "R-MISSING"])
def keys_and_labels_of_a_table_erased(book: Book) -> None:
    """Nothing says any more which row is which: no number of the table is taken."""
    sheet, block = book.largest()
    for line in rows(sheet):
        for cell in list(line):
            if (number(cell)[1] == KEY_COLUMN or cell.get("t") == "s") and cell not in set(book.cells.values()):
                book.clear(cell)
    for key in [answer.key for answer in block.answers if answer.key in book.truth]:
        book.truth[key] = ("one of", (book.truth[key],))
        book.touched.add(key)


@mutation("A7", "R-BY-LABELS", "R-MOVED", also=["R-MARK-CELL"])
def the_hidden_lines_of_the_audit_deleted(book: Book) -> None:
    """What the unit has explained is found by the printed code and place of the check."""
    sheet = book.sheet(AUDIT_SHEET)
    book.delete_columns(sheet, KEY_COLUMN)
