"""A writer of winmail.dat, for the tests of its reader: attributes and MAPI properties, as [MS-OXTNEF] describes them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)

MESSAGE, ATTACHMENT = 1, 2
VERSION, CODEPAGE, MESSAGE_CLASS = 0x00089006, 0x00069007, 0x00078008
NEW, TITLE, DATA, PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005

LONG, TEXT, UNICODE, OBJECT, BINARY = 0x0003, 0x001E, 0x001F, 0x000D, 0x0102
LONG_NAME, SHORT_NAME, CONTENT, METHOD = 0x3707, 0x3704, 0x3701, 0x3705

#: What stands before a letter that is attached, and before any other object.
LETTER = bytes.fromhex("0703020000000000c000000000000046")
STORAGE = bytes.fromhex("0b00000000000000c000000000000046")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in a winmail.dat, and how its name and content are written down."""

    name: str
    data: bytes
    unicode: bool = False
    short: bytes = b"FILE~1.XLS"
    in_properties: bool = False


def attribute(level: int, number: int, data: bytes) -> bytes:
    """Write an attribute with its checksum."""
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def long_value(number: int, value: int) -> bytes:
    return struct.pack("<HHI", LONG, number, value)


def value_of(number: int, kind: int, *values: bytes) -> bytes:
    """Write a property of a type whose values have a length; several values where there are several."""
    several = 0x1000 if len(values) > 1 else 0
    written = b"".join(struct.pack("<I", len(value)) + padded(value) for value in values)
    return struct.pack("<HHI", kind | several, number, len(values)) + written


def named(kind_of_name: bytes, *, value: int = 7) -> bytes:
    """Write a property that has a name of its own, as programs add them."""
    return struct.pack("<HH", LONG, 0x8001) + bytes(16) + kind_of_name + struct.pack("<I", value)


def properties(*written: bytes) -> bytes:
    return struct.pack("<I", len(written)) + b"".join(written)


def attachment(file: Attached, charset: str) -> bytes:
    """Write the attributes of one attachment, in the order in which Outlook does."""
    name = value_of(LONG_NAME, UNICODE, file.name.encode("utf-16-le") + b"\0\0")
    if not file.unicode:
        name = value_of(LONG_NAME, TEXT, file.name.encode(charset) + b"\0")
    label = "备注".encode("utf-16-le")
    described = [
        long_value(METHOD, 1),
        named(struct.pack("<II", 0, 5)),
        named(struct.pack("<II", 1, len(label)) + padded(label)),
        value_of(0x6620, BINARY, b"abc", b"de"),
        name,
    ]
    if file.in_properties:
        described.append(value_of(CONTENT, BINARY, file.data))
    return b"".join(
        [
            attribute(ATTACHMENT, NEW, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0)),
            *([] if file.in_properties else [attribute(ATTACHMENT, DATA, file.data)]),
            attribute(ATTACHMENT, TITLE, file.short + b"\0"),
            attribute(ATTACHMENT, PROPERTIES, properties(*described)),
        ]
    )


def winmail(files: Iterable[Attached], *, codepage: int = 936, charset: str = "gb18030") -> bytes:
    """Write a winmail.dat of a letter with such files."""
    return b"".join(
        [
            SIGNATURE,
            attribute(MESSAGE, VERSION, struct.pack("<I", 0x00010000)),
            attribute(MESSAGE, CODEPAGE, struct.pack("<II", codepage, 0)),
            attribute(MESSAGE, MESSAGE_CLASS, b"IPM.Microsoft Mail.Note\0"),
            *(attachment(file, charset) for file in files),
        ]
    )


def forwarded(inner: bytes, *, interface: bytes = LETTER) -> bytes:
    """Write a winmail.dat to which another letter, or another object, is attached."""
    described = properties(long_value(METHOD, 5), value_of(CONTENT, OBJECT, interface + inner))
    return b"".join(
        [
            SIGNATURE,
            attribute(MESSAGE, CODEPAGE, struct.pack("<II", 936, 0)),
            attribute(ATTACHMENT, NEW, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0)),
            attribute(ATTACHMENT, TITLE, "转发".encode("gb18030") + b"\0"),
            attribute(ATTACHMENT, PROPERTIES, described),
        ]
    )
