"""What is found in a published report, or against one of last year, can be said with its places."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from random import Random

from tests.documents.documents import NEW, as_text, figures, read
from tests.records.samples import BAIJIA, submission
from tests.reports.published.samples import random_report
from tianbao.checks.run import check_each
from tianbao.documents import read_document
from tianbao.messages import LANGUAGES
from tianbao.reports.published import Format, draw, report_of_unit


def test_every_finding_in_a_published_report_says_where_it_is() -> None:
    chance = Random(2)  # noqa: S311  figures for a test, no secrets
    read_back = [
        read_document(BytesIO(draw(report_of_unit(random_report("zfxxgk-2021", chance)), kind)))
        for _ in range(3)
        for kind in Format
    ]

    found = [finding for one in read_back for finding in check_each([one])[0]]

    assert any(finding.code == "T3-01" for finding in found)
    assert all(finding.message(lang) for finding in found for lang in LANGUAGES)
    (first, *_) = [finding for finding in found if finding.code == "T3-01"]
    assert "（表格2!第4行第" in first.message("zh")


def test_every_finding_against_last_years_published_report_can_be_said() -> None:
    last = read(as_text(NEW, figures(NEW, 2024), year=2024))
    now = submission(NEW, {"requests.carried_in.natural": 3, "text.overview.1": "overview的一段。"})

    found = check_each([now], prior=[replace(last, unit=BAIJIA)])[0]

    assert {"Y-01", "Y-02"} <= {finding.code for finding in found}
    assert all(finding.message(lang) for finding in found for lang in LANGUAGES)
