"""What a workbook carries when it goes back to its unit: marks on cells, what could not be read, pages of ours in front.

In:   cell keys, the sentences of their notes, functions that draw whole sheets.
Out:  a value that the writer takes.
Knows nothing of findings and checks: who sends a workbook back decides what is marked, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from tianbao.workbook.draft import Draft

#: The sheets in front of a workbook that was sent back: the letter, and what was found, line by line.
LETTER_SHEET, LIST_SHEET = "退回说明", "逐条清单"
#: The sheet behind a workbook that was made of others: which, and what each of them said.
SOURCES_SHEET = "汇总来源"
#: The sheets of ours that are none of the form's.
OWN_SHEETS = frozenset({LETTER_SHEET, LIST_SHEET, SOURCES_SHEET})

#: Begins the hidden key row of the list; the explanations stand below the `=` to its right.
LISTED = "#findings"


#: How a marked cell looks, the strongest first: probably the wrong one; must be mended; must be explained or mended.
Look = Literal["suspect", "error", "query"]
LOOKS: tuple[Look, ...] = ("suspect", "error", "query")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is seen at a cell until its content is changed.

    Attributes:
        note: what stands in the cell's comment.
    """

    look: Look
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet in front of the form, or behind it."""

    name: str
    draw: Callable[[Worksheet, Draft], None]


@dataclass(frozen=True, slots=True)
class SentBack:
    """What a workbook carries beside the form.

    Attributes:
        marks: by cell key.
        raw: what a unit typed that is no answer of the cell, by cell key; it stands there again.
        explanations: what the unit has explained already, by check instance.
        pages: in front of the form, from left to right.
        behind: behind the audit sheet, from left to right.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, str] = field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    behind: tuple[Page, ...] = ()
