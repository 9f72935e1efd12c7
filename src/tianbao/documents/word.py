"""A Word file as paragraphs and tables.

In:   the bytes of a .docx.
Out:  blocks in their order. What was deleted with changes tracked is no text, what was inserted is; text boxes, notes and
      fields' codes are none either. A table within a table stands by itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docx import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from tianbao.documents.blocks import Block, Counter, Spanning
from tianbao.workbook.guard import ZIP_FAULTS

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from lxml.etree import _Element as Element

#: What is not a part of the text, with all that is in it.
_PASSED_OVER = frozenset(
    map(qn, ("w:del", "w:moveFrom", "w:txbxContent", "w:instrText", "w:footnoteReference", "w:pPr"))
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT, _TAB, _BREAKS = qn("w:t"), qn("w:tab"), frozenset((qn("w:br"), qn("w:cr")))
_HYPHEN = qn("w:noBreakHyphen")
_PARAGRAPH, _TABLE, _ROW, _CELL = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc"))
#: So deep do people put things into one another; what is deeper is no report.
_DEEPEST = 60

#: What python-docx raises of a file that is none.
FAULTS = (*ZIP_FAULTS, OpcError, LxmlError, KeyError, ValueError, AttributeError, TypeError)


def blocks_of_word(data: bytes) -> list[Block]:
    """Read a Word file.

    Raises:
        FAULTS: it cannot be read.
        TooLargeError: it has more cells than any report.
    """
    document = Document(io.BytesIO(data))
    return list(_blocks(document.element.body, _headings(document), Counter()))


def _headings(document: WordFile) -> frozenset[str]:
    """Return the ids of the styles that are of headings: by their name, or because they stand in the outline."""
    found = set()
    for style in document.styles.element.findall(qn("w:style")):
        name = style.find(qn("w:name"))
        called = (name.get(qn("w:val")) or "").casefold() if name is not None else ""
        if called.startswith(("heading", "标题 ")) or style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}") is not None:
            found.add(style.get(qn("w:styleId")))
    return frozenset(found)


def _blocks(parent: Element, headings: frozenset[str], counter: Counter, depth: int = 0) -> Iterator[Block]:
    """Yield the paragraphs and tables below an element, through whatever wraps them."""
    for child in parent if depth < _DEEPEST else ():
        if child.tag == _PARAGRAPH:
            for text in _text(child).split("\n"):
                yield counter.paragraph(text, is_heading=_is_heading(child, headings))
        elif child.tag == _TABLE:
            yield from _table(child, headings, counter, depth)
        elif isinstance(child.tag, str) and child.tag not in _PASSED_OVER and child.tag != _FALLBACK:
            yield from _blocks(child, headings, counter, depth + 1)


def _table(table: Element, headings: frozenset[str], counter: Counter, depth: int) -> Iterator[Block]:
    """Yield a table; one that only frames others, or the whole report, is what is in it."""
    cells = list(_inside(table, _CELL))
    if len(cells) == 1 or any(cell.find(f".//{qn('w:tbl')}") is not None for cell in cells):
        for cell in cells:
            yield from _blocks(cell, headings, counter, depth + 1)
        return
    yield counter.grid(_rows(table))


def _rows(table: Element) -> Iterator[list[Spanning]]:
    """Yield the cells of each row; one that goes on from above is there, and empty."""
    for row in _inside(table, _ROW):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue  # deleted with changes tracked
        before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
        skipped = [Spanning("", columns=_number(before))] if before is not None else []
        yield [*skipped, *map(_spanning, _inside(row, _CELL))]


def _spanning(cell: Element) -> Spanning:
    properties = cell.find(qn("w:tcPr"))
    span = properties.find(qn("w:gridSpan")) if properties is not None else None
    merge = properties.find(qn("w:vMerge")) if properties is not None else None
    goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
    text = "" if goes_on else "\n".join(_text(paragraph) for paragraph in _inside(cell, _PARAGRAPH)).strip()
    return Spanning(text, columns=_number(span) if span is not None else 1)


def _inside(parent: Element, tag: str, depth: int = 0) -> Iterator[Element]:
    """Yield the elements of a kind below another, through content controls and tracked changes, not within one another."""
    for child in parent if depth < _DEEPEST else ():
        if child.tag == tag:
            yield child
        elif isinstance(child.tag, str) and child.tag not in (_PARAGRAPH, _TABLE, _ROW, _CELL, *_PASSED_OVER):
            yield from _inside(child, tag, depth + 1)


def _number(element: Element) -> int:
    value = element.get(qn("w:val")) or ""
    return int(value) if value.isdecimal() else 1


def _is_heading(paragraph: Element, headings: frozenset[str]) -> bool:
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        return False
    style = properties.find(qn("w:pStyle"))
    return properties.find(qn("w:outlineLvl")) is not None or (style is not None and style.get(qn("w:val")) in headings)


def _text(element: Element, depth: int = 0) -> str:
    """Return the text of a paragraph, line ends as such."""
    found = []
    for child in element if depth < _DEEPEST else ():
        tag = child.tag
        if tag == _TEXT:
            found.append(child.text or "")
        elif tag == _TAB:
            found.append("\t")
        elif tag in _BREAKS:
            found.append("\n")
        elif tag == _HYPHEN:
            found.append("-")
        elif isinstance(tag, str) and tag not in _PASSED_OVER and tag != _FALLBACK:
            found.append(_text(child, depth + 1))
    return "".join(found)
