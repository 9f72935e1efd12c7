"""An XlsxWriter workbook whose structure is locked: no sheet can be deleted, renamed, moved or added by accident."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import BinaryIO, Literal

from xlsxwriter import Workbook
from xlsxwriter.custom import Custom
from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_rowcol_to_cell
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

    def __init__(self, target: BinaryIO, password: str) -> None:
        #: In memory: twice as fast, and no temporary files whose names could end up in an error.
        super().__init__(
            target,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.worksheet_class = FormSheet
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
