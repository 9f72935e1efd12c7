"""`form show`: one form's tables, texts, cover fields and checks, as a terminal can show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import padded, width
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json
from tianbao.cli.words import mark, years_in_words

if TYPE_CHECKING:
    from tianbao.form.model import Cell, Column, Form, Row, Table

_INPUT, _COMPUTED = "□", "■"


@click.command(cls=Command)
@click.argument("form_name", metavar="FORM")
@click.option("--markdown", "as_markdown", is_flag=True)
@json_option
def command(*, form_name: str, as_markdown: bool, as_json: bool) -> int:
    """Print everything that a form asks for and checks."""
    from tianbao.form.load import load_form

    form = load_form(form_name)
    if as_markdown:
        from tianbao.reports.rules import write_rules

        for line in write_rules(form).splitlines():
            show(line)
        return 0
    if as_json:
        show_json(_document(form))
        return 0
    for line in _lines(form):
        show(line)
    return 0


def _lines(form: Form) -> Iterator[str]:
    yield f"{form.id}  {form.title}  {form.version}"
    yield f"{form.issued_by}  {form.source}  {years_in_words(form.years)}"
    yield messages.say("cli.form.show.legend", input=_INPUT, computed=_COMPUTED)
    for section in form.sections:
        tables = [table for table in form.tables if table.section == section.key]
        if tables:
            yield ""
            yield section.title
        for table in tables:
            yield from _table(table)
    yield from _fields("cli.form.show.cover", form.cover)
    yield from _fields("cli.form.show.controls", form.controls)
    yield ""
    yield messages.say("cli.form.show.texts")
    columns = max((width(text.key) for text in form.texts), default=0) + 2
    for text in form.texts:
        yield f"  {_INPUT} {padded(text.key, columns)}{text.heading}"
    yield ""
    yield messages.say("cli.form.show.checks")
    for check in (*form.checks, *form.narrative.checks):
        yield f"  {mark(check.severity)} {padded(check.code, 8)}{check.say}"


def _table(table: Table) -> Iterator[str]:
    yield f"  {table.short}  {table.title}  [{table.key}]" if table.title else f"  {table.short}  [{table.key}]"
    parts: dict[str, Sequence[Row | Column]] = {
        "cli.form.show.rows": table.rows,
        "cli.form.show.columns": table.columns,
    }
    if table.shape.value == "list":
        yield "    " + messages.say("cli.form.show.lines", first=table.rows[0].key, last=table.rows[-1].key)
        del parts["cli.form.show.rows"]
    for title, lines in parts.items():
        yield f"    {messages.say(title)}"
        columns = max(width(line.key) for line in lines) + 2
        for line in lines:
            yield f"      {_mark(table, line)} {padded(line.key, columns)}{' / '.join(line.label)}"


def _mark(table: Table, line: Row | Column) -> str:
    """Mark a row or column by whether a person fills any of it."""
    own = (cell for cell in table.inputs() if line.key in cell.key.split(".")[1:])
    return _INPUT if any(own) else _COMPUTED


def _fields(title: str, cells: tuple[Cell, ...]) -> Iterator[str]:
    if not cells:
        return
    yield ""
    yield messages.say(title)
    columns = max(width(cell.key) for cell in cells) + 2
    for cell in cells:
        choices = f"  （{' / '.join(cell.codes)}）" if cell.codes else ""
        yield f"  {_INPUT} {padded(cell.key, columns)}{cell.label[-1]}{choices}"


def _document(form: Form) -> dict[str, object]:
    return {
        "schema": "tianbao.form/1",
        "form": form.id,
        "version": form.version,
        "digest": form.digest,
        "title": form.title,
        "issued_by": form.issued_by,
        "source": form.source,
        "first_year": form.years.first,
        "last_year": form.years.last,
        "tables": [
            {
                "key": table.key,
                "name": table.short,
                "title": table.title,
                "shape": table.shape.value,
                "rows": [{"key": row.key, "label": list(row.label)} for row in table.rows],
                "columns": [{"key": column.key, "label": list(column.label)} for column in table.columns],
            }
            for table in form.tables
        ],
        "texts": [{"key": text.key, "heading": text.heading, "max_length": text.max_length} for text in form.texts],
        "cover": [{"key": cell.key, "label": cell.label[-1], "codes": list(cell.codes)} for cell in form.cover],
        "controls": [{"key": cell.key, "label": cell.label[-1]} for cell in form.controls],
        "checks": [
            {
                "code": check.code,
                "severity": check.severity.value,
                "each": check.each,
                "rule": check.rule,
                "when": check.when,
                "say": str(check.say),
                "fix": str(check.fix),
                "source": check.source,
            }
            for check in (*form.checks, *form.narrative.checks)
        ],
    }
