"""What the commands of a campaign have in common: the folder they are called in, and what is told whatever they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.output import tell, tell_error

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.status import Waiting

note_option = click.option("--note", metavar="TEXT", required=True)
dry_run_option = click.option("--dry-run", is_flag=True)


@contextmanager
def campaign_here() -> Iterator[Campaign]:
    """Open the campaign of this folder, or of the one that it lies in; tell what has become of its roster.

    Raises:
        NoCampaignError: there is none.
    """
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.folder import find_folder

    with Campaign(find_folder(Path.cwd()).path) as campaign:
        if campaign.roster_fault is not None:
            tell_error(campaign.roster_fault)
        if campaign.has_roster:
            for change in campaign.roster_changes:
                tell("cli.round.roster", change=change.message())
        yield campaign


def waiting_lines(waiting: Waiting) -> Iterator[str]:
    """Write which workbook waits for the office's word, why, and whose it may be."""
    version, guess = waiting.version, waiting.guess
    yield f"● #{version.returned.id} {version.returned.file}"
    yield f"  {version.code}  {version.because()}"
    if guess is not None:
        facts = {"name": guess.entry.unit.name, "because": guess.because(), "id": version.returned.id}
        yield "  " + messages.say("cli.import.guess", None, unit_code=guess.entry.unit.code, **facts)


def time(at: str) -> str:
    """Write a time as people read it: the day and the minute."""
    return at[:16].replace("T", " ")
