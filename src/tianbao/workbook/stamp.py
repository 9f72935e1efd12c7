"""One build of a form, from which the workbook of any unit is made.

    form, year, issuer ──write──▶ a mould: the finished file of nobody, cut wherever that of a unit differs
                                      │
    unit, last year's figures ────────┴──▶ the same bytes as `write_workbook` gives

In:   what `write_workbook` takes, without answers filled in beforehand.
Out:  the file, in a thirtieth of the time.
Knows nothing of what stands where: the writer says which cells depend on last year's figures, and draws them again.

What is cut, and why the bytes are equal:

- *Texts.* A unit is named only by a handful of texts (`_texts`). They stand once each among the texts that all cells share, and
  the cells hold their numbers, so a sheet never differs by its unit. Had a unit a name that the form prints too, both would
  be one text and all numbers behind it others: its workbook is written in full.
- *Cells.* Last year's figures and every result that depends on them are drawn again by the same functions.
- *What differs otherwise* with last year's figures, such as rows that are hidden where there are none, makes another mould.
- *The file.* Text and cell are what XlsxWriter itself writes of them, packed with the same settings, under the mould's headers.

A mould must give its own file back, byte for byte, before it is used; while none does, every workbook is written in full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import TypeVar

from tianbao.form.model import Form
from tianbao.form.names import PRIOR
from tianbao.records.model import Submission, Unit, Value
from tianbao.workbook.book import is_plain, property_xml, text_xml
from tianbao.workbook.draft import Draft, Shown, unit_line
from tianbao.workbook.exchange import File, NotOnceError, Packed, Part
from tianbao.workbook.identify import Identity, printable, printable_unit
from tianbao.workbook.layout import GUIDE_SHEET, MACHINE_SHEET, make_layout
from tianbao.workbook.prefill import Prefill, last_year, prefill
from tianbao.workbook.write import Drawn, draw, write_workbook

#: Whose the workbook is that a mould is made of; no form prints these characters.
_NOBODY, _ISSUANCE = Unit("\ue000", "\ue001", "\ue002"), "\ue003"
_TEXTS, _PROPERTIES = "xl/sharedStrings.xml", "docProps/custom.xml"

#: So many moulds of a form are kept: without last year's figures, with them, and with some of them.
_MOST_MOULDS = 8
#: So many outcomes of last year's figures are kept: most units have the same one, for most of the figures are zeros.
_MOST_OUTCOMES = 64
#: A cell is written once for each of so many values.
_MOST_VALUES = 1_000

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")

#: Last year's figures by key.
_Figures = Mapping[str, int | Decimal]
#: What decides how a workbook is built: which tables and which hidden cells have figures of last year, and whether the unit
#: has a kind and the workbook an issuance.
_Shape = tuple[tuple[bool, ...], tuple[bool, ...], bool, bool]


class Stamp:
    """One build of a form, from which the workbook of any unit is made; for one thread at a time."""

    def __init__(self, form: Form, *, year: int, issuer: str = "", password: str | None = None) -> None:
        self._form = form
        self._year = year
        self._issuer = issuer
        self._password = password
        self._layout = make_layout(form)
        self._asked = [key.removeprefix(PRIOR) for key in self._layout.places if key.startswith(PRIOR)]
        self._filled = prefill(form, year, None, {}).answers
        self._moulds: dict[_Shape, _Mould | None] = {}

    def workbook(
        self, unit: Unit, *, prior: Submission | Mapping[str, Value] | None = None, issuance: str = ""
    ) -> bytes:
        """Return the locked workbook of a unit: the bytes that `write_workbook` writes for it.

        Args:
            unit: whose workbook it is.
            prior: last year's report, or its values by key.
            issuance: what the issuer signs of it.
        """
        named, figures = printable_unit(unit), last_year(prior, self._asked)
        identity = Identity.of(self._form, self._year, named, issuance)
        if identity.unit == named and _are_finite(figures):
            mould = self._mould_for(figures, identity)
            texts = self._texts(identity)
            if mould is not None and mould.takes(texts):
                return mould.workbook(texts, _names(identity), self._with(figures))
        return self._in_full(unit, prior, issuance)

    def _in_full(self, unit: Unit, prior: Submission | Mapping[str, Value] | None, issuance: str) -> bytes:
        target = BytesIO()
        write_workbook(
            self._form,
            target,
            unit=unit,
            year=self._year,
            prior=prior,
            issuer=self._issuer,
            password=self._password,
            issuance=issuance,
        )
        return target.getvalue()

    def _with(self, figures: _Figures) -> Prefill:
        return Prefill({**self._filled, **figures})

    def _texts(self, identity: Identity) -> tuple[str, ...]:
        """Return the texts of a workbook that name its unit."""
        marked = [name for name in self._layout.sheet_names if name not in (GUIDE_SHEET, MACHINE_SHEET)]
        return (
            unit_line(identity.unit, identity),
            identity.printed_code(),
            *_names(identity),
            *(identity.marker(name) for name in marked),
        )

    # ── moulds ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _mould_for(self, figures: _Figures, identity: Identity) -> _Mould | None:
        shape = self._shape(figures, identity)
        if shape not in self._moulds:
            self._moulds[shape] = self._make_mould(figures, identity)
        return _kept(self._moulds, shape, _MOST_MOULDS)

    def _shape(self, figures: _Figures, identity: Identity) -> _Shape:
        return (
            tuple(
                any(key in figures for key in block.prior) for sheet in self._layout.sheets for block in sheet.blocks
            ),
            tuple(key in figures for key in self._layout.machine_prior),
            bool(identity.unit.kind),
            bool(identity.issuance),
        )

    def _make_mould(self, figures: _Figures, like: Identity) -> _Mould | None:
        nobody = Unit(_NOBODY.code, _NOBODY.name, _NOBODY.kind if like.unit.kind else "")
        issuance = _ISSUANCE if like.issuance else ""
        identity, filled = Identity.of(self._form, self._year, nobody, issuance), self._with(figures)
        draft = Draft(
            self._form,
            nobody,
            self._year,
            printable(self._issuer),
            self._password or "",
            filled,
            issuance=issuance,
        )
        drawn, texts = draw(draft), self._texts(identity)
        try:
            mould = _Mould(drawn, texts, _names(identity))
        except NotOnceError:
            return None
        return mould if mould.workbook(texts, _names(identity), filled) == drawn.data else None


def _kept(made: dict[_Key, _Made], key: _Key, most: int) -> _Made:
    """Return what is kept under a key, and let go of what was not asked for the longest time."""
    made[key] = made.pop(key)
    if len(made) > most:
        del made[next(iter(made))]
    return made[key]


def _names(identity: Identity) -> tuple[str, ...]:
    """Return the names that stand by themselves, among the document's properties too."""
    unit = identity.unit
    return (unit.code, unit.name, *(text for text in (unit.kind, identity.issuance) if text))


def _are_finite(figures: _Figures) -> bool:
    return all(isinstance(figure, int) or figure.is_finite() for figure in figures.values())


class _Mould:
    """The finished file of nobody, cut at its texts and at the cells that depend on last year's figures."""

    def __init__(self, drawn: Drawn, texts: Sequence[str], names: Sequence[str]) -> None:
        self._drawn = drawn
        self._file = File(drawn.data)
        self._printed = frozenset(drawn.draft.book.texts) - {*texts}
        self._texts = Part(self._file.content(_TEXTS), map(text_xml, texts))
        self._names = Part(self._file.content(_PROPERTIES), map(property_xml, names))
        self._cells: dict[str, list[_Cell]] = {}
        for shown in drawn.draft.shown:
            self._cells.setdefault(drawn.draft.book.part_of(shown.sheet), []).append(_Cell(shown))
        self._sheets = {
            name: Part(self._file.content(name), [cell.xml() for cell in cells]) for name, cells in self._cells.items()
        }
        self._asked = [key for key in drawn.draft.layout.places if key.startswith(PRIOR)]
        self._outcomes: dict[tuple[str, ...], Mapping[str, Packed]] = {}

    def takes(self, texts: Sequence[str]) -> bool:
        """Whether a unit has texts of its own: none that the form prints too, nor one where another stands."""
        has_all = "" not in texts and len({*texts}) == len(texts)
        return has_all and self._printed.isdisjoint(texts) and all(map(is_plain, texts))

    def workbook(self, texts: Sequence[str], names: Sequence[str], filled: Prefill) -> bytes:
        """Return the file of a unit."""
        parts = {
            _TEXTS: self._texts.filled(map(text_xml, texts)),
            _PROPERTIES: self._names.filled(map(property_xml, names)),
        }
        return self._file.exchanged({**parts, **self._sheets_for(filled)})

    def _sheets_for(self, filled: Prefill) -> Mapping[str, Packed]:
        """Return the sheets on which last year's figures show, as they are with these."""
        figures = tuple(repr(filled.answer(key)) for key in self._asked)
        if figures not in self._outcomes:
            self._outcomes[figures] = self._draw_again(filled)
        return _kept(self._outcomes, figures, _MOST_OUTCOMES)

    def _draw_again(self, filled: Prefill) -> Mapping[str, Packed]:
        self._drawn.ask_again(filled)
        return {name: self._sheets[name].filled(cell.xml() for cell in cells) for name, cells in self._cells.items()}


class _Cell:
    """A cell that depends on last year's figures; what it looks like in the file is kept by what it shows."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._known: dict[str, bytes] = {}

    def xml(self) -> bytes:
        """Return the cell as XlsxWriter writes it."""
        #: As it is written, too: -0 and False are 0, but do not look like it.
        value = repr(self._shown.content().value)
        if value not in self._known:
            if len(self._known) > _MOST_VALUES:
                self._known.clear()
            self._known[value] = self._shown.xml()
        return self._known[value]
