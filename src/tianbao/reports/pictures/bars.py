"""Bars: shares of a whole this year and last, and figures beside one another.

In:   figures.
Out:  drawings. Every bar has its number in words of its own; the tones only help.
"""

from __future__ import annotations

from collections.abc import Sequence

from tianbao import messages
from tianbao.reports.pictures.drawing import Anchor, Bar, Drawing, Label, Shape, Tone
from tianbao.reports.pictures.figures import Shown
from tianbao.reports.pictures.measures import PAGE, cut, text_width

_SIZE, _SMALL = 10.0, 9.0
_ROW, _THICK, _TOP = 20.0, 11.0, 6.0
#: The room of a label left of a bar, and of a number right of the longest.
_LABELS, _NUMBERS = 128.0, 92.0
#: So many bars can be read; the others come to one line.
MOST = 15


def draw_bars(title: str, bars: Sequence[Shown], *, rest: str = "", source: str = "") -> Drawing:
    """Draw figures below one another, each as long as it is large.

    Args:
        title: of the picture.
        bars: none of them 0.
        rest: said below of what is not drawn.
        source: what it was made of.
    """
    largest = max(one.value for one in bars)
    room = PAGE - _LABELS - _NUMBERS
    shapes: list[Shape] = []
    for n, one in enumerate(bars):
        y = _TOP + n * _ROW
        length = max(float(one.value / largest) * room, 0.6)
        shapes.append(Label(_LABELS - 8.0, y + _SIZE, cut(one.label, _SIZE, _LABELS - 10.0), _SIZE, Anchor.END))
        shapes.append(Bar(_LABELS, y, length, _THICK, Tone.DARK))
        shapes.append(Label(_LABELS + length + 6.0, y + _SIZE, one.amount, _SIZE))
    high = _TOP + len(bars) * _ROW
    if rest:
        shapes.append(Label(_LABELS, high + _SIZE, rest, _SMALL))
        high += _ROW
    description = messages.say("picture.bars", "zh", figures=_told(bars))
    return Drawing(title, f"{description}{rest}", PAGE, high + 4.0, tuple(shapes), source)


def draw_years(title: str, now: Sequence[Shown], before: Sequence[Shown], *, year: int, source: str = "") -> Drawing:
    """Draw what became of all this year beside last year: for each outcome two bars, by its share of the year's whole.

    Args:
        title: of the picture.
        now: this year's outcomes.
        before: last year's, in the same order.
        year: this year.
        source: what it was made of.
    """
    wholes = [float(sum(one.value for one in several)) for several in (now, before)]
    pairs = [(one, other) for one, other in zip(now, before, strict=True) if one.value or other.value]
    largest = max(_share(one, whole) for pair in pairs for one, whole in zip(pair, wholes, strict=True))
    room = PAGE - _LABELS - _NUMBERS
    shapes: list[Shape] = [*_legend(year)]
    y = _TOP + _ROW
    for pair in pairs:
        label = cut(pair[0].label, _SIZE, _LABELS - 10.0)
        shapes.append(Label(_LABELS - 8.0, y + _THICK + 3.0, label, _SIZE, Anchor.END))
        for one, whole, tone in zip(pair, wholes, (Tone.DARK, Tone.MIDDLE), strict=True):
            share = _share(one, whole)
            length = share / largest * room
            if length:
                shapes.append(Bar(_LABELS, y, max(length, 0.6), _THICK, tone))
            text = messages.say("picture.share", "zh", count=one.value, share=f"{100 * share:.1f}")
            shapes.append(Label(_LABELS + length + 6.0, y + _SMALL, text, _SMALL))
            y += _THICK + 1.5
        y += 8.0
    facts = {"year": year, "last": year - 1, "now": _told(now), "before": _told(before)}
    return Drawing(title, messages.say("picture.years", "zh", **facts), PAGE, y, tuple(shapes), source)


def _legend(year: int) -> list[Shape]:
    shapes: list[Shape] = []
    x = _LABELS
    for named, tone in ((year, Tone.DARK), (year - 1, Tone.MIDDLE)):
        text = messages.say("picture.year", "zh", year=named)
        shapes += [Bar(x, _TOP, _THICK, _THICK, tone), Label(x + _THICK + 5.0, _TOP + _SIZE, text, _SIZE)]
        x += _THICK + text_width(text, _SIZE) + 24.0
    return shapes


def _share(one: Shown, whole: float) -> float:
    return float(one.value) / whole if whole else 0.0


def _told(several: Sequence[Shown]) -> str:
    return "、".join(f"{one.label} {one.value}" for one in several)
