"""Run the sample campaign, and renew what it must give: `python -m tests.renew_samples`, then read the diff.

roster, prior/, returns/ ──write──▶ workbooks ──type──▶ files ──read, check, merge──▶ expected.json
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from tianbao.assets import samples_folder
from tianbao.campaign.roster import expected, read_roster
from tianbao.checks.finding import Finding
from tianbao.checks.run import run_checks
from tianbao.form.load import load_form
from tianbao.form.model import CellType, Form
from tianbao.merge.merge import Merged, merge_submissions
from tianbao.records.model import Submission, Unit
from tianbao.workbook.layout import make_layout
from tianbao.workbook.read import read_workbook
from tianbao.workbook.write import write_workbook

SAMPLES = samples_folder()
EXPECTED = SAMPLES / "expected.json"

Sample = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Campaign:
    """The sample campaign, run to its end."""

    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    merged: Merged


def run_campaign(folder: Path) -> Campaign:
    """Make every workbook in a folder, fill it, and do with it what the office does."""
    prior = {code: _last_years(folder, code, values) for code, values in _prior_values()}
    entries = read_roster(SAMPLES / "roster.csv")
    returned = [entry.unit for entry in entries if (SAMPLES / "returns" / f"{entry.unit.code}.json").exists()]
    submissions = [
        fill_and_read(folder, load_sample(f"returns/{unit.code}.json"), unit=unit, prior=prior.get(unit.code))
        for unit in returned
    ]
    submissions.append(read_baijiazhuang(folder))
    return Campaign(
        submissions=tuple(submissions),
        findings=run_checks(submissions, prior=prior.values()),
        merged=merge_submissions(submissions, roster=expected(entries)),
    )


def read_baijiazhuang(folder: Path) -> Submission:
    """Type the real report into a workbook, and read it back."""
    sample = load_sample("baijiazhuang-2023.json")
    return fill_and_read(folder, sample, unit=Unit(**sample["unit"]))


def load_sample(name: str) -> Sample:
    """Load one file of the samples; amounts are exact."""
    sample: Sample = json.loads((SAMPLES / name).read_text(encoding="utf-8"), parse_float=Decimal)
    return sample


def fill_and_read(folder: Path, sample: Sample, *, unit: Unit, prior: Submission | None = None) -> Submission:
    """Make a unit's workbook, type into its cells, and read what a person's program saved."""
    form = load_form(sample["form"])
    path = folder / f"{unit.code}-{sample['year']}.xlsx"
    write_workbook(form, path, unit=unit, year=sample["year"], prior=prior)
    book = openpyxl.load_workbook(path)
    places = make_layout(form).places
    for key, value in _typed(sample, form):
        place = places[key]
        book[place.sheet].cell(place.row, place.column).value = value
    for name, other in ((sample.get("accident") or {}).get("renamed_sheets", {})).items():
        book[name].title = other
    book.save(path)
    return read_workbook(path)


def outcome(campaign: Campaign) -> dict[str, Any]:
    """Say what a campaign gave, as JSON holds it."""
    merged = campaign.merged
    return {
        "files": {submission.file: _reading(submission, campaign.findings) for submission in campaign.submissions},
        "merge": {
            "form": merged.form.id,
            "year": merged.year,
            "units": _codes(merged.units),
            "missing": _codes(merged.missing),
            "left_out": [{"file": left.file, "code": left.code} for left in merged.left_out],
            "incomplete": {key: _codes(units) for key, units in merged.incomplete.items()},
            "totals": {key: f"{v:f}" if isinstance(v, Decimal) else v for key, v in merged.totals.items()},
        },
    }


def _reading(submission: Submission, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "unit": submission.unit.name if submission.unit else None,
        "verdict": submission.verdict.value,
        "notes": [{"code": note.code, "at": note.at, "raw": note.raw} for note in submission.notes],
        "findings": [_told(finding) for finding in findings if finding.file == submission.file],
    }


def _told(finding: Finding) -> dict[str, Any]:
    facts = finding.as_dict()
    parts = ("instance", "severity", "left", "right", "imbalance", "explanation", "follows")
    return {**{part: facts[part] for part in parts}, "cells": [cell.at for cell in finding.cells]}


def _codes(units: Sequence[Unit]) -> list[str]:
    return [unit.code for unit in units]


def _prior_values() -> Iterator[tuple[str, Sample]]:
    last_year = load_sample("prior/2024.json")
    for code, unit in last_year["units"].items():
        yield code, {"form": last_year["form"], "year": last_year["year"], "values": unit["values"], "texts": {}}


def _last_years(folder: Path, code: str, sample: Sample) -> Submission:
    return fill_and_read(folder, sample, unit=Unit(code, ""))


def _typed(sample: Sample, form: Form) -> Iterator[tuple[str, int | Decimal | str | date]]:
    """Yield what goes into each cell: a day as a day, a text a paragraph a row, everything else as it stands."""
    for key, value in sample["values"].items():
        yield key, date.fromisoformat(value) if form.cell(key).type is CellType.DATE else value
    for text in form.texts:
        paragraphs = sample["texts"].get(text.key, "").splitlines()
        yield from zip((cell.key for cell in text.cells[: len(paragraphs)]), paragraphs, strict=True)
    for instance, words in sample.get("explanations", {}).items():
        yield f"explain.{instance}", words


def renew() -> None:
    """Write what the campaign gives now."""
    with tempfile.TemporaryDirectory() as folder:
        result = outcome(run_campaign(Path(folder)))
    EXPECTED.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
