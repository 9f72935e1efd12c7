"""What goes back to each unit: its workbook with what must be mended, or a receipt.

    submissions ──as_laid_out──▶ checks ──▶ a correction workbook where something is open, else a receipt

In:   what came back, last year's reports, who may answer, and what the letters say.
Out:  replies, each with the name of its file and its bytes, in the order of the submissions.
Knows nothing of folders and mails. Of a refused file there is nothing to send back but its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from tianbao import messages
from tianbao.checks.case import last_years
from tianbao.checks.decisions import Decision
from tianbao.checks.run import check_each
from tianbao.records.model import Submission, Unit
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


def replies(
    submissions: Sequence[Submission],
    *,
    prior: Iterable[Submission] = (),
    roster: Iterable[Unit] = (),
    decisions: Iterable[Decision] = (),
    letter: Letter | None = None,
) -> Iterator[Reply]:
    """Make what goes back to each unit; of copies, of refused files and of those that are nobody's there is nothing."""
    known = tuple(prior)
    before = last_years(known)
    laid = [as_laid_out(one) if can_be_corrected(one) else one for one in submissions]
    used: set[str] = set()
    for submission, findings in zip(
        laid, check_each(laid, prior=known, roster=roster, decisions=decisions), strict=True
    ):
        if not can_be_corrected(submission) or any(finding.code in COPIES for finding in findings):
            continue
        assert submission.unit is not None
        is_receipt = not any(finding.is_open for finding in findings)
        kind = "receipt" if is_receipt else "correction"
        name = _unused(f"{submission.unit.code}_{submission.unit.name}_{messages.say(f'replies.{kind}', 'zh')}", used)
        if is_receipt:
            yield Reply(submission, f"{name}.txt", receipt(submission, "zh").encode("utf-8-sig"), is_receipt)
        else:
            target = BytesIO()
            write_correction(submission, findings, target, prior=before.get(submission.unit.code), letter=letter)
            yield Reply(submission, f"{name}.xlsx", target.getvalue(), is_receipt)


def _unused(name: str, used: set[str]) -> str:
    """Name several files of one unit apart."""
    chosen, n = name, 2
    while chosen in used:
        chosen, n = f"{name}_{n}", n + 1
    used.add(chosen)
    return chosen
