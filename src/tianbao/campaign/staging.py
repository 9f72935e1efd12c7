"""Write the mails that are to go out, and keep them in the outbox; nothing is sent here.

    wishes ──what is there already, what is in the way──▶ mails, each a file ──▶ one event

In:   a campaign, and what there is reason to write.
Out:  the mails that were written; what was in the way of others, and what to do.
The mail that lies in the outbox is the one that goes out, but for its date.
"""

from __future__ import annotations

import hashlib
import socket
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind
from tianbao.campaign.folder import LETTERS, MAILS, digest, now
from tianbao.campaign.letters import Wish
from tianbao.campaign.mail_code import message_id, subject_code
from tianbao.campaign.mails import ON_ITS_WAY, Mail, MailState
from tianbao.campaign.roster import RosterEntry
from tianbao.errors import TianbaoError
from tianbao.mail.letters import Purpose
from tianbao.messages import Language

if TYPE_CHECKING:
    from tianbao.mail.account import Account
    from tianbao.workbook.read import Progress


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a letter was not written.

    Attributes:
        code: of the sentence.
    """

    code: str
    entry: RosterEntry
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and what to do."""
        return f"{messages.say(self.code, lang, **self.params)} {messages.hint(self.code, lang, **self.params)}".strip()


@dataclass(frozen=True, slots=True)
class Staged:
    """What was written.

    Attributes:
        mails: the new ones.
        there: how many lie in the outbox, or have gone out, already.
        problems: why others were not written, in the office's order.
    """

    mails: tuple[Mail, ...]
    there: int
    problems: tuple[Problem, ...]


def stage(
    books: Books,
    wishes: Iterable[Wish],
    account: Account,
    *,
    named: Sequence[str] = (),
    again: bool = False,
    write: bool = True,
    lang: Language = "zh",
    progress: Progress | None = None,
) -> Staged:
    """Write the mails that are wished for and not there yet.

    Args:
        books: whose.
        wishes: what there is reason to write.
        account: from which it will go out.
        named: units that were named one by one: the office means them, though they share an address.
        again: write those, too, that have gone out, or may have.
        write: keep them in the outbox; else it is only said what would be written.
        lang: of the letters.
        progress: is told of each.
    """
    shared = Counter(e.email.lower() for e in books.state.roster if e.email and not books.state.owes_nothing(e))
    writer = _Writer(books, account, lang)
    several, there = list(wishes), 0
    problems: list[Problem] = []
    withdrawn: list[Mail] = []
    for done, wish in enumerate(several, start=1):
        before = _before(books, wish, now()[:10])
        problem = _in_the_way(books, wish, before, again=again, is_shared=shared[wish.entry.email.lower()] > 1)
        if problem is not None and not (problem.code == "U-SEND-SHARED" and wish.entry.unit.code in named):
            problems.append(problem)
            continue
        waiting = [one for one in before if one.state is MailState.STAGED]
        if [one for one in before if one.state in ON_ITS_WAY] and not again and not _readdressed(waiting, wish):
            there += 1
            continue
        try:
            writer.write(wish)
        except TianbaoError as error:
            if error.code not in _OF_ONE:
                raise
            problems.append(Problem(error.code, wish.entry, error.params))
            continue
        withdrawn += waiting
        if progress:
            progress(done, len(several), wish.entry.unit.name)
    if write:
        writer.keep(withdrawn)
    return Staged(tuple(mail for mail, _ in writer.mails), there, tuple(problems))


#: What is wrong with one mail, and not with all: told with the unit, and the others are written.
_OF_ONE = ("U-ADDRESS", "U-MAIL-SIZE")


def _before(books: Books, wish: Wish, today: str) -> Sequence[Mail]:
    """Return the mails to a unit that say the same: of the same workbook; before a reminder, any of today, or that waits."""
    mails = books.state.post.of(wish.entry.unit.code)
    if wish.purpose is Purpose.REMINDER:
        return [one for one in mails if one.at[:10] == today or one.state is MailState.STAGED]
    return [one for one in mails if one.purpose == wish.purpose and one.attached == wish.sha256]


def _readdressed(waiting: Sequence[Mail], wish: Wish) -> bool:
    """Whether a mail that waits would go to an address that is no longer the unit's."""
    return bool(waiting) and all(one.to.lower() != wish.entry.email.lower() for one in waiting)


def _in_the_way(
    books: Books, wish: Wish, before: Sequence[Mail], *, again: bool, is_shared: bool
) -> Problem | None:  # fmt: skip
    """Say why a letter cannot be written; None where it can."""
    entry = wish.entry
    if not entry.email:
        return Problem("U-SEND-ADDRESS", entry)
    if not wish.attached:
        return Problem("U-SEND-NOT-ISSUED", entry)
    path = books.folder / wish.attached
    if not path.is_file():
        return Problem("U-SEND-GONE", entry, {"file": wish.attached})
    if digest(path) != wish.sha256:
        return Problem("U-SEND-CHANGED", entry, {"file": wish.attached})
    failed = [one for one in before if one.state in (MailState.REFUSED, MailState.BOUNCED)]
    if not again:
        uncertain = next((one for one in before if one.state is MailState.UNCERTAIN), None)
        if uncertain is not None:
            return Problem(
                "U-SEND-UNCERTAIN", entry, {"mail": uncertain.number, "at": uncertain.posted[:16].replace("T", " ")}
            )
        is_out = any(one.state in ON_ITS_WAY for one in before)
        if failed and not is_out and failed[-1].to.lower() == entry.email.lower():
            return Problem("U-SEND-FAILED", entry, {"to": failed[-1].to, "answer": failed[-1].answer})
    is_out = any(one.state in ON_ITS_WAY for one in before)
    return Problem("U-SEND-SHARED", entry, {"to": entry.email}) if is_shared and (again or not is_out) else None


def mail_to_oneself(books: Books, account: Account) -> bytes:
    """Write the mail by which the office sees that its mail works: with a workbook that has a Chinese name."""
    from tianbao.campaign.issue import roster_file
    from tianbao.mail.compose import Address, Attachment, Draft, compose
    from tianbao.mail.letters import write_letter

    settings, at = books.settings, datetime.now().astimezone()
    name = messages.say("outbox.check.file", "zh", year=settings.year)
    facts = {
        "year": str(settings.year),
        "form": books.form.title,
        "issuer": settings.issuer,
        "county": settings.county,
        "contact": settings.contact,
        "file": name,
        "address": account.address,
    }
    own = books.folder / LETTERS
    letter = write_letter(Purpose.CHECK, facts, own=own if own.is_dir() else None, lang=account.language)
    oneself = Address(account.name or settings.issuer, account.address)
    called = message_id(books.state.secret, 0, at.isoformat(), address=account.address)
    attached = Attachment(name, roster_file((), settings))
    return compose(Draft(oneself, oneself, letter.subject, letter.text, (attached,), called, at))


class _Writer:
    """Writes mails one after the other, and keeps them together."""

    def __init__(self, books: Books, account: Account, lang: Language) -> None:
        self.books, self.account, self.lang = books, account, lang
        #: It gets the date on which it goes out; until then the same mail has the same bytes, whenever it is written.
        self.at = datetime.fromisoformat(books.events[0].at)
        self.mails: list[tuple[Mail, bytes]] = []
        own = books.folder / LETTERS
        self.own = own if own.is_dir() else None

    def write(self, wish: Wish) -> None:
        """Write a mail."""
        from tianbao.mail.compose import Address, Attachment, Draft, compose
        from tianbao.mail.letters import write_letter

        books, unit = self.books, wish.entry.unit
        letter = write_letter(wish.purpose, wish.facts, own=self.own, lang=self.lang)
        number = books.state.post.next_number + len(self.mails)
        secret, address = books.state.secret, self.account.address
        holds = (unit.code, wish.purpose.value, wish.entry.email, wish.sha256, letter.subject, letter.text)
        called = message_id(secret, number, *holds, address=address)
        code = subject_code(secret, year=books.settings.year, unit=unit.code)
        data = compose(
            Draft(
                sender=Address(self.account.name or books.settings.issuer, address),
                to=Address(unit.name, wish.entry.email),
                subject=letter.subject,
                text=letter.text,
                attachments=(
                    Attachment(wish.attached.rpartition("/")[2], (books.folder / wish.attached).read_bytes()),
                ),
                message_id=called,
                date=self.at,
                code=code,
                answers=wish.answers,
            )
        )
        mail = Mail(
            number=number,
            event=books.next_number,
            at=now(),
            unit=unit.code,
            purpose=wish.purpose.value,
            to=wish.entry.email,
            subject=f"{letter.subject} [{code}]",
            message_id=called,
            attached=wish.sha256,
            file=wish.attached,
            kept=f"{MAILS}/{number:04d}.eml",
            sha256=hashlib.sha256(data).hexdigest(),
            host=socket.gethostname(),
        )
        self.mails.append((mail, data))

    def keep(self, withdrawn: Sequence[Mail]) -> None:
        """Keep all of them in the outbox, or none; those in whose place they come are taken out of it."""
        books = self.books
        for mail, data in self.mails:
            books.folder.write(mail.kept, data, known=books.state.written.get(mail.kept, ""))
        if self.mails:
            with books.recording() as record:
                record(EventKind.STAGED, {"mails": [mail.facts() for mail, _ in self.mails]})
                for mail in withdrawn:
                    text = messages.say("outbox.replaced", self.lang)
                    record(EventKind.SETTLED, {"mail": mail.number, "fate": "withdrawn", "text": text})
