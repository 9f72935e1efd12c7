"""`fetch`: take in what came into the mailbox; nothing in the mailbox is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import jobs_option
from tianbao.cli.output import joined, progress, show, tell
from tianbao.cli.post import account_and_password
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.cli.taken import tell_taken

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.fetching import Fetched
    from tianbao.campaign.mails import Came

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
        for came in fetched.came:
            for line in _about(campaign, came):
                show(line)
        _tell(fetched)
        return tell_taken(campaign, fetched.taken, is_fetched=True)


def _about(campaign: Campaign, came: Came) -> Iterator[str]:
    """Say what a mail is, where that is not told by its workbooks."""
    from tianbao.campaign.senders import differs, holds, is_without_workbook, unit_of

    unit = unit_of(campaign.state, came.facts)
    entry = campaign.entries.get(unit) if unit else None
    name = f"{entry.unit.name} <{came.sender}>" if entry else f"<{came.sender}>"
    match came.kind:
        case "bounce":
            for bounce in came.facts["bounces"] or [{"recipient": "", "text": came.subject}]:
                facts = {"name": _name(campaign, bounce, came), "to": bounce["recipient"], "text": bounce["text"]}
                yield "× " + messages.say("cli.fetch.bounce", None, **facts)
        case "delayed":
            yield "○ " + messages.say("cli.fetch.delayed", name=name, subject=came.subject)
        case "auto_reply":
            yield "○ " + messages.say("cli.fetch.auto_reply", name=name, subject=came.subject)
        case _:
            if is_without_workbook(campaign, came):
                found = holds(came)
                yield "△ " + messages.say("cli.fetch.no_workbook", name=name, subject=came.subject, found=found)
            for other in differs(campaign, came):
                facts = {"name": other.unit.name, "email": other.email, "sender": came.sender}
                yield "○ " + messages.say("cli.fetch.sender", None, **facts)


def _name(campaign: Campaign, bounce: dict[str, str], came: Came) -> str:
    mail = campaign.state.post.by_id([bounce.get("message_id", "")])
    by_address = {entry.email.lower(): entry for entry in campaign.entries.values() if entry.email}
    entry = campaign.entries.get(mail.unit) if mail else by_address.get(bounce["recipient"].lower())
    return entry.unit.name if entry else came.subject


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
