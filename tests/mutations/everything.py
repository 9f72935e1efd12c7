"""The whole table of mutations: what one of them makes of a workbook, and what must be so afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from tests.mutations import formulas, lines, sheets, typed, whose, wrappings, writing
from tests.mutations.book import UNIT, Book, NotPossibleError
from tests.mutations.judge import differences
from tests.mutations.table import MUTATIONS, WRAPPINGS, Mutation
from tianbao.form.load import bundled_forms
from tianbao.records.model import Submission, Verdict
from tianbao.workbook.read import read_workbook

#: Each fills the table when it is imported.
ROOMS = (formulas, lines, sheets, typed, whose, wrappings, writing)
FORMS = tuple(bundled_forms())
FILLINGS = range(5)
#: A reading that takes longer than so many seconds hangs.
HANGS = 5.0

STATUTORY = ("zfxxgk-2019", "zfxxgk-2021")

#: Forms that have no cell of the kind that a mutation needs.
NOT_POSSIBLE = {
    *(("zfxxgk-2021", name) for name in MUTATIONS if name.startswith(("a decrease", "an increase"))),
    *((form, typed_.name) for form in STATUTORY for typed_ in typed.TYPED if typed_.code == "V-NOT-APPLICABLE"),
    ("fire-safety", "an_answer_merged_with_the_empty_cell_below"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of some alterations.

    Attributes:
        wrong: every answer that was silently read as another thing, and any other promise that was not kept.
        seconds: how long the reading took, of the processor: a busy machine is not a hang.
    """

    submission: Submission
    wrong: tuple[str, ...]
    seconds: float


def run(form: str, filling: int, mutations: Sequence[Mutation]) -> Outcome:
    """Alter a workbook, read it, and judge what was read.

    Raises:
        NotPossibleError: what an alteration needs is not there.
    """
    book = Book(form, filling)
    for mutation in mutations:
        mutation.alter(book)
    data = BytesIO(book.data())
    started = time.process_time()
    submission = read_workbook(data)
    seconds = time.process_time() - started
    return Outcome(submission, tuple(differences(book, submission)), seconds)


def broken_promises(mutation: Mutation, outcome: Outcome, *, zero_report: bool) -> Iterator[str]:
    """Yield what is not as the table says: verdict, codes, whose the workbook is."""
    yield from outcome.wrong
    submission = outcome.submission
    codes = {note.code for note in submission.notes}
    if zero_report:  # which is told whatever else there is to tell
        codes -= {"R-ZERO-REPORT"} - mutation.told
    reason = submission.reason.code if submission.reason else ""
    if reason != mutation.reason:
        yield f"refused by {reason!r}, not by {mutation.reason!r}"
    if codes - mutation.also - mutation.told or mutation.told - codes:
        yield f"told {sorted(codes)}, not {sorted(mutation.told)} (and perhaps {sorted(mutation.also)})"
    verdicts = mutation.verdicts | ({Verdict.READ_WITH_NOTES} if zero_report and not mutation.reason else set())
    if submission.verdict not in verdicts:
        yield f"the verdict is {submission.verdict}"
    unit = submission.unit and (submission.unit.code, submission.unit.name)
    if submission.reason is None and unit != (None if mutation.is_nobodys else (UNIT.code, UNIT.name)):
        yield f"it is said to be {unit}'s"
    if outcome.seconds > HANGS:
        yield f"it took {outcome.seconds:.1f} s"


def is_possible(form: str, mutation: Mutation) -> bool:
    """Whether a form has what a mutation needs."""
    return (form, mutation.name) not in NOT_POSSIBLE


__all__ = [
    "FILLINGS",
    "FORMS",
    "HANGS",
    "MUTATIONS",
    "WRAPPINGS",
    "NotPossibleError",
    "broken_promises",
    "is_possible",
    "run",
]
