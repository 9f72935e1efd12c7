"""Filled workbooks as they are before another program saves them, and what must be the same after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from random import Random
from typing import TypeVar

from openpyxl import Workbook

from tests.office.fillings import Filling, make_fillings, patchy
from tests.records.samples import submission
from tests.workbook.returned import ISSUANCE, changed
from tianbao.form.model import Form
from tianbao.records.model import Note, Submission, Unit, Value
from tianbao.workbook.layout import a1, make_layout
from tianbao.workbook.write import write_workbook

Key = TypeVar("Key", str, int)

YEARS = {"fire-safety": 2025, "zfxxgk-2019": 2020, "zfxxgk-2021": 2025}

#: Names that are long, or that only look like markup, formulas, paths or an end.
UNITS = (
    Unit("140922018", "白家庄镇", "township"),
    Unit("140922019", '<甲&乙>"丙\'镇"', "乡镇"),
    Unit("14", "长" * 200, ""),
    Unit("15", "很长" * 150, ""),
    Unit("=1+1", "+甲|乙", ""),
    Unit("16", "𠮷田镇 （含原“大”乡）", "x"),
)

#: What people type where a number is asked for, and what Excel makes of it.
TYPED: tuple[Value | float, ...] = (
    *(
        "5",
        " 5 ",
        "５",
        "007",
        "1,200",
        "1，200",
        "12件",
        "3 件",
        "12.5万",
        "125000元",
        "〇",
        "无",
        "十二",
        "+3",
        "－3",
        "(3)",
    ),
    *(
        "/",
        "-",
        "—",
        "不适用",
        "2-3",
        "约5",
        "1e3",
        "0x10",
        "TRUE",
        "\u00a05",
        "\u30005",
        "5\n",
        "'5",
        "5_x000D_",
        "a  b",
        " ",
    ),
    *(3.7, -1, 123456789012, 0.1, 12.125, True, False, date(2026, 1, 2), "#N/A"),
)


@dataclass(frozen=True)
class Filled:
    """A workbook with answers in it.

    Attributes:
        what: how it was made up.
    """

    what: str
    data: bytes


def make_filled(form: Form, count: int, *, seed: int) -> Iterator[Filled]:
    """Fill in workbooks: for every kind of unit, each second one with last year's figures beside its own.

    Of three, one is as we write it; two have been opened by openpyxl, and answers were typed that we would not write.
    """
    year, rng = YEARS[form.id], Random(f"{form.id} {seed}")  # noqa: S311  the same workbooks every time
    last_year = submission(form, patchy(form, year - 1, rng), year=year - 1)
    for number, filling in enumerate(make_fillings(form, year, count, seed=seed)):
        unit = UNITS[number % len(UNITS)]
        target = BytesIO()
        write_workbook(
            form,
            target,
            unit=unit,
            year=year,
            values=filling.values,
            prior=last_year if number % 2 else None,
            issuer="<五台县>政务公开办" if number % 3 else "",
            issuance=ISSUANCE if number % 2 == 0 else "",
        )
        data = target.getvalue()
        what = f"{form.id} {number} {filling.kind} {unit.code}"
        yield Filled(what, data if number % 3 == 2 else _typed(data, form, filling, rng))


def _typed(data: bytes, form: Form, filling: Filling, rng: Random) -> bytes:
    return changed(lambda book: _type(book, form, filling, rng), data)


def _type(book: Workbook, form: Form, filling: Filling, rng: Random) -> None:
    """Type over some numbers what people type, and explain what was asked."""
    places = make_layout(form).places
    inputs = [cell.key for cell in form.by_key.values() if cell.is_number and cell.formula is None]
    typed: dict[str, object] = {key: rng.choice(TYPED) for key in rng.sample(inputs, 12)}
    typed |= {f"explain.{name}": text for name, text in filling.explanations.items()}
    for key, value in typed.items():
        place = places[key]
        cell = book[place.sheet][a1(place.row, place.column)]
        cell.value = value
        if isinstance(value, str) and value != "#N/A":
            cell.data_type = "s"


@dataclass
class Tally:
    """What was compared, and every difference found."""

    workbooks: int = 0
    records: int = 0
    notes: int = 0

    def __post_init__(self) -> None:
        self.differences: list[str] = []

    def compare(self, what: str, ours: Submission, theirs: Submission) -> None:
        """Hold a workbook that was saved again against the original, record by record and note by note."""
        self.workbooks += 1
        facts: dict[str, object] = {
            "form": ours.form,
            "year": ours.year,
            "unit": ours.unit,
            "issuance": ours.issuance,
            "verdict": ours.verdict,
            "reason": None,
        }
        self._differ(what, facts, {name: getattr(theirs, name) for name in facts})
        self._differ(what, ours.answers, theirs.answers)
        self._differ(what, ours.explanations, theirs.explanations)
        self.records += len(ours.answers) + len(ours.explanations)
        self.notes += len(ours.notes)
        self._differ(what, dict(enumerate(ours.notes)), dict(enumerate(theirs.notes)))

    def _differ(self, what: str, ours: Mapping[Key, object], theirs: Mapping[Key, object]) -> None:
        for key in {**ours, **theirs}:
            if ours.get(key) != theirs.get(key):
                self.differences.append(f"{what} {key}: {ours.get(key)!r} before, {theirs.get(key)!r} now")


def placed(note: Note) -> tuple[str, str, str, str, object]:
    """Say what a note is about: code, place, key, what stands there now, cells."""
    return note.code, note.at, note.key, note.raw, note.params.get("cells")
