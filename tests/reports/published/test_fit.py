from __future__ import annotations

from decimal import Decimal

import pytest

from tests.reports.published.reports import zeros
from tianbao.form.load import load_form
from tianbao.form.model import Form
from tianbao.form.printed import PrintedTable, make_parts
from tianbao.reports.published.fit import Fitted, Room, fitted
from tianbao.reports.published.printing import printed_value

#: A4 between the margins of GB/T 9704.
PAPER = Room(442.0, 590.0, 10.5)


def tables(form: Form) -> dict[str, PrintedTable]:
    return {table.tables[0].key: table for part in make_parts(form) for table in part.tables}


def fit(form: Form, table: str, number: str = "0", room: Room = PAPER) -> Fitted:
    printed = tables(form)[table]
    return fitted(printed, {cell.key: number for cell in printed.cells if cell.key}, frozenset(), room)


@pytest.mark.parametrize("form", ["zfxxgk-2021", "zfxxgk-2019"])
@pytest.mark.parametrize("number", ["0", "1234", "12345678"])
def test_every_table_fits_a4_between_the_margins_and_no_number_is_broken(form: str, number: str) -> None:
    for table in tables(load_form(form)):
        found = fit(load_form(form), table, number)
        answers = found.widths[tables(load_form(form))[table].labels :]

        assert sum(found.widths) == pytest.approx(442)
        assert found.is_wide_enough
        assert min(answers) >= len(number) * 0.5 * found.size + 4
        assert found.height <= 590


def test_characters_are_smaller_only_where_numbers_ask_for_it_or_the_page_does() -> None:
    form = load_form("zfxxgk-2021")

    assert fit(form, "art20_1").size == fit(form, "art20_1", "12345678").size == 10.5
    assert fit(form, "requests").size == 9.0
    assert fit(form, "requests", "12345678").size == 7.5
    assert fit(form, "remedies").size == 10.5
    assert fit(form, "remedies", "12345678").size == 5.5


def test_a_table_that_fits_no_page_is_not_made_smaller_for_it() -> None:
    found = fit(load_form("zfxxgk-2021"), "requests", room=Room(442, 200, 10.5))

    assert found.size == 10.5
    assert found.height > 200


def test_where_even_the_smallest_characters_are_too_wide_the_table_still_has_the_width_of_the_page() -> None:
    found = fit(load_form("zfxxgk-2021"), "remedies", "1234567890.123456")

    assert sum(found.widths) == pytest.approx(442)
    assert (found.size, found.is_wide_enough) == (5.5, False)


def test_columns_are_as_equal_as_their_numbers_allow() -> None:
    form = load_form("zfxxgk-2021")
    printed = tables(form)["art20_1"]
    values = zeros(form) | {"art20_1.rules.issued": Decimal("12345678901234.123456")}
    answers = {cell.key: printed_value(values[cell.key]) for cell in printed.cells if cell.key}
    wide = fitted(printed, answers, frozenset(), PAPER).widths

    assert fit(form, "art20_1").widths == pytest.approx((110.5,) * 4)
    assert wide[0] == wide[2] == wide[3] != wide[1]


def hazards(place: str) -> Fitted:
    """Fit a list in which one column of words says this, and the others say little."""
    printed = tables(load_form("fire-safety"))["hazards"]
    answers = {cell.key: place if cell.key.endswith(".place") else "是" for cell in printed.cells if cell.key}
    return fitted(printed, answers, frozenset(key for key in answers if key.endswith(".place")), PAPER)


def test_what_words_do_not_ask_for_is_shared_out_equally() -> None:
    number, place, *others = hazards("甲" * 15).widths

    assert others == pytest.approx([others[0]] * 4)
    assert place - others[0] == pytest.approx((15 - 4.5) * 10.5)
    assert others[0] - number == pytest.approx((4.5 - 2) * 10.5)
    assert number + place + sum(others) == pytest.approx(442)


def test_long_words_have_as_much_as_the_other_columns_can_spare() -> None:
    short, long = hazards("甲厂"), hazards("甲" * 100)

    assert long.size == 10.5
    assert long.widths[1] > 200
    assert min(long.widths[2:]) >= 3 * 10.5
    assert long.widths[2] < short.widths[2]
    assert sum(long.widths) == pytest.approx(442)
