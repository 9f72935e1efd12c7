"""`read`: what stands in the workbooks that came back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import read_document
from tianbao.cli.files import as_option, files_argument, form_option, jobs_option, json_option, read_files
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import file_line, located, mark, needs_mending

if TYPE_CHECKING:
    from tianbao.records.model import Submission


@click.command(cls=Command)
@files_argument
@form_option
@as_option
@jobs_option
@json_option
def command(
    *, files: tuple[str, ...], form_name: str | None, as_form: str | None, jobs: int | None, as_json: bool
) -> int:
    """Read files and print the values with their origins."""
    submissions = read_files(files, form_name, as_form, jobs)
    if as_json:
        show_json(read_document(submissions))
    else:
        for submission in submissions:
            _show(submission)
        refused = sum(submission.reason is not None for submission in submissions)
        tell("cli.read.done", read=len(submissions) - refused, refused=refused)
    return 1 if any(map(needs_mending, submissions)) else 0


def _show(submission: Submission) -> None:
    show(file_line(submission, (note.severity for note in submission.notes)))
    if submission.reason is not None:
        show(f"  {submission.reason.code}  {submission.reason.message()}")
        return
    asked = [cell for table in submission.form.tables for cell in table.inputs()] if submission.form else []
    states = Counter(submission.answers[cell.key].state.value for cell in asked)
    names = ("filled", "blank", "declared_zero", "unreadable")
    show("  " + messages.say("cli.read.counts", None, **{name: states[name] for name in names}))
    for note in submission.notes:
        show(f"  {mark(note.severity)} {note.code}  {located(note.at, note.message())}")
