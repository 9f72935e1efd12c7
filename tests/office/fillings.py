"""Random reports for a form: right ones, slips, nonsense, blanks, zero reports; the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from tianbao import expr
from tianbao.form.completeness import DECLARED, ZERO_REPORT
from tianbao.form.model import Cell, CellType, Form, Severity, Shape, Table
from tianbao.form.names import given, serial
from tianbao.records.model import Value

Values = dict[str, Value]

#: What people write, and what only looks like a formula, a number, a date or markup.
WORDS = (
    "张三",
    "无",
    "0350-6522018",
    "007",
    "=1+1",
    "+8",
    "-",
    "２０２５",
    "a<b>&\"c'",
    "１件",
    "𠮷野家",
    "TRUE",
    "#N/A",
)
PARAGRAPHS = (
    "主动公开方面：全年公开信息 12 条。",
    "第一行\n第二行",
    "=SUM(A1:A9)",
    "“引号”、<标签> & 符号",
    "一" * 300,
)


@dataclass(frozen=True, slots=True)
class Filling:
    """What somebody types into a blank workbook.

    Attributes:
        kind: how it was made up.
        values: by the key of every input cell; None where the cell is left blank.
        explanations: by check instance.
    """

    kind: str
    values: Mapping[str, Value]
    explanations: Mapping[str, str]


def make_fillings(form: Form, year: int, count: int, seed: int) -> Iterator[Filling]:
    """Make up reports, each kind in its turn."""
    rng = Random(f"{form.id} {seed}")  # noqa: S311  the same reports every time
    explained = [i.id for i in form.instances if i.check.severity is Severity.QUERY]
    for n in range(count):
        kind = KINDS[n % len(KINDS)]
        values = kind(form, year, rng)
        chosen = rng.sample(explained, rng.randrange(3)) if explained else []
        yield Filling(kind.__name__, values, {name: rng.choice(PARAGRAPHS) for name in chosen})


def right(form: Form, year: int, rng: Random) -> Values:
    """A report in which everything agrees."""
    values = {cell.key: _usual(cell, year, rng) for cell in _inputs(form)}
    for table in form.tables:
        if table.shape is Shape.LIST:
            values |= _lines(table, year, rng)
    _AGREE[form.id](values, rng)
    totals = _totals(form, values, year)
    ledger = _CONTROLS[form.id].items()
    return values | {key: totals[total] if rng.random() < 0.8 else None for key, total in ledger}


def slipped(form: Form, year: int, rng: Random) -> Values:
    """A right report but for a few cells."""
    values = right(form, year, rng)
    for cell in rng.sample([cell for cell in _inputs(form) if not cell.key.startswith("text.")], rng.randint(1, 3)):
        values[cell.key] = _anything(cell, year, rng)
    return values


def wild(form: Form, year: int, rng: Random) -> Values:
    """Numbers that have nothing to do with each other."""
    return {cell.key: _anything(cell, year, rng) for cell in _inputs(form)}


def tiny(form: Form, year: int, rng: Random) -> Values:
    """Numbers so small that any two sums may be equal."""
    values = {cell.key: _usual(cell, year, rng) for cell in _inputs(form)}
    return values | {cell.key: _tiny(cell, rng) for cell in _inputs(form) if cell.is_number}


def sparse(form: Form, year: int, rng: Random) -> Values:
    """Any cell may be blank; now and then all are."""
    blank = rng.choice((0.1, 0.5, 0.95, 1.0))
    return {key: None if rng.random() < blank else value for key, value in wild(form, year, rng).items()}


def zero_report(form: Form, year: int, rng: Random) -> Values:
    """A declared zero report, with or without numbers that belie it."""
    belied = rng.choice((0.0, 0.0, 0.02, 0.5))
    values = right(form, year, rng)
    for cell in form.cells():
        if cell.key in values:
            values[cell.key] = (
                _anything(cell, year, rng) if rng.random() < belied else rng.choice((None, None, _zero(cell)))
            )
    return values | {ZERO_REPORT: DECLARED}


def multiplied(form: Form, times: int) -> Filling:
    """A report of counts so many times what `ones` gives for last year, with as many requests granted as must be."""
    values: Values = {c.key: times if c.type is CellType.COUNT else None for c in _inputs(form)}
    granted = ("new", "carried_in", "granted", "carried_out")
    others = [key for key in values if key.startswith("requests.") and key.split(".")[1] not in granted]
    return Filling("multiplied", values | dict.fromkeys(others, 0), {})


def ones(form: Form, _year: int, _rng: Random) -> Values:
    """Last year's figures, all there: tiny ones may or may not agree with them."""
    return {cell.key: 1 for cell in _inputs(form) if cell.is_number}


def patchy(form: Form, year: int, rng: Random) -> Values:
    """Last year's figures, whatever they are, some of them missing."""
    values = {cell.key: _anything(cell, year, rng) for cell in _inputs(form) if cell.is_number}
    return {key: None if rng.random() < 0.3 else value for key, value in values.items()}


def _inputs(form: Form) -> list[Cell]:
    return [cell for cell in form.by_key.values() if cell.formula is None]


def _usual(cell: Cell, year: int, rng: Random) -> Value:
    match cell.type:
        case CellType.COUNT:
            return rng.choice((0, 0, 0, rng.randint(1, 30)))
        case CellType.DECIMAL:
            return _amount(cell, rng, most=9000)
        case CellType.DATE:
            return {"cover.period_start": date(year, 1, 1), "cover.period_end": date(year, 12, 31)}.get(
                cell.key, date(year + 1, 1, rng.randint(1, 31))
            )
        case CellType.CODE:
            return "否" if cell.key == ZERO_REPORT else rng.choice(cell.codes)
        case CellType.TEXT:
            return rng.choice(PARAGRAPHS if cell.key.startswith("text.") else WORDS)


def _anything(cell: Cell, year: int, rng: Random) -> Value:
    """Return what the cell accepts, whether or not it makes sense; now and then a blank."""
    if rng.random() < 0.05:
        return None
    match cell.type:
        case CellType.COUNT:
            number = rng.choice((0, 0, 1, rng.randint(0, 3), rng.randint(0, 500), cell.maximum))
            return rng.choice((number, -number)) if cell.negative else number
        case CellType.DECIMAL:
            return _amount(cell, rng, most=rng.choice((0, 1, 20_000)))
        case CellType.DATE:
            return date.fromordinal(date(year, 1, 1).toordinal() + rng.choice((0, 364, 365, rng.randint(-400, 800))))
        case CellType.CODE:
            return rng.choice(cell.codes)
        case CellType.TEXT:
            return _usual(cell, year, rng)


def _tiny(cell: Cell, rng: Random) -> Value:
    return rng.randint(0, 2) if cell.is_number else None


def _amount(cell: Cell, rng: Random, *, most: int) -> Decimal:
    digits = rng.randint(0, cell.digits)
    return Decimal(rng.randint(0, most * 10**digits)).scaleb(-digits)


def _zero(cell: Cell) -> Value:
    return 0 if cell.is_number else None


def _totals(form: Form, values: Mapping[str, Value], year: int) -> dict[str, expr.Value]:
    """Compute what the sheet's formulas compute."""
    figures: dict[str, expr.Value] = {**given(year), **{key: _figure(value) for key, value in values.items()}}
    for cell in form.computed:
        assert cell.formula is not None
        total = expr.evaluate(cell.formula, figures.get)
        assert not isinstance(total, bool)
        figures[cell.key] = total
    return {cell.key: figures[cell.key] for cell in form.computed}


def _figure(value: Value) -> expr.Value:
    return serial(value) if isinstance(value, date) else value


def _lines(table: Table, year: int, rng: Random) -> Values:
    """The lines of a detail list: some whole, the rest blank."""
    filled = rng.randrange(len(table.rows) // 2)
    cells = ((n, table.cell(row, column)) for n, row in enumerate(table.rows) for column in table.columns)
    return {cell.key: _usual(cell, year, rng) if n < filled else None for n, cell in cells}


def _number(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _balance_requests(values: Values, rng: Random) -> None:
    """Make the four items of table 3 agree in every column, and the rows of table 2 plausible."""
    columns = [key.rpartition(".")[2] for key in values if key.startswith("requests.new.")]
    for column in columns:
        outcomes = [k for k in values if k.startswith("requests.") and k.endswith(f".{column}")]
        outcomes = [k for k in outcomes if k.split(".")[1] not in ("new", "carried_in", "carried_out")]
        done = sum(_number(values[key]) for key in outcomes) + _number(values[f"requests.carried_out.{column}"])
        values[f"requests.carried_in.{column}"] = brought = rng.randint(0, done)
        values[f"requests.new.{column}"] = done - brought
    for key in values:
        if key.startswith("art20_1.rules."):
            values[key] = 0
    for line in ("art20_1.norm_docs", "art20_1.rules"):
        if f"{line}.in_force" in values:
            values[f"{line}.in_force"] = _number(values[f"{line}.issued"]) + rng.randint(0, 9) * (line[8] == "n")


def _fit_inspections(values: Values, rng: Random) -> None:
    """Make as many inspections and hazards as there are places to have them."""
    for key in [key for key in values if key.startswith("inspections.") and key.endswith(".places")]:
        line = key.rpartition(".")[0]
        inspected = rng.randint(0, _number(values[key]))
        values[f"{line}.inspected"] = inspected
        values[f"{line}.visits"] = inspected and inspected + rng.randint(0, 5)
        found = rng.randint(20, 40)
        values[f"{line}.found"], values[f"{line}.fixed"] = found, rng.randint(0, found - 10)


_AGREE: Mapping[str, Callable[[Values, Random], None]] = {
    "fire-safety": _fit_inspections,
    "zfxxgk-2019": _balance_requests,
    "zfxxgk-2021": _balance_requests,
}
_LEDGER = {
    "control.received": "requests.new.total",
    "control.carried_in": "requests.carried_in.total",
    "control.closed": "requests.total.total",
    "control.carried_out": "requests.carried_out.total",
}
_CONTROLS: Mapping[str, Mapping[str, str]] = {
    "fire-safety": {"control.visited": "inspections.total.visits"},
    "zfxxgk-2019": _LEDGER,
    "zfxxgk-2021": _LEDGER,
}

#: Each in its turn.
KINDS: tuple[Callable[[Form, int, Random], Values], ...] = (
    right,
    slipped,
    wild,
    tiny,
    sparse,
    tiny,
    zero_report,
    tiny,
)
