"""The same 300 damaged files every time, and a fuzzer that sees what goes wrong. `make fuzz` goes on for as long as one likes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest

from tests.fuzz import case
from tests.fuzz.case import run_case
from tests.fuzz.seeds import Seed, seeds
from tianbao.records.model import Submission
from tianbao.workbook.guard import Candidate, candidates
from tianbao.workbook.read import _read

_CASES = 300


@pytest.fixture(scope="module")
def honest() -> list[Seed]:
    return seeds(office=False)


def test_damaged_files_are_read_or_refused_and_nothing_else(honest: list[Seed]) -> None:
    outcomes = [run_case(number, honest) for number in range(_CASES)]

    verdicts = Counter(verdict for outcome in outcomes for verdict in outcome.verdicts)
    assert [(outcome.number, outcome.findings) for outcome in outcomes if outcome.findings] == []
    assert verdicts["read"] > _CASES / 10
    assert verdicts["F-DAMAGED"] > _CASES / 10


def test_a_number_makes_the_same_case_again(honest: list[Seed]) -> None:
    assert run_case(7, honest).data == run_case(7, honest).data != run_case(8, honest).data


def broken(_candidate: Candidate, _wanted: None) -> Submission:
    raise SystemExit("out of the reader")


def slow(_candidate: Candidate, _wanted: None) -> Submission:
    while time.process_time() < 1e9:
        pass
    raise AssertionError


def wrong(candidate: Candidate, _wanted: None) -> Submission:
    """Read every number one too high."""
    read = _read(candidate, case.ANYTHING)
    answers = {
        key: answer._replace(value=answer.value + 1) if isinstance(answer.value, int) else answer
        for key, answer in read.answers.items()
    }
    return replace(read, answers=answers)


def forgetful(candidate: Candidate, _wanted: None) -> Submission:
    """Lose what was typed into one cell."""
    read = _read(candidate, case.ANYTHING)
    key = next((key for key, answer in read.answers.items() if answer.raw), "")
    return replace(read, answers={**read.answers, key: read.answers[key]._replace(value=None, raw="")}) if key else read


@pytest.mark.parametrize(
    ("reader", "finding"),
    [
        (broken, "SystemExit: out of the reader"),
        (slow, "HangError: longer than 0.3 s"),
        (wrong, "which nobody tells"),
        (forgetful, "said to be ''"),
    ],
)
def test_whatever_goes_wrong_is_found(
    reader: object, finding: str, honest: list[Seed], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = honest[0]
    (candidate,) = candidates(book.data, name=book.name)
    before = _read(candidate, case.ANYTHING)
    monkeypatch.setattr(case, "_honest", lambda _: before)
    monkeypatch.setattr(case, "_read", reader)
    monkeypatch.setattr(case, "_SECONDS", 0.3)
    monkeypatch.setattr(case, "mutated", lambda seed, *_: seed.data)

    outcome = run_case(1, [book])

    assert any(finding in found for found in outcome.findings)
