"""The sentence of a check that does not hold: where · what must hold · what is written · by how much · what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from tianbao import messages
from tianbao.checks.case import Case
from tianbao.checks.finding import FindingCell
from tianbao.checks.ranges import ranges
from tianbao.expr import Cell, Compare, Kind, cells, evaluate
from tianbao.expr.sentence import plain, with_numbers
from tianbao.form.model import Amount, Form, Instance, Shape, Table
from tianbao.form.names import PRIOR
from tianbao.messages import Language
from tianbao.records.model import PATH, Value

#: So many cells, or ranges of cells, are named; the clerk finds the others by their colour.
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
                return self._say("check.C-01", words, count=len(self.cells), at=at_cells(self.cells, words))
            case "C-02":
                others = self.cells[1:]
                return self._say("check.C-02", words, count=len(others), at=at_cells(others, words))
            case "C-03":
                return self._say("check.C-03", words, at=at_cells(self.cells, words))
            case "C-04":
                return self._say("check.C-04", words, count=len(self.cells), cells=_labels(self.cells, words))
            case _:
                return self._relation(words)

    def _relation(self, lang: Language) -> str:
        must = self.instance.check.say.in_language(lang)
        if self.comparison is not None and compares_years(self.comparison):
            return self._say("check.broken.year", lang, must=must, year=self.case.figures["year"])
        at = at_cells([cell for cell in self.cells if not cell.key.startswith(PRIOR)], lang)
        years = self.instance.years
        if years is not None:
            now, before = (with_numbers(cell, self.case.figures.get, evaluate=evaluate, lang=lang) for cell in years)
            return self._say("check.broken.prior", lang, at=at, must=must, now=now, before=before)
        numbers = with_numbers(self.instance.rule, self.case.figures.get, evaluate=evaluate, lang=lang)
        if not self.imbalance:
            return self._say("check.broken", lang, at=at, must=must, numbers=numbers)
        unit_of_time = self.comparison is not None and compares_days(self.comparison)
        size = messages.say(
            "check.days" if unit_of_time else "check.amount", lang, amount=plain(max(self.imbalance, -self.imbalance))
        )
        return self._say("check.broken.by", lang, at=at, must=must, numbers=numbers, size=size)

    def _say(self, code: str, lang: Language, **facts: object) -> str:
        place = where(self.case.form, self.instance, lang)
        fix = self.instance.check.fix.in_language(lang)
        return messages.say(code, lang, where=place, fix=fix, **facts)


def compares_days(comparison: Compare) -> bool:
    """Tell whether both sides are days, so that the difference is a number of them."""
    return all(isinstance(side, Cell) and side.kind is Kind.DATE for side in (comparison.left, comparison.right))


def compares_years(comparison: Compare) -> bool:
    """Tell whether it is about nothing but the report year, so that the difference means nothing."""
    return {cell.key for cell in cells(comparison)} == {"year"}


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


def at_cells(named: Iterable[FindingCell], lang: Language) -> str:
    """Name cells in brackets, each sheet once; say nothing of cells that never stood in one."""
    sheets: defaultdict[str, list[str]] = defaultdict(list)
    for cell in named:
        if cell.at:
            sheet, _, address = cell.at.rpartition("!")
            sheets[sheet].append(address)
    areas = [(sheet, area) for sheet, addresses in sheets.items() for area in ranges(addresses)]
    if not areas:
        return ""
    also = messages.say("check.where.and", lang)
    parts = [
        f"{sheet}!{also.join(area for _, area in group)}" for sheet, group in groupby(areas[:_NAMED], itemgetter(0))
    ]
    shown = messages.say("check.at.and", lang).join(parts)
    return messages.say("check.at", lang, cells=_and_more(shown, len(areas), lang))


def _labels(named: Sequence[FindingCell], lang: Language) -> str:
    shown = messages.say("check.where.and", lang).join(cell.label for cell in named[:_NAMED])
    return _and_more(shown, len(named), lang)


def _and_more(shown: str, count: int, lang: Language) -> str:
    return messages.say("check.and-more", lang, cells=shown) if count > _NAMED else shown


def shown_cell(case: Case, key: str) -> FindingCell:
    """Show a cell as the check saw it."""
    source = case.prior if key.startswith(PRIOR) and case.prior else case.submission
    name = key.removeprefix(PRIOR)
    answer = source.answers.get(name)
    cell = (source.form or case.form).by_key.get(name)
    value: Value = case.figures.get(key)
    if answer is not None and isinstance(answer.value, date):
        value = answer.value
    elif cell is not None and cell.digits and isinstance(value, int):
        value = Decimal(value)
    at = f"{answer.sheet}!{answer.cell}" if answer is not None and answer.sheet else ""
    return FindingCell(key, at, value, PATH.join(cell.label) if cell else "")
