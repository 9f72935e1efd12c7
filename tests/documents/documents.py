"""Published reports as people have them: as text, one cell a line; as a page; as a Word file built with python-docx."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import docx

from tianbao.documents import read_document
from tianbao.form.load import load_form
from tianbao.form.model import Form, Kind
from tianbao.form.printed import PrintedTable, make_parts
from tianbao.records.model import Submission, Value

OLD, NEW = load_form("zfxxgk-2019"), load_form("zfxxgk-2021")
TITLE = "白家庄镇\n\n{year}年政府信息公开工作年度报告\n"


def figures(form: Form, year: int) -> dict[str, Value]:
    """Give every cell a figure of its own, and the totals what they come to."""
    from tests.records.samples import submission

    inputs = [cell for cell in form.cells() if cell.kind is Kind.INPUT]
    sent = submission(form, {cell.key: n % 97 + 1 for n, cell in enumerate(inputs)}, year=year)
    return dict(sent.values)


def as_text(form: Form, values: Mapping[str, Value], *, year: int) -> str:
    """Write a report as Word saves one as text: each cell in its line, begun with a tab."""
    parts = [TITLE.format(year=year)]
    for part in make_parts(form):
        parts.append(part.heading)
        if part.text:
            parts.append(f"{part.text.key}的一段。")
        parts += [_rows(table, values) for table in part.tables]
    return "\n".join([*parts, "白家庄镇人民政府", f"{year}年12月25日", ""])


def _rows(table: PrintedTable, values: Mapping[str, Value]) -> str:
    hanging: dict[int, int] = {}
    lines: list[str] = []
    for row in table.by_row():
        cells = {cell.column: _shown(values[cell.key]) if cell.key else cell.text for cell in row}
        cells |= {column: "" for column, left in hanging.items() if left}
        hanging = {column: left - 1 for column, left in hanging.items() if left > 1}
        hanging |= {cell.column: cell.rows - 1 for cell in row if cell.rows > 1}
        lines += ["", *(f"\t{text}" for _, text in sorted(cells.items()))]
    return "\n".join([*lines, "", ""])


def _shown(value: Value) -> str:
    return "" if value is None else str(value)


def row(*cells: object) -> str:
    """Write a row of such a text."""
    return "".join(f"\n\t{cell}" for cell in cells) + "\n"


def as_page(form: Form, values: Mapping[str, Value], *, year: int) -> str:
    """Write a report as a portal shows one: tables with rowspan and colspan, no heading styled."""
    parts = [
        "<html><body><div class='nav'>首页 &gt; 政府信息公开年报</div>",
        f"<p>白家庄镇{year}年政府信息公开工作年度报告</p>",
    ]
    for part in make_parts(form):
        parts.append(f"<p>{part.heading}</p>")
        if part.text:
            parts.append(f"<p>&nbsp;&nbsp;{part.text.key}的一段。</p>")
        for table in part.tables:
            parts.append("<table>")
            for cells in table.by_row():
                parts.append("<tr>")
                for cell in cells:
                    spans = f" rowspan={cell.rows}" * (cell.rows > 1) + f" colspan='{cell.columns}'" * (
                        cell.columns > 1
                    )
                    parts.append(f"<td{spans}><p>{_shown(values[cell.key]) if cell.key else cell.text}</p></td>")
                parts.append("</tr>")
            parts.append("</table>")
    return "\n".join([*parts, "<p>白家庄镇人民政府</p>", f"<p>{year}年12月25日</p></body></html>"])


def as_word(form: Form, values: Mapping[str, Value], *, year: int, merged: bool = True) -> bytes:
    """Write a report with python-docx: cells merged, or (as some do) every cell alone and the others left empty."""
    document = docx.Document()
    document.add_paragraph(f"白家庄镇{year}年政府信息公开工作年度报告")
    for part in make_parts(form):
        document.add_paragraph(part.heading)
        if part.text:
            document.add_paragraph(f"{part.text.key}的一段。")
        for table in part.tables:
            drawn = document.add_table(table.rows, table.columns)
            for cell in table.cells:
                at = drawn.cell(cell.row, cell.column)
                at.text = _shown(values[cell.key]) if cell.key else cell.text
                if merged and (cell.rows > 1 or cell.columns > 1):
                    at.merge(drawn.cell(cell.row + cell.rows - 1, cell.column + cell.columns - 1))
    document.add_paragraph("白家庄镇人民政府")
    document.add_paragraph(f"{year}年12月25日")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def read(data: bytes | str) -> Submission:
    """Read a document; a text is one of UTF-8."""
    return read_document(io.BytesIO(data.encode() if isinstance(data, str) else data))


Damage = Callable[[str], str]


def replaced(old: str, new: str) -> Damage:
    """Replace something that stands there once."""

    def damage(text: str) -> str:
        assert text.count(old) == 1, (text.count(old), old)
        return text.replace(old, new)

    return damage
