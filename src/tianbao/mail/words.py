"""What people read in a mail, whatever it was written as.

    parts of a mail ──▶ its words            a web page ──▶ the words of it

In:   the parts of a mail, of which some are texts.
Out:  plain words, as far as a person would read them, and never more than is asked for.
Knows nothing of what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from tianbao.workbook.mail import Part

#: Bytes that are read of the texts of a mail; an honest letter with all that it quotes has fewer.
MOST_TEXT = 300_000

#: Between these tags stands nothing that people read.
_UNSEEN = ("style", "script", "!--")
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]{0,9})?[^<>]*>")
_BREAKS = {
    "br",
    "p",
    "div",
    "tr",
    "td",
    "th",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "pre",
    "blockquote",
}


def texts(parts: Iterable[Part]) -> Iterator[tuple[Part, str]]:
    """Yield each text of a mail that is no attachment, as it was written, so long as not too much was read."""
    left = MOST_TEXT
    for part in parts:
        if part.kind in ("text/plain", "text/html") and not part.is_attachment and not part.has_parts and left > 0:
            text = part.text(left)
            left -= len(text)
            yield part, text


def words_of(written: Iterable[tuple[Part, str]]) -> str:
    """Return the words of a letter; those of its web page only where it has no plain text beside it."""
    plain: list[str] = []
    pages: list[str] = []
    for part, text in written:
        (pages if part.kind == "text/html" else plain).append(text)
    said = "\n".join(plain)
    return said if said.strip() else "\n".join(map(plain_text, pages))


def plain_text(page: str) -> str:
    r"""Return the words of a web page, a line for each of its paragraphs and cells.

    >>> plain_text("<style>p {}</style><p>退信原因：</p><td>550&nbsp;no such user")
    '\n退信原因：\n\n550\xa0no such user'
    """
    for tag in _UNSEEN:
        page = _without(page, f"<{tag}", "-->" if tag == "!--" else f"</{tag}")
    return unescape(_TAG.sub(lambda tag: "\n" if (tag[1] or "").lower().strip("/") in _BREAKS else "", page))


def one_line(text: str, most: int) -> str:
    """Return a text in one line of at most so many characters, without any that cannot be shown."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:most]


def _without(page: str, begin: str, end: str) -> str:
    """Cut out of a page what stands between two marks; what is never closed goes to the end."""
    kept, at, lower = [], 0, page.lower()
    while (first := lower.find(begin, at)) >= 0:
        kept.append(page[at:first])
        last = lower.find(end, first)
        if last < 0:
            return "".join(kept)
        at = last + len(end)
        at = at if end == "-->" else lower.find(">", at) + 1 or len(page)
    return "".join([*kept, page[at:]])
