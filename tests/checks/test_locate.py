from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.checks.wrong_cells import FLOWS, Outcome, Trial, explained, make_trials, outcomes
from tests.records.samples import submission
from tianbao.checks.case import make_case
from tianbao.checks.finding import Finding, Suspect
from tianbao.checks.locate import MOST_SUSPECTS, Explanation, Locator
from tianbao.checks.run import run_checks
from tianbao.form.load import load_form
from tianbao.form.model import Amount
from tianbao.records.model import Submission, Value

STATUTORY = ("zfxxgk-2021", "zfxxgk-2019")
LEDGER = {"control.received": 7, "control.carried_in": 0, "control.closed": 7, "control.carried_out": 0}


def leading(one: Submission, prior: Submission | None = None) -> list[Finding]:
    return [finding for finding in run_checks(one, prior=prior) if finding.follows is None]


def suggested(suspects: Sequence[Suspect]) -> dict[str, tuple[Value, Value]]:
    return {suspect.key: (suspect.value, suspect.suggested) for suspect in suspects}


@dataclass(frozen=True)
class Located:
    """What a unit wrote, and the line that stands below the first finding."""

    why: str
    answers: Mapping[str, Value]
    says: str
    others: str = ""
    blank: tuple[str, ...] = ()
    typed_over: Mapping[str, int] = field(default_factory=dict)
    prior: Mapping[str, Value] | None = None


LOCATED = [
    Located(
        "nothing but the flow of one column is known, and any of its cells may be wrong",
        {"requests.new.natural": 7, "requests.granted.natural": 6},
        "仅凭表内关系无法判断是哪一格：表三“自然人”列有 23 格都可能，多填或少填了 1。请对照台账逐格核对，先看 三、依申请公开!E10“一、本年新收政府信息公开申请数量”（自然人）现为 7，应为 6。",
        others="requests.granted.natural requests.partial.natural requests.denied_secret.natural requests.denied_law.natural",
    ),
    Located(
        "the ledger agrees with what was closed, so it is a cell of the flow",
        {"requests.new.natural": 7, "requests.granted.natural": 6, "control.closed": 6},
        "仅凭表内关系无法判断是哪一格：表三“自然人”列有 2 格都可能，多填或少填了 1。请对照台账逐格核对，先看 三、依申请公开!E10“一、本年新收政府信息公开申请数量”（自然人）现为 7，应为 6。",
        others="requests.carried_out.natural",
    ),
    Located(
        "the ledger agrees with all but one of the flow, and that cell stands in no other place",
        {
            "requests.new.natural": 7,
            "requests.granted.natural": 6,
            "control.received": 7,
            "control.closed": 6,
            "control.carried_out": 1,
        },
        "如果只填错了一格，只可能是 三、依申请公开!E34“四、结转下年度继续办理”（自然人）现为 0，应为 1（改后与核对数“结转下年度申请合计 1”相符）。",
    ),
    Located(
        "last year's report knows what was carried in",
        {"requests.carried_in.natural": 1, "requests.granted.natural": 3},
        "如果只填错了一格，只可能是 三、依申请公开!E11“二、上年结转政府信息公开申请数量”（自然人）现为 1，应为 3（改后与上年报告相符）。",
        prior={"requests.carried_out.natural": 3, "requests.new.natural": 3},
    ),
    Located(
        "the table agrees, and last year's report, which counts, does not",
        {"requests.new.natural": 4, "requests.granted.natural": 4},
        "以上年报告为准，只改一格不能使各项关系都成立，至少错了 2 格；改后与上年报告相符，像是有一部分记到相邻的一格去了，最可能：三、依申请公开!E11“二、上年结转政府信息公开申请数量”（自然人）现为 0，应为 3，并且 三、依申请公开!E10“一、本年新收政府信息公开申请数量”（自然人）现为 4，应为 1。",
        prior={"requests.carried_out.natural": 3, "requests.new.natural": 3},
    ),
    Located(
        "the table agrees, and the ledger does not",
        {"control.received": 3},
        "表内各数彼此相符；最可能是 核对数 封面!C21“本年新收申请合计”现为 3，应为 0。确是 3 的，表内至少有两格要改。",
    ),
    Located(
        "a number stands in place of a formula",
        {},
        "如果只填错了一格，只可能是 三、依申请公开!E33“（七）总计”（自然人）现为 1，应为 0。",
        typed_over={"requests.total.natural": 1},
    ),
    Located(
        "the number in place of the formula is right, and so its part is wrong",
        {"requests.new.natural": 12, "requests.granted.natural": 21},
        "如果只填错了一格，只可能是 三、依申请公开!E12“（一）予以公开”（自然人）现为 21，应为 12（像是两位数字写颠倒了）。",
        typed_over={"requests.total.natural": 12},
    ),
    Located(
        "a cell was left blank",
        {"requests.new.natural": 7, "requests.granted.natural": 5, **LEDGER},
        "仅凭表内关系和核对数无法判断是哪一格；改后与核对数“本年办结申请合计 7”相符，最可能：三、依申请公开!E15“2.其他法律行政法规禁止公开”（自然人）没有填数，应为 2。",
        others="requests.granted.natural requests.partial.natural requests.denied_secret.natural requests.denied_safety.natural",
        blank=("requests.denied_law.natural",),
    ),
    Located(
        "a zero too many",
        {
            "requests.new.natural": 54,
            "requests.granted.natural": 50,
            "requests.partial.natural": 40,
            "control.closed": 54,
        },
        "仅凭表内关系和核对数无法判断是哪一格；改后与核对数“本年办结申请合计 54”相符，像是多写或少写了 0，或者点错了小数点，最可能：三、依申请公开!E13“（二）部分公开（区分处理的，只计这一情…”（自然人）现为 40，应为 4。",
    ),
    Located(
        "the sum of the others was typed as a part",
        {
            "requests.new.natural": 7,
            "requests.granted.natural": 3,
            "requests.partial.natural": 4,
            "requests.other_misc.natural": 7,
            **LEDGER,
        },
        "如果只填错了一格，只可能是 三、依申请公开!E32“3.其他”（自然人）现为 7，应为 0（改后与核对数“本年办结申请合计 7”相符，像是把其余各格的合计填了进来）。",
    ),
    Located(
        "the number of the neighbour was typed again",
        {
            "requests.new.natural": 8,
            "requests.new.business": 7,
            "requests.granted.natural": 8,
            "requests.granted.business": 2,
            "requests.partial.natural": 5,
            "requests.partial.business": 5,
            "control.received": 15,
            "control.closed": 15,
        },
        "仅凭表内关系和核对数无法判断是哪一格；改后与核对数“本年办结申请合计 15”相符，像是把相邻一格的数又填了一遍，最可能：三、依申请公开!E13“（二）部分公开（区分处理的，只计这一情…”（自然人）现为 5，应为 0。",
    ),
    Located(
        "one cell alone does not explain it, and a number stands in the neighbouring column",
        {
            "requests.new.natural": 7,
            "requests.granted.business": 4,
            "requests.partial.natural": 3,
            "requests.unable_make.natural": 1,
            "requests.unable_make.business": 1,
            "requests.new.business": 1,
            "requests.rejected_repeat.natural": 0,
            "control.received": 8,
            "control.closed": 9,
        },
        "只改一格不能使各项关系都成立，至少错了 2 格",
    ),
]


@pytest.mark.parametrize("one", LOCATED, ids=lambda one: one.why)
def test_the_line_below_a_finding_says_what_decides_and_what_does_not(one: Located) -> None:
    wrong = submission("zfxxgk-2021", one.answers, blank=one.blank, typed_over=one.typed_over)
    last_year = None if one.prior is None else submission("zfxxgk-2021", one.prior, year=2024)

    first = leading(wrong, last_year)[0]

    assert first.suspects[0].because("zh").startswith(one.says)
    if one.others:
        assert [suspect.key for suspect in first.suspects[1:]] == one.others.split()


def test_both_languages_say_the_same() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, **LEDGER})

    (first, second, *_) = leading(wrong)[0].suspects

    assert first.because("en") == (
        "The identities and the control totals cannot tell which cell is wrong: in 表三, column “自然人” any of 21 cells may "
        "be, 7 too little. Compare them with the ledger; look first at 三、依申请公开!E12 “（一）予以公开” (自然人), "
        "which is 0 and should be 7 (it then agrees with the control total “本年办结申请合计 7”)."
    )
    assert second.because("en") == (
        "It may also be 三、依申请公开!E13 “（二）部分公开（区分处理的，只计这一情…” (自然人), which is 0 and should be 7 "
        "(it then agrees with the control total “本年办结申请合计 7”)."
    )


def test_a_pair_is_told_below_each_finding_that_it_clears() -> None:
    wrong = submission(
        "zfxxgk-2021",
        {"requests.new.natural": 5, "requests.granted.business": 5, "control.received": 5, "control.closed": 5},
    )

    natural, business = leading(wrong)

    assert natural.suspects[0].because("zh") == (
        "只改一格不能使各项关系都成立，至少错了 2 格，仅凭表内关系和核对数无法判断是哪几格。请对照台账，先看 "
        "三、依申请公开!E10“一、本年新收政府信息公开申请数量”（自然人）现为 5，应为 0，并且 "
        "三、依申请公开!F10“一、本年新收政府信息公开申请数量”（商业企业）现为 0，应为 5（像是填到相邻的一格去了）。"
    )
    assert suggested(business.suspects[:1]) == {"requests.new.business": (0, 5)}
    assert [suspect.clears for suspect in (natural.suspects[0], business.suspects[0])] == [1, 1]


def test_two_cells_that_stand_in_the_same_identities_are_a_pair_where_neither_can_explain_it_alone() -> None:
    wrong = submission(
        "zfxxgk-2021", {"requests.granted.natural": 3, "requests.partial.natural": 2, **dict.fromkeys(LEDGER, 0)}
    )

    for finding in leading(wrong):
        assert suggested(finding.suspects) == {
            "requests.granted.natural": (3, 0),
            "requests.partial.natural": (2, 0),
        }
        assert "至少错了 2 格" in finding.suspects[0].because("zh")


def test_consequences_name_nobody() -> None:
    wrong = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.granted.natural": 6})

    found = run_checks(wrong)

    assert [(f.instance, bool(f.suspects)) for f in found] == [("T3-01.natural", True), ("T3-01.total", False)]
    assert len(found[0].suspects) == MOST_SUSPECTS


def test_a_number_in_the_narrative_decides_between_cells_that_nothing_else_tells_apart() -> None:
    one = submission("zfxxgk-2021", {"requests.new.natural": 7, "requests.granted.natural": 6})
    form = load_form("zfxxgk-2021")
    case, found = make_case(one, form, None), run_checks(one)
    told: dict[str, Amount] = {"requests.new.total": 7, "requests.carried_out.total": 1}

    asked = [instance for instance in form.instances if instance.check.code == "T3-01"]

    suspects = Locator(form).locate(case, found, asked, told)["T3-01.natural"]

    assert suspects[0].because("zh") == (
        "仅凭表内关系无法判断是哪一格；改后与文字部分写的相符，最可能：三、依申请公开!E34“四、结转下年度继续办理”（自然人）现为 0，应为 1。"
    )
    assert suspects[-1].key != "requests.new.natural"


def test_a_cell_whose_change_would_break_another_check_is_suspected_last() -> None:
    wrong = submission(
        "fire-safety",
        {
            "inspections.factory.visits": 2,
            "inspections.factory.inspected": 2,
            "inspections.factory.places": 4,
            "inspections.public.places": 4,
            "control.visited": 5,
        },
    )

    (finding,) = leading(wrong)

    assert finding.suspects[0].key == "inspections.factory.visits"
    assert "无法判断是哪一格；改后" in finding.suspects[0].because("zh")


def test_an_amount_is_suggested_with_its_decimals_and_never_below_zero() -> None:
    last_year = submission("fire-safety", {"inspections.factory.places": 4}, year=2024)
    wrong = submission("fire-safety", {"inspections.factory.places": 5}, year=2025)

    (finding,) = leading(wrong, last_year)

    assert suggested(finding.suspects) == {
        "inspections.factory.places": (5, 4),
        "inspections.factory.change": (0, 1),
        "prior.inspections.factory.places": (4, 5),
    }


def test_a_cell_that_the_unit_is_not_asked_for_is_no_suspect() -> None:
    wrong = submission(
        "zfxxgk-2021",
        {"requests.new.natural": 2},
        not_applicable=["requests.carried_out.natural"],
    )

    (finding,) = leading(wrong)

    assert "requests.carried_out.natural" not in suggested(finding.suspects)


def test_suspects_are_told_to_programs_in_the_language_asked_for() -> None:
    (finding,) = leading(submission("zfxxgk-2021", {"control.received": 3}))

    assert finding.as_dict("en")["suspects"] == [
        {
            "key": "control.received",
            "at": "封面!C21",
            "value": 3,
            "suggested": 0,
            "clears": 1,
            "because": "The tables agree among themselves; most likely it is the control total 封面!C21 “本年新收申请合计”, "
            "which is 3 and should be 0. If it really is 3, at least two cells of the tables must be mended.",
        }
    ]


# ── what is promised ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", STATUTORY)
@pytest.mark.parametrize("prior", [False, True], ids=["alone", "with last year"])
def test_one_wrong_cell_is_found_among_the_cells_of_its_row(form: str, prior: bool) -> None:  # noqa: FBT001
    trials = make_trials(load_form(form), 100, seed=3, controls=True, prior=prior)

    told = [outcome for outcome in outcomes(load_form(form), trials) if outcome.touched]

    assert len(told) > 80
    assert [o.key for o in told if not o.suspects or o.key not in o.singles] == []
    assert [o.key for o in told if _is_flow(o) and not o.is_first] == []
    assert [o.key for o in told if o.certain and o.certain != o.singles] == []
    assert sum(o.is_first for o in told) >= 0.55 * len(told)


@pytest.mark.parametrize("form", STATUTORY)
@pytest.mark.parametrize("controls", [False, True], ids=["no ledger", "ledger"])
def test_two_wrong_cells_are_among_the_smallest_explanations(form: str, controls: bool) -> None:  # noqa: FBT001
    trials = make_trials(load_form(form), 100, seed=4, wrong=2, controls=controls, prior=False)

    missed = [trial.right for trial, parts in explained(load_form(form), trials) for part in parts if not _is_in(*part)]

    assert missed == []


@pytest.mark.parametrize("form", STATUTORY)
@settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), wrong=st.integers(1, 3), controls=st.booleans(), prior=st.booleans())
def test_following_the_first_suspects_clears_all_findings(
    form: str,
    seed: int,
    wrong: int,
    controls: bool,  # noqa: FBT001
    prior: bool,  # noqa: FBT001
) -> None:
    (trial,) = make_trials(load_form(form), 1, seed=seed, wrong=wrong, controls=controls, prior=prior)
    answers = {key: answer.value for key, answer in trial.report.answers.items() if key in _typed(trial)}

    for _ in range(wrong):
        report = submission(form, answers, unit=trial.report.unit, blank=[k for k, v in answers.items() if v is None])
        found = leading(report, trial.prior)
        answers |= {f.suspects[0].key: f.suspects[0].suggested for f in found if f.suspects}
        if wrong == 1:
            named = {finding.instance for finding in found if finding.suspects}
            assert named.isdisjoint(finding.instance for finding in _after(form, answers, trial))

    assert [f.instance for f in _after(form, answers, trial) if f.suspects] == []


def _typed(trial: Trial) -> set[str]:
    form = trial.report.form
    assert form is not None
    return {cell.key for cell in form.by_key.values() if cell.formula is None}


def _after(form: str, answers: Mapping[str, Value], trial: Trial) -> list[Finding]:
    blank = [key for key, value in answers.items() if value is None]
    return list(run_checks(submission(form, answers, unit=trial.report.unit, blank=blank), prior=trial.prior))


def _is_flow(outcome: Outcome) -> bool:
    return outcome.key.startswith("requests.") and outcome.key.split(".")[1] in FLOWS


def _is_in(wrong: frozenset[str], explanations: Sequence[Explanation]) -> bool:
    """Whether the wrong cells are one of the smallest explanations, or fewer cells explain it as well."""
    sets = [frozenset(change.key for change in one.changes) for one in explanations]
    return wrong in sets or (bool(sets) and len(sets[0]) < len(wrong))
