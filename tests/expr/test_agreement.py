"""One table that every back end must pass: the sheet (computed by LibreOffice), the frame, and the exact value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import pytest
import xlsxwriter

from tests.expr.desk import OTHER, OWN, Typed, answers, bound, place
from tests.office.office import Content, Office
from tianbao.expr import excel, frame
from tianbao.expr.value import evaluate

D = Decimal


Expected: TypeAlias = float | Decimal | str | bool | None


class Case(NamedTuple):
    why: str
    text: str
    typed: Mapping[str, Typed]
    expected: Expected


#: Why it is asked, the expression, what was typed (all other cells stay blank), and what must come out.
TABLE: list[tuple[str, str, Mapping[str, Typed], Expected]] = [
    # Blanks and texts among numbers
    ("a blank adds nothing", "a + b", {"a": 7}, 7),
    ("a lone blank is 0", "a", {}, 0),
    ("a lone blank text stays blank", "t", {}, None),
    ("two blanks are equal", "a == b", {}, True),
    ("a blank equals 0", "a == 0", {}, True),
    ("a blank is not less than 0", "a < 0", {}, False),
    ("a text in a number cell counts as blank", "a + b", {"a": "五", "b": 2}, 2),
    ("a digit typed as text counts as blank in a sum", "sum(col)", {"a": "5", "b": 2}, 2),
    ("a lone text in a number cell counts as blank", "a == 0", {"a": "无"}, True),
    ("a text in a product counts as blank", "a * b", {"a": "x", "b": 2}, 0),
    ("a blank text equals the empty text", "t == ''", {}, True),
    ("a blank text equals blank", "t == blank", {}, True),
    ("a filled text does not equal blank", "t == blank", {"t": "是"}, False),
    ("a number equals blank when it is 0", "a == blank", {"a": 0}, True),
    ("blank alone is blank", "blank", {}, None),
    ("a chosen blank is blank", "a if a > 0 else blank", {}, None),
    ("a blank that is not chosen is not seen", "a if a > 0 else blank", {"a": 3}, 3),
    ("a chosen blank counts as 0 further on", "(a if a > 0 else blank) + 1", {}, 1),
    ("a chosen blank equals 0", "(a if a > 0 else blank) == 0", {}, True),
    ("a chosen blank equals the empty text", "(t if a > 0 else blank) == ''", {"t": "x"}, True),
    # Sums
    ("a sum over a column", "sum(col)", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}, 21),
    ("a sum over a row", "sum(row)", {"h": 1, "i": 2, "j": 3, "k": 4}, 10),
    ("a range broken by gaps", "sum(gaps)", {"a": 1, "b": 100, "c": 2, "d": 100, "e": 4}, 7),
    ("a sum over another sheet", "sum(other)", {"o1": 1, "o2": 2, "o3": 4}, 7),
    ("a cell beyond column AZ", "z - a", {"z": 9, "a": 4}, 5),
    ("everything at once", "sum(col, row, other) + z", {"a": 1, "k": 2, "o3": 4, "z": 8}, 15),
    ("a cell added twice counts twice", "a + a + sum(col)", {"a": 5, "b": 1}, 16),
    ("subtractions of neighbours", "c - a - b", {"a": 1, "b": 2, "c": 10}, 7),
    ("nothing but a subtraction", "-a", {"a": 4}, -4),
    ("a negated bracket", "a - (b - c)", {"a": 1, "b": 5, "c": 2}, -2),
    ("a double minus", "a - -b", {"a": 1, "b": 5}, 6),
    ("a sum of constants and cells", "a + 1.5 - 0.25", {"a": 1}, D("2.25")),
    ("negative answers", "a + b", {"a": -7, "b": 3}, -4),
    ("big counts", "a + b == c", {"a": 999_999_999_999, "b": 1, "c": 1_000_000_000_000}, True),
    ("big counts one apart", "a + b == c", {"a": 999_999_999_999, "b": 2, "c": 1_000_000_000_000}, False),
    # Equality
    ("the printed identity holds", "a + b == c + d", {"a": 7, "b": 0, "c": 6, "d": 1}, True),
    ("the printed identity is broken", "a + b == c + d", {"a": 7, "b": 0, "c": 6, "d": 0}, False),
    ("decimals that binary cannot hold", "p + q == 0.3", {"p": D("0.1"), "q": D("0.2")}, True),
    ("the last digit of an amount counts", "p == q", {"p": D("0.10"), "q": D("0.11")}, False),
    ("half of the last digit does not", "p == 0.104", {"p": D("0.10")}, False),
    ("less than half of the last digit is nothing", "w == 0.1", {"w": D("0.14999")}, True),
    ("half of the last digit is a difference", "w == 0.1", {"w": D("0.15")}, False),
    ("a difference just below the bound", "a == b", {"a": 1, "b": D("1.4999")}, True),
    ("a difference just above the bound", "a == b", {"a": 1, "b": D("1.5")}, False),
    ("a third times three", "a / 3 * 3 == a", {"a": 1}, True),
    ("unequal", "a != b", {"a": 1, "b": 2}, True),
    ("equal is not unequal", "p + q != 0.3", {"p": D("0.1"), "q": D("0.2")}, False),
    # Order
    ("less", "a < b", {"a": 1, "b": 2}, True),
    ("equal is not less", "p + q < 0.3", {"p": D("0.1"), "q": D("0.2")}, False),
    ("equal is not less, whichever way binary errs", "0.3 < p + q", {"p": D("0.1"), "q": D("0.2")}, False),
    ("equal is not greater, whichever way binary errs", "p + q > 0.3", {"p": D("0.1"), "q": D("0.2")}, False),
    ("equal is less or equal", "p + q <= 0.30", {"p": D("0.1"), "q": D("0.2")}, True),
    ("one more is not less or equal", "a <= b", {"a": 3, "b": 2}, False),
    ("greater", "a > b", {"a": 3, "b": 2}, True),
    ("equal is not greater", "a > b", {"a": 2, "b": 2}, False),
    ("equal is greater or equal", "a >= b", {"a": 2, "b": 2}, True),
    ("one less is not greater or equal", "a >= b", {"a": 1, "b": 2}, False),
    ("a negative number is less than a blank", "a < b", {"a": -1}, True),
    ("a chain that holds", "0 <= a <= b", {"a": 2, "b": 2}, True),
    ("a chain whose second link breaks", "0 <= a <= b", {"a": 3, "b": 2}, False),
    ("a chain whose first link breaks", "0 <= a <= b", {"a": -1, "b": 2}, False),
    # Texts
    ("texts are equal whatever their case", "t == u", {"t": "Abc", "u": "aBC"}, True),
    ("texts that differ", "t == '否'", {"t": "是"}, False),
    ("texts that differ are unequal", "t != '否'", {"t": "是"}, True),
    ("a code typed as a number is a text", "t == '12'", {"t": 12}, True),
    ("a quote inside a text", "t == 'a\"b'", {"t": 'a"b'}, True),
    ("a text is chosen", "t if a > 0 else '无'", {"t": "有"}, "无"),
    # Arithmetic
    ("a product of sums", "(a + b) * (c - d)", {"a": 1, "b": 2, "c": 10, "d": 4}, 18),
    ("a product with a negative factor", "a * -b", {"a": 3, "b": 2}, -6),
    ("a minus before a product", "a - b * c", {"a": 1, "b": 2, "c": 3}, -5),
    ("a quotient", "a / b", {"a": 7, "b": 2}, D("3.5")),
    ("a quotient of a quotient", "a / (b / c)", {"a": 12, "b": 6, "c": 2}, 4),
    ("a quotient by a constant", "a / 4", {"a": 6}, D("1.5")),
    ("a quotient by a negative constant", "a / -4", {"a": 6}, D("-1.5")),
    ("anything by 0 is 0", "a / b", {"a": 7, "b": 0}, 0),
    ("anything by blank is 0", "a / b", {"a": 7}, 0),
    ("anything by binary dust is 0", "a / (p + q - 0.3)", {"a": 7, "p": D("0.1"), "q": D("0.2")}, 0),
    ("a percentage", "round(a * 100 / b, 1)", {"a": 1, "b": 3}, D("33.3")),
    ("absolute", "abs(a - b)", {"a": 2, "b": 5}, 3),
    ("2.5 rounds away from zero", "round(p)", {"p": D("2.5")}, 3),
    ("-2.5 rounds away from zero", "round(p)", {"p": D("-2.5")}, -3),
    ("2.675 rounds to 2.68", "round(p, 2)", {"p": D("2.675")}, D("2.68")),
    ("1.005 rounds to 1.01", "round(p, 2)", {"p": D("1.005")}, D("1.01")),
    ("-1.005 rounds to -1.01", "round(p, 2)", {"p": D("-1.005")}, D("-1.01")),
    ("0.285 of a hundred", "round(p * 100)", {"p": D("0.285")}, 29),
    Case(
        "what a difference leaves is rounded as it should be",
        "round(p - q, 2)",
        {"p": D("1000.005"), "q": 1000},
        D("0.01"),
    ),
    ("half of three thirds", "round(a / 3 * 3 / 2)", {"a": 1}, 1),
    ("rounding of a blank", "round(a, 2)", {}, 0),
    # Logic and choice
    ("and", "a > 0 and b > 0", {"a": 1, "b": 0}, False),
    ("or", "a > 0 or b > 0", {"a": 1, "b": 0}, True),
    ("not", "not a > 0", {"a": 1}, False),
    ("and binds tighter than or", "a > 0 or b > 0 and c > 0", {"a": 1}, True),
    ("a nested choice", "1 if a > 2 else 2 if a > 1 else 3", {"a": 2}, 2),
    ("a choice between conditions", "a == b if c > 0 else a == d", {"a": 1, "b": 2, "c": 1, "d": 1}, False),
    ("a choice in a product", "a * (b if c > 0 else d)", {"a": 2, "b": 3, "d": 5}, 10),
    # Asking about the answers themselves
    ("a blank cell is blank", "blank(a)", {}, True),
    ("0 is not blank", "blank(a)", {"a": 0}, False),
    ("a negative number is not blank", "blank(a)", {"a": -1}, False),
    ("a text in a number cell is blank", "blank(a)", {"a": "无"}, True),
    ("a text is not blank", "blank(t)", {"t": "是"}, False),
    ("a blank text is blank", "blank(t)", {}, True),
    ("a group is blank when all of it is", "blank(gaps)", {"b": 1, "d": 1}, True),
    ("a group is not blank when one is filled", "blank(gaps)", {"e": 0}, False),
    ("filled numbers are counted", "count(col)", {"a": 0, "c": 5, "d": "x"}, 2),
    ("filled texts are counted", "count(ts)", {"x1": "是", "x3": "否"}, 2),
    ("the count over sheets and gaps", "count(other) + count(gaps)", {"o1": 1, "o3": 1, "e": 1}, 3),
    ("texts that equal", "countif(ts, '是')", {"x1": "是", "x2": "否", "x3": "是"}, 2),
    ("texts that equal whatever their case", "countif(ts, 'Yes')", {"x1": "yes", "x2": "YES!", "x3": "YES"}, 2),
    ("a part of a text does not equal", "countif(ts, '是')", {"x1": "不是", "x2": "是的"}, 0),
    ("numbers that equal", "countif(col, 2)", {"a": 2, "b": 3, "f": 2}, 2),
    ("blanks are not counted as 0", "countif(col, 0)", {"a": 0, "b": 1}, 1),
    ("a text that looks like the number does not equal", "countif(col, 2)", {"a": "2", "b": 2}, 1),
    ("a negative criterion", "countif(col, -1)", {"a": -1, "b": 1}, 1),
    ("amounts that equal", "countif(amounts, 0.3)", {"p": D("0.3"), "q": D("0.30"), "w": D("0.31")}, 2),
    ("a count in arithmetic", "count(col) * 2 - 1", {"a": 1, "b": 1}, 3),
    # Days
    ("a day is its number", "date(2025, 12, 31)", {}, 46022),
    ("a day of the year that was bound", "a == date(year, 12, 31)", {"a": 46022}, True),
    ("the day after", "a <= date(year, 12, 31)", {"a": 46023}, False),
]

CASES = [Case(*row) for row in TABLE]


def same(found: object, expected: Expected, *, slack: float = 1e-12) -> bool:
    """Compare across types: LibreOffice has numbers only, numpy has NaN for a blank."""
    if expected is None or isinstance(expected, str):
        return found == expected or (expected is None and isinstance(found, float) and isnan(found))
    return isinstance(found, float | int | Decimal | np.number | np.bool_) and float(found) == pytest.approx(
        float(expected), rel=1e-12, abs=slack
    )


@pytest.fixture(scope="module")
def computed(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Content]:
    """Lay all cases out in one workbook, one below the other, and let LibreOffice compute them."""
    path: Path = tmp_path_factory.mktemp("agreement") / "cases.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheets = {name: book.add_worksheet(name) for name in (OWN, OTHER)}
        for layout, case in enumerate(CASES):
            for key, value in case.typed.items():
                at = place(key, layout=layout)
                if isinstance(value, str):
                    sheets[at.sheet].write_string(at.row - 1, at.column - 1, value)
                elif value is not None:
                    sheets[at.sheet].write_number(at.row - 1, at.column - 1, value)
            formula = excel.formula(bound(case.text), lambda key, at=layout: place(key, layout=at), sheet=OWN)  # type: ignore[misc]
            sheets[OWN].write_formula(place("a", layout=layout).row - 1, 0, f"={formula}", value="")
    with office.open(path) as workbook:
        return workbook.read([(OWN, f"A{place('a', layout=layout).row}") for layout in range(len(CASES))])


@pytest.mark.office
@pytest.mark.parametrize(("position", "case"), list(enumerate(CASES)), ids=[case.why for case in CASES])
def test_the_sheet_gives_what_is_expected(computed: Sequence[Content], position: int, case: Case) -> None:
    assert same(computed[position], case.expected)


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_the_frame_gives_what_is_expected(case: Case) -> None:
    columns = {key: np.array([value], dtype=object) for key, value in answers(case.typed).items()}

    results = frame.evaluate(bound(case.text), columns)

    assert results.shape == (1,)
    assert isinstance(results[0], np.bool_) == isinstance(case.expected, bool)
    assert same(results[0], case.expected)


@pytest.mark.parametrize("case", CASES, ids=[case.why for case in CASES])
def test_the_exact_value_is_what_is_expected(case: Case) -> None:
    result = evaluate(bound(case.text), answers(case.typed).__getitem__)

    assert same(result, case.expected)
    assert isinstance(result, bool) == isinstance(case.expected, bool)
    assert not isinstance(result, float)
