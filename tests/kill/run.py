"""Kill the work of a county office: `python -m tests.kill.run --kills 300 --units 60 --jobs 2`.

First at random instants over a large round, then at every step at which something is written over a small one, and there
with a full disk, a permission that is lost, a disk that fails, too. Every case has a name by which it can be made again
(`--seed N`, `--step K`); the folder of a case that goes wrong is kept. The exit status is 1 then.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import TypeVar

from tests.kill.case import Outcome, Whole, every_step, go_wrong, kill_at_random, step_by_step, undisturbed
from tests.kill.faults import Fault, Kind
from tests.kill.plan import prepare

#: A round is killed so often before it may come to its end.
_KILLS_EACH = 12
_SMALL = 6
_TOLD_EVERY = 100

T = TypeVar("T")


def main() -> int:
    """Run all cases, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="at random instants")
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)), help="of the first case")
    parser.add_argument("--step", type=int, help="only this step of the round, in every way")
    parser.add_argument("--no-steps", action="store_true", help="only at random instants")
    asked = parser.parse_args()
    folder = Path(mkdtemp(prefix="tianbao-kill-"))
    report = _Report()
    if asked.step is None:
        report.title(f"at random: {asked.units} units, seed {asked.seed}, folder {folder}")
        _at_random(folder / "random", asked.units, asked.kills, asked.seed, asked.jobs, report)
    if not asked.no_steps:
        report.title(f"at every step: {_SMALL} units")
        _at_every_step(folder / "steps", asked.step, asked.jobs, report)
    report.show()
    return 1 if report.wrong else 0


class _Report:
    """What has become of all cases so far."""

    def __init__(self) -> None:
        self.begin = monotonic()
        self.cases = self.kills = self.wrong = 0
        self.codes: Counter[str] = Counter()

    def title(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def take(self, outcome: Outcome) -> None:
        self.cases += 1
        self.kills += outcome.kills
        self.codes.update(outcome.codes)
        if outcome.wrong:
            self.wrong += 1
            self.title("\n  ".join((f"WRONG {outcome.name}", *outcome.wrong)))
        if self.cases % _TOLD_EVERY == 0:
            self.title(f"{self.cases} cases, {self.kills} kills, {self.wrong} wrong")

    def show(self) -> None:
        self.title(
            f"cases: {self.cases}; kills: {self.kills}; wrong: {self.wrong}; {monotonic() - self.begin:.0f} s\n"
            f"told: {', '.join(f'{code} {count}' for code, count in self.codes.most_common()) or 'nothing'}"
        )


def _at_random(folder: Path, units: int, kills: int, seed: int, jobs: int, report: _Report) -> None:
    folder.mkdir()
    whole = undisturbed(prepare(folder, units), folder / "undisturbed")
    report.title(f"undisturbed: {whole.seconds:.1f} s, {len(whole.steps)} steps, {len(whole.after.events)} events")
    done, number = 0, seed

    def case(number: int) -> Outcome:
        return kill_at_random(whole, folder / f"seed-{number}", seed=number, kills=_KILLS_EACH)

    while done < kills:
        several = range(number, number + max(jobs, (kills - done) // _KILLS_EACH))
        for outcome in _each(case, several, jobs):
            report.take(outcome)
            done += outcome.kills
        number = several.stop


def _at_every_step(folder: Path, only: int | None, jobs: int, report: _Report) -> None:
    folder.mkdir()
    steps = step_by_step(prepare(folder, _SMALL), folder)
    report.title(f"undisturbed: {sum(len(step.steps) for step in steps)} steps at which something is written")

    def case(asked: tuple[Whole, Fault]) -> Outcome:
        whole, fault = asked
        return go_wrong(whole, folder / f"{whole.only}-{fault.kind.value}-{fault.step}", fault)

    asked = [
        (whole, Fault(number, kind))
        for whole, number in every_step(steps)
        for kind in Kind
        if only in (None, whole.only)
    ]
    for outcome in _each(case, asked, jobs):
        report.take(outcome)


def _each(case: Callable[[T], Outcome], asked: Iterable[T], jobs: int) -> Iterator[Outcome]:
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(case, asked)


if __name__ == "__main__":
    sys.exit(main())
