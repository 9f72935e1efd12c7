"""`merge` in a campaign: the reports that count become the county's."""

from __future__ import annotations

import io
from pathlib import Path

from tianbao.cli.documents import merge_document
from tianbao.cli.merge import exit_status, told, told_of_files, told_of_office
from tianbao.cli.output import show, show_json, tell, write_output
from tianbao.cli.round import campaign_here


def merge_campaign(output: str | None, *, force: bool, as_json: bool) -> int:
    """Merge, and write the county's workbook into the campaign's folder, or where it is wanted.

    Args:
        output: another place for the workbook.
        force: write over what is there.
        as_json: print the document instead.
    """
    from tianbao.reports.county import write_county

    with campaign_here() as campaign:
        result = campaign.merge(write=output is None and not as_json, force=force)
    if output is not None:
        data = io.BytesIO()
        write_county(result.merged, result.findings, data)
        write_output(Path(output), data.getvalue(), force=force)
    if as_json:
        show_json(merge_document(result.merged, result.findings))
    else:
        aside = {unit.code: unit for unit in result.aside}
        lines = (*told(result.merged), *told_of_files(result.findings), *told_of_office(aside, result.findings))
        for line in lines:
            show(line)
    if output or result.file:
        tell("cli.merge.done", path=output or result.file)
    return exit_status(result.merged, result.findings)
