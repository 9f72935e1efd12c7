"""What a mail is that came in: a bounce, an automatic reply, a letter without a workbook, one from another address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.output import joined

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.mails import Came


def about(campaign: Campaign, came: Came) -> Iterator[str]:
    """Say what a mail is, where that is not told by its workbooks."""
    from tianbao.campaign.senders import differs, holds, is_without_workbook, is_workbook, unit_of

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
            if workbooks := [one for one in came.names if is_workbook(one)]:
                yield "  " + messages.say("cli.fetch.auto_files", names=joined(workbooks))
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
