"""What is asked: a form, its tables, texts, cover and checks, as frozen values.

A form is data. `load` makes these values from a definition file; everything else (the sheet, the reading, the
checks, the merge, the printed report) is derived from them and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from pathlib import Path
from re import Pattern
from typing import Literal

from tianbao import expr
from tianbao.expr import Expr
from tianbao.form.wording import Wording
from tianbao.messages import Language, language


class Kind(StrEnum):
    """Who fills a cell: a person, or a formula."""

    INPUT = "input"
    COMPUTED = "computed"


class CellType(StrEnum):
    """What a cell holds."""

    COUNT = "count"
    DECIMAL = "decimal"
    TEXT = "text"
    CODE = "code"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether the cell can be added up."""
        return self in (CellType.COUNT, CellType.DECIMAL)


#: What a unit writes where a cell does not ask it, if the form lets it.
NOT_APPLICABLE = "不适用"


class Merge(StrEnum):
    """What a merge does with a cell: add it over the units, compute it anew from the sums, or leave it to the units."""

    SUM = "sum"
    RECOMPUTE = "recompute"
    NONE = "none"


class Shape(StrEnum):
    """How a table is printed.

    MATRIX: rows under each other. ACROSS: all rows side by side in one printed row. LIST: as many lines as needed.
    """

    MATRIX = "matrix"
    ACROSS = "across"
    LIST = "list"


class Severity(Enum):
    """How much a finding weighs: must be mended, must be explained or mended, or only tells how a value was read."""

    ERROR = "error"
    QUERY = "query"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.in_language(language())

    def in_language(self, lang: Language) -> str:
        """Return the sentence in this language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer asked for.

    Attributes:
        key: its stable address, `table.row.column`; `cover.leader`, `control.received`, `text.overview.1`.
        label: the path of printed labels that leads to it, outermost first.
        measure: the unit of measure of a number (件, 万元), empty for words.
        digits: decimals asked for; 0 for a count.
        maximum: the largest plausible number; more is a value problem (a slip of the finger, a telephone number).
        not_applicable: the unit may write 不适用 instead of a number.
        formula: how a computed cell is computed, bound to cell keys.
        required: a blank is a finding, unless it is a number and the unit declared a zero report.
    """

    key: str
    kind: Kind
    type: CellType
    label: tuple[str, ...]
    measure: str = ""
    digits: int = 0
    negative: bool = False
    not_applicable: bool = False
    maximum: int = 9_999_999
    codes: tuple[str, ...] = ()
    required: bool = True
    merge: Merge = Merge.SUM
    guidance: str = ""
    default: str = ""
    formula: Expr | None = None

    @property
    def is_number(self) -> bool:
        """Whether the cell can be added up."""
        return self.type.is_number


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row: its key within the table and its labels, outermost first."""

    key: str
    label: tuple[str, ...]
    groups: tuple[str, ...] = ()
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A printed column: its key within the table and its head labels, outermost first."""

    key: str
    label: tuple[str, ...]
    groups: tuple[str, ...] = ()
    guidance: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class PriorLine:
    """Last year's figures of one row or one column, shown locked beside the table.

    Attributes:
        axis: whether `key` names a row or a column of the table.
        key: the row or column of last year's report.
        label: what is written beside the figures.
    """

    axis: Literal["row", "column"]
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the form.

    Attributes:
        short: what people call it (表三), used in findings.
        title: printed above the table, spanning it; empty where the section's heading suffices.
        corner: the text in the upper left corner.
        optional: a table that a unit may leave blank as a whole.
        cells: row by row, in printed order.
    """

    key: str
    section: str
    short: str
    title: str
    corner: str
    shape: Shape
    optional: bool
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    prior: tuple[PriorLine, ...]
    cells: tuple[Cell, ...]

    def cell(self, row: Row, column: Column) -> Cell:
        """Return the cell where a row meets a column."""
        return self.cells[self.rows.index(row) * len(self.columns) + self.columns.index(column)]

    def inputs(self) -> Iterator[Cell]:
        """Yield the cells that a person fills."""
        return (cell for cell in self.cells if cell.kind is Kind.INPUT)


@dataclass(frozen=True, slots=True)
class Text:
    """A narrative section: guidance above, paragraphs below, one row of the sheet each.

    Attributes:
        paragraphs: rows to type in; a paragraph pasted from a word processor falls into one row.
        max_length: characters that the guidance allows; 0 for no limit.
        prescribed: its wording is laid down, so that all units write the same.
        cells: one a paragraph, keys `text.<key>.<n>`.
    """

    key: str
    heading: str
    guidance: str
    paragraphs: int
    max_length: int
    required: bool
    prescribed: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section of the report: tables stand on a sheet of their own, texts together on one."""

    key: str
    title: str
    sheet: str
    landscape: bool


@dataclass(frozen=True, slots=True)
class Codelist:
    """The answers that a coded cell allows."""

    key: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """A check applied to one row, one column, or (without `each`) once.

    Attributes:
        id: `T3-01.natural`: the check's code and the row or column it stands on.
        label: that row's or column's printed label; empty for a check without `each`.
        rule: the bound expression that must hold.
        asked: the bound condition under which it is asked at all: its own `when`, and that last year's figures are
            there; None where it always is.
        cells: keys of the form's own cells in the rule, in order; `prior` keys of last year's.
    """

    id: str
    check: Check
    label: str
    rule: Expr
    asked: Expr | None
    cells: tuple[str, ...]
    prior: tuple[str, ...]

    @property
    def years(self) -> tuple[expr.Cell, expr.Cell] | None:
        """This year's figure and last year's, where a check holds the two against each other by several comparisons.

        What they are then multiplied with says less to a clerk than the two figures do.
        """
        match expr.cells(self.rule):
            case (this, last) if last.key == f"prior.{this.key}" and not isinstance(self.rule, expr.Compare):
                return this, last
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold, with the sentence, the source and the way out.

    Attributes:
        rule: as written in the definition.
        say: what must hold, in the words of the regulation or of the office.
        fix: what to do when it does not.
        source: the regulation's number and place.
    """

    code: str
    severity: Severity
    each: str
    rule: str
    when: str
    say: Words
    fix: Words
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure in a text may mean: an expression over the cells, as written and bound.

    Attributes:
        cells: keys of the form's own cells in it; none where it is a day or a year that is known without being asked.
    """

    rule: str
    value: Expr
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figured:
    """One figure that texts speak of.

    Attributes:
        says: wordings with the figure in them.
        none: wordings that say there was none.
        readings: what it may mean; to agree with one of them is enough.
        without: where one of these stands before it in its sentence, it is not compared.
    """

    says: tuple[Wording, ...]
    none: tuple[Wording, ...]
    readings: tuple[Reading, ...]
    without: Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Mention:
    """Figures in the texts that must agree with the tables.

    Attributes:
        texts: the keys of the texts in which they are sought.
        about: words one of which a paragraph must have, and no other subject after it, for a figure to be compared;
            None where the wordings say it all.
        example: a sentence that does not agree with a report whose every number is 0.
    """

    check: Check
    texts: tuple[str, ...]
    about: Pattern[str] | None
    figures: tuple[Figured, ...]
    example: str


class Demand(StrEnum):
    """What is asked of a text: to say something, never to say it, or to say more than it."""

    SAYS = "says"
    NEVER = "never"
    MORE_THAN = "more_than"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text must say, must not say, or must say more than.

    Attributes:
        asked: the bound condition under which it is asked; None where it always is.
        example: a text that does not do so.
    """

    check: Check
    texts: tuple[str, ...]
    demand: Demand
    asked: Expr | None
    wordings: tuple[Wording, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Words that turn a paragraph to another year or to others' figures, and those that turn it back.

    Attributes:
        words: a pattern with the groups `away`, `back` and `neither`; with a calendar also `year` and `month`.
        within_sentence: it turns no more than its sentence; else the rest of the paragraph.
    """

    words: Pattern[str]
    within_sentence: bool


@dataclass(frozen=True, slots=True)
class Narrative:
    """How the texts of a form speak of what its tables say.

    Attributes:
        aside: a clause with one of these compares, plans or supposes; no figure in it is compared.
        turns: the last word before a figure decides whether it is one of this unit and year.
    """

    aside: Pattern[str] | None = None
    turns: tuple[Turn, ...] = ()
    mentions: tuple[Mention, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """What is checked, in the order of the definition."""
        return (*(mention.check for mention in self.mentions), *(statement.check for statement in self.statements))


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the merged report.

    Attributes:
        rule: as written in the definition; `value` is bound to cell keys.
    """

    label: str
    measure: str
    rule: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: of several figures, or (`by_units`) of its only figure unit by unit.

    Attributes:
        sources: what flows into the figures, so that both come to the same; empty where nothing flows.
    """

    title: str
    figures: tuple[Figure, ...]
    by_units: bool
    sources: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Once:
    """What belongs to one body alone, and of which two may both have counted the same.

    Attributes:
        cells: the keys that are looked at.
        kinds: the kinds of unit among which it may happen; empty for all.
    """

    check: Check
    cells: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class County:
    """What the office that merges shows of the form first, and what it asks of the sums."""

    headline: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    once: tuple[Once, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """A cell of an earlier form that several cells of this one are together.

    Attributes:
        label: as printed.
        earlier: its key there.
        now: the keys here.
    """

    label: str
    earlier: str
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Cells without a counterpart in the other form, and why.

    Attributes:
        cells: keys of either form; one that stops at a table or a row stands for all cells in it.
    """

    cells: tuple[str, ...]
    why: Words

    def holds(self, key: str) -> bool:
        """Whether a cell is one of these."""
        return any(key == one or key.startswith(f"{one}.") for one in self.cells)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What has become of the cells of an earlier form; all others ask the same where key, type and measure are the same."""

    form: str
    sums: tuple[Several, ...]
    without: tuple[Without, ...]

    def why(self, key: str) -> Words | None:
        """Say why a cell has no counterpart; None where nothing is said of it."""
        return next((one.why for one in self.without if one.holds(key)), None)


@dataclass(frozen=True, slots=True)
class Years:
    """The report years for which a form is the one in force; None where open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, eq=False)
class Form:
    """A form definition: everything about one statutory report. Two are the same when they are one (see `load_form`).

    Attributes:
        id: its name (`zfxxgk-2021`), also of its folder.
        version: of this definition; a change of cells or checks changes it.
        county: what the office that merges does with it; asks nothing of the units, so it is not in the digest.
        earlier: what has become of the cells of earlier forms; likewise not in the digest.
        digest: SHA-256 of the definition's content; stands in every workbook made from it.
        path: the file it came from.
        instructions: the lines of the first sheet.
        signature: the cover fields printed below every table.
        checks: of the tables, the cover and the control totals; those of the texts are in `narrative`.
    """

    id: str
    version: str
    title: str
    issued_by: str
    source: str
    years: Years
    instructions: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    texts: tuple[Text, ...]
    codelists: tuple[Codelist, ...]
    cover: tuple[Cell, ...]
    signature: tuple[Cell, ...]
    controls: tuple[Cell, ...]
    checks: tuple[Check, ...]
    instances: tuple[Instance, ...]
    narrative: Narrative
    county: County
    earlier: tuple[Earlier, ...]
    digest: str
    path: Path

    def cells(self) -> tuple[Cell, ...]:
        """Return every cell of every table, in printed order."""
        return self._cells

    def cell(self, key: str) -> Cell:
        """Return the cell of a key: of a table, the cover, the control totals or a text.

        Raises:
            KeyError: no such cell.
        """
        return self.by_key[key]

    @cached_property
    def _cells(self) -> tuple[Cell, ...]:
        return tuple(cell for table in self.tables for cell in table.cells)

    @cached_property
    def by_key(self) -> Mapping[str, Cell]:
        """Every cell asked for, by key."""
        texts = (cell for text in self.texts for cell in text.cells)
        return {cell.key: cell for cell in (*self._cells, *self.cover, *self.controls, *texts)}

    @cached_property
    def computed(self) -> tuple[Cell, ...]:
        """The computed cells, each after those it is computed from."""
        pending = {cell.key: cell for cell in self._cells if cell.formula is not None}
        done: list[Cell] = []
        while pending:
            ready = [
                c for c in pending.values() if c.formula and not any(o.key in pending for o in expr.cells(c.formula))
            ]
            if not ready:
                break  # a circle; `verify` names it
            done += ready
            for cell in ready:
                del pending[cell.key]
        return tuple(done)

    def table(self, key: str) -> Table:
        """Return the table of this key."""
        return next(table for table in self.tables if table.key == key)

    def table_of(self, key: str) -> Table | None:
        """Return the table that holds a cell, if one does."""
        return self._table_of.get(key)

    @cached_property
    def _table_of(self) -> Mapping[str, Table]:
        return {cell.key: table for table in self.tables for cell in table.cells}

    def short_label(self, key: str) -> str:
        """Name a cell by its row and column, without what stands above them: `行政复议 → 结果维持`."""
        table = self.table_of(key)
        if table is None:
            return self.by_key[key].label[-1]
        n = table.cells.index(self.by_key[key])
        row, column = table.rows[n // len(table.columns)], table.columns[n % len(table.columns)]
        return f"{row.label[-1]} → {column.label[-1]}"

    def name_of(self, key: str) -> str:
        """Name a cell by its table, row and column: `表四 行政复议 → 结果维持`."""
        table = self.table_of(key)
        return f"{table.short} {self.short_label(key)}" if table else self.short_label(key)

    def section(self, key: str) -> Section:
        """Return the section of this key."""
        return next(section for section in self.sections if section.key == key)


#: A number as the records hold it: whole, or exact with decimals.
Amount = int | Decimal
