"""What a merge was made of, as it travels upwards with it; and every total opened down to the lowest figure known.

    Merged ──provenance_of──▶ Provenance (units, figures, who is missing, bookings; of a unit that merged, its own)
    Merged, key ──deep_sources──▶ 甲县 → 白家庄镇  7  白家庄镇.xlsx 三、依申请公开!E9

In:   a merge.
Out:  frozen values of `records`.
Knows nothing of workbooks. What the lowest sources of a total say is always the total: where a unit's figure is not what
its parts add up to, the way down ends at the unit, whose figure is the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tianbao.form.model import Amount, Merge, Severity, Shape
from tianbao.records.model import Origin, Submission, Unit
from tianbao.records.provenance import Booking, Figure, Omitted, Part, Provenance

if TYPE_CHECKING:
    from tianbao.form.model import Form
    from tianbao.merge.merge import Merged


class DeepSource(NamedTuple):
    """What the lowest known source contributes to a total.

    Attributes:
        path: the units that lead to it, from the one that was merged here downwards.
        origin: file, sheet and cell; of a booking the file that it travelled in, without a cell.
        booking: what an office on the way added to its sum; None for a figure.
    """

    path: tuple[Unit, ...]
    value: Amount
    origin: Origin
    booking: Booking | None = None


def deep_sources(merged: Merged, key: str) -> tuple[DeepSource, ...]:
    """Open a total down to the lowest sources known, in the order of the units; zeros too, blanks not.

    What the office that merges here has booked itself is not among them: `Merged.adjustments` has it.

    Raises:
        KeyError: there is no such total.
    """
    within = {
        unit.code: submission.provenance for unit, submission in zip(merged.units, merged.submissions, strict=True)
    }
    return tuple(
        found
        for unit, value, origin in merged.sources(key)
        for found in _opened(key, DeepSource((unit,), value, origin), within[unit.code])
    )


def _opened(key: str, source: DeepSource, within: Provenance | None) -> Iterator[DeepSource]:
    if within is None or within.adds_up_to(key) != source.value:
        yield source
        return
    for part in within.parts:
        figure = part.figures.get(key)
        if figure is not None and figure.value is not None:
            origin = Origin(part.file, part.sha256, figure.sheet, figure.cell)
            yield from _opened(key, DeepSource((*source.path, part.unit), figure.value, origin), part.within)
    for booking in within.bookings:
        if booking.key == key:
            carried = Origin(source.origin.file, source.origin.sha256, "", "")
            yield DeepSource(source.path, booking.amount, carried, booking)


def provenance_of(merged: Merged) -> Provenance:
    """Return what a merge was made of, with what its units were made of themselves."""
    keys = summed(merged.form)
    return Provenance(
        parts=tuple(
            _part(unit, submission, keys) for unit, submission in zip(merged.units, merged.submissions, strict=True)
        ),
        missing=merged.missing,
        omitted=tuple(
            Omitted(one.file, one.unit, one.code, one.message("zh"), one.severity is Severity.ERROR)
            for one in merged.left_out
        ),
        bookings=tuple(Booking(one.key, one.amount, one.note, one.by, one.at) for one in merged.adjustments),
        incomplete={
            key: tuple(unit.code for unit in merged.incomplete[key]) for key in keys if key in merged.incomplete
        },
        lines_left={
            table.key: left
            for table in merged.form.tables
            if (left := len(merged.details.get(table.key, ())) - len(table.rows)) > 0 and table.shape is Shape.LIST
        },
    )


def summed(form: Form) -> tuple[str, ...]:
    """Return the cells that a merge adds up over the units, in the order of the form."""
    return tuple(
        cell.key
        for table in form.tables
        if table.shape is not Shape.LIST
        for cell in table.cells
        if cell.merge is Merge.SUM
    )


def _part(unit: Unit, submission: Submission, keys: tuple[str, ...]) -> Part:
    answers = submission.answers
    figures = {
        key: Figure(answer.value if isinstance(answer.value, Amount) else None, answer.state, answer.sheet, answer.cell)
        for key in keys
        if (answer := answers.get(key)) is not None
    }
    return Part(unit, submission.file, submission.sha256, figures, submission.provenance)
