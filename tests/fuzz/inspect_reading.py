"""Is what was read what the file says? For a file that is damaged and is read all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

import pytest

from tianbao.cli.documents import read_document
from tianbao.form.model import Kind
from tianbao.records.model import Answer, State, Submission
from tianbao.workbook import package as reader
from tianbao.workbook.guard import Candidate, judge
from tianbao.workbook.guard import Kind as FileKind
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.legacy import open_workbook
from tianbao.workbook.package import Package, PackageError, RawCell
from tianbao.workbook.passwords import Passwords
from tianbao.workbook.read import _read, _Wish

#: Told of a file whose answers do not stand where they were laid out, or are not all there.
_MOVED = {"R-MOVED", "R-SORTED", "R-SHEET-RENAMED", "R-BY-LABELS", "R-MISSING", "R-MISSING-TABLE", "R-COPY", "R-TWICE"}
_UNTAKEN = {"R-DISAGREE", "R-TWICE", "R-MISSING", "R-MISSING-TABLE"}


def doubts(candidate: Candidate, submission: Submission, honest: Submission) -> Iterator[str]:
    """Yield what is wrong with a reading.

    Args:
        candidate: the damaged file.
        submission: what was read of it.
        honest: what was read of it before it was damaged.
    """
    for note in submission.notes:  # a fact that its sentence asks for and that is not there would raise
        note.message("zh")
        note.message("en")
    json.dumps(read_document([submission]))
    if submission.reason is not None or submission.form is None:
        return
    try:
        package = open_workbook(candidate.data, candidate.judgement, name=candidate.name)
    except PackageError as fault:
        if fault.reason.code != "F-LEGACY-LIMIT":  # on a busy machine, a process may not be given its seconds
            yield f"read once, and then refused: {fault.reason.code}"
        return
    told = {note.code for note in submission.notes}
    noted = {note.key for note in submission.notes if note.key}
    for key, answer in submission.answers.items():
        yield from _of_answer(submission, key, answer, package, told, is_noted=key in noted)
    if honest.form is submission.form:
        yield from _of_changes(submission, honest, told)


def _of_answer(
    submission: Submission, key: str, answer: Answer, package: Package, told: set[str], *, is_noted: bool
) -> Iterator[str]:
    """Hold an answer against the cell it is said to come from."""
    assert submission.form is not None
    cell = submission.form.by_key[key]
    if not answer.sheet:
        if answer.value is not None and cell.kind is Kind.INPUT:
            yield f"{key}: a value from nowhere"
        return
    raw = package.sheet(answer.sheet).cells.get(answer.cell)
    home = make_layout(submission.form).places[key]
    if (answer.sheet, answer.cell) != (home.sheet, a1(home.row, home.column)) and not told & _MOVED:
        yield f"{key}: read from {answer.sheet}!{answer.cell}, which nobody tells"
    if cell.kind is Kind.COMPUTED:
        return
    held = "" if raw is None else raw.text if raw.formula is None else f"={raw.formula}"
    if answer.raw != held:
        yield f"{key}: said to be {answer.raw!r}, is {held!r}"
    if answer.state is State.FILLED and not is_noted and not _is_plainly(answer, raw):
        yield f"{key}: {held!r} became {answer.value!r}, which nobody tells"
    if answer.state is State.UNREADABLE and not is_noted and not told & _UNTAKEN:
        yield f"{key}: {held!r} is not taken, which nobody tells"


def _is_plainly(answer: Answer, raw: RawCell | None) -> bool:
    """Whether a value is what its cell says, with nothing to tell about it."""
    if raw is None or raw.formula is not None:
        return False
    match answer.value:
        case int() | Decimal():
            try:
                return raw.type == "n" and abs(Decimal(raw.text) - answer.value) < Decimal("1e-9")
            except InvalidOperation:
                return False
        case date():
            return raw.type in ("n", "d", "s")
        case value:
            return raw.text.replace("\r\n", "\n").replace("\r", "\n") == value or raw.type in ("n", "b")


def _of_changes(submission: Submission, honest: Submission, told: set[str]) -> Iterator[str]:
    """Ask of every answer that is another than before whether its cell is."""
    for key, before in honest.answers.items():
        now = submission.answers[key]
        is_same_cell = (now.sheet, now.cell, now.raw) == (before.sheet, before.cell, before.raw)
        keys = {note.key for note in submission.notes}
        if now.value != before.value and is_same_cell and key not in keys and before.raw and not told & _UNTAKEN:
            yield f"{key}: {before.value!r} became {now.value!r}, though its cell is as it was"


# ── one reader against the other ─────────────────────────────────────────────────────────────────────────────────────


def differences(candidate: Candidate, submission: Submission) -> Iterator[str]:
    """Read an xlsx tag by tag, and yield what is read otherwise than the quick way."""
    if candidate.judgement.kind not in (FileKind.XLSX, FileKind.XLSM):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader._SheetReader, "_hold_nothing", lambda *_: False)
        patch.setattr(reader._SheetReader, "_quick_cells", lambda *_: None)
        patch.setattr(reader, "_quick_strings", lambda _: None)
        judgement = judge(candidate.data, name=candidate.name)
        slow = _read(Candidate(candidate.name, candidate.data, candidate.within, judgement), _Wish(None, Passwords(())))
    if slow.reason and slow.reason.code in (
        "F-DAMAGED",
        "F-TOO-COMPLEX",
    ):  # what holds nothing is not looked at so closely
        return
    if slow.answers != submission.answers:
        changed = [key for key in slow.answers if slow.answers[key] != submission.answers.get(key)]
        yield f"tag by tag, another answer: {changed[:5]}"
