"""A mailbox on a real server is read as it is, and left as it was."""

from __future__ import annotations

import base64
import imaplib
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from imap_tools.imap_utf7 import utf7_encode

from tests.mail.servers import (
    PASSWORD,
    USER,
    Authority,
    DovecotServer,
    Mailbox,
    Proxy,
    Server,
    ShyImapServer,
    SmtpServer,
    account_at,
)
from tianbao.mail.account import Security
from tianbao.mail.connection import MailConnectError, MailLoginError, MailTlsError, MissingExtraError
from tianbao.mail.inbox import Inbox, Listing, MailDroppedError, MailFolderError, MailServerError
from tianbao.mail.password import PasswordUnusableError, Secret

pytestmark = pytest.mark.usefixtures("chinese")

SECRET = Secret(PASSWORD)

MAILS = [
    b"Subject: =?gb18030?B?tPC4tA==?=\r\n\r\nplain\r\n",
    # Raw GBK, a NUL-free mail of all other bytes, a line that looks like the end of a response.
    "Subject: 回复：年报\r\n\r\n白家庄镇\r\n".encode("gbk"),
    b"Subject: bytes\r\n\r\n"
    + bytes(b for b in range(1, 256) if b not in b"\r\n")
    + b"\r\n)\r\nA1 OK FETCH completed\r\n",
    b"Subject: no end of line\r\n\r\nlast",
    b"Subject: large\r\n\r\n" + b"0123456789" * 7 + b"\r\n" + b"x" * 3_000_000 + b"\r\n",
]


def inbox_at(server: Server, mailbox: Mailbox, **settings: object) -> Inbox:
    return Inbox(replace(account_at(None, server), user=mailbox.user, **settings), SECRET)  # type: ignore[arg-type]


def everything_told(error: BaseException) -> str:
    """Write an error down with all that a debugger would show: the variables of every frame."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def forms_of_the_password(user: str) -> Sequence[str]:
    spoken = f"\0{user}\0{PASSWORD}"
    return [PASSWORD, *(base64.b64encode(text.encode()).decode() for text in (PASSWORD, spoken))]


# ── what is there ────────────────────────────────────────────────────────────────────────────────


def test_every_mail_comes_byte_for_byte(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    for mail in MAILS:
        mailbox.deliver(mail)

    with inbox_at(dovecot, mailbox) as inbox:
        listing = inbox.list()
        fetched = list(inbox.fetch(listing.uids))

    assert listing.uids == (1, 2, 3, 4, 5)
    assert fetched == list(enumerate(MAILS, start=1))


def test_mails_come_in_the_order_asked_for(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    for mail in MAILS[:3]:
        mailbox.deliver(mail)

    with inbox_at(dovecot, mailbox) as inbox:
        inbox.list()

        assert list(inbox.fetch([3, 1])) == [(3, MAILS[2]), (1, MAILS[0])]


def test_nothing_is_marked_moved_or_deleted(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    names = [mailbox.deliver(mail) for mail in MAILS]
    with inbox_at(dovecot, mailbox) as inbox:
        list(inbox.fetch(inbox.list().uids))
        list(inbox.fetch(inbox.list(date(2026, 1, 1)).uids))

    assert mailbox.state() == dict.fromkeys(sorted(names), "")


def test_an_empty_mailbox_holds_no_mail(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    with inbox_at(dovecot, mailbox) as inbox:
        listing = inbox.list()

        assert (listing.folder, listing.uids, list(inbox.fetch(()))) == ("INBOX", (), [])


def test_mails_of_before_a_day_are_left_out_and_the_day_before_it_is_not(
    dovecot: DovecotServer, mailbox: Mailbox
) -> None:
    for day in (9, 10, 11):
        mailbox.deliver(MAILS[0], when=datetime(2026, 1, day, 12, tzinfo=UTC).timestamp())

    with inbox_at(dovecot, mailbox) as inbox:
        assert [inbox.list(date(2026, 1, day)).uids for day in (10, 11, 12, 13)] == [(1, 2, 3), (2, 3), (3,), ()]


def test_a_mail_that_was_deleted_meanwhile_is_none_in_its_place(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    names = [mailbox.deliver(mail) for mail in MAILS[:3]]

    with inbox_at(dovecot, mailbox) as inbox:
        uids = inbox.list().uids
        mailbox.delete(names[1])

        assert list(inbox.fetch(uids)) == [(1, MAILS[0]), (2, None), (3, MAILS[2])]


def test_a_mail_that_comes_while_one_looks_is_in_the_next_listing(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    mailbox.deliver(MAILS[0])

    with inbox_at(dovecot, mailbox) as inbox:
        before = inbox.list()
        mailbox.deliver(MAILS[1])
        after = inbox.list()

    assert (before.uids, after.uids) == ((1,), (1, 2))
    assert before.uidvalidity == after.uidvalidity > 0


def test_numbers_that_mean_other_mails_have_another_uidvalidity(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    mailbox.deliver(MAILS[0])
    with inbox_at(dovecot, mailbox) as inbox:
        before = inbox.list()
    mailbox.renew_uidvalidity()
    with inbox_at(dovecot, mailbox) as inbox:
        after = inbox.list()

    assert before.uids == after.uids == (1,)
    assert before.uidvalidity != after.uidvalidity


@pytest.mark.parametrize("folder", ["年报", "年报 & 其他", 'a "b"'])
def test_a_folder_of_any_name_is_opened(dovecot: DovecotServer, mailbox: Mailbox, folder: str) -> None:
    mailbox.deliver(MAILS[1], folder=utf7_encode(folder).decode())

    with inbox_at(dovecot, mailbox, folder=folder) as inbox:
        listing = inbox.list()

        assert (listing.folder, list(inbox.fetch(listing.uids))) == (folder, [(1, MAILS[1])])


def test_who_writes_a_folder_that_is_not_there_is_told_those_that_are(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    mailbox.deliver(MAILS[0], folder=utf7_encode("已发送").decode())

    with inbox_at(dovecot, mailbox, folder="年报") as inbox, pytest.raises(MailFolderError) as caught:
        inbox.list()

    assert str(caught.value) == "[U-MAIL-FOLDER] 邮箱里没有“年报”这个邮件夹。"
    assert caught.value.hint == "在 campaign.toml 里把 folder 改成其中一个：INBOX、已发送；收件箱是 INBOX。"


# ── a connection that is lost ────────────────────────────────────────────────────────────────────


@pytest.fixture
def proxy(dovecot: DovecotServer) -> Iterator[Proxy]:
    """Make a way to the server that can be cut."""
    with Proxy(dovecot) as way:
        yield way


def test_a_connection_lost_while_fetching_says_how_many_came_and_keeps_them(proxy: Proxy, mailbox: Mailbox) -> None:
    mails = [b"Subject: %d\r\n\r\n" % number + b"y" * 100_000 + b"\r\n" for number in range(4)]
    for mail in mails:
        mailbox.deliver(mail)
    proxy.cut_after = 250_000
    came: list[tuple[int, bytes | None]] = []

    with inbox_at(proxy, mailbox) as inbox:
        with pytest.raises(MailDroppedError) as caught:
            came.extend(inbox.fetch(inbox.list().uids))
        proxy.cut_after = None
        again = list(inbox.fetch(inbox.list().uids[len(came) :]))

    assert came == [(1, mails[0]), (2, mails[1])]
    assert str(caught.value) == "[U-MAIL-DROPPED] 从 127.0.0.1 收信没有收完：连接中断，已经收到 2 封。"
    assert caught.value.exit_status == 4
    assert again == [(3, mails[2]), (4, mails[3])]


def test_a_connection_lost_before_the_listing_is_told(proxy: Proxy, mailbox: Mailbox) -> None:
    with inbox_at(proxy, mailbox) as inbox:
        inbox.connect()
        proxy.cut()
        with pytest.raises(MailDroppedError, match="已经收到 0 封"):
            inbox.list()

        assert inbox.list().uids == ()
    assert proxy.connections == 2


def test_a_goodbye_that_fails_is_of_no_consequence(proxy: Proxy, mailbox: Mailbox) -> None:
    with inbox_at(proxy, mailbox) as inbox:
        inbox.connect()
        proxy.cut()

    assert proxy.connections == 1


def test_numbers_are_not_asked_for_in_another_connection(proxy: Proxy, mailbox: Mailbox) -> None:
    mailbox.deliver(MAILS[0])

    with inbox_at(proxy, mailbox) as inbox:
        uids = inbox.list().uids
        proxy.cut()
        for _ in range(2):
            with pytest.raises(MailDroppedError):
                list(inbox.fetch(uids))

    assert proxy.connections == 1


def test_who_breaks_off_reads_on_in_a_connection_of_its_own(
    proxy: Proxy, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.deliver(MAILS[0])

    def break_off(client: imaplib.IMAP4, size: int) -> bytes:
        del client, size
        raise KeyboardInterrupt

    with inbox_at(proxy, mailbox) as inbox:
        mails = inbox.fetch(inbox.list().uids)
        with monkeypatch.context() as patch:
            patch.setattr(imaplib.IMAP4, "read", break_off)
            with pytest.raises(KeyboardInterrupt):
                next(mails)

        assert list(inbox.fetch(inbox.list().uids)) == [(1, MAILS[0])]
    assert proxy.connections == 2


def test_a_connection_lost_while_it_is_made_is_told(proxy: Proxy, mailbox: Mailbox) -> None:
    proxy.cut_after = 100

    with inbox_at(proxy, mailbox) as inbox, pytest.raises(MailConnectError, match="：连接中断。"):
        inbox.list()


# ── no way in ────────────────────────────────────────────────────────────────────────────────────


def test_an_encrypted_connection_may_begin_in_plain_words(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    mailbox.deliver(MAILS[0])

    with inbox_at(dovecot.starttls, mailbox) as inbox:
        assert list(inbox.fetch(inbox.list().uids)) == [(1, MAILS[0])]


def test_a_server_that_is_not_there_is_told(mailbox: Mailbox) -> None:
    account = replace(account_at(), user=mailbox.user)

    with Inbox(account, SECRET) as inbox, pytest.raises(MailConnectError) as caught:
        inbox.list()

    assert str(caught.value) == (
        "[U-MAIL-CONNECT] 连不上邮件服务器 127.0.0.1（端口 1）：服务器不在这个端口上收发邮件。"
    )


def test_a_certificate_that_nobody_trusts_is_told(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    with inbox_at(dovecot, mailbox, ca_file=None) as inbox, pytest.raises(MailTlsError) as caught:
        inbox.list()

    assert str(caught.value) == (
        f"[U-MAIL-TLS] 与 127.0.0.1（端口 {dovecot.port}）的加密连接不可靠，没有登录："
        "服务器的证书不是这台电脑信任的机构签发的。"
    )


def test_a_server_that_cannot_encrypt_is_told_nothing() -> None:
    with ShyImapServer(MAILS[0]) as server:
        account = account_at(None, server)
        account = replace(account, imap=replace(account.imap, security=Security.STARTTLS))

        with Inbox(account, SECRET) as inbox, pytest.raises(MailTlsError, match="服务器在这个端口上不能加密"):
            inbox.list()

    assert "LOGIN" not in server.commands


def test_a_server_of_another_kind_is_told(authority: Authority) -> None:
    with (
        SmtpServer(authority) as smtp,
        Inbox(account_at(None, smtp), SECRET) as inbox,
        pytest.raises(MailConnectError, match="：连接中断。"),
    ):
        inbox.list()


def test_a_wrong_password_is_told(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    account = replace(account_at(None, dovecot), user=mailbox.user, preset="qq")

    with Inbox(account, Secret("wrong")) as inbox, pytest.raises(MailLoginError) as caught:
        inbox.list()

    assert str(caught.value) == (
        f"[U-MAIL-LOGIN] {mailbox.user} 登录 127.0.0.1 没有成功，"
        "服务器说：[AUTHENTICATIONFAILED] Authentication failed。"
    )
    assert caught.value.hint.startswith("QQ 邮箱要用授权码，不是 QQ 密码：")


def test_a_server_that_says_why_it_goes_is_quoted() -> None:
    with ShyImapServer(MAILS[0]) as server:
        server.farewell = "Too many logins, try again later."

        with Inbox(account_at(None, server), SECRET) as inbox, pytest.raises(MailConnectError) as caught:
            inbox.list()

    assert str(caught.value).endswith("：Too many logins, try again later。")


def test_the_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imap_tools", None)

    with Inbox(account_at(), SECRET) as inbox, pytest.raises(MissingExtraError, match="imap-tools"):
        inbox.list()


# ── servers that want to know who we are ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("preset", ["163", "126", "qiye163"])
def test_who_wants_to_know_what_we_are_is_told_before_a_folder_is_opened(preset: str) -> None:
    with ShyImapServer(MAILS[1]) as server, Inbox(account_at(None, server, preset=preset), SECRET) as inbox:
        listing = inbox.list()
        fetched = list(inbox.fetch(listing.uids))
        inbox.close()

    assert listing == Listing("INBOX", 1, (1_320_000_001,))
    assert fetched == [(1_320_000_001, MAILS[1])]
    assert server.commands == [
        "CAPABILITY",
        "LOGIN",
        "ID",
        "EXAMINE",
        "UID SEARCH ALL",
        "UID FETCH 1320000001 (UID BODY.PEEK[])",
        "LOGOUT",
    ]


def test_who_announces_that_he_knows_the_question_is_told_too() -> None:
    with ShyImapServer(MAILS[1], announces_id=True) as server, Inbox(account_at(None, server), SECRET) as inbox:
        assert inbox.list().uids == (1_320_000_001,)


def test_a_folder_that_is_there_and_does_not_open_is_a_matter_of_the_login() -> None:
    with (
        ShyImapServer(MAILS[1]) as server,
        Inbox(account_at(None, server), SECRET) as inbox,
        pytest.raises(MailLoginError) as caught,
    ):
        inbox.list()

    assert "服务器说：EXAMINE Unsafe Login. Please contact kefu@188.com for help。" in str(caught.value)


def test_a_server_that_does_not_know_the_question_is_read_all_the_same() -> None:
    with ShyImapServer(MAILS[1]) as server, Inbox(account_at(None, server, preset="163"), SECRET) as inbox:
        server.knows_id = False

        assert inbox.list().uids == (1_320_000_001,)
    assert "ID" in server.commands


def test_a_number_that_stands_behind_its_mail_is_as_good() -> None:
    with ShyImapServer(MAILS[1], announces_id=True) as server, Inbox(account_at(None, server), SECRET) as inbox:
        server.fetched = b"BODY[] {%d}\r\n%b UID 1320000001"

        assert list(inbox.fetch(inbox.list().uids)) == [(1_320_000_001, MAILS[1])]


def test_a_mail_that_is_listed_until_one_asks_for_news_is_known_to_be_deleted() -> None:
    with ShyImapServer(MAILS[1], announces_id=True) as server, Inbox(account_at(None, server), SECRET) as inbox:
        uids = inbox.list().uids
        server.is_deleted = True

        assert list(inbox.fetch(uids)) == [(1_320_000_001, None)]


def test_a_mail_that_is_there_and_does_not_come_is_not_taken_for_deleted() -> None:
    with ShyImapServer(MAILS[1], announces_id=True) as server, Inbox(account_at(None, server), SECRET) as inbox:
        server.fetched = b"UID 1320000001 FLAGS ()"

        with pytest.raises(MailServerError) as caught:
            list(inbox.fetch(inbox.list().uids))

    assert str(caught.value) == "[U-MAIL-SERVER] 127.0.0.1 没有照办，它说：1 (UID 1320000001 FLAGS ())。"


def test_what_a_server_does_not_do_is_told(dovecot: DovecotServer, mailbox: Mailbox) -> None:
    with inbox_at(dovecot, mailbox) as inbox:
        inbox.list()
        with pytest.raises(MailServerError) as caught:
            list(inbox.fetch([0]))

    assert str(caught.value).startswith("[U-MAIL-SERVER] 127.0.0.1 没有照办，它说：UID command error: BAD")


# ── the password ─────────────────────────────────────────────────────────────────────────────────


def test_a_refused_login_shows_no_password_wherever_one_looks() -> None:
    with ShyImapServer(MAILS[0], password=PASSWORD[::-1]) as server:
        server.login_refusal = "no: " + ", ".join(forms_of_the_password(USER))
        with Inbox(account_at(None, server), SECRET) as inbox, pytest.raises(MailLoginError) as caught:
            inbox.connect()

    told = everything_told(caught.value)
    assert "no: ******, ******, ******" in told
    assert [form for form in forms_of_the_password(USER) if form in told] == []
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), RuntimeError("a mistake of ours"), OSError("no way")])
def test_a_login_that_is_broken_off_shows_no_password_wherever_one_looks(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    send = imaplib.IMAP4.send

    def break_off(client: imaplib.IMAP4, data: bytes) -> None:
        if b"LOGIN" in data:
            raise fault
        send(client, data)

    monkeypatch.setattr(imaplib.IMAP4, "send", break_off)

    with (
        ShyImapServer(MAILS[0]) as server,
        Inbox(account_at(None, server), SECRET) as inbox,
        pytest.raises(BaseException) as caught,  # noqa: PT011 (each is another)
    ):
        inbox.connect()

    told = everything_told(caught.value)
    assert "_log_in" in told or isinstance(caught.value, MailConnectError)
    assert [form for form in forms_of_the_password(USER) if form in told] == []


def test_a_password_that_no_server_takes_is_not_shown_to_one() -> None:
    with (
        ShyImapServer(MAILS[0]) as server,
        Inbox(account_at(None, server), Secret("密" * 8)) as inbox,
        pytest.raises(PasswordUnusableError),
    ):
        inbox.connect()

    assert "LOGIN" not in server.commands
