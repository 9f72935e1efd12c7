"""Text in columns, as wide as a terminal shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_INDENT = "  "


def listed(title: str, lines: Iterable[tuple[str, str]]) -> str:
    """Write names and what they mean in two columns, below a title."""
    pairs = list(lines)
    column = max(width(name) for name, _ in pairs) + 2
    return "\n".join([title, *(f"{_INDENT}{padded(name, column)}{meaning}" for name, meaning in pairs)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows of as many cells each, so that the cells stand below each other.

    >>> aligned([("#9", "清河镇", "a@example.org"), ("#10", "教育局（示例）", "")])
    ['#9   清河镇          a@example.org', '#10  教育局（示例）']
    """
    columns = [max(map(width, cells)) + len(_INDENT) for cells in zip(*rows, strict=True)]
    return ["".join(map(padded, row, columns)).rstrip() for row in rows]


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
