"""What people do to a workbook, one by one, for every form: what is read then, and what is told.

Every number is one of a kind, so a number that is read for another cell's is seen. Rows of the list of faults: A6
(sheets), A7 (rows and columns), A8 (marks), A10 (only values are left), A13 (rows sorted), A18 (whose it is).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.workbook import returned as way
from tianbao.form.load import bundled_forms, load_form
from tianbao.form.model import Form, Kind
from tianbao.records.model import State, Unit, Verdict

FIRE, OLD, NEW = "fire-safety", "zfxxgk-2019", "zfxxgk-2021"

#: What is told of where answers stand and of whose they are; what else is told of an alteration is tested elsewhere.
OF_PLACES = {
    *("R-IDENTITY", "R-NO-IDENTITY", "R-FORM-BY-LABELS", "R-PRINTED", "R-PRINTED-DIFFER"),
    *("R-MARK-SHEET", "R-MARK-PROPERTY", "R-MARK-CELL", "R-SHEET-RENAMED", "R-SHEET-EXTRA", "R-LABEL", "R-DISAGREE"),
    *("R-BY-LABELS", "R-SORTED", "R-TWICE", "R-COPY", "R-MISSING", "R-MISSING-TABLE"),
}


@dataclass(frozen=True)
class Case:
    """An alteration and what must come of it.

    Attributes:
        told: codes and how often, for each form.
        lost: the keys of answers that are gone.
        unit: whose it is said to be.
    """

    fault: str
    change: Callable[[Workbook, Form], None]
    told: Callable[[str], dict[str, int]]
    lost: Callable[[Form], set[str]] = lambda _: set()
    unit: Unit | None = way.BAIJIA
    verdict: Verdict = Verdict.READ_WITH_NOTES


PRINTED = Unit(way.BAIJIA.code, way.BAIJIA.name)
#: Every group of answers is found by its labels, but the explanations.
GROUPS = {FIRE: 5, OLD: 10, NEW: 9}


def told(**codes: int) -> Callable[[str], dict[str, int]]:
    """Expect the same of every form; codes with `_` for `-`."""
    return lambda _: {code.replace("_", "-"): count for code, count in codes.items()}


def by_labels(**codes: int) -> Callable[[str], dict[str, int]]:
    """Expect that a form is recognised and all its groups found by their labels."""
    return lambda form: told(R_FORM_BY_LABELS=1, R_BY_LABELS=GROUPS[form], R_MISSING_TABLE=1, **codes)(form)


CASES = [
    Case("A7", way.rows_inserted, told()),
    Case("A7", way.columns_inserted, told()),
    Case("A7", way.row_deleted, told(R_MISSING=1), lost=partial(way.in_row, number=1)),
    Case("A7", way.column_deleted, told(R_MISSING=1), lost=partial(way.in_column, number=1)),
    Case("A13", way.rows_sorted, told(R_SORTED=1)),
    Case("A6", way.sheet_renamed, told(R_SHEET_RENAMED=1)),
    Case("A6", way.sheets_reordered, told(), verdict=Verdict.READ),
    Case("A6", way.sheet_duplicated, told(R_COPY=1)),
    Case("A6", way.sheets_copied, told(R_MARK_SHEET=1, R_MARK_PROPERTY=1)),
    Case("A7", way.key_column_deleted, told(R_BY_LABELS=1)),
    Case("A7", way.key_row_deleted, told(R_BY_LABELS=1)),
    Case("A10", way.block_pasted, by_labels(R_PRINTED=1), unit=PRINTED),
    Case("A10", way.text_rebuilt, by_labels(R_PRINTED=1), unit=PRINTED),
    Case("A18", way.tables_pasted, by_labels(R_NO_IDENTITY=1), unit=None),
    Case("A8", way.hidden_sheet_deleted, told(R_MARK_SHEET=1)),
    Case("A8", way.properties_stripped, told(R_MARK_PROPERTY=1)),
    Case("A8", way.all_marks_lost, told(R_FORM_BY_LABELS=1, R_PRINTED=1), unit=PRINTED),
]


@pytest.mark.parametrize("name", bundled_forms())
@pytest.mark.parametrize("case", CASES, ids=[f"{case.fault}-{case.change.__name__}" for case in CASES])
def test_an_altered_workbook_is_read_and_told(case: Case, name: str) -> None:
    form = load_form(name)
    data = way.changed(lambda book: case.change(book, form), way.numbered(form))

    submission = way.read(data)

    assert (submission.verdict, submission.form, submission.unit) == (case.verdict, form, case.unit)
    assert Counter(code for code in way.codes(submission) if code in OF_PLACES) == case.told(name)
    typed = {key: number for key, number in way.numbers(form).items() if key not in case.lost(form)}
    assert {key: submission[key] for key in typed} == typed
    book = load_workbook(BytesIO(data))
    origins = {key: submission.cell(key).origin for key in typed}
    held = {key: str(book[origin.sheet][origin.cell].value) for key, origin in origins.items()}
    assert held == {key: str(number) for key, number in typed.items()}
    inputs = [key for key in case.lost(form) if form.cell(key).kind is Kind.INPUT]
    assert all(submission.answers[key][:2] == (None, State.UNREADABLE) for key in inputs)


@pytest.mark.parametrize("name", bundled_forms())
def test_a_cell_that_was_cut_is_blank_and_what_it_was_pasted_over_holds_it(name: str) -> None:
    form = load_form(name)
    first, second = (min(way.in_row(form, row) & way.in_column(form, 0)) for row in (0, 1))
    numbers = way.numbers(form)

    submission = way.read(way.changed(lambda book: way.cell_cut(book, form), way.numbered(form)))

    assert submission.answers[first][:2] == (None, State.BLANK)
    assert {key: submission[key] for key in numbers if key != first} == {
        **{key: value for key, value in numbers.items() if key != first},
        second: numbers[first],
    }


@pytest.mark.parametrize("name", bundled_forms())
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (way.column_deleted, way.rows_sorted),
        (way.rows_inserted, way.rows_sorted),
        (way.rows_sorted, way.key_column_deleted),
        (way.sheet_duplicated, way.key_row_deleted),
        (way.rows_inserted, way.block_pasted),
        (way.key_row_deleted, way.tables_pasted),
    ],
)
def test_after_two_alterations_a_number_is_its_own_or_is_said_to_be_unreadable(
    first: Callable[[Workbook, Form], None], second: Callable[[Workbook, Form], None], name: str
) -> None:
    form = load_form(name)

    def alter(book: Workbook) -> None:
        first(book, form)
        second(book, form)

    submission = way.read(way.changed(alter, way.numbered(form)))

    typed = way.numbers(form)
    read = {key: number for key in typed if (number := submission[key]) is not None}
    assert read == {key: typed[key] for key in read}
    assert {submission.answers[key].state for key in typed.keys() - read.keys()} <= {State.UNREADABLE}
