"""What of the findings is settled: by what the unit wrote beside them, and by what the office decided.

    findings ──explain──▶ with the unit's words ──▶ what follows from a settled query is settled with it

In:   all findings of one submission, whichever check or reading they come from.
Out:  the same findings, each with the explanation that belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tianbao.checks.finding import Finding
from tianbao.form.model import Severity
from tianbao.records.model import Submission


def settle(submission: Submission, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put beside every finding what the unit wrote about it, and see what is thereby settled.

    A query that follows from an explained one is explained by the same words. What is still open, though the finding
    that it follows from is not, stands by itself.
    """
    return _with_consequences([_explained(submission, finding) for finding in findings])


def _explained(submission: Submission, finding: Finding) -> Finding:
    answer = submission.explanations.get(finding.instance)
    return finding if answer is None or answer.value is None else replace(finding, explanation=str(answer.value))


def _with_consequences(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Settle what follows from what is settled; causes stand before their consequences."""
    causes: dict[str, Finding] = {}
    told = []
    for finding in findings:
        cause = causes.get(finding.follows) if finding.follows else None
        if cause is not None and not cause.is_open and finding.is_open:
            told.append(_without_cause(finding, cause))
        else:
            told.append(finding)
        if finding.follows is None:
            causes[finding.instance] = finding
    return tuple(told)


def _without_cause(finding: Finding, cause: Finding) -> Finding:
    if cause.severity is finding.severity is Severity.QUERY:
        return replace(finding, explanation=cause.explanation)
    return replace(finding, follows=None)
