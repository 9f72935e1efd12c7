"""Mails go to a real server, and what is not known to have arrived or not is said to be uncertain."""

from __future__ import annotations

import base64
import functools
import random
import smtplib
import socket
import socketserver
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import pytest

from tests.mail.servers import DROP, PASSWORD, USER, Authority, Delivered, Door, SmtpServer, Step, account_at
from tianbao.mail.account import Security
from tianbao.mail.connection import MailConnectError, MailLoginError, MailTlsError
from tianbao.mail.outbox import Answer, Fate, Outbox
from tianbao.mail.password import PasswordUnusableError, Secret

pytestmark = pytest.mark.usefixtures("chinese")

SECRET = Secret(PASSWORD)
MAIL = b"From: xxgk@example.org\r\nTo: zhang@example.org\r\nSubject: =?utf-8?B?5aGr5oql?=\r\n\r\n.\r\n..\r\n.a\r\nb\r\n"
TO = "zhang@example.org"

#: As a server takes it and says so.
ACCEPTED = Answer(Fate.ACCEPTED, 250, "Mail OK queued as 1")


class Commits:
    """Counts how often a mail was given free to go."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def commits() -> Commits:
    """Make a counter that a test can look at."""
    return Commits()


def outbox_at(server: SmtpServer, *, patience: float = 20.0, per_connection: int = 10) -> Outbox:
    return Outbox(account_at(server, per_connection=per_connection), SECRET, patience=patience)


def send(outbox: Outbox, commits: Commits, *, to: str = TO) -> Answer:
    return outbox.send(USER, to, MAIL, committing=commits)


def at(stage: str, *answers: str | float) -> Callable[[Step], str | float | None]:
    """Answer so the first times that a mail is at this stage, and as usual from then on."""
    left = iter(answers)
    return lambda step: next(left, None) if step.stage == stage else None


def everything_told(error: BaseException) -> str:
    """Write an error down with all that a debugger would show: the variables of every frame."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def forms_of_the_password() -> Sequence[str]:
    spoken = f"\0{USER}\0{PASSWORD}"
    return [PASSWORD, *(base64.b64encode(text.encode()).decode() for text in (PASSWORD, spoken))]


# ── a mail that goes ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mail_arrives_as_it_was_written(authority: Authority, commits: Commits, security: str) -> None:
    with SmtpServer(authority, security=security) as smtp, outbox_at(smtp) as outbox:
        assert send(outbox, commits) == ACCEPTED

    assert smtp.delivered == [Delivered(USER, TO, MAIL)]
    assert commits.times == 1


def test_a_mail_that_does_not_end_its_last_line_arrives_with_it_ended(smtp: SmtpServer) -> None:
    with outbox_at(smtp) as outbox:
        outbox.send(USER, TO, b"Subject: x\r\n\r\nend", committing=lambda: None)

    assert smtp.delivered == [Delivered(USER, TO, b"Subject: x\r\n\r\nend\r\n")]


def test_a_large_mail_arrives_whole(smtp: SmtpServer) -> None:
    large = b"Subject: x\r\n\r\n" + b".\r\n" * 300_000

    with outbox_at(smtp) as outbox:
        outbox.send(USER, TO, large, committing=lambda: None)

    assert smtp.delivered == [Delivered(USER, TO, large)]


def test_an_answer_that_takes_its_time_is_waited_for(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = at("content", 1.0)

    with Outbox(account_at(smtp), SECRET, timeout=0.5) as outbox:
        assert send(outbox, commits).fate is Fate.ACCEPTED


def test_nothing_is_connected_before_there_is_a_mail(smtp: SmtpServer) -> None:
    with outbox_at(smtp):
        pass

    assert smtp.connections == 0


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_name_of_this_machine_is_nobodys_business(authority: Authority, security: str) -> None:
    with SmtpServer(authority, security=security) as smtp, outbox_at(smtp) as outbox:
        outbox.connect()

    assert set(smtp.names) == {"[127.0.0.1]"}


def test_committing_comes_after_all_that_can_be_refused_and_before_the_content(smtp: SmtpServer) -> None:
    order: list[str] = []
    smtp.script = lambda step: order.append(step.stage)

    with outbox_at(smtp) as outbox:
        outbox.send(USER, TO, MAIL, committing=lambda: order.append("committing"))

    assert order == ["mail", "rcpt", "data", "committing", "content", "accepted"]


def test_mails_share_a_connection_until_it_has_had_its_share(smtp: SmtpServer, commits: Commits) -> None:
    places: list[tuple[int, int]] = []
    smtp.script = lambda step: places.append((step.connection, step.nth_here)) if step.stage == "accepted" else None

    with outbox_at(smtp, per_connection=3) as outbox:
        for _ in range(7):
            send(outbox, commits)

    assert places == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1)]


# ── a mail that is refused ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("550 5.1.1 User not found", Answer(Fate.REFUSED, 550, "5.1.1 User not found", "U-SMTP-RECIPIENT")),
        ("450 4.2.0 Greylisted", Answer(Fate.DEFERRED, 450, "4.2.0 Greylisted", "U-SMTP-LATER")),
        ("550 用户不存在", Answer(Fate.REFUSED, 550, "用户不存在", "U-SMTP-RECIPIENT")),
        (
            "450 MI:DMC 163 smtp1",
            Answer(Fate.DEFERRED, 450, "MI:DMC 163 smtp1", "U-SMTP-FREQUENCY", stops=True),
        ),
    ],
)
def test_what_is_refused_before_the_content_was_not_committed(
    smtp: SmtpServer, commits: Commits, stage: str, said: str, expected: Answer
) -> None:
    smtp.script = at(stage, said)

    with outbox_at(smtp) as outbox:
        answers = [send(outbox, commits), send(outbox, commits)]

    assert answers == [expected, replace(ACCEPTED, text="Mail OK queued as 2")]
    assert (commits.times, len(smtp.delivered), smtp.connections) == (1, 1, 1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("554 DT:SPM 163", Answer(Fate.REFUSED, 554, "DT:SPM 163", "U-SMTP-SPAM", stops=True)),
        ("552 发送过多长度类似信件", Answer(Fate.REFUSED, 552, "发送过多长度类似信件", "U-SMTP-SIMILAR", stops=True)),
        ("451 local error", Answer(Fate.DEFERRED, 451, "local error", "U-SMTP-LATER")),
    ],
)
def test_a_content_that_is_refused_was_not_taken(
    smtp: SmtpServer, commits: Commits, said: str, expected: Answer
) -> None:
    smtp.script = at("content", said)

    with outbox_at(smtp) as outbox:
        answers = [send(outbox, commits), send(outbox, commits)]

    assert answers == [expected, replace(ACCEPTED, text="Mail OK queued as 2")]
    assert (commits.times, len(smtp.delivered)) == (2, 1)


def test_a_mail_that_is_too_large_is_refused_before_it_goes(authority: Authority, commits: Commits) -> None:
    with SmtpServer(authority, most_bytes=50) as smtp, outbox_at(smtp) as outbox:
        answer = send(outbox, commits)

    assert (answer.fate, answer.status, answer.advice) == (Fate.REFUSED, 552, "U-SMTP-SIZE")
    assert commits.times == 0


def test_a_refusal_is_one_line_of_a_bearable_length(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = at("rcpt", "550-one\r\n550-two\tand\r\n550 " + "three " * 80)

    with outbox_at(smtp) as outbox:
        text = send(outbox, commits).text

    assert text.startswith("one two and three three ")
    assert (len(text), text[-1]) == (300, "…")


def test_a_server_that_says_goodbye_to_a_new_connection_stops_the_run(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = at("mail", "421 Service not available", "421 never asked for")

    with outbox_at(smtp) as outbox:
        answers = [send(outbox, commits), send(outbox, commits)]

    assert answers[0] == Answer(Fate.DEFERRED, 421, "Service not available", "U-SMTP-DOWN", stops=True)
    assert (commits.times, smtp.connections) == (0, 2)


# ── a connection that is lost ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_connection_lost_before_the_content_is_made_once_again(
    smtp: SmtpServer, commits: Commits, stage: str
) -> None:
    smtp.script = at(stage, DROP)

    with outbox_at(smtp) as outbox:
        assert send(outbox, commits).fate is Fate.ACCEPTED

    assert (commits.times, len(smtp.delivered), smtp.connections) == (1, 1, 2)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_connection_lost_twice_before_the_content_is_told_and_nothing_was_sent(
    smtp: SmtpServer, commits: Commits, stage: str
) -> None:
    smtp.script = at(stage, DROP, DROP)

    with outbox_at(smtp) as outbox, pytest.raises(MailConnectError) as caught:
        send(outbox, commits)

    assert str(caught.value) == f"[U-MAIL-CONNECT] 连不上邮件服务器 127.0.0.1（端口 {smtp.port}）：连接中断。"
    assert caught.value.exit_status == 4
    assert (commits.times, smtp.delivered, smtp.connections) == (0, [], 2)


def test_a_connection_lost_between_two_mails_is_made_anew_without_a_word(smtp: SmtpServer, commits: Commits) -> None:
    with outbox_at(smtp) as outbox:
        send(outbox, commits)
        smtp.drop_all()
        answer = send(outbox, commits)

    assert answer == replace(ACCEPTED, text="Mail OK queued as 2")
    assert (commits.times, len(smtp.delivered), smtp.connections) == (2, 2, 2)


def test_a_server_that_died_and_is_back_is_connected_to_anew(
    smtp: SmtpServer, authority: Authority, commits: Commits
) -> None:
    with outbox_at(smtp) as outbox:
        send(outbox, commits)
        smtp.stop()
        with pytest.raises(MailConnectError):
            send(outbox, commits)
        with SmtpServer(authority, port=smtp.port) as back:
            answer = send(outbox, commits)

    assert answer.fate is Fate.ACCEPTED
    assert (commits.times, len(smtp.delivered), len(back.delivered)) == (2, 1, 1)


def test_a_connection_that_stood_idle_for_too_long_is_made_anew(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = lambda step: "421 4.4.2 timeout exceeded" if (step.stage, step.nth) == ("mail", 2) else None

    with outbox_at(smtp) as outbox:
        fates = [send(outbox, commits).fate for _ in range(2)]

    assert fates == [Fate.ACCEPTED, Fate.ACCEPTED]
    assert (commits.times, len(smtp.delivered), smtp.connections) == (2, 2, 2)


def test_a_connection_that_ended_with_an_answer_is_not_tried_again(smtp: SmtpServer, commits: Commits) -> None:
    said = {("content", 1): "421 bye", ("mail", 2): DROP}
    smtp.script = lambda step: said.get((step.stage, step.nth))

    with outbox_at(smtp) as outbox:
        fates = [send(outbox, commits).fate for _ in range(2)]

    assert fates == [Fate.DEFERRED, Fate.ACCEPTED]
    assert smtp.connections == 3


def test_a_limit_on_frequency_is_not_tried_again(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = lambda step: "421 HL:IFC 163 smtp10" if (step.stage, step.nth) == ("mail", 2) else None

    with outbox_at(smtp) as outbox:
        answers = [send(outbox, commits) for _ in range(2)]

    assert answers[1] == Answer(Fate.DEFERRED, 421, "HL:IFC 163 smtp10", "U-SMTP-FREQUENCY", stops=True)
    assert (commits.times, smtp.connections) == (1, 1)


@pytest.mark.parametrize(("stage", "arrived"), [("content", 0), ("accepted", 1)])
def test_a_connection_lost_after_the_content_leaves_it_uncertain(
    smtp: SmtpServer, commits: Commits, stage: str, arrived: int
) -> None:
    smtp.script = at(stage, DROP)

    with outbox_at(smtp) as outbox:
        answer = send(outbox, commits)
        reached = len(smtp.delivered)
        another = send(outbox, commits)

    assert answer == Answer(Fate.UNCERTAIN, None, "连接中断")
    assert (commits.times, reached) == (2, arrived)
    assert another.fate is Fate.ACCEPTED


def test_a_server_that_does_not_answer_to_the_content_leaves_it_uncertain(smtp: SmtpServer, commits: Commits) -> None:
    smtp.script = at("accepted", 5.0)

    with outbox_at(smtp, patience=0.4) as outbox:
        answer = send(outbox, commits)

    assert answer == Answer(Fate.UNCERTAIN, None, "等了很久没有回音")
    assert len(smtp.delivered) == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [("xyz", Answer(Fate.UNCERTAIN, None, "")), ("354 go on", Answer(Fate.UNCERTAIN, 354, "go on"))],
)
def test_an_answer_that_is_none_leaves_it_uncertain(
    smtp: SmtpServer, commits: Commits, said: str, expected: Answer
) -> None:
    smtp.script = at("accepted", said)

    with outbox_at(smtp) as outbox:
        answers = [send(outbox, commits), send(outbox, commits)]

    assert answers == [expected, replace(ACCEPTED, text="Mail OK queued as 2")]
    assert smtp.connections == 2


def test_an_answer_that_is_none_before_the_content_is_as_good_as_a_lost_connection(
    smtp: SmtpServer, commits: Commits
) -> None:
    smtp.script = at("data", "250 what", "250 what")

    with outbox_at(smtp) as outbox, pytest.raises(MailConnectError, match="服务器的回答看不懂"):
        send(outbox, commits)

    assert (commits.times, smtp.delivered, smtp.connections) == (0, [], 2)


def test_an_account_that_is_closed_is_the_recipients_where_the_recipient_was_asked_about(
    smtp: SmtpServer, commits: Commits
) -> None:
    smtp.script = at("rcpt", "550 User suspended")

    with outbox_at(smtp) as outbox:
        answer = send(outbox, commits)

    assert answer == Answer(Fate.REFUSED, 550, "User suspended", "U-SMTP-RECIPIENT")


def test_a_mail_that_may_not_go_after_all_does_not(smtp: SmtpServer, commits: Commits) -> None:
    def fail() -> None:
        raise OSError("the disc is full")

    with outbox_at(smtp) as outbox:
        with pytest.raises(OSError, match="the disc is full"):
            outbox.send(USER, TO, MAIL, committing=fail)
        # What would be said on this connection now, the server would take for the content.
        was_left = outbox._client is None
        answer = send(outbox, commits)

    assert was_left
    assert answer.fate is Fate.ACCEPTED
    assert len(smtp.delivered) == 1


def test_a_goodbye_that_fails_is_of_no_consequence(smtp: SmtpServer, commits: Commits) -> None:
    with outbox_at(smtp) as outbox:
        send(outbox, commits)
        smtp.stop()

    assert len(smtp.delivered) == 1


# ── no way in ────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_not_there_is_told(smtp: SmtpServer, commits: Commits) -> None:
    smtp.stop()

    with outbox_at(smtp) as outbox, pytest.raises(MailConnectError) as caught:
        send(outbox, commits)

    assert str(caught.value) == (
        f"[U-MAIL-CONNECT] 连不上邮件服务器 127.0.0.1（端口 {smtp.port}）：服务器不在这个端口上收发邮件。"
    )
    assert "防火墙" in caught.value.hint
    assert commits.times == 0


def test_a_server_that_says_nothing_is_told_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        account = account_at(Door("127.0.0.1", silent.getsockname()[1], "none"))
        began = time.monotonic()

        with Outbox(account, SECRET, timeout=0.2) as outbox, pytest.raises(MailConnectError, match="等了很久没有回音"):
            outbox.connect()

    assert time.monotonic() - began < 10


def test_a_certificate_that_nobody_trusts_is_told(smtp: SmtpServer) -> None:
    account = replace(account_at(smtp), ca_file=None)

    with Outbox(account, SECRET) as outbox, pytest.raises(MailTlsError) as caught:
        outbox.connect()

    assert str(caught.value) == (
        f"[U-MAIL-TLS] 与 127.0.0.1（端口 {smtp.port}）的加密连接不可靠，没有登录："
        "服务器的证书不是这台电脑信任的机构签发的。"
    )
    assert "ca_file" in caught.value.hint
    assert "日期" in caught.value.hint
    assert smtp.logins == []


def test_a_certificate_of_another_server_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    others = Authority(tmp_path_factory.mktemp("others"), "mail.example.org")

    with (
        SmtpServer(others) as smtp,
        outbox_at(smtp) as outbox,
        pytest.raises(MailTlsError, match="证书不是发给这台服务器的"),
    ):
        outbox.connect()


def test_a_file_without_a_certificate_is_told(smtp: SmtpServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("empty") / "内网.pem"
    empty.write_text("not a certificate")

    with (
        Outbox(replace(account_at(smtp), ca_file=empty), SECRET) as outbox,
        pytest.raises(MailTlsError, match=r"内网\.pem 里没有证书"),
    ):
        outbox.connect()


def test_the_port_of_another_way_to_speak_is_told(authority: Authority) -> None:
    with SmtpServer(authority, security="none") as smtp:
        account = account_at(smtp, ca_file=str(authority.ca_file))
        account = replace(account, smtp=replace(account.smtp, security=Security.TLS))

        with Outbox(account, SECRET) as outbox, pytest.raises(MailTlsError, match="用的不是这种加密方式"):
            outbox.connect()


def test_a_server_that_cannot_encrypt_is_told_nothing(authority: Authority, commits: Commits) -> None:
    with SmtpServer(authority, security="none") as smtp:
        account = account_at(smtp)
        account = replace(account, smtp=replace(account.smtp, security=Security.STARTTLS))

        with Outbox(account, SECRET) as outbox, pytest.raises(MailTlsError, match="服务器在这个端口上不能加密"):
            send(outbox, commits)

    assert (smtp.logins, smtp.mails, commits.times) == ([], 0, 0)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_wrong_password_is_told_and_shown_once_only(authority: Authority, security: str) -> None:
    with SmtpServer(authority, security=security) as smtp:
        account = replace(account_at(smtp), preset="163")

        with Outbox(account, Secret("wrong")) as outbox, pytest.raises(MailLoginError) as caught:
            outbox.connect()

    assert str(caught.value) == (
        "[U-MAIL-LOGIN] xxgk@example.org 登录 127.0.0.1 没有成功，"
        "服务器说：535 5.7.8 Authentication credentials invalid。"
    )
    assert caught.value.hint == (
        "163 邮箱要用授权码，不是登录网页的密码：登录 mail.163.com，打开“设置→POP3/SMTP/IMAP”，"
        "开启“IMAP/SMTP服务”，按提示发短信后得到授权码。"
    )
    assert caught.value.exit_status == 4
    assert len(smtp.logins) == 1


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("535 Login Fail. Please enter your authorization code to login", "QQ 邮箱要用授权码"),
        ("550 User has no permission", "QQ 邮箱要用授权码"),
        ("526 Authentication failure", "QQ 邮箱要用授权码"),
        ("535 请使用授权码登录", "QQ 邮箱要用授权码"),
        ("535 Login fail. Password is incorrect, login frequency limited, or system is busy", "QQ 邮箱要用授权码"),
        ("454 4.7.0 Temporary authentication failure", "等 15 分钟再试"),
        ("535 Error: login frequency limited", "等 15 分钟再试"),
    ],
)
def test_the_way_out_of_a_refused_login_is_that_of_the_provider(smtp: SmtpServer, said: str, hint: str) -> None:
    smtp.login_refusal = said
    account = replace(account_at(smtp), preset="qq")

    with Outbox(account, Secret("wrong")) as outbox, pytest.raises(MailLoginError) as caught:
        outbox.connect()

    assert f"服务器说：{said}。" in str(caught.value)
    assert hint in caught.value.hint


def test_a_password_that_no_server_takes_is_not_shown_to_one(smtp: SmtpServer) -> None:
    with Outbox(account_at(smtp), Secret("ｑ" * 8)) as outbox, pytest.raises(PasswordUnusableError) as caught:
        outbox.connect()

    told = everything_told(caught.value)
    assert "ｑ" * 8 not in told
    assert smtp.logins == []


class Talker:
    """A server that says what it was told to say at each command, and hangs up where it was told nothing."""

    def __init__(self, **said: str) -> None:
        self.asked: list[str] = []
        house = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                answer = said.get("hello", "220 hello")
                while answer:
                    self.wfile.write(answer.encode() + b"\r\n")
                    asked = self.rfile.readline().decode().strip()
                    house.asked.append(asked)
                    answer = said.get(asked.replace(" ", "_"), said.get(asked.partition(" ")[0].upper(), ""))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self.door = Door("127.0.0.1", int(self._server.server_address[1]), "none")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_greeting_that_is_none_is_quoted() -> None:
    with (
        Talker(hello="554 IP in blacklist.") as talker,
        Outbox(account_at(talker.door), SECRET) as outbox,
        pytest.raises(MailConnectError, match="：554 IP in blacklist。"),
    ):
        outbox.connect()


def test_a_server_that_nobody_can_log_in_to_is_told() -> None:
    with (
        Talker(EHLO="250 mail.example.org") as talker,
        Outbox(account_at(talker.door), SECRET) as outbox,
        pytest.raises(MailLoginError, match="服务器说：服务器没有给出可以用的登录方式。"),
    ):
        outbox.connect()


def test_a_way_to_log_in_that_is_announced_and_not_there_is_left_for_the_next() -> None:
    plain = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    said = {f"AUTH_PLAIN_{plain}": "235 welcome"}

    with (
        Talker(EHLO="250-hello\r\n250 AUTH PLAIN LOGIN", AUTH="504 no such way", **said) as talker,
        Outbox(account_at(talker.door), SECRET) as outbox,
    ):
        outbox.connect()

    assert [" ".join(asked.split(" ")[:2]) for asked in talker.asked[:3]] == [
        "ehlo [127.0.0.1]",
        "AUTH LOGIN",
        "AUTH PLAIN",
    ]


def test_a_question_in_a_login_that_makes_no_sense_is_told_and_shows_no_password() -> None:
    with (
        Talker(EHLO="250-hello\r\n250 AUTH PLAIN LOGIN", AUTH="334 x") as talker,
        Outbox(account_at(talker.door), SECRET) as outbox,
        pytest.raises(MailConnectError, match="服务器的回答看不懂") as caught,
    ):
        outbox.connect()

    told = everything_told(caught.value)
    assert [form for form in forms_of_the_password() if form in told] == []


def test_a_refusal_stands_whatever_becomes_of_the_connection_after_it(commits: Commits) -> None:
    said = {"AUTH": "235 welcome", "MAIL": "250 go on", "RCPT": "550 User not found"}

    with (
        Talker(EHLO="250-hello\r\n250 AUTH LOGIN", **said) as talker,
        Outbox(account_at(talker.door), SECRET) as outbox,
    ):
        answers = [send(outbox, commits) for _ in range(2)]

    assert answers == [Answer(Fate.REFUSED, 550, "User not found", "U-SMTP-RECIPIENT")] * 2
    assert [asked.split(" ")[0].upper() for asked in talker.asked] == ["EHLO", "AUTH", "MAIL", "RCPT", "RSET"] * 2


# ── the password ─────────────────────────────────────────────────────────────────────────────────


def test_a_refused_login_shows_no_password_wherever_one_looks(smtp: SmtpServer) -> None:
    smtp.password = PASSWORD[::-1]
    smtp.login_refusal = "535 no: " + ", ".join(forms_of_the_password())

    with outbox_at(smtp) as outbox, pytest.raises(MailLoginError) as caught:
        outbox.connect()

    told = everything_told(caught.value)
    assert "535 no: ******, ******, ******" in told
    assert [form for form in forms_of_the_password() if form in told] == []
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


@pytest.mark.parametrize(
    "fault", [KeyboardInterrupt(), RuntimeError("a mistake of ours"), smtplib.SMTPServerDisconnected()]
)
def test_a_login_that_is_broken_off_shows_no_password_wherever_one_looks(
    smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def break_off(client: smtplib.SMTP, command: str, args: str = "") -> None:
        del client
        if command == "AUTH" and args:
            raise fault

    monkeypatch.setattr(smtplib.SMTP, "docmd", break_off)

    with outbox_at(smtp) as outbox, pytest.raises(BaseException) as caught:  # noqa: PT011 (each is another)
        outbox.connect()

    told = everything_told(caught.value)
    assert "_log_in" in told or isinstance(caught.value, MailConnectError)
    assert [form for form in forms_of_the_password() if form in told] == []


def test_an_outbox_shows_no_password(smtp: SmtpServer) -> None:
    with outbox_at(smtp) as outbox:
        outbox.connect()

        shown = f"{outbox!r} {vars(outbox)} {vars(outbox._client or outbox)}"

    assert PASSWORD not in shown


# ── all of it ────────────────────────────────────────────────────────────────────────────────────


def test_whatever_happens_each_mail_is_delivered_once_or_known_not_to_be_or_uncertain(smtp: SmtpServer) -> None:
    chance = random.Random(20260120)  # noqa: S311 (the same each time)

    def misbehave(step: Step) -> str | None:
        """Fail at one step of eight; who has taken a mail may still be cut off, but says nothing that is not so."""
        faults = [DROP] if step.stage == "accepted" else [DROP, DROP, "450 later", "550 no such user", "421 bye"]
        return chance.choice(faults) if chance.random() < 1 / 8 else None

    smtp.script = misbehave
    fates: dict[str, Fate | None] = {}
    committed: list[str] = []

    with outbox_at(smtp, per_connection=4) as outbox:
        for number in range(200):
            to = f"unit{number}@example.org"
            try:
                fates[to] = outbox.send(USER, to, MAIL, committing=functools.partial(committed.append, to)).fate
            except MailConnectError:
                fates[to] = None

    arrived = [mail.recipient for mail in smtp.delivered]
    sure = {to for to, fate in fates.items() if fate is Fate.ACCEPTED}
    perhaps = {to for to, fate in fates.items() if fate is Fate.UNCERTAIN}
    assert len(arrived) == len(set(arrived))
    assert sure <= set(arrived) <= sure | perhaps
    assert len(committed) == len(set(committed))
    assert sure | perhaps <= set(committed)
    # Every fate is among them, and mails of both kinds are uncertain: this test has seen what it is about.
    assert set(fates.values()) == {*Fate, None}
    assert perhaps & set(arrived)
    assert perhaps - set(arrived)
