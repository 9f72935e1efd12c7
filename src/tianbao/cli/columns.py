"""Text in columns, as wide as a terminal shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_INDENT = "  "


def listed(title: str, lines: Iterable[tuple[str, str]]) -> str:
    """Write names and what they mean in two columns, below a title."""
    pairs = list(lines)
    column = max(width(name) for name, _ in pairs) + 2
    return "\n".join([title, *(f"{_INDENT}{padded(name, column)}{meaning}" for name, meaning in pairs)])


def indented(text: str) -> str:
    """Move a text to the right."""
    return "\n".join(f"{_INDENT}{line}".rstrip() for line in text.strip().splitlines())


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: an ideograph takes two.

    >>> width("form 表")
    7
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """Fill a text up to so many columns."""
    return text + " " * max(columns - width(text), 0)


def cut(text: str, columns: int) -> str:
    """Leave of a text what so many columns hold.

    >>> cut("白家庄镇.xlsx", 7)
    '白家庄'
    """
    while width(text) > columns:
        text = text[:-1]
    return text
