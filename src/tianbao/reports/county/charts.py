"""图表: what the form's definition wants to have drawn, where there is something to see.

In:   the draft.
Out:  native charts over formulas, so that whoever copies one into a report can change it; no chart of zeros, and none
      of a single bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tianbao import messages
from tianbao.form.model import Amount, Chart
from tianbao.reports.county.draft import CHARTS_SHEET, FIRST_UNIT, HEADS, Draft, number
from tianbao.workbook.book import LinkedSheet
from tianbao.workbook.tables import Content, fill

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart as Drawing

_WIDTHS = (26, 12, 78)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
#: A chart of fewer bars says nothing that a sentence does not; one of more cannot be read.
_FEWEST, _MOST = 2, 25
#: So many rows fill a page.
_PAGE = 62
#: Pixels: of a row, of the chart's width, of a bar, and of what stands around the bars.
_ROW, _WIDTH, _BAR, _AROUND = 20, 540, 26, 90
_ROW_POINTS = 15.0
_COLOUR = "#2F6DB0"
_FONT = {"name": "宋体", "size": 10}


class _Bar(NamedTuple):
    label: str
    value: Amount
    formula: str


def is_worth_drawing(draft: Draft) -> bool:
    """Whether any chart has something to say."""
    return any(len(_bars(draft, chart)) >= _FEWEST for chart in draft.form.county.charts)


def draw_charts(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw the charts, each beside the figures that it shows."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.charts.title", "zh", title=draft.title), _LAST, room=_ROOM, landscape=False)
    row = page = HEADS
    breaks = []
    for chart in draft.form.county.charts:
        bars = _bars(draft, chart)
        if len(bars) >= _FEWEST:
            after = _draw(draft, sheet, row, chart, bars) + 1
            if after - page > _PAGE and row > page:
                breaks.append(row)
                page = row
            row = after
    sheet.set_h_pagebreaks(breaks)
    sheet.print_area(0, 0, row - 1, _LAST)


def _bars(draft: Draft, chart: Chart) -> list[_Bar]:
    """Return what there is to draw: figures in the form's order, units from the largest on; zeros are none."""
    if chart.sources:
        return []  # a flow is drawn in the published report; spreadsheet programs have no chart of it
    if not chart.by_units:
        return [
            _Bar(figure.label, value, draft.formula(figure.value, CHARTS_SHEET, 2))
            for figure in chart.figures
            if (value := draft.total_of(figure, draft.merged))
        ]
    (figure,) = chart.figures[:1]
    units = [
        _Bar(unit.name, value, draft.unit_formula(figure.value, column, CHARTS_SHEET))
        for column, (unit, submission) in enumerate(
            zip(draft.merged.units, draft.merged.submissions, strict=True), start=FIRST_UNIT
        )
        if (value := draft.total_of(figure, submission))
    ]
    return sorted(units, key=lambda bar: -bar.value)


def _draw(draft: Draft, sheet: LinkedSheet, row: int, chart: Chart, bars: Sequence[_Bar]) -> int:
    """Write the figures and draw them; return the row below both."""
    styles = draft.styles
    row = draft.heading(sheet, row, chart.title, _LAST)
    shown = bars[:_MOST]
    first = row
    for bar in shown:
        sheet.set_row(row, _ROW_POINTS)
        sheet.write_string(row, 0, bar.label, styles["audit"])
        fill(sheet, row, 1, Content(styles["figure small"], number(bar.value), bar.formula))
        row += 1
    folded = _folded(draft, chart, bars)
    if folded:
        sheet.merge_range(row, 0, row, 1, folded, styles["small"])
        sheet.set_row(row, 2 * _ROW_POINTS)
    drawing = draft.book.add_chart({"type": "bar"})
    assert drawing is not None
    height = _AROUND + _BAR * len(shown)
    _dress(drawing, chart, first, len(shown), height)
    sheet.insert_chart(first, 2, drawing, {"x_offset": 6, "y_offset": 2, "object_position": 2})
    return max(row + 1, first + height // _ROW + 1)


def _folded(draft: Draft, chart: Chart, bars: Sequence[_Bar]) -> str:
    """Say how many are not drawn, and what they come to."""
    if not chart.by_units:
        return ""
    rest, zeros = bars[_MOST:], len(draft.merged.units) - len(bars)
    told = []
    if rest:
        told.append(messages.say("county.charts.rest", "zh", count=len(rest), sum=sum(bar.value for bar in rest)))
    if zeros:
        told.append(messages.say("county.charts.zeros", "zh", count=zeros))
    return "".join(told)


def _dress(drawing: Drawing, chart: Chart, first: int, count: int, height: int) -> None:
    """Give a chart its figures and a plain look that reads in grey, too."""
    labels, values = (f"='{CHARTS_SHEET}'!${c}${first + 1}:${c}${first + count}" for c in "AB")
    drawing.add_series(
        {
            "name": chart.title,
            "categories": labels,
            "values": values,
            "fill": {"color": _COLOUR},
            "gap": 60,
            "data_labels": {"value": True, "font": _FONT},
        }
    )
    drawing.set_title({"none": True})
    drawing.set_legend({"none": True})
    drawing.set_y_axis({"reverse": True, "num_font": _FONT, "line": {"color": "#7F7F7F"}, "major_tick_mark": "none"})
    drawing.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0, "crossing": "min"})
    drawing.set_size({"width": _WIDTH, "height": height})
    drawing.set_chartarea({"border": {"none": True}})
