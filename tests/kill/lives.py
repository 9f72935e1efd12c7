"""A life: one process that does what of a plan is not done yet, until it is done or ended.

    folder + plan ──begin──▶ a process ──kill──▶ a folder as it was left
                                  └── fault ──▶ what came out of the campaign, and what was there then

Every process is a copy of one in which all is loaded already, so that a life begins at once.
"""

from __future__ import annotations

import multiprocessing
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from time import monotonic
from typing import Any, Self

from tests.kill.faults import Fault, Layer
from tests.kill.picture import Picture, look_at
from tests.kill.plan import Plan, do
from tianbao.campaign.campaign import Campaign
from tianbao.errors import TianbaoError
from tianbao.form.model import Severity

#: What is loaded before the first life begins; the last ones are loaded late by the program itself.
_LOADED = [
    "tests.kill.lives",
    "tianbao.merge.merge",
    "tianbao.reports.correction",
    "tianbao.reports.county",
    "tianbao.reports.replies",
    "filelock",
]
#: A life that takes longer hangs.
_LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look into a folder showed.

    Attributes:
        picture: None where it could not be opened.
        damages: codes of what `verify` says.
        wrong: what is wrong.
    """

    picture: Picture | None
    damages: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a life ended.

    Attributes:
        steps: at which something was written, in order.
        code: of what the campaign raised; empty where it raised nothing.
        then: what was in the folder when it had raised that.
        wrong: any other exception.
        seconds: how long it took.
    """

    steps: tuple[str, ...]
    code: str
    then: Seen | None
    wrong: tuple[str, ...]
    seconds: float


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


@dataclass(slots=True)
class Life:
    """A process at work.

    Attributes:
        only: the step that it does; None for all.
        fault: what goes wrong.
    """

    folder: Path
    plan: Plan
    only: int | None = None
    fault: Fault | None = None
    _process: Any = field(init=False)
    _pipe: Connection = field(init=False)

    def __enter__(self) -> Self:
        self._pipe, theirs = _context().Pipe(duplex=False)
        self._process = _context().Process(
            target=_work, args=(theirs, self.folder, self.plan, self.only, self.fault), daemon=True
        )
        self._process.start()
        theirs.close()
        assert self._pipe.recv() == "begun"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def ends_within(self, seconds: float) -> bool:
        """Wait; return whether it has ended by itself."""
        self._process.join(seconds)
        return self._process.exitcode is not None

    def end(self) -> Ended | None:
        """Let it come to its end; None where it was killed on the way."""
        try:
            said = self._pipe.recv() if self._pipe.poll(_LONGEST) else "hangs"
        except EOFError:
            return None
        assert isinstance(said, Ended), said
        return said


def look(folder: Path) -> Seen:
    """Open a folder in a process of its own, and look through all of it."""
    ours, theirs = _context().Pipe(duplex=False)
    process = _context().Process(target=_look, args=(theirs, folder), daemon=True)
    process.start()
    theirs.close()
    try:
        seen = ours.recv() if ours.poll(_LONGEST) else Seen(None, wrong=("hangs",))
    except EOFError:
        seen = Seen(None, wrong=("died",))
    process.join()
    process.close()
    ours.close()
    assert isinstance(seen, Seen)
    return seen


# ── in the process ───────────────────────────────────────────────────────────────────────────────────────────────────


def _work(pipe: Connection, folder: Path, plan: Plan, only: int | None, fault: Fault | None) -> None:
    layer = Layer(folder, fault)
    layer.put_on()
    pipe.send("begun")
    begin = monotonic()
    code, then, wrong = "", None, ""
    try:
        code, then = _disturbed(layer, folder, plan, only)
    except Exception:  # noqa: BLE001 (whatever it is, it should not have left the campaign)
        wrong = traceback.format_exc()
    pipe.send(Ended(tuple(layer.steps), code, then, (wrong,) if wrong else (), monotonic() - begin))


def _disturbed(layer: Layer, folder: Path, plan: Plan, only: int | None) -> tuple[str, Seen | None]:
    """Do the work; where something goes wrong, look at what is left and go on as a page in a browser does.

    That one has the campaign open all the time, if it could be opened.
    """
    code, then = "", None
    for _ in range(2):
        try:
            with Campaign(folder) as campaign:
                for _ in range(2):
                    try:
                        do(campaign, plan, only=only)
                    except TianbaoError as error:
                        if code:
                            raise
                        code = error.code
                        layer.rest()
                        then = _seen(folder)
                    else:
                        return code, then
        except TianbaoError as error:
            if code:
                raise
            code = error.code
            layer.rest()
    raise AssertionError(code)


def _look(pipe: Connection, folder: Path) -> None:
    try:
        seen = _seen(folder)
    except Exception:  # noqa: BLE001 (it is told where it is looked at)
        seen = Seen(None, wrong=(traceback.format_exc(),))
    pipe.send(seen)


def _seen(folder: Path) -> Seen:
    with Campaign(folder) as campaign:
        found = campaign.verify()
    damages = tuple(f"{damage.code} {dict(damage.params)}" for damage in found if damage.severity is Severity.ERROR)
    return Seen(look_at(folder), damages)
