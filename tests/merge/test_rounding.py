"""Rounded to a larger measure, what added up still does; and every nudge is small, told, and only where one is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tianbao as tb
from tests.records.samples import submission
from tianbao.expr.linear import linear
from tianbao.form.build import build_form
from tianbao.form.model import Form
from tianbao.form.schema import RawForm
from tianbao.merge.adjustment import Adjustment
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.merge.rounding import (
    DigitsError,
    Rounded,
    UnknownMeasureError,
    Why,
    balance,
    round_balanced,
    share_out,
)
from tianbao.records.model import Unit, Value

FIRE = tb.load_form("fire-safety")
KINDS = ("public", "rented", "factory", "farmhouse")
FINES = {kind: f"inspections.{kind}.fines" for kind in (*KINDS, "total")}

#: A table of money with sums of rows and of columns, an identity between two of its sums, and a product.
SPENT = {
    "schema": "tianbao.form/1",
    "id": "spent",
    "version": "1.0.0",
    "title": "支出表",
    "issued_by": "财政局",
    "source": "示例",
    "sections": [{"key": "spent", "title": "支出", "sheet": "支出"}],
    "tables": [
        {
            "key": "spent",
            "section": "spent",
            "short": "表一",
            "corner": "项目",
            "measure": "元",
            "columns": [
                {"key": "own", "label": ["本级"], "type": "decimal", "digits": 6, "group": "level"},
                {"key": "below", "label": ["下级"], "type": "decimal", "digits": 6, "group": "level"},
                {"key": "all", "label": ["合计"], "type": "decimal", "digits": 6, "formula": "sum(level)"},
            ],
            "rows": [
                {"key": "pay", "label": ["人员"], "group": "kind"},
                {"key": "goods", "label": ["公用"], "group": "kind"},
                {"key": "works", "label": ["项目"], "group": "kind"},
                {"key": "total", "label": ["合计"], "formula": "sum(kind)"},
                {"key": "tenth", "label": ["其中一成"], "formula": "total / 10"},
            ],
        }
    ],
}


def spent() -> Form:
    form, faults = build_form(RawForm.model_validate(SPENT), "0" * 64, Path("form.toml"))
    assert faults == ()
    return form


def of_units(form: Form, figures: Sequence[Mapping[str, Value]], adjustments: Sequence[Adjustment] = ()) -> Merged:
    reports = [submission(form, one, unit=Unit(f"{n:04}", f"第{n}镇")) for n, one in enumerate(figures)]
    return merge_submissions(reports, adjustments=adjustments)


def balanced(rounded: Rounded) -> dict[str, Decimal]:
    return {line.key: line.balanced for line in rounded.totals}


def sums_hold(rounded: Rounded) -> None:
    """See to it that every sum holds: between the totals, of the units of each cell, and within each unit."""
    totals = balanced(rounded)
    own = {key: {line.unit: line.balanced for line in lines} for key, lines in rounded.units.items()}
    assert {key: sum(lines.values()) for key, lines in own.items()} == {key: totals[key] for key in own}
    of_units = [{key: figures[unit] for key, figures in own.items()} for unit in dict.fromkeys(rounded_units(rounded))]
    for cell in rounded.form.computed:
        parts = linear(cell.formula) if cell.formula is not None else None
        if cell.key in totals and parts is not None and {abs(c) for c in parts.coefficients.values()} == {1}:
            for figures in (totals, *(of_units if cell.key in own else ())):
                assert figures[cell.key] == sum(c * figures[key] for key, c in parts.coefficients.items()), cell.key


def rounded_units(rounded: Rounded) -> list[Unit]:
    return [line.unit for lines in rounded.units.values() for line in lines if line.unit is not None]


# ── one sum, and the units ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_fifths_and_two_fifths_are_one_and_the_first_of_them_gives_way() -> None:
    merged = of_units(FIRE, [{FINES["public"]: Decimal("0.40"), FINES["rented"]: Decimal("0.40")}])

    rounded = round_balanced(merged, measure="万元", digits=0)

    assert {key: balanced(rounded)[FINES[key]] for key in FINES} == {
        "public": 1,
        "rented": 0,
        "factory": 0,
        "farmhouse": 0,
        "total": 1,
    }
    (line,) = rounded.nudged
    assert (line.exact, line.rounded, line.balanced, line.nudge, line.why) == (
        Decimal("0.40"),
        Decimal(0),
        Decimal(1),
        1,
        Why.BALANCE,
    )


def test_the_units_share_a_total_out_by_the_largest_remainder_and_of_equal_ones_the_first_gets_more() -> None:
    merged = of_units(FIRE, [{FINES["public"]: Decimal(text)} for text in ("0.30", "0.40", "0.00", "0.40", "0.90")])

    rounded = round_balanced(merged, measure="万元", digits=0)

    lines = rounded.units[FINES["public"]]
    assert balanced(rounded)[FINES["public"]] == 2
    assert [line.balanced for line in lines] == [0, 1, 0, 0, 1]
    assert [(line.unit and line.unit.name, line.nudge, line.why) for line in lines if line.nudge] == [
        ("第1镇", 1, Why.SHARE)
    ]
    assert [line.balanced for line in rounded.units[FINES["total"]]] == [0, 1, 0, 0, 1]
    sums_hold(rounded)


def test_nothing_is_nudged_where_nothing_need_be() -> None:
    merged = of_units(FIRE, [{FINES["public"]: Decimal("1.60"), FINES["rented"]: Decimal("2.10")}])

    rounded = round_balanced(merged, measure="万元", digits=0)

    assert (rounded.nudged, rounded.nudged_units) == ((), ())
    assert balanced(rounded)[FINES["total"]] == 4


def test_what_the_office_booked_has_a_line_of_its_own_and_the_units_with_it_are_the_total() -> None:
    adjustments = [Adjustment(FINES["public"], Decimal("-0.45"), "重复")]
    merged = of_units(FIRE, [{FINES["public"]: Decimal("0.45")}, {FINES["public"]: Decimal("2.45")}], adjustments)

    rounded = round_balanced(merged, measure="万元", digits=0)

    lines = rounded.units[FINES["public"]]
    assert balanced(rounded)[FINES["public"]] == sum(line.balanced for line in lines) == 2
    assert [(line.unit and line.unit.name, line.is_booking) for line in lines] == [
        ("第0镇", False),
        ("第1镇", False),
        (None, True),
    ]


def test_counts_can_be_told_in_thousands_and_cells_of_other_measures_are_left_alone() -> None:
    merged = of_units(FIRE, [{"inspections.public.places": 12_600, "inspections.public.visits": 7}])

    rounded = round_balanced(merged, measure="万处", digits=1)

    assert balanced(rounded)["inspections.public.places"] == Decimal("1.3")
    assert not any(line.key.endswith((".visits", ".fines", ".rate")) for line in rounded.totals)


def test_what_cannot_be_asked_is_told() -> None:
    merged = of_units(FIRE, [{}])

    with pytest.raises(UnknownMeasureError) as raised:
        round_balanced(merged, measure="万公里", digits=2)
    with pytest.raises(DigitsError):
        round_balanced(merged, measure="万元", digits=-1)

    assert raised.value.params == {"measure": "万公里", "known": "处、次、%、万元"}


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_thousand_units_with_two_to_six_decimals_are_told_in_hundreds_of_millions_and_balance() -> None:
    chance, form = Random(3), spent()  # noqa: S311  numbers for a test
    inputs = [f"spent.{row}.{column}" for row in ("pay", "goods", "works") for column in ("own", "below")]
    figures: list[dict[str, Value]] = [
        {key: Decimal(chance.randrange(10**12)).scaleb(-chance.randrange(2, 7)) for key in inputs} for _ in range(1_000)
    ]
    merged = of_units(form, figures)

    rounded = round_balanced(merged, measure="亿元", digits=2)

    sums_hold(rounded)
    exact = {line.key: line.exact for line in rounded.totals}
    assert exact["spent.total.all"] == sum(sum(map(Decimal, map(str, one.values()))) for one in figures) / 10**8
    assert all(abs(line.balanced - line.exact) < Decimal("0.01") for line in rounded.totals)
    of_cells = [line for key in inputs for line in rounded.units[key]]
    assert len(of_cells) == 6_000
    assert all(abs(line.balanced - line.exact) < Decimal("0.01") for line in of_cells)
    total = next(line for line in rounded.totals if line.key == "spent.total.all")
    assert (total.nudge, total.rounded) == (0, total.balanced)
    assert rounded == round_balanced(merged, measure="亿元", digits=2)


def test_a_product_is_computed_anew_from_what_was_rounded_and_told() -> None:
    form = spent()
    merged = of_units(
        form, [{"spent.pay.own": Decimal(6), "spent.goods.own": Decimal(6), "spent.works.own": Decimal(3)}]
    )

    rounded = round_balanced(merged, measure="十元", digits=0)

    line = next(line for line in rounded.totals if line.key == "spent.tenth.own")
    assert (line.exact, line.rounded, line.balanced, line.why) == (
        Decimal("0.15"),
        Decimal(0),
        Decimal(0),
        Why.COMPUTED,
    )
    assert balanced(rounded)["spent.total.own"] == 2


def test_a_blank_total_has_no_line_and_adds_nothing() -> None:
    reports = [submission(FIRE, {FINES["rented"]: Decimal("1.50")}, blank=[FINES["public"]])]

    rounded = round_balanced(merge_submissions(reports), measure="万元", digits=0)

    assert FINES["public"] not in balanced(rounded)
    assert balanced(rounded)[FINES["total"]] == balanced(rounded)[FINES["rented"]] == 2


CELLS = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=3), min_size=1, max_size=3).filter(
    lambda rows: len({len(row) for row in rows}) == 1
)


def table(rows: Sequence[Sequence[int]]) -> tuple[dict[str, Fraction], list[dict[str, int]]]:
    """Make the figures of a table in tenths, and what must hold: sums of rows, of columns, and of those."""
    height, width = range(len(rows)), range(len(rows[0]))
    exact = {f"{r},{c}": Fraction(rows[r][c], 10) for r in height for c in width}
    equations = [{f"row {r}": -1, **{f"{r},{c}": 1 for c in width}} for r in height]
    equations += [{f"column {c}": -1, **{f"{r},{c}": 1 for r in height}} for c in width]
    equations.append({"all": -1, **{f"column {c}": 1 for c in width}})
    for equation in equations:
        total, *parts = equation
        exact[total] = sum((exact[part] for part in parts), Fraction(0))
    return exact, equations


def nearest(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@settings(max_examples=60, deadline=None)
@given(rows=CELLS)
def test_a_table_of_rows_and_columns_balances_with_hardly_more_nudges_than_any_other_way(rows: list[list[int]]) -> None:
    exact, equations = table(rows)

    whole, holds = balance(exact, equations)

    assert holds
    assert all(sum(times * whole[key] for key, times in equation.items()) == 0 for equation in equations)
    assert all(floor(value) <= whole[key] <= ceil(value) for key, value in exact.items())
    assert whole["all"] == nearest(exact["all"])
    alone = {key: nearest(value) for key, value in exact.items()}
    if all(sum(times * alone[key] for key, times in equation.items()) == 0 for equation in equations):
        assert whole == alone
    nudges = sum(whole[key] != nearest(value) for key, value in exact.items())
    assert nudges <= fewest(exact, equations) + 4


def fewest(exact: Mapping[str, Fraction], equations: Sequence[Mapping[str, int]]) -> int:
    """Try every way to round the cells of a table, and return the fewest nudges."""
    cells = [key for key in exact if "," in key]
    found = []
    for choice in product(*(sorted({floor(exact[key]), ceil(exact[key])}) for key in cells)):
        whole = dict(zip(cells, choice, strict=True))
        for equation in equations:
            total, *parts = equation
            whole[total] = sum(whole[part] for part in parts)
        if all(floor(value) <= whole[key] <= ceil(value) for key, value in exact.items()):
            found.append(sum(whole[key] != nearest(value) for key, value in exact.items()))
    return min(found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=7))
def test_one_sum_is_shared_out_with_the_fewest_nudges_there_are(tenths: list[int]) -> None:
    exact = {str(n): Fraction(tenth, 10) for n, tenth in enumerate(tenths)}
    equation = {"all": -1, **dict.fromkeys(exact, 1)}

    whole, holds = balance(exact | {"all": sum(exact.values(), Fraction(0))}, [equation])

    assert holds
    ways = product(*(sorted({floor(value), ceil(value)}) for value in exact.values()))
    right = [way for way in ways if sum(way) == whole["all"]]
    off = [sum(abs(n - value) for n, value in zip(way, exact.values(), strict=True)) for way in right]
    assert sum(abs(whole[key] - value) for key, value in exact.items()) == min(off)
    assert share_out(whole["all"], list(exact.values())) in [list(way) for way in right]


def test_where_no_way_within_one_digit_holds_that_is_said() -> None:
    half = Fraction(1, 2)
    exact = {"a": half, "b": half, "c": half, "ab": Fraction(1), "bc": Fraction(1), "ca": Fraction(1)}
    equations = [{"ab": -1, "a": 1, "b": 1}, {"bc": -1, "b": 1, "c": 1}, {"ca": -1, "c": 1, "a": 1}]

    assert balance(exact, equations)[1] is False


def test_halves_that_balance_when_each_is_rounded_alone_are_left_alone() -> None:
    half = Fraction(1, 2)

    assert share_out(0, [-half, half]) == [-1, 1]
    assert balance({"a": half, "b": -half, "sum": Fraction(0)}, [{"sum": -1, "a": 1, "b": 1}]) == (
        {"a": 1, "b": -1, "sum": 0},
        True,
    )


def test_checks_that_two_sums_are_equal_hold_after_rounding() -> None:
    chance, form = Random(5), tb.load_form("zfxxgk-2021")  # noqa: S311  numbers for a test
    columns = [cell.key.rpartition(".")[2] for cell in form.cells() if cell.key.startswith("requests.new.")][:-1]
    figures: dict[str, Value] = {}
    for column in columns:
        granted, denied, left = (chance.randrange(90_000) for _ in range(3))
        figures |= {f"requests.granted.{column}": granted, f"requests.denied_law.{column}": denied}
        figures |= {f"requests.carried_out.{column}": left, f"requests.new.{column}": granted + denied + left}
    merged = of_units(form, [figures])

    rounded = round_balanced(merged, measure="万件", digits=1)

    sums_hold(rounded)
    totals = balanced(rounded)
    assert (rounded.broken, len(columns), len(rounded.nudged) > 0) == ((), 6, True)
    for column in columns:
        held = totals[f"requests.total.{column}"] + totals[f"requests.carried_out.{column}"]
        assert totals[f"requests.new.{column}"] + totals[f"requests.carried_in.{column}"] == held, column
    assert all(abs(line.balanced - line.exact) < Decimal("0.1") for line in rounded.totals)
