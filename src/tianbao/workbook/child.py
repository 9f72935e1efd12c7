"""A parser in a process of its own, with limits on its memory and its time.

A foreign parser that meets foreign bytes may hang, abort, take all memory, or raise what nobody expects: then the file
is refused, and nothing else suffers.
"""

from __future__ import annotations

import signal
import subprocess
import sys

#: On a busy machine, a second of the processor takes several of the clock.
_PATIENCE = 4


class ChildError(Exception):
    """The process came to no good end.

    Attributes:
        is_slow: it was ended because it took too long.
    """

    def __init__(self, *, is_slow: bool = False) -> None:
        super().__init__()
        self.is_slow = is_slow


def ask_child(module: str, *arguments: int, data: bytes, seconds: float) -> bytes:
    """Run a module of ours with `data` as its input, and return its output.

    What must stay secret belongs into `data`: arguments are for everybody to see.

    Args:
        module: to run.
        arguments: its own.
        data: what it reads.
        seconds: of the processor that it allows itself (`limit_process`); by the clock it gets a few times as many.

    Raises:
        ChildError: it died, failed or did not end in time.
    """
    #: `-P`: a library is never taken from the folder in which somebody reads his files.
    command = [sys.executable, "-P", "-m", module, *map(str, arguments)]
    try:
        return subprocess.run(  # noqa: S603 (ourselves)
            command,
            input=data,
            capture_output=True,
            check=True,
            timeout=_PATIENCE * seconds,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    except subprocess.TimeoutExpired as fault:
        raise ChildError(is_slow=True) from fault
    except subprocess.CalledProcessError as fault:
        raise ChildError(is_slow=fault.returncode == -getattr(signal, "SIGXCPU", 0)) from fault
    except OSError as fault:
        raise ChildError from fault


def limit_process(memory: int, seconds: int) -> None:
    """In such a process: take no more than so many bytes, and so many seconds of the processor."""
    if sys.platform != "win32":  # which has no such limits; there, the parent's patience must do
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
