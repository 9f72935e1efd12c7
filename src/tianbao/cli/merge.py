"""`merge`: many workbooks become one, whose every total names the units it came from."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from tianbao.cli.as_unit import as_unit_option, unit_name_option, unit_of, write_to
from tianbao.cli.balanced import digits_option, round_option, rounded_of, rounding_document, told_of_rounding
from tianbao.cli.command import Command
from tianbao.cli.county import exempt_by_roster, write_county_of_files
from tianbao.cli.documents import merge_document
from tianbao.cli.files import (
    as_option,
    decisions_option,
    files_or_campaign_argument,
    force_option,
    form_option,
    jobs_option,
    json_option,
    load,
    passwords_of,
    passwords_option,
    read_files,
    roster_option,
)
from tianbao.cli.merge_data import data_option, data_wanted, parquet_option
from tianbao.cli.merged import exit_status, told, told_of_files, told_of_office, told_of_totals
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.round import dry_run_option
from tianbao.cli.usage import MissingError, refuse_options_of_files
from tianbao.cli.words import unfit_line

#: The options that mean something in a campaign, too.
_IN_A_CAMPAIGN = (
    *("output", "data_folder", "with_parquet", "as_unit", "unit_name", "round_to", "digits"),
    *("force", "dry_run", "as_json"),
)


@click.command(cls=Command)
@files_or_campaign_argument
@click.option("-o", "--output", metavar="COUNTY.xlsx")
@data_option
@parquet_option
@roster_option
@decisions_option
@click.option("--adjustments", "adjustments_file", metavar="FILE")
@form_option
@as_option
@click.option("--year", metavar="YEAR", type=int)
@click.option("--prior", metavar="FILE", multiple=True)
@as_unit_option
@unit_name_option
@round_option
@digits_option
@passwords_option
@jobs_option
@force_option
@dry_run_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    *,
    files: tuple[str, ...],
    output: str | None,
    data_folder: str | None,
    with_parquet: bool,
    roster: str | None,
    decisions_file: str | None,
    adjustments_file: str | None,
    form_name: str | None,
    as_form: str | None,
    year: int | None,
    prior: tuple[str, ...],
    as_unit: str | None,
    unit_name: str | None,
    round_to: str | None,
    digits: int | None,
    password_envs: tuple[str, ...],
    jobs: int | None,
    force: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Merge files, or the reports that count in a campaign, write the county's workbook, and print what is in it."""
    unit = unit_of(as_unit, unit_name, context.command_path)
    data_out = data_wanted(context, data_folder, parquet=with_parquet, force=force, dry_run=dry_run)
    if not files:
        from tianbao.cli.merge_campaign import merge_campaign

        refuse_options_of_files(context, *_IN_A_CAMPAIGN)
        return merge_campaign(
            output,
            force=force,
            as_json=as_json,
            dry_run=dry_run,
            unit=unit,
            rounding=(round_to, digits),
            data_out=data_out,
        )
    from tianbao.campaign.booking_list import read_adjustments
    from tianbao.campaign.decisions import read_decisions
    from tianbao.campaign.roster import expected, read_roster
    from tianbao.checks.run import check_each
    from tianbao.checks.settled import find_unfit
    from tianbao.merge.doubles import find_doubles
    from tianbao.merge.merge import merge_submissions

    if output is None and not as_json and data_folder is None:
        raise MissingError(what="-o", command=context.command_path)
    passwords = passwords_of(password_envs)
    entries = read_roster(roster) if roster else ()
    decisions = read_decisions(decisions_file) if decisions_file else ()
    aside = {entry.unit.code: entry.unit for entry in entries if not entry.counts}
    read = read_files(files, None, as_form, passwords, jobs)
    submissions = [one for one in read if one.unit is None or one.unit.code not in aside]
    units = expected(entries, reported={one.unit.code for one in submissions if one.unit is not None})
    merged = merge_submissions(submissions, roster=units, form=load(form_name or as_form), year=year)
    if adjustments_file:
        bookings = read_adjustments(adjustments_file, merged.form)
        merged = merge_submissions(submissions, roster=units, form=merged.form, year=merged.year, adjustments=bookings)
    last_year = read_files(prior, None, as_form, passwords, jobs) if prior else None
    rounded = rounded_of(merged, round_to, digits, context.command_path)
    found = check_each(
        submissions,
        prior=last_year,
        roster=[entry.unit for entry in entries],
        decisions=decisions,
    )
    doubles = find_doubles(
        merged,
        parents={entry.unit.code: entry.parent for entry in entries if entry.parent},
        aside=[one for one in read if one.reason is None and one.unit is not None and one.unit.code in aside],
    )
    unfit = find_unfit([one for one in decisions if one.unit not in aside], submissions, found)
    #: Why a file is not counted is told once, among those that are not.
    left_out = {left_out.file for left_out in merged.left_out}
    every = chain.from_iterable(found)
    findings = [one for one in every if not (one.file in left_out and one.code.startswith("M-"))]
    if output is not None and not dry_run and unit is None:
        write_county_of_files(
            merged,
            findings,
            Path(output),
            files=files,
            exempt=exempt_by_roster(entries),
            aside=tuple(aside.values()),
            prior=last_year or (),
            doubles=doubles,
            rounded=rounded,
            force=force,
        )
    if as_json:
        extra = {"rounded": rounding_document(rounded)} if rounded else {}
        show_json({**merge_document(merged, findings, unfit, doubles), **extra})
    else:
        for line in (
            *told(merged),
            *told_of_files(findings),
            *told_of_office(aside, findings),
            *told_of_totals(merged, doubles),
        ):
            show(line)
        for line in told_of_rounding(rounded) if rounded else ():
            show(line)
        for one in unfit:
            show(unfit_line(decisions_file or "", one))
    if output is not None and unit is not None:
        write_to(merged, output, unit, force=force, dry_run=dry_run)
    elif output is not None:
        tell("cli.merge.would" if dry_run else "cli.merge.done", path=output)
    data_out.write(merged)
    return exit_status(merged, findings)
