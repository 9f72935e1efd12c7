"""Damage: to the bytes of a file as it lies on the disk, and to what its parts say, so that the parsers are reached."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

from tests.fuzz.seeds import WRAPPED, Seed
from tests.workbook.packing import Member, members_of, said, zip_of

Members: TypeAlias = list[tuple[str, Member]]

_LARGE = 2**31
_INTEGERS = [
    0,
    1,
    2,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    1048576,
    1048577,
    16384,
    _LARGE - 1,
    _LARGE,
    2**32,
    10**18,
    -1,
]
_NUMBERS = [
    *map(str, _INTEGERS),
    *("1.5", "-0", "0.30000000000000004", "1e5", "1E+300", "1e999", "1e-999", ".5", "5.", "+5", "0x10", "1_000"),
    *("nan", "inf", "-Infinity", "٣", "５", "1,000", " 5 ", "", "9" * 400, "0" * 4301, "0.1234567890123456789"),
]
_TEXTS = [
    *(
        "",
        " ",
        "\u3000",
        "0",
        "×",
        "无",
        "/",
        "见附件",
        "12件",
        "五",
        "=1+1",
        "+5",
        "-5",
        "@SUM(A1)",
        "\t",
        "_x000D_",
        "_xD800_",
    ),
    *(
        "#REF!",
        "#N/A",
        "TRUE",
        "<script>",
        "&amp;",
        "&#0;",
        "&#x10FFFF;",
        "&#xFFFF;",
        "&a;",
        "]]>",
        "<!--",
        "-->",
        "<![CDATA[",
    ),
    *(
        "\u202e",
        "\ufeff",
        "\x00",
        "\x01",
        "\ud800",
        "a" * 40_000,
        "#tianbao",
        "#requests",
        "requests.new",
        "*",
        "A1",
        "A1:XFD1048576",
    ),
    *(
        "XFD1048576",
        "ZZZZ1",
        "A0",
        "A01",
        "a1",
        "$A$1",
        "1A",
        "shared",
        "inlineStr",
        "str",
        "s",
        "n",
        "b",
        "e",
        "d",
        "true",
        "none",
    ),
]
_SNIPPETS = [
    b"<row>", b"</row>", b'<row r="5">', b'<c r="E9"><v>5</v></c>', b'<c r="E9" t="s"><v>0</v></c>', b"<c/>", b"<v>1</v>", b"<f>A1</f>",
    b'<c r="A1" t="inlineStr"><is><t>x</t></is></c>', b"<!-- x -->", b"<!--", b"-->", b"<![CDATA[x]]>", b"<?x y?>", b"&amp;", b"&#65;",
    b"</sheetData>", b"<sheetData>", b'<mergeCell ref="A1:XFD1048576"/>', b'<col min="1" max="16384" hidden="1"/>', b"<si><t>x</t></si>",
    b"<rPh><t>x</t></rPh>", b"<x:y/>", b"\xff", b"\x00", b"\xef\xbb\xbf", b'<sheet name="x" sheetId="9" r:id="rId1"/>', b"<!DOCTYPE x>",
    b'<f t="shared" si="0"/>', b'<f t="shared" ref="A1:A9" si="0">B1</f>', b"<text:p>5</text:p>", b"<table:covered-table-cell/>",
    b'<table:table-cell office:value-type="float" office:value="5"/>', b'<table:table-row table:number-rows-repeated="1000000"/>',
]  # fmt: skip
_TAG = re.compile(rb"<[^<>]*>")
_VALUE = re.compile(rb'="[^"]*"')
_BETWEEN = re.compile(rb">[^<>]+<")
_DIGITS = re.compile(rb"[0-9]+")
#: Parts that are read; the others matter little.
_READ = re.compile(
    r"xl/(?:worksheets/|workbook|sharedStrings|styles|_rels)|_rels/|custom\.xml|(?:content|styles|meta)\.xml$"
)


def mutated(seed: Seed, others: Sequence[Seed], chance: Random) -> bytes:
    """Damage a file in one of many ways; most of them reach what is inside."""
    data = seed.data
    if seed.suffix in WRAPPED and chance.random() < 0.7:
        inside = [other for other in others if other.suffix == "xlsx" and other.form == seed.form]
        return WRAPPED[seed.suffix](mutated(chance.choice(inside), others, chance))
    if seed.suffix in ("xlsx", "ods") and chance.random() < 0.8:
        members: Members = list(members_of(data).items())
        for _ in range(_few(chance)):
            chance.choice(_OF_MEMBERS)(members, others, chance)
        data = zip_of(members)
        if chance.random() < 0.9:
            return data
    return raw(data, chance)


def _few(chance: Random) -> int:
    return chance.choice((1, 1, 1, 1, 1, 2, 2, 3, 5))


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def raw(data: bytes, chance: Random) -> bytes:
    """Damage bytes, whatever they are."""
    changed = bytearray(data)
    for _ in range(_few(chance)):
        chance.choice(_OF_BYTES)(changed, chance)
    return bytes(changed)


def _at(changed: bytearray, chance: Random) -> int:
    return chance.randrange(len(changed) + 1)


def _flip(changed: bytearray, chance: Random) -> None:
    if changed:
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)


def _overwrite(changed: bytearray, chance: Random) -> None:
    at, size = _at(changed, chance), chance.choice((1, 2, 4))
    number = chance.choice(_INTEGERS) % (1 << 8 * size)
    changed[at : at + size] = number.to_bytes(size, chance.choice(("little", "big")))


def _insert(changed: bytearray, chance: Random) -> None:
    at = _at(changed, chance)
    changed[at:at] = chance.choice((chance.randbytes(chance.randrange(1, 9)), chance.choice(_SNIPPETS)))


def _delete(changed: bytearray, chance: Random) -> None:
    at = _at(changed, chance)
    del changed[at : at + chance.choice((1, 2, 8, 64, 512, 4096))]


def _truncate(changed: bytearray, chance: Random) -> None:
    del changed[_at(changed, chance) :]


def _copy(changed: bytearray, chance: Random) -> None:
    at, from_ = _at(changed, chance), _at(changed, chance)
    changed[at:at] = changed[from_ : from_ + chance.choice((4, 64, 1024))]


_OF_BYTES: list[Callable[[bytearray, Random], None]] = [_flip, _flip, _overwrite, _insert, _delete, _truncate, _copy]


# ── what parts say ───────────────────────────────────────────────────────────────────────────────────────────────────


def _replace(data: bytes, pattern: re.Pattern[bytes], chance: Random, make: Callable[[bytes], bytes]) -> bytes:
    """Put something else in the place of one match."""
    found = list(pattern.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + make(match[0]) + data[match.end() :]


def _nasty(chance: Random) -> bytes:
    return chance.choice(chance.choice((_NUMBERS, _TEXTS))).encode("utf-8", "surrogatepass")


def _value(data: bytes, chance: Random) -> bytes:
    return _replace(data, _VALUE, chance, lambda _: b'="' + _nasty(chance) + b'"')


def _text(data: bytes, chance: Random) -> bytes:
    return _replace(data, _BETWEEN, chance, lambda _: b">" + _nasty(chance) + b"<")


def _number(data: bytes, chance: Random) -> bytes:
    return _replace(data, _DIGITS, chance, lambda _: chance.choice(_NUMBERS).encode())


def _neighbour(data: bytes, chance: Random) -> bytes:
    """Change a number by a little."""
    return _replace(data, _DIGITS, chance, lambda digits: b"%d" % abs(int(digits[:9]) + chance.choice((-1, 1, 10))))


def _tag(data: bytes, chance: Random) -> bytes:
    """Take a tag out, or say it twice."""
    return _replace(data, _TAG, chance, lambda tag: tag * chance.choice((0, 2)))


def _move(data: bytes, chance: Random) -> bytes:
    """Have a tag, and what stands behind it, change places with another."""
    tags = [match.start() for match in _TAG.finditer(data)]
    if len(tags) < 4:
        return data
    a, b, c = sorted(chance.sample(tags, 3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _snippet(data: bytes, chance: Random) -> bytes:
    """Put something between two tags."""
    return _replace(data, _TAG, chance, lambda tag: tag + chance.choice(_SNIPPETS))


def _encoding(data: bytes, chance: Random) -> bytes:
    """Write the part in another encoding, or say so."""
    encoding = chance.choice(("utf-16", "utf-16-be", "gb18030", "latin-1", "utf-8-sig", "utf-7", "x"))
    said_so = data.replace(b"UTF-8", encoding.encode(), 1) if chance.random() < 0.7 else data
    try:
        return said_so.decode().encode(encoding, "replace")
    except (LookupError, UnicodeDecodeError):
        return said_so


def _prefixed(data: bytes, chance: Random) -> bytes:
    """Give every tag a prefix."""
    del chance
    named = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", data)
    return named.replace(b' xmlns="', b' xmlns:x="', 1)


_OF_TEXT: list[Callable[[bytes, Random], bytes]] = [
    *([_value] * 4), *([_text] * 8), *([_number] * 6), *([_neighbour] * 10), _tag, _tag, _move, _snippet, _snippet, _encoding, _prefixed, raw,
]  # fmt: skip


def _say(members: Members, others: Sequence[Seed], chance: Random) -> None:
    """Change what a part says."""
    del others
    at = _one_that_is_read(members, chance)
    name, content = members[at]
    if isinstance(content, bytes):
        members[at] = (name, chance.choice(_OF_TEXT)(content, chance))


def _one_that_is_read(members: Members, chance: Random) -> int:
    read = [at for at, (name, _) in enumerate(members) if _READ.search(name)]
    return chance.choice(read or range(len(members)))


def _splice(members: Members, others: Sequence[Seed], chance: Random) -> None:
    """Put a part of another file here, whole or behind the first half."""
    theirs = list(members_of(chance.choice([seed for seed in others if seed.suffix in ("xlsx", "ods")]).data).items())
    at = _one_that_is_read(members, chance)
    name, content = members[at]
    _, other = chance.choice(
        [theirs[_one_that_is_read(list(theirs), chance)], *((n, c) for n, c in theirs if n == name)]
    )
    if chance.random() < 0.5 and isinstance(content, bytes):
        other = content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]
    members[at] = (name, other)


def _misplace(members: Members, others: Sequence[Seed], chance: Random) -> None:
    """Lose a part, have it twice, or have two change names."""
    del others
    a, b = (chance.randrange(len(members)) for _ in range(2))
    match chance.randrange(3):
        case 0 if len(members) > 1:
            del members[a]
        case 1:
            members.insert(b, members[a])
        case _:
            members[a], members[b] = (members[b][0], members[a][1]), (members[a][0], members[b][1])


def _lie(members: Members, others: Sequence[Seed], chance: Random) -> None:
    """Have a part say that it is of another size, sum or place."""
    del others
    at = _one_that_is_read(members, chance)
    name, content = members[at]
    if isinstance(content, bytes):
        lie = chance.choice(_INTEGERS) % 2**32
        match chance.randrange(3):
            case 0:
                members[at] = (name, said(content, size=lie))
            case 1:
                members[at] = (name, said(content, crc=lie))
            case _:
                cut = content[: chance.randrange(len(content) + 1)]
                members[at] = (name, said(content, size=len(cut), crc=zlib.crc32(cut)))


_OF_MEMBERS: list[Callable[[Members, Sequence[Seed], Random], None]] = [
    *([_say] * 20),
    _splice,
    _splice,
    _misplace,
    _lie,
]
