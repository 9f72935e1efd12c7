"""How often is the wrong cell found? A simulation over each statutory form; the figures are printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from time import perf_counter

import pytest

from tests.checks.wrong_cells import FLOWS, Outcome, explained, make_trials, outcomes
from tests.records.samples import submission
from tianbao.checks.case import make_case
from tianbao.checks.locate import Locator
from tianbao.checks.run import run_checks
from tianbao.form.load import load_form

pytestmark = pytest.mark.bench

REPORTS = 2000
STATUTORY = ("zfxxgk-2021", "zfxxgk-2019")
#: What is known beside the tables: control totals, last year's report, a narrative.
KNOWN = {
    "formulas alone": (False, False, False),
    "narrative": (False, False, True),
    "control totals": (True, False, False),
    "control totals, last year": (True, True, False),
    "control totals, last year, narrative": (True, True, True),
}


@pytest.mark.parametrize("name", STATUTORY)
@pytest.mark.parametrize("known", KNOWN)
def test_one_wrong_cell(name: str, known: str, remarks: list[str]) -> None:
    form = load_form(name)
    controls, prior, narrative = KNOWN[known]
    trials = make_trials(form, REPORTS, seed=5, controls=controls, prior=prior, narrative=narrative)

    all_of = list(outcomes(form, trials))

    told = [outcome for outcome in all_of if outcome.touched]
    flows = [outcome for outcome in told if outcome.key.split(".")[1] in FLOWS]
    results = [outcome for outcome in told if outcome not in flows]
    detected = sum(bool(outcome.suspects) for outcome in told)
    wrongly = sum(bool(outcome.certain) and outcome.certain != outcome.singles for outcome in told)
    remarks.append(
        f"{name}, one wrong cell, {known}: {len(told)} of {REPORTS} touch an identity, {detected} detected; "
        f"first suspect {_share(told)}, received and carried {_share(flows)}, outcomes and others {_share(results)}; "
        f"named {sum(o.is_named for o in told) / len(told):.1%}; "
        f"no other single cell {sum(len(o.singles) == 1 for o in told) / len(told):.1%}; claimed wrongly as certain {wrongly}"
    )
    kinds = Counter(outcome.trial.kinds[0] for outcome in told)
    first = Counter(outcome.trial.kinds[0] for outcome in told if outcome.is_first)
    remarks.append("    " + ", ".join(f"{kind} {first[kind]}/{count}" for kind, count in sorted(kinds.items())))
    assert detected == len(told)
    assert wrongly == 0
    assert [outcome.key for outcome in told if outcome.key not in outcome.singles] == []
    if controls:
        assert [outcome.key for outcome in flows if not outcome.is_first] == []


@pytest.mark.parametrize("name", STATUTORY)
@pytest.mark.parametrize("known", [known for known in KNOWN if "narrative" not in known])
def test_two_wrong_cells(name: str, known: str, remarks: list[str]) -> None:
    form = load_form(name)
    controls, prior, _ = KNOWN[known]
    found: Counter[str] = Counter()

    for _, parts in explained(form, make_trials(form, REPORTS, seed=6, wrong=2, controls=controls, prior=prior)):
        fewer = any(len(explanations[0].changes) < len(wrong) for wrong, explanations in parts if explanations)
        among = all(
            wrong in {frozenset(change.key for change in one.changes) for one in explanations}
            for wrong, explanations in parts
        )
        found["undetected" if not parts else "fewer" if fewer else "among" if among else "missed"] += 1

    needed = found["among"] + found["missed"]
    remarks.append(
        f"{name}, two wrong cells, {known}: {found['undetected']} of {REPORTS} touch nothing that is asked or cancel out, "
        f"{found['fewer']} are explained by fewer cells, {needed} need two; true pair among the smallest {found['among']}"
    )
    assert found["missed"] == 0


@pytest.mark.parametrize("name", STATUTORY)
def test_time(name: str, remarks: list[str]) -> None:
    form = load_form(name)
    wrong = {"requests.new.natural": 7, "requests.granted.natural": 6, "requests.new.business": 4}
    ledger = {"control.received": 11, "control.carried_in": 0, "control.closed": 11, "control.carried_out": 0}
    one = submission(form, {**wrong, **ledger})
    case, found = make_case(one, form, None), run_checks(one)
    asked = [instance for instance in form.instances if not instance.check.code.startswith("Y-")]
    locator = Locator(form)

    took = []
    for _ in range(15):
        start = perf_counter()
        locator.locate(case, found, asked)
        took.append(perf_counter() - start)

    broken = sum(finding.code in ("T3-01", "K-03") for finding in found)
    remarks.append(
        f"{name}, time for {broken} broken identities: the first report {took[0] * 1000:.1f} ms, "
        f"each further one {median(took[1:]) * 1000:.1f} ms"
    )


def _share(several: Sequence[Outcome]) -> str:
    return f"{sum(outcome.is_first for outcome in several) / max(len(several), 1):.1%} of {len(several)}"
