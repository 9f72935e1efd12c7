"""`outbox list`: every mail to a unit, and what became of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import aligned
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.post import cells_of, counted
from tianbao.cli.round import campaign_here, time

if TYPE_CHECKING:
    from tianbao.campaign.mails import Mail

SCHEMA = "tianbao.outbox/1"
#: What a server says to a mail that it takes is of no use to anybody.
_AS_HOPED = "handed_over"


@click.command(cls=Command)
@json_option
def command(*, as_json: bool) -> int:
    """Print them, the first first."""
    with campaign_here() as campaign:
        mails = campaign.mails
        if as_json:
            show_json({"schema": SCHEMA, "mails": [_document(mail) for mail in mails]})
            return 0
        rows = [(*cells_of(campaign, mail), *_stands(mail)) for mail in mails]
        for mail, line in zip(mails, aligned(rows), strict=True):
            show(line)
            if mail.answer and mail.state.value != _AS_HOPED:
                show(f"  {mail.answer}")
    if not mails:
        tell("cli.outbox.list.empty")
        return 0
    counts = Counter(mail.state.value for mail in mails)
    tell("cli.outbox.list.done", counts=counted((f"outbox.state.{state}", n) for state, n in counts.items()))
    if counts["uncertain"]:
        tell("cli.outbox.send.uncertain", count=counts["uncertain"])
    return 0


def became(mail: Mail) -> str:
    """Say what became of a mail: where it stands, when it was tried, what was said to it."""
    return "  ".join(one for one in (*_stands(mail), mail.answer) if one)


def _stands(mail: Mail) -> tuple[str, str]:
    return messages.say(f"outbox.state.{mail.state.value}"), time(mail.posted)


def _document(mail: Mail) -> dict[str, object]:
    return {
        "mail": mail.number,
        "state": mail.state.value,
        "unit": mail.unit,
        "purpose": mail.purpose,
        "to": mail.to,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "file": mail.file or None,
        "sha256": mail.attached or None,
        "kept": mail.kept,
        "staged": mail.at,
        "posted": mail.posted or None,
        "tries": mail.tries,
        "answer": mail.answer or None,
    }
