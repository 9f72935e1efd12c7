"""The placeholders of a Word file: where they stand, whatever runs the word processor has split them into.

In:   a document.
Out:  `Found`, one a placeholder; the paragraph without it.
Knows nothing of forms.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

from tianbao.reports.published.markup import RPR, Element, P, text_of, texts_of
from tianbao.reports.published.names import PLACEHOLDER

if TYPE_CHECKING:
    from docx.document import Document

_CELL, _BOX = qn("w:tc"), qn("w:txbxContent")


class Place(Enum):
    """Where in a document a paragraph stands."""

    BODY = "body"
    TABLE = "table"
    BOX = "box"
    HEADER = "header"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Found:
    """A placeholder.

    Attributes:
        name: as written.
        number: of its paragraph among those of the body that say something, from 1; 0 elsewhere.
        text: of the whole paragraph.
        start: where in it the placeholder begins; `end` likewise.
    """

    name: str
    place: Place
    paragraph: Element
    number: int
    text: str
    start: int
    end: int

    @property
    def is_alone(self) -> bool:
        """Whether nothing else stands in its paragraph."""
        return not (self.text[: self.start] + self.text[self.end :]).strip()


def paragraphs_of(document: Document) -> Iterator[tuple[Place, int, Element]]:
    """Yield every paragraph that says something: its place, its number in the body, itself."""
    number = 0
    for paragraph in document.element.body.iter(P):
        place = _place(paragraph)
        if text_of(paragraph).strip():
            number += place is Place.BODY
            yield place, number if place is Place.BODY else 0, paragraph
    for place, part in _margins(document):
        for paragraph in part.iter(P):
            if text_of(paragraph).strip():
                yield place, 0, paragraph


def find_placeholders(document: Document) -> list[Found]:
    """Find every placeholder, in the order of the document; those of heads and feet of pages come last."""
    return [
        Found(match[1].strip(), place, paragraph, number, text, match.start(), match.end())
        for place, number, paragraph in paragraphs_of(document)
        if (text := text_of(paragraph))
        for match in PLACEHOLDER.finditer(text)
    ]


def _margins(document: Document) -> Iterator[tuple[Place, Element]]:
    """Yield the heads and the feet of the pages."""
    for rel in document.part.rels.values():
        for kind in (Place.HEADER, Place.FOOTER):
            if rel.reltype.endswith(f"/{kind.value}") and not rel.is_external:
                yield kind, rel.target_part.element


def _place(paragraph: Element) -> Place:
    for above in paragraph.iterancestors():
        if above.tag == _BOX:
            return Place.BOX
        if above.tag == _CELL:
            return Place.TABLE
    return Place.BODY


def replace_within(found: Found, text: str) -> None:
    """Put a text in the place of a placeholder, in the run in which it begins.

    Several of one paragraph are replaced from the last to the first, so that the others stay where they were found.
    """
    at, is_written = 0, False
    for piece in texts_of(found.paragraph):
        said = piece.text or ""
        start, end = max(found.start - at, 0), min(found.end - at, len(said))
        at += len(said)
        if start >= end:
            continue
        piece.text = said[:start] + ("" if is_written else text) + said[end:]
        is_written = True


def run_properties(found: Found) -> Element | None:
    """Return what the characters of a placeholder look like: those of the run in which it begins."""
    return copy.deepcopy(_run(found).find(RPR))


def put_runs(found: Found, runs: list[Element]) -> None:
    """Put runs in the place of a placeholder that stands alone; what else hangs on its paragraph (a seal) stays."""
    pieces = texts_of(found.paragraph)
    anchor = _run(found)
    for run in runs:
        anchor.addprevious(run)
    for piece in pieces:
        run = piece.getparent()
        run.remove(piece)
        if all(child.tag == RPR for child in run):
            run.getparent().remove(run)


def _run(found: Found) -> Element:
    """Return the run in which a placeholder begins."""
    at = 0
    for piece in texts_of(found.paragraph):
        at += len(piece.text or "")
        if at > found.start:
            return piece.getparent()
    raise LookupError(found.name)
