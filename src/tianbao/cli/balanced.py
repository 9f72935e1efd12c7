"""`merge --round`: the totals in a larger measure, and what was nudged so that they still add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.usage import MissingError

if TYPE_CHECKING:
    from tianbao.merge.merge import Merged
    from tianbao.merge.rounding import Rounded, RoundedLine

round_option = click.option("--round", "round_to", metavar="MEASURE")
digits_option = click.option("--digits", metavar="N", type=int)

#: Decimals that are kept where nobody says how many.
_DIGITS = 2
#: So many figures of units are told one by one.
_TOLD = 10


def rounded_of(merged: Merged, measure: str | None, digits: int | None, command: str) -> Rounded | None:
    """Round the totals as is asked; None where nothing is.

    Raises:
        MissingError: decimals were given, and no measure.
        UnknownMeasureError, DigitsError: it cannot be done.
    """
    if measure is None:
        if digits is not None:
            raise MissingError(what="--round", command=command)
        return None
    from tianbao.merge.rounding import round_balanced

    return round_balanced(merged, measure=measure, digits=_DIGITS if digits is None else digits)


def told_of_rounding(rounded: Rounded) -> Iterator[str]:
    """Write what was nudged, and by how much."""
    facts = {"measure": rounded.measure, "digits": rounded.digits}
    yield messages.say("cli.balanced.head", None, count=len(rounded.totals), **facts)
    for line in rounded.nudged:
        yield "  " + messages.say(f"cli.balanced.total.{line.why.value}", None, **_facts(rounded, line))
    units = rounded.nudged_units
    if units:
        yield messages.say("cli.balanced.units", None, count=len(units))
    for line in units[:_TOLD]:
        name = messages.say("cli.balanced.booking") if line.unit is None else line.unit.name
        yield "  " + messages.say("cli.balanced.unit", None, name=name, **_facts(rounded, line))
    if len(units) > _TOLD:
        yield "  " + messages.say("cli.balanced.more", None, count=len(units) - _TOLD)
    if not rounded.nudged and not units:
        yield "  " + messages.say("cli.balanced.none")
    for name in rounded.broken:
        yield "  " + messages.say("cli.balanced.broken", None, name=name)


def _facts(rounded: Rounded, line: RoundedLine) -> dict[str, object]:
    by = line.balanced - line.rounded
    label = " → ".join(rounded.form.by_key[line.key].label)
    return {
        "label": label,
        "exact": f"{line.exact:f}",
        "rounded": f"{line.rounded:f}",
        "balanced": f"{line.balanced:f}",
        "by": f"{by:+f}",
    }


def rounding_document(rounded: Rounded) -> dict[str, object]:
    """Describe every figure of a rounding."""
    return {
        "measure": rounded.measure,
        "digits": rounded.digits,
        "totals": _lines(rounded.totals),
        "units": {key: _lines(lines) for key, lines in rounded.units.items()},
        "broken": list(rounded.broken),
    }


def _lines(lines: Iterable[RoundedLine]) -> list[dict[str, object]]:
    return [
        {
            "key": line.key,
            "unit": line.unit.code if line.unit else None,
            "booking": line.is_booking,
            "exact": f"{line.exact:f}",
            "rounded": f"{line.rounded:f}",
            "balanced": f"{line.balanced:f}",
            "nudge": line.nudge,
            "why": line.why.value,
        }
        for line in lines
    ]
