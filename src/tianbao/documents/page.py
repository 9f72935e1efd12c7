"""A page of HTML as paragraphs and tables.

In:   the bytes of a page, in whatever encoding.
Out:  blocks in their order. What browsers do not show as text is none; a table that frames others is what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import html
from lxml.etree import LxmlError, ParserError

from tianbao.documents.blocks import MOST_COLUMNS, Block, Counter, Spanning

if TYPE_CHECKING:
    from lxml.html import HtmlElement as Element

#: What is no part of the report, with all that is in it: `aside` and `figure` hold what we write beside one.
_PASSED_OVER = frozenset(
    (
        "del",
        "script",
        "style",
        "svg",
        "math",
        "head",
        "aside",
        "figure",
        "nav",
        "noscript",
        "template",
        "select",
        "button",
        "form",
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: What begins a paragraph of its own.
_APART = _HEADINGS | frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "blockquote",
        "pre",
        "center",
        "table",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "caption",
        "body",
        "html",
        "address",
        "fieldset",
        "hr",
    ]
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Between Chinese letters a line end of the file is a blank that browsers show, and that nobody has typed.
_BLANKS, _LINE_END = re.compile(r"[ \t\r\n\f\xa0]+"), "\x0b"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MOST_ROWS = 1_000
#: More digits than any span has.
_LONGEST_SPAN = 6
#: lxml gives up where tags are nested deeper than this; so do we.
_DEEPEST = 200

FAULTS = (LxmlError, ParserError, ValueError, LookupError)


def blocks_of_page(data: bytes) -> list[Block]:
    """Read a page.

    Raises:
        FAULTS: it cannot be read.
        TooLargeError: it has more cells than any report.
    """
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(_DECLARATION.sub("", decoded(data)), parser=parser)
    main = root.findall(".//main")
    walk = _Walk()
    walk.into(main[0] if len(main) == 1 else root)
    return list(walk.blocks())


def decoded(data: bytes) -> str:
    """Return the text of a page or a text file: by its mark, by what it says of itself, as UTF-8, else as Chinese Windows writes.

    >>> decoded("汇总".encode("gb18030")), decoded("汇总".encode("utf-16"))
    ('汇总', '汇总')
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    said = _CHARSET.search(data[:4096])
    for encoding in ([said[1].decode("ascii")] if said else []) + ["utf-8"]:
        try:
            #: A page that says gb2312 has letters of gb18030 as well.
            return data.decode("gb18030" if encoding.lower() in ("gb2312", "gbk") else encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return data.decode("gb18030", errors="replace")


class _Walk:
    """A page while it is read: what has been found, and the paragraph that is being gathered."""

    def __init__(self) -> None:
        self._counter = Counter()
        self._found: list[Block] = []
        self._text: list[str] = []

    def blocks(self) -> Iterator[Block]:
        """Yield what was found."""
        self._end()
        yield from self._found

    def into(self, element: Element, depth: int = 0) -> None:
        """Read an element and all that is in it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _PASSED_OVER or depth > _DEEPEST or _is_hidden(element):
            return
        if tag == "br":
            self._end()
        elif tag == "table" and element.find(".//table") is None:
            self._end()
            self._found.append(self._counter.grid(_rows(element)))
        else:
            self._through(element, depth)

    def _through(self, element: Element, depth: int) -> None:
        stands_apart = element.tag in _APART
        if stands_apart:
            self._end()
        self._text.append(element.text or "")
        for child in element:
            self.into(child, depth + 1)
            self._text.append(child.tail or "")
        if stands_apart:
            self._end(is_heading=element.tag in _HEADINGS)

    def _end(self, *, is_heading: bool = False) -> None:
        text = "".join(self._text).replace("\xa0", " ").strip(" \t\r\n")
        self._text = []
        if text:
            self._found.append(self._counter.paragraph(re.sub(r"[\r\n\t]+", "", text), is_heading=is_heading))


def _rows(table: Element) -> Iterator[list[Spanning]]:
    for row in table.iter("tr"):
        yield [
            Spanning(_text(cell), _span(cell, "rowspan", _MOST_ROWS), _span(cell, "colspan", MOST_COLUMNS))
            for cell in row
            if cell.tag in ("td", "th")
        ]


def _text(cell: Element) -> str:
    """Return the text of a cell: what is a line of its own stays one, so that two figures never become one."""
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(_pieces(cell)).split(_LINE_END))
    return "\n".join(line for line in lines if line)


def _pieces(element: Element, depth: int = 0) -> Iterator[str]:
    """Yield the text in a cell, with a mark where a line ends; line ends of the file itself are none."""
    yield (element.text or "").replace(_LINE_END, "")
    for child in element if depth < _DEEPEST else ():
        ends_line = child.tag == "br" or child.tag in _APART
        if ends_line:
            yield _LINE_END
        if isinstance(child.tag, str) and child.tag not in _PASSED_OVER and not _is_hidden(child):
            yield from _pieces(child, depth + 1)
        if ends_line:
            yield _LINE_END
        yield (child.tail or "").replace(_LINE_END, "")


def _is_hidden(element: Element) -> bool:
    """Whether a browser shows nothing of an element."""
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _span(cell: Element, name: str, most: int) -> int:
    value = (cell.get(name) or "").strip()
    if not value.isdecimal():
        return 1
    return min(int(value[:_LONGEST_SPAN]) or 1, most)
