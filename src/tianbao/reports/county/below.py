"""下级来源: where units have merged themselves, every figure of those below them, down to the lowest that is known.

In:   the draft.
Out:  the sheet: a line a figure, with the way that leads to it; to be filtered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tianbao import messages
from tianbao.merge.parts import DeepSource, deep_sources, summed
from tianbao.reports.county.draft import HEADS, Draft, line_height, number
from tianbao.workbook.book import LinkedSheet

#: The way, the unit's code, the unit, table, what it is, key, figure, file, sheet, cell.
_WIDTHS = (40, 13, 24, 13, 56, 30, 12, 30, 18, 7)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_LABEL, _VALUE = 4, 6
#: A sheet has 1,048,576 rows; a whole province has a third of them.
_MOST = 1_000_000


def is_worth_drawing(draft: Draft) -> bool:
    """Whether any unit has merged itself."""
    return any(submission.provenance is not None for submission in draft.merged.submissions)


def draw_below(draft: Draft, sheet: LinkedSheet) -> None:
    """Draw the lines."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.below.title", "zh", title=draft.title), _LAST, room=_ROOM)
    for column, head in enumerate(messages.say("county.below_heads", "zh").split("|")):
        sheet.write_string(HEADS, column, head, draft.styles["audit head"])
    looks = {_VALUE: "data number", _LAST: "data centre"}
    styles = [draft.styles[looks.get(column, "data")] for column in range(_LAST + 1)]
    height = line_height(_WIDTHS, (0, 2, _LABEL, 7))
    written = sheet.write_lines(HEADS + 1, islice(_lines(draft), _MOST), styles, height=height)
    sheet.freeze_panes(HEADS + 1, 3)
    sheet.autofilter(HEADS, 0, HEADS + max(written, 1), _LAST)
    sheet.repeat_rows(HEADS)


def _lines(draft: Draft) -> Iterator[tuple[str | float | None, ...]]:
    for key in summed(draft.form):
        table = draft.form.table_of(key)
        about = (table.short if table else "", draft.form.short_label(key), key)
        for source in deep_sources(draft.merged, key):
            if len(source.path) > 1 or source.booking is not None:
                unit, origin = source.path[-1], source.origin
                place = (origin.file, origin.sheet, origin.cell)
                yield _way(source), unit.code, unit.name, *about, number(source.value), *place


def _way(source: DeepSource) -> str:
    """Name the units that lead to a figure; what an office on the way booked is said to be that."""
    way = " → ".join(unit.name for unit in source.path)
    if source.booking is None:
        return way
    return messages.say("county.below.booking", "zh", way=way, note=source.booking.note)
