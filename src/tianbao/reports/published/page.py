"""The report as one self-contained page: for the portal, the notice board and the printer.

    Report ──▶ what the page says ──templates/reports/report.html──▶ one .html, which fetches nothing from anywhere

In:   a report.
Out:  a page, the same bytes for the same report.
Knows nothing of campaigns and Word. What the page looks like stands in its template.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.assets import templates_folder
from tianbao.form.printed import Part, PrintedCell, PrintedTable, Role
from tianbao.records.model import Value
from tianbao.reports.published.appendix import comparison_table
from tianbao.reports.published.fit import Room, fitted, is_list
from tianbao.reports.published.printing import (
    clean,
    headline,
    is_indented,
    is_left,
    is_text,
    paragraphs,
    printed_value,
    signed_on,
    subheading,
    used,
)
from tianbao.reports.published.report import Report
from tianbao.reports.published.target import Target, store

if TYPE_CHECKING:
    from jinja2 import Template

#: A4 between the margins, below a heading; the same as Word's.
_PAPER = Room(width=442.0, height=590.0, size=10.5)
#: How a table of so many columns at most looks.
_LOOKS = ((5, "few"), (12, "wide"), (sys.maxsize, "many"))


def write_page(report: Report, target: Target) -> None:
    """Write a report as a page.

    Args:
        report: what it says.
        target: a path, or a file opened for writing.
    """
    store(target, _template().render(_said(report)).encode())


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = (templates_folder() / "reports" / "report.html").read_text(encoding="utf-8")
    return environment.from_string(source)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the page has it.

    Attributes:
        tag: `th` or `td`.
        scope: of a head: `col`, `colgroup`, `row`, `rowgroup`; empty for an answer.
        look: how it is set.
    """

    tag: str
    scope: str
    look: str
    text: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table as the page has it: what it is called, the rows that are repeated on each printed page, and the others.

    Attributes:
        look: whether it has few columns, or many.
        is_whole: it is printed on one page.
        size: of its characters in print; `widths` of its columns.
    """

    caption: str
    look: str
    is_whole: bool
    size: str
    widths: tuple[str, ...]
    heads: tuple[tuple[Shown, ...], ...]
    rows: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its sub-heading, what follows it, and whether it brings its own indent."""

    head: str
    text: str
    is_indented: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the report as the page has it."""

    heading: str
    lines: tuple[Line, ...]
    tables: tuple[Ruled, ...]
    is_draft: bool


def _said(report: Report) -> Mapping[str, object]:
    comparison = report.comparison
    return {
        "issuer": clean(report.issuer),
        "title": report.title,
        "warnings": [clean(warning) for warning in report.warnings],
        "figures": headline(report),
        "parts": [_piece(report, part) for part in report.parts],
        "signed_on": signed_on(report),
        "pictures": [
            (clean(each.title), _drawn(report, n), clean(each.source)) for n, each in enumerate(report.pictures)
        ],
        "told": [clean(sentence) for sentence in report.told],
        "compared": _compared(report),
        "compared_told": [clean(sentence) for sentence in comparison.told] if comparison else [],
        "has_appendix": bool(report.pictures or report.told or comparison),
        "say": lambda name: messages.say(f"published.{name}", "zh"),
    }


def _piece(report: Report, part: Part) -> Piece:
    lines = [Line(*subheading(line), is_indented(line)) for line in paragraphs(report, part.text)] if part.text else []
    tables = (_ruled(used(table, report.values), part.name, n, report.values) for n, table in enumerate(part.tables))
    is_draft = part.text is not None and part.text.key in report.drafted
    return Piece(part.heading, tuple(lines), tuple(tables), is_draft)


def _ruled(table: PrintedTable, name: str, number: int, values: Mapping[str, Value]) -> Ruled:
    answers = {cell.key: printed_value(values[cell.key]) for cell in table.cells if cell.key}
    words = frozenset(key for key in answers if is_text(table, key))
    return _laid_out(table, answers, words, f"{name}（{number + 1}）" if number else name)


def _compared(report: Report) -> Ruled | None:
    if report.comparison is None or not report.comparison.lines:
        return None
    filled = comparison_table(report.comparison)
    return _laid_out(filled.printed, filled.answers, filled.words, messages.say("published.compared", "zh"))


def _laid_out(table: PrintedTable, answers: Mapping[str, str], words: frozenset[str], caption: str) -> Ruled:
    rows = [
        tuple(_shown(cell, answers.get(cell.key, cell.text), is_left=is_left(cell, words)) for cell in row)
        for row in table.by_row()
    ]
    look = next(look for most, look in _LOOKS if table.columns <= most)
    fit = fitted(table, answers, words, _PAPER)
    widths = tuple(f"{width / _PAPER.width:.2%}" for width in fit.widths)
    is_whole = fit.height <= _PAPER.height and not is_list(table)
    return Ruled(
        caption, look, is_whole, f"{fit.size:g}pt", widths, tuple(rows[: table.heads]), tuple(rows[table.heads :])
    )


def _shown(cell: PrintedCell, text: str, *, is_left: bool) -> Shown:
    looks = [cell.role.value]
    if is_left:
        looks.append("left")
    if cell.role is Role.ANSWER and not is_left:
        looks.append("number")
    tag = "td" if cell.role is Role.ANSWER else "th"
    return Shown(tag, _scope(cell), " ".join(looks), text, cell.rows, cell.columns)


def _scope(cell: PrintedCell) -> str:
    match cell.role:
        case Role.TITLE:
            return "colgroup"
        case Role.HEAD | Role.CORNER:
            return "colgroup" if cell.columns > 1 else "col"
        case Role.LABEL:
            return "rowgroup" if cell.rows > 1 else "row"
        case Role.ANSWER:
            return ""


def _drawn(report: Report, number: int) -> str:
    """Draw a picture; it escapes its own texts, and is put into the page as it is."""
    from tianbao.reports.pictures.svg import draw_svg

    return draw_svg(report.pictures[number], name=f"picture-{number + 1}")
