"""`template`: a workbook, or a sentence that says why not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Call
from tianbao.workbook.read import read_workbook

UNIT = ["--unit", "140922018", "--name", "白家庄镇"]
TYPED = {"requests.new.natural": 3, "art20_8.admin_fees.amount": "12.50"}


def written(path: Path, document: object) -> str:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path.name


def test_a_workbook_is_made(call: Call, tmp_path: Path) -> None:
    told = call("template", "zfxxgk-2021", *UNIT, "--kind", "乡镇", "--year", "2025", "-o", "018.xlsx")

    submission = read_workbook(tmp_path / "018.xlsx")
    assert told == (0, "", "√ 018.xlsx  白家庄镇 2025年政府信息公开工作年度报告\n")
    assert submission.unit is not None
    assert (submission.unit.code, submission.unit.name, submission.unit.kind) == ("140922018", "白家庄镇", "乡镇")
    assert submission.year == 2025


@pytest.mark.parametrize(
    "document",
    [
        {**TYPED, "overview": "第一段\n第二段"},
        {"values": TYPED, "texts": {"overview": "第一段\n第二段"}},
    ],
    ids=["flat", "values and texts"],
)
def test_values_are_filled_in_beforehand(call: Call, tmp_path: Path, document: object) -> None:
    name = written(tmp_path / "v.json", document)

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "018.xlsx", "--values", name)

    submission = read_workbook(tmp_path / "018.xlsx")
    assert told.status == 0
    assert submission["requests.new.natural"] == 3
    assert str(submission["art20_8.admin_fees.amount"]) in ("12.5", "12.50")
    assert submission.texts["overview"] == "第一段\n第二段"


def test_what_was_read_can_be_filled_in_again(call: Call, tmp_path: Path) -> None:
    name = written(tmp_path / "v.json", {**TYPED, "cover.leader": "李四", "control.received": 3, "overview": "一段"})
    call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--values", name)
    (tmp_path / "read.json").write_text(call("read", "1.xlsx", "--json").out, encoding="utf-8")

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "2.xlsx", "--values", "read.json")

    assert told.status == 0
    assert (tmp_path / "2.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()


@pytest.mark.parametrize("kind", ["workbook", "json"])
def test_last_years_figures_stand_beside_the_cells(call: Call, tmp_path: Path, kind: str) -> None:
    name = written(tmp_path / "v.json", {"requests.carried_out.natural": 7})
    call("template", "zfxxgk-2021", *UNIT, "--year", "2024", "-o", "2024.xlsx", "--values", name)
    prior = "2024.xlsx" if kind == "workbook" else name

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "2025.xlsx", "--prior", prior)

    sheet = openpyxl.load_workbook(tmp_path / "2025.xlsx")["三、依申请公开"]
    assert told.status == 0
    line = next(row for row in sheet.iter_rows() if any(c.value == "上年报告“四、结转下年度继续办理”" for c in row))
    assert 7 in [cell.value for cell in line]


def test_the_same_workbook_may_be_made_again(call: Call) -> None:
    arguments = ["template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "018.xlsx"]

    assert [call(*arguments).status, call(*arguments).status] == [0, 0]


def test_another_file_is_not_overwritten_unless_it_must(call: Call, tmp_path: Path) -> None:
    (tmp_path / "018.xlsx").write_bytes(b"precious")
    arguments = ["template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "018.xlsx"]

    kept = call(*arguments)
    precious = (tmp_path / "018.xlsx").read_bytes()
    forced = call(*arguments, "--force")

    assert kept == (
        3,
        "",
        "[U-EXISTS] 文件已经存在，内容不同：018.xlsx。\n→ 换一个文件名；确实要覆盖的，加 --force。\n",
    )
    assert precious == b"precious"
    assert forced.status == 0
    assert zipfile.is_zipfile(tmp_path / "018.xlsx")


def test_a_folder_that_is_not_there_is_told(call: Call) -> None:
    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "nowhere/018.xlsx")

    assert told.status == 3
    assert told.err.startswith("[U-WRITE] 写不了文件 nowhere/018.xlsx：")


def test_a_year_of_another_form_is_told(call: Call, tmp_path: Path) -> None:
    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2019", "-o", "018.xlsx")

    assert told == (
        2,
        "",
        (
            "[U-YEAR] 表样 zfxxgk-2021 适用于2021年起的报告，不是 2019 年的。\n"
            "→ 用 tianbao form list 选这一年度的表样；确实要用这个表样的，加 --superseded。\n"
        ),
    )
    assert not (tmp_path / "018.xlsx").exists()


def test_a_superseded_form_can_be_had_on_purpose(call: Call) -> None:
    told = call("template", "zfxxgk-2019", *UNIT, "--year", "2023", "-o", "018.xlsx", "--superseded")

    assert told.status == 0


@pytest.mark.parametrize("year", ["25", "1999", "2101"])
def test_a_year_that_is_none_is_told(call: Call, year: str) -> None:
    told = call("template", "fire-safety", *UNIT, "--year", year, "-o", "018.xlsx", "--superseded")

    assert told == (2, "", f"[U-YEAR-RANGE] {year} 不是报告年度。\n→ 年度在 2000 至 2100 之间。\n")


def test_the_password_comes_from_the_environment(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEET_PASSWORD", "开门")

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--password-env", "SHEET_PASSWORD")

    assert told.status == 0
    assert openpyxl.load_workbook(tmp_path / "1.xlsx")["封面"].protection.password


def test_a_password_that_is_not_set_is_told(call: Call) -> None:
    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--password-env", "NO_SUCH_NAME")

    assert told == (
        2,
        "",
        (
            "[U-PASSWORD] 环境变量 NO_SUCH_NAME 没有设置，或者是空的。\n"
            "→ 先设置它；密码不能直接写在命令里，那样会留在历史记录中。\n"
        ),
    )


@pytest.mark.parametrize("content", ["[1, 2]", "{", "甲: 3"])
def test_a_file_of_values_that_is_no_json_object_is_told(call: Call, tmp_path: Path, content: str) -> None:
    (tmp_path / "v.json").write_text(content, encoding="utf-8")

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--values", "v.json")

    assert told == (
        3,
        "",
        (
            "[U-JSON] 不是可用的 JSON 文件：v.json（第 1 行）。\n"
            '→ 写成“代号: 值”的对象，例如 {"requests.new.natural": 3}；代号见 tianbao form cells。\n'
        ),
    )


def test_several_submissions_are_not_one(call: Call, tmp_path: Path) -> None:
    name = written(tmp_path / "v.json", {"schema": "tianbao.read/1", "submissions": [{}, {}]})

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--values", name)

    assert told == (
        3,
        "",
        "[U-JSON-MANY] v.json 里有 2 份报表，这里要一份。\n→ 只读一个文件：tianbao read 一个文件 --json。\n",
    )


def test_a_key_that_no_cell_has_is_told_with_the_nearest(call: Call, tmp_path: Path) -> None:
    name = written(tmp_path / "v.json", {"requests.new.natual": 3})

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--values", name)

    assert told.status == 3
    assert told.err.startswith(
        "[U-KEY] 表样 zfxxgk-2021 没有可以填写的格子 requests.new.natual。\n→ 最接近的是 requests.new.natural；"
    )


def test_last_years_amount_that_is_none_is_told(call: Call, tmp_path: Path) -> None:
    name = written(tmp_path / "v.json", {"art20_8.admin_fees.amount": "多"})

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--prior", name)

    assert told.status == 3
    assert told.err.startswith("[U-VALUE] ")


def test_last_years_workbook_that_cannot_be_read_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "2024.xlsx").write_bytes(b"%PDF-1.7\n")

    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--prior", "2024.xlsx")

    assert told == (
        3,
        "",
        (
            "[U-PRIOR] 上年的报表读不了：2024.xlsx。"
            "收到的是 PDF（“2024.xlsx”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。\n"
            "→ 换一份上年的报表，或者不用 --prior。\n"
        ),
    )


def test_a_file_of_values_that_is_not_there_is_told(call: Call) -> None:
    told = call("template", "zfxxgk-2021", *UNIT, "--year", "2025", "-o", "1.xlsx", "--values", "no.json")

    assert told == (
        3,
        "",
        "[F-MISSING] 找不到文件或文件夹：no.json\n→ 请检查路径是否写对；路径里有空格的，用引号括起来。\n",
    )
