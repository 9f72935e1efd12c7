"""What `check --before` says of a version held against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.cli.output import tell

if TYPE_CHECKING:
    from tianbao.checks.rounds import Changed, Round
    from tianbao.records.model import Value

#: So many of the changed cells are named; the rest is counted, and in the JSON.
_NAMED = 6


def round_line(since: Round | None) -> str:
    """Say in a line what was mended, what is still open, what is new, and which cells were changed."""
    from tianbao.checks.rounds import count

    if since is None:
        return messages.say("cli.round.none")
    if since.is_same_file:
        return messages.say("cli.round.same_file", file=since.before)
    settled = messages.say("cli.round.settled", count=count(since.settled)) if since.settled else ""
    counts = {name: count(getattr(since, name)) for name in ("mended", "open", "new")}
    return messages.say("cli.round", None, settled=settled, changed=_changed(since.changed), **counts)


def sum_up_rounds(rounds: Sequence[Round | None]) -> None:
    """Tell what all versions together have mended."""
    from tianbao.checks.rounds import count

    compared = [since for since in rounds if since is not None]
    counts = {name: sum(count(getattr(since, name)) for since in compared) for name in ("mended", "open", "new")}
    tell("cli.rounds.done", files=len(compared), **counts)


def _changed(cells: Sequence[Changed]) -> str:
    if not cells:
        return messages.say("cli.round.unchanged")
    named = messages.say("cli.comma").join(map(_cell, cells[:_NAMED]))
    more = messages.say("cli.round.more") if len(cells) > _NAMED else ""
    return messages.say("cli.round.changed", count=len(cells), cells=f"{named}{more}")


def _cell(changed: Changed) -> str:
    """Name a changed cell with what stood and stands there; words are named and not repeated."""
    if changed.is_text:
        return changed.at
    return messages.say("cli.round.cell", at=changed.at, before=_shown(changed.before), now=_shown(changed.now))


def _shown(value: Value) -> str:
    match value:
        case None:
            return messages.say("cli.round.blank")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
