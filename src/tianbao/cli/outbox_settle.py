"""`outbox settle`: say what became of a mail of which nobody knows."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.post import show_mails
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
        show_mails(campaign, [settled])
    tell("cli.outbox.settle.done", state=messages.say(f"outbox.state.{settled.state.value}"))
    return 0
