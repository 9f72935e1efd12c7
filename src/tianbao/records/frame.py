"""Records as frames, for people who use pandas; nothing else in the house loads it.

Exact types throughout: counts are Int64, amounts Decimal, a blank is NA.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from tianbao.form.model import Cell, CellType
from tianbao.records.model import PATH, Submission, Unit, Value

Layout = Literal["long", "wide", "states"]

_LONG = (
    *("unit_code", "unit_name", "form", "year", "key", "label"),
    *("value", "state", "complete", "raw", "file", "sheet", "cell"),
)
_WIDE = ("unit_code", "unit_name", "form", "year", "file")
_NOBODY = Unit("", "")


def to_frame(submissions: Submission | Iterable[Submission], layout: Layout = "long") -> pd.DataFrame:
    """Make a frame of what was read; refused files have nothing in it.

    Args:
        submissions: one or several; of several forms, too.
        layout: `long` has a row an answer, with its state, raw text and origin; `complete` is false of a figure that
            is blank, not readable, or computed from such ones. `wide` has a row a submission and a column a cell key;
            `states` the same with the state in the place of the value.
    """
    several = [submissions] if isinstance(submissions, Submission) else submissions
    read = [submission for submission in several if submission.reason is None]
    return _long(read) if layout == "long" else _wide(read, states=layout == "states")


def _long(submissions: Sequence[Submission]) -> pd.DataFrame:
    lines = [
        (
            *_who(submission),
            key,
            PATH.join(_cell(submission, key).label),
            answer.value,
            answer.state.value,
            key not in submission.incomplete,
            answer.raw,
            submission.file,
            answer.sheet,
            answer.cell,
        )
        for submission in submissions
        for key, answer in submission.answers.items()
    ]
    columns = dict(zip(_LONG, zip(*lines, strict=True), strict=True)) if lines else dict.fromkeys(_LONG, ())
    return pd.DataFrame({name: _column(name, values) for name, values in columns.items()})


def _wide(submissions: Sequence[Submission], *, states: bool) -> pd.DataFrame:
    cells = {key: _cell(submission, key) for submission in submissions for key in submission.answers}
    heads = [(*_who(submission), submission.file) for submission in submissions]
    known = {name: [head[n] for head in heads] for n, name in enumerate(_WIDE)}
    frame = {name: _column(name, values) for name, values in known.items()}
    for key, cell in cells.items():
        found = [submission.answers.get(key) for submission in submissions]
        if states:
            frame[key] = _column("state", [answer.state.value if answer else None for answer in found])
        else:
            frame[key] = _typed(cell, [answer.value if answer else None for answer in found])
    return pd.DataFrame(frame)


def _who(submission: Submission) -> tuple[str, str, str, int | None]:
    unit = submission.unit or _NOBODY
    return unit.code, unit.name, submission.form.id if submission.form else "", submission.year


def _cell(submission: Submission, key: str) -> Cell:
    assert submission.form is not None
    return submission.form.cell(key)


def _column(name: str, values: Iterable[object]) -> pd.Series[Any]:
    match name:
        case "value":
            return pd.Series(list(values), dtype="object")
        case "year":
            return pd.Series(list(values), dtype="Int64")
        case "complete":
            return pd.Series(list(values), dtype="boolean")
        case _:
            return pd.Series(list(values), dtype="string")


def _typed(cell: Cell, values: Sequence[Value]) -> pd.Series[Any]:
    match cell.type:
        case CellType.COUNT:
            return pd.Series(values, dtype="Int64")
        case CellType.DECIMAL:
            amounts = [Decimal(value) if isinstance(value, int) else value for value in values]
            return pd.Series(amounts, dtype="object")
        case CellType.DATE:
            return pd.Series(values, dtype="object")
        case CellType.TEXT | CellType.CODE:
            return pd.Series(values, dtype="string")
