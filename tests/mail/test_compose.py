"""A mail arrives as it was meant, in every mail program, and nothing in a name can make another one of it."""

from __future__ import annotations

import email
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.message import EmailMessage
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imap_tools import MailMessage

from tianbao.mail.compose import (
    MOST_BYTES,
    Address,
    AddressError,
    Attachment,
    Draft,
    MailTooLargeError,
    attachment_name,
    compose,
    envelope,
    one_line,
    proper_address,
)
from tianbao.workbook.mail import attachments

OFFICE = Address("五台县示例政务公开办公室", "zfb@163.com")
UNIT = Address("白家庄镇（示例）", "bjz@qq.com")
NAME = "999901101_白家庄镇_2025年报表.xlsx"
DRAFT = Draft(
    sender=OFFICE,
    to=UNIT,
    subject="【退回修改】2025年政府信息公开工作年度报告—白家庄镇（示例）（第1次）",
    text="白家庄镇（示例）：\n\n请改好报回。\n",
    attachments=(Attachment(NAME, b"PK\x03\x04 not a real workbook"), Attachment("receipt 1.txt", b"ok\r\n")),
    message_id="<999901101.1.k3f7@163.com>",
    date=datetime(2026, 1, 12, 21, 40, 5, tzinfo=timezone(timedelta(hours=8))),
    code="TB25-999901101-K3F7",
    answers="<tencent_5A3B@qq.com>",
)

GOLDEN = b"\r\n".join(
    [
        b"From: =?utf-8?B?5LqU5Y+w5Y6/56S65L6L5pS/5Yqh5YWs5byA5Yqe5YWs5a6k?=",
        b" <zfb@163.com>",
        b"To: =?utf-8?B?55m95a625bqE6ZWH77yI56S65L6L77yJ?= <bjz@qq.com>",
        b"Subject: =?utf-8?B?44CQ6YCA5Zue5L+u5pS544CRMjAyNeW5tOaUv+W6nOS/oeaBrw==?=",
        b" =?utf-8?B?5YWs5byA5bel5L2c5bm05bqm5oql5ZGK4oCU55m95a625bqE6ZWH?=",
        b" =?utf-8?B?77yI56S65L6L77yJ77yI56ysMeasoe+8iQ==?= [TB25-999901101-K3F7]",
        b"Date: Mon, 12 Jan 2026 21:40:05 +0800",
        b"Message-ID: <999901101.1.k3f7@163.com>",
        b"In-Reply-To: <tencent_5A3B@qq.com>",
        b"References: <tencent_5A3B@qq.com>",
        b"MIME-Version: 1.0",
        b"Content-Type: multipart/mixed;",
        b' boundary="=_BOUNDARY"',
        b"",
        b"--=_BOUNDARY",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: base64",
        b"",
        b"55m95a625bqE6ZWH77yI56S65L6L77yJ77yaDQoNCuivt+aUueWlveaKpeWbnuOAgg0K",
        b"--=_BOUNDARY",
        b"Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;",
        b' name="=?utf-8?B?OTk5OTAxMTAxX+eZveWutuW6hOmVh18yMDI15bm05oql6KGoLnhsc3g=?="',
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment;",
        b" filename*=utf-8''999901101_%E7%99%BD%E5%AE%B6%E5%BA%84%E9%95%87_2025%E5%B9%B4%E6%8A%A5%E8%A1%A8.xlsx",
        b"",
        b"UEsDBCBub3QgYSByZWFsIHdvcmtib29r",
        b"--=_BOUNDARY",
        b"Content-Type: text/plain; charset=utf-8;",
        b' name="receipt 1.txt"',
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment;",
        b' filename="receipt 1.txt"',
        b"",
        b"b2sNCg==",
        b"--=_BOUNDARY--",
        b"",
    ]
)

ONCE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]


def parsed(data: bytes) -> EmailMessage:
    mail = email.message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def boundary(data: bytes) -> str:
    return parsed(data).get_boundary("")


def subject(draft: Draft) -> str:
    return str(parsed(compose(draft))["Subject"])


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_goes_out_in_just_these_bytes() -> None:
    data = compose(DRAFT)

    assert data.replace(boundary(data).encode(), b"=_BOUNDARY") == GOLDEN


def test_the_same_draft_gives_the_same_bytes_and_another_one_another_boundary() -> None:
    other = replace(DRAFT, text="白家庄镇（示例）：\n\n请改好报回！\n")

    assert compose(DRAFT) == compose(replace(DRAFT))
    assert boundary(compose(DRAFT)) != boundary(compose(other))
    assert boundary(compose(DRAFT)) == "=_4414ee200de821294f47f5cab75b671f"


def test_three_readers_find_the_attachments_under_their_names() -> None:
    data = compose(DRAFT)
    given_ = [(one.name, one.data) for one in DRAFT.attachments]

    python = [(part.get_filename(), part.get_payload(decode=True)) for part in parsed(data).iter_attachments()]
    imap = [(one.filename, one.payload) for one in MailMessage.from_bytes(data).attachments]

    assert list(attachments(data)) == given_
    assert imap == given_
    assert python == given_


@pytest.mark.parametrize("length", range(1, 36))
def test_a_long_name_arrives_whole_and_no_word_of_it_ends_within_a_character(length: int) -> None:
    name = ("白a𬭎庄é镇" * 6)[:length] + ".xlsx"
    data = compose(replace(DRAFT, attachments=(Attachment(name, b"PK"),)))

    assert [found for found, _ in attachments(data)] == [name]
    assert [one.filename for one in MailMessage.from_bytes(data).attachments] == [name]
    assert [part.get_filename() for part in parsed(data).iter_attachments()] == [name]
    assert b"filename*0" not in data
    assert max(len(line) for line in data.split(b"\r\n") if line.startswith((b" name", b" =?"))) <= 76
    for word in data.split(b"=?utf-8?B?")[1:]:
        assert b64decode(word.partition(b"?=")[0]).decode()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("表.XLSX", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.docx", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("回执.txt", "\ufeff回执".encode(), "text/plain; charset=utf-8"),
        ("回执.txt", "回执".encode("gbk"), "text/plain"),
        ("a.exe", b"MZ", "application/octet-stream"),
        ("没有后缀", b"", "application/octet-stream"),
    ],
)
def test_an_attachment_is_called_what_it_is(name: str, data: bytes, kind: str) -> None:
    mail = compose(replace(DRAFT, attachments=(Attachment(name, data),)))

    assert f"\r\nContent-Type: {kind};\r\n name=".encode() in mail
    assert list(attachments(mail)) == [(name, data)]


def test_a_letter_without_attachments_is_a_text_and_nothing_else() -> None:
    mail = parsed(compose(replace(DRAFT, attachments=(), answers="", text="请改好\r报回。\r\n\u2028\x0b")))

    assert mail.keys() == [*ONCE, "Content-Transfer-Encoding"]
    assert mail.get_content_type() == "text/plain"
    assert mail.get_payload(decode=True) == "请改好\r\n报回。\r\n\u2028\x0b".encode()


def test_a_mail_says_nothing_of_the_machine_and_lets_itself_be_answered() -> None:
    data = compose(DRAFT)

    assert parsed(data).keys() == [*ONCE[:5], "In-Reply-To", "References", *ONCE[5:]]
    assert b"localhost" not in data


def test_what_is_answered_costs_only_the_thread_where_it_is_no_message_id() -> None:
    for answers in ("", "two words", "<a@b>\r\nBcc: c@d.cn", "<" + "a" * 300 + "@b>", "<答@b>"):
        assert parsed(compose(replace(DRAFT, answers=answers))).keys() == ONCE

    assert parsed(compose(replace(DRAFT, answers="a@b")))["In-Reply-To"] == "<a@b>"


@pytest.mark.parametrize("message_id", ["", "<>", "a b@c", "<a@b>\nBcc: c@d.cn", "<a><b>"])
def test_a_mail_has_a_message_id(message_id: str) -> None:
    with pytest.raises(ValueError, match="datetime"):
        compose(replace(DRAFT, message_id=message_id))


def test_a_time_has_its_zone() -> None:
    with pytest.raises(ValueError, match="2026, 1, 12"):
        compose(replace(DRAFT, date=DRAFT.date.replace(tzinfo=None)))

    assert parsed(compose(replace(DRAFT, date=datetime(2026, 2, 28, tzinfo=UTC))))["Date"].datetime.month == 2


# ── subject, names, addresses ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given_", "code", "expected"),
    [
        ("【填报】年报", "TB25-1-K3F7", "【填报】年报 [TB25-1-K3F7]"),
        ("Annual report", "TB25-1-K3F7", "Annual report [TB25-1-K3F7]"),
        ("Annual report", "", "Annual report"),
        ("", "TB25-1-K3F7", "[TB25-1-K3F7]"),
        ("", "", ""),
        ("=?utf-8?B?eA==?=", "K", "=?utf-8?B?eA==?= [K]"),
        ("年报", "K\r\nBcc: a@b.cn", "年报 [K Bcc: a@b.cn]"),
        ("年报", "码", "年报 [码]"),
        ("长" * 121, "K", "长" * 119 + "… [K]"),
        ("长" * 120, "K", "长" * 120 + " [K]"),
        ("年报", "a" * 1000, f"年报 [{'a' * 1000}]"),
        ("a  b\t\u3000c\u202e\u200b\x00", "K", "a b c [K]"),
    ],
)
def test_a_subject_arrives_with_its_code_at_the_end(given_: str, code: str, expected: str) -> None:
    draft = replace(DRAFT, subject=given_, code=code)

    assert subject(draft) == expected
    assert max(map(len, compose(draft).partition(b"\r\nDate:")[0].split(b"\r\n"))) <= 76


def test_a_code_in_ascii_stands_in_the_subject_as_it_is() -> None:
    head = compose(DRAFT).partition(b"\r\nDate:")[0]

    assert head.endswith(b"?= [TB25-999901101-K3F7]")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", b"zfb@163.com"),
        ("Wutai County Office", b"Wutai County Office <zfb@163.com>"),
        ("Zhang, San", b"=?utf-8?B?WmhhbmcsIFNhbg==?= <zfb@163.com>"),
        ('a" <x@y.cn>, "', b"=?utf-8?B?YSIgPHhAeS5jbj4sICI=?= <zfb@163.com>"),
        ("县办\r\nBcc: x@y.cn", b"=?utf-8?B?5Y6/5YqeIEJjYzogeEB5LmNu?= <zfb@163.com>"),
        ("\u202e\x07", b"zfb@163.com"),
        ("a" * 30 + " " + "b" * 40, b"a" * 30 + b" " + b"b" * 29 + b"\r\n <zfb@163.com>"),
    ],
)
def test_the_name_of_the_sender_is_plain_or_encoded(name: str, line: bytes) -> None:
    data = compose(replace(DRAFT, sender=Address(name, "zfb@163.com")))

    assert data.startswith(b"From: " + line + b"\r\n")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("bjz@qq.com", "bjz@qq.com"),
        ("O'Neil+a.b_c@mail.example-1.com", "O'Neil+a.b_c@mail.example-1.com"),
        ("bjz@例子.中国", "bjz@xn--fsqu00a.xn--fiqs8s"),
        ("bjz@163。com", "bjz@163.com"),
        ("a" * 64 + "@" + "b" * 63 + ".cn", "a" * 64 + "@" + "b" * 63 + ".cn"),
    ],
)
def test_an_address_is_taken_as_servers_take_it(address: str, expected: str) -> None:
    assert proper_address(address) == expected
    assert f"\r\nTo: {expected}\r\n".encode() in compose(replace(DRAFT, to=Address("", address)))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bjz",
        "@qq.com",
        "bjz@",
        "bjz@163",
        "bjz＠163.com",
        "镇办@qq.com",
        "b jz@qq.com",
        " bjz@qq.com",
        "bjz@qq.com\n",
        "a@b@qq.com",
        "a@qq.com,b@qq.com",
        "a@qq.com;b@qq.com",
        "a@qq.com b@qq.com",
        "a@b\r\nBcc: c@d.cn",
        "a@b.cn\r\nBcc: c@d.cn",
        "<a@qq.com>",
        "办 <a@qq.com>",
        '"a b"@qq.com',
        "a..b@qq.com",
        ".a@qq.com",
        "a@-qq.com",
        "a@qq..com",
        "a@[127.0.0.1]",
        "a" * 65 + "@qq.com",
        "a@" + "b." * 130 + "cn",
        "a@" + "例" * 70 + ".cn",
    ],
)
def test_what_is_not_one_address_is_refused_on_both_sides(address: str) -> None:
    with pytest.raises(AddressError) as sender:
        compose(replace(DRAFT, sender=Address("", address)))
    with pytest.raises(AddressError) as recipient:
        compose(replace(DRAFT, to=Address("", address)))

    assert sender.value.params == recipient.value.params
    assert "\n" not in str(sender.value)
    assert sender.value.exit_status == 4


def test_what_is_wrong_with_an_address_is_said() -> None:
    with pytest.raises(AddressError) as raised:
        proper_address("bjz 163.com")

    assert raised.value.message("zh") == "“bjz 163.com”不是一个邮箱地址。"
    assert raised.value.message("en") == '"bjz 163.com" is not one address of mail.'


# ── the names of files ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, NAME),
        ("白家庄镇：年报？终稿／2.xlsx", "白家庄镇_年报_终稿_2.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j.xlsx', "a_b_c_d_e_f_g_h_i_j.xlsx"),
        ("年报\r\nBcc: a@b.cn.xlsx", "年报 Bcc_ a@b.cn.xlsx"),
        ("年报\u202excod.exe\u200b\ufeff\x00.xlsx", "年报xcod.exe.xlsx"),
        ("年报\U0001f600\u2764\ufe0f\U0001f1e8\U0001f1f31\ufe0f\u20e3.xlsx", "年报1.xlsx"),
        ("℃№★●△①.xlsx", "℃№★●△①.xlsx"),
        ("𬭎村.xlsx", "𬭎村.xlsx"),
        ("e\u0301.xlsx", "é.xlsx"),
        ("长" * 50 + ".xlsx", "长" * 35 + ".xlsx"),
        ("长" * 50, "长" * 40),
        ("长" * 34 + " 长.xlsx", "长" * 34 + ".xlsx"),
        (" .年报. .", "年报"),
        (".xlsx", "_.xlsx"),
        ("", "_"),
        ("\U0001f600", "_"),
        ("con.txt", "_con.txt"),
        ("COM1", "_COM1"),
        ("a.b.TXT", "a.b.TXT"),
    ],
)
def test_a_file_is_called_so_that_every_program_shows_it(name: str, expected: str) -> None:
    assert attachment_name(name) == expected


@given(st.text())
def test_a_name_that_can_go_out_goes_out_as_it_is(name: str) -> None:
    once = attachment_name(name)

    assert attachment_name(once) == once
    assert 1 <= len(once) <= 40
    assert unicodedata.is_normalized("NFC", once)
    assert one_line(once) == once
    assert not set(once) & set('：？／＼＊＜＞｜＂/\\:*?"<>|')


# ── nothing gets in ──────────────────────────────────────────────────────────────────────────────────────────────────

#: What would like to be a header, a body or a part of its own.
SLY = st.sampled_from(
    [
        *("\r\n", "\r", "\n", "\r\n\r\n", "\r\n ", "\x00", "\x85", "\u2028", "\x0b", "\x1c", "\t", "\u3000"),
        *(
            "Bcc: a@b.cn",
            "=?utf-8?B?DQpCY2M6IGFAYi5jbg==?=",
            "=?utf-8?Q?=0D=0A?=",
            "?=",
            "=?",
            '"',
            "\\",
            ";",
            "''",
            "%0D%0A",
        ),
        *(
            "--=_",
            "\r\n--=_",
            "[",
            "]",
            "<a@b.cn>",
            ",",
            "\u202e",
            "é",
            "e\u0301",
            "\U0001f600",
            "𬭎",
            "长" * 60,
            "a" * 999,
        ),
    ]
)
ANYTHING = st.lists(st.one_of(SLY, st.text(max_size=20)), max_size=8).map("".join)
FILES = st.lists(st.builds(Attachment, ANYTHING, st.binary(max_size=300)), max_size=3).map(tuple)


@given(
    draft=st.builds(
        Draft,
        sender=st.builds(Address, ANYTHING, st.just("zfb@163.com")),
        to=st.builds(Address, ANYTHING, st.just("bjz@qq.com")),
        subject=ANYTHING,
        text=ANYTHING,
        attachments=FILES,
        message_id=st.just("<1@163.com>"),
        date=st.just(DRAFT.date),
        code=ANYTHING,
        answers=ANYTHING,
    )
)
def test_whatever_stands_in_names_and_texts_a_mail_has_its_headers_once_and_its_contents_whole(draft: Draft) -> None:
    data = compose(draft)
    mail = email.message_from_bytes(data, policy=policy.compat32)

    answered = ["In-Reply-To", "References"] if "In-Reply-To" in mail else []
    encoded = [] if draft.attachments else ["Content-Transfer-Encoding"]
    assert mail.keys() == [*ONCE[:5], *answered, *ONCE[5:], *encoded]
    inner = ["Content-Type", "Content-Transfer-Encoding"]
    assert [part.keys() for part in mail.walk()][1:] == (
        [inner, *([*inner, "Content-Disposition"] for _ in draft.attachments)] if draft.attachments else []
    )
    assert not mail.defects
    assert envelope(data) == ("zfb@163.com", "bjz@qq.com", "<1@163.com>")
    assert list(attachments(data)) == [(attachment_name(one.name), one.data) for one in draft.attachments]
    first = next(part for part in mail.walk() if not part.is_multipart())
    written = draft.text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    assert first.get_payload(decode=True) == written.encode()
    title, code = one_line(draft.subject), one_line(draft.code)
    cut = title if len(title) <= 120 else f"{title[:119].rstrip()}…"
    assert subject(draft) == (f"{cut} [{code}]".strip() if code else cut)
    assert data.isascii()
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998


# ── size and envelope ────────────────────────────────────────────────────────────────────────────────────────────────


def test_attachments_that_are_too_large_together_are_refused() -> None:
    half = bytes(MOST_BYTES // 2)
    fits = (Attachment("a.xlsx", half), Attachment("b.xlsx", half))

    with pytest.raises(MailTooLargeError) as raised:
        compose(replace(DRAFT, attachments=(*fits, Attachment("c.txt", bytes(300_000)))))

    assert raised.value.message("zh") == (
        "发给 bjz@qq.com 的附件共 10.3 MB，超过了 10.0 MB，很多邮箱不收，没有写成邮件。"
    )
    assert raised.value.exit_status == 4
    assert [sha256(found).hexdigest() for _, found in attachments(compose(replace(DRAFT, attachments=fits)))] == [
        sha256(half).hexdigest()
    ] * 2


def test_the_envelope_of_a_kept_mail_is_read_back() -> None:
    sly = replace(DRAFT, sender=Address('办 <x@y.cn>, "', "zfb@163.com"), to=Address("a@b.cn, c@d.cn", "bjz@例子.cn"))

    assert envelope(compose(sly)) == ("zfb@163.com", "bjz@xn--fsqu00a.cn", "<999901101.1.k3f7@163.com>")


@pytest.mark.parametrize(
    ("was", "became"),
    [
        (b"<bjz@qq.com>", b"<bjz@qq.com>, <x@y.cn>"),
        (b"<bjz@qq.com>", b"<bjz@qq.com>\r\nTo: x@y.cn"),
        (b"<bjz@qq.com>", b"<bjz>"),
        (b" <zfb@163.com>", b""),
        (b"\r\nTo: ", b"\r\nFor: "),
    ],
)
def test_a_kept_mail_that_no_longer_goes_from_one_to_one_is_not_sent(was: bytes, became: bytes) -> None:
    with pytest.raises(AddressError):
        envelope(compose(DRAFT).replace(was, became))


@pytest.mark.parametrize("line", [b"", b"Message-ID: <a@b>\r\nMessage-ID: <c@d>\r\n", b"Message-ID: a b\r\n"])
def test_a_kept_mail_has_one_message_id(line: bytes) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        envelope(compose(DRAFT).replace(b"Message-ID: <999901101.1.k3f7@163.com>\r\n", line))


def test_a_mail_that_is_quoted_does_not_end_the_one_around_it() -> None:
    inner = compose(DRAFT)
    outer = compose(replace(DRAFT, text=inner.decode(), attachments=(Attachment("mail.eml", inner),)))

    assert list(attachments(outer)) == [("mail.eml", inner)]
    assert b64encode(inner)[:76] in outer
