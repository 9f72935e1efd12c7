"""The workbook of a round's progress: who stands where, whom to call, what waits for the office, what was found.

    审核情况 (a line a unit) │ 催报名单 │ 待办 (what the office must say) │ 审核意见 (a line a finding) │ 明细

In:   titles and lines of words, as the status is shown everywhere.
Out:  a workbook to be printed, filtered, and handed to whoever asks.
Knows nothing of campaigns.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tianbao.workbook.layout import a1, text_height
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import set_up_page

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_TITLE_HEIGHT, _LINE_HEIGHT = 30, 20.0
#: What stands in a column as narrow as this stands in its middle.
_NARROW = 8
#: Of a cell by its first sign: how it looks.
_BY_SIGN = {"×": "listed error", "▲": "listed error", "△": "listed query", "●": "listed query", "√": "listed explained"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        width: in characters.
        by_sign: what stands in it is coloured by its first sign, which says the same.
    """

    head: str
    width: float
    by_sign: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A sheet with one list.

    Attributes:
        above: sentences between the title and the list.
        empty: stands in the place of the list where it has no lines.
    """

    sheet: str
    title: str
    above: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: Sequence[Sequence[str]]
    empty: str


def write_progress(listings: Sequence[Listing]) -> bytes:
    """Write a workbook with a sheet a list."""
    from xlsxwriter import Workbook

    from tianbao.workbook.book import TextSheet
    from tianbao.workbook.write import CREATED

    buffer = io.BytesIO()
    book = Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.worksheet_class = TextSheet
    book.set_properties({"title": listings[0].title, "author": "", "company": "", "created": CREATED})
    styles = Styles(book)
    for listing in listings:
        _draw(book.add_worksheet(listing.sheet), styles, listing)
    book.close()
    return buffer.getvalue()


def _draw(sheet: Worksheet, styles: Styles, listing: Listing) -> None:
    last = len(listing.columns) - 1
    set_up_page(sheet)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4)
    for column, look in enumerate(listing.columns):
        sheet.set_column(column, column, look.width)
    sheet.merge_range(0, 0, 0, last, listing.title, styles["title"])
    sheet.set_row(0, _TITLE_HEIGHT)
    room = sum(column.width for column in listing.columns)
    for row, line in enumerate(listing.above, start=1):
        sheet.merge_range(row, 0, row, last, line, styles["plain"])
        sheet.set_row(row, max(_LINE_HEIGHT, text_height(line, room)))
    head = len(listing.above) + 1
    if not listing.lines:
        sheet.merge_range(head, 0, head, last, listing.empty, styles["plain"])
        return
    for column, look in enumerate(listing.columns):
        sheet.write_string(head, column, look.head, styles["audit head"])
    sheet.set_row(head, 24)
    for row, fields in enumerate(listing.lines, start=head + 1):
        heights = [text_height(field, look.width) for field, look in zip(fields, listing.columns, strict=True)]
        sheet.set_row(row, max(_LINE_HEIGHT, *heights))
        for column, (field, look) in enumerate(zip(fields, listing.columns, strict=True)):
            sheet.write_string(row, column, field, _style(styles, field, look))
    end = head + len(listing.lines)
    sheet.freeze_panes(head + 1, min(3, last))
    sheet.autofilter(head, 0, end, last)
    sheet.repeat_rows(head)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{a1(end + 1, last + 1)}"})


def _style(styles: Styles, field: str, look: Column) -> Format:
    if look.by_sign:
        return styles[_BY_SIGN.get(field[:1], "audit centre")]
    return styles["audit centre" if look.width <= _NARROW else "audit"]
