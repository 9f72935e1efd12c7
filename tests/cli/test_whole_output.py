"""Everything that `check` says of two reports, in both languages, as a text to be read: does it help, and is it calm?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from syrupy.assertion import SnapshotAssertion

import tianbao as tb
from tests.cli.conftest import Call
from tests.workbook.returned import where
from tianbao.assets import samples_folder
from tianbao.records.model import Unit, Value

SAMPLE = Unit("999901101", "样例镇（示例）", "township")
LAST_YEAR: Mapping[str, Value] = {
    "requests.new.natural": 9,
    "requests.granted.natural": 8,
    "requests.carried_out.natural": 1,
    "art20_1.norm_docs.in_force": 12,
    "art20_5.licence.decisions": 128,
}
#: What is filled in rightly, but for the ten mistakes below.
THIS_YEAR: Mapping[str, Value] = {
    "requests.new.natural": 12,
    "requests.new.business": 2,
    "requests.carried_in.natural": 1,
    "requests.granted.natural": 8,
    "requests.granted.business": 2,
    "requests.partial.natural": 4,
    "requests.carried_out.natural": 1,
    "art20_1.norm_docs.issued": 2,
    "art20_1.norm_docs.in_force": 14,
    "art20_5.licence.decisions": 131,
    "control.received": 14,
    "control.carried_in": 1,
    "control.closed": 14,
    "control.carried_out": 1,
    "cover.leader": "张三",
    "cover.reviewer": "李四",
    "cover.preparer": "王五",
    "cover.telephone": "0350-1234567",
    "cover.filled_on": date(2026, 1, 8),
    "overview": "2025年全年共收到政府信息公开申请14件，上年结转1件，办结14件，结转下年度1件。",
    "problems": "公开内容不够及时。已明确专人每周更新。",
    "other_matters": "本年度没有收取信息处理费。",
}
#: Digits exchanged; 10 × last year's; a stroke; words for a number; a total typed over; a blank; no end of the year;
#: signed before it; rules of a township; a section without content.
MISTAKES: Mapping[str, str | int | date | None] = {
    "requests.new.natural": 21,
    "art20_5.licence.decisions": 1310,
    "art20_6.penalty.decisions": "/",
    "requests.denied_secret.legal": "几件",
    "remedies.review.total": 3,
    "remedies.direct.upheld": None,
    "cover.period_end": date(2025, 12, 25),
    "cover.filled_on": date(2025, 12, 20),
    "art20_1.rules.issued": 1,
    "text.problems.1": "无",
}


def workbook(
    folder: Path, name: str, year: int, values: Mapping[str, Value], mistakes: Mapping[str, str | int | date | None]
) -> Path:
    """Fill a workbook in, and then type into it what nobody should."""
    form = tb.load_form("zfxxgk-2021")
    zeros: dict[str, Value] = {cell.key: 0 for table in form.tables for cell in table.inputs()}
    path = folder / name
    tb.write_workbook(form, path, unit=SAMPLE, year=year, values={**zeros, **values})
    if mistakes:
        book = load_workbook(path)
        for key, typed in mistakes.items():
            sheet, ref = where(key, form)
            book[sheet][ref] = typed
        book.save(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_with_ten_mistakes(lang: str, call: Call, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    before = workbook(tmp_path, "上年.xlsx", 2024, LAST_YEAR, {})
    returned = workbook(tmp_path, "年报.xlsx", 2025, THIS_YEAR, MISTAKES)

    told = call("--lang", lang, "check", returned.name, "--prior", before.name)

    assert told.status == 1
    assert told.out == snapshot


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_report_without_them(lang: str, call: Call, tmp_path: Path) -> None:
    before = workbook(tmp_path, "上年.xlsx", 2024, LAST_YEAR, {})
    returned = workbook(tmp_path, "年报.xlsx", 2025, THIS_YEAR, {})

    told = call("--lang", lang, "check", returned.name, "--prior", before.name)

    assert (told.status, told.out.count("\n")) == (0, 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_real_report_of_a_township(lang: str, call: Call, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """Baijiazhuang's of 2023: all zeros, on the layout of another year, signed before the period was over."""
    sample = json.loads((samples_folder() / "baijiazhuang-2023.json").read_text(encoding="utf-8"))
    tb.write_workbook(
        tb.load_form(sample["form"]),
        tmp_path / "白家庄镇.xlsx",
        unit=Unit(**sample["unit"]),
        year=sample["year"],
        values=sample["values"] | sample["texts"],
    )

    told = call("--lang", lang, "check", "白家庄镇.xlsx")

    assert told.status == 1
    assert told.out == snapshot
