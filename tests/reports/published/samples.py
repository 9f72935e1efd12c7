"""Reports with random figures and texts, as a clerk and as an enemy would write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from tests.records.samples import BAIJIA, submission
from tianbao.form.load import load_form
from tianbao.form.model import Cell, Form, Kind
from tianbao.records.model import Submission, Value

#: Paragraphs: plain ones, sub-headings, what looks like a heading, like a figure, like markup, like the end of a report.
_PARAGRAPHS = (
    "本年度认真贯彻落实《中华人民共和国政府信息公开条例》，主动公开、依申请公开各项工作平稳有序。",
    "（一）主动公开情况。",
    "1.通过门户网站发布信息 120 条，其中政策解读 7 条。",
    "一是及时更新“政府信息公开指南”；二是规范依申请公开办理流程。",
    "五、存在的主要问题及改进情况",
    "三、收到和处理政府信息公开申请情况与上年相同。",
    "收费 0 元，<b>没有</b> & 不存在\u3000全角空格  两个空格",
    "{{落款}}和{% 不是 %}模板",
    "0",
    "2025年12月31日前整改完毕。",
    "白家庄镇",
    "详见 https://example.invalid/a?b=1&c=2 。",
    "一" * 600,
    "〔2021〕30号文件要求，“应公开尽公开”。",
)


def random_report(form_id: str, chance: Random) -> Submission:
    """Make a report: mostly zeros, mostly small figures, or anything that fits a cell; with gaps; texts of any kind."""
    form = load_form(form_id)
    style = chance.choice(["zeros", "small", "any"])
    values = {cell.key: _number(cell, style, chance) for cell in form.cells() if cell.kind is Kind.INPUT}
    if style == "zeros":
        values |= {key: chance.randint(0, 9) for key in chance.sample(sorted(values), 3)}
    blank = [key for key in values if style == "any" and chance.random() < 0.05]
    values = {key: value for key, value in values.items() if key not in blank}
    texts, no_text = _texts(form, chance)
    values |= texts | {"cover.filled_on": date(2026, 1, chance.randint(1, 28))}
    year = 2025 if form.years.last is None else form.years.last
    return submission(form, values, unit=BAIJIA, year=year, blank=[*blank, *no_text])


def _number(cell: Cell, style: str, chance: Random) -> Value:
    if style != "any":
        return 0 if style == "zeros" else chance.randint(0, 12)
    if cell.digits:
        return Decimal(chance.randint(0, 10**9)).scaleb(-chance.randint(0, cell.digits))
    return chance.randint(-cell.maximum if cell.negative else 0, chance.choice([9, 999, cell.maximum]))


def _texts(form: Form, chance: Random) -> tuple[dict[str, Value], list[str]]:
    """Return the paragraphs of every text, and those that are blank; some texts have none at all."""
    written: dict[str, Value] = {}
    for text in form.texts:
        count = chance.choice([0, 1, 1, 2, text.paragraphs])
        written |= {cell.key: chance.choice(_PARAGRAPHS) for cell in text.cells[:count]}
    return written, [cell.key for text in form.texts for cell in text.cells if cell.key not in written]
