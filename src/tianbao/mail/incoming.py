"""What an incoming mail is: who sent it, what it answers, what came with it, and whether a person wrote it.

    bytes of a mail ──parts──▶ headers, words, attachments ──▶ Incoming

In:   a mail as it came from a mailbox, or as a program saved it; of which nothing is believed.
Out:  its facts, in one value; of a damaged mail, those that can be read.
Knows nothing of units: the code in the subject and the mails that are answered tell others whose it is. Nor does it
read workbooks: `tianbao.workbook` finds them in the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from html import unescape

from tianbao.mail.notices import LETTER, Bounce, Kind, message_ids, read_notice
from tianbao.mail.words import one_line, texts, words_of
from tianbao.workbook.guard import is_mail
from tianbao.workbook.mail import MailError, Part, attached, walk, words

__all__ = ["Bounce", "Incoming", "Kind", "is_mail", "read_incoming"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """An incoming mail.

    Attributes:
        message_id: with its angle brackets; empty where it has none.
        content: SHA-256 of all that follows the headers, whatever ends its lines: one mail that came to two mailboxes,
            or was saved by a program, has other headers.
        sender: the address, lower case.
        sender_name: the name beside it.
        subject: in one line.
        date: when it was written, in ISO 8601; empty where that cannot be read.
        answers: Message-IDs of the mails that it answers: of the last one first, then of all in their order.
        codes: what stands in brackets in the subject as in `[TB25-140922018-K3F7]`, as we wrote it.
        kind: whether a person wrote it.
        bounces: recipients that were not reached; only of a bounce.
        names: of all that is attached, to forwarded mails and in a winmail.dat too; a number for what has none.
        links: to cloud drives and to attachments that a provider keeps.
        has_pictures: in its text or attached.
    """

    message_id: str
    content: str
    sender: str
    sender_name: str
    subject: str
    date: str
    answers: tuple[str, ...]
    codes: tuple[str, ...]
    kind: Kind
    bounces: tuple[Bounce, ...]
    names: tuple[str, ...]
    links: tuple[str, ...]
    has_pictures: bool


#: Characters of a subject or a name, and links, that are kept.
_LONGEST, _MOST_LINKS = 1_000, 50

_BRACKETS = re.compile(r"\[([^\[\]]{1,100})\]")
_CODE = re.compile(r"TB[0-9]{2}-[0-9A-Z]{1,24}-[0-9A-Z]{4,8}")
#: What mail programs and hands make of brackets and hyphens.
_AS_WRITTEN = str.maketrans(
    {"【": "[", "】": "]", "〔": "[", "〕": "]", "—": "-", "–": "-", "‐": "-", "‑": "-", "−": "-"}
)

_IN_ANGLES = re.compile(r"<\s*([^<>\s@]{1,100}@[^<>\s@]{1,250})\s*>")
_BARE = re.compile(r"[^<>\s@\"(),:;]{1,100}@[^<>\s@\"(),:;]{1,250}")

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|heic|heif|tiff?)$", re.IGNORECASE)

#: Where files lie that are not attached; the paths of mail providers that keep large attachments.
_DRIVE = re.compile(
    r"(?<![\w@-])(?:(?:pan|yun)\.baidu\.com|(?:i?wx\.|en\.)?mail\.qq\.com(?=/(?:ftn|cgi-bin/ftn))"
    r"|exmail\.qq\.com(?=/(?:ftn|cgi-bin/ftn))|mail\.(?:163|126)\.com(?=/large-attachment)"
    r"|(?:fs|u|dashi)\.163\.com|fs\.126\.com|pan\.quark\.cn|aliyundrive\.com|alipan\.com|weiyun\.com|feishu\.cn"
    r"|docs\.qq\.com|(?:kdocs|drive\.wps)\.cn|cloud\.189\.cn|(?:yun|caiyun)\.139\.com|pan\.xunlei\.com"
    r"|yunpan\.(?:360\.)?cn|jianguoyun\.com|lanzou[a-z]?\.com|123pan\.com|115\.com|shimo\.im|wenshushu\.cn"
    r"|cowtransfer\.com|alidocs\.dingtalk\.com|1drv\.ms|onedrive\.live\.com|drive\.google\.com|dropbox\.com)(?=/)",
    re.IGNORECASE,
)
_BEFORE_DRIVE = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,40}\.){0,3}$", re.IGNORECASE)
_BEHIND_DRIVE = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&*+,;=%]{0,500}")
_LONGEST_BEFORE = 60


def read_incoming(data: bytes) -> Incoming:
    r"""Tell what a mail is; of a damaged one, as much as can be read.

    >>> read_incoming(b"From: a@example.org\nSubject: Re: x [TB25-140922018-K3F7]\n\nSee attached.").codes
    ('TB25-140922018-K3F7',)
    """
    parts: list[Part] = []
    with suppress(MailError):  # what comes behind is not read: the guard refuses such a mail
        for part in walk(data):
            parts.append(part)  # noqa: PERF402 (what came before the fault is kept)
    if not parts:
        return Incoming("", _digest(data), "", "", "", "", (), (), LETTER.kind, (), (), (), has_pictures=False)
    top = parts[0]
    sender, sender_name = _sender(top)
    subject = one_line(top.header("Subject"), _LONGEST)
    written = list(texts(parts))
    own_words = words_of((part, text) for part, text in written if not part.level)
    notice = read_notice(parts, sender=sender, subject=subject, words=own_words)
    names = tuple(_names(parts))
    return Incoming(
        message_id=next(iter(_ids(top.header("Message-ID"))), ""),
        content=_digest(top.raw),
        sender=sender,
        sender_name=sender_name,
        subject=subject,
        date=_date(top.header("Date")),
        answers=_unique([*_ids(top.header("In-Reply-To")), *_ids(top.header("References"))]),
        codes=_codes(subject),
        kind=notice.kind,
        bounces=notice.bounces,
        names=names,
        links=_unique(link for part, text in written for link in _links(unescape(text)))[:_MOST_LINKS],
        has_pictures=any(part.is_picture for part in parts) or any(map(_PICTURE.search, names)),
    )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip()).hexdigest()


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _ids(text: str) -> list[str]:
    """Find Message-IDs; one without its brackets stands alone."""
    bare = " ".join(f"<{word}>" for word in text.split() if "@" in word)
    return list(message_ids(text)) or list(message_ids(bare))[:1]


def _sender(top: Part) -> tuple[str, str]:
    """Return the address that a mail comes from, and the name beside it.

    A name may hold what looks like an address: the last one in angle brackets is the sender's.
    """
    written = str(top.headers.get("From", "") or top.headers.get("Sender", ""))
    in_angles = list(_IN_ANGLES.finditer(written))
    found = in_angles[-1] if in_angles else _BARE.search(written)
    if not found:
        return "", one_line(words(written), _LONGEST)
    name = written[: found.start()] if in_angles else written[found.end() :].strip(" ()\t\r\n")
    address = found[1] if in_angles else found[0]
    return one_line(words(address).lower(), _LONGEST), one_line(words(name), _LONGEST).strip("\"' ")


def _date(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _codes(subject: str) -> tuple[str, ...]:
    """Find our codes, whatever mail programs made of the brackets, the letters and the hyphens."""
    written = unicodedata.normalize("NFKC", subject).translate(_AS_WRITTEN)
    inside = ("".join(found[1].split()).upper() for found in _BRACKETS.finditer(written))
    return _unique(code for code in inside if _CODE.fullmatch(code))


def _names(parts: Sequence[Part]) -> Iterator[str]:
    """Name all that is attached, as the guard does."""
    files = (name for part in parts if part.is_attachment for name, _ in attached(part))
    for number, name in enumerate(files, start=1):
        yield one_line(name, _LONGEST) or f"{number}"


def _links(text: str) -> Iterator[str]:
    """Find the links to where files lie."""
    for drive in _DRIVE.finditer(text):
        before = _BEFORE_DRIVE.search(text[max(0, drive.start() - _LONGEST_BEFORE) : drive.start()])
        behind = _BEHIND_DRIVE.match(text, drive.end())
        if before and behind:
            yield before[0] + drive[0] + behind[0].rstrip(".,;:!?")
