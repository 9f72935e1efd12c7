"""What is not known in full: blanks, what cannot be read, and what is computed from them."""

from __future__ import annotations

import pytest

from tests.merge.test_merge import a_form_that_counts_its_details
from tests.records.samples import refused, submission

NEW = "requests.new.natural"


@pytest.mark.parametrize("how", ["blank", "unreadable"])
def test_a_figure_that_is_not_there_makes_its_totals_incomplete(how: str) -> None:
    one = submission("zfxxgk-2021", {"requests.new.business": 5}, **{how: [NEW]})  # type: ignore[arg-type]

    assert one.incomplete == {NEW, "requests.new.total"}
    assert one["requests.new.total"] == 5


def test_totals_of_totals_are_incomplete_too() -> None:
    one = submission("zfxxgk-2021", blank=["requests.granted.natural"])

    assert one.incomplete == {
        "requests.granted.natural",
        "requests.granted.total",
        "requests.total.natural",
        "requests.total.total",
    }


def test_a_declared_zero_and_what_does_not_apply_lack_nothing() -> None:
    declared = submission("zfxxgk-2021", {"cover.zero_report": "是"})
    free = submission("zfxxgk-2021", not_applicable=[NEW])

    assert (declared.incomplete, free.incomplete) == (frozenset(), frozenset())


def test_words_on_the_cover_and_in_texts_are_no_figures() -> None:
    assert submission("zfxxgk-2021", blank=["cover.leader", "text.overview.1", "control.received"]).incomplete == set()


def test_a_table_that_may_be_left_out_and_is_lacks_nothing() -> None:
    both = ["art20_9.procurement.projects", "art20_9.procurement.amount"]

    assert submission("zfxxgk-2019").incomplete == set()
    assert submission("zfxxgk-2019", {both[0]: 2}).incomplete == {both[1]}
    assert submission("zfxxgk-2019", unreadable=both).incomplete == set(both)
    assert submission("zfxxgk-2019", unreadable=both[:1]).incomplete == set(both)


def test_spare_lines_of_a_list_lack_nothing_and_what_cannot_be_read_in_one_does() -> None:
    form = a_form_that_counts_its_details()
    line = {"drills.1.place": "学校", "drills.1.passed": "是"}

    assert submission(form, {**line, "drills.1.people": 3}).incomplete == set()
    assert submission(form, line, unreadable=["drills.1.people"]).incomplete == {"drills.1.people", "sums.people.n"}


def test_of_a_refused_file_nothing_is_incomplete() -> None:
    assert refused("说明.pdf").incomplete == set()
