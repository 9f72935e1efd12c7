"""Read a published report: bytes become a submission.

    bytes ──guard──▶ blocks ──match──▶ form ──recognise──▶ unit, year, texts ──▶ Submission

In:   a file, or one that was found in a zip.
Out:  a submission: read with notes, or refused with a reason.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from tianbao.documents.answers import Matched, Reading, match
from tianbao.documents.blocks import Block, Paragraph, TooLargeError
from tianbao.documents.recognise import Recognised, day_of, recognise, without_appendix
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import CellType, Form, Severity
from tianbao.records.model import Answer, Note, Reason, State, Submission, Unit, Verdict
from tianbao.workbook.guard import LIMITS, Candidate, Kind, PathMissingError, judge
from tianbao.workbook.prefill import paragraphs
from tianbao.workbook.read import FolderError

#: Fewer of a form's rows than this, and a document is no report in it.
_LEAST_FIT = 0.4
#: A report is a small file; pictures in it are not looked at.
_LARGEST_TEXT = 5_000_000
#: Nor is it more markup than this in a Word file, all parts together.
_LARGEST_WORD = 20_000_000
_BLANK = Answer(None, State.BLANK)


def read_document(source: str | os.PathLike[str] | BinaryIO, *, form: Form | str | None = None) -> Submission:
    """Read a published report.

    Args:
        source: a path, or an open binary file.
        form: the form it must answer; without one the layout is recognised by what is printed.

    Returns:
        A submission; its unit has its name for a code, since a published report gives none.

    Raises:
        PathMissingError: there is nothing under that path.
        FolderError: there is a folder.
        UnknownFormError: the form asked for is not known.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            raise FolderError(path=str(path))
        if not path.exists():
            raise PathMissingError(path=str(path))
        name, data = path.name, path.read_bytes()
    else:
        name, data = Path(str(getattr(source, "name", ""))).name, source.read(LIMITS.file + 1)
    candidate = Candidate(name, data, (), judge(data, name=name))
    wanted = load_form(form) if isinstance(form, str) else form
    return read_published(candidate, wanted) or _refused(candidate, Reason("P-NOT-A-REPORT", {"name": name}))


def read_published(candidate: Candidate, form: Form | None = None) -> Submission | None:
    """Read what is no workbook as a published report; None where it is none of the kind, so that others say what it is.

    Args:
        candidate: a file, as `workbook.read` found it.
        form: the form it must answer; None where it is recognised.
    """
    name = candidate.name
    if candidate.judgement.kind is Kind.DOCUMENT and candidate.judgement.archive is None:
        return _refused(candidate, Reason("P-OLD-WORD", {"name": name}))
    try:
        blocks = _blocks(candidate)
    except TooLargeError:
        return _refused(candidate, Reason("P-TOO-LARGE", {"name": name}))
    if blocks is None:
        return None
    blocks = without_appendix(blocks)
    matched = _best(blocks, form)
    if matched is not None and form is not None and matched.form is not form:
        facts = {"name": name, "form": matched.form.id, "wanted": form.id}
        return _refused(candidate, Reason("F-OTHER-FORM", facts))
    if matched is None:
        is_word = candidate.judgement.kind is Kind.DOCUMENT
        return _refused(candidate, Reason("P-NOT-A-REPORT", {"name": name})) if is_word else None
    return _submission(candidate, matched, blocks)


def _blocks(candidate: Candidate) -> Sequence[Block] | None:
    """Read a file as paragraphs and tables; None where it is of no kind that we know."""
    match candidate.judgement.kind:
        case Kind.DOCUMENT:
            from tianbao.documents.word import FAULTS, blocks_of_word

            archive = candidate.judgement.archive
            parts = archive.infolist() if archive else ()
            if sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels"))) > _LARGEST_WORD:
                raise TooLargeError
            try:
                return blocks_of_word(candidate.data)
            except FAULTS:
                return []
        case Kind.HTML:
            from tianbao.documents import page

            if len(candidate.data) > _LARGEST_TEXT:
                raise TooLargeError
            try:
                return page.blocks_of_page(candidate.data)
            except page.FAULTS:
                return []
        case Kind.TEXT | Kind.CSV:
            from tianbao.documents.plain import blocks_of_text

            if len(candidate.data) > _LARGEST_TEXT:
                raise TooLargeError
            return blocks_of_text(candidate.data)
        case _:
            return None


def _best(blocks: Sequence[Block], wanted: Form | None) -> Matched | None:
    """Choose the form whose rows a document has: never by its year, for whole counties use the layout of another.

    Where a form is wanted the others are asked too: read by the wrong one, a figure would be another.
    """
    others = [load_form(name) for name in bundled_forms()]
    known = [wanted, *(form for form in others if form.id != wanted.id)] if wanted else others
    best = max((match(form, blocks) for form in known), key=lambda one: one.fitness)
    return best if best.fitness >= _LEAST_FIT else None


def _submission(candidate: Candidate, matched: Matched, blocks: Sequence[Block]) -> Submission:
    form = matched.form
    said = recognise(form, blocks)
    reading = Reading(form, said.year)
    reading.take(matched)
    answers = {key: reading.answers.get(key, _BLANK) for key in form.by_key}
    answers |= dict(_texts(form, said))
    answers |= dict(_signed(form, said.signed_on))
    order = {key: n for n, key in enumerate(form.by_key)}
    notes = sorted(reading.notes, key=lambda note: order.get(note.key, -1))
    return Submission(
        file="/".join((*candidate.within, candidate.name)),
        sha256=hashlib.sha256(candidate.data).hexdigest(),
        verdict=Verdict.READ_WITH_NOTES,
        form=form,
        year=said.year,
        unit=Unit(said.name, said.name) if said.name else None,
        answers=answers,
        notes=(*_told(said, form), *notes),
    )


def _texts(form: Form, said: Recognised) -> Iterator[tuple[str, Answer]]:
    """Yield the paragraphs of every text, each with where it stands; what has no row of its own stays in the last one."""
    for text in form.texts:
        written = said.texts.get(text.key, ())
        shared = paragraphs(text, "\n".join(one.text for one in written))
        for (key, value), one in zip(shared.items(), written, strict=False):
            yield key, Answer(value, State.FILLED, value, *one.place)


def _signed(form: Form, signed_on: Paragraph | None) -> Iterator[tuple[str, Answer]]:
    """Yield the day on which it was signed, where the form asks for one."""
    day = day_of(signed_on.text) if signed_on else None
    cell = next((cell for cell in form.signature if cell.type is CellType.DATE), None)
    if day is not None and cell is not None and signed_on is not None:
        yield cell.key, Answer(day, State.FILLED, signed_on.text, *signed_on.place)


def _told(said: Recognised, form: Form) -> Iterator[Note]:
    yield Note("P-PUBLISHED", Severity.NOTE, params={"form": form.id, "name": said.name or "—"})
    if said.year is None:
        yield Note("P-NO-YEAR", Severity.QUERY)
    if said.said is not None:
        yield Note("P-YEAR", Severity.QUERY, params={"year": said.year, "said": said.said})
    for name in said.lacking:
        yield Note("P-NO-HEADING", Severity.QUERY, params={"heading": name})


def _refused(candidate: Candidate, reason: Reason) -> Submission:
    file = "/".join((*candidate.within, candidate.name))
    return Submission(file, hashlib.sha256(candidate.data).hexdigest(), Verdict.REFUSED, reason)
