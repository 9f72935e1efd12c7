"""`fetch`: take in what came into the mailbox; nothing in the mailbox is changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from tianbao.cli.command import Command
from tianbao.cli.files import jobs_option
from tianbao.cli.output import joined, progress, tell
from tianbao.cli.post import account_and_password
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.cli.taken import tell_taken

if TYPE_CHECKING:
    from tianbao.campaign.fetching import Fetched

#: So many mails that are none of ours are named.
_NAMED = 5


@click.command(cls=Command)
@click.option("--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--all", "everything", is_flag=True)
@jobs_option
@dry_run_option
def command(*, since: datetime | None, everything: bool, jobs: int | None, dry_run: bool) -> int:
    """Take it in, and say what has become of each mail."""
    from tianbao.mail.inbox import Inbox

    with campaign_here() as campaign:
        account, secret = account_and_password(campaign)
        day = since.date() if since else None
        with progress() as told, Inbox(account, secret) as mailbox:
            if dry_run:
                there = campaign.would_fetch(mailbox, since=day, everything=everything)
                tell("cli.fetch.would", count=there, address=account.address)
                return 0
            fetched = campaign.fetch(mailbox, since=day, everything=everything, jobs=jobs, progress=told)
        return tell_taken(campaign, fetched.taken, fetched=lambda: _tell(fetched))


def _tell(fetched: Fetched) -> None:
    facts = {"listed": fetched.listed, "seen": fetched.seen, "came": len(fetched.came), "left": len(fetched.left)}
    tell("cli.fetch.done" if fetched.listed > fetched.seen else "cli.fetch.nothing", **facts)
    if fetched.gone:
        tell("cli.fetch.gone", count=fetched.gone)
    if bounced := sum(one.kind == "bounce" for one in fetched.came):
        tell("cli.fetch.bounced", count=bounced)
    if fetched.left:
        named = joined(f"{one.sender}“{one.subject}”" for one in fetched.left[:_NAMED])
        tell("cli.fetch.left", count=len(fetched.left), named=named)
