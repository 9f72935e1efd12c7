"""Whose workbook is it? The marks that say so: written into every workbook, and recognised in what comes back.

The identity (form, version and digest of its definition, year, unit, and what the office that issued it signed) stands in
several places that do not get lost together: on the hidden sheet, among the document's properties, in the hidden first cell of every sheet, and shortened
on every printed page. Any one of them is enough; where two disagree, that is told. What is printed names unit and year
but no form; it is asked where nothing else is left.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tianbao.form.model import Form, Severity
from tianbao.records.model import Note, Unit
from tianbao.workbook.layout import GUIDE_SHEET, MACHINE_SHEET
from tianbao.workbook.package import Package, Sheet

WORKBOOK_SCHEMA = "tianbao.workbook/1"

#: The hidden first cell of a sheet begins with this; the parts after it are separated by `_SEPARATOR`.
MARKER = "#tianbao"
_SEPARATOR = "|"
_PROPERTY = "tianbao_"
_DIGEST_LENGTH = 16
#: Excel's own limit for a property of a document; all marks are cut to it, so that they agree.
_PROPERTY_LENGTH = 255
#: No issuance of ours is longer.
_SHOWN_ISSUANCE = 60
_YEAR = re.compile("[12][0-9]{3}")
#: The line below every title, as `sheet.unit_line` of the catalogue prints it.
_UNIT_LINE = re.compile(
    r"填报单位[：:]\s*+(?P<name>.+?)\s++单位代码[：:]\s*+(?P<code>\S++)"
    r"\s++年度[：:]\s*+(?P<year>[12][0-9]{3})\s++编号[：:]\s*+(?P<mark>\S++)"
)
_LONGEST_LINE = 1_000
#: Where the document's own properties lie in the file.
_PROPERTIES = "docProps/custom.xml"


#: What turns the direction of all that follows it in a line, and halves of characters, which no file can hold.
_TURNS, _HALVES = re.compile("[\u202a-\u202e\u2066-\u2069]"), re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    r"""Write a name so that what is printed behind it in the same line still reads as it should.

    >>> printable("白家庄\u202e镇")
    '白家庄镇'
    """
    return _HALVES.sub("？", _TURNS.sub("", name))


def printable_unit(unit: Unit) -> Unit:
    """Write the names of a unit so."""
    return Unit(printable(unit.code), printable(unit.name), printable(unit.kind))


@dataclass(frozen=True, slots=True)
class Identity:
    """What a mark says: the form and its definition, the report year and the unit.

    Attributes:
        issuance: what the office that issued the workbook signed, as it stands there; empty where it carries none.
    """

    form: str
    version: str
    digest: str
    year: int
    unit: Unit
    issuance: str = ""

    @classmethod
    def of(cls, form: Form, year: int, unit: Unit, issuance: str = "") -> Identity:
        """Return the identity that a workbook of this form gets."""
        name = unit.name.encode("utf-16-le")[: 2 * _PROPERTY_LENGTH].decode("utf-16-le", errors="ignore")
        named = Unit(unit.code, name, unit.kind)
        return cls(form.id, form.version, form.digest[:_DIGEST_LENGTH], year, named, issuance)

    def __str__(self) -> str:
        return " ".join(word for word in (self.unit.code, self.unit.name, str(self.year), self.form) if word)

    def is_of(self, form: Form) -> bool:
        """Say whether the workbook was made from this very definition."""
        return self == Identity.of(form, self.year, self.unit, self.issuance)

    def facts(self) -> dict[str, str]:
        """Return the identity as plain words, for the hidden sheet and the document's properties."""
        issuance = {"issuance": self.issuance} if self.issuance else {}
        return self._whose() | issuance

    def _whose(self) -> dict[str, str]:
        return {
            "form": self.form,
            "version": self.version,
            "digest": self.digest,
            "year": str(self.year),
            "unit_code": self.unit.code,
            "unit_name": self.unit.name,
            "unit_kind": self.unit.kind,
        }

    def properties(self) -> dict[str, str]:
        """Return the document's custom properties."""
        return {_PROPERTY + name: value for name, value in self.facts().items()}

    def marker(self, sheet: str) -> str:
        """Return what the hidden first cell of a sheet holds; `sheet` is the form's own name of it, not the tab's."""
        parts = [part.replace(_SEPARATOR, "／") for part in self.facts().values()]
        return _SEPARATOR.join([MARKER, sheet, *parts])

    def printed_code(self) -> str:
        """Return the short code on the printed page, by which paper and file are matched: `140922018-2025-7F3A`.

        However often a workbook is issued to a unit, the code is the same.
        """
        seed = "\n".join(self._whose().values())
        return f"{self.unit.code}-{self.year}-{hashlib.sha256(seed.encode()).hexdigest()[:4].upper()}"


def from_facts(facts: Mapping[str, str]) -> Identity | None:
    """Read an identity from plain words; None where they are no identity."""
    if not facts.get("form") or not _YEAR.fullmatch(facts.get("year", "")):
        return None
    unit = Unit(facts.get("unit_code", ""), facts.get("unit_name", ""), facts.get("unit_kind", ""))
    version, digest = facts.get("version", ""), facts.get("digest", "")
    return Identity(facts["form"], version, digest, int(facts["year"]), unit, facts.get("issuance", ""))


def from_properties(properties: Mapping[str, str]) -> Identity | None:
    """Read an identity from a document's custom properties."""
    return from_facts(
        {name.removeprefix(_PROPERTY): value for name, value in properties.items() if name.startswith(_PROPERTY)}
    )


def from_marker(text: str) -> tuple[str, Identity] | None:
    """Read the first cell of a sheet: the form's name of the sheet, and the identity.

    What stands behind the unit is the issuance, whatever has become of it.
    """
    parts = text.split(_SEPARATOR)
    names = ("form", "version", "digest", "year", "unit_code", "unit_name", "unit_kind")
    if parts[0] != MARKER or len(parts) < len(names) + 2:
        return None
    issuance = _SEPARATOR.join(parts[len(names) + 2 :])
    identity = from_facts({**dict(zip(names, parts[2:], strict=False)), "issuance": issuance})
    return (parts[1], identity) if identity else None


@dataclass(frozen=True, slots=True)
class Identified:
    """Whose workbook it is, by the marks that are left.

    Attributes:
        identity: None where no mark is left.
        printed: the year and the unit that the pages name, where no mark is left.
    """

    identity: Identity | None
    notes: tuple[Note, ...] = ()
    printed: tuple[int, Unit] | None = None


def identify(package: Package) -> Identified:
    """Recognise a workbook by its marks: what most of them say, and if they are even, what the hidden sheet says.

    Raises:
        PackageError: a sheet is damaged.
    """
    marks = dict(_marks(package))
    told = [Note(code, Severity.NOTE) for code, is_there in _there(marks).items() if not is_there]
    left = {where: identity for where, identity in marks.items() if identity}
    if not left:
        return _by_pages(package)
    votes = Counter(identity.marker("") for identity in left.values())
    chosen = votes.most_common(1)[0][0]
    used = next(identity for identity in left.values() if identity.marker("") == chosen)
    others = {where: identity for where, identity in left.items() if identity.marker("") != chosen}
    if others:
        told.insert(0, Note("R-IDENTITY", Severity.QUERY, params=_told_apart(used, others)))
    return Identified(used, tuple(told))


def _told_apart(used: Identity, others: Mapping[str, Identity]) -> dict[str, object]:
    """Write identities so that those which differ look different: by their issuance where all else is the same."""
    is_enough = all(str(identity) != str(used) for identity in others.values())

    def shown(identity: Identity) -> str:
        return str(identity) if is_enough else f"{identity} #{identity.issuance[:_SHOWN_ISSUANCE] or '—'}"

    return {"used": shown(used), "others": "；".join(f"{shown(other)}（{where}）" for where, other in others.items())}


def _by_pages(package: Package) -> Identified:
    """Recognise year and unit by the line below the titles, where all pages say the same."""
    lines = (from_unit_line(cell.text) for sheet in package.sheets for cell in sheet.cells.values())
    named = sorted({line for line in lines if line}, key=str)
    if not named:
        return Identified(None)
    if len(named) > 1:
        said = "；".join(f"{unit.code} {unit.name} {year}" for year, unit in named)
        return Identified(None, (Note("R-PRINTED-DIFFER", Severity.QUERY, params={"said": said}),))
    ((year, unit),) = named
    facts = {"code": unit.code, "name": unit.name, "year": year}
    return Identified(None, (Note("R-PRINTED", Severity.NOTE, params=facts),), (year, unit))


def from_unit_line(text: str) -> tuple[int, Unit] | None:
    """Read year and unit from the line below a title; None where it is none, or its code is another's.

    >>> from_unit_line("填报单位：白家庄镇  单位代码：140922018  年度：2025  编号：140922018-2025-7F3A")
    (2025, Unit(code='140922018', name='白家庄镇', kind=''))
    """
    match = _UNIT_LINE.fullmatch(text.strip()) if "-" in text and len(text) < _LONGEST_LINE else None
    if match is None or not match["mark"].startswith(f"{match['code']}-{match['year']}-"):
        return None
    return int(match["year"]), Unit(match["code"], match["name"])


def _marks(package: Package) -> Iterator[tuple[str, Identity | None]]:
    """Yield where a mark may stand and what it says, the most trusted first."""
    has_machine_sheet = MACHINE_SHEET in package.sheet_names
    yield MACHINE_SHEET, from_facts(_pairs(package.sheet(MACHINE_SHEET))) if has_machine_sheet else None
    yield _PROPERTIES, from_properties(package.properties)
    for name in package.sheet_names:
        if name not in (MACHINE_SHEET, GUIDE_SHEET):
            yield name, _marked(package.sheet(name))


def _there(marks: Mapping[str, Identity | None]) -> dict[str, bool]:
    """Say of each kind of mark whether there still is one."""
    on_sheets = [identity for where, identity in marks.items() if where not in (MACHINE_SHEET, _PROPERTIES)]
    return {
        "R-MARK-SHEET": marks[MACHINE_SHEET] is not None,
        "R-MARK-PROPERTY": marks[_PROPERTIES] is not None,
        "R-MARK-CELL": any(on_sheets),
    }


def _pairs(sheet: Sheet) -> dict[str, str]:
    """Read the first two columns of a sheet as names and what they are."""
    names = ((ref[1:], cell.text) for ref, cell in sheet.cells.items() if ref[0] == "A" and ref[1:].isdigit())
    return {name: sheet.cells[f"B{row}"].text for row, name in names if f"B{row}" in sheet.cells}


def _marked(sheet: Sheet) -> Identity | None:
    """Read the marker of a sheet from its first cell, or from wherever it has been moved to."""
    first = sheet.cells.get("A1")
    read = from_marker(first.text) if first else None
    if read is None:
        moved = (cell.text for cell in sheet.cells.values() if cell.text.startswith(MARKER))
        read = next((mark for text in moved if (mark := from_marker(text))), None)
    return read[1] if read else None
