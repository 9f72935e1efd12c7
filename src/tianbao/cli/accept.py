"""`accept`: the office accepts what a unit says of a query."""

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
        return decided("accepted", campaign.unit(unit).unit.name, campaign.accept(unit, code, note=note, place=place))
