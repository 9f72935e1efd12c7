"""The elements of a Word document, a call each: `w("p", w("r", w("t", "…")))`.

In:   the name of an element, its attributes and what is in it.
Out:  an element that python-docx knows.
Knows nothing of reports.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

#: An element of a document; lxml gives no better type.
Element = Any

P, T, PPR, RPR, TABLE = qn("w:p"), qn("w:t"), qn("w:pPr"), qn("w:rPr"), qn("w:tbl")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def w(tag: str, *children: Element, **attributes: object) -> Element:
    """Make an element of WordprocessingML with these attributes and children."""
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    element.extend(children)
    return element


def run(text: str, properties: Element | None = None) -> Element:
    """Make a run of text, in which line feeds are line breaks; the properties are copied."""
    made = w("r")
    if properties is not None:
        made.append(copy.deepcopy(properties))
    made.extend(written_out(text))
    return made


def written_out(text: str) -> Iterable[Element]:
    """Yield the elements that hold a text: its words, its line breaks and its tabs."""
    for n, line in enumerate(text.split("\n")):
        if n:
            yield w("br")
        for m, words in enumerate(line.split("\t")):
            if m:
                yield w("tab")
            if words:
                element = w("t")
                element.text = words
                element.set(_SPACE, "preserve")
                yield element


def paragraph(style: str, *content: Element, **properties: Element) -> Element:
    """Make a paragraph of a style, by its id.

    Args:
        style: its id in the document.
        content: runs.
        properties: further ones, by their names.
    """
    return w("p", w("pPr", w("pStyle", val=style), *properties.values()), *content)


def texts_of(element: Element) -> list[Element]:
    """Return the pieces of text of a paragraph, without those of a text box that stands in it."""
    return [text for text in element.iter(T) if paragraph_of(text) is element]


def paragraph_of(element: Element) -> Element:
    """Return the paragraph in which something stands."""
    return next(element.iterancestors(P), None)


def text_of(element: Element) -> str:
    """Return what stands in a paragraph."""
    return "".join(text.text or "" for text in texts_of(element))
