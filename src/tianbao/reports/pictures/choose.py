"""Which pictures have something to say; of the others, the sentence that stands in their place.

In:   a form, its figures of this year and last, those of each unit.
Out:  drawings, and sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tianbao import messages
from tianbao.form.model import Chart, Form
from tianbao.records.model import Value
from tianbao.reports.pictures.bars import MOST, draw_bars, draw_years
from tianbao.reports.pictures.drawing import Drawing
from tianbao.reports.pictures.figures import Shown, amount, shown
from tianbao.reports.pictures.flow import draw_flow

#: A picture of fewer bars says nothing that a sentence does not.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a report shows.

    Attributes:
        drawings: those that have something to say.
        told: what stands in the place of the others.
    """

    drawings: tuple[Drawing, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    form: Form
    values: Mapping[str, Value]
    before: Mapping[str, Value] | None
    units: Sequence[tuple[str, Mapping[str, Value]]]
    year: int
    source: str


def draw_pictures(
    form: Form,
    values: Mapping[str, Value],
    *,
    year: int,
    before: Mapping[str, Value] | None = None,
    units: Sequence[tuple[str, Mapping[str, Value]]] = (),
    source: str = "",
) -> Pictures:
    """Draw what a form declares, where there is something to see.

    Args:
        form: that declares the pictures.
        values: this year's, by cell key.
        year: this year.
        before: last year's; None where they are not known.
        units: of each its name and its own values; none for a single unit's report.
        source: what it is made of, said below each picture.
    """
    given = _Given(form, values, before, units, year, source)
    found = [one for chart in form.county.charts for one in _of(chart, given)]
    drawings = tuple(one for one in found if isinstance(one, Drawing))
    told = tuple(one for one in found if isinstance(one, str))
    nothing = [one.title for one in found if isinstance(one, _Nothing)]
    return Pictures(drawings, (*told, *_nothing(nothing)))


class _Nothing(NamedTuple):
    """Of a chart, that all it shows is 0; said of all such in one sentence."""

    title: str


def _nothing(titles: Sequence[str]) -> Iterator[str]:
    if titles:
        yield messages.say("picture.nothing", "zh", titles="、".join(f"“{title}”" for title in titles))


def _of(chart: Chart, given: _Given) -> Iterator[Drawing | str | _Nothing]:
    if chart.by_units:
        yield from _by_units(chart, given)
    elif chart.sources:
        yield from _flow(chart, given)
    else:
        yield from _figures(chart, given)


def _flow(chart: Chart, given: _Given) -> Iterator[Drawing | str | _Nothing]:
    """Draw a flow; where nothing flowed, or all of it one way, or the ends do not agree, a sentence says so."""
    sources, goals = shown(chart.sources, given.values), shown(chart.figures, given.values)
    if sources is None or goals is None:
        return
    came, went = sum(one.value for one in sources), sum(one.value for one in goals)
    facts = {"title": chart.title, "came": came, "went": went, "size": abs(came - went)}
    if came != went:
        yield messages.say("picture.unbalanced", "zh", **facts)
    elif not came:
        yield _Nothing(chart.title)
    elif any(one.value < 0 for one in (*sources, *goals)):
        return
    elif len([one for one in goals if one.value]) < _FEWEST:
        goal = next(one for one in goals if one.value)
        names = "、".join(f"{one.label} {one.amount}" for one in sources if one.value)
        yield messages.say("picture.one_way", "zh", sources=names, goal=goal.label)
    else:
        yield draw_flow(chart.title, sources, goals, source=given.source)


def _figures(chart: Chart, given: _Given) -> Iterator[Drawing | str | _Nothing]:
    """Draw figures beside last year's; without these, where they say more than the flow that shows the same ones."""
    now = shown(chart.figures, given.values)
    if now is None or any(one.value < 0 for one in now):
        return
    before = shown(chart.figures, given.before) if given.before is not None else None
    several = sum(bool(one.value) for one in now)
    if not several and not (before and any(one.value for one in before)):
        #: What the flow shows as well, it says already.
        if not _is_in_flow(chart, given.form):
            yield _Nothing(chart.title)
        return
    if before and any(one.value > 0 for one in before) and several + sum(bool(one.value) for one in before) > _FEWEST:
        title = messages.say("picture.beside", "zh", title=chart.title)
        yield draw_years(title, now, before, year=given.year, source=given.source)
    elif several >= _FEWEST and not _is_in_flow(chart, given.form):
        yield draw_bars(chart.title, [one for one in now if one.value], source=given.source)
    elif several == 1 and not _is_in_flow(chart, given.form):
        (only,) = [one for one in now if one.value]
        yield messages.say("picture.only", "zh", title=chart.title, label=only.label, count=only.amount)


def _is_in_flow(chart: Chart, form: Form) -> bool:
    rules = {figure.rule for figure in chart.figures}
    return any(rules <= {figure.rule for figure in flow.figures} for flow in form.county.charts if flow.sources)


def _by_units(chart: Chart, given: _Given) -> Iterator[Drawing | str | _Nothing]:
    """Draw one figure of every unit, the largest first; zeros and what there is no room for come to one line."""
    (figure,) = chart.figures[:1]
    known = [(name, value) for name, values in given.units if (value := amount(figure, values)) is not None]
    bars = sorted(
        (Shown(name, value, figure.measure) for name, value in known if value > 0), key=lambda one: -one.value
    )
    if len(given.units) < _FEWEST:
        return
    if not bars:
        yield _Nothing(chart.title)
        return
    #: One more takes no more room than the line that says that there is one more.
    drawn, rest = (bars, []) if len(bars) == MOST + 1 else (bars[:MOST], bars[MOST:])
    zeros = sum(not value for _, value in known)
    said = []
    if rest:
        total = Shown("", sum(one.value for one in rest), figure.measure)
        said.append(messages.say("picture.rest", "zh", count=len(rest), total=total.amount))
    if zeros:
        said.append(messages.say("picture.zeros", "zh", count=zeros))
    if len(bars) < _FEWEST:
        facts = {"name": bars[0].label, "count": bars[0].amount, "label": figure.label}
        yield messages.say("picture.one_unit", "zh", zeros=zeros, **facts)
        return
    yield draw_bars(chart.title, drawn, rest="；".join(said), source=given.source)
