"""A1–A5, A17, A22: what happens to a workbook as a file."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import partial
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook

from tests.mutations.book import Book
from tests.mutations.table import add_wrapping, wrapping
from tests.workbook.test_guard import ole

TYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ── A3: names ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(data: bytes, _book: Book, name: str) -> tuple[str, bytes]:
    return name, data


for _name in (
    "年报(1)最终版.xlsx",
    "年报",
    "年报.xls",
    "年报.et",
    "年报.zip",
    "年报.docx",
    "年报.pdf",
    "年报.XLSX ",
    "豆村镇.xlsx",
    "副本.xlsx.xlsx",
    "=cmd.xlsx",
):
    add_wrapping(f"called {_name}", "A3", partial(_named, name=_name))


# ── A1: saved by another program ─────────────────────────────────────────────────────────────────────────────────────


@wrapping("A1")
def saved_by_openpyxl(data: bytes, _book: Book) -> tuple[str, bytes]:
    saved = BytesIO()
    load_workbook(BytesIO(data)).save(saved)
    return "年报.xlsx", saved.getvalue()


# ── A4: archives ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _zipped(*files: tuple[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


@wrapping("A4")
def in_a_zip(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(("年报.xlsx", data))


@wrapping("A4")
def in_a_folder_in_a_zip(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(("白家庄镇/", b""), ("白家庄镇/2025/年报.xlsx", data))


@wrapping("A4")
def in_a_zip_in_a_zip(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(("内.zip", _zipped(("年报.xlsx", data))))


@wrapping("A4", reason="F-NESTED")
def in_three_zips(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(("中.zip", _zipped(("内.zip", _zipped(("年报.xlsx", data))))))


@wrapping("A4")
def in_a_zip_with_names_in_gbk(data: bytes, _book: Book) -> tuple[str, bytes]:
    packed = _zipped(("aaaaaaaa.xlsx", data))
    return "年报.zip", packed.replace(b"aaaaaaaa.xlsx", "年报白镇".encode("gbk") + b".xlsx")


@wrapping("A4")
def in_a_zip_with_what_a_mac_leaves_behind(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(
        ("__MACOSX/._年报.xlsx", b"x"), ("年报.xlsx", data), ("~$年报.xlsx", b"x"), (".DS_Store", b"x")
    )


@wrapping("A4", count=2)
def twice_in_a_zip(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "年报.zip", _zipped(("一.xlsx", data), ("二.xlsx", data))


# ── A5: mails ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mail(data: bytes, name: str = "年报.xlsx") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "年报"
    mail.set_content("见附件。")
    mail.add_attachment(data, maintype="application", subtype=TYPE, filename=name)
    return mail


@wrapping("A5")
def attached_to_a_mail(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "邮件.eml", _mail(data).as_bytes()


@wrapping("A5")
def attached_to_a_forwarded_mail(data: bytes, _book: Book) -> tuple[str, bytes]:
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "c@example.org", "转发：年报"
    outer.set_content("请查收。")
    outer.add_attachment(_mail(data))
    return "邮件.eml", outer.as_bytes()


@wrapping("A5")
def in_a_zip_attached_to_a_mail(data: bytes, _book: Book) -> tuple[str, bytes]:
    return "邮件.eml", _mail(_zipped(("年报.xlsx", data)), "年报.zip").as_bytes()


def _by_hand(
    data: bytes, _book: Book, header: bytes, encode: Callable[[bytes], bytes] = base64.encodebytes
) -> tuple[str, bytes]:
    """Write a mail as programs in China do: the header of the attachment is given in bytes."""
    head = (
        b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    part = b"--b\r\n" + header + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encode(data) + b"\r\n--b--\r\n"
    return "邮件.eml", head + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" + part


def _with_junk(data: bytes) -> bytes:
    lines = base64.encodebytes(data).splitlines(keepends=True)
    return b"".join(lines[:3]) + b"\r\n \t\r\n" + b"".join(lines[3:])


_GBK = "白家庄镇年报.xlsx".encode("gb18030")
_WORD = b"=?gb18030?B?" + base64.b64encode(_GBK) + b"?="
_OCTETS = b"Content-Type: application/octet-stream"
for _name, _header in {
    "a raw name in GBK": _OCTETS + b'\r\nContent-Disposition: attachment; filename="' + _GBK + b'"',
    "an encoded word": _OCTETS + b'\r\nContent-Disposition: attachment; filename="' + _WORD + b'"',
    "a name only behind the type": _OCTETS + b'; name="' + _WORD + b'"',
    "a name in pieces": _OCTETS
    + b"\r\nContent-Disposition: attachment; filename*0*=utf-8''%E5%B9%B4;\r\n filename*1*=%E6%8A%A5.xlsx",
    "no name at all": _OCTETS,
}.items():
    add_wrapping(f"attached under {_name}", "A5", partial(_by_hand, header=_header))
add_wrapping("attached with junk in its base64", "A5", partial(_by_hand, header=_OCTETS, encode=_with_junk))


@wrapping("A5")
def attached_beside_a_letter_and_a_photo(data: bytes, _book: Book) -> tuple[str, bytes]:
    mail = _mail(data)
    mail.add_attachment(b"%PDF-1.7\n", maintype="application", subtype="pdf", filename="盖章件.pdf")
    mail.add_attachment(b"\xff\xd8\xff\xe0", maintype="image", subtype="jpeg", filename="照片.jpg")
    return "邮件.eml", mail.as_bytes()


@wrapping("A5")
def attached_in_a_mail_with_line_feeds_only(data: bytes, _book: Book) -> tuple[str, bytes]:
    mail = MIMEMultipart()
    mail["From"], mail["Subject"] = "a@example.org", "年报"
    mail.attach(MIMEText("见附件。", "plain", "gb18030"))
    part = MIMEBase("application", "octet-stream")
    part.set_payload(base64.encodebytes(data).decode())
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=("gb18030", "", "年报.xlsx"))
    mail.attach(part)
    return "邮件", mail.as_bytes()


# ── A22: not a workbook ──────────────────────────────────────────────────────────────────────────────────────────────


def _other(_data: bytes, _book: Book, content: bytes) -> tuple[str, bytes]:
    return "年报.xlsx", content


def _png() -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


for _name, _content, _reason in (
    ("a Word document", _zipped(("[Content_Types].xml", b""), ("word/document.xml", b"")), "F-DOCX"),
    ("an old Word document", ole("WordDocument"), "F-DOCX"),
    ("a presentation", _zipped(("[Content_Types].xml", b""), ("ppt/presentation.xml", b"")), "F-DOCX"),
    ("a rich text", rb"{\rtf1 x}", "F-DOCX"),
    ("a PDF", b"%PDF-1.7\n%\xe2\xe3", "F-PDF"),
    ("a PNG", _png(), "F-PICTURE"),
    ("a JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF", "F-PICTURE"),
    ("a photo of an iPhone", b"\0\0\0\x18ftypheic", "F-PICTURE"),
    ("a web page", b"<html><body><table><tr><td>5</td></tr></table></body></html>", "F-HTML"),
    ("a web page in GBK", "<!DOCTYPE html><html><title>年报</title></html>".encode("gbk"), "F-HTML"),
    ("a CSV in GBK", "单位,数量\r\n白家庄镇,5\r\n".encode("gbk"), "F-CSV"),
    ("a text", "今年没有收到申请。\r\n".encode(), "F-TEXT"),
    ("nothing at all", b"", "F-EMPTY"),
    ("blanks", b" \r\n ", "F-EMPTY"),
    ("a RAR", b"Rar!\x1a\x07\x01\x00", "F-RAR"),
    ("a 7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "F-RAR"),
    ("a binary workbook", _zipped(("[Content_Types].xml", b""), ("xl/workbook.bin", b"")), "F-LEGACY"),
    (
        "an XML spreadsheet of 2003",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "F-LEGACY",
    ),
    ("an encrypted workbook", ole("EncryptionInfo", "EncryptedPackage"), "F-ENCRYPTED"),
    ("random bytes", bytes(range(1, 256)), "F-UNKNOWN"),
    ("an empty zip", _zipped(), "F-ARCHIVE-EMPTY"),
    ("a zip of nothing", _zipped(("空/", b"")), "F-ARCHIVE-EMPTY"),
):
    add_wrapping(_name, "A17" if _reason == "F-ENCRYPTED" else "A22", partial(_other, content=_content), reason=_reason)


def _cut(data: bytes, _book: Book, share: float) -> tuple[str, bytes]:
    return "年报.xlsx", data[: int(len(data) * share)]


for _share in (0.01, 0.3, 0.6, 0.9, 0.999):
    add_wrapping(f"cut off at {_share:.1%}", "A22", partial(_cut, share=_share), reason="F-TRUNCATED")


@wrapping("A22", reason="F-NOT-OURS")
def another_workbook(_data: bytes, _book: Book) -> tuple[str, bytes]:
    from openpyxl import Workbook

    other = Workbook()
    assert other.active is not None
    other.active["A1"] = "工资表"
    saved = BytesIO()
    other.save(saved)
    return "年报.xlsx", saved.getvalue()


@wrapping("A5", reason="F-MAIL-NO-WORKBOOK")
def a_mail_with_a_photo_only(_data: bytes, _book: Book) -> tuple[str, bytes]:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "年报"
    mail.set_content("见附件。")
    mail.add_attachment(b"\xff\xd8\xff\xe0", maintype="image", subtype="jpeg", filename="照片.jpg")
    return "邮件.eml", mail.as_bytes()


@wrapping("A5", reason="F-MAIL-NO-ATTACHMENT")
def a_mail_without_an_attachment(_data: bytes, _book: Book) -> tuple[str, bytes]:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "年报"
    mail.set_content("附件在网盘：https://pan.example.org/s/1")
    return "邮件.eml", mail.as_bytes()
