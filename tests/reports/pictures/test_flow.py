"""The flow: its widths are the accounting identity, and its labels can be read."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import pytest

from tianbao.reports.pictures.drawing import Anchor, Band, Bar, Drawing, Label
from tianbao.reports.pictures.figures import Shown
from tianbao.reports.pictures.flow import draw_flow
from tianbao.reports.pictures.measures import PAGE, spread, text_width

GOALS = ("予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理", "结转下年度")


def flow(came: list[int], went: list[int]) -> Drawing:
    assert sum(came) == sum(went)
    sources = [Shown(name, value) for name, value in zip(("上年结转", "本年新收"), came, strict=True)]
    return draw_flow("流向", sources, [Shown(name, value) for name, value in zip(GOALS, went, strict=True)])


def boxes(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    """Return how far each label reaches: left, right, top, bottom."""
    found = []
    for label in (shape for shape in drawing.shapes if isinstance(shape, Label)):
        wide = text_width(label.text, label.size)
        left = {Anchor.START: 0.0, Anchor.MIDDLE: wide / 2, Anchor.END: wide}[label.anchor]
        found.append((label.x - left, label.x - left + wide, label.y - 0.88 * label.size, label.y + 0.12 * label.size))
    return found


FLOWS = [
    ([3, 120], [40, 5, 12, 30, 6, 20, 10]),
    ([0, 1], [1, 0, 0, 0, 0, 0, 0]),
    ([1, 11_398_888], [11_398_883, 1, 1, 1, 1, 1, 1]),
    ([500, 500], [1, 1, 1, 1, 1, 1, 994]),
    ([7, 0], [1, 1, 1, 1, 1, 1, 1]),
]


@pytest.mark.parametrize(("came", "went"), FLOWS)
def test_a_point_across_is_the_same_number_everywhere(came: list[int], went: list[int]) -> None:
    bands = [shape for shape in flow(came, went).shapes if isinstance(shape, Band)]
    several = [value for value in came if value]

    into, out = bands[: len(several)], bands[len(several) :]
    point = sum(band.width for band in into) / sum(came)
    assert sum(band.width for band in out) == pytest.approx(sum(band.width for band in into))
    assert [band.width / point for band in into] == pytest.approx(several)
    assert [band.width / point for band in out] == pytest.approx([value for value in went if value])


@pytest.mark.parametrize(("came", "went"), FLOWS)
def test_bands_meet_without_a_gap_in_the_middle(came: list[int], went: list[int]) -> None:
    bands = [shape for shape in flow(came, went).shapes if isinstance(shape, Band)]
    several = sum(value > 0 for value in came)

    for ends in ([(b.to_y, b.width) for b in bands[:several]], [(b.y, b.width) for b in bands[several:]]):
        for (y, width), (below, _) in pairwise(ends):
            assert below == pytest.approx(y + width)


def test_no_label_covers_another_or_leaves_the_picture() -> None:
    chance = Random(4)  # noqa: S311  figures for a test, no secrets
    for _ in range(60):
        went = [chance.choice([0, 1, 3, 40, 900, 10**7]) for _ in GOALS[:-1]] + [1]
        old = chance.randint(0, sum(went))
        drawing = flow([old, sum(went) - old], went)

        for one, other in combinations(boxes(drawing), 2):
            apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            assert apart, (went, one, other)
        assert all(
            left >= 0 and right <= PAGE and top >= 0 and low <= drawing.height
            for left, right, top, low in boxes(drawing)
        )
        assert all(bar.y + bar.height <= drawing.height for bar in drawing.shapes if isinstance(bar, Bar))


def test_what_is_zero_is_left_out_and_every_number_is_written() -> None:
    texts = [shape.text for shape in flow([3, 120], [40, 0, 12, 35, 6, 20, 10]).shapes if isinstance(shape, Label)]

    assert texts == [
        "上年结转 3",
        "本年新收 120",
        "予以公开 40",
        "不予公开 12",
        "无法提供 35",
        "不予处理 6",
        "其他处理 20",
        "结转下年度 10",
        "共 123",
    ]


def test_places_are_moved_no_more_than_needed() -> None:
    assert spread([5.0, 50.0], 10.0, 0.0, 60.0) == [5.0, 50.0]
    assert spread([0.0, 0.0, 60.0], 10.0, 0.0, 60.0) == [0.0, 10.0, 60.0]
    assert spread([58.0, 59.0, 60.0], 10.0, 0.0, 60.0) == [40.0, 50.0, 60.0]
