"""`check`: what must be mended in the workbooks that came back, and what must be explained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    read_last_years,
    roster_option,
)
from tianbao.cli.findings import sum_up, told
from tianbao.cli.output import make_folder, show, show_json, tell, write_output
from tianbao.cli.rounds import sum_up_rounds
from tianbao.cli.usage import refuse_options_of_files
from tianbao.cli.words import unfit_line
from tianbao.records.file_names import file_name

if TYPE_CHECKING:
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
@click.pass_context
def command(
    context: click.Context,
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

        refuse_options_of_files(context, "as_json")
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
    last_years = read_last_years(prior, submissions, as_form, passwords, jobs) or None
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
