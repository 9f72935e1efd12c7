"""What the county's merge of a campaign is made of, and what each decision of the office changes in it: that, no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.campaign.office import begin, code, name, put, returned, zipped
from tianbao.campaign.campaign import Campaign, rebuild
from tianbao.campaign.decide import NoteNeededError
from tianbao.campaign.events import EventKind
from tianbao.campaign.log import read_log
from tianbao.campaign.merging import basis, merged_file
from tianbao.form.model import Amount
from tianbao.merge.adjustment import AdjustmentAmountError, NotAdjustableError, UnknownCellError
from tianbao.merge.merge import Merged
from tianbao.merge.rounding import Rounded, round_balanced
from tianbao.workbook import read as reading

PLACES, VISITS, FINES = "inspections.public.places", "inspections.public.visits", "inspections.public.fines"


@pytest.fixture
def office(tmp_path: Path) -> Campaign:
    """Three units that have all answered."""
    campaign = begin(tmp_path / "campaign", 3)
    campaign.issue()
    for n in range(1, 4):
        bring(campaign, n, inspections__public__places=10 * n, inspections__public__fines=Decimal("0.25"))
    return campaign


def bring(campaign: Campaign, n: int, **values: Any) -> None:
    data = returned(campaign, n, **values)
    campaign.import_files([put(campaign.folder.path.parent / "来件", f"{n}-{len(campaign.events)}.xlsx", data)])


def totals(campaign: Campaign) -> Mapping[str, Amount | None]:
    return campaign.merge(write=False).merged.totals


def changed(campaign: Campaign, do: Callable[[], object]) -> dict[str, tuple[Amount | None, Amount | None]]:
    """Return the totals that something changes: before and after."""
    before = totals(campaign)
    do()
    after = totals(campaign)
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}


def test_a_booking_its_undo_an_exemption_and_a_late_replacement_each_change_what_they_should(office: Campaign) -> None:
    sums = {PLACES: (60, 58), "inspections.total.places": (60, 58)}

    assert changed(office, lambda: office.adjust(PLACES, "-2", note="两镇都计了")) == sums
    assert changed(office, office.undo) == {key: (after, before) for key, (before, after) in sums.items()}
    assert changed(office, lambda: office.exempt(code(3), note="撤并")) == {}
    assert changed(office, office.undo) == {}
    assert changed(office, lambda: bring(office, 2, inspections__public__places=25)) == {
        PLACES: (60, 65),
        "inspections.total.places": (60, 65),
        FINES: (Decimal("0.75"), Decimal("0.50")),
        "inspections.total.fines": (Decimal("0.75"), Decimal("0.50")),
    }


def test_the_office_may_say_a_cell_by_its_key_its_place_or_its_name(office: Campaign) -> None:
    said = (PLACES, "一、检查情况!D9", "表一 商场、宾馆、学校 → 场所总数", " inspections.public.places ")

    keys = [office.would_adjust(cell, "−１", note="试").booking for cell in said]

    assert [(one.key, one.amount) for one in keys] == [(PLACES, -1)] * 4


@pytest.mark.parametrize(
    ("cell", "amount", "note", "error"),
    [
        ("inspections.public.place", "1", "试", UnknownCellError),
        ("inspections.total.places", "1", "试", NotAdjustableError),
        (PLACES, "1.5", "试", AdjustmentAmountError),
        (PLACES, "1,5", "试", AdjustmentAmountError),
        (PLACES, "1" + "0" * 30, "试", AdjustmentAmountError),
        (PLACES, "两", "试", AdjustmentAmountError),
        (PLACES, "NaN", "试", AdjustmentAmountError),
        (PLACES, "0", "试", AdjustmentAmountError),
        (PLACES, "1", " ", NoteNeededError),
    ],
)
def test_what_is_no_booking_is_refused_and_nothing_is_written_down(
    office: Campaign, cell: str, amount: str, note: str, error: type[Exception]
) -> None:
    before = len(office.events)

    with pytest.raises(error):
        office.adjust(cell, amount, note=note)

    assert len(office.events) == before


def test_bookings_stand_in_the_log_and_outlive_the_ledger(office: Campaign) -> None:
    office.adjust(FINES, "-0.05", note="罚款两家都计了")
    office.close()
    (office.folder / ".tianbao" / "ledger.sqlite").unlink()
    rebuild(office.folder.path)

    again = Campaign(office.folder.path)

    assert totals(again)[FINES] == Decimal("0.70")
    assert again.state.adjustments[0].note == "罚款两家都计了"
    assert "调整：表一 商场、宾馆、学校 → 罚款（万元） -0.05，罚款两家都计了" in [
        line.message("zh") for line in read_log(again.events, again.state)
    ]


def test_a_merge_reads_no_workbook_and_writes_only_what_is_different(
    office: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a workbook was read again")

    for reader in ("_read_workbook", "_read"):
        monkeypatch.setattr(reading, reader, forbidden)

    first, second = office.merge(), office.merge()
    office.adjust(VISITS, "1", note="漏计")
    third = office.merge()

    assert (first.is_new, second.is_new, third.is_new) == (True, False, True)
    book = openpyxl.load_workbook(office.folder / merged_file(office))
    assert [row[3].value for row in book["调整"].iter_rows(min_row=5, max_row=5)] == [1]


def test_a_workbook_that_came_in_a_zip_lies_beside_the_countys_so_that_its_links_lead_there(office: Campaign) -> None:
    data = returned(office, 1, inspections__public__places=11)
    packed = zipped([("年报/一.xlsx", data)])
    office.import_files([put(office.folder.path.parent / "来件", "全部.zip", packed)])

    office.merge()

    copy = office.folder / "4-汇总" / "来源" / f"{code(1)}_{name(1)}.xlsx"
    assert copy.read_bytes() == data
    book = openpyxl.load_workbook(office.folder / merged_file(office))
    goals = {
        link.target for row in book["单位明细"].iter_rows() for cell in row if (link := cell.hyperlink) and link.target
    }
    assert f"来源/{code(1)}_{name(1)}.xlsx" in goals
    assert len(goals) == 3


def test_a_merge_without_rounding_is_another_one_than_that_with_it(office: Campaign) -> None:
    def in_whole_wan(merged: Merged) -> Rounded:
        return round_balanced(merged, measure="万元", digits=0)

    sheets = []
    for rounding in (in_whole_wan, None, None):
        result = office.merge(rounding=rounding)
        book = openpyxl.load_workbook(office.folder / merged_file(office), read_only=True)
        sheets.append((result.is_new, "舍位" in book.sheetnames))

    assert sheets == [(True, True), (True, False), (False, False)]


def test_a_comma_in_an_amount_parts_thousands(office: Campaign) -> None:
    assert office.would_adjust(PLACES, "-1,200", note="试").booking.amount == -1200


def test_a_booking_that_the_form_has_no_cell_for_any_more_is_no_silent_gap_in_a_total(office: Campaign) -> None:
    """Somebody has edited the definition that lies in the folder."""
    facts = {"key": "inspections.gone.places", "label": "表一", "amount": "5", "note": "漏报"}
    with office.changing("adjust"), office.recording() as record:
        record(EventKind.ADJUSTED, facts)

    with pytest.raises(UnknownCellError):
        office.merge(write=False)


def test_what_a_note_of_an_exemption_says_is_in_the_workbook_so_that_it_is_written_anew(office: Campaign) -> None:
    before = basis(office)

    office.exempt(code(3), note="撤并")

    assert basis(office) != before
