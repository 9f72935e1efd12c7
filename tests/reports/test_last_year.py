"""Last year's figures, as far as they are known: no sum that lacks a part is shown as if it were whole."""

from __future__ import annotations

from tests.records.samples import BAIJIA, DOUCUN, submission
from tianbao.form.load import load_form
from tianbao.merge.merge import merge_submissions
from tianbao.records.migrate import migrate
from tianbao.records.model import Submission, Unit
from tianbao.reports.last_year import known_values, merge_last_year

FORM = load_form("zfxxgk-2021")
GRANTED, TOTAL, OTHER = "requests.granted.total", "requests.total.total", "requests.other_misc.total"


def of_2019(unit: Unit, *, granted: int, other: int) -> Submission:
    values = {"requests.granted.natural": granted, "requests.other.natural": other}
    return migrate(submission("zfxxgk-2019", values, unit=unit, year=2020, file=unit.code), FORM)


def test_a_total_that_has_lost_a_part_is_what_the_unit_had_printed() -> None:
    values = known_values(of_2019(BAIJIA, granted=3, other=4))

    assert (values[GRANTED], values[TOTAL], values[OTHER]) == (3, 7, None)


def test_the_countys_last_year_lacks_nothing_silently() -> None:
    now = merge_submissions([submission(FORM, {}, unit=unit, file=unit.code) for unit in (BAIJIA, DOUCUN)])

    last = merge_last_year(now, [of_2019(BAIJIA, granted=3, other=4), of_2019(DOUCUN, granted=1, other=0)])

    assert last is not None
    assert (last.totals[GRANTED], last.totals[TOTAL], last.totals[OTHER]) == (4, 8, None)


def test_units_that_are_not_counted_this_year_are_no_measure_of_it() -> None:
    now = merge_submissions([submission(FORM, {}, unit=BAIJIA)])

    assert merge_last_year(now, [of_2019(DOUCUN, granted=3, other=0)]) is None
