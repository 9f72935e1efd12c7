"""Where everything stands in a workbook: cell key → sheet, row, column. Writer and reader both ask here.

    填表说明 │ 封面 │ one sheet a section with tables │ 文字部分 │ 审核 │ _tianbao (hidden)

Every sheet that people fill begins with a hidden row and a hidden column of keys, so that a cell is found again by
`key in column A` + `key in the key row` wherever it has been moved to. A key row begins with `#` and the block's name;
where a block has but one column of answers its key row says `=`, and column A alone is the key.

In:   a form.
Out:  places, printed labels with their extent, column widths and row heights.
Knows nothing of values, styles or files.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from itertools import groupby

from tianbao import messages
from tianbao.expr import Area, Place
from tianbao.form.model import Cell, Form, Instance, Kind, Section, Severity, Shape, Table, Text
from tianbao.form.printed import label_depth, printed_columns

GUIDE_SHEET = "填表说明"
COVER_SHEET = "封面"
TEXT_SHEET = "文字部分"
AUDIT_SHEET = "审核"
MACHINE_SHEET = "_tianbao"

#: Column A holds the keys, row 1 the marker of the sheet; both are hidden.
KEY_COLUMN = 1
STRIP_ROW = 2
LEGEND_ROW = 3
TITLE_ROW = 4
UNIT_ROW = 5
FIRST_ROW = 6
FIRST_COLUMN = 2

#: In a key row: the answer below has the whole key in column A.
WHOLE_KEY = "="

#: Columns of the cover, the texts and the audit sheet.
LABEL_COLUMN = 2
ANSWER_COLUMN = 3
GUIDANCE_COLUMN = 4
TEXT_COLUMN = 2
#: Code, severity, place, what must hold, left, right, difference, verdict, explanation.
AUDIT_COLUMNS = tuple(range(2, 11))
EXPLANATION_COLUMN = AUDIT_COLUMNS[-1]

#: On the hidden sheet: last year's figures begin here, below the identity.
_PRIOR_ROW = 21

_LINE = 15.0
ROW_HEIGHT = 21.0
_MOST_GRID_COLUMNS = 24
_A4_PORTRAIT = 92.0
_A4_LANDSCAPE = 138.0


class Role(Enum):
    """What a printed box is."""

    BLOCK_TITLE = "block title"
    CORNER = "corner"
    HEAD = "head"
    ROW_LABEL = "row label"
    PRIOR_LABEL = "prior label"


@dataclass(frozen=True, slots=True)
class Box:
    """A printed label and the cells it spans, ends included."""

    row: int
    column: int
    last_row: int
    last_column: int
    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Answer:
    """The place of one answer, and the last column where it is printed wider than one."""

    key: str
    cell: Cell
    place: Place
    last_column: int


@dataclass(frozen=True, slots=True)
class Block:
    """One table on its sheet.

    Attributes:
        key_row: hidden; `#<table>` in column A, and the keys of the columns.
        row_keys: row → what stands in column A.
        column_keys: column → what stands in the key row.
        prior: last year's figures beside the table: key (`prior.…`) → place.
        head: first and last row of the printed heads.
    """

    table: Table
    key_row: int
    row_keys: Mapping[int, str]
    column_keys: Mapping[int, str]
    boxes: tuple[Box, ...]
    answers: tuple[Answer, ...]
    prior: Mapping[str, Place]
    prior_rows: tuple[int, ...]
    head: tuple[int, int]
    last_row: int


@dataclass(frozen=True, slots=True)
class TableSheet:
    """The sheet of one section.

    Attributes:
        last_column: of the printed tables; what stands further right is for the screen only.
        flags: hidden cells, one for each check instance that touches this sheet: 1 while it does not hold.
    """

    name: str
    section: Section
    blocks: tuple[Block, ...]
    last_column: int
    widths: Mapping[int, float]
    heights: Mapping[int, float]
    signature_row: int
    flags: Mapping[str, Place]
    flag_column: int

    @property
    def repeated(self) -> tuple[int, int] | None:
        """First and last row to repeat on each printed page: the heads, where the sheet has one table."""
        return self.blocks[0].head if len(self.blocks) == 1 else None

    @property
    def frozen_row(self) -> int:
        """The last row that stays in sight."""
        return self.blocks[0].head[1] if len(self.blocks) == 1 else LEGEND_ROW


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit sheet.

    Attributes:
        id: of the check instance, or `V-00.<section>` for the line that counts answers of a wrong kind on a sheet.
        section: set for that line only.
        goal: the cell that the line's link leads to.
        explained: the unit may write an explanation beside it.
    """

    id: str
    row: int
    instance: Instance | None
    section: Section | None
    goal: Place
    explained: bool


@dataclass(frozen=True)
class Layout:
    """The whole workbook of a form."""

    form: Form
    sheets: tuple[TableSheet, ...]
    cover: tuple[Answer, ...]
    controls: tuple[Answer, ...]
    control_row: int
    texts: tuple[tuple[Text, int, tuple[Answer, ...]], ...]
    audit: tuple[AuditLine, ...]
    places: Mapping[str, Place] = field(repr=False)
    machine_prior: Mapping[str, Place] = field(repr=False)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Every sheet, in order."""
        return (
            GUIDE_SHEET,
            COVER_SHEET,
            *(sheet.name for sheet in self.sheets),
            TEXT_SHEET,
            AUDIT_SHEET,
            MACHINE_SHEET,
        )


def a1(row: int, column: int) -> str:
    """Write an address as spreadsheets do; one left of a sheet has no letters, and no cell stands there.

    >>> a1(9, 5), a1(1, 28), a1(9, -3)
    ('E9', 'AB1', '9')
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def span(area: tuple[int, int, int, int]) -> str:
    """Write a rectangle as spreadsheets do: first row, first column, last row, last column.

    >>> span((9, 5, 10, 7))
    'E9:G10'
    """
    return f"{a1(area[0], area[1])}:{a1(area[2], area[3])}"


def address(place: Place) -> str:
    """Write a place as people read it: `三、依申请公开!E9`."""
    return f"{place.sheet}!{a1(place.row, place.column)}"


@lru_cache(maxsize=16)
def make_layout(form: Form) -> Layout:
    """Lay a form out."""
    sheets = tuple(_table_sheet(form, section) for section in form.sections if section.sheet)
    cover_first = UNIT_ROW + 6
    cover = _column_of(form.cover, COVER_SHEET, cover_first, ANSWER_COLUMN)
    control_row = cover_first + len(form.cover) + 1
    controls = _column_of(form.controls, COVER_SHEET, control_row + 1, ANSWER_COLUMN)
    texts, row = [], FIRST_ROW + 1
    for text in form.texts:
        texts.append((text, row, _column_of(text.cells, TEXT_SHEET, row + 2, TEXT_COLUMN)))
        row += 2 + text.paragraphs + 1
    answers = [*(answer for sheet in sheets for block in sheet.blocks for answer in block.answers), *cover, *controls]
    answers += [answer for _, _, written in texts for answer in written]
    places = {answer.key: answer.place for answer in answers}
    for sheet in sheets:
        for block in sheet.blocks:
            places |= block.prior
    machine_prior = _unseen_prior(form, places)
    places |= machine_prior
    audit = _audit(form, places)
    places |= {
        f"explain.{line.id}": Place(AUDIT_SHEET, line.row, EXPLANATION_COLUMN) for line in audit if line.explained
    }
    return Layout(form, sheets, cover, controls, control_row, tuple(texts), audit, places, machine_prior)


def _column_of(cells: Sequence[Cell], sheet: str, first_row: int, column: int) -> tuple[Answer, ...]:
    around = Area(first_row - 1, KEY_COLUMN, first_row + len(cells), column + 1)
    return tuple(
        Answer(cell.key, cell, Place(sheet, first_row + n, column, around), column) for n, cell in enumerate(cells)
    )


def _unseen_prior(form: Form, places: Mapping[str, Place]) -> dict[str, Place]:
    """Last year's figures that checks need and no table shows: they stand on the hidden sheet."""
    needed = dict.fromkeys(key for instance in form.instances for key in instance.prior if key not in places)
    around = Area(_PRIOR_ROW - 1, 1, _PRIOR_ROW + len(needed), 3)
    return {key: Place(MACHINE_SHEET, _PRIOR_ROW + n, 2, around) for n, key in enumerate(needed)}


def _audit(form: Form, places: Mapping[str, Place]) -> tuple[AuditLine, ...]:
    ruled = [(instance.id, instance, None, instance.cells) for instance in form.instances]
    built_in = [entry for entry in ruled if entry[0].startswith("C-")]
    declared = [entry for entry in ruled if not entry[0].startswith("C-")]
    wrong_kind = [
        (f"V-00.{section.key}", None, section, keys)
        for section in form.sections
        if (keys := tuple(c.key for t in form.tables if t.section == section.key for c in t.inputs() if c.is_number))
    ]
    lines = []
    for row, (name, instance, section, keys) in enumerate([*built_in, *wrong_kind, *declared], start=UNIT_ROW + 3):
        goal = next((places[key] for key in keys if key in places), Place(COVER_SHEET, TITLE_ROW, LABEL_COLUMN))
        explained = instance is not None and instance.check.severity is Severity.QUERY
        lines.append(AuditLine(name, row, instance, section, goal, explained))
    return tuple(lines)


def _table_sheet(form: Form, section: Section) -> TableSheet:
    tables = [table for table in form.tables if table.section == section.key]
    labels = max(label_depth(table) for table in tables)
    grid = _grid(tables)
    heights: dict[int, float] = {}
    widths = _widths(tables, labels, grid, _A4_LANDSCAPE if section.landscape else _A4_PORTRAIT)
    blocks, row = [], FIRST_ROW
    for table in tables:
        block = _block(table, section.sheet, row, labels, grid, widths, heights)
        blocks.append(block)
        row = block.last_row + 2
    last_column = FIRST_COLUMN + labels + grid - 1
    prior_columns = max(sum(line.axis == "column" for line in table.prior) for table in tables)
    widths |= {last_column + 1 + n: 14.0 for n in range(prior_columns)}
    flag_column = last_column + prior_columns + 2
    own = {answer.key for block in blocks for answer in block.answers}
    #: Completeness is counted in the strip above the table; colouring every blank would hide what is wrong.
    touching = [i for i in form.instances if own & set(i.cells) and not i.id.startswith("C-")]
    #: The first rule that applies to a cell gives it its look: an error must not hide behind a query.
    touching.sort(key=lambda instance: instance.check.severity is not Severity.ERROR)
    flags = {i.id: Place(section.sheet, FIRST_ROW + n, flag_column) for n, i in enumerate(touching)}
    return TableSheet(section.sheet, section, tuple(blocks), last_column, widths, heights, row, flags, flag_column)


def _grid(tables: Sequence[Table]) -> int:
    """Return into how many columns the sheet is ruled, so that tables of 1, 2 and 3 columns are equally wide."""
    counts = {len(printed_columns(table)) for table in tables}
    shared = math.lcm(*counts)
    return shared if shared <= _MOST_GRID_COLUMNS else max(counts)


def _spans(count: int, grid: int) -> list[tuple[int, int]]:
    """Share the grid's columns out: offset and width of each printed column."""
    width = grid // count
    return [(n * width, width if n < count - 1 else grid - n * width) for n in range(count)]


def _widths(tables: Sequence[Table], labels: int, grid: int, page: float) -> dict[int, float]:
    widths: dict[int, float] = {}
    for level in range(labels):
        widths[FIRST_COLUMN + level] = max(_label_width(table, level) for table in tables)
    free = max(page - sum(widths.values()), grid * 8.5)
    for n in range(grid):
        widths[FIRST_COLUMN + labels + n] = min(free / grid, 20.0)
    for table in tables:
        if len(tables) == 1 and table.shape is not Shape.ACROSS:
            for n, column in enumerate(table.columns):
                if column.width:
                    widths[FIRST_COLUMN + labels + n] = float(column.width)
    return widths


def _label_width(table: Table, level: int) -> float:
    """Choose the width of a column of row labels: the narrowest in which no label needs more lines than it has rows."""
    if table.shape is not Shape.MATRIX:
        return 6.0
    depth = label_depth(table)
    if level == depth - 1:
        longest = max((len(row.label[-1]) for row in table.rows if len(row.label) == depth), default=8)
        return min(max(longest * 2.1 + 2.5, 16.0), 34.0)
    width = 5.0 if level == 0 and depth > 2 else 12.0  # noqa: PLR2004
    for prefix, run in groupby(row.label[: level + 1] for row in table.rows if len(row.label) > level + 1):
        rows = len(list(run))
        while _lines(prefix[-1], width) > rows * 1.4:
            width += 1
    return width


def _lines(text: str, width: float) -> int:
    """Count the lines a text takes in a column of this width (in digits; an ideograph is two wide)."""
    per_line = max(width - 1, 2)
    return sum(max(1, math.ceil(_extent(part) / per_line)) for part in text.split("\n"))


def _extent(text: str) -> float:
    return sum(1.1 if ord(character) < 0x2E80 else 2.1 for character in text)  # noqa: PLR2004


def _block(
    table: Table, sheet: str, row: int, labels: int, grid: int, widths: Mapping[int, float], heights: dict[int, float]
) -> Block:
    """Lay one table out, from its hidden key row downwards."""
    key_row = row
    row += 1
    boxes: list[Box] = []
    first_number = FIRST_COLUMN + labels
    last_column = first_number + grid - 1
    if table.title:
        boxes.append(Box(row, FIRST_COLUMN, row, last_column, table.title, Role.BLOCK_TITLE))
        heights[row] = ROW_HEIGHT
        row += 1
    columns = printed_columns(table)
    spans = [(first_number + offset, first_number + offset + width - 1) for offset, width in _spans(len(columns), grid)]
    depth = max(len(label) for _, label in columns)
    head = (row, row + depth - 1)
    if labels:
        boxes.append(Box(row, FIRST_COLUMN, head[1], first_number - 1, table.corner, Role.CORNER))
    boxes += _heads([label for _, label in columns], spans, row, depth)
    for level in range(depth):
        heights[row + level] = max(
            (_height(box, widths) for box in boxes if box.role is Role.HEAD and box.row == box.last_row == row + level),
            default=ROW_HEIGHT,
        )
    row += depth
    printed_rows = _printed_rows(table)
    boxes += _row_labels([label for _, label, _ in printed_rows], row, labels)
    answers: list[Answer] = []
    row_keys: dict[int, str] = {}
    around = Area(row - 1, KEY_COLUMN, row + len(printed_rows), last_column + 1)
    for n, (key, _, cells) in enumerate(printed_rows):
        row_keys[row + n] = key
        heights[row + n] = max(
            [ROW_HEIGHT, *(_height(box, widths) for box in boxes if box.row == box.last_row == row + n)]
        )
        answers += [
            Answer(c.key, c, Place(sheet, row + n, first, around), last)
            for c, (first, last) in zip(cells, spans, strict=True)
        ]
    first_row, row = row, row + len(printed_rows)
    prior, prior_rows = _prior(table, sheet, first_row, row, first_number, spans, boxes)
    for below in prior_rows:
        heights[below] = ROW_HEIGHT
    return Block(
        table=table,
        key_row=key_row,
        row_keys=row_keys,
        column_keys={first: key for (first, _), (key, _) in zip(spans, columns, strict=True)},
        boxes=tuple(boxes),
        answers=tuple(answers),
        prior=prior,
        prior_rows=prior_rows,
        head=head,
        last_row=row + len(prior_rows) - 1,
    )


def _printed_rows(table: Table) -> list[tuple[str, tuple[str, ...], tuple[Cell, ...]]]:
    """Return what column A holds, the labels and the cells of each printed row."""
    if table.shape is Shape.ACROSS:
        return [(table.key, (), table.cells)]
    width = len(table.columns)
    return [
        (f"{table.key}.{row.key}", row.label, table.cells[n * width : (n + 1) * width])
        for n, row in enumerate(table.rows)
    ]


def _heads(labels: Sequence[tuple[str, ...]], spans: Sequence[tuple[int, int]], row: int, depth: int) -> list[Box]:
    """Print nested heads: a shared outer label spans its columns, a short path reaches down to the last level."""
    boxes = []
    for level in range(depth):
        at = 0
        for prefix, run in groupby(labels, key=lambda label: label[: level + 1]):
            count = len(list(run))
            if len(prefix) == level + 1:
                bottom = row + depth - 1 if len(labels[at]) == level + 1 else row + level
                boxes.append(Box(row + level, spans[at][0], bottom, spans[at + count - 1][1], prefix[-1], Role.HEAD))
            at += count
    return boxes


def _row_labels(labels: Sequence[tuple[str, ...]], row: int, depth: int) -> list[Box]:
    """Print nested row labels: a shared outer label spans its rows, a short path reaches right to the numbers."""
    boxes = []
    for level in range(depth):
        at = 0
        for prefix, run in groupby(labels, key=lambda label: label[: level + 1]):
            count = len(list(run))
            if len(prefix) == level + 1:
                right = depth - 1 if len(labels[at]) == level + 1 else level
                boxes.append(
                    Box(
                        row + at,
                        FIRST_COLUMN + level,
                        row + at + count - 1,
                        FIRST_COLUMN + right,
                        prefix[-1],
                        Role.ROW_LABEL,
                    )
                )
            at += count
    return boxes


def _prior(
    table: Table,
    sheet: str,
    first_row: int,
    end_row: int,
    first_number: int,
    spans: Sequence[tuple[int, int]],
    boxes: list[Box],
) -> tuple[dict[str, Place], tuple[int, ...]]:
    """Place last year's figures: a row of them below the table, a column of them to its right."""
    places: dict[str, Place] = {}
    rows: list[int] = []
    right = spans[-1][1] + 1
    below = sum(line.axis == "row" for line in table.prior)
    around = Area(first_row - 1, KEY_COLUMN, end_row + below, right + len(table.prior) - below)
    for line in table.prior:
        if line.axis == "row":
            row = end_row + len(rows)
            rows.append(row)
            boxes.append(Box(row, FIRST_COLUMN, row, first_number - 1, line.label, Role.PRIOR_LABEL))
            chosen = next(row for row in table.rows if row.key == line.key)
            cells = [table.cell(chosen, column) for column in table.columns]
            places |= {
                f"prior.{cell.key}": Place(sheet, row, first, around)
                for cell, (first, _) in zip(cells, spans, strict=True)
            }
        else:
            boxes.append(Box(first_row - 1, right, first_row - 1, right, line.label, Role.PRIOR_LABEL))
            chosen_column = next(column for column in table.columns if column.key == line.key)
            for n, table_row in enumerate(table.rows):
                places[f"prior.{table.cell(table_row, chosen_column).key}"] = Place(sheet, first_row + n, right, around)
            right += 1
    return places, tuple(rows)


def _height(box: Box, widths: Mapping[int, float]) -> float:
    width = sum(widths.get(column, 8.0) for column in range(box.column, box.last_column + 1))
    return max(ROW_HEIGHT, _LINE * _lines(box.text, width) + 4)


def text_height(text: str, width: float) -> float:
    """Return the height of a row that shows a whole paragraph in a column of this width (Excel allows 409)."""
    return min(max(ROW_HEIGHT, _LINE * _lines(text, width) + 4), 409.0)


def rectangles(answers: Iterable[Answer]) -> tuple[tuple[int, int, int, int], ...]:
    """Cover the places of some answers of one sheet with rectangles: first row, first column, last row, last column."""
    rows: dict[int, list[int]] = {}
    for answer in answers:
        rows.setdefault(answer.place.row, []).append(answer.place.column)
    runs: list[tuple[int, int, int]] = []
    for row, columns in sorted(rows.items()):
        for _, run in groupby(enumerate(sorted(columns)), key=lambda pair: pair[1] - pair[0]):
            found = [column for _, column in run]
            runs.append((row, found[0], found[-1]))
    done: list[tuple[int, int, int, int]] = []
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    for row, first, last in runs:
        top, bottom = open_.get((first, last), (row, row - 1))
        if bottom != row - 1:
            done.append((top, first, bottom, last))
            top = row
        open_[first, last] = (top, row)
    done += [(top, first, bottom, last) for (first, last), (top, bottom) in open_.items()]
    return tuple(sorted(done))


def sheet_title(form: Form, year: int) -> str:
    """Return the title of the report: `2025年政府信息公开工作年度报告`."""
    return messages.say("sheet.title", "zh", year=year, title=form.title)


def is_input(answer: Answer) -> bool:
    """Whether a person fills the place."""
    return answer.cell.kind is Kind.INPUT
