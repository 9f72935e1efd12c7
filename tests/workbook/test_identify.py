"""Whose workbook is it?"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook

from tests.workbook.returned import (
    BAIJIA,
    DOUCUN,
    FORM,
    ISSUANCE,
    changed,
    issued,
    nameless,
    without_markers,
    without_properties,
    without_sheet,
)
from tianbao.form.model import Severity
from tianbao.records.model import Unit
from tianbao.workbook.identify import Identified, Identity, from_facts, from_marker, from_unit_line, identify
from tianbao.workbook.package import read_package

OURS = Identity.of(FORM, 2025, BAIJIA)


def identified(data: bytes) -> Identified:
    return identify(read_package(data))


def test_the_identity_is_what_was_written() -> None:
    assert identified(issued()) == Identified(OURS)


@pytest.mark.parametrize(
    ("remove", "code", "message"),
    [
        (without_sheet, "R-MARK-SHEET", "隐藏的标识页没有了；按其余标识认出。 不用处理：别处还有同样的标识。"),
        (
            without_properties,
            "R-MARK-PROPERTY",
            "文件属性里的标识没有了；按其余标识认出。 不用处理：别处还有同样的标识。",
        ),
        (without_markers, "R-MARK-CELL", "各工作表的标识都没有了；按其余标识认出。 不用处理：别处还有同样的标识。"),
    ],
)
def test_any_mark_may_be_lost_and_it_is_told(remove: Callable[[Workbook], None], code: str, message: str) -> None:
    found = identified(changed(remove))

    assert found.identity == OURS
    assert [(note.code, note.severity, note.message("zh")) for note in found.notes] == [(code, Severity.NOTE, message)]


@pytest.mark.parametrize(
    "lost",
    [(without_properties, without_markers), (without_sheet, without_markers), (without_sheet, without_properties)],
    ids=["hidden sheet", "properties", "markers"],
)
def test_one_mark_is_enough(lost: tuple[Callable[[Workbook], None], ...]) -> None:
    def strip(book: Workbook) -> None:
        for remove in lost:
            remove(book)

    assert identified(changed(strip)).identity == OURS


def strip(book: Workbook) -> None:
    without_sheet(book)
    without_properties(book)
    without_markers(book)


def test_without_any_mark_the_printed_line_names_year_and_unit() -> None:
    found = identified(changed(strip))

    assert (found.identity, found.printed) == (None, (2025, Unit(BAIJIA.code, BAIJIA.name)))
    (note,) = found.notes
    assert (note.code, note.severity) == ("R-PRINTED", Severity.NOTE)
    assert note.message("zh") == (
        "按表上印的“填报单位”一行认出是 140922018 白家庄镇，2025 年度。"
        " 与报送的单位、年度一致的，不用处理；不一致的，请让该单位在下发的表格里填写。"
    )


def test_pages_of_two_units_name_none() -> None:
    def mix(book: Workbook) -> None:
        strip(book)
        other = Identity.of(FORM, 2025, DOUCUN)
        line = f"填报单位：豆村镇  单位代码：{DOUCUN.code}  年度：2025  编号：{other.printed_code()}"
        book["三、依申请公开"]["B5"] = line

    found = identified(changed(mix))

    assert (found.identity, found.printed) == (None, None)
    (note,) = found.notes
    assert (note.code, note.severity) == ("R-PRINTED-DIFFER", Severity.QUERY)
    assert note.message("zh") == (
        "隐藏的标识都没有了，各页印的单位又不一样：140922018 白家庄镇 2025；140922019 豆村镇 2025；没有认定是哪一个。"
        " 可能把别的单位的工作表拷了进来，请核对后让该单位重新回传。"
    )


@pytest.mark.parametrize(
    "line",
    [
        "填报单位：白家庄镇  单位代码：140922018  年度：2024  编号：140922018-2025-7F3A",
        "填报单位：白家庄镇  单位代码：140922018  年度：2025",
        "白家庄镇 2025",
    ],
)
def test_a_line_whose_code_is_of_something_else_names_nobody(line: str) -> None:
    assert from_unit_line(line) is None


def test_without_any_mark_and_line_it_is_nobodys() -> None:
    assert identified(changed(nameless)) == Identified(None)


def test_a_marker_is_found_where_it_was_moved_to() -> None:
    def move(book: Workbook) -> None:
        without_sheet(book)
        without_properties(book)
        for sheet in book.worksheets:
            sheet["B300"], sheet["A1"] = sheet["A1"].value, None

    assert identified(changed(move)).identity == OURS


def test_a_sheet_of_another_unit_is_told_and_outvoted() -> None:
    def copy_in(book: Workbook) -> None:
        book["三、依申请公开"]["A1"] = Identity.of(FORM, 2025, DOUCUN).marker("三、依申请公开")

    found = identified(changed(copy_in))

    assert found.identity == OURS
    (note,) = found.notes
    assert (note.code, note.severity) == ("R-IDENTITY", Severity.QUERY)
    assert note.message("zh") == (
        "表里的标识互相矛盾：140922019 豆村镇 2025 zfxxgk-2021（三、依申请公开）；"
        "按 140922018 白家庄镇 2025 zfxxgk-2021 读取。 可能拷进了别的单位、别的年度或前一次下发的工作表："
        "请核对是不是 140922018 白家庄镇 2025 zfxxgk-2021 的数，不是的请在下发的表格里重新填写。"
    )


def test_the_hidden_sheet_decides_where_the_marks_are_even() -> None:
    def set_against(book: Workbook) -> None:
        without_markers(book)
        book["_tianbao"]["B5"] = "2024"

    found = identified(changed(set_against))

    assert found.identity is not None
    assert found.identity.year == 2024
    assert [note.code for note in found.notes] == ["R-IDENTITY", "R-MARK-CELL"]


def test_a_name_with_the_separator_in_it_is_no_conflict() -> None:
    odd = Unit("1", "甲|乙镇")

    assert identified(issued(FORM, unit=odd)) == Identified(Identity.of(FORM, 2025, odd))


def test_a_foreign_workbook_has_no_identity() -> None:
    target = BytesIO()
    Workbook().save(target)

    assert identified(target.getvalue()) == Identified(None)


@pytest.mark.parametrize("year", ["", "25", "0000", "20２5", "2025.0", "9" * 5000])
def test_what_is_no_year_is_no_identity(year: str) -> None:
    assert from_facts({"form": "zfxxgk-2021", "year": year}) is None


def test_a_marker_with_too_few_parts_is_none() -> None:
    assert from_marker("#tianbao|封面|zfxxgk-2021|1.0.0") is None


# ── what the office signed ───────────────────────────────────────────────────────────────────────────────────────────

SIGNED = Identity.of(FORM, 2025, BAIJIA, ISSUANCE)


def test_the_issuance_stands_in_every_mark() -> None:
    package = read_package(issued(issuance=ISSUANCE))
    cells = [sheet.cells["A1"].text for sheet in package.sheets if "A1" in sheet.cells]
    markers = [text for text in cells if text.startswith("#tianbao")]

    assert identify(package) == Identified(SIGNED)
    assert package.properties["tianbao_issuance"] == ISSUANCE
    assert len(markers) == 6
    assert all(text.endswith(f"|township|{ISSUANCE}") for text in markers)


@pytest.mark.parametrize(
    "lost",
    [(without_properties, without_markers), (without_sheet, without_markers), (without_sheet, without_properties)],
    ids=["hidden sheet", "properties", "markers"],
)
def test_any_mark_still_says_the_issuance(lost: tuple[Callable[[Workbook], None], ...]) -> None:
    def strip(book: Workbook) -> None:
        for remove in lost:
            remove(book)

    assert identified(changed(strip, issued(issuance=ISSUANCE))).identity == SIGNED


def test_the_printed_code_of_a_unit_is_the_same_whatever_was_signed() -> None:
    assert SIGNED.printed_code() == OURS.printed_code()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (Identity.of(FORM, 2025, BAIJIA, "Zk3f9a2R.b0TjWm1lX7s4Ue8Kp2rNcV"), "Zk3f9a2R.b0TjWm1lX7s4Ue8Kp2rNcV"),
        (OURS, "—"),
        (Identity.of(FORM, 2025, BAIJIA, "x" * 1000), "x" * 60),
        (Identity.of(FORM, 2025, BAIJIA, "乱|码"), "乱／码"),
    ],
    ids=["another", "none", "too long", "broken"],
)
def test_a_sheet_with_another_issuance_is_told_and_outvoted(written: Identity, shown: str) -> None:
    def copy_in(book: Workbook) -> None:
        book["三、依申请公开"]["A1"] = written.marker("三、依申请公开")

    found = identified(changed(copy_in, issued(issuance=ISSUANCE)))

    assert found.identity == SIGNED
    (note,) = found.notes
    ours = f"140922018 白家庄镇 2025 zfxxgk-2021 #{ISSUANCE}"
    assert (note.code, note.severity) == ("R-IDENTITY", Severity.QUERY)
    assert note.params == {
        "used": ours,
        "others": f"140922018 白家庄镇 2025 zfxxgk-2021 #{shown}（三、依申请公开）",
    }
    assert note.message("zh").startswith(f"表里的标识互相矛盾：{note.params['others']}；按 {ours} 读取。")


@pytest.mark.parametrize("broken", ["", "|", "|Zk3f9a2Q", "|.|.|", "|" + "\u202e\n" * 9], ids=repr)
def test_a_marker_with_a_broken_issuance_still_says_whose_it_is(broken: str) -> None:
    read = from_marker(OURS.marker("封面") + broken)

    assert read is not None
    assert (read[0], Identity.of(FORM, 2025, read[1].unit)) == ("封面", OURS)
