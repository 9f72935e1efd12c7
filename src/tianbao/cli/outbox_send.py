"""`outbox send`: send what waits, one mail after the other."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import progress, show, tell
from tianbao.cli.post import account_and_password, lines_of
from tianbao.cli.round import campaign_here, dry_run_option

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.posting import Posted, Sending

#: What a mail or the network is to blame for.
_NOT_ALL = 4
_SIGNS = {"accepted": "√", "refused": "×", "deferred": "○", "uncertain": "△"}


class _Seconds(click.ParamType[float]):
    """A time, as `20`, `20s` or `2m`."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?)(s|m)?", str(value))
        if found is None:
            self.fail(messages.say("cli.outbox.send.seconds", value=value), param, ctx)
        return float(found[1]) * (60 if found[2] == "m" else 1)


@click.command(cls=Command)
@click.option("--to-self", "to_self", metavar="UNIT")
@click.option("--every", metavar="SECONDS", type=_Seconds())
@click.option("--limit", metavar="N", type=click.IntRange(min=1))
@click.option("--here", is_flag=True)
@dry_run_option
def command(*, to_self: str | None, every: float | None, limit: int | None, here: bool, dry_run: bool) -> int:
    """Send them, and say what the server said to each."""
    from tianbao.campaign.posting import judge_host, waiting
    from tianbao.mail.outbox import Outbox

    with campaign_here() as campaign:
        if to_self is not None:
            return _to_self(campaign, to_self, dry_run=dry_run)
        mails = waiting(campaign)
        chosen = mails[:limit]
        if dry_run or not mails:
            for mail in chosen:
                for line in lines_of(campaign, mail):
                    show(line)
            tell("cli.outbox.send.would" if mails else "cli.outbox.send.nothing", count=len(chosen))
            return 0
        judge_host(campaign, here=here)
        account, secret = account_and_password(campaign)
        pace = account.every if every is None else every
        long = timedelta(seconds=round(pace * (len(chosen) - 1)))
        tell("cli.outbox.send.begin", count=len(chosen), every=f"{pace:g}", minutes=round(long.total_seconds() / 60))
        with progress() as told, Outbox(account, secret) as courier:
            sending = campaign.post(courier, here=here, limit=limit, every=pace, progress=told)
        for one in sending.posted:
            show(_line(campaign, one))
    return _tell(sending)


def _line(campaign: Campaign, one: Posted) -> str:
    entry = campaign.entries.get(one.mail.unit)
    name = f"#{one.mail.number} {entry.unit.name if entry else one.mail.unit} <{one.mail.to}>"
    if one.answer is None:
        return f"— {name}  {one.because}"
    answer = one.answer
    said = f"{answer.status or ''} {answer.text}".strip()
    line = f"{_SIGNS[answer.fate.value]} {name}  {messages.say(f'outbox.fate.{answer.fate.value}')}  {said}".rstrip()
    return f"{line}\n  {messages.say(answer.advice)}" if answer.advice else line


def _tell(sending: Sending) -> int:
    fates = [one.answer.fate.value if one.answer else "withdrawn" for one in sending.posted]
    counts = {fate: fates.count(fate) for fate in ("accepted", "refused", "deferred", "uncertain", "withdrawn")}
    tell("cli.outbox.send.done", left=sending.left, **counts)
    if counts["uncertain"]:
        tell("cli.outbox.send.uncertain", count=counts["uncertain"])
    if sending.stopped:
        tell("cli.outbox.send.stopped", advice=messages.say(sending.stopped), left=sending.left)
    if sending.full:
        tell("cli.outbox.send.full", left=sending.left)
    if sending.stopped:
        return _NOT_ALL
    return 1 if counts["refused"] or counts["uncertain"] or counts["deferred"] else 0


def _to_self(campaign: Campaign, unit: str, *, dry_run: bool) -> int:
    """Send what waits for a unit to the office itself; nothing is written down of it."""
    from tianbao.campaign.posting import bytes_of, dated, waiting
    from tianbao.mail.outbox import Outbox

    code = campaign.unit(unit).unit.code
    mails = [mail for mail in waiting(campaign) if mail.unit == code]
    if not mails or dry_run:
        tell("cli.outbox.send.self_would" if mails else "cli.outbox.send.nothing", count=len(mails))
        return 0
    account, secret = account_and_password(campaign)
    fates = []
    with Outbox(account, secret) as courier:
        for mail in mails:
            data = dated(bytes_of(campaign, mail))
            answer = courier.send(account.address, account.address, data, committing=lambda: None)
            fates.append(answer.fate.value)
            said = f"{answer.status or ''} {answer.text}".strip()
            words = messages.say(f"outbox.fate.{answer.fate.value}")
            show(f"{_SIGNS[answer.fate.value]} #{mail.number} <{account.address}>  {words}  {said}".rstrip())
            if answer.advice:
                show(f"  {messages.say(answer.advice)}")
    tell("cli.outbox.send.self_done", address=account.address)
    return 0 if set(fates) == {"accepted"} else _NOT_ALL
