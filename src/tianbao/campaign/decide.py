"""What the office says: whose a workbook is, which explanation it accepts, which check it waives, who is exempt.

In:   a campaign, and what people call units, workbooks and checks.
Out:  the office's word, written down; or why it means nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.roster import RosterEntry
from tianbao.campaign.versions import Standing, Version
from tianbao.errors import TianbaoError
from tianbao.records.names import plain, spellings

if TYPE_CHECKING:
    from tianbao.checks.decisions import Decision
    from tianbao.checks.finding import Finding

#: So many characters of a digest are enough to mean one file.
_SHORTEST = 6
_NAMED = 8


class UnknownUnitError(TianbaoError):
    """No unit is called so."""

    code: ClassVar[str] = "U-UNIT"


class SeveralUnitsError(TianbaoError):
    """Several units are called so."""

    code: ClassVar[str] = "U-UNIT-SEVERAL"


class UnknownWorkbookError(TianbaoError):
    """No workbook that came in is called so."""

    code: ClassVar[str] = "U-WORKBOOK"


class SeveralWorkbooksError(TianbaoError):
    """Several workbooks are called so."""

    code: ClassVar[str] = "U-WORKBOOK-SEVERAL"


class RefusedWorkbookError(TianbaoError):
    """The workbook could not be read, so that it cannot count."""

    code: ClassVar[str] = "U-WORKBOOK-REFUSED"


class UnfitDecisionError(TianbaoError):
    """The decision would settle nothing."""

    code: ClassVar[str] = "U-DECISION-UNFIT"


class NoteNeededError(TianbaoError):
    """A decision without a reason."""

    code: ClassVar[str] = "U-NOTE"


def find_unit(roster: Sequence[RosterEntry], name: str) -> RosterEntry:
    """Return the unit that people call so: by code, by name, or by a part of it that no other has."""
    said = plain(name)
    by_code = [entry for entry in roster if plain(entry.unit.code) == said]
    by_name = [entry for entry in roster if said in spellings(entry.unit.name)]
    by_part = [entry for entry in roster if said and (said in plain(entry.unit.name) or entry.unit.code.endswith(said))]
    found = by_code or by_name or by_part
    if len(found) > 1:
        names = "、".join(f"{entry.unit.name}（{entry.unit.code}）" for entry in found[:_NAMED])
        raise SeveralUnitsError(name=name, names=names)
    if not found:
        raise UnknownUnitError(name=name, near=_nearest(roster, said))
    return found[0]


def _nearest(roster: Sequence[RosterEntry], said: str) -> str:
    import difflib

    known = {plain(entry.unit.name): entry.unit.name for entry in roster}
    known |= {entry.unit.code: entry.unit.code for entry in roster}
    close = difflib.get_close_matches(said, known, n=1, cutoff=0.0)
    return known[close[0]] if close else ""


def find_workbook(books: Books, name: str) -> Version:
    """Return the workbook that people call so: by its number in the list, the beginning of its SHA-256, or its name."""
    every = list(books.versions.every())
    said = unicodedata.normalize("NFC", name.replace("\\", "/"))
    numbered = [one for one in every if name.removeprefix("#") == str(one.returned.id)]
    digested = [one for one in every if len(name) >= _SHORTEST and one.returned.sha256.startswith(name.lower())]
    named = [
        one
        for one in every
        if said in (one.returned.file, one.receipt.name)
        or said.rpartition("/")[2] in (one.returned.file.rpartition("/")[2], one.receipt.name.rpartition("/")[2])
    ]
    found: dict[str, Version] = {}
    for one in numbered or digested or named:
        found.setdefault(one.returned.sha256, one)
    if len(found) > 1:
        names = "、".join(f"#{one.returned.id} {one.returned.file}" for one in list(found.values())[:_NAMED])
        raise SeveralWorkbooksError(name=name, names=names)
    if not found:
        raise UnknownWorkbookError(name=name)
    return next(iter(found.values()))


def claimable(books: Books, name: str) -> Version:
    """Return the workbook that people call so, where the office may say whose it is.

    Raises:
        RefusedWorkbookError: it could not be read.
    """
    version = find_workbook(books, name)
    if version.standing is Standing.REFUSED:
        raise RefusedWorkbookError(file=version.returned.file, reason=version.because())
    return version


def claim(books: Books, name: str, unit: str, note: str) -> Version:
    """Write down whose a workbook is; it counts from now on."""
    version = claimable(books, name)
    facts = {"workbook": version.returned.sha256, "file": version.returned.file, "unit": unit, "note": note}
    with books.recording() as record:
        record(EventKind.CLAIMED, facts)
    return find_workbook(books, version.returned.sha256)


def decision_of(unit: str, check: str, place: str, note: str, *, waive: bool) -> Decision:
    """Make a decision of what the office said."""
    from tianbao.campaign.decisions import as_printed
    from tianbao.campaign.folder import user
    from tianbao.checks.decisions import Decision, DecisionKind

    kind = DecisionKind.WAIVED if waive else DecisionKind.ACCEPTED
    return Decision(unit, as_printed(check), place, kind, needed(note), user())


def settled_by(books: Books, decision: Decision) -> tuple[Finding, ...]:
    """Return the findings that a decision would settle.

    Raises:
        UnfitDecisionError: it would settle nothing; says why.
    """
    from tianbao.campaign.judge import judge
    from tianbao.checks.settled import find_unfit

    found = judge(books, also=[decision])
    submissions = [found.submissions[code] for code in found.findings]
    for unfit in find_unfit([decision], submissions, list(found.findings.values())):
        raise UnfitDecisionError(reason=unfit.message())
    return tuple(finding for finding in found.findings[decision.unit] if finding.decision == decision)


def decide(books: Books, decision: Decision) -> tuple[Finding, ...]:
    """Write down what the office decided about what a check found; return the findings that it settles."""
    from tianbao.campaign.judge import figures

    settled = settled_by(books, decision)
    settles = {finding.instance: figures(finding) for finding in settled}
    seen = books.versions.counting(decision.unit)
    facts = {
        "workbook": seen.returned.sha256 if seen else "",
        "unit": decision.unit,
        "check": decision.check,
        "place": decision.place,
        "kind": decision.kind.value,
        "note": decision.note,
    }
    with books.recording() as record:
        record(EventKind.DECIDED, {**facts, "settles": settles})
    return settled


def exempt(books: Books, entry: RosterEntry, note: str) -> RosterEntry:
    """Write down that a unit need not answer."""
    with books.recording() as record:
        record(EventKind.EXEMPTED, {"unit": entry.unit.code, "note": needed(note)})
    return entry


def needed(note: str) -> str:
    """Return the reason that stands behind a decision.

    Raises:
        NoteNeededError: there is none.
    """
    if not note.strip():
        raise NoteNeededError
    return note.strip()
