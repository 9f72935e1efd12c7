"""`check`: what must be mended in the workbooks that came back, and what must be explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.documents import check_document
from tianbao.cli.files import as_option, files_argument, form_option, jobs_option, json_option, read_files
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import file_line, located, mark

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.records.model import Submission, Unit


@click.command(cls=Command)
@files_argument
@click.option("--prior", metavar="FILE", multiple=True)
@form_option
@as_option
@jobs_option
@json_option
def command(
    *,
    files: tuple[str, ...],
    prior: tuple[str, ...],
    form_name: str | None,
    as_form: str | None,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Check files and print all findings."""
    from tianbao.checks.run import run_checks

    submissions = read_files(files, form_name, as_form, jobs)
    findings = run_checks(submissions, prior=read_files(prior, None, as_form, jobs) if prior else None)
    if as_json:
        show_json(check_document(submissions, findings))
    else:
        for line in told(submissions, findings):
            show(line)
    return sum_up(submissions, findings)


def told(submissions: Sequence[Submission], findings: Sequence[Finding]) -> Iterator[str]:
    """Write a block for each file: whose it is, and below it what was found."""
    for submission, own in zip(submissions, by_submission(submissions, findings), strict=True):
        yield file_line(submission, (finding.severity for finding in own))
        if submission.reason is not None:
            yield f"  {submission.reason.code}  {submission.reason.message()}"
        for finding in own:
            if finding.follows is None:
                #: A note of the reading says what stood there, and leaves it to us to say where.
                at = "" if finding.rule else next((cell.at for cell in finding.cells), "")
                yield f"  {mark(finding.severity)} {finding.code}  {located(at, finding.message())}"
                if finding.explanation:
                    yield "    " + messages.say("cli.check.explained", explanation=finding.explanation)
            else:
                yield "    " + messages.say("cli.check.follows", code=finding.instance, message=finding.message())


def sum_up(submissions: Sequence[Submission], findings: Sequence[Finding]) -> int:
    """Tell how many files are in which state, and return the exit status."""
    refused = sum(submission.reason is not None for submission in submissions)
    severities = [{finding.severity.value for finding in own} for own in by_submission(submissions, findings)]
    broken = sum("error" in found for found in severities)
    queried = sum("query" in found and "error" not in found for found in severities)
    clean = len(submissions) - refused - broken - queried
    tell("cli.check.done", total=len(submissions), clean=clean, broken=broken, queried=queried, refused=refused)
    return 1 if broken or refused else 0


def by_submission(submissions: Iterable[Submission], findings: Iterable[Finding]) -> list[list[Finding]]:
    """Share the findings out; two files of one name are told apart by their unit."""
    found: defaultdict[tuple[str, Unit | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.file, finding.unit].append(finding)
    return [found[submission.file, submission.unit] for submission in submissions]
