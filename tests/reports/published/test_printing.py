from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.reports.published.reports import numbered, report, zeros
from tianbao.form.load import load_form
from tianbao.form.printed import make_parts
from tianbao.records.model import Value
from tianbao.reports.published.printing import (
    clean,
    compared,
    headline,
    paragraphs,
    printed_value,
    signed_on,
    subheading,
    used,
)
from tianbao.reports.published.report import Compared


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0"),
        (12345678, "12345678"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12.50"), "12.50"),
        (-3, "-3"),
        (None, ""),
        (date(2025, 3, 1), "2025-03-01"),
        ("不适用", "不适用"),
    ],
)
def test_a_number_is_printed_exactly_and_a_blank_as_nothing(value: Value, printed: str) -> None:
    assert printed_value(value) == printed


def test_what_no_file_can_hold_is_left_out() -> None:
    assert clean("甲\x0b乙\ufffe\r\n丙\t丁\rA") == "甲乙\n丙\t丁\nA"


def test_a_text_is_a_paragraph_a_line_and_one_empty_line_where_nothing_was_written() -> None:
    overview, problems = (text for text in load_form("zfxxgk-2021").texts if text.key in ("overview", "problems"))

    asked = report(texts={"overview": "甲\n\n乙"})

    assert paragraphs(asked, overview) == ["甲", "", "乙"]
    assert paragraphs(asked, problems) == [""]


def test_the_date_is_written_out_or_left_open() -> None:
    assert signed_on(report(signed_on=date(2026, 1, 15))) == "2026年1月15日"
    assert signed_on(report()) == "　　年　月　日"


@pytest.mark.parametrize(
    ("line", "parted"),
    [
        ("（一）主动公开情况", ("（一）主动公开情况", "")),
        ("（十二）监督保障。全年检查2次。", ("（十二）监督保障。", "全年检查2次。")),
        ("（一）" + "很长的句子" * 8 + "。", ("", "（一）" + "很长的句子" * 8 + "。")),
        ("见（一）", ("", "见（一）")),
        ("", ("", "")),
    ],
)
def test_a_sub_heading_is_a_short_paragraph_or_its_first_sentence(line: str, parted: tuple[str, str]) -> None:
    assert subheading(line) == parted


def test_a_list_is_printed_without_its_spare_lines_and_never_without_a_line_that_says_something() -> None:
    form = load_form("fire-safety")
    (printed,) = (table for part in make_parts(form) for table in part.tables if table.tables[0].key == "hazards")
    values = zeros(form) | {"hazards.1.place": "甲厂", "hazards.3.cost": Decimal("2.5")}

    table = used(printed, values)

    assert (printed.rows, table.rows) == (21, 4)
    assert [cell.key for cell in table.cells if cell.key] == [
        f"hazards.{line}.{column}" for line in (1, 2, 3) for column in ("place", "kind", "found_on", "fixed", "cost")
    ]
    assert used(printed, zeros(form)).rows == 2
    assert used(printed, numbered(form)) is printed


def test_spare_lines_of_a_list_between_other_tables_are_left_out_and_what_is_below_moves_up() -> None:
    form = load_form("fire-safety")
    above, below = (table for part in make_parts(form) for table in part.tables)
    shifted = tuple(replace(cell, row=cell.row + below.rows) for cell in above.cells)
    ruled = replace(
        below, tables=(*below.tables, *above.tables), cells=(*below.cells, *shifted), rows=below.rows + above.rows
    )

    table = used(ruled, zeros(form) | {"hazards.2.place": "乙厂"})

    assert table.rows == 3 + above.rows
    assert tuple(cell for cell in table.cells if cell.row >= 3) == tuple(
        replace(cell, row=cell.row + 3) for cell in above.cells
    )


def test_the_first_four_figures_are_computed_and_one_with_a_blank_part_is_not_known() -> None:
    form = load_form("zfxxgk-2021")
    values = numbered(form) | {"requests.carried_in.total": None}

    told = [(figure.label, figure.value, figure.measure) for figure in headline(report(values=values))]

    assert told == [
        ("本年新收申请", str(values["requests.new.total"]), "件"),
        ("上年结转申请", "—", "件"),
        ("本年办结申请", str(values["requests.total.total"]), "件"),
        ("结转下年度", str(values["requests.carried_out.total"]), "件"),
    ]


def test_a_figure_of_several_cells_is_their_sum_and_not_known_where_one_is_lacking() -> None:
    form = load_form("zfxxgk-2021")
    lawsuits = replace(form, county=replace(form.county, headline=form.county.headline[5:6]))
    values = numbered(form) | {"remedies.direct.total": 2, "remedies.post_review.total": 3}

    def told(**other: Value) -> list[str]:
        changed = values | {key.replace("__", "."): value for key, value in other.items()}
        return [figure.value for figure in headline(report(lawsuits, values=changed))]

    assert told() == ["5"]
    assert told(remedies__post_review__total=None) == told(remedies__direct__total="不适用") == ["—"]


def test_a_change_has_its_sign_and_none_is_zero() -> None:
    def line(now: Decimal, before: Decimal) -> tuple[str, ...]:
        return compared(Compared("表三", "一、新收 → 总计", "件", now, before))

    assert line(Decimal(14), Decimal(9)) == ("表三", "一、新收 → 总计", "件", "14", "9", "+5")
    assert line(Decimal("0.5"), Decimal(2))[-1] == "-1.5"
    assert line(Decimal("12.50"), Decimal("12.50"))[-1] == "0"
