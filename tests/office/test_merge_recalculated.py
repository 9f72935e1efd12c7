"""Sixty units of one form, twenty of the others merged: LibreOffice, from the county workbook's own formulas, comes to the same totals as we do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter as column_of

import tianbao as tb
from tests.office.fillings import Filling, make_fillings
from tests.office.office import Content, Office, OfficeError
from tianbao.expr.semantics import tolerance
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Form, Merge
from tianbao.records.model import Value
from tianbao.reports.county import write_county
from tianbao.reports.county.draft import DATA_SHEET, FIRST_LINE, FIRST_UNIT, FRONT_SHEET, HEADS, UNITS_SHEET
from tianbao.workbook.layout import a1, make_layout

FORMS = ("fire-safety", "zfxxgk-2019", "zfxxgk-2021")
#: The form in force is merged for a whole county, the others for as many as show the same.
COUNTS = {"fire-safety": 20, "zfxxgk-2019": 20, "zfxxgk-2021": 60}

#: In 单位明细: the keys, the totals.
KEYS, TOTALS = "A", "E"


@pytest.fixture(scope="module", params=FORMS)
def returned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tb.Submission]:
    """The workbooks, filled in and read."""
    form, folder = tb.load_form(request.param), tmp_path_factory.mktemp("returned")
    paths = [folder / f"{unit.code}.xlsx" for unit in units(form)]
    for path, unit, filling in zip(paths, units(form), fillings(form), strict=True):
        tb.write_workbook(form, path, unit=unit, year=2025, values=filling.values)
    return list(tb.read_many(paths))


@pytest.fixture(scope="module")
def county(returned: list[tb.Submission], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's workbook of all of them."""
    path = tmp_path_factory.mktemp("county") / "county.xlsx"
    write_county(tb.merge_submissions(returned), (), path)
    return path


@pytest.fixture(scope="module")
def written(county: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(county, data_only=True)


def units(form: Form) -> list[tb.Unit]:
    return [tb.Unit(f"9999{n:02}", f"第{n}镇", "township") for n in range(1, COUNTS[form.id] + 1)]


def fillings(form: Form) -> list[Filling]:
    return list(make_fillings(form, 2025, COUNTS[form.id], seed=20))


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
    filled = dict(zip(units(merged.form), fillings(merged.form), strict=True))

    summed = [cell for cell in merged.form.cells() if cell.merge is Merge.SUM and cell.key in merged.totals]

    assert merged.units == tuple(units(merged.form))
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
    returned: list[tb.Submission], county: Path, written: openpyxl.Workbook, office: Office
) -> None:
    merged = tb.merge_submissions(returned)
    places = make_layout(merged.form).places
    printed = {key: (places[key].sheet, a1(places[key].row, places[key].column)) for key in merged.totals}
    lines = rows_of(written)

    with office.open(county) as book:
        book.calculate()
        totals = dict(zip(printed, book.read(printed.values()), strict=True))
        beside = dict(zip(lines, book.read((UNITS_SHEET, f"{TOTALS}{row}") for row in lines.values()), strict=True))
        proof = column_of(FIRST_UNIT + len(merged.units) + 1)
        proofs = book.read((UNITS_SHEET, f"{proof}{row}") for row in lines.values())
        front = [row[0] for row in book.read_area(FRONT_SHEET, "A1:A60")]

    assert [key for key in totals if not is_total(merged, key, totals[key])] == []
    assert [key for key in beside if key in merged.totals and not is_total(merged, key, beside[key])] == []
    assert beside.keys() == merged.totals.keys()
    assert set(proofs) == {"√"}
    assert f"√ {len(merged.totals)} 个合计：公式算得的与程序核算的一致" in front


@pytest.mark.office
def test_without_one_unit_exactly_its_contribution_is_gone_and_the_heads_say_fifty_nine_of_sixty(
    returned: list[tb.Submission], office: Office, tmp_path: Path
) -> None:
    whole, path = tb.merge_submissions(returned), tmp_path / "county.xlsx"
    partial = tb.merge_submissions([one for one in returned if one is not returned[7]], roster=whole.units)
    write_county(partial, (), path)
    places = make_layout(partial.form).places
    summed = [cell.key for cell in partial.form.cells() if cell.merge is Merge.SUM and cell.key in partial.totals]

    with office.open(path) as county:
        county.calculate()
        shown = county.read((places[key].sheet, a1(places[key].row, places[key].column)) for key in summed)
        head = county.read([(FRONT_SHEET, "A2"), (UNITS_SHEET, "B2"), (DATA_SHEET, "A2")])

    for key, total in zip(summed, shown, strict=True):
        gone, all_of_them = returned[7][key], whole.totals[key]
        left = Decimal(str(all_of_them or 0)) - Decimal(str(gone or 0))
        assert abs(Decimal(str(total or 0)) - left) < tolerance(partial.form.cell(key).digits), key
    count = len(returned)
    told = f"应报 {count} 家，已报 {count - 1} 家，通过 {count - 1} 家。合计不全，缺 1 家：第8镇。"
    assert {str(text) for text in head if text} == {told}


@pytest.mark.office
def test_the_lines_of_the_data_can_be_sorted_while_the_sheet_is_locked_and_the_units_figures_cannot(
    returned: list[tb.Submission], office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "county.xlsx"
    write_county(tb.merge_submissions(returned[:5]), (), path)
    lines = openpyxl.load_workbook(path)[DATA_SHEET].max_row
    data, figures = f"A4:K{lines}", f"A{FIRST_LINE}:K{FIRST_LINE + 20}"

    with office.open(path) as county:
        before = county.read_area(DATA_SHEET, data), county.read_area(UNITS_SHEET, figures)
        county.sort(DATA_SHEET, data, 5, down=True)
        with suppress(OfficeError):
            county.sort(UNITS_SHEET, figures, 4, down=True)
        after = county.read_area(DATA_SHEET, data), county.read_area(UNITS_SHEET, figures)

    values = [row[5] for row in after[0] if isinstance(row[5], int | float)]
    assert values == sorted(values, reverse=True)
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_the_county_workbook_shows_the_same_totals_before_anything_is_computed(
    returned: list[tb.Submission], written: openpyxl.Workbook
) -> None:
    merged = tb.merge_submissions(returned)

    for key in merged.totals:
        place = make_layout(merged.form).places[key]
        assert is_total(merged, key, written[place.sheet].cell(place.row, place.column).value), key  # type: ignore[arg-type]


def test_every_figure_of_every_unit_stands_in_its_column(
    returned: list[tb.Submission], written: openpyxl.Workbook
) -> None:
    merged, sheet = tb.merge_submissions(returned), written[UNITS_SHEET]

    names = [unit.name for unit in merged.units]
    assert [sheet.cell(HEADS + 1, FIRST_UNIT + n).value for n in range(len(names))] == names
    for key, row in rows_of(written).items():
        figures = [sheet.cell(row, FIRST_UNIT + n).value for n in range(len(names))]
        values = [None if (value := one[key]) is None else float(value) for one in merged.submissions]  # type: ignore[arg-type]
        #: What is computed is no formula here: a unit's column holds what the unit says.
        assert figures == values, key


def rows_of(book: openpyxl.Workbook) -> Mapping[str, int]:
    """Return the row of each key in 单位明细."""
    column = book[UNITS_SHEET][KEYS]
    return {str(cell.value): cell.row for cell in column if cell.value and cell.row >= FIRST_LINE}


def is_total(merged: tb.Merged, key: str, shown: Content) -> bool:
    total = merged.totals[key]
    if total is None or not isinstance(shown, int | float):
        return total is None and shown is None
    return abs(Decimal(shown) - total) < tolerance(merged.form.cell(key).digits)
