from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.reports.published.reading import W, body, lines, part, said, style_of, word_tables
from tests.reports.published.reports import expected, numbered, report
from tianbao.form.load import load_form
from tianbao.reports.published.report import Report
from tianbao.reports.published.template import TemplateError, check_template
from tianbao.reports.published.word import write_template, write_word

FORM = load_form("zfxxgk-2021")
WHOLE = [
    "{{提示}}",
    "{{标题}}",
    "{{开头语}}",
    "一、总体情况",
    "{{一、总体情况}}",
    "二、主动公开政府信息情况",
    "{{二、主动公开政府信息情况}}",
    "三、收到和处理政府信息公开申请情况",
    "{{三、收到和处理政府信息公开申请情况}}",
    "四、政府信息公开行政复议、行政诉讼情况",
    "{{四、政府信息公开行政复议、行政诉讼情况}}",
    "五、存在的主要问题及改进情况",
    "{{五、存在的主要问题及改进情况}}",
    "六、其他需要报告的事项",
    "{{六、其他需要报告的事项}}",
    "",
    "{{落款}}",
    "{{附录}}",
]


def default() -> bytes:
    target = io.BytesIO()
    write_template(FORM, target)
    return target.getvalue()


def changed(change: Callable[[Document], object]) -> io.BytesIO:
    """Change the default template as somebody would in a word processor."""
    document = docx.Document(io.BytesIO(default()))
    change(document)
    target = io.BytesIO()
    document.save(target)
    target.seek(0)
    return target


def find(document: Document, text: str) -> Any:
    return next(each for each in document.paragraphs if each.text == text)


def written(template: object, asked: Report | None = None) -> bytes:
    target = io.BytesIO()
    write_word(asked or report(), target, template=template)  # type: ignore[arg-type]
    return target.getvalue()


def told(template: io.BytesIO) -> list[str]:
    return [f"{fault.code} {fault.message('zh')}" for fault in check_template(template, FORM)]


def test_the_default_template_has_a_placeholder_a_part_below_its_heading_and_no_fault() -> None:
    assert lines(default()) == WHOLE
    assert check_template(io.BytesIO(default()), FORM) == ()


@pytest.mark.parametrize("form", ["zfxxgk-2019", "fire-safety"])
def test_every_form_has_a_default_template_without_fault(form: str) -> None:
    target = io.BytesIO()
    write_template(load_form(form), target)
    target.seek(0)

    assert check_template(target, load_form(form)) == ()


def test_a_report_written_into_the_default_template_is_the_one_written_without(tmp_path: Path) -> None:
    (tmp_path / "模板.docx").write_bytes(default())

    assert lines(written(tmp_path / "模板.docx")) == lines(written(None))


def test_what_the_office_has_restyled_and_added_is_kept() -> None:
    def restyle(document: Document) -> None:
        document.sections[0].left_margin = Mm(20)
        document.styles["报告正文"].font.size = Pt(14)
        find(document, "{{开头语}}").insert_paragraph_before("编者按", style="Heading 1")
        find(document, "{{一、总体情况}}").runs[0].font.name = "华文中宋"
        document.sections[0].header.paragraphs[0].text = "{{单位}} {{年度}}年"

    texts = {"lead": "甲", "overview": "乙\n丙", "problems": "丁", "other_matters": "戊"}
    document = written(changed(restyle), report(texts=texts))

    sizes = docx.Document(io.BytesIO(document)).styles["报告正文"].font.size
    fonts = [each.find(f".//{W}rFonts").get(f"{W}ascii") for each in body(document) if said(each) in ("乙", "丙")]
    widths = [
        sum(int(each.get(f"{W}w")) for each in table.iter(f"{W}gridCol")) for table in part(document).iter(f"{W}tbl")
    ]

    assert lines(document)[1:3] == ["编者按", "甲"]
    assert fonts == ["华文中宋", "华文中宋"]
    assert sizes == Pt(14)
    assert widths == pytest.approx([11906 - 1474 - 1134] * 3, abs=10)
    assert (
        "".join(docx.Document(io.BytesIO(document)).sections[0].header.paragraphs[0].text)
        == "示例县人民政府办公室 2025年"
    )
    assert word_tables(document) == expected(FORM, numbered(FORM))


def test_a_table_takes_the_size_that_the_office_has_given_its_style_and_is_smaller_only_where_it_must() -> None:
    def smaller(document: Document) -> None:
        document.styles["报告表格"].font.size = Pt(9)

    cells = [table.find(f".//{W}tc//{W}r") for table in part(written(changed(smaller))).iter(f"{W}tbl")]

    assert [cell.find(f"{W}rPr/{W}sz") for cell in cells] == [None, None, None]


def test_a_placeholder_that_the_word_processor_has_split_is_one() -> None:
    def split(document: Document) -> None:
        for text in ("{{一、总体情况}}", "{{标题}}"):
            paragraph = find(document, text)
            paragraph.runs[0].text = "{"
            for letter in text[1:]:
                paragraph.add_run(letter)
        document.sections[0].header.paragraphs[0].add_run("第{{年")
        document.sections[0].header.paragraphs[0].add_run("度}}号，{{单")
        document.sections[0].header.paragraphs[0].add_run("位}}")

    document = written(changed(split))

    assert lines(document) == lines(written(None))
    assert docx.Document(io.BytesIO(document)).sections[0].header.paragraphs[0].text == "第2025号，示例县人民政府办公室"


@pytest.mark.parametrize("text", ["｛｛落款｝｝", "{{ 落 款 }}", "｛{落款｝}", " {{落款}} "])
def test_spaces_and_braces_of_full_width_do_not_matter(text: str) -> None:
    def retype(document: Document) -> None:
        find(document, "{{落款}}").runs[0].text = text

    assert lines(written(changed(retype))) == lines(written(None))


def test_the_office_may_write_the_title_itself_and_leave_the_appendix_out() -> None:
    def retitle(document: Document) -> None:
        find(document, "{{标题}}").runs[0].text = "{{单位}}{{年度}}年政府信息公开年报（{{年度}}）"
        for text in ("{{附录}}", "{{提示}}"):
            find(document, text)._p.getparent().remove(find(document, text)._p)

    document = written(changed(retitle), report(told=("没有可画的。",), warnings=("表三不平。",)))

    assert lines(document)[:2] == ["表三不平。", "示例县人民政府办公室2025年政府信息公开年报（2025）"]
    assert lines(document)[-1] == "　　年　月　日"


def test_issuer_and_year_stand_in_tables_and_text_boxes_too() -> None:
    def box(document: Document) -> None:
        document.add_table(1, 1).cell(0, 0).text = "{{单位}}"
        document.add_paragraph("（完）")

    document = written(changed(box))

    assert word_tables(document)[-1][0].text == "示例县人民政府办公室"
    assert lines(document)[-2:] == ["【表】", "（完）"]


@pytest.mark.parametrize("is_in_the_same_run", [True, False])
def test_a_seal_on_the_paragraph_of_the_signature_stays_there(is_in_the_same_run: bool) -> None:  # noqa: FBT001
    def seal(document: Document) -> None:
        signature = find(document, "{{落款}}")
        run = signature.runs[0] if is_in_the_same_run else signature.add_run()
        run._r.append(run._r.makeelement(qn("w:drawing"), {}))

    signature = body(written(changed(seal)))[-2]

    assert said(signature) == "示例县人民政府办公室"
    assert len(list(signature.iter(f"{W}drawing"))) == 1


def test_a_section_that_ends_with_a_placeholder_ends_with_what_has_come_into_its_place() -> None:
    def landscape(document: Document) -> None:
        for text, width in (("{{二、主动公开政府信息情况}}", 11906), ("{{三、收到和处理政府信息公开申请情况}}", 16838)):
            about = find(document, text)._p.get_or_add_pPr()
            section = about.makeelement(qn("w:sectPr"), {})
            about.append(section)
            section.append(section.makeelement(qn("w:pgSz"), {qn("w:w"): str(width), qn("w:h"): "11906"}))
            section.append(
                section.makeelement(
                    qn("w:pgMar"), {qn(f"w:{side}"): "1000" for side in ("left", "right", "top", "bottom")}
                )
            )

    document = written(changed(landscape))

    widths = [
        sum(int(each.get(f"{W}w")) for each in table.iter(f"{W}gridCol")) for table in part(document).iter(f"{W}tbl")
    ]
    ends = [n for n, each in enumerate(body(document)) if each.find(f"{W}pPr/{W}sectPr") is not None]
    assert widths == pytest.approx([9906, 14838, 8845], abs=10)
    assert [lines(document)[n - 1 : n + 1] for n in ends] == [["【表】", ""], ["【表】", ""]]
    assert "{{" not in "".join(lines(document))


def test_a_page_break_before_a_text_is_before_its_first_paragraph_only_and_its_section_ends_with_the_last() -> None:
    def apart(document: Document) -> None:
        about = find(document, "{{一、总体情况}}")._p.get_or_add_pPr()
        about.get_or_add_pageBreakBefore()
        about.append(about.makeelement(qn("w:sectPr"), {}))

    texts = {"lead": "", "overview": "甲\n乙\n丙", "problems": "", "other_matters": ""}
    paragraphs = body(written(changed(apart), report(texts=texts)))[3:6]

    assert [said(each) for each in paragraphs] == ["甲", "乙", "丙"]
    assert [each.find(f"{W}pPr/{W}pageBreakBefore") is not None for each in paragraphs] == [True, False, False]
    assert [each.find(f"{W}pPr/{W}sectPr") is not None for each in paragraphs] == [False, False, True]


def test_a_placeholder_of_which_nothing_comes_leaves_nothing_but_the_end_of_its_section() -> None:
    def apart(document: Document) -> None:
        about = find(document, "{{提示}}")._p.get_or_add_pPr()
        about.append(about.makeelement(qn("w:sectPr"), {}))

    first = body(written(changed(apart)))[0]

    assert said(first) == ""
    assert first.find(f"{W}pPr/{W}sectPr") is not None


def test_our_tables_never_touch_those_of_the_office() -> None:
    def beside(document: Document) -> None:
        placed = find(document, "{{二、主动公开政府信息情况}}")
        table = document.add_table(1, 1)
        placed._p.addprevious(table._tbl)
        last = document.add_table(1, 1)
        placed._p.addnext(last._tbl)

    assert lines(written(changed(beside)))[9:15] == [
        "二、主动公开政府信息情况",
        "【表】",
        "",
        "【表】",
        "",
        "【表】",
    ]


def test_a_document_never_ends_with_a_table() -> None:
    def last(document: Document) -> None:
        document.element.body.insert(0, find(document, "{{落款}}")._p)
        for text in ("三、收到和处理政府信息公开申请情况", "{{三、收到和处理政府信息公开申请情况}}"):
            document.element.body[-1].addprevious(find(document, text)._p)

    assert lines(written(changed(last)))[-2:] == ["【表】", ""]


def test_styles_that_the_office_has_lost_are_made_anew() -> None:
    def lose(document: Document) -> None:
        for name in ("报告表格", "报告草稿", "报告框线"):
            document.styles[name].delete()

    document = written(changed(lose), report(drafted=frozenset({"overview"})))

    ids = [each.get(f"{W}styleId") for each in part(document, "word/styles.xml").iter(f"{W}style")]
    assert [ids.count(id_) for id_ in ("ReportCell", "ReportDraft", "ReportGrid")] == [1, 1, 1]


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ],
)
def test_a_dotx_and_a_file_with_macros_are_templates_too_and_the_macros_are_left_behind(kind: str) -> None:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(default())) as package, zipfile.ZipFile(target, "w") as macros:
        for name in package.namelist():
            data = package.read(name).decode()
            if name == "[Content_Types].xml":
                data = data.replace(main, kind).replace(
                    "</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
                )
            if name == "word/_rels/document.xml.rels":
                rel = (
                    '<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
                    'Target="vbaProject.bin"/>'
                )
                data = data.replace("</Relationships>", f"{rel}</Relationships>")
            macros.writestr(name, data)
        macros.writestr("word/vbaProject.bin", b"macro")
    target.seek(0)

    document = written(target)

    with zipfile.ZipFile(io.BytesIO(document)) as package:
        assert "word/vbaProject.bin" not in package.namelist()
        assert main in package.read("[Content_Types].xml").decode()
    assert lines(document) == lines(written(None))


def test_every_fault_is_told_at_once_with_its_place_and_the_way_out() -> None:
    def spoil(document: Document) -> None:
        find(document, "{{开头语}}").runs[0].text = "{{开头话}}"
        find(document, "{{一、总体情况}}").runs[0].text = "概述：{{一、总体情况}}"
        find(document, "{{二、主动公开政府信息情况}}").runs[0].text = "{{落款}}"
        find(document, "{{三、收到和处理政府信息公开申请情况}}").runs[0].text = ""
        document.add_table(1, 1).cell(0, 0).text = "{{三、收到和处理政府信息公开申请情况}}"
        document.add_paragraph("{{附录}")
        document.sections[0].header.paragraphs[0].text = "{{附录}}"

    assert told(changed(spoil)) == [
        (
            "U-WORD-UNKNOWN 第 3 段（空行不算）“{{开头话}}”：没有 {{开头话}} 这个部分。 "
            "最接近的是 {{开头语}}，名称要一字不差；不要的，整个删去。"
        ),
        (
            "U-WORD-SHARED 第 5 段（空行不算）“概述：{{一、总体情况}}”：{{一、总体情况}} 与别的文字在同一段。 "
            "让 {{一、总体情况}} 自成一段，别的文字写在上一段或者下一段。"
        ),
        (
            "U-WORD-TWICE 第 15 段（空行不算）“{{落款}}”：{{落款}} 已经在第 7 段（空行不算）“{{落款}}”用过。 "
            "一个部分只印一次，去掉多余的。"
        ),
        (
            "U-WORD-PLACE 表格里“{{三、收到和处理政府信息公开申请情况}}”：{{三、收到和处理政府信息公开申请情况}} 不能放在这里。 "
            "放在正文里，自成一段；页眉、页脚、表格、文本框里只能用 {{单位}}、{{年度}}。"
        ),
        "U-WORD-TWICE 页眉里“{{附录}}”：{{附录}} 已经在第 16 段（空行不算）“{{附录}}”用过。 一个部分只印一次，去掉多余的。",
        (
            "U-WORD-BRACES 第 17 段（空行不算）“{{附录}”：大括号不成对。 "
            "两边各写两个大括号，例如 {{落款}}；不是要印报告内容的，删去大括号。"
        ),
        "U-WORD-MISSING 缺少 {{开头语}}：这一部分印不出来。 在应当印它的地方另起一段，只写 {{开头语}}。",
        (
            "U-WORD-MISSING 缺少 {{二、主动公开政府信息情况}}：这一部分印不出来。 "
            "在应当印它的地方另起一段，只写 {{二、主动公开政府信息情况}}。"
        ),
    ]


def test_a_statutory_heading_is_not_lost_and_each_part_stands_below_its_own() -> None:
    def exchange(document: Document) -> None:
        find(document, "一、总体情况").runs[0].text = "一、概况"
        second, third = (find(document, "{{" + section.title + "}}").runs[0] for section in FORM.sections[1:3])
        second.text, third.text = third.text, second.text

    assert told(changed(exchange)) == [
        "U-WORD-HEADING 没有“一、总体情况”这个标题。 法定的标题不能少：在它的内容上面另起一段，写上“一、总体情况”。",
        (
            "U-WORD-UNDER 第 9 段（空行不算）“{{二、主动公开政府信息情况}}”：{{二、主动公开政府信息情况}} 上面的标题不是“二、主动公开政府信息情况”。 "
            "把 {{二、主动公开政府信息情况}} 移到标题“二、主动公开政府信息情况”的下面，否则会印在别的标题下。"
        ),
        (
            "U-WORD-UNDER 第 7 段（空行不算）“{{三、收到和处理政府信息公开申请情况}}”：{{三、收到和处理政府信息公开申请情况}} 上面的标题不是“三、收到和处理政府信息公开申请情况”。 "
            "把 {{三、收到和处理政府信息公开申请情况}} 移到标题“三、收到和处理政府信息公开申请情况”的下面，否则会印在别的标题下。"
        ),
    ]


def test_a_heading_may_be_spaced_added_to_and_listed_in_front() -> None:
    def respace(document: Document) -> None:
        find(document, "一、总体情况").runs[0].text = "一、 总体情况（2025年）"
        for section in reversed(FORM.sections):
            find(document, "{{提示}}").insert_paragraph_before(f"{section.title}……1")

    assert told(changed(respace)) == []


def test_two_parts_in_one_paragraph_are_each_told() -> None:
    def join(document: Document) -> None:
        find(document, "{{开头语}}").runs[0].text = "{{开头语}}{{落款}}"
        find(document, "{{落款}}").runs[0].text = ""

    assert [fault.split()[0] for fault in told(changed(join))] == ["U-WORD-SHARED", "U-WORD-SHARED"]


def test_issuer_and_year_in_the_head_alone_are_no_title() -> None:
    def retitle(document: Document) -> None:
        find(document, "{{标题}}").runs[0].text = ""
        document.sections[0].header.paragraphs[0].text = "{{单位}}{{年度}}"

    assert told(changed(retitle)) == [
        "U-WORD-MISSING 缺少 {{标题}}：这一部分印不出来。 在应当印它的地方另起一段，只写 {{标题}}。"
    ]


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    return target.getvalue()


NONE = "U-WORD-NONE 模板不是 Word 文件。 用 WPS 或 Word 打开，另存为 .docx；只改文件名的后缀不行。"
OLD = "U-WORD-OLD 模板是旧格式的文件（.doc 或 .wps），或者加了密码。 用 WPS 或 Word 打开，去掉密码，另存为 .docx。"
DAMAGED = (
    "U-WORD-DAMAGED 模板是压缩格式的文件，但不是完好的 Word 文件。 "
    "用 WPS 或 Word 打开看看，能打开的，另存为 .docx；打不开的，换一份好的。"
)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(lambda: b"", NONE, id="empty"),
        pytest.param(lambda: b"%PDF-1.7", NONE, id="pdf"),
        pytest.param("{{标题}}".encode, NONE, id="text"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, OLD, id="doc"),
        pytest.param(lambda: b"PK\x03\x04", DAMAGED, id="begins like a zip"),
        pytest.param(lambda: zipped(a=b"b"), DAMAGED, id="zip of something else"),
        pytest.param(lambda: default()[:4000], DAMAGED, id="cut off"),
        pytest.param(lambda: default()[:800] + b"\0" * 400 + default()[1200:], DAMAGED, id="overwritten"),
    ],
)
def test_what_is_no_word_file_is_told_by_what_it_is(content: Callable[[], bytes], fault: str) -> None:
    assert told(io.BytesIO(content())) == [fault]


def test_a_workbook_is_no_template(tmp_path: Path) -> None:
    from openpyxl import Workbook

    Workbook().save(tmp_path / "a.docx")

    assert [fault.code for fault in check_template(tmp_path / "a.docx", FORM)] == ["U-WORD-DAMAGED"]


def test_a_template_that_is_not_there_is_told(tmp_path: Path) -> None:
    (fault,) = check_template(tmp_path / "没有.docx", FORM)

    assert fault.message("zh") == "模板读不了：没有.docx。 检查路径，文件是否正被别的程序占用。"


def test_nothing_is_written_into_a_template_with_faults_and_the_error_tells_them_all(tmp_path: Path) -> None:
    def spoil(document: Document) -> None:
        for text in ("{{落款}}", "{{开头语}}"):
            find(document, text).runs[0].text = ""

    (tmp_path / "模板.docx").write_bytes(changed(spoil).getvalue())

    with pytest.raises(TemplateError) as raised:
        write_word(report(), tmp_path / "年报.docx", template=tmp_path / "模板.docx")

    assert raised.value.message("zh") == (
        "模板不能使用：模板.docx，共 2 处错误。\n"
        "  × U-WORD-MISSING  缺少 {{开头语}}：这一部分印不出来。 在应当印它的地方另起一段，只写 {{开头语}}。\n"
        "  × U-WORD-MISSING  缺少 {{落款}}：这一部分印不出来。 在应当印它的地方另起一段，只写 {{落款}}。"
    )
    assert raised.value.message("en").splitlines()[1] == (
        "  × U-WORD-MISSING  {{开头语}} is missing: this part would not be printed. "
        "Where it is to be printed, begin a paragraph and write {{开头语}} and nothing else."
    )
    assert not (tmp_path / "年报.docx").exists()


def test_the_same_report_in_the_same_template_is_the_same_file() -> None:
    template = changed(lambda document: document.add_paragraph("（完）")).getvalue()

    assert written(io.BytesIO(template)) == written(io.BytesIO(template))


def test_warnings_keep_the_look_of_their_placeholder() -> None:
    document = written(None, report(warnings=("甲", "乙")))

    assert [style_of(each) for each in body(document)[:2]] == ["ReportNotice", "ReportNotice"]
