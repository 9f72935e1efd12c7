"""How wide texts are, and where labels stand so that none covers another.

In:   texts; the places where labels should stand.
Out:  widths in points; the nearest places that leave room for all.
"""

from __future__ import annotations

from collections.abc import Sequence

#: Of the width of an ideograph: what is neither one nor full-width.
_NARROW = 0.56
_FIRST_WIDE = 0x2E80

#: The pictures of a page are as wide as its text: A4 between the margins of an official document.
PAGE = 442.0


def text_width(text: str, size: float) -> float:
    """Return how wide a text is, in points.

    >>> text_width("新收", 10.0)
    20.0
    """
    return size * sum(1.0 if ord(letter) >= _FIRST_WIDE else _NARROW for letter in text)


def cut(text: str, size: float, room: float) -> str:
    """Shorten a text to the room that there is.

    >>> cut("国家税务总局示例县税务局第一税务分局", 10.0, 80.0)
    '国家税务总局示…'
    """
    if text_width(text, size) <= room:
        return text
    while text and text_width(text, size) + size > room:
        text = text[:-1]
    return f"{text}…"


def spread(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Move places apart, no more than needed: each at least so far from the next, all between two edges if they fit.

    >>> spread([10.0, 11.0, 50.0], 8.0, 0.0, 60.0)
    [6.5, 14.5, 50.0]
    """
    groups: list[tuple[float, int]] = []
    for place in wanted:
        groups.append((place, 1))
        while len(groups) > 1 and _first(groups[-1], distance) < _last(groups[-2], distance) + distance:
            (after, many), (before, few) = groups.pop(), groups.pop()
            groups.append(((before * few + after * many) / (few + many), few + many))
    placed = [_first(group, distance) + n * distance for group in groups for n in range(group[1])]
    for n in range(len(placed) - 1, -1, -1):
        placed[n] = min(placed[n], high - (len(placed) - 1 - n) * distance)
    for n, place in enumerate(placed):
        placed[n] = max(place, low + n * distance)
    return placed


def _first(group: tuple[float, int], distance: float) -> float:
    return group[0] - (group[1] - 1) * distance / 2


def _last(group: tuple[float, int], distance: float) -> float:
    return group[0] + (group[1] - 1) * distance / 2
