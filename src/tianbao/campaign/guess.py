"""Whose may it be? What speaks for it, of a workbook that nobody's name stands in, or another's.

In:   workbooks that wait for the office's word.
Out:  for each the unit that most speaks for, and what does; none where nothing does.
A guess is shown and never acted upon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.roster import RosterEntry
from tianbao.campaign.versions import Version
from tianbao.form.model import Cell
from tianbao.messages import Language
from tianbao.records.model import Submission
from tianbao.records.names import plain, spellings

#: How much each kind of evidence speaks for a unit, the most telling first.
_WEIGHTS = {"code": 8, "name": 7, "file": 4, "telephone": 4, "prior": 3, "contact": 2}
#: A shorter number is anybody's.
_SHORTEST_NUMBER = 7
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """Whose a workbook may be.

    Attributes:
        evidence: what speaks for it: the kind, and what stands where.
    """

    entry: RosterEntry
    evidence: tuple[tuple[str, str], ...]

    def because(self, lang: Language | None = None) -> str:
        """Say what speaks for it."""
        words = [messages.say(f"guess.{kind}", lang, said=said) for kind, said in self.evidence]
        return messages.say("cli.comma", lang).join(words)


def guess(books: Books, waiting: Sequence[Version]) -> Mapping[int, Guess]:
    """Guess whose each workbook is; those of which nothing speaks for anybody are left out."""
    loaded = books.ledger.submissions([one.returned.id for one in waiting], books.form)
    guesses = {}
    for version in waiting:
        submission = loaded[version.returned.id]
        found = [
            Guess(entry, evidence)
            for entry in books.state.roster
            if (evidence := tuple(_evidence(entry, version, submission, books.prior.get(entry.unit.code))))
        ]
        best = sorted(found, key=_weight, reverse=True)[:2]
        if best and (len(best) == 1 or _weight(best[0]) > _weight(best[1])):
            guesses[version.returned.id] = best[0]
    return guesses


def _weight(one: Guess) -> int:
    return sum(_WEIGHTS[kind] for kind, _ in one.evidence)


def _evidence(
    entry: RosterEntry, version: Version, submission: Submission, prior: Submission | None
) -> Iterator[tuple[str, str]]:
    """Yield what speaks for a unit."""
    unit, names = submission.unit, spellings(entry.unit.name)
    if unit is not None and unit.code == entry.unit.code:
        yield "code", unit.code
    if unit is not None and set(names) & set(spellings(unit.name)):
        yield "name", unit.name
    called = plain(f"{version.receipt.name}/{version.returned.file}")
    if any(name in called for name in names if len(name) > _SHORTEST_NAME) or entry.unit.code in called:
        yield "file", version.returned.file.rpartition("/")[2]
    written = [str(submission.answers[cell.key].value or "") for cell in _cover(submission)]
    number = _digits(entry.telephone)
    if len(number) >= _SHORTEST_NUMBER and any(number in _digits(text) for text in written):
        yield "telephone", entry.telephone
    if len(entry.contact) >= _SHORTEST_NAME and any(plain(entry.contact) == plain(text) for text in written):
        yield "contact", entry.contact
    if prior is not None and (carried := _carried(submission, prior)):
        yield "prior", carried


def _cover(submission: Submission) -> list[Cell]:
    return [cell for cell in submission.form.cover if cell.key in submission.answers] if submission.form else []


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", plain(text))


def _carried(submission: Submission, prior: Submission) -> str:
    """Return a figure of last year's that this report begins with, as its checks demand; nothing where it is none, or 0."""
    if submission.form is None or submission.reason is not None:
        return ""
    for instance in submission.form.instances:
        if len(instance.prior) == 1 and len(instance.cells) == 1 and instance.check.severity.value == "error":
            before = prior.answers.get(instance.prior[0].removeprefix("prior."))
            now = submission.answers.get(instance.cells[0])
            if before and now and before.value and before.value == now.value:
                return str(now.value)
    return ""
