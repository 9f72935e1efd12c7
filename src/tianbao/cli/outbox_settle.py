"""`outbox settle`: say what became of a mail of which nobody knows."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.post import lines_of
from tianbao.cli.round import campaign_here
from tianbao.cli.usage import MisuseError


class SettleError(MisuseError):
    """It must be said which of the two it is."""

    code = "U-OUTBOX-WHICH"


@click.command(cls=Command)
@click.argument("mail", metavar="MAIL", type=int)
@click.option("--arrived", is_flag=True)
@click.option("--resend", is_flag=True)
@click.option("--note", metavar="TEXT", default="")
def command(*, mail: int, arrived: bool, resend: bool, note: str) -> int:
    """Write it down."""
    if arrived is resend:
        raise SettleError
    with campaign_here() as campaign:
        settled = campaign.settle(mail, "accepted" if arrived else "deferred", note=note)
        for line in lines_of(campaign, settled):
            show(line)
    tell("cli.outbox.settle.done", state=messages.say(f"outbox.state.{settled.state.value}"))
    return 0
