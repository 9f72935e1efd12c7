"""What a command prints: data to stdout, everything else to stderr."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from tianbao import messages
from tianbao.cli.columns import cut, padded, width
from tianbao.errors import TianbaoError
from tianbao.records.file_names import UNSEEN

#: Columns of a narrow terminal, of which the last one would begin a new line; and glyphs of a bar.
_LINE, _GLYPHS = 79, 10
#: Seconds after which people want to know how long it will take, and between two looks at a bar.
_LONG, _BLINK = 3, 0.1

#: What a terminal obeys or does not show: control characters, marks that turn the direction of writing, blanks without
#: width. A name that holds them could rewrite what stands on the screen, or look like another name.
_OBEYED = re.compile(f"[\x00-\x1f{UNSEEN}]")
_IN_JSON = re.compile(f"[{UNSEEN}]")

Progress = Callable[[int, int, str], None]


class ExistsError(TianbaoError):
    """The file to be written is there, and is another one."""

    code = "U-EXISTS"


class WriteError(TianbaoError):
    """The file cannot be written where it should be."""

    code = "U-WRITE"


def show(line: str = "") -> None:
    """Print a line of data."""
    click.echo(visible(line))


def visible(text: str) -> str:
    r"""Write what a terminal would obey as what it is.

    >>> visible("a\x1b[2J\u202eb\n")
    'a\\x1b[2J\\u202eb\\n'
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def show_json(document: object) -> None:
    """Print a document; what a terminal would obey, and where it is not Unicode all else too, with JSON's own escapes."""
    unicode = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    text = json.dumps(document, ensure_ascii=not unicode, indent=2)
    click.echo(_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], text))


def tell(code: str, **facts: object) -> None:
    """Tell a sentence of the catalogues, and the way out where it has one."""
    shown = _shown(facts)
    sentence = messages.say(code, None, **shown)
    _tell(f"[{code}] {sentence}" if code.startswith("U-") else sentence, messages.hint(code, None, **shown))


def tell_error(error: TianbaoError) -> None:
    """Tell why something could not be done, and the way out."""
    error.params = _shown(error.params)
    _tell(f"[{error.code}] {error.message()}", error.hint)


def _tell(sentence: str, way_out: str) -> None:
    for line in sentence.split("\n"):  # a list of faults has a line for each
        click.echo(visible(line), err=True)
    if way_out:
        click.echo(visible(f"→ {way_out}"), err=True)


def _shown(facts: Mapping[str, object]) -> dict[str, object]:
    """Make texts visible before a sentence is made of them, so that none can begin a line of its own."""
    return {name: visible(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


@contextmanager
def progress(*, each: bool = True) -> Iterator[Progress]:
    """Give a callback that tells how far a long work is: a bar in place on a terminal, else a plain line an item.

    Args:
        each: the items are worth a line; else nothing is told where there is no terminal.
    """
    if not sys.stderr.isatty():
        yield _tell_item if each else _tell_nothing
        return
    try:
        yield _Bar()
    finally:
        click.echo(f"\r{' ' * _LINE}\r", nl=False, err=True)


def _tell_item(done: int, total: int, name: str) -> None:
    if total > 1:
        click.echo(f"{done}/{total} {visible(name)}", err=True)


def _tell_nothing(_done: int, _total: int, _name: str) -> None:
    """Keep still."""


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
        return f"{start}{padded(cut(visible(name), room), room)}{times}"


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

    if not force:
        refuse_other(target, data)
    try:
        write_whole(target, data)
    except OSError as error:
        raise WriteError(path=str(target), problem=error.strerror or str(error)) from error


def refuse_other(target: Path, data: bytes) -> None:
    """Keep a file that is there, unless it is the same.

    Raises:
        ExistsError: another file is there.
        WriteError: what is there cannot be read.
    """
    try:
        if target.exists() and target.read_bytes() != data:
            raise ExistsError(path=str(target))
    except OSError as error:
        raise WriteError(path=str(target), problem=error.strerror or str(error)) from error


def make_folder(folder: Path) -> None:
    """Make a folder where there is none.

    Raises:
        WriteError: it cannot be made there, or a file has its name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(path=str(folder), problem=error.strerror or str(error)) from error


def joined(names: Iterable[str]) -> str:
    """Write several names behind one another, as the language does."""
    return messages.say("cli.comma").join(names)
