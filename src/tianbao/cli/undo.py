"""`undo`: take back what the last command did."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.round import campaign_here, dry_run_option


@click.command(cls=Command)
@dry_run_option
def command(*, dry_run: bool) -> int:
    """Take it back, and say what it was."""
    from tianbao.campaign.campaign import NothingToUndoError
    from tianbao.campaign.log import read_log
    from tianbao.campaign.state import last_undoable

    with campaign_here() as campaign:
        events = last_undoable(campaign.events) if dry_run else campaign.undo()
        if not events:
            raise NothingToUndoError
        lines = read_log(events, campaign.state)
    for line in lines:
        show(line.message())
    tell("cli.undo.would" if dry_run else "cli.undo.done", count=len(events))
    return 0
