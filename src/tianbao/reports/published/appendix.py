"""The comparison with last year as a table that is printed like those of the form.

In:   a comparison.
Out:  a grid and what stands in it.
Knows nothing of files and styles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tianbao import messages
from tianbao.form.printed import PrintedCell, PrintedTable, Role
from tianbao.reports.published.printing import compared
from tianbao.reports.published.report import Comparison

#: Table and cell are words that are read from the left.
_WORDS = 2


@dataclass(frozen=True, slots=True)
class Filled:
    """A grid, what stands in it by key, and the keys of words."""

    printed: PrintedTable
    answers: Mapping[str, str]
    words: frozenset[str]


def comparison_table(comparison: Comparison) -> Filled:
    """Make the table of this year's and last year's figures."""
    heads = messages.say("published.compared_heads", "zh").split("|")
    cells = [PrintedCell(Role.HEAD, head, 0, column) for column, head in enumerate(heads)]
    answers: dict[str, str] = {}
    for row, line in enumerate(comparison.lines, start=1):
        for column, text in enumerate(compared(line)):
            key = f"compared.{row}.{column}"
            answers[key] = text
            cells.append(PrintedCell(Role.ANSWER, "", row, column, key=key))
    words = frozenset(key for key in answers if int(key.rpartition(".")[2]) < _WORDS)
    printed = PrintedTable((), tuple(cells), len(comparison.lines) + 1, len(heads), 0, 1)
    return Filled(printed, answers, words)
