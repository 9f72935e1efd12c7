"""The office's own lists: an .xlsx or a CSV with Chinese headings, in any order, with whatever other columns it keeps.

In:   a file, and which headings are looked for.
Out:  its lines as texts, by heading, each text with its cell; or what is wrong with the list, each fault with its cell.
Knows nothing of what the lists say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tianbao import messages
from tianbao.errors import TianbaoError
from tianbao.messages import Language
from tianbao.workbook.layout import a1

#: A title may stand above the headings.
_HEADING_WITHIN = 10


@dataclass(frozen=True, slots=True)
class ListFault:
    """One fault of a list, with its cell."""

    code: str
    at: str
    params: Mapping[str, object]

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and the way out."""
        facts = {"at": self.at, **self.params}
        return f"{messages.say(self.code, lang, **facts)} {messages.hint(self.code, lang, **facts)}"


class ListError(TianbaoError):
    """A list cannot be used. `faults` holds every reason."""

    def __init__(self, path: str, faults: Sequence[ListFault]) -> None:
        super().__init__(path=path, count=len(faults))
        self.faults = tuple(faults)

    def message(self, lang: Language | None = None) -> str:
        """Write the sentence and, below it, each fault."""
        lines = [f"  × {fault.code}  {fault.message(lang)}" for fault in self.faults]
        return "\n".join([super().message(lang), *lines])


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a list.

    Attributes:
        number: of the line in the file, from 1.
        fields: what stands in it, by heading; a heading that the list does not have is not there.
        ats: the cell of each.
    """

    number: int
    fields: Mapping[str, str]
    ats: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        """Return what stands under a heading; nothing where the list does not have it."""
        return self.fields.get(heading, "")


@dataclass(frozen=True, slots=True)
class OfficeList:
    """A list whose headings were found.

    Attributes:
        missing: the needed headings that it does not have; then there are no lines.
    """

    missing: tuple[str, ...]
    lines: tuple[ListLine, ...]


def read_list(
    path: str | Path, headings: Sequence[str], needed: Sequence[str], *, unusable: type[TianbaoError]
) -> OfficeList:
    """Read a list; wholly blank lines are left out.

    Args:
        path: the file.
        headings: those looked for.
        needed: those of them without which the list says nothing.
        unusable: raised where the file is not there, or neither a workbook nor a text.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise unusable(path=str(path)) from error
    rows = _sheet_rows(data) if data.startswith(b"PK") else _text_rows(data)
    if rows is None:
        raise unusable(path=str(path))
    found = next((n for n, row in enumerate(rows[:_HEADING_WITHIN]) if any(name in row for name in needed)), None)
    heads = rows[found] if found is not None else ()
    missing = tuple(heading for heading in needed if heading not in heads)
    if found is None or missing:
        return OfficeList(missing, ())
    columns = {heading: heads.index(heading) for heading in headings if heading in heads}
    return OfficeList((), tuple(_lines(rows[found + 1 :], columns, first=found + 2)))


def _lines(rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, first: int) -> Iterator[ListLine]:
    for n, row in enumerate(rows, start=first):
        fields = {heading: row[column] if column < len(row) else "" for heading, column in columns.items()}
        if any(fields.values()):
            yield ListLine(n, fields, {heading: a1(n, column + 1) for heading, column in columns.items()})


def _sheet_rows(data: bytes) -> list[list[str]] | None:
    """Return the first sheet as text; None where it is damaged."""
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        #: Some programs write that a sheet ends at A1, whatever stands in it.
        sheet.reset_dimensions()
        rows = list(sheet.iter_rows(values_only=True))
    except Exception:  # noqa: BLE001  openpyxl raises whatever a damaged file leads it to
        return None
    return [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    """Write a cell as it looks: a code that the program took for a number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _text_rows(data: bytes) -> list[list[str]] | None:
    """Return a CSV: as UTF-8, or as the code page of a Chinese Windows; None where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return [[field.strip() for field in row] for row in csv.reader(io.StringIO(text, newline=""))]
    return None
