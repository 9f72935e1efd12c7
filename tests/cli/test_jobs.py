"""`--jobs`: several processes read, and nothing else is different; an interruption ends them all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, Maker, is_gone
from tianbao.records.model import Submission
from tianbao.workbook import read

_read_file = read._read_file


def dies_over_one(file: tuple[Path, tuple[str, ...]], wish: read._Wish) -> list[Submission]:
    if file[0].name == "坏.xlsx":
        os._exit(9)
    return _read_file(file, wish)


@pytest.fixture
def returns(workbook: Maker, tmp_path: Path) -> str:
    """A folder of returns, one of them no workbook, one with a mistake."""
    folder = tmp_path / "收件"
    folder.mkdir()
    for code in "123":
        shutil.move(tmp_path / workbook(f"{code}.xlsx", code), folder)
    shutil.move(tmp_path / workbook("4.xlsx", "4", inspections__public__inspected=9), folder)
    (folder / "公文.xlsx").write_bytes(b"%PDF-1.7")
    return folder.name


@pytest.mark.parametrize("command", [["read"], ["check"], ["read", "--json"], ["merge", "--json"]])
def test_several_processes_say_the_same_in_the_same_order(call: Call, returns: str, command: list[str]) -> None:
    alone, together = (call(*command, returns, "--jobs", jobs) for jobs in "12")

    assert together == alone
    assert alone.status == 1


@pytest.mark.parametrize(("copies", "processes"), [(40, []), (41, [2])])
def test_without_a_number_many_files_are_read_by_several_processes(
    call: Call, returns: str, monkeypatch: pytest.MonkeyPatch, copies: int, processes: list[int]
) -> None:
    asked: list[int] = []

    def noting(function: Callable[..., Any], files: list[Any], *, jobs: int, lost: object) -> Any:
        del lost
        asked.append(jobs)
        return (function(file) for file in files)

    monkeypatch.setattr(read, "call_apart", noting)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    call("read", *[f"{returns}/公文.xlsx"] * copies)

    assert asked == processes


def test_a_number_below_one_is_told(call: Call) -> None:
    told = call("read", "收件", "--jobs", "0")

    assert told == (2, "", "[U-OPTION-VALUE] --jobs 的值不能用。\n→ 应为：不小于 1 的整数。\n")


def test_a_file_that_ends_its_process_is_refused_and_the_others_are_read(
    call: Call, returns: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / returns / "2.xlsx").rename(tmp_path / returns / "坏.xlsx")
    monkeypatch.setattr(read, "_read_file", dies_over_one)

    told = call("read", returns, "--jobs", "2", "--json")

    found = [(s["file"], s["reason"] and s["reason"]["code"]) for s in json.loads(told.out)["submissions"]]
    assert found == [
        ("1.xlsx", None),
        ("3.xlsx", None),
        ("4.xlsx", None),
        ("公文.xlsx", "F-PDF"),
        ("坏.xlsx", "F-CRASHED"),
    ]
    (lost,) = [s for s in json.loads(told.out)["submissions"] if s["file"] == "坏.xlsx"]
    assert lost["reason"]["message"] == (
        "“坏.xlsx”读到一半，读它的进程突然中断了，再试一次也是这样。"
        " 别的文件照常读取。请用 WPS 或 Excel 打开这份文件，另存为 .xlsx 后再发。"
    )
    assert len(lost["sha256"]) == 64


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts in another way")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interruption_ends_everything_at_once(workbook: Maker, tmp_path: Path, jobs: str) -> None:
    folder = tmp_path / "收件"
    folder.mkdir()
    made = tmp_path / workbook("1.xlsx")
    for number in range(1000):
        shutil.copy(made, folder / f"{number}.xlsx")
    running = subprocess.Popen(
        [sys.executable, "-m", "tianbao", "--lang", "zh", "read", str(folder), "--jobs", jobs],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert running.stderr is not None
    first = running.stderr.readline()

    os.killpg(running.pid, signal.SIGINT)
    *_, last, way_out = running.stderr.read().splitlines()
    running.stderr.close()

    assert (running.wait(), first) == (130, "1/1000 0.xlsx\n")
    assert last == "[U-INTERRUPTED] 已中断。写完的文件都是完整的，没有写完的不会留下。"
    assert way_out == "→ 要接着做的，把同一条命令再运行一次。"
    assert is_gone(running.pid, seconds=5)
