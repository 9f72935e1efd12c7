"""The files attached to a mail, under the names that people gave them.

    bytes of an .eml ──email──▶ (name, bytes) of each attachment, those of forwarded mails too

In:   a mail as a program saved it, with what mail programs in China have made of its names for thirty years: raw GBK,
      encoded words where none may stand, RFC 2231 in pieces, a name only behind the type.
Out:  what is attached; text, and the pictures that a text shows, are not.
Knows nothing of what a file is: the guard judges each.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

#: What calls itself GB2312 or GBK is written in one of its extensions.
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "unknown-8bit": "gb18030"}


class _AsWritten(Compat32):
    """Headers as they stand in the file: the usual policy makes question marks of bytes that are not ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 (email's signature)
        return value


def attachments(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each attachment, in order.

    Raises:
        RecursionError: parts lie in parts without end.
    """
    mail: Message = message_from_bytes(data, policy=_AsWritten())
    for part in mail.walk():
        content = part.get_payload(decode=True)
        name = _name(part)
        kind = part.get_content_maintype()
        is_shown = kind == "image" and "Content-ID" in part
        if isinstance(content, bytes) and (name or kind == "application") and not is_shown:
            yield name, content


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
