"""Turn the raw definition into frozen values, noting every fault on the way instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tianbao import expr
from tianbao.errors import TianbaoError
from tianbao.expr.semantics import kind
from tianbao.form.completeness import completeness
from tianbao.form.county import build_county
from tianbao.form.earlier import build_earlier
from tianbao.form.faults import Fault
from tianbao.form.model import (
    Cell,
    CellType,
    Check,
    Codelist,
    Column,
    County,
    Form,
    Instance,
    Kind,
    Merge,
    Narrative,
    PriorLine,
    Row,
    Section,
    Shape,
    Table,
    Text,
    Years,
)
from tianbao.form.names import GIVEN, PRIOR, Axis, Names, Stand
from tianbao.form.narrative import build_narrative
from tianbao.form.said import make_check
from tianbao.form.schema import RawCheck, RawCounty, RawField, RawForm, RawLine, RawNarrative, RawTable


def build_form(raw: RawForm, digest: str, path: Path) -> tuple[Form, tuple[Fault, ...]]:
    """Build a form and tell what is wrong with it.

    The form is whole only where no fault has severity ERROR: what is faulty is left out of it.
    """
    return _Builder(raw).build(digest, path)


class _Builder:
    def __init__(self, raw: RawForm) -> None:
        self.raw = raw
        self.faults: list[Fault] = []
        self.codelists = {codelist.key: tuple(codelist.items) for codelist in raw.codelists}

    def build(self, digest: str, path: Path) -> tuple[Form, tuple[Fault, ...]]:
        raw = self.raw
        cover = tuple(self._field("cover", field) for field in raw.cover)
        controls = tuple(self._control(field) for field in raw.controls)
        texts = tuple(_text(text.model_dump()) for text in raw.texts)
        sections = {section.key: section for section in raw.sections}
        bare = {
            table.key: self._table(table, sections[table.section].title if table.section in sections else "")
            for table in raw.tables
        }
        fields = {cell.key: cell for cell in (*cover, *controls)}
        names = Names(bare, fields, {text.key: text.cells for text in texts})
        tables = tuple(self._with_formulas(table, bare[table.key], names) for table in raw.tables)
        declared = tuple(_declared(check) for check in raw.checks)
        instances = tuple(
            instance
            for check, rough in zip(declared, raw.checks, strict=True)
            for instance in self._instances(check, rough, bare, names)
        )
        everywhere = completeness(tables, texts, cover)
        checks = (*dict.fromkeys(instance.check for instance in everywhere), *declared)
        instances = (*everywhere, *instances)
        form = Form(
            id=raw.id,
            version=raw.version,
            title=raw.title,
            issued_by=raw.issued_by,
            source=raw.source,
            years=Years(raw.years.first, raw.years.last),
            instructions=tuple(raw.instructions),
            sections=tuple(Section(s.key, s.title, s.sheet, s.landscape) for s in raw.sections),
            tables=tables,
            texts=texts,
            codelists=tuple(Codelist(key, items) for key, items in self.codelists.items()),
            cover=cover,
            signature=tuple(cell for cell, rough in zip(cover, raw.cover, strict=True) if rough.signs),
            controls=controls,
            checks=checks,
            instances=instances,
            narrative=self._narrative(raw.narrative, names, tuple(text.key for text in texts)),
            county=self._county(raw.county, names),
            earlier=build_earlier(raw.earlier, bare),
            digest=digest,
            path=path,
        )
        return form, tuple(self.faults)

    def _county(self, raw: RawCounty, names: Names) -> County:
        def bound(rule: str, place: str) -> expr.Expr | None:
            return self._bound(rule, names, None, place, wants=expr.Kind.NUMBER)

        return build_county(raw, bound)

    def _narrative(self, raw: RawNarrative, names: Names, texts: tuple[str, ...]) -> Narrative:
        def bound(rule: str, place: str, wants: expr.Kind) -> expr.Expr | None:
            return self._bound(rule, names, None, place, wants=wants)

        narrative, faults = build_narrative(raw, texts, bound)
        self.faults += faults
        return narrative

    def _field(self, group: str, raw: RawField) -> Cell:
        place = f"{group}.{raw.key}"
        cell = self._cell(place, (raw.label,), Kind.INPUT, [raw], place)
        return replace(cell, default=raw.default, merge=Merge.NONE)

    def _control(self, raw: RawField) -> Cell:
        cell = self._field("control", raw)
        #: A control total comes from the paper ledger; a unit that keeps none leaves it blank.
        return replace(cell, required=bool(raw.required))

    def _table(self, raw: RawTable, section: str) -> Table:
        rows = raw.rows
        if raw.shape == "list":
            rows = [RawLine(key=f"n{n}", label=[str(n)], required=False) for n in range(1, raw.lines + 1)]
        heading = tuple(part for part in (section, raw.title) if part)
        cells = [
            self._cell(
                f"{raw.key}.{_row_key(raw, row)}.{column.key}",
                heading + tuple(row.label) + tuple(column.label),
                Kind.COMPUTED if row.formula or column.formula else Kind.INPUT,
                [column, row, raw],
                f"tables.{raw.key}.columns.{column.key}",
            )
            for row in rows
            for column in raw.columns
        ]
        if raw.optional:
            cells = [replace(cell, required=False) for cell in cells]
        return Table(
            key=raw.key,
            section=raw.section,
            short=raw.short,
            title=raw.title,
            corner=raw.corner,
            shape=Shape(raw.shape),
            optional=raw.optional,
            rows=tuple(Row(_row_key(raw, r), tuple(r.label), _groups(r), r.guidance or "") for r in rows),
            columns=tuple(Column(c.key, tuple(c.label), _groups(c), c.guidance or "", c.width) for c in raw.columns),
            prior=tuple(_prior(line.row, line.column, line.label) for line in raw.prior),
            cells=tuple(cells),
        )

    def _cell(
        self, key: str, label: tuple[str, ...], kind: Kind, says: list[RawLine | RawTable | RawField], place: str
    ) -> Cell:
        """Make a cell from what is said of it, the innermost first: its column, its row, its table."""
        kind_of = CellType(_said(says, "type") or "count")
        codelist = _said(says, "codelist")
        if kind_of is CellType.CODE and codelist not in self.codelists:
            self._fault("D-CODELIST", place, codelist=codelist or "", known="、".join(self.codelists))
        digits = int(_said(says, "digits") or 0)
        if kind_of is CellType.DECIMAL and not digits:
            self._fault("D-DIGITS", place)
        summed = Merge(_said(says, "merge") or "sum") if kind_of.is_number else Merge.NONE
        required = _said(says, "required")
        return Cell(
            key=key,
            kind=kind,
            type=kind_of,
            label=label,
            measure=str(_said(says, "measure") or ""),
            digits=digits if kind_of is CellType.DECIMAL else 0,
            negative=bool(_said(says, "negative")),
            not_applicable=bool(_said(says, "not_applicable")),
            maximum=int(_said(says, "maximum") or 9_999_999),
            codes=self.codelists.get(str(codelist), ()) if kind_of is CellType.CODE else (),
            required=True if required is None else bool(required),
            merge=Merge.RECOMPUTE if kind is Kind.COMPUTED else summed,
            guidance=str(_said(says, "guidance") or ""),
        )

    def _with_formulas(self, raw: RawTable, table: Table, names: Names) -> Table:
        """Bind the formulas of a table's rows and columns to its cells; where both meet the column's counts."""
        by_row = {row.key: row.formula for row in raw.rows if row.formula}
        by_column = {column.key: column.formula for column in raw.columns if column.formula}

        def formula_of(cell: Cell) -> expr.Expr | None:
            row, column = cell.key.split(".")[1:3]
            if column in by_column:
                stand, place, text = Stand(table, "rows", row), f"columns.{column}", by_column[column]
            elif row in by_row:
                stand, place, text = Stand(table, "columns", column), f"rows.{row}", by_row[row]
            else:
                return None
            return self._bound(text, names, stand, f"tables.{raw.key}.{place}.formula", wants=expr.Kind.NUMBER)

        return replace(table, cells=tuple(replace(cell, formula=formula_of(cell)) for cell in table.cells))

    def _instances(self, check: Check, raw: RawCheck, tables: dict[str, Table], names: Names) -> Iterator[Instance]:
        """Apply a check to each row or column it is written for."""
        place = f"checks.{check.code}"
        stands = list(self._stands(raw, tables, place))
        for stand, label, element in stands:
            rule = self._bound(check.rule, names, stand, f"{place}.rule", wants=expr.Kind.TRUTH)
            when = self._bound(check.when, names, stand, f"{place}.when", wants=expr.Kind.TRUTH) if check.when else None
            if rule is None or (check.when and when is None):
                return
            own, conditions = (
                [cell.key for cell in expr.cells(part) if cell.key not in GIVEN] if part is not None else []
                for part in (rule, when)
            )
            prior = tuple(dict.fromkeys(key for key in (*own, *conditions) if key.startswith(PRIOR)))
            yield Instance(
                id=f"{check.code}.{element}" if element else check.code,
                check=check,
                label=label,
                rule=rule,
                asked=_asked(when, prior),
                cells=tuple(key for key in own if not key.startswith(PRIOR)),
                prior=prior,
            )

    def _stands(self, raw: RawCheck, tables: dict[str, Table], place: str) -> Iterator[tuple[Stand | None, str, str]]:
        every = [raw.each] if isinstance(raw.each, str) else raw.each
        for each in every:
            if not each:
                yield None, "", ""
                continue
            name, _, axis = each.partition(".")
            if name not in tables or axis not in ("rows", "columns"):
                self._fault("D-EACH", f"{place}.each", each=each, known="、".join(f"{key}.rows" for key in tables))
                continue
            table = tables[name]
            axis_name: Axis = "rows" if axis == "rows" else "columns"
            lines: Iterable[Row | Column] = table.rows if axis_name == "rows" else table.columns
            for line in lines:
                element = f"{name}.{line.key}" if len(every) > 1 else line.key
                yield Stand(table, axis_name, line.key), "".join(line.label[-1:]), element

    def _bound(self, text: str, names: Names, stand: Stand | None, place: str, *, wants: expr.Kind) -> expr.Expr | None:
        """Parse and bind a rule; a fault once for each place, however many rows or columns it is applied to."""
        try:
            bound = expr.bind(expr.parse(text), names.finder(stand), text=text)
        except TianbaoError as error:
            self._fault("D-RULE", place, cause=error, rule=text)
            return None
        if (kind(bound) is expr.Kind.TRUTH) is not (wants is expr.Kind.TRUTH):
            self._fault("D-TRUTH" if wants is expr.Kind.TRUTH else "D-NUMBER", place, rule=text)
            return None
        return bound

    def _fault(self, code: str, place: str, *, cause: TianbaoError | None = None, **params: object) -> None:
        fault = Fault(code, place, params, cause=cause)
        if not any(known.code == code and known.place == place for known in self.faults):
            self.faults.append(fault)


def _said(says: list[RawLine | RawTable | RawField], what: str) -> Any:
    """Return what the innermost of these says of a matter; None where none says anything."""
    return next((said for asked in says if (said := getattr(asked, what)) is not None), None)


def _row_key(table: RawTable, row: RawLine) -> str:
    return row.key[1:] if table.shape == "list" else row.key


def _groups(line: RawLine) -> tuple[str, ...]:
    return tuple(line.group) if isinstance(line.group, list) else (line.group,)


def _prior(row: str | None, column: str | None, label: str) -> PriorLine:
    return PriorLine("row", row, label) if row else PriorLine("column", column or "", label)


def _text(raw: dict[str, object]) -> Text:
    key, heading, paragraphs = str(raw["key"]), str(raw["heading"]), int(str(raw["paragraphs"]))
    cells = tuple(
        Cell(f"text.{key}.{n}", Kind.INPUT, CellType.TEXT, (heading, str(n)), required=False, merge=Merge.NONE)
        for n in range(1, paragraphs + 1)
    )
    return Text(
        key=key,
        heading=heading,
        guidance=str(raw["guidance"]),
        paragraphs=paragraphs,
        max_length=int(str(raw["max_length"])),
        required=bool(raw["required"]),
        prescribed=bool(raw["prescribed"]),
        cells=cells,
    )


def _declared(raw: RawCheck) -> Check:
    each = raw.each if isinstance(raw.each, str) else "、".join(raw.each)
    return make_check(raw, raw.severity, each=each, rule=raw.rule, when=raw.when)


def _asked(when: expr.Expr | None, prior: tuple[str, ...]) -> expr.Expr | None:
    """Return the condition under which a check is asked: its own, and that all of last year's figures are there."""
    conditions = [when] if when is not None else []
    if prior:
        conditions.append(expr.Compare("==", expr.Count(expr.Cells("prior", prior)), expr.Number(len(prior))))
    return expr.And(tuple(conditions)) if len(conditions) > 1 else next(iter(conditions), None)
