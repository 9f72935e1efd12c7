"""Published reports among other files: in zips and mails, and only where documents are asked for."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.documents.documents import NEW, as_word
from tests.documents.test_damaged import FIGURES, differing
from tianbao.documents import read_published
from tianbao.records.model import Submission
from tianbao.workbook.read import read_many

WORD = as_word(NEW, FIGURES["zfxxgk-2021"], year=2024)


def mail(*attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.cn", "report"
    message.set_content("see attached")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def zipped(name: str, data: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr(name, data)
    return target.getvalue()


def read_one(folder: Path, name: str, data: bytes, *, documents: bool) -> Submission:
    (folder / name).write_bytes(data)
    (only,) = read_many([folder / name], documents=read_published if documents else None)
    return only


@pytest.mark.parametrize(
    ("name", "data", "refused"),
    [
        ("r.docx", WORD, "F-DOCX"),
        ("r.zip", zipped("r.docx", WORD), "F-DOCX"),
        ("r.eml", mail(("r.docx", WORD)), "F-MAIL-NO-WORKBOOK"),
    ],
    ids=["alone", "in a zip", "in a mail"],
)
def test_a_report_is_read_where_documents_are_asked_for_and_only_there(
    tmp_path: Path, name: str, data: bytes, refused: str
) -> None:
    got = read_one(tmp_path, name, data, documents=True)
    without = read_one(tmp_path, name, data, documents=False)

    assert got.file.endswith("r.docx")
    assert (got.form, differing(got, FIGURES["zfxxgk-2021"])) == (NEW, {})
    assert (without.form, without.reason and without.reason.code) == (None, refused)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", "各乡镇：\n请于1月20日前报送。\n".encode(), "F-TEXT"),
        ("a.html", "<html><body><p>通知</p></body></html>".encode(), "F-HTML"),
        ("a.csv", "单位,数量\n白家庄镇,5\n".encode(), "F-CSV"),
    ],
)
def test_what_is_no_report_is_refused_as_before(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    got = read_one(tmp_path, name, data, documents=True)

    assert got.reason is not None
    assert got.reason.code == code
