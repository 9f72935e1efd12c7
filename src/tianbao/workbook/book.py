"""An XlsxWriter workbook whose structure is locked: no sheet can be deleted, renamed, moved or added by accident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Any, BinaryIO, Literal, NamedTuple
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.custom import Custom
from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

#: Excel holds no more in a cell.
_MOST_CHARACTERS = 32_767


def is_plain(text: str) -> bool:
    """Say whether a text stands in a cell as it is, in one run."""
    return len(text) <= _MOST_CHARACTERS and not (text.startswith("<r>") and text.endswith("</r>"))


class TextSheet(Worksheet):
    """A sheet on which a text is a text, whatever it looks like."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> Literal[0, -1, -2]:
        """Write a text; one that is too long for a cell is cut, and shows it.

        XlsxWriter leaves a cell empty whose text is too long, and takes one that begins with `<r>` and ends with `</r>` for
        XML of its own, so that anybody who types it can break the file. Written in two runs it is a text again.
        """
        if len(string) > _MOST_CHARACTERS:
            string = string[: _MOST_CHARACTERS - 1] + "…"
        if not is_plain(string):
            style = cell_format or Format()
            self._write_rich_string(row, col, string[:1], style, string[1:], style)
            return 0
        return super()._write_string(row, col, string, cell_format)


class FormSheet(TextSheet):
    """A sheet of a form."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002  XlsxWriter's own signature
        """Take a formula as it is: ours use no function younger than 2007, and looking for those takes longer than all else."""
        return formula.removeprefix("=")

    def cell_xml(self, row: int, column: int) -> bytes:
        """Return what XlsxWriter writes of a cell that holds something, at a place counted from 0."""
        target = StringIO()
        self._set_xml_writer(target)
        self._write_cell(row, column, self.table[row][column])
        return target.getvalue().encode()

    def _write_hyperlink_internal(self, row: int, col: int, url: Url) -> None:
        """Write a link without repeating the text that its cell already holds."""
        self._xml_empty_tag("hyperlink", [("ref", xl_rowcol_to_cell(row, col)), ("location", url._link)])  # noqa: SLF001


class Goal(NamedTuple):
    """Where a link leads.

    Attributes:
        file: relative to the workbook's own folder, with `/`; empty for a place in this workbook.
        place: `'sheet'!A1` there; empty for the file as a whole.
        tip: what is shown beside the pointer.
    """

    file: str
    place: str
    tip: str = ""


#: Excel takes a file with more links on a sheet for damaged.
MOST_LINKS = 65_000
_LONGEST_TIP = 255
_CONTROL = re.compile(r"[\x00-\x08\x0B-\x1F]|_(?=x[0-9a-fA-F]{4}_)")
#: What may stand in the target of a link as it is; letters of any language do.
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/()!$'*,;=@:+（）")


class LinkedSheet(FormSheet):
    """A sheet of which any cell may lead elsewhere, a number and a formula too.

    XlsxWriter links texts only, and names the file again for each link; here each file is named once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._goals: dict[tuple[int, int], Goal] = {}
        self._lines: list[str] = []

    def lead(self, row: int, column: int, goal: Goal) -> None:
        """Link a cell, at a place counted from 0; more links than Excel takes are left out."""
        if len(self._goals) < MOST_LINKS:
            self._goals[row, column] = goal

    def write_lines(
        self,
        first: int,
        lines: Iterable[Sequence[str | float | None]],
        styles: Sequence[Format],
        *,
        height: Callable[[Sequence[str | float | None]], float],
    ) -> int:
        """Write many lines of one look below all else, from the row `first` (counted from 0); return how many they are.

        XlsxWriter keeps each cell as an object and looks at it again when the sheet is packed; a line that is written at
        once takes a fifth of the time, and a tenth of the room.
        """
        row = first - 1
        looks = [(xl_col_to_name(n), _number_of(style)) for n, style in enumerate(styles)]
        for row, line in enumerate(lines, start=first):
            cells = (
                self._cell(f'<c r="{name}{row + 1}" s="{style}"', value)
                for (name, style), value in zip(looks, line, strict=True)
            )
            self._lines.append(f'<row r="{row + 1}" ht="{height(line):g}" customHeight="1">{"".join(cells)}</row>')
        if row >= first:
            self._check_dimensions(first, 0)
            self._check_dimensions(row, len(looks) - 1)
        return row - first + 1

    def _cell(self, begun: str, value: str | float | None) -> str:
        """Write a cell, of which place and look are written."""
        if value is None:
            return f"{begun}/>"
        if not isinstance(value, str):
            return f"{begun}><v>{value:.16G}</v></c>"
        if not is_plain(value):
            text = _escaped(value if len(value) <= _MOST_CHARACTERS else value[: _MOST_CHARACTERS - 1] + "…")
            return f'{begun} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        shared: Any = self.str_table
        return f'{begun} t="s"><v>{shared._get_shared_string_index(value)}</v></c>'  # noqa: SLF001

    def _write_rows(self) -> None:
        """Write the cells, and below them the lines."""
        whole: Any = self
        last = whole.dim_rowmax
        if self._lines:
            whole.dim_rowmax = max((row for row, cells in self.table.items() if cells), default=0)
        super()._write_rows()
        whole.dim_rowmax = last
        whole.fh.write("".join(self._lines))

    def _write_hyperlinks(self) -> None:
        """Write the links."""
        if not self._goals:
            return
        files: dict[str, int] = {}
        self._xml_start_tag("hyperlinks")
        for (row, column), goal in sorted(self._goals.items()):
            attributes: list[tuple[str, str]] = [("ref", xl_rowcol_to_cell(row, column))]
            if goal.file:
                if goal.file not in files:
                    self.rel_count += 1
                    files[goal.file] = self.rel_count
                    self.external_hyper_links.append(["/hyperlink", _target(goal.file), "External"])
                attributes.append(("r:id", f"rId{files[goal.file]}"))
            if goal.place:
                attributes.append(("location", goal.place))
            if goal.tip:
                attributes.append(("tooltip", goal.tip[:_LONGEST_TIP]))
            self._xml_empty_tag("hyperlink", attributes)
        self._xml_end_tag("hyperlinks")


def _number_of(style: Any) -> int:
    """Return the number that a format has in its workbook."""
    number: int = style._get_xf_index()  # noqa: SLF001
    return number


def _escaped(text: str) -> str:
    """Write a text as XML, control characters as spreadsheets do."""
    return escape(_CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _target(file: str) -> str:
    """Write a relative path as the target of a link."""
    return "".join(
        c if c in _SAFE or ord(c) > 0x7F else f"%{ord(c):02X}"  # noqa: PLR2004  beyond ASCII
        for c in file
    )


def text_xml(text: str) -> bytes:
    """Return what XlsxWriter writes of a text among those that the cells of a workbook share."""
    writer, target = SharedStrings(), StringIO()
    writer._set_xml_writer(target)  # noqa: SLF001
    writer._write_si(text)  # noqa: SLF001
    return target.getvalue().encode()


def property_xml(text: str) -> bytes:
    """Return what XlsxWriter writes of the text of a property of the document."""
    writer, target = Custom(), StringIO()
    writer._set_xml_writer(target)  # noqa: SLF001
    writer._write_vt_lpwstr(text)  # noqa: SLF001
    return target.getvalue().encode()


class LockedBook(Workbook):
    """A workbook in memory, with its structure locked.

    XlsxWriter cannot lock the structure; it is one element, which must stand right after `workbookPr`.
    """

    def __init__(self, target: BinaryIO, password: str, sheet_class: type[FormSheet] = FormSheet) -> None:
        #: In memory: twice as fast, and no temporary files whose names could end up in an error.
        super().__init__(
            target,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.worksheet_class = sheet_class
        self._structure_password = password

    def part_of(self, sheet: Worksheet) -> str:
        """Name the part of the file in which a sheet lies."""
        assert sheet.index is not None
        return f"xl/worksheets/sheet{sheet.index + 1}.xml"

    @property
    def texts(self) -> Sequence[str]:
        """The texts that the cells share, when the workbook has been closed."""
        return self.str_table.string_array

    def _write_workbook_pr(self) -> None:
        super()._write_workbook_pr()
        attributes: list[tuple[str, str | int]] = [("lockStructure", 1)]
        if self._structure_password:
            legacy_hash = Worksheet()._encode_password(self._structure_password)  # noqa: SLF001  the same hash as the sheets'
            attributes.insert(0, ("workbookPassword", legacy_hash))
        self._xml_empty_tag("workbookProtection", attributes)
