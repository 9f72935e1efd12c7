"""What the office books to a total, beside what the units say: never mixed into their figures.

In:   a cell key, an amount, and why.
Out:  a booking that fits the form; or what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from tianbao.errors import TianbaoError
from tianbao.form.model import Amount, Form, Merge


class UnknownCellError(TianbaoError):
    """No cell has this key."""

    code: ClassVar[str] = "M-ADJUST-CELL"


class NotAdjustableError(TianbaoError):
    """The cell is not summed: it is computed, or belongs to each unit alone."""

    code: ClassVar[str] = "M-ADJUST-COMPUTED"


class AdjustmentAmountError(TianbaoError):
    """The amount is none, is nought, or has more decimals than the cell."""

    code: ClassVar[str] = "M-ADJUST-AMOUNT"


#: No total of a form is as large.
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A correction of a total.

    Attributes:
        key: of a cell that is summed.
        amount: what is added; negative where something was counted twice.
        note: why.
        by: who booked it.
        at: the day, or the number of the event.
    """

    key: str
    amount: Amount
    note: str
    by: str = ""
    at: str = ""

    def as_document(self) -> dict[str, object]:
        """Describe it in what JSON can hold: a count as a number, an amount as text."""
        amount = self.amount if isinstance(self.amount, int) else f"{self.amount:f}"
        return {"key": self.key, "amount": amount, "note": self.note, "by": self.by, "at": self.at}


def judge_adjustment(form: Form, adjustment: Adjustment) -> Adjustment:
    """Return a booking that fits the form.

    Raises:
        UnknownCellError: no cell has its key.
        NotAdjustableError: the cell is not summed.
        AdjustmentAmountError: the amount is nought or is finer than the cell.
    """
    cell = form.by_key.get(adjustment.key)
    if cell is None:
        raise UnknownCellError(key=adjustment.key, near=_nearest(form, adjustment.key))
    if cell.merge is not Merge.SUM:
        raise NotAdjustableError(key=cell.key, label=cell.label[-1])
    amount = Decimal(adjustment.amount)
    if not amount.is_finite() or not 0 < abs(amount) < _MOST or amount != round(amount, cell.digits):
        raise AdjustmentAmountError(key=cell.key, amount=adjustment.amount, digits=cell.digits)
    return adjustment


def booked(adjustments: Iterable[Adjustment]) -> Mapping[str, Amount]:
    """Add up what is booked to each cell."""
    sums: dict[str, Amount] = {}
    for one in adjustments:
        sums[one.key] = sums.get(one.key, 0) + one.amount
    return sums


def _nearest(form: Form, key: str) -> str:
    import difflib

    known = [cell.key for cell in form.cells() if cell.merge is Merge.SUM]
    return next(iter(difflib.get_close_matches(key, known, n=1, cutoff=0.0)), "")
