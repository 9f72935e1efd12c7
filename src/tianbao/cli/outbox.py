"""`outbox …`: what is to go out, and what became of it."""

from __future__ import annotations

import click

from tianbao.cli.command import Group

COMMANDS = ("list", "show", "send", "settle", "withdraw")


@click.command(cls=Group, modules={name: f"tianbao.cli.outbox_{name}" for name in COMMANDS})
def command() -> int:
    """Lead to the commands below."""
    return 0
