"""A correction workbook in LibreOffice: opened, mended, explained, saved, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import tianbao as tb
from tests.office.office import Office
from tests.records.samples import BAIJIA, submission
from tests.workbook.returned import where
from tianbao.form.model import Severity
from tianbao.records.model import Note, Value
from tianbao.reports.correction import Letter, as_laid_out, write_correction
from tianbao.workbook.layout import AUDIT_COLUMNS, AUDIT_SHEET
from tianbao.workbook.sent_back import LIST_SHEET

#: Two digits exchanged, a cell that is no number, rules of a township that want a reason.
RETURNED: Mapping[str, Value] = {
    "requests.new.natural": 21,
    "requests.granted.natural": 12,
    "control.received": 12,
    "control.carried_in": 0,
    "control.closed": 12,
    "control.carried_out": 0,
    "art20_1.rules.issued": 1,
    "art20_1.rules.in_force": 1,
}
PENALTIES = "art20_6.penalty.decisions"
REASON = "本镇代县政府登记一件"


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_correction_workbook_is_mended_and_explained_in_libreoffice_and_read_again(
    suffix: str, office: Office, tmp_path: Path
) -> None:
    note = Note("V-PLACEHOLDER", Severity.ERROR, "!".join(where(PENALTIES)), PENALTIES, "/")
    returned = as_laid_out(submission("zfxxgk-2021", RETURNED, unreadable=[PENALTIES], notes=(note,)))
    findings = tb.run_checks(returned)
    assert {finding.code for finding in findings} == {"V-PLACEHOLDER", "T3-01", "K-01", "T2-01"}
    path = tmp_path / "退回修改.xlsx"
    write_correction(returned, findings, path, letter=Letter("五台县政府办公室"))

    with office.open(path) as book:
        keys = [row[0] for row in book.read_area(LIST_SHEET, "A1:A20")]
        explain = keys.index("explain.T2-01") + 1
        book.fill([(*where("requests.new.natural"), 12), (*where(PENALTIES), 0)])
        book.fill([(LIST_SHEET, f"K{explain}", REASON)])
        book.calculate()
        verdicts = [
            row[0] for row in book.read_area(AUDIT_SHEET, f"{_letter(AUDIT_COLUMNS[7])}8:{_letter(AUDIT_COLUMNS[7])}90")
        ]
        saved = book.save(tmp_path / f"改好.{suffix}")

    assert "×" not in verdicts
    back = tb.read_workbook(saved)
    assert back.unit == BAIJIA
    assert [(finding.code, finding.explanation) for finding in tb.run_checks(back)] == [("T2-01", REASON)]
    assert {key: back[key] for key in RETURNED} == {**RETURNED, "requests.new.natural": 12}
    assert [note.code for note in back.notes] == []


def _letter(column: int) -> str:
    return chr(ord("A") + column - 1)
