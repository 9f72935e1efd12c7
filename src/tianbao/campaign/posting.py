"""Send what lies in the outbox: each mail once, or it is known that nobody knows.

    staged ──is it still true?──▶ handed over: an event before, an event after ──▶ pause ──▶ the next

In:   a campaign, and who carries mails to the server.
Out:  what the server said to each.
The campaign is held while one mail is handed over, and free in the pauses: others may work in it meanwhile.
"""

from __future__ import annotations

import hashlib
import random
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

from tianbao import messages
from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind, Facts
from tianbao.campaign.folder import HeldError
from tianbao.campaign.mails import Mail, MailState
from tianbao.campaign.versions import Standing
from tianbao.errors import TianbaoError
from tianbao.mail.letters import Purpose

if TYPE_CHECKING:
    from tianbao.mail.account import Account
    from tianbao.mail.outbox import Answer
    from tianbao.workbook.read import Progress

#: So often, and so many seconds apart, a folder is tried that somebody else holds.
_TRIES, _APART = 20, 3.0
#: The pause between two mails is up to so much longer or shorter, as a person's would be.
_JITTER = 0.25
_OUT = frozenset((MailState.HANDED_OVER, MailState.UNCERTAIN, MailState.BOUNCED))
_DATE = re.compile(rb"^Date: [^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", re.MULTILINE)


class AlteredMailError(TianbaoError):
    """A mail in the outbox is not the one that was written."""

    code: ClassVar[str] = "U-OUTBOX-ALTERED"


class OtherHostError(TianbaoError):
    """The mails were written on another computer, which may have sent them."""

    code: ClassVar[str] = "U-OUTBOX-HOST"


class UnknownMailError(TianbaoError):
    """There is no mail of that number."""

    code: ClassVar[str] = "U-OUTBOX-MAIL"


class MailStateError(TianbaoError):
    """That cannot be said of a mail in its state."""

    code: ClassVar[str] = "U-OUTBOX-STATE"


class Courier(Protocol):
    """Carries mails to the server."""

    def send(self, sender: str, recipient: str, data: bytes, *, committing: Callable[[], None]) -> Answer:
        """Hand a mail over; `committing` is called before its content goes."""
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a mail.

    Attributes:
        mail: as it was before.
        answer: what the server said; None where the mail was not sent, for `because`.
        because: why it was taken out of the outbox.
    """

    mail: Mail
    answer: Answer | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of a run.

    Attributes:
        posted: what became of each mail that was tried.
        left: how many still wait.
        stopped: the advice of the server's answer that stopped the run; empty where none did.
        full: as many were sent as may be sent in a day.
    """

    posted: tuple[Posted, ...]
    left: int
    stopped: str
    full: bool


def send_staged(
    books: Books,
    courier: Courier,
    account: Account,
    *,
    here: bool,
    limit: int | None,
    every: float,
    pause: Callable[[float], None],
    progress: Progress | None,
) -> Sending:
    """Send what waits in the outbox, one after the other.

    Args:
        books: whose.
        courier: carries them.
        account: from which they go.
        here: the office knows that the computer on which they were written has not sent them.
        limit: at most so many.
        every: seconds from one to the next.
        pause: waits.
        progress: is told of each.
    """
    judge_host(books, here=here)
    posted: list[Posted] = []
    tried: set[int] = set()
    batch: int | None = None
    total = min(limit or len(waiting(books)), len(waiting(books)))
    while True:
        sent = sum(one.answer is not None for one in posted)
        is_full = account.most is not None and _today(books) >= account.most
        stopped = _stops(posted[-1]) if posted else ""
        if stopped or is_full or (limit is not None and sent >= limit):
            break
        mail = next((one for one in waiting(books) if one.number not in tried), None)
        if mail is None:
            break
        if sent:
            pause(every * (1 + random.uniform(-_JITTER, _JITTER)))  # noqa: S311  no secret: a pause like a person's
        with _held(books, pause):
            batch = batch or books.next_number
            one = _post(books, courier, mail.number, batch)
        tried.add(mail.number)
        if one is not None:
            posted.append(one)
            if progress:
                progress(len(posted), max(total, len(posted)), books.entries[mail.unit].unit.name)
    return Sending(tuple(posted), len(waiting(books)), stopped, is_full)


def waiting(books: Books) -> list[Mail]:
    """Return the mails that wait in the outbox, the first first."""
    return [one for one in books.state.post.mails.values() if one.state is MailState.STAGED]


def judge_host(books: Books, *, here: bool) -> None:
    """Make sure that no copy of the folder on another computer may have sent what waits here.

    Raises:
        OtherHostError: it may.
    """
    hosts = {one.host for one in waiting(books)} - {socket.gethostname()}
    if hosts and not here:
        raise OtherHostError(host="、".join(sorted(hosts)))


def _stops(posted: Posted) -> str:
    """Return the advice where the server's answer is not about one mail but about all of them; nothing else."""
    answer = posted.answer
    return (answer.advice or "outbox.stopped") if answer is not None and answer.stops else ""


def _today(books: Books) -> int:
    """Count the mails that went out in the last 24 hours, or may have."""
    since = datetime.now().astimezone() - timedelta(days=1)
    times = (one.posted for one in books.state.post.mails.values() if one.state in _OUT)
    return sum(datetime.fromisoformat(at) >= since for at in times)


@contextmanager
def _held(books: Books, pause: Callable[[float], None]) -> Iterator[None]:
    """Hold the campaign for one mail; somebody who holds it longer is waited for."""
    with ExitStack() as stack:
        for left in range(_TRIES, -1, -1):
            try:
                stack.enter_context(books.changing("outbox send", needs_roster=False))
                break
            except HeldError:
                if not left:
                    raise
                pause(_APART)
        yield


def _post(books: Books, courier: Courier, number: int, batch: int) -> Posted | None:
    """Hand over a mail; None where somebody else has done so meanwhile."""
    mail = books.state.post.mails[number]
    if mail.state is not MailState.STAGED:
        return None
    if because := outdated(books, mail):
        with books.recording(batch=batch) as record:
            record(EventKind.SETTLED, {"mail": number, "fate": "withdrawn", "text": because})
        return Posted(mail, None, because)
    data = bytes_of(books, mail)

    def committing() -> None:
        with books.recording(batch=batch) as record:
            record(EventKind.POSTING, {"mail": number})

    from tianbao.mail.compose import envelope

    sender, recipient, _ = envelope(data)
    answer = courier.send(sender, recipient, dated(data), committing=committing)
    with books.recording(batch=batch) as record:
        record(EventKind.POSTED, _facts(number, answer))
    return Posted(mail, answer)


def _facts(number: int, answer: Answer) -> Facts:
    return {
        "mail": number,
        "fate": answer.fate.value,
        "status": answer.status,
        "text": answer.text,
        "advice": answer.advice,
    }


#: What the office may say of a mail, by where it stands.
_SETTLED = {
    MailState.STAGED: ("withdrawn",),
    MailState.UNCERTAIN: ("accepted", "deferred", "withdrawn"),
    MailState.REFUSED: ("deferred", "withdrawn"),
    MailState.BOUNCED: ("deferred", "withdrawn"),
}


def settle(books: Books, number: int, fate: str, note: str) -> Mail:
    """Write down what the office says became of a mail.

    Raises:
        UnknownMailError: there is none of that number, or that cannot be said of it.
    """
    mail = books.state.post.mails.get(number)
    if mail is None:
        raise UnknownMailError(mail=number)
    if fate not in _SETTLED.get(mail.state, ()):
        raise MailStateError(mail=number, state=messages.say(f"outbox.state.{mail.state.value}"))
    with books.recording() as record:
        record(EventKind.SETTLED, {"mail": number, "fate": fate, "text": note})
    return books.state.post.mails[number]


def bytes_of(books: Books, mail: Mail) -> bytes:
    """Return a mail as it was written.

    Raises:
        AlteredMailError: it lies there no more, or another one does.
    """
    path = books.folder / mail.kept
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != mail.sha256:
        raise AlteredMailError(path=mail.kept, mail=mail.number)
    return data


def dated(data: bytes, at: datetime | None = None) -> bytes:
    """Write the time at which it goes out into a mail, in the place of the one at which it was written."""
    from email.utils import format_datetime

    line = f"Date: {format_datetime(at or datetime.now().astimezone())}\r\n".encode()
    return _DATE.sub(line, data, count=1)


def outdated(books: Books, mail: Mail) -> str:
    """Say why a mail that waits should not go out any more; nothing where it should."""
    entry = books.entries.get(mail.unit)
    if entry is None or books.state.owes_nothing(entry):
        return messages.say("outbox.exempt")
    if entry.email.lower() != mail.to.lower():
        return messages.say("outbox.readdressed", to=mail.to)
    version = books.versions.counting(mail.unit)
    made = books.state.made.get(mail.unit, ())
    if mail.purpose == Purpose.ISSUE:
        issued = [one.sha256 for one in made if one.turn == 0 and not one.is_receipt]
        return "" if issued and issued[-1] == mail.attached else messages.say("outbox.reissued")
    if mail.purpose == Purpose.REMINDER:
        came = [one for one in books.versions.chains.get(mail.unit, ()) if one.standing is not Standing.REFUSED]
        return messages.say("outbox.came") if any(one.receipt.event > mail.event for one in came) else ""
    answered = next((one.of for one in reversed(made) if one.sha256 == mail.attached), "")
    return "" if version and version.returned.sha256 == answered else messages.say("outbox.newer")
