"""Do the heads of a document's table say what those of the form say? A figure below another head is another figure.

    heads of the form    本年新制作数量 | 本年新公开数量 | 对外公开总数量
    heads found          本年制发件数   | 本年新         | 对外公开总数量      → the first column is not asked here

In:   the head rows of a table of the form; rows of a document that stand above its figures.
Out:  the columns below another head, and whether one is missing.
Knows nothing of figures. A head that is cut short or mistyped is still the one in whose place it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from tianbao.documents.alike import UNNUMBERED, aligned, likeness
from tianbao.form.model import Table
from tianbao.form.printed import label_depth, printed_columns
from tianbao.workbook.labels import plain

#: A head that was cut short has so many letters left.
_SHORTEST_REST = 2


@dataclass(frozen=True, slots=True)
class Head:
    """A printed head, and the first and the last printed column below it."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heads:
    """What the heads of a document say of a table's columns.

    Attributes:
        foreign: by the number of the column, what is printed above it instead.
        lacking: a head of the form is nowhere, though others are: so may its column be.
    """

    foreign: dict[int, str]
    lacking: bool = False


NO_HEADS = Heads({})


@lru_cache(maxsize=64)
def head_rows(table: Table) -> tuple[tuple[Head, ...], ...]:
    """Return the heads of a table, row by row."""
    paths = [path for _, path in printed_columns(table)]
    return tuple(tuple(_level(paths, level)) for level in range(max(map(len, paths))))


def _level(paths: Sequence[tuple[str, ...]], level: int) -> Iterator[Head]:
    for prefix, run in groupby(range(len(paths)), key=lambda n: paths[n][: level + 1]):
        columns = list(run)
        if len(prefix) == level + 1:
            yield Head(prefix[-1], columns[0], columns[-1])


def compare_heads(table: Table, rows: Sequence[Sequence[str]]) -> Heads:
    """Hold the rows above the figures of a table against its heads.

    Args:
        table: of the form.
        rows: the texts of each, from the left, without those that are empty.
    """
    wanted = head_rows(table)
    found = [left for n, row in enumerate(rows) if (left := _without_corner(table, row, wanted[0], is_first=not n))]
    is_whole = len(found) == len(wanted)
    pairs = [(n, n) for n in range(len(wanted))] if is_whole else aligned(wanted, found, _score)
    foreign: dict[int, str] = {}
    lacking = False
    for i, j in pairs:
        strange, is_lacking = _compare_row(wanted[i], found[j])
        lacking = lacking or is_lacking
        for head, text in strange:
            foreign |= dict.fromkeys(range(head.first, head.last + 1), text)
    return Heads(foreign, lacking)


def _without_corner(table: Table, row: Sequence[str], heads: Sequence[Head], *, is_first: bool) -> Sequence[str]:
    """Leave out what stands above the labels of the rows; where the form says nothing there, a head too many."""
    if not row or not label_depth(table):
        return row
    is_corner = bool(table.corner) and likeness(table.corner, row[0]) > 0
    is_too_many = is_first and len(row) > len(heads) and not _may_be(row[0], heads[0].text)
    return row[1:] if is_corner or is_too_many else row


def _score(wanted: Sequence[Head], found: Sequence[str]) -> float:
    known = {plain(head.text) for head in wanted}
    return sum(plain(text) in known for text in found) / max(len(wanted), len(found))


def _compare_row(wanted: Sequence[Head], found: Sequence[str]) -> tuple[list[tuple[Head, str]], bool]:
    """Return the heads in whose place another stands, and whether one is missing."""
    if len(wanted) == len(found):
        texts = [head.text for head in wanted]
        return [
            (head, text) for head, text in zip(wanted, found, strict=True) if not _is(text, head.text, texts)
        ], False
    pairs = aligned(wanted, found, lambda head, text: likeness(head.text, text))
    return [], len(pairs) < len(wanted)


def _is(text: str, head: str, heads: Sequence[str]) -> bool:
    """Whether a text is the head that should stand there, and not another one of the row."""
    if likeness(head, text) >= UNNUMBERED:
        return True
    return _may_be(text, head) and not any(likeness(other, text) >= UNNUMBERED for other in heads)


def _may_be(text: str, head: str) -> bool:
    """Whether a text is a head, perhaps mistyped, or what was left of it when it was cut."""
    written, whole = plain(text), plain(head)
    if likeness(head, text) > 0:
        return True
    return len(written) >= min(_SHORTEST_REST, len(whole)) and (whole.startswith(written) or whole.endswith(written))
