"""Reports as they are found: every figure is exact, or its cell is named. Nothing is guessed, and nothing is given to another row."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from random import Random

import docx
import pytest
from docx.oxml import OxmlElement

from tests.documents.documents import NEW, OLD, Damage, as_page, as_text, as_word, figures, read, replaced, row
from tests.workbook.test_guard import ole
from tianbao.documents import read_document
from tianbao.form.model import Kind, Severity
from tianbao.records.model import Submission, Value

OF = {"zfxxgk-2019": (OLD, 2019), "zfxxgk-2021": (NEW, 2024)}
FIGURES = {name: figures(form, year) for name, (form, year) in OF.items()}
_V = FIGURES["zfxxgk-2019"]
COLUMNS = ("natural", "business", "research", "nonprofit", "legal", "other_org", "total")


def of_row(table: str, name: str, *columns: str) -> list[str]:
    return [f"{table}.{name}.{column}" for column in columns]


RULES = of_row("art20_1", "rules", "made_new", "published_new", "public_total")
NORMS = of_row("art20_1", "norm_docs", "made_new", "published_new", "public_total")
LICENCE = of_row("art20_5", "licence", "prev_items", "delta", "decisions")
REPEAT = of_row("requests", "rejected_repeat", *COLUMNS)
FEES = of_row("art20_8", "admin_fees", "prev_items", "delta")
BUSINESS_AND_RESEARCH = [c.key for c in OLD.table("requests").inputs() if c.key.endswith((".business", ".research"))]
UPHELD_AND_CORRECTED = [c.key for c in OLD.table("remedies").inputs() if c.key.endswith((".upheld", ".corrected"))]
REMEDIES = [cell.key for cell in OLD.table("remedies").cells]


def shown(keys: list[str]) -> list[Value]:
    return [_V[key] for key in keys]


def line(label: str, keys: list[str]) -> str:
    return row(label, *shown(keys))


def lost(keys: list[str]) -> dict[str, Value]:
    return dict.fromkeys(key for key in keys if OLD.cell(key).kind is Kind.INPUT)


#: What is done to a report of 2019 saved as text, what is read otherwise for it, and the cells that are named.
DAMAGES: dict[str, tuple[Damage, Mapping[str, Value], set[str]]] = {
    "digits run on, which can be parted in one way": (
        replaced(line("规章", RULES), "\n规章456\n"),
        dict(zip(RULES, (4, 5, 6), strict=True)),
        set(),
    ),
    "zeros run on": (
        replaced(line("规章", RULES), row("规章000")),
        dict(zip(RULES, (0, 0, 0), strict=True)),
        set(),
    ),
    "two rows run on, of which one can be parted in several ways": (
        lambda text: replaced(line("规范性文件", NORMS), "")(
            replaced(line("规章", RULES), row("规章555规范性文件141414"))(text)
        ),
        dict(zip(RULES, (5, 5, 5), strict=True)) | lost(NORMS),
        set(NORMS),
    ),
    "digits run on, which the total of their row parts": (
        replaced(line("2.重复申请", REPEAT), row("2.重复申请", "12345015")),
        dict(zip(REPEAT[:6], (1, 2, 3, 4, 5, 0), strict=True)),
        set(),
    ),
    "heads broken over lines and cut": (
        lambda text: text.replace("\t本年增/减\n", "\t本年增/\n").replace("\t自然人\n", "\t自然\n\n人\n"),
        {},
        set(),
    ),
    "cells left blank": (
        replaced(line("规章", RULES), row("规章", "", "", "")),
        dict.fromkeys(RULES),
        set(),
    ),
    "a stroke for a zero": (
        replaced(line("规章", RULES), row("规章", "/", "—", 3)),
        {RULES[0]: None, RULES[1]: None},
        {RULES[0], RULES[1]},
    ),
    "full-width digits, thousands parted, and measures": (
        replaced(line("行政许可", LICENCE), row("行政许可", "１２３项", "-8", "1,234件")),
        dict(zip(LICENCE, (123, -8, 1234), strict=True)),
        set(),
    ),
    "words in a cell": (
        replaced(line("行政许可", LICENCE), row("行政许可", "22（其中修订 16 项）", "增1558", 7)),
        {LICENCE[0]: None, LICENCE[1]: None, LICENCE[2]: 7},
        {LICENCE[0], LICENCE[1]},
    ),
    "a label mistyped": (
        replaced("\t2.其他法律行政法规禁止公开\n", "\t2.其他法律行政止公开\n"),
        {},
        set(),
    ),
    "labels with blanks and brackets of the other width": (
        lambda text: text.replace("\t4.无正当理由大量反复申请\n", "\t4．无正当理由大量反复 申请\n").replace("（七）总计", "(七) 总 计"),
        {},
        set(),
    ),
    "a row missing": (
        replaced(line("2.重复申请", REPEAT), ""),
        lost(REPEAT),
        {REPEAT[0]},
    ),
    "a figure whose neighbour is lost, which looks like two digits run on": (
        replaced(line("行政事业性收费", FEES), row("行政事业性收费", 10)),
        lost(FEES),
        set(FEES),
    ),
    "figures that have fallen out of their row": (
        replaced(line("规章", RULES), row("规章", 123) + row(4, 5)),
        lost(RULES),
        set(RULES),
    ),
    "a blank cell too many, first or last": (
        replaced(line("规章", RULES), row("规章", "", 5, 6, "")),
        lost(RULES),
        set(RULES),
    ),
    "two figures below each other in a cell": (
        replaced(line("规章", RULES), "\n\t规章\n\t12\n34\n\t5\n\t6\n"),
        dict(zip(RULES, (None, 5, 6), strict=True)),
        {RULES[0]},
    ),
    "one label on two rows": (
        replaced(line("规章", RULES), row("规范性文件", *shown(RULES))),
        lost([*RULES, *NORMS]),
        {RULES[0], *NORMS},
    ),
    "more digits run on than can be looked through": (
        replaced(line("2.重复申请", REPEAT), row("2.重复申请", "1" * 40)),
        lost(REPEAT),
        set(REPEAT[:6]),
    ),
    "heads of another year's form": (
        lambda text: text.replace("本年新制作数量", "本年制发件数").replace("本年新公开数量", "本年废止件数"),
        lost([RULES[0], RULES[1], NORMS[0], NORMS[1]]),
        {RULES[0], RULES[1], NORMS[0], NORMS[1]},
    ),
    "heads of three levels in another order": (
        lambda text: text.replace("\t商业企业", "\t@").replace("\t科研机构", "\t商业企业").replace("\t@", "\t科研机构"),
        lost(BUSINESS_AND_RESEARCH),
        set(BUSINESS_AND_RESEARCH),
    ),
    "heads of a table of one row in another order": (
        lambda text: text.replace("\t结果维持", "\t@").replace("\t结果纠正", "\t结果维持").replace("\t@", "\t结果纠正"),
        lost(UPHELD_AND_CORRECTED),
        set(UPHELD_AND_CORRECTED),
    ),
    "figures in a sentence of the text": (
        replaced("problems的一段。", "problems的一段。\n行政许可：1、2、3。"),
        {},
        set(),
    ),
    "a row that a province has added": (
        replaced(line("规范性文件", NORMS), line("规范性文件", NORMS) + row("其他主动公开文件", 81, 82, 83)),
        {},
        set(),
    ),
    "a cell of a row missing": (
        replaced(line("2.重复申请", REPEAT), row("2.重复申请", *shown(REPEAT)[1:])),
        lost(REPEAT),
        set(REPEAT[:6]),
    ),
    "a table missing": (
        lambda text: text[: text.index("\t行政复议")] + text[text.index("五、存在") :],
        lost(REMEDIES),
        {REMEDIES[0]},
    ),
    "a row a line, its cells parted by tabs": (
        lambda text: text.replace(line("规章", RULES), "\n\t规章\t{}\t{}\t{}\n".format(*shown(RULES))),
        {},
        set(),
    ),
    "headings without numerals and reworded": (
        lambda text: text.replace("一、总体情况", "总体情况").replace("四、政府信息公开行政复议、", "四、行政复议、").replace(
            "五、存在的主要问题及改进情况", "五、政府信息公开工作存在的主要问题和改进措施"
        ),
        {},
        set(),
    ),
}  # fmt: skip


def differing(got: Submission, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what was read otherwise than it was written; totals are computed."""
    assert got.form is not None
    return {c.key: got[c.key] for c in got.form.cells() if c.kind is Kind.INPUT and got[c.key] != values[c.key]}


def named(got: Submission) -> set[str]:
    """Return the cells that are told not to be readable."""
    return {note.key for note in got.notes if note.severity is Severity.ERROR}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_text_gives_exact_figures_or_names_the_cell(name: str) -> None:
    damage, otherwise, unreadable = DAMAGES[name]
    whole = as_text(OLD, _V, year=2019)
    damaged = damage(whole)
    assert damaged != whole

    got = read(damaged)

    assert got.form is OLD
    assert differing(got, _V) == otherwise
    assert named(got) == unreadable
    assert {key: text.split("\n")[0] for key, text in got.texts.items()} == {key: f"{key}的一段。" for key in got.texts}


@pytest.mark.parametrize("form_id", OF)
@pytest.mark.parametrize(
    "write",
    [
        lambda form, values, year: as_text(form, values, year=year).encode(),
        lambda form, values, year: as_text(form, values, year=year).replace("\n", "\r\n").encode("gb18030"),
        lambda form, values, year: as_text(form, values, year=year).encode("utf-16"),
        lambda form, values, year: as_page(form, values, year=year).encode(),
        lambda form, values, year: (
            as_page(form, values, year=year)
            .replace("<html>", "<html><head><meta charset=gb2312></head>")
            .encode("gb18030")
        ),
        lambda form, values, year: f"<table><tr><td>{as_page(form, values, year=year)}</td></tr></table>".encode(),
        lambda form, values, year: as_word(form, values, year=year),
        lambda form, values, year: as_word(form, values, year=year, merged=False),
    ],
    ids=[
        "text",
        "text of Windows",
        "UTF-16",
        "page",
        "page of gb2312",
        "page within a table",
        "Word",
        "Word, nothing merged",
    ],
)
def test_a_whole_report_is_read_to_its_last_figure(form_id: str, write: object) -> None:
    form, year = OF[form_id]

    got = read(write(form, FIGURES[form_id], year))  # type: ignore[operator]

    assert (got.form, got.year, got.unit and got.unit.name) == (form, year, "白家庄镇")
    assert differing(got, FIGURES[form_id]) == {}
    assert [note.code for note in got.notes] == ["P-PUBLISHED"]
    assert got.texts == {key: f"{key}的一段。" for key in got.texts}


def test_table_three_of_2019_below_table_two_of_2021_gives_no_figure_to_another_row() -> None:
    page = as_page(NEW, FIGURES["zfxxgk-2021"], year=2024)
    old = as_page(OLD, FIGURES["zfxxgk-2019"], year=2024)
    begin, end = "<p>三、收到", "<p>四、政府"
    mixed = page[: page.index(begin)] + old[old.index(begin) : old.index(end)] + page[page.index(end) :]

    got = read(mixed)

    assert got.form is NEW
    wrong = differing(got, {**FIGURES["zfxxgk-2021"], **{k: v for k, v in _V.items() if k.startswith("requests.")}})
    others = {
        f"requests.{row}.{c}" for row in ("other_no_correction", "other_unpaid", "other_misc") for c in COLUMNS[:6]
    }
    assert wrong == dict.fromkeys(others)
    assert {note.key for note in got.notes if note.code == "P-NO-ROW"} == {
        f"requests.{row}.natural" for row in ("other_no_correction", "other_unpaid", "other_misc")
    }
    assert [note.raw.split()[0] for note in got.notes if note.code == "P-EXTRA-ROW"] == ["（六）其他处理"]


def test_a_column_left_out_of_a_table_whose_cells_are_not_merged_moves_no_figure() -> None:
    document = docx.Document(io.BytesIO(as_word(OLD, _V, year=2019, merged=False)))
    third = document.tables[1]
    for one in third.rows:
        one._tr.remove(one._tr.tc_lst[4])  # 商业企业
    target = io.BytesIO()
    document.save(target)

    got = read(target.getvalue())

    requests = {cell.key for cell in OLD.table("requests").inputs()}
    assert differing(got, _V) == dict.fromkeys(requests)
    assert named(got) == requests


def test_a_row_and_a_text_that_were_deleted_with_changes_tracked_are_none() -> None:
    document = docx.Document(io.BytesIO(as_word(OLD, _V, year=2019)))
    row = document.tables[0].rows[2]
    assert row.cells[0].text == "规章"
    row._tr.get_or_add_trPr().append(OxmlElement("w:del"))
    run = document.tables[0].rows[3].cells[1].paragraphs[0].runs[0]._r
    deleted = OxmlElement("w:del")
    run.addprevious(deleted)
    deleted.append(run)
    target = io.BytesIO()
    document.save(target)

    got = read(target.getvalue())

    assert differing(got, _V) == lost([*RULES, NORMS[0]])
    assert {note.code for note in got.notes if note.severity is Severity.ERROR} == {"P-NO-ROW"}


def test_a_total_of_which_a_part_is_not_known_is_not_said_to_be_wrong() -> None:
    whole = as_text(OLD, _V, year=2019)
    broken = replaced(line("2.重复申请", REPEAT), row("2.重复申请", "几件", *shown(REPEAT)[1:]))

    got = read(broken(whole))

    assert [note.code for note in got.notes] == ["P-PUBLISHED", "V-UNREADABLE"]
    assert got.stated(REPEAT[6]) == _V[REPEAT[6]]


def test_two_lines_of_a_cell_are_not_one_figure_and_what_is_hidden_is_none() -> None:
    page = as_page(OLD, _V, year=2019)
    cells = [f"<td><p>{_V[key]}</p></td>" for key in RULES]
    seen = (
        "<td><p>5</p><p>3</p></td>",
        "<td>\n 4<br>\n</td>",
        "<td>6<span style='display: none'>7</span><del>8</del></td>",
    )

    got = read(page.replace("\n".join(cells), "\n".join(seen), 1))

    assert [got[key] for key in RULES] == [None, 4, 6]
    assert (named(got), got.cell(RULES[0]).raw) == ({RULES[0]}, "5\n3")


def test_a_report_in_another_form_than_the_one_asked_for_is_refused() -> None:
    page = as_page(NEW, FIGURES["zfxxgk-2021"], year=2024).encode()

    got = read_document(io.BytesIO(page), form="zfxxgk-2019")

    assert got.reason is not None
    facts = {"name": "", "form": "zfxxgk-2021", "wanted": "zfxxgk-2019"}
    assert (got.reason.code, dict(got.reason.params)) == ("F-OTHER-FORM", facts)


def test_columns_in_another_order_are_read_by_their_heads() -> None:
    page = as_page(OLD, _V, year=2019)
    first = page.index("<tr>\n<td><p>信息内容</p></td>")
    block = page[first : page.index("<td colspan='4'><p>第二十条第（五）项", first)]
    swapped = (
        block.replace("本年新制作数量", "@").replace("本年新公开数量", "本年新制作数量").replace("@", "本年新公开数量")
    )

    got = read(page.replace(block, swapped))

    assert [got[key] for key in RULES] == [_V[RULES[1]], _V[RULES[0]], _V[RULES[2]]]


def test_a_printed_total_that_is_not_the_sum_is_told_and_stated() -> None:
    text = as_text(OLD, _V, year=2019)
    wrong = replaced(line("2.重复申请", REPEAT), row("2.重复申请", *shown(REPEAT)[:6], 9999))(text)

    got = read(wrong)

    assert (got["requests.rejected_repeat.total"], got.stated("requests.rejected_repeat.total")) == (
        _V[REPEAT[6]],
        9999,
    )
    assert [(note.code, note.key, note.raw) for note in got.notes[1:]] == [("P-TOTAL", REPEAT[6], "9999")]


@pytest.mark.parametrize(
    ("title", "name", "year"),
    [
        ("白家庄镇2023年政府信息公开工作年度报告", "白家庄镇", 2023),
        ("白家庄镇人民政府2023年度政府信息公开工作年度报告", "白家庄镇人民政府", 2023),
        ("2023年白家庄镇政府信息公开工作年度报告", "白家庄镇", 2023),
        ("关于白家庄镇2023年政府信息公开工作年度报告", "白家庄镇", 2023),
        ("白家庄镇二〇二三年政府信息公开工作年度报告", "白家庄镇", 2023),
        ("２０２３年政府信息公开工作年度报告", "白家庄镇人民政府", 2023),
        ("五台县白家庄镇人民政府关于2023年度政府信息公开工作年度报告", "五台县白家庄镇人民政府", 2023),
    ],
)
def test_unit_and_year_are_found_in_the_title_or_below(title: str, name: str, year: int) -> None:
    text = as_text(OLD, _V, year=2023)
    got = read(text.replace("白家庄镇\n\n2023年政府信息公开工作年度报告", title))

    assert (got.unit and got.unit.name, got.year) == (name, year)


SIGNATURE = "白家庄镇人民政府\n2023年12月25日\n"


@pytest.mark.parametrize(
    ("below", "text", "day"),
    [
        ("白家庄镇人民政府　　2023年12月25日\n", "", date(2023, 12, 25)),
        (SIGNATURE + "打印本页 关闭窗口\n上一篇：其他镇的年报\n", "", date(2023, 12, 25)),
        ("白家庄镇人民政府（盖章）\n年　月　日\n", "", None),
        ("白家庄镇人民政府\n", "", None),
        ("另于2023年3月1日\n" + SIGNATURE, "\n另于2023年3月1日", date(2023, 12, 25)),
    ],
    ids=["in one line", "with the foot of a portal below", "left open", "without a date", "below another date"],
)
def test_the_signature_is_no_text_nor_what_stands_below_it(below: str, text: str, day: date | None) -> None:
    got = read(as_text(OLD, _V, year=2023).replace(SIGNATURE, below))

    assert got.texts["other_matters"] == f"other_matters的一段。{text}"
    assert got["cover.filled_on"] == day


def test_a_last_part_of_one_short_line_is_no_signature() -> None:
    whole = as_text(OLD, _V, year=2023)

    got = read(whole.replace(f"other_matters的一段。\n{SIGNATURE}", "无其他需要报告的事项\n2023年12月25日\n"))

    assert (got.texts["other_matters"], got["cover.filled_on"]) == ("无其他需要报告的事项", date(2023, 12, 25))


def test_a_heading_and_its_text_in_one_paragraph_are_parted_and_a_table_of_contents_is_no_heading() -> None:
    contents = "\n".join(section.title for section in OLD.sections)
    whole = as_text(OLD, _V, year=2023)
    text = whole.replace("六、其他需要报告的事项\n", "六、其他需要报告的事项：").replace(
        "lead的", f"{contents}\nlead的"
    )

    got = read(text)

    assert got.texts == {key: f"{key}的一段。" for key in got.texts} | {"lead": f"{contents}\nlead的一段。"}


def test_a_year_left_from_the_report_before_is_told() -> None:
    text = as_text(OLD, _V, year=2023).replace("lead的一段。", "统计期限自2022年1月1日起至12月31日止。")

    got = read(text)

    assert [(note.code, note.params) for note in got.notes if note.code == "P-YEAR"] == [
        ("P-YEAR", {"year": 2023, "said": 2022})
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("通知.docx", "word", "P-NOT-A-REPORT"),
        ("通知.txt", "各乡镇：\n请于1月20日前报送。\n".encode(), "P-NOT-A-REPORT"),
        (
            "旧.doc",
            ole("WordDocument"),
            "P-OLD-WORD",
        ),
        ("大.html", b"<table>" + b"<tr><td colspan=999999999 rowspan=999999999>1</td></tr>" * 30_000, "P-TOO-LARGE"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(name: str, data: bytes | str, code: str) -> None:
    if data == "word":
        document, target = docx.Document(), io.BytesIO()
        document.add_paragraph("各乡镇：")
        document.save(target)
        data = target.getvalue()
    assert isinstance(data, bytes)
    named = io.BytesIO(data)
    named.name = name

    got = read_document(named)

    assert got.reason is not None
    assert (got.reason.code, dict(got.reason.params)) == (code, {"name": name})


@pytest.mark.parametrize("write", [as_text, as_page, as_word])
def test_whatever_befalls_the_bytes_nothing_is_raised(write: object) -> None:
    chance = Random(3)  # noqa: S311  damage for a test, no secrets
    whole = write(NEW, FIGURES["zfxxgk-2021"], year=2024)  # type: ignore[operator]
    data = whole.encode() if isinstance(whole, str) else whole
    for _ in range(8):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 20, 400])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.choice([len(damaged), chance.randrange(len(damaged))])

        got = read(bytes(damaged[:cut]))

        assert got.reason is not None or got.form is not None
