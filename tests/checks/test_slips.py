from __future__ import annotations

from decimal import Decimal

import pytest

from tianbao.checks.slips import Slip, digits_of, slip_of
from tianbao.form.model import Amount


@pytest.mark.parametrize(
    ("typed", "meant", "slip", "why"),
    [
        (None, 4, Slip.BLANK, "nothing was typed"),
        (21, 12, Slip.SWAPPED, "two digits"),
        (1324, 1234, Slip.SWAPPED, "two digits in the middle"),
        (4321, 1234, None, "more than two digits"),
        (120, 12, Slip.SHIFTED, "a zero too many"),
        (12, 120, Slip.SHIFTED, "a zero too few"),
        (45000, Decimal("4.5"), Slip.SHIFTED, "元 typed as 万元"),
        (Decimal("1.25"), Decimal("12.50"), Slip.SHIFTED, "a point in the wrong place"),
        (122, 12, Slip.DOUBLED, "a digit twice"),
        (112, 12, Slip.DOUBLED, "the other digit twice"),
        (33, 3, Slip.DOUBLED, "the only digit twice"),
        (13, 123, Slip.DROPPED, "a digit left out"),
        (17, 12, None, "another number"),
        (0, 12, None, "0 is what most cells are"),
        (12, 0, None, "so it is when it is meant"),
    ],
)
def test_a_slip_is_told_by_the_digits(typed: Amount | None, meant: Amount, slip: Slip | None, why: str) -> None:
    assert slip_of(typed, meant) is slip, why


def test_an_amount_is_written_as_it_is_typed() -> None:
    assert [digits_of(amount) for amount in (120, Decimal("12.50"), Decimal("3.00"))] == ["120", "12.5", "3"]
