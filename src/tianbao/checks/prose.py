"""The sentence of a check that does not hold: where · what must hold · what is written · by how much · what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tianbao import messages
from tianbao.checks.case import Case
from tianbao.checks.finding import FindingCell
from tianbao.expr import Cell, Compare, Kind, evaluate
from tianbao.expr.sentence import plain, with_numbers
from tianbao.form.model import Amount, Form, Instance, Shape, Table
from tianbao.messages import Language

#: So many cells are named; the clerk finds the others by their colour.
_NAMED = 6


@dataclass(frozen=True, eq=False, slots=True)
class Broken:
    """A check instance that does not hold for a submission.

    Attributes:
        comparison: the part of the rule that does not hold, where it is a comparison.
        cells: those to be named; all that a check of completeness found, or all in the rule.
    """

    case: Case
    instance: Instance
    comparison: Compare | None
    imbalance: Amount | None
    cells: tuple[FindingCell, ...]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        words = messages.language() if lang is None else lang
        match self.instance.check.code:
            case "C-01" if len(self.cells) == len(self.instance.cells):
                return self._say("check.C-01.whole", words)
            case "C-01":
                return self._say("check.C-01", words, count=len(self.cells), cells=_addresses(self.cells, words))
            case "C-02":
                others = self.cells[1:]
                return self._say("check.C-02", words, count=len(others), cells=_addresses(others, words))
            case "C-03":
                return self._say("check.C-03", words)
            case "C-04":
                return self._say("check.C-04", words, count=len(self.cells), cells=_labels(self.cells, words))
            case _:
                return self._relation(words)

    def _relation(self, lang: Language) -> str:
        numbers = with_numbers(self.instance.rule, self.case.figures.get, evaluate=evaluate, lang=lang)
        must = self.instance.check.say.in_language(lang)
        if not self.imbalance:
            return self._say("check.broken", lang, must=must, numbers=numbers)
        unit_of_time = self.comparison is not None and compares_days(self.comparison)
        size = messages.say(
            "check.days" if unit_of_time else "check.amount", lang, amount=plain(max(self.imbalance, -self.imbalance))
        )
        return self._say("check.broken.by", lang, must=must, numbers=numbers, size=size)

    def _say(self, code: str, lang: Language, **facts: object) -> str:
        place = where(self.case.form, self.instance, lang)
        fix = self.instance.check.fix.in_language(lang)
        return messages.say(code, lang, where=place, fix=fix, **facts)


def compares_days(comparison: Compare) -> bool:
    """Tell whether both sides are days, so that the difference is a number of them."""
    return all(isinstance(side, Cell) and side.kind is Kind.DATE for side in (comparison.left, comparison.right))


def where(form: Form, instance: Instance, lang: Language | None = None) -> str:
    """Say where a check stands: `表三“自然人”列`, `封面“统计期限止”`, `核对数、表三`."""
    stand = _stand(form, instance)
    if stand is not None:
        table, axis = stand
        code = "part" if table.shape is Shape.ACROSS and axis == "rows" else axis
        return messages.say(f"check.where.{code}", lang, table=table.short, label=instance.label)
    places = dict.fromkeys(_place(form, key, lang) for key in instance.cells)
    if len(instance.cells) == 1 and form.table_of(instance.cells[0]) is None:
        label = form.cell(instance.cells[0]).label[-1]
        return messages.say("check.where.part", lang, table=next(iter(places)), label=label)
    separator = messages.say("check.where.and", lang)
    return separator.join(places) or messages.say("check.where.cover", lang)


def _stand(form: Form, instance: Instance) -> tuple[Table, str] | None:
    """Return the table whose row or column the check is applied to, and which of both it is."""
    entries = [entry.partition(".") for entry in instance.check.each.split("、") if entry]
    if len(entries) > 1:
        table_key = instance.id.removeprefix(f"{instance.check.code}.").partition(".")[0]
        entries = [entry for entry in entries if entry[0] == table_key]
    return next(((form.table(table), axis) for table, _, axis in entries), None)


def _place(form: Form, key: str, lang: Language | None) -> str:
    table = form.table_of(key)
    if table is not None:
        return table.short
    group, _, rest = key.partition(".")
    if group == "text":
        heading = next(text.heading for text in form.texts if rest.startswith(f"{text.key}."))
        return messages.say("check.where.text", lang, heading=heading)
    return messages.say(f"check.where.{group}", lang)


def _addresses(cells: Sequence[FindingCell], lang: Language) -> str:
    """Name the first few cells; their sheet once, where all are on one."""
    places = [cell.at.rpartition("!") for cell in cells]
    shared = len({sheet for sheet, _, _ in places}) == 1
    named = [cell if shared else f"{sheet}{mark}{cell}" for sheet, mark, cell in places]
    if not shared:
        return _first(named, lang)
    return messages.say("check.on-sheet", lang, sheet=places[0][0], cells=_first(named, lang))


def _labels(cells: Sequence[FindingCell], lang: Language) -> str:
    return _first([cell.label for cell in cells], lang)


def _first(names: Sequence[str], lang: Language) -> str:
    shown = messages.say("check.where.and", lang).join(names[:_NAMED])
    return messages.say("check.and-more", lang, cells=shown) if len(names) > _NAMED else shown
