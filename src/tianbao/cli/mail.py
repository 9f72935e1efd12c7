"""`mail …`: the account of the office, its password, the wording of the letters."""

from __future__ import annotations

import click

from tianbao.cli.command import Group

COMMANDS = ("check", "password", "letters")


@click.command(cls=Group, modules={name: f"tianbao.cli.mail_{name}" for name in COMMANDS})
def command() -> int:
    """Lead to the commands below."""
    return 0
