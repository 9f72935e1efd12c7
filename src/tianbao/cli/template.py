"""`template`: the locked workbook of one unit."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao.cli.command import Command
from tianbao.cli.files import force_option, password_of, read_prior, read_values
from tianbao.cli.output import tell, write_output
from tianbao.cli.usage import MisuseError
from tianbao.cli.words import years_in_words

if TYPE_CHECKING:
    from tianbao.form.model import Form

#: A year outside of these is a slip of the finger.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class NotAYearError(MisuseError):
    """No report is made for such a year."""

    code = "U-YEAR-RANGE"


class YearError(MisuseError):
    """Another form is in force for this year."""

    code = "U-YEAR"


@click.command(cls=Command)
@click.argument("form_name", metavar="FORM")
@click.option("--unit", "unit_code", metavar="CODE", required=True)
@click.option("--name", metavar="NAME", required=True)
@click.option("--kind", metavar="KIND", default="")
@click.option("--year", metavar="YEAR", type=int, required=True)
@click.option("-o", "--output", metavar="FILE.xlsx", required=True)
@click.option("--prior", metavar="FILE")
@click.option("--values", metavar="FILE.json")
@click.option("--issuer", metavar="NAME", default="")
@click.option("--password-env", metavar="NAME")
@click.option("--superseded", is_flag=True)
@force_option
def command(
    *,
    form_name: str,
    unit_code: str,
    name: str,
    kind: str,
    year: int,
    output: str,
    prior: str | None,
    values: str | None,
    issuer: str,
    password_env: str | None,
    superseded: bool,
    force: bool,
) -> int:
    """Write a workbook."""
    from tianbao.form.load import load_form
    from tianbao.records.model import Unit
    from tianbao.workbook.write import write_workbook

    form = load_form(form_name)
    judge_year(form, year, superseded=superseded)
    data = io.BytesIO()
    write_workbook(
        form,
        data,
        unit=Unit(unit_code, name, kind),
        year=year,
        prior=read_prior(prior, form) if prior else None,
        values=read_values(values, form) if values else None,
        issuer=issuer,
        password=password_of(password_env) if password_env is not None else None,
    )
    write_output(Path(output), data.getvalue(), force=force)
    tell("cli.template.done", path=output, name=name, year=year, title=form.title)
    return 0


def judge_year(form: Form, year: int, *, superseded: bool) -> None:
    """Refuse a year that is a slip of the finger, or for which another form is in force.

    Raises:
        NotAYearError, YearError: it is one.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NotAYearError(year=year, first=_FIRST_YEAR, last=_LAST_YEAR)
    first, last = form.years.first or _FIRST_YEAR, form.years.last or _LAST_YEAR
    if not first <= year <= last and not superseded:
        raise YearError(year=year, form=form.id, years=years_in_words(form.years))
