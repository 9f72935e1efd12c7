"""Work is shared out among processes: results come in order, and a process that dies takes nothing with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from inspect import getgeneratorlocals
from pathlib import Path

import pytest

from tests.cli.conftest import is_gone
from tianbao.form.faults import UnknownFormError
from tianbao.workbook import workers
from tianbao.workbook.workers import call_apart, worthwhile

HERE = os.getpid()


def doubled(number: int) -> int:
    return 2 * number


def where(_: int) -> int:
    return os.getpid()


def dies(*_: object) -> None:
    os._exit(1)


def dies_over(fatal: int, number: int) -> int:
    if number == fatal:
        os._exit(1)
    return number


def dies_once(marks: Path, number: int) -> int:
    """Die over every tenth number, but not at a second try."""
    mark = marks / str(number)
    if number % 10 == 0 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGTERM)
    return number


def raises_over(wrong: int, number: int) -> int:
    if number == wrong:
        raise UnknownFormError(name="无", known="a、b", near="a")
    return number


def sleeps(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def called(read: Callable[[int], int], count: int, *, jobs: int = 2) -> list[int]:
    """Call a function apart for so many numbers; what is lost is its number, negative."""
    return list(call_apart(read, range(count), jobs=jobs, lost=lambda number: -number))


@pytest.mark.parametrize("count", [1, 2, 3, 500])
def test_results_come_in_order(count: int) -> None:
    assert called(doubled, count) == [2 * number for number in range(count)]


def test_other_processes_do_the_work() -> None:
    pids = set(called(where, 100))

    assert len(pids) == 2
    assert HERE not in pids


@pytest.mark.parametrize("count", [3, 500])
def test_what_ends_its_process_is_lost_alone(count: int) -> None:
    assert called(partial(dies_over, 2), count) == [-2 if number == 2 else number for number in range(count)]


def test_what_is_lost_is_found_in_one_process_too() -> None:
    assert called(partial(dies_over, 0), 40, jobs=1) == list(range(40))


def test_what_was_not_to_blame_is_called_again(tmp_path: Path) -> None:
    assert called(partial(dies_once, tmp_path), 50) == list(range(50))


def test_an_error_is_raised_where_the_results_are_asked_for() -> None:
    with pytest.raises(UnknownFormError) as raised:
        called(partial(raises_over, 20), 50)

    assert raised.value.params["near"] == "a"
    assert multiprocessing.active_children() == []


def test_the_processes_end_with_the_results() -> None:
    results = call_apart(doubled, range(1000), jobs=2, lost=doubled)

    assert next(results) == 0
    results.close()

    assert multiprocessing.active_children() == []


def test_nobody_works_far_ahead_of_the_one_who_asks() -> None:
    results = call_apart(where, range(1000), jobs=2, lost=doubled)
    next(results)
    time.sleep(0.5)

    assert getgeneratorlocals(results)["crew"]._waiting
    results.close()


def test_where_no_process_can_be_started_this_one_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", refuse)

    assert set(called(where, 10)) == {HERE}


@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
def test_where_every_process_dies_at_its_start_this_one_does_the_work(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_context", lambda: multiprocessing.get_context(way))
    monkeypatch.setattr(workers, "_serve", dies)

    assert set(called(where, 10)) == {HERE}


def test_a_process_with_several_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)

    assert workers._context().get_start_method() != "fork"
    assert called(doubled, 3) == [0, 2, 4]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends no process in this way")
def test_the_processes_end_with_the_one_that_asked() -> None:
    script = (
        "from tests.workbook.test_workers import call_apart, sleeps\n"
        "if __name__ == '__main__':\n"
        "    print('begun', flush=True)\n"
        "    list(call_apart(sleeps, [0.02] * 10_000, jobs=2, lost=sleeps))"
    )
    asking = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert asking.stdout is not None
    with asking.stdout:
        assert asking.stdout.readline() == b"begun\n"
    time.sleep(1)

    asking.kill()
    asking.wait()

    assert is_gone(asking.pid, seconds=20)


@pytest.mark.parametrize(
    ("things", "cores", "processes"), [(1, 8, 1), (40, 8, 1), (41, 8, 2), (100, 8, 5), (2000, 8, 8), (2000, 1, 1)]
)
def test_few_things_are_worth_one_process_and_many_all_processors(
    monkeypatch: pytest.MonkeyPatch, things: int, cores: int, processes: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    with suppress(AttributeError):
        monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))

    assert worthwhile(things) == processes
