"""Figures that have run together when a table was pasted: `规章000`, `规章555规范性文件141414`.

In:   a text, the labels of a form; digits, and what must hold of the figures.
Out:  label by label its digits; and the one way to share digits out, where there is but one. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from tianbao.workbook.labels import plain

#: So many ways of sharing digits out are tried.
_MOST = 20_000
#: A figure has no more digits.
_LONGEST = 11
_DIGITS = re.compile("[0-9]+")


def split_labels(text: str, labels: Iterable[str]) -> list[tuple[str, str]]:
    """Part a text that is nothing but labels of a form, each with digits behind it; else return nothing.

    >>> split_labels("规章555 规范性文件141414", ["规章", "规范性文件"])
    [('规章', '555'), ('规范性文件', '141414')]
    >>> split_labels("规章不变", ["规章", "规范性文件"])
    []
    """
    known = {plain(label): label for label in labels if label}
    left, found = plain(text), list[tuple[str, str]]()
    longest_first = sorted(known, key=len, reverse=True)
    while left:
        label = next((one for one in longest_first if left.startswith(one)), None)
        digits = _DIGITS.match(left, len(label)) if label else None
        if label is None or digits is None:
            return []
        found.append((known[label], digits[0]))
        left = left[digits.end() :]
    return found


def share_out(digits: str, count: int, holds: Callable[[Sequence[int]], bool]) -> tuple[int, ...] | None:
    """Share digits out to so many figures; None where there is no way or more than one, or too many to look at.

    >>> share_out("000", 3, lambda _: True), share_out("141414", 3, lambda _: True)
    ((0, 0, 0), None)
    >>> share_out("10212", 4, lambda figures: sum(figures[:3]) == figures[3])
    """
    ways = list(islice(_ways(digits, count), _MOST + 1))
    fit = [figures for figures in ways if holds(figures)] if len(ways) <= _MOST else []
    return fit[0] if len(fit) == 1 else None


def _ways(digits: str, count: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to read digits as so many figures, none of which begins with a 0 that is not all of it."""
    if count > len(digits) or len(digits) > count * _LONGEST:
        return
    if count == 1:
        if len(digits) == 1 or not digits.startswith("0"):
            yield (int(digits),)
        return
    longest = 1 if digits.startswith("0") else min(len(digits) - count + 1, _LONGEST)
    for size in range(1, longest + 1):
        yield from ((int(digits[:size]), *rest) for rest in _ways(digits[size:], count - 1))
