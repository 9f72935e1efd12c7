"""What has happened in a campaign, one event after the other; each carries the digest of all before it.

    who, when, what, the facts ──digest──▶ Event ──to_line──▶ a line of the journal
                        └── the digest of the event before ┘

In:   what was done.
Out:  events that cannot be altered, left out or put in another order without its being seen.
Knows nothing of files and tables. Everything that cannot be read again from the files that came in stands here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What can happen.

    CREATED: the campaign was begun.
    ROSTER: the office's list of units was taken over, at first or changed.
    PRIOR: last year's reports were taken over.
    ISSUED: workbooks were made for units.
    RECEIVED: a file came in.
    CLAIMED: the office said whose a workbook is, or that it is the one that counts.
    DECIDED: the office accepted an explanation or waived a check.
    EXEMPTED: the office exempted a unit.
    ADJUSTED: the office booked an amount to a total.
    SENT_BACK: correction workbooks or receipts were made.
    MERGED: the county's workbook was made.
    PUBLISHED: reports to be published were written.
    STAGED: mails were written, and wait in the outbox.
    POSTING: a mail is being handed to the server; nobody knows yet whether it was taken.
    POSTED: what the server said to it.
    SETTLED: the office said what became of a mail of which nobody knew, or took one out of the outbox.
    FETCHED: the mailbox was looked through.
    UNDONE: earlier events were taken back.
    REBUILT: the ledger was made anew from the journal and the originals.
    """

    CREATED = "created"
    ROSTER = "roster"
    PRIOR = "prior"
    ISSUED = "issued"
    RECEIVED = "received"
    CLAIMED = "claimed"
    DECIDED = "decided"
    EXEMPTED = "exempted"
    ADJUSTED = "adjusted"
    SENT_BACK = "sent_back"
    MERGED = "merged"
    PUBLISHED = "published"
    STAGED = "staged"
    POSTING = "posting"
    POSTED = "posted"
    SETTLED = "settled"
    FETCHED = "fetched"
    UNDONE = "undone"
    REBUILT = "rebuilt"


#: What `undo` takes back; a workbook that has gone out has gone out.
UNDOABLE = frozenset((EventKind.RECEIVED, EventKind.CLAIMED, EventKind.DECIDED, EventKind.EXEMPTED, EventKind.ADJUSTED))

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        number: its place among all events, from 1.
        batch: the number of the first event of the same command; they are taken back together.
        at: when, by this machine's clock, with its time zone; only shown, nothing is put in order by it.
        by: who, by the name of the machine's user.
        digest: of this event and the digest of the one before.
    """

    number: int
    batch: int
    at: str
    by: str
    kind: EventKind
    facts: Facts
    digest: str

    def to_line(self) -> str:
        """Write it as a line of the journal."""
        return _written({**_body(self), "digest": self.digest})

    def follows(self, before: str) -> bool:
        """Whether its digest is that of an event behind one with this digest."""
        return self.digest == _digest(self, before)


def made(
    before: str, *, number: int, batch: int, at: str, by: str, kind: EventKind, facts: Facts
) -> Event:  # fmt: skip
    """Make an event that comes after the one with this digest (empty: it is the first)."""
    event = Event(number, batch, at, by, kind, facts, "")
    return Event(number, batch, at, by, kind, facts, _digest(event, before))


def from_line(line: str) -> Event:
    """Read a line of the journal.

    Raises:
        ValueError: it is none.
    """
    try:
        read = json.loads(line)
        return Event(
            read["number"],
            read["batch"],
            read["at"],
            read["by"],
            EventKind(read["kind"]),
            read["facts"],
            read["digest"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(line) from error


def first_broken(events: Iterable[Event]) -> int | None:
    """Return the number of the first event that does not follow from those before it; None where all do.

    >>> one = made("", number=1, batch=1, at="", by="李", kind=EventKind.CREATED, facts={})
    >>> two = made(one.digest, number=2, batch=2, at="", by="李", kind=EventKind.ROSTER, facts={"entries": []})
    >>> from dataclasses import replace
    >>> first_broken([one, two]), first_broken([one, replace(two, by="王")]), first_broken([two])
    (None, 2, 2)
    """
    before, expected = "", 1
    for event in events:
        if event.number != expected or not event.follows(before):
            return event.number
        before, expected = event.digest, expected + 1
    return None


def _body(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "batch": event.batch,
        "at": event.at,
        "by": event.by,
        "kind": event.kind.value,
        "facts": event.facts,
    }


def _digest(event: Event, before: str) -> str:
    return hashlib.sha256(f"{before}\n{_written(_body(event))}".encode()).hexdigest()


def _written(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
