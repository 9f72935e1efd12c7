"""`outbox send`: send what waits, one mail after the other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import aligned
from tianbao.cli.command import Command
from tianbao.cli.output import progress, show, tell
from tianbao.cli.post import account_and_password, advised, counted, name_of, show_mails
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.errors import TianbaoError

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.mails import Mail
    from tianbao.campaign.posting import Posted, Sending

#: What a mail or the network is to blame for.
_NOT_ALL = 4
_SIGNS = {"accepted": "√", "refused": "×", "deferred": "○", "uncertain": "△", "withdrawn": "—"}


class _Seconds(click.ParamType[float]):
    """A time, as `20`, `20s` or `2m`."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?)(s|m)?", str(value))
        if found is None:
            self.fail(str(value), param, ctx)
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
            show_mails(campaign, chosen)
            tell("cli.outbox.send.would" if mails else "cli.outbox.send.nothing", count=len(chosen))
            return 0
        judge_host(campaign, here=here)
        account, secret = account_and_password(campaign)
        pace = account.every if every is None else every
        _tell_begin(len(chosen), pace)
        try:
            with progress() as told, Outbox(account, secret) as courier:
                sending = campaign.post(courier, here=here, limit=limit, every=pace, progress=told)
        except (TianbaoError, KeyboardInterrupt):
            _tell_so_far(campaign, chosen)
            raise
        for mail, line in zip(sending.posted, aligned([_cells(campaign, one) for one in sending.posted]), strict=True):
            show(line)
            if mail.answer and mail.answer.advice:
                show(f"  {advised(mail.answer.advice)}")
    return _tell(sending)


def _tell_begin(count: int, pace: float) -> None:
    minutes = round(pace * (count - 1) / 60)
    code = "cli.outbox.send.begin" if minutes else "cli.outbox.send.begin_short"
    tell(code, count=count, **({"every": f"{pace:g}", "minutes": minutes} if minutes else {}))


def _cells(campaign: Campaign, one: Posted) -> tuple[str, ...]:
    """Write a mail and what became of it; what a server says to a mail that it takes is of no use to anybody."""
    fate = one.answer.fate.value if one.answer else "withdrawn"
    said = f"{one.answer.status or ''} {one.answer.text}".strip() if one.answer else one.because
    words = messages.say(f"outbox.fate.{fate}")
    told = words if fate == "accepted" else f"{words}  {said}"
    return (f"{_SIGNS[fate]} #{one.mail.number}", name_of(campaign, one.mail), one.mail.to, told)


def _tell_so_far(campaign: Campaign, chosen: Sequence[Mail]) -> None:
    """Say how far it came, where it ended before its time."""
    from tianbao.campaign.posting import waiting

    now = campaign.state.post.mails
    counts = Counter(now[one.number].state.value for one in chosen)
    del counts["staged"]
    if counts:
        said = counted((f"outbox.state.{state}", n) for state, n in counts.items())
        tell("cli.outbox.send.done", counts=said, left=len(waiting(campaign)))
    if counts["uncertain"]:
        tell("cli.outbox.send.uncertain", count=counts["uncertain"])


def _tell(sending: Sending) -> int:
    counts = Counter(one.answer.fate.value if one.answer else "withdrawn" for one in sending.posted)
    said = counted((f"outbox.fate.{fate}", counts[fate]) for fate in _SIGNS)
    tell("cli.outbox.send.done", counts=said, left=sending.left)
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
    from tianbao.campaign.posting import Posted, bytes_of, dated, waiting
    from tianbao.mail.outbox import Outbox

    code = campaign.unit(unit).unit.code
    mails = [mail for mail in waiting(campaign) if mail.unit == code]
    if not mails or dry_run:
        tell("cli.outbox.send.self_would" if mails else "cli.outbox.send.nothing", count=len(mails))
        return 0
    account, secret = account_and_password(campaign)
    are_all_sent = True
    with Outbox(account, secret) as courier:
        for mail in mails:
            data = dated(bytes_of(campaign, mail))
            answer = courier.send(account.address, account.address, data, committing=lambda: None)
            are_all_sent &= answer.fate.value == "accepted"
            show("  ".join(_cells(campaign, Posted(replace(mail, to=account.address), answer))))
            if answer.advice:
                show(f"  {advised(answer.advice)}")
    if are_all_sent:
        tell("cli.outbox.send.self_done", address=account.address)
    return 0 if are_all_sent else _NOT_ALL
