"""What can be wrong with a call, in our own words and in both languages, instead of click's."""

from __future__ import annotations

from collections.abc import Sequence

import click

from tianbao import messages
from tianbao.errors import TianbaoError


class MisuseError(TianbaoError):
    """The command was called in a way that means nothing."""

    code = "U-USAGE"
    exit_status = 2


class UnknownCommandError(MisuseError):
    """There is no such command."""

    code = "U-COMMAND"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name=name, near=nearest(name, known), known=" ".join(known))


class UnknownOptionError(MisuseError):
    """The command has no such option."""

    code = "U-OPTION"


class NeedsValueError(MisuseError):
    """An option stands at the end and wants a value."""

    code = "U-NEEDS-VALUE"


class NoValueError(MisuseError):
    """An option that is only said has a value."""

    code = "U-NO-VALUE"


class MissingError(MisuseError):
    """An argument or an option that must be given is not."""

    code = "U-MISSING"


class BadValueError(MisuseError):
    """The value of an option or an argument cannot be used."""

    code = "U-OPTION-VALUE"


class ExtraArgumentError(MisuseError):
    """More words than the command takes."""

    code = "U-EXTRA"


class NeedsFilesError(MisuseError):
    """An option that is about files, where none are named and the campaign is meant."""

    code = "U-NEEDS-FILES"


class FolderError(TianbaoError):
    """The folder of -C is none."""

    code = "U-FOLDER"


def refuse_options_of_files(context: click.Context, *of_campaign: str) -> None:
    """Let no option be passed over in silence that a command takes with files only.

    Args:
        context: of the call.
        of_campaign: the names of the parameters that it takes without files, too.

    Raises:
        NeedsFilesError: another one was given.
    """
    given = [
        param.opts[0]
        for param in context.command.params
        if param.name not in (*of_campaign, "lang")
        and context.get_parameter_source(param.name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        raise NeedsFilesError(options=" ".join(given), command=context.command_path)


def in_our_words(error: click.UsageError) -> MisuseError:
    """Say what click complains of in our own words."""
    command = error.ctx.command_path if error.ctx else "tianbao"
    match error:
        case click.NoSuchOption(option_name=option):
            params = error.ctx.command.get_params(error.ctx) if error.ctx else []
            near = nearest(option, [name for param in params for name in param.opts])
            return UnknownOptionError(option=option, command=command, near=near)
        case click.BadOptionUsage(option_name=option):
            params = error.ctx.command.get_params(error.ctx) if error.ctx else []
            flags = [
                name for param in params if isinstance(param, click.Option) and param.is_flag for name in param.opts
            ]
            misuse = NoValueError if option in flags else NeedsValueError
            return misuse(option=option, command=command)
        case click.MissingParameter(param=click.Parameter() as param):
            return MissingError(what=_name(param), command=command)
        case click.BadParameter(param=click.Parameter() as param):
            return BadValueError(what=_name(param), expected=_expected(param.type), command=command)
        case _ if error.ctx and isinstance(error.ctx.command, click.Group):
            return MissingError(what="COMMAND", command=command)
        case _:
            return MisuseError(command=command)


def nearest(word: str, known: Sequence[str]) -> str:
    """Return the known word that looks most like this one."""
    import difflib

    return max(known, key=lambda each: difflib.SequenceMatcher(None, word, each).ratio(), default="")


def _expected(kind: click.ParamType[object]) -> str:
    return "、".join(kind.choices) if isinstance(kind, click.Choice) else messages.say(f"cli.type.{kind.name}")


def _name(param: click.Parameter) -> str:
    return param.metavar or "" if isinstance(param, click.Argument) else param.opts[0]
