"""What openpyxl saves again is the same workbook: the very same records, and no word about them (faults A1)."""

from __future__ import annotations

import pytest

import tianbao as tb
from tests.office.resaving import YEARS, Tally, make_filled
from tests.workbook.returned import changed, read

FILLINGS = 9


@pytest.mark.parametrize("name", YEARS)
def test_an_honest_workbook_is_the_same_when_openpyxl_has_saved_it(name: str) -> None:
    tally = Tally()

    for filled in make_filled(tb.load_form(name), FILLINGS, seed=3):
        tally.compare(filled.what, read(filled.data), read(changed(lambda _: None, filled.data)))

    print(f"\n{name}: {tally.workbooks} workbooks, {tally.records} records, {tally.notes} notes")  # noqa: T201
    assert tally.differences == []
    assert tally.notes > tally.workbooks
