"""What can go wrong with a disk, at any step at which something is written: a layer between the program and its folder.

    open to write · mkdir · rename · remove · chmod · fsync · BEGIN · INSERT · COMMIT ──▶ the k-th of them goes wrong

Only for a process that is thrown away afterwards: the layer cannot be taken off, it can only be put at rest.
"""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

_WRITING = os.O_WRONLY | os.O_RDWR
#: What Python announces before it does it.
_ANNOUNCED = frozenset(("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod"))


class Kind(StrEnum):
    """What goes wrong.

    KILLED: the process is ended on the spot.
    FULL: the disk is full.
    DENIED: nothing may be written there any more.
    FAILED: the disk does not answer.
    """

    KILLED = "killed"
    FULL = "full"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fault:
    """The k-th step at which something is written, from 1, goes wrong."""

    step: int
    kind: Kind


_OF_SYSTEM = {
    Kind.FULL: (errno.ENOSPC, "No space left on device"),
    Kind.DENIED: (errno.EACCES, "Permission denied"),
    Kind.FAILED: (errno.EIO, "Input/output error"),
}
_OF_LEDGER = {
    Kind.FULL: "database or disk is full",
    Kind.DENIED: "attempt to write a readonly database",
    Kind.FAILED: "disk I/O error",
}


class Layer:
    """Counts the steps of one folder, and lets one go wrong.

    Attributes:
        steps: what was to be written so far, in order.
    """

    def __init__(self, folder: Path, fault: Fault | None) -> None:
        self._folder = f"{folder}{os.sep}"
        self._fault = fault
        self.steps: list[str] = []

    def put_on(self) -> None:
        """Stand between the program and the folder from now on."""
        sync, connect = os.fsync, sqlite3.connect

        def fsync(number: int) -> None:
            self._step("fsync", "")
            sync(number)

        class Connection(sqlite3.Connection):
            def execute(_self, statement: str, *values: Any) -> sqlite3.Cursor:  # noqa: N805
                self._before(statement)
                done = super().execute(statement, *values)
                if statement == "COMMIT":
                    self._after_commit()
                return done

            def executemany(_self, statement: str, values: Iterable[Any], /) -> sqlite3.Cursor:  # noqa: N805
                self._before(statement)
                return super().executemany(statement, values)

        os.fsync = fsync  # type: ignore[assignment]
        sqlite3.connect = lambda *given, **named: connect(*given, factory=Connection, **named)  # type: ignore[assignment]
        sys.addaudithook(self._announced)

    def rest(self) -> None:
        """Let everything go well from now on."""
        self._fault = None

    def _announced(self, event: str, given: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(given[0], str | Path) and given[2] & _WRITING
        if (writes or event in _ANNOUNCED) and str(given[0]).startswith(self._folder):
            self._step(event, str(given[0]).removeprefix(self._folder))

    def _before(self, statement: str) -> None:
        first = statement.split(maxsplit=1)[0]
        if first in ("BEGIN", "INSERT", "DELETE", "COMMIT"):
            self._count(statement)
            if self._is_now:
                self._go_wrong_in_ledger()

    def _after_commit(self) -> None:
        self._count("COMMIT is done")
        if self._is_now and self._fault and self._fault.kind is Kind.KILLED:
            _die()

    def _step(self, event: str, name: str) -> None:
        self._count(f"{event} {name}".strip())
        if self._is_now:
            self._go_wrong(name)

    def _count(self, step: str) -> None:
        self.steps.append(step)

    @property
    def _is_now(self) -> bool:
        return self._fault is not None and self._fault.step == len(self.steps)

    def _go_wrong(self, name: str) -> None:
        assert self._fault
        if self._fault.kind is Kind.KILLED:
            _die()
        raise OSError(*_OF_SYSTEM[self._fault.kind], self._folder + name)

    def _go_wrong_in_ledger(self) -> None:
        assert self._fault
        if self._fault.kind is Kind.KILLED:
            _die()
        raise sqlite3.OperationalError(_OF_LEDGER[self._fault.kind])


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
