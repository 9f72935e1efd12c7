"""`merge --as-unit`: the totals as the report of one unit of the next level, and what is told of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.output import joined, tell, write_output
from tianbao.cli.usage import MissingError

if TYPE_CHECKING:
    from tianbao.form.model import Form
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Unit
    from tianbao.reports.as_unit import AsUnit

as_unit_option = click.option("--as-unit", "as_unit", metavar="CODE")
unit_name_option = click.option("--unit-name", "unit_name", metavar="NAME")

#: So many cells are named.
_NAMED = 5


def unit_of(code: str | None, name: str | None, command: str) -> Unit | None:
    """Return as whom the totals are handed on; None where they are not, and a unit without a name has its code for one.

    Raises:
        MissingError: a name was given, and no code.
    """
    from tianbao.records.model import Unit

    if code is None:
        if name is not None:
            raise MissingError(what="--as-unit", command=command)
        return None
    return Unit(code, name or "")


def write_to(merged: Merged, output: str, unit: Unit, *, force: bool, dry_run: bool = False) -> None:
    """Write the workbook, and tell what must be told of it; or say that it would be written."""
    from tianbao.records.model import Unit
    from tianbao.reports.as_unit import write_as_unit

    if dry_run:
        tell("cli.as_unit.would", path=output)
        return
    named = Unit(unit.code, unit.name or unit.code)
    data = io.BytesIO()
    told = write_as_unit(merged, data, unit=named)
    write_output(Path(output), data.getvalue(), force=force)
    tell_of(told, merged.form, named, output)


def tell_of(told: AsUnit, form: Form, unit: Unit, file: str) -> None:
    """Tell where it is, what the office must write itself, and what it cannot hold."""
    tell("cli.as_unit.done", path=file, name=unit.name, unit_code=unit.code)
    if form.texts:
        tell("cli.as_unit.texts")
    for code, keys in (("cli.as_unit.blank", told.blank), ("cli.as_unit.inexact", told.inexact)):
        if keys:
            tell(code, count=len(keys), cells=joined(_labels(form, keys)))
    if told.provenance.lines_left:
        tell("cli.as_unit.lines_left", count=sum(told.provenance.lines_left.values()))


def _labels(form: Form, keys: tuple[str, ...]) -> Iterator[str]:
    yield from (" → ".join(form.by_key[key].label) for key in keys[:_NAMED])
    if len(keys) > _NAMED:
        yield messages.say("cli.as_unit.more")
