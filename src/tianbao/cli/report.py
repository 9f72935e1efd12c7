"""`report`: the reports to be published, of units and of the county, as Word files and as pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.command import Command
from tianbao.cli.files import (
    as_option,
    force_option,
    form_option,
    jobs_option,
    load,
    passwords_option,
    roster_option,
)
from tianbao.cli.output import make_folder, progress, show, tell, tell_error, write_output
from tianbao.cli.report_files import FilesWanted, reports_of_files
from tianbao.cli.round import campaign_here, dry_run_option
from tianbao.cli.usage import MissingError, MisuseError, refuse_options_of_files
from tianbao.errors import TianbaoError

if TYPE_CHECKING:
    from tianbao.campaign.campaign import Campaign
    from tianbao.campaign.publishing import Composed
    from tianbao.form.model import Form
    from tianbao.reports.published import Format, Report

_DAY = click.DateTime(["%Y-%m-%d"])

#: The options that mean something in a campaign, too.
_IN_A_CAMPAIGN = (
    *("county", "word", "html", "output", "template", "new_template", "texts_file", "signed_on"),
    *("issuer", "force", "dry_run"),
)


class MixedError(MisuseError):
    """Some of the words are files, and some are not."""

    code = "U-REPORT-MIXED"


class TextsError(TianbaoError):
    """A file of texts cannot be used."""

    code = "U-REPORT-TEXTS"


class ChangedReportError(TianbaoError):
    """A report was changed by somebody since it was written."""

    code = "U-REPORT-CHANGED"


@dataclass(frozen=True, slots=True)
class _Out:
    """How reports are written.

    Attributes:
        folder: the files are to lie in; None for the campaign's own.
        template: the office's own, for Word.
    """

    formats: tuple[Format, ...]
    folder: Path | None
    template: Path | None
    force: bool
    dry_run: bool

    def draw(self, report: Report, kind: Format) -> bytes:
        """Make the bytes of a report."""
        from tianbao.reports.published import draw

        return draw(report, kind, template=self.template)


@click.command(cls=Command)
@click.argument("names", metavar="[UNIT…|FILE…]", nargs=-1)
@click.option("--county", is_flag=True)
@click.option("--word", is_flag=True)
@click.option("--html", is_flag=True)
@click.option("-o", "--output", metavar="DIR")
@click.option("--template", metavar="FILE.docx")
@click.option("--new-template", metavar="FILE.docx")
@click.option("--texts", "texts_file", metavar="FILE")
@click.option("--date", "signed_on", metavar="DATE", type=_DAY)
@click.option("--issuer", metavar="NAME", default="")
@click.option("--prior", metavar="FILE", multiple=True)
@roster_option
@form_option
@as_option
@click.option("--year", metavar="YEAR", type=int)
@passwords_option
@jobs_option
@force_option
@dry_run_option
@click.pass_context
def command(
    context: click.Context,
    *,
    names: tuple[str, ...],
    county: bool,
    word: bool,
    html: bool,
    output: str | None,
    template: str | None,
    new_template: str | None,
    texts_file: str | None,
    signed_on: datetime | None,
    issuer: str,
    prior: tuple[str, ...],
    roster: str | None,
    form_name: str | None,
    as_form: str | None,
    year: int | None,
    password_envs: tuple[str, ...],
    jobs: int | None,
    force: bool,
    dry_run: bool,
) -> int:
    """Write the reports of files, or of what counts in the campaign of this folder."""
    if new_template is not None:
        return _write_template(new_template, load(form_name), force=force, dry_run=dry_run)
    if (texts_file is not None or issuer or signed_on is not None) and not county:
        raise MissingError(what="--county", command=context.command_path)
    day = signed_on.date() if signed_on else None
    out = _Out(
        formats=_formats(word=word, html=html),
        folder=Path(output) if output else None,
        template=Path(template) if template else None,
        force=force,
        dry_run=dry_run,
    )
    if not _are_files(names):
        refuse_options_of_files(context, "names", *_IN_A_CAMPAIGN)
        return _of_campaign(names, out, county=county, issuer=issuer, texts_file=texts_file, signed_on=day)
    if output is None:
        raise MissingError(what="-o", command=context.command_path)
    reports, is_whole = reports_of_files(
        FilesWanted(
            files=names,
            county=county,
            issuer=issuer,
            roster=roster,
            form=form_name,
            as_form=as_form,
            year=year,
            prior=prior,
            texts=_texts(texts_file, load(form_name or as_form)) if texts_file else None,
            signed_on=day,
            password_envs=password_envs,
            jobs=jobs,
            called=context.command_path,
        )
    )
    return max(_write(reports, out), 0 if is_whole else 1)


def _formats(*, word: bool, html: bool) -> tuple[Format, ...]:
    """Return what is written: both, unless one of them was asked for."""
    from tianbao.reports.published import Format

    wanted = {Format.WORD: word, Format.HTML: html}
    return tuple(kind for kind, asked in wanted.items() if asked or word is html)


def _are_files(names: Sequence[str]) -> bool:
    """Tell files from units: all of them are the one or the other.

    Raises:
        MixedError: they are not.
    """
    there = [Path(name).exists() for name in names]
    if any(there) and not all(there):
        raise MixedError(name=names[there.index(False)])
    return bool(there) and all(there)


# ── in a campaign ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_campaign(
    names: Sequence[str], out: _Out, *, county: bool, issuer: str, texts_file: str | None, signed_on: date | None
) -> int:
    from tianbao.campaign.publishing import template_of

    with campaign_here() as campaign:
        texts = _texts(texts_file, campaign.form) if texts_file else None
        reports = campaign.reports(names, county=county, issuer=issuer, texts=texts, signed_on=signed_on)
        template = out.template or template_of(campaign)
        out = _Out(out.formats, out.folder, template, out.force, out.dry_run)
        if out.folder is not None or out.dry_run:
            return _write(reports, out)
        return _publish(campaign, reports, out)


def _publish(campaign: Campaign, reports: Sequence[Composed], out: _Out) -> int:
    """Write reports into the campaign's own folder."""
    with progress(each=False) as told:
        written = campaign.publish(reports, out.formats, out.draw, force=out.force, progress=told)
    for one in reports:
        files = [each for each in written if each.composed is one]
        for each in files:
            show(messages.say("cli.report.line", None, file=each.file))
        _show_warnings(one.report)
        for each in files:
            if each.is_kept:
                tell_error(ChangedReportError(path=each.file))
    kept = sum(each.is_kept for each in written)
    there = sum(not each.is_new and not each.is_kept for each in written)
    tell("cli.report.done", count=len(written) - kept, there=there)
    return 1 if kept or _has_warnings(reports) else 0


# ── anywhere else ────────────────────────────────────────────────────────────────────────────────────────────────────


def _write(reports: Sequence[Composed], out: _Out) -> int:
    """Write reports into a folder; or say what would be written."""
    from tianbao.campaign.folder import PUBLISHED

    folder = out.folder or Path(PUBLISHED)
    drawn: list[tuple[Path, bytes]] = []
    with progress(each=False) as told:
        for done, one in enumerate(reports, start=1):
            for kind in out.formats:
                inside = folder if out.folder else folder / kind.value
                drawn.append((inside / f"{one.name}{kind.suffix}", out.draw(one.report, kind)))
            told(done, len(reports), one.name)
    if out.dry_run:
        show(messages.say("cli.report.would", None, count=len(drawn), folder=str(folder)))
    else:
        _keep(folder, drawn, force=out.force)
    for one in reports:
        show(messages.say("cli.report.line", None, file=one.name))
        _show_warnings(one.report)
    if not out.dry_run:
        tell("cli.report.done", count=len(drawn), there=0)
    return 1 if _has_warnings(reports) else 0


def _keep(folder: Path, drawn: Sequence[tuple[Path, bytes]], *, force: bool) -> None:
    """Write all files, or none where one of them is there and is another one."""
    from tianbao.cli.output import refuse_other

    make_folder(folder)
    for path, data in drawn if not force else ():
        refuse_other(path, data)
    for path, data in drawn:
        write_output(path, data, force=force)


def _show_warnings(report: Report) -> None:
    for warning in report.warnings:
        show(f"  × {warning}")


def _has_warnings(reports: Sequence[Composed]) -> bool:
    return any(one.report.warnings for one in reports)


def _texts(path: str, form: Form | None) -> Mapping[str, str]:
    """Read the office's own texts from a report that it has written.

    Raises:
        TextsError: it cannot be read.
    """
    from tianbao.documents import read_published
    from tianbao.workbook.read import read_workbook

    submission = read_workbook(path, form=form, documents=read_published)
    if submission.reason is not None:
        raise TextsError(path=path, reason=submission.reason.message())
    return submission.texts


def _write_template(path: str, form: Form | None, *, force: bool, dry_run: bool) -> int:
    """Write the Word template of a form, for the office to make its own."""
    import io

    from tianbao.reports.published.word import write_template

    if form is None:
        with campaign_here() as campaign:
            form = campaign.form
    data = io.BytesIO()
    write_template(form, data)
    if dry_run:
        show(messages.say("cli.report.would_template", None, path=path))
        return 0
    write_output(Path(path), data.getvalue(), force=force)
    tell("cli.report.template_done", path=path)
    return 0
