"""What the commands about mail have in common: the password, what was written, how a mail is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.output import show, tell

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.mails import Mail
    from tianbao.campaign.staging import Staged
    from tianbao.mail.account import Account
    from tianbao.mail.password import Secret

#: The sign of each state, that any console can print.
SIGNS = {"staged": "○", "uncertain": "△", "handed_over": "√", "refused": "×", "bounced": "×", "withdrawn": "—"}


def account_and_password(campaign: Campaign) -> tuple[Account, Secret]:
    """Return the account of the campaign and its password; it is asked for on a terminal only."""
    from tianbao.mail.password import find_password

    account = campaign.account()
    if account.is_plain:
        tell("U-MAIL-PLAIN", address=account.address)
    return account, find_password(account, ask=ask if sys.stdin.isatty() else None)


def ask(address: str) -> str:
    """Ask for the password of an account, without showing it."""
    return str(click.prompt(messages.say("cli.mail.ask", address=address), hide_input=True, err=True))


def tell_staged(campaign: Campaign, staged: Staged, *, is_trial: bool) -> int:
    """Say what was written and what was in the way, and return the exit status."""
    for mail in staged.mails:
        for line in lines_of(campaign, mail):
            show(line)
    for problem in staged.problems:
        show(f"× {problem.entry.unit.name}  {problem.code}  {problem.message()}")
    code = "cli.send.would" if is_trial else "cli.send.done" if staged.mails else "cli.send.nothing"
    tell(code, count=len(staged.mails), there=staged.there, problems=len(staged.problems))
    return 1 if staged.problems else 0


def lines_of(campaign: Campaign, mail: Mail) -> Iterator[str]:
    """Write a mail: number, state, whose it is, its address; then the subject and what is attached."""
    entry = campaign.entries.get(mail.unit)
    name = entry.unit.name if entry else mail.unit
    yield f"{SIGNS[mail.state.value]} #{mail.number} {name} <{mail.to}>"
    attached = f"  {mail.file.rpartition('/')[2]}" if mail.file else ""
    yield f"  {mail.subject}{attached}"
