"""Numbers as people write them: `1,234`, `1.2万`, `一百零二`; and a running text with all widths and blanks made one.

Nothing here knows what a number counts.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_MANY = {"万": 4, "亿": 8}

#: A number within a squeezed text. What stands before it may make another one of it: 第三, 近20, 3至5.
NUMBER = (
    r"(?<![0-9],)(?<![0-9.零〇一二两三四五六七八九十百千万第近约超逾余至~—–-])"
    r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]+)?[万亿]?|[零〇一二两三四五六七八九十百千万]{1,12})"
)

#: One character for another, so that positions stay: full-width forms, brackets and quotation marks of all kinds.
_ONE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict(
    zip(map(ord, "[〔【［]〕】］﹝﹞“”‘’「」"), '(((())))()""""""', strict=True)
)


class Squeezed(NamedTuple):
    """A text as wordings are sought in it: without blanks, full-width letters, digits and punctuation narrowed.

    Attributes:
        original: as written.
        text: squeezed.
    """

    original: str
    text: str

    def written(self, start: int, end: int) -> str:
        """Return what was written between two positions of the squeezed text."""
        if start >= end:
            return ""
        places = [place for place, character in enumerate(self.original) if not character.isspace()]
        return self.original[places[start] : places[end - 1] + 1]


def squeeze(text: str) -> Squeezed:
    """Make all widths one and leave out blanks.

    >>> squeeze("收到 １６ 件（上年 2件）").text
    '收到16件(上年2件)'
    >>> squeeze("收到 １６ 件").written(2, 4)
    '１６'
    """
    return Squeezed(text, "".join(text.split()).translate(_ONE))


def number_of(text: str) -> int | Decimal | None:
    """Read a number that was found; None for what is none, or may be two.

    >>> number_of("1,234"), number_of("1.2万"), number_of("十六"), number_of("一百二")
    (1234, 12000, 16, None)
    """
    if text.isdecimal():
        return int(text)
    if text[0] not in "0123456789":
        return chinese_number(text)
    number = Decimal(text.rstrip("万亿").replace(",", "")).scaleb(_MANY.get(text[-1], 0))
    return int(number) if number == number.to_integral_value() else number


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
