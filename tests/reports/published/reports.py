"""Reports to be printed: of any form, with zeros or with the largest figures, with short texts or with long ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tianbao.form.load import load_form
from tianbao.form.model import CellType, Form, Shape
from tianbao.form.printed import make_parts
from tianbao.records.model import Value
from tianbao.reports.pictures.drawing import Anchor, Band, Bar, Drawing, Label, Tone
from tianbao.reports.published.report import Compared, Comparison, Report

LONG = (
    "2025年，本机关坚持以习近平新时代中国特色社会主义思想为指导，认真贯彻落实《中华人民共和国政府信息公开条例》，"
    "紧紧围绕群众关切，持续加大政府信息公开力度，不断提升政务公开标准化规范化水平。"
)

TEXTS = {
    "lead": "根据《中华人民共和国政府信息公开条例》规定，编制本年度报告。本报告所列数据的统计期限自2025年1月1日起至12月31日止。",
    "overview": f"{LONG}\n（一）主动公开情况\n{LONG * 2}\n（二）依申请公开情况。{LONG}\n（三）监督保障\n{LONG}",
    "problems": f"{LONG}\n（一）存在的主要问题\n{LONG}",
    "other_matters": "本机关2025年度没有收取信息处理费。",
    "remarks": "无。",
}

PICTURE = Drawing(
    "申请从哪里来，到哪里去",
    "上年结转2件，本年新收14件。",
    400,
    120,
    (
        Bar(0, 10, 12, 80, Tone.DARK),
        Band(12, 10, 200, 30, 80, Tone.PALE),
        Label(20, 55, "本年新收 14 件", anchor=Anchor.START),
    ),
    "据52家单位报表",
)

COMPARISON = Comparison(
    (
        Compared("表三", "一、本年新收政府信息公开申请数量 → 总计", "件", 14, 9),
        Compared("表三", "四、结转下年度继续办理 → 总计", "件", 0, 2),
        Compared("表二（八）项", "行政事业性收费 → 本年收费金额", "万元", Decimal("12.50"), Decimal("12.50")),
    ),
    ("今年52家单位，去年49家单位有数。", "两年都是0的有213格，没有列出。"),
)


def numbered(form: Form, first: int = 1) -> dict[str, Value]:
    """Give every number of a form another value, so that none can stand in another's place unseen."""
    return dict(_numbered(form, first))


def _numbered(form: Form, first: int) -> Iterator[tuple[str, Value]]:
    for n, cell in enumerate(form.cells(), start=first):
        match cell.type:
            case CellType.COUNT:
                yield cell.key, n
            case CellType.DECIMAL:
                yield cell.key, Decimal(n) + Decimal("0.25")
            case CellType.DATE:
                yield cell.key, date(2025, 3, 1)
            case CellType.TEXT | CellType.CODE:
                yield cell.key, cell.codes[0] if cell.codes else f"第{n}格"


def zeros(form: Form) -> dict[str, Value]:
    """Fill every number with zero, and leave the detail lists blank."""
    blank = {cell.key for table in form.tables if table.shape is Shape.LIST for cell in table.cells}
    return {cell.key: 0 if cell.is_number and cell.key not in blank else None for cell in form.cells()}


def report(form: str | Form = "zfxxgk-2021", **other: Any) -> Report:
    """Make a report."""
    asked = load_form(form) if isinstance(form, str) else form
    texts = {text.key: TEXTS.get(text.key, "") for text in asked.texts}
    facts: dict[str, Any] = {"year": 2025, "issuer": "示例县人民政府办公室", "values": numbered(asked), "texts": texts}
    return Report(asked, **(facts | other))


def expected(form: Form, values: dict[str, Value]) -> list[list[tuple[int, int, int, int, str]]]:
    """Return every table of a form as it must be read back: its printed grid, with the answers in their places."""
    return [
        sorted(
            (cell.row, cell.column, cell.rows, cell.columns, _expected(values[cell.key]) if cell.key else cell.text)
            for cell in printed.cells
        )
        for part in make_parts(form)
        for printed in part.tables
    ]


def _expected(value: Value) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
