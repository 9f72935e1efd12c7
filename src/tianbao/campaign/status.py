"""Who owes what: a line a unit, and the counts.

    roster + events + versions + what was found ──look──▶ Status

In:   a campaign, and the day.
Out:  the state of each unit, of each part of its report, whether it is late; what waits for the office.
Knows nothing of terminals and workbooks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile

from tianbao import messages
from tianbao.campaign import judge, merging
from tianbao.campaign.books import Books
from tianbao.campaign.guess import Guess, guess
from tianbao.campaign.mails import Came, Mail, MailState
from tianbao.campaign.roster import RosterEntry
from tianbao.campaign.senders import letters_by_unit, readable
from tianbao.campaign.settings import Settings
from tianbao.campaign.state import Made
from tianbao.campaign.versions import Standing, Version
from tianbao.form.model import Form
from tianbao.messages import Language


class UnitState(StrEnum):
    """How a unit stands.

    NOT_ISSUED: it has no workbook yet.
    ISSUED: it has one, and nothing came back that counts.
    RECEIVED: something came back, and the office must say whose it is.
    TO_MEND: something in its report must be mended.
    TO_VERIFY: something in it must be explained, or the office must look at which version counts.
    PASSED: nothing is left to do.
    EXEMPT: it owes nothing.
    """

    NOT_ISSUED = "not_issued"
    ISSUED = "issued"
    RECEIVED = "received"
    TO_MEND = "to_mend"
    TO_VERIFY = "to_verify"
    PASSED = "passed"
    EXEMPT = "exempt"

    @property
    def sign(self) -> str:
        """The sign that any console can print."""
        return _SIGNS[self]

    def words(self, lang: Language | None = None) -> str:
        """The words for it."""
        return messages.say(f"status.{self.value}", lang)


_SIGNS = {
    UnitState.NOT_ISSUED: " ",
    UnitState.ISSUED: "○",
    UnitState.RECEIVED: "●",
    UnitState.TO_MEND: "▲",
    UnitState.TO_VERIFY: "△",
    UnitState.PASSED: "√",
    UnitState.EXEMPT: "—",
}
#: Those whose report is in and nobody waits for it.
_IN = frozenset((UnitState.TO_MEND, UnitState.TO_VERIFY, UnitState.PASSED))
_TRIED = frozenset(MailState) - {MailState.STAGED, MailState.WITHDRAWN}
_UNREACHED = frozenset((MailState.UNCERTAIN, MailState.REFUSED, MailState.BOUNCED))
_OWING = frozenset((UnitState.NOT_ISSUED, UnitState.ISSUED, UnitState.RECEIVED, UnitState.TO_MEND))


@dataclass(frozen=True, slots=True)
class Part:
    """What is open in one part of a unit's report; None of both where there is no report."""

    errors: int
    queries: int

    @property
    def sign(self) -> str:
        """A sign, with the count where there is one."""
        if self.errors:
            return f"×{self.errors}"
        return f"△{self.queries}" if self.queries else "√"


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """How one unit stands.

    Attributes:
        is_late: its report is not in, or came, after the day on which it was due.
        issued: when its workbook was made; empty where it was not.
        version: the one that counts; None where none does.
        versions: how many there are.
        arrivals: everything that came for it, by order of receipt.
        sent_back: what went back to it, the first first.
        parts: by part of the form; empty where no version counts.
        mail: the last one to it that was handed over, or tried to; None where there is none.
        empty: its letters in which no workbook was found that could be read, while no version counts.
        exempt_because: why it owes nothing; empty where it does.
    """

    entry: RosterEntry
    state: UnitState
    is_late: bool
    issued: str
    version: Version | None
    versions: int
    arrivals: tuple[Version, ...]
    sent_back: tuple[Made, ...]
    parts: Mapping[str, Part]
    has_prior: bool
    mail: Mail | None
    empty: tuple[Came, ...]
    exempt_because: str

    @property
    def errors(self) -> int:
        """How many findings must be mended."""
        return sum(part.errors for part in self.parts.values())

    @property
    def queries(self) -> int:
        """How many must be explained."""
        return sum(part.queries for part in self.parts.values())

    @property
    def owes(self) -> bool:
        """Whether the office waits for it."""
        return self.state in _OWING

    @property
    def is_unreached(self) -> bool:
        """Whether the last mail to it did not arrive, or nobody knows whether it did."""
        return self.mail is not None and self.mail.state in _UNREACHED

    @property
    def asking(self) -> tuple[Version, ...]:
        """What came for it and the office must look at."""
        return tuple(one for one in self.arrivals if one.asks)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workbook that the office must say of whose it is, and whose it may be."""

    version: Version
    guess: Guess | None


@dataclass(frozen=True, slots=True)
class Status:
    """How a campaign stands.

    Attributes:
        today: the day by which somebody is late.
        units: in the office's order.
        waiting: workbooks that are nobody's yet, in the order of receipt.
        refused: those that could not be read.
        outdated: the county's workbook, where something has changed since it was made; empty where nothing has.
    """

    settings: Settings
    form: Form
    today: date
    units: tuple[UnitStatus, ...]
    waiting: tuple[Waiting, ...]
    refused: tuple[Version, ...]
    outdated: str

    @property
    def counts(self) -> Mapping[UnitState, int]:
        """How many units stand in each state; those without any, too."""
        counts = Counter(unit.state for unit in self.units)
        return {state: counts[state] for state in UnitState}

    @property
    def expected(self) -> int:
        """How many units owe a report."""
        return len(self.units) - self.counts[UnitState.EXEMPT]

    @property
    def received(self) -> int:
        """How many reports are in."""
        return sum(unit.state in _IN for unit in self.units)

    @property
    def unreached(self) -> tuple[UnitStatus, ...]:
        """The units to which the last mail did not go, or may not have gone."""
        return tuple(unit for unit in self.units if unit.is_unreached)

    @property
    def owing(self) -> tuple[UnitStatus, ...]:
        """The units for which the office waits: for a report, or for a mended one."""
        return tuple(unit for unit in self.units if unit.owes)

    def parts(self, lang: Language | None = None) -> Sequence[tuple[str, str]]:
        """Return the parts of a report: a key each, and what the columns are called; tables are called as they are printed."""
        sections = dict.fromkeys(table.section for table in self.form.tables)
        tables = [(section, _called(self.form, section)) for section in sections]
        others = [(key, messages.say(f"status.part.{key}", lang)) for key in (judge.TEXTS, judge.PRIOR)]
        cover = [(judge.COVER, messages.say("status.part.cover", lang))]
        file = [(judge.FILE, messages.say("status.part.file", lang))]
        return [*cover, *tables, *others, *file]


def look(books: Books, today: date) -> Status:
    """Say how each unit stands.

    Args:
        books: whose.
        today: the day by which somebody is late.
    """
    summaries = judge.summaries(books)
    letters, read = letters_by_unit(books.state), readable(books)
    empty = {unit: tuple(one for one in came if one.original not in read) for unit, came in letters.items()}
    units = tuple(_unit(books, entry, summaries, empty.get(entry.unit.code, ()), today) for entry in books.state.roster)
    waiting = [one for one in books.versions.every() if one.standing is Standing.WAITING]
    guesses = guess(books, waiting) if waiting else {}
    return Status(
        settings=books.settings,
        form=books.form,
        today=today,
        units=units,
        waiting=tuple(Waiting(one, guesses.get(one.returned.id)) for one in waiting),
        refused=tuple(one for one in books.versions.every() if one.standing is Standing.REFUSED),
        outdated=_outdated(books),
    )


def _outdated(books: Books) -> str:
    """Return the county's workbook, where it would be another one now."""
    if not books.state.merged:
        return ""
    file, hangs_on = books.state.merged
    return "" if hangs_on == merging.basis(books) else file


def _unit(
    books: Books,
    entry: RosterEntry,
    summaries: Mapping[str, Mapping[str, Sequence[int]]],
    empty: tuple[Came, ...],
    today: date,
) -> UnitStatus:
    code, state = entry.unit.code, books.state
    made = state.made.get(code, ())
    issued = next((one.at for one in made if one.turn == 0 and not one.is_receipt), "")
    arrivals = books.versions.chains.get(code, ())
    version = books.versions.counting(code)
    counts = summaries.get(code, {})
    keys = dict.fromkeys(
        (judge.COVER, *(table.section for table in books.form.tables), judge.TEXTS, judge.PRIOR, judge.FILE)
    )
    parts = {key: Part(*counts.get(key, (0, 0))) for key in keys} if version else {}
    return UnitStatus(
        entry=entry,
        state=_state(books, entry, version, issued=issued, parts=parts, arrivals=arrivals),
        is_late=_is_late(books.settings, version, arrivals, today) and not state.owes_nothing(entry),
        issued=issued,
        version=version,
        versions=sum(one.number > 0 for one in arrivals),
        arrivals=arrivals,
        sent_back=tuple(one for one in made if one.turn > 0),
        parts=parts,
        has_prior=code in books.prior,
        mail=next((one for one in reversed(state.post.of(code)) if one.tries and one.state in _TRIED), None),
        empty=() if version else empty,
        exempt_because=books.exempt_because(entry),
    )


def _state(
    books: Books,
    entry: RosterEntry,
    version: Version | None,
    *,
    issued: str,
    parts: Mapping[str, Part],
    arrivals: Sequence[Version],
) -> UnitState:
    if version is None:
        if books.state.owes_nothing(entry):
            return UnitState.EXEMPT
        if any(one.asks for one in arrivals):
            return UnitState.RECEIVED
        return UnitState.ISSUED if issued else UnitState.NOT_ISSUED
    if any(part.errors for part in parts.values()):
        return UnitState.TO_MEND
    if any(part.queries for part in parts.values()) or any(one.asks for one in arrivals):
        return UnitState.TO_VERIFY
    return UnitState.PASSED


def _is_late(settings: Settings, version: Version | None, arrivals: Sequence[Version], today: date) -> bool:
    """Whether a unit's first report came too late, or has not come and the day is over."""
    if settings.due is None:
        return False
    if version is None:
        return today > settings.due
    first = next(one for one in arrivals if one.number)
    return datetime.fromisoformat(first.receipt.at).date() > settings.due


def _called(form: Form, section: str) -> str:
    """Return what people call the tables of a section together.

    >>> from tianbao.form.load import load_form
    >>> form = load_form("zfxxgk-2021")
    >>> [_called(form, section) for section in dict.fromkeys(table.section for table in form.tables)]
    ['表二', '表三', '表四']
    """
    names = [table.short for table in form.tables if table.section == section]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    shared = "".join(letters[0] for letters in alike).rstrip("（(")
    return shared if len(shared) > 1 else "、".join(names)
