"""What is written in an inserted row is nobody's answer, and what we printed is not told."""

from __future__ import annotations

import pytest

from tianbao.workbook.beside import Lines, Printed, beside
from tianbao.workbook.package import RawCell, Sheet, Visibility

LOCKED, OPEN = 0, 1


def text(content: str) -> RawCell:
    return RawCell("s", content, None, LOCKED)


def number(content: str, formula: str | None = None, style: int = OPEN) -> RawCell:
    return RawCell("n", content, formula, style)


#: Answers were put into B2 and B3; a row was inserted between them.
PAIRS = [("B2", "B2"), ("B3", "B4")]
PRINTED = Printed(frozenset({"A5"}), frozenset({"标题", "一、"}), frozenset({"上年数"}))


def told(cells: dict[str, RawCell]) -> list[str]:
    sheet = Sheet("表", Visibility.VISIBLE, {"B2": number("1"), "B4": number("2"), **cells})
    return [ref for ref, _ in beside(sheet, PAIRS, PRINTED, frozenset({LOCKED}))]


@pytest.mark.parametrize(("line", "stood"), [(1, 1), (2, 2), (3, None), (4, 3), (5, 4), (9, 8)], ids=str)
def test_a_line_stood_where_its_neighbours_say(line: int, stood: int | None) -> None:
    assert Lines({2: 2, 4: 3}).stood(line) == stood


def test_a_figure_or_a_word_in_the_inserted_row_is_told() -> None:
    assert told({"B3": number("9"), "A3": text("含街道")}) == ["B3", "A3"]


def test_what_we_print_is_not_told_wherever_it_stands() -> None:
    assert told({"A1": text("标 题"), "A3": text("一、"), "C3": number("3", "SUM(B2:B4)", LOCKED)}) == []


def test_a_formula_in_an_open_cell_is_told() -> None:
    assert told({"C3": number("3", "SUM(B2:B4)")}) == ["C3"]


def test_last_years_figures_are_not_told() -> None:
    assert told({"A9": text("上年数"), "B9": number("7"), "A6": number("1")}) == []
