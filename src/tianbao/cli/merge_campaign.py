"""`merge` in a campaign: the reports that count become the county's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tianbao.cli.as_unit import tell_of, write_to
from tianbao.cli.balanced import rounded_of, rounding_document, told_of_rounding
from tianbao.cli.county import copies_beside, write_copies
from tianbao.cli.documents import merge_document
from tianbao.cli.merge_data import DataWanted
from tianbao.cli.merged import exit_status, told, told_of_files, told_of_office, told_of_totals
from tianbao.cli.output import progress, show, show_json, tell, write_output
from tianbao.cli.round import campaign_here

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.merging import Result
    from tianbao.merge.rounding import Rounded
    from tianbao.records.model import Unit

#: As it is called, where an option lacks another.
_COMMAND = "tianbao merge"


def merge_campaign(
    output: str | None,
    *,
    force: bool,
    as_json: bool,
    dry_run: bool,
    data_out: DataWanted,
    unit: Unit | None = None,
    rounding: tuple[str | None, int | None] = (None, None),
) -> int:
    """Merge, and write the county's workbook into the campaign's folder, or where it is wanted.

    Args:
        output: another place for the workbook.
        force: write over what is there.
        as_json: print the document instead.
        dry_run: print what would be in it, and write nothing.
        unit: write the totals as the report of this unit of the next level instead.
        rounding: the measure and the decimals to tell the totals in.
        data_out: where the figures are wanted as data.
    """
    if unit is not None:
        return _hand_on(
            output, unit, force=force, as_json=as_json, dry_run=dry_run, rounding=rounding, data_out=data_out
        )

    with campaign_here() as campaign:
        with progress(each=False) as told_how_far:
            result = campaign.merge(
                write=output is None and not as_json and not dry_run,
                force=force,
                rounding=lambda merged: rounded_of(merged, *rounding, _COMMAND),
                progress=told_how_far,
            )
        if dry_run:
            _would(campaign, output, force=force)
        if output is not None and not dry_run:
            _write_elsewhere(campaign, result, Path(output), force=force)
    _show(result, result.rounded, as_json=as_json)
    if (output and not dry_run) or result.is_new:
        tell("cli.merge.done", path=output or result.file)
    elif result.file:
        tell("cli.merge.same", path=result.file)
    data_out.write(result.merged)
    return exit_status(result.merged, result.findings)


def _write_elsewhere(campaign: Campaign, result: Result, path: Path, *, force: bool) -> None:
    """Write the county's workbook where it is wanted, with links that lead from there."""
    from tianbao.campaign.county import draw_county

    drawn = draw_county(
        campaign,
        result.merged,
        result.findings,
        path.parent,
        doubles=result.doubles,
        rounded=result.rounded,
        copies=copies_beside(path),
    )
    write_output(path, drawn.data, force=force)
    write_copies(path.parent, drawn.copies)


def _show(result: Result, rounded: Rounded | None, *, as_json: bool) -> None:
    """Print what is in a merge: as a document, or in sentences."""
    if as_json:
        extra = {"rounded": rounding_document(rounded)} if rounded else {}
        show_json({**merge_document(result.merged, result.findings, doubles=result.doubles), **extra})
        return
    aside = {unit.code: unit for unit in result.aside}
    lines = (
        *told(result.merged, result.versions),
        *told_of_files(result.findings),
        *told_of_office(aside, result.findings),
        *told_of_totals(result.merged, result.doubles),
        *(told_of_rounding(rounded) if rounded else ()),
    )
    for line in lines:
        show(line)


def _hand_on(
    output: str | None,
    unit: Unit,
    *,
    force: bool,
    as_json: bool,
    dry_run: bool,
    rounding: tuple[str | None, int | None],
    data_out: DataWanted,
) -> int:
    """Merge, and write the totals as the report of one unit of the next level; as JSON only where a file is named."""
    from tianbao.campaign.handing_on import handed_on_file, named

    told_of = None
    with campaign_here() as campaign:
        unit = named(campaign, unit)
        if output is None and not dry_run and not as_json:
            handed_on = campaign.hand_on(unit, force=force)
            result, told_of = handed_on.result, handed_on.told
        else:
            result = campaign.merge(write=False)
        file = output or handed_on_file(campaign, unit)
    _show(result, rounded_of(result.merged, *rounding, _COMMAND), as_json=as_json)
    if dry_run:
        tell("cli.as_unit.would", path=file)
    elif told_of is not None:
        tell_of(told_of, result.merged.form, unit, file)
    elif output is not None:
        write_to(result.merged, output, unit, force=force)
    data_out.write(result.merged)
    return exit_status(result.merged, result.findings)


def _would(campaign: Campaign, output: str | None, *, force: bool) -> None:
    from tianbao.campaign.merging import merged_file, was_changed

    file = output or merged_file(campaign)
    is_kept = output is None and not force and was_changed(campaign, file=file)
    tell("cli.merge.would_change" if is_kept else "cli.merge.would", path=file)
