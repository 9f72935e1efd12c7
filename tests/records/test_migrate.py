"""A workbook of the older layout, and of an older definition, in the terms of the current form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.workbook.returned import BAIJIA, FORM, numbered, numbers, read, typed
from tianbao.checks.run import run_checks
from tianbao.form.load import load_form
from tianbao.form.model import Kind, Severity
from tianbao.merge.merge import merge_submissions
from tianbao.merge.parts import provenance_of
from tianbao.records.migrate import migrate
from tianbao.records.model import Answer, Note, State, Submission, Verdict

OLD = load_form("zfxxgk-2019")

#: What both layouts ask alike: all of table 3 but （六）, all of table 4, the decisions, and the control totals.
DECISIONS = {"art20_5.licence.decisions", "art20_6.penalty.decisions", "art20_6.coercion.decisions"}


def told(submission: Submission, code: str) -> list[Note]:
    return [note for note in submission.notes if note.code == code]


def test_what_both_layouts_ask_is_taken_over_and_nothing_else() -> None:
    old = read(numbered(OLD))

    new = migrate(old, FORM)

    expected = {
        key: number
        for key, number in numbers(OLD).items()
        if key in DECISIONS
        or key.startswith(("remedies.", "control."))
        or (key.startswith("requests.") and not key.startswith("requests.other."))
    }
    assert {key: new[key] for key in numbers(FORM) if new[key] is not None} == expected
    assert (new.form, new.year, new.unit, new.verdict) == (FORM, 2025, BAIJIA, Verdict.READ_WITH_NOTES)
    assert list(new.answers) == list(FORM.by_key)
    assert (new["cover.leader"], new["cover.period_end"]) == ("张三", date(2025, 12, 31))
    assert new.texts["lead"] == "第一段。"


def test_an_answer_keeps_its_place_in_the_file() -> None:
    old = read(numbered(OLD))

    new = migrate(old, FORM)

    assert new.cell("requests.new.natural").origin == old.cell("requests.new.natural").origin
    assert new.sha256 == old.sha256


def test_a_cell_that_was_not_asked_is_blank_and_not_zero() -> None:
    new = migrate(read(numbered(OLD)), FORM)

    for key in ("requests.other_misc.natural", "art20_1.rules.issued", "art20_8.admin_fees.amount"):
        assert new.answers[key] == Answer(None, State.BLANK)


def test_what_a_report_was_made_of_is_taken_over_as_far_as_its_cells_are() -> None:
    old = read(numbered(OLD))
    county = replace(old, provenance=provenance_of(merge_submissions([old])))

    new = migrate(county, FORM)

    assert county.provenance is not None
    assert new.provenance is not None
    assert set(new.provenance.keys) == {key for key in county.provenance.keys if new.values.get(key) is not None}
    assert 0 < len(new.provenance.keys) < len(county.provenance.keys)
    assert not [finding for finding in run_checks(new) if finding.code.startswith("M-PARTS")]


def test_every_number_without_a_home_is_told() -> None:
    old = read(numbered(OLD))

    new = migrate(old, FORM)

    homeless = {key for key in numbers(OLD) if key not in numbers(FORM)}
    assert {note.key for note in told(new, "R-NO-HOME")} == homeless
    note = next(note for note in told(new, "R-NO-HOME") if note.key == "requests.other.natural")
    place = old.cell("requests.other.natural").origin
    assert (note.severity, note.at, note.raw) == (Severity.QUERY, str(place), str(old["requests.other.natural"]))
    assert note.message("zh") == (
        f"{place}：“三、收到和处理政府信息公开申请情况 → 三、本年度办理结果 → （六）其他处理 → 申请人情况 → 自然人”"
        f"填的是 {note.raw}，表样 zfxxgk-2021 没有相同的格，没有采用。 请在现在的表样里按新的分项填写。"
    )


def test_a_zero_without_a_home_is_only_a_note() -> None:
    new = migrate(read(typed({"art20_1.rules.made_new": 0}, OLD)), FORM)

    (note,) = told(new, "R-NO-HOME")
    assert note.severity is Severity.NOTE
    assert note.message("zh").endswith(
        "没有相同的格（2019年表样问的是制作、公开、对外公开总数，2021年起问的是制发、废止、现行有效），没有采用。"
        " 不用处理：填的是 0，没有丢掉数。"
    )
    assert "(the layout of 2019 asks what was made" in note.message("en")
    assert told(new, "R-MIGRATED-TOTAL") == []


def test_a_zero_that_was_parted_since_is_zero_in_each_part() -> None:
    old = read(typed({"requests.other.natural": 0, "requests.other.business": 2}, OLD))

    new = migrate(old, FORM)

    parts = ("other_no_correction", "other_unpaid", "other_misc")
    assert [new[f"requests.{part}.natural"] for part in parts] == [0, 0, 0]
    assert [new[f"requests.{part}.business"] for part in parts] == [None, None, None]
    assert new.cell("requests.other_misc.natural").origin == old.cell("requests.other.natural").origin
    (note,) = told(new, "R-ZERO-SHARED")
    assert (note.key, note.severity) == ("requests.other.natural", Severity.NOTE)
    assert [one.key for one in told(new, "R-NO-HOME")] == ["requests.other.business"]


def test_what_was_parted_since_is_summed_in_the_earlier_layout() -> None:
    values = {
        "requests.other_no_correction.natural": 1,
        "requests.other_unpaid.natural": 0,
        "requests.other_misc.natural": 2,
    }

    old = migrate(read(typed(values)), OLD)

    assert (old["requests.other.natural"], old["requests.other.business"]) == (3, None)
    (note,) = told(old, "R-SUMMED")
    assert note.key == "requests.other.natural"
    assert not any(one.key.startswith("requests.") for one in told(old, "R-NO-HOME"))


def test_every_cell_of_the_earlier_layout_has_a_counterpart_or_a_reason() -> None:
    (earlier,) = FORM.earlier
    summed = {one.earlier for one in earlier.sums}

    for cell in OLD.cells():
        new = FORM.by_key.get(cell.key)
        same = new is not None and (new.kind, new.type, new.measure) == (cell.kind, cell.type, cell.measure)
        assert sum((same, cell.key in summed, earlier.why(cell.key) is not None)) == 1, cell.key


def test_a_total_that_has_lost_a_part_is_told_with_both_numbers() -> None:
    new = migrate(read(typed({"requests.granted.natural": 4, "requests.other.natural": 3}, OLD)), FORM)

    key = "requests.total.natural"
    assert (new[key], new.stated(key)) == (4, 7)
    note = next(note for note in told(new, "R-MIGRATED-TOTAL") if note.key == key)
    assert note.severity is Severity.QUERY
    assert note.message("zh") == (
        f"{note.at}：按原表样合计是 7，转到 zfxxgk-2021 后按各项计算是 4，差 3。"
        " 差的是没有对应格子的那几项：请在现在的表样里补填。"
    )


def test_it_is_told_once_from_which_form_it_came() -> None:
    new = migrate(read(typed({"requests.new.natural": 5}, OLD)), FORM)

    (note,) = told(new, "R-MIGRATED")
    assert (note.severity, new.notes[0]) == (Severity.NOTE, note)
    assert "表样 zfxxgk-2019 1.1.0 填的" in note.message("zh")


def test_what_was_told_of_the_reading_stays_told() -> None:
    new = migrate(read(typed({"requests.new.natural": "５"}, OLD)), FORM)

    assert [note.key for note in told(new, "V-TEXT-NUMBER")] == ["requests.new.natural"]


def test_a_merge_of_both_layouts_counts_the_migrated_and_names_who_gave_no_number() -> None:
    new = migrate(read(numbered(OLD)), FORM)

    merged = merge_submissions([new])

    assert merged.form is FORM
    assert merged.totals["remedies.review.upheld"] == numbers(OLD)["remedies.review.upheld"]
    assert merged.totals["requests.other_misc.natural"] is None
    assert merged.incomplete["requests.other_misc.natural"] == (BAIJIA,)


def test_a_check_of_the_migrated_says_what_is_lacking() -> None:
    findings = run_checks(migrate(read(numbered(OLD)), FORM))

    lacking = {cell.key for finding in findings if finding.code == "C-01" for cell in finding.cells}
    assert {"requests.other_misc.natural", "art20_8.admin_fees.amount"} <= lacking


def test_an_older_definition_of_the_same_form_is_taken_over_too(tmp_path: Path) -> None:
    text = OLD.path.read_text(encoding="utf-8").replace('version = "1.1.0"', 'version = "2.0.0"')
    path = tmp_path / "zfxxgk-2019" / "form.toml"
    path.parent.mkdir()
    path.write_text(text.replace('label = ["规章"]', 'label = ["政府规章"]'), encoding="utf-8")
    newer = load_form(path)

    new = migrate(read(numbered(OLD)), newer)

    assert new.form is newer
    assert {key: new[key] for key in numbers(OLD)} == numbers(OLD)
    assert told(new, "R-NO-HOME") == []
    assert new.notes[0].params["ours"] == "zfxxgk-2019 2.0.0"


@pytest.mark.parametrize("attribute", ["measure", "codes", "kind"])
def test_a_cell_that_asks_something_else_under_one_key_is_no_home(attribute: str) -> None:
    from tianbao.records.migrate import _ask_the_same

    cell = FORM.cell("requests.new.natural")
    other = {"measure": "人次", "codes": ("是",), "kind": Kind.COMPUTED}[attribute]

    assert _ask_the_same(cell, cell)
    assert not _ask_the_same(cell, replace(cell, **{attribute: other}))  # type: ignore[arg-type]


def test_a_submission_of_the_form_itself_and_a_refused_one_are_as_they_were() -> None:
    ours, refused = read(numbered(FORM)), read(b"")

    assert migrate(ours, FORM) is ours
    assert migrate(refused, FORM) is refused
