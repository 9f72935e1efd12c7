"""Which workbook counts: what comes in, one after the other, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.campaign.office import begin, code, name, put, returned, zipped
from tianbao import messages
from tianbao.campaign.campaign import Campaign
from tianbao.records.model import Unit


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANBAO_LANG", "zh")
    messages.use_language(None)


@pytest.fixture
def office(tmp_path: Path) -> Campaign:
    campaign = begin(tmp_path / "五台县 2025", 4)
    campaign.issue()
    return campaign


def bring(campaign: Campaign, file: str, data: bytes) -> None:
    campaign.import_files([put(campaign.folder.path.parent / "来件", file, data)])


def standings(campaign: Campaign, number: int) -> list[tuple[str, str, int]]:
    chain = campaign.versions.chains.get(code(number), ())
    return [(one.returned.file, one.code, one.number) for one in chain]


def others(campaign: Campaign) -> list[tuple[str, str]]:
    return [(one.returned.file, one.code) for one in campaign.versions.others]


def test_the_last_workbook_received_counts_whatever_its_name_says(office: Campaign) -> None:
    bring(office, "最终版.xlsx", returned(office, 1, inspections__public__places=5))
    bring(office, "初稿.xlsx", returned(office, 1, inspections__public__places=6))

    assert standings(office, 1) == [("最终版.xlsx", "W-REPLACED", 1), ("初稿.xlsx", "W-LATEST", 2)]


def test_the_same_file_again_changes_nothing_not_even_the_log(office: Campaign) -> None:
    data = returned(office, 1)
    bring(office, "a.xlsx", data)
    before = office.events

    bring(office, "改了名.xlsx", data)

    assert office.events == before


def test_the_same_workbook_in_a_zip_counts_once(office: Campaign) -> None:
    data = returned(office, 1)
    bring(office, "a.xlsx", data)

    bring(office, "全部.zip", zipped([("b.xlsx", data)]))

    assert standings(office, 1) == [("a.xlsx", "W-FIRST", 1), ("全部.zip/b.xlsx", "W-SAME", 0)]


def test_what_was_replaced_and_comes_once_more_is_not_adopted(office: Campaign) -> None:
    bring(office, "a.xlsx", returned(office, 1, inspections__public__places=5))
    bring(office, "b.xlsx", returned(office, 1, inspections__public__places=6))

    bring(office, "a 转发.zip", zipped([("a.xlsx", resaved(returned(office, 1, inspections__public__places=5)))]))

    assert standings(office, 1)[-1] == ("a 转发.zip/a.xlsx", "W-OLD", 0)
    assert office.versions.chains[code(1)][-1].because() == (
        "旧版，未采用：与第 1 版“a.xlsx”填的完全一样，那一版已被代替。 不用处理；确实要用旧的，用 tianbao claim 指定。"
    )


def test_what_was_filled_in_before_it_was_sent_back_is_not_adopted_and_the_office_is_asked(office: Campaign) -> None:
    bring(office, "a.xlsx", returned(office, 1, inspections__public__places=5))
    bring(office, "退回.xlsx", returned(office, 1, turn=1, inspections__public__places=6))

    bring(office, "迟到的.xlsx", returned(office, 1, turn=0, inspections__public__places=7))

    assert standings(office, 1) == [
        ("a.xlsx", "W-REPLACED", 1),
        ("退回.xlsx", "W-LATEST", 2),
        ("迟到的.xlsx", "W-OLDER", 0),
    ]
    assert office.versions.chains[code(1)][-1].asks


def test_an_empty_workbook_does_not_take_the_place_of_one_that_is_filled(office: Campaign) -> None:
    bring(office, "a.xlsx", returned(office, 1))

    bring(office, "又附了空表.xlsx", empty(office, 1))

    assert standings(office, 1) == [("a.xlsx", "W-FIRST", 1), ("又附了空表.xlsx", "W-EMPTY", 0)]


def test_the_workbook_that_we_sent_is_no_report(office: Campaign) -> None:
    issued = next((office.folder / "1-下发").glob(f"{code(1)}*"))

    bring(office, "回复.xlsx", issued.read_bytes())

    assert standings(office, 1) == [("回复.xlsx", "W-OURS", 0)]
    assert office.status().units[0].state.value == "issued"


def test_two_different_ones_that_come_at_once_are_asked_about(office: Campaign) -> None:
    several = [("a.xlsx", returned(office, 1)), ("b.xlsx", returned(office, 1, inspections__public__places=6))]

    bring(office, "两份.zip", zipped(several))

    assert standings(office, 1) == [("两份.zip/a.xlsx", "W-REPLACED", 1), ("两份.zip/b.xlsx", "W-SEVERAL", 2)]
    assert office.status().units[0].state.value == "to_verify"


def test_the_office_says_which_of_two_counts_and_nothing_more_is_asked(office: Campaign) -> None:
    several = [("a.xlsx", returned(office, 1)), ("b.xlsx", returned(office, 1, inspections__public__places=6))]
    bring(office, "两份.zip", zipped(several))

    office.claim("两份.zip/a.xlsx", name(1), note="电话核实")

    assert standings(office, 1) == [("两份.zip/a.xlsx", "W-CLAIMED", 1), ("两份.zip/b.xlsx", "W-REPLACED", 2)]
    assert not office.status().units[0].asking


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param({"turn": None}, "W-UNSIGNED", id="nobody signed it"),
        pytest.param({"secret": "ab" * 32}, "W-FORGED", id="another campaign signed it"),
        pytest.param({"unit": Unit(code(2), name(2), "乡镇")}, "W-FORGED", id="another unit was put into it"),
        pytest.param({"year": 2024}, "W-YEAR", id="last year's"),
        pytest.param({"unit": Unit("999912345", "别处镇", "乡镇")}, "W-ROSTER", id="a unit that is not on the roster"),
    ],
)
def test_a_workbook_that_is_not_certainly_a_units_waits_for_the_office(
    office: Campaign, made: dict[str, object], expected: str
) -> None:
    bring(office, "年报.xlsx", returned(office, 1, **made))  # type: ignore[arg-type]

    (waiting,) = office.status().waiting

    assert waiting.version.code == expected
    assert all(office.versions.counting(code(n)) is None for n in (1, 2, 3, 4))


def test_what_the_office_claims_counts_for_the_unit_that_it_names(office: Campaign) -> None:
    bring(office, "年报.xlsx", returned(office, 1, turn=None, inspections__public__places=5))

    office.claim("1", name(3))

    assert standings(office, 3) == [("年报.xlsx", "W-CLAIMED", 1)]
    merged = office.merge().merged
    assert [(unit.code, value) for unit, value, _ in merged.sources("inspections.public.places")] == [(code(3), 5)]


def test_a_workbook_that_is_claimed_does_not_take_a_later_ones_place_when_it_is_taken_in_anew(office: Campaign) -> None:
    bring(office, "未署名.xlsx", returned(office, 1, turn=None, inspections__public__places=5))
    office.claim("1", name(1))

    bring(office, "后来的.xlsx", returned(office, 1, inspections__public__places=6))

    assert standings(office, 1) == [("未署名.xlsx", "W-REPLACED", 1), ("后来的.xlsx", "W-LATEST", 2)]


def test_what_is_no_workbook_is_kept_and_refused_with_its_reason(office: Campaign) -> None:
    bring(office, "照片.jpg", b"\xff\xd8\xff\xe0" + b"0" * 100)

    assert others(office) == [("照片.jpg", "F-PICTURE")]
    (original,) = office.ledger.originals().values()
    assert (office.folder / original.path).read_bytes() == b"\xff\xd8\xff\xe0" + b"0" * 100


def test_a_guess_says_what_speaks_for_it(office: Campaign) -> None:
    unnamed = returned(
        office, 1, turn=None, unit=Unit("", "", ""), cover__telephone="0350-5500003", cover__preparer="王3"
    )

    bring(office, "年报(3).xlsx", unnamed)

    (waiting,) = office.status().waiting
    assert waiting.guess is not None
    assert waiting.guess.entry.unit.name == name(3)
    assert waiting.guess.because() == "填的电话与名录的 0350-5500003 一致、填表人是名录的联系人王3"


def test_nobody_is_guessed_where_two_units_are_as_likely(office: Campaign) -> None:
    unnamed = returned(office, 1, turn=None, unit=Unit("", "", ""))

    bring(office, f"{name(1)}和{name(2)}.xlsx", unnamed)

    assert office.status().waiting[0].guess is None


def resaved(data: bytes) -> bytes:
    """Save a workbook anew, as a person's program would: the same content in other bytes."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def empty(office: Campaign, number: int) -> bytes:
    """Return what was issued, saved anew and not filled in."""
    issued: Sequence[Path] = list((office.folder / "1-下发").glob(f"{code(number)}*"))
    return resaved(issued[0].read_bytes())
