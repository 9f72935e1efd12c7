from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.reports.published.reading import page_tables
from tests.reports.published.reports import COMPARISON, PICTURE, expected, numbered, report, zeros
from tianbao.form.load import load_form
from tianbao.reports.published.page import write_page
from tianbao.reports.published.report import Report

FORMS = ("zfxxgk-2021", "zfxxgk-2019", "fire-safety")


def written(asked: Report) -> bytes:
    target = io.BytesIO()
    write_page(asked, target)
    return target.getvalue()


def page(asked: Report) -> Any:
    return html.fromstring(written(asked))


@pytest.mark.parametrize("form", FORMS)
def test_every_number_stands_in_its_place_in_the_grid_of_the_official_form(form: str) -> None:
    values = numbered(load_form(form), first=1000)

    assert page_tables(written(report(form, values=values))) == expected(load_form(form), values)


def test_blanks_are_empty_cells_and_a_zero_is_a_zero() -> None:
    form = load_form("zfxxgk-2021")
    values = zeros(form) | {"requests.new.total": None}

    assert page_tables(written(report(values=values))) == expected(form, values)


def test_the_page_says_in_order_what_the_report_says() -> None:
    texts = {"lead": "依据条例编制。", "overview": "（一）公开情况\n乙", "problems": "丙", "other_matters": ""}
    (main,) = page(report(texts=texts, signed_on=date(2026, 1, 15))).iter("main")

    said = [(each.tag, each.text_content()) for each in main.iter("h1", "h2", "p", "table", "footer")]

    assert [(tag, "" if tag in ("table", "footer") else text) for tag, text in said] == [
        ("h1", "示例县人民政府办公室\n2025年政府信息公开工作年度报告"),
        ("p", "依据条例编制。"),
        ("h2", "一、总体情况"),
        ("p", "（一）公开情况"),
        ("p", "乙"),
        ("h2", "二、主动公开政府信息情况"),
        ("table", ""),
        ("h2", "三、收到和处理政府信息公开申请情况"),
        ("table", ""),
        ("h2", "四、政府信息公开行政复议、行政诉讼情况"),
        ("table", ""),
        ("h2", "五、存在的主要问题及改进情况"),
        ("p", "丙"),
        ("h2", "六、其他需要报告的事项"),
        ("p", ""),
        ("footer", ""),
        ("p", "示例县人民政府办公室"),
        ("p", "2026年1月15日"),
    ]


def test_tables_are_tables_to_who_cannot_see_them() -> None:
    two, requests, remedies = page(report()).iter("table")

    captions = [table.findtext("caption") for table in (two, requests, remedies)]
    scopes = {
        cell.text_content(): cell.get("scope") for table in (two, requests, remedies) for cell in table.iter("th")
    }
    asked = ("第二十条第（一）项", "申请人情况", "自然人", "三、本年度办理结果", "1.属于国家秘密")

    assert captions == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]
    assert [scopes[text] for text in asked] == ["colgroup", "colgroup", "col", "rowgroup", "row"]
    assert [len(table.findall("thead/tr")) for table in (two, requests, remedies)] == [0, 3, 3]
    assert all(cell.get("scope") is None for cell in requests.iter("td"))
    assert [box.get("role") for box in page(report()).iter("div") if "scroll" in box.get("class", "")] == ["region"] * 3


def test_a_table_that_fits_a_page_is_printed_whole_and_a_list_may_go_on() -> None:
    boxes = page(report("fire-safety", comparison=COMPARISON)).iter("div")

    assert [box.get("class") for box in boxes if box.get("role")] == ["scroll whole", "scroll", "scroll"]


def test_the_first_figures_stand_behind_the_title() -> None:
    values = zeros(load_form("zfxxgk-2021")) | {"requests.new.total": 14, "requests.carried_in.total": None}
    (aside,) = page(report(values=values)).iter("aside")

    assert aside.getprevious().tag == "h1"
    assert [(each.findtext("dt"), each.find("dd").text_content()) for each in aside.iter("div")] == [
        ("本年新收申请", "14件"),
        ("上年结转申请", "—件"),
        ("本年办结申请", "0件"),
        ("结转下年度", "0件"),
    ]


def test_a_form_without_such_figures_has_no_room_for_them() -> None:
    form = load_form("zfxxgk-2021")
    bare = replace(form, county=replace(form.county, headline=()))

    assert list(page(report(bare)).iter("aside")) == []


def test_a_draft_is_marked_at_the_beginning_of_each_of_its_paragraphs() -> None:
    texts = {"lead": "甲", "overview": "（一）公开情况\n乙\n", "problems": "丙", "other_matters": "丁"}
    marked = page(report(texts=texts, drafted=frozenset({"overview"})))

    assert [mark.getparent().text_content() for mark in marked.iter("mark")] == ["〔草稿〕（一）公开情况", "〔草稿〕乙"]
    assert [head.text for head in marked.iter("b")] == ["（一）公开情况"]


def test_a_text_that_was_pasted_with_its_indent_is_not_indented_twice() -> None:
    texts = {"lead": "　　甲", "overview": "乙", "problems": "", "other_matters": ""}
    shown = [(each.text, each.get("class")) for each in page(report(texts=texts)).iter("p")]

    assert shown[:2] == [("　　甲", "text indented"), ("乙", "text")]


def test_warnings_are_a_note_above_the_title() -> None:
    (main,) = page(report(warnings=("还有3家没有报。", "表三不平。"))).iter("main")

    assert (main[0].tag, main[0].get("role")) == ("aside", "note")
    assert [each.text for each in main[0]] == ["还有3家没有报。", "表三不平。"]
    assert main[1].tag == "h1"


@pytest.mark.usefixtures("drawn")
def test_pictures_and_the_comparison_stand_behind_the_signature() -> None:
    (main,) = page(report(pictures=(PICTURE,), told=("没有可比的数。",), comparison=COMPARISON)).iter("main")

    aside = main[-1]
    said = [each.text_content() for each in aside.iter("h2", "h3", "figcaption", "p")]

    assert (main[-2].tag, aside.tag) == ("footer", "aside")
    assert said == [
        "附：图解和上年对比（不属于年度报告正文）",
        "申请从哪里来，到哪里去",
        "据52家单位报表",
        "没有可比的数。",
        "与上年对比",
        "今年52家单位，去年49家单位有数。",
        "两年都是0的有213格，没有列出。",
    ]
    assert [(each.get("id"), each.text_content()) for each in aside.iter("svg")] == [
        ("picture-1", "上年结转2件，本年新收14件。")
    ]
    assert [each.text_content() for each in aside.find(".//table/tbody/tr")] == [
        "表三",
        "一、本年新收政府信息公开申请数量 → 总计",
        "件",
        "14",
        "9",
        "+5",
    ]


def test_nothing_stands_behind_the_signature_where_there_is_nothing_to_show() -> None:
    (main,) = page(report()).iter("main")

    assert main[-1].tag == "footer"


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    text = written(report(comparison=COMPARISON)).decode()

    assert re.findall(r"(?:https?:)?//[^*]", text) == []
    assert re.findall(r"<(?:script|link|img|iframe|object|base)\b|@import|url\(|\son\w+=|\ssrc=", text) == []
    assert (
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        in text
    )
    assert '<html lang="zh-CN">' in text


def test_names_and_texts_are_never_markup() -> None:
    bad = "<script>alert(1)</script>&"
    asked = report(
        "fire-safety",
        issuer=bad,
        texts={"remarks": bad},
        values=numbered(load_form("fire-safety")) | {"hazards.1.place": bad},
        warnings=(bad,),
        told=(bad,),
    )
    text = written(asked).decode()

    assert "<script" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;") == 7
    assert bad in [cell.text for table in page_tables(text.encode()) for cell in table]


def test_the_same_report_is_the_same_page(tmp_path: Path) -> None:
    write_page(report(), tmp_path / "年报.html")

    assert (tmp_path / "年报.html").read_bytes() == written(report())
