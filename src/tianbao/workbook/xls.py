"""The raw cells of an .xls or a .et, read by xlrd in a process of its own.

    stdin: bytes ──xlrd──▶ stdout: sheets, styles and marks as JSON, or the reason why not

In:   an OLE2 file in which the guard has seen a workbook; as arguments, how much memory and how many cells it may take.
Out:  what `tianbao.workbook.legacy` makes a package of.
Knows nothing of forms. The only room that xlrd enters; nothing but `legacy` starts it.

xlrd keeps the type of a cell and the code of an error. What it passes over is read from the records beside it: formulas,
whether a sheet is protected and where it validates, and the document's own properties.
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import xlrd
from xlrd.compdoc import CompDoc
from xlrd.formula import func_defs, get_externsheet_local_range

from tianbao.workbook.biff import Formula, Words, quoted, validated, write_formula
from tianbao.workbook.child import limit_process
from tianbao.workbook.package import UNSHOWN, PackageError, Visibility, column_letters, shows

#: A workbook may come to so many characters, with a few for each cell: strings are shared in the file, and here no more.
_MOST_TEXT = 20_000_000
_EACH_CELL = 20

#: Records, and records of one kind that are no cells and no rows: xlrd makes objects of fonts, formats, names, columns.
_MOST_RECORDS, _MOST_OF_A_KIND = 200_000, 20_000

_FORMULA, _EOF, _PROTECT, _WRITE_ACCESS, _BOUNDSHEET, _QUERY_TABLE, _SUPBOOK = 6, 10, 18, 92, 133, 429, 430
_VALIDATION, _SHARED_FORMULA, _BOF, _CONNECTION = 446, 1212, 2057, 2166
_MULTIPLE_NUMBERS, _MULTIPLE_BLANKS, _RICH_TEXT, _MERGED, _TEXT_INDEX = 189, 190, 214, 229, 253
_BLANK, _NUMBER, _TEXT, _BOOLEAN_OR_ERROR, _ROW, _SHORT_NUMBER = 513, 515, 516, 517, 520, 638
_FILLED = {_FORMULA, _RICH_TEXT, _TEXT_INDEX, _NUMBER, _TEXT, _BOOLEAN_OR_ERROR, _SHORT_NUMBER}
#: A kind of record that there is not, and that is passed over.
_STRUCK = b"\xff\x0f"
_MACRO_SHEET = 1
_BIFF8 = 80
#: What a SUPBOOK says of itself where it is this workbook, or one of functions.
_NO_OTHER_BOOK = (b"\x01\x04", b"\x01\x3a")


def main() -> None:
    """Read standard input; whatever goes wrong is an answer too."""
    memory, seconds, cells, blanks = map(int, sys.argv[1:])
    limit_process(memory, seconds)
    try:
        document = read(sys.stdin.buffer.read(), cells, blanks)
    except PackageError as fault:
        document = {"fault": fault.reason.code, "params": dict(fault.reason.params)}
    except MemoryError:
        document = {"fault": "F-LEGACY-LIMIT"}
    except BaseException as fault:  # noqa: BLE001 (a damaged file makes xlrd raise whatever comes)
        is_locked = isinstance(fault, xlrd.XLRDError) and "encrypted" in str(fault)
        document = {"fault": "F-ENCRYPTED" if is_locked else "F-LEGACY-DAMAGED"}
    sys.stdout.write(json.dumps(document))


def read(data: bytes, limit: int, blanks: int) -> dict[str, Any]:
    """Read a workbook of at most `limit` filled cells; of empty ones `blanks` are kept."""
    with open(os.devnull, "w", encoding="utf-8") as log:  # noqa: PTH123 (the null device is no path)
        file = CompDoc(data, logfile=log)
        entries = {entry.name for entry in file.dirlist}
        properties = _properties(file.get_named_stream("\x05DocumentSummaryInformation") or b"")
        streams = [file.get_named_stream(name) for name in ("Workbook", "Book") if name in entries]
        del file, data  # a large file is not held twice
        book = xlrd.open_workbook(
            file_contents=spared(streams.pop(0), limit, blanks),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            logfile=log,
        )
        return {
            "sheets": list(_sheets(book, limit)),
            "styles": [_style(book, xf) for xf in book.xf_list],
            "names": {name.name: _target(name) for name in book.name_obj_list if not name.builtin},
            "properties": properties,
            "active": _active(book, entries),
        }


# ── what xlrd does not count on ──────────────────────────────────────────────────────────────────────────────────────

_CONTINUE = 60
_result_of_old = xlrd.sheet.Sheet.string_record_contents


def _result(sheet: Any, record: bytes) -> str:
    """Read the text that a formula shows, from its record and those that continue it.

    xlrd counts characters where the file counts halves of them: it misses one where a name has a rare character such as
    𠮷, looks for the rest in the next record, and finds the file damaged.
    """
    if sheet.biff_version < _BIFF8:
        return str(_result_of_old(sheet, record))
    (missing,) = struct.unpack_from("<H", record)
    record, text = record[2:], ""
    while True:
        piece, is_wide = record[1:], record[0] & 1
        text += _decoded(piece, "utf_16_le" if is_wide else "latin_1")
        missing -= len(piece) >> is_wide
        if missing <= 0:
            return text
        code, _, record = sheet.book.get_record_parts()
        if code != _CONTINUE:
            raise xlrd.XLRDError(code)


def _decoded(data: bytes, encoding: str) -> str:
    """Decode text that may end within a rare character, whose other half stands in the next record."""
    return data.decode(encoding, "surrogatepass" if encoding == "utf_16_le" else "strict")


def _whole(text: str) -> str:
    """Put the halves of rare characters together."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _HALF.search(text) else text


_HALF = re.compile("[\ud800-\udfff]")

xlrd.sheet.Sheet.string_record_contents = _result
xlrd.book.unicode = _decoded


def _style(book: Any, xf: Any) -> tuple[bool, bool, bool, bool]:
    """Return date, percentage, locked, and whether days are counted from 1904."""
    key = str(xf.format_key)
    built_in = shows(key, None)
    code = book.format_map.get(xf.format_key)
    custom = shows(key, code.format_str) if code else (False, False)
    return built_in[0] or custom[0], built_in[1] or custom[1], bool(xf.protection.cell_locked), book.datemode == 1


def _target(name: Any) -> str:
    return str(getattr(getattr(name, "result", None), "text", None) or UNSHOWN)


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sheets(book: Any, limit: int) -> Iterator[dict[str, Any]]:
    room = _MOST_TEXT
    words = _words(book)
    is_calcs = _is_calcs(book)
    for index in range(book.nsheets):
        beside = _Beside(book.mem, book._sh_abs_posn[index], words)  # noqa: SLF001 (xlrd tells it nobody else)
        sheet = book.sheet_by_index(index)
        cells = list(_cells(sheet, beside.formulas, limit, is_calcs=is_calcs))
        room -= sum(_EACH_CELL + len(text) + len(formula or "") for _, _, text, formula, _ in cells)
        if room < 0:
            raise PackageError("F-TOO-COMPLEX", part=sheet.name)
        yield {
            "name": sheet.name,
            "visibility": list(Visibility)[sheet.visibility],
            "cells": cells,
            "hidden_rows": [row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden],
            "hidden_columns": [column + 1 for column, info in sheet.colinfo_map.items() if info.hidden],
            "merged": [
                f"{column_letters(left + 1)}{top + 1}:{column_letters(right)}{bottom}"
                for top, bottom, left, right in sheet.merged_cells
            ],
            "protected": beside.is_protected,
            "validated": beside.validated,
        }
        book.unload_sheet(index)


def _cells(
    sheet: Any, formulas: Mapping[tuple[int, int], Formula], limit: int, *, is_calcs: bool
) -> Iterator[tuple[str, str, str, str | None, int]]:
    """Yield reference, type, text, formula and style of each cell; empty ones only so far as they are few."""
    filled = empty = 0
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            if kind == xlrd.XL_CELL_EMPTY:
                continue
            formula = formulas.get((row, column))
            type_, text = _value(kind, value)
            if is_calcs and formula and type_ == "n" and not _can_be(text, formula):
                text = ""
            if text or formula is not None:
                filled += 1
            else:
                empty += 1
            if filled > limit:
                raise PackageError("F-TOO-MANY-CELLS", part=sheet.name, limit=limit)
            if text or formula is not None or empty <= limit:
                ref = f"{column_letters(column + 1)}{row + 1}"
                written = formula.text if formula else None
                yield ref, type_ if text else "n", text, written, sheet.cell_xf_index(row, column)


def _can_be(number: str, formula: Formula) -> bool:
    """Say whether a formula can have resulted in this number.

    LibreOffice writes 0 for the text that a formula gives in a cell whose format is one of numbers.
    """
    return formula.result == "number" or (formula.result == "any" and number != "0")


def _value(kind: int, value: Any) -> tuple[str, str]:
    match kind:
        case xlrd.XL_CELL_NUMBER | xlrd.XL_CELL_DATE:
            return "n", repr(value).removesuffix(".0")
        case xlrd.XL_CELL_BOOLEAN:
            return "b", str(value)
        case xlrd.XL_CELL_ERROR:
            return "e", xlrd.error_text_from_code.get(value, "#N/A")
        case _:
            return "s", _whole(str(value))


# ── before xlrd sees it ──────────────────────────────────────────────────────────────────────────────────────────────


def spared(stream: bytes, limit: int, blanks: int) -> bytes:
    """Refuse a stream that holds more than an honest workbook does, and strike out empty cells beyond the first.

    Raises:
        PackageError: it holds more than `limit` filled cells, or too many records of another kind.
    """
    kinds: Counter[int] = Counter()
    empty = 0
    struck = []
    for at, code, length in _outline(stream):
        if code in (_BLANK, _MULTIPLE_BLANKS):
            empty += 1 if code == _BLANK else (length - 6) // 2
            if empty > blanks:
                struck.append(at)
        else:
            kinds[code] += {_MULTIPLE_NUMBERS: (length - 6) // 6, _MERGED: (length - 2) // 8}.get(code, 1)
    if sum(kinds.pop(code, 0) for code in (*_FILLED, _MULTIPLE_NUMBERS)) > limit:
        raise PackageError("F-TOO-MANY-CELLS", part="Workbook", limit=limit)
    kinds.pop(_ROW, None)
    if max(kinds.values(), default=0) > _MOST_OF_A_KIND:
        raise PackageError("F-TOO-COMPLEX", part="Workbook")
    if not struck:
        return stream
    changed = bytearray(stream)
    del stream
    for at in struck:
        changed[at : at + 2] = _STRUCK
    return bytes(changed)


def _outline(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield where each record begins, its kind and its length."""
    at, left = 0, _MOST_RECORDS
    while at + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, at)
        yield at, code, length
        at += 4 + length
        left -= 1
        if not left:
            raise PackageError("F-TOO-COMPLEX", part="Workbook")


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, without those of the charts in it."""
    depth = 0
    while at + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, at)
        if code == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif code == _BOF:
            depth += 1
        elif depth == 1:
            yield code, stream[at + 4 : at + 4 + length]
        at += 4 + length


class _Beside:
    """What stands in the records of a sheet and xlrd does not tell.

    Attributes:
        formulas: row and column, from 0 → formula.
        validated: the areas where only certain answers may be typed; None where they cannot be made out.
    """

    def __init__(self, stream: bytes, at: int, words: Words) -> None:
        self.is_protected = False
        self.validated: list[str] | None = []
        tokens: dict[tuple[int, int], bytes] = {}
        shared: dict[tuple[int, int], bytes] = {}
        here = (0, 0)
        for code, body in _records(stream, at):
            if code == _FORMULA:
                here = struct.unpack_from("<HH", body)
                tokens[here] = _tokens(body, 20)
            elif code == _SHARED_FORMULA:
                shared[here] = _tokens(body, 8)
            elif code == _PROTECT:
                self.is_protected = body[:2] != b"\0\0"
            elif code == _VALIDATION:
                self._validate(body)
        self.formulas = {place: _formula(own, shared, words, *place) for place, own in tokens.items()}

    def _validate(self, record: bytes) -> None:
        if self.validated is not None:
            try:
                self.validated += filter(None, [validated(record)])
            except struct.error:
                self.validated = None


def _tokens(record: bytes, at: int) -> bytes:
    (length,) = struct.unpack_from("<H", record, at)
    return record[at + 2 : at + 2 + length]


_NOT_SHOWN = Formula(UNSHOWN, "any")
_AS_ELSEWHERE = 1


def _formula(tokens: bytes, shared: Mapping[tuple[int, int], bytes], words: Words, row: int, column: int) -> Formula:
    """Write a formula, where that can be done without loss."""
    if tokens[:1] == bytes([_AS_ELSEWHERE]):
        home_row, home_column = struct.unpack_from("<xHH", tokens)
        tokens = shared.get((home_row, home_column), b"")
    return write_formula(tokens, words, row=row, column=column) or _NOT_SHOWN


def _words(book: Any) -> Words:
    """Return what the workbook calls functions, sheets and names."""

    def sheet(number: int) -> str:
        first, last = get_externsheet_local_range(book, number)
        if first < 0 or first != last:
            raise LookupError(number)
        return quoted(book.sheet_names()[first])

    functions = {number: (facts[0], facts[1]) for number, facts in func_defs.items()}
    return Words(functions, sheet, [name.name for name in book.name_obj_list])


def _is_calcs(book: Any) -> bool:
    """Say whether LibreOffice has written it, which signs with this name."""
    return any(code == _WRITE_ACCESS and body[3:].rstrip() == b"Calc" for code, body in _records(book.mem, book.base))


def _active(book: Any, entries: set[str]) -> list[str]:
    records = list(_records(book.mem, book.base))
    codes = {code for code, _ in records}
    found = {
        "F-MACROS": "_VBA_PROJECT_CUR" in entries
        or any(code == _BOUNDSHEET and body[5:6] == bytes([_MACRO_SHEET]) for code, body in records),
        "F-EXTERNAL-LINKS": any(code == _SUPBOOK and body[2:4] not in _NO_OTHER_BOOK for code, body in records),
        "F-CONNECTIONS": not codes.isdisjoint((_QUERY_TABLE, _CONNECTION)),
        "F-EMBEDDED": any(name.startswith("MBD") for name in entries),
    }
    return [code for code, is_there in found.items() if is_there]


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

#: Of a property set, the section that holds what a person or a program has added.
_USER_DEFINED = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
_SECTIONS = 2
_NAMES, _CODEPAGE = 0, 1
_NARROW_TEXT, _WIDE_TEXT = 30, 31
_WIDE = 1200
_ENCODINGS = {936: "gb18030", _WIDE: "utf-16-le", 65001: "utf-8"}


def _properties(stream: bytes) -> dict[str, str]:
    """Read the custom properties that are texts; none from a damaged stream, which is told as a mark that is lost."""
    try:
        for n in range(min(struct.unpack_from("<I", stream, 24)[0], _SECTIONS)):
            if stream[28 + 20 * n : 44 + 20 * n] == _USER_DEFINED:
                return dict(_texts(stream[struct.unpack_from("<I", stream, 44 + 20 * n)[0] :]))
    except (struct.error, LookupError, ValueError):
        pass
    return {}


def _texts(section: bytes) -> Iterator[tuple[str, str]]:
    count = min(struct.unpack_from("<I", section, 4)[0], len(section) // 8)
    places = dict(struct.unpack_from("<II", section, 8 + 8 * n) for n in range(count))
    page = struct.unpack_from("<H", section, places[_CODEPAGE] + 4)[0] if _CODEPAGE in places else 1252
    encoding = _ENCODINGS.get(page, f"cp{page}")
    at = places[_NAMES] + 4
    for _ in range(min(struct.unpack_from("<I", section, at - 4)[0], count)):
        number, length = struct.unpack_from("<II", section, at)
        size = 2 * length if page == _WIDE else length
        name = section[at + 8 : at + 8 + size].decode(encoding).rstrip("\0")
        at += 8 + (size + 3 & ~3 if page == _WIDE else size)
        kind, length = struct.unpack_from("<II", section, places[number])
        start = places[number] + 8
        if kind == _NARROW_TEXT:
            yield name, section[start : start + length].decode(encoding).rstrip("\0")
        elif kind == _WIDE_TEXT:
            yield name, section[start : start + 2 * length].decode("utf-16-le").rstrip("\0")


if __name__ == "__main__":
    main()
