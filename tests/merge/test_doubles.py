"""What may be counted twice, or not at all."""

from __future__ import annotations

from tests.records.samples import submission
from tianbao.form.load import load_form
from tianbao.merge.adjustment import Adjustment, judge_adjustment
from tianbao.merge.doubles import Double, find_doubles
from tianbao.merge.merge import merge_submissions
from tianbao.records.model import Submission, Unit, Value

OFFICE, JUSTICE, TOWN = Unit("1", "县政府办", "部门"), Unit("2", "司法局", "部门"), Unit("3", "白家庄镇", "乡镇")
ISSUED = "art20_1.norm_docs.issued"


def report(unit: Unit, **values: Value) -> Submission:
    return submission("zfxxgk-2021", {key.replace("__", "."): value for key, value in values.items()}, unit=unit)


def doubles(
    *reports: Submission, parents: dict[str, str] | None = None, aside: tuple[Submission, ...] = ()
) -> tuple[Double, ...]:
    return find_doubles(merge_submissions(reports), parents=parents, aside=aside)


def test_a_document_that_two_departments_may_both_have_counted_is_asked_about() -> None:
    (found,) = doubles(
        report(OFFICE, art20_1__norm_docs__issued=3),
        report(JUSTICE, art20_1__norm_docs__issued=2),
        report(TOWN, art20_1__norm_docs__issued=1),
    )

    assert (found.code, found.key) == ("D2-01", ISSUED)
    assert found.message("zh") == (
        "表二（一）项 行政规范性文件 → 本年制发件数：2 家都有数（县政府办 3、司法局 2）。"
        "同一件规范性文件只由牵头或者以其名义制发的机关计一次。"
    )
    assert found.hint("zh").endswith("例如：tianbao adjust art20_1.norm_docs.issued -1 --note 原因")


def test_one_department_alone_counts_nothing_twice_nor_do_townships() -> None:
    another = Unit("4", "豆村镇", "乡镇")

    assert doubles(
        report(OFFICE, art20_1__norm_docs__issued=3),
        report(TOWN, art20_1__norm_docs__issued=1),
        report(another, art20_1__norm_docs__issued=1),
    ) == ()  # fmt: skip


def test_a_unit_that_its_parent_may_have_in_its_own_figures_is_asked_about() -> None:
    child, parent = Unit("21", "林场"), Unit("2", "自然资源局", "部门")
    own: dict[str, Value] = {"requests__new__natural": 2, "requests__granted__natural": 2}
    whole: dict[str, Value] = {"requests__new__natural": 5, "requests__granted__natural": 2}

    for said in ("2", "自然资源局"):
        (found,) = doubles(report(child, **own), report(parent, **whole), parents={"21": said})
        assert found.code == "M-DOUBLE-PARENT"
        assert found.message("zh").startswith("“林场”的 2 格都不多于它的上级“自然资源局”，两家都计入了")

    more: dict[str, Value] = {**own, "requests__partial__natural": 1}
    assert doubles(report(child, **more), report(parent, **whole), parents={"21": "2"}) == ()
    assert doubles(report(child), report(parent, **whole), parents={"21": "2"}) == ()


def test_a_unit_left_out_of_the_total_that_its_parent_does_not_have_is_asked_about() -> None:
    child, parent = Unit("21", "林场"), Unit("2", "自然资源局", "部门")

    (found,) = doubles(
        report(parent, requests__new__natural=1),
        parents={"21": "2"},
        aside=(report(child, requests__new__natural=2, requests__partial__natural=1),),
    )

    assert found.code == "M-DOUBLE-ASIDE"
    assert "有 2 格比它的上级“自然资源局”还多（如 表三 一、本年新收政府信息公开申请数量 → 自然人）" in found.message(
        "zh"
    )
    assert doubles(
        report(parent, requests__new__natural=2),
        parents={"21": "2"},
        aside=(report(child, requests__new__natural=2),),
    ) == ()  # fmt: skip


def test_the_booking_that_is_offered_is_one_that_can_be_made() -> None:
    """A total of cases is computed: one of its parts takes the booking."""
    cases: dict[str, Value] = {"remedies__review__upheld": 1, "remedies__review__total": 1}
    form = load_form("zfxxgk-2021")

    (found,) = doubles(report(OFFICE, **cases), report(JUSTICE, **cases))

    assert (found.key, found.booked) == ("remedies.review.total", "remedies.review.upheld")
    assert judge_adjustment(form, Adjustment(found.booked, -1, "试")).key in found.hint("zh")


def test_a_department_is_one_in_whatever_words_the_roster_has_it() -> None:
    for kind in ("县直部门", "department", ""):
        several = [report(Unit(n, f"第{n}局", kind), art20_1__norm_docs__issued=1) for n in ("1", "2")]

        assert [one.code for one in doubles(*several)] == ["D2-01"], kind
