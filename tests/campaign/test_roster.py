"""The roster as offices keep it: any order of columns, either code page, and every fault told at once."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tianbao.campaign.roster import (
    RosterEntry,
    RosterError,
    RosterFileError,
    changes,
    expected,
    read_roster,
    remarks,
    write_roster,
)
from tianbao.messages import LANGUAGES
from tianbao.records.model import Unit

Roster = tuple[RosterEntry, ...]

LIST = """\
序号,代码,名称,类别,上级,联系人,电话,邮箱,计入全县,免报
2,140922102,台怀镇,乡镇,140922000,李某,0350-0000002,b@example.cn,是,否
1,140922101,台城镇,乡镇,140922000,张某,0350-0000001,a@example.cn,是,否
3,140922900,县档案馆,事业单位,140922000,王某,0350-0000003,c@example.cn,否,是
"""

TAICHENG = RosterEntry(
    order=1,
    unit=Unit("140922101", "台城镇", "乡镇"),
    parent="140922000",
    counts=True,
    exempt=False,
    contact="张某",
    telephone="0350-0000001",
    email="a@example.cn",
)
TAIHUAI = RosterEntry(
    order=2,
    unit=Unit("140922102", "台怀镇", "乡镇"),
    parent="140922000",
    counts=True,
    exempt=False,
    contact="李某",
    telephone="0350-0000002",
    email="b@example.cn",
)
ARCHIVE = RosterEntry(
    order=3,
    unit=Unit("140922900", "县档案馆", "事业单位"),
    parent="140922000",
    counts=False,
    exempt=True,
    contact="王某",
    telephone="0350-0000003",
    email="c@example.cn",
)


def written(folder: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path = folder / "名录.csv"
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, *lines: tuple[str | float | None, ...]) -> Path:
    book = Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    path = folder / "名录.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_order_of_its_numbers_whatever_its_code_page(tmp_path: Path, encoding: str) -> None:
    entries = read_roster(written(tmp_path, LIST, encoding))

    assert entries == (TAICHENG, TAIHUAI, ARCHIVE)


def test_a_workbook_may_have_a_title_and_codes_that_became_numbers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ("五台县填报单位名录",),
        ("名称", "代码", "传真", "类别", "上级", "电话"),
        ("台城镇", 140922101, "无", "乡镇", 140922000.0, 13800000000),
        (None, None, None, None, None, None),
        (" 台怀\n镇 ", "１４０９２２１０２", None, "乡镇", "140922000", 1.39e10),
    )

    entries = read_roster(path)

    assert [(entry.unit, entry.parent, entry.telephone) for entry in entries] == [
        (TAICHENG.unit, "140922000", "13800000000"),
        (Unit("140922102", "台怀 镇", "乡镇"), "140922000", "13900000000"),
    ]
    assert all(entry.counts and not entry.exempt for entry in entries)


def test_a_workbook_whose_sheet_is_said_to_end_at_its_first_cell_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("代码", "名称"), ("1", "甲"), ("2", "乙"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:B3"', b'ref="A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    assert [entry.unit.name for entry in read_roster(path)] == ["甲", "乙"]


def test_the_order_of_the_rows_counts_where_there_are_no_numbers(tmp_path: Path) -> None:
    entries = read_roster(written(tmp_path, "代码,名称\n9,甲\n8,乙\n7,丙\n"))

    assert [entry.unit.name for entry in entries] == ["甲", "乙", "丙"]


def test_a_unit_without_a_number_has_the_place_of_its_line_or_the_next_that_is_free(tmp_path: Path) -> None:
    entries = read_roster(written(tmp_path, "序号,代码,名称\n3,1,甲\n,2,乙\n4,3,丙\n,4,丁\n1,5,戊\n"))

    assert [(entry.order, entry.unit.name) for entry in entries] == [
        (1, "戊"),
        (3, "甲"),
        (4, "丙"),
        (5, "乙"),
        (6, "丁"),
    ]


def test_the_unit_that_another_is_merged_into_may_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, "代码,名称,并入,备注\n1,望山乡,清河镇 （示例）,去年撤并\n2,清河镇 (示例),,\n")

    merged, kept = read_roster(path)

    assert (merged.merged_into, merged.note, kept.merged_into) == ("2", "去年撤并", "")


def test_digits_and_signs_of_any_width_are_read_and_line_breaks_are_not(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ("序号", "代码", "名称", "联系人", "电话", "计入全县", "免报"),
        ("１２", "1", "甲", "张某\n李某", "0350\n0000001", "０", "√"),
    )

    (only,) = read_roster(path)

    assert (only.order, only.contact, only.telephone) == (12, "张某 李某", "0350 0000001")
    assert (only.counts, only.exempt) == (False, True)


def test_two_units_may_share_an_address(tmp_path: Path) -> None:
    path = written(tmp_path, "代码,名称,邮箱\n1,甲,office@example.org\n2,乙,ｏｆｆｉｃｅ＠example.org\n")

    assert [entry.email for entry in read_roster(path)] == ["office@example.org"] * 2


def test_who_is_exempt_is_expected_only_where_it_answered() -> None:
    exempt = RosterEntry(4, Unit("4", "丁"), "", counts=True, exempt=True)

    assert expected([TAICHENG, ARCHIVE, exempt]) == (TAICHENG.unit,)
    assert expected([TAICHENG, ARCHIVE, exempt], reported={"4", "140922900"}) == (TAICHENG.unit, exempt.unit)


def test_a_unit_that_is_merged_into_another_is_never_expected() -> None:
    merged = replace(TAIHUAI, merged_into="140922101")

    assert expected([TAICHENG, merged], reported={"140922101", "140922102"}) == (TAICHENG.unit,)


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def faults(folder: Path, text: str) -> list[str]:
    """Read a list that cannot be used; return its faults as they are told."""
    with pytest.raises(RosterError) as raised:
        read_roster(written(folder, text))
    return [f"{fault.code} {fault.message('zh')}" for fault in raised.value.faults]


def test_every_fault_is_told_at_once_with_its_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "名称,代码,序号,计入全县,免报\n甲,1,一,是,\n,1,2,是,\n丙,,3,也许,\n丁,4,4,是,不\n")

    with pytest.raises(RosterError) as raised:
        read_roster(path)

    assert raised.value.message("zh") == (
        f"名录不能使用：{path}，共 6 处错误。\n"
        "  × U-ROSTER-ORDER  C2：序号写成了“一”。 序号是数字；不写的按先后排列。\n"
        "  × U-ROSTER-BLANK  A3：“名称”没有填写。 每个单位都要有代码和名称。\n"
        "  × U-ROSTER-TWICE  B3：代码 1 已经在 B2 用过。 一个代码只给一个单位。\n"
        "  × U-ROSTER-BLANK  B4：“代码”没有填写。 每个单位都要有代码和名称。\n"
        "  × U-ROSTER-CHOICE  D4：“计入全县”写成了“也许”。 写 是 或 否。\n"
        "  × U-ROSTER-CHOICE  E5：“免报”写成了“不”。 写 是 或 否。"
    )
    assert raised.value.exit_status == 3


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            "1,99 01,丁,,,,",
            (
                "U-ROSTER-CODE B3：代码“99 01”里有空格、看不见的字符，或者文件名里不能用的字符。"
                " 代码要用来给文件起名：只用数字、字母和连字符，中间不留空格。"
            ),
        ),
        (
            "1,９９／０１,丁,,,,",
            (
                "U-ROSTER-CODE B3：代码“99/01”里有空格、看不见的字符，或者文件名里不能用的字符。"
                " 代码要用来给文件起名：只用数字、字母和连字符，中间不留空格。"
            ),
        ),
        (
            "1,9\u200b9,丁,,,,",
            (
                "U-ROSTER-CODE B3：代码“9\u200b9”里有空格、看不见的字符，或者文件名里不能用的字符。"
                " 代码要用来给文件起名：只用数字、字母和连字符，中间不留空格。"
            ),
        ),
        (
            "1,99.,丁,,,,",
            (
                "U-ROSTER-CODE B3：代码“99.”里有空格、看不见的字符，或者文件名里不能用的字符。"
                " 代码要用来给文件起名：只用数字、字母和连字符，中间不留空格。"
            ),
        ),
        (
            "1,1.40922E+08,丁,,,,",
            (
                "U-ROSTER-EXPONENT B3：“代码”显示成了“1.40922E+08”，后面的数字已经丢了。"
                " 把这一列的单元格格式改为“文本”，重新填写完整的号码。"
            ),
        ),
        (
            f"1,2,{'镇' * 101},,,,",
            "U-ROSTER-NAME C3：名称有 101 个字，超过了 100 个。 写单位的全称即可，其他的话写在“备注”里。",
        ),
        (
            "1,2,甲 （示例）,,,,",
            (
                "U-ROSTER-NAMESAKE C3：“甲 （示例）”（2）与 C2 的单位（a1）同名。"
                " 同一个单位只留一行；确是两个单位的，把名称写得能分清。"
            ),
        ),
        ("1,A1,丁,,,,", "U-ROSTER-TWICE B3：代码 A1 已经在 B2 用过。 一个代码只给一个单位。"),
        (
            "7,2,丁,,,,",
            "U-ROSTER-ORDER-TWICE A3：序号 7 已经在 A2 用过。 一个序号只给一个单位；都不写的，按先后排列。",
        ),
        ("1234567,2,丁,,,,", "U-ROSTER-ORDER A3：序号写成了“1234567”。 序号是数字；不写的按先后排列。"),
        (
            "1,2,丁,,冯某 <a@example.org>,,",
            (
                "U-ROSTER-EMAIL E3：“冯某 <a@example.org>”不是邮箱地址。"
                " 只写地址本身，例如 unit101@example.org；没有的空着。"
            ),
        ),
        (
            "1,2,丁,,a@example.org；b@example.org、,,",
            (
                "U-ROSTER-EMAILS E3：一格里写了 2 个邮箱：“a@example.org；b@example.org、”。"
                " 一个单位只留一个收件的邮箱，其余的写在“备注”里。"
            ),
        ),
        (
            "1,2,丁,,,3,",
            (
                "U-ROSTER-MERGED F3：“丁”并入的是“3”，名录里没有这个单位。"
                " 写现在替它报数的单位的代码，并确认那个单位也在名录里。"
            ),
        ),
        ("1,2,丁,,,丁,", "U-ROSTER-MERGED-SELF F3：“丁”写成了并入它自己。 没有并入别的单位的，这一格空着。"),
        ("1,2,丁,丁,,,", "U-ROSTER-CIRCLE D3：上级绕成了一圈：丁 → 丁。 上级写上一级单位，最上面的单位空着不写。"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_its_cell(tmp_path: Path, line: str, fault: str) -> None:
    text = f"序号,代码,名称,上级,邮箱,并入,电话\n7,a1,甲（示例）,,,,\n{line}\n"

    assert faults(tmp_path, text) == [fault]


@pytest.mark.parametrize("heading", ["电话", "上级", "并入"])
def test_a_number_that_lost_its_end_is_told_in_every_column_that_may_hold_one(tmp_path: Path, heading: str) -> None:
    (fault,) = faults(tmp_path, f"代码,名称,{heading}\n1,甲,1.38E+10\n")

    assert fault.startswith(f"U-ROSTER-EXPONENT C2：“{heading}”显示成了“1.38E+10”，后面的数字已经丢了。")


def test_a_unit_that_is_merged_into_one_that_is_merged_itself_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path, "代码,名称,并入\n1,甲,2\n2,乙,1\n3,丙,\n") == [
        "U-ROSTER-MERGED-AWAY C2：“甲”并入“乙”，而“乙”又并入了“甲”。 直接写最后实际报数的那个单位的代码。",
        "U-ROSTER-MERGED-AWAY C3：“乙”并入“甲”，而“甲”又并入了“乙”。 直接写最后实际报数的那个单位的代码。",
    ]


def test_a_circle_of_units_above_one_another_is_told_once(tmp_path: Path) -> None:
    text = "代码,名称,上级\n1,甲,乙\n2,乙,3\n3,丙,甲\n4,丁,甲\n"

    assert faults(tmp_path, text) == [
        "U-ROSTER-CIRCLE C2：上级绕成了一圈：甲 → 乙 → 丙 → 甲。 上级写上一级单位，最上面的单位空着不写。"
    ]


def test_the_code_of_the_county_itself_need_not_be_listed_and_a_mistyped_one_is_told(tmp_path: Path) -> None:
    text = "代码,名称,上级\n1,甲,140922000\n2,乙,14092200\n3,丙,140922000\n4,丁,县政府办公室\n"

    assert faults(tmp_path, text) == [
        (
            "U-ROSTER-PARENT C3：“乙”的上级写的是代码 14092200，名录里没有这个单位。"
            " 核对代码；上级不在名录里的，写它的名称，或者空着。"
        )
    ]


def test_of_two_codes_that_are_not_listed_neither_is_taken_for_the_county_where_both_are_as_frequent(
    tmp_path: Path,
) -> None:
    told = faults(tmp_path, "代码,名称,上级\n1,甲,140922000\n2,乙,14092200\n")

    assert [fault.split("：")[0] for fault in told] == ["U-ROSTER-PARENT C2", "U-ROSTER-PARENT C3"]


def test_a_roster_without_a_unit_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path, "代码,名称\n,\n") == [
        "U-ROSTER-EMPTY 名录里一个单位也没有。 在表头下面一行写一个单位，至少写代码和名称。"
    ]


def test_the_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(RosterError) as raised:
        read_roster(written(tmp_path, "单位,代码\n甲,1\n"))

    assert raised.value.message("zh").splitlines()[1:] == [
        "  × U-ROSTER-HEADING  名录缺少这些列：名称。 表头写在前 10 行内，名称要一字不差。"
    ]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, b"\xff\xfe\x00\xff\xff"],
    ids=["damaged xlsx", "xls", "no text"],
)
def test_a_file_that_is_no_list_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "名录.xlsx"
    path.write_bytes(content)

    with pytest.raises(RosterFileError) as raised:
        read_roster(path)

    assert raised.value.message("zh") == f"名录读不了：{path}。"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RosterFileError):
        read_roster(tmp_path / "名录.xlsx")


# ── remarks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def entry(code: str, name: str, parent: str = "", *, counts: bool = True, exempt: bool = False) -> RosterEntry:
    return RosterEntry(int(code), Unit(code, name), parent, counts=counts, exempt=exempt)


BUREAU = entry("1", "县教育局")
SCHOOL = entry("2", "县教师进修学校", "县教育局")


def test_a_unit_that_counts_beside_the_one_above_it_is_remarked() -> None:
    (remark,) = remarks([BUREAU, SCHOOL])

    assert (remark.code, remark.unit) == ("U-ROSTER-BOTH", SCHOOL.unit)
    assert remark.message("zh") == (
        "“县教师进修学校”（2）和它的上级“县教育局”都计入全县，同一件事可能计两次。"
        " 如果“县教育局”报的数已经包括“县教师进修学校”，请把“县教师进修学校”的“计入全县”改为否；各报各的，不用处理。"
    )


def test_a_unit_that_counts_beside_one_far_above_it_is_remarked() -> None:
    office = entry("3", "培训科", "2")

    (remark,) = remarks([BUREAU, replace(SCHOOL, counts=False), office])

    assert (remark.unit, remark.params) == (office.unit, {"above": "县教育局"})


@pytest.mark.parametrize(
    "entries",
    [
        [BUREAU, replace(SCHOOL, counts=False)],
        [BUREAU, replace(SCHOOL, exempt=True)],
        [BUREAU, replace(SCHOOL, merged_into="1")],
        [replace(BUREAU, counts=False), SCHOOL],
        [replace(BUREAU, exempt=True), SCHOOL],
        [BUREAU, replace(SCHOOL, parent="示例县人民政府")],
        [replace(BUREAU, parent="1")],
        [replace(BUREAU, exempt=True), replace(SCHOOL, counts=False, merged_into="1")],
    ],
    ids=[
        "does not count",
        "exempt",
        "merged",
        "above does not count",
        "above is exempt",
        "above is not listed",
        "above itself",
        "merged, not counted",
    ],
)
def test_what_counts_once_is_not_remarked(entries: list[RosterEntry]) -> None:
    assert remarks(entries) == ()


def test_a_unit_merged_into_one_that_owes_nothing_is_remarked() -> None:
    (remark,) = remarks([replace(BUREAU, exempt=True), replace(SCHOOL, merged_into="1")])

    assert remark.code == "U-ROSTER-LOST"
    assert remark.message("zh") == (
        "“县教师进修学校”（2）并入“县教育局”，而“县教育局”免报、不计入全县，或者也已并入别的单位，这些数不会进入全县合计。"
        " 请确认由谁报数；确实不用计入的，不用处理。"
    )


# ── round trips ──────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(st.characters(codec="gbk", exclude_categories=("C", "Z")), max_size=12)
CODES = st.from_regex(r"[0-9A-F]{1,12}", fullmatch=True)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[RosterEntry, ...]:
    """Make a roster that can be used: nobody above or merged into anybody but the first, who is neither."""
    codes = draw(st.lists(CODES, min_size=1, max_size=5, unique=True))
    orders = sorted(draw(st.lists(st.integers(1, 999_999), min_size=len(codes), max_size=len(codes), unique=True)))
    return tuple(
        RosterEntry(
            order=order,
            unit=Unit(code, f"{draw(WORDS)}镇{n}", draw(WORDS)),
            parent=draw(st.sampled_from(["", codes[0], "示例县（示例）人民政府"])) if n else "",
            counts=draw(st.booleans()),
            exempt=draw(st.booleans()),
            contact=draw(WORDS),
            telephone=draw(st.sampled_from(["", "0350-0000001", "013800000000"])),
            email=draw(st.sampled_from(["", "unit101@example.org"])),
            merged_into=draw(st.sampled_from(["", codes[0]])) if n else "",
            note=draw(WORDS),
        )
        for n, (code, order) in enumerate(zip(codes, orders, strict=True))
    )


@given(rosters())
@settings(max_examples=20, deadline=None)
def test_a_roster_that_is_written_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, roster: Roster) -> None:
    path = tmp_path_factory.mktemp("roster") / "名录.xlsx"

    write_roster(path, roster, county="示例县")

    assert read_roster(path) == roster


def test_a_roster_is_written_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    write_roster(tmp_path / "名录.xlsx", [SCHOOL, BUREAU])

    sheet = openpyxl.load_workbook(tmp_path / "名录.xlsx").worksheets[0]
    assert [sheet.cell(row, 3).value for row in (4, 5, 6)] == ["县教育局", "县教师进修学校", None]


def test_a_roster_that_is_written_without_units_has_none(tmp_path: Path) -> None:
    write_roster(tmp_path / "名录.xlsx")

    with pytest.raises(RosterError) as raised:
        read_roster(tmp_path / "名录.xlsx")

    assert [fault.code for fault in raised.value.faults] == ["U-ROSTER-EMPTY"]


@given(rosters())
def test_an_entry_is_the_same_after_json(roster: Roster) -> None:
    documents = json.loads(json.dumps([entry.as_document() for entry in roster]))

    assert tuple(map(RosterEntry.from_document, documents)) == roster


def test_an_entry_of_an_older_or_newer_program_is_taken_as_far_as_it_is_known() -> None:
    taken = RosterEntry.from_document({"order": 3, "code": "018", "name": "白家庄镇", "seal": "甲"})

    assert taken == RosterEntry(3, Unit("018", "白家庄镇"), "", counts=True, exempt=False)


# ── what an edit has changed ─────────────────────────────────────────────────────────────────────────────────────────


def told(before: Sequence[RosterEntry], after: Sequence[RosterEntry]) -> list[str]:
    return [change.message("zh") for change in changes(before, after)]


@pytest.mark.parametrize(
    ("edited", "sentence"),
    [
        (replace(SCHOOL, unit=Unit("2", "进修学校")), "“县教师进修学校”（2）更名为“进修学校”"),
        (replace(SCHOOL, unit=Unit("20", "县教师进修学校")), "“县教师进修学校”的代码由 2 改为 20"),
        (
            replace(SCHOOL, unit=Unit("2", "县教师进修学校", "其他")),
            "“县教师进修学校”（2）的类别由 — 改为 其他",
        ),
        (replace(SCHOOL, parent=""), "“县教师进修学校”（2）的上级由 县教育局 改为 —"),
        (replace(SCHOOL, counts=False), "“县教师进修学校”（2）改为不计入全县"),
        (replace(SCHOOL, exempt=True), "“县教师进修学校”（2）改为免报"),
        (replace(SCHOOL, merged_into="1"), "“县教师进修学校”（2）并入 1，由它报数"),
        (
            replace(SCHOOL, telephone="0350-0000009", email="s@example.org"),
            "“县教师进修学校”（2）的电话、邮箱有改动",
        ),
        (replace(SCHOOL, order=0), "单位的排列顺序有改动"),
    ],
)
def test_what_was_changed_about_a_unit_is_told(edited: RosterEntry, sentence: str) -> None:
    assert told([BUREAU, SCHOOL], [BUREAU, edited]) == [sentence]


@pytest.mark.parametrize(
    ("edited", "sentence"),
    [
        (replace(SCHOOL, counts=False), "“县教师进修学校”（2）改为计入全县"),
        (replace(SCHOOL, exempt=True), "“县教师进修学校”（2）不再免报"),
        (replace(SCHOOL, merged_into="1"), "“县教师进修学校”（2）不再并入别的单位，自己报数"),
    ],
)
def test_what_was_taken_back_is_told(edited: RosterEntry, sentence: str) -> None:
    assert told([BUREAU, edited], [BUREAU, SCHOOL]) == [sentence]


def test_changes_are_told_in_the_order_of_the_roster_and_who_is_gone_last() -> None:
    gone, new = entry("3", "望山乡"), entry("5", "清河镇")

    changed = changes([gone, SCHOOL, BUREAU], [new, replace(BUREAU, counts=False), replace(SCHOOL, order=4)])

    assert [(change.code, change.unit and change.unit.name) for change in changed] == [
        ("roster.not_counted", "县教育局"),
        ("roster.added", "清河镇"),
        ("roster.removed", "望山乡"),
    ]
    assert [change.message("zh") for change in changed[1:]] == ["新增“清河镇”（5）", "去掉“望山乡”（3）"]


def test_that_others_name_a_unit_by_its_new_code_is_told_of_that_unit_alone() -> None:
    school = replace(SCHOOL, parent="1", merged_into="1")
    moved = replace(BUREAU, unit=Unit("10", "县教育局"), exempt=True)

    assert told([BUREAU, school], [moved, replace(school, parent="10", merged_into="10")]) == [
        "“县教育局”的代码由 1 改为 10",
        "“县教育局”（10）改为免报",
    ]


def test_numbers_that_leave_the_order_as_it_was_are_no_change() -> None:
    assert changes([BUREAU, SCHOOL], [replace(BUREAU, order=5), replace(SCHOOL, order=9)]) == ()


@given(rosters(), rosters())
def test_there_are_changes_only_where_two_rosters_say_something_else(one: Roster, other: Roster) -> None:
    def said(roster: Roster) -> list[RosterEntry]:
        return [replace(entry, order=0) for entry in roster]

    assert changes(one, one) == ()
    assert (changes(one, other) == ()) == (said(one) == said(other))


@given(rosters(), rosters())
def test_every_change_can_be_said_in_both_languages(one: Roster, other: Roster) -> None:
    assert all(change.message(lang) for change in changes(one, other) for lang in LANGUAGES)
