"""`form cells`: every cell of a form, and where it stands in the workbook."""

from __future__ import annotations

import click

from tianbao import messages
from tianbao.cli.columns import padded, width
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json


@click.command(cls=Command)
@click.argument("form_name", metavar="FORM")
@json_option
def command(*, form_name: str, as_json: bool) -> int:
    """Print one line a cell."""
    from tianbao.form.load import load_form
    from tianbao.workbook.layout import a1, make_layout

    form = load_form(form_name)
    places = make_layout(form).places
    cells = [
        {
            "key": cell.key,
            "sheet": places[cell.key].sheet,
            "cell": a1(places[cell.key].row, places[cell.key].column),
            "kind": cell.kind.value,
            "type": cell.type.value,
            "label": " / ".join(cell.label),
            "measure": cell.measure,
        }
        for cell in form.cells()
    ]
    if as_json:
        show_json(cells)
        return 0
    columns = max(width(cell["key"]) for cell in cells) + 2
    for cell in cells:
        kind = padded(messages.say(f"cli.kind.{cell['kind']}"), 10)
        show(f"{padded(cell['key'], columns)}{kind}{cell['sheet']}!{padded(cell['cell'], 6)}{cell['label']}")
    return 0
