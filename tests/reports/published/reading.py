"""Published files read back by lxml alone, so that no code of ours judges itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree, html

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Box(NamedTuple):
    """A cell that was read: its upper left corner, its extent, its text."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


def part(docx: bytes, name: str = "word/document.xml") -> Any:
    """Read a part of a Word file."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return etree.fromstring(package.read(name))


def body(docx: bytes) -> list[Any]:
    """Return the paragraphs and tables of a Word file, in order."""
    return [element for element in part(docx).find(f"{W}body") if element.tag in (f"{W}p", f"{W}tbl")]


def said(element: Any) -> str:
    """Return the text of an element of Word; a line break is a line feed."""
    pieces = (text.text or "" if text.tag == f"{W}t" else "\n" for text in element.iter(f"{W}t", f"{W}br"))
    return "".join(pieces)


def lines(docx: bytes) -> list[str]:
    """Return what stands in the paragraphs of the body; a table is 【表】."""
    return ["【表】" if element.tag == f"{W}tbl" else said(element) for element in body(docx)]


def style_of(paragraph: Any) -> str:
    """Return the id of a paragraph's style."""
    return str(paragraph.find(f"{W}pPr/{W}pStyle").get(f"{W}val"))


def word_tables(docx: bytes) -> list[list[Box]]:
    """Return the cells of every table of a Word file, merged as they are."""
    return [sorted(_word_cells(table)) for table in part(docx).iter(f"{W}tbl")]


def _word_cells(table: Any) -> Iterator[Box]:
    standing: dict[int, Box] = {}
    for row, line in enumerate(table.findall(f"{W}tr")):
        column = 0
        for cell in line.findall(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            columns = int(span.get(f"{W}val")) if span is not None else 1
            if merge is not None and merge.get(f"{W}val") != "restart":
                assert said(cell) == ""
                above = standing[column]
                assert above.columns == columns
                standing[column] = above._replace(rows=above.rows + 1)
            else:
                if column in standing:
                    yield standing.pop(column)
                text = "\n".join(said(paragraph) for paragraph in cell.findall(f"{W}p"))
                standing[column] = Box(row, column, 1, columns, text)
            column += columns
    yield from standing.values()


def page_tables(page: bytes) -> list[list[Box]]:
    """Return the cells of every table of a page, laid out as a browser does."""
    return [sorted(_page_cells(table)) for table in html.fromstring(page).iter("table")]


def _page_cells(table: Any) -> Iterator[Box]:
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line:
            while (row, column) in taken:
                column += 1
            rows, columns = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            taken |= {(row + down, column + right) for down in range(rows) for right in range(columns)}
            yield Box(row, column, rows, columns, cell.text_content())
