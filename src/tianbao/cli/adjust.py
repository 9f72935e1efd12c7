"""`adjust`: book a correction to a total; no unit's figure is changed."""

from __future__ import annotations

from decimal import Decimal

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.cli.usage import MissingError


@click.command(cls=Command, context_settings={"ignore_unknown_options": True})
@click.argument("key", metavar="KEY", required=False)
@click.argument("amount", metavar="AMOUNT", required=False)
@click.option("--note", metavar="TEXT")
@click.option("--list", "as_list", is_flag=True)
@dry_run_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    *,
    key: str | None,
    amount: str | None,
    note: str | None,
    as_list: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write a booking down, or list those that stand."""
    if as_list or (key is None and amount is None):
        _list(as_json=as_json)
        return 0
    for what, said in (("AMOUNT", amount), ("--note", note)):
        if said is None:
            raise MissingError(what=what, command=context.command_path)
    with campaign_here() as campaign:
        call = campaign.would_adjust if dry_run else campaign.adjust
        adjusted = call(str(key), str(amount), note=str(note))
    facts = {"label": adjusted.label, "key": adjusted.booking.key, "amount": f"{Decimal(adjusted.booking.amount):+f}"}
    before = "—" if adjusted.before is None else f"{Decimal(adjusted.before):f}"
    tell(
        "cli.adjust.would" if dry_run else "cli.adjust.done",
        **facts,
        before=before,
        after=f"{Decimal(adjusted.after):f}",
    )
    return 0


def _list(*, as_json: bool) -> None:
    with campaign_here() as campaign:
        bookings, form = campaign.state.adjustments, campaign.form
        if as_json:
            show_json({"schema": "tianbao.adjust/1", "adjustments": [one.as_document() for one in bookings]})
            return
        for one in bookings:
            show(
                f"{form.name_of(one.key) if one.key in form.by_key else one.key}  {one.key}  {Decimal(one.amount):+f}  {one.note}  {one.by} {one.at}"
            )
    if not bookings:
        show(messages.say("cli.adjust.none"))
