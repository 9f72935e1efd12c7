"""What may be in a total twice, or not at all: asked, never taken out by itself.

    totals, who stands above whom ──find_doubles──▶ a query for each, with the booking that would mend it

In:   a merge; the parent of each unit by the roster; the reports of units that are not for the total.
Out:  queries. A joint document counts once, at the body that leads; a unit that its parent has in its own figures must not
      be counted beside it; and one that is left out for that reason must be in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tianbao import expr, messages
from tianbao.form.model import Amount, Form, Merge, Once, Shape
from tianbao.merge.merge import Merged
from tianbao.messages import Language
from tianbao.records.model import Submission, Unit

#: So many units are named.
_NAMED = 5
_PARENT, _ASIDE = "M-DOUBLE-PARENT", "M-DOUBLE-ASIDE"


class Part(NamedTuple):
    """What one unit has in the total."""

    unit: Unit
    value: Amount


@dataclass(frozen=True, slots=True)
class Double:
    """Something that may be counted twice, or not at all.

    Attributes:
        code: of the check of the definition, or of the sentence.
        key: the cell; empty where it is about units as a whole.
        parts: the units that it is about, with their figures in the cell.
        booked: the cell to which a booking is made: of a computed one, the first that it is computed from.
        once: what the definition says of such cells; None where the roster is the reason.
    """

    code: str
    key: str
    parts: tuple[Part, ...]
    label: str = ""
    booked: str = ""
    once: Once | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """Write what makes one doubt."""
        if self.once is None:
            return messages.say(self.code, lang, **self.facts)
        named = "、".join(f"{unit.name} {Decimal(value):f}" for unit, value in self.parts[:_NAMED])
        more = messages.say("double.more", lang, count=len(self.parts)) if len(self.parts) > _NAMED else ""
        say = self.once.check.say
        facts = {"label": self.label, "count": len(self.parts), "units": named + more}
        return messages.say("double.once", lang, **facts, say=say.in_language(lang) if lang else str(say))

    def hint(self, lang: Language | None = None) -> str:
        """Write what to do."""
        if self.once is None:
            return messages.hint(self.code, lang, **self.facts)
        fix = self.once.check.fix
        return messages.say("double.fix", lang, fix=fix.in_language(lang) if lang else str(fix), key=self.booked)


def find_doubles(
    merged: Merged, *, parents: Mapping[str, str] | None = None, aside: Iterable[Submission] = ()
) -> tuple[Double, ...]:
    """Find what may be counted twice, or not at all.

    Args:
        merged: whose totals.
        parents: by the code of a unit, the code or the name of the one above it.
        aside: the reports of units that the roster leaves out of the total.
    """
    above = parents or {}
    return (*_joint(merged), *_within_parents(merged, above), *_not_in_parents(merged, above, tuple(aside)))


def _joint(merged: Merged) -> Iterator[Double]:
    """Yield what several bodies have in a cell that belongs to one alone."""
    for once in merged.form.county.once:
        for key in once.cells:
            parts = tuple(
                Part(unit, value)
                for unit, value, _ in merged.sources(key)
                if value > 0 and (not once.kinds or not unit.kind or any(kind in unit.kind for kind in once.kinds))
            )
            if len(parts) > 1:
                yield Double(once.check.code, key, parts, merged.form.name_of(key), _booked(merged.form, key), once)


def _booked(form: Form, key: str) -> str:
    """Return the cell that takes a booking for this one."""
    cell = form.cell(key)
    if cell.formula is None:
        return key
    return next((part.key for part in expr.cells(cell.formula) if form.cell(part.key).merge is Merge.SUM), key)


def _within_parents(merged: Merged, parents: Mapping[str, str]) -> Iterator[Double]:
    """Yield the units that are counted beside a parent that has at least as much wherever they have something."""
    figures = _figures(merged.units, merged.submissions, merged.form)
    for unit in merged.units:
        parent = _find(merged.units, parents.get(unit.code, ""))
        own = {key: value for key, value in figures[unit.code].items() if value}
        if parent is None or parent.code == unit.code or not own:
            continue
        if all(figures[parent.code].get(key, 0) >= value for key, value in own.items()):
            facts = {"unit": unit.name, "parent": parent.name, "count": len(own)}
            yield Double(_PARENT, "", tuple(Part(one, len(own)) for one in (unit, parent)), facts=facts)


def _not_in_parents(merged: Merged, parents: Mapping[str, str], aside: Sequence[Submission]) -> Iterator[Double]:
    """Yield the units that are left out of the total as parts of a parent that has less than they have."""
    left_out = [one for one in aside if one.unit is not None and one.form is not None and one.form.id == merged.form.id]
    counted = _figures(merged.units, merged.submissions, merged.form)
    for submission in left_out:
        unit = submission.unit
        assert unit is not None
        parent = _find(merged.units, parents.get(unit.code, ""))
        if parent is None:
            continue
        own = _figures([unit], [submission], merged.form)[unit.code]
        less = [key for key, value in own.items() if value > counted[parent.code].get(key, 0)]
        if less:
            facts = {
                "unit": unit.name,
                "parent": parent.name,
                "count": len(less),
                "label": merged.form.name_of(less[0]),
            }
            yield Double(_ASIDE, less[0], tuple(Part(one, len(less)) for one in (unit, parent)), facts=facts)


def _figures(units: Sequence[Unit], submissions: Sequence[Submission], form: Form) -> dict[str, dict[str, Amount]]:
    """Return the figures of each unit, by its code."""
    keys = [cell.key for table in form.tables if table.shape is not Shape.LIST for cell in table.inputs()]
    return {
        unit.code: {key: value for key in keys if isinstance(value := submission[key], int | Decimal)}
        for unit, submission in zip(units, submissions, strict=True)
    }


def _find(units: Iterable[Unit], said: str) -> Unit | None:
    return next((unit for unit in units if said and said in (unit.code, unit.name)), None)
