"""One workbook while it is being written: what it is made from, and what every sheet of it needs."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tianbao import expr, messages
from tianbao.expr import excel
from tianbao.expr.value import Value as Result
from tianbao.form.model import Form
from tianbao.form.names import given
from tianbao.records.model import Unit
from tianbao.workbook.book import FormSheet, LockedBook
from tianbao.workbook.identify import Identity
from tianbao.workbook.layout import KEY_COLUMN, WHOLE_KEY, make_layout
from tianbao.workbook.prefill import Prefill
from tianbao.workbook.sent_back import SentBack
from tianbao.workbook.styles import Styles
from tianbao.workbook.tables import Content, fill, put

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


class Shown(NamedTuple):
    """A cell, at a place counted from 0, in which other figures of last year show something else.

    Attributes:
        content: returns what it is to show by the figures that the draft holds now.
    """

    sheet: FormSheet
    row: int
    column: int
    content: Callable[[], Content]

    def draw(self) -> None:
        """Write the cell, instead of what stood there."""
        fill(self.sheet, self.row, self.column, self.content())

    def xml(self) -> bytes:
        """Return the cell as it now lies in the file."""
        self.draw()
        return self.sheet.cell_xml(self.row, self.column)


class Draft:
    """A workbook being written: form, unit, year, the answers it starts with, its formats and formulas.

    Attributes:
        shown: the cells that depend on last year's figures; all else is the same whatever these are, as long as the same
            tables have some.
    """

    def __init__(
        self,
        form: Form,
        unit: Unit,
        year: int,
        issuer: str,
        password: str,
        filled: Prefill,
        sent_back: SentBack | None = None,
        issuance: str = "",
    ) -> None:
        self.form = form
        self.unit = unit
        self.year = year
        self.issuer = issuer
        self.password = password
        self.filled = filled
        self.sent_back = sent_back or SentBack()
        self.layout = make_layout(form)
        self.identity = Identity.of(form, year, unit, issuance)
        self.buffer = io.BytesIO()
        self.book = LockedBook(self.buffer, password)
        self.styles = Styles(self.book)
        self.shown: list[Shown] = []
        self._given = given(year)
        self._shared = _shared_texts(form, year)

    def answer(self, key: str) -> Result:
        """Return the answer of a cell, of a `prior.` key, or of what is known without being asked."""
        return self._given[key] if key in self._given else self.filled.answer(key)

    def formula(self, name: str, expression: expr.Expr, sheet: str, column: int = 0) -> str:
        """Write an expression for a sheet (and a column of it); the report year is a constant in it.

        Formulas are the same for every unit, so each is written once for a form and year; `name` tells them apart.
        """
        places = self.layout.places
        return self.once(
            name,
            lambda: excel.formula(_for_year(expression, self.year), places.__getitem__, sheet=sheet, column=column),
        )

    def once(self, name: str, write: Callable[[], str]) -> str:
        """Return a text that is the same in every workbook of this form and year."""
        text = self._shared.get(name)
        if text is None:
            text = self._shared[name] = write()
        return text

    def unit_line(self) -> str:
        """Return the line below every title: unit, year, printed code."""
        return unit_line(self.unit, self.identity)

    def show(self, sheet: Worksheet, row: int, column: int, content: Callable[[], Content]) -> None:
        """Write a cell that depends on last year's figures."""
        assert isinstance(sheet, FormSheet)
        cell = Shown(sheet, row, column, content)
        cell.draw()
        self.shown.append(cell)

    def key_row(self, sheet: Worksheet, row: int, block: str, column: int) -> None:
        """A hidden row that says: the answers stand below, under the whole keys of column A."""
        put(sheet, row, KEY_COLUMN, f"#{block}", self.styles["hidden"])
        put(sheet, row, column, WHOLE_KEY, self.styles["hidden"])
        sheet.set_row(row - 1, None, None, {"hidden": True})


def unit_line(unit: Unit, identity: Identity) -> str:
    """Write the line below every title: unit, year, printed code."""
    mark = identity.printed_code()
    return messages.say("sheet.unit_line", "zh", name=unit.name, code=unit.code, year=identity.year, mark=mark)


def _for_year(expression: expr.Expr, year: int) -> expr.Expr:
    known = given(year)
    if not any(cell.key in known for cell in expr.cells(expression)):
        return expression
    return expr.substitute(
        expression,
        lambda node: expr.Number(known[node.key]) if isinstance(node, expr.Cell) and node.key in known else node,
    )


@lru_cache(maxsize=32)
def _shared_texts(_form: Form, _year: int) -> dict[str, str]:
    """Keep the formulas that every workbook of one form and year shares."""
    return {}


def cached(value: Result) -> str | float | None:
    """Return a result as a spreadsheet keeps it; nothing for a blank."""
    return float(value) if isinstance(value, Decimal) else value
