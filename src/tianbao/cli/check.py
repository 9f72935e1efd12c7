"""`check`: what must be mended in the workbooks that came back, and what must be explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import check_document
from tianbao.cli.files import (
    as_option,
    decisions_option,
    files_argument,
    form_option,
    jobs_option,
    json_option,
    passwords_of,
    passwords_option,
    read_files,
    roster_option,
)
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import file_line, located, settled, sign, unfit_line

if TYPE_CHECKING:
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding
    from tianbao.records.model import Submission


@click.command(cls=Command)
@files_argument
@click.option("--prior", metavar="FILE", multiple=True)
@roster_option
@decisions_option
@form_option
@as_option
@passwords_option
@jobs_option
@json_option
def command(
    *,
    files: tuple[str, ...],
    prior: tuple[str, ...],
    roster: str | None,
    decisions_file: str | None,
    form_name: str | None,
    as_form: str | None,
    password_envs: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
) -> int:
    """Check files and print all findings."""
    from tianbao.campaign.decisions import read_decisions
    from tianbao.campaign.roster import read_roster
    from tianbao.checks.run import check_each
    from tianbao.checks.settled import find_unfit

    passwords = passwords_of(password_envs)
    units = [entry.unit for entry in read_roster(roster)] if roster else []
    decisions = read_decisions(decisions_file) if decisions_file else ()
    submissions = read_files(files, form_name, as_form, passwords, jobs)
    before = read_files(prior, None, as_form, passwords, jobs) if prior else None
    found = check_each(submissions, prior=before, roster=units, decisions=decisions)
    unfit = find_unfit(decisions, submissions, found)
    if as_json:
        show_json(check_document(submissions, chain.from_iterable(found), unfit))
    else:
        for line in told(submissions, found):
            show(line)
        for one in unfit:
            show(unfit_line(decisions_file or "", one))
    return sum_up(submissions, found)


def told(submissions: Iterable[Submission], found: Iterable[Sequence[Finding]]) -> Iterator[str]:
    """Write a block for each file: whose it is, and below it what was found in it."""
    for submission, own in zip(submissions, found, strict=True):
        yield file_line(submission, map(sign, own))
        if submission.reason is not None:
            yield f"  {submission.reason.code}  {submission.reason.message()}"
        settled_by: dict[str, tuple[str, Decision | None]] = {}
        for finding in own:
            yield from _told(finding)
            by = finding.explanation, finding.decision
            if by != settled_by.get(finding.follows or ""):
                yield from _explanation(finding)
                yield from _decision(finding)
            settled_by[finding.instance] = by


def _told(finding: Finding) -> Iterator[str]:
    if finding.follows is not None:
        yield "    " + messages.say("cli.check.follows", code=finding.instance, message=finding.message())
        return
    #: A note of the reading says what stood there, and leaves it to us to say where.
    at = "" if finding.rule else next((cell.at for cell in finding.cells), "")
    yield f"  {sign(finding)} {finding.code}  {located(at, finding.message())}"
    if finding.suspects and finding.decision is None:
        yield "    " + finding.suspects[0].because()


def _explanation(finding: Finding) -> Iterator[str]:
    """Write what the unit says of a finding, and that it is too little where it is."""
    if not finding.explanation:
        return
    if finding.is_explained or not finding.is_open or finding.severity.value == "error":
        yield "    " + messages.say("cli.check.explained", explanation=finding.explanation)
    else:
        facts = {"explanation": finding.explanation}
        yield f"    S-BRIEF  {messages.say('S-BRIEF', None, **facts)} {messages.hint('S-BRIEF', None, **facts)}"


def _decision(finding: Finding) -> Iterator[str]:
    """Write what the office decided, why, and who did."""
    if finding.decision is not None:
        by = messages.say("cli.check.by", by=finding.decision.by) if finding.decision.by else ""
        code = f"cli.check.{finding.decision.kind.value}"
        yield "    " + messages.say(code, note=finding.decision.note, by=by)


def sum_up(submissions: Sequence[Submission], found: Sequence[Sequence[Finding]]) -> int:
    """Tell how many files are in which state, copies once, and what is settled; return the exit status."""
    from tianbao.records.repeats import COPIES

    counted = [own for own in found if COPIES.isdisjoint(finding.code for finding in own)]
    severities = [{finding.severity.value for finding in own if finding.is_open} for own in counted]
    total, again = len(counted), len(found) - len(counted)
    refused = sum(submission.reason is not None for submission in submissions)
    broken = sum("error" in own for own in severities)
    queried = sum("query" in own and "error" not in own for own in severities)
    clean = total - refused - broken - queried
    tell("cli.check.done", total=total, clean=clean, broken=broken, queried=queried, refused=refused)
    for code, facts in settled(chain.from_iterable(counted)):
        tell(code, **facts)
    if again:
        tell("cli.again", count=again)
    has_errors = any(finding.is_open and finding.severity.value == "error" for own in found for finding in own)
    return 1 if has_errors or refused else 0
