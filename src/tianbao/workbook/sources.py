"""The sources of a merged report inside its own workbook: written for programs, and read again.

    Provenance ──pack──▶ texts of at most 30,000 characters ──(hidden cells of 汇总来源)──▶ find_sources ──▶ Provenance

In:   a provenance and its form; a workbook that came back.
Out:  texts for cells; a provenance, or a note that says why there is none.
Knows nothing of how the sheet looks. What is read is not believed: its digest must be right, and it may be no larger and
no deeper than what we write.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tianbao.errors import TianbaoError
from tianbao.form.model import Amount, Form, Severity
from tianbao.records.model import Note, State, Unit
from tianbao.records.provenance import Booking, Figure, Omitted, Part, Provenance
from tianbao.workbook.identify import MARKER
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.package import Package
from tianbao.workbook.sent_back import SOURCES_SHEET

#: Each text begins with this, its number, how many there are, and the digest of the whole.
_HEAD = "#sources"
_SCHEMA = "tianbao.sources/1"
#: Excel holds 32,767 characters in a cell.
_CHUNK = 30_000
#: A whole province's townships need a tenth of it.
_MOST_BYTES = 16_000_000
_MOST_CHUNKS = 600
#: Country, province, prefecture, county, township, village, and as many again.
_MOST_LEVELS = 12
_AMOUNT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,20})?")


class SourcesTooLargeError(TianbaoError):
    """The sources of a merge do not fit into a workbook."""

    code: ClassVar[str] = "M-SOURCES-SIZE"


class SourcesDamagedError(ValueError):
    """What stands there is not what was written."""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def pack(provenance: Provenance, form: Form) -> list[str]:
    """Write a provenance as texts that fit into cells; the same provenance gives the same texts.

    Raises:
        SourcesTooLargeError: it is larger or deeper than what would be read again.
    """
    text = to_text(provenance, form)
    data = text.encode()
    if len(data) > _MOST_BYTES or provenance.levels > _MOST_LEVELS:
        raise SourcesTooLargeError(size=len(data), levels=provenance.levels)
    whole = base64.b64encode(zlib.compress(data, 9)).decode()
    parts = [whole[at : at + _CHUNK] for at in range(0, len(whole), _CHUNK)]
    digest = hashlib.sha256(data).hexdigest()
    return [f"{_HEAD}|{n}|{len(parts)}|{digest}|{part}" for n, part in enumerate(parts, start=1)]


def to_text(provenance: Provenance, form: Form) -> str:
    """Write a provenance as JSON, without what the form's layout says already."""
    keys = {key: n for n, key in enumerate(_all_keys(provenance))}
    document = {"schema": _SCHEMA, "form": form.id, "keys": list(keys), **_Writer(form, keys).of(provenance)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _all_keys(provenance: Provenance) -> list[str]:
    found = dict.fromkeys(provenance.keys)
    for _, part in provenance.below():
        found |= dict.fromkeys(part.within.keys if part.within else ())
    return list(found)


class _Writer:
    def __init__(self, form: Form, keys: Mapping[str, int]) -> None:
        self._home = _homes(form)
        self._keys = keys

    def of(self, provenance: Provenance) -> dict[str, Any]:
        positions = {part.unit.code: n for n, part in enumerate(provenance.parts)}
        return {
            "parts": [self._part(part) for part in provenance.parts],
            "missing": [_unit(unit) for unit in provenance.missing],
            "omitted": [
                [one.file, _unit(one.unit) if one.unit else None, one.code, one.why, int(one.is_loss)]
                for one in provenance.omitted
            ],
            "bookings": [[one.key, _written(one.amount), one.note, one.by, one.at] for one in provenance.bookings],
            "incomplete": {key: [positions[code] for code in codes] for key, codes in provenance.incomplete.items()},
            "lines_left": dict(provenance.lines_left),
        }

    def _part(self, part: Part) -> dict[str, Any]:
        figures = [part.figures.get(key) for key in self._keys]
        moved = {
            key: [figure.sheet, figure.cell]
            for key, figure in part.figures.items()
            if (figure.sheet, figure.cell) != self._home.get(key)
        }
        document: dict[str, Any] = {
            "unit": _unit(part.unit),
            "file": part.file,
            "sha256": part.sha256,
            "figures": [0 if figure is None else _figure(figure) for figure in figures],
        }
        absent = [key for key, figure in zip(self._keys, figures, strict=True) if figure is None]
        document |= {"absent": absent} if absent else {}
        document |= {"at": moved} if moved else {}
        return document | ({"within": self.of(part.within)} if part.within else {})


def _homes(form: Form) -> dict[str, tuple[str, str]]:
    places = make_layout(form).places
    return {key: (places[key].sheet, a1(places[key].row, places[key].column)) for key in form.by_key if key in places}


def _unit(unit: Unit) -> list[str]:
    return [unit.code, unit.name, unit.kind]


def _written(amount: Amount) -> int | str:
    return f"{amount:f}" if isinstance(amount, Decimal) else amount


def _figure(figure: Figure) -> object:
    """Write a number as such, a blank as null, and whatever else it is with its state."""
    value = None if figure.value is None else _written(figure.value)
    is_plain = figure.state is (State.BLANK if value is None else State.FILLED)
    return value if is_plain else [figure.state.value, value]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_sources(package: Package, form: Form) -> tuple[Provenance | None, tuple[Note, ...]]:
    """Read the sources that a workbook carries; where they are damaged, that is told, and there are none.

    Raises:
        PackageError: a sheet is damaged.
    """
    known = frozenset(make_layout(form).sheet_names)
    for name in package.sheet_names:
        if name not in known and _is_ours(package, name):
            try:
                return from_text(_unpacked(_chunks(package, name)), form), ()
            except SourcesDamagedError as fault:
                return None, (Note("R-SOURCES", Severity.QUERY, at=name, params={"sheet": name, "fault": str(fault)}),)
    return None, ()


def _is_ours(package: Package, name: str) -> bool:
    first = package.sheet(name).cells.get("A1")
    is_marked = first is not None and first.text.startswith(f"{MARKER}|{SOURCES_SHEET}|")
    return is_marked or name == SOURCES_SHEET


def _chunks(package: Package, name: str) -> list[str]:
    return [cell.text for cell in package.sheet(name).cells.values() if cell.text.startswith(f"{_HEAD}|")]


def _unpacked(chunks: Sequence[str]) -> bytes:
    """Put the texts together again, and see to it that nothing is lacking and nothing is another's."""
    found: dict[int, str] = {}
    heads = set()
    for chunk in chunks:
        parts = chunk.split("|")
        if len(parts) != 5 or not parts[1].isdecimal() or not parts[2].isdecimal():  # noqa: PLR2004  as `pack` writes it
            raise SourcesDamagedError("head")
        heads.add((int(parts[2]), parts[3]))
        found[int(parts[1])] = parts[4]
    if len(heads) != 1:
        raise SourcesDamagedError("head")
    ((count, digest),) = heads
    if count > _MOST_CHUNKS or sorted(found) != list(range(1, count + 1)) or len(chunks) != count:
        raise SourcesDamagedError("parts")
    data = _inflated("".join(found[n] for n in sorted(found)))
    if hashlib.sha256(data).hexdigest() != digest:
        raise SourcesDamagedError("sha256")
    return data


def _inflated(text: str) -> bytes:
    """Unpack at most what we would have packed."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise SourcesDamagedError("zlib") from error
    if not unpacker.eof:
        raise SourcesDamagedError("size")
    return data


def from_text(text: str | bytes, form: Form) -> Provenance:
    """Read what `to_text` wrote.

    Raises:
        SourcesDamagedError: it is something else.
    """
    try:
        return _read(json.loads(text), form)
    except SourcesDamagedError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise SourcesDamagedError("json") from error


def _read(document: Mapping[str, Any], form: Form) -> Provenance:
    if document["schema"] != _SCHEMA:
        raise SourcesDamagedError("schema")
    return _Reader(form, [_text(key) for key in document["keys"]]).of(document, 1)


class _Reader:
    def __init__(self, form: Form, keys: Sequence[str]) -> None:
        self._home = _homes(form)
        self._keys = keys

    def of(self, document: Mapping[str, Any], level: int) -> Provenance:
        if level > _MOST_LEVELS:
            raise SourcesDamagedError("levels")
        parts = tuple(self._part(part, level) for part in document["parts"])
        return Provenance(
            parts=parts,
            missing=tuple(_read_unit(unit) for unit in document["missing"]),
            omitted=tuple(
                Omitted(_text(file), _read_unit(unit) if unit else None, _text(code), _text(why), bool(is_loss))
                for file, unit, code, why, is_loss in document["omitted"]
            ),
            bookings=tuple(
                Booking(_text(key), _needed(_read_amount(amount)), _text(note), _text(by), _text(at))
                for key, amount, note, by, at in document["bookings"]
            ),
            incomplete={
                _text(key): tuple(parts[_index(n)].unit.code for n in positions)
                for key, positions in document["incomplete"].items()
            },
            lines_left={_text(key): _index(count) for key, count in document["lines_left"].items()},
        )

    def _part(self, document: Mapping[str, Any], level: int) -> Part:
        absent = frozenset(document.get("absent", ()))
        at = {key: (_text(sheet), _text(cell)) for key, (sheet, cell) in document.get("at", {}).items()}
        figures = {
            key: _read_figure(figure, *at.get(key) or self._home.get(key, ("", "")))
            for key, figure in zip(self._keys, document["figures"], strict=True)
            if key not in absent
        }
        within = self.of(document["within"], level + 1) if "within" in document else None
        return Part(_read_unit(document["unit"]), _text(document["file"]), _text(document["sha256"]), figures, within)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise SourcesDamagedError("text")
    return value


def _index(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise SourcesDamagedError("index")
    return value


def _read_unit(value: Sequence[object]) -> Unit:
    code, name, kind = value
    return Unit(_text(code), _text(name), _text(kind))


def _read_figure(value: object, sheet: str, cell: str) -> Figure:
    if isinstance(value, list):
        state, inner = value
        return Figure(_read_amount(inner), State(state), sheet, cell)
    amount = _read_amount(value)
    return Figure(amount, State.BLANK if amount is None else State.FILLED, sheet, cell)


def _read_amount(value: object) -> Amount | None:
    if value is None or (type(value) is int and abs(value) < 10**30):
        return value
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    raise SourcesDamagedError("amount")


def _needed(value: Amount | None) -> Amount:
    if value is None:
        raise SourcesDamagedError("amount")
    return value
