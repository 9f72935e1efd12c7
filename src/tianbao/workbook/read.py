"""Read what came back: a file becomes a submission, in whatever state it is.

    bytes ──guard──▶ package ──identify──▶ form ──locate──▶ places ──values──▶ answers ──seal──▶ Submission
                                                                        └─ totals, computed anew ─┘

In:   a file, a folder, a zip, a mail, or an open binary file; of any format that `legacy` opens.
Out:  a submission: read, read with notes, or refused with a reason. A bad file is a value, never an exception.
Knows nothing of checks: whether the figures agree is asked elsewhere. A cached result of a formula is never believed.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from tianbao.errors import TianbaoError
from tianbao.expr.semantics import EXACT
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Amount, Cell, CellType, Form, Kind, Severity, Shape
from tianbao.form.names import given, serial
from tianbao.records.model import Answer, Note, Reason, State, Submission, Verdict
from tianbao.workbook.explanations import find_explanations
from tianbao.workbook.grid import row_and_column
from tianbao.workbook.guard import LIMITS, Candidate, candidates, find_files, judge
from tianbao.workbook.identify import Identified, Identity, identify
from tianbao.workbook.layout import make_layout
from tianbao.workbook.legacy import open_workbook
from tianbao.workbook.locate import Located, Spot, locate, recognise
from tianbao.workbook.locked import unlock
from tianbao.workbook.package import Package, PackageError, RawCell, Sheet, Visibility
from tianbao.workbook.passwords import Passwords
from tianbao.workbook.seal import find_alterations
from tianbao.workbook.sources import find_sources
from tianbao.workbook.totals import Total, Values, asked_of
from tianbao.workbook.values import PLAIN, Asked, Remark, as_constant, read_value
from tianbao.workbook.workers import call_apart, worthwhile

#: How far a reading is: files done, files in all, the name of the last.
Progress: TypeAlias = Callable[[int, int, str], None]
#: Reads a file that is no workbook, in the form that is wanted; None where it is nothing that it knows.
Documents: TypeAlias = Callable[[Candidate, "Form | None"], "Submission | None"]

#: So many files are given to a caller's executor at once: a file takes less time than the way there and back.
_BATCH = 16
#: So many of these are begun before the one that is asked for has been read.
_AHEAD = 8
_NAMED_AT_MOST = 8

#: Python 3.11 takes longer to find a member of an enumeration than to read a number.
_FILLED, _BLANK = State.FILLED, State.BLANK


class FolderError(TianbaoError):
    """A folder, where one file is wanted."""

    code = "F-FOLDER"


def read_workbook(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    form: Form | str | None = None,
    passwords: Iterable[str] = (),
    documents: Documents | None = None,
) -> Submission:
    """Read one workbook; a zip or a mail will do that holds a single one.

    Args:
        source: a path, or an open binary file.
        form: the form it must answer; without one it is recognised from the file.
        passwords: to try, where it has one to open, or the zip has in which it lies.
        documents: reads what is no workbook; without it that is refused.

    Raises:
        PathMissingError: there is nothing under that path.
        FolderError: there is a folder.
        UnknownFormError: the form asked for is not known.
    """
    wish = _Wish(_wanted(form), Passwords(passwords), documents)
    return _read(_only(source, wish), wish)


def read_many(
    paths: Iterable[str | os.PathLike[str]],
    *,
    form: Form | str | None = None,
    passwords: Iterable[str] = (),
    jobs: int | None = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    documents: Documents | None = None,
) -> Generator[Submission]:
    """Read every file of some files, folders, zips and mails, in order; a bad one is a refused submission among the others.

    A file is called by its name and the folders that it lies in below the path given; two that would be called the
    same have as many of the folders above them before their names as tell them apart.

    With several processes a file that ends the one it is read in is refused too. They are ended with the generator.

    Args:
        paths: of files, folders, zips and mails.
        form: the form they must answer; without one each is recognised.
        passwords: to try on each that has one to open.
        jobs: processes to read in; None for as many as so many files are worth.
        executor: reads in their place, and is left open.
        progress: is told of each file that is done.
        documents: reads what is no workbook; without it that is refused.

    Raises:
        PathMissingError: there is nothing under one of the paths; nothing is read then.
        UnknownFormError: the form asked for is not known.
    """
    files = _told_apart([file for path in paths for file in find_files(Path(path))])
    return _read_all(files, _Wish(_wanted(form), Passwords(passwords), documents), jobs, executor, progress)


def read_each(
    files: Sequence[_File],
    *,
    form: Form | str | None = None,
    passwords: Iterable[str] = (),
    jobs: int | None = 1,
) -> Generator[list[Submission]]:
    """Read some files, and give what lies in each by itself; for the rest as `read_many`.

    Args:
        files: paths, and the folders that each is said to lie in.
        form: the form they must answer; without one each is recognised.
        passwords: to try on each that has one to open.
        jobs: processes to read in; None for as many as so many files are worth.
    """
    return _read_each(files, _Wish(_wanted(form), Passwords(passwords)), jobs, None)


def name_files(paths: Iterable[str | os.PathLike[str]]) -> dict[str, Path]:
    """Return the files that `read_many` reads, by the names that it calls them; what lies in a zip has its name before."""
    files = _told_apart([file for path in paths for file in find_files(Path(path))])
    return {"/".join((*within, path.name)): path for path, within in files}


_File: TypeAlias = tuple[Path, tuple[str, ...]]


def _told_apart(files: Sequence[_File]) -> list[_File]:
    """Put the folders above them before the names of files that are called the same."""
    called: defaultdict[tuple[str, ...], set[Path]] = defaultdict(set)
    for path, within in files:
        called[*within, path.name].add(path.absolute())
    depths = {name: _depth(paths) for name, paths in called.items() if len(paths) > 1}
    return [
        (path, path.absolute().parts[-depth:-1] if (depth := depths.get((*within, path.name))) else within)
        for path, within in files
    ]


def _depth(paths: Collection[Path]) -> int:
    """Count the parts of a path, from its end, by which these differ from one another."""
    depth = 1
    while len({path.parts[-depth:] for path in paths}) < len(paths):
        depth += 1
    return depth


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked of every file.

    Attributes:
        form: that it must answer; None where it is recognised.
        documents: reads what is no workbook; None where that is refused.
    """

    form: Form | None
    passwords: Passwords
    documents: Documents | None = None


def _read_all(
    files: list[_File], wish: _Wish, jobs: int | None, executor: Executor | None, progress: Progress | None
) -> Generator[Submission]:
    with closing(_read_each(files, wish, jobs, executor)) as results:
        for done, ((path, _), submissions) in enumerate(zip(files, results, strict=True), start=1):
            if progress:
                progress(done, len(files), path.name)
            yield from submissions


def _read_each(
    files: Sequence[_File], wish: _Wish, jobs: int | None, executor: Executor | None
) -> Generator[list[Submission]]:
    read, jobs = partial(_read_file, wish=wish), worthwhile(len(files)) if jobs is None else jobs
    if executor:
        return _by_executor(executor, read, files)
    if jobs > 1 and len(files) > 1:
        return call_apart(read, files, jobs=jobs, lost=_lost)
    return (read(file) for file in files)


def _by_executor(
    executor: Executor, read: Callable[[_File], list[Submission]], files: Sequence[_File]
) -> Generator[list[Submission]]:
    """Read in a caller's executor, only so far ahead of the file that is asked for."""
    pending: deque[tuple[Sequence[_File], Future[list[list[Submission]]] | None]] = deque()
    for at in range(0, len(files), _BATCH):
        batch = files[at : at + _BATCH]
        pending.append((batch, _submitted(executor, read, batch)))
        if len(pending) > _AHEAD:
            yield from _taken(read, *pending.popleft())
    while pending:
        yield from _taken(read, *pending.popleft())


def _submitted(
    executor: Executor, read: Callable[[_File], list[Submission]], batch: Sequence[_File]
) -> Future[list[list[Submission]]] | None:
    with suppress(BrokenExecutor):
        return executor.submit(_read_batch, read, batch)
    return None


def _taken(
    read: Callable[[_File], list[Submission]], batch: Sequence[_File], future: Future[list[list[Submission]]] | None
) -> Iterable[list[Submission]]:
    """Return what an executor has read; what it broke over is read in a process of our own."""
    if future:
        with suppress(BrokenExecutor):
            return future.result()
    return call_apart(read, batch, jobs=1, lost=_lost)


def _read_batch(read: Callable[[_File], list[Submission]], batch: Sequence[_File]) -> list[list[Submission]]:
    return list(map(read, batch))


def _read_file(file: _File, wish: _Wish) -> list[Submission]:
    path, within = file
    return [
        _read(candidate, wish)
        for candidate in candidates(path, within=within, passwords=wish.passwords, documents=wish.documents is not None)
    ]


def _lost(file: _File) -> list[Submission]:
    """Refuse a file that ends every process that reads it."""
    path, within = file
    digest = ""
    with suppress(OSError), path.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    reason = Reason("F-CRASHED", {"name": path.name})
    return [Submission("/".join((*within, path.name)), digest, Verdict.REFUSED, reason)]


def _wanted(form: Form | str | None) -> Form | None:
    if not isinstance(form, str):
        return form
    from tianbao.form.load import load_form

    return load_form(form)


def _only(source: str | os.PathLike[str] | BinaryIO, wish: _Wish) -> Candidate:
    """Return the one file that is meant: a zip or a mail of several is itself a file, and no workbook."""
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            raise FolderError(path=str(path))
        inside = list(candidates(path, passwords=wish.passwords, documents=wish.documents is not None))
        if len(inside) == 1:
            return inside[0]
        name, data = path.name, path.read_bytes()
    else:
        name, data = Path(str(getattr(source, "name", ""))).name, source.read(LIMITS.file + 1)
        inside = list(candidates(data, name=name, passwords=wish.passwords, documents=wish.documents is not None))
    return inside[0] if len(inside) == 1 else Candidate(name, data, (), judge(data, name=name))


# ── one file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(candidate: Candidate, wish: _Wish) -> Submission:
    """Read one file, or refuse it; one that has a password to open, with one of ours."""
    submission = (wish.documents and _as_document(candidate, wish)) or _read_as_it_is(candidate, wish.form)
    if submission.reason is not None and submission.reason.code == "F-ENCRYPTED":
        try:
            candidate = unlock(candidate, wish.passwords)
        except PackageError as fault:
            return replace(submission, reason=fault.reason)
        submission = replace(_read_as_it_is(candidate, wish.form), sha256=submission.sha256)
    if not candidate.unlocked or submission.reason is not None:
        return submission
    notes = (Note("F-UNLOCKED", Severity.NOTE), *submission.notes)
    return replace(submission, verdict=Verdict.READ_WITH_NOTES, notes=notes)


def _as_document(candidate: Candidate, wish: _Wish) -> Submission | None:
    """Read as a published report what is no workbook; None where it is none of these either."""
    if candidate.judgement.reason is None or wish.documents is None:
        return None
    return wish.documents(candidate, wish.form)


def _read_as_it_is(candidate: Candidate, wanted: Form | None) -> Submission:
    file = "/".join((*candidate.within, candidate.name))
    refused = Submission(file, hashlib.sha256(candidate.data).hexdigest(), Verdict.REFUSED)
    if candidate.judgement.reason:
        return replace(refused, reason=candidate.judgement.reason)
    try:
        return _read_workbook(candidate, wanted, refused)
    except PackageError as fault:
        facts = {"name": candidate.name, **fault.reason.params}
        return replace(refused, reason=Reason(fault.reason.code, facts))


def _read_workbook(candidate: Candidate, wanted: Form | None, refused: Submission) -> Submission:
    package = open_workbook(candidate.data, candidate.judgement, name=candidate.name)
    identified = identify(package)
    identity = identified.identity
    if identity:
        refused = replace(refused, year=identity.year, unit=identity.unit, issuance=identity.issuance)
    form = _form(candidate.name, package, identity, wanted)
    if isinstance(form, Reason):
        return replace(refused, reason=form)
    if identified.printed:
        identity = Identity.of(form, *identified.printed)
        refused = replace(refused, year=identity.year, unit=identity.unit)
    located = locate(package, form)
    if not identity and not located.places:
        return replace(refused, reason=_not_ours(candidate.name, package))
    provenance, told_of_sources = find_sources(package, form)
    reading = _Reading(form, identity, package, located, units=sum(1 for _ in provenance.below()) if provenance else 1)
    reading.take_inputs()
    reading.declare_zeros()
    reading.compute_totals()
    explanations = reading.explanations()
    notes = (
        *_told_of_file(package, identified, identity, form),
        *located.notes,
        *_hidden(package, located),
        *find_alterations(package, form, identity, located, reading.answers),
        *_second_opinion(candidate, package, located),
        *told_of_sources,
        *reading.notes(),
    )
    return Submission(
        file=refused.file,
        sha256=refused.sha256,
        verdict=Verdict.READ_WITH_NOTES if notes else Verdict.READ,
        form=form,
        year=refused.year,
        unit=refused.unit,
        answers=reading.answers,
        explanations=explanations,
        notes=notes,
        issuance=refused.issuance,
        provenance=provenance,
    )


def _form(name: str, package: Package, identity: Identity | None, wanted: Form | None) -> Form | Reason:
    """Choose the form to read by: the one that the workbook names or its labels show, which must be the one wanted."""
    from tianbao.form.load import bundled_forms, load_form

    if identity is None:
        known = [wanted] if wanted else []
        shown = recognise(package, [*known, *map(load_form, bundled_forms())]) or wanted
        if shown is None:
            return _not_ours(name, package)
        return shown if wanted in (None, shown) else _other_form(name, shown.id, wanted)
    if wanted is not None:
        return wanted if identity.form == wanted.id else _other_form(name, identity.form, wanted)
    form = _bundled(identity.form)
    return form or Reason("F-UNKNOWN-FORM", {"name": name, "form": identity.form, "known": "、".join(bundled_forms())})


def _other_form(name: str, form: str, wanted: Form) -> Reason:
    return Reason("F-OTHER-FORM", {"name": name, "form": form, "wanted": wanted.id})


@cache
def _bundled(name: str) -> Form | None:
    from tianbao.form.load import bundled_forms, load_form

    return load_form(name) if name in bundled_forms() else None


def _not_ours(name: str, package: Package) -> Reason:
    return Reason("F-NOT-OURS", {"name": name, "sheets": _listed(package.sheet_names)})


def _listed(names: Iterable[str]) -> str:
    each = list(names)
    return "、".join(each[:_NAMED_AT_MOST]) + ("……" if len(each) > _NAMED_AT_MOST else "")


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked of each cell of a form, made once.

    Attributes:
        inputs: in the form's order.
        blank: an answer for every key, in the form's order.
        zeros: the number cells that a declared zero report fills, and the zero of each.
        explanations: check instance → its key.
        sheet_names: of the form.
    """

    inputs: tuple[tuple[str, Asked], ...]
    blank: Mapping[str, Answer]
    totals: tuple[Total, ...]
    zeros: Mapping[str, Amount]
    explanations: Mapping[str, str]
    sheet_names: frozenset[str]


@lru_cache(maxsize=16)
def _plan(form: Form) -> _Plan:
    tables = (table for table in form.tables if table.shape is not Shape.LIST)
    zeros = {c.key: Decimal(0) if c.type is CellType.DECIMAL else 0 for t in tables for c in t.inputs() if c.is_number}
    explained = {line.id: f"explain.{line.id}" for line in make_layout(form).audit if line.explained}
    return _Plan(
        inputs=tuple((cell.key, asked_of(cell)) for cell in form.by_key.values() if cell.kind is Kind.INPUT),
        blank=dict.fromkeys(form.by_key, Answer(None, State.BLANK)),
        totals=tuple(Total(cell, cell.formula) for cell in form.computed if cell.formula is not None),
        zeros=zeros,
        explanations=explained,
        sheet_names=frozenset(make_layout(form).sheet_names),
    )


_ANY_TEXT = Asked(type="text")


def is_answer(cell: Cell, text: str) -> bool:
    """Whether a text that stands in a cell is taken as its answer.

    >>> from tianbao.form.load import load_form
    >>> cell = load_form("zfxxgk-2021").cell("requests.new.natural")
    >>> is_answer(cell, "五件左右"), is_answer(cell, "１２")
    (False, True)
    """
    return read_value(RawCell("s", text, None, 0), asked_of(cell)).state is not State.UNREADABLE


class _Reading:
    """The answers of one workbook, as they become known.

    Args:
        units: how many reports it was made of: what is too much for one need not be too much for all of them.
    """

    def __init__(
        self, form: Form, identity: Identity | None, package: Package, located: Located, *, units: int = 1
    ) -> None:
        self._plan = _plan(form)
        self._inputs: Iterable[tuple[str, Asked]] = self._plan.inputs
        if units > 1:
            self._inputs = [(key, replace(asked, maximum=asked.maximum * units)) for key, asked in self._inputs]
        self._package = package
        self._located = located
        self._cells = {sheet: package.sheet(sheet).cells for sheet in {sheet for sheet, _ in located.places.values()}}
        self._values = Values(given(identity.year) if identity else {})
        self._notes: dict[str, list[Note]] = {}
        self._file_notes: list[Note] = []
        self.answers: dict[str, Answer] = dict(self._plan.blank)

    def notes(self) -> Iterator[Note]:
        """Yield what is told of the answers: of all together, then cell by cell in the form's order."""
        yield from self._file_notes
        keys = (*self.answers, *self._plan.explanations.values(), *self._notes) if self._notes else ()
        for key in dict.fromkeys(keys):
            yield from self._notes.get(key, ())

    def take_inputs(self) -> None:
        """Read what was typed."""
        places, distrusted, style_of = self._located.places, self._located.distrusted, self._package.style_of
        answers, cells, values = self.answers, self._cells, self._values
        for key, asked in self._inputs:
            spot = places.get(key)
            if spot is None or key in distrusted:
                answers[key] = self._untaken(key, spot)
                continue
            sheet, ref = spot
            cell = cells[sheet].get(ref)
            if cell is None or not (cell.text or cell.formula):
                answers[key] = Answer(None, _BLANK, "", sheet, ref)
                continue
            if cell.formula:
                cell = as_constant(cell)
            value, state, remarks = read_value(cell, asked, style_of(cell))
            answers[key] = Answer(value, state, _raw(cell), sheet, ref)
            if value is not None:
                values[key] = serial(value) if isinstance(value, date) else value
            if remarks:
                self._tell(key, spot, remarks)

    def _untaken(self, key: str, spot: Spot | None) -> Answer:
        """Return an answer that is not known: its place is gone, or may be another's."""
        if spot is None:
            return Answer(None, State.UNREADABLE if key in self._located.missing else State.BLANK)
        cell = self._cells[spot[0]].get(spot[1])
        return Answer(None, State.UNREADABLE, _raw(cell) if cell else "", *spot)

    def _tell(self, key: str, spot: Spot, remarks: Iterable[Remark]) -> None:
        self._notes[key] = [
            Note(code, severity, at="!".join(spot), key=key, raw=str(params["raw"]), params=params)
            for code, severity, params in remarks
        ]

    def declare_zeros(self) -> None:
        """Take blanks for zeros where the unit has declared that they are."""
        if ZERO_REPORT not in self.answers or self.answers[ZERO_REPORT].value != DECLARED:
            return
        blanks = [key for key in self._plan.zeros if self.answers[key].state is State.BLANK]
        for key in blanks:
            self.answers[key] = self.answers[key]._replace(value=self._plan.zeros[key], state=State.DECLARED_ZERO)
        if blanks:
            facts = {"count": len(blanks)}
            self._file_notes.append(Note("R-ZERO-REPORT", Severity.NOTE, key=ZERO_REPORT, params=facts))

    def compute_totals(self) -> None:
        """Compute what formulas compute, from what was typed; what was typed over a formula stands beside it."""
        with localcontext(EXACT):
            for total in self._plan.totals:
                value = total.of(self._values)
                if value is not None:
                    self._values[total.key] = value
                state = _BLANK if value is None else _FILLED
                spot = self._located.places.get(total.key)
                if spot is None:
                    self.answers[total.key] = Answer(value, state)
                    continue
                sheet, ref = spot
                cell = self._cells[sheet].get(ref)
                if cell is not None and cell.formula is not None:
                    self.answers[total.key] = Answer(value, state, "", sheet, ref)
                else:
                    self.answers[total.key] = self._overwritten(total, Answer(value, state, "", sheet, ref), cell)

    def _overwritten(self, total: Total, answer: Answer, cell: RawCell | None) -> Answer:
        """Read a computed cell whose formula is gone."""
        style = self._package.style_of(cell) if cell else PLAIN
        answer, remark = total.beside(answer, cell, style)
        self._tell(total.key, (answer.sheet, answer.cell), [remark])
        return answer

    def explanations(self) -> dict[str, Answer]:
        """Read what the unit has written beside the queries."""
        found: dict[str, Answer] = {}
        for instance, key in self._plan.explanations.items():
            spot = self._located.places.get(key)
            cell = self._cells[spot[0]].get(spot[1]) if spot and key not in self._located.distrusted else None
            if spot is None or cell is None or not (cell.text or cell.formula):
                continue
            cell = as_constant(cell) if cell.formula else cell
            value, state, remarks = read_value(cell, _ANY_TEXT, self._package.style_of(cell))
            found[instance] = Answer(value, state, _raw(cell), *spot)
            if remarks:
                self._tell(key, spot, remarks)
        self._add_listed(found)
        return found

    def _add_listed(self, found: dict[str, Answer]) -> None:
        """Add what was written beside the findings that were sent back; where both places are filled, both count."""
        for instance, spot in find_explanations(self._package, self._plan.sheet_names):
            cell = self._package.sheet(spot[0]).cells.get(spot[1])
            if cell is None or not cell.text:
                continue
            value, state, _ = read_value(as_constant(cell), _ANY_TEXT, self._package.style_of(cell))
            written = Answer(value, state, _raw(cell), *spot)
            other = found.get(instance)
            if other is not None and other.value not in (None, value):
                written = written._replace(value=f"{value}；{other.value}")
                facts = {"raw": written.raw, "other": f"{other.sheet}!{other.cell}", "other_raw": other.raw}
                self._tell(f"explain.{instance}", spot, [Remark("R-EXPLAINED-TWICE", Severity.NOTE, facts)])
            found[instance] = written


def _raw(cell: RawCell) -> str:
    return cell.text if cell.formula is None else f"={cell.formula}"


# ── what is told of the file ─────────────────────────────────────────────────────────────────────────────────────────


def _told_of_file(package: Package, identified: Identified, identity: Identity | None, form: Form) -> Iterator[Note]:
    yield from identified.notes
    if identified.identity is None:
        yield Note("R-FORM-BY-LABELS", Severity.NOTE, params={"form": form.id})
    if identity is None:
        yield Note("R-NO-IDENTITY", Severity.QUERY)
    elif not identity.is_of(form):
        yield Note("R-VERSION", Severity.NOTE, params={"theirs": identity.version, "ours": form.version})
    for code in package.active:
        yield Note(code, Severity.NOTE)


def _hidden(package: Package, located: Located) -> Iterator[Note]:
    """Tell of answers that nobody sees: on a hidden sheet, in a hidden row or column."""
    for name, (rows, columns) in located.lines.items():
        sheet = package.sheet(name)
        if sheet.visibility is not Visibility.VISIBLE:
            yield Note("R-HIDDEN-SHEET", Severity.NOTE, at=name, params={"sheet": name})
        hidden_rows = rows & sheet.hidden_rows
        hidden_columns = frozenset(n for n in columns if any(n in hidden for hidden in sheet.hidden_columns))
        if hidden_rows or hidden_columns:
            yield from _hidden_answers(sheet, hidden_rows, hidden_columns, located)


def _hidden_answers(sheet: Sheet, rows: frozenset[int], columns: frozenset[int], located: Located) -> Iterator[Note]:
    refs = []
    for home, ref in located.places.values():
        if home == sheet.name and ref in sheet.cells and sheet.cells[ref].text:
            row, column = row_and_column(ref)
            if row in rows or column in columns:
                refs.append(ref)
    if refs:
        yield Note("R-HIDDEN", Severity.NOTE, at=sheet.name, params={"cells": _listed(refs), "count": len(refs)})


def _second_opinion(candidate: Candidate, package: Package, located: Located) -> Iterator[Note]:
    """Ask another reader about a file that is written in an unusual way, and tell where it reads another answer.

    What it does not see at all is no other answer: it does not know the strict namespace, for one.
    """
    archive = candidate.judgement.archive
    if not package.oddities or archive is None:
        return
    from tianbao.workbook.second_opinion import can_compare, compare

    if not can_compare(package, sum(member.file_size for member in archive.infolist())):
        yield Note("R-SECOND-TOO-LARGE", Severity.NOTE)
        return
    keys = {spot: key for key, spot in located.places.items()}
    for sheet, ref, ours, theirs in compare(candidate.data, package):
        if not sheet:
            yield Note("R-SECOND-REFUSED", Severity.NOTE, params={"fault": theirs})
        elif theirs and (sheet, ref) in keys:
            facts = {"theirs": theirs}
            yield Note("R-SECOND-OPINION", Severity.QUERY, f"{sheet}!{ref}", keys[sheet, ref], ours, facts)
