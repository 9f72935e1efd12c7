"""A7, A13, A14: rows and columns inserted, deleted, moved, sorted, hidden, merged; cells cut and pasted."""

from __future__ import annotations

from copy import deepcopy
from xml.etree import ElementTree as ET

from tests.mutations.book import MAIN, Book, NotPossibleError, number, rows
from tests.mutations.table import mutation
from tianbao.form.model import CellType, Kind
from tianbao.workbook.layout import KEY_COLUMN, Block
from tianbao.workbook.package import column_letters

#: What is told of answers that stand elsewhere than they were put.
MOVED = ["R-MOVED"]


def _now(book: Book, block: Block, row: int = 0, column: int = 0) -> tuple[int, int]:
    """Say where an answer of a table stands now: its row-th line, its column-th answer."""
    keys = [answer.key for answer in block.answers]
    width = len(block.column_keys)
    return number(book.cells[keys[row * width + column]])


# ── A7: inserted ─────────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A7", *MOVED)
def a_row_inserted_above_everything(book: Book) -> None:
    sheet, _ = book.largest()
    book.insert_rows(sheet, 1)


@mutation("A7", *MOVED)
def a_row_inserted_above_the_title(book: Book) -> None:
    sheet, _ = book.largest()
    book.insert_rows(sheet, 4)


@mutation("A7", *MOVED)
def a_row_inserted_in_the_table(book: Book) -> None:
    sheet, block = book.largest()
    book.insert_rows(sheet, _now(book, block, row=1)[0])


@mutation("A7", *MOVED)
def three_rows_inserted_in_the_table(book: Book) -> None:
    sheet, block = book.largest()
    book.insert_rows(sheet, _now(book, block, row=2)[0], 3)


@mutation("A7", *MOVED)
def rows_inserted_between_head_and_table(book: Book) -> None:
    sheet, block = book.largest()
    book.insert_rows(sheet, _now(book, block)[0])


@mutation("A7", "R-MOVED", "R-BESIDE")
def an_inserted_row_with_numbers_in_it(book: Book) -> None:
    """What is written into a row that is nobody's is told, and belongs to no answer."""
    sheet, block = book.largest()
    row, column = _now(book, block, row=1)
    book.insert_rows(sheet, row)
    book.write_beside(sheet, row, column, "4321")


@mutation("A7", *MOVED)
def a_column_inserted_before_the_keys(book: Book) -> None:
    sheet, _ = book.largest()
    book.insert_columns(sheet, KEY_COLUMN)


@mutation("A7", *MOVED)
def a_column_inserted_after_the_keys(book: Book) -> None:
    sheet, _ = book.largest()
    book.insert_columns(sheet, KEY_COLUMN + 1)


@mutation("A7", *MOVED)
def a_column_inserted_before_the_answers(book: Book) -> None:
    sheet, block = book.largest()
    book.insert_columns(sheet, _now(book, block)[1])


@mutation("A7", *MOVED)
def two_columns_inserted_in_the_table(book: Book) -> None:
    sheet, block = book.largest()
    book.insert_columns(sheet, _now(book, block, column=1)[1], 2)


@mutation("A7", "R-MOVED", "R-BESIDE")
def an_inserted_column_with_numbers_in_it(book: Book) -> None:
    sheet, block = book.largest()
    row, column = _now(book, block, column=1)
    book.insert_columns(sheet, column)
    book.write_beside(sheet, row, column, "4321")


@mutation("A7", *MOVED)
def a_row_and_a_column_inserted(book: Book) -> None:
    sheet, block = book.largest()
    row, column = _now(book, block, row=1, column=1)
    book.insert_rows(sheet, row)
    book.insert_columns(sheet, column)


@mutation("A7", *MOVED)
def a_row_inserted_on_every_sheet(book: Book) -> None:
    for name in book.layout.sheet_names[1:-1]:
        book.insert_rows(book.sheet(name), 6)


# ── A7: deleted ──────────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A7", "R-MISSING", "R-MOVED")
def a_row_of_answers_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_rows(sheet, _now(book, block, row=1)[0])


@mutation("A7", "R-MISSING", "R-MOVED")
def three_rows_of_answers_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_rows(sheet, _now(book, block)[0], 3)


@mutation("A7", "R-MISSING", "R-MOVED")
def a_column_of_answers_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_columns(sheet, _now(book, block, column=1)[1])


@mutation("A7", "R-MISSING", "R-MOVED")
def the_first_two_columns_of_answers_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_columns(sheet, _now(book, block)[1], 2)


@mutation("A7", "R-MISSING", also=["R-MOVED", "R-CHECK-FORMULA", "R-ALTERED", "R-BESIDE", "R-MERGED"])
def the_row_of_totals_deleted(book: Book) -> None:
    sheet, block = book.largest()
    totals = [a.key for a in block.answers if a.cell.kind is Kind.COMPUTED and a.key.split(".")[1] == "total"]
    if not totals:
        raise NotPossibleError
    book.delete_rows(sheet, number(book.cells[totals[0]])[0])


@mutation("A7", "R-MOVED")
def the_titles_deleted(book: Book) -> None:
    sheet, _ = book.largest()
    book.delete_rows(sheet, 4, 2)


@mutation("A7", "R-LABEL", "R-MOVED")
def the_heads_deleted(book: Book) -> None:
    """The keys still say which column is which."""
    sheet, block = book.largest()
    first, last = block.head
    book.delete_rows(sheet, first, last - first + 1)


@mutation("A7", "R-BY-LABELS", "R-MOVED")
def the_key_row_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_rows(sheet, block.key_row)


@mutation("A7", "R-BY-LABELS", "R-MOVED", also=["R-MARK-CELL"])
def the_key_column_deleted(book: Book) -> None:
    sheet, _ = book.largest()
    book.delete_columns(sheet, KEY_COLUMN)


@mutation("A7", "R-LABEL", "R-MOVED")
def the_column_of_labels_deleted(book: Book) -> None:
    """The keys still say which row is which."""
    sheet, block = book.largest()
    column = _now(book, block)[1] - 1
    book.delete_columns(sheet, column)


@mutation("A7", "R-MOVED")
def everything_above_the_key_row_deleted(book: Book) -> None:
    sheet, block = book.largest()
    book.delete_rows(sheet, 1, block.key_row - 1)


@mutation("A7", "R-BY-LABELS", "R-MOVED")
def the_hidden_lines_deleted_on_every_table(book: Book) -> None:
    for plan, sheet in book.table_sheets():
        for block in reversed(plan.blocks):
            book.delete_rows(sheet, block.key_row)
        book.delete_columns(sheet, KEY_COLUMN)


# ── A13: moved and sorted ────────────────────────────────────────────────────────────────────────────────────────────


def _exchange(book: Book, sheet: ET.Element, this: int, that: int, *, first_column: int) -> None:
    """Let two rows change places from a column on; the cells keep what stands in them."""
    lines = {int(line.get("r", "0")): line for line in rows(sheet)}
    mine = [cell for cell in lines[this] if number(cell)[1] >= first_column]
    theirs = [cell for cell in lines[that] if number(cell)[1] >= first_column]
    for cells, source, target in ((mine, this, that), (theirs, that, this)):
        for cell in cells:
            lines[source].remove(cell)
            cell.set("r", f"{column_letters(number(cell)[1])}{target}")
    lines[that].extend(mine)
    lines[this].extend(theirs)
    del book


@mutation("A13", "R-SORTED", "R-MOVED")
def two_rows_sorted_without_their_keys(book: Book) -> None:
    sheet, block = book.largest()
    this, that = (_now(book, block, row=row)[0] for row in (0, 1))
    _exchange(book, sheet, this, that, first_column=KEY_COLUMN + 1)


@mutation("A13", "R-MOVED")
def two_rows_moved_with_their_keys(book: Book) -> None:
    sheet, block = book.largest()
    this, that = (_now(book, block, row=row)[0] for row in (0, 1))
    _exchange(book, sheet, this, that, first_column=KEY_COLUMN)


@mutation("A13", "R-SORTED", "R-MOVED")
def two_row_labels_exchanged(book: Book) -> None:
    """Only the labels: it cannot be told from a sort, and is queried."""
    sheet, block = book.largest()
    this, that = (_now(book, block, row=row)[0] for row in (0, 1))
    before = _now(book, block)[1]
    one, other = book.cell_at(sheet, this, before - 1), book.cell_at(sheet, that, before - 1)
    if not book.text(one):  # a label that spans two columns stands in the first
        one, other = book.cell_at(sheet, this, KEY_COLUMN + 1), book.cell_at(sheet, that, KEY_COLUMN + 1)
    mine, theirs = book.text(one), book.text(other)
    book.put(one, theirs)
    book.put(other, mine)
    width = len(block.column_keys)
    for answer in block.answers[: 2 * width]:
        book.touched.add(answer.key)
        if answer.key in book.truth:
            book.exchanged[answer.key] = book.truth[answer.key]
            book.truth[answer.key] = ("one of", _either(book, block, answer.key))


def _either(book: Book, block: Block, key: str) -> tuple[object, object]:
    width = len(block.column_keys)
    keys = [answer.key for answer in block.answers[: 2 * width]]
    other = keys[(keys.index(key) + width) % (2 * width)]
    return _held(book, key), _held(book, other)


def _held(book: Book, key: str) -> object:
    truth = book.truth.get(key)
    return truth[1][0] if isinstance(truth, tuple) else truth


@mutation("A13", "R-SORTED", "R-LOCKED")
def two_row_keys_exchanged(book: Book) -> None:
    """The keys lie and the labels give it away, as after a sort: the labels are believed, and it is queried."""
    sheet, block = book.largest()
    this, that = (book.cell_at(sheet, _now(book, block, row=row)[0], KEY_COLUMN) for row in (0, 1))
    mine, theirs = book.text(this), book.text(that)
    book.put(this, theirs)
    book.put(that, mine)


@mutation("A13", "R-DISAGREE", "R-MOVED")
def two_column_keys_exchanged(book: Book) -> None:
    sheet, block = book.largest()
    one, other = (book.cell_at(sheet, _key_row(book, block), _now(book, block, column=n)[1]) for n in (0, 1))
    mine, theirs = book.text(one), book.text(other)
    book.put(one, theirs)
    book.put(other, mine)


def _key_row(book: Book, block: Block) -> int:
    return _now(book, block)[0] - (min(block.row_keys) - block.key_row)


@mutation("A13", "R-BESIDE", also=["R-LOCKS", "R-ALTERED"])
def a_number_written_below_the_table(book: Book) -> None:
    sheet, block = book.largest()
    row, column = _now(book, block)
    book.write_beside(sheet, row + len(block.row_keys) + 8, column, "4321")


@mutation("A13", "R-BESIDE")
def a_number_written_far_away(book: Book) -> None:
    sheet, _ = book.largest()
    book.write_beside(sheet, 200, 60, "4321")


@mutation("A13", "R-BESIDE")
def words_written_beside_the_table(book: Book) -> None:
    sheet, block = book.largest()
    row, _ = _now(book, block)
    book.write_beside(sheet, row, 40, "已核", type_="s")


@mutation("A9", also=["R-FORMULA"])
def an_answer_cut_and_pasted_over_another(book: Book) -> None:
    """What was cut is blank, and what it was pasted over holds it."""
    first = book.pick(CellType.COUNT, filled=True, where=lambda cell: not cell.negative)
    second = book.pick(CellType.COUNT, where=lambda cell: not cell.negative)
    book.put(book.cells[second], book.text(book.cells[first]), type_="n")
    book.clear(book.cells[first])
    book.truth[second], book.truth[first] = book.truth[first], None


@mutation("A9")
def a_column_of_answers_typed_one_row_too_low(book: Book) -> None:
    """Nobody can see that but the checks; every number is read where it stands."""
    _, block = book.largest()
    width = len(block.column_keys)
    keys = [answer.key for n, answer in enumerate(block.answers) if n % width == 0 and answer.cell.kind is Kind.INPUT]
    held = [(book.text(book.cells[key]), book.truth[key]) for key in keys]
    for key, (text, truth) in zip(keys, [("", None), *held[:-1]], strict=True):
        book.put(book.cells[key], text, type_="n")
        book.truth[key] = truth
        book.touched.add(key)


# ── A14: hidden, merged, filtered ────────────────────────────────────────────────────────────────────────────────────


@mutation("A14", also=["R-HIDDEN"])
def a_row_of_answers_hidden(book: Book) -> None:
    sheet, block = book.largest()
    book.row(sheet, _now(book, block, row=1)[0]).set("hidden", "1")


@mutation("A14", also=["R-HIDDEN"])
def a_column_of_answers_hidden(book: Book) -> None:
    sheet, block = book.largest()
    at = str(_now(book, block, column=1)[1])
    columns = sheet.find(f"{{{MAIN}}}cols")
    assert columns is not None
    columns.append(ET.Element(f"{{{MAIN}}}col", min=at, max=at, width="0", hidden="1", customWidth="1"))


@mutation("A14")
def the_hidden_lines_shown(book: Book) -> None:
    for _, sheet in book.table_sheets():
        for line in rows(sheet):
            line.attrib.pop("hidden", None)
        for column in sheet.iter(f"{{{MAIN}}}col"):
            column.attrib.pop("hidden", None)


@mutation("A14", "R-MERGED")
def an_answer_merged_with_the_empty_cell_below(book: Book) -> None:
    sheet, block = book.largest()
    width = len(block.column_keys)
    keys = [answer.key for answer in block.answers if answer.cell.kind is Kind.INPUT]
    pairs = [
        (key, below)
        for key, below in zip(keys, keys[width - 1 :], strict=False)
        if number(book.cells[below]) == (number(book.cells[key])[0] + 1, number(book.cells[key])[1])
        and not {key, below} & book.touched
    ]
    if not pairs:
        raise NotPossibleError
    key, below = book.rng.choice(pairs)
    book.clear(book.cells[below])
    book.truth[below] = None
    book.touched |= {key, below}
    _merge(sheet, f"{book.cells[key].get('r')}:{book.cells[below].get('r')}")


def _merge(sheet: ET.Element, area: str) -> None:
    merged = sheet.find(f"{{{MAIN}}}mergeCells")
    if merged is None:
        merged = ET.Element(f"{{{MAIN}}}mergeCells")
        children = list(sheet)
        after = max(n for n, child in enumerate(children) if child.tag.endswith(("}sheetData", "}sheetProtection")))
        sheet.insert(after + 1, merged)
    ET.SubElement(merged, f"{{{MAIN}}}mergeCell", ref=area)


@mutation("A14", "R-MERGED")
def everything_unmerged(book: Book) -> None:
    for _, sheet in book.table_sheets():
        merged = sheet.find(f"{{{MAIN}}}mergeCells")
        if merged is not None:
            sheet.remove(merged)


@mutation("A14")
def a_filter_and_other_panes(book: Book) -> None:
    sheet, block = book.largest()
    view = sheet.find(f"{{{MAIN}}}sheetViews/{{{MAIN}}}sheetView")
    assert view is not None
    for child in list(view):
        view.remove(child)
    after = next(n for n, child in enumerate(sheet) if child.tag.endswith("}sheetProtection"))
    row, column = _now(book, block)
    area = f"A{row - 1}:{column_letters(column + 2)}{row + 3}"
    sheet.insert(after + 1, ET.Element(f"{{{MAIN}}}autoFilter", ref=area))


@mutation("A14", also=["R-HIDDEN"])
def a_filter_that_hides_half_of_the_rows(book: Book) -> None:
    sheet, block = book.largest()
    for row in range(0, len(block.row_keys), 2):
        book.row(sheet, _now(book, block, row=row)[0]).set("hidden", "1")


@mutation("A14")
def rows_grouped_and_columns_widened(book: Book) -> None:
    sheet, block = book.largest()
    for row in range(len(block.row_keys)):
        book.row(sheet, _now(book, block, row=row)[0]).set("outlineLevel", "1")
    for column in sheet.iter(f"{{{MAIN}}}col"):
        column.set("width", "30")


# ── the same key twice ───────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A13", also=["R-COPY", "R-BESIDE", "R-TWICE", "R-MOVED"])
def a_row_copied_below_the_table_keys_and_all(book: Book) -> None:
    sheet, block = book.largest()
    row = _now(book, block)[0]
    end = max(int(line.get("r", "0")) for line in rows(sheet)) + 3
    line = next(line for line in rows(sheet) if int(line.get("r", "0")) == row)
    copy = deepcopy(line)
    copy.set("r", str(end))
    for cell in copy:
        cell.set("r", f"{column_letters(number(cell)[1])}{end}")
    rows(sheet).append(copy)


@mutation("A13", "R-TWICE", also=["R-COPY", "R-BESIDE", "R-MOVED"])
def a_row_copied_and_the_copy_changed(book: Book) -> None:
    """Two places for one key that hold different numbers: neither is taken."""
    a_row_copied_below_the_table_keys_and_all(book)
    sheet, block = book.largest()
    last = list(rows(sheet))[-1]
    inputs = [a for a in block.answers[: len(block.column_keys)] if a.cell.kind is Kind.INPUT]
    for answer in inputs:
        column = number(book.cells[answer.key])[1]
        copy = next(cell for cell in last if number(cell)[1] == column)
        book.put(copy, "4321", type_="n")
        book.truth[answer.key] = ("one of", (book.truth[answer.key], 4321))
        book.touched.add(answer.key)
