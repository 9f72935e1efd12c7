"""`report` of plain files: each file's own report, or the county's that all of them make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tianbao.cli.files import passwords_of, read_files, read_last_years
from tianbao.cli.merge_files import Wanted, merge_files
from tianbao.cli.output import show
from tianbao.cli.usage import MissingError
from tianbao.cli.words import file_line

if TYPE_CHECKING:
    from tianbao.campaign.publishing import Composed
    from tianbao.records.model import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesWanted:
    """What is asked of some files.

    Attributes:
        county: the report that all make together, and none of each.
        issuer: the office that signs the county's.
        prior: last year's files.
        texts: the office's own, by key.
        called: the command, as it was called.
    """

    files: Sequence[str]
    county: bool
    issuer: str
    roster: str | None
    form: str | None
    as_form: str | None
    year: int | None
    prior: Sequence[str]
    texts: Mapping[str, str] | None
    signed_on: date | None
    password_envs: Sequence[str]
    jobs: int | None
    called: str


def reports_of_files(wanted: FilesWanted) -> tuple[list[Composed], bool]:
    """Compose the reports of some files, and tell whether every file was read.

    Raises:
        MissingError: nobody is named who signs the county's.
        NoReportError: no file can be read.
    """
    return _county(wanted) if wanted.county else _units(wanted)


def _units(wanted: FilesWanted) -> tuple[list[Composed], bool]:
    from tianbao.campaign.publishing import NoReportError, told_apart
    from tianbao.checks.run import check_each
    from tianbao.reports.published import report_of_unit

    passwords = passwords_of(wanted.password_envs)
    read = read_files(wanted.files, wanted.form, wanted.as_form, passwords, wanted.jobs, documents=True)
    refused = [one for one in read if one.reason is not None]
    for one in refused:
        show(file_line(one, ()))
        assert one.reason is not None
        show(f"  {one.reason.code}  {one.reason.message()}")
    good = [one for one in read if one.reason is None]
    if not good:
        raise NoReportError
    prior = read_last_years(wanted.prior, good, wanted.as_form, passwords, wanted.jobs)
    found = check_each(good, prior=prior or None)
    reports = told_apart(
        (one.unit.code if one.unit else "", report_of_unit(one, findings, prior=_before(one, prior)))
        for one, findings in zip(good, found, strict=True)
    )
    return reports, not refused


def _before(submission: Submission, prior: Sequence[Submission]) -> Submission | None:
    return next(
        (one for one in prior if one.unit is not None and submission.unit and one.unit.code == submission.unit.code),
        None,
    )


def _county(wanted: FilesWanted) -> tuple[list[Composed], bool]:
    from tianbao.campaign.publishing import Composed, called
    from tianbao.reports.published import report_of_county

    if not wanted.issuer:
        raise MissingError(what="--issuer", command=wanted.called)
    done = merge_files(
        Wanted(
            files=wanted.files,
            roster=wanted.roster,
            decisions=None,
            adjustments=None,
            form=wanted.form,
            as_form=wanted.as_form,
            year=wanted.year,
            prior=wanted.prior,
            rounding=(None, None),
            password_envs=wanted.password_envs,
            jobs=wanted.jobs,
            called=wanted.called,
        )
    )
    report = report_of_county(
        done.merged,
        done.findings,
        issuer=wanted.issuer,
        prior=done.last_year,
        texts=wanted.texts,
        signed_on=wanted.signed_on,
    )
    for left in done.merged.left_out:
        show(f"○ {left.file}  {left.code}  {left.message()}")
    return [Composed("", called(report), report)], not any(
        left.severity.value == "error" for left in done.merged.left_out
    )
