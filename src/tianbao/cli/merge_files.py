"""`merge` of plain files: everything that is known of them once they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from tianbao.cli.balanced import rounded_of
from tianbao.cli.files import load, passwords_of, read_files, read_last_years

if TYPE_CHECKING:
    from tianbao.campaign.roster import RosterEntry
    from tianbao.checks.finding import Finding
    from tianbao.checks.settled import Unfit
    from tianbao.merge.doubles import Double
    from tianbao.merge.merge import Merged
    from tianbao.merge.rounding import Rounded
    from tianbao.records.model import Submission, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a merge of files.

    Attributes:
        files: files, folders, zips and mails.
        roster, decisions, adjustments: the office's lists; None where there is none.
        form: the form to merge; `as_form`: the form that the files are taken over into.
        prior: last year's files.
        rounding: the measure and the decimals to tell the totals in.
        called: the command, as it was called.
    """

    files: Sequence[str]
    roster: str | None
    decisions: str | None
    adjustments: str | None
    form: str | None
    as_form: str | None
    year: int | None
    prior: Sequence[str]
    rounding: tuple[str | None, int | None]
    password_envs: Sequence[str]
    jobs: int | None
    called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesMerged:
    """A merge of files, with what was found in them.

    Attributes:
        findings: in all reports; why a file is not counted is told with the merge.
        unfit: decisions of the office that settle nothing.
        aside: the units that the roster leaves out of the totals, by code.
        last_year: last year's reports.
    """

    merged: Merged
    findings: Sequence[Finding]
    unfit: Sequence[Unfit]
    doubles: Sequence[Double]
    entries: Sequence[RosterEntry]
    aside: Mapping[str, Unit]
    last_year: Sequence[Submission]
    rounded: Rounded | None


def merge_files(wanted: Wanted) -> FilesMerged:
    """Read the files and the office's lists, merge, and check."""
    from tianbao.campaign.decisions import read_decisions
    from tianbao.campaign.roster import expected, read_roster
    from tianbao.checks.run import check_each
    from tianbao.checks.settled import find_unfit
    from tianbao.merge.doubles import find_doubles

    passwords = passwords_of(wanted.password_envs)
    entries = read_roster(wanted.roster) if wanted.roster else ()
    decisions = read_decisions(wanted.decisions) if wanted.decisions else ()
    aside = {entry.unit.code: entry.unit for entry in entries if not entry.counts}
    read = read_files(wanted.files, None, wanted.as_form, passwords, wanted.jobs)
    submissions = [one for one in read if one.unit is None or one.unit.code not in aside]
    units = expected(entries, reported={one.unit.code for one in submissions if one.unit is not None})
    merged = _merge(wanted, submissions, units)
    rounded = rounded_of(merged, *wanted.rounding, wanted.called)
    last_year = read_last_years(wanted.prior, submissions, wanted.as_form, passwords, wanted.jobs) or None
    found = check_each(submissions, prior=last_year, roster=[entry.unit for entry in entries], decisions=decisions)
    #: Why a file is not counted is told once, among those that are not.
    left_out = {left_out.file for left_out in merged.left_out}
    return FilesMerged(
        merged=merged,
        findings=[
            one for one in chain.from_iterable(found) if not (one.file in left_out and one.code.startswith("M-"))
        ],
        unfit=find_unfit([one for one in decisions if one.unit not in aside], submissions, found),
        doubles=find_doubles(
            merged,
            parents={entry.unit.code: entry.parent for entry in entries if entry.parent},
            aside=[one for one in read if one.reason is None and one.unit is not None and one.unit.code in aside],
        ),
        entries=entries,
        aside=aside,
        last_year=last_year or (),
        rounded=rounded,
    )


def _merge(wanted: Wanted, submissions: Sequence[Submission], units: Sequence[Unit]) -> Merged:
    """Merge; the cells of a list of adjustments are those of the form that was merged."""
    from tianbao.campaign.booking_list import read_adjustments
    from tianbao.merge.merge import merge_submissions

    merged = merge_submissions(
        submissions, roster=units, form=load(wanted.form or wanted.as_form), year=wanted.year
    )  # fmt: skip
    if wanted.adjustments is None:
        return merged
    bookings = read_adjustments(wanted.adjustments, merged.form)
    return merge_submissions(submissions, roster=units, form=merged.form, year=merged.year, adjustments=bookings)
