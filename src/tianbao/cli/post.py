"""What the commands about mail have in common: the password, what was written, how a mail is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import aligned
from tianbao.cli.output import joined, show, tell

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.mails import Mail
    from tianbao.campaign.staging import Problem, Staged
    from tianbao.mail.account import Account
    from tianbao.mail.password import Secret

#: The sign of each state, that any console can print.
SIGNS = {"staged": "○", "uncertain": "△", "handed_over": "√", "refused": "×", "bounced": "×", "withdrawn": "—"}


def account_and_password(campaign: Campaign) -> tuple[Account, Secret]:
    """Return the account of the campaign and its password; it is asked for on a terminal only."""
    from tianbao.mail.account import Security
    from tianbao.mail.password import find_password

    account = campaign.account()
    if account.is_plain:
        hosts = dict.fromkeys(one.host for one in (account.smtp, account.imap) if one.security is Security.NONE)
        tell("U-MAIL-PLAIN", host=joined(hosts))
    return account, find_password(account, ask=ask if sys.stdin.isatty() else None)


def ask(address: str) -> str:
    """Ask for the password of an account, without showing it."""
    return str(click.prompt(messages.say("cli.mail.ask", address=address), hide_input=True, err=True))


def tell_staged(campaign: Campaign, staged: Staged, *, is_trial: bool, lists_mails: bool = True) -> int:
    """Say what was written and what was in the way, and return the exit status."""
    if lists_mails:
        show_mails(campaign, staged.mails)
    for line in _problems(staged.problems):
        show(line)
    code = "cli.send.would" if is_trial else "cli.send.done" if staged.mails else "cli.send.nothing"
    tell(code, count=len(staged.mails), there=staged.there, problems=len(staged.problems))
    return 1 if staged.problems else 0


def _problems(problems: Sequence[Problem]) -> list[str]:
    """Write what was in the way; what is the same for several units is written once, with all of them."""
    said: dict[tuple[str, str], list[str]] = {}
    for one in problems:
        said.setdefault((one.code, one.message()), []).append(one.entry.unit.name)
    lines = []
    for (code, message), names in said.items():
        alone = f"{names[0]}  " if len(names) == 1 else ""
        lines.append(f"× {alone}{code}  {message}")
        lines += [f"  {joined(names)}"] if not alone else []
    return lines


def show_mails(campaign: Campaign, mails: Iterable[Mail]) -> None:
    """Print mails, one a line: where it stands, its number, whose it is, what for, its address."""
    for line in aligned([cells_of(campaign, mail) for mail in mails]):
        show(line)


def cells_of(campaign: Campaign, mail: Mail) -> tuple[str, ...]:
    """Write what stands of a mail wherever it is listed."""
    purpose = messages.say(f"outbox.purpose.{mail.purpose}")
    return (f"{SIGNS[mail.state.value]} #{mail.number}", name_of(campaign, mail), purpose, mail.to)


def name_of(campaign: Campaign, mail: Mail) -> str:
    """Name the unit of a mail as the roster does; by its code where it is no longer on it."""
    entry = campaign.entries.get(mail.unit)
    return entry.unit.name if entry else mail.unit


def counted(counts: Iterable[tuple[str, int]]) -> str:
    """Say how many there are of each kind, those of which there are none left out."""
    said = [messages.say("cli.outbox.count", None, what=messages.say(what), count=n) for what, n in counts if n]
    return joined(said)


def advised(code: str) -> str:
    """Say what a server's answer means, and what to do."""
    return f"{messages.say(code)} {messages.hint(code)}".strip()
