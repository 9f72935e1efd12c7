"""Mails to the server, one by one, and what it said to each.

    bytes of a mail ──MAIL, RCPT, DATA──▶ “go on” ──committing()──▶ content ──▶ Answer
                    └────────── known to be unsent ────────────────┘└─ the server has it, has not, or nobody knows ─┘

In:   an account and its secret; mails that are ready to go.
Out:  what became of each: accepted, refused, deferred, or uncertain. Uncertain is said only where the content was begun.
Knows nothing of what is in a mail, and of when it was sent before. The only door to smtplib.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tianbao import messages
from tianbao.mail.account import Account, Security
from tianbao.mail.advice import FREQUENCY, QUOTA, advise
from tianbao.mail.connection import (
    MailError,
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
    import smtplib
    import ssl

#: Said in EHLO instead of this machine's name, which is nobody's business.
_NAME = "[127.0.0.1]"
#: As good as a password in a safe connection; the last keeps it from listeners where there is none.
_MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
_GO_ON, _CLOSING = 354, 421
#: The answers that are about the mechanism and not about the password.
_NOT_THIS_WAY = (500, 501, 502, 504, 534, 538)

#: Bytes of a content that are given at once.
_PIECE = 1 << 16
_A_POINT_THAT_BEGINS_A_LINE = re.compile(rb"^\.", re.MULTILINE)


class Fate(StrEnum):
    """What became of a mail.

    ACCEPTED: the server has it. REFUSED: it has not and will not. DEFERRED: it has not, and may be asked again.
    UNCERTAIN: the content was begun and no answer came: it may be on its way.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to a mail.

    Attributes:
        fate: what became of it.
        status: the number of the answer; None where there was none.
        text: its words, in one line.
        advice: the code of what it means; empty where it needs no explanation.
        stops: whether the next mail would fare no better, so that the run should end here.
    """

    fate: Fate
    status: int | None
    text: str
    advice: str = ""
    stops: bool = False


class Outbox:
    """A connection for sending, made when it is needed and made anew after every so many mails.

    Usage: `with Outbox(account, secret) as outbox: outbox.send(…)`.

    Args:
        account: whose mails they are.
        secret: its password.
        timeout: seconds that the server has for each step.
        patience: seconds that it has to answer to a content: some look for viruses first, and who does not wait for the
            answer never learns it.
    """

    def __init__(self, account: Account, secret: Secret, *, timeout: float = 30.0, patience: float = 300.0) -> None:
        self._account = account
        self._secret = secret
        self._timeout, self._patience = timeout, patience
        self._context: ssl.SSLContext | None = None
        self._client: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Connect and log in, if that is still to be done.

        Raises:
            MailConnectError: there is no way to the server.
            MailTlsError: there is none that is safe.
            MailLoginError: it does not let this account in.
        """
        if self._client is None:
            self._client = self._logged_in()
            self._sent = 0

    def send(self, sender: str, recipient: str, data: bytes, *, committing: Callable[[], None]) -> Answer:
        """Send a mail.

        Args:
            sender: the address that mails come back to.
            recipient: the address that it goes to, and no other.
            data: the mail, with its lines ended by CRLF.
            committing: called once, when the server has agreed to take the content and nothing of it has gone yet.
                Until then the mail is known not to have been sent, whatever happens.

        Raises:
            MailConnectError: the server was lost twice before the content was begun.
            MailTlsError: it does not prove who it is.
            MailLoginError: it does not let this account in.
        """
        if self._sent >= self._account.per_connection:
            self.close()
        try:
            refusal = self._offer_twice(sender, recipient, len(data))
            if refusal is not None:
                return refusal
            committing()
            return self._hand_over(data)
        except BaseException:
            # A content that was begun is never ended by a later command: the server throws it away.
            self._drop()
            raise

    def close(self) -> None:
        """Say goodbye, if anybody is there; how the server takes it is of no consequence."""
        if self._client is not None:
            with suppress(OSError):
                self._client.quit()
        self._drop()

    def _offer_twice(self, sender: str, recipient: str, size: int) -> Answer | None:
        """Offer a mail; where the server has gone since the last one, once again to the same server."""
        was_connected = self._client is not None
        lost = self._offer(sender, recipient, size, may_be_stale=was_connected)
        if isinstance(lost, MailError):
            self._drop()
            lost = self._offer(sender, recipient, size)
        if isinstance(lost, MailError):
            raise lost
        return lost

    def _offer(
        self, sender: str, recipient: str, size: int, *, may_be_stale: bool = False
    ) -> Answer | MailError | None:
        """Ask the server whether it takes a mail.

        Returns:
            None where it waits for the content; its refusal; or how it was lost.
        """
        self.connect()
        client = self._client
        assert client is not None
        options = [f"SIZE={size}"] if client.has_extn("size") else []
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: client.mail(sender, options),
            lambda: client.rcpt(recipient),
            lambda: client.docmd("DATA"),
        )
        try:
            for step in steps:
                status, said = step()
                if status == _GO_ON or (200 <= status < 300 and step is not steps[-1]):  # noqa: PLR2004 (SMTP's own)
                    continue
                if not 400 <= status < 600:  # noqa: PLR2004
                    return unreachable(self._account.smtp, messages.say("mail.connect.nonsense"))
                answer = _refusal(status, said, about_recipient=step is steps[1])
                # A connection that stood idle for too long is told so with the next command; one that was used too often, too.
                if status == _CLOSING and may_be_stale and answer.advice not in (FREQUENCY, QUOTA):
                    return unreachable(self._account.smtp, without_full_stop(answer.text))
                self._forget_offer(status)
                return answer
        except OSError as error:
            return self._lost(error)
        return None

    def _forget_offer(self, status: int) -> None:
        """Make the connection ready for the next mail, or give it up."""
        try:
            if status == _CLOSING or self._client is None or self._client.rset()[0] != 250:  # noqa: PLR2004 (SMTP's own)
                self._drop()
        except OSError:
            self._drop()

    def _hand_over(self, data: bytes) -> Answer:
        """Give the server the content that it waits for."""
        client = self._client
        assert client is not None
        assert client.sock is not None
        stuffed = _A_POINT_THAT_BEGINS_A_LINE.sub(b"..", data)
        content = stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
        try:
            # The time limit is one on each piece, for a slow line needs minutes for a large mail.
            for start in range(0, len(content), _PIECE):
                client.sock.sendall(content[start : start + _PIECE])
            client.sock.settimeout(self._patience)
            status, said = client.getreply()
            client.sock.settimeout(self._timeout)
        except OSError as error:
            self._drop()
            return Answer(Fate.UNCERTAIN, None, str(self._lost(error).params["problem"]))
        self._sent += 1
        if status == _CLOSING:
            self._drop()
        if 400 <= status < 600:  # noqa: PLR2004
            return _refusal(status, said)
        if 200 <= status < 300:  # noqa: PLR2004
            return Answer(Fate.ACCEPTED, status, one_line(said))
        self._drop()
        return Answer(Fate.UNCERTAIN, status if status > 0 else None, one_line(said))

    def _logged_in(self) -> smtplib.SMTP:
        """Return a connection over which mails may be sent."""
        client = self._connected()
        try:
            problem = self._log_in(client)
        except BaseException:
            client.close()
            raise
        if problem is not None:
            client.close()
            raise problem
        return client

    def _connected(self) -> smtplib.SMTP:
        """Return a connection to which only the server listens, unless the office wrote that others may."""
        import smtplib

        account, server = self._account, self._account.smtp
        if self._context is None and server.security is not Security.NONE:
            # To read all that the system trusts takes longer than to connect.
            self._context = trusted(account, server)
        context = self._context
        client: smtplib.SMTP | None = None
        try:
            if server.security is Security.TLS:
                client = smtplib.SMTP_SSL(server.host, server.port, _NAME, timeout=self._timeout, context=context)
            else:
                client = smtplib.SMTP(server.host, server.port, _NAME, timeout=self._timeout)
            client.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                client.starttls(context=context)
                client.ehlo_or_helo_if_needed()
        except OSError as error:
            if client is not None:
                client.close()
            raise self._lost(error) from None
        return client

    def _log_in(self, client: smtplib.SMTP) -> MailError | None:
        """Log in; return why not, so that nothing that knows the password is in what is raised."""
        account, server = self._account, self._account.smtp
        offered = client.esmtp_features.get("auth", "").upper().split()
        ways = [way for way in _MECHANISMS if way in offered]
        if server.security is Security.NONE:
            ways.reverse()
        if not ways:
            return no_entry(account, server, None, messages.say("mail.login.no_way"))
        status, said = 0, b""
        try:
            client.user, client.password = account.user, self._secret.reveal()
            for way in ways:
                status, said = _authenticate(client, way)
                if status not in _NOT_THIS_WAY:
                    break
        except OSError as error:
            return self._lost(error)
        except ValueError:
            return unreachable(server, messages.say("mail.connect.nonsense"))
        finally:
            client.password = ""
        # The second: logged in already.
        if status in (235, 503):
            return None
        return no_entry(account, server, status, self._secret.hide_in(one_line(said), user=account.user))

    def _lost(self, error: OSError) -> MailError:
        """Return what is wrong with the connection, in words of ours."""
        import smtplib

        server = self._account.smtp
        match error:
            case smtplib.SMTPNotSupportedError():
                return unsafe(server, messages.say("mail.tls.not_offered"))
            case smtplib.SMTPResponseException(smtp_code=status, smtp_error=said):
                return unreachable(server, without_full_stop(f"{status} {one_line(said)}"))
            case smtplib.SMTPServerDisconnected() if "timed out" in str(error):
                return trouble(server, TimeoutError())
            case smtplib.SMTPServerDisconnected():
                return trouble(server, EOFError())
            case _:
                return trouble(server, error)

    def _drop(self) -> None:
        """Close the connection without a word."""
        if self._client is not None:
            with suppress(OSError):
                self._client.close()
        self._client = None


def _authenticate(client: smtplib.SMTP, way: str) -> tuple[int, bytes]:
    """Show the password in one way; whatever comes of it, no frame that knew it is left behind."""
    import smtplib

    try:
        return client.auth(way, getattr(client, f"auth_{way.lower().replace('-', '_')}"))
    except smtplib.SMTPAuthenticationError as error:
        said = error.smtp_error
        return error.smtp_code, said if isinstance(said, bytes) else said.encode()
    except BaseException as error:  # noqa: BLE001 (it is raised again)
        raise error.with_traceback(None) from None


def _refusal(status: int, said: bytes, *, about_recipient: bool = False) -> Answer:
    text = one_line(said)
    advice = advise(status, text, about_recipient=about_recipient)
    fate = Fate.DEFERRED if status < 500 else Fate.REFUSED  # noqa: PLR2004 (SMTP's own)
    return Answer(fate, status, text, advice.code, advice.stops)
