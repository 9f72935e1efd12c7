"""A form that nobody has written a line of Python for goes the whole way."""

from __future__ import annotations

from pathlib import Path

import openpyxl

import tianbao as tb
from tests.form.definitions import define
from tianbao.workbook.layout import a1, make_layout

BAIJIA, DOUCUN = tb.Unit("018", "白家庄镇"), tb.Unit("003", "豆村镇")


def test_a_form_of_ones_own_is_written_filled_read_checked_and_merged(tmp_path: Path) -> None:
    form = tb.load_form(define(tmp_path))
    typed: dict[str, int | str] = {
        f"trees.{row}.{column}": n
        for row in ("pine", "fir", "poplar")
        for n, column in enumerate(("spring", "autumn", "hours"), 1)
    }
    typed |= {"cover.preparer": "张三", "control.planted": 9, "text.remarks.1": "都活了。"}

    right = returned(form, tmp_path / "right.xlsx", BAIJIA, typed)
    wrong = returned(form, tmp_path / "wrong.xlsx", DOUCUN, typed | {"trees.fir.hours": 101, "control.planted": 8})
    findings = tb.run_checks([right, wrong])
    merged = tb.merge_submissions([right, wrong])

    assert (right.verdict, right.unit, right.year) == (tb.Verdict.READ, BAIJIA, 2025)
    assert right["trees.total.total"] == 9
    assert right.texts == {"remarks": "都活了。"}
    assert [(f.instance, f.unit, f.imbalance) for f in findings] == [
        ("T1-01.fir", DOUCUN, 1),
        ("T1-01.total", DOUCUN, 7),
        ("K-01", DOUCUN, -1),
    ]
    assert merged.totals["trees.total.total"] == 18
    assert [(source.unit, source.value) for source in merged.sources("trees.pine.autumn")] == [(DOUCUN, 2), (BAIJIA, 2)]


def returned(form: tb.Form, path: Path, unit: tb.Unit, typed: dict[str, int | str]) -> tb.Submission:
    """Write a blank workbook, type into it, and read it back."""
    tb.write_workbook(form, path, unit=unit, year=2025)
    book = openpyxl.load_workbook(path)
    for key, value in typed.items():
        place = make_layout(form).places[key]
        book[place.sheet][a1(place.row, place.column)] = value
    book.save(path)
    return tb.read_workbook(path, form=form)
