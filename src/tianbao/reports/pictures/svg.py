"""A drawing as SVG within a page: real text, no fixed size, nothing from elsewhere.

In:   a drawing.
Out:  the text of an `<svg>` element; the same for the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tianbao.reports.pictures.drawing import Anchor, Band, Bar, Drawing, Label, Shape

_FONTS = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif"


def draw_svg(drawing: Drawing, *, name: str) -> str:
    """Write a drawing as an element of a page.

    Args:
        drawing: the picture.
        name: of the picture, unique within its page: its title and its description are known by it.
    """
    shapes = "".join(map(_shape, drawing.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" font-family="{_FONTS}">'
        f'<title id="{name}-title">{escape(drawing.title)}</title>'
        f'<desc id="{name}-desc">{escape(drawing.description)}</desc>{shapes}</svg>'
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Bar(x, y, width, height, tone):
            return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="#{tone.value}"/>'
        case Band():
            return f'<path d="{" ".join(_outline(shape))}" fill="#{shape.tone.value}"/>'
        case Label(x, y, text, size, anchor, tone, bold):
            aligned = "" if anchor is Anchor.START else f' text-anchor="{anchor.value}"'
            weight = ' font-weight="bold"' if bold else ""
            return (
                f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="#{tone.value}"{aligned}{weight}>'
                f"{escape(text)}</text>"
            )


def _outline(band: Band) -> Iterator[str]:
    """Yield the path of a band: along its upper edge to the right, and back along its lower one."""
    middle = (band.x + band.to_x) / 2
    low, to_low = band.y + band.width, band.to_y + band.width
    yield f"M{_n(band.x)} {_n(band.y)}"
    yield f"C{_n(middle)} {_n(band.y)} {_n(middle)} {_n(band.to_y)} {_n(band.to_x)} {_n(band.to_y)}"
    yield f"L{_n(band.to_x)} {_n(to_low)}"
    yield f"C{_n(middle)} {_n(to_low)} {_n(middle)} {_n(low)} {_n(band.x)} {_n(low)}Z"


def _n(value: float) -> str:
    """Write a measure as short as it is exact enough."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
