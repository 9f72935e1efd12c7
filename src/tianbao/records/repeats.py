"""Several files of one unit: the same file again, the same answers again, or answers that differ.

In:   submissions.
Out:  of each what it is to the other files of its unit, as a note; nothing where it is the one that counts.
Knows nothing of checks and sums. Whoever reads, checks or merges asks here, so that all of them say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from tianbao.form.model import Kind, Severity
from tianbao.records.model import Answer, Note, State, Submission, Unit, Value
from tianbao.records.names import plain

#: So many of the cells that differ are named; the rest is counted.
_NAMED = 4
#: So many characters of an answer are shown: enough to recognise a paragraph by.
_SHOWN = 12

#: Say that a file holds nothing which is not in the one that counts.
COPIES = frozenset(("M-SAME", "M-AGAIN"))

_BLANK = Answer(None, State.BLANK)
_Answers = Mapping[str, Answer]


class Repeat(NamedTuple):
    """What a file is to the others of its unit.

    Attributes:
        note: says so.
        of: which of the submissions it repeats; None where they differ and none counts.
    """

    note: Note
    of: int | None

    @property
    def is_copy(self) -> bool:
        """Whether the unit wrote nothing in it that is not in the one that counts."""
        return self.note.code in COPIES


def repeats(submissions: Sequence[Submission]) -> tuple[Repeat | None, ...]:
    """Say of each submission what it is to the others of its unit, form and year.

    The order does not matter: where several are equal, the first by its file's name counts.

    Returns:
        One a submission, with the note `M-SAME` (the same bytes), `M-AGAIN` (the same answers), `M-WORDS` (the same in every
        table, and other words), `M-TWICE` (figures that differ: none of them counts), `M-CODE` (units of other names
        under one code: none counts either, even where all are zero). None for the one that counts.
    """
    files: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for n, submission in enumerate(submissions):
        if submission.reason is None and submission.form is not None:
            files[_whose(submission)].append(n)
    found: list[Repeat | None] = [None] * len(submissions)
    for places in files.values():
        places.sort(key=lambda n: (submissions[n].file, submissions[n].sha256))
        for n, note in zip(places, _compare([submissions[n] for n in places]), strict=True):
            of = None if note and note.severity is Severity.ERROR else places[0]
            found[n] = Repeat(note, of) if note else None
    return tuple(found)


def _whose(submission: Submission) -> tuple[object, ...]:
    """Return what several files of one unit have in common; of nobody's file its bytes alone."""
    assert submission.form is not None
    if submission.unit is None:
        return (submission.sha256,)
    return submission.unit.code, submission.form.id, submission.year


def _compare(several: Sequence[Submission]) -> Iterator[Note | None]:
    """Hold the files of one unit against one another; the first is the one that would count."""
    first, *others = several
    if not others:
        yield None
        return
    files = "、".join(submission.file for submission in several)
    names = {plain(submission.unit.name): submission.unit.name for submission in several if submission.unit}
    if len(names) > 1:
        for one in several:
            yield _note("M-CODE", Severity.ERROR, one, {"files": files, "names": "、".join(names.values())})
        return
    answers = [_answers(submission) for submission in several]
    asked = {cell.key for one in several if one.form for cell in one.form.cells() if cell.kind is Kind.INPUT}
    if figures := [key for key in _differing(answers) if key in asked]:
        for one in several:
            facts = {"files": files, "count": len(figures), "cells": _cells(figures, answers)}
            yield _note("M-TWICE", Severity.ERROR, one, facts)
        return
    yield None
    for other, said in zip(others, answers[1:], strict=True):
        pair = (answers[0], said)
        words = list(_differing(pair))
        facts = {"other": first.file, "count": len(words), "cells": _cells(words, pair)}
        if other.sha256 == first.sha256:
            yield _note("M-SAME", Severity.NOTE, other, facts)
        elif not words:
            yield _note("M-AGAIN", Severity.NOTE, other, facts)
        else:
            yield _note("M-WORDS", Severity.QUERY, other, facts)


def _note(code: str, severity: Severity, submission: Submission, facts: Mapping[str, object]) -> Note:
    unit = submission.unit or Unit("", "")
    return Note(code, severity, params={"file": submission.file, "code": unit.code, "name": unit.name, **facts})


def _answers(submission: Submission) -> _Answers:
    """Return all that a unit wrote, what it wrote beside the queries too."""
    return {**submission.answers, **{f"explain.{name}": said for name, said in submission.explanations.items()}}


def _differing(several: Sequence[_Answers]) -> Iterator[str]:
    """Yield the keys that do not have the same answer in all, in the form's order."""
    for key in dict.fromkeys(key for answers in several for key in answers):
        said = [_said(answers.get(key, _BLANK)) for answers in several]
        if any(one != other for one, other in pairwise(said)):
            yield key


def _said(answer: Answer) -> tuple[object, ...]:
    """Return what an answer says: a blank is not what cannot be read, and a zero is a zero however it was declared."""
    return answer.value, answer.state if answer.value is None else None, answer.stated


def _cells(keys: Sequence[str], several: Sequence[_Answers]) -> str:
    """Name some cells and show what stands in each file: `三、依申请公开!E10“3”“4”`."""
    named = []
    for key in keys[:_NAMED]:
        said = [answers.get(key, _BLANK) for answers in several]
        place = next((f"{answer.sheet}!{answer.cell}" for answer in said if answer.sheet), key)
        named.append(place + "".join(f"“{_shown(answer)}”" for answer in said))
    return "；".join(named) + ("……" if len(keys) > _NAMED else "")


def _shown(answer: Answer) -> str:
    value = answer.value if answer.stated is None else answer.stated
    text = answer.raw if value is None else _plain(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "……"


def _plain(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
