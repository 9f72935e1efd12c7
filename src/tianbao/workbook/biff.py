"""Formulas and validation of an .xls, as its records hold them (MS-XLS 2.5.198 and 2.4.91).

    tokens ──write_formula──▶ Formula("SUM(E9:E12)-'表 一'!B4", result "number")
    DV     ──validated──────▶ E9:E12 G9

In:   the bytes of a record, and what its workbook calls functions, sheets and names.
Out:  a formula as it was typed, in the notation of Excel; the areas where only certain answers may be typed. What cannot
      be written is not.
Knows nothing of files: `tianbao.workbook.xls` brings the records.

Parentheses have tokens of their own, though the order of the tokens needs none, and no others are written: LibreOffice
puts the tokens of `A1&""="x"` into an order that stands for `A1&(""="x")`, and still means what was typed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from tianbao.workbook.package import column_letters

#: What a formula results in, as far as it shows by itself: what it refers to is not looked at.
Result = Literal["number", "text", "any"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a workbook calls things by.

    Attributes:
        functions: number → name, and the number of arguments where it is always the same.
        sheet: names the sheet that a reference to another one means.
        names: the defined names, in their order.
    """

    functions: Mapping[int, tuple[str, int]]
    sheet: Callable[[int], str]
    names: Sequence[str] = ()


class Formula(NamedTuple):
    """A formula in words, without the equals sign; a part of one, while it is written."""

    text: str
    result: Result


def write_formula(tokens: bytes, words: Words, *, row: int = 0, column: int = 0) -> Formula | None:
    """Write a formula; None where it holds what cannot be written: arrays, add-ins, links.

    Args:
        tokens: in the order in which they are computed.
        words: what the workbook calls things by.
        row: where it stands, from 0; a shared formula counts from there.
        column: the same.
    """
    writer = _Writer(tokens, words, row, column)
    try:
        while writer.is_not_done:
            writer.take_token()
        (whole,) = writer.parts
    except (LookupError, ValueError, struct.error):
        return None
    return whole


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────

#: The operators between two parts, from the first token on.
_BINARY: Mapping[int, tuple[str, Result]] = dict(
    enumerate(
        [
            *((sign, "number") for sign in ("+", "-", "*", "/", "^")),
            ("&", "text"),
            *((sign, "number") for sign in ("<", "<=", "=", ">=", ">", "<>")),
            *((sign, "any") for sign in (" ", ",", ":")),
        ],
        start=0x03,
    )
)
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

#: The functions of which it matters what they result in.
_RESULTS: Mapping[str, Result] = {
    **dict.fromkeys(
        ("SUM", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "ROUND", "ABS", "INT", "AND", "OR", "NOT"), "number"
    ),
    **dict.fromkeys(
        ("TRUE", "FALSE", "SUMIF", "SUMPRODUCT", "AVERAGE", "VALUE", "LEN", "MOD", "DATE", "TODAY"), "number"
    ),
    **dict.fromkeys(("TEXT", "CONCATENATE", "LEFT", "RIGHT", "MID", "TRIM", "FIXED", "REPT", "SUBSTITUTE"), "text"),
}
#: A function of an add-in: its name is an argument.
_FOREIGN = 255

_IS_WIDE = 1
_ROW_MOVES, _COLUMN_MOVES = 0x8000, 0x4000


class _Writer:
    """A formula, while it is written."""

    def __init__(self, tokens: bytes, words: Words, row: int, column: int) -> None:
        self._tokens = tokens
        self._words = words
        self._row, self._column = row, column
        self._at = 0
        self.parts: list[Formula] = []

    @property
    def is_not_done(self) -> bool:
        return self._at < len(self._tokens)

    def take_token(self) -> None:
        """Write one token.

        Raises:
            LookupError: it is not known, or there is nothing for it to join.
        """
        (token,) = self._take("B")
        #: The bits above say whether a value, a reference or an array is wanted.
        token = token & 0x1F | 0x20 if token & 0x60 else token
        if token in _BINARY:
            self._join(*_BINARY[token])
        else:
            _WAYS[token](self)

    def _take(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{layout}", self._tokens, self._at)
        self._at += struct.calcsize(f"<{layout}")
        return found

    def _put(self, text: str, result: Result = "any") -> None:
        self.parts.append(Formula(text, result))

    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _join(self, sign: str, result: Result) -> None:
        right = self.parts.pop()
        left = self.parts.pop()
        self._put(left.text + sign + right.text, result)

    def plus(self) -> None:
        self._put("+" + self.parts.pop().text, "number")

    def minus(self) -> None:
        self._put("-" + self.parts.pop().text, "number")

    def percent(self) -> None:
        self._put(self.parts.pop().text + "%", "number")

    def parentheses(self) -> None:
        text, result = self.parts.pop()
        self._put(f"({text})", result)

    # ── constants ────────────────────────────────────────────────────────────────────────────────────────────────────

    def nothing(self) -> None:
        self._put("")

    def string(self) -> None:
        length, flags = self._take("BB")
        size = 2 * length if flags & _IS_WIDE else length
        text = self._tokens[self._at : self._at + size].decode("utf-16-le" if flags & _IS_WIDE else "latin-1")
        self._at += size
        self._put('"' + text.replace('"', '""') + '"', "text")

    def error(self) -> None:
        (code,) = self._take("B")
        self._put(_ERRORS[code])

    def boolean(self) -> None:
        (value,) = self._take("B")
        self._put("TRUE" if value else "FALSE", "number")

    def whole(self) -> None:
        (value,) = self._take("H")
        self._put(str(value), "number")

    def number(self) -> None:
        (value,) = self._take("d")
        self._put(
            f"{Decimal(repr(value)):f}" if 0 < abs(value) < 1 else repr(value).removesuffix(".0").upper(), "number"
        )

    # ── functions and names ──────────────────────────────────────────────────────────────────────────────────────────

    def attribute(self) -> None:
        """Pass over what only helps to compute or to show a formula; of a sum there is only this."""
        flags, size = self._take("BH")
        if flags & 0x04:
            self._at += 2 * size + 2
        elif flags & 0x10:
            self._call("SUM", 1)

    def function(self) -> None:
        (number,) = self._take("H")
        self._call(*self._words.functions[number])

    def function_of_many(self) -> None:
        count, number = self._take("BH")
        number &= 0x7FFF
        if number == _FOREIGN:
            raise LookupError(number)
        self._call(self._words.functions[number][0], count & 0x7F)

    def _call(self, name: str, count: int) -> None:
        first = len(self.parts) - count
        if first < 0:
            raise LookupError(name)
        arguments = [part.text for part in self.parts[first:]]
        del self.parts[first:]
        self._put(f"{name}({','.join(arguments)})", _RESULTS.get(name, "any"))

    def name(self) -> None:
        number, _ = self._take("HH")
        self._put(self._words.names[number - 1])

    # ── references ───────────────────────────────────────────────────────────────────────────────────────────────────

    def cell(self) -> None:
        self._put(self._corner(*self._take("HH")))

    def area(self) -> None:
        self._put(self._ends(*self._take("4H")))

    def far_cell(self) -> None:
        number, row, column = self._take("3H")
        self._put(self._words.sheet(number) + self._corner(row, column))

    def far_area(self) -> None:
        number, *ends = self._take("5H")
        self._put(self._words.sheet(number) + self._ends(*ends))

    def shared_cell(self) -> None:
        self._put(self._corner(*self._from_here(*self._take("HH"))))

    def shared_area(self) -> None:
        first, last, left, right = self._take("4H")
        (top, left), (low, right) = self._from_here(first, left), self._from_here(last, right)
        self._put(self._ends(top, low, left, right))

    def lost_cell(self) -> None:
        self._take("HH")
        self._put("#REF!")

    def lost_area(self) -> None:
        self._take("4H")
        self._put("#REF!")

    def lost_far_cell(self) -> None:
        self._take("3H")
        self._put("#REF!")

    def lost_far_area(self) -> None:
        self._take("5H")
        self._put("#REF!")

    def _from_here(self, row: int, column: int) -> tuple[int, int]:
        """Count from the cell in which a shared formula stands."""
        moves = column & (_ROW_MOVES | _COLUMN_MOVES)
        row = row + self._row & 0xFFFF if column & _ROW_MOVES else row
        return row, moves | (column + self._column if column & _COLUMN_MOVES else column) & 0xFF

    def _ends(self, first: int, last: int, left: int, right: int) -> str:
        return f"{self._corner(first, left)}:{self._corner(last, right)}"

    def _corner(self, row: int, column: int) -> str:
        in_column = "" if column & _COLUMN_MOVES else "$"
        in_row = "" if column & _ROW_MOVES else "$"
        return f"{in_column}{column_letters((column & 0xFF) + 1)}{in_row}{row + 1}"

    # ── what is passed over ──────────────────────────────────────────────────────────────────────────────────────────

    def memory(self) -> None:
        """Pass over what a program remembers of the areas that follow."""
        self._take("IH")

    def short_memory(self) -> None:
        self._take("H")


_WAYS: Mapping[int, Callable[[_Writer], None]] = {
    0x12: _Writer.plus,
    0x13: _Writer.minus,
    0x14: _Writer.percent,
    0x15: _Writer.parentheses,
    0x16: _Writer.nothing,
    0x17: _Writer.string,
    0x19: _Writer.attribute,
    0x1C: _Writer.error,
    0x1D: _Writer.boolean,
    0x1E: _Writer.whole,
    0x1F: _Writer.number,
    0x21: _Writer.function,
    0x22: _Writer.function_of_many,
    0x23: _Writer.name,
    0x24: _Writer.cell,
    0x25: _Writer.area,
    0x26: _Writer.memory,
    0x29: _Writer.short_memory,
    0x2A: _Writer.lost_cell,
    0x2B: _Writer.lost_area,
    0x2C: _Writer.shared_cell,
    0x2D: _Writer.shared_area,
    0x3A: _Writer.far_cell,
    0x3B: _Writer.far_area,
    0x3C: _Writer.lost_far_cell,
    0x3D: _Writer.lost_far_area,
}


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


def quoted(sheet: str) -> str:
    """Write the name of a sheet as it stands before a reference.

    >>> quoted("表 '一'")
    "'表 ''一'''!"
    """
    return f"{sheet}!" if _PLAIN_NAME.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'!"


# ── validation ───────────────────────────────────────────────────────────────────────────────────────────────────────


def validated(record: bytes) -> str:
    """Return the areas of a DV record, as an xlsx writes them; none if it lets everything pass and only shows a prompt.

    Raises:
        struct.error: it is damaged.
    """
    (flags,) = struct.unpack_from("<I", record)
    if not flags & _TYPE:
        return ""
    at = 4
    for _ in range(4):  # the titles and the texts of the prompt and the error
        length, flags = struct.unpack_from("<HB", record, at)
        at += 3 + (2 * length if flags & _IS_WIDE else length)
    for _ in range(2):  # the formulas
        (size,) = struct.unpack_from("<H", record, at)
        at += 4 + size
    return " ".join(_areas(record, at))


_TYPE = 0x0F


def _areas(record: bytes, at: int) -> Iterator[str]:
    (count,) = struct.unpack_from("<H", record, at)
    for number in range(count):
        top, low, left, right = struct.unpack_from("<4H", record, at + 2 + 8 * number)
        first, last = f"{column_letters(left + 1)}{top + 1}", f"{column_letters(right + 1)}{low + 1}"
        yield first if first == last else f"{first}:{last}"
