"""The files in a winmail.dat are read, whatever wrote it, and whatever happened to it (fault E4)."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbook.crafted import zipped
from tests.workbook.test_mail import mail
from tests.workbook.winmail import (
    ATTACHMENT,
    DATA,
    NEW,
    PROPERTIES,
    SIGNATURE,
    STORAGE,
    TITLE,
    Attached,
    attribute,
    forwarded,
    value_of,
    winmail,
)
from tianbao.records.model import Reason
from tianbao.workbook.guard import Kind, candidates
from tianbao.workbook.mail import attachments
from tianbao.workbook.tnef import Unpacked, read_tnef

NAME = "白家庄镇（示例）年报.xlsx"
FILE = Attached(NAME, b"PK\x03\x04 first")
OTHER = Attached("说明.txt", b"second")


@pytest.mark.parametrize(
    ("file", "codepage", "charset"),
    [
        pytest.param(Attached(NAME, b"PK"), 936, "gb18030", id="in the code page of the letter"),
        pytest.param(Attached(NAME, b"PK"), 65001, "utf-8", id="in UTF-8"),
        pytest.param(Attached("臺灣年報.xlsx", b"PK"), 950, "big5", id="in the code page of another place"),
        pytest.param(Attached(NAME, b"PK"), 99999, "gb18030", id="in a code page that there is not"),
        pytest.param(Attached(NAME, b"PK", unicode=True), 1252, "", id="in Unicode"),
        pytest.param(Attached(NAME, b"PK", in_properties=True), 936, "gb18030", id="its content among the properties"),
    ],
)
def test_a_file_is_found_under_its_long_name(file: Attached, codepage: int, charset: str) -> None:
    found = read_tnef(winmail([file], codepage=codepage, charset=charset))

    assert found == Unpacked(((file.name, b"PK"),), is_whole=True)


def test_several_files_are_found_in_order() -> None:
    found = read_tnef(winmail([FILE, OTHER]))

    assert found == Unpacked(((NAME, b"PK\x03\x04 first"), ("说明.txt", b"second")), is_whole=True)


def test_a_file_without_a_long_name_is_found_under_its_short_one() -> None:
    data = SIGNATURE + attribute(ATTACHMENT, NEW, bytes(14))
    data += attribute(ATTACHMENT, TITLE, "年报.xls".encode("gbk") + b"\0") + attribute(ATTACHMENT, DATA, b"x")

    assert read_tnef(data) == Unpacked((("年报.xls", b"x"),), is_whole=True)


def test_what_is_attached_to_a_forwarded_letter_is_found() -> None:
    assert read_tnef(forwarded(forwarded(winmail([FILE])))) == Unpacked(((NAME, FILE.data),), is_whole=True)


def test_an_object_that_is_no_letter_is_a_file() -> None:
    found = read_tnef(forwarded(b"\xd0\xcf\x11\xe0", interface=STORAGE))

    assert found == Unpacked((("转发", b"\xd0\xcf\x11\xe0"),), is_whole=True)


def test_an_empty_file_is_a_file() -> None:
    assert read_tnef(winmail([Attached(NAME, b"")])) == Unpacked(((NAME, b""),), is_whole=True)


def test_a_file_that_is_only_linked_to_is_missing() -> None:
    data = winmail([FILE]) + attribute(ATTACHMENT, NEW, bytes(14)) + attribute(ATTACHMENT, TITLE, b"a.xls\0")

    assert read_tnef(data) == Unpacked(((NAME, FILE.data),), is_whole=False)


def test_checksums_need_not_hold() -> None:
    data = bytearray(winmail([FILE]))
    data[-1] ^= 0xFF

    assert read_tnef(bytes(data)) == Unpacked(((NAME, FILE.data),), is_whole=True)


def test_a_line_end_that_a_mail_left_behind_is_no_damage() -> None:
    assert read_tnef(winmail([FILE]) + b"\r\n") == Unpacked(((NAME, FILE.data),), is_whole=True)
    assert read_tnef(winmail([FILE]) + b"\r\nx") == Unpacked(((NAME, FILE.data),), is_whole=False)


def test_a_letter_without_files_holds_none() -> None:
    assert read_tnef(winmail([])) == Unpacked((), is_whole=True)


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_before_the_damage_are_kept() -> None:
    whole = winmail([FILE, OTHER])
    cut = whole[: whole.index(b"second") + 3]

    assert read_tnef(cut) == Unpacked(((NAME, FILE.data),), is_whole=False)


def test_a_file_whose_properties_are_damaged_is_kept_under_its_short_name() -> None:
    data = winmail([FILE]).replace(struct.pack("<HHI", 0x1102, 0x6620, 2), struct.pack("<HHI", 0x0099, 0x6620, 2))

    assert read_tnef(data) == Unpacked((("FILE~1.XLS", FILE.data),), is_whole=False)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(SIGNATURE[:3], id="a part of the signature"),
        pytest.param(b"y" + winmail([FILE])[1:], id="another signature"),
        pytest.param(SIGNATURE + b"\x03" + bytes(10), id="a level that there is not"),
        pytest.param(SIGNATURE + struct.pack("<BII", 1, DATA, 0xFFFFFFFF), id="a length beyond the end"),
        pytest.param(
            SIGNATURE + attribute(ATTACHMENT, PROPERTIES, struct.pack("<I", 0xFFFFFFFF)), id="properties without end"
        ),
        pytest.param(
            SIGNATURE + attribute(ATTACHMENT, PROPERTIES, struct.pack("<IHHI", 1, 0x1002, 0x6620, 0xFFFFFFFF)),
            id="values without end",
        ),
    ],
)
def test_what_cannot_be_read_holds_no_files(data: bytes) -> None:
    assert read_tnef(data) == Unpacked((), is_whole=False)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SIGNATURE + attribute(1, 0, b"") * 4_000_000, id="attributes"),
        pytest.param(
            SIGNATURE
            + attribute(2, PROPERTIES, struct.pack("<I", 6_000_000) + bytes.fromhex("0200206600000000") * 6_000_000),
            id="properties",
        ),
        pytest.param(
            SIGNATURE + attribute(2, PROPERTIES, value_of(0x6620, 0x1002) + bytes(40_000_000)), id="values of no size"
        ),
    ],
)
def test_a_winmail_made_to_be_slow_is_given_up_at_once(data: bytes) -> None:
    begin = time.process_time()

    assert not read_tnef(data).is_whole
    assert time.process_time() - begin < 1


def test_letters_in_letters_without_end_are_not_followed() -> None:
    data = winmail([FILE])
    for _ in range(30):
        data = forwarded(data)

    assert read_tnef(data) == Unpacked((), is_whole=False)


@given(st.integers(0, 2_000), st.integers(1, 255), st.integers(0, 2_000))
def test_no_damage_is_more_than_unreadable(at: int, change: int, end: int) -> None:
    data = bytearray(forwarded(winmail([FILE, OTHER])))
    data[at % len(data)] ^= change
    cut = bytes(data[: 6 + end % len(data)])

    found = read_tnef(cut)

    assert all(content in bytes(data) for _, content in found.files)


@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_unreadable(rest: bytes) -> None:
    read_tnef(SIGNATURE + rest)


# ── in a mail, and on its own ────────────────────────────────────────────────────────────────────────────────────────

HEADER = b'attachment; filename="winmail.dat"'
KIND = b"application/ms-tnef"


def test_the_files_of_a_winmail_are_attached_to_the_mail() -> None:
    data = mail(HEADER, KIND, winmail([FILE, OTHER]))

    assert list(attachments(data)) == [(NAME, FILE.data), ("说明.txt", b"second")]


def test_it_is_known_by_its_content_whatever_it_is_called() -> None:
    data = mail(b'attachment; filename="att1.bin"', b"application/octet-stream", winmail([OTHER]))

    assert list(attachments(data)) == [("说明.txt", b"second")]


def test_one_that_is_not_whole_is_attached_beside_what_was_read_of_it() -> None:
    whole = winmail([FILE, OTHER])
    cut = whole[:-40]

    assert list(attachments(mail(HEADER, KIND, cut))) == [
        (NAME, FILE.data),
        ("FILE~1.XLS", b"second"),
        ("winmail.dat", cut),
    ]


UNREAD = (
    "“winmail.dat”是 Outlook 用“RTF 格式”发信时打的包，里面的附件读不全或读不出来。 "
    "请在 Outlook 写信窗口的“设置文本格式”里选“HTML”或“纯文本”再发，或者用网页邮箱发；附件本身不用改。"
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(winmail([FILE])[:100], id="cut off"),
        pytest.param(b"\0" + winmail([FILE])[1:], id="damaged from its first byte"),
    ],
)
def test_a_mail_with_a_winmail_that_cannot_be_read_says_so(data: bytes) -> None:
    (found,) = candidates(mail(HEADER, KIND, data), name="x.eml")

    assert (found.name, found.within, found.judgement.kind) == ("winmail.dat", ("x.eml",), Kind.WINMAIL)
    assert found.judgement.reason == Reason("F-WINMAIL", {"name": "winmail.dat", "kind": "winmail.dat"})
    assert found.judgement.reason.message("zh") == UNREAD


def test_a_winmail_that_someone_saved_gives_its_files() -> None:
    found = list(candidates(winmail([FILE, OTHER]), name="winmail.dat"))

    assert [(file.within, file.name, file.data) for file in found] == [
        (("winmail.dat",), NAME, FILE.data),
        (("winmail.dat",), "说明.txt", b"second"),
    ]


@pytest.mark.parametrize(
    "data", [pytest.param(winmail([]), id="no files"), pytest.param(winmail([FILE, OTHER])[:-40], id="cut off")]
)
def test_a_saved_winmail_that_holds_no_files_or_not_all_is_refused(data: bytes) -> None:
    (found,) = candidates(data, name="winmail.dat")

    assert found.judgement.reason == Reason("F-WINMAIL", {"name": "winmail.dat", "kind": "winmail.dat"})


def test_a_winmail_counts_as_a_level_of_what_lies_in_what() -> None:
    (found,) = candidates(zipped([("a.zip", zipped([("winmail.dat", winmail([FILE]))]))]), name="x.zip")

    assert found.judgement.reason == Reason("F-NESTED", {"name": "winmail.dat", "limit": 2})


# ── another reader agrees ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", [Attached("report.xlsx", b"PK 1"), Attached("report.xlsx", b"PK 2", unicode=True)])
def test_another_program_reads_the_same_files(tmp_path: Path, file: Attached) -> None:
    program = shutil.which("tnef")
    if program is None:
        pytest.skip("the program tnef is not installed")
    (tmp_path / "winmail.dat").write_bytes(winmail([file, OTHER]))

    subprocess.run([program, "-C", str(tmp_path), str(tmp_path / "winmail.dat")], check=True, timeout=30)

    assert (tmp_path / "report.xlsx").read_bytes() == file.data
    assert read_tnef((tmp_path / "winmail.dat").read_bytes()).files[0] == ("report.xlsx", file.data)
