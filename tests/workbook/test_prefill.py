"""What stands in a workbook before it is sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import tianbao as tb
from tests.records.samples import submission
from tianbao.records.model import Value
from tianbao.workbook.prefill import Prefill, PrefillError, PrefillKeyError, prefill

FORM = tb.load_form("zfxxgk-2021")


def filled(**values: Value) -> Prefill:
    """Fill in by key, with `__` for the dots."""
    return prefill(FORM, 2025, None, {key.replace("__", "."): value for key, value in values.items()})


def test_a_blank_workbook_has_its_defaults_and_its_totals() -> None:
    answers = filled()

    assert answers.answer("cover.zero_report") == "否"
    assert answers.answer("cover.period_end") == 46022
    assert answers.answer("requests.new.total") == 0
    assert answers.answer("requests.new.natural") is None


def test_totals_are_computed_from_what_is_given() -> None:
    answers = filled(requests__granted__natural=3, requests__partial__natural=2, requests__granted__legal=4)

    assert answers.answer("requests.total.natural") == 5
    assert answers.answer("requests.granted.total") == 7
    assert answers.answer("requests.total.total") == 9


@pytest.mark.parametrize(
    ("key", "value", "stands"),
    [
        ("requests.new.natural", "12", 12),
        ("requests.new.natural", Decimal("12.0"), 12),
        ("requests.new.natural", "", None),
        ("requests.new.natural", None, None),
        ("art20_8.admin_fees.amount", "12.50", Decimal("12.50")),
        ("art20_8.admin_fees.amount", 0.1, Decimal("0.1")),
        ("cover.filled_on", "2026-01-15", 46037),
        ("cover.filled_on", date(2026, 1, 15), 46037),
        ("cover.zero_report", "是", "是"),
        ("cover.leader", "=张三", "=张三"),
        ("control.received", 7, 7),
    ],
)
def test_a_value_is_taken_as_its_cell_holds_it(key: str, value: Value, stands: object) -> None:
    answer = prefill(FORM, 2025, None, {key: value}).answer(key)

    assert answer == stands
    assert type(answer) is type(stands)


@pytest.mark.parametrize(
    ("key", "value", "must"),
    [
        ("requests.new.natural", -1, "count"),
        ("requests.new.natural", "1.5", "count"),
        ("requests.new.natural", "五", "count"),
        ("requests.new.natural", True, "count"),
        ("requests.new.natural", Decimal("NaN"), "count"),
        ("art20_8.admin_fees.amount", "-0.01", "decimal"),
        ("cover.filled_on", "2026年1月", "date"),
        ("cover.zero_report", "yes", "code"),
    ],
)
def test_a_value_that_its_cell_cannot_hold_is_refused(key: str, value: Value, must: str) -> None:
    with pytest.raises(PrefillError) as caught:
        prefill(FORM, 2025, None, {key: value})

    label = " → ".join(FORM.cell(key).label)
    assert caught.value.code == "U-VALUE"
    assert caught.value.message("zh") == f"“{label}”（{key}）预填的值 {value} 不合要求，应为 {must}。"


def test_what_may_be_negative_is_taken_so() -> None:
    answers = prefill(tb.load_form("zfxxgk-2019"), 2020, None, {"art20_5.licence.delta": -8})

    assert answers.answer("art20_5.licence.delta") == -8


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("requests.new.total", "requests.new.natural"),
        ("requests.new.nature", "requests.new.natural"),
        ("overvew", "overview"),
    ],
)
def test_only_what_people_fill_can_be_given_beforehand(key: str, near: str) -> None:
    with pytest.raises(PrefillKeyError) as caught:
        prefill(FORM, 2025, None, {key: 1})

    assert caught.value.message("zh") == f"表样 zfxxgk-2021 没有可以填写的格子 {key}。"
    assert caught.value.params["near"] == near


def test_a_text_is_shared_out_one_paragraph_a_row() -> None:
    answers = filled(overview="第一段。\n\n  第二段。  \r\n第三段。")

    assert [answers.answer(f"text.overview.{n}") for n in (1, 2, 3, 4)] == ["第一段。", "第二段。", "第三段。", None]


def test_paragraphs_that_have_no_row_of_their_own_stay_together_in_the_last() -> None:
    answers = filled(lead="一\n二\n三\n四\n五")

    assert [answers.answer(f"text.lead.{n}") for n in (1, 2, 3)] == ["一", "二", "三\n四\n五"]


def test_a_paragraph_can_be_given_by_its_own_key() -> None:
    assert filled(text__overview__2="第二段。").answer("text.overview.2") == "第二段。"


def test_last_years_figures_are_kept_apart_and_only_numbers_of_cells_that_still_exist() -> None:
    last_year = submission(FORM, {"requests.carried_out.natural": 2, "cover.leader": "李四"}, year=2024)

    answers = prefill(FORM, 2025, last_year, {})

    assert answers.answer("prior.requests.carried_out.natural") == 2
    assert answers.answer("requests.carried_out.natural") is None
    assert answers.answer("prior.cover.leader") is None


def test_last_years_report_may_be_of_the_other_layout() -> None:
    last_year = submission("zfxxgk-2019", {"requests.carried_out.natural": 2, "requests.other.natural": 1}, year=2020)

    answers = prefill(FORM, 2021, last_year, {})

    assert answers.answer("prior.requests.carried_out.natural") == 2
    assert answers.answer("prior.requests.other.natural") is None


def test_last_years_figures_may_come_by_key() -> None:
    answers = prefill(FORM, 2025, {"requests.new.total": 4, "no.such.cell": 1, "requests.carried_out.legal": None}, {})

    assert answers.answer("prior.requests.new.total") == 4
    assert answers.answer("prior.no.such.cell") is None
    assert answers.answer("prior.requests.carried_out.legal") is None
