"""`claim`: the office says whose a workbook is, and that it counts."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.round import campaign_here


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
@click.argument("unit", metavar="UNIT")
@click.option("--note", metavar="TEXT", default="")
def command(*, file: str, unit: str, note: str) -> int:
    """Write it down, and say what is open in it."""
    with campaign_here() as campaign:
        version = campaign.claim(file, unit, note=note)
        stands = next(one for one in campaign.status().units if one.entry.unit.code == version.unit)
    tell(
        "cli.claim.done",
        file=version.returned.file,
        name=stands.entry.unit.name,
        number=version.number,
        state=f"{stands.state.sign} {stands.state.words()}",
        errors=stands.errors,
        queries=stands.queries,
    )
    return 0
