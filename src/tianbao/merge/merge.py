"""Add submissions up, exactly, and keep for every total where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, localcontext
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from tianbao import expr
from tianbao.expr import Cells, evaluate
from tianbao.expr.nodes import Reference
from tianbao.form.model import Amount, Form, Merge, Severity, Shape, Table
from tianbao.form.names import given
from tianbao.merge.adjustment import Adjustment, booked, judge_adjustment
from tianbao.merge.choose import LeftOut, choose
from tianbao.records.model import Answer, Origin, State, Submission, Unit, Value

if TYPE_CHECKING:
    import pandas as pd

    from tianbao.merge.parts import DeepSource


class Source(NamedTuple):
    """What one unit contributes to a total."""

    unit: Unit
    value: Amount
    origin: Origin


class Line(NamedTuple):
    """A line of a detail list, with the unit that wrote it; answers, and how each stands, by the list's column."""

    unit: Unit
    number: int
    answers: Mapping[str, Value]
    states: Mapping[str, State]


@dataclass(frozen=True, eq=False)
class Merged:
    """One report made of many.

    Attributes:
        totals: by cell key, the cells of all tables but detail lists; None where no unit gave a number. What the office
            booked is in them.
        sums: the totals without what the office booked: what the units' own figures add up to.
        units: those counted, in the order of the roster, else of their codes.
        missing: those on the roster that are not counted.
        left_out: the files that are not counted, and why.
        incomplete: cells whose total lacks a number of these units: blank, not readable, or computed from such ones.
        submissions: those counted, in the order of `units`.
        details: by table key, the filled lines of detail lists.
        adjustments: what the office booked, in the order in which it did.
        has_roster: it is known who was expected.
    """

    form: Form
    year: int | None
    totals: Mapping[str, Amount | None]
    sums: Mapping[str, Amount | None]
    units: tuple[Unit, ...]
    missing: tuple[Unit, ...]
    left_out: tuple[LeftOut, ...]
    incomplete: Mapping[str, tuple[Unit, ...]]
    submissions: tuple[Submission, ...]
    details: Mapping[str, tuple[Line, ...]]
    adjustments: tuple[Adjustment, ...] = ()
    has_roster: bool = False

    @property
    def lost(self) -> tuple[LeftOut, ...]:
        """The files that may lack in the totals, where nobody said who was expected.

        With a roster a unit is counted or missing, whatever files there are beside.
        """
        counted = {unit.code for unit in self.units}
        if self.has_roster:
            return ()
        errors = (left for left in self.left_out if left.severity is Severity.ERROR)
        return tuple(left for left in errors if left.unit is None or left.unit.code not in counted)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was expected, or has come, is in the totals."""
        return not self.missing and not self.lost

    def sources(self, key: str) -> tuple[Source, ...]:
        """Return what each unit contributes to a total; zeros too, blanks not.

        Raises:
            KeyError: there is no such total.
        """
        if key not in self.totals:
            raise KeyError(key)
        return tuple(
            Source(unit, value, submission.cell(key).origin)
            for unit, submission in zip(self.units, self.submissions, strict=True)
            if isinstance(value := submission[key], int | Decimal)
        )

    def deep_sources(self, key: str) -> tuple[DeepSource, ...]:
        """Open a total down to the lowest sources known, through whatever levels were merged before.

        Raises:
            KeyError: there is no such total.
        """
        from tianbao.merge.parts import deep_sources

        return deep_sources(self, key)

    def states(self, key: str) -> tuple[tuple[Unit, State], ...]:
        """Return how the answer of each unit stands: filled, blank, declared zero, not applicable, not readable."""
        return tuple(
            (unit, submission.answers[key].state)
            for unit, submission in zip(self.units, self.submissions, strict=True)
            if key in submission.answers
        )

    def to_frame(self, layout: Literal["long", "wide", "states"] = "long") -> pd.DataFrame:
        """Make a frame of the units counted; its columns (wide) add up to the totals of the additive cells."""
        from tianbao.records.frame import to_frame

        return to_frame(self.submissions, layout)


def merge_submissions(
    submissions: Iterable[Submission],
    *,
    roster: Sequence[Unit] = (),
    form: Form | None = None,
    year: int | None = None,
    adjustments: Iterable[Adjustment] = (),
) -> Merged:
    """Merge submissions of one form and year.

    Args:
        submissions: all that came back; what cannot be counted is left out and told.
        roster: the units expected, in their order; empty where everyone counts.
        form: the form to merge; None for that of most files.
        year: the year to merge; None for that of most files.
        adjustments: what the office books to the totals.

    Raises:
        NothingToMergeError: no form was given and none can be told from the files.
        UnknownCellError, NotAdjustableError, AdjustmentAmountError: a booking does not fit the form.
    """
    chosen = choose(submissions, roster, form, year)
    tables = [table for table in chosen.form.tables if table.shape is not Shape.LIST]
    lists = [table for table in chosen.form.tables if table.shape is Shape.LIST]
    summed = [cell for table in tables for cell in table.cells if cell.merge is Merge.SUM]
    bookings = tuple(judge_adjustment(chosen.form, one) for one in adjustments)
    sums = _sums([cell.key for cell in summed], chosen.submissions)
    totals = _with_bookings(sums, bookings)
    recomputed = partial(_recomputed, chosen.form, chosen.year, submissions=chosen.submissions, lists=lists)
    whole = [{**figures, **recomputed(figures)} for figures in ((sums, totals) if bookings else (sums,))]
    sums, totals = (
        {cell.key: figures[cell.key] for table in tables for cell in table.cells if cell.key in figures}
        for figures in (whole[0], whole[-1])
    )
    counted = frozenset(unit.code for unit in chosen.units)
    return Merged(
        form=chosen.form,
        year=chosen.year,
        totals=totals,
        sums=sums,
        units=chosen.units,
        missing=tuple(unit for unit in roster if unit.code not in counted),
        left_out=chosen.left_out,
        incomplete=_incomplete(chosen.form, totals, chosen.units, chosen.submissions),
        submissions=chosen.submissions,
        details={table.key: _lines(table, chosen.units, chosen.submissions) for table in lists},
        adjustments=bookings,
        has_roster=bool(roster),
    )


#: No sum may lose a digit: a result that would have to be rounded raises.
_EXACT = Context(prec=400, traps=[Inexact])


def _sums(keys: Sequence[str], submissions: Iterable[Submission]) -> dict[str, Amount | None]:
    """Add up each cell over all submissions: one after the other, so that each is looked at once."""
    sums: dict[str, Amount | None] = dict.fromkeys(keys)
    with localcontext(_EXACT):
        for submission in submissions:
            answers = submission.answers
            for key in keys:
                value = answers[key].value
                if isinstance(value, int | Decimal):
                    known = sums[key]
                    sums[key] = value if known is None else known + value
    return sums


def _with_bookings(sums: Mapping[str, Amount | None], bookings: Iterable[Adjustment]) -> dict[str, Amount | None]:
    with localcontext(_EXACT):
        return {**sums, **{key: (sums[key] or 0) + amount for key, amount in booked(bookings).items()}}


def _recomputed(
    form: Form,
    year: int | None,
    sums: Mapping[str, Amount | None],
    submissions: Sequence[Submission],
    lists: Sequence[Table],
) -> dict[str, Amount | None]:
    """Compute the form's formulas on the sums; what a formula asks of a detail list it asks of all units' lines."""
    listed = frozenset(cell.key for table in lists for cell in table.cells)
    figures: dict[str, int | Decimal | str | None] = {**sums, **(given(year) if year is not None else {})}
    figures |= {
        f"{n}.{key}": value if isinstance(value := submission[key], int | Decimal | str) else None
        for n, submission in enumerate(submissions)
        for key in listed
    }
    everywhere = _over_all_lines(len(submissions), listed)
    results: dict[str, Amount | None] = {}
    for cell in form.computed:
        if cell.formula is not None and cell.key not in listed:
            result = evaluate(expr.substitute(cell.formula, everywhere), figures.get)
            results[cell.key] = figures[cell.key] = result if isinstance(result, int | Decimal) else None
    return results


def _over_all_lines(units: int, listed: frozenset[str]) -> Callable[[Reference], Reference]:
    """Return what stands in a merged formula for the lines of one unit: those of every unit."""

    def replacement(asked: Reference) -> Reference:
        if isinstance(asked, Cells) and listed.issuperset(asked.keys):
            return replace(asked, keys=tuple(f"{n}.{key}" for n in range(units) for key in asked.keys))
        return asked

    return replacement


def _incomplete(
    form: Form, totals: Iterable[str], units: Sequence[Unit], submissions: Sequence[Submission]
) -> dict[str, tuple[Unit, ...]]:
    """Name for each total the units whose figure is not known in full."""
    known = set(totals)
    lacking: dict[str, list[Unit]] = {}
    for unit, submission in zip(units, submissions, strict=True):
        for key in submission.incomplete & known:
            lacking.setdefault(key, []).append(unit)
    return {key: tuple(lacking[key]) for key in form.by_key if key in lacking}


def _lines(table: Table, units: Sequence[Unit], submissions: Sequence[Submission]) -> tuple[Line, ...]:
    """Return the lines of a detail list in which something is written, be it readable or not."""
    lines = (
        _line(unit, number, {column.key: submission.answers[table.cell(row, column).key] for column in table.columns})
        for unit, submission in zip(units, submissions, strict=True)
        for number, row in enumerate(table.rows, start=1)
    )
    return tuple(line for line in lines if set(line.states.values()) != {State.BLANK})


def _line(unit: Unit, number: int, answers: Mapping[str, Answer]) -> Line:
    values = {key: answer.value for key, answer in answers.items()}
    return Line(unit, number, values, {key: answer.state for key, answer in answers.items()})
