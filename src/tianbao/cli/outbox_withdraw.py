"""`outbox withdraw`: take mails out of the outbox that are not to be sent."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.post import lines_of
from tianbao.cli.round import campaign_here


@click.command(cls=Command)
@click.argument("mails", metavar="MAIL…", type=int, nargs=-1, required=True)
@click.option("--note", metavar="TEXT", default="")
def command(*, mails: tuple[int, ...], note: str) -> int:
    """Take them out."""
    with campaign_here() as campaign:
        for number in mails:
            for line in lines_of(campaign, campaign.settle(number, "withdrawn", note=note)):
                show(line)
    tell("cli.outbox.withdraw.done", count=len(mails))
    return 0
