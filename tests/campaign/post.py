"""The mail of a county office in a test: an account, a server that writes down what it was given, a mailbox of mails.

For what only the campaign decides; real servers are in `tests/mail`.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.campaign.office import begin
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import SETTINGS
from tianbao.campaign.posting import Sending
from tianbao.mail.inbox import Listing
from tianbao.mail.outbox import Answer, Fate

ADDRESS = "office@example.org"

#: The account as an office writes it, without what is commented out in the example.
TABLE = f"""
[mail]
preset = "custom"
address = "{ADDRESS}"
smtp = "smtp.example.org"
imap = "imap.example.org"
"""

ACCEPTED = Answer(Fate.ACCEPTED, 250, "OK")
REFUSED = Answer(Fate.REFUSED, 550, "User not found")
DEFERRED = Answer(Fate.DEFERRED, 450, "try later")
UNCERTAIN = Answer(Fate.UNCERTAIN, None, "the connection was lost")
TOO_MANY = Answer(Fate.DEFERRED, 421, "too many", stops=True)


def begin_with_mail(folder: Path, units: int = 3, *, table: str = TABLE, **settings: object) -> Campaign:
    """Begin a campaign whose office has a mail account, with a workbook for each unit."""
    begin(folder, units, **settings).close()
    append_account(folder, table)
    campaign = Campaign(folder)
    campaign.issue()
    return campaign


def append_account(folder: Path, table: str = TABLE) -> None:
    """Write the account into the settings of a campaign, as the office does."""
    path = folder / SETTINGS
    path.write_text(path.read_text(encoding="utf-8") + table, encoding="utf-8")


class Server:
    """Takes mails, and answers as it was told.

    Attributes:
        took: what it has taken: to whom, and the mail.
        answers: what it says to the mail to an address; to all others that it has taken them.
    """

    def __init__(self, **answers: Answer) -> None:
        self.took: list[tuple[str, bytes]] = []
        self.asked: list[str] = []
        self.answers: Mapping[str, Answer] = {f"{name}@example.org": answer for name, answer in answers.items()}

    def send(self, sender: str, recipient: str, data: bytes, *, committing: Callable[[], None]) -> Answer:
        """Take a mail, or not."""
        assert sender == ADDRESS
        self.asked.append(recipient)
        answer = self.answers.get(recipient, ACCEPTED)
        if answer.fate in (Fate.ACCEPTED, Fate.UNCERTAIN):
            committing()
        if answer.fate is Fate.ACCEPTED:
            self.took.append((recipient, data))
        return answer

    @property
    def recipients(self) -> list[str]:
        """Who got a mail, in order."""
        return [recipient for recipient, _ in self.took]


class Box:
    """A mailbox.

    Attributes:
        mails: what lies in it, by UID; None for one that is deleted as soon as it is asked for.
        fetched: the UIDs that were asked for.
    """

    def __init__(self, *mails: bytes | None, uidvalidity: int = 1, first: int = 1) -> None:
        self.mails: dict[int, bytes | None] = dict(enumerate(mails, start=first))
        self.uidvalidity = uidvalidity
        self.fetched: list[int] = []

    def list(self, since: date | None = None) -> Listing:
        """Say what lies in it."""
        del since
        return Listing("INBOX", self.uidvalidity, tuple(sorted(self.mails)))

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        """Give mails."""
        for uid in uids:
            self.fetched.append(uid)
            yield uid, self.mails[uid]


def send_all(campaign: Campaign, server: Server, **options: Any) -> Sending:
    """Send what waits, without a pause."""
    return campaign.post(server, pause=lambda _: None, **options)


def letter(
    *attached: tuple[str, bytes],
    unit: int = 1,
    sender: str = "",
    subject: str = "回复：报表",
    answers: str = "",
    text: str = "附件是报表。",
    is_automatic: bool = False,
) -> bytes:
    """Write a mail as a unit would; the same words are the same mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender or f"unit{unit}@example.org", ADDRESS, subject
    mail["Date"] = "Mon, 12 Jan 2026 09:30:00 +0800"
    holds = repr((attached, unit, sender, subject, answers, text)).encode()
    mail["Message-ID"] = f"<{hashlib.sha256(holds).hexdigest()[:16]}@example.org>"
    if answers:
        mail["In-Reply-To"] = answers
    if is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(text)
    for called, data in attached:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=called)
    if mail.is_multipart():
        mail.set_boundary("=_letter")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


def read(data: bytes) -> EmailMessage:
    """Read a mail as any program does."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
