"""Reports in the JSON that `read --json` and `merge --json` print, taken back as submissions.

    tianbao.read/1 ───each submission──┐
    tianbao.merge/1 ──each unit's share┴─▶ submissions, or why one cannot be taken

In:   a file of ours, and the form that is wanted.
Out:  submissions with exact values; a merge says nothing of texts, of lists and of what is not added up.
Knows nothing of what the submissions are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Cell, CellType, Form, Severity
from tianbao.merge.choose import LeftOut
from tianbao.records.model import Answer, State, Submission, Unit, Value, Verdict
from tianbao.workbook.guard import LIMITS
from tianbao.workbook.prefill import paragraphs

_READ, _MERGE = "tianbao.read/1", "tianbao.merge/1"

#: No figure of a report has as many digits; a number written as 1e999999999 would fill the memory.
_MOST_DIGITS = 18

Answers = Mapping[str, Answer]
_Json = Mapping[str, Any]


class Report(NamedTuple):
    """A submission, and how much of the unit's report is in it.

    Attributes:
        known: the keys of which a merge speaks; None where it is the whole report.
    """

    submission: Submission
    known: frozenset[str] | None


class _UnfitError(Exception):
    """A value is not what its cell holds."""

    def __init__(self, cell: Cell, value: object) -> None:
        super().__init__(cell.key)
        self.facts = {"key": cell.key, "label": " → ".join(cell.label), "value": str(value)}


def read_reports(path: Path, form: Form) -> Iterator[Report | LeftOut]:
    """Read the submissions of a document, and tell of each that cannot be taken.

    Args:
        path: of the document.
        form: the one that is wanted; a document names its form only, and this is the one of that name.
    """
    data, document = b"", None
    with suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= LIMITS.file:
            data = path.read_bytes()
            document = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    reader = _Document(path.name, sha256(data).hexdigest(), form)
    match document:
        case {"schema": str(schema), "submissions": [_, *_] as submissions} if schema == _READ:
            yield from (reader.submission(_mapping(one), n) for n, one in enumerate(submissions, start=1))
        case {"schema": str(schema), "units": [_, *_] as units} if schema == _MERGE:
            yield from reader.shares(_mapping(document), units)
        case _:
            yield LeftOut(path.name, None, "U-PRIOR-DOCUMENT", Severity.ERROR, {"file": path.name})


class _Document:
    """A document being read."""

    def __init__(self, name: str, digest: str, form: Form) -> None:
        self.name = name
        self.digest = digest
        self.form = form

    def submission(self, said: _Json, number: int) -> Report | LeftOut:
        """Take one submission of a reading."""
        file = f"{self.name}/{_text(said.get('file')) or number}"
        unit = _unit(said.get("unit"))
        form = self.named(said.get("form"))
        if said.get("verdict") == Verdict.REFUSED:
            reason = _text(_mapping(said.get("reason")).get("message"))
            return LeftOut(file, unit, "U-PRIOR-REFUSED", Severity.ERROR, {"file": file, "reason": reason or "—"})
        if form is None:
            return self.of_another_form(file, unit, said.get("form"))
        values = {key: value for part in ("values", "fields") for key, value in _mapping(said.get(part)).items()}
        texts = _mapping(said.get("texts"))
        for text in form.texts:
            values |= paragraphs(text, _text(texts.get(text.key)))
        try:
            answers = _answers(form, values, _mapping(said.get("states")), _mapping(said.get("origins")))
        except _UnfitError as unfit:
            return _unfit(file, unit, unfit)
        explained = {
            name: Answer(_text(words), State.FILLED) for name, words in _mapping(said.get("explanations")).items()
        }
        digest = _text(said.get("sha256")) or self.digest
        return Report(
            Submission(file, digest, Verdict.READ, None, form, _year(said), unit, answers, explained), known=None
        )

    def shares(self, said: _Json, units: Sequence[object]) -> Iterator[Report | LeftOut]:
        """Take a merge apart: what each unit has put into the totals."""
        form = self.named(said.get("form"))
        if form is None:
            yield self.of_another_form(self.name, None, said.get("form"))
            return
        sources = {key: dict(_pairs(pairs)) for key, pairs in _mapping(said.get("sources")).items()}
        states = {key: _mapping(each) for key, each in _mapping(said.get("states")).items()}
        for unit in filter(None, map(_unit, units)):
            file = f"{self.name}/{unit.code}"
            values = {key: each.get(unit.code) for key, each in sources.items()}
            own = {key: each[unit.code] for key, each in states.items() if unit.code in each}
            try:
                answers = _answers(form, values, own, {})
            except _UnfitError as unfit:
                yield _unfit(file, unit, unfit)
                continue
            submission = Submission(file, self.digest, Verdict.READ, None, form, _year(said), unit, answers)
            yield Report(submission, known=frozenset(sources))

    def named(self, name: object) -> Form | None:
        """Find a form by the name that stands in the document: a path is none."""
        if name == self.form.id:
            return self.form
        return load_form(str(name)) if name in bundled_forms() else None

    def of_another_form(self, file: str, unit: Unit | None, name: object) -> LeftOut:
        facts = {"file": file, "form": _text(name) or "—", "wanted": self.form.id}
        return LeftOut(file, unit, "U-PRIOR-FORM", Severity.ERROR, facts)


def _unfit(file: str, unit: Unit | None, unfit: _UnfitError) -> LeftOut:
    facts = {"file": file, "name": unit.name if unit else "—", **unfit.facts}
    return LeftOut(file, unit, "U-PRIOR-VALUE", Severity.ERROR, facts)


# ── what a document says ─────────────────────────────────────────────────────────────────────────────────────────────


def _answers(form: Form, values: _Json, states: _Json, origins: _Json) -> Answers:
    """Make an answer for every cell of the form; of what is not in the document nothing is known."""
    answers: dict[str, Answer] = {}
    for key, cell in form.by_key.items():
        value = _exact(cell, values.get(key))
        state = State.BLANK if value is None else State.FILLED
        with suppress(ValueError):
            state = State(states[key]) if key in states else state
        sheet, _, place = _text(origins.get(key)).rpartition("!")
        answers[key] = Answer(value, state, "", sheet, place)
    return answers


def _exact(cell: Cell, value: object) -> Value:
    """Take a value as the cell holds it: a count is a whole number, an amount exact, a day a day.

    Raises:
        _UnfitError: the value is none of these.
    """
    if value is None:
        return None
    taken: Value = None
    match cell.type:
        case CellType.COUNT:
            number = _number(value)
            taken = int(number) if number is not None and number == number.to_integral_value() else None
        case CellType.DECIMAL:
            taken = _number(value)
        case CellType.DATE:
            with suppress(ValueError):
                taken = date.fromisoformat(value) if isinstance(value, str) else None
        case CellType.CODE | CellType.TEXT:
            taken = value if isinstance(value, str) else None
    if taken is None:
        raise _UnfitError(cell, value)
    return taken


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    with suppress(InvalidOperation, ValueError):
        number = Decimal(value)
        return number if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else None
    return None


def _mapping(said: object) -> _Json:
    return said if isinstance(said, dict) else {}


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def _year(said: _Json) -> int | None:
    year = said.get("year")
    return year if isinstance(year, int) else None


def _unit(said: object) -> Unit | None:
    code, name = (_text(_mapping(said).get(part)) for part in ("code", "name"))
    return Unit(code, name) if code else None


def _pairs(said: object) -> Iterator[tuple[str, object]]:
    """Yield the unit's code and figure of each source."""
    for pair in said if isinstance(said, Sequence) else ():
        match pair:
            case [str(code), value]:
                yield code, value
            case _:
                pass
