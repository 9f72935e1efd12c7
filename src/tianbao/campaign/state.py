"""Where a campaign stands: what follows from its events, without those that were taken back.

    events ──stand──▶ State

In:   events.
Out:  the roster, what was issued, what came in, what the office decided.
Knows nothing of files and figures. There is no other memory: whoever takes back an event has it never happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from tianbao.campaign.events import UNDOABLE, Event, EventKind, Facts
from tianbao.campaign.mails import Post, posts
from tianbao.campaign.roster import RosterEntry
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.merge.adjustment import Adjustment

#: So many characters of a time are its day.
_DAY = 10


class Made(NamedTuple):
    """A workbook or a receipt that was made for a unit.

    Attributes:
        event: the number of the event.
        turn: which time the unit got one; 0 is the first that was issued.
        file: below the campaign's folder.
        of: the SHA-256 of the workbook that it answers; empty for one that was issued.
        is_receipt: it is no workbook, but says that nothing is left to mend.
    """

    event: int
    at: str
    turn: int
    file: str
    sha256: str
    of: str = ""
    is_receipt: bool = False


class Receipt(NamedTuple):
    """A file that came in.

    Attributes:
        event: the number of the event; files are in the order of receipt by it.
        batch: of the command that brought it.
        original: its SHA-256.
        name: as it came, with the folders that it lay in.
        mail: what it is, where it is a mail.
    """

    event: int
    batch: int
    at: str
    by: str
    original: str
    name: str
    mail: Facts | None = None


class Claim(NamedTuple):
    """The office's word on a workbook: whose it is, and that it counts.

    Attributes:
        workbook: its SHA-256.
    """

    event: int
    at: str
    by: str
    workbook: str
    unit: str
    note: str


class Exemption(NamedTuple):
    """The office's word that a unit need not answer."""

    event: int
    at: str
    by: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The office's word on findings: on those that it saw, with the figures that it saw.

    Attributes:
        settles: by instance of the finding, a digest of its figures.
    """

    event: int
    by: str
    unit: str
    kind: DecisionKind
    note: str
    settles: Mapping[str, str]

    def decisions(self) -> Iterator[Decision]:
        """Yield it as the checks take it: a decision a finding."""
        for instance in self.settles:
            yield Decision(self.unit, instance, "", self.kind, self.note, self.by, at=f"#{self.event}")


@dataclass(frozen=True, slots=True)
class State:
    """Where a campaign stands.

    Attributes:
        created: the facts of its beginning: form, year, secret.
        roster: the units, in the office's order.
        prior: the file with last year's reports and its SHA-256; empty where there are none.
        made: what was made for each unit, by code, the first first.
        receipts: the files that came in, by order of receipt; of one that came in twice the first time.
        claims: the office's word on workbooks, the first first.
        decided: the office's word on findings, the first first.
        exemptions: by unit.
        adjustments: what the office booked to totals, the first first; `at` is the day on which it did.
        merged: the county's workbook that was made last, and a digest of what it hangs on; empty where there is none.
        rounded: the measure in which that workbook tells the totals, too; empty where in none but their own.
        written: by name, the SHA-256 of what was written there last.
        undone: the numbers of the events that were taken back.
        post: the mails, out and in.
    """

    created: Facts
    roster: tuple[RosterEntry, ...] = ()
    prior: tuple[str, ...] = ()
    made: Mapping[str, Sequence[Made]] = field(default_factory=dict)
    receipts: tuple[Receipt, ...] = ()
    claims: tuple[Claim, ...] = ()
    decided: tuple[Decided, ...] = ()
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
    adjustments: tuple[Adjustment, ...] = ()
    merged: tuple[str, ...] = ()
    rounded: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    undone: frozenset[int] = frozenset()
    post: Post = field(default_factory=Post)

    @property
    def secret(self) -> str:
        """What the campaign signs its workbooks with."""
        return str(self.created["secret"])

    @property
    def entries(self) -> Mapping[str, RosterEntry]:
        """The units by code."""
        return {entry.unit.code: entry for entry in self.roster}

    def owes_nothing(self, entry: RosterEntry) -> bool:
        """Whether a unit need not answer: by the roster, or by what the office said later."""
        return entry.exempt or bool(entry.merged_into) or entry.unit.code in self.exemptions

    def turns(self, unit: str) -> int:
        """Return how many workbooks were made for a unit."""
        return 1 + max((made.turn for made in self.made.get(unit, ()) if not made.is_receipt), default=-1)


def stand(events: Sequence[Event]) -> State:
    """Return where a campaign stands after these events."""
    undone = _undone(events)
    standing = [event for event in events if event.number not in undone]
    made: dict[str, list[Made]] = {}
    receipts: dict[str, Receipt] = {}
    claims: list[Claim] = []
    decided: list[Decided] = []
    exemptions: dict[str, Exemption] = {}
    adjustments: list[Adjustment] = []
    written: dict[str, str] = {}
    roster: tuple[RosterEntry, ...] = ()
    prior: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    rounded = ""
    for event in standing:
        facts = event.facts
        match event.kind:
            case EventKind.ROSTER:
                roster = tuple(RosterEntry.from_document(entry) for entry in facts["entries"])
            case EventKind.PRIOR:
                prior = (facts["file"], facts["sha256"])
            case EventKind.ISSUED | EventKind.SENT_BACK:
                for one in facts["workbooks"]:
                    made.setdefault(one["unit"], []).append(_made(event, one))
                    written[one["file"]] = one["sha256"]
            case EventKind.RECEIVED:
                receipt = Receipt(
                    event.number, event.batch, event.at, event.by, facts["original"], facts["name"], facts.get("mail")
                )
                receipts.setdefault(receipt.original, receipt)
            case EventKind.CLAIMED:
                claims.append(Claim(event.number, event.at, event.by, facts["workbook"], facts["unit"], facts["note"]))
            case EventKind.DECIDED:
                decided.append(_decided(event))
            case EventKind.EXEMPTED:
                exemptions[facts["unit"]] = Exemption(event.number, event.at, event.by, facts["unit"], facts["note"])
            case EventKind.ADJUSTED:
                adjustments.append(_adjusted(event))
            case EventKind.MERGED:
                written[facts["file"]] = facts["sha256"]
                if "basis" in facts:  # else it is what was made of the totals for the next level
                    merged, rounded = (facts["file"], facts["basis"]), facts.get("rounded", "")
            case EventKind.PUBLISHED:
                written |= {one["file"]: one["sha256"] for one in facts["reports"]}
            case EventKind.STAGED:
                written |= {one["kept"]: one["sha256"] for one in facts["mails"]}
            case EventKind.CREATED | EventKind.UNDONE | EventKind.REBUILT:
                pass
            case EventKind.POSTING | EventKind.POSTED | EventKind.SETTLED | EventKind.FETCHED:
                pass  # what they say of mails is in `post`
    return State(
        created=events[0].facts,
        roster=roster,
        prior=prior,
        made=made,
        receipts=tuple(receipts.values()),
        claims=tuple(claims),
        decided=tuple(decided),
        exemptions=exemptions,
        adjustments=tuple(adjustments),
        merged=merged,
        rounded=rounded,
        written=written,
        undone=undone,
        post=posts(events, undone),
    )


def last_undoable(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events of the last command that can still be taken back; none where there is none."""
    undone = _undone(events)
    open_ones = [event for event in events if event.kind in UNDOABLE and event.number not in undone]
    return tuple(event for event in open_ones if event.batch == open_ones[-1].batch) if open_ones else ()


def _undone(events: Iterable[Event]) -> frozenset[int]:
    return frozenset(number for e in events if e.kind is EventKind.UNDONE for number in e.facts["events"])


def _made(event: Event, one: Facts) -> Made:
    return Made(
        event.number,
        event.at,
        one["turn"],
        one["file"],
        one["sha256"],
        one.get("of", ""),
        is_receipt=one.get("is_receipt", False),
    )


def _decided(event: Event) -> Decided:
    facts = event.facts
    kind = DecisionKind(facts["kind"])
    return Decided(event.number, event.by, facts["unit"], kind, facts["note"], facts["settles"])


def _adjusted(event: Event) -> Adjustment:
    """Take a booking back as it was: a count is whole, an amount has the decimals that were written."""
    facts = event.facts
    amount = Decimal(facts["amount"])
    whole = int(amount) if amount == amount.to_integral_value() and "." not in facts["amount"] else amount
    return Adjustment(facts["key"], whole, facts["note"], by=event.by, at=event.at[:_DAY])
