"""The workbook that goes back: what it says, what it marks, and that it loses nothing on its way there and home again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import tianbao as tb
from tests.mutations.book import Book, NotPossibleError
from tests.mutations.everything import FORMS, MUTATIONS, is_possible
from tests.records.samples import BAIJIA, submission
from tests.reports.moved import TABLE, moved
from tests.workbook.returned import changed, where
from tianbao.records.model import Answer, State, Submission, Value
from tianbao.reports.correction import Letter, as_laid_out, can_be_corrected, write_correction
from tianbao.workbook.identify import Identity
from tianbao.workbook.package import read_package
from tianbao.workbook.seal import make_seal, seal_digest
from tianbao.workbook.sent_back import LETTER_SHEET, LIST_SHEET

LETTER = Letter("五台县政府办公室", date(2026, 1, 12), "王五 0350-1234567")
#: 21 for 12, and nothing else: the ledger and the column agree on 12.
SWAPPED: Mapping[str, Value] = {
    "requests.new.natural": 21,
    "requests.granted.natural": 12,
    "control.received": 12,
    "control.carried_in": 0,
    "control.closed": 12,
    "control.carried_out": 0,
}


def sent_back(returned: Submission, letter: Letter = LETTER) -> bytes:
    laid_out, target = as_laid_out(returned), BytesIO()
    write_correction(laid_out, tb.run_checks(laid_out), target, letter=letter)
    return target.getvalue()


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def lines(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=6)]


def read(data: bytes) -> Submission:
    return tb.read_workbook(BytesIO(data))


def test_the_list_says_place_figures_rule_difference_suspect_and_way_out() -> None:
    book = opened(sent_back(submission("zfxxgk-2021", SWAPPED)))

    first, *_ = lines(book[LIST_SHEET])
    assert first == [
        "1",
        "× 必须改正",
        "表三“自然人”列",
        "→ E10",
        "21 + 0 ≠ 12 + 0",
        "第一项加第二项之和，等于第三项加第四项之和",
        "9",
        (
            "如果只填错了一格，只可能是 三、依申请公开!E10“一、本年新收政府信息公开申请数量”（自然人）现为 21，应为 12"
            "（改后与核对数“本年新收申请合计 12”相符，像是两位数字写颠倒了）。"
        ),
        (
            "先核对“四、结转下年度继续办理”，再核对“（七）总计”各行和新收、上年结转。"
            " 由它引起的另外 1 处（T3-01）改好后自然消失。"
        ),
        "必须改正，不能只作说明",
    ]
    link = book[LIST_SHEET]["E6"].hyperlink
    assert link is not None
    assert link.location == f"'{TABLE}'!E10"


def test_what_is_suspected_in_several_lines_is_said_once() -> None:
    book = opened(sent_back(submission("zfxxgk-2021", SWAPPED)))

    assert [line[7] for line in lines(book[LIST_SHEET])][1:] == ["同第 1 条"]


def test_the_likeliest_cell_is_marked_until_its_content_changes() -> None:
    book = opened(sent_back(submission("zfxxgk-2021", SWAPPED)))

    comment = book[TABLE]["E10"].comment
    assert comment is not None
    assert comment.text == (
        "【第 1 条】× 应当：第一项加第二项之和，等于第三项加第四项之和。这一格可能应为 12。\n"
        "【第 2 条】× 应当：核对数“新收合计”等于表三“总计”列的新收数。这一格可能应为 12。"
    )
    (rule,) = book[TABLE].conditional_formatting["E10"]
    assert rule.formula == ['AND($E$10<>"",$E$10=21)']
    assert rule.priority == 1


def test_the_letter_says_how_many_until_when_and_whom_to_call() -> None:
    letter = opened(sent_back(submission("zfxxgk-2021", SWAPPED, file="收件/年报.xlsx")))[LETTER_SHEET]

    said = [str(cell.value).strip("　") for (cell,) in letter.iter_rows(min_col=2, max_col=2) if cell.value]
    assert said[0] == "退回说明"
    assert said[2] == "白家庄镇："
    assert said[3].startswith("你单位报来的《2025年政府信息公开工作年度报告》收到了（文件“年报.xlsx”）。")
    assert said[4] == "× 必须改正 2 处。"
    assert said[5] == "请在 2026年1月12日 前改好，保存后直接回复邮件并附上这份表格；改文件名不要紧。"
    assert "有疑问请联系：王五 0350-1234567。" in said
    assert "五台县政府办公室" in said


def test_a_letter_without_a_date_names_none() -> None:
    letter = opened(sent_back(submission("zfxxgk-2021", SWAPPED), Letter()))[LETTER_SHEET]

    said = " ".join(str(cell.value) for row in letter for cell in row if cell.value)
    assert "请尽快改好" in said
    assert "联系" not in said


def test_what_could_not_be_read_stands_in_its_cell_as_typed_and_is_marked() -> None:
    data = sent_back(submission("zfxxgk-2021", unreadable=["requests.new.natural"]))

    cell = opened(data)[TABLE]["E10"]
    assert cell.value == "/"
    assert cell.comment is not None
    back = read(data)
    assert (back.answers["requests.new.natural"].state, back.answers["requests.new.natural"].raw) == (
        State.UNREADABLE,
        "/",
    )


@pytest.mark.parametrize(("raw", "stands"), [("TRUE", "？1"), ("几件", "几件"), ("5件左右", "5件左右")])
def test_what_was_no_answer_is_none_in_the_workbook_that_goes_back(raw: str, stands: str) -> None:
    def type_in(book: Workbook) -> None:
        sheet, ref = where("requests.new.natural")
        book[sheet][ref] = True if raw == "TRUE" else raw

    returned = read(changed(type_in))
    data = sent_back(returned)

    assert opened(data)[TABLE]["E10"].value == stands
    assert read(data)["requests.new.natural"] == returned["requests.new.natural"]


def test_a_declared_zero_report_does_not_make_a_zero_of_what_nobody_knows() -> None:
    returned = submission("zfxxgk-2021", {"cover.zero_report": "是"}, unreadable=["requests.new.natural"])
    unknown = {**returned.answers, "requests.new.natural": Answer(None, State.UNREADABLE)}

    back = read(sent_back(replace(returned, answers=unknown)))

    assert back.answers["requests.new.natural"].state is State.UNREADABLE
    assert back.answers["requests.new.business"].state is State.DECLARED_ZERO


def test_only_a_query_has_room_for_an_explanation_and_keeps_the_one_it_has() -> None:
    values: Mapping[str, Value] = {**SWAPPED, "art20_1.rules.issued": 1, "art20_1.rules.in_force": 1}
    explained = {"T2-01": "本镇代县政府登记一件"}

    sheet = opened(sent_back(submission("zfxxgk-2021", values, explanations=explained)))[LIST_SHEET]

    room = [
        (row[1].value, row[0].value, row[10].value, row[10].protection.locked) for row in sheet.iter_rows(min_row=6)
    ]
    assert room == [
        ("1", None, "必须改正，不能只作说明", True),
        ("2", None, "必须改正，不能只作说明", True),
        ("3", "explain.T2-01", "本镇代县政府登记一件", False),
    ]


def test_an_explanation_in_the_list_comes_back_with_its_check() -> None:
    values: Mapping[str, Value] = {"art20_1.rules.issued": 1, "art20_1.rules.in_force": 1}

    def explain(book: Workbook) -> None:
        book[LIST_SHEET]["K6"] = "本镇代县政府登记一件"

    back = read(changed(explain, sent_back(submission("zfxxgk-2021", values))))

    answer = back.explanations["T2-01"]
    assert (answer.value, answer.sheet, answer.cell) == ("本镇代县政府登记一件", LIST_SHEET, "K6")
    assert [finding.explanation for finding in tb.run_checks(back)] == ["本镇代县政府登记一件"]
    assert back.notes == ()


def test_explanations_in_both_places_are_both_kept() -> None:
    values: Mapping[str, Value] = {"art20_1.rules.issued": 1, "art20_1.rules.in_force": 1}
    audit, ref = where("explain.T2-01")

    def explain(book: Workbook) -> None:
        book[LIST_SHEET]["K6"] = "代县政府登记"
        book[audit][ref] = "见县政府文件"

    back = read(changed(explain, sent_back(submission("zfxxgk-2021", values))))

    assert back.explanations["T2-01"].value == "代县政府登记；见县政府文件"
    (note,) = back.notes
    assert (note.code, note.at) == ("R-EXPLAINED-TWICE", f"{LIST_SHEET}!K6")
    assert note.message("zh") == (
        f"逐条清单!K6（“代县政府登记”）和 {audit}!{ref}（“见县政府文件”）都写了说明，两处都已采用。"
        " 不用处理：两处的话都保留了。"
    )


def test_a_sheet_of_that_name_which_is_not_ours_is_told() -> None:
    def add(book: Workbook) -> None:
        book.create_sheet(LIST_SHEET)["A1"] = 12

    target = BytesIO()
    tb.write_workbook(tb.load_form("zfxxgk-2021"), target, unit=BAIJIA, year=2025)

    assert [note.code for note in read(changed(add, target.getvalue())).notes] == ["R-SHEET-EXTRA"]


def test_findings_are_told_of_the_cells_of_the_workbook_that_goes_back() -> None:
    first = next(line for line in lines(opened(sent_back(moved(SWAPPED)))[LIST_SHEET]) if line[2] == "表三“自然人”列")

    assert "三、依申请公开!E10" in str(first[7])


def test_it_is_locked_and_bears_the_seal_of_the_form() -> None:
    form = tb.load_form("zfxxgk-2021")

    data = sent_back(submission("zfxxgk-2021", SWAPPED))

    assert all(sheet.protection.sheet for sheet in opened(data))
    assert seal_digest(read_package(data), form, Identity.of(form, 2025, BAIJIA)) == make_seal(form, 2025).digest
    assert read(data).notes == ()


def test_the_same_report_gives_the_same_bytes() -> None:
    returned = submission("zfxxgk-2021", SWAPPED)

    assert sent_back(returned) == sent_back(returned)


@pytest.mark.parametrize("form", FORMS)
def test_whatever_was_done_to_a_workbook_its_answers_go_back_and_come_home_the_same(form: str) -> None:
    """Every eighth of all alterations, of the older layout every sixteenth, each time with another filling."""
    compared = 0
    for n, name in enumerate(sorted(MUTATIONS)[FORMS.index(form) :: 16 if form == "zfxxgk-2019" else 8]):
        book = Book(form, n % 5)
        try:
            if not is_possible(form, MUTATIONS[name]):
                continue
            MUTATIONS[name].alter(book)
        except NotPossibleError:
            continue
        returned = read(book.data())
        if can_be_corrected(returned):
            compared += 1
            assert differences(returned, read(sent_back(returned))) == [], name
    assert compared > 15


def differences(returned: Submission, back: Submission) -> list[str]:
    """Name what is another answer now, and what is told of a workbook in which nothing was done."""
    told = [note.code for note in back.notes if not note.code.startswith("V-") and note.code != "R-ZERO-REPORT"]
    if {name: answer.value for name, answer in returned.explanations.items()} != {
        name: answer.value for name, answer in back.explanations.items()
    }:
        told.append("explanations")
    for key, answer in returned.answers.items():
        now = back.answers[key]
        is_lost = answer.state is State.UNREADABLE and not answer.raw and now.state is State.BLANK
        if answer.value != now.value or (answer.state is not now.state and not is_lost):
            told.append(f"{key}: {answer} → {now}")
    return told
