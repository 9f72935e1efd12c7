"""The checks that every form has: is it filled? They are written in the check language like all others."""

from __future__ import annotations

from collections.abc import Sequence

from tianbao import messages
from tianbao.expr import Arithmetic as Term
from tianbao.expr import Cell as Asked
from tianbao.expr import Cells, Compare, Count, CountIf, Expr, IsBlank, Kind, Not, Number, Or, Sum
from tianbao.expr import Text as Literal
from tianbao.form import model
from tianbao.form.model import Check, Instance, Severity, Shape, Table, Text, Words

#: The cover field by which a unit declares that all is zero, and the answer that declares it.
ZERO_REPORT = "cover.zero_report"
DECLARED = "是"


def completeness(tables: Sequence[Table], texts: Sequence[Text], cover: Sequence[model.Cell]) -> tuple[Instance, ...]:
    """Make the checks of completeness: of each table, of a declared zero report, of the texts, of the cover."""
    declares = any(cell.key == ZERO_REPORT for cell in cover)
    instances = [_table(table, declares=declares) for table in tables if table.shape is not Shape.LIST]
    if declares:
        instances.append(_zero_report(tables))
    instances += [_text(text) for text in texts if text.required]
    required = tuple(cell.key for cell in cover if cell.required)
    if required:
        rule = Sum(tuple(Count(Asked(cell.key, _kind(cell))) for cell in cover if cell.required))
        instances.append(_instance("C-04", "", "", Compare("==", rule, Number(len(required))), required))
    return tuple(instances)


def _table(table: Table, *, declares: bool) -> Instance:
    """Every number is filled, unless zero was declared; a table that may be left out is whole or blank."""
    keys = tuple(cell.key for cell in table.inputs() if cell.is_number)
    filled = Count(Cells(table.key, keys))
    rule: Expr = Compare("==", filled, Number(len(keys)))
    if table.optional:
        rule = Or((rule, Compare("==", filled, Number(0))))
    when = Compare("!=", Asked(ZERO_REPORT, Kind.TEXT), Literal(DECLARED)) if declares else None
    return _instance("C-01", table.key, table.short, rule, keys, when)


def _zero_report(tables: Sequence[Table]) -> Instance:
    """Who declares a zero report has typed no other number."""
    every = [Cells(t.key, tuple(c.key for c in t.inputs() if c.is_number), digits=6) for t in tables]
    every = [cells for cells in every if cells.keys]
    other: list[Expr] = [Term("-", Count(cells), CountIf(cells, Number(0))) for cells in every]
    keys = tuple(key for cells in every for key in cells.keys)
    when = Compare("==", Asked(ZERO_REPORT, Kind.TEXT), Literal(DECLARED))
    return _instance("C-02", "", "", Compare("==", Sum(tuple(other)), Number(0)), (ZERO_REPORT, *keys), when)


def _text(text: Text) -> Instance:
    keys = tuple(cell.key for cell in text.cells)
    return _instance("C-03", text.key, text.heading, Not(IsBlank(Cells(text.key, keys, Kind.TEXT))), keys)


def _instance(
    code: str, element: str, label: str, rule: Expr, keys: tuple[str, ...], when: Expr | None = None
) -> Instance:
    severity = Severity.QUERY if code == "C-03" else Severity.ERROR
    check = Check(
        code=code,
        severity=severity,
        each="",
        rule=messages.say(f"{code}.rule", "en"),
        when="",
        say=Words(messages.say(code, "zh"), messages.say(code, "en")),
        fix=Words(messages.hint(code, "zh"), messages.hint(code, "en")),
        source=messages.say("check.completeness.source", "zh"),
    )
    return Instance(f"{code}.{element}" if element else code, check, label, rule, when, keys, ())


def _kind(cell: model.Cell) -> Kind:
    return Kind.TEXT if cell.type.value in ("text", "code") else Kind.NUMBER
