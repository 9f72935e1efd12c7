"""The files in a winmail.dat: what Outlook makes of a letter and its attachments when it writes rich text.

    bytes of a winmail.dat ──attributes──▶ attachment by attachment ──MAPI properties──▶ name, bytes

In:   a stream of attributes (level, number, length, data, checksum), as [MS-OXTNEF] describes it.
Out:  the files in it, those of forwarded letters too, and whether it was read to its end; damage is never an exception.
Knows nothing of mails around it, nor of what a file is.

No length is believed before it was held against the bytes that are there, and every step goes forward: the work is
bounded by the size of what came. Checksums are not looked at: a workbook has its own, and some programs write none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: The first bytes of every winmail.dat.
SIGNATURE: Final = b"\x78\x9f\x3e\x22"

#: The signature, and a number that says nothing.
_HEAD = 6
#: Before the data of an attribute, its level, number and length; behind it, a checksum.
_ATTRIBUTE_HEAD, _CHECKSUM = 9, 2
_OF_MESSAGE, _OF_ATTACHMENT = 1, 2
#: What programs that carry a file leave at its end.
_PADDING = b"\0\r\n "

_CODEPAGE = 0x0006_9007
_NEW_ATTACHMENT = 0x0006_9002
_TITLE = 0x0001_8010
_DATA = 0x0006_800F
_PROPERTIES = 0x0006_9005

#: Properties of an attachment that are a name, the better one first.
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME = 0x3707, 0x3704, 0x3001
_CONTENT = 0x3701

_TEXT, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x0102
_SEVERAL = 0x1000
_NAMED_FROM = 0x8000
#: Bytes of a property of fixed size, as it stands in the stream: a multiple of four.
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_PROPERTY_SET = 16
#: Before an embedded object stands the number of its interface; this one is a letter, as a winmail.dat of its own.
_INTERFACE = 16
_LETTER = bytes.fromhex("0703020000000000c000000000000046")

#: An honest letter has a handful of attachments with some thirty properties each, and a forwarded one or two.
_MOST_ATTRIBUTES, _MOST_PROPERTIES, _DEEPEST = 5_000, 20_000, 5

#: Of a letter that does not say in which code page its names are.
_UNSAID = "gb18030"
_CODEPAGES = {936: "gb18030", 54936: "gb18030", 950: "big5", 65001: "utf-8", 20127: "ascii"}
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What lies in a winmail.dat.

    Attributes:
        files: name and content of each, in order; a name may be empty.
        is_whole: it was read to its end; otherwise files may be missing.
    """

    files: tuple[tuple[str, bytes], ...]
    is_whole: bool


class _DamagedError(ValueError):
    """A length that points beyond the end, or more than an honest letter holds."""


def read_tnef(data: bytes) -> Unpacked:
    """Take a winmail.dat apart, as far as it goes.

    >>> read_tnef(b"no winmail.dat")
    Unpacked(files=(), is_whole=False)
    """
    reader = _Reader()
    try:
        reader.read(memoryview(data), _DEEPEST)
    except _DamagedError:
        return Unpacked(tuple(reader.files), is_whole=False)
    return Unpacked(tuple(reader.files), reader.is_whole)


@dataclass(slots=True)
class _Attachment:
    """One attachment, as its attributes come in."""

    title: bytes = b""
    data: bytes | None = None
    is_letter: bool = False
    names: dict[int, str] = field(default_factory=dict)

    def name(self, charset: str) -> str:
        title = _text(self.title, charset)
        found = (self.names.get(_LONG_NAME), self.names.get(_SHORT_NAME), title, self.names.get(_SHOWN_NAME))
        return _CONTROL.sub("", next(filter(None, found), ""))


class _Reader:
    """A way through one winmail.dat and those that lie in it: they share what may be asked of us."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.is_whole = True
        self._attributes_left = _MOST_ATTRIBUTES
        self._properties_left = _MOST_PROPERTIES

    def read(self, data: memoryview, levels: int) -> None:
        """Gather the files; those before the damage are kept.

        Raises:
            _DamagedError: it cannot be read to its end.
        """
        if bytes(data[: len(SIGNATURE)]) != SIGNATURE or not levels:
            raise _DamagedError
        charset = _UNSAID
        attachment: _Attachment | None = None
        try:
            for level, number, value in self._attributes(data):
                if level == _OF_MESSAGE and number == _CODEPAGE:
                    charset = _charset(int.from_bytes(value[:4], "little"))
                if level != _OF_ATTACHMENT:
                    continue
                if number == _NEW_ATTACHMENT or attachment is None:
                    self._keep(attachment, charset)
                    attachment = _Attachment()
                if number == _TITLE:
                    attachment.title = bytes(value)
                elif number == _DATA:
                    attachment.data = bytes(value)
                elif number == _PROPERTIES:
                    self._describe(attachment, value, charset, levels)
        finally:  # the data of the last one may be whole, whatever is damaged behind it
            self._keep(attachment, charset)

    def _keep(self, attachment: _Attachment | None, charset: str) -> None:
        if attachment is None or attachment.is_letter:
            return
        if attachment.data is None:  # only linked to, or cut off just there: nothing else would show that
            self.is_whole = False
        else:
            self.files.append((attachment.name(charset), attachment.data))

    def _attributes(self, data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
        """Yield level, number and data of each attribute."""
        at = _HEAD
        while at < len(data):
            if data[at] in _PADDING and not bytes(data[at:]).strip(_PADDING):
                return
            begin = at + _ATTRIBUTE_HEAD
            end = begin + int.from_bytes(data[at + 5 : begin], "little")
            self._attributes_left -= 1
            if end > len(data) or data[at] not in (_OF_MESSAGE, _OF_ATTACHMENT) or self._attributes_left < 0:
                raise _DamagedError
            yield data[at], int.from_bytes(data[at + 1 : at + 5], "little"), data[begin:end]
            at = end + _CHECKSUM

    def _describe(self, attachment: _Attachment, value: memoryview, charset: str, levels: int) -> None:
        """Take from the MAPI properties what an attachment is called, and what is in it."""
        for number, kind, content in self._properties(value):
            if number in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME) and kind in (_TEXT, _UNICODE):
                name = _text(bytes(content), "utf-16-le" if kind == _UNICODE else charset)
                attachment.names[number] = name or attachment.names.get(number, "")
            elif number == _CONTENT and kind == _BINARY and attachment.data is None:
                attachment.data = bytes(content)
            elif number == _CONTENT and kind == _OBJECT:
                if bytes(content[:_INTERFACE]) == _LETTER:
                    attachment.is_letter = True
                    self.read(content[_INTERFACE:], levels - 1)
                elif not attachment.data:
                    attachment.data = bytes(content[_INTERFACE:])

    def _properties(self, data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
        """Yield number, type and value of each property; one of several values yields each."""
        count, at = _number(data, 0), 4
        for _ in range(count):
            self._properties_left -= 1
            head = _number(data, at)
            kind, number = head & 0xFFFF, head >> 16
            at += 4
            if number >= _NAMED_FROM:
                at = _behind_name(data, at)
            several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
            is_long = kind in (_TEXT, _UNICODE, _OBJECT, _BINARY)
            values = 1
            if several or is_long:
                values, at = _number(data, at), at + 4
                self._properties_left -= values
            for _ in range(values):
                size = _number(data, at) if is_long else _FIXED.get(kind, 0)
                at += 4 if is_long else 0
                if not is_long and not size:  # a type that nobody knows: where it ends is not known either
                    raise _DamagedError
                if at + size > len(data) or self._properties_left < 0:
                    raise _DamagedError
                yield number, kind, data[at : at + size]
                at += -size % 4 + size


def _number(data: memoryview, at: int) -> int:
    """Read four bytes."""
    if at + 4 > len(data):
        raise _DamagedError
    return int.from_bytes(data[at : at + 4], "little")


def _behind_name(data: memoryview, at: int) -> int:
    """Step over what a named property is called: a number, or a text."""
    at += _PROPERTY_SET
    is_text = _number(data, at) == 1
    size = _number(data, at + 4) if is_text else 0
    return at + 8 + size + -size % 4


def _charset(codepage: int) -> str:
    return _CODEPAGES.get(codepage, f"cp{codepage}")


def _text(data: bytes, charset: str) -> str:
    """Decode a name to its closing zero; what is not of its charset as Windows in China writes it."""
    for encoding in (charset, _UNSAID):
        try:
            return data.decode(encoding).split("\0")[0]
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1").split("\0")[0]
