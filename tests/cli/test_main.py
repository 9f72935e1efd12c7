"""Where the command starts and ends: misuse, language, failures, and nothing but sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tianbao.cli import form_list

HELP = """\
用法：tianbao form check PATH [OPTIONS]

  检查一份表样定义，一次说出全部错误和位置。

  PATH 是定义文件、它所在的文件夹，或者自带表样的名称。
  有错误时退出码为 3；只有提示（○）时为 0。

  例：
    tianbao form check 我的表样/form.toml

选项：
  --json        输出 JSON，供程序使用
  --lang zh|en  中文或英文；也可用环境变量 TIANBAO_LANG
  --help        显示这份说明
"""

ENGLISH_HELP = """\
Usage: tianbao form check PATH [OPTIONS]

  Check a form definition: all faults at once, each with its place.

  PATH is the definition, its folder, or the name of a bundled form.
  The exit status is 3 where there are faults, 0 where there are only notes (○).

  Example:
    tianbao form check my-form/form.toml

Options:
  --json        print JSON, for programs
  --lang zh|en  Chinese or English; the environment variable TIANBAO_LANG does the same
  --help        show this help
"""

MISUSE = {
    "unknown command": (
        ["chekc"],
        (
            "[U-COMMAND] 没有“chekc”这个命令。\n"
            "→ 最接近的是 check；全部命令：demo init issue send outbox fetch import claim status remind check return accept waive exempt adjust merge report log undo verify mail template read form explain。\n"
        ),
    ),
    "unknown command below": (
        ["form", "lst"],
        "[U-COMMAND] 没有“lst”这个命令。\n→ 最接近的是 list；全部命令：list show check cells。\n",
    ),
    "no command": (["--lang", "zh"], "[U-MISSING] “tianbao”缺少 COMMAND。\n→ 用法见 tianbao --help。\n"),
    "unknown option": (
        ["form", "list", "--jsn"],
        "[U-OPTION] “tianbao form list”没有选项 --jsn。\n→ 最接近的是 --json；用法见 tianbao form list --help。\n",
    ),
    "option without value": (
        ["template", "zfxxgk-2021", "--year"],
        "[U-NEEDS-VALUE] 选项 --year 后面少了值。\n→ 用法见 tianbao template --help。\n",
    ),
    "value of a wrong kind": (
        ["template", "zfxxgk-2021", "--year", "二〇二五"],
        "[U-OPTION-VALUE] --year 的值不能用。\n→ 应为：整数。\n",
    ),
    "value that is no choice": (
        ["--lang", "fr", "form", "list"],
        "[U-OPTION-VALUE] --lang 的值不能用。\n→ 应为：zh、en。\n",
    ),
    "missing argument": (["read"], "[U-MISSING] “tianbao read”缺少 FILE…。\n→ 用法见 tianbao read --help。\n"),
    "missing option": (
        ["template", "zfxxgk-2021"],
        "[U-MISSING] “tianbao template”缺少 --unit。\n→ 用法见 tianbao template --help。\n",
    ),
    "too many words": (
        ["form", "list", "a", "b"],
        (
            "[U-EXTRA] “tianbao form list”不需要后面的“a b”。\n"
            "→ 名称里有空格的，请用引号括起来；用法见 tianbao form list --help。\n"
        ),
    ),
    "value for a flag": (
        ["form", "list", "--json=1"],
        "[U-NO-VALUE] 选项 --json 后面不写值。\n→ 用法见 tianbao form list --help。\n",
    ),
}


@pytest.mark.parametrize(("arguments", "sentence"), MISUSE.values(), ids=MISUSE.keys())
def test_misuse_is_told_in_our_own_words_with_status_2(call: Call, arguments: list[str], sentence: str) -> None:
    told = call(*arguments)

    assert told == (2, "", sentence)


def test_misuse_is_told_in_english_too(call: Call) -> None:
    told = call("form", "lst", "--lang", "en")

    assert told == (
        2,
        "",
        "[U-COMMAND] There is no command “lst”.\n→ The nearest is list; all commands: list show check cells.\n",
    )


def test_help_has_an_example_and_says_every_option(call: Call) -> None:
    told = call("form", "check", "--help")

    assert told == (0, HELP, "")


@pytest.mark.parametrize(
    "arguments", [["--lang", "en", "form", "check", "--help"], ["form", "check", "--help", "--lang=en"]]
)
def test_help_speaks_the_language_asked_for_wherever_that_stands(call: Call, arguments: list[str]) -> None:
    told = call(*arguments)

    assert told == (0, ENGLISH_HELP, "")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "command",
    [
        [],
        ["form"],
        ["form", "list"],
        ["form", "show"],
        ["form", "check"],
        ["form", "cells"],
        ["template"],
        ["read"],
        ["check"],
        ["merge"],
        ["explain"],
        ["demo"],
        *([name] for name in ("init", "issue", "import", "claim", "status", "return")),
        *([name] for name in ("accept", "waive", "exempt", "log", "undo", "verify")),
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_an_example(call: Call, command: list[str], lang: str) -> None:
    told = call("--lang", lang, *command, "--help")

    assert told.status == 0
    assert f"    {' '.join(['tianbao', *command])}" in told.out


def test_without_a_command_the_help_goes_to_stderr(call: Call) -> None:
    asked, bare = call("--help"), call()

    assert bare == (2, "", asked.out)


def test_the_version_is_told(call: Call) -> None:
    from tianbao import __version__

    assert call("--version") == (0, f"tianbao {__version__}\n", "")


def test_a_folder_can_be_entered_first(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    told = call("-C", "a", "form", "list")

    assert told.status == 0
    assert Path.cwd() == tmp_path / "a"


def test_a_folder_that_is_not_there_is_named(call: Call) -> None:
    told = call("-C", "nowhere", "form", "list")

    assert told == (3, "", "[U-FOLDER] 没有这个文件夹，或者进不去：nowhere。\n→ 检查 -C 后面的路径。\n")


def test_a_failure_of_ours_is_a_sentence_that_asks_to_report_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> int:
        raise ZeroDivisionError("the test")

    monkeypatch.setattr(form_list.command, "callback", fail)

    told = call("form", "list")

    assert told == (
        3,
        "",
        (
            "[U-INTERNAL] 程序本身出了错：ZeroDivisionError: the test。这不是数据的错。\n"
            "→ 请设置环境变量 TIANBAO_DEBUG=1 再运行一次，把显示的内容报告给维护者。\n"
        ),
    )


def test_a_failure_of_ours_shows_its_trace_only_when_asked_to(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> int:
        raise ZeroDivisionError("the test")

    monkeypatch.setattr(form_list.command, "callback", fail)
    monkeypatch.setenv("TIANBAO_DEBUG", "1")

    told = call("form", "list")

    assert told.status == 3
    assert told.err.startswith("Traceback (most recent call last):\n")


def test_an_interruption_is_a_sentence(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(**_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(form_list.command, "callback", interrupt)

    told = call("form", "list")

    assert told == (
        130,
        "",
        "\n[U-INTERRUPTED] 已中断。写完的文件都是完整的，没有写完的不会留下。\n→ 要接着做的，把同一条命令再运行一次。\n",
    )


def test_what_a_chinese_console_cannot_show_becomes_a_question_mark(spawn: Call) -> None:
    told = spawn("form", "show", "𠀀", PYTHONIOENCODING="gbk")

    assert told.status == 3
    assert told.err.startswith("[U-FORM] 没有名为“?”的表样。")


def test_the_module_is_the_command(spawn: Call) -> None:
    told = spawn("form", "list", "--lang", "en")

    assert told.status == 0
    assert told.out.splitlines()[0].startswith("fire-safety  乡镇消防安全检查季报 (any year, ")


BAD_CALLS = {
    "unknown form": (["form", "cells", "zfxxgk"], 3, "U-FORM"),
    "missing file": (["check", "无.xlsx"], 3, "F-MISSING"),
    "wrong year": (
        ["template", "zfxxgk-2021", "--unit", "1", "--name", "甲", "--year", "2019", "-o", "1.xlsx"],
        2,
        "U-YEAR",
    ),
    "misuse": (["merge", "收件"], 2, "U-MISSING"),
    "no campaign": (["merge"], 3, "U-CAMPAIGN"),
}


@pytest.mark.parametrize(("arguments", "status", "code"), BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_a_process_of_its_own_ends_a_bad_call_with_a_sentence_and_a_status(
    spawn: Call, arguments: list[str], status: int, code: str
) -> None:
    told = spawn(*arguments)

    assert (told.status, told.out) == (status, "")
    assert told.err.startswith(f"[{code}] ")
    assert "Traceback" not in told.err


def test_a_process_of_its_own_refuses_a_bad_file_with_status_1(spawn: Call, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"%PDF-1.7\n")

    told = spawn("check", "坏.xlsx")

    assert told == (
        1,
        "× 坏.xlsx\n  F-PDF  收到的是 PDF（“坏.xlsx”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。\n",
        "共 1 份：√ 没有问题 0，× 须改正 0，△ 请核实 0，读不了 1。\n",
    )
