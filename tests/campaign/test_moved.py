"""The folder of a round is copied, renamed, locked and damaged: nothing is lost, and what is wrong is named."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.campaign.office import begin, code, put, returned
from tests.kill.picture import Picture, look_at
from tianbao.campaign import folder as folders
from tianbao.campaign.books import LedgerGoneError, ReadOnlyError
from tianbao.campaign.campaign import Campaign, rebuild
from tianbao.campaign.folder import BACKUPS, JOURNAL, LEDGER, ORIGINALS, ChangedOutputError
from tianbao.campaign.journal import HistoryError, LedgerBehindError
from tianbao.campaign.log import read_log
from tianbao.campaign.migrations import MIGRATIONS, VERSION
from tianbao.campaign.store import LedgerDamagedError, LedgerNewerError
from tianbao.errors import TianbaoError
from tianbao.form.model import Severity

_NAMES = ["第1镇.xlsx", "第2镇.xlsx", "第3镇.xlsx"]


@pytest.fixture(scope="module")
def round_of_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a whole round: issued, one import for each unit, something accepted, sent back, merged."""
    place = tmp_path_factory.mktemp("round")
    with begin(place / "2025年报") as campaign:
        campaign.issue()
        doubtful = {"inspections__public__places": 5, "inspections__public__inspected": 3}
        for number, name in enumerate(_NAMES, start=1):
            campaign.import_files([put(place, name, returned(campaign, number, **doubtful))])  # type: ignore[arg-type]
        campaign.accept(code(1), "X1-03", note="登记簿遗失")
        campaign.give_back()
        campaign.merge()
    return place / "2025年报"


@pytest.fixture
def campaign_folder(round_of_three: Path, tmp_path: Path) -> Path:
    """Copy that round, so that it can be spoiled."""
    return shutil.copytree(round_of_three, tmp_path / "副本")


def damages(folder: Path) -> list[tuple[str, str]]:
    """Verify a campaign; return every damage with how grave it is."""
    with Campaign(folder) as campaign:
        return [(damage.code, damage.severity.value) for damage in campaign.verify()]


def reports(picture: Picture) -> list[str]:
    """Return the rows of what came in."""
    return [row for row in picture.rows if row.startswith(('["original"', '["submission"', '["record"'))]


# ── elsewhere ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["年报 2025（五台县）", "a#b?c%20d&e=f", "it's [1] {2} ~$"])
def test_a_folder_that_was_copied_elsewhere_goes_on_there(round_of_three: Path, tmp_path: Path, name: str) -> None:
    before = look_at(round_of_three)
    moved = shutil.copytree(round_of_three, tmp_path / "优盘 E#" / name)

    assert damages(moved) == []
    assert look_at(moved) == before
    with Campaign(moved) as campaign:
        late = put(tmp_path, "第2镇 改.xlsx", returned(campaign, 2, turn=1))
        assert len(campaign.import_files([late]).new) == 1
        campaign.claim("第2镇.xlsx", code(2), note="以这一份为准")
        campaign.waive(code(3), "X1-03", note="系统停用")
        campaign.exempt(code(3), note="撤并")
        assert campaign.undo()[0].facts["unit"] == code(3)
        assert campaign.issue().there == 3
        campaign.give_back(receipts=True)
        assert (moved / campaign.merge().file).is_file()
    assert damages(moved) == []


def test_nothing_in_the_folder_says_where_it_lay(round_of_three: Path) -> None:
    said = [
        path.name
        for path in round_of_three.rglob("*")
        if path.is_file() and os.fsencode(round_of_three.parent) in path.read_bytes()
    ]

    assert said == []


# ── that cannot be written ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def locked(campaign_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take the right to write, as the system would tell it: who runs the tests may be allowed everything."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    return campaign_folder


def test_a_folder_that_cannot_be_written_can_be_looked_at(locked: Path) -> None:
    with Campaign(locked) as campaign:
        assert [unit.state.value for unit in campaign.status().units] == ["passed", "to_verify", "to_verify"]
        assert list(campaign.check()) == [code(1), code(2), code(3)]
        assert len(read_log(campaign.events, campaign.state)) == 9
        assert campaign.verify() == ()
        assert campaign.merge(write=False).merged.missing == ()


CHANGES: dict[str, Callable[[Campaign], object]] = {
    "issue": lambda campaign: campaign.issue(),
    "import": lambda campaign: campaign.import_files([]),
    "claim": lambda campaign: campaign.claim("第2镇.xlsx", code(2)),
    "accept": lambda campaign: campaign.accept(code(2), "X1-03", note="属实"),
    "waive": lambda campaign: campaign.waive(code(2), "X1-03", note="属实"),
    "exempt": lambda campaign: campaign.exempt(code(2), note="撤并"),
    "return": lambda campaign: campaign.give_back(),
    "merge": lambda campaign: campaign.merge(),
    "undo": lambda campaign: campaign.undo(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_that_cannot_be_written_cannot_be_changed(locked: Path, change: str) -> None:
    before = {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()}

    with Campaign(locked) as campaign, pytest.raises(ReadOnlyError) as raised:
        CHANGES[change](campaign)

    assert raised.value.message("zh") == f"“{locked}”只能看，不能改。"
    assert {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()} == before


# ── a ledger that is lost ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ledger_that_is_gone_is_told_and_made_again(campaign_folder: Path) -> None:
    before = look_at(campaign_folder)
    (campaign_folder / LEDGER).unlink()

    with pytest.raises(LedgerGoneError) as raised:
        Campaign(campaign_folder)
    rebuilt = rebuild(campaign_folder)

    assert raised.value.message("zh") == f"账本不见了：{LEDGER}。"
    assert (rebuilt.events, rebuilt.originals, rebuilt.damages, rebuilt.kept) == (len(before.events), 3, (), "")
    after = look_at(campaign_folder)
    assert reports(after) == reports(before)
    assert after.status == before.status
    assert after.events[:-1] == before.events
    assert damages(campaign_folder) == []


def _noise(data: bytes) -> bytes:
    return Random(1).randbytes(len(data))  # noqa: S311  any noise


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _hole(data: bytes) -> bytes:
    middle = len(data) // 8
    return data[:middle] + _noise(data[middle:-middle]) + data[-middle:]


@pytest.mark.parametrize("spoil", [_noise, _half, _hole, lambda _: b"", lambda data: data[:100]])
def test_a_ledger_that_is_damaged_is_told_and_made_again(
    campaign_folder: Path, spoil: Callable[[bytes], bytes]
) -> None:
    before = look_at(campaign_folder)
    spoiled = spoil((campaign_folder / LEDGER).read_bytes())
    (campaign_folder / LEDGER).write_bytes(spoiled)

    with pytest.raises(LedgerDamagedError) as raised, Campaign(campaign_folder) as campaign:
        campaign.check()
    rebuilt = rebuild(campaign_folder)

    assert raised.value.message("zh").startswith("账本坏了：ledger.sqlite（")
    assert rebuilt.kept == f"{BACKUPS}/ledger-damaged-1.sqlite"
    assert (campaign_folder / rebuilt.kept).read_bytes() == spoiled
    after = look_at(campaign_folder)
    assert reports(after) == reports(before)
    assert after.status == before.status
    assert damages(campaign_folder) == []


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 12, 16, 24])
def test_a_few_bytes_that_were_altered_in_the_ledger_never_end_in_a_traceback(
    campaign_folder: Path, seed: int
) -> None:  # fmt: skip
    chance = Random(seed)  # noqa: S311  the same case for the same number
    data = bytearray((campaign_folder / LEDGER).read_bytes())
    for _ in range(chance.choice((1, 20, 400))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    (campaign_folder / LEDGER).write_bytes(data)

    try:
        with Campaign(campaign_folder) as campaign:
            campaign.status()
            campaign.check()
            campaign.verify()
    except TianbaoError as error:
        assert error.code.startswith(("U-LEDGER", "U-SETTINGS", "U-CAMPAIGN", "U-HISTORY"))  # noqa: PT017  the rest may be unharmed
    rebuild(campaign_folder)
    assert not [code for code, severity in damages(campaign_folder) if severity == "error"]


def test_where_ledger_and_journal_are_gone_the_originals_are_left_in_their_order(campaign_folder: Path) -> None:
    before = look_at(campaign_folder)
    (campaign_folder / LEDGER).unlink()
    (campaign_folder / JOURNAL).unlink()

    rebuilt = rebuild(campaign_folder)

    assert [damage.code for damage in rebuilt.damages] == ["L-JOURNAL-GONE"]
    assert reports(look_at(campaign_folder)) == reports(before)
    with Campaign(campaign_folder) as campaign:
        assert [receipt.name for receipt in campaign.state.receipts] == _NAMES


def test_a_ledger_from_an_older_copy_is_not_gone_on_with(campaign_folder: Path, tmp_path: Path) -> None:
    shutil.copyfile(campaign_folder / LEDGER, tmp_path / "older")
    with Campaign(campaign_folder) as campaign:
        campaign.exempt(code(3), note="撤并")
    before = look_at(campaign_folder)
    shutil.copyfile(tmp_path / "older", campaign_folder / LEDGER)

    found = damages(campaign_folder)
    with Campaign(campaign_folder) as campaign, pytest.raises(LedgerBehindError) as raised:
        campaign.undo()
    rebuild(campaign_folder)

    assert found == [("L-LEDGER-BEHIND", "error")]
    assert raised.value.message("zh") == "操作记录里有 1 条，账本里没有：账本像是从旧的备份恢复的。"
    assert look_at(campaign_folder).events[:-1] == before.events


# ── a history that was altered ───────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_was_altered_in_the_ledger_is_named(campaign_folder: Path) -> None:
    before = look_at(campaign_folder)
    ledger = sqlite3.connect(campaign_folder / LEDGER)
    ledger.execute("DROP TRIGGER event_is_never_changed")
    ledger.execute("UPDATE event SET by = '别人' WHERE number = 4")
    ledger.commit()
    ledger.close()

    assert damages(campaign_folder) == [("L-CHAIN", "error"), ("L-JOURNAL-DIFFERS", "error")]
    with Campaign(campaign_folder) as campaign, pytest.raises(HistoryError) as raised:
        campaign.exempt(code(3), note="撤并")
    assert raised.value.message("zh") == "操作记录和账本从第 4 条起对不上：有人改过其中一个。"
    rebuild(campaign_folder)
    assert damages(campaign_folder) == []
    assert look_at(campaign_folder).events[:-1] == before.events


def test_events_cannot_be_altered_by_a_slip(campaign_folder: Path) -> None:
    ledger = sqlite3.connect(campaign_folder / LEDGER)
    for statement in ("UPDATE event SET by = '别人'", "DELETE FROM event"):
        with pytest.raises(sqlite3.IntegrityError, match="events are only added"):
            ledger.execute(statement)
    ledger.close()


def test_a_line_that_was_altered_in_the_journal_is_named(campaign_folder: Path) -> None:
    before = look_at(campaign_folder)
    journal = campaign_folder / JOURNAL
    lines = journal.read_text(encoding="utf-8").replace("登记簿遗失", "已经核实").splitlines(keepends=True)
    journal.write_text("".join(lines), encoding="utf-8")

    assert damages(campaign_folder) == [("L-JOURNAL-DIFFERS", "error")]
    with Campaign(campaign_folder) as campaign, pytest.raises(HistoryError):
        campaign.exempt(code(3), note="撤并")
    rebuilt = rebuild(campaign_folder)
    assert [damage.code for damage in rebuilt.damages] == ["L-JOURNAL-DIFFERS"]
    assert damages(campaign_folder) == []
    assert look_at(campaign_folder).events[:-1] == before.events
    assert (campaign_folder / BACKUPS / "journal-damaged-1.jsonl").read_text(encoding="utf-8") == "".join(lines)


def test_a_last_line_that_is_torn_is_written_again_by_the_next_command(campaign_folder: Path) -> None:
    journal = campaign_folder / JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-40])

    assert damages(campaign_folder) == [("L-JOURNAL-BEHIND", "note")]
    with Campaign(campaign_folder) as campaign:
        campaign.issue()
    assert journal.read_bytes() == whole
    assert damages(campaign_folder) == []


# ── files that were altered ──────────────────────────────────────────────────────────────────────────────────────────


def original(folder: Path, name: str) -> Path:
    return next((folder / ORIGINALS).glob(f"*/{name}"))


def test_an_original_that_was_altered_is_named_and_nothing_else(campaign_folder: Path) -> None:
    path = original(campaign_folder, "第2镇.xlsx")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")

    with Campaign(campaign_folder) as campaign:
        (damage,) = campaign.verify()

    where = path.relative_to(campaign_folder).as_posix()
    assert damage.severity is Severity.ERROR
    assert damage.message("zh").startswith(f"原件被改过：“第2镇.xlsx”（{where}）。")


def test_an_original_that_is_gone_is_named_and_nothing_else(campaign_folder: Path) -> None:
    path = original(campaign_folder, "第2镇.xlsx")
    path.unlink()

    with Campaign(campaign_folder) as campaign:
        (damage,) = campaign.verify()

    where = path.relative_to(campaign_folder).as_posix()
    assert damage.message("zh").startswith(f"原件不见了：“第2镇.xlsx”（{where}）。")


def test_a_workbook_that_somebody_changed_is_not_written_over(campaign_folder: Path) -> None:
    with Campaign(campaign_folder) as campaign:
        merged = campaign_folder / campaign.merge().file
    merged.write_bytes(b"with a remark of the office")

    assert damages(campaign_folder) == [("L-OUTPUT-CHANGED", "note")]
    with Campaign(campaign_folder) as campaign, pytest.raises(ChangedOutputError) as raised:
        campaign.merge()
    assert raised.value.message("zh") == "“4-汇总/2025年汇总表.xlsx”被人改过，没有覆盖。"
    assert merged.read_bytes() == b"with a remark of the office"
    with Campaign(campaign_folder) as campaign:
        campaign.merge(force=True)
    assert damages(campaign_folder) == []


def test_files_that_were_left_by_another_import_get_numbers_of_their_own(campaign_folder: Path, tmp_path: Path) -> None:
    """An import was ended after it had kept its files; another one came before it was done again."""
    with Campaign(campaign_folder) as campaign:
        kept = put(tmp_path, "晚到.xlsx", returned(campaign, 2, turn=1))
        other = put(tmp_path, "插队.xlsx", returned(campaign, 3, turn=1))
        campaign.folder.keep(kept, folders.digest(kept), 4, kept.name, found=None)
        campaign.import_files([other])
        campaign.import_files([kept])
    before = look_at(campaign_folder)

    (campaign_folder / LEDGER).unlink()
    rebuild(campaign_folder)

    homes = sorted((campaign_folder / ORIGINALS).iterdir())
    assert [int(home.name[:4]) for home in homes] == [1, 2, 3, 4, 5]
    assert [next(home.iterdir()).name for home in homes[3:]] == ["插队.xlsx", "晚到.xlsx"]
    assert reports(look_at(campaign_folder)) == reports(before)
    assert damages(campaign_folder) == []


# ── other programs, other clocks ─────────────────────────────────────────────────────────────────────────────────────


def test_a_ledger_of_a_newer_program_is_left_as_it_is(campaign_folder: Path) -> None:
    ledger = sqlite3.connect(campaign_folder / LEDGER)
    ledger.execute(f"PRAGMA user_version = {VERSION + 1}")
    ledger.close()
    before = (campaign_folder / LEDGER).read_bytes()

    with pytest.raises(LedgerNewerError) as raised:
        Campaign(campaign_folder)

    assert raised.value.message("zh") == (
        f"账本 ledger.sqlite 是新版程序写的（第 {VERSION + 1} 版，这里只认得到第 {VERSION} 版）。"
    )
    assert (campaign_folder / LEDGER).read_bytes() == before


def _as_version_1(path: Path) -> None:
    """Make a ledger of the first version, with everything that it would hold."""
    older = path.with_name("older.sqlite")
    ledger = sqlite3.connect(older)
    MIGRATIONS[0](ledger)
    ledger.execute("ATTACH ? AS newer", (str(path),))
    for table in ("event", "original", "submission", "record"):
        ledger.execute(f"INSERT INTO {table} SELECT * FROM newer.{table}")  # noqa: S608  names that stand above
    ledger.execute("PRAGMA user_version = 1")
    ledger.commit()
    ledger.close()
    older.replace(path)


def test_an_older_ledger_is_kept_and_brought_up_to_date(campaign_folder: Path) -> None:
    before = look_at(campaign_folder)
    _as_version_1(campaign_folder / LEDGER)
    older = (campaign_folder / LEDGER).read_bytes()

    found = damages(campaign_folder)

    assert found == []
    assert (campaign_folder / BACKUPS / "ledger-v1.sqlite").read_bytes() == older
    after = look_at(campaign_folder)
    assert (after.events, reports(after), after.status) == (before.events, reports(before), before.status)


@pytest.fixture
def _backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock back a day whenever it is looked at."""
    days = iter(range(28, 0, -1))
    monkeypatch.setattr("tianbao.campaign.books.now", lambda: f"2026-01-{next(days):02d}T08:00:00+08:00")


@pytest.mark.usefixtures("_backwards")
def test_the_order_does_not_hang_on_the_clock(tmp_path: Path) -> None:
    with begin(tmp_path / "2025年报", 1) as campaign:
        campaign.issue()
        for places in (1, 2, 3):
            report = returned(campaign, 1, inspections__public__places=places)
            campaign.import_files([put(tmp_path, f"第{places}次.xlsx", report)])

        counting = campaign.versions.counting(code(1))

    assert counting is not None
    assert (counting.returned.file, counting.number) == ("第3次.xlsx", 3)
    assert damages(tmp_path / "2025年报") == []
