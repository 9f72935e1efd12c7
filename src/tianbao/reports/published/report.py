"""What a published report says, before any file format.

In:   nothing: values only.
Out:  `Report`, which `word` and `page` print.
Knows nothing of campaigns and files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tianbao.form.model import Amount, Form
from tianbao.form.printed import Part, make_parts
from tianbao.records.model import Value
from tianbao.reports.pictures.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison of two years.

    Attributes:
        place: the table, as people call it (表三).
        label: the row and the column.
        now: this year's figure.
        before: last year's.
    """

    place: str
    label: str
    measure: str
    now: Amount
    before: Amount

    @property
    def change(self) -> Amount:
        """This year's less last year's."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """This year's figures beside last year's.

    Attributes:
        lines: of what is not 0 in both years.
        told: in sentences: of whom last year is known, what was 0 in both, what has no counterpart and why.
    """

    lines: tuple[Compared, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is published.

    Attributes:
        issuer: whose report it is: printed in its title, and signed with below.
        values: by cell key, of all tables; None for a blank.
        texts: by the key of the text, paragraphs joined by line feeds.
        drafted: the keys of texts that were drafted for the office to finish; they are marked.
        signed_on: the date below; None where it is left open to be filled in.
        warnings: why it should not be published as it is, a sentence each; printed above all else.
        pictures: drawn behind the report.
        told: what is said in the place of pictures that have nothing to show.
        comparison: with last year, behind the report; None where last year is not known.
    """

    form: Form
    year: int
    issuer: str
    values: Mapping[str, Value]
    texts: Mapping[str, str]
    drafted: frozenset[str] = frozenset()
    signed_on: date | None = None
    warnings: tuple[str, ...] = ()
    pictures: tuple[Drawing, ...] = ()
    told: tuple[str, ...] = ()
    comparison: Comparison | None = field(default=None)

    @property
    def title(self) -> str:
        """The title below the issuer: `2025年政府信息公开工作年度报告`."""
        return f"{self.year}年{self.form.title}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is printed, in order; a table that may be left out and is, is not."""
        blank = (
            table.key
            for table in self.form.tables
            if table.optional and all(self.values.get(cell.key) is None for cell in table.inputs())
        )
        return make_parts(self.form, without=frozenset(blank))
