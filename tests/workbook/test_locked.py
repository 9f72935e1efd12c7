"""A workbook with a password to open is read where the password is given (fault A17), and nothing shows the password."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import traceback
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msoffcrypto
import olefile
import pytest

from tests.office.office import Office
from tests.workbook.crafted import zipped, zipped_with_password
from tests.workbook.returned import BAIJIA, codes, issued, read
from tests.workbook.test_guard import mail, ole
from tianbao.records.model import Submission, Verdict
from tianbao.workbook import locked
from tianbao.workbook.guard import Kind, Limits, candidates, judge
from tianbao.workbook.package import PackageError
from tianbao.workbook.passwords import Passwords
from tianbao.workbook.read import read_many, read_workbook

#: As somebody would choose it: Chinese, capitals, a blank.
SECRET = "开门Sesame 2025"  # noqa: S105
OTHERS = ("开门", "sesame 2025")


@cache
def locked_xlsx(password: str = SECRET) -> bytes:
    """Encrypt a workbook as Excel and WPS do today (agile)."""
    target = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(issued())).encrypt(password, target)
    return target.getvalue()


def opened(data: bytes, *passwords: str) -> Submission:
    return read_workbook(io.BytesIO(data), passwords=passwords)


def reason(submission: Submission) -> tuple[str, str]:
    assert submission.reason
    assert submission.verdict is Verdict.REFUSED
    assert not submission.answers
    return submission.reason.code, submission.reason.message("zh")


# ── workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("passwords", [(SECRET,), (*OTHERS, SECRET)])
def test_a_locked_workbook_is_read_where_the_password_is_given(passwords: tuple[str, ...]) -> None:
    submission = opened(locked_xlsx(), *passwords)

    original = read(issued())
    assert (submission.verdict, codes(submission)) == (Verdict.READ_WITH_NOTES, ["F-UNLOCKED"])
    assert submission.notes[0].message("zh") == "文件或它所在的压缩包设有密码，已用给出的密码打开。 不用处理。"
    assert (submission.answers, submission.explanations) == (original.answers, original.explanations)
    assert (submission.form, submission.year, submission.unit) == (original.form, 2025, BAIJIA)


def test_the_digest_of_a_locked_file_is_that_of_the_file_as_it_came() -> None:
    assert opened(locked_xlsx(), SECRET).sha256 == opened(locked_xlsx()).sha256 != read(issued()).sha256


def test_without_a_password_it_is_refused_with_the_way_out() -> None:
    assert reason(opened(locked_xlsx())) == (
        "F-ENCRYPTED",
        (
            "“”设有打开密码，无法读取。 请用密码打开，在“文件→文档加密→密码加密”"
            "（Excel 是“文件→信息→保护工作簿→用密码进行加密”）里把密码清空，保存后再发。"
        ),
    )


def test_with_a_wrong_password_it_is_refused_and_told_so() -> None:
    assert reason(opened(locked_xlsx(), *OTHERS)) == (
        "F-PASSWORD",
        "“”设有密码，给出的 2 个密码都打不开它。 请核对密码，注意大小写和全角半角；也可以请对方去掉密码后再发。",
    )


def test_a_password_that_is_no_text_is_a_wrong_one() -> None:
    """An environment may hold bytes that are no character; they end nothing."""
    assert reason(opened(locked_xlsx(), "\udc80"))[0] == "F-PASSWORD"


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_what_libreoffice_has_locked_is_read(suffix: str, office: Office, tmp_path: Path) -> None:
    """It writes the older encryption of xlsx (standard), and that of .xls (RC4)."""
    path = tmp_path / "made.xlsx"
    path.write_bytes(issued())
    with office.open(path) as book:
        saved = book.save(tmp_path / f"locked.{suffix}", password=SECRET)

    assert judge(saved.read_bytes(), name="").kind in (Kind.ENCRYPTED, Kind.XLS)
    assert reason(read_workbook(saved))[0] == "F-ENCRYPTED"
    assert reason(read_workbook(saved, passwords=OTHERS))[0] == "F-PASSWORD"
    submission = read_workbook(saved, passwords=[*OTHERS, SECRET])
    assert codes(submission) == ["F-UNLOCKED"]
    assert submission.answers == read(issued()).answers


@pytest.mark.office
def test_what_was_locked_is_written_to_no_disk(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    path.write_bytes(issued())
    with office.open(path) as book:
        saved = book.save(tmp_path / "locked.xls", password=SECRET)
    (tmp_path / "sitecustomize.py").write_text("import tempfile; tempfile.TemporaryFile = None", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))

    assert codes(read_workbook(saved, passwords=[SECRET])) == ["F-UNLOCKED"]


@pytest.mark.office
def test_a_locked_ods_is_refused_with_its_own_way_out(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    path.write_bytes(issued())
    with office.open(path) as book:
        saved = book.save(tmp_path / "年报.ods", password=SECRET)

    expected = (
        "F-ENCRYPTED-ODS",
        "“年报.ods”是设有打开密码的 .ods 一类文件，本程序解不开这种加密。 请打开后另存为不带密码的 .xlsx 再发。",
    )
    assert reason(read_workbook(saved)) == reason(read_workbook(saved, passwords=[SECRET])) == expected


@pytest.mark.office
def test_what_excel_locks_with_the_password_that_every_program_knows_is_read(office: Office, tmp_path: Path) -> None:
    """Excel does so where the structure of an .xls is locked, as that of ours is; nobody has set a password."""
    path = tmp_path / "made.xlsx"
    path.write_bytes(issued())
    with office.open(path) as book:
        saved = book.save(tmp_path / "locked.xls", password=locked.DEFAULT_PASSWORD)

    submission = read_workbook(saved)

    assert (submission.verdict, submission.notes) == (Verdict.READ, ())
    assert submission.answers == read(issued()).answers


def test_what_is_locked_and_no_workbook_is_refused_for_what_it_is() -> None:
    target = io.BytesIO()
    document = zipped([("[Content_Types].xml", ""), ("word/document.xml", os.urandom(9_000))])
    msoffcrypto.format.ooxml.OOXMLFile.encrypt(_Plain(document), SECRET, target)

    assert reason(opened(target.getvalue(), SECRET))[0] == "F-DOCX"


class _Plain:
    """What msoffcrypto asks of a file that it encrypts."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)

    def is_encrypted(self) -> bool:
        return False


def test_a_damaged_locked_file_is_told_as_such() -> None:
    data = bytearray(locked_xlsx())
    at = data.index(struct.pack("<Q", len(issued())))
    data[at + 8 : at + 8 + len(issued())] = bytes(len(issued()))

    assert reason(opened(bytes(data), SECRET)) == (
        "F-ENCRYPTED-DAMAGED",
        "“”设有打开密码，而且文件已损坏，解不开。 请打开原文件，清除打开密码，另存一份后再发。",
    )
    assert reason(opened(bytes(data[:5000]), SECRET))[0] == "F-ENCRYPTED-DAMAGED"


def test_an_unknown_way_of_encryption_is_told_as_such() -> None:
    data = locked_xlsx()
    version = struct.pack("<HHI", 4, 4, 0x40)

    assert reason(opened(data.replace(version, struct.pack("<HHI", 4, 3, 0x40)), SECRET)) == (
        "F-ENCRYPTED-METHOD",
        "“”设有打开密码，用的是少见的加密方式，本程序解不开。 请打开后在“文件”里清除打开密码，保存后再发。",
    )
    assert reason(opened(ole("DRMEncryptedDataSpace", "EncryptedPackage"), SECRET))[0].startswith("F-ENCRYPTED")


def test_one_that_would_compute_for_hours_is_ended() -> None:
    """A file may ask for ten million rounds of a digest; each password would take seconds."""
    data = locked_xlsx().replace(b'spinCount="100000"', b'spinCount="9999999"')
    (candidate,) = candidates(data.replace(b'hashAlgorithm="SHA512"\n', b'hashAlgorithm="SHA512" '), name="年报.xlsx")

    with pytest.raises(PackageError) as raised:
        locked.unlock(candidate, Passwords(OTHERS), limits=Limits(legacy_seconds=1))

    assert raised.value.reason.code == "F-LEGACY-LIMIT"


@pytest.mark.parametrize(
    ("does", "code"),
    [("import os; os.abort()", "F-ENCRYPTED-DAMAGED"), ("import time; time.sleep(60)", "F-LEGACY-LIMIT")],
)
def test_a_parser_that_goes_astray_refuses_its_file_and_no_other(
    does: str, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "astray.py").write_text(does, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(locked, "_CHILD", "astray")
    (candidate,) = candidates(locked_xlsx(), name="年报.xlsx")

    with pytest.raises(PackageError) as raised:
        locked.unlock(candidate, Passwords([SECRET]), limits=Limits(legacy_seconds=3))

    assert raised.value.reason.code == code


def test_one_that_wants_more_memory_than_it_may_have_is_ended() -> None:
    (candidate,) = candidates(locked_xlsx().ljust(40_000_000, b"\0"), name="年报.xlsx")

    with pytest.raises(PackageError) as raised:
        locked.unlock(candidate, Passwords([SECRET]), limits=Limits(legacy_memory=60_000_000))

    assert raised.value.reason.code in ("F-LEGACY-LIMIT", "F-ENCRYPTED-DAMAGED")


# ── archives ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def packed(password: bytes, *members: tuple[str, bytes], method: int = 0) -> bytes:
    return zipped_with_password(members or [("表/年报.xlsx", issued())], password, method=method)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_what_lies_in_a_locked_zip_is_read_where_the_password_is_given(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "年报.zip"
    path.write_bytes(packed(SECRET.encode(encoding)))

    submission = read_workbook(path, passwords=[*OTHERS, SECRET])

    assert (submission.file, codes(submission)) == ("年报.zip/年报.xlsx", ["F-UNLOCKED"])
    assert submission.answers == read(issued()).answers


def test_a_locked_zip_without_the_password_is_refused_as_one_file(tmp_path: Path) -> None:
    path = tmp_path / "年报.zip"
    path.write_bytes(packed(SECRET.encode(), ("a.xlsx", issued()), ("b.xlsx", issued())))

    (without,) = read_many([path])
    (wrong,) = read_many([path], passwords=OTHERS)

    assert reason(without) == (
        "F-ARCHIVE-PASSWORD",
        "压缩包“年报.zip”设有密码，无法解开。 请去掉密码后再发，或者直接发表格。",
    )
    assert reason(wrong)[0] == "F-PASSWORD"


def test_locked_files_in_locked_archives_in_mails_are_read(tmp_path: Path) -> None:
    inner = packed(b"inner", ("a.xlsx", issued()), ("空", b""))
    outer = packed(b"outer", ("内.zip", inner), ("b.xlsx", locked_xlsx()), ("c.xlsx", issued()))
    path = tmp_path / "年报.eml"
    path.write_bytes(mail(("外.zip", zipped([("d.xlsx", issued())])), ("锁.zip", outer)))

    found = list(read_many([path], passwords=["inner", "outer", SECRET]))

    assert [(submission.file, codes(submission)) for submission in found if submission.reason is None] == [
        ("年报.eml/外.zip/d.xlsx", []),
        ("年报.eml/锁.zip/b.xlsx", ["F-UNLOCKED"]),
        ("年报.eml/锁.zip/c.xlsx", ["F-UNLOCKED"]),
    ]
    assert [reason(submission)[0] for submission in found if submission.reason] == ["F-NESTED"]


def test_members_that_have_another_password_than_the_rest_are_refused_alone() -> None:
    one, other = packed(b"one", ("a.xlsx", issued())), packed(b"two", ("b.xlsx", issued() + b"\0"))
    files = one[: one.index(b"PK\1\2")] + other[: other.index(b"PK\1\2")]
    first = one[one.index(b"PK\1\2") : one.index(b"PK\5\6")]
    second = bytearray(other[other.index(b"PK\1\2") : other.index(b"PK\5\6")])
    second[42:46] = struct.pack("<I", one.index(b"PK\1\2"))
    end = struct.pack("<4HIIH", 0, 0, 2, 2, len(first) + len(second), len(files), 0)

    found = list(candidates(files + first + second + b"PK\5\6" + end, name="x.zip", passwords=Passwords(["one"])))

    assert [(each.name, each.judgement.reason and each.judgement.reason.code) for each in found] == [
        ("a.xlsx", None),
        ("b.xlsx", "F-PASSWORD"),
    ]


def test_an_empty_member_proves_no_password() -> None:
    """Of a member only one byte is looked at before its content: one wrong password in 256 gets past it."""
    data = packed(SECRET.encode(), ("空", b""), ("a.xlsx", issued()))
    with ZipFile(io.BytesIO(data)) as archive:
        lucky = next(word for word in map(str, range(9_999)) if opens(archive, "空", word))

    (found,) = candidates(data, name="x.zip", passwords=Passwords([lucky]))

    assert found.judgement.reason
    assert found.judgement.reason.code == "F-PASSWORD"


def opens(archive: ZipFile, member: str, password: str) -> bool:
    try:
        archive.read(member, password.encode())
    except RuntimeError:
        return False
    return True


def test_a_zip_that_is_locked_by_aes_has_its_own_way_out() -> None:
    for passwords in (Passwords(), Passwords([SECRET])):
        (found,) = candidates(packed(b"x", method=99), name="年报.zip", passwords=passwords)

        assert found.judgement.reason
        assert found.judgement.reason.code == "F-ARCHIVE-AES"
        assert found.judgement.reason.message("zh") == (
            "压缩包“年报.zip”的密码用的是 AES 加密，本程序解不开。"
            " 请去掉密码后再发，或者直接发表格；要加密的，请给表格设打开密码。"
        )


def test_a_locked_zip_that_would_take_long_is_not_opened() -> None:
    data = packed(SECRET.encode())

    (found,) = candidates(data, name="年报.zip", passwords=Passwords([SECRET]), limits=Limits(locked=10_000))

    assert found.judgement.reason
    assert found.judgement.reason.code == "F-ARCHIVE-SLOW"
    assert found.judgement.reason.message("zh").startswith(
        "压缩包“年报.zip”设有密码，里面有 0 MB，超过 0 MB，没有解开。"
    )


def test_a_locked_zip_is_as_dangerous_as_any() -> None:
    for member, code in (("../a.xlsx", "F-MEMBER-NAME"), ("/a.xlsx", "F-MEMBER-NAME")):
        (found,) = candidates(packed(b"x", (member, b"")), name="x.zip", passwords=Passwords(["x"]))

        assert found.judgement.reason
        assert found.judgement.reason.code == code


# ── nothing shows the password ───────────────────────────────────────────────────────────────────────────────────────


def test_no_password_is_an_argument_or_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    run = subprocess.run

    def watched(*args: Any, **options: Any) -> Any:
        calls.append((args, {name: value for name, value in options.items() if name != "input"}))
        return run(*args, **options)

    monkeypatch.setattr(subprocess, "run", watched)

    submission = opened(locked_xlsx(), SECRET)

    assert submission.reason is None
    assert len(calls) == 1
    assert "env" not in calls[0][1]
    assert SECRET not in repr(calls)
    assert SECRET not in os.environ.values()


@pytest.mark.parametrize("passwords", [[SECRET], [SECRET, *OTHERS], ["不对" + SECRET]])
@pytest.mark.parametrize("data", [locked_xlsx(), packed(SECRET.encode()), locked_xlsx()[:5000], issued()])
def test_no_password_is_told_of_a_submission(data: bytes, passwords: Iterable[str]) -> None:
    submission = read_workbook(io.BytesIO(data), passwords=passwords)

    told = [repr(submission), *(note.message() for note in submission.notes)]
    told += [submission.reason.message()] if submission.reason else []
    assert SECRET not in "".join(told)


def test_no_password_is_in_a_traceback_even_with_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("tianbao.workbook.read._read_as_it_is", fail)
    passwords = Passwords([SECRET])

    with pytest.raises(RuntimeError) as raised:
        read_workbook(io.BytesIO(locked_xlsx()), passwords=passwords)

    told = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert "passwords = <1 passwords>" in told
    assert SECRET not in told


def test_other_processes_are_given_the_passwords_too(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.xlsx").write_bytes(locked_xlsx())

    found = list(read_many([tmp_path], passwords=[SECRET], jobs=2))

    assert [codes(submission) for submission in found] == [["F-UNLOCKED"]] * 3


def test_passwords_are_told_by_their_number_only() -> None:
    passwords = Passwords(["甲", "乙", "甲", ""])

    assert (repr(passwords), str(passwords), list(passwords)) == ("<2 passwords>", "<2 passwords>", ["甲", "乙"])
    assert list(Passwords("开门")) == ["开门"]
    assert not hasattr(passwords, "__dict__")


def test_what_is_encrypted_is_an_ole_file() -> None:
    """The files of these tests are what they are said to be."""
    with olefile.OleFileIO(io.BytesIO(locked_xlsx())) as file:
        assert file.exists("EncryptedPackage")
        assert file.openstream("EncryptionInfo").read(4) == struct.pack("<HH", 4, 4)
