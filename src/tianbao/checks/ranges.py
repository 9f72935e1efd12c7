"""Many cells in few words: neighbours are named together, as spreadsheets do it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_ROW, _COLUMN = 0, 1
#: As spreadsheets write them; in a document a cell is the third of the fifth row.
_ADDRESS = re.compile("[A-Z]+[1-9][0-9]*")


class _Corner(NamedTuple):
    place: tuple[int, int]
    address: str


class _Area(NamedTuple):
    first: _Corner
    last: _Corner


def ranges(addresses: Iterable[str]) -> list[str]:
    """Cover cells of one sheet, and no others, with few ranges in the order of reading; other places are named one by one.

    >>> ranges(["第5行第3格", "第5行第4格"])
    ['第5行第3格', '第5行第4格']
    >>> ranges(["E10", "E11", "E33", "E34"])
    ['E10:E11', 'E33:E34']
    >>> ranges(["C7", "D7", "C8", "D8", "F8"])
    ['C7:D8', 'F8']
    """
    several = list(addresses)
    if not all(map(_ADDRESS.fullmatch, several)):
        return several
    corners = [_Corner(_place(address), address) for address in several]
    cells = [_Area(corner, corner) for corner in corners]
    down = _joined(_joined(cells, _ROW), _COLUMN)
    across = _joined(_joined(cells, _COLUMN), _ROW)
    fewer = min(down, across, key=len)
    return [_name(area) for area in sorted(fewer)]


def _joined(areas: Iterable[_Area], axis: int) -> list[_Area]:
    """Join the areas that follow one another along an axis and are equally wide across it."""
    across = 1 - axis
    done: list[_Area] = []
    for area in sorted(areas, key=lambda area: (*_extent(area, across), area.first.place[axis])):
        before = done[-1] if done else None
        if (
            before is not None
            and _extent(before, across) == _extent(area, across)
            and before.last.place[axis] + 1 == area.first.place[axis]
        ):
            done[-1] = _Area(before.first, area.last)
        else:
            done.append(area)
    return done


def _extent(area: _Area, axis: int) -> tuple[int, int]:
    return area.first.place[axis], area.last.place[axis]


def _name(area: _Area) -> str:
    first, last = area.first.address, area.last.address
    return first if first == last else f"{first}:{last}"


def _place(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(address.removeprefix(letters)), column
