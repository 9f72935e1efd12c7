"""`import`: take in what came back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tianbao.cli.command import Command
from tianbao.cli.files import jobs_option, passwords_of, passwords_option
from tianbao.cli.output import progress, show, tell
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.cli.taken import tell_taken


@click.command(cls=Command)
@click.argument("paths", metavar="[PATH…]", nargs=-1)
@passwords_option
@jobs_option
@dry_run_option
def command(*, paths: tuple[str, ...], password_envs: tuple[str, ...], jobs: int | None, dry_run: bool) -> int:
    """Take in files, and say what has become of each."""
    from tianbao.campaign.folder import RECEIVED

    passwords = passwords_of(password_envs)
    with campaign_here() as campaign:
        places = [Path(path) for path in paths] or [campaign.folder / RECEIVED]
        if dry_run:
            return _would(campaign.would_import(places))
        with progress() as told:
            taken = campaign.import_files(places, passwords=passwords, jobs=jobs, progress=told)
        return tell_taken(campaign, taken)


def _would(names: tuple[Sequence[str], Sequence[str]]) -> int:
    new, known = names
    for name in new:
        show(name)
    tell("cli.import.would", new=len(new), known=len(known))
    return 0
