"""What a form computes, from what was read: however it was read, and whatever was printed or typed in its place.

In:   the values that are known; a cell that stands where a formula should.
Out:  the computed value; beside it what was stated, and how that is told.
Knows nothing of files and places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from tianbao.expr import Expr, compile_expression
from tianbao.expr.linear import linear
from tianbao.expr.semantics import tolerance
from tianbao.expr.sentence import apart, written
from tianbao.form.model import Amount, Cell, Severity
from tianbao.records.model import Answer
from tianbao.workbook.package import RawCell, StyleFacts
from tianbao.workbook.values import Asked, Remark, read_value

#: A total may be this large, though none of its parts may.
_LARGEST_TOTAL = 10**15


def asked_of(cell: Cell) -> Asked:
    """Return what a cell asks for."""
    return Asked(
        type=cell.type.value,
        measure=cell.measure,
        digits=cell.digits,
        negative=cell.negative,
        not_applicable=cell.not_applicable,
        maximum=cell.maximum,
        codes=cell.codes,
    )


class Total:
    """How a computed cell is computed: as a plain sum and difference where it is one."""

    def __init__(self, cell: Cell, formula: Expr) -> None:
        self.key = cell.key
        self.within = tolerance(cell.digits)
        self.asked = replace(asked_of(cell), negative=True, maximum=_LARGEST_TOTAL)
        form = linear(formula)
        self._is_sum = form is not None and not form.constant and {abs(c) for c in form.coefficients.values()} == {1}
        self._added = tuple(key for key, c in form.coefficients.items() if c > 0) if form else ()
        self._taken = tuple(key for key, c in form.coefficients.items() if c < 0) if form else ()
        self._compute = compile_expression(formula)

    def of(self, values: Values) -> Amount | None:
        """Compute it from the values that are known; blank counts as the formula says."""
        if self._is_sum:
            return sum(map(values.amount, self._added)) - sum(map(values.amount, self._taken))
        total = self._compute(values.get)
        return total if isinstance(total, Amount) else None

    def beside(self, answer: Answer, cell: RawCell | None, style: StyleFacts) -> tuple[Answer, Remark]:
        """Read what stands where the formula should, and say how that is told."""
        computed = answer.value if isinstance(answer.value, Amount) else None
        facts = {"raw": cell.text if cell else "", "value": written(computed)}
        if cell is None or not cell.text:
            return answer, Remark("R-ERASED", Severity.NOTE, facts)
        stated = read_value(cell, self.asked, style).value
        if not isinstance(stated, Amount):
            return answer._replace(raw=cell.text), Remark("R-OVERWRITTEN-TEXT", Severity.NOTE, facts)
        facts["size"] = apart(stated, computed)
        is_equal = computed is not None and -self.within < stated - computed < self.within
        told = Remark("R-OVERWRITTEN", Severity.NOTE if is_equal else Severity.QUERY, facts)
        return answer._replace(raw=cell.text, stated=stated), told


class Values(dict[str, Amount | str]):
    """The values that formulas ask for, days by their number; in a sum, a blank is 0."""

    def __missing__(self, _key: str) -> int:
        return 0

    @property
    def amount(self) -> Callable[[str], Amount]:
        """The number of a key that is known to be one's."""
        return cast("Callable[[str], Amount]", self.__getitem__)
