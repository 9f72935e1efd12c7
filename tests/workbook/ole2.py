"""An .xls written byte by byte: records of BIFF8 in a stream of OLE2."""

from __future__ import annotations

import struct

_SECTOR = 512
_NUMBERS = _SECTOR // 4
_IN_HEADER = 109
_FREE, _END, _TABLE, _TABLE_OF_TABLES = -1, -2, -3, -4


def record(kind: int, body: bytes = b"") -> bytes:
    """Write a record."""
    return struct.pack("<HH", kind, len(body)) + body


def number(row: int, column: int, value: float = 1.0) -> bytes:
    """Write a cell that holds a number."""
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def biff(cells: bytes, common: bytes = b"") -> bytes:
    """Write a workbook of one sheet around its cells; `common` stands before the list of sheets."""
    begin, end = (record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0x600)) for kind in (5, 0x10)), record(10)
    book, sheet = begin
    name = "表".encode("utf-16-le")
    at = len(book) + len(common) + 4 + 8 + len(name) + len(end)
    listed = record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name)
    return book + common + listed + end + sheet + cells + end


def ole2(stream: bytes) -> bytes:
    """Write a file around the stream `Workbook`: header, tables of sectors, directory, stream."""
    count = max(9, -(-len(stream) // _SECTOR))
    tables = 1
    while tables * _NUMBERS < count + tables + 1 + _more(tables):
        tables += 1
    more = _more(tables)
    first = tables + more + 1
    chain = [_TABLE] * tables + [_TABLE_OF_TABLES] * more + [_END] + list(range(first + 1, first + count)) + [_END]
    chain += [_FREE] * (tables * _NUMBERS - len(chain))
    listed = [*range(tables), *[_FREE] * (_IN_HEADER + more * (_NUMBERS - 1) - tables)]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IiIIiIiI", tables, tables + more, 0, 4096, _END, 0, tables if more else _END, more)
    header += struct.pack(f"<{_IN_HEADER}i", *listed[:_IN_HEADER])
    rest = listed[_IN_HEADER:]
    following = [*range(tables + 1, tables + more), _END]
    links = b"".join(
        struct.pack(f"<{_NUMBERS}i", *rest[n * (_NUMBERS - 1) : (n + 1) * (_NUMBERS - 1)], following[n])
        for n in range(more)
    )
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, -1, first, count * _SECTOR) + bytes(256)
    return header + struct.pack(f"<{len(chain)}i", *chain) + links + directory + stream.ljust(count * _SECTOR, b"\0")


def _more(tables: int) -> int:
    """Return how many sectors the list of tables takes, beyond what the header holds."""
    return max(0, -(-(tables - _IN_HEADER) // (_NUMBERS - 1)))


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    links = struct.pack("<HBBiii", len(written) + 2, kind, 1, -1, -1, child)
    return written.ljust(64, b"\0") + links + bytes(36) + struct.pack("<iI", start, size) + bytes(4)
