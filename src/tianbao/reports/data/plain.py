"""Tables as text: CSV for spreadsheets and everything else, JSON for programs.

    DataTable ──to_csv──▶ utf-8 with a mark, so that Excel reads Chinese        tables ──to_json──▶ tianbao.data/1

In:   tables.
Out:  bytes.
Knows nothing of forms. In CSV no text is a formula: one that a spreadsheet could take for one has an apostrophe before
it, and so has one that begins with an apostrophe, so that whoever takes the first away has what was written. In JSON
every text is what was written, a whole number an integer, an amount a string, a blank null.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from tianbao.reports.data.tables import DataTable, Datum

if TYPE_CHECKING:
    from tianbao.merge.merge import Merged
    from tianbao.records.model import Unit

SCHEMA = "tianbao.data/1"
DOCUMENT = "data.json"
_DIGESTS, _END = b',\n"digests": ', b"\n}\n"

#: What a spreadsheet takes for the beginning of a formula, the full-width ones too where the system is a Chinese one;
#: and the apostrophe itself.
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠'")


def to_csv(table: DataTable) -> bytes:
    """Write a table as CSV; numbers are never quoted, nor anything but themselves."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows(map(_written, row) for row in table.rows())
    return target.getvalue().encode("utf-8-sig")


def to_json(merged: Merged, tables: Iterable[DataTable]) -> bytes:
    """Write a merge and its tables as a document, a line of a table on a line of its own."""
    about = {
        "schema": SCHEMA,
        "form": merged.form.id,
        "title": merged.form.title,
        "year": merged.year,
        "counted": [_unit(unit) for unit in merged.units],
        "missing": [_unit(unit) for unit in merged.missing],
        "left_out": [
            {"file": left.file, "code": left.code, "severity": left.severity.value} for left in merged.left_out
        ],
        "adjustments": [one.as_document() for one in merged.adjustments],
    }
    parts = [f"{_dumped(name)}: {_dumped(value)}" for name, value in about.items()]
    parts += [f"{_dumped(table.name)}: {_lines(table)}" for table in tables]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def with_digests(document: bytes, digests: Mapping[str, str]) -> bytes:
    """Add as the last line what the files beside a document hold, and the document above it: so they are known again."""
    above = document.removesuffix(_END) + _DIGESTS
    return above + _dumped({**digests, DOCUMENT: hashlib.sha256(above).hexdigest()}).encode() + _END


def digests_in(document: bytes) -> Mapping[str, str]:
    """Return the digests that a document holds; none where it is not one of ours, or somebody has changed it."""
    above, line, below = document.rpartition(_DIGESTS)
    try:
        digests = json.loads(below.removesuffix(_END))
    except ValueError:
        return {}
    is_ours = isinstance(digests, dict) and digests.get(DOCUMENT) == hashlib.sha256(above + line).hexdigest()
    return digests if is_ours else {}


def _written(datum: Datum) -> str:
    match datum:
        case None:
            return ""
        case bool():
            return "true" if datum else "false"
        case int():
            return str(datum)
        case Decimal():
            return f"{datum:f}"
        case date():
            return datum.isoformat()
        case str():
            return f"'{datum}" if datum.lstrip(" ").startswith(_BEGINS_A_FORMULA) else datum
        case _:
            assert_never(datum)


def _lines(table: DataTable) -> str:
    names = [column.name for column in table.columns]
    lines = [_dumped(dict(zip(names, row, strict=True))) for row in table.rows()]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_of_json)


def _of_json(datum: Sequence[Datum]) -> str:
    """Write what JSON has no word for."""
    if isinstance(datum, Decimal):
        return f"{datum:f}"
    assert isinstance(datum, date)
    return datum.isoformat()


def _unit(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}
