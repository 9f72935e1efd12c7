"""The checks that every form has: is it filled?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import tianbao as tb
from tests.form.definitions import built
from tianbao import expr
from tianbao.form.load import bundled_forms
from tianbao.form.model import Form, Instance, Severity

Answers = Mapping[str, expr.Value]

WHOLE: Answers = {
    f"trees.{row}.{column}": 0 for row in ("pine", "fir", "poplar") for column in ("spring", "autumn", "hours")
}


def instance(form: Form, name: str) -> Instance:
    return next(i for i in form.instances if i.id == name)


def verdict(form: Form, name: str, answers: Answers) -> bool | None:
    """Judge one instance; None where it is not asked."""
    found = instance(form, name)
    if found.asked is not None and not expr.evaluate(found.asked, answers.get):
        return None
    return bool(expr.evaluate(found.rule, answers.get))


def test_a_table_is_complete_when_every_number_is_typed(tmp_path: Path) -> None:
    form = built(tmp_path)
    blank = {key: value for key, value in WHOLE.items() if key != "trees.fir.hours"}

    assert verdict(form, "C-01.trees", {**WHOLE, "cover.zero_report": "否"}) is True
    assert verdict(form, "C-01.trees", {**blank, "cover.zero_report": "否"}) is False


def test_blanks_are_not_asked_about_under_a_declared_zero_report(tmp_path: Path) -> None:
    assert verdict(built(tmp_path), "C-01.trees", {"cover.zero_report": "是"}) is None


def test_a_form_without_a_zero_report_always_asks(tmp_path: Path) -> None:
    form = built(tmp_path, ('key = "zero_report"', 'key = "agreed"'))

    assert instance(form, "C-01.trees").asked is None
    assert "C-02" not in {i.id for i in form.instances}


def test_an_optional_table_is_whole_or_blank(tmp_path: Path) -> None:
    form = built(tmp_path, ('short = "表一"', 'short = "表一"\noptional = true'))
    declared: Answers = {"cover.zero_report": "否"}

    assert verdict(form, "C-01.trees", {**WHOLE, **declared}) is True
    assert verdict(form, "C-01.trees", declared) is True
    assert verdict(form, "C-01.trees", {"trees.pine.spring": 0, **declared}) is False


def test_a_declared_zero_report_has_no_other_number(tmp_path: Path) -> None:
    form = built(tmp_path)
    declared: Answers = {"cover.zero_report": "是"}

    assert verdict(form, "C-02", {**WHOLE, **declared}) is True
    assert verdict(form, "C-02", {"trees.pine.spring": 3, **declared}) is False
    assert verdict(form, "C-02", {"people.1.trees": 3, **declared}) is False
    assert verdict(form, "C-02", {"trees.pine.spring": 3, "cover.zero_report": "否"}) is None


def test_a_text_has_been_written_where_any_paragraph_was(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert verdict(form, "C-03.remarks", {"text.remarks.2": "有"}) is True
    assert verdict(form, "C-03.remarks", {}) is False
    assert instance(form, "C-03.remarks").check.severity is Severity.QUERY


def test_a_text_that_need_not_be_written_is_not_asked_for(tmp_path: Path) -> None:
    form = built(tmp_path, ("paragraphs = 2", "paragraphs = 2\nrequired = false"))

    assert "C-03.remarks" not in {i.id for i in form.instances}


def test_every_field_of_the_cover_is_filled(tmp_path: Path) -> None:
    form = built(tmp_path)

    assert verdict(form, "C-04", {"cover.zero_report": "否", "cover.preparer": "张三"}) is True
    assert verdict(form, "C-04", {"cover.zero_report": "否"}) is False


def test_a_detail_list_may_be_empty(tmp_path: Path) -> None:
    assert "C-01.people" not in {i.id for i in built(tmp_path).instances}


@pytest.mark.parametrize("name", bundled_forms())
def test_completeness_is_said_in_both_languages(name: str) -> None:
    said = {check.code: (check.say.zh, check.say.en) for check in tb.load_form(name).checks if check.code[0] == "C"}

    assert said["C-01"] == ("各格都已填写", "every cell is filled")
    assert said["C-02"] == (
        "选择了零报告，表内就没有非零的数",
        "who declares a zero report has no other number in the tables",
    )
    assert said["C-04"] == ("封面各项都已填写", "every field of the cover is filled")
