"""Where something came from and what became of it: bands whose widths are the accounting identity.

    上年结转 ═╗         ╔═ 予以公开
              ╠═ 共计 ══╬═ 不予公开
    本年新收 ═╝         ╚═ 结转下年度

In:   sources and goals that come to the same.
Out:  a drawing. One point across is the same number everywhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tianbao import messages
from tianbao.reports.pictures.drawing import Anchor, Band, Bar, Drawing, Label, Shape, Tone
from tianbao.reports.pictures.figures import Shown
from tianbao.reports.pictures.measures import PAGE, cut, spread, text_width

_SIZE, _LINE = 10.0, 15.0
#: From the left: labels of the sources, their bars, the bar of all, the bars of the goals, their labels.
_LEFT, _CENTRE, _RIGHT, _BAR = 118.0, 208.0, 308.0, 9.0
#: How wide all bands together are, between two of them, and above the first.
_WIDTH, _GAP, _TOP = 120.0, 14.0, 14.0
#: Sources, the whole, then goals by turns, the last in the accent: what is not done yet.
_GOALS = (Tone.MIDDLE, Tone.PALE)


def draw_flow(title: str, sources: Sequence[Shown], goals: Sequence[Shown], *, source: str = "") -> Drawing:
    """Draw how sources become goals; what is 0 is left out.

    Args:
        title: of the picture.
        sources: what came in.
        goals: what became of it, what is left for the next year last.
        source: what it was made of.
    """
    last = goals[-1]
    sources, goals = [one for one in sources if one.value], [one for one in goals if one.value]
    whole = float(sum(one.value for one in goals))
    scale = _WIDTH / whole
    high = _WIDTH + _GAP * max(len(sources) - 1, len(goals) - 1, 1)
    high = max(high, _LINE * max(len(goals), len(sources)))
    middle = _TOP + (high - _WIDTH) / 2
    shapes: list[Shape] = []
    labels: list[Shape] = []
    at = middle
    for one, y in _stacked(sources, scale, high):
        width = float(one.value) * scale
        shapes.append(Band(_LEFT + _BAR, y, _CENTRE, at, width, Tone.MIDDLE))
        shapes.append(Bar(_LEFT, y, _BAR, width, Tone.DARK))
        at += width
    labels += _labels(sources, _stacked(sources, scale, high), scale, high, _LEFT - 6.0, Anchor.END, _LEFT - 10.0)
    at = middle
    for n, (one, y) in enumerate(_stacked(goals, scale, high)):
        width = float(one.value) * scale
        tone = Tone.ACCENT if one.label == last.label else _GOALS[n % len(_GOALS)]
        shapes.append(Band(_CENTRE + _BAR, at, _RIGHT, y, width, tone))
        shapes.append(Bar(_RIGHT, y, _BAR, width, Tone.ACCENT if tone is Tone.ACCENT else Tone.DARK))
        at += width
    room = PAGE - _RIGHT - _BAR - 8.0
    labels += _labels(goals, _stacked(goals, scale, high), scale, high, _RIGHT + _BAR + 6.0, Anchor.START, room)
    shapes.append(Bar(_CENTRE, middle, _BAR, _WIDTH, Tone.INK))
    total = messages.say("picture.whole", "zh", count=sum(one.value for one in goals))
    labels.append(Label(_CENTRE + _BAR / 2, middle - 5.0, total, _SIZE, Anchor.MIDDLE, bold=True))
    return Drawing(title, _description(sources, goals), PAGE, _TOP + high + 10.0, (*shapes, *labels), source)


def _stacked(several: Sequence[Shown], scale: float, high: float) -> list[tuple[Shown, float]]:
    """Return the upper edge of each bar: one below the other, all of them in the middle of the height."""
    taken = sum(float(one.value) * scale for one in several)
    gap = min(_GAP, (high - taken) / (len(several) - 1)) if len(several) > 1 else 0.0
    y = _TOP + (high - taken - gap * (len(several) - 1)) / 2
    found = []
    for one in several:
        found.append((one, y))
        y += float(one.value) * scale + gap
    return found


def _labels(
    several: Sequence[Shown],
    bars: Sequence[tuple[Shown, float]],
    scale: float,
    high: float,
    x: float,
    anchor: Anchor,
    room: float,
) -> list[Label]:
    """Write what each bar is, beside its middle, moved where two would cover each other."""
    middles = [y + float(one.value) * scale / 2 for one, y in bars]
    places = spread(middles, _LINE, _TOP + _LINE / 2, _TOP + high - _LINE / 2)
    labels = []
    for one, y in zip(several, places, strict=True):
        figure = f" {one.value}"
        text = cut(one.label, _SIZE, room - text_width(figure, _SIZE)) + figure
        labels.append(Label(x, y + _SIZE * 0.36, text, _SIZE, anchor))
    return labels


def _description(sources: Sequence[Shown], goals: Sequence[Shown]) -> str:
    return messages.say("picture.flow", "zh", sources=_told(sources), goals=_told(goals))


def _told(several: Sequence[Shown]) -> str:
    return "、".join(f"{one.label} {one.value}" for one in several)
