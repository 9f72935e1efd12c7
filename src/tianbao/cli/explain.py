"""`explain`: what a code means, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from string import Formatter
from typing import TYPE_CHECKING

import click

from tianbao import messages
from tianbao.cli.columns import padded, width
from tianbao.cli.command import Command
from tianbao.cli.files import json_option
from tianbao.cli.output import show, show_json
from tianbao.cli.usage import MisuseError, nearest

if TYPE_CHECKING:
    from tianbao.expr.value import Value
    from tianbao.form.model import Check, Form, Instance

#: So many cells of a check are tried for an example.
_TRIED = 12

_A_CODE = re.compile(r"[A-Z]+[0-9]*-[A-Z0-9-]+")


class UnknownCodeError(MisuseError):
    """Neither a check nor a message has this code."""

    code = "U-CODE"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a code: of a check all parts, of a message its sentence and the way out.

    Attributes:
        facts: severity, rule, when, each, source, example; those that there are.
    """

    code: str
    sentence: str
    way_out: str
    forms: tuple[str, ...]
    facts: Mapping[str, str]


@click.command(cls=Command)
@click.argument("code", metavar="[CODE]", required=False)
@json_option
def command(*, code: str | None, as_json: bool) -> int:
    """Print what one code means, or all codes."""
    entries = list(_entries())
    chosen = _chosen(code, entries) if code else entries
    if as_json:
        show_json({"schema": "tianbao.explain/1", "codes": [_document(entry) for entry in chosen]})
    elif code:
        for entry in chosen:
            _show(entry)
    else:
        columns = max(width(entry.code) for entry in entries) + 2
        for line in dict.fromkeys(padded(entry.code, columns) + entry.sentence for entry in entries):
            show(line)
    return 0


def _chosen(code: str, entries: list[Entry]) -> list[Entry]:
    """Find a code however it was typed: in small letters, or with the row or column of a finding behind it."""
    wanted = code.upper().partition(".")[0]
    chosen = [entry for entry in entries if entry.code == wanted]
    if not chosen:
        raise UnknownCodeError(code_asked=code, near=nearest(wanted, [entry.code for entry in entries]))
    return chosen


def _entries() -> Iterator[Entry]:
    """Yield every check of every bundled form, then every message."""
    checks = list(_checks())
    yield from checks
    known = {entry.code for entry in checks}
    for code, entry in sorted(messages.catalogue(messages.language()).items()):
        if _A_CODE.fullmatch(code) and code not in known:
            yield Entry(code, _template(entry["text"]), _template(entry.get("hint", "")), (), {})


def _checks() -> Iterator[Entry]:
    """Yield each check once, with the forms that have it in the same words."""
    from tianbao.form.load import bundled_forms, load_form

    users: dict[Check, list[Form]] = {}
    for form in map(load_form, bundled_forms()):
        for check in form.checks:
            users.setdefault(check, []).append(form)
    for check, forms in sorted(users.items(), key=lambda pair: pair[0].code):
        instance = next(instance for instance in forms[0].instances if instance.check == check)
        facts = {
            "severity": messages.say(f"cli.severity.{check.severity.value}"),
            "rule": check.rule,
            "when": check.when,
            "each": check.each,
            "example": _example(forms[0], instance),
            "source": check.source,
        }
        told = {name: fact for name, fact in facts.items() if fact}
        yield Entry(check.code, str(check.say), str(check.fix), tuple(form.id for form in forms), told)


def _example(form: Form, instance: Instance) -> str:
    """Make up answers by which the check does not hold, and say them; empty where one or two cells cannot break it."""
    from tianbao import expr
    from tianbao.expr.sentence import with_numbers
    from tianbao.form.names import GIVEN, given

    rule, asked = instance.rule, instance.asked
    used = [cell for part in (asked, rule) if part is not None for cell in expr.cells(part) if cell.key not in GIVEN]
    for year in (2025, 2000):
        usual = {expr.Kind.NUMBER: 0, expr.Kind.DATE: given(year)["year_start"]}
        plain: dict[str, Value] = {cell.key: usual.get(cell.kind) for cell in used}
        single = [(key, answer) for key in list(plain)[:_TRIED] for answer in _answers(form, key)]
        for changed in ((), *((one,) for one in single), *combinations(single, 2)):
            answers = (plain | dict(changed) | given(year)).get
            if (asked is None or expr.evaluate(asked, answers)) and not expr.evaluate(rule, answers):
                return with_numbers(rule, answers, evaluate=expr.evaluate)
    return ""


def _answers(form: Form, key: str) -> tuple[Value, ...]:
    """Return what somebody could write into a cell."""
    from tianbao.form.model import CellType
    from tianbao.form.names import PRIOR, given

    cell = form.by_key[key.removeprefix(PRIOR)]
    if cell.codes:
        return cell.codes
    if cell.type is CellType.DATE:
        return (given(2025)["year_end"],)
    return (1, 1000, 20000, None) if cell.is_number else (cell.label[-1],)


def _template(text: str) -> str:
    """Write a sentence of the catalogue with dots in the place of its facts."""
    return "".join(literal + ("…" if fact is not None else "") for literal, fact, _, _ in Formatter().parse(text))


def _show(entry: Entry) -> None:
    show(f"{entry.code}  {entry.sentence}")
    lines = {"forms": "  ".join(entry.forms), **entry.facts, "way_out": entry.way_out}
    columns = max(width(messages.say(f"cli.explain.{name}")) for name in lines) + 2
    for name, line in lines.items():
        if line:
            show(f"  {padded(messages.say(f'cli.explain.{name}'), columns)}{line}")


def _document(entry: Entry) -> dict[str, object]:
    return {
        "code": entry.code,
        "kind": "check" if entry.forms else "message",
        "say": entry.sentence,
        "fix": entry.way_out,
        "forms": list(entry.forms),
        **entry.facts,
    }
