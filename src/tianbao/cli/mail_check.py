"""`mail check`: log in both ways, and send one mail to oneself."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.post import account_and_password, advised
from tianbao.cli.round import campaign_here, dry_run_option

#: What a mail or the network is to blame for.
_NOT_TAKEN = 4


@click.command(cls=Command)
@dry_run_option
def command(*, dry_run: bool) -> int:
    """Try everything that the campaign's mail needs."""
    from tianbao.campaign.staging import mail_to_oneself
    from tianbao.mail.inbox import Inbox
    from tianbao.mail.outbox import Outbox

    with campaign_here() as campaign:
        if dry_run:
            account = campaign.account()
            tell("cli.mail.check.would", smtp=account.smtp, imap=account.imap, address=account.address)
            return 0
        account, secret = account_and_password(campaign)
        data = mail_to_oneself(campaign, account)
    with Outbox(account, secret) as courier:
        courier.connect()
        show(messages.say("cli.mail.check.smtp", server=account.smtp))
        with Inbox(account, secret) as mailbox:
            listing = mailbox.list()
        count = len(listing.uids)
        show(messages.say("cli.mail.check.imap", server=account.imap, folder=listing.folder, count=count))
        answer = courier.send(account.address, account.address, data, committing=lambda: None)
    said = f"{answer.status or ''} {answer.text}".strip()
    if answer.fate.value == "accepted":
        show(messages.say("cli.mail.check.sent", address=account.address))
        return 0
    show(messages.say("cli.mail.check.not_sent", said=said))
    if answer.advice:
        show(f"  {advised(answer.advice)}")
    return _NOT_TAKEN
