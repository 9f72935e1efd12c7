"""Commands whose help stands in the catalogues, is chosen when it is shown, and is as wide as it looks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from tianbao import messages
from tianbao.cli.columns import indented, listed
from tianbao.cli.usage import ExtraArgumentError, UnknownCommandError


class Command(click.Command):
    """A command that speaks both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: `main` has looked for it already, so that it counts from the first word on.
        self.params.append(
            click.Option(["--lang"], type=click.Choice(messages.LANGUAGES), expose_value=False, metavar="zh|en")
        )

    def get_help(self, ctx: click.Context) -> str:
        """Write the help: how it is called, what it does with an example, its options, its commands."""
        parts = [
            f"{messages.say('cli.usage')}{ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}",
            indented(messages.say(f"{_code(ctx)}.help")),
            *self.lists(ctx),
        ]
        return "\n\n".join(parts)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Name what must stand behind the command, and that there are options."""
        needed = [param for param in self.get_params(ctx) if param.required and isinstance(param, click.Option)]
        arguments = [piece for param in self.get_params(ctx) for piece in param.get_usage_pieces(ctx)]
        return [*arguments, *(f"{param.opts[0]} {param.metavar}" for param in needed), "[OPTIONS]"]

    def lists(self, ctx: click.Context) -> list[str]:
        """Write the options, one a line."""
        return [
            listed(
                messages.say("cli.options"),
                [_option(param, ctx) for param in self.get_params(ctx) if isinstance(param, click.Option)],
            )
        ]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; what is left over is named."""
        ctx.allow_extra_args = True
        try:
            left = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if left:
            raise ExtraArgumentError(words=" ".join(left), command=ctx.command_path)
        return left


class Group(Command, click.Group):
    """A command with commands below it, each in a module that is imported when it is called.

    Args:
        modules: command name → the module whose `command` it is.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, no_args_is_help=True, **kwargs)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order in which they are used."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in self.modules:
            return None
        command: click.Command = import_module(self.modules[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was called, or name the nearest one."""
        if args[0] not in self.modules:
            raise UnknownCommandError(args[0], tuple(self.modules))
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Say that a command follows."""
        del ctx
        return ["[OPTIONS]", "COMMAND", "…"]

    def lists(self, ctx: click.Context) -> list[str]:
        """Write the commands and the options."""
        commands = [
            (name, messages.say(f"{_code(ctx)}.{name}.help").strip().partition("\n")[0]) for name in self.modules
        ]
        return [listed(messages.say("cli.commands"), commands), *super().lists(ctx)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands before the command; the rest is the command's."""
        return click.Group.parse_args(self, ctx, args)


def _option(param: click.Option, ctx: click.Context) -> tuple[str, str]:
    """Return how an option is written and what it means: what the command says of it, else what all say."""
    shared = f"cli.option.{'help' if '--help' in param.opts else param.name}"
    own = f"{_code(ctx)}.{param.name}"
    meaning = messages.say(own if own in messages.catalogue(messages.language()) else shared)
    written = ", ".join([*param.opts, *param.secondary_opts])
    return (written if param.is_flag else f"{written} {param.metavar}"), meaning


def _code(ctx: click.Context) -> str:
    """Return where the words of a command stand in the catalogues: `cli.form.list`."""
    return ".".join(["cli", *ctx.command_path.split()[1:]])
