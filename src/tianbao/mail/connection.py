"""What goes wrong on the way to a server, before anything is said about a mail.

    OSError of any kind ──trouble──▶ MailConnectError (no way there) or MailTlsError (the way is not safe)

In:   an account's server and what the system raised.
Out:  an error that says it in the words of an office; how to speak to the server so that nobody else listens.
Knows nothing of SMTP and IMAP.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.mail.account import Account, Server


class MailError(TianbaoError):
    """A mail server cannot be used as it was asked to."""

    exit_status: ClassVar[int] = 4


class MailConnectError(MailError):
    """There is no way to the server, or it ended before anything was settled."""

    code: ClassVar[str] = "U-MAIL-CONNECT"


class MailTlsError(MailError):
    """The server does not prove who it is, or speaks for all to hear."""

    code: ClassVar[str] = "U-MAIL-TLS"


class MailLoginError(MailError):
    """The server does not let this user in with this password."""

    code: ClassVar[str] = "U-MAIL-LOGIN"


class MissingExtraError(TianbaoError):
    """A library of the extra `mail` is not installed."""

    code: ClassVar[str] = "U-MAIL-EXTRA"


#: How OpenSSL numbers what is wrong with a certificate, and the word of ours for it.
_CERTIFICATE = {
    9: "mail.tls.not_yet",
    10: "mail.tls.expired",
    18: "mail.tls.untrusted",
    19: "mail.tls.untrusted",
    20: "mail.tls.untrusted",
    21: "mail.tls.untrusted",
    62: "mail.tls.other_name",
    64: "mail.tls.other_name",
}
#: What OpenSSL calls an answer that is no TLS at all: mostly the port of another way to speak.
_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")

#: In the refusal of a login: that it was tried too often, whatever the password.
_TOO_OFTEN = re.compile(r"frequen|too many|limit exceeded|频繁|过多|稍后", re.IGNORECASE)
#: QQ names all reasons that there are in one sentence, whichever it was.
_PASSWORD = re.compile(r"password is incorrect|authorization code|授权码|密码", re.IGNORECASE)

#: Longest text of a server that is told on.
_LONGEST = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@contextmanager
def needing(library: str) -> Iterator[None]:
    """Say which library is missing where an import in this block fails.

    Raises:
        MissingExtraError: it is not installed, or not whole.
    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(library=library) from error


def trusted(account: Account, server: Server) -> ssl.SSLContext:
    """Make the context of an encrypted connection: the system's certificates and, where there is one, the office's own.

    Raises:
        MailTlsError: the office's file holds no certificate.
    """
    context = ssl.create_default_context()
    if account.ca_file is not None:
        try:
            context.load_verify_locations(cafile=account.ca_file)
        except (OSError, ssl.SSLError):
            problem = messages.say("mail.tls.no_certificate", path=account.ca_file.name)
            raise MailTlsError(host=server.host, port=server.port, problem=problem) from None
    return context


def trouble(server: Server, error: Exception) -> MailError:
    """Return what went wrong on the way to a server, ready to be raised."""
    match error:
        case ssl.SSLCertVerificationError():
            word = _CERTIFICATE.get(error.verify_code)
            return unsafe(server, messages.say(word) if word else without_full_stop(error.verify_message))
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ConnectionResetError() | BrokenPipeError() | EOFError():
            return unreachable(server, messages.say("mail.connect.closed"))
        case ssl.SSLError(reason=str(reason)) if reason in _NOT_TLS:
            return unsafe(server, messages.say("mail.tls.not_spoken"))
        case ssl.SSLError():
            return unsafe(server, one_line(str(error.reason or error)))
        case socket.gaierror():
            return unreachable(server, messages.say("mail.connect.name"))
        case ConnectionRefusedError():
            return unreachable(server, messages.say("mail.connect.refused"))
        case TimeoutError():
            return unreachable(server, messages.say("mail.connect.timeout"))
        case _:
            return unreachable(server, without_full_stop(str(error)) or type(error).__name__)


def unreachable(server: Server, problem: str) -> MailConnectError:
    """Return that there is no way to a server."""
    return MailConnectError(host=server.host, port=server.port, problem=problem)


def unsafe(server: Server, problem: str) -> MailTlsError:
    """Return that the way to a server is not safe."""
    return MailTlsError(host=server.host, port=server.port, problem=problem)


def no_entry(account: Account, server: Server, status: int | None, text: str) -> MailLoginError:
    """Return that a server lets nobody in, and where the provider keeps what it lets one in with.

    Args:
        account: who wanted to log in.
        server: where.
        status: what the server answered; None over IMAP, which has no numbers.
        text: the words that it answered, without the password.
    """
    said = without_full_stop(f"{status or ''} {text}")
    may_be_the_password = _PASSWORD.search(text) is not None
    is_for_now = (status or 500) < 500 or (_TOO_OFTEN.search(text) is not None and not may_be_the_password)  # noqa: PLR2004
    where = messages.say("mail.login.later" if is_for_now else f"mail.login.{account.preset}")
    return MailLoginError(user=account.user, host=server.host, text=said, where=where)


def without_full_stop(said: bytes | str) -> str:
    """Return what a server said as it stands within a sentence of ours."""
    return one_line(said).rstrip(".。 ")


def one_line(said: bytes | str) -> str:
    r"""Return what a server said as one line that a person can read.

    >>> one_line("请求过于频繁\r\n稍后再试".encode("gbk"))
    '请求过于频繁 稍后再试'
    """
    text = said if isinstance(said, str) else _decoded(said)
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _decoded(said: bytes) -> str:
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("gb18030", errors="replace").replace("\N{REPLACEMENT CHARACTER}", "?")
