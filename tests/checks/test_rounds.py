"""One version of a report held against the one before: what was mended, what is still open, what is new, what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest

from tests.records.samples import BAIJIA, DOUCUN, refused, submission
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.checks.finding import Finding, of_note
from tianbao.checks.rounds import Changed, Round, carry_explanations, compare_each, count, versions
from tianbao.checks.run import check_each
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission, Value

BECAUSE = "市政府委托我县管理"

#: The flow does not hold; rules that a county does not make; three control totals.
FIRST: Mapping[str, Value] = {"requests.new.natural": 7, "requests.granted.natural": 6, "art20_1.rules.in_force": 2}


def held(before: Submission, now: Submission, *decisions: Decision) -> Round:
    """Check both versions, and hold the one of now against the one before."""
    earlier = versions([before])
    carried = carry_explanations(now, earlier)
    (since,) = compare_each(
        [carried], check_each([carried], decisions=decisions), earlier, check_each(earlier.values())
    )
    assert since is not None
    return since


def instances(findings: Iterable[Finding]) -> list[str]:
    return [finding.instance for finding in findings]


def test_what_was_mended_what_is_still_open_and_what_is_new_are_told_apart() -> None:
    before = submission("zfxxgk-2021", FIRST, file="一.xlsx")
    now = submission("zfxxgk-2021", {**FIRST, "requests.granted.natural": 7, "control.closed": 9}, file="二.xlsx")

    since = held(before, now)

    assert since.before == "一.xlsx"
    assert instances(since.mended) == ["T3-01.natural", "T3-01.total"]
    assert instances(since.open) == ["T2-01"]
    assert instances(since.new) == ["K-03"]
    assert (since.settled, since.is_same_file) == ((), False)
    assert [since.standing_of(finding) for finding in (*since.open, *since.new)] == ["open", "new"]


def test_what_follows_from_a_finding_is_counted_with_it() -> None:
    before = submission("zfxxgk-2021", FIRST, file="一.xlsx")

    since = held(before, submission("zfxxgk-2021", file="二.xlsx"))

    assert (count(since.mended), len(since.mended)) == (2, 3)


def test_changed_cells_are_named_with_what_stood_and_stands_there() -> None:
    before = submission("zfxxgk-2021", {"art20_8.admin_fees.amount": Decimal("1.50")}, file="一.xlsx")
    now = submission(
        "zfxxgk-2021",
        {"requests.new.natural": 3, "art20_8.admin_fees.amount": Decimal("1.5"), "text.overview.1": "另一段话。"},
        file="二.xlsx",
        blank=["requests.granted.natural"],
        unreadable=["requests.partial.natural"],
        typed_over={"requests.total.natural": 5},
    )

    assert held(before, now).changed == (
        Changed("requests.new.natural", "三、依申请公开!E10", 0, 3, is_text=False),
        Changed("requests.granted.natural", "三、依申请公开!E12", 0, None, is_text=False),
        Changed("requests.partial.natural", "三、依申请公开!E13", 0, "/", is_text=False),
        Changed("requests.total.natural", "三、依申请公开!E33", 0, 5, is_text=False),
        Changed("text.overview.1", "文字部分!B15", None, None, is_text=True),
    )


def test_where_zeros_are_declared_on_the_cover_that_alone_was_changed() -> None:
    wrong: dict[str, Value] = {"inspections.rented.places": 1}
    before = submission("fire-safety", wrong, file="一.xlsx", blank=["inspections.public.places"])
    now = submission("fire-safety", {"cover.zero_report": "是"}, file="二.xlsx")

    assert [changed.key for changed in held(before, now).changed] == ["inspections.rented.places", "cover.zero_report"]


def test_the_same_file_again_is_said_to_be_the_same() -> None:
    one = submission("zfxxgk-2021", FIRST)

    since = held(one, one)

    assert (since.is_same_file, since.mended, since.new, since.changed) == (True, (), (), ())


def test_of_several_findings_of_one_kind_each_has_its_own() -> None:
    def beside(sheet: str) -> Note:
        return Note("R-BESIDE", Severity.QUERY, sheet, params={"sheet": sheet, "count": 1, "cells": "B9"})

    before = submission("zfxxgk-2021", file="一.xlsx", notes=(beside("二"), beside("三")))
    now = submission("zfxxgk-2021", file="二.xlsx", notes=(beside("三"),))

    since = held(before, now)

    assert [len(part) for part in (since.mended, since.open, since.new)] == [1, 1, 0]


def test_what_need_not_be_mended_and_which_file_counts_are_not_held_against_anything() -> None:
    unprotected = Note("R-UNPROTECTED", Severity.NOTE, params={"sheets": "三、依申请公开"})
    before = [submission("zfxxgk-2021", file="零.xlsx"), submission("zfxxgk-2021", FIRST, file="一.xlsx")]
    now = submission("zfxxgk-2021", FIRST, file="二.xlsx")
    twice = check_each([*before, now])
    found = (*twice[2], of_note(now, unprotected))

    (since,) = compare_each([now], [found], versions(before), twice[1:2])

    assert [found[0].code, found[-1].code] == ["M-TWICE", "R-UNPROTECTED"]
    assert since is not None
    assert [len(part) for part in (since.mended, since.open, since.new)] == [0, 3, 0]


# ── explanations and decisions ───────────────────────────────────────────────────────────────────────────────────────


def test_an_explanation_of_the_version_before_is_carried_over_where_the_figures_are_the_same() -> None:
    before = submission("zfxxgk-2021", FIRST, file="一.xlsx", explanations={"T2-01": BECAUSE})
    now = submission("zfxxgk-2021", {**FIRST, "requests.granted.natural": 7}, file="二.xlsx")

    since = held(before, now)

    assert [(finding.instance, finding.explanation) for finding in since.settled] == [("T2-01", BECAUSE)]
    assert since.carried == {"T2-01"}


@pytest.mark.parametrize(
    ("values", "words", "explanation"),
    [
        ({"art20_1.rules.in_force": 3}, {}, ""),
        ({"art20_1.rules.in_force": 2}, {"T2-01": "是县里制定的试行办法"}, "是县里制定的试行办法"),
    ],
    ids=["other figures", "explained anew"],
)
def test_it_is_not_carried_over_to_other_figures_and_never_over_what_the_unit_writes_now(
    values: dict[str, Value], words: dict[str, str], explanation: str
) -> None:
    before = submission("zfxxgk-2021", FIRST, file="一.xlsx", explanations={"T2-01": BECAUSE})
    now = submission("zfxxgk-2021", values, file="二.xlsx", explanations=words)

    since = held(before, now)

    assert [finding.explanation for finding in (*since.open, *since.settled)] == [explanation]
    assert since.carried == frozenset()


@pytest.mark.parametrize(("visits", "carried"), [(9, ["A-01"]), (8, [])])
def test_what_was_explained_of_the_whole_file_holds_as_long_as_no_cell_is_changed(
    visits: int, carried: list[str]
) -> None:
    filled: dict[str, Value] = {"inspections.public.places": 9}
    before = submission("fire-safety", filled, file="一.xlsx", explanations={"A-01": "与豆村镇联合检查"})
    now = submission("fire-safety", filled | {"inspections.public.places": visits}, file="二.xlsx")

    assert list(carry_explanations(now, versions([before])).explanations) == carried


def test_what_the_office_has_decided_is_neither_open_nor_mended() -> None:
    before = submission("zfxxgk-2021", FIRST, file="一.xlsx")
    waived = Decision(BAIJIA.code, "T2-01", "", DecisionKind.WAIVED, "报经领导同意", "李某")

    since = held(before, submission("zfxxgk-2021", FIRST, file="二.xlsx"), waived)

    assert instances(since.settled) == ["T2-01"]
    assert since.standing_of(since.settled[0]) == ""


# ── which version is held against which ──────────────────────────────────────────────────────────────────────────────


def test_only_a_version_of_the_same_unit_and_year_is_held_against_one() -> None:
    now = [submission("zfxxgk-2021", unit=unit, file=f"{unit.name}.xlsx") for unit in (BAIJIA, DOUCUN)]
    now.append(refused("坏.pdf"))
    earlier = versions(
        [
            submission("zfxxgk-2021", FIRST, unit=BAIJIA, file="最早.xlsx"),
            submission("zfxxgk-2021", FIRST, unit=BAIJIA, file="上一版.xlsx"),
            submission("zfxxgk-2021", unit=DOUCUN, year=2024),
            refused("坏.pdf"),
        ]
    )

    rounds = compare_each(now, check_each(now), earlier, check_each(earlier.values()))

    assert [since.before if since else None for since in rounds] == ["上一版.xlsx", None, None]


def test_a_copy_is_not_held_against_the_version_before_a_second_time() -> None:
    now = [submission("zfxxgk-2021", FIRST, file=name) for name in ("一.xlsx", "一(1).xlsx")]
    earlier = versions([submission("zfxxgk-2021", FIRST, file="零.xlsx")])

    rounds = compare_each(now, check_each(now), earlier, check_each(earlier.values()))

    assert sorted(since is not None for since in rounds) == [False, True]
