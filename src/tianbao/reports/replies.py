"""What goes back to each unit: its workbook with what must be mended, or a receipt.

    submissions + findings ──as_laid_out──▶ a correction workbook where something is open, else a receipt

In:   what came back and what was found in it, last year's reports, and what the letters say.
Out:  replies, each with the name of its file and its bytes, in the order of the submissions.
Knows nothing of folders and mails. Of a refused file there is nothing to send back but its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from tianbao import messages
from tianbao.checks.case import last_years
from tianbao.checks.finding import Finding
from tianbao.checks.run import run_checks
from tianbao.records.model import Submission
from tianbao.records.repeats import COPIES
from tianbao.reports.correction import Letter, as_laid_out, can_be_corrected, write_correction
from tianbao.reports.receipt import receipt


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back for one submission.

    Attributes:
        name: of the file, without a folder.
        is_receipt: nothing is open.
    """

    submission: Submission
    name: str
    data: bytes
    is_receipt: bool


def make_replies(
    submissions: Sequence[Submission],
    found: Sequence[Sequence[Finding]],
    *,
    prior: Iterable[Submission] = (),
    letter: Letter | None = None,
    issuance: Callable[[Submission], str] | None = None,
) -> Iterator[Reply]:
    """Make what goes back to each unit; of copies, of refused files and of those that are nobody's there is nothing.

    Args:
        submissions: what came back.
        found: what was found in each, with what the units explained and the office decided.
        prior: last year's submissions, matched by the unit's code.
        letter: what the letters say beside the findings.
        issuance: signs the workbook that goes back for a submission; without it none is signed.
    """
    before = last_years(prior)
    used: set[str] = set()
    for returned, own in zip(submissions, found, strict=True):
        if not can_be_corrected(returned) or any(finding.code in COPIES for finding in own):
            continue
        submission = as_laid_out(returned)
        assert submission.unit is not None
        last_year = before.get(submission.unit.code)
        findings = own if submission is returned else _in_new_places(submission, own, last_year)
        is_receipt = not any(finding.is_open for finding in findings)
        kind = "receipt" if is_receipt else "correction"
        name = _unused(f"{submission.unit.code}_{submission.unit.name}_{messages.say(f'replies.{kind}', 'zh')}", used)
        if is_receipt:
            yield Reply(submission, f"{name}.txt", receipt(submission, "zh").encode("utf-8-sig"), is_receipt)
        else:
            target = BytesIO()
            signed = issuance(returned) if issuance else ""
            write_correction(submission, findings, target, prior=last_year, letter=letter, issuance=signed)
            yield Reply(submission, f"{name}.xlsx", target.getvalue(), is_receipt)


def _in_new_places(submission: Submission, findings: Sequence[Finding], prior: Submission | None) -> Sequence[Finding]:
    """Tell the same findings of the cells in which the answers stand now.

    What became of each stays as it is: a decision names the cell of the file that came in. What is found only in
    comparing several files is told of that file, too.
    """
    again = {finding.instance: finding for finding in run_checks(submission, prior=prior)}
    return [
        replace(now, explanation=one.explanation, decision=one.decision, follows=one.follows)
        if one.cells and (now := again.get(one.instance))
        else one
        for one in findings
    ]


def _unused(name: str, used: set[str]) -> str:
    """Name several files of one unit apart."""
    chosen, n = name, 2
    while chosen in used:
        chosen, n = f"{name}_{n}", n + 1
    used.add(chosen)
    return chosen
