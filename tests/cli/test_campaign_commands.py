"""The commands of a campaign, called as people call them: what they say, what they leave behind, and their exit status."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from syrupy.assertion import SnapshotAssertion

from tests.campaign.office import FORM, code, name, put, returned, roster
from tests.cli.conftest import Call
from tianbao.campaign import books as books_module
from tianbao.campaign import campaign as campaign_module
from tianbao.campaign import folder as folder_module
from tianbao.campaign import verify as verify_module
from tianbao.campaign.campaign import Campaign

NOW = "2026-01-12T09:30:00+08:00"


class Today(date):
    """The day on which the tests take place."""

    @classmethod
    def today(cls) -> Today:
        return cls(2026, 1, 12)


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command is called by 李 on the morning of 12 January 2026."""
    for module in (folder_module, books_module, campaign_module, verify_module):
        monkeypatch.setattr(module, "now", lambda: NOW)
        monkeypatch.setattr(module, "user", lambda: "李")
    monkeypatch.setattr(campaign_module, "date", Today)


#: How a campaign is begun in the tests, but for its roster.
INIT = ("init", "年报", "--form", FORM, "--year", "2025", "--issuer", "示例县政府办", "--county", "示例县")
ROSTER = ("--roster", "名录.csv")
DUE = ("--due", "2026-01-20")
K01 = (
    "核对数、表一（封面!C19；一、检查情况!G13）：核对数“检查次数”等于表一合计；"
    "现在 9 ≠ 0，差 9。对照检查记录本逐类核对。"
)


@pytest.fixture
def office(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Begin a campaign of four units in the folder 年报, and go there."""
    (tmp_path / "名录.csv").write_text(roster(4), encoding="utf-8")
    assert call(*INIT, *ROSTER, *DUE).status == 0
    monkeypatch.chdir(tmp_path / "年报")
    return tmp_path


@pytest.fixture
def issued(call: Call, office: Path) -> Path:
    """Issue the workbooks of the four units."""
    assert call("issue").status == 0
    return office


@pytest.fixture
def arrived(call: Call, issued: Path) -> Path:
    """Take in a good report, one with an error, one that nobody signed, and a photo."""
    fill_mailbox(issued)
    assert call("import", "../来件").status == 1
    return issued


def fill_mailbox(place: Path) -> None:
    with Campaign(place / "年报") as campaign:
        put(place / "来件", "一.xlsx", returned(campaign, 1))
        put(place / "来件", "二.xlsx", returned(campaign, 2, control__visited=9))
        put(place / "来件", "三.xlsx", returned(campaign, 3, turn=None))
        put(place / "来件", "照片.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF")


def send(place: Path, file: str, number: int, **values: Any) -> None:
    """Let a unit fill in what it was sent, and put it where it can be imported from."""
    with Campaign(place / "年报") as campaign:
        put(place / "来件", file, returned(campaign, number, **values))


def files(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def document(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text)
    return read


# ── a whole round ────────────────────────────────────────────────────────────────────────────────────────────────────

ROUND = (
    "init 年报 --form fire-safety --year 2025 --issuer 示例县政府办 --county 示例县 --due 2026-01-20 --roster 名录.csv",
    "-C 年报 issue",
    "-C 年报 status",
    "-C 年报 import ../来件",
    "-C 年报 claim 三.xlsx 第3镇 --note 电话核实",
    "-C 年报 check",
    "-C 年报 exempt 第4镇 --note 撤并",
    "-C 年报 return --receipts",
    "-C 年报 waive 第2镇 K-01 --note 台账丢失",
    "-C 年报 status",
    "-C 年报 status --reminder",
    "-C 年报 merge",
    "-C 年报 log",
    "-C 年报 undo",
    "-C 年报 log",
    "-C 年报 verify",
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_small_round_from_its_beginning_to_its_end(
    lang: str, call: Call, tmp_path: Path, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "名录.csv").write_text(roster(4), encoding="utf-8")
    said = []

    for line in ROUND:
        monkeypatch.chdir(tmp_path)
        told = call("--lang", lang, *line.split())
        said.append(f"$ tianbao {line}\n{told.out}──\n{told.err}=> {told.status}\n")
        if line.endswith("issue"):
            fill_mailbox(tmp_path)

    assert "\n".join(said) == snapshot


# ── init ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_makes_the_folder_and_says_what_comes_next(call: Call, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(roster(4), encoding="utf-8")

    told = call(*INIT, *ROSTER, *DUE)

    assert told == (
        0,
        "",
        "建好了：年报，2025年乡镇消防安全检查季报，4 个单位。\n下一步：tianbao -C 年报 issue\n",
    )
    assert (tmp_path / "年报" / "名录.xlsx").is_file()
    assert "return = 2026-01-20" in (tmp_path / "年报" / "campaign.toml").read_text(encoding="utf-8")


def test_init_without_a_roster_says_that_one_is_to_be_filled_in(call: Call) -> None:
    told = call(*INIT)

    assert told.err == (
        "建好了：年报，2025年乡镇消防安全检查季报，0 个单位。\n"
        "下一步：填写 年报/名录.xlsx，然后 tianbao -C 年报 issue\n"
    )


def test_init_asks_about_units_that_both_count(call: Call, tmp_path: Path) -> None:
    listed = "代码,名称,上级\n101,第1镇,\n102,中学,101\n"
    (tmp_path / "名录.csv").write_text(listed, encoding="utf-8")

    told = call(*INIT, *ROSTER)

    assert told.status == 0
    assert told.err.splitlines()[1].startswith("名录：“中学”（102）")


def test_init_tells_every_fault_of_a_roster_and_makes_nothing(call: Call, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text("代码,名称\n1,\n1,第2镇\n", encoding="utf-8")

    told = call(*INIT, *ROSTER)

    assert (told.status, told.out) == (3, "")
    lines = told.err.splitlines()
    assert lines[0] == "[U-ROSTER] 名录不能使用：名录.csv，共 2 处错误。"
    assert [line.split()[1] for line in lines[1:3]] == ["U-ROSTER-BLANK", "U-ROSTER-TWICE"]
    assert not (tmp_path / "年报").exists()


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_init_leaves_a_campaign_that_is_there_alone(call: Call, tmp_path: Path, dry: tuple[str, ...]) -> None:
    (tmp_path / "名录.csv").write_text(roster(4), encoding="utf-8")
    call(*INIT, *ROSTER)
    before = files(tmp_path)

    told = call(*INIT, *ROSTER, *dry)

    assert told == (
        3,
        "",
        "[U-CAMPAIGN-EXISTS] “年报”已经是一轮填报的文件夹。\n→ 接着用就行；要另建一轮，请换一个文件夹。\n",
    )
    assert files(tmp_path) == before


def test_init_tells_deadlines_that_are_the_wrong_way_round(call: Call, tmp_path: Path) -> None:
    told = call(*INIT, *DUE, "--late", "2026-01-10")

    assert told == (
        3,
        "",
        (
            "[U-SETTINGS] 设置不能使用：campaign.toml，共 1 处错误。\n"
            "  × U-SETTINGS-ORDER  补报截止（2026-01-10）早于填报截止（2026-01-20）。 把补报截止改到填报截止之后。\n"
            "→ 用记事本打开，逐处改正后再试。\n"
        ),
    )
    assert not (tmp_path / "年报").exists()


# ── dry runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_would_make_nothing(call: Call, tmp_path: Path) -> None:
    (tmp_path / "名录.csv").write_text(roster(4), encoding="utf-8")

    told = call(*INIT, *ROSTER, "--dry-run")

    assert told == (0, "会在 年报 建立一轮填报：fire-safety，2025 年，4 个单位。\n", "")
    assert files(tmp_path).keys() == {"名录.csv"}


WOULD: dict[str, tuple[tuple[str, ...], str, str]] = {
    "issue": (("issue",), "会做 0 份：\n", ""),
    "import": (
        ("import", "../来件"),
        "四.xlsx\n",
        "会收 1 个文件；以前收过的 4 个。\n",
    ),
    "claim": (
        ("claim", "三.xlsx", "第3镇"),
        "",
        "会记下：“三.xlsx”是第3镇（示例）（999900003）的，并采用它。\n",
    ),
    "claim another": (
        ("claim", "三.xlsx", "第1镇"),
        "",
        "会记下：“三.xlsx”是第1镇（示例）（999900001）的，并采用它。\n现在采用的是“一.xlsx”，会由它代替。\n",
    ),
    "waive": (
        ("waive", "第2镇", "K-01", "--note", "台账丢失"),
        f"— K-01  {K01}\n",
        "会记下：第2镇（示例），免于审核 1 条。\n",
    ),
    "exempt": (
        ("exempt", "第4镇", "--note", "撤并"),
        "",
        "会记下：第4镇（示例）（999900004）免报。\n",
    ),
    "return": (("return",), "会退回 1 份：第2镇（示例）\n", ""),
    "undo": (
        ("undo",),
        "收到 4 个文件：一.xlsx、三.xlsx、二.xlsx、照片.jpg\n",
        "会撤销以上内容，共 4 条记录。\n",
    ),
    "merge": (
        ("merge",),
        (
            "2025年乡镇消防安全检查季报（fire-safety）\n"
            "● 已汇总 2 家：第1镇（示例）、第2镇（示例）\n"
            "○ 未报 2 家：第3镇（示例）、第4镇（示例）\n"
        ),
        "会写汇总表 4-汇总/2025年汇总表.xlsx。\n",
    ),
}


@pytest.mark.parametrize(("command", "out", "err"), WOULD.values(), ids=WOULD.keys())
def test_a_dry_run_says_what_would_be_done_and_changes_nothing(
    call: Call, arrived: Path, command: tuple[str, ...], out: str, err: str
) -> None:
    send(arrived, "四.xlsx", 4)
    before = files(arrived)

    told = call(*command, "--dry-run")

    assert (told.out, told.err) == (out, err)
    assert told.status == (1 if command == ("merge",) else 0)
    assert files(arrived) == before


def test_accept_would_settle_a_query_and_then_does(call: Call, issued: Path) -> None:
    send(issued, "一.xlsx", 1, inspections__public__places=5, inspections__public__inspected=2)
    call("import", "../来件")
    before = files(issued)

    would = call("accept", "第1镇", "X1-03", "--note", "电话核实", "--dry-run")
    after = files(issued)
    told = call("accept", "第1镇", "X1-03", "--note", "电话核实")

    assert (would.status, would.err) == (0, "会记下：第1镇（示例），接受说明 2 条。\n")
    assert after == before
    assert (told.status, told.out, told.err) == (0, would.out, "已记下：第1镇（示例），接受说明 2 条。\n")
    assert told.out.startswith("√ X1-03  ")
    assert call("status").out.splitlines()[4].startswith("01  第1镇（示例）  √ 通过")


def test_issue_would_make_anew_what_was_deleted_and_nothing_for_whom_owes_nothing(call: Call, issued: Path) -> None:
    call("exempt", "第4镇", "--note", "撤并")
    for number in (1, 4):
        (issued / "年报" / "1-下发" / f"{code(number)}_{name(number)}_2025年报表.xlsx").unlink()

    told = call("issue", "第1镇", "第2镇", "第4镇", "--dry-run")

    assert told == (0, "会做 1 份：第1镇（示例）\n", "")


# ── issue ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_issue_names_every_file_and_makes_none_twice(call: Call, office: Path) -> None:
    first = call("issue")
    again = call("issue")

    assert first.out.splitlines() == [f"1-下发/{code(n)}_{name(n)}_2025年报表.xlsx" for n in (1, 2, 3, 4)]
    assert first.err.splitlines()[-1] == "做好 4 份，已有 0 份，免报 0 个。"
    assert (again.status, again.out) == (0, "")
    assert again.err.splitlines()[-1] == "做好 0 份，已有 4 份，免报 0 个。"
    assert office.joinpath("年报", first.out.splitlines()[0]).is_file()


def test_issue_leaves_a_workbook_that_somebody_changed(call: Call, issued: Path) -> None:
    file = f"1-下发/{code(1)}_{name(1)}_2025年报表.xlsx"
    (issued / "年报" / file).write_bytes(b"changed")

    told = call("issue")

    assert (told.status, told.out) == (1, "")
    assert told.err.splitlines()[-2:] == [
        f"[U-CAMPAIGN-CHANGED] “{file}”被人改过，没有覆盖。",
        "→ 要留下改动的，另存为别的名字；不要的，删掉它。然后再运行一次。",
    ]


def test_issue_tells_of_a_new_name_and_makes_the_workbook_anew_where_that_is_wanted(call: Call, issued: Path) -> None:
    changed = roster(4).replace("第1镇（示例）", "第1街道（示例）")
    (issued / "年报" / "名录.xlsx").write_text(changed, encoding="utf-8")

    told = call("issue")
    again = call("issue", "--again")

    assert "名录：“第1镇（示例）”（999900001）更名为“第1街道（示例）”" in told.err
    assert told.err.splitlines()[-2:] == [
        "有 1 份与现在的名录或上年数不一致：第1街道（示例）。",
        "→ 要重做的，用 tianbao issue --again；旧的已经发出去的，请把新的再发一次。",
    ]
    assert again.out == "1-下发/999900001_第1街道（示例）_2025年报表.xlsx\n"


# ── import, claim ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_import_says_of_every_file_what_has_become_of_it(call: Call, issued: Path) -> None:
    fill_mailbox(issued)

    told = call("import", "../来件")

    assert told.status == 1
    assert told.out == (
        "√ 一.xlsx  999900001 第1镇（示例）  第 1 版  × 0 △ 0\n"
        "● #2 三.xlsx\n"
        "  W-UNSIGNED  表里写的是“第3镇（示例）”（999900003），但不是这次下发的表，或者表里的标记丢了。"
        " 请与单位核对；确实是它的，用 tianbao claim 认领。\n"
        "  像是 第3镇（示例）（999900003）：表里的代码是 999900003、表里的名称是“第3镇（示例）”。"
        "是的话：tianbao claim 2 999900003\n"
        "▲ 二.xlsx  999900002 第2镇（示例）  第 1 版  × 1 △ 0\n"
        "× 照片.jpg\n"
        "  F-PICTURE  收到的是图片（“照片.jpg”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要拍照或截图。\n"
    )
    assert told.err.splitlines()[-3:] == [
        "新收 4 个文件，报表 4 份：采用 2，待认领 1，读不了 1，其他 0；以前收过的 0 个。",
        "共有 1 份待认领。",
        "→ 查明以后：tianbao claim 编号 单位。",
    ]


def test_import_without_a_path_takes_what_lies_in_the_folder_for_it(call: Call, issued: Path) -> None:
    with Campaign(issued / "年报") as campaign:
        put(issued / "年报" / "2-收件", "一.xlsx", returned(campaign, 1))

    told = call("import")
    again = call("import")

    assert told.out == "√ 一.xlsx  999900001 第1镇（示例）  第 1 版  × 0 △ 0\n"
    assert (again.status, again.out) == (0, "")
    assert again.err == "新收 0 个文件，报表 0 份：采用 0，待认领 0，读不了 0，其他 0；以前收过的 1 个。\n"


def test_import_of_an_empty_folder_takes_nothing(call: Call, issued: Path) -> None:
    before = files(issued).keys()

    told = call("import")

    assert told == (0, "", "新收 0 个文件，报表 0 份：采用 0，待认领 0，读不了 0，其他 0；以前收过的 0 个。\n")
    assert files(issued).keys() == before


def test_import_tells_a_copy_an_older_one_and_what_we_sent_ourselves(call: Call, issued: Path) -> None:
    send(issued, "a.xlsx", 1)
    call("import", "../来件")
    send(issued, "b.xlsx", 1, inspections__public__places=5)
    call("import", "../来件")
    sent = f"1-下发/{code(2)}_{name(2)}_2025年报表.xlsx"
    put(issued / "来件", "空表.xlsx", (issued / "年报" / sent).read_bytes())

    told = call("import", "../来件")

    assert (told.status, told.out) == (
        0,
        (
            f"○ 空表.xlsx  999900002 第2镇（示例）\n"
            f"  W-OURS  是我们发出的“{sent}”，一格也没有改，不算报表。 单位还没有填报的，请催一下。\n"
        ),
    )


def test_claim_says_what_is_open_in_the_report_now(call: Call, arrived: Path) -> None:
    told = call("claim", "三.xlsx", "第3镇", "--note", "电话核实")

    assert told == (0, "", "“三.xlsx”是第3镇（示例）的第 1 版，已采用：√ 通过，× 0 △ 0。\n")
    assert arrived.is_dir()


# ── check, accept, waive, exempt ─────────────────────────────────────────────────────────────────────────────────────


def test_check_looks_at_the_reports_that_count(call: Call, arrived: Path) -> None:
    told = call("check")

    assert told.status == 1
    lines = told.out.splitlines()
    assert lines[:3] == [
        "√ 一.xlsx  999900001 第1镇（示例）  2025  fire-safety",
        "× 二.xlsx  999900002 第2镇（示例）  2025  fire-safety",
        f"  × K-01  {K01}",
    ]
    assert told.err == "共 2 份：√ 没有问题 1，× 须改正 1，△ 请核实 0，读不了 0。\n"
    assert arrived.is_dir()


def test_waive_settles_an_error_and_accept_does_not(call: Call, arrived: Path) -> None:
    accepted = call("accept", "2", "K-01", "--note", "电话核实")
    waived = call("waive", "2", "K-01", "--note", "台账丢失")

    assert (accepted.status, accepted.out) == (3, "")
    assert accepted.err == (
        "[U-DECISION-UNFIT] 没有记下：“第2镇（示例）”的 K-01 是必须改正的，不能只“接受说明”，处理没有用上。"
        " 请单位改正；确有理由不改的，处理写“免于审核”，并写明理由。\n"
        "→ tianbao check 列出各单位审核出的每一条。\n"
    )
    assert waived == (0, f"— K-01  {K01}\n", "已记下：第2镇（示例），免于审核 1 条。\n")
    assert call("check").status == 0
    assert arrived.is_dir()


def test_exempt_says_which_unit_owes_nothing(call: Call, issued: Path) -> None:
    told = call("exempt", "第4镇", "--note", "撤并")

    assert told == (0, "", "已记下：第4镇（示例）（999900004）免报。\n")
    assert (
        call("status").out.splitlines()[7] == "04  第4镇（示例）  — 免报    ·     ·     ·     ·     ·     ·     ·     ·"
    )
    assert issued.is_dir()


# ── return, merge, undo ──────────────────────────────────────────────────────────────────────────────────────────────


def test_return_makes_one_workbook_a_version(call: Call, arrived: Path) -> None:
    first = call("return", "--receipts")
    again = call("return")

    file = "3-退回/999900002_第2镇（示例）_2025年报表_退回1.xlsx"
    assert first.out.splitlines() == ["3-退回/999900001_第1镇（示例）_2025年报表_回执.txt", f"{file}  × 1 △ 0"]
    assert first.err.splitlines()[-1] == "退回 1 份，回执 1 份；其中 0 份以前做过，没有变。"
    assert again.out == f"{file}  × 1 △ 0\n"
    assert again.err.splitlines()[-1] == "退回 1 份，回执 0 份；其中 1 份以前做过，没有变。"
    assert (arrived / "年报" / file).is_file()


def test_merge_writes_into_the_folder_or_where_it_is_wanted(call: Call, arrived: Path) -> None:
    told = call("merge")
    elsewhere = call("merge", "-o", "../县.xlsx")

    assert told.status == 1
    assert told.out.splitlines()[1] == "● 已汇总 2 家：第1镇（示例）、第2镇（示例）"
    assert told.err == "√ 汇总表写到 4-汇总/2025年汇总表.xlsx\n"
    assert elsewhere.err == "√ 汇总表写到 ../县.xlsx\n"
    for book in (arrived / "县.xlsx", arrived / "年报" / "4-汇总" / "2025年汇总表.xlsx"):
        goals = [link.target for row in load_workbook(book)["单位明细"].iter_rows() for cell in row
                 if (link := cell.hyperlink) and link.target]  # fmt: skip
        assert goals
        assert {(book.parent / unquote(goal)).is_file() for goal in goals} == {True}


def test_merge_writes_data_beside_the_workbook_where_it_is_wanted(call: Call, arrived: Path) -> None:
    files = "long.csv、wide.csv、totals.csv、columns.csv、data.json"

    would = call("merge", "--data", "数据", "--dry-run")
    there = (arrived / "年报" / "数据").exists()
    told = call("merge", "--data", "数据")

    assert (would.err, there) == (f"会写汇总表 4-汇总/2025年汇总表.xlsx。\n会把数据写到 数据：{files}。\n", False)
    assert told.err == f"√ 汇总表写到 4-汇总/2025年汇总表.xlsx\n√ 数据写到 数据：{files}\n"
    assert sorted(path.name for path in (arrived / "年报" / "数据").iterdir()) == sorted(files.split("、"))


def test_merge_does_not_write_over_a_workbook_that_somebody_changed(call: Call, arrived: Path) -> None:
    call("merge")
    merged = arrived / "年报" / "4-汇总" / "2025年汇总表.xlsx"
    merged.write_bytes(b"changed")

    told = call("merge")
    would = call("merge", "--dry-run")

    assert told == (
        3,
        "",
        (
            "[U-CAMPAIGN-CHANGED] “4-汇总/2025年汇总表.xlsx”被人改过，没有覆盖。\n"
            "→ 要留下改动的，另存为别的名字；不要的，删掉它。然后再运行一次。\n"
        ),
    )
    assert would.err == (
        "不会覆盖 4-汇总/2025年汇总表.xlsx：它被人改过。\n→ 要留下改动的，另存为别的名字；确实要覆盖的，加 --force。\n"
    )
    assert merged.read_bytes() == b"changed"
    assert call("merge", "--force", "--dry-run").err == "会写汇总表 4-汇总/2025年汇总表.xlsx。\n"
    assert call("merge", "--force").err == "√ 汇总表写到 4-汇总/2025年汇总表.xlsx\n"


def test_undo_takes_back_one_command_after_the_other_until_nothing_is_left(call: Call, arrived: Path) -> None:
    call("claim", "三.xlsx", "第3镇", "--note", "电话核实")

    first, second, third = call("undo"), call("undo"), call("undo")

    assert first == (0, "认领：“三.xlsx”是第3镇（示例）的，电话核实\n", "已撤销，共 1 条记录。\n")
    assert second == (0, "收到 4 个文件：一.xlsx、三.xlsx、二.xlsx、照片.jpg\n", "已撤销，共 4 条记录。\n")
    assert third == (
        3,
        "",
        (
            "[U-UNDO-NOTHING] 没有可以撤销的。\n"
            "→ 能撤销的是导入、认领、接受说明、免于审核和免报；已经下发、退回和汇总的，照样可以再做一次。\n"
        ),
    )
    assert arrived.is_dir()


# ── log, status, verify ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_says_who_did_what_and_when(call: Call, arrived: Path) -> None:
    told = call("log")

    assert told == (
        0,
        (
            "#1       2026-01-12 09:30  李  建立：fire-safety，2025 年\n"
            "#2       2026-01-12 09:30  李  名录：4 个单位\n"
            "#3       2026-01-12 09:30  李  下发 4 份：第1镇（示例）、第2镇（示例）、第3镇（示例）、第4镇（示例）\n"
            "#4–7     2026-01-12 09:30  李  收到 4 个文件：一.xlsx、三.xlsx、二.xlsx、照片.jpg\n"
        ),
        "",
    )
    assert arrived.is_dir()


def test_the_status_names_whom_to_call_after_the_deadline(
    call: Call, issued: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Today, "today", classmethod(lambda cls: cls(2026, 1, 22)))

    told = call("status")

    lines = told.out.splitlines()
    assert lines[1] == "填报截止 2026年1月20日，已过 2 天"
    assert lines[-5:-3] == ["已过截止日的 4 家：", "  ○ 第1镇（示例）  王1  0350-5500001"]
    assert issued.is_dir()


def test_the_reminder_names_who_is_silent_and_who_has_to_mend_and_no_telephone(call: Call, arrived: Path) -> None:
    told = call("status", "--reminder", "--lang", "en")

    assert told.out == (
        "各单位：示例县政府办收的2025年乡镇消防安全检查季报，填报截止日是2026年1月20日。\n"
        "目前应报 4 家，已报 2 家。\n"
        "还没有收到的 1 家：第4镇（示例）。\n"
        "请修改后重报的 1 家：第2镇（示例）。\n"
        "请填好下发的表格，直接发回即可；已经发出的，请看一下是否发送成功。\n"
    )
    assert arrived.is_dir()


def test_the_status_as_csv_has_a_line_a_unit_and_no_formula(call: Call, issued: Path) -> None:
    changed = roster(4).replace("0350-5500001", "+86 350")
    (issued / "年报" / "名录.xlsx").write_text(changed, encoding="utf-8")

    told = call("status", "--csv")

    lines = told.out.splitlines()
    assert lines[0].startswith("\ufeff序,代码,单位,类别,状态,迟报,封面,表一,表二,文字,上年,文件,版本,收到,")
    assert "'+86 350" in lines[1]
    assert len(lines) == 5


def test_verify_says_that_all_is_well(call: Call, arrived: Path) -> None:
    told = call("verify")

    assert (told.status, told.out) == (0, "")
    assert told.err.splitlines()[-1] == "文件夹完好：记录 7 条，原件 4 个。"
    assert arrived.is_dir()


def test_verify_tells_what_is_damaged_and_what_to_do(call: Call, arrived: Path) -> None:
    (original,) = (arrived / "年报" / "2-收件" / "原件").rglob("一.xlsx")
    original.chmod(0o644)
    original.write_bytes(b"altered")

    told = call("verify")

    place = original.relative_to(arrived / "年报").as_posix()
    assert (told.status, told.out) == (
        1,
        (
            f"× L-ORIGINAL-ALTERED  原件被改过：“一.xlsx”（{place}）。"
            " 请从备份里找回，放到原处；实在没有的，请单位再交一次。只要没有重建账本，读出来的数还在里面。\n"
        ),
    )
    assert told.err.splitlines()[-1] == "有 1 处损坏：记录 7 条，原件 4 个。"


def test_a_lost_ledger_is_told_and_made_again(call: Call, arrived: Path) -> None:
    (arrived / "年报" / ".tianbao" / "ledger.sqlite").unlink()

    lost = call("status")
    rebuilt = call("verify", "--rebuild")

    assert lost == (
        3,
        "",
        (
            "[U-LEDGER-GONE] 账本不见了：.tianbao/ledger.sqlite。\n"
            "→ 运行 tianbao verify --rebuild，从操作记录和收到的原件重建账本。\n"
        ),
    )
    assert rebuilt.status == 0
    assert "账本重建好了：记录 7 条，原件 4 个。" in rebuilt.err
    assert call("status").out.splitlines()[-1].startswith("× 照片.jpg  F-PICTURE")


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_status_for_programs_says_the_same_of_each_unit(call: Call, arrived: Path) -> None:
    told = document(call("status", "--json").out)

    assert (told["schema"], told["form"], told["year"], told["today"], told["due"]) == (
        "tianbao.status/1",
        "fire-safety",
        2025,
        "2026-01-12",
        "2026-01-20",
    )
    assert (told["expected"], told["received"]) == (4, 2)
    assert [(unit["code"], unit["state"], unit["file"], unit["findings"]) for unit in told["units"]] == [
        (code(1), "passed", "一.xlsx", {"error": 0, "query": 0}),
        (code(2), "to_mend", "二.xlsx", {"error": 1, "query": 0}),
        (code(3), "received", None, {"error": 0, "query": 0}),
        (code(4), "issued", None, {"error": 0, "query": 0}),
    ]
    assert told["units"][0]["reason"] == {
        "code": "W-FIRST",
        "message": "采用：这是收到的第一份。 不用处理：再收到的会与它比较。",
    }
    (waiting,) = told["waiting"]
    assert (waiting["id"], waiting["code"], waiting["guess"]["code"]) == (2, "W-UNSIGNED", code(3))
    assert [one["code"] for one in told["refused"]] == ["F-PICTURE"]
    assert arrived.is_dir()


def test_the_log_for_programs_names_events_and_files(call: Call, arrived: Path) -> None:
    call("undo")

    told = document(call("log", "--json").out)

    assert told["schema"] == "tianbao.log/1"
    assert [(line["numbers"], line["kind"], line["files"], line["undone"]) for line in told["log"]] == [
        ([1], "created", [], False),
        ([2], "roster", [], False),
        ([3], "issued", [], False),
        ([4, 5, 6, 7], "received", ["一.xlsx", "三.xlsx", "二.xlsx", "照片.jpg"], True),
        ([8], "undone", [], False),
    ]
    assert arrived.is_dir()


def test_what_verify_finds_is_there_for_programs(call: Call, arrived: Path) -> None:
    file = f"1-下发/{code(1)}_{name(1)}_2025年报表.xlsx"
    (arrived / "年报" / file).unlink()

    told = call("verify", "--json")

    assert (told.status, document(told.out)) == (
        0,
        {
            "schema": "tianbao.verify/1",
            "events": 7,
            "originals": 4,
            "damages": [
                {
                    "code": "L-OUTPUT-GONE",
                    "severity": "note",
                    "params": {"file": file},
                    "message": f"做好的文件不在了：{file}。 不用处理：需要时再做一次。",
                }
            ],
        },
    )


def test_what_check_finds_is_there_for_programs(call: Call, arrived: Path) -> None:
    told = call("check", "--json")

    found = document(told.out)
    assert (told.status, found["schema"]) == (1, "tianbao.check/1")
    assert [(one["code"], one["unit"], one["imbalance"]) for one in found["findings"]] == [("K-01", code(2), 9)]
    assert arrived.is_dir()


def test_a_merge_for_programs_writes_nothing(call: Call, arrived: Path) -> None:
    before = files(arrived)

    told = call("merge", "--json")

    merged = document(told.out)
    assert (told.status, merged["schema"], merged["year"]) == (1, "tianbao.merge/1", 2025)
    assert [unit["code"] for unit in merged["units"]] == [code(1), code(2)]
    assert [unit["code"] for unit in merged["missing"]] == [code(3), code(4)]
    assert merged["sources"]["inspections.public.places"] == [[code(1), 0], [code(2), 0]]
    assert files(arrived) == before


# ── what cannot be done ──────────────────────────────────────────────────────────────────────────────────────────────

NO_CAMPAIGN = (
    ("issue",),
    ("import",),
    ("claim", "1", "第1镇"),
    ("status",),
    ("return",),
    ("accept", "第1镇", "K-01", "--note", "核实"),
    ("waive", "第1镇", "K-01", "--note", "核实"),
    ("exempt", "第1镇", "--note", "撤并"),
    ("log",),
    ("undo",),
    ("verify",),
    ("verify", "--rebuild"),
    ("check",),
    ("merge",),
)


@pytest.mark.parametrize("command", NO_CAMPAIGN, ids=" ".join)
def test_a_command_outside_a_campaign_says_where_one_is_to_be_found(
    call: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    told = call(*command)

    assert told == (
        3,
        "",
        (
            f"[U-CAMPAIGN] “{tmp_path}”不是一轮填报的文件夹。\n"
            "→ 进入那个文件夹再运行，或用 -C 指明；还没有建的，用 tianbao init 建一个。\n"
        ),
    )


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "unknown unit": (
        ("exempt", "第3镇区", "--note", "撤并"),
        3,
        "[U-UNIT] 名录里没有“第3镇区”。\n→ 请写单位的代码或名称；最接近的是“第3镇（示例）”。\n",
    ),
    "several units": (
        ("exempt", "镇", "--note", "撤并"),
        3,
        (
            "[U-UNIT-SEVERAL] “镇”可能是这几个单位：第1镇（示例）（999900001）、第2镇（示例）（999900002）、"
            "第3镇（示例）（999900003）、第4镇（示例）（999900004）。\n→ 请写全名，或者写代码。\n"
        ),
    ),
    "no note": (
        ("exempt", "第4镇"),
        2,
        "[U-MISSING] “tianbao exempt”缺少 --note。\n→ 用法见 tianbao exempt --help。\n",
    ),
    "an empty note": (
        ("exempt", "第4镇", "--note", " "),
        3,
        "[U-NOTE] 理由是空的。\n→ 用 --note 写明理由；它会印在汇总表的附页上。\n",
    ),
    "an empty note in a dry run": (
        ("exempt", "第4镇", "--note", " ", "--dry-run"),
        3,
        "[U-NOTE] 理由是空的。\n→ 用 --note 写明理由；它会印在汇总表的附页上。\n",
    ),
    "no such file": (
        ("claim", "五.xlsx", "第4镇"),
        3,
        "[U-WORKBOOK] 收到的文件里没有“五.xlsx”。\n→ 请写文件名或编号；tianbao status 列出待认领的文件。\n",
    ),
    "a photo": (
        ("claim", "照片.jpg", "第4镇", "--dry-run"),
        3,
        (
            "[U-WORKBOOK-REFUSED] “照片.jpg”没有读出来，不能采用：收到的是图片（“照片.jpg”），不是表格。"
            " 请回传填好的 Excel 表格（.xlsx），不要拍照或截图。\n→ 请单位重新交一份读得了的。\n"
        ),
    ),
    "nothing found": (
        ("waive", "第1镇", "K-01", "--note", "核实", "--dry-run"),
        3,
        "[U-DECISION-UNFIT] 没有记下：",
    ),
}


@pytest.mark.parametrize(("command", "status", "err"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_meant_is_told_and_changes_nothing(
    call: Call, arrived: Path, command: tuple[str, ...], status: int, err: str
) -> None:
    before = files(arrived)

    told = call(*command)

    assert (told.status, told.out) == (status, "")
    assert told.err.startswith(err)
    assert told.err == err or not err.endswith("\n")
    assert files(arrived) == before


def test_a_roster_that_cannot_be_used_any_more_is_told_and_the_last_one_holds(call: Call, issued: Path) -> None:
    (issued / "年报" / "名录.xlsx").write_text("代码,名称\n1,\n1,第2镇\n", encoding="utf-8")

    looked = call("status")
    changed = call("exempt", "第4镇", "--note", "撤并")

    assert looked.status == 0
    assert looked.err.splitlines()[0] == f"[U-ROSTER] 名录不能使用：{issued / '年报' / '名录.xlsx'}，共 2 处错误。"
    assert looked.out.splitlines()[7].startswith("04  第4镇（示例）")
    assert changed.status == 3
    assert [line.split()[1] for line in changed.err.splitlines()[1:3]] == ["U-ROSTER-BLANK", "U-ROSTER-TWICE"]
    assert issued.is_dir()


def test_a_folder_that_is_not_there_is_told(call: Call) -> None:
    told = call("-C", "没有", "status")

    assert told == (3, "", "[U-FOLDER] 没有这个文件夹，或者进不去：没有。\n→ 检查 -C 后面的路径。\n")


@pytest.mark.parametrize("folder", ["..", "2-收件", "1-下发"])
def test_a_command_works_in_any_folder_of_the_campaign_and_from_elsewhere(
    call: Call, issued: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(issued / "年报" / folder)
    where = ("-C", "年报") if folder == ".." else ()

    assert call(*where, "log").out.splitlines()[-1].startswith("#3       2026-01-12 09:30  李  下发 4 份：")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("merge", "--roster", "名录.csv"), "--roster"),
        (("check", "--correction", "退回", "--due", "2026-01-12"), "--correction --due"),
    ],
)
@pytest.mark.usefixtures("issued")
def test_an_option_that_is_about_files_is_not_passed_over_in_silence(
    call: Call, arguments: tuple[str, ...], named: str
) -> None:
    status, out, err = call(*arguments)

    assert (status, out) == (2, "")
    assert err == (
        f"[U-NEEDS-FILES] tianbao {arguments[0]} 没有写文件，就是对这个文件夹的一轮填报做，不能用 {named}。\n"
        "→ 名录、上年的数和处理意见都在文件夹里：去掉这些选项；要对别的文件做，在命令里写上文件。\n"
    )


def test_adjust_books_to_a_total_lists_it_and_undo_takes_it_back(call: Call, arrived: Path) -> None:
    """Also an amount that begins with a minus, which is no option."""
    key = "inspections.public.places"
    merged = arrived / "年报" / "4-汇总" / "2025年汇总表.xlsx"

    would = call("adjust", key, "-1", "--note", "两镇都计了", "--dry-run")
    none = call("adjust")
    done = call("adjust", key, "-1", "--note", "两镇都计了")
    listed, document = call("adjust"), json.loads(call("adjust", "--list", "--json").out)
    told = call("merge")

    assert would.err == (
        "会记下：表一 商场、宾馆、学校 → 场所总数（inspections.public.places）调整 -1，合计 0 → -1。\n"
    )
    assert none.out == "没有调整。\n"
    assert done.err.startswith(
        "已记下：表一 商场、宾馆、学校 → 场所总数（inspections.public.places）调整 -1，合计 0 → -1。"
    )
    assert listed.out.startswith(f"表一 商场、宾馆、学校 → 场所总数  {key}  -1  两镇都计了  ")
    assert document["schema"] == "tianbao.adjust/1"
    assert [(one["key"], one["amount"], one["note"]) for one in document["adjustments"]] == [(key, -1, "两镇都计了")]
    assert "— 办公室的调整 1 笔，加在合计上，各单位的数不变" in told.out
    assert load_workbook(merged)["调整"]["D5"].value == -1
    assert call("undo").status == 0
    assert call("adjust").out == "没有调整。\n"


def test_adjust_needs_an_amount_and_a_reason(call: Call, arrived: Path) -> None:
    del arrived

    assert call("adjust", "inspections.public.places").err.startswith("[U-MISSING]")
    assert call("adjust", "inspections.public.places", "1").err.startswith("[U-MISSING]")
    assert call("adjust", "inspections.public.place", "1", "--note", "试").err == (
        "[M-ADJUST-CELL] 表里没有“inspections.public.place”这一格。\n"
        "→ 最接近的是 inspections.public.places；全部格的键用 form cells 列出。\n"
    )


def test_merge_says_how_many_are_in_a_later_version_and_that_nothing_has_changed(call: Call, arrived: Path) -> None:
    del arrived

    first, again = call("merge"), call("merge")

    assert first.err == "√ 汇总表写到 4-汇总/2025年汇总表.xlsx\n"
    assert again.err == "没有变化：4-汇总/2025年汇总表.xlsx 还是上次汇总的，没有重写\n"
    assert again.out == first.out
