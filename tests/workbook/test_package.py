"""Cells are read as they stand in the file, whichever way they are written; a bad file is only ever a `PackageError`."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from xml.parsers.expat import ExpatError
from xml.parsers.expat.errors import XML_ERROR_DUPLICATE_ATTRIBUTE, codes

import openpyxl
import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workbook.crafted import DECLARATION, MAIN, book, parts, strings, worksheet, zipped
from tianbao.workbook.guard import Limits
from tianbao.workbook.package import (
    PackageError,
    RawCell,
    Sheet,
    StyleFacts,
    Visibility,
    _Frame,
    _Kinds,
    _quick_rows,
    _quick_strings,
    _Rows,
    _SheetReader,
    _side,
    _Strings,
    column_letters,
    column_number,
    read_package,
    remember,
)

STYLES = f"""<styleSheet xmlns="{MAIN}">
<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
<numFmt numFmtId="165" formatCode="0.0%"/><numFmt numFmtId="166" formatCode="[Red]0&quot;day&quot;"/></numFmts>
<fonts><font/></fonts><fills><fill/></fills>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="0"><protection locked="0"/></xf><xf numFmtId="14"/><xf numFmtId="57"/>
<xf numFmtId="9"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
<dxfs><dxf><numFmt numFmtId="166" formatCode="yyyy"/><protection locked="0"/></dxf></dxfs></styleSheet>"""


def only(data: bytes) -> Sheet:
    """Return the single sheet of a workbook."""
    (sheet,) = read_package(data).sheets
    return sheet


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1"><v>12</v></c>', RawCell("n", "12", None, 0)),
        ('<c r="A1" s="3" t="n"><v>1.50</v></c>', RawCell("n", "1.50", None, 3)),
        ('<c r="A1" s="2"/>', RawCell("n", "", None, 2)),
        ('<c r="A1" t="s"><v>0</v></c>', RawCell("s", "一", None, 0)),
        ('<c r="A1" t="s"><v>1</v></c>', RawCell("s", "富文本", None, 0)),
        ('<c r="A1" t="s"><v>2</v></c>', RawCell("s", "12\r", None, 0)),
        ('<c r="A1" t="s"><v>3</v></c>', RawCell("s", " <&> ", None, 0)),
        ('<c r="A1" t="s"><v>4</v></c>', RawCell("s", "", None, 0)),
        ('<c r="A1" t="b"><v>1</v></c>', RawCell("b", "1", None, 0)),
        ('<c r="A1" t="e"><v>#REF!</v></c>', RawCell("e", "#REF!", None, 0)),
        ('<c r="A1" t="d"><v>2025-12-31</v></c>', RawCell("d", "2025-12-31", None, 0)),
        ('<c r="A1"><f>SUM(B1:C1)</f><v>7</v></c>', RawCell("n", "7", "SUM(B1:C1)", 0)),
        ('<c r="A1"><f aca="false">1&lt;2</f><v>7</v></c>', RawCell("n", "7", "1<2", 0)),
        ('<c r="A1" t="str"><f>A2</f><v>a_x005F_b</v></c>', RawCell("s", "a_b", "A2", 0)),
        ('<c r="A1"><f>A2</f></c>', RawCell("n", "", "A2", 0)),
        ('<c r="A1"><f>A2</f><v></v></c>', RawCell("n", "", "A2", 0)),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> 五 </t></is></c>', RawCell("s", " 五 ", None, 0)),
        ('<c r="A1" t="inlineStr"><is><r><t>五</t></r><r><t>件</t></r></is></c>', RawCell("s", "五件", None, 0)),
        ('<c r="A1"><v>1_000</v></c>', RawCell("n", "1_000", None, 0)),
    ],
)
def test_a_cell_is_what_the_file_says(cell: str, expected: RawCell) -> None:
    shared = strings(
        "<t>一</t>",
        "<r><t>富</t></r><r><rPr/><t>文本</t></r><rPh><t>フ</t></rPh>",
        "<t>12_x000D_</t>",
        '<t xml:space="preserve"> &lt;&amp;&gt; </t>',
        "<t/>",
    )

    sheet = only(book(f'<row r="1">{cell}</row>', shared=shared))

    if not expected.text and expected.formula is None:
        expected = expected._replace(type=sheet.cells["A1"].type)
    assert sheet.cells == {"A1": expected}


def test_rich_and_plain_shared_strings_keep_their_numbers() -> None:
    plain = strings("<t>a&amp;amp;b</t>", "<t>二</t>")
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'

    texts = [cell.text for cell in only(book(rows, shared=plain)).cells.values()]

    assert texts == ["a&amp;b", "二"]


def test_styles_tell_dates_percentages_and_open_cells() -> None:
    package = read_package(book("", styles=STYLES))

    assert package.styles == (
        StyleFacts(),
        StyleFacts(locked=False),
        StyleFacts(is_date=True),
        StyleFacts(is_date=True),
        StyleFacts(is_percent=True),
        StyleFacts(is_date=True),
        StyleFacts(is_percent=True),
        StyleFacts(),
    )
    assert package.style_of(RawCell("n", "1", None, 99)) == StyleFacts()


def test_what_stands_around_the_rows_is_read() -> None:
    xml = worksheet(
        '<row r="1" spans="1:2"/><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>',
        before='<dimension ref="A1:XFD1048576"/><cols><col min="2" max="3" hidden="1"/><col min="4" max="4"/></cols>',
        after='<sheetProtection sheet="1"/><mergeCells><mergeCell ref="A1:C1"/></mergeCells>',
    )

    sheet = only(zipped(parts({"表": xml}).items()))

    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == (range(2, 4),)
    assert sheet.merged == ("A1:C1",)
    assert sheet.protected


def test_the_areas_of_validation_are_read_and_no_others() -> None:
    around = (
        '<conditionalFormatting sqref="A1"/><dataValidations count="2"><dataValidation prompt="a&gt;b" sqref="E6 E8:F9"/>'
        '<dataValidation type="list" sqref="G1"><formula1>1</formula1></dataValidation></dataValidations>'
        '<ignoredErrors><ignoredError sqref="A1:Z99"/></ignoredErrors>'
    )

    sheets = [only(zipped(parts({"表": worksheet("", after=after)}).items())) for after in (around, "")]

    assert [sheet.validated for sheet in sheets] == [("E6 E8:F9", "G1"), ()]


def test_validation_is_not_looked_for_in_a_file_that_is_written_unusually() -> None:
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/></x:worksheet>'

    assert only(zipped(parts({"表": xml}).items())).validated is None


def test_the_workbook_tells_its_sheets_names_properties_and_epoch() -> None:
    package_parts = parts(
        {"一": worksheet(""), "二": worksheet(""), "三": worksheet("")},
        workbook='<workbookPr date1904="1"/><definedNames><definedName name="x">一!$A$1</definedName></definedNames>',
        styles=STYLES,
        custom='<Properties xmlns="c" xmlns:vt="v"><property name="form"><vt:lpwstr>a&amp;b</vt:lpwstr></property></Properties>',
    )
    workbook = str(package_parts["xl/workbook.xml"])
    package_parts["xl/workbook.xml"] = workbook.replace('sheetId="2"', 'sheetId="2" state="hidden"').replace(
        'sheetId="3"', 'sheetId="3" state="veryHidden"'
    )

    package = read_package(zipped(package_parts.items()))

    assert [(sheet.name, sheet.visibility) for sheet in package.sheets] == [
        ("一", Visibility.VISIBLE),
        ("二", Visibility.HIDDEN),
        ("三", Visibility.VERY_HIDDEN),
    ]
    assert package.names == {"x": "一!$A$1"}
    assert package.properties == {"form": "a&b"}
    assert package.styles[0].date1904


def test_a_shared_formula_is_written_out_in_every_cell() -> None:
    rows = (
        '<row r="2"><c r="B2"><f t="shared" ref="B2:B4" si="0">SUM(B1,$C$1,C$1,\'A1 x\'!A1,"A1",LOG10(A1))</f><v>1</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="4"><c r="C4"><f t="shared" si="0"></f><v>3</v></c></row>'
    )

    cells = only(book(rows)).cells

    assert cells["B3"].formula == "SUM(B2,$C$1,C$1,'A1 x'!A2,\"A1\",LOG10(A2))"
    assert cells["C4"].formula == "SUM(C3,$C$1,D$1,'A1 x'!B3,\"A1\",LOG10(B3))"


THREE = {
    "no references": "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
    "comment, CDATA, character reference": """<!-- --><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v><![CDATA[2]]></v></c></row>
        <row r="2"><c r="A2"><v>&#51;</v></c></row>""",
    "blanks between tags": """
        <row r="1"> <c r="A1"> <v>1</v> </c> <c r="B1"><v>2</v></c></row> <row r="2"><c r="A2"><v>3</v></c> </row>""",
}


@pytest.mark.parametrize(
    ("rows", "oddities"), list(zip(THREE.values(), [("no_references",), (), ()], strict=True)), ids=list(THREE)
)
def test_rows_that_no_usual_program_writes_are_read_all_the_same(rows: str, oddities: tuple[str, ...]) -> None:
    package = read_package(book(rows))

    assert {ref: cell.text for ref, cell in package.sheet("表").cells.items()} == {"A1": "1", "B1": "2", "A2": "3"}
    assert package.oddities == oddities


@pytest.mark.parametrize(
    ("cell", "oddities"),
    [
        ('<c r="A1" s="1" t="inlineStr"><is><t>五</t></is></c>', ()),
        ('<c r="A1" t="inlineStr"><is><r><t>五</t></r></is></c>', ("inline",)),
        ('<c r="A1" t="inlineStr"><is><t>五</t><t/></is></c>', ("inline",)),
    ],
)
def test_a_text_inside_its_cell_is_unusual_only_in_pieces(cell: str, oddities: tuple[str, ...]) -> None:
    package = read_package(book(f'<row r="1">{cell}</row>'))

    assert package.sheet("表").cells["A1"].text == "五"
    assert package.oddities == oddities


@pytest.mark.parametrize("cell", ['<c r="A1" t="inlineStr"><v>5</v></c>', '<c r="A1" t="str"><is><t>6</t></is></c>'])
def test_what_stands_where_the_type_does_not_say_is_nothing(cell: str) -> None:
    assert only(book(f'<row r="1">{cell}</row>')).cells["A1"].text == ""


def test_prefixed_tags_and_the_strict_namespace_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    xml = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>B1</x:f><x:v>5</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )

    package = read_package(zipped(parts({"表": xml}).items()))

    assert package.sheet("表").cells == {"A1": RawCell("n", "5", "B1", 0)}
    assert package.oddities == ("prefixed", "strict")


def test_the_strict_namespace_is_told_of_a_sheet_that_is_else_as_usual() -> None:
    xml = worksheet('<row r="1"><c r="A1"><v>5</v></c></row>').replace(
        MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )

    package = read_package(zipped(parts({"表": xml}).items()))

    assert package.sheet("表").cells["A1"].text == "5"
    assert package.oddities == ("strict",)


def test_rows_in_several_stretches_are_all_read() -> None:
    one, two = (f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 2))

    sheets = [
        only(zipped(parts({"表": xml}).items()))
        for xml in (worksheet(one, before="<sheetData/>"), worksheet(one, after=f"<sheetData>{two}</sheetData>"))
    ]

    assert [list(sheet.cells) for sheet in sheets] == [["A1"], ["A1", "A2"]]


def test_a_sheet_is_protected_wherever_that_is_said() -> None:
    on, off = (f'<sheetProtection sheet="{said}"/>' for said in (1, 0))

    sheets = [
        only(zipped(parts({"表": worksheet("", before=before, after=after)}).items()))
        for before, after in ((on, ""), (on, off), ("", on), ("", on + off), (off, ""))
    ]

    assert [sheet.protected for sheet in sheets] == [True, True, True, True, False]


def test_parts_in_other_encodings_and_with_a_byte_order_mark_are_read() -> None:
    row = '<row r="1"><c r="A1" t="str"><v>五</v></c></row>'
    utf16 = worksheet(row).replace("UTF-8", "UTF-16").encode("utf-16")
    marked = b"\xef\xbb\xbf" + worksheet(row).encode()
    latin = worksheet('<row r="1"><c r="A1" t="str"><v>é</v></c></row>').replace("UTF-8", "ISO-8859-1")

    package_parts = parts({"一": "", "二": "", "三": "", "四": ""})
    written = (utf16, marked, latin.encode("latin-1"), latin.encode())
    package_parts |= dict(zip([f"xl/worksheets/s{n}.xml" for n in range(4)], written, strict=True))
    package = read_package(zipped(package_parts.items()))

    assert [sheet.cells["A1"].text for sheet in package.sheets] == ["五", "五", "é", "Ã©"]


def test_active_content_is_told() -> None:
    package_parts = parts({"表": worksheet("")})
    extra = ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin")

    package = read_package(zipped([*package_parts.items(), *((name, b"") for name in extra)]))

    assert package.active == ("F-MACROS", "F-EXTERNAL-LINKS", "F-EMBEDDED")


DTD = '<!DOCTYPE x [<!ENTITY a "b">]>'


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/worksheets/s0.xml", DTD + worksheet("").removeprefix(DECLARATION), "F-DTD"),
        ("xl/workbook.xml", f"{DTD}<workbook/>", "F-DTD"),
        ("xl/sharedStrings.xml", f"{DTD}<sst/>", "F-DTD"),
        ("xl/worksheets/s0.xml", (DTD + worksheet("").removeprefix(DECLARATION)).encode("utf-16"), "F-DTD"),
        ("xl/worksheets/s0.xml", worksheet("")[:-5], "F-DAMAGED"),
        ("xl/worksheets/s0.xml", "<html/>", "F-DAMAGED"),
        ("xl/worksheets/s0.xml", worksheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), "F-DAMAGED"),
        ("xl/worksheets/s0.xml", worksheet('<row r="1"><c r="1A"><v>9</v></c></row>'), "F-DAMAGED"),
        ("xl/worksheets/s0.xml", worksheet('<row r="1"><c r="A1"/><c r="A1"/></row>'), "F-DUPLICATE-CELL"),
        ("xl/worksheets/s0.xml", worksheet('<row r="1"><c r="A1"/></row>' + "<row><c r='A1'/></row>"), "F-DUPLICATE-CELL"),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}"><sheets/></workbook>', "F-NO-SHEETS"),
        ("xl/workbook.xml", '<workbook xmlns:r="r"><sheet name="a" r:id="s0"/><sheet name="A" r:id="s0"/></workbook>',
         "F-DUPLICATE-SHEET"),
        ("xl/workbook.xml", '<workbook xmlns:r="r"><sheet name="a" r:id="s7"/></workbook>', "F-DAMAGED"),
        ("xl/styles.xml", "<styleSheet>" + "<a/>" * 200_001 + "</styleSheet>", "F-TOO-COMPLEX"),
        ("xl/sharedStrings.xml", strings(*["<t>a</t>"] * 200_001), "F-TOO-COMPLEX"),
        ("xl/sharedStrings.xml", strings(*["<r><t>a</t></r>"] * 200_001), "F-TOO-COMPLEX"),
    ],
)  # fmt: skip
def test_a_bad_part_refuses_the_file(part: str, content: str | bytes, code: str) -> None:
    package_parts = parts({"表": worksheet("")}, shared=strings(), styles=STYLES) | {part: content}

    with pytest.raises(PackageError) as raised:
        _ = read_package(zipped(package_parts.items()), limits=Limits(ratio=10_000)).sheets

    assert raised.value.reason.code == code


def test_a_refusal_names_the_sheet() -> None:
    data = book('<row r="1"><c r="A1"/><c r="A1"/></row>')

    with pytest.raises(PackageError) as raised:
        only(data)

    assert raised.value.reason.message("zh") == (
        "工作表（表）里同一个单元格出现了两次，无法判断以哪个为准。 请用 WPS 或 Excel 打开，核对后另存为 .xlsx。"
    )


def test_empty_cells_beyond_the_limit_are_passed_over_and_filled_ones_refused() -> None:
    limits = Limits(cells=20_000)
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1, 100_001))
    filled = '<row r="200000"><c r="A200000"><v>7</v></c></row>'
    too_many = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 40_002))

    sheet = read_package(book(blanks + filled), limits=limits).sheet("表")

    assert sheet.cells["A200000"].text == "7"
    with pytest.raises(PackageError) as raised:
        read_package(book(too_many), limits=limits).sheet("表")
    assert raised.value.reason.code == "F-TOO-MANY-CELLS"


@pytest.mark.parametrize("odd", ["", "<!-- a comment -->"])
def test_a_sheet_of_many_pieces_is_read_whole(odd: str) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="str"><v>文字 {n}</v></c></row>'
        for n in range(1, 40_001)
    )

    cells = only(book(rows[:100] and odd + rows)).cells

    assert len(cells) == 80_000
    assert cells["A40000"].text == "40000"
    assert cells["B12345"].text == "文字 12345"


def test_rows_inside_a_comment_are_never_read() -> None:
    hidden = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 80_000))

    cells = only(book(f'<row r="1"><c r="A1"><v>1</v></c></row><!-- {hidden} -->')).cells

    assert list(cells) == ["A1"]


def test_a_comment_before_the_rows_hides_nothing() -> None:
    xml = worksheet(
        '<row r="1"><c r="A1"><v>2</v></c></row>', before='<!--<sheetData><row r="1"><c r="A1"><v>1</v></c></row>-->'
    )

    assert only(zipped(parts({"表": xml}).items())).cells["A1"].text == "2"


ROWS = (
    '<row r="1" spans="1:4" ht="20.5"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="2"/><c r="C1"><f>A1&amp;B1</f><v>3</v></c>'
    '</row><row r="2" hidden="1"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="str"><f t="shared" ref="B2:B3" si="1">A1</f>'
    '<v>a &lt; 五</v></c></row><row r="3"/><row r="4"><c r="B4"><f t="shared" si="1"/><v>2</v></c></row>'
    '<row r="5"><c r="A5" s="1" t="inlineStr"><is><t>a&gt;b</t></is></c><c r="B5" t="inlineStr"/><c r="C5" t="n"><v/></c></row>'
)
INSERTED = ["<", ">", "/", '"', "&", "&amp;", "&#49;", "<!--", "-->", "]]>", "\r", "\n", " ", ".", "\x01", "\ufffe", "A", "1",
            "</row>", "<row>", '<row r="9">', '<c r="Z9"/>', '<c r="Z8"><v>1</v></c>', "<v>", "</v>", "</c>", "<f/>", "<f>",
            "</f>", "<is>", "<t>", "<v/>", "</is>", ' t="inlineStr"', "<is><t>c</t></is>", "<![CDATA[", "x:", ' s="3"', ' t="s"', " cm='1'", "_x0041_", ";"]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(0, len(ROWS)), st.integers(0, 8), st.sampled_from(["", *INSERTED])),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=1000, deadline=None)
def test_the_quick_way_reads_what_the_slow_way_reads(edits: list[tuple[int, int, str]]) -> None:
    rows = ROWS
    for at, removed, inserted in edits:
        rows = rows[:at] + inserted + rows[at + removed :]
    texts = {"0": "一", "1": "二"}

    quick = refused(lambda: _quick_rows(rows.encode(), texts, _Kinds(), 100))

    assert quick is None or quick == refused(lambda: slowly(worksheet(rows), texts).rows())


STRINGS = strings(
    "<t>a</t>",
    '<r><rPr><b/><sz val="11"/></rPr><t xml:space="preserve">富 </t></r><r><t>文&lt;</t></r>',
    "<t/>",
    "<r><t/></r>",
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(STRINGS)),
            st.integers(0, 8),
            st.sampled_from(
                ["", "<r>", "</r>", "<rPr>", "</rPr>", "<rPh><t>b</t></rPh>", "<si>", "</si>", "<u/>", *INSERTED]
            ),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=1000, deadline=None)
def test_the_quick_way_reads_the_strings_that_the_slow_way_reads(edits: list[tuple[int, int, str]]) -> None:
    xml = STRINGS
    for at, removed, inserted in edits:
        xml = xml[:at] + inserted + xml[at + removed :]
    slow = _Strings(100)

    quick = _quick_strings(xml.encode())

    if quick is not None:
        slow.parse(xml.encode())
        assert quick == slow.texts


REFUSED = "refused"


def refused(read: Callable[[], _Rows | _Frame | None]) -> object:
    """Read something; any refusal is the same as any other."""
    try:
        found = read()
    except (PackageError, ExpatError, LookupError, ValueError) as fault:
        assume(getattr(fault, "code", 0) != codes[XML_ERROR_DUPLICATE_ATTRIBUTE])  # in a row's tag, it is overlooked
        return REFUSED
    if isinstance(found, _Rows):
        blank_is_blank = {ref: cell if cell.text or cell.formula else cell.style for ref, cell in found.cells.items()}
        return blank_is_blank, found.hidden
    return found


def slowly(xml: str, texts: Mapping[str, str]) -> _SheetReader:
    """Read a worksheet tag by tag."""
    reader = _SheetReader("表", texts, Limits())
    reader.feed(xml.encode())
    reader.close()
    return reader


BEGIN, END = "<worksheet><sheetData></sheetData>", "<sheetData></sheetData></worksheet>"
HEAD = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr/><cols><col min="2" max="3" hidden="1"/></cols>'
TAIL = (
    '<sheetProtection sheet="1"/><mergeCells><mergeCell ref="A1:C1"/></mergeCells><pageSetup orientation="landscape"/>'
)
AROUND = ["<", ">", "/", '"', "<!--", "-->", "<!-- -->", "<?x", "?>", "<![CDATA[", "]]>", "<sheetData>", "</sheetData>",
          "<sheetData/>", "<worksheet>", "</worksheet>", "x:", '<col hidden="1"/>', '<mergeCell ref="D1:E1"/>',
          '<row r="9"><c r="Z9"><v>9</v></c></row>', "&#1;", "&amp;", "\x01", "<!DOCTYPE x>", "<hyperlinks>"]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, len(TAIL)), st.integers(0, 12), st.sampled_from(["", *AROUND])),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=1000, deadline=None)
def test_what_stands_around_the_rows_is_read_alike_in_both_ways(edits: list[tuple[bool, int, int, str]]) -> None:
    sides = [HEAD, TAIL + "</worksheet>"]
    for is_after, at, removed, inserted in edits:
        sides[is_after] = sides[is_after][:at] + inserted + sides[is_after][at + removed :]
    sheet = "<sheetData></sheetData>".join(sides)

    before, after = _side((sides[0] + END).encode()), _side((BEGIN + sides[1]).encode())

    if before and after:
        assert replace(before.joined(after), validated=None) == refused(lambda: slowly(sheet, {}).frame())


def test_what_one_file_said_is_never_taken_for_what_another_says() -> None:
    said = []
    for hidden, sheet, merged, formula in (
        ("1", "1", "A1:C1", "A2"),
        ("0", "1", "A1:C1", "A3"),
        ("1", "0", "A1:C2", "A2"),
    ):
        rows = f'<row r="1" hidden="{hidden}"><c r="A1"><f>{formula}</f><v>1</v></c></row>'
        after = f'<sheetProtection sheet="{sheet}"/><mergeCells><mergeCell ref="{merged}"/></mergeCells>'
        read = only(zipped(parts({"表": worksheet(rows, after=after)}).items()))
        said.append((len(read.hidden_rows), read.protected, read.merged, read.cells["A1"].formula))

    assert said == [
        (1, True, ("A1:C1",), "A2"),
        (0, True, ("A1:C1",), "A3"),
        (1, False, ("A1:C2",), "A2"),
    ]


def test_what_is_remembered_does_not_grow() -> None:
    asked: list[str] = []

    @remember(2, up_to=3)
    def doubled(text: str) -> str:
        asked.append(text)
        return 2 * text

    given_back = [doubled(text) for text in ("a", "a", "long", "long", "b", "c", "a")]

    assert given_back == ["aa", "aa", "longlong", "longlong", "bb", "cc", "aa"]
    assert asked == ["a", "long", "long", "b", "c", "a"]


def real_workbook() -> bytes:
    packed = BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("表")
        sheet.protect()
        sheet.write_row("A1", ["单位", 3, 2.5, True, "a<b&c", "a\nb", " 空 格 "])
        sheet.write_formula("A2", "=SUM(B1:C1)", None, 5.5)
        sheet.write_formula("B2", '=IF(B1>2,"是","否")', None, "是")
    return packed.getvalue()


def test_what_xlsxwriter_writes_and_openpyxl_saves_again_is_the_same() -> None:
    original = real_workbook()
    saved = BytesIO()
    openpyxl.load_workbook(BytesIO(original)).save(saved)

    first, second = read_package(original), read_package(saved.getvalue())

    assert first.sheet("表").cells["A1"] == RawCell("s", "单位", None, 0)
    assert first.sheet("表").cells["A2"] == RawCell("n", "5.5", "SUM(B1:C1)", 0)
    assert first.sheet("表").protected
    typed = [ref for ref, cell in first.sheet("表").cells.items() if cell.formula is None]
    assert len(typed) == 7
    assert all(second.sheet("表").cells[ref][:3] == first.sheet("表").cells[ref][:3] for ref in typed)


def test_a_damaged_file_raises_nothing_but_a_package_error() -> None:
    original = real_workbook()
    chance = random.Random(7)  # noqa: S311 (damage need not be secret)

    for _ in range(400):
        damaged = bytearray(original)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(PackageError):
            _ = read_package(bytes(damaged)).sheets


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16_384)])
def test_columns_are_counted_and_named(letters: str, number: int) -> None:
    assert column_number(letters) == number
    assert column_letters(number) == letters
