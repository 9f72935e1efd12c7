"""What we publish, we can read again: records → Word or page → the same records."""

from __future__ import annotations

import os
from io import BytesIO
from random import Random

import pytest

from tests.reports.published.samples import random_report
from tianbao.documents import read_document
from tianbao.form.model import Kind
from tianbao.records.model import Submission
from tianbao.reports.published import Format, draw, report_of_unit

#: Of each layout and format so many; `make round-trip` asks for 300.
REPORTS = int(os.environ.get("TIANBAO_REPORTS", "5"))


def differences(sent: Submission, back: Submission) -> list[str]:
    """Tell every figure and every text that is another one."""
    assert sent.form is not None
    keys = [cell.key for cell in sent.form.cells()]
    told = [f"{key}: {sent[key]!r}, read {back[key]!r}" for key in keys if sent[key] != back[key]]
    for key, text in sent.texts.items():
        if text != back.texts[key]:
            told.append(f"{key}: {text!r}, read {back.texts[key]!r}")
    return told


@pytest.mark.parametrize("kind", Format)
@pytest.mark.parametrize("form_id", ["zfxxgk-2019", "zfxxgk-2021"])
def test_a_report_that_we_wrote_is_read_back_to_the_last_figure_and_word(form_id: str, kind: Format) -> None:
    chance = Random(8)  # noqa: S311  figures for a test, no secrets
    wrong = []
    for n in range(REPORTS):
        sent = random_report(form_id, chance)

        back = read_document(BytesIO(draw(report_of_unit(sent), kind)))

        assert back.reason is None, back.reason
        assert (back.form, back.year) == (sent.form, sent.year)
        assert back.unit is not None
        assert sent.unit is not None
        assert back.unit.name == sent.unit.name
        assert back["cover.filled_on"] == sent["cover.filled_on"]
        wrong += [f"{n}. {told}" for told in differences(sent, back)]
        lost = [note for note in back.notes if note.key and sent.form.cell(note.key).kind is Kind.COMPUTED]  # type: ignore[union-attr]
        wrong += [f"{n}. {note.message('en')}" for note in lost]

    assert wrong == []
