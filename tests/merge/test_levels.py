"""Three levels: townships, counties, cities. Merged level by level through files, or all at once: the same, to the last digit."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from random import Random

import openpyxl
import pytest

import tianbao as tb
from tests.office.fillings import right
from tests.records.samples import submission
from tianbao.form.model import CellType
from tianbao.merge.adjustment import Adjustment
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.merge.parts import summed
from tianbao.records.model import Submission, Unit
from tianbao.reports.as_unit import write_as_unit
from tianbao.reports.county import write_county

FORMS = ("zfxxgk-2021", "fire-safety")
CITIES, COUNTIES, TOWNSHIPS = 2, 4, 5


@cache
def townships(name: str) -> Mapping[Unit, Mapping[Unit, Sequence[Submission]]]:
    """Make right reports, and share them out: city → county → its townships."""
    chance, form = Random(11), tb.load_form(name)  # noqa: S311  numbers for a test
    return {
        Unit(f"14{city:02}", f"第{city}市"): {
            Unit(f"14{city:02}{county:02}", f"第{city}市第{county}县"): [
                submission(
                    form,
                    right(form, 2025, chance),
                    unit=Unit(f"14{city:02}{county:02}{n:03}", f"{city}-{county}-{n}镇"),
                )
                for n in range(1, TOWNSHIPS + 1)
            ]
            for county in range(1, COUNTIES + 1)
        }
        for city in range(1, CITIES + 1)
    }


def sent_up(reports: Sequence[Submission], unit: Unit) -> Submission:
    """Merge, write the file of the next level, and read it there."""
    file = io.BytesIO()
    write_as_unit(merge_submissions(reports), file, unit=unit)
    file.seek(0)
    file.name = f"{unit.name}.xlsx"
    return tb.read_workbook(file)


@cache
def by_levels(name: str) -> Merged:
    return merge_submissions(
        [
            sent_up([sent_up(reports, county) for county, reports in counties.items()], city)
            for city, counties in townships(name).items()
        ]
    )


@cache
def at_once(name: str) -> Merged:
    return merge_submissions(
        [one for counties in townships(name).values() for reports in counties.values() for one in reports]
    )


@pytest.mark.parametrize("name", FORMS)
def test_merged_level_by_level_every_total_is_what_it_is_merged_at_once(name: str) -> None:
    levels, direct = by_levels(name), at_once(name)

    assert len(direct.units) == CITIES * COUNTIES * TOWNSHIPS
    assert dict(levels.totals) == dict(direct.totals)
    assert any(total for total in levels.totals.values())
    assert levels.incomplete == direct.incomplete


@pytest.mark.parametrize("name", FORMS)
def test_every_total_opens_down_to_each_township_s_file_sheet_and_cell(name: str) -> None:
    levels, direct = by_levels(name), at_once(name)

    for key in summed(levels.form):
        opened = levels.deep_sources(key)
        assert [(one.path[-1], one.value, one.origin) for one in opened] == list(direct.sources(key)), key
        assert {tuple(len(unit.code) for unit in one.path) for one in opened} == {(4, 6, 9)}, key


def test_there_are_decimals_among_the_totals() -> None:
    decimals = [cell.key for cell in at_once("fire-safety").form.cells() if cell.type is CellType.DECIMAL]
    totals = by_levels("fire-safety").totals

    assert {str(totals[key])[-3] for key in decimals if key.endswith("fines")} == {"."}


def test_what_a_county_booked_is_in_the_city_s_total_and_no_township_s_figure() -> None:
    reports = next(iter(townships("fire-safety")[Unit("1401", "第1市")].values()))
    key, file = "inspections.public.fines", io.BytesIO()
    booking = Adjustment(key, Decimal("-0.05"), "同一笔罚款两镇都报", by="王五")
    write_as_unit(merge_submissions(reports, adjustments=[booking]), file, unit=Unit("140101", "第1县"))
    file.seek(0)

    city = merge_submissions([tb.read_workbook(file)])

    total = city.totals[key]
    plain = merge_submissions(reports).totals[key]
    assert total is not None
    assert plain is not None
    assert total == plain - Decimal("0.05")
    opened = city.deep_sources(key)
    assert sum(one.value for one in opened) == total
    assert [one.booking.note for one in opened if one.booking] == ["同一笔罚款两镇都报"]
    assert len(opened) == TOWNSHIPS + 1


def test_the_workbook_of_a_level_lists_every_figure_of_the_units_below() -> None:
    direct, target = at_once("fire-safety"), io.BytesIO()

    write_county(by_levels("fire-safety"), (), target)

    sheet = openpyxl.load_workbook(target, read_only=True)["下级来源"]
    written = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
    wanted = [(unit.code, key, float(value), origin.file, origin.sheet, origin.cell)
              for key in summed(direct.form) for unit, value, origin in direct.sources(key)]  # fmt: skip
    assert [(row[1], row[5], float(str(row[6])), *row[7:10]) for row in written] == wanted
    assert written[0][0] == "第1市 → 第1市第1县 → 1-1-1镇"
