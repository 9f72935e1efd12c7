"""`merge`: many workbooks become one, whose every total names the units it came from."""

from __future__ import annotations

from pathlib import Path

import click

from tianbao.cli.as_unit import as_unit_option, unit_name_option, unit_of, write_to
from tianbao.cli.balanced import digits_option, round_option, rounding_document, told_of_rounding
from tianbao.cli.command import Command
from tianbao.cli.county import write_county_of_files
from tianbao.cli.documents import merge_document
from tianbao.cli.files import (
    as_option,
    decisions_option,
    files_or_campaign_argument,
    force_option,
    form_option,
    jobs_option,
    json_option,
    passwords_option,
    roster_option,
)
from tianbao.cli.merge_data import data_option, data_wanted, parquet_option
from tianbao.cli.merge_files import FilesMerged, Wanted, merge_files
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
    if output is None and not as_json and data_folder is None:
        raise MissingError(what="-o", command=context.command_path)
    done = merge_files(
        Wanted(
            files=files,
            roster=roster,
            decisions=decisions_file,
            adjustments=adjustments_file,
            form=form_name,
            as_form=as_form,
            year=year,
            prior=prior,
            rounding=(round_to, digits),
            password_envs=password_envs,
            jobs=jobs,
            called=context.command_path,
        )
    )
    if output is not None and not dry_run and unit is None:
        write_county_of_files(done, Path(output), files=files, force=force)
    _show(done, decisions_file or "", as_json=as_json)
    if output is not None and unit is not None:
        write_to(done.merged, output, unit, force=force, dry_run=dry_run)
    elif output is not None:
        tell("cli.merge.would" if dry_run else "cli.merge.done", path=output)
    data_out.write(done.merged)
    return exit_status(done.merged, done.findings)


def _show(done: FilesMerged, decisions_file: str, *, as_json: bool) -> None:
    """Print what is in a merge: as a document, or in sentences."""
    if as_json:
        extra = {"rounded": rounding_document(done.rounded)} if done.rounded else {}
        show_json({**merge_document(done.merged, done.findings, done.unfit, done.doubles), **extra})
        return
    lines = (
        *told(done.merged),
        *told_of_files(done.findings),
        *told_of_office(done.aside, done.findings),
        *told_of_totals(done.merged, done.doubles),
        *(told_of_rounding(done.rounded) if done.rounded else ()),
        *(unfit_line(decisions_file, one) for one in done.unfit),
    )
    for line in lines:
        show(line)
