"""The receipt: what was read, the totals that people know, and a digest of the answers."""

from __future__ import annotations

from dataclasses import replace

from tests.records.samples import submission
from tianbao.reports.receipt import digest_of, receipt


def test_the_receipt_names_unit_file_counts_totals_and_digests() -> None:
    returned = submission(
        "zfxxgk-2021",
        {"requests.new.natural": 3, "requests.granted.natural": 2, "requests.carried_out.natural": 1},
        file="收件.zip/年报.xlsx",
    )

    told = receipt(returned, "zh").strip().splitlines()

    assert told[2] == "白家庄镇（140922018）："
    assert told[4] == "你单位报来的《2025年政府信息公开工作年度报告》已收到，审核没有发现问题。"
    assert told[6] == "文件：年报.xlsx"
    assert told[7] == "读到：166 格数字（其中填 0 的 163 格，按零报告计的 0 格），3 部分文字"
    assert told[9:16] == [
        "  表三 “一、本年新收政府信息公开申请数量”（总计）：3 件",
        "  表三 “二、上年结转政府信息公开申请数量”（总计）：0 件",
        "  表三 “（七）总计”（总计）：2 件",
        "  表三 “四、结转下年度继续办理”（总计）：1 件",
        "  表四 “行政复议”（总计）：0 件",
        "  表四 “未经复议直接起诉”（总计）：0 件",
        "  表四 “复议后起诉”（总计）：0 件",
    ]
    assert told[17] == f"数据摘要：{digest_of(returned)}（内容相同，摘要就相同）"
    assert told[18] == f"文件摘要：SHA-256 {returned.sha256}"


def test_of_a_table_with_a_control_total_that_one_is_told() -> None:
    told = receipt(submission("fire-safety", {"inspections.public.visits": 4}), "en").splitlines()

    assert [line for line in told if line.startswith("  ")] == ["  表一 “合计” (检查次数)：4 次"]


def test_the_digest_is_of_the_answers_and_not_of_the_file() -> None:
    one = submission("zfxxgk-2021", {"requests.new.natural": 3})

    assert digest_of(one) == digest_of(replace(one, file="另一个.xlsx", sha256="0" * 64))
    assert digest_of(one) != digest_of(submission("zfxxgk-2021", {"requests.new.natural": 4}))
    assert digest_of(one) != digest_of(submission("zfxxgk-2021", {"requests.new.business": 3}))
    assert digest_of(one) != digest_of(replace(one, year=2024))
