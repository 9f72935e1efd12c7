"""How a printed table fits its page: the widths of its columns, and the size of its characters.

    PrintedTable + answers + Room ──fitted──▶ Fitted ──▶ Word, and the page where it is printed

In:   a printed table, its answers as they are printed, what the page has for it.
Out:  points.
Knows nothing of file formats.

A number is never broken over two lines: where the longest ones do not fit, the characters of the whole table are smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from tianbao.form.model import Shape
from tianbao.form.printed import PrintedTable, Role

#: Sizes of characters in points, from 五号 down; the smallest is still read on paper.
_SIZES = (10.5, 9.0, 7.5, 6.5, 5.5)
#: Points of room beside the text of a cell.
_BESIDE = 4.5
#: How wide a digit is: half a character, and a little more where the font of the style is not there.
_DIGIT = 0.56
#: How high a line is, in sizes of its characters.
_LINE = 1.32
#: What is smaller than this is not chosen only to keep a table on one page.
_READABLE = 8.5
#: Characters of a line: of the labels beside a brace, of the last label where there is little room, and where there is much.
_NARROW, _LEAST, _WISHED = 3.2, 7.0, 14.0
#: Characters of a line of a head, where there are few columns and where there are many; of words.
_HEAD, _HEAD_OF_MANY, _MANY = 3.0, 2.0, 12
_WORDS_MOST, _WORDS_WISHED = 12.0, 30.0
_NUMBER_WISHED = 4.5
#: Tables of no more rows stay on one page, and their rows are higher.
_SHORT = 20
_ROW, _HIGH_ROW = 15.0, 22.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """How a table fits its page.

    Attributes:
        widths: of its columns, in points.
        size: of its characters.
        height: about how high it is, in points.
        is_wide_enough: no number is broken over two lines.
    """

    widths: tuple[float, ...]
    size: float
    height: float
    is_wide_enough: bool


@dataclass(frozen=True, slots=True)
class Room:
    """What a page has for a table, in points: its width and height between the margins, and the usual size of characters."""

    width: float
    height: float
    size: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the columns of a table ask for, in characters: of the labels, then of the answers.

    Attributes:
        needs: less than that, and a number is broken, or a label has too many lines.
        wishes: as much as is of use; None where answers had better be as wide as one another.
    """

    labels: tuple[float, ...]
    last_label: float
    needs: tuple[float, ...]
    wishes: tuple[float, ...] | None


def fitted(table: PrintedTable, answers: Mapping[str, str], words: frozenset[str], room: Room) -> Fitted:
    """Find the widths of the columns, and the largest characters with which each number stands in one line.

    Where smaller ones that are well read keep the table on one page, these are taken.
    """
    asked = _asked(table, answers, words)
    fits = [
        _fit(table, answers, asked, room, size) for size in (room.size, *(each for each in _SIZES if each < room.size))
    ]
    in_width = [fit for fit in fits if fit.is_wide_enough]
    on_a_page = (fit for fit in in_width if fit.height <= room.height and fit.size >= _READABLE)
    return next(on_a_page, in_width[0] if in_width else fits[-1])


def _fit(table: PrintedTable, answers: Mapping[str, str], asked: _Asked, room: Room, size: float) -> Fitted:
    least = [need * size + _BESIDE for need in (*asked.labels, *asked.needs)]
    if sum(least) > room.width:
        widths = [each * room.width / sum(least) for each in least]
    elif asked.wishes is not None:
        wishes = [need * size + _BESIDE for need in (*asked.labels, *asked.wishes)]
        widths = _grown(least, wishes, room.width)
    elif len(asked.labels) < 2:  # noqa: PLR2004 - one column of labels is as wide as the others
        widths = _levelled(least, room.width)
    else:
        wished = asked.last_label * size + _BESIDE
        labels, needs = least[: len(asked.labels)], least[len(asked.labels) :]
        labels[-1] += max(0.0, min(room.width - sum(least), wished - labels[-1]))
        widths = [*labels, *_levelled(needs, room.width - sum(labels))]
    height = _height(table, answers, widths, size)
    return Fitted(tuple(widths), size, height, is_wide_enough=sum(least) <= room.width)


def _grown(needs: Sequence[float], wishes: Sequence[float], width: float) -> list[float]:
    """Give each column what it needs, then as large a part of what it wishes for as there is; the rest equally."""
    left, lacking = width - sum(needs), sum(wishes) - sum(needs)
    if left >= lacking:
        return [wish + (left - lacking) / len(needs) for wish in wishes]
    return [need + (wish - need) * left / lacking for need, wish in zip(needs, wishes, strict=True)]


def _levelled(needs: Sequence[float], width: float) -> list[float]:
    """Make columns as equal as what they need allows."""
    level, pending = width / len(needs), sorted(needs, reverse=True)
    for n, need in enumerate(pending):
        if need <= level:
            break
        width -= need
        level = width / max(1, len(needs) - n - 1)
    return [max(need, level) for need in needs]


def _asked(table: PrintedTable, answers: Mapping[str, str], words: frozenset[str]) -> _Asked:
    labels: tuple[float, ...] = ()
    longest = max((_width(cell.text) for cell in table.cells if cell.role is Role.LABEL), default=2.0)
    if table.labels:
        labels = (*[_NARROW] * (table.labels - 1), min(_LEAST, max(2.0, longest)))
    head = _HEAD_OF_MANY if table.columns > _MANY else _HEAD
    needs = [head] * (table.columns - table.labels)
    wishes = [_NUMBER_WISHED] * len(needs)
    for cell in table.cells:
        if cell.key and cell.columns == 1:
            at, asked = cell.column - table.labels, _width(answers[cell.key])
            is_words = cell.key in words
            needs[at] = max(needs[at], min(_WORDS_MOST, asked) if is_words else asked)
            wishes[at] = max(wishes[at], min(_WORDS_WISHED, asked))
    return _Asked(labels, min(_WISHED, longest), tuple(needs), tuple(wishes) if words else None)


def _height(table: PrintedTable, answers: Mapping[str, str], widths: Sequence[float], size: float) -> float:
    """Estimate how high a table is: each row as its highest cell that no other row shares."""
    rows = [row_height(table)] * table.rows
    for cell in table.cells:
        if cell.rows == 1:
            room = max(1.0, (sum(widths[cell.column : cell.column + cell.columns]) - _BESIDE) / size)
            text = answers[cell.key] if cell.key else cell.text
            lines = sum(1 if _width(line) <= room else ceil(_width(line) / int(room)) for line in text.split("\n"))
            rows[cell.row] = max(rows[cell.row], lines * size * _LINE + 1)
    return sum(rows)


def row_height(table: PrintedTable) -> float:
    """Return how high a row is at least, in points."""
    return _HIGH_ROW if table.rows <= _SHORT else _ROW


def _width(text: str) -> float:
    """Return how wide the longest line of a text is, in characters of full width.

    >>> _width("自然人")
    3.0
    """
    return max(sum(1.0 if east_asian_width(each) in "FWA" else _DIGIT for each in line) for line in text.split("\n"))


def is_list(table: PrintedTable) -> bool:
    """Tell whether a table has as many lines as there are: it may go on over pages."""
    return not table.tables or any(part.shape is Shape.LIST for part in table.tables)
