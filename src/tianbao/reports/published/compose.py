"""What the published report of a unit, or of the county, says.

    submission, findings ────────▶ Report of a unit
    merge, findings, last year ──▶ Report of the county: its figures, what was drafted for it, what is missing still

In:   records, and what was found in them.
Out:  a `Report`. Nothing in it is typed again.
Knows nothing of campaigns and files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.form.model import CellType, Form, Kind, Severity, Shape
from tianbao.merge.merge import Merged
from tianbao.records.model import Submission, Value
from tianbao.reports.county.whole import check_totals
from tianbao.reports.last_year import known_values, merge_last_year
from tianbao.reports.pictures import draw_pictures
from tianbao.reports.published.comparison import compare
from tianbao.reports.published.facts import draft_facts, draft_lead
from tianbao.reports.published.report import Report

#: So many codes, cells and units are named where not all need be.
_NAMED = 5


def report_of_unit(
    submission: Submission, findings: Iterable[Finding] = (), *, prior: Submission | None = None
) -> Report:
    """Say what a unit publishes: its figures and texts as it wrote them, totals computed anew.

    Args:
        submission: as read; a refused one has no report.
        findings: in it; what is open stands above the report.
        prior: last year's, in the same form.
    """
    form = submission.form
    assert form is not None
    name = submission.unit.name if submission.unit else ""
    before = known_values(prior) if prior is not None and prior.form is not None and prior.form.id == form.id else None
    pictures = draw_pictures(
        form,
        submission.values,
        before=before,
        year=submission.year or 0,
        source=messages.say("published.source.unit", "zh"),
    )
    return Report(
        form=form,
        year=submission.year or 0,
        issuer=name,
        values=submission.values,
        texts=submission.texts,
        signed_on=_signed_on(submission),
        warnings=tuple(_warnings_of_unit(form, submission, findings)),
        pictures=pictures.drawings,
        #: That a township had nothing, its own tables say; a page with nothing else on it says no more.
        told=pictures.told if pictures.drawings else (),
    )


def report_of_county(
    merged: Merged,
    findings: Iterable[Finding] = (),
    *,
    issuer: str,
    prior: Iterable[Submission] = (),
    texts: Mapping[str, str] | None = None,
    signed_on: date | None = None,
) -> Report:
    """Say what the county publishes: the totals, a draft of what they say, last year's beside them.

    Args:
        merged: the units' reports.
        findings: in them; what is open stands above the report.
        issuer: the office that signs.
        prior: last year's reports of the units, in the same form.
        texts: the office's own, by key; a text that it has written is not drafted.
        signed_on: the date below.
    """
    form, year = merged.form, merged.year or 0
    last = merge_last_year(merged, prior)
    before = last.totals if last else None
    units = [(unit.name, one.values) for unit, one in zip(merged.units, merged.submissions, strict=True)]
    counted = len(units)
    source = messages.say("published.source.county", "zh", count=counted)
    pictures = draw_pictures(form, merged.totals, before=before, units=units, year=year, source=source)
    own = {key: text for key, text in (texts or {}).items() if text.strip()}
    drafted = _drafts(merged, before, issuer)
    return Report(
        form=form,
        year=year,
        issuer=issuer,
        values=_with_lists(merged),
        texts={**drafted, **own},
        drafted=frozenset(drafted) - frozenset(own),
        signed_on=signed_on,
        warnings=tuple(_warnings_of_county(merged, list(findings))),
        pictures=pictures.drawings,
        told=pictures.told,
        comparison=compare(form, merged.totals, last.totals, units=(len(last.units), counted)) if last else None,
    )


def _signed_on(submission: Submission) -> date | None:
    """Return the day on which a unit filled its report in: the first date that is signed for on the cover."""
    form = submission.form
    for cell in form.signature if form else ():
        if cell.type is CellType.DATE and cell.key in submission.answers:
            value = submission[cell.key]
            return value if isinstance(value, date) else None
    return None


# ── why it should not be published as it is ──────────────────────────────────────────────────────────────────────────


def _warnings_of_unit(form: Form, submission: Submission, findings: Iterable[Finding]) -> Iterator[str]:
    printed = _printed(form)
    errors = [one for one in findings if _is_open_error(one) and any(cell.key in printed for cell in one.cells)]
    if errors:
        yield messages.say("published.warn.errors", "zh", count=len(errors), codes=_listed(one.code for one in errors))
    blank = [key for key in submission.answers if key in submission.incomplete and form.cell(key).kind is Kind.INPUT]
    if blank:
        names = _listed(form.name_of(key) for key in blank)
        yield messages.say("published.warn.blank", "zh", count=len(blank), cells=names)


def _warnings_of_county(merged: Merged, findings: Sequence[Finding]) -> Iterator[str]:
    if merged.missing:
        names = _listed(unit.name for unit in merged.missing)
        expected = len(merged.units) + len(merged.missing)
        facts = {"expected": expected, "counted": len(merged.units), "units": names}
        yield messages.say("published.warn.missing", "zh", **facts)
    if merged.lost:
        names = _listed(left.file for left in merged.lost)
        yield messages.say("published.warn.lost", "zh", count=len(merged.lost), files=names)
    errors = [one for one in findings if _is_open_error(one)]
    if errors:
        units = {one.unit.name: None for one in errors if one.unit}
        facts = {"count": len(errors), "units": _listed(units)}
        yield messages.say("published.warn.county_errors", "zh", **facts)
    if merged.incomplete:
        names = _listed(merged.form.name_of(key) for key in merged.incomplete)
        yield messages.say("published.warn.incomplete", "zh", count=len(merged.incomplete), cells=names)
    for table in merged.form.tables:
        lines, room = len(merged.details.get(table.key, ())), len(table.rows)
        if table.shape is Shape.LIST and lines > room:
            yield messages.say("published.warn.list", "zh", table=table.short, count=lines, room=room)
    for broken in check_totals(merged):
        if broken.stands_alone and broken.severity is Severity.ERROR:
            yield messages.say("published.warn.broken", "zh", code=broken.code, message=broken.message("zh"))


def _printed(form: Form) -> frozenset[str]:
    """Return the keys of what the report prints: the cover and the control totals are the office's own business."""
    texts = (key for text in form.texts for key in (text.key, *(cell.key for cell in text.cells)))
    return frozenset((*(cell.key for cell in form.cells()), *texts))


def _is_open_error(finding: Finding) -> bool:
    return finding.is_open and finding.stands_alone and finding.severity is Severity.ERROR


def _listed(names: Iterable[str]) -> str:
    each = list(dict.fromkeys(names))
    rest = messages.say("published.and_more", "zh", count=len(each)) if len(each) > _NAMED else ""
    return "、".join(each[:_NAMED]) + rest


# ── what the county's own report says ────────────────────────────────────────────────────────────────────────────────


def _drafts(merged: Merged, before: Mapping[str, Value] | None, issuer: str) -> dict[str, str]:
    """Draft every text of the form: the opening, the facts where the report begins, and what the others should hold."""
    form, year = merged.form, merged.year or 0
    sections = {section.key for section in form.sections}
    drafts: dict[str, str] = {}
    opened = False
    for text in form.texts:
        if text.key not in sections:
            drafts[text.key] = draft_lead(form, year, issuer)
        elif opened:
            drafts[text.key] = messages.say("published.to_write", "zh", guidance=text.guidance or text.heading)
        else:
            drafts[text.key] = draft_facts(form, year, merged.totals, before, units=len(merged.units), issuer=issuer)
            opened = True
    return drafts


def _with_lists(merged: Merged) -> Mapping[str, Value]:
    """Return the totals, and the lines of detail lists one unit's below the other's, as far as the form has lines."""
    values: dict[str, Value] = {cell.key: merged.totals.get(cell.key) for cell in merged.form.cells()}
    for table in merged.form.tables:
        for row, line in zip(table.rows, merged.details.get(table.key, ()), strict=False):
            values |= {table.cell(row, column).key: line.answers[column.key] for column in table.columns}
    return values
