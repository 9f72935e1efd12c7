"""`outbox list`: every mail to a unit, and what became of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.post import lines_of
from tianbao.cli.round import campaign_here, time

if TYPE_CHECKING:
    from tianbao.campaign.mails import Mail

SCHEMA = "tianbao.outbox/1"


@click.command(cls=Command)
@json_option
def command(*, as_json: bool) -> int:
    """Print them, the first first."""
    with campaign_here() as campaign:
        mails = campaign.mails
        if as_json:
            show_json({"schema": SCHEMA, "mails": [_document(mail) for mail in mails]})
            return 0
        for mail in mails:
            for line in lines_of(campaign, mail):
                show(line)
            for line in became(mail):
                show(f"  {line}")
    if not mails:
        tell("cli.outbox.list.empty")
        return 0
    counts = Counter(mail.state for mail in mails)
    comma = messages.say("cli.comma")
    tell("cli.outbox.list.done", counts=comma.join(f"{_words(state.value)} {n}" for state, n in counts.items()))
    return 0


def became(mail: Mail) -> list[str]:
    """Say what became of a mail: where it stands, when it was tried, what was said to it."""
    said = [_words(mail.state.value), time(mail.posted), mail.answer]
    return ["  ".join(one for one in said if one)]


def _words(state: str) -> str:
    return messages.say(f"outbox.state.{state}")


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
