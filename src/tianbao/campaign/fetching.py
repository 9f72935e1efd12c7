"""Look through the mailbox, and take in what has to do with the campaign; the mailbox stays as it is.

    what is listed ── what was seen ──▶ fetched ──concerns us?──▶ 2-收件/原件, as any file that comes in
                                                      └─ no ──▶ left where it is, and named

In:   a campaign, and its mailbox.
Out:  what came in, what was left, how far it got.
Which mails were seen is known by mailbox, folder, UIDVALIDITY and UID; a mail that has come by another way, or under another
number, is known by its Message-ID and its content. Whatever ends it, what was taken in is taken in, and the rest comes with
the next run.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from tianbao.campaign import receive
from tianbao.campaign.books import Books
from tianbao.campaign.events import EventKind, Facts
from tianbao.campaign.folder import digest
from tianbao.campaign.mails import Came
from tianbao.campaign.senders import concerns
from tianbao.records.file_names import file_name

if TYPE_CHECKING:
    from tianbao.mail.account import Account
    from tianbao.mail.inbox import Listing
    from tianbao.workbook.read import Progress


class Mailbox(Protocol):
    """A mailbox that is only read."""

    def list(self, since: date | None = None) -> Listing:
        """Say which mails there are."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        """Yield mails; None for one that is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Left:
    """A mail that has nothing to do with the campaign, and was left in the mailbox."""

    uid: int
    sender: str
    subject: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look through the mailbox has brought.

    Attributes:
        listed: how many mails there are.
        seen: how many of them had been looked at before.
        taken: what was taken in.
        came: the mails among it, in order.
        left: those that have nothing to do with the campaign.
        gone: how many were gone when they were asked for.
    """

    listed: int
    seen: int
    taken: receive.Taken
    came: tuple[Came, ...]
    left: tuple[Left, ...]
    gone: int


class Spool:
    """The mails of one look through the mailbox, before they are taken in.

    They are fetched without holding the campaign: a mailbox can be slow.
    """

    def __init__(self, books: Books, account: Account, *, everything: bool) -> None:
        """Make room for them.

        Args:
            books: whose.
            account: whose mailbox it is.
            everything: take in what has nothing to do with the campaign, too.
        """
        self._books, self._account, self._everything = books, account, everything
        self._stack = ExitStack()
        self._home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tianbao-")))
        self._files: dict[int, Path] = {}
        self._looked: set[int] = set()
        self.left: list[Left] = []
        self.listing: Listing | None = None
        self.seen = 0
        self.gone = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def fetch(self, mailbox: Mailbox, *, since: date | None, progress: Progress | None) -> None:
        """Fetch what was not seen yet, over as many connections as it takes while each brings something.

        Raises:
            MailDroppedError: the connection was lost for good; what came before that is here.
        """
        from tianbao.mail.inbox import MailDroppedError

        total = 0
        while True:
            came = len(self._looked)
            try:
                wanted = self.wanted(mailbox, since=since)
                total = total or len(wanted)
                for uid, data in mailbox.fetch(wanted):
                    self._put(uid, data)
                    if progress:
                        progress(len(self._looked), total, f"#{uid}")
            except MailDroppedError:
                if len(self._looked) == came:
                    raise
                continue
            return

    def wanted(self, mailbox: Mailbox, *, since: date | None) -> Sequence[int]:
        """Say which mails were not seen yet."""
        listing = mailbox.list(since)
        if self.listing is not None and listing.uidvalidity != self.listing.uidvalidity:
            self._forget()
        self.listing = listing
        known = self._known(listing)
        wanted = [uid for uid in listing.uids if uid not in known]
        self.seen = len(listing.uids) - len(wanted)
        return [uid for uid in wanted if uid not in self._looked]

    def _known(self, listing: Listing) -> frozenset[int]:
        box = (self._account.address, listing.folder, listing.uidvalidity)
        post = self._books.state.post
        taken = post.taken.get(box, frozenset())
        return taken if self._everything else taken | post.passed_over.get(box, frozenset())

    def _forget(self) -> None:
        """Begin anew: the numbers of the mails mean others now."""
        shutil.rmtree(self._home)
        self._home.mkdir()
        self._files.clear()
        self._looked.clear()
        self.left.clear()
        self.gone = 0

    def _put(self, uid: int, data: bytes | None) -> None:
        """Keep a mail for now, unless it is gone or has nothing to do with the campaign."""
        from tianbao.mail.incoming import read_incoming

        self._looked.add(uid)
        if data is None:
            self.gone += 1
            return
        mail = read_incoming(data)
        facts = receive.facts_of(mail)
        is_own = self._books.state.post.by_id([mail.message_id]) is not None
        if is_own or not (self._everything or concerns(self._books.state, facts) or _holds_workbook(data)):
            self.left.append(Left(uid, mail.sender, mail.subject))
            return
        home = self._home / f"{uid:08d}"
        home.mkdir()
        self._files[uid] = home / file_name(mail.subject or f"{uid}", ".eml")
        self._files[uid].write_bytes(data)

    @property
    def files(self) -> Sequence[Path]:
        """What is to be taken in, in the order of the mailbox."""
        return [self._files[uid] for uid in sorted(self._files)]

    def facts(self) -> Facts:
        """Write down what was looked at."""
        assert self.listing is not None
        mails: list[list[object]] = [[one.uid, ""] for one in self.left]
        originals = {receive.identity(one.facts): one.original for one in self._books.state.post.came}
        come = {receipt.original for receipt in self._books.state.receipts}
        for uid, path in sorted(self._files.items()):
            sha256 = digest(path)
            mail = receive.mail_facts(path)
            if sha256 not in come and mail is not None:
                sha256 = originals.get(receive.identity(mail), sha256)
            mails.append([uid, sha256])
        return {
            "address": self._account.address,
            "folder": self.listing.folder,
            "uidvalidity": self.listing.uidvalidity,
            "mails": mails,
        }


def take_in(books: Books, spool: Spool, *, jobs: int | None, progress: Progress | None) -> Fetched:
    """Take in what was fetched, and write down what was looked at; the campaign is held."""
    before = {one.original for one in books.state.post.came}
    taken = receive.receive(books, spool.files, passwords=(), jobs=jobs, progress=progress)
    facts = spool.facts()
    if facts["mails"]:
        with books.recording(batch=taken.batch) as record:
            record(EventKind.FETCHED, facts)
    came = tuple(one for one in books.state.post.came if one.original not in before)
    assert spool.listing is not None
    return Fetched(len(spool.listing.uids), spool.seen, taken, came, tuple(spool.left), spool.gone)


#: How the files begin in which a workbook may lie, and how their names end.
_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")
_ENDINGS = (".xlsx", ".xls", ".et", ".ett", ".ods", ".xlsm", ".xlsb", ".zip", ".rar", ".7z", ".eml")


def _holds_workbook(data: bytes) -> bool:
    """Whether something is attached in which a workbook may lie."""
    from tianbao.workbook.mail import MailError, attachments

    try:
        return any(
            name.lower().endswith(_ENDINGS) or content.startswith(_BEGINNINGS) for name, content in attachments(data)
        )
    except MailError:
        return True
