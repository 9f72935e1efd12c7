"""Book a correction to a total: beside what the units say, with a reason, and undoable.

In:   a campaign, and what people call a cell and write for an amount.
Out:  the booking, written down; or why it cannot be.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from tianbao.campaign.books import Books
from tianbao.campaign.decide import needed
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import now, user
from tianbao.form.model import Amount, Form
from tianbao.merge.adjustment import Adjustment, AdjustmentAmountError, judge_adjustment
from tianbao.records.names import plain

_DAY = 10
#: A comma parts thousands and nothing else: `1,5` is no fifteen.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,12})?")
_MINUS = str.maketrans({"−": "-", "－": "-", "—": "-", "–": "-"})


class Adjusted(NamedTuple):
    """A booking, and what it does to its total.

    Attributes:
        label: what the cell is called.
        before: the total without it; None where no unit gave a figure.
    """

    booking: Adjustment
    label: str
    before: Amount | None

    @property
    def after(self) -> Amount:
        """The total with it."""
        return (self.before or 0) + self.booking.amount


def adjustment_of(books: Books, cell: str, amount: str, note: str) -> Adjustment:
    """Make a booking of what the office said.

    Args:
        books: whose.
        cell: a key, a place (`三、依申请公开!E10`), or the words that lead to the cell, as the county's workbook has them.
        amount: what is added.
        note: why.

    Raises:
        UnknownCellError, NotAdjustableError, AdjustmentAmountError: it does not fit the form.
        NoteNeededError: there is no reason.
    """
    key = find_key(books.form, cell)
    number = read_amount(books.form, key, amount)
    return judge_adjustment(books.form, Adjustment(key, number, needed(note), user(), now()[:_DAY]))


def find_key(form: Form, said: str) -> str:
    """Return the key of the cell that people call so; what is unknown as it was said."""
    from tianbao.workbook.layout import a1, make_layout

    wanted = plain(said)
    for key, place in make_layout(form).places.items():
        if key in form.by_key and wanted in (plain(key), plain(f"{place.sheet}!{a1(place.row, place.column)}")):
            return key
    named = [key for key in form.by_key if wanted == plain(form.name_of(key))]
    return named[0] if len(named) == 1 else said


def read_amount(form: Form, key: str, written: str) -> Amount:
    """Read an amount as people write it, a full-width one or one with a printed minus, too.

    Raises:
        AdjustmentAmountError: it is none.
    """
    text = unicodedata.normalize("NFKC", written.strip().translate(_MINUS))
    if not _NUMBER.fullmatch(text):
        cell = form.by_key.get(key)
        raise AdjustmentAmountError(key=key, amount=written, digits=cell.digits if cell else 0)
    number = Decimal(text.replace(",", ""))
    return number if "." in text else int(number)


def weigh(books: Books, booking: Adjustment) -> Adjusted:
    """Return what a booking does to its total."""
    from tianbao.campaign.merging import merge

    label = books.form.name_of(booking.key)
    return Adjusted(booking, label, merge(books, write=False).merged.totals.get(booking.key))


def adjust(books: Books, booking: Adjustment) -> Adjusted:
    """Write a booking down."""
    adjusted = weigh(books, booking)
    facts = {"key": booking.key, "label": adjusted.label, "amount": str(booking.amount), "note": booking.note}
    with books.recording() as record:
        record(EventKind.ADJUSTED, facts)
    return adjusted
