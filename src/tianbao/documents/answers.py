"""What stands in the tables of a document, as the answers of a form.

    rows of the document ─lines─▶ rows of the form ─▶ each cell its figure ─values─▶ answers; totals, computed anew

In:   the tables of a document, and the form that it is read by.
Out:  an answer for every cell of the form's tables, and what must be told: cell by cell where one cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import localcontext
from itertools import groupby

from tianbao.documents.alike import SAME, WITHIN, likeness
from tianbao.documents.blocks import Block, Box, Line, Paragraph
from tianbao.documents.heads import NO_HEADS, Heads, compare_heads
from tianbao.documents.lines import DocumentLine, FormLine, Pair, fitness, form_lines, is_figure, pair_up
from tianbao.documents.run_on import share_out, split_labels
from tianbao.expr import cells as cells_of
from tianbao.expr import compile_expression
from tianbao.expr.semantics import EXACT
from tianbao.form.model import Amount, Cell, Form, Kind, Severity, Shape
from tianbao.form.names import given, serial
from tianbao.records.model import Answer, Note, State
from tianbao.workbook.package import RawCell
from tianbao.workbook.totals import Total, Values, asked_of
from tianbao.workbook.values import PLAIN, Asked, read_value

#: Every figure of a document is text; that it is one says nothing.
_SAYS_NOTHING = "V-TEXT-NUMBER"
#: What parts the words of a sentence, and no figures of a row.
_MARKS = "，,：:；;。、"
#: Heads have no more rows.
_MOST_HEADS = 6
#: The largest figure that a published report of any level may have.
_LARGEST = 10**10


@dataclass(frozen=True)
class Matched:
    """A document's tables beside those of a form.

    Attributes:
        fitness: how well they fit, up to 1.
        rows: of the document.
        pairs: rows of the form and of the document.
    """

    form: Form
    fitness: float
    rows: Sequence[DocumentLine]
    pairs: Sequence[Pair]


def match(form: Form, blocks: Iterable[Block]) -> Matched:
    """Hold a document's tables against those of a form."""
    rows = list(_rows(form, blocks))
    pairs = pair_up(form, rows)
    return Matched(form, fitness(form, pairs), rows, pairs)


def _rows(form: Form, blocks: Iterable[Block]) -> Iterator[DocumentLine]:
    """Yield the rows of all tables, and what is left of rows where a table has lost its cells."""
    labels = [line.label for line in form_lines(form) if line.is_answered]
    for n, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            yield from (DocumentLine(line, n, is_run_on=True) for line in _lost_row(block, labels))
            continue
        for line in block.lines:
            written = [box for box in line.boxes if box.text]
            parts = split_labels(written[0].text, labels) if len(written) == 1 else []
            if parts:
                yield from (
                    DocumentLine(_line(label, digits, written[0]), n, is_run_on=True) for label, digits in parts
                )
            elif line.boxes:
                yield DocumentLine(line, n)


def _lost_row(paragraph: Paragraph, labels: Sequence[str]) -> Iterator[Line]:
    """Yield the rows that a paragraph holds: labels with digits run on, or a label and its figures parted by blanks."""
    box = Box(paragraph.text, 0, paragraph.place)
    parts = split_labels(paragraph.text, labels)
    if any(paragraph.text.count(mark) > sum(label.count(mark) for label, _ in parts) for mark in _MARKS):
        return  # a sentence, such as 规章：0，规范性文件：3。
    words = paragraph.text.split()
    if len(parts) == 1 and len(words) > 2 and all(map(is_figure, words[1:])):  # noqa: PLR2004  a label and figures
        yield Line(tuple(Box(word, n, paragraph.place) for n, word in enumerate(words)))
    else:
        yield from (_line(label, digits, box) for label, digits in parts)


def _line(label: str, digits: str, box: Box) -> Line:
    return Line((Box(label, 0, box.place), Box(digits, 1, box.place)))


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Reading:
    """The answers of a document, as they become known."""

    form: Form
    year: int | None
    answers: dict[str, Answer] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def take(self, matched: Matched) -> None:
        """Read every row that was found, and tell of those that were not, and of those that belong to none."""
        printed: dict[str, Box] = {}
        for pair in matched.pairs:
            if pair.form.is_answered:
                self._take_row(matched, pair, printed)
        self._tell_missing(matched)
        self._tell_extra(matched, printed)
        self._compute(printed)

    def _take_row(self, matched: Matched, pair: Pair, printed: dict[str, Box]) -> None:
        heads = _heads_of(matched, pair)
        placed = _by_heads(pair, _columns_by_heads(matched, pair))
        if placed is None:
            foreign = heads.foreign
            placed = _by_number(pair, heads)
        else:
            foreign = {}
        if placed is None:
            placed = self._parted(matched, pair)
        if placed is None:
            self._name_row(pair)
            return
        if pair.likeness < WITHIN:
            facts = {"label": self.form.name_of(pair.form.cells[0].key)}
            self._tell("P-LABEL", Severity.NOTE, pair, raw=_label(pair), facts=facts)
        for n, (cell, box) in enumerate(zip(pair.form.cells, placed, strict=True)):
            if n in foreign:
                self._name_cell(cell, box, foreign[n])
            elif cell.kind is Kind.COMPUTED:
                printed[cell.key] = box
            else:
                self._take_cell(cell, box)

    def _name_cell(self, cell: Cell, box: Box, head: str) -> None:
        """Name a cell that stands below another head than the form's: what it holds is another figure."""
        if cell.kind is Kind.COMPUTED:
            return
        self.answers[cell.key] = Answer(None, State.UNREADABLE, box.text, *box.place)
        facts = {"label": self.form.name_of(cell.key), "head": head}
        self.notes.append(Note("P-HEAD", Severity.ERROR, "!".join(box.place), cell.key, box.text, facts))

    def _name_row(self, pair: Pair) -> None:
        """Name every cell of a row of which it cannot be said which figure is whose."""
        cells = pair.form.cells
        raw = " ".join(box.text for box in pair.boxes if box.text)
        for cell in cells:
            if cell.kind is Kind.INPUT:
                self.answers[cell.key] = Answer(None, State.UNREADABLE, raw, *pair.document.line.place)
                facts = {"label": self.form.name_of(cell.key), "found": len(pair.boxes), "wanted": len(cells)}
                self._tell("P-CELLS", Severity.ERROR, pair, raw=raw, key=cell.key, facts=facts)

    def _take_cell(self, cell: Cell, box: Box) -> None:
        text = box.text.strip()
        value, state, remarks = read_value(_raw(text, is_number=cell.is_number), _asked(cell))
        self.answers[cell.key] = Answer(value, state, text, *box.place)
        self.notes += [
            Note(remark.code, remark.severity, "!".join(box.place), cell.key, text, remark.params)
            for remark in remarks
            if remark.code != _SAYS_NOTHING
        ]

    def _parted(self, matched: Matched, pair: Pair) -> tuple[Box, ...] | None:
        """Share digits that have run together out to the cells of a row, if there is but one way."""
        cells = pair.form.cells
        written = [box for box in pair.boxes if box.text]
        if len(written) != 1 or not (written[0].text.isascii() and written[0].text.isdigit()):
            return None
        digits = written[0].text
        #: `10` may be a 10 whose neighbour is lost; `010` is none, and what a total confirms is not by chance.
        is_certain = digits.startswith("0") or any(cell.kind is Kind.COMPUTED for cell in cells)
        if not (is_certain or pair.document.is_run_on) or _has_lost_cells(matched, pair):
            return None
        figures = share_out(digits, len(cells), lambda shared: _holds(cells, shared))
        if figures is None:
            return None
        facts = {"label": self.form.name_of(cells[0].key), "figures": "、".join(map(str, figures))}
        severity = Severity.NOTE if is_certain else Severity.QUERY
        self._tell("P-RUN-ON", severity, pair, raw=digits, key=cells[0].key, facts=facts)
        return tuple(Box(str(figure), 0, written[0].place) for figure in figures)

    def _tell_missing(self, matched: Matched) -> None:
        """Tell of tables and rows that are not there; a table that may be left out may be."""
        found = {id(pair.form) for pair in matched.pairs}
        answered = [line for line in form_lines(self.form) if line.is_answered and line.table.shape is not Shape.LIST]
        for _, run in groupby(answered, key=lambda line: line.table.key):
            lines = list(run)
            lacking = [line for line in lines if id(line) not in found]
            if len(lacking) == len(lines) and lines[0].table.optional:
                continue
            if len(lacking) == len(lines):
                self._tell_lost("P-NO-TABLE", lines, lines[0].table.short)
            else:
                for line in lacking:
                    self._tell_lost("P-NO-ROW", [line], f"{line.table.short} {line.label}")

    def _tell_lost(self, code: str, lines: Sequence[FormLine], label: str) -> None:
        keys = [cell.key for line in lines for cell in line.cells if cell.kind is Kind.INPUT]
        for key in keys:
            self.answers[key] = Answer(None, State.UNREADABLE)
        facts = {"label": label, "count": len(keys)}
        self.notes.append(Note(code, Severity.ERROR, key=keys[0] if keys else "", params=facts))

    def _tell_extra(self, matched: Matched, printed: dict[str, Box]) -> None:
        """Tell of rows with figures that belong to no row of the form: they are given to none."""
        paired = {id(pair.document) for pair in matched.pairs}
        tables = {pair.document.table for pair in matched.pairs}
        for row in matched.rows:
            if id(row) in paired or row.table not in tables or not row.has_figures:
                continue
            other = next((pair for pair in matched.pairs if _is_twin(pair, row)), None)
            if other is not None:
                self._name_twin(other, row, printed)
                continue
            raw = " ".join(box.text for box in row.line.boxes if box.text)
            at = "!".join(row.line.place)
            self.notes.append(Note("P-EXTRA-ROW", Severity.QUERY, at, raw=raw, params={"form": self.form.id}))

    def _name_twin(self, pair: Pair, row: DocumentLine, printed: dict[str, Box]) -> None:
        """Name the cells of a row that stands in a table twice, with other figures: which one is it?"""
        for cell in pair.form.cells:
            printed.pop(cell.key, None)
            answer = self.answers.get(cell.key)
            if cell.kind is not Kind.INPUT or answer is None or answer.state is State.UNREADABLE:
                continue
            self.answers[cell.key] = answer._replace(value=None, state=State.UNREADABLE)
            facts = {"label": self.form.name_of(cell.key), "other": row.line.place.spot}
            self._tell("P-TWICE", Severity.ERROR, pair, raw=answer.raw, key=cell.key, facts=facts)

    def _tell(
        self, code: str, severity: Severity, pair: Pair, *, raw: str, facts: Mapping[str, object], key: str = ""
    ) -> None:
        self.notes.append(Note(code, severity, "!".join(pair.document.line.place), key, raw, facts))

    # ── totals ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _compute(self, printed: Mapping[str, Box]) -> None:
        """Compute what formulas compute; what is printed in its place stands beside it, and is told where it differs."""
        values = Values(given(self.year) if self.year is not None else {})
        for key, answer in self.answers.items():
            if answer.value is not None:
                values[key] = serial(answer.value) if isinstance(answer.value, date) else answer.value
        unknown = {key for key, answer in self.answers.items() if answer.state is State.UNREADABLE}
        with localcontext(EXACT):
            for cell in self.form.computed:
                assert cell.formula is not None
                total = Total(cell, cell.formula)
                value = total.of(values)
                if value is not None:
                    values[cell.key] = value
                box = printed.get(cell.key)
                state = State.BLANK if value is None else State.FILLED
                answer = Answer(value, state, "", *(box.place if box else ("", "")))
                parts = {part.key for part in cells_of(cell.formula)}
                if parts & unknown:
                    unknown.add(cell.key)
                if box and box.text:
                    answer = self._beside(total, answer, box, is_known=cell.key not in unknown)
                self.answers[cell.key] = answer

    def _beside(self, total: Total, answer: Answer, box: Box, *, is_known: bool) -> Answer:
        """Hold what is printed against what was computed; only what differs is told, and only where all parts are known."""
        beside, remark = total.beside(answer, _raw(box.text.strip()), PLAIN)
        if beside.stated == answer.value and isinstance(answer.value, Amount):
            return answer._replace(raw=box.text)
        if not is_known:
            return beside
        code = "P-TOTAL" if remark.code == "R-OVERWRITTEN" else "P-TOTAL-TEXT"
        note = Note(code, Severity.QUERY, "!".join(box.place), total.key, box.text, remark.params)
        self.notes.append(note)
        return beside


def _asked(cell: Cell) -> Asked:
    """Return what a cell asks for; a report of a city has larger figures than any unit of a county."""
    return replace(asked_of(cell), maximum=_LARGEST)


def _raw(text: str, *, is_number: bool = True) -> RawCell:
    """Take a plain number as one: that it was printed as text says nothing."""
    plain_number = is_number and text.isascii() and text.replace(".", "", 1).removeprefix("-").isdigit()
    return RawCell("n" if plain_number else "s", text, None, 0)


def _label(pair: Pair) -> str:
    boxes = pair.document.line.boxes
    return boxes[len(boxes) - len(pair.boxes) - 1].text


def _holds(cells: Sequence[Cell], figures: Sequence[int]) -> bool:
    """Whether figures of a row agree with what the row itself computes, and each is plausible."""
    values = {cell.key: figure for cell, figure in zip(cells, figures, strict=True)}
    for cell, figure in zip(cells, figures, strict=True):
        if cell.kind is Kind.INPUT and figure > _LARGEST:
            return False
        parts = cells_of(cell.formula) if cell.formula is not None else ()
        if parts and all(part.key in values for part in parts):
            assert cell.formula is not None
            if compile_expression(cell.formula)(values.get) != figure:
                return False
    return True


# ── which cell of a row ──────────────────────────────────────────────────────────────────────────────────────────────


def _by_heads(pair: Pair, columns: Mapping[str, int]) -> tuple[Box, ...] | None:
    """Return the box of each cell of a row by the heads above it; None where they do not say."""
    boxes = {box.column: box for box in pair.boxes}
    found = [boxes.get(columns.get(cell.key, -1)) for cell in pair.form.cells]
    return (
        tuple(box for box in found if box is not None)
        if all(found) and len(set(columns.values())) == len(found)
        else None
    )


def _by_number(pair: Pair, heads: Heads) -> tuple[Box, ...] | None:
    """Return the boxes of a row where they are as many as its cells; None where it is not sure which are too many."""
    boxes, count = pair.boxes, len(pair.form.cells)
    if heads.lacking:
        return boxes if len(boxes) == count and all(box.text for box in boxes) else None
    surplus = len(boxes) - count
    if surplus > 0 and surplus == pair.form.reach - 1 and not any(box.text for box in boxes[:surplus]):
        return boxes[surplus:]  # the columns that its label takes, not merged
    ways = [n for n in range(surplus + 1) if not any(box.text for box in (*boxes[:n], *boxes[n + count :]))]
    return boxes[ways[0] : ways[0] + count] if len(ways) == 1 else None


def _columns_by_heads(matched: Matched, pair: Pair) -> Mapping[str, int]:
    """Return in which column of its table each cell of a row stands, by the heads above; nothing where they do not say.

    Asked only where the heads stand in another order than the form's, or where there are more of them.
    """
    above = [
        one.document
        for one in matched.pairs
        if not one.form.is_answered and not one.form.is_title and one.form.table is pair.form.table
    ]
    if len(above) != 1 or pair.form.table.shape is not Shape.MATRIX:
        return {}
    columns = pair.form.table.columns
    boxes = [box for box in above[0].line.boxes if box.text]
    found: dict[str, int] = {}
    for cell, column in zip(pair.form.cells, columns, strict=True):
        exact = [box.column for box in boxes if likeness(column.label[-1], box.text) == SAME]
        if len(exact) != 1:
            return {}
        found[cell.key] = exact[0]
    in_order = [found[cell.key] for cell in pair.form.cells]
    is_as_printed = in_order == sorted(in_order) and len(boxes) <= len(columns) + 1
    return {} if is_as_printed else found


def _heads_of(matched: Matched, pair: Pair) -> Heads:
    """Hold what stands above the first row of a table against the heads of the form."""
    table = pair.form.table
    first = next(one for one in matched.pairs if one.form.is_answered and one.form.table is table)
    others = {id(one.document) for one in matched.pairs if one.form.table is not table or one.form.is_title}
    at = next(n for n, row in enumerate(matched.rows) if row is first.document)
    rows: list[list[str]] = []
    while at > 0 and len(rows) < _MOST_HEADS:
        at -= 1
        row = matched.rows[at]
        if row.table != first.document.table or row.has_figures or id(row) in others:
            break
        rows.insert(0, [box.text for box in row.line.boxes if box.text])
    return compare_heads(table, rows) if rows else NO_HEADS


def _has_lost_cells(matched: Matched, pair: Pair) -> bool:
    """Whether figures without a label stand below a row: they may have fallen out of it."""
    at = next(n for n, row in enumerate(matched.rows) if row is pair.document)
    below = matched.rows[at + 1] if at + 1 < len(matched.rows) else None
    if below is None or below.labels or not below.has_figures:
        return False
    return not any(one.document is below for one in matched.pairs)


def _is_twin(pair: Pair, row: DocumentLine) -> bool:
    """Whether a row has the label of one that was found in the same table, and other figures."""
    if not pair.form.is_answered or not pair.form.label or pair.document.table != row.table or not row.labels:
        return False
    label = row.labels[-1]
    same = likeness(pair.form.label, row.line.boxes[label].text)
    if same < WITHIN or same < pair.likeness:
        return False
    return [box.text for box in row.behind(label) if box.text] != [box.text for box in pair.boxes if box.text]
