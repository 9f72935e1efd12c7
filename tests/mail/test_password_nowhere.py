"""The password is shown to the servers, and to nobody else: not a file, not a line of output, not the list of processes.

a round by the command itself ──▶ every byte it leaves, in its folder, its home, its temporary files, and on the screen
                                  └─ none of the forms in which a password may stand there
"""

from __future__ import annotations

import base64
import io
import os
import pty
import shutil
import subprocess
import sys
import termios
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import keyring
import pytest

from tests.campaign.office import begin
from tests.mail.servers import PASSWORD, DovecotServer, Mailbox, SmtpServer, Step, settings_for
from tests.mail.test_password import Drawer
from tests.mail.townships import reply
from tianbao import messages
from tianbao.campaign.folder import SETTINGS
from tianbao.cli.main import main
from tianbao.mail.password import VARIABLE
from tianbao.records.model import Value

WRONG_REPORT: dict[str, Value] = {"inspections__public__places": 5, "inspections__public__inspected": 7}
#: What somebody types who means another mailbox: as secret as the right one.
MISTAKEN = "hjwqzkxvtnbdrcpm"

#: The command, but what happens in the library when it knows the password is a fault of which nobody thought;
#: the traceback shows every name of every frame, as the tools do that collect crashes.
CRASH = """
import imaplib, smtplib, sys, traceback

before = getattr({place})

def crash(*told, **named):
    if {told!r} and {told!r} not in told:
        return before(*told, **named)
    raise RuntimeError("a fault of which nobody thought")

def show():
    error = traceback.TracebackException(*sys.exc_info(), capture_locals=True)
    print("".join(error.format()), file=sys.stderr)

traceback.print_exc = show
setattr({place}, crash)
from tianbao.cli.main import main
main(sys.argv[1:])
"""


def forms(password: str, user: str) -> dict[str, bytes]:
    """Write a password in every way in which it may stand somewhere."""
    plain = password.encode()
    found = {"plain": plain, "UTF-16": password.encode("utf-16-le"), "hexadecimal": plain.hex().encode()}
    # In base64 it looks in three ways, by what stands before it; the letters that hang on its neighbours are left out.
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        found[f"base64 after {before}"] = coded[-(-before * 8 // 6) + (before > 0) : len(coded) - 4]
    found["a login"] = base64.b64encode(f"\0{user}\0{password}".encode())
    return found


def leaks(data: bytes, user: str) -> list[str]:
    """Name the forms of the passwords that stand in some bytes, or in what is packed in them."""
    found = [form for password in (PASSWORD, MISTAKEN) for form, text in forms(password, user).items() if text in data]
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [form for name in archive.namelist() for form in leaks(archive.read(name), user)]
    return found


@dataclass
class Office:
    """A county office that works with the command alone, in a home of its own.

    Attributes:
        said: what the command said, on both its streams.
        processes: the command lines of all processes, whenever a mail was handed over.
    """

    folder: Path
    smtp: SmtpServer
    mailbox: Mailbox
    said: list[bytes] = field(default_factory=list)
    processes: list[bytes] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder.parent / "home"

    def environment(self, password: str | None) -> dict[str, str]:
        places = {name: str(self.home) for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        given = {} if password is None else {VARIABLE: password}
        return {**os.environ, **places, "TIANBAO_LANG": "zh", "PYTHONIOENCODING": "utf-8", **given}

    def run(self, *arguments: str, password: str | None = PASSWORD, code: str = "", debug: bool = False) -> int:
        """Run the command, or some code in its place, and return its exit status."""
        how = ["-c", code] if code else ["-m", "tianbao"]
        environment = {**self.environment(password), **({"TIANBAO_DEBUG": "1"} if debug else {})}
        done = subprocess.run(
            [sys.executable, *how, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
        self.said += [done.stdout, done.stderr]
        return done.returncode

    def look_at_processes(self, step: Step) -> None:
        """Read the list of processes: what a server does while the command waits for its answer."""
        if step.stage == "content":
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.processes.append(path.read_bytes())
                except OSError:  # it has ended since it was listed
                    continue

    def answer(self, number: int, values: dict[str, Value]) -> None:
        sent = next(mail for mail in self.smtp.delivered if mail.recipient == f"unit{number}@example.org")
        self.mailbox.deliver(reply(sent.data, number=number, sender=sent.recipient, values=values))

    def leaks(self) -> dict[str, list[str]]:
        """Name everything in which a password stands, and how."""
        left = {str(path): path.read_bytes() for path in self.folder.parent.rglob("*") if path.is_file()}
        said = {f"what it said, {number}": text for number, text in enumerate(self.said)}
        seen = {"the processes": b"\n".join(self.processes)}
        found = {name: leaks(data, self.mailbox.user) for name, data in (left | said | seen).items()}
        return {name: several for name, several in found.items() if several}


@pytest.fixture
def office(tmp_path: Path, smtp: SmtpServer, dovecot: DovecotServer, mailbox: Mailbox) -> Iterator[Office]:
    """Begin a campaign of three units, and issue their workbooks."""
    # The certificates of the servers are made for all tests, and lie elsewhere.
    folder = tmp_path / "年报"
    begin(folder, 3).close()
    path = folder / SETTINGS
    table = settings_for(smtp, dovecot, user=mailbox.user, address=mailbox.user, every=0)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")
    smtp.user = mailbox.user
    office = Office(folder, smtp, mailbox)
    office.home.mkdir()
    smtp.script = office.look_at_processes
    assert office.run("issue") == 0
    yield office
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("form", list(forms(PASSWORD, "a")))
def test_what_is_looked_for_is_found_wherever_it_stands(form: str) -> None:
    text = forms(PASSWORD, "a")[form]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", b"<v>" + text + b"</v>" * 99)

    assert form in leaks(b"a" + text + b"z", "a")
    assert form in leaks(packed.getvalue(), "a")
    assert leaks(b"all is well", "a") == []


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "\0user@example.org\0"])
@pytest.mark.parametrize("after", ["", "z", "yz"])
def test_a_password_in_base64_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    coded = base64.b64encode(f"{before}{PASSWORD}{after}".encode())

    assert any(form.startswith("base64") for form in leaks(coded, ""))


def test_a_whole_round_leaves_the_password_nowhere(office: Office) -> None:
    assert office.run("mail", "check") == 0
    assert office.run("send") == 0
    assert office.run("outbox", "send") == 0
    office.answer(1, WRONG_REPORT)
    office.answer(2, {})
    assert office.run("fetch") == 1
    assert office.run("return", "--receipts") == 0
    assert office.run("outbox", "send") == 0
    for line in ("outbox list --json", "log", "verify --rebuild"):
        assert office.run(*line.split()) == 0, line

    # The round did go through the servers, and somebody looked at the processes while it did.
    assert sorted(mail.recipient for mail in office.smtp.delivered) == sorted(
        [office.mailbox.user] + [f"unit{n}@example.org" for n in (1, 1, 2, 2, 3)]
    )
    assert any(b"tianbao\0outbox\0send" in line for line in office.processes)
    assert office.leaks() == {}


def test_a_wrong_password_is_as_secret_even_where_the_server_repeats_it(office: Office) -> None:
    login = base64.b64encode(f"\0{office.mailbox.user}\0{MISTAKEN}".encode()).decode()
    coded = base64.b64encode(MISTAKEN.encode()).decode()
    office.smtp.login_refusal = f"535 no: {MISTAKEN} {coded} {login}"
    assert office.run("send") == 0

    for line in ("mail check", "outbox send", "fetch"):
        assert office.run(*line.split(), password=MISTAKEN, debug=True) == 4, line

    assert any(b"535 no: ****** ****** ******" in text for text in office.said)
    assert office.leaks() == {}


@pytest.mark.parametrize(
    ("place", "told", "line"),
    [
        ("smtplib.SMTP, 'putcmd'", "AUTH", "outbox send"),
        ("smtplib.SMTP, 'auth_plain'", "", "outbox send"),
        ("smtplib.SMTP, 'auth'", "", "mail check"),
        ("imaplib.IMAP4, '_simple_command'", "LOGIN", "fetch"),
    ],
)
def test_a_crash_shows_every_name_of_every_frame_and_no_password(
    place: str, told: str, line: str, office: Office
) -> None:
    assert office.run("send") == 0

    status = office.run(*line.split(), code=CRASH.format(place=place, told=told), debug=True)

    assert status == 3
    assert b"secret = Secret(******)" in office.said[-1]
    assert "程序本身出了错：RuntimeError: a fault of which nobody thought。".encode() in office.said[-1]
    assert office.leaks() == {}


def test_a_password_that_is_typed_is_not_seen(office: Office) -> None:
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tianbao", "mail", "check"],
        cwd=office.folder,
        env=office.environment(None),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        seen = _read(master, until="（输入时不显示）".encode())
        deadline = time.monotonic() + 20
        while termios.tcgetattr(master)[3] & termios.ECHO and time.monotonic() < deadline:
            time.sleep(0.01)
        os.write(master, f"{PASSWORD}\n".encode())
        seen += _read(master)
    os.close(master)
    office.said.append(seen)

    assert process.returncode == 0, seen.decode()
    assert f"√ 给自己发了一封：{office.mailbox.user}".encode() in seen
    assert office.leaks() == {}


def _read(terminal: int, *, until: bytes = b"") -> bytes:
    """Read what a terminal shows, up to some words or to the end."""
    seen = b""
    while not until or until not in seen:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # so Linux tells that nobody writes to it any more
            break
        if not piece:
            break
        seen += piece
    return seen


def test_the_keyring_alone_keeps_what_mail_password_was_told(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(("--lang", "zh", *arguments))
        assert isinstance(left.value.code, int)
        return (left.value.code, *capsys.readouterr())

    monkeypatch.chdir(office.folder)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: PASSWORD)
    drawer, before = Drawer(), keyring.get_keyring()
    keyring.set_keyring(drawer)
    try:
        kept = call("mail", "password")
        monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: pytest.fail("the keyring knows it"))
        checked = call("mail", "check")
        forgotten = call("mail", "password", "--forget")
        nothing = call("mail", "password", "--forget")
    finally:
        keyring.set_keyring(before)
        messages.use_language(None)
    office.said += [text.encode() for told in (kept, checked, forgotten) for text in told[1:]]

    user = office.mailbox.user
    assert kept == (0, "", f"{user} 的授权码存进了钥匙串。\n")
    assert checked[0] == 0
    assert forgotten == (0, "", f"{user} 的授权码从钥匙串里删掉了。\n")
    assert nothing == (0, "", f"钥匙串里没有 {user} 的授权码。\n")
    assert drawer.kept == {}
    assert office.leaks() == {}
