"""The template that a report is written into unless the office has its own: made of the form, after GB/T 9704.

In:   a form.
Out:  a Word file with a placeholder a part.
Knows nothing of answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from tianbao.form.model import Form
from tianbao.form.printed import make_parts
from tianbao.reports.published import names
from tianbao.reports.published.package import zipped

if TYPE_CHECKING:
    from tianbao.reports.published.markup import Element

#: A4 and the margins of GB/T 9704, in twips: 37, 28, 35 and 26 mm.
_PAGE = {"w": 11906, "h": 16838}
_MARGINS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1587, "header": 851, "footer": 1400, "gutter": 0}

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

#: The parts beside the text: the last step of their type and of their content type.
_BESIDE = (("styles", "styles"), ("settings", "settings"), ("footer1", "footer"), ("footer2", "footer"))


@lru_cache(maxsize=16)
def default_template(form: Form) -> bytes:
    """Make the template of a form."""
    parts = {
        "document": _document(form),
        "styles": _styles(),
        "settings": _settings(),
        "footer1": _footer("right"),
        "footer2": _footer("left"),
    }
    return zipped(
        [
            ("[Content_Types].xml", _content_types()),
            ("_rels/.rels", _package_relations()),
            ("docProps/core.xml", _core()),
            ("word/_rels/document.xml.rels", _document_relations()),
            *((f"word/{name}.xml", _serialised(part)) for name, part in parts.items()),
        ]
    )


def _serialised(element: Element) -> bytes:
    from docx.oxml.parser import parse_xml  # noqa: F401 - lxml's own parser is behind it
    from lxml import etree

    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))


def _document(form: Form) -> Element:
    from tianbao.reports.published import styles
    from tianbao.reports.published.markup import paragraph, run, w

    def placed(style: styles.Look, name: str) -> Element:
        return paragraph(style.id, run(names.placeholder(name)))

    def parts() -> Iterator[Element]:
        yield placed(styles.NOTICE, names.WARNINGS)
        yield placed(styles.TITLE, names.TITLE)
        for part in make_parts(form):
            if part.heading:
                yield paragraph(styles.HEADING.id, run(part.heading))
            yield placed(styles.BODY, part.name)
        yield paragraph(styles.SIGNATURE.id, keep=w("keepNext"))
        yield placed(styles.SIGNATURE, names.SIGNATURE)
        yield placed(styles.BODY, names.APPENDIX)

    section = w("sectPr", w("pgSz", **_PAGE), w("pgMar", **_MARGINS))
    for at, (kind, id_) in enumerate((("default", "footer1"), ("even", "footer2"))):
        reference = w("footerReference", type=kind)
        reference.set(f"{{{_RELATIONS}}}id", id_)
        section.insert(at, reference)
    return w("document", w("body", *parts(), section))


def _styles() -> Element:
    from tianbao.reports.published.styles import styles_element

    return styles_element()


def _settings() -> Element:
    from tianbao.reports.published.markup import w

    mode = w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return w(
        "settings",
        w("zoom", percent=100),
        w("defaultTabStop", val=420),
        w("evenAndOddHeaders"),
        w("characterSpacingControl", val="compressPunctuation"),
        w("compat", w("useFELayout"), mode),
        w("themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def _footer(align: str) -> Element:
    """Make `— 1 —`, one character from the outer margin."""
    from tianbao.reports.published.markup import run, w
    from tianbao.reports.published.styles import FOOTER

    side = (
        {"leftChars": 100, "left": 280, "rightChars": 0, "right": 0}
        if align == "left"
        else {"rightChars": 100, "right": 280}
    )
    number = w("fldSimple", run("1"), instr=" PAGE ")
    about = w("pPr", w("pStyle", val=FOOTER.id), w("ind", **side), w("jc", val=align))
    return w("ftr", w("p", about, run("— "), number, run(" —")))


def _content_types() -> bytes:
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), *_BESIDE)
    )
    return _xml(
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _package_relations() -> bytes:
    return _xml(
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>"
    )


def _document_relations() -> bytes:
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{name}.xml"/>' for name, kind in _BESIDE
    )
    return _xml(f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>')


def _core() -> bytes:
    return _xml(f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>')


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()
