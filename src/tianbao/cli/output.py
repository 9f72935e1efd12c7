"""What a command prints: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tianbao import messages
from tianbao.cli.columns import cut, padded, width
from tianbao.errors import TianbaoError

#: Columns of a narrow terminal, of which the last one would begin a new line; and glyphs of a bar.
_LINE, _GLYPHS = 79, 10
#: Seconds after which people want to know how long it will take, and between two looks at a bar.
_LONG, _BLINK = 3, 0.1

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


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a callback that tells how far a long work is: a bar in place on a terminal, else a plain line an item."""
    if not sys.stderr.isatty():
        yield _tell_item
        return
    try:
        yield _Bar()
    finally:
        click.echo(f"\r{' ' * _LINE}\r", nl=False, err=True)


def _tell_item(done: int, total: int, name: str) -> None:
    if total > 1:
        click.echo(f"{done}/{total} {name}", err=True)


class _Bar:
    """A bar in glyphs that any Chinese console has, each as wide as an ideograph there, and elsewhere half as wide."""

    def __init__(self) -> None:
        self._began = self._shown = time.monotonic()

    def __call__(self, done: int, total: int, name: str) -> None:
        """Show how far it is, not more often than one can see."""
        now = time.monotonic()
        if total > 1 and (now - self._shown > _BLINK or done in (1, total)):
            self._shown = now
            click.echo(f"\r{self._line(done, total, name, now - self._began)}\r", nl=False, err=True)

    def _line(self, done: int, total: int, name: str, seconds: float) -> str:
        full = done * _GLYPHS // total
        start = f"{'■' * full}{'□' * (_GLYPHS - full)} {done}/{total} "
        left = seconds / done * (total - done)
        times = messages.say("cli.progress", took=_clock(seconds), left=_clock(left)) if seconds > _LONG else ""
        room = _LINE - _GLYPHS - width(start) - width(times)
        return f"{start}{padded(cut(name, room), room)}{times}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


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
