"""An incoming mail is told apart, and what stands in it is found, whichever program wrote it (faults E3, E4)."""

from __future__ import annotations

import hashlib
import random
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail import samples
from tests.mail.samples import ANSWER, CODE, ISSUED, NAME, OFFICE, SUBJECT, UNIT, WORKBOOK, Header, part
from tianbao.mail.incoming import Bounce, Incoming, Kind, is_mail, read_incoming
from tianbao.workbook.guard import candidates

UNIT_NAME = "柳溪镇（示例）"
REPLIES = [samples.reply_as_qq, samples.reply_as_163, samples.reply_as_foxmail, samples.reply_as_outlook]


def digest(data: bytes) -> str:
    body = data.partition(b"\r\n\r\n")[2]
    return hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip()).hexdigest()


def letter(data: bytes) -> Incoming:
    """Return what is said of a sample that a unit sent in the usual way."""
    return Incoming(
        message_id=ANSWER,
        content=digest(data),
        sender=UNIT,
        sender_name=UNIT_NAME,
        subject=SUBJECT,
        date="2026-01-19T22:58:07+08:00",
        answers=(ISSUED,),
        codes=(CODE,),
        kind=Kind.LETTER,
        bounces=(),
        names=(NAME,),
        links=(),
        has_pictures=False,
    )


def notice(data: bytes, sender: str, subject: str, kind: Kind, *bounces: Bounce) -> Incoming:
    """Return what is said of a sample that a machine sent."""
    return replace(
        letter(data),
        message_id="",
        sender=sender,
        sender_name="",
        subject=subject,
        answers=(),
        codes=(),
        kind=kind,
        bounces=bounces,
        names=(),
    )


def reply(write: Callable[..., bytes], **changed: str) -> bytes:
    facts = {"sender": UNIT, "to": OFFICE, "subject": SUBJECT, "answers": ISSUED, "message_id": ANSWER} | changed
    return write(WORKBOOK, NAME, **facts)


def note(said: str = "", **headers: str) -> bytes:
    """Write a mail of a few headers, `_` for `-`."""
    written: list[Header] = [("From", f"<{UNIT}>"), ("To", OFFICE)]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = [(name, value) for name, value in written if name not in given]
    return part([*kept, *given.items()], said.encode())


# ── letters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("write", REPLIES)
def test_a_reply_is_told_as_it_was_sent_whichever_program_wrote_it(write: Callable[..., bytes]) -> None:
    data = reply(write)

    assert read_incoming(data) == replace(letter(data), has_pictures=write is samples.reply_as_outlook)


@pytest.mark.parametrize("write", REPLIES)
def test_its_workbook_arrives_byte_by_byte(write: Callable[..., bytes]) -> None:
    (found,) = candidates(reply(write), name="x.eml")

    assert (found.name, found.data, found.judgement.reason) == (NAME, WORKBOOK, None)


@pytest.mark.parametrize("form", samples.NAME_FORMS)
def test_the_ten_forms_of_a_name_are_one_name(form: str) -> None:
    data = samples.named_as(form)

    assert read_incoming(data) == letter(data)
    assert [(found.name, found.data) for found in candidates(data, name="x.eml")] == [(NAME, WORKBOOK)]


THIRTY = tuple(samples.unit_file(number) for number in range(1, 31))


@pytest.mark.parametrize(
    ("data", "differs"),
    [
        pytest.param(
            samples.forwarded_twice(),
            {"subject": f"转发：转发：年报 [{CODE}]", "answers": ()},
            id="a forward of a forward",
        ),
        pytest.param(
            samples.forwarded_inline(),
            {"subject": "转发：系统退信", "answers": (), "codes": ()},
            id="a bounce that a person forwarded",
        ),
        pytest.param(samples.with_zip(), {"names": ("柳溪镇报表.zip",)}, id="a zip"),
        pytest.param(samples.with_winmail(), {"names": (NAME, "盖章页.jpg"), "has_pictures": True}, id="a winmail.dat"),
        pytest.param(samples.cloud_link(), {"names": (), "links": samples.LINKS}, id="links only"),
        pytest.param(samples.picture_only(), {"names": (), "has_pictures": True}, id="a picture only"),
        pytest.param(
            samples.thirty_attachments(), {"subject": "各镇年报", "codes": (), "names": THIRTY}, id="thirty attachments"
        ),
        pytest.param(
            samples.several_units(),
            {
                "subject": "两个单位的 [TB25-999900001-AAAA] 【TB25-999900002-BBBB】",
                "codes": ("TB25-999900001-AAAA", "TB25-999900002-BBBB"),
                "names": THIRTY[:2],
            },
            id="several units",
        ),
        pytest.param(samples.old_and_new(), {"names": (NAME, f"填好{NAME}")}, id="the old attachment and the new"),
        pytest.param(samples.html_only(), {}, id="no plain text"),
        pytest.param(samples.base64_with_junk(), {"names": ("report.xlsx",)}, id="junk among the letters"),
        pytest.param(
            samples.no_attachment(),
            {"message_id": "", "sender_name": "Liu", "date": "", "answers": (), "names": ()},
            id="no attachment",
        ),
    ],
)
def test_what_units_send_besides_is_told_exactly(data: bytes, differs: dict[str, object]) -> None:
    assert read_incoming(data) == replace(letter(data), **differs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (samples.forwarded_twice(), [(NAME, WORKBOOK, "")]),
        (samples.with_zip(), [(NAME, WORKBOOK, "")]),
        (samples.with_winmail(), [(NAME, WORKBOOK, "")]),
        (samples.cloud_link(), [("x.eml", samples.cloud_link(), "F-MAIL-NO-ATTACHMENT")]),
        (samples.picture_only(), [("x.eml", samples.picture_only(), "F-MAIL-PICTURE")]),
        (samples.thirty_attachments(), [(name, WORKBOOK, "") for name in THIRTY]),
        (samples.several_units(), [(name, WORKBOOK, "") for name in THIRTY[:2]]),
        (samples.base64_with_junk(), [("report.xlsx", WORKBOOK, "")]),
        (samples.no_attachment(), [("x.eml", samples.no_attachment(), "F-MAIL-NO-ATTACHMENT")]),
    ],
)
def test_the_guard_finds_the_workbooks_in_them(data: bytes, expected: list[tuple[str, bytes, str]]) -> None:
    found = list(candidates(data, name="x.eml"))

    assert [(file.name, file.data, getattr(file.judgement.reason, "code", "")) for file in found] == expected


# ── notices of mail systems ──────────────────────────────────────────────────────────────────────────────────────────

GONE = "550 5.1.1 <liuxi@example.com>: Recipient address rejected: User unknown"
NOT_FOUND = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
FULL = "host mx.example.com[203.0.113.25] said: 550 5.2.2 <liuxi@example.com> mailbox full (in reply to RCPT TO)"
EXCHANGE = "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@example.com"


@pytest.mark.parametrize(
    ("data", "expected", "differs"),
    [
        pytest.param(
            samples.bounce_as_postfix(),
            ("mailer-daemon@example.org", "Undelivered Mail Returned to Sender", Bounce(UNIT, "5.1.1", GONE, ISSUED)),
            {
                "message_id": "<20260119145807.1234@mx.example.org>",
                "sender_name": "Mail Delivery System",
                "names": (NAME,),
            },
            id="Postfix",
        ),
        pytest.param(
            samples.bounce_as_163(),
            (
                "postmaster@163.com",
                "系统退信",
                Bounce(UNIT, "", "对方的邮箱不存在，或者已经停用。 英文说明:550 User not found", ""),
            ),
            {"message_id": "<5167AD70.AC0F83.19561@163smtp10>"},
            id="163",
        ),
        pytest.param(
            samples.bounce_as_qq(),
            ("postmaster@qq.com", "系统退信/Systems bounce", Bounce(UNIT, "5.2.2", FULL, ISSUED)),
            {"message_id": "<tencent_0123@qq.com>", "sender_name": "QQ邮箱系统", "answers": (ISSUED,)},
            id="QQ",
        ),
        pytest.param(
            samples.bounce_as_exchange(),
            (
                EXCHANGE,
                "未传递: 【填报】2025年政府信息公开年报",
                Bounce(UNIT, "5.1.10", NOT_FOUND, ISSUED),
            ),
            {"message_id": "<5f6c@EX01.example.com>", "answers": (ISSUED,), "names": (NAME,)},
            id="Exchange",
        ),
        pytest.param(
            samples.bounce_as_qmail(),
            (
                "mailer-daemon@example.com",
                "failure notice",
                Bounce(UNIT, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)", ISSUED),
                Bounce("other@example.com", "5.2.2", "This account is over quota. (#5.2.2)", ISSUED),
            ),
            {},
            id="qmail",
        ),
        pytest.param(
            samples.bounce_with_headers_only(),
            ("postmaster@example.org", "退信通知", Bounce(UNIT, "5.4.7", "重试超时", ISSUED)),
            {},
            id="only the headers come back",
        ),
    ],
)
def test_a_mail_that_came_back_says_whom_it_did_not_reach_and_why(
    data: bytes, expected: tuple[str, str, Bounce], differs: dict[str, object]
) -> None:
    sender, subject, *bounces = expected

    assert read_incoming(data) == replace(notice(data, sender, subject, Kind.BOUNCE, *bounces), **differs)  # type: ignore[arg-type]


def test_a_mail_that_is_late_is_not_one_that_came_back() -> None:
    data = samples.delayed()

    assert read_incoming(data) == replace(
        notice(data, "mailer-daemon@example.org", "Delayed Mail (still being retried)", Kind.DELAYED), names=(NAME,)
    )


def test_what_a_machine_answers_is_no_letter() -> None:
    holiday, qq, receipt = samples.auto_reply(), samples.auto_reply_as_qq(), samples.read_receipt()
    issued = SUBJECT.removeprefix("回复：")

    assert read_incoming(holiday) == replace(
        notice(holiday, UNIT, f"外出：{issued}", Kind.AUTO_REPLY),
        message_id="<vacation@example.com>",
        answers=(ISSUED,),
        codes=(CODE,),
    )
    assert read_incoming(qq) == replace(
        notice(qq, UNIT, f"自动回复: {issued}", Kind.AUTO_REPLY),
        message_id="<tencent_auto@qq.com>",
        sender_name=UNIT_NAME,
        answers=(ISSUED,),
        codes=(CODE,),
    )
    assert read_incoming(receipt) == notice(receipt, UNIT, "已读: 【填报】2025年政府信息公开年报", Kind.AUTO_REPLY)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(note(Auto_Submitted="auto-generated"), Kind.AUTO_REPLY, id="generated"),
        pytest.param(note(Auto_Submitted="no"), Kind.LETTER, id="submitted by a person"),
        pytest.param(note(X_Autoreply="yes"), Kind.AUTO_REPLY, id="X-Autoreply"),
        pytest.param(note(X_Autorespond="年报"), Kind.AUTO_REPLY, id="X-Autorespond"),
        pytest.param(note(Precedence="auto_reply"), Kind.AUTO_REPLY, id="Precedence"),
        pytest.param(note(Precedence="bulk"), Kind.LETTER, id="to many"),
        pytest.param(note(Subject="Automatic reply: x"), Kind.AUTO_REPLY, id="Outlook"),
        pytest.param(note(Subject="Out of Office: x"), Kind.AUTO_REPLY, id="an old Outlook"),
        pytest.param(note(Subject="自动回复:年报"), Kind.AUTO_REPLY, id="163"),
        pytest.param(note(Subject="回复：自动回复：年报"), Kind.LETTER, id="a person answers an automatic reply"),
        pytest.param(note(Subject="Re: Out of Office"), Kind.LETTER, id="a person answers one in English"),
        pytest.param(
            note(Subject="Re: Out of Office", Auto_Submitted="auto-replied"),
            Kind.AUTO_REPLY,
            id="a machine answers one",
        ),
        pytest.param(note(Subject="王某 自动答复", X_Auto_Response_Suppress="All"), Kind.AUTO_REPLY, id="suppressed"),
        pytest.param(note(Subject="年报", X_Auto_Response_Suppress="All"), Kind.LETTER, id="suppressed by a person"),
        pytest.param(
            note(Subject="自动回复: 退信", Return_Path="<>"), Kind.AUTO_REPLY, id="a machine answers a bounce"
        ),
        pytest.param(
            note(Subject="Re: 自动回复", X_Auto_Response_Suppress="All"), Kind.LETTER, id="a person answers, suppressed"
        ),
        pytest.param(note(Subject="系统退信"), Kind.LETTER, id="a person writes of a bounce"),
        pytest.param(
            note("无法投递到 a@example.net", Subject="转发：系统退信", From="postmaster@example.org"),
            Kind.LETTER,
            id="a postmaster who is a person forwards one",
        ),
        pytest.param(
            note("请配合升级", Subject="邮箱升级", From="postmaster@example.org"), Kind.LETTER, id="about else"
        ),
        pytest.param(
            note(Subject="x", Return_Path="<>", Auto_Submitted="auto-replied"),
            Kind.AUTO_REPLY,
            id="nobody to return to",
        ),
        pytest.param(note("附件无法发送，另发", Subject="年报", Return_Path="<>"), Kind.LETTER, id="through a gateway"),
        pytest.param(
            note("We will keep trying to deliver it.", Subject="Notice", From="postmaster@example.org"),
            Kind.DELAYED,
            id="late, in words only",
        ),
        pytest.param(
            note(Subject="Warning: message 1x delayed 24 hours", From="Mailer-Daemon@example.org"),
            Kind.DELAYED,
            id="Exim, late",
        ),
        pytest.param(
            note(Subject="邮件投递延迟通知", From="postmaster@example.org"), Kind.DELAYED, id="late, in Chinese"
        ),
    ],
)
def test_letters_and_what_machines_write_are_told_apart(data: bytes, kind: Kind) -> None:
    found = read_incoming(data)

    assert (found.kind, found.bounces) == (kind, ())


@pytest.mark.parametrize(
    ("data", "bounces"),
    [
        pytest.param(
            note(
                "A message that you sent could not be delivered (help@example.net).\n\n  liuxi@example.com\n    550 5.7.1 spam\n",
                From="Mail Delivery System <system@example.org>",
                X_Failed_Recipients="liuxi@example.com",
                Subject="Mail delivery failed: returning message to sender",
            ),
            (Bounce(UNIT, "5.7.1", "550 5.7.1 spam", ""),),
            id="Exim",
        ),
        pytest.param(
            note(
                "客服 help@example.net\n时间/Time : 2026-01-12\n收件人/To : liuxi@example.com, b@example.com\n退信原因/\nBounce reason : \n"
                "连接超时\nrcpt handle timeout\n建议解决方案/\n请在稍后时间重新尝试投递",
                From="Postmaster@example.net",
                Subject="系统退信/The email is returned",
            ),
            (
                Bounce(UNIT, "", "连接超时 rcpt handle timeout", ""),
                Bounce("b@example.com", "", "连接超时 rcpt handle timeout", ""),
            ),
            id="Coremail",
        ),
        pytest.param(
            note(
                "您的邮件无法投递。",
                Return_Path="<>",
                From="noreply@example.net",
                Subject="邮件退回",
                In_Reply_To=ISSUED,
            ),
            (Bounce("", "", "您的邮件无法投递。", ISSUED),),
            id="nobody says to whom",
        ),
        pytest.param(
            note("很抱歉，无法投递到 liuxi@example.com。", From="postmaster@example.org", Subject="通知"),
            (Bounce(UNIT, "", "很抱歉，无法投递到 liuxi@example.com。", ""),),
            id="in words only",
        ),
        pytest.param(
            note(f"{OFFICE} 的信退回了：{UNIT} 信箱不存在", From="postmaster@example.org", Subject="退信"),
            (Bounce(UNIT, "", "信箱不存在", ""),),
            id="the sender's own address beside it",
        ),
    ],
)
def test_a_mail_that_came_back_is_read_from_its_words(data: bytes, bounces: tuple[Bounce, ...]) -> None:
    found = read_incoming(data)

    assert (found.kind, found.bounces) == (Kind.BOUNCE, bounces)


def test_what_stands_in_the_mail_that_came_back_is_no_word_of_the_notice() -> None:
    ours = samples.letter(samples.text("请抄送 other@example.net，退信原因：无"), answers="", message_id=ISSUED)
    ours = ours.replace(f"To: {OFFICE}".encode(), f"To: {UNIT}".encode())
    headers: list[Header] = [("From", "postmaster@example.org"), ("To", OFFICE), ("Subject", "系统退信")]
    returned = part([("Content-Type", "message/rfc822")], ours)

    found = read_incoming(samples.multipart(headers, "multipart/mixed", "=_x", [samples.text("未送达。"), returned]))

    assert (found.kind, found.bounces) == (Kind.BOUNCE, (Bounce(UNIT, "", "未送达。", ISSUED),))


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("failed", Kind.BOUNCE),
        ("Failed (permanent)", Kind.BOUNCE),
        ("delayed", Kind.DELAYED),
        ("delivered", Kind.AUTO_REPLY),
    ],
)
def test_a_report_is_what_its_action_says(action: str, kind: Kind) -> None:
    data = samples.bounce_as_postfix().replace(b"Action: failed", f"Action: {action}".encode())

    assert read_incoming(data).kind is kind


@pytest.mark.parametrize(("status", "kind"), [("5.1.1", Kind.BOUNCE), ("4.4.1", Kind.DELAYED)])
def test_a_report_without_an_action_is_what_its_status_says(status: str, kind: Kind) -> None:
    data = samples.bounce_as_postfix().replace(b"Action: failed\r\nStatus: 5.1.1", f"Status: {status}".encode())

    assert read_incoming(data).kind is kind


def test_a_report_whose_fields_are_lost_is_read_from_its_words() -> None:
    whole = samples.bounce_as_exchange().replace(b"message/delivery-status", b"application/octet-stream")
    data = whole.replace(b"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@", b"noreply@")

    assert [(bounce.recipient, bounce.message_id) for bounce in read_incoming(data).bounces] == [(UNIT, ISSUED)]


def test_the_recipient_is_the_one_we_wrote_to() -> None:
    data = samples.bounce_as_postfix().replace(b"Final-Recipient: rfc822; liuxi@", b"Final-Recipient: rfc822; box7@")

    assert [bounce.recipient for bounce in read_incoming(data).bounces] == [UNIT]


@pytest.mark.parametrize("return_path", [b"", b"Return-Path: <>\r\n"])
def test_a_report_that_lies_in_a_letter_is_a_letter(return_path: bytes) -> None:
    forwarded = samples.letter(part([("Content-Type", "message/rfc822")], samples.bounce_as_postfix()))

    assert read_incoming(return_path + forwarded).kind is Kind.LETTER


# ── what stands in the headers ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        (f"Re: 年报 [{CODE}]", (CODE,)),
        (f"回复：年报【{CODE}】", (CODE,)),
        ("年报［ＴＢ２５－９９９９０００１８－Ｋ３Ｆ７］", (CODE,)),
        (f"年报 [ {CODE} ]", (CODE,)),
        ("年报 [TB25-9999\r\n 00018-K3F7]", (CODE,)),
        (f"年报 [{CODE.lower()}]", (CODE,)),
        ("年报 [TB25–999900018–K3F7]", (CODE,)),
        (f"[{CODE}] Re: [{CODE}]", (CODE,)),
        (f"年报 {CODE}", ()),
        ("年报 [TB25-999900018]", ()),
        ("年报 [TB25-999900018-K3F]", ()),
        ("[[TB25-1-AAAA]", ("TB25-1-AAAA",)),
        ("[年报] []", ()),
    ],
)
def test_a_code_is_found_whatever_was_made_of_it(subject: str, codes: tuple[str, ...]) -> None:
    assert read_incoming(note(Subject=subject)).codes == codes


@pytest.mark.parametrize(
    ("written", "sender", "name"),
    [
        ("Liu@Example.COM", "liu@example.com", ""),
        ('"Liu, Xi" <liu@example.com>', "liu@example.com", "Liu, Xi"),
        ("=?utf-8?B?PGZha2VAZXhhbXBsZS5uZXQ+?= <liu@example.com>", "liu@example.com", "<fake@example.net>"),
        ("<fake@example.net> <liu@example.com>", "liu@example.com", "<fake@example.net>"),
        ("柳溪<liu@example.com>", "liu@example.com", "柳溪"),
        ("liu@example.com (Liu)", "liu@example.com", "Liu"),
        ("柳溪", "", "柳溪"),
    ],
)
def test_the_sender_is_the_address_and_not_what_a_name_looks_like(written: str, sender: str, name: str) -> None:
    found = read_incoming(note(From=written))

    assert (found.sender, found.sender_name) == (sender, name)


def test_what_is_answered_is_told_once_the_last_first() -> None:
    data = note(In_Reply_To="<2@x>", References="<1@x>\r\n <2@x> <cut@", Message_ID="3@x")

    assert (read_incoming(data).answers, read_incoming(data).message_id) == (("<2@x>", "<1@x>"), "<3@x>")


def test_a_computer_s_name_in_chinese_is_no_hindrance() -> None:
    data = b"From: a@example.org\r\nMessage-ID: <000a01@" + "王科长".encode("gbk") + b">\r\n\r\n"

    assert read_incoming(data).message_id == "<000a01@王科长>"


def test_one_mail_has_one_content_in_whichever_mailbox() -> None:
    data = reply(samples.reply_as_qq)
    elsewhere = b"Received: from x by y\r\n" + data

    contents = {read_incoming(mail).content for mail in (data, elsewhere, data.replace(b"\r\n", b"\n"), data + b"\r\n")}

    assert contents == {digest(data)}
    assert read_incoming(data + b"x").content != digest(data)


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jan 2026 25:00:00 +0800", "Mon, 19 Jan 99999999999 1:1:1"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert read_incoming(note(Date=date)).date == ""


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("见 https://pan.baidu.com/s/1abc提取码", ("https://pan.baidu.com/s/1abc",)),
        ("见 pan.quark.cn/s/1abc。", ("pan.quark.cn/s/1abc",)),
        ("https://abc.feishu.cn/file/X, https://abc.feishu.cn/file/X", ("https://abc.feishu.cn/file/X",)),
        (
            "https://mail.qq.com/cgi-bin/ftnExs_download?k=1 https://mail.qq.com/cgi-bin/readmail?k=1",
            ("https://mail.qq.com/cgi-bin/ftnExs_download?k=1",),
        ),
        (
            "https://mail.163.com/large-attachment-download/index.html?p=X",
            ("https://mail.163.com/large-attachment-download/index.html?p=X",),
        ),
        (
            "https://www.kdocs.cn/l/1 https://www.alipan.com/s/2",
            ("https://www.kdocs.cn/l/1", "https://www.alipan.com/s/2"),
        ),
        ("wang@feishu.cn notfeishu.cn/x feishu.cn https://example.org/pan.baidu", ()),
    ],
)
def test_links_to_where_files_lie_are_found(said: str, links: tuple[str, ...]) -> None:
    assert read_incoming(note(said)).links == links


# ── whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────────

SAMPLES = [
    *(reply(write) for write in REPLIES),
    samples.bounce_as_postfix(),
    samples.bounce_as_163(),
    samples.bounce_as_qq(),
    samples.bounce_as_exchange(),
    samples.bounce_as_qmail(),
    samples.bounce_with_headers_only(),
    samples.delayed(),
    samples.auto_reply(),
    samples.read_receipt(),
    samples.forwarded_twice(),
    samples.with_winmail(),
    samples.cloud_link(),
    samples.base64_with_junk(),
    *map(samples.named_as, samples.NAME_FORMS),
]


def is_clean(found: Incoming) -> bool:
    """Tell whether all that is said of a mail can be shown in one line, and written to a file."""
    said = [found.subject, found.sender, found.sender_name, *found.names, *found.links, *found.answers]
    said += [text for bounce in found.bounces for text in (bounce.recipient, bounce.text, bounce.message_id)]
    return all(text.isprintable() and text.encode() for text in said if text)


@given(st.binary(max_size=2_000))
def test_no_bytes_are_too_much(data: bytes) -> None:
    assert is_clean(read_incoming(data))


@given(st.text(max_size=200), st.text(max_size=200), st.binary(max_size=200))
def test_no_headers_are_too_much(subject: str, sender: str, rest: bytes) -> None:
    data = f"From: {sender}\r\nSubject: {subject}\r\nContent-Type: ".encode("utf-8", "replace") + rest

    assert is_clean(read_incoming(data))


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_no_damage_is_too_much(number: int) -> None:
    chance = random.Random(number)  # noqa: S311 (repeatable, not secret)
    for _ in range(30):
        data = bytearray(SAMPLES[number])
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data)) :]
        begin = time.process_time()

        assert is_clean(read_incoming(bytes(data)))
        assert time.process_time() - begin < 60


HEAD = (
    b'From: postmaster@example.org\r\nSubject: failure notice\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n'
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEAD + b"--b\r\n\r\nx\r\n" * 500_000, id="parts"),
        pytest.param(b"Content-Type: message/rfc822\r\n\r\n" * 100_000, id="mails in mails"),
        pytest.param(b"From: a@b.cn\r\n" + b"X: y\r\n" * 200_000, id="headers"),
        pytest.param(note("<style>" * 200_000, Content_Type="text/html", From="postmaster@x.cn"), id="tags"),
        pytest.param(note("<" * 1_000_000, Content_Type="text/html", From="postmaster@x.cn"), id="angles"),
        pytest.param(note("a@" * 500_000, From="postmaster@x.cn", Subject="退信"), id="addresses"),
        pytest.param(note("a.b-" * 500_000, From="postmaster@x.cn", Subject="退信"), id="domains"),
        pytest.param(note("收件人" * 300_000, From="postmaster@x.cn", Subject="退信"), id="labels"),
        pytest.param(note("a@b.cn " * 100_000, From="postmaster@x.cn", Subject="退信"), id="recipients"),
        pytest.param(note("pan.baidu.com/" * 100_000), id="links"),
        pytest.param(note("<>" * 500_000, From="<" * 1_900, References="<" * 1_900), id="brackets"),
        pytest.param(
            HEAD
            + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            + b"Final-Recipient: x; a@b.cn\nAction: failed\n\n" * 100_000,
            id="reports",
        ),
        pytest.param(
            HEAD + (b"--b\r\nContent-Type: application/x" + b";" * 1_900 + b"\r\n\r\nx\r\n") * 200, id="parameters"
        ),
        pytest.param(HEAD + (b"--b\r\nContent-Type: application/x;" + b'a="' * 600 + b"\r\n\r\n") * 200, id="quotes"),
    ],
)
def test_a_mail_made_to_be_slow_is_read_at_once(data: bytes) -> None:
    #: Hours where it is not bounded, so that a busy machine makes no difference; the process is ended long before.
    begin = time.process_time()

    found = read_incoming(data)

    assert time.process_time() - begin < 60
    assert len(found.bounces) <= 100
    assert len(found.links) <= 50


def test_parts_without_end_take_no_memory() -> None:
    data = HEAD + b"--b\r\n\r\nx\r\n" * 500_000

    tracemalloc.start()
    read_incoming(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 15_000_000  # a list of them would take four times as much


def test_no_more_links_are_kept_than_a_person_would_follow() -> None:
    said = " ".join(f"https://pan.baidu.com/s/{number}" for number in range(60))

    assert read_incoming(note(said)).links == tuple(f"https://pan.baidu.com/s/{number}" for number in range(50))


def test_the_guard_s_own_judgement_says_what_a_mail_is() -> None:
    assert all(map(is_mail, SAMPLES))
    assert not any(map(is_mail, [b"", WORKBOOK, b"PK\x03\x04\nFrom: a\nSubject: b\n", b"From me to you"]))
