"""Real mail servers on this machine, that do what a test wants them to do.

with SmtpServer(authority) as smtp, DovecotServer(authority) as imap:
    account = account_at(smtp, imap)
    smtp.script = lambda step: DROP if step.stage == "accepted" and step.nth == 17 else None
    imap.mailbox().deliver(b"…")
    assert [mail.recipient for mail in smtp.delivered] == ["zhang@example.org"]

SMTP is aiosmtpd in a thread, IMAP is Debian's Dovecot, both with certificates that a test makes and the account trusts.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tianbao.mail.account import Account, read_account

USER = "xxgk@example.org"
#: No word that could stand in a text for another reason.
PASSWORD = "qzwvkjhxpbtrmdnf"  # noqa: S105 (it opens nothing but these servers)

# With each login, aiosmtpd warns in its log of an attribute that only itself uses.
logging.getLogger("mail.log").setLevel(logging.ERROR)

#: What a script returns to have the connection cut.
DROP = "DROP"


class Server(Protocol):
    """Where a server is, how it is spoken to, and who may."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def security(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def ca_file(self) -> Path | None: ...


@dataclass(frozen=True, slots=True)
class Door:
    """Another way into a server."""

    host: str
    port: int
    security: str
    user: str = USER
    password: str = PASSWORD
    ca_file: Path | None = None


class Authority:
    """Who issues the certificates of the servers; the system does not know it, whoever is given `ca_file` does."""

    def __init__(self, folder: Path, *names: str) -> None:
        ca = trustme.CA()
        issued = ca.issue_cert(*(names or ("localhost", "127.0.0.1")))
        self.ca_file, self.cert_file, self.key_file = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
        ca.cert_pem.write_to_path(self.ca_file)
        issued.private_key_pem.write_to_path(self.key_file)
        for number, blob in enumerate(issued.cert_chain_pems):
            blob.write_to_path(self.cert_file, append=number > 0)

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to prove who it is."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cert_file, self.key_file)
        return context


# ── SMTP ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that the server has taken, whether or not it could still say so."""

    sender: str
    recipient: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """Where the conversation about a mail stands.

    Attributes:
        stage: "mail", "rcpt", "data" (nothing of the content has come), "content" (it has come whole),
            "accepted" (it is delivered, and the client does not know yet).
        nth: the mail, counted from 1 over all connections by its MAIL command.
        connection: counted from 1.
        nth_here: the mail, counted from 1 within its connection.
    """

    stage: str
    nth: int
    connection: int
    nth_here: int
    sender: str
    recipient: str


#: Given a step, returns None to go on, a line to answer with, seconds to wait, or `DROP`.
Script = Callable[[Step], str | float | None]


class SmtpServer:
    """A server that takes mails from one user, and keeps them.

    Attributes:
        delivered: every mail that was taken, in order.
        script: what is done to a mail at each step.
        connections: how many there were.
        names: what each called itself in EHLO.
        logins: how many were tried, each in its way, such as "PLAIN".
        login_refusal: said to a wrong password instead of the usual words.
    """

    def __init__(
        self,
        authority: Authority,
        *,
        security: str = "tls",
        user: str = USER,
        password: str = PASSWORD,
        script: Script | None = None,
        port: int = 0,
        most_bytes: int | None = None,
    ) -> None:
        self.most_bytes = most_bytes
        self.host, self.port, self.security = "127.0.0.1", port, security
        self.ca_file = authority.ca_file
        self.user, self.password = user, password
        self.delivered: list[Delivered] = []
        self.script = script
        self.connections = 0
        self.mails = 0
        self.names: list[str] = []
        self.logins: list[str] = []
        self.login_refusal = ""
        self._authority = authority
        self._sessions: set[_Conversation] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def drop_all(self) -> None:
        """Cut every connection, as when the server dies; it can still be connected to anew."""
        asyncio.run_coroutine_threadsafe(self._drop_all(), self._loop).result(10)

    def stop(self) -> None:
        """Die. Whoever needs the server again starts another one with the same `port`."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _listen(self) -> None:
        context = self._authority.context() if self.security == "tls" else None
        self._server = await self._loop.create_server(
            lambda: _Conversation(self, self._authority), self.host, self.port, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _drop_all(self) -> None:
        for session in list(self._sessions):
            session.cut()
        # Their tasks end, and their sockets close, in the next turns of the loop.
        while self._sessions:  # noqa: ASYNC110 (a few turns, and aiosmtpd has no event for it)
            await asyncio.sleep(0.001)

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._drop_all()
        await self._server.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Conversation(SMTP):
    """One connection: asks the script at every step."""

    def __init__(self, server: SmtpServer, authority: Authority) -> None:
        self._house = server
        is_starttls = server.security == "starttls"
        super().__init__(
            self,
            data_size_limit=server.most_bytes,
            hostname="mail.example.org",
            ident="tianbao test",
            tls_context=authority.context() if is_starttls else None,
            require_starttls=is_starttls,
            auth_require_tls=is_starttls,
            authenticator=self._judge_login,
            loop=server._loop,
        )
        # Given to the constructor, it warns of a connection that it does not know to be encrypted already.
        self._auth_required = True
        self._here = 0
        self._nth = 0
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._number == 0:
            self._house.connections += 1
            self._number = self._house.connections
        self._house._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._house._sessions.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        transport = self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def push(self, status: Any) -> None:
        if self._house.login_refusal and str(status).startswith("535"):
            status = self._house.login_refusal
        # In any charset: real servers answer in GBK, too.
        await super().push(status.encode("gb18030") if isinstance(status, str) else status)
        if str(status).startswith("421") and isinstance(self.transport, asyncio.WriteTransport):
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (aiosmtpd's name, as are those below)
        if answer := await self._ask("data"):
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        self._house.names.append(hostname)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session
        self._house.mails += 1
        self._nth = self._house.mails
        self._here += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._ask("mail") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session
        if answer := await self._ask("rcpt", recipient=address):
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        if answer := await self._ask("content"):
            return answer
        assert isinstance(envelope.content, bytes)
        sender, recipient = envelope.mail_from or "", ", ".join(envelope.rcpt_tos)
        self._house.delivered.append(Delivered(sender, recipient, envelope.content))
        return await self._ask("accepted") or f"250 Mail OK queued as {self._nth}"

    async def _ask(self, stage: str, *, recipient: str = "") -> str:
        """Return what the script has us answer; empty where we go on as usual."""
        if self._house.script is None:
            return ""
        assert self.envelope is not None
        to = recipient or ", ".join(self.envelope.rcpt_tos)
        wanted = self._house.script(Step(stage, self._nth, self._number, self._here, self.envelope.mail_from or "", to))
        if wanted == DROP:
            self.cut()
            # The connection takes this task with it.
            await asyncio.Event().wait()
        if isinstance(wanted, float):
            await asyncio.sleep(wanted)
            return ""
        return str(wanted or "")

    def _judge_login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope
        assert isinstance(data, LoginPassword)
        self._house.logins.append(mechanism)
        is_right = (data.login.decode(), data.password.decode()) == (self._house.user, self._house.password)
        return AuthResult(success=is_right, handled=False)


# ── IMAP ─────────────────────────────────────────────────────────────────────────────────────────


def what_is_missing() -> str | None:
    """Say why Dovecot cannot run here, if it cannot."""
    return None if _dovecot() else "Dovecot is not installed"


@cache
def _dovecot() -> str | None:
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One user's mails, as they lie on the server's disk."""

    user: str
    home: Path
    _owner: tuple[int, int]
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def deliver(self, data: bytes, *, folder: str = "INBOX", when: float | None = None) -> str:
        """Put a mail into a folder, as a delivery does: whole, or not at all. Returns the name of its file.

        Args:
            data: the mail.
            folder: its name on the wire.
            when: when it came, in seconds since 1970; now, if that is not said.
        """
        place = self._folder(folder)
        name = f"{1_700_000_000 + next(self._numbers)}.M{time.monotonic_ns()}.test"
        (place / "tmp" / name).write_bytes(data)
        os.chown(place / "tmp" / name, *self._owner)
        if when is not None:
            os.utime(place / "tmp" / name, (when, when))
        (place / "tmp" / name).rename(place / "new" / name)
        return name

    def delete(self, name: str, *, folder: str = "INBOX") -> None:
        """Take a mail away, as somebody does who looks into the mailbox at the same time."""
        for path in self._mails(folder):
            if path.name.partition(":")[0] == name:
                path.unlink()

    def state(self, *, folder: str = "INBOX") -> dict[str, str]:
        """Return which mails there are, and the flags of each, such as S (seen) and T (deleted)."""
        return {path.name.partition(":")[0]: path.name.partition(":2,")[2] for path in self._mails(folder)}

    def renew_uidvalidity(self, *, folder: str = "INBOX") -> None:
        """Have the server forget all numbers that it has given; nobody may be connected."""
        place = self._folder(folder)
        for path in (*place.glob("dovecot.index*"), place / "dovecot-uidlist"):
            path.unlink(missing_ok=True)

    def _mails(self, folder: str) -> list[Path]:
        place = self._folder(folder)
        return sorted((*(place / "new").iterdir(), *(place / "cur").iterdir()))

    def _folder(self, folder: str) -> Path:
        """Return where a folder lies; make it where there is none. Its name is that on the wire (modified UTF-7)."""
        place = self.home / "Maildir" / ("" if folder == "INBOX" else f".{folder}")
        for path in (self.home, self.home / "Maildir", place, *(place / part for part in ("tmp", "new", "cur"))):
            if not path.is_dir():
                path.mkdir()
                os.chown(path, *self._owner)
        return place


class DovecotServer:
    """Dovecot with a certificate of ours; whoever knows the password is a user and has a mailbox."""

    def __init__(self, authority: Authority, *, password: str = PASSWORD) -> None:
        self.host, self.port, self.security = "127.0.0.1", _free_port(), "tls"
        self.ca_file = authority.ca_file
        self.user, self.password = USER, password
        self.starttls = Door(self.host, _free_port(), "starttls", USER, password, authority.ca_file)
        # The paths of sockets must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="tb-imap-"))
        self._folder.chmod(0o755)
        self._config = self._folder / "dovecot.conf"
        self._authority = authority
        self._users, self._owner = _users()
        self._mailboxes: dict[str, Mailbox] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._config.write_text(self._settings(), encoding="utf-8")
        self._config.chmod(0o600)
        (self._folder / "mail").mkdir()
        os.chown(self._folder / "mail", *self._owner)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def mailbox(self, user: str = USER) -> Mailbox:
        """Return a user's mailbox, empty at first."""
        if user not in self._mailboxes:
            self._mailboxes[user] = Mailbox(user, self._folder / "mail" / user, self._owner)
        return self._mailboxes[user]

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command = [str(_dovecot()), "-F", "-c", str(self._config)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            with suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Dovecot does not start: {self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server; the mails stay, and `start` finds them."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
        self._process = None

    def log(self) -> str:
        """Return what the server has to say of itself."""
        path = self._folder / "log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _settings(self) -> str:
        uid, gid = self._owner
        folder = self._folder
        return f"""
            protocols = imap
            listen = 127.0.0.1
            base_dir = {folder}/run
            state_dir = {folder}/state
            log_path = {folder}/log
            {self._users}
            first_valid_uid = 1
            ssl = required
            ssl_cert = <{self._authority.cert_file}
            ssl_key = <{self._authority.key_file}
            mail_location = maildir:~/Maildir
            auth_failure_delay = 0
            # A user of this machine's tests is not locked out for typing a wrong password again and again.
            service anvil {{
              chroot =
              unix_listener anvil-auth-penalty {{
                mode = 0
              }}
            }}
            service imap-login {{
              chroot =
              inet_listener imap {{
                port = {self.starttls.port}
              }}
              inet_listener imaps {{
                port = {self.port}
                ssl = yes
              }}
            }}
            passdb {{
              driver = static
              args = password={self.password}
            }}
            userdb {{
              driver = static
              args = uid={uid} gid={gid} home={folder}/mail/%u
            }}
        """


def _users() -> tuple[str, tuple[int, int]]:
    """Return who Dovecot runs as, and whose the mails are: root may change to Debian's users, others are all of it."""
    # There is neither on Windows.
    import grp
    import pwd

    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return "default_internal_user = dovecot\ndefault_login_user = dovenull", (nobody.pw_uid, nobody.pw_gid)
    me, us = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    named = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {us}"
    return named, (os.geteuid(), os.getegid())


class ShyImapServer:
    """An IMAP server as 163 runs it: whoever has not said what he is may open no folder. Not encrypted, one mail.

    Attributes:
        commands: what was asked of it, in order; of those about mails, every word.
        knows_id: whether it has ever heard of the question; if not, it does not ask it.
        is_deleted: whether somebody else has deleted the mail, which is told with NOOP only.
        fetched: how a mail is given, with its length and its bytes.
        login_refusal: said to a wrong password.
        farewell: said to everybody who wants to log in, before the connection is closed.
    """

    def __init__(self, mail: bytes, *, announces_id: bool = False, user: str = USER, password: str = PASSWORD) -> None:
        self.mail = mail
        self.announces_id = announces_id
        self.user, self.password = user, password
        self.commands: list[str] = []
        self.knows_id = True
        self.is_deleted = False
        self.fetched = b"UID 1320000001 BODY[] {%d}\r\n%b"
        self.login_refusal = "LOGIN Login error or password error"
        self.farewell = ""
        self.ca_file: Path | None = None
        self.host, self.security = "127.0.0.1", "none"
        house = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                house.talk(lambda: self.rfile.readline().decode(), self.wfile.write)

        self._server = socketserver.ThreadingTCPServer((self.host, 0), Conversation)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def talk(self, read: Callable[[], str], write: Callable[[bytes], object]) -> None:
        """Hold one conversation."""
        is_known, has_told = not self.knows_id, False
        write(b"* OK Coremail System IMap Server Ready\r\n")
        while line := read():
            tag, _, rest = line.strip().partition(" ")
            command = rest.split(" ")[0].upper()
            self.commands.append(rest if command == "UID" else command)
            done = f"{tag} OK {command} completed\r\n".encode()
            match command:
                case "CAPABILITY":
                    write(b"* CAPABILITY IMAP4rev1" + b" ID" * self.announces_id + b"\r\n" + done)
                case "LOGIN" if self.farewell:
                    write(f"* BYE {self.farewell}\r\n".encode())
                    return
                case "LOGIN" if rest.split(" ")[1:] == [f'"{self.user}"', f'"{self.password}"']:
                    write(done)
                case "LOGIN":
                    write(f"{tag} NO {self.login_refusal}\r\n".encode())
                case "ID" if self.knows_id:
                    is_known = True
                    write(b'* ID ("name" "Coremail Imap")\r\n' + done)
                case "EXAMINE" if is_known:
                    write(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] UIDs valid\r\n" + done)
                case "EXAMINE":
                    write(f"{tag} NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n".encode())
                case "LIST":
                    write(b'* LIST () "/" "INBOX"\r\n' + done)
                case "UID" if "SEARCH" in rest:
                    write(b"* SEARCH" + b" 1320000001" * (not has_told) + b"\r\n" + done)
                case "UID" if self.is_deleted:
                    write(done)
                case "UID":
                    answer = self.fetched % (len(self.mail), self.mail) if b"%d" in self.fetched else self.fetched
                    write(b"* 1 FETCH (%b)\r\n%b" % (answer, done))
                case "NOOP":
                    has_told = self.is_deleted
                    write(b"* 1 EXPUNGE\r\n" * has_told + done)
                case "LOGOUT":
                    write(b"* BYE\r\n" + done)
                    return
                case _:
                    write(f"{tag} BAD command not support\r\n".encode())


# ── the way between ──────────────────────────────────────────────────────────────────────────────


class Proxy:
    """A way to a server that can be cut.

    Attributes:
        cut_after: how many bytes of the server a connection lets through before it breaks; None for any number.
        connections: how many there were.
    """

    def __init__(self, target: Server, *, cut_after: int | None = None) -> None:
        self.host, self.security, self.user, self.password = "127.0.0.1", target.security, target.user, target.password
        self.ca_file = target.ca_file
        self.cut_after = cut_after
        self.connections = 0
        self._target = (target.host, target.port)
        self._listener = socket.create_server((self.host, 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # A socket that is only closed does not wake up who waits for it.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Cut every connection that there is."""
        for pair in self._pairs:
            _cut(pair)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            pair = (client, socket.create_connection(self._target, 10))
            self._pairs.append(pair)
            for there, back, most in ((*pair, None), (*reversed(pair), self.cut_after)):
                thread = threading.Thread(target=self._pump, args=(there, back, pair, most), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket], most: int | None
    ) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(65_536):
                if most is not None and passed + len(data) >= most:
                    sink.sendall(data[: most - passed])
                    break
                passed += len(data)
                sink.sendall(data)
        _cut(pair)


def _cut(pair: tuple[socket.socket, socket.socket]) -> None:
    for end in pair:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# ── an account at these servers ──────────────────────────────────────────────────────────────────


def settings_for(smtp: Server | None = None, imap: Server | None = None, **settings: object) -> str:
    """Write the `[mail]` table of an account at these servers, as it stands in `campaign.toml`; a missing one answers nobody."""
    known = [server for server in (smtp, imap) if server is not None]
    ca_files = [str(server.ca_file) for server in known if server.ca_file]
    lines: dict[str, object] = {"preset": "custom", "address": USER, "user": known[0].user if known else USER}
    if ca_files:
        lines["ca_file"] = ca_files[0]
    lines |= settings
    text = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in lines.items()]
    for kind, server in (("smtp", smtp), ("imap", imap)):
        port, security = (server.port, server.security) if server else (1, "tls")
        text.append(f'{kind} = {{ host = "127.0.0.1", port = {port}, security = "{security}" }}')
    return "\n".join(["[mail]", *text, ""])


def account_at(smtp: Server | None = None, imap: Server | None = None, **settings: object) -> Account:
    """Return an account at these servers."""
    return read_account(tomllib.loads(settings_for(smtp, imap, **settings))["mail"], home=Path())
