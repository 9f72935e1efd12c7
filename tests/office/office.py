"""A real LibreOffice as the judge of our formulas and files.

with Office() as office, office.open(path) as workbook:
workbook.fill([("三", "E6", 7), ("三", "E7", None)])
workbook.calculate()
assert workbook.read([("三", "K6")]) == [7]
"""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeAlias

DRIVER = Path(__file__).with_name("driver.py")

#: A number, a text, None for a blank; going in also {"formula": "=…"}, coming out also {"error": number}.
Content: TypeAlias = float | str | Mapping[str, Any] | None


class OfficeError(RuntimeError):
    """LibreOffice could not do what it was asked to, or did not answer in time."""


@cache
def find_soffice() -> str | None:
    """Return the program that starts LibreOffice, if there is one."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def find_python() -> str | None:
    """Return a Python that can talk to LibreOffice: seldom the one of a virtual environment."""
    office = find_soffice()
    beside = str(Path(office).resolve().with_name("python")) if office else None
    for candidate in ("/usr/bin/python3", beside, shutil.which("python3"), sys.executable):
        if candidate and Path(candidate).exists():
            tried = subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False, timeout=60)
            if tried.returncode == 0:
                return candidate
    return None


def what_is_missing() -> str | None:
    """Say what keeps LibreOffice from being the judge here; None if nothing does."""
    if find_soffice() is None:
        return "LibreOffice is not installed"
    if find_python() is None:
        return "no Python here has the module uno (package python3-uno)"
    return None


class Office:
    """A running LibreOffice; no answer takes longer than `seconds`."""

    def __init__(self, *, seconds: float = 120) -> None:
        if missing := what_is_missing():
            raise OfficeError(missing)
        self.seconds = seconds
        self._child = subprocess.Popen(
            [str(find_python()), str(DRIVER), str(find_soffice())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._replies: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(self._child.stdout,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _listen(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._replies.put(line)
        self._replies.put("")

    def ask(self, do: str, **arguments: object) -> Mapping[str, Any]:
        """Send one request of the driver and return its answer.

        Raises:
            OfficeError: it failed, or LibreOffice has died or hangs; then it is ended.
        """
        request = json.dumps({"do": do, **arguments})
        try:
            assert self._child.stdin is not None
            self._child.stdin.write(request + "\n")
            self._child.stdin.flush()
            reply = self._replies.get(timeout=self.seconds)
        except (OSError, ValueError, queue.Empty) as error:
            self._end()
            raise OfficeError(f"LibreOffice does not answer {request[:200]}") from error
        if not reply:
            raise OfficeError(f"LibreOffice has died over {request[:200]}")
        answer: Mapping[str, Any] = json.loads(reply)
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer

    def open(self, path: Path) -> Workbook:
        """Open a file of any format that LibreOffice reads."""
        return Workbook(self, self.ask("open", path=str(path.resolve()))["doc"])

    def new(self, *sheets: str) -> Workbook:
        """Make an empty workbook with these sheets."""
        return Workbook(self, self.ask("new", sheets=sheets or ("Sheet1",))["doc"])

    def close(self) -> None:
        """End LibreOffice."""
        with suppress(OfficeError):
            self.ask("quit")
        self._end()

    def _end(self) -> None:
        """Close the driver's input, upon which it ends LibreOffice, even one that hangs; then insist."""
        if self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()
        try:
            self._child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


class Workbook:
    """A document that is open in LibreOffice."""

    def __init__(self, office: Office, number: int) -> None:
        self.office = office
        self.number = number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def fill(self, cells: Iterable[tuple[str, str, Content]]) -> None:
        """Type into cells: (sheet, address, content) each."""
        self.office.ask("fill", doc=self.number, cells=list(cells))

    def calculate(self) -> None:
        """Compute every formula anew."""
        self.office.ask("calculate", doc=self.number)

    def read(self, cells: Iterable[tuple[str, str]]) -> Sequence[Content]:
        """Return what stands in the cells, each given as (sheet, address)."""
        values: Sequence[Content] = self.office.ask("read", doc=self.number, cells=list(cells))["values"]
        return values

    def read_area(self, sheet: str, area: str) -> Sequence[Sequence[Content]]:
        """Return what stands in an area, row by row."""
        rows: Sequence[Sequence[Content]] = self.office.ask("read_area", doc=self.number, sheet=sheet, area=area)[
            "rows"
        ]
        return rows

    def save(self, path: Path, *, password: str = "") -> Path:
        """Write the workbook in the format that the name of the file ends in: xlsx, xls, ods or pdf."""
        format_ = path.suffix.removeprefix(".")
        self.office.ask("save", doc=self.number, path=str(path.resolve()), format=format_, password=password)
        return path

    def protect(self, sheet: str, *, on: bool = True) -> None:
        """Protect a sheet, or lift its protection."""
        self.office.ask("protect", doc=self.number, sheet=sheet, on=on)

    def lock(self, sheet: str, area: str, *, on: bool = True) -> None:
        """Lock cells, or unlock them; that counts while the sheet is protected."""
        self.office.ask("lock", doc=self.number, sheet=sheet, area=area, on=on)

    def merge(self, sheet: str, area: str, *, on: bool = True) -> None:
        """Merge cells, or take merged ones apart."""
        self.office.ask("merge", doc=self.number, sheet=sheet, area=area, on=on)

    def admit(self, sheet: str, area: str) -> None:
        """Take away what certain cells allow only."""
        self.office.ask("admit", doc=self.number, sheet=sheet, area=area)

    def sort(self, sheet: str, area: str, column: int, *, down: bool = False) -> None:
        """Sort the rows of an area by one of its columns, counted from 0; where a cell is locked nothing moves."""
        self.office.ask("sort", doc=self.number, sheet=sheet, area=area, column=column, down=down)

    def insert(self, sheet: str, row: int, count: int = 1) -> None:
        """Insert rows above a row."""
        self.office.ask("insert", doc=self.number, sheet=sheet, row=row, count=count)

    def rename(self, sheet: str, name: str) -> None:
        """Give a sheet another name."""
        self.office.ask("rename", doc=self.number, sheet=sheet, name=name)

    def remove(self, sheet: str) -> None:
        """Delete a sheet."""
        self.office.ask("remove", doc=self.number, sheet=sheet)

    def close(self) -> None:
        """Close the document without saving it."""
        self.office.ask("close", doc=self.number)
