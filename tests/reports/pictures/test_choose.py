"""A picture is drawn only where it has something to say; else a sentence stands in its place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

import pytest

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.records.model import Value
from tianbao.reports.pictures import Pictures, draw_pictures
from tianbao.reports.pictures.drawing import Bar, Label, Tone
from tianbao.reports.pictures.drawingml import draw_inline
from tianbao.reports.pictures.svg import draw_svg

FORM = load_form("zfxxgk-2021")
NEW, GRANTED, MADE, OUT = (f"requests.{row}.natural" for row in ("new", "granted", "unable_make", "carried_out"))
SOME = {NEW: 10, GRANTED: 4, MADE: 3, OUT: 3}

FLOW, YEARS, UNITS, CASES = (
    *("政府信息公开申请的来源和去向", "依申请公开办理结果，与上年相比", "各单位本年新收申请", "行政复议、行政诉讼结果"),
)
NO_CASES = f"“{CASES}”没有画图：本年各项均为 0。"


def values(**more: int) -> Mapping[str, Value]:
    return submission(FORM, {key.replace("__", "."): value for key, value in more.items()}).values


def of(given: Mapping[str, int]) -> Mapping[str, Value]:
    return submission(FORM, dict(given)).values


def pictures(
    given: Mapping[str, int], *, before: Mapping[str, int] | None = None, units: Sequence[tuple[str, int]] = ()
) -> Pictures:
    several = [(name, of({NEW: new, GRANTED: new})) for name, new in units]
    return draw_pictures(FORM, of(given), before=of(before) if before is not None else None, units=several, year=2025)


def titles(shown: Pictures) -> list[str]:
    return [drawing.title for drawing in shown.drawings]


def test_all_zeros_are_one_sentence_and_no_picture() -> None:
    shown = pictures({}, before={}, units=[("甲镇", 0), ("乙镇", 0), ("丙镇", 0)])

    assert shown == Pictures((), (f"“{FLOW}”、“{UNITS}”、“{CASES}”没有画图：本年各项均为 0。",))


def test_one_unit_alone_has_no_picture_of_units() -> None:
    assert titles(pictures(SOME, units=[("甲镇", 10)])) == [FLOW]


def test_what_all_went_one_way_is_a_sentence() -> None:
    assert pictures({NEW: 3, GRANTED: 3}).told == ("本年新收 3 件，结果都是“予以公开”。", NO_CASES)


def test_where_the_identity_does_not_hold_nothing_is_drawn_and_it_is_said_by_how_much() -> None:
    shown = pictures({NEW: 10, GRANTED: 4})

    assert titles(shown) == []
    assert shown.told[0] == f"“{FLOW}”没有画图：来源合计 10，去向合计 4，差 6，先查清再公布。"


def test_outcomes_stand_beside_last_years_and_without_these_the_flow_says_it_all() -> None:
    assert titles(pictures(SOME, before={NEW: 5, GRANTED: 5})) == [FLOW, YEARS]
    assert titles(pictures(SOME, before={})) == [FLOW]
    assert titles(pictures(SOME)) == [FLOW]


def test_units_are_sorted_and_zeros_come_to_one_line() -> None:
    shown = pictures(SOME, units=[("甲镇", 2), ("乙镇", 0), ("丙镇", 9), ("丁镇", 0)])

    drawing = shown.drawings[1]
    assert drawing.title == UNITS
    texts = [shape.text for shape in drawing.shapes if isinstance(shape, Label)]
    assert texts == ["丙镇", "9 件", "甲镇", "2 件", "另有 2 家为 0"]


def test_more_units_than_can_be_read_come_to_one_line() -> None:
    shown = pictures(SOME, units=[(f"第{n}镇", n) for n in range(1, 21)])

    drawing = shown.drawings[1]
    assert sum(isinstance(shape, Bar) for shape in drawing.shapes) == 15
    assert [shape.text for shape in drawing.shapes if isinstance(shape, Label)][-1] == "其余 5 家共 15 件"


def test_one_more_than_can_be_read_is_drawn_all_the_same() -> None:
    shown = pictures(SOME, units=[(f"第{n}镇", n) for n in range(1, 17)])

    assert sum(isinstance(shape, Bar) for shape in shown.drawings[1].shapes) == 16


def test_what_only_one_unit_has_is_a_sentence() -> None:
    shown = pictures(SOME, units=[("甲镇", 10), ("乙镇", 0), ("丙镇", 0)])

    assert "本年新收申请 10 件，都在甲镇，其余 2 家为 0。" in shown.told


def test_a_figure_that_is_not_known_is_not_drawn_as_if_it_were_nothing() -> None:
    shown = draw_pictures(FORM, {**of(SOME), "requests.partial.total": None}, year=2025)

    assert titles(shown) == []
    assert shown.told == (NO_CASES,)


@pytest.mark.parametrize("name", ["zfxxgk-2019", "zfxxgk-2021", "fire-safety"])
def test_any_form_of_zeros_draws_nothing(name: str) -> None:
    form = load_form(name)

    assert draw_pictures(form, submission(form).values, year=2025).drawings == ()


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SVG = "{http://www.w3.org/2000/svg}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def drawings() -> Pictures:
    return pictures(SOME, before={NEW: 5, GRANTED: 5}, units=[("<甲>镇", 2), ("乙&镇", 8)])


def test_svg_has_real_text_a_title_and_a_description_and_nothing_from_elsewhere() -> None:
    for drawing in drawings().drawings:
        text = draw_svg(drawing, name="p1")
        root = ET.fromstring(text)  # noqa: S314  made by us

        assert [one.text for one in root.iter(f"{SVG}text")] == [
            shape.text for shape in drawing.shapes if isinstance(shape, Label)
        ]
        assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (drawing.title, drawing.description)
        assert root.get("aria-labelledby") == "p1-title p1-desc"
        assert "href" not in text
        assert "url(" not in text


def test_word_has_the_same_texts_and_a_sentence_for_programs_that_know_no_shapes() -> None:
    for number, drawing in enumerate(drawings().drawings, start=1):
        element = draw_inline(drawing, number=number, width=drawing.width)

        choice, fallback = element
        assert ["".join(p.itertext()) for p in choice.iter(f"{W}p")] == [
            shape.text for shape in drawing.shapes if isinstance(shape, Label)
        ]
        assert "".join(fallback.itertext()) == drawing.description


def test_no_picture_has_more_than_five_tones_and_each_is_another_in_grey() -> None:
    used = {shape.tone for drawing in drawings().drawings for shape in drawing.shapes}
    greys = []
    for tone in used:
        red, green, blue = (int(part, 16) for part in re.findall("..", tone.value))
        greys.append(0.299 * red + 0.587 * green + 0.114 * blue)

    assert len(Tone) <= 5
    greys.sort()
    assert all(above - below > 20 for below, above in itertools.pairwise(greys))
