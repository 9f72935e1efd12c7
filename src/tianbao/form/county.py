"""What the office that merges shows of a form, and what it asks of the sums.

In:   the part `[county]` of a definition as written.
Out:  headline, charts and what belongs to one body alone, with every expression bound to cell keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tianbao import expr
from tianbao.expr import Expr
from tianbao.form.model import Chart, County, Figure, Once
from tianbao.form.said import make_check
from tianbao.form.schema import RawChart, RawCounty, RawFigure, RawOnce

#: Binds a rule of that place; None where it cannot be, which is told by then.
Bind = Callable[[str, str], Expr | None]


def build_county(raw: RawCounty, bound: Bind) -> County:
    """Build what the office does with the sums.

    Args:
        raw: as written.
        bound: binds a number's rule at a place; what it cannot bind is left out.
    """
    return County(
        headline=tuple(_figures(raw.headline, "county.headline", bound)),
        charts=tuple(_chart(chart, f"county.charts.{n}", bound) for n, chart in enumerate(raw.charts, start=1)),
        once=tuple(_once(once, f"county.once.{once.code}", bound) for once in raw.once),
    )


def _figures(raw: Iterable[RawFigure], place: str, bound: Bind) -> Iterator[Figure]:
    for n, figure in enumerate(raw, start=1):
        value = bound(figure.value, f"{place}.{n}.value")
        if value is not None:
            yield Figure(figure.label, figure.measure, figure.value, value)


def _chart(raw: RawChart, place: str, bound: Bind) -> Chart:
    return Chart(
        raw.title,
        tuple(_figures(raw.figures, f"{place}.figures", bound)),
        raw.by == "units",
        tuple(_figures(raw.sources, f"{place}.sources", bound)),
    )


def _once(raw: RawOnce, place: str, bound: Bind) -> Once:
    rules = [rule for n, key in enumerate(raw.cells, start=1) if (rule := bound(key, f"{place}.cells.{n}")) is not None]
    return Once(
        make_check(raw, "query"), tuple(cell.key for rule in rules for cell in expr.cells(rule)), tuple(raw.kinds)
    )
