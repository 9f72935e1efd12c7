"""A report written into a document: each placeholder becomes the part that it is called after.

In:   a document whose placeholders have been checked, and a report.
Out:  the document, changed.
Knows nothing of files.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

from tianbao import messages
from tianbao.form.printed import Part, PrintedTable
from tianbao.reports.pictures.drawing import Drawing
from tianbao.reports.published import names
from tianbao.reports.published.appendix import comparison_table
from tianbao.reports.published.fit import Room
from tianbao.reports.published.grid import make_table
from tianbao.reports.published.markup import PPR, TABLE, Element, P, paragraph, run, text_of, texts_of, w
from tianbao.reports.published.placeholders import (
    Found,
    find_placeholders,
    put_runs,
    replace_within,
    run_properties,
)
from tianbao.reports.published.printing import (
    clean,
    is_indented,
    is_text,
    paragraphs,
    printed_value,
    signed_on,
    subheading,
    used,
)
from tianbao.reports.published.report import Report
from tianbao.reports.published.styles import (
    CELL,
    CELL_GAP,
    DRAFT,
    FIGURE,
    FIGURE_NOTE,
    FIGURE_TITLE,
    HEADING,
    NOTICE,
    REMARK,
    SUBHEADING,
    Styles,
    ensure_styles,
    size_of,
)

if TYPE_CHECKING:
    from docx.document import Document

_SECTION, _SIZE, _MARGINS = qn("w:sectPr"), qn("w:pgSz"), qn("w:pgMar")
#: What only the first paragraph of a part has of its placeholder.
_ONCE = (_SECTION, qn("w:pageBreakBefore"))
#: What a paragraph has of its placeholder besides its style: everything but these.
_FONTS, _RUN_STYLE = qn("w:rFonts"), qn("w:rStyle")
_ROOM = (442.0, 600.0)
#: So much is taken by the heading above a table, in points.
_HEADING = 34.0


def fill(document: Document, report: Report) -> None:
    """Write a report into a document."""
    styles = ensure_styles(document.styles.element)
    filler = _Filler(document, report, styles, size_of(document.styles.element, styles[CELL.name]))
    known = names.known_names(report.form)
    found = [(known[names.same(one.name)], one) for one in find_placeholders(document)]
    for name, one in reversed(found):
        if name in names.INLINE:
            replace_within(one, clean(report.issuer) if name == names.ISSUER else str(report.year))
    blocks = {name: one for name, one in found if name not in names.INLINE}
    filler.fill(blocks)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Writes the parts of a report in the place of their placeholders."""

    document: Document
    report: Report
    styles: Styles
    size: float

    def fill(self, blocks: dict[str, Found]) -> None:
        report, issuer = self.report, clean(self.report.issuer)
        if names.TITLE in blocks:
            self._lines(blocks[names.TITLE], [f"{issuer}\n{report.title}"])
        for part in report.parts:
            if part.name in blocks:
                self._part(blocks[part.name], part)
        if names.SIGNATURE in blocks:
            _hold_above(blocks[names.SIGNATURE].paragraph)
            self._lines(blocks[names.SIGNATURE], [issuer, signed_on(report)])
        self._warnings(blocks.get(names.WARNINGS))
        if names.APPENDIX in blocks:
            self._follow(blocks[names.APPENDIX].paragraph, list(self._appendix(blocks[names.APPENDIX].paragraph)))

    def _part(self, found: Found, part: Part) -> None:
        last, made = found.paragraph, []
        if part.text is not None:
            lines = paragraphs(self.report, part.text)
            last = self._lines(found, lines, is_draft=part.text.key in self.report.drafted)
        room = self._room(found.paragraph)
        for n, printed in enumerate(part.tables):
            if n:
                made.append(paragraph(self.styles[CELL_GAP.name]))
            made.append(self._table(printed, room))
        if part.text is None:
            self._follow(last, made)
        elif made:
            self._follow(last, made, is_kept=True)

    def _lines(self, found: Found, lines: Sequence[str], *, is_draft: bool = False) -> Element:
        """Write one paragraph a line, each with what its placeholder looks like; return the last."""
        looks, model = run_properties(found), found.paragraph.find(PPR)
        last = found.paragraph
        about = _without(copy.deepcopy(model), _ONCE) if model is not None else None
        put_runs(found, list(self._runs(lines[0], looks, is_draft=is_draft)))
        for line in lines[1:]:
            made = w("p", *([copy.deepcopy(about)] if about is not None else []))
            made.extend(self._runs(line, looks, is_draft=is_draft))
            last.addnext(made)
            last = made
            _indent(made, line)
        _indent(found.paragraph, lines[0])
        _move_section(found.paragraph, last)
        return last

    def _runs(self, line: str, looks: Element | None, *, is_draft: bool) -> Iterator[Element]:
        if is_draft and line:
            yield run(messages.say("published.draft", "zh"), self._styled(looks, DRAFT.name))
        head, rest = subheading(line)
        if head:
            yield run(head, self._styled(_without(copy.deepcopy(looks), (_FONTS,)), SUBHEADING.name))
        if rest:
            yield run(rest, looks)

    def _styled(self, looks: Element | None, name: str) -> Element:
        made = _without(copy.deepcopy(looks), (_RUN_STYLE,)) if looks is not None else w("rPr")
        made.insert(0, w("rStyle", val=self.styles[name]))
        return made

    def _table(self, printed: PrintedTable, room: Room) -> Element:
        table = used(printed, self.report.values)
        answers = {cell.key: printed_value(self.report.values[cell.key]) for cell in table.cells if cell.key}
        words = frozenset(key for key in answers if is_text(table, key))
        return make_table(table, answers, words, self.styles, room)

    def _warnings(self, found: Found | None) -> None:
        """Print the warnings where the template has room for them, else above all."""
        warnings = [clean(warning) for warning in self.report.warnings]
        if found is not None:
            if warnings:
                self._lines(found, warnings).addnext(paragraph(self.styles[CELL_GAP.name]))
            else:
                self._follow(found.paragraph, [])
        else:
            for warning in reversed(warnings):
                self.document.element.body.insert(0, self._said(NOTICE.name, warning))

    def _appendix(self, placeholder: Element) -> Iterator[Element]:
        report = self.report
        if not (report.pictures or report.told or report.comparison):
            return
        room = self._room(placeholder)
        yield paragraph(
            self.styles[HEADING.name], run(messages.say("published.appendix", "zh")), new=w("pageBreakBefore")
        )
        for number, drawing in enumerate(report.pictures, start=1):
            yield from self._picture(drawing, number, room.width)
        for sentence in report.told:
            yield self._said(REMARK.name, sentence)
        if report.comparison is not None:
            yield self._said(FIGURE_TITLE.name, messages.say("published.compared", "zh"))
            if report.comparison.lines:
                table = comparison_table(report.comparison)
                yield make_table(table.printed, table.answers, table.words, self.styles, room)
                yield paragraph(self.styles[CELL_GAP.name])
            for sentence in report.comparison.told:
                yield self._said(REMARK.name, sentence)

    def _picture(self, drawing: Drawing, number: int, width: float) -> Iterator[Element]:
        from tianbao.reports.pictures.drawingml import draw_inline

        yield self._said(FIGURE_TITLE.name, drawing.title)
        yield paragraph(self.styles[FIGURE.name], w("r", draw_inline(drawing, number=number, width=width)))
        if drawing.source:
            yield self._said(FIGURE_NOTE.name, drawing.source)

    def _said(self, style: str, text: str) -> Element:
        return paragraph(self.styles[style], run(clean(text)))

    def _follow(self, placed: Element, made: list[Element], *, is_kept: bool = False) -> None:
        """Put elements behind a paragraph; the paragraph goes unless it is kept.

        Tables that touch become one in Word, and a document ends with a paragraph: a small one parts them.
        """
        around = [placed if is_kept else placed.getprevious(), *made, placed.getnext()]
        parted: list[Element] = []
        for before, after in pairwise(around):
            if before is not None and before.tag == TABLE and (after is None or after.tag in (TABLE, _SECTION)):
                parted.append(paragraph(self.styles[CELL_GAP.name]))
            if after is not None and after is not around[-1]:
                parted.append(after)
        last = placed
        for element in parted:
            last.addnext(element)
            last = element
        section = placed.find(f"{PPR}/{_SECTION}")
        if section is not None and last is not placed:
            if last.tag == TABLE:
                last.addnext(paragraph(self.styles[CELL_GAP.name]))
                last = last.getnext()
            last.get_or_add_pPr().append(section)
        if is_kept:
            return
        if section is not None and last is placed:
            for piece in texts_of(placed):
                piece.text = ""
        else:
            placed.getparent().remove(placed)

    def _room(self, placed: Element) -> Room:
        """Return what the page that a paragraph stands on has for a table below a heading."""
        section = next((found for later in (placed, *placed.itersiblings()) for found in later.iter(_SECTION)), None)
        page = section.find(_SIZE) if section is not None else None
        margins = section.find(_MARGINS) if section is not None else None
        if page is None or margins is None:
            return Room(*_ROOM, self.size)

        def between(side: str, before: str, after: str) -> float:
            return (int(page.get(qn(side))) - sum(abs(int(margins.get(qn(name)))) for name in (before, after))) / 20

        width, height = between("w:w", "w:left", "w:right"), between("w:h", "w:top", "w:bottom")
        return Room(width, height - _HEADING, self.size)


def _hold_above(signature: Element) -> None:
    """Let the last words of the report stand on the page of the signature: no page has a signature alone."""
    for above in signature.itersiblings(preceding=True):
        if above.tag != P:
            return
        above.get_or_add_pPr().get_or_add_keepNext()
        if text_of(above).strip():
            return


def _indent(paragraph_: Element, line: str) -> None:
    """Let a line that brings its own indent have no second one."""
    if is_indented(line):
        indent = paragraph_.get_or_add_pPr().get_or_add_ind()
        for name in ("firstLineChars", "firstLine"):
            indent.set(qn(f"w:{name}"), "0")


def _without(properties: Element | None, tags: Iterable[str]) -> Element:
    if properties is not None:
        for tag in tags:
            for child in properties.findall(tag):
                properties.remove(child)
    return properties


def _move_section(placed: Element, last: Element) -> None:
    """Let a section that ended with a placeholder end with the last paragraph that has come into its place."""
    section = placed.find(f"{PPR}/{_SECTION}")
    if section is not None and last is not placed:
        last.get_or_add_pPr().append(section)
