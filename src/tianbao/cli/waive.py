"""`waive`: the office waives a check for a unit."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.decisions import decided
from tianbao.cli.round import campaign_here, dry_run_option, note_option


@click.command(cls=Command)
@click.argument("unit", metavar="UNIT")
@click.argument("code", metavar="CODE")
@click.option("--place", metavar="TEXT", default="")
@note_option
@dry_run_option
def command(*, unit: str, code: str, place: str, note: str, dry_run: bool) -> int:
    """Write it down."""
    with campaign_here() as campaign:
        if dry_run:
            would = campaign.would_settle(unit, code, note=note, place=place, waive=True)
            return decided("would_waived", campaign.unit(unit).unit.name, would)
        return decided("waived", campaign.unit(unit).unit.name, campaign.waive(unit, code, note=note, place=place))
