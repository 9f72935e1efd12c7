"""A15, A16, A23, A24: the same workbook written in another way, or with things added that a form does not have."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

from tests.mutations.book import MAIN, OFFICE, PACKAGE, Book, NotPossibleError, rows
from tests.mutations.table import mutation
from tianbao.form.model import CellType
from tianbao.workbook.package import column_letters, column_number

SECOND = ["R-SECOND-REFUSED", "R-SECOND-OPINION"]


def _rewrite(book: Book, change: Callable[[bytes], bytes], *, only: str = "xl/worksheets/") -> None:
    """Change the text of some parts when the workbook is saved."""

    def finish(parts: dict[str, bytes]) -> None:
        chosen = [name for name in parts if name.startswith(only) and name.endswith(".xml")]
        parts.update({name: change(parts[name]) for name in chosen})

    book.finish.append(finish)


def _replace(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(old, new, data)


# ── A15: unusual XML ─────────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A15")
def a_wrong_dimension(book: Book) -> None:
    _rewrite(book, _replace(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>'))


@mutation("A15")
def a_monstrous_dimension(book: Book) -> None:
    _rewrite(book, _replace(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>'))


@mutation("A15")
def no_dimension(book: Book) -> None:
    _rewrite(book, _replace(rb'<dimension ref="[^"]*"/>', b""))


@mutation("A15")
def inline_strings(book: Book) -> None:
    for cell in book.largest()[0].iter(f"{{{MAIN}}}c"):
        if cell.get("t") == "s":
            text = book.text(cell)
            book.clear(cell)
            cell.set("t", "inlineStr")
            ET.SubElement(ET.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t").text = text


@mutation("A15")
def all_strings_inline_and_no_table_of_them(book: Book) -> None:
    for entry in book.listed():
        for cell in book.part(book.place(entry)).iter(f"{{{MAIN}}}c"):
            if cell.get("t") == "s":
                text = book.text(cell)
                book.clear(cell)
                cell.set("t", "inlineStr")
                item = ET.SubElement(ET.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
                item.text = text
                item.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def finish(parts: dict[str, bytes]) -> None:
        parts.pop("xl/sharedStrings.xml", None)
        for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            parts[name] = re.sub(rb"<(?:Relationship|Override)[^>]*sharedStrings[^>]*/>", b"", parts[name])

    book.finish.append(finish)


@mutation("A15")
def rich_text_in_labels_and_answers(book: Book) -> None:
    for item in list(book.part("xl/sharedStrings.xml"))[::3]:
        text = "".join(item.itertext())
        if len(text) > 1:
            for child in list(item):
                item.remove(child)
            for piece in (text[:1], text[1:]):
                run = ET.SubElement(item, f"{{{MAIN}}}r")
                ET.SubElement(ET.SubElement(run, f"{{{MAIN}}}rPr"), f"{{{MAIN}}}b")
                written = ET.SubElement(run, f"{{{MAIN}}}t")
                written.text = piece
                written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


@mutation("A15")
def phonetic_guides(book: Book) -> None:
    for item in list(book.part("xl/sharedStrings.xml"))[::2]:
        guide = ET.SubElement(item, f"{{{MAIN}}}rPh", sb="0", eb="1")
        ET.SubElement(guide, f"{{{MAIN}}}t").text = "pin yin"


@mutation("A15")
def a_byte_order_mark(book: Book) -> None:
    _rewrite(book, lambda data: b"\xef\xbb\xbf" + data, only="")


@mutation("A15")
def parts_in_utf16(book: Book) -> None:
    def encode(data: bytes) -> bytes:
        return data.decode("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    _rewrite(book, encode)


@mutation("A15", reason="F-DAMAGED")
def parts_in_gbk(book: Book) -> None:
    """No honest program writes that, and XML parsers need not know it: it is refused, and not misread."""

    def encode(data: bytes) -> bytes:
        if b"gb18030" in data[:100]:
            raise NotPossibleError
        return data.decode("utf-8").replace('encoding="UTF-8"', 'encoding="gb18030"').encode("gb18030")

    _rewrite(book, encode)


@mutation("A15")
def comments_and_instructions_in_the_parts(book: Book) -> None:
    _rewrite(book, _replace(rb"<sheetData>", b"<?x y?><!-- <c r='A1'><v>9</v></c> --><sheetData>"))
    _rewrite(book, _replace(rb"</row>", b"</row><!-- </sheetData> -->"))


@mutation("A15")
def character_data_sections(book: Book) -> None:
    _rewrite(book, _replace(rb"<v>([0-9]+)</v>", rb"<v><![CDATA[\1]]></v>"))


@mutation("A15")
def line_feeds_between_the_tags(book: Book) -> None:
    _rewrite(book, _replace(rb"(</c>|<row [^>]*>|</row>|<sheetData>)", rb"\1\r\n  "))


@mutation("A15")
def single_quotes_and_other_order_of_attributes(book: Book) -> None:
    _rewrite(book, _replace(rb'<c r="([A-Z0-9]+)" s="([0-9]+)"', rb"<c s='\2' r='\1'"))


@mutation("A15")
def numbers_as_character_references(book: Book) -> None:
    _rewrite(book, lambda data: re.sub(rb"<v>([0-9])([0-9]*)</v>", lambda m: b"<v>&#%d;%s</v>" % (m[1][0], m[2]), data))


@mutation("A15", also=SECOND)
def every_tag_prefixed(book: Book) -> None:
    def prefix(data: bytes) -> bytes:
        named = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", data)
        return named.replace(b"xmlns=", b"xmlns:x=")

    _rewrite(book, prefix)
    _rewrite(book, prefix, only="xl/sharedStrings")


@mutation("A15", also=SECOND)
def cells_without_references(book: Book) -> None:
    def finish(parts: dict[str, bytes]) -> None:
        for _, sheet in book.table_sheets():
            name = book.place(book.entry(book.name_of(sheet)))
            parts[name] = re.sub(rb"(?s)<row [^>]*[^/]>.*?</row>", _without_references, parts[name])

    book.finish.append(finish)


def _without_references(row: re.Match[bytes]) -> bytes:
    """Count the cells of a row instead of naming them; what is not there is an empty one."""
    cells = re.findall(rb'(?s)<c r="([A-Z]+)[0-9]+"([^>]*/>|[^>]*>.*?</c>)', row[0])
    placed = {column_number(letters.decode()): b"<c" + rest for letters, rest in cells}
    if len(placed) != row[0].count(b"<c "):
        return row[0]  # another alteration has written it in a way of its own
    head = row[0][: row[0].index(b">") + 1]
    return head + b"".join(placed.get(at, b"<c/>") for at in range(1, max(placed, default=0) + 1)) + b"</row>"


@mutation("A15")
def cells_of_a_row_in_another_order(book: Book) -> None:
    for line in rows(book.largest()[0]):
        line[:] = list(line)[::-1]


@mutation("A15")
def rows_in_another_order(book: Book) -> None:
    data = rows(book.largest()[0])
    data[:] = list(data)[::-1]


@mutation("A15")
def strings_with_preserved_blanks(book: Book) -> None:
    for written in book.part("xl/sharedStrings.xml").iter(f"{{{MAIN}}}t"):
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


@mutation("A15")
def the_marks_of_wps(book: Book) -> None:
    """What the WPS of Kingsoft leaves behind: its version, its own namespace, directories in the zip."""
    version = book.part("xl/workbook.xml").find(f"{{{MAIN}}}fileVersion")
    assert version is not None
    version.attrib |= {"lastEdited": "3", "lowestEdited": "5", "rupBuild": "9302"}
    calc = book.part("xl/workbook.xml").find(f"{{{MAIN}}}calcPr")
    assert calc is not None
    calc.attrib.pop("fullCalcOnLoad", None)
    for _, sheet in book.table_sheets():
        for line in rows(sheet):
            line.set("customFormat", "1")
            line.set("s", "0")
    book.parts |= {"xl/": b"", "xl/worksheets/": b"", "_rels/": b""}


# ── A16: what some readers refuse ────────────────────────────────────────────────────────────────────────────────────


@mutation("A16", also=SECOND)
def the_strict_namespace(book: Book) -> None:
    strict = b"http://purl.oclc.org/ooxml/"
    _rewrite(book, lambda data: data.replace(MAIN.encode(), strict + b"spreadsheetml/main"), only="xl/")
    _rewrite(book, lambda data: data.replace(OFFICE.encode(), strict + b"officeDocument/relationships"), only="xl/")

    def links(parts: dict[str, bytes]) -> None:
        for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels"):
            parts[name] = parts[name].replace(OFFICE.encode(), strict + b"officeDocument/relationships")

    book.finish.append(links)


@mutation("A16", "R-LOCKS", "V-SERIAL-DATE")
def no_styles(book: Book) -> None:
    """Without styles every cell is locked; numbers are numbers all the same."""

    def finish(parts: dict[str, bytes]) -> None:
        parts.pop("xl/styles.xml", None)
        for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            parts[name] = re.sub(rb"<(?:Relationship|Override)[^>]*styles[^>]*/>", b"", parts[name])

    book.finish.append(finish)


@mutation("A16")
def a_bare_fill(book: Book) -> None:
    _rewrite(book, _replace(rb"<fills count=\"[0-9]+\">", b'<fills count="99"><fill/>'), only="xl/styles")


@mutation("A16")
def an_empty_operator_of_a_validation(book: Book) -> None:
    _rewrite(book, _replace(rb' operator="[a-zA-Z]*"', b""))
    _rewrite(book, _replace(rb"<dataValidation ", b'<dataValidation operator="" '))


@mutation("A16")
def extensions_that_nobody_knows(book: Book) -> None:
    extension = b'<extLst><ext uri="{1}" xmlns:z="urn:z"><z:data v="1"/></ext></extLst></worksheet>'
    _rewrite(book, _replace(rb"</worksheet>", extension))


@mutation("A16")
def attributes_of_younger_programs(book: Book) -> None:
    _rewrite(book, _replace(rb"<row r=", b'<row xmlns:q="urn:q" q:dyDescent="0.25" r='))


@mutation("A16")
def absolute_targets(book: Book) -> None:
    for link in book.part("xl/_rels/workbook.xml.rels"):
        if not link.get("Target", "").startswith("/"):
            link.set("Target", f"/xl/{link.get('Target')}")


# ── A23: much of nothing ─────────────────────────────────────────────────────────────────────────────────────────────


@mutation("A23", also=["R-LOCKS"])
def thousands_of_empty_styled_rows(book: Book) -> None:
    data = rows(book.largest()[0])
    inputs = book.inputs(CellType.COUNT)
    if not inputs:
        raise NotPossibleError
    style = book.cells[inputs[0]].get("s", "0")
    last = max(int(line.get("r", "0")) for line in data)
    for row in range(last + 1, last + 3_001):
        line = ET.SubElement(data, f"{{{MAIN}}}row", r=str(row))
        for column in (2, 3, 4):
            ET.SubElement(line, f"{{{MAIN}}}c", r=f"{column_letters(column)}{row}", s=style)


@mutation("A23")
def a_styled_cell_in_the_last_corner(book: Book) -> None:
    line = ET.SubElement(rows(book.largest()[0]), f"{{{MAIN}}}row", r="1048576")
    ET.SubElement(line, f"{{{MAIN}}}c", r="XFD1048576", s="0")


@mutation("A23", "R-BESIDE")
def a_number_in_the_last_corner(book: Book) -> None:
    book.write_beside(book.largest()[0], 1_048_576, 16_384, "7")


@mutation("A23")
def columns_styled_to_the_end(book: Book) -> None:
    columns = book.largest()[0].find(f"{{{MAIN}}}cols")
    assert columns is not None
    columns.append(ET.Element(f"{{{MAIN}}}col", min="60", max="16384", width="9", style="1"))


# ── A24: things added ────────────────────────────────────────────────────────────────────────────────────────────────


def _link(book: Book, kind: str, target: str, content: str | bytes, *, source: str = "xl/workbook.xml") -> None:
    """Add a part that another one points to."""
    folder, _, name = source.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in book.parts:
        book.parts[rels] = f'<Relationships xmlns="{PACKAGE}"/>'.encode()
    ET.SubElement(
        book.part(rels),
        f"{{{PACKAGE}}}Relationship",
        {"Id": f"add{len(book.parts)}", "Type": f"{OFFICE}/{kind}", "Target": f"/{target}"},
    )
    book.add_part(target, content)


@mutation("A24")
def an_author(book: Book) -> None:
    _rewrite(book, _replace(rb"<dc:creator>[^<]*", "<dc:creator>张三".encode()), only="docProps/core")


@mutation("A24")
def a_comment(book: Book) -> None:
    sheet = book.place(book.listed()[2])
    comment = f'<comments xmlns="{MAIN}"><commentList><comment ref="C9"><text><t>已核</t></text></comment></commentList></comments>'
    _link(book, "comments", "xl/comments1.xml", comment, source=sheet)


@mutation("A24")
def a_picture(book: Book) -> None:
    sheet = book.place(book.listed()[2])
    _link(book, "drawing", "xl/drawings/drawing9.xml", "<wsDr xmlns='urn:d'/>", source=sheet)
    book.add_part("xl/media/image1.png", b"\x89PNG\r\n\x1a\n")


@mutation("A24")
def a_chart_sheet(book: Book) -> None:
    number_ = len(book.listed()) + 1
    _link(book, "chartsheet", "xl/chartsheets/sheet1.xml", f'<chartsheet xmlns="{MAIN}"/>')
    identity = list(book.part("xl/_rels/workbook.xml.rels"))[-1].get("Id", "")
    sheets = book.part("xl/workbook.xml").find(f"{{{MAIN}}}sheets")
    assert sheets is not None
    ET.SubElement(
        sheets,
        f"{{{MAIN}}}sheet",
        {"name": "图表", "sheetId": str(number_ + 50), f"{{{OFFICE}}}id": identity},
    )


@mutation("A24", "F-MACROS")
def macros(book: Book) -> None:
    _link(book, "vbaProject", "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")


@mutation("A24", "F-EXTERNAL-LINKS")
def a_link_to_another_workbook(book: Book) -> None:
    _link(book, "externalLink", "xl/externalLinks/externalLink1.xml", f'<externalLink xmlns="{MAIN}"/>')


@mutation("A24", "F-CONNECTIONS")
def a_data_connection(book: Book) -> None:
    _link(book, "connections", "xl/connections.xml", f'<connections xmlns="{MAIN}"/>')


@mutation("A24", "F-EMBEDDED")
def an_embedded_object(book: Book) -> None:
    sheet = book.place(book.listed()[2])
    _link(book, "oleObject", "xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0", source=sheet)


@mutation("A24")
def custom_xml(book: Book) -> None:
    _link(book, "customXml", "customXml/item1.xml", "<a/>")


@mutation("A24")
def defined_names_added(book: Book) -> None:
    names = book.part("xl/workbook.xml").find(f"{{{MAIN}}}definedNames")
    if names is None:
        raise NotPossibleError
    for n in range(50):
        ET.SubElement(names, f"{{{MAIN}}}definedName", name=f"名称{n}").text = "#REF!"


@mutation("A24")
def another_property(book: Book) -> None:
    _rewrite(book, _replace(rb"</Properties>", b'<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="90" name="KSOProductBuildVer"><vt:lpwstr>2052-11.1.0</vt:lpwstr></property></Properties>'), only="docProps/custom")  # fmt: skip
