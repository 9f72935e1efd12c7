"""Why a cell is suspected, in both languages: what decides, what does not, and what it should then be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tianbao import messages
from tianbao.checks.case import Case
from tianbao.expr.sentence import plain
from tianbao.form.model import Amount, Cell, Form
from tianbao.form.names import PRIOR
from tianbao.messages import Language

#: Characters of a printed label that are enough to find it.
_LABEL = 20


class Standing(StrEnum):
    """How sure we are.

    ONLY: no other single cell explains the findings.
    LIKELY: others do too, and the evidence prefers this one.
    OPEN: nothing decides between several.
    WITNESS: the tables agree, and a control total or last year's report does not agree with them.
    ALSO: another explanation stands before it.
    """

    ONLY = "only"
    LIKELY = "likely"
    OPEN = "open"
    WITNESS = "witness"
    ALSO = "also"


@dataclass(frozen=True, slots=True)
class Change:
    """A cell, the number that stands there (None for a blank), and the one that would mend the findings."""

    key: str
    value: Amount | None
    suggested: Amount


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a change: a code of the catalogues and the facts of its sentence."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Suspicion:
    """A set of changes that would mend the findings, and what speaks for it.

    Attributes:
        changes: all that must be changed together; the suspected cell first.
        evidence: what speaks for them, strongest first.
        others: the cells between which nothing decides, this one included.
        asked: which witnesses know the cell, too: `control`, `prior`.
    """

    case: Case
    standing: Standing
    changes: tuple[Change, ...]
    evidence: tuple[Evidence, ...] = ()
    others: tuple[Change, ...] = ()
    asked: frozenset[str] = frozenset()

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        words = messages.language() if lang is None else lang
        many = ".several" if len(self.changes) > 1 else ""
        code = f"locate.{self.standing}{many}"
        between = messages.say("locate.between", words)
        evidence = between.join(messages.say(one.code, words, **one.facts) for one in self.evidence)
        facts: dict[str, object] = {
            "changes": self._changes(words),
            "count": len(self.changes),
            "evidence": evidence and messages.say(f"locate.evidence.{self.standing}", words, evidence=evidence),
            "alone": messages.say("locate.alone.prior" if "prior" in self.asked else "locate.alone", words),
            "relations": messages.say(".".join(("locate.relations", *sorted(self.asked))), words),
        }
        if self.standing is Standing.OPEN and not many:
            facts |= {"others": len(self.others), "where": _where(self.case.form, self.others, words)}
            facts["amount"] = self._amount(words)
        if self.standing is Standing.WITNESS:
            facts["value"] = plain(self.changes[0].value or 0)
        return messages.say(code, words, **facts)

    def _changes(self, lang: Language) -> str:
        return messages.say("locate.and", lang).join(self._change(change, lang) for change in self.changes)

    def _change(self, change: Change, lang: Language) -> str:
        code = "locate.change.blank" if change.value is None else "locate.change"
        cell = self._cell(change.key, lang)
        return messages.say(code, lang, cell=cell, value=plain(change.value or 0), suggested=plain(change.suggested))

    def _cell(self, key: str, lang: Language) -> str:
        if key.startswith(PRIOR):
            name = key.removeprefix(PRIOR)
            form = self.case.prior.form if self.case.prior and self.case.prior.form else self.case.form
            return messages.say("locate.cell.prior", lang, label=cell_label(form, form.cell(name), lang))
        answer = self.case.submission.answers[key]
        at = f"{answer.sheet}!{answer.cell}" if answer.sheet else ""
        code = "locate.cell.control" if self.case.form.table_of(key) is None else "locate.cell"
        return messages.say(code, lang, at=at, label=cell_label(self.case.form, self.case.form.cell(key), lang)).strip()

    def _amount(self, lang: Language) -> str:
        steps: list[Amount] = [change.suggested - (change.value or 0) for change in self.others]
        amount = plain(max(steps[0], -steps[0]))
        if any(abs(step) != abs(steps[0]) for step in steps):
            return messages.say("locate.amount.differs", lang)
        signs = {step > 0 for step in steps}
        code = "either" if len(signs) > 1 else "lacking" if signs == {True} else "surplus"
        return messages.say(f"locate.amount.{code}", lang, amount=amount)


def cell_label(form: Form, cell: Cell, lang: Language) -> str:
    """Name a cell as people do: its row and its column; one of the cover by its label."""
    table = form.table_of(cell.key)
    if table is None:
        return messages.say("locate.label", lang, label=_short(cell.label))
    _, row, column = cell.key.split(".")
    rows, columns = ({each.key: _short(each.label) for each in axis} for axis in (table.rows, table.columns))
    return messages.say("locate.label.both", lang, row=rows[row], column=columns[column])


def _short(label: Sequence[str]) -> str:
    """Return the innermost printed label, cut where it is as long as a sentence."""
    innermost = label[-1]
    return innermost if len(innermost) <= _LABEL else f"{innermost[: _LABEL - 1]}…"


def _where(form: Form, changes: Sequence[Change], lang: Language) -> str:
    """Name the row or the column that holds all of several cells; else their tables."""
    places = [change.key.split(".") for change in changes]
    tables = {change.key: form.table_of(change.key) for change in changes}
    shorts = dict.fromkeys(table.short for table in tables.values() if table is not None)
    table = next(iter(tables.values()))
    if table is None or len(shorts) > 1 or None in tables.values():
        return messages.say("locate.and-also", lang).join(shorts)
    for axis, position, members in (("columns", 2, table.columns), ("rows", 1, table.rows)):
        if len({place[position] for place in places}) == 1:
            label = next(member.label[-1] for member in members if member.key == places[0][position])
            return messages.say(f"check.where.{axis}", lang, table=table.short, label=label)
    return table.short
