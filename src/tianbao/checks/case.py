"""One submission as the rules see it: what the unit stands by, in the numbers and texts of the check language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tianbao.expr import Expr, compile_expression, evaluate
from tianbao.form.model import Form
from tianbao.form.names import PRIOR, given, serial
from tianbao.records.model import Answer, State, Submission

#: An answer in the check language: a day is its serial number, None a blank.
Figure = int | Decimal | str | None


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """A submission that was read, ready to be judged.

    Attributes:
        prior: the unit's report of last year, where there is one.
        figures: by the names that rules use: cell keys, `prior.` keys, and what is known without being asked.
        typed_over: the computed cells whose formula gave way to a number.
    """

    submission: Submission
    form: Form
    prior: Submission | None
    figures: Mapping[str, Figure]
    typed_over: tuple[str, ...]

    def compute(self, expression: Expr) -> Figure | bool:
        """Compute an expression over this submission, exactly."""
        return evaluate(expression, self.figures.get)

    def restored(self) -> Mapping[str, Figure]:
        """Return the figures as they would be with every formula in its place."""
        answers = self.submission.answers
        return {**self.figures, **{c.key: figure(answers[c.key].value) for c in self.form.computed if c.key in answers}}


def make_case(submission: Submission, form: Form, prior: Submission | None) -> Case:
    """See a submission as the rules do."""
    answers = submission.answers
    figures: dict[str, Figure] = {key: _asked_now(answer) for key, answer in answers.items()}
    typed_over = tuple(key for key, answer in answers.items() if answer.stated is not None)
    if typed_over:
        _follow_what_was_typed(form, figures, frozenset(typed_over))
    if submission.year is not None:
        figures |= given(submission.year)
    if prior is not None:
        figures |= {f"{PRIOR}{key}": figure(answer.value) for key, answer in prior.answers.items()}
    return Case(submission, form, prior, figures, typed_over)


def last_years(prior: Submission | Iterable[Submission] | None) -> Mapping[str, Submission]:
    """Return last year's submissions by the unit's code; of several of one unit the last given counts."""
    several = () if prior is None else (prior,) if isinstance(prior, Submission) else prior
    return {submission.unit.code: submission for submission in several if submission.unit and submission.reason is None}


def figure(value: object) -> Figure:
    """Say a value in the check language.

    >>> from datetime import date
    >>> figure(date(2025, 12, 31)), figure("是"), figure(None)
    (46022, '是', None)
    """
    if isinstance(value, date):
        return serial(value)
    return value if isinstance(value, int | Decimal | str) else None


def _asked_now(answer: Answer) -> Figure:
    """See an answer as the sheet does: a blank is one, even where it was declared to be zero."""
    if answer.state is State.DECLARED_ZERO:
        return None
    return figure(answer.value if answer.stated is None else answer.stated)


def _follow_what_was_typed(form: Form, figures: dict[str, Figure], typed_over: frozenset[str]) -> None:
    """Compute anew, as the sheet does, what depends on a number that stands in place of a formula."""
    for cell in form.computed:
        if cell.formula is not None and cell.key not in typed_over and cell.key in figures:
            result = compile_expression(cell.formula)(figures.get)
            figures[cell.key] = result if not isinstance(result, bool) else None
