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
from tianbao.merge.merge import merge_submissions
from tianbao.merge.parts import provenance_of
from tianbao.records.model import State, Unit
from tianbao.records.provenance import Figure, Part, Provenance
from tianbao.reports.as_unit import write_as_unit
from tianbao.workbook.sources import SourcesTooLargeError, from_text, pack, to_text

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


def head(sheet: Worksheet) -> list[str]:
    return str(sheet["A2"].value).split("|")


def packed_as(sheet: Worksheet, data: bytes, *, inflated: bytes | None = None) -> None:
    digest = hashlib.sha256(data if inflated is None else inflated).hexdigest()
    sheet["A2"] = f"#sources|1|1|{digest}|{base64.b64encode(zlib.compress(data, 9)).decode()}"


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
    ("fault", "change"),
    [
        ("head", lambda sheet: sheet.delete_cols(1)),
        ("head", lambda sheet: sheet.__setitem__("A2", "#sources|x|1|2")),
        ("parts", lambda sheet: sheet.__setitem__("A3", sheet["A2"].value)),
        ("parts", lambda sheet: sheet.__setitem__("A2", "|".join(["#sources", "1", "2", *head(sheet)[3:]]))),
        ("parts", lambda sheet: sheet.__setitem__("A2", "|".join(["#sources", "1", "9" * 9, *head(sheet)[3:]]))),
        ("sha256", lambda sheet: sheet.__setitem__("A2", "|".join([*head(sheet)[:3], "0" * 64, head(sheet)[4]]))),
        ("zlib", lambda sheet: sheet.__setitem__("A2", f"{sheet['A2'].value}!")),
        ("size", lambda sheet: sheet.__setitem__("A2", str(sheet["A2"].value)[:-40])),
        ("size", lambda sheet: packed_as(sheet, b"0" * 16_000_001)),
        ("json", lambda sheet: packed_as(sheet, b"[" * 100_000)),
        ("json", lambda sheet: packed_as(sheet, b"{}")),
        ("schema", lambda sheet: packed_as(sheet, json.dumps({"schema": "2"}).encode())),
        ("json", lambda sheet: packed_as(sheet, b"\xff\xfe")),
    ],
)
def test_damaged_sources_are_told_and_the_figures_are_read_all_the_same(
    fault: str, change: Callable[[Worksheet], object]
) -> None:
    report = changed(change)

    told = [note for note in report.notes if note.code == "R-SOURCES"]
    assert [(note.severity.value, note.at, note.params["fault"]) for note in told] == [("query", "汇总来源", fault)]
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
