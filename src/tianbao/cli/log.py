"""`log`: what was done, by whom, when, from which file."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json
from tianbao.cli.round import campaign_here, time


@click.command(cls=Command)
@json_option
def command(*, as_json: bool) -> int:
    """Print the log."""
    from tianbao.campaign.log import read_log

    with campaign_here() as campaign:
        lines = read_log(campaign.events, campaign.state)
        if as_json:
            show_json(
                {
                    "schema": "tianbao.log/1",
                    "log": [
                        {
                            "numbers": list(line.numbers),
                            "at": line.at,
                            "by": line.by,
                            "kind": line.kind.value,
                            "files": list(line.files),
                            "undone": line.is_undone,
                            "message": line.message(),
                        }
                        for line in lines
                    ],
                }
            )
            return 0
    for line in lines:
        numbers = f"#{line.numbers[0]}" + (f"–{line.numbers[-1]}" if len(line.numbers) > 1 else "")
        undone = messages.say("cli.log.undone") if line.is_undone else ""
        show(f"{numbers:<8} {time(line.at)}  {line.by}  {undone}{line.message()}")
        for change in line.changes:
            show(f"{'':<8} {change.message()}")
    return 0
