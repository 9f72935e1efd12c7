"""Last year's reports, from whatever the office has kept, and what is done with those that do not fit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest

from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, refused, submission
from tianbao.campaign.prior import LastYear, read_last_year
from tianbao.checks.run import run_checks
from tianbao.cli.documents import merge_document, read_document
from tianbao.form.load import load_form
from tianbao.merge.merge import merge_submissions
from tianbao.messages import LANGUAGES
from tianbao.messages.explained import explained
from tianbao.records.model import State, Submission, Unit, Value
from tianbao.workbook.guard import LIMITS, PathMissingError
from tianbao.workbook.prefill import prefill
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook

FORM = load_form("zfxxgk-2021")
OLD = load_form("zfxxgk-2019")

NEW, CARRIED, FEES = "requests.new.natural", "requests.carried_out.natural", "art20_8.admin_fees.amount"
#: What Baijia reported last year.
FIGURES: Mapping[str, Value] = {NEW: 3, "requests.granted.natural": 1, CARRIED: 2, FEES: Decimal("12.50")}


def last_year(values: Mapping[str, Value] = FIGURES, *, unit: Unit | None = BAIJIA, **more: Any) -> Submission:
    return submission("zfxxgk-2021", values, unit=unit, year=2024, **more)


def read_json(path: Path, *submissions: Submission) -> Path:
    """Write what `read --json` prints."""
    path.write_text(json.dumps(read_document(submissions), ensure_ascii=False), encoding="utf-8")
    return path


def merge_json(path: Path, *submissions: Submission) -> Path:
    """Write what `merge --json` prints."""
    document = merge_document(merge_submissions(submissions), ())
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def workbook(
    path: Path, values: Mapping[str, Value], *, unit: Unit = BAIJIA, form: str = FORM.id, year: int = 2024
) -> Path:
    """Write what a unit sent: its answers typed into its workbook."""
    typed = {key: value for key, value in submission(form, values, year=year).values.items() if value is not None}
    asked = load_form(form)
    inputs = {key: value for key, value in typed.items() if asked.cell(key) not in asked.computed}
    write_workbook(asked, path, unit=unit, year=year, values=inputs)
    return path


def read(*paths: Path) -> LastYear:
    return read_last_year(paths, FORM, year=2025)


def told(found: LastYear) -> list[tuple[str, str]]:
    """Return file and code of what was left out, having seen that each is as grave as is said of it and can be said."""
    for left in found.left_out:
        assert left.severity.value in ("error" if left.code[0] == "F" else explained()[left.code].severities)
        assert all(left.message(lang) for lang in LANGUAGES)
    return [(left.file, left.code) for left in found.left_out]


def units(found: LastYear) -> Sequence[Unit | None]:
    return [one.unit and Unit(one.unit.code, one.unit.name) for one in found.submissions]


# ── whatever the office has kept ─────────────────────────────────────────────────────────────────────────────────────


def test_workbooks_and_documents_are_read_from_a_folder_one_report_a_unit(tmp_path: Path) -> None:
    (tmp_path / "乡镇").mkdir()
    workbook(tmp_path / "乡镇" / "白家庄镇.xlsx", FIGURES)
    read_json(tmp_path / "读取.JSON", last_year(unit=DOUCUN), last_year({NEW: 1, CARRIED: 1}, unit=TAIHUAI))

    found = read(tmp_path)

    assert told(found) == []
    assert [(one.unit and one.unit.name, one[NEW]) for one in found.submissions] == [
        ("台怀镇", 1),
        ("豆村镇", 3),
        ("白家庄镇", 3),
    ]
    assert all(one.form and one.form.digest == FORM.digest and one.year == 2024 for one in found.submissions)


def test_a_zip_is_looked_into_and_every_file_that_is_done_is_told(tmp_path: Path) -> None:
    workbook(tmp_path / "白家庄镇.xlsx", FIGURES)
    shutil.make_archive(str(tmp_path / "报送"), "zip", tmp_path, "白家庄镇.xlsx")
    read_json(tmp_path / "读取.json", last_year(unit=DOUCUN))
    done: list[tuple[int, int, str]] = []

    found = read_last_year(
        [tmp_path / "报送.zip", tmp_path / "读取.json"], FORM, year=2025, progress=lambda *one: done.append(one)
    )

    assert [one.file for one in found.submissions] == ["读取.json/140922003.xlsx", "报送.zip/白家庄镇.xlsx"]
    assert done == [(1, 2, "读取.json"), (2, 2, "报送.zip")]


def test_a_workbook_with_a_password_is_opened_with_it(tmp_path: Path) -> None:
    plain = BytesIO(workbook(tmp_path / "白家庄镇.xlsx", FIGURES).read_bytes())
    with (tmp_path / "白家庄镇.xlsx").open("wb") as locked:
        msoffcrypto.OfficeFile(plain).encrypt("开门", locked)

    assert told(read(tmp_path)) == [("白家庄镇.xlsx", "F-ENCRYPTED")]
    assert read_last_year([tmp_path], FORM, year=2025, passwords=["开门"]).submissions[0][NEW] == 3


def test_a_path_that_is_not_there_is_a_bad_call(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        read(tmp_path / "上年")


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reading_gives_back_what_was_read_value_by_value(tmp_path: Path) -> None:
    texts = {"text.overview.1": "上年总体情况。", "text.overview.2": "第二段。"}
    before = last_year(
        {**FIGURES, **texts, "cover.telephone": "0350-1234567", "control.received": 3},
        blank=["requests.new.legal"],
        unreadable=["requests.new.research"],
        explanations={"T2-01.natural": "设区的市委托管理"},
    )

    (after,) = read(read_json(tmp_path / "读取.json", before)).submissions

    assert {key: (answer.value, answer.state) for key, answer in after.answers.items()} == {
        key: (answer.value, answer.state) for key, answer in before.answers.items()
    }
    assert str(after.cell(NEW).origin) == str(before.cell(NEW).origin)
    assert (after.sha256, after.unit) == (before.sha256, Unit("140922018", "白家庄镇"))
    assert after.texts["overview"] == "上年总体情况。\n第二段。"
    assert after.explanations["T2-01.natural"].value == "设区的市委托管理"
    assert after.incomplete == before.incomplete


def test_counts_are_whole_numbers_and_amounts_exact(tmp_path: Path) -> None:
    (after,) = read(read_json(tmp_path / "读取.json", last_year())).submissions

    assert (after[NEW], type(after[NEW])) == (3, int)
    assert (after[FEES], type(after[FEES])) == (Decimal("12.50"), Decimal)


def test_a_merge_is_taken_apart_into_the_reports_of_its_units(tmp_path: Path) -> None:
    baijia = last_year(blank=["requests.new.legal"])
    doucun = last_year({NEW: 5, CARRIED: 5}, unit=DOUCUN)

    found = read(merge_json(tmp_path / "汇总.json", baijia, doucun))

    assert told(found) == []
    assert units(found) == [Unit("140922003", "豆村镇"), Unit("140922018", "白家庄镇")]
    for one, whole in zip(found.submissions, (doucun, baijia), strict=True):
        assert one.values == whole.values
        assert one.texts["overview"] == ""
    assert found.submissions[1].answers["requests.new.legal"].state is State.BLANK
    assert found.submissions[1].incomplete == baijia.incomplete


def test_a_declared_zero_comes_back_from_a_merge_as_one(tmp_path: Path) -> None:
    zero = last_year({"cover.zero_report": "是"})

    (after,) = read(merge_json(tmp_path / "汇总.json", zero)).submissions

    assert (after[NEW], after.answers[NEW].state) == (0, State.DECLARED_ZERO)


@pytest.mark.parametrize("kept", [read_json, merge_json])
def test_the_checks_of_this_year_hold_what_comes_back_against_a_document(tmp_path: Path, kept: Any) -> None:
    (before,) = read(kept(tmp_path / "上年.json", last_year())).submissions
    now = submission("zfxxgk-2021", {"requests.carried_in.natural": 1, "requests.granted.natural": 1})

    found, wanted = (
        [
            (finding.instance, finding.message("zh"), finding.imbalance, finding.suspects)
            for finding in run_checks(now, prior=one)
            if finding.code.startswith("Y-")
        ]
        for one in (before, last_year())
    )

    assert [(instance, imbalance) for instance, _, imbalance, _ in found] == [
        ("Y-01.natural", -1),
        ("Y-01.total", -1),
        ("Y-06", None),
    ]
    assert found == wanted


@pytest.mark.parametrize("kept", [read_json, merge_json])
def test_this_years_workbook_shows_the_figures_of_a_document(tmp_path: Path, kept: Any) -> None:
    (before,) = read(kept(tmp_path / "上年.json", last_year())).submissions
    ours, whole = BytesIO(), BytesIO()

    write_workbook(FORM, ours, unit=BAIJIA, year=2025, prior=before)
    write_workbook(FORM, whole, unit=BAIJIA, year=2025, prior=last_year())

    assert ours.getvalue() == whole.getvalue()
    assert prefill(FORM, 2025, before, {}).answer(f"prior.{CARRIED}") == 2
    shown = openpyxl.load_workbook(ours)["三、依申请公开"]
    assert 2 in {cell.value for row in shown.iter_rows() for cell in row}


# ── another layout ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_of_the_layout_of_2019_is_taken_over(tmp_path: Path) -> None:
    (before,) = read(workbook(tmp_path / "旧表.xlsx", {CARRIED: 2, NEW: 2}, form=OLD.id)).submissions

    assert before.form
    assert before.form.digest == FORM.digest
    assert before[CARRIED] == 2
    assert before[FEES] is None
    assert "R-MIGRATED" in [note.code for note in before.notes]


@pytest.mark.parametrize("kept", [read_json, merge_json])
def test_a_document_of_the_layout_of_2019_is_taken_over(tmp_path: Path, kept: Any) -> None:
    old = submission("zfxxgk-2019", {CARRIED: 2, NEW: 2}, year=2024)

    (before,) = read(kept(tmp_path / "旧表.json", old)).submissions

    assert before.form
    assert before.form.digest == FORM.digest
    assert (before[CARRIED], before[FEES]) == (2, None)


def test_a_report_of_another_kind_is_left_out(tmp_path: Path) -> None:
    workbook(tmp_path / "消防.xlsx", {}, form="fire-safety")
    read_json(tmp_path / "消防.json", submission("fire-safety", {}, year=2024))
    document = read_document([last_year()]) | {"submissions": [{"form": "../form.toml", "year": 2024}]}
    (tmp_path / "别的.json").write_text(json.dumps(document), encoding="utf-8")

    found = read(tmp_path)

    assert found.submissions == ()
    assert told(found) == [
        ("别的.json/1", "U-PRIOR-FORM"),
        ("消防.json/140922018.xlsx", "U-PRIOR-FORM"),
        ("消防.xlsx", "U-PRIOR-FORM"),
    ]
    assert found.left_out[2].message("zh") == (
        "消防.xlsx 填的是表样 fire-safety，与 zfxxgk-2021 没有相同的格子，没有采用。"
        " 请给出上年同一种报表；确实没有的，不用处理，只是不带出上年的数。"
    )


# ── what is left out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_cannot_be_read_is_told_with_its_own_reason(tmp_path: Path) -> None:
    (tmp_path / "年报.pdf").write_bytes(b"%PDF-1.7\n")
    read_json(tmp_path / "读取.json", refused("说明.pdf"))

    found = read(tmp_path)

    assert told(found) == [("年报.pdf", "F-PDF"), ("读取.json/说明.pdf", "U-PRIOR-REFUSED")]
    assert found.left_out[1].message("zh").startswith("读取.json/说明.pdf 当时就没有读成：收到的是 PDF")


def test_a_report_of_nobody_and_one_of_another_year_are_left_out(tmp_path: Path) -> None:
    nobody, this_year = last_year(unit=None), submission("zfxxgk-2021", FIGURES, year=2025)

    found = read(read_json(tmp_path / "读取.json", nobody, this_year))

    assert found.submissions == ()
    assert told(found) == [
        ("读取.json/140922018.xlsx", "U-PRIOR-YEAR"),
        ("读取.json/nobody.xlsx", "U-PRIOR-UNIT"),
    ]
    assert found.left_out[0].message("zh") == (
        "读取.json/140922018.xlsx 是“白家庄镇”2025 年的报表，要的是 2024 年的，没有采用。"
        " 请换成 2024 年的报表；不需要它的，不用处理。"
    )


def test_of_two_different_reports_of_one_unit_none_is_taken(tmp_path: Path) -> None:
    read_json(tmp_path / "一.json", last_year())
    merge_json(tmp_path / "二.json", last_year({**FIGURES, NEW: 4}), last_year(unit=DOUCUN))

    found = read(tmp_path)

    assert units(found) == [Unit("140922003", "豆村镇")]
    assert told(found) == [("一.json/140922018.xlsx", "U-PRIOR-TWICE"), ("二.json/140922018", "U-PRIOR-TWICE")]
    assert found.left_out[0].message("zh") == (
        "“白家庄镇”上年的几份数不一样（一.json/140922018.xlsx、二.json/140922018），都没有采用；"
        "不同的有 1 格：三、依申请公开!E10“3”“4”。 请只留下最后定稿的一份。"
    )


def test_a_copy_is_told_as_a_note_whatever_it_is_kept_as(tmp_path: Path) -> None:
    report = read_workbook(workbook(tmp_path / "白家庄镇.xlsx", FIGURES))
    read_json(tmp_path / "读取.json", report)
    merge_json(tmp_path / "汇总.json", report)

    found = read(tmp_path)

    assert [(one[NEW], one.file) for one in found.submissions] == [(3, "汇总.json/140922018")]
    assert told(found) == [
        ("白家庄镇.xlsx", "U-PRIOR-AGAIN"),
        ("读取.json/白家庄镇.xlsx", "U-PRIOR-AGAIN"),
    ]


def test_a_share_in_a_merge_is_a_copy_though_it_holds_no_words(tmp_path: Path) -> None:
    explained_one = last_year(typed_over={"requests.new.total": 4}, explanations={"T2-01.natural": "设区的市委托管理"})
    report = read_json(tmp_path / "读取.json", explained_one)

    found = read(report, merge_json(tmp_path / "汇总.json", explained_one))

    assert told(found) == [("读取.json/140922018.xlsx", "U-PRIOR-AGAIN")]
    assert found.submissions[0].texts["overview"] == "本年总体情况。"


def test_a_report_that_differs_in_its_words_only_is_queried_and_its_figures_are_taken(tmp_path: Path) -> None:
    other = last_year({**FIGURES, "text.overview.1": "另一种写法。"}, file="定稿.xlsx")

    found = read(read_json(tmp_path / "读取.json", last_year(), other))

    assert [one[NEW] for one in found.submissions] == [3]
    assert told(found) == [("读取.json/定稿.xlsx", "U-PRIOR-WORDS")]


def test_two_units_under_one_code_are_both_left_out(tmp_path: Path) -> None:
    other = last_year(unit=Unit(BAIJIA.code, "耿镇镇"), file="耿镇镇.xlsx")

    found = read(read_json(tmp_path / "读取.json", last_year(), other))

    assert found.submissions == ()
    assert told(found) == [
        ("读取.json/140922018.xlsx", "U-PRIOR-NAMES"),
        ("读取.json/耿镇镇.xlsx", "U-PRIOR-NAMES"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[1]",
        b'{"schema": "tianbao.check/1", "findings": []}',
        b'{"schema": "tianbao.read/1", "submissions": []}',
        b'{"schema": "tianbao.merge/1", "units": []}',
    ],
    ids=["empty", "no text", "deep", "list", "findings", "read nothing", "merged nothing"],
)
def test_a_document_that_holds_no_report_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "上年.json").write_bytes(content)

    found = read(tmp_path)

    assert found.submissions == ()
    assert told(found) == [("上年.json", "U-PRIOR-DOCUMENT")]


def test_a_document_that_is_larger_than_any_file_we_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = read_json(tmp_path / "上年.json", last_year())
    monkeypatch.setattr("tianbao.campaign.json_reports.LIMITS", replace(LIMITS, file=1000))

    assert told(read(document)) == [("上年.json", "U-PRIOR-DOCUMENT")]


def test_a_report_whose_document_says_nothing_of_its_bytes_has_those_of_the_document(tmp_path: Path) -> None:
    document: Any = read_document([last_year()])
    del document["submissions"][0]["sha256"]
    (tmp_path / "上年.json").write_text(json.dumps(document), encoding="utf-8")

    (only,) = read(tmp_path).submissions

    assert only.sha256 == sha256((tmp_path / "上年.json").read_bytes()).hexdigest()


def test_a_document_may_begin_with_the_mark_that_windows_puts_there(tmp_path: Path) -> None:
    document = read_json(tmp_path / "上年.json", last_year())
    document.write_bytes(b"\xef\xbb\xbf" + document.read_bytes())

    assert units(read(document)) == [Unit("140922018", "白家庄镇")]


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        (NEW, "3.5", "3.5"),
        (NEW, "1e99999999", "1E+99999999"),
        (NEW, "true", "True"),
        (NEW, '"三"', "三"),
        (NEW, "[3]", "[3]"),
        (FEES, '"NaN"', "NaN"),
        ("cover.period_end", '"去年"', "去年"),
        ("cover.telephone", "13800000000", "13800000000"),
    ],
)
def test_a_value_that_its_cell_cannot_hold_is_told_and_the_report_left_out(
    tmp_path: Path, key: str, value: str, shown: str
) -> None:
    document: Any = read_document([last_year(), last_year(unit=DOUCUN)])
    document["submissions"][0]["fields" if key.startswith("cover.") else "values"][key] = "?"
    text = json.dumps(document, ensure_ascii=False).replace('"?"', value)
    (tmp_path / "上年.json").write_text(text, encoding="utf-8")

    found = read(tmp_path)

    assert units(found) == [Unit("140922003", "豆村镇")]
    assert told(found) == [("上年.json/140922018.xlsx", "U-PRIOR-VALUE")]
    assert found.left_out[0].params["key"] == key
    assert found.left_out[0].params["value"] == shown


def test_a_share_that_is_no_number_leaves_out_its_unit_alone(tmp_path: Path) -> None:
    document: Any = json.loads(
        merge_json(tmp_path / "汇总.json", last_year(), last_year(unit=DOUCUN)).read_text("utf-8")
    )
    document["sources"][NEW][0][1] = "很多"
    (tmp_path / "汇总.json").write_text(json.dumps(document), encoding="utf-8")

    found = read(tmp_path)

    assert told(found) == [("汇总.json/140922003", "U-PRIOR-VALUE")]
    assert units(found) == [Unit("140922018", "白家庄镇")]


@pytest.mark.parametrize(
    "part", ["values", "fields", "texts", "states", "origins", "explanations", "unit", "year", "file"]
)
def test_a_document_whose_parts_are_of_another_shape_does_no_harm(tmp_path: Path, part: str) -> None:
    document: Any = read_document([last_year()])
    document["submissions"][0][part] = [1]
    (tmp_path / "上年.json").write_text(json.dumps(document), encoding="utf-8")

    found = read(tmp_path)

    assert len(found.submissions) + len(found.left_out) == 1
    told(found)
