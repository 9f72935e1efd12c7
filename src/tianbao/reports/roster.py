"""The roster as a workbook to be filled in: one line a unit, and a page that says what each column is for.

    名录 │ 填写说明

In:   lines as texts, by heading.
Out:  a workbook whose first sheet is the list; the lines of the example stand on the second, where nobody takes them for units.
Knows nothing of what becomes of the units.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tianbao import messages

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tianbao.workbook.styles import Styles

ORDER, CODE, NAME, KIND, PARENT = "序号", "代码", "名称", "类别", "上级"
CONTACT, TELEPHONE, EMAIL = "联系人", "电话", "邮箱"
COUNTS, EXEMPT, MERGED_INTO, NOTE = "计入全县", "免报", "并入", "备注"
HEADINGS = (ORDER, CODE, NAME, KIND, PARENT, CONTACT, TELEPHONE, EMAIL, COUNTS, EXEMPT, MERGED_INTO, NOTE)
#: Those without which a line names no unit.
NEEDED = (CODE, NAME)
YES, NO = "是", "否"

LIST_SHEET, GUIDE_SHEET = "名录", "填写说明"

_KINDS = ("乡镇", "街道", "部门", "其他")
_LARGEST_ORDER = 999_999

#: So many lines are ready to be filled in, and so many at least below those that are filled.
_LINES, _SPARE = 200, 50
_TITLE_ROW, _HINT_ROW, _HEAD_ROW = 0, 1, 2
_FIRST_LINE = _HEAD_ROW + 1

#: 填写说明: what a column is called stands over two columns; the rest says what goes into it.
_ABOUT = 2
#: Points of a line: some air around the words.
_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class _Column:
    """How a column looks, and the name of what is said about it in the catalogues."""

    width: float
    style: str
    word: str


_COLUMNS: Mapping[str, _Column] = {
    ORDER: _Column(6, "audit centre", "order"),
    CODE: _Column(13, "listed text", "code"),
    NAME: _Column(26, "audit", "name"),
    KIND: _Column(10, "audit centre", "kind"),
    PARENT: _Column(16, "listed text", "parent"),
    CONTACT: _Column(10, "audit", "contact"),
    TELEPHONE: _Column(15, "listed text", "telephone"),
    EMAIL: _Column(25, "audit", "email"),
    COUNTS: _Column(9, "audit centre", "counts"),
    EXEMPT: _Column(7, "audit centre", "exempt"),
    MERGED_INTO: _Column(13, "listed text", "merged_into"),
    NOTE: _Column(24, "audit", "note"),
}

#: Invented units: a township, a department, one that its department answers for, one that was merged into another.
_EXAMPLE: Sequence[Mapping[str, str]] = (
    {
        ORDER: "1",
        CODE: "999901101",
        NAME: "清河镇（示例）",
        KIND: "乡镇",
        CONTACT: "赵文静",
        TELEPHONE: "000-0000101",
        EMAIL: "unit101@example.org",
        COUNTS: YES,
        EXEMPT: NO,
    },
    {
        ORDER: "2",
        CODE: "999901201",
        NAME: "县教育局（示例）",
        KIND: "部门",
        CONTACT: "周建平",
        TELEPHONE: "000-0000201",
        EMAIL: "unit201@example.org",
        COUNTS: YES,
        EXEMPT: NO,
    },
    {
        ORDER: "3",
        CODE: "999901231",
        NAME: "县教师进修学校（示例）",
        KIND: "其他",
        PARENT: "999901201",
        CONTACT: "冯丽华",
        TELEPHONE: "000-0000231",
        COUNTS: NO,
        EXEMPT: YES,
        NOTE: "数由县教育局一并报送",
    },
    {
        ORDER: "4",
        CODE: "999901107",
        NAME: "望山乡（示例）",
        KIND: "乡镇",
        COUNTS: YES,
        EXEMPT: NO,
        MERGED_INTO: "999901101",
        NOTE: "今年并入清河镇",
    },
)


def write_roster_book(
    lines: Sequence[Mapping[str, str]], target: str | os.PathLike[str] | BinaryIO, *, county: str = ""
) -> None:
    """Write the workbook of a roster.

    Args:
        lines: those it holds already, each by heading.
        target: a path, written whole or not at all; or an open binary file.
        county: the name of the county, for the title.
    """
    from tianbao.workbook.write import write_whole

    data = _workbook(lines, messages.say("roster.title", "zh", county=county))
    if isinstance(target, str | os.PathLike):
        write_whole(Path(target), data)
    else:
        target.write(data)


def _workbook(lines: Sequence[Mapping[str, str]], title: str) -> bytes:
    from xlsxwriter import Workbook

    from tianbao.workbook.book import TextSheet
    from tianbao.workbook.styles import Styles
    from tianbao.workbook.write import CREATED

    buffer = io.BytesIO()
    book = Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.worksheet_class = TextSheet
    book.set_properties({"title": title, "author": "", "company": "", "created": CREATED})
    styles = Styles(book)
    _draw_list(book.add_worksheet(LIST_SHEET), styles, lines, title)
    _draw_guide(book.add_worksheet(GUIDE_SHEET), styles)
    book.close()
    return buffer.getvalue()


# ── 名录 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _draw_list(sheet: Worksheet, styles: Styles, lines: Sequence[Mapping[str, str]], title: str) -> None:
    """Draw the list: its title, its headings, the lines that it holds, and room for more."""
    room = max(_LINES, len(lines) + _SPARE)
    _set_up(sheet)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, len(HEADINGS) - 1, title, styles["title"])
    sheet.set_row(_TITLE_ROW, 30)
    sheet.merge_range(_HINT_ROW, 0, _HINT_ROW, len(HEADINGS) - 1, messages.say("roster.hint", "zh"), styles["small"])
    sheet.set_row(_HINT_ROW, 18)
    _draw_heads(sheet, styles, _HEAD_ROW)
    blanks: Sequence[Mapping[str, str]] = [{}] * (room - len(lines))
    for row, line in enumerate((*lines, *blanks), start=_FIRST_LINE):
        _draw_line(sheet, styles, row, line)
    for column, heading in enumerate(HEADINGS):
        _ask(sheet, column, heading, last=_HEAD_ROW + room)
    sheet.freeze_panes(_FIRST_LINE, HEADINGS.index(NAME) + 1)
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + room, len(HEADINGS) - 1)
    sheet.repeat_rows(_TITLE_ROW, _HEAD_ROW)
    sheet.ignore_errors({"number_stored_as_text": f"A1:L{_HEAD_ROW + room + 1}"})


def _draw_heads(sheet: Worksheet, styles: Styles, row: int) -> None:
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(row, column, heading, styles[_head(heading)])
    sheet.set_row(row, 24)


def _head(heading: str) -> str:
    return "needed head" if heading in NEEDED else "audit head"


def _draw_line(sheet: Worksheet, styles: Styles, row: int, line: Mapping[str, str]) -> None:
    from tianbao.workbook.layout import text_height

    sheet.set_row(row, max(_HEIGHT, *(text_height(line.get(h, ""), look.width) for h, look in _COLUMNS.items())))
    for column, (heading, look) in enumerate(_COLUMNS.items()):
        said, style = line.get(heading, ""), styles[look.style]
        if not said:
            sheet.write_blank(row, column, None, style)
        elif heading == ORDER:
            sheet.write_number(row, column, int(said), style)
        else:
            sheet.write_string(row, column, said, style)


def _ask(sheet: Worksheet, column: int, heading: str, *, last: int) -> None:
    """Say at each cell of a column what it is for, and offer the answers where there are a few."""
    asked: dict[str, object] = {
        "validate": "any",
        "input_title": heading,
        "input_message": messages.say(f"roster.prompt.{_COLUMNS[heading].word}", "zh"),
        "error_title": heading,
    }
    if heading == ORDER:
        wrong = messages.say("roster.wrong.order", "zh")
        asked |= {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": _LARGEST_ORDER}
        asked |= {"error_message": wrong}
    elif heading == KIND:
        #: Another kind is as good: it is asked about and let pass.
        wrong = messages.say("roster.wrong.kind", "zh")
        asked |= {"validate": "list", "source": list(_KINDS), "error_type": "warning", "error_message": wrong}
    elif heading in (COUNTS, EXEMPT):
        wrong = messages.say("roster.wrong.choice", "zh")
        asked |= {"validate": "list", "source": [YES, NO], "error_message": wrong}
    sheet.data_validation(_FIRST_LINE, column, last, column, asked)


# ── 填写说明 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _draw_guide(sheet: Worksheet, styles: Styles) -> None:
    """Explain every column in a line, and show an example."""
    from tianbao.workbook.layout import text_height

    last = len(HEADINGS) - 1
    _set_up(sheet)
    sheet.merge_range(0, 0, 0, last, messages.say("roster.guide", "zh"), styles["title"])
    sheet.set_row(0, 30)
    room = sum(look.width for look in list(_COLUMNS.values())[_ABOUT:])
    for row, (heading, look) in enumerate(_COLUMNS.items(), start=1):
        about = messages.say(f"roster.about.{look.word}", "zh")
        sheet.merge_range(row, 0, row, _ABOUT - 1, heading, styles[_head(heading)])
        sheet.merge_range(row, _ABOUT, row, last, about, styles["audit"])
        sheet.set_row(row, max(_HEIGHT, text_height(about, room)))
    row = len(HEADINGS) + 2
    sheet.merge_range(row, 0, row, last, messages.say("roster.example", "zh"), styles["heading"])
    sheet.set_row(row, _HEIGHT)
    _draw_heads(sheet, styles, row + 1)
    for n, line in enumerate(_EXAMPLE, start=row + 2):
        _draw_line(sheet, styles, n, line)


def _set_up(sheet: Worksheet) -> None:
    from tianbao.workbook.tables import set_up_page

    for column, look in enumerate(_COLUMNS.values()):
        sheet.set_column(column, column, look.width)
    set_up_page(sheet, landscape=True)
