"""`import`: take in what came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import jobs_option, passwords_of, passwords_option
from tianbao.cli.output import progress, show, tell
from tianbao.cli.round import campaign_here, dry_run_option, waiting_lines

if TYPE_CHECKING:
    from tianbao.campaign.status import Status
    from tianbao.campaign.versions import Version


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
        status = campaign.status()
        new = set(taken.new)
        came = [one for one in campaign.versions.every() if one.receipt.original in new]
    for version in came:
        for line in lines_of(version, status):
            show(line)
    for name, problem in taken.unreadable:
        tell("cli.import.unreadable", file=name, problem=problem)
    tell("cli.import.done", files=len(taken.new), workbooks=len(came), known=len(taken.known), **_counts(came))
    if status.waiting:
        tell("cli.import.waiting", count=len(status.waiting))
    broken = any(one.standing.value == "refused" for one in came) or any(
        unit.errors for unit in status.units if unit.version in came
    )
    return 1 if broken or taken.unreadable else 0


def lines_of(version: Version, status: Status) -> Iterator[str]:
    """Say what has become of a workbook: whose it is, whether it counts and why, and what is open in it."""
    unit = next((one for one in status.units if one.entry.unit.code == version.unit), None)
    named = f"  {unit.entry.unit.code} {unit.entry.unit.name}" if unit is not None else ""
    match version.standing.value:
        case "counts":
            assert unit is not None
            yield f"{unit.state.sign} {version.returned.file}{named}  " + messages.say(
                "cli.import.version", number=version.number, errors=unit.errors, queries=unit.queries
            )
            if version.asks:
                yield f"  △ {version.code}  {version.because()}"
        case "refused":
            yield f"× {version.returned.file}{named}"
            yield f"  {version.code}  {version.because()}"
        case "waiting":
            yield from waiting_lines(next(one for one in status.waiting if one.version == version))
        case _:
            sign = "△" if version.asks else "○"
            yield f"{sign} {version.returned.file}{named}"
            yield f"  {version.code}  {version.because()}"


def _counts(came: Sequence[Version]) -> dict[str, int]:
    standings = [one.standing.value for one in came]
    return {
        "counted": standings.count("counts"),
        "waiting": standings.count("waiting"),
        "refused": standings.count("refused"),
        "others": sum(one in ("copy", "not_adopted", "replaced", "ours") for one in standings),
    }


def _would(names: tuple[Sequence[str], Sequence[str]]) -> int:
    new, known = names
    for name in new:
        show(name)
    tell("cli.import.would", new=len(new), known=len(known))
    return 0
