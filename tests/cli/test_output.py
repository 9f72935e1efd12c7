"""What a terminal would obey is shown as what it is, on every line of every command (faults C)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.conftest import Call, Maker
from tests.workbook.packing import members_of, zip_of
from tianbao.cli.output import visible
from tianbao.records.file_names import file_name

#: A name that clears the screen, turns the line around, begins a line that says that all is well, and rings.
NAME = "\x1b[2J\u202e表\n√ 全部通过\x07\u200b\x9b1m.xlsx"
SHOWN = "\\x1b[2J\\u202e表\\n√ 全部通过\\x07\\u200b\\x9b1m.xlsx"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (NAME, SHOWN),
        ("白家庄镇　（×△○）", "白家庄镇　（×△○）"),
        ("=1+1 <script> \"'", "=1+1 <script> \"'"),
        ("a\tb\r\\", "a\\tb\\r\\"),
        ("\u2066a\u2069\u2028b\ufeff", "\\u2066a\\u2069\\u2028b\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("𠮷😀", "𠮷😀"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def named(path: Path, name: str) -> None:
    """Let a workbook say that its unit is called so."""
    parts = members_of(path.read_bytes())
    escaped = "".join(f"_x{ord(letter):04X}_" if OBEYED.match(letter) or letter == "\n" else letter for letter in name)
    for part in ("xl/sharedStrings.xml", "docProps/custom.xml"):
        parts[part] = parts[part].replace("第1镇".encode(), escaped.encode())
    path.write_bytes(zip_of(parts))


@pytest.mark.parametrize("command", ["read", "check"])
def test_a_file_and_a_unit_of_a_dangerous_name_are_shown(
    command: str, call: Call, workbook: Maker, tmp_path: Path
) -> None:
    file = tmp_path / workbook("1.xlsx")
    named(file, NAME)
    file.rename(tmp_path / NAME)

    told = call(command, NAME)

    assert told.out.splitlines()[0].endswith(f" {SHOWN}  1 {SHOWN}  2025  fire-safety")
    assert not OBEYED.search(told.out + told.err)


def test_a_refused_file_of_a_dangerous_name_is_shown(call: Call, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"%PDF-1.7\n")

    told = call("read", NAME, NAME)

    line = f"  F-PDF  收到的是 PDF（“{SHOWN}”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。"
    assert told.out.splitlines() == [f"× {SHOWN}", line] * 2
    assert told.err.splitlines()[:2] == [f"1/2 {SHOWN}", f"2/2 {SHOWN}"]


def test_a_member_of_a_dangerous_name_is_shown(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of([(f"../{NAME}", b"x")]))

    told = call("read", "a.zip")

    assert told.out.splitlines() == [
        "× a.zip",
        f"  F-MEMBER-NAME  “a.zip”里有不安全的文件名：../{SHOWN} 请用 WPS 或 Excel 另存为 .xlsx 后再发；压缩包请重新压缩。",
    ]


def test_a_merge_names_files_and_units_safely(call: Call, workbook: Maker, tmp_path: Path) -> None:
    file = tmp_path / workbook("1.xlsx")
    named(file, NAME)
    (tmp_path / NAME).write_bytes(b"%PDF-1.7\n")

    told = call("merge", "1.xlsx", NAME, "-o", "县.xlsx")

    assert told.out.splitlines()[1:] == [
        f"● 已汇总 1 家：{SHOWN}",
        f"× {SHOWN}  F-PDF  收到的是 PDF（“{SHOWN}”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。",
    ]
    assert ZipFile(tmp_path / "县.xlsx").testzip() is None


def test_what_is_wrong_with_a_call_is_told_safely(call: Call) -> None:
    told = call("read", f"无{NAME}")

    assert told.err.splitlines()[0] == f"[F-MISSING] 找不到文件或文件夹：无{SHOWN}"


def test_json_holds_every_character_and_sends_none_to_the_terminal(call: Call, workbook: Maker, tmp_path: Path) -> None:
    file = tmp_path / workbook("1.xlsx")
    named(file, NAME)
    file.rename(tmp_path / NAME)

    told = call("read", NAME, "--json")

    (submission,) = json.loads(told.out)["submissions"]
    assert (submission["file"], submission["unit"]["name"]) == (NAME, NAME)
    assert not OBEYED.search(told.out)
    assert "表" in told.out


# ── names of files ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("018_白家庄镇", "018_白家庄镇"),
        ('018_a/b\\c:d*e?f"g<h>i|j', "018_a_b_c_d_e_f_g_h_i_j"),
        ("018_镇. . ", "018_镇"),
        ("..", "_"),
        ("", "_"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON", "_CON"),
        ("con.1_镇", "_con.1_镇"),
        ("Lpt9", "_Lpt9"),
        ("COM¹", "_COM¹"),
        ("NUL .a", "_NUL .a"),
        ("CONIN$", "_CONIN$"),
        ("CONTACT", "CONTACT"),
        ("a\nb\x00c\u202ed", "a_b_c_d"),
        ("镇" * 300, "镇" * 60),
    ],
)
def test_a_name_becomes_the_name_of_a_file_that_every_system_can_store(name: str, stored: str) -> None:
    assert file_name(name, ".xlsx") == f"{stored}.xlsx"
