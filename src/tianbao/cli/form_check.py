"""`form check`: is this definition sound?"""

from __future__ import annotations

import click

from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json, tell
from tianbao.cli.words import mark

UNSOUND = 3


@click.command(cls=Command)
@click.argument("path", metavar="PATH")
@json_option
def command(*, path: str, as_json: bool) -> int:
    """Print every fault of a definition at once."""
    from tianbao.form.load import examine, find_definition
    from tianbao.form.model import Severity

    found = find_definition(path)
    _, faults = examine(found)
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    if as_json:
        told = [
            {"code": fault.code, "severity": fault.severity.value, "place": fault.place, "message": fault.message()}
            for fault in faults
        ]
        show_json({"schema": "tianbao.faults/1", "file": path, "sound": not errors, "faults": told})
    else:
        for fault in faults:
            show(f"{mark(fault.severity)} {fault.code}  {fault.place}  {fault.message()}")
    tell(
        "cli.form.check.unsound" if errors else "cli.form.check.sound",
        path=path,
        errors=errors,
        notes=len(faults) - errors,
    )
    return UNSOUND if errors else 0
