"""What the office decides: which finding is settled by it, and which decision settles none."""

from __future__ import annotations

import pytest

from tests.records.samples import BAIJIA, DOUCUN, submission
from tianbao.checks.decisions import Decision, DecisionKind
from tianbao.checks.finding import Finding
from tianbao.checks.run import check_each, run_checks
from tianbao.checks.settled import find_unfit
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission, Value

ACCEPTED, WAIVED = DecisionKind.ACCEPTED, DecisionKind.WAIVED
IN_FORCE: dict[str, Value] = {"art20_1.rules.in_force": 2}
#: The flow does not hold for two columns; in the total column it follows from both.
UNBALANCED: dict[str, Value] = {"requests.new.natural": 1, "requests.new.business": 2}


def decision(check: str, place: str = "", kind: DecisionKind = WAIVED, unit: str = BAIJIA.code) -> Decision:
    return Decision(unit, check, place, kind, "报经领导同意", "李某")


def still_open(wrong: Submission, *decisions: Decision) -> list[str]:
    return [finding.instance for finding in run_checks(wrong, decisions=decisions) if finding.is_open]


def test_an_accepted_query_is_settled_and_carries_the_decision() -> None:
    accepted = decision("T2-01", kind=ACCEPTED)

    (finding,) = run_checks(submission("zfxxgk-2021", IN_FORCE), decisions=[accepted])

    assert (finding.decision, finding.is_open, finding.is_waived) == (accepted, False, False)
    assert finding.as_dict()["decision"] == {"kind": "accepted", "note": "报经领导同意", "by": "李某", "at": ""}


def test_a_decision_is_for_its_unit_and_its_year_only() -> None:
    pair = [submission("zfxxgk-2021", IN_FORCE, unit=unit) for unit in (BAIJIA, DOUCUN)]
    last_years = Decision(DOUCUN.code, "T2-01", "", WAIVED, "报经领导同意", "李某", year=2024)

    findings = run_checks(pair, decisions=[decision("T2-01"), last_years])

    assert [(finding.unit, finding.is_open) for finding in findings] == [(BAIJIA, False), (DOUCUN, True)]


@pytest.mark.parametrize(
    ("check", "place"),
    [
        ("T3-01", "三、依申请公开!E10"),
        ("T3-01", "E34"),
        ("T3-01", "ｅ34"),
        ("T3-01", "（三、依申请公开!E10:E11、E33:E34）"),
        ("T3-01", "'三、依申请公开'!E10:E11、E33:E34"),
        ("T3-01", "requests.new.natural"),
        ("T3-01", "natural"),
        ("T3-01", "T3-01.natural"),
        ("T3-01.natural", ""),
    ],
)
def test_a_place_is_written_as_people_see_it_or_as_programs_name_it(check: str, place: str) -> None:
    left = still_open(submission("zfxxgk-2021", UNBALANCED), decision(check, place))

    assert sorted(left) == ["T3-01.business", "T3-01.total"]


def test_without_a_place_all_of_a_check_is_waived() -> None:
    assert still_open(submission("zfxxgk-2021", UNBALANCED), decision("T3-01")) == []


def test_an_error_that_followed_from_a_waived_one_stands_by_itself() -> None:
    one = submission("zfxxgk-2021", {"requests.new.natural": 1})

    findings = run_checks(one, decisions=[decision("T3-01", "natural")])

    assert [(finding.instance, finding.is_open, finding.follows) for finding in findings] == [
        ("T3-01.natural", False, None),
        ("T3-01.total", True, None),
    ]


def test_what_stands_by_itself_now_keeps_its_place_errors_first() -> None:
    facts: dict[str, object] = {"value": 0, "size": 1}
    note = Note("R-OVERWRITTEN", Severity.QUERY, "三、依申请公开!E33", "requests.total.natural", "1", facts)
    one = submission("zfxxgk-2021", {"control.received": 3}, typed_over={"requests.total.natural": 1}, notes=(note,))

    folded, findings = run_checks(one), run_checks(one, decisions=[decision("T3-02", "natural")])

    assert [finding.code for finding in folded][-2:] == ["R-OVERWRITTEN", "K-01"]
    assert [finding.code for finding in findings][-2:] == ["K-01", "R-OVERWRITTEN"]
    assert {finding.follows for finding in findings} == {None}


def test_a_query_that_follows_from_a_settled_one_is_settled_with_it() -> None:
    before = submission("fire-safety", {"inspections.factory.places": 5}, year=2024)
    now = submission("fire-safety", {"inspections.factory.places": 6})
    accepted = decision("X1-04", "factory", ACCEPTED)

    findings = run_checks(now, prior=before, decisions=[accepted])

    assert [(finding.instance, finding.decision) for finding in findings] == [
        ("X1-04.factory", accepted),
        ("X1-04.total", accepted),
    ]


def test_what_is_told_of_the_reading_is_decided_too() -> None:
    note = Note("V-PLACEHOLDER", Severity.ERROR, "三、依申请公开!E10", "requests.new.natural", "/")

    findings = run_checks(submission("zfxxgk-2021", notes=(note,)), decisions=[decision("V-PLACEHOLDER", "E10")])

    assert [finding.is_waived for finding in findings] == [True]


def test_of_several_decisions_the_one_that_names_the_place_counts() -> None:
    whole, single = decision("T3-01"), decision("T3-01", "natural")

    findings = run_checks(submission("zfxxgk-2021", UNBALANCED), decisions=[whole, single])

    assert {finding.instance: finding.decision for finding in findings} == {
        "T3-01.natural": single,
        "T3-01.business": whole,
        "T3-01.total": whole,
    }


WRONG = submission("zfxxgk-2021", {**IN_FORCE, **UNBALANCED})


@pytest.mark.parametrize(
    ("made", "code", "says"),
    [
        (decision("T2-01", unit="1"), "S-NO-UNIT", "这些文件里没有单位 1 的报表，对 T2-01 的处理没有用上。"),
        (decision("T9-99"), "S-NO-CHECK", "没有“T9-99”这个审核编号，对单位 140922018 的这一条处理没有用上。"),
        (decision("T2-04"), "S-NO-FINDING", "“白家庄镇”没有 T2-04 这一条，或者已经没有了，处理没有用上。"),
        (decision("R-UNIT"), "S-NO-FINDING", "“白家庄镇”没有 R-UNIT 这一条，或者已经没有了，处理没有用上。"),
        (decision("T3-01", "H10"), "S-NO-PLACE", "“白家庄镇”在“H10”没有 T3-01 这一条，或者已经没有了，处理没有用上。"),
        (
            decision("T3-01", "natural", ACCEPTED),
            "S-ERROR",
            "“白家庄镇”的 T3-01 是必须改正的，不能只“接受说明”，处理没有用上。",
        ),
    ],
)
def test_a_decision_that_settles_nothing_is_told_with_the_reason(made: Decision, code: str, says: str) -> None:
    right = decision("T2-01")
    found = check_each([WRONG], decisions=[right, made])

    (unfit,) = find_unfit([right, made], [WRONG], found)

    assert (unfit.decision, unfit.code) == (made, code)
    assert unfit.message("zh").startswith(says)


def test_which_file_counts_is_nothing_that_could_be_waived() -> None:
    pair = [submission("zfxxgk-2021", values, file=f"{n}.xlsx") for n, values in enumerate(({}, IN_FORCE))]
    waived = [decision("M-TWICE")]

    found = check_each(pair, decisions=waived)

    assert [codes(own) for own in found] == [["M-TWICE"], ["M-TWICE", "T2-01"]]
    assert all(finding.is_open for own in found for finding in own)
    assert [unfit.code for unfit in find_unfit(waived, pair, found)] == ["S-COUNTING"]


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]
