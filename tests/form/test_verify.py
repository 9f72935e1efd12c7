"""What the shape of a definition cannot tell: duplicates, labels that cannot be printed, circles, unwatched cells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.form.definitions import TREES, define, faults, told
from tianbao.form.load import examine
from tianbao.form.model import Severity


@pytest.mark.parametrize(
    ("change", "place", "key"),
    [
        (('key = "fir"', 'key = "pine"'), "tables.trees.rows", "pine"),
        (('key = "autumn"', 'key = "spring"'), "tables.trees.columns", "spring"),
        (('code = "T1-02"', 'code = "T1-01"'), "checks", "T1-01"),
        (('sheet = "二、名单"', 'sheet = "一、植树"'), "sections.*.sheet", "一、植树"),
        (('key = "preparer"', 'key = "zero_report"'), "cover", "zero_report"),
    ],
)
def test_a_key_that_stands_twice(tmp_path: Path, change: tuple[str, str], place: str, key: str) -> None:
    assert faults(tmp_path, change) == [
        ("D-DUPLICATE", place, f"“{key}”出现了 2 次。 每个代号只能用一次，它是数据的地址。")
    ]


@pytest.mark.parametrize("name", ["二/名单", "二" * 32, "[二]", "it's"])
def test_a_sheet_that_no_program_could_name_so(tmp_path: Path, name: str) -> None:
    assert faults(tmp_path, ('sheet = "二、名单"', f'sheet = "{name}"')) == [
        ("D-SHEET", "sections.people.sheet", f"工作表名“{name}”不能用。 至多 31 个字，不含 [ ] : * ? / \\ '。")
    ]


@pytest.mark.parametrize(
    ("change", "section", "known"),
    [
        (('section = "people"', 'section = "persons"'), "persons", "planted、people"),
        (('sheet = "二、名单"\n', ""), "people", "planted"),
    ],
)
def test_a_table_without_a_sheet(tmp_path: Path, change: tuple[str, str], section: str, known: str) -> None:
    assert faults(tmp_path, change) == [
        (
            "D-SECTION",
            "tables.people.section",
            f"表所属的部分“{section}”不存在，或者没有工作表名。 有工作表的部分：{known}。",
        )
    ]


def test_last_years_figures_of_a_row_that_is_not_there(tmp_path: Path) -> None:
    assert faults(tmp_path, ('row = "total", label = "上年合计"', 'row = "sum", label = "上年合计"')) == [
        ("D-PRIOR", "tables.trees.prior", "上年数所指的“sum”不在本表。 本表有：fir、pine、poplar、total。")
    ]


def test_two_rows_with_the_same_label(tmp_path: Path) -> None:
    assert faults(tmp_path, ('label = ["针叶", "杉"]', 'label = ["针叶", "松"]')) == [
        ("D-LABEL-TWICE", "tables.trees.rows", "标题“针叶/松”出现了两次。 同一张表里每行（列）的标题要能区分。")
    ]


def test_rows_of_one_outer_label_that_stand_apart(tmp_path: Path) -> None:
    poplar = '{ key = "poplar", label = ["杨"], group = "kind" },'

    found = faults(tmp_path, (f"    {poplar}\n", ""), ('    { key = "fir"', f'    {poplar}\n    {{ key = "fir"'))

    assert found == [
        (
            "D-LABEL-APART",
            "tables.trees.rows",
            "同一上级标题“针叶”下的各行（列）没有排在一起。 把它们排在一起，才能合并成一格。",
        )
    ]


def test_a_row_that_bears_the_outer_label_of_others(tmp_path: Path) -> None:
    assert faults(tmp_path, ('label = ["杨"]', 'label = ["针叶"]')) == [
        (
            "D-LABEL-BOTH",
            "tables.trees.rows",
            "“针叶”既是一行（列），又是别的行（列）的上级标题。 换一个标题，或者去掉下级。",
        )
    ]


def test_a_total_that_is_computed_from_itself(tmp_path: Path) -> None:
    found = faults(tmp_path, ('formula = "sum(kind)"', 'formula = "sum(kind) + total"'))

    assert found == [
        ("D-CIRCLE", "tables.trees", f"“trees.total.{column}”的公式绕回了自己。 检查互相引用的合计。")
        for column in ("spring", "autumn", "total", "hours")
    ]


def test_two_formulas_that_lead_to_each_other(tmp_path: Path) -> None:
    spring = '{ key = "spring", label = ["季节", "春"], group = "season"'

    found = faults(tmp_path, (spring, f'{spring}, formula = "total - autumn"'))

    assert {code for code, _, _ in found} == {"D-CIRCLE"}
    assert [key.split("”")[0] for _, _, key in found][:2] == ["“trees.pine.spring", "“trees.pine.total"]


def test_a_check_that_no_sheet_can_compute(tmp_path: Path) -> None:
    deep = "round(" * 40 + "control.planted" + ", 0)" * 40

    ((code, place, sentence),) = faults(
        tmp_path, ('rule = "control.planted == trees.total.total"', f'rule = "{deep} == 1"')
    )

    assert (code, place) == ("D-SHEET-FORMULA", "checks.K-01.rule")
    assert re.fullmatch(
        "工作表里表达不了这条关系：由表达式得出的公式有 [0-9]+ 个字符、83 层括号，Excel 最多容纳 8192 个字符、64 层 "
        "改写成表格软件能算的写法。",
        sentence,
    )


def test_cells_that_no_check_compares_are_noted(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(TREES.partition("[[checks]]")[0], encoding="utf-8")

    form, found = examine(path)

    assert form is not None
    assert [fault.severity for fault in found] == [Severity.NOTE]
    cells = "trees.pine.spring、trees.pine.autumn、trees.pine.hours、trees.fir.spring、trees.fir.autumn……"
    sentence = f"有 9 格没有任何审核关系涉及：{cells}。 这不是错误，但这些格子填错了没有谁会发现。"
    assert told(found) == [("D-UNTOUCHED", "tables.trees", sentence)]
    assert found[0].message("en").startswith("No check touches 9 cells: trees.pine.spring、")


def test_a_cell_is_touched_through_the_total_it_goes_into(tmp_path: Path) -> None:
    _, found = examine(define(tmp_path))

    assert found == ()


def beside(folder: Path, more: str) -> list[tuple[str, str, str]]:
    """Return the faults of the definition with something written behind it."""
    path = define(folder)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{more}", encoding="utf-8")
    return told(examine(path)[1])


FIGURE = '{ label = "春", value = "trees.total.spring" }'


@pytest.mark.parametrize(
    ("chart", "is_sound"),
    [
        (f'by = "flow"\nfigures = [{FIGURE}]\nsources = [{FIGURE}]', True),
        (f'by = "flow"\nfigures = [{FIGURE}]', False),
        (f"figures = [{FIGURE}]\nsources = [{FIGURE}]", False),
    ],
)
def test_a_flow_has_both_ends_and_no_other_chart_has_sources(tmp_path: Path, chart: str, *, is_sound: bool) -> None:
    found = [
        fault for fault in beside(tmp_path, f'[[county.charts]]\ntitle = "来去"\n{chart}\n') if fault[0] == "D-FLOW"
    ]

    assert found == (
        []
        if is_sound
        else [
            (
                "D-FLOW",
                "county.charts.1",
                (
                    '图“来去”：流向图（by = "flow"）要写来源 sources 和去向 figures，别的图没有来源。'
                    " 补上 sources，或者去掉它；两边的合计应当相等。"
                ),
            )
        ]
    )


def test_what_is_said_of_an_earlier_form_names_cells_that_there_are(tmp_path: Path) -> None:
    found = beside(
        tmp_path,
        '[[earlier]]\nform = "zfxxgk-2019"\n'
        'sums = [{ label = "针叶", each = "trees.columns", earlier = "needle", now = ["fir", "pines"] },\n'
        '        { label = "全", each = "people.rows", earlier = "all", now = ["a", "b"] }]\n'
        'without = [{ cells = ["art20_9", "art21"], why = "不再问", why_en = "not asked" }]\n',
    )

    named = [(code, re.findall("“(.*?)”", message)[0]) for code, _, message in found]
    assert named == [
        ("D-EACH", "people.rows"),
        *[
            ("D-EARLIER", f"trees.{row}.{column}")
            for column in ("spring", "autumn", "total", "hours")
            for row in ("pines", "needle")
        ],
        ("D-EARLIER", "art21"),
    ]
    assert {place for _, place, _ in found} == {"earlier.zfxxgk-2019", "earlier.zfxxgk-2019.sums.all.each"}


def test_what_is_said_of_charts_and_earlier_forms_changes_no_issued_workbook(tmp_path: Path) -> None:
    plain, _ = examine(define(tmp_path))
    path = define(tmp_path)
    path.write_text(
        f"{path.read_text(encoding='utf-8')}\n"
        '[[earlier]]\nform = "trees-old"\nwithout = [{ cells = ["trees"], why = "x", why_en = "x" }]\n',
        encoding="utf-8",
    )
    more, _ = examine(path)

    assert plain is not None
    assert more is not None
    assert more.digest == plain.digest
    assert [one.form for one in more.earlier] == ["trees-old"]
