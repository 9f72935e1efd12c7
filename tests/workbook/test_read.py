"""From a file to a submission."""

from __future__ import annotations

import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from openpyxl import Workbook

from tests.workbook.returned import (
    BAIJIA,
    DOUCUN,
    FORM,
    ISSUANCE,
    all_marks_lost,
    changed,
    codes,
    issued,
    nameless,
    read,
    remark,
    the_note,
    typed,
    where,
)
from tianbao.checks.run import run_checks
from tianbao.expr import evaluate
from tianbao.form.faults import UnknownFormError
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Cell, CellType, Form, Kind, Severity
from tianbao.form.names import given as known
from tianbao.form.names import serial
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Answer, State, Submission, Unit, Value, Verdict
from tianbao.workbook.guard import PathMissingError
from tianbao.workbook.identify import Identity
from tianbao.workbook.layout import make_layout
from tianbao.workbook.read import FolderError, _read_file, _Wish, read_many, read_workbook

NEW = "requests.new.natural"
TOTAL = "requests.new.total"


def at(key: str) -> str:
    return "!".join(where(key))


def spliced(data: bytes, part: str, old: str, new: str) -> bytes:
    """Replace text in one part of a workbook, as no spreadsheet program would."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            archive.writestr(name, content)
    return target.getvalue()


# ── what was typed ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", bundled_forms())
def test_a_blank_workbook_is_read_and_blank_is_not_zero(name: str) -> None:
    form = load_form(name)

    submission = read(issued(form, filled=False))

    inputs = [cell.key for cell in form.cells() if cell.kind is Kind.INPUT]
    assert (submission.verdict, submission.notes, submission.reason) == (Verdict.READ, (), None)
    assert (submission.form, submission.year, submission.unit) == (form, 2025, BAIJIA)
    assert {submission.answers[key][:2] for key in inputs} == {(None, State.BLANK)}
    assert list(submission.answers) == list(form.by_key)


def test_every_answer_has_its_origin() -> None:
    data = issued()

    record = read(data).cell(NEW)

    assert (record.value, record.state, record.raw, record.stated) == (3, State.FILLED, "3", None)
    assert (record.origin.sheet, record.origin.cell) == where(NEW)
    assert len(record.origin.sha256) == 64


def test_texts_dates_and_cover_are_read() -> None:
    submission = read(typed({"cover.filled_on": date(2026, 1, 20), "control.received": 5}))

    assert submission.texts["overview"] == "第一段。\n第二段。"
    assert submission.texts["problems"] == ""
    assert submission["cover.leader"] == "张三"
    assert submission["cover.filled_on"] == date(2026, 1, 20)
    assert submission["control.received"] == 5


def test_a_change_of_what_was_typed_is_told_with_cell_and_raw_text() -> None:
    submission = read(typed({NEW: "１２件"}))

    assert submission[NEW] == 12
    (note,) = submission.cell(NEW).notes
    assert (note.code, note.severity, note.at, note.key, note.raw) == (
        "V-MEASURE",
        Severity.NOTE,
        at(NEW),
        NEW,
        "１２件",
    )
    assert submission.verdict is Verdict.READ_WITH_NOTES


def test_what_is_no_number_is_an_error_and_never_zero() -> None:
    submission = read(typed({NEW: "约5"}))

    assert submission.answers[NEW] == Answer(None, State.UNREADABLE, "约5", *where(NEW))
    assert [(note.code, note.severity) for note in submission.notes] == [("V-UNREADABLE", Severity.ERROR)]


def test_a_formula_without_a_result_in_an_input_is_an_error() -> None:
    submission = read(typed({NEW: "=3+2"}))

    assert submission.answers[NEW] == Answer(None, State.UNREADABLE, "=3+2", *where(NEW))
    assert codes(submission) == ["V-FORMULA-EMPTY"]


def test_notes_come_in_the_order_of_the_form() -> None:
    later, earlier = "requests.granted.natural", NEW

    submission = read(typed({later: "４", earlier: "３", TOTAL: 5, "art20_1.rules.issued": "７"}))

    assert [note.key for note in submission.notes] == ["art20_1.rules.issued", earlier, TOTAL, later]


def test_an_explanation_is_read_by_its_check() -> None:
    name = next(line.id for line in make_layout(FORM).audit if line.explained)

    submission = read(typed({f"explain.{name}": "已核实"}))

    assert {key: answer.value for key, answer in submission.explanations.items()} == {name: "已核实"}
    assert submission.verdict is Verdict.READ


# ── totals ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_totals_are_computed_and_not_taken_from_the_file() -> None:
    sheet = "xl/worksheets/sheet4.xml"
    stale = re.search(rf'<c r="{where(TOTAL)[1]}"[^>]*><f>[^<]*</f><v>5</v>', _part(issued(), sheet))
    assert stale

    submission = read(spliced(issued(), sheet, stale[0], stale[0].replace("<v>5</v>", "<v>777</v>")))

    assert submission[TOTAL] == 5
    assert submission.verdict is Verdict.READ


def _part(data: bytes, name: str) -> str:
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize(
    ("stated", "severity", "off", "way_out"),
    [
        (5, Severity.NOTE, 0, "不用处理：两个数一样，汇总采用重新计算的数。"),
        (6, Severity.QUERY, 1, "汇总采用重新计算的数；请查明是哪一项填错了，改好后重新回传。"),
        (3, Severity.QUERY, 2, "汇总采用重新计算的数；请查明是哪一项填错了，改好后重新回传。"),
    ],
)
def test_a_number_typed_over_a_formula_is_kept_beside_the_total(
    stated: int, severity: Severity, off: int, way_out: str
) -> None:
    submission = read(typed({TOTAL: stated}))

    assert submission.answers[TOTAL] == Answer(5, State.FILLED, str(stated), *where(TOTAL), stated)
    assert submission.stated(TOTAL) == stated
    note = the_note(submission, "R-OVERWRITTEN")
    assert (note.severity, note.key, note.raw) == (severity, TOTAL, str(stated))
    assert note.message("zh") == (
        f"{at(TOTAL)}：自动计算的格被改成了手填的 {stated}，按各项重新计算是 5，差 {off}。 {way_out}"
    )


def test_a_text_typed_over_a_formula_states_nothing() -> None:
    submission = read(typed({TOTAL: "五六"}))

    assert submission.answers[TOTAL] == Answer(5, State.FILLED, "五六", *where(TOTAL))
    note = the_note(submission, "R-OVERWRITTEN-TEXT")
    assert (note.severity, note.message("zh")) == (
        Severity.NOTE,
        (
            f"{at(TOTAL)}：自动计算的格被改成了文字“五六”，按各项重新计算是 5。"
            " 不用处理：采用重新计算的数。写的是情况说明的，请移到文字部分。"
        ),
    )


def test_a_removed_formula_is_told() -> None:
    submission = read(typed({TOTAL: None}))

    assert submission[TOTAL] == 5
    assert the_note(submission, "R-ERASED").message("zh") == (
        f"{at(TOTAL)}：自动计算的格被清空了，按各项重新计算是 5。 不用处理：采用重新计算的数。"
    )


def test_a_ratio_is_computed_and_blank_where_it_means_nothing() -> None:
    form = load_form("fire-safety")

    submission = read(typed({"inspections.public.places": 3, "inspections.public.inspected": 2}, form))

    assert submission["inspections.public.rate"] == Decimal("66.7")
    assert submission.answers["inspections.rented.rate"].state is State.BLANK


# ── zero report ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_declared_zero_report_makes_zeros_of_blanks() -> None:
    submission = read(typed({"cover.zero_report": "是"}, data=issued(filled=False)))

    assert submission.answers[NEW][:2] == (0, State.DECLARED_ZERO)
    assert submission.answers["art20_8.admin_fees.amount"][:2] == (Decimal(0), State.DECLARED_ZERO)
    assert submission["control.received"] is None
    inputs = [cell for cell in FORM.cells() if cell.kind is Kind.INPUT]
    note = the_note(submission, "R-ZERO-REPORT")
    assert note.message("zh") == (
        f"已声明零报告：{len(inputs)} 个空格按申报的 0 计算。"
        " 确是零报告的，不用处理；有数要报的，请把封面的“零报告”改为“否”，填好后重新回传。"
    )


def test_a_zero_report_changes_no_answer_that_was_typed() -> None:
    submission = read(typed({"cover.zero_report": "是", "requests.granted.natural": "无法统计"}))

    assert submission[NEW] == 3
    assert submission.answers["requests.granted.natural"].state is State.UNREADABLE


def test_spare_lines_of_a_list_are_no_declared_zeros() -> None:
    form = load_form("fire-safety")

    submission = read(typed({"cover.zero_report": "是"}, form))

    assert submission.answers["hazards.1.cost"].state is State.BLANK
    assert submission.answers["inspections.public.fines"].state is State.DECLARED_ZERO


# ── what is told of the file ─────────────────────────────────────────────────────────────────────────────────────────


def test_hidden_answers_are_read_and_told() -> None:
    sheet, ref = where(NEW)

    def hide(book: Workbook) -> None:
        book[sheet].row_dimensions[int(ref[1:])].hidden = True
        book[sheet].column_dimensions["F"].hidden = True
        book["封面"].sheet_state = "hidden"

    submission = read(changed(hide))

    assert submission[NEW] == 3
    assert the_note(submission, "R-HIDDEN-SHEET").message("zh") == (
        "工作表“封面”被隐藏了，已照常读取。 请取消隐藏看一眼：是要报的数就不用处理。"
    )
    assert ref in str(the_note(submission, "R-HIDDEN").params["cells"])


def test_hidden_cells_without_content_are_nothing_to_tell() -> None:
    def hide(book: Workbook) -> None:
        book["四、复议诉讼"].column_dimensions["D"].hidden = True

    assert read(changed(hide)).notes == ()


def test_another_version_of_the_form_is_told() -> None:
    old = Identity("zfxxgk-2021", "0.9.0", "0" * 16, 2025, BAIJIA)

    submission = read(changed(lambda book: remark(book, old)))

    assert submission[NEW] == 3
    (note,) = submission.notes
    assert (note.code, note.severity) == ("R-VERSION", Severity.NOTE)
    assert note.message("zh") == (
        "这份表做好以后，表样改过（做表时是 0.9.0 版，现在是 1.1.0 版）。"
        " 已按现在的表样读取，找不到的格会逐个指出：请抽查几个数。"
    )


def test_macros_are_told() -> None:
    target = BytesIO(issued())
    with ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"")

    submission = read(target.getvalue())

    assert submission[NEW] == 3
    assert codes(submission) == ["F-MACROS"]


def inline(data: bytes, key: str, *runs: str) -> bytes:
    """Write a text into its cell as odd programs do."""
    ref, sheet = where(key)[1], "xl/worksheets/sheet2.xml"
    cell = re.search(rf'(<c r="{ref}" s="[0-9]+" )t="s"><v>[0-9]+</v></c>', _part(data, sheet))
    assert cell
    text = "".join(f"<is><t>{run}</t></is>" for run in runs)
    return spliced(data, sheet, cell[0], f'{cell[1]}t="inlineStr">{text}</c>')


def test_an_unusual_file_that_two_readers_read_alike_is_nothing_to_tell() -> None:
    submission = read(inline(issued(), "cover.leader", "张三", ""))

    assert (submission["cover.leader"], submission.notes) == ("张三", ())


def test_where_another_reader_reads_something_else_it_is_told() -> None:
    submission = read(inline(issued(), "cover.leader", "张三", "李四"))

    (note,) = submission.notes
    assert (note.code, note.severity, note.key) == ("R-SECOND-OPINION", Severity.QUERY, "cover.leader")
    assert note.message("zh") == (
        f"{at('cover.leader')}：两种读法不一样，本程序读作“张三李四”，另一种读作“张三”。"
        " 请用 WPS 或 Excel 打开核对，另存为 .xlsx 后再发。"
    )


def test_a_file_that_another_reader_refuses_is_read_and_told() -> None:
    bare = spliced(issued(), "xl/styles.xml", '<fill><patternFill patternType="none"/></fill>', "<fill/>")

    submission = read(inline(bare, "cover.leader", "张", "三"))

    assert submission["cover.leader"] == "张三"
    assert the_note(submission, "R-SECOND-REFUSED").message("zh") == (
        "文件的写法少见，另一种读法打不开它（TypeError）；本程序照常读取。"
        " 请抽查几个数；也可以用 WPS 或 Excel 打开，另存为 .xlsx 后再读一次。"
    )


def test_the_strict_namespace_is_read() -> None:
    strict = BytesIO()
    with ZipFile(BytesIO(issued())) as source, ZipFile(strict, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
            target.writestr(name, content.replace(b"/2006/", b"/"))

    submission = read(strict.getvalue())

    assert (submission.verdict, submission[NEW]) == (Verdict.READ, 3)


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def foreign() -> bytes:
    book = Workbook()
    book.create_sheet("汇总", 0)
    book["Sheet"]["A1"] = 5
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code", "message"),
    [
        ("年报.xlsx", b"", "F-EMPTY", "“年报.xlsx”是空文件，里面没有内容。 请在 WPS 或 Excel 里重新保存后再发一次。"),
        (
            "年报.xlsx",
            b"%PDF-1.7\n1 0 obj",
            "F-PDF",
            "收到的是 PDF（“年报.xlsx”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要转成 PDF。",
        ),
        (
            "年报.xlsx",
            issued()[:20_000],
            "F-TRUNCATED",
            "“年报.xlsx”不完整，传输或保存时中断了。 请在 WPS 或 Excel 中打开原文件，另存一份后再发。",
        ),
        (
            "台账.xlsx",
            foreign(),
            "F-NOT-OURS",
            "“台账.xlsx”不是本办公室下发的表格（里面的工作表：汇总、Sheet）。 请用下发的表格填写后回传；不要把数字抄到别的表里。",
        ),
        (
            "年报.xlsx",
            spliced(issued(), "xl/worksheets/sheet4.xml", "</worksheet>", ""),
            "F-DAMAGED",
            (
                "“年报.xlsx”已损坏，其中的“三、依申请公开”读不出来。"
                " 请在 WPS 或 Excel 中打开，另存为 .xlsx 后再发；打不开的，请在下发的表格里重新填写。"
            ),
        ),
    ],
    ids=["empty", "pdf", "truncated", "foreign", "damaged"],
)
def test_a_bad_file_is_a_refused_submission(tmp_path: Path, name: str, data: bytes, code: str, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    submission = read_workbook(path)

    assert submission.verdict is Verdict.REFUSED
    assert submission.reason is not None
    assert (submission.file, submission.reason.code, submission.reason.message("zh")) == (name, code, message)
    assert submission.answers == {}


def test_a_form_that_is_not_known_is_named() -> None:
    other = Identity("zfxxgk-2099", "1.0.0", "0" * 16, 2025, BAIJIA)

    submission = read(changed(lambda book: remark(book, other)))

    assert submission.reason is not None
    assert submission.reason.code == "F-UNKNOWN-FORM"
    assert submission.reason.params["form"] == "zfxxgk-2099"
    assert (submission.year, submission.unit) == (2025, BAIJIA)


def test_a_refused_workbook_still_says_what_the_office_signed() -> None:
    submission = read_workbook(BytesIO(issued(issuance=ISSUANCE)), form="fire-safety")

    assert submission.verdict is Verdict.REFUSED
    assert (submission.unit, submission.issuance) == (BAIJIA, ISSUANCE)


def test_a_workbook_of_another_form_than_is_wanted_is_refused_with_both_names() -> None:
    submission = read_workbook(BytesIO(issued()), form="fire-safety")

    assert submission.reason is not None
    assert submission.reason.message("zh") == (
        "“”填的是表样 zfxxgk-2021，要读的是 fire-safety。"
        " 请核对是不是发错了表；没有发错的，不要指明表样（--form），按它自己的表样读。"
    )


@pytest.mark.parametrize("form", [FORM, None])
def test_a_workbook_without_marks_is_recognised_by_its_labels_and_is_nobodys(form: Form | None) -> None:
    submission = read_workbook(BytesIO(changed(nameless)), form=form)

    assert (submission[NEW], submission.form) == (3, FORM)
    assert (submission.year, submission.unit) == (None, None)
    assert codes(submission) == ["R-FORM-BY-LABELS", "R-NO-IDENTITY"]
    assert [note.message("zh") for note in submission.notes] == [
        "隐藏的标识都没有了；按印的项目名称认出是表样 zfxxgk-2021。 确是这种表的，不用处理；对不上的格会逐个指出。",
        (
            "表里看不出是哪个单位、哪一年的（标识都没有了），不能汇总。"
            " 请确认它是谁报来的，让该单位在下发的表格里填写后重新回传。"
        ),
    ]
    assert the_note(submission, "R-NO-IDENTITY").severity is Severity.QUERY


def test_a_workbook_without_marks_is_checked_and_left_out_of_a_merge() -> None:
    nobodys, ours = read(changed(nameless)), read(issued())

    merged = merge_submissions([nobodys, ours], form=FORM, year=2025)

    assert "C-01" in {finding.code for finding in run_checks([nobodys])}
    assert [unit.code for unit in merged.units] == [BAIJIA.code]
    assert [left_out.code for left_out in merged.left_out] == ["M-UNIT"]


def test_a_workbook_of_the_older_layout_without_marks_is_recognised() -> None:
    old = load_form("zfxxgk-2019")

    submission = read(changed(lambda book: all_marks_lost(book, old), issued(old)))

    assert (submission.form, submission.year, submission.unit) == (old, 2025, Unit(BAIJIA.code, BAIJIA.name))


def test_a_foreign_workbook_is_refused_even_by_the_form_that_is_given() -> None:
    submission = read_workbook(BytesIO(foreign()), form=FORM)

    assert submission.reason is not None
    assert submission.reason.code == "F-NOT-OURS"


def test_what_we_are_asked_in_vain_raises(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError, match="F-MISSING"):
        read_workbook(tmp_path / "没有.xlsx")
    with pytest.raises(FolderError, match="F-FOLDER"):
        read_workbook(tmp_path)
    with pytest.raises(UnknownFormError):
        read_workbook(BytesIO(issued()), form="zfxxgk-1999")


# ── many ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def zipped(*names: str) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, issued() if name.endswith(".xlsx") else b"%PDF-1.7")
    return target.getvalue()


def folder(path: Path) -> Path:
    """Lay a folder of returns out: one good, one bad, one zip of two."""
    (path / "五台").mkdir()
    (path / "五台" / "白家庄.xlsx").write_bytes(issued())
    (path / "五台" / "~$白家庄.xlsx").write_bytes(b"lock")
    (path / "扫描件.xlsx").write_bytes(b"%PDF-1.7")
    (path / "其余.zip").write_bytes(zipped("豆村/豆村.xlsx", "说明.pdf"))
    return path


EXPECTED = [
    ("五台/白家庄.xlsx", None),
    ("其余.zip/豆村.xlsx", None),
    ("其余.zip/说明.pdf", "F-PDF"),
    ("扫描件.xlsx", "F-PDF"),
]


def test_a_zip_of_one_workbook_is_that_workbook() -> None:
    submission = read(zipped("豆村/豆村.xlsx"))

    assert (submission.file.rpartition("/")[2], submission[NEW]) == ("豆村.xlsx", 3)


def test_a_zip_of_several_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "全部.zip"
    path.write_bytes(zipped("一.xlsx", "二.xlsx"))

    for submission in (read_workbook(path), read(path.read_bytes())):
        assert submission.reason is not None
        assert submission.reason.code == "F-ARCHIVE"


def test_one_bad_file_stops_no_other(tmp_path: Path) -> None:
    submissions = list(read_many([folder(tmp_path)]))

    assert [(s.file, s.reason and s.reason.code) for s in submissions] == EXPECTED


def test_progress_is_told_for_each_file(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []

    list(read_many([folder(tmp_path)], progress=lambda *how_far: told.append(how_far)))

    assert told == [(1, 3, "白家庄.xlsx"), (2, 3, "其余.zip"), (3, 3, "扫描件.xlsx")]


def test_two_processes_read_the_same(tmp_path: Path) -> None:
    folder(tmp_path)
    for number in range(30):
        (tmp_path / f"{number}.xlsx").write_bytes(issued())

    both = list(read_many([tmp_path], form=FORM, jobs=2))

    assert both == list(read_many([tmp_path], form=FORM))
    assert {submission.form for submission in both if submission.form} == {FORM}


def test_a_callers_executor_is_used_and_left_open(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        submissions = list(read_many([folder(tmp_path)], executor=executor))

        assert [submission.file for submission in submissions] == [file for file, _ in EXPECTED]
        assert executor.submit(int, "1").result() == 1


def test_files_of_one_name_have_as_many_folders_before_it_as_tell_them_apart(tmp_path: Path) -> None:
    names = ("周一/收件/年报.xlsx", "周二/收件/年报.xlsx", "周二/收件/别的.xlsx")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(issued())

    of_folders = read_many([tmp_path / "周一" / "收件", tmp_path / "周二" / "收件"])
    of_files = read_many([tmp_path / name for name in names[:2]])

    assert [one.file for one in of_folders] == ["周一/收件/年报.xlsx", "别的.xlsx", "周二/收件/年报.xlsx"]
    assert [one.file for one in of_files] == ["周一/收件/年报.xlsx", "周二/收件/年报.xlsx"]


def test_a_file_that_is_given_twice_has_no_folder_before_its_name(tmp_path: Path) -> None:
    path = tmp_path / "年报.xlsx"
    path.write_bytes(issued())

    assert [one.file for one in read_many([path, tmp_path])] == ["年报.xlsx", "年报.xlsx"]


def dies_over_one(file: tuple[Path, tuple[str, ...]], wish: _Wish) -> list[Submission]:
    if file[0].name == "7.xlsx":
        os._exit(9)
    return _read_file(file, wish)


def test_a_file_over_which_an_executor_breaks_is_refused_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10, 45):
        (tmp_path / f"{number}.xlsx").write_bytes(b"%PDF-1.7")
    (tmp_path / "7.xlsx").write_bytes(issued())
    monkeypatch.setattr("tianbao.workbook.read._read_file", dies_over_one)

    with ProcessPoolExecutor(1) as executor:
        submissions = list(read_many([tmp_path], executor=executor))

    assert {s.file: s.reason.code for s in submissions if s.reason} == {
        **{f"{number}.xlsx": "F-PDF" for number in range(10, 45)},
        "7.xlsx": "F-CRASHED",
    }


def test_whoever_stops_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number}.xlsx").write_bytes(b"%PDF-1.7")

    submissions = read_many([tmp_path], jobs=2)
    next(submissions)
    submissions.close()

    assert multiprocessing.active_children() == []


def test_a_missing_path_raises_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError):
        read_many([tmp_path, tmp_path / "没有"])


def test_two_units_are_told_apart() -> None:
    assert read(issued(unit=DOUCUN)).unit == DOUCUN


# ── any answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def answers_of(cell: Cell) -> SearchStrategy[Value]:
    """Draw what somebody may type who types what is asked."""
    match cell.type:
        case CellType.COUNT:
            return st.integers(-cell.maximum if cell.negative else 0, cell.maximum)
        case CellType.DECIMAL:
            digits = st.integers(-(10**6) if cell.negative else 0, 10**6)
            return digits.map(lambda number: Decimal(number).scaleb(-cell.digits))
        case CellType.CODE:
            return st.sampled_from(cell.codes)
        case CellType.DATE:
            return st.dates(date(2000, 1, 1), date(2099, 12, 31))
        case CellType.TEXT:
            letters = st.characters(codec="gb18030", categories=["L", "N", "P", "S"])
            return st.text(letters, min_size=1, max_size=20).filter(lambda text: not text.startswith(("=", "_x")))


@st.composite
def filled(draw: DrawFn) -> tuple[Form, dict[str, Value]]:
    form = load_form(draw(st.sampled_from(bundled_forms())))
    inputs = [cell for cell in form.by_key.values() if cell.kind is Kind.INPUT and cell.key != "cover.zero_report"]
    chosen = draw(st.lists(st.sampled_from(inputs), unique_by=lambda cell: cell.key, max_size=40))
    return form, {cell.key: draw(answers_of(cell)) for cell in chosen}


@cache
def defaults(form: Form) -> dict[str, Value]:
    return {key: answer.value for key, answer in read(issued(form, filled=False)).answers.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(filled())
def test_what_is_typed_is_read(case: tuple[Form, dict[str, Value]]) -> None:
    form, values = case

    submission = read(typed(values, form, issued(form, filled=False)))

    expected = {**defaults(form), **values}
    inputs = [key for key, cell in form.by_key.items() if cell.kind is Kind.INPUT]
    assert {key: submission[key] for key in inputs} == {key: expected[key] for key in inputs}
    plain = {key: serial(value) if isinstance(value, date) else value for key, value in expected.items()}
    for cell in form.computed:
        assert cell.formula is not None
        plain[cell.key] = evaluate(cell.formula, {**known(2025), **plain}.get)
        assert submission[cell.key] == plain[cell.key]


def test_a_workbook_attached_to_a_mail_is_read(tmp_path: Path) -> None:
    """A5: also by `read_workbook`, if it is the only one."""
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "baijia@example.org", "年报"
    letter.set_content("见附件。")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="公文.pdf")
    letter.add_attachment(issued(), maintype="application", subtype="octet-stream", filename="年报.xlsx")
    path = tmp_path / "来信.eml"
    path.write_bytes(letter.as_bytes())

    submission = read_workbook(path)

    assert (submission.file, submission.unit) == ("来信.eml/年报.xlsx", BAIJIA)
    assert submission.answers == read(issued()).answers
    assert list(read_many([tmp_path])) == [submission]
