"""`status`: who owes what."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import width
from tianbao.cli.command import Command
from tianbao.cli.files import force_option, json_option
from tianbao.cli.output import show, show_json, tell, write_output
from tianbao.cli.round import campaign_here, waiting_lines

if TYPE_CHECKING:
    from tianbao.campaign.mails import Mail
    from tianbao.campaign.status import Status, UnitStatus, Waiting
    from tianbao.campaign.status_table import Table
    from tianbao.campaign.versions import Version


@click.command(cls=Command)
@click.option("--csv", "as_csv", is_flag=True)
@click.option("-o", "--output", metavar="FILE.xlsx")
@click.option("--reminder", "as_reminder", is_flag=True)
@force_option
@json_option
def command(*, as_csv: bool, output: str | None, as_reminder: bool, force: bool, as_json: bool) -> int:
    """Print how every unit stands."""
    from tianbao.campaign.status_book import status_book
    from tianbao.campaign.status_table import reminder, whole_table

    with campaign_here() as campaign:
        status = campaign.status()
        book = status_book(campaign, status) if output is not None else b""
    if output is not None:
        write_output(Path(output), book, force=force)
        tell("cli.status.written", path=output)
    elif as_json:
        show_json(_document(status))
    elif as_csv:
        _print_csv(whole_table(status))
    elif as_reminder:
        for line in reminder(status).split("\n"):
            show(line)
    else:
        for line in told(status):
            show(line)
    return 0


def told(status: Status) -> Iterator[str]:
    """Write the matrix, the counts, who is late, and what waits for the office."""
    from tianbao.campaign.status_table import counts_line, deadline_line, short_table

    settings = status.settings
    yield messages.say("cli.status.head", county=settings.county, year=settings.year, title=status.form.title)
    if deadline := deadline_line(status):
        yield deadline
    yield ""
    yield from _columns(short_table(status))
    yield ""
    yield counts_line(status)
    if status.outdated:
        yield messages.say("status.outdated", file=status.outdated)
    yield from _asking(status)
    yield from _waiting(status)
    yield from _refused(status)
    yield from _empty(status)
    yield from _unreached(status)
    yield from _late(status)


def _columns(table: Table) -> Iterator[str]:
    lines = [table.heads, *table.lines]
    taken = [list(map(width, line)) for line in lines]
    widths = [max(column) for column in zip(*taken, strict=True)]
    for line, own in zip(lines, taken, strict=True):
        fields = zip(line, own, widths, strict=True)
        yield "  ".join(field + " " * (columns - used) for field, used, columns in fields).rstrip()


def _asking(status: Status) -> Iterator[str]:
    for unit in status.units:
        for version in unit.asking:
            if version.standing.value != "waiting":
                yield f"△ {unit.entry.unit.name}  #{version.returned.id} {version.returned.file}"
                yield f"  {version.code}  {version.because()}"


def _waiting(status: Status) -> Iterator[str]:
    if status.waiting:
        yield ""
        yield messages.say("cli.status.waiting", count=len(status.waiting))
    for one in status.waiting:
        yield from waiting_lines(one)


def _refused(status: Status) -> Iterator[str]:
    named = {came.original for unit in status.units for came in unit.empty}
    refused = [
        one for one in status.refused if one.returned.original not in named or not one.code.startswith("F-MAIL-")
    ]
    if refused:
        yield ""
        yield messages.say("cli.status.refused", count=len(refused))
    for version in refused:
        yield f"× {version.returned.file}  {version.code}  {version.because()}"


def _empty(status: Status) -> Iterator[str]:
    """Name those who wrote, and sent no workbook."""
    from tianbao.campaign.senders import holds

    letters = [(unit, came) for unit in status.units for came in unit.empty]
    if letters:
        yield ""
        yield messages.say("cli.status.empty", count=len(letters))
    for unit, came in letters:
        yield f"△ {unit.entry.unit.name}  {came.subject}（{holds(came)}）"


def _unreached(status: Status) -> Iterator[str]:
    """Name those to whom the last mail did not go, or may not have gone."""
    from tianbao.campaign.status_table import unreached

    if status.unreached:
        yield ""
        yield messages.say("cli.status.unreached", count=len(status.unreached))
    for unit in status.unreached:
        yield f"  {unit.entry.unit.name}  {unreached(unit)}"


def _late(status: Status) -> Iterator[str]:
    """Name whom to call: those who owe something after the deadline, with their telephone."""
    late = [unit for unit in status.owing if unit.is_late]
    if late:
        yield ""
        yield messages.say("cli.status.late", count=len(late))
    for unit in late:
        entry = unit.entry
        yield f"  {unit.state.sign} {entry.unit.name}  {entry.contact}  {entry.telephone}".rstrip()


def _print_csv(table: Table) -> None:
    """Print a CSV that Excel opens rightly: what looks like a formula is no formula in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.heads)
    for line in table.lines:
        writer.writerow([f"'{field}" if field.startswith(("=", "+", "-", "@", "\t")) else field for field in line])
    click.echo("\ufeff" + text.getvalue(), nl=False)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _document(status: Status) -> dict[str, object]:
    return {
        "schema": "tianbao.status/1",
        "form": status.form.id,
        "year": status.settings.year,
        "today": status.today.isoformat(),
        "due": status.settings.due.isoformat() if status.settings.due else None,
        "expected": status.expected,
        "received": status.received,
        "counts": {state.value: count for state, count in status.counts.items()},
        "units": [_unit(unit) for unit in status.units],
        "outdated": status.outdated or None,
        "waiting": [_waits(one) for one in status.waiting],
        "refused": [_version(one) for one in status.refused],
    }


def _unit(unit: UnitStatus) -> dict[str, object]:
    entry, version = unit.entry, unit.version
    return {
        "code": entry.unit.code,
        "name": entry.unit.name,
        "kind": entry.unit.kind,
        "state": unit.state.value,
        "sign": unit.state.sign.strip(),
        "label": unit.state.words(),
        "late": unit.is_late,
        "counts": entry.counts,
        "issued": unit.issued or None,
        "version": version.number if version else None,
        "versions": unit.versions,
        "received": version.receipt.at if version else None,
        "file": version.returned.file if version else None,
        "sha256": version.returned.sha256 if version else None,
        "reason": {"code": version.code, "message": version.because()} if version else None,
        "findings": {"error": unit.errors, "query": unit.queries},
        "parts": {key: {"error": part.errors, "query": part.queries} for key, part in unit.parts.items()},
        "sent_back": len({made.turn for made in unit.sent_back}),
        "prior": unit.has_prior,
        "exempt": unit.exempt_because or None,
        "mail": _mail(unit.mail) if unit.mail else None,
        "without_workbook": [{"sender": one.sender, "subject": one.subject, "at": one.at} for one in unit.empty],
        "arrivals": [_version(one) for one in unit.arrivals],
        "contact": entry.contact,
        "telephone": entry.telephone,
        "email": entry.email,
    }


def _mail(mail: Mail) -> dict[str, object]:
    facts = {"mail": mail.number, "purpose": mail.purpose, "to": mail.to, "state": mail.state.value}
    return {**facts, "posted": mail.posted or None, "answer": mail.answer or None}


def _version(one: Version) -> dict[str, object]:
    return {
        "id": one.returned.id,
        "file": one.returned.file,
        "sha256": one.returned.sha256,
        "original": one.returned.original,
        "received": one.receipt.at,
        "version": one.number or None,
        "standing": one.standing.value,
        "code": one.code,
        "message": one.because(),
        "asks": one.asks,
    }


def _waits(one: Waiting) -> dict[str, object]:
    guess = one.guess
    guessed = (
        {"code": guess.entry.unit.code, "name": guess.entry.unit.name, "because": guess.because()} if guess else None
    )
    return {**_version(one.version), "unit": one.version.unit, "guess": guessed}
