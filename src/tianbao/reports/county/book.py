"""Put the sheets of the county's workbook together.

In:   a merge, what was found in its parts, what the office knows beside.
Out:  the workbook, written whole or not at all; the same inputs give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from tianbao.checks.finding import Finding
from tianbao.form.model import Shape
from tianbao.merge.merge import Merged
from tianbao.records.model import Unit
from tianbao.reports.county.absent import draw_absent
from tianbao.reports.county.below import draw_below
from tianbao.reports.county.below import is_worth_drawing as has_units_below
from tianbao.reports.county.beside import Beside
from tianbao.reports.county.charts import draw_charts, is_worth_drawing
from tianbao.reports.county.data import data_sheets, draw_data
from tianbao.reports.county.details import draw_details
from tianbao.reports.county.draft import (
    ABSENT_SHEET,
    BELOW_SHEET,
    CHARTS_SHEET,
    FINDINGS_SHEET,
    FRONT_SHEET,
    OFFICE_SHEET,
    ROUNDING_SHEET,
    UNITS_SHEET,
    YEARS_SHEET,
    Draft,
)
from tianbao.reports.county.findings import draw_findings
from tianbao.reports.county.front import draw_front
from tianbao.reports.county.office import draw_office
from tianbao.reports.county.rounding import draw_rounding
from tianbao.reports.county.tables import draw_tables
from tianbao.reports.county.units import draw_units
from tianbao.reports.county.years import draw_years
from tianbao.workbook.book import LinkedSheet
from tianbao.workbook.read import Progress
from tianbao.workbook.write import CREATED, write_whole


def write_county(
    merged: Merged,
    findings: Sequence[Finding],
    target: str | os.PathLike[str] | BinaryIO,
    *,
    beside: Beside | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the merged workbook.

    Args:
        merged: the totals and the submissions they were made of.
        findings: of all submissions; listed on a sheet of their own.
        target: a path, written whole or not at all; or an open binary file.
        beside: what the office knows beside: who is exempt or late, last year's reports, where the files lie.
        progress: is told of each unit whose figures are written.
    """
    data = _write(Draft(merged, findings, beside or Beside()), progress)
    if isinstance(target, str | os.PathLike):
        write_whole(Path(target), data)
    else:
        target.write(data)


def _write(draft: Draft, progress: Progress | None) -> bytes:
    book, form = draft.book, draft.form
    book.set_properties({"title": draft.title, "author": "", "company": "", "created": CREATED})
    plans = {
        draft.sheet_name(plan.name): plan
        for plan in draft.layout.sheets
        if any(block.table.shape is not Shape.LIST for block in plan.blocks)
    }
    lists = {_list_name(draft, table.section, plans): table for table in form.tables if table.shape is Shape.LIST}
    charts = [CHARTS_SHEET] if is_worth_drawing(draft) else []
    rounded = draft.beside.rounded
    rounding = [ROUNDING_SHEET] if rounded else []
    own = [UNITS_SHEET, ABSENT_SHEET, FINDINGS_SHEET, OFFICE_SHEET, YEARS_SHEET, *rounding, *charts]
    below = [BELOW_SHEET] if has_units_below(draft) else []
    names = [*plans, *own, *data_sheets(draft), *below, *lists]
    sheets: dict[str, LinkedSheet] = {}
    for name in (FRONT_SHEET, *names):
        sheet = book.add_worksheet(name)
        assert isinstance(sheet, LinkedSheet)
        sheets[name] = sheet
    draw_front(draft, sheets[FRONT_SHEET], names)
    for name, plan in plans.items():
        draw_tables(draft, sheets[name], plan)
    draw_units(draft, sheets[UNITS_SHEET])
    draw_absent(draft, sheets[ABSENT_SHEET])
    draw_findings(draft, sheets[FINDINGS_SHEET])
    draw_office(draft, sheets[OFFICE_SHEET])
    draw_years(draft, sheets[YEARS_SHEET])
    if rounded:
        draw_rounding(draft, sheets[ROUNDING_SHEET], rounded)
    if charts:
        draw_charts(draft, sheets[CHARTS_SHEET])
    told = _Told(progress, len(draft.merged.units))
    draw_data(draft, [sheets[name] for name in data_sheets(draft)], told)
    if below:
        draw_below(draft, sheets[BELOW_SHEET])
    for name, table in lists.items():
        draw_details(draft, sheets[name], table)
    for sheet in sheets.values():
        draft.protect(sheet)
    book.close()
    return draft.buffer.getvalue()


def _list_name(draft: Draft, section: str, taken: dict[str, object] | object) -> str:
    """Name the sheet of a detail list; where the form has other tables on it, these keep the name."""
    name = draft.sheet_name(draft.form.section(section).sheet)
    return f"{name}（明细）" if isinstance(taken, dict) and name in taken else name


class _Told:
    """Tells how far the writing is."""

    def __init__(self, progress: Progress | None, units: int) -> None:
        self._progress, self._units, self._done = progress, units, 0

    def __call__(self, unit: Unit) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._units, unit.name)
