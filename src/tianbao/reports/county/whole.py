"""Does the county's own report hold? The form's identities, asked of the totals as of any report.

    totals ──as one report──▶ checks ──▶ what must be mended before anybody signs

In:   a merge.
Out:  the errors that the checks of the tables find in its totals.

Sums of reports that hold do hold. What breaks them is a report with an open error, a blank, or a booking of the office to
one side of an identity only.
"""

from __future__ import annotations

from tianbao.checks.finding import Finding
from tianbao.checks.run import run_checks
from tianbao.form.model import Severity
from tianbao.merge.merge import Merged
from tianbao.records.model import Answer, State, Submission, Unit, Value, Verdict
from tianbao.workbook.layout import a1, make_layout

#: Nobody's code: the report is the county's own.
_COUNTY = Unit("", "")


def check_totals(merged: Merged) -> tuple[Finding, ...]:
    """Return the errors in the totals; what is asked of texts, of the cover and of last year is no matter of sums."""
    own = frozenset(merged.totals)
    found = run_checks(_as_report(merged))
    return tuple(
        finding
        for finding in found
        if finding.severity is Severity.ERROR
        and not finding.code.startswith("C-")
        and finding.cells
        and own.issuperset(cell.key for cell in finding.cells)
    )


def _as_report(merged: Merged) -> Submission:
    """Return the totals as one report."""
    places = make_layout(merged.form).places
    answers: dict[str, Answer] = {}
    for key in merged.form.by_key:
        value: Value = merged.totals.get(key)
        place = places.get(key)
        at = (place.sheet, a1(place.row, place.column)) if place else ("", "")
        answers[key] = Answer(value, State.BLANK if value is None else State.FILLED, "", *at)
    return Submission("", "", Verdict.READ, form=merged.form, year=merged.year, unit=_COUNTY, answers=answers)
