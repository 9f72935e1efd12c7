"""Fifty units, three versions each, every fifth with a fault, five workbooks of nobody: who stands where."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest
from openpyxl import load_workbook
from syrupy.assertion import SnapshotAssertion

from tests.campaign.office import begin, code, name, put, returned
from tianbao import messages
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.status import Status, UnitState
from tianbao.campaign.status_book import status_book
from tianbao.campaign.status_table import reminder, whole_table
from tianbao.cli.status import told
from tianbao.messages import Language

UNITS, ROUNDS = 50, 3
SILENT, EXEMPT = {7, 23}, {50}
NOBODYS = {11, 12, 13, 14, 15}
TODAY = date(2026, 1, 25)


def is_faulty(number: int, version: int) -> bool:
    """Whether a version has a fault: of every fifth unit the last one, of every fourth the first one, too."""
    return number % 5 == 0 if version == ROUNDS else number % 4 == 0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Make the campaign once: nothing here changes it."""
    home = tmp_path_factory.mktemp("office")
    clock = count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIANBAO_LANG", "zh")
        for module in ("folder", "books", "campaign", "verify"):
            patch.setattr(
                f"tianbao.campaign.{module}.now",
                lambda: f"2026-01-{10 + next(clock) // 60:02d}T09:30:00+08:00",
            )
            patch.setattr(f"tianbao.campaign.{module}.user", lambda: "李某")
        settings = {"due": date(2026, 1, 20), "late": date(2026, 1, 31), "contact": "张某 0350-1234567"}
        campaign = begin(home / "campaign", UNITS, **settings)
        campaign.issue()
        for version in range(1, ROUNDS + 1):
            files = home / f"第{version}批"
            for number in set(range(1, UNITS + 1)) - SILENT - EXEMPT:
                visited = 3 if is_faulty(number, version) else None
                places = 10 * number + version
                data = returned(campaign, number, inspections__public__places=places, control__visited=visited)
                put(files, f"{number:02d}.xlsx", data)
            campaign.import_files([files])
        for number in NOBODYS:
            data = returned(campaign, number, turn=None, inspections__public__places=999)
            put(home / "群里收的", f"年报({number}).xlsx", data)
        put(home / "群里收的", "照片.jpg", b"\xff\xd8\xff\xe0" + b"0" * 99)
        campaign.import_files([home / "群里收的"])
        campaign.exempt(code(50), note="已撤并")
        campaign.give_back([code(5), code(10)])
        yield campaign
        campaign.close()


@pytest.fixture
def status(office: Campaign) -> Status:
    return office.status(today=TODAY)


def expected_state(number: int) -> UnitState:
    if number in EXEMPT:
        return UnitState.EXEMPT
    if number in SILENT:
        return UnitState.ISSUED
    if is_faulty(number, ROUNDS):
        return UnitState.TO_MEND
    return UnitState.TO_VERIFY if number in NOBODYS else UnitState.PASSED


def test_every_unit_stands_where_it_should(status: Status) -> None:
    stands = {unit.entry.unit.code: unit.state for unit in status.units}

    assert stands == {code(number): expected_state(number) for number in range(1, UNITS + 1)}


def test_the_third_version_of_each_counts_and_says_why(status: Status) -> None:
    for number, unit in enumerate(status.units, start=1):
        if number in SILENT | EXEMPT:
            assert unit.version is None
        else:
            assert unit.version is not None
            assert (unit.version.number, unit.versions, unit.version.code) == (3, 3, "W-LATEST")
            assert unit.version.returned.file == f"{number:02d}.xlsx"


def test_what_is_open_stands_in_its_part_of_the_form(status: Status) -> None:
    open_parts = {
        number: {key: (part.errors, part.queries) for key, part in unit.parts.items() if part.errors or part.queries}
        for number, unit in enumerate(status.units, start=1)
    }

    faulty = {number for number in range(1, UNITS + 1) if number % 5 == 0} - SILENT - EXEMPT
    assert open_parts == {n: {"inspections": (1, 0)} if n in faulty else {} for n in range(1, UNITS + 1)}


def test_the_counts_add_up_to_all_units(status: Status) -> None:
    assert status.expected == UNITS - len(EXEMPT)
    assert status.received == UNITS - len(EXEMPT) - len(SILENT)
    assert sum(status.counts.values()) == UNITS
    assert {state.value: n for state, n in status.counts.items() if n} == {
        "exempt": 1,
        "issued": 2,
        "passed": 34,
        "to_mend": 9,
        "to_verify": 4,
    }


def test_who_owes_something_after_the_deadline_is_late_and_named_with_a_telephone(status: Status) -> None:
    late = [unit for unit in status.owing if unit.is_late]

    assert [unit.entry.unit.name for unit in late] == [name(number) for number in sorted(SILENT)]
    assert all(unit.entry.telephone for unit in late)


def test_nobody_is_late_on_the_last_day(office: Campaign) -> None:
    assert not any(unit.is_late for unit in office.status(today=date(2026, 1, 20)).units)


def test_what_is_nobodys_waits_with_the_unit_that_it_may_be(status: Status) -> None:
    guessed = [one.guess.entry.unit.code for one in status.waiting if one.guess]

    assert guessed == [code(number) for number in sorted(NOBODYS)]
    assert [version.returned.file for version in status.refused] == ["照片.jpg"]


def test_the_merged_totals_are_those_of_the_versions_that_count(office: Campaign) -> None:
    merged = office.merge(write=False).merged

    reported = set(range(1, UNITS + 1)) - SILENT - EXEMPT
    assert merged.totals["inspections.public.places"] == sum(10 * number + ROUNDS for number in reported)
    assert [unit.code for unit in merged.missing] == [code(number) for number in sorted(SILENT)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_status_reads_so(status: Status, lang: Language, snapshot: SnapshotAssertion) -> None:
    messages.use_language(lang)
    try:
        text = "\n".join(told(status))
    finally:
        messages.use_language(None)

    assert text == snapshot


def test_the_reminder_can_be_pasted_into_a_group_and_names_no_telephone_of_a_unit(status: Status) -> None:
    assert reminder(status) == (
        "各单位：示例县政府办收的2025年乡镇消防安全检查季报，填报截止日是2026年1月20日。\n"
        "目前应报 49 家，已报 47 家。\n"
        "还没有收到的 2 家：第7镇（示例）、第23镇（示例）。\n"
        "请修改后重报的 9 家：第5镇（示例）、第10镇（示例）、第15镇（示例）、第20镇（示例）、第25镇（示例）、"
        "第30镇（示例）、第35镇（示例）、第40镇（示例）、第45镇（示例）。\n"
        "请填好下发的表格，直接发回即可；已经发出的，请看一下是否发送成功。\n"
        "有疑问请联系 张某 0350-1234567。谢谢！"
    )


def test_the_csv_has_a_line_a_unit_in_the_offices_order(status: Status) -> None:
    table = whole_table(status, "zh")

    assert [line[1] for line in table.lines] == [code(number) for number in range(1, UNITS + 1)]
    assert all(len(line) == len(table.heads) for line in table.lines)


def test_the_workbook_of_the_status_says_the_same(office: Campaign, status: Status) -> None:
    book = load_workbook(io.BytesIO(status_book(office, status)))

    assert book.sheetnames == ["审核情况", "催报名单", "待办", "审核意见", "明细"]
    matrix = [[cell.value for cell in row] for row in book["审核情况"].iter_rows(min_row=5)]
    assert [row[1] for row in matrix] == [name(number) for number in range(1, UNITS + 1)]
    assert [row[2] for row in matrix][:7] == [
        "√ 通过",
        "√ 通过",
        "√ 通过",
        "√ 通过",
        "▲ 退回修改",
        "√ 通过",
        "○ 已下发 迟",
    ]
    assert book["审核情况"].print_options.horizontalCentered is not None
    owing = [row[1].value for row in book["催报名单"].iter_rows(min_row=9)]
    assert owing == [unit.entry.unit.name for unit in status.owing]
    assert [row[2].value for row in book["审核意见"].iter_rows(min_row=3)] == ["K-01"] * 9


def test_what_looks_like_a_formula_is_none_in_the_csv(capsys: pytest.CaptureFixture[str]) -> None:
    from tianbao.campaign.status_table import Table
    from tianbao.cli.status import _print_csv

    _print_csv(Table(("单位",), (("=1+1",), ("@SUM(A1)",))))

    printed = capsys.readouterr().out.removeprefix("\ufeff")
    assert [line[0] for line in csv.reader(io.StringIO(printed))] == ["单位", "'=1+1", "'@SUM(A1)"]


def test_a_status_that_was_kept_is_the_one_that_is_found_anew(office: Campaign) -> None:
    from tianbao.campaign import judge

    kept = judge.summaries(office)

    assert judge.is_known(office)
    assert kept == {unit: judge.sum_up(office.form, own) for unit, own in office.check().items()}
