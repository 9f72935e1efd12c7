"""The roster as offices keep it: any order of columns, either code page, and every fault told at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from tianbao.campaign.roster import RosterEntry, RosterError, RosterFileError, expected, read_roster
from tianbao.records.model import Unit

LIST = """\
序号,代码,名称,类别,上级,联系人,电话,邮箱,计入全县,免报
2,140922102,台怀镇,乡镇,140922000,李某,0350-0000002,b@example.cn,是,否
1,140922101,台城镇,乡镇,140922000,张某,0350-0000001,a@example.cn,是,否
3,140922900,县档案馆,事业单位,140922000,王某,0350-0000003,c@example.cn,否,是
"""

TAICHENG = RosterEntry(1, Unit("140922101", "台城镇", "乡镇"), "140922000", counts=True, exempt=False)
TAIHUAI = RosterEntry(2, Unit("140922102", "台怀镇", "乡镇"), "140922000", counts=True, exempt=False)
ARCHIVE = RosterEntry(3, Unit("140922900", "县档案馆", "事业单位"), "140922000", counts=False, exempt=True)


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
        ("名称", "代码", "备注", "类别", "上级"),
        ("台城镇", 140922101, "新", "乡镇", 140922000.0),
        (None, None, None, None, None),
        (" 台怀镇 ", "140922102", None, "乡镇", "140922000"),
    )

    entries = read_roster(path)

    assert [(entry.unit, entry.parent) for entry in entries] == [
        (TAICHENG.unit, "140922000"),
        (TAIHUAI.unit, "140922000"),
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


def test_who_is_exempt_is_expected_only_where_it_answered() -> None:
    exempt = RosterEntry(4, Unit("4", "丁"), "", counts=True, exempt=True)

    assert expected([TAICHENG, ARCHIVE, exempt]) == (TAICHENG.unit,)
    assert expected([TAICHENG, ARCHIVE, exempt], reported={"4", "140922900"}) == (TAICHENG.unit, exempt.unit)


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
