"""The password of the mailbox: asked for, handed to the server, and shown nowhere.

    TIANBAO_MAIL_PASSWORD, else the system's keyring, else the person at the keyboard ──find_password──▶ Secret

In:   an account; who may be asked.
Out:  a secret that no print, log or traceback shows.
Knows nothing of servers. The only door to keyring; without it, the environment and the keyboard still do.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from typing import ClassVar, Never

from tianbao import messages
from tianbao.mail.account import Account
from tianbao.mail.connection import MailError, needing, one_line

VARIABLE = "TIANBAO_MAIL_PASSWORD"
_SERVICE = "tianbao"
#: The least that keyring itself recommends; what is below it writes passwords into a file, or nowhere.
_LEAST_PRIORITY = 1
_HIDDEN = "******"


class PasswordMissingError(MailError):
    """There is no password, and nobody to be asked."""

    code: ClassVar[str] = "U-MAIL-PASSWORD"


class PasswordUnusableError(MailError):
    """No server takes it: what a Chinese input method makes of letters, or a line that was copied with its end."""

    code: ClassVar[str] = "U-MAIL-PASSWORD-CHARACTERS"


class KeyringError(MailError):
    """The system's keyring does not keep a password, or does not forget it."""

    code: ClassVar[str] = "U-MAIL-KEYRING"


class Secret:
    """A text that is not shown. Blanks at its ends are none of it: they come from copying.

    >>> f"{Secret('abcd1234')}", repr(Secret('abcd1234'))
    ('******', 'Secret(******)')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        """Return the text, for the server alone: in an expression, never under a name that a traceback could show.

        Raises:
            PasswordUnusableError: it holds what no password of a mailbox can.
        """
        if not (self._text.isascii() and self._text.isprintable()):
            raise PasswordUnusableError
        return self._text

    def hide_in(self, text: str, *, user: str = "") -> str:
        """Return a text without the secret, and without what is said of it in a login: a server may repeat what it was told."""
        if self:
            for form in (_encoded(f"\0{user}\0{self._text}"), _encoded(self._text), self._text):
                text = text.replace(form, _HIDDEN)
        return text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        return format(_HIDDEN, spec)

    def __reduce__(self) -> Never:
        """Stay in this process."""
        raise TypeError("a secret is not written down")


def find_password(
    account: Account, *, ask: Callable[[str], str] | None = None, environ: Mapping[str, str] = os.environ
) -> Secret:
    """Find the password of an account.

    Args:
        account: whose password it is.
        ask: asks the person at the keyboard without showing what is typed; None where nobody is there.
        environ: the environment.

    Raises:
        PasswordMissingError: it was not found.
        PasswordUnusableError: what was found cannot be a password.
    """
    secret = Secret(environ.get(VARIABLE, "")) or _kept(account)
    if not secret and ask is not None:
        secret = Secret(ask(messages.say("mail.password.ask", user=account.user)))
    if not secret:
        raise PasswordMissingError(user=account.user, variable=VARIABLE)
    secret.reveal()
    return secret


def store_password(account: Account, secret: Secret) -> None:
    """Keep the password of an account in the system's keyring.

    Raises:
        KeyringError: the system has none that is safe, or it is locked.
        MissingExtraError: keyring is not installed.
        PasswordUnusableError: it cannot be a password.
    """
    with needing("keyring"):
        import keyring
    secret.reveal()
    problem = ""
    try:
        if keyring.get_keyring().priority < _LEAST_PRIORITY:
            problem = messages.say("mail.keyring.none")
        else:
            keyring.set_password(_SERVICE, account.user, secret.reveal())
    except Exception as error:  # noqa: BLE001 (each system's keyring raises errors of its own)
        problem = one_line(str(error)) or type(error).__name__
    if not problem and _kept(account).reveal() != secret.reveal():
        problem = messages.say("mail.keyring.not_kept")
    # Raised here, where nothing that knows the password is still being handled.
    if problem:
        raise KeyringError(problem=secret.hide_in(problem))


def forget_password(account: Account) -> bool:
    """Take the password of an account out of the system's keyring; tell whether there was one.

    Raises:
        KeyringError: the keyring does not let go of it.
        MissingExtraError: keyring is not installed.
    """
    with needing("keyring"):
        import keyring
    try:
        if keyring.get_password(_SERVICE, account.user) is None:
            return False
        keyring.delete_password(_SERVICE, account.user)
    except Exception as error:  # noqa: BLE001 (each system's keyring raises errors of its own)
        raise KeyringError(problem=one_line(str(error)) or type(error).__name__) from None
    return True


def _kept(account: Account) -> Secret:
    """Return what the keyring holds; nothing where there is none, or where it does not open."""
    try:
        import keyring

        return Secret(keyring.get_password(_SERVICE, account.user) or "")
    except Exception:  # noqa: BLE001 (whatever ails a system's keyring, the password can be typed)
        return Secret("")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
