"""The raw cells of a workbook: type, text, formula and style of each, as the file has them; and how an xlsx is read.

    bytes ──zip──▶ parts ──expat──▶ Package(properties, names, styles) ──sheet(name)──▶ Sheet(cells)

In:   bytes that the guard has let pass.
Out:  what stands in the file, unread by any opinion of what it means: a number is its digits, an error is an error, an
      empty cell has a style, a formula has its cached result beside it. Cached results are told, not trusted.
Knows nothing of forms. Every fault of the file is a `PackageError`, which the reader turns into a refusal.

A sheet is parsed when it is first asked for. One callback of expat for each tag would cost more than all the rest, so
rows and shared strings are first tried with a regular expression that knows how the usual programs write them. It must
account for every character, which proves that they are well-formed; else expat reads them, tag by tag: with prefixes,
comments, rich text inside a cell, missing references, blanks between tags.

What stands around the rows, and all other parts, is always read by expat. Most of it is the same, byte for byte, in all
workbooks of a form that one program has saved, so what such bytes say is remembered from one file to the next.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, NoReturn, TypeVar, TypeVarTuple, cast
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from tianbao.records.model import Reason
from tianbao.workbook.guard import LIMITS, ZIP_FAULTS, Limits, judge


class PackageError(Exception):
    """A file that is not read, with the reason to tell; it never leaves the reader."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.reason = Reason(code, params)


class Visibility(StrEnum):
    """How a sheet is shown: `VERY_HIDDEN` cannot be shown from the menu."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


class RawCell(NamedTuple):
    """One cell as the file has it.

    Attributes:
        type: `n` number, `s` text (shared, inline or a formula's), `b` boolean, `e` error, `d` ISO date.
        text: as in the file, escapes resolved; empty for an empty cell and for a formula without a result.
        formula: without the equals sign; None where there is none.
        style: index into `Package.styles`.
    """

    type: str
    text: str
    formula: str | None
    style: int


class StyleFacts(NamedTuple):
    """What matters of a cell's style when its number is read.

    Attributes:
        date1904: days are counted from 1904-01-01, as in old workbooks of the Macintosh.
    """

    is_date: bool = False
    is_percent: bool = False
    locked: bool = True
    date1904: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet; a chart sheet is one without cells.

    Attributes:
        cells: by reference (`E6`), in the order of the file; empty cells are there for their style.
        hidden_columns: ranges of column numbers, from 1.
        merged: ranges as written (`A1:C1`).
        protected: protection is switched on.
        validated: the areas where only certain answers may be typed, as written (`E6 E8:F9`); None where they were not
            looked for, as in a file that is written in an unusual way.
    """

    name: str
    visibility: Visibility
    cells: dict[str, RawCell] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[range, ...] = ()
    merged: tuple[str, ...] = ()
    protected: bool = False
    validated: tuple[str, ...] | None = None


#: One element of a small part: local name, attributes, the pieces of text directly in it.
_Element = tuple[str, dict[str, str], list[str]]


@contextmanager
def telling(part: str) -> Iterator[None]:
    """Turn whatever a damaged part makes the standard library raise into a refusal that names the part."""
    try:
        yield
    except (expat.ExpatError, *ZIP_FAULTS) as fault:
        raise PackageError("F-DAMAGED", part=part) from fault


class Package:
    """An opened workbook, of whatever format.

    Attributes:
        properties: custom document properties, by name.
        names: defined names and what they refer to.
        styles: by the index that a cell names.
        active: codes of what would run or reach out (`F-MACROS`, …): told, never followed.
    """

    def __init__(
        self,
        sheets: Iterable[Sheet] = (),
        *,
        properties: Mapping[str, str] = MappingProxyType({}),
        names: Mapping[str, str] = MappingProxyType({}),
        styles: Sequence[StyleFacts] = (),
        active: Sequence[str] = (),
    ) -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self._oddities: dict[str, None] = {}
        self._plain = StyleFacts()
        self.properties = properties
        self.names = names
        self.styles = tuple(styles)
        self.active = tuple(active)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """The names of all sheets, in workbook order."""
        return tuple(self._sheets)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets, in workbook order; each is parsed if it was not yet."""
        return tuple(map(self.sheet, self.sheet_names))

    @property
    def oddities(self) -> tuple[str, ...]:
        """What was unusual in the parts read so far, where a second opinion is worth its time.

        `prefixed` tags, `strict` namespace, cells with `no_references`, `inline` text.
        """
        return tuple(self._oddities)

    def style_of(self, cell: RawCell) -> StyleFacts:
        """Return the style of a cell; one that the workbook does not define is the plain one."""
        return self.styles[cell.style] if 0 <= cell.style < len(self.styles) else self._plain

    def sheet(self, name: str) -> Sheet:
        """Return a sheet, parsed on first asking.

        Raises:
            KeyError: there is no sheet of that name.
            PackageError: it is damaged or exceeds a limit.
        """
        return self._sheets[name]


class _Xlsx(Package):
    """An opened xlsx, whose sheets are parsed one by one."""

    def __init__(self, archive: ZipFile, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._archive = archive
        self._members = {_path(info.filename): info for info in archive.infolist()}
        self._kinds = _Kinds()
        self._read_workbook()

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._places)

    def sheet(self, name: str) -> Sheet:
        if name not in self._sheets:
            place, visibility = self._places[name]
            if place is None:
                self._sheets[name] = Sheet(name, visibility)
            else:
                with telling(name):
                    self._sheets[name] = self._read_sheet(name, visibility, place)
        return self._sheets[name]

    # ── the workbook's own parts ─────────────────────────────────────────────────────────────────────────────────────

    def _read_workbook(self) -> None:
        office = self._related("")
        place = next((path for path, kind in office.values() if kind == "officeDocument"), "xl/workbook.xml")
        related = self._related(place)
        by_kind = {kind: path for path, kind in related.values()}
        elements = self._elements(place, "workbook")
        date1904 = any(tag == "workbookPr" and _is_true(of.get("date1904")) for tag, of, _ in elements)
        self._places = self._place_sheets(elements, related)
        self.names = {of.get("name", ""): "".join(text) for tag, of, text in elements if tag == "definedName"}
        self._plain = StyleFacts(date1904=date1904)
        self.styles = self._read_styles(by_kind.get("styles", ""), date1904=date1904)
        self._strings = self._read_strings(by_kind.get("sharedStrings", ""))
        self.properties = self._read_properties(
            next((path for path, kind in office.values() if kind in _CUSTOM_PROPERTIES), "")
        )
        self.active = self._find_active(related.values())

    def _place_sheets(
        self, elements: Iterable[_Element], related: Mapping[str, tuple[str, str]]
    ) -> dict[str, tuple[ZipInfo | None, Visibility]]:
        places: dict[str, tuple[ZipInfo | None, Visibility]] = {}
        seen: set[str] = set()
        for tag, of, _ in elements:
            if tag != "sheet":
                continue
            name = of.get("name", "")
            if name.casefold() in seen:
                raise PackageError("F-DUPLICATE-SHEET", sheet=name)
            seen.add(name.casefold())
            path, kind = related.get(next((value for key, value in of.items() if local(key) == "id"), ""), ("", ""))
            info = self._members.get(path.casefold())
            if info is None:
                raise PackageError("F-DAMAGED", part=path or name)
            state = of.get("state", "visible")
            shown = Visibility(state) if state in set(Visibility) else Visibility.VISIBLE
            places[name] = (info if kind == "worksheet" else None, shown)
        if not places:
            raise PackageError("F-NO-SHEETS")
        return places

    def _related(self, source: str) -> dict[str, tuple[str, str]]:
        """Read a part's relationships: id → path inside the package, last word of its type."""
        folder, name = posixpath.split(source)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if _path(rels) not in self._members:
            return {}
        related = {}
        for tag, of, _ in self._elements(rels, "Relationships"):
            if tag == "Relationship":
                target = of.get("Target", "")
                path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                related[of.get("Id", "")] = (path, posixpath.basename(of.get("Type", "")))
        return related

    def _read_styles(self, place: str, *, date1904: bool) -> tuple[StyleFacts, ...]:
        if _path(place) not in self._members:
            return ()
        codes: dict[str, str] = {}
        formats: list[str] = []
        unlocked: set[int] = set()
        section = ""
        for tag, of, _ in self._elements(place, "styleSheet"):
            if tag in _STYLE_SECTIONS:
                section = tag
            elif tag == "numFmt" and section == "numFmts":
                codes[of.get("numFmtId", "")] = of.get("formatCode", "")
            elif section == "cellXfs":
                if tag == "xf":
                    formats.append(of.get("numFmtId", "0"))
                elif tag == "protection" and formats and of.get("locked") in ("0", "false"):
                    unlocked.add(len(formats) - 1)
        shown = {number: shows(number, codes.get(number)) for number in set(formats)}
        return tuple(
            StyleFacts(*shown[number], locked=index not in unlocked, date1904=date1904)
            for index, number in enumerate(formats)
        )

    def _read_strings(self, place: str) -> dict[str, str]:
        """Read the shared strings: index, as cells write it → text."""
        info = self._members.get(_path(place))
        if info is None:
            return {}
        with telling(place):
            data = self._read(info)
            texts = _quick_strings(data)
            if texts is None:
                reader = _Strings(self._limits.elements)
                reader.parse(data)
                self._oddities.update(reader.oddities)
                texts = reader.texts
        if len(texts) > self._limits.elements:
            raise PackageError("F-TOO-COMPLEX", part=place)
        if b"_x" in data:
            texts = list(map(unescape, texts))
        return dict(zip(map(str, range(len(texts))), texts, strict=True))

    def _read_properties(self, place: str) -> Mapping[str, str]:
        if _path(place) not in self._members:
            return {}
        found: dict[str, str] = {}
        name = ""
        for tag, of, text in self._elements(place, "Properties"):
            if tag == "property":
                name = of.get("name", "")
            elif name:
                found[name] = "".join(text)
                name = ""
        return found

    def _find_active(self, related: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        kinds = {kind for _, kind in related}
        found = {
            "F-MACROS": any(path.endswith("vbaproject.bin") for path in self._members) or "xlMacrosheet" in kinds,
            "F-EXTERNAL-LINKS": "externalLink" in kinds or any("/externallinks/" in path for path in self._members),
            "F-CONNECTIONS": "connections" in kinds,
            "F-EMBEDDED": any("/embeddings/" in path or "/activex/" in path for path in self._members),
        }
        return tuple(code for code, is_there in found.items() if is_there)

    def _read(self, info: ZipInfo) -> bytes:
        """Inflate a part that is held in memory."""
        if info.file_size > self._limits.part:
            raise PackageError("F-TOO-COMPLEX", part=info.filename)
        return self._archive.read(info)

    def _elements(self, place: str, root: str) -> tuple[_Element, ...]:
        """Parse a small part into its elements, in document order."""
        with telling(place):
            info = self._members.get(_path(place))
            if info is None:
                raise PackageError("F-DAMAGED", part=place)
            elements, oddities = _parse_elements(self._read(info), root, place, self._limits.elements)
            self._oddities.update(oddities)
            return elements

    # ── a sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_sheet(self, name: str, visibility: Visibility, info: ZipInfo) -> Sheet:
        quick = self._read_quickly(info) if info.file_size <= _QUICK else None
        frame, rows = quick or self._read_slowly(name, info)
        self._oddities.update(frame.oddities)
        return Sheet(
            name,
            visibility,
            rows.cells,
            rows.hidden,
            frame.hidden_columns,
            frame.merged,
            frame.protected,
            frame.validated,
        )

    def _read_quickly(self, info: ZipInfo) -> tuple[_Frame, _Rows] | None:
        """Read a sheet that is written as the usual programs do; None for any other.

        What stands before the rows and what stands after them must each be, with the other side left out, a sheet in
        the judgement of expat: then the rows stand where `<sheetData>` is a tag, and not a part of a comment.
        """
        head, opening, rest = self._archive.read(info).partition(_ROWS_BEGIN)
        body, closing, tail = rest.partition(_ROWS_END)
        before = _side(head + opening + _ROWS_END + _SHEET_END)
        after = _side(_SHEET_BEGIN + _ROWS_BEGIN + closing + tail) if before else None
        rows = _quick_rows(body, self._strings, self._kinds, self._limits.cells) if after else None
        return (before.joined(after), rows) if before and after and rows else None

    def _read_slowly(self, name: str, info: ZipInfo) -> tuple[_Frame, _Rows]:
        reader = _SheetReader(name, self._strings, self._limits)
        with self._archive.open(info) as stream:
            while block := stream.read(_BLOCK):
                reader.feed(block)
        reader.close()
        return reader.frame(), reader.rows()


def read_package(data: bytes, *, limits: Limits = LIMITS, archive: ZipFile | None = None) -> Package:
    """Open an xlsx.

    Args:
        data: its bytes.
        limits: how much it may ask of us.
        archive: its zip directory where the guard has opened it already (`Judgement.archive`).

    Raises:
        PackageError: the file is dangerous, damaged or no workbook.
    """
    if archive is None:
        judged = judge(data, name="", limits=limits)
        if judged.reason or judged.archive is None:
            reason = judged.reason or Reason("F-UNKNOWN", {"name": ""})
            raise PackageError(reason.code, **reason.params)
        archive = judged.archive
    with telling("xl/workbook.xml"):
        return _Xlsx(archive, limits)


# ── parsing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Sheets are read in pieces of so many bytes by expat; the quick way takes one whole, if it is no larger than this.
_BLOCK, _QUICK = 1 << 20, 4 << 20

#: Excel holds no more characters in a cell; what holds far more is no cell.
LONGEST_TEXT = 100_000

_STYLE_SECTIONS = {"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles"}

#: The relationship's name as most write it, and in strict files.
_CUSTOM_PROPERTIES = {"custom-properties", "customProperties"}

_STRICT = "http://purl.oclc.org/ooxml/"

#: In the order that the standard prescribes, nothing that we ask for comes after the first of these.
_BEYOND = {"conditionalFormatting", "dataValidations", "hyperlinks"}

_SHEET_BEGIN, _SHEET_END = b"<worksheet>", b"</worksheet>"
_ROWS_BEGIN, _ROWS_END = b"<sheetData>", b"</sheetData>"
_VALIDATIONS_BEGIN, _VALIDATIONS_END = b"<dataValidations", b"</dataValidations>"
_VALIDATED = re.compile(rb' sqref="([A-Z0-9: ]*)"')


T = TypeVar("T", bytes, str)
More = TypeVarTuple("More")
R = TypeVar("R")


def remember(count: int, *, up_to: int) -> Callable[[Callable[[T, *More], R]], Callable[[T, *More], R]]:
    """Remember what the last so many inputs gave, of those no longer than this: what is kept does not grow."""

    def remembering(read: Callable[[T, *More], R]) -> Callable[[T, *More], R]:
        known = cast("Callable[[T, *More], R]", lru_cache(count)(read))

        def either(data: T, *more: *More) -> R:
            return known(data, *more) if len(data) <= up_to else read(data, *more)

        return either

    return remembering


class PartReader:
    """Expat with what all parts need: no DTD, the right root, any prefix, any namespace."""

    def __init__(self, root: str, place: str) -> None:
        self.oddities: dict[str, None] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start_root
        self._root = root
        self._place = place

    def parse(self, data: bytes) -> None:
        """Parse a whole part."""
        self.parser.Parse(data, True)  # noqa: FBT003 (expat takes no keywords)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        raise NotImplementedError

    def end(self, tag: str) -> None:
        """Take an end tag."""
        raise NotImplementedError

    def text(self, data: str) -> None:
        """Take text, or a piece of one."""
        raise NotImplementedError

    def listen(self) -> None:
        """Have expat call back for every tag and text."""
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def _start_root(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) != self._root:
            raise PackageError("F-DAMAGED", part=self._place)
        if ":" in tag:
            self.oddities["prefixed"] = None
        if any(value.startswith(_STRICT) for value in attributes.values()):
            self.oddities["strict"] = None
        self.listen()

    def _refuse_doctype(self, *_: object) -> NoReturn:
        raise PackageError("F-DTD", part=self._place)


class Elements(PartReader):
    """A small part as a list of its elements, in document order."""

    def __init__(self, root: str, place: str, limit: int) -> None:
        super().__init__(root, place)
        self._limit = limit
        self.elements: list[_Element] = []
        self._open: list[list[str]] = [[]]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an element."""
        if len(self.elements) >= self._limit:
            raise PackageError("F-TOO-COMPLEX", part=self._place)
        text: list[str] = []
        self.elements.append((local(tag), attributes, text))
        self._open.append(text)

    def end(self, tag: str) -> None:  # noqa: ARG002 (expat's signature)
        """Go back to the element around it."""
        self._open.pop()

    def text(self, data: str) -> None:
        """Note text of the innermost element."""
        self._open[-1].append(data)


@remember(32, up_to=32_768)
def _parse_elements(data: bytes, root: str, place: str, limit: int) -> tuple[tuple[_Element, ...], Mapping[str, None]]:
    """Return the elements of a part, and its oddities."""
    reader = Elements(root, place, limit)
    reader.parse(data)
    return tuple(reader.elements), reader.oddities


class _Strings(PartReader):
    """Shared strings: the runs of rich text joined, phonetic guides passed over."""

    def __init__(self, limit: int) -> None:
        super().__init__("sst", "sharedStrings.xml")
        self._limit = limit
        self.texts: list[str] = []
        self._runs = _Runs()

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 (expat's signature)
        self._runs.start(local(tag))

    def end(self, tag: str) -> None:
        tag = local(tag)
        self._runs.end(tag)
        if tag == "si":
            if len(self.texts) >= self._limit:
                raise PackageError("F-TOO-COMPLEX", part=self._place)
            self.texts.append(self._runs.take())

    def text(self, data: str) -> None:
        self._runs.text(data)


class _Runs:
    """The text of `<si>` or `<is>`: every `<t>` that is not inside a phonetic guide."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._in_text = self._in_guide = False

    def start(self, tag: str) -> None:
        if tag == "t":
            self._in_text = not self._in_guide
        elif tag == "rPh":
            self._in_guide = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._in_guide = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)

    def length(self) -> int:
        return sum(map(len, self._parts))

    def take(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return text


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the rows of a sheet, or on one side of them; the fields are those of `Sheet`."""

    hidden_columns: tuple[range, ...]
    merged: tuple[str, ...]
    protected: bool
    validated: tuple[str, ...] | None
    oddities: Mapping[str, None]

    def joined(self, after: _Frame) -> _Frame:
        """Return what stands on both sides."""
        return _Frame(
            self.hidden_columns + after.hidden_columns,
            self.merged + after.merged,
            self.protected or after.protected,
            after.validated,
            {**self.oddities, **after.oddities},
        )


class _Rows(NamedTuple):
    """What stands in the rows of a sheet; the fields are those of `Sheet`."""

    cells: dict[str, RawCell]
    hidden: frozenset[int]


class _SheetReader(PartReader):
    """A worksheet, fed in pieces and read tag by tag; around the rows only start tags matter."""

    def __init__(self, name: str, strings: Mapping[str, str], limits: Limits) -> None:
        super().__init__("worksheet", name)
        self.parser.XmlDeclHandler = self._declare
        self._limits = limits
        self._cells: dict[str, RawCell] = {}
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[range] = []
        self._merged: list[str] = []
        self._protected = False
        self._is_utf8 = True
        self._maker = _Maker(strings)
        # Where the parser is.
        self._in_rows = False
        self._stretches = 0
        self._row = self._column = 0
        self._cell: dict[str, str] | None = None
        self._formula: _Formula | None = None
        self._share: str | None = None
        self._reading: list[str] | None = None
        self._value: list[str] = []
        self._runs = _Runs()

    def feed(self, block: bytes) -> None:
        """Parse the next bytes."""
        self.parser.Parse(block)
        if self._runs.length() + sum(map(len, self._reading or ())) > LONGEST_TEXT:
            raise PackageError("F-TOO-COMPLEX", part=self._place)

    def close(self) -> None:
        """Say that this was all."""
        self.parser.Parse(b"", True)  # noqa: FBT003 (expat takes no keywords)

    def frame(self) -> _Frame:
        """Return what stands around the rows."""
        return _Frame(tuple(self._hidden_columns), tuple(self._merged), self._protected, None, self.oddities)

    def rows(self) -> _Rows:
        """Return what stands in the rows."""
        return _Rows(self._cells, frozenset(self._hidden_rows))

    @property
    def is_usual(self) -> bool:
        """Whether there is one stretch of rows, in a plain tag and in UTF-8."""
        return self._stretches == 1 and self._is_utf8 and "prefixed" not in self.oddities

    def listen(self) -> None:
        if self._in_rows:
            super().listen()
        else:
            self.parser.StartElementHandler = self.start
            self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._is_utf8 = (encoding or "utf-8").lower() == "utf-8"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if not self._in_rows:
            self._start_frame(tag, attributes)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_true(attributes.get("hidden")):
                self._hidden_rows.add(self._row)
        elif tag == "c":
            self._cell = attributes
        elif self._cell is not None:
            self._start_in_cell(tag, attributes)

    def _start_frame(self, tag: str, of: dict[str, str]) -> None:
        """Note what stands before and after the rows."""
        if tag == "sheetData":
            self._in_rows = True
            self._stretches += 1
            self.listen()
        elif tag == "col" and _is_true(of.get("hidden")):
            self._hidden_columns.append(range(int(of.get("min", "1")), int(of.get("max", "1")) + 1))
        elif tag == "mergeCell":
            self._merged.append(of.get("ref", ""))
        elif tag == "sheetProtection":
            self._protected |= _is_true(of.get("sheet"))
        elif self._stretches and tag in _BEYOND:
            self.parser.StartElementHandler = None

    def _start_in_cell(self, tag: str, of: dict[str, str]) -> None:
        if tag in ("v", "f"):
            self._reading = []
            if tag == "f":
                self._share = of.get("si", "") if of.get("t") == "shared" else None
        else:
            self._runs.start(tag)

    def text(self, data: str) -> None:
        if self._reading is not None:
            self._reading.append(data)
        else:
            self._runs.text(data)

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag == "v" and self._reading is not None:
            self._value, self._reading = self._reading, None
        elif tag == "f" and self._reading is not None:
            self._formula, self._reading = _Formula("".join(self._reading), self._share), None
        elif tag == "c" and self._cell is not None:
            self._end_cell(self._cell)
        elif tag == "sheetData":
            self._in_rows = False
            self.listen()
        else:
            self._runs.end(tag)

    def _end_cell(self, of: dict[str, str]) -> None:
        type_ = of.get("t", "n")
        value = "".join(self._value)
        inline = self._runs.take()
        if type_ == "inlineStr":
            value = inline
            self.oddities["inline"] = None
        kind = _kind(type_, int(of.get("s", "0")))
        self._keep(self._reference(of.get("r")), kind, self._formula, _decoded(kind, value))
        self._cell = self._formula = self._reading = None
        self._value = []

    def _keep(self, ref: str, kind: _Kind, formula: _Formula | None, value: str) -> None:
        limit = self._limits.cells
        if len(self._cells) > limit and not formula and not value:
            return  # from now on, empty cells are of no interest
        if ref in self._cells:
            raise PackageError("F-DUPLICATE-CELL", part=self._place)
        if len(self._cells) >= 2 * limit:
            raise PackageError("F-TOO-MANY-CELLS", part=self._place, limit=limit)
        self._cells.update(self._maker.make([ref], [kind], [formula], [value]))

    def _reference(self, ref: str | None) -> str:
        """Return where a cell stands; one that does not say stands to the right of the one before."""
        if ref is None:
            self.oddities["no_references"] = None
            self._column += 1
            return f"{column_letters(self._column)}{self._row}"
        split = _REFERENCE.fullmatch(ref)
        if not split:
            raise PackageError("F-DAMAGED", part=self._place)
        self._column = column_number(split[1])
        return ref


class _Kind(NamedTuple):
    """What the attributes of a cell say.

    Attributes:
        type: as `RawCell` has it.
        style: as `RawCell` has it.
        is_shared: the value is the index of a shared string.
        blank: such a cell with nothing in it.
    """

    type: str
    style: int
    is_shared: bool
    blank: RawCell


def _kind(type_: str, style: int) -> _Kind:
    """Return what a cell is, from its type as the file names it."""
    return _Kind(_TYPES.get(type_, type_), style, type_ == "s", RawCell("n", "", None, style))


class _Formula(NamedTuple):
    """A formula as one cell has it.

    Attributes:
        text: empty in a cell that shares the formula of another.
        share: the number by which cells share it; None where it is one cell's alone.
    """

    text: str
    share: str | None


class _Maker:
    """Makes cells: shared strings looked up, shared formulas written out."""

    def __init__(self, strings: Mapping[str, str]) -> None:
        self._strings = strings
        self._masters: dict[str, tuple[str, str]] = {}

    def make(
        self,
        references: Sequence[str],
        kinds: Sequence[_Kind],
        formulas: Sequence[_Formula | None],
        values: Sequence[str],
    ) -> dict[str, RawCell]:
        """Make cells by their reference; a value is as it stands in the file, empty where there is none."""
        strings, new = self._strings, tuple.__new__
        written = [
            formula and self._written_out(ref, formula) for ref, formula in zip(references, formulas, strict=True)
        ]
        return {
            ref: new(RawCell, (type_, strings[value] if is_shared and value else value, formula, style))
            if value or formula is not None
            else blank
            for ref, (type_, style, is_shared, blank), formula, value in zip(
                references, kinds, written, values, strict=True
            )
        }

    def _written_out(self, ref: str, formula: _Formula) -> str | None:
        """Return the text of a formula; of a shared one only the first cell holds it."""
        text, share = formula
        if share is None:
            return text or None
        if text:
            self._masters.setdefault(share, (ref, text))
            return text
        home, master = self._masters.get(share, (ref, ""))
        return _moved(master, home, ref)


# ── the quick way ────────────────────────────────────────────────────────────────────────────────────────────────────

#: Stands where something was cut out; no XML may hold this character.
_CUT = "\x01"

#: A cell as XlsxWriter, Excel, WPS, LibreOffice and openpyxl write it: reference, style and type, what follows `<f`, value.
_CELL = re.compile(
    r'<c r="([^"]*+)"([^<>/]*+)(?:/>|>'
    r'(?:<f((?: aca="[a-z]+")?(?: t="[a-z]+")?(?: ref="[A-Z0-9:]+")?(?: ca="1")?(?: si="[0-9]+")?(?:/>|>[^<]*+</f>)))?+'
    r"(?:<v(?:>([^<]*+)</v>| ?/>))?+</c>)"
)
#: What makes a cell whose text stands in it, as openpyxl writes all of them, and how the result of a formula is written.
_INLINE = re.compile(r' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*+)</t></is></c>')
_AS_RESULT = r' t="str"><v>\1</v></c>'
_ODD_INLINE = re.compile(r' t="inlineStr"(?! ?/>)')
#: What the first two parts of a cell must be, looked at once for all cells: references, and a few ways to say style and type.
_REFERENCES = re.compile(r"(?:[A-Z]+[0-9]+(?:,|$))*+")
_STYLE_AND_TYPE = re.compile(r'(?: s="([0-9]{1,6})")?(?: t="([a-z]+|inlineStr)")? ?')
#: What must be left of the rows once each cell is cut out. An attribute that a row has twice is overlooked.
_ROW = rf'<row r="[0-9]+"(?: [A-Za-z][A-Za-z0-9:]*+="[^"<>&{_CUT}]*+")*+'
_ROWS = re.compile(rf"\s*+(?:{_ROW}>[{_CUT}\s]*+</row>\s*+|{_ROW} ?/>\s*+)*+")
_HIDDEN_ROW = re.compile(r'<row r="([0-9]+)"[^>]* hidden="(?:1|true)"')
_SHARE = re.compile(r' t="shared"(?:.* si="([0-9]+)")?')
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")

#: What the type of a cell is to us; that of a shared, an inline and a formula's text is the same.
_TYPES = {"s": "s", "str": "s", "inlineStr": "s"}


class _Kinds(dict[str, _Kind]):
    """What cells are, by their attributes, of which a workbook has only some dozens; a `KeyError` is an unusual one."""

    def __missing__(self, attributes: str) -> _Kind:
        kind = self[attributes] = _kind_of(attributes)
        return kind


@remember(1_024, up_to=40)
def _kind_of(attributes: str) -> _Kind:
    said = _STYLE_AND_TYPE.fullmatch(attributes)
    if not said:
        raise KeyError(attributes)
    return _kind(said[2] or "n", int(said[1] or 0))


@remember(64, up_to=131_072)
def _side(data: bytes) -> _Frame | None:
    """Read what stands on one side of the rows, as a sheet without any; None where it is no usual one."""
    reader = _SheetReader("", {}, LIMITS)
    try:
        reader.parse(data)
    except (expat.ExpatError, PackageError, *ZIP_FAULTS):
        return None  # the slow way will tell what is wrong
    if not reader.is_usual:
        return None
    within = data.partition(_VALIDATIONS_BEGIN)[2].partition(_VALIDATIONS_END)[0]
    return replace(reader.frame(), validated=tuple(area.decode() for area in _VALIDATED.findall(within)))


def _quick_rows(data: bytes, strings: Mapping[str, str], kinds: _Kinds, limit: int) -> _Rows | None:
    """Cut the cells out of rows; None where more would be left than the tags of the rows, or where they are too many."""
    rows = _plain_text(data)
    if rows is None:
        return None
    if "inlineStr" in rows:
        rows = _INLINE.sub(_AS_RESULT, rows)
        if _ODD_INLINE.search(rows):
            return None
    pieces = _CELL.split(rows)
    references = pieces[1::5]
    hidden = _hidden_rows(_CUT.join(pieces[::5]), ",".join(references))
    if hidden is None or len(references) > limit:
        return None
    try:
        found = [kinds[attributes] for attributes in pieces[2::5]]
    except KeyError:
        return None
    formulas = [_formula(tail) if tail else None for tail in pieces[3::5]]
    values = [value or "" for value in pieces[4::5]]
    if b"&" in data:
        values = [_resolved(value) if "&" in value else value for value in values]
    if b"_x" in data:
        values = list(map(_decoded, found, values))
    cells = _Maker(strings).make(references, found, formulas, values)
    return _Rows(cells, hidden) if len(cells) == len(references) else None


@remember(64, up_to=65_536)
def _hidden_rows(frame: str, references: str) -> frozenset[int] | None:
    """Return which rows are hidden; None where the tags of the rows or the references of the cells are not as usual."""
    if not _ROWS.fullmatch(frame) or not _REFERENCES.fullmatch(references):
        return None
    return frozenset(map(int, _HIDDEN_ROW.findall(frame)))


@remember(4_096, up_to=1_000)
def _formula(tail: str) -> _Formula:
    """Take apart what follows `<f`."""
    attributes, _, text = tail.removesuffix("</f>").partition(">")
    share = _SHARE.search(attributes)
    return _Formula(_resolved(text) if "&" in text else text, (share[1] or "") if share else None)


def _decoded(kind: _Kind, value: str) -> str:
    """Decode the escapes of a text that stands in its cell; those of shared strings are decoded where they stand."""
    return unescape(value) if "_x" in value and kind.type == "s" and not kind.is_shared else value


_TEXT = r'<t(?: xml:space="preserve")?(?:/>|>([^<]*+)</t>)'
_RUN = re.compile(rf"<r>{_CUT}?{_TEXT}</r>")
#: A shared string: a plain text, or the runs of a rich one with their properties cut out.
_STRING = re.compile(rf"<si>(?:{_TEXT}|((?:<r>{_CUT}?{_TEXT.replace('([', '(?:[')}</r>)++))</si>")
_RUN_PROPERTIES = re.compile(r'<rPr>(?:<[A-Za-z]++(?: [a-z]++="[^"<>&]*+")?+/>)*+</rPr>')
_SST = re.compile(
    r'(?:<\?xml version="1\.0" encoding="UTF-8"(?: standalone="(?:yes|no)")? ?\?>)?\s*'
    r'<sst xmlns="http://schemas\.openxmlformats\.org/[a-z0-9/]+"(?: count="[0-9]*")?(?: uniqueCount="[0-9]*")?>[\x01\s]*+</sst>\s*'
)


def _quick_strings(data: bytes) -> list[str] | None:
    """Cut the shared strings; None where expat must read them."""
    text = _plain_text(data.replace(b"?>\r\n", b"?>\n", 1))
    if text is None:
        return None
    pieces = _STRING.split(_RUN_PROPERTIES.sub(_CUT, text) if "<rPr>" in text else text)
    if not _SST.fullmatch(_CUT.join(pieces[::3])):
        return None
    strings = [
        "".join(_RUN.findall(runs)) if runs else plain or ""
        for plain, runs in zip(pieces[1::3], pieces[2::3], strict=True)
    ]
    return [_resolved(string) for string in strings] if "&" in text else strings


_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n")

#: What is for expat to judge or to change, by a byte that is rare and a pattern that is slow: references by number or to
#: an unknown name, the end of a CDATA section, the two last code points of a plane, which are no characters.
_NOT_PLAIN = (
    (b"&", re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")),
    (b"]", re.compile(rb"]]>")),
    (b"\xbf", re.compile(rb"\xef\xbf[\xbe\xbf]")),
)


def _plain_text(data: bytes) -> str | None:
    """Decode UTF-8 that an XML parser would pass on unchanged but for `&amp;` and its four fellows."""
    if len(data.translate(None, _CONTROLS)) < len(data):
        return None
    if any(byte in data and pattern.search(data) for byte, pattern in _NOT_PLAIN):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _all_resolved(texts: list[str | None]) -> list[str | None]:
    return [_resolved(text) if text and "&" in text else text for text in texts]


def _resolved(text: str) -> str:
    """Resolve the five references that plain text may hold."""
    for name, character in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        text = text.replace(f"&{name};", character)
    return text


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Decode what XML cannot hold and Excel writes as `_x000D_`; half a surrogate pair is left as it is."""

    def one(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return match[0] if "\ud800" <= character <= "\udfff" else character

    return _ESCAPE.sub(one, text)


# ── names, numbers, references ───────────────────────────────────────────────────────────────────────────────────────


def column_number(letters: str) -> int:
    """Count a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Name a column: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


_TOKEN = re.compile(
    r"""("[^"]*"|'[^']*')|(?<![A-Za-z0-9_.])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![A-Za-z0-9_.(!])"""
)


def _moved(formula: str, home: str, ref: str) -> str:
    """Write a formula as it stands when it is filled from one cell to another."""
    from_, to = _REFERENCE.fullmatch(home), _REFERENCE.fullmatch(ref)
    if not from_ or not to:
        return formula
    right = column_number(to[1]) - column_number(from_[1])
    down = int(to[2]) - int(from_[2])

    def one(match: re.Match[str]) -> str:
        quoted, fixed_column, letters, fixed_row, row = match.groups()
        if quoted:
            return quoted
        column = letters if fixed_column else column_letters(column_number(letters) + right)
        return f"{fixed_column}{column}{fixed_row}{row if fixed_row else int(row) + down}"

    return _TOKEN.sub(one, formula)


#: The built-in formats that show a date or a time: 27 to 36 and 50 to 58 are those of Chinese and Japanese Excel.
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_PERCENTS = {9, 10}
_NOT_SHOWING = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def shows(number: str, code: str | None) -> tuple[bool, bool]:
    """Tell whether a number format shows a date and whether it shows a percentage."""
    if code is None:
        built_in = int(number) if number.isdecimal() else 0
        return built_in in _BUILT_IN_DATES, built_in in _BUILT_IN_PERCENTS
    shown = _NOT_SHOWING.sub("", code).lower()
    is_date = "general" not in shown and re.search(r"[ymdhs]", shown) is not None
    return is_date, "%" in shown


def local(name: str) -> str:
    """Return a tag or an attribute without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def _path(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")
