from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, submission
from tianbao import expr
from tianbao.checks.run import run_checks
from tianbao.errors import TianbaoError
from tianbao.expr.linear import linear
from tianbao.form.build import build_form
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form, Shape
from tianbao.form.schema import RawForm
from tianbao.merge.adjustment import (
    Adjustment,
    AdjustmentAmountError,
    NotAdjustableError,
    UnknownCellError,
    judge_adjustment,
)
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import State, Submission, Unit, Value

A_FORM = {
    "schema": "tianbao.form/1",
    "id": "drills",
    "version": "1.0.0",
    "title": "演练统计表",
    "issued_by": "县应急局",
    "source": "示例",
    "codelists": [{"key": "yes_no", "items": ["是", "否"]}],
    "sections": [
        {"key": "one", "title": "一、汇总", "sheet": "汇总"},
        {"key": "two", "title": "二、明细", "sheet": "明细"},
    ],
    "tables": [
        {
            "key": "sums",
            "section": "one",
            "short": "表一",
            "measure": "次",
            "columns": [{"key": "n", "label": ["数量"]}],
            "rows": [
                {"key": "drills", "label": ["演练"], "formula": "count(drills.place)"},
                {"key": "passed", "label": ["合格"], "formula": 'countif(drills.passed, "是")'},
                {"key": "people", "label": ["人次"], "formula": "sum(drills.people)"},
            ],
        },
        {
            "key": "drills",
            "section": "two",
            "short": "表二",
            "shape": "list",
            "lines": 3,
            "columns": [
                {"key": "place", "label": ["地点"], "type": "text"},
                {"key": "passed", "label": ["合格"], "type": "code", "codelist": "yes_no"},
                {"key": "people", "label": ["人次"], "measure": "人次"},
            ],
        },
    ],
}


def test_sums_are_exact_and_say_where_they_come_from() -> None:
    key = "art20_8.admin_fees.amount"
    parts = [
        submission("zfxxgk-2021", {key: amount}, unit=unit)
        for unit, amount in [(TAIHUAI, Decimal("0.1")), (DOUCUN, Decimal("0.2")), (BAIJIA, Decimal(0))]
    ]

    merged = merge_submissions(parts)

    assert merged.totals[key] == Decimal("0.3")
    assert [(unit, value, origin.file) for unit, value, origin in merged.sources(key)] == [
        (TAIHUAI, Decimal("0.1"), "140922001.xlsx"),
        (DOUCUN, Decimal("0.2"), "140922003.xlsx"),
        (BAIJIA, Decimal(0), "140922018.xlsx"),
    ]
    assert merged.sources(key)[0].origin == parts[0].cell(key).origin


def test_what_is_computed_is_computed_anew_on_the_sums() -> None:
    first = {"inspections.public.places": 4, "inspections.public.inspected": 1, "inspections.public.visits": 1}
    second = {"inspections.public.places": 2, "inspections.public.inspected": 2, "inspections.public.visits": 2}

    merged = merge_submissions([submission("fire-safety", first), submission("fire-safety", second, unit=DOUCUN)])

    assert merged.totals["inspections.public.rate"] == Decimal("50.0")
    assert merged.totals["inspections.rented.rate"] is None
    assert merged.totals["inspections.total.places"] == 6


def test_a_total_is_not_silently_complete() -> None:
    parts = [
        submission("zfxxgk-2021", {"requests.new.natural": 5}),
        submission("zfxxgk-2021", unit=DOUCUN, blank=["requests.new.natural"]),
        submission("zfxxgk-2021", unit=TAIHUAI, unreadable=["requests.new.natural"]),
    ]

    merged = merge_submissions(parts)

    assert merged.totals["requests.new.natural"] == 5
    assert merged.incomplete == {
        "requests.new.natural": (TAIHUAI, DOUCUN),
        "requests.new.total": (TAIHUAI, DOUCUN),
    }
    assert [unit for unit, _, _ in merged.sources("requests.new.natural")] == [BAIJIA]


def test_a_declared_zero_is_a_zero_and_nobody_s_blank() -> None:
    merged = merge_submissions([submission("zfxxgk-2021", {"cover.zero_report": "是"})])

    assert (merged.totals["requests.new.natural"], merged.incomplete) == (0, {})
    assert [value for _, value, _ in merged.sources("requests.new.natural")] == [0]


def test_a_total_that_nobody_gave_is_blank() -> None:
    merged = merge_submissions([submission("zfxxgk-2021", blank=["requests.new.natural"])])

    assert merged.totals["requests.new.natural"] is None


def test_a_table_that_was_left_out_as_a_whole_lacks_nothing() -> None:
    whole = submission("zfxxgk-2019", year=2020)
    begun = submission("zfxxgk-2019", {"art20_9.procurement.projects": 2}, year=2020, unit=DOUCUN)

    merged = merge_submissions([whole, begun])

    assert merged.totals["art20_9.procurement.projects"] == 2
    assert merged.incomplete == {"art20_9.procurement.amount": (DOUCUN,)}


def test_the_lines_of_detail_lists_stay_with_their_units() -> None:
    line: Mapping[str, Value] = {"hazards.2.place": "商场", "hazards.2.fixed": "否"}

    merged = merge_submissions([submission("fire-safety", line), submission("fire-safety", unit=DOUCUN)])

    (found,) = merged.details["hazards"]
    assert (found.unit, found.number) == (BAIJIA, 2)
    assert found.answers == {"place": "商场", "kind": None, "found_on": None, "fixed": "否", "cost": None}
    assert [state.value for state in found.states.values()] == ["filled", "blank", "blank", "filled", "blank"]
    assert [key for key in merged.totals if key.startswith("hazards.")] == []


def test_a_line_of_which_nothing_can_be_read_is_a_line() -> None:
    merged = merge_submissions([submission("fire-safety", unreadable=["hazards.3.cost"])])

    (found,) = merged.details["hazards"]
    assert (found.number, set(found.answers.values()), found.states["cost"]) == (3, {None}, State.UNREADABLE)


def test_a_total_over_a_line_that_cannot_be_read_is_not_silently_complete() -> None:
    form = a_form_that_counts_its_details()
    line: Mapping[str, Value] = {"drills.1.place": "学校", "drills.1.passed": "是", "drills.1.people": 30}

    merged = merge_submissions(
        [submission(form, line), submission(form, line, unit=DOUCUN, unreadable=["drills.1.people"])]
    )

    assert (merged.totals["sums.people.n"], merged.incomplete) == (30, {"sums.people.n": (DOUCUN,)})


def test_a_merge_says_how_the_answer_of_each_unit_stands() -> None:
    key = "requests.new.natural"
    merged = merge_submissions(
        [
            submission("zfxxgk-2021", {"cover.zero_report": "是"}),
            submission("zfxxgk-2021", unit=DOUCUN, unreadable=[key]),
            submission("zfxxgk-2021", unit=TAIHUAI, blank=[key]),
        ]
    )

    assert merged.states(key) == (
        (TAIHUAI, State.BLANK),
        (DOUCUN, State.UNREADABLE),
        (BAIJIA, State.DECLARED_ZERO),
    )
    assert merged.to_frame("states")[key].to_list() == ["blank", "unreadable", "declared_zero"]


def test_what_a_formula_asks_of_a_detail_list_it_asks_of_all_units() -> None:
    form = a_form_that_counts_its_details()
    first: Mapping[str, Value] = {"drills.1.place": "学校", "drills.1.passed": "是", "drills.1.people": 30}
    second: Mapping[str, Value] = {
        "drills.1.place": "医院",
        "drills.1.passed": "否",
        "drills.1.people": 12,
        "drills.2.place": "商场",
        "drills.2.passed": "是",
    }

    merged = merge_submissions([submission(form, first), submission(form, second, unit=DOUCUN)])

    assert merged.totals == {"sums.drills.n": 3, "sums.passed.n": 2, "sums.people.n": 42}


def test_there_is_no_total_of_what_is_not_additive() -> None:
    merged = merge_submissions([submission("zfxxgk-2021", {"control.received": 3})])

    with pytest.raises(KeyError, match=r"control\.received"):
        merged.sources("control.received")
    assert list(merged.totals) == [cell.key for cell in load_form("zfxxgk-2021").cells()]


def test_the_columns_of_the_frame_add_up_to_the_totals() -> None:
    merged = merge_submissions(random_submissions("zfxxgk-2021", seed=7))

    frame = merged.to_frame(layout="wide")

    assert frame["unit_code"].to_list() == [unit.code for unit in merged.units]
    assert {key: frame[key].sum() for key in merged.totals} == merged.totals
    assert set(merged.to_frame(layout="long")["unit_code"]) == {unit.code for unit in merged.units}


@pytest.mark.parametrize("name", bundled_forms())
def test_a_linear_formula_on_the_sums_is_the_sum_of_what_the_units_computed(name: str) -> None:
    parts = random_submissions(name, seed=11)

    merged = merge_submissions(parts)

    for cell in load_form(name).computed:
        if cell.formula is not None and linear(cell.formula) is not None:
            assert merged.totals[cell.key] == sum(value for _, value, _ in merged.sources(cell.key)), cell.key


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_a_merge_is_the_sum_of_its_parts_in_whatever_order_they_come(seed: int, order: random.Random) -> None:
    parts = random_submissions("zfxxgk-2021", seed=seed)
    shuffled = parts.copy()
    order.shuffle(shuffled)

    merged, again = merge_submissions(parts), merge_submissions(shuffled)

    assert merged.totals == {key: sum(number(part[key]) for part in parts) for key in merged.totals}
    assert (again.totals, again.units, again.submissions) == (merged.totals, merged.units, merged.submissions)


def test_identities_that_hold_for_every_unit_hold_for_the_totals() -> None:
    parts = [
        submission("zfxxgk-2021", {"requests.new.natural": n, "requests.granted.natural": n}, unit=unit)
        for n, unit in enumerate([BAIJIA, DOUCUN, TAIHUAI])
    ]

    merged = merge_submissions(parts)

    assert run_checks(parts) == ()
    assert run_checks(submission("zfxxgk-2021", {k: v for k, v in merged.totals.items() if v is not None})) == ()


def random_submissions(name: str, *, seed: int) -> list[Submission]:
    """Fill a form for four units with numbers that need not agree with one another."""
    chance = random.Random(seed)  # noqa: S311  numbers for a test, no secrets
    inputs = [
        cell
        for table in load_form(name).tables
        if table.shape is not Shape.LIST
        for cell in table.inputs()
        if cell.is_number
    ]
    return [
        submission(
            name,
            {
                cell.key: Decimal(chance.randrange(10**6)).scaleb(-cell.digits)
                if cell.digits
                else chance.randrange(100)
                for cell in inputs
            },
            unit=Unit(f"{n:03}", f"单位{n}"),
        )
        for n in range(4)
    ]


def a_form_that_counts_its_details() -> Form:
    """Build a form whose totals are formulas over its detail list."""
    form, faults = build_form(RawForm.model_validate(A_FORM), "0" * 64, Path("form.toml"))
    assert faults == ()
    assert all(expr.cells(cell.formula) for cell in form.computed if cell.formula is not None)
    return form


def number(value: Value) -> int | Decimal:
    assert isinstance(value, int | Decimal)
    return value


def test_a_booking_changes_its_total_and_what_is_computed_from_it_and_nothing_else() -> None:
    form = load_form("zfxxgk-2021")
    returned = [submission("zfxxgk-2021", {"requests.new.natural": 5}, unit=unit) for unit in (BAIJIA, DOUCUN)]
    booking = Adjustment("requests.new.natural", -2, "转办的两件，两家都计了", by="李")

    plain, booked = merge_submissions(returned), merge_submissions(returned, adjustments=[booking])

    changed = {key for key in plain.totals if plain.totals[key] != booked.totals[key]}
    assert changed == {"requests.new.natural", "requests.new.total"}
    assert (booked.totals["requests.new.natural"], booked.totals["requests.new.total"]) == (8, 8)
    assert booked.sums == plain.totals
    assert booked.submissions == plain.submissions
    assert booked.form is form


@pytest.mark.parametrize(
    ("key", "amount", "error"),
    [
        ("requests.new.naturel", 1, UnknownCellError),
        ("requests.new.total", 1, NotAdjustableError),
        ("cover.leader", 1, NotAdjustableError),
        ("requests.new.natural", 0, AdjustmentAmountError),
        ("requests.new.natural", Decimal("1e30"), AdjustmentAmountError),
        ("requests.new.natural", Decimal("Infinity"), AdjustmentAmountError),
        ("requests.new.natural", Decimal("1.5"), AdjustmentAmountError),
        ("art20_8.admin_fees.amount", Decimal("0.0000001"), AdjustmentAmountError),
    ],
)
def test_a_booking_that_does_not_fit_the_form_is_refused(
    key: str, amount: Decimal | int, error: type[TianbaoError]
) -> None:
    with pytest.raises(error) as raised:
        judge_adjustment(load_form("zfxxgk-2021"), Adjustment(key, amount, "试"))

    assert key in str(raised.value)


def test_a_sum_keeps_every_digit_however_many_there_are() -> None:
    large, small = Decimal(10) ** 30, Decimal("0.000001")
    returned = [
        submission("zfxxgk-2021", {"art20_8.admin_fees.amount": amount}, unit=Unit(f"{n:03}", f"第{n}镇"))
        for n, amount in enumerate([large] * 500 + [small] * 500)
    ]

    total = merge_submissions(returned).totals["art20_8.admin_fees.amount"]

    assert total == Decimal("500000000000000000000000000000000.000500")
