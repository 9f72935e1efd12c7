"""Judge submissions by the checks of their forms, and tell what does not hold.

The verdicts are computed for all submissions of a form at once; what a person reads (both sides, the difference, the
sentence) exactly, for the broken ones only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tianbao.checks.alike import find_alike, find_unchanged
from tianbao.checks.case import Case, last_years, make_case
from tianbao.checks.decisions import Decision
from tianbao.checks.finding import Finding, of_note
from tianbao.checks.fold import Fold
from tianbao.checks.identities import Identities
from tianbao.checks.locate import Locator
from tianbao.checks.made_of import counted_twice, told_of_parts
from tianbao.checks.prose import Prose, check_prose, read_prose, spoken_of
from tianbao.checks.sentence import Broken, compares_days, compares_years, shown_cell
from tianbao.checks.settled import settle
from tianbao.expr import And, Compare, Expr, If, Kind, Or, cells
from tianbao.expr.frame import Columns, evaluate
from tianbao.expr.semantics import DAY_ZERO
from tianbao.form.completeness import ZERO_REPORT
from tianbao.form.model import Amount, Form, Instance, Severity, Shape
from tianbao.records.columns import to_columns
from tianbao.records.model import State, Submission, Unit, Value
from tianbao.records.repeats import Repeat, repeats
from tianbao.records.whose import doubts


class Ruling(StrEnum):
    """What became of a check instance for one submission."""

    HOLDS = "holds"
    BROKEN = "broken"
    NOT_ASKED = "not_asked"


_BROKEN, _HOLDS = 1, 2
_RULINGS = np.array([Ruling.NOT_ASKED, Ruling.BROKEN, Ruling.HOLDS], dtype=object)
_WEIGHT = {Severity.ERROR: 0, Severity.QUERY: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The ruling on every check instance for every submission.

    Attributes:
        submissions: in the order given.
        rulings: one mapping a submission, by instance; empty for a refused file.
    """

    submissions: tuple[Submission, ...]
    rulings: tuple[Mapping[str, Ruling], ...]


def run_checks(
    submissions: Submission | Iterable[Submission],
    *,
    prior: Submission | Iterable[Submission] | None = None,
    roster: Iterable[Unit] = (),
    decisions: Iterable[Decision] = (),
) -> tuple[Finding, ...]:
    """Tell everything that does not hold, and every value that could not be taken as it stood.

    Of several submissions it is told, too, what they are to one another: the same report twice, two different ones of
    one unit, one that was copied from another unit, one whose file is named after another unit.

    Args:
        submissions: one or several; refused files have no findings.
        prior: last year's submissions, matched by the unit's code. A check that needs a figure which last year's
            report does not have is not asked.
        roster: every unit that may answer, where that is known.
        decisions: what the office decided about single findings; `find_unfit` tells which of them settle nothing.

    Returns:
        The findings in the order of the submissions; of each the errors before the queries, in the order of the
        form, and every consequence right after its cause.
    """
    each = check_each(submissions, prior=prior, roster=roster, decisions=decisions)
    return tuple(finding for own in each for finding in own)


def check_each(
    submissions: Submission | Iterable[Submission],
    *,
    prior: Submission | Iterable[Submission] | None = None,
    roster: Iterable[Unit] = (),
    decisions: Iterable[Decision] = (),
) -> tuple[tuple[Finding, ...], ...]:
    """Do as `run_checks` does, and give the findings of each submission by themselves."""
    several = (submissions,) if isinstance(submissions, Submission) else tuple(submissions)
    made = tuple(decisions)
    cases = _cases(several, prior)
    tracers: dict[Form, _Tracer] = {}
    own: list[list[Finding]] = [[] for _ in several]
    for n, (case, rulings) in enumerate(zip(cases, _judge(cases), strict=True)):
        if case is not None:
            tracer = tracers.setdefault(case.form, _Tracer(case.form))
            prose = read_prose(case)
            own[n] += _findings(case, rulings, tracer, prose)
            own[n] += check_prose(prose)
            own[n] += [of_note(case.submission, note) for note in told_of_parts(case.submission)]
    for n, (case, alike) in enumerate(zip(cases, find_alike(several), strict=True)):
        own[n] += alike
        own[n] += find_unchanged(case.submission, case.prior) if case is not None and case.prior is not None else ()
    for n, notes in enumerate(counted_twice(several)):
        own[n] += [of_note(several[n], note) for note in notes]
    again = repeats(several)
    told: list[tuple[Finding, ...]] = []
    for submission, findings, repeat, doubted in zip(
        several, _once(own, again), again, doubts(several, roster), strict=True
    ):
        notes = (*((repeat.note,) if repeat else ()), *doubted)
        of_file = sorted((of_note(submission, note) for note in notes), key=lambda finding: _WEIGHT[finding.severity])
        errors = [finding for finding in of_file if finding.severity is Severity.ERROR]
        told.append(settle(submission, (*errors, *findings, *of_file[len(errors) :]), made))
    return tuple(told)


def _once(own: Sequence[Sequence[Finding]], again: Sequence[Repeat | None]) -> Iterator[Sequence[Finding]]:
    """Leave out of a copy what was found in the report that it copies already."""
    for findings, repeat in zip(own, again, strict=True):
        if repeat is not None and repeat.is_copy and repeat.of is not None:
            known = {(finding.code, finding.instance) for finding in own[repeat.of]}
            yield [finding for finding in findings if (finding.code, finding.instance) not in known]
        else:
            yield findings


def judge(
    submissions: Submission | Iterable[Submission], *, prior: Submission | Iterable[Submission] | None = None
) -> Judgement:
    """Rule on every check instance for every submission, as the audit sheet of each workbook does.

    Args:
        submissions: one or several.
        prior: last year's submissions, matched by the unit's code.
    """
    cases = _cases(submissions, prior)
    several = (submissions,) if isinstance(submissions, Submission) else tuple(submissions)
    return Judgement(several, _judge(cases))


def _cases(
    submissions: Submission | Iterable[Submission], prior: Submission | Iterable[Submission] | None
) -> tuple[Case | None, ...]:
    several = (submissions,) if isinstance(submissions, Submission) else submissions
    known = last_years(prior)
    return tuple(
        make_case(submission, submission.form, known.get(submission.unit.code) if submission.unit else None)
        if submission.form is not None and submission.reason is None
        else None
        for submission in several
    )


def _judge(cases: Sequence[Case | None]) -> tuple[Mapping[str, Ruling], ...]:
    by_form: defaultdict[Form, list[int]] = defaultdict(list)
    for n, case in enumerate(cases):
        if case is not None:
            by_form[case.form].append(n)
    rulings: list[Mapping[str, Ruling]] = [{} for _ in cases]
    for form, places in by_form.items():
        found = _judge_form(form, [case for n in places if (case := cases[n]) is not None])
        for n, ruled in zip(places, found, strict=True):
            rulings[n] = ruled
    return tuple(rulings)


def _judge_form(form: Form, cases: Sequence[Case]) -> Iterator[Mapping[str, Ruling]]:
    """Rule for all submissions of one form at once."""
    numbers, texts = _names(form)
    columns = Columns(to_columns([case.figures for case in cases], numbers=numbers, texts=texts))
    ruled = np.empty((len(form.instances), len(cases)), dtype=np.int8)
    for n, instance in enumerate(form.instances):
        ruled[n] = np.where(evaluate(instance.rule, columns), _HOLDS, _BROKEN)
        if instance.asked is not None:
            ruled[n] *= evaluate(instance.asked, columns)
    names = [instance.id for instance in form.instances]
    return (dict(zip(names, line, strict=True)) for line in _RULINGS[ruled.T].tolist())


@lru_cache(maxsize=16)
def _names(form: Form) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the numbers and of the texts in a form's checks."""
    kinds: dict[str, Kind] = {}
    for instance in form.instances:
        for part in (instance.rule, instance.asked):
            kinds |= {cell.key: cell.kind for cell in cells(part)} if part is not None else {}
    texts = tuple(key for key, kind in kinds.items() if kind is Kind.TEXT)
    return tuple(key for key in kinds if key not in texts), texts


class _Tracer:
    """What looks behind the findings of a form's submissions: which follow from others, and which cell is wrong."""

    def __init__(self, form: Form) -> None:
        identities = Identities(form)
        self.fold = Fold(form, identities)
        self.locator = Locator(form, identities)


def _findings(case: Case, rulings: Mapping[str, Ruling], tracer: _Tracer, prose: Prose) -> Iterator[Finding]:
    """Make one submission's findings, causes first, each with the cells that are probably wrong."""
    broken = [instance for instance in case.form.instances if rulings[instance.id] is Ruling.BROKEN]
    noted = [of_note(case.submission, note) for note in case.submission.notes if note.severity is not Severity.NOTE]
    #: What a migration has left behind is told of too, and is none of the form's cells.
    own = [(cell.key, finding.instance) for finding in reversed(noted) for cell in finding.cells]
    told = {key: name for key, name in own if key in case.figures}
    incomplete, declared = [], []
    for instance in broken:
        if instance.check.code.startswith("C-"):
            incomplete += (
                [_broken(case, instance, named)] if (named := _incomplete(case, instance, told)) is not None else []
            )
        else:
            written = [key for key in instance.cells if _is_written(case, key)]
            declared.append(_broken(case, instance, (*written, *instance.prior)))
    for finding in incomplete:
        told = {cell.key: finding.instance for cell in finding.cells} | told
    found = [*noted, *incomplete, *declared]
    if len(found) > 1:
        causes = tracer.fold.causes(case, declared, told)
        found = [replace(f, follows=causes.get(f.instance)) for f in found]
    if declared:
        asked = [instance for instance in case.form.instances if rulings[instance.id] is not Ruling.NOT_ASKED]
        suspects = tracer.locator.locate(
            case, found, asked, spoken_of(prose) if any(f.imbalance for f in declared) else {}
        )
        found = [replace(f, suspects=suspects[f.instance]) if f.instance in suspects else f for f in found]
    return _causes_first(found)


def _causes_first(findings: Sequence[Finding]) -> Iterator[Finding]:
    consequences: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda finding: _WEIGHT[finding.severity]):
        consequences[finding.follows].append(finding)
    for cause in consequences.pop(None, []):
        yield cause
        yield from consequences.pop(cause.instance, [])


def _is_written(case: Case, key: str) -> bool:
    """Whether a cell is worth showing: all are but those of empty lines in a detail list."""
    table = case.form.table_of(key)
    if table is None or table.shape is not Shape.LIST:
        return True
    line = key.rpartition(".")[0]
    return any(case.figures[f"{line}.{column.key}"] is not None for column in table.columns)


def _incomplete(case: Case, instance: Instance, told: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the cells that a check of completeness is about; None where findings of their own tell of each."""
    match instance.check.code:
        case "C-02":
            return (ZERO_REPORT, *(key for key in instance.cells if key != ZERO_REPORT and case.figures[key]))
        case "C-03":
            return instance.cells
        case _:
            return tuple(key for key in instance.cells if _is_blank(case, key) and key not in told) or None


def _is_blank(case: Case, key: str) -> bool:
    """Whether nothing was typed; what does not apply to the unit is not lacking."""
    return case.figures[key] is None and case.submission.answers[key].state is not State.NOT_APPLICABLE


def _broken(case: Case, instance: Instance, keys: Sequence[str]) -> Finding:
    years = instance.years
    comparison = _deciding(case, instance.rule) if years is None else None
    sides = (comparison.left, comparison.right) if comparison else years
    left, right = map(case.compute, sides) if sides else (None, None)
    days = comparison is not None and compares_days(comparison)
    of_year = comparison is not None and compares_years(comparison)
    imbalance: Amount | None = None
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal) and not of_year:
        imbalance = left - right
    cells_of = tuple(shown_cell(case, key) for key in keys)
    return Finding(
        code=instance.check.code,
        severity=instance.check.severity,
        instance=instance.id,
        file=case.submission.file,
        unit=case.submission.unit,
        cells=cells_of,
        left=_day(left) if days else left,
        right=_day(right) if days else right,
        imbalance=imbalance,
        rule=instance.check.rule,
        told=Broken(case, instance, comparison, imbalance, cells_of),
    )


def _deciding(case: Case, rule: Expr) -> Compare | None:
    """Return the comparison by which a rule does not hold, where one alone decides."""
    match rule:
        case Compare():
            return rule
        case And(operands):
            return next((found for o in operands if not case.compute(o) and (found := _deciding(case, o))), None)
        case If(condition, then, otherwise):
            return _deciding(case, then if case.compute(condition) else otherwise)
        #: "All or none" is told by what is lacking to all.
        case Or((Compare(left=left) as first, Compare(left=same))) if left == same:
            return first
        case _:
            return None


def _day(number: object) -> Value:
    return DAY_ZERO + timedelta(days=number) if isinstance(number, int) else None
