"""Time what stands side by side, and say it as a ratio.

A ratio of two things done in turn by the same process in the same minute holds on another machine; seconds do not.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

_MILLISECOND = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison.

    Attributes:
        what: is measured.
        took: seconds; the median of all rounds.
        against: what it is measured against; empty where there is nothing to compare.
        other: seconds of that.
        at_most: it should take at most so many times as long.
        at_least: it should be at least so many times faster.
    """

    what: str
    took: float
    against: str = ""
    other: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it stands in the table."""
        return (
            self.what,
            duration(self.took),
            self.against,
            "" if self.other is None else duration(self.other),
            *self._verdict(),
        )

    def _verdict(self) -> tuple[str, str, str]:
        if self.other is None:
            return "", "", "shown"
        slower, faster = self.took / self.other, self.other / self.took
        if self.at_most is not None:
            return f"{slower:.2f} ×", f"≤ {self.at_most:g} ×", "ok" if slower <= self.at_most else "SHORT"
        if self.at_least is not None:
            return f"{faster:.1f} × faster", f"≥ {self.at_least:g} ×", "ok" if faster >= self.at_least else "SHORT"
        return (f"{slower:.2f} ×" if slower > 1 else f"{faster:.1f} × faster"), "", "shown"


def duration(seconds: float) -> str:
    """Say a duration in the unit that suits it."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds / _MILLISECOND:.2f} ms"


def medians(contenders: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Time each contender once a round, in another order every round.

    Args:
        contenders: by name; each is called once beforehand, untimed.
        rounds: to time.

    Returns:
        The median of each, in seconds.
    """
    for contender in contenders.values():
        contender()
    order, chance = list(contenders), Random(1)  # noqa: S311  an order, no secret
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        chance.shuffle(order)
        for name in order:
            taken[name].append(_seconds(contenders[name]))
    return {name: median(seconds) for name, seconds in taken.items()}


def _seconds(contender: Callable[[], object]) -> float:
    gc.collect()
    begin = perf_counter()
    kept = contender()
    took = perf_counter() - begin
    del kept
    return took


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Set rows in columns, the widest cell of each deciding."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
