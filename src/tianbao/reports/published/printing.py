"""How the answers of a report are printed, the same in every format.

    report ──┬─ printed_value ──▶ 12.5, 2025-03-01, or nothing
             ├─ used ───────────▶ a table without the spare lines of its lists
             └─ headline ───────▶ the figures that people ask for first

In:   a report.
Out:  texts and grids.
Knows nothing of files and styles.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from tianbao import expr, messages
from tianbao.expr.sentence import written
from tianbao.form.model import Amount, CellType, Shape, Table, Text
from tianbao.form.printed import PrintedCell, PrintedTable, Role
from tianbao.records.model import Value
from tianbao.reports.published.report import Compared, Report

#: What no XML can hold; a text that came from a workbook may, as `_x000B_`.
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: A label that is counted stands on the left, as in the official form; any other in the middle.
_COUNTED = re.compile(r"\d+\.|（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、")
#: A sub-heading: a short paragraph as a whole, else its first sentence.
_SUBHEADING = re.compile(r"（[一二三四五六七八九十]+）[^。\n]{1,30}(?:。|$)")

#: So many figures stand in one row above the report.
_MOST_FIGURES = 4


def clean(text: str) -> str:
    """Leave out the characters that neither Word nor a page can hold."""
    return _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def printed_value(value: Value) -> str:
    """Print an answer: a number exactly, a blank as nothing.

    >>> printed_value(0), printed_value(None)
    ('0', '')
    """
    if value is None:
        return ""
    return written(value) if isinstance(value, Amount) else clean(str(value))


def paragraphs(report: Report, text: Text) -> list[str]:
    """Return the paragraphs of a text; one that is empty where nothing was written."""
    return clean(report.texts.get(text.key, "")).split("\n")


def is_indented(line: str) -> bool:
    """Tell whether a paragraph begins with blanks of its own, as it does where it was pasted with them.

    >>> is_indented("　　今年"), is_indented("今年")
    (True, False)
    """
    return line.startswith(("\u3000", "\t", "  "))


def subheading(line: str) -> tuple[str, str]:
    """Part a paragraph into the sub-heading that it begins with, if it does, and what follows.

    >>> subheading("（一）主动公开。全年公开5件。"), subheading("无。")
    (('（一）主动公开。', '全年公开5件。'), ('', '无。'))
    """
    match = _SUBHEADING.match(line)
    return (match[0], line[match.end() :]) if match else ("", line)


def signed_on(report: Report) -> str:
    """Write the date below the report, or leave room for it."""
    day = report.signed_on
    return f"{day.year}年{day.month}月{day.day}日" if day else messages.say("published.undated", "zh")


def used(table: PrintedTable, values: Mapping[str, Value]) -> PrintedTable:
    """Leave out the spare lines at the end of detail lists; the first line stays, so that a list is seen to be empty."""
    spare = {row for part in table.tables if part.shape is Shape.LIST for row in _spare_rows(part, table, values)}
    if not spare:
        return table
    above = [sum(1 for row in spare if row < n) for n in range(table.rows)]
    cells = (replace(cell, row=cell.row - above[cell.row]) for cell in table.cells if cell.row not in spare)
    return replace(table, cells=tuple(cells), rows=table.rows - len(spare))


def _spare_rows(part: Table, table: PrintedTable, values: Mapping[str, Value]) -> list[int]:
    row_of = {cell.key: cell.row for cell in table.cells if cell.key}
    width = len(part.columns)
    lines = [part.cells[at : at + width] for at in range(0, len(part.cells), width)]
    filled = [n for n, line in enumerate(lines) if any(values[cell.key] is not None for cell in line)]
    return [row_of[line[0].key] for line in lines[max(filled, default=0) + 1 :]]


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that is told before the report."""

    label: str
    value: str
    measure: str


def headline(report: Report) -> tuple[Told, ...]:
    """Compute the first figures that people ask for; one of which a part is blank, or does not apply, is not known."""
    known = {key: value for key, value in report.values.items() if isinstance(value, Amount)}

    def figure(value: expr.Expr) -> str:
        is_known = all(cell.key in known for cell in expr.cells(value))
        result = expr.evaluate(value, known.get) if is_known else None
        return written(result if isinstance(result, Amount) else None)

    figures = report.form.county.headline[:_MOST_FIGURES]
    return tuple(Told(told.label, figure(told.value), told.measure) for told in figures)


def compared(line: Compared) -> tuple[str, ...]:
    """Print a line of the comparison: table, cell, measure, this year, last year, change with its sign."""
    change = f"{'+' if line.change > 0 else ''}{written(line.change)}" if line.change else "0"
    figures = (written(line.now), written(line.before), change)
    return (clean(line.place), clean(line.label), line.measure, *figures)


def is_text(table: PrintedTable, key: str) -> bool:
    """Tell whether an answer is words, which are read from the left."""
    return any(cell.type is CellType.TEXT for part in table.tables for cell in part.cells if cell.key == key)


def is_left(cell: PrintedCell, words: Collection[str]) -> bool:
    """Tell whether a cell is read from the left: words, and labels that are counted."""
    if cell.role is Role.LABEL:
        return cell.rows == 1 and _COUNTED.match(cell.text) is not None
    return cell.key in words
