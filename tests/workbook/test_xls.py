"""What xlrd passes over in an old workbook is read from the bytes beside it."""

from __future__ import annotations

import struct
from typing import Literal

import pytest
import xlrd

from tianbao.workbook.biff import Formula, Words
from tianbao.workbook.xls import _Beside, _can_be, _properties, _records, _result, _value

USER_DEFINED = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")


def property_set(encoding: str, page: int, *, is_wide: bool = False) -> bytes:
    """Write the custom property `单位` = `白家庄镇`, as another program would."""
    name, value = ("单位\0".encode(encoding), "白家庄镇\0".encode("utf-16-le" if is_wide else encoding))
    length = len(name) // 2 if page == 1200 else len(name)
    padding = b"\0" * (-len(name) % 4) if page == 1200 else b""
    names = struct.pack("<III", 1, 2, length) + name + padding
    first = 8 + 8 * 3
    parts = [
        names,
        struct.pack("<IHH", 2, page, 0),
        struct.pack("<II", 31, len(value) // 2) + value if is_wide else struct.pack("<II", 30, len(value)) + value,
    ]
    places = [first, first + len(parts[0]), first + len(parts[0]) + len(parts[1])]
    entries = b"".join(struct.pack("<II", *entry) for entry in zip((0, 1, 2), places, strict=True))
    section = struct.pack("<II", 0, 3) + entries + b"".join(parts)
    return b"\xfe\xff".ljust(24, b"\0") + struct.pack("<I", 1) + USER_DEFINED + struct.pack("<I", 48) + section


@pytest.mark.parametrize(
    "stream",
    [
        property_set("utf-8", 65001),
        property_set("gbk", 936),
        property_set("gbk", 936, is_wide=True),
        property_set("utf-16-le", 1200),
    ],
    ids=["UTF-8", "GBK", "wide", "all wide"],
)
def test_custom_properties_are_read_in_every_encoding(stream: bytes) -> None:
    assert _properties(stream) == {"单位": "白家庄镇"}


def test_damaged_properties_are_no_properties() -> None:
    stream = property_set("gbk", 936)

    assert [_properties(stream[:end]) for end in (0, 30, 60, 90)] == [{}, {}, {}, {}]


def record(code: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", code, len(body)) + body


def formula(row: int, column: int, tokens: bytes) -> bytes:
    return record(6, struct.pack("<HH", row, column) + bytes(16) + struct.pack("<H", len(tokens)) + tokens)


def beside(*records: bytes) -> _Beside:
    return _Beside(record(2057) + b"".join(records) + record(10), 0, Words({}, str))


def test_the_records_of_a_chart_are_not_those_of_its_sheet() -> None:
    stream = record(2057) + record(6, b"a") + record(2057) + record(6, b"b") + record(10) + record(18) + record(10)

    assert list(_records(stream + record(6, b"c"), 0)) == [(6, b"a"), (18, b"")]


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        (2, 12.0, ("n", "12")),
        (2, 0.1 + 0.2, ("n", "0.30000000000000004")),
        (3, 46042.0, ("n", "46042")),
        (4, 1, ("b", "1")),
        (5, 23, ("e", "#REF!")),
        (6, "", ("s", "")),
        (1, "五件", ("s", "五件")),
    ],
)
def test_a_value_has_the_type_that_it_has_in_an_xlsx(kind: int, value: object, cell: tuple[str, str]) -> None:
    assert _value(kind, value) == cell


class Records:
    """A sheet of xlrd and its book, as far as the text of a formula is concerned."""

    biff_version = 80

    def __init__(self, *records: tuple[int, bytes]) -> None:
        self.book = self
        self.left = list(records)

    def get_record_parts(self) -> tuple[int, int, bytes]:
        code, data = self.left.pop(0)
        return code, len(data), data


RARE = "𠮷田".encode("utf-16-le")


@pytest.mark.parametrize(
    ("record", "more", "text"),
    [
        (b"\3\0\1" + RARE, (), "𠮷田"),
        (b"\3\0\1" + RARE[:4], ((60, b"\1" + RARE[4:]),), "𠮷田"),
        (b"\3\0\1" + RARE[:2], ((60, b"\1" + RARE[2:]),), "𠮷田"),
        (b"\4\0\0ab", ((60, b"\1" + "田镇".encode("utf-16-le")),), "ab田镇"),
        (b"\2\0\0ab", (), "ab"),
    ],
    ids=["whole", "cut between", "cut within", "cut where the width changes", "narrow"],
)
def test_a_rare_character_in_the_text_of_a_formula_is_two_halves(
    record: bytes, more: tuple[tuple[int, bytes], ...], text: str
) -> None:
    sheet = Records(*more)

    assert _value(1, _result(sheet, record)) == ("s", text)
    assert sheet.left == []


def test_a_rare_character_that_is_cut_in_the_table_of_strings_is_whole() -> None:
    first = struct.pack("<II", 1, 1) + b"\3\0\1" + RARE[:2]

    (text,), _ = xlrd.book.unpack_SST_table([first, b"\1" + RARE[2:]], 1)

    assert _value(1, text) == ("s", "𠮷田")


def test_a_text_that_does_not_go_on_is_damaged() -> None:
    with pytest.raises(xlrd.XLRDError):
        _result(Records((190, b"")), b"\3\0\1" + RARE[:4])


def test_formulas_that_share_one_are_written_out() -> None:
    """The first cell of them is followed by it, and the others name that cell."""
    left_of_it = b"\x4c\x00\x00\xff\xc0"
    shared = struct.pack("<6B", 2, 0, 4, 0, 4, 4) + b"\0\2" + struct.pack("<H", len(left_of_it)) + left_of_it
    elsewhere = struct.pack("<BHH", 1, 2, 4)

    found = beside(formula(2, 4, elsewhere), record(1212, shared), formula(3, 4, elsewhere), formula(9, 9, b"\x1e\1\0"))

    assert {place: each.text for place, each in found.formulas.items()} == {(2, 4): "D3", (3, 4): "D4", (9, 9): "1"}


def test_a_formula_that_cannot_be_written_is_known_to_be_there() -> None:
    table, array = struct.pack("<BHH", 2, 0, 0), struct.pack("<BHH", 1, 7, 7)

    found = beside(formula(0, 0, table), formula(0, 1, array))

    assert [each.text for each in found.formulas.values()] == ["…", "…"]


def test_protection_and_validation_are_seen() -> None:
    dv = struct.pack("<I", 1) + b"\1\0\0\0" * 4 + bytes(8) + struct.pack("<5H", 1, 5, 5, 4, 4)

    found = [beside(record(18, b"\1\0"), record(446, dv)), beside(record(18, b"\0\0")), beside(record(446, dv[:9]))]

    assert [(each.is_protected, each.validated) for each in found] == [(True, ["E6"]), (False, []), (False, None)]


@pytest.mark.parametrize(
    ("number", "result", "can_be"),
    [("0", "number", True), ("5", "any", True), ("0", "any", False), ("0", "text", False), ("5", "text", False)],
)
def test_the_zero_that_stands_for_a_text_is_no_result(
    number: str, result: Literal["number", "text", "any"], *, can_be: bool
) -> None:
    assert _can_be(number, Formula("…", result)) is can_be
