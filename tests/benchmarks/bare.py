"""The bare XlsxWriter calls that make the same workbook as ours.

Every call that a writer makes is written down, with its arguments, as a line of Python. What comes out is the program
that someone would have written who knew each cell beforehand:

    def make(book):
        sheet1 = book.add_worksheet('填表说明')
        format1 = book.add_format({'font_name': '宋体', ...})
        sheet1.write_string(4, 2, '没有发生的填 0……', format1)
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


def bare_calls(write: Callable[[], object]) -> Callable[[Workbook], None]:
    """Return the program of bare calls that makes, of an empty workbook, the one that `write` makes."""
    script = _Script()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workbook, "__init__", script.opening(Workbook.__init__))
        for base in (Workbook, Worksheet):
            for name, method in inspect.getmembers(base, inspect.isfunction):
                if not name.startswith("_"):
                    patch.setattr(base, name, script.recording(name, method))
        write()
    return script.compiled()


class _Script:
    """The calls so far, as lines of Python."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[int, str] = {}
        self._depth = 0

    def compiled(self) -> Callable[[Workbook], None]:
        """Return the calls as a function."""
        program = "\n    ".join(["def make(book):", *self._lines])
        names: dict[str, Any] = {"datetime": dt}
        exec(program, names)  # noqa: S102  the lines are our own, and a list of calls walked in a loop would be slower
        make: Callable[[Workbook], None] = names["make"]
        return make

    def opening(self, initialise: Callable[..., None]) -> Callable[..., None]:
        """Stand in for the workbook's `__init__`, whose own calls are no one's business."""

        @wraps(initialise)
        def opened(book: Workbook, *arguments: Any, **options: Any) -> None:
            self._names[id(book)] = "book"
            with self._inside():
                initialise(book, *arguments, **options)

        return opened

    def recording(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """Stand in for a method, and write down each call that does not come from XlsxWriter itself."""

        @wraps(method)
        def call(of: Any, *arguments: Any, **options: Any) -> Any:
            if self._depth:
                return method(of, *arguments, **options)
            written = [self._written(argument) for argument in arguments]
            written += [f"{option}={self._written(value)}" for option, value in options.items()]
            with self._inside():
                result = method(of, *arguments, **options)
            line = f"{self._names[id(of)]}.{name}({', '.join(written)})"
            self._lines.append(f"{self._named(result)} = {line}" if isinstance(result, Format | Worksheet) else line)
            return result

        return call

    @contextmanager
    def _inside(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    def _named(self, made: Format | Worksheet) -> str:
        return self._names.setdefault(id(made), f"{type(made).__name__.lower()}{len(self._names)}")

    def _written(self, value: object) -> str:
        """Write an argument as Python; XlsxWriter may change a dictionary that it is given, so now and not later."""
        match value:
            case Format() | Worksheet():
                return self._names[id(value)]
            case dict():
                return "{" + ", ".join(f"{key!r}: {self._written(item)}" for key, item in value.items()) + "}"
            case list() | tuple():
                return "[" + ", ".join(map(self._written, value)) + "]"
            case _:
                return repr(value)
