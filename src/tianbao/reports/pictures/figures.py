"""The figures that a picture shows: labels and amounts, computed from what the report says.

In:   what a form declares (`Figure`), and values by cell key.
Out:  amounts by their labels; None where one is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tianbao.expr import cells, evaluate
from tianbao.form.model import Amount, Figure
from tianbao.records.model import Value


class Shown(NamedTuple):
    """A figure as it is shown."""

    label: str
    value: Amount
    measure: str = ""

    @property
    def amount(self) -> str:
        """The figure with its measure: `3 件`."""
        return f"{self.value} {self.measure}".strip()


def amount(figure: Figure, values: Mapping[str, Value]) -> Amount | None:
    """Compute a figure; None where something that it needs is not known: in a picture a blank would be a zero."""
    given = {key: value for key in keys_of(figure) if isinstance(value := values.get(key), Amount)}
    if len(given) < len(keys_of(figure)):
        return None
    result = evaluate(figure.value, given.get)
    return result if isinstance(result, Amount) and not isinstance(result, bool) else None


def keys_of(figure: Figure) -> tuple[str, ...]:
    """Return the cells that a figure is computed from."""
    return tuple(dict.fromkeys(cell.key for cell in cells(figure.value)))


def shown(figures: Iterable[Figure], values: Mapping[str, Value]) -> list[Shown] | None:
    """Compute several figures; None where one of them is not known, for a picture would show less than there is."""
    found = []
    for figure in figures:
        value = amount(figure, values)
        if value is None:
            return None
        found.append(Shown(figure.label, value, figure.measure))
    return found
