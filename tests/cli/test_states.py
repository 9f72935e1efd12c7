"""Unfilled, half filled, declared to be zero: from a returned workbook to the county's, for every form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

import tianbao as tb
from tests.cli.conftest import Call
from tests.workbook.returned import BAIJIA, DOUCUN, changed, issued, read, typed
from tianbao.form.completeness import ZERO_REPORT
from tianbao.form.load import bundled_forms
from tianbao.form.model import CellType, Kind, Shape
from tianbao.records.model import Answer, State, Value
from tianbao.workbook.layout import a1, make_layout

FORMS = [tb.load_form(name) for name in bundled_forms()]


def numbers(form: tb.Form) -> list[str]:
    """Return the number cells that must be filled, in printed order."""
    tables = (table for table in form.tables if table.shape is not Shape.LIST and not table.optional)
    return [cell.key for table in tables for cell in table.inputs() if cell.is_number]


def words(form: tb.Form) -> dict[str, Value]:
    """Fill the cover and write a line in each text."""
    cover: dict[str, Value] = {}
    for cell in form.cover:
        if cell.key != ZERO_REPORT and not cell.default:
            cover[cell.key] = cell.codes[0] if cell.codes else "2026-01-15" if cell.type is CellType.DATE else "某"
    return cover | {text.cells[0].key: "本年没有收取信息处理费。" for text in form.texts}


def filled(form: tb.Form, values: Mapping[str, Value], unit: tb.Unit = BAIJIA) -> bytes:
    target = BytesIO()
    tb.write_workbook(form, target, unit=unit, year=2025, values=values)
    return target.getvalue()


def stands(submission: tb.Submission) -> dict[str, State]:
    return {key: submission.cell(key).state for key in submission.answers}


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_a_workbook_returned_unfilled_is_read_and_each_blank_is_told_once(form: tb.Form) -> None:
    """faults.md A21."""
    submission = read(issued(form, filled=False))

    findings = [finding for finding in tb.run_checks(submission) if finding.code != "P-01"]

    assert submission.verdict is tb.Verdict.READ
    assert {stands(submission)[key] for key in numbers(form)} == {State.BLANK}
    assert {finding.code for finding in findings} <= {"C-01", "C-03", "C-04"}
    told = [cell.key for finding in findings if finding.code == "C-01" for cell in finding.cells]
    assert sorted(told) == sorted(numbers(form))
    assert len(findings) <= len(form.tables) + len(form.texts) + 1


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_of_a_half_filled_workbook_the_blanks_are_told_and_nothing_else(form: tb.Form) -> None:
    half = numbers(form)[: len(numbers(form)) // 2]

    submission = read(filled(form, dict.fromkeys(half, 0) | words(form)))

    findings = [finding for finding in tb.run_checks(submission) if finding.code != "P-01"]
    assert {finding.code for finding in findings} == {"C-01"}
    assert [cell.key for finding in findings for cell in finding.cells] == [k for k in numbers(form) if k not in half]


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_a_declared_zero_report_is_complete(form: tb.Form) -> None:
    submission = read(filled(form, {ZERO_REPORT: "是"} | words(form)))

    merged = tb.merge_submissions([submission])

    assert [finding.code for finding in tb.run_checks(submission) if finding.code != "P-01"] == []
    assert {stands(submission)[key] for key in numbers(form)} == {State.DECLARED_ZERO}
    assert {merged.totals[key] for key in numbers(form)} == {0}
    assert (len(submission.incomplete), len(merged.incomplete)) == (0, 0)


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_an_unfilled_workbook_gives_the_county_no_zeros(form: tb.Form) -> None:
    empty = read(issued(form, filled=False))
    sound = read(filled(form, dict.fromkeys(numbers(form), 1), DOUCUN))

    merged = tb.merge_submissions([empty, sound])

    assert {key: merged.totals[key] for key in numbers(form)} == dict.fromkeys(numbers(form), 1)
    assert {key: merged.incomplete[key] for key in numbers(form)} == dict.fromkeys(numbers(form), (BAIJIA,))
    assert {merged.incomplete.get(cell.key) for cell in form.computed} == {(BAIJIA,)}


# ── five states that never become one another ────────────────────────────────────────────────────────────────────────


def five(form: tb.Form) -> dict[State, str]:
    """Choose a cell for each state, of those that totals are made of."""
    return dict(zip(State, numbers(form)[-7:-2], strict=True))


def mixed(form: tb.Form) -> bytes:
    """Type a number into one cell and a stroke into another, and declare the others to be zero."""
    key = five(form)
    return typed({ZERO_REPORT: "是", key[State.FILLED]: 7, key[State.UNREADABLE]: "/"}, form)


def gap(form: tb.Form) -> bytes:
    """Fill everything but one cell."""
    left_out = five(form)[State.BLANK]
    return filled(form, {key: 1 for key in numbers(form) if key != left_out}, DOUCUN)


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_a_program_tells_the_states_apart(form: tb.Form, call: Call, tmp_path: Path) -> None:
    key = five(form)
    (tmp_path / "一.xlsx").write_bytes(mixed(form))
    (tmp_path / "二.xlsx").write_bytes(gap(form))

    first, second = json.loads(call("read", "一.xlsx", "二.xlsx", "--json").out)["submissions"]

    assert key[State.FILLED] not in first["states"]
    assert first["states"][key[State.UNREADABLE]] == "unreadable"
    assert first["states"][key[State.DECLARED_ZERO]] == "declared_zero"
    assert second["states"][key[State.BLANK]] == "blank"
    assert [first["values"][key[state]] for state in State] == [7, 0, 0, 0, None]
    assert second["values"][key[State.BLANK]] is None
    assert set(second["states"]) >= {k for k, value in (second["values"] | second["fields"]).items() if value is None}
    assert key[State.BLANK] in second["incomplete"]
    assert [k for k in second["incomplete"] if form.cell(k).kind is Kind.COMPUTED] != []
    assert first["incomplete"][0] == key[State.UNREADABLE]


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_the_states_are_in_the_merge_and_in_the_countys_workbook(form: tb.Form, call: Call, tmp_path: Path) -> None:
    key = five(form)
    (tmp_path / "一.xlsx").write_bytes(mixed(form))
    (tmp_path / "二.xlsx").write_bytes(gap(form))

    document = json.loads(call("merge", "一.xlsx", "二.xlsx", "-o", "县.xlsx", "--json").out)

    assert document["states"][key[State.UNREADABLE]] == {BAIJIA.code: "unreadable"}
    assert document["states"][key[State.DECLARED_ZERO]] == {BAIJIA.code: "declared_zero"}
    assert document["states"][key[State.BLANK]] == {BAIJIA.code: "declared_zero", DOUCUN.code: "blank"}
    assert key[State.FILLED] not in document["states"]
    assert document["incomplete"][key[State.BLANK]] == [DOUCUN.code]
    book = openpyxl.load_workbook(tmp_path / "县.xlsx")
    shown = {row[0].value: [cell.value for cell in row[6:8]] for row in book["单位明细"].iter_rows(min_row=6)}
    assert shown[key[State.UNREADABLE]] == ["？", 1]
    assert shown[key[State.DECLARED_ZERO]] == [0, 1]
    assert shown[key[State.BLANK]] == [0, None]
    written = said(book)
    assert written[key[State.UNREADABLE]] == "白家庄镇（读不出：/）"
    assert written[key[State.BLANK]] == "豆村镇（空白）"


def said(book: Workbook) -> dict[str, str]:
    """Read the list of totals that are not whole: key → the units that lack it."""
    rows = [[str(cell.value or "") for cell in row] for row in book["缺报与免报"].iter_rows(max_col=6)]
    return {row[1]: row[5] for row in rows}


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_what_does_not_apply_is_neither_blank_nor_zero_anywhere(form: tb.Form) -> None:
    key = five(form)[State.NOT_APPLICABLE]
    sound = read(filled(form, dict.fromkeys(numbers(form), 1) | words(form)))
    place = sound.answers[key]
    free = replace(
        sound, answers={**sound.answers, key: Answer(None, State.NOT_APPLICABLE, "不适用", place.sheet, place.cell)}
    )

    merged = tb.merge_submissions([free])

    assert (merged.totals[key], merged.incomplete, merged.states(key)) == (
        None,
        {},
        ((BAIJIA, State.NOT_APPLICABLE),),
    )
    assert [finding.cells for finding in tb.run_checks(free) if finding.code == "C-01"] == []
    frame = merged.to_frame("long").set_index("key")
    assert (frame.loc[key, "value"], frame.loc[key, "state"]) == (None, "not_applicable")


def test_a_cell_with_nothing_but_blanks_in_it_is_blank() -> None:
    form = tb.load_form("fire-safety")
    key = numbers(form)[0]
    place = make_layout(form).places[key]

    def write(book: Workbook) -> None:
        book[place.sheet][a1(place.row, place.column)] = " \u3000"

    assert read(changed(write, issued(form))).cell(key).state is State.BLANK
