"""The office's mailbox: the `[mail]` table of `campaign.toml`.

    [mail]                               preset "163" ─▶ smtp.163.com:465 tls, imap.163.com:993 tls
    address = "zfb@163.com"  ──read_account──▶ Account

In:   the table, as tomllib gives it, and the folder that its paths start from.
Out:  the account; or every fault of the table at once.
Knows nothing of the password, which stands in no file, and connects to nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.messages import Language

#: What is told wherever an account is used that `is_plain`.
PLAIN = "U-MAIL-PLAIN"

#: Slow enough for the providers that publish a limit, and fast enough for fifty mails in twenty minutes.
_EVERY, _PER_CONNECTION = 20.0, 10


class Security(StrEnum):
    """How what is said to a server is kept from others: from the first byte, after a first plain word, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, and how it is spoken to."""

    host: str
    port: int
    security: Security

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox, and how it is used.

    Attributes:
        preset: the provider, which knows the servers and where its authorisation codes are.
        address: from which mails are sent.
        user: what one logs in with; the address, as a rule.
        name: what stands beside the address as the sender.
        ca_file: certificates that are trusted in addition to the system's.
        every: seconds between two mails.
        per_connection: mails after which one connects anew.
        most: mails a day; None where there is no limit.
        receipts: whether who passed is told so.
        folder: where what comes in is looked for.
        language: of the letters.
    """

    preset: str
    address: str
    user: str
    name: str
    smtp: Server
    imap: Server
    ca_file: Path | None = None
    every: float = _EVERY
    per_connection: int = _PER_CONNECTION
    most: int | None = None
    receipts: bool = False
    folder: str = "INBOX"
    language: Language = "zh"

    @property
    def is_plain(self) -> bool:
        """Whether password and mails are sent for all to read: set by hand, and worth a warning each time."""
        return Security.NONE in (self.smtp.security, self.imap.security)


class NoAccountError(TianbaoError):
    """There is no mail account in the settings of the campaign."""

    code: ClassVar[str] = "U-MAIL-NONE"


class MailSettingsError(TianbaoError):
    """The account cannot be used. `faults` holds every reason: a code and its facts."""

    code: ClassVar[str] = "U-MAIL-SETTINGS"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [
            f"  × {code}  {messages.say(code, lang, **facts)} {messages.hint(code, lang, **facts)}"
            for code, facts in self.faults
        ]
        return "\n".join([super().message(lang), *lines])


Fault = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider.

    Attributes:
        smtp, imap: its servers; empty where each office has its own.
        domains: whose addresses are known by what stands behind their @.
    """

    smtp: str = ""
    imap: str = ""
    domains: tuple[str, ...] = ()


PRESETS: Mapping[str, Preset] = {
    "163": Preset("smtp.163.com", "imap.163.com", ("163.com",)),
    "126": Preset("smtp.126.com", "imap.126.com", ("126.com",)),
    "qq": Preset("smtp.qq.com", "imap.qq.com", ("qq.com", "vip.qq.com", "foxmail.com")),
    "exmail": Preset("smtp.exmail.qq.com", "imap.exmail.qq.com"),
    "qiye163": Preset("smtp.qiye.163.com", "imap.qiye.163.com"),
    "coremail": Preset(),
    "custom": Preset(),
}

_PORTS: Mapping[str, Mapping[Security, int]] = {
    "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25},
    "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143},
}

_TEXTS = ("preset", "address", "user", "name", "ca_file", "folder", "language")
#: Settings that are numbers, with the least that makes sense.
_LEAST: Mapping[str, float] = {"every": 0, "per_connection": 1, "most": 1}
_KNOWN = (*_TEXTS, "smtp", "imap", *_LEAST, "receipts")
_OF_A_SERVER = ("host", "port", "security")

#: One mailbox, written without a name beside it; nothing in it can end a line of SMTP.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"
)
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:]+:[0-9A-Fa-f:]*")
#: What somebody may call the one thing that must not stand here.
_PASSWORD = re.compile(r"pass|pwd|secret|token|auth_?code|密码|口令|授权码", re.IGNORECASE)


def read_account(table: Mapping[str, Any], *, name: str = "", home: Path) -> Account:
    """Read an account.

    Args:
        table: the `[mail]` table.
        name: whose mails they are, where the table does not say; the office that collects.
        home: the folder that `ca_file` starts from.

    Raises:
        MailSettingsError: there are faults in the table.
    """
    if faults := list(_faults(table, home)):
        raise MailSettingsError(faults)
    preset = _preset(table)
    return Account(
        preset=preset,
        address=table["address"],
        user=table.get("user") or table["address"],
        name=table.get("name") or name,
        smtp=_server("smtp", table, PRESETS[preset].smtp),
        imap=_server("imap", table, PRESETS[preset].imap),
        ca_file=home / table["ca_file"] if table.get("ca_file") else None,
        every=float(table.get("every", _EVERY)),
        per_connection=table.get("per_connection", _PER_CONNECTION),
        most=table.get("most"),
        receipts=table.get("receipts", False),
        folder=table.get("folder") or "INBOX",
        language=table.get("language") or "zh",
    )


def example() -> str:
    """Write the table as it stands in a new `campaign.toml`: a comment from top to bottom, for there may be no mail."""
    return messages.say("mail.settings", "zh") + "\n"


def _preset(table: Mapping[str, Any]) -> str:
    """Return the provider: the one named, else the one whose addresses end like this one."""
    if "preset" in table:
        return str(table["preset"])
    domain = str(table.get("address", "")).rpartition("@")[2].lower()
    return next((name for name, preset in PRESETS.items() if domain in preset.domains), "custom")


def _server(kind: str, table: Mapping[str, Any], host: str) -> Server:
    said = _as_table(table.get(kind, {}))
    security = Security(said.get("security", Security.TLS))
    return Server(said.get("host") or host, said.get("port", _PORTS[kind][security]), security)


def _as_table(said: Any) -> Any:
    """Read a server that is only named as one that is reached as usual."""
    return {"host": said} if isinstance(said, str) else said


def _faults(table: Mapping[str, Any], home: Path) -> Iterator[Fault]:
    yield from _written_passwords("mail", table)
    yield from _unknown("mail", table, _KNOWN)
    wrong = list(_wrong_types(table))
    yield from wrong
    mistyped = {facts["name"] for _, facts in wrong}
    if "mail.address" not in mistyped:
        yield from _faults_of_address(table)
    user = table.get("user", "")
    if "mail.user" not in mistyped and user and not (user.isascii() and user.isprintable() and " " not in user):
        yield "U-MAIL-USER", {"value": user}
    if "mail.preset" not in mistyped:
        yield from _faults_of_servers(table)
    for name, least in _LEAST.items():
        if f"mail.{name}" not in mistyped and name in table and not least <= table[name] < float("inf"):
            yield "U-MAIL-RANGE", {"name": f"mail.{name}", "value": table[name], "least": f"{least:g}"}
    if "mail.language" not in mistyped and table.get("language", "zh") not in messages.LANGUAGES:
        yield "U-MAIL-LANGUAGE", {"value": table["language"], "known": "、".join(messages.LANGUAGES)}
    if "mail.ca_file" not in mistyped and table.get("ca_file") and not (home / table["ca_file"]).is_file():
        yield "U-MAIL-CA", {"value": table["ca_file"]}


def _written_passwords(where: str, table: Mapping[str, Any]) -> Iterator[Fault]:
    """Find a password by what it is called. What it is must not stand in the fault either."""
    for name, value in table.items():
        if _is_password(name):
            yield "U-MAIL-PASSWORD-WRITTEN", {"name": f"{where}.{name}"}
        elif isinstance(value, Mapping):
            yield from _written_passwords(f"{where}.{name}", value)


def _is_password(name: str) -> bool:
    return _PASSWORD.search(name) is not None


def _unknown(where: str, table: Mapping[str, Any], known: Iterable[str]) -> Iterator[Fault]:
    known = tuple(known)
    for name in table:
        if name not in known and not _is_password(name):
            near = max(known, key=lambda each: difflib.SequenceMatcher(None, name, each).ratio())
            yield "U-MAIL-NAME", {"name": f"{where}.{name}", "near": near, "known": "、".join(known)}


def _wrong_types(table: Mapping[str, Any]) -> Iterator[Fault]:
    for name in _TEXTS:
        # The name of a provider may be a number, and is then often written as one.
        wanted = (str, int) if name == "preset" else (str,)
        if name in table and not isinstance(table[name], wanted):
            yield _wrong(f"mail.{name}", table[name], "text")
    for name in _LEAST:
        numbers = (int, float) if name == "every" else (int,)
        if name in table and (not isinstance(table[name], numbers) or isinstance(table[name], bool)):
            yield _wrong(f"mail.{name}", table[name], "number")
    if "receipts" in table and not isinstance(table["receipts"], bool):
        yield _wrong("mail.receipts", table["receipts"], "truth")


def _wrong(name: str, value: object, wanted: str) -> Fault:
    return "U-MAIL-TYPE", {"name": name, "value": value, "wanted": messages.say(f"mail.type.{wanted}")}


def _faults_of_address(table: Mapping[str, Any]) -> Iterator[Fault]:
    if not table.get("address"):
        yield "U-MAIL-NO-ADDRESS", {}
    elif not _ADDRESS.fullmatch(table["address"]):
        yield "U-MAIL-ADDRESS", {"value": table["address"]}


def _faults_of_servers(table: Mapping[str, Any]) -> Iterator[Fault]:
    preset = _preset(table)
    if preset not in PRESETS:
        yield "U-MAIL-PRESET", {"value": preset, "known": "、".join(PRESETS)}
    for kind in ("smtp", "imap"):
        said = _as_table(table.get(kind, {}))
        if not isinstance(said, Mapping):
            yield _wrong(f"mail.{kind}", said, "server")
            continue
        yield from _unknown(f"mail.{kind}", said, _OF_A_SERVER)
        host, port, security = said.get("host", ""), said.get("port", 1), said.get("security", "tls")
        if not isinstance(host, str) or (host and not _HOST.fullmatch(host)):
            yield "U-MAIL-HOST", {"name": f"mail.{kind}", "value": host}
        elif not host and preset in PRESETS and not getattr(PRESETS[preset], kind):
            yield "U-MAIL-NO-HOST", {"name": kind, "preset": preset}
        if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 1 << 16:
            yield "U-MAIL-PORT", {"name": f"mail.{kind}", "value": port}
        if security not in list(Security):
            yield "U-MAIL-SECURITY", {"name": f"mail.{kind}", "value": security, "known": "、".join(Security)}
