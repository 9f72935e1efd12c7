"""`init`: begin a round of collection in a folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.output import joined, progress, show, tell
from tianbao.cli.round import dry_run_option
from tianbao.cli.template import judge_year
from tianbao.cli.words import located

if TYPE_CHECKING:
    from tianbao.records.model import Note, Unit

#: So many units are named.
_NAMED = 3

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(cls=Command)
@click.argument("folder", metavar="DIR")
@click.option("--form", "form_name", metavar="FORM", required=True)
@click.option("--year", metavar="YEAR", type=int, required=True)
@click.option("--issuer", metavar="NAME", required=True)
@click.option("--county", metavar="NAME", default="")
@click.option("--contact", metavar="TEXT", default="")
@click.option("--due", metavar="DATE", type=_DAY)
@click.option("--late", metavar="DATE", type=_DAY)
@click.option("--roster", metavar="FILE")
@click.option("--prior", metavar="DIR|FILE", multiple=True)
@click.option("--superseded", is_flag=True)
@dry_run_option
def command(
    *,
    folder: str,
    form_name: str,
    year: int,
    issuer: str,
    county: str,
    contact: str,
    due: datetime | None,
    late: datetime | None,
    roster: str | None,
    prior: tuple[str, ...],
    superseded: bool,
    dry_run: bool,
) -> int:
    """Make the folder, with settings and roster."""
    from tianbao.campaign.campaign import Campaign, judge_new
    from tianbao.campaign.roster import read_roster, remarks
    from tianbao.campaign.settings import Settings, judge_settings
    from tianbao.form.load import load_form

    settings = Settings(
        form_name, year, county, issuer, contact, due.date() if due else None, late.date() if late else None
    )
    judge_year(load_form(form_name), year, superseded=superseded)
    judge_settings(settings)
    entries = read_roster(roster) if roster else ()
    if dry_run:
        judge_new(folder)
        show(messages.say("cli.init.would", folder=folder, form=form_name, year=year, units=len(entries)))
        return 0
    with progress() as told:
        campaign = Campaign.create(Path(folder), settings, roster=roster, prior=prior, progress=told)
    with campaign:
        tell("cli.init.done", folder=folder, title=campaign.form.title, year=year, units=len(campaign.state.roster))
        for left in campaign.left_out_of_prior:
            tell("cli.init.left_out", message=f"{left.file}  {left.code}  {left.message()}")
        for line in _unread(campaign.unread_of_prior):
            tell("cli.init.unread", message=line)
        if prior:
            tell("cli.init.prior_read", units=len(campaign.prior))
        for remark in remarks(campaign.state.roster):
            tell("cli.init.remark", remark=remark.message())
        tell("cli.init.next_roster" if not campaign.state.roster else "cli.init.next", folder=folder)
    return 0


def _unread(told: Iterable[tuple[Unit, Note]]) -> Iterator[str]:
    """Write what is not known of last year: what could not be read by unit and cell, what has no cell now once for all units."""
    homeless: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for unit, note in told:
        if note.code == "R-NO-HOME":
            homeless[note.code, str(note.params["label"])].append(unit.name)
        else:
            yield f"{unit.name}  {note.code}  {located(note.at, note.message())}"
    for (code, label), names in homeless.items():
        shown = joined(names[:_NAMED])
        yield f"{code}  {messages.say('cli.init.no_home', label=label, count=len(names), names=shown)}"
