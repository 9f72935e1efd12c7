"""What is settled: by the words of the unit, for a query and what follows from it; never an error."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.records.samples import BAIJIA, DOUCUN, submission
from tianbao.checks.finding import Finding
from tianbao.checks.run import run_checks
from tianbao.form.model import Severity
from tianbao.records.model import Note, Value

BECAUSE = "去年重复登记了一家"

#: A query of the sheet, and one that follows from it.
GROWN: dict[str, Value] = {"inspections.factory.places": 6}


def explained(findings: Iterable[Finding]) -> dict[str, tuple[str, bool, bool]]:
    return {f.instance: (f.explanation, f.is_explained, f.is_open) for f in findings}


def test_a_query_that_is_explained_is_not_open_and_neither_is_what_follows_from_it() -> None:
    last_year = submission("fire-safety", {"inspections.factory.places": 5}, year=2024)
    now = submission("fire-safety", GROWN, explanations={"X1-04.factory": BECAUSE})

    findings = run_checks(now, prior=last_year)

    assert explained(findings) == {"X1-04.factory": (BECAUSE, True, False), "X1-04.total": (BECAUSE, True, False)}
    assert [finding.follows for finding in findings] == [None, "X1-04.factory"]


def test_a_stock_phrase_leaves_a_query_open() -> None:
    last_year = submission("fire-safety", {"inspections.factory.places": 5}, year=2024)
    now = submission("fire-safety", GROWN, explanations={"X1-04.factory": "核实无误"})

    findings = run_checks(now, prior=last_year)

    assert explained(findings) == {"X1-04.factory": ("核实无误", False, True), "X1-04.total": ("", False, True)}


def test_an_error_cannot_be_explained() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 1}, explanations={"T3-01.natural": BECAUSE})

    findings = {finding.instance: finding for finding in run_checks(wrong)}

    assert explained([findings["T3-01.natural"]]) == {"T3-01.natural": (BECAUSE, False, True)}


@pytest.mark.parametrize(
    ("code", "key", "instance", "facts"),
    [
        ("R-UNIT", "", "R-UNIT", {"count": 1, "theirs": "石桥镇", "name": "白家庄镇", "code": "140922018"}),
        ("R-OVERWRITTEN", "requests.total.natural", "R-OVERWRITTEN.requests.total.natural",
         {"value": 14, "size": 1}),
    ],
)  # fmt: skip
def test_what_is_queried_about_the_reading_is_explained_too(
    code: str, key: str, instance: str, facts: dict[str, object]
) -> None:
    note = Note(code, Severity.QUERY, "三、依申请公开!E33", key, "15", facts)

    findings = run_checks(submission("zfxxgk-2021", notes=(note,), explanations={instance: BECAUSE}))

    assert explained(findings) == {instance: (BECAUSE, True, False)}


def test_what_is_queried_between_files_is_explained_by_each_for_itself() -> None:
    numbers = dict(zip(("places", "inspected", "visits", "found"), (9, 8, 12, 2), strict=True))
    same: dict[str, Value] = {f"inspections.public.{name}": number for name, number in numbers.items()}
    pair = [
        submission("fire-safety", same, unit=BAIJIA, explanations={"A-01": "与豆村镇联合检查，场所相同"}),
        submission("fire-safety", same, unit=DOUCUN),
    ]

    findings = run_checks(pair)

    assert [(f.unit, f.code, f.is_open) for f in findings] == [(BAIJIA, "A-01", False), (DOUCUN, "A-01", True)]
