"""The words of a mail are what a person would read in it."""

from __future__ import annotations

import pytest

from tests.mail import samples
from tests.mail.samples import text
from tianbao.mail.words import MOST_TEXT, one_line, plain_text, texts, words_of
from tianbao.workbook.mail import walk


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>一</p><p>二</p>", "\n一\n\n二\n"),
        ("一<br/>二<BR>三", "一\n二\n三"),
        ("5 &lt; 6 <b>重要</b>", "5 < 6 重要"),
        ("一<!-- <p>看不见</p> -->二", "一二"),
        ("一<SCRIPT>if (1 < 2) {}</SCRIPT >二", "一二"),
        ("一<style>p {}", "一"),
        ("一<style>p {}</style", "一"),
        ("<td>收件人：</td><td>a@example.org</td>", "\n收件人：\n\na@example.org\n"),
    ],
)
def test_a_page_is_read_as_people_see_it(page: str, words: str) -> None:
    assert plain_text(page) == words


def test_a_page_is_read_only_where_there_is_no_plain_text() -> None:
    plain, page = text("纯文本"), text("<p>网页</p>", kind="text/html")

    assert words_of(texts(walk(samples.letter(plain, page)))).strip() == "纯文本"
    assert words_of(texts(walk(samples.letter(text(" "), page)))).strip() == "网页"


def test_an_attached_text_is_none_of_the_words() -> None:
    data = samples.letter(text("见附件"), samples.plain_file("说明".encode(), "说明.txt", b"text/plain"))

    assert words_of(texts(walk(data))).strip() == "见附件"


def test_no_more_is_read_than_anyone_writes() -> None:
    data = samples.letter(text("a" * MOST_TEXT), text("b"))

    assert [len(said) for _, said in texts(walk(data))] == [MOST_TEXT]


def test_one_line_holds_nothing_that_cannot_be_shown() -> None:
    assert one_line(" 一\r\n二\x00\u202e三 四", 5) == "一 二三 "
