"""Numbers as people write them in words: `一百零二`."""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_POWERS = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int | None:
    """Read a Chinese numeral written in full; None for what is none, or may be two: `一百二`, `二〇`.

    >>> chinese_number("一百零二"), chinese_number("两万三千"), chinese_number("一百二")
    (102, 23000, None)
    """
    text = text.replace("两", "二").replace("〇", "零")
    if text.startswith("十"):
        text = f"一{text}"
    upper, ten_thousand, lower = text.partition("万")
    number = _section(upper) * 10_000 + _section(lower) if ten_thousand else _section(text)
    return number if _in_chinese(number) == text else None


def _section(text: str) -> int:
    """Add up digits and powers below ten thousand, leniently: the caller compares what it writes back."""
    total = digit = 0
    for character in text:
        if character in _POWERS:
            total += digit * _POWERS[character]
            digit = 0
        else:
            digit = _DIGITS.get(character, 0)
    return total + digit


def _in_chinese(number: int) -> str:
    """Write a number below a hundred million as one reads it aloud, with 一十 for ten."""
    upper, lower = divmod(number, 10_000)
    if not upper:
        return _section_in_chinese(lower)
    gap = "零" if 0 < lower < 1000 else ""  # noqa: PLR2004 (the thousands are missing)
    return f"{_section_in_chinese(upper)}万{gap}{_section_in_chinese(lower) if lower else ''}"


def _section_in_chinese(number: int) -> str:
    names = "零一二三四五六七八九"
    figures = [(number // 10**power % 10, name) for power, name in ((3, "千"), (2, "百"), (1, "十"), (0, ""))]
    written = "".join(f"{names[figure]}{name}" if figure else "零" for figure, name in figures)
    return re.sub("零+", "零", written).strip("零") or "零"
