"""What several commands say in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tianbao import messages

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.checks.settled import Unfit
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
    if finding.decision is not None:
        return "—" if finding.is_waived else "√"
    return "○" if finding.is_explained else mark(finding.severity)


def settled(findings: Iterable[Finding]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Say how many findings are settled, and by whom, as codes with their facts; a waived error is named."""
    own = [finding for finding in findings if finding.stands_alone]
    waived = [finding for finding in own if finding.is_waived]
    errors = [finding for finding in waived if finding.severity.value == "error"]
    accepted = sum(finding.decision is not None and not finding.is_waived for finding in own)
    if explained := sum(finding.is_explained and finding.decision is None for finding in own):
        yield "cli.settled.explained", {"count": explained}
    if accepted:
        yield "cli.settled.accepted", {"count": accepted}
    if errors:
        names = messages.say("cli.comma").join(
            f"{finding.unit.name if finding.unit else finding.file} {finding.instance}" for finding in errors
        )
        yield "cli.settled.waived.errors", {"count": len(waived), "errors": len(errors), "names": names}
    elif waived:
        yield "cli.settled.waived", {"count": len(waived)}


def unfit_line(path: str, unfit: Unfit) -> str:
    """Tell which decision of the office's list settles nothing, and why."""
    return f"△ {path} {unfit.decision.at}  {unfit.code}  {unfit.message()}"


def file_line(submission: Submission, signs: Iterable[str]) -> str:
    """Head what is told of a file: the sign of the worst that is told, its name, whose it is."""
    if submission.reason is not None or submission.unit is None or submission.form is None:
        return f"× {submission.file}"
    unit = submission.unit
    told = frozenset(signs)
    worst = next((each for each in "×△○" if each in told), "√")
    #: A published report knows its unit by the name alone.
    whose = unit.name if unit.code == unit.name else f"{unit.code} {unit.name}"
    return f"{worst} {submission.file}  {whose}  {submission.year or '—'}  {submission.form.id}"


def located(at: str, message: str) -> str:
    """Put the place before a sentence that does not name it."""
    return message if not at or at in message else f"{at}  {message}"


def needs_mending(submission: Submission) -> bool:
    """Whether a file was refused, or a cell in it could not be read."""
    from tianbao.form.model import Severity

    return submission.reason is not None or any(note.severity is Severity.ERROR for note in submission.notes)
