"""How a hand slips: what somebody may have done who meant one number and typed another."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from tianbao.form.model import Amount

#: So many places a point or a few zeros go astray; 4 of them make 万元 of 元.
_SHIFTS = (1, 2, 3, 4)


class Slip(Enum):
    """A usual slip; of two, the one with the larger value is the better explanation.

    BLANK: the cell was left blank, or what stands in it is not a number.
    SUBTOTAL: the sum of the others was typed as a part.
    SWAPPED: two digits changed places.
    SHIFTED: a zero too many or too few, a point in the wrong place.
    DOUBLED: a digit was typed twice.
    DROPPED: a digit was left out.
    REPEATED: the number of a neighbouring cell.
    """

    BLANK = 7
    SWAPPED = 6
    SHIFTED = 5
    SUBTOTAL = 4
    DOUBLED = 3
    REPEATED = 2
    DROPPED = 1


def slip_of(typed: Amount | None, meant: Amount) -> Slip | None:
    """Tell by which slip of the fingers a number becomes another.

    >>> slip_of(21, 12), slip_of(120, 12), slip_of(Decimal("12.5"), 125), slip_of(133, 13), slip_of(17, 12)
    (<Slip.SWAPPED: 6>, <Slip.SHIFTED: 5>, <Slip.SHIFTED: 5>, <Slip.DOUBLED: 3>, None)
    """
    if typed is None:
        return Slip.BLANK
    if not typed or not meant:
        return None
    was, right = digits_of(typed), digits_of(meant)
    if any(typed == meant * 10**n or typed * 10**n == meant for n in _SHIFTS):
        return Slip.SHIFTED
    if any(swapped == was for swapped in _swaps(right)):
        return Slip.SWAPPED
    if any(right[:n] + right[n - 1] + right[n:] == was for n in range(1, len(right) + 1)):
        return Slip.DOUBLED
    if len(right) > 1 and any(right[:n] + right[n + 1 :] == was for n in range(len(right))):
        return Slip.DROPPED
    return None


def digits_of(amount: Amount) -> str:
    """Write an amount as it is typed.

    >>> digits_of(Decimal("12.50"))
    '12.5'
    """
    text = f"{Decimal(amount):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _swaps(text: str) -> list[str]:
    return [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in range(len(text) - 1) if text[n] != text[n + 1]]
