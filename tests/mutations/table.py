"""The table of mutations: what people and programs do to a workbook, and what must come of each.

A mutation alters an open `Book`; a wrapping alters the saved file as a whole. Each says which row of the list of faults
it is, which codes are told, and by which verdict the file is judged; what stands in each cell is kept by the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.mutations.book import Book
from tianbao.records.model import Verdict

READ, NOTES, REFUSED = Verdict.READ, Verdict.READ_WITH_NOTES, Verdict.REFUSED

Alter = Callable[[Book], None]
Wrap = Callable[[bytes, Book], tuple[str, bytes]]


@dataclass(frozen=True)
class Mutation:
    """An alteration of a workbook.

    Attributes:
        fault: its row in the list of faults.
        told: the codes that must be told, and no others but `also`.
        also: codes that may be told, depending on the form or on which cell was chosen.
        verdicts: one of these must be the file's.
        reason: the code of the refusal.
        unit: whose it is said to be; by default the unit that it was made for.
    """

    name: str
    fault: str
    alter: Alter
    told: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    verdicts: frozenset[Verdict] = frozenset({READ})
    reason: str = ""
    is_nobodys: bool = False


@dataclass(frozen=True)
class Wrapping:
    """What happens to a saved workbook as a file: it is renamed, packed, mailed, or becomes another thing.

    Attributes:
        wrap: takes the bytes of an honest workbook and its book; returns a name and what came.
        reason: why it is refused; empty where the workbook is read.
        count: so many submissions are read from it.
    """

    name: str
    fault: str
    wrap: Wrap
    reason: str = ""
    count: int = 1


MUTATIONS: dict[str, Mutation] = {}
WRAPPINGS: dict[str, Wrapping] = {}


def mutation(
    fault: str,
    *told: str,
    also: Iterable[str] = (),
    verdict: Verdict | None = None,
    reason: str = "",
    nobodys: bool = False,
) -> Callable[[Alter], Alter]:
    """Add a mutation to the table, under the name of its function; where nothing is told, the file is plainly read."""

    def add(alter: Alter) -> Alter:
        name = getattr(alter, "__name__", "").strip("_")
        add_mutation(name, fault, alter, *told, also=also, verdict=verdict, reason=reason, nobodys=nobodys)
        return alter

    return add


def add_mutation(
    name: str,
    fault: str,
    alter: Alter,
    *told: str,
    also: Iterable[str] = (),
    verdict: Verdict | None = None,
    reason: str = "",
    nobodys: bool = False,
) -> None:
    """Add a mutation to the table."""
    assert name not in MUTATIONS, name
    verdicts = {verdict} if verdict else {NOTES} if told else {READ, NOTES} if also else {READ}
    verdicts = {REFUSED} if reason else verdicts
    MUTATIONS[name] = Mutation(
        name, fault, alter, frozenset(told), frozenset(also), frozenset(verdicts), reason, is_nobodys=nobodys
    )


def wrapping(fault: str, *, reason: str = "", count: int = 1) -> Callable[[Wrap], Wrap]:
    """Add a wrapping to the table, under the name of its function."""

    def add(wrap: Wrap) -> Wrap:
        add_wrapping(getattr(wrap, "__name__", ""), fault, wrap, reason=reason, count=count)
        return wrap

    return add


def add_wrapping(name: str, fault: str, wrap: Wrap, *, reason: str = "", count: int = 1) -> None:
    """Add a wrapping to the table."""
    assert name not in WRAPPINGS, name
    WRAPPINGS[name] = Wrapping(name, fault, wrap, reason, count)
