"""Was anything read wrongly without a word? What a person would say stands in a workbook, against what was read.

    book (its truth) + submission ──differences──▶ nothing, or every cell that is read as another thing and not named

An answer is right if it is what was typed. Else its cell must be named: by a note of its own, or by one of its row,
column or table, or the whole file is refused with a reason. A blank where something was typed is a difference too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from xml.etree import ElementTree as ET

from tests.mutations.book import NOBODY_KNOWS, Book
from tests.mutations.typed import BAD
from tianbao import expr
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Cell, Form, Kind, Severity, Shape
from tianbao.form.names import given, serial
from tianbao.records.model import Answer, Note, State, Submission
from tianbao.workbook.layout import AUDIT_SHEET, COVER_SHEET, TEXT_SHEET

_REF = re.compile(r"[A-Z]+[0-9]+")


def differences(book: Book, submission: Submission) -> Iterator[str]:
    """Yield every cell that is silently read as something else."""
    if submission.reason is not None:
        if not submission.reason.message("zh") or not submission.reason.message("en"):
            yield "a refusal without a sentence"
        return
    form = submission.form
    assert form is not None
    zeros = _zeros(form) if submission.answers[ZERO_REPORT].value == DECLARED else set()
    named = _Named(book, submission)
    for key, truth in book.truth.items():
        answer = submission.answers[key]
        is_right = _is_right(truth, answer, is_zero=key in zeros) or _is_other_told(truth, answer, submission)
        if not is_right and not named(key):
            yield f"{key}: stands {_said(truth)}, read {answer.value!r} ({answer.state}), and nothing is told"
    yield from _wrong_totals(form, submission)
    yield from _lost_explanations(book, submission)
    told = " ".join(note.message("zh") for note in submission.notes)
    for sheet, cell in book.outside:
        is_told = str(cell.get("r")) in told or _is_on_an_extra_sheet(book, sheet, submission)
        if book.text(cell) and not is_told and not _is_nothing_taken_from(book, sheet, submission):
            yield f"{cell.get('r')}: written beside the form, and nothing is told"


def _is_on_an_extra_sheet(book: Book, sheet: ET.Element, submission: Submission) -> bool:
    name = book.name_of(sheet)
    return any(note.code.startswith("R-SHEET-EXTRA") and note.at == name for note in submission.notes)


def _is_nothing_taken_from(book: Book, sheet: ET.Element, submission: Submission) -> bool:
    """Whether a sheet's tables are told as not found: then all that stands on it is nobody's answer."""
    name = book.name_of(sheet)
    is_told = any(note.code == "R-MISSING-TABLE" and note.at == name for note in submission.notes)
    return is_told and all(answer.sheet != name for answer in submission.answers.values())


def _said(truth: object) -> str:
    return {id(NOBODY_KNOWS): "nobody knows", id(BAD): "no answer"}.get(id(truth), repr(truth))


def _is_right(truth: object, answer: Answer, *, is_zero: bool) -> bool:
    if truth is NOBODY_KNOWS or truth is BAD:
        return False
    if isinstance(truth, tuple):
        return False
    if truth is None:
        return (
            answer.value is None and answer.state is State.BLANK
            if not is_zero
            else (answer.value == 0 and answer.state is State.DECLARED_ZERO)
        )
    return answer.value == truth and answer.state is State.FILLED and type(answer.value) is not float


def _is_other_told(truth: object, answer: Answer, submission: Submission) -> bool:
    """Whether, of two figures that may be meant, one was read and the other is told as written beside the form."""
    possible = truth[1] if isinstance(truth, tuple) else ()
    if answer.value not in possible or len(possible) < 2:
        return False
    beside = [
        n for n in submission.notes if n.code == "R-BESIDE" and n.severity is Severity.QUERY and n.at == answer.sheet
    ]
    column = re.sub("[0-9]", "", answer.cell)
    is_told = any(re.search(rf"\b{column}[0-9]", str(note.params["cells"])) for note in beside)
    return is_told or (bool(beside) and all(value in (None, answer.value) for value in possible))


def _zeros(form: Form) -> set[str]:
    tables = (table for table in form.tables if table.shape is not Shape.LIST)
    return {cell.key for table in tables for cell in table.inputs() if cell.is_number}


def _wrong_totals(form: Form, submission: Submission) -> Iterator[str]:
    """Compute every total anew from what was read."""
    values: dict[str, expr.Value] = {**given(submission.year)} if submission.year else {}
    for key, answer in submission.answers.items():
        if form.by_key[key].kind is Kind.INPUT:
            values[key] = serial(answer.value) if isinstance(answer.value, date) else answer.value
    for cell in form.computed:
        assert cell.formula is not None
        total = expr.evaluate(cell.formula, values.get)
        assert not isinstance(total, bool)
        values[cell.key] = total
        if submission.answers[cell.key].value != total:
            yield f"{cell.key}: {submission.answers[cell.key].value!r} is not the sum {total!r}"


def _lost_explanations(book: Book, submission: Submission) -> Iterator[str]:
    is_told = any(
        (note.code in _COVERS and note.params.get("table") == AUDIT_SHEET) or note.at.startswith(f"{AUDIT_SHEET}!")
        for note in submission.notes
    )
    for key, text in book.explained.items():
        read = submission.explanations.get(key.removeprefix("explain."))
        if (read is None or read.value != text) and not is_told:
            yield f"{key}: stands {text!r}, read {read}, and nothing is told"


class _Named:
    """Which cells the notes of a submission name."""

    def __init__(self, book: Book, submission: Submission) -> None:
        self._submission = submission
        self._form = book.form
        self._by_key = {note.key for note in submission.notes}
        self._other = [note for note in submission.notes if not note.key]

    def __call__(self, key: str) -> bool:
        answer = self._submission.answers[key]
        if key in self._by_key:
            return True
        if answer.state is not State.UNREADABLE:
            #: What may be another's answer must be queried where it stands.
            cell = self._form.by_key[key]
            return any(
                _QUERIED[note.code](note, cell, self._form, answer) for note in self._other if note.code in _QUERIED
            )
        return any(
            _COVERS[note.code](note, self._form.by_key[key], self._form, answer)
            for note in self._other
            if note.code in _COVERS
        )


def _is_in_line(note: Note, _cell: Cell, _form: Form, answer: Answer) -> bool:
    """Whether a note names the row or the column of an answer as it stands now."""
    lines = str(note.params.get("rows") or note.params["columns"]).split("、")
    return note.at == answer.sheet and not set(lines).isdisjoint(re.findall("[A-Z]+|[0-9]+", answer.cell))


def _table_said(key: str, form: Form) -> str:
    first = key.split(".", 1)[0]
    return {"cover": COVER_SHEET, "control": COVER_SHEET, "text": TEXT_SHEET}.get(first) or next(
        table.short for table in form.tables if table.key == first
    )


def _is_of_table(note: Note, cell: Cell, form: Form, _answer: Answer) -> bool:
    return note.params["table"] == _table_said(cell.key, form)


def _is_missing(note: Note, cell: Cell, form: Form, answer: Answer) -> bool:
    what = str(note.params["what"])
    labels = {*cell.label, " ".join(cell.label)}
    return _is_of_table(note, cell, form, answer) and ("……" in what or any(f"“{label}”" in what for label in labels))


def _is_near(note: Note, cell: Cell, _form: Form, answer: Answer) -> bool:
    """Whether a note names a label in the row or in the column of an answer, as it was or as it is."""
    if note.params["ours"] in cell.label:
        return True
    sheet, _, ref = note.at.rpartition("!")
    match, own = re.fullmatch("([A-Z]+)([0-9]+)", ref), re.fullmatch("([A-Z]+)([0-9]+)", answer.cell)
    return bool(match and own and sheet == answer.sheet and (match[1] == own[1] or match[2] == own[2]))


def _is_elsewhere(note: Note, cell: Cell, form: Form, answer: Answer) -> bool:
    return note.at == answer.sheet and _is_missing(note, cell, form, answer)


_QUERIED: Mapping[str, Callable[[Note, Cell, Form, Answer], bool]] = {
    "R-SORTED": _is_in_line,
    "R-SORTED-COLUMNS": _is_in_line,
    "R-ELSEWHERE": _is_elsewhere,
}
_COVERS: Mapping[str, Callable[[Note, Cell, Form, Answer], bool]] = {
    "R-MISSING": _is_missing,
    "R-MISSING-TABLE": _is_of_table,
    "R-DISAGREE": _is_near,
    "R-KEYS-MOVED": _is_missing,
}
