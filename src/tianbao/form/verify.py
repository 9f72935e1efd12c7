"""Is a definition sound? What the shape of the file cannot tell: duplicates, circles, what the sheet cannot express."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from tianbao import expr
from tianbao.errors import TianbaoError
from tianbao.expr import excel
from tianbao.form.faults import Fault
from tianbao.form.model import Column, Form, Kind, Row, Severity, Shape, Table
from tianbao.form.names import GIVEN
from tianbao.form.schema import RawForm

#: Excel's own limits for the name of a sheet, and for a list to choose from.
_SHEET_LENGTH = 31
_LIST_LENGTH = 255
_SHEET_FORBIDDEN = set("[]:*?/\\'")


def verify_form(form: Form, raw: RawForm, *, whole: bool) -> tuple[Fault, ...]:
    """Tell what is wrong with a form that could be built.

    Args:
        form: as built.
        raw: as written.
        whole: nothing was left out of the form, so that what is not used may be told too.
    """
    faults = [
        *_duplicates(raw),
        *_codelists(form),
        *_sections(form),
        *_tables(form),
        *_charts(raw),
        *_earlier(form, raw),
        *_circles(form),
        *_inexpressible(form),
    ]
    if whole and not faults:
        faults += _untouched(form)
    return tuple(faults)


def _duplicates(raw: RawForm) -> Iterator[Fault]:
    """Every key and code once; a key is an address, and two cells cannot live at one."""
    told = raw.narrative
    codes = [
        *(check.code for check in raw.checks),
        *(mention.code for mention in told.mentions),
        *(statement.code for statement in told.statements),
        *(once.code for once in raw.county.once),
    ]
    lists: list[tuple[str, Iterable[str]]] = [
        ("tables", (table.key for table in raw.tables)),
        ("sections", (section.key for section in raw.sections)),
        ("texts", (text.key for text in raw.texts)),
        ("cover", (field.key for field in raw.cover)),
        ("controls", (field.key for field in raw.controls)),
        ("codelists", (codelist.key for codelist in raw.codelists)),
        ("checks", codes),
        ("narrative.words", (words.key for words in raw.narrative.words)),
        ("sections.*.sheet", (section.sheet for section in raw.sections if section.sheet)),
    ]
    for table in raw.tables:
        lists.append((f"tables.{table.key}.rows", (row.key for row in table.rows)))
        lists.append((f"tables.{table.key}.columns", (column.key for column in table.columns)))
    for place, keys in lists:
        for key, times in Counter(keys).items():
            if times > 1:
                yield Fault("D-DUPLICATE", place, {"key": key, "times": times})


def _codelists(form: Form) -> Iterator[Fault]:
    """A list to choose from is written into the cell's rule, separated by commas."""
    for codelist in form.codelists:
        length = len(",".join(codelist.items))
        if length > _LIST_LENGTH:
            yield Fault("D-LIST-LONG", f"codelists.{codelist.key}", {"length": length, "longest": _LIST_LENGTH})
        for item in codelist.items:
            if "," in item:
                yield Fault("D-LIST-COMMA", f"codelists.{codelist.key}", {"item": item})


def _sections(form: Form) -> Iterator[Fault]:
    for section in form.sections:
        if len(section.sheet) > _SHEET_LENGTH or _SHEET_FORBIDDEN & set(section.sheet):
            yield Fault("D-SHEET", f"sections.{section.key}.sheet", {"sheet": section.sheet})
    known = {section.key: section for section in form.sections}
    for table in form.tables:
        if table.section not in known or not known[table.section].sheet:
            names = "、".join(key for key, section in known.items() if section.sheet)
            yield Fault("D-SECTION", f"tables.{table.key}.section", {"section": table.section, "known": names})


def _tables(form: Form) -> Iterator[Fault]:
    for table in form.tables:
        place = f"tables.{table.key}"
        if not table.rows:
            yield Fault("D-MISSING", f"{place}.rows", {"field": "rows"})
        for axis, lines in (("rows", table.rows), ("columns", table.columns)):
            if axis == "columns" or table.shape is not Shape.LIST:
                yield from _labels(f"{place}.{axis}", lines)
        for line in table.prior:
            keys = {row.key for row in table.rows} if line.axis == "row" else {column.key for column in table.columns}
            if line.key not in keys:
                yield Fault("D-PRIOR", f"{place}.prior", {"key": line.key, "known": "、".join(sorted(keys))})


def _labels(place: str, lines: tuple[Row, ...] | tuple[Column, ...]) -> Iterator[Fault]:
    """Nested labels are printed as merged cells, so the same outer label must stand together, and not be a line too."""
    paths = [line.label for line in lines]
    for path, times in Counter(paths).items():
        if times > 1:
            yield Fault("D-LABEL-TWICE", place, {"label": "/".join(path)})
    for depth in range(1, max((len(path) for path in paths), default=0)):
        runs = [prefix for prefix, _ in groupby(path[:depth] for path in paths)]
        for prefix, times in Counter(runs).items():
            if times > 1 and len(prefix) == depth:
                yield Fault("D-LABEL-APART", place, {"label": "/".join(prefix)})
        for path in paths:
            if len(path) == depth and any(other[:depth] == path and len(other) > depth for other in paths):
                yield Fault("D-LABEL-BOTH", place, {"label": "/".join(path)})


def _circles(form: Form) -> Iterator[Fault]:
    """A computed cell that is computed from itself, by whatever way round."""
    settled = {cell.key for cell in form.computed}
    for table in form.tables:
        for cell in table.cells:
            if cell.formula is not None and cell.key not in settled:
                yield Fault("D-CIRCLE", f"tables.{table.key}", {"key": cell.key})


def _inexpressible(form: Form) -> Iterator[Fault]:
    """What the check language allows and a sheet's formula cannot say."""
    #: Not the real addresses (those are the layout's business), but as close together as in the printed tables.
    places = {
        cell.key: expr.Place(table.section, n // len(table.columns) + 1, n % len(table.columns) + 1)
        for table in form.tables
        for n, cell in enumerate(table.cells)
    }
    seen: set[str] = set()
    for instance in form.instances:
        rule = expr.substitute(
            instance.rule, lambda node: expr.Number(1) if isinstance(node, expr.Cell) and node.key in GIVEN else node
        )
        try:
            excel.formula(rule, lambda key: places.get(key, expr.Place("", 1, 1)), sheet="")
        except TianbaoError as error:
            if instance.check.code not in seen:
                yield Fault("D-SHEET-FORMULA", f"checks.{instance.check.code}.rule", cause=error)
            seen.add(instance.check.code)


def _charts(raw: RawForm) -> Iterator[Fault]:
    """A flow has both ends, and nothing else has sources."""
    for n, chart in enumerate(raw.county.charts, start=1):
        if (chart.by == "flow") is not bool(chart.sources):
            yield Fault("D-FLOW", f"county.charts.{n}", {"title": chart.title})


def _earlier(form: Form, raw: RawForm) -> Iterator[Fault]:
    """What is said of an earlier form names cells that there are: here, and there where that form is a bundled one."""
    from tianbao.form.load import bundled_forms, load_form

    for said, built in zip(raw.earlier, form.earlier, strict=True):
        place = f"earlier.{said.form}"
        for one in said.sums:
            table, _, axis = one.each.partition(".")
            if one.each and (axis != "columns" or table not in {known.key for known in form.tables}):
                known = "、".join(f"{known.key}.columns" for known in form.tables)
                yield Fault("D-EACH", f"{place}.sums.{one.earlier}.each", {"each": one.each, "known": known})
        before = load_form(said.form) if said.form in bundled_forms() and said.form != form.id else None
        here, there = set(form.by_key), set(before.by_key) if before else None
        for several in built.sums:
            yield from (
                Fault("D-EARLIER", place, {"key": key, "form": form.id}) for key in several.now if key not in here
            )
            if there is not None and several.earlier not in there:
                yield Fault("D-EARLIER", place, {"key": several.earlier, "form": said.form})
        for without in built.without:
            for key in without.cells if there is not None else ():
                if not any(known == key or known.startswith(f"{key}.") for known in here | (there or set())):
                    yield Fault("D-EARLIER", place, {"key": key, "form": f"{form.id}、{said.form}"})


def _untouched(form: Form) -> Iterator[Fault]:
    """Input cells that no check looks at: not wrong, but nobody would notice a slip there."""
    reached: set[str] = set()
    for instance in form.instances:
        #: Completeness asks whether a cell is filled, not what with.
        pending = [] if instance.id.startswith("C-") else list(instance.cells)
        while pending:
            key = pending.pop()
            if key not in reached:
                reached.add(key)
                formula = form.by_key[key].formula
                pending += [cell.key for cell in expr.cells(formula)] if formula is not None else []
    for table in form.tables:
        missed = _missed(table, reached)
        if missed:
            facts = {"count": len(missed), "keys": "、".join(missed[:5]) + ("……" if len(missed) > 5 else "")}  # noqa: PLR2004
            yield Fault("D-UNTOUCHED", f"tables.{table.key}", facts, Severity.NOTE)


def _missed(table: Table, reached: set[str]) -> list[str]:
    if table.shape is Shape.LIST:
        return []
    return [cell.key for cell in table.cells if cell.kind is Kind.INPUT and cell.is_number and cell.key not in reached]
