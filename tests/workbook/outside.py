"""What a reading costs, measured from outside: by the parent, which asks the system what its child has used.

    test ──▶ launcher (small, knows nothing) ──▶ child: Python, tianbao, one file ──▶ verdict
                        └──── wait4: seconds of the processor, most memory ────▶ test

A child counts as its own what its parent held when it was started. So a launcher of a few megabytes starts it, and
not the process of the tests. Seconds are those of the processor, the child's own children's too: a busy machine
does not change them much.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

_SOURCE = Path(__file__).parents[2] / "src"

#: Starts what it is told, waits for it, and says what it has used. Without `site`, to be small.
_LAUNCHER = """
import json, os, signal, sys
for line in sys.stdin:
    argv, seconds = json.loads(line)
    out, into = os.pipe()
    err = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, into, 1), (os.POSIX_SPAWN_DUP2, err, 2), (os.POSIX_SPAWN_CLOSE, out)]
    child = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    os.close(into)
    os.close(err)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(seconds)
    with open(out, encoding="utf-8") as said:
        answer = said.read()
    _, status, used = os.wait4(child, 0)
    signal.alarm(0)
    print(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss, answer]), flush=True)
"""

#: Reads one file as `tianbao read` does, and says what became of it.
_READ = """
import json, sys
from tianbao.workbook.read import read_many
print(json.dumps([
    [one.verdict, one.reason.code if one.reason else "", [note.code for note in one.notes],
     {key: str(one[key]) for key in sys.argv[2:] if key in one.answers}]
    for one in read_many(sys.argv[1:2])
]))
"""


class Outcome(NamedTuple):
    """What became of a file: verdict, code of the refusal, codes of what is told, and the values asked for."""

    verdict: str
    code: str
    told: tuple[str, ...]
    values: dict[str, str]


class Cost(NamedTuple):
    """What a process has used: seconds of the processor, megabytes of memory at most."""

    seconds: float
    megabytes: float


class Outside:
    """A launcher that is running."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(_SOURCE)}
        self._child = subprocess.Popen(
            [sys.executable, "-S", "-c", _LAUNCHER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        self._child.stdout.close()
        self._child.wait(timeout=60)

    def run(self, program: str, *arguments: str, seconds: int = 60) -> tuple[str, Cost]:
        """Run a program of Python; return what it prints, and its cost.

        Raises:
            RuntimeError: it fails, or takes longer than so many seconds of the clock.
        """
        status, used, memory, answer = self._ask([sys.executable, "-c", program, *arguments], seconds)
        if status:
            raise RuntimeError(f"ended with status {status} after {used:.1f} s")
        return answer, Cost(used, memory / (1 << 20 if sys.platform == "darwin" else 1 << 10))

    def read(self, path: Path, keys: Sequence[str] = (), seconds: int = 60) -> tuple[list[Outcome], Cost]:
        """Read a file in a process of its own; return what became of it and of all that lies in it, and the cost."""
        answer, cost = self.run(_READ, str(path), *keys, seconds=seconds)
        outcomes = [Outcome(verdict, code, tuple(told), values) for verdict, code, told, values in json.loads(answer)]
        return outcomes, cost

    def _ask(self, argv: Sequence[str], seconds: int) -> Any:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps([argv, seconds]) + "\n")
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline())
