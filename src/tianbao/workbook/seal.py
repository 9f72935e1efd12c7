"""What was altered? What stands locked in a workbook, held against what was sent.

    form + year ──write──▶ our own workbook ──read──▶ Seal ─┐
    package + identity ─────────────────────────────────────┴──▶ nothing, or notes: which cell, what stood there, what does

In:   a workbook that came back, and whose it says it is.
Out:  every alteration with its cell. What cannot change a number is a note, what can is a query.
Knows nothing of what was typed. What ought to stand in a cell is never asked of the file: it is taken from the workbook
that the writer makes of the same form and year, with the names of the unit put in.

An honest workbook pays for a comparison of whole sheets at once; only a sheet that differs is looked at cell by cell.
Formulas are the same whatever blanks, `$`, capitals and quotes around sheet names a program writes them with. What a file
does not show, for its format or because of how it is written, is not judged.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import product
from operator import itemgetter

from tianbao.expr.sentence import written
from tianbao.form.model import Amount, Form, Kind, Severity, Shape
from tianbao.records.model import Answer, Note, Unit
from tianbao.workbook.beside import Printed, beside, prior_labels
from tianbao.workbook.beside import squeezed as _squeezed
from tianbao.workbook.grid import row_and_column
from tianbao.workbook.identify import MARKER, Identity, from_unit_line
from tianbao.workbook.layout import FIRST_COLUMN, MACHINE_SHEET, Role, a1, make_layout
from tianbao.workbook.locate import Located, Spot
from tianbao.workbook.package import UNSHOWN, Package, RawCell, Sheet, read_package

#: Stand for what is each unit's own; no name holds these characters.
_UNIT = Unit("\ue000", "\ue001", "\ue002")
_ISSUER = "\ue003"
#: So long a name is cut in the marks, so that the whole of it is not known.
_LONGEST_NAME = 255

#: So many alterations of a sheet are told one by one; the rest together.
_EACH = 5
_NAMED_AT_MOST = 8
#: More areas than these are no honest validation; the rest is not looked at.
_MOST_AREAS = 2_000

#: What is printed does not differ from year to year but for the year itself.
_ANY_YEAR = 2000

_EMPTY = RawCell("n", "", None, 0)
#: The parts of a raw cell, as a whole sheet's are taken at once.
_, _TEXT, _FORMULA, _STYLE = map(itemgetter, range(4))
_NOT_IN_FORMULAS = str.maketrans("", "", " \t\r\n\u00a0$'")


def _plain(formula: str) -> str:
    """Write a formula as every program would."""
    return formula.translate(_NOT_IN_FORMULAS).upper()


# ── what was sent ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SealedSheet:
    """What stands locked on one sheet of a form, and where people may write.

    Attributes:
        texts: reference → printed text, hidden key or number; empty where nothing may stand.
        of_unit: the same where the text names the unit, with its names left open.
        formulas: reference → formula.
        inputs: the references where people write.
        free: references that may hold something of which the form says nothing: last year's figures, the issuer.
    """

    name: str
    texts: Mapping[str, str]
    of_unit: Mapping[str, str]
    formulas: Mapping[str, str]
    inputs: frozenset[str]
    free: frozenset[str]
    merged: tuple[str, ...]
    validated: tuple[str, ...] | None

    @cached_property
    def known(self) -> frozenset[str]:
        """Every reference where something may stand."""
        return frozenset({*self.texts, *self.of_unit, *self.formulas, *self.inputs, *self.free})

    @cached_property
    def _expected(self) -> tuple[itemgetter[str], list[str], list[str | None]]:
        """What takes all these cells out of a sheet at once, texts first, then formulas, then inputs; and what they say."""
        pick = itemgetter(*self.texts, *self.formulas, *self.inputs)
        return pick, list(self.texts.values()), [None] * len(self.texts) + list(self.formulas.values())

    def is_intact(self, sheet: Sheet, unlocked: frozenset[int], unit: Mapping[str, str]) -> bool:
        """Say quickly that nothing was altered; no says nothing yet.

        Args:
            sheet: as it came back.
            unlocked: the styles whose cells are not locked.
            unit: what stands for the names of the unit.
        """
        cells = sheet.cells
        if not sheet.protected or sheet.validated != self.validated or sheet.merged != self.merged:
            return False
        if len(cells) != len(self.known) - len(self.free - cells.keys()):
            return False
        pick, expected_texts, expected_formulas = self._expected
        try:
            picked = pick(cells)
        except KeyError:
            return False
        first, end = len(expected_texts), len(expected_formulas)
        return (
            list(map(_TEXT, picked[:first])) == expected_texts
            and list(map(_FORMULA, picked[:end])) == expected_formulas
            and unlocked.isdisjoint(map(_STYLE, picked[:end]))
            and unlocked.issuperset(map(_STYLE, picked[end:]))
            and all(cells.get(ref, _EMPTY)[1:3] == (_filled(text, unit), None) for ref, text in self.of_unit.items())
        )


@dataclass(frozen=True)
class Seal:
    """What stands locked in every workbook of a form and a year.

    Attributes:
        sheets: in workbook order, without the hidden sheet that says whose workbook it is.
        mark: the printed code, with the names of the unit left open.
        places: key → where it was put.
        computed: where a computed cell was put → its key.
    """

    sheets: tuple[SealedSheet, ...]
    mark: str
    places: Mapping[str, Spot]
    computed: Mapping[Spot, str]

    @cached_property
    def digest(self) -> str:
        """Digest what was sent; the same for every unit."""
        return _digest(
            (sheet.name, ref, _squeezed(text) if ref not in sheet.formulas else f"={_plain(text)}")
            for sheet in self.sheets
            for ref, text in [*sheet.texts.items(), *sheet.of_unit.items(), *sheet.formulas.items()]
        )

    def names(self, identity: Identity) -> Mapping[str, str]:
        """Return what stands for the names of a unit, the longest first; nothing where they are not known in full."""
        if len(identity.unit.name.encode("utf-16-le")) >= 2 * _LONGEST_NAME:
            return {}
        return {self.mark: identity.printed_code(), _UNIT.name: identity.unit.name, _UNIT.code: identity.unit.code}


@lru_cache(maxsize=16)
def make_seal(form: Form, year: int) -> Seal:
    """Take from our own workbook what every workbook of this form and year must hold."""
    from tianbao.workbook.write import write_workbook

    target = BytesIO()
    write_workbook(form, target, unit=_UNIT, year=year, issuer=_ISSUER)
    package = read_package(target.getvalue())
    layout = make_layout(form)
    places = {
        key: (place.sheet, a1(place.row, place.column))
        for key, place in layout.places.items()
        if not key.startswith("prior.")
    }
    computed = {places[key]: key for key, cell in form.by_key.items() if cell.kind is Kind.COMPUTED and key in places}
    free = _free(form)
    sheets = tuple(_sealed(package, sheet, free[sheet.name]) for sheet in package.sheets if sheet.name != MACHINE_SHEET)
    return Seal(sheets, Identity.of(form, year, _UNIT).printed_code(), places, computed)


def _free(form: Form) -> Mapping[str, set[str]]:
    """Return where something may stand of which the form says nothing, by sheet."""
    free: dict[str, set[str]] = defaultdict(set)
    for sheet in make_layout(form).sheets:
        for block in sheet.blocks:
            boxes = [box for box in block.boxes if box.role is Role.PRIOR_LABEL]
            #: The lines of a list are as good as each other, in whatever order.
            boxes += [box for box in block.boxes if box.role is Role.ROW_LABEL and block.table.shape is Shape.LIST]
            for box in boxes:
                area = product(range(box.row, box.last_row + 1), range(box.column, box.last_column + 1))
                free[sheet.name].update(a1(row, column) for row, column in area)
            rows = product(block.prior_rows, range(FIRST_COLUMN, sheet.last_column + 1))
            free[sheet.name].update(a1(row, column) for row, column in rows)
            free[sheet.name].update(a1(place.row, place.column) for place in block.prior.values())
    return free


def _sealed(package: Package, sheet: Sheet, free: set[str]) -> SealedSheet:
    texts: dict[str, str] = {}
    of_unit: dict[str, str] = {}
    formulas: dict[str, str] = {}
    inputs: set[str] = set()
    for ref, cell in sheet.cells.items():
        if not package.style_of(cell).locked:
            inputs.add(ref)
        elif cell.formula is not None:
            formulas[ref] = cell.formula
        elif cell.text.startswith((MARKER, _ISSUER)):
            free.add(ref)
        elif ref not in free:
            is_units = any(sign in cell.text for sign in (_UNIT.code, _UNIT.name))
            (of_unit if is_units else texts)[ref] = cell.text
    return SealedSheet(
        sheet.name,
        texts,
        of_unit,
        formulas,
        frozenset(inputs),
        frozenset(free),
        sheet.merged,
        sheet.validated,
    )


def _filled(text: str, unit: Mapping[str, str]) -> str:
    for sign, name in unit.items():
        text = text.replace(sign, name)
    return text


# ── the digest ───────────────────────────────────────────────────────────────────────────────────────────────────────


def seal_digest(package: Package, form: Form, identity: Identity) -> str:
    """Digest what stands in the locked cells of a workbook: that of `make_seal(form, year)` while none is altered.

    Raises:
        PackageError: a sheet is damaged.
    """
    seal = make_seal(form, identity.year)
    unit = seal.names(identity)
    return _digest(
        (sealed.name, ref, content)
        for sealed in seal.sheets
        for cells in [package.sheet(sealed.name).cells if sealed.name in package.sheet_names else {}]
        for ref, content in _contents(sealed, cells, unit)
    )


def _contents(sealed: SealedSheet, cells: Mapping[str, RawCell], unit: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for ref in [*sealed.texts, *sealed.of_unit, *sealed.formulas]:
        cell = cells.get(ref, _EMPTY)
        ours = sealed.of_unit.get(ref)
        if cell.formula is not None:
            yield ref, f"={_plain(sealed.formulas.get(ref, '') if cell.formula == UNSHOWN else cell.formula)}"
        elif ours is not None and _squeezed(cell.text) == _squeezed(_filled(ours, unit)):
            yield ref, _squeezed(ours)
        else:
            yield ref, _squeezed(cell.text)


def _digest(contents: Iterable[tuple[str, str, str]]) -> str:
    return hashlib.sha256("\n".join("\t".join(content) for content in contents).encode()).hexdigest()


# ── what was altered ─────────────────────────────────────────────────────────────────────────────────────────────────


def find_alterations(
    package: Package,
    form: Form,
    identity: Identity | None,
    located: Located,
    answers: Mapping[str, Answer],
) -> Iterator[Note]:
    """Tell what was altered of what is locked; of a workbook of which nobody knows what was sent, what stands beside it.

    Args:
        package: the workbook.
        form: that it answers.
        identity: that it says it has.
        located: where its answers were found, and what was told of that.
        answers: by key, with the totals as computed anew.

    Raises:
        PackageError: a sheet is damaged.
    """
    if identity is None or not identity.is_of(form):
        seal = make_seal(form, form.years.first or form.years.last or _ANY_YEAR)
        yield from _Look(package, form, seal, {}, located, answers, set()).figures_beside()
        return
    seal = make_seal(form, identity.year)
    unit = seal.names(identity)
    unlocked = frozenset(n for n, style in enumerate(package.styles) if not style.locked)
    names = package.sheet_names
    altered = {
        sealed.name
        for sealed in seal.sheets
        if sealed.name not in names or not sealed.is_intact(package.sheet(sealed.name), unlocked, unit)
    }
    if altered or located.places != seal.places:
        yield from _Look(package, form, seal, unit, located, answers, altered).notes()


class _Look:
    """One workbook that is held against its seal, cell by cell where a sheet is not intact."""

    def __init__(
        self,
        package: Package,
        form: Form,
        seal: Seal,
        unit: Mapping[str, str],
        located: Located,
        answers: Mapping[str, Answer],
        altered: set[str],
    ) -> None:
        self._package = package
        self._form = form
        self._seal = seal
        self._unit = unit
        self._located = located
        self._answers = answers
        self._altered = altered
        self._told = {note.at for note in located.notes}
        #: Where another unit or year is printed: the place, what was printed there, and what is.
        self._renamed: list[tuple[str, str, str]] = []
        self._now = self._sheets_now()
        self._moved = self._count_moved()

    def notes(self) -> Iterator[Note]:
        """Yield what was altered: of the workbook first, then sheet by sheet."""
        there = {home: self._package.sheet(name) for home, name in self._now.items() if name is not None}
        unprotected = [sheet.name for sheet in there.values() if not sheet.protected]
        if unprotected:
            yield Note("R-UNPROTECTED", Severity.NOTE, params={"sheets": "、".join(unprotected)})
        for sealed in self._seal.sheets:
            sheet = there.get(sealed.name)
            if sheet is None:
                if not any(home == sealed.name for home, _ in self._seal.places.values()):
                    yield Note("R-SHEET-GONE", Severity.NOTE, at=sealed.name, params={"sheet": sealed.name})
            elif self._moved[sealed.name]:
                facts = {"sheet": sheet.name, "count": self._moved[sealed.name]}
                yield Note("R-MOVED", Severity.NOTE, at=sheet.name, params=facts)
                yield from self._told_beside(sheet, self._beside_moved(sealed, sheet))
            elif sealed.name in self._altered:
                yield from self._on_sheet(sealed, sheet)
        yield from self._told_renamed()

    def figures_beside(self) -> Iterator[Note]:
        """Yield the figures that are nobody's answer, whatever else the form printed on its sheets when it was sent."""
        for sealed in self._seal.sheets:
            name = self._now[sealed.name]
            if name is not None:
                sheet = self._package.sheet(name)
                found = self._beside_moved(sealed, sheet).items()
                yield from self._told_beside(sheet, {ref: cell for ref, cell in found if _is_figure(cell)})

    def _sheets_now(self) -> dict[str, str | None]:
        """Say what each sheet of the form is called now; None where it is gone, or where none of its keys is found."""
        with_keys = {home for home, _ in self._seal.places.values()}
        found: dict[str, str] = {}
        for key, (sheet, _) in self._located.places.items():
            found.setdefault(self._seal.places[key][0], sheet)
        found |= {name: name for name in self._package.sheet_names if name not in with_keys}
        return {sealed.name: found.get(sealed.name) for sealed in self._seal.sheets}

    def _count_moved(self) -> Mapping[str, int]:
        """Count by sheet the answers that are found in another cell than they were put in."""
        moved: dict[str, int] = defaultdict(int)
        for key, (_, ref) in self._located.places.items():
            home, laid_out = self._seal.places[key]
            moved[home] += ref != laid_out
        return moved

    # ── a sheet, cell by cell ────────────────────────────────────────────────────────────────────────────────────────

    def _on_sheet(self, sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
        told = [*self._formulas(sealed, sheet), *self._texts(sealed, sheet)]
        others = [note for note in told if note.severity is Severity.NOTE]
        yield from (note for note in told if note.severity is not Severity.NOTE)
        if len(others) <= _EACH + 1:
            yield from others
        else:
            yield from others[:_EACH]
            rest = [note.at.rpartition("!")[2] for note in others[_EACH:]]
            yield _of_cells("R-ALTERED", Severity.NOTE, sheet, rest)
        yield from self._beside(sealed, sheet)
        yield from self._locks(sealed, sheet)
        yield from _validation(sealed, sheet)
        yield from _merged(sealed, sheet)

    def _formulas(self, sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
        for ref, ours in sealed.formulas.items():
            cell = sheet.cells.get(ref, _EMPTY)
            key = self._seal.computed.get((sealed.name, ref))
            at = f"{sheet.name}!{ref}"
            if cell.formula is None:
                if key is None:  # what was typed over a total is told with the total
                    facts: dict[str, object] = {"ours": f"={ours}", "theirs": cell.text}
                    yield Note("R-CHECK-FORMULA", Severity.NOTE, at, raw=cell.text, params=facts)
            elif cell.formula != ours and not self._is_same(cell.formula, ours):
                raw = f"={cell.formula}"
                facts = {"ours": f"={ours}", "theirs": raw}
                if key is None:
                    yield Note("R-CHECK-FORMULA", Severity.NOTE, at, raw=raw, params=facts)
                else:
                    value = self._answers[key].value
                    computed = written(value) if isinstance(value, Amount) else "—"
                    facts |= {"shown": cell.text or "—", "value": computed}
                    yield Note("R-FORMULA", Severity.QUERY, at, key, raw, facts)

    def _is_same(self, theirs: str, ours: str) -> bool:
        """Compare formulas, sheets by the names they were given.

        One that is not shown, or looks at what has moved, is not judged.
        """
        if theirs == UNSHOWN:
            return True
        plain, expected = _plain(theirs), _plain(ours)
        for home, now in self._now.items():
            if now is None or self._moved[home]:
                if f"{_plain(home)}!" in expected:
                    return True
            elif now != home:
                plain = plain.replace(f"{_plain(now)}!", f"{_plain(home)}!")
        return plain == expected

    def _texts(self, sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
        for ref, ours in sealed.texts.items():
            cell = sheet.cells.get(ref, _EMPTY)
            at = f"{sheet.name}!{ref}"
            if ours and not _is_text(cell, ours) and at not in self._told:
                theirs = _raw(cell)
                yield Note("R-LOCKED", Severity.NOTE, at, raw=theirs, params={"ours": ours, "theirs": theirs})
        for ref, text in sealed.of_unit.items() if self._unit else ():
            cell, ours = sheet.cells.get(ref, _EMPTY), _filled(text, self._unit)
            at, theirs = f"{sheet.name}!{ref}", _raw(cell)
            if _is_text(cell, ours) or (theirs and from_unit_line(theirs) == from_unit_line(ours) is not None):
                continue  # the code behind a unit line is not asked again: it is a digest of what the marks say
            if self._is_another_units(ours, theirs):
                self._renamed.append((at, ours, theirs))
            elif at not in self._told:
                yield Note("R-LOCKED", Severity.NOTE, at, raw=theirs, params={"ours": ours, "theirs": theirs})

    def _is_another_units(self, ours: str, theirs: str) -> bool:
        """Say whether something stands where unit and year were named, and not these any more."""
        line = from_unit_line(theirs)
        if line:
            return line != from_unit_line(ours)
        now = _squeezed(theirs)
        named = [_squeezed(self._unit[sign]) for sign in (_UNIT.name, _UNIT.code)]
        return bool(now) and any(name in _squeezed(ours) and name not in now for name in named)

    def _told_renamed(self) -> Iterator[Note]:
        """Tell once that the pages name another unit or year than the marks do."""
        if self._renamed:
            at, ours, theirs = self._renamed[0]
            unit = {"name": self._unit[_UNIT.name], "code": self._unit[_UNIT.code]}
            facts = {"ours": ours, "theirs": theirs, "count": len(self._renamed), **unit}
            yield Note("R-UNIT", Severity.QUERY, at, raw=theirs, params=facts)

    def _beside_moved(self, sealed: SealedSheet, sheet: Sheet) -> Mapping[str, RawCell]:
        """Return what stands where nothing should, though rows or columns have moved."""
        pairs = [
            (laid_out, self._located.places[key][1])
            for key, (home, laid_out) in self._seal.places.items()
            if home == sealed.name and self._located.places.get(key, ("", ""))[0] == sheet.name
        ]
        of_unit = [_filled(text, self._unit) for text in sealed.of_unit.values()]
        texts = frozenset(map(_squeezed, [*sealed.texts.values(), *of_unit]))
        printed = Printed(sealed.free | sealed.formulas.keys(), texts, prior_labels(self._form, sealed.name))
        locked = frozenset(n for n, style in enumerate(self._package.styles) if style.locked)
        return dict(beside(sheet, pairs, printed, locked))

    def _beside(self, sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
        """Tell of what stands where nothing should: it was not read."""
        empty = {ref for ref, text in sealed.texts.items() if not text}
        written = {
            ref: cell
            for ref, cell in sheet.cells.items()
            if (cell.text or cell.formula) and (ref not in sealed.known or ref in empty)
        }
        yield from self._told_beside(sheet, written)

    def _told_beside(self, sheet: Sheet, found: Mapping[str, RawCell]) -> Iterator[Note]:
        """Tell of what was written where no answer is expected: figures first, for they may belong into a sum."""
        written = [(ref, cell) for ref, cell in found.items() if f"{sheet.name}!{ref}" not in self._told]
        figures = [(ref, cell) for ref, cell in written if _is_figure(cell)]
        if written:
            shown = dict(figures + written)
            severity = Severity.QUERY if figures else Severity.NOTE
            yield _of_cells("R-BESIDE", severity, sheet, shown, raw=_raw(next(iter(shown.values()))))

    def _locks(self, sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
        """Tell of cells that are locked and were not, or the reverse; a cell that a program left out is neither."""
        style_of = self._package.style_of
        cells = sheet.cells
        locked = {*sealed.texts, *sealed.of_unit, *sealed.formulas}
        opened = [ref for ref in cells if ref in locked and not style_of(cells[ref]).locked]
        closed = [ref for ref in cells if ref in sealed.inputs and style_of(cells[ref]).locked]
        if opened or closed:
            yield _of_cells("R-LOCKS", Severity.NOTE, sheet, [*opened, *closed])


def _validation(sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
    if sealed.validated and sheet.validated is not None and sheet.validated != sealed.validated:
        uncovered = _covered(sealed.validated, sealed.inputs) - _covered(sheet.validated[:_MOST_AREAS], sealed.inputs)
        lost = [ref for ref in sheet.cells if ref in uncovered]
        if lost:
            yield _of_cells("R-VALIDATION", Severity.NOTE, sheet, lost)


@lru_cache(maxsize=64)
def _covered(validated: tuple[str, ...], inputs: frozenset[str]) -> frozenset[str]:
    """Return the cells that some areas cover."""
    areas = " ".join(validated).split()
    wide = [match for area in areas if (match := _AREA.fullmatch(area))][:_MOST_AREAS]
    corners = [(row_and_column(match[1]), row_and_column(match[2])) for match in wide]

    def is_within(ref: str) -> bool:
        row, column = row_and_column(ref)
        return any(top <= row <= low and left <= column <= right for (top, left), (low, right) in corners)

    return inputs & {*areas} | {ref for ref in inputs if is_within(ref)}


_AREA = re.compile(r"([A-Z]+[0-9]+):([A-Z]+[0-9]+)")


def _merged(sealed: SealedSheet, sheet: Sheet) -> Iterator[Note]:
    """Tell of cells that are merged and were not, or the reverse; those of last year's figures are merged if there are any."""
    changed = set(sealed.merged).symmetric_difference(sheet.merged)
    areas = [area for area in sorted(changed) if not sealed.free.issuperset(area.split(":"))]
    if areas:
        yield _of_cells("R-MERGED", Severity.NOTE, sheet, areas)


def _of_cells(code: str, severity: Severity, sheet: Sheet, refs: Iterable[str], raw: str = "") -> Note:
    each = list(refs)
    cells = "、".join(each[:_NAMED_AT_MOST]) + ("……" if len(each) > _NAMED_AT_MOST else "")
    facts = {"sheet": sheet.name, "cells": cells, "count": len(each)}
    return Note(code, severity, at=sheet.name, raw=raw, params=facts)


def _is_text(cell: RawCell, ours: str) -> bool:
    return cell.formula is None and (cell.text == ours or _squeezed(cell.text) == _squeezed(ours))


def _is_figure(cell: RawCell) -> bool:
    return cell.type == "n" or cell.formula is not None


def _raw(cell: RawCell) -> str:
    return cell.text if cell.formula is None else f"={cell.formula}"
