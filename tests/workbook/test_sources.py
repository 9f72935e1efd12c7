"""The sources in a workbook are read as they were written, or told as damaged; never half."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import zlib
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import tianbao as tb
from tests.records.samples import BAIJIA, DOUCUN, submission
from tianbao.form.model import Severity
from tianbao.merge.merge import merge_submissions
from tianbao.merge.parts import provenance_of
from tianbao.records.model import State, Unit
from tianbao.records.provenance import Figure, Part, Provenance
from tianbao.reports.as_unit import write_as_unit
from tianbao.workbook.package import Package, RawCell, Sheet, Visibility
from tianbao.workbook.sources import SourcesTooLargeError, find_sources, from_text, pack, to_text

FORM = tb.load_form("fire-safety")
PLACES, FINES = "inspections.public.places", "inspections.public.fines"
COUNTY = Unit("140922", "示例县")


def part(n: int, figures: dict[str, Figure], within: Provenance | None = None) -> Part:
    return Part(
        Unit(str(n), f"第{n}镇", "乡镇"), f"{n}.xlsx", hashlib.sha256(str(n).encode()).hexdigest(), figures, within
    )


@cache
def workbook() -> bytes:
    target = io.BytesIO()
    merged = merge_submissions([submission(FORM, {PLACES: 3}, unit=unit) for unit in (BAIJIA, DOUCUN)])
    write_as_unit(merged, target, unit=COUNTY)
    return target.getvalue()


def changed(change: Callable[[Worksheet], object]) -> tb.Submission:
    """Read the workbook when somebody has changed its sheet of sources."""
    book, target = openpyxl.load_workbook(io.BytesIO(workbook())), io.BytesIO()
    change(book["汇总来源"])
    book.save(target)
    target.seek(0)
    return tb.read_workbook(target)


Cells = dict[str, str]


@cache
def texts() -> tuple[str, ...]:
    merged = merge_submissions([submission(FORM, {PLACES: 3}, unit=unit) for unit in (BAIJIA, DOUCUN)])
    return tuple(pack(provenance_of(merged), FORM))


def head() -> list[str]:
    return texts()[0].split("|")


def packed_as(data: bytes) -> Cells:
    digest = hashlib.sha256(data).hexdigest()
    return {"A2": f"#sources|1|1|{digest}|{base64.b64encode(zlib.compress(data, 9)).decode()}"}


def package_of(cells: Cells) -> Package:
    raw = {"A1": RawCell("s", "#tianbao|汇总来源|…", None, 0)}
    raw |= {ref: RawCell("s", text, None, 0) for ref, text in cells.items()}
    return Package([Sheet("汇总来源", Visibility.VISIBLE, raw)])


def test_every_state_every_amount_and_every_place_comes_back() -> None:
    figures = {
        PLACES: Figure(7, State.FILLED, "一、检查情况", "D9"),
        FINES: Figure(Decimal("0.50"), State.FILLED, "移到这里", "Z99"),
        "inspections.rented.places": Figure(None, State.BLANK, "一、检查情况", "D10"),
        "inspections.factory.places": Figure(0, State.DECLARED_ZERO, "一、检查情况", "D11"),
        "inspections.factory.change": Figure(None, State.NOT_APPLICABLE, "一、检查情况", "E11"),
        "inspections.factory.fines": Figure(None, State.UNREADABLE, "", ""),
    }
    deep = Provenance((part(1, figures), part(2, {PLACES: Figure(-3, State.FILLED, "", "")})), missing=(COUNTY,))
    provenance = Provenance(
        (part(3, figures, deep), part(4, figures)), incomplete={PLACES: ("4",)}, lines_left={"hazards": 2}
    )

    back = from_text(to_text(provenance, FORM), FORM)

    assert back == provenance
    assert [(len(path), p.unit.code) for path, p in back.below()] == [(1, "3"), (2, "1"), (2, "2"), (1, "4")]
    assert (back.levels, str(back.parts[0].figures[FINES].value)) == (2, "0.50")


def test_the_text_says_no_place_that_the_form_says_already() -> None:
    merged = merge_submissions([submission(FORM, {PLACES: 3}, unit=BAIJIA)])

    assert "检查情况" not in to_text(provenance_of(merged), FORM)


def test_large_sources_are_shared_out_over_cells_that_excel_takes() -> None:
    dice = random.Random(7)  # noqa: S311  no secret
    figures = [{PLACES: Figure(dice.randrange(10**9), State.FILLED, "", "")} for _ in range(1_500)]
    provenance = Provenance(tuple(part(n, figure) for n, figure in enumerate(figures)))

    packed = pack(provenance, FORM)

    assert len(packed) > 1
    assert max(map(len, packed)) < 32_000
    assert packed == pack(provenance, FORM)


def test_more_levels_than_are_read_are_not_written() -> None:
    provenance = Provenance((part(0, {}),))
    for n in range(1, 13):
        provenance = Provenance((part(n, {}, provenance),))

    with pytest.raises(SourcesTooLargeError) as raised:
        pack(provenance, FORM)

    assert raised.value.params["levels"] == 13


def test_a_sheet_that_was_renamed_is_found() -> None:
    report = changed(lambda sheet: setattr(sheet, "title", "来源"))

    assert report.provenance is not None


@pytest.mark.parametrize(
    ("fault", "cells"),
    [
        ("head", dict),
        ("head", lambda: {"A2": "#sources|x|1|2|3"}),
        ("head", lambda: {"A2": texts()[0], "A3": "|".join(["#sources", "2", "1", "0" * 64, ""])}),
        ("parts", lambda: {"A2": texts()[0], "A3": texts()[0]}),
        ("parts", lambda: {"A2": "|".join(["#sources", "1", "2", *head()[3:]])}),
        ("parts", lambda: {"A2": "|".join(["#sources", "1", "9" * 9, *head()[3:]])}),
        ("sha256", lambda: {"A2": "|".join([*head()[:3], "0" * 64, head()[4]])}),
        ("zlib", lambda: {"A2": f"{texts()[0]}!"}),
        ("size", lambda: {"A2": texts()[0][:-40]}),
        ("size", lambda: packed_as(b"0" * 16_000_001)),
        ("json", lambda: packed_as(b"[" * 100_000)),
        ("json", lambda: packed_as(b"{}")),
        ("schema", lambda: packed_as(json.dumps({"schema": "2"}).encode())),
        ("json", lambda: packed_as(b"\xff\xfe")),
    ],
)
def test_damaged_sources_are_none_and_are_told(fault: str, cells: Callable[[], Cells]) -> None:
    provenance, (note,) = find_sources(package_of(cells()), FORM)

    assert provenance is None
    assert (note.code, note.severity, note.at, note.params["fault"]) == ("R-SOURCES", Severity.QUERY, "汇总来源", fault)


def test_sources_that_nobody_has_touched_are_found_without_a_word() -> None:
    provenance, notes = find_sources(package_of({f"A{n}": text for n, text in enumerate(texts(), start=2)}), FORM)

    assert provenance is not None
    assert [part.unit for part in provenance.parts] == [DOUCUN, BAIJIA]
    assert notes == ()


def test_the_figures_of_a_report_whose_sources_are_damaged_are_read_all_the_same() -> None:
    report = changed(lambda sheet: sheet.delete_cols(1))

    assert [note.code for note in report.notes] == ["R-SHEET-EXTRA", "R-SOURCES"]
    assert (report.provenance, report[PLACES]) == (None, 6)
    assert "R-SOURCES" in {finding.code for finding in tb.run_checks(report)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("figures", ["1e999999"]),
        ("figures", [True]),
        ("figures", [1.5]),
        ("figures", [["unheard of", 1]]),
        ("figures", [10**40]),
        ("figures", []),
        ("unit", ["1", "甲"]),
        ("file", 7),
    ],
)
def test_what_we_would_never_write_is_no_source(name: str, value: object) -> None:
    document = json.loads(to_text(Provenance((part(1, {PLACES: Figure(1, State.FILLED, "", "")}),)), FORM))
    document["parts"][0][name] = value

    with pytest.raises(ValueError, match=r"json|amount|text"):
        from_text(json.dumps(document), FORM)
