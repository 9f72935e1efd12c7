"""Every alteration of the table, for every form: nothing is silently read as another thing, and what is told is told.

`make mutations` runs all of it over five fillings and thousands of pairs, and prints its figures.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from tests.mutations.book import UNIT, Book
from tests.mutations.everything import (
    FILLINGS,
    FORMS,
    HANGS,
    MUTATIONS,
    WRAPPINGS,
    NotPossibleError,
    broken_promises,
    is_possible,
    run,
)
from tests.mutations.judge import differences
from tests.mutations.table import Mutation
from tianbao.form.model import CellType
from tianbao.records.model import Verdict
from tianbao.workbook.read import read_many, read_workbook

#: Of the fillings, those that are tried here: with last year's figures beside them, one with few blanks, one with many.
FEW_BLANKS, MANY_BLANKS = 1, 2

TESTS = Path(__file__).parents[1]

#: Rows of the list of faults that are no alteration of one workbook: the tests that are named after them.
ELSEWHERE = {
    "A2": "tests/workbook/test_legacy.py",
    "A17": "tests/workbook/test_read.py",
    "A19": "tests/records/test_repeats.py",
    "A20": "tests/checks/test_alike.py",
    "C": "tests/workbook/test_guard.py",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_what_is_altered_is_read_or_told(mutation: Mutation, form: str) -> None:
    if is_possible(form, mutation):
        outcome = run(form, MANY_BLANKS, [mutation])

        assert list(broken_promises(mutation, outcome, zero_report=False)) == []


@pytest.mark.parametrize("form", FORMS)
def test_what_is_told_of_each_alteration(form: str, snapshot: SnapshotAssertion) -> None:
    """The exact cells and codes, one alteration below the other: read the difference when it changes.

    Of every other form than the one in force every third: the others tell the same there.
    """
    told = []
    for name, mutation in list(MUTATIONS.items())[:: 1 if form == "zfxxgk-2021" else 3]:
        if is_possible(form, mutation):
            outcome = run(form, FEW_BLANKS, [mutation])
            submission = outcome.submission
            assert list(broken_promises(mutation, outcome, zero_report=False)) == []
            lines = [
                f"    {note.severity.value:5} {note.code} {note.at} {note.key} {note.raw!r}"
                + (f" → {submission[note.key]!r}" if note.key in submission.answers else "")
                for note in submission.notes
            ]
            more = [f"    … and {len(lines) - 8} more"] if len(lines) > 9 else []
            reason = f" {submission.reason.code}" if submission.reason else ""
            told.append(f"{mutation.fault} {name}: {submission.verdict}{reason}")
            told += lines if not more else lines[:8] + more

    assert "\n".join(told) == snapshot


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", WRAPPINGS)
def test_what_happens_to_the_file_changes_no_number(name: str, form: str, tmp_path: Path) -> None:
    book = Book(form, FEW_BLANKS)
    wrapping = WRAPPINGS[name]
    called, content = wrapping.wrap(book.data(), book)
    (tmp_path / called).write_bytes(content)

    submissions = list(read_many([tmp_path / called]))

    if wrapping.reason:
        assert [one.reason.code for one in submissions if one.reason] == [wrapping.reason]
        assert all(one.reason and one.reason.message("zh") and one.reason.message("en") for one in submissions)
    else:
        truth = {key: book.truth[key] for key in book.truth}
        assert len(submissions) == wrapping.count
        for one in submissions:
            assert (one.verdict, one.unit) == (Verdict.READ, UNIT)
            assert {key: one[key] for key in truth} == truth


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    form=st.sampled_from(FORMS),
    filling=st.sampled_from(FILLINGS),
    first=st.sampled_from(list(MUTATIONS)),
    second=st.sampled_from(list(MUTATIONS)),
)
def test_after_any_two_alterations_nothing_is_silently_read_as_another_thing(
    form: str, filling: int, first: str, second: str
) -> None:
    try:
        outcome = run(form, filling, [MUTATIONS[first], MUTATIONS[second]])
    except NotPossibleError:
        return

    assert outcome.wrong == ()
    assert outcome.seconds < HANGS


def test_every_row_of_the_list_of_faults_has_its_cases() -> None:
    rows = {mutation.fault for mutation in MUTATIONS.values()} | {wrapping.fault for wrapping in WRAPPINGS.values()}
    rows |= {
        row for row, file in ELSEWHERE.items() if re.search(rf"\b{row}\b", (TESTS.parent / file).read_text("utf-8"))
    }

    assert rows >= {*(f"A{n}" for n in range(1, 25)), "B", "C"}


def test_there_are_a_hundred_and_fifty_kinds_of_alterations_for_each_form() -> None:
    for form in FORMS:
        assert sum(is_possible(form, mutation) for mutation in MUTATIONS.values()) >= 150


def test_a_number_that_is_silently_another_is_seen() -> None:
    """The judge itself: a book of which a person would say something else than the file holds."""
    book = Book(FORMS[0], FEW_BLANKS)
    key = book.pick(CellType.COUNT, filled=True)
    held = book.truth[key]
    book.truth[key] = -1

    (wrong,) = differences(book, read_workbook(BytesIO(book.data())))

    assert wrong == f"{key}: stands -1, read {held} (filled), and nothing is told"
