"""`form list`: the bundled forms."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.columns import padded, width
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json
from tianbao.cli.words import years_in_words


@click.command(cls=Command)
@json_option
def command(*, as_json: bool) -> int:
    """Print one line a form."""
    from tianbao.form.load import bundled_forms, load_form

    forms = [load_form(name) for name in bundled_forms()]
    if as_json:
        described = [
            {
                "form": form.id,
                "version": form.version,
                "title": form.title,
                "first_year": form.years.first,
                "last_year": form.years.last,
                "cells": len(form.cells()),
            }
            for form in forms
        ]
        show_json({"schema": "tianbao.forms/1", "forms": described})
        return 0
    columns = max(width(form.id) for form in forms) + 2
    for form in forms:
        years, cells = years_in_words(form.years), len(form.cells())
        show(padded(form.id, columns) + messages.say("cli.form.list.line", title=form.title, years=years, cells=cells))
    return 0
