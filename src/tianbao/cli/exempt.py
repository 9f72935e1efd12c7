"""`exempt`: a unit owes nothing."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.round import campaign_here, dry_run_option, note_option


@click.command(cls=Command)
@click.argument("unit", metavar="UNIT")
@note_option
@dry_run_option
def command(*, unit: str, note: str, dry_run: bool) -> int:
    """Write it down."""
    with campaign_here() as campaign:
        entry = campaign.would_exempt(unit, note=note) if dry_run else campaign.exempt(unit, note=note)
    tell("cli.exempt.would" if dry_run else "cli.exempt.done", name=entry.unit.name, unit_code=entry.unit.code)
    return 0
