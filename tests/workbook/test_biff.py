"""The formulas of an .xls, token by token, and where it validates."""

from __future__ import annotations

import struct

import pytest

from tianbao.workbook.biff import Formula, Words, quoted, validated, write_formula

#: Relative in row and column.
MOVES = 0xC000


def sheet(number: int) -> str:
    return [quoted("封面"), quoted("表 '一'")][number]


WORDS = Words({4: ("SUM", 1), 39: ("AND", 1), 24: ("ABS", 1), 48: ("TEXT", 2), 1: ("IF", 2)}, sheet, ["总数"])


def whole(number: int) -> bytes:
    return struct.pack("<BH", 0x1E, number)


def text(content: str) -> bytes:
    return struct.pack("<BBB", 0x17, len(content), 1) + content.encode("utf-16-le")


def cell(row: int, column: int, *, token: int = 0x44) -> bytes:
    return struct.pack("<BHH", token, row, column | MOVES)


def area(top: int, low: int, left: int, right: int, *, token: int = 0x25) -> bytes:
    return struct.pack("<B4H", token, top, low, left | MOVES, right | MOVES)


ONE, TWO, PARENTHESES = whole(1), whole(2), b"\x15"


@pytest.mark.parametrize(
    ("tokens", "written", "result"),
    [
        (ONE + TWO + b"\x03", "1+2", "number"),
        (ONE + TWO + b"\x04" + TWO + b"\x05", "1-2*2", "number"),
        (ONE + TWO + b"\x04" + PARENTHESES + TWO + b"\x05", "(1-2)*2", "number"),
        (ONE + TWO + b"\x06" + TWO + b"\x07", "1/2^2", "number"),
        (text("甲") + text('"') + b"\x08", '"甲"&""""', "text"),
        (b"\x17\x02\x00ab", '"ab"', "text"),
        (ONE + TWO + b"\x09" + TWO + b"\x0e", "1<2<>2", "number"),
        (ONE + TWO + b"\x0a", "1<=2", "number"),
        (ONE + TWO + b"\x0b", "1=2", "number"),
        (ONE + TWO + b"\x0c", "1>=2", "number"),
        (ONE + TWO + b"\x0d", "1>2", "number"),
        (cell(0, 0) + cell(1, 1) + b"\x11", "A1:B2", "any"),
        (cell(0, 0) + cell(1, 1) + b"\x10", "A1,B2", "any"),
        (cell(0, 0) + cell(1, 1) + b"\x0f", "A1 B2", "any"),
        (ONE + b"\x12", "+1", "number"),
        (ONE + b"\x13", "-1", "number"),
        (ONE + b"\x14", "1%", "number"),
        (b"\x1c\x17", "#REF!", "any"),
        (b"\x1c\x2a", "#N/A", "any"),
        (b"\x1d\x01", "TRUE", "number"),
        (b"\x1d\x00", "FALSE", "number"),
        (struct.pack("<Bd", 0x1F, 12.5), "12.5", "number"),
        (struct.pack("<Bd", 0x1F, 4.9999e-07), "0.00000049999", "number"),
        (struct.pack("<Bd", 0x1F, 70000.0), "70000", "number"),
        (struct.pack("<Bd", 0x1F, 1e300), "1E+300", "number"),
        (b"\x44\x05\x00\x04\x00", "$E$6", "any"),
        (b"\x44\x05\x00\x04\x40", "E$6", "any"),
        (b"\x44\x05\x00\x04\x80", "$E6", "any"),
        (area(8, 11, 4, 6), "E9:G12", "any"),
        (struct.pack("<B3H", 0x5A, 0, 5, 4 | MOVES), "封面!E6", "any"),
        (struct.pack("<B5H", 0x3B, 1, 5, 6, 4 | MOVES, 4 | MOVES), "'表 ''一'''!E6:E7", "any"),
        (b"\x2a" + bytes(4), "#REF!", "any"),
        (b"\x2b" + bytes(8), "#REF!", "any"),
        (b"\x3c" + bytes(6), "#REF!", "any"),
        (b"\x3d" + bytes(10), "#REF!", "any"),
        (b"\x23\x01\x00\x00\x00", "总数", "any"),
        (ONE + b"\x41" + struct.pack("<H", 24), "ABS(1)", "number"),
        (ONE + TWO + b"\x42\x02" + struct.pack("<H", 4), "SUM(1,2)", "number"),
        (ONE + TWO + b"\x42\x02" + struct.pack("<H", 48), "TEXT(1,2)", "text"),
        (ONE + b"\x16" + b"\x42\x02" + struct.pack("<H", 1), "IF(1,)", "any"),
        (area(8, 11, 4, 4) + b"\x19\x10\x00\x00", "SUM(E9:E12)", "number"),
        (ONE + b"\x19\x40\x00\x01", "1", "number"),
        (b"\x19\x01\x00\x00" + ONE + b"\x19\x02\x09\x00" + TWO + b"\x19\x08\x03\x00\x42\x02\x01\x00", "IF(1,2)", "any"),
        (ONE + b"\x19\x04\x02\x00" + bytes(6) + TWO + b"\x03", "1+2", "number"),
        (b"\x26" + bytes(6) + cell(0, 0) + cell(1, 1) + b"\x10", "A1,B2", "any"),
        (b"\x29" + bytes(2) + cell(0, 0), "A1", "any"),
    ],
)
def test_a_formula_is_written_as_it_was_typed(tokens: bytes, written: str, result: str) -> None:
    assert write_formula(tokens, WORDS) == (written, result)


def test_no_parentheses_are_added() -> None:
    """LibreOffice writes `A1&""="x"` in this order."""
    assert write_formula(cell(0, 0) + text("") + text("x") + b"\x0b\x08", WORDS) == Formula('A1&""="x"', "text")


def test_a_shared_formula_counts_from_the_cell_where_it_stands() -> None:
    two_left = struct.pack("<BHH", 0x4C, 0, 0xFE | MOVES)
    above = struct.pack("<B4H", 0x2D, 0xFFFD, 0xFFFF, 0 | MOVES, 0 | MOVES)
    fixed = struct.pack("<BHH", 0x4C, 7, 1)

    written = write_formula(two_left + above + b"\x03" + fixed + b"\x03", WORDS, row=12, column=4)

    assert written
    assert written.text == "C13+E10:E12+$B$8"


@pytest.mark.parametrize(
    "tokens",
    [
        b"",
        b"\x03",
        ONE + b"\x03",
        ONE + TWO,
        b"\x1e\x01",
        b"\x17\x05\x01a",
        b"\x20" + bytes(7),
        b"\x39" + bytes(6),
        b"\x18\x00",
        b"\x02\x00\x00\x00\x00",
        ONE + b"\x42\x01\xff\x00",
        ONE + b"\x42\x02\x04\x00",
        ONE + b"\x41\xe7\x03",
        b"\x23\x09\x00\x00\x00",
        struct.pack("<B3H", 0x5A, 9, 5, 4),
        b"\x1c\x55",
    ],
    ids=lambda tokens: tokens.hex(),
)
def test_what_is_not_known_or_damaged_is_not_written(tokens: bytes) -> None:
    assert write_formula(tokens, WORDS) is None


def dv(flags: int, *areas: tuple[int, int, int, int]) -> bytes:
    titles = b"\1\0\0\0" + struct.pack("<HB", 2, 1) + "提示".encode("utf-16-le") + b"\1\0\0\0" + b"\1\0\0\0"
    formulas = struct.pack("<HH", 3, 0) + ONE + struct.pack("<HH", 0, 0)
    return (
        struct.pack("<I", flags)
        + titles
        + formulas
        + struct.pack("<H", len(areas))
        + b"".join(struct.pack("<4H", *each) for each in areas)
    )


def test_the_areas_of_a_validation_are_read() -> None:
    assert validated(dv(0xC0101, (5, 5, 4, 4), (7, 8, 4, 5))) == "E6 E8:F9"


def test_a_validation_that_only_prompts_lets_everything_pass() -> None:
    assert validated(dv(0xC0100, (5, 5, 4, 4))) == ""


@pytest.mark.parametrize("end", [2, 10, 30, -1])
def test_a_damaged_validation_raises(end: int) -> None:
    with pytest.raises(struct.error):
        validated(dv(0xC0101, (5, 5, 4, 4))[:end])
