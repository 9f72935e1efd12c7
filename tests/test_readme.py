from pathlib import Path

import pytest

from tests import readme


@pytest.mark.parametrize("name", readme.FILES)
def test_what_the_readme_shows_is_what_the_commands_print(name: str, tmp_path: Path) -> None:
    text = (readme.ROOT / name).read_text(encoding="utf-8")

    assert readme.renewed(text, tmp_path) == text


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = readme.python_blocks((readme.ROOT / "README.md").read_text(encoding="utf-8"))

    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - it is our own

    assert blocks
