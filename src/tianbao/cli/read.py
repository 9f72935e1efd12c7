"""`read`: what stands in the workbooks that came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import read_document
from tianbao.cli.files import (
    as_option,
    files_argument,
    form_option,
    jobs_option,
    json_option,
    passwords_of,
    passwords_option,
    read_files,
)
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import file_line, located, mark, needs_mending

if TYPE_CHECKING:
    from tianbao.records.model import Note, Submission

#: So many notes that say the same of different cells are told one by one; what must be mended or explained always is.
_EACH = 5


@click.command(cls=Command)
@files_argument
@form_option
@as_option
@passwords_option
@jobs_option
@json_option
def command(
    *,
    files: tuple[str, ...],
    form_name: str | None,
    as_form: str | None,
    password_envs: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
) -> int:
    """Read files and print the values with their origins."""
    submissions = _with_repeats(
        read_files(files, form_name, as_form, passwords_of(password_envs), jobs, documents=True)
    )
    if as_json:
        show_json(read_document(submissions))
    else:
        for submission in submissions:
            _show(submission)
        _sum_up(submissions)
    return 1 if any(map(needs_mending, submissions)) else 0


def _with_repeats(submissions: Sequence[Submission]) -> list[Submission]:
    """Tell of each what it is to the other files of its unit."""
    from tianbao.records.model import Verdict
    from tianbao.records.repeats import repeats

    return [
        replace(one, verdict=Verdict.READ_WITH_NOTES, notes=(*one.notes, repeat.note)) if repeat else one
        for one, repeat in zip(submissions, repeats(submissions), strict=True)
    ]


def _sum_up(submissions: Sequence[Submission]) -> None:
    from tianbao.records.repeats import COPIES

    again = sum(any(note.code in COPIES for note in submission.notes) for submission in submissions)
    refused = sum(submission.reason is not None for submission in submissions)
    tell("cli.read.done", read=len(submissions) - again - refused, refused=refused)
    if again:
        tell("cli.again", count=again)


def _show(submission: Submission) -> None:
    show(file_line(submission, (mark(note.severity) for note in submission.notes)))
    if submission.reason is not None:
        show(f"  {submission.reason.code}  {submission.reason.message()}")
        return
    asked = [cell for table in submission.form.tables for cell in table.inputs()] if submission.form else []
    states = Counter(submission.answers[cell.key].state.value for cell in asked)
    counts = {name: states[name] for name in ("filled", "blank", "declared_zero", "unreadable", "not_applicable")}
    code = "cli.read.counts.all" if counts["not_applicable"] else "cli.read.counts"
    show("  " + messages.say(code, None, **counts))
    for line in _told(submission.notes):
        show(f"  {line}")


def _told(notes: Sequence[Note]) -> Iterator[str]:
    """Write the notes of a submission, many of one kind folded into a few and their number."""
    many = Counter(note.code for note in notes if note.severity.value == "note")
    written: Counter[str] = Counter()
    for note in notes:
        is_folded = note.severity.value == "note" and many[note.code] > _EACH + 1
        written[note.code] += is_folded
        if not is_folded or written[note.code] <= _EACH:
            yield f"{mark(note.severity)} {note.code}  {located(note.at, note.message())}"
        elif written[note.code] == many[note.code]:
            rest = messages.say("cli.read.more", code=note.code, count=many[note.code] - _EACH)
            yield f"{mark(note.severity)} {rest}"
