"""A template of the office's own: is it one, and does a report written into it lose nothing?

    {{标题}} {{一、总体情况}} … {{落款}} in a docx that was restyled in WPS ──check_template──▶ every fault at once

In:   a Word file and a form.
Out:  faults, each with what was found, where, and what to do; the file opened, if there are none.
Knows nothing of answers.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.form.model import Form, Words
from tianbao.form.printed import make_parts
from tianbao.messages import Language
from tianbao.reports.published import names

if TYPE_CHECKING:
    from docx.document import Document

    from tianbao.reports.published.placeholders import Found, Place

Source = str | os.PathLike[str] | BinaryIO

#: How a file of the old format begins, and one that is locked with a password: .doc, .wps.
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
#: So much of a paragraph is enough to find it by.
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One fault of a template.

    Attributes:
        params: the facts of the sentence; `at` is where it stands.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        wanted = lang or messages.language()
        facts = {
            name: fact.in_language(wanted) if isinstance(fact, Words) else fact for name, fact in self.params.items()
        }
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}".strip()


class TemplateError(TianbaoError):
    """A template cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-WORD"

    def __init__(self, path: str, faults: tuple[TemplateFault, ...]) -> None:
        super().__init__(path=path, count=len(faults))
        self.faults = faults

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [f"  × {fault.code}  {fault.message(lang)}" for fault in self.faults]
        return "\n".join([super().message(lang), *lines])


def check_template(template: Source, form: Form) -> tuple[TemplateFault, ...]:
    """Find every fault of a template for a form."""
    return _opened(template, form)[1]


def open_template(template: Source, form: Form) -> Document:
    """Open a template that a report can be written into.

    Raises:
        TemplateError: it cannot be.
    """
    document, faults = _opened(template, form)
    if document is None or faults:
        raise TemplateError(_name(template), faults)
    return document


def _opened(template: Source, form: Form) -> tuple[Document | None, tuple[TemplateFault, ...]]:
    from tianbao.reports.published.package import open_package

    try:
        content = _content(template)
    except OSError:
        return None, (TemplateFault("U-WORD-FILE", {"path": _name(template)}),)
    if content.startswith(_OLD):
        return None, (TemplateFault("U-WORD-OLD"),)
    if not content.startswith(_ZIP):
        return None, (TemplateFault("U-WORD-NONE"),)
    try:
        document = open_package(content)
    #: Zip, XML and package each fail in ways of their own, and each of them means this.
    except Exception:  # noqa: BLE001
        return None, (TemplateFault("U-WORD-DAMAGED"),)
    return document, tuple(_faults(document, form))


def _content(template: Source) -> bytes:
    return Path(template).read_bytes() if isinstance(template, str | os.PathLike) else template.read()


def _name(template: Source) -> str:
    path = template if isinstance(template, str | os.PathLike) else getattr(template, "name", "")
    return Path(path).name if path and isinstance(path, str | os.PathLike) else "docx"


def _faults(document: Document, form: Form) -> Iterator[TemplateFault]:
    from tianbao.reports.published.placeholders import Place, find_placeholders

    known = names.known_names(form)
    seen: dict[str, Found] = {}
    inline: set[str] = set()
    for found in find_placeholders(document):
        name = known.get(names.same(found.name))
        if name is None:
            near = difflib.get_close_matches(found.name, known.values(), n=1, cutoff=0.0)
            yield _fault("U-WORD-UNKNOWN", found, near=names.placeholder(near[0]))
        elif name in names.INLINE:
            inline |= {name} if found.place in (Place.BODY, Place.TABLE, Place.BOX) else set()
        elif name in seen:
            yield _fault("U-WORD-TWICE", found, first=_at(seen[name].place, seen[name].number, seen[name].text))
        else:
            seen[name] = found
            yield from _standing(found)
    yield from _unpaired(document)
    yield from _missing(form, seen, has_title=inline.issuperset(names.INLINE))
    yield from _headed(form, seen, _headings(document, form))


def _standing(found: Found) -> Iterator[TemplateFault]:
    """A part that becomes paragraphs and tables stands in the body, and alone."""
    from tianbao.reports.published.placeholders import Place

    if found.place is not Place.BODY:
        yield _fault("U-WORD-PLACE", found)
    if not found.is_alone:
        yield _fault("U-WORD-SHARED", found)


def _unpaired(document: Document) -> Iterator[TemplateFault]:
    from tianbao.reports.published.markup import text_of
    from tianbao.reports.published.placeholders import paragraphs_of

    for place, number, paragraph in paragraphs_of(document):
        text = text_of(paragraph)
        if names.DOUBLE_BRACE.search(names.PLACEHOLDER.sub("", text)):
            yield TemplateFault("U-WORD-BRACES", {"at": _at(place, number, text)})


def _missing(form: Form, seen: Mapping[str, Found], *, has_title: bool) -> Iterator[TemplateFault]:
    """Nothing of the report may be lost; its title may be written out by the office, of issuer and year."""
    wanted = ([] if has_title else [names.TITLE]) + [*names.part_names(form), names.SIGNATURE]
    return (TemplateFault("U-WORD-MISSING", {"name": names.placeholder(each)}) for each in wanted if each not in seen)


def _headings(document: Document, form: Form) -> list[tuple[int, str]]:
    """Return the headings of the parts that the template has, each with the number of its paragraph."""
    from tianbao.reports.published.markup import text_of
    from tianbao.reports.published.placeholders import Place, paragraphs_of

    wanted = [part.heading for part in make_parts(form) if part.heading]
    return [
        (number, heading)
        for place, number, paragraph in paragraphs_of(document)
        if place not in (Place.HEADER, Place.FOOTER)
        for heading in wanted
        if names.same(text_of(paragraph)).startswith(names.same(heading))
    ]


def _headed(form: Form, seen: Mapping[str, Found], headings: list[tuple[int, str]]) -> Iterator[TemplateFault]:
    """What stands below another part's heading would be read as that part."""
    for part in make_parts(form):
        placed = [number for number, heading in headings if heading == part.heading]
        found = seen.get(part.name)
        if part.heading and not placed:
            yield TemplateFault("U-WORD-HEADING", {"heading": part.heading})
        elif part.heading and found is not None and all(placed):
            above = [heading for number, heading in headings if 0 < number < found.number]
            if found.number and above[-1:] != [part.heading]:
                yield _fault("U-WORD-UNDER", found, heading=part.heading)


def _fault(code: str, found: Found, **facts: object) -> TemplateFault:
    at = _at(found.place, found.number, found.text)
    return TemplateFault(code, {"name": names.placeholder(found.name), "at": at, **facts})


def _at(place: Place, number: int, text: str) -> Words:
    """Say where a paragraph stands, and how it begins."""
    shown = text.strip() if len(text.strip()) <= _SHOWN else f"{text.strip()[:_SHOWN]}…"
    said = {lang: messages.say(f"word.{place.value}", lang, number=number, text=shown) for lang in messages.LANGUAGES}
    return Words(said["zh"], said["en"])
