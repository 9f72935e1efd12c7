"""What goes back to each unit."""

from __future__ import annotations

from io import BytesIO

import openpyxl

import tianbao as tb
from tests.records.samples import BAIJIA, DOUCUN, TAIHUAI, refused, submission
from tests.reports.moved import moved
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.checks.run import check_each
from tianbao.records.model import Submission, Value
from tianbao.reports.replies import Reply, make_replies
from tianbao.workbook.sent_back import LIST_SHEET


def replies(
    submissions: list[Submission], *, prior: list[Submission] | None = None, decisions: list[Decision] | None = None
) -> list[Reply]:
    found = check_each(submissions, prior=prior, decisions=decisions or ())
    return list(make_replies(submissions, found, prior=prior or ()))


def test_each_workbook_that_goes_back_carries_what_the_office_signs_of_it() -> None:
    several = [
        submission("zfxxgk-2021", {"requests.new.natural": 3}, unit=BAIJIA, file="a.xlsx"),
        submission("zfxxgk-2021", unit=DOUCUN, file="b.xlsx"),
        submission("zfxxgk-2021", {"requests.new.natural": 3}, unit=TAIHUAI, file="c.xlsx"),
    ]

    made = make_replies(several, check_each(several), issuance=lambda returned: f"again.{returned.file}")

    workbooks = [reply.data for reply in made if not reply.is_receipt]
    assert [tb.read_workbook(BytesIO(data)).issuance for data in workbooks] == ["again.a.xlsx", "again.c.xlsx"]


def test_who_has_something_to_mend_gets_the_workbook_and_who_has_not_a_receipt() -> None:
    several = [
        submission("zfxxgk-2021", {"requests.new.natural": 3}, unit=BAIJIA, file="a.xlsx"),
        submission("zfxxgk-2021", unit=DOUCUN, file="b.xlsx"),
        refused("c.pdf"),
        submission("zfxxgk-2021", unit=None, file="d.xlsx"),
    ]

    made = replies(several)

    assert [(reply.name, reply.is_receipt) for reply in made] == [
        ("140922018_白家庄镇_退回修改.xlsx", False),
        ("140922003_豆村镇_回执.txt", True),
    ]
    assert LIST_SHEET in openpyxl.load_workbook(BytesIO(made[0].data)).sheetnames
    assert made[1].data.startswith("\ufeff".encode())
    assert "豆村镇（140922003）" in made[1].data.decode("utf-8-sig")


def test_a_copy_gets_nothing_and_two_reports_that_differ_both_go_back() -> None:
    one = submission("zfxxgk-2021", {"requests.new.natural": 3}, unit=TAIHUAI, file="a.xlsx")
    again = submission("zfxxgk-2021", {"requests.new.natural": 3}, unit=TAIHUAI, file="b.xlsx")
    other = submission("zfxxgk-2021", {"requests.new.natural": 4}, unit=TAIHUAI, file="c.xlsx")

    assert [reply.name for reply in replies([one, again])] == ["140922001_台怀镇_退回修改.xlsx"]
    assert [reply.name for reply in replies([one, other])] == [
        "140922001_台怀镇_退回修改.xlsx",
        "140922001_台怀镇_退回修改_2.xlsx",
    ]


def test_last_years_figures_stand_in_the_workbook_that_goes_back() -> None:
    before = submission("zfxxgk-2021", {"requests.carried_out.natural": 2}, year=2024)

    (reply,) = replies([submission("zfxxgk-2021", {"requests.new.natural": 3})], prior=[before])

    sheet = openpyxl.load_workbook(BytesIO(reply.data))["三、依申请公开"]
    row = next(
        cell.row or 0 for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if str(cell.value).startswith("上年报告")
    )
    assert sheet.cell(row, 5).value == 2


RULES: dict[str, Value] = {"art20_1.rules.issued": 1, "art20_1.rules.in_force": 1}


def test_what_is_explained_is_open_no_more_and_a_stock_phrase_goes_back() -> None:
    explained = submission("zfxxgk-2021", RULES, unit=BAIJIA, explanations={"T2-01": "本镇代县政府登记一件"})
    brief = submission("zfxxgk-2021", RULES, unit=DOUCUN, explanations={"T2-01": "核实无误"})

    made = replies([explained, brief])

    assert [reply.is_receipt for reply in made] == [True, False]
    sheet = openpyxl.load_workbook(BytesIO(made[1].data))[LIST_SHEET]
    assert [sheet["C6"].value, sheet["K6"].value] == ["△ 请核实", "核实无误"]
    assert "“核实无误”" in str(sheet["J6"].value)


def test_an_explanation_is_kept_in_the_list_below_what_is_open() -> None:
    values = {**RULES, "requests.new.natural": 3}
    returned = submission("zfxxgk-2021", values, explanations={"T2-01": "本镇代县政府登记一件"})

    (reply,) = replies([returned])

    sheet = openpyxl.load_workbook(BytesIO(reply.data))[LIST_SHEET]
    assert [sheet["C6"].value, sheet["C7"].value, sheet["K7"].value] == [
        "× 必须改正",
        "○ 已写说明",
        "本镇代县政府登记一件",
    ]
    back = tb.read_workbook(BytesIO(reply.data))
    assert back.explanations["T2-01"].value == "本镇代县政府登记一件"


def test_what_the_office_has_settled_does_not_go_back() -> None:
    returned = submission("zfxxgk-2021", {"requests.new.natural": 3})
    waived = Decision(BAIJIA.code, "T3-01", "", DecisionKind.WAIVED, "系统停用期间的登记无法核对", "王某")

    assert [reply.is_receipt for reply in replies([returned])] == [False]
    assert [reply.is_receipt for reply in replies([returned], decisions=[waived])] == [True]


def test_a_decision_names_the_cell_of_the_file_that_came_in_and_the_list_the_one_that_goes_back() -> None:
    values: dict[str, Value] = {"requests.new.natural": 3, "requests.new.business": 2}
    returned = moved(values)
    waived = Decision(BAIJIA.code, "T3-01", "E13", DecisionKind.WAIVED, "系统停用期间的登记无法核对", "王某")

    (reply,) = replies([returned], decisions=[waived])

    sheet = openpyxl.load_workbook(BytesIO(reply.data))[LIST_SHEET]
    listed = [(row[3].value, row[4].value) for row in sheet.iter_rows(min_row=6)]
    assert ("表三“自然人”列", "→ E10") not in listed
    assert ("表三“商业企业”列", "→ F10") in listed
    assert [place for place, _ in listed].count("表三“总计”列") == 1
