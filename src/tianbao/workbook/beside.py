"""What stands where nothing should, on a sheet whose rows or columns have moved.

    sheet + where its answers were put and where they stand now ──beside──▶ the cells that are nobody's answer

In:   a sheet on which the answers are found, in other cells than they were put in.
Out:  every cell with something in it that is no answer and nothing that we printed: a figure in an inserted row, a remark.
Knows nothing of keys and labels: where the answers stand is told.

Where a line stood is known of those that hold answers. One between two of them that have moved alike has moved with
them; what stands in any other is held against everything that we print on that sheet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tianbao.form.model import Form
from tianbao.workbook.grid import row_and_column
from tianbao.workbook.identify import MARKER
from tianbao.workbook.layout import Role, a1, make_layout
from tianbao.workbook.package import RawCell, Sheet


@dataclass(frozen=True)
class Lines:
    """The rows or the columns of a sheet: where they stand now, and where they stood."""

    before: Mapping[int, int]
    now: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", tuple(sorted(self.before)))

    def stood(self, line: int) -> int | None:
        """Say where a line stood; None for one that may have been inserted.

        >>> lines = Lines({10: 9, 11: 10, 14: 11})
        >>> lines.stood(9), lines.stood(12), lines.stood(1)
        (8, None, None)
        """
        at = bisect_left(self.now, line)
        above = self.now[at - 1] if at else None
        below = self.now[at] if at < len(self.now) else None
        if below == line:
            return self.before[line]
        from_above = None if above is None else self.before[above] + line - above
        from_below = None if below is None else self.before[below] + line - below
        if from_below is None:
            return from_above
        if from_above is None:
            return from_below if from_below > 0 else None  # before the first line that there was
        return from_above if from_above == from_below else None


@dataclass(frozen=True, slots=True)
class Printed:
    """What we put on a sheet.

    Attributes:
        known: references where a figure may stand that is no answer: last year's, the number of a line, what a formula of ours
            showed before values were pasted over it.
        texts: everything printed, without blanks.
        prior_labels: the labels of last year's figures, without blanks.
    """

    known: frozenset[str]
    texts: frozenset[str]
    prior_labels: frozenset[str]


def beside(
    sheet: Sheet, pairs: Iterable[tuple[str, str]], printed: Printed, locked: frozenset[int]
) -> Iterator[tuple[str, RawCell]]:
    """Yield the cells of a sheet that hold something which is no answer and was not printed by us.

    Args:
        sheet: as it came back.
        pairs: of each answer on it, the reference where it was put and the one where it stands now.
        printed: what we put there.
        locked: the styles whose cells are locked: a formula in one is ours, or told as an altered one.
    """
    answers: set[str] = set()
    rows: dict[int, int] = {}
    columns: dict[int, int] = {}
    for put, now in pairs:
        answers.add(now)
        (old_row, old_column), (row, column) = row_and_column(put), row_and_column(now)
        rows[row], columns[column] = old_row, old_column
    row_lines, column_lines = Lines(rows), Lines(columns)
    apart = _lines_of_prior(sheet, printed)
    for ref, cell in sheet.cells.items():
        if ref in answers or not (cell.text or cell.formula) or _is_ours(cell, printed, locked):
            continue
        row, column = row_and_column(ref)
        stood = row_lines.stood(row), column_lines.stood(column)
        is_known = None not in stood and a1(*stood) in printed.known  # type: ignore[arg-type]
        if not is_known and row not in apart[0] and column not in apart[1]:
            yield ref, cell


def _is_ours(cell: RawCell, printed: Printed, locked: frozenset[int]) -> bool:
    if cell.formula is not None:
        return cell.style in locked
    return cell.text.startswith(MARKER) or squeezed(cell.text) in printed.texts


def _lines_of_prior(sheet: Sheet, printed: Printed) -> tuple[set[int], set[int]]:
    """Return the rows and the columns in which a label of last year's figures stands."""
    rows: set[int] = set()
    columns: set[int] = set()
    for ref, cell in sheet.cells.items():
        if cell.type == "s" and squeezed(cell.text) in printed.prior_labels:
            row, column = row_and_column(ref)
            rows.add(row)
            columns.add(column)
    return rows, columns


def prior_labels(form: Form, sheet: str) -> frozenset[str]:
    """Return the labels of last year's figures on a sheet, without blanks."""
    blocks = (block for plan in make_layout(form).sheets if plan.name == sheet for block in plan.blocks)
    return frozenset(
        squeezed(box.text) for block in blocks for box in block.boxes if box.role is Role.PRIOR_LABEL and box.text
    )


def squeezed(text: str) -> str:
    """Return a text without its blanks."""
    return "".join(text.split())
