"""`read`: values with their origins, and every bad file a sentence."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import msoffcrypto
import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import Call, Maker
from tests.records.samples import submission
from tests.workbook.returned import numbered, numbers
from tianbao.cli.read import _show
from tianbao.form.load import load_form


def foreign(path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.title = "工资表"
    book.active["A1"] = "姓名"
    book.save(path)


def pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")


def truncated(path: Path) -> None:
    foreign(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


BAD = {
    "pdf": (pdf, "F-PDF  收到的是 PDF（“坏.xlsx”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。"),
    "truncated": (
        truncated,
        "F-TRUNCATED  “坏.xlsx”不完整，传输或保存时中断了。 请在 WPS 或 Excel 中打开原文件，另存一份后再发。",
    ),
    "foreign": (
        foreign,
        "F-NOT-OURS  “坏.xlsx”不是本办公室下发的表格（里面的工作表：工资表）。 请用下发的表格填写后回传；不要把数字抄到别的表里。",
    ),
    "empty": (empty, "F-EMPTY  “坏.xlsx”是空文件，里面没有内容。 请在 WPS 或 Excel 里重新保存后再发一次。"),
}


@pytest.mark.parametrize(("make", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_a_reason(call: Call, tmp_path: Path, make: object, sentence: str) -> None:
    assert callable(make)
    make(tmp_path / "坏.xlsx")

    told = call("read", "坏.xlsx")

    assert told == (1, f"× 坏.xlsx\n  {sentence}\n", "读了 0 份，读不了 1 份。\n→ 各格的值请加 --json 输出。\n")


def test_a_file_that_is_not_there_is_told(call: Call) -> None:
    told = call("read", "无.xlsx")

    assert told == (
        3,
        "",
        "[F-MISSING] 找不到文件或文件夹：无.xlsx\n→ 请检查路径是否写对；路径里有空格的，用引号括起来。\n",
    )


def test_a_folder_without_files_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()

    told = call("read", "收件")

    assert told == (
        3,
        "",
        "[U-NOTHING] 这里没有可以读的文件：收件。\n→ 给出工作簿、文件夹、zip 压缩包或邮件（.eml）。\n",
    )


def test_a_workbook_is_told_with_what_is_filled(call: Call, workbook: Maker) -> None:
    name = workbook("1.xlsx", inspections__public__places=3, inspections__rented__found=None)

    told = call("read", name)

    assert told == (
        0,
        ("√ 1.xlsx  1 第1镇  2025  fire-safety\n  已填 27 格，空白 101 格，零报告 0 格，读不出 0 格\n"),
        "读了 1 份，读不了 0 份。\n→ 各格的值请加 --json 输出。\n",
    )


def test_many_notes_of_one_kind_are_folded(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx")
    book = load_workbook(tmp_path / name)
    for row in range(9, 13):
        for column in "DFG":
            book["一、检查情况"][f"{column}{row}"] = "5 "
    book.save(tmp_path / name)

    lines = call("read", name).out.splitlines()

    assert [line[:18] for line in lines[2:]] == ["  ○ V-TEXT-NUMBER "] * 5 + ["  ○ ……另有 7 处同样的情况（"]


def test_a_workbook_is_told_to_programs(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook(
        "1.xlsx",
        inspections__public__places=8,
        inspections__public__inspected=2,
        inspections__public__fines="12.50",
        hazards__1__found_on="2025-03-04",
        control__visited=9,
        remarks="一\n二",
    )

    told = call("read", name, "--json")

    document = json.loads(told.out)
    (submission,) = document["submissions"]
    assert (told.status, document["schema"]) == (0, "tianbao.read/1")
    assert submission["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert (submission["file"], submission["verdict"], submission["reason"]) == ("1.xlsx", "read", None)
    assert (submission["form"], submission["year"]) == ("fire-safety", 2025)
    assert submission["unit"] == {"code": "1", "name": "第1镇"}
    assert submission["values"]["inspections.public.places"] == 8
    assert submission["values"]["inspections.total.places"] == 8
    assert submission["values"]["inspections.public.rate"] == "25"
    assert submission["values"]["inspections.public.fines"] in ("12.5", "12.50")
    assert submission["values"]["hazards.1.found_on"] == "2025-03-04"
    assert submission["values"]["hazards.2.found_on"] is None
    assert submission["fields"]["control.visited"] == 9
    assert submission["texts"] == {"remarks": "一\n二"}
    assert submission["origins"]["inspections.public.places"] == "一、检查情况!D9"
    assert submission["notes"] == []


def test_how_a_value_was_read_is_told_with_its_place(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx")
    book = load_workbook(tmp_path / name)
    book["一、检查情况"]["D9"] = "５处"
    book["一、检查情况"]["D10"] = "/"
    book.save(tmp_path / name)

    told = call("read", name)
    document = json.loads(call("read", name, "--json").out)

    assert told.status == 1
    assert told.out.splitlines()[0] == "× 1.xlsx  1 第1镇  2025  fire-safety"
    (submission,) = document["submissions"]
    assert submission["values"]["inspections.public.places"] == 5
    assert submission["values"]["inspections.rented.places"] is None
    notes = {(note["at"], note["severity"], note["raw"]) for note in submission["notes"]}
    assert ("一、检查情况!D9", "note", "５处") in notes
    assert ("一、检查情况!D10", "error", "/") in notes


def test_a_program_is_told_why_a_value_is_null_and_which_figures_are_not_known_in_full(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    name = workbook("1.xlsx", inspections__public__places=None, control__visited=3)
    book = load_workbook(tmp_path / name)
    book["一、检查情况"]["D10"] = "/"
    book.save(tmp_path / name)

    (submission,) = json.loads(call("read", name, "--json").out)["submissions"]

    states = {key: state for key, state in submission["states"].items() if not key.startswith("hazards.")}
    assert {key: state for key, state in states.items() if not key.endswith(".rate")} == {
        "inspections.public.places": "blank",
        "inspections.rented.places": "unreadable",
    }
    assert submission["incomplete"] == [
        *("inspections.public.places", "inspections.public.rate"),
        *("inspections.rented.places", "inspections.rented.rate"),
        *("inspections.total.places", "inspections.total.rate"),
    ]


def test_what_does_not_apply_is_counted_by_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIANBAO_LANG", "zh")
    places = [f"inspections.{row}.places" for row in ("public", "rented", "factory")]

    _show(submission("fire-safety", not_applicable=places[:2], unreadable=places[2:]))

    assert capsys.readouterr().out.splitlines()[1] == (
        "  已填 25 格，空白 100 格，零报告 0 格，读不出 1 格，不适用 2 格"
    )


def test_a_refused_file_is_told_to_programs_without_values(call: Call, tmp_path: Path) -> None:
    pdf(tmp_path / "坏.xlsx")

    told = call("read", "坏.xlsx", "--json", "--lang", "en")

    (submission,) = json.loads(told.out)["submissions"]
    assert told.status == 1
    assert submission["verdict"] == "refused"
    assert submission["reason"]["code"] == "F-PDF"
    assert (submission["form"], submission["year"], submission["unit"]) == (None, None, None)
    assert "values" not in submission


def test_one_bad_file_stops_no_other_and_each_is_one_line_of_progress(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    pdf(tmp_path / "坏.xlsx")
    names = [workbook("1.xlsx"), "坏.xlsx", workbook("2.xlsx", "2")]

    told = call("read", *names)

    assert told.status == 1
    assert [line for line in told.out.splitlines() if not line.startswith(" ")] == [
        "√ 1.xlsx  1 第1镇  2025  fire-safety",
        "× 坏.xlsx",
        "√ 2.xlsx  2 第2镇  2025  fire-safety",
    ]
    assert told.err.splitlines()[:3] == ["1/3 1.xlsx", "2/3 坏.xlsx", "3/3 2.xlsx"]


def test_a_copy_is_told_and_counted_once(call: Call, workbook: Maker, tmp_path: Path) -> None:
    name = workbook("1.xlsx")
    with ZipFile(tmp_path / "全部.zip", "w") as archive:
        archive.write(tmp_path / name, "1.xlsx")

    told = call("read", name, "全部.zip")
    first, second = json.loads(call("read", name, "全部.zip", "--json").out)["submissions"]

    assert told.status == 0
    assert told.out.splitlines()[2:] == [
        "○ 全部.zip/1.xlsx  1 第1镇  2025  fire-safety",
        "  已填 28 格，空白 100 格，零报告 0 格，读不出 0 格",
        "  ○ M-SAME  全部.zip/1.xlsx 与 1.xlsx 是同一个文件，只计一次。 不用处理：没有重复计算。",
    ]
    assert told.err.splitlines()[-3:] == [
        "读了 1 份，读不了 0 份。",
        "→ 各格的值请加 --json 输出。",
        "另有 1 份与已算的完全一样，没有重复计算。",
    ]
    assert (first["notes"], first["sha256"]) == ([], second["sha256"])
    assert [(note["code"], note["severity"]) for note in second["notes"]] == [("M-SAME", "note")]


def test_two_different_files_of_a_unit_are_told_with_the_cells(call: Call, workbook: Maker) -> None:
    told = call("read", workbook("1.xlsx"), workbook("1改.xlsx", inspections__public__places=4))

    said = "“第1镇”报来的几份数不一样（1.xlsx、1改.xlsx），都不计入；不同的有 1 格：一、检查情况!D9“0”“4”。"
    assert (told.status, [line for line in told.out.splitlines() if "M-TWICE" in line]) == (
        1,
        [f"  × M-TWICE  {said} 请与该单位核对，只留下正确的一份。"] * 2,
    )


def test_another_form_than_the_one_asked_for_is_refused(call: Call, workbook: Maker) -> None:
    told = call("read", workbook("1.xlsx"), "--form", "zfxxgk-2021", "--json")

    (submission,) = json.loads(told.out)["submissions"]
    assert told.status == 1
    assert submission["verdict"] == "refused"
    assert "fire-safety" in submission["reason"]["message"]
    assert "zfxxgk-2021" in submission["reason"]["message"]


def test_json_is_whole_on_a_console_that_is_not_unicode(spawn: Call, workbook: Maker) -> None:
    name = workbook("1.xlsx", cover__leader="𠮷田")

    told = spawn("read", name, "--json", PYTHONIOENCODING="gbk")

    (submission,) = json.loads(told.out)["submissions"]
    assert submission["fields"]["cover.leader"] == "𠮷田"


def test_an_older_layout_is_read_as_the_current_form(call: Call, tmp_path: Path) -> None:
    (tmp_path / "旧表.xlsx").write_bytes(numbered(load_form("zfxxgk-2019")))

    status, out, _ = call("read", "旧表.xlsx", "--as", "zfxxgk-2021", "--json")

    (submission,) = json.loads(out)["submissions"]
    assert (status, submission["form"]) == (0, "zfxxgk-2021")
    assert "R-MIGRATED" in [note["code"] for note in submission["notes"]]


def test_an_older_layout_is_merged_as_the_current_form(call: Call, tmp_path: Path) -> None:
    old = load_form("zfxxgk-2019")
    (tmp_path / "旧表.xlsx").write_bytes(numbered(old))

    _, out, _ = call("merge", "旧表.xlsx", "--as", "zfxxgk-2021", "--json")

    merged = json.loads(out)
    assert merged["form"] == "zfxxgk-2021"
    assert merged["totals"]["remedies.review.upheld"] == numbers(old)["remedies.review.upheld"]


def test_an_older_layout_is_checked_as_the_current_form(call: Call, tmp_path: Path) -> None:
    (tmp_path / "旧表.xlsx").write_bytes(numbered(load_form("zfxxgk-2019")))

    status, out, _ = call("check", "旧表.xlsx", "--as", "zfxxgk-2021")

    assert status == 1
    assert "△ R-NO-HOME" in out
    assert "△ R-MIGRATED-TOTAL" in out


SECRET = "开门Sesame"  # noqa: S105


def lock(path: Path, password: str = SECRET) -> None:
    data = BytesIO()
    msoffcrypto.OfficeFile(BytesIO(path.read_bytes())).encrypt(password, data)
    path.write_bytes(data.getvalue())


def test_a_locked_workbook_is_read_with_the_password_in_the_environment(
    call: Call, workbook: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A17."""
    name = workbook("1.xlsx")
    lock(tmp_path / name)
    monkeypatch.setenv("OLD_PASSWORD", "sesame")
    monkeypatch.setenv("OPEN_PASSWORD", SECRET)

    told = call("read", name, "--password-env", "OLD_PASSWORD", "--password-env", "OPEN_PASSWORD")

    assert told.status == 0
    assert told.out.splitlines()[0].endswith("1.xlsx  1 第1镇  2025  fire-safety")
    assert "F-UNLOCKED  文件或它所在的压缩包设有密码，已用给出的密码打开。 不用处理。" in told.out


def test_a_wrong_password_has_a_sentence_of_its_own(
    call: Call, workbook: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = workbook("1.xlsx")
    lock(tmp_path / name)
    monkeypatch.setenv("OPEN_PASSWORD", "sesame")

    told = call("read", name, "--password-env", "OPEN_PASSWORD")

    assert told.status == 1
    assert told.out == (
        "× 1.xlsx\n  F-PASSWORD  “1.xlsx”设有密码，给出的 1 个密码都打不开它。"
        " 请核对密码，注意大小写和全角半角；也可以请对方去掉密码后再发。\n"
    )


@pytest.mark.parametrize("command", [["read"], ["check"], ["merge", "--json"]])
def test_a_password_that_is_not_set_is_told(call: Call, workbook: Maker, command: list[str]) -> None:
    told = call(*command, workbook("1.xlsx"), "--password-env", "NO_SUCH_NAME")

    assert (told.status, told.out) == (2, "")
    assert told.err.startswith("[U-PASSWORD] 环境变量 NO_SUCH_NAME 没有设置，或者是空的。")


@pytest.mark.parametrize("password", [SECRET, f"又{SECRET}"], ids=["right", "wrong"])
@pytest.mark.parametrize(
    "command",
    [
        ["read"],
        ["read", "--json"],
        ["check", "--prior", "1.xlsx", "--json"],
        ["check", "--lang", "en"],
        ["merge", "-o", "county.xlsx"],
        ["merge", "--json"],
    ],
    ids=" ".join,
)
def test_nothing_that_is_printed_or_written_shows_a_password(
    spawn: Call, workbook: Maker, tmp_path: Path, command: list[str], password: str
) -> None:
    names = [workbook("1.xlsx"), workbook("2.xlsx", "2")]
    lock(tmp_path / names[0])

    told = spawn(*command, *names, "--password-env", "OPEN_PASSWORD", OPEN_PASSWORD=password)

    assert told.status == (0 if password == SECRET else 1)
    assert ("F-PASSWORD" in told.out) is (password != SECRET)
    assert password not in told.out + told.err
    assert [path.name for path in tmp_path.iterdir() if password.encode() in path.read_bytes()] == []
