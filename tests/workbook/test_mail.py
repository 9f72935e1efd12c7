"""Attachments are found under whatever names mail programs give them (faults A5, E4)."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage

import pytest

from tianbao.workbook.mail import MailError, attachments, walk

NAME = "白家庄镇年报.xlsx"


def mail(disposition: bytes, kind: bytes = b"application/octet-stream", content: bytes = b"PK") -> bytes:
    """Write a mail of one text and one attachment, its headers byte by byte."""
    return b"\r\n".join(
        [
            b"From: a@example.org",
            b"Subject: " + "年报".encode("gbk"),
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/mixed; boundary="b"',
            b"",
            b"--b",
            b"Content-Type: text/plain; charset=gbk",
            b"",
            "见附件。".encode("gbk"),
            b"--b",
            b"Content-Type: " + kind,
            b"Content-Transfer-Encoding: base64",
            *([b"Content-Disposition: " + disposition] if disposition else []),
            b"",
            b64encode(content),
            b"--b--",
            b"",
        ]
    )


def word(text: str, charset: str, encoding: str) -> bytes:
    return f"=?{charset}?B?{b64encode(text.encode(encoding)).decode()}?=".encode()


GBK = NAME.encode("gbk")
PERCENT = "".join(f"%{byte:02X}" for byte in GBK).encode()


@pytest.mark.parametrize(
    ("disposition", "kind"),
    [
        pytest.param(b'attachment; filename="%b"' % GBK, b"application/octet-stream", id="raw GBK"),
        pytest.param(b'attachment; filename="%b"' % NAME.encode(), b"application/octet-stream", id="raw UTF-8"),
        pytest.param(
            b'attachment; filename="%b"' % word(NAME, "GB2312", "gbk"), b"application/octet-stream", id="encoded word"
        ),
        pytest.param(
            b'attachment; filename="%b\r\n %b"' % (word(NAME[:4], "utf-8", "utf-8"), word(NAME[4:], "utf-8", "utf-8")),
            b"application/octet-stream",
            id="two encoded words",
        ),
        pytest.param(b"attachment; filename*=GBK''" + PERCENT, b"application/octet-stream", id="RFC 2231"),
        pytest.param(
            b"attachment; filename*0*=gb2312''%b;\r\n filename*1*=%b" % (PERCENT[:12], PERCENT[12:]),
            b"application/octet-stream",
            id="RFC 2231 in pieces",
        ),
        pytest.param(b"", b'application/vnd.ms-excel; name="%b"' % GBK, id="only behind the type"),
        pytest.param(b"attachment", b'text/plain; name="%b"' % word(NAME, "gbk", "gbk"), id="called a text"),
    ],
)
def test_an_attachment_is_found_under_its_name(disposition: bytes, kind: bytes) -> None:
    found = list(attachments(mail(disposition, kind)))

    assert found == [(NAME, b"PK")]


def test_letters_that_gb2312_lacks_are_read_all_the_same() -> None:
    disposition = b'attachment; filename="%b"' % word("朱镕基.xlsx", "GB2312", "gbk")

    assert [name for name, _ in attachments(mail(disposition))] == ["朱镕基.xlsx"]


def test_a_name_that_is_no_encoded_word_after_all_is_kept() -> None:
    assert [name for name, _ in attachments(mail(b'attachment; filename="=?utf-8?B?a.xlsx"'))] == ["=?utf-8?B?a.xlsx"]


@pytest.mark.parametrize(
    "disposition",
    [
        pytest.param(b"attachment; filename*=a; filename*0=b", id="whole and in pieces"),
        pytest.param(b'attachment; filename="=?unicode_escape?Q?=5Cud800?="', id="half a letter"),
        pytest.param(b'attachment; filename="=?idna?Q?=FF?="', id="a codec that is no charset"),
    ],
)
def test_a_name_that_nobody_can_read_hides_no_attachment(disposition: bytes) -> None:
    ((name, content),) = attachments(mail(disposition))

    assert content == b"PK"
    assert name.encode("utf-8", "strict").decode() == name


def test_a_file_without_a_name_is_found_by_its_type() -> None:
    assert list(attachments(mail(b"attachment", b"application/vnd.ms-excel"))) == [("", b"PK")]


def test_what_is_attached_to_a_forwarded_mail_is_found() -> None:
    inner = EmailMessage()
    inner["From"] = "b@example.org"
    inner.set_content("见附件。")
    inner.add_attachment(b"PK", maintype="application", subtype="octet-stream", filename=NAME)
    outer = EmailMessage()
    outer["From"] = "a@example.org"
    outer.set_content("转发。")
    outer.add_attachment(inner)

    assert list(attachments(outer.as_bytes())) == [(NAME, b"PK")]


def test_the_picture_of_a_signature_is_no_attachment() -> None:
    letter = EmailMessage()
    letter["From"] = "a@example.org"
    letter.set_content("见图。")
    letter.add_attachment(b"GIF8", maintype="image", subtype="gif", filename="logo.gif", cid="<1@example.org>")

    assert list(attachments(letter.as_bytes())) == []


def test_each_part_is_told_with_how_many_mails_it_lies_in() -> None:
    inner = EmailMessage()
    inner.set_content("见附件。")
    inner.add_attachment(b"PK", maintype="application", subtype="octet-stream", filename=NAME)
    outer = EmailMessage()
    outer.set_content("转发。", cte="base64")
    outer.add_attachment(inner)

    parts = list(walk(outer.as_bytes()))

    assert [(part.level, part.kind, part.name, part.has_parts) for part in parts] == [
        (0, "multipart/mixed", "", True),
        (0, "text/plain", "", False),
        (0, "message/rfc822", "", True),
        (1, "multipart/mixed", "", True),
        (1, "text/plain", "", False),
        (1, "application/octet-stream", NAME, False),
    ]
    assert [part.text(100).strip() for part in parts if part.kind == "text/plain"] == ["转发。", "见附件。"]


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        pytest.param(b"; charset=gb2312", "朱镕基".encode("gbk"), id="what GB2312 lacks"),
        pytest.param(b"", "朱镕基".encode("gbk"), id="GBK without a label"),
        pytest.param(b"; charset=us-ascii", "朱镕基".encode("gbk"), id="GBK with a wrong label"),
        pytest.param(b"", "朱镕基".encode(), id="UTF-8 without a label"),
        pytest.param(b"; charset=utf-8", "朱镕基".encode() + b"\xe5\x8d", id="cut within a letter"),
        pytest.param(b'; charset="no such"', "朱镕基".encode(), id="a charset that there is not"),
        pytest.param(b"; charset=hex", "朱镕基".encode(), id="a codec that makes no text"),
        pytest.param(b"; charset=unicode_escape", "朱镕基".encode(), id="a codec that is no charset"),
    ],
)
def test_a_text_is_read_in_whatever_it_is_written(charset: bytes, data: bytes) -> None:
    (part,) = walk(b"From: a@example.org\r\nContent-Type: text/plain" + charset + b"\r\n\r\n" + data)

    assert part.text(100) == "朱镕基"


# ── mails that are not as they should be ─────────────────────────────────────────────────────────────────────────────

HEAD = b'From: a@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
FILE = b'Content-Type: application/octet-stream; name="a.bin"\r\n'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"--b\r\n" + FILE + b"\r\nabc\r\n--b--\r\n", id="as usual"),
        pytest.param(b"--b\n" + FILE.replace(b"\r", b"") + b"\nabc\n--b--\n", id="line feeds"),
        pytest.param(b"before\r\n--b  \t\r\n" + FILE + b"\r\nabc\r\n--b-- \r\nafter", id="blanks behind the boundary"),
        pytest.param(b"--b\r\n" + FILE + b"\r\nabc", id="never closed"),
        pytest.param(b"--b\r\n\r\na text\r\n--b\r\n" + FILE + b"\r\nabc\r\n--b--", id="a part without headers"),
        pytest.param(
            b'--b\r\nContent-Type: multipart/mixed; boundary="bb"\r\n\r\n--bb\r\n'
            + FILE
            + b"\r\nabc\r\n--bb--\r\n--b--",
            id="a boundary that begins like another",
        ),
        pytest.param(
            b"--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + b64encode(FILE + b"\r\nabc")
            + b"\r\n--b--",
            id="a mail that is packed",
        ),
        pytest.param(
            b"--b\r\n" + FILE + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=61b=\r\nc\r\n--b--", id="quoted"
        ),
        pytest.param(
            b"--b\r\n"
            + FILE
            + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n--b--",
            id="uuencoded",
        ),
        pytest.param(
            b"--b\r\n" + FILE + b"Content-Transfer-Encoding: BASE64 \r\n\r\nY W\r\n! J j\r\n\r\n--b--",
            id="junk among the letters",
        ),
    ],
)
def test_an_attachment_is_found_however_the_mail_is_written(body: bytes) -> None:
    assert list(attachments(HEAD + body)) == [("a.bin", b"abc")]


@pytest.mark.parametrize(("letters", "content"), [(b"YWJjZA", b"abcd"), (b"YWJjZ", b"abc"), (b"YW=JjZA==", b"abcd")])
def test_what_was_cut_off_or_mixed_up_is_decoded_as_far_as_it_goes(letters: bytes, content: bytes) -> None:
    body = b"--b\r\n" + FILE + b"Content-Transfer-Encoding: base64\r\n\r\n" + letters + b"\r\n--b--"

    assert list(attachments(HEAD + body)) == [("a.bin", content)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HEAD + b"--b\r\n\r\nx\r\n" * 2_001, id="beside each other"),
        pytest.param(b"Content-Type: message/rfc822\r\n\r\n" * 21, id="in each other"),
        pytest.param(HEAD.replace(b"\r\n\r\n", b"\r\nX: y" * 20_000 + b"\r\n\r\n"), id="headers"),
    ],
)
def test_parts_without_end_are_not_taken_apart(data: bytes) -> None:
    with pytest.raises(MailError):
        list(attachments(data))
