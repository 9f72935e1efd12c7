"""A Word file as a package: opened whatever kind of Word file it is, written the same for the same content.

In:   the bytes of a file.
Out:  a document of python-docx; bytes.
Knows nothing of reports.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document

#: When every file is said to have been written: the same report is the same file.
WRITTEN = (2000, 1, 1, 0, 0, 0)

_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: What a template, or a file with macros, says that it is; its macros are left behind.
_KINDS = (
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
_CONTENT_TYPES = "[Content_Types].xml"
_LEFT_BEHIND = ("/vbaProject", "/thumbnail", "/keyMapCustomizations", "/attachedToolbars")


def open_package(content: bytes) -> Document:
    """Open a Word file: a document, a template, either with macros.

    Raises:
        Exception: it is no Word file; python-docx, lxml and zipfile have many ways to say so.
    """
    import docx

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        types = package.read(_CONTENT_TYPES)
    if any(kind in types for kind in _KINDS):
        content = _said_to_be_a_document(content)
    document = docx.Document(io.BytesIO(content))
    if document.element.body is None:
        raise ValueError("no body")
    for rels in (document.part.rels, document.part.package.rels):
        for id_ in [id_ for id_, rel in rels.items() if rel.reltype.endswith(_LEFT_BEHIND)]:
            del rels[id_]
    return document


def _said_to_be_a_document(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(target, "w") as changed:
        for member in package.infolist():
            data = package.read(member)
            if member.filename == _CONTENT_TYPES:
                for kind in _KINDS:
                    data = data.replace(kind, _MAIN)
            changed.writestr(member, data)
    return target.getvalue()


def package_bytes(document: Document, *, title: str, author: str) -> bytes:
    """Write a document with nothing in it of the day and of the machine."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title[:255], author[:255], author[:255]
    properties.created = properties.modified = datetime(*WRITTEN)  # noqa: DTZ001 - Word's own, without a zone
    properties.comments, properties.revision = "", 1
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as package:
        return zipped((member.filename, package.read(member)) for member in package.infolist())


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Zip these members in this order, all of the same day."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members:
            member = zipfile.ZipInfo(name, WRITTEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            package.writestr(member, data)
    return target.getvalue()
