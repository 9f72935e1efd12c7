"""A report whose rows somebody has moved: three were inserted above the table of requests."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from openpyxl import Workbook

import tianbao as tb
from tests.records.samples import BAIJIA
from tests.workbook.returned import changed, unmerged
from tianbao.records.model import Submission, Value

TABLE = "三、依申请公开"


def moved(values: Mapping[str, Value]) -> Submission:
    """Fill a workbook in, all else 0, insert the rows, and read it."""
    form, target = tb.load_form("zfxxgk-2021"), BytesIO()
    zeros: dict[str, Value] = {cell.key: 0 for table in form.tables for cell in table.inputs()}
    tb.write_workbook(form, target, unit=BAIJIA, year=2025, values={**zeros, **values})

    def insert(book: Workbook) -> None:
        unmerged(book[TABLE]).insert_rows(8, 3)

    returned = tb.read_workbook(BytesIO(changed(insert, target.getvalue())))
    assert returned.answers["requests.new.natural"].cell == "E13"
    return returned
