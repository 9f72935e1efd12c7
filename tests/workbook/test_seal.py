"""What was altered of what is locked? Each kind of alteration with its code, its cell and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Protection

from tests.office.office import Office
from tests.workbook.packing import members_of, zip_of
from tests.workbook.returned import (
    BAIJIA,
    DOUCUN,
    FORM,
    ISSUANCE,
    changed,
    codes,
    issued,
    read,
    remark,
    the_note,
    typed,
    unmerged,
    where,
    without_properties,
)
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form, Kind, Severity
from tianbao.records.model import Note, Unit, Verdict
from tianbao.workbook.identify import Identity
from tianbao.workbook.locate import locate
from tianbao.workbook.package import UNSHOWN, Package, read_package
from tianbao.workbook.read import read_workbook
from tianbao.workbook.seal import find_alterations, make_seal, seal_digest
from tianbao.workbook.write import write_workbook

TABLE, PART = "三、依申请公开", "xl/worksheets/sheet4.xml"
NEW, TOTAL = "requests.new.natural", "requests.new.total"
NEW_AT, TOTAL_AT = where(NEW)[1], where(TOTAL)[1]
FORMS = [load_form(name) for name in bundled_forms()]


def with_last_year(form: Form) -> bytes:
    """Write a workbook full of numbers, with last year's beside them and an issuer on its cover."""
    numbers = {cell.key: 3 for cell in form.cells() if cell.kind is Kind.INPUT and cell.is_number}
    target = BytesIO()
    write_workbook(form, target, unit=BAIJIA, year=2025, values=numbers, prior=numbers, issuer="五台县政务公开办")
    return target.getvalue()


def digest(data: bytes, form: Form = FORM, unit: Unit = BAIJIA, year: int = 2025) -> str:
    return seal_digest(read_package(data), form, Identity.of(form, year, unit))


def content_of(data: bytes, sheet: str, ref: str) -> str:
    return str(load_workbook(BytesIO(data))[sheet][ref].value)


def setting(sheet: str, ref: str, value: str | int) -> Callable[[Workbook], None]:
    """Return what writes into a cell."""

    def write(book: Workbook) -> None:
        book[sheet][ref] = value

    return write


def told(change: Callable[[Workbook], object], code: str) -> Note:
    """Return the one note of an alteration, of which nothing else must be told."""
    submission = read(changed(change))

    assert codes(submission) == [code]
    assert submission[NEW] == 3
    assert submission.verdict is Verdict.READ_WITH_NOTES
    return submission.notes[0]


# ── nothing altered ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
@pytest.mark.parametrize("write", [issued, with_last_year])
def test_an_honest_workbook_is_intact_as_made_and_as_openpyxl_saves_it(
    form: Form, write: Callable[[Form], bytes]
) -> None:
    for data in (write(form), changed(lambda _: None, write(form))):
        assert read(data).notes == ()
        assert digest(data, form) == make_seal(form, 2025).digest


@pytest.mark.office
@pytest.mark.parametrize("form", FORMS, ids=bundled_forms())
def test_an_honest_workbook_is_intact_as_libreoffice_saves_it(form: Form, office: Office, tmp_path: Path) -> None:
    """faults.md A1."""
    made = tmp_path / "made.xlsx"
    made.write_bytes(with_last_year(form))

    with office.open(made) as book:
        saved = book.save(tmp_path / "saved.xlsx")

    assert read_workbook(saved).notes == ()
    assert digest(saved.read_bytes(), form) == make_seal(form, 2025).digest


@pytest.mark.parametrize("unit", [BAIJIA, DOUCUN, Unit("", "无代码 单位", ""), Unit("1", "1" * 300, "1")])
def test_every_unit_has_the_same_digest(unit: Unit) -> None:
    data = issued(unit=unit)

    assert read(data).notes == ()
    assert (digest(data, unit=unit) == make_seal(FORM, 2025).digest) is (len(unit.name) < 255)


def test_another_units_names_are_an_alteration() -> None:
    assert digest(issued(unit=DOUCUN), unit=BAIJIA) != make_seal(FORM, 2025).digest


def test_every_form_and_year_has_its_own_digest() -> None:
    digests = {make_seal(form, year).digest for form in FORMS for year in (2024, 2025)}

    assert len(digests) == 2 * len(FORMS)


@pytest.mark.parametrize("name", [sheet.name for sheet in make_seal(FORM, 2025).sheets])
def test_the_digest_changes_with_every_kind_of_locked_cell_and_with_no_answer(name: str) -> None:
    sheet = next(sheet for sheet in make_seal(FORM, 2025).sheets if sheet.name == name)
    locked = [next(iter(cells)) for cells in (sheet.formulas, sheet.of_unit) if cells]
    locked.append(next(ref for ref, text in sheet.texts.items() if text))
    digests = {digest(changed(setting(name, ref, "改"))) for ref in locked}

    assert len(digests | {make_seal(FORM, 2025).digest}) == len(locked) + 1
    assert digest(typed({NEW: 99, "cover.leader": "李四"})) == make_seal(FORM, 2025).digest


def test_a_formula_written_in_another_way_is_the_same() -> None:
    ours = content_of(issued(), TABLE, TOTAL_AT)

    data = changed(setting(TABLE, TOTAL_AT, ours.lower().replace("(", "( $").replace(":", ":$")))

    assert content_of(data, TABLE, TOTAL_AT) != ours
    assert read(data).notes == ()
    assert digest(data) == make_seal(FORM, 2025).digest


@pytest.mark.parametrize("issuance", [ISSUANCE, "x", "乱|码"])
def test_what_the_office_signed_is_no_alteration(issuance: str) -> None:
    data = issued(issuance=issuance)

    submission = read(data)

    assert (submission.verdict, submission.notes, submission.issuance) == (Verdict.READ, (), issuance)
    assert digest(data) == make_seal(FORM, 2025).digest


def test_an_alteration_is_told_of_a_signed_workbook_too() -> None:
    data = changed(setting(TABLE, TOTAL_AT, "=1"), issued(issuance=ISSUANCE))

    assert codes(read(data)) == ["R-FORMULA"]


def test_what_was_sent_is_not_known_of_another_version() -> None:
    old = Identity("zfxxgk-2021", "0.9.0", "0" * 16, 2025, BAIJIA)

    def change(book: Workbook) -> None:
        remark(book, old)
        book["填表说明"]["B2"] = "旧版"

    assert codes(read(changed(change))) == ["R-VERSION"]


def test_a_figure_beside_the_form_is_told_of_another_version_too() -> None:
    def change(book: Workbook) -> None:
        remark(book, Identity("zfxxgk-2021", "0.9.0", "0" * 16, 2025, BAIJIA))
        book[TABLE]["P40"] = 12
        book[TABLE]["P41"] = "自查"

    submission = read(changed(change))

    assert codes(submission) == ["R-VERSION", "R-BESIDE"]
    assert the_note(submission, "R-BESIDE").params["cells"] == "P40"


# ── formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_total_is_told_with_both_formulas_and_both_numbers() -> None:
    """faults.md A9, A11: a cut and paste changes references; the total is computed anew."""
    ours = content_of(issued(), TABLE, TOTAL_AT)

    note = told(setting(TABLE, TOTAL_AT, "=E10+2"), "R-FORMULA")

    assert (note.severity, note.at, note.key, note.raw) == (Severity.QUERY, f"{TABLE}!{TOTAL_AT}", TOTAL, "=E10+2")
    assert note.message("zh") == (
        f"{TABLE}!{TOTAL_AT}：自动计算的公式被改成了 =E10+2，原来是 {ours}；表里显示 —，按各项重新计算是 5。"
        " 采用重新计算的数；两个数不同的，请查明是哪一项填错了，改好后重新回传。"
    )


def test_a_number_typed_over_a_total_is_told_once() -> None:
    """faults.md A9."""
    assert codes(read(typed({TOTAL: 6}))) == ["R-OVERWRITTEN"]


def test_a_changed_formula_of_a_check_changes_no_number() -> None:
    formula = content_of(issued(), "审核", "I8")

    note = told(setting("审核", "I8", '="√"'), "R-CHECK-FORMULA")

    assert (note.severity, note.at, note.key) == (Severity.NOTE, "审核!I8", "")
    assert note.message("zh") == (
        f'审核!I8：锁定的公式被改成了“="√"”，原来是“{formula}”；不影响读出的数。'
        " 不用处理：收表后会重新审核，不靠表里的公式。"
    )


def test_a_verdict_typed_over_its_formula_is_told() -> None:
    note = told(setting("审核", "I8", "√"), "R-CHECK-FORMULA")

    assert (note.at, note.raw) == ("审核!I8", "√")


def test_values_pasted_over_everything_are_summed_up_sheet_by_sheet() -> None:
    """faults.md A10: the totals are told one by one, the rest is not."""

    def paste(book: Workbook) -> None:
        for row in book["审核"].iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = "1"

    submission = read(changed(paste))

    assert codes(submission) == ["R-CHECK-FORMULA"] * 5 + ["R-ALTERED"]
    note = the_note(submission, "R-ALTERED")
    formulas = list(next(sheet for sheet in make_seal(FORM, 2025).sheets if sheet.name == "审核").formulas)
    assert note.message("zh") == (
        f"工作表“审核”还有 {len(formulas) - 5} 格锁定的内容被改过：{'、'.join(formulas[5:13])}……；不影响读出的数。"
        " 不用处理；下次请只填浅黄色的格。"
    )


def test_a_formula_that_is_not_shown_is_not_judged() -> None:
    """Some of an .xls are not; that there is one is known."""
    package = read_package(issued())
    sheets = [
        replace(
            sheet, cells={ref: cell._replace(formula=cell.formula and UNSHOWN) for ref, cell in sheet.cells.items()}
        )
        for sheet in package.sheets
    ]
    hidden = Package(sheets, properties=package.properties, names=package.names, styles=package.styles)
    identity = Identity.of(FORM, 2025, BAIJIA)

    assert list(find_alterations(hidden, FORM, identity, locate(hidden, FORM), {})) == []
    assert seal_digest(hidden, FORM, identity) == make_seal(FORM, 2025).digest


# ── what is printed ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_in_an_inserted_row_is_told_with_its_cell() -> None:
    def change(book: Workbook) -> None:
        unmerged(book[TABLE]).insert_rows(11)
        book[TABLE]["E11"] = 4321

    notes = read(changed(change)).notes

    assert [note.params["cells"] for note in notes if note.code == "R-BESIDE"] == ["E11"]


def test_a_figure_before_inserted_columns_is_told_with_its_cell() -> None:
    """Where it stands there was no column: it was sought for without an end."""

    def change(book: Workbook) -> None:
        unmerged(book[TABLE]).insert_cols(1, 7)
        book[TABLE]["A11"] = 4321

    submission = read(changed(change))

    assert the_note(submission, "R-BESIDE").params["cells"] == "A11"
    assert submission.answers["requests.new.total"].cell == "R10"


def test_what_formulas_showed_is_not_told_where_values_were_pasted_over_them_and_rows_inserted() -> None:
    """Only the figure in the inserted row is told: what checks showed beside the table would hide it."""

    def change(book: Workbook) -> None:
        sheet = unmerged(book[TABLE])
        for row in sheet.iter_rows():
            for cell in row:
                if str(cell.value).startswith("="):
                    cell.value = 0
        sheet.insert_rows(11)
        sheet["E11"] = 4321

    notes = read(changed(change)).notes

    assert [note.params["cells"] for note in notes if note.code == "R-BESIDE"] == ["E11"]


@pytest.mark.parametrize(("sheet", "ref"), [("填表说明", "B4"), ("封面", "C8"), (TABLE, "B4"), ("文字部分", "B7")])
def test_a_changed_text_is_told_with_its_cell(sheet: str, ref: str) -> None:
    """faults.md A13."""
    ours = content_of(issued(), sheet, ref)

    note = told(setting(sheet, ref, "改过的"), "R-LOCKED")

    assert (note.severity, note.at, note.raw) == (Severity.NOTE, f"{sheet}!{ref}", "改过的")
    assert note.message("zh") == (
        f"{sheet}!{ref}：锁定的内容被改成了“改过的”，原来是“{ours}”；不影响读出的数。 不用处理；下次请只填浅黄色的格。"
    )


def test_a_label_is_told_once() -> None:
    """faults.md A13."""
    row = NEW_AT.lstrip("E")

    assert codes(read(changed(setting(TABLE, f"B{row}", "一、新收")))) == ["R-LABEL"]


@pytest.mark.parametrize(
    ("content", "severity", "places"),
    [(12, Severity.QUERY, "E50、Z9"), ("=3+2", Severity.QUERY, "E50、Z9"), ("见附件", Severity.NOTE, "Z9、E50")],
)
def test_what_is_written_outside_the_form_is_told(content: str | int, severity: Severity, places: str) -> None:
    """A figure comes first, for it may belong into a sum."""

    def write(book: Workbook) -> None:
        book[TABLE]["E50"] = content
        book[TABLE]["Z9"] = "备注"

    note = told(write, "R-BESIDE")

    assert (note.severity, note.at) == (severity, TABLE)
    assert note.message("zh") == (
        f"工作表“{TABLE}”里有 2 格写在了填报格以外，没有读：{places}。"
        " 如果是要上报的，请填到对应的格里后重新回传；不是的，不用处理。"
    )


def test_what_is_written_under_a_merged_cell_is_told() -> None:
    """faults.md A14: only the first cell of a merged one is shown."""

    def write(book: Workbook) -> None:
        book[TABLE].unmerge_cells("B4:K4")
        book[TABLE]["C4"] = 7

    submission = read(changed(write))

    assert codes(submission) == ["R-BESIDE", "R-MERGED"]
    assert the_note(submission, "R-BESIDE").params["cells"] == "C4"


@pytest.mark.parametrize(("ref", "theirs"), [("C6", "豆村镇"), ("C7", "140922019"), ("B5", "填报单位：豆村镇")])
def test_another_unit_typed_over_the_printed_one_is_queried(ref: str, theirs: str) -> None:
    note = told(setting("封面" if ref != "B5" else TABLE, ref, theirs), "R-UNIT")

    assert (note.severity, note.raw) == (Severity.QUERY, theirs)
    assert note.message("zh") == (
        f"{note.at}（共 1 处）：印的单位被改成了“{theirs}”；这份表是发给“白家庄镇”（140922018）的，按“白家庄镇”算。"
        " 请查明是谁填的：借用了别的单位表格的，请在自己的表格里重新填报。"
    )


def test_another_unit_typed_over_on_every_sheet_is_queried_once() -> None:
    def write(book: Workbook) -> None:
        book["封面"]["C6"] = "豆村镇"
        for name in (TABLE, "二、主动公开"):
            book[name]["B5"] = "填报单位：豆村镇"

    note = told(write, "R-UNIT")

    assert (note.at, note.params["count"]) == ("封面!C6", 3)


@pytest.mark.parametrize("theirs", ["填报单位：白家庄镇人民政府  单位代码：140922018", None])
def test_the_unit_line_written_in_another_way_or_erased_is_no_other_unit(theirs: str) -> None:
    assert codes(read(changed(setting(TABLE, "B5", theirs)))) == ["R-LOCKED"]


# ── protection, validation, merged cells, sheets ─────────────────────────────────────────────────────────────────────


def test_protection_taken_off_is_told_once() -> None:
    def take_off(book: Workbook) -> None:
        book[TABLE].protection.sheet = False
        book["封面"].protection.sheet = False

    note = told(take_off, "R-UNPROTECTED")

    assert (note.severity, note.message("zh")) == (
        Severity.NOTE,
        f"工作表的保护被取消了：封面、{TABLE}。 不用处理：锁定的内容已逐格核对，改过的会另外指出。",
    )


@pytest.mark.parametrize(("refs", "locked"), [((NEW_AT, "F10"), True), ((TOTAL_AT, "B4"), False)])
def test_cells_locked_otherwise_are_told_once_a_sheet(refs: tuple[str, ...], locked: bool) -> None:  # noqa: FBT001 (a column of the table)
    """faults.md A10: what is pasted brings its own lock along."""

    def lock(book: Workbook) -> None:
        for ref in refs:
            book[TABLE][ref].protection = Protection(locked=locked)

    note = told(lock, "R-LOCKS")

    assert (note.severity, note.at, note.params["count"]) == (Severity.NOTE, TABLE, 2)
    assert all(ref in note.message("zh") for ref in refs)
    assert note.message("zh").startswith(f"工作表“{TABLE}”里有 2 格的锁定与下发时不同：")


def test_lost_validation_is_told_once_a_sheet() -> None:
    """faults.md A10."""
    inputs = [cell for cell in FORM.table("requests").cells if cell.kind is Kind.INPUT]

    def lose(book: Workbook) -> None:
        book[TABLE].data_validations.dataValidation = []

    note = told(lose, "R-VALIDATION")

    assert (note.severity, note.at, note.params["count"]) == (Severity.NOTE, TABLE, len(inputs))
    assert note.message("zh").startswith(f"工作表“{TABLE}”里有 {len(inputs)} 格不再检查输入的内容：E10、F10、")


def test_validation_lost_by_one_cell_is_told_with_the_cell() -> None:
    def lose(book: Workbook) -> None:
        rules = book[TABLE].data_validations.dataValidation
        book[TABLE].data_validations.dataValidation = [rule for rule in rules if str(rule.sqref) != NEW_AT]

    note = told(lose, "R-VALIDATION")

    assert note.message("zh") == (
        f"工作表“{TABLE}”里有 1 格不再检查输入的内容：{NEW_AT}；已照常读取。 不用处理：收回后每一格都重新检查过。"
    )


def test_validation_of_whole_areas_covers_their_cells() -> None:
    def widen(book: Workbook) -> None:
        rules = book[TABLE].data_validations.dataValidation
        rules[0].sqref = type(rules[0].sqref)("D8:L60 Z1")
        book[TABLE].data_validations.dataValidation = rules[:1]

    assert read(changed(widen)).notes == ()


def test_a_whole_sheet_that_is_merged_is_told() -> None:
    """From its first cell on, where the hidden mark stands, of which the seal says nothing."""
    parts = members_of(issued())
    parts[PART] = parts[PART].replace(b"</mergeCells>", b'<mergeCell ref="A1:XFD1048576"/></mergeCells>')

    submission = read(zip_of(parts))

    assert the_note(submission, "R-MERGED").params["cells"] == "A1:XFD1048576"
    assert submission["requests.new.natural"] == 3


def test_other_merged_cells_are_told() -> None:
    """faults.md A14."""

    def merge(book: Workbook) -> None:
        book[TABLE].unmerge_cells("B4:K4")
        book[TABLE].merge_cells("B60:C60")

    note = told(merge, "R-MERGED")

    assert (note.severity, note.message("zh")) == (
        Severity.NOTE,
        (
            f"工作表“{TABLE}”里有 2 处单元格的合并与下发时不同：B4:K4、B60:C60；已照常读取。"
            " 不用处理：每个数都按自己的格读取。"
        ),
    )


def test_a_deleted_sheet_without_answers_is_told() -> None:
    """faults.md A6."""

    def delete(book: Workbook) -> None:
        del book["填表说明"]

    note = told(delete, "R-SHEET-GONE")

    assert (note.severity, note.at) == (Severity.NOTE, "填表说明")
    assert note.message("zh") == ("工作表“填表说明”被删掉了；里面没有要填的数。 不用处理：一个数也没有少。")


def test_a_renamed_sheet_is_compared_under_its_new_name() -> None:
    """faults.md A6: a program renames the sheet in every formula too."""

    def rename(book: Workbook) -> None:
        book[TABLE].title = "表三"
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        cell.value = str(cell.value).replace(f"'{TABLE}'!", "表三!")
        book["表三"]["B4"] = "改过的"

    submission = read(changed(rename))

    assert codes(submission) == ["R-SHEET-RENAMED", "R-LOCKED"]
    assert the_note(submission, "R-LOCKED").at == "表三!B4"


def test_a_sheet_with_rows_inserted_is_told_and_formulas_that_look_at_it_are_not() -> None:
    """faults.md A7: a program moves the references of every formula too."""
    row = int(where("requests.granted.natural")[1].lstrip("E"))

    def insert(book: Workbook) -> None:
        for area in list(book[TABLE].merged_cells.ranges):
            book[TABLE].unmerge_cells(str(area))
        book[TABLE].insert_rows(row, 2)
        cell = next(c for line in book["审核"].iter_rows() for c in line if f"'{TABLE}'!" in str(c.value))
        cell.value = str(cell.value).replace("10", "12")

    note = told(insert, "R-MOVED")

    moved = note.params["count"]
    assert note.message("zh") == (
        f"工作表“{TABLE}”里插入、删除或移动过行列，{moved} 格不在原处，已找到并读取；这张表印的文字和公式没有逐格核对。"
        " 不用处理：合计都重新计算，没有找到的格会另外指出。下次请不要增删行列。"
    )


def test_an_alteration_is_told_beside_what_else_is_told() -> None:
    def change(book: Workbook) -> None:
        without_properties(book)
        book["填表说明"]["B3"] = "豆村镇"

    assert codes(read(changed(change))) == ["R-MARK-PROPERTY", "R-UNIT"]
