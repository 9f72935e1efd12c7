"""`check`: what must be mended in the workbooks that came back, and what must be explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import check_document
from tianbao.cli.files import (
    as_option,
    files_argument,
    force_option,
    form_option,
    jobs_option,
    json_option,
    passwords_of,
    passwords_option,
    read_files,
    roster_option,
)
from tianbao.cli.output import file_name, make_folder, show, show_json, tell, write_output
from tianbao.cli.words import file_line, located, mark

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.records.model import Submission
    from tianbao.reports.replies import Reply


@click.command(cls=Command)
@files_argument
@click.option("--prior", metavar="FILE", multiple=True)
@roster_option
@form_option
@as_option
@passwords_option
@jobs_option
@click.option("--correction", metavar="DIR")
@click.option("--issuer", metavar="NAME", default="")
@click.option("--due", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--contact", metavar="TEXT", default="")
@force_option
@json_option
def command(
    *,
    files: tuple[str, ...],
    prior: tuple[str, ...],
    roster: str | None,
    form_name: str | None,
    as_form: str | None,
    password_envs: tuple[str, ...],
    jobs: int | None,
    correction: str | None,
    issuer: str,
    due: datetime | None,
    contact: str,
    force: bool,
    as_json: bool,
) -> int:
    """Check files and print all findings."""
    from tianbao.campaign.roster import read_roster
    from tianbao.checks.run import check_each
    from tianbao.reports.replies import replies

    passwords = passwords_of(password_envs)
    units = [entry.unit for entry in read_roster(roster)] if roster else []
    submissions = read_files(files, form_name, as_form, passwords, jobs)
    before = read_files(prior, None, as_form, passwords, jobs) if prior else None
    found = check_each(submissions, prior=before, roster=units)
    if as_json:
        show_json(check_document(submissions, chain.from_iterable(found)))
    else:
        for line in told(submissions, found):
            show(line)
    if correction is not None:
        from tianbao.reports.correction import Letter

        letter = Letter(issuer, due.date() if due else None, contact)
        _send_back(Path(correction), replies(submissions, prior=before or (), roster=units, letter=letter), force=force)
    return sum_up(submissions, found)


def _send_back(folder: Path, made: Iterable[Reply], *, force: bool) -> None:
    """Write what goes back to the units into a folder, and tell what it is."""
    make_folder(folder)
    counts = {False: 0, True: 0}
    for reply in made:
        stem, dot, suffix = reply.name.rpartition(".")
        write_output(folder / file_name(stem, dot + suffix), reply.data, force=force)
        counts[reply.is_receipt] += 1
    tell("cli.check.sent_back", path=folder, corrections=counts[False], receipts=counts[True])


def told(submissions: Iterable[Submission], found: Iterable[Sequence[Finding]]) -> Iterator[str]:
    """Write a block for each file: whose it is, and below it what was found in it."""
    for submission, own in zip(submissions, found, strict=True):
        yield file_line(submission, (finding.severity for finding in own))
        if submission.reason is not None:
            yield f"  {submission.reason.code}  {submission.reason.message()}"
        suspected: dict[str, str] = {}
        for finding in own:
            if finding.follows is None:
                #: A note of the reading says what stood there, and leaves it to us to say where.
                at = "" if finding.rule else next((cell.at for cell in finding.cells), "")
                yield f"  {mark(finding.severity)} {finding.code}  {located(at, finding.message())}"
                if finding.suspects:
                    yield "    " + _suspicion(finding, suspected)
                if finding.explanation:
                    yield "    " + messages.say("cli.check.explained", explanation=finding.explanation)
            else:
                yield "    " + messages.say("cli.check.follows", code=finding.instance, message=finding.message())


def _suspicion(finding: Finding, suspected: dict[str, str]) -> str:
    """Say which cell is probably wrong; of what was said under another finding already, under which.

    Args:
        finding: one with suspects.
        suspected: what was said so far of its file, and the code of the finding that it stands under; it is added to.
    """
    because = finding.suspects[0].because()
    if because in suspected:
        return messages.say("cli.check.suspected", code=suspected[because])
    suspected[because] = finding.code
    return because


def sum_up(submissions: Sequence[Submission], found: Sequence[Sequence[Finding]]) -> int:
    """Tell how many files are in which state, copies once, and return the exit status."""
    from tianbao.records.repeats import COPIES

    counted = [own for own in found if COPIES.isdisjoint(finding.code for finding in own)]
    severities = [{finding.severity.value for finding in own} for own in counted]
    total, again = len(counted), len(found) - len(counted)
    refused = sum(submission.reason is not None for submission in submissions)
    broken = sum("error" in own for own in severities)
    queried = sum("query" in own and "error" not in own for own in severities)
    clean = total - refused - broken - queried
    tell("cli.check.done", total=total, clean=clean, broken=broken, queried=queried, refused=refused)
    if again:
        tell("cli.again", count=again)
    has_errors = any(finding.severity.value == "error" for own in found for finding in own)
    return 1 if has_errors or refused else 0
