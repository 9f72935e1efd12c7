"""`check`: what must be mended in the workbooks that came back, and what must be explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.campaign.file_names import file_name
from tianbao.cli.command import Command
from tianbao.cli.documents import check_document
from tianbao.cli.files import (
    as_option,
    decisions_option,
    files_or_campaign_argument,
    force_option,
    form_option,
    jobs_option,
    json_option,
    passwords_of,
    passwords_option,
    read_files,
    roster_option,
)
from tianbao.cli.output import make_folder, show, show_json, tell, write_output
from tianbao.cli.rounds import round_line, sum_up_rounds
from tianbao.cli.words import file_line, located, settled, sign, unfit_line

if TYPE_CHECKING:
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding
    from tianbao.checks.rounds import Round
    from tianbao.records.model import Submission
    from tianbao.reports.replies import Reply


@click.command(cls=Command)
@files_or_campaign_argument
@click.option("--prior", metavar="FILE", multiple=True)
@click.option("--before", metavar="FILE", multiple=True)
@roster_option
@decisions_option
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
    before: tuple[str, ...],
    roster: str | None,
    decisions_file: str | None,
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
    """Check files, or the reports that count in a campaign, and print all findings."""
    if not files:
        from tianbao.cli.check_campaign import check_campaign

        return check_campaign(as_json=as_json)
    from tianbao.campaign.decisions import read_decisions
    from tianbao.campaign.roster import read_roster
    from tianbao.checks.rounds import carry_explanations, compare_each, versions
    from tianbao.checks.run import check_each
    from tianbao.checks.settled import find_unfit
    from tianbao.reports.replies import make_replies

    passwords = passwords_of(password_envs)
    units = [entry.unit for entry in read_roster(roster)] if roster else []
    decisions = read_decisions(decisions_file) if decisions_file else ()
    submissions = read_files(files, form_name, as_form, passwords, jobs)
    last_years = read_files(prior, None, as_form, passwords, jobs) if prior else None
    earlier = versions(read_files(before, form_name, as_form, passwords, jobs)) if before else {}
    submissions = [carry_explanations(one, earlier) for one in submissions]
    found = check_each(submissions, prior=last_years, roster=units, decisions=decisions)
    found_before = check_each(earlier.values(), prior=last_years, roster=units)
    rounds = compare_each(submissions, found, earlier, found_before)
    unfit = find_unfit(decisions, submissions, found)
    if as_json:
        show_json(check_document(submissions, chain.from_iterable(found), unfit, rounds))
    else:
        for line in told(submissions, found, rounds if before else ()):
            show(line)
        for one in unfit:
            show(unfit_line(decisions_file or "", one))
    status = sum_up(submissions, found)
    if before:
        sum_up_rounds(rounds)
    if correction is not None:
        from tianbao.reports.correction import Letter

        letter = Letter(issuer, due.date() if due else None, contact)
        made = make_replies(submissions, found, prior=last_years or (), letter=letter)
        _send_back(Path(correction), made, force=force)
    return status


def _send_back(folder: Path, made: Iterable[Reply], *, force: bool) -> None:
    """Write what goes back to the units into a folder, and tell what it is."""
    make_folder(folder)
    counts = {False: 0, True: 0}
    for reply in made:
        stem, dot, suffix = reply.name.rpartition(".")
        write_output(folder / file_name(stem, dot + suffix), reply.data, force=force)
        counts[reply.is_receipt] += 1
    tell("cli.check.sent_back", path=folder, corrections=counts[False], receipts=counts[True])


def told(
    submissions: Sequence[Submission], found: Sequence[Sequence[Finding]], rounds: Sequence[Round | None] = ()
) -> Iterator[str]:
    """Write a block for each file: whose it is, what was done since its version before, and what was found in it.

    Args:
        submissions: the files.
        found: what was found in each.
        rounds: each held against its version before; empty where nobody asked.
    """
    from tianbao.records.repeats import COPIES

    for submission, own, since in zip_longest(submissions, found, rounds):
        yield file_line(submission, map(sign, own))
        if submission.reason is not None:
            yield f"  {submission.reason.code}  {submission.reason.message()}"
        elif rounds and COPIES.isdisjoint(finding.code for finding in own):
            yield f"  {round_line(since)}"
        settled_by: dict[str, tuple[str, Decision | None]] = {}
        suspected: dict[str, str] = {}
        for finding in own:
            yield from _told(finding, since, suspected)
            by = finding.explanation, finding.decision
            if by != settled_by.get(finding.follows or ""):
                yield from _explanation(finding, since)
                yield from _decision(finding)
            settled_by[finding.instance] = by


def _told(finding: Finding, since: Round | None, suspected: dict[str, str]) -> Iterator[str]:
    if finding.follows is not None:
        yield "    " + messages.say("cli.check.follows", code=finding.instance, message=finding.message())
        return
    #: A note of the reading says what stood there, and leaves it to us to say where.
    at = "" if finding.rule else next((cell.at for cell in finding.cells), "")
    standing = since.standing_of(finding) if since is not None and not since.is_same_file else ""
    is_new = messages.say(f"cli.round.is_{standing}") if standing else ""
    yield f"  {sign(finding)} {finding.code}  {is_new}{located(at, finding.message())}"
    if finding.suspects and finding.decision is None:
        yield "    " + _suspicion(finding, suspected)


def _explanation(finding: Finding, since: Round | None) -> Iterator[str]:
    """Write what the unit says of a finding, and that it is too little where it is."""
    if not finding.explanation:
        return
    if finding.is_explained or not finding.is_open or finding.severity.value == "error":
        is_earlier = since is not None and finding.instance in since.carried
        code = "cli.check.explained.before" if is_earlier else "cli.check.explained"
        yield "    " + messages.say(code, explanation=finding.explanation)
    else:
        facts = {"explanation": finding.explanation}
        yield f"    S-BRIEF  {messages.say('S-BRIEF', None, **facts)} {messages.hint('S-BRIEF', None, **facts)}"


def _decision(finding: Finding) -> Iterator[str]:
    """Write what the office decided, why, and who did."""
    if finding.decision is not None:
        by = messages.say("cli.check.by", by=finding.decision.by) if finding.decision.by else ""
        code = f"cli.check.{finding.decision.kind.value}"
        yield "    " + messages.say(code, note=finding.decision.note, by=by)


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
