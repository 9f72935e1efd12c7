"""The office's adjustments where plain files are merged, read from its own list.

In:   an .xlsx or a CSV with the headings 单元格, 调整数, 原因, 经办人.
Out:  one booking a line; or every fault of the list at once, each with its cell.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from tianbao.campaign.adjusting import find_key, read_amount
from tianbao.campaign.lists import ListError, ListFault, ListLine, read_list
from tianbao.errors import TianbaoError
from tianbao.form.model import Form
from tianbao.merge.adjustment import Adjustment, AdjustmentAmountError, judge_adjustment

CELL, AMOUNT, NOTE, BY = _HEADINGS = ("单元格", "调整数", "原因", "经办人")


class AdjustmentsFileError(TianbaoError):
    """The file is not there, or neither a workbook nor a text."""

    code: ClassVar[str] = "U-ADJUSTMENTS-FILE"


class AdjustmentsError(ListError):
    """A list of adjustments cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-ADJUSTMENTS"


def read_adjustments(path: str | Path, form: Form) -> tuple[Adjustment, ...]:
    """Read a list of adjustments.

    Args:
        path: of the list.
        form: that is merged.

    Raises:
        AdjustmentsFileError: no such file, or not one that can be read.
        AdjustmentsError: the list has faults; the error holds all of them.
    """
    listed = read_list(path, _HEADINGS, _HEADINGS, unusable=AdjustmentsFileError)
    faults = [ListFault("U-ADJUSTMENTS-HEADING", "", {"headings": "、".join(listed.missing)})] if listed.missing else []
    bookings = []
    for line in listed.lines:
        booking = _booking(line, form)
        if isinstance(booking, Adjustment):
            bookings.append(booking)
        else:
            faults.append(booking)
    if faults:
        raise AdjustmentsError(str(path), faults)
    return tuple(bookings)


def _booking(line: ListLine, form: Form) -> Adjustment | ListFault:
    blank = next((heading for heading in _HEADINGS if not line[heading]), None)
    if blank is not None:
        return ListFault("U-ADJUSTMENTS-BLANK", line.ats[blank], {"heading": blank})
    try:
        key = find_key(form, line[CELL])
        amount = read_amount(form, key, line[AMOUNT])
        return judge_adjustment(form, Adjustment(key, amount, line[NOTE], line[BY]))
    except TianbaoError as error:
        at = line.ats[AMOUNT if isinstance(error, AdjustmentAmountError) else CELL]
        return ListFault("U-ADJUSTMENTS-LINE", at, {"reason": error.message()})
