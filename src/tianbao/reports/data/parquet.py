"""Tables as Parquet, with their types, labels and measures.

    whole numbers  int64                numbers with digits  decimal128(38, the form's digits)
    texts          string               days                 date32         yes or no  bool

In:   a table.
Out:  bytes, which pandas reads as Int64, Decimal and string, a blank as NA: never a float.
Knows nothing of forms. The only door to pyarrow, which is in the extra `parquet`. In the long table, `value` is a text,
as in its CSV, and `number` beside it what of it can be computed with.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.reports.data.plain import SCHEMA
from tianbao.reports.data.tables import Column, DataTable, Datum, Holds

if TYPE_CHECKING:
    import pyarrow as pa

    from tianbao.merge.merge import Merged

#: Digits that a decimal128 and a decimal256 can have.
_USUAL, _MOST = 38, 76
_INT64 = 1 << 63

#: What pandas is to make of a column: left to itself, it reads whole numbers with a blank as floats.
_IN_PANDAS = {
    Holds.WHOLE: ("int64", "Int64"),
    Holds.NUMBER: ("decimal", "object"),
    Holds.TEXT: ("unicode", "string"),
    Holds.DAY: ("date", "object"),
    Holds.TRUTH: ("bool", "boolean"),
}


class MissingParquetError(TianbaoError):
    """The library of the extra `parquet` is not installed."""

    code: ClassVar[str] = "U-PARQUET-EXTRA"


class LongNumberError(TianbaoError):
    """A number has more digits than Parquet can hold."""

    code: ClassVar[str] = "U-PARQUET-DIGITS"


def need_pyarrow() -> None:
    """Say before a long work that its library is missing.

    Raises:
        MissingParquetError: it is not installed, or not whole.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise MissingParquetError(library="pyarrow") from error


def to_parquet(merged: Merged, table: DataTable) -> bytes:
    """Write a table as Parquet.

    Raises:
        MissingParquetError: pyarrow is not installed.
        LongNumberError: a number has more digits than Parquet can hold.
    """
    need_pyarrow()
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [_fitting(column) for column in _of_one_type(table)]
    fields = [pa.field(column.name, _type(column), metadata=_told(column)) for column in columns]
    arrays = [pa.array(column.values, field.type) for column, field in zip(columns, fields, strict=True)]
    about = {"schema": SCHEMA, "form": merged.form.id, "year": str(merged.year or ""), "pandas": _for_pandas(columns)}
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields, about)), target)
    return target.getvalue()


def _of_one_type(table: DataTable) -> Iterator[Column]:
    """Part a column that holds of each cell what it asks: into what is written there, and the numbers in it."""
    for column in table.columns:
        if column.holds is not Holds.ANY:
            yield column
            continue
        numbers = [datum if isinstance(datum, int | Decimal) else None for datum in column.values]
        yield Column(column.name, Holds.TEXT, [_text(datum) for datum in column.values], column.label)
        yield Column("number", Holds.NUMBER, numbers, messages.say("data.number", "zh"), digits=column.digits)


def _text(datum: Datum) -> str | None:
    match datum:
        case Decimal():
            return f"{datum:f}"
        case date():
            return datum.isoformat()
        case None:
            return None
        case _:
            return str(datum)


def _fitting(column: Column) -> Column:
    """Return a column whose type holds all of its numbers: a formula may leave a fraction where a whole number is asked."""
    if column.holds is Holds.WHOLE and any(
        isinstance(datum, Decimal) or abs(datum) >= _INT64
        for datum in column.values
        if isinstance(datum, int | Decimal)
    ):
        return Column(column.name, Holds.NUMBER, column.values, column.label, column.measure, column.digits)
    return column


def _type(column: Column) -> pa.DataType:
    import pyarrow as pa

    match column.holds:
        case Holds.WHOLE:
            return pa.int64()
        case Holds.NUMBER:
            return _decimal(column)
        case Holds.DAY:
            return pa.date32()
        case Holds.TRUTH:
            return pa.bool_()
        case _:
            return pa.string()


def _decimal(column: Column) -> pa.DataType:
    """Return the type of numbers: with the form's digits, and with more only where a number has more."""
    import pyarrow as pa

    parts = [_places(datum) for datum in column.values if isinstance(datum, int | Decimal)]
    digits = max([column.digits, *(after for _, after in parts)])
    needed = digits + max([0, *(before for before, _ in parts)])
    if needed > _MOST:
        raise LongNumberError(column=column.name, digits=needed, most=_MOST)
    return pa.decimal128(_USUAL, digits) if needed <= _USUAL else pa.decimal256(_MOST, digits)


def _places(number: int | Decimal) -> tuple[int, int]:
    """Return how many digits a number has before its point, and behind it."""
    _, written, exponent = Decimal(number).as_tuple()
    assert isinstance(exponent, int)
    return max(0, len(written) + exponent), max(0, -exponent)


def _told(column: Column) -> dict[str, str]:
    """Say of a column what the form says of it."""
    told = {"label": column.label, "measure": column.measure}
    return {name: text for name, text in told.items() if text}


def _for_pandas(columns: Sequence[Column]) -> str:
    described: list[dict[str, Any]] = [
        {"name": c.name, "field_name": c.name, "pandas_type": known, "numpy_type": made, "metadata": None}
        for c in columns
        for known, made in (_IN_PANDAS[c.holds],)
    ]
    return json.dumps({"index_columns": [], "column_indexes": [], "columns": described})
