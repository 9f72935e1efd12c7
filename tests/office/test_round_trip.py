"""LibreOffice as the respondent: it types random reports into our workbooks, and must agree with us on every cell."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest

import tianbao as tb
from tests.office.fillings import Filling, make_fillings, multiplied, ones, patchy
from tests.office.office import Content, Office, Workbook
from tests.records.samples import BAIJIA, submission
from tianbao.checks.run import Ruling, judge
from tianbao.expr import Place
from tianbao.expr.semantics import tolerance
from tianbao.form.model import Cell, Form, Severity
from tianbao.form.names import serial
from tianbao.records.model import State, Submission, Value
from tianbao.workbook.layout import AUDIT_COLUMNS, AUDIT_SHEET, AuditLine, a1, make_layout

YEARS = {"fire-safety": 2025, "zfxxgk-2019": 2020, "zfxxgk-2021": 2025}
#: One workbook without last year's figures, one with all of them, one with some.
PRIORS = (None, ones, patchy)
#: Of each of these so many: a sixteenth of what `make round-trip` asks for, which sees every check hold and not hold.
FILLINGS = int(os.environ.get("TIANBAO_FILLINGS", "4"))
WHOLE = 68
#: With these reports every check is seen to hold and not to hold.
SEED = 10
VERDICT_COLUMN = AUDIT_COLUMNS[7]

#: What typing cannot break: the sums that the sheet itself computes, and the year of the workbook.
UNBREAKABLE = ("T3-02", "T3-03", "T4-01", "P-01", "V-00")


@dataclass
class Tally:
    """What was compared, and every difference found."""

    fillings: int = 0
    cells: int = 0
    totals: int = 0
    verdicts: int = 0
    signs: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    differences: list[str] = field(default_factory=list)

    def compare(self, what: str, ours: object, theirs: object) -> None:
        """Note a difference."""
        if ours != theirs:
            self.differences.append(f"{what}: {ours!r} here, {theirs!r} there")


@pytest.mark.office
@pytest.mark.parametrize("name", YEARS)
def test_libreoffice_and_we_agree_on_every_cell_and_every_verdict(name: str, office: Office, tmp_path: Path) -> None:
    form, year, tally = tb.load_form(name), YEARS[name], Tally()

    for n, last_year in enumerate(PRIORS):
        rng = Random(f"{name} {n}")  # noqa: S311  the same figures every time
        prior = submission(form, last_year(form, year - 1, rng), year=year - 1) if last_year else None
        path = tmp_path / f"{n}.xlsx"
        tb.write_workbook(form, path, unit=BAIJIA, year=year, prior=prior)
        with office.open(path) as workbook:
            fillings = [*make_fillings(form, year, FILLINGS, seed=SEED + n), multiplied(form, 1), multiplied(form, 100)]
            _try_out(workbook, form, prior, fillings, tmp_path, tally)

    counts = f"{tally.fillings} fillings, {tally.cells} cells, {tally.totals} totals, {tally.verdicts} verdicts"
    print(f"\n{name}: {counts}")  # noqa: T201  what was compared is worth knowing
    assert tally.differences == []
    assert tally.fillings == len(PRIORS) * (FILLINGS + 2)
    if FILLINGS < WHOLE:
        return
    never = {line for line, signs in tally.signs.items() if "√" not in signs or not signs & {"×", "△"}}
    assert {line for line in never if not line.startswith(UNBREAKABLE)} == set()


def _try_out(
    workbook: Workbook, form: Form, prior: Submission | None, fillings: Sequence[Filling], folder: Path, tally: Tally
) -> None:
    """Type one report after the other into an open workbook, and compare what LibreOffice and we make of it."""
    saved, shown = [], []
    for n, filling in enumerate(fillings):
        workbook.fill(_typed(form, filling))
        workbook.calculate()
        shown.append(_shown(workbook, form))
        saved.append(tb.read_workbook(workbook.save(folder / f"saved {n}.xlsx")))
    rulings = judge(saved, prior=prior).rulings
    for filling, read, ruled, (totals, signs) in zip(fillings, saved, rulings, shown, strict=True):
        tally.fillings += 1
        _compare_inputs(filling, read, tally)
        _compare_totals(form, filling, read, totals, tally)
        _compare_verdicts(form, filling, ruled, signs, tally)


def _typed(form: Form, filling: Filling) -> Iterator[tuple[str, str, Content]]:
    places = make_layout(form).places
    for key, value in filling.values.items():
        yield (*_at(places[key]), _content(value))
    for line in make_layout(form).audit:
        if line.explained:
            yield (*_at(places[f"explain.{line.id}"]), filling.explanations.get(line.id))


def _at(place: Place) -> tuple[str, str]:
    return place.sheet, a1(place.row, place.column)


def _content(value: Value) -> Content:
    match value:
        case date():
            return serial(value)
        case Decimal():
            return float(value)
        case _:
            return value


def _shown(workbook: Workbook, form: Form) -> tuple[dict[str, Content], dict[str, Content]]:
    """Return the totals by key, and the signs of 审核 by line."""
    layout = make_layout(form)
    totals = workbook.read(_at(layout.places[cell.key]) for cell in form.computed)
    signs = _signs(workbook, layout.audit)
    return dict(zip((cell.key for cell in form.computed), totals, strict=True)), signs


def _signs(workbook: Workbook, lines: Sequence[AuditLine]) -> dict[str, Content]:
    signs = workbook.read((AUDIT_SHEET, a1(line.row, VERDICT_COLUMN)) for line in lines)
    return dict(zip((line.id for line in lines), signs, strict=True))


def _compare_inputs(filling: Filling, read: Submission, tally: Tally) -> None:
    for key, value in filling.values.items():
        answer = read.answers[key]
        tally.cells += 1
        tally.compare(f"{filling.kind} {key}", None if answer.state is State.DECLARED_ZERO else answer.value, value)
        if value is None:
            tally.compare(f"{filling.kind} {key} raw", answer.raw, "")
    tally.compare("explanations", {name: a.value for name, a in read.explanations.items()}, filling.explanations)
    told = {note.code for note in read.notes} - {"R-ZERO-REPORT"}
    tally.compare(f"{filling.kind} notes", told, set())


def _compare_totals(
    form: Form, filling: Filling, read: Submission, totals: Mapping[str, Content], tally: Tally
) -> None:
    for cell in form.computed:
        tally.totals += 1
        ours, theirs = read.answers[cell.key].value, totals[cell.key]
        if not _equal(cell, ours, theirs):
            tally.differences.append(f"{filling.kind} {cell.key}: {ours!r} here, {theirs!r} there")


def _equal(cell: Cell, ours: Value, theirs: Content) -> bool:
    """Whole numbers are equal or not; of decimals LibreOffice has binary ones, which may differ in the last bit."""
    if not isinstance(ours, int | Decimal) or not isinstance(theirs, float | int):
        return ours is None and theirs is None
    return abs(Decimal(theirs) - ours) < tolerance(cell.digits) if cell.digits else ours == theirs


def _compare_verdicts(
    form: Form, filling: Filling, ruled: Mapping[str, Ruling], signs: Mapping[str, Content], tally: Tally
) -> None:
    for line in make_layout(form).audit:
        tally.verdicts += 1
        tally.compare(f"{filling.kind} {line.id}", _sign(line, ruled), signs[line.id])
        tally.signs[line.id].add(str(signs[line.id]))


def _sign(line: AuditLine, ruled: Mapping[str, Ruling]) -> str:
    if line.instance is None:
        return "√"
    broken = "×" if line.instance.check.severity is Severity.ERROR else "△"
    return {Ruling.HOLDS: "√", Ruling.BROKEN: broken, Ruling.NOT_ASKED: "—"}[ruled[line.id]]


@pytest.mark.office
@pytest.mark.parametrize("name", YEARS)
def test_every_result_that_a_workbook_brings_is_what_libreoffice_computes(
    name: str, office: Office, tmp_path: Path
) -> None:
    form, year, path = tb.load_form(name), YEARS[name], tmp_path / "filled.xlsx"
    last_year = submission(form, ones(form, year - 1, Random(0)), year=year - 1)  # noqa: S311  it is not even used

    for n, filling in enumerate(make_fillings(form, year, 8, seed=SEED)):
        prior = last_year if n % 2 else None
        tb.write_workbook(form, path, unit=BAIJIA, year=year, prior=prior, values=filling.values)
        brought = _results(path)
        with office.open(path) as workbook:
            workbook.calculate()
            computed = workbook.read(brought)

        wrong = [at for (at, ours), theirs in zip(brought.items(), computed, strict=True) if not _same(ours, theirs)]
        assert len(brought) > 100
        assert wrong == []


def _results(path: Path) -> dict[tuple[str, str], object]:
    """Return the result that each formula brings, by sheet and address."""
    formulas, results = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): results[sheet.title][cell.coordinate].value
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def _same(ours: object, theirs: Content) -> bool:
    match ours:
        case datetime():
            return serial(ours.date()) == theirs
        case float() | int():
            return isinstance(theirs, float | int) and abs(ours - theirs) < 1e-6
        case _:
            return ours == theirs


@pytest.mark.office
@pytest.mark.parametrize(
    ("key", "pasted"),
    [
        ("requests.new.natural", "五"),
        ("requests.new.natural", "5"),
        ("requests.new.natural", -1),
        ("requests.new.natural", 1.5),
        ("art20_8.admin_fees.amount", "12万"),
        ("art20_8.admin_fees.amount", -0.5),
    ],
)
def test_what_is_pasted_past_the_validation_is_counted_on_its_sheet(
    office: Office, blank: Path, key: str, pasted: Content
) -> None:
    layout = make_layout(tb.load_form("zfxxgk-2021"))
    place = layout.places[key]

    with office.open(blank) as workbook:
        workbook.fill([(*_at(place), pasted)])
        workbook.calculate()
        signs = _signs(workbook, layout.audit)

    wrong = {line.section.sheet for line in layout.audit if line.section and signs[line.id] == "×"}
    assert wrong == {place.sheet}


@pytest.mark.office
def test_a_fraction_of_an_amount_is_no_fault_and_a_gap_is_none_either(office: Office, blank: Path) -> None:
    layout = make_layout(tb.load_form("zfxxgk-2021"))

    with office.open(blank) as workbook:
        workbook.fill([(*_at(layout.places["art20_8.admin_fees.amount"]), 0.123456)])
        workbook.calculate()
        signs = _signs(workbook, [line for line in layout.audit if line.section])

    assert set(signs.values()) == {"√"}


@pytest.mark.office
def test_the_sheet_and_we_judge_alike_what_was_typed_over_a_formula(office: Office, tmp_path: Path) -> None:
    form, path = tb.load_form("zfxxgk-2021"), tmp_path / "overwritten.xlsx"
    (filling,) = make_fillings(form, 2025, 1, seed=SEED)
    tb.write_workbook(form, path, unit=BAIJIA, year=2025, values=filling.values)
    layout, book = make_layout(form), openpyxl.load_workbook(path)
    for key, number in {"requests.total.natural": 77, "requests.granted.total": 5, "remedies.direct.total": 3}.items():
        sheet, address = _at(layout.places[key])
        book[sheet][address] = number
    book.save(path)

    ruled = judge(tb.read_workbook(path)).rulings[0]
    with office.open(path) as workbook:
        workbook.calculate()
        signs = _signs(workbook, layout.audit)

    assert {line.id: _sign(line, ruled) for line in layout.audit} == signs
    assert {signs["T3-02.natural"], signs["T3-03.granted"], signs["T4-01.direct"]} == {"×"}


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    """A workbook in which nothing has been typed yet."""
    path = tmp_path / "blank.xlsx"
    tb.write_workbook(tb.load_form("zfxxgk-2021"), path, unit=BAIJIA, year=2025)
    return path
