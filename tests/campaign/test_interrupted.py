"""What was ended in the middle: whoever comes next goes on with it, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.office import FORM, YEAR, begin, code, put, returned, roster
from tianbao.campaign import receive
from tianbao.campaign.campaign import Campaign, CampaignExistsError
from tianbao.campaign.folder import (
    JOURNAL,
    LEDGER,
    MERGED,
    ORIGINALS,
    SETTINGS,
    ChangedOutputError,
    Folder,
    FolderWriteError,
)
from tianbao.campaign.settings import Settings
from tianbao.campaign.store import Ledger, LedgerWriteError

FULL = "No space left on device"


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    """Issue the workbooks of three units; what they send lies in 收到: two different reports of the first."""
    with begin(tmp_path / "年报") as opened:
        opened.issue()
        for name, number, places in (("甲", 1, 1), ("乙", 1, 2), ("丙", 2, 3)):
            report = returned(opened, number, inspections__public__places=places)
            put(tmp_path / "收到", f"{name}.xlsx", report)
        yield opened


@pytest.fixture
def ended_import(campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """End an import after its first file."""
    monkeypatch.setattr(receive, "_AT_ONCE", 1)

    def full(_done: int, _all: int, _name: str) -> None:
        raise FolderWriteError(path=ORIGINALS, problem=FULL)

    with pytest.raises(FolderWriteError):
        campaign.import_files([tmp_path / "收到"], progress=full)
    assert [receipt.name for receipt in campaign.state.receipts] == ["丙.xlsx"]
    return campaign


def _reasons(campaign: Campaign) -> list[tuple[str, str]]:
    return [(one.returned.file, one.code) for one in campaign.versions.every()]


def test_an_import_that_is_done_again_is_one_with_what_it_had_begun(ended_import: Campaign, tmp_path: Path) -> None:
    put(tmp_path / "收到", "丁.xlsx", returned(ended_import, 2, inspections__public__places=4))

    ended_import.import_files([tmp_path / "收到"])

    assert len({receipt.batch for receipt in ended_import.state.receipts}) == 1
    assert ("丁.xlsx", "W-SEVERAL") in _reasons(ended_import)
    assert len(ended_import.undo()) == 4


def test_another_import_is_another_one(ended_import: Campaign, tmp_path: Path) -> None:
    late = put(tmp_path, "丁.xlsx", returned(ended_import, 2, inspections__public__places=4))

    ended_import.import_files([late])

    assert ("丁.xlsx", "W-LATEST") in _reasons(ended_import)
    assert [event.facts["name"] for event in ended_import.undo()] == ["丁.xlsx"]


def test_an_import_that_came_to_its_end_is_not_gone_on_with(campaign: Campaign, tmp_path: Path) -> None:
    campaign.import_files([tmp_path / "收到"])
    put(tmp_path / "收到", "丁.xlsx", returned(campaign, 2, inspections__public__places=4))

    campaign.import_files([tmp_path / "收到"])

    assert ("丁.xlsx", "W-LATEST") in _reasons(campaign)


def test_what_is_done_is_not_told_to_have_failed(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal cannot be written: who were told that `undo` failed would take back one thing more."""
    campaign.exempt(code(1), note="撤并")
    campaign.exempt(code(2), note="撤并")
    append = Folder.append

    def fails(_folder: Folder, _name: str, _text: str, **_: int) -> None:
        raise FolderWriteError(path=JOURNAL, problem=FULL)

    monkeypatch.setattr(Folder, "append", fails)
    undone = campaign.undo()
    monkeypatch.setattr(Folder, "append", append)

    assert [event.facts["unit"] for event in undone] == [code(2)]
    assert [(damage.code, damage.params) for damage in campaign.verify()] == [("L-JOURNAL-BEHIND", {"count": 1})]
    campaign.exempt(code(3), note="撤并")
    assert campaign.verify() == ()


def test_findings_that_cannot_be_kept_are_found_anew(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Ledger.keep_findings

    def fails(_ledger: Ledger, _judged: object) -> None:
        raise LedgerWriteError(path=LEDGER, problem="database or disk is full")

    monkeypatch.setattr(Ledger, "keep_findings", fails)
    campaign.import_files([tmp_path / "收到"])

    assert campaign.ledger.judged() == {}
    assert campaign.status().received == 2
    monkeypatch.setattr(Ledger, "keep_findings", keep)
    campaign.import_files([])
    assert len(campaign.ledger.judged()) == 2


def test_what_had_no_name_yet_is_swept_away_by_the_next_command(campaign: Campaign, tmp_path: Path) -> None:
    places = ["", ".tianbao", "1-下发", f"{ORIGINALS}/0001-{'0' * 64}", "3-退回", MERGED]
    drafts = [put(tmp_path / "年报" / place, ".tianbao-draft-x1", b"half") for place in places]
    own = put(tmp_path / "年报", "我的笔记.txt", b"whole")

    campaign.import_files([])

    assert [draft.exists() for draft in drafts] == [False] * len(drafts)
    assert own.exists()


def _ended_before_it_was_written_down(monkeypatch: pytest.MonkeyPatch, campaign: Campaign, step: str) -> None:
    """Make what is to be made, and end before that is written down."""

    def full(_ledger: Ledger, _events: object) -> None:
        raise LedgerWriteError(path=LEDGER, problem="database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "add_events", full)
        with pytest.raises(LedgerWriteError):
            getattr(campaign, step)()


@pytest.mark.parametrize(("step", "place"), [("give_back", "3-退回"), ("merge", MERGED)])
def test_a_file_of_ours_that_was_not_written_down_any_more_is_not_said_to_be_changed_by_somebody(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, place: str
) -> None:
    doubtful = {"inspections__public__places": 5, "inspections__public__inspected": 3}
    for number in (1, 2):
        report = returned(campaign, number, **doubtful)  # type: ignore[arg-type]
        campaign.import_files([put(tmp_path, f"第{number}镇.xlsx", report)])
    _ended_before_it_was_written_down(monkeypatch, campaign, step)
    (made, *_) = sorted((tmp_path / "年报" / place).iterdir())
    before = made.read_bytes()

    campaign.accept(code(2), "X1-03", note="属实")
    report = returned(campaign, 1, **doubtful, inspections__rented__places=2)  # type: ignore[arg-type]
    campaign.import_files([put(tmp_path, "第1镇 改.xlsx", report)])
    getattr(campaign, step)()

    assert made.read_bytes() != before
    assert campaign.verify() == ()
    made.write_bytes(b"a remark of the office")
    with pytest.raises(ChangedOutputError):
        campaign.folder.write(made.relative_to(tmp_path / "年报").as_posix(), before, known="")


@pytest.mark.parametrize("last", [".tianbao/form.toml", "名录.xlsx", LEDGER])
def test_a_campaign_that_was_ended_before_it_was_begun_can_be_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    listed = put(tmp_path, "名录.csv", roster(2).encode())
    settings = Settings(FORM, YEAR)
    with monkeypatch.context() as patch:
        write = Folder.write

        def full(folder: Folder, name: str, data: bytes, *, known: str | None = None) -> None:
            if (folder / last).exists():
                raise FolderWriteError(path=name, problem=FULL)
            write(folder, name, data, known=known)

        patch.setattr(Folder, "write", full)
        with pytest.raises(FolderWriteError):
            Campaign.create(tmp_path / "年报", settings, roster=listed)
    assert not (tmp_path / "年报" / SETTINGS).exists()

    with Campaign.create(tmp_path / "年报", settings, roster=listed) as campaign:
        assert list(campaign.entries) == [code(1), code(2)]
        assert campaign.verify() == ()


def test_a_campaign_whose_settings_are_gone_is_not_begun_anew(campaign: Campaign, tmp_path: Path) -> None:
    before = (tmp_path / "年报" / LEDGER).read_bytes()
    (tmp_path / "年报" / SETTINGS).unlink()

    with pytest.raises(CampaignExistsError):
        Campaign.create(tmp_path / "年报", campaign.settings)

    assert (tmp_path / "年报" / LEDGER).read_bytes() == before
