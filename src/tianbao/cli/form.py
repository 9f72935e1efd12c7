"""`form …`: the forms that are known, and definitions of one's own."""

from __future__ import annotations

import click

from tianbao.cli.command import Group

COMMANDS = ("list", "show", "check", "cells")


@click.command(cls=Group, modules={name: f"tianbao.cli.form_{name}" for name in COMMANDS})
def command() -> int:
    """Lead to the commands below."""
    return 0
