"""`merge --round`: the totals in a larger measure, and what was nudged so that they add up."""

from __future__ import annotations

import json
from pathlib import Path

from tests.campaign.office import begin, put, returned
from tests.cli.conftest import Call, Maker


def test_what_was_nudged_is_told_line_by_line(call: Call, workbook: Maker) -> None:
    names = [workbook(f"{n}.xlsx", n, inspections__public__fines="0.40") for n in ("1", "2")]

    told = call("merge", *names, "--round", "万元", "--digits", "0", "-o", "县.xlsx")

    assert told.status == 0
    assert told.out.splitlines()[2:] == [
        "● 舍位：5 格合计以万元为单位，保留 0 位小数，各合计关系保持平衡",
        "● 各单位的数为与合计一致，调了 2 处：",
        "  第1镇　一、检查情况 → 人员密集场所 → 商场、宾馆、学校 → 罚款（万元）：原数 0.4，四舍五入 0，调为 1（+1）",
        "  第1镇　一、检查情况 → 合计 → 罚款（万元）：原数 0.4，四舍五入 0，调为 1（+1）",
    ]


def test_where_nothing_was_nudged_that_is_told(call: Call, workbook: Maker) -> None:
    told = call("merge", workbook("1.xlsx", inspections__public__fines="0.40"), "--round", "元", "-o", "县.xlsx")

    assert told.out.splitlines()[2:] == [
        "● 舍位：5 格合计以元为单位，保留 2 位小数，各合计关系保持平衡",
        "  √ 四舍五入后各合计都平衡，一处也没有调",
    ]


def test_programs_get_every_figure(call: Call, workbook: Maker) -> None:
    names = [workbook(f"{n}.xlsx", n, inspections__public__fines="0.40") for n in ("1", "2")]

    document = json.loads(call("merge", *names, "--round", "万元", "--digits", "0", "--json").out)

    rounded = document["rounded"]
    assert (rounded["measure"], rounded["digits"], rounded["broken"]) == ("万元", 0, [])
    assert rounded["units"]["inspections.public.fines"][0] == {
        "key": "inspections.public.fines",
        "unit": "1",
        "booking": False,
        "exact": "0.4",
        "rounded": "0",
        "balanced": "1",
        "nudge": 1,
        "why": "share",
    }
    assert len(rounded["totals"]) == 5


def test_what_cannot_be_asked_is_told(call: Call, workbook: Maker) -> None:
    name = workbook("1.xlsx")

    unknown = call("merge", name, "--round", "万公里", "-o", "县.xlsx")
    alone = call("merge", name, "--digits", "2", "-o", "县.xlsx")

    assert (unknown.status, unknown.err.splitlines()[-2:]) == (
        3,
        [
            "[M-ROUND-MEASURE] 这张表没有能用“万公里”表示的合计。",
            "→ 表里的计量单位有：处、次、%、万元；可以换成它们的百、千、万、亿倍，如 万元、亿元、万件。",
        ],
    )
    assert (alone.status, alone.err.splitlines()[-2]) == (2, "[U-MISSING] “tianbao merge”缺少 --round。")


def test_a_campaign_s_totals_are_rounded_too(call: Call, tmp_path: Path) -> None:
    with begin(tmp_path / "年报") as campaign:
        for n in (1, 2):
            campaign.import_files(
                [put(tmp_path, f"来件/{n}.xlsx", returned(campaign, n, inspections__public__fines="0.40"))]
            )

    told = call("-C", str(tmp_path / "年报"), "merge", "--dry-run", "--round", "万元", "--digits", "0")

    assert "● 各单位的数为与合计一致，调了 2 处：" in told.out.splitlines()
