"""What the README files show of the program: compared, and renewed by `python -m tests.readme`.

In a block marked `console` every line after `$ ` is run, in order, in one empty folder; what stands below it is what the command
prints. A line `…` stands for all that is not shown. In a table, a line that begins with a code in brackets holds the example
of its sentence and what to do.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.renew_manual import PAGE
from tianbao import messages
from tianbao.reports.codes import entries

ROOT = Path(__file__).parents[1]
FILES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_ROW = re.compile(r"^\| \[(?:[×△○]+ )?([A-Z][A-Z0-9]*-[A-Z0-9-]+)\].*$", re.MULTILINE)
_REST = "…"


def renewed(text: str, folder: Path) -> str:
    """Return a README with what its commands print and what its codes say now."""
    told = _ROW.sub(lambda row: _row(row[1]), text)
    return _BLOCK.sub(lambda block: _run_block(block.group(), folder), told)


def python_blocks(text: str) -> list[str]:
    """Return the Python that a README shows."""
    return re.findall(r"(?<=```python\n).*?(?=```)", text, re.DOTALL)


def _row(code: str) -> str:
    """Show a code as the clerk sees it, with a link to the manual; of several forms' checks the newest."""
    entry = [entry for entry in entries("zh") if entry.code == code][-1]
    example = entry.examples()[0]
    sign = messages.say(f"cli.severity.{example.severities[0]}", "zh").partition(" ")[0]
    page = PAGE.relative_to(ROOT).as_posix()
    return f"| [{sign} {code}]({page}#{code.lower()}) | {example.sentence} | {example.way_out} |"


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
