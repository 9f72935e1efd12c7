"""How much one printed label is like another, and which of many belong to which, in their order.

In:   texts.
Out:  a likeness from 0 to 1; pairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeVar

from tianbao.workbook.labels import plain

A = TypeVar("A")
B = TypeVar("B")

#: One label, whatever it is numbered with; then one within the other; then letters lost or mistyped.
SAME, UNNUMBERED, WITHIN = 1.0, 0.97, 0.9
#: Less like one another than this, two labels have nothing to do with each other.
_LEAST, _SHORTEST = 0.7, 3
_NUMBERING = re.compile("^(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})(?=.)")
_MISTYPED = 0.9


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """Say how much two labels are alike.

    >>> likeness("（一）予以公开", "（一） 予以公开"), likeness("规范性文件", "行政规范性文件"), likeness("规章", "总计")
    (1.0, 0.9, 0.0)
    """
    a, b = plain(one), plain(other)
    if a == b:
        return SAME if a else 0.0
    c, d = _NUMBERING.sub("", a), _NUMBERING.sub("", b)
    if c == d:
        return UNNUMBERED
    if _is_within(a, b) or _is_within(c, d):
        return WITHIN
    ratio = _ratio(c, d) if min(len(c), len(d)) >= _SHORTEST else 0.0
    return ratio * _MISTYPED if ratio >= _LEAST else 0.0


def _ratio(one: str, other: str) -> float:
    """Return how much of two texts is the same, where it is much; the quick bounds spare most of the work."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _LEAST or matcher.quick_ratio() < _LEAST:
        return 0.0
    return matcher.ratio()


def _is_within(one: str, other: str) -> bool:
    """Whether the one is most of the other; two letters are within anything."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST and short in long and 2 * len(short) >= len(long)


def aligned(wanted: Sequence[A], found: Sequence[B], score: Callable[[A, B], float]) -> list[tuple[int, int]]:
    """Pair what is wanted with what was found, both in their order, so that the scores add up to the most.

    Where it is all the same, what comes first is taken.

    >>> aligned("abd", "xaxd", lambda one, other: float(one == other))
    [(0, 1), (2, 3)]
    """
    best = [[0.0] * (len(found) + 1) for _ in range(len(wanted) + 1)]
    scores = [[score(one, other) for other in found] for one in wanted]
    for i in range(len(wanted) - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(len(found) - 1, -1, -1):
            pair = scores[i][j]
            row[j] = max(below[j], row[j + 1], pair + below[j + 1] if pair > 0 else 0.0)
    pairs, i, j = [], 0, 0
    while i < len(wanted) and j < len(found):
        if scores[i][j] > 0 and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
