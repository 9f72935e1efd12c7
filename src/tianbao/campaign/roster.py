"""The roster: which units must answer, read from the office's own list.

    名录.xlsx ──read_roster──▶ entries ──┬─ expected ▶ the units that go into the county's totals
        ▲                                ├─ remarks ─▶ what is doubtful about them, though it can be used
        └────────── write_roster ────────┴─ changes ─▶ what an edit of the list has changed

In:   an .xlsx or a CSV with Chinese headings, in any order, with whatever other columns the office keeps.
Out:  one entry a unit, in the office's order; or every fault of the list at once, each with its cell.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NamedTuple

from tianbao import messages
from tianbao.campaign.lists import ListError, ListFault, ListLine, OfficeList, read_list
from tianbao.errors import TianbaoError
from tianbao.messages import Language
from tianbao.records.model import Unit
from tianbao.records.names import plain
from tianbao.reports.roster import (
    CODE,
    CONTACT,
    COUNTS,
    EMAIL,
    EXEMPT,
    HEADINGS,
    KIND,
    MERGED_INTO,
    NAME,
    NEEDED,
    NO,
    NOTE,
    ORDER,
    PARENT,
    TELEPHONE,
    YES,
    write_roster_book,
)

_YES, _NO = frozenset((YES, "√", "1")), frozenset((NO, "×", "0"))

#: The names of files and the heads of printed lists have no room for more.
_LONGEST_NAME = 100
_LONGEST_ORDER = 6

_NOT_IN_FILE_NAMES = frozenset('\\/:*?"<>|')
#: A parent may be named by words, too: 县政府办公室.
_LOOKS_LIKE_A_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
#: A long number as Excel shows it, once it took it for one: `1.40922E+08`.
_EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_BETWEEN_EMAILS = re.compile(r"[\s;；,，、/]+")


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One unit of the roster.

    Attributes:
        order: its place in every list that is made.
        parent: the code or name of the unit above it, as written.
        counts: whether it goes into the county's totals.
        exempt: whether it need not answer.
        contact: whom the office asks.
        telephone: as written.
        email: a single address.
        merged_into: the code of the unit that reports for it now; it owes nothing then, and is not counted by itself.
        note: the office's own.
    """

    order: int
    unit: Unit
    parent: str
    counts: bool
    exempt: bool
    contact: str = ""
    telephone: str = ""
    email: str = ""
    merged_into: str = ""
    note: str = ""

    def as_document(self) -> dict[str, Any]:
        """Describe the entry in what JSON can hold.

        >>> entry = RosterEntry(1, Unit("018", "白家庄镇", "乡镇"), "", counts=True, exempt=False)
        >>> RosterEntry.from_document(entry.as_document()) == entry
        True
        """
        return {
            "order": self.order,
            "code": self.unit.code,
            "name": self.unit.name,
            "kind": self.unit.kind,
            "parent": self.parent,
            "counts": self.counts,
            "exempt": self.exempt,
            "contact": self.contact,
            "telephone": self.telephone,
            "email": self.email,
            "merged_into": self.merged_into,
            "note": self.note,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> RosterEntry:
        """Take an entry from what `as_document` made, now or years ago: what is not in it takes its default."""

        def text(key: str) -> str:
            return str(document.get(key, ""))

        return cls(
            order=int(document.get("order", 0)),
            unit=Unit(text("code"), text("name"), text("kind")),
            parent=text("parent"),
            counts=bool(document.get("counts", True)),
            exempt=bool(document.get("exempt", False)),
            contact=text("contact"),
            telephone=text("telephone"),
            email=text("email"),
            merged_into=text("merged_into"),
            note=text("note"),
        )


class RosterFileError(TianbaoError):
    """The file is not there, or neither a workbook nor a text."""

    code: ClassVar[str] = "U-ROSTER-FILE"


class RosterError(ListError):
    """A roster cannot be used. `faults` holds every reason."""

    code: ClassVar[str] = "U-ROSTER"


def read_roster(path: str | Path) -> tuple[RosterEntry, ...]:
    """Read a roster.

    Raises:
        RosterFileError: no such file, or not one that can be read.
        RosterError: the list has faults; the error holds all of them.
    """
    reader = _Reader(read_list(path, HEADINGS, NEEDED, unusable=RosterFileError))
    entries = reader.entries()
    if reader.faults:
        raise RosterError(str(path), sorted(reader.faults, key=_place))
    return tuple(sorted(entries, key=lambda entry: entry.order))


def write_roster(
    target: str | os.PathLike[str] | BinaryIO, entries: Iterable[RosterEntry] = (), *, county: str = ""
) -> None:
    """Write a roster to be filled in or corrected, which `read_roster` reads as it stands.

    Args:
        target: a path, written whole or not at all; or an open binary file.
        entries: those it holds already.
        county: the name of the county, for the title.
    """
    lines = [_fields(entry) for entry in sorted(entries, key=lambda entry: entry.order)]
    write_roster_book(lines, target, county=county)


def exempt_because(entry: RosterEntry, names: Mapping[str, str], lang: Language | None = None) -> str:
    """Say why a unit owes nothing by the roster; nothing where it does.

    Args:
        entry: of the unit.
        names: of all units, by code.
        lang: in which to say it.
    """
    if entry.merged_into:
        return messages.say("status.merged_into", lang, name=names.get(entry.merged_into, entry.merged_into))
    return messages.say("status.exempt_by_roster", lang) if entry.exempt else ""


def expected(entries: Sequence[RosterEntry], *, reported: Container[str] = ()) -> tuple[Unit, ...]:
    """Return the units that go into the county's totals: who must answer, and who is exempt and did all the same.

    A unit that is merged into another is none of them: that one answers for it.

    Args:
        entries: the roster.
        reported: the codes of the units that answered.
    """
    counted = (entry for entry in entries if entry.counts and not entry.merged_into)
    return tuple(entry.unit for entry in counted if not entry.exempt or entry.unit.code in reported)


def _fields(entry: RosterEntry) -> dict[str, str]:
    """Write an entry as a line of the list, by heading."""
    return {
        ORDER: str(entry.order),
        CODE: entry.unit.code,
        NAME: entry.unit.name,
        KIND: entry.unit.kind,
        PARENT: entry.parent,
        CONTACT: entry.contact,
        TELEPHONE: entry.telephone,
        EMAIL: entry.email,
        COUNTS: YES if entry.counts else NO,
        EXEMPT: YES if entry.exempt else NO,
        MERGED_INTO: entry.merged_into,
        NOTE: entry.note,
    }


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Listed(NamedTuple):
    """An entry with the line that it was read from; its number is None where the line has none of its own."""

    line: ListLine
    entry: RosterEntry
    number: int | None

    @property
    def code(self) -> str:
        return self.entry.unit.code

    @property
    def name(self) -> str:
        return self.entry.unit.name


class _Reader:
    """A roster being read: its entries, and what is wrong with them."""

    def __init__(self, roster: OfficeList) -> None:
        self.roster = roster
        self.faults: list[ListFault] = []

    def entries(self) -> list[RosterEntry]:
        """Read every line by itself, then hold the lines against one another."""
        if self.roster.missing:
            self.fault("U-ROSTER-HEADING", "", headings="、".join(self.roster.missing))
        elif not self.roster.lines:
            self.fault("U-ROSTER-EMPTY", "")
        listed = [self.listed(line) for line in self.roster.lines]
        self.told_apart(listed)
        units = _Units(one.entry for one in listed)
        self.parents(listed, units)
        self.circles(listed, units)
        self.merged(listed, units)
        return list(_in_order(listed, units))

    # ── a line by itself ────────────────────────────────────────────────────────────────────────────────────────

    def listed(self, line: ListLine) -> _Listed:
        for heading in NEEDED:
            if not line[heading]:
                self.fault("U-ROSTER-BLANK", line.ats[heading], heading=heading)
        number = self.number(line)
        entry = RosterEntry(
            order=line.number if number is None else number,
            unit=Unit(self.code(line), self.name(line), _one_line(line[KIND])),
            parent=_as_named(self.whole(line, PARENT)),
            counts=self.choice(line, COUNTS, default=True),
            exempt=self.choice(line, EXEMPT, default=False),
            contact=_one_line(line[CONTACT]),
            telephone=_one_line(self.whole(line, TELEPHONE)),
            email=self.email(line),
            merged_into=_as_named(self.whole(line, MERGED_INTO)),
            note=line[NOTE],
        )
        return _Listed(line, entry, number)

    def number(self, line: ListLine) -> int | None:
        said = unicodedata.normalize("NFKC", line[ORDER])
        if not said:
            return None
        if not (said.isascii() and said.isdigit()) or len(said) > _LONGEST_ORDER:
            self.fault("U-ROSTER-ORDER", line.ats[ORDER], value=said)
            return None
        return int(said)

    def code(self, line: ListLine) -> str:
        code = _as_code(self.whole(line, CODE))
        unfit = any(not sign.isprintable() or sign.isspace() or sign in _NOT_IN_FILE_NAMES for sign in code)
        if unfit or code != code.strip("."):
            self.fault("U-ROSTER-CODE", line.ats[CODE], value=code)
        return code

    def name(self, line: ListLine) -> str:
        name = _one_line(line[NAME])
        if len(name) > _LONGEST_NAME:
            self.fault("U-ROSTER-NAME", line.ats[NAME], length=len(name), limit=_LONGEST_NAME)
        return name

    def whole(self, line: ListLine, heading: str) -> str:
        """Return what stands there, unless a program has taken it for a number and lost its end."""
        said = line[heading]
        if _EXPONENT.fullmatch(said):
            self.fault("U-ROSTER-EXPONENT", line.ats[heading], heading=heading, value=said)
            return ""
        return said

    def choice(self, line: ListLine, heading: str, *, default: bool) -> bool:
        said = unicodedata.normalize("NFKC", line[heading])
        if said and said not in _YES | _NO:
            self.fault("U-ROSTER-CHOICE", line.ats[heading], heading=heading, value=said)
        return said in _YES if said else default

    def email(self, line: ListLine) -> str:
        said = unicodedata.normalize("NFKC", line[EMAIL]).strip()
        several = [part for part in _BETWEEN_EMAILS.split(said) if _EMAIL.fullmatch(part)]
        if len(several) > 1:
            self.fault("U-ROSTER-EMAILS", line.ats[EMAIL], value=line[EMAIL], count=len(several))
        elif said and not _EMAIL.fullmatch(said):
            self.fault("U-ROSTER-EMAIL", line.ats[EMAIL], value=line[EMAIL])
        return said

    # ── the lines against one another ───────────────────────────────────────────────────────────────────────────

    def told_apart(self, listed: Iterable[_Listed]) -> None:
        """Tell what only one unit may have, and two have."""
        codes: dict[str, _Listed] = {}
        names: dict[str, _Listed] = {}
        numbers: dict[int, _Listed] = {}
        for one in listed:
            #: Not every system tells the files A01.xlsx and a01.xlsx apart.
            code, name = one.code.casefold(), plain(one.name)
            if code in codes:
                self.fault("U-ROSTER-TWICE", one.line.ats[CODE], unit_code=one.code, first=codes[code].line.ats[CODE])
            elif name in names:
                first = names[name]
                facts = {"name": one.name, "unit_code": one.code, "other": first.code, "first": first.line.ats[NAME]}
                self.fault("U-ROSTER-NAMESAKE", one.line.ats[NAME], **facts)
            if one.number in numbers:
                first = numbers[one.number]
                self.fault("U-ROSTER-ORDER-TWICE", one.line.ats[ORDER], value=one.number, first=first.line.ats[ORDER])
            if code:
                codes.setdefault(code, one)
            if name:
                names.setdefault(name, one)
            if one.number is not None:
                numbers.setdefault(one.number, one)

    def parents(self, listed: Sequence[_Listed], units: _Units) -> None:
        """Tell of units above others that are not there.

        Whoever collects stands above its units and is not on its own roster: of the codes that are not, the one that most
        lines name is taken for it.
        """
        strange = [one for one in listed if one.entry.parent and units.find(one.entry.parent) is None]
        strange = [one for one in strange if _LOOKS_LIKE_A_CODE.fullmatch(one.entry.parent)]
        counts = Counter(one.entry.parent for one in strange)
        most = max(counts.values(), default=0)
        office = [parent for parent, count in counts.items() if count == most]
        for one in strange:
            if [one.entry.parent] != office:
                self.fault("U-ROSTER-PARENT", one.line.ats[PARENT], name=one.name, value=one.entry.parent)

    def circles(self, listed: Iterable[_Listed], units: _Units) -> None:
        """Tell of units that are above themselves, each circle once."""
        told: set[str] = set()
        for one in listed:
            above = [entry.unit for entry in units.above(one.entry)]
            if above and above[-1].code == one.code and one.code not in told:
                told.update(unit.code for unit in above)
                circle = " → ".join((one.name, *(unit.name for unit in above)))
                self.fault("U-ROSTER-CIRCLE", one.line.ats[PARENT], circle=circle)

    def merged(self, listed: Iterable[_Listed], units: _Units) -> None:
        """Tell of units merged into one that cannot answer for them."""
        for one in listed:
            into = one.entry.merged_into
            if not into:
                continue
            at, target = one.line.ats[MERGED_INTO], units.find(into)
            if target is None:
                self.fault("U-ROSTER-MERGED", at, name=one.name, value=into)
            elif target.unit.code == one.code:
                self.fault("U-ROSTER-MERGED-SELF", at, name=one.name)
            elif target.merged_into:
                further = units.find(target.merged_into)
                facts = {"target": target.unit.name, "further": further.unit.name if further else target.merged_into}
                self.fault("U-ROSTER-MERGED-AWAY", at, name=one.name, **facts)

    def fault(self, code: str, at: str, **params: object) -> None:
        self.faults.append(ListFault(code, at, params))


class _Units:
    """The entries of a roster, to be found by what other lines call them."""

    def __init__(self, entries: Iterable[RosterEntry]) -> None:
        several = tuple(entries)
        self._by_name = {plain(entry.unit.name): entry for entry in reversed(several) if entry.unit.name}
        self._by_code = {entry.unit.code: entry for entry in reversed(several) if entry.unit.code}

    def find(self, called: str) -> RosterEntry | None:
        """Find a unit by its code, else by its name."""
        return self._by_code.get(called) or self._by_name.get(plain(called))

    def above(self, entry: RosterEntry) -> Iterator[RosterEntry]:
        """Yield the units above one, the nearest first; in a circle each once, the one that was asked about last."""
        passed: set[str] = set()
        above = self.find(entry.parent) if entry.parent else None
        while above is not None and above.unit.code not in passed:
            yield above
            passed.add(above.unit.code)
            if above.unit.code == entry.unit.code:
                return
            above = self.find(above.parent) if above.parent else None


def _in_order(listed: Sequence[_Listed], units: _Units) -> Iterator[RosterEntry]:
    """Yield the entries with a place each: its number, else that of its line or the next one that is free."""
    taken = {one.number for one in listed}
    for one in listed:
        order = one.entry.order
        while one.number is None and order in taken:
            order += 1
        taken.add(order)
        into = units.find(one.entry.merged_into) if one.entry.merged_into else None
        yield replace(one.entry, order=order, merged_into=into.unit.code if into else one.entry.merged_into)


def _as_code(said: str) -> str:
    """Write a code with letters and digits of one width.

    >>> _as_code("１４０９２２０１８ ")
    '140922018'
    """
    return unicodedata.normalize("NFKC", said).strip()


def _as_named(said: str) -> str:
    """Write the code of another unit as its own line does; a name stays as it is.

    >>> _as_named("９９９９０１２０１"), _as_named("县教育局（示例）")
    ('999901201', '县教育局（示例）')
    """
    code = _as_code(said)
    return code if _LOOKS_LIKE_A_CODE.fullmatch(code) else _one_line(said)


def _one_line(said: str) -> str:
    """Take the line breaks out of what was typed.

    >>> _one_line("台怀镇" + chr(10) + "人民政府")
    '台怀镇 人民政府'
    """
    return " ".join(said.split())


def _place(fault: ListFault) -> tuple[int, int, str]:
    """Return the line and the column of a fault, to sort by."""
    column = fault.at.rstrip("0123456789")
    return int(fault.at[len(column) :] or 0), len(column), column


# ── what is doubtful ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RosterRemark:
    """Something about a roster that can be used and is probably not meant.

    Attributes:
        code: of the sentence.
        unit: the unit it is about.
        params: the facts of the sentence.
    """

    code: str
    unit: Unit
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        facts = {"name": self.unit.name, "unit_code": self.unit.code, **self.params}
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}"


def remarks(entries: Sequence[RosterEntry]) -> tuple[RosterRemark, ...]:
    """Tell what would count figures twice, or lose them; in the order of the roster."""
    units = _Units(entries)
    return tuple(remark for entry in entries for remark in _remarks(entry, units))


def _remarks(entry: RosterEntry, units: _Units) -> Iterator[RosterRemark]:
    if entry.merged_into:
        into = units.find(entry.merged_into)
        if entry.counts and into is not None and not _adds(into):
            yield RosterRemark("U-ROSTER-LOST", entry.unit, {"target": into.unit.name})
    elif _adds(entry):
        above = next((above for above in units.above(entry) if _adds(above) and above.unit != entry.unit), None)
        if above is not None:
            yield RosterRemark("U-ROSTER-BOTH", entry.unit, {"above": above.unit.name})


def _adds(entry: RosterEntry) -> bool:
    """Whether a unit's own report is owed and goes into the county's totals."""
    return entry.counts and not entry.exempt and not entry.merged_into


# ── what an edit has changed ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One thing that is different between two states of a roster.

    Attributes:
        code: of the sentence.
        unit: the unit it is about, as it is called now; None where it is about the whole list.
        params: the facts of the sentence.
    """

    code: str
    unit: Unit | None
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence."""
        unit = self.unit or Unit("", "")
        return messages.say(self.code, lang, name=unit.name, unit_code=unit.code, **self.params)


def changes(before: Iterable[RosterEntry], after: Iterable[RosterEntry]) -> tuple[RosterChange, ...]:
    """Tell what was changed from one state of a roster to another: nothing where both say the same.

    Returns:
        The changes in the order of the new roster, then who is gone, then whether the order is another one. A unit that is
        gone while a new one has its name is told as one whose code has changed.
    """
    now = _sorted(after)
    codes = {entry.unit.code for entry in now}
    old = {entry.unit.code: entry for entry in _sorted(before)}
    gone = {plain(entry.unit.name): code for code, entry in old.items() if code not in codes}
    recoded = {
        gone.pop(name): entry.unit.code
        for entry in now
        if entry.unit.code not in old and (name := plain(entry.unit.name)) in gone
    }
    known = {recoded.get(code, code): entry for code, entry in old.items()}
    told: list[RosterChange] = []
    for entry in now:
        was = known.get(entry.unit.code)
        told += [_change("added", entry)] if was is None else _differences(was, entry, recoded)
    told += [_change("removed", entry) for code, entry in known.items() if code not in codes]
    stayed = [code for code in known if code in codes]
    if stayed != [entry.unit.code for entry in now if entry.unit.code in known]:
        told.append(RosterChange("roster.order", None, {}))
    return tuple(told)


def _sorted(entries: Iterable[RosterEntry]) -> list[RosterEntry]:
    return sorted(entries, key=lambda entry: entry.order)


def _differences(was: RosterEntry, now: RosterEntry, recoded: Mapping[str, str]) -> Iterator[RosterChange]:
    """Yield what is different about one unit; that another unit has a new code is told of that one alone."""
    if was.unit.code != now.unit.code:
        yield _change("recoded", now, was=was.unit.code)
    if was.unit.name != now.unit.name:
        yield _change("renamed", now, was=was.unit.name)
    if was.unit.kind != now.unit.kind:
        yield _change("kind", now, was=was.unit.kind or "—", now=now.unit.kind or "—")
    if recoded.get(was.parent, was.parent) != now.parent:
        yield _change("parent", now, was=was.parent or "—", now=now.parent or "—")
    if was.counts != now.counts:
        yield _change("counted" if now.counts else "not_counted", now)
    if was.exempt != now.exempt:
        yield _change("exempted" if now.exempt else "not_exempted", now)
    if recoded.get(was.merged_into, was.merged_into) != now.merged_into:
        yield _change("merged", now, target=now.merged_into) if now.merged_into else _change("not_merged", now)
    parts = {CONTACT: "contact", TELEPHONE: "telephone", EMAIL: "email", NOTE: "note"}
    changed = [heading for heading, part in parts.items() if getattr(was, part) != getattr(now, part)]
    if changed:
        yield _change("details", now, headings="、".join(changed))


def _change(what: str, entry: RosterEntry, **params: object) -> RosterChange:
    return RosterChange(f"roster.{what}", entry.unit, params)
