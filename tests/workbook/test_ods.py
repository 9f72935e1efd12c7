"""OpenDocument as a spreadsheet program writes it, and as it may be written: types, repeats, what is no cell."""

from __future__ import annotations

import pytest

from tests.workbook.crafted import zipped
from tianbao.workbook.guard import Kind, Limits, judge
from tianbao.workbook.legacy import open_workbook
from tianbao.workbook.package import Package, PackageError, RawCell, Visibility

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(f'xmlns:{name}="{OASIS}:{name}:1.0"' for name in ("office", "table", "text", "style", "draw", "meta"))


def part(name: str, inside: str) -> str:
    return f'<office:document-{name} {SPACES} xmlns:calcext="x">{inside}</office:document-{name}>'


def packed(body: str, *, styles: str = "", common: str = "", meta: str = "", more: tuple[str, ...] = ()) -> bytes:
    sheets = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    members = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", part("content", f"<office:automatic-styles>{styles}</office:automatic-styles>{sheets}")),
        ("styles.xml", part("styles", common)),
        ("meta.xml", part("meta", meta)),
        *((name, "x") for name in more),
    ]
    return zipped(members)


def table(rows: str, name: str = "表", of: str = "") -> str:
    return f'<table:table table:name="{name}" {of}>{rows}</table:table>'


def row(cells: str, of: str = "") -> str:
    return f"<table:table-row {of}>{cells}</table:table-row>"


def cell(of: str = "", text: str = "") -> str:
    return f"<table:table-cell {of}>{text}</table:table-cell>"


def opened(data: bytes, limits: Limits | None = None) -> Package:
    judged = judge(data, name="x.ods")
    assert judged.kind is Kind.ODS
    return open_workbook(data, judged, name="x.ods", limits=limits or Limits())


def only(cells: str, of: str = "") -> dict[str, RawCell]:
    return opened(packed(table(row(cells, of)))).sheet("表").cells


@pytest.mark.parametrize(
    ("of", "text", "type_", "value"),
    [
        ('office:value-type="float" office:value="12.5"', "12.5", "n", "12.5"),
        ('office:value-type="currency" office:value="3"', "￥3", "n", "3"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE", "b", "1"),
        ('office:value-type="string"', "五件", "s", "五件"),
        ('office:value-type="string" office:string-value=" 5"', "5", "s", " 5"),
        ('office:value-type="string" calcext:value-type="error"', "#REF!", "e", "#REF!"),
        ('table:formula="of:=1/0" office:value-type="float" office:value="0"', "#DIV/0!", "e", "#DIV/0!"),
        ('table:formula="of:=X()" office:value-type="float" office:value="0"', "Err:508", "e", "Err:508"),
        ("", "", "n", ""),
    ],
)
def test_a_value_has_the_type_that_it_has_in_an_xlsx(of: str, text: str, type_: str, value: str) -> None:
    assert only(cell(of, f"<text:p>{text}</text:p>"))["A1"][:2] == (type_, value)


@pytest.mark.parametrize(
    ("of", "number", "is_date", "is_percent"),
    [
        ('office:value-type="percentage" office:value="0.5"', "0.5", False, True),
        ('office:value-type="date" office:date-value="2026-01-20"', "46042", True, False),
        ('office:value-type="date" office:date-value="2026-01-20T12:00:00"', "46042.5", True, False),
        ('office:value-type="time" office:time-value="PT06H00M00S"', "0.25", True, False),
        ('office:value-type="date" office:date-value="-0044-03-15"', "-0044-03-15", True, False),
        ('office:value-type="time" office:time-value="P1Y"', "P1Y", True, False),
    ],
)
def test_a_day_and_a_share_are_seen_as_such(of: str, number: str, is_date: bool, is_percent: bool) -> None:  # noqa: FBT001
    package = opened(packed(table(row(cell(of, "<text:p>x</text:p>")))))

    found = package.sheet("表").cells["A1"]

    assert found.text == number
    assert package.style_of(found)[:2] == (is_date, is_percent)


def test_text_is_what_a_person_sees_in_the_cell_and_nothing_beside_it() -> None:
    text = (
        "<office:annotation><text:p>批注</text:p></office:annotation>"
        "<text:p><text:s/>甲<text:s text:c='2'/>乙<text:tab/><text:span>丙</text:span><text:line-break/>丁</text:p>"
        "<draw:frame><draw:text-box><text:p>图</text:p></draw:text-box></draw:frame><text:p>戊</text:p>"
    )

    assert only(cell('office:value-type="string"', text))["A1"].text == " 甲  乙\t丙\n丁\n戊"


@pytest.mark.parametrize(
    ("written", "formula"),
    [
        ("of:=SUM([.A1:.B2];3)", "SUM(A1:B2,3)"),
        ("of:=[$'表 ''一'.$C$3]&quot;;[.A1]&quot;", "'表 ''一'!$C$3\";[.A1]\""),
        ("of:=[$审核.H18:.H19]+[表.A1]", "审核!H18:H19+表!A1"),
        ("of:=['file:///a.xlsx'#$表.A1]", "[file:///a.xlsx]表!A1"),
        ("msoxl:=SUM(A1:B2,3)", "SUM(A1:B2,3)"),
        ("=A1", "A1"),
    ],
)
def test_a_formula_is_told_in_the_notation_of_excel(written: str, formula: str) -> None:
    found = only(cell(f'table:formula="{written}" office:value-type="float" office:value="5"', "<text:p>5</text:p>"))

    assert found["A1"][:3] == ("n", "5", formula)


FIVE = 'office:value-type="float" office:value="5"'


def test_repeated_cells_and_rows_stand_where_they_are_shown() -> None:
    """A23: and the million empty ones after them cost nothing."""
    rows = (
        row(cell('table:number-columns-repeated="2"') + cell(f'{FIVE} table:number-columns-repeated="2"'))
        + row(cell('table:number-columns-repeated="16384"'), 'table:number-rows-repeated="3"')
        + row(cell(FIVE), 'table:number-rows-repeated="2"')
        + row(cell('table:number-columns-repeated="16384"'), 'table:number-rows-repeated="1048570"')
    )

    cells = opened(packed(table(rows))).sheet("表").cells

    assert [ref for ref, found in cells.items() if found.text] == ["C1", "D1", "A5", "A6"]
    assert len(cells) == 6


def test_cells_without_end_are_refused() -> None:
    rows = row(cell(f'{FIVE} table:number-columns-repeated="16384"'), 'table:number-rows-repeated="1048576"')

    with pytest.raises(PackageError) as raised:
        opened(packed(table(rows)))

    assert raised.value.reason.code == "F-TOO-MANY-CELLS"


def test_hidden_merged_and_protected_is_told() -> None:
    styles = '<style:style style:name="t1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    rows = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        + row(cell('table:number-columns-spanned="2" table:number-rows-spanned="3"'))
        + row("", 'table:visibility="filter" table:number-rows-repeated="2"')
    )

    sheet = opened(packed(table(rows, of='table:style-name="t1" table:protected="true"'), styles=styles)).sheet("表")

    assert (sheet.visibility, sheet.protected) == (Visibility.HIDDEN, True)
    assert sheet.merged == ("A1:B3",)
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({2, 3}), (range(3, 4),))


def test_where_only_certain_answers_may_be_typed_is_told() -> None:
    """A validation without a condition shows a prompt and lets everything pass."""
    rules = (
        '<table:content-validations><table:content-validation table:name="v1" table:condition="of:cell-content()>0"/>'
        '<table:content-validation table:name="v2"/></table:content-validations>'
    )
    strict, prompt = 'table:content-validation-name="v1"', 'table:content-validation-name="v2"'
    rows = row(cell() + cell(strict) + cell(f'{strict} table:number-columns-repeated="2"') + cell(prompt)) + row(
        cell(f"{FIVE} {strict}"), 'table:number-rows-repeated="3"'
    )

    package = opened(packed(rules + table(rows) + table(row(cell(prompt)), "另")))

    assert [sheet.validated for sheet in package.sheets] == [("B1", "C1:D1", "A2:A4"), ()]


def test_a_cell_is_unlocked_by_its_style_its_column_or_a_parent() -> None:
    def style(name: str, inner: str = "", parent: str = "") -> str:
        family = f'style:family="table-cell" style:parent-style-name="{parent}"'
        return f'<style:style style:name="{name}" {family}>{inner}</style:style>'

    open_ = '<style:table-cell-properties style:cell-protect="none"/>'
    closed = '<style:table-cell-properties style:cell-protect="protected"/>'
    data = packed(
        table(
            '<table:table-column table:number-columns-repeated="3"/>'
            '<table:table-column table:default-cell-style-name="child"/>'
            + row(
                cell('table:style-name="open"')
                + cell('table:style-name="child"')
                + cell('table:style-name="shut"')
                + cell()
            )
        ),
        common=style("open", open_),
        styles=style("child", parent="open") + style("shut", closed, parent="open"),
    )

    package = opened(data)

    cells = package.sheet("表").cells
    assert {ref: package.style_of(found).locked for ref, found in cells.items()} == {
        "A1": False,
        "B1": False,
        "C1": True,
        "D1": False,
    }


def test_properties_and_names_are_read() -> None:
    package = opened(
        packed(
            table("")
            + '<table:named-expressions><table:named-range table:name="x" table:cell-range-address="$表.$A$1"/>'
            "</table:named-expressions>",
            meta='<meta:user-defined meta:name="tianbao_year">2025</meta:user-defined>',
        )
    )

    assert package.properties == {"tianbao_year": "2025"}
    assert package.names == {"x": "表!$A$1"}


def test_what_would_run_or_reach_out_is_told_and_left_alone() -> None:
    """A24: macros, links and what they have brought, outside data, embedded objects."""
    far = table(row(cell(FIVE)), name="'file:///a.ods'#表")
    source = '<table:database-range><table:database-source-sql table:database-name="x"/></table:database-range>'
    data = packed(table("") + far + source, more=("Basic/Standard/Module1.xml", "Object 1/content.xml"))

    package = opened(data)

    assert package.active == ("F-MACROS", "F-EXTERNAL-LINKS", "F-CONNECTIONS", "F-EMBEDDED")
    assert package.sheet_names == ("表",)


def test_empty_cells_alike_cost_nothing_however_often_they_are_written() -> None:
    empty = row(cell('table:number-columns-repeated="1000"'), 'table:number-rows-repeated="2"')

    sheet = opened(packed(table(empty * 300 + row(cell(FIVE)))))

    assert sheet.sheet("表").cells.keys() == {"A601"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(""), "F-NO-SHEETS"),
        (packed(table(row(cell("", "<text:p>" + "<text:s text:c='1000'/>" * 101 + "</text:p>")))), "F-TOO-COMPLEX"),
        (packed(table("") + table("")), "F-DUPLICATE-SHEET"),
        (packed(table(row(cell('table:number-columns-repeated="x"')))), "F-DAMAGED"),
        (packed("<table:table>"), "F-DAMAGED"),
        (
            zipped(
                [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<!DOCTYPE a><a/>")]
            ),
            "F-DTD",
        ),
    ],
)
def test_a_damaged_one_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PackageError) as raised:
        opened(data)

    assert raised.value.reason.code == code


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://example.org/1.png", ("F-REMOTE",)),
        ("file:///D:/1.png", ("F-REMOTE",)),
        ("//server/1.png", ("F-REMOTE",)),
        ("../1.png", ("F-REMOTE",)),
        ("Pictures/1.png", ()),
        ("./Object 1", ()),
    ],
)
def test_a_picture_that_lies_elsewhere_is_told(address: str, told: tuple[str, ...]) -> None:
    image = f'<draw:frame><draw:image xmlns:xlink="l" xlink:href="{address}"/></draw:frame>'

    package = opened(packed(table(row(cell("", image)))))

    assert package.active == told
