"""The merged figures as data: what is read back is what was merged, number for number and word for word."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, submission
from tianbao import messages
from tianbao.form.build import build_form
from tianbao.form.schema import RawForm
from tianbao.merge.adjustment import Adjustment
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.records.model import Answer, Submission, Unit, Value
from tianbao.reports.county import write_county
from tianbao.reports.data import PARQUET, PLAIN, data_files, write_data
from tianbao.reports.data.parquet import LongNumberError, MissingParquetError
from tianbao.reports.data.tables import figure, make_tables

ROSTER = (BAIJIA, DOUCUN, TAIHUAI)

#: A count, amounts of two and of six digits, a total, a quotient, words and a day.
AID, _ = build_form(
    RawForm.model_validate(
        {
            "schema": "tianbao.form/1",
            "id": "aid",
            "version": "1.0.0",
            "title": "救助统计表",
            "issued_by": "县民政局",
            "source": "示例",
            "sections": [{"key": "one", "title": "一、救助", "sheet": "救助"}],
            "tables": [
                {
                    "key": "aid",
                    "section": "one",
                    "short": "表一",
                    "columns": [
                        {"key": "cases", "label": ["件数"], "measure": "件", "negative": True},
                        {
                            "key": "paid",
                            "label": ["金额"],
                            "type": "decimal",
                            "digits": 2,
                            "measure": "万元",
                            "negative": True,
                        },
                        {
                            "key": "share",
                            "label": ["占比"],
                            "type": "decimal",
                            "digits": 6,
                            "measure": "％",
                            "negative": True,
                        },
                        {"key": "remark", "label": ["备注"], "type": "text", "required": False},
                        {"key": "day", "label": ["日期"], "type": "date", "required": False},
                    ],
                    "rows": [{"key": "food", "label": ["食物"]}, {"key": "heat", "label": ["取暖"]}],
                }
            ],
        }
    ),
    "0" * 64,
    Path("form.toml"),
)
CASES, PAID, SHARE, REMARK, DAY = (f"aid.food.{name}" for name in ("cases", "paid", "share", "remark", "day"))


def of(unit: Unit, values: Mapping[str, Value] | None = None, **states: Sequence[str]) -> Submission:
    return submission(AID, values, unit=unit, **states)  # type: ignore[arg-type]


def lines(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    """Read a CSV as any program does."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def by(rows: Sequence[Mapping[Any, Any]], *names: str) -> dict[Any, Mapping[Any, Any]]:
    return {tuple(row[name] for name in names): row for row in rows}


def as_written(text: str) -> str:
    """Take the apostrophe away that keeps a text from being a formula."""
    return text.removeprefix("'")


def pandas_of(files: Mapping[str, bytes], name: str) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(files[name]))


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_long_has_a_line_an_answer_with_its_state_and_where_it_stood() -> None:
    merged = merge_submissions([of(BAIJIA, {PAID: Decimal("12.5")}, blank=[CASES], unreadable=[SHARE])])

    found = by(lines(data_files(merged), "long.csv"), "key")

    paid = found[PAID,]
    assert list(paid.items()) == [
        ("unit_code", "140922018"),
        ("unit_name", "白家庄镇"),
        ("form", "aid"),
        ("year", "2025"),
        ("key", PAID),
        ("label", "一、救助 → 食物 → 金额"),
        ("type", "decimal"),
        ("measure", "万元"),
        ("value", "12.50"),
        ("state", "filled"),
        ("complete", "true"),
        ("raw", "12.5"),
        ("file", "140922018.xlsx"),
        ("sha256", merged.submissions[0].sha256),
        ("sheet", merged.submissions[0].answers[PAID].sheet),
        ("cell", merged.submissions[0].answers[PAID].cell),
    ]
    assert [(row["value"], row["state"], row["complete"], row["raw"]) for row in (found[CASES,], found[SHARE,])] == [
        ("", "blank", "false", ""),
        ("", "unreadable", "false", "/"),
    ]


def test_a_blank_a_declared_zero_and_what_does_not_apply_are_told_apart() -> None:
    factory, rented = "inspections.factory.places", "inspections.rented.places"
    declared = submission("fire-safety", {"cover.zero_report": "是"}, unit=BAIJIA)
    other = submission("fire-safety", unit=DOUCUN, blank=[factory], not_applicable=[rented])

    found = by(lines(data_files(merge_submissions([declared, other])), "long.csv"), "unit_name", "key")

    assert [(found[who, key]["value"], found[who, key]["state"]) for who, key in [
        ("白家庄镇", factory),
        ("豆村镇", factory),
        ("豆村镇", rented),
    ]] == [("0", "declared_zero"), ("", "blank"), ("", "not_applicable")]  # fmt: skip


def test_wide_has_a_line_a_unit_and_a_column_a_cell() -> None:
    given_answers: dict[str, Value] = {CASES: -3, PAID: Decimal("-0.1"), DAY: date(2025, 3, 1)}
    merged = merge_submissions([of(DOUCUN), of(BAIJIA, given_answers)], roster=ROSTER)

    rows = lines(data_files(merged), "wide.csv")

    assert [row["unit_name"] for row in rows] == ["白家庄镇", "豆村镇"]
    assert list(rows[0]) == ["unit_code", "unit_name", "form", "year", "file", *AID.by_key]
    assert [rows[0][key] for key in (CASES, PAID, SHARE, REMARK, DAY)] == [
        "-3",
        "-0.10",
        "0.000000",
        "",
        "2025-03-01",
    ]


def test_totals_say_what_the_units_gave_what_was_booked_and_whether_all_have_given() -> None:
    parts = [of(BAIJIA, {PAID: Decimal("0.1"), CASES: 3}), of(DOUCUN, {PAID: Decimal("0.2")}, blank=[CASES])]
    booking = Adjustment(PAID, Decimal("-0.25"), "重复计算", "李某")
    merged = merge_submissions(parts, adjustments=[booking])
    one_missing = merge_submissions(parts, roster=ROSTER)

    found = by(lines(data_files(merged), "totals.csv"), "key")
    of_three = by(lines(data_files(one_missing), "totals.csv"), "key")

    assert list(found[PAID,].items()) == [
        ("key", PAID),
        ("label", "一、救助 → 食物 → 金额"),
        ("measure", "万元"),
        ("sum", "0.30"),
        ("adjusted", "-0.25"),
        ("total", "0.05"),
        ("units", "2"),
        ("expected", "2"),
        ("complete", "true"),
    ]
    assert [found[CASES,][name] for name in ("sum", "adjusted", "total", "units", "complete")] == [
        *("3", "0", "3", "1", "false"),
    ]
    assert [of_three[PAID,][name] for name in ("total", "units", "expected", "complete")] == ["0.30", "2", "3", "false"]


def test_the_code_book_names_every_column_of_wide() -> None:
    files = data_files(merge_submissions([submission("fire-safety")]))

    book = lines(files, "columns.csv")

    assert [row["key"] for row in book] == list(lines(files, "wide.csv")[0])
    assert all(row["label"] and row["type"] for row in book)
    assert list(by(book, "key")["inspections.public.fines",].values()) == [
        "inspections.public.fines",
        "一、检查情况 → 人员密集场所 → 商场、宾馆、学校 → 罚款（万元）",
        *("decimal", "万元", "2", "input", "sum"),
    ]
    assert list(by(book, "key")["unit_code",].values()) == ["unit_code", "单位编码", "text", "", "0", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x", "'=1", "'"])
def test_no_text_is_a_formula_in_csv_and_none_is_another_one_in_json_and_parquet(text: str) -> None:
    unit = Unit("-1", "=镇")
    files = data_files(merge_submissions([of(unit, {REMARK: text, CASES: -1})]), parquet=True)

    (row,) = lines(files, "wide.csv")
    (in_json,) = json.loads(files["data.json"])["wide"]

    assert (row["unit_code"], row["unit_name"], row[REMARK], row[CASES]) == ("'-1", "'=镇", f"'{text}", "-1")
    assert (in_json["unit_code"], in_json["unit_name"], in_json[REMARK], in_json[CASES]) == ("-1", "=镇", text, -1)
    assert pandas_of(files, "wide.parquet")[REMARK].tolist() == [text]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_text_is_a_formula_in_the_county_workbook(text: str) -> None:
    target = io.BytesIO()
    part = submission("fire-safety", {"hazards.1.place": text}, unit=Unit("1", f"{text}镇"))

    write_county(merge_submissions([part]), [], target)

    cells = [cell for sheet in openpyxl.load_workbook(target) for row in sheet.iter_rows() for cell in row]
    kinds = {cell.value: cell.data_type for cell in cells if cell.value in (text, f"{text}镇")}
    assert kinds == {text: "s", f"{text}镇": "s"}


def test_a_csv_is_what_excel_reads_as_chinese() -> None:
    files = data_files(merge_submissions([of(BAIJIA, {REMARK: '甲，"乙",\n丙'})]))

    data = files["wide.csv"]

    assert data.startswith(b"\xef\xbb\xbfunit_code,unit_name,")
    assert data.count(b"\r\n") == 2
    assert '"甲，""乙"",\n丙"'.encode() in data


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_has_the_same_tables_and_says_who_is_missing() -> None:
    merged = merge_submissions([of(BAIJIA, {CASES: 3, PAID: 2}, blank=[SHARE])], roster=ROSTER[:2])

    document = json.loads(data_files(merged)["data.json"])

    assert list(document) == [
        *("schema", "form", "title", "year", "counted", "missing", "left_out", "adjustments"),
        *("long", "wide", "totals", "columns", "digests"),
    ]
    assert (document["schema"], document["form"], document["year"]) == ("tianbao.data/1", "aid", 2025)
    assert document["counted"] == [{"code": BAIJIA.code, "name": BAIJIA.name}]
    assert document["missing"] == [{"code": DOUCUN.code, "name": DOUCUN.name}]
    assert [document["wide"][0][key] for key in (CASES, PAID, SHARE)] == [3, "2.00", None]
    assert by(document["totals"], "key")[PAID,]["total"] == "2.00"


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_parquet_has_the_types_of_the_form_and_its_labels() -> None:
    merged = merge_submissions([of(BAIJIA, {PAID: Decimal("0.1")}), of(DOUCUN, blank=[CASES])])
    files = data_files(merged, parquet=True)

    wide, totals, long = (pq.read_schema(io.BytesIO(files[name])) for name in (*PARQUET[1:], PARQUET[0]))

    assert [wide.field(key).type for key in (CASES, PAID, SHARE, REMARK, DAY, "year")] == [
        *(pa.int64(), pa.decimal128(38, 2), pa.decimal128(38, 6), pa.string(), pa.date32(), pa.int64()),
    ]
    assert [totals.field(name).type for name in ("sum", "units", "complete")] == [
        *(pa.decimal128(38, 6), pa.int64(), pa.bool_()),
    ]
    assert [long.field(name).type for name in ("value", "number")] == [pa.string(), pa.decimal128(38, 6)]
    assert wide.field(PAID).metadata == {b"label": "一、救助 → 食物 → 金额".encode(), b"measure": "万元".encode()}
    assert wide.field("unit_code").metadata == {b"label": "单位编码".encode()}
    assert (wide.metadata[b"schema"], wide.metadata[b"form"], wide.metadata[b"year"]) == (
        *(b"tianbao.data/1", b"aid", b"2025"),
    )


def test_pandas_reads_no_float_from_parquet() -> None:
    merged = merge_submissions([of(BAIJIA, {CASES: 3, PAID: Decimal("0.1")}), of(DOUCUN, blank=[CASES, PAID])])
    files = data_files(merged, parquet=True)

    frames = {name: pandas_of(files, name) for name in PARQUET}

    wide = frames["wide.parquet"].sort_values("unit_code", ascending=False)
    assert (wide[CASES].dtype, wide[CASES].tolist()) == (pd.Int64Dtype(), [3, pd.NA])
    assert wide[PAID].tolist() == [Decimal("0.10"), None]
    assert isinstance(wide["unit_code"].dtype, pd.StringDtype)
    assert frames["long.parquet"]["complete"].dtype == pd.BooleanDtype()
    assert not any(kind.kind == "f" for frame in frames.values() for kind in frame.dtypes)


def test_a_number_with_more_digits_than_the_form_asks_for_keeps_them_all() -> None:
    part = of(BAIJIA, {PAID: Decimal("0.12345678901234567890123456789"), CASES: Decimal("1.5"), SHARE: Decimal("1E-7")})
    files = data_files(merge_submissions([part]), parquet=True)

    (row,) = lines(files, "wide.csv")
    wide = pandas_of(files, "wide.parquet")

    assert (row[PAID], row[CASES], row[SHARE]) == ("0.12345678901234567890123456789", "1.5", "0.0000001")
    assert (wide[PAID].tolist(), wide[CASES].tolist()) == ([Decimal(row[PAID])], [Decimal("1.5")])


def test_a_whole_number_beyond_64_bits_is_kept() -> None:
    files = data_files(merge_submissions([of(BAIJIA, {CASES: 1 << 63})]), parquet=True)

    assert pandas_of(files, "wide.parquet")[CASES].tolist() == [Decimal(9223372036854775808)]


def test_a_number_too_long_for_38_digits_gets_76_and_beyond_it_is_said_and_not_rounded() -> None:
    long, too_long = (merge_submissions([of(BAIJIA, {PAID: Decimal(f"{'9' * n}.01")})]) for n in (70, 71))

    assert pandas_of(data_files(long, parquet=True), "wide.parquet")[PAID].tolist() == [Decimal(f"{'9' * 70}.01")]
    with pytest.raises(LongNumberError) as raised:
        data_files(too_long, parquet=True)
    assert raised.value.params == {"column": "number", "digits": 77, "most": 76}
    assert lines(data_files(too_long), "wide.csv")[0][PAID] == f"{'9' * 71}.01"


def test_without_pyarrow_the_way_out_is_told_and_all_else_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    merged = merge_submissions([of(BAIJIA)])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(MissingParquetError) as raised:
        data_files(merged, parquet=True)

    assert str(raised.value) == "[U-PARQUET-EXTRA] 没有安装写 Parquet 要用的 pyarrow。"
    assert 'pip install "tianbao[parquet]"' in raised.value.hint
    assert tuple(data_files(merged)) == PLAIN


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (Decimal("1E+3"), 2, "1000.00"),
        (Decimal("-1E-7"), 2, "-0.0000001"),
        (Decimal("-0"), 2, "0.00"),
        (Decimal("-0.0"), 0, "0"),
        (Decimal("12345678901234567890123456789.5"), 2, "12345678901234567890123456789.50"),
        (7, 0, "7"),
    ],
)
def test_a_number_gets_the_digits_of_the_form_and_loses_none(value: int | Decimal, digits: int, written: str) -> None:
    assert format(Decimal(figure(value, digits)), "f") == written


def test_the_same_merge_gives_the_same_bytes_in_whatever_language(tmp_path: Path) -> None:
    parts = [of(BAIJIA, {PAID: Decimal("0.1"), REMARK: "=1"}), of(DOUCUN)]

    first = data_files(merge_submissions(parts), parquet=True)
    messages.use_language("en")
    try:
        paths = write_data(merge_submissions(reversed(parts)), tmp_path / "数据", parquet=True)
    finally:
        messages.use_language(None)

    assert [path.name for path in paths] == [*PLAIN[:4], "data.json", *PARQUET]
    assert {path.name: path.read_bytes() for path in paths} == first


def test_a_merge_of_nobody_has_heads_and_no_lines() -> None:
    files = data_files(merge_submissions([], roster=ROSTER, form=AID, year=2025), parquet=True)

    assert (lines(files, "wide.csv"), lines(files, "long.csv")) == ([], [])
    assert [row["total"] for row in lines(files, "totals.csv")] == [""] * len(AID.cells()[::5]) * 3
    assert json.loads(files["data.json"])["long"] == []
    assert pq.read_schema(io.BytesIO(files["long.parquet"])).field("number").type == pa.decimal128(38, 6)
    assert (len(pandas_of(files, "long.parquet")), len(pandas_of(files, "wide.parquet"))) == (0, 0)


def test_a_file_name_that_is_no_unicode_is_written_as_what_it_is() -> None:
    files = data_files(merge_submissions([replace(of(BAIJIA), file="\udcb0.xlsx")]), parquet=True)

    assert lines(files, "wide.csv")[0]["file"] == r"\udcb0.xlsx"
    assert pandas_of(files, "wide.parquet")["file"].tolist() == [r"\udcb0.xlsx"]


NUMBERS: Mapping[str, st.SearchStrategy[int | Decimal]] = {
    CASES: st.integers(-9_999_999, 9_999_999),
    PAID: st.decimals(-9_999_999, 9_999_999, places=2),
    SHARE: st.integers(2, 6).flatmap(lambda places: st.decimals(-9_999_999, 9_999_999, places=places)),
}
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8),
    st.sampled_from("=+-@\t\r\n'").flatmap(
        lambda first: st.sampled_from(['1,"2"', "SUM(A1)\n乙", ""]).map(first.__add__)
    ),
)


@st.composite
def merges(draw: st.DrawFn) -> Merged:
    """Units with numbers, blanks, what cannot be read and what does not apply, and words of every kind."""
    parts = []
    for unit in draw(st.lists(st.sampled_from(ROSTER), min_size=1, max_size=3, unique=True)):
        states: dict[str, list[str]] = {"blank": [], "unreadable": [], "not_applicable": []}
        values: dict[str, Value] = {REMARK: draw(TEXTS), DAY: draw(st.dates(date(1900, 1, 1), date(2100, 1, 1)))}
        for key, numbers in NUMBERS.items():
            state = draw(st.sampled_from(["", "", *states]))
            if state:
                states[state].append(key)
            else:
                values[key] = draw(numbers)
        parts.append(of(unit, values, **states))
    return merge_submissions(parts, roster=ROSTER)


@settings(max_examples=25, deadline=None)
@given(merged=merges())
def test_what_is_read_back_is_what_was_merged(merged: Merged) -> None:
    files = data_files(merged, parquet=True)
    cells = merged.form.by_key

    document = json.loads(files["data.json"])
    from_csv = {key: _texts(rows) for key, rows in by(lines(files, "long.csv"), "unit_code", "key").items()}
    from_json = by(document["long"], "unit_code", "key")
    wide = pandas_of(files, "wide.parquet")
    totals = by(pandas_of(files, "totals.parquet").to_dict("records"), "key")
    long = by(pandas_of(files, "long.parquet").to_dict("records"), "unit_code", "key")
    known = merged.to_frame("wide")

    for unit, part in zip(merged.units, merged.submissions, strict=True):
        for key, answer in part.answers.items():
            at = (unit.code, key)
            assert _read(from_csv[at]["value"], answer) == answer.value
            assert _read(from_json[at]["value"], answer) == answer.value
            assert from_csv[at]["state"] == from_json[at]["state"] == long[at]["state"] == answer.state.value
            assert from_csv[at]["raw"] == (from_json[at]["raw"] or "") == answer.raw
            number = answer.value if isinstance(answer.value, int | Decimal) else None
            assert _known(long[at]["number"]) == number
    for key in merged.form.by_key:
        assert [_known(one) for one in wide[key]] == [_known(one) for one in known[key]]
        if cells[key].is_number:
            assert str(wide[key].dtype) == ("object" if cells[key].digits else "Int64")
    for key, total in merged.totals.items():
        assert _known(totals[key,]["total"]) == total
        assert _number(by(lines(files, "totals.csv"), "key")[key,]["total"]) == total
        assert _number(by(document["totals"], "key")[key,]["total"]) == total


def _known(value: Any) -> Any:
    """Make every kind of blank that pandas has the same one."""
    return None if pd.isna(value) else value


def _texts(row: Mapping[str, str]) -> dict[str, str]:
    """Take away what keeps texts from being formulas; what a number says is left alone."""
    return {
        name: text if name == "value" and row["type"] in ("count", "decimal") else as_written(text)
        for name, text in row.items()
    }


def _read(written: str | int | None, answer: Answer) -> Value:
    match answer.value:
        case None:
            return None if written in (None, "") else "not blank"
        case int() | Decimal():
            return _number(written)
        case date():
            return date.fromisoformat(str(written))
        case str():
            return str(written)


def _number(written: str | int | None) -> Decimal | None:
    return None if written in (None, "") else Decimal(written)


def test_a_total_is_not_complete_where_a_file_with_figures_is_left_out_and_nobody_knows_who_was_expected() -> None:
    twice = [submission("fire-safety", {"inspections.public.places": n}, unit=DOUCUN, file=f"{n}.xlsx") for n in (1, 2)]

    merged = merge_submissions([submission("fire-safety", unit=BAIJIA), *twice])

    totals = next(table for table in make_tables(merged) if table.name == "totals")
    complete = next(column for column in totals.columns if column.name == "complete")
    assert set(complete.values) == {False}


def test_nothing_is_said_to_be_booked_where_a_total_becomes_blank() -> None:
    """The rate of no places is none."""
    values: dict[str, Value] = {"inspections.public.places": 4, "inspections.public.inspected": 1}
    booking = Adjustment("inspections.public.places", -4, "试")

    merged = merge_submissions([submission("fire-safety", values, unit=BAIJIA)], adjustments=[booking])

    totals = next(table for table in make_tables(merged) if table.name == "totals")
    line = next(row for row in totals.rows() if row[0] == "inspections.public.rate")
    assert line[3:6] == (Decimal("25.0"), None, None)
