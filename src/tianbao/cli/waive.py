"""`waive`: the office waives a check for a unit."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.decisions import decided
from tianbao.cli.round import campaign_here, note_option


@click.command(cls=Command)
@click.argument("unit", metavar="UNIT")
@click.argument("code", metavar="CODE")
@click.option("--place", metavar="TEXT", default="")
@note_option
def command(*, unit: str, code: str, place: str, note: str) -> int:
    """Write it down."""
    with campaign_here() as campaign:
        return decided("waived", campaign.unit(unit).unit.name, campaign.waive(unit, code, note=note, place=place))
