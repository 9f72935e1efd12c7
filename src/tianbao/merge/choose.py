"""Which submissions a merge counts: one of each unit, all of one form and year; every other is told with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.form.model import Form, Severity
from tianbao.messages import Language
from tianbao.records.model import Submission, Unit
from tianbao.records.repeats import repeats


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in the totals, and why.

    Attributes:
        severity: a note where nothing is lost (the same report twice), a query where only words differ, else an error.
        code: of the sentence; of a file that could not be read the reason's own.
        params: the facts of the sentence.
    """

    file: str
    unit: Unit | None
    code: str
    severity: Severity
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        sentence = messages.say(self.code, lang, **self.params)
        return f"{sentence} {messages.hint(self.code, lang, **self.params)}".strip()


class NothingToMergeError(TianbaoError):
    """No file could be read, and nobody said which form is meant."""

    code = "M-NOTHING"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a merge counts: one submission a unit, in the order of the roster, else of the units' codes."""

    form: Form
    year: int | None
    submissions: tuple[Submission, ...]
    units: tuple[Unit, ...]
    left_out: tuple[LeftOut, ...]


def choose(submissions: Iterable[Submission], roster: Sequence[Unit], form: Form | None, year: int | None) -> Chosen:
    """Choose what a merge counts; the order in which the files come does not matter.

    Args:
        submissions: all that came back.
        roster: who is expected; who is not on it is not counted. Empty: everyone counts.
        form: the form that is merged; None: the one of most files.
        year: its year; None: the one of most files.

    Raises:
        NothingToMergeError: no form was given and none can be told from the files.
    """
    every = sorted(submissions, key=lambda submission: (submission.file, submission.sha256))
    read = [submission for submission in every if submission.reason is None and submission.form is not None]
    form, year = _most(read, form, year)
    left_out: list[LeftOut] = [_refused(submission) for submission in every if submission.reason is not None]
    expected = {unit.code: unit for unit in roster}
    candidates: list[Submission] = []
    for submission in read:
        reason = _reason(submission, form, year, expected)
        if reason is None:
            candidates.append(submission)
        else:
            left_out.append(reason)
    counted: dict[str, Submission] = {}
    for submission, repeat in zip(candidates, repeats(candidates), strict=True):
        if repeat is None:
            counted[_unit(submission).code] = submission
        else:
            note = repeat.note
            left_out.append(LeftOut(submission.file, submission.unit, note.code, note.severity, note.params))
    codes = [code for code in (expected or sorted(counted)) if code in counted]
    return Chosen(
        form=form,
        year=year,
        submissions=tuple(counted[code] for code in codes),
        units=tuple(expected.get(code) or _unit(counted[code]) for code in codes),
        left_out=tuple(sorted(left_out, key=lambda left: left.file)),
    )


def _most(read: Sequence[Submission], form: Form | None, year: int | None) -> tuple[Form, int | None]:
    """Return the form and the year asked for, else those of most files; of equally many the newest."""
    pairs = Counter(
        (submission.form.id, submission.year)
        for submission in read
        if submission.form is not None
        and (form is None or submission.form.id == form.id)
        and (year is None or submission.year == year)
    )
    if not pairs:
        if form is None:
            raise NothingToMergeError
        return form, year
    name, most_year = max(pairs, key=lambda pair: (pairs[pair], pair[1] or 0, pair[0]))
    found = next(submission.form for submission in read if submission.form is not None and submission.form.id == name)
    return form or found, most_year


def _reason(submission: Submission, form: Form, year: int | None, expected: Mapping[str, Unit]) -> LeftOut | None:
    """Say why a file that was read is not counted; None where it is."""
    assert submission.form is not None
    if submission.form.id != form.id:
        facts = {"form": submission.form.id, "merged": form.id}
        return _left_out(submission, "M-FORM", Severity.ERROR, **facts)
    if submission.unit is None:
        return _left_out(submission, "M-UNIT", Severity.ERROR)
    if submission.year != year:
        return _left_out(submission, "M-YEAR", Severity.ERROR, year=submission.year, merged=year)
    if expected and submission.unit.code not in expected:
        return _left_out(submission, "M-ROSTER", Severity.ERROR)
    return None


def _left_out(submission: Submission, code: str, severity: Severity, **facts: object) -> LeftOut:
    unit = submission.unit or Unit("", "")
    known = {"file": submission.file, "code": unit.code, "name": unit.name}
    return LeftOut(submission.file, submission.unit, code, severity, {**known, **facts})


def _refused(submission: Submission) -> LeftOut:
    assert submission.reason is not None
    reason = submission.reason
    return LeftOut(submission.file, submission.unit, reason.code, Severity.ERROR, reason.params)


def _unit(submission: Submission) -> Unit:
    assert submission.unit is not None
    return submission.unit
