"""A zip whose parts are exchanged is the zip that `zipfile` writes of the new parts."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tianbao.workbook.exchange import File, NotOnceError, Part

#: Long enough that what comes behind it is packed by a copy of the packer.
LONG = "".join(f"<c r='A{n}'>{n * n}</c>" for n in range(5_000))


def zip_of(**parts: str) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = ZipInfo(f"部件/{name}.xml")
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, text)
    return target.getvalue()


def exchanged(data: bytes, name: str, pieces: list[str], others: list[str]) -> bytes:
    file = File(data)
    part = Part(file.content(name), (piece.encode() for piece in pieces))
    return file.exchanged({name: part.filled(other.encode() for other in others)})


@pytest.mark.parametrize(
    ("text", "pieces", "others"),
    [
        ("甲<t>一</t>乙", ["一"], ["一"]),
        ("甲<t>一</t>乙", ["一"], ["很长很长的一个单位名称"]),
        ("<a>1</a><b>2</b><c>3</c>", ["<c>3</c>", "<a>1</a>"], ["<c/>", "<a>one</a>"]),
        ("<a>1</a><b>2</b>", ["<a>1</a>", "<b>2</b>"], ["", ""]),
        (f"<a>1</a>{LONG}<b>2</b>{LONG}", ["<a>1</a>", "<b>2</b>"], ["<a>1</a>", "<b>" + LONG + "</b>"]),
        (f"<a>1</a>{LONG}<b>2</b>{LONG}", ["<a>1</a>", "<b>2</b>"], ["<a>" + LONG + "</a>", "<b>3</b>"]),
        (LONG, [], []),
    ],
)
def test_other_pieces_stand_in_the_places_of_those_that_were_cut_out(
    text: str, pieces: list[str], others: list[str]
) -> None:
    new = text
    for piece, other in zip(pieces, others, strict=True):
        new = new.replace(piece, other)

    made = exchanged(zip_of(first="一", sheet=text, last=LONG), "部件/sheet.xml", pieces, others)

    assert made == zip_of(first="一", sheet=new, last=LONG)


@pytest.mark.parametrize("piece", ["丙", "甲"])
def test_a_piece_that_stands_nowhere_or_twice_cuts_nothing(piece: str) -> None:
    with pytest.raises(NotOnceError):
        Part("甲乙甲".encode(), [piece.encode()])


def test_a_part_packed_twice_with_the_same_beginning_is_the_same() -> None:
    part = Part(f"<a>1</a>{LONG}<b>2</b>".encode(), [b"<a>1</a>", b"<b>2</b>"])

    first, other = part.filled([b"<a>1</a>", b"<b>7</b>"]), part.filled([b"<a>1</a>", b"<b>8</b>"])

    assert first != other
    assert (
        Part(f"<a>1</a>{LONG}<b>2</b>".encode(), [b"<a>1</a>", b"<b>2</b>"]).filled([b"<a>1</a>", b"<b>7</b>"]) == first
    )
