"""`outbox show`: a mail as its reader will see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.outbox_list import became
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.round import campaign_here

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.mails import Mail

SCHEMA = "tianbao.mail/1"


@click.command(cls=Command)
@click.argument("mail", metavar="MAIL|UNIT")
@json_option
def command(*, mail: str, as_json: bool) -> int:
    """Print its heads, its text and what is attached."""
    from tianbao.campaign.posting import bytes_of

    with campaign_here() as campaign:
        several = [(one, _parsed(bytes_of(campaign, one))) for one in _meant(campaign, mail)]
    if as_json:
        show_json({"schema": SCHEMA, "mails": [_document(one, read) for one, read in several]})
        return 0
    if not several:
        tell("cli.outbox.show.none", called=mail)
    for place, (one, read) in enumerate(several):
        if place:
            show()
        _print(one, read)
    return 0


def _meant(campaign: Campaign, called: str) -> Sequence[Mail]:
    """Return the mail of that number, or all that go to a unit."""
    from tianbao.campaign.posting import UnknownMailError

    number = called.removeprefix("#")
    mails = campaign.state.post.mails
    if number.isdecimal() and int(number) in mails:
        return [mails[int(number)]]
    if number.isdecimal() and called not in campaign.entries:
        raise UnknownMailError(mail=number)
    return campaign.state.post.of(campaign.unit(called).unit.code)


def _parsed(data: bytes) -> EmailMessage:
    read = message_from_bytes(data, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def _print(mail: Mail, read: EmailMessage) -> None:
    show(f"#{mail.number}  {became(mail)}")
    for head in ("From", "To", "Subject"):
        show(f"{messages.say(f'cli.outbox.show.{head.lower()}')}{read[head]}")
    for name, size, sha256 in _attached(read):
        show(messages.say("cli.outbox.show.attached", name=name, size=f"{size:,}", sha256=sha256[:12]))
    show()
    for line in _text(read).splitlines():
        show(f"  {line}".rstrip())


def _text(read: EmailMessage) -> str:
    body = read.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def _attached(read: EmailMessage) -> list[tuple[str, int, str]]:
    found = [(part.get_filename() or "", part.get_payload(decode=True)) for part in read.iter_attachments()]
    return [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in found if isinstance(data, bytes)]


def _document(mail: Mail, read: EmailMessage) -> dict[str, object]:
    return {
        "mail": mail.number,
        "state": mail.state.value,
        "unit": mail.unit,
        "from": str(read["From"]),
        "to": str(read["To"]),
        "subject": str(read["Subject"]),
        "text": _text(read),
        "attachments": [{"name": name, "size": size, "sha256": sha256} for name, size, sha256 in _attached(read)],
    }
