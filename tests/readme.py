"""The transcripts of the README files: run as they stand, compared, and renewed by `python -m tests.readme`.

In a block marked `console` every line after `$ ` is run, in order, in one empty folder; what stands below it is what the command
prints. A line `…` stands for all that is not shown.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_REST = "…"


def renewed(text: str, folder: Path) -> str:
    """Return a README with what its commands print now."""
    return _BLOCK.sub(lambda block: _run_block(block.group(), folder), text)


def python_blocks(text: str) -> list[str]:
    """Return the Python that a README shows."""
    return re.findall(r"(?<=```python\n).*?(?=```)", text, re.DOTALL)


def _run_block(block: str, folder: Path) -> str:
    entries = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    lines: list[str] = []
    for entry in entries:
        command, *shown = entry.rstrip("\n").split("\n")
        printed = _run(command, folder)
        if _REST in shown:
            printed = [*printed[: shown.index(_REST)], _REST]
        lines += [f"$ {command}", *printed]
    return "\n".join(lines) + "\n"


def _run(command: str, folder: Path) -> list[str]:
    """Run a command as this interpreter's tianbao, and return the lines it prints to stdout."""
    name, *arguments = shlex.split(command)
    assert name == "tianbao", command
    done = subprocess.run(
        [sys.executable, "-m", "tianbao", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return [line.rstrip() for line in done.stdout.splitlines()]


def main() -> None:
    """Renew the transcripts of all README files."""
    for name in FILES:
        path = ROOT / name
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(renewed(path.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
