"""Write the reports that the law wants published, of each unit and of the county, from what counts.

    reports that count ──compose──▶ Report ──▶ 5-发布/word/….docx, 5-发布/html/….html

In:   a campaign.
Out:  reports in 5-发布; one that somebody has edited since is left as it is, and told.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from tianbao.campaign import merging
from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import PUBLISHED, ChangedOutputError
from tianbao.campaign.judge import judge
from tianbao.errors import TianbaoError
from tianbao.records.file_names import file_name

if TYPE_CHECKING:
    from tianbao.reports.published import Format, Report
    from tianbao.workbook.read import Progress

#: The office's own Word template, beside its settings; without one there is ours.
TEMPLATE = "报告模板.docx"
#: Of a name, where something has to stand behind it.
_ROOM = 40


class NoReportError(TianbaoError):
    """No return could become a report."""

    code: ClassVar[str] = "U-REPORT-NONE"


class UnitReportError(TianbaoError):
    """No return of this unit counts."""

    code: ClassVar[str] = "U-REPORT-UNIT"


@dataclass(frozen=True, slots=True)
class Composed:
    """A report, and whose it is.

    Attributes:
        unit: its code; empty for the county.
        name: of its files, without the folder and what kind they are.
    """

    unit: str
    name: str
    report: Report


@dataclass(frozen=True, slots=True)
class Written:
    """A report as a file.

    Attributes:
        file: below the campaign's folder.
        is_new: it is another one than before.
        is_kept: somebody has changed the file, so it was left as it is.
    """

    composed: Composed
    file: str
    is_new: bool
    is_kept: bool = False


def compose(
    books: Books,
    units: Sequence[str] = (),
    *,
    county: bool = False,
    issuer: str = "",
    texts: Mapping[str, str] | None = None,
    signed_on: date | None = None,
) -> list[Composed]:
    """Compose the reports of some units, of all that have one where none are named; or the county's.

    Args:
        books: whose.
        units: their codes.
        county: the county's report, and no unit's.
        issuer: who publishes the county's; empty for the one in the settings.
        texts: the office's own for the county's, by key.
        signed_on: the date below the county's.

    Raises:
        NoReportError: nothing counts yet.
        UnitReportError: nothing counts of a unit that was named.
    """
    from tianbao.reports.published import report_of_county, report_of_unit

    if county:
        result = merging.merge(books, write=False)
        if not result.merged.units:
            raise NoReportError
        report = report_of_county(
            result.merged,
            result.findings,
            issuer=issuer or books.settings.county or books.settings.issuer,
            prior=books.prior.values(),
            texts=texts,
            signed_on=signed_on,
        )
        return [Composed("", called(report), report)]
    found = judge(books)
    for code in units:
        if code not in found.submissions:
            raise UnitReportError(name=books.entries[code].unit.name)
    if not found.submissions:
        raise NoReportError
    prior = books.prior
    wanted = [code for code in found.submissions if not units or code in units]
    return told_apart(
        (code, report_of_unit(found.submissions[code], found.findings[code], prior=prior.get(code))) for code in wanted
    )


def called(report: Report) -> str:
    """Return what the file of a report is called: `白家庄镇2025年政府信息公开工作年度报告`."""
    return file_name(f"{report.issuer}{report.title}", "")


def told_apart(reports: Iterable[tuple[str, Report]]) -> list[Composed]:
    """Name the files of some reports; where two would be called the same, the unit's code is behind it, or a number."""
    named = [(code, called(report), report) for code, report in reports]
    names = Counter(name for _, name, _ in named)
    taken: Counter[str] = Counter()
    composed = []
    for code, name, report in named:
        own = name if names[name] == 1 else file_name(f"{name[:_ROOM]}_{code}", "")
        taken[own] += 1
        composed.append(Composed(code, own if taken[own] == 1 else f"{own}_{taken[own]}", report))
    return composed


def template_of(books: Books) -> Path | None:
    """Return the office's own template, where it has put one into the folder."""
    path = books.folder / TEMPLATE
    return path if path.is_file() else None


def publish(
    books: Books,
    reports: Sequence[Composed],
    formats: Sequence[Format],
    draw: Callable[[Report, Format], bytes],
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Written]:
    """Write reports into the campaign's folder.

    Args:
        books: whose.
        reports: composed.
        formats: what each is written as.
        draw: makes the bytes of a report.
        force: write over what somebody has changed.
        progress: is told of each report.
    """
    written = []
    batch = books.next_number
    for done, one in enumerate(reports, start=1):
        several = list(_write(books, one, formats, draw, force=force))
        fresh = [file for file in several if file[0].is_new]
        if fresh:
            files = [{"unit": one.unit, "file": each.file, "sha256": sha256} for each, sha256 in fresh]
            with books.recording(batch=batch) as record:
                record(EventKind.PUBLISHED, {"reports": files})
        written += [each for each, _ in several]
        if progress:
            progress(done, len(reports), one.name)
    return written


def _write(
    books: Books,
    one: Composed,
    formats: Sequence[Format],
    draw: Callable[[Report, Format], bytes],
    *,
    force: bool,
) -> Iterator[tuple[Written, str]]:
    for kind in formats:
        data = draw(one.report, kind)
        file = f"{PUBLISHED}/{kind.value}/{one.name}{kind.suffix}"
        known = books.state.written.get(file, "")
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            books.folder.write(file, data, known=known, force=force)
        except ChangedOutputError:
            yield Written(one, file, is_new=False, is_kept=True), sha256
        else:
            yield Written(one, file, is_new=sha256 != known), sha256
