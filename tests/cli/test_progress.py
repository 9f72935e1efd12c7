"""How far a long work is: a bar on a terminal, a line an item elsewhere."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from tianbao import messages
from tianbao.cli import output
from tianbao.cli.columns import width
from tianbao.cli.output import progress

#: A Chinese console shows each as wide as an ideograph.
WIDE = str.maketrans("■□", "口口")


class Terminal(io.StringIO):
    """What a person sees."""

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        return [line for line in self.getvalue().split("\r") if line]


def open_terminal(monkeypatch: pytest.MonkeyPatch, lang: str = "zh") -> Terminal:
    """Have a terminal as stderr."""
    monkeypatch.setenv("TIANBAO_LANG", lang)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def pass_time(monkeypatch: pytest.MonkeyPatch, *moments: float) -> None:
    """Let it be so late each time that somebody looks at the clock."""
    left = iter(moments)
    monkeypatch.setattr(output, "time", SimpleNamespace(monotonic=lambda: next(left)))


def test_a_bar_grows_in_place_and_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    pass_time(monkeypatch, 0, 1, 2, 3)

    with progress() as told:
        for done, name in ((1, "白家庄镇.xlsx"), (12, "豆村镇.xlsx"), (50, "耿镇镇.xlsx")):
            told(done, 50, name)

    assert [line.rstrip() for line in terminal.lines()] == [
        "□□□□□□□□□□ 1/50 白家庄镇.xlsx",
        "■■□□□□□□□□ 12/50 豆村镇.xlsx",
        "■■■■■■■■■■ 50/50 耿镇镇.xlsx",
        "",
    ]


def test_what_takes_long_says_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    pass_time(monkeypatch, 0, 3, 65)

    with progress() as told:
        told(1, 50, "白家庄镇.xlsx")
        told(25, 50, "豆村镇.xlsx")

    early, late, _ = terminal.lines()
    assert early.rstrip() == "□□□□□□□□□□ 1/50 白家庄镇.xlsx"
    assert late.startswith("■■■■■□□□□□ 25/50 豆村镇.xlsx  ")
    assert late.endswith("  用了 1:05，约剩 1:05")


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_line_never_wraps_and_covers_the_one_before(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    terminal = open_terminal(monkeypatch, lang)
    pass_time(monkeypatch, 0, 1, 4_000)

    with progress() as told:
        told(1, 2_000, "a.xlsx")
        told(1_999, 2_000, "关于报送二〇二五年度政府信息公开工作年度报告的表格（最终版）（盖章）.xlsx")

    *lines, cleared = terminal.lines()
    assert [width(line.translate(WIDE)) for line in lines] == [79, 79]
    assert cleared == 79 * " "
    assert all(line.encode("gbk") for line in lines)


def test_nobody_looks_more_often_than_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    pass_time(monkeypatch, *(n / 32 for n in range(21)))

    with progress() as told:
        for done in range(1, 21):
            told(done, 20, "白家庄镇.xlsx")

    shown = [line.split()[1] for line in terminal.lines() if line.strip()]
    assert shown == ["1/20", "5/20", "9/20", "13/20", "17/20", "20/20"]


def test_a_single_file_has_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    with progress() as told:
        told(1, 1, "白家庄镇.xlsx")

    assert [line for line in terminal.lines() if line.strip()] == []


def test_a_bar_is_gone_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)

    def work() -> None:
        with progress() as told:
            told(1, 2, "白家庄镇.xlsx")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()

    assert terminal.getvalue().endswith("\r" + 79 * " " + "\r")


def test_elsewhere_each_item_is_a_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as told:
        told(1, 2, "白家庄镇.xlsx")
        told(2, 2, "豆村镇.xlsx")

    assert capsys.readouterr() == ("", "1/2 白家庄镇.xlsx\n2/2 豆村镇.xlsx\n")
