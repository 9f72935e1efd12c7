"""Honest files to begin with: every bundled form filled in, each number another, in every format that is at hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.office.office import Office, OfficeError, what_is_missing
from tests.workbook.packing import zip_of
from tests.workbook.returned import numbered
from tianbao.form.load import bundled_forms, load_form


class Seed(NamedTuple):
    """An honest file, and the form it answers."""

    form: str
    suffix: str
    data: bytes

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.form}.{self.suffix}"


def seeds(*, office: bool) -> list[Seed]:
    """Make all of them; the old formats need LibreOffice."""
    books = [Seed(name, "xlsx", numbered(load_form(name))) for name in bundled_forms()]
    others = [
        seed
        for book in books
        for seed in (Seed(book.form, suffix, wrap(book.data)) for suffix, wrap in WRAPPED.items())
    ]
    old: list[Seed] = []
    if office and not what_is_missing():
        with suppress(OfficeError):
            old = _resaved(books)
    return [*books, *others, *old]


def _zip(book: bytes) -> bytes:
    return zip_of([("说明.txt", "见表。"), ("表/年报.xlsx", book)])


def _mail(book: bytes) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = "baijia@example.org", "年报"
    letter.set_content("见附件。")
    letter.add_attachment(book, maintype="application", subtype="octet-stream", filename="年报.xlsx")
    return letter.as_bytes()


#: What a workbook may be put into.
WRAPPED: dict[str, Callable[[bytes], bytes]] = {"zip": _zip, "eml": _mail}


def _resaved(books: list[Seed]) -> list[Seed]:
    """Have LibreOffice save each in the other formats, and in its own way as an xlsx."""
    saved = []
    with TemporaryDirectory() as folder, Office() as office:
        for book in books:
            path = Path(folder, book.name)
            path.write_bytes(book.data)
            with office.open(path) as workbook:
                for suffix in ("xls", "ods", "xlsx"):
                    data = workbook.save(Path(folder, f"resaved-{book.form}.{suffix}")).read_bytes()
                    saved.append(Seed(book.form, suffix, data))
    return saved
