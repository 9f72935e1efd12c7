"""The files attached to a mail, under the names that people gave them.

    bytes of an .eml ──parts──▶ (name, bytes) of each attachment, those of forwarded mails too

In:   a mail as a program saved it, with what mail programs in China have made of its names for thirty years: raw GBK,
      encoded words where none may stand, RFC 2231 in pieces, a name only behind the type.
Out:  what is attached; text, and the pictures that a text shows, are not.
Knows nothing of what a file is: the guard judges each.

Python's own parser reads line by line, asks every line of every level it is in, and keeps each as an object of its own:
minutes and gigabytes over a mail that was made for it. It is only given the headers of a part; where a part ends is
looked for in the bytes.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

#: What calls itself GB2312 or GBK is written in one of its extensions.
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "unknown-8bit": "gb18030"}

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


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each attachment, in order.

    Raises:
        MailError: parts without end, beside or in each other.
    """
    for part, content in _Walk().parts(data, 0, len(data), _DEEPEST):
        name = _name(part)
        kind = part.get_content_maintype()
        is_shown = kind == "image" and "Content-ID" in part
        if (name or kind == "application") and not is_shown:
            yield name, _unpacked(part, content)


class _Walk:
    """A way through the parts of a mail, and of those that lie in it."""

    def __init__(self) -> None:
        self._parts_left = _MOST_PARTS
        self._headers_left = _MOST_HEADERS

    def parts(self, data: bytes, begin: int, end: int, levels: int) -> Iterator[tuple[Message, bytes]]:
        """Yield the innermost parts: their headers, and their content as it was sent."""
        part, body = self._head(data, begin, end)
        if levels <= 0:
            raise MailError(levels)
        kind = part.get_content_type()
        boundary = part.get_boundary("") if kind.startswith("multipart/") else ""
        inner = list(_between(data, body, end, boundary.encode("utf-8", "surrogateescape"))) if boundary else []
        if inner:
            for first, last in inner:
                yield from self.parts(data, first, last, levels - 1)
        elif kind != "message/rfc822":
            yield part, data[body:end]
        elif _encoding(part) in ("", "7bit", "8bit", "binary"):
            yield from self.parts(data, body, end, levels - 1)
        else:
            content = _unpacked(part, data[body:end])
            yield from self.parts(content, 0, len(content), levels - _DEEPEST // 4)

    def _head(self, data: bytes, begin: int, end: int) -> tuple[Message, int]:
        """Read the headers of a part; return where its body begins."""
        split = _NO_HEAD.match(data, begin, end) or _END_OF_HEAD.search(data, begin, min(begin + _LONGEST_HEAD, end))
        head, body = split.span() if split else (end, end)
        self._parts_left -= 1
        self._headers_left -= head - begin
        if self._parts_left < 0 or self._headers_left < 0 or head - begin > _LONGEST_HEAD:
            raise MailError(begin)
        return message_from_bytes(data[begin:head], policy=_POLICY), body


def _between(data: bytes, begin: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the parts between the lines `--boundary` begin and end."""
    mark = b"--" + boundary
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


def _name(part: Message) -> str:
    """Return what an attachment is called; empty where it has no name."""
    written = part.get_param("filename", None, "content-disposition") or part.get_param("name")
    if isinstance(written, tuple):  # RFC 2231: the charset, the language, the bytes as text
        charset, _, text = written
        return _decoded(text.encode("utf-8" if not charset else "latin-1", "surrogateescape"), charset or "")
    return _words(written).strip() if isinstance(written, str) else ""


def _words(text: str) -> str:
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
    for encoding in (_EXTENDED.get(charset.lower(), charset), "utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")
