"""A merged report as a unit of the next level: the same form, filled with the totals, and behind it what it was made of.

    Merged ─┬─ totals, cover ──▶ the form, locked and sealed, as every unit gets it
            └─ provenance ─────▶ 汇总来源: who is in it, who is not, what was adjusted; and hidden the whole tree

In:   a merge, and who hands it on.
Out:  a workbook that is read, checked and merged as any unit's.
Knows nothing of folders. What the office must write itself (texts, who signs) is left open; a total that lacks a unit's
figure is filled in and marked; what an Excel cell cannot hold to the last digit is told.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, BinaryIO

from tianbao import messages
from tianbao.form.completeness import ZERO_REPORT
from tianbao.form.model import NOT_APPLICABLE, Amount, Form, Kind, Shape
from tianbao.merge.parts import provenance_of, summed
from tianbao.records.model import State, Submission, Unit, Value
from tianbao.records.provenance import Part, Provenance
from tianbao.workbook.layout import KEY_COLUMN, text_height
from tianbao.workbook.sent_back import SOURCES_SHEET, Mark, Page, SentBack
from tianbao.workbook.sources import pack
from tianbao.workbook.tables import put, set_up_page
from tianbao.workbook.write import write_workbook

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tianbao.merge.merge import Merged
    from tianbao.workbook.draft import Draft

#: The columns of the sheet: number, code, unit, file, digest, what is said of it; and how wide they are.
_COLUMNS = tuple(range(2, 8))
_WIDTHS = (6, 18, 30, 40, 15, 30)
_LAST = _COLUMNS[-1]
#: The rows: mark (hidden), title, unit line, then what is said of it.
_TITLE, _UNIT, _FIRST = 2, 3, 5
#: So many units of all levels are listed; else only those merged here.
_MOST_LISTED = 600
_DIGEST = 12
#: No spreadsheet program holds more digits, and we read no more.
_HELD = Context(prec=15)
_STEP = "→ "


@dataclass(frozen=True, slots=True)
class AsUnit:
    """What is told of a workbook that was written as a unit's.

    Attributes:
        blank: the keys of summed cells that no unit gave a number for.
        inexact: the keys of totals that an Excel cell cannot hold to the last digit.
        provenance: what it carries.
    """

    blank: tuple[str, ...]
    inexact: tuple[str, ...]
    provenance: Provenance


def write_as_unit(
    merged: Merged,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    unit: Unit,
    issuer: str = "",
    prior: Submission | Mapping[str, Value] | None = None,
    password: str | None = None,
    issuance: str = "",
) -> AsUnit:
    """Write a merge as the report of one unit, for whoever merges such reports.

    Args:
        merged: the merge; what the office booked is in its totals.
        target: a path, written whole or not at all; or an open binary file.
        unit: as whom it is handed on.
        issuer: the office that collects it; empty for the one of the form.
        prior: last year's report of that unit.
        password: of the sheets' protection.
        issuance: what the issuer signs of it.

    Returns:
        What must be told: what stayed blank, and what Excel cannot hold.

    Raises:
        PrefillError: a total is not what its cell holds, such as less than 0 after an adjustment.
        SourcesTooLargeError: there are too many units, or too many levels, for one workbook.
    """
    provenance = provenance_of(merged)
    values, raw = _filled_in(merged)
    write_workbook(
        merged.form,
        target,
        unit=unit,
        year=merged.year or 0,
        prior=prior,
        values=values,
        issuer=issuer,
        password=password,
        sent_back=SentBack(marks=_marks(merged, values), raw=raw, behind=(sources_page(provenance, merged.form),)),
        issuance=issuance,
    )
    keys = summed(merged.form)
    return AsUnit(
        blank=tuple(key for key in keys if merged.totals.get(key) is None and key not in raw),
        inexact=tuple(key for key in keys if not _is_held(merged.totals.get(key))),
        provenance=provenance,
    )


def _is_held(total: Amount | None) -> bool:
    return total is None or _HELD.plus(Decimal(total)) == total


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _filled_in(merged: Merged) -> tuple[dict[str, Value], dict[str, str]]:
    """Return what the form is filled with: totals, lines of lists, the cover; and where all say that they are not asked."""
    totals = {key: merged.totals.get(key) for key in summed(merged.form) if merged.form.by_key[key].kind is Kind.INPUT}
    values: dict[str, Value] = {**dict(_cover(merged)), **dict(_lines(merged)), **totals}
    not_asked = {
        key: NOT_APPLICABLE
        for key, total in totals.items()
        if total is None and {state for _, state in merged.states(key)} == {State.NOT_APPLICABLE}
    }
    return values, not_asked


def _cover(merged: Merged) -> Iterator[tuple[str, Value]]:
    """Yield what all units say alike on the cover, but for who signs, and whether all is zero: that is said by the totals."""
    signed = {cell.key for cell in merged.form.signature} | {ZERO_REPORT}
    for cell in merged.form.cover:
        said = {one.answers[cell.key].value for one in merged.submissions if cell.key in one.answers}
        if cell.kind is Kind.INPUT and cell.key not in signed and len(said) == 1 and said != {None}:
            yield cell.key, said.pop()


def _lines(merged: Merged) -> Iterator[tuple[str, Value]]:
    """Yield the lines of all units' detail lists, one behind the other, as far as there is room."""
    for table in merged.form.tables:
        if table.shape is Shape.LIST:
            for row, line in zip(table.rows, merged.details[table.key], strict=False):
                yield from ((table.cell(row, column).key, line.answers[column.key]) for column in table.columns)


def _marks(merged: Merged, values: Mapping[str, Value]) -> dict[str, Mark]:
    """Mark the totals that lack a unit's figure."""
    lacking = {key: merged.incomplete[key] for key in values if key in merged.incomplete}
    return {
        key: Mark("query", messages.say("as_unit.mark", "zh", units="、".join(unit.name for unit in units)))
        for key, units in lacking.items()
    }


# ── 汇总来源 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def sources_page(provenance: Provenance, form: Form) -> Page:
    """Return the sheet that says what a report was made of, to people and to programs.

    Raises:
        SourcesTooLargeError: it does not fit into a workbook.
    """
    packed = pack(provenance, form)
    return Page(SOURCES_SHEET, lambda sheet, draft: _Sheet(sheet, draft, form).draw(provenance, packed))


class _Sheet:
    """The sheet while it is being written, line by line."""

    def __init__(self, sheet: Worksheet, draft: Draft, form: Form) -> None:
        self._sheet = sheet
        self._draft = draft
        self._form = form
        self._row = _FIRST

    def draw(self, provenance: Provenance, packed: Sequence[str]) -> None:
        self._head(packed)
        self._sentence(self._summary(provenance))
        self._table("as_unit.heads", self._parts(provenance))
        self._table("as_unit.missing_heads", _missing(provenance), "as_unit.missing")
        self._table("as_unit.omitted_heads", _omitted(provenance), "as_unit.omitted")
        self._table("as_unit.bookings_heads", self._bookings(provenance), "as_unit.bookings")
        self._table("as_unit.incomplete_heads", self._incomplete(provenance), "as_unit.incomplete")
        for key, count in provenance.lines_left.items():
            short = next((table.short for table in self._form.tables if table.key == key), key)
            self._sentence(messages.say("as_unit.lines_left", "zh", table=short, count=count))
        self._sheet.print_area(_TITLE - 1, 1, self._row - 1, _LAST - 1)

    def _head(self, packed: Sequence[str]) -> None:
        sheet, styles = self._sheet, self._draft.styles
        set_up_page(sheet, landscape=True)
        sheet.set_column(0, 0, None, None, {"hidden": True})
        for column, width in zip(_COLUMNS, _WIDTHS, strict=True):
            sheet.set_column(column - 1, column - 1, width)
        sheet.set_row(0, None, None, {"hidden": True})
        put(sheet, 1, KEY_COLUMN, self._draft.identity.marker(SOURCES_SHEET), styles["hidden"])
        for row, text in enumerate(packed, start=_TITLE):
            put(sheet, row, KEY_COLUMN, text, styles["hidden"])
        sheet.merge_range(_TITLE - 1, 1, _TITLE - 1, _LAST - 1, SOURCES_SHEET, styles["title"])
        sheet.set_row(_TITLE - 1, 30)
        sheet.merge_range(_UNIT - 1, 1, _UNIT - 1, _LAST - 1, self._draft.unit_line(), styles["unit line"])

    def _sentence(self, text: str) -> None:
        self._sheet.merge_range(self._row - 1, 1, self._row - 1, _LAST - 1, text, self._draft.styles["plain"])
        self._sheet.set_row(self._row - 1, text_height(text, float(sum(_WIDTHS))))
        self._row += 1

    def _table(self, heads: str, lines: Iterable[Sequence[str]], title: str = "") -> None:
        """Write a table with its heads; none where it has no line."""
        sheet, styles, several = self._sheet, self._draft.styles, list(lines)
        if not several:
            return
        self._row += 1
        if title:
            put(sheet, self._row, _COLUMNS[0], messages.say(title, "zh", count=len(several)), styles["heading"])
            self._row += 1
        for column, head in zip(_COLUMNS, messages.say(heads, "zh").split("|"), strict=True):
            put(sheet, self._row, column, head, styles["audit head"])
        self._row += 1
        for number, line in enumerate(several, start=1):
            texts = (str(number), *line)
            for column, text in zip(_COLUMNS, texts, strict=True):
                put(sheet, self._row, column, text, styles["audit centre" if column == _COLUMNS[0] else "audit"])
            heights = (text_height(text, float(width)) for text, width in zip(texts, _WIDTHS, strict=True))
            sheet.set_row(self._row - 1, max(heights))
            self._row += 1

    def _summary(self, provenance: Provenance) -> str:
        lowest = sum(part.within is None for _, part in provenance.below())
        facts = {"count": len(provenance.parts), "levels": provenance.levels + 1, "lowest": lowest}
        said = messages.say("as_unit.summary" if provenance.levels == 1 else "as_unit.summary_levels", "zh", **facts)
        short = [path for path, _ in _lacking(provenance)]
        return said + (
            messages.say("as_unit.lacking", "zh", count=len(short)) if short else messages.say("as_unit.whole", "zh")
        )

    def _parts(self, provenance: Provenance) -> Iterator[Sequence[str]]:
        every = list(provenance.below())
        is_short = len(every) <= _MOST_LISTED
        for path, part in every if is_short else ((path, part) for path, part in every if len(path) == 1):
            name = _STEP * (len(path) - 1) + part.unit.name
            yield part.unit.code, name, part.file, part.sha256[:_DIGEST], _made_of(part)

    def _bookings(self, provenance: Provenance) -> Iterator[Sequence[str]]:
        for path, merge in _merges(provenance):
            for one in merge.bookings:
                where = _path(path)
                who = "　".join(word for word in (one.by, one.at) if word)
                yield where, self._label(one.key), one.note, f"{Decimal(one.amount):+f}", who

    def _incomplete(self, provenance: Provenance) -> Iterator[Sequence[str]]:
        for path, merge in _merges(provenance):
            names = {part.unit.code: part.unit.name for part in merge.parts}
            for key, codes in merge.incomplete.items():
                yield _path(path), self._label(key), key, "", "、".join(names[code] for code in codes)

    def _label(self, key: str) -> str:
        cell = self._form.by_key.get(key)
        return " → ".join(cell.label) if cell else key


def _merges(provenance: Provenance) -> Iterator[tuple[tuple[Unit, ...], Provenance]]:
    """Yield every merge of every level with the path to it; none for the one of this office."""
    yield (), provenance
    yield from ((path, part.within) for path, part in provenance.below() if part.within)


def _path(path: Sequence[Unit]) -> str:
    return _STEP.join(unit.name for unit in path) or messages.say("as_unit.here", "zh")


def _made_of(part: Part) -> str:
    return messages.say("as_unit.made_of", "zh", count=len(part.within.parts)) if part.within else ""


def _lacking(provenance: Provenance) -> Iterator[tuple[str, Unit]]:
    return ((_path(path), unit) for path, merge in _merges(provenance) for unit in merge.missing)


def _missing(provenance: Provenance) -> Iterator[Sequence[str]]:
    return ((unit.code, unit.name, "", "", where) for where, unit in _lacking(provenance))


def _omitted(provenance: Provenance) -> Iterator[Sequence[str]]:
    for path, merge in _merges(provenance):
        for one in merge.omitted:
            unit = one.unit.name if one.unit else ""
            yield one.code, unit, f"{one.file}　{one.why}", "", _path(path)
