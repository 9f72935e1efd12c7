"""`issue`: the workbook of each unit."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import joined, progress, show, tell
from tianbao.cli.round import campaign_here, dry_run_option


@click.command(cls=Command)
@click.argument("units", metavar="[UNIT…]", nargs=-1)
@click.option("--again", is_flag=True)
@dry_run_option
def command(*, units: tuple[str, ...], again: bool, dry_run: bool) -> int:
    """Make the workbooks."""
    from tianbao.campaign.issue import is_issued

    with campaign_here() as campaign:
        if dry_run:
            asked = [campaign.unit(name) for name in units] or campaign.state.roster
            owing = [entry for entry in asked if not campaign.state.owes_nothing(entry)]
            fresh = [entry.unit.name for entry in owing if not is_issued(campaign, entry)]
            show(messages.say("cli.issue.would", count=len(fresh), names=joined(fresh)))
            return 0
        with progress() as told:
            issued = campaign.issue(units, again=again, progress=told)
    for file in issued.made:
        show(file)
    tell("cli.issue.done", made=len(issued.made), there=issued.there, exempt=issued.exempt)
    if issued.outdated:
        tell("cli.issue.outdated", count=len(issued.outdated), names=joined(issued.outdated))
    for file in issued.changed:
        tell("U-CAMPAIGN-CHANGED", path=file)
    return 1 if issued.changed else 0
