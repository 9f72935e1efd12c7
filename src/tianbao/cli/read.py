"""`read`: what stands in the workbooks that came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import read_document
from tianbao.cli.files import as_option, files_argument, form_option, json_option, read_files
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import file_line, located, mark, needs_mending

if TYPE_CHECKING:
    from tianbao.records.model import Submission


@click.command(cls=Command)
@files_argument
@form_option
@as_option
@json_option
def command(*, files: tuple[str, ...], form_name: str | None, as_form: str | None, as_json: bool) -> int:
    """Read files and print the values with their origins."""
    submissions = _with_repeats(read_files(files, form_name, as_form))
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
    show(file_line(submission, (note.severity for note in submission.notes)))
    if submission.reason is not None:
        show(f"  {submission.reason.code}  {submission.reason.message()}")
        return
    asked = [cell for table in submission.form.tables for cell in table.inputs()] if submission.form else []
    states = Counter(submission.answers[cell.key].state.value for cell in asked)
    counts = {name: states[name] for name in ("filled", "blank", "declared_zero", "unreadable", "not_applicable")}
    code = "cli.read.counts.all" if counts["not_applicable"] else "cli.read.counts"
    show("  " + messages.say(code, None, **counts))
    for note in submission.notes:
        show(f"  {mark(note.severity)} {note.code}  {located(note.at, note.message())}")
