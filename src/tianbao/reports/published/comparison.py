"""This year's figures beside last year's: one line for each that carries a sum, and what cannot be compared, with its reason.

In:   a form, its figures of this year and last.
Out:  a `Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tianbao import messages
from tianbao.form.model import Amount, Cell, Form, Kind, Merge, Several, Shape, Table
from tianbao.records.model import PATH, Value
from tianbao.reports.published.report import Compared, Comparison

#: So many figures without a counterpart are named.
_NAMED = 6


def compare(
    form: Form,
    now: Mapping[str, Value],
    before: Mapping[str, Value],
    *,
    units: tuple[int, int] | None = None,
    earlier: Mapping[str, Value] | None = None,
) -> Comparison:
    """Compare two years.

    Args:
        form: this year's.
        now: this year's figures, by cell key.
        before: last year's, by the keys of this year's form.
        units: of how many units last year is known, and how many are counted this year.
        earlier: last year's figures by the keys of an earlier form, where it was of one: what several cells are together
            now is compared as one.
    """
    lines: list[Compared] = []
    apart: list[Cell] = []
    zeros = 0
    sums = _sums(form, now, before, earlier or {})
    summed = {key for several, _, _ in sums for key in several.now}
    for table, cell in _carrying(form):
        this, last = now.get(cell.key), before.get(cell.key)
        if not isinstance(this, Amount):
            continue
        if not isinstance(last, Amount):
            if cell.key not in summed:
                apart.append(cell)
        elif not this and not last:
            zeros += 1
        else:
            lines.append(Compared(table.short, _label(form, table, cell), cell.measure, this, last))
    for several, this, last in sums:
        cell = form.cell(several.now[0])
        home = form.table_of(cell.key)
        if home is not None and (this or last):
            lines.append(Compared(home.short, several.label, cell.measure, this, last))
    return Comparison(tuple(lines), tuple(_told(form, units, zeros, apart)))


def _label(form: Form, table: Table, cell: Cell) -> str:
    """Name a line by its row; where a row has several lines, by its column too."""
    label = form.short_label(cell.key)
    return label.rpartition(PATH)[0] if len(_totals(table)) == 1 else label


def _carrying(form: Form) -> Iterator[tuple[Table, Cell]]:
    """Yield the cells that carry the sums: the totals of each row where a table has some, else all its figures."""
    for table in form.tables:
        if table.shape is Shape.LIST:
            continue
        count, computed = len(table.columns), _totals(table)
        for n, cell in enumerate(table.cells):
            if cell.is_number and cell.merge is not Merge.NONE and (not computed or n % count in computed):
                yield table, cell


def _totals(table: Table) -> set[int]:
    """Return the columns of a table that hold nothing but totals."""
    count = len(table.columns)
    columns = {n: [cell for cell in table.cells[n::count] if cell.is_number] for n in range(count)}
    return {n for n, cells in columns.items() if cells and all(cell.kind is Kind.COMPUTED for cell in cells)}


def _sums(
    form: Form, now: Mapping[str, Value], before: Mapping[str, Value], earlier: Mapping[str, Value]
) -> list[tuple[Several, Amount, Amount]]:
    """Return what several cells of this year are together, beside the one cell that it was, where last year's parts are not known."""
    carrying = {cell.key for _, cell in _carrying(form)}
    found = []
    for several in (one for said in form.earlier for one in said.sums):
        parts = [value for key in several.now if isinstance(value := now.get(key), Amount)]
        last = earlier.get(several.earlier)
        unknown = not all(isinstance(before.get(key), Amount) for key in several.now)
        if carrying.issuperset(several.now) and len(parts) == len(several.now) and isinstance(last, Amount) and unknown:
            found.append((several, sum(parts), last))
    return found


def _told(form: Form, units: tuple[int, int] | None, zeros: int, apart: Sequence[Cell]) -> Iterator[str]:
    if units is not None:
        known, counted = units
        yield messages.say("compared.units" if known < counted else "compared.all", "zh", known=known, counted=counted)
    if zeros:
        yield messages.say("compared.zeros", "zh", count=zeros)
    reasons: dict[str, list[str]] = {}
    for cell in apart:
        why = next((why for one in form.earlier if (why := one.why(cell.key)) is not None), None)
        several = any(cell.key in one.now for said in form.earlier for one in said.sums)
        code = "compared.several" if several else "compared.unknown"
        reasons.setdefault(why.zh if why else messages.say(code, "zh"), []).append(form.name_of(cell.key))
    for reason, names in reasons.items():
        code = "compared.apart_some" if len(names) > _NAMED else "compared.apart"
        yield messages.say(code, "zh", reason=reason, cells="、".join(names[:_NAMED]), count=len(names))
