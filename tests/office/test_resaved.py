"""What LibreOffice saves again is the same workbook in every format, and what somebody alters in it is told in every format.

Faults A1, A2 (saved again), A6 (sheets), A9, A10 (pasted over), A13 (texts), A14 (merged cells).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import tianbao as tb
from tests.office.office import Office, Workbook
from tests.office.resaving import YEARS, Tally, make_filled, placed
from tests.workbook.returned import issued, where
from tianbao.records.model import Submission
from tianbao.workbook.guard import judge
from tianbao.workbook.identify import Identity
from tianbao.workbook.legacy import open_workbook
from tianbao.workbook.seal import make_seal, seal_digest

FORMATS = ["xlsx", "xls", "ods"]
FILLINGS = 6

TABLE = "三、依申请公开"
NEW_AT, TOTAL_AT = where("requests.new.natural")[1], where("requests.new.total")[1]
TOTAL = "requests.new.total"


@pytest.mark.office
@pytest.mark.parametrize("name", YEARS)
def test_an_honest_workbook_is_the_same_in_every_format(name: str, office: Office, tmp_path: Path) -> None:
    """The very same records and no word about them: values, states, origins, explanations, unit, year, notes."""
    tally = Tally()

    for number, filled in enumerate(make_filled(tb.load_form(name), FILLINGS, seed=1)):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(filled.data)
        original = tb.read_workbook(path)
        with office.open(path) as book:
            for suffix in FORMATS:
                saved = tb.read_workbook(book.save(tmp_path / f"{number} saved.{suffix}"))
                tally.compare(f"{filled.what} {suffix}", original, saved)

    counts = f"{tally.workbooks} workbooks, {tally.records} records, {tally.notes} notes"
    print(f"\n{name}: {counts}")  # noqa: T201  what was compared is worth knowing
    assert tally.differences == []
    assert tally.workbooks == FILLINGS * len(FORMATS)
    assert tally.notes > tally.workbooks


@pytest.mark.office
@pytest.mark.parametrize("name", YEARS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_has_the_seal_of_the_form(name: str, suffix: str, office: Office, tmp_path: Path) -> None:
    form, year = tb.load_form(name), YEARS[name]
    filled = next(make_filled(form, 1, seed=2))
    path = tmp_path / "made.xlsx"
    path.write_bytes(filled.data)
    with office.open(path) as book:
        saved = book.save(tmp_path / f"saved.{suffix}")

    data = saved.read_bytes()
    package = open_workbook(data, judge(data, name=""), name="")

    unit = tb.read_workbook(saved).unit
    assert unit
    assert seal_digest(package, form, Identity.of(form, year, unit)) == make_seal(form, year).digest


# ── what is altered ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Alteration:
    """What somebody does in LibreOffice, and what is told of it.

    Attributes:
        told: code, place, key, what stands there now, cells.
    """

    does: Callable[[Workbook], None]
    told: list[tuple[str, str, str, str, object]]


def types(sheet: str, ref: str, content: object) -> Callable[[Workbook], None]:
    """Lift the protection, type into a locked cell, and protect the sheet again."""

    def alter(book: Workbook) -> None:
        book.protect(sheet, on=False)
        book.fill([(sheet, ref, content)])  # type: ignore[list-item]
        book.protect(sheet)

    return alter


def formats(what: Callable[[Workbook], None]) -> Callable[[Workbook], None]:
    """Lift the protection of the table, change how cells are, and protect it again."""

    def alter(book: Workbook) -> None:
        book.protect(TABLE, on=False)
        what(book)
        book.protect(TABLE)

    return alter


ALTERATIONS = {
    "a label": Alteration(
        types(TABLE, f"B{NEW_AT[1:]}", "一、新收"), [("R-LABEL", f"{TABLE}!B{NEW_AT[1:]}", "", "一、新收", None)]
    ),
    "a text": Alteration(types("填表说明", "B3", "改过的"), [("R-UNIT", "填表说明!B3", "", "改过的", None)]),
    "a text becomes a number": Alteration(types("封面", "C8", 7), [("R-LOCKED", "封面!C8", "", "7", None)]),
    "a number over a total": Alteration(
        types(TABLE, TOTAL_AT, 6), [("R-OVERWRITTEN", f"{TABLE}!{TOTAL_AT}", TOTAL, "6", None)]
    ),
    "another formula for a total": Alteration(
        types(TABLE, TOTAL_AT, {"formula": f"={NEW_AT}+2"}),
        [("R-FORMULA", f"{TABLE}!{TOTAL_AT}", TOTAL, f"={NEW_AT}+2", None)],
    ),
    "a sign over a check": Alteration(types("审核", "I8", "√"), [("R-CHECK-FORMULA", "审核!I8", "", "√", None)]),
    "another formula for a check": Alteration(
        types("审核", "I8", {"formula": '=IF(1<2,"√","×")'}),
        [("R-CHECK-FORMULA", "审核!I8", "", '=IF(1<2,"√","×")', None)],
    ),
    "a number beside the form": Alteration(types(TABLE, "E50", 12), [("R-BESIDE", TABLE, "", "12", "E50")]),
    "a word beside the form": Alteration(types("封面", "F20", "备注"), [("R-BESIDE", "封面", "", "备注", "F20")]),
    "a total is unlocked": Alteration(
        formats(lambda book: book.lock(TABLE, TOTAL_AT, on=False)), [("R-LOCKS", TABLE, "", "", TOTAL_AT)]
    ),
    "an answer is locked": Alteration(
        formats(lambda book: book.lock(TABLE, NEW_AT)), [("R-LOCKS", TABLE, "", "", NEW_AT)]
    ),
    "cells are merged": Alteration(
        formats(lambda book: book.merge(TABLE, "B60:C60")), [("R-MERGED", TABLE, "", "", "B60:C60")]
    ),
    "cells are taken apart": Alteration(
        formats(lambda book: book.merge(TABLE, "B4:K4", on=False)), [("R-MERGED", TABLE, "", "", "B4:K4")]
    ),
    "anything may be typed": Alteration(
        formats(lambda book: book.admit(TABLE, NEW_AT)), [("R-VALIDATION", TABLE, "", "", NEW_AT)]
    ),
    "no protection": Alteration(lambda book: book.protect(TABLE, on=False), [("R-UNPROTECTED", "", "", "", None)]),
    "another name": Alteration(
        lambda book: book.rename(TABLE, "表 '三' 续"), [("R-SHEET-RENAMED", "表 '三' 续", "", "", None)]
    ),
    "rows inserted": Alteration(formats(lambda book: book.insert(TABLE, 14, 2)), [("R-MOVED", TABLE, "", "", None)]),
    "no guide": Alteration(lambda book: book.remove("填表说明"), [("R-SHEET-GONE", "填表说明", "", "", None)]),
    "no table": Alteration(
        lambda book: book.remove("四、复议诉讼"), [("R-MISSING-TABLE", "四、复议诉讼", "", "", None)]
    ),
}


@pytest.mark.office
@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_an_alteration_is_told_in_every_format(alteration: Alteration, office: Office, tmp_path: Path) -> None:
    path = tmp_path / "issued.xlsx"
    path.write_bytes(issued())

    with office.open(path) as book:
        alteration.does(book)
        saved = {suffix: tb.read_workbook(book.save(tmp_path / f"altered.{suffix}")) for suffix in FORMATS}

    assert {suffix: [placed(note) for note in read.notes] for suffix, read in saved.items()} == dict.fromkeys(
        FORMATS, alteration.told
    )
    assert _sentences(saved["xls"]) == _sentences(saved["ods"]) == _sentences(saved["xlsx"])
    assert saved["xls"].answers == saved["ods"].answers == saved["xlsx"].answers


def _sentences(read: Submission) -> list[str]:
    return [note.message("zh") for note in read.notes]
