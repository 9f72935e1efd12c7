"""Make what goes back to each unit: its workbook with what must be mended, or a receipt.

In:   a campaign.
Out:  correction workbooks and receipts in 3-退回, one for each version of a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import SENT_BACK
from tianbao.campaign.issuance import sign
from tianbao.campaign.issue import workbook_name
from tianbao.campaign.judge import judge
from tianbao.campaign.settings import Settings

if TYPE_CHECKING:
    from tianbao.campaign.state import Made
    from tianbao.reports.replies import Reply
    from tianbao.workbook.read import Progress


@dataclass(frozen=True, slots=True)
class Sent:
    """What was made for a unit.

    Attributes:
        turn: which time it is sent back; 0 for a receipt.
        errors: how many findings must be mended.
        queries: how many must be explained.
        is_new: it was not there.
    """

    unit: str
    file: str
    turn: int
    errors: int
    queries: int
    is_receipt: bool
    is_new: bool


def give_back(
    books: Books, units: Sequence[str], *, receipts: bool, today: date, progress: Progress | None
) -> tuple[Sent, ...]:  # fmt: skip
    """Make what goes back to some units; to all where none are named."""
    from tianbao.reports.correction import Letter
    from tianbao.reports.replies import make_replies

    found = judge(books)
    wanted = [
        unit
        for unit, findings in found.findings.items()
        if (not units or unit in units) and (receipts or any(finding.is_open for finding in findings))
    ]
    settings = books.settings
    letter = Letter(settings.issuer, due_day(settings, today), settings.contact)
    turns = {unit: _turn(books, unit, found.submissions[unit].sha256) for unit in wanted}
    replies = make_replies(
        [found.submissions[unit] for unit in wanted],
        [found.findings[unit] for unit in wanted],
        prior=books.prior.values(),
        letter=letter,
        issuance=lambda one: sign(
            books.state.secret,
            form=settings.form,
            year=settings.year,
            unit=one.unit.code if one.unit else "",
            turn=turns[one.unit.code if one.unit else ""],
        ),
    )
    sent = []
    batch = books.next_number
    for done, reply in enumerate(replies, start=1):
        assert reply.submission.unit is not None
        unit = reply.submission.unit.code
        findings = [one for one in found.findings[unit] if one.is_open and one.stands_alone]
        errors = sum(one.severity.value == "error" for one in findings)
        sent.append(_write(books, unit, reply, turns[unit], (errors, len(findings) - errors), batch))
        if progress:
            progress(done, len(wanted), sent[-1].file.rpartition("/")[2])
    return tuple(sent)


def due_day(settings: Settings, today: date) -> date | None:
    """Return the day by which a unit is to send its report again: none that is over.

    >>> settings = Settings("fire-safety", 2025, due=date(2026, 1, 20), late=date(2026, 1, 31))
    >>> [str(due_day(settings, date(2026, month, day))) for month, day in ((1, 20), (1, 21), (2, 1))]
    ['2026-01-20', '2026-01-31', 'None']
    """
    return next((day for day in (settings.due, settings.late) if day is not None and today <= day), None)


def _turn(books: Books, unit: str, workbook: str) -> int:
    """Return which time a version goes back; one that has gone back already goes with the same number."""
    made = _made_of(books, unit, workbook)
    return made.turn if made is not None else max(books.state.turns(unit), 1)


def _made_of(books: Books, unit: str, workbook: str, *, is_receipt: bool = False) -> Made | None:
    several = books.state.made.get(unit, ())
    return next((one for one in reversed(several) if one.of == workbook and one.is_receipt is is_receipt), None)


def _write(
    books: Books, unit: str, reply: Reply, turn: int, counts: tuple[int, int], batch: int
) -> Sent:  # fmt: skip
    """Write a reply into the folder, and write down that it was."""
    entry = books.entries[unit]
    mark, suffix = ("_回执", ".txt") if reply.is_receipt else (f"_退回{turn}", ".xlsx")
    file = workbook_name(books, entry, mark, suffix, SENT_BACK)
    of = reply.submission.sha256
    before = _made_of(books, unit, of, is_receipt=reply.is_receipt)
    file = before.file if before else file
    sha256 = hashlib.sha256(reply.data).hexdigest()
    books.folder.write(file, reply.data, known=books.state.written.get(file, ""))
    is_new = before is None or before.sha256 != sha256
    turn = 0 if reply.is_receipt else turn
    if is_new:
        one = {"unit": unit, "turn": turn, "file": file, "sha256": sha256, "of": of, "is_receipt": reply.is_receipt}
        with books.recording(batch=batch) as record:
            record(EventKind.SENT_BACK, {"workbooks": [{**one, "errors": counts[0], "queries": counts[1]}]})
    return Sent(unit, file, turn, *counts, reply.is_receipt, is_new)
