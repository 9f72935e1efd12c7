"""The raw cells of a workbook: type, text, formula and style of each, as the file has them; and how an xlsx is read.

    bytes ──zip──▶ parts ──expat──▶ Package(properties, names, styles) ──sheet(name)──▶ Sheet(cells)

In:   bytes that the guard has let pass.
Out:  what stands in the file, unread by any opinion of what it means: a number is its digits, an error is an error, an
      empty cell has a style, a formula has its cached result beside it. Cached results are told, not trusted.
Knows nothing of forms. Every fault of the file is a `PackageError`, which the reader turns into a refusal.

A sheet is parsed when it is first asked for. One callback of expat for each tag would cost more than all the rest, so
rows and shared strings are first tried with a regular expression that knows how the usual programs write them. It must
account for every character, which proves that they are well-formed; else expat reads them, tag by tag: with prefixes,
comments, inline or rich text, missing references, blanks between tags.
"""

from __future__ import annotations

import posixpath
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, NoReturn
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from tianbao.records.model import Reason
from tianbao.workbook.guard import LIMITS, ZIP_FAULTS, Limits, judge, stream, unpack

#: Stands for a formula that there is and that cannot be shown: some of an .xls are not written without loss.
UNSHOWN = "…"


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
        validated: the areas where only certain answers may be typed, as written (`E6 E8:F9`); None where they are not
            known, as in a file that is written in an unusual way.
    """

    name: str
    visibility: Visibility
    cells: dict[str, RawCell] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[range, ...] = ()
    merged: tuple[str, ...] = ()
    protected: bool = False
    validated: tuple[str, ...] | None = None


class Allowance:
    """What a workbook may still ask of us, over all its parts; whoever wants more is refused beforehand."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._markup = limits.markup
        self._bytes = limits.parsed
        self._text = limits.text

    def parse(self, data: bytes, part: str) -> None:
        """Take what an XML parser is about to be given."""
        self._markup -= data.count(b"<") + data.count(b"=") // 2
        if self._markup < 0:
            raise PackageError("F-TOO-COMPLEX", part=part)

    def read(self, size: int, part: str) -> None:
        """Take bytes of a sheet that are about to be read cell by cell."""
        self._bytes -= size
        if self._bytes < 0:
            raise PackageError("F-TOO-COMPLEX", part=part)

    def hold(self, characters: int, part: str) -> None:
        """Take characters that cells hold."""
        self._text -= characters
        if self._text < 0:
            raise PackageError("F-TOO-COMPLEX", part=part)


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
        self._allowance = Allowance(limits)
        self._longest = 0
        self._archive = archive
        self._members = {_path(info.filename): info for info in archive.infolist()}
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
        self, elements: list[_Element], related: Mapping[str, tuple[str, str]]
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
            if info is None or any(info is taken for taken, _ in places.values()):
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
            if data.count(b"<si>") > self._limits.strings:
                raise PackageError("F-TOO-COMPLEX", part=place)
            texts = _quick_strings(data)
            if texts is None:
                reader = _Strings(self._allowance)
                reader.parse(data)
                self._oddities.update(reader.oddities)
                texts = reader.texts
        self._longest = max(map(len, texts), default=0)
        if self._longest > LONGEST_TEXT:
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
                found[name] = unescape("".join(text))
                name = ""
        return found

    def _find_active(self, related: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        kinds = {kind for _, kind in related}
        found = {
            "F-MACROS": any(path.endswith("vbaproject.bin") for path in self._members) or "xlMacrosheet" in kinds,
            "F-EXTERNAL-LINKS": "externalLink" in kinds or any("/externallinks/" in path for path in self._members),
            "F-CONNECTIONS": "connections" in kinds,
            "F-EMBEDDED": any(folder in path for path in self._members for folder in _EMBEDDED),
            "F-REMOTE": any(map(self._reaches_out, self._members)),
        }
        return tuple(code for code, is_there in found.items() if is_there)

    def _reaches_out(self, path: str) -> bool:
        """Tell a sheet or a drawing that names something outside of the file, links that one clicks on apart."""
        if not _RELATIONS.fullmatch(path):
            return False
        with suppress(*ZIP_FAULTS):  # where its list is damaged, nothing can be shown of it
            tags = _TAG.findall(self._read(self._members[path]))
            return any(b"External" in tag and b"/hyperlink" not in tag for tag in tags)
        return False

    def _read(self, info: ZipInfo) -> bytes:
        """Inflate a part that is held in memory."""
        if info.file_size > self._limits.part:
            raise PackageError("F-TOO-COMPLEX", part=info.filename)
        return unpack(self._archive, info)

    def _elements(self, place: str, root: str) -> list[_Element]:
        """Parse a small part into its elements, in document order."""
        with telling(place):
            info = self._members.get(_path(place))
            if info is None:
                raise PackageError("F-DAMAGED", part=place)
            reader = Elements(root, place, self._allowance)
            reader.parse(self._read(info))
            self._oddities.update(reader.oddities)
            return reader.elements

    # ── a sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_sheet(self, name: str, visibility: Visibility, info: ZipInfo) -> Sheet:
        reader = _SheetReader(name, self._strings, self._allowance)
        if info.file_size <= _BLOCK:
            reader.feed(unpack(self._archive, info))
        else:
            for block in stream(self._archive, info, _BLOCK):
                reader.feed(block)
        reader.close()
        self._oddities.update(reader.oddities)
        self._hold_strings(reader.cells, name)
        return Sheet(
            name,
            visibility,
            reader.cells,
            frozenset(reader.hidden_rows),
            tuple(reader.hidden_columns),
            tuple(reader.merged),
            reader.protected,
            reader.validated,
        )

    def _hold_strings(self, cells: Mapping[str, RawCell], name: str) -> None:
        """See that a string which many cells share does not come to more than we can look at."""
        at_most = len(cells) * self._longest
        is_little = at_most < _LITTLE
        self._allowance.hold(at_most if is_little else sum(len(cell.text) for cell in cells.values()), name)


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

#: Sheets are read in pieces of so many bytes; an honest one is a single piece.
_BLOCK = 1 << 20

#: A row is sought in no more than so many of them.
_LONGEST_ROW = 4 * _BLOCK

#: XFD.
_LAST_COLUMN = 16_384

#: Excel holds no more characters in a cell; what holds far more is no cell.
LONGEST_TEXT = 100_000
#: So many characters are not worth counting one by one.
_LITTLE = 100_000

_STYLE_SECTIONS = {"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles"}

#: The relationship's name as most write it, and in strict files.
_CUSTOM_PROPERTIES = {"custom-properties", "customProperties"}

#: Folders of what has been put into a workbook and is a document or a program of its own.
_EMBEDDED = ("/embeddings/", "/activex/", "/webextensions/")
#: Where sheets and drawings say what belongs to them.
_RELATIONS = re.compile(r"xl/(?:worksheets|drawings|charts)/_rels/[^/]+\.rels")
_TAG = re.compile(rb"<[^<>]*>")

_STRICT = "http://purl.oclc.org/ooxml/"

#: In the order that the standard prescribes, nothing that we ask for comes after the first of these.
_BEYOND = {"conditionalFormatting", "dataValidations", "hyperlinks"}

_ROWS_BEGIN, _ROW_BEGIN, _ROW_END, _ROWS_END = b"<sheetData>", b"<row ", b"</row>", b"</sheetData>"
_VALIDATIONS_BEGIN, _VALIDATIONS_END, _SHEET_END = b"<dataValidations", b"</dataValidations>", b"</worksheet>"
_TAIL = 20
_OF_TYPE = b'<dataValidation type="'
_AREAS = re.compile(rb' sqref="([A-Z0-9: ]*)"')
_TYPED_AREAS = re.compile(rb'<dataValidation(?=[^>]* type="(?!none"))[^>]*' + _AREAS.pattern)

#: The type of a cell whose value is still the index of a shared string.
_SHARED = "shared"

#: A cell cut out of its row: reference, type and style, what follows `<f`, value.
_Cut = tuple[str, tuple[str, int], str | None, str | None]


class PartReader:
    """Expat with what all parts need: no DTD, the right root, any prefix, any namespace."""

    def __init__(self, root: str, place: str, allowance: Allowance) -> None:
        self.oddities: dict[str, None] = {}
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start_root
        self._root = root
        self._place = place
        self._allowance = allowance

    def parse(self, data: bytes, *, is_last: bool = True) -> None:
        """Parse a part, or a piece of one: nothing reaches expat but through here."""
        self._allowance.parse(data, self._place)
        self.parser.Parse(data, is_last)

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

    def __init__(self, root: str, place: str, allowance: Allowance) -> None:
        super().__init__(root, place, allowance)
        self.elements: list[_Element] = []
        self._open: list[list[str]] = [[]]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note an element."""
        text: list[str] = []
        self.elements.append((local(tag), attributes, text))
        self._open.append(text)

    def end(self, tag: str) -> None:  # noqa: ARG002 (expat's signature)
        """Go back to the element around it."""
        self._open.pop()

    def text(self, data: str) -> None:
        """Note text of the innermost element."""
        self._open[-1].append(data)


class _Strings(PartReader):
    """Shared strings: the runs of rich text joined, phonetic guides passed over."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__("sst", "sharedStrings.xml", allowance)
        self.texts: list[str] = []
        self._runs = _Runs()

    def start(self, tag: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 (expat's signature)
        self._runs.start(local(tag))

    def end(self, tag: str) -> None:
        tag = local(tag)
        self._runs.end(tag)
        if tag == "si":
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


class _SheetReader(PartReader):
    """A worksheet, fed in pieces.

    Expat gets all of the frame (columns, protection, merges), where only start tags matter, and of the rows those that
    the quick way does not know. After a piece with a comment in it, it gets all: what follows may be inside of it.
    Rows that hold nothing, of which some workbooks have a million, are passed over.
    """

    def __init__(self, name: str, strings: dict[str, str], allowance: Allowance) -> None:
        super().__init__("worksheet", name, allowance)
        self.parser.XmlDeclHandler = self._declare
        self._strings = strings
        self._limits = allowance.limits
        self.cells: dict[str, RawCell] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[range] = []
        self.merged: list[str] = []
        self.protected = False
        self.validated: tuple[str, ...] | None = None
        self._kinds = _Kinds()
        self._masters: dict[str, tuple[str, str]] = {}
        self._is_plain = True
        #: Bytes not yet parsed: the beginning of a row whose end is in the next piece.
        self._rest = b""
        self._rows_left = self._limits.rows
        #: The rows before these, where expat has not seen them.
        self._unseen = b""
        # Where the parser is when it goes tag by tag.
        self._in_rows = self._had_rows = False
        self._row = self._column = 0
        self._cell: dict[str, str] | None = None
        self._formula: str | None = None
        self._reading: list[str] | None = None
        self._value: list[str] = []
        self._runs = _Runs()

    def feed(self, block: bytes) -> None:
        """Parse what can be parsed of the bytes so far."""
        data = self._rest + block
        self._rest = b""
        if not self._in_rows:
            head, opening, data = data.partition(_ROWS_BEGIN)
            self._parse(head + opening)
            # Nothing but tags before, so that `<sheetData>` is one and not a part of a comment.
            self._is_plain &= (
                self._in_rows and bool(opening) and b"<!" not in head and head.rfind(b"<?") <= len(BOM_UTF8)
            )
        if self._in_rows and data:
            rows, closing, data = data.partition(_ROWS_END)
            if not closing:
                rows, self._rest = _whole_rows(rows)
            self._feed_rows(rows, is_last=bool(closing))
            if _SHEET_END in data[-_TAIL:]:
                within = data.partition(_VALIDATIONS_BEGIN)[2].partition(_VALIDATIONS_END)[0]
                self.validated = _validated(within)
            data = closing + data
        self._parse(data)
        if self._runs.length() + sum(map(len, self._reading or ())) > LONGEST_TEXT:
            raise PackageError("F-TOO-COMPLEX", part=self._place)

    def close(self) -> None:
        self._parse(self._rest, is_last=True)

    def _parse(self, data: bytes, *, is_last: bool = False) -> None:
        self._allowance.read(len(data), self._place)
        self.parse(data, is_last=is_last)

    def _feed_rows(self, data: bytes, *, is_last: bool) -> None:
        """Pass over rows that hold nothing, read those quickly that the usual programs write, and others tag by tag."""
        rows = data.count(b"<row")
        self._rows_left -= rows
        if self._rows_left < 0:
            raise PackageError("F-TOO-COMPLEX", part=self._place)
        if self._is_plain and (self._hold_nothing(data, rows) or self._read_quickly(data)):
            self._unseen = data if rows else self._unseen
            if is_last:
                self._in_rows = False
                self.listen()
            return
        if self._unseen:
            self._row = int((_ROW_NUMBERS.findall(self._unseen) or [b"0"])[-1])
            self._unseen = b""
        self._parse(data)
        self._is_plain = self._is_plain and self._cell is None and b"<!" not in data and b"<?" not in data

    def _hold_nothing(self, data: bytes, rows: int) -> bool:
        """Tell rows in which nothing stands, by their tags; the first cells, though empty, are kept for their style."""
        others = data.count(b"<") - rows - data.count(b"</row>") if rows and self._unseen else -1
        if others > 0 and len(self.cells) > self._limits.blanks:
            others -= data.count(b"<c ") + data.count(b"</c>")
        return others == 0

    def _read_quickly(self, data: bytes) -> bool:
        self._allowance.read(len(data), self._place)
        cells = self._quick_cells(data)
        if cells is None:
            return False
        self._keep(cells)
        return True

    def _quick_cells(self, data: bytes) -> Iterable[_Cut] | None:
        """Cut the cells out of rows; None where more would be left than the tags of the rows."""
        rows = _plain_text(data)
        if rows is None:
            return None
        pieces = _CELL.split(rows)
        frame = _CUT.join(pieces[::5])
        references = pieces[1::5]
        kinds = [kind for attributes in pieces[2::5] if (kind := self._kinds[attributes])]
        if (
            len(kinds) < len(references)
            or not _ROWS.fullmatch(frame)
            or not _REFERENCES.fullmatch(",".join(references))
        ):
            return None
        if ' hidden="' in frame:
            self.hidden_rows.update(map(int, _HIDDEN_ROW.findall(frame)))
        formulas, values = pieces[3::5], pieces[4::5]
        if "&" in rows:
            formulas, values = _all_resolved(formulas), _all_resolved(values)
        return zip(references, kinds, formulas, values, strict=True)

    def _keep(self, cut: Iterable[_Cut]) -> None:
        """Make cells of what was cut: text resolved, shared formulas written out."""
        if len(self.cells) > self._limits.blanks:  # from now on, empty cells are of no interest
            cut = (cell for cell in cut if cell[2] or cell[3])
        cells, strings, new = self.cells, self._strings, tuple.__new__
        expected = len(cells)
        for ref, (kind, style), formula, value in cut:
            if formula is not None:
                formula = self._written_out(ref, formula)  # noqa: PLW2901 (the same formula, in full)
            if not value:
                cells[ref] = new(RawCell, ("n" if formula is None else kind, "", formula, style))
            elif kind == "n":
                cells[ref] = new(RawCell, ("n", value, formula, style))
            elif kind == _SHARED:
                cells[ref] = new(RawCell, ("s", strings[value], formula, style))
            elif kind == "s" and "_x" in value:
                cells[ref] = new(RawCell, ("s", unescape(value), formula, style))
            else:
                cells[ref] = new(RawCell, (kind, value, formula, style))
            expected += 1
        if len(cells) != expected:
            raise PackageError("F-DUPLICATE-CELL", part=self._place)
        if len(cells) > self._limits.cells + self._limits.blanks:
            raise PackageError("F-TOO-MANY-CELLS", part=self._place, limit=self._limits.cells)

    def _written_out(self, ref: str, tail: str) -> str | None:
        """Return a formula from what follows `<f`; of a shared one only the first cell holds the text."""
        attributes, _, formula = tail.removesuffix("</f>").partition(">")
        if 't="shared"' not in attributes:
            return formula or None
        number = _SHARED_INDEX.search(attributes)
        key = number[1] if number else ""
        if formula:
            self._masters.setdefault(key, (ref, formula))
            return formula
        home, text = self._masters.get(key, (ref, ""))
        self._allowance.hold(_MOVING * len(text), self._place)
        return _moved(text, home, ref)

    # ── tag by tag ───────────────────────────────────────────────────────────────────────────────────────────────────

    def listen(self) -> None:
        if self._in_rows:
            super().listen()
        else:
            self.parser.StartElementHandler = self.start
            self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._is_plain = (encoding or "utf-8").lower() == "utf-8"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if not self._in_rows:
            self._start_frame(tag, attributes)
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_true(attributes.get("hidden")):
                self.hidden_rows.add(self._row)
        elif tag == "c":
            self._cell = attributes
        elif self._cell is not None:
            self._start_in_cell(tag, attributes)

    def _start_frame(self, tag: str, of: dict[str, str]) -> None:
        """Note what stands before and after the rows."""
        if tag == "sheetData":
            self._in_rows = self._had_rows = True
            self.listen()
        elif tag == "col" and _is_true(of.get("hidden")):
            self.hidden_columns.append(range(int(of.get("min", "1")), int(of.get("max", "1")) + 1))
        elif tag == "mergeCell":
            self.merged.append(of.get("ref", ""))
        elif tag == "sheetProtection":
            self.protected = _is_true(of.get("sheet"))
        elif self._had_rows and tag in _BEYOND:
            self.parser.StartElementHandler = None

    def _start_in_cell(self, tag: str, of: dict[str, str]) -> None:
        if tag in ("v", "f"):
            self._reading = []
            if tag == "f":
                self._formula = "".join(f' {local(name)}="{value}"' for name, value in of.items() if ">" not in value)
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
            self._formula = f"{self._formula}>{''.join(self._reading)}</f>"
            self._reading = None
        elif tag == "c" and self._cell is not None:
            self._end_cell(self._cell)
        elif tag == "sheetData":
            self._in_rows = False
            self.listen()
        else:
            self._runs.end(tag)

    def _end_cell(self, of: dict[str, str]) -> None:
        ref = self._reference(of.get("r"))
        kind = of.get("t", "n")
        value = "".join(self._value)
        inline = self._runs.take()
        if kind == "inlineStr":
            value = inline
            self.oddities["inline"] = None
        if value or self._formula is not None or len(self.cells) <= self._limits.blanks:
            self._keep([(ref, (_TYPES.get(kind, kind), int(of.get("s", 0))), self._formula, value)])
        self._cell = self._formula = self._reading = None
        self._value = []

    def _reference(self, ref: str | None) -> str:
        """Return where a cell stands; one that does not say stands to the right of the one before."""
        if ref is None:
            self.oddities["no_references"] = None
            self._column += 1
            if self._column > _LAST_COLUMN or not self._row:
                raise PackageError("F-DAMAGED", part=self._place)
            return f"{column_letters(self._column)}{self._row}"
        split = _REFERENCE.fullmatch(ref)
        if not split:
            raise PackageError("F-DAMAGED", part=self._place)
        self._column = column_number(split[1])
        return ref


def _validated(validations: bytes) -> tuple[str, ...]:
    """Return where only certain answers may be typed; a validation without a type shows a prompt and lets all pass."""
    areas = _AREAS.findall(validations)
    of_type = validations.count(_OF_TYPE) - validations.count(_OF_TYPE + b'none"')
    if of_type != len(areas):  # the usual programs say the type first
        areas = _TYPED_AREAS.findall(validations)
    return tuple(area.decode() for area in areas)


# ── the quick way ────────────────────────────────────────────────────────────────────────────────────────────────────

#: Stands where something was cut out; no XML may hold this character.
_CUT = "\x01"

#: A cell as XlsxWriter, Excel, WPS and LibreOffice write it: reference, style and type, what follows `<f`, value.
_CELL = re.compile(
    r'<c r="([^"]*+)"([^<>/]*+)(?:/>|>'
    r'(?:<f((?: aca="[a-z]+")?(?: t="[a-z]+")?(?: ref="[A-Z0-9:]+")?(?: ca="1")?(?: si="[0-9]+")?(?:/>|>[^<]*+</f>)))?+'
    r"(?:<v>([^<]*+)</v>)?+</c>)"
)
#: What the first two of these must be, looked at once for all cells: references, and a few ways to say style and type.
_REFERENCES = re.compile(r"(?:[A-Z]{1,3}[1-9][0-9]{0,6}(?:,|$))*+")
_STYLE_AND_TYPE = re.compile(r'(?: s="([0-9]{1,6})")?(?: t="([a-z]+)")? ?')
#: What must be left of the rows once each cell is cut out. An attribute that a row has twice is overlooked.
_ROW = rf'<row r="[0-9]+"(?: [A-Za-z][A-Za-z0-9:]*+="[^"<>&{_CUT}]*+")*+'
_ROWS = re.compile(rf"\s*+(?:{_ROW}>[{_CUT}\s]*+</row>\s*+|{_ROW} ?/>\s*+)*+")
_HIDDEN_ROW = re.compile(r'<row r="([0-9]+)"[^>]* hidden="(?:1|true)"')
_SHARED_INDEX = re.compile(r'\bsi="([0-9]+)"')
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW_NUMBERS = re.compile(rb'<row r="([0-9]+)"')

#: Where the text of a cell lies, by its type in the file.
_TYPES = {"s": _SHARED, "str": "s", "inlineStr": "s"}


def _whole_rows(data: bytes) -> tuple[bytes, bytes]:
    """Part whole rows from the beginning of the next; where there is none to be seen, there is nothing to part."""
    end = max(data.rfind(_ROW_BEGIN), data.rfind(_ROW_END) + len(_ROW_END))
    is_whole = end < len(_ROW_END) or len(data) - end > _LONGEST_ROW
    return (data, b"") if is_whole else (data[:end], data[end:])


class _Kinds(dict[str, tuple[str, int] | None]):
    """Type and style by the attributes of a cell, of which a sheet has only a handful; None for unusual ones."""

    def __missing__(self, attributes: str) -> tuple[str, int] | None:
        said = _STYLE_AND_TYPE.fullmatch(attributes)
        found = self[attributes] = (_TYPES.get(said[2] or "n", said[2] or "n"), int(said[1] or 0)) if said else None
        return found


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


#: To write a formula out takes so many times as long as to look at a text.
_MOVING = 40
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
#: Excel has no longer ones.
_LONGEST_CODE = 255
_NOT_SHOWING = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def shows(number: str, code: str | None) -> tuple[bool, bool]:
    """Tell whether a number format shows a date and whether it shows a percentage."""
    if code is None:
        built_in = int(number) if number.isdecimal() else 0
        return built_in in _BUILT_IN_DATES, built_in in _BUILT_IN_PERCENTS
    shown = _NOT_SHOWING.sub("", code[:_LONGEST_CODE]).lower()
    is_date = "general" not in shown and re.search(r"[ymdhs]", shown) is not None
    return is_date, "%" in shown


def local(name: str) -> str:
    """Return a tag or an attribute without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


def _path(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")
