"""The journal: every event once more, a line each, in a plain file beside the ledger.

    ledger ──append──▶ journal.jsonl ──read──▶ events, from which a lost ledger is made again

In:   the events of the ledger; the file.
Out:  the file, with all of them; what is wrong with it.
The ledger comes first: an event is written here after it has been committed there. What is missing at the end, because
the power went, is added at the next start; a line that says something else than the ledger is history that was altered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from tianbao.campaign.events import Event, from_line
from tianbao.campaign.folder import JOURNAL, Folder
from tianbao.errors import TianbaoError


class HistoryError(TianbaoError):
    """Ledger and journal tell two histories."""

    code: ClassVar[str] = "U-HISTORY"


class LedgerBehindError(TianbaoError):
    """The journal knows of events that the ledger does not have."""

    code: ClassVar[str] = "U-LEDGER-BEHIND"


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal as it was read.

    Attributes:
        events: its whole lines, up to the first that is none.
        size: bytes of these lines.
        torn: whether something stands behind them.
    """

    events: tuple[Event, ...]
    size: int
    torn: bool


def read_journal(folder: Folder) -> Journal:
    """Read the journal; one that is not there has no events."""
    try:
        data = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        data = b""
    events: list[Event] = []
    size = 0
    for line in data.splitlines(keepends=True):
        try:
            if not line.endswith(b"\n"):
                break
            events.append(from_line(line.decode()))
        except ValueError:
            break
        size += len(line)
    return Journal(tuple(events), size, torn=size < len(data))


def differs_at(journal: Sequence[Event], ledger: Sequence[Event]) -> int | None:
    """Return the number of the first event of which the two say something else; None where one begins like the other."""
    pairs = zip(journal, ledger, strict=False)
    return next((ours.number for theirs, ours in pairs if theirs != ours), None)


def catch_up(folder: Folder, ledger: Sequence[Event]) -> Journal:
    """Add to the journal what the ledger has and it has not.

    Raises:
        HistoryError: the two tell different histories.
        LedgerBehindError: the ledger lacks what the journal has.
        FolderWriteError: it cannot be written.
    """
    journal = read_journal(folder)
    if (number := differs_at(journal.events, ledger)) is not None:
        raise HistoryError(number=number)
    if len(journal.events) > len(ledger):
        raise LedgerBehindError(count=len(journal.events) - len(ledger))
    if journal.torn or len(journal.events) < len(ledger):
        return append(folder, journal, ledger[len(journal.events) :])
    return journal


def append(folder: Folder, journal: Journal, events: Sequence[Event]) -> Journal:
    """Add events behind the whole lines of the journal."""
    text = "".join(f"{event.to_line()}\n" for event in events)
    folder.append(JOURNAL, text, at=journal.size)
    return Journal((*journal.events, *events), journal.size + len(text.encode()), torn=False)
