"""A round that is killed or fails at any step ends as one that was left alone. `make kill` does it hundreds of times."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest

from tests.campaign.office import begin, put, returned
from tests.kill.case import Outcome, Whole, each_kind_of_step, go_wrong, kill_at_random, step_by_step, undisturbed
from tests.kill.faults import Fault, Kind
from tests.kill.picture import look_at
from tests.kill.plan import Plan, prepare
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.folder import LEDGER, SENT_BACK
from tianbao.campaign.store import LedgerWriteError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process can be copied there")

_UNITS = 6
_JOBS = 2


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return prepare(tmp_path_factory.mktemp("plan"), _UNITS)


@pytest.fixture(scope="module")
def steps(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> list[Whole]:
    return step_by_step(plan, tmp_path_factory.mktemp("steps"))


def wrong(outcomes: list[Outcome]) -> list[tuple[str, tuple[str, ...]]]:
    return [(outcome.name, outcome.wrong) for outcome in outcomes if outcome.wrong]


def test_a_round_that_is_killed_a_dozen_times_ends_as_one_that_is_not(plan: Plan, tmp_path: Path) -> None:
    whole = undisturbed(plan, tmp_path / "undisturbed")

    outcome = kill_at_random(whole, tmp_path / "killed", seed=1, kills=12)

    assert outcome.wrong == ()
    assert outcome.kills > 6


def test_whatever_goes_wrong_at_whatever_step_the_work_ends_as_if_it_had_not(
    steps: list[Whole], tmp_path: Path
) -> None:
    kinds = cycle(Kind)
    asked = [(whole, Fault(number, next(kinds))) for whole, number in each_kind_of_step(steps)]

    with ThreadPoolExecutor(_JOBS) as pool:
        outcomes = list(pool.map(lambda case: go_wrong(case[0], tmp_path / str(id(case)), case[1]), asked))

    assert wrong(outcomes) == []
    assert sum(outcome.kills for outcome in outcomes) > len(asked) / 5
    assert {code for outcome in outcomes for code in outcome.codes} == {"U-CAMPAIGN-WRITE", "U-LEDGER-WRITE"}


@pytest.mark.parametrize("more", [0, 1, 4, 8])
def test_a_ledger_that_cannot_grow_is_left_as_it_was(tmp_path: Path, more: int) -> None:
    with begin(tmp_path / "年报", 4) as campaign:
        campaign.issue()
        for number in range(1, 5):
            put(tmp_path / "收到", f"{number}.xlsx", returned(campaign, number))
        before = look_at(tmp_path / "年报")
        ledger = campaign.ledger._connection
        pages = ledger.execute("PRAGMA page_count").fetchone()[0]
        ledger.execute(f"PRAGMA max_page_count = {pages + more}")

        with pytest.raises(LedgerWriteError) as raised:
            campaign.import_files([tmp_path / "收到"], jobs=1)

        after = look_at(tmp_path / "年报")
        assert raised.value.message("zh") == f"账本写不进去：{Path(LEDGER).name}（database or disk is full）。"
        assert (after.events, after.rows, after.status) == (before.events, before.rows, before.status)
        ledger.execute("PRAGMA max_page_count = 1000000")
        assert len(campaign.import_files([tmp_path / "收到"], jobs=1).new) == 4
        assert campaign.verify() == ()


def _a_record_is_lost(folder: Path) -> None:
    with Campaign(folder) as campaign:
        campaign.ledger._connection.execute("DELETE FROM record WHERE position = 3")


def _a_draft_is_left(folder: Path) -> None:
    (folder / SENT_BACK / ".tianbao-draft-1").touch()


def _something_is_done_twice(folder: Path) -> None:
    with Campaign(folder) as campaign:
        campaign.exempt("1镇", note="又一次")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_a_record_is_lost, "rows lacks: "),
        (_a_draft_is_left, "files has besides: 3-退回/.tianbao-draft-1"),
        (_something_is_done_twice, "events has besides: "),
    ],
)
def test_what_is_not_as_it_should_be_is_told(
    spoil: Callable[[Path], None], told: str, steps: list[Whole], tmp_path: Path
) -> None:
    whole = steps[-1]
    spoiled = shutil.copytree(whole.before, tmp_path / "spoiled")
    before = look_at(spoiled)

    spoil(spoiled)

    assert any(line.startswith(told) for line in before.differences(look_at(spoiled)))
