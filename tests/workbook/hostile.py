"""Files that were made to do harm, or that no honest program would write, made anew for every run.

Each is a workbook of ours with one part changed, so that it goes as far as it can get, and each of those that are so
large that their packing gives them away is there a second time, with noise in it, packed just as little as is allowed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tests.workbook.crafted import DECLARATION, MAIN
from tests.workbook.ole2 import biff, number, ole2, record
from tests.workbook.packing import Member, Packed, members_of, noise, repeat, said, zip_of
from tests.workbook.returned import FILLED, issued, where

KEY, EMPTY = "requests.new.natural", "requests.denied_secret.natural"
SHEET, CELL = where(KEY)
#: The part that holds the sheet on which that answer stands.
PART = "xl/worksheets/sheet4.xml"
STRINGS, STYLES, WORKBOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"

#: What an unharmed workbook says; a huge one that is honest must say it too.
ANSWERS = {key: str(value) for key, value in FILLED.items()}

_HEAD = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
_TAIL = b"</sheetData></worksheet>"
_STRINGS_HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="{MAIN}">'.encode()
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what must become of it.

    Attributes:
        refused: the code of the refusal; empty where it is read, with all the answers above.
        told: the codes of what is told, each once.
        loses: the table whose answers are not found, as is told.
    """

    name: str
    make: Callable[[], bytes]
    refused: str = ""
    told: tuple[str, ...] = ()
    suffix: str = "xlsx"
    loses: str = ""


@cache
def honest() -> dict[str, bytes]:
    """Return the parts of a workbook of ours, filled in."""
    return members_of(issued())


def with_part(content: Member, part: str = PART) -> bytes:
    """Put something in the place of a part."""
    return zip_of({**honest(), part: content})


def more_rows(*rows: bytes) -> bytes:
    """Write more rows below those of the sheet."""
    head, end, tail = honest()[PART].partition(b"</sheetData>")
    return with_part(b"".join([head, *rows, end, tail]))


def behind(before: bytes, inserted: bytes, part: str = PART) -> bytes:
    """Put something in a part, before a tag that stands there."""
    head, tag, tail = honest()[part].partition(before)
    assert tag
    return with_part(head + inserted + tag + tail, part)


def rows_of(unit: bytes, count: int, noisy: int = 0) -> bytes:
    """Make a sheet of one thing so many times, with so much noise behind."""
    return with_part(repeat(unit, count, _HEAD, _TAIL + _noise(noisy)))


def _noise(size: int) -> bytes:
    return b"<!--" + noise(size) + b"-->" if size else b""


def strings_of(unit: bytes, count: int, noisy: int = 0, head: bytes = b"", tail: bytes = b"") -> bytes:
    """Make a table of shared strings of one thing so many times."""
    return with_part(repeat(unit, count, _STRINGS_HEAD + head, tail + _noise(noisy) + b"</sst>"), STRINGS)


def styles_of(unit: bytes, count: int, noisy: int = 0) -> bytes:
    head, tail = f'<styleSheet xmlns="{MAIN}"><cellXfs>'.encode(), b"</cellXfs>" + _noise(noisy) + b"</styleSheet>"
    return with_part(repeat(unit, count, head, tail), STYLES)


def many(before: bytes, unit: bytes, count: int, part: str = PART, around: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    """Put one thing so many times in a part, before a tag that stands there."""
    head, tag, tail = honest()[part].partition(before)
    assert tag
    noisy = _noise(len(unit) * count // 40)
    return with_part(repeat(unit, count, head + around[0], around[1] + noisy + tag + tail), part)


def numbered(template: bytes, numbers: Iterable[int]) -> bytes:
    """Write something for each number, which stands for every `~` in it."""
    return b"".join(template.replace(b"~", b"%d" % n) for n in numbers)


def styled_rows() -> bytes:
    """Make 200 MB of empty rows, each with a style of its own, to the last row that there is."""
    more = b' ht="14.25" customHeight="1" thickTop="0" thickBot="0" outlineLevel="0" collapsed="0" hidden="0" ph="0"'
    row = b'<row r="~" spans="1:25" s="12" customFormat="1"' + more + b' dyDescent="0.15"></row>'
    return more_rows(numbered(row, range(200, 1_048_577)))


def styled_cells() -> bytes:
    """Make 100 MB of empty cells with a style."""
    cells = b"".join(b'<c r="%c~" s="12"/>' % letter for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return more_rows(numbered(b'<row r="~" spans="1:26">' + cells + b"</row>", range(200, 160_000)))


def filled_row() -> bytes:
    """Fill a row to the last column that there is."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    columns = [bytes([a]) for a in letters] + [bytes([a, b]) for a in letters for b in letters]
    columns += [bytes([a, b, c]) for a in letters[:24] for b in letters for c in letters]
    cells = b"".join(b'<c r="%b200" s="1"/>' % column for column in columns[:16_384])
    return more_rows(b'<row r="200">' + cells + b"</row>")


# ── zips ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def overlapping() -> bytes:
    """Have two members share their bytes."""
    content = repeat(b" ", 900_000)
    at = zip_of(honest()).index(b"PK\1\2")
    return zip_of([*honest().items(), ("a.bin", content), ("b.bin", said(content, offset=at))])


def in_zips(data: bytes, levels: int) -> bytes:
    for level in range(levels):
        data = zip_of({f"{level}.zip" if level else "a.xlsx": data})
    return data


def many_large() -> bytes:
    """Make thirteen members of 19 MB, none of them packed too small."""
    members = [(f"xl/media/{n}.bin", repeat(b" ", 19_000_000, tail=noise(400_000, n))) for n in range(13)]
    return zip_of([*honest().items(), *members])


def shared_sheet() -> bytes:
    """Have the second sheet be the part of the third."""
    workbook = honest()[WORKBOOK].replace(b'r:id="rId2"', b'r:id="rId3"')
    return with_part(workbook, WORKBOOK)


def renamed_sheet() -> bytes:
    """Give the second sheet the name of the third."""
    name = "二、主动公开".encode()
    return with_part(honest()[WORKBOOK].replace('name="封面"'.encode(), b'name="' + name + b'"'), WORKBOOK)


def many_sheets() -> bytes:
    """List 30,000 sheets, all of the same part."""
    each = numbered(b'<sheet name="s~" sheetId="~" r:id="rId3"/>', range(100, 30_100))
    return behind(b"</sheets>", each, WORKBOOK)


# ── texts that take long to look at ──────────────────────────────────────────────────────────────────────────────────


def typed(inside: bytes, kind: bytes = b"str") -> bytes:
    """Type something into an answer that is empty."""
    place, style = f'<c r="{where(EMPTY)[1]}"'.encode(), b' t="%b"' % kind
    head, tag, tail = honest()[PART].partition(place)
    attributes, _, tail = tail.partition(b"/>")
    assert tag
    return with_part(head + tag + attributes + style + b">" + inside + b"</c>" + tail)


def same_cell_twice() -> bytes:
    """Say an answer a second time, by another name of its cell."""
    return more_rows(b'<row r="200"><c r="%b0%b"><v>9</v></c></row>' % (CELL[:1].encode(), CELL[1:].encode()))


def text_rows(text: bytes, count: int, column: bytes = b"AA") -> bytes:
    """Write one text into many cells below each other."""
    cell = b'<row r="~"><c r="%b~" t="str"><v>%b</v></c></row>' % (column, text)
    return more_rows(numbered(cell, range(200, 200 + count)))


def unmarked(data: bytes) -> bytes:
    """Take the hidden marks and keys away, so that everything is looked for by its label."""
    parts = members_of(data)
    parts[STRINGS] = parts[STRINGS].replace(b"#tianbao", b"x").replace(b"<t>#", b"<t>x")
    parts[STRINGS] = parts[STRINGS].replace(b"<t>requests.", b"<t>r ").replace(b"<t>art20", b"<t>a ")
    return zip_of({name: part for name, part in parts.items() if name != "docProps/custom.xml"})


def shared_text() -> bytes:
    """Let 50,000 cells share a text of 90,000 characters."""
    parts = dict(honest())
    parts[STRINGS] = parts[STRINGS].replace(b"</sst>", b"<si><t>" + b"a-" * 45_000 + b"</t></si></sst>")
    index = parts[STRINGS].count(b"<si>") - 1
    head, end, tail = parts[PART].partition(b"</sheetData>")
    rows = numbered(b'<row r="~"><c r="AA~" t="s"><v>%d</v></c></row>' % index, range(200, 50_200))
    return zip_of({**parts, PART: head + rows + end + tail})


def shared_formula() -> bytes:
    """Let 50,000 cells share a formula of 8,000 characters."""
    master = b'<row r="200"><c r="AA200"><f t="shared" ref="AA200:AA50200" si="0">%b1</f></c></row>' % (b"A1+" * 2_700)
    return more_rows(
        master, numbered(b'<row r="~"><c r="AA~"><f t="shared" si="0"/><v>1</v></c></row>', range(201, 50_200))
    )


def number_format() -> bytes:
    """Write a number format of 900,000 brackets."""
    code = b'<numFmt numFmtId="999" formatCode="%b"/></numFmts>' % (b"[" * 900_000)
    styles = honest()[STYLES].replace(b"</numFmts>", code).replace(b"</cellXfs>", b'<xf numFmtId="999"/></cellXfs>')
    return with_part(styles, STYLES)


def odd_and_wide() -> bytes:
    """Write 20,000 cells in the last column, and one text so that another reader is asked."""
    cells = numbered(b'<row r="~"><c r="XFD~"><v>1</v></c></row>', range(201, 20_201))
    return more_rows(b'<row r="200"><c r="AA200" t="inlineStr"><is><t>x</t></is></c></row>', cells)


# ── XML ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>',
    "a long entity said often": f'<!DOCTYPE x [<!ENTITY a9 "{"a" * 50_000}">]>',
    "an external entity": '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>',
    "an external DTD": '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
}


def with_doctype(doctype: str, part: str, encoding: str = "utf-8") -> bytes:
    """Declare something in a part, and name it where its text is."""
    text = honest()[part].decode().removeprefix('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>').lstrip()
    declared = f'<?xml version="1.0" encoding="{encoding}"?>\n{doctype}{text}'
    return with_part(declared.replace("</worksheet>", "&a9;</worksheet>").encode(encoding), part)


def nested(part: str, head: bytes, tag: bytes = b"<a>") -> bytes:
    return with_part(repeat(tag, 4_000_000, head, noise(400_000)), part)


def attributes(count: int) -> bytes:
    """Write a tag of so many attributes."""
    each = numbered(b' a~=""', range(count))
    return with_part(f'{DECLARATION}<worksheet xmlns="{MAIN}"'.encode() + each + b"/>")


# ── OpenDocument ─────────────────────────────────────────────────────────────────────────────────────────────────────


def ods(rows: bytes | Packed, doctype: bytes = b"", noisy: int = 0) -> bytes:
    spaces = " ".join(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "table", "text")).encode()
    head = doctype + b"<office:document-content %b><office:body><office:spreadsheet>" % spaces
    tail = b"</office:spreadsheet></office:body></office:document-content>"
    table = b'<table:table table:name="a">%b</table:table>'
    content = rows if isinstance(rows, Packed) else head + table % rows + _noise(noisy) + tail
    return zip_of({"mimetype": _ODS, "content.xml": content})


_ODS_ROW = b'<table:table-row table:number-rows-repeated="%d">%b</table:table-row>'
_ODS_CELL = (
    b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="%d"><text:p>1</text:p>'
    b"</table:table-cell>"
)


def ods_nested() -> bytes:
    head = f'<office:document-content xmlns:office="{_OASIS}:office:1.0"><office:body>'.encode()
    return ods(repeat(b"<a>", 4_000_000, head, noise(400_000)))


def ods_hidden() -> bytes:
    row = _ODS_ROW % (1_048_576, b"<table:table-cell/>")
    return ods(row.replace(b"<table:table-row", b'<table:table-row table:visibility="collapse"') * 2_000)


def ods_shared_text() -> bytes:
    cell = b'<table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>%b</text:p>'
    return ods(_ODS_ROW % (100, cell % (b"a-" * 40_000) + b"</table:table-cell>"))


def ods_formula() -> bytes:
    cell = b'<table:table-cell office:value-type="float" office:value="1" table:formula="of:=%b"/>'
    return ods(_ODS_ROW % (1, cell % (b"[" * 400_000) + cell % (b"[." + b"a" * 400_000 + b"]")))


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_MAIL = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
_MIXED = b'Content-Type: multipart/mixed; boundary="%b"\r\n\r\n'
_FILE = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n%b\r\nAAAA\r\n"


def mail_of(*parts: bytes) -> bytes:
    return _MAIL + _MIXED % b"b" + b"".join(b"--b\r\n%b\r\n" % part for part in parts) + b"--b--\r\n"


def mail_in_mails(levels: int) -> bytes:
    return _MAIL + b"".join(_MIXED % (b"%d" % n) + b"--%d\r\n" % n for n in range(levels)) + b"\r\nx\n" * 400_000


def forwarded(levels: int) -> bytes:
    return (_MAIL + b"Content-Type: message/rfc822\r\n\r\n") * levels + b"x\n" * 100_000


def quoted_header() -> bytes:
    """Attach files whose headers are a quote that never ends, and what takes long to look for in it."""
    file = _FILE % (b'Content-Disposition: attachment; x="' + b";" * 60_000 + b"\r\n")
    return mail_of(*[file] * 90)


def delivery_reports() -> bytes:
    return _MAIL + b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\n\n" * 5_000_000


# ── OLE2 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_XLS = ole2(biff(number(0, 0)))
_FAT, _DIRECTORY = 512, 1024


def patched(at: int, layout: str, *values: int) -> bytes:
    data = bytearray(_XLS)
    struct.pack_into(layout, data, at, *values)
    return bytes(data)


def blank_rows() -> bytes:
    """Make all the empty cells that an .xls can have."""
    rows = (record(0xBE, struct.pack("<HH", row, 0) + bytes(512) + struct.pack("<H", 255)) for row in range(65_536))
    return ole2(biff(b"".join(rows)))


# ── all of them ──────────────────────────────────────────────────────────────────────────────────────────────────────

ARCHIVES = [
    Case("1 GiB of blanks", lambda: rows_of(b" ", 1 << 30), "F-ZIP-BOMB"),
    Case("190 MB of blanks in noise", lambda: rows_of(b" ", 190_000_000, 4_000_000), "F-TOO-COMPLEX"),
    Case("a string of 1 GiB", lambda: strings_of(b"x", 1 << 30, 0, b"<si><t>", b"</t></si>"), "F-ZIP-BOMB"),
    Case(
        "a string of 19 MB in noise",
        lambda: strings_of(b"x", 19_000_000, 400_000, b"<si><t>", b"</t></si>"),
        "F-TOO-COMPLEX",
    ),
    Case("a member that is larger than it says", lambda: with_part(said(repeat(b" ", 1 << 30), size=9_000)), "F-DAMAGED"),
    Case("a member that is smaller than it says", lambda: with_part(said(honest()[PART], size=900_000)), "F-DAMAGED"),
    Case(
        "a file in a zip that is larger than it says",
        lambda: zip_of({"a.xlsx": said(repeat(b"x", 1 << 30), size=9_000)}),
        "F-TRUNCATED",
        suffix="zip",
    ),
    Case("members that lie in each other", overlapping, "F-ZIP-BOMB"),
    Case("2,001 members", lambda: zip_of((f"{n}", "") for n in range(2_001)), "F-ZIP-BOMB"),
    Case("40,000 members", lambda: zip_of((f"{n}", Packed(b"", 0, 0)) for n in range(40_000)), "F-ZIP-BOMB"),
    Case("250 MB in thirteen members", many_large, "F-ZIP-BOMB"),
    Case("a workbook in zips in zips", lambda: in_zips(issued(), 3), "F-NESTED", suffix="zip"),
    Case("101 files", lambda: zip_of((f"{n}.xlsx", "") for n in range(101)), "F-TOO-MANY-FILES", suffix="zip"),
    Case("a file of 190 MB in a zip", lambda: zip_of({"a": repeat(b" ", 190_000_000, b"", noise(4_000_000))}), "F-TOO-BIG",
         suffix="zip"),
    Case("the same part twice", lambda: zip_of([*honest().items(), (PART, honest()[PART])]), "F-DUPLICATE-MEMBER"),
    Case("two sheets of one part", shared_sheet, "F-DAMAGED"),
    Case("30,000 sheets of one part", many_sheets, "F-DAMAGED"),
    Case("two sheets of one name", renamed_sheet, "F-DUPLICATE-SHEET"),
]  # fmt: skip

SHEETS = [
    Case("20 million empty rows", lambda: rows_of(b"<row/>", 20_000_000), "F-ZIP-BOMB"),
    Case("20 million empty rows in noise", lambda: rows_of(b"<row/>", 20_000_000, 3_000_000), "F-TOO-COMPLEX"),
    Case("14 million rows of one number", lambda: rows_of(b'<row r="1"/>', 14_000_000, 4_000_000), "F-TOO-COMPLEX"),
    Case("25 million cells", lambda: rows_of(b"<c><v>1</v></c>", 25_000_000), "F-ZIP-BOMB"),
    Case("12 million cells in noise", lambda: rows_of(b"<row><c><v>1</v></c></row>", 7_000_000, 4_000_000), "F-TOO-COMPLEX"),
    Case(
        "400,000 cells as usual",
        lambda: more_rows(numbered(b'<row r="~"><c r="A~"><v>1</v></c><c r="B~"><v>1</v></c></row>', range(200, 200_200))),
        "F-TOO-MANY-CELLS",
    ),
    Case("5 million shared strings", lambda: strings_of(b"<si/>", 5_000_000), "F-ZIP-BOMB"),
    Case("3 million shared strings in noise", lambda: strings_of(b"<si/>", 3_700_000, 400_000), "F-TOO-COMPLEX"),
    Case("1 million shared strings as usual", lambda: strings_of(b"<si><t/></si>", 1_400_000, 400_000), "F-TOO-COMPLEX"),
    Case("1 million styles", lambda: styles_of(b"<xf/>", 1_000_000), "F-ZIP-BOMB"),
    Case("1 million styles in noise", lambda: styles_of(b"<xf/>", 1_000_000, 100_000), "F-TOO-COMPLEX"),
    Case("500,000 defined names", lambda: many(b"<definedName ", b'<definedName name="n">1</definedName>', 500_000, WORKBOOK), "F-TOO-COMPLEX"),
    Case(
        "500,000 conditional formats",
        lambda: many(
            b"<dataValidations",
            b'<conditionalFormatting sqref="A1"><cfRule type="cellIs"/></conditionalFormatting>',
            500_000,
        ),
        "F-TOO-COMPLEX",
    ),
    Case("500,000 validations", lambda: many(b"</dataValidations>", b'<dataValidation sqref="A1"/>', 500_000), "F-TOO-COMPLEX"),
    Case("500,000 merged areas", lambda: many(b"</mergeCells>", b'<mergeCell ref="A1:B2"/>', 500_000), "F-TOO-COMPLEX"),
    Case(
        "500,000 links",
        lambda: many(b"<printOptions", b'<hyperlink ref="A1" location="B1"/>', 500_000, PART, (b"<hyperlinks>", b"</hyperlinks>")),
        "F-TOO-COMPLEX",
    ),
    Case("tags in tags before the rows", lambda: nested(PART, f'<worksheet xmlns="{MAIN}">'.encode()), "F-TOO-COMPLEX"),
    Case("tags in tags among the rows", lambda: nested(PART, _HEAD), "F-TOO-COMPLEX"),
    Case(
        "tags in tags behind the rows",
        lambda: nested(PART, _HEAD + b"</sheetData><conditionalFormatting>"),
        "F-TOO-COMPLEX",
    ),
    Case("tags in tags in the styles", lambda: nested(STYLES, f'<styleSheet xmlns="{MAIN}">'.encode()), "F-TOO-COMPLEX"),
    Case("a million attributes", lambda: attributes(1_000_000), "F-TOO-COMPLEX"),
    Case("a comment of 19 MB", lambda: with_part(_HEAD + _TAIL + _noise(19_900_000)), "F-TOO-COMPLEX"),
    Case("a text in 50,000 cells", shared_text, "F-TOO-COMPLEX"),
    Case("a formula in 50,000 cells", shared_formula, "F-TOO-COMPLEX"),
    Case("the same cell twice", lambda: more_rows(b'<row r="200"><c r="A200"/><c r="A200"/></row>'), "F-DUPLICATE-CELL"),
    Case("one cell by two names", same_cell_twice, "F-DAMAGED"),
    Case("30,000 key rows", lambda: text_rows(b"#requests", 30_000), "F-TOO-COMPLEX"),
    Case("one key in 30,000 rows", lambda: text_rows(b"requests.new", 30_000, b"A"), "F-TOO-COMPLEX"),
]  # fmt: skip

_BLANKS = b" " * 90_000
#: What is told of a workbook that has lost its marks and its keys.
_BY_LABELS = ("R-ALTERED", "R-BY-LABELS", "R-LOCKED", "R-MARK-CELL", "R-MARK-PROPERTY")
TEXTS = [
    Case("a number format of brackets", number_format),
    Case("blanks between two numbers", lambda: typed(b"<v>1" + _BLANKS + b"2</v>"), told=("V-UNREADABLE",)),
    Case("90,000 digits", lambda: typed(b"<v>" + b"1" * 90_000 + b"</v>", b"n"), told=("V-TOO-LARGE",)),
    Case("90,000 Chinese digits", lambda: typed("<v>{}</v>".format("一" * 90_000).encode()), told=("V-UNREADABLE",)),
    Case("a formula of brackets", lambda: typed(b"<f>" + b"[a]" * 30_000 + b"</f><v>1</v>", b"n"), told=("V-FORMULA",)),
    Case("a unit line of blanks", lambda: unmarked(text_rows("填报单位：-".encode() + _BLANKS, 10)),
         told=(*_BY_LABELS, "R-BESIDE")),
    Case("9,000 labels of one name", lambda: unmarked(text_rows("其他".encode(), 9_000)),
         told=(*_BY_LABELS, "R-BESIDE", "R-MISSING")),
    Case("60,000 labels of one name", lambda: unmarked(text_rows("其他".encode(), 60_000)),
         told=(*_BY_LABELS, "R-MISSING-TABLE"),
         loses="requests"),
    Case("9,000 labels in the last column", lambda: unmarked(text_rows("总计".encode(), 9_000, b"XFD")),
         told=(*_BY_LABELS, "R-BESIDE", "R-MISSING")),
]  # fmt: skip

READ = [
    Case("a workbook as it was sent", issued),
    Case("one cell in the last corner", lambda: more_rows(b'<row r="1048576"><c r="XFD1048576"><v>5</v></c></row>'),
         told=("R-BESIDE",)),
    Case("a cell in the last row", lambda: more_rows(b'<row r="1048576"><c r="A1048576"><v>5</v></c></row>'),
         told=("R-BESIDE",)),
    Case(
        "20,000 cells in the last column",
        lambda: more_rows(numbered(b'<row r="~"><c r="XFD~"><v>1</v></c></row>', range(200, 20_200))),
        told=("R-BESIDE",),
    ),
    Case("20,000 cells in the last column, written oddly", odd_and_wide, told=("R-BESIDE", "R-SECOND-TOO-LARGE")),
    Case(
        "the whole sheet merged",
        lambda: behind(b"</mergeCells>", b'<mergeCell ref="A1:XFD1048576"/>'),
        told=("R-MERGED",),
    ),
    Case("200 MB of empty rows with a style", styled_rows),
    Case("100 MB of empty cells with a style", styled_cells),
    Case("a style to the last column", filled_row),
]  # fmt: skip

OTHERS = [
    Case("an ods of 17 billion cells", lambda: ods(_ODS_ROW % (1_048_576, _ODS_CELL % 16_384)), "F-TOO-MANY-CELLS",
         suffix="ods"),
    Case("an ods of a billion laughs", lambda: ods(b"", DOCTYPES["a billion laughs"].encode()), "F-DTD", suffix="ods"),
    Case("an ods of 400,000 cells", lambda: ods((_ODS_ROW % (1, _ODS_CELL % 1)) * 200_000, b"", 800_000), "F-TOO-COMPLEX", suffix="ods"),
    Case("an ods of tags in tags", ods_nested, "F-TOO-COMPLEX", suffix="ods"),
    Case("an ods of hidden rows without end", ods_hidden, "F-NOT-OURS", suffix="ods"),
    Case("an ods of one text in 100,000 cells", ods_shared_text, "F-TOO-COMPLEX", suffix="ods"),
    Case("an ods with a formula of brackets", ods_formula, "F-NOT-OURS", suffix="ods"),
    Case("a mail of a thousand texts", lambda: mail_of(*[b"\r\nx"] * 1_000), "F-MAIL-NO-ATTACHMENT", suffix="eml"),
    Case("a mail of a thousand files", lambda: mail_of(*[_FILE % b""] * 1_000), "F-TOO-MANY-FILES", suffix="eml"),
    Case("a mail of three thousand parts", lambda: mail_of(*[b"\r\nx"] * 3_000), "F-TOO-MANY-FILES", suffix="eml"),
    Case("a mail of parts in parts", lambda: mail_in_mails(900), "F-EML", suffix="eml"),
    Case("a mail in mails", lambda: forwarded(900), "F-EML", suffix="eml"),
    Case("a mail with a quote that never ends", quoted_header, "F-EML", suffix="eml"),
    Case("a mail with headers without end", lambda: _MAIL + b"X-A: b\r\n" * 2_000_000, "F-EML", suffix="eml"),
    Case("a mail of reports without end", delivery_reports, "F-MAIL-NO-ATTACHMENT", suffix="eml"),
    Case("an xls whose directory is its own child", lambda: patched(_DIRECTORY + 76, "<i", 0), "F-LEGACY-DAMAGED",
         suffix="xls"),
    Case("an xls whose entries go round", lambda: patched(_DIRECTORY + 128 + 68, "<ii", 1, 1), "F-LEGACY-DAMAGED",
         suffix="xls"),
    Case("an xls whose sectors go round", lambda: patched(_FAT + 4 * 3, "<i", 2), "F-LEGACY-DAMAGED", suffix="xls"),
    Case("an xls whose tables go round", lambda: patched(68, "<iI", 0, 0x7FFFFFFF), "F-LEGACY-DAMAGED", suffix="xls"),
    Case("an xls of 16 million empty cells", blank_rows, "F-NOT-OURS", suffix="xls"),
    Case("an xls of 600,000 cells", lambda: ole2(biff(b"".join(number(n, 0) for n in range(60_000)) * 10)),
         "F-TOO-COMPLEX", suffix="xls"),
    Case("an xls of 100,000 styles", lambda: ole2(biff(number(0, 0), record(0xE0, bytes(20)) * 100_000)),
         "F-TOO-COMPLEX", suffix="xls"),
]  # fmt: skip
