"""Whose a file is by its name, and by the roster: what does not fit what stands inside is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.records.samples import refused, submission
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission, Unit
from tianbao.records.whose import doubts

QINGHE = Unit("999901101", "清河镇（示例）", "乡镇")
YUNLING = Unit("999901102", "云岭镇（示例）", "乡镇")
SHIQIAO = Unit("999901104", "石桥镇", "乡镇")
LARGER = Unit("999901105", "大石桥镇", "乡镇")
FINANCE = Unit("999901204", "示例县财政局", "县直部门")
OFFICE = Unit("999901209", "示例县政务公开办公室", "县直部门")
ROSTER = [QINGHE, YUNLING, SHIQIAO, LARGER, FINANCE, OFFICE]


def of(unit: Unit | None, file: str) -> Submission:
    return submission("fire-safety", unit=unit, file=file)


def told(submission: Submission, roster: Sequence[Unit] = ROSTER) -> list[Note]:
    """Say what is told of a file that comes alone."""
    (notes,) = doubts([submission], roster)
    return list(notes)


def codes(*submissions: Submission, roster: Sequence[Unit] = ROSTER) -> list[list[str]]:
    return [[note.code for note in notes] for notes in doubts(submissions, roster)]


# ── the file's name ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_named_after_another_unit_is_queried_with_both_names() -> None:
    (note,) = told(of(QINGHE, "999901102_云岭镇（示例）.xlsx"))

    assert (note.code, note.severity) == ("A-03", Severity.QUERY)
    assert note.message("zh") == (
        "文件名里写的是“云岭镇（示例）”（999901102），表里是“清河镇（示例）”（999901101）；按表里的单位算。"
        " 请查明是谁填的：用错了别的单位表格的，请该单位在自己的表格里重新填报；只是文件名写错的，改正文件名。"
    )


@pytest.mark.parametrize(
    "name",
    [
        "云岭镇年报.xlsx",
        "2025年报(云岭镇)最终版.xls",
        "年报 云岭 镇.xlsx",
        "999901102.xlsx",
        "年报-999901102-2025",
        "３．云岭镇",
        "９９９９０１１０２.xlsx",
        "999901101_云岭镇.xlsx",
        "999901102_清河镇.xlsx",
    ],
)
def test_another_units_name_or_code_is_found_however_the_file_is_called(name: str) -> None:
    (note,) = told(of(QINGHE, name))

    assert (note.code, note.params["said"]) == ("A-03", "“云岭镇（示例）”（999901102）")


@pytest.mark.parametrize(
    "name",
    [
        "999901101_清河镇（示例）.xlsx",
        "清河镇.xlsx",
        "年报(2)最终版.xlsx",
        "清河镇报财政局.xlsx",
        "年报.xlsx",
        "QQ图片20251231.xlsx",
        "13999901102.xlsx",
        "9999011020.xlsx",
        "",
    ],
)
def test_a_name_that_is_its_own_or_nobodys_is_in_order(name: str) -> None:
    assert told(of(QINGHE, name)) == []


def test_a_name_within_a_longer_one_fools_nobody() -> None:
    assert codes(of(LARGER, "大石桥镇.xlsx"), of(SHIQIAO, "石桥镇.xlsx")) == [[], []]
    assert codes(of(SHIQIAO, "大石桥镇.xlsx"), of(LARGER, "石桥镇.xlsx")) == [["A-03"], ["A-03"]]

    school = Unit("999901301", "石桥镇中学")
    both = [of(school, "石桥镇中学.xlsx"), of(SHIQIAO, "石桥镇中学.xlsx")]
    assert codes(*both, roster=[*ROSTER, school]) == [[], ["A-03"]]


def test_a_department_is_found_without_the_county_before_its_name() -> None:
    (note,) = told(of(QINGHE, "财政局年报.xlsx"))

    assert note.params["said"] == "“示例县财政局”（999901204）"
    assert told(of(FINANCE, "财政局年报.xlsx")) == []


def test_a_unit_whose_name_is_too_short_to_be_looked_for_knows_its_own() -> None:
    short = Unit("999901106", "东镇")

    assert codes(of(short, "东镇报财政局.xlsx"), of(QINGHE, "东镇.xlsx"), roster=[*ROSTER, short]) == [[], []]


def test_a_name_that_two_units_share_is_its_own() -> None:
    first, second = Unit("999901111", "城关镇（东）"), Unit("999901112", "城关镇（西）")

    assert codes(of(first, "城关镇.xlsx"), of(second, "城关镇.xlsx"), roster=[first, second]) == [[], []]


def test_two_units_that_have_exchanged_their_workbooks_are_found_without_a_roster() -> None:
    assert codes(of(QINGHE, "云岭镇.xlsx"), of(YUNLING, "清河镇.xlsx"), roster=[]) == [["A-03"], ["A-03"]]


def test_without_a_roster_a_lone_file_tells_by_a_code_like_its_own() -> None:
    (note,) = told(of(QINGHE, "999901102_云岭镇.xlsx"), roster=[])

    assert (note.code, note.params["said"]) == ("A-03", "999901102")
    assert note.message("en").startswith("The file is named after 999901102, and inside it is of “清河镇（示例）”")


@pytest.mark.parametrize(
    "name", ["云岭镇.xlsx", "123456789.xlsx", "20251231.xlsx", "99990110_2.xlsx", "9999011021.xlsx", "x999901102.xlsx"]
)
def test_without_a_roster_what_is_not_certain_is_not_told(name: str) -> None:
    assert told(of(QINGHE, name), roster=[]) == []


def test_a_short_code_is_not_looked_for() -> None:
    assert codes(of(Unit("1", "第一镇"), "年报(2).xlsx"), of(Unit("2", "第二镇"), "2025.xlsx"), roster=[]) == [[], []]


# ── folders, archives, mails ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_archive_named_after_another_unit_is_queried() -> None:
    (note,) = told(of(QINGHE, "收件/云岭镇.zip/年报.xlsx"))

    assert (note.code, note.severity) == ("A-04", Severity.QUERY)
    assert note.message("zh") == (
        "它所在的“云岭镇.zip”写的是“云岭镇（示例）”（999901102），表里是“清河镇（示例）”（999901101）；按表里的单位算。"
        " 请查明是谁填的：用错了别的单位表格的，请该单位在自己的表格里重新填报。"
    )


def test_the_files_own_name_is_believed_before_that_of_its_folder() -> None:
    assert told(of(QINGHE, "云岭镇.zip/清河镇.xlsx")) == []
    assert [note.code for note in told(of(QINGHE, "清河镇.zip/云岭镇.xlsx"))] == ["A-03"]


def test_the_nearest_folder_is_believed() -> None:
    assert told(of(QINGHE, "云岭镇.zip/清河镇/年报.xlsx")) == []


def test_a_folder_with_several_units_files_is_nobodys() -> None:
    several = [of(QINGHE, "报财政局/一.xlsx"), of(YUNLING, "报财政局/乡镇/二.xlsx")]

    assert codes(*several) == [[], []]
    assert codes(several[0]) == [["A-04"]]
    assert codes(several[0], refused("报财政局/说明.pdf")) == [["A-04"], []]


# ── the roster ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_that_is_not_on_the_roster_is_an_error() -> None:
    (note,) = told(of(Unit("999909999", "新镇镇"), "年报.xlsx"))

    assert (note.code, note.severity) == ("M-ROSTER", Severity.ERROR)
    assert (
        note.message("zh")
        == "“新镇镇”（999909999）不在名录里，不计入。 应当计入的，请先把该单位加进名录，再汇总一次；不应当计入的，不用处理。"
    )


def test_another_name_under_a_units_code_is_queried() -> None:
    (note,) = told(of(Unit(QINGHE.code, "云岭镇"), "年报.xlsx"))

    assert (note.code, note.severity) == ("A-05", Severity.QUERY)
    assert note.message("zh") == (
        "代码 999901101 在名录里是“清河镇（示例）”，表里写的是“云岭镇”；按代码算。"
        " 请查明是哪个单位填的；单位改了名称的，请更新名录并重新下发表格。"
    )


@pytest.mark.parametrize(
    ("unit", "name"),
    [(QINGHE, "清河镇"), (QINGHE, "清河镇 (示例)"), (QINGHE, "清河镇人民政府"), (FINANCE, "财政局")],
)
def test_a_name_that_is_only_written_in_another_way_is_the_same(unit: Unit, name: str) -> None:
    assert told(of(Unit(unit.code, name), "年报.xlsx")) == []


def test_without_a_roster_nobody_is_missed_on_it() -> None:
    assert told(of(Unit("999909999", "新镇镇"), "年报.xlsx"), roster=[]) == []


def test_nothing_is_said_of_who_is_not_known_or_was_refused() -> None:
    assert codes(of(None, "云岭镇.xlsx"), refused("云岭镇.pdf")) == [[], []]
