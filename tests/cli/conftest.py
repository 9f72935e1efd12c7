"""How the tests call the command: in this process, or as a person does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tianbao import messages
from tianbao.cli.main import main
from tianbao.form.load import load_form
from tianbao.records.model import Unit, Value
from tianbao.workbook.write import write_workbook


class Told(NamedTuple):
    """What a call said, and its exit status."""

    status: int
    out: str
    err: str


Call = Callable[..., Told]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Call]:
    """Call the command within this process, in an empty folder and in Chinese."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIANBAO_LANG", "zh")

    def called(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert isinstance(left.value.code, int)
        return Told(left.value.code, *capsys.readouterr())

    yield called
    messages.use_language(None)


@pytest.fixture
def spawn(tmp_path: Path) -> Call:
    """Call the command as a process of its own, in an empty folder and in Chinese."""

    def spawned(*arguments: str, **surroundings: str) -> Told:
        environment = {**os.environ, "TIANBAO_LANG": "zh", "PYTHONIOENCODING": "utf-8", **surroundings}
        run = subprocess.run(
            [sys.executable, "-m", "tianbao", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        )
        encoding = environment["PYTHONIOENCODING"]
        return Told(run.returncode, run.stdout.decode(encoding), run.stderr.decode(encoding))

    return spawned


def is_gone(group: int, *, seconds: float) -> bool:
    """Tell whether no process of a group is left within so many seconds; what is left is ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return False


Maker = Callable[..., str]


@pytest.fixture
def workbook(tmp_path: Path) -> Maker:
    """Make a workbook of the small form, complete and consistent but for what is said, and return its name."""

    def made(name: str, code: str = "1", *, year: int = 2025, form: str = "fire-safety", **values: Value) -> str:
        definition = load_form(form)
        table = definition.tables[0]
        answers: dict[str, Value] = {cell.key: 0 for cell in table.inputs()}
        answers |= {cell.key: cell.codes[0] if cell.codes else "某" for cell in definition.cover if not cell.default}
        answers["cover.filled_on"] = f"{year}-12-31"
        answers |= {key.replace("__", "."): value for key, value in values.items()}
        unit = Unit(code, f"第{code}镇")
        write_workbook(definition, tmp_path / name, unit=unit, year=year, values=answers)
        return name

    return made
