"""`mail letters`: put the wording of the letters where the office can change it."""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.output import show, tell
from tianbao.cli.round import campaign_here, dry_run_option


@click.command(cls=Command)
@dry_run_option
def command(*, dry_run: bool) -> int:
    """Write a copy of each letter that the office has none of yet."""
    with campaign_here() as campaign:
        written = campaign.write_letters(write=not dry_run)
    for file in written:
        show(file)
    tell("cli.mail.letters.would" if dry_run else "cli.mail.letters.done", count=len(written))
    return 0
