"""A9, A11, A12: what people and programs do to formulas, and formulas where a number was asked for."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.mutations.book import MAIN, Book, NotPossibleError
from tests.mutations.table import mutation
from tests.mutations.typed import BAD
from tianbao.form.model import CellType

V, F = f"{{{MAIN}}}v", f"{{{MAIN}}}f"


def _formula_cells(book: Book) -> list[ET.Element]:
    """Return every computed cell of the form that still has its formula."""
    keys = [cell.key for cell in book.form.computed if cell.key in book.cells]
    return [book.cells[key] for key in keys if book.cells[key].find(F) is not None]


# ── A9: typed over ───────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A9", "R-OVERWRITTEN")
def a_total_typed_over_with_another_number(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "77777", type_="n")


@mutation("A9", "R-OVERWRITTEN")
def a_total_typed_over_with_its_own_number(book: Book) -> None:
    cell = book.cells[book.pick_total()]
    book.put(cell, cell.findtext(V) or "0", type_="n")


@mutation("A9", "R-OVERWRITTEN")
def a_total_typed_over_as_text_number(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "12")


@mutation("A9", "R-OVERWRITTEN-TEXT")
def a_total_typed_over_with_words(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "见上")


@mutation("A9", "R-ERASED")
def a_total_erased(book: Book) -> None:
    book.clear(book.cells[book.pick_total()])


@mutation("A9", "R-OVERWRITTEN")
def a_zero_typed_over_a_total(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "0", type_="n")


@mutation("A9", "R-OVERWRITTEN", also=["R-OVERWRITTEN-TEXT", "R-ERASED"])
def all_formulas_replaced_by_their_results(book: Book) -> None:
    for cell in _formula_cells(book):
        formula = cell.find(F)
        assert formula is not None
        cell.remove(formula)


@mutation("A9", "R-OVERWRITTEN")
def all_totals_typed_over_with_zero(book: Book) -> None:
    for cell in _formula_cells(book):
        book.put(cell, "0", type_="n")


@mutation("A9", "R-FORMULA")
def a_formula_that_adds_one(book: Book) -> None:
    cell = book.cells[book.pick_total()]
    book.put(cell, cell.findtext(V) or "0", type_="n", formula=f"{cell.findtext(F)}+1")


@mutation("A9", "R-FORMULA")
def a_formula_broken_by_a_cut_cell(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "#REF!", type_="e", formula="SUM(#REF!)")


@mutation("A9", "R-FORMULA")
def a_formula_that_is_a_constant(book: Book) -> None:
    book.put(book.cells[book.pick_total()], "5", type_="n", formula="5")


@mutation("A9", "R-CHECK-FORMULA")
def a_check_that_always_passes(book: Book) -> None:
    sheet = book.sheet("审核")
    verdict = next(
        (
            cell
            for line in sheet.iter(f"{{{MAIN}}}row")
            for cell in line
            if book.text(cell) in "√×△—" and cell.find(F) is not None and book.text(cell)
        ),
        None,
    )
    if verdict is None:
        raise NotPossibleError
    book.put(verdict, "√", type_="str", formula='"√"')


# ── A11: cached results ──────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A11")
def cached_results_missing(book: Book) -> None:
    for cell in _formula_cells(book):
        for value in cell.findall(V):
            cell.remove(value)
        cell.attrib.pop("t", None)


@mutation("A11")
def cached_results_empty(book: Book) -> None:
    for cell in _formula_cells(book):
        for value in cell.findall(V):
            value.text = ""
        cell.attrib.pop("t", None)


@mutation("A11")
def cached_results_all_zero(book: Book) -> None:
    for cell in _formula_cells(book):
        book.put(cell, "0", type_="n", formula=cell.findtext(F))


@mutation("A11")
def cached_results_stale(book: Book) -> None:
    for cell in _formula_cells(book):
        book.put(cell, "777", type_="n", formula=cell.findtext(F))


@mutation("A11")
def cached_results_that_are_errors(book: Book) -> None:
    for cell in _formula_cells(book):
        book.put(cell, "#VALUE!", type_="e", formula=cell.findtext(F))


@mutation("A11")
def cached_results_that_are_texts(book: Book) -> None:
    for cell in _formula_cells(book):
        book.put(cell, "未计算", type_="str", formula=cell.findtext(F))


# ── A12: formulas where a number was asked for ───────────────────────────────────────────────────────────────────────


def _input(book: Book, formula: str, result: str, type_: str = "n") -> str:
    key = book.pick(CellType.COUNT, where=lambda cell: not cell.negative)
    book.put(book.cells[key], result, type_=type_, formula=formula)
    return key


@mutation("A12", "V-FORMULA")
def a_sum_typed_as_a_formula(book: Book) -> None:
    book.truth[_input(book, "3+2", "5")] = 5


@mutation("A12", "V-FORMULA-EMPTY")
def a_formula_without_a_result(book: Book) -> None:
    book.truth[_input(book, "3+2", "")] = BAD


@mutation("A12", "V-FORMULA-EXTERNAL")
def a_formula_to_another_workbook(book: Book) -> None:
    book.truth[_input(book, "[1]Sheet1!A1", "8")] = 8


@mutation("A12", "V-FORMULA-EXTERNAL")
def a_formula_that_calls_a_program(book: Book) -> None:
    book.truth[_input(book, "cmd|'/C calc'!A0", "9")] = 9


@mutation("A12", "V-ERROR")
def a_formula_whose_result_is_an_error(book: Book) -> None:
    book.truth[_input(book, "1/0", "#DIV/0!", "e")] = BAD


@mutation("A12", "V-NOT-WHOLE")
def a_formula_whose_result_is_a_fraction(book: Book) -> None:
    book.truth[_input(book, "7/2", "3.5")] = BAD


@mutation("A12", "V-UNREADABLE")
def a_formula_whose_result_is_words(book: Book) -> None:
    book.truth[_input(book, '"详见"&"附件"', "详见附件", "str")] = BAD


@mutation("A12", "V-FORMULA", "V-TEXT-NUMBER")
def a_formula_whose_result_is_a_text_number(book: Book) -> None:
    book.truth[_input(book, 'TEXT(12,"0")', "12", "str")] = 12


@mutation("A12", "V-PICTURE")
def a_picture_in_a_cell(book: Book) -> None:
    book.truth[_input(book, '_xlfn.DISPIMG("ID_1",1)', '=DISPIMG("ID_1",1)', "str")] = BAD


@mutation("A12", "V-FORMULA")
def a_formula_that_adds_other_answers(book: Book) -> None:
    other = book.pick(CellType.COUNT, filled=True)
    book.truth[_input(book, f"SUM({book.cells[other].get('r')})", "44")] = 44


@mutation("A12", "V-FORMULA")
def a_shared_formula_in_two_inputs(book: Book) -> None:
    first, second = (book.pick(CellType.COUNT, where=lambda cell: not cell.negative) for _ in range(2))
    if book.sheet_of(first) is not book.sheet_of(second):
        second = ""
    for key, result in ((first, "6"), (second, "7")):
        if key:
            book.put(book.cells[key], result, type_="n", formula="2*3" if key == first else "")
            formula = book.cells[key].find(F)
            assert formula is not None
            formula.set("t", "shared")
            formula.set("si", "9")
            book.truth[key] = int(result)


@mutation("A12", "V-FORMULA")
def an_array_formula_in_an_input(book: Book) -> None:
    key = _input(book, "SUM(1,2)", "3")
    formula = book.cells[key].find(F)
    assert formula is not None
    formula.set("t", "array")
    formula.set("ref", str(book.cells[key].get("r")))
    book.truth[key] = 3
