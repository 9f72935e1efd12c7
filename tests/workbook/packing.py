"""Zips written byte by byte, cheaply: gigabytes that are never held, and directories that lie.

A gigabyte of one byte is one small block of deflate, said a thousand times over; its checksum is computed, not summed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random
from typing import TypeAlias
from zipfile import ZipFile

_BLOCK = 1 << 20
_DEFLATED = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """The content of a member as it lies in a zip.

    Attributes:
        data: deflated, without a header.
        crc: the checksum of the content, or what is said to be one.
        size: of the content, or what is said to be one.
        offset: where its header is said to lie; None where it does.
    """

    data: bytes
    crc: int
    size: int
    offset: int | None = None


Member: TypeAlias = bytes | str | Packed


def pack(content: bytes | str) -> Packed:
    """Deflate a content quickly."""
    data = content.encode() if isinstance(content, str) else content
    return Packed(_deflate(data, 1, zlib.Z_FINISH), zlib.crc32(data), len(data))


def repeat(unit: bytes, count: int, head: bytes = b"", tail: bytes = b"") -> Packed:
    """Deflate a head, a unit so many times, and a tail."""
    each = max(1, min(count, _BLOCK // len(unit)))
    block, times, rest = unit * each, count // each, unit * (count % each)
    #: After a full flush nothing refers to what came before, so that a block may stand again and again.
    begin, again = _deflate(head, 1, zlib.Z_FULL_FLUSH), _deflate(block, 9, zlib.Z_FULL_FLUSH)
    end = _deflate(rest + tail, 1, zlib.Z_FINISH)
    crc = zlib.crc32(rest + tail, _crc_of_many(block, times, zlib.crc32(head)))
    return Packed(begin + again * times + end, crc, len(head) + len(block) * times + len(rest) + len(tail))


def _deflate(data: bytes, level: int, end: int) -> bytes:
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush(end)


def _crc_of_many(block: bytes, times: int, crc: int) -> int:
    """Continue a checksum over a block so many times: each changes it by one and the same matrix of bits."""
    zero = zlib.crc32(block, 0)
    columns = [zlib.crc32(block, 1 << bit) ^ zero for bit in range(32)]
    for _ in range(times):
        crc = zero ^ _xor(column for bit, column in enumerate(columns) if crc >> bit & 1)
    return crc


def _xor(numbers: Iterable[int]) -> int:
    total = 0
    for number in numbers:
        total ^= number
    return total


def noise(size: int, seed: int = 1) -> bytes:
    """Return letters that can hardly be packed, so that what lies beside them is packed no smaller than allowed."""
    return Random(seed).randbytes(size // 2).hex().encode()  # noqa: S311  no secret


def zip_of(members: Mapping[str, Member] | Iterable[tuple[str, Member]]) -> bytes:
    """Write a zip, members in order, each as it says of itself."""
    pairs = members.items() if isinstance(members, Mapping) else members
    body, directory, count = bytearray(), bytearray(), 0
    for name, content in pairs:
        member = content if isinstance(content, Packed) else pack(content)
        facts = struct.pack("<IIIHH", member.crc, len(member.data), member.size, len(name.encode()), 0)
        common = struct.pack("<HHHHH", 20, 0x800, _DEFLATED, 0, 0x21)
        at = len(body) if member.offset is None else member.offset
        body += b"PK\3\4" + common + facts + name.encode() + member.data
        directory += b"PK\1\2" + b"\x14\0" + common + facts + bytes(10) + struct.pack("<I", at) + name.encode()
        count += 1
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def members_of(data: bytes) -> dict[str, bytes]:
    """Unpack a zip."""
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(content: Member, *, size: int | None = None, crc: int | None = None, offset: int | None = None) -> Packed:
    """Have a member say something else of itself."""
    packed = content if isinstance(content, Packed) else pack(content)
    return replace(
        packed,
        size=packed.size if size is None else size,
        crc=packed.crc if crc is None else crc,
        offset=offset,
    )
