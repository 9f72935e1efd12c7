"""The parts of a mail, and the files attached to it, under the names that people gave them.

    bytes of an .eml ──walk──▶ Part, Part, … ──attachments──▶ (name, bytes) of each file, those of forwarded mails
                                                               and of a winmail.dat too

In:   a mail as a program saved it, with what mail programs in China have made of its names for thirty years: raw GBK,
      encoded words where none may stand, RFC 2231 in pieces, a name only behind the type.
Out:  its parts with their headers; what is attached, which text, and the pictures that a text shows, are not.
Knows nothing of what a file is: the guard judges each. Nor of why the mail was written: `tianbao.mail.incoming` tells.

Python's own parser reads line by line, asks every line of every level it is in, and keeps each as an object of its own:
minutes and gigabytes over a mail that was made for it. It is only given the headers of a part; where a part ends is
looked for in the bytes.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from itertools import islice

from tianbao.workbook.tnef import SIGNATURE, read_tnef

#: What calls itself GB2312 or GBK is written in one of its extensions.
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "unknown-8bit": "gb18030"}

#: Codecs of Python that are no charset of a mail: slow without bound, or they make of bytes what cannot be written.
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}

#: An honest mail has a handful of parts, three or four deep.
_MOST_PARTS, _DEEPEST = 2_000, 20
#: Bytes of the headers of one part, and of all parts.
_LONGEST_HEAD, _MOST_HEADERS = 65_536, 400_000
#: A header that says what a part is needs no more characters; what is longer says nothing.
_LONGEST_HEADER = 2_000

_END_OF_HEAD, _NO_HEAD = re.compile(rb"\r?\n\r?\n"), re.compile(rb"\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class MailError(ValueError):
    """A mail that is not taken apart: too many parts, too deep in each other, or headers without end."""


class _AsWritten(Compat32):
    """Headers as they stand in the file: the usual policy makes question marks of bytes that are not ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 (email's signature)
        return value[:_LONGEST_HEADER]


_POLICY = _AsWritten()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail: its headers, and what it holds.

    Attributes:
        headers: as they stand in the file.
        level: how many mails it lies in; 0 of what the sender wrote, 1 of what was forwarded, and so on.
        has_parts: it only holds other parts, which follow it.
        name: what an attachment is called; empty where it has no name.
    """

    headers: Message
    level: int
    has_parts: bool
    name: str
    _data: bytes = field(repr=False)
    _begin: int
    _end: int

    @property
    def kind(self) -> str:
        """The type that it says it is, like `text/plain`."""
        return self.headers.get_content_type()

    @property
    def is_attachment(self) -> bool:
        """Whether people would call it one."""
        if self.has_parts:
            return False
        is_shown = self.is_picture and "Content-ID" in self.headers
        return (bool(self.name) or self.kind.startswith("application/")) and not is_shown

    @property
    def is_picture(self) -> bool:
        """Whether it says that it is one, attached or shown in the text."""
        return self.kind.startswith("image/")

    def header(self, name: str) -> str:
        """Return what stands in a header, decoded, in one line; empty where there is none."""
        return " ".join(words(str(self.headers.get(name, ""))).split())

    def parameter(self, name: str) -> str:
        """Return a parameter of its type, like `charset`; empty where there is none."""
        return _plain(_parameter(self.headers, name, "content-type"))

    @property
    def raw(self) -> bytes:
        """What follows the headers, as it was sent."""
        return self._data[self._begin : self._end]

    def content(self) -> bytes:
        """Return what it holds, decoded from what it was encoded in for the way."""
        return _unpacked(self.headers, self.raw)

    def text(self, most: int) -> str:
        """Return what it holds as text, of no more than so many bytes."""
        #: Base64 takes four letters for three bytes, quoted-printable three for each.
        data = _unpacked(self.headers, self._data[self._begin : min(self._end, self._begin + 3 * most)])[:most]
        codec = _codec(self.parameter("charset"))
        if codec in ("", "ascii", "utf-8"):  # what is not labelled as anything else, and what may be labelled wrongly
            with suppress(UnicodeDecodeError):
                return codecs.getincrementaldecoder("utf-8")().decode(data)  # it may have been cut within a letter
            codec = "gb18030"
        return data.decode(codec, "replace")


def walk(data: bytes) -> Iterator[Part]:
    """Yield each part of a mail and of those that lie in it, what holds others before these.

    Raises:
        MailError: parts without end, beside or in each other.
    """
    return _Walk().parts(data, 0, len(data), 0, _DEEPEST)


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each attachment, in order.

    Raises:
        MailError: parts without end, beside or in each other.
    """
    for part in walk(data):
        if part.is_attachment:
            yield from attached(part)


def attached(part: Part) -> Iterator[tuple[str, bytes]]:
    """Yield the attachment that a part is, or those in it where it is a winmail.dat.

    One that cannot be read to its end follows what was read of it, as what it is.
    """
    content = part.content()
    if content.startswith(SIGNATURE):
        unpacked = read_tnef(content)
        yield from unpacked.files
        if unpacked.is_whole:
            return
    yield part.name, content


class _Walk:
    """A way through the parts of a mail, and of those that lie in it."""

    def __init__(self) -> None:
        self._parts_left = _MOST_PARTS
        self._headers_left = _MOST_HEADERS

    def parts(self, data: bytes, begin: int, end: int, level: int, levels: int) -> Iterator[Part]:
        """Yield a part and those in it, `level` mails deep, where so many `levels` more may lie in each other."""
        head, body = self._head(data, begin, end)
        if levels <= 0:
            raise MailError(levels)
        kind = head.get_content_type()
        boundary = (
            _plain(_parameter(head, "boundary", "content-type")).rstrip() if kind.startswith("multipart/") else ""
        )
        #: Each costs memory before it is known what it is.
        inner = list(islice(_between(data, body, end, boundary), self._parts_left + 1)) if boundary else []
        yield Part(head, level, bool(inner) or kind == "message/rfc822", _name(head), data, body, end)
        if inner:
            for first, last in inner:
                yield from self.parts(data, first, last, level, levels - 1)
        elif kind == "message/rfc822" and _encoding(head) in ("", "7bit", "8bit", "binary"):
            yield from self.parts(data, body, end, level + 1, levels - 1)
        elif kind == "message/rfc822":
            content = _unpacked(head, data[body:end])
            yield from self.parts(content, 0, len(content), level + 1, levels - _DEEPEST // 4)

    def _head(self, data: bytes, begin: int, end: int) -> tuple[Message, int]:
        """Read the headers of a part; return where its body begins."""
        split = _NO_HEAD.match(data, begin, end) or _END_OF_HEAD.search(data, begin, min(begin + _LONGEST_HEAD, end))
        head, body = split.span() if split else (end, end)
        self._parts_left -= 1
        self._headers_left -= head - begin
        if self._parts_left < 0 or self._headers_left < 0 or head - begin > _LONGEST_HEAD:
            raise MailError(begin)
        return message_from_bytes(data[begin:head], policy=_POLICY), body


def _between(data: bytes, begin: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts between the lines `--boundary` begin and end."""
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    first = None
    at = begin if data.startswith(mark, begin) else _next(data, mark, begin, end)
    while at >= 0:
        line = data.find(b"\n", at, end) + 1 or end
        behind = data[at + len(mark) : line].strip()
        if behind in (b"", b"--"):
            if first is not None:
                yield first, _without_line_end(data, at)
            if behind:
                return
            first = line
        at = _next(data, mark, line - 1, end)
    if first is not None:
        yield first, end


def _next(data: bytes, mark: bytes, begin: int, end: int) -> int:
    """Find the next line that begins with a mark; -1 where there is none."""
    at = data.find(b"\n" + mark, begin, end)
    return at + 1 if at >= 0 else -1


def _without_line_end(data: bytes, at: int) -> int:
    """Return where the text before a boundary ends: the line end belongs to the boundary."""
    return at - 2 if data[at - 2 : at] == b"\r\n" else at - 1


def _unpacked(part: Message, content: bytes) -> bytes:
    """Decode what was encoded for the way."""
    encoding = _encoding(part)
    if encoding == "base64":
        return _from_base64(content)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        part.set_payload(content.decode("ascii", "surrogateescape"))
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else content
    return content


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower()


def _from_base64(content: bytes) -> bytes:
    """Decode as far as it goes, with whatever stands between the letters."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", content)
        whole = len(letters) - (len(letters) % 4 == 1)
        return binascii.a2b_base64(letters[:whole] + b"=" * (-whole % 4))


#: A parameter as Python reads it: its text, or the charset, the language, and the bytes as text of RFC 2231.
_Parameter = str | tuple[str | None, str | None, str]


def _parameter(part: Message, name: str, header: str) -> _Parameter:
    """Return a parameter of a header; empty where there is none, or none that can be read."""
    try:
        return part.get_param(name, "", header)
    except Exception:  # noqa: BLE001 (Python's own parser raises many things over a damaged one)
        return ""


def _plain(parameter: _Parameter) -> str:
    """Return a parameter that is never more than ASCII."""
    return parameter[2] if isinstance(parameter, tuple) else parameter


def _name(part: Message) -> str:
    """Return what an attachment is called; empty where it has no name."""
    written = _parameter(part, "filename", "content-disposition") or _parameter(part, "name", "content-type")
    if isinstance(written, tuple):
        charset, _, text = written
        return _decoded(text.encode("utf-8" if not charset else "latin-1", "surrogateescape"), charset or "")
    return words(written).strip()


def words(text: str) -> str:
    """Decode encoded words, and bytes that nobody has encoded."""
    try:
        pieces = decode_header(text) if "=?" in text else [(text, None)]
    except HeaderParseError:
        pieces = [(text, None)]
    return "".join(
        _decoded(piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape"), charset or "")
        for piece, charset in pieces
    )


def _decoded(data: bytes, charset: str) -> str:
    """Decode a name by what it claims to be, else as UTF-8, else as what Windows in China writes."""
    for codec in (_codec(charset), "utf-8", "gb18030"):
        with suppress(UnicodeError):
            if codec:
                return data.decode(codec)
    return data.decode("latin-1")


def _codec(charset: str) -> str:
    """Name the codec of a charset; empty where there is none, or none that a mail is written in."""
    try:
        name = codecs.lookup(_EXTENDED.get(charset.lower(), charset)).name
        b" ".decode(name, "replace")  # some make no text of bytes
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else name
