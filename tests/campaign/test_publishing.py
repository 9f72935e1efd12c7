"""The reports to be published, in a campaign's folder: whose, of what, and never over somebody's own work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.office import begin, code, name, put, returned
from tianbao.campaign.campaign import Campaign, rebuild
from tianbao.campaign.log import read_log
from tianbao.campaign.publishing import TEMPLATE, NoReportError, UnitReportError, Written, template_of
from tianbao.reports.published import Format, Report

WORD = "5-发布/word"
TITLE = "2025年乡镇消防安全检查季报"


@pytest.fixture
def office(tmp_path: Path) -> Campaign:
    """Three units; the first two have answered."""
    campaign = begin(tmp_path / "campaign", 3)
    campaign.issue()
    for n in (1, 2):
        bring(campaign, n, inspections__public__places=10 * n)
    return campaign


def bring(campaign: Campaign, n: int, **values: Any) -> None:
    data = returned(campaign, n, **values)
    campaign.import_files([put(campaign.folder.path.parent / "来件", f"{n}-{len(campaign.events)}.xlsx", data)])


def said(report: Report, kind: Format) -> bytes:
    """Write a report in a word or two: how it looks is asked elsewhere."""
    return f"{kind.value} {report.issuer} {report.values['inspections.public.places']}".encode()


def publish(
    campaign: Campaign, units: Sequence[str] = (), *, force: bool = False, county: bool = False
) -> list[Written]:
    return campaign.publish(campaign.reports(units, county=county), [Format.WORD], said, force=force)


def test_every_unit_that_has_answered_gets_its_report(office: Campaign) -> None:
    written = publish(office)

    assert [(one.composed.unit, one.file, one.is_new) for one in written] == [
        (code(n), f"{WORD}/{name(n)}{TITLE}.docx", True) for n in (1, 2)
    ]
    assert (office.folder / written[1].file).read_text(encoding="utf-8") == f"word {name(2)} 20"
    assert read_log(office.events, office.state)[-1].message("zh") == f"生成 2 份公布用的报告：{name(1)}、{name(2)}"


def test_the_countys_report_has_the_sums_and_is_signed_by_the_county(office: Campaign) -> None:
    (written,) = publish(office, county=True)

    assert written.file == f"{WORD}/示例县{TITLE}.docx"
    assert (office.folder / written.file).read_text(encoding="utf-8") == "word 示例县 30"


def test_nothing_is_written_down_again_where_nothing_has_changed(office: Campaign) -> None:
    publish(office)
    before = len(office.events)

    again = publish(office)

    assert [one.is_new for one in again] == [False, False]
    assert len(office.events) == before


def test_what_somebody_has_changed_is_left_as_it_is_and_the_others_are_written(office: Campaign) -> None:
    first, second = publish(office)
    (office.folder / first.file).write_bytes(b"by hand")
    bring(office, 1, inspections__public__places=11)
    bring(office, 2, inspections__public__places=22)

    again = publish(office)

    assert [(one.is_kept, one.is_new) for one in again] == [(True, False), (False, True)]
    assert (office.folder / first.file).read_bytes() == b"by hand"
    assert (office.folder / second.file).read_text(encoding="utf-8") == f"word {name(2)} 22"
    assert [one.is_kept for one in publish(office, force=True)] == [False, False]
    assert (office.folder / first.file).read_text(encoding="utf-8") == f"word {name(1)} 11"


def test_a_lost_ledger_knows_again_what_was_published(office: Campaign) -> None:
    first, _ = publish(office)
    office.close()
    (office.folder / ".tianbao/ledger.sqlite").unlink()
    rebuild(office.folder.path)

    with Campaign(office.folder.path) as again:
        (again.folder / first.file).write_bytes(b"by hand")

        assert [one.is_kept for one in publish(again)] == [True, False]


def test_who_has_not_answered_has_no_report(office: Campaign, tmp_path: Path) -> None:
    with pytest.raises(UnitReportError) as caught:
        publish(office, [name(3)])
    assert caught.value.params == {"name": name(3)}

    with begin(tmp_path / "empty", 1) as empty:
        for county in (False, True):
            with pytest.raises(NoReportError):
                publish(empty, county=county)


def test_what_is_open_stands_above_the_report(office: Campaign) -> None:
    bring(office, 1, inspections__public__places=None)

    (unit,) = office.reports([code(1)])
    (county,) = office.reports(county=True)

    assert unit.report.warnings == (
        "审核未通过：还有 1 处必须改正（C-01），改正后重新生成，再公布。",
        "还有 1 格没有填或者读不出（表一 商场、宾馆、学校 → 场所总数），填好后重新生成，再公布。",
    )
    cells = "表一 商场、宾馆、学校 → 场所总数、表一 商场、宾馆、学校 → 检查率（%）、表一 合计 → 场所总数、表一 合计 → 检查率（%）"
    assert county.report.warnings == (
        f"还不完整：应报 3 家，计入 2 家，缺 {name(3)}。",
        f"计入的报表里还有 1 处必须改正的错误（{name(1)}），改正后重新生成，再公布。",
        f"有 4 格的合计不完整，因为有单位没有填或者填得读不出（{cells}）。",
    )


def test_the_offices_own_template_lies_in_the_folder(office: Campaign) -> None:
    assert template_of(office) is None

    put(office.folder.path, TEMPLATE, b"a template")

    assert template_of(office) == office.folder / TEMPLATE


def test_what_an_interrupted_run_has_written_is_ours(office: Campaign) -> None:
    (first, _) = office.reports()
    file = f"{WORD}/{first.name}.docx"
    with office.changing("report"):
        office.folder.write(file, b"of an older state", known="")

    again = publish(office)

    assert [(one.is_kept, one.is_new) for one in again] == [(False, True), (False, True)]
    assert (office.folder / file).read_text(encoding="utf-8") == f"word {name(1)} 10"
