"""Is a campaign as fast as it should be? Every line is a ratio within one run; what falls short is marked, and fails nothing."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter, process_time

import pytest

from tests.benchmarks.measure import Line, medians
from tests.benchmarks.workload import FORM, YEAR, right_report
from tianbao.campaign import judge
from tianbao.campaign.campaign import Campaign
from tianbao.campaign.events import EventKind
from tianbao.campaign.issuance import sign
from tianbao.campaign.receive import answers_digest, count_filled
from tianbao.campaign.settings import Settings
from tianbao.campaign.store import Original
from tianbao.cli.status import told
from tianbao.records.model import Unit, Value
from tianbao.workbook.read import read_many, read_workbook
from tianbao.workbook.write import write_whole, write_workbook

pytestmark = pytest.mark.bench

_RETURNS = 50
#: Of so many units the status is shown, and of a tenth of them.
_MANY = 3_000


def _unit(number: int) -> Unit:
    return Unit(f"9999{number:05d}", f"第{number}镇（示例）", "乡镇")


def _begun(folder: Path, units: int) -> Campaign:
    lines = ["代码,名称,类别", *(f"{u.code},{u.name},{u.kind}" for u in map(_unit, range(1, units + 1)))]
    listed = folder.parent / f"{folder.name}.csv"
    listed.write_text("\n".join(lines), encoding="utf-8")
    return Campaign.create(folder, Settings(FORM.id, YEAR, county="示例县"), roster=listed)


def _returned(campaign: Campaign, number: int) -> bytes:
    """Fill in a unit's workbook with numbers and words of its own: every fifth one has a fault."""
    unit, data = _unit(number), io.BytesIO()
    texts = {text.key: f"{unit.name}本年度第{number}号：{text.heading}，共办结{number}件。" for text in FORM.texts}
    values: dict[str, Value] = {**right_report(Random(number)), **texts}  # noqa: S311  numbers, no secrets
    if number % 5 == 0:
        values["requests.new.natural"] = 999
    issuance = sign(campaign.state.secret, form=FORM.id, year=YEAR, unit=unit.code, turn=0)
    write_workbook(FORM, data, unit=unit, year=YEAR, values=values, issuance=issuance)
    return data.getvalue()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sequence[Path]]:
    """A campaign that nothing has come in for yet, and fifty returns."""
    home = tmp_path_factory.mktemp("campaign")
    with _begun(home / "campaign", _RETURNS) as campaign:
        files = []
        for number in range(1, _RETURNS + 1):
            files.append(home / f"{number}.xlsx")
            files[-1].write_bytes(_returned(campaign, number))
    return home / "campaign", files


def test_issuing_thousands(lines: list[Line], tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("issue")
    with _begun(home / "campaign", _MANY) as campaign:
        begin = perf_counter()
        campaign.issue()
        issued = (perf_counter() - begin) / _MANY
    made = sorted((home / "campaign" / "1-下发").iterdir())
    assert len(made) == _MANY
    (home / "full").mkdir()
    full, disk = [], []
    for number, file in enumerate(made[: _MANY // 30], start=1):
        data = file.read_bytes()
        full.append(_seconds(partial(_in_full, campaign, number, home / "full")))
        disk.append(_seconds(partial(write_whole, home / "full" / f"{number}.xlsx", data)))
        assert (home / "full" / f"{number}.xlsx").read_bytes() == data

    add = partial(Line, what=f"issue {_MANY:,} workbooks, one of them", took=issued)
    lines.append(add(against="one built in full and written", other=mean(full), at_least=20))
    lines.append(add(against="writing the same bytes, one by one", other=mean(disk), at_most=4))


def _in_full(campaign: Campaign, number: int, folder: Path) -> None:
    unit, data = _unit(number), io.BytesIO()
    issuance = sign(campaign.state.secret, form=FORM.id, year=YEAR, unit=unit.code, turn=0)
    write_workbook(FORM, data, unit=unit, year=YEAR, issuance=issuance)
    write_whole(folder / f"{number}.xlsx", data.getvalue())


def _seconds(call: Callable[[], object]) -> float:
    begin = perf_counter()
    call()
    return perf_counter() - begin


def test_importing_fifty_returns(
    lines: list[Line], begun: tuple[Path, Sequence[Path]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, files = begun
    copies = iter([_copied(folder, tmp_path_factory.mktemp("copy")) for _ in range(8)])

    def take_in() -> None:
        with Campaign(next(copies)) as campaign:
            campaign.import_files(files, jobs=1)
            assert len(campaign.versions.chains) == _RETURNS

    took = medians({"import": take_in, "read": lambda: list(read_many(files, form=FORM))}, rounds=7)

    lines.append(
        Line(
            what=f"import {_RETURNS} returns, keep and check them",
            took=took["import"],
            against="the reader alone",
            other=took["read"],
            at_most=2,
        )
    )


def test_the_status_of_thousands_of_units(
    lines: list[Line], remarks: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    seconds = {}
    for units in (_MANY // 10, _MANY):
        folder = tmp_path_factory.mktemp("many") / "campaign"
        with _begun(folder, units) as campaign:
            campaign.issue()
            _all_returned(campaign)
        seconds[units] = _status_seconds(folder)

    lines.append(
        Line(
            what=f"status of {_MANY:,} units, processor",
            took=seconds[_MANY],
            against=f"of {_MANY // 10}",
            other=seconds[_MANY // 10],
            at_most=12,
        )
    )
    verdict = "ok" if seconds[_MANY] <= 1 else "SHORT"
    remarks.append(f"status: {seconds[_MANY]:.2f} s of processor for {_MANY:,} lines (≤ 1 s): {verdict}")


def _all_returned(campaign: Campaign) -> None:
    """Put a report of every unit into the ledger, as an import would: reading thousands of files is another measurement."""
    read = [read_workbook(io.BytesIO(_returned(campaign, number)), form=campaign.form) for number in (1, 5)]
    with campaign.changing("import"), campaign.recording() as record:
        for number, code in enumerate(campaign.entries, start=1):
            one = read[number % 5 == 0]
            sha256 = hashlib.sha256(code.encode()).hexdigest()
            issuance = sign(campaign.state.secret, form=FORM.id, year=YEAR, unit=code, turn=0)
            own = replace(one, unit=campaign.entries[code].unit, sha256=sha256, issuance=issuance, file=f"{code}.xlsx")
            campaign.ledger.add_original(Original(sha256, number, f"{code}.xlsx", own.file, 1))
            filled = count_filled(own)
            campaign.ledger.add_submission(sha256, 0, own, answers=answers_digest(own), filled=filled)
            record(EventKind.RECEIVED, {"original": sha256, "name": own.file, "size": 1})
    with campaign.changing("check"):
        judge.keep(campaign)


def _status_seconds(folder: Path) -> float:
    """Open a campaign and print how every unit stands, as the command does; the least of five times."""
    taken = []
    for _ in range(5):
        begin = process_time()
        with Campaign(folder) as campaign:
            printed = "\n".join(told(campaign.status(today=date(2026, 1, 25))))
        taken.append(process_time() - begin)
        assert "第1镇" in printed
    return min(taken)


def _copied(folder: Path, home: Path) -> Path:
    shutil.copytree(folder, home / "campaign")
    return home / "campaign"
