"""Whatever is done in whatever order: no original is lost, totals are sums over what counts, and undo is the inverse."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.campaign.office import begin, code, put, returned, zipped
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.events import UNDOABLE
from tianbao.campaign.folder import digest
from tianbao.campaign.status import UnitState
from tianbao.campaign.versions import Standing

UNITS = 3
PLACES = "inspections.public.places"


@cache
def begun() -> Path:
    """Begin a campaign once: every example starts from a copy, so that the workbooks signed for one fit all."""
    folder = Path(tempfile.mkdtemp()) / "campaign"
    with begin(folder, UNITS) as campaign:
        campaign.issue()
    return folder


@cache
def pool() -> tuple[tuple[str, bytes, int | None], ...]:
    """Make what may come in: the name, the file, and how many places each stands for (None: for nobody)."""
    with Campaign(begun()) as campaign:
        files: list[tuple[str, bytes, int | None]] = [
            (
                f"{number}-{turn}-{places}.xlsx",
                returned(campaign, number, turn=turn, inspections__public__places=places),
                number,
            )
            for number in range(1, UNITS + 1)
            for turn in (0, 1)
            for places in (number, 10 * number)
        ]
        files.append(("没有标记.xlsx", returned(campaign, 1, turn=None, inspections__public__places=100), None))
        files.append(("别处的.xlsx", returned(campaign, 2, secret="cd" * 32, inspections__public__places=200), None))
        files.append(("照片.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, None))
        files.append(("全部.zip", zipped([(name, data) for name, data, _ in files[:3]]), None))
        return tuple(files)


def shown(campaign: Campaign) -> object:
    """Describe all that people see of a campaign: which version of each unit counts, its state, the totals."""
    status = campaign.status()
    units = [
        (unit.entry.unit.code, unit.state, unit.version and (unit.version.returned.sha256, unit.version.number))
        for unit in status.units
    ]
    every = [(one.returned.sha256, one.unit, one.standing, one.code, one.number) for one in campaign.versions.every()]
    return units, every, dict(campaign.merge(write=False).merged.totals)


class Office(RuleBasedStateMachine):
    """An office at work."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        shutil.copytree(begun(), self.home / "campaign")
        self.campaign = Campaign(self.home / "campaign")
        self.brought: dict[str, bytes] = {}
        #: What was seen before each command that can be taken back.
        self.before: list[object] = []

    @initialize()
    def begin(self) -> None:
        assert self.campaign.state.receipts == ()

    def doing(self) -> tuple[object, int]:
        return shown(self.campaign), len(self.campaign.events)

    def done(self, before: tuple[object, int]) -> None:
        """Remember what was seen before, where something was done that can be taken back."""
        if any(event.kind in UNDOABLE for event in self.campaign.events[before[1] :]):
            self.before.append(before[0])

    @rule(chosen=st.lists(st.integers(0, 15), min_size=1, max_size=4, unique=True))
    def bring(self, chosen: list[int]) -> None:
        before = self.doing()
        files = [pool()[n] for n in chosen]
        paths = [put(self.home / "in", name, data) for name, data, _ in files]
        self.campaign.import_files(paths)
        self.brought |= {name: data for name, data, _ in files}
        self.done(before)

    @precondition(lambda self: self.brought)
    @rule()
    def bring_all_again(self) -> None:
        before = self.doing()
        self.campaign.import_files([self.home / "in"])
        self.done(before)

    @precondition(lambda self: any(one.standing is not Standing.REFUSED for one in self.campaign.versions.every()))
    @rule(data=st.data(), unit=st.integers(1, UNITS))
    def claim(self, data: st.DataObject, unit: int) -> None:
        before = self.doing()
        readable = [one for one in self.campaign.versions.every() if one.standing is not Standing.REFUSED]
        chosen = data.draw(st.sampled_from([one.returned.sha256 for one in readable]))
        self.campaign.claim(chosen, code(unit))
        self.done(before)

    @rule(unit=st.integers(1, UNITS))
    def exempt(self, unit: int) -> None:
        before = self.doing()
        self.campaign.exempt(code(unit), note="撤并")
        self.done(before)

    @rule(amount=st.sampled_from(["1", "-2"]))
    def adjust(self, amount: str) -> None:
        before = self.doing()
        self.campaign.adjust("inspections.public.places", amount, note="两家都计了")
        self.done(before)

    @precondition(lambda self: any(unit.queries for unit in self.campaign.status().units))
    @rule()
    def accept(self) -> None:
        before = self.doing()
        for unit, findings in self.campaign.check().items():
            query = next((one for one in findings if one.is_open and one.severity.value == "query"), None)
            if query is not None:
                self.campaign.accept(unit, query.instance, note="电话核实属实")
                break
        self.done(before)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        self.campaign.undo()

        assert shown(self.campaign) == self.before.pop()

    @rule()
    def open_it_anew(self) -> None:
        seen = shown(self.campaign)
        self.campaign.close()
        self.campaign = Campaign(self.home / "campaign")

        assert shown(self.campaign) == seen

    @invariant()
    def no_original_is_lost(self) -> None:
        kept = Counter(
            digest(self.campaign.folder / one.path) for one in self.campaign.ledger.originals().values()
        )  # fmt: skip
        for data in self.brought.values():
            assert kept[digest_of(data)] == 1

    @invariant()
    def the_totals_are_sums_over_the_versions_that_count(self) -> None:
        counting = {unit: self.campaign.versions.counting(unit) for unit in self.campaign.entries}
        ids = [one.returned.id for one in counting.values() if one is not None]
        read = self.campaign.ledger.submissions(ids, self.campaign.form)
        merged = self.campaign.merge(write=False).merged

        values = [value for one in read.values() if isinstance(value := one[PLACES], int)]
        booked = [int(one.amount) for one in self.campaign.state.adjustments]
        assert merged.sums[PLACES] == (sum(values) if values else None)
        assert merged.totals[PLACES] == (sum(values + booked) if values + booked else None)
        assert len(merged.units) == len(ids)

    @invariant()
    def no_unit_counts_twice_and_no_workbook_for_two(self) -> None:
        every = list(self.campaign.versions.every())
        assert len({one.returned.id for one in every}) == len(every)
        counted = [one for one in every if one.standing is Standing.COUNTS]
        assert len({one.unit for one in counted}) == len(counted) == len({one.returned.sha256 for one in counted})

    @invariant()
    def who_has_a_report_is_not_said_to_owe_one(self) -> None:
        for unit in self.campaign.status().units:
            is_in = unit.state in (UnitState.TO_MEND, UnitState.TO_VERIFY, UnitState.PASSED)
            assert is_in == (unit.version is not None)

    def teardown(self) -> None:
        assert not [one for one in self.campaign.verify() if one.severity.value == "error"]
        self.campaign.close()
        shutil.rmtree(self.home)


def digest_of(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


TestOffice = pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")(Office.TestCase)
Office.TestCase.settings = settings(
    max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
