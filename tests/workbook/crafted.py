"""Workbooks written part by part, as no honest program would write them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped(members: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Pack members in order, duplicates and all."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def zipped_with_password(members: Iterable[tuple[str, bytes]], password: bytes, *, method: int = 0) -> bytes:
    """Pack members, stored and encrypted the old way (APPNOTE.TXT of PKWARE, 6.1); of another method they only say so."""
    files = directory = b""
    count = 0
    for name, content in members:
        checksum = zlib.crc32(content)
        packed = _encrypted(b"\0" * 11 + bytes([checksum >> 24]) + content, password)
        facts = struct.pack(
            "<4HIIIHH", 0x801, method, 0, 33, checksum, len(packed), len(content), len(name.encode()), 0
        )
        at = struct.pack("<HHHII", 0, 0, 0, 0, len(files))
        directory += b"PK\1\2" + struct.pack("<HH", 20, 20) + facts + at + name.encode()
        files += b"PK\3\4" + struct.pack("<H", 20) + facts + name.encode() + packed
        count += 1
    end = struct.pack("<4HIIH", 0, 0, count, count, len(directory), len(files), 0)
    return files + directory + b"PK\5\6" + end


def _encrypted(content: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def stir(byte: int) -> None:
        keys[0] = ~zlib.crc32(bytes([byte]), ~keys[0] & 0xFFFFFFFF) & 0xFFFFFFFF
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = ~zlib.crc32(bytes([keys[1] >> 24]), ~keys[2] & 0xFFFFFFFF) & 0xFFFFFFFF

    for byte in password:
        stir(byte)
    hidden = bytearray()
    for byte in content:
        key = keys[2] | 2
        hidden.append(byte ^ (key * (key ^ 1) >> 8 & 0xFF))
        stir(byte)
    return bytes(hidden)


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    """Write a worksheet around its rows."""
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def strings(*items: str) -> str:
    """Write a table of shared strings; each item is the inside of an `<si>`."""
    return f'{DECLARATION}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def parts(
    sheets: Mapping[str, str],
    *,
    shared: str = "",
    styles: str = "",
    workbook: str = "",
    custom: str = "",
) -> dict[str, str | bytes]:
    """Return the parts of a workbook: sheet name → worksheet XML; `workbook` is put before its `<sheets>`."""
    links = [
        f'<Relationship Id="s{n}" Type="{OFFICE}/worksheet" Target="worksheets/s{n}.xml"/>' for n in range(len(sheets))
    ]
    links += [f'<Relationship Id="x1" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'] if shared else []
    links += [f'<Relationship Id="x2" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'] if styles else []
    office = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    office += (
        f'<Relationship Id="r2" Type="{OFFICE}/custom-properties" Target="docProps/custom.xml"/>' if custom else ""
    )
    listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="s{n}"/>' for n, name in enumerate(sheets))
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{office}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{"".join(links)}</Relationships>',
    }
    found |= {f"xl/worksheets/s{n}.xml": xml for n, xml in enumerate(sheets.values())}
    extra = {"xl/sharedStrings.xml": shared, "xl/styles.xml": styles, "docProps/custom.xml": custom}
    return found | {name: xml for name, xml in extra.items() if xml}


def book(rows: str, *, shared: str = "", styles: str = "", workbook: str = "") -> bytes:
    """Pack a workbook of one sheet, `表`, around its rows."""
    return zipped(parts({"表": worksheet(rows)}, shared=shared, styles=styles, workbook=workbook).items())
