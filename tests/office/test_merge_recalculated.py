"""Twenty units merged: LibreOffice, from the county workbook's own formulas, comes to the same totals as we do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import tianbao as tb
from tests.office.fillings import Filling, make_fillings
from tests.office.office import Content, Office
from tianbao.expr.semantics import tolerance
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Form, Merge
from tianbao.records.model import Value
from tianbao.reports.county import write_county
from tianbao.reports.county.draft import FIRST_LINE, FIRST_UNIT, HEADS, UNITS_SHEET
from tianbao.workbook.layout import a1, make_layout

FORMS = ("fire-safety", "zfxxgk-2019", "zfxxgk-2021")
UNITS = [tb.Unit(f"9999{n:02}", f"第{n}镇", "township") for n in range(1, 21)]

#: In 单位明细: the keys, the totals.
KEYS, TOTALS = "A", "E"


@pytest.fixture(scope="module", params=FORMS)
def returned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tb.Submission]:
    """Twenty workbooks, filled in and read."""
    form, folder = tb.load_form(request.param), tmp_path_factory.mktemp("returned")
    paths = [folder / f"{unit.code}.xlsx" for unit in UNITS]
    for path, unit, filling in zip(paths, UNITS, fillings(form), strict=True):
        tb.write_workbook(form, path, unit=unit, year=2025, values=filling.values)
    return list(tb.read_many(paths))


def fillings(form: Form) -> list[Filling]:
    return list(make_fillings(form, 2025, len(UNITS), seed=20))


def contribution(filling: Filling, key: str) -> Value:
    """Return what a unit has typed, or has declared to be zero."""
    typed = filling.values[key]
    return 0 if typed is None and filling.values[ZERO_REPORT] == DECLARED else typed


def is_left_out(form: Form, filling: Filling, key: str) -> bool:
    """Whether a unit has left a table out that may be left out."""
    table = form.table_of(key)
    if table is None or not table.optional:
        return False
    return all(contribution(filling, cell.key) is None for cell in table.inputs())


def test_every_total_is_the_exact_sum_and_names_every_unit_that_contributes(returned: list[tb.Submission]) -> None:
    merged = tb.merge_submissions(returned)
    filled = dict(zip(UNITS, fillings(merged.form), strict=True))

    summed = [cell for cell in merged.form.cells() if cell.merge is Merge.SUM and cell.key in merged.totals]

    assert merged.units == tuple(UNITS)
    assert len(summed) > 20
    for cell in summed:
        given = [(unit, contribution(filling, cell.key)) for unit, filling in filled.items()]
        known = [(unit, value) for unit, value in given if isinstance(value, int | Decimal)]
        assert merged.totals[cell.key] == sum(value for _, value in known)
        assert [(source.unit, source.value) for source in merged.sources(cell.key)] == known
        left_out = {unit for unit, filling in filled.items() if is_left_out(merged.form, filling, cell.key)}
        lacking = tuple(unit for unit, value in given if value is None and unit not in left_out)
        assert merged.incomplete.get(cell.key, ()) == lacking


@pytest.mark.office
def test_libreoffice_computes_the_same_totals_from_the_county_workbook(
    returned: list[tb.Submission], office: Office, tmp_path: Path
) -> None:
    merged, path = tb.merge_submissions(returned), tmp_path / "county.xlsx"
    write_county(merged, tb.run_checks(returned), path)
    places = make_layout(merged.form).places
    printed = {key: (places[key].sheet, a1(places[key].row, places[key].column)) for key in merged.totals}
    lines = rows_of(path)

    with office.open(path) as county:
        county.calculate()
        totals = dict(zip(printed, county.read(printed.values()), strict=True))
        beside = dict(zip(lines, county.read((UNITS_SHEET, f"{TOTALS}{row}") for row in lines.values()), strict=True))

    assert [key for key in totals if not is_total(merged, key, totals[key])] == []
    assert [key for key in beside if key in merged.totals and not is_total(merged, key, beside[key])] == []
    assert beside.keys() == merged.totals.keys()


def test_the_county_workbook_shows_the_same_totals_before_anything_is_computed(
    returned: list[tb.Submission], tmp_path: Path
) -> None:
    merged, path = tb.merge_submissions(returned), tmp_path / "county.xlsx"
    write_county(merged, (), path)

    book = openpyxl.load_workbook(path, data_only=True)

    for key in merged.totals:
        place = make_layout(merged.form).places[key]
        assert is_total(merged, key, book[place.sheet].cell(place.row, place.column).value), key  # type: ignore[arg-type]


def test_every_figure_of_every_unit_stands_in_its_column(returned: list[tb.Submission], tmp_path: Path) -> None:
    merged, path = tb.merge_submissions(returned), tmp_path / "county.xlsx"
    write_county(merged, (), path)

    sheet = openpyxl.load_workbook(path)[UNITS_SHEET]

    assert [sheet.cell(HEADS + 1, FIRST_UNIT + n).value for n in range(len(UNITS))] == [unit.name for unit in UNITS]
    for key, row in rows_of(path).items():
        figures = [sheet.cell(row, FIRST_UNIT + n).value for n in range(len(UNITS))]
        assert figures == [None if (v := s[key]) is None else float(v) for s in merged.submissions], key  # type: ignore[arg-type]


def rows_of(path: Path) -> Mapping[str, int]:
    """Return the row of each key in 单位明细."""
    column = openpyxl.load_workbook(path)[UNITS_SHEET][KEYS]
    return {str(cell.value): cell.row for cell in column if cell.value and cell.row >= FIRST_LINE}


def is_total(merged: tb.Merged, key: str, shown: Content) -> bool:
    total = merged.totals[key]
    if total is None or not isinstance(shown, int | float):
        return total is None and shown is None
    return abs(Decimal(shown) - total) < tolerance(merged.form.cell(key).digits)
