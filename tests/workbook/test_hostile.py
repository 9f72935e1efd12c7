"""Hostile files are refused before they cost anything, and huge honest ones are read (faults C and A23).

What a file costs is measured from outside, in a process of its own: seconds of the processor, which a busy machine does
not change much, and the most memory. `pytest -s` shows the figures.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.measure import table
from tests.workbook.hostile import ANSWERS, ARCHIVES, OTHERS, READ, SHEETS, TEXTS, Case
from tests.workbook.outside import Cost, Outcome, Outside

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell what a process has used")

_SECONDS, _MEGABYTES = 1.0, 200
#: What is read and not refused may take so many times as long.
_HONEST = 4
#: On a machine that takes longer than this to read an empty file, everything may take longer.
_START = 0.25
#: What takes too long is measured again: whoever shares the processor's memory makes it slower.
_ATTEMPTS = 6


def _name(case: Case) -> str:
    return case.name


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with Outside() as running:
        yield running


class Clock:
    """What a second is on this machine at the time: longer where even an empty file takes long."""

    def __init__(self, outside: Outside, empty: Path) -> None:
        self._outside, self._empty = outside, empty
        self.second = _SECONDS
        self.look()

    def look(self) -> None:
        """Measure it again: other work on the machine comes and goes."""
        start = min(self._outside.read(self._empty)[1].seconds for _ in range(3))
        self.second = _SECONDS * max(1.0, start / _START)


@pytest.fixture(scope="module")
def clock(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Clock:
    empty = tmp_path_factory.mktemp("empty") / "x.xlsx"
    empty.touch()
    return Clock(outside, empty)


@pytest.fixture(scope="module")
def figures() -> Iterator[list[tuple[str, str, str, str]]]:
    """Collect what each file has cost, and show it in the end."""
    lines: list[tuple[str, str, str, str]] = [("file", "verdict", "processor", "memory")]
    yield lines
    sys.stdout.write("\n".join(["", *table(lines), ""]))


@pytest.mark.parametrize("case", [*ARCHIVES, *SHEETS, *OTHERS], ids=_name)
def test_what_is_hostile_is_refused_within_a_second_and_200_megabytes(
    case: Case, outside: Outside, clock: Clock, figures: list[tuple[str, str, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / f"x.{case.suffix}"
    path.write_bytes(case.make())

    times = _HONEST if case.refused == "F-NOT-OURS" else 1
    outcomes, cost = _measured(outside, path, clock, times)

    figures.append((case.name, outcomes[0].code, *_shown(cost)))
    assert {(outcome.verdict, outcome.code) for outcome in outcomes} == {("refused", case.refused)}
    assert cost.seconds < times * clock.second
    assert cost.megabytes < _MEGABYTES


@pytest.mark.parametrize("case", [*READ, *TEXTS], ids=_name)
def test_what_is_only_huge_or_odd_is_read_and_says_what_it_always_said(
    case: Case, outside: Outside, clock: Clock, figures: list[tuple[str, str, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(case.make())

    (outcome,), cost = _measured(outside, path, clock, _HONEST)

    figures.append((case.name, " ".join(sorted({*outcome.told})) or "read", *_shown(cost)))
    assert outcome.verdict == ("read_with_notes" if case.told else "read")
    assert {*outcome.told} == {*case.told}
    lost = {key for key in ANSWERS if case.loses and key.startswith(case.loses)}
    assert outcome.values == {key: "None" if key in lost else value for key, value in ANSWERS.items()}
    assert cost.seconds < _HONEST * clock.second
    assert cost.megabytes < _MEGABYTES


def _measured(outside: Outside, path: Path, clock: Clock, times: int) -> tuple[list[Outcome], Cost]:
    """Read a file, again if it took more than so many seconds of this machine, which are measured again just before."""
    outcomes, cost = outside.read(path, list(ANSWERS))
    for _ in range(_ATTEMPTS - 1):
        if cost.seconds >= times * clock.second:
            clock.look()
            cost = outside.read(path)[1]
    return outcomes, cost


def _shown(cost: Cost) -> tuple[str, str]:
    return f"{cost.seconds:.2f} s", f"{cost.megabytes:.0f} MB"


# ── the measuring ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_measuring_sees_what_takes_a_second(outside: Outside) -> None:
    _, cost = outside.run("import time\nwhile time.process_time() < 1.2: pass")

    assert 1.2 <= cost.seconds < 2.5


def test_the_measuring_sees_what_a_child_of_the_child_takes(outside: Outside) -> None:
    busy = "import time; [0 for _ in iter(time.process_time, None) if time.process_time() > 1 and exit()]"

    _, cost = outside.run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])")

    assert cost.seconds >= 1


def test_the_measuring_sees_memory_that_was_held_for_a_moment(outside: Outside) -> None:
    _, cost = outside.run("b'x' * 300_000_000")

    assert 280 < cost.megabytes < 350


def test_the_measuring_does_not_see_what_the_tests_themselves_hold(outside: Outside) -> None:
    held = b"x" * 300_000_000

    _, cost = outside.run("pass")

    assert len(held) == 300_000_000
    assert cost.megabytes < 50


def test_a_process_that_hangs_or_fails_is_no_figure(outside: Outside) -> None:
    with pytest.raises(RuntimeError, match="status"):
        outside.run("import time; time.sleep(60)", seconds=1)
    with pytest.raises(RuntimeError, match="status"):
        outside.run("raise SystemExit(3)")
