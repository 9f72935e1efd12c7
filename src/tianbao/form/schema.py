"""The definition file as it is written, judged by pydantic at the edge; nothing else in the house sees these.

Every table is flat: a row, a column, a check is one line or one block. What may be left out has its default here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

__all__ = ["NEEDED", "RawForm", "ValidationError"]

#: Keys are stable addresses: they stand in every workbook and every record, so they are plain and short.
KEY = r"^[a-z][a-z0-9_]*$"
Key = Annotated[str, StringConstraints(pattern=KEY, max_length=40)]
Words = Annotated[str, StringConstraints(min_length=1)]
Label = Annotated[list[Words], Field(min_length=1, max_length=6)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*-[0-9]{2}$")]
TypeName = Literal["count", "decimal", "text", "code", "date"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RawYears(_Strict):
    """The report years a form is in force for."""

    first: int | None = None
    last: int | None = None


class RawAsked(_Strict):
    """What a table, a row, a column or a field says of the cells below it; the innermost word counts."""

    type: TypeName | None = None
    measure: str | None = None
    digits: Annotated[int, Field(ge=0, le=6)] | None = None
    negative: bool | None = None
    not_applicable: bool | None = None
    maximum: Annotated[int, Field(gt=0)] | None = None
    codelist: str | None = None
    required: bool | None = None
    merge: Literal["sum", "none"] | None = None
    guidance: str | None = None


class RawLine(RawAsked):
    """A row or a column."""

    key: Key
    label: Label
    group: Key | list[Key] = []
    formula: str | None = None
    width: Annotated[int, Field(ge=0, le=100)] = 0


class RawPrior(_Strict):
    """Last year's figures of a row or a column, shown beside the table."""

    row: str | None = None
    column: str | None = None
    label: Words


class RawTable(RawAsked):
    """A table."""

    key: Key
    section: str
    short: Words
    title: str = ""
    corner: str = ""
    shape: Literal["matrix", "across", "list"] = "matrix"
    lines: Annotated[int, Field(ge=1, le=500)] = 20
    optional: bool = False
    rows: list[RawLine] = []
    columns: Annotated[list[RawLine], Field(min_length=1)]
    prior: list[RawPrior] = []


class RawField(RawAsked):
    """A cover field or a control total."""

    key: Key
    label: Words
    default: str = ""
    signs: bool = False


class RawSection(_Strict):
    """A section of the report; with a sheet it holds tables, without one a text."""

    key: Key
    title: Words
    sheet: str = ""
    landscape: bool = False


class RawText(_Strict):
    """A narrative section."""

    key: Key
    heading: Words
    guidance: str = ""
    paragraphs: Annotated[int, Field(ge=1, le=100)] = 10
    max_length: Annotated[int, Field(ge=0)] = 0
    required: bool = True
    prescribed: bool = False


class RawCodelist(_Strict):
    """The answers a coded cell allows."""

    key: Key
    items: Annotated[list[Words], Field(min_length=1)]


class RawSaid(_Strict):
    """What every check says: what must hold, what to do where it does not, and where that is laid down."""

    code: Code
    say: Words
    say_en: Words
    fix: Words
    fix_en: Words
    source: str = ""


class RawCheck(RawSaid):
    """What must hold."""

    severity: Literal["error", "query"]
    rule: Words
    each: str | list[str] = ""
    when: str = ""


class RawWordList(_Strict):
    """Words of which any may stand where a wording names the list."""

    key: Words
    items: Annotated[list[Words], Field(min_length=1)]


class RawTurn(_Strict):
    """Words that turn a text to something else, and those that turn it back."""

    away: list[Words] = []
    back: list[Words] = []
    neither: list[Words] = []
    calendar: bool = False
    within_sentence: bool = False


class RawCount(_Strict):
    """One figure that texts speak of, and the cells that it may mean."""

    says: list[Words] = []
    none: list[Words] = []
    means: Annotated[list[Words], Field(min_length=1)]
    without: list[Words] = []


class RawMention(RawSaid):
    """Figures in the texts that must agree with the tables."""

    severity: Literal["error", "query"] = "query"
    texts: list[str] = []
    about: list[Words] = []
    without: list[Words] = []
    counts: Annotated[list[RawCount], Field(min_length=1)]
    example: Words


class RawStatement(RawSaid):
    """What a text must say, must not say, or must say more than."""

    severity: Literal["error", "query"] = "query"
    texts: Annotated[list[str], Field(min_length=1)]
    demand: Literal["says", "never", "more_than"]
    when: str = ""
    wordings: Annotated[list[Words], Field(min_length=1)]
    example: Words


class RawNarrative(_Strict):
    """How the texts speak of what the tables say."""

    texts: list[str] = []
    measures: list[Words] = []
    before: list[Words] = []
    aside: list[Words] = []
    others: list[Words] = []
    words: list[RawWordList] = []
    turns: list[RawTurn] = []
    mentions: list[RawMention] = []
    statements: list[RawStatement] = []


class RawFigure(_Strict):
    """A figure of the merged report: an expression over its cells."""

    label: Words
    value: Words
    measure: str = ""


class RawChart(_Strict):
    """A picture of some figures, of one figure of every unit, or of how sources flow into figures."""

    title: Words
    figures: Annotated[list[RawFigure], Field(min_length=1)]
    sources: list[RawFigure] = []
    by: Literal["figures", "units", "flow"] = "figures"


class RawOnce(RawSaid):
    """What two bodies may both have counted, and belongs to one of them."""

    cells: Annotated[list[str], Field(min_length=1)]
    kinds: list[Words] = []


class RawCounty(_Strict):
    """What the office that merges shows of the form, and what it asks of the sums."""

    headline: list[RawFigure] = []
    charts: list[RawChart] = []
    once: list[RawOnce] = []


class RawSum(_Strict):
    """A cell of an earlier form that several cells of this one are together; `each` as in a check."""

    label: Words
    earlier: Words
    now: Annotated[list[Words], Field(min_length=2)]
    each: str = ""


class RawWithout(_Strict):
    """Cells of an earlier form that have no counterpart, and why; a table or a row stands for all of its cells."""

    cells: Annotated[list[Words], Field(min_length=1)]
    why: Words
    why_en: Words


class RawEarlier(_Strict):
    """What has become of the cells of an earlier form, where it is not the same key that asks the same."""

    form: Words
    sums: list[RawSum] = []
    without: list[RawWithout] = []


class RawForm(_Strict):
    """The whole file."""

    schema_name: Literal["tianbao.form/1"] = Field(alias="schema")
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    title: Words
    issued_by: str = ""
    source: str = ""
    years: RawYears = RawYears()
    instructions: list[Words] = []
    cover: list[RawField] = []
    controls: list[RawField] = []
    codelists: list[RawCodelist] = []
    sections: list[RawSection] = []
    tables: Annotated[list[RawTable], Field(min_length=1)]
    texts: list[RawText] = []
    checks: list[RawCheck] = []
    narrative: RawNarrative = RawNarrative()
    county: RawCounty = RawCounty()
    earlier: list[RawEarlier] = []


#: What a line cannot do without: where one of these is faulty, the whole line is passed over.
NEEDED = frozenset(
    field.alias or name
    for model in (
        *(RawForm, RawSection, RawTable, RawLine, RawPrior, RawField, RawText, RawCodelist, RawCheck),
        *(RawWordList, RawCount, RawMention, RawStatement, RawFigure, RawChart, RawOnce),
        *(RawEarlier, RawSum, RawWithout),
    )
    for name, field in model.model_fields.items()
    if field.is_required()
)
