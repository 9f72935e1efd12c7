from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from tests.records.samples import DOUCUN, refused, submission
from tianbao.records.columns import to_columns
from tianbao.records.frame import to_frame


def test_a_long_frame_has_a_row_an_answer_with_its_state_and_origin() -> None:
    one = submission("zfxxgk-2021", {"requests.new.natural": 7}, blank=["requests.new.business"], file="一.xlsx")

    frame = to_frame(one)
    rows = dict(zip(frame["key"], frame.drop(columns="key").to_dict("records"), strict=True))

    assert list(rows) == list(one.answers)
    assert rows["requests.new.natural"] == {
        "unit_code": "140922018",
        "unit_name": "白家庄镇",
        "form": "zfxxgk-2021",
        "year": 2025,
        "label": "三、收到和处理政府信息公开申请情况 → 一、本年新收政府信息公开申请数量 → 申请人情况 → 自然人",
        "value": 7,
        "state": "filled",
        "complete": True,
        "raw": "7",
        "file": "一.xlsx",
        "sheet": "三、依申请公开",
        "cell": "E10",
    }
    assert (rows["requests.new.business"]["value"], rows["requests.new.business"]["state"]) == (None, "blank")


def test_a_wide_frame_has_exact_types() -> None:
    first = submission("fire-safety", {"inspections.public.fines": Decimal("12.50"), "hazards.1.place": "商场"})
    second = submission("fire-safety", unit=DOUCUN, blank=["inspections.public.places", "inspections.public.fines"])

    frame = to_frame([first, second], layout="wide")

    assert frame["unit_code"].to_list() == ["140922018", "140922003"]
    assert str(frame["inspections.public.places"].dtype) == "Int64"
    assert frame["inspections.public.places"].to_list() == [0, pd.NA]
    assert frame["inspections.public.fines"].to_list() == [Decimal("12.50"), None]
    assert str(frame["hazards.1.place"].dtype) == "string"
    assert [name for name, dtype in frame.dtypes.items() if "float" in str(dtype)] == []


def test_a_long_frame_says_which_figures_are_not_known_in_full() -> None:
    frame = to_frame(submission("zfxxgk-2021", unreadable=["requests.new.natural"]))

    assert frame.loc[~frame["complete"], "key"].to_list() == [
        "requests.new.natural",
        "requests.new.total",
    ]


def test_a_frame_of_states_has_one_in_the_place_of_each_value() -> None:
    keys = ["requests.new.natural", "requests.new.business", "requests.new.research", "requests.new.legal"]
    first = submission("zfxxgk-2021", blank=keys[:1], unreadable=keys[1:2], not_applicable=keys[2:3])
    second = submission("zfxxgk-2021", {"cover.zero_report": "是", keys[0]: 0}, unit=DOUCUN)
    older = submission("zfxxgk-2019", year=2020)

    frame = to_frame([first, second, older], layout="states")

    assert list(frame.columns) == list(to_frame([first, second, older], layout="wide").columns)
    assert frame[keys].to_numpy().tolist() == [
        ["blank", "unreadable", "not_applicable", "filled"],
        ["filled", "declared_zero", "declared_zero", "declared_zero"],
        ["filled"] * 4,
    ]
    assert frame["requests.other_misc.natural"].to_list() == ["filled", "declared_zero", pd.NA]


def test_the_wide_frame_of_two_forms_has_the_columns_of_both() -> None:
    frame = to_frame([submission("zfxxgk-2021"), submission("zfxxgk-2019", year=2020)], layout="wide")

    assert frame["requests.other.natural"].to_list() == [pd.NA, 0]
    assert frame["requests.other_misc.natural"].to_list() == [0, pd.NA]
    assert frame["year"].to_list() == [2025, 2020]


def test_a_refused_file_has_no_rows() -> None:
    assert to_frame(refused("说明.pdf")).empty
    assert list(to_frame([refused("说明.pdf")], layout="wide").columns) == [
        "unit_code",
        "unit_name",
        "form",
        "year",
        "file",
    ]


def test_columns_for_computing_have_nan_for_a_blank() -> None:
    rows: list[dict[str, object]] = [{"a": 1, "b": Decimal("2.5"), "t": "是"}, {"a": None, "t": None}]

    columns = to_columns(rows, numbers=["a", "b"], texts=["t"])

    np.testing.assert_array_equal(columns["a"], [1.0, np.nan])
    np.testing.assert_array_equal(columns["b"], [2.5, np.nan])
    assert columns["t"].tolist() == ["是", None]
