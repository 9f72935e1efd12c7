"""A small sheet on which the tests of the check language lay out their cells, the same for every back end.

    column B                 D to G, one row          BD          sheet 其他's: B          C
1   a  ┐                     h i j k (row)            z           o1 ┐ (other)            o3
2   b  │ (col; gaps: a c e)                                       o2 ┘
3   c  │
4   d  │                     amounts p q: 2 decimals, w: 1 decimal
5   e  │                     texts   t u, list ts: x1 x2 x3
6   f  ┘
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from tianbao.expr import Area, Cell, Cells, Expr, Kind, Number, Place, bind, parse

OWN, OTHER = "表", "其他's"
#: The rows that one layout takes.
HEIGHT = 12

Typed: TypeAlias = int | Decimal | str | None

_PLACES = {
    **{key: Place(OWN, row, 2) for row, key in enumerate("abcdef", start=1)},
    **{key: Place(OWN, 1, column) for column, key in enumerate("hijk", start=4)},
    "z": Place(OWN, 1, 56),
    "p": Place(OWN, 3, 4),
    "q": Place(OWN, 4, 4),
    "w": Place(OWN, 6, 4),
    "t": Place(OWN, 8, 2),
    "u": Place(OWN, 10, 2),
    "x1": Place(OWN, 8, 4),
    "x2": Place(OWN, 9, 4),
    "x3": Place(OWN, 11, 4),
    "o1": Place(OTHER, 1, 2),
    "o2": Place(OTHER, 2, 2),
    "o3": Place(OTHER, 1, 3),
}
_DIGITS = {"p": 2, "q": 2, "w": 1}
_TEXTS = ("t", "u", "x1", "x2", "x3")

CELLS: Mapping[str, Cell] = {
    key: Cell(key, Kind.TEXT if key in _TEXTS else Kind.NUMBER, _DIGITS.get(key, 0)) for key in _PLACES
}
GROUPS: Mapping[str, Cells] = {
    "col": Cells("col", tuple("abcdef")),
    "row": Cells("row", tuple("hijk")),
    "gaps": Cells("gaps", tuple("ace")),
    "other": Cells("other", ("o1", "o2", "o3")),
    "amounts": Cells("amounts", ("p", "q", "w"), digits=2),
    "ts": Cells("ts", ("x1", "x2", "x3"), Kind.TEXT),
}


def find(path: tuple[str, ...]) -> Expr:
    """Return what a name means here."""
    key = ".".join(path)
    return Number(2025) if key == "year" else GROUPS[key] if key in GROUPS else CELLS[key]


def bound(text: str) -> Expr:
    """Parse an expression and bind it to the cells of the desk."""
    return bind(parse(text), find, text=text)


def place(key: str, *, layout: int = 0) -> Place:
    """Return where a cell lies; further layouts lie below the first one."""
    at = _PLACES[key]
    below = layout * HEIGHT
    return at._replace(row=at.row + below, block=Area(1 + below, 1, 200 + below, 57))


def answers(typed: Mapping[str, Typed]) -> dict[str, Typed]:
    """Return what reading makes of what was typed: a number in a text cell becomes a text."""
    read = dict.fromkeys(CELLS) | dict(typed)
    return {key: str(value) if key in _TEXTS and value is not None else value for key, value in read.items()}
