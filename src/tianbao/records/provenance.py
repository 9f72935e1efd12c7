"""Where the figures of a merged report come from: its parts, theirs, and so on down to whoever counted.

    a city's report ─┬─ 甲县 ─┬─ 白家庄镇   value, file, sheet!cell
                     │        └─ 豆村镇
                     └─ 乙县 ─── …

In:   the parts of a merge, with what each said.
Out:  a tree of frozen values; what it adds up to.
Knows nothing of workbooks and of how a merge is made. It travels in the merged report itself, so that whoever merges such
reports again can open every total down to the first cell, whatever the number of levels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from tianbao.expr.semantics import EXACT
from tianbao.form.model import Amount
from tianbao.records.model import State, Unit, Value


class Figure(NamedTuple):
    """What a part says in one cell, and where that stood in its file."""

    value: Amount | None
    state: State
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """What the office that merged added to a sum of its parts.

    Attributes:
        key: of the cell.
        amount: what was added; negative where something was counted twice.
        note: why.
        by: who booked it.
        at: when, as that office writes it.
    """

    key: str
    amount: Amount
    note: str
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Omitted:
    """A file that the merge left out.

    Attributes:
        unit: whose it is, where that is known.
        why: the sentence.
        is_loss: its figures are lacking; else it was a copy, or something of which nothing is lost.
    """

    file: str
    unit: Unit | None
    code: str
    why: str
    is_loss: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One report that went into a merge.

    Attributes:
        sha256: of its file.
        figures: by cell key, the cells that are summed.
        within: what it was made of itself; None where the unit counted.
    """

    unit: Unit
    file: str
    sha256: str
    figures: Mapping[str, Figure]
    within: Provenance | None = None


@dataclass(frozen=True)
class Provenance:
    """What a merged report was made of.

    Attributes:
        parts: in the order of the merge.
        missing: the units that were expected and are in no figure.
        omitted: the files that were left out.
        bookings: what the office added, in the order in which it did.
        incomplete: by cell key, the codes of the parts whose figure is not known in full.
        lines_left: by key of a detail list, how many lines of the parts it has no room for.
    """

    parts: tuple[Part, ...]
    missing: tuple[Unit, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    bookings: tuple[Booking, ...] = ()
    incomplete: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines_left: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The cells that are summed, in the order of the form."""
        return tuple(dict.fromkeys(key for part in self.parts for key in part.figures))

    @property
    def levels(self) -> int:
        """How many merges lie below one another, this one included."""
        return 1 + max((part.within.levels for part in self.parts if part.within), default=0)

    @property
    def lacking(self) -> frozenset[str]:
        """The cells of which somebody's figure is not known in full, on this level or below."""
        below = (part.within.lacking for part in self.parts if part.within)
        return frozenset(self.incomplete).union(*below)

    @property
    def is_whole(self) -> bool:
        """Whether this merge lacks no unit; of what its parts lack it says nothing."""
        return not self.missing and not any(one.is_loss for one in self.omitted)

    def adds_up_to(self, key: str) -> Amount | None:
        """Return what the parts say in a cell, and what was booked to it, together; None where nobody gave a number."""
        return total(
            [
                *(part.figures[key].value for part in self.parts if key in part.figures),
                *(one.amount for one in self.bookings if one.key == key),
            ]
        )

    def below(self) -> Iterator[tuple[tuple[Unit, ...], Part]]:
        """Yield every part of every level with the path that leads to it, itself included."""
        for part in self.parts:
            yield (part.unit,), part
            if part.within is not None:
                for path, deeper in part.within.below():
                    yield (part.unit, *path), deeper

    def only(self, keys: Collection[str]) -> Provenance:
        """Return it with these cells and no others."""
        return replace(
            self,
            parts=tuple(
                replace(
                    part,
                    figures={key: figure for key, figure in part.figures.items() if key in keys},
                    within=part.within and part.within.only(keys),
                )
                for part in self.parts
            ),
            bookings=tuple(one for one in self.bookings if one.key in keys),
            incomplete={key: codes for key, codes in self.incomplete.items() if key in keys},
        )


def total(values: Iterable[Value]) -> Amount | None:
    """Add amounts up, exactly; None where there is none."""
    amounts = [value for value in values if isinstance(value, int | Decimal)]
    if not amounts:
        return None
    with localcontext(EXACT):
        return sum(amounts)
