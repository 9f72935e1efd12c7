from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.reports.published.reading import W, body, lines, part, said, style_of, word_tables
from tests.reports.published.reports import COMPARISON, PICTURE, expected, numbered, report, zeros
from tianbao.form.load import load_form
from tianbao.reports.published.report import Report
from tianbao.reports.published.word import write_word

FORMS = ("zfxxgk-2021", "zfxxgk-2019", "fire-safety")


def written(asked: Report) -> bytes:
    target = io.BytesIO()
    write_word(asked, target)
    return target.getvalue()


def style(document: bytes, id_: str) -> Any:
    (found,) = (each for each in part(document, "word/styles.xml").iter(f"{W}style") if each.get(f"{W}styleId") == id_)
    return found


def attributes(element: Any) -> dict[str, str]:
    return {name.removeprefix(W): value for name, value in element.attrib.items()}


def runs(paragraph: Any) -> list[tuple[str, str]]:
    """Return the style and the text of each run."""
    found = ((run.find(f"{W}rPr/{W}rStyle"), said(run)) for run in paragraph.iter(f"{W}r"))
    return [("" if style is None else style.get(f"{W}val"), text) for style, text in found]


@pytest.mark.parametrize("form", FORMS)
def test_every_number_stands_in_its_place_in_the_grid_of_the_official_form(form: str) -> None:
    values = numbered(load_form(form), first=1000)

    assert word_tables(written(report(form, values=values))) == expected(load_form(form), values)


def test_blanks_are_empty_cells_and_a_zero_is_a_zero() -> None:
    form = load_form("zfxxgk-2021")
    values = zeros(form) | {"requests.new.total": None}

    tables = word_tables(written(report(values=values)))

    assert tables == expected(form, values)
    assert [cell.text for table in tables for cell in table].count("") == 1


def test_a_value_that_is_not_given_is_never_printed_as_a_blank() -> None:
    values = numbered(load_form("zfxxgk-2021"))
    del values["requests.new.total"]

    with pytest.raises(KeyError, match=r"requests\.new\.total"):
        written(report(values=values))


def test_the_report_is_its_title_its_parts_and_its_signature_in_order() -> None:
    texts = {"lead": "依据条例编制。", "overview": "甲\n乙", "problems": "丙", "other_matters": ""}

    assert lines(written(report(texts=texts, signed_on=date(2026, 1, 15)))) == [
        "示例县人民政府办公室\n2025年政府信息公开工作年度报告",
        "依据条例编制。",
        "一、总体情况",
        "甲",
        "乙",
        "二、主动公开政府信息情况",
        "【表】",
        "三、收到和处理政府信息公开申请情况",
        "【表】",
        "四、政府信息公开行政复议、行政诉讼情况",
        "【表】",
        "五、存在的主要问题及改进情况",
        "丙",
        "六、其他需要报告的事项",
        "",
        "",
        "示例县人民政府办公室",
        "2026年1月15日",
    ]


def test_a_part_that_has_a_text_and_a_table_is_printed_with_both() -> None:
    form = load_form("fire-safety")
    both = replace(form, texts=(replace(form.texts[0], key=form.sections[0].key),))
    document = written(report(both, values=zeros(form), texts={form.sections[0].key: "甲\n乙"}))

    assert lines(document)[1:6] == ["一、检查情况", "甲", "乙", "【表】", "二、重大隐患明细"]


def test_of_a_part_whose_tables_are_left_out_the_heading_stays_and_no_placeholder() -> None:
    form = load_form("fire-safety")
    bare = replace(form, tables=form.tables[:1])
    document = written(report(bare, values=zeros(form), texts={"remarks": "无。"}))

    assert lines(document)[1:6] == ["一、检查情况", "【表】", "二、重大隐患明细", "三、工作说明", "无。"]


def test_only_the_headings_of_the_parts_are_headings_and_they_keep_with_what_follows() -> None:
    document = docx.Document(io.BytesIO(written(report())))

    headings = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"]
    format_ = document.styles["Heading 1"].paragraph_format

    assert headings == [section.title for section in load_form("zfxxgk-2021").sections]
    assert format_.keep_with_next


def test_the_page_is_a4_with_the_margins_of_the_standard() -> None:
    (section,) = docx.Document(io.BytesIO(written(report()))).sections

    measures = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)

    assert [round(each.mm) for each in measures if each] == [210, 297]
    assert [round(each.mm) for each in margins if each] == [37, 35, 28, 26]


@pytest.mark.parametrize(
    ("id_", "font", "half_points"),
    [
        ("Normal", "仿宋_GB2312", "32"),
        ("ReportBody", "仿宋_GB2312", "32"),
        ("Title", "方正小标宋简体", "44"),
        ("Heading1", "黑体", "32"),
        ("ReportCell", "宋体", "21"),
        ("Footer", "宋体", "28"),
        ("ReportSignature", "仿宋_GB2312", "32"),
    ],
)
def test_every_style_names_its_font_for_all_scripts_and_its_size(id_: str, font: str, half_points: str) -> None:
    properties = style(written(report()), id_).find(f"{W}rPr")

    assert attributes(properties.find(f"{W}rFonts")) == {"ascii": font, "hAnsi": font, "eastAsia": font, "cs": font}
    assert properties.find(f"{W}sz").get(f"{W}val") == half_points


def test_running_text_has_fixed_lines_and_moves_its_first_line_by_two_characters_and_cells_do_not() -> None:
    document = written(report())
    text, cell, figure = (style(document, id_).find(f"{W}pPr") for id_ in ("ReportBody", "ReportCell", "ReportFigure"))

    assert attributes(text.find(f"{W}spacing")) == {"before": "0", "after": "0", "line": "560", "lineRule": "exact"}
    assert attributes(text.find(f"{W}ind"))["firstLineChars"] == "200"
    assert text.find(f"{W}jc").get(f"{W}val") == "both"
    for free in (cell, figure):
        assert free.find(f"{W}spacing").get(f"{W}lineRule") == "auto"
        assert free.find(f"{W}ind").get(f"{W}firstLineChars") == "0"


def test_the_number_of_the_page_stands_between_dashes_on_the_outer_side() -> None:
    document = written(report())

    feet = [part(document, f"word/footer{n}.xml") for n in (1, 2)]

    assert [said(foot) for foot in feet] == ["— 1 —", "— 1 —"]
    assert [foot.find(f".//{W}fldSimple").get(f"{W}instr") for foot in feet] == [" PAGE ", " PAGE "]
    assert [foot.find(f".//{W}jc").get(f"{W}val") for foot in feet] == ["right", "left"]
    assert part(document, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None


def test_the_language_is_chinese() -> None:
    language = style(written(report()), "Normal").find(f"{W}rPr/{W}lang")

    assert attributes(language) == {"val": "zh-CN", "eastAsia": "zh-CN"}


def test_heads_are_repeated_and_no_row_is_broken_over_pages() -> None:
    tables = list(part(written(report())).iter(f"{W}tbl"))

    rows = [table.findall(f"{W}tr") for table in tables]

    assert [sum(row.find(f"{W}trPr/{W}tblHeader") is not None for row in each) for each in rows] == [0, 3, 3]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for each in rows for row in each)


def test_a_table_that_fits_a_page_is_held_together_and_a_list_may_go_on() -> None:
    def held(form: str) -> list[list[bool]]:
        tables = part(written(report(form))).iter(f"{W}tbl")
        return [[row.find(f".//{W}keepNext") is not None for row in table.findall(f"{W}tr")] for table in tables]

    assert held("zfxxgk-2021") == [[True] * 13 + [False], [True] * 27 + [False], [True] * 3 + [False]]
    assert held("fire-safety")[1] == [True] + [False] * 20


def test_widths_are_fixed_and_those_of_cells_are_those_of_their_columns() -> None:
    for table in part(written(report())).iter(f"{W}tbl"):
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"
        assert sum(widths) == pytest.approx(8845, abs=10)
        for row in table.findall(f"{W}tr"):
            column = 0
            for cell in row.findall(f"{W}tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                end = column + (int(span.get(f"{W}val")) if span is not None else 1)
                assert int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) == sum(widths[column:end])
                column = end


def test_numbers_stand_in_the_middle_words_and_counted_labels_on_the_left() -> None:
    (_, hazards) = part(written(report("fire-safety"))).iter(f"{W}tbl")
    (_, requests, _) = part(written(report())).iter(f"{W}tbl")

    def aligned(table: Any) -> dict[str, str]:
        marks = ((said(cell), cell.find(f".//{W}jc")) for cell in table.iter(f"{W}tc"))
        return {text: "" if mark is None else mark.get(f"{W}val") for text, mark in marks}

    sides = aligned(hazards) | aligned(requests)
    asked = ("1.属于国家秘密", "（一）予以公开", "（三）不予公开", "自然人", "2025-03-01", "第46格")

    assert [sides[text] for text in asked] == ["left", "left", "", "", "", "left"]


def test_a_draft_is_marked_at_the_beginning_of_each_of_its_paragraphs() -> None:
    texts = {"lead": "甲", "overview": "（一）公开情况\n乙\n", "problems": "丙", "other_matters": "丁"}
    document = written(report(texts=texts, drafted=frozenset({"overview"})))

    drafted = [runs(element) for element in body(document)[3:6]]

    assert drafted == [
        [("ReportDraft", "〔草稿〕"), ("ReportSubheading", "（一）公开情况")],
        [("ReportDraft", "〔草稿〕"), ("", "乙")],
        [],
    ]
    assert style(document, "ReportDraft").find(f"{W}rPr/{W}shd").get(f"{W}fill") == "FFE699"
    assert "".join(lines(document)).count("〔草稿〕") == 2


def test_a_sub_heading_has_a_font_of_its_own_and_what_follows_has_that_of_the_text() -> None:
    texts = {"lead": "", "overview": "（一）主动公开。全年5件。", "problems": "", "other_matters": ""}
    document = written(report(texts=texts))

    assert runs(body(document)[3]) == [("ReportSubheading", "（一）主动公开。"), ("", "全年5件。")]
    assert attributes(style(document, "ReportSubheading").find(f"{W}rPr/{W}rFonts"))["eastAsia"] == "楷体_GB2312"


def test_warnings_stand_framed_above_the_title() -> None:
    document = written(report(warnings=("还有3家没有报。", "表三不平。")))

    above = body(document)[:2]

    assert lines(document)[:3] == ["还有3家没有报。", "表三不平。", ""]
    assert [style_of(each) for each in above] == ["ReportNotice"] * 2
    assert [each.tag.removeprefix(W) for each in style(document, "ReportNotice").find(f"{W}pPr/{W}pBdr")] == [
        "top",
        "left",
        "bottom",
        "right",
    ]


def test_no_page_has_the_signature_alone() -> None:
    texts = {"lead": "", "overview": "", "problems": "", "other_matters": "甲\n乙"}
    paragraphs = body(written(report(texts=texts)))[-5:]

    assert [said(each) for each in paragraphs] == ["甲", "乙", "", "示例县人民政府办公室", "　　年　月　日"]
    assert [each.find(f"{W}pPr/{W}keepNext") is not None for each in paragraphs] == [False, True, True, False, False]


def test_nothing_stands_behind_the_signature_where_there_is_nothing_to_show() -> None:
    assert lines(written(report()))[-1] == "　　年　月　日"


@pytest.mark.usefixtures("drawn")
def test_pictures_and_the_comparison_stand_behind_the_signature_on_a_new_page() -> None:
    document = written(report(pictures=(PICTURE,), told=("没有可比的数。",), comparison=COMPARISON))

    behind = body(document)[lines(document).index("　　年　月　日") + 1 :]

    assert [("【表】" if each.tag == f"{W}tbl" else said(each)) for each in behind] == [
        "附：图解和上年对比（不属于年度报告正文）",
        "申请从哪里来，到哪里去",
        "",
        "据52家单位报表",
        "没有可比的数。",
        "与上年对比",
        "【表】",
        "",
        "今年52家单位，去年49家单位有数。",
        "两年都是0的有213格，没有列出。",
    ]
    assert behind[0].find(f"{W}pPr/{W}pageBreakBefore") is not None
    assert style_of(behind[0]) == "Heading1"
    assert behind[2].find(f"{W}r/{W}drawing").get("about") == "1 442.25 上年结转2件，本年新收14件。"
    assert [tuple(cell.text for cell in word_tables(document)[-1] if cell.row == row) for row in range(4)] == [
        ("表", "项目", "单位", "今年", "上年", "增减"),
        ("表三", "一、本年新收政府信息公开申请数量 → 总计", "件", "14", "9", "+5"),
        ("表三", "四、结转下年度继续办理 → 总计", "件", "0", "2", "-2"),
        ("表二（八）项", "行政事业性收费 → 本年收费金额", "万元", "12.50", "12.50", "0"),
    ]


def test_sentences_alone_make_an_appendix_too() -> None:
    assert lines(written(report(told=("没有可画的。",))))[-2:] == [
        "附：图解和上年对比（不属于年度报告正文）",
        "没有可画的。",
    ]


def test_the_same_report_is_the_same_file_with_nothing_of_the_day_and_the_machine_in_it() -> None:
    document = written(report())

    with zipfile.ZipFile(io.BytesIO(document)) as package:
        days = {member.date_time for member in package.infolist()}
        names = package.namelist()
    properties = docx.Document(io.BytesIO(document)).core_properties

    assert hashlib.sha256(document).digest() == hashlib.sha256(written(report())).digest()
    assert days == {(2000, 1, 1, 0, 0, 0)}
    assert names == [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/settings.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "docProps/core.xml",
    ]
    assert properties.title == "示例县人民政府办公室2025年政府信息公开工作年度报告"
    assert (properties.author, properties.last_modified_by) == ("示例县人民政府办公室",) * 2
    assert str(properties.created) == str(properties.modified) == "2000-01-01 00:00:00+00:00"


def test_characters_that_no_xml_holds_and_tabs_and_spaces_come_through_or_are_left_out() -> None:
    texts = {"lead": " 甲\t乙  丙\x0b<b>&", "overview": "", "problems": "", "other_matters": ""}
    document = written(report(texts=texts, issuer="甲\x00县"))

    paragraph = docx.Document(io.BytesIO(document)).paragraphs

    assert paragraph[0].text == "甲县\n2025年政府信息公开工作年度报告"
    assert paragraph[1].text == " 甲\t乙  丙<b>&"


def test_a_text_that_was_pasted_with_its_indent_is_not_indented_twice() -> None:
    texts = {"lead": "　　甲", "overview": "乙\n　　丙\n  丁\n 戊", "problems": "", "other_matters": ""}
    paragraphs = [
        each for each in body(written(report(texts=texts))) if said(each).strip() in ("甲", "乙", "丙", "丁", "戊")
    ]

    indents = [each.find(f"{W}pPr/{W}ind") for each in paragraphs]

    assert [said(each) for each in paragraphs] == ["　　甲", "乙", "　　丙", "  丁", " 戊"]
    assert [None if each is None else attributes(each) for each in indents] == [
        {"firstLineChars": "0", "firstLine": "0"},
        None,
        {"firstLineChars": "0", "firstLine": "0"},
        {"firstLineChars": "0", "firstLine": "0"},
        None,
    ]


def test_a_path_is_written_to_like_a_file(tmp_path: Path) -> None:
    write_word(report(), tmp_path / "年报.docx")

    assert (tmp_path / "年报.docx").read_bytes() == written(report())


def test_an_amount_is_printed_with_all_its_decimals() -> None:
    values = numbered(load_form("zfxxgk-2021")) | {"art20_8.admin_fees.amount": Decimal("0.000001")}

    assert "0.000001" in [cell.text for cell in word_tables(written(report(values=values)))[0]]
