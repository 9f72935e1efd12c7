"""`demo`: the whole loop over `samples/`, in a fresh folder, told step by step.

    1 issue ──▶ 2 fill, as a person would ──▶ 3 read ──▶ 4 check ──▶ 5 merge ──▶ 6 the files to open

A sample return is JSON: its form, its year, `values` by cell key as they were typed (a number, or the text that somebody
typed in its stead; over a formula too), whole `texts`, `explanations` by check, and `accident`: what else became of the
file.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tianbao import messages
from tianbao.assets import samples_folder
from tianbao.campaign.file_names import file_name
from tianbao.cli import check, merge
from tianbao.cli.command import Command
from tianbao.cli.output import WriteError, show, tell
from tianbao.errors import TianbaoError

if TYPE_CHECKING:
    from tianbao.checks.finding import Finding
    from tianbao.form.model import Form
    from tianbao.records.model import Submission, Unit
    from tianbao.reports.replies import Reply

FORM, YEAR = "zfxxgk-2021", 2025

#: Stands in a folder that a demo made, which the next one may clear.
_MARK = ".tianbao-demo"
LAST_YEAR, ISSUED, RETURNED, SENT_BACK, MERGED = "0-上年", "1-下发", "2-收件", "3-退回", "4-汇总"
ROSTER = "名录.csv"
_FOLDERS = (LAST_YEAR, ISSUED, RETURNED, SENT_BACK, MERGED)


class DemoFolderError(TianbaoError):
    """The folder holds something that no demo put there."""

    code = "U-DEMO"


@dataclass(frozen=True, slots=True)
class Return:
    """What one unit types into the workbook that it got.

    Attributes:
        values: by cell key, as typed; whole texts by their key.
        renamed: sheets to which somebody gave another name.
    """

    form: Form
    year: int
    unit: Unit
    values: Mapping[str, Any]
    explanations: Mapping[str, str]
    renamed: Mapping[str, str]


@click.command(cls=Command)
@click.argument("folder", metavar="[DIR]", default="tianbao-demo")
@click.option("--dry-run", is_flag=True)
def command(*, folder: str, dry_run: bool) -> int:
    """Walk the whole loop."""
    from tianbao.campaign.roster import expected, read_roster

    target = Path(folder)
    _refuse_foreign(target)
    units = expected(read_roster(samples_folder() / "roster.csv"))
    if dry_run:
        show(messages.say("cli.demo.would", folder=folder, count=len(units)))
        return 0
    try:
        _clear(target)
        return _walk(target, units)
    except OSError as error:
        raise WriteError(path=error.filename or folder, problem=error.strerror or str(error)) from error


def _refuse_foreign(target: Path) -> None:
    """Let nothing be overwritten that no demo made."""
    if target.exists() and not (target / _MARK).exists() and (not target.is_dir() or any(target.iterdir())):
        raise DemoFolderError(folder=str(target))


def _clear(target: Path) -> None:
    for name in _FOLDERS:
        shutil.rmtree(target / name, ignore_errors=True)
        (target / name).mkdir(parents=True)
    (target / _MARK).touch()
    shutil.copyfile(samples_folder() / "roster.csv", target / ROSTER)


def _walk(target: Path, units: Sequence[Unit]) -> int:
    """Do one step after the other; return the exit status of the checks."""
    from tianbao.checks.run import check_each
    from tianbao.form.load import load_form
    from tianbao.merge.merge import merge_submissions
    from tianbao.reports.county import write_county
    from tianbao.workbook.read import read_many

    form = load_form(FORM)
    show(messages.say("cli.demo.head", title=form.title, year=YEAR))
    prior = _last_years_report(form, target / LAST_YEAR, units)
    for unit in units:
        _write(form, YEAR, unit, target / ISSUED / _name(unit), prior.get(unit.code))
    _step(1, "issued", folder=target / ISSUED, count=len(units))

    returns = _returns(units)
    for answers in returns:
        _fill(answers, target / ISSUED, target / RETURNED)
    _step(2, "returned", folder=target / RETURNED, count=len(returns))

    submissions = list(read_many([target / RETURNED]))
    refused = sum(submission.reason is not None for submission in submissions)
    _step(3, "read", read=len(submissions) - refused, refused=refused)

    found = check_each(submissions, prior=prior.values())
    findings = [finding for own in found for finding in own]
    _step(4, "checked", count=len(findings))
    to_tell = [n for n, own in enumerate(found) if own or submissions[n].reason]
    for line in check.told([submissions[n] for n in to_tell], [found[n] for n in to_tell]):
        show(f"  {line}")
    status = check.sum_up(submissions, found)

    made = _send_back(submissions, found, prior, target / SENT_BACK)
    receipts = sum(reply.is_receipt for reply in made)
    _step(5, "sent_back", folder=target / SENT_BACK, corrections=len(made) - receipts, receipts=receipts)

    merged = merge_submissions(submissions, roster=units, form=form, year=YEAR)
    county = target / MERGED / messages.say("cli.demo.county", "zh", year=YEAR)
    write_county(merged, findings, county)
    _step(6, "merged", path=county)
    for line in merge.told(merged):
        show(f"  {line}")

    _step(7, "open")
    for path, code in (
        (target / ISSUED / _name(units[0]), "issued"),
        (target / SENT_BACK / next(reply.name for reply in made if not reply.is_receipt), "sent_back"),
        (county, "county"),
    ):
        show(f"  {path}  {messages.say(f'cli.demo.open.{code}')}")
    tell("cli.demo.done", status=status)
    return status


def _send_back(
    submissions: Sequence[Submission],
    found: Sequence[Sequence[Finding]],
    prior: Mapping[str, Submission],
    folder: Path,
) -> Sequence[Reply]:
    """Write what goes back to the units: workbooks to mend and receipts; a report of another year or form is another matter."""
    from tianbao.reports.correction import Letter
    from tianbao.reports.replies import make_replies

    letter = Letter(messages.say("cli.demo.issuer", "zh"), date(YEAR + 1, 1, 12))
    asked = [n for n, one in enumerate(submissions) if one.form is not None and (one.form.id, one.year) == (FORM, YEAR)]
    made = list(
        make_replies([submissions[n] for n in asked], [found[n] for n in asked], prior=prior.values(), letter=letter)
    )
    for reply in made:
        (folder / reply.name).write_bytes(reply.data)
    return made


def _step(number: int, name: str, **facts: object) -> None:
    show(f"{number} {messages.say(f'cli.demo.{name}', None, **facts)}")


def _name(unit: Unit) -> str:
    return file_name(f"{unit.code}_{unit.name}", ".xlsx")


def _last_years_report(form: Form, folder: Path, units: Sequence[Unit]) -> dict[str, Submission]:
    """Make last year's workbooks of the units that have one, and read them."""
    from tianbao.workbook.read import read_workbook

    sample = _sample("prior/2024.json")
    reports = {}
    for unit in units:
        if unit.code in sample["units"]:
            path = folder / _name(unit)
            _write(form, sample["year"], unit, path, values=sample["units"][unit.code]["values"])
            reports[unit.code] = read_workbook(path)
    return reports


def _write(
    form: Form,
    year: int,
    unit: Unit,
    target: Path | io.BytesIO,
    prior: Submission | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    from tianbao.workbook.write import write_workbook

    issuer = messages.say("cli.demo.issuer", "zh")
    write_workbook(form, target, unit=unit, year=year, prior=prior, values=values, issuer=issuer)


def _sample(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((samples_folder() / name).read_text(encoding="utf-8"), parse_float=Decimal)
    return sample


def _returns(units: Sequence[Unit]) -> list[Return]:
    """Collect what the units typed, in their order, and the one real report, which came on the form of another year."""
    from tianbao.records.model import Unit

    returns = []
    for unit in units:
        name = f"returns/{unit.code}.json"
        if (samples_folder() / name).exists():
            returns.append(_return(_sample(name), unit))
    real = _sample("baijiazhuang-2023.json")
    return [*returns, _return(real, Unit(**real["unit"]))]


def _return(sample: Mapping[str, Any], unit: Unit) -> Return:
    from tianbao.form.load import load_form

    return Return(
        form=load_form(sample["form"]),
        year=sample["year"],
        unit=unit,
        values=sample["values"] | sample["texts"],
        explanations=sample.get("explanations", {}),
        renamed=(sample.get("accident") or {}).get("renamed_sheets", {}),
    )


def _fill(answers: Return, issued: Path, returned: Path) -> None:
    """Fill the workbook that was issued, or the one that the unit still had from another year."""
    source: Path | io.BytesIO = issued / _name(answers.unit)
    if (answers.form.id, answers.year) != (FORM, YEAR):
        source = io.BytesIO()
        _write(answers.form, answers.year, answers.unit, source)
    type_in(source, answers, returned / _name(answers.unit))


def type_in(workbook: Path | io.BytesIO, answers: Return, target: Path) -> None:
    """Fill a workbook as a person would: open it, type into the cells, save it.

    What openpyxl saves has no results of formulas any more; reading does not need them.
    """
    import openpyxl

    from tianbao.workbook.layout import make_layout

    places = make_layout(answers.form).places
    book = openpyxl.load_workbook(workbook)
    for key, value in _typed(answers):
        place = places[key]
        book[place.sheet].cell(place.row, place.column).value = value
    for name, other in answers.renamed.items():
        book[name].title = other
    book.save(target)


def _typed(answers: Return) -> Iterator[tuple[str, int | float | str | date]]:
    """Yield what is typed into each cell: a text paragraph by paragraph, a day as a day, an amount as a number."""
    texts = {text.key: text for text in answers.form.texts}
    for key, value in answers.values.items():
        if key in texts:
            yield from zip((cell.key for cell in texts[key].cells), value.splitlines(), strict=False)
        else:
            yield key, _as_typed(value, answers.form.cell(key).type.value)
    for instance, explanation in answers.explanations.items():
        yield f"explain.{instance}", explanation


def _as_typed(value: int | str | Decimal, kind: str) -> int | float | str | date:
    match kind, value:
        case "date", str():
            return date.fromisoformat(value)
        case _, Decimal():
            return float(value)
        case _, _:
            return value
