"""The office's decisions as it keeps them: a sheet or a text, and every fault told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tianbao.campaign.decisions import DecisionsError, DecisionsFileError, read_decisions
from tianbao.checks.decisions import Decision, DecisionKind

LIST = """\
单位编码,审核编号,位置,处理,理由,经办人
140922018,T2-01,,接受说明,设区的市委托管理,李某
140922003,t3-01,三、依申请公开!E10,免于审核,系统停用期间的登记无法核对,王某
"""

ACCEPTED = Decision("140922018", "T2-01", "", DecisionKind.ACCEPTED, "设区的市委托管理", "李某", at="B2")
WAIVED = Decision(
    "140922003",
    "T3-01",
    "三、依申请公开!E10",
    DecisionKind.WAIVED,
    "系统停用期间的登记无法核对",
    "王某",
    at="B3",
)


def written(folder: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path = folder / "处理意见.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_whatever_its_code_page(tmp_path: Path, encoding: str) -> None:
    assert read_decisions(written(tmp_path, LIST, encoding)) == (ACCEPTED, WAIVED)


def test_a_workbook_is_read_with_a_title_above_and_other_columns_beside(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for line in (
        ("2025 年度处理意见",),
        ("经办人", "单位编码", "单位", "年度", "审核编号", "处理", "理由"),
        ("李某", 140922018, "白家庄镇", 2025, "T2-01.natural", "免于审核", "设区的市委托管理"),
        (None,),
    ):
        book.active.append(line)
    book.save(tmp_path / "处理意见.xlsx")

    decisions = read_decisions(tmp_path / "处理意见.xlsx")

    assert decisions == (
        Decision("140922018", "T2-01.natural", "", DecisionKind.WAIVED, "设区的市委托管理", "李某", year=2025, at="E3"),
    )


def test_every_fault_is_told_at_once_with_its_cell(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "单位编码,审核编号,位置,处理,理由,经办人,年度\n"
        "1,T2-01,,接受说明,,李某,2025\n"
        "1,T2-04,,同意,已报领导,,今年\n"
        "2,T2-01,E10,免于审核,已报领导,李某,2025年\n"
        "2,T2-01,E10,接受说明,已报领导,李某,2025\n",
    )

    with pytest.raises(DecisionsError) as raised:
        read_decisions(path)

    assert raised.value.message("zh") == (
        f"处理意见不能使用：{path}，共 5 处错误。\n"
        "  × U-DECISIONS-BLANK  E2：“理由”没有填写。 每一条都要写明哪个单位、哪个审核编号、怎样处理、理由和经办人。\n"
        "  × U-DECISIONS-BLANK  F3：“经办人”没有填写。 每一条都要写明哪个单位、哪个审核编号、怎样处理、理由和经办人。\n"
        "  × U-DECISIONS-KIND  D3：处理写成了“同意”。 写 接受说明 或 免于审核。\n"
        "  × U-DECISIONS-YEAR  G3：年度写成了“今年”。 写四位数字，如 2025；不写就是哪一年都算。\n"
        "  × U-DECISIONS-TWICE  B5：这一条在 B4 已经处理过。 一条只写一行，留下正确的那一行。"
    )
    assert raised.value.exit_status == 3


def test_the_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(DecisionsError) as raised:
        read_decisions(written(tmp_path, "单位编码,审核编号,处理\n1,T2-01,接受说明\n"))

    assert [(fault.code, fault.params) for fault in raised.value.faults] == [
        ("U-DECISIONS-HEADING", {"headings": "理由、经办人"})
    ]


def test_a_file_that_is_no_list_is_told(tmp_path: Path) -> None:
    path = tmp_path / "处理意见.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")

    with pytest.raises(DecisionsFileError) as raised:
        read_decisions(path)

    assert raised.value.message("zh") == f"处理意见读不了：{path}。"
