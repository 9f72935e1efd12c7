"""A submission of an older form, or of an older version of one, in the terms of another form.

In:   a submission that was read, and the form that it is wanted in.
Out:  a submission of that form. Every answer keeps its place in the file; what has no home is told, one by one.

Two cells ask the same when they have one key, one type and one measure; what else has become of a cell, the definition
declares (`[[earlier]]`). Nothing is converted and nothing is shared out but a zero: a number whose meaning has changed, or
for which there are several cells now, has no home.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from tianbao.expr import compile_expression
from tianbao.expr.semantics import tolerance
from tianbao.expr.sentence import apart, written
from tianbao.expr.value import Value as Result
from tianbao.form.model import Amount, Cell, Form, Kind, Severity, Words
from tianbao.form.names import given, serial
from tianbao.records.model import PATH, Answer, Note, State, Submission, Verdict

_NOT_ASKED = Answer(None, State.BLANK)


def migrate(submission: Submission, form: Form) -> Submission:
    """Take the answers of a submission over into another form, cell by cell; a refused one is returned as it is.

    Totals are computed anew. Where one comes out differently, because a part of it has no home, what the unit's own
    form made of it is kept beside it as stated.
    """
    source = submission.form
    if source is None or source.digest == form.digest:
        return submission
    taken = {
        key: submission.answers[key]
        for key, cell in form.by_key.items()
        if cell.kind is Kind.INPUT and key in source.by_key and _ask_the_same(source.by_key[key], cell)
    }
    shared, inferred = _declared(submission, source, form, taken)
    taken |= shared
    inputs = {key: taken.get(key, _NOT_ASKED) for key, cell in form.by_key.items() if cell.kind is Kind.INPUT}
    totals, told = _totals(submission, form, inputs)
    known = {instance.id for instance in form.instances}
    facts = {
        "theirs": f"{source.id} {source.version}",
        "ours": f"{form.id} {form.version}",
        "count": sum(answer.value is not None for answer in taken.values()),
    }
    return replace(
        submission,
        verdict=Verdict.READ_WITH_NOTES,
        form=form,
        answers={key: totals.get(key) or inputs.get(key, _NOT_ASKED) for key in form.by_key},
        explanations={name: answer for name, answer in submission.explanations.items() if name in known},
        notes=(
            Note("R-MIGRATED", Severity.NOTE, params=facts),
            *submission.notes,
            *inferred,
            *_homeless(submission, source, form, taken),
            *told,
        ),
        provenance=submission.provenance and submission.provenance.only(taken.keys() & source.by_key.keys()),
    )


def _ask_the_same(old: Cell, new: Cell) -> bool:
    """Whether what answers the one answers the other."""
    same = (old.kind, old.type, old.measure, old.codes) == (new.kind, new.type, new.measure, new.codes)
    return same and old.negative <= new.negative


def _declared(
    submission: Submission, source: Form, form: Form, taken: Mapping[str, Answer]
) -> tuple[dict[str, Answer], tuple[Note, ...]]:
    """Take over what the definitions declare: a zero that was parted since, and a sum of what was parted since."""
    found: dict[str, Answer] = {}
    told: list[Note] = []
    for several in (one for earlier in form.earlier if earlier.form == source.id for one in earlier.sums):
        old = submission.answers.get(several.earlier, _NOT_ASKED)
        parts = [form.by_key[key] for key in several.now]
        if old.value == 0 and not any(cell.negative or cell.kind is Kind.COMPUTED for cell in parts):
            found |= {cell.key: old for cell in parts if cell.key not in taken}
            facts = {"label": PATH.join(source.by_key[several.earlier].label), "ours": form.id}
            told.append(Note("R-ZERO-SHARED", Severity.NOTE, _at(old), several.earlier, old.raw, facts))
    for several in (one for earlier in source.earlier if earlier.form == form.id for one in earlier.sums):
        cell, answers = form.by_key[several.earlier], [submission.answers[key] for key in several.now]
        values = [one.value for one in answers if isinstance(one.value, Amount)]
        if cell.kind is Kind.INPUT and len(values) == len(answers):
            found[cell.key] = Answer(sum(values), State.FILLED, "", answers[0].sheet, answers[0].cell)
            total = {"theirs": source.id, "value": sum(values)}
            facts = {"label": PATH.join(cell.label), "ours": form.id}
            told.append(Note("R-SUMMED", Severity.NOTE, _at(answers[0]), cell.key, "", {**facts, **total}))
    return found, tuple(told)


def _homeless(submission: Submission, source: Form, form: Form, taken: Mapping[str, Answer]) -> Iterator[Note]:
    """Tell of each answer for which the form has no cell, and why where that is declared; a zero loses nothing."""
    parted = {one.earlier: one.now for earlier in form.earlier if earlier.form == source.id for one in earlier.sums}
    summed = {key for earlier in source.earlier if earlier.form == form.id for one in earlier.sums for key in one.now}
    for key, cell in source.by_key.items():
        answer = submission.answers[key]
        has_home = key in taken or key in summed or (key in parted and taken.keys() >= set(parted[key]))
        if cell.kind is Kind.INPUT and not has_home and answer.value is not None:
            facts = {"label": PATH.join(cell.label), "value": str(answer.value), "ours": form.id}
            why = {"why": _why(source, form, key)}
            severity = Severity.QUERY if answer.value else Severity.NOTE
            yield Note("R-NO-HOME", severity, _at(answer), key, answer.raw, {**facts, **why})


def _why(source: Form, form: Form, key: str) -> Words:
    """Say why a cell has no counterpart, where one of the two definitions does."""
    for one, other in ((form, source), (source, form)):
        for earlier in one.earlier:
            why = earlier.why(key) if earlier.form == other.id else None
            if why is not None:
                return Words(f"（{why.zh}）", f" ({why.en})")
    return Words("", "")


def _totals(
    submission: Submission, form: Form, inputs: Mapping[str, Answer]
) -> tuple[dict[str, Answer], tuple[Note, ...]]:
    """Compute the computed cells, and tell of those that were another number on the unit's own form."""
    values: dict[str, Result] = {**given(submission.year)} if submission.year else {}
    values |= {key: _result(answer) for key, answer in inputs.items()}
    totals: dict[str, Answer] = {}
    told: list[Note] = []
    for cell in form.computed:
        assert cell.formula is not None
        computed = compile_expression(cell.formula)(values.get)
        value = computed if isinstance(computed, Amount) and not isinstance(computed, bool) else None
        values[cell.key] = value
        old = submission.answers.get(cell.key, _NOT_ASKED)
        totals[cell.key] = old._replace(value=value, state=State.BLANK if value is None else State.FILLED)
        if isinstance(old.value, Amount) and not _equal(old.value, value, tolerance(cell.digits)):
            totals[cell.key] = totals[cell.key]._replace(stated=old.value if old.stated is None else old.stated)
            size = apart(old.value, value)
            facts = {"theirs": written(old.value), "value": written(value), "size": size, "ours": form.id}
            told.append(Note("R-MIGRATED-TOTAL", Severity.QUERY, _at(old), cell.key, str(old.value), facts))
    return totals, tuple(told)


def _result(answer: Answer) -> Result:
    return serial(answer.value) if isinstance(answer.value, date) else answer.value


def _equal(old: Amount, new: Amount | None, within: Amount) -> bool:
    return new is not None and -within < new - old < within


def _at(answer: Answer) -> str:
    return f"{answer.sheet}!{answer.cell}" if answer.sheet else ""
