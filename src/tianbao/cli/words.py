"""What several commands say in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tianbao import messages

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.form.model import Severity, Years
    from tianbao.records.model import Submission


def mark(severity: Severity) -> str:
    """Return the sign of a severity, which any console can print."""
    return {"error": "×", "query": "△", "note": "○"}[severity.value]


def years_in_words(years: Years) -> str:
    """Say for which report years a form is in force."""
    which = {(True, True): "both", (True, False): "first", (False, True): "last", (False, False): "any"}
    code = which[years.first is not None, years.last is not None]
    return messages.say(f"cli.years.{code}", first=years.first, last=years.last)


def sign(finding: Finding) -> str:
    """Return the sign of a finding: of its severity as long as it is open."""
    return "○" if finding.is_explained else mark(finding.severity)


def file_line(submission: Submission, signs: Iterable[str]) -> str:
    """Head what is told of a file: the sign of the worst that is told, its name, whose it is."""
    if submission.reason is not None or submission.unit is None or submission.form is None:
        return f"× {submission.file}"
    unit = submission.unit
    told = frozenset(signs)
    worst = next((each for each in "×△○" if each in told), "√")
    return f"{worst} {submission.file}  {unit.code} {unit.name}  {submission.year}  {submission.form.id}"


def located(at: str, message: str) -> str:
    """Put the place before a sentence that does not name it."""
    return message if not at or at in message else f"{at}  {message}"


def needs_mending(submission: Submission) -> bool:
    """Whether a file was refused, or a cell in it could not be read."""
    from tianbao.form.model import Severity

    return submission.reason is not None or any(note.severity is Severity.ERROR for note in submission.notes)
