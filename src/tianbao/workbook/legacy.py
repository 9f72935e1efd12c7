"""Workbooks of other formats than xlsx, as the same package: .xls and the .et of WPS, and .ods.

    bytes ──a process with limits: xlrd──▶ JSON ──▶ Package        (.xls, .et)
    zip   ──ods──▶ Package                                          (.ods)

In:   a file that the guard has let pass, and what it is.
Out:  a package like any other; who reads it need not know where it came from.
Knows nothing of forms. A foreign parser runs in a process of its own, with limits on its memory and its time: one that
hangs, aborts or raises what nobody expects refuses its file, and no other.
"""

from __future__ import annotations

import json
from typing import Any

from tianbao.workbook.child import ChildError, ask_child
from tianbao.workbook.guard import LIMITS, Judgement, Kind, Limits
from tianbao.workbook.ods import read_ods
from tianbao.workbook.package import Package, PackageError, RawCell, Sheet, StyleFacts, Visibility, read_package

_CHILD = "tianbao.workbook.xls"


def open_workbook(data: bytes, judgement: Judgement, *, name: str, limits: Limits = LIMITS) -> Package:
    """Open a workbook of any format that we read.

    Args:
        data: its bytes.
        judgement: what the guard says it is.
        name: what the file is called; it is only told.
        limits: how much it may ask of us.

    Raises:
        PackageError: it is dangerous, damaged, locked or no workbook.
    """
    if judgement.kind in (Kind.XLS, Kind.ET):
        return _made(_ask_child(data, name, limits), name)
    if judgement.kind is Kind.ODS and judgement.archive is not None:
        return read_ods(judgement.archive, limits=limits)
    return read_package(data, limits=limits, archive=judgement.archive)


def _ask_child(data: bytes, name: str, limits: Limits) -> Any:
    allowed = (limits.legacy_memory, limits.legacy_seconds, limits.cells, limits.blanks)
    try:
        return json.loads(ask_child(_CHILD, *allowed, data=data, seconds=limits.legacy_seconds))
    except ChildError as fault:
        raise PackageError("F-LEGACY-LIMIT" if fault.is_slow else "F-LEGACY-DAMAGED", name=name) from fault
    except ValueError as fault:
        raise PackageError("F-LEGACY-DAMAGED", name=name) from fault


def _made(document: Any, name: str) -> Package:
    """Make a package of what the child says."""
    if "fault" in document:
        raise PackageError(document["fault"], **{"name": name, **document.get("params", {})})
    sheets: dict[str, Sheet] = {}
    for sheet in document["sheets"]:
        key = sheet["name"].casefold()
        if key in sheets:
            raise PackageError("F-DUPLICATE-SHEET", sheet=sheet["name"])
        sheets[key] = Sheet(
            sheet["name"],
            Visibility(sheet["visibility"]),
            {ref: RawCell(*cell) for ref, *cell in sheet["cells"]},
            frozenset(sheet["hidden_rows"]),
            tuple(range(column, column + 1) for column in sheet["hidden_columns"]),
            tuple(sheet["merged"]),
            sheet["protected"],
            None if sheet["validated"] is None else tuple(sheet["validated"]),
        )
    if not sheets:
        raise PackageError("F-NO-SHEETS")
    return Package(
        sheets.values(),
        properties=document["properties"],
        names=document["names"],
        styles=[StyleFacts(*style) for style in document["styles"]],
        active=document["active"],
    )
