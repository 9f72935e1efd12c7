"""`outbox withdraw`: take mails out of the outbox that are not to be sent."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.post import show_mails
from tianbao.cli.round import campaign_here


@click.command(cls=Command)
@click.argument("mails", metavar="MAIL…", type=int, nargs=-1, required=True)
@click.option("--note", metavar="TEXT", default="")
def command(*, mails: tuple[int, ...], note: str) -> int:
    """Take them out."""
    with campaign_here() as campaign:
        show_mails(campaign, [campaign.settle(number, "withdrawn", note=note) for number in mails])
    tell("cli.outbox.withdraw.done", count=len(mails))
    return 0
