"""What a finding says, in its parts: where · what was written · what must hold · by how much · what to do.

A sentence is for reading, a list for working through: each line of it has the same things in the same places.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tianbao import messages
from tianbao.checks.finding import Finding
from tianbao.checks.prose import FiguredOtherwise, Unsaid
from tianbao.checks.sentence import Broken, compares_days, compares_years, where
from tianbao.checks.suspicion import cell_label
from tianbao.expr import evaluate
from tianbao.expr.sentence import plain, with_numbers
from tianbao.form.model import Form, Severity
from tianbao.messages import Language
from tianbao.records.model import Note

#: Characters of what was typed that are shown.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Parts:
    """The five things that every finding says; empty where there is nothing to say.

    Attributes:
        size: by how much, without a sign.
    """

    where: str
    wrote: str
    must: str
    size: str
    fix: str


def parts_of(finding: Finding, form: Form | None, lang: Language | None = None) -> Parts:
    """Take a finding apart.

    Args:
        finding: what was found.
        form: in which; None where the file was refused.
        lang: of the words.
    """
    words = messages.language() if lang is None else lang
    match finding.told:
        case Broken() as broken:
            return _of_check(broken, words)
        case FiguredOtherwise() as told:
            return _of_text(finding, told, words)
        case Unsaid() as unsaid:
            must, fix = unsaid.check.say.in_language(words), unsaid.check.fix.in_language(words)
            return Parts(_place(finding, form, words), unsaid.quote, must, "", fix)
        case Note() as note:
            return _of_note(note, _place(finding, form, words), words)
        case other:
            return Parts(_place(finding, form, words), "", other.message(words), "", "")


def _of_check(broken: Broken, lang: Language) -> Parts:
    check, comparison = broken.instance.check, broken.comparison
    wrote, size = "", ""
    if check.code.startswith("C-"):
        wrote = messages.say("parts.cells", lang, count=len(broken.cells))
    elif comparison is not None and compares_years(comparison):
        wrote = str(broken.case.figures["year"])
    elif broken.instance.years is not None:
        now, before = (
            with_numbers(cell, broken.case.figures.get, evaluate=evaluate, lang=lang) for cell in broken.instance.years
        )
        wrote = messages.say("parts.years", lang, now=now, before=before)
    else:
        wrote = with_numbers(broken.instance.rule, broken.case.figures.get, evaluate=evaluate, lang=lang)
    if broken.imbalance:
        days = comparison is not None and compares_days(comparison)
        amount = plain(max(broken.imbalance, -broken.imbalance))
        size = messages.say("parts.days", lang, amount=amount) if days else amount
    place = where(broken.case.form, broken.instance, lang)
    return Parts(place, wrote, check.say.in_language(lang), size, check.fix.in_language(lang))


def _of_note(note: Note, where: str, lang: Language) -> Parts:
    facts = {"at": note.at, "raw": note.raw, **note.params}
    way_out = messages.hint_note if note.severity is Severity.NOTE else messages.hint
    raw = note.raw if len(note.raw) <= _SHOWN else f"{note.raw[:_SHOWN]}…"
    return Parts(where, raw, messages.say(note.code, lang, **facts), "", way_out(note.code, lang, **facts))


def _of_text(finding: Finding, told: FiguredOtherwise, lang: Language) -> Parts:
    check = told.spoken.mention.check
    amount = finding.imbalance if isinstance(finding.left, int | Decimal) else None
    size = plain(max(amount, -amount)) if amount else ""
    place = _place(finding, told.case.form, lang)
    wrote = messages.say("parts.quote", lang, quote=told.quote)
    return Parts(place, wrote, told.says_otherwise(lang), size, check.fix.in_language(lang))


def _place(finding: Finding, form: Form | None, lang: Language) -> str:
    """Name the first cell of a finding as people do: its table, its row and its column."""
    cell = form.by_key.get(finding.cells[0].key) if form and finding.cells else None
    if form is None or cell is None:
        return ""
    table = form.table_of(cell.key)
    if table is not None:
        return f"{table.short} {cell_label(form, cell, lang)}"
    text = next((text.heading for text in form.texts if cell in text.cells), None)
    return messages.say("check.where.text", lang, heading=text) if text else cell_label(form, cell, lang)
