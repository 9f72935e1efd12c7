"""A submission in another process is the submission."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.form.model import Severity
from tianbao.records.model import Note, Reason, Submission, Verdict

FORM = load_form("fire-safety")
RIGHT = submission(FORM, {"inspections.public.places": 3, "inspections.public.fines": Decimal("12.50")})


@pytest.mark.parametrize(
    "sent",
    [
        RIGHT,
        submission(FORM, {"cover.zero_report": "是"}, blank=["remarks"], unreadable=["inspections.public.visits"]),
        submission(FORM, typed_over={"inspections.total.places": 7}, explanations={"F1-01.public": "去年漏报"}),
        submission(
            FORM, notes=(Note("V-MEASURE", Severity.NOTE, "表!E6", "inspections.public.places", "5件", {"n": 5}),)
        ),
        Submission("坏.xlsx", "0" * 64, Verdict.REFUSED, Reason("F-PDF", {"name": "坏.xlsx"})),
        Submission("空.xlsx", "0" * 64, Verdict.READ, None, FORM, 2025, answers={}),
        Submission("签.xlsx", "0" * 64, Verdict.READ, None, FORM, 2025, issuance="Zk3f9a2Q.b0TjWm1lX7s4Ue8Kp2rNcV"),
        Submission("半.xlsx", "0" * 64, Verdict.READ, None, FORM, 2025, answers=dict(list(RIGHT.answers.items())[:9])),
    ],
    ids=[
        "right",
        "zero report",
        "typed over and explained",
        "with a note",
        "refused",
        "without answers",
        "signed",
        "in part",
    ],
)
def test_a_submission_is_sent_whole(sent: Submission) -> None:
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301  our own

    assert received == sent
    assert list(received.answers) == list(sent.answers)
    assert received.form is sent.form
    assert received.values == sent.values


def test_many_submissions_take_less_room_than_what_they_say() -> None:
    one, many = (
        len(pickle.dumps([RIGHT] + [submission(FORM, file=str(n)) for n in range(count)])) for count in (0, 99)
    )

    assert (many - one) / 99 < 2_500
