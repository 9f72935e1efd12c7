"""Mails as they come in, byte by byte as the programs and servers of China and elsewhere write them; all names invented.

    reply_as_qq(workbook, "年报.xlsx", sender=…, to=…, subject=…, answers=…, message_id=…)  ──▶ bytes of a mail
    bounce_as_postfix(recipient, to=…, returned=…)                                           ──▶ bytes of a notice

The same arguments give the same bytes. What a real program adds and nobody reads (Received, DKIM-Signature) is left out.
"""

from __future__ import annotations

import quopri
import re
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Sequence
from io import BytesIO

from tests.workbook.crafted import book
from tests.workbook.winmail import Attached, winmail

OFFICE = "office@example.org"
UNIT = "liuxi@example.com"
CODE = "TB25-999900018-K3F7"
SUBJECT = f"回复：【填报】2025年政府信息公开年报—柳溪镇（示例）[{CODE}]"
ISSUED = "<issue-18@example.org>"
ANSWER = "<answer-18@example.com>"
NAME = "018_柳溪镇（示例）_2025年报表（修改版2）.xlsx"
WORKBOOK = book('<row r="1"><c r="A1"><v>5</v></c></row>')
DATE = "Mon, 19 Jan 2026 22:58:07 +0800"

XLSX = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)

Header = tuple[str, str | bytes]


# ── how headers and parts are written ────────────────────────────────────────────────────────────────────────────────


def words(text: str, charset: str, *, codec: str = "gb18030", size: int = 0, q: bool = False) -> bytes:
    """Encode a text as encoded words; each of so many bytes, and cut within a letter where it comes to that."""
    data = text.encode(codec)
    step = size or len(data) or 1
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    if q:
        coded = ["".join(f"={byte:02X}" for byte in piece) for piece in pieces]
    else:
        coded = [b64encode(piece).decode() for piece in pieces]
    return "\r\n ".join(f"=?{charset}?{'Q' if q else 'B'}?{piece}?=" for piece in coded).encode()


def base64(data: bytes) -> bytes:
    """Encode for the way, in lines of 76 letters."""
    coded = b64encode(data)
    return b"\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76)) + b"\r\n"


def part(headers: Iterable[Header], body: bytes) -> bytes:
    """Write headers and what follows them."""
    lines = [name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    return b"\r\n".join([*lines, b"", body])


def multipart(headers: Iterable[Header], kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Write what holds several parts."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + inner + b"\r\n" for inner in parts) + mark + b"--\r\n"
    return part([*headers, ("Content-Type", f'{kind};\r\n\tboundary="{boundary}"')], body)


def text(
    said: str, *, kind: str = "text/plain", charset: str = "utf-8", codec: str = "", encoding: str = "base64"
) -> bytes:
    """Write a text."""
    data = said.encode(codec or charset)
    if encoding in ("base64", "quoted-printable"):
        data = base64(data) if encoding == "base64" else quopri.encodestring(data)
    return part([("Content-Type", f"{kind}; charset={charset}"), ("Content-Transfer-Encoding", encoding)], data)


def file(data: bytes, disposition: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """Write an attachment, its headers as they are given."""
    headers: list[Header] = [("Content-Type", kind), ("Content-Transfer-Encoding", "base64")]
    if disposition:
        headers.append(("Content-Disposition", disposition))
    return part(headers, base64(data))


def plain_file(data: bytes, name: str, kind: bytes = b"application/octet-stream") -> bytes:
    """Write an attachment whose name is in one encoded word."""
    return file(data, b'attachment; filename="' + words(name, "utf-8", codec="utf-8") + b'"', kind)


def letter(*parts: bytes, subject: str = SUBJECT, message_id: str = ANSWER, answers: str = ISSUED) -> bytes:
    """Write a letter of a unit in no program's special way."""
    headers: list[Header] = [
        ("From", words("柳溪镇（示例）", "utf-8", codec="utf-8") + f" <{UNIT}>".encode()),
        ("To", OFFICE),
        ("Subject", words(subject, "utf-8", codec="utf-8", size=45)),
        ("Date", DATE),
        ("Message-ID", message_id),
        *([("In-Reply-To", answers)] if answers else []),
        ("MIME-Version", "1.0"),
    ]
    return multipart(headers, "multipart/mixed", "=_sample", parts)


# ── what a unit answers, as four programs write it ───────────────────────────────────────────────────────────────────


def reply_as_qq(
    workbook: bytes, name: str, *, sender: str, to: str, subject: str, answers: str, message_id: str
) -> bytes:
    """Write a reply as QQ mail does: GB18030 everywhere, the name behind the type and in the disposition."""
    coded = words(name, "gb18030")
    headers: list[Header] = [
        ("From", b'"' + words("柳溪镇（示例）", "gb18030") + f'" <{sender}>'.encode()),
        ("To", b'"' + words("office", "gb18030") + f'" <{to}>'.encode()),
        ("Subject", words(subject, "gb18030", size=33)),
        ("Mime-Version", "1.0"),
        ("Date", DATE),
        ("X-Priority", "3"),
        ("Message-ID", message_id),
        ("References", answers),
        ("In-Reply-To", answers),
    ]
    said = "表已填好，请查收。\n\n\n\n------------------ 原始邮件 ------------------\n发件人: office\n"
    page = f"<div>{said}</div>"
    written = multipart(
        [],
        "multipart/alternative",
        "----=_NextPart_2",
        [
            text(said, charset='"gb18030"', codec="gb18030"),
            text(page, kind="text/html", charset='"gb18030"', codec="gb18030"),
        ],
    )
    attached = file(
        workbook,
        b'attachment; filename="' + coded + b'"',
        b'application/octet-stream;\r\n\tcharset="gb18030";\r\n\tname="' + coded + b'"',
    )
    return multipart(headers, "multipart/mixed", "----=_NextPart_1", [written, attached])


def reply_as_163(
    workbook: bytes, name: str, *, sender: str, to: str, subject: str, answers: str, message_id: str
) -> bytes:
    """Write a reply as 163 and other Coremail systems do: GBK, the subject in words with Q, the name in pieces."""
    headers: list[Header] = [
        ("Date", f"{DATE} (CST)"),
        ("From", b"=?GBK?B?" + b64encode("柳溪镇（示例）".encode("gbk")) + f"?= <{sender}>".encode()),
        ("To", to),
        ("Subject", words(subject, "GBK", size=12, q=True)),
        ("X-Priority", "3"),
        ("X-Mailer", "Coremail Webmail Server"),
        ("In-Reply-To", answers),
        ("References", answers),
        ("MIME-Version", "1.0"),
        ("Message-ID", message_id),
    ]
    said = "领导好，报表见附件。\n\nAt 2026-01-12 09:00:00, office wrote:\n"
    written = multipart(
        [],
        "multipart/alternative",
        "----=_Part_2_",
        [
            text(said, charset="GBK"),
            text(f"<div>{said}</div>", kind="text/html", charset="GBK"),
        ],
    )
    attached = file(
        workbook,
        b'attachment; filename="' + words(name, "GBK", codec="gbk", size=21) + b'"',
        XLSX + b'; \r\n\tname="' + words(name, "GBK", codec="gbk", size=21) + b'"',
    )
    return multipart(headers, "multipart/mixed", "----=_Part_1_", [written, attached])


def reply_as_foxmail(
    workbook: bytes, name: str, *, sender: str, to: str, subject: str, answers: str, message_id: str
) -> bytes:
    """Write a reply as an old Foxmail does: bytes of GB18030 in the headers, and a text of eight bits."""
    raw = name.encode("gb18030")
    headers: list[Header] = [
        ("Date", DATE.removesuffix(" +0800") + " +0800"),
        ("From", b'"' + "柳溪镇（示例）".encode("gb18030") + f'" <{sender}>'.encode()),
        ("To", f"<{to}>"),
        ("Subject", subject.encode("gb18030")),
        ("Message-ID", message_id),
        ("X-mailer", "Foxmail 6, 15, 201, 26 [cn]"),
        ("References", answers),
        ("Mime-Version", "1.0"),
    ]
    attached = file(
        workbook, b'attachment;\r\n\tfilename="' + raw + b'"', b'application/octet-stream;\r\n\tname="' + raw + b'"'
    )
    return multipart(
        headers,
        "multipart/mixed",
        "=====001_Dragon526484783617_=====",
        [text("您好：\r\n    年报已填，请审核。", charset='"gb2312"', codec="gb2312", encoding="8bit"), attached],
    )


def reply_as_outlook(
    workbook: bytes, name: str, *, sender: str, to: str, subject: str, answers: str, message_id: str
) -> bytes:
    """Write a reply as Outlook does: GB2312 by name, a logo in the signature, sizes and dates beside the name."""
    coded = words(name, "gb2312", size=30)
    headers: list[Header] = [
        ("From", words("柳溪镇（示例）", "gb2312") + f" <{sender}>".encode()),
        ("To", f"'office' <{to}>"),
        ("References", answers),
        ("In-Reply-To", answers),
        ("Subject", words(subject, "gb2312", size=30)),
        ("Date", DATE),
        ("Message-ID", message_id),
        ("MIME-Version", "1.0"),
        ("X-Mailer", "Microsoft Outlook 16.0"),
        ("Thread-Index", "AQHb0000example"),
        ("Content-Language", "zh-cn"),
    ]
    page = '<html><body><p>请查收。</p><img src="cid:image001.png@01DC"></body></html>'
    written = multipart(
        [],
        "multipart/related",
        "----=_NextPart_001",
        [
            multipart(
                [],
                "multipart/alternative",
                "----=_NextPart_002",
                [
                    text("请查收。", charset='"gb2312"', codec="gb2312"),
                    text(page, kind="text/html", charset='"gb2312"', codec="gb2312", encoding="quoted-printable"),
                ],
            ),
            part(
                [
                    ("Content-Type", 'image/png;\r\n\tname="image001.png"'),
                    ("Content-Transfer-Encoding", "base64"),
                    ("Content-ID", "<image001.png@01DC>"),
                ],
                base64(PNG),
            ),
        ],
    )
    dates = f'size={len(workbook)};\r\n\tcreation-date="{DATE}"; modification-date="{DATE}"'
    attached = file(
        workbook,
        b'attachment;\r\n\tfilename="' + coded + b'";\r\n\t' + dates.encode(),
        XLSX + b';\r\n\tname="' + coded + b'"',
    )
    return multipart(headers, "multipart/mixed", "----=_NextPart_000", [written, attached])


# ── the ten forms of a name ──────────────────────────────────────────────────────────────────────────────────────────

_GBK, _UTF8 = NAME.encode("gb18030"), NAME.encode()


def percent(data: bytes) -> bytes:
    return "".join(f"%{byte:02X}" for byte in data).encode()


def _in_pieces(prefix: bytes, coded: bytes, *, quoted: bool, size: int = 40) -> bytes:
    """Write a name in continuations of RFC 2231, as they fall."""
    pieces = [coded[at : at + size] for at in range(0, len(coded), size)]
    if quoted:
        return b";\r\n ".join(b'filename*%d="%b"' % (number, piece) for number, piece in enumerate(pieces))
    first = [b"filename*0*=" + prefix + pieces[0]]
    return b";\r\n ".join(first + [b"filename*%d*=%b" % (number, piece) for number, piece in enumerate(pieces[1:], 1)])


#: Who writes it: the disposition, the type. Each names the same file.
NAME_FORMS: dict[str, tuple[bytes, bytes]] = {
    "raw GB18030: old Foxmail, systems of offices": (b'attachment; filename="' + _GBK + b'"', b"application/x-msexcel"),
    "raw UTF-8": (b'attachment; filename="' + _UTF8 + b'"', b"application/x-msexcel"),
    "one encoded word: QQ": (b'attachment; filename="' + words(NAME, "gb18030") + b'"', b"application/octet-stream"),
    "labelled as less than it is: gb2312": (b'attachment; filename="' + words(NAME, "gb2312") + b'"', XLSX),
    "encoded words, folded": (b'attachment; filename="' + words(NAME, "utf-8", codec="utf-8", size=30) + b'"', XLSX),
    "RFC 2231 in GBK": (b"attachment; filename*=gbk''" + percent(_GBK), XLSX),
    "an encoded word cut by continuations: JavaMail": (
        b"attachment; " + _in_pieces(b"", words(NAME, "GBK"), quoted=True),
        XLSX,
    ),
    "only behind the type": (b"", b'application/vnd.ms-excel; name="' + words(NAME, "gbk") + b'"'),
    "RFC 2231 in pieces: Python": (
        b"attachment; " + _in_pieces(b"utf-8''", percent(_UTF8), quoted=False, size=60),
        XLSX,
    ),
    "a word cut within a letter": (b'attachment; filename="' + words(NAME, "GBK", size=21) + b'"', XLSX),
}


def named_as(form: str) -> bytes:
    """Write a letter whose workbook is named in one of the ten forms."""
    return letter(text("见附件。"), file(WORKBOOK, *NAME_FORMS[form]))


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────


def issued(*, to: str = UNIT, message_id: str = ISSUED) -> bytes:
    """Write what the office sent."""
    headers: list[Header] = [
        ("From", f"<{OFFICE}>"),
        ("To", f"<{to}>"),
        ("Subject", words(SUBJECT.removeprefix("回复："), "utf-8", codec="utf-8", size=45)),
        ("Message-ID", message_id),
        ("MIME-Version", "1.0"),
    ]
    return multipart(headers, "multipart/mixed", "=_issued", [text("请填报。"), plain_file(WORKBOOK, NAME, XLSX)])


def _report(
    headers: Sequence[Header], said: bytes, fields: str, returned: bytes, kind: str = "message/rfc822"
) -> bytes:
    return multipart(
        [*headers, ("Auto-Submitted", "auto-replied"), ("MIME-Version", "1.0")],
        "multipart/report; report-type=delivery-status",
        "=_report",
        [
            said,
            part([("Content-Type", "message/delivery-status")], fields.replace("\n", "\r\n").encode()),
            part([("Content-Type", kind)], returned),
        ],
    )


def bounce_as_postfix(recipient: str = UNIT, *, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write what Postfix says of a recipient that there is not."""
    fields = (
        "Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 12 Jan 2026 09:00:00 +0800 (CST)\n\n"
        f"Final-Recipient: rfc822; {recipient}\nOriginal-Recipient: rfc822;{recipient}\nAction: failed\n"
        "Status: 5.1.1\nRemote-MTA: dns; mx.example.com\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address\n    rejected: User unknown\n"
    )
    said = text(
        f"This is the mail system at host mx.example.org.\n\n<{recipient}>: host said: 550 5.1.1", encoding="7bit"
    )
    headers: list[Header] = [
        ("Return-Path", "<>"),
        ("From", "MAILER-DAEMON@example.org (Mail Delivery System)"),
        ("To", to),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", DATE),
        ("Message-Id", "<20260119145807.1234@mx.example.org>"),
    ]
    return _report(headers, said, fields, issued(to=recipient, message_id=message_id))


def bounce_as_163(recipient: str = UNIT, *, to: str = OFFICE) -> bytes:
    """Write what 163 says: a web page in GBK with a table, and not a field or a line of the mail that came back."""
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" />'
        "<style><!-- .Tb th{width:130px;} --></style></head><body><h1>抱歉，您的邮件被退回来了……</h1><table>"
        "<tr><th>原邮件信息：</th><td><table><tr><th>时　间：</th><td>2026-01-12 09:00:00</td></tr>"
        "<tr><th>主　题：</th><td>【填报】2025年政府信息公开年报</td></tr>"
        f"<tr><th>收件人：</th><td>{recipient}</td></tr></table></td></tr>"
        "<tr><th>退信原因：</th><td><div>对方的邮箱不存在，或者已经停用。</div>"
        "<div>英文说明:550&nbsp;User&nbsp;not&nbsp;found</div></td></tr>"
        f'<tr><th>建议解决方案：</th><td>请核对地址；<a href="http://feedback.example.net/?Sender={to}">发送报告</a></td></tr>'
        "</table>----------------<br>This message is generated by Coremail.</body></html>"
    )
    headers: list[Header] = [
        ("From", "Postmaster@163.com"),
        ("To", to),
        ("Subject", words("系统退信", "GBK", codec="gbk")),
        ("Date", DATE),
        ("Message-ID", "<5167AD70.AC0F83.19561@163smtp10>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/html; charset=gb2312"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    return part(headers, base64(page.encode("gbk")))


def bounce_as_qq(recipient: str = UNIT, *, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write what QQ mail says: a letter with the server's answer, and the mail that it is about as its answer."""
    page = (
        f"<div>很抱歉，您发送到 <b>{recipient}</b> 的邮件被退回。</div><p>退信原因：</p>"
        f"<p>host mx.example.com[203.0.113.25] said: 550 5.2.2 &lt;{recipient}&gt; mailbox full (in reply to RCPT TO)</p>"
        "<p>解决方案：请联系收件人清理邮箱。</p>"
    )
    headers: list[Header] = [
        ("From", b'"' + words("QQ邮箱系统", "gb18030") + b'" <PostMaster@qq.com>'),
        ("To", to),
        ("Subject", words("系统退信/Systems bounce", "gb18030")),
        ("Date", DATE),
        ("Message-ID", "<tencent_0123@qq.com>"),
        ("In-Reply-To", message_id),
        ("Mime-Version", "1.0"),
    ]
    return multipart(headers, "multipart/alternative", "----=_QQ", [text(page, kind="text/html", charset="gb18030")])


def bounce_as_exchange(recipient: str = UNIT, *, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write what Exchange says, with the mail that came back attached."""
    fields = (
        "Reporting-MTA: dns;EX01.example.com\nReceived-From-MTA: dns;mx.example.org\n\n"
        f"Final-Recipient: rfc822;{recipient}\nAction: failed\nStatus: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n"
        f"X-Display-Name: {recipient}\n"
    )
    said = multipart(
        [],
        "multipart/alternative",
        "=_said",
        [
            text(f"传递至以下收件人失败：\n\n{recipient}\n找不到您输入的电子邮件地址。"),
            text(f"<p>传递至以下收件人失败：</p><p>{recipient}</p>", kind="text/html"),
        ],
    )
    headers: list[Header] = [
        ("From", "<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>"),
        ("To", to),
        ("Subject", words("未传递: 【填报】2025年政府信息公开年报", "utf-8", codec="utf-8")),
        ("Date", DATE),
        ("Message-ID", "<5f6c@EX01.example.com>"),
        ("In-Reply-To", message_id),
    ]
    return _report(headers, said, fields, issued(to=recipient, message_id=message_id))


def bounce_as_qmail(recipient: str = UNIT, *, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write what qmail says: a text, and below a line the mail that came back."""
    said = (
        "Hi. This is the qmail-send program at example.com.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{recipient}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "<other@example.com>:\nThis account is over quota. (#5.2.2)\n\n"
        f"--- Below this line is a copy of the message.\n\nMessage-ID: {message_id}\nFrom: someone@example.net\n"
    )
    headers: list[Header] = [
        ("Return-Path", "<>"),
        ("From", "MAILER-DAEMON@example.com"),
        ("To", to),
        ("Subject", "failure notice"),
        ("Date", DATE),
    ]
    return part(headers, said.replace("\n", "\r\n").encode())


def bounce_with_headers_only(recipient: str = UNIT, *, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write a report with no more than the headers of the mail that came back, and no words of the server."""
    fields = (
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.4.7\n"
    )
    headers: list[Header] = [("From", "postmaster@example.org"), ("To", to), ("Subject", "退信通知"), ("Date", DATE)]
    said = text(f"以下地址投递失败：{recipient}，原因：重试超时")
    return _report(headers, said, fields, f"Message-ID: {message_id}\r\n".encode(), "text/rfc822-headers")


def delayed(recipient: str = UNIT, *, to: str = OFFICE) -> bytes:
    """Write that a mail is not there yet."""
    fields = (
        f"Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {recipient}\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: X-Postfix; connect to mx.example.com: Connection timed out\n"
        "Will-Retry-Until: Sat, 24 Jan 2026 09:00:00 +0800 (CST)\n"
    )
    headers: list[Header] = [
        ("Return-Path", "<>"),
        ("From", "MAILER-DAEMON@example.org"),
        ("To", to),
        ("Subject", "Delayed Mail (still being retried)"),
        ("Date", DATE),
    ]
    return _report(headers, text("Your message could not be delivered for more than 4 hours."), fields, issued())


def auto_reply(*, sender: str = UNIT, to: str = OFFICE, answers: str = ISSUED) -> bytes:
    """Write what a holiday responder answers (RFC 3834)."""
    headers: list[Header] = [
        ("Return-Path", "<>"),
        ("From", f"<{sender}>"),
        ("To", to),
        ("Subject", words(f"外出：{SUBJECT.removeprefix('回复：')}", "utf-8", codec="utf-8")),
        ("Date", DATE),
        ("Message-ID", "<vacation@example.com>"),
        ("In-Reply-To", answers),
        ("Auto-Submitted", "auto-replied (vacation)"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    return part(headers, "本人外出学习，1月25日返回。".encode())


def auto_reply_as_qq(*, sender: str = UNIT, to: str = OFFICE, answers: str = ISSUED) -> bytes:
    """Write what QQ mail answers by itself: only the subject says so."""
    headers: list[Header] = [
        ("From", b'"' + words("柳溪镇（示例）", "gb18030") + f'" <{sender}>'.encode()),
        ("To", to),
        ("Subject", words(f"自动回复: {SUBJECT.removeprefix('回复：')}", "gb18030", size=30)),
        ("Date", DATE),
        ("Message-ID", "<tencent_auto@qq.com>"),
        ("References", answers),
        ("Content-Type", "text/plain; charset=gb18030"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    return part(headers, base64("您好，邮件已收到，会尽快处理。".encode("gb18030")))


def read_receipt(*, sender: str = UNIT, to: str = OFFICE, message_id: str = ISSUED) -> bytes:
    """Write that a mail was opened."""
    headers: list[Header] = [
        ("From", f"<{sender}>"),
        ("To", to),
        ("Subject", words("已读: 【填报】2025年政府信息公开年报", "utf-8", codec="utf-8")),
        ("Date", DATE),
        ("MIME-Version", "1.0"),
    ]
    fields = f"Final-Recipient: rfc822;{sender}\r\nOriginal-Message-ID: {message_id}\r\nDisposition: manual-action/x; displayed\r\n"
    return multipart(
        headers,
        "multipart/report; report-type=disposition-notification",
        "=_read",
        [text("邮件已阅读。"), part([("Content-Type", "message/disposition-notification")], fields.encode())],
    )


# ── what else units send ─────────────────────────────────────────────────────────────────────────────────────────────


def forwarded_twice() -> bytes:
    """Write a forward of a forward, each as a mail in a mail."""
    first = reply_as_foxmail(
        WORKBOOK, NAME, sender="village@example.net", to=UNIT, subject="年报", answers="<0@x>", message_id="<1@x>"
    )
    rfc822: list[Header] = [("Content-Type", "message/rfc822")]
    second = letter(text("转"), part(rfc822, first), subject="转发：年报", message_id="<2@x>", answers="")
    return letter(text("见转发"), part(rfc822, second), subject=f"转发：转发：年报 [{CODE}]", answers="")


def forwarded_inline() -> bytes:
    """Write a forward whose text quotes the other mail, and its attachment again."""
    said = f"\n-------- 转发邮件信息 --------\n发件人：office\n主题：系统退信 Undelivered\n收件人：{UNIT}\n"
    return letter(text(said), plain_file(WORKBOOK, NAME), subject="转发：系统退信", answers="")


def with_zip() -> bytes:
    """Write a letter with a zip whose names are in GBK, as WinRAR leaves them."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("N" * len(_GBK)), WORKBOOK)
    named = packed.getvalue().replace(b"N" * len(_GBK), _GBK)
    return letter(text("打包了"), plain_file(named, "柳溪镇报表.zip", b"application/zip"))


def with_winmail() -> bytes:
    """Write a letter in Outlook's rich text."""
    inside = winmail([Attached(NAME, WORKBOOK), Attached("盖章页.jpg", b"\xff\xd8\xff\xe0")])
    return letter(
        text("见附件。", charset="gb2312"),
        file(inside, b'attachment; filename="winmail.dat"', b'application/ms-tnef; name="winmail.dat"'),
    )


#: Where the file of `cloud_link` lies: as text, behind a word of a web page, and as a large attachment of QQ mail.
LINKS = (
    "https://pan.baidu.com/s/1aBcDeF_gh-1?pwd=ab12",
    "https://wx.mail.qq.com/ftn/download?func=3&key=0123abcd&code=ef45",
    "https://docs.qq.com/sheet/DExample",
)


def cloud_link() -> bytes:
    """Write a letter with links in place of a file."""
    said = f"报表太大，放网盘了：{LINKS[0]}，提取码：ab12"
    page = f'<p>{said}</p><a href="{LINKS[1].replace("&", "&amp;")}">进入下载页面</a> 在线表格 {LINKS[2]}。'
    alternative = multipart(
        [],
        "multipart/alternative",
        "=_alternative",
        [text(said, charset="gb2312"), text(page, kind="text/html", charset="gb2312", encoding="quoted-printable")],
    )
    return letter(alternative)


def picture_only() -> bytes:
    """Write a letter with a photo of the form in its text."""
    shown = part(
        [
            ("Content-Type", 'image/jpeg; name="IMG_0119.jpg"'),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-ID", "<IMG_0119@example.com>"),
        ],
        base64(b"\xff\xd8\xff\xe0"),
    )
    return letter(text('<img src="cid:IMG_0119@example.com">', kind="text/html"), shown)


def thirty_attachments() -> bytes:
    """Write a letter with the workbooks of thirty units."""
    return letter(text("全部收齐"), *(plain_file(WORKBOOK, unit_file(n)) for n in range(1, 31)), subject="各镇年报")


def unit_file(number: int) -> str:
    return f"{number:03d}_第{number}镇（示例）.xlsx"


def several_units() -> bytes:
    """Write a letter about two units, the second in a forwarded mail."""
    inner = letter(text("我们的"), plain_file(WORKBOOK, unit_file(2)), subject="二镇", message_id="<3@x>", answers="")
    subject = "两个单位的 [TB25-999900001-AAAA] 【TB25-999900002-BBBB】"
    return letter(
        text("代报"),
        plain_file(WORKBOOK, unit_file(1)),
        part([("Content-Type", "message/rfc822")], inner),
        subject=subject,
    )


def old_and_new() -> bytes:
    """Write a reply that carries what was sent along with what was filled in."""
    return letter(text("填好的是第二个"), plain_file(WORKBOOK, NAME), plain_file(WORKBOOK + b"\0", f"填好{NAME}"))


def html_only() -> bytes:
    """Write a letter without plain text."""
    page = text("<p>见附件</p>", kind="text/html", charset="gbk", encoding="quoted-printable")
    return letter(page, plain_file(WORKBOOK, NAME))


def base64_with_junk() -> bytes:
    """Write a letter whose attachment has blanks and signs among its letters, and never ends."""
    coded = b"!\r\n > ".join(b64encode(WORKBOOK)[at : at + 60] for at in range(0, len(b64encode(WORKBOOK)), 60))
    headers: list[Header] = [
        ("Content-Type", "application/octet-stream"),
        ("Content-Transfer-Encoding", "BASE64 "),
        ("Content-Disposition", 'attachment; filename="report.xlsx"'),
    ]
    whole = letter(text("见附件"), part(headers, coded))
    return re.sub(rb"\r\n--=_sample--\r\n$", b"", whole)


def no_attachment() -> bytes:
    """Write a letter that only asks."""
    headers: list[Header] = [
        ("From", f"{UNIT} (Liu)"),
        ("Subject", words(SUBJECT, "utf-8", codec="utf-8")),
        ("Content-Type", "text/plain; charset=gbk"),
    ]
    return part(headers, "请问截止到哪天？".encode("gbk"))
