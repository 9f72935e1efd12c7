"""Where the command starts and ends: the language, the command called, and how every failure is told."""

from __future__ import annotations

import io
import keyword
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

import click

from tianbao import messages
from tianbao.cli.command import Group
from tianbao.cli.output import tell, tell_error
from tianbao.cli.usage import FolderError, in_our_words
from tianbao.errors import TianbaoError

INTERRUPTED = 130
UNUSABLE = 3
USAGE = 2

#: Each is a module of this package, imported when it is called.
COMMANDS = (
    "demo",
    *("init", "issue", "send", "outbox", "fetch", "import", "claim", "status", "remind"),
    *("check", "return", "accept", "waive", "exempt", "adjust", "merge", "report"),
    *("log", "undo", "verify", "mail"),
    *("template", "read", "form", "explain"),
)


def _module(name: str) -> str:
    """Return the module of a command; some are called by words of Python."""
    return f"tianbao.cli.{name}{'_' if keyword.iskeyword(name) else ''}"


def _show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001  click calls it
    if asked:
        from tianbao import __version__

        click.echo(f"tianbao {__version__}")
        context.exit()


@click.command(cls=Group, modules={name: _module(name) for name in COMMANDS})
@click.option("-C", "folder", metavar="DIR")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version)
def tianbao(*, folder: str | None) -> int:
    """Take what stands before the command."""
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as error:
            raise FolderError(folder=folder) from error
    return 0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            #: A GBK console cannot print every name that people give their files.
            stream.reconfigure(errors="replace")
    messages.use_language(_asked_language(sys.argv[1:] if arguments is None else arguments))
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    """Run the command and return its exit status, telling what went wrong."""
    try:
        status: int | None = tianbao.main(arguments, prog_name="tianbao", standalone_mode=False)
    except click.Abort:
        tell("U-INTERRUPTED")
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return USAGE
    except click.UsageError as error:
        misuse = in_our_words(error)
        tell_error(misuse)
        return misuse.exit_status
    except TianbaoError as error:
        tell_error(error)
        return error.exit_status
    except Exception as error:  # noqa: BLE001  the last resort: a sentence, not a traceback, for whoever is no programmer
        if os.environ.get("TIANBAO_DEBUG") == "1":
            traceback.print_exc()
        tell("U-INTERNAL", problem=f"{type(error).__name__}: {error}")
        return UNUSABLE
    return status or 0


def _asked_language(arguments: Sequence[str]) -> messages.Language | None:
    """Find the language asked for, wherever it stands, before anything is said in another one."""
    for word, following in pairwise([*arguments, ""]):
        wanted = following if word == "--lang" else word.removeprefix("--lang=")
        for lang in messages.LANGUAGES:
            if wanted == lang and word.startswith("--lang"):
                return lang
    return None
