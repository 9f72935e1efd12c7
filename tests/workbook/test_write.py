"""The workbook a unit gets, as openpyxl (and the bare XML, where openpyxl says less) sees it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.packaging.custom import CustomPropertyList
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

import tianbao as tb
from tests.records.samples import BAIJIA, DOUCUN, submission
from tianbao.expr import Place
from tianbao.form.load import bundled_forms
from tianbao.form.model import Form, Kind
from tianbao.records.model import Value
from tianbao.workbook.identify import MARKER, from_facts, from_marker, from_properties
from tianbao.workbook.layout import MACHINE_SHEET, a1, make_layout
from tianbao.workbook.prefill import PrefillError, PrefillKeyError
from tianbao.workbook.write import write_whole

#: The functions of Excel 2007 that the house allows itself.
ALLOWED = {
    "ABS", "AND", "COUNTBLANK", "COUNTIF", "HYPERLINK", "IF", "INDEX", "ISNUMBER", "NOT", "OR", "ROUND", "SUM",
    "SUMPRODUCT", "TEXT",
}  # fmt: skip

every_form = pytest.mark.parametrize("name", bundled_forms())


@cache
def issued(
    name: str,
    *,
    unit: tb.Unit = BAIJIA,
    prior: bool = False,
    values: tuple[tuple[str, Value], ...] = (),
    password: str = "",
) -> bytes:
    form = tb.load_form(name)
    last_year = submission(form, dict.fromkeys(numbers(form), 7), year=2024) if prior else None
    target = BytesIO()
    tb.write_workbook(
        form,
        target,
        unit=unit,
        year=2025,
        prior=last_year,
        values=dict(values),
        issuer="县政府办公室",
        password=password,
    )
    return target.getvalue()


def numbers(form: Form) -> list[str]:
    return [cell.key for cell in form.cells() if cell.is_number and cell.kind is Kind.INPUT]


@cache
def opened(name: str, *, prior: bool = False, results: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(issued(name, prior=prior)), data_only=results)


def at(book: openpyxl.Workbook, place: Place) -> Cell:
    cell = book[place.sheet][a1(place.row, place.column)]
    assert isinstance(cell, Cell)
    return cell


def written(book: openpyxl.Workbook) -> Iterator[tuple[Worksheet, Cell]]:
    """Yield every cell that holds or may hold something."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from ((sheet, cell) for cell in row if not isinstance(cell, MergedCell))


def inputs(form: Form) -> Mapping[str, Place]:
    """Return where people type: answers and explanations."""
    places = make_layout(form).places
    typed = {key: places[key] for key, cell in form.by_key.items() if cell.kind is Kind.INPUT}
    return typed | {key: place for key, place in places.items() if key.startswith("explain.")}


def member(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.read(name).decode()


@every_form
def test_the_same_inputs_give_the_same_bytes(name: str) -> None:
    issued.cache_clear()
    first = issued(name, prior=True)
    issued.cache_clear()

    assert issued(name, prior=True) == first


@every_form
@pytest.mark.parametrize("prior", [False, True])
def test_it_is_small_enough_for_any_mail(name: str, *, prior: bool) -> None:
    assert len(issued(name, prior=prior)) < 49_152


@every_form
def test_people_can_type_into_input_cells_and_nowhere_else(name: str) -> None:
    book = opened(name)

    unlocked = {(sheet.title, cell.coordinate) for sheet, cell in written(book) if not cell.protection.locked}

    assert unlocked == {(place.sheet, a1(place.row, place.column)) for place in inputs(tb.load_form(name)).values()}


@every_form
def test_every_sheet_and_the_structure_of_the_workbook_are_locked(name: str) -> None:
    book = opened(name)

    assert [sheet.title for sheet in book.worksheets if not sheet.protection.sheet] == []
    assert book.security is not None
    assert book.security.lockStructure is True
    assert book.security.workbookPassword is None
    #: Columns may be widened: a number that does not fit is worse.
    assert not any(s.protection.formatColumns or s.protection.formatRows for s in book.worksheets)


def test_a_password_is_set_only_if_one_is_given() -> None:
    book = openpyxl.load_workbook(BytesIO(issued("fire-safety", password="消防")))  # noqa: S106  the password of a test

    assert len({sheet.protection.password for sheet in book.worksheets} - {None}) == 1
    assert book.security is not None
    assert book.security.workbookPassword == book.worksheets[0].protection.password
    assert {sheet.protection.password for sheet in opened("fire-safety").worksheets} == {None}


@every_form
def test_every_answer_but_a_paragraph_says_what_belongs_into_it_and_refuses_the_rest(name: str) -> None:
    form, book = tb.load_form(name), opened(name)
    rules = {(s.title, str(r.sqref)): r for s in book.worksheets for r in s.data_validations.dataValidation}

    asked = {key: place for key, place in inputs(form).items() if not key.startswith(("text.", "explain."))}

    assert rules.keys() == {(place.sheet, a1(place.row, place.column)) for place in asked.values()}
    for rule in rules.values():
        assert rule.showInputMessage
        assert rule.showErrorMessage
        assert rule.prompt
        assert rule.error
        assert utf16(rule.prompt) <= 255
        assert utf16(rule.promptTitle or "") <= 32
        assert utf16(rule.error) <= 255
        assert utf16(rule.errorTitle or "") <= 32


def utf16(text: str) -> int:
    """Count as Excel does."""
    return len(text.encode("utf-16-le")) // 2


def rule_of(name: str, key: str) -> DataValidation:
    place = make_layout(tb.load_form(name)).places[key]
    rules: list[DataValidation] = opened(name)[place.sheet].data_validations.dataValidation
    return next(rule for rule in rules if str(rule.sqref) == a1(place.row, place.column))


def test_a_count_is_a_whole_number_not_below_zero() -> None:
    rule = rule_of("zfxxgk-2021", "requests.new.business")

    assert (rule.type, rule.operator, rule.formula1, rule.formula2) == ("whole", None, "0", "9999999")
    assert rule.prompt == (
        "一、本年新收政府信息公开申请数量 → 申请人情况 → 法人或其他组织 → 商业企业\n"
        "只填不小于 0 的整数，最大 9999999；没有填 0。1月1日至12月31日收到的申请，按申请人类别分列。"
    )


def test_what_may_be_negative_may_be_typed_so() -> None:
    rule = rule_of("zfxxgk-2019", "art20_5.licence.delta")

    assert (rule.type, rule.formula1, rule.formula2) == ("whole", "-9999999", "9999999")


def test_an_amount_may_have_decimals_and_a_code_comes_from_its_list() -> None:
    assert rule_of("zfxxgk-2021", "art20_8.admin_fees.amount").type == "decimal"
    code = rule_of("zfxxgk-2021", "cover.zero_report")
    assert (code.type, code.formula1) == ("list", '"是,否"')


@every_form
def test_formulas_use_only_functions_that_every_program_has_and_nothing_outside(name: str) -> None:
    data = issued(name, prior=True)

    used = {
        function
        for _, cell in written(opened(name, prior=True))
        if cell.data_type == "f"
        for function in re.findall(r"([A-Z][A-Z0-9._]*)\(", re.sub('"[^"]*"', "", str(cell.value)))
    }

    assert used <= ALLOWED
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = package.namelist()
        everything = b"".join(map(package.read, names))
    assert [name for name in names if re.search(r"(?i)vba|macro|externalLink|connections|embed", name)] == []
    assert b"_xlfn" not in everything
    assert b"[1]" not in everything
    assert b't="array"' not in everything
    assert b'TargetMode="External"' not in everything


@every_form
def test_every_formula_brings_its_result(name: str) -> None:
    with zipfile.ZipFile(BytesIO(issued(name, prior=True))) as package:
        sheets = [package.read(part).decode() for part in package.namelist() if part.startswith("xl/worksheets/sheet")]

    formulas = sum(sheet.count("<f>") for sheet in sheets)

    assert formulas > 50
    assert sum(len(re.findall("</f><v>[^<]*</v>", sheet)) for sheet in sheets) == formulas
    assert not any(re.search("</f><v>#", sheet) for sheet in sheets)


@every_form
def test_the_properties_name_nobody_and_no_time_but_a_fixed_one(name: str) -> None:
    properties = opened(name).properties

    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.isoformat() == "2020-01-01T00:00:00"
    assert properties.title == f"2025年{tb.load_form(name).title}"


@every_form
def test_every_sheet_prints_on_a4_as_wide_as_the_paper_with_page_numbers(name: str) -> None:
    for sheet in opened(name).worksheets:
        if sheet.title == MACHINE_SHEET:
            continue
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center is not None
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.print_area


def test_the_heads_are_repeated_on_every_printed_page_and_stay_in_sight() -> None:
    requests = opened("zfxxgk-2021")["三、依申请公开"]

    assert requests.print_title_rows == "$7:$9"
    assert requests.freeze_panes == "A10"
    assert requests.page_setup.orientation == "portrait"
    assert opened("zfxxgk-2021")["四、复议诉讼"].page_setup.orientation == "landscape"


@every_form
def test_keys_and_machine_sheet_are_hidden(name: str) -> None:
    book = opened(name)

    assert book[MACHINE_SHEET].sheet_state == "veryHidden"
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == [MACHINE_SHEET]
    for sheet in book.worksheets[1:-1]:
        assert sheet.column_dimensions["A"].hidden
        hidden = {row for row, dimension in sheet.row_dimensions.items() if dimension.hidden}
        assert {cell.row for cell in sheet["A"] if str(cell.value or "").startswith("#")} <= hidden


@every_form
def test_its_identity_stands_in_three_places(name: str) -> None:
    book = opened(name)
    form = tb.load_form(name)

    pairs = {str(a.value): str(b.value or "") for a, b in book[MACHINE_SHEET].iter_rows(max_row=10, max_col=2)}
    on_sheet = from_facts(pairs)
    properties: CustomPropertyList[Any] = book.custom_doc_props  # type: ignore[attr-defined]
    property_ = from_properties({p.name: str(p.value or "") for p in properties.props})
    marks = [
        from_marker(str(sheet["A1"].value)) for sheet in book.worksheets if str(sheet["A1"].value).startswith(MARKER)
    ]

    assert on_sheet is not None
    assert (on_sheet.form, on_sheet.year, on_sheet.unit) == (name, 2025, BAIJIA)
    assert form.digest.startswith(on_sheet.digest)
    assert property_ == on_sheet
    assert {mark[1] for mark in marks if mark} == {on_sheet}
    assert [mark[0] for mark in marks if mark] == book.sheetnames[1:-1]


def test_the_printed_code_tells_two_units_apart() -> None:
    codes = {
        str(openpyxl.load_workbook(BytesIO(issued("fire-safety", unit=u)))["封面"]["B5"].value)
        for u in (BAIJIA, DOUCUN)
    }

    assert len(codes) == 2
    assert any(
        re.fullmatch("填报单位：白家庄镇    单位代码：140922018    年度：2025    编号：140922018-2025-[0-9A-F]{4}", c)
        for c in codes
    )


def test_the_cover_says_for_whom_and_by_whom_it_was_made() -> None:
    cover = opened("zfxxgk-2021")["封面"]

    assert [cover[f"C{row}"].value for row in (6, 7, 8, 9)] == ["白家庄镇", "140922018", "2025", "县政府办公室"]
    assert [cover[f"C{row}"].protection.locked for row in (6, 7, 8, 9)] == [True] * 4


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+8613800000000", '<b>&"甲\'乙"', "白家庄\n镇", "𠮷野镇", "镇" * 300, "a|b", "#REF!", "  镇  "],
)
def test_no_name_of_a_unit_breaks_a_workbook(name: str) -> None:
    unit = tb.Unit("001", name, "township")

    book = openpyxl.load_workbook(BytesIO(issued("fire-safety", unit=unit)))
    read = tb.read_workbook(BytesIO(issued("fire-safety", unit=unit)))

    assert book["封面"]["C6"].value == name
    assert book["封面"]["C6"].data_type == "s"
    assert read.unit == tb.Unit("001", name[:255], "township")


def test_answers_given_beforehand_stand_in_their_cells_and_go_into_the_totals() -> None:
    values: dict[str, Value] = {
        "requests.new.natural": 3,
        "requests.new.legal": 2,
        "art20_8.admin_fees.amount": Decimal("12.345678"),
        "cover.filled_on": date(2026, 1, 15),
        "cover.zero_report": "否",
        "cover.leader": "=张三",
        "overview": "第一段。\n\n第二段。",
    }
    target = BytesIO()
    tb.write_workbook(tb.load_form("zfxxgk-2021"), target, unit=BAIJIA, year=2025, values=values)

    book = openpyxl.load_workbook(target, data_only=True)

    places = make_layout(tb.load_form("zfxxgk-2021")).places
    shown = {key: at(book, places[key]).value for key in (*list(values)[:-1], "requests.new.total", "text.overview.2")}
    assert shown == {
        "requests.new.natural": 3,
        "requests.new.legal": 2,
        "art20_8.admin_fees.amount": 12.345678,
        "cover.filled_on": datetime.combine(date(2026, 1, 15), time()),
        "cover.zero_report": "否",
        "cover.leader": "=张三",
        "requests.new.total": 5,
        "text.overview.2": "第二段。",
    }


def test_a_blank_is_left_blank_and_only_defaults_are_filled_in() -> None:
    form, book = tb.load_form("zfxxgk-2021"), opened("zfxxgk-2021")

    filled = {key: at(book, place).value for key, place in inputs(form).items() if at(book, place).value is not None}

    assert {key: str(value)[:10] for key, value in filled.items()} == {
        "cover.zero_report": "否",
        "cover.period_start": "2025-01-01",
        "cover.period_end": "2025-12-31",
    }


@every_form
def test_last_years_figures_stand_beside_the_cells_they_are_compared_with_and_are_locked(name: str) -> None:
    form = tb.load_form(name)
    layout, book = make_layout(form), opened(name, prior=True)

    prior = {key: place for key, place in layout.places.items() if key.startswith("prior.")}

    assert prior
    kept = submission(form, dict.fromkeys(numbers(form), 7), year=2024)
    for key, place in prior.items():
        assert at(book, place).value == kept[key.removeprefix("prior.")], key
        assert at(book, place).protection.locked
    for block in (block for sheet in layout.sheets for block in sheet.blocks):
        for row in block.prior_rows:
            sheet_name = next(iter(block.prior.values())).sheet
            assert not book[sheet_name].row_dimensions[row].hidden
            assert opened(name)[sheet_name].row_dimensions[row].hidden


def test_without_last_years_figures_their_checks_do_not_apply() -> None:
    signs = {prior: audit_signs(opened("zfxxgk-2021", prior=prior, results=True)) for prior in (False, True)}

    assert signs[False]["Y-01.natural"] == "—"
    assert signs[True]["Y-01.natural"] == "×"


def audit_signs(book: openpyxl.Workbook) -> dict[str, object]:
    lines = make_layout(tb.load_form("zfxxgk-2021")).audit
    return {line.id: book["审核"].cell(line.row, 9).value for line in lines}


@every_form
def test_a_fresh_workbook_says_how_much_is_still_blank(name: str) -> None:
    form = tb.load_form(name)
    book = opened(name, results=True)

    strips = {sheet.name: str(book[sheet.name]["B2"].value) for sheet in make_layout(form).sheets}

    for sheet in make_layout(form).sheets:
        asked = [
            cell
            for block in sheet.blocks
            for cell in block.table.inputs()
            if cell.is_number and not block.table.optional and block.table.shape.value != "list"
        ]
        assert strips[sheet.name].startswith(f"还有 {len(asked)} 格未填 ｜ × ")
        assert strips[sheet.name].endswith("→ 点这里看“审核”")


@every_form
def test_every_line_of_the_audit_leads_to_its_cell(name: str) -> None:
    layout, book = make_layout(tb.load_form(name)), opened(name)

    links = {
        cell.coordinate: cell.hyperlink.location
        for (cell,) in book["审核"]["D8:D200"]
        if isinstance(cell, Cell) and cell.hyperlink
    }

    assert links == {
        f"D{line.row}": f"'{line.goal.sheet}'!{a1(line.goal.row, line.goal.column)}" for line in layout.audit
    }


def test_a_broken_check_colours_its_cells_by_a_hidden_cell_of_the_same_sheet() -> None:
    form, book = tb.load_form("zfxxgk-2021"), opened("zfxxgk-2021")
    plan = next(sheet for sheet in make_layout(form).sheets if sheet.name == "三、依申请公开")
    rules = {
        rule.formula[0]: str(ranges.sqref)
        for ranges in book[plan.name].conditional_formatting
        for rule in ranges.rules
        if rule.type == "expression"
    }

    flag = plan.flags["T3-01.natural"]

    line = next(line for line in make_layout(form).audit if line.id == "T3-01.natural")
    assert at(book, flag).value == f"=IF('审核'!I{line.row}=\"×\",1,0)"
    assert rules[f"${a1(1, flag.column)[:-1]}${flag.row}=1"] == "E10:E11 E33:E34"
    assert book[plan.name].column_dimensions[a1(1, flag.column)[:-1]].hidden


def test_a_value_for_no_cell_is_told_with_the_nearest_key() -> None:
    with pytest.raises(PrefillKeyError) as caught:
        issued("zfxxgk-2021", values=(("requests.new.naturel", 3),))

    assert caught.value.message("zh") == "表样 zfxxgk-2021 没有可以填写的格子 requests.new.naturel。"
    assert caught.value.way_out("zh") == "最接近的是 requests.new.natural；全部代号见 tianbao form cells zfxxgk-2021。"


def test_nothing_is_written_where_a_value_is_wrong(tmp_path: Path) -> None:
    form, path = tb.load_form("zfxxgk-2021"), tmp_path / "018.xlsx"

    with pytest.raises(PrefillError):
        tb.write_workbook(form, path, unit=BAIJIA, year=2025, values={"requests.new.natural": -1})

    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "018.xlsx"
    path.write_bytes(b"old")

    tb.write_workbook(tb.load_form("fire-safety"), path, unit=BAIJIA, year=2025)

    assert path.read_bytes().startswith(b"PK")
    assert list(tmp_path.iterdir()) == [path]


def test_where_a_file_cannot_be_replaced_it_stays_and_nothing_is_left_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, __: Path) -> Path:
        raise PermissionError("open in Excel")

    path = tmp_path / "018.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(PermissionError):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_as_long_as_a_file_may_have_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / f"{'镇' * 83}.xlsx"

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"


def test_a_cell_that_may_not_apply_takes_the_word_for_it_and_nothing_else() -> None:
    """faults.md B: in the sheet as in the reading, 不适用 is an answer where the form says so."""
    form = tb.load_form("fire-safety")
    made = BytesIO()
    tb.write_workbook(form, made, unit=BAIJIA, year=2025)
    place = make_layout(form).places["inspections.public.change"]
    ref = a1(place.row, place.column)

    rules = openpyxl.load_workbook(made)[place.sheet].data_validations.dataValidation

    (rule,) = [rule for rule in rules if ref in str(rule.sqref).split()]
    assert (rule.type, rule.formula1) == (
        "custom",
        f'OR({ref}="不适用",AND(ISNUMBER({ref}),{ref}>=-9999999,{ref}<=9999999,INT({ref})={ref}))',
    )
