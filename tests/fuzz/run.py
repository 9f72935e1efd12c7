"""Fuzz the reader: `python -m tests.fuzz.run --seconds 600 --jobs 2`.

Every case has a number, by which it can be made again: `--case NUMBER`. What is found is written to a folder, the file
and what it did; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any

from tests.fuzz.case import Outcome, run_case
from tests.fuzz.seeds import Seed, seeds

#: A process that says nothing for so many seconds hangs where no alarm reaches it.
_SILENCE = 60
_MEMORY = 2 << 30
_EACH = 10_000_000


def main() -> int:
    """Run cases for so long, or one case, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)), help="the first number")
    parser.add_argument("--case", type=int, help="one number")
    parser.add_argument("--no-office", action="store_true", help="without what LibreOffice saves")
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"))
    asked = parser.parse_args()
    found = seeds(office=not asked.no_office)
    report = _Report(asked.folder)
    if asked.case is not None:
        report.take(run_case(asked.case, found))
    else:
        _say(f"seeds: {' '.join(seed.name for seed in found)}; first number {asked.seed}")
        _run(found, asked.seed, asked.jobs, asked.seconds, report)
    report.show()
    return 1 if report.findings else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class _Report:
    """What has become of all cases so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.findings = 0
        self.hangs = 0
        self.slowest: list[tuple[float, int, str]] = []

    def take(self, outcome: Outcome) -> None:
        self.cases[outcome.suffix] += 1
        self.verdicts.update(outcome.verdicts)
        self.slowest = sorted([*self.slowest, (outcome.seconds, outcome.number, outcome.suffix)], reverse=True)[:5]
        if outcome.findings:
            self.write(outcome.number, outcome.suffix, outcome.data, "\n".join(outcome.findings))

    def write(self, number: int, suffix: str, data: bytes, what: str) -> None:
        """Write a file that was found, and what it did."""
        self.findings += 1
        self.hangs += "HangError" in what
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{number}.{suffix}").write_bytes(data)
        (self.folder / f"{number}.txt").write_text(what, encoding="utf-8", errors="backslashreplace")
        _say(f"FOUND {self.folder / f'{number}.{suffix}'}: {what.strip().splitlines()[-1][:200]}")

    def show(self) -> None:
        read = self.verdicts.pop("read", 0)
        _say(f"cases: {self.cases.total()} ({', '.join(f'{suffix} {n}' for suffix, n in self.cases.most_common())})")
        _say(f"read: {read}; refused: {self.verdicts.total()}")
        for code, count in self.verdicts.most_common():
            _say(f"  {count:7} {code}")
        _say(
            "slowest: " + ", ".join(f"{seconds:.2f} s ({suffix} {number})" for seconds, number, suffix in self.slowest)
        )
        _say(f"findings: {self.findings}, of them hangs: {self.hangs}")


# ── several processes ────────────────────────────────────────────────────────────────────────────────────────────────


def _run(found: Sequence[Seed], first: int, jobs: int, seconds: float, report: _Report) -> None:
    """Run cases in several processes; one that falls silent or dies is replaced, and its case is a finding."""
    end = monotonic() + seconds
    workers = [_Worker(found, first * _EACH + n, jobs) for n in range(jobs)]
    while workers:
        ready = wait([worker.ending for worker in workers], timeout=1)
        for worker in list(workers):
            if worker.ending in ready:
                worker.hear(report)
            is_over = monotonic() > end
            if is_over or worker.is_lost():
                workers.remove(worker)
                worker.stop(report, is_over=is_over)
                if not is_over:
                    workers.append(_Worker(found, worker.number + jobs, jobs))


class _Worker:
    """A process that runs one case after the other, and says of each that it begins and how it ends."""

    def __init__(self, found: Sequence[Seed], first: int, step: int) -> None:
        self.ending, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_work, args=(theirs, found, first, step), daemon=True)
        self._process.start()
        theirs.close()
        self.number = first
        self._heard = monotonic()

    def hear(self, report: _Report) -> None:
        """Take what the process says; one that has died is lost."""
        try:
            said: Any = self.ending.recv()
        except EOFError:
            self._heard = float("-inf")
            return
        self._heard = monotonic()
        if isinstance(said, Outcome):
            report.take(said)
        else:
            self.number = said

    def is_lost(self) -> bool:
        """Whether nothing has been heard of it for too long."""
        return monotonic() - self._heard > _SILENCE

    def stop(self, report: _Report, *, is_over: bool) -> None:
        """End the process; the case that it was lost over is a finding."""
        if not is_over:
            report.write(self.number, "lost", b"", "HangError: the process was lost; --case makes the file again")
        self._process.kill()
        self._process.join()


def _work(ending: Connection, found: Sequence[Seed], first: int, step: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    number = first
    while True:
        ending.send(number)
        outcome = run_case(number, found)
        ending.send(
            outcome if outcome.findings else Outcome(number, outcome.suffix, b"", outcome.verdicts, (), outcome.seconds)
        )
        number += step


if __name__ == "__main__":
    sys.exit(main())
