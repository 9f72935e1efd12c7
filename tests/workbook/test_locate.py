"""Which cell is which?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbook.returned import FILLED, FORM, changed, codes, issued, read, the_note, unmerged, where
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form, Kind, Severity
from tianbao.records.model import Answer, State, Submission, Verdict
from tianbao.workbook.locate import _by_keys, _plan, locate
from tianbao.workbook.package import read_package

TABLE = "三、依申请公开"
NEW, CARRIED_IN = "requests.new", "requests.carried_in"


def row_of(key: str) -> int:
    return int(where(key)[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def is_as_filled(submission: Submission) -> bool:
    return {key: submission[key] for key in FILLED} == FILLED


def insert_rows(sheet: Worksheet) -> None:
    unmerged(sheet).insert_rows(row_of("requests.granted.natural"), 2)


def insert_column(sheet: Worksheet) -> None:
    unmerged(sheet).insert_cols(3)


def insert_before_all(sheet: Worksheet) -> None:
    unmerged(sheet).insert_cols(1, 2)
    sheet.insert_rows(1, 3)


def swap(sheet: Worksheet, this: str, that: str) -> None:
    sheet[this].value, sheet[that].value = sheet[that].value, sheet[this].value


@pytest.mark.parametrize("form", [load_form(name) for name in bundled_forms()], ids=bundled_forms())
def test_an_untouched_workbook_is_recognised_by_comparing_alone(form: Form) -> None:
    package = read_package(issued(form))

    assert locate(package, form) is _plan(form).laid_out


@pytest.mark.parametrize("form", [load_form(name) for name in bundled_forms()], ids=bundled_forms())
def test_both_ways_find_the_same(form: Form) -> None:
    package = read_package(issued(form))

    by_keys = _by_keys(package, _plan(form))

    assert dict(by_keys.places) == dict(locate(package, form).places)
    assert (by_keys.notes, by_keys.distrusted, by_keys.missing) == ((), frozenset(), frozenset())


@pytest.mark.parametrize("alter", [insert_rows, insert_column, insert_before_all])
@pytest.mark.parametrize("sheet", [TABLE, "封面"])
def test_answers_are_found_after_rows_and_columns_were_inserted(alter: Callable[[Worksheet], None], sheet: str) -> None:
    submission = read(changed(lambda book: alter(book[sheet])))

    assert is_as_filled(submission)
    assert codes(submission) == ["R-MOVED"]


def test_an_answer_is_told_where_it_stands_now() -> None:
    submission = read(changed(lambda book: insert_rows(book[TABLE])))

    sheet, ref = where("requests.granted.natural")
    moved = f"E{int(ref[1:]) + 2}"
    assert str(submission.cell("requests.granted.natural").origin) == f"{sheet}!{moved}"


def test_a_renamed_sheet_is_read_and_told() -> None:
    def rename(book: Workbook) -> None:
        book[TABLE].title = "表三 "

    submission = read(changed(rename))

    assert is_as_filled(submission)
    note = the_note(submission, "R-SHEET-RENAMED")
    assert (note.severity, note.message("zh")) == (
        Severity.NOTE,
        "工作表“三、依申请公开”改名为“表三 ”，已照常读取。 不用处理：认的是隐藏的代号，不是工作表名。",
    )
    assert submission.verdict is Verdict.READ_WITH_NOTES


def test_reordered_sheets_are_nothing_to_tell() -> None:
    submission = read(changed(lambda book: book.move_sheet("审核", -4)))

    assert is_as_filled(submission)
    assert submission.verdict is Verdict.READ


OWN_DRAFT = "自己用的草稿不用处理；里面有要上报的数的，请填到对应的格里再回传。"


@pytest.mark.parametrize(
    ("state", "code", "message"),
    [
        ("visible", "R-SHEET-EXTRA", f"多了一张工作表“草稿”，没有读。 {OWN_DRAFT}"),
        ("hidden", "R-SHEET-EXTRA-HIDDEN", f"多了一张隐藏的工作表“草稿”，没有读。 {OWN_DRAFT}"),
    ],
)
def test_an_additional_sheet_is_told(state: str, code: str, message: str) -> None:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet("草稿")
        sheet["A1"] = 12
        sheet.sheet_state = state

    submission = read(changed(add))

    assert is_as_filled(submission)
    assert [(note.code, note.message("zh")) for note in submission.notes] == [(code, message)]


def test_an_empty_additional_sheet_is_not_worth_a_word() -> None:
    assert read(changed(lambda book: book.create_sheet("Sheet1"))).notes == ()


def test_a_deleted_row_is_named_and_its_answers_are_not_zero() -> None:
    def delete(book: Workbook) -> None:
        unmerged(book[TABLE]).delete_rows(row_of("requests.carried_in.natural"))

    submission = read(changed(delete))

    note = the_note(submission, "R-MISSING")
    assert (note.severity, note.at) == (Severity.ERROR, TABLE)
    assert note.message("zh") == (
        "表三中没有找到“二、上年结转政府信息公开申请数量”（7 格）：行或列被删掉了。"
        " 请在下发的表格里填写后重新回传；没有发生的填 0，不要删行。"
    )
    assert submission.answers["requests.carried_in.natural"] == Answer(None, State.UNREADABLE)
    assert submission["requests.new.natural"] == 3


def test_a_deleted_row_of_totals_is_only_a_note() -> None:
    def delete(book: Workbook) -> None:
        unmerged(book[TABLE]).delete_rows(row_of("requests.total.natural"))

    submission = read(changed(delete))

    assert the_note(submission, "R-MISSING").severity is Severity.NOTE
    assert submission["requests.total.natural"] == 4


def test_a_deleted_column_is_named() -> None:
    submission = read(changed(lambda book: unmerged(book[TABLE]).delete_cols(6)))

    note = the_note(submission, "R-MISSING")
    assert (note.severity, note.params["table"], note.params["what"]) == (Severity.ERROR, "表三", "“商业企业”")
    assert submission["requests.new.business"] is None
    assert submission["requests.new.natural"] == 3


def test_a_deleted_spare_line_of_a_list_is_a_blank_one() -> None:
    form = load_form("fire-safety")

    submission = read(changed(lambda book: unmerged(book["二、重大隐患"]).delete_rows(27), issued(form)))

    note = the_note(submission, "R-MISSING")
    assert (note.severity, note.params["count"]) == (Severity.NOTE, 5)
    assert submission.answers["hazards.20.place"] == Answer(None, State.BLANK)


def test_a_deleted_sheet_is_named() -> None:
    def delete(book: Workbook) -> None:
        del book[TABLE]

    submission = read(changed(delete))

    note = the_note(submission, "R-MISSING-TABLE")
    assert note.severity is Severity.ERROR
    assert note.message("zh") == (
        "没有找到表三（175 格）：按隐藏的代号和印的项目名称都找不到，没有采用任何数。 请在下发的表格里填写后重新回传。"
    )
    assert submission.answers["requests.new.natural"].state is State.UNREADABLE
    assert submission["art20_1.rules.issued"] == 7


@pytest.mark.parametrize("remove", [lambda sheet: sheet.delete_cols(1), lambda sheet: sheet.delete_rows(6)])
def test_without_hidden_keys_a_table_is_found_by_its_labels(remove: Callable[[Worksheet], None]) -> None:
    submission = read(changed(lambda book: remove(unmerged(book[TABLE]))))

    assert is_as_filled(submission)
    note = the_note(submission, "R-BY-LABELS")
    assert (note.severity, note.at) == (Severity.NOTE, TABLE)
    assert note.message("zh") == (
        "表三的隐藏代号没有了，工作表“三、依申请公开”里的 175 格按印的项目名称找到，已照常读取。"
        " 不用处理：每一格的行、列名称都对得上，对不上的会另外指出。"
    )


def test_without_keys_a_label_that_is_gone_too_is_named() -> None:
    row = row_of("requests.new.natural")

    def erase(book: Workbook) -> None:
        book[TABLE][f"B{row}"] = "新收"
        unmerged(book[TABLE]).delete_cols(1)

    submission = read(changed(erase))

    assert submission.answers["requests.new.natural"] == Answer(None, State.UNREADABLE)
    assert the_note(submission, "R-MISSING").params["what"] == "“一、本年新收政府信息公开申请数量”"
    assert submission["requests.granted.natural"] == 4


def test_two_places_of_the_same_labels_with_different_contents_are_not_believed() -> None:
    ref = where("requests.new.natural")[1]

    def copy(book: Workbook) -> None:
        twin = book.copy_worksheet(book[TABLE])
        twin[ref] = 30
        for sheet in (book[TABLE], twin):
            unmerged(sheet).delete_cols(1)

    submission = read(changed(copy))

    note = the_note(submission, "R-TWICE")
    assert (note.severity, note.key, note.raw, note.params["other_raw"]) == (
        Severity.ERROR,
        "requests.new.natural",
        "3",
        "30",
    )
    assert submission.answers["requests.new.natural"].state is State.UNREADABLE
    assert submission["requests.new.business"] == 2


def test_a_row_without_heads_of_its_own_takes_none_of_another_table() -> None:
    sheet = "二、主动公开"
    form = load_form("zfxxgk-2019")
    head = int(where("art20_8.admin_fees.delta", form)[1][1:]) - 1

    def behead(book: Workbook) -> None:
        unmerged(book[sheet]).delete_rows(head)
        book[sheet].delete_cols(1)

    submission = read(changed(behead, issued(form)))

    assert "表二（八）项" in [note.params["table"] for note in submission.notes if note.code == "R-MISSING-TABLE"]
    assert submission.answers["art20_8.admin_fees.delta"] == Answer(None, State.UNREADABLE)


def test_a_missing_audit_sheet_is_only_a_note() -> None:
    def delete(book: Workbook) -> None:
        del book["审核"]

    submission = read(changed(delete))

    assert is_as_filled(submission)
    assert the_note(submission, "R-MISSING-TABLE").severity is Severity.NOTE


def test_an_edited_label_is_told_and_the_key_is_believed() -> None:
    row = row_of("requests.new.natural")

    def edit(book: Workbook) -> None:
        book[TABLE][f"B{row}"] = "一、新收"

    submission = read(changed(edit))

    assert is_as_filled(submission)
    note = the_note(submission, "R-LABEL")
    assert note.message("zh") == (
        f"三、依申请公开!B{row}：印的是“一、新收”，原来是“一、本年新收政府信息公开申请数量”；数字按隐藏的代号读取。"
        " 填的仍是“一、本年新收政府信息公开申请数量”的，不用处理；填的是别的，请在下发的表格里重新填写。"
    )


def test_other_line_breaks_are_no_other_label() -> None:
    row = row_of("requests.new.natural")

    def edit(book: Workbook) -> None:
        book[TABLE][f"B{row}"] = "一、本年新收\n政府信息公开申请数量 "

    assert read(changed(edit)).notes == ()


def test_rows_sorted_without_their_keys_are_read_by_their_labels_and_queried() -> None:
    this, that = row_of(f"{NEW}.natural"), row_of(f"{CARRIED_IN}.natural")

    def sort(book: Workbook) -> None:
        for column in "BCDEFGHIJK":
            swap(unmerged(book[TABLE]), f"{column}{this}", f"{column}{that}")

    submission = read(changed(sort))

    assert is_as_filled(submission)
    assert submission.answers[f"{NEW}.natural"].cell == f"E{that}"
    (note,) = [note for note in submission.notes if note.code == "R-SORTED"]
    assert (note.code, note.severity, note.at) == ("R-SORTED", Severity.QUERY, TABLE)
    assert note.message("zh") == (
        f"表三第 {this}、{that} 行换了次序（“一、本年新收政府信息公开申请数量”、“二、上年结转政府信息公开申请数量”），"
        "这 14 格按印的项目名称读取。 名称和数字一起移动的，不用处理；只改了名称的，请改回原样后重新回传。"
    )


def test_rows_whose_labels_changed_places_are_queried_where_no_key_can_say_which_is_which() -> None:
    this, that = row_of(f"{NEW}.natural"), row_of(f"{CARRIED_IN}.natural")

    def relabel(book: Workbook) -> None:
        swap(unmerged(book[TABLE]), f"B{this}", f"B{that}")
        book[TABLE].delete_cols(1)

    submission = read(changed(relabel))

    note = the_note(submission, "R-SORTED")
    assert (note.severity, note.at, note.params["rows"]) == (Severity.QUERY, TABLE, f"{this}、{that}")
    assert submission[f"{NEW}.natural"] == 1


def test_a_row_that_has_lost_its_key_is_queried_where_its_label_stands_out_of_order() -> None:
    this, that = row_of(f"{NEW}.natural"), row_of(f"{CARRIED_IN}.natural")

    def relabel(book: Workbook) -> None:
        swap(unmerged(book[TABLE]), f"B{this}", f"B{that}")
        book[TABLE][f"A{this}"] = "1"

    submission = read(changed(relabel))

    assert [note.params["rows"] for note in submission.notes if note.code == "R-SORTED"] == [str(this), str(that)]


def test_columns_whose_labels_changed_places_are_queried_where_no_key_can_say_which_is_which() -> None:
    def relabel(book: Workbook) -> None:
        sheet = unmerged(book[TABLE])
        head = next(cell.row for row in sheet for cell in row if cell.value == "商业企业")
        swap(sheet, f"F{head}", f"G{head}")
        sheet.delete_cols(1)

    submission = read(changed(relabel))

    note = the_note(submission, "R-SORTED-COLUMNS")
    assert (note.severity, note.at) == (Severity.QUERY, TABLE)
    assert note.message("zh") == (
        "表三第 E、F 列换了次序（“商业企业”、“科研机构”），这 50 格按印的栏目名称读取。"
        " 名称和数字一起移动的，不用处理；只改了名称的，请改回原样后重新回传。"
    )
    assert submission[f"{NEW}.research"] == 2


def test_keys_that_changed_places_are_not_believed_where_no_label_confirms_them() -> None:
    this, that = row_of(f"{NEW}.natural"), row_of(f"{CARRIED_IN}.natural")

    def damage(book: Workbook) -> None:
        sheet = unmerged(book[TABLE])
        swap(sheet, f"A{this}", f"A{that}")
        for row in (this, that):
            sheet[f"B{row}"] = None

    submission = read(changed(damage))

    note = the_note(submission, "R-KEYS-MOVED")
    assert (note.severity, note.at) == (Severity.ERROR, TABLE)
    assert note.message("zh") == (
        "表三的“一、本年新收政府信息公开申请数量”、“二、上年结转政府信息公开申请数量”：隐藏的代号换了次序，印的名称又没有了，"
        "认不出哪个数是哪一项，这 14 格没有采用。 请在下发的表格里重新填写后回传，不要改动名称和隐藏的行列。"
    )
    assert submission.answers[f"{NEW}.natural"].state is State.UNREADABLE
    assert submission["requests.granted.natural"] == 4


def test_what_can_be_recognised_on_a_copy_alone_is_read_from_it_and_queried() -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(unmerged(book[TABLE])).title = f"{TABLE} (2)"
        book[TABLE].delete_cols(6)

    submission = read(changed(copy))

    note = the_note(submission, "R-ELSEWHERE")
    assert (note.severity, note.at) == (Severity.QUERY, f"{TABLE} (2)")
    assert note.message("zh") == (
        "表三有 25 格（“商业企业”）取自工作表“三、依申请公开 (2)”：在“三、依申请公开”上认不出这些格，那张上的数没有采用。"
        " 请核对两张工作表，以哪张为准，就只留哪张的数：在下发的表格里填好后重新回传。"
    )
    assert submission[f"{NEW}.business"] == 2


def test_a_sheet_on_which_nothing_can_be_recognised_was_not_renamed_when_its_copy_is_read() -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(unmerged(book[TABLE])).title = f"{TABLE} (2)"
        for row in book[TABLE]:
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.startswith("="):
                    cell.value = None

    submission = read(changed(copy))

    note = the_note(submission, "R-ELSEWHERE")
    assert (note.at, note.params["sheet"], note.params["count"]) == (f"{TABLE} (2)", TABLE, 175)
    assert "R-SHEET-RENAMED" not in codes(submission)
    assert submission[f"{NEW}.natural"] == 3


def test_a_row_that_was_moved_away_from_its_key_is_read_by_its_labels() -> None:
    row = row_of(f"{NEW}.natural")

    def move(book: Workbook) -> None:
        sheet = unmerged(book[TABLE])
        sheet.insert_rows(row + 1)
        for column in "BCDEFGHIJK":
            swap(sheet, f"{column}{row}", f"{column}{row + 1}")

    submission = read(changed(move))

    assert is_as_filled(submission)
    assert submission.answers[f"{NEW}.natural"].cell == f"E{row + 1}"
    assert the_note(submission, "R-SORTED").severity is Severity.QUERY


def test_a_row_that_bears_the_label_of_another_is_not_believed() -> None:
    this, that = row_of(f"{NEW}.natural"), row_of(f"{CARRIED_IN}.natural")

    def relabel(book: Workbook) -> None:
        book[TABLE][f"B{this}"] = book[TABLE][f"B{that}"].value

    submission = read(changed(relabel))

    note = the_note(submission, "R-DISAGREE")
    assert (note.severity, note.at) == (Severity.ERROR, f"{TABLE}!B{this}")
    assert note.message("zh") == (
        f"三、依申请公开!B{this}：这里印的是“二、上年结转政府信息公开申请数量”，按隐藏的代号却应是"
        "“一、本年新收政府信息公开申请数量”，无法判断这 7 格数字属于哪一项，没有采用。"
        " 表格可能被排序或者改了项目名称；请在下发的表格里重新填写这几格。"
    )
    assert submission.answers[f"{NEW}.natural"] == Answer(None, State.UNREADABLE, "3", TABLE, f"E{this}")
    assert submission["requests.granted.natural"] == 4


def test_columns_that_changed_places_are_not_believed() -> None:
    submission = read(changed(lambda book: swap(book[TABLE], "F9", "G9")))

    assert [note.params["theirs"] for note in submission.notes] == ["科研机构", "商业企业"]
    assert submission.answers["requests.new.business"].state is State.UNREADABLE
    assert submission["requests.new.natural"] == 3


def test_fields_of_the_cover_that_changed_places_are_not_believed() -> None:
    this, that = row_of("cover.leader"), row_of("cover.preparer")

    submission = read(changed(lambda book: swap(book["封面"], f"B{this}", f"B{that}")))

    assert codes(submission) == ["R-DISAGREE", "R-DISAGREE"]
    assert submission.answers["cover.leader"].state is State.UNREADABLE


def test_lines_of_a_list_are_as_good_as_each_other() -> None:
    form = load_form("fire-safety")

    submission = read(changed(lambda book: swap(book["二、重大隐患"], "B8", "B9"), issued(form)))

    assert submission.notes == ()


def test_a_copied_sheet_that_is_the_same_counts_once() -> None:
    submission = read(changed(lambda book: book.copy_worksheet(book[TABLE])))

    assert is_as_filled(submission)
    (note,) = submission.notes
    inputs = sum(cell.kind is Kind.INPUT for cell in FORM.table("requests").cells)
    assert note.message("zh") == (
        f"工作表“三、依申请公开 Copy”里有 {inputs} 格是“三、依申请公开”里已有的项，内容相同，只算一次。"
        " 不用处理：没有重复计算。"
    )


def test_two_places_for_one_answer_with_different_contents_are_not_believed() -> None:
    ref = where("requests.new.natural")[1]

    def copy(book: Workbook) -> None:
        book.copy_worksheet(book[TABLE])[ref] = 30

    submission = read(changed(copy))

    note = the_note(submission, "R-TWICE")
    assert (note.severity, note.key) == (Severity.ERROR, "requests.new.natural")
    assert note.message("zh") == (
        f"三、依申请公开!{ref} 和 三、依申请公开 Copy!{ref} 是同一项，内容不同（“3”和“30”），没有采用。"
        " 请删去复制出来的那一份，只留一处。"
    )
    assert submission.answers["requests.new.natural"].state is State.UNREADABLE
    assert submission["requests.new.business"] == 2


def test_a_row_copied_below_is_seen_though_all_else_is_as_laid_out() -> None:
    row = row_of("requests.carried_in.natural")

    def copy(book: Workbook) -> None:
        for column in "ABE":
            book[TABLE][f"{column}60"] = 8 if column == "E" else book[TABLE][f"{column}{row}"].value

    assert the_note(read(changed(copy)), "R-TWICE").params["other"] == f"{TABLE}!E60"


def test_a_table_moved_to_another_sheet_is_found() -> None:
    def move(book: Workbook) -> None:
        source, target = book[TABLE], book.create_sheet("新表")
        for row in source.iter_rows():
            for cell in row:
                if cell.value is not None:
                    target.cell(cell.row + 4, cell.column + 2, cell.value)
        del book[TABLE]

    submission = read(changed(move))

    assert is_as_filled(submission)
    assert codes(submission) == ["R-SHEET-RENAMED", "R-UNPROTECTED", "R-MOVED"]
