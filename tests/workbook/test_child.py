"""A process of its own comes to a good end, or its caller hears that it did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tianbao.workbook.child import ChildError, ask_child


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the code of a module `guest` is to be written."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "guest.py"


def test_it_is_given_arguments_and_input_and_returns_its_output(module: Path) -> None:
    module.write_text("import sys; sys.stdout.buffer.write(sys.argv[1].encode() + sys.stdin.buffer.read())", "utf-8")

    assert ask_child("guest", 7, data=b"\0\xff", seconds=30) == b"7\0\xff"


@pytest.mark.parametrize(
    ("does", "is_slow"), [("import time; time.sleep(60)", True), ("raise SystemExit(3)", False), ("1/0", False)]
)
def test_what_goes_wrong_in_it_is_one_error_that_shows_nothing_of_its_input(
    does: str, *, is_slow: bool, module: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    module.write_text(f"import sys; print(sys.stdin.read(), file=sys.stderr); {does}", "utf-8")

    with pytest.raises(ChildError) as raised:
        ask_child("guest", data=b"secret", seconds=3)

    assert raised.value.is_slow is is_slow
    assert "secret" not in f"{raised.value!r} {raised.value.__cause__!r} {capfd.readouterr()}"
