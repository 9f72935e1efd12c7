"""Several processes that read, and one that asks: what comes back is in order, and a death takes nothing with it.

    things ──spans──▶ processes ──pipes──▶ results, in order
                          └─ died over one ─▶ called again, alone; died again ─▶ what `lost` makes of it

In:   a function, the things to call it with, and how many processes to call it in.
Out:  what it returned for each, in order, only so far ahead of whoever asks.
Knows nothing of files. A pool of the standard library will not do: when one of its processes dies, it gives up all that it
was asked for, and does not say over what it died.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import DefaultContext, SpawnContext
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: From this number up to, and without, that one.
Span = tuple[int, int]

#: A process is asked for at most so many things at once, and for no more than this part of its share of what is left.
_LARGEST_SPAN, _SHARES = 16, 4
#: A process has the next span before it is done with one.
_GIVEN_AT_ONCE = 2
#: So many spans for each process may be done before their turn has come.
_BEFORE_THEIR_TURN = 4
#: A process of its own is worth its start for so many things.
_WORTH = 20
_FAREWELL_SECONDS = 5


def worthwhile(things: int) -> int:
    """Return in how many processes to read so many things: one for a few, for many as many as there are processors."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, things // _WORTH) if things > 2 * _WORTH else 1


def call_apart(read: Callable[[T], R], things: Sequence[T], *, jobs: int, lost: Callable[[T], R]) -> Generator[R]:
    """Call a function with each thing in other processes.

    A process that dies is replaced. What it was at is called again, each thing alone; where that ends a process once
    more, `lost` says what to return instead. Where no process can be started at all, the function is called in this one.

    Args:
        read: can be sent to another process, and so can what it returns.
        things: to call it with.
        jobs: processes.
        lost: is called in this process.

    Yields:
        What the function returned, in the order of the things. When the generator is closed, the processes are ended.
    """
    crew = _Crew(read, things, min(jobs, len(things)), lost)
    try:
        yield from crew.results()
    finally:
        crew.end()


def _spans(things: int, jobs: int) -> Iterator[Span]:
    """Yield spans that shrink towards the end, so that no process is left with much when the others are done."""
    at = 0
    while at < things:
        size = max(1, min(_LARGEST_SPAN, (things - at) // (_SHARES * jobs)))
        yield at, at + size
        at += size


class _Crew(Generic[T, R]):
    """The processes, and what is still to be done."""

    def __init__(self, read: Callable[[T], R], things: Sequence[T], jobs: int, lost: Callable[[T], R]) -> None:
        self._read = read
        self._things = things
        self._lost = lost
        self._waiting = deque(_spans(len(things), jobs))
        self._ahead = _LARGEST_SPAN * jobs * _BEFORE_THEIR_TURN
        self._suspects: set[int] = set()
        self._done: dict[int, R] = {}
        self._workers: list[_Worker[T, R]] = []
        for _ in range(jobs):
            self._hire()

    def results(self) -> Iterator[R]:
        """Yield what each thing gave."""
        for turn, thing in enumerate(self._things):
            while turn not in self._done and self._workers:
                self._give(self._waiting, until=turn + self._ahead)
                self._collect()
            yield self._done.pop(turn) if turn in self._done else self._read(thing)

    def end(self) -> None:
        """End all processes, whatever they are at."""
        for worker in self._workers:
            worker.end()

    def _hire(self) -> None:
        with suppress(OSError):  # the machine has no room for another one
            self._workers.append(_Worker(self._read, self._things))

    def _give(self, waiting: deque[Span], *, until: int) -> None:
        """Give every process a span, then every process the next."""
        for has in range(_GIVEN_AT_ONCE):
            for worker in self._workers:
                if len(worker.given) == has and waiting and waiting[0][0] < until:
                    worker.give(waiting.popleft())

    def _collect(self) -> None:
        """Wait until a process has something to say, and take it."""
        ready = wait([worker.pipe for worker in self._workers])
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                self._replace(worker)
                continue
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                worker.has_started = True
            else:
                self._done.update(zip(range(*worker.given.popleft()), answer, strict=True))

    def _replace(self, worker: _Worker[T, R]) -> None:
        """Bury a process; what it was at is called again, what it had not begun is left as it was."""
        worker.end()
        self._workers.remove(worker)
        if worker.has_started:
            self._hire()
            begun = [worker.given.popleft()] if worker.given else []
            self._waiting.extendleft(reversed([*self._again(begun), *worker.given]))
        else:
            self._waiting.extendleft(reversed(worker.given))

    def _again(self, begun: Sequence[Span]) -> Iterator[Span]:
        """Yield each thing alone, unless it has been called alone already."""
        for n in (n for span in begun for n in range(*span)):
            if n in self._suspects:
                self._done[n] = self._lost(self._things[n])
            else:
                self._suspects.add(n)
                yield n, n + 1


class _Worker(Generic[T, R]):
    """One process.

    Attributes:
        given: the spans that it was asked for and has not answered, the one that it is at first.
        has_started: it has said so; one that dies before it does so would die again.
    """

    def __init__(self, read: Callable[[T], R], things: Sequence[T]) -> None:
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.given: deque[Span] = deque()
        self.has_started = False
        self._process = context.Process(target=_serve, args=(read, things, theirs), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()

    def give(self, span: Span) -> None:
        """Ask for a span: so small a message never has to wait for its reader."""
        self.given.append(span)
        with suppress(OSError):  # it has died, which is seen when it is listened to
            self.pipe.send(span)

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join(_FAREWELL_SECONDS)
        self.pipe.close()


def _context() -> DefaultContext | SpawnContext:
    """Return how processes are started here; a copy of one in which several threads run may stand still for ever."""
    usual = multiprocessing.get_context()
    is_copied = usual.get_start_method() == "fork" and threading.active_count() > 1
    return multiprocessing.get_context("spawn") if is_copied else usual


def _serve(read: Callable[[T], R], things: Sequence[T], pipe: Connection) -> None:
    """Answer until nobody asks any more; an interruption is the business of the one who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what it was copied with is not looked through again and again
    asking = multiprocessing.parent_process()
    assert asking
    with suppress(EOFError, OSError):
        pipe.send(None)
        while pipe in wait([pipe, asking.sentinel]):
            first, end = pipe.recv()
            pipe.send(_answer(read, things[first:end]))


def _answer(read: Callable[[T], R], things: Sequence[T]) -> list[R] | Exception:
    try:
        return [read(thing) for thing in things]
    except Exception as error:  # noqa: BLE001 (it is raised where the answer is taken)
        return error
