"""`mail password`: keep the password of the account in the system's keyring, or forget it."""

from __future__ import annotations

import sys

import click

from tianbao.cli.command import Command
from tianbao.cli.output import tell
from tianbao.cli.post import ask
from tianbao.cli.round import campaign_here
from tianbao.cli.usage import MisuseError


class NoTerminalError(MisuseError):
    """A password is asked for on a terminal only."""

    code = "U-MAIL-TERMINAL"


@click.command(cls=Command)
@click.option("--forget", is_flag=True)
def command(*, forget: bool) -> int:
    """Ask for it and keep it."""
    from tianbao.mail.password import Secret, forget_password, store_password

    with campaign_here() as campaign:
        account = campaign.account()
    if forget:
        was_there = forget_password(account)
        tell("cli.mail.password.forgotten" if was_there else "cli.mail.password.nothing", user=account.user)
        return 0
    if not sys.stdin.isatty():
        raise NoTerminalError
    store_password(account, Secret(ask(account.address)))
    tell("cli.mail.password.kept", user=account.user)
    return 0
