"""The files a command is given: workbooks, folders and zips; a form; last year's figures; answers in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from tianbao.cli.output import joined, progress
from tianbao.cli.usage import MisuseError
from tianbao.errors import TianbaoError

if TYPE_CHECKING:
    from tianbao.form.model import Form
    from tianbao.records.model import Submission, Value
    from tianbao.workbook.passwords import Passwords
    from tianbao.workbook.read import Documents

P = ParamSpec("P")
R = TypeVar("R")

READ_SCHEMA = "tianbao.read/1"

json_option = click.option("--json", "as_json", is_flag=True)
form_option = click.option("--form", "form_name", metavar="FORM")
as_option = click.option("--as", "as_form", metavar="FORM")
roster_option = click.option("--roster", metavar="FILE")
decisions_option = click.option("--decisions", "decisions_file", metavar="FILE")
force_option = click.option("--force", is_flag=True)
passwords_option = click.option("--password-env", "password_envs", metavar="NAME", multiple=True)


class _Jobs(click.IntRange):
    """A number of processes."""

    name = "jobs"


jobs_option = click.option("--jobs", metavar="N", type=_Jobs(min=1))


def files_argument(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command the files it reads."""
    return click.argument("files", metavar="FILE…", nargs=-1, required=True)(function)


def files_or_campaign_argument(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command the files it reads; without any it is about the campaign of this folder."""
    return click.argument("files", metavar="[FILE…]", nargs=-1)(function)


class NothingError(TianbaoError):
    """The folders hold no file to read."""

    code = "U-NOTHING"


class AnswersFileError(TianbaoError):
    """A file of answers is not JSON, or holds something else."""

    code = "U-JSON"


class AnswersManyError(TianbaoError):
    """A document of several submissions, where the answers of one are wanted."""

    code = "U-JSON-MANY"


class PasswordError(MisuseError):
    """The environment holds no password under this name."""

    code = "U-PASSWORD"


class PriorRefusedError(TianbaoError):
    """Last year's workbook cannot be read."""

    code = "U-PRIOR"


def load(form_name: str | None) -> Form | None:
    """Load the form that was named; None where none was."""
    from tianbao.form.load import load_form

    return load_form(form_name) if form_name else None


def password_of(variable: str) -> str:
    """Take a password from the environment: an argument would stand in the shell's history.

    Raises:
        PasswordError: there is none under this name.
    """
    if not os.environ.get(variable):
        raise PasswordError(variable=variable)
    return os.environ[variable]


def passwords_of(variables: Iterable[str]) -> Passwords:
    """Take the passwords that open locked files from the environment.

    Raises:
        PasswordError: there is none under one of these names.
    """
    from tianbao.workbook.passwords import Passwords

    return Passwords(map(password_of, variables))


def read_files(
    files: Sequence[str],
    form_name: str | None = None,
    as_form: str | None = None,
    passwords: Iterable[str] = (),
    jobs: int | None = None,
    *,
    documents: bool = False,
) -> list[Submission]:
    """Read all files, telling how far it is; take them over into the form `as_form` where they are of another.

    Args:
        files: files, folders, zips and mails.
        form_name: the form that they must answer.
        as_form: the form that is wanted.
        passwords: to try on each file that has one to open.
        jobs: processes to read in; without one, as many as so many files are worth.
        documents: read published reports, too.

    Raises:
        NothingError: there is no file in these folders.
    """
    from tianbao.records.migrate import migrate
    from tianbao.workbook.read import read_many

    reader: Documents | None = None
    if documents:
        from tianbao.documents import read_published

        reader = read_published
    wanted, form = load(as_form), load(form_name)
    with progress() as told:
        submissions = list(read_many(files, form=form, passwords=passwords, jobs=jobs, progress=told, documents=reader))
    if not submissions:
        raise NothingError(files=joined(files))
    return [migrate(submission, wanted) for submission in submissions] if wanted else submissions


def read_last_years(
    files: Sequence[str],
    submissions: Iterable[Submission],
    as_form: str | None,
    passwords: Iterable[str],
    jobs: int | None,
) -> list[Submission]:
    """Read last year's files, published reports too, which are known by the names of the units that are looked at now.

    Args:
        files: files, folders, zips and mails; none where nothing of last year is given.
        submissions: this year's.
        as_form: the form that is wanted.
        passwords: to try on each file that has one to open.
        jobs: processes to read in.
    """
    from tianbao.records.names import known_by_name

    if not files:
        return []
    units = [one.unit for one in submissions if one.unit is not None]
    read = read_files(files, None, as_form, passwords, jobs, documents=True)
    return [known_by_name(one, units) for one in read]


def read_prior(path: str, form: Form) -> Submission | Mapping[str, Value]:
    """Read last year's figures: from a workbook, or from JSON."""
    from tianbao.documents import read_published
    from tianbao.workbook.read import read_workbook

    if path.lower().endswith(".json"):
        return {key: _exact(form, key, value) for key, value in _answers(_document(path)).items()}
    submission = read_workbook(path, documents=read_published)
    if submission.reason is not None:
        raise PriorRefusedError(path=path, reason=submission.reason.message())
    return submission


def read_values(path: str, form: Form) -> Mapping[str, Value]:
    """Read the answers to fill in: a flat object, `{"values": …, "texts": …}`, or what `read --json` printed.

    What a reading computed is left out of it: it is computed again.
    """
    document = _document(path)
    answers = _answers(document)
    if "verdict" not in document:
        return answers
    computed = {cell.key for cell in form.computed}
    return {key: value for key, value in answers.items() if key not in computed}


def _answers(document: Mapping[str, Any]) -> dict[str, Value]:
    parts = [document[part] for part in ("values", "fields", "texts") if isinstance(document.get(part), dict)]
    return {key: value for part in parts or [document] for key, value in part.items()}


def _document(path: str) -> Mapping[str, Any]:
    """Read one submission's document."""
    from tianbao.workbook.guard import PathMissingError

    try:
        document = json.loads(Path(path).read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise PathMissingError(path=path) from error
    except ValueError as error:
        raise AnswersFileError(path=path, line=getattr(error, "lineno", 1)) from error
    if not isinstance(document, dict):
        raise AnswersFileError(path=path, line=1)
    if document.get("schema") != READ_SCHEMA:
        return document
    submissions = document.get("submissions", [])
    if len(submissions) != 1:
        raise AnswersManyError(path=path, count=len(submissions))
    only: Mapping[str, Any] = submissions[0]
    return only


def _exact(form: Form, key: str, value: Value) -> Value:
    """Take an amount that JSON holds as text as the number it is."""
    from tianbao.workbook.prefill import PrefillError

    cell = form.by_key.get(key)
    if cell is None or not cell.is_number or not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except ArithmeticError as error:
        raise PrefillError(key=key, value=value, label=" → ".join(cell.label), must=cell.type.value) from error
