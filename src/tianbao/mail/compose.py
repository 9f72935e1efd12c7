"""A mail as it goes over the wire: one sender, one recipient, a text, attachments.

    Draft ──compose──▶ bytes ──(kept in the outbox)──▶ envelope: from whom, to whom, which mail

In:   names, a subject, a text and files, whatever characters they hold; a Message-ID and a time, decided above.
Out:  the bytes of the mail; the same draft gives the same bytes, with every Python.
Knows nothing of servers, of templates, and of what the subject's code stands for.

The headers are written here, byte by byte, in the form that QQ, 163, Foxmail and Outlook read alike: an encoded word
behind the type and `filename*` behind the disposition. Python's own writer cuts a long name into `filename*0*`, of which
QQ makes `tcmime.1388.bin`, and folds otherwise from one version to the next.

Nobody can add a header: what stands in one is printable ASCII in one line, or an encoded word of it.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime, getaddresses
from hashlib import sha256
from typing import ClassVar
from urllib.parse import quote

from tianbao.errors import TianbaoError

#: Bytes of all attachments together that every provider lets pass.
MOST_BYTES = 10 * 1024 * 1024

_LONGEST_SUBJECT, _LONGEST_NAME, _LONGEST_FILE_NAME = 120, 60, 40
_LONGEST_ADDRESS, _LONGEST_CODE = 254, 76
_LONGEST_LINE = 76
#: So many bytes make an encoded word that fills a line, behind `From: ` and ` name="`, or behind `Subject: `. Most names
#: are a single word, then: there are programs that show a blank between two.
_BYTES_OF_A_WORD, _BYTES_IN_A_SUBJECT = 42, 39
#: So many bytes make a line of base64.
_BYTES_OF_A_LINE = 57

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TEXT = ("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64")

_LINE_END = re.compile(r"\r\n|\r|\n")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_MESSAGE_ID = re.compile(r"<?([!-;=?-~]{1,240})>?")

#: What an address book may show as it is; everything else is encoded, so that no quoting is needed.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*")
#: What a subject may hold as it is, unless it looks like an encoded word.
_PLAIN_LINE = re.compile(r"(?!.*=\?)[!-~]+(?: [!-~]+)*")

#: What stands in no file name: on Windows, or in mail programs that take the full-width form for the other.
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*：？／＼＊＜＞｜＂]')
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
#: Nobody sees them, and they are of no category of such: fillers, variation selectors, the joiner of graphemes.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class AddressError(TianbaoError):
    """This is not one address of mail."""

    code: ClassVar[str] = "U-ADDRESS"
    exit_status: ClassVar[int] = 4


class MailTooLargeError(TianbaoError):
    """The attachments of a mail are larger together than servers take."""

    code: ClassVar[str] = "U-MAIL-SIZE"
    exit_status: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class Address:
    """Whose mailbox, and where."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is to arrive."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a mail is made of.

    Attributes:
        subject: without the code.
        message_id: ours, unlike that of every other mail; with or without its angle brackets.
        date: with its time zone.
        code: what a program will know an answer by; it ends the subject, in brackets. Empty: there is none.
        answers: the Message-ID of the mail that this one answers; empty where it answers none.
    """

    sender: Address
    to: Address
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    message_id: str
    date: datetime
    code: str = ""
    answers: str = ""


def compose(draft: Draft) -> bytes:
    """Write a mail.

    Raises:
        AddressError: the sender's or the recipient's address is none.
        MailTooLargeError: the attachments are larger together than `MOST_BYTES`.
        ValueError: the Message-ID is none, or the time has no zone: mistakes of the caller.
    """
    head = list(_headers(draft))
    size = sum(len(one.data) for one in draft.attachments)
    if size > MOST_BYTES:
        raise MailTooLargeError(to=proper_address(draft.to.address), size=_megabytes(size), most=_megabytes(MOST_BYTES))
    text = [*_TEXT, "", *_base64(_LINE_END.sub("\r\n", draft.text).encode("utf-8", "replace"))]
    if not draft.attachments:
        return _lines([*head, *text])
    parts = [_lines(text), *(_lines(_attached(one)) for one in draft.attachments)]
    boundary = _boundary(parts)
    kind = f'Content-Type: multipart/mixed;\r\n boundary="{boundary}"'
    begin = f"--{boundary}\r\n".encode("ascii")
    return b"".join(
        [_lines([*head, kind, ""]), *(begin + part for part in parts), f"--{boundary}--\r\n".encode("ascii")]
    )


def envelope(data: bytes) -> tuple[str, str, str]:
    """Read from a mail that was composed here who sends it, who gets it, and its Message-ID.

    Raises:
        AddressError: it does not go from one address to one.
        ValueError: it has not one Message-ID.
    """
    mail = message_from_bytes(data)
    sender, recipient = (_one_address(mail.get_all(name, [])) for name in ("From", "To"))
    known = [found for value in mail.get_all("Message-ID", []) if (found := _message_id(value))]
    if len(known) != 1:
        raise ValueError("Message-ID")
    return sender, recipient, known[0]


def proper_address(address: str) -> str:
    """Return an address as servers take it: a domain in other letters than ASCII has a form in these.

    Raises:
        AddressError: it is not one address.

    >>> proper_address("zfb@例子.cn")
    'zfb@xn--fsqu00a.cn'
    """
    local, _, domain = address.rpartition("@")
    if len(address) > _LONGEST_ADDRESS:
        raise AddressError(address=one_line(address[:_LONGEST_ADDRESS]) + "…")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise AddressError(address=one_line(address))
    return f"{local}@{ascii_domain}"


def attachment_name(name: str) -> str:
    """Make the name of an attachment that every mail program shows and every system stores.

    >>> attachment_name("018_白家庄镇：2025年报表\U0001f600.xlsx"), attachment_name("con.txt")
    ('018_白家庄镇_2025年报表.xlsx', '_con.txt')
    """
    shown = one_line("".join(letter for letter in name if not _is_picture(letter)))
    stored = _NOT_IN_NAMES.sub("_", shown).rstrip(" .")
    suffix = found.group() if (found := _SUFFIX.search(stored)) else ""
    stem = stored.removesuffix(suffix).strip(" .")
    if not stem or _DEVICES.match(stem):
        stem = f"_{stem}"
    return stem[: _LONGEST_FILE_NAME - len(suffix)].rstrip(" .") + suffix


def one_line(text: str) -> str:
    r"""Fold a text to one line, without what nobody sees: marks that turn the direction of writing, and the like.

    >>> one_line("  二〇二五年\r\n年报\u202e\t（终稿） ")
    '二〇二五年 年报 （终稿）'
    """
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    seen = (one for one in _UNSEEN.sub("", spaced) if unicodedata.category(one) not in _UNSEEN_CATEGORIES)
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _headers(draft: Draft) -> Iterator[str]:
    message_id = _message_id(draft.message_id)
    if not message_id or draft.date.utcoffset() is None:
        raise ValueError(draft.message_id, draft.date)
    yield _folded("From:", _mailbox(draft.sender))
    yield _folded("To:", _mailbox(draft.to))
    yield _folded("Subject:", _subject(draft))
    yield f"Date: {format_datetime(draft.date)}"
    yield f"Message-ID: {message_id}"
    # It is from somebody else's mail: what is no Message-ID only costs the thread.
    if answered := _message_id(draft.answers):
        yield f"In-Reply-To: {answered}"
        yield f"References: {answered}"
    yield "MIME-Version: 1.0"


def _subject(draft: Draft) -> list[str]:
    text = one_line(draft.subject)
    if len(text) > _LONGEST_SUBJECT:
        text = text[: _LONGEST_SUBJECT - 1].rstrip() + "…"
    code = one_line(draft.code)
    if not code:
        return _phrase(text)
    ending = f"[{code}]"
    # In plain ASCII the code survives programs that make nothing of an encoded word.
    if len(ending) <= _LONGEST_CODE and _PLAIN_LINE.fullmatch(ending):
        return [*_phrase(text), ending]
    return _words(f"{text} {ending}".strip(), _BYTES_IN_A_SUBJECT)


def _mailbox(one: Address) -> list[str]:
    address, name = proper_address(one.address), one_line(one.name)[:_LONGEST_NAME].strip()
    if not name:
        return [address]
    return [*(name.split(" ") if _PLAIN_NAME.fullmatch(name) else _words(name)), f"<{address}>"]


def _attached(one: Attachment) -> Iterator[str]:
    name = attachment_name(one.name)
    kind = _TYPES.get(found.group().lower(), "") if (found := _SUFFIX.search(name)) else ""
    charset = "; charset=utf-8" if kind == "text/plain" and _is_utf8(one.data) else ""
    shown, stored = name, f'filename="{name}"'
    if not name.isascii():
        shown, stored = "\r\n ".join(_words(name)), f"filename*=utf-8''{quote(name)}"
    yield f'Content-Type: {kind or "application/octet-stream"}{charset};\r\n name="{shown}"'
    yield "Content-Transfer-Encoding: base64"
    yield f"Content-Disposition: attachment;\r\n {stored}"
    yield ""
    yield from _base64(one.data)


def _phrase(text: str) -> list[str]:
    """Return the pieces of a text between which a header may be folded."""
    if _PLAIN_LINE.fullmatch(text):
        return text.split(" ")
    return _words(text, _BYTES_IN_A_SUBJECT)


def _words(text: str, most: int = _BYTES_OF_A_WORD) -> list[str]:
    """Encode a text in words of which none ends within a character."""
    pieces = [b""]
    for letter in text:
        encoded = letter.encode("utf-8", "replace")
        if len(pieces[-1]) + len(encoded) > most:
            pieces.append(b"")
        pieces[-1] += encoded
    return [f"=?utf-8?B?{b2a_base64(piece, newline=False).decode('ascii')}?=" for piece in pieces if piece]


def _folded(name: str, pieces: Iterable[str]) -> str:
    """Write a header, in as many lines as it needs."""
    lines = [name]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > _LONGEST_LINE and lines != [name]:
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines)


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _base64(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), _BYTES_OF_A_LINE):
        yield b2a_base64(data[at : at + _BYTES_OF_A_LINE], newline=False).decode("ascii")


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _boundary(parts: Sequence[bytes]) -> str:
    """Find what stands in no part: no base64 holds `=_`, and no name the digest of what it stands in."""
    return f"=_{sha256(b''.join(parts)).hexdigest()[:32]}"


def _message_id(written: str) -> str:
    found = _MESSAGE_ID.fullmatch(written.strip())
    return f"<{found.group(1)}>" if found else ""


def _one_address(values: Sequence[str]) -> str:
    found = [address for _, address in getaddresses(values)]
    if len(found) != 1:
        raise AddressError(address=one_line(", ".join(values)))
    return proper_address(found[0])


def _is_picture(letter: str) -> bool:
    """Whether it is an emoji, or a sign that a Chinese Windows has no glyph for."""
    return unicodedata.category(letter) in ("So", "Sk", "Me") and not letter.encode("gbk", "ignore")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}"
