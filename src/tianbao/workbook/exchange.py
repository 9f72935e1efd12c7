"""A finished zip of which parts are exchanged, in the bytes that `zipfile` would write.

    zip ──▶ File ──content──▶ Part, cut at some pieces ──other pieces──▶ Packed ──exchanged──▶ zip

In:   a zip as `zipfile` has written it, and the pieces at which its parts are cut.
Out:  the same zip with other pieces.
Knows nothing of workbooks.

What is packed is what stands between the pieces, and the pieces: no more than the end of it is packed anew where the
beginning has been seen. A packer does not care in how many portions it is fed; whoever cuts a part makes sure of it once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import NamedTuple
from zipfile import ZipFile

#: So many outcomes of a part are kept, and so many of its beginnings, which take more room.
_KEPT, _KEPT_BEGINNINGS = 64, 16
#: From so many bytes on a beginning is worth keeping.
_LONG = 16_384
#: How hard `zipfile` packs.
_LEVEL = zlib.Z_DEFAULT_COMPRESSION

#: Where the headers of a zip hold check sum and sizes, where the part begins, and where the list of all parts begins.
_FACTS, _IN_HEAD, _IN_ENTRY, _PLACE, _PLACE_OF_LIST = struct.Struct("<LLL"), 14, 16, 42, 16
#: How long these headers are, and how long the names behind them.
_HEAD, _ENTRY, _END = struct.Struct("<26xHH"), struct.Struct("<28xHHH12x"), struct.Struct("<22x")


class NotOnceError(Exception):
    """What should be exchanged stands nowhere, or several times."""


class Packed(NamedTuple):
    """A part of the file as it lies there, and what its headers say of it."""

    crc: int
    size: int
    data: bytes


class _Begun(NamedTuple):
    """The beginning of a part, packed; the packer can be copied to go on from there."""

    crc: int
    size: int
    data: bytes
    packer: zlib._Compress

    def again(self) -> _Begun:
        """Return a beginning to go on from that leaves this one as it is."""
        return self._replace(packer=self.packer.copy())


class Part:
    """A part of the file, cut at what differs; what lies between is kept.

    What lies before and in its longest stretch between two pieces is packed once for all that begin alike, if that is long: to
    copy a packer takes as long as to pack some kilobytes.
    """

    def __init__(self, content: bytes, pieces: Iterable[bytes]) -> None:
        each = list(pieces)
        if any(content.count(piece) != 1 for piece in each):
            raise NotOnceError
        places = sorted((content.index(piece), n) for n, piece in enumerate(each))
        self._order = [n for _, n in places]
        ends = [0, *(place + len(each[n]) for place, n in places)]
        starts = [*(place for place, _ in places), len(content)]
        self._between = [content[end:start] for end, start in zip(ends, starts, strict=True)]
        longest = max(range(len(each)), key=lambda n: len(self._between[n]), default=0)
        self._begins_long = len(self._between[longest]) > _LONG
        self._stop = longest if self._begins_long else 0
        self._begun = lru_cache(maxsize=_KEPT_BEGINNINGS)(self._begin)
        self._packed = lru_cache(maxsize=_KEPT)(self._pack)

    def filled(self, pieces: Iterable[bytes]) -> Packed:
        """Return the part with other pieces in the places of those that it was cut at."""
        return self._packed(tuple(pieces))

    def _pack(self, pieces: tuple[bytes, ...]) -> Packed:
        ordered, stop = [pieces[n] for n in self._order], self._stop
        beginning = tuple(ordered[:stop])
        begun = self._begun(beginning).again() if self._begins_long else self._begin(beginning)
        rest = b"".join(chain.from_iterable(zip(ordered[stop:], self._between[stop + 1 :], strict=True)))
        data = begun.data + begun.packer.compress(rest) + begun.packer.flush()
        return Packed(zlib.crc32(rest, begun.crc), begun.size + len(rest), data)

    def _begin(self, pieces: tuple[bytes, ...]) -> _Begun:
        """Pack the beginning as `zipfile` does."""
        content = b"".join(chain.from_iterable(zip(self._between, (*pieces, b""), strict=False)))
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return _Begun(zlib.crc32(content), len(content), packer.compress(content), packer)


class _Member(NamedTuple):
    """A part of the file between its two headers: the one before it, and the one in the list at the end."""

    name: str
    head: bytes
    data: bytes
    entry: bytes

    def exchanged(self, packed: Packed) -> _Member:
        """Return another part in its place, with the headers of this one."""
        facts = _FACTS.pack(packed.crc, len(packed.data), packed.size)
        return _Member(self.name, _over(self.head, _IN_HEAD, facts), packed.data, _over(self.entry, _IN_ENTRY, facts))


class File:
    """A file of which parts are exchanged; of all headers only sizes, check sums and places are written anew."""

    def __init__(self, data: bytes) -> None:
        with ZipFile(BytesIO(data)) as archive:
            self._contents = {info.filename: archive.read(info) for info in archive.infolist()}
            self._members = list(_members(data, archive))
            self._end = data[-_END.size :]

    def content(self, name: str) -> bytes:
        """Return what a part says."""
        return self._contents[name]

    def exchanged(self, parts: Mapping[str, Packed]) -> bytes:
        """Return the file with other parts in the places of those."""
        written, entries, place = list[bytes](), list[bytes](), 0
        for original in self._members:
            member = original.exchanged(parts[original.name]) if original.name in parts else original
            written += (member.head, member.data)
            entries.append(_over(member.entry, _PLACE, struct.pack("<L", place)))
            place += len(member.head) + len(member.data)
        return b"".join((*written, *entries, _over(self._end, _PLACE_OF_LIST, struct.pack("<L", place))))


def _members(data: bytes, archive: ZipFile) -> Iterator[_Member]:
    at = archive.start_dir
    for info in archive.infolist():
        end = at + _ENTRY.size + sum(_ENTRY.unpack_from(data, at))
        begin = info.header_offset + _HEAD.size + sum(_HEAD.unpack_from(data, info.header_offset))
        packed = data[begin : begin + info.compress_size]
        yield _Member(info.filename, data[info.header_offset : begin], packed, data[at:end])
        at = end


def _over(header: bytes, at: int, written: bytes) -> bytes:
    """Write over what stands at a place of a header."""
    return header[:at] + written + header[at + len(written) :]
