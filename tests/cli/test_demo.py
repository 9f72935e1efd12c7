"""`demo`: the whole loop, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Call


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_the_demo_walks_a_whole_round_and_clears_what_an_earlier_one_left(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "tianbao-demo"
    (folder / "2-收件").mkdir(parents=True)
    (folder / "2-收件" / "旧.xlsx").touch(mode=0o444)
    (folder / ".tianbao-demo").touch()

    told = call("demo")

    assert told.status == 1
    assert {
        name: len(list((folder / name).iterdir())) for name in ("0-上年", "1-下发", "来件", "3-退回", "4-汇总")
    } == {
        "0-上年": 5,
        "1-下发": 20,
        "来件": 20,
        "3-退回": 18,
        "4-汇总": 1,
    }
    assert len(list((folder / "2-收件" / "原件").iterdir())) == 20
    assert len(list((folder / "5-发布" / "html").iterdir())) == 19
    assert [file.name for file in (folder / "5-发布" / "word").iterdir()] == [
        "示例县2025年政府信息公开工作年度报告.docx"
    ]
    assert not (folder / "2-收件" / "旧.xlsx").exists()
    assert openpyxl.load_workbook(folder / "4-汇总" / "2025年汇总表.xlsx").sheetnames
    steps = [line for line in told.out.splitlines() if line[:1].isdigit()]
    assert [step[0] for step in steps] == ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert (
        "    × T3-01  表三“自然人”列（三、依申请公开!E10:E11、E33:E34）：第一项加第二项之和，等于第三项加第四项之和；"
        "现在 7 + 0 ≠ 6 + 0，差 1。"
    ) in told.out
    assert "应报 20，已报 18。  ○ 已下发 1  ● 已收到 1  ▲ 退回修改 7  △ 待核实 2  √ 通过 9" in told.out
    opened = [line.split("  ")[1] for line in told.out.splitlines()[-4:]]
    assert [path for path in opened if not (tmp_path / path).is_file()] == []


def test_the_demo_can_be_foretold(call: Call, tmp_path: Path) -> None:
    told = call("demo", "演示", "--dry-run")

    assert told == (
        0,
        "会在 演示 里制作 20 家单位的报表，填写、读取、审核，再写出汇总表；别处什么都不写。\n",
        "",
    )
    assert files(tmp_path) == set()


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_folder_with_other_things_is_left_alone(call: Call, tmp_path: Path, dry: list[str]) -> None:
    (tmp_path / "演示").mkdir()
    (tmp_path / "演示" / "重要.txt").write_text("重要", encoding="utf-8")

    told = call("demo", "演示", *dry)

    assert told == (3, "", "[U-DEMO] 文件夹 演示 里有别的东西。\n→ 换一个文件夹名，例如 tianbao demo 演示2。\n")
    assert files(tmp_path) == {"演示", "演示/重要.txt"}


def test_a_file_in_the_way_is_left_alone(call: Call, tmp_path: Path) -> None:
    (tmp_path / "演示").write_text("重要", encoding="utf-8")

    told = call("demo", "演示")

    assert told.status == 3
    assert (tmp_path / "演示").read_text(encoding="utf-8") == "重要"
