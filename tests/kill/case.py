"""One case: a round that is disturbed, and afterwards held against one that was not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from tests.kill.faults import Fault, Kind
from tests.kill.lives import Life, Seen, look
from tests.kill.picture import Picture
from tests.kill.plan import STEPS, Plan

#: What tells one unit, one original and one draft from another.
_IN_NAMES = re.compile(r"(?<=draft-)\w+|[0-9a-f]{64}|[0-9]+")


@dataclass(frozen=True, slots=True)
class Whole:
    """A round, or one step of it, that nobody disturbed.

    Attributes:
        only: the step; None for all.
        before: the folder with which it begins.
        after: what is there at its end.
        steps: at which something was written, in order.
        seconds: how long it took.
    """

    plan: Plan
    only: int | None
    before: Path
    after: Picture
    steps: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Attributes:
        name: by which it can be made again.
        kills: how often the process was killed while it was at work.
        codes: what the campaign raised.
        wrong: what is wrong.
    """

    name: str
    kills: int
    codes: tuple[str, ...]
    wrong: tuple[str, ...]


def undisturbed(plan: Plan, folder: Path) -> Whole:
    """Do a round from its beginning to its end."""
    shutil.copytree(plan.fresh, folder)
    return _undisturbed(plan, None, plan.fresh, folder)


def step_by_step(plan: Plan, folder: Path) -> list[Whole]:
    """Do a round from its beginning to its end, and keep the folder before each step."""
    now = folder / "now"
    shutil.copytree(plan.fresh, now)
    steps = []
    for only in range(len(STEPS)):
        before = folder / f"before-{only}"
        shutil.copytree(now, before)
        steps.append(_undisturbed(plan, only, before, now))
    return steps


def _undisturbed(plan: Plan, only: int | None, before: Path, folder: Path) -> Whole:
    with Life(folder, plan, only) as life:
        ended = life.end()
    assert ended is not None
    seen = look(folder)
    wrong = (*ended.wrong, *seen.wrong, *seen.damages)
    assert seen.picture, wrong
    assert not wrong, wrong
    return Whole(plan, only, before, seen.picture, ended.steps, ended.seconds)


def kill_at_random(whole: Whole, folder: Path, *, seed: int, kills: int) -> Outcome:
    """Kill the work at so many instants, one life after the other, and let the last one come to its end."""
    chance = Random(seed)  # noqa: S311  the same case for the same number
    instants = sorted(chance.uniform(0, whole.seconds) for _ in range(kills))
    shutil.copytree(whole.before, folder)
    wrong: list[str] = []
    done = 0
    for before, instant in pairwise((0.0, *instants)):
        with Life(folder, whole.plan) as life:
            if life.ends_within(instant - before):
                break
        done += 1
        wrong += [f"after kill {done}: {what}" for what in _as_left(look(folder), whole)]
    wrong += _finished(whole, folder)
    return Outcome(f"seed {seed}", done, (), tuple(wrong))


def go_wrong(whole: Whole, folder: Path, fault: Fault) -> Outcome:
    """Let something go wrong once, look at what is left, and do the work again."""
    shutil.copytree(whole.before, folder)
    with Life(folder, whole.plan, whole.only, fault) as life:
        ended = life.end()
    wrong = [] if ended is None else [*ended.wrong]
    if ended is None:
        wrong += _as_left(look(folder), whole)
    elif ended.then is not None:
        wrong += _as_left(ended.then, whole)
    if (ended is None) != (fault.kind is Kind.KILLED):
        wrong.append("was not killed" if ended else "has died")
    wrong += _finished(whole, folder, again=ended is None or not ended.code)
    codes = (ended.code,) if ended is not None and ended.code else ()
    name = f"{fault.kind.value} at {fault.step} of step {whole.only}: {whole.steps[fault.step - 1]}"
    return Outcome(name, int(ended is None), codes, tuple(wrong))


def every_step(steps: Sequence[Whole]) -> Iterator[tuple[Whole, int]]:
    """Yield every step at which something is written."""
    for whole in steps:
        for number in range(1, len(whole.steps) + 1):
            yield whole, number


def each_kind_of_step(steps: Sequence[Whole]) -> Iterator[tuple[Whole, int]]:
    """Yield of those that only differ by the number of the unit or of the draft the first."""
    known = set()
    for whole, number in every_step(steps):
        kind = _IN_NAMES.sub("", whole.steps[number - 1])
        if kind not in known:
            known.add(kind)
            yield whole, number


def _as_left(seen: Seen, whole: Whole) -> list[str]:
    """Say what is wrong with a folder that was left in the middle."""
    wrong = [*seen.wrong, *seen.damages]
    return wrong + (seen.picture.is_begun(whole.after) if seen.picture else [])


def _finished(whole: Whole, folder: Path, *, again: bool = True) -> list[str]:
    """Do the work to its end, and hold it against the one that was not disturbed."""
    wrong: list[str] = []
    if again:
        with Life(folder, whole.plan, whole.only) as life:
            ended = life.end()
        wrong += ended.wrong if ended is not None else ["died while finishing"]
    seen = look(folder)
    wrong += [*seen.wrong, *seen.damages]
    if seen.picture:
        wrong += [f"finished: {line}" for line in whole.after.differences(seen.picture)]
    if not wrong:
        shutil.rmtree(folder)
    return wrong
