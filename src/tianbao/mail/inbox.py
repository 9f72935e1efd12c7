"""A mailbox on its server, looked into and left as it was.

    IMAP ──list──▶ which mails there are        their numbers ──fetch──▶ their bytes, as the server has them

In:   an account and its secret.
Out:  numbers that hold as long as UIDVALIDITY does, and the mails.
Knows nothing of what is in a mail, and of what was fetched before. The only door to imap-tools. A folder is opened to be
read only (EXAMINE) and mails are taken with PEEK: nothing is marked, moved or deleted, whatever happens.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self

from tianbao import __version__, messages
from tianbao.mail.account import Account, Security
from tianbao.mail.connection import (
    MailError,
    needing,
    no_entry,
    one_line,
    trouble,
    trusted,
    unreachable,
    unsafe,
    without_full_stop,
)
from tianbao.mail.password import Secret

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

#: Where nothing can be opened before the client has said what it is; they do not always announce it.
_WANT_A_NAME = frozenset({"163", "126", "qiye163"})
_ID = f'("name" "tianbao" "version" "{__version__}")'

#: What imaplib says by itself where the server has gone without a word.
_NO_FAREWELL = ("socket error", "unexpected response", "unterminated line")


class MailDroppedError(MailError):
    """The connection was lost on the way; what had come is whole."""

    code: ClassVar[str] = "U-MAIL-DROPPED"


class MailFolderError(MailError):
    """There is no such folder in the mailbox."""

    code: ClassVar[str] = "U-MAIL-FOLDER"


class MailServerError(MailError):
    """The server does not do what it was asked to."""

    code: ClassVar[str] = "U-MAIL-SERVER"


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder.

    Attributes:
        folder: its name.
        uidvalidity: as long as it is the same, a number means the same mail; 0 where the server does not say.
        uids: the numbers of the mails, in order.
    """

    folder: str
    uidvalidity: int
    uids: tuple[int, ...]


class Inbox:
    """A connection for reading, made when it is needed.

    Usage: `with Inbox(account, secret) as inbox: inbox.fetch(inbox.list().uids)`.
    """

    def __init__(self, account: Account, secret: Secret, *, timeout: float = 60.0) -> None:
        self._account = account
        self._secret = secret
        self._timeout = timeout
        self._box: BaseMailBox | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Connect and log in, if that is still to be done; no folder is opened.

        Raises:
            MailConnectError: there is no way to the server.
            MailTlsError: there is none that is safe.
            MailLoginError: it does not let this account in.
        """
        if self._box is None:
            self._box = self._logged_in()

    def list(self, since: date | None = None) -> Listing:
        """List the mails of the account's folder, as they are now.

        Args:
            since: the first day of interest; a day more is looked at, for the server's clock may be in another zone.

        Raises:
            MailConnectError: there is no way to the server.
            MailTlsError: there is none that is safe.
            MailLoginError: it does not let this account in.
            MailFolderError: there is no such folder.
            MailDroppedError: the connection was lost.
            MailServerError: the server does not do as it is told.
        """
        self.connect()
        with self._watched():
            uidvalidity = self._open()
            # Some servers know no charset, not even the one that everybody knows.
            uids = self._opened.uids(_of_interest(since), charset=None)
        return Listing(self._account.folder, uidvalidity, tuple(sorted(map(int, uids))))

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        """Fetch mails, one after the other.

        Args:
            uids: their numbers, out of a listing that this inbox has made.

        Yields:
            Number and mail, in the order asked for; None in its place where it has been deleted meanwhile.

        Raises:
            MailDroppedError: the connection was lost; it says how many had come.
            MailServerError: the server does not do as it is told.
        """
        for came, uid in enumerate(uids):
            with self._watched(came=came):
                mail = self._fetch_one(uid)
            yield uid, mail

    def close(self) -> None:
        """Say goodbye, if anybody is there; how the server takes it is of no consequence."""
        if self._box is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._box.client.logout()
        self._drop()

    @contextmanager
    def _watched(self, *, came: int = 0) -> Iterator[None]:
        """Tell in words of ours what imaplib raises in this block.

        Args:
            came: mails that are here already.
        """
        from imap_tools.errors import UnexpectedCommandStatusError

        host = self._account.imap.host
        try:
            yield
        except (OSError, EOFError, imaplib.IMAP4.abort) as error:
            self._drop()
            problem = self._lost(error).params["problem"]
            raise MailDroppedError(host=host, problem=problem, came=came) from None
        except UnexpectedCommandStatusError as error:
            raise MailServerError(host=host, text=without_full_stop(_said(error.command_result[1]))) from None
        except imaplib.IMAP4.error as error:
            raise MailServerError(host=host, text=without_full_stop(str(error))) from None
        except MailError:
            raise
        except BaseException:
            # An answer that was not read to its end would be taken for that of the next command.
            self._drop()
            raise

    @property
    def _opened(self) -> BaseMailBox:
        """The mailbox in which a listing was made; a number means nothing in any other connection."""
        if self._box is None:
            raise EOFError
        return self._box

    def _fetch_one(self, uid: int) -> bytes | None:
        client = self._opened.client
        _, parts = client.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
        for part in parts:
            # One mail was asked for: where its number does not stand before it, it stands behind it.
            match part:
                case (bytes(head), bytes(mail)) if b"BODY[" in head.upper():
                    return mail
        client.noop()
        if str(uid) in self._opened.uids(f"UID {uid}", charset=None):
            raise imaplib.IMAP4.error(_said(parts))
        return None

    def _open(self) -> int:
        """Open the folder to be read only; return its UIDVALIDITY."""
        from imap_tools.errors import MailboxFolderSelectError

        box, folder = self._opened, self._account.folder
        refused = ""
        try:
            box.folder.set(folder, readonly=True)
        except MailboxFolderSelectError as error:
            refused = _said(error.command_result[1]) or error.command_result[0]
        if refused:
            known = [info.name for info in box.folder.list()]
            if folder in known or folder.upper() == "INBOX":
                raise no_entry(self._account, self._account.imap, None, self._secret.hide_in(refused))
            raise MailFolderError(folder=folder, known="、".join(sorted(known)))
        uidvalidity = box.client.response("UIDVALIDITY")[1][0]
        return int(uidvalidity) if uidvalidity else 0

    def _logged_in(self) -> BaseMailBox:
        """Return a mailbox in which folders may be opened."""
        with needing("imap-tools"):
            from imap_tools import BaseMailBox

        client = self._connected()

        class Box(BaseMailBox):
            """A mailbox over a connection that is there already, so that one that fails is closed."""

            def _get_mailbox_client(self) -> imaplib.IMAP4:
                return client

        box = Box()
        try:
            problem = self._log_in(box)
        except BaseException:
            _shut(client)
            raise
        if problem is not None:
            _shut(client)
            raise problem
        return box

    def _connected(self) -> imaplib.IMAP4:
        """Return a connection to which only the server listens, unless the office wrote that others may."""
        server = self._account.imap
        context = None if server.security is Security.NONE else trusted(self._account, server)
        client: imaplib.IMAP4 | None = None
        problem: MailError
        try:
            if server.security is Security.TLS:
                return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=self._timeout)
            client = imaplib.IMAP4(server.host, server.port, timeout=self._timeout)
            if server.security is Security.NONE:
                return client
            if "STARTTLS" in client.capabilities:
                client.starttls(context)
                return client
            problem = unsafe(server, messages.say("mail.tls.not_offered"))
        except (OSError, imaplib.IMAP4.error) as error:
            problem = self._lost(error)
        if client is not None:
            _shut(client)
        raise problem

    def _log_in(self, box: BaseMailBox) -> MailError | None:
        """Log in; return why not, so that nothing that knows the password is in what is raised."""
        from imap_tools.errors import MailboxLoginError

        account, client = self._account, box.client
        refused = ""
        try:
            _authenticate(box, account.user, self._secret)
            if "ID" in client.capabilities or account.preset in _WANT_A_NAME:
                _introduce(client)
        except MailboxLoginError as error:
            refused = _said(error.command_result[1]) or error.command_result[0]
        except (OSError, imaplib.IMAP4.abort) as error:
            return self._lost(error)
        except imaplib.IMAP4.error as error:
            refused = str(error)
        return (
            no_entry(account, account.imap, None, self._secret.hide_in(one_line(refused), user=account.user))
            if refused
            else None
        )

    def _lost(self, error: Exception) -> MailError:
        """Return why there is no connection, in words of ours or of the server's."""
        server = self._account.imap
        if not isinstance(error, imaplib.IMAP4.error):
            return trouble(server, error)
        farewell = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error).rpartition("=> ")[2]
        if isinstance(farewell, str) and farewell.startswith(_NO_FAREWELL):
            return trouble(server, EOFError())
        return unreachable(server, self._secret.hide_in(without_full_stop(farewell), user=self._account.user))

    def _drop(self) -> None:
        """Close the connection without a word."""
        if self._box is not None:
            _shut(self._box.client)
        self._box = None


def _authenticate(box: BaseMailBox, user: str, secret: Secret) -> None:
    """Show the password; whatever comes of it, no frame that knew it is left behind."""
    try:
        box.login(user, secret.reveal(), initial_folder=None)
    except BaseException as error:  # noqa: BLE001 (it is raised again)
        raise error.with_traceback(None) from None


def _introduce(client: imaplib.IMAP4) -> None:
    """Say what we are (RFC 2971). Who does not know the command says so, which is of no consequence."""
    with suppress(imaplib.IMAP4.error):
        client.xatom("ID", _ID)


def _of_interest(since: date | None) -> str:
    from imap_tools import AND

    return "ALL" if since is None else str(AND(date_gte=since - timedelta(days=1)))


def _said(parts: Sequence[object]) -> str:
    """Return the words of an answer."""
    return one_line(b" ".join(part for part in parts if isinstance(part, bytes)))


def _shut(client: imaplib.IMAP4) -> None:
    with suppress(OSError):
        client.shutdown()
