"""数据: every figure of every unit in a line of its own, with where it was written; to be filtered, sorted and copied.

In:   the draft.
Out:  the sheet, and as many more as there are lines for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from tianbao import messages
from tianbao.form.model import Cell
from tianbao.records.model import Answer, State, Submission, Unit
from tianbao.reports.county.draft import DATA_SHEET, HEADS, Draft, line_height, number
from tianbao.workbook.book import LinkedSheet

#: Unit's code, unit, table, what it is, key, figure, how it stands, measure, file, sheet, cell.
_WIDTHS = (13, 24, 13, 56, 30, 12, 9, 8, 30, 18, 7)
_ROOM = float(sum(_WIDTHS))
_LAST = len(_WIDTHS) - 1
_LABEL, _VALUE = 3, 5
#: A sheet has 1,048,576 rows.
_MOST = 1_000_000

_Line = tuple[Unit, Submission, Cell, Answer]


def data_sheets(draft: Draft) -> list[str]:
    """Name the sheets that the lines need."""
    lines = len(draft.merged.units) * len(draft.lines)
    return [DATA_SHEET, *(f"{DATA_SHEET}{n}" for n in range(2, 1 + max(1, -(-lines // _MOST))))]


def draw_data(draft: Draft, sheets: Sequence[LinkedSheet], told: Callable[[Unit], None]) -> None:
    """Draw the lines, a unit after the other.

    Args:
        draft: of the workbook.
        sheets: as many as `data_sheets` has named.
        told: is called for each unit whose lines begin.
    """
    lines = _lines(draft, told)
    about = {
        cell.key: (table.short if (table := draft.form.table_of(cell.key)) else "", draft.form.short_label(cell.key))
        for cell in draft.numbers()
    }
    states = {state: messages.say(f"county.state.{state.value}", "zh") for state in State}
    for sheet in sheets:
        _draw(draft, sheet, islice(lines, _MOST), about, states)


def _lines(draft: Draft, told: Callable[[Unit], None]) -> Iterator[_Line]:
    cells = list(draft.numbers())
    for unit, submission in zip(draft.merged.units, draft.merged.submissions, strict=True):
        told(unit)
        for cell in cells:
            yield unit, submission, cell, submission.answers[cell.key]


def _draw(
    draft: Draft,
    sheet: LinkedSheet,
    lines: Iterable[_Line],
    about: dict[str, tuple[str, str]],
    states: dict[State, str],
) -> None:
    styles = draft.styles
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    draft.head(sheet, messages.say("county.data.title", "zh", title=draft.title), _LAST, room=_ROOM)
    for column, head in enumerate(messages.say("county.data_columns", "zh").split("|")):
        sheet.write_string(HEADS, column, head, styles["audit head"])
    looks = {_VALUE: "data number", 6: "data centre", 7: "data centre", 10: "data centre"}
    written = sheet.write_lines(
        HEADS + 1,
        (
            (
                *(unit.code, unit.name, *about[cell.key], cell.key, number(answer.value)),
                *(states[answer.state], cell.measure, submission.file, answer.sheet, answer.cell),
            )
            for unit, submission, cell, answer in lines
        ),
        [styles[looks.get(column, "data")] for column in range(_LAST + 1)],
        height=line_height(_WIDTHS, (1, _LABEL, 8)),
    )
    sheet.freeze_panes(HEADS + 1, 2)
    sheet.autofilter(HEADS, 0, HEADS + max(written, 1), _LAST)
    sheet.repeat_rows(HEADS)
