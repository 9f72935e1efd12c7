"""One case: a seed is damaged, read, and what was read is looked at."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random
from types import FrameType

from tests.fuzz.inspect_reading import differences, doubts
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import Seed
from tianbao.records.model import Submission
from tianbao.workbook.guard import candidates
from tianbao.workbook.passwords import Passwords
from tianbao.workbook.read import _read, _Wish

#: Any form, and no password.
ANYTHING = _Wish(None, Passwords(()))

#: How often each format is chosen. An .xls starts a process of its own and costs as much as ten others.
_SHARES = {"xlsx": 60, "ods": 15, "zip": 8, "eml": 8, "xls": 3}
_SECONDS = 5
#: So many of those that are read are read a second time, tag by tag.
_AGAIN = 0.3


class HangError(BaseException):
    """A case that takes longer than it may; not an `Exception`, so that nobody catches it on the way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Attributes:
        verdicts: of all files in it: the code of a refusal, else `read`.
        findings: what is wrong: an exception, a hang, a value that the file does not hold.
    """

    number: int
    suffix: str
    data: bytes
    verdicts: tuple[str, ...]
    findings: tuple[str, ...]
    seconds: float


def run_case(number: int, seeds: Sequence[Seed]) -> Outcome:
    """Make the case of a number and judge it; whatever is raised is a finding."""
    chance = Random(number)  # noqa: S311  the same case for the same number
    suffix = chance.choices(list(_SHARES), [*_SHARES.values()])[0]
    seed = chance.choice([seed for seed in seeds if seed.suffix == suffix] or [*seeds])
    data = mutated(seed, seeds, chance)
    verdicts: list[str] = []
    findings: list[str] = []
    begin = _used()
    try:
        with _at_most(_SECONDS):
            for submission, found in _judged(seed, data, again=chance.random() < _AGAIN):
                verdicts.append(submission.reason.code if submission.reason else "read")
                findings += found
    except BaseException as fault:  # whatever it is, it should not have left the reader
        if isinstance(fault, KeyboardInterrupt):
            raise
        findings.append("".join(traceback.format_exception(fault)))
    return Outcome(number, seed.suffix, data, tuple(verdicts), tuple(findings), _used() - begin)


def _used() -> float:
    """Return the seconds of the processor so far, those of processes that this one has waited for too."""
    return sum(os.times()[:4])


def _judged(seed: Seed, data: bytes, *, again: bool) -> Iterator[tuple[Submission, list[str]]]:
    for candidate in candidates(data, name=seed.name):
        submission = _read(candidate, ANYTHING)
        found = list(doubts(candidate, submission, _honest(seed)))
        if again and submission.reason is None:
            found += differences(candidate, submission)
        yield submission, found


@cache
def _honest(seed: Seed) -> Submission:
    return next(
        _read(candidate, ANYTHING)
        for candidate in candidates(seed.data, name=seed.name)
        if candidate.name[-4:] != ".txt"
    )


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise out of whatever takes longer, in seconds of the processor, so that a busy machine is no finding.

    On a system without such alarms, whoever started the process must look.
    """

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise HangError(f"longer than {seconds} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
