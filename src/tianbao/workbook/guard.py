"""Judge a file before any parser sees it: what is it, and is it safe to open?

    bytes ──judge──▶ Judgement(kind, reason to refuse it | None, its zip directory)
    a file, folder, zip or mail ──candidates──▶ every file in it, each judged

In:   bytes, of which nothing is believed: not the extension, not a declared size.
Out:  a kind by magic number and content; a refusal is a value with a code, never an exception.
Knows nothing of sheets, cells or forms.
"""

from __future__ import annotations

import codecs
import copy
import os
import re
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tianbao.errors import TianbaoError
from tianbao.records.model import Reason
from tianbao.workbook.mail import attached, walk
from tianbao.workbook.passwords import NO_PASSWORDS, Passwords
from tianbao.workbook.tnef import SIGNATURE, read_tnef

#: What the standard library raises over a damaged or hostile zip.
ZIP_FAULTS = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


#: What a zip names as the method of a member that is encrypted by AES; the standard library only knows the old way.
_AES = 99


class Kind(StrEnum):
    """What a file is, whatever it is called."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ET = "et"
    ODS = "ods"
    XML_2003 = "xml"
    ZIP = "zip"
    OTHER_ARCHIVE = "rar"
    EML = "eml"
    WINMAIL = "winmail.dat"
    DOCUMENT = "document"
    PDF = "pdf"
    PICTURE = "picture"
    HTML = "html"
    CSV = "csv"
    TEXT = "text"
    ENCRYPTED = "encrypted"
    ENCRYPTED_ODF = "encrypted odf"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    UNKNOWN = "unknown"


#: Why a file of this kind is no workbook that we read; a kind that is missing here is read.
_REFUSED = {
    Kind.XLSB: "F-LEGACY",
    Kind.XML_2003: "F-LEGACY",
    Kind.ZIP: "F-ARCHIVE",
    Kind.OTHER_ARCHIVE: "F-RAR",
    Kind.EML: "F-EML",
    Kind.WINMAIL: "F-WINMAIL",
    Kind.DOCUMENT: "F-DOCX",
    Kind.PDF: "F-PDF",
    Kind.PICTURE: "F-PICTURE",
    Kind.HTML: "F-HTML",
    Kind.CSV: "F-CSV",
    Kind.TEXT: "F-TEXT",
    Kind.ENCRYPTED: "F-ENCRYPTED",
    Kind.ENCRYPTED_ODF: "F-ENCRYPTED-ODS",
    Kind.EMPTY: "F-EMPTY",
    Kind.TRUNCATED: "F-TRUNCATED",
    Kind.UNKNOWN: "F-UNKNOWN",
}

#: What people attach to a mail beside the workbook: the letter that goes with it, photos, a signature's picture.
_BESIDE = {Kind.DOCUMENT, Kind.PDF, Kind.PICTURE, Kind.TEXT}
#: Of these, what may be a report where documents are read too.
_DOCUMENTS = {Kind.DOCUMENT, Kind.TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a file may ask of us; an honest return stays far below each.

    Attributes:
        file: bytes of one file as it came.
        members: members of one zip.
        unpacked: bytes of all its members, unpacked.
        ratio: how many times a member of more than `ratio_from` bytes may be smaller packed than unpacked.
        part: bytes of one part of a workbook other than a sheet; sheets are read as a stream.
        strings: shared strings.
        markup: tags and attributes that an XML parser may be given, over all parts and sheets of a workbook; what
            the usual programs write of cells and strings needs no parser.
        parsed: bytes of sheets that are read cell by cell; rows that hold nothing are not.
        rows: of one sheet, as many as Excel has.
        cells: filled cells of one sheet.
        blanks: empty cells of one sheet that are kept for their style; those beyond are passed over.
        text: characters that the cells of a workbook may hold, each cell's counted though its string is shared.
        archive_files: files in one archive or mail, with all that lie in it.
        archive_levels: archives in archives.
        locked: packed bytes of an archive with a password; each million takes Python a second.
        legacy_memory: bytes of memory of a process that reads an old format, or opens one with a password.
        legacy_seconds: seconds of the processor that it may take, and by the clock a few times as many.
    """

    file: int = 50_000_000
    members: int = 2_000
    unpacked: int = 200_000_000
    ratio: int = 100
    ratio_from: int = 1_000_000
    part: int = 20_000_000
    strings: int = 200_000
    markup: int = 400_000
    parsed: int = 10_000_000
    rows: int = 1_048_576
    cells: int = 100_000
    blanks: int = 20_000
    text: int = 20_000_000
    archive_files: int = 100
    archive_levels: int = 2
    locked: int = 10_000_000
    legacy_memory: int = 250_000_000
    legacy_seconds: int = 5


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a file is.

    Attributes:
        reason: why it is not read as a workbook; None for one that is.
        archive: the opened directory of a zip that is safe to unpack.
        locked: the same of a zip that would be, but for its password.
    """

    kind: Kind
    reason: Reason | None = None
    archive: ZipFile | None = None
    locked: ZipFile | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file that may be a return.

    Attributes:
        name: its own name, without folders.
        data: its bytes; empty where it could not be read or was too large.
        within: the path or the archives it lay in, outermost first.
        unlocked: it was locked, or lay in an archive that was, and one of the passwords has opened it.
    """

    name: str
    data: bytes
    within: tuple[str, ...]
    judgement: Judgement
    unlocked: bool = False


class PathMissingError(TianbaoError):
    """A file or folder that we were asked to read is not there."""

    code = "F-MISSING"


def judge(data: bytes, *, name: str, limits: Limits = LIMITS) -> Judgement:
    """Say what a file is and whether it is safe, by its content; the name is only told in the sentence.

    Only where the content tells nothing does the name: of a winmail.dat that was damaged from its first byte.
    """
    if len(data) > limits.file:
        return Judgement(Kind.UNKNOWN, _too_big(name, len(data), limits))
    if data.startswith(_ZIP):
        return _judge_zip(data, name, limits)
    kind = _sniff(data)
    if kind is Kind.UNKNOWN and name.lower() == "winmail.dat":
        kind = Kind.WINMAIL
    return Judgement(kind, _reason(kind, name))


def is_mail(data: bytes) -> bool:
    """Tell whether bytes are a mail, whatever its size."""
    return not data.startswith(_ZIP) and _sniff(data) is Kind.EML


def find_files(path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield a file, or those of a folder with the folders that each lies in.

    Lock files (`~$…`) and hidden files of a folder are passed over.

    Raises:
        PathMissingError: there is nothing under that path.
    """
    if path.is_dir():
        for inner in sorted(path.rglob("*")):
            within = inner.relative_to(path)
            if inner.is_file() and not _is_litter(within.as_posix()):
                yield inner, within.parts[:-1]
    elif path.exists():
        yield path, ()
    else:
        raise PathMissingError(path=str(path))


def candidates(
    source: str | os.PathLike[str] | BinaryIO | bytes,
    *,
    name: str = "",
    within: tuple[str, ...] = (),
    limits: Limits = LIMITS,
    passwords: Passwords = NO_PASSWORDS,
    documents: bool = False,
) -> Iterator[Candidate]:
    """Yield every file that may be a return: the file itself, those of a folder, of a zip, of a mail.

    Litter is passed over in a zip as in a folder; an archive or a mail that is refused is one candidate.

    Args:
        source: a path, or the content of one file.
        name: what the content is called; a path has its own.
        within: the folders that it is said to lie in.
        limits: how much a file may ask of us.
        passwords: for archives that have one.
        documents: a mail without a workbook may bring documents instead.

    Raises:
        PathMissingError: there is nothing under that path.
    """
    keys = _Keys(passwords=passwords, documents=documents)
    if isinstance(source, bytes):
        yield from _unpack_all(name, source, within, limits, keys)
    elif isinstance(source, str | os.PathLike):
        for file, folders in find_files(Path(source)):
            yield from _of_file(file, (*within, *folders), limits, keys)
    else:
        name = name or Path(str(getattr(source, "name", ""))).name
        yield from _unpack_all(name, source.read(limits.file + 1), within, limits, keys)


def _of_file(path: Path, within: tuple[str, ...], limits: Limits, keys: _Keys) -> Iterator[Candidate]:
    try:
        with path.open("rb") as file:
            #: A buffer of no more than the file: asking for the limit would take as much memory for each.
            data = file.read(min(path.stat().st_size, limits.file) + 1)
    except OSError:
        refused = Judgement(Kind.UNKNOWN, Reason("F-UNREADABLE", {"name": path.name}))
        yield Candidate(path.name, b"", within, refused)
    else:
        yield from _unpack_all(path.name, data, within, limits, keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """What opens files, and what is looked for in them.

    Attributes:
        documents: a mail without a workbook may bring documents instead.
    """

    passwords: Passwords
    documents: bool


@dataclass(slots=True)
class _Room:
    """What all that lies in one file may still come to, whatever lies in what, and what opens it.

    Attributes:
        files: besides the one that is looked at.
        size: bytes, unpacked.
        documents: a mail without a workbook may bring documents instead.
    """

    files: int
    size: int
    passwords: Passwords
    documents: bool = False

    def refusal(self, name: str, sizes: Sequence[int], limits: Limits) -> Reason | None:
        """Take the files that lie in one; say why not, where they are too many or too large."""
        if len(sizes) > self.files + 1:
            return Reason("F-TOO-MANY-FILES", {"name": name, "count": len(sizes), "limit": limits.archive_files})
        if sum(sizes) > self.size:
            return Reason("F-ZIP-BOMB", {"name": name})
        self.files += 1 - len(sizes)
        self.size -= sum(sizes)
        return None

    def refusal_of_parts(self, name: str, parts: Iterable[ZipInfo]) -> Reason | None:
        """Take what a workbook comes to, unpacked: it is a zip too."""
        self.size -= sum(part.file_size for part in parts)
        return Reason("F-ZIP-BOMB", {"name": name}) if self.size < 0 else None


def _unpack_all(name: str, data: bytes, within: tuple[str, ...], limits: Limits, keys: _Keys) -> Iterator[Candidate]:
    room = _Room(limits.archive_files - 1, limits.unpacked, keys.passwords, documents=keys.documents)
    return _unpack(name, data, within, limits, limits.archive_levels, room)


def _unpack(
    name: str, data: bytes, within: tuple[str, ...], limits: Limits, levels: int, room: _Room
) -> Iterator[Candidate]:
    """Yield the file, or the files in it where it is a zip or a mail, `levels` deep."""
    judged = judge(data, name=name, limits=limits)
    if judged.kind is Kind.ZIP and judged.locked and room.passwords:
        yield from _unpack_locked(judged.locked, name, data, within, limits, levels, room)
        return
    is_box = judged.kind is Kind.EML or (judged.kind is Kind.ZIP and judged.archive is not None)
    if is_box and not levels:
        refusal = Reason("F-NESTED", {"name": name, "limit": limits.archive_levels})
        yield Candidate(name, data, within, Judgement(judged.kind, refusal))
    elif judged.kind is Kind.EML:
        yield from _unpack_mail(name, data, within, limits, levels, room)
    elif judged.kind is Kind.WINMAIL:
        yield from _unpack_winmail(name, data, within, limits, levels, room)
    elif judged.kind is Kind.ZIP and judged.archive is not None:
        yield from _unpack_zip(judged.archive, name, data, within, limits, levels, room)
    elif judged.archive is not None and (too_large := room.refusal_of_parts(name, judged.archive.infolist())):
        yield Candidate(name, data, within, Judgement(judged.kind, too_large))
    else:
        yield Candidate(name, b"" if len(data) > limits.file else data, within, judged)


def _unpack_zip(
    archive: ZipFile, name: str, data: bytes, within: tuple[str, ...], limits: Limits, levels: int, room: _Room
) -> Iterator[Candidate]:
    files = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info.filename)]
    refusal = room.refusal(name, [info.file_size for info in files], limits)
    if not files:
        refusal = Reason("F-ARCHIVE-EMPTY", {"name": name})
    if refusal:
        yield Candidate(name, data, within, Judgement(Kind.ZIP, refusal))
        return
    for info in files:
        inner = _own_name(info.filename)
        if info.file_size > limits.file:
            yield Candidate(
                inner, b"", (*within, name), Judgement(Kind.UNKNOWN, _too_big(inner, info.file_size, limits))
            )
            continue
        try:
            content = unpack(archive, info)
        except ZIP_FAULTS:
            #: Of a member that has another password than the rest.
            wrong = Reason("F-PASSWORD", {"name": inner, "count": len(room.passwords)})
            broken = wrong if _is_locked(info) else _reason(Kind.TRUNCATED, inner)
            yield Candidate(inner, b"", (*within, name), Judgement(Kind.TRUNCATED, broken))
        else:
            yield from _unpack(inner, content, (*within, name), limits, levels - 1, room)


def _unpack_locked(
    archive: ZipFile, name: str, data: bytes, within: tuple[str, ...], limits: Limits, levels: int, room: _Room
) -> Iterator[Candidate]:
    """Yield the files of a zip with a password, if one of ours opens it: all have the same."""
    locked = [info for info in archive.infolist() if _is_locked(info)]
    size = sum(info.compress_size for info in locked)
    refusal = None
    if not levels:
        refusal = Reason("F-NESTED", {"name": name, "limit": limits.archive_levels})
    elif size > limits.locked:
        refusal = Reason("F-ARCHIVE-SLOW", {"name": name, "size": _mb(size), "limit": _mb(limits.locked)})
    elif not _open_locked(archive, locked, room.passwords):
        refusal = Reason("F-PASSWORD", {"name": name, "count": len(room.passwords)})
    if refusal:
        yield Candidate(name, data, within, Judgement(Kind.ZIP, refusal))
        return
    for candidate in _unpack_zip(archive, name, data, within, limits, levels, room):
        yield replace(candidate, unlocked=True)


def _open_locked(archive: ZipFile, members: Sequence[ZipInfo], passwords: Passwords) -> bool:
    """Find the password of a zip: the one by which a member has the checksum that it should have.

    Chinese programs take a password in GBK, others in UTF-8. An empty member proves nothing.
    """
    member = min(members, key=lambda info: (not info.file_size, info.compress_size))
    for password in passwords:
        for encoding in ("utf-8", "gb18030"):
            archive.setpassword(password.encode(encoding, errors="replace"))
            with suppress(*ZIP_FAULTS):
                archive.read(member)
                return True
    return False


def _unpack_mail(
    name: str, data: bytes, within: tuple[str, ...], limits: Limits, levels: int, room: _Room
) -> Iterator[Candidate]:
    """Yield what is attached to a mail; letters and pictures that lie beside a workbook are passed over."""
    if (marks := data.count(b"\n--")) > limits.members:  # each costs memory before it is known what it is
        reason = Reason("F-TOO-MANY-FILES", {"name": name, "count": marks, "limit": limits.archive_files})
        yield Candidate(name, data, within, Judgement(Kind.EML, reason))
        return
    try:
        parts = list(walk(data))
        found = [file for part in parts if part.is_attachment for file in attached(part)]
    except Exception:  # noqa: BLE001 (Python's own parser of mails raises many things over a damaged one)
        yield Candidate(name, data, within, Judgement(Kind.EML, _reason(Kind.EML, name)))
        return
    files = [
        (_own_name(called) or f"{number}", content)
        for number, (called, content) in enumerate(found, start=1)
        if not _is_litter(called)
    ]
    refusal = room.refusal(name, [len(content) for _, content in files], limits)
    if not files:
        shows_pictures = any(part.is_picture for part in parts)
        refusal = Reason("F-MAIL-PICTURE" if shows_pictures else "F-MAIL-NO-ATTACHMENT", {"name": name})
    there = (
        []
        if refusal
        else [
            candidate
            for called, content in files
            for candidate in _unpack(called, content, (*within, name), limits, levels - 1, room)
        ]
    )
    inside = [candidate for candidate in there if candidate.judgement.kind not in _BESIDE]
    if not inside and room.documents:
        inside = [candidate for candidate in there if candidate.judgement.kind in _DOCUMENTS]
    if not refusal and not inside:
        refusal = Reason("F-MAIL-NO-WORKBOOK", {"name": name, "attachments": "、".join(called for called, _ in files)})
    if refusal:
        yield Candidate(name, data, within, Judgement(Kind.EML, refusal))
    yield from inside


def _unpack_winmail(
    name: str, data: bytes, within: tuple[str, ...], limits: Limits, levels: int, room: _Room
) -> Iterator[Candidate]:
    """Yield the files of a winmail.dat that someone has saved; what lies in a mail's own is attached to the mail."""
    unpacked = read_tnef(data)
    files = [(_own_name(called) or f"{number}", content) for number, (called, content) in enumerate(unpacked.files, 1)]
    if not files or not unpacked.is_whole:
        refusal = _reason(Kind.WINMAIL, name)
    elif not levels:
        refusal = Reason("F-NESTED", {"name": name, "limit": limits.archive_levels})
    else:
        refusal = room.refusal(name, [len(content) for _, content in files], limits)
    if refusal:
        yield Candidate(name, data, within, Judgement(Kind.WINMAIL, refusal))
        return
    for called, content in files:
        yield from _unpack(called, content, (*within, name), limits, levels - 1, room)


def _own_name(path: str) -> str:
    """Return a name without its folders, whichever system wrote it."""
    return PurePosixPath(path.replace("\\", "/")).name


def _is_litter(name: str) -> bool:
    """Tell what programs leave behind: lock files, hidden files, a Mac's resource folder."""
    parts = name.replace("\\", "/").split("/")
    return parts[-1].startswith("~$") or any(part.startswith((".", "__MACOSX")) for part in parts)


def _reason(kind: Kind, name: str) -> Reason | None:
    code = _REFUSED.get(kind)
    return Reason(code, {"name": name, "kind": kind.value}) if code else None


def _too_big(name: str, size: int, limits: Limits) -> Reason:
    return Reason("F-TOO-BIG", {"name": name, "size": _mb(size), "limit": _mb(limits.file)})


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.0f}"


# ── members of a zip ─────────────────────────────────────────────────────────────────────────────────────────────────


def unpack(archive: ZipFile, member: ZipInfo) -> bytes:
    """Unpack a member, and not a byte more of it than its directory says.

    Raises:
        Any of ZIP_FAULTS: it is damaged, or of another size.
    """
    return b"".join(stream(archive, member, member.file_size + 1))


def stream(archive: ZipFile, member: ZipInfo, size: int) -> Iterator[bytes]:
    """Unpack a member block by block.

    Raises:
        Any of ZIP_FAULTS: it is damaged, or of another size.
    """
    #: Asked for what it says, the library would unpack all there is and cut it; one byte more shows a lie.
    asked = copy.copy(member)
    asked.file_size += 1
    left = asked.file_size
    with archive.open(asked) as file:
        while block := file.read(min(size, left)):
            left -= len(block)
            yield block
    if left != 1:
        raise BadZipFile(f"{member.filename}: not of the size that the directory says")


# ── zip ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")

#: Bytes of a member's own header, without its name.
_LOCAL_HEADER = 30


def _judge_zip(data: bytes, name: str, limits: Limits) -> Judgement:
    #: Listing a directory costs memory for each entry, so a monstrous one is refused by the signatures in it alone
    #: (five times over, since an archive of stored workbooks holds their signatures too).
    if data.count(b"PK\x01\x02") > 5 * limits.members:
        return Judgement(Kind.ZIP, Reason("F-ZIP-BOMB", {"name": name}))
    try:
        archive = _open(data)
    except ZIP_FAULTS:
        return Judgement(Kind.TRUNCATED, _reason(Kind.TRUNCATED, name))
    kind = _zip_kind(archive)
    danger = _danger(archive.infolist(), name, limits)
    if danger:
        return Judgement(kind, danger)
    if any(map(_is_locked, archive.infolist())):
        return Judgement(kind, Reason("F-ARCHIVE-PASSWORD", {"name": name}), locked=archive)
    return Judgement(kind, _reason(kind, name), archive)


def _open(data: bytes) -> ZipFile:
    """Open a zip whose names, where not marked as UTF-8, are what Windows in China writes."""
    try:
        return ZipFile(BytesIO(data), metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return ZipFile(BytesIO(data))


def _zip_kind(archive: ZipFile) -> Kind:
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    if "[content_types].xml" in names:
        if any(name.startswith(("word/", "ppt/")) for name in names):
            return Kind.DOCUMENT
        if "xl/workbook.bin" in names:
            return Kind.XLSB
        return Kind.XLSM if any(name.endswith("vbaproject.bin") for name in names) else Kind.XLSX
    if "mimetype" in names and "content.xml" in names:
        if b"encryption-data" in _start_of(archive, "META-INF/manifest.xml", 100_000):
            return Kind.ENCRYPTED_ODF
        return Kind.ODS if b"opendocument.spreadsheet" in _start_of(archive, "mimetype", 100) else Kind.DOCUMENT
    return Kind.ZIP


def _start_of(archive: ZipFile, member: str, size: int) -> bytes:
    try:
        with archive.open(member) as file:
            return file.read(size)
    except ZIP_FAULTS:
        return b""


def _danger(members: list[ZipInfo], name: str, limits: Limits) -> Reason | None:
    """Say why a zip is not unpacked, by its directory alone."""
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked:
        return Reason("F-ZIP-BOMB", {"name": name})
    seen: set[str] = set()
    for member in members:
        inner = member.filename
        path = inner.replace("\\", "/")
        if path.casefold() in seen:
            return Reason("F-DUPLICATE-MEMBER", {"name": name, "member": inner})
        seen.add(path.casefold())
        if (
            path.startswith("/")
            or ".." in path.split("/")
            or path[1:2] == ":"
            or stat.S_ISLNK(member.external_attr >> 16)
        ):
            return Reason("F-MEMBER-NAME", {"name": name, "member": inner})
        if _is_locked(member) and member.compress_type == _AES:
            return Reason("F-ARCHIVE-AES", {"name": name})
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            return Reason("F-ZIP-METHOD", {"name": name})
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * member.compress_size:
            return Reason("F-ZIP-BOMB", {"name": name})
    return Reason("F-ZIP-BOMB", {"name": name}) if _overlap(members) else None


def _overlap(members: Iterable[ZipInfo]) -> bool:
    """Tell members of which one lies within another: a little data that is unpacked many times over."""
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            return True
        end = member.header_offset + _LOCAL_HEADER + len(member.orig_filename) + member.compress_size
    return False


def _is_locked(member: ZipInfo) -> bool:
    return bool(member.flag_bits & 1)


# ── everything else ──────────────────────────────────────────────────────────────────────────────────────────────────

_OLE_HEADER = 512
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAGIC = (
    (b"\x89PNG", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\x00", Kind.PICTURE),
    (b"MM\x00*", Kind.PICTURE),
    (b"Rar!\x1a\x07", Kind.OTHER_ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.OTHER_ARCHIVE),
    (b"\x1f\x8b", Kind.OTHER_ARCHIVE),
    (b"BZh", Kind.OTHER_ARCHIVE),
    (b"\xfd7zXZ\x00", Kind.OTHER_ARCHIVE),
    (b"{\\rtf", Kind.DOCUMENT),
    (SIGNATURE, Kind.WINMAIL),
)

#: The streams of an OLE2 file by which its kind is known, the telling one first.
_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("ETExtData", Kind.ET),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("WordDocument", Kind.DOCUMENT),
    ("PowerPoint Document", Kind.DOCUMENT),
)

_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]*):", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffe]")


def _sniff(data: bytes) -> Kind:
    """Tell a kind that is not a zip, by magic number, then as text."""
    if not data.strip():
        return Kind.EMPTY
    if data.startswith(_OLE):
        found = next((kind for stream, kind in _STREAMS if _has_stream(data, stream)), None)
        return found or (Kind.TRUNCATED if _lacks_directory(data) else Kind.UNKNOWN)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if _is_picture(data):
        return Kind.PICTURE
    if data[257:262] == b"ustar":
        return Kind.OTHER_ARCHIVE
    if _has_mail_headers(data[:65_536]):
        return Kind.EML
    text = _as_text(data[:65_536])
    return Kind.UNKNOWN if text is None else _text_kind(text)


def _has_stream(data: bytes, name: str) -> bool:
    """Find a directory entry of an OLE2 file: 64 bytes of name on a 128-byte boundary."""
    entry = name.encode("utf-16-le").ljust(64, b"\0")
    at = data.find(entry)
    while at >= 0 and at % 128:
        at = data.find(entry, at + 1)
    return at >= 0


def _lacks_directory(data: bytes) -> bool:
    """Tell an OLE2 file that ends before its directory begins."""
    if len(data) < _OLE_HEADER:
        return True
    shift = int.from_bytes(data[30:32], "little")
    first = int.from_bytes(data[48:52], "little")
    return _OLE_HEADER + (first << min(shift, 12)) >= len(data)


def _is_picture(data: bytes) -> bool:
    """Tell the pictures whose mark is not at the very start: WebP, HEIC and AVIF of phones, BMP."""
    return (
        (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or (data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"))
        or (data[:2] == b"BM" and data[6:10] == b"\0\0\0\0")
    )


def _has_mail_headers(data: bytes) -> bool:
    """Tell a mail by its headers, in whatever encoding the rest is."""
    headers = _headers(data)
    return b"from" in headers and not headers.isdisjoint((b"received", b"date", b"subject", b"mime-version"))


def _headers(data: bytes) -> set[bytes]:
    """Name the headers at the beginning of a mail, or of what is written like one."""
    return {header.lower() for header in _HEADER.findall(data.replace(b"\r\n", b"\n").lstrip().split(b"\n\n")[0])}


def _as_text(data: bytes) -> str | None:
    """Decode what may be the beginning of a text; None for what is none."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    return None


def _text_kind(text: str) -> Kind:
    start = text[:4096].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and start.lstrip().startswith("<?xml"):
        return Kind.XML_2003
    if re.search(r"<(?:!doctype html|html|head|body|table)\b", start):
        return Kind.HTML
    if b"mime-version" in _headers(text.encode()):  # a web archive, as Excel saves one
        return Kind.HTML
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    for delimiter in (",", "\t", ";"):
        counts = {line.count(delimiter) for line in lines[:-1] or lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return Kind.CSV
    return Kind.TEXT
