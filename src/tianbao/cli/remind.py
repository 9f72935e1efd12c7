"""`remind`: write to those who owe something what it is; `outbox send` sends it."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import progress
from tianbao.cli.post import tell_staged
from tianbao.cli.round import campaign_here, dry_run_option


@click.command(cls=Command)
@click.argument("units", metavar="[UNIT…]", nargs=-1)
@click.option("--again", is_flag=True)
@dry_run_option
def command(*, units: tuple[str, ...], again: bool, dry_run: bool) -> int:
    """Write the mails, and say what is in the way of others."""
    with campaign_here() as campaign:
        with progress() as told:
            staged = campaign.remind(units, again=again, write=not dry_run, progress=told)
        return tell_staged(campaign, staged, is_trial=dry_run)
