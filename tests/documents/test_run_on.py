"""Digits that have run together are parted in the only way there is, or not at all."""

from __future__ import annotations

from tianbao.documents.run_on import _ways, share_out


def test_digits_that_can_be_parted_in_more_ways_than_are_tried_are_not_parted() -> None:
    digits, count = "1" * 40, 7
    first = next(_ways(digits, count))

    assert share_out(digits, count, lambda figures: figures == first) is None


def test_the_only_way_that_holds_is_taken() -> None:
    assert share_out("10212225", 4, lambda figures: sum(figures[:3]) == figures[3] and figures[0] == 1) is None
    assert share_out("12315", 4, lambda figures: sum(figures[:3]) == figures[3]) is None
    assert share_out("1236", 4, lambda figures: sum(figures[:3]) == figures[3]) == (1, 2, 3, 6)
