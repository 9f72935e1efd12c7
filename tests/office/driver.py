"""LibreOffice behind JSON lines: run by a Python that has `uno`, as a child of `tests.office.office`.

    {"do": "open", "path": …}                                       → {"doc": 1}
    {"do": "new", "sheets": ["A", …]}                               → {"doc": 2}
    {"do": "fill", "doc": 1, "cells": [["A", "E6", 7], …]}          → {}       number | text | null | {"formula": "=…"}
    {"do": "calculate", "doc": 1}                                   → {}
    {"do": "read", "doc": 1, "cells": [["A", "E6"], …]}             → {"values": […]}    number | text | null | {"error": n}
    {"do": "read_area", "doc": 1, "sheet": "A", "area": "A1:K40"}   → {"rows": [[…], …]}
    {"do": "save", "doc": 1, "path": …, "format": "xlsx"}           → {}       or xls, ods, pdf; "password" to open it
    {"do": "protect", "doc": 1, "sheet": "A", "on": false}          → {}
    {"do": "lock", "doc": 1, "sheet": "A", "area": "E6", "on": false} → {}     as the format of cells says
    {"do": "merge", "doc": 1, "sheet": "A", "area": "A1:C1", "on": true} → {}
    {"do": "admit", "doc": 1, "sheet": "A", "area": "E6"}           → {}       whatever is typed there
    {"do": "sort", "doc": 1, "sheet": "A", "area": "A4:K9", "column": 5, "down": true} → {}   by that column, from 0
    {"do": "insert", "doc": 1, "sheet": "A", "row": 6, "count": 2}  → {}
    {"do": "rename", "doc": 1, "sheet": "A", "name": "B"}           → {}
    {"do": "remove", "doc": 1, "sheet": "A"}                        → {}
    {"do": "close", "doc": 1}                                       → {}
    {"do": "quit"}                                                  → {}

What goes wrong comes back as {"error": "…"}, and the driver goes on. The office has its own pipe and a fresh profile that
computes every formula on loading, whatever result the file holds; it ends when this process ends or its input is closed.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

START_SECONDS = 90
FAREWELL_SECONDS = 5

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xls": "MS Excel 97",
    "ods": "calc8",
    "pdf": "calc_pdf_Export",
}
#: Of a text the same is printed by another one.
TEXT, TEXT_PDF = "com.sun.star.text.TextDocument", "writer_pdf_Export"

#: 0 is "always": the file's own results are never trusted.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

#: com.sun.star.sheet.AddressConvention.XL_OOX, FormulaResult.ERROR
EXCEL_NOTATION = 3
ERRORS = 4


class Driver:
    """Open documents by number, and what can be done with them."""

    def __init__(self, context: Any) -> None:
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.documents: dict[int, Any] = {}
        self.opened = 0

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        what: Mapping[str, Callable[..., Mapping[str, Any]]] = {
            "open": self.open,
            "new": self.new,
            "fill": self.fill,
            "calculate": self.calculate,
            "read": self.read,
            "read_area": self.read_area,
            "save": self.save,
            "protect": self.protect,
            "lock": self.lock,
            "merge": self.merge,
            "admit": self.admit,
            "sort": self.sort,
            "insert": self.insert,
            "rename": self.rename,
            "remove": self.remove,
            "close": self.close,
            "quit": dict,
        }
        arguments = {name: value for name, value in request.items() if name != "do"}
        return what[request["do"]](**arguments)

    def keep(self, document: Any) -> Mapping[str, Any]:
        self.opened += 1
        self.documents[self.opened] = document
        return {"doc": self.opened}

    def open(self, path: str) -> Mapping[str, Any]:
        document = self.desktop.loadComponentFromURL(
            Path(path).as_uri(), "_blank", 0, (_property("Hidden", value=True),)
        )
        if document is None:
            raise ValueError(f"LibreOffice cannot open {path}")
        return self.keep(document)

    def new(self, sheets: Sequence[str]) -> Mapping[str, Any]:
        url = "private:factory/scalc"
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, (_property("Hidden", value=True),))
        #: As Excel compares; an xlsx brings these settings, an empty document does not.
        document.IgnoreCase = document.MatchWholeCell = document.Wildcards = True
        document.Sheets.getByIndex(0).Name = sheets[0]
        for position, name in enumerate(sheets[1:], start=1):
            document.Sheets.insertNewByName(name, position)
        return self.keep(document)

    def fill(self, doc: int, cells: Sequence[tuple[str, str, Any]]) -> Mapping[str, Any]:
        """Type into cells, a block of neighbours at a time: every single call costs a millisecond."""
        document = self.documents[doc]
        by_sheet: dict[str, dict[tuple[int, int], Any]] = {}
        for sheet, address, value in cells:
            by_sheet.setdefault(sheet, {})[_position(address)] = value
        for name, values in by_sheet.items():
            sheet = document.Sheets.getByName(name)
            formulas = {at: value["formula"] for at, value in values.items() if isinstance(value, dict)}
            for top, left, bottom, right in _blocks(values.keys() - formulas.keys()):
                rows = range(top, bottom + 1)
                contents = tuple(tuple(_content(values[row, col]) for col in range(left, right + 1)) for row in rows)
                self.fill_block(sheet.getCellRangeByPosition(left, top, right, bottom), contents)
            for (row, column), formula in formulas.items():
                self.fill_formula(document, sheet.getCellByPosition(column, row), formula)
        return {}

    def fill_block(self, block: Any, contents: tuple[tuple[float | str, ...], ...]) -> None:
        try:
            block.setDataArray(contents)
        except Exception as error:
            raise ValueError(f"{block.AbsoluteName} holds a locked cell, nobody can type there") from error

    def fill_formula(self, document: Any, cell: Any, formula: str) -> None:
        parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = EXCEL_NOTATION
        cell.setTokens(parser.parseFormula(formula.removeprefix("="), cell.CellAddress))

    def calculate(self, doc: int) -> Mapping[str, Any]:
        self.documents[doc].calculateAll()
        return {}

    def read(self, doc: int, cells: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
        """Read the cells of each sheet as one area."""
        places = [(sheet, *_position(address)) for sheet, address in cells]
        found: dict[tuple[str, int, int], Any] = {}
        for sheet in dict.fromkeys(sheet for sheet, _, _ in places):
            rows = [row for name, row, _ in places if name == sheet]
            columns = [column for name, _, column in places if name == sheet]
            top, left = min(rows), min(columns)
            area = self.documents[doc].Sheets.getByName(sheet)
            area = area.getCellRangeByPosition(left, top, max(columns), max(rows))
            for row, values in enumerate(_values(area), start=top):
                found.update(((sheet, row, column), value) for column, value in enumerate(values, start=left))
        return {"values": [found[place] for place in places]}

    def read_area(self, doc: int, sheet: str, area: str) -> Mapping[str, Any]:
        return {"rows": _values(self.documents[doc].Sheets.getByName(sheet).getCellRangeByName(area))}

    def save(self, doc: int, path: str, format: str, password: str = "") -> Mapping[str, Any]:  # noqa: A002 - the word of the protocol
        is_text = self.documents[doc].supportsService(TEXT)
        properties = [_property("FilterName", value=TEXT_PDF if is_text and format == "pdf" else FILTERS[format])]
        if password:
            properties.append(_encryption(password) if format == "xlsx" else _property("Password", value=password))
        self.documents[doc].storeToURL(Path(path).as_uri(), tuple(properties))
        return {}

    def area(self, doc: int, sheet: str, area: str) -> Any:
        return self.documents[doc].Sheets.getByName(sheet).getCellRangeByName(area)

    def protect(self, doc: int, sheet: str, *, on: bool) -> Mapping[str, Any]:
        of = self.documents[doc].Sheets.getByName(sheet)
        of.protect("") if on else of.unprotect("")
        return {}

    def lock(self, doc: int, sheet: str, area: str, *, on: bool) -> Mapping[str, Any]:
        cells = self.area(doc, sheet, area)
        protection = cells.CellProtection
        protection.IsLocked = on
        cells.CellProtection = protection
        return {}

    def merge(self, doc: int, sheet: str, area: str, *, on: bool) -> Mapping[str, Any]:
        self.area(doc, sheet, area).merge(on)
        return {}

    def sort(self, doc: int, sheet: str, area: str, column: int, *, down: bool) -> Mapping[str, Any]:
        import uno
        from com.sun.star.table import TableSortField

        field = TableSortField()
        field.Field, field.IsAscending = column, not down
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        self.area(doc, sheet, area).sort(
            (_property("SortFields", value=fields), _property("ContainsHeader", value=False))
        )
        return {}

    def admit(self, doc: int, sheet: str, area: str) -> Mapping[str, Any]:
        from com.sun.star.sheet.ValidationType import ANY

        cells = self.area(doc, sheet, area)
        validation = cells.Validation
        validation.Type = ANY
        cells.Validation = validation
        return {}

    def insert(self, doc: int, sheet: str, row: int, count: int) -> Mapping[str, Any]:
        self.documents[doc].Sheets.getByName(sheet).Rows.insertByIndex(row - 1, count)
        return {}

    def rename(self, doc: int, sheet: str, name: str) -> Mapping[str, Any]:
        self.documents[doc].Sheets.getByName(sheet).Name = name
        return {}

    def remove(self, doc: int, sheet: str) -> Mapping[str, Any]:
        self.documents[doc].Sheets.removeByName(sheet)
        return {}

    def close(self, doc: int) -> Mapping[str, Any]:
        self.documents.pop(doc).close(True)  # noqa: FBT003 - UNO knows no keywords
        return {}


def _property(name: str, *, value: object) -> Any:
    from com.sun.star.beans import PropertyValue

    return PropertyValue(name, 0, value, 0)


def _encryption(password: str) -> Any:
    """Return what an xlsx takes in place of a password."""
    import uno
    from com.sun.star.beans import NamedValue

    said = (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", password))
    return _property("EncryptionData", value=uno.Any("[]com.sun.star.beans.NamedValue", said))


def _position(address: str) -> tuple[int, int]:
    """Return row and column, from 0, of an address like E6."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(address[len(letters) :]) - 1, column - 1


def _blocks(places: AbstractSet[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield top, left, bottom and right of blocks that together are exactly these places."""
    left_over = set(places)
    for top, left in sorted(places):
        if (top, left) in left_over:
            right = left
            while (top, right + 1) in left_over:
                right += 1
            columns = range(left, right + 1)
            bottom = top
            while all((bottom + 1, column) in left_over for column in columns):
                bottom += 1
            left_over -= {(row, column) for row in range(top, bottom + 1) for column in columns}
            yield top, left, bottom, right


def _content(value: float | str | None) -> float | str:
    """Return what UNO takes: an empty text clears the cell."""
    return "" if value is None else value if isinstance(value, str) else float(value)


def _values(area: Any) -> list[list[Any]]:
    """Return the values of an area; an empty text is a blank, and an error its number."""
    rows = [[None if value == "" else value for value in row] for row in area.getDataArray()]
    top, left = area.RangeAddress.StartRow, area.RangeAddress.StartColumn
    for wrong in area.queryFormulaCells(ERRORS).getRangeAddresses():
        for row in range(wrong.StartRow, wrong.EndRow + 1):
            for column in range(wrong.StartColumn, wrong.EndColumn + 1):
                cell = area.getCellByPosition(column - left, row - top)
                rows[row - top][column - left] = {"error": cell.getError()}
    return rows


@contextmanager
def _office(soffice: str) -> Iterator[tuple[Any, Iterator[Mapping[str, Any]]]]:
    """Start an office with a profile of its own, and end it whatever happens; yield its context and the requests."""
    profile = Path(tempfile.mkdtemp(prefix="tianbao-office-"))
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    pipe = f"tianbao{os.getpid()}"
    process = subprocess.Popen(
        [
            soffice,
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nolockcheck",
            f"--accept=pipe,name={pipe};urp;",
            f"-env:UserInstallation={profile.as_uri()}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
        start_new_session=True,
    )

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(profile, ignore_errors=True)

    requests = _listen(end)
    try:
        yield _connect(pipe, process), requests
    finally:
        end()


def _connect(pipe: str, process: subprocess.Popen[bytes]) -> Any:
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _listen(end: Callable[[], None]) -> Iterator[Mapping[str, Any]]:
    """Yield requests until the input closes; an answer that is then being made gets a short time and no more.

    An office that hangs holds up the thread that asks it, so it is ended by the one that listens.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        lines.put("")
        time.sleep(FAREWELL_SECONDS)
        end()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    return map(json.loads, iter(lines.get, ""))


def main(soffice: str) -> None:
    with _office(soffice) as (context, requests):
        driver = Driver(context)
        for request in requests:
            try:
                reply = driver.answer(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, the parent is told and decides
                reply = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()
            if request["do"] == "quit":
                return


if __name__ == "__main__":
    main(sys.argv[1])
