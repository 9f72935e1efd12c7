"""`explain`: what a code means, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import padded, width
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import joined, show, show_json
from tianbao.cli.usage import MisuseError, nearest

if TYPE_CHECKING:
    from tianbao.reports.codes import Entry


class UnknownCodeError(MisuseError):
    """Neither a check nor a message has this code."""

    code = "U-CODE"


@click.command(cls=Command)
@click.argument("code", metavar="[CODE]", required=False)
@click.option("--markdown", "as_markdown", is_flag=True)
@json_option
def command(*, code: str | None, as_markdown: bool, as_json: bool) -> int:
    """Print what one code means, or all codes."""
    from tianbao.reports.codes import entries
    from tianbao.reports.manual import write_manual

    if as_markdown:
        for line in write_manual().splitlines():
            show(line)
        return 0
    every = entries(messages.language())
    chosen = _chosen(code, every) if code else every
    if as_json:
        show_json({"schema": "tianbao.explain/1", "codes": [_document(entry) for entry in chosen]})
    else:
        for line in _told(chosen) if code else _listed(every):
            show(line)
    return 0


def _chosen(code: str, every: Sequence[Entry]) -> list[Entry]:
    """Find a code however it was typed: in small letters, or with the row or column of a finding behind it."""
    wanted = code.upper().partition(".")[0]
    chosen = [entry for entry in every if entry.code == wanted]
    if not chosen:
        raise UnknownCodeError(code_asked=code, near=nearest(wanted, [entry.code for entry in every]))
    return chosen


def _listed(every: Sequence[Entry]) -> Iterator[str]:
    """Write all codes, group by group: how grave each is, its sentence, and below it what to do."""
    columns = max(width(entry.code) for entry in every) + 2
    for group, entries in groupby(every, lambda entry: entry.group):
        yield messages.say(f"codes.{group.value}")
        yield f"  {messages.hint(f'codes.{group.value}')}"
        yield ""
        said = [(_signs(e.severities), e.code, e.sentence, e.way_out, e.way_out_note) for e in entries]
        for signs, code, sentence, way_out, way_out_note in dict.fromkeys(said):
            yield f"  {padded(signs, 4)}{padded(code, columns)}{sentence}"
            for sign, what in (("→", way_out), ("○ →", way_out_note)):
                if what:
                    yield f"  {' ' * (4 + columns)}{sign} {what}"
        yield ""


def _told(entries: Sequence[Entry]) -> Iterator[str]:
    """Write all that is known of a code."""
    for entry in entries:
        yield f"{entry.code}  {entry.sentence}"
        lines = [
            ("forms", "  ".join(entry.forms)),
            ("severity", _severities(entry.severities)),
            ("cause", entry.cause),
            *((name, entry.facts.get(name, "")) for name in ("rule", "when", "each", "source")),
        ]
        examples = entry.examples()
        for example in examples:
            sign = f"{_signs(example.severities)} " if len(examples) > 1 else ""
            lines += [("example", sign + example.sentence), ("way_out", example.way_out)]
        told = [(messages.say(f"cli.explain.{name}"), line) for name, line in lines if line]
        columns = max(width(name) for name, _ in told) + 2
        yield from (f"  {padded(name, columns)}{line}" for name, line in told)


def _signs(severities: Sequence[str]) -> str:
    """Write the signs of how grave something may be, each once."""
    words = (messages.say(f"cli.severity.{severity}") for severity in severities)
    return "".join(dict.fromkeys(word.partition(" ")[0] for word in words))


def _severities(severities: Sequence[str]) -> str:
    return joined(messages.say(f"cli.severity.{severity}") for severity in severities)


def _document(entry: Entry) -> dict[str, object]:
    examples = entry.examples()
    return {
        "code": entry.code,
        "kind": "check" if entry.forms else "message",
        "group": entry.group.value,
        "severities": list(entry.severities),
        "cause": entry.cause,
        "say": entry.sentence,
        "fix": entry.way_out,
        "fix_note": entry.way_out_note,
        "examples": [
            {"severities": list(example.severities), "say": example.sentence, "fix": example.way_out}
            for example in examples
        ],
        "forms": list(entry.forms),
        **entry.facts,
    }
