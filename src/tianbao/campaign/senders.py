"""Whose a mail is, by what it answers, by the code in its subject, by the address that it comes from.

In:   where a campaign stands, and a mail that came in.
Out:  the unit; whether the mail concerns the campaign at all; what is odd about its sender.
Whose a workbook is, the workbook says itself: none of this is believed against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.events import Facts
from tianbao.campaign.mail_code import units_by_code
from tianbao.campaign.mails import Came
from tianbao.campaign.roster import RosterEntry
from tianbao.campaign.state import State
from tianbao.campaign.versions import Standing
from tianbao.messages import Language


def letters_by_unit(state: State) -> Mapping[str, Sequence[Came]]:
    """Return what people wrote, by the unit that it comes from, the first first."""
    known = addresses(state)
    letters: defaultdict[str, list[Came]] = defaultdict(list)
    for came in state.post.came:
        if came.kind == "letter" and (unit := unit_of(state, came.facts, known)) is not None:
            letters[unit].append(came)
    return letters


def unit_of(state: State, mail: Facts, known: Mapping[str, str] | None = None) -> str | None:
    """Return the unit that a mail comes from; None where nothing says so, or several things say different ones.

    Args:
        state: where the campaign stands.
        mail: what the mail is.
        known: the units by address, where they have been asked for already.
    """
    answered = state.post.by_id(mail["answers"])
    if answered is not None:
        return answered.unit if answered.unit in state.entries else None
    by_code = _by_code(state.secret, state.created["year"], tuple(state.entries))
    coded = {by_code[code] for code in mail["codes"] if code in by_code}
    if len(coded) == 1:
        return coded.pop()
    if coded:
        return None
    return (addresses(state) if known is None else known).get(mail["sender"])


def addresses(state: State) -> Mapping[str, str]:
    """Return the unit of each address; one that several units have is nobody's."""
    of: dict[str, list[str]] = {}
    for entry in state.roster:
        if entry.email:
            of.setdefault(entry.email.lower(), []).append(entry.unit.code)
    return {address: units[0] for address, units in of.items() if len(units) == 1}


def concerns(state: State, mail: Facts) -> bool:
    """Whether a mail has to do with the campaign, whatever is attached to it."""
    if state.post.by_id([*mail["answers"], *(one["message_id"] for one in mail["bounces"])]) is not None:
        return True
    if mail["kind"] == "bounce" and not mail["bounces"] and any(one.tries for one in state.post.mails.values()):
        return True  # it does not say whose it is; the office looks
    known = {entry.email.lower() for entry in state.roster if entry.email}
    if mail["sender"] in known or any(one["recipient"].lower() in known for one in mail["bounces"]):
        return True
    by_code = _by_code(state.secret, state.created["year"], tuple(state.entries))
    return any(code in by_code for code in mail["codes"])


def differs(books: Books, came: Came) -> Sequence[RosterEntry]:
    """Return the units whose workbook came from another address than the roster has of them."""
    units = {one.unit for one in books.versions.every() if one.returned.original == came.original and one.unit}
    entries = [books.entries[unit] for unit in books.entries if unit in units]
    return [entry for entry in entries if entry.email and entry.email.lower() != came.sender]


#: So many names of files are told.
_NAMED = 5
#: What may hold a workbook, by its name.
_WORKBOOKS = (".xlsx", ".xls", ".et", ".ods", ".xlsm", ".xlsb", ".ett", ".zip", ".rar", ".7z")


def is_workbook(name: str) -> bool:
    """Whether a file that is called so may hold a workbook."""
    return name.lower().endswith(_WORKBOOKS)


def readable(books: Books) -> frozenset[str]:
    """Return the files that came in, by SHA-256, in which a workbook was found that could be read."""
    return frozenset(one.returned.original for one in books.versions.every() if one.standing is not Standing.REFUSED)


def is_without_workbook(books: Books, came: Came) -> bool:
    """Whether a letter came in which nothing was found that could be read."""
    return came.kind == "letter" and came.original not in readable(books)


def holds(came: Came, lang: Language | None = None) -> str:
    """Say what stands in a letter in the place of a workbook."""
    if came.links:
        return messages.say("owes.link", lang)
    if came.facts["has_pictures"]:
        return messages.say("owes.picture", lang)
    if came.names:
        comma = messages.say("cli.comma", lang)
        return messages.say("owes.files", lang, names=comma.join(came.names[:_NAMED]))
    return messages.say("owes.empty", lang)


@lru_cache(maxsize=2)
def _by_code(secret: str, year: int, units: Sequence[str]) -> Mapping[str, str]:
    return units_by_code(secret, year=year, units=units)
