"""The merged figures as tidy data: for whoever computes on, in pandas, R, a database or another spreadsheet.

    Merged ──tables──▶ long · wide · totals · columns ──┬─ plain ───▶ a CSV each, and all of them in data.json
                                                        └─ parquet ─▶ long, wide and totals, with their types

In:   a Merged.
Out:  files by name, the same bytes for the same merge; or a folder with them.
What was written and has not been changed since is known again (`unchanged_files`); the commands write over nothing else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tianbao.merge.merge import Merged

#: What is written with and without Parquet, in this order.
PLAIN = ("long.csv", "wide.csv", "totals.csv", "columns.csv", "data.json")
PARQUET = ("long.parquet", "wide.parquet", "totals.parquet")


def data_files(merged: Merged, *, parquet: bool = False) -> dict[str, bytes]:
    """Make the files: by name, what is in them.

    Raises:
        MissingParquetError: pyarrow is not installed.
        LongNumberError: a number has more digits than Parquet can hold.
    """
    from tianbao.reports.data.plain import DOCUMENT, to_csv, to_json, with_digests
    from tianbao.reports.data.tables import make_tables

    tables = make_tables(merged)
    files = {f"{table.name}.csv": to_csv(table) for table in tables}
    files[DOCUMENT] = to_json(merged, tables)
    if parquet:
        from tianbao.reports.data.parquet import to_parquet

        files |= {name: to_parquet(merged, table) for table in tables if (name := f"{table.name}.parquet") in PARQUET}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != DOCUMENT}
    return files | {DOCUMENT: with_digests(files[DOCUMENT], digests)}


def unchanged_files(folder: Path) -> frozenset[str]:
    """Name the files in a folder that lie there as they were written; the document among them says which those are."""
    from tianbao.reports.data.plain import DOCUMENT, digests_in

    document = folder / DOCUMENT
    digests = digests_in(document.read_bytes()) if document.is_file() else {}
    return frozenset(
        name
        for name, digest in digests.items()
        if name == DOCUMENT
        or ((folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest)
    )


def write_data(merged: Merged, folder: Path | str, *, parquet: bool = False) -> tuple[Path, ...]:
    """Write the files into a folder, over those that are there; return where they lie.

    Raises:
        MissingParquetError: pyarrow is not installed.
        LongNumberError: a number has more digits than Parquet can hold.
    """
    from tianbao.workbook.write import write_whole

    files = data_files(merged, parquet=parquet)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_whole(Path(folder) / name, data)
    return tuple(Path(folder) / name for name in files)
