from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.cell import get_column_letter, range_boundaries

from tianbao.checks.ranges import ranges

ADDRESSES = [f"{column}{row}" for column, row in product(("Y", "Z", "AA", "AB"), (8, 9, 10, 11))]


@pytest.mark.parametrize(
    ("cells", "named", "why"),
    [
        ("E6", "E6", "a cell alone"),
        ("E10 E11 E33 E34", "E10:E11 E33:E34", "neighbours in one column"),
        ("C10 D10 E10", "C10:E10", "neighbours in one row"),
        ("E9 E10", "E9:E10", "rows are counted, not spelt"),
        ("Y3 Z3 AA3 AB3", "Y3:AB3", "columns are counted, not spelt"),
        ("C9 D9 E9 C10 D10 E10", "C9:E10", "rows of equal length, one below the other"),
        ("E11 E10 K10", "E10:E11 K10", "the order of reading, not that of the rule"),
        ("D9 C10 D10 E10", "D9 C10:E10", "the way that takes fewer ranges: across"),
        ("D9 C10 D10 D11", "D9:D11 C10", "the way that takes fewer ranges: down"),
        ("C9 D9 C10 C11", "C9:C11 D9", "either way takes as many: down"),
        ("C9 E9 G9", "C9 E9 G9", "every second column"),
        ("", "", "none"),
    ],
)
def test_neighbours_are_named_together(cells: str, named: str, why: str) -> None:
    assert " ".join(ranges(cells.split())) == named, why


@given(st.lists(st.sampled_from(ADDRESSES), unique=True))
def test_the_ranges_hold_each_of_the_cells_once_and_no_other(cells: list[str]) -> None:
    held = [address for area in ranges(cells) for address in _cells(area)]

    assert sorted(held) == sorted(cells)


def _cells(area: str) -> list[str]:
    left, top, right, bottom = range_boundaries(area)
    assert left
    assert top
    assert right
    assert bottom
    return [f"{get_column_letter(x)}{y}" for x, y in product(range(left, right + 1), range(top, bottom + 1))]
