"""What a command prints: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from tianbao import messages
from tianbao.cli.columns import padded
from tianbao.errors import TianbaoError

#: Columns of a narrow terminal, and what is left for a name of ideographs.
_LINE, _LONGEST_NAME = 79, 30

Progress = Callable[[int, int, str], None]


class ExistsError(TianbaoError):
    """The file to be written is there, and is another one."""

    code = "U-EXISTS"


class WriteError(TianbaoError):
    """The file cannot be written where it should be."""

    code = "U-WRITE"


def show(line: str = "") -> None:
    """Print a line of data."""
    click.echo(line)


def show_json(document: object) -> None:
    """Print a document; where the console is not Unicode, with escapes, so that nothing is lost."""
    unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    click.echo(json.dumps(document, ensure_ascii=not unicode, indent=2))


def tell(code: str, **facts: object) -> None:
    """Tell a sentence of the catalogues, and the way out where it has one."""
    sentence = messages.say(code, None, **facts)
    _tell(f"[{code}] {sentence}" if code.startswith("U-") else sentence, messages.hint(code, None, **facts))


def tell_error(error: TianbaoError) -> None:
    """Tell why something could not be done, and the way out."""
    _tell(f"[{error.code}] {error.message()}", error.hint)


def _tell(sentence: str, way_out: str) -> None:
    click.echo(sentence, err=True)
    if way_out:
        click.echo(f"→ {way_out}", err=True)


def progress() -> Progress:
    """Return a callback that tells how far a long work is: in place on a terminal, else a plain line an item."""

    def in_place(done: int, total: int, name: str) -> None:
        line = f"{done}/{total} {name[:_LONGEST_NAME]}" if done < total else ""
        click.echo(f"\r{padded(line, _LINE)}\r", nl=False, err=True)

    def line_by_line(done: int, total: int, name: str) -> None:
        if total > 1:
            click.echo(f"{done}/{total} {name}", err=True)

    return in_place if sys.stderr.isatty() else line_by_line


def write_output(target: Path, data: bytes, *, force: bool) -> None:
    """Write a file whole or not at all; one that is there is kept, unless it is the same or must go.

    Raises:
        ExistsError: another file is there.
        WriteError: the folder is missing, or the file is held open by a program.
    """
    from tianbao.workbook.write import write_whole

    try:
        if target.exists() and not force and target.read_bytes() != data:
            raise ExistsError(path=str(target))
        write_whole(target, data)
    except OSError as error:
        raise WriteError(path=str(target), problem=error.strerror or str(error)) from error


def joined(names: Iterable[str]) -> str:
    """Write several names behind one another, as the language does."""
    return messages.say("cli.comma").join(names)
