"""What a unit wrote beside the findings that were sent back to it.

    package ──find_explanations──▶ check instance → where its explanation stands

In:   a workbook that came back; most hold no list of findings, and cost nothing here.
Out:  places, one for each finding that may be explained.
Knows nothing of the findings: the list says itself what each of its lines is about, in its hidden column.
"""

from __future__ import annotations

from collections.abc import Iterator

from tianbao.workbook.grid import Grid
from tianbao.workbook.layout import WHOLE_KEY, a1
from tianbao.workbook.package import Package
from tianbao.workbook.sent_back import LISTED

#: Before the check instance in the hidden column.
EXPLAIN = "explain."
_MOST_ANCHORS = 10


def find_explanations(package: Package, known: frozenset[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the check instance and the `sheet, cell` of every explanation that a list of findings has room for.

    Args:
        package: the workbook.
        known: the sheets of the form, on which there is no such list.

    Raises:
        PackageError: a sheet is damaged.
    """
    for name in package.sheet_names:
        if name not in known:
            grid = Grid(package.sheet(name))
            anchors = [(row, at) for row, texts in grid.by_row.items() for at, text in texts.items() if text == LISTED]
            for row, column in anchors[:_MOST_ANCHORS]:
                answers = [at for at, text in grid.by_row[row].items() if text == WHOLE_KEY and at > column]
                for below, key in sorted(grid.by_column[column].items()) if answers else ():
                    if below > row and key.startswith(EXPLAIN):
                        yield key.removeprefix(EXPLAIN), (name, a1(below, min(answers)))
