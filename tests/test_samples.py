"""The sample campaign gives what lies beside it, and the real report what a person would expect of it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests import renew_samples
from tests.renew_samples import SAMPLES, Campaign, load_sample
from tianbao.campaign.roster import read_roster
from tianbao.records.model import Submission, Verdict

#: What somebody wrote where a number is asked for, and what that adds to a total.
WRITTEN_OUT = {"５件": 5, "１２８": 128, "/": 0}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return renew_samples.run_campaign(tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def baijiazhuang(campaign: Campaign) -> Submission:
    return campaign.submissions[-1]


def test_the_campaign_gives_what_lies_beside_it(campaign: Campaign) -> None:
    outcome = renew_samples.outcome(campaign)

    assert outcome == json.loads(renew_samples.EXPECTED.read_text(encoding="utf-8"))


def test_every_total_over_units_is_the_sum_of_what_they_typed(campaign: Campaign) -> None:
    typed = [load_sample(f"returns/{unit.code}.json")["values"] for unit in campaign.merged.units]

    totals = {cell.key: campaign.merged.totals[cell.key] for cell in campaign.merged.form.cells() if not cell.formula}

    assert totals == {key: sum(_number(values.get(key, 0)) for values in typed) for key in totals}


def test_a_mistake_is_found_where_one_was_planted_and_nowhere_else(campaign: Campaign) -> None:
    returned = {submission.file: submission for submission in campaign.submissions if submission.year != 2023}
    planted = {file for file, s in returned.items() if s.unit and load_sample(f"returns/{s.unit.code}.json")["mistake"]}

    found = {finding.file for finding in campaign.findings}
    noted = {file for file, submission in returned.items() if submission.notes}
    left_out = {left.file for left in campaign.merged.left_out}

    assert (found | noted | left_out) & returned.keys() == planted


def test_one_unit_of_the_roster_did_not_return_and_one_sent_last_years_workbook(campaign: Campaign) -> None:
    units = [entry.unit for entry in read_roster(SAMPLES / "roster.csv")]

    assert [unit.kind for unit in units] == ["乡镇"] * 12 + ["县直部门"] * 8
    assert [unit.name for unit in campaign.merged.missing] == ["白杨乡（示例）", "示例县财政局"]
    assert [(left.code, left.unit.name) for left in campaign.merged.left_out if left.unit] == [
        ("M-FORM", "白家庄镇"),
        ("M-YEAR", "示例县财政局"),
    ]


def test_the_real_report_reads_back_as_it_was_typed(baijiazhuang: Submission) -> None:
    typed = load_sample("baijiazhuang-2023.json")

    assert (baijiazhuang.verdict, baijiazhuang.year) == (Verdict.READ, 2023)
    assert {key: value for key, value in baijiazhuang.values.items() if value != 0} == {
        "art20_9.procurement.projects": None,
        "art20_9.procurement.amount": None,
    }
    assert len(baijiazhuang.values) == 198
    assert baijiazhuang.texts == typed["texts"]
    assert baijiazhuang["cover.period_end"] == date(2023, 12, 29)
    assert baijiazhuang["cover.filled_on"] == date(2023, 12, 25)


def test_the_real_report_has_its_layout_its_period_its_date_and_its_section_six_questioned_and_no_figure(
    campaign: Campaign, baijiazhuang: Submission
) -> None:
    findings = [finding for finding in campaign.findings if finding.file == baijiazhuang.file]

    assert [(f.code, f.severity.value, [cell.at for cell in f.cells], f.imbalance) for f in findings] == [
        ("P-03", "error", ["封面!C13"], -2),
        ("P-01", "query", [], None),
        ("P-04", "query", ["封面!C18", "封面!C13"], -4),
        ("N-11", "query", ["文字部分!B9"], -2),
        ("N-12", "query", ["文字部分!B55"], None),
    ]
    assert [finding.message("zh") for finding in findings] == [
        (
            "封面“统计期限止”（封面!C13）：统计期限到报告年度12月31日止；现在 2023-12-29 ≠ 2023-12-31，差 2 天。"
            "改为12月31日，并补上最后几天的数据。"
        ),
        (
            "封面：2019、2020年度的报告用本表样；2021年起已由新表样取代；这份报告是 2023 年度的。"
            "请改用现行表样（zfxxgk-2021）重新填报，或请县政府办公室确认。"
        ),
        (
            "封面（封面!C13、C18）：填报日期在统计期限结束以后；现在 2023-12-25 ≤ 2023-12-29，差 4 天。"
            "期限没有结束时数据还会变化：请在期限结束后填报。"
        ),
        (
            "文字部分“开头语”（文字部分!B9）写的是“本年度报告中所列数据的统计期限自2023年1月1日起至12月29日”："
            "文字里的统计期限，是报告年度1月1日至12月31日；文字里是 2023-12-29，应为 2023-12-31。"
            "改为报告年度1月1日至12月31日，并按全年口径核对数据。"
        ),
        (
            "文字部分“六、其他需要报告的事项”（文字部分!B55）：第六部分要写明收取信息处理费的情况；现在没有写到。"
            "写明发出收费通知的件数、总金额和实际收取的总金额；没有收取的，也写一句没有收取。"
        ),
    ]


def _number(typed: int | Decimal | str) -> int | Decimal:
    """Say what a sample's entry adds to a total."""
    return WRITTEN_OUT[typed] if isinstance(typed, str) else typed
