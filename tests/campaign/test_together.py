"""Several processes at one folder: whoever changes it is alone, whoever looks at it always sees a whole."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.office import begin, put, returned
from tianbao.campaign import folder as folders
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import HeldError
from tianbao.form.model import Severity

_SPAWN = multiprocessing.get_context("spawn")
#: Long enough for a process on a busy machine; nothing waits for so long where all goes well.
_LONGEST = 60.0


def started(work: Callable[..., None], *given: Any, daemon: bool = True) -> SpawnProcess:
    """Start a process."""
    process = _SPAWN.Process(target=work, args=given, daemon=daemon)
    process.start()
    return process


def is_done(process: SpawnProcess) -> bool:
    """Wait for a process; return whether it came to its end without a fault."""
    process.join(_LONGEST)
    return process.exitcode == 0


def import_all(folder: Path, files: Path, go: Signal) -> None:
    """Import files one after the other, each with a command of its own, as soon as all are ready."""
    folders._PATIENCE = _LONGEST
    assert go.wait(_LONGEST)
    for file in sorted(files.iterdir()):
        with Campaign(folder) as campaign:
            campaign.import_files([file], jobs=1)


def hold(folder: Path, held: Signal, enough: Signal) -> None:
    """Hold a campaign until it is enough."""
    with Campaign(folder) as campaign, campaign.changing("import"):
        held.set()
        assert enough.wait(_LONGEST)


def read_on(folder: Path, go: Signal, enough: Signal) -> None:
    """Look at a campaign again and again: each time all that was found belongs to what had come in."""
    go.set()
    while not enough.is_set():
        with Campaign(folder) as campaign:
            #: Each looks again at what has come in meanwhile: what it says is held against what it saw.
            assert campaign.status().received == len(campaign.state.receipts)
            assert len(campaign.check()) == len(campaign.state.receipts)
            damages = campaign.verify()
            assert not [damage for damage in damages if damage.severity is Severity.ERROR], damages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Begin a campaign of eight units, and make what the first half and the second half send."""
    with begin(tmp_path / "年报", 8) as campaign:
        campaign.issue()
        for number in range(1, 9):
            put(tmp_path, f"{'一' if number < 5 else '二'}/第{number}镇.xlsx", returned(campaign, number))
    return tmp_path / "年报"


def test_of_two_imports_at_once_nothing_is_lost(folder: Path) -> None:
    go = _SPAWN.Event()
    both = [started(import_all, folder, folder.parent / half, go) for half in ("一", "二")]

    go.set()

    assert [is_done(process) for process in both] == [True, True]
    with Campaign(folder) as campaign:
        came = [event.facts["name"] for event in campaign.events if event.kind is EventKind.RECEIVED]
        assert sorted(came) == [f"第{number}镇.xlsx" for number in range(1, 9)]
        assert [one.number for one in campaign.ledger.originals().values()] == list(range(1, 9))
        assert campaign.status().received == 8
        assert campaign.verify() == ()


def test_what_two_import_at_once_is_taken_in_once(folder: Path) -> None:
    go = _SPAWN.Event()
    both = [started(import_all, folder, folder.parent / "一", go) for _ in range(2)]

    go.set()

    assert [is_done(process) for process in both] == [True, True]
    with Campaign(folder) as campaign:
        came = [event.facts["name"] for event in campaign.events if event.kind is EventKind.RECEIVED]
        assert sorted(came) == [f"第{number}镇.xlsx" for number in range(1, 5)]
        assert campaign.verify() == ()


def test_whoever_waits_too_long_is_told_who_holds_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_PATIENCE", 0.2)
    held, enough = _SPAWN.Event(), _SPAWN.Event()
    holder = started(hold, folder, held, enough)
    assert held.wait(_LONGEST)

    with Campaign(folder) as campaign:
        before = campaign.events
        with pytest.raises(HeldError) as raised:
            campaign.import_files([folder.parent / "一"])
        assert campaign.status().received == 0

    enough.set()
    assert is_done(holder)
    facts = raised.value.params
    assert raised.value.message("zh") == (
        f"{folders.user()}（电脑 {facts['host']}，进程 {holder.pid}）从 {facts['since']} 起正在这个文件夹里运行 tianbao import。"
    )
    with Campaign(folder) as campaign:
        assert campaign.events == before
        assert len(campaign.import_files([folder.parent / "一"]).new) == 4


def test_whoever_comes_second_waits_for_a_short_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_PATIENCE", _LONGEST)
    held, enough = _SPAWN.Event(), _SPAWN.Event()
    holder = started(hold, folder, held, enough)
    assert held.wait(_LONGEST)
    go = _SPAWN.Event()
    second = started(import_all, folder, folder.parent / "一", go)

    go.set()
    second.join(0.5)
    waited = second.exitcode is None
    enough.set()

    assert is_done(second)
    assert is_done(holder)
    assert waited
    with Campaign(folder) as campaign:
        assert campaign.status().received == 4


def test_a_process_that_was_killed_holds_nothing(folder: Path) -> None:
    held, enough = _SPAWN.Event(), _SPAWN.Event()
    holder = started(hold, folder, held, enough)
    assert held.wait(_LONGEST)

    holder.kill()
    holder.join()

    with Campaign(folder) as campaign:
        assert len(campaign.import_files([folder.parent / "一"]).new) == 4
        assert campaign.verify() == ()


def test_whoever_looks_while_another_writes_sees_a_whole(folder: Path) -> None:
    reading, enough, go = _SPAWN.Event(), _SPAWN.Event(), _SPAWN.Event()
    reader = started(read_on, folder, reading, enough)
    assert reading.wait(_LONGEST)
    writers = [started(import_all, folder, folder.parent / half, go) for half in ("一", "二")]

    go.set()

    assert [is_done(writer) for writer in writers] == [True, True]
    enough.set()
    assert is_done(reader)


def test_whoever_opens_an_older_ledger_second_leaves_the_copy_of_the_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see that it is old; the second gets its turn when the first has brought it up to date."""
    from tests.campaign.test_moved import _as_version_1
    from tianbao.campaign.folder import BACKUPS, LEDGER
    from tianbao.campaign.store import Ledger

    _as_version_1(folder / LEDGER)
    older = (folder / LEDGER).read_bytes()
    migrate = Ledger._migrate

    def after_another(ledger: Ledger, before: Callable[[int], None]) -> None:
        monkeypatch.setattr(Ledger, "_migrate", migrate)
        Campaign(folder).close()
        migrate(ledger, before)

    monkeypatch.setattr(Ledger, "_migrate", after_another)

    with Campaign(folder) as campaign:
        assert campaign.verify() == ()

    assert (folder / BACKUPS / "ledger-v1.sqlite").read_bytes() == older


def import_in_several(folder: Path, files: Path, reading: Signal) -> None:
    """Import with processes that read; say when the first file is read."""
    with Campaign(folder) as campaign:
        campaign.import_files([files], jobs=2, progress=lambda _done, _all, _name: reading.set())


def test_what_was_reading_for_a_process_that_was_killed_holds_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_PATIENCE", _LONGEST)
    files = folder.parent / "许多"
    with Campaign(folder) as campaign:
        for places in range(1, 25):
            put(files, f"{places:02d}.xlsx", returned(campaign, 1, inspections__public__places=places))
    reading = _SPAWN.Event()
    process = started(import_in_several, folder, files, reading, daemon=False)
    assert reading.wait(_LONGEST)

    process.kill()
    process.join()

    with Campaign(folder) as campaign:
        campaign.import_files([files], jobs=1)
        assert len(campaign.state.receipts) == 24
        assert len({receipt.batch for receipt in campaign.state.receipts}) == 1
        assert campaign.verify() == ()
