"""`claim`: the office says whose a workbook is, and that it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.round import campaign_here, dry_run_option

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
@click.argument("unit", metavar="UNIT")
@click.option("--note", metavar="TEXT", default="")
@dry_run_option
def command(*, file: str, unit: str, note: str, dry_run: bool) -> int:
    """Write it down, and say what is open in it."""
    with campaign_here() as campaign:
        if dry_run:
            return _would(campaign, file, unit)
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


def _would(campaign: Campaign, file: str, unit: str) -> int:
    version, entry, now = campaign.would_claim(file, unit)
    tell("cli.claim.would", file=version.returned.file, name=entry.unit.name, unit_code=entry.unit.code)
    if now is not None and now.returned.sha256 != version.returned.sha256:
        tell("cli.claim.would_replace", file=now.returned.file)
    return 0
