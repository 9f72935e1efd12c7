"""From the lines of a definition to a form: cells, formulas, and each check applied where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

import tianbao as tb
from tests.form.definitions import built, faults
from tianbao import expr
from tianbao.form.load import bundled_forms
from tianbao.form.model import Cell, CellType, Kind, Merge, Severity, Shape


def test_the_innermost_word_about_a_cell_counts(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert form.cell("trees.pine.spring").measure == "株"
    hours = form.cell("trees.pine.hours")
    assert (hours.type, hours.digits, hours.measure) == (CellType.DECIMAL, 1, "时")
    assert hours.label == ("一、植树情况", "针叶", "松", "养护工时")


def test_where_a_row_and_a_column_both_have_a_formula_the_columns_counts(tmp_path: Path) -> None:
    form = built(tmp_path)

    corner = form.cell("trees.total.total").formula

    assert corner is not None
    assert [cell.key for cell in expr.cells(corner)] == ["trees.total.spring", "trees.total.autumn"]


def test_a_total_is_computed_and_everything_else_typed(tmp_path: Path) -> None:
    kinds = {cell.key: cell.kind for cell in built(tmp_path).cells()}

    assert kinds["trees.pine.spring"] is kinds["people.1.trees"] is Kind.INPUT
    assert kinds["trees.pine.total"] is kinds["trees.total.spring"] is Kind.COMPUTED


def test_numbers_are_added_totals_computed_anew_and_words_left_alone(tmp_path: Path) -> None:
    form = built(tmp_path, ('key = "hours"', 'key = "hours", merge = "none"'))

    merges = {key: form.cell(key).merge for key in ("trees.pine.spring", "trees.pine.total", "trees.pine.hours")}
    assert merges == {
        "trees.pine.spring": Merge.SUM,
        "trees.pine.total": Merge.RECOMPUTE,
        "trees.pine.hours": Merge.NONE,
    }
    assert form.cell("people.1.name").merge is form.cell("control.planted").merge is Merge.NONE


def test_computed_cells_come_after_what_they_are_computed_from(tmp_path: Path) -> None:
    for form in [built(tmp_path), *map(tb.load_form, bundled_forms())]:
        known = {cell.key for cell in form.by_key.values() if cell.formula is None}

        for cell in form.computed:
            assert cell.formula is not None
            assert {part.key for part in expr.cells(cell.formula)} <= known
            known.add(cell.key)
        assert known == set(form.by_key)


def test_a_list_has_as_many_numbered_lines_as_it_asks_for_and_none_must_be_filled(tmp_path: Path) -> None:
    table = built(tmp_path).table("people")

    assert table.shape is Shape.LIST
    assert [cell.key for cell in table.cells] == [
        f"people.{n}.{column}" for n in (1, 2, 3) for column in ("name", "trees")
    ]
    assert not any(cell.required for cell in table.cells)


def test_an_optional_table_asks_for_nothing(tmp_path: Path) -> None:
    form = built(tmp_path, ('short = "表一"', 'short = "表一"\noptional = true'))

    assert not any(cell.required for cell in form.table("trees").cells)


def test_a_ledgers_figure_may_be_left_blank_and_a_cover_field_may_not(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert [cell.key for cell in form.controls if cell.required] == []
    assert [cell.key for cell in form.cover if cell.required] == ["cover.zero_report", "cover.preparer"]


def test_a_text_has_a_cell_for_each_paragraph(tmp_path: Path) -> None:
    (remarks,) = built(tmp_path).texts

    assert [cell.key for cell in remarks.cells] == ["text.remarks.1", "text.remarks.2"]


def test_a_check_is_applied_to_each_row_or_column_it_is_written_for(tmp_path: Path) -> None:
    form = built(tmp_path)

    found = {i.id: (i.label, i.cells, i.prior) for i in form.instances if not i.id.startswith("C-")}

    assert list(found) == [
        *(f"T1-01.{row}" for row in ("pine", "fir", "poplar", "total")),
        "T1-02",
        "K-01",
        *(f"Y-01.{column}" for column in ("spring", "autumn", "total", "hours")),
    ]
    assert found["T1-01.fir"] == ("杉", ("trees.fir.hours",), ())
    assert found["Y-01.autumn"] == ("秋", ("trees.total.autumn",), ("prior.trees.total.autumn",))
    assert found["T1-02"][1] == (
        "people.1.trees",
        "people.2.trees",
        "people.3.trees",
        "trees.total.total",
    )


def test_what_a_check_is_asked_for_is_no_cell_of_the_check(tmp_path: Path) -> None:
    form = built(tmp_path)

    (instance,) = (i for i in form.instances if i.id == "T1-02")

    assert instance.check.when == "count(people.name) > 0"
    assert not any(key.endswith(".name") for key in instance.cells)


def test_a_check_over_two_tables_names_the_table_in_each_instance(tmp_path: Path) -> None:
    form = built(
        tmp_path, ('each = "trees.rows"\nrule = "hours', 'each = ["trees.rows", "trees.columns"]\nrule = "total')
    )

    ids = [instance.id for instance in form.instances if instance.check.code == "T1-01"]

    assert ids[0] == "T1-01.trees.pine"
    assert ids[-1] == "T1-01.trees.hours"


def test_a_check_with_last_years_figures_is_asked_only_where_they_are_known(tmp_path: Path) -> None:
    instance = next(i for i in built(tmp_path).instances if i.id == "Y-01.spring")

    assert instance.asked is not None
    assert expr.evaluate(instance.asked, {"prior.trees.total.spring": 0}.get) is True
    assert expr.evaluate(instance.asked, {"trees.total.spring": 5}.get) is False


def test_a_coded_cell_without_a_codelist(tmp_path: Path) -> None:
    assert faults(tmp_path, ('codelist = "yes_no"\n', 'codelist = "maybe"\n')) == [
        (
            "D-CODELIST",
            "cover.zero_report",
            "选项类格子没有可用的代码表（写的是“maybe”）。 用 codelist 指明代码表；现有：yes_no。",
        )
    ]


def test_a_decimal_that_does_not_say_how_many_digits(tmp_path: Path) -> None:
    assert faults(tmp_path, ("digits = 1, ", "")) == [
        ("D-DIGITS", "tables.trees.columns.hours", "小数类格子没有说明几位小数。 加上 digits，如 digits = 2。")
    ]


@pytest.mark.parametrize("each", ["tree.rows", "trees.lines", "trees"])
def test_a_check_over_rows_that_do_not_exist(tmp_path: Path, each: str) -> None:
    assert faults(tmp_path, ('each = "trees.rows"', f'each = "{each}"')) == [
        (
            "D-EACH",
            "checks.T1-01.each",
            f"each 写成了“{each}”，没有这样的行或列。 写成“表.rows”或“表.columns”，例如 trees.rows、people.rows。",
        )
    ]


def test_a_rule_that_cannot_be_parsed_is_told_once_however_many_rows_it_is_for(tmp_path: Path) -> None:
    assert faults(tmp_path, ('rule = "hours <= 100"', 'rule = "hours = 100"')) == [
        (
            "D-RULE",
            "checks.T1-01.rule",
            "公式 hours = 100 不能用：表达式“hours = 100”第 7 个字符：单个 = 不表示相等。 请写 ==。",
        )
    ]


def test_a_rule_with_an_unknown_name(tmp_path: Path) -> None:
    ((code, place, sentence),) = faults(tmp_path, ('formula = "sum(kind)"', 'formula = "sum(kinds)"'))

    assert (code, place) == ("D-RULE", "tables.trees.rows.total.formula")
    assert "没有叫“kinds”的单元格" in sentence


def test_a_check_that_is_neither_true_nor_false(tmp_path: Path) -> None:
    assert faults(tmp_path, ('rule = "hours <= 100"', 'rule = "hours"')) == [
        ("D-TRUTH", "checks.T1-01.rule", "审核关系 hours 算出来的不是“成立/不成立”。 写成比较，例如 左边 == 右边。")
    ]


def test_a_formula_that_is_no_number(tmp_path: Path) -> None:
    assert faults(tmp_path, ('formula = "sum(kind)"', 'formula = "sum(kind) > 0"')) == [
        (
            "D-NUMBER",
            "tables.trees.rows.total.formula",
            "公式 sum(kind) > 0 算出来的不是数。 计算格的公式要算出一个数。",
        )
    ]


def test_the_checks_of_a_definition_come_after_those_of_completeness(tmp_path: Path) -> None:
    codes = [check.code for check in built(tmp_path).checks]

    assert codes == ["C-01", "C-02", "C-03", "C-04", "T1-01", "T1-02", "K-01", "Y-01"]
    assert built(tmp_path).checks[4].severity is Severity.ERROR


def test_a_signature_is_a_field_of_the_cover(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert form.signature == (form.cell("cover.preparer"),)
    assert isinstance(form.signature[0], Cell)


def test_the_opening_paragraph_of_the_annual_report_is_prescribed_and_nothing_else(tmp_path: Path) -> None:
    forms = [tb.load_form(name) for name in bundled_forms()] + [built(tmp_path)]

    assert [(form.id, text.key) for form in forms for text in form.texts if text.prescribed] == [
        ("zfxxgk-2019", "lead"),
        ("zfxxgk-2021", "lead"),
    ]
