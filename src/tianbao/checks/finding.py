"""A finding: a check that did not hold, or a value that could not be taken as it stood, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.checks.explained import counts
from tianbao.form.model import Amount, Severity
from tianbao.messages import Language
from tianbao.records.model import PATH, Note, Submission, Unit, Value


class Told(Protocol):
    """What can say itself in both languages: a broken check, or a note of the reading."""

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""


@dataclass(frozen=True, slots=True)
class FindingCell:
    """A cell that a finding is about.

    Attributes:
        key: its key; with `prior.` before it a cell of last year's report.
        at: `sheet!cell` in the file it came in; empty where it never stood in one.
        label: the path of its printed labels.
    """

    key: str
    at: str
    value: Value
    label: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that is probably wrong, and the value that would clear findings.

    Attributes:
        at: `sheet!cell` in the file; empty for a cell of last year's report.
        clears: how many findings the suggested value would clear, by itself.
        told: what writes the sentence.
    """

    key: str
    at: str
    value: Value
    suggested: Value
    clears: int
    told: Told = field(repr=False, compare=False)

    def because(self, lang: Language | None = None) -> str:
        """Say how sure it is, what speaks for it, and what should stand there."""
        return self.told.message(lang)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must be mended or explained.

    Attributes:
        instance: the check and where it stands, `T3-01.natural`; for a note of the reading its code and cell.
        left: the left side of the comparison that does not hold; a day as a date; None where there are no two sides.
        right: its right side.
        imbalance: left - right, exact; for days their number; None where it means nothing.
        rule: as written in the definition.
        told: what writes the sentence.
        explanation: what the unit wrote beside it.
        decision: what the office decided about it; None where it did not.
        follows: the instance of the finding that this one is a consequence of.
    """

    code: str
    severity: Severity
    instance: str
    file: str
    unit: Unit | None
    cells: tuple[FindingCell, ...]
    left: Value
    right: Value
    imbalance: Amount | None
    rule: str
    told: Told = field(repr=False, compare=False)
    explanation: str = ""
    suspects: tuple[Suspect, ...] = ()
    follows: str | None = None
    decision: Decision | None = None

    @property
    def is_explained(self) -> bool:
        """Whether the unit has explained it; an error must be mended, whatever is written beside it."""
        return self.severity is Severity.QUERY and counts(self.explanation)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be mended, explained or decided."""
        return self.severity is not Severity.NOTE and not self.is_explained and self.decision is None

    @property
    def stands_alone(self) -> bool:
        """Whether it is counted by itself: a query that follows from another one is settled with that."""
        return self.follows is None or (self.severity is Severity.ERROR and not self.is_open)

    @property
    def is_waived(self) -> bool:
        """Whether the office has waived the check here."""
        return self.decision is not None and self.decision.kind is DecisionKind.WAIVED

    def message(self, lang: Language | None = None) -> str:
        """Say where, what must hold, what is written there, by how much it is off, and what to do."""
        return self.told.message(lang)

    def as_dict(self, lang: Language | None = None) -> dict[str, object]:
        """Return the finding in the types of JSON: whole numbers as such, amounts and days as text."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "instance": self.instance,
            "file": self.file,
            "unit": self.unit.code if self.unit else None,
            "cells": [{"key": cell.key, "at": cell.at, "value": _plain(cell.value)} for cell in self.cells],
            "left": _plain(self.left),
            "right": _plain(self.right),
            "imbalance": _plain(self.imbalance),
            "rule": self.rule,
            "message": self.message(lang),
            "explanation": self.explanation,
            "explained": self.is_explained,
            "decision": _decision(self.decision),
            "suspects": [
                {
                    "key": suspect.key,
                    "at": suspect.at,
                    "value": _plain(suspect.value),
                    "suggested": _plain(suspect.suggested),
                    "clears": suspect.clears,
                    "because": suspect.because(lang),
                }
                for suspect in self.suspects
            ],
            "follows": self.follows,
        }


def of_note(submission: Submission, note: Note) -> Finding:
    """Make a finding of something that is told of a file or of a cell in it."""
    cell = submission.form.by_key.get(note.key) if submission.form else None
    label = PATH.join(cell.label) if cell else ""
    return Finding(
        code=note.code,
        severity=note.severity,
        instance=f"{note.code}.{note.key}" if note.key else note.code,
        file=submission.file,
        unit=submission.unit,
        cells=(FindingCell(note.key, note.at, note.raw, label),) if note.key else (),
        left=None,
        right=None,
        imbalance=None,
        rule="",
        told=note,
    )


def _decision(decision: Decision | None) -> dict[str, object] | None:
    if decision is None:
        return None
    return {"kind": decision.kind.value, "note": decision.note, "by": decision.by, "at": decision.at}


def _plain(value: Value) -> int | str | None:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return value
