"""`verify`: is everything as it was left? `verify --rebuild`: the ledger, made again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao.cli.command import Command
from tianbao.cli.files import json_option, passwords_of, passwords_option
from tianbao.cli.output import progress, show, show_json, tell
from tianbao.cli.round import campaign_here
from tianbao.cli.words import mark

if TYPE_CHECKING:
    from tianbao.campaign.verify import Damage


@click.command(cls=Command)
@click.option("--rebuild", is_flag=True)
@passwords_option
@json_option
def command(*, rebuild: bool, password_envs: tuple[str, ...], as_json: bool) -> int:
    """Look through the folder."""
    damages = _rebuilt(password_envs) if rebuild else ()
    with campaign_here() as campaign:
        with progress() as told:
            damages = (*damages, *campaign.verify(progress=told))
        counts = {"events": len(campaign.events), "originals": len(campaign.ledger.originals())}
    if as_json:
        show_json({"schema": "tianbao.verify/1", **counts, "damages": [_document(one) for one in damages]})
    else:
        for one in damages:
            show(f"{mark(one.severity)} {one.code}  {one.message()}")
    errors = sum(one.severity.value == "error" for one in damages)
    tell("cli.verify.damaged" if errors else "cli.verify.done", count=errors, **counts)
    return 1 if errors else 0


def _rebuilt(password_envs: Iterable[str]) -> Sequence[Damage]:
    from tianbao.campaign.campaign import rebuild
    from tianbao.campaign.folder import find_folder

    with progress() as told:
        rebuilt = rebuild(find_folder(Path.cwd()).path, passwords=passwords_of(password_envs), progress=told)
    tell("cli.verify.rebuilt", events=rebuilt.events, originals=rebuilt.originals)
    if rebuilt.kept:
        tell("cli.verify.kept", path=rebuilt.kept)
    return rebuilt.damages


def _document(one: Damage) -> dict[str, object]:
    params = {name: value if isinstance(value, int) else str(value) for name, value in one.params.items()}
    return {"code": one.code, "severity": one.severity.value, "params": params, "message": one.message()}
