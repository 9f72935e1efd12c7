"""`demo`: a whole round over `samples/`, in a fresh folder, told step by step.

    1 begin and issue ──▶ 2 fill, as a person would ──▶ 3 import ──▶ 4 check ──▶ 5 send back ──▶ 6 merge ──▶ 7 publish ──▶ 8 who owes what

A sample return is JSON: its form, its year, `values` by cell key as they were typed (a number, or the text that somebody
typed in its stead; over a formula too), whole `texts`, `explanations` by check, and `accident`: what else became of the
file.
"""

from __future__ import annotations

import io
import json
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tianbao import messages
from tianbao.assets import samples_folder
from tianbao.cli import status
from tianbao.cli.command import Command
from tianbao.cli.findings import sum_up, told
from tianbao.cli.merged import told as told_of_merge
from tianbao.cli.output import WriteError, show, tell
from tianbao.cli.taken import lines_of
from tianbao.errors import TianbaoError
from tianbao.records.file_names import file_name

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.publishing import Written
    from tianbao.form.model import Form
    from tianbao.records.model import Submission, Unit

FORM, YEAR = "zfxxgk-2021", 2025

#: Stands in a folder that a demo made, which the next one may clear.
_MARK = ".tianbao-demo"
#: What a demo puts beside the campaign: last year's reports, and the files as they come.
LAST_YEAR, CAME = "0-上年", "来件"
#: Days from now on in which the reports of the demo are due, and in which late ones are taken.
_DUE, _LATE = timedelta(days=10), timedelta(days=20)


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
    """Make the folder, or empty it of what the demo before has left."""
    target.mkdir(parents=True, exist_ok=True)
    for inner in target.iterdir():
        if inner.is_dir():
            shutil.rmtree(inner, onerror=_remove_protected)
        else:
            inner.unlink()
    (target / _MARK).touch()


def _remove_protected(remove: Callable[[str], object], path: str, _: object) -> None:
    """Remove a file that nobody may write in, which Windows refuses at first."""
    Path(path).chmod(stat.S_IWRITE)
    remove(path)


def _walk(target: Path, units: Sequence[Unit]) -> int:
    """Do one step after the other; return the exit status of the checks."""
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.settings import Settings
    from tianbao.form.load import load_form

    form = load_form(FORM)
    show(messages.say("cli.demo.head", title=form.title, year=YEAR))
    last_year = target / LAST_YEAR
    _last_years_reports(form, last_year, units)
    today = date.today()  # noqa: DTZ011  a deadline is a day where the office is
    settings = Settings(
        FORM,
        YEAR,
        county=messages.say("cli.demo.county", "zh"),
        issuer=messages.say("cli.demo.issuer", "zh"),
        contact=messages.say("cli.demo.contact", "zh"),
        due=today + _DUE,
        late=today + _LATE,
    )
    roster = samples_folder() / "roster.csv"
    with Campaign.create(target, settings, roster=roster, prior=[last_year]) as campaign:
        return _round(campaign, target, units)


def _round(campaign: Campaign, target: Path, units: Sequence[Unit]) -> int:
    """Collect, check, send back and merge."""
    from tianbao.campaign.judge import judge

    issued = campaign.issue()
    _step(1, "issued", folder=target / "1-下发", count=len(issued.made))

    returns = _returns(units)
    came = target / CAME
    came.mkdir()
    for answers in returns:
        _fill(answers, target, came)
    _step(2, "returned", folder=came, count=len(returns))

    campaign.import_files([came], jobs=1)
    stands = campaign.status()
    every = list(campaign.versions.every())
    counted = sum(one.standing.value == "counts" for one in every)
    _step(3, "imported", count=len(every), counted=counted, others=len(every) - counted)
    for version in every:
        if version.standing.value != "counts":
            for line in lines_of(version, stands):
                show(f"  {line}")

    found = judge(campaign)
    submissions, findings = list(found.submissions.values()), list(found.findings.values())
    _step(4, "checked", count=sum(map(len, findings)))
    to_tell = [n for n, own in enumerate(findings) if own]
    for line in told([submissions[n] for n in to_tell], [findings[n] for n in to_tell]):
        show(f"  {line}")
    result = sum_up(submissions, findings)

    sent = campaign.give_back(receipts=True)
    receipts = sum(one.is_receipt for one in sent)
    _step(5, "sent_back", folder=target / "3-退回", corrections=len(sent) - receipts, receipts=receipts)

    merged = campaign.merge()
    _step(6, "merged", path=target / merged.file)
    for line in told_of_merge(merged.merged):
        show(f"  {line}")

    published = _publish(campaign)
    reports = {one.composed.name: one.composed.report for one in published}
    warned = sum(bool(report.warnings) for report in reports.values())
    _step(7, "published", folder=target / "5-发布", count=len(published), reports=len(reports), warned=warned)

    _step(8, "status")
    for line in status.told(campaign.status()):
        show(f"  {line}".rstrip())

    _step(9, "open")
    correction = next(one.file for one in sent if not one.is_receipt)
    opened = (
        (issued.made[0], "issued"),
        (correction, "sent_back"),
        (merged.file, "county"),
        (published[-1].file, "published"),
    )
    for file, code in opened:
        show(f"  {target / file}  {messages.say(f'cli.demo.open.{code}')}")
    tell("cli.demo.done", status=result, folder=target)
    return result


def _publish(campaign: Campaign) -> list[Written]:
    """Write the reports of every unit that has one as pages, and the county's as a Word file, too."""
    from tianbao.reports.published import Format, draw

    pages = campaign.publish(campaign.reports(), [Format.HTML], draw)
    return [*pages, *campaign.publish(campaign.reports(county=True), tuple(Format), draw)]


def _step(number: int, name: str, **facts: object) -> None:
    show(f"{number} {messages.say(f'cli.demo.{name}', None, **facts)}")


def _name(unit: Unit) -> str:
    return file_name(f"{unit.code}_{unit.name}", ".xlsx")


def _last_years_reports(form: Form, folder: Path, units: Sequence[Unit]) -> None:
    """Make last year's workbooks of the units that have one."""
    folder.mkdir()
    sample = _sample("prior/2024.json")
    for unit in units:
        if unit.code in sample["units"]:
            _write(form, sample["year"], unit, folder / _name(unit), values=sample["units"][unit.code]["values"])


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


def _fill(answers: Return, target: Path, came: Path) -> None:
    """Fill the workbook that was issued, or the one that the unit still had from another year."""
    name = file_name(f"{answers.unit.code}_{answers.unit.name}_{YEAR}年报表", ".xlsx")
    source: Path | io.BytesIO = target / "1-下发" / name
    if (answers.form.id, answers.year) != (FORM, YEAR):
        source = io.BytesIO()
        _write(answers.form, answers.year, answers.unit, source)
    type_in(source, answers, came / _name(answers.unit))


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
