"""`return`: the correction workbook of each unit that has something to mend."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import joined, progress, show, tell
from tianbao.cli.post import tell_staged
from tianbao.cli.round import campaign_here, dry_run_option


@click.command(cls=Command)
@click.argument("units", metavar="[UNIT…]", nargs=-1)
@click.option("--receipts", is_flag=True)
@click.option("--no-mail", "mail", flag_value=False, type=bool, default=True)
@dry_run_option
def command(*, units: tuple[str, ...], receipts: bool, mail: bool, dry_run: bool) -> int:
    """Make them."""
    with campaign_here() as campaign:
        receipts = receipts or (bool(campaign.settings.mail) and campaign.account().receipts)
        if dry_run:
            codes = {campaign.unit(name).unit.code for name in units}
            chosen = [
                one
                for one in campaign.status().units
                if (one.errors or one.queries) and (not codes or one.entry.unit.code in codes)
            ]
            show(
                messages.say("cli.return.would", count=len(chosen), names=joined(one.entry.unit.name for one in chosen))
            )
            return 0
        with progress() as told:
            sent = campaign.give_back(units, receipts=receipts, progress=told)
        staged = campaign.answer(units, receipts=receipts) if campaign.settings.mail and mail else None
    for one in sent:
        code = "cli.return.receipt" if one.is_receipt else "cli.return.line"
        show(messages.say(code, file=one.file, errors=one.errors, queries=one.queries))
    new = sum(one.is_new for one in sent)
    corrections = sum(not one.is_receipt for one in sent)
    tell("cli.return.done", corrections=corrections, receipts=len(sent) - corrections, there=len(sent) - new)
    return tell_staged(campaign, staged, is_trial=False, lists_mails=False) if staged is not None else 0
