from __future__ import annotations

from tests.records.samples import submission
from tianbao.checks.run import run_checks
from tianbao.form.model import Severity
from tianbao.records.model import Note, Submission


def follows(one: Submission, prior: Submission | None = None) -> list[tuple[str, str | None]]:
    return [(finding.instance, finding.follows) for finding in run_checks(one, prior=prior)]


def test_a_total_column_follows_the_column_that_is_wrong() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.granted.natural": 6})

    assert follows(wrong) == [("T3-01.natural", None), ("T3-01.total", "T3-01.natural")]


def test_a_total_that_is_off_by_two_columns_together_follows_the_first() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.carried_out.other_org": 2})

    assert follows(wrong) == [
        ("T3-01.natural", None),
        ("T3-01.total", "T3-01.natural"),
        ("T3-01.other_org", None),
    ]


def test_columns_that_cancel_out_leave_the_total_silent() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 2, "requests.carried_out.business": 2})

    assert follows(wrong) == [("T3-01.natural", None), ("T3-01.business", None)]


def test_a_control_total_is_a_witness_of_its_own() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.granted.natural": 6, "control.closed": 7})

    assert follows(wrong) == [("T3-01.natural", None), ("T3-01.total", "T3-01.natural"), ("K-03", None)]


def test_the_total_carried_in_follows_the_column_carried_in() -> None:
    wrong = submission("zfxxgk-2021", {"requests.carried_in.business": 1, "requests.granted.business": 1})
    last_year = submission("zfxxgk-2021", {"requests.new.business": 3, "requests.carried_out.business": 3}, year=2024)

    assert follows(wrong, last_year) == [("Y-01.business", None), ("Y-01.total", "Y-01.business")]


def test_what_a_number_typed_over_a_formula_breaks_follows_the_cell_s_own_identity() -> None:
    wrong = submission("zfxxgk-2021", typed_over={"requests.total.natural": 1})

    assert follows(wrong) == [
        ("T3-02.natural", None),
        ("T3-01.natural", "T3-02.natural"),
        ("T3-01.total", "T3-02.natural"),
        ("T3-02.total", "T3-02.natural"),
    ]


def test_the_note_of_a_number_typed_over_a_formula_follows_the_same_identity() -> None:
    key = "requests.granted.total"
    note = Note("R-OVERWRITTEN", Severity.QUERY, "三、依申请公开!K12", key, "3", {"value": 0, "size": 3})

    wrong = submission("zfxxgk-2021", typed_over={key: 3}, notes=(note,))

    assert follows(wrong) == [
        ("T3-03.granted", None),
        ("T3-02.total", "T3-03.granted"),
        (f"R-OVERWRITTEN.{key}", "T3-03.granted"),
    ]


def test_two_totals_typed_over_are_two_causes() -> None:
    wrong = submission("zfxxgk-2021", typed_over={"requests.total.natural": 1, "requests.new.research": 5})

    assert follows(wrong)[0] == ("T3-02.natural", None)


def test_an_error_beside_a_typed_over_total_stays_one_of_its_own() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.business": 4}, typed_over={"requests.total.natural": 1})

    assert ("T3-01.business", None) in follows(wrong)


def test_an_identity_over_blank_cells_follows_the_finding_that_they_are_blank() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7}, blank=["requests.granted.natural"])

    assert follows(wrong) == [
        ("C-01.requests", None),
        ("T3-01.natural", "C-01.requests"),
        ("T3-01.total", "C-01.requests"),
    ]


def test_an_identity_that_needs_no_blank_cell_follows_nothing() -> None:
    wrong = submission("zfxxgk-2021", {"remedies.review.upheld": 1}, blank=["requests.granted.natural"])
    wrong_too = submission("zfxxgk-2021", {"requests.new.natural": 7}, blank=["requests.granted.business"])

    assert follows(wrong) == [("C-01.requests", None)]
    assert follows(wrong_too) == [
        ("C-01.requests", None),
        ("T3-01.total", "C-01.requests"),
        ("T3-01.natural", None),
    ]


def test_an_identity_over_an_unreadable_cell_follows_the_value() -> None:
    key = "requests.granted.natural"
    note = Note("V-UNREADABLE", Severity.ERROR, "三、依申请公开!E12", key, "七件")

    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7}, unreadable=[key], notes=(note,))

    assert follows(wrong) == [
        (f"V-UNREADABLE.{key}", None),
        ("T3-01.natural", f"V-UNREADABLE.{key}"),
        ("T3-01.total", f"V-UNREADABLE.{key}"),
    ]
