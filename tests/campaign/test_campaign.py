"""A campaign from its beginning to its merged report: what each step says, and what is written down of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.campaign.office import FORM, YEAR, begin, code, name, put, returned, roster
from tianbao import messages
from tianbao.campaign.books import FormFixedError
from tianbao.campaign.campaign import Campaign, CampaignExistsError, NothingToUndoError
from tianbao.campaign.decide import (
    NoteNeededError,
    RefusedWorkbookError,
    SeveralUnitsError,
    SeveralWorkbooksError,
    UnfitDecisionError,
    UnknownUnitError,
    UnknownWorkbookError,
)
from tianbao.campaign.folder import ChangedOutputError, NoCampaignError, find_folder
from tianbao.campaign.log import read_log
from tianbao.campaign.roster import RosterError
from tianbao.campaign.settings import Settings
from tianbao.campaign.status import UnitState
from tianbao.form.load import load_form
from tianbao.records.model import Unit
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANBAO_LANG", "zh")
    messages.use_language(None)


@pytest.fixture
def office(tmp_path: Path) -> Campaign:
    return begin(tmp_path / "campaign", 3)


#: `control__visited` is the office's own count of visits: any but the form's makes one error, K-01.


def bring(campaign: Campaign, file: str, data: bytes) -> None:
    campaign.import_files([put(campaign.folder.path.parent / "来件", file, data)])


def states(campaign: Campaign) -> list[str]:
    return [unit.state.value for unit in campaign.status().units]


def log(campaign: Campaign) -> list[str]:
    return [line.message() for line in read_log(campaign.events, campaign.state)]


def change_roster(campaign: Campaign, text: str) -> None:
    (campaign.folder / "名录.xlsx").write_text(text, encoding="utf-8")


# ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_has_names_that_a_clerk_understands(office: Campaign) -> None:
    seen = sorted(path.name for path in office.folder.path.iterdir() if not path.name.startswith("."))

    assert seen == ["1-下发", "2-收件", "3-退回", "4-汇总", "5-发布", "campaign.toml", "名录.xlsx"]


def test_a_campaign_is_found_from_any_folder_in_it(office: Campaign) -> None:
    assert find_folder(office.folder / "2-收件" / "原件").path == office.folder.path


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoCampaignError) as told:
        Campaign(tmp_path)

    assert told.value.message() == f"“{tmp_path}”不是一轮填报的文件夹。"


def test_a_second_campaign_in_one_folder_is_refused(office: Campaign) -> None:
    with pytest.raises(CampaignExistsError):
        Campaign.create(office.folder.path, Settings(FORM, YEAR))


def test_an_empty_roster_is_made_and_issue_says_that_it_must_be_filled_in(tmp_path: Path) -> None:
    campaign = Campaign.create(tmp_path / "campaign", Settings(FORM, YEAR, issuer="示例县政府办"))

    with pytest.raises(RosterError):
        campaign.issue()

    assert (campaign.folder / "名录.xlsx").is_file()


def test_the_form_lies_in_the_folder_so_that_a_later_program_asks_the_same(office: Campaign) -> None:
    assert (office.folder / ".tianbao/form.toml").read_bytes() == load_form(FORM).path.read_bytes()
    definition = office.folder / ".tianbao/form.toml"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace("只填浅黄色的格", "只填黄色的格"), encoding="utf-8"
    )

    with Campaign(office.folder.path) as later:
        assert later.form.instructions[0].startswith("只填黄色的格")
        assert [damage.code for damage in later.verify()] == ["L-FORM"]


def test_the_year_cannot_be_changed_in_the_settings(office: Campaign) -> None:
    settings = office.folder / "campaign.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("year = 2025", "year = 2026"), encoding="utf-8")

    with pytest.raises(FormFixedError) as told:
        Campaign(office.folder.path)

    assert told.value.message() == "campaign.toml 写的是 fire-safety、2026 年，而这一轮是 fire-safety、2025 年。"


# ── issuing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_unit_gets_its_workbook_signed_for_it(office: Campaign) -> None:
    issued = office.issue()

    assert issued.made == tuple(f"1-下发/{code(n)}_{name(n)}_2025年报表.xlsx" for n in (1, 2, 3))
    read = read_workbook(office.folder / issued.made[0], form=office.form)
    assert read.unit == Unit(code(1), name(1), "乡镇")
    assert read.issuance.startswith("r0.")


def test_issuing_again_makes_nothing_and_writes_nothing_down(office: Campaign) -> None:
    office.issue()
    before = office.events

    assert office.issue().there == 3
    assert office.events == before


def test_a_workbook_that_was_deleted_is_made_again_with_the_same_bytes(office: Campaign) -> None:
    file = office.folder / office.issue().made[0]
    data = file.read_bytes()
    file.unlink()

    assert office.issue().made == (file.relative_to(office.folder.path).as_posix(),)
    assert file.read_bytes() == data


def test_a_unit_that_was_renamed_keeps_its_workbook_until_it_is_wanted_anew(office: Campaign) -> None:
    office.issue()
    change_roster(office, roster(3).replace(name(2), "新名镇（示例）"))

    assert office.issue().outdated == ("新名镇（示例）",)
    assert office.issue(again=True).made == (f"1-下发/{code(2)}_新名镇（示例）_2025年报表.xlsx",)


def test_a_workbook_that_somebody_has_changed_is_not_written_over(office: Campaign) -> None:
    file = office.folder / office.issue().made[0]
    file.write_bytes(b"filled in by mistake")

    issued = office.issue()

    assert issued.changed == (file.relative_to(office.folder.path).as_posix(),)
    assert file.read_bytes() == b"filled in by mistake"


def test_only_the_units_that_are_named_get_theirs(office: Campaign) -> None:
    assert len(office.issue(["第2镇", code(3)]).made) == 2
    assert states(office) == ["not_issued", "issued", "issued"]


# ── the roster, midway ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_roster_that_was_changed_is_taken_over_with_the_next_command_and_the_changes_are_told(
    office: Campaign,
) -> None:
    office.issue()
    change_roster(office, roster(4, changed={3: "是,是,"}).replace(name(1), "更名镇（示例）"))

    office.issue()

    line = read_log(office.events, office.state)[-2]
    assert [change.message() for change in line.changes] == [
        f"“{name(1)}”（{code(1)}）更名为“更名镇（示例）”",
        f"“{name(3)}”（{code(3)}）改为免报",
        f"新增“{name(4)}”（{code(4)}）",
    ]
    assert states(office) == ["issued", "issued", "exempt", "issued"]


def test_a_roster_with_faults_stops_what_changes_the_campaign_and_the_last_one_is_still_shown(office: Campaign) -> None:
    office.issue()
    change_roster(office, roster(3).replace(code(2), code(1)))

    with pytest.raises(RosterError):
        office.issue()
    again = Campaign(office.folder.path)

    assert isinstance(again.roster_fault, RosterError)
    assert states(again) == ["issued", "issued", "issued"]


def test_a_unit_that_left_the_roster_is_not_counted_and_what_it_sent_waits(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 3, inspections__public__places=5))
    change_roster(office, roster(2))

    merged = office.merge().merged

    assert merged.totals["inspections.public.places"] is None
    assert [one.version.code for one in office.status().waiting] == ["W-ROSTER"]


def test_a_unit_that_was_merged_into_another_is_not_counted_by_itself(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 3, inspections__public__places=5))
    change_roster(office, roster(3, changed={3: f"是,否,{code(1)}"}))

    merged = office.merge().merged

    assert merged.totals["inspections.public.places"] is None
    assert [unit.code for unit in merged.missing] == [code(1), code(2)]
    (version,) = office.status().units[2].arrivals
    assert version.code == "W-MERGED"
    assert version.params["into"] == name(1)


# ── what the office decides ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_error_makes_a_unit_mend_and_a_waiver_ends_that(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, control__visited=3))
    assert states(office)[0] == "to_mend"

    (settled,) = office.waive(name(1), "K-01", note="系统停用")

    assert settled.code == "K-01"
    assert states(office)[0] == "passed"
    assert log(office)[-1] == f"免于审核：{name(1)} K-01，系统停用"


def test_an_error_cannot_be_accepted_and_the_reason_is_told(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, control__visited=3))
    before = office.events

    with pytest.raises(UnfitDecisionError, match="K-01"):
        office.accept(name(1), "k-01", note="属实")

    assert office.events == before


def test_what_was_decided_about_other_figures_does_not_hold_for_new_ones(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, control__visited=3))
    office.waive(name(1), "K-01", note="系统停用")

    bring(office, "b.xlsx", returned(office, 1, control__visited=4))

    assert states(office)[0] == "to_mend"


def test_a_decision_needs_a_reason(office: Campaign) -> None:
    office.issue()
    with pytest.raises(NoteNeededError):
        office.exempt(name(1), note="  ")


def test_an_exempt_unit_owes_nothing_and_is_not_missing(office: Campaign) -> None:
    office.issue()
    office.exempt("第2镇", note="已撤销")

    status = office.status(today=date(2026, 3, 1))

    assert status.units[1].state is UnitState.EXEMPT
    assert status.units[1].exempt_because == "已撤销"
    assert [unit.code for unit in office.merge().merged.missing] == [code(1), code(3)]


def test_whom_nobody_can_mean_is_told_with_the_nearest_name(office: Campaign) -> None:
    office.issue()
    with pytest.raises(UnknownUnitError) as told:
        office.exempt("第9镇", note="撤并")
    assert told.value.way_out() == "请写单位的代码或名称；最接近的是“第3镇（示例）”。"
    with pytest.raises(SeveralUnitsError):
        office.exempt("镇", note="撤并")


def test_a_workbook_that_cannot_be_meant_is_told(office: Campaign) -> None:
    office.issue()
    bring(office, "甲/a.xlsx", returned(office, 1, turn=None))
    bring(office, "乙/a.xlsx", returned(office, 2, turn=None))
    bring(office, "照片.pdf", b"%PDF-1.7")

    with pytest.raises(UnknownWorkbookError):
        office.claim("b.xlsx", name(1))
    with pytest.raises(SeveralWorkbooksError, match=r"#1 a\.xlsx、#2 a\.xlsx"):
        office.claim("a.xlsx", name(1))
    with pytest.raises(RefusedWorkbookError):
        office.claim("照片.pdf", name(1))


# ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_undo_takes_back_one_command_after_the_other_and_never_an_original(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1))
    bring(office, "b.xlsx", returned(office, 2, turn=None))
    office.claim("b.xlsx", name(2))
    assert states(office) == ["passed", "passed", "issued"]

    office.undo()
    assert states(office) == ["passed", "received", "issued"]
    office.undo()
    assert states(office) == ["passed", "issued", "issued"]
    office.undo()
    assert states(office) == ["issued", "issued", "issued"]
    with pytest.raises(NothingToUndoError):
        office.undo()

    assert len(office.ledger.originals()) == 2
    assert not office.verify()


def test_what_was_taken_back_can_be_brought_again(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1))
    office.undo()

    bring(office, "a.xlsx", returned(office, 1))

    assert states(office)[0] == "passed"
    assert len(office.ledger.originals()) == 1


# ── going back and merging ───────────────────────────────────────────────────────────────────────────────────────────


def test_each_version_goes_back_once_with_what_is_wrong_in_it(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, control__visited=3))
    bring(office, "b.xlsx", returned(office, 2))

    (sent,) = office.give_back()
    (again,) = office.give_back()

    assert (sent.file, sent.turn, sent.is_new) == (f"3-退回/{code(1)}_{name(1)}_2025年报表_退回1.xlsx", 1, True)
    assert (again.file, again.is_new) == (sent.file, False)
    assert read_workbook(office.folder / sent.file, form=office.form).issuance.startswith("r1.")


def test_the_next_version_goes_back_under_the_next_number(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, control__visited=3))
    office.give_back()
    bring(office, "b.xlsx", returned(office, 1, turn=1, control__visited=4))

    (sent,) = office.give_back()

    assert sent.file.endswith("_退回2.xlsx")
    assert [made.turn for made in office.status().units[0].sent_back] == [1, 2]


def test_a_receipt_goes_to_those_that_pass_where_that_is_wanted(office: Campaign) -> None:
    office.issue()
    bring(office, "b.xlsx", returned(office, 2))

    (sent,) = office.give_back(receipts=True)

    assert sent.file == f"3-退回/{code(2)}_{name(2)}_2025年报表_回执.txt"
    assert sent.is_receipt


def test_units_that_do_not_count_for_the_county_are_left_out_of_its_totals(office: Campaign) -> None:
    change_roster(office, roster(3, changed={2: "否,否,"}))
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, inspections__public__places=5))
    bring(office, "b.xlsx", returned(office, 2, inspections__public__places=7))

    result = office.merge()

    assert result.merged.totals["inspections.public.places"] == 5
    assert [unit.code for unit in result.aside] == [code(2)]


def test_the_county_workbook_is_not_written_over_once_somebody_has_changed_it(office: Campaign) -> None:
    office.issue()
    file = office.folder / office.merge().file
    file.write_bytes(b"changed")

    with pytest.raises(ChangedOutputError):
        office.merge()

    assert file.read_bytes() == b"changed"
    assert office.merge(force=True).file
    assert file.read_bytes() != b"changed"


def test_a_county_workbook_that_is_out_of_date_is_told(office: Campaign) -> None:
    office.issue()
    bring(office, "a.xlsx", returned(office, 1, inspections__public__places=5))
    file = office.merge().file
    assert not office.status().outdated

    office.exempt(name(2), note="撤并")
    assert office.status().outdated == file
    office.merge()
    assert not office.status().outdated
    bring(office, "b.xlsx", returned(office, 1, inspections__public__places=6))
    assert office.status().outdated == file
    office.undo()

    assert not office.status().outdated


# ── last year ────────────────────────────────────────────────────────────────────────────────────────────────────────


def last_year(tmp_path: Path) -> Campaign:
    """Make last year's campaign, in which the first unit had 3 places and the second's report was claimed."""
    folder = tmp_path / "2024"
    listed = tmp_path / "2024.csv"
    listed.write_text(roster(2), encoding="utf-8")
    campaign = Campaign.create(folder, replace(Settings(FORM, YEAR), year=2024), roster=listed)
    campaign.issue()
    form = load_form(FORM)
    for number, places in ((1, 3), (2, 4)):
        put(tmp_path / "2024来件", f"{number}.xlsx", b"")
        values = {"inspections.public.places": places}
        target = tmp_path / "2024来件" / f"{number}.xlsx"
        write_workbook(form, target, unit=Unit(code(number), name(number)), year=2024, values=values)
    campaign.import_files([tmp_path / "2024来件"])
    for number in (1, 2):
        campaign.claim(f"{number}.xlsx", name(number))
    return campaign


def test_last_years_campaign_gives_the_figures_that_are_shown_and_held_against(tmp_path: Path) -> None:
    last_year(tmp_path).close()
    listed = tmp_path / "r.csv"
    listed.write_text(roster(3), encoding="utf-8")

    campaign = Campaign.create(tmp_path / "2025", Settings(FORM, YEAR), roster=listed, prior=[tmp_path / "2024"])

    assert [unit.has_prior for unit in campaign.status().units] == [True, True, False]
    assert campaign.prior[code(1)]["inspections.public.places"] == 3
    issued = read_raw(campaign, 1)
    assert "上季场所总数" in issued
    assert not campaign.verify()


def test_last_years_figures_are_read_once_however_much_is_written_down(tmp_path: Path) -> None:
    last_year(tmp_path).close()
    listed = tmp_path / "r.csv"
    listed.write_text(roster(3), encoding="utf-8")
    campaign = Campaign.create(tmp_path / "2025", Settings(FORM, YEAR), roster=listed, prior=[tmp_path / "2024"])
    read = campaign.prior

    campaign.issue()
    campaign.exempt(name(3), note="撤并")

    assert campaign.prior is read
    assert read


def test_last_years_figures_that_were_altered_are_told(tmp_path: Path) -> None:
    last_year(tmp_path).close()
    listed = tmp_path / "r.csv"
    listed.write_text(roster(3), encoding="utf-8")
    campaign = Campaign.create(tmp_path / "2025", Settings(FORM, YEAR), roster=listed, prior=[tmp_path / "2024"])
    kept = next((campaign.folder / ".tianbao").glob("prior-*.json"))
    kept.write_text(kept.read_text(encoding="utf-8").replace('"3"', '"8"'), encoding="utf-8")

    assert [damage.code for damage in campaign.verify()] == ["L-PRIOR"]


def read_raw(campaign: Campaign, number: int) -> str:
    """Return all texts of an issued workbook."""
    import io
    import zipfile

    (file,) = (campaign.folder / campaign.issue([code(number)]).made[0],)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as package:
        return package.read("xl/sharedStrings.xml").decode()
