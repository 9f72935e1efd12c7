from __future__ import annotations

import pytest

from tianbao import load_form
from tianbao.form.printed import PrintedTable, Role, make_parts

FORMS = ["zfxxgk-2019", "zfxxgk-2021", "fire-safety"]


def drawn(table: PrintedTable) -> list[str]:
    """Draw a table: a line a row, each cell with its extent where it has one."""
    return [
        " | ".join(
            (cell.text or cell.key)
            + (f" ↓{cell.rows}" if cell.rows > 1 else "")
            + (f" →{cell.columns}" if cell.columns > 1 else "")
            for cell in row
        )
        for row in table.by_row()
    ]


def test_the_parts_stand_in_the_order_of_the_report() -> None:
    parts = make_parts(load_form("zfxxgk-2021"))

    assert [part.heading for part in parts] == [
        "",
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert [part.text.key if part.text else len(part.tables) for part in parts] == [
        *("lead", "overview", 1, 1, 1, "problems", "other_matters"),
    ]


def test_table_two_is_ruled_as_one_and_its_blocks_reach_to_its_edge() -> None:
    table = make_parts(load_form("zfxxgk-2021"))[2].tables[0]

    assert drawn(table) == [
        "第二十条第（一）项 →4",
        "信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数",
        "规章 | art20_1.rules.issued | art20_1.rules.repealed | art20_1.rules.in_force",
        "行政规范性文件 | art20_1.norm_docs.issued | art20_1.norm_docs.repealed | art20_1.norm_docs.in_force",
        "第二十条第（五）项 →4",
        "信息内容 | 本年处理决定数量 →3",
        "行政许可 | art20_5.licence.decisions →3",
        "第二十条第（六）项 →4",
        "信息内容 | 本年处理决定数量 →3",
        "行政处罚 | art20_6.penalty.decisions →3",
        "行政强制 | art20_6.coercion.decisions →3",
        "第二十条第（八）项 →4",
        "信息内容 | 本年收费金额（单位：万元） →3",
        "行政事业性收费 | art20_8.admin_fees.amount →3",
    ]


def test_table_three_has_its_corner_and_three_levels_of_heads() -> None:
    table = make_parts(load_form("zfxxgk-2021"))[3].tables[0]

    assert (table.heads, table.labels, table.rows, table.columns) == (3, 3, 28, 10)
    assert drawn(table)[:6] == [
        "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和） ↓3 →3 | 申请人情况 →7",
        "自然人 ↓2 | 法人或其他组织 →5 | 总计 ↓2",
        "商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他",
        "一、本年新收政府信息公开申请数量 →3 | "
        + " | ".join(
            f"requests.new.{c}" for c in ["natural", "business", "research", "nonprofit", "legal", "other_org", "total"]
        ),
        "二、上年结转政府信息公开申请数量 →3 | "
        + " | ".join(
            f"requests.carried_in.{c}"
            for c in ["natural", "business", "research", "nonprofit", "legal", "other_org", "total"]
        ),
        "三、本年度办理结果 ↓22 | （一）予以公开 →2 | "
        + " | ".join(
            f"requests.granted.{c}"
            for c in ["natural", "business", "research", "nonprofit", "legal", "other_org", "total"]
        ),
    ]


def test_table_four_is_one_row_below_three_levels_of_heads() -> None:
    table = make_parts(load_form("zfxxgk-2021"))[4].tables[0]

    heads = "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计"
    assert drawn(table)[:3] == [
        "行政复议 →5 | 行政诉讼 →10",
        " | ".join(f"{head} ↓2" for head in heads.split(" | ")) + " | 未经复议直接起诉 →5 | 复议后起诉 →5",
        f"{heads} | {heads}",
    ]
    assert table.rows == 4


@pytest.mark.parametrize("name", FORMS)
def test_every_cell_of_a_form_is_printed_once_and_every_grid_is_covered_once(name: str) -> None:
    form = load_form(name)
    tables = [table for part in make_parts(form) for table in part.tables]

    keys = [cell.key for table in tables for cell in table.cells if cell.role is Role.ANSWER]
    assert sorted(keys) == sorted(cell.key for cell in form.cells())
    for table in tables:
        covered = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        assert sorted(covered) == [(row, column) for row in range(table.rows) for column in range(table.columns)]
