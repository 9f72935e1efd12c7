"""A picture as a few shapes with real text, before any file format.

In:   nothing: values only.
Out:  `Drawing`, which `svg` writes for pages and `drawingml` for Word.
Knows nothing of forms and figures.

Measures are points of a page; x grows to the right, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Tone(Enum):
    """The five colours of all pictures, told apart in grey by their lightness alone."""

    INK = "1F2A37"
    DARK = "2F5D8C"
    MIDDLE = "7FA3C7"
    PALE = "D5E1EE"
    ACCENT = "C2703D"


class Anchor(Enum):
    """Which end of a text its x means."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class Band:
    """A band that flows from left to right, as wide at its one end as at its other.

    Attributes:
        x: of its left end.
        y: of the upper corner there.
        to_x: of its right end.
        to_y: of the upper corner there.
        width: across, in points.
    """

    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class Label:
    """A text in one line; y is its base line."""

    x: float
    y: float
    text: str
    size: float = 10.0
    anchor: Anchor = Anchor.START
    tone: Tone = Tone.INK
    bold: bool = False


Shape: TypeAlias = "Bar | Band | Label"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture.

    Attributes:
        title: printed above it.
        description: the same in a sentence, for who cannot see it.
        source: what it was made of: 据 52 家单位报表.
        shapes: in the order in which they are drawn.
    """

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    source: str = ""
