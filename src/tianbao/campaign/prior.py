"""Last year's reports: shown in this year's workbooks beside what must agree with them, and held against what comes back.

    workbooks, folders, zips, mails ──read_many───┐
    published reports (Word, pages, texts) ───────┤
    `read --json`, `merge --json` ──read_reports──┴─▶ of last year, in this form ──▶ one a unit, or why there is none

In:   whatever the office has kept of last year, and this year's form.
Out:  one submission a unit, as `run_checks` and `write_workbook` take them for `prior`; what is left out, and why.
A published report names its unit and gives no code: the roster says whose it is. Else nothing is asked of the roster, for
who reported last year need not do so again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tianbao.campaign.json_reports import Report, read_reports
from tianbao.documents import read_published
from tianbao.form.model import Form, Severity
from tianbao.merge.choose import LeftOut
from tianbao.records.migrate import migrate
from tianbao.records.model import Note, Submission, Unit
from tianbao.records.names import find_by_name, is_named_only, known_by_name
from tianbao.records.repeats import repeats
from tianbao.workbook.guard import find_files
from tianbao.workbook.read import Progress, read_many

#: What several files of a unit are to one another, and how that is said of last year's.
_AGAIN = {
    "M-SAME": "U-PRIOR-AGAIN",
    "M-AGAIN": "U-PRIOR-AGAIN",
    "M-WORDS": "U-PRIOR-WORDS",
    "M-TWICE": "U-PRIOR-TWICE",
    "M-CODE": "U-PRIOR-NAMES",
}


@dataclass(frozen=True, slots=True)
class LastYear:
    """What is known of last year.

    Attributes:
        submissions: one a unit, in this year's form, in the order of the units' codes.
        left_out: the files and parts of files that are none of these, each with the reason.
        unread: by unit, the cells of these that could not be read, and those that this year's form does not have.
    """

    submissions: tuple[Submission, ...]
    left_out: tuple[LeftOut, ...]
    unread: tuple[tuple[Unit, Note], ...] = ()


def read_last_year(
    paths: Iterable[str | os.PathLike[str]],
    form: Form,
    *,
    year: int,
    units: Iterable[Unit] = (),
    passwords: Iterable[str] = (),
    progress: Progress | None = None,
) -> LastYear:
    """Read last year's reports.

    Args:
        paths: of files, folders, zips and mails; what is called `.json` is taken for a document of ours.
        form: this year's; a report in another layout is taken over where both ask the same.
        year: this year, not the last.
        units: of the roster: by their names a published report is known.
        passwords: to try on each file that has one to open.
        progress: is told of each file that is done.

    Raises:
        PathMissingError: there is nothing under one of the paths.
    """
    found, known = list(_read(paths, form, passwords, progress)), tuple(units)
    left_out = [one for one in found if isinstance(one, LeftOut)]
    taken: list[Report] = []
    for one in found:
        if isinstance(one, Report):
            submission = known_by_name(one.submission, known)
            why = _why_not(submission, form, year - 1) or _whose_not(submission, known)
            if why is None:
                taken.append(one._replace(submission=migrate(submission, form)))
            else:
                left_out.append(why)
    submissions: list[Submission] = []
    several = _completed(taken)
    for submission, repeat in zip(several, repeats(several), strict=True):
        if repeat is None:
            submissions.append(submission)
        else:
            left_out.append(_repeated(submission, repeat.note))
    return LastYear(
        tuple(sorted(submissions, key=lambda submission: _unit(submission).code)),
        tuple(sorted(left_out, key=lambda left: left.file)),
        tuple((_unit(one), note) for one in submissions for note in one.notes if _is_lost(note)),
    )


def _is_lost(note: Note) -> bool:
    """Whether a note tells of a figure that is not known for this year's workbook."""
    return bool(note.key) and note.severity is not Severity.NOTE


def _read(
    paths: Iterable[str | os.PathLike[str]], form: Form, passwords: Iterable[str], progress: Progress | None
) -> Iterator[Report | LeftOut]:
    """Read documents first, then all else."""
    files = [file for path in paths for file, _ in find_files(Path(path))]
    documents = [file for file in files if file.suffix.lower() == ".json"]
    others = [file for file in files if file.suffix.lower() != ".json"]
    for done, file in enumerate(documents, start=1):
        yield from read_reports(file, form)
        if progress:
            progress(done, len(files), file.name)

    def told(done: int, _count: int, name: str) -> None:
        if progress:
            progress(len(documents) + done, len(files), name)

    for submission in read_many(others, passwords=passwords, jobs=None, progress=told, documents=read_published):
        if submission.reason is None:
            yield Report(submission, None)
        else:
            reason = submission.reason
            yield LeftOut(submission.file, submission.unit, reason.code, Severity.ERROR, reason.params)


def _why_not(submission: Submission, form: Form, last_year: int) -> LeftOut | None:
    """Say why a report that was read says nothing of last year; None where it does."""
    source = submission.form
    assert source is not None
    if not any(cell.key in source.by_key for cell in form.cells()):
        return _left_out(submission, "U-PRIOR-FORM", Severity.ERROR, form=source.id, wanted=form.id)
    if submission.unit is None:
        return _left_out(submission, "U-PRIOR-UNIT", Severity.ERROR)
    if submission.year != last_year:
        facts = {"name": submission.unit.name, "year": submission.year or "—", "wanted": last_year}
        return _left_out(submission, "U-PRIOR-YEAR", Severity.ERROR, **facts)
    return None


def _whose_not(submission: Submission, units: Sequence[Unit]) -> LeftOut | None:
    """Say why a published report is nobody's on the roster; None where it is somebody's, or there is no roster yet."""
    assert submission.unit is not None
    if not units or not is_named_only(submission.unit):
        return None
    several = find_by_name(submission.unit.name, units)
    name = submission.unit.name
    if not several:
        return _left_out(submission, "U-PRIOR-NAME", Severity.ERROR, name=name)
    names = "、".join(unit.name for unit in several)
    return _left_out(submission, "U-PRIOR-NAME-SEVERAL", Severity.ERROR, name=name, units=names)


def _completed(taken: Sequence[Report]) -> list[Submission]:
    """Say for what a merge does not hold what the unit's own report says, where there is one.

    So the two are the same report where every figure is the same, and different ones where a figure is not.
    """
    own: dict[str, Submission] = {}
    for submission, known in sorted(taken, key=lambda one: one.submission.file):
        if known is None:
            own.setdefault(_unit(submission).code, submission)
    return [
        submission if known is None or whole is None else _lent(submission, known, whole)
        for submission, known in taken
        for whole in (own.get(_unit(submission).code),)
    ]


def _lent(share: Submission, known: frozenset[str], whole: Submission) -> Submission:
    """Give a unit's share in a merge all that its own report says, but for the figures that differ."""
    differing = {
        key: answer
        for key, answer in share.answers.items()
        if key in known and answer.value != whole.answers[key].value
    }
    return replace(share, answers={**whole.answers, **differing}, explanations=whole.explanations)


def _repeated(submission: Submission, note: Note) -> LeftOut:
    return LeftOut(submission.file, submission.unit, _AGAIN[note.code], note.severity, note.params)


def _left_out(submission: Submission, code: str, severity: Severity, **facts: object) -> LeftOut:
    return LeftOut(submission.file, submission.unit, code, severity, {"file": submission.file, **facts})


def _unit(submission: Submission) -> Unit:
    assert submission.unit is not None
    return submission.unit
