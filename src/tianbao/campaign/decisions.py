"""The office's decisions, read from its own list: which explanation it accepts, which check it waives, why, and who says so.

In:   an .xlsx or a CSV with the headings 单位编码, 审核编号, 处理, 理由, 经办人, and where it matters 位置 and 年度.
Out:  one decision a line; or every fault of the list at once, each with its cell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from tianbao.campaign.lists import ListError, ListFault, ListLine, OfficeList, read_list
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.errors import TianbaoError

UNIT, CHECK, PLACE, KIND, NOTE, BY, YEAR = "单位编码", "审核编号", "位置", "处理", "理由", "经办人", "年度"
_HEADINGS = (UNIT, CHECK, PLACE, KIND, NOTE, BY, YEAR)
_NEEDED = (UNIT, CHECK, KIND, NOTE, BY)

_KINDS = {"接受说明": DecisionKind.ACCEPTED, "免于审核": DecisionKind.WAIVED}


class DecisionsFileError(TianbaoError):
    """The file is not there, or neither a workbook nor a text."""

    code: ClassVar[str] = "U-DECISIONS-FILE"


class DecisionsError(ListError):
    """A list of decisions cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-DECISIONS"


def read_decisions(path: str | Path) -> tuple[Decision, ...]:
    """Read a list of decisions.

    Raises:
        DecisionsFileError: no such file, or not one that can be read.
        DecisionsError: the list has faults; the error holds all of them.
    """
    reader = _Reader(read_list(path, _HEADINGS, _NEEDED, unusable=DecisionsFileError))
    decisions = tuple(reader.decisions())
    if reader.faults:
        raise DecisionsError(str(path), reader.faults)
    return decisions


class _Reader:
    """A list of decisions being read, and what is wrong with it."""

    def __init__(self, listed: OfficeList) -> None:
        self.listed = listed
        self.faults: list[ListFault] = []

    def decisions(self) -> Iterator[Decision]:
        if self.listed.missing:
            self.fault("U-DECISIONS-HEADING", "", headings="、".join(self.listed.missing))
        made: dict[tuple[object, ...], str] = {}
        for line in self.listed.lines:
            decision = self.decision(line)
            about = (decision.unit, decision.check, decision.place, decision.year)
            if about in made and decision.check:
                self.fault("U-DECISIONS-TWICE", decision.at, first=made[about])
            made.setdefault(about, decision.at)
            yield decision

    def decision(self, line: ListLine) -> Decision:
        for heading in _NEEDED:
            if not line[heading]:
                self.fault("U-DECISIONS-BLANK", line.ats[heading], heading=heading)
        if line[KIND] and line[KIND] not in _KINDS:
            self.fault("U-DECISIONS-KIND", line.ats[KIND], value=line[KIND])
        return Decision(
            unit=line[UNIT],
            check=as_printed(line[CHECK]),
            place=line[PLACE],
            kind=_KINDS.get(line[KIND], DecisionKind.ACCEPTED),
            note=line[NOTE],
            by=line[BY],
            year=self.year(line),
            at=line.ats[CHECK],
        )

    def year(self, line: ListLine) -> int | None:
        said = line[YEAR].removesuffix("年")
        if said and not (said.isascii() and said.isdigit()):
            self.fault("U-DECISIONS-YEAR", line.ats[YEAR], value=line[YEAR])
            return None
        return int(said) if said else None

    def fault(self, code: str, at: str, **params: object) -> None:
        self.faults.append(ListFault(code, at, params))


def as_printed(check: str) -> str:
    """Write the code of a check as the findings do, however it was typed.

    >>> as_printed("ｔ3-01"), as_printed("t3-01.natural")
    ('T3-01', 'T3-01.natural')
    """
    code, dot, instance = unicodedata.normalize("NFKC", check).partition(".")
    return f"{code.upper()}{dot}{instance}"
