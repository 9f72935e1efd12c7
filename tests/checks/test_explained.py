"""What explains a query: a reason or a source, not that somebody has looked."""

from __future__ import annotations

import pytest

from tianbao.checks.explained import counts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "同上",
        "已核实",
        "核实无误",
        "核实无误。",
        "经核实无误",
        "经 核 实，无 误！！！",
        "情况属实",
        "经我单位认真核实，数据无误，情况属实。",
        "经核对，填报数据真实准确，特此说明",
        "以上数据均正确，请审核。",
        "（已核实，确实为０）",
        "———————",
        "３件跨年",
    ],
)
def test_a_stock_phrase_and_what_is_shorter_than_six_characters_do_not_count(text: str) -> None:
    assert not counts(text)


@pytest.mark.parametrize(
    "text",
    [
        "3件为上年结转",
        "核实无误，3件",
        "经核实无误：上年公开的两份文件今年废止",
        "已查登记台账，本年确实没有收到申请。",
        "与县司法局备案数一致",
        "我镇无行政处罚权",
    ],
)
def test_a_fact_counts_with_and_without_a_stock_phrase(text: str) -> None:
    assert counts(text)


def test_a_very_long_text_is_looked_at_once() -> None:
    assert not counts("确实核实经核实无误" * 4_000)
