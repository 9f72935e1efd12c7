"""`merge --as-unit`: the totals as the report of one unit of the next level."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

import tianbao as tb
from tests.campaign.office import begin, put, returned
from tests.cli.conftest import Call, Maker
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.receive import answers_digest
from tianbao.records.model import Unit


def test_files_become_the_report_of_one_unit(call: Call, workbook: Maker, tmp_path: Path) -> None:
    names = [workbook(f"{n}.xlsx", n, inspections__public__places=int(n)) for n in ("1", "2")]

    told = call("merge", *names, "--as-unit", "140922", "--unit-name", "示例县", "-o", "上报.xlsx")

    report = tb.read_workbook(tmp_path / "上报.xlsx")
    assert (told.status, told.out.splitlines()[1]) == (0, "● 已汇总 2 家：第1镇、第2镇")
    assert told.err.splitlines()[-2:] == [
        "√ 上报表写到 上报.xlsx（示例县，140922）",
        "□ 文字部分和封面的负责人、填表人由本单位填写后再报。",
    ]
    assert (report.unit, report["inspections.public.places"]) == (Unit("140922", "示例县"), 3)
    assert report.provenance is not None
    assert [part.file for part in report.provenance.parts] == ["1.xlsx", "2.xlsx"]


def test_reports_of_counties_are_merged_like_any_others(call: Call, workbook: Maker, tmp_path: Path) -> None:
    for county, number in (("甲县", "1"), ("乙县", "2")):
        name = workbook(f"{number}.xlsx", number, inspections__public__places=int(number))
        call("merge", name, "--as-unit", f"99{number}", "--unit-name", county, "-o", f"{county}.xlsx")

    told = call("merge", "甲县.xlsx", "乙县.xlsx", "-o", "市.xlsx")

    assert told.out.splitlines()[1:] == ["● 已汇总 2 家：甲县、乙县"]
    assert openpyxl.load_workbook(tmp_path / "市.xlsx").sheetnames


def test_a_township_that_is_counted_twice_is_told_by_the_merge(call: Call, workbook: Maker) -> None:
    name = workbook("1.xlsx", "1", inspections__public__places=3)
    call("merge", name, "--as-unit", "99", "--unit-name", "甲县", "-o", "甲县.xlsx")

    told = call("merge", name, "甲县.xlsx", "-o", "市.xlsx")

    assert told.status == 1
    assert told.out.splitlines()[-1].startswith(
        "× 甲县.xlsx  M-PARTS-TWICE  有 1 个单位在“第1镇”里已经计入，这一份又计了一次：第1镇。"
    )


def test_a_name_without_a_code_means_nothing(call: Call, workbook: Maker) -> None:
    told = call("merge", workbook("1.xlsx"), "--unit-name", "示例县", "-o", "上报.xlsx")

    assert told == (2, "", "[U-MISSING] “tianbao merge”缺少 --as-unit。\n→ 用法见 tianbao merge --help。\n")


def test_a_dry_run_writes_nothing(call: Call, workbook: Maker, tmp_path: Path) -> None:
    told = call("merge", workbook("1.xlsx"), "--as-unit", "99", "-o", "上报.xlsx", "--dry-run")

    assert (told.status, told.err.splitlines()[-1]) == (0, "会写上报表 上报.xlsx。")
    assert not (tmp_path / "上报.xlsx").exists()


def test_a_campaign_hands_its_totals_on_and_does_so_again_when_they_have_changed(call: Call, tmp_path: Path) -> None:
    folder, file = tmp_path / "年报", tmp_path / "年报/4-汇总/上报_2025_示例县政府办.xlsx"
    with begin(folder) as campaign:
        for n in (1, 2):
            path = put(tmp_path, f"来件/{n}.xlsx", returned(campaign, n, inspections__public__places=n))
            campaign.import_files([path])

    first = call("-C", str(folder), "merge", "--as-unit", "140922")
    assert first.err.splitlines()[-2] == "√ 上报表写到 4-汇总/上报_2025_示例县政府办.xlsx（示例县政府办，140922）"
    before = tb.read_workbook(file)
    with Campaign(folder) as campaign:
        campaign.import_files([put(tmp_path, "来件/3.xlsx", returned(campaign, 3, inspections__public__places=5))])
        assert campaign.state.merged == ()
    call("-C", str(folder), "merge", "--as-unit", "140922")

    now = tb.read_workbook(file)
    assert (before["inspections.public.places"], now["inspections.public.places"]) == (3, 8)
    assert before.provenance is not None
    assert [unit.code for unit in before.provenance.missing] == ["999900003"]
    assert now.provenance is not None
    assert now.provenance.missing == ()


def test_a_campaign_hands_on_where_it_is_told_to_and_prints_for_programs(call: Call, tmp_path: Path) -> None:
    with begin(tmp_path / "年报") as campaign:
        campaign.import_files([put(tmp_path, "来件/1.xlsx", returned(campaign, 1, inspections__public__places=1))])
    here = ("-C", str(tmp_path / "年报"), "merge", "--as-unit", "99", "--unit-name", "甲县")

    dry = call(*here, "--dry-run")
    told = call(*here, "--json", "-o", str(tmp_path / "甲县.xlsx"))

    report = tb.read_workbook(tmp_path / "甲县.xlsx")
    assert dry.err.splitlines()[-1] == "会写上报表 4-汇总/上报_2025_甲县.xlsx。"
    assert not list((tmp_path / "年报/4-汇总").glob("*"))
    assert json.loads(told.out)["totals"]["inspections.public.places"] == 1
    assert (report.unit, report["inspections.public.places"]) == (Unit("99", "甲县"), 1)


def test_the_ledger_of_the_next_level_keeps_what_a_report_was_made_of(
    call: Call, workbook: Maker, tmp_path: Path
) -> None:
    name = workbook("1.xlsx", "1", inspections__public__places=3)
    call("merge", name, "--as-unit", "999900001", "--unit-name", "第1镇（示例）", "-o", "县.xlsx")

    with begin(tmp_path / "市") as campaign:
        campaign.import_files([tmp_path / "县.xlsx"])
        campaign.claim("#1", "999900001", note="核对过")
        merged = campaign.merge(write=False).merged

    opened = merged.deep_sources("inspections.public.places")
    assert [("/".join(unit.name for unit in one.path), one.value, one.origin.file) for one in opened] == [
        ("第1镇（示例）/第1镇", 3, "1.xlsx")
    ]


def test_the_same_figures_of_other_parts_are_another_answer(call: Call, workbook: Maker, tmp_path: Path) -> None:
    for file, numbers in (("一.xlsx", (1, 2)), ("二.xlsx", (2, 1))):
        names = [
            workbook(f"{n}.xlsx", str(n), inspections__public__places=k) for n, k in zip((1, 2), numbers, strict=True)
        ]
        call("merge", *names, "--as-unit", "99", "-o", file)

    one, other = (tb.read_workbook(tmp_path / file) for file in ("一.xlsx", "二.xlsx"))

    assert dict(one.values) == dict(other.values)
    assert answers_digest(one) != answers_digest(other)
