"""What a workbook holds before it is sent: defaults, answers given beforehand, last year's figures, and the totals.

In:   a form, a year, values by cell key, last year's report.
Out:  an answer for every cell of the form and every `prior.` key, computed cells included.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import ClassVar

from tianbao import expr
from tianbao.errors import TianbaoError
from tianbao.expr.value import Answer as Lookup
from tianbao.expr.value import Value as Result
from tianbao.form.model import Cell, CellType, Form, Kind, Text
from tianbao.form.names import PRIOR, serial
from tianbao.records.model import Submission, Value


class PrefillError(TianbaoError):
    """A value given beforehand is not what its cell holds."""

    code: ClassVar[str] = "U-VALUE"


class PrefillKeyError(PrefillError):
    """A value given beforehand is for no cell of the form."""

    code: ClassVar[str] = "U-KEY"


@dataclass(frozen=True, slots=True)
class Prefill:
    """The answers of a workbook; a day is the number by which spreadsheets count it."""

    answers: Mapping[str, Result]

    def answer(self, key: str) -> Result:
        """Return the answer of a cell or of a `prior.` key; None for a blank."""
        return self.answers.get(key)


def prefill(
    form: Form, year: int, prior: Submission | Mapping[str, Value] | None, values: Mapping[str, Value]
) -> Prefill:
    """Collect the answers of a workbook and compute its totals.

    Raises:
        PrefillError: a value is for no cell that a person fills, or not of the kind that the cell holds.
    """
    answers: dict[str, Result] = {}
    for cell in form.cover:
        if cell.default:
            answers[cell.key] = _result(cell, cell.default.replace("{year}", str(year)))
    texts = {text.key: text for text in form.texts}
    for key, value in values.items():
        if key in texts and key not in form.by_key:
            answers |= paragraphs(texts[key], str(value or ""))
        else:
            asked = form.by_key.get(key)
            if asked is None or asked.kind is Kind.COMPUTED:
                filled_in = [cell.key for cell in form.by_key.values() if cell.kind is Kind.INPUT]
                near = difflib.get_close_matches(key, [*filled_in, *texts], n=1)
                raise PrefillKeyError(key=key, form=form.id, near=near[0] if near else "—")
            answers[key] = _result(asked, value)
    for cell, compute in _formulas(form):
        computed = compute(answers.get)
        assert not isinstance(computed, bool)
        answers[cell.key] = computed
    return Prefill({**answers, **last_year(prior, form.by_key)})


def last_year(prior: Submission | Mapping[str, Value] | None, keys: Iterable[str]) -> dict[str, int | Decimal]:
    """Return last year's figures of some cells by their `prior.` keys; where one is not known it has none."""
    known = prior.values if isinstance(prior, Submission) else prior or {}
    return {PRIOR + key: value for key in keys if isinstance(value := known.get(key), int | Decimal)}


@lru_cache(maxsize=16)
def _formulas(form: Form) -> tuple[tuple[Cell, Callable[[Lookup], Result | bool]], ...]:
    return tuple((cell, expr.compile_expression(cell.formula)) for cell in form.computed if cell.formula is not None)


def paragraphs(text: Text, whole: str) -> dict[str, str]:
    """Share a text out, one paragraph a row; what has no row of its own stays in the last one, nothing is lost."""
    parts = [part.strip() for part in whole.splitlines() if part.strip()]
    rows = len(text.cells)
    if len(parts) > rows:
        parts = [*parts[: rows - 1], "\n".join(parts[rows - 1 :])]
    return {cell.key: part for cell, part in zip(text.cells, parts, strict=False)}


def _result(cell: Cell, value: object) -> Result:
    """Take a value given beforehand as the cell holds it."""
    if value is None or value == "":
        return None
    match cell.type:
        case CellType.COUNT:
            number = _number(value)
            if number is not None and number == number.to_integral_value() and (cell.negative or number >= 0):
                return int(number)
        case CellType.DECIMAL:
            number = _number(value)
            if number is not None and (cell.negative or number >= 0):
                return number
        case CellType.DATE:
            day = _day(value)
            if day is not None:
                return serial(day)
        case CellType.CODE:
            if value in cell.codes:
                return str(value)
        case CellType.TEXT:
            return str(value)
    raise PrefillError(key=cell.key, value=value, label=" → ".join(cell.label), must=cell.type.value)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
