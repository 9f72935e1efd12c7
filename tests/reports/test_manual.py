"""The manual page is what the catalogues and the forms make of it, and its links lead somewhere."""

from __future__ import annotations

import re

import pytest

from tests.readme import FILES, ROOT
from tests.renew_manual import PAGE
from tianbao.messages import LANGUAGES
from tianbao.reports.codes import entries
from tianbao.reports.manual import plain, write_manual


@pytest.fixture(scope="module")
def page() -> str:
    return write_manual()


def test_the_page_beside_the_catalogues_is_up_to_date(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, "make snapshots"


def test_every_code_has_one_heading_with_every_sentence_below_it_in_both_languages(page: str) -> None:
    sections = {head: body for head, _, body in (part.partition("\n") for part in page.split("\n### ")[1:])}

    assert list(sections) == list(dict.fromkeys(entry.code for entry in entries("zh")))
    assert page.count("\n### ") == len(sections)
    for entry in (entry for lang in LANGUAGES for entry in entries(lang)):
        for example in entry.examples():
            told = f"> {plain(example.sentence)}\n>\n> → {plain(example.way_out)}\n"
            assert told in sections[entry.code]


def test_every_link_of_the_contents_leads_to_a_heading(page: str) -> None:
    headings = {line.lstrip("# ").lower() for line in page.splitlines() if line.startswith("#")}

    links = re.findall(r"\]\(#([^)]+)\)", page)

    assert set(links) <= headings
    assert len(links) == len({entry.code for entry in entries("zh")}) + len({entry.group for entry in entries("zh")})


def test_the_signs_and_the_colours_are_explained_in_both_languages(page: str) -> None:
    assert "| △ 请核实 | 多半有错，也可能属实 | 改正；确属无误的，在“审核”页写明情况 |" in page
    assert "| ○ note | what was changed in reading; the figures are safe | nothing as a rule; take a look |" in page
    assert "- 浅黄色：由填报单位填写\n- 灰色：自动计算，不能改动\n" in page
    assert "- red, with × before the number: must be mended\n" in page


def test_what_markdown_would_take_for_its_own_is_shown_as_it_is(page: str) -> None:
    assert r"> → 运算符、括号和标点请用半角；能用的是 + - \* / ( ) , . == != \< \<= > >= 和引号" in page


@pytest.mark.parametrize("name", FILES)
def test_both_readme_files_link_the_page(name: str) -> None:
    assert f"]({PAGE.relative_to(ROOT).as_posix()})" in (ROOT / name).read_text(encoding="utf-8")


def test_the_chinese_readme_shows_ten_codes() -> None:
    text = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    assert len(re.findall(rf"^\| \[.\S* [A-Z0-9-]+\]\({PAGE.relative_to(ROOT).as_posix()}#", text, re.MULTILINE)) == 10
