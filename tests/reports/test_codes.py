"""What is known of every code: its group, how grave it is, and an example in the words of a finding."""

from __future__ import annotations

import pytest

from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Mention, Statement
from tianbao.messages import LANGUAGES, Language
from tianbao.reports.codes import Entry, Group, broken, contradicted, entries


def entry(code: str, lang: Language = "zh") -> Entry:
    return [entry for entry in entries(lang) if entry.code == code][-1]


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("F-PDF", Group.REFUSED),
        ("F-NOT-OURS", Group.REFUSED),
        ("F-MACROS", Group.READING),
        ("R-OVERWRITTEN", Group.READING),
        ("V-PLACEHOLDER", Group.VALUES),
        ("C-01", Group.CHECKS),
        ("T3-01", Group.CHECKS),
        ("M-TWICE", Group.MERGE),
        ("M-NOTHING", Group.COMMANDS),
        ("F-MISSING", Group.COMMANDS),
        ("U-EXISTS", Group.COMMANDS),
        ("D-FORM", Group.DEFINITION),
        ("E-DAY", Group.DEFINITION),
    ],
)
def test_a_code_is_among_what_it_is(code: str, group: Group) -> None:
    assert entry(code).group is group


def test_the_groups_follow_one_another_and_in_each_the_codes() -> None:
    order = [(list(Group).index(entry.group), entry.code) for entry in entries("zh")]

    assert order == sorted(order)


def test_both_languages_know_the_same_codes() -> None:
    zh, en = ([(e.code, e.group, e.severities, e.forms) for e in entries(lang)] for lang in LANGUAGES)

    assert zh == en


@pytest.mark.parametrize("name", bundled_forms())
def test_every_check_of_every_bundled_form_can_be_broken(name: str) -> None:
    form = load_form(name)

    for check in form.checks:
        instance = next(instance for instance in form.instances if instance.check == check)
        finding = broken(form, instance)
        assert finding is not None, check.code
        assert (finding.code, finding.severity) == (check.code, check.severity)


@pytest.mark.parametrize("name", bundled_forms())
def test_every_check_of_the_texts_of_every_bundled_form_tells_of_its_own_example(name: str) -> None:
    form = load_form(name)
    asked: list[Mention | Statement] = [*form.narrative.mentions, *form.narrative.statements]

    for check in asked:
        finding = contradicted(form, check)
        assert finding is not None, check.check.code
        assert (finding.code, finding.severity) == (check.check.code, check.check.severity)


def test_the_example_of_a_check_is_told_as_a_finding_is() -> None:
    (example,) = entry("K-03").examples()

    assert (example.severities, example.sentence, example.way_out) == (
        ("error",),
        ("核对数、表三（封面!C23；三、依申请公开!K33）：核对数“办结合计”等于表三“总计”列的办结数；现在 1 ≠ 0，差 1。"),
        "对照登记台账逐列核对这一行；台账与表不符时，先查表。",
    )


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("Y-01", "现在 0 ≠ 1，差 1。"),
        ("P-01", "封面：2021年及以后的年度报告用本表样；这份报告是 2020 年度的。"),
        ("P-02", "现在 2025-12-31 ≠ 2025-01-01，差 364 天。"),
        ("C-02", "选择了零报告，表内却有 1 格填了不是零的数（二、主动公开!C9）。"),
        ("C-03", "文字部分“一、总体情况”（文字部分!B15:B34）：没有内容。"),
    ],
)
def test_last_years_figures_days_and_words_have_examples_too(code: str, sentence: str) -> None:
    assert entry(code).examples()[0].sentence.endswith(sentence)


def test_a_message_says_when_it_comes_and_a_check_which_forms_have_it() -> None:
    assert entry("F-PDF").cause == "交来的是 PDF。"
    assert entry("F-PDF", "en").cause == "A PDF came."
    assert entry("K-03").forms == ("zfxxgk-2019", "zfxxgk-2021")
    assert entry("K-03").facts["when"] == "not blank(control.closed)"
