"""A file is judged by its content, and each kind that is refused has its own sentence."""

from __future__ import annotations

import struct
import zlib
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest

from tests.workbook.crafted import book, parts, worksheet, zipped
from tianbao.records.model import Reason
from tianbao.workbook.guard import Candidate, Kind, Limits, PathMissingError, candidates, judge

ROWS = '<row r="1"><c r="A1"><v>5</v></c></row>'
WORKBOOK = book(ROWS)
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ole(*streams: str) -> bytes:
    entries = b"".join(stream.encode("utf-16-le").ljust(128, b"\0") for stream in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def bmp() -> bytes:
    return b"BM" + struct.pack("<IHHI", 60, 0, 0, 54) + b"\0" * 46


KINDS = [
    (WORKBOOK, Kind.XLSX, None),
    (zipped([*parts({"表": worksheet(ROWS)}).items(), ("xl/", ""), ("xl/worksheets/", "")]), Kind.XLSX, None),
    (zipped([*parts({"表": worksheet(ROWS)}).items(), ("xl/vbaProject.bin", b"")]), Kind.XLSM, None),
    (zipped([("[Content_Types].xml", ""), ("xl/workbook.bin", b"")]), Kind.XLSB, "F-LEGACY"),
    (ole("Workbook"), Kind.XLS, None),
    (ole("Workbook", "ETExtData"), Kind.ET, None),
    (ole("EncryptionInfo", "EncryptedPackage"), Kind.ENCRYPTED, "F-ENCRYPTED"),
    (ole("WordDocument"), Kind.DOCUMENT, "F-DOCX"),
    (ole(), Kind.UNKNOWN, "F-UNKNOWN"),
    (zipped([("mimetype", ODS), ("content.xml", "")]), Kind.ODS, None),
    (
        zipped([("mimetype", ODS), ("content.xml", "x"), ("META-INF/manifest.xml", "<manifest:encryption-data/>")]),
        Kind.ENCRYPTED_ODF,
        "F-ENCRYPTED-ODS",
    ),
    (zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")]), Kind.DOCUMENT, "F-DOCX"),
    (zipped([("[Content_Types].xml", ""), ("word/document.xml", "")]), Kind.DOCUMENT, "F-DOCX"),
    (zipped([("a.xlsx", WORKBOOK)]), Kind.ZIP, "F-ARCHIVE"),
    (b"Rar!\x1a\x07\x01\x00", Kind.OTHER_ARCHIVE, "F-RAR"),
    (b"7z\xbc\xaf\x27\x1c\x00\x04", Kind.OTHER_ARCHIVE, "F-RAR"),
    (b"a.xlsx".ljust(257, b"\0") + b"ustar\0", Kind.OTHER_ARCHIVE, "F-RAR"),
    (b"%PDF-1.7\n", Kind.PDF, "F-PDF"),
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE, "F-PICTURE"),
    (b"\xff\xd8\xff\xe0", Kind.PICTURE, "F-PICTURE"),
    (b"\0\0\0\x18ftypheic", Kind.PICTURE, "F-PICTURE"),
    (b"RIFF\0\0\0\0WEBPVP8 ", Kind.PICTURE, "F-PICTURE"),
    (bmp(), Kind.PICTURE, "F-PICTURE"),
    (b"<html><table><tr><td>5</td></tr></table></html>", Kind.HTML, "F-HTML"),
    ("\ufeff<TABLE><tr><td>五</td></tr>".encode(), Kind.HTML, "F-HTML"),
    (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n", Kind.HTML, "F-HTML"),
    (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        Kind.XML_2003,
        "F-LEGACY",
    ),
    (b"From: a@example.org\r\nSubject: x\r\n\r\nbody", Kind.EML, "F-EML"),
    ("单位,数量\n白家庄镇,5\n".encode("gb18030"), Kind.CSV, "F-CSV"),
    ("单位\t数量\n白家庄镇\t5\n".encode("utf-16"), Kind.CSV, "F-CSV"),
    ("今年没有收到申请。\n".encode(), Kind.TEXT, "F-TEXT"),
    (b"", Kind.EMPTY, "F-EMPTY"),
    (b" \r\n", Kind.EMPTY, "F-EMPTY"),
    (WORKBOOK[:-30], Kind.TRUNCATED, "F-TRUNCATED"),
    (WORKBOOK[:200], Kind.TRUNCATED, "F-TRUNCATED"),
    (bytes(range(256)), Kind.UNKNOWN, "F-UNKNOWN"),
]


@pytest.mark.parametrize(("data", "kind", "code"), KINDS)
def test_a_file_is_what_its_content_says(data: bytes, kind: Kind, code: str | None) -> None:
    judged = judge(data, name="年报.xlsx")

    assert judged.kind is kind
    assert (judged.reason.code if judged.reason else None) == code


def test_a_refusal_says_what_came_and_what_to_do() -> None:
    reason = judge(b"\x89PNG", name="年报.xlsx").reason

    assert reason
    assert reason.message("zh") == (
        "收到的是图片（“年报.xlsx”），不是表格。 请回传填好的 Excel 表格（.xlsx），不要拍照或截图。"
    )
    assert reason.message("en") == (
        'This is a picture ("年报.xlsx"), not a spreadsheet. '
        "Send back the completed Excel workbook (.xlsx), not a photo or a screenshot of it."
    )


def test_an_old_format_is_called_by_its_name() -> None:
    reason = judge(zipped([("[Content_Types].xml", ""), ("xl/workbook.bin", b"")]), name="年报").reason

    assert reason
    assert reason.message("zh").startswith("“年报”是 .xlsb 格式，本程序不读这种格式。")


def lying(member: str) -> bytes:
    """Return a zip whose member is written with a size of 2 GB in the directory."""
    data = bytearray(zipped([(member, b"0" * 100)]))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 2_000_000_000)
    return bytes(data)


def linked() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        link = ZipInfo("a.xlsx")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()


def by_bzip2() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_BZIP2) as archive:
        archive.writestr("a.txt", b"a" * 100)
    return packed.getvalue()


def with_password() -> bytes:
    data = bytearray(zipped([("a.xlsx", b"x")]))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(lambda: zipped([("a.xml", b"0" * 2_000_000)]), "F-ZIP-BOMB", id="ratio"),
        pytest.param(lambda: lying("a.xml"), "F-ZIP-BOMB", id="declared size"),
        pytest.param(lambda: zipped((f"{n}", b"") for n in range(2_001)), "F-ZIP-BOMB", id="members"),
        pytest.param(lambda: b"PK\x03\x04" + b"PK\x01\x02" * 50_000, "F-ZIP-BOMB", id="directory"),
        pytest.param(lambda: zipped([("../a.xml", b"")]), "F-MEMBER-NAME", id="parent"),
        pytest.param(lambda: zipped([("/etc/a.xml", b"")]), "F-MEMBER-NAME", id="absolute"),
        pytest.param(lambda: zipped([("C:/a.xml", b"")]), "F-MEMBER-NAME", id="drive"),
        pytest.param(linked, "F-MEMBER-NAME", id="link"),
        pytest.param(lambda: zipped([("a.xml", b"1"), ("A.XML", b"2")]), "F-DUPLICATE-MEMBER", id="case"),
        pytest.param(lambda: zipped([("a.xml", b"1"), ("a.xml", b"2")]), "F-DUPLICATE-MEMBER", id="same"),
        pytest.param(by_bzip2, "F-ZIP-METHOD", id="method"),
        pytest.param(with_password, "F-ARCHIVE-PASSWORD", id="password"),
    ],
)
def test_a_dangerous_zip_is_refused_before_anything_is_unpacked(data: object, code: str) -> None:
    assert callable(data)

    judged = judge(data(), name="x.zip")

    assert judged.reason
    assert judged.reason.code == code
    assert judged.archive is None


def test_a_file_beyond_the_limit_is_refused() -> None:
    judged = judge(b"x" * 3_000_000, name="x", limits=Limits(file=2_000_000))

    assert judged.reason
    assert judged.reason.message("zh").startswith("“x”有 3 MB，超过 2 MB。")


# ── candidates ───────────────────────────────────────────────────────────────────────────────────────────────────────


def told(found: list[Candidate]) -> list[tuple[tuple[str, ...], str, str]]:
    return [(each.within, each.name, each.judgement.reason.code if each.judgement.reason else "") for each in found]


def test_a_folder_gives_its_files_in_order_without_what_programs_leave_behind(tmp_path: Path) -> None:
    (tmp_path / "镇").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", ".hidden.xlsx", "镇/c.xlsx", ".git/d.xlsx"):
        (tmp_path / name).write_bytes(WORKBOOK)

    found = list(candidates(tmp_path))

    assert told(found) == [((), "a.xlsx", ""), ((), "b.xlsx", ""), (("镇",), "c.xlsx", "")]
    assert found[0].data == WORKBOOK


def test_a_zip_in_a_zip_gives_the_workbooks_inside(tmp_path: Path) -> None:
    inner = zipped([("__MACOSX/a.xlsx", b""), ("表/年报.xlsx", WORKBOOK), ("照片.jpg", b"\xff\xd8\xff")])
    (tmp_path / "all.zip").write_bytes(zipped([("inner.zip", inner), ("b.xlsx", WORKBOOK)]))

    found = list(candidates(str(tmp_path / "all.zip")))

    assert told(found) == [
        (("all.zip", "inner.zip"), "年报.xlsx", ""),
        (("all.zip", "inner.zip"), "照片.jpg", "F-PICTURE"),
        (("all.zip",), "b.xlsx", ""),
    ]


def test_names_in_a_zip_made_on_chinese_windows_are_read() -> None:
    data = zipped([("abcdefghijkl.xlsx", WORKBOOK)]).replace(b"abcdefghijkl", "白家庄镇年报".encode("gbk"))

    found = list(candidates(data, name="x.zip"))

    assert told(found) == [(("x.zip",), "白家庄镇年报.xlsx", "")]


def test_names_that_are_no_gb18030_do_not_stop_the_reading() -> None:
    data = zipped([("ab.xlsx", WORKBOOK)]).replace(b"ab.xlsx", b"\xff\xff.xlsx")

    found = list(candidates(data, name="x.zip"))

    assert [each.judgement.kind for each in found] == [Kind.XLSX]


@pytest.mark.parametrize(
    ("data", "told_as"),
    [
        (zipped([]), ((), "x.zip", "F-ARCHIVE-EMPTY")),
        (zipped((f"{n}.xlsx", b"") for n in range(101)), ((), "x.zip", "F-TOO-MANY-FILES")),
        (
            zipped([("1.zip", zipped([("2.zip", zipped([("a.xlsx", b"")]))]))]),
            (("x.zip", "1.zip"), "2.zip", "F-NESTED"),
        ),
        (zipped([("../a.xlsx", WORKBOOK)]), ((), "x.zip", "F-MEMBER-NAME")),
    ],
)
def test_a_refused_archive_is_one_candidate(data: bytes, told_as: tuple[tuple[str, ...], str, str]) -> None:
    found = list(candidates(data, name="x.zip"))

    assert told(found) == [told_as]


def test_a_member_that_is_damaged_is_refused_alone() -> None:
    packed = zipped([("a.xlsx", WORKBOOK), ("b.xlsx", WORKBOOK)])
    damaged = packed.replace(struct.pack("<I", zlib.crc32(WORKBOOK)), b"\0\0\0\0", 1)
    at = damaged.find(b"PK\x01\x02")
    damaged = damaged[: at + 16] + b"\0\0\0\0" + damaged[at + 20 :]

    found = list(candidates(damaged, name="x.zip"))

    assert told(found) == [(("x.zip",), "a.xlsx", "F-TRUNCATED"), (("x.zip",), "b.xlsx", "")]


def test_an_open_file_is_one_candidate(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(WORKBOOK)

    with path.open("rb") as file:
        found = list(candidates(file))

    assert told(found) == [((), "a.xlsx", "")]


def test_a_path_where_nothing_is_raises(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError) as raised:
        list(candidates(tmp_path / "none"))

    assert raised.value.message("zh") == f"找不到文件或文件夹：{tmp_path / 'none'}"


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def mail(*attached: tuple[str, bytes]) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "baijia@example.org", "年报"
    letter.set_content("见附件。")
    for name, content in attached:
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return letter.as_bytes()


def test_a_mail_gives_its_workbooks_without_the_letter_beside_them() -> None:
    """A5: from mails in mails and zips in mails too."""
    packed = zipped([("表/a.xlsx", WORKBOOK)])
    data = mail(
        ("公文.pdf", b"%PDF-1.7\n"),
        ("年报.zip", packed),
        ("转发.eml", mail(("b.xlsx", WORKBOOK))),
        ("c.xlsx", WORKBOOK),
    )

    found = list(candidates(data, name="年报.eml"))

    assert told(found) == [
        (("年报.eml", "年报.zip"), "a.xlsx", ""),
        (("年报.eml", "转发.eml"), "b.xlsx", ""),
        (("年报.eml",), "c.xlsx", ""),
    ]
    assert found[2].data == WORKBOOK


def test_what_may_be_a_workbook_is_told_also_beside_another() -> None:
    found = list(candidates(mail(("a.xlsx", WORKBOOK), ("b.rar", b"Rar!\x1a\x07\x01\x00")), name="x.eml"))

    assert told(found) == [(("x.eml",), "a.xlsx", ""), (("x.eml",), "b.rar", "F-RAR")]


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (
            mail(),
            "F-MAIL-NO-ATTACHMENT",
            "邮件“x.eml”没有附件。 请把填好的 Excel 表格（.xlsx）作为附件再发一次，不要只发网盘链接。",
        ),
        (
            mail(("公文.pdf", b"%PDF-1.7\n"), ("照片.jpg", b"\xff\xd8\xff")),
            "F-MAIL-NO-WORKBOOK",
            "邮件“x.eml”里没有表格，附件是：公文.pdf、照片.jpg 请把填好的 Excel 表格（.xlsx）作为附件再发一次。",
        ),
    ],
)
def test_a_mail_without_a_workbook_is_one_candidate(data: bytes, code: str, sentence: str) -> None:
    """E4: with a sentence that can be sent back."""
    (found,) = candidates(data, name="x.eml")

    assert found.judgement.kind is Kind.EML
    assert found.judgement.reason
    assert (found.judgement.reason.code, found.judgement.reason.message("zh")) == (code, sentence)


@pytest.mark.parametrize(("name", "cid"), [("截图.png", "<1@example.org>"), (None, None)])
def test_a_mail_with_pictures_in_its_text_only_is_told_so(name: str | None, cid: str | None) -> None:
    """E4: a photo of the form, put into the text from the clipboard."""
    letter = EmailMessage()
    letter["From"] = "a@example.org"
    letter.set_content("表填好了，见图。")
    letter.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename=name, cid=cid)

    (found,) = candidates(letter.as_bytes(), name="x.eml")

    assert found.judgement.reason
    assert found.judgement.reason == Reason("F-MAIL-PICTURE", {"name": "x.eml"})
    assert found.judgement.reason.message("zh") == (
        "邮件“x.eml”没有附件，只是正文里有图片。 请把填好的 Excel 表格（.xlsx）作为附件再发一次，不要拍照或截图。"
    )


def test_a_mail_whose_parts_lie_in_parts_without_end_is_refused() -> None:
    head = b"From: a@example.org\r\nSubject: x\r\n"
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(1_500))

    assert told(list(candidates(head + nested, name="x.eml"))) == [((), "x.eml", "F-EML")]


def test_a_mail_of_a_thousand_parts_is_refused_unopened() -> None:
    data = mail(("a.xlsx", WORKBOOK)) + b"\n--x" * 2_001

    assert told(list(candidates(data, name="x.eml"))) == [((), "x.eml", "F-TOO-MANY-FILES")]


def test_a_mail_in_whatever_encoding_is_a_mail() -> None:
    data = "From: 白家庄镇 <a@example.org>\r\nSubject: 年报\r\n\r\n".encode("gbk") + "正文\n".encode() + b"\x00\xff\xfe"

    assert judge(data, name="x.eml").kind is Kind.EML


def test_files_are_counted_over_all_archives_and_mails_in_one() -> None:
    """C: a hundred in all, however they are spread; boxes that are opened do not count."""
    half, third = (zipped((f"{n}.txt", b"x") for n in range(count)) for count in (50, 34))

    allowed = list(candidates(zipped([("1.zip", half), ("2.zip", half)]), name="x.zip"))
    refused = list(candidates(mail(("1.zip", third), ("2.zip", third), ("3.zip", third)), name="x.eml"))

    assert {each.judgement.kind for each in allowed} == {Kind.TEXT}
    assert len(allowed) == 100
    assert told(refused) == [(("x.eml",), "3.zip", "F-TOO-MANY-FILES")]


def test_bytes_are_counted_over_all_archives_in_one() -> None:
    large = zipped([("a.txt", b"0123456789" * 9_000)])

    found = list(
        candidates(zipped([("1.zip", large), ("2.zip", large)]), name="x.zip", limits=Limits(unpacked=100_000))
    )

    assert told(found) == [(("x.zip", "1.zip"), "a.txt", "F-TEXT"), (("x.zip",), "2.zip", "F-ZIP-BOMB")]


def test_what_the_workbooks_in_an_archive_come_to_is_counted_too() -> None:
    """Each alone would pass."""
    large = zipped([*parts({"表": worksheet(ROWS)}).items(), ("xl/media/1.bin", b"0123456789" * 6_000)])
    packed = zipped([("1.xlsx", large), ("2.xlsx", large), ("3.xlsx", large)])

    found = list(candidates(packed, name="x.zip", limits=Limits(unpacked=150_000)))

    assert told(found) == [
        (("x.zip",), "1.xlsx", ""),
        (("x.zip",), "2.xlsx", ""),
        (("x.zip",), "3.xlsx", "F-ZIP-BOMB"),
    ]


def test_a_file_in_an_archive_that_is_too_large_is_refused_packed() -> None:
    packed = zipped([("1.xlsx", WORKBOOK), ("2.txt", b"0123456789" * 9_000)])

    found = list(candidates(packed, name="x.zip", limits=Limits(file=80_000)))

    assert told(found) == [(("x.zip",), "1.xlsx", ""), (("x.zip",), "2.txt", "F-TOO-BIG")]


def test_an_old_file_that_ends_before_its_directory_is_cut_off() -> None:
    data = bytearray(ole("Workbook"))
    data[30:32], data[48:52] = struct.pack("<H", 9), struct.pack("<I", 40)

    assert judge(bytes(data[:600]), name="x.xls").kind is Kind.TRUNCATED
    assert judge(bytes(data[:300]), name="x.xls").kind is Kind.TRUNCATED
