"""Where everything stands: every key has one place, and nothing covers anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

import pytest

import tianbao as tb
from tianbao.expr import Place
from tianbao.form.load import bundled_forms
from tianbao.form.model import Cell as Asked
from tianbao.form.model import CellType, Kind
from tianbao.workbook.layout import (
    Answer,
    Block,
    Role,
    TableSheet,
    a1,
    address,
    make_layout,
    rectangles,
    sheet_title,
    text_height,
)

every_form = pytest.mark.parametrize("name", bundled_forms())


def tables(name: str) -> Iterator[tuple[TableSheet, Block]]:
    return ((sheet, block) for sheet in make_layout(tb.load_form(name)).sheets for block in sheet.blocks)


def covered(sheet: TableSheet, block: Block) -> Iterator[tuple[str, int, int]]:
    """Yield every cell that a label, an answer or a figure of last year takes."""
    for box in block.boxes:
        yield from (
            (sheet.name, row, column)
            for row in range(box.row, box.last_row + 1)
            for column in range(box.column, box.last_column + 1)
        )
    for answer in block.answers:
        yield from ((sheet.name, answer.place.row, c) for c in range(answer.place.column, answer.last_column + 1))
    yield from ((place.sheet, place.row, place.column) for place in block.prior.values())


@every_form
def test_every_cell_of_a_form_has_a_place_of_its_own(name: str) -> None:
    form = tb.load_form(name)
    places = make_layout(form).places

    assert places.keys() >= form.by_key.keys()
    assert [at for at, times in Counter((p.sheet, p.row, p.column) for p in places.values()).items() if times > 1] == []


@every_form
def test_every_figure_of_last_year_that_a_check_needs_has_a_place(name: str) -> None:
    form = tb.load_form(name)

    needed = set(chain.from_iterable(instance.prior for instance in form.instances))

    assert needed
    assert needed <= make_layout(form).places.keys()


@every_form
def test_no_printed_cell_covers_another(name: str) -> None:
    taken = Counter(chain.from_iterable(covered(sheet, block) for sheet, block in tables(name)))

    assert [cell for cell, times in taken.items() if times > 1] == []


@every_form
def test_a_table_is_printed_without_a_hole(name: str) -> None:
    for sheet, block in tables(name):
        rows = range(block.head[0], max(answer.place.row for answer in block.answers) + 1)
        printed = {(sheet.name, row, column) for row in rows for column in range(2, sheet.last_column + 1)}

        assert printed <= set(covered(sheet, block)), block.table.key


@every_form
def test_the_hidden_keys_lead_to_every_answer(name: str) -> None:
    for _, block in tables(name):
        for answer in block.answers:
            row, column = block.row_keys[answer.place.row], block.column_keys[answer.place.column]
            assert f"{row}.{column}" == answer.key


@every_form
def test_every_check_has_one_line_on_the_audit_sheet_and_a_cell_to_go_to(name: str) -> None:
    form = tb.load_form(name)
    layout = make_layout(form)

    assert {line.instance.id for line in layout.audit if line.instance} == {i.id for i in form.instances}
    assert [line.row for line in layout.audit] == list(range(8, 8 + len(layout.audit)))
    assert {line.goal.sheet for line in layout.audit} <= set(layout.sheet_names)


def test_only_a_query_can_be_explained() -> None:
    layout = make_layout(tb.load_form("zfxxgk-2021"))

    assert "explain.T2-01" in layout.places
    assert "explain.T3-01.natural" not in layout.places


def test_the_sheets_stand_in_the_order_in_which_they_are_filled() -> None:
    assert make_layout(tb.load_form("zfxxgk-2021")).sheet_names == (
        "填表说明",
        "封面",
        "二、主动公开",
        "三、依申请公开",
        "四、复议诉讼",
        "文字部分",
        "审核",
        "_tianbao",
    )


def test_heads_of_a_sheet_with_one_table_are_repeated_and_stay_in_sight() -> None:
    proactive, requests, _ = make_layout(tb.load_form("zfxxgk-2021")).sheets

    assert (requests.repeated, requests.frozen_row) == ((7, 9), 9)
    assert (proactive.repeated, proactive.frozen_row) == (None, 3)


def test_last_years_rows_stand_below_the_table_in_the_same_columns() -> None:
    (block,) = make_layout(tb.load_form("zfxxgk-2021")).sheets[1].blocks

    assert block.prior_rows == (35, 36)
    for key, place in block.prior.items():
        _, _, row, column = key.split(".")
        assert (place.row, block.column_keys[place.column]) == ({"carried_out": 35, "new": 36}[row], column)
    assert [box.text for box in block.boxes if box.role is Role.PRIOR_LABEL] == [
        "上年报告“四、结转下年度继续办理”",
        "上年报告“一、本年新收政府信息公开申请数量”",
    ]


@every_form
def test_no_column_is_too_narrow_for_its_numbers_and_no_sheet_too_wide_for_the_paper(name: str) -> None:
    for sheet in make_layout(tb.load_form(name)).sheets:
        widths = [width for column, width in sheet.widths.items() if column <= sheet.last_column]

        assert min(widths) >= 5
        assert sum(widths) <= (150 if sheet.section.landscape else 115)


def test_an_address_is_written_as_people_read_it() -> None:
    assert address(Place("三、依申请公开", 9, 5)) == "三、依申请公开!E9"
    assert [a1(1, column) for column in (1, 26, 27, 52, 53, 702, 703)] == [
        "A1",
        "Z1",
        "AA1",
        "AZ1",
        "BA1",
        "ZZ1",
        "AAA1",
    ]


def test_the_title_of_a_sheet_names_the_year() -> None:
    assert sheet_title(tb.load_form("zfxxgk-2021"), 2025) == "2025年政府信息公开工作年度报告"


def test_a_row_is_as_high_as_its_text_needs_and_never_higher_than_excel_allows() -> None:
    assert text_height("短", 96.0) == 21.0
    assert text_height("字" * 100, 96.0) > 21.0
    assert text_height("字" * 10_000, 96.0) == 409.0


@pytest.mark.parametrize(
    ("places", "areas"),
    [
        ([(1, 1), (1, 2), (2, 1), (2, 2)], ((1, 1, 2, 2),)),
        ([(1, 1), (1, 3)], ((1, 1, 1, 1), (1, 3, 1, 3))),
        ([(1, 1), (3, 1)], ((1, 1, 1, 1), (3, 1, 3, 1))),
        ([(1, 1), (1, 2), (2, 1)], ((1, 1, 1, 2), (2, 1, 2, 1))),
        ([], ()),
    ],
)
def test_cells_are_covered_by_rectangles(
    places: list[tuple[int, int]], areas: tuple[tuple[int, int, int, int], ...]
) -> None:
    cell = Asked("key", Kind.INPUT, CellType.COUNT, ("格",))

    assert rectangles(Answer("key", cell, Place("表", row, column), column) for row, column in places) == areas


def test_what_must_be_mended_is_coloured_before_what_must_be_explained() -> None:
    form = tb.load_form("fire-safety")
    severities = {instance.id: instance.check.severity for instance in form.instances}

    inspections, _ = make_layout(form).sheets

    shown = [severities[name] for name in inspections.flags]
    assert shown == sorted(shown, key=lambda severity: severity is not tb.Severity.ERROR)
    assert set(shown) == {tb.Severity.ERROR, tb.Severity.QUERY}
